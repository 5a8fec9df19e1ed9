//! `missing-item`: one version has items that another one lacks.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::alignment::{AlignedPair, ItemRef, Verdict};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::item::{Number, listed};
use crate::model::span::Span;
use crate::model::work::{AddedItem, Role, Version, Work};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::values::ranges::runs;

pub(crate) static RULE: Rule = Rule {
    id: "missing-item",
    family: Family::Versions,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Versions,
    summary: "a version lacks items that another one has",
    page: include_str!("../../rules/missing-item.md"),
    check: Check::Work(check),
};

/// Accessor for the item of a pair that belongs to one of the two versions.
type ItemOfPair = fn(&AlignedPair) -> Option<ItemRef>;

fn check(work: &Work, cx: &Context<'_>, out: &mut Report) {
    let Some((first, others)) = work.versions.split_first() else { return };
    let shared = AddedItems::new(work);
    for (at, (other, alignment)) in others.iter().zip(&work.alignments).enumerate() {
        let moved: BTreeSet<ItemRef> =
            alignment.moves().iter().flat_map(|pair| [pair.base, pair.derived]).flatten().collect();
        let parts: BTreeSet<ItemRef> = alignment.divided.iter().flat_map(|divided| &divided.parts).copied().collect();
        let sides: [(&Version, &Version, ItemOfPair, ItemOfPair, Verdict); 2] = [
            (first, other, |pair| pair.base, |pair| pair.derived, Verdict::BaseOnly),
            (other, first, |pair| pair.derived, |pair| pair.base, Verdict::DerivedOnly),
        ];
        for (having, lacking, has, lacks, verdict) in sides {
            // A summary may omit any item.
            if lacking.role.may_omit() {
                continue;
            }
            let pages = MatchedPages::new(alignment.rows(), has, lacks);
            let mut gaps = gaps(alignment.rows(), has, lacks, verdict);
            // Parts of a larger item there are not missing.
            gaps.iter_mut().for_each(|gap| gap.items.retain(|item| !parts.contains(item)));
            let forms = plural_stems(lacking, cx);
            gaps.iter_mut().for_each(|gap| gap.items.retain(|item| !is_other_form(*item, &forms, cx)));
            gaps.retain(|gap| !gap.items.is_empty());
            if having.is_translated(lacking) {
                let opposite = if verdict == Verdict::BaseOnly { Verdict::DerivedOnly } else { Verdict::BaseOnly };
                mark_unsure(&mut gaps, &alone_after(alignment.rows(), lacks, opposite), cx);
            }
            for gap in gaps.into_iter().flat_map(|gap| shared.split(gap, at + 1, &moved)) {
                if gap.items.iter().any(|item| !moved.contains(item)) {
                    let also = gap.also.iter().filter_map(|&also| work.versions.get(also));
                    let having: Vec<&Version> = std::iter::once(having).chain(also).collect();
                    report(&gap, &having, (lacking, &pages), &moved, cx, out);
                }
            }
        }
    }
}

/// Endings of the keys of plural forms, in the names of CLDR: `files_one`, `files.few`.
const PLURAL_FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Returns a key without its plural form, if it has one.
fn plural_stem(key: &str) -> Option<&str> {
    let (stem, form) = key.rsplit_once(['_', '.'])?;
    (PLURAL_FORMS.contains(&form) && !stem.is_empty()).then_some(stem)
}

/// Returns the keys of a version that have plural forms, without these.
fn plural_stems<'a>(version: &Version, cx: &'a Context<'_>) -> BTreeSet<&'a str> {
    let documents = version.documents.iter().map(|id| cx.document(*id)).filter(|doc| doc.has_keys());
    documents.flat_map(|doc| &doc.headings).filter_map(|heading| plural_stem(heading.id.as_deref()?)).collect()
}

/// Returns whether an item is a plural form of a key that the other version has in its own forms: languages have
/// different plurals.
fn is_other_form(item: ItemRef, forms: &BTreeSet<&str>, cx: &Context<'_>) -> bool {
    if forms.is_empty() {
        return false;
    }
    let doc = cx.document(item.doc);
    let heading = doc
        .unit(item.item)
        .and_then(|unit| doc.headings.binary_search_by_key(&unit.block, |heading| heading.block).ok());
    heading.and_then(|at| plural_stem(doc.headings[at].id.as_deref()?)).is_some_and(|stem| forms.contains(stem))
}

/// The items that several derived versions have and the base version lacks: reported once, for the first derived
/// version that has them.
struct AddedItems<'a> {
    of: BTreeMap<ItemRef, &'a AddedItem>,
}

impl<'a> AddedItems<'a> {
    fn new(work: &'a Work) -> Self {
        let items = work.added_items.iter().flat_map(|all| all.items.iter().map(move |(_, item)| (*item, all)));
        Self { of: items.collect() }
    }

    /// Returns the gap without the items that were reported for an earlier version, divided where other versions have
    /// the items too. Items that only moved do not divide it.
    fn split(&self, gap: MissingItems, version: usize, moved: &BTreeSet<ItemRef>) -> Vec<MissingItems> {
        let mut parts: Vec<MissingItems> = Vec::new();
        for item in gap.items {
            let also: Vec<usize> = match self.of.get(&item) {
                Some(all) if all.items.first().is_some_and(|(first, _)| *first < version) => continue,
                Some(all) => all.items.iter().skip(1).map(|(version, _)| *version).collect(),
                None => Vec::new(),
            };
            match parts.last_mut() {
                Some(part) if part.also == also || moved.contains(&item) => part.items.push(item),
                _ => parts.push(MissingItems { items: vec![item], after: gap.after, also, unsure: gap.unsure }),
            }
        }
        parts
    }
}

/// Consecutive items without an aligned item.
struct MissingItems {
    items: Vec<ItemRef>,
    /// The item of the other version after which the missing items belong.
    after: Option<ItemRef>,
    /// The further versions that have all of the items, as indices.
    also: Vec<usize>,
    /// Number of items of the other version that may be some of these: nothing says which.
    unsure: usize,
}

/// Returns the number of items without an aligned item behind each aligned item of a version.
fn alone_after(rows: &[AlignedPair], side: ItemOfPair, alone: Verdict) -> BTreeMap<Option<ItemRef>, usize> {
    let mut ordered: Vec<&AlignedPair> = rows.iter().filter(|pair| side(pair).is_some()).collect();
    ordered.sort_by_key(|pair| side(pair));
    let mut counts = BTreeMap::new();
    let mut after = None;
    for pair in ordered {
        if pair.verdict == alone {
            *counts.entry(after).or_default() += 1;
        } else {
            after = side(pair);
        }
    }
    counts
}

/// Notes for each gap between translations how many items of the other version are in the same place. Numbered items are
/// known by their numbers.
fn mark_unsure(gaps: &mut Vec<MissingItems>, alone: &BTreeMap<Option<ItemRef>, usize>, cx: &Context<'_>) {
    let is_numbered = |item: &ItemRef| cx.document(item.doc).unit(item.item).is_some_and(|item| item.number.is_some());
    for gap in gaps.iter_mut().filter(|gap| !gap.items.iter().any(is_numbered)) {
        gap.unsure = alone.get(&gap.after).copied().unwrap_or(0);
    }
    gaps.retain(|gap| gap.unsure < gap.items.len());
}

/// Documents of two versions with aligned items.
#[derive(Default)]
struct MatchedPages {
    /// For each document of the one version, that of the other one with the first of its aligned items.
    matches: BTreeMap<DocId, DocId>,
    /// For each aligned item of the other version, the document of the one that it is aligned with.
    of_items: BTreeMap<ItemRef, DocId>,
}

impl MatchedPages {
    fn new(rows: &[AlignedPair], has: ItemOfPair, lacks: ItemOfPair) -> Self {
        let mut found = Self::default();
        for (own, other) in rows.iter().filter_map(|pair| Some((has(pair)?, lacks(pair)?))) {
            found.matches.entry(own.doc).or_insert(other.doc);
            found.of_items.insert(other, own.doc);
        }
        found
    }
}

fn gaps(rows: &[AlignedPair], has: ItemOfPair, lacks: ItemOfPair, verdict: Verdict) -> Vec<MissingItems> {
    let mut ordered: Vec<&AlignedPair> = rows.iter().filter(|pair| has(pair).is_some()).collect();
    ordered.sort_by_key(|pair| has(pair));
    let mut gaps: Vec<MissingItems> = Vec::new();
    let mut open: Option<MissingItems> = None;
    let mut after = None;
    for pair in ordered {
        let Some(item) = has(pair) else { continue };
        if pair.verdict == verdict {
            open.get_or_insert(MissingItems { items: Vec::new(), after, also: Vec::new(), unsure: 0 }).items.push(item);
        } else {
            after = lacks(pair);
            gaps.extend(open.take());
        }
    }
    gaps.extend(open);
    gaps
}

fn report(
    gap: &MissingItems,
    having: &[&Version],
    (lacking, pages): (&Version, &MatchedPages),
    moved: &BTreeSet<ItemRef>,
    cx: &Context<'_>,
    out: &mut Report,
) {
    let Some(&first) = gap.items.first() else { return };
    let number = |item: &ItemRef| cx.document(item.doc).unit(item.item)?.number;
    let all: Vec<Number> = gap.items.iter().filter_map(number).collect();
    let numbers = runs(all.iter().map(|number| number.value));
    let moved_here: Vec<Number> = gap.items.iter().filter(|item| moved.contains(item)).filter_map(number).collect();
    let elsewhere: Vec<u32> = moved_here.iter().map(|number| number.value).collect();
    let mut names: Vec<String> = having.iter().map(|version| cx.collection.name_of(version)).collect();
    let have = versions_with(first, &names, cx);
    let count = gap.items.len();
    let title = |item: ItemRef| {
        let doc = cx.document(item.doc);
        let title = doc.unit(item.item).map(|item| doc.slice(item.title).trim()).unwrap_or_default();
        title.lines().next().unwrap_or_default().trim_end().to_owned()
    };
    let what = match (count, numbers.is_empty()) {
        (1, true) => format!("“{}” of {have}", title(first)),
        (_, true) => format!("{count} items of {have}, from “{}” on,", title(first)),
        (1, false) => format!("item {} of {have}", listed(all)),
        (_, false) => format!("items {} of {have}", listed(all)),
    };
    let verb = if count == 1 { "is" } else { "are" };
    // The first items of a page belong before what the page has, not after the page before it.
    let page = pages.matches.get(&first.doc).copied();
    let after = gap.after.filter(|after| page.is_none() || pages.of_items.get(after) == Some(&first.doc));
    let page = page.or_else(|| lacking.documents.first().copied());
    let Some((doc, span)) = place(after, page, cx) else { return };
    let is_own = cx.document(first.doc).source.path() == cx.document(doc).source.path();
    let message = match gap.unsure {
        _ if is_own => match count {
            1 => format!("“{}” has no translation", title(first)),
            _ => format!("{count} texts, from “{}” on, have no translation", title(first)),
        },
        0 => format!("{what} {verb} missing here"),
        here => {
            let missing = count.saturating_sub(here);
            let verb = if missing == 1 { "is" } else { "are" };
            format!("{what} are {here} here, so that {missing} {verb} missing")
        }
    };
    let finding = out.find(doc, span, message);
    // A catalogue that is translated in part is the usual state of it.
    if is_own && cx.collection.originals.contains_key(&first.doc) {
        finding.tier(Tier::Audit);
    }
    // Translators follow the original: what only a translation has is more often written in another way than missing.
    if having.iter().all(|version| version.role == Role::Translation) {
        finding.tier(Tier::Audit);
    }
    finding.label(if after.is_some() { "expected after this" } else { "expected before this" });
    let source = cx.document(first.doc);
    if let Some(item) = source.unit(first.item) {
        let message = if count == 1 { "is here".to_owned() } else { format!("the first of {count} is here") };
        finding.related(source.id, item.span, message);
    }
    if !elsewhere.is_empty() {
        finding.help(format!("under other numbers here: {}", listed(moved_here)));
    }
    let pairs: Vec<Vec<u32>> = numbers.iter().map(|(first, last)| vec![*first, *last]).collect();
    finding.data("missing", pairs);
    finding.data("count", count);
    finding.data("elsewhere", elsewhere);
    names.push(cx.collection.name_of(lacking));
    finding.data("versions", names);
}

/// Returns the names of the versions that have an item: at most three, and for versions that share a name, because their
/// files are in one folder, the file with the item.
fn versions_with(item: ItemRef, names: &[String], cx: &Context<'_>) -> String {
    /// Maximum number of names in a message (a guess).
    const MAX_NAMES: usize = 3;
    let file = || cx.document(item.doc).source.display().to_owned();
    let is_shared = names.first().is_some_and(|first| names.len() > 1 && names[1..].contains(first));
    match (is_shared, names.len().saturating_sub(MAX_NAMES)) {
        (true, _) => format!("{} and {}", file(), count_of(names.len() - 1)),
        (false, 0) => names.join(" and "),
        (false, _) => format!("{} and {}", names[0], count_of(names.len() - 1)),
    }
}

fn count_of(others: usize) -> String {
    if others == 1 { "another version".to_owned() } else { format!("{others} other versions") }
}

/// Returns the place in the lacking version at which the items belong.
fn place(after: Option<ItemRef>, page: Option<DocId>, cx: &Context<'_>) -> Option<(DocId, Span)> {
    if let Some(after) = after {
        let item = cx.document(after.doc).unit(after.item)?;
        return Some((after.doc, item.span));
    }
    let doc = cx.document(page?);
    let first = doc.principal_items().map(|(_, item)| item.span).next();
    let first = first.or_else(|| doc.headings.first().map(|heading| heading.span));
    Some((doc.id, first.unwrap_or_else(|| doc.line_span(0))))
}
