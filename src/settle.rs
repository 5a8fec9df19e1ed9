//! Lints and fixes in memory until nothing changes.
//!
//! May use lint, parse, decode, fix and the model; never the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use rayon::prelude::*;

use crate::fix::plan::{FileEdits, Plan, plan};
use crate::fix::splice::splice;
use crate::input::containers;
use crate::input::decode::decode;
use crate::lint::{Observer, lint_observed};
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::edit::{Applicability, Edit};
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::source::Source;
use crate::model::span::DiskSpan;
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
        for doc in &parsed {
            let (old, edits) = (&collection.document(doc.id).source, plan.edits.get(&doc.id));
            if edits.is_some_and(|edits| !is_read_alike(old, edits, &doc.source)) {
                let passes = self.histories.get(&doc.id).into_iter().flat_map(|history| &history.passes);
                let rules = passes.last().map(|(_, rules)| rules.clone()).unwrap_or_default();
                self.unstable.insert(doc.id, rules);
            }
        }
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

/// Returns whether nothing that was UTF-8 in a file, and nothing that was written into it, is read as UTF-16 or UTF-32 or as
/// data after the edits. Where such bytes are beside it, an edit may bring them into step with the rest.
fn is_read_alike(old: &Source, edits: &FileEdits, new: &Source) -> bool {
    // Where the bytes that were no UTF-8 are now.
    let mut kept: Vec<DiskSpan> = Vec::new();
    let (mut edits, mut shift) = (edits.iter().peekable(), 0_i64);
    for segment in old.foreign() {
        while let Some((span, text)) = edits.next_if(|(span, _)| span.end <= segment.disk.start) {
            shift += text.len() as i64 - i64::from(span.len());
        }
        // An edit covers all of such bytes or none.
        let is_replaced = edits.peek().is_some_and(|(span, _)| span.start < segment.disk.end);
        let moved = |offset: u32| u32::try_from(i64::from(offset) + shift).unwrap_or(0);
        let now = DiskSpan::new(moved(segment.disk.start), moved(segment.disk.end).max(moved(segment.disk.start)));
        match kept.last_mut() {
            _ if is_replaced => {}
            Some(last) if last.end >= now.start => last.end = now.end,
            _ => kept.push(now),
        }
    }
    new.is_text()
        && new.foreign().filter(|segment| segment.is_wide()).all(|segment| {
            let at = kept.partition_point(|span| span.end <= segment.disk.start);
            kept.get(at).is_some_and(|span| span.start <= segment.disk.start && segment.disk.end <= span.end)
        })
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::api::collection;
    use crate::lint::registry;
    use crate::model::edit::Fix;
    use crate::model::span::Span;
    use crate::settings::{RulePatch, Tiers};

    fn settings(tables: &str) -> Settings {
        let settings = Settings::new("/project".into(), "/project".into());
        let settings = settings.with_file(tables, "recto.toml".as_ref(), &registry()).expect("settings");
        settings.with_command_line(RulePatch::default(), Tiers::GateAndAudit)
    }

    fn files(files: &[(&str, &str)]) -> Vec<(PathBuf, Vec<u8>)> {
        files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().to_vec())).collect()
    }

    fn texts(collection: &Collection) -> Vec<String> {
        collection.documents.iter().map(|doc| doc.text().to_owned()).collect()
    }

    #[test]
    fn a_state_that_comes_to_rest_is_told_from_one_that_does_not() {
        let down = |state: usize| if state == 0 { ControlFlow::Break(7) } else { ControlFlow::Continue(state - 1) };
        assert_eq!(fixed_point(3, down), Ok(7));
        assert_eq!(fixed_point(MAX_ITERATIONS - 1, down), Ok(7));
        assert_eq!(fixed_point(MAX_ITERATIONS, down), Err(0));
    }

    #[test]
    fn a_text_that_was_there_before_is_a_cycle_of_the_rules_in_between() {
        let rules = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
        let history = History {
            passes: vec![
                (b"one".to_vec(), rules(&["misspelling"])),
                (b"two".to_vec(), rules(&["grammar"])),
                (b"three".to_vec(), rules(&["mojibake"])),
            ],
        };
        assert_eq!(history.cycle(b"two"), Some(rules(&["grammar", "mojibake"])));
        assert_eq!(history.cycle(b"one"), Some(rules(&["grammar", "misspelling", "mojibake"])));
        assert_eq!(history.cycle(b"four"), None);
    }

    /// Fixes two documents, of which the fix in the first one is replaced by `edit` of its text.
    fn settled_with(edit: impl Fn(&str) -> (Span, &'static str)) -> FixedPoint {
        let settings = settings("");
        let all = files(&[("a.md", "The lampa will recieve oil.\n"), ("b.md", "They recieve it.\n")]);
        let selection = |mut findings: Vec<Finding>, collection: &Collection| {
            for finding in findings.iter_mut().filter(|finding| finding.primary.doc == DocId(0)) {
                let (span, text) = edit(collection.document(DocId(0)).text());
                finding.fix = Some(Fix::safe("write it", Edit::replace(DocId(0), span, text)));
            }
            findings
        };
        settle_observed(collection(all, &settings), &settings, Applicability::Unsafe, Some(&selection), &|| false)
    }

    /// The first document is as it was and has its finding, and the second one is fixed.
    fn only_the_second_is_fixed(settled: &FixedPoint) {
        assert_eq!(texts(&settled.collection), ["The lampa will recieve oil.\n", "They receive it.\n"]);
        let cycles: Vec<_> = settled.cycles.iter().map(|(id, rules)| (*id, rules.iter().copied().collect())).collect();
        assert_eq!(cycles, [(DocId(0), vec!["misspelling"])]);
        assert_eq!(settled.applied.keys().copied().collect::<Vec<_>>(), [DocId(1)]);
        assert_eq!(settled.findings.iter().map(|finding| finding.primary.doc).collect::<Vec<_>>(), [DocId(0)]);
    }

    #[test]
    fn a_document_whose_fixes_undo_each_other_keeps_its_first_text_and_the_others_are_fixed() {
        only_the_second_is_fixed(&settled_with(|text| match text.find("lampa") {
            Some(at) => (Span::from(at..at + 5), "lampo"),
            None => (Span::from(4..9), "lampa"),
        }));
    }

    #[test]
    fn a_document_that_never_comes_to_rest_keeps_its_first_text_and_the_others_are_fixed() {
        only_the_second_is_fixed(&settled_with(|_| (Span::at(9), "a")));
    }

    #[test]
    fn applied_fixes_are_told_with_their_places() {
        let settings = settings("");
        let long = "x".repeat(60);
        let text = format!("Oil {long} is here.\n\nThey recieve it at at noon.\n");
        let settled = settle(collection(files(&[("a.md", &text)]), &settings), &settings, Applicability::Unsafe);
        assert_eq!(texts(&settled.collection), [format!("Oil {long} is here.\n\nThey receive it at noon.\n")]);
        let applied = &settled.applied[&DocId(0)];
        let of = |rule: &str| {
            let fix = applied.iter().find(|fix| fix.rule == rule).expect("applied");
            (fix.edits[0].line, fix.edits[0].found.clone(), fix.edits[0].replacement.clone())
        };
        assert_eq!(of("misspelling"), (3, "recieve".to_owned(), "receive".to_owned()));
        assert_eq!(of("repeated-word").0, 3);
    }

    #[test]
    fn what_is_read_as_context_or_only_read_is_never_changed() {
        let settings = settings("");
        let text = "They recieve it.\n";
        let mut all = collection(files(&[("a.md", text), ("b.md", text), ("c.md", text)]), &settings);
        all.context.insert(DocId(0));
        all.read_only.insert(DocId(1));
        let settled = settle(all, &settings, Applicability::Unsafe);
        assert_eq!(texts(&settled.collection), [text, text, "They receive it.\n"]);
    }

    #[test]
    fn only_the_selected_findings_are_fixed() {
        let settings = settings("");
        let all = collection(files(&[("a.md", "They recieve it at at noon.\n")]), &settings);
        let selection = |findings: Vec<Finding>, _: &Collection| {
            findings.into_iter().filter(|finding| finding.rule == "repeated-word").collect()
        };
        let settled = settle_observed(all, &settings, Applicability::Unsafe, Some(&selection), &|| false);
        assert_eq!(texts(&settled.collection), ["They recieve it at noon.\n"]);
        assert_eq!(settled.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["misspelling"]);
    }

    #[test]
    fn an_edit_made_a_later_pass_read_the_rest_in_another_encoding() {
        let settings = settings("");
        // One more byte, at the line that ends with a line feed alone, brings the tail in step with all before it.
        let lines = [
            "У берега ждёт паром, и вода стоит выше.\r\n",
            "вода у причала поднимется,\n",
            "и паром ждёт у берега.\r\n",
        ];
        let tail: Vec<u8> = "And more of it is here.\r\n".bytes().flat_map(|byte| [byte, 0]).collect();
        let bytes = [lines[0].as_bytes(), b"\xE4 ", lines[1].as_bytes(), lines[2].as_bytes(), b"\r\n", &tail].concat();
        assert_eq!((bytes.len() - tail.len()) % 2, 1);
        let first = collection(vec![(PathBuf::from("a.md"), bytes.clone())], &settings);
        let settled = settle(first, &settings, Applicability::Safe);
        assert_eq!(settled.collection.documents[0].source.bytes().as_ref(), &*bytes);
    }

    #[test]
    fn a_file_whose_other_bytes_are_read_otherwise_after_an_edit_is_told_from_one_that_is_read_alike() {
        let source = |bytes: &[u8]| decode("a.md".as_ref(), bytes.to_vec());
        let edits = |start: u32, end: u32, text: &str| vec![(DiskSpan::new(start, end), text.to_owned())];
        let is_alike = |old: &[u8], edits: &FileEdits, new: &[u8]| is_read_alike(&source(old), edits, &source(new));
        assert!(is_alike(b"one two three", &edits(4, 7, "TWO"), b"one TWO three"));
        let wide = b"\xFF\xFEo\0n\0e\0";
        assert!(is_alike(wide, &edits(0, 8, "one"), b"one"));
        assert!(!is_alike(b"one two", &edits(0, 7, "x"), wide));
        // A byte of a code page stays one, wherever it moves.
        let french = |end: &str| [b"Le caf\xE9 est ouvert \xE0 midi, la mer est basse", end.as_bytes()].concat();
        let at = french("").len() as u32;
        assert!(is_alike(&french(""), &edits(at, at, " et calme."), &french(" et calme.")));
    }
}
