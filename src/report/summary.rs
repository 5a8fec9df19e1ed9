//! The last line: the number of findings, the number of fixable ones, and the duration.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use owo_colors::OwoColorize;

use super::terminal::Terminal;
use super::visible::visible;
use super::{Results, count};
use crate::model::document::{Document, Format};
use crate::model::edit::Applicability;
use crate::model::id::DocId;
use crate::model::source::Origin;

/// The outcome of a run.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Number of files that were checked.
    pub files: usize,
    /// Number of files that were read so that the others could be judged.
    pub context: usize,
    /// Folders that are left out by default.
    pub left_out: Vec<PathBuf>,
    /// Number of those whose names are not those of Markdown files, so that only their encoding was checked.
    pub encoding_only: usize,
    /// Number of those that could not be read.
    pub unread: usize,
    /// Number of remaining findings, and number of files with findings.
    pub findings: (usize, usize),
    /// Number of findings with a safe fix.
    pub safe: usize,
    /// Number of findings with a likely fix, which need `--unsafe-fixes`.
    pub risky: usize,
    /// The fixes that were applied.
    pub change: Change,
    /// Number of files that could not be written.
    pub unwritten: usize,
    /// Findings of the baseline.
    pub known: KnownFindings,
    /// Number of findings that are shown.
    pub shown: usize,
    /// How long it took.
    pub elapsed: Duration,
}

/// Findings that are not new: those of the baseline, and those of an earlier state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownFindings {
    /// Number of places whose findings are hidden by the baseline.
    pub hidden: usize,
    /// Number of recorded findings that are not there any more.
    pub stale: usize,
    /// The earlier state, if there is one to compare with.
    pub before: Option<EarlierState>,
}

/// A state of the files before the one that was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EarlierState {
    /// Name for people.
    pub name: String,
    /// Number of places whose findings it has, too.
    pub inherited: usize,
}

impl KnownFindings {
    /// Returns the number of places whose findings an earlier state has, too.
    pub fn inherited(&self) -> usize {
        self.before.as_ref().map_or(0, |before| before.inherited)
    }
}

/// Outcome of fixing.
#[derive(Debug, Clone, Default)]
pub enum Change {
    /// Nothing: nobody asked.
    #[default]
    None,
    /// Fixes were written.
    Written {
        /// Number of fixes of each rule.
        applied: BTreeMap<&'static str, usize>,
        /// Number of files that changed.
        files: usize,
    },
    /// Fixes were shown.
    Shown {
        /// Number of fixes of each rule.
        applied: BTreeMap<&'static str, usize>,
        /// Number of files that would change.
        files: usize,
    },
}

impl Summary {
    /// Returns the summary of these findings.
    pub fn new(results: &Results<'_>, elapsed: Duration) -> Self {
        let mut places: Vec<DocId> = results.findings.iter().map(|finding| finding.primary.doc).collect();
        places.sort_unstable();
        places.dedup();
        let safe = results.fixable(Applicability::Safe);
        let documents = || results.collection.judged();
        let is_unread = |doc: &&Document| matches!(doc.source.origin(), Origin::Unreadable(_) | Origin::Binary(_));
        let unread = documents().filter(is_unread).count();
        let text = documents().filter(|doc| doc.format == Format::Text && !is_unread(doc)).count();
        Self {
            files: documents().count(),
            context: results.collection.files_of_context(),
            left_out: results.left_out.to_vec(),
            encoding_only: text,
            unread,
            findings: (results.findings.len(), places.len()),
            safe,
            risky: results.fixable(Applicability::Unsafe) - safe,
            change: Change::None,
            unwritten: 0,
            known: KnownFindings::default(),
            shown: results.shown.len(),
            elapsed,
        }
    }
}

/// Writes the summary.
///
/// # Errors
/// If writing to `out` fails.
pub fn write(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    match &summary.change {
        Change::None => {}
        Change::Written { applied, files } => fixes("fixed", "in", applied, *files, out)?,
        Change::Shown { applied, files } => fixes("would fix", "in", applied, *files, out)?,
    }
    if summary.unwritten > 0 {
        writeln!(out, "{}", format!("{} could not be written", count(summary.unwritten, "file")).red())?;
    }
    beside(summary, out)?;
    baseline(&summary.known, out)?;
    let time = duration(summary.elapsed);
    let (findings, places) = summary.findings;
    let checked = count(summary.files, "file");
    if findings == 0 {
        return writeln!(out, "{} ({time})", all_well(summary));
    }
    if summary.shown < findings {
        writeln!(out, "showing {} of {findings} findings; `--all` shows the rest", summary.shown)?;
    }
    let head = format!("{} in {places} of {checked}", count(findings, "finding"));
    let mut hints = Vec::new();
    let offers = !matches!(summary.change, Change::Written { .. });
    if summary.safe > 0 && offers {
        hints.push(format!("{} fixable with `--fix`", summary.safe));
    }
    if summary.risky > 0 {
        hints.push(if hints.is_empty() {
            format!("{} fixable with `--fix --unsafe-fixes`", summary.risky)
        } else {
            format!("{} more with `--unsafe-fixes`", summary.risky)
        });
    }
    if hints.is_empty() {
        hints.push(if summary.safe > 0 { "none of them fixed" } else { "none of them fixable" }.to_owned());
    }
    writeln!(out, "{}: {} ({time})", head.bold(), hints.join(", "))
}

/// Number of folders that are named (a guess: more do not fit on a line).
const NAMED: usize = 4;

/// Writes what was read or left out beside the files that were checked.
fn beside(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    if summary.context > 0 {
        let verb = if summary.context == 1 { "was" } else { "were" };
        writeln!(out, "{} {verb} read as context", count(summary.context, "more file"))?;
    }
    if !summary.left_out.is_empty() {
        let shown = |folder: &PathBuf| visible(&folder.display().to_string()).into_owned();
        let mut named: Vec<String> = summary.left_out.iter().take(NAMED).map(shown).collect();
        if summary.left_out.len() > NAMED {
            named.push("…".to_owned());
        }
        writeln!(out, "{} left out by default: {}", count(summary.left_out.len(), "folder"), named.join(", "))?;
    }
    Ok(())
}

/// Says what an earlier state and the baseline hide, and whether the baseline is still true.
fn baseline(known: &KnownFindings, out: &mut dyn Write) -> io::Result<()> {
    if let Some(before) = known.before.as_ref().filter(|before| before.inherited > 0) {
        let were = if before.inherited == 1 { "was" } else { "were" };
        let name = visible(&before.name);
        writeln!(out, "{} {were} there before, in {name}, and left out", count(before.inherited, "finding"))?;
    }
    if known.hidden > 0 {
        writeln!(out, "{} of recto-baseline.jsonl hidden; --no-baseline shows them", count(known.hidden, "finding"))?;
    }
    if known.stale > 0 {
        let (are, them) = if known.stale == 1 { ("is", "it") } else { ("are", "them") };
        let stale = count(known.stale, "finding");
        writeln!(out, "{stale} of recto-baseline.jsonl {are} mended: `recto baseline --update` drops {them}")?;
    }
    Ok(())
}

/// Returns the closing words where nothing was found. The tick is for a run that read something, and all of it.
fn all_well(summary: &Summary) -> String {
    let checked = count(summary.files, "file");
    if summary.files == 0 {
        return format!("{} checked", checked.yellow());
    }
    if summary.unread > 0 {
        return format!("{} of {checked} could not be read", summary.unread).yellow().to_string();
    }
    if summary.unwritten > 0 {
        return format!("{checked} checked");
    }
    let (how, what) = match summary.encoding_only {
        0 => (String::new(), "nothing to complain about"),
        all if all == summary.files => (" for encoding only (not named as Markdown)".to_owned(), "nothing found"),
        some => (format!(" ({some} for encoding only)"), "nothing to complain about"),
    };
    let what = match &summary.known.before {
        Some(before) => format!("nothing new since {}", visible(&before.name)),
        None if summary.known.hidden > 0 => "nothing beyond recto-baseline.jsonl".to_owned(),
        None => match summary.change {
            Change::None => what.to_owned(),
            Change::Written { .. } => "nothing left".to_owned(),
            Change::Shown { .. } => "nothing would be left".to_owned(),
        },
    };
    format!("{} {checked} checked{how}, {what}", "✓".green())
}

fn fixes(
    verb: &str,
    place: &str,
    applied: &BTreeMap<&'static str, usize>,
    files: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let total: usize = applied.values().sum();
    if total == 0 {
        return Ok(());
    }
    let by_rule: Vec<String> = applied.iter().map(|(rule, number)| format!("{number} {rule}")).collect();
    writeln!(out, "{verb} {} {place} {}: {}", count(total, "finding"), count(files, "file"), by_rule.join(", "))
}

/// Writes the summary to standard error.
///
/// # Errors
/// If writing to standard error fails.
pub fn write_to_stderr(summary: &Summary, terminal: &Terminal) -> io::Result<()> {
    write(summary, &mut terminal.stderr())
}

fn duration(elapsed: Duration) -> String {
    if elapsed.as_secs() >= 1 {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else {
        format!("{} ms", elapsed.as_millis())
    }
}
