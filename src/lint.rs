//! Runs the rules. The only place where suppressions and selection are applied.
//!
//! Knows rules, the contract and the model; not the disk, and not how findings are shown or fixed.

mod ignored;
mod suppressions;

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHasher;

use self::ignored::IgnoredPlaces;
use self::suppressions::suppress;
use crate::facts::fingerprint;
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::edit::{Edit, Stage};
use crate::model::extraction::{ContainerPart, PartKind};
use crate::model::finding::{Family, Finding, Label, Tier};
use crate::model::id::DocId;
use crate::model::kept_names::keep_names;
use crate::model::renamed::carry_links;
use crate::model::source::{BOM, Origin};
use crate::model::span::Span;
use crate::model::work::Work;
use crate::rule::{Check, Context, Report, Rule};
use crate::rules;
use crate::settings::{Options, Registry, RuleTable, Settings};

/// The rule about suppressions that suppress nothing.
const UNUSED_ALLOW: &str = "unused-allow";

/// Rules that judge the text for programs in a container.
const OF_DATA: [&str; 4] = ["invalid-encoding", "lost-character", "mojibake", "repeated-item"];

/// Address at which defects of recto are reported.
const ISSUES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");

/// Returns the names of the rules, in the form that the settings need.
pub fn registry() -> Registry {
    let rules = rules::ALL.iter().map(|rule| (rule.id, rule.family, rule.tier)).collect();
    Registry { rules, renamed: rules::RENAMED }
}

/// Runs every enabled rule over the collection. Findings are ordered totally, by path, place and rule.
pub fn lint(collection: &Collection, settings: &Settings) -> Vec<Finding> {
    lint_observed(collection, settings, &|| false)
}

/// Runs every enabled rule, as [`lint`] does, and tells `observer` how far it is. If the observer interrupts the run,
/// nothing is found.
pub fn lint_observed(collection: &Collection, settings: &Settings, observer: &dyn Observer) -> Vec<Finding> {
    lint_with(collection, settings, None, observer).unwrap_or_default()
}

/// Sees how far a run is, and can end it early. Called from several threads at once.
pub trait Observer: Sync {
    /// Returns true if the results of the run are not wanted any more.
    fn is_interrupted(&self) -> bool {
        false
    }

    /// Called once, before anything is checked: with the number of documents, and of rules over several documents, each
    /// counted once for every work that it checks.
    fn begins(&self, _documents: usize, _rules: usize) {}

    /// Called when all rules over single documents are done with a document.
    fn document_ends(&self) {}

    /// Called when a rule over several documents starts, in a work or in all documents.
    fn rule_begins(&self, _rule: &'static str) {}

    /// Called when a rule over several documents ends.
    fn rule_ends(&self, _rule: &'static str) {}
}

/// A function that tells whether to end early sees nothing.
impl<F: Fn() -> bool + Sync> Observer for F {
    fn is_interrupted(&self) -> bool {
        self()
    }
}

/// Findings of rules that look at one document and nothing else, kept for the next run over these documents.
#[derive(Debug, Default)]
pub struct LocalFindings {
    /// For each document, by its id: the text that was looked at, and the findings.
    documents: Vec<Option<(Arc<String>, Vec<Finding>)>>,
    /// Hash of the paths and settings of the run.
    key: u64,
}

impl LocalFindings {
    /// Returns the findings about a document, if they are kept and its text is the one that they are about.
    fn of(&self, doc: &Document) -> Option<&[Finding]> {
        let (text, findings) = self.documents.get(doc.id.index())?.as_ref()?;
        Arc::ptr_eq(text, &doc.source.shared_text()).then_some(findings)
    }

    /// Drops what was found under other settings, or in documents with other ids.
    fn keep_for(&mut self, collection: &Collection, settings: &Settings) {
        let mut hasher = FxHasher::default();
        for doc in &collection.documents {
            doc.source.path().hash(&mut hasher);
        }
        format!("{settings:?}{:?}", collection.sites).hash(&mut hasher);
        let key = hasher.finish();
        if std::mem::replace(&mut self.key, key) != key {
            self.documents.clear();
        }
    }
}

/// Rules over single documents that look at other documents, too: at the files beside it or the other versions.
const LOOKING_AROUND: [&str; 6] =
    ["dangling-reference", "number-gap", "number-order", "number-repeat", "range-mismatch", "section-gap"];

/// Returns whether a rule looks at one document and nothing else, so that its findings hold as long as the document
/// does not change.
pub fn is_local(rule: &Rule) -> bool {
    matches!(rule.check, Check::Document(_)) && !LOOKING_AROUND.contains(&rule.id)
}

/// Runs every enabled rule, as [`lint`] does, except that findings in `local` that still hold are not looked for again;
/// those of this run take their place. Returns `None` if `observer` interrupts the run.
pub fn lint_again(
    collection: &Collection,
    settings: &Settings,
    local: &mut LocalFindings,
    observer: &dyn Observer,
) -> Option<Vec<Finding>> {
    local.keep_for(collection, settings);
    lint_with(collection, settings, Some(local), observer)
}

fn lint_with(
    collection: &Collection,
    settings: &Settings,
    local: Option<&mut LocalFindings>,
    observer: &dyn Observer,
) -> Option<Vec<Finding>> {
    let registry = registry();
    let tables = RuleTables::new(collection, settings, &registry);
    let options = settings.options();
    let units: Vec<(usize, LintScope<'_>)> = scopes_beyond_one_document(collection, &tables);
    // The other versions of a work are linted as well, because no defect of theirs may be copied from them.
    let of_works: BTreeSet<DocId> = judged_works(collection).flat_map(versions_of).collect();
    let is_linted = |doc: &&Document| !collection.context.contains(&doc.id) || of_works.contains(&doc.id);
    let documents: Vec<&Document> = collection.documents.iter().filter(is_linted).collect();
    observer.begins(documents.len(), units.len());
    // Rules over all documents take longest and cannot be divided, so they run in parallel with those over one
    // document.
    let (wide, found) = rayon::join(
        || {
            let wide = units.par_iter().filter(|_| !observer.is_interrupted());
            let wide = wide.map(|&(rule, unit)| {
                observer.rule_begins(rules::ALL[rule].id);
                let found = check_unit(rule, unit, collection, &options, &tables);
                observer.rule_ends(rules::ALL[rule].id);
                found
            });
            wide.collect::<Vec<_>>()
        },
        || {
            let documents = documents.par_iter().with_max_len(DOCUMENTS_PER_TASK);
            let found = documents.map(|doc| {
                let kept = local.as_ref().and_then(|local| local.of(doc)).map(<[Finding]>::to_vec);
                let own = match kept {
                    Some(kept) => kept,
                    None => check_document(doc, collection, &tables, is_local, observer)?,
                };
                let around = check_document(doc, collection, &tables, |rule| !is_local(rule), observer)?;
                observer.document_ends();
                Some((doc.id, doc.source.shared_text(), own, around))
            });
            found.collect::<Option<Vec<_>>>()
        },
    );
    let found = found.filter(|_| !observer.is_interrupted())?;
    let mut findings: Vec<Finding> = Vec::new();
    let mut kept: Vec<Option<(Arc<String>, Vec<Finding>)>> = vec![None; collection.documents.len()];
    let keeps = local.is_some();
    for (doc, text, own, around) in found {
        if keeps {
            kept[doc.index()] = Some((text, own.clone()));
        }
        findings.extend(own.into_iter().chain(around));
    }
    if let Some(local) = local {
        local.documents = kept;
    }
    findings.extend(wide.into_iter().flatten());
    let mut findings = judged(findings, collection, &tables);
    withdraw_defective_copies(&mut findings);
    let is_judged = |place: &Label| !collection.context.contains(&place.doc);
    let mut findings: Vec<Finding> =
        findings.into_iter().filter_map(|finding| finding.retain_places(is_judged)).collect();
    keep_names(&mut findings, collection);
    carry_links(&mut findings, collection);
    findings.iter_mut().for_each(|finding| {
        spare_context(finding, collection);
        spare_defective(finding, collection);
    });
    Some(in_order(findings, collection))
}

/// Returns the findings of those rules that look at nothing but one document and for which `is_wanted` holds true, for a
/// collection of one: those that can be known at once while the document is written. Their fixes do not carry links along.
/// Returns `None` if `observer` interrupts the run.
pub fn lint_local(
    collection: &Collection,
    settings: &Settings,
    is_wanted: fn(&Rule) -> bool,
    observer: &dyn Observer,
) -> Option<Vec<Finding>> {
    let tables = RuleTables::new(collection, settings, &registry());
    let mut found: Vec<Finding> = Vec::new();
    for doc in collection.judged() {
        found.extend(unreadable(doc));
        found.extend(defective(doc));
        // Rules take very different times.
        let rules = rules::ALL.par_iter().enumerate().with_max_len(1);
        let rules = rules.filter(|(_, rule)| is_local(rule) && is_wanted(rule) && !observer.is_interrupted());
        found.par_extend(rules.flat_map_iter(|(at, rule)| check_by(rule, at, doc, collection, &tables)));
    }
    if observer.is_interrupted() {
        return None;
    }
    let mut findings = judged(found, collection, &tables);
    // A comment may suppress a finding of another rule.
    findings.retain(|finding| finding.rule != UNUSED_ALLOW);
    Some(in_order(findings, collection))
}

/// Returns whether a part of a container is the byte-order mark at the start of its file.
fn is_mark_alone(part: &ContainerPart) -> bool {
    part.file == Some(Span::new(0, BOM.len() as u32))
}

/// Returns the findings as the settings and suppressions of their documents have them.
fn judged(findings: Vec<Finding>, collection: &Collection, tables: &RuleTables) -> Vec<Finding> {
    let failures = collection.judged().filter_map(failure);
    let findings = findings.into_iter().chain(failures);
    let mut ignored = IgnoredPlaces::new(collection);
    let shown = findings.filter_map(|finding| {
        let at = index_of(finding.rule)?;
        let table = tables.of(collection.document(finding.primary.doc));
        table.state(at).judge(finding).filter(|finding| !ignored.covers(finding, &table.options))
    });
    // A defect in the bytes of a file that cannot be rewritten precedes all findings about its text.
    let is_legible = |finding: &Finding| {
        let declined = collection.document(finding.primary.doc).source.declined().is_some();
        !declined || finding.stage == Stage::Bytes || finding.family == Family::Engine
    };
    // Whoever mends what a machine made mends its source; only its bytes are judged.
    let is_own = |finding: &Finding| {
        let judged = matches!(finding.family, Family::Encoding | Family::Engine);
        judged || !collection.document(finding.primary.doc).is_generated_at(finding.primary.span.start)
    };
    // Colours and marks are at home in the output of a program; only damage to its text is a defect.
    let is_for_people = |finding: &Finding| {
        let extraction = collection.document(finding.primary.doc).source.extraction();
        let part = extraction.and_then(|extraction| extraction.part_at(finding.primary.span.start));
        let is_data = part.is_some_and(|part| part.content == PartKind::Data);
        // The title of an entry repeats what is judged elsewhere.
        let span = finding.primary.span;
        let is_added = !span.is_empty() && extraction.is_some_and(|extraction| !extraction.was_read(span));
        if is_added && finding.family == Family::Encoding {
            return false;
        }
        // Half of a pair of surrogates in code is an escape like any other.
        let is_text = part.is_some_and(|part| !matches!(part.content, PartKind::Data | PartKind::Code));
        if finding.rule == "lost-character"
            && !is_text
            && extraction.is_some_and(|extraction| extraction.is_escape(span))
        {
            return false;
        }
        // A byte-order mark before the first part is refused by the programs that the file is for.
        let is_mark = || finding.rule == "invisible-character" && span.start == 0 && part.is_some_and(is_mark_alone);
        !is_data || finding.family == Family::Engine || OF_DATA.contains(&finding.rule) || is_mark()
    };
    let shown = shown.filter(is_legible).filter(is_own).filter(is_for_people);
    suppress(shown.collect(), collection, tables)
}

/// Returns the findings in their total order, each once, with fingerprints.
fn in_order(mut findings: Vec<Finding>, collection: &Collection) -> Vec<Finding> {
    // Documents are ordered by path, so comparing ids is sufficient.
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.primary.doc, f.primary.span, f.rule);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    findings.dedup();
    fingerprint::identify(&mut findings, collection);
    findings
}

/// Returns the works of which some document is judged.
fn judged_works(collection: &Collection) -> impl Iterator<Item = &Work> {
    let is_judged = |work: &&Work| versions_of(work).any(|doc| !collection.context.contains(&doc));
    collection.works.iter().filter(is_judged)
}

fn versions_of(work: &Work) -> impl Iterator<Item = DocId> {
    work.versions.iter().flat_map(|version| version.documents.iter().copied())
}

/// Takes away a fix that would change a document of the context, because such a document is never written.
fn spare_context(finding: &mut Finding, collection: &Collection) {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    let Some(edit) = edits.into_iter().find(|edit| collection.context.contains(&edit.doc)) else { return };
    let name = collection.document(edit.doc).source.display();
    let help = format!("the fix changes `{name}` as well: name that file, too");
    finding.fix = None;
    finding.help.get_or_insert(help);
}

/// Takes away a fix in a container that cannot be read, because nothing says which of its parts may be changed.
fn spare_defective(finding: &mut Finding, collection: &Collection) {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    let is_defective = |edit: &Edit| collection.document(edit.doc).source.container_defect().is_some();
    if edits.into_iter().any(is_defective) {
        finding.fix = None;
        finding.help.get_or_insert_with(|| "mend the file first: it cannot be read as what it is".to_owned());
    }
}

/// Takes away the fixes and candidates that would copy a text of another version in which something is wrong itself.
fn withdraw_defective_copies(findings: &mut [Finding]) {
    // Mojibake is repaired in what is copied.
    let is_defect = |finding: &&Finding| finding.stage == Stage::Words && finding.tier == Tier::Gate;
    let mut defects: Vec<(DocId, Span)> =
        findings.iter().filter(is_defect).map(|finding| (finding.primary.doc, finding.primary.span)).collect();
    defects.sort_unstable();
    for finding in findings.iter_mut().filter(|finding| finding.stage == Stage::Versions) {
        let copies = finding.fix.is_some() || !finding.candidates.is_empty();
        let Some(source) = finding.related.first().filter(|_| copies) else { continue };
        let first = defects.partition_point(|(doc, span)| (*doc, span.start) < (source.doc, source.span.start));
        if defects.get(first).is_some_and(|(doc, span)| *doc == source.doc && source.span.contains(*span)) {
            finding.fix = None;
            finding.candidates.clear();
            finding.help = Some("the other version has a defect there, which another finding reports".to_owned());
        }
    }
}

/// Number of documents that one thread checks before work is shared with idle threads (a guess): documents differ much
/// in size.
const DOCUMENTS_PER_TASK: usize = 4;

/// The rule tables of the documents.
struct RuleTables {
    tables: Vec<RuleTable>,
}

impl RuleTables {
    fn new(collection: &Collection, settings: &Settings, registry: &Registry) -> Self {
        let table = |doc: &Document| settings.table_for(doc.source.path(), registry);
        let tables = if settings.has_overrides() {
            collection.documents.iter().map(table).collect()
        } else {
            collection.documents.first().map(table).into_iter().collect()
        };
        Self { tables }
    }

    fn of(&self, doc: &Document) -> &RuleTable {
        self.tables.get(doc.id.index()).unwrap_or(&self.tables[0])
    }

    /// Returns whether a rule is enabled for any document, and whether its audit tier is.
    fn anywhere(&self, rule: usize) -> (bool, bool) {
        let tier = rules::ALL[rule].tier;
        let runs = self.tables.iter().any(|table| table.state(rule).runs(tier));
        (runs, self.tables.iter().any(|table| table.state(rule).audit))
    }
}

/// Returns whether a rule is enabled for any document.
pub fn runs(id: &str, collection: &Collection, settings: &Settings) -> bool {
    let tables = RuleTables::new(collection, settings, &registry());
    !tables.tables.is_empty() && index_of(id).is_some_and(|rule| tables.anywhere(rule).0)
}

fn index_of(id: &str) -> Option<usize> {
    rules::ALL.binary_search_by(|rule| rule.id.cmp(id)).ok()
}

/// Runs the rules over single documents for which `is_wanted` holds true on `doc`. Returns `None` if `observer` interrupts
/// them.
fn check_document(
    doc: &Document,
    collection: &Collection,
    tables: &RuleTables,
    is_wanted: fn(&Rule) -> bool,
    observer: &dyn Observer,
) -> Option<Vec<Finding>> {
    let mut findings: Vec<Finding> = unreadable(doc).into_iter().collect();
    if !findings.is_empty() {
        return Some(findings);
    }
    findings.extend(defective(doc));
    for (at, rule) in rules::ALL.iter().enumerate().filter(|(_, rule)| is_wanted(rule)) {
        // All rules together take a tenth of a second over a megabyte.
        if observer.is_interrupted() {
            return None;
        }
        findings.extend(check_by(rule, at, doc, collection, tables));
    }
    Some(findings)
}

/// Runs one rule over single documents, the one at `at` in the list, on `doc`.
fn check_by(
    rule: &'static Rule,
    at: usize,
    doc: &Document,
    collection: &Collection,
    tables: &RuleTables,
) -> Vec<Finding> {
    let table = tables.of(doc);
    let state = table.state(at);
    let Check::Document(check) = rule.check else { return Vec::new() };
    let reads = doc.format == Format::Markdown || rule.family == Family::Encoding;
    if !reads || !doc.source.is_text() || !state.runs(rule.tier) {
        return Vec::new();
    }
    let cx = Context { collection, options: &table.options, tables: &tables.tables, audit: state.audit };
    guarded(rule, doc, |out| check(doc, &cx, out))
}

/// The documents that a rule over several documents covers.
#[derive(Clone, Copy)]
enum LintScope<'a> {
    Work(&'a Work),
    Collection,
}

fn scopes_beyond_one_document<'a>(collection: &'a Collection, tables: &RuleTables) -> Vec<(usize, LintScope<'a>)> {
    let mut units = Vec::new();
    if collection.judged().next().is_none() {
        return units;
    }
    for (at, rule) in rules::ALL.iter().enumerate() {
        match rule.check {
            Check::Work(_) if tables.anywhere(at).0 => {
                units.extend(collection.works.iter().map(|work| (at, LintScope::Work(work))));
            }
            Check::Collection(_) if tables.anywhere(at).0 => units.push((at, LintScope::Collection)),
            _ => {}
        }
    }
    units
}

fn check_unit(
    rule: usize,
    unit: LintScope<'_>,
    collection: &Collection,
    options: &Options,
    tables: &RuleTables,
) -> Vec<Finding> {
    let cx = Context { collection, options, tables: &tables.tables, audit: tables.anywhere(rule).1 };
    let rule = rules::ALL[rule];
    match (rule.check, unit) {
        (Check::Work(check), LintScope::Work(work)) => {
            let mut documents = work.versions.iter().flat_map(|version| &version.documents);
            let is_judged = |doc: &&DocId| !collection.context.contains(doc);
            // Where all of a work is context, nothing is reported about it.
            let Some(&first) = documents.find(is_judged) else { return Vec::new() };
            guarded(rule, collection.document(first), |out| check(work, &cx, out))
        }
        (Check::Collection(check), LintScope::Collection) => {
            let Some(first) = collection.judged().next() else { return Vec::new() };
            guarded(rule, first, |out| check(collection, &cx, out))
        }
        _ => Vec::new(),
    }
}

/// Runs one rule. A panic of the rule becomes a finding at the start of `doc`, and so does in each document that the rule
/// would have taken too many steps over it.
fn guarded(rule: &'static Rule, doc: &Document, check: impl FnOnce(&mut Report)) -> Vec<Finding> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut report = Report::new(rule);
        check(&mut report);
        let stopped: Vec<Finding> = report.unfinished().flat_map(|doc| unfinished(rule, doc)).collect();
        let mut findings = report.into_findings();
        findings.extend(stopped);
        findings
    }));
    outcome.unwrap_or_else(|cause| {
        let place = match rule.check {
            Check::Work(_) => "the versions of this work",
            Check::Collection(_) => "these files",
            Check::Document(_) | Check::Engine => "this file",
        };
        // A panic message is a `&str` if it has no arguments, and a `String` if it is formatted.
        let plain = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let cause = plain.or_else(|| cause.downcast_ref::<String>().cloned());
        let mut report = engine("internal-error");
        report
            .find(doc.id, Span::at(0), format!("the rule `{}` failed on {place}, which is a defect of recto", rule.id))
            .help(format!("please report it at {ISSUES}; until then `--ignore {}` disables the rule", rule.id))
            .data("rule", rule.id)
            .data("cause", cause.unwrap_or_default());
        report.into_findings()
    })
}

/// Returns the finding about a document that a rule has not finished, because it would have taken too many steps.
fn unfinished(rule: &Rule, doc: DocId) -> Vec<Finding> {
    let mut report = engine("internal-error");
    report
        .find(
            doc,
            Span::at(0),
            format!("the rule `{}` stopped in this file, because it has too much to compare", rule.id),
        )
        .help(format!("divide the file, or disable the rule for it with an override in recto.toml; {ISSUES} is for files of ordinary size"))
        .data("rule", rule.id)
        .data("cause", "steps");
    report.into_findings()
}

/// Returns a report of one of the engine's own rules.
fn engine(id: &str) -> Report {
    Report::new(rules::by_id(id).expect("the engine's rules are in the list"))
}

/// Returns the finding about a document over which a computation for several rules panicked.
fn failure(doc: &Document) -> Option<Finding> {
    if !doc.has_failed() {
        return None;
    }
    let mut report = engine("internal-error");
    let message = "this file could not be checked completely: a defect of recto";
    report.find(doc.id, Span::at(0), message).help(format!("please report it at {ISSUES}"));
    report.into_findings().pop()
}

/// Returns the finding about a container whose text could not be extracted.
fn defective(doc: &Document) -> Option<Finding> {
    let (defect, kind) = (doc.source.container_defect()?, doc.source.container()?);
    let mut report = engine("unreadable-file");
    let noun = kind.noun();
    report
        .find(doc.id, Span::at(defect.at), format!("this {noun} cannot be read: it {}", defect.reason))
        .help(format!("correct the {noun} here; until then, only its encoding is checked"));
    report.into_findings().pop()
}

fn unreadable(doc: &Document) -> Option<Finding> {
    let reason = match doc.source.origin() {
        Origin::Unreadable(reason) => format!("this file cannot be read: {reason}"),
        Origin::Binary(reason) => format!("this file is not text: {reason}"),
        _ => return None,
    };
    let mut report = engine("unreadable-file");
    report.find(doc.id, Span::at(0), reason).help("exclude it with `exclude` under `[files]` in recto.toml");
    report.into_findings().pop()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    fn cause_of(check: fn()) -> serde_json::Value {
        let source = Source::utf8(Path::new("a.md"), String::new(), Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        let mut findings = guarded(rules::ALL[0], &doc, |_| check());
        let finding = findings.pop().expect("the panic is a finding");
        assert_eq!((finding.rule, findings.len()), ("internal-error", 0));
        finding.data.get("cause").cloned().unwrap_or_default()
    }

    #[test]
    fn a_panic_is_a_finding_with_its_message_formatted_or_not() {
        assert_eq!(cause_of(|| panic!("plain")), "plain");
        assert_eq!(cause_of(|| panic!("no line {}", 7)), "no line 7");
        assert_eq!(cause_of(|| std::panic::panic_any(7)), "");
    }

    #[test]
    fn a_rule_that_has_too_much_to_compare_stops_and_says_so() {
        let source = Source::utf8(Path::new("a.md"), "Text.\n".to_owned(), Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        let mut steps = 0;
        let findings = guarded(rules::ALL[0], &doc, |out| {
            while out.take_steps(&doc, 1 << 20) {
                steps += 1;
                out.find(doc.id, Span::at(0), "a finding before the end");
            }
            assert!(!out.take_steps(&doc, 1), "a rule that has stopped has stopped");
        });
        assert_eq!((steps, findings.len()), (16, 17));
        let last = &findings[16];
        assert_eq!((last.rule, last.data.get("cause")), ("internal-error", Some(&"steps".into())));
    }

    #[test]
    fn a_panic_over_one_document_is_one_finding_in_that_document() {
        let settings = Settings::new("/project".into(), "/project".into());
        let files =
            ["a.md", "b.md"].map(|path| (path.into(), b"It doesn\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2t.\n".to_vec()));
        let collection = crate::api::collection(files.to_vec(), &settings);
        collection.documents[1].set_failed();
        let found = lint(&collection, &settings).into_iter().map(|finding| (finding.primary.doc.0, finding.rule));
        assert_eq!(found.collect::<Vec<_>>(), [(0, "mojibake"), (1, "internal-error"), (1, "mojibake")]);
    }

    #[test]
    fn all_rules_over_a_long_document_ran_on_after_the_run_was_interrupted() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let settings = Settings::new("/project".into(), "/project".into());
        let collection =
            crate::api::collection(vec![("a.md".into(), b"# Tides\n\nThe tide is in.\n".to_vec())], &settings);
        let tables = RuleTables::new(&collection, &settings, &registry());
        let asked = AtomicUsize::new(0);
        let after = |most: usize| {
            asked.store(0, Ordering::Relaxed);
            let is_interrupted = || asked.fetch_add(1, Ordering::Relaxed) >= most;
            check_document(&collection.documents[0], &collection, &tables, is_local, &is_interrupted).is_some()
        };
        assert!(after(usize::MAX) && asked.load(Ordering::Relaxed) > 3);
        assert!(!after(3));
        assert_eq!(asked.load(Ordering::Relaxed), 4);
    }

    #[test]
    fn ignored_words_and_text_are_left_alone_by_language_rules_only() {
        let found = |config: &str| -> Vec<&str> {
            let settings = Settings::new("/project".into(), "/project".into());
            let settings = settings.with_file(config, Path::new("/project/recto.toml"), &registry()).expect("right");
            let text = "The keeper will recieve the lamp, and he will seperate them at at noon. It doesnâ€™t burn.\n";
            let files = vec![("a.md".into(), text.as_bytes().to_vec())];
            lint(&crate::api::collection(files, &settings), &settings).into_iter().map(|finding| finding.rule).collect()
        };
        assert_eq!(found(""), ["misspelling", "misspelling", "repeated-word", "mojibake"]);
        assert_eq!(found("ignore-words = ['Recieve', 'at']"), ["misspelling", "mojibake"]);
        assert_eq!(found("ignore-regex = ['recieve .* at', '.*burn']"), ["mojibake"]);
        assert_eq!(
            found("[rules.misspelling]\nignore-words = ['seperate', 'at']\nignore-regex = ['rec[a-z]+']"),
            ["repeated-word", "mojibake"]
        );
    }
}
