//! Fingerprints of lines: hashes that the duplication rules compare instead of texts.
//!
//! Plain data; knows neither how a line is normalized nor what equal hashes mean.

use super::id::BlockId;
use crate::text::similarity::repeats::SequenceUnit;

/// The fingerprint of a line: 16 bytes, for a line of any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFingerprint {
    /// Hash of the line after normalisation.
    pub hash: u64,
    /// The line, 0-based.
    pub line: u32,
    /// Length of the line after normalisation, in letters; the largest number for more. A character of Chinese, Japanese or
    /// Korean counts for three.
    pub size: u16,
    /// Kind of block that the line is in.
    pub place: FingerprintPosition,
    /// The ends of its leaf block (paragraph, heading, code block, table) that the line is at.
    pub edges: Edges,
}

/// The ends of its block that a line is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edges(u8);

impl Edges {
    /// The ends for a line in block `own`, given the blocks of the lines before and after it.
    pub fn new(before: Option<BlockId>, own: Option<BlockId>, after: Option<BlockId>) -> Self {
        Self(u8::from(before != own || own.is_none()) | u8::from(after != own || own.is_none()) << 1)
    }

    /// Returns whether the block starts with the line.
    pub const fn starts(self) -> bool {
        self.0 & 1 != 0
    }

    /// Returns whether the block ends with the line.
    pub const fn ends(self) -> bool {
        self.0 & 2 != 0
    }
}

/// Kind of block that a line with a fingerprint is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FingerprintPosition {
    /// In a heading.
    Heading,
    /// In a code block; its fences have no fingerprint.
    Code,
    /// In anything else.
    Prose,
}

impl SequenceUnit for LineFingerprint {
    fn hash(&self) -> u64 {
        self.hash
    }

    fn weight(&self) -> u32 {
        self.size.into()
    }
}
