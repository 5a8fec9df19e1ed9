//! The prose of a document: the text that language rules read, with a map back to the source.
//!
//! Knows spans; not Markdown.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::model::id::BlockId;
use crate::model::span::Span;

/// The text that language rules read: outside code, HTML, URLs and metadata, with inline markup removed, so that
/// `**P**rocessing` is one word; and a map back to the source.
///
/// The text is assembled on first use, because rules that compare lines never need it.
#[derive(Debug, Clone, Default)]
pub struct Prose {
    /// Starts of the contiguous pieces. Both the offsets in the text and those in the source increase.
    pub pieces: Vec<ProsePiece>,
    /// The blocks, in source order.
    pub blocks: Vec<ProseBlock>,
    source: Arc<String>,
    /// Text that is not in the source, in order.
    added: String,
    len: u32,
    text: OnceLock<String>,
}

/// A piece of prose that is in the source exactly as it is in [`Prose::text`], or that replaces a part of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProsePiece {
    /// Byte offset in [`Prose::text`].
    pub prose: u32,
    /// Its bytes in the source.
    pub source: Span,
    /// True if the text is equal to its bytes in the source.
    pub verbatim: bool,
}

/// One paragraph, heading or cell of prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProseBlock {
    /// Its bytes in [`Prose::text`].
    pub range: Range<u32>,
    /// The block whose text it is.
    pub block: BlockId,
}

impl Prose {
    /// Character in place of content that is not prose.
    pub const OPAQUE: char = '\u{FFFC}';
    /// Placeholder of markup that shows nothing beside a word: a tag of HTML, a reference to a footnote, an edge of an
    /// image. It separates words only from each other, so a word that touches it is whole.
    pub const MARK: char = '\u{FFFB}';
    /// Placeholder of a line break in HTML.
    pub const BREAK: &str = "\u{FFFB}\n";

    /// The prose, still empty, of a document with this text.
    pub fn new(source: Arc<String>) -> Self {
        Self { source, ..Self::default() }
    }

    /// Adds the text of the source at `span`.
    pub fn push_verbatim(&mut self, span: Span) {
        let prose = self.len;
        self.len += span.len();
        match self.pieces.last_mut() {
            Some(last) if last.verbatim && last.source.end == span.start && last.prose + last.source.len() == prose => {
                last.source.end = span.end;
            }
            _ => self.pieces.push(ProsePiece { prose, source: span, verbatim: true }),
        }
    }

    /// Adds `content`, which replaces the text of the source at `span`.
    pub fn push_other(&mut self, span: Span, content: &str) {
        self.pieces.push(ProsePiece { prose: self.len, source: span, verbatim: false });
        self.push_added(content);
    }

    /// Adds text that is not in the source.
    pub fn push_added(&mut self, content: &str) {
        self.added.push_str(content);
        self.len += content.len() as u32;
    }

    /// Frees the spare capacity of its lists.
    pub(super) fn shrink(&mut self) {
        self.added.shrink_to_fit();
        self.pieces.shrink_to_fit();
        self.blocks.shrink_to_fit();
    }

    /// Returns the length of the text in bytes.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Returns whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns whether the byte of the source at `offset` is in the text as it is written.
    pub fn holds(&self, offset: u32) -> bool {
        let after = self.pieces.partition_point(|piece| piece.source.start <= offset);
        after > 0 && self.pieces[after - 1].verbatim && self.pieces[after - 1].source.contains_offset(offset)
    }

    /// Returns whether the text ends with content that is not prose.
    pub fn ends_opaque(&self) -> bool {
        let verbatim = self.pieces.last().is_none_or(|piece| piece.verbatim);
        !verbatim && (self.added.ends_with([Self::OPAQUE, Self::MARK]) || self.added.ends_with(Self::BREAK))
    }

    /// Returns all prose of the document. A line break inside a block is `\n`; content that is not prose (inline code,
    /// an autolink, math) is [`Prose::OPAQUE`], markup that shows nothing is [`Prose::MARK`]; blocks are divided by
    /// `\n\n`.
    pub fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let mut text = String::with_capacity(self.len as usize);
            let mut added = self.added.as_str();
            let ends = self.pieces.iter().skip(1).map(|piece| piece.prose).chain([self.len]);
            for (piece, end) in self.pieces.iter().zip(ends) {
                if piece.verbatim {
                    text.push_str(self.source.get(piece.source.range()).unwrap_or(""));
                }
                let (now, later) = added.split_at(end as usize - text.len());
                text.push_str(now);
                added = later;
            }
            text
        })
    }

    /// Returns the text of a block.
    pub fn text_of(&self, block: &ProseBlock) -> &str {
        self.text().get(block.range.start as usize..block.range.end as usize).unwrap_or("")
    }

    /// Returns the bytes of the source that a range of [`Prose::text`] came from, markup between them included.
    pub fn source_span(&self, range: Range<usize>) -> Span {
        let start = self.source_offset(range.start);
        if range.is_empty() {
            return Span::at(start);
        }
        let last = self.piece_at(range.end - 1);
        let end = match last {
            Some(piece) if piece.verbatim => piece.source.start + (range.end as u32 - piece.prose),
            Some(piece) => piece.source.end,
            None => start,
        };
        Span::new(start, end.max(start))
    }

    /// Returns the range of [`Prose::text`] that comes from a span of the source.
    pub fn range_of(&self, span: Span) -> Range<usize> {
        let first = self.pieces.partition_point(|piece| piece.source.end <= span.start);
        let last = self.pieces.partition_point(|piece| piece.source.start < span.end);
        let place = |piece: &ProsePiece, offset: u32| {
            let inside = if piece.verbatim { offset.saturating_sub(piece.source.start) } else { 0 };
            (piece.prose + inside) as usize
        };
        let Some(pieces) = self.pieces.get(first..last) else { return 0..0 };
        let (Some(opening), Some(closing)) = (pieces.first(), pieces.last()) else { return 0..0 };
        let end = span.end.min(closing.source.end);
        place(opening, span.start)..place(closing, end).max(place(opening, span.start))
    }

    /// Returns whether a range of [`Prose::text`] is in the source byte for byte, so that it can be replaced as a
    /// whole.
    pub fn is_contiguous(&self, range: Range<usize>) -> bool {
        match self.piece_at(range.start) {
            Some(piece) => piece.verbatim && range.end as u32 - piece.prose <= piece.source.len(),
            None => false,
        }
    }

    fn source_offset(&self, offset: usize) -> u32 {
        match self.piece_at(offset) {
            Some(piece) if piece.verbatim => (piece.source.start + (offset as u32 - piece.prose)).min(piece.source.end),
            Some(piece) => piece.source.start,
            None => 0,
        }
    }

    fn piece_at(&self, offset: usize) -> Option<ProsePiece> {
        let after = self.pieces.partition_point(|piece| piece.prose as usize <= offset);
        self.pieces.get(after.checked_sub(1)?).copied()
    }
}
