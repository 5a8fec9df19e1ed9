//! `word-salad`: a paragraph of words that form no sentence.

use crate::model::document::{BlockKind, Document, ProseBlock};
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

/// Part of the words of a paragraph, as one in this many, that links may have in a sentence (a guess).
const LINKED_PART: usize = 2;

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    if !cx.is_english(doc) {
        return;
    }
    let suspects = doc.marked_words().salads().map(|at| &doc.prose.blocks[at]);
    let paragraphs = suspects.filter(|block| matches!(doc[block.block].kind, BlockKind::Paragraph));
    for block in paragraphs.filter(|block| !is_list_of_links(doc, block)) {
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

/// Returns true if most of a paragraph is links, as in the overview of a reference: their texts form no sentence.
fn is_list_of_links(doc: &Document, block: &ProseBlock) -> bool {
    let span = doc.prose.source_span(block.range.start as usize..block.range.end as usize);
    let first = doc.links.partition_point(|link| link.span.start < span.start);
    let links = doc.links[first..].iter().take_while(|link| link.span.start < span.end);
    let linked: usize = links.map(|link| link.span.len() as usize).sum();
    linked * LINKED_PART > span.len() as usize
}
