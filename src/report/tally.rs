//! The findings in figures: by severity and rule, and the files that have most of them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use owo_colors::OwoColorize;

use super::excerpt::width;
use super::terminal::Terminal;
use super::visible::visible;
use super::{Results, path_of, wrap};
use crate::model::finding::Severity;
use crate::model::id::DocId;

/// Number of rules and of files that are named (a guess: more are not read).
const MAX_NAMED: usize = 6;

/// Writes a line for each severity with the counts of its rules, and one with the files that have the most findings.
///
/// # Errors
/// If `out` does not take them.
pub fn write(results: &Results<'_>, terminal: &Terminal, out: &mut dyn Write) -> io::Result<()> {
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in results.findings.iter().filter(|finding| finding.severity == severity) {
            *rules.entry(finding.rule).or_default() += 1;
        }
        if rules.is_empty() {
            continue;
        }
        let total: usize = rules.values().sum();
        let name = match (severity, total) {
            (Severity::Error, 1) => "error",
            (Severity::Error, _) => "errors",
            (Severity::Warning, 1) => "warning",
            (Severity::Warning, _) => "warnings",
            (Severity::Info, 1) => "note",
            (Severity::Info, _) => "notes",
        };
        hanging(&format!("{total:>6} {name:<8}  "), &most_frequent(rules, "rule"), terminal, out)?;
    }
    let mut files: BTreeMap<DocId, usize> = BTreeMap::new();
    for finding in results.findings {
        *files.entry(finding.primary.doc).or_default() += 1;
    }
    if files.len() > 1 {
        let named = files.into_iter().map(|(doc, number)| (path_of(results.collection.document(doc)), number));
        let named: BTreeMap<_, usize> = named.collect();
        hanging("       worst     ", &most_frequent(named, "file"), terminal, out)?;
    }
    Ok(())
}

/// Writes `head` and the text beside it, wrapped to the window.
///
/// # Errors
/// If `out` does not take them.
pub fn hanging(head: &str, text: &str, terminal: &Terminal, out: &mut dyn Write) -> io::Result<()> {
    let indent = width(head);
    for (at, line) in wrap::lines(text, terminal.width().saturating_sub(indent)).iter().enumerate() {
        match at {
            0 => writeln!(out, "{}{line}", head.bold())?,
            _ => writeln!(out, "{:indent$}{line}", "")?,
        }
    }
    Ok(())
}

/// Returns the most frequent names with their counts, and the number of the others.
fn most_frequent<N: AsRef<str> + Ord>(counts: BTreeMap<N, usize>, noun: &str) -> String {
    let mut counts: Vec<(N, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let named = counts.iter().take(MAX_NAMED);
    let mut parts: Vec<String> = named.map(|(name, number)| format!("{} {number}", visible(name.as_ref()))).collect();
    if counts.len() > MAX_NAMED {
        parts.push(format!("and {}", super::count(counts.len() - MAX_NAMED, &format!("more {noun}"))));
    }
    parts.join(", ")
}
