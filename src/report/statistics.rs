//! The number of findings of each rule.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use serde::Serialize;

use super::terminal::Terminal;
use super::{Results, is_fixable};
use crate::cli::OutputFormat;
use crate::model::edit::Applicability;

#[derive(Serialize)]
struct RuleCount {
    rule: &'static str,
    count: usize,
    files: usize,
    fixable: usize,
    unsafe_fixable: usize,
}

/// Writes a line for each rule with findings, the most frequent first.
///
/// # Errors If writing to standard output fails.
pub fn write(results: &Results<'_>, format: OutputFormat, terminal: &Terminal) -> io::Result<()> {
    let mut rows: Vec<RuleCount> = results.by_rule().keys().map(|rule| row(results, rule)).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.count), row.rule));
    let mut out = terminal.stdout();
    if format == OutputFormat::Json {
        serde_json::to_writer(&mut out, &rows)?;
        writeln!(out)?;
        return out.flush();
    }
    for row in &rows {
        let fixes = match (row.fixable, row.unsafe_fixable) {
            (0, 0) => String::new(),
            (safe, 0) => format!("  {safe} fixable"),
            (0, risky) => format!("  {risky} fixable unsafely"),
            (safe, risky) => format!("  {safe} fixable, {risky} more unsafely"),
        };
        writeln!(out, "{:>7}  {:<22} in {:>4} files{fixes}", row.count.bold(), row.rule, row.files)?;
    }
    out.flush()
}

fn row(results: &Results<'_>, rule: &'static str) -> RuleCount {
    let mine = || results.findings.iter().filter(move |finding| finding.rule == rule);
    let mut files: Vec<_> = mine().map(|finding| finding.primary.doc).collect();
    files.dedup();
    let fixable = mine().filter(|finding| is_fixable(finding, Applicability::Safe)).count();
    let any = mine().filter(|finding| is_fixable(finding, Applicability::Unsafe)).count();
    RuleCount { rule, count: mine().count(), files: files.len(), fixable, unsafe_fixable: any - fixable }
}
