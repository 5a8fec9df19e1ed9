//! Suppressions: comments that tell recto to be silent.
//!
//! Knows spans; not rules.

use crate::model::span::Span;

/// A comment that tells recto to be silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The comment itself.
    pub comment: Span,
    /// The ids of rules or names of families; empty means every rule (only for `recto-off`).
    pub rules: Vec<String>,
    /// The part of the document in which it silences rules.
    pub scope: Span,
    /// The reason given, if any.
    pub reason: Option<String>,
    /// The defect of the comment itself, if it has one.
    pub problem: Option<String>,
}
