//! The last line: how many findings, how many can be fixed, and how long it took.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use owo_colors::OwoColorize;

use super::terminal::Terminal;
use super::{Results, count};
use crate::model::edit::Applicability;
use crate::model::id::DocId;

/// What a run comes to.
#[derive(Debug, Clone)]
pub struct Summary {
    /// How many files were checked.
    pub files: usize,
    /// How many findings are left, and in how many files.
    pub findings: (usize, usize),
    /// How many of them have a safe fix.
    pub safe: usize,
    /// How many more have an unsafe one.
    pub risky: usize,
    /// What was fixed.
    pub change: Change,
    /// How many files could not be written.
    pub unwritten: usize,
    /// Documents whose fixes chase each other, with the rules that do.
    pub cycles: Vec<(DocId, Vec<&'static str>)>,
    /// How long it took.
    pub elapsed: Duration,
}

/// What was done about the findings.
#[derive(Debug, Clone)]
pub enum Change {
    /// Nothing: nobody asked.
    None,
    /// These fixes, by rule, were written.
    Written {
        /// How many fixes each rule made.
        applied: BTreeMap<&'static str, usize>,
        /// How many files changed.
        files: usize,
    },
    /// These fixes, by rule, were shown.
    Shown {
        /// How many fixes each rule would make.
        applied: BTreeMap<&'static str, usize>,
        /// How many files would change.
        files: usize,
    },
}

impl Summary {
    /// The summary of what was found.
    pub fn new(results: &Results<'_>, elapsed: Duration) -> Self {
        let mut places: Vec<DocId> = results.findings.iter().map(|finding| finding.primary.doc).collect();
        places.sort_unstable();
        places.dedup();
        let safe = results.fixable(Applicability::Safe);
        Self {
            files: results.collection.documents.len(),
            findings: (results.findings.len(), places.len()),
            safe,
            risky: results.fixable(Applicability::Unsafe) - safe,
            change: Change::None,
            unwritten: 0,
            cycles: Vec::new(),
            elapsed,
        }
    }
}

/// Writes the summary.
///
/// # Errors
/// If `out` does not take it.
pub fn write(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    match &summary.change {
        Change::None => {}
        Change::Written { applied, files } => fixes("fixed", "in", applied, *files, out)?,
        Change::Shown { applied, files } => fixes("would fix", "in", applied, *files, out)?,
    }
    for (_, rules) in &summary.cycles {
        let rules = rules.join(", ");
        writeln!(out, "{}: the fixes of {rules} undo each other; the file was left as it was", "warning".yellow())?;
    }
    if summary.unwritten > 0 {
        return writeln!(out, "{}", format!("{} could not be written", count(summary.unwritten, "file")).red());
    }
    let time = duration(summary.elapsed);
    let (findings, places) = summary.findings;
    let checked = count(summary.files, "file");
    if findings == 0 {
        let done = if matches!(summary.change, Change::None) { "nothing to complain about" } else { "nothing left" };
        return writeln!(out, "{} {checked} checked, {done} ({time})", "✓".green());
    }
    let head = format!("{} in {places} of {checked}", count(findings, "finding"));
    let mut hints = Vec::new();
    let offers = !matches!(summary.change, Change::Written { .. });
    if summary.safe > 0 && offers {
        hints.push(format!("{} fixable with --fix", summary.safe));
    }
    if summary.risky > 0 {
        let more = if hints.is_empty() { "" } else { " more" };
        hints.push(format!("{}{more} with --fix --unsafe-fixes", summary.risky));
    }
    if hints.is_empty() {
        hints.push("none of them fixable".to_owned());
    }
    writeln!(out, "{}: {} ({time})", head.bold(), hints.join(", "))
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
/// If it does not take it.
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
