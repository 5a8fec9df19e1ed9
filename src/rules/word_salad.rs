//! `word-salad`: a paragraph of words that form no sentence.

use crate::model::document::{BlockKind, Document};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::english::salad::salad_in;

pub(crate) static RULE: Rule = Rule {
    id: "word-salad",
    family: Family::Language,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "the words of a paragraph form no sentence",
    page: include_str!("../../rules/word-salad.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    if !cx.is_english(doc) {
        return;
    }
    let paragraphs = doc.prose.blocks.iter().filter(|block| matches!(doc[block.block].kind, BlockKind::Paragraph));
    for block in paragraphs {
        let Some(salad) = salad_in(doc.prose.text_of(block)) else { continue };
        let span = doc.prose.source_span(block.range.start as usize..block.range.end as usize);
        let message = format!("this is word salad: {} words, {} of them different", salad.words, salad.distinct);
        out.find(doc.id, span, message)
            .label("no sentence")
            .help("write the paragraph again: the words repeat each other and form no sentence")
            .data("words", salad.words)
            .data("distinct", salad.distinct);
    }
}
