//! The items of a document as other rooms ask for them, and the numbers that it states for them.
//!
//! Knows items and spans; not how items are recognised.

use super::Document;
use crate::model::item::{Basis, Item};
use crate::model::span::Span;

/// A range of numbers that a heading, title or line announces: "241–260", "(Questions 361-380)".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedNumbers {
    /// First number announced.
    pub first: u32,
    /// Last number announced.
    pub last: u32,
    /// Where the range is written.
    pub span: Span,
}

/// What a heading, tagline, footer or file name says about the numbers it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedRange {
    /// What is announced.
    pub extent: StatedExtent,
    /// Where it is written; empty at the start for the file's name.
    pub span: Span,
    /// What it speaks for.
    pub scope: Span,
    /// Who says so.
    pub place: StatedIn,
}

/// What can be announced about items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatedExtent {
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
pub enum StatedIn {
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

impl Document {
    /// The items that are units of content, as an editor would list them: not the parts that hold them, and nothing
    /// that stands in the body of one of them, such as the steps of an answer.
    pub fn principal_items(&self) -> impl Iterator<Item = (u32, &Item)> {
        self.items.iter().enumerate().map(|(at, item)| (at as u32, item)).filter(|&(_, item)| self.is_principal(item))
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
}
