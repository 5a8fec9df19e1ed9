//! The units by which versions of a document can be compared: items, headings, bullets, summaries, rows, terms and files.
//!
//! Knows items, headings and blocks; not which units a work is compared by.

mod bullets;
mod titles;

use rustc_hash::FxHashMap;

use self::bullets::bullets;
use self::titles::{file, headings, rows, summaries, terms};
use super::Document;
use crate::model::id::{BlockId, ItemId, SectionId};
use crate::model::item::{Basis, Item, LabelPosition, LabelWord, Numeral, Style};
use crate::model::span::Span;
use crate::text::values::file_numbers::identity;

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
                Basis::Files => units.all.extend(file(doc)),
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

    /// Returns the number by which the name of the file identifies it: 12 of `0012-use-brass-valves.md`.
    pub fn file_number(&self) -> Option<u32> {
        self.source.path().file_stem().and_then(|stem| stem.to_str()).and_then(identity)
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

/// Gives a unit that is an item, too, the number, style and title of the item.
fn take_label(unit: &mut Item, item: &Item) {
    (unit.number, unit.style, unit.title) = (item.number, item.style, item.title);
}
