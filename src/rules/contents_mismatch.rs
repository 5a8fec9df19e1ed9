//! `contents-mismatch`: a table of contents that lacks a heading, or has another number or order.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::model::anchors::{Anchors, rendered};
use crate::model::document::{BlockKind, Document, Link, LinkKind};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::{BlockId, HeadingId, SectionId};
use crate::model::span::Span;
use crate::model::target::{attributes, decoded};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::similarity::title;
use crate::text::values::order::longest_increasing_subsequence;

pub(crate) static RULE: Rule = Rule {
    id: "contents-mismatch",
    family: Family::Structure,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a table of contents lacks a heading, or has another number or order",
    page: include_str!("../../rules/contents-mismatch.md"),
    check: Check::Document(check),
};

/// Minimum number of entries of a table of contents (a guess): a few links into the document may as well be hints.
const MIN_ENTRIES: usize = 4;
/// Share of the entries of a list, in per cent, that have to be links to headings (a guess).
const LINKED_PERCENT: usize = 70;
/// Minimum number of headings under one parent that are listed, if those that are not are missing (a guess).
const MIN_LISTED: usize = 3;
/// Share of the headings under one parent, in per cent, that have to be listed for the others to be missing (a guess): an
/// author may list only what is important.
const LISTED_PERCENT: usize = 75;
/// Share of the entries, in per cent, that may be in another order than their headings (a guess): with more of them, the
/// list is ordered by another idea, such as the alphabet.
const OUT_OF_ORDER_PERCENT: usize = 15;
/// Distance of an explicit id from its heading, in bytes (a guess).
const ID_DISTANCE_BYTES: u32 = 120;

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    if !cx.audit || doc.headings.len() < MIN_ENTRIES {
        return;
    }
    let lists = lists(doc);
    if lists.is_empty() {
        return;
    }
    let targets = HeadingsByAnchor::new(doc);
    for (list, links) in lists {
        let Some(contents) = Contents::new(doc, list, &links, &targets) else { continue };
        contents.report_missing(out);
        contents.report_order(out);
        contents.report_numbers(out);
    }
}

/// Returns the outermost lists and tables that have links into the document, with these links; of several in one entry,
/// the first.
fn lists(doc: &Document) -> BTreeMap<BlockId, Vec<&Link>> {
    let mut found: BTreeMap<BlockId, Vec<&Link>> = BTreeMap::new();
    let mut last_entry = None;
    let into = doc
        .links
        .iter()
        .filter(|link| matches!(link.kind, LinkKind::Inline | LinkKind::Reference) && link.target.starts_with('#'));
    for link in into {
        let (mut list, mut entry) = (None, None);
        let mut next = doc.block_at(link.span.start);
        while let Some(at) = next {
            match doc[at].kind {
                BlockKind::List { .. } | BlockKind::Table => list = Some(at),
                BlockKind::ListItem | BlockKind::TableRow if entry.is_none() => entry = Some(at),
                _ => {}
            }
            next = doc[at].parent;
        }
        let opens = |entry: BlockId| {
            let before = Span::new(doc[entry].span.start.min(link.span.start), link.span.start);
            let cell = doc.slice(before).rsplit('|').next().unwrap_or("");
            !cell.contains(char::is_alphabetic)
        };
        if let Some(list) = list.filter(|_| entry != last_entry && entry.is_some_and(opens)) {
            found.entry(list).or_default().push(link);
            last_entry = entry;
        }
    }
    found.retain(|_, links| links.len() >= MIN_ENTRIES);
    found
}

/// The headings of a document by the anchors that lead to them.
struct HeadingsByAnchor(FxHashMap<String, HeadingId>);

impl HeadingsByAnchor {
    fn new(doc: &Document) -> Self {
        let anchors = Anchors::of(doc);
        let titles = anchors.titles().iter().filter_map(|title| Some((title.anchor.to_lowercase(), title.heading?)));
        let mut found: FxHashMap<String, HeadingId> = titles.map(|(anchor, at)| (anchor, HeadingId::new(at))).collect();
        for (at, heading) in doc.headings.iter().enumerate() {
            if let Some(id) = &heading.id {
                found.insert(id.to_lowercase(), HeadingId::new(at));
            }
        }
        for id in doc.html.iter().flat_map(|html| attributes(doc, *html, &["id", "name"])) {
            let line = doc.line_span(id.start).start;
            let at = doc.headings.partition_point(|heading| heading.span.start < line);
            let near = doc.headings.get(at).is_some_and(|heading| heading.span.start <= id.start + ID_DISTANCE_BYTES);
            if near {
                found.entry(doc.slice(id).to_lowercase()).or_insert(HeadingId::new(at));
            }
        }
        Self(found)
    }

    fn get(&self, link: &Link) -> Option<HeadingId> {
        let fragment = decoded(link.target.trim_start_matches('#')).to_lowercase();
        self.0.get(&fragment).copied()
    }
}

/// An entry of a table of contents, and the heading that it leads to.
struct ContentsEntry<'a> {
    link: &'a Link,
    heading: HeadingId,
}

/// A table of contents.
struct Contents<'a> {
    doc: &'a Document,
    list: Span,
    entries: Vec<ContentsEntry<'a>>,
}

impl<'a> Contents<'a> {
    fn new(doc: &'a Document, list: BlockId, links: &[&'a Link], targets: &HeadingsByAnchor) -> Option<Self> {
        let span = doc[list].span;
        let inside = doc.blocks[list.index() + 1..].iter().take_while(|block| block.span.start < span.end);
        let rows = inside.filter(|block| matches!(block.kind, BlockKind::ListItem | BlockKind::TableRow)).count();
        let entries: Vec<ContentsEntry<'_>> =
            links.iter().filter_map(|link| Some(ContentsEntry { link, heading: targets.get(link)? })).collect();
        let are_enough = entries.len() >= MIN_ENTRIES && entries.len() * 100 >= rows * LINKED_PERCENT;
        are_enough.then_some(Self { doc, list: span, entries })
    }

    /// Returns the title of a heading as readers see it.
    fn title(&self, heading: HeadingId) -> String {
        let heading = &self.doc[heading];
        let shown = rendered(self.doc, heading, &[]);
        shown.unwrap_or_else(|| self.doc.slice(heading.content).to_owned()).trim().to_owned()
    }

    /// Reports the headings without an entry that are between headings with one, of which most under one parent have one.
    fn report_missing(&self, out: &mut Report) {
        let mut listed = vec![None; self.doc.headings.len()];
        for (at, entry) in self.entries.iter().enumerate() {
            listed[entry.heading.index()] = Some(at);
        }
        let mut children: BTreeMap<(Option<SectionId>, u8), Vec<usize>> = BTreeMap::new();
        for (at, section) in self.doc.sections.iter().enumerate() {
            let level = self.doc.headings[at].level;
            if self.doc.headings[at].span.start > self.list.end {
                children.entry((section.parent, level)).or_default().push(at);
            }
        }
        for group in children.into_values() {
            let has_entry = |at: &&usize| listed[**at].is_some();
            let (Some(first), Some(last)) =
                (group.iter().position(|at| listed[*at].is_some()), group.iter().rposition(|at| listed[*at].is_some()))
            else {
                continue;
            };
            let group = &group[first..=last];
            let count = group.iter().filter(has_entry).count();
            if count < MIN_LISTED || count == group.len() || count * 100 < group.len() * LISTED_PERCENT {
                continue;
            }
            // Headings with other surroundings than the listed ones, such as those of an answer in a list, are no peers.
            let frame = |at: &usize| self.frame(HeadingId::new(*at));
            let frames: Vec<_> = group.iter().filter(has_entry).map(frame).collect();
            let is_peer = |at: &usize| frames.iter().all(|other| *other == frame(at));
            for (place, at) in group.iter().enumerate().filter(|(_, at)| listed[**at].is_none() && is_peer(at)) {
                let Some(before) = group[..place].iter().rev().find_map(|at| listed[*at]) else { continue };
                self.report_one_missing(HeadingId::new(*at), before, out);
            }
        }
    }

    /// Returns whether a heading is in a list, and whether it starts with a number.
    fn frame(&self, heading: HeadingId) -> (bool, bool) {
        let block = &self.doc[self.doc[heading].block];
        (block.parent.is_some(), leading_number(&self.title(heading)).is_some())
    }

    fn report_one_missing(&self, heading: HeadingId, before: usize, out: &mut Report) {
        let title = self.title(heading);
        if title::key(&title).is_empty() {
            return;
        }
        let message = format!("the table of contents lacks “{title}”");
        let finding = out.find(self.doc.id, self.entries[before].link.span, message);
        finding.label("expected after this");
        finding.related(self.doc.id, self.doc[heading].span, "this heading has no entry");
        finding.data("kind", "missing");
    }

    /// Reports the entries that are in another order than their headings, among headings of one level under one parent: an
    /// entry at the end may lead to an example far up.
    fn report_order(&self, out: &mut Report) {
        let mut groups: BTreeMap<(Option<SectionId>, u8), Vec<&ContentsEntry<'_>>> = BTreeMap::new();
        for entry in &self.entries {
            let parent = self.doc.sections.get(entry.heading.index()).and_then(|section| section.parent);
            groups.entry((parent, self.doc[entry.heading].level)).or_default().push(entry);
        }
        for entries in groups.into_values() {
            let kept = longest_increasing_subsequence(&entries.iter().map(|entry| entry.heading).collect::<Vec<_>>());
            let moved = entries.len() - kept.len();
            if moved > 1 && moved * 100 > entries.len() * OUT_OF_ORDER_PERCENT || entries.len() < MIN_ENTRIES {
                continue;
            }
            for (_, entry) in entries.iter().enumerate().filter(|(at, _)| kept.binary_search(at).is_err()) {
                // Two entries for one heading are no other order.
                if self.entries.iter().filter(|twin| twin.heading == entry.heading).count() > 1 {
                    continue;
                }
                let title = self.title(entry.heading);
                let message = format!("the heading “{title}” has another place than its entry here");
                let finding = out.find(self.doc.id, entry.link.span, message);
                finding.related(self.doc.id, self.doc[entry.heading].span, "the heading is here");
                finding.data("kind", "order");
            }
        }
    }

    /// Reports the entries with another number than their heading.
    fn report_numbers(&self, out: &mut Report) {
        for entry in &self.entries {
            let source = self.doc.slice(entry.link.span);
            let text = source.trim_start_matches('[').rsplit_once("](").map_or("", |(text, _)| text);
            let title = self.title(entry.heading);
            let (Some(listed), Some(written)) = (leading_number(text), leading_number(&title)) else { continue };
            if listed != written {
                let message = format!("this entry has number {listed}, its heading {written}");
                let finding = out.find(self.doc.id, entry.link.span, message);
                finding.related(self.doc.id, self.doc[entry.heading].span, "the heading is here");
                finding.data("kind", "number");
            }
        }
    }
}

/// Returns the number with which a title starts.
fn leading_number(title: &str) -> Option<&str> {
    let end = title.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(title.len());
    let number = title[..end].trim_end_matches('.');
    let rest = &title[end..];
    (!number.is_empty() && rest.starts_with([' ', ')', ':', '\u{a0}'])).then_some(number)
}
