//! Fixes: sets of edits that land together or not at all.
//!
//! Knows spans of text; not the disk and not how edits are chosen.

use super::id::DocId;
use super::span::Span;

/// How far a fix may be trusted, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// Shown, never applied: a person has to choose.
    DisplayOnly,
    /// Likely right; applied on request.
    Unsafe,
    /// Meaning provably kept or uniquely restored.
    Safe,
}

impl Applicability {
    /// As the JSON contract writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DisplayOnly => "display-only",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// When a fix may be applied: earlier stages settle the ground for later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Stretches that are not UTF-8.
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

/// A span of a document's text and what replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The document to change.
    pub doc: DocId,
    /// The text to replace; empty to insert.
    pub span: Span,
    /// What takes its place.
    pub replacement: String,
}

/// A titled set of edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// How far it may be trusted.
    pub applicability: Applicability,
    /// At least one edit; no two overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix that replaces one span.
    pub fn replace(doc: DocId, span: Span, replacement: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            applicability: Applicability::Unsafe,
            edits: vec![Edit { doc, span, replacement: replacement.into() }],
        }
    }

    /// The same fix, trusted this far.
    #[must_use]
    pub fn applicability(mut self, applicability: Applicability) -> Self {
        self.applicability = applicability;
        self
    }
}
