//! The end of a run: what of its findings is reported, where, and with which exit code.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use super::before::Before;
use super::known::{Baseline, without};
use super::{Failure, seen_enough};
use crate::baseline::FILE_NAME;
use crate::cli::{CheckArgs, FailOn, OutputFormat};
use crate::fix::write;
use crate::input::discover;
use crate::model::collection::Collection;
use crate::model::finding::{Finding, Severity};
use crate::model::in_files::in_files;
use crate::report::progress::Phase;
use crate::report::summary::{Change, EarlierState, KnownFindings, Summary};
use crate::report::terminal::Terminal;
use crate::report::{self, Results, failure};
use crate::rules;
use crate::settings::{Settings, UsageError};

/// Number of findings from which on a report for people ends with their counts and with what to do next (a guess: fewer
/// are counted at a glance).
const MANY: usize = 9;

/// The means to end a run.
pub(super) struct Outcome<'a> {
    pub(super) args: &'a CheckArgs,
    pub(super) settings: &'a Settings,
    pub(super) terminal: &'a Terminal,
    pub(super) start: Instant,
    /// The findings that were there before, if there is a record of them.
    pub(super) known: Option<Baseline>,
    /// The state that the files were in before, if only new findings are asked for.
    pub(super) before: Option<Before>,
    /// Folders that are left out by default.
    pub(super) left_out: Vec<PathBuf>,
    /// Set when whoever reads the report has closed it.
    pub(super) is_closed: Cell<bool>,
}

/// Effects of a run on the files.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) change: Change,
    /// Number of files that could not be written.
    pub(super) unwritten: usize,
}

/// State of the files: as the fixes want them, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clean {
    Yes,
    No,
}

impl Outcome<'_> {
    /// Reports the findings in the format that was asked for.
    ///
    /// # Errors
    /// If the report cannot be written.
    pub(super) fn report(
        &self,
        collection: &Collection,
        findings: Vec<Finding>,
        warnings: &[UsageError],
        done: Done,
    ) -> Result<ExitCode, Failure> {
        let (findings, known) = self.new_ones(findings, collection);
        let (collection, findings) = in_files(Cow::Borrowed(collection), findings);
        let collection = collection.as_ref();
        let shown = self.gravest(&findings);
        let results = self.results(collection, &findings, &shown, warnings);
        let is_review = self.args.output_format == OutputFormat::GithubReview;
        let before = self.before.as_ref().filter(|_| is_review);
        let touched = before.map(|before| before.touched(collection, self.settings));
        let results = Results { inherited: known.inherited(), touched: touched.as_ref(), ..results };
        let summary = self.summary(&results, done, known);
        match &self.args.outcome.output_file {
            Some(path) => {
                let mut report = Vec::new();
                self.write(&results, &summary, &mut report)?;
                self.check_output_file(collection)?;
                write::create(path, &report).map_err(|error| UsageError {
                    message: format!("cannot write `{}`: {error}", path.display()),
                    help: Some("give --output-file a place that can be written to".to_owned()),
                })?;
            }
            None => {
                let mut out = match self.args.output_format.is_for_people() {
                    true => self.terminal.stdout(),
                    false => self.terminal.plain_stdout(),
                };
                let written = self.write(&results, &summary, &mut out).and_then(|()| out.flush());
                self.is_closed.set(written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe));
                seen_enough(written)?;
            }
        }
        // Formats for programs do not say how many findings are left out.
        let is_cut = results.shown.len() < results.findings.len() && !self.ends_with_summary();
        let says_summary =
            self.args.output_format == OutputFormat::Concise || self.args.outcome.output_file.is_some() || is_cut;
        if says_summary && self.args.statistics.is_none() && !self.args.outcome.quiet {
            report::summary::write_to_stderr(&summary, self.terminal)?;
        }
        failure::warn(warnings, self.terminal);
        Ok(self.code(&findings, Clean::Yes))
    }

    fn write(&self, results: &Results<'_>, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let mut summary = summary.clone();
        match self.args.statistics {
            Some(of) => report::statistics::write(results, of, self.args.output_format, out)?,
            None if self.is_folded() => summary.shown = report::folded::write(results, self.terminal, out)?,
            None => report::formats::write(self.args.output_format, results, &summary, self.terminal, out)?,
        }
        if self.ends_with_summary() && !self.args.outcome.quiet {
            let is_long = results.findings.len() >= MANY && self.args.output_format == OutputFormat::Human;
            if is_long {
                report::tally::write(results, self.terminal, out)?;
            }
            report::summary::write(&summary, out)?;
            if is_long {
                let next: Vec<String> = self.next(results, &summary).iter().map(|step| format!("`{step}`")).collect();
                report::tally::hanging("next: ", &next.join(", "), self.terminal, out)?;
            }
        }
        Ok(())
    }

    /// Returns true if the report is one page: for people, on a terminal, and not asked for at length.
    fn is_folded(&self) -> bool {
        let options = &self.args.outcome;
        let is_short = !options.all && options.max_findings.is_none() && options.output_file.is_none();
        is_short && self.args.output_format == OutputFormat::Human && self.terminal.is_shown()
    }

    /// Returns the commands that help further.
    fn next(&self, results: &Results<'_>, summary: &Summary) -> Vec<String> {
        let mut next = Vec::new();
        if summary.safe > 0 && matches!(summary.change, Change::None) && self.before.is_none() {
            next.push("recto check --fix".to_owned());
        }
        let gravest = results.findings.iter().min_by_key(|finding| finding.gravity());
        next.extend(gravest.map(|finding| format!("recto explain {}", finding.rule)));
        if !self.settings.is_configured() {
            next.push("recto init".to_owned());
        }
        if self.known.is_none() && self.before.is_none() && !self.args.outcome.no_baseline {
            next.push("recto baseline".to_owned());
        }
        if !self.args.audit {
            next.push("recto check --audit".to_owned());
        }
        next
    }

    /// True if the summary is the end of the report itself.
    fn ends_with_summary(&self) -> bool {
        self.args.statistics.is_none() && matches!(self.args.output_format, OutputFormat::Human | OutputFormat::Grouped)
    }

    /// Says on standard error what a run came to whose standard output is a patch.
    ///
    /// # Errors
    /// If standard error does not take it.
    pub(super) fn tell(
        &self,
        collection: &Collection,
        findings: Vec<Finding>,
        warnings: &[UsageError],
        done: Done,
        clean: Clean,
    ) -> Result<ExitCode, Failure> {
        let (findings, known) = self.new_ones(findings, collection);
        let results = self.results(collection, &findings, &findings, warnings);
        if !self.args.outcome.quiet {
            report::summary::write_to_stderr(&self.summary(&results, done, known), self.terminal)?;
        }
        failure::warn(warnings, self.terminal);
        Ok(self.code(&findings, clean))
    }

    /// Says on standard error, a line each, what is left in a text that was passed on.
    ///
    /// # Errors
    /// If standard error does not take it.
    pub(super) fn tell_concisely(
        &self,
        collection: &Collection,
        findings: Vec<Finding>,
        warnings: &[UsageError],
    ) -> Result<ExitCode, Failure> {
        let (findings, _) = self.new_ones(findings, collection);
        let (collection, findings) = in_files(Cow::Borrowed(collection), findings);
        let collection = collection.as_ref();
        let shown = self.gravest(&findings);
        let results = self.results(collection, &findings, &shown, warnings);
        report::formats::concise::write(&results, &mut self.terminal.stderr())?;
        failure::warn(warnings, self.terminal);
        Ok(self.code(&findings, Clean::Yes))
    }

    fn results<'a>(
        &'a self,
        collection: &'a Collection,
        findings: &'a [Finding],
        shown: &'a [Finding],
        warnings: &'a [UsageError],
    ) -> Results<'a> {
        Results {
            collection,
            findings,
            shown,
            rules: rules::ALL,
            warnings,
            left_out: &self.left_out,
            inherited: 0,
            touched: None,
        }
    }

    /// Returns the findings that are new, and how many are not.
    pub(super) fn new_ones(&self, findings: Vec<Finding>, collection: &Collection) -> (Vec<Finding>, KnownFindings) {
        let mut known = KnownFindings::default();
        let mut explained: Vec<bool> = Vec::new();
        if let Some(baseline) = &self.known {
            let divided = baseline.divide(&findings, collection, &self.args.paths, self.settings);
            known.stale = divided.stale.iter().map(|count| *count as usize).sum();
            known.hidden = divided.explained.iter().filter(|is_known| **is_known).count();
            explained = divided.explained;
        }
        if let Some(before) = &self.before {
            let files = collection.documents.len();
            let phase = Phase::new(format!("checking the files in {}", before.name), files, self.terminal);
            let inherited = before.inherited(&findings, collection, self.settings);
            drop(phase);
            explained.resize(inherited.len(), false);
            let only_inherited = inherited.iter().zip(&explained).filter(|(is_old, is_known)| **is_old && !**is_known);
            known.before = Some(EarlierState { name: before.name.clone(), inherited: only_inherited.count() });
            explained.iter_mut().zip(inherited).for_each(|(explained, is_old)| *explained |= is_old);
        }
        (without(findings, &explained), known)
    }

    /// Returns the findings that are shown: all, or as many as were asked for, the gravest, in their order.
    fn gravest<'a>(&self, findings: &'a [Finding]) -> Cow<'a, [Finding]> {
        let options = &self.args.outcome;
        let limit = options.max_findings.filter(|limit| *limit < findings.len());
        let Some(limit) = limit else { return findings.into() };
        let mut order: Vec<usize> = (0..findings.len()).collect();
        order.sort_by_key(|&at| (findings[at].gravity(), at));
        order.truncate(limit);
        order.sort_unstable();
        order.into_iter().map(|at| findings[at].clone()).collect::<Vec<_>>().into()
    }

    fn summary(&self, results: &Results<'_>, done: Done, known: KnownFindings) -> Summary {
        let mut summary = Summary::new(results, self.start.elapsed());
        summary.change = done.change;
        summary.unwritten = done.unwritten;
        summary.known = known;
        summary
    }

    fn code(&self, findings: &[Finding], clean: Clean) -> ExitCode {
        let fails = match self.args.outcome.fail_on {
            _ if self.args.outcome.exit_zero => false,
            FailOn::Gate => clean == Clean::No || findings.iter().any(Finding::fails),
            FailOn::Audit => clean == Clean::No || !findings.is_empty(),
            FailOn::Error => findings.iter().any(|finding| finding.severity == Severity::Error),
            FailOn::Never => false,
        };
        if fails { ExitCode::from(1) } else { ExitCode::SUCCESS }
    }

    /// Refuses a file for the report that was checked or is the baseline.
    fn check_output_file(&self, collection: &Collection) -> Result<(), UsageError> {
        let Some(path) = &self.args.outcome.output_file else { return Ok(()) };
        let is_it = |other: &std::path::Path| discover::is_same_file(path, other);
        let taken = collection.documents.iter().map(|doc| doc.source.path()).find(|other| is_it(other));
        let baseline = self.settings.root.join(FILE_NAME);
        match taken.or(is_it(&baseline).then_some(baseline.as_path())) {
            Some(other) => Err(UsageError {
                message: format!("the report would take the place of `{}`", other.display()),
                help: Some("give --output-file a name of its own".to_owned()),
            }),
            None => Ok(()),
        }
    }
}
