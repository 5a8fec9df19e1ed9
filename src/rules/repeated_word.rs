//! `repeated-word`: the same word twice in a row.

use crate::model::document::Document;
use crate::model::edit::{Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "repeated-word",
    family: Family::Language,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "the same word stands twice in a row",
    page: include_str!("../../rules/repeated-word.md"),
    check: Check::Document(check),
};

/// Words that English rightly repeats ("I know that that is so", "she had had enough").
const REPEATABLE: [&str; 4] = ["had", "long", "that", "very"];

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    for block in &doc.prose.blocks {
        let text = doc.prose.text_of(block);
        let base = block.range.start as usize;
        let mut before: Option<(usize, &str)> = None;
        for (start, word) in words(text) {
            if let Some((first, previous)) = before
                && word == previous
                && word.len() > 1
                && !REPEATABLE.contains(&word)
                && text[first + word.len()..start].chars().all(char::is_whitespace)
                && !text[start + word.len()..].starts_with(['-', '.', '(', '=', '_', '/'])
            {
                let both = base + first..base + start + word.len();
                let span = doc.prose.source_span(both.clone());
                let finding = out.find(doc.id, span, format!("`{word}` stands twice in a row"));
                if doc.prose.is_contiguous(both) {
                    finding.fix(Fix::replace(doc.id, span, word, "keep it once"));
                }
            }
            before = Some((start, word));
        }
    }
}

/// Runs of letters with their byte offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(char::is_alphanumeric)?;
        let len = text[start..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - start);
        rest = start + len;
        Some((start, &text[start..rest]))
    })
}
