//! `malformed-heading`: a line that looks like a heading but is not one.

use crate::model::document::{BlockKind, Document, ProseBlock};
use crate::model::edit::{Applicability, Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "malformed-heading",
    family: Family::Structure,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a line looks like a heading but is not one",
    page: include_str!("../../rules/malformed-heading.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    let text = doc.prose.text();
    let mut usual = [false; 7];
    for heading in &doc.headings {
        usual[usize::from(heading.level.min(6))] = true;
    }
    let mut next = 0;
    for at in memchr::memchr_iter(b'#', text.as_bytes()) {
        if at < next {
            continue;
        }
        let hashes = text[at..].bytes().take_while(|&byte| byte == b'#').count();
        next = at + hashes;
        if let Some(prose) = block_of(doc, at)
            && matches!(doc[prose.block].kind, BlockKind::Paragraph)
            && doc.prose.is_contiguous(at..next)
        {
            let usual = usual[hashes.min(6)];
            marker(doc, prose, Marker { at, hashes, usual }, out);
        }
    }
}

/// A run of number signs in the prose.
#[derive(Clone, Copy)]
struct Marker {
    at: usize,
    hashes: usize,
    /// True if the document has headings of this level.
    usual: bool,
}

fn block_of(doc: &Document, at: usize) -> Option<&ProseBlock> {
    let after = doc.prose.blocks.partition_point(|block| block.range.start as usize <= at);
    doc.prose.blocks.get(after.checked_sub(1)?)
}

fn marker(doc: &Document, prose: &ProseBlock, marker: Marker, out: &mut Report) {
    let Marker { at, hashes, usual } = marker;
    let text = doc.prose.text().get(..prose.range.end as usize).unwrap_or("");
    let rest = text[at + hashes..].split('\n').next().unwrap_or("");
    // The last number sign is part of a keycap or another emoji sequence, which must not be divided.
    if rest.starts_with(['\u{FE0F}', '\u{20E3}', '\u{200D}']) {
        return;
    }
    // The operator of C's preprocessor: `##__VA_ARGS__`.
    let span = doc.prose.source_span(at..at + hashes);
    if doc.text()[span.end as usize..].starts_with("__") {
        return;
    }
    let line_start = at == prose.range.start as usize || text[..at].ends_with('\n');
    let escaped = doc.text_before(span.start).ends_with('\\');
    let line = Span::new(span.start, doc.line_span(span.start).end);
    if line_start && !escaped {
        if hashes > 6 && rest.starts_with(' ') && is_title(rest) {
            let finding = out.find(doc.id, line, format!("headings have levels 1 to 6, not {hashes}"));
            finding.fix(Fix::likely("make it a heading of level 6", Edit::replace(doc.id, span, "######")));
        } else if (2..=6).contains(&hashes) && !rest.starts_with([' ', '\t']) && is_title(rest) && !is_command(rest) {
            let finding = out.find(doc.id, line, "this heading lacks the space after its number signs");
            // The line can have no other meaning where the document has headings of this level.
            let level = if usual { Applicability::Safe } else { Applicability::Unsafe };
            finding.fix(spaced(doc, span, rest, level));
        }
    } else if line_start && (2..=6).contains(&hashes) && rest.starts_with(' ') && is_title(rest) {
        let finding = out.find(doc.id, line, "this heading is escaped, so it is rendered as text");
        let backslash = Span::new(span.start - 1, span.start);
        finding.fix(Fix::likely("remove the backslash", Edit::delete(doc.id, backslash)));
    } else if (2..=6).contains(&hashes) && !escaped && is_inside(text, marker, rest) {
        let finding = out.find(doc.id, line, "a heading has to begin its own line");
        let before = &text[..at];
        let blank = (before.len() - before.trim_end_matches(' ').len()) as u32;
        let gap = Span::new(span.start - blank, span.start);
        finding.fix(Fix::likely("start a new line before it", Edit::replace(doc.id, gap, "\n\n")));
    }
}

/// Returns the fix that inserts a space after the number signs.
fn spaced(doc: &Document, signs: Span, rest: &str, applicability: Applicability) -> Fix {
    let blank = rest.chars().next().filter(|c| c.is_whitespace());
    let gap = Span::new(signs.end, signs.end + blank.map_or(0, |c| c.len_utf8() as u32));
    Fix::new(applicability, "insert a space", Edit::replace(doc.id, gap, " "))
}

/// Returns true if the text after the number signs can be a title.
fn is_title(rest: &str) -> bool {
    let words = rest.trim();
    // Numbers of issues, and hash tags.
    let digits = words.len() - words.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if words.contains(" ##") || digits > 2 && words[digits..].starts_with([' ', ',', ':']) {
        return false;
    }
    let starts = words.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '*' | '"' | '“') || !c.is_ascii());
    starts && words.chars().any(char::is_alphabetic) && words.len() <= 200
}

/// Returns true for `##vso[task]`, `##teamcity[…]`, `##macro`: commands for other programs.
fn is_command(rest: &str) -> bool {
    let word = rest.split([' ', '[', '(', '=']).next().unwrap_or("");
    word.len() < rest.trim_end().len() && rest[word.len()..].starts_with(['[', '(', '='])
        || (word.len() == rest.trim_end().len() && rest.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit()))
}

/// Returns true if a sentence ends directly before the number signs and a title follows them.
fn is_inside(text: &str, marker: Marker, rest: &str) -> bool {
    let before = &text[..marker.at];
    let ends = before.ends_with(' ') && before.trim_end().ends_with(['.', '!', '?', '"', '”', '-', ')']);
    let title =
        rest.strip_prefix(' ').is_some_and(|title| title.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()));
    ends && title && is_title(rest) && rest.split_whitespace().count() <= 20
}
