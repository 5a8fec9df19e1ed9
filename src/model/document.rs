//! A parsed source: its blocks, prose, headings, sections, items, links and allow comments.
//!
//! Built by `parse`, never changed afterwards. Knows its own source; not rules, not other documents.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::finding::Family;
use super::item::{CountFault, Item, Numeral, Place, Run, Style, Word};
use super::print::Print;
use super::source::Source;
use super::span::{LineIndex, Position, Span};
use super::work::Basis;
use crate::text::language::{Language, language_of};
use crate::text::mojibake::{self, Garble};

/// The index of a document in its collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(pub u32);

/// What a document is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CommonMark with the GitHub extensions.
    Markdown,
    /// Any other text: only the encoding rules look at it.
    Text,
}

/// One parsed file.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its place in the collection.
    pub id: DocId,
    /// The file it was parsed from.
    pub source: Source,
    /// What it was read as.
    pub format: Format,
    /// Where its lines start.
    pub lines: LineIndex,
    /// Its blocks in source order, each container before what it contains.
    pub blocks: Vec<Block>,
    /// Its headings in source order.
    pub headings: Vec<Heading>,
    /// One section per heading, in the same order.
    pub sections: Vec<Section>,
    /// Its items in source order.
    pub items: Vec<Item>,
    /// The runs that its items form.
    pub runs: Vec<Run>,
    /// What it says about the numbers of its items: the file's name first, then in source order.
    pub announcements: Vec<Announcement>,
    /// Where its items are counted wrongly, in source order.
    pub count_faults: Vec<CountFault>,
    /// What language rules may read.
    pub prose: Prose,
    /// In which language it is written, once somebody asked: see [`Document::language`].
    pub told_language: OnceLock<Language>,
    /// Spans of inline code, with their backticks.
    pub inline_code: Vec<Span>,
    /// Template tags, such as `{{ page }}`, and the code between two of them, as in `{% highlight %}`; sorted.
    pub templates: Vec<Span>,
    /// Inline and block HTML, comments included.
    pub html: Vec<Span>,
    /// Links and images.
    pub links: Vec<Link>,
    /// Link reference definitions: label and span.
    pub definitions: Vec<Definition>,
    /// Comments that speak to recto.
    pub allows: Vec<Allow>,
    /// Code fences that do not do what their writer meant, in source order.
    pub fence_faults: Vec<FenceFault>,
    /// What is garbled, once somebody asked: see [`Document::garbles`].
    pub garbled: OnceLock<Vec<Garble>>,
    /// Its headings as items, once somebody asked: see [`Document::topics`].
    pub outlined: OnceLock<Vec<Item>>,
    /// A fingerprint for each line that says something: what the duplication rules compare.
    pub prints: Vec<Print>,
}

impl Document {
    /// The language of the prose as a whole.
    pub fn language(&self) -> Language {
        *self.told_language.get_or_init(|| language_of(self.prose.text()))
    }

    /// The garbled spans of the text, sorted and disjoint. Several rules ask; the first one pays.
    pub fn garbles(&self) -> &[Garble] {
        self.garbled.get_or_init(|| mojibake::scan(self.text()))
    }

    /// Gives back the room that was kept for growth: documents are many, and stay until the run ends.
    pub fn shrink(&mut self) {
        self.blocks.shrink_to_fit();
        self.headings.shrink_to_fit();
        self.sections.shrink_to_fit();
        self.items.shrink_to_fit();
        self.runs.shrink_to_fit();
        self.announcements.shrink_to_fit();
        self.prose.added.shrink_to_fit();
        self.prose.pieces.shrink_to_fit();
        self.prose.blocks.shrink_to_fit();
        self.inline_code.shrink_to_fit();
        self.templates.shrink_to_fit();
        self.html.shrink_to_fit();
        self.links.shrink_to_fit();
        self.prints.shrink_to_fit();
    }

    /// Whether it is MDX, which holds code between its Markdown.
    pub fn is_mdx(&self) -> bool {
        self.source.path().extension().is_some_and(|extension| extension == "mdx")
    }

    /// The decoded text.
    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// The text of `span`; empty if the span does not lie on character boundaries of this document.
    pub fn slice(&self, span: Span) -> &str {
        self.text().get(span.range()).unwrap_or("")
    }

    /// The text of `span` with what is garbled in it put right, as far as that is beyond doubt: for people to read.
    pub fn mended(&self, span: Span) -> String {
        let garbles = self.garbles();
        let start = garbles.partition_point(|garble| garble.span.end <= span.start as usize);
        let mut out = String::new();
        let mut at = span.start;
        for garble in garbles[start..].iter().take_while(|garble| garble.span.start < span.end as usize) {
            let place = Span::from(garble.span.clone());
            if let Some(repair) = garble.replacement().filter(|_| span.contains(place)) {
                out.push_str(self.slice(Span::new(at, place.start)));
                out.push_str(repair);
                at = place.end;
            }
        }
        out.push_str(self.slice(Span::new(at, span.end)));
        out
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        self.lines.position(self.text(), offset)
    }

    /// The whole text as a span.
    pub fn span(&self) -> Span {
        Span::from(0..self.text().len())
    }

    /// The span of the line that holds `offset`, without its line break.
    pub fn line_span(&self, offset: u32) -> Span {
        let line = self.lines.span_of(self.lines.line_of(offset), self.text());
        let trimmed = self.slice(line).trim_end_matches(['\n', '\r']).len();
        Span::new(line.start, line.start + trimmed as u32)
    }

    /// The innermost block that covers `offset`, as an index into `blocks`.
    pub fn block_at(&self, offset: u32) -> Option<usize> {
        let after = self.blocks.partition_point(|block| block.span.start <= offset);
        // Containers precede their contents, so the last one that still covers the offset is the innermost.
        let mut at = after.checked_sub(1)?;
        loop {
            let block = self.blocks.get(at)?;
            if block.span.contains_offset(offset) {
                return Some(at);
            }
            at = block.parent? as usize;
        }
    }

    /// The items that are units of content, as an editor would list them: not the parts that hold them, and nothing
    /// that stands in the body of one of them, such as the steps of an answer.
    pub fn principal_items(&self) -> impl Iterator<Item = (u32, &Item)> {
        self.items.iter().enumerate().map(|(at, item)| (at as u32, item)).filter(|&(_, item)| self.is_principal(item))
    }

    /// Each heading with what stands under it up to the next heading, as an item without a number.
    pub fn topics(&self) -> &[Item] {
        self.outlined.get_or_init(|| {
            let ends = self.headings.iter().skip(1).map(|heading| heading.span.start).chain([self.span().end]);
            let topic = |((at, heading), end): ((usize, &Heading), u32)| Item {
                number: None,
                style: Style { place: Place::Heading(heading.level), word: Word::None, numeral: Numeral::Absent },
                span: heading.span,
                title: heading.content,
                body: Span::new(heading.span.end, end.max(heading.span.end)),
                section: self.sections.get(at).and_then(|section| section.parent),
                block: heading.block,
                parent: None,
            };
            self.headings.iter().enumerate().zip(ends).map(topic).collect()
        })
    }

    /// The items that a work of this basis consists of, each with the index that [`Self::unit`] knows it by.
    pub fn units(&self, basis: Basis) -> Vec<(u32, &Item)> {
        match basis {
            Basis::Items => self.principal_items().collect(),
            Basis::Topics => {
                self.topics().iter().enumerate().map(|(at, item)| ((self.items.len() + at) as u32, item)).collect()
            }
        }
    }

    /// An item by its index: topics are counted after the items.
    pub fn unit(&self, index: u32) -> Option<&Item> {
        let index = index as usize;
        self.items.get(index).or_else(|| self.topics().get(index - self.items.len()))
    }

    /// Whether `item` is one of [`Self::principal_items`].
    pub fn is_principal(&self, item: &Item) -> bool {
        let mut parent = item.parent;
        while let Some(at) = parent {
            let Some(above) = self.items.get(at as usize) else { return false };
            if !above.style.word.is_division() {
                return false;
            }
            parent = above.parent;
        }
        !item.style.word.is_division()
    }

    /// Whether `offset` lies in a code block, inline code, HTML, a template tag, front matter or math.
    pub fn is_verbatim(&self, offset: u32) -> bool {
        let inside = |spans: &[Span]| {
            let after = spans.partition_point(|span| span.start <= offset);
            after > 0 && spans[after - 1].contains_offset(offset)
        };
        inside(&self.inline_code)
            || inside(&self.html)
            || inside(&self.templates)
            || self.block_at(offset).is_some_and(|block| self.blocks[block].kind.is_verbatim())
    }

    /// The items whose title or body holds `offset`, by index, innermost first.
    pub fn items_around(&self, offset: u32) -> Vec<u32> {
        let last = self.items.partition_point(|item| item.span.start <= offset).checked_sub(1);
        let mut around = Vec::new();
        let mut next = last.map(|at| at as u32);
        while let Some(at) = next {
            let item = &self.items[at as usize];
            if item.span.cover(item.body).contains_offset(offset) {
                around.push(at);
            }
            // An outer item stands before its parts, so this ends.
            next = item.parent.filter(|parent| *parent < at);
        }
        around
    }

    /// Whether `word`, written exactly so, is a name or a part of a name in camel case in this document's code: it
    /// occurs in inline code, or in a code block outside comments and strings.
    pub fn is_named_in_code(&self, word: &str) -> bool {
        let finder = memchr::memmem::Finder::new(word);
        let names = |code: &[u8], at: usize| {
            let after = code.get(at + word.len()).is_some_and(u8::is_ascii_lowercase);
            let small = word.starts_with(|c: char| c.is_ascii_lowercase());
            let before = at.checked_sub(1).is_some_and(|at| code[at].is_ascii_alphabetic());
            !(after || small && before)
        };
        let in_inline = self.inline_code.iter().any(|&span| {
            let code = self.slice(span).as_bytes();
            finder.find_iter(code).any(|at| names(code, at))
        });
        let blocks = self.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Code { .. }));
        in_inline
            || blocks
                .map(|block| self.slice(block.span).as_bytes())
                .any(|code| finder.find_iter(code).any(|at| names(code, at) && !in_comment_or_string(&code[..at])))
    }
}

/// Whether a comment or string seems to be open at the end of `code`, judged by the end of its last line.
fn in_comment_or_string(code: &[u8]) -> bool {
    /// Long lines are no code that people write, and looking at them for each word would take too long.
    const FAR: usize = 240;
    let near = &code[code.len().saturating_sub(FAR)..];
    let line = memchr::memrchr(b'\n', near).map_or(near, |end| &near[end + 1..]);
    line.iter().any(|byte| b"\"'`#".contains(byte)) || line.windows(2).any(|two| two == b"//" || two == b"/*")
}

/// A CommonMark block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// From its first character to the end of its last line, without the line break.
    pub span: Span,
    /// The index of the block that contains it.
    pub parent: Option<u32>,
}

/// The kinds of block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph. The text of a tight list item stands in one too.
    Paragraph,
    /// A heading; its facts are in `Document::headings` at this index.
    Heading(u32),
    /// A code block; `fence` is the span of its opening fence line's info string, `None` when it is indented.
    Code {
        /// The span of the info string (may be empty), `None` for an indented block.
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
    /// A block of HTML.
    Html,
    /// A thematic break.
    Rule,
    /// A footnote definition.
    Footnote,
    /// YAML or TOML metadata at the top.
    FrontMatter,
}

impl BlockKind {
    /// Whether its text is not prose: code, HTML and metadata.
    pub fn is_verbatim(&self) -> bool {
        matches!(self, Self::Code { .. } | Self::Html | Self::FrontMatter)
    }
}

/// A heading, ATX or setext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// With its markers.
    pub span: Span,
    /// What stands between the markers; empty at the heading's end if nothing does.
    pub content: Span,
    /// The explicit id of `{#id}`.
    pub id: Option<String>,
    /// The index of its block.
    pub block: u32,
    /// The index of its prose block, if it has any prose.
    pub prose: Option<u32>,
}

/// A heading with what stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The index of its heading.
    pub heading: u32,
    /// From its heading to the next one of the same or a higher level.
    pub span: Span,
    /// The index of the section that contains it.
    pub parent: Option<u32>,
    /// The range of item numbers that its heading says it holds.
    pub claim: Option<Claim>,
}

/// A range of numbers that a heading, title or line announces: "241–260", "(Questions 361-380)".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// First number announced.
    pub first: u32,
    /// Last number announced.
    pub last: u32,
    /// Where the range is written.
    pub span: Span,
}

/// What a heading, tagline, footer or file name says about the numbers it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announcement {
    /// What is announced.
    pub extent: Extent,
    /// Where it is written; empty at the start for the file's name.
    pub span: Span,
    /// What it speaks for.
    pub scope: Span,
    /// Who says so.
    pub place: ClaimPlace,
}

/// What can be announced about items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// That they have these numbers.
    Range {
        /// First number announced.
        first: u32,
        /// Last number announced.
        last: u32,
    },
    /// That there are so many.
    Count(u32),
}

/// Where something is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimPlace {
    /// In the file's name.
    FileName,
    /// In the heading of this section.
    Heading(u32),
    /// In a line before the first item, about the whole document.
    Tagline,
    /// In an emphasised line at the end, about the whole document.
    Footer,
    /// In a line that stands for a heading, about what follows up to the next such line or heading.
    Line,
}

/// A link or image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The whole construct.
    pub span: Span,
    /// Where it leads, unescaped; for a broken reference, the label.
    pub target: String,
    /// What it is.
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
    /// Where it leads.
    pub target: String,
    /// The whole definition.
    pub span: Span,
}

/// What the language rules read: text outside code, HTML, template tags, URLs and metadata, with inline markup removed, so that
/// `**P**rocessing` is one word, and a map back to the source.
///
/// Its text is put together when somebody first asks for it: rules that compare lines never do.
#[derive(Debug, Clone, Default)]
pub struct Prose {
    /// Where each contiguous piece starts, in the text and in the source: both rise.
    pub pieces: Vec<Piece>,
    /// The blocks, in source order.
    pub blocks: Vec<ProseBlock>,
    source: Arc<String>,
    /// What stands in the text and not in the source, in order.
    added: String,
    len: u32,
    text: OnceLock<String>,
}

/// A stretch of prose that stands in the source exactly as it stands in [`Prose::text`] (but for opaque ones).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Byte offset in [`Prose::text`].
    pub prose: u32,
    /// The bytes of the source that it stands for.
    pub source: Span,
    /// Whether the source text stands for itself.
    pub verbatim: bool,
}

/// One paragraph, heading or cell of prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProseBlock {
    /// Its bytes in [`Prose::text`].
    pub range: Range<u32>,
    /// The index of the block it is the text of.
    pub block: u32,
}

impl Prose {
    /// Stands for a stretch that is no prose.
    pub const OPAQUE: char = '\u{FFFC}';

    /// No prose yet, of a document with this text.
    pub fn new(source: Arc<String>) -> Self {
        Self { source, ..Self::default() }
    }

    /// Adds what stands in the source at `span`.
    pub fn push_verbatim(&mut self, span: Span) {
        let prose = self.len;
        self.len += span.len();
        match self.pieces.last_mut() {
            Some(last) if last.verbatim && last.source.end == span.start && last.prose + last.source.len() == prose => {
                last.source.end = span.end;
            }
            _ => self.pieces.push(Piece { prose, source: span, verbatim: true }),
        }
    }

    /// Adds `content`, which stands for the source at `span`.
    pub fn push_other(&mut self, span: Span, content: &str) {
        self.pieces.push(Piece { prose: self.len, source: span, verbatim: false });
        self.push_added(content);
    }

    /// Adds what stands for nothing in the source.
    pub fn push_added(&mut self, content: &str) {
        self.added.push_str(content);
        self.len += content.len() as u32;
    }

    /// How long the text is, in bytes.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the text ends with something that is no prose.
    pub fn ends_opaque(&self) -> bool {
        let verbatim = self.pieces.last().is_none_or(|piece| piece.verbatim);
        !verbatim && self.added.ends_with(Self::OPAQUE)
    }

    /// All prose of the document. A line break inside a block is `\n`; what is no prose (inline code, HTML, an image,
    /// an autolink, math, a template tag) is [`Prose::OPAQUE`]; blocks are divided by `\n\n`.
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

    /// The text of a block.
    pub fn text_of(&self, block: &ProseBlock) -> &str {
        self.text().get(block.range.start as usize..block.range.end as usize).unwrap_or("")
    }

    /// The bytes of the source that a range of [`Prose::text`] came from, markup between them included.
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

    /// The range of [`Prose::text`] that comes from a span of the source.
    pub fn range_of(&self, span: Span) -> Range<usize> {
        let first = self.pieces.partition_point(|piece| piece.source.end <= span.start);
        let last = self.pieces.partition_point(|piece| piece.source.start < span.end);
        let place = |piece: &Piece, offset: u32| {
            let inside = if piece.verbatim { offset.saturating_sub(piece.source.start) } else { 0 };
            (piece.prose + inside) as usize
        };
        let Some(pieces) = self.pieces.get(first..last) else { return 0..0 };
        let (Some(opening), Some(closing)) = (pieces.first(), pieces.last()) else { return 0..0 };
        let end = span.end.min(closing.source.end);
        place(opening, span.start)..place(closing, end).max(place(opening, span.start))
    }

    /// Whether a range of [`Prose::text`] stands in the source byte for byte, so that it can be replaced as a whole.
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

    fn piece_at(&self, offset: usize) -> Option<Piece> {
        let after = self.pieces.partition_point(|piece| piece.prose as usize <= offset);
        self.pieces.get(after.checked_sub(1)?).copied()
    }
}

/// A code fence that does not do what its writer meant, so that text is read as code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FenceFault {
    /// What went wrong.
    pub slip: FenceSlip,
    /// The line of the faulty fence, without its break; for `Unclosed` that of the opening fence.
    pub line: Span,
    /// Its backticks or tildes.
    pub ticks: Span,
    /// The line of the opening fence, for a fence that was meant to close it.
    pub opener: Option<Span>,
    /// The byte offset at which the repair goes in: where the code was meant to end for `Unclosed`, where a line
    /// break is missing for `TextAfter` and `TextBefore`, the start of the line otherwise.
    pub repair: u32,
    /// What was meant as text and is read as code because of it: headings and items in here exist for no reader.
    /// Empty if nothing is.
    pub swallowed: Span,
}

/// What can be wrong with a code fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FenceSlip {
    /// A closing fence with text after it on its line, so that it closes nothing.
    TextAfter,
    /// A fence at the end of a line of text or code, so that it is none.
    TextBefore,
    /// An opening fence without a closing one before the text goes on.
    Unclosed,
    /// A closing fence that is shorter than the opening one or of the other character.
    Mismatched,
    /// A fence that belongs to no code and opens a block by accident.
    Stray,
    /// A fence that was meant to close a block which one inside it had already closed.
    Nested,
    /// An opening fence in a list item or quote whose code is not: the block ends at once, and its closing fence opens
    /// another one.
    Outdented,
}

/// A comment that tells recto to be silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The comment itself.
    pub comment: Span,
    /// The ids of rules or names of families; empty means every rule (only for `recto-off`).
    pub rules: Vec<String>,
    /// The part of the document for which it speaks.
    pub scope: Span,
    /// The reason given, if any.
    pub reason: Option<String>,
    /// What is wrong with the comment itself, if anything.
    pub problem: Option<String>,
}

impl Allow {
    /// Whether it names this rule, or its family, or means all rules.
    pub fn speaks_for(&self, rule: &str, family: Family) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|name| name == rule || name == family.as_str())
    }
}
