//! The number of findings of each rule.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use serde::Serialize;

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
/// # Errors
/// If `out` does not take it.
pub fn write(results: &Results<'_>, format: OutputFormat, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<RuleCount> = results.by_rule().keys().map(|rule| row(results, rule)).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.count), row.rule));
    if format == OutputFormat::Json {
        serde_json::to_writer(&mut *out, &rows)?;
        return writeln!(out);
    }
    for row in &rows {
        let fixes = match (row.fixable, row.unsafe_fixable) {
            (0, 0) => String::new(),
            (safe, 0) => format!("  {safe} fixable"),
            (0, risky) => format!("  {risky} fixable with `--unsafe-fixes`"),
            (safe, risky) => format!("  {safe} fixable, {risky} more with `--unsafe-fixes`"),
        };
        writeln!(out, "{:>7}  {:<22} in {:>4} files{fixes}", row.count.bold(), row.rule, row.files)?;
    }
    Ok(())
}

fn row(results: &Results<'_>, rule: &'static str) -> RuleCount {
    let mine = || results.findings.iter().filter(move |finding| finding.rule == rule);
    let mut files: Vec<_> = mine().map(|finding| finding.primary.doc).collect();
    files.dedup();
    let fixable = mine().filter(|finding| is_fixable(finding, Applicability::Safe)).count();
    let any = mine().filter(|finding| is_fixable(finding, Applicability::Unsafe)).count();
    RuleCount { rule, count: mine().count(), files: files.len(), fixable, unsafe_fixable: any - fixable }
}
