//! `empty-section`: a heading with nothing under it.

use crate::model::document::{BlockKind, Document, Heading};
use crate::model::edit::Stage;
use crate::model::extraction::FileContainer;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "empty-section",
    family: Family::Structure,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a heading has nothing under it",
    page: include_str!("../../rules/empty-section.md"),
    check: Check::Document(check),
};

/// Maximum share of empty headings at one level, as one in this many (a guess): a level with more of them is a list of
/// titles.
const EMPTY_ONE_IN: usize = 5;

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    let mut leaves = [0_usize; 7];
    let mut empty: Vec<usize> = Vec::new();
    for (at, heading) in doc.headings.iter().enumerate() {
        if doc[heading.block].parent.is_some() {
            return;
        }
        let next = doc.headings.get(at + 1);
        if next.is_some_and(|next| next.level > heading.level) {
            continue;
        }
        leaves[usize::from(heading.level.min(6))] += 1;
        let until = next.map_or(doc.blocks.len(), |next| next.block.index());
        let blocks = doc.blocks.get(heading.block.index() + 1..until).unwrap_or(&[]);
        let is_text = next.is_some_and(|next| is_sentence(doc, next));
        if blocks.iter().all(|block| matches!(block.kind, BlockKind::Rule)) && !is_text {
            empty.push(at);
        }
    }
    let mut alike = [0_usize; 7];
    for &at in &empty {
        alike[usize::from(doc.headings[at].level.min(6))] += 1;
    }
    for (nth, &at) in empty.iter().enumerate() {
        let heading = &doc.headings[at];
        // Several empty headings in a row are a list of titles.
        let follows = nth > 0 && empty[nth - 1] + 1 == at;
        let leads = empty.get(nth + 1) == Some(&(at + 1));
        if follows || leads {
            continue;
        }
        if alike[usize::from(heading.level.min(6))] * EMPTY_ONE_IN <= leaves[usize::from(heading.level.min(6))] {
            let entry = doc.source.container().and_then(FileContainer::entry_noun);
            let message = match entry {
                Some(noun) => format!("this {noun} has no text"),
                None => "this heading has nothing under it".to_owned(),
            };
            out.find(doc.id, heading.span, message);
        }
    }
}

/// Returns true if a heading is a sentence that the dashes of a thematic break accidentally underline.
fn is_sentence(doc: &Document, heading: &Heading) -> bool {
    let written = doc.slice(heading.span);
    !written.starts_with('#') && doc.slice(heading.content).trim_end().ends_with(['.', '"', ')'])
}
