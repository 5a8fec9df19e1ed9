//! `dangling-reference`: a text refers to an item that does not exist.

use rustc_hash::FxHashSet;

use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::reference::references;

pub(crate) static RULE: Rule = Rule {
    id: "dangling-reference",
    family: Family::Numbering,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a text refers to an item that does not exist",
    page: include_str!("../../rules/dangling-reference.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    let own: FxHashSet<u32> = numbers(doc).collect();
    // A document that hardly counts speaks of the items of another one.
    if own.len() < 5 {
        return;
    }
    let mut around: Option<FxHashSet<u32>> = None;
    for reference in references(&doc.prose.text) {
        if own.contains(&reference.number) {
            continue;
        }
        let span = doc.prose.source_span(reference.range.clone());
        let after = doc.prose.text[reference.range.end..].chars().next();
        let ranged = after.is_some_and(|c| matches!(c, '-' | '–' | '+' | '%'));
        if ranged || is_label_or_claim(doc, span) {
            continue;
        }
        let others = around.get_or_insert_with(|| cx.collection.siblings(doc).flat_map(numbers).collect());
        if !others.contains(&reference.number) {
            out.find(doc.id, span, format!("there is no number {}", reference.number)).data("number", reference.number);
        }
    }
}

/// The numbers of all items, also of those that stand in the body of another.
fn numbers(doc: &Document) -> impl Iterator<Item = u32> {
    doc.items.iter().filter_map(|item| item.number).flat_map(|number| number.value..=number.end())
}

fn is_label_or_claim(doc: &Document, span: Span) -> bool {
    let after = doc.items.partition_point(|item| item.span.start <= span.start);
    let labelled = after > 0 && doc.items[after - 1].number.is_some_and(|number| number.span.overlaps(span));
    let after = doc.headings.partition_point(|heading| heading.span.start <= span.start);
    let in_heading = after > 0 && doc.headings[after - 1].span.contains(span);
    // "###Question 12" is the label of a heading that lost its space.
    let line = doc.line_span(span.start);
    let before = doc.slice(Span::new(line.start, span.start));
    let opens = before.trim_start().starts_with('#') && before.chars().all(|c| matches!(c, '#' | '*' | ' '));
    labelled || opens || in_heading || doc.announcements.iter().any(|claim| claim.span.overlaps(span))
}
