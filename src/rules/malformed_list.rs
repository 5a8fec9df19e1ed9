//! `malformed-list`: lines that look like the items of a list and are running text.

use crate::model::document::{BlockKind, Document, ProseBlock};
use crate::model::edit::{Applicability, Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "malformed-list",
    family: Family::Structure,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "lines look like a list but are not one",
    page: include_str!("../../rules/malformed-list.md"),
    check: Check::Document(check),
};

/// Minimum number of lines with a dash in a paragraph that can only be meant as a list (a guess).
const MIN_LINES: usize = 2;

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    for prose in &doc.prose.blocks {
        if matches!(doc[prose.block].kind, BlockKind::Paragraph) {
            paragraph(doc, prose, out);
        }
    }
}

fn paragraph(doc: &Document, prose: &ProseBlock, out: &mut Report) {
    let text = doc.prose.text_of(prose);
    let base = prose.range.start as usize;
    let mut dashes: Vec<Span> = Vec::new();
    let (mut at, mut capitals, mut lines) = (0, 0, 0);
    for line in text.split('\n') {
        let start = base + at;
        at += line.len() + 1;
        lines += 1;
        let Some(rest) = line.strip_prefix('-').filter(|rest| is_item(rest)) else { continue };
        let span = doc.prose.source_span(start..start + 1);
        if doc.prose.is_contiguous(start..start + 1) && doc.slice(span) == "-" {
            capitals += usize::from(rest.starts_with(char::is_uppercase));
            dashes.push(span);
        }
    }
    // Only the first line may be an introduction.
    if dashes.len() < MIN_LINES || dashes.len() + 1 < lines || capitals * 2 < dashes.len() {
        return;
    }
    let (first, last) = (dashes[0], dashes[dashes.len() - 1]);
    let span = Span::new(first.start, doc.line_span(last.start).end);
    let finding =
        out.find(doc.id, span, format!("without spaces after their dashes these {} lines are no list", dashes.len()));
    let edits = dashes.iter().map(|dash| Edit { doc: doc.id, span: Span::at(dash.end), replacement: " ".to_owned() });
    finding.fix(Fix {
        title: "put a space after each dash".to_owned(),
        applicability: Applicability::Unsafe,
        edits: edits.collect(),
    });
}

/// Returns true if what follows a dash is words, and neither an option of a command nor a number.
fn is_item(rest: &str) -> bool {
    let word = rest.split([' ', ',', ':', '.']).next().unwrap_or("");
    let letters = (word.len() > 1 || matches!(word, "A" | "I"))
        && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’');
    letters && rest.contains(' ') && !rest.contains(" -") && !rest.contains('=')
}
