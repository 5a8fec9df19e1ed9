//! Fixes: sets of edits that are applied together or not at all.
//!
//! Knows spans of text; not the disk and not how edits are chosen.

use super::id::DocId;
use super::span::Span;

/// Applicability of a fix, in rising order of certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
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

impl Edit {
    /// Returns the edit that puts `text` at the offset `at`.
    pub fn insert(doc: DocId, at: u32, text: impl Into<String>) -> Self {
        Self::replace(doc, Span::at(at), text)
    }

    /// Returns the edit that removes the text of `span`.
    pub fn delete(doc: DocId, span: Span) -> Self {
        Self::replace(doc, span, "")
    }

    /// Returns the edit that puts `replacement` in the place of the text of `span`.
    pub fn replace(doc: DocId, span: Span, replacement: impl Into<String>) -> Self {
        Self { doc, span, replacement: replacement.into() }
    }
}

/// A fix of one edit.
impl From<Edit> for Vec<Edit> {
    fn from(edit: Edit) -> Self {
        vec![edit]
    }
}

impl Fix {
    /// Returns a fix that keeps the meaning provably, or restores it uniquely: `--fix` applies it.
    pub fn safe(title: impl Into<String>, edits: impl Into<Vec<Edit>>) -> Self {
        Self::new(Applicability::Safe, title, edits)
    }

    /// Returns a fix that is likely right: `--unsafe-fixes` applies it.
    pub fn likely(title: impl Into<String>, edits: impl Into<Vec<Edit>>) -> Self {
        Self::new(Applicability::Unsafe, title, edits)
    }

    /// Returns a fix that is shown and never applied, because a person has to choose.
    pub fn display_only(title: impl Into<String>, edits: impl Into<Vec<Edit>>) -> Self {
        Self::new(Applicability::DisplayOnly, title, edits)
    }

    /// Returns a fix whose applicability depends on the text. Where it is known, call [`Fix::safe`], [`Fix::likely`] or
    /// [`Fix::display_only`].
    pub fn new(applicability: Applicability, title: impl Into<String>, edits: impl Into<Vec<Edit>>) -> Self {
        Self { title: title.into(), applicability, edits: edits.into() }
    }
}
