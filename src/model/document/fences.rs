//! Defects of code fences.
//!
//! Knows spans; not how fences are paired.

use crate::model::span::Span;

/// A code fence that does not do what its writer meant, so that text becomes code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FenceDefect {
    /// Kind of the defect.
    pub kind: FenceDefectKind,
    /// The line of the faulty fence, without its break; for `Unclosed` that of the opening fence.
    pub line: Span,
    /// Its backticks or tildes.
    pub ticks: Span,
    /// The line of the opening fence, for a fence that was meant to close it.
    pub opener: Option<Span>,
    /// The byte offset of the repair: the intended end of the code for `Unclosed`, the place of the missing line break
    /// for `TextAfter` and `TextBefore`, the start of the line otherwise.
    pub repair: u32,
    /// The text that is code because of the defect, so that its headings and items are not read. Empty if there is
    /// none.
    pub swallowed: Span,
}

/// Kinds of fence defects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FenceDefectKind {
    /// A closing fence with text after it on its line, so that it closes nothing.
    TextAfter,
    /// A fence at the end of a line of text or code, where it is not a fence.
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
