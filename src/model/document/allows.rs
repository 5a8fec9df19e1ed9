//! Suppressions: comments that silence rules.
//!
//! Knows spans; not rules.

use super::Document;
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

impl Document {
    /// Returns the byte offset of the line before which a comment silences rules at `offset`: that of the outermost block.
    pub fn allow_offset(&self, offset: u32) -> u32 {
        let mut block = self.block_at(offset);
        while let Some(parent) = block.and_then(|at| self[at].parent) {
            block = Some(parent);
        }
        self.line_span(block.map_or(offset, |at| self[at].span.start)).start
    }

    /// Returns the line break that the text around `offset` has: in a container, that of its part.
    pub fn line_break_at(&self, offset: u32) -> &'static str {
        let part = self.source.extraction().and_then(|extraction| extraction.part_at(offset));
        let text = part.map_or(self.text(), |part| self.slice(part.text));
        if text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// Returns a comment at `offset` that silences rules in the next block, with the lines before that block.
    pub fn allow_comment(&self, offset: u32, rules: &str, reason: &str) -> String {
        let ending = self.line_break_at(offset);
        if self.is_mdx() {
            format!("{{/* recto-allow {rules}: {reason} */}}{ending}{ending}")
        } else {
            format!("<!-- recto-allow {rules}: {reason} -->{ending}{ending}")
        }
    }
}
