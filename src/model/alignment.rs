//! Which item of one version corresponds to which of another, and how sure that is.
//!
//! Knows items; not rules.

use super::document::DocId;

/// An item, named by its document and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemRef {
    /// The document.
    pub doc: DocId,
    /// The index into `Document::items`.
    pub item: u32,
}

/// How two items, or one alone, relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The same title, up to what normalization removes.
    Same,
    /// The same question in other words.
    Reworded,
    /// The same number, another question.
    Different,
    /// The same question under another number or elsewhere.
    Moved,
    /// Only in the left version.
    LeftOnly,
    /// Only in the right version.
    RightOnly,
}

impl Verdict {
    /// As the JSON contract writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Reworded => "reworded",
            Self::Different => "different",
            Self::Moved => "moved",
            Self::LeftOnly => "left-only",
            Self::RightOnly => "right-only",
        }
    }
}

/// One row of an alignment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The item of the first version.
    pub left: Option<ItemRef>,
    /// The item of the other version.
    pub right: Option<ItemRef>,
    /// How they relate.
    pub verdict: Verdict,
    /// How alike they are, 0 to 1.
    pub score: f32,
}

/// The alignment of two versions.
#[derive(Debug, Clone, Default)]
pub struct Alignment {
    /// The rows: first in the order of the left version, then what stands only in the right one, in its order.
    pub pairs: Vec<Pair>,
}
