//! Findings: what a rule says about a place.
//!
//! Knows documents by id; not how findings are shown, selected or fixed.

use serde_json::{Map, Value};

use super::edit::{Fix, Stage};
use super::id::DocId;
use super::span::Span;

/// The families of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Bytes and characters.
    Encoding,
    /// The same thing twice.
    Duplication,
    /// Numbers of items and the ranges that headings claim.
    Numbering,
    /// Versions of the same content that disagree.
    Versions,
    /// Words and sentences.
    Language,
    /// Markup, links and leftovers.
    Structure,
    /// What recto says about its own work.
    Engine,
}

impl Family {
    /// All families, in the order of the catalogue.
    pub const ALL: [Self; 7] = [
        Self::Encoding,
        Self::Duplication,
        Self::Numbering,
        Self::Versions,
        Self::Language,
        Self::Structure,
        Self::Engine,
    ];

    /// The name users type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Duplication => "duplication",
            Self::Numbering => "numbering",
            Self::Versions => "versions",
            Self::Language => "language",
            Self::Structure => "structure",
            Self::Engine => "engine",
        }
    }
}

/// How sure a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Right often enough to fail a build on.
    Gate,
    /// Worth an editor's look.
    Audit,
}

impl Tier {
    /// The name users type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Audit => "audit",
        }
    }
}

/// How bad a defect is, in falling order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Readers see something broken.
    Error,
    /// Readers may be misled.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// The name users type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A place and what is to be seen there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The document.
    pub doc: DocId,
    /// The place in its text.
    pub span: Span,
    /// What is to be seen there; may be empty for a primary label.
    pub message: String,
}

/// One defect.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    /// The family of the rule.
    pub family: Family,
    /// How sure the rule is of this finding.
    pub tier: Tier,
    /// How bad it is.
    pub severity: Severity,
    /// When its fix may be applied.
    pub stage: Stage,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where it is wrong.
    pub primary: Label,
    /// The evidence; may lie in other documents.
    pub related: Vec<Label>,
    /// What to do, where no fix says it.
    pub help: Option<String>,
    /// The edits that mend it.
    pub fix: Option<Fix>,
    /// What could stand there instead, likeliest first, where no single answer is beyond doubt.
    pub candidates: Vec<String>,
    /// The rule's own facts, named in its page.
    pub data: Map<String, Value>,
}

impl Finding {
    /// Whether it fails a run: of the gate tier, and more than worth knowing.
    pub fn fails(&self) -> bool {
        self.tier == Tier::Gate && self.severity <= Severity::Warning
    }

    /// Says what is to be seen at the primary place.
    pub fn label(&mut self, message: impl Into<String>) -> &mut Self {
        self.primary.message = message.into();
        self
    }

    /// Adds evidence.
    pub fn related(&mut self, doc: DocId, span: Span, message: impl Into<String>) -> &mut Self {
        self.related.push(Label { doc, span, message: message.into() });
        self
    }

    /// Says what to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Offers a fix.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }

    /// Offers candidates, likeliest first.
    pub fn candidates(&mut self, candidates: impl IntoIterator<Item = impl Into<String>>) -> &mut Self {
        self.candidates = candidates.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a fact.
    pub fn data(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.data.insert(key.to_owned(), value.into());
        self
    }

    /// Moves this one finding to another tier than its rule's.
    pub fn tier(&mut self, tier: Tier) -> &mut Self {
        self.tier = tier;
        self
    }

    /// Gives this one finding another severity than its rule's.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }
}
