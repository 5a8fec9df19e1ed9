//! The Markdown of a document: blocks, headings, sections, links and definitions.
//!
//! Knows spans; not how Markdown is parsed.

use std::ops::Index;

use super::Document;
use super::items::StatedNumbers;
use crate::model::id::{BlockId, HeadingId, SectionId};
use crate::model::span::{Span, covers};

/// A CommonMark block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Kind of the block.
    pub kind: BlockKind,
    /// Span from its first character to the end of its last line, without the line break.
    pub span: Span,
    /// The block that contains it.
    pub parent: Option<BlockId>,
}

/// The kinds of block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph, or the text of a tight list item.
    Paragraph,
    /// A heading, described in `Document::headings`.
    Heading(HeadingId),
    /// A code block, fenced or indented.
    Code {
        /// Span of the info string of the opening fence (may be empty), `None` for an indented block.
        info: Option<Span>,
    },
    /// A list, with the first number if it is ordered.
    List {
        /// The number of the first item of an ordered list.
        start: Option<u32>,
    },
    /// One item of a list.
    ListItem,
    /// A block quote.
    Quote,
    /// A table.
    Table,
    /// A row of a table; the first one is its header.
    TableRow,
    /// A cell of a table.
    TableCell,
    /// An admonition, a tab or a component, whose body is Markdown.
    Container,
    /// A block of HTML.
    Html,
    /// Text in a block of HTML, from one tag that divides blocks to the next.
    HtmlText,
    /// A thematic break.
    Rule,
    /// A footnote definition.
    Footnote,
    /// YAML or TOML metadata at the top.
    FrontMatter,
}

impl BlockKind {
    /// Returns whether its text is not prose: code, HTML and metadata.
    pub fn is_verbatim(&self) -> bool {
        matches!(self, Self::Code { .. } | Self::Html | Self::FrontMatter)
    }
}

/// A heading, ATX or setext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Level, 1 to 6.
    pub level: u8,
    /// Span with its markers.
    pub span: Span,
    /// Span between the markers; empty at the heading's end if there is no text.
    pub content: Span,
    /// The explicit id of `{#id}`.
    pub id: Option<String>,
    /// Its block.
    pub block: BlockId,
    /// Index of its text in `Prose::blocks`, if it has any prose.
    pub prose: Option<u32>,
}

/// A heading with the content under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: HeadingId,
    /// Span from its heading to the next one of the same or a higher level.
    pub span: Span,
    /// The section that contains it.
    pub parent: Option<SectionId>,
    /// The range of item numbers that its heading states.
    pub claim: Option<StatedNumbers>,
}

/// A link or image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The whole construct.
    pub span: Span,
    /// Its target, unescaped; for a broken reference, the label.
    pub target: String,
    /// Kind of the link.
    pub kind: LinkKind,
}

/// The kinds of link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// `[text](target)`.
    Inline,
    /// `![alt](target)`, also by reference.
    Image,
    /// `[text][label]`, `[label][]` or `[label]`, with its definition found.
    Reference,
    /// `[text][label]` or `[label][]` whose label is defined nowhere in the document.
    BrokenReference,
    /// `<https://…>` or an e-mail address.
    Autolink,
}

/// A link reference definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its label as written.
    pub label: String,
    /// Its target.
    pub target: String,
    /// The whole definition.
    pub span: Span,
}

impl Document {
    /// Returns the innermost block that covers `offset`.
    pub fn block_at(&self, offset: u32) -> Option<BlockId> {
        let after = self.blocks.partition_point(|block| block.span.start <= offset);
        // Containers precede their contents, so the last block that covers the offset is the innermost.
        let mut at = BlockId::new(after.checked_sub(1)?);
        while !self[at].span.contains_offset(offset) {
            at = self[at].parent?;
        }
        Some(at)
    }

    /// Returns whether `offset` is in a code block, inline code, HTML, a template tag, front matter or math, and is no prose there.
    pub fn is_verbatim(&self, offset: u32) -> bool {
        // Some of the text of HTML and of front matter is prose.
        if self.prose.holds(offset) {
            return false;
        }
        covers(&self.inline_code, offset)
            || covers(&self.html, offset)
            || covers(&self.templates, offset)
            || self.block_at(offset).is_some_and(|block| self[block].kind.is_verbatim())
    }

    /// Returns whether `offset` is in a code block or in inline code.
    pub fn shows_code(&self, offset: u32) -> bool {
        covers(&self.inline_code, offset) || self.is_in_code_block(offset)
    }

    /// Returns whether `offset` is in a code block.
    pub fn is_in_code_block(&self, offset: u32) -> bool {
        self.block_at(offset).is_some_and(|block| matches!(self[block].kind, BlockKind::Code { .. }))
    }
}

impl Index<BlockId> for Document {
    type Output = Block;

    fn index(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }
}

impl Index<HeadingId> for Document {
    type Output = Heading;

    fn index(&self, id: HeadingId) -> &Heading {
        &self.headings[id.index()]
    }
}

impl Index<SectionId> for Document {
    type Output = Section;

    fn index(&self, id: SectionId) -> &Section {
        &self.sections[id.index()]
    }
}
