//! The comparison as a page: the versions side by side, for an hour of an editor's work.
//!
//! May use the model.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Page, address, body, controls, printable};
use crate::model::alignment::{AlignedPair, ItemRef, SectionPair, SectionRef, Verdict};
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::model::target::shared_folders;
use crate::model::work::Role;
use crate::report::compare::{Comparison, Spelling, TitlePart, VERDICTS};
use crate::report::count;

/// Files in which the reader's decisions are saved, with the titles of their buttons.
const EXPORTS: [(&str, &str); 3] =
    [("markdown", "Markdown list for an issue"), ("csv", "CSV table"), ("allow", "Allow comments to paste")];

/// Returns the page. `link` returns the address by which the page refers to a file.
pub fn page(comparison: &Comparison<'_>, link: &impl Fn(&Path) -> String) -> String {
    ComparePage::new(comparison, link).html()
}

/// One row: an item of the reference version with those of the other versions, or an item that it lacks.
struct ItemRow<'a> {
    /// Name in the address of the page. It holds while the number or the title of the item stays.
    id: String,
    base: Option<ItemRef>,
    /// For each of the other versions, the pair with its item, if it has one or lacks it.
    pairs: Vec<Option<&'a AlignedPair>>,
}

impl ItemRow<'_> {
    fn verdicts(&self) -> impl Iterator<Item = Verdict> {
        self.pairs.iter().flatten().map(|pair| pair.verdict)
    }

    /// Returns the verdict that counts for the row: the gravest.
    fn verdict(&self) -> Verdict {
        const GRAVEST: [Verdict; 6] = [
            Verdict::Different,
            Verdict::Moved,
            Verdict::BaseOnly,
            Verdict::DerivedOnly,
            Verdict::Reworded,
            Verdict::Same,
        ];
        let found = GRAVEST.into_iter().find(|verdict| self.verdicts().any(|own| own == *verdict));
        found.unwrap_or(Verdict::Same)
    }

    /// Returns the item in the version with this index.
    fn item(&self, version: usize) -> Option<ItemRef> {
        match version.checked_sub(1) {
            None => self.base,
            Some(other) => self.pairs.get(other)?.and_then(|pair| pair.derived),
        }
    }
}

/// Rows under one heading.
struct RowGroup<'a> {
    /// The heading in each version, if it has one.
    headings: Vec<Option<SectionRef>>,
    note: Option<&'static str>,
    rows: Vec<ItemRow<'a>>,
}

impl RowGroup<'_> {
    /// Returns the number of rows on which the versions disagree.
    fn disagreements(&self) -> usize {
        self.rows.iter().filter(|row| row.verdict() != Verdict::Same).count()
    }
}

struct ComparePage<'a, L> {
    comparison: &'a Comparison<'a>,
    /// The names of the versions without the folders that all have.
    names: Vec<String>,
    link: &'a L,
    groups: Vec<RowGroup<'a>>,
    /// For each finding, the id of the row that it is about.
    rows_of_findings: Vec<Option<String>>,
}

impl<L: Fn(&Path) -> String> Page for ComparePage<'_, L> {
    const STYLE: &'static str = include_str!("compare.css");
    const SCRIPT: &'static str = include_str!("compare.js");

    fn title(&self) -> String {
        self.names.join(" ↔ ")
    }

    /// Returns the filters, the search and the keyboard shortcuts.
    fn header(&self) -> Markup {
        let mut counts = BTreeMap::<Verdict, usize>::new();
        for row in self.rows() {
            *counts.entry(row.verdict()).or_default() += 1;
        }
        let of = |verdict| counts.get(&verdict).copied().unwrap_or(0);
        // The page opens with what disagrees; with everything if nothing does.
        let any = self.rows().any(|row| row.verdict() != Verdict::Same);
        html! {
            div class="bar" role="toolbar" aria-label="Filters" {
                @for (at, verdict) in VERDICTS.into_iter().enumerate() {
                    button type="button" class={ "chip " (verdict.as_str()) } data-verdict=(verdict.as_str())
                        aria-pressed=(if verdict == Verdict::Same { !any } else { true })
                        title={ (meaning(verdict)) ": show or hide (key " (at + 1) ")" } {
                        b { (of(verdict)) } " " (shown(verdict))
                    }
                }
                (controls("Search titles, numbers, bodies ( / )", &EXPORTS))
            }
            details class="keys" {
                summary { "Keys" }
                p {
                    kbd { "j" } " " kbd { "k" } " next, previous · " kbd { "Enter" } " bodies · " kbd { "r" }
                    " the reference is right · " kbd { "o" } " the other is right · " kbd { "b" } " both are fine · "
                    kbd { "l" } " later · " kbd { "n" } " note · " kbd { "c" } " copy the link · " kbd { "/" }
                    " search · " kbd { "1" } "–" kbd { "6" } " filters · " kbd { "0" } " all · " kbd { "t" } " theme"
                }
            }
        }
    }

    fn main(&self) -> Markup {
        html! {
            (self.contents())
            (self.findings())
            (self.versions())
            @for (at, group) in self.groups.iter().enumerate() {
                section class="group" id={ "g" (at + 1) } {
                    h2 {
                        @for heading in &group.headings { (self.heading(*heading)) }
                        @if let Some(note) = group.note { em { (note) } }
                    }
                    @for row in &group.rows { (self.row(row)) }
                }
            }
            p id="nothing" hidden { "Nothing matches." }
        }
    }

    /// Returns the rows and findings as the script saves them.
    fn data(&self) -> Value {
        let place = |doc: DocId, offset: u32| {
            let doc = self.comparison.collection.document(doc);
            format!("{}:{}", doc.source.display(), doc.position(offset).line)
        };
        let mut findings: HashMap<&str, Vec<Value>> = HashMap::new();
        for (finding, row) in self.comparison.findings.iter().zip(&self.rows_of_findings) {
            let Some(row) = row else { continue };
            let place = place(finding.primary.doc, finding.primary.span.start);
            let finding = json!({ "rule": finding.rule, "message": finding.message, "place": place });
            findings.entry(row).or_default().push(finding);
        }
        let rows = self.rows().map(|row| {
            let items = (0..self.columns()).map(|at| {
                let item = row.item(at)?;
                let (_, found) = self.comparison.item(item)?;
                Some(json!({
                    "number": self.comparison.number(item).map(|number| number.to_string()),
                    "title": self.comparison.title(item, Spelling::Mended),
                    "place": place(item.doc, found.span.start),
                }))
            });
            json!({
                "id": row.id,
                "verdict": row.verdict().as_str(),
                "items": items.collect::<Vec<_>>(),
                "findings": findings.remove(row.id.as_str()).unwrap_or_default(),
            })
        });
        json!({ "versions": self.comparison.names, "rows": rows.collect::<Vec<_>>() })
    }
}

impl<'a, L: Fn(&Path) -> String> ComparePage<'a, L> {
    fn new(comparison: &'a Comparison<'a>, link: &'a L) -> Self {
        let groups = groups(comparison);
        let rows_of_findings = rows_of_findings(comparison, &groups);
        Self { comparison, names: short_names(comparison.names), link, groups, rows_of_findings }
    }

    fn rows(&self) -> impl Iterator<Item = &ItemRow<'a>> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    /// Returns the table of contents: each group with the number of its rows and of its disagreements.
    fn contents(&self) -> Markup {
        if self.groups.len() < 2 {
            return Markup::default();
        }
        html! {
            details class="contents" open[self.groups.len() <= 12] {
                summary { (count(self.groups.len(), "section")) }
                ol {
                    @for (at, group) in self.groups.iter().enumerate() {
                        li {
                            a href={ "#g" (at + 1) } { (self.name_of(group)) }
                            " " span class="soft" {
                                @if group.disagreements() > 0 { b { (group.disagreements()) } " of " }
                                (count(group.rows.len(), "item"))
                            }
                        }
                    }
                }
            }
        }
    }

    fn name_of(&self, group: &RowGroup<'_>) -> String {
        let named = group.headings.iter().flatten().next();
        let title = named.and_then(|section| self.comparison.section(*section, Spelling::Mended));
        title.map_or_else(|| group.note.unwrap_or("without a heading").to_owned(), |(_, title, _)| printable(&title))
    }

    fn findings(&self) -> Markup {
        let findings = self.comparison.findings;
        if findings.is_empty() {
            return Markup::default();
        }
        html! {
            details class="findings" open {
                summary { (count(findings.len(), "finding")) }
                ul {
                    @for (finding, row) in findings.iter().zip(&self.rows_of_findings) {
                        li {
                            code { (finding.rule) } " "
                            @match row {
                                Some(row) => a href={ "#" (row) } { (printable(&finding.message)) },
                                None => (printable(&finding.message)),
                            }
                            " " (self.place(finding.primary.doc, finding.primary.span.start))
                        }
                    }
                }
            }
        }
    }

    fn versions(&self) -> Markup {
        html! {
            div class="sides" data-columns=(self.columns()) {
                @for (at, version) in self.comparison.work.versions.iter().enumerate() {
                    div {
                        strong title=(printable(&self.comparison.names[at])) { (printable(&self.names[at])) } " "
                        span { (version.role.as_str()) ", " (count(self.comparison.items(at), "item")) }
                    }
                }
            }
        }
    }

    /// Returns the number of columns, of which the style knows two to four.
    fn columns(&self) -> usize {
        self.comparison.work.versions.len()
    }

    fn heading(&self, section: Option<SectionRef>) -> Markup {
        match section.and_then(|section| self.comparison.section(section, Spelling::Mended)) {
            Some((_, title, _)) => html! { span { (printable(&title)) } },
            None => html! { span class="none" { "—" } },
        }
    }

    fn place(&self, doc: DocId, offset: u32) -> Markup {
        let doc = self.comparison.collection.document(doc);
        let line = doc.position(offset).line;
        let target = address(&(self.link)(doc.source.path()));
        html! { a class="place" href={ (target) "#L" (line) } { (printable(doc.source.display())) ":" (line) } }
    }

    fn row(&self, row: &ItemRow<'_>) -> Markup {
        let verdict = row.verdict();
        let all: Vec<&str> = row.verdicts().map(Verdict::as_str).collect();
        let [first, rest] = self.titles(row);
        let bodies = self.bodies(row);
        html! {
            article class={ "row " (verdict.as_str()) } id=(row.id) data-verdict=(all.join(" ")) data-columns=(self.columns())
                tabindex="-1" {
                span class="badge" title=(meaning(verdict)) { (shown(verdict)) }
                @for (at, title) in first.into_iter().chain(rest).enumerate() {
                    (self.side(row, at, &title))
                }
                @if !bodies.is_empty() {
                    details class="body" {
                        summary { @if bodies.len() > 1 { "bodies" } @else { "body" } }
                        div class="bodies" data-columns=(self.columns()) {
                            @for at in 0..self.columns() {
                                div { @if let Some(body) = bodies.get(&at) { (body) } }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Returns the titles of a row, that of the reference version first. Differences are marked if there are two
    /// versions, because those of several would overlap.
    fn titles(&self, row: &ItemRow<'_>) -> [Vec<Markup>; 2] {
        let plain = |item: Option<ItemRef>| {
            let title = item.map(|item| self.comparison.title(item, Spelling::Mended)).unwrap_or_default();
            html! { (printable(&title)) }
        };
        if let [Some(pair)] = row.pairs.as_slice() {
            let (left, right) = self.comparison.marked_titles(pair, 1);
            return [vec![marked(&left, TitleMark::Deleted)], vec![marked(&right, TitleMark::Inserted)]];
        }
        let others = row.pairs.iter().enumerate().map(|(at, pair)| match pair {
            Some(pair) if pair.base.is_some() => {
                marked(&self.comparison.marked_titles(pair, at + 1).1, TitleMark::Inserted)
            }
            pair => plain(pair.and_then(|pair| pair.derived)),
        });
        [vec![plain(row.base)], others.collect()]
    }

    fn side(&self, row: &ItemRow<'_>, version: usize, title: &Markup) -> Markup {
        let Some(item) = row.item(version) else { return html! { div class="side none" { "—" } } };
        let verdict = version.checked_sub(1).and_then(|other| row.pairs[other]).map(|pair| pair.verdict);
        let (doc, start) = (item.doc, self.comparison.item(item).map_or(0, |(_, item)| item.span.start));
        html! {
            div class="side" {
                p {
                    @if let Some(number) = self.comparison.number(item) { b class="number" { (number) } " " }
                    (title)
                }
                (self.place(doc, start))
                @if self.columns() > 2 && let Some(verdict) = verdict {
                    " " span class={ "small " (verdict.as_str()) } { (shown(verdict)) }
                }
            }
        }
    }

    /// Returns the bodies of a row by version.
    fn bodies(&self, row: &ItemRow<'_>) -> BTreeMap<usize, Markup> {
        let text = |version: usize| {
            let (doc, item) = self.comparison.item(row.item(version)?)?;
            Some(doc.repaired(item.body)).filter(|text| !text.trim().is_empty())
        };
        let all: BTreeMap<usize, String> = (0..self.columns()).filter_map(|at| Some((at, text(at)?))).collect();
        let is_translated = |at: usize| self.comparison.work.versions[at].role == Role::Translation;
        if let ([(0, left), (1, right)], 2) = (all.iter().collect::<Vec<_>>().as_slice(), self.columns())
            && ![0, 1].into_iter().any(is_translated)
            && row.verdict() != Verdict::Different
        {
            let (left, right) = body::compared(left, right);
            return BTreeMap::from([(0, left), (1, right)]);
        }
        all.into_iter().map(|(at, text)| (at, body::rendered(&text))).collect()
    }
}

/// Returns the names of versions without the folders that all of them are in.
fn short_names(names: &[String]) -> Vec<String> {
    // A version of several files is named by its folder, of which something must be left.
    let shared = shared_folders(names.iter().map(|name| name.trim_end_matches('/')));
    names.iter().map(|name| name[shared..].to_owned()).collect()
}

/// Returns the groups of rows: the sections of the reference version, those that it lacks, and the moved items.
fn groups<'a>(comparison: &'a Comparison<'a>) -> Vec<RowGroup<'a>> {
    let others = comparison.work.alignments.len();
    let mut ids = RowIds { comparison, used: HashSet::new() };
    let mut groups: Vec<RowGroup<'a>> = Vec::new();
    let mut of_section: HashMap<Option<SectionRef>, usize> = HashMap::new();
    // The row of each item of the reference version, and of each item that several others have and it lacks.
    let mut rows: HashMap<ItemRef, (usize, usize)> = HashMap::new();
    let mut added: HashMap<ItemRef, ItemRef> = HashMap::new();
    for item in &comparison.work.added_items {
        let Some((_, first)) = item.items.first() else { continue };
        added.extend(item.items.iter().map(|(_, own)| (*own, *first)));
    }
    for (at, alignment) in comparison.work.alignments.iter().enumerate() {
        let replaced: Vec<&SectionPair> = alignment.replaced_sections().collect();
        for sections in &alignment.sections {
            // Sections that the reference version lacks are groups of their own.
            let known = if at > 0 { of_section.get(&sections.base).copied() } else { None };
            let group = known.filter(|_| sections.base.is_some() || sections.derived.is_none()).unwrap_or_else(|| {
                let headings = vec![None; others + 1];
                groups.push(RowGroup { headings, note: None, rows: Vec::new() });
                groups.len() - 1
            });
            if let Some(heading) = groups[group].headings.first_mut() {
                *heading = sections.base;
            }
            groups[group].headings[at + 1] = sections.derived;
            of_section.entry(sections.base).or_insert(group);
            if replaced.contains(&sections) {
                groups[group].note = Some("other items under the same numbers");
            }
            for pair in alignment.rows_of(sections) {
                let derived = |item: ItemRef| added.get(&item).copied();
                let key = pair.base.or_else(|| pair.derived.and_then(derived));
                let row = key.and_then(|key| rows.get(&key).copied());
                let (group, row) = row.unwrap_or_else(|| {
                    let id = ids.of(pair, at + 1);
                    groups[group].rows.push(ItemRow { id, base: pair.base, pairs: vec![None; others] });
                    (group, groups[group].rows.len() - 1)
                });
                if let Some(key) = key {
                    rows.insert(key, (group, row));
                }
                groups[group].rows[row].pairs[at] = Some(pair);
            }
        }
    }
    for (at, alignment) in comparison.work.alignments.iter().enumerate() {
        if alignment.moves().is_empty() {
            continue;
        }
        let rows = alignment.moves().iter().map(|pair| {
            let mut pairs = vec![None; others];
            pairs[at] = Some(pair);
            ItemRow { id: format!("{}-moved", ids.of(pair, at + 1)), base: pair.base, pairs }
        });
        let rows = rows.collect();
        groups.push(RowGroup { headings: vec![None; others + 1], note: Some("under another number"), rows });
    }
    groups
}

/// Names of rows in the address of the page.
struct RowIds<'a> {
    comparison: &'a Comparison<'a>,
    used: HashSet<String>,
}

impl RowIds<'_> {
    /// Returns an id of its own for a pair with the version `other`: from the number of an item or, without one, from
    /// its title.
    fn of(&mut self, pair: &AlignedPair, other: usize) -> String {
        /// Maximum length of the part from a title, in characters (a guess).
        const TITLE: usize = 40;
        let name = |item: ItemRef| match self.comparison.number(item) {
            Some(number) => number.to_string(),
            None => {
                let title = self.comparison.title(item, Spelling::Mended).to_lowercase();
                let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
                words.collect::<Vec<_>>().join("-").chars().take(TITLE).collect()
            }
        };
        let name = match (pair.base, pair.derived) {
            (Some(base), _) => format!("item-{}", name(base)),
            (None, Some(derived)) => format!("item-{}-of-{}", name(derived), other + 1),
            (None, None) => "item".to_owned(),
        };
        let mut id = name.clone();
        let mut copy = 1;
        while !self.used.insert(id.clone()) {
            copy += 1;
            id = format!("{name}-{copy}");
        }
        id
    }
}

/// Returns for each finding the row with the item that it is about.
fn rows_of_findings(comparison: &Comparison<'_>, groups: &[RowGroup<'_>]) -> Vec<Option<String>> {
    let mut items: BTreeMap<DocId, Vec<(Span, &str)>> = BTreeMap::new();
    for row in groups.iter().flat_map(|group| &group.rows) {
        for item in (0..=row.pairs.len()).filter_map(|version| row.item(version)) {
            let Some((_, found)) = comparison.item(item) else { continue };
            items.entry(item.doc).or_default().push((found.span.cover(found.body), &row.id));
        }
    }
    let row_at = |doc: DocId, offset: u32| {
        // The innermost, because items may be within others.
        let around = items.get(&doc)?.iter().filter(|(span, _)| span.contains_offset(offset));
        around.min_by_key(|(span, _)| span.end - span.start).map(|(_, row)| (*row).to_owned())
    };
    let row = |finding: &Finding| row_at(finding.primary.doc, finding.primary.span.start);
    comparison.findings.iter().map(row).collect()
}

/// Element that marks the parts of a title that the other one lacks.
#[derive(Clone, Copy)]
enum TitleMark {
    Deleted,
    Inserted,
}

fn marked(title: &[(TitlePart, String)], mark: TitleMark) -> Markup {
    html! {
        @for (part, text) in title {
            @match (part, mark) {
                (TitlePart::Common, _) => (printable(text)),
                (TitlePart::Own, TitleMark::Deleted) => del { (printable(text)) },
                (TitlePart::Own, TitleMark::Inserted) => ins { (printable(text)) },
            }
        }
    }
}

/// Returns the verdict in words.
fn shown(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::Reworded => "reworded",
        Verdict::Different => "different",
        Verdict::Moved => "moved",
        Verdict::BaseOnly => "reference only",
        Verdict::DerivedOnly => "other only",
    }
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "equal titles",
        Verdict::Reworded => "the same item, worded differently",
        Verdict::Different => "a different item under the same number",
        Verdict::Moved => "the same item under another number or in another place",
        Verdict::BaseOnly => "only in the reference version",
        Verdict::DerivedOnly => "only in the other version",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_leave_out_the_folders_that_all_versions_are_in() {
        let short = |names: &[&str]| short_names(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        assert_eq!(short(&["/a/b/long.md", "/a/b/c/short.md"]), ["long.md", "c/short.md"]);
        assert_eq!(short(&["long.md", "a/short.md"]), ["long.md", "a/short.md"]);
        assert_eq!(short(&["a/", "a/b.md"]), ["a/", "a/b.md"]);
    }
}
