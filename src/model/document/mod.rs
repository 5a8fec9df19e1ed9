//! A parsed source: its blocks, prose, headings, sections, items, links and suppressions.
//!
//! Built by `parse`, never changed afterwards. Knows its own source; not rules, not other documents.

mod allows;
mod caches;
mod fences;
mod items;
mod markdown;
mod prose;
mod units;

pub use self::allows::Suppression;
pub use self::fences::{FenceDefect, FenceDefectKind};
pub use self::items::{StatedExtent, StatedIn, StatedNumbers, StatedRange};
pub use self::markdown::{Block, BlockKind, Definition, Heading, Link, LinkKind, Section};
pub use self::prose::{Prose, ProseBlock, ProsePiece};

use self::caches::Caches;
use super::extraction::{EntryStanding, FileContainer};
use super::id::DocId;
use super::item::{Item, ItemSequence, NumberingDefect};
use super::line_fingerprint::LineFingerprint;
use super::source::Source;
use super::span::{LineIndex, Position, Span, covers};

/// The format that a document is parsed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CommonMark with the GitHub extensions.
    Markdown,
    /// Any other text: only the encoding rules look at it.
    Text,
}

/// The dialect of a Markdown document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// CommonMark with the GitHub extensions.
    CommonMark,
    /// CommonMark with components, and with expressions, imports and exports of JavaScript.
    Mdx,
}

/// One parsed file.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its index in the collection.
    pub id: DocId,
    /// The file it was parsed from.
    pub source: Source,
    /// The format it was parsed as.
    pub format: Format,
    /// Index of its lines.
    pub lines: LineIndex,
    /// Its blocks in source order, each container before its contents.
    pub blocks: Vec<Block>,
    /// Its headings in source order.
    pub headings: Vec<Heading>,
    /// One section per heading, in the same order.
    pub sections: Vec<Section>,
    /// Its items in source order.
    pub items: Vec<Item>,
    /// The sequences that its items form.
    pub sequences: Vec<ItemSequence>,
    /// The ranges and counts that it states for its items: that of the file name first, then in source order.
    pub stated_ranges: Vec<StatedRange>,
    /// The defects in the numbers of its items, in source order.
    pub numbering_defects: Vec<NumberingDefect>,
    /// The text that language rules read.
    pub prose: Prose,
    /// Spans of inline code, with their backticks.
    pub inline_code: Vec<Span>,
    /// Template tags, such as `{{ page }}`, and the code between two of them, as in `{% highlight %}`; sorted.
    pub templates: Vec<Span>,
    /// Inline and block HTML, comments included.
    pub html: Vec<Span>,
    /// Links and images.
    pub links: Vec<Link>,
    /// Link reference definitions.
    pub definitions: Vec<Definition>,
    /// Regions that a machine made, or the whole text; sorted and disjoint.
    pub generated: Vec<Span>,
    /// Comments that silence rules.
    pub suppressions: Vec<Suppression>,
    /// Defects of code fences, in source order.
    pub fence_defects: Vec<FenceDefect>,
    /// A fingerprint for each line that holds text, for the duplication rules.
    pub line_fingerprints: Vec<LineFingerprint>,
    caches: Caches,
}

impl Document {
    /// Returns a document of which only the lines are parsed yet.
    pub fn new(id: DocId, source: Source, format: Format) -> Self {
        Self {
            id,
            format,
            lines: LineIndex::new(source.text()),
            blocks: Vec::new(),
            headings: Vec::new(),
            sections: Vec::new(),
            items: Vec::new(),
            sequences: Vec::new(),
            stated_ranges: Vec::new(),
            numbering_defects: Vec::new(),
            prose: Prose::default(),
            inline_code: Vec::new(),
            templates: Vec::new(),
            html: Vec::new(),
            links: Vec::new(),
            definitions: Vec::new(),
            generated: Vec::new(),
            suppressions: Vec::new(),
            fence_defects: Vec::new(),
            line_fingerprints: Vec::new(),
            caches: Caches::default(),
            source,
        }
    }

    /// Frees the spare capacity of its lists, because documents are many and are kept until the run ends.
    pub fn shrink(&mut self) {
        self.blocks.shrink_to_fit();
        self.headings.shrink_to_fit();
        self.sections.shrink_to_fit();
        self.items.shrink_to_fit();
        self.sequences.shrink_to_fit();
        self.stated_ranges.shrink_to_fit();
        self.prose.shrink();
        self.inline_code.shrink_to_fit();
        self.templates.shrink_to_fit();
        self.html.shrink_to_fit();
        self.links.shrink_to_fit();
        self.line_fingerprints.shrink_to_fit();
    }

    /// Returns whether the document says of itself that a machine made it.
    pub fn is_generated(&self) -> bool {
        self.generated.first().is_some_and(|region| *region == self.span() && !region.is_empty())
    }

    /// Returns whether a machine made the text at `offset`.
    pub fn is_generated_at(&self, offset: u32) -> bool {
        covers(&self.generated, offset)
    }

    /// Returns the decoded text.
    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// Returns whether its text consists of the entries of a container: plain text under headings that are ids.
    pub fn has_entries(&self) -> bool {
        let kind = self.source.extraction().and(self.source.container());
        kind.and_then(FileContainer::entry_noun).is_some()
    }

    /// Returns whether its text consists of the texts of a program, each under its key: keys are no titles that say
    /// something of the order or the number of what is under them.
    pub fn has_keys(&self) -> bool {
        self.has_entries() && !self.source.container().is_some_and(FileContainer::is_timed)
    }

    /// Returns the standing of the entry at `offset` as a translation; final, if there is none.
    pub fn standing_at(&self, offset: u32) -> EntryStanding {
        let part = self.source.extraction().and_then(|extraction| extraction.part_at(offset));
        part.map(|part| part.standing).unwrap_or_default()
    }

    /// Returns the text of `span`; empty if the span does not begin and end at character boundaries of this document.
    pub fn slice(&self, span: Span) -> &str {
        self.text().get(span.range()).unwrap_or("")
    }

    /// Returns the text before a byte offset; empty if the offset is not at a character boundary of this document.
    pub fn text_before(&self, offset: u32) -> &str {
        self.text().get(..offset as usize).unwrap_or("")
    }

    /// Returns line and column of a byte offset; of text that was extracted from a container, those in the file.
    pub fn position(&self, offset: u32) -> Position {
        if let Some(extraction) = self.source.extraction() {
            return extraction.position(offset);
        }
        self.lines.position(self.text(), offset)
    }

    /// Returns the span of the whole text.
    pub fn span(&self) -> Span {
        Span::from(0..self.text().len())
    }

    /// Returns the span of the line that holds `offset`, without its line break.
    pub fn line_span(&self, offset: u32) -> Span {
        let line = self.lines.span_of(self.lines.line_of(offset), self.text());
        let trimmed = self.slice(line).trim_end_matches(['\n', '\r']).len();
        Span::new(line.start, line.start + trimmed as u32)
    }
}
