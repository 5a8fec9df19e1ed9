//! Suppressions: comments that silence rules.
//!
//! Knows spans; not rules.

use crate::model::finding::Family;
use crate::model::span::Span;

/// A comment that silences rules.
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

impl Suppression {
    /// True if the comment names this rule or its family, or means all rules.
    pub fn covers(&self, rule: &str, family: Family) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|name| name == rule || name == family.as_str())
    }
}
