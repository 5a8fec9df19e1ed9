//! Findings: the defects that rules report.
//!
//! Knows documents by id; not how findings are shown, selected or fixed.

use serde_json::{Map, Value};

use super::edit::{Fix, Stage};
use super::fingerprint::Fingerprint;
use super::id::DocId;
use super::span::Span;

/// The families of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Bytes and characters.
    Encoding,
    /// Repeated content.
    Duplication,
    /// Numbers of items, and the ranges that headings state.
    Numbering,
    /// Versions of the same content that disagree.
    Versions,
    /// Words and sentences.
    Language,
    /// Markup, links and leftovers.
    Structure,
    /// Recto's own defects and comments.
    Engine,
}

impl Family {
    /// All families, in the order of the registry.
    pub const ALL: [Self; 7] = [
        Self::Encoding,
        Self::Duplication,
        Self::Numbering,
        Self::Versions,
        Self::Language,
        Self::Structure,
        Self::Engine,
    ];

    /// Returns the name that users type.
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

/// Tier of a rule: how often it is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tier {
    /// Right often enough to fail a build on.
    Gate,
    /// Worth an editor's look.
    Audit,
}

impl Tier {
    /// Returns the name that users type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Audit => "audit",
        }
    }
}

/// Severity of a defect, in falling order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Readers see something broken.
    Error,
    /// Readers may be misled.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// Returns the name that users type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A span of a document, with a message about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The document.
    pub doc: DocId,
    /// The span of its text.
    pub span: Span,
    /// Message about the span; may be empty for a primary label.
    pub message: String,
    /// Identity of the place, if the label is a place of the finding and not evidence for it. Zero until all findings
    /// of a run are known.
    pub fingerprint: Option<Fingerprint>,
}

impl Label {
    /// Returns a label of a place that has the defect.
    pub fn place(doc: DocId, span: Span, message: impl Into<String>) -> Self {
        Self { doc, span, message: message.into(), fingerprint: Some(Fingerprint::default()) }
    }

    /// Returns a label of evidence.
    pub fn evidence(doc: DocId, span: Span, message: impl Into<String>) -> Self {
        Self { doc, span, message: message.into(), fingerprint: None }
    }
}

/// One defect.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    /// The family of the rule.
    pub family: Family,
    /// Tier of this finding.
    pub tier: Tier,
    /// Severity of the defect.
    pub severity: Severity,
    /// Stage in which its fix may be applied.
    pub stage: Stage,
    /// Message that names the defect: lower case, no full stop.
    pub message: String,
    /// Position of the defect.
    pub primary: Label,
    /// The evidence, and the further places of a finding that is folded by its cause; may lie in other documents.
    pub related: Vec<Label>,
    /// Advice, where no fix gives it.
    pub help: Option<String>,
    /// Edits that remove the defect.
    pub fix: Option<Fix>,
    /// Possible replacements, likeliest first, where no single one is certain.
    pub candidates: Vec<String>,
    /// Further values of the rule, documented on its page.
    pub data: Map<String, Value>,
    /// True if readers may be deceived, or bytes cannot be read: only a suppression that names the rule hides it.
    pub grave: bool,
    /// Its place in a container, if its spans are those of the text of a file from which text was extracted.
    pub container: Option<InContainer>,
}

/// Place of a finding in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InContainer {
    /// Name of the cell, cue, entry or key: `cell 3`.
    pub part: Option<String>,
    /// Text of the primary place, without the escapes of the container.
    pub text: String,
}

#[cfg(test)]
impl Finding {
    /// A finding of a misspelling at `span` of the first document, with this fix, for tests of what becomes of fixes.
    pub(crate) fn with_fix(span: Span, fix: Fix) -> Self {
        Self {
            rule: "misspelling",
            family: Family::Language,
            tier: Tier::Gate,
            severity: Severity::Warning,
            stage: Stage::Words,
            message: String::new(),
            primary: Label::place(DocId(0), span, ""),
            related: Vec::new(),
            help: None,
            fix: Some(fix),
            candidates: Vec::new(),
            data: Map::new(),
            grave: false,
            container: None,
        }
    }
}

impl Finding {
    /// Returns whether the finding fails a run: it is of the gate tier, and more severe than `info`.
    pub fn fails(&self) -> bool {
        self.tier == Tier::Gate && self.severity <= Severity::Warning
    }

    /// Returns the rank by which findings are shown where not all are: the gravest first.
    pub fn gravity(&self) -> (Severity, Tier) {
        (self.severity, self.tier)
    }

    /// Sets the message of the primary label.
    pub fn label(&mut self, message: impl Into<String>) -> &mut Self {
        self.primary.message = message.into();
        self
    }

    /// Adds evidence.
    pub fn related(&mut self, doc: DocId, span: Span, message: impl Into<String>) -> &mut Self {
        self.related.push(Label::evidence(doc, span, message));
        self
    }

    /// Adds a further place that has the defect, for a finding that is folded by its cause.
    pub fn also(&mut self, doc: DocId, span: Span, message: impl Into<String>) -> &mut Self {
        self.related.push(Label::place(doc, span, message));
        self
    }

    /// Returns the identity of the first place.
    pub fn fingerprint(&self) -> Fingerprint {
        self.primary.fingerprint.unwrap_or_default()
    }

    /// Returns all places that have the defect, the first one first.
    pub fn places(&self) -> impl Iterator<Item = &Label> {
        std::iter::once(&self.primary).chain(self.related.iter().filter(|label| label.fingerprint.is_some()))
    }

    /// Keeps only the places for which `keep` holds; the first one of these becomes the primary one. Returns `None` if
    /// none is left. The fix loses the edits of the other places.
    pub fn retain_places(mut self, mut keep: impl FnMut(&Label) -> bool) -> Option<Self> {
        let has_first = keep(&self.primary);
        let mut left_out: Vec<(DocId, Span)> = Vec::new();
        self.related.retain(|label| {
            let stays = label.fingerprint.is_none() || keep(label);
            if !stays {
                left_out.push((label.doc, label.span));
            }
            stays
        });
        if !has_first {
            let next = self.related.iter().position(|label| label.fingerprint.is_some())?;
            left_out.push((self.primary.doc, self.primary.span));
            self.primary = self.related.remove(next);
        }
        if let Some(fix) = self.fix.as_mut().filter(|_| !left_out.is_empty()) {
            // Sorted by their starts; the places of a finding do not overlap.
            left_out.sort_unstable();
            fix.edits.retain(|edit| {
                let after =
                    left_out.partition_point(|place| *place <= (edit.doc, Span::new(edit.span.start, u32::MAX)));
                let before = after.checked_sub(1).and_then(|at| left_out.get(at));
                !before.is_some_and(|(doc, span)| *doc == edit.doc && span.contains(edit.span))
            });
            if fix.edits.is_empty() {
                self.fix = None;
            }
        }
        Some(self)
    }

    /// Sets the advice.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the fix.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }

    /// Sets the possible replacements, likeliest first.
    pub fn candidates(&mut self, candidates: impl IntoIterator<Item = impl Into<String>>) -> &mut Self {
        self.candidates = candidates.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a fact to `data`.
    pub fn data(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.data.insert(key.to_owned(), value.into());
        self
    }

    /// Says that only a suppression that names the rule hides it, because readers may be deceived or bytes cannot be
    /// read.
    pub fn grave(&mut self) -> &mut Self {
        self.grave = true;
        self
    }

    /// Sets the tier of this one finding, where it differs from that of its rule.
    pub fn tier(&mut self, tier: Tier) -> &mut Self {
        self.tier = tier;
        self
    }

    /// Sets the severity of this one finding, where it differs from that of its rule.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }
}
