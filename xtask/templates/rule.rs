//! `{id}`: one line that says what it finds.

use crate::model::document::Document;
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::language::Language;

pub(crate) static RULE: Rule = Rule {
    id: "{id}",
    family: Family::{family},
    // A new rule is in the audit tier until forty of its findings on content of others have been read.
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "a phrase is wrong",
    page: include_str!("../../rules/{id}.md"),
    check: Check::Document(check),
};

/// The phrase that is wrong, and the one to write instead.
const PHRASE: (&str, &str) = ("this phrase is wrong", "this phrase is right");

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    if doc.language() != Language::English {
        return;
    }
    let (wrong, right) = PHRASE;
    for block in &doc.prose.blocks {
        let base = block.range.start as usize;
        for (at, _) in doc.prose.text_of(block).match_indices(wrong) {
            let range = base + at..base + at + wrong.len();
            let span = doc.prose.source_span(range.clone());
            let finding = out.find(doc.id, span, format!("`{wrong}` is wrong"));
            // Markup or a line break inside the phrase would be lost with it, so such a phrase is only reported.
            if doc.prose.is_contiguous(range) {
                // `Fix::safe` is for what is right in every text, `Fix::likely` for the rest.
                finding.fix(Fix::likely(format!("write `{right}`"), Edit::replace(doc.id, span, right)));
            }
        }
    }
}
