//! `dangling-reference`: a reference to an item that does not exist.

use rustc_hash::FxHashSet;

use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::{DocId, ItemId};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::similarity::title;
use crate::text::values::reference::references;

pub(crate) static RULE: Rule = Rule {
    id: "dangling-reference",
    family: Family::Numbering,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a reference to an item that does not exist",
    page: include_str!("../../rules/dangling-reference.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    // A document with fewer than five numbered items (a guess) refers to items of another document.
    if doc.items.iter().filter(|item| item.number.is_some()).take(5).count() < 5 {
        return;
    }
    let found: Vec<(u32, Span)> = references(doc.prose.text())
        .into_iter()
        .map(|found| (found.number, doc.prose.source_span(found.range)))
        .filter(|&(_, span)| !is_range(doc, span) && !is_label_or_claim(doc, span))
        .collect();
    if found.is_empty() {
        return;
    }
    let targets = Targets::new(doc, cx, found.iter().map(|&(number, _)| number).collect());
    for (number, span) in found {
        match targets.of(number) {
            [] => {
                out.find(doc.id, span, format!("there is no item {number}")).data("number", number);
            }
            items => unrelated(doc, cx, (number, span), items, out),
        }
    }
}

/// The items that are referred to: those of this document or, where it has no item with the number, those of the
/// documents in its folder.
struct Targets {
    /// Number, document and index of the item, sorted.
    items: Vec<(u32, DocId, ItemId)>,
}

impl Targets {
    fn new(doc: &Document, cx: &Context<'_>, wanted: FxHashSet<u32>) -> Self {
        let mut items = Vec::new();
        let own = collect(doc, &wanted, &mut items);
        let rest: FxHashSet<u32> = wanted.difference(&own).copied().collect();
        if !rest.is_empty() {
            for sibling in cx.collection.siblings(doc) {
                collect(sibling, &rest, &mut items);
            }
        }
        items.sort_unstable();
        Self { items }
    }

    fn of(&self, number: u32) -> &[(u32, DocId, ItemId)] {
        let from = self.items.partition_point(|item| item.0 < number);
        let to = self.items.partition_point(|item| item.0 <= number);
        &self.items[from..to]
    }
}

/// Maximum difference of the ends of an item's interval, as in "Day 3-4" (a guess): of a longer one only the first
/// numbers are looked at, because it is not an interval of items.
const MAX_INTERVAL: u32 = 100;

/// Adds the items of `doc` that have a wanted number. Returns the numbers found.
fn collect(doc: &Document, wanted: &FxHashSet<u32>, items: &mut Vec<(u32, DocId, ItemId)>) -> FxHashSet<u32> {
    let mut met = FxHashSet::default();
    for (at, item) in doc.items.iter().enumerate() {
        let Some(number) = item.number else { continue };
        for value in number.value..=number.end().min(number.value + MAX_INTERVAL) {
            if wanted.contains(&value) {
                items.push((value, doc.id, ItemId::new(at)));
                met.insert(value);
            }
        }
    }
    met
}

/// Maximum distance of a reference from the start of a body, in bytes, at which the reference is the answer itself and
/// not an aside (a guess: about one line).
const MAX_ANSWER_OFFSET_BYTES: u32 = 80;
/// Number of bytes before a reference that are searched for "see" and the like: more than the longest of them.
const INTRODUCTION_BYTES: u32 = 24;
/// Number of items before a reference among which the item around it is searched (a guess).
const SEARCHED_BEFORE_ITEMS: usize = 50;
/// Number of bytes of a body that are compared with the title that refers to it (a guess: a long answer).
const COMPARED_BODY_BYTES: u32 = 2000;

/// Reports an item that answers with "see Q12" where no item with that number is about the same subject.
fn unrelated(
    doc: &Document,
    cx: &Context<'_>,
    (number, span): (u32, Span),
    items: &[(u32, DocId, ItemId)],
    out: &mut Report,
) {
    let before = doc.slice(Span::new(span.start.saturating_sub(INTRODUCTION_BYTES), span.start)).to_ascii_lowercase();
    let answers = ["see", "duplicate of", "same as", "repeat of"].iter().any(|word| before.trim_end().ends_with(word));
    let after = doc.items.partition_point(|item| item.span.start <= span.start);
    let source = doc.items[..after]
        .iter()
        .rev()
        .take(SEARCHED_BEFORE_ITEMS)
        .find(|item| item.body.contains(span) && doc.is_principal(item));
    let (Some(source), true) = (source, answers) else { return };
    // Further inside, an answer may touch on another subject.
    if span.start > source.body.start + MAX_ANSWER_OFFSET_BYTES {
        return;
    }
    let asked = content(doc.slice(source.title));
    let about = |&(_, id, at): &(u32, DocId, ItemId)| {
        let other = cx.document(id);
        let item = &other[at];
        let start = Span::new(item.title.start, item.body.end.min(item.title.end + COMPARED_BODY_BYTES));
        let title = content(other.slice(item.title));
        let text = content(other.text().get(start.range()).unwrap_or_else(|| other.slice(item.title)));
        // Common words such as "handles" and "builds" occur in any answer, so they count as shared only between titles.
        asked.iter().any(|word| title.contains(word) || !title::is_light(word) && text.contains(word))
    };
    if asked.is_empty() || items.iter().any(about) {
        return;
    }
    let (_, id, at) = items[0];
    let target = &cx.document(id)[at];
    out.find(doc.id, span, format!("item {number} is about something else"))
        .related(id, target.span, format!("this is item {number}"))
        .related(doc.id, source.span, "the item that refers to it")
        .data("number", number);
}

/// Returns the stems of the words that carry the subject of a text, without the words that only frame a question.
fn content(text: &str) -> FxHashSet<String> {
    let key = title::key(text);
    let words = title::words(&key).filter(|word| word.len() > 1 && !title::is_frame(word));
    words.map(|word| title::stem(word).to_owned()).collect()
}

/// Returns true if "Q1" begins a range or is a quarter or a share: "Q1–Q4", "Q3+".
fn is_range(doc: &Document, span: Span) -> bool {
    doc.text().get(span.end as usize..).is_some_and(|rest| rest.starts_with(['-', '–', '+', '%']))
}

fn is_label_or_claim(doc: &Document, span: Span) -> bool {
    let after = doc.items.partition_point(|item| item.span.start <= span.start);
    let labelled = after > 0 && doc.items[after - 1].number.is_some_and(|number| number.span.overlaps(span));
    let after = doc.headings.partition_point(|heading| heading.span.start <= span.start);
    let in_heading = after > 0 && doc.headings[after - 1].span.contains(span);
    // "###Question 12" is the label of a heading that lacks its space.
    let line = doc.line_span(span.start);
    let before = doc.slice(Span::new(line.start, span.start));
    let opens = before.trim_start().starts_with('#') && before.chars().all(|c| matches!(c, '#' | '*' | ' '));
    labelled || opens || in_heading || doc.stated_ranges.iter().any(|claim| claim.span.overlaps(span))
}
