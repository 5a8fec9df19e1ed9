//! The units by which versions of a document can be compared: items, headings, bullets, summaries, rows and terms.
//!
//! Knows items, headings and blocks; not which units a work is compared by.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{BlockKind, Document};
use crate::model::html_titles::{TitleElement, html_titles};
use crate::model::id::{BlockId, ItemId, SectionId};
use crate::model::item::{Basis, Item, LabelPosition, LabelWord, Numeral, Style};
use crate::model::span::Span;
use crate::text::similarity::title::list_title;

/// Deepest nesting at which a bullet is a unit (a guess): deeper ones are details.
const MAX_BULLET_DEPTH: usize = 3;
/// Minimum number of entries of a table of contents (a guess): two links may as well be items.
const MIN_CONTENTS_ENTRIES: usize = 3;

/// The units of a document other than its items, one list for each basis.
#[derive(Debug, Clone, Default)]
pub(super) struct OtherUnits {
    /// All of them, those of one basis in source order.
    all: Vec<Item>,
    /// For each basis but `Items`, the end of its list in `all`.
    ends: [usize; Basis::ALL.len()],
}

impl OtherUnits {
    pub(super) fn new(doc: &Document) -> Self {
        let mut units = Self::default();
        for (at, basis) in Basis::ALL.into_iter().enumerate() {
            match basis {
                Basis::Items => {}
                Basis::Topics => units.all.extend(headings(doc)),
                Basis::Bullets => units.all.extend(bullets(doc)),
                Basis::Summaries => units.all.extend(summaries(doc)),
                Basis::Rows => units.all.extend(rows(doc)),
                Basis::Terms => units.all.extend(terms(doc)),
            }
            units.ends[at] = units.all.len();
        }
        units
    }

    /// Returns the index of the first unit of a basis, and the units.
    fn of(&self, basis: Basis) -> (usize, &[Item]) {
        let at = Basis::ALL.iter().position(|other| *other == basis).unwrap_or(0);
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        (start, &self.all[start..self.ends[at]])
    }
}

impl Document {
    /// Returns the units of this basis, in source order.
    pub fn units(&self, basis: Basis) -> Vec<(ItemId, &Item)> {
        if basis == Basis::Items {
            return self.principal_items().collect();
        }
        let (first, units) = self.other_units().of(basis);
        let first = self.items.len() + first;
        units.iter().enumerate().map(|(at, unit)| (ItemId::new(first + at), unit)).collect()
    }

    /// Returns the item or other unit with this identity: other units are counted after the items.
    pub fn unit(&self, id: ItemId) -> Option<&Item> {
        self.items.get(id.index()).or_else(|| self.other_units().all.get(id.index() - self.items.len()))
    }

    /// Returns the units of this basis whose title or body holds `offset`, innermost first.
    pub fn units_around(&self, basis: Basis, offset: u32) -> Vec<ItemId> {
        if basis == Basis::Items {
            return self.items_around(offset);
        }
        let (first, units) = self.other_units().of(basis);
        let Some(last) = units.partition_point(|unit| unit.span.start <= offset).checked_sub(1) else {
            return Vec::new();
        };
        let holds = units[last].span.cover(units[last].body).contains_offset(offset);
        holds.then_some(ItemId::new(self.items.len() + first + last)).into_iter().collect()
    }

    /// Returns the innermost section that holds `offset`.
    fn section_at(&self, offset: u32) -> Option<SectionId> {
        let after = self.headings.partition_point(|heading| heading.span.start <= offset);
        after.checked_sub(1).map(SectionId::new)
    }

    fn plain_unit(&self, place: LabelPosition, span: Span, title: Span, body: Span, block: BlockId) -> Item {
        Item {
            number: None,
            style: Style { place, word: LabelWord::None, numeral: Numeral::Absent },
            span,
            title,
            body,
            section: self.section_at(span.start),
            block,
            parent: None,
            is_contents: false,
        }
    }
}

/// Returns the items by the block that holds their titles; of several in one block, the first.
fn items_by_block(doc: &Document) -> FxHashMap<BlockId, &Item> {
    let mut found = FxHashMap::default();
    for item in &doc.items {
        found.entry(item.block).or_insert(item);
    }
    found
}

/// Returns each heading with the text up to the next one, Markdown and HTML alike. A heading that is an item has its
/// number and title.
fn headings(doc: &Document) -> Vec<Item> {
    let items = items_by_block(doc);
    let mut units: Vec<Item> = Vec::new();
    for (at, heading) in doc.headings.iter().enumerate() {
        let body = Span::at(heading.span.end);
        let place = LabelPosition::Heading(heading.level);
        let mut unit = doc.plain_unit(place, heading.span, heading.content, body, heading.block);
        unit.section = doc.sections.get(at).and_then(|section| section.parent);
        if let Some(item) = items.get(&heading.block) {
            (unit.number, unit.style, unit.title) = (item.number, item.style, item.title);
        }
        units.push(unit);
    }
    for (at, block) in doc.blocks.iter().enumerate().filter(|(_, block)| block.kind == BlockKind::Html) {
        let at = BlockId::new(at);
        for title in html_titles(doc.slice(block.span)) {
            let TitleElement::Heading(level) = title.element else { continue };
            let moved = |range: std::ops::Range<usize>| {
                Span::new(block.span.start + range.start as u32, block.span.start + range.end as u32)
            };
            let (span, content) = (moved(title.range), moved(title.content));
            let mut unit = doc.plain_unit(LabelPosition::Heading(level), span, content, Span::at(span.end), at);
            let inside = doc.items.partition_point(|item| item.span.start < span.start);
            if let Some(item) = doc.items.get(inside).filter(|item| item.span == span) {
                (unit.number, unit.style, unit.title) = (item.number, item.style, item.title);
            }
            units.push(unit);
        }
    }
    units.retain(|unit| !doc.slice(unit.title).trim().is_empty() || unit.number.is_some());
    units.sort_by_key(|unit| unit.span.start);
    end_at_next(doc, &mut units);
    units
}

/// Lets each body end where the next unit starts.
fn end_at_next(doc: &Document, units: &mut [Item]) {
    let mut next = doc.span().end;
    for unit in units.iter_mut().rev() {
        unit.body = Span::new(unit.span.end, next.max(unit.span.end));
        next = unit.span.start;
    }
}

/// Lets each body end where the next unit or the next heading starts.
fn end_at_next_or_heading(doc: &Document, units: &mut [Item]) {
    end_at_next(doc, units);
    for unit in units {
        let heading = doc.headings.partition_point(|heading| heading.span.start < unit.span.start);
        let end = doc.headings.get(heading).map_or(unit.body.end, |heading| heading.span.start.min(unit.body.end));
        unit.body.end = end.max(unit.body.start);
    }
}

/// Returns the bullets of lists that are no tables of contents; nested ones only where each bullet is one line.
fn bullets(doc: &Document) -> Vec<Item> {
    let items = items_by_block(doc);
    let contents = contents_lists(doc);
    let mut units: Vec<Item> = Vec::new();
    let mut is_outline = true;
    // The depth of each list item, and whether its list is a unit.
    let mut depths: FxHashMap<BlockId, usize> = FxHashMap::default();
    for (at, block) in doc.blocks.iter().enumerate() {
        let at = BlockId::new(at);
        let Some(list) = block.parent.filter(|_| block.kind == BlockKind::ListItem) else { continue };
        if doc[list].kind != (BlockKind::List { start: None }) || contents.contains(&list) {
            continue;
        }
        let depth = match doc[list].parent {
            None => 0,
            Some(outer) => match depths.get(&outer) {
                Some(depth) => depth + 1,
                None => continue,
            },
        };
        depths.insert(at, depth);
        let first = BlockId::new(at.index() + 1);
        let Some(opening) = doc.blocks.get(first.index()).filter(|opening| opening.parent == Some(at)) else {
            continue;
        };
        if opening.kind != BlockKind::Paragraph || depth > MAX_BULLET_DEPTH {
            continue;
        }
        let written = doc.slice(block.span);
        let marker = written.len() - written.trim_start_matches(['-', '*', '+']).trim_start_matches([' ', '\t']).len();
        let line = written[marker..].lines().next().unwrap_or("");
        let start = block.span.start + marker as u32;
        let title = list_title(line);
        let title = Span::new(start + title.start as u32, start + title.end as u32);
        let span = Span::new(block.span.start, start + line.len() as u32);
        let place = LabelPosition::List(u8::try_from(depth).unwrap_or(u8::MAX));
        let mut unit = doc.plain_unit(place, span, title, Span::new(span.end, block.span.end.max(span.end)), at);
        if let Some(item) = items.get(&first).or_else(|| items.get(&at)).filter(|item| span.contains(item.title)) {
            (unit.number, unit.style, unit.title) = (item.number, item.style, item.title);
        }
        let rest = doc.slice(unit.body).trim_start();
        is_outline &= rest.is_empty() || rest.starts_with(['-', '*', '+']);
        units.push(unit);
    }
    if is_outline {
        // The body of an outer bullet ends where the first inner one starts.
        for at in 1..units.len() {
            let next = units[at].span.start;
            let body = &mut units[at - 1].body;
            body.end = body.end.min(next).max(body.start);
        }
    } else {
        units.retain(|unit| depths.get(&unit.block) == Some(&0));
    }
    units
}

/// Returns the lists most of whose bullets are links into the document, with the lists inside them.
fn contents_lists(doc: &Document) -> FxHashSet<BlockId> {
    let mut counts: FxHashMap<BlockId, (usize, usize)> = FxHashMap::default();
    let mut outermost: FxHashMap<BlockId, BlockId> = FxHashMap::default();
    for (at, block) in doc.blocks.iter().enumerate() {
        let at = BlockId::new(at);
        match block.kind {
            BlockKind::List { .. } => {
                let outer = block.parent.and_then(|item| outermost.get(&item)).copied().unwrap_or(at);
                outermost.insert(at, outer);
            }
            BlockKind::ListItem => {
                let Some(list) = block.parent.and_then(|list| outermost.get(&list)).copied() else { continue };
                outermost.insert(at, list);
                let (entries, links) = counts.entry(list).or_default();
                *entries += 1;
                *links += usize::from(leads_inside(doc, block.span));
            }
            _ => {}
        }
    }
    let is_contents = |list: &BlockId| {
        counts.get(list).is_some_and(|(entries, links)| *entries >= MIN_CONTENTS_ENTRIES && links * 10 >= entries * 7)
            || counts.get(list).is_some_and(|(entries, links)| entries == links)
    };
    outermost.iter().filter(|(_, outer)| is_contents(outer)).map(|(list, _)| *list).collect()
}

/// Returns whether the first line of a list item begins with a link to an anchor of the document.
fn leads_inside(doc: &Document, item: Span) -> bool {
    let at = doc.links.partition_point(|link| link.span.start < item.start);
    let first_words = item.start.saturating_add(12);
    doc.links.get(at).is_some_and(|link| link.span.start <= first_words && link.target.starts_with('#'))
}

/// Returns the summaries of `<details>` elements, each with the text up to the next one or the next heading.
fn summaries(doc: &Document) -> Vec<Item> {
    let mut units = Vec::new();
    for (at, block) in doc.blocks.iter().enumerate().filter(|(_, block)| block.kind == BlockKind::Html) {
        let moved = |range: std::ops::Range<usize>| {
            Span::new(block.span.start + range.start as u32, block.span.start + range.end as u32)
        };
        for title in html_titles(doc.slice(block.span)).filter(|title| title.element == TitleElement::Summary) {
            let (span, content) = (moved(title.range), moved(title.content));
            let mut unit = doc.plain_unit(LabelPosition::Summary, span, content, Span::at(span.end), BlockId::new(at));
            let inside = doc.items.partition_point(|item| item.span.start < span.start);
            if let Some(item) = doc.items.get(inside).filter(|item| item.span == span) {
                (unit.number, unit.style, unit.title) = (item.number, item.style, item.title);
            }
            units.push(unit);
        }
    }
    end_at_next_or_heading(doc, &mut units);
    units
}

/// Returns the rows of tables but for their heads: the first cell that is no number is the title.
fn rows(doc: &Document) -> Vec<Item> {
    let items = items_by_block(doc);
    let mut units = Vec::new();
    let mut table = None;
    for (at, block) in doc.blocks.iter().enumerate().filter(|(_, block)| block.kind == BlockKind::TableRow) {
        let is_head = block.parent != table;
        table = block.parent;
        if is_head {
            continue;
        }
        let at = BlockId::new(at);
        let cells = doc.blocks[at.index() + 1..].iter().take_while(|cell| cell.parent == Some(at));
        let is_title = |cell: &Span| doc.slice(*cell).chars().any(char::is_alphabetic);
        let Some(title) = cells.map(|cell| cell.span).find(is_title) else { continue };
        let span = Span::new(block.span.start, title.end);
        let body = Span::new(span.end, block.span.end.max(span.end));
        let mut unit = doc.plain_unit(LabelPosition::Table, span, title, body, at);
        if let Some(item) = items.get(&at) {
            (unit.number, unit.style, unit.title) = (item.number, item.style, item.title);
        }
        units.push(unit);
    }
    units
}

/// Returns the terms of definition lists ("Term", and on the next line ": Definition") and of paragraphs that start with
/// one in bold.
fn terms(doc: &Document) -> Vec<Item> {
    let mut units = Vec::new();
    for (at, block) in doc.blocks.iter().enumerate() {
        if block.kind != BlockKind::Paragraph || block.parent.is_some() {
            continue;
        }
        let written = doc.slice(block.span);
        let line = written.lines().next().unwrap_or("");
        let defines = written[line.len()..].trim_start_matches(['\r', '\n']).starts_with(": ");
        let title = if defines { 0..line.trim_end().len() } else { list_title(line) };
        if !defines && (title.end == line.trim_end().len() || title.is_empty()) {
            continue;
        }
        let place = |offset: usize| block.span.start + offset as u32;
        let title = Span::new(place(title.start), place(title.end));
        let span = Span::new(block.span.start, title.end);
        units.push(doc.plain_unit(LabelPosition::Line, span, title, Span::at(span.end), BlockId::new(at)));
    }
    end_at_next_or_heading(doc, &mut units);
    units
}
