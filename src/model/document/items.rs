//! The items of a document as other rooms need them, and the numbers that it states for them.
//!
//! Knows items and spans; not how items are recognized.

use std::ops::Index;

use super::Document;
use crate::model::id::{ItemId, SectionId, SequenceId};
use crate::model::item::{Item, ItemSequence};
use crate::model::span::Span;

/// A range of numbers that a heading, title or line states: "241–260", "(Questions 361-380)".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedNumbers {
    /// First number stated.
    pub first: u32,
    /// Last number stated.
    pub last: u32,
    /// Span of the range.
    pub span: Span,
}

/// The numbers, or the count of items, that a heading, line or file name says there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedRange {
    /// The numbers or the count.
    pub extent: StatedExtent,
    /// Span of the statement; empty at the start for the file's name.
    pub span: Span,
    /// The part of the document that the statement is about.
    pub scope: Span,
    /// Kind of text that states it.
    pub place: StatedIn,
}

/// Statements about items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatedExtent {
    /// They have these numbers.
    Range {
        /// First number stated.
        first: u32,
        /// Last number stated.
        last: u32,
    },
    /// Their count.
    Count(u32),
}

/// Kinds of text that state something about items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatedIn {
    /// In the file's name.
    FileName,
    /// In the heading of this section.
    Heading(SectionId),
    /// In a line before the first item, about the whole document.
    Tagline,
    /// In an emphasised line at the end, about the whole document.
    Footer,
    /// In a line that is used as a heading, about the text up to the next such line or heading.
    Line,
}

impl Document {
    /// Returns the items that are units of content, as an editor would list them: not the parts that contain them, nor
    /// contents of the body of one of them, such as the steps of an answer, nor the entries of a table of contents.
    pub fn principal_items(&self) -> impl Iterator<Item = (ItemId, &Item)> {
        let numbered = self.items.iter().enumerate().map(|(at, item)| (ItemId::new(at), item));
        numbered.filter(|&(_, item)| self.is_principal(item))
    }

    /// Returns whether `item` is one of [`Self::principal_items`].
    pub fn is_principal(&self, item: &Item) -> bool {
        let holds_items = |item: &Item| item.style.word.is_division() && self.has_parts();
        let mut inner = item;
        while let Some(at) = inner.parent {
            let outer = &self[at];
            // "1.4" is an item of its own below "1".
            let depth = |item: &Item| item.number.map_or(0, |number| number.outer.parts().len());
            let is_dotted = outer.number.is_some() && depth(inner) > depth(outer);
            if !is_dotted && !holds_items(outer) && !outer.is_contents {
                return false;
            }
            inner = outer;
        }
        !holds_items(item) && !item.is_contents
    }

    /// Returns the items whose title or body holds `offset`, innermost first.
    pub fn items_around(&self, offset: u32) -> Vec<ItemId> {
        let last = self.items.partition_point(|item| item.span.start <= offset).checked_sub(1);
        let mut around = Vec::new();
        let mut next = last.map(ItemId::new);
        while let Some(at) = next {
            let item = &self[at];
            if item.span.cover(item.body).contains_offset(offset) {
                around.push(at);
            }
            // An outer item precedes its parts, so this ends.
            next = item.parent.filter(|parent| *parent < at);
        }
        around
    }
}

impl Index<SequenceId> for Document {
    type Output = ItemSequence;

    /// # Panics
    /// If the id is of another document.
    fn index(&self, id: SequenceId) -> &ItemSequence {
        &self.sequences[id.index()]
    }
}

impl Index<ItemId> for Document {
    type Output = Item;

    /// # Panics
    /// If the id is of another document.
    fn index(&self, id: ItemId) -> &Item {
        self.unit(id).expect("an item of this document")
    }
}
