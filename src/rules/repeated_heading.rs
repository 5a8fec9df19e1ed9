//! `repeated-heading`: the same heading twice under one parent.

use std::collections::BTreeMap;

use crate::model::document::{Document, Section};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "repeated-heading",
    family: Family::Structure,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a heading is repeated under one parent",
    page: include_str!("../../rules/repeated-heading.md"),
    check: Check::Document(check),
};

/// Maximum number of equal headings under one parent that is not a pattern of the document (a guess).
const MAX_EQUAL_HEADINGS: usize = 2;

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    // Two messages may have one text, in two contexts.
    if doc.has_keys() {
        return;
    }
    let mut siblings: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, section) in doc.sections.iter().enumerate() {
        let heading = &doc[section.heading];
        let title = key(doc.slice(heading.content));
        // An item may be asked again, which `repeated-item` reports, and a heading in a list item belongs to the item.
        if !title.is_empty() && doc[heading.block].parent.is_none() && !is_item(doc, section) {
            siblings.entry((section.parent, heading.level, title)).or_default().push(at);
        }
    }
    for places in siblings.into_values().filter(|places| places.len() > 1) {
        if places.len() > MAX_EQUAL_HEADINGS && !is_release(doc, &doc.sections[places[0]]) {
            continue;
        }
        let first = doc[doc.sections[places[0]].heading].span;
        for &later in &places[1..] {
            let heading = &doc[doc.sections[later].heading];
            let finding = out.find(doc.id, heading.span, "this heading is repeated under its parent");
            finding.related(doc.id, first, "first here").help("put the two sections together, or rename one of them");
        }
    }
}

/// Returns the words of a heading in lower case.
fn key(content: &str) -> String {
    let words = content.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

fn is_item(doc: &Document, section: &Section) -> bool {
    let span = doc[section.heading].span;
    let after = doc.items.partition_point(|item| item.span.start < span.start);
    doc.items.get(after).is_some_and(|item| span.contains(item.span))
}

/// Returns true if the parent of a section is a release, with a version or a date, below which a heading has one place.
fn is_release(doc: &Document, section: &Section) -> bool {
    let Some(parent) = section.parent else { return false };
    let title = doc.slice(doc[doc[parent].heading].content);
    let numbers = title.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-')));
    numbers
        .filter(|number| number.contains(|c: char| c.is_ascii_digit()))
        .any(|number| number.matches(['.', '-']).count() >= 1)
}
