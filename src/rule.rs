//! The contract between a rule and the rest: what a rule is, what it sees and how it speaks.
//!
//! Knows the model and the settings; not the rules themselves.

use serde_json::Map;

use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Finding, Label, Severity, Tier};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::model::work::Work;
use crate::settings::{Options, RuleTable};

/// A rule: identity as data, and one function.
#[derive(Debug)]
pub struct Rule {
    /// Names the defect; the names of its file and page.
    pub id: &'static str,
    /// Its family.
    pub family: Family,
    /// How sure it is, unless a finding says otherwise.
    pub tier: Tier,
    /// How bad what it finds is, unless a finding says otherwise.
    pub severity: Severity,
    /// When its fixes may be applied.
    pub stage: Stage,
    /// What is wrong where it speaks, in one line.
    pub summary: &'static str,
    /// Its page in `rules/`.
    pub page: &'static str,
    /// What it looks at.
    pub check: Check,
}

/// What a rule looks at, and its function.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// One document at a time: Markdown, or, for the rules of the family `encoding`, any text.
    Document(fn(&Document, &Context<'_>, &mut Report)),
    /// One work at a time: all versions, with their alignment.
    Work(fn(&Work, &Context<'_>, &mut Report)),
    /// All documents at once.
    Collection(fn(&Collection, &Context<'_>, &mut Report)),
    /// Raised by recto itself.
    Engine,
}

/// What a rule may look through.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// All documents of the run, with the facts about them.
    pub collection: &'a Collection,
    /// What the user set for the rules: for the document, or where several are looked at, for those without an override.
    pub options: &'a Options,
    /// What holds for each document, in their order; a single table holds for all.
    pub tables: &'a [RuleTable],
    /// Whether findings of the audit tier are wanted from this rule; if not, it may save the work.
    pub audit: bool,
}

impl Context<'_> {
    /// The document with this id.
    pub fn document(&self, id: DocId) -> &Document {
        self.collection.document(id)
    }

    /// What the user set for the rules on the document with this id.
    pub fn options_of(&self, id: DocId) -> &Options {
        let own = self.tables.get(id.0 as usize).or(self.tables.first());
        own.map_or(self.options, |table| &table.options)
    }
}

/// How a rule speaks.
#[derive(Debug)]
pub struct Report {
    rule: &'static Rule,
    findings: Vec<Finding>,
}

impl Report {
    /// An empty report of `rule`.
    pub fn new(rule: &'static Rule) -> Self {
        Self { rule, findings: Vec::new() }
    }

    /// Adds a finding at `span` of `doc`, with the rule's tier and severity, to be completed by the caller.
    /// `message` says what is wrong: lower case, no full stop.
    pub fn find(&mut self, doc: DocId, span: Span, message: impl Into<String>) -> &mut Finding {
        let at = self.findings.len();
        self.findings.push(Finding {
            rule: self.rule.id,
            family: self.rule.family,
            tier: self.rule.tier,
            severity: self.rule.severity,
            stage: self.rule.stage,
            message: message.into(),
            primary: Label { doc, span, message: String::new() },
            related: Vec::new(),
            help: None,
            fix: None,
            candidates: Vec::new(),
            data: Map::new(),
        });
        &mut self.findings[at]
    }

    /// What was found, in the order in which it was said.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
