//! Fingerprints of lines: what the duplication rules compare instead of texts.
//!
//! Plain data; knows neither how a line is normalised nor what is made of it.

use super::id::BlockId;
use crate::text::repeats::Unit;

/// The fingerprint of a line: 16 bytes, whatever the line's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFingerprint {
    /// Hash of what is left of the line after normalisation.
    pub hash: u64,
    /// The line, 0-based.
    pub line: u32,
    /// How many bytes were left after normalisation; the largest number for more.
    pub size: u16,
    /// Where the line stands.
    pub place: FingerprintPosition,
    /// Whether its leaf block (paragraph, heading, code block, table) starts or ends with it.
    pub edges: Edges,
}

/// Which ends of its block a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edges(u8);

impl Edges {
    /// The edges of a line before and after which another block stands, or not.
    pub fn new(before: Option<BlockId>, own: Option<BlockId>, after: Option<BlockId>) -> Self {
        Self(u8::from(before != own || own.is_none()) | u8::from(after != own || own.is_none()) << 1)
    }

    /// Whether the block starts with the line.
    pub const fn starts(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether the block ends with the line.
    pub const fn ends(self) -> bool {
        self.0 & 2 != 0
    }
}

/// Where a line with a fingerprint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FingerprintPosition {
    /// In a heading.
    Heading,
    /// In a code block; its fences have no fingerprint.
    Code,
    /// In anything else.
    Prose,
}

impl Unit for LineFingerprint {
    fn hash(&self) -> u64 {
        self.hash
    }

    fn weight(&self) -> u32 {
        self.size.into()
    }
}
