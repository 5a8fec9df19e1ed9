//! Fingerprints of lines, for the rules that look for duplicates.
//!
//! Reads the blocks of a document; knows no rules.

use crate::model::document::{Block, BlockKind, Document};
use crate::model::id::BlockId;
use crate::model::line_fingerprint::{Edges, FingerprintPosition, LineFingerprint};
use crate::model::span::Span;
use crate::text::similarity::shingle::LinePrinter;

/// Fills in the fingerprints. Fences, underlines of headings, thematic breaks and front matter have none. Neither have
/// comments, because nobody reads them; footnotes and link definitions, because they belong to their file; and regions
/// in `recto-off`.
pub(super) fn read(doc: &mut Document) {
    // Two keys may have one text, and a chorus is sung twice.
    if doc.has_entries() {
        return;
    }
    let text = doc.source.shared_text();
    let hidden = hidden(doc);
    let mut hidden = hidden.iter().peekable();
    let mut leaves = doc.blocks.iter().enumerate().filter(|(_, block)| is_leaf(&block.kind)).peekable();
    let mut printer = LinePrinter::default();
    let mut prints: Vec<LineFingerprint> = Vec::with_capacity(doc.lines.count() / 2);
    // The leaf of the line before, and the leaf of the line before that one.
    let mut before: [Option<BlockId>; 2] = [None; 2];
    for line in 0..doc.lines.count() {
        let span = doc.lines.span_of(line, &text);
        while leaves.next_if(|(_, block)| block.span.end <= span.start).is_some() {}
        let leaf = leaves.peek().filter(|(_, block)| block.span.start < span.end);
        while hidden.next_if(|hidden| hidden.end <= span.start).is_some() {}
        if hidden.peek().is_some_and(|hidden| hidden.start < span.end) {
            continue;
        }
        let Some(written) = text.get(span.range()) else { continue };
        let Some(place) = place(written, span, leaf.map(|(_, block)| *block)) else { continue };
        let print = match place {
            FingerprintPosition::Code => printer.code_line(written.trim()),
            _ => printer.prose_line(written),
        };
        let Some(print) = print else { continue };
        let own = leaf.map(|(at, _)| BlockId::new(*at));
        if let Some(last) = prints.last_mut() {
            last.edges = Edges::new(before[1], before[0], own);
        }
        let size = u16::try_from(letters(written, print.size)).unwrap_or(u16::MAX);
        prints.push(LineFingerprint {
            hash: print.hash,
            line: line as u32,
            size,
            place,
            edges: Edges::new(before[0], own, None),
        });
        before = [own, before[0]];
    }
    if let Some(last) = prints.last_mut() {
        last.edges = Edges::new(before[1], before[0], None);
    }
    doc.line_fingerprints = prints;
}

/// Returns the length of a line of `bytes` bytes, in letters: those of most alphabets have two or three bytes each. A character of
/// Chinese, Japanese or Korean counts for its three bytes, because it says as much as three letters.
fn letters(line: &str, bytes: u32) -> u32 {
    if line.is_ascii() {
        return bytes;
    }
    let is_letter = |c: &char| *c < '\u{2000}' && c.is_alphabetic();
    let further: usize = line.chars().filter(is_letter).map(|c| c.len_utf8() - 1).sum();
    bytes.saturating_sub(further as u32).max(1)
}

/// Returns the spans that have no fingerprint although they are neither code nor metadata, sorted.
fn hidden(doc: &Document) -> Vec<Span> {
    let is_comment = |html: &&Span| {
        let written = doc.slice(**html);
        written.starts_with("<!--") && written.ends_with("-->")
    };
    let mut hidden: Vec<Span> =
        doc.html.iter().filter(is_comment).copied().filter(|html| stands_alone(doc, *html)).collect();
    hidden.extend(doc.definitions.iter().map(|definition| definition.span));
    hidden.extend(doc.blocks.iter().filter(|block| block.kind == BlockKind::Footnote).map(|block| block.span));
    hidden.extend(
        doc.suppressions
            .iter()
            .filter(|allow| allow.rules.is_empty() && allow.problem.is_none())
            .map(|allow| allow.scope),
    );
    hidden.sort();
    // A span that lies within a longer one must not end the longer one.
    let mut reached = 0;
    hidden.retain(|span| {
        let further = span.end > reached;
        reached = reached.max(span.end);
        further
    });
    hidden
}

/// Returns whether nothing else is on the lines of a span.
fn stands_alone(doc: &Document, span: Span) -> bool {
    let (first, last) = (doc.line_span(span.start), doc.line_span(span.end.saturating_sub(1)));
    doc.slice(Span::new(first.start, span.start)).trim().is_empty()
        && doc.slice(Span::new(span.end, last.end)).trim().is_empty()
}

/// Returns whether a block holds lines of its own. A table does, as a whole.
fn is_leaf(kind: &BlockKind) -> bool {
    matches!(kind, BlockKind::Paragraph | BlockKind::Heading(_) | BlockKind::Table) || kind.is_verbatim()
}

/// Returns the kind of a line in `leaf`; `None` if the line has no fingerprint.
fn place(written: &str, line: Span, leaf: Option<&Block>) -> Option<FingerprintPosition> {
    let Some(leaf) = leaf else { return Some(FingerprintPosition::Prose) };
    match leaf.kind {
        BlockKind::FrontMatter => None,
        BlockKind::Code { info } if info.is_some() && is_fence(written, line, leaf.span) => None,
        BlockKind::Code { .. } => Some(FingerprintPosition::Code),
        BlockKind::Heading(_) => {
            let underline = written.trim().bytes().all(|byte| byte == b'=');
            (!underline).then_some(FingerprintPosition::Heading)
        }
        _ => Some(FingerprintPosition::Prose),
    }
}

/// Returns whether a line of a fenced code block is its opening or closing fence.
fn is_fence(written: &str, line: Span, block: Span) -> bool {
    let marks = written.trim_start_matches([' ', '\t', '>']);
    let closes = block.end <= line.end && (marks.starts_with("```") || marks.starts_with("~~~"));
    line.start <= block.start || closes
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::document::Format;
    use crate::model::id::DocId;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    fn prints(text: &str) -> Vec<(u32, FingerprintPosition, bool, bool)> {
        let source = Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        doc.line_fingerprints.iter().map(|p| (p.line, p.place, p.edges.starts(), p.edges.ends())).collect()
    }

    #[test]
    fn what_belongs_to_its_file_was_told_of_as_a_copy() {
        let text = "<!-- a\nb -->\n\nc <!-- d -->\n\n[e]: f.md\n\n[^g]: h\n\n    i\n\n<!-- recto-off -->\n\nj\n\n<!-- recto-on -->\n\nk\n";
        assert_eq!(prints(text).iter().map(|print| print.0).collect::<Vec<_>>(), [3, 17]);
    }

    #[test]
    fn a_line_of_cyrillic_was_twice_as_long_as_one_of_latin() {
        let size = |line: &str| letters(line, LinePrinter::default().prose_line(line).expect("a line").size);
        assert_eq!(size("Лампа горит"), size("Lampe brent"));
        assert_eq!(size("灯亮着"), 9);
    }

    #[test]
    fn lines_know_where_they_stand_and_which_end_of_their_block_they_are() {
        use FingerprintPosition::{Code, Heading, Prose};
        let text = "---\na: b\n---\nTitle\n===\n\none\ntwo\n\n```go\nx\n\ny\nz\n```\n***\n- p\n- q\n";
        let want = [
            (3, Heading, true, true),
            (6, Prose, true, false),
            (7, Prose, false, true),
            (10, Code, true, false),
            (12, Code, false, false),
            (13, Code, false, true),
            (16, Prose, true, true),
            (17, Prose, true, true),
        ];
        assert_eq!(prints(text), want);
    }
}
