//! Items (numbered or titled units of content) and the runs they form.
//!
//! Knows spans; not how items are recognised.

use super::span::Span;

/// A numbered (or titled) unit of content: `### 241. What is gRPC?`, `**Q361: How…**`, `12. **Why…**`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number, if it has one.
    pub number: Option<Number>,
    /// How its label is written.
    pub style: Style,
    /// Its label and title: a heading, or the line that opens it.
    pub span: Span,
    /// Its title as written, without label and outer markup.
    pub title: Span,
    /// What stands under the title, up to the next item or section.
    pub body: Span,
    /// The index of the innermost section it stands in (for a heading item, the section that encloses its own).
    pub section: Option<u32>,
    /// The index of the block that holds its title.
    pub block: u32,
}

/// A number as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The number, or the first of an interval.
    pub value: u32,
    /// The last number of an interval ("Day 3-4").
    pub last: Option<u32>,
    /// Where it is written.
    pub span: Span,
}

/// How the label of an item is written: what has to agree for two items to be of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Style {
    /// Where the label stands.
    pub place: Place,
    /// The word or letter before the number.
    pub word: Word,
}

/// Where a label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In a heading of this level.
    Heading(u8),
    /// In bold at the start of a paragraph.
    Bold,
    /// As the number of an ordered list item, at this depth of nesting (outermost 0).
    List(u8),
    /// At the start of a plain line.
    Line,
    /// In a table row.
    Table,
}

/// The word of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// None: `12. T`.
    None,
    /// `Q12`.
    Q,
    /// `Question 12`.
    Question,
    /// `Part 12`.
    Part,
    /// `Step 12`.
    Step,
    /// `Day 12`.
    Day,
    /// `Problem 12`.
    Problem,
    /// Any other noun before a number (`Chapter 3`, `Exercise 2`).
    Other,
}

/// Consecutive items of one style under one parent: what "the next number" is judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The style that its items share.
    pub style: Style,
    /// Indices of its items, in source order.
    pub items: Vec<u32>,
}
