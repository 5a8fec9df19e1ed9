//! Items of a document: headings, bold lines, list items, table rows and plain lines with a label.
//!
//! Reads blocks; `label` parses the labels themselves.

mod shapes;

use rustc_hash::FxHashMap;

use self::shapes::{
    FURTHER_JOINTS, decorated_bold, ends_as_question, first_line, html_bold, is_number_column, is_plain, moved,
    starts_as_sentence, starts_plain_label,
};
use super::label::{self, LabelledTitle};
use crate::model::document::{Block, BlockKind, Document};
use crate::model::html_titles::{TitleElement, html_titles};
use crate::model::id::{BlockId, HeadingId, ItemId, SectionId};
use crate::model::item::{InsertedSign, Item, LabelPosition, LabelWord, Number, Numeral, OuterNumbers, Style};
use crate::model::span::Span;
use crate::text::similarity::title::list_title;

/// Returns all items in source order, with bodies and parents. `levels` has the level of each heading.
pub(super) fn read(doc: &Document, levels: &[u8]) -> Vec<Item> {
    let mut reader = ItemParser::new(doc, levels);
    for (at, block) in doc.blocks.iter().enumerate() {
        reader.enter(BlockId::new(at), block);
        reader.block(BlockId::new(at), block);
    }
    reader.finish()
}

struct ItemParser<'a> {
    doc: &'a Document,
    text: &'a str,
    /// The level of each heading.
    levels: &'a [u8],
    /// Number of headings with a weak label of each kind.
    weak: FxHashMap<(LabelWord, Numeral), usize>,
    items: Vec<Item>,
    /// The list item whose title is the heading that follows.
    titled: Option<TitledListItem>,
    /// The items whose bodies are open, outermost first.
    open: Vec<OpenItem>,
    /// The blocks that contain the current one, outermost first.
    containers: Vec<Container>,
    section: Option<SectionId>,
}

/// A list item that starts with a heading: "1. ### T".
struct TitledListItem {
    heading: BlockId,
    number: Number,
    start: u32,
    /// True if the body may go on behind the list.
    is_last: bool,
    end: u32,
}

/// An item whose body is not complete yet.
struct OpenItem {
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

/// Minimum number of headings with a weak label of one kind, from which these are labels (a guess).
const MIN_WEAK_LABELS: usize = 3;
/// Ranks: bold labels rank below all headings, and contents of a list item rank below the item.
const SUMMARY: u16 = 13;
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

impl<'a> ItemParser<'a> {
    fn new(doc: &'a Document, levels: &'a [u8]) -> Self {
        let mut weak: FxHashMap<(LabelWord, Numeral), usize> = FxHashMap::default();
        let labels = doc.headings.iter().filter_map(|heading| label::read(doc.slice(heading.content)));
        let mut bare_numbers = Vec::new();
        for label in labels.filter(|label| label.weak) {
            *weak.entry((label.word, label.numeral)).or_default() += 1;
            if let Some(number) = label.number.as_ref().filter(|_| label.is_bare()) {
                bare_numbers.push(number.value);
            }
        }
        // "5 Reasons" and "3 Ways" are no labels.
        if !count_on(&bare_numbers) {
            weak.remove(&(LabelWord::None, Numeral::Decimal));
        }
        Self {
            doc,
            text: doc.text(),
            levels,
            weak,
            items: Vec::new(),
            titled: None,
            open: Vec::new(),
            containers: Vec::new(),
            section: None,
        }
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
            BlockKind::Quote | BlockKind::Container | BlockKind::TableRow | BlockKind::Footnote => ContainerKind::Other,
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
            BlockKind::Html => self.html(at, block),
            _ => {}
        }
    }

    /// Returns the number of list items that contain the current block.
    fn depth(&self) -> u16 {
        self.containers.last().map_or(0, |container| container.depth)
    }

    /// Returns the rank of a heading: in a list item it is below the item, whatever its level is.
    fn heading_rank(&self, level: u8) -> u16 {
        match self.depth() {
            0 => u16::from(level) * 2,
            depth => LIST + (depth - 1) * PER_DEPTH + u16::from(level),
        }
    }

    fn heading(&mut self, index: HeadingId, block: BlockId) {
        let heading = &self.doc[index];
        let section = SectionId::new(index.index());
        if let Some(titled) = self.titled.take_if(|titled| titled.heading == block) {
            self.titled_list_item(&titled, section);
            return;
        }
        let level = self.levels.get(index.index()).copied().unwrap_or(heading.level);
        let rank = self.heading_rank(level);
        self.close(heading.span.start, rank);
        let parent_section = self.doc[section].parent;
        let content = self.doc.slice(heading.content);
        let end = self.doc[section].span.end;
        let place = LabelPosition::Heading(heading.level);
        if let Some(mut label) = self.labelled(content, place) {
            if let Some(number) = &mut label.number
                && number.last.is_none()
            {
                number.last = further_number(&content[label.title.clone()], number.value);
            }
            self.section = parent_section;
            self.push(label, place, heading.content.start, heading.span, block, rank, end);
        }
        self.section = Some(section);
    }

    /// Adds a list item whose title is a heading: one item, with the number of the list.
    fn titled_list_item(&mut self, titled: &TitledListItem, section: SectionId) {
        let heading = &self.doc[self.doc[section].heading];
        let depth = self.depth().saturating_sub(1);
        let content = self.doc.slice(heading.content);
        let inner = label::read(content).filter(|label| !label.weak && !label.title.is_empty());
        let title = inner.map_or_else(|| label::title(content, 0), |label| label.title);
        let rank = u16::from(heading.level) * 2 + depth * PER_DEPTH;
        self.close(titled.start, rank);
        self.section = self.doc[section].parent;
        let item = Item {
            number: Some(titled.number),
            style: Style { place: LabelPosition::List(depth as u8), word: LabelWord::None, numeral: Numeral::Decimal },
            span: Span::new(titled.start, heading.span.end),
            title: moved(&title, heading.content.start),
            body: Span::default(),
            section: self.section,
            block: heading.block,
            parent: None,
            is_contents: false,
        };
        let cap = if titled.is_last { self.doc[section].span.end } else { titled.end };
        self.add(item, rank, cap);
        self.section = Some(section);
    }

    /// Adds the items whose titles are headings or summaries in HTML.
    fn html(&mut self, at: BlockId, block: &Block) {
        if self.in_ordered_list() && self.is_first_in_item(at) {
            // The list item bears the number.
            return;
        }
        let written = self.doc.slice(block.span);
        for title in html_titles(written) {
            let (place, rank) = match title.element {
                TitleElement::Heading(level) => (LabelPosition::Heading(level), self.heading_rank(level)),
                TitleElement::Summary => (LabelPosition::Summary, SUMMARY + PER_DEPTH * self.depth()),
            };
            let Some(label) = self.labelled(&written[title.content.clone()], place) else { continue };
            let offset = block.span.start + title.content.start as u32;
            let span = moved(&title.range, block.span.start);
            self.close(span.start, rank);
            self.push(label, place, offset, span, at, rank, u32::MAX);
        }
    }

    /// Returns whether a block is the first one of the list item that contains it.
    fn is_first_in_item(&self, at: BlockId) -> bool {
        let parent = self.doc[at].parent;
        parent.is_some_and(|parent| self.doc[parent].kind == BlockKind::ListItem && at.index() == parent.index() + 1)
    }

    /// Returns the label of a heading or bold span. A question without a label is a title of its own.
    fn labelled(&self, content: &str, place: LabelPosition) -> Option<LabelledTitle> {
        if let Some(label) = label::read(content).filter(|label| self.is_label(label, place)) {
            return Some(label);
        }
        let start = label::skip_decoration(content, 0);
        let asks = ends_as_question(content) && content.len() < MAX_QUESTION_BYTES;
        let whole = !matches!(place, LabelPosition::Line | LabelPosition::List(_)) || starts_as_sentence(content);
        let title = label::title(content, start.min(content.len()));
        (asks && whole && title.len() >= MIN_QUESTION_BYTES).then_some(LabelledTitle {
            word: LabelWord::None,
            numeral: Numeral::Absent,
            number: None,
            title,
            weak: false,
        })
    }

    /// Returns whether a weak label has company enough to be one.
    fn is_label(&self, label: &LabelledTitle, place: LabelPosition) -> bool {
        let is_legal = matches!(label.word, LabelWord::Article | LabelWord::Paragraph | LabelWord::Clause);
        !label.weak
            || match place {
                LabelPosition::Heading(_) => {
                    self.weak.get(&(label.word, label.numeral)).is_some_and(|count| *count >= MIN_WEAK_LABELS)
                }
                _ => is_legal,
            }
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
        let span = Span::new(block.span.start, block.span.start + end as u32);
        let number =
            Number { value, last: None, outer: OuterNumbers::default(), inserted: InsertedSign::default(), span };
        let heading = BlockId::new(at.index() + 1);
        if self
            .doc
            .blocks
            .get(heading.index())
            .is_some_and(|first| first.parent == Some(at) && matches!(first.kind, BlockKind::Heading(_)))
        {
            let is_last = block.parent.is_none_or(|list| self.doc[list].span.end <= block.span.end);
            self.titled =
                Some(TitledListItem { heading, number, start: block.span.start, is_last, end: block.span.end });
            return;
        }
        let (line, offset) = self.opening_line(at, block, end);
        let item = Item {
            number: Some(number),
            style: Style { place: LabelPosition::List(depth as u8), word: LabelWord::None, numeral: Numeral::Decimal },
            span: Span::new(block.span.start, (offset + line.len() as u32).max(block.span.start)),
            title: moved(&list_title(line), offset),
            body: Span::default(),
            section: self.section,
            block: at,
            parent: None,
            is_contents: false,
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
        let first = doc
            .blocks
            .get(at.index() + 1)
            .filter(|next| next.parent == Some(at) && matches!(next.kind, BlockKind::Paragraph | BlockKind::Html));
        let written = doc.slice(block.span);
        let Some(first) = first else { return ("", block.span.start + marker as u32) };
        if first.kind == BlockKind::Html {
            let html = doc.slice(first.span);
            let title = html_titles(html).next().map_or(0..0, |title| title.content);
            return (first_line(&html[title.clone()]), first.span.start + title.start as u32);
        }
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
                self.line(&line[quoted..], offset, at, place, LineOf { single, first: start == 0 });
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
    fn line(&mut self, line: &str, offset: u32, block: BlockId, place: LabelPosition, of: LineOf) {
        let single = of.single;
        let Some(&first) = line.as_bytes().first() else { return };
        let depth = self.depth();
        if first == b'*' || first == b'_' || (first >= 0x80 && decorated_bold(line)) {
            if let Some((label, len)) = self.bold(line, of) {
                let span = Span::new(offset, offset + len as u32);
                let weak = label.word == LabelWord::None && label.numeral == Numeral::Absent;
                let rank = (if weak { QUESTION } else { BOLD }) + PER_DEPTH * depth;
                self.close(span.start, rank);
                self.push(label, LabelPosition::Bold, offset, span, block, rank, u32::MAX);
            }
            return;
        }
        if first == b'<'
            && let Some(inner) = html_bold(line)
            && let Some(label) = self.labelled(&line[inner.clone()], LabelPosition::Bold)
        {
            let span = Span::new(offset, offset + line.trim_end().len() as u32);
            let rank = if label.number.is_some() { BOLD } else { QUESTION } + PER_DEPTH * depth;
            self.close(span.start, rank);
            self.push(label, LabelPosition::Bold, offset + inner.start as u32, span, block, rank, u32::MAX);
            return;
        }
        let label =
            if starts_plain_label(first) { label::read(line).filter(|label| is_plain(label, line, of)) } else { None };
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
    fn bold(&self, line: &str, of: LineOf) -> Option<(LabelledTitle, usize)> {
        let open = line.find("**").or_else(|| line.find("__"))?;
        let mark = &line[open..open + 2];
        let Some(close) = line[open + 2..].find(mark).map(|close| open + 2 + close) else {
            // The bold stretch is never closed.
            let label = label::read(line).filter(|label| label.number.is_some() && !label.weak)?;
            return (line.starts_with(mark) && of.single).then(|| (label, line.trim_end().len()));
        };
        let inner = line.get(..close)?;
        if let Some(label) = label::read(inner).filter(|label| self.is_label(label, LabelPosition::Bold)) {
            if !label.title.is_empty() {
                return Some((label, close + 2));
            }
            let label = label::read(line).filter(|label| self.is_label(label, LabelPosition::Bold))?;
            let end = line.trim_end().len();
            return Some((label, end));
        }
        // "**12**. T" and "**Q12** - T": the mark comes between number and separator.
        if let Some(label) = label::read(line).filter(|label| {
            label.number.is_some() && label.title.end > close && self.is_label(label, LabelPosition::Bold)
        }) {
            return Some((label, line.trim_end().len()));
        }
        let rest = line[close + 2..].trim();
        let whole = rest.is_empty() && (of.single || ends_as_question(inner));
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
            number: Some(Number {
                value,
                last: None,
                outer: OuterNumbers::default(),
                inserted: InsertedSign::default(),
                span: number,
            }),
            style: Style { place: LabelPosition::Table, word: LabelWord::None, numeral: Numeral::Decimal },
            span: block.span,
            title: moved(&label::title(self.doc.slice(second), 0), second.start),
            body: Span::default(),
            section: self.section,
            block: at,
            parent: None,
            is_contents: false,
        };
        let rank = LIST + PER_DEPTH * self.depth();
        self.close(block.span.start, rank);
        self.add(item, rank, block.span.end);
    }

    /// Adds an item whose label was parsed from a text that starts at `offset`.
    #[expect(clippy::too_many_arguments, reason = "each is a fact of the item")]
    fn push(
        &mut self,
        label: LabelledTitle,
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
            outer: number.outer,
            inserted: number.inserted,
            span: moved(&number.range, offset),
        });
        let style = Style { place, word: label.word, numeral: label.numeral };
        let title = moved(&label.title, offset);
        let section = self.section;
        let body = Span::default();
        let item = Item { number, style, span, title, body, section, block, parent: None, is_contents: false };
        self.add(item, rank, cap);
    }

    fn add(&mut self, mut item: Item, rank: u16, cap: u32) {
        // The body of an item in a list item ends with the list item, and no body outlasts the one that contains it.
        let own = matches!(item.style.place, LabelPosition::List(_)) && item.number.is_some();
        let cap = if own { cap } else { cap.min(self.containers.last().map_or(u32::MAX, |c| c.item_end)) };
        let cap = cap.min(self.open.last().map_or(u32::MAX, |open| open.cap));
        item.parent = self.open.last().map(|open| open.item);
        item.body = Span::new(item.span.end, item.span.end);
        self.open.push(OpenItem { item: ItemId::new(self.items.len()), rank, cap });
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

/// Returns the number of a further item that the title of an item names: 8 in "Who mows? & 8. Who pays?" after 7.
fn further_number(title: &str, number: u32) -> Option<u32> {
    let next = number.checked_add(1)?;
    FURTHER_JOINTS.iter().any(|joint| title.contains(&format!("{joint}{next}. "))).then_some(next)
}

/// Returns whether numbers count on from 1, at most every second one missing.
fn count_on(numbers: &[u32]) -> bool {
    numbers.first() == Some(&1) && numbers.windows(2).all(|pair| matches!(pair[1].checked_sub(pair[0]), Some(1 | 2)))
}

/// A line of a paragraph: whether it is the only one, and whether it is the first.
#[derive(Clone, Copy)]
struct LineOf {
    single: bool,
    first: bool,
}

#[cfg(test)]
mod tests;
