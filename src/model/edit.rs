//! Fixes: sets of edits that are applied together or not at all.
//!
//! Knows spans of text; not the disk and not how edits are chosen.

use super::id::DocId;
use super::span::Span;

/// Applicability of a fix, in rising order of certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// Shown, never applied: a person has to choose.
    DisplayOnly,
    /// Likely right; applied on request.
    Unsafe,
    /// The meaning is provably preserved, or restored in the only possible way.
    Safe,
}

impl Applicability {
    /// Returns the name in the JSON contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DisplayOnly => "display-only",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// Order in which fixes are applied: later stages rely on the results of earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Segments that are not UTF-8.
    Bytes,
    /// Characters and their encoding.
    Characters,
    /// Words and phrases.
    Words,
    /// Blocks, numbers and markup.
    Structure,
    /// Agreement between versions.
    Versions,
}

/// A span of a document's text and its replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The document to change.
    pub doc: DocId,
    /// The text to replace; empty to insert.
    pub span: Span,
    /// The text that replaces it.
    pub replacement: String,
}

/// A titled set of edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Its effect, in the imperative.
    pub title: String,
    /// Its applicability.
    pub applicability: Applicability,
    /// At least one edit; no two overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// Returns a fix of one edit, of applicability `unsafe`.
    pub fn replace(doc: DocId, span: Span, replacement: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            applicability: Applicability::Unsafe,
            edits: vec![Edit { doc, span, replacement: replacement.into() }],
        }
    }

    /// Returns the fix with this applicability.
    #[must_use]
    pub fn applicability(mut self, applicability: Applicability) -> Self {
        self.applicability = applicability;
        self
    }
}
