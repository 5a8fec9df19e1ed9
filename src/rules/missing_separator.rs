//! `missing-separator`: a section without the thematic break that precedes its siblings.

use std::collections::BTreeMap;

use crate::model::document::{BlockKind, Document};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "missing-separator",
    family: Family::Structure,
    tier: Tier::Audit,
    severity: Severity::Info,
    stage: Stage::Structure,
    summary: "a section lacks the thematic break that its siblings have",
    page: include_str!("../../rules/missing-separator.md"),
    check: Check::Document(check),
};

/// Minimum number of siblings with a thematic break for which a sibling without one is reported (a guess).
const MIN_SEPARATED_SIBLINGS: usize = 10;
/// Maximum share of siblings without a thematic break, as one in this many (a guess).
const LACKING_ONE_IN: usize = 10;
/// Maximum number of siblings without a thematic break (a guess): more are a habit of their own.
const MAX_LACKING: usize = 2;

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    // For each level, the headings that follow a sibling, and whether a thematic break directly precedes them.
    let mut levels: BTreeMap<u8, (usize, Vec<usize>)> = BTreeMap::new();
    for (at, section) in doc.sections.iter().enumerate() {
        let heading = &doc[section.heading];
        let follows_sibling = at > 0 && doc.headings[at - 1].level >= heading.level;
        if !follows_sibling || doc[heading.block].parent.is_some() {
            continue;
        }
        let before = doc.blocks[..heading.block.index()].iter().rev().find(|block| block.parent.is_none());
        let (divided, bare) = levels.entry(heading.level).or_default();
        match before.map(|block| &block.kind) {
            Some(BlockKind::Rule) => *divided += 1,
            _ => bare.push(at),
        }
    }
    for (divided, bare) in levels.into_values() {
        if divided < MIN_SEPARATED_SIBLINGS || bare.len() > MAX_LACKING || bare.len() * LACKING_ONE_IN > divided {
            continue;
        }
        for at in bare {
            let heading = &doc.headings[at];
            let message = format!("{divided} sections of this level follow a thematic break, this one does not");
            let place = Span::at(doc.line_span(heading.span.start).start);
            let finding = out.find(doc.id, heading.span, message);
            finding.fix(Fix::likely("insert a thematic break before it", Edit::replace(doc.id, place, "---\n\n")));
        }
    }
}
