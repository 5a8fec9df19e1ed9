//! `unnormalized-text`: decomposed characters for which a composed one exists.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

use crate::model::document::{BlockKind, Document, Format};
use crate::model::edit::{Applicability, Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "unnormalized-text",
    family: Family::Encoding,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Characters,
    summary: "letters are decomposed, not in Unicode normalization form C",
    page: include_str!("../../rules/unnormalized-text.md"),
    check: Check::Document(check),
};

/// Maximum number of findings in a document (a guess): more decomposed characters have one cause, and are one finding.
const MAX_UNNORMALIZED_FINDINGS: usize = 12;

/// A decomposed character.
struct DecomposedCharacter {
    span: Span,
    composed: String,
    level: Applicability,
}

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    // Text below U+0300 is always normalized.
    if !doc.text().as_bytes().chunks(4096).any(|chunk| chunk.iter().fold(false, |found, &byte| found | (byte >= 0xCC)))
    {
        return;
    }
    let loose: Vec<DecomposedCharacter> = match doc.format {
        Format::Markdown => in_prose(doc),
        Format::Text => loose(doc.text()).map(|(at, len, composed)| plain(at, len, composed)).collect(),
    };
    let garbled = |span: Span| {
        let mojibake = doc.mojibake();
        let at = mojibake.partition_point(|garble| garble.span.end <= span.start as usize);
        mojibake.get(at).is_some_and(|garble| Span::from(garble.span.clone()).overlaps(span))
    };
    let loose: Vec<DecomposedCharacter> = loose.into_iter().filter(|loose| !garbled(loose.span)).collect();
    if loose.len() > MAX_UNNORMALIZED_FINDINGS {
        together(doc, &loose, out);
    } else {
        for loose in &loose {
            singly(doc, loose, out);
        }
    }
}

/// Returns a character of a file that is not Markdown, which may be code.
fn plain(at: usize, len: usize, composed: String) -> DecomposedCharacter {
    DecomposedCharacter { span: Span::from(at..at + len), composed, level: Applicability::Unsafe }
}

/// Returns the decomposed characters of prose. Code, links and HTML may need the exact code points.
fn in_prose(doc: &Document) -> Vec<DecomposedCharacter> {
    let found = loose(doc.prose.text()).filter(|(at, len, _)| doc.prose.is_contiguous(*at..at + len));
    let placed = found.map(|(at, len, composed)| {
        let span = doc.prose.source_span(at..at + len);
        // The anchor of a heading depends on its characters.
        let heading = doc.block_at(span.start).is_some_and(|at| matches!(doc[at].kind, BlockKind::Heading(_)));
        let level = if heading { Applicability::Unsafe } else { Applicability::Safe };
        DecomposedCharacter { span, composed, level }
    });
    placed.collect()
}

fn singly(doc: &Document, loose: &DecomposedCharacter, out: &mut Report) {
    let DecomposedCharacter { span, composed, level } = loose;
    let count = doc.slice(*span).chars().count();
    let message = match count {
        1 => format!("`{composed}` is written as a duplicate symbol"),
        _ => format!("`{composed}` is decomposed into {count} characters"),
    };
    out.find(doc.id, *span, message).data("count", 1).fix(Fix::new(
        *level,
        format!("write `{composed}` as one character"),
        Edit::replace(doc.id, *span, composed),
    ));
}

fn together(doc: &Document, loose: &[DecomposedCharacter], out: &mut Report) {
    let Some(first) = loose.first() else { return };
    let level = loose.iter().map(|loose| loose.level).min().unwrap_or(Applicability::Unsafe);
    let edits = loose.iter().map(|loose| Edit::replace(doc.id, loose.span, loose.composed.clone()));
    let fix = Fix::new(level, "write each as one character", edits.collect::<Vec<_>>());
    out.find(
        doc.id,
        first.span,
        format!("{} letters of this file are decomposed, such as `{}`", loose.len(), first.composed),
    )
    .label("the first of them: typically copied from a Mac's file names or a PDF")
    .data("count", loose.len())
    .fix(fix);
}

/// Returns the graphemes that normalization composes: offset, length in bytes, and composed form.
fn loose(text: &str) -> impl Iterator<Item = (usize, usize, String)> {
    let is_suspect = |run: &str| !run.chars().all(is_plainly_normal) && is_nfc_quick(run.chars()) != IsNormalized::Yes;
    runs(text).filter(move |(_, run)| is_suspect(run)).flat_map(|(start, run)| {
        run.grapheme_indices(true).filter_map(move |(at, grapheme)| {
            let composed: String = grapheme.nfc().collect();
            let changes = composed != grapheme && grapheme.chars().any(is_composable);
            changes.then(|| (start + at, grapheme.len(), composed))
        })
    })
}

/// Returns runs of non-ASCII characters, each with the character before it, which combining marks may belong to.
fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let bytes = text.as_bytes();
        let first = at + bytes.get(at..)?.iter().position(|byte| *byte >= 0x80)?;
        let len = bytes[first..].iter().position(u8::is_ascii).unwrap_or(bytes.len() - first);
        at = first + len;
        let start = if first > 0 && bytes[first - 1].is_ascii() { first - 1 } else { first };
        Some((start, text.get(start..at)?))
    })
}

/// Returns true for characters that are normalized wherever they occur, and frequent: no table is looked up for them.
fn is_plainly_normal(c: char) -> bool {
    matches!(c, '\0'..='\u{2FF}' | '\u{400}'..='\u{482}' | '\u{2010}'..='\u{20CF}' | '\u{2190}'..='\u{2328}'
        | '\u{2400}'..='\u{2ADB}' | '\u{3000}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30A0}'..='\u{30FF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF01}'..='\u{FF60}')
}

/// Returns true for marks of the Latin, Greek and Cyrillic alphabets, of kana, the letters of Hangul, and three
/// look-alike symbols. Hebrew, Arabic, the scripts of India and compatibility ideographs are left alone, because there
/// normalization decomposes characters, reorders points, or loses a shape that was chosen.
fn is_composable(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{345}' | '\u{1100}'..='\u{11FF}' | '\u{3099}' | '\u{309A}' | '\u{2126}' | '\u{212A}' | '\u{212B}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphemes_are_composed_whole() {
        let found: Vec<String> =
            loose("cafe\u{301}, a\u{323}\u{302}, か\u{3099}, \u{1112}\u{1161}\u{11AB}").map(|(.., c)| c).collect();
        assert_eq!(found, ["é", "ậ", "が", "한"]);
    }

    #[test]
    fn characters_that_need_no_table_are_normalized_and_do_not_combine() {
        for c in ('\0'..='\u{FFFF}').filter(|c| is_plainly_normal(*c)) {
            assert_eq!(is_nfc_quick(std::iter::once(c)), IsNormalized::Yes, "{c:?}");
            assert_eq!(unicode_normalization::char::canonical_combining_class(c), 0, "{c:?}");
        }
    }

    #[test]
    fn other_scripts_are_left_alone() {
        assert_eq!(loose("\u{958} שׁ\u{5BC} \u{FB2A} \u{FA1B} x\u{302}").count(), 0);
    }
}
