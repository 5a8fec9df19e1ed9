//! `recto check`: finds, reads, lints, fixes and reports.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use super::gather::{Gathered, Request, gather, is_stdin, listed};
use super::known::Baseline;
use super::linked::LinkingFiles;
use super::outcome::{Clean, Done, Outcome};
use super::suppress::suppress;
use super::{Failure, before, history, note_renamed, notices, seen_enough, settings};
use crate::api::originals::with_originals;
use crate::cli::{CheckArgs, Cli};
use crate::fix::write;
use crate::lint::{Observer, lint, lint_observed, registry, runs};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::Applicability;
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::source::Source;
use crate::pair::pair;
use crate::parse::parse;
use crate::report::progress::{LintProgress, Phase};
use crate::report::summary::Change;
use crate::report::terminal::Terminal;
use crate::report::visible::{spelled_out, visible};
use crate::report::{self, count, failure};
use crate::settings::{RulePatch, Selector, Settings, Tiers, UsageError, renamed};
use crate::settle::{AppliedFix, FindingSelection, FixedPoint, settle_observed};

/// The rule that needs the history of the repository.
const HISTORY_RULE: &str = "outdated-item";

/// Runs `recto check`.
pub(super) fn check(cli: &Cli, args: &CheckArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let settings = settings_of(cli, args, terminal)?;
    for names in [&args.select, &args.extend_select, &args.ignore] {
        note_renamed(names, terminal);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).build();
    let pool = pool.map_err(|error| UsageError { message: error.to_string(), help: None })?;
    pool.install(|| {
        let request = Request::of(args);
        if args.outcome.show_files {
            return show_files(cli, &request, settings, terminal);
        }
        let known = known(args, &settings)?;
        let linking = LinkingFiles::around(&request, &settings);
        let mut gathered = gather(cli, &request, settings, terminal)?;
        let before = before::look(args, &mut gathered)?;
        let Gathered { collection, settings, outside, left_out, warnings, dead_versions, excluded_input, .. } =
            gathered;
        let outcome = Outcome {
            args,
            settings: &settings,
            terminal,
            start,
            known,
            before,
            left_out,
            is_closed: Cell::new(false),
        };
        let files = collection.documents.len();
        let phase = Phase::new("comparing the versions of works".to_owned(), files, terminal);
        let mut collection = pair(with_originals(collection), &settings);
        drop(phase);
        // The history takes long, so the audit tier as a whole does not ask for it.
        let named =
            settings.clone().with_command_line(patch(&args.select, &args.extend_select, &args.ignore)?, Tiers::Gate);
        if !collection.works.is_empty() && runs(HISTORY_RULE, &collection, &named) {
            history::trace(&mut collection, &std::env::current_dir()?)?;
        }
        note_renamed_in_comments(&collection, terminal);
        if args.outcome.verbose {
            tell_scope(&collection, &settings, &outcome);
        }
        if let Some(bytes) = excluded_input.filter(|_| args.fix && !args.diff) {
            seen_enough(terminal.write_bytes(&bytes))?;
        }
        if args.fix || args.diff {
            let fixing = Fixing { args, settings: &settings, terminal, outcome, outside, warnings, linking };
            let code = fixing.run(collection)?;
            return strictly(args, &dead_versions, code);
        }
        let progress = LintProgress::new(terminal);
        let mut findings = lint_observed(&collection, &settings, &progress);
        drop(progress);
        linking.hold_back(&mut findings, &collection);
        if let (Some(rule), Some(reason)) = (&args.suppress, &args.reason) {
            let selector = Selector::parse(rule, &registry())?;
            let findings = outcome.new_ones(findings, &collection).0;
            let done = suppress(&collection, &findings, (selector, reason), &outside, &settings)?;
            let (comments, files) = (count(done.comments, "comment"), count(done.files, "file"));
            writeln!(terminal.stderr(), "wrote {comments} into {files}")?;
            failure::warn(&done.left, terminal);
            return Ok(if done.left.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) });
        }
        let code = outcome.report(&collection, findings, &warnings, Done::default())?;
        // The process ends here, and deallocating thousands of documents would only take time.
        std::mem::forget(collection);
        strictly(args, &dead_versions, code)
    })
}

impl Observer for LintProgress {
    fn begins(&self, documents: usize, rules: usize) {
        LintProgress::begin(self, documents, rules);
    }

    fn document_ends(&self) {
        self.end_document();
    }

    fn rule_begins(&self, rule: &'static str) {
        self.begin_rule(rule);
    }

    fn rule_ends(&self, rule: &'static str) {
        self.end_rule(rule);
    }
}

/// Returns the settings of a run, with the command line on top.
pub(super) fn settings_of(cli: &Cli, args: &CheckArgs, terminal: &Terminal) -> Result<Settings, Failure> {
    let tiers = if args.audit { Tiers::GateAndAudit } else { Tiers::Gate };
    let places: &[PathBuf] = match &args.stdin_filename {
        Some(path) if args.paths.iter().any(|path| is_stdin(path)) => std::slice::from_ref(path),
        _ => &args.paths,
    };
    let patch = patch(&args.select, &args.extend_select, &args.ignore)?;
    Ok(settings(cli, places, terminal)?.with_command_line(patch, tiers))
}

/// Says what the run is about: its settings, its baseline, the state that it compares with, and its files.
fn tell_scope(collection: &Collection, settings: &Settings, outcome: &Outcome<'_>) {
    let note = |text: &str| failure::note(text, outcome.terminal);
    let root = settings.root.display();
    match settings.is_configured() {
        true => note(&format!("the settings are those of the configuration in {root}")),
        false => note(&format!("there is no recto.toml in {root} or above: the settings are the defaults")),
    }
    if let Some(baseline) = &outcome.known {
        note(&format!("{} of known findings in {}", count(baseline.entries.len(), "line"), baseline.path.display()));
    }
    if let Some(before) = &outcome.before {
        note(&format!("compared with {}", before.name));
    }
    let context = collection.files_of_context();
    let works = count(collection.works.len(), "work");
    note(&format!("{} checked, {context} more read as context, {works}", count(collection.judged().count(), "file")));
}

/// Returns `code`, unless the run is strict and a version of a work has no file.
fn strictly(args: &CheckArgs, dead_versions: &[String], code: ExitCode) -> Result<ExitCode, Failure> {
    if args.strict || (!args.no_strict && is_automatic()) {
        require_versions(dead_versions)?;
    }
    Ok(code)
}

/// Returns whether nobody watches the run: the variable `CI` is set, as build servers do.
pub(super) fn is_automatic() -> bool {
    std::env::var("CI").is_ok_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
}

/// Fails if a version of a work has no file, because the comparison that was asked for did not take place.
pub(super) fn require_versions(dead_versions: &[String]) -> Result<(), Failure> {
    match dead_versions {
        [first, rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
            Err(Failure::Usage(UsageError {
                message: format!("{first} has no files, so nothing was compared with it{more}"),
                help: Some("correct its globs in recto.toml; --no-strict makes this a warning".to_owned()),
            }))
        }
        [] => Ok(()),
    }
}

/// Notes the rules that suppressions call by earlier names, each with the first place and the number of places.
fn note_renamed_in_comments(collection: &Collection, terminal: &Terminal) {
    let registry = registry();
    let mut found: BTreeMap<&str, (String, usize)> = BTreeMap::new();
    for doc in collection.judged() {
        for allow in &doc.suppressions {
            for name in allow.rules.iter().filter(|name| registry.new_name(name).is_some()) {
                let line = doc.lines.line_of(allow.comment.start) + 1;
                let first = || (format!("{}:{line}", doc.source.display()), 0);
                found.entry(name).or_insert_with(first).1 += 1;
            }
        }
    }
    for (old, (place, count)) in found {
        let Some(new) = registry.new_name(old) else { continue };
        let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
        failure::note(&format!("{place}: {}{more}", renamed(old, new)), terminal);
    }
}

/// A run that applies fixes, and writes or shows the changes.
struct Fixing<'a> {
    args: &'a CheckArgs,
    settings: &'a Settings,
    terminal: &'a Terminal,
    outcome: Outcome<'a>,
    outside: BTreeMap<DocId, PathBuf>,
    warnings: Vec<UsageError>,
    linking: LinkingFiles,
}

/// Documents that were not written, with the reason.
type Unwritten = BTreeMap<DocId, String>;

impl Fixing<'_> {
    fn run(mut self, collection: Collection) -> Result<ExitCode, Failure> {
        let level = if self.args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        let before: Vec<Source> = collection.documents.iter().map(|doc| doc.source.clone()).collect();
        // A finding of which the run does not speak is not mended behind the back of whoever reads its report.
        let has_old_ones = self.outcome.known.is_some() || self.outcome.before.is_some();
        let selected = |mut findings: Vec<Finding>, collection: &Collection| {
            self.linking.hold_back(&mut findings, collection);
            if has_old_ones { self.outcome.new_ones(findings, collection).0 } else { findings }
        };
        let selection: FindingSelection<'_> = &selected;
        let progress = LintProgress::new(self.terminal);
        let mut settled = settle_observed(collection, self.settings, level, Some(selection), &progress);
        drop(progress);
        self.linking.hold_back(&mut settled.findings, &settled.collection);
        self.warnings.extend(notices::cycles(&settled.cycles, &settled.collection));
        let refused = self.refused(&settled.findings, level);
        if self.args.diff {
            return self.diff(settled, &before, &refused);
        }
        if self.args.paths.iter().any(|path| is_stdin(path)) {
            return self.pass_on(settled);
        }
        self.write(settled, &before, refused)
    }

    /// Returns the documents that fixes at `level` would change, except that they are links to files outside the named
    /// paths.
    fn refused(&self, findings: &[Finding], level: Applicability) -> Unwritten {
        let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
        let wanted: BTreeSet<DocId> = fixes
            .filter(|fix| fix.applicability >= level)
            .flat_map(|fix| fix.edits.iter().map(|edit| edit.doc))
            .collect();
        let refused = self.outside.iter().filter(|(doc, _)| wanted.contains(doc));
        refused.map(|(doc, target)| (*doc, notices::leads_outside(target))).collect()
    }

    /// Shows what the fixes would change.
    fn diff(mut self, settled: FixedPoint, before: &[Source], refused: &Unwritten) -> Result<ExitCode, Failure> {
        let changed = changed(&settled.collection, before);
        let shown = changed.iter().try_for_each(|&at| {
            report::diff::write(&before[at], &settled.collection.documents[at].source, self.terminal)
        });
        seen_enough(shown)?;
        self.warnings.extend(refused.iter().map(|(doc, reason)| UsageError {
            message: format!("`{}` would not be written: {reason}", settled.collection.document(*doc).source.display()),
            help: None,
        }));
        self.list(&settled.collection, &settled.applied, |_| true)?;
        let done = Done {
            change: Change::Shown { applied: total(&settled.applied, |_| true), files: changed.len() },
            unwritten: 0,
        };
        let clean = if changed.is_empty() { Clean::Yes } else { Clean::No };
        self.outcome.tell(&settled.collection, settled.findings, &self.warnings, done, clean)
    }

    /// Writes the fixed text of standard input to standard output. The report goes where it does no harm.
    fn pass_on(&self, settled: FixedPoint) -> Result<ExitCode, Failure> {
        for doc in settled.collection.judged() {
            seen_enough(self.terminal.write_bytes(&doc.source.bytes()))?;
        }
        self.list(&settled.collection, &settled.applied, |_| true)?;
        self.outcome.tell_concisely(&settled.collection, settled.findings, &self.warnings)
    }

    /// Lists the edits of the fixes on standard error, a line each, if that is asked for.
    fn list(
        &self,
        collection: &Collection,
        applied: &BTreeMap<DocId, Vec<AppliedFix>>,
        counts: impl Fn(DocId) -> bool,
    ) -> Result<(), Failure> {
        if !self.args.show_fixes {
            return Ok(());
        }
        let fixes = applied.iter().filter(|(doc, _)| counts(**doc)).flat_map(|(_, fixes)| fixes);
        let edits = fixes.flat_map(|fix| fix.edits.iter().map(|edit| (edit.doc, edit.line, fix.rule, edit)));
        let mut edits: Vec<_> = edits.collect();
        edits.sort_by_key(|&(doc, line, ..)| (doc, line));
        let mut out = self.terminal.stderr();
        for (doc, line, rule, edit) in edits {
            let (found, replacement) = (spelled_out(&edit.found), spelled_out(&edit.replacement));
            let change = match (found.is_empty(), replacement.is_empty()) {
                (true, _) => format!("inserted `{replacement}`"),
                (_, true) => format!("removed `{found}`"),
                _ => format!("`{found}` → `{replacement}`"),
            };
            let path = collection.document(doc).source.display();
            writeln!(out, "{}:{line}: {rule}: {change}", visible(path))?;
        }
        Ok(())
    }

    /// Removes temporary files that runs left behind that were killed.
    fn sweep(&self, collection: &Collection) {
        let real = |doc: &Document| std::fs::canonicalize(doc.source.path()).ok();
        let folders = collection.judged().filter_map(real).filter_map(|path| path.parent().map(Path::to_path_buf));
        let folders: BTreeSet<PathBuf> = folders.collect();
        let swept: usize = folders.iter().map(|folder| write::sweep(folder)).sum();
        if swept > 0 {
            failure::note(
                &format!("removed {} that a killed run had left", count(swept, "temporary file")),
                self.terminal,
            );
        }
    }

    /// Writes the files that changed, and reports the remaining findings.
    fn write(self, settled: FixedPoint, before: &[Source], mut unwritten: Unwritten) -> Result<ExitCode, Failure> {
        let FixedPoint { mut collection, mut findings, applied, .. } = settled;
        let changed = changed(&collection, before);
        let refused = unwritten.len();
        self.sweep(&collection);
        let interrupts = write::Interrupts::hold();
        for &at in &changed {
            if interrupts.is_waiting() {
                break;
            }
            let doc = &collection.documents[at];
            let aliases = collection.aliases.iter().filter(|(_, id)| *id == doc.id).map(|(path, _)| path.as_path());
            let aliases: Vec<&Path> = aliases.collect();
            let (old, new) = (before[at].bytes(), doc.source.bytes());
            if let Err(error) = write::replace(doc.source.path(), &aliases, &old, &new) {
                unwritten.insert(doc.id, error.to_string());
            }
        }
        drop(interrupts);
        if unwritten.len() > refused {
            // The report is about the files on disk, which in these cases did not change.
            for &at in changed.iter().filter(|at| unwritten.contains_key(&DocId(**at as u32))) {
                let doc = &mut collection.documents[at];
                *doc = parse(doc.id, before[at].clone(), doc.format);
            }
            collection = pair(collection, self.settings);
            findings = lint(&collection, self.settings);
            self.linking.hold_back(&mut findings, &collection);
        }
        let written = changed.iter().filter(|at| !unwritten.contains_key(&DocId(**at as u32))).count();
        let is_written = |doc: DocId| !unwritten.contains_key(&doc);
        self.list(&collection, &applied, is_written)?;
        let applied = total(&applied, is_written);
        let done = Done { change: Change::Written { applied, files: written }, unwritten: unwritten.len() };
        let code = self.outcome.report(&collection, findings, &self.warnings, done)?;
        if let Some((doc, reason)) = unwritten.iter().next() {
            let others = unwritten.len() - 1;
            let more = if others > 0 { format!(" (and {} more)", count(others, "file")) } else { String::new() };
            let path = collection.document(*doc).source.display();
            return Err(Failure::Usage(UsageError {
                message: format!("could not write `{path}`: {reason}{more}"),
                help: Some("files that could not be written are unchanged; all others were fixed".to_owned()),
            }));
        }
        Ok(code)
    }
}

/// Returns the indices of the documents whose file changes.
fn changed(collection: &Collection, before: &[Source]) -> Vec<usize> {
    let is_changed = |(doc, before): (&Document, &Source)| {
        !collection.context.contains(&doc.id)
            && (doc.source.text() != before.text() || doc.source.bytes() != before.bytes())
    };
    let pairs = collection.documents.iter().zip(before).enumerate();
    pairs.filter(|(_, pair)| is_changed(*pair)).map(|(at, _)| at).collect()
}

/// Returns the number of fixes of each rule in the documents for which `counts` returns true.
fn total(applied: &BTreeMap<DocId, Vec<AppliedFix>>, counts: impl Fn(DocId) -> bool) -> BTreeMap<&'static str, usize> {
    let mut total = BTreeMap::new();
    for fix in applied.iter().filter(|(doc, _)| counts(**doc)).flat_map(|(_, fixes)| fixes) {
        *total.entry(fix.rule).or_default() += 1;
    }
    total
}

/// The findings that were there before, unless they are to be shown.
pub(super) fn known(args: &CheckArgs, settings: &Settings) -> Result<Option<Baseline>, Failure> {
    if args.outcome.no_baseline { Ok(None) } else { Baseline::load(settings) }
}

/// Lists the files that would be checked.
fn show_files(cli: &Cli, request: &Request<'_>, settings: Settings, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let mut out = terminal.stdout();
    let files = listed(cli, request, settings, terminal)?;
    let mut shown = files.iter().map(|path| path.to_string_lossy().into_owned());
    seen_enough(shown.try_for_each(|path| writeln!(out, "{}", visible(&path))).and_then(|()| out.flush()))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the selection of rules on the command line: all of `select` if there is one, `extended`, without `ignored`.
pub(super) fn patch(select: &[String], extended: &[String], ignored: &[String]) -> Result<RulePatch, UsageError> {
    let registry = registry();
    let parse = |names: &[String]| -> Result<Vec<Selector>, UsageError> {
        names.iter().map(|name| Selector::parse(name, &registry)).collect()
    };
    let select = parse(select)?;
    Ok(RulePatch {
        select: (!select.is_empty()).then_some(select),
        extend_select: parse(extended)?,
        ignore: parse(ignored)?,
        ..RulePatch::default()
    })
}
