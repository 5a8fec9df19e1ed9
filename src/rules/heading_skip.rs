//! `heading-skip`: a heading more than one level below the one before.

use std::collections::BTreeMap;

use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "heading-skip",
    family: Family::Structure,
    tier: Tier::Audit,
    severity: Severity::Info,
    stage: Stage::Structure,
    summary: "a heading is more than one level below the one before",
    page: include_str!("../../rules/heading-skip.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    // One finding for each kind of skip, because a document that always skips a level does so by design, and one place
    // shows it.
    let mut skips: BTreeMap<(u8, u8), Vec<usize>> = BTreeMap::new();
    let mut before: Option<usize> = None;
    for (at, heading) in doc.headings.iter().enumerate() {
        if doc[heading.block].parent.is_some() {
            continue;
        }
        if let Some(before) = before.map(|before| &doc.headings[before])
            && heading.level > before.level + 1
        {
            skips.entry((before.level, heading.level)).or_default().push(at);
        }
        before = Some(at);
    }
    for ((from, to), places) in skips {
        let heading = &doc.headings[places[0]];
        let message = match places.len() {
            1 => format!("a heading of level {to} follows one of level {from}"),
            2 => format!("a heading of level {to} follows one of level {from}, here and once more"),
            more => format!("a heading of level {to} follows one of level {from}, here and {} times more", more - 1),
        };
        let finding = out.find(doc.id, heading.span, message);
        finding
            .related(doc.id, doc.headings[places[0].saturating_sub(1)].span, "the heading before it")
            .data("places", places.len());
        for other in &places[1..] {
            finding.also(doc.id, doc.headings[*other].span, "");
        }
    }
}
