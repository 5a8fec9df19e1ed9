//! The contract between a rule and the rest: what a rule is, what it sees and how it reports.
//!
//! Knows the model and the settings; not the rules themselves.

use std::collections::BTreeMap;

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
    /// Name of the defect, which is the name of its file and page.
    pub id: &'static str,
    /// Its family.
    pub family: Family,
    /// Tier of its findings, unless a finding has its own.
    pub tier: Tier,
    /// Severity of its findings, unless a finding has its own.
    pub severity: Severity,
    /// Stage in which its fixes may be applied.
    pub stage: Stage,
    /// The defect in one line.
    pub summary: &'static str,
    /// Its page in `rules/`.
    pub page: &'static str,
    /// The documents that it looks at, and its function.
    pub check: Check,
}

/// The documents that a rule looks at, and its function.
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

/// Everything that a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// All documents of the run, and their works.
    pub collection: &'a Collection,
    /// Options of the rules: those of the document, or where several are looked at, those of documents without an
    /// override.
    pub options: &'a Options,
    /// Rules and options of each document, in their order; a single table holds for all.
    pub tables: &'a [RuleTable],
    /// True if findings of the audit tier are wanted from this rule; if not, it may save the work.
    pub audit: bool,
}

impl Context<'_> {
    /// Returns the document with this id.
    pub fn document(&self, id: DocId) -> &Document {
        self.collection.document(id)
    }

    /// Returns whether a document is English: its prose is, and its path names no other language.
    pub fn is_english(&self, doc: &Document) -> bool {
        self.collection.is_english(doc)
    }

    /// Returns the options of the rules for the document with this id.
    pub fn options_of(&self, id: DocId) -> &Options {
        let own = self.tables.get(id.index()).or(self.tables.first());
        own.map_or(self.options, |table| &table.options)
    }
}

/// Number of steps that a rule may take over any document, and further ones for each byte of its text (guesses): over
/// ordinary content no rule takes a hundredth of them, and all of them take seconds.
const BASE_STEPS: u64 = 1 << 24;
const STEPS_PER_BYTE: u64 = 64;

/// The findings of one rule.
#[derive(Debug)]
pub struct Report {
    rule: &'static Rule,
    findings: Vec<Finding>,
    /// Steps that the rule has taken over each document; `None` if they were more than it may take.
    steps: BTreeMap<DocId, Option<u64>>,
}

impl Report {
    /// Returns an empty report of `rule`.
    pub fn new(rule: &'static Rule) -> Self {
        Self { rule, findings: Vec::new(), steps: BTreeMap::new() }
    }

    /// Adds a finding at `span` of `doc`, with the rule's tier and severity, to be completed by the caller.
    /// `message` names the defect: lower case, no full stop.
    pub fn find(&mut self, doc: DocId, span: Span, message: impl Into<String>) -> &mut Finding {
        let at = self.findings.len();
        self.findings.push(Finding {
            rule: self.rule.id,
            family: self.rule.family,
            tier: self.rule.tier,
            severity: self.rule.severity,
            stage: self.rule.stage,
            message: message.into(),
            primary: Label::place(doc, span, ""),
            related: Vec::new(),
            help: None,
            fix: None,
            candidates: Vec::new(),
            data: Map::new(),
            grave: false,
            container: None,
        });
        &mut self.findings[at]
    }

    /// Counts `steps` over a document: comparisons of two things, or other work that takes about as long. Returns false if
    /// they are more than the rule may take. It then leaves the rest of the document alone, and the engine reports that.
    ///
    /// Steps are counted, not seconds, so that findings do not depend on the machine. Only work that may grow faster than
    /// the text needs to be counted.
    #[must_use]
    pub fn take_steps(&mut self, doc: &Document, steps: usize) -> bool {
        let most = BASE_STEPS + STEPS_PER_BYTE * doc.text().len() as u64;
        let taken = self.steps.entry(doc.id).or_insert(Some(0));
        *taken = taken.and_then(|taken| taken.checked_add(steps as u64)).filter(|taken| *taken <= most);
        taken.is_some()
    }

    /// Records that the rule leaves the rest of a document alone, because it has too much to compare there.
    pub fn leave_unfinished(&mut self, doc: DocId) {
        self.steps.insert(doc, None);
    }

    /// Returns the documents over which the rule would have taken too many steps.
    pub fn unfinished(&self) -> impl Iterator<Item = DocId> + '_ {
        self.steps.iter().filter(|(_, steps)| steps.is_none()).map(|(doc, _)| *doc)
    }

    /// Returns the findings, in the order in which they were reported.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
