//! Fingerprints of lines, for the rules that look for the same thing twice.
//!
//! Reads what `blocks` found; knows no rules.

use crate::model::document::{Block, BlockKind, Document};
use crate::model::id::BlockId;
use crate::model::line_fingerprint::{Edges, FingerprintPosition, LineFingerprint};
use crate::model::span::Span;
use crate::text::shingle::{code_line, prose_line};

/// Fills in the fingerprints. Fences, underlines of headings, thematic breaks and front matter have none.
pub(super) fn read(doc: &mut Document) {
    let text = doc.source.shared_text();
    let mut leaves = doc.blocks.iter().enumerate().filter(|(_, block)| is_leaf(&block.kind)).peekable();
    let mut prints: Vec<LineFingerprint> = Vec::with_capacity(doc.lines.count() / 2);
    // The leaf of the line before, and of the one before that.
    let mut before: [Option<BlockId>; 2] = [None; 2];
    for line in 0..doc.lines.count() {
        let span = doc.lines.span_of(line, &text);
        while leaves.next_if(|(_, block)| block.span.end <= span.start).is_some() {}
        let leaf = leaves.peek().filter(|(_, block)| block.span.start < span.end);
        let Some(written) = text.get(span.range()) else { continue };
        let Some(place) = place(written, span, leaf.map(|(_, block)| *block)) else { continue };
        let print = if place == FingerprintPosition::Code { code_line(written.trim()) } else { prose_line(written) };
        let Some(print) = print else { continue };
        let own = leaf.map(|(at, _)| BlockId::new(*at));
        if let Some(last) = prints.last_mut() {
            last.edges = Edges::new(before[1], before[0], own);
        }
        let size = u16::try_from(print.size).unwrap_or(u16::MAX);
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

/// Whether a block holds lines of its own, tables as a whole.
fn is_leaf(kind: &BlockKind) -> bool {
    matches!(kind, BlockKind::Paragraph | BlockKind::Heading(_) | BlockKind::Table) || kind.is_verbatim()
}

/// Where a line of `leaf` stands, if it is to have a fingerprint.
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

/// Whether a line of a fenced code block is its opening or closing fence.
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
