//! The words that authors emphasise in a paragraph.
//!
//! Read off the marks between the pieces of prose, because marks that are none are part of the prose.

use super::ComparedItem;
use super::paragraphs::Paragraph;
use crate::model::span::Span;

/// How words are emphasised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EmphasisKind {
    /// `*words*`.
    Emphasis,
    /// `**words**`.
    Strong,
}

/// Emphasised words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmphasisedWords {
    /// How they are emphasised.
    pub kind: EmphasisKind,
    /// Their bytes in the source, without the marks around them.
    pub span: Span,
}

/// Returns the emphasised words of a paragraph. Marks are outside the prose, so they are in the gaps between its pieces.
pub fn emphasised(item: &ComparedItem<'_>, paragraph: &Paragraph) -> Vec<EmphasisedWords> {
    let prose = &item.doc.prose;
    let start = prose.pieces.partition_point(|piece| piece.source.end <= paragraph.span.start);
    let pieces = prose.pieces[start..].iter().take_while(|piece| piece.source.start < paragraph.span.end);
    let mut found = Vec::new();
    let mut open: [Option<u32>; 2] = [None; 2];
    let mut last = paragraph.span.start;
    for piece in pieces {
        // Code and other content that is no prose may have marks of its own.
        for (kind, at) in marks(item, Span::new(last, piece.source.start.max(last))) {
            match open[kind as usize].take() {
                Some(start) if start < last => found.push(EmphasisedWords { kind, span: Span::new(start, last) }),
                _ => open[kind as usize] = Some(at),
            }
        }
        last = piece.source.end.max(last);
    }
    for (kind, _) in marks(item, Span::new(last, paragraph.span.end.max(last))) {
        if let Some(start) = open[kind as usize].take().filter(|start| *start < last) {
            found.push(EmphasisedWords { kind, span: Span::new(start, last) });
        }
    }
    found
}

/// Returns the marks of emphasis in a gap between pieces of prose, each with the offset behind the gap.
fn marks(item: &ComparedItem<'_>, gap: Span) -> Vec<(EmphasisKind, u32)> {
    let text = item.doc.slice(gap);
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            '<' => rest.find('>').map_or(rest.len(), |end| end + 1),
            '(' | '{' => rest.find([')', '}']).map_or(rest.len(), |end| end + 1),
            '*' | '_' => {
                let run = rest.len() - rest.trim_start_matches(first).len();
                // "* " and "*\t" are bullets.
                let is_bullet = run == 1 && rest[1..].starts_with([' ', '\t']) && found.is_empty();
                if !is_bullet {
                    if run % 2 == 1 {
                        found.push((EmphasisKind::Emphasis, gap.end));
                    }
                    if run >= 2 {
                        found.push((EmphasisKind::Strong, gap.end));
                    }
                }
                run
            }
            _ => first.len_utf8(),
        };
        rest = &rest[skipped..];
    }
    found
}
