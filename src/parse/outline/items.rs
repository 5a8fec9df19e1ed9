//! Items of a document: headings, bold lines, list items, table rows and plain lines with a label.
//!
//! Reads blocks; `label` parses the labels themselves.

use super::label::{self, Label};
use crate::model::document::{Block, BlockKind, Document};
use crate::model::id::{BlockId, HeadingId, ItemId, SectionId};
use crate::model::item::{Item, LabelPosition, LabelWord, Number, Numeral, Style};
use crate::model::span::Span;

/// Returns all items in source order, with bodies and parents.
pub(super) fn read(doc: &Document) -> Vec<Item> {
    let mut reader = Reader::new(doc);
    for (at, block) in doc.blocks.iter().enumerate() {
        reader.enter(BlockId::new(at), block);
        reader.block(BlockId::new(at), block);
    }
    reader.finish()
}

struct Reader<'a> {
    doc: &'a Document,
    text: &'a str,
    items: Vec<Item>,
    /// The items whose bodies are open, outermost first.
    open: Vec<Open>,
    /// The blocks that contain the current one, outermost first.
    containers: Vec<Container>,
    section: Option<SectionId>,
}

/// An item whose body is not complete yet.
struct Open {
    item: ItemId,
    rank: u16,
    /// Maximum end of the body, in bytes.
    cap: u32,
}

/// A list, list item, row or quote that contains the current block.
struct Container {
    block: BlockId,
    kind: ContainerKind,
    /// Number of list items in the chain down to here.
    depth: u16,
    /// End of the innermost list item.
    item_end: u32,
}

enum ContainerKind {
    /// An ordered or bullet list.
    List {
        ordered: bool,
    },
    /// A list item; `fresh` until its first line is read.
    Item {
        fresh: bool,
    },
    /// A table: the number of rows read, and whether the first column numbers them.
    Table {
        rows: u32,
        numbered: bool,
    },
    Other,
}

/// Ranks: bold labels rank below all headings, and contents of a list item rank below the item.
const BOLD: u16 = 14;
const LINE: u16 = 15;
const LIST: u16 = 16;
const QUESTION: u16 = 17;
const PER_DEPTH: u16 = 10;
/// Minimum and maximum length of a question that is an item without a label, in bytes (guesses): shorter and longer ones
/// are parts of a text.
const MIN_QUESTION_BYTES: usize = 4;
const MAX_QUESTION_BYTES: usize = 300;
/// Depth in list items from which deeper nesting is not distinguished.
const DEEPEST: u16 = 200;

impl<'a> Reader<'a> {
    fn new(doc: &'a Document) -> Self {
        Self { doc, text: doc.text(), items: Vec::new(), open: Vec::new(), containers: Vec::new(), section: None }
    }

    /// Leaves the containers that have ended and enters this one.
    fn enter(&mut self, at: BlockId, block: &Block) {
        while let Some(last) = self.containers.last()
            && block.parent != Some(last.block)
        {
            self.containers.pop();
        }
        let kind = match block.kind {
            BlockKind::List { start } => ContainerKind::List { ordered: start.is_some() },
            BlockKind::ListItem => ContainerKind::Item { fresh: true },
            BlockKind::Table => ContainerKind::Table { rows: 0, numbered: false },
            BlockKind::Quote | BlockKind::Container | BlockKind::TableRow | BlockKind::Footnote => {
                ContainerKind::Other
            },
            _ => return,
        };
        let (mut depth, mut item_end) = self.containers.last().map_or((0, u32::MAX), |c| (c.depth, c.item_end));
        if matches!(kind, ContainerKind::Item { .. }) {
            (depth, item_end) = ((depth + 1).min(DEEPEST), block.span.end);
        }
        self.containers.push(Container { block: at, kind, depth, item_end });
    }

    fn block(&mut self, at: BlockId, block: &Block) {
        match block.kind {
            BlockKind::Heading(heading) => self.heading(heading, at),
            BlockKind::ListItem => self.list_item(at, block),
            BlockKind::Paragraph => self.paragraph(at, block),
            BlockKind::TableRow => self.row(at, block),
            _ => {}
        }
    }

    /// Returns the number of list items that contain the current block.
    fn depth(&self) -> u16 {
        self.containers.last().map_or(0, |container| container.depth)
    }

    fn heading(&mut self, index: HeadingId, block: BlockId) {
        let heading = &self.doc[index];
        let rank = u16::from(heading.level) * 2 + self.depth() * PER_DEPTH;
        self.close(heading.span.start, rank);
        let section = SectionId::new(index.index());
        let parent_section = self.doc[section].parent;
        let content = self.doc.slice(heading.content);
        let end = self.doc[section].span.end;
        let read = self.labelled(content, LabelPosition::Heading(heading.level));
        if let Some(label) = read {
            let place = LabelPosition::Heading(heading.level);
            self.section = parent_section;
            self.push(label, place, heading.content.start, heading.span, block, rank, end);
        }
        self.section = Some(section);
    }

    /// Returns the label of a heading or bold span. A question without a label is a title of its own.
    fn labelled(&self, content: &str, place: LabelPosition) -> Option<Label> {
        if let Some(label) = label::read(content) {
            return Some(label);
        }
        let start = label::skip_decoration(content, 0);
        let asks = ends_as_question(content) && content.len() < MAX_QUESTION_BYTES;
        let whole = !matches!(place, LabelPosition::Line | LabelPosition::List(_)) || starts_as_sentence(content);
        let title = label::title(content, start.min(content.len()));
        (asks && whole && title.len() >= MIN_QUESTION_BYTES).then_some(Label {
            word: LabelWord::None,
            numeral: Numeral::Absent,
            number: None,
            title,
        })
    }

    fn list_item(&mut self, at: BlockId, block: &Block) {
        if !self.in_ordered_list() {
            return;
        }
        let written = self.doc.slice(block.span);
        let Some((value, end)) = label::digits(written, 0) else { return };
        // A list of one item, whose answer follows unindented, continues in the next list.
        let alone = self.is_alone(at, block.parent);
        let depth = self.depth().saturating_sub(1);
        let (line, offset) = self.opening_line(at, block, end);
        let number = Number { value, last: None, span: Span::new(block.span.start, block.span.start + end as u32) };
        let item = Item {
            number: Some(number),
            style: Style { place: LabelPosition::List(depth as u8), word: LabelWord::None, numeral: Numeral::Decimal },
            span: Span::new(block.span.start, (offset + line.len() as u32).max(block.span.start)),
            title: moved(&list_title(line), offset),
            body: Span::default(),
            section: self.section,
            block: at,
            parent: None,
        };
        let rank = LIST + PER_DEPTH * depth;
        let cap = if alone { u32::MAX } else { block.span.end };
        self.close(block.span.start, rank);
        self.add(item, rank, cap);
    }

    /// Returns the first line of a list item after its marker, which is `marker` bytes long, and the offset of that
    /// line.
    fn opening_line(&self, at: BlockId, block: &Block, marker: usize) -> (&'a str, u32) {
        let doc: &'a Document = self.doc;
        let first = doc.blocks.get(at.index() + 1).filter(|next| {
            next.parent == Some(at) && matches!(next.kind, BlockKind::Paragraph | BlockKind::Heading(_))
        });
        let written = doc.slice(block.span);
        let Some(first) = first else { return ("", block.span.start + marker as u32) };
        // The block of a tight item starts inside its first markup, so the line is taken from the source.
        let line = first_line(&written[marker..]);
        let inner = line.strip_prefix(['.', ')']).map_or("", str::trim_start);
        if inner.is_empty() {
            return (first_line(doc.slice(first.span)), first.span.start);
        }
        (inner, block.span.start + (marker + line.len() - inner.len()) as u32)
    }

    /// Returns whether a list item is the only one of its list.
    fn is_alone(&self, at: BlockId, list: Option<BlockId>) -> bool {
        let Some(list) = list else { return false };
        if at.index() != list.index() + 1 {
            return false;
        }
        let (item, list) = (&self.doc[at], &self.doc[list]);
        item.span.end >= list.span.end
    }

    fn paragraph(&mut self, at: BlockId, block: &Block) {
        let mut ordered = false;
        let mut bullet = false;
        if let Some(container) = self.containers.last_mut()
            && let ContainerKind::Item { fresh } = &mut container.kind
            && std::mem::take(fresh)
        {
            ordered = self.in_ordered_list();
            bullet = !ordered;
        }
        // The block of a tight item starts inside its first markup.
        let opening = self.text[..block.span.start as usize].bytes().rev().take(3);
        let markup = if bullet { opening.take_while(|byte| matches!(byte, b'*' | b'_')).count() as u32 } else { 0 };
        let span = Span::new(block.span.start - markup, block.span.end);
        let written = self.doc.slice(span);
        let mut start = 0;
        let single = memchr::memchr(b'\n', written.as_bytes()).is_none();
        loop {
            let line = first_line(&written[start..]);
            let quoted = if start == 0 { 0 } else { line.len() - line.trim_start_matches([' ', '\t', '>']).len() };
            let offset = span.start + (start + quoted) as u32;
            let place = if bullet && start == 0 {
                LabelPosition::List(self.depth().saturating_sub(1) as u8)
            } else {
                LabelPosition::Line
            };
            if !(ordered && start == 0) {
                self.line(&line[quoted..], offset, at, place, single);
            }
            match memchr::memchr(b'\n', &written.as_bytes()[start..]) {
                Some(next) => start += next + 1,
                None => break,
            }
        }
    }

    fn in_ordered_list(&self) -> bool {
        let list = self.containers.len().checked_sub(2).and_then(|at| self.containers.get(at));
        matches!(list, Some(Container { kind: ContainerKind::List { ordered: true }, .. }))
    }

    /// Adds the item of a line of a paragraph, if it is one: labelled, bold and labelled, or nothing but a question.
    fn line(&mut self, line: &str, offset: u32, block: BlockId, place: LabelPosition, single: bool) {
        let Some(&first) = line.as_bytes().first() else { return };
        let depth = self.depth();
        if first == b'*' || first == b'_' || (first >= 0x80 && decorated_bold(line)) {
            if let Some((label, len)) = self.bold(line, single) {
                let span = Span::new(offset, offset + len as u32);
                let weak = label.word == LabelWord::None && label.numeral == Numeral::Absent;
                let rank = (if weak { QUESTION } else { BOLD }) + PER_DEPTH * depth;
                self.close(span.start, rank);
                self.push(label, LabelPosition::Bold, offset, span, block, rank, u32::MAX);
            }
            return;
        }
        let label =
            if starts_plain_label(first) { label::read(line).filter(|label| is_plain(label, line)) } else { None };
        let span = Span::new(offset, offset + line.trim_end().len() as u32);
        if let Some(label) = label {
            let rank = LINE + PER_DEPTH * depth;
            self.close(offset, rank);
            self.push(label, place, offset, span, block, rank, u32::MAX);
        } else if single
            && ends_as_question(line)
            && let Some(label) = self.labelled(line, place)
        {
            let rank = QUESTION + PER_DEPTH * depth;
            self.close(offset, rank);
            self.push(label, place, offset, span, block, rank, u32::MAX);
        }
    }

    /// Returns the label of a line that starts in bold, and the length of label and title in bytes.
    fn bold(&self, line: &str, single: bool) -> Option<(Label, usize)> {
        let open = line.find("**").or_else(|| line.find("__"))?;
        let mark = &line[open..open + 2];
        let Some(close) = line[open + 2..].find(mark).map(|close| open + 2 + close) else {
            // The bold stretch is never closed.
            let label = label::read(line).filter(|label| label.number.is_some() && label.word != LabelWord::None)?;
            return (line.starts_with(mark) && single).then(|| (label, line.trim_end().len()));
        };
        let inner = line.get(..close)?;
        if let Some(label) = label::read(inner) {
            if !label.title.is_empty() {
                return Some((label, close + 2));
            }
            let label = label::read(line)?;
            let end = line.trim_end().len();
            return Some((label, end));
        }
        // "**12**. T" and "**Q12** - T": the mark comes between number and separator.
        if let Some(label) = label::read(line).filter(|label| label.number.is_some() && label.title.end > close) {
            return Some((label, line.trim_end().len()));
        }
        let rest = line[close + 2..].trim();
        let whole = rest.is_empty() && (single || ends_as_question(inner));
        let label = if whole { self.labelled(inner, LabelPosition::Bold) } else { None };
        label.map(|label| (label, close + 2))
    }

    fn row(&mut self, at: BlockId, block: &Block) {
        let table = self.containers.len().checked_sub(2).and_then(|at| self.containers.get_mut(at));
        let Some(Container { kind: ContainerKind::Table { rows, numbered }, .. }) = table else { return };
        *rows += 1;
        if *rows == 1 {
            *numbered =
                is_number_column(self.doc.blocks.get(at.index() + 1).map_or("", |cell| self.doc.slice(cell.span)));
            return;
        }
        if !*numbered {
            return;
        }
        let cell = |nth: usize| {
            let cell = self.doc.blocks.get(at.index() + nth)?;
            (cell.parent == Some(at)).then_some(cell.span)
        };
        let (Some(first), Some(second)) = (cell(1), cell(2)) else { return };
        let written = self.doc.slice(first);
        let start = label::skip_decoration(written, 0);
        let Some((value, end)) = label::digits(written, start) else { return };
        if !written[end..].trim_matches(['*', '.', ' ', '_']).is_empty() {
            return;
        }
        let number = Span::new(first.start + start as u32, first.start + end as u32);
        let item = Item {
            number: Some(Number { value, last: None, span: number }),
            style: Style { place: LabelPosition::Table, word: LabelWord::None, numeral: Numeral::Decimal },
            span: block.span,
            title: moved(&label::title(self.doc.slice(second), 0), second.start),
            body: Span::default(),
            section: self.section,
            block: at,
            parent: None,
        };
        let rank = LIST + PER_DEPTH * self.depth();
        self.close(block.span.start, rank);
        self.add(item, rank, block.span.end);
    }

    /// Adds an item whose label was parsed from a text that starts at `offset`.
    #[expect(clippy::too_many_arguments, reason = "each is a fact of the item")]
    fn push(
        &mut self,
        label: Label,
        place: LabelPosition,
        offset: u32,
        span: Span,
        block: BlockId,
        rank: u16,
        cap: u32,
    ) {
        let number = label.number.map(|number| Number {
            value: number.value,
            last: number.last,
            span: moved(&number.range, offset),
        });
        let style = Style { place, word: label.word, numeral: label.numeral };
        let title = moved(&label.title, offset);
        let section = self.section;
        self.add(Item { number, style, span, title, body: Span::default(), section, block, parent: None }, rank, cap);
    }

    fn add(&mut self, mut item: Item, rank: u16, cap: u32) {
        // The body of an item in a list item ends with the list item, and no body outlasts the one that contains it.
        let own = matches!(item.style.place, LabelPosition::List(_)) && item.number.is_some();
        let cap = if own { cap } else { cap.min(self.containers.last().map_or(u32::MAX, |c| c.item_end)) };
        let cap = cap.min(self.open.last().map_or(u32::MAX, |open| open.cap));
        item.parent = self.open.last().map(|open| open.item);
        item.body = Span::new(item.span.end, item.span.end);
        self.open.push(Open { item: ItemId::new(self.items.len()), rank, cap });
        self.items.push(item);
    }

    /// Ends the bodies of the items that cannot go on past `at`, where a unit of `rank` begins.
    fn close(&mut self, at: u32, rank: u16) {
        // Ranks rise and ends fall towards the top, so completed items are at the top.
        while let Some(open) = self.open.pop_if(|open| open.cap <= at || open.rank >= rank) {
            let body = &mut self.items[open.item.index()].body;
            body.end = at.min(open.cap).max(body.start);
        }
    }

    fn finish(mut self) -> Vec<Item> {
        self.close(self.text.len() as u32, 0);
        self.items
    }
}

/// Returns whether the head of a column says that it numbers the rows. Numbers in other columns are values.
fn is_number_column(head: &str) -> bool {
    let name = head.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
    matches!(
        name.as_str(),
        "" | "id"
            | "no"
            | "nr"
            | "num"
            | "number"
            | "q"
            | "q no"
            | "question"
            | "s.no"
            | "s. no"
            | "sr"
            | "sr. no"
            | "sno"
            | "day"
            | "step"
            | "week"
    )
}

fn moved(range: &std::ops::Range<usize>, by: u32) -> Span {
    Span::new(by + range.start as u32, by + range.end as u32)
}

/// Returns the first line, without its line break.
fn first_line(text: &str) -> &str {
    let end = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
    text[..end].trim_end_matches('\r')
}

/// Returns the title of a list item: its first line, or the bold text at its start if a colon, a dash or nothing
/// follows.
fn list_title(line: &str) -> std::ops::Range<usize> {
    let start = ["[ ] ", "[x] ", "[X] "].iter().find(|mark| line.starts_with(**mark)).map_or(0, |mark| mark.len());
    let rest = &line[start..];
    if let Some(inner) = rest.strip_prefix("**")
        && let Some(close) = inner.find("**")
    {
        let (title, after) = (&inner[..close], inner[close + 2..].trim_start());
        if after.is_empty() || after.starts_with([':', '-', '–', '—']) || title.ends_with([':', '?', '.', '!']) {
            return start + 2..start + 2 + title.len();
        }
    }
    start..line.trim_end().len()
}

/// Returns whether a line is emoji and then bold: `🔵 **12. T**`.
fn decorated_bold(line: &str) -> bool {
    let after = line.trim_start_matches(|c: char| !c.is_ascii());
    line.len() - after.len() <= label::MAX_EMOJI_BYTES && after.trim_start().starts_with("**")
}

/// Returns whether a plain line that starts with this byte may start with a label.
fn starts_plain_label(first: u8) -> bool {
    first.is_ascii_digit() || matches!(first, b'Q' | b'q' | b'S' | b'D' | b'P' | b'\\' | b'<' | b'C' | b'E' | b'T')
}

/// Returns whether the label at the start of a plain line is a label, not the middle of a sentence that wraps there.
fn is_plain(label: &Label, line: &str) -> bool {
    let Some(number) = &label.number else { return label.word == LabelWord::Q };
    let sign = line[number.range.end..].trim_start_matches('\\');
    match label.word {
        LabelWord::None => {
            let capital = line[label.title.clone()].starts_with(|c: char| c.is_uppercase() || "`\"*".contains(c));
            label.numeral == Numeral::Decimal && sign.starts_with(['.', ')']) && capital
        }
        _ => sign.starts_with([':', '.', ')']) || label.title.is_empty() || line.starts_with(['Q', 'q']),
    }
}

/// Returns whether a text ends with a question mark, inside or outside of markup and quotation marks.
fn ends_as_question(text: &str) -> bool {
    // The other two are those of Chinese and Japanese, and of Arabic.
    text.trim_end_matches([' ', '*', '_', '"', '”', ')', '\t', '\r']).ends_with(['?', '？', '؟'])
}

fn starts_as_sentence(text: &str) -> bool {
    text.starts_with(|c: char| c.is_uppercase() || c == '`' || !c.is_ascii())
}

#[cfg(test)]
mod tests;
