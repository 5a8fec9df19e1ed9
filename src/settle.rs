//! Lints and fixes in memory until nothing changes.
//!
//! May use lint, parse, decode, fix and the model; never the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use rayon::prelude::*;

use crate::fix::plan::{Plan, plan};
use crate::fix::splice::splice;
use crate::input::containers;
use crate::input::decode::decode;
use crate::lint::{Observer, lint_observed};
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::edit::{Applicability, Edit};
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::pair::pair;
use crate::parse::parse;
use crate::settings::Settings;

/// Maximum number of iterations (a guess): fixes that touch each other take two or three, and a text that still changes
/// after this many does not settle.
const MAX_ITERATIONS: usize = 10;

/// Applies `step` until it breaks, at most `MAX_ITERATIONS` times.
///
/// # Errors
/// Returns the last state if `step` has not broken by then.
pub fn fixed_point<S>(state: S, mut step: impl FnMut(S) -> ControlFlow<S, S>) -> Result<S, S> {
    match (0..MAX_ITERATIONS).try_fold(state, |state, _| step(state)) {
        ControlFlow::Break(settled) => Ok(settled),
        ControlFlow::Continue(last) => Err(last),
    }
}

/// The state in which nothing changes any more.
#[derive(Debug)]
pub struct FixedPoint {
    /// The documents with all fixes applied.
    pub collection: Collection,
    /// The remaining findings.
    pub findings: Vec<Finding>,
    /// The fixes of each document, in the order in which they were applied. A fix counts in the document of its finding.
    pub applied: BTreeMap<DocId, Vec<AppliedFix>>,
    /// Documents whose fixes never come to rest, with the rules that undo each other. Each document has its first text.
    pub cycles: Cycles,
}

/// A fix that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedFix {
    /// The rule of its finding.
    pub rule: &'static str,
    /// Its edits.
    pub edits: Vec<AppliedEdit>,
}

/// An edit of a fix that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedEdit {
    /// The document that it changed.
    pub doc: DocId,
    /// Its line, 1-based, in the text that earlier iterations left.
    pub line: u32,
    /// The text that was replaced, of at most [`AppliedEdit::MAX_SHOWN`] characters and an ellipsis.
    pub found: String,
    /// The replacement, of as many.
    pub replacement: String,
}

impl AppliedEdit {
    /// Maximum length of the texts of an edit, in characters (a guess): two of them fit on a line.
    pub const MAX_SHOWN: usize = 40;

    fn new(edit: &Edit, collection: &Collection) -> Self {
        let doc = collection.document(edit.doc);
        let shown = |text: &str| match text.char_indices().nth(Self::MAX_SHOWN) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        Self {
            doc: edit.doc,
            line: doc.position(edit.span.start).line,
            found: shown(doc.slice(edit.span)),
            replacement: shown(&edit.replacement),
        }
    }
}

/// Documents whose fixes never come to rest, with the rules that undo each other.
pub type Cycles = BTreeMap<DocId, BTreeSet<&'static str>>;

/// Leaves out the findings that are not to be fixed.
pub type FindingSelection<'a> = &'a dyn Fn(Vec<Finding>, &Collection) -> Vec<Finding>;

/// Applies fixes at `level` to the collection until nothing changes. A document whose fixes never come to rest keeps
/// its first text, and so do the other documents that these fixes would change.
pub fn settle(collection: Collection, settings: &Settings, level: Applicability) -> FixedPoint {
    settle_observed(collection, settings, level, None, &|| false)
}

/// Applies the fixes of selected findings, as [`settle`] does those of all, and tells `observer` how far each of its runs
/// of the rules is.
pub fn settle_observed(
    mut collection: Collection,
    settings: &Settings,
    level: Applicability,
    selection: Option<FindingSelection<'_>>,
    observer: &dyn Observer,
) -> FixedPoint {
    let mut cycles = Cycles::new();
    loop {
        // Fixes of a document that does not settle may have caused fixes in others, so all documents start over.
        let attempt = Attempt::new(collection, &cycles, selection, observer).run(settings, level);
        if attempt.unstable.is_empty() {
            let Attempt { collection, findings, applied, .. } = attempt;
            return FixedPoint { collection, findings, applied, cycles };
        }
        let unstable = attempt.unstable.clone();
        collection = pair(attempt.undone(), settings);
        cycles.extend(unstable);
    }
}

/// Iterations over a collection, starting from its first text.
struct Attempt<'a> {
    collection: Collection,
    /// Documents that are known not to settle, and are not changed.
    known: &'a Cycles,
    selection: Option<FindingSelection<'a>>,
    observer: &'a dyn Observer,
    /// Further documents found not to settle in this attempt.
    unstable: Cycles,
    /// The first state of each document that changed.
    first: BTreeMap<DocId, Document>,
    histories: BTreeMap<DocId, History>,
    findings: Vec<Finding>,
    /// Those of the findings that are to be fixed, if not all are.
    selected: Option<Vec<Finding>>,
    applied: BTreeMap<DocId, Vec<AppliedFix>>,
}

impl<'a> Attempt<'a> {
    fn new(
        collection: Collection,
        known: &'a Cycles,
        selection: Option<FindingSelection<'a>>,
        observer: &'a dyn Observer,
    ) -> Self {
        Self {
            collection,
            known,
            selection,
            observer,
            unstable: Cycles::new(),
            first: BTreeMap::new(),
            histories: BTreeMap::new(),
            findings: Vec::new(),
            selected: None,
            applied: BTreeMap::new(),
        }
    }

    fn lint(&mut self, settings: &Settings) {
        self.findings = lint_observed(&self.collection, settings, self.observer);
        self.selected = self.selection.map(|selection| selection(self.findings.clone(), &self.collection));
    }

    /// Returns the findings that are to be fixed.
    fn selected(&self) -> &[Finding] {
        self.selected.as_ref().unwrap_or(&self.findings)
    }

    fn run(mut self, settings: &Settings, level: Applicability) -> Self {
        self.lint(settings);
        let outcome = fixed_point(self, |mut attempt| {
            let plan = attempt.plan(level);
            if plan.chosen.is_empty() {
                return ControlFlow::Break(attempt);
            }
            attempt.apply(&plan);
            attempt.collection = pair(attempt.collection, settings);
            attempt.lint(settings);
            ControlFlow::Continue(attempt)
        });
        outcome.unwrap_or_else(|mut attempt| {
            let left = attempt.plan(level);
            let rules = attempt.rules_of(&left);
            attempt.unstable.extend(rules);
            attempt
        })
    }

    /// Returns the collection with the first text of every document.
    fn undone(mut self) -> Collection {
        for (id, doc) in self.first {
            self.collection.documents[id.index()] = doc;
        }
        self.collection
    }

    fn plan(&self, level: Applicability) -> Plan {
        let frozen = |doc| {
            let is_held = self.collection.read_only.contains(&doc) || self.collection.context.contains(&doc);
            is_held || self.known.contains_key(&doc) || self.unstable.contains_key(&doc)
        };
        plan(self.selected(), &self.collection, level, frozen)
    }

    /// Returns the rules that change each document.
    fn rules_of(&self, plan: &Plan) -> Cycles {
        let mut rules = Cycles::new();
        for &at in &plan.chosen {
            let finding = &self.selected()[at];
            for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                rules.entry(edit.doc).or_default().insert(finding.rule);
            }
        }
        rules
    }

    fn apply(&mut self, plan: &Plan) {
        let mut rules = self.rules_of(plan);
        for &at in &plan.chosen {
            let finding = &self.selected()[at];
            let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
            let edits = edits.map(|edit| AppliedEdit::new(edit, &self.collection)).collect();
            let applied = AppliedFix { rule: finding.rule, edits };
            self.applied.entry(finding.primary.doc).or_default().push(applied);
        }
        let collection = &self.collection;
        let changed: Vec<(DocId, Vec<u8>)> = plan
            .edits
            .par_iter()
            .map(|(&doc, edits)| {
                let edits = edits.iter().map(|(span, text)| (span.range(), text));
                (doc, splice(&collection.document(doc).source.bytes(), edits))
            })
            .collect();
        for (doc, bytes) in &changed {
            let history = self.histories.entry(*doc).or_default();
            let before = collection.document(*doc).source.bytes().into_owned();
            history.passes.push((before, rules.remove(doc).unwrap_or_default()));
            if let Some(rules) = history.cycle(bytes) {
                self.unstable.insert(*doc, rules);
            }
        }
        let parsed: Vec<Document> =
            changed.into_par_iter().map(|(doc, bytes)| reparse(collection, doc, bytes)).collect();
        let changed = |id: &DocId| parsed.binary_search_by_key(id, |doc| doc.id).ok().map(|at| &parsed[at]);
        let again = |(id, translation): (&DocId, &DocId)| original_again(*id, changed(translation)?);
        let originals: Vec<Document> = collection.originals.iter().filter_map(again).collect();
        for doc in parsed.into_iter().chain(originals) {
            let id = doc.id;
            let old = std::mem::replace(&mut self.collection.documents[id.index()], doc);
            self.first.entry(id).or_insert(old);
        }
    }
}

fn reparse(collection: &Collection, id: DocId, bytes: Vec<u8>) -> Document {
    let old = collection.document(id);
    parse(id, containers::as_before(&old.source, decode(old.source.path(), bytes)), old.format)
}

/// Returns the texts that a changed document translates, if they are still in its file.
fn original_again(id: DocId, translation: &Document) -> Option<Document> {
    Some(parse(id, containers::original_of(&translation.source)?, Format::Markdown))
}

/// The previous texts of a document, each with the rules that replaced it.
#[derive(Debug, Default)]
struct History {
    passes: Vec<(Vec<u8>, BTreeSet<&'static str>)>,
}

impl History {
    /// Returns the rules that led away from the text `bytes` and back, if the document had it before.
    fn cycle(&self, bytes: &[u8]) -> Option<BTreeSet<&'static str>> {
        let at = self.passes.iter().position(|(text, _)| text == bytes)?;
        Some(self.passes[at..].iter().flat_map(|(_, rules)| rules.iter().copied()).collect())
    }
}
