//! The number of findings of each rule, file or folder.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use owo_colors::OwoColorize;
use serde::Serialize;

use super::visible::visible;
use super::{Results, is_fixable, path_of};
use crate::cli::{OutputFormat, StatisticsOf};
use crate::model::edit::Applicability;
use crate::model::finding::Finding;
use crate::model::id::DocId;

/// The findings of one rule, file or folder.
#[derive(Serialize)]
struct FindingsRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
    count: usize,
    files: usize,
    fixable: usize,
    unsafe_fixable: usize,
}

/// Writes a line for each rule, file or folder with findings, the most frequent first, and a line with their sums.
///
/// # Errors
/// If `out` does not take it.
pub fn write(results: &Results<'_>, of: StatisticsOf, format: OutputFormat, out: &mut dyn Write) -> io::Result<()> {
    let mut groups: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
    for finding in results.findings {
        groups.entry(name(finding, of, results)).or_default().push(finding);
    }
    let mut rows: Vec<(&String, FindingsRow)> =
        groups.iter().map(|(name, findings)| (name, row(name, of, findings))).collect();
    rows.sort_by_key(|(name, row)| (std::cmp::Reverse(row.count), *name));
    if format == OutputFormat::Json {
        let rows: Vec<&FindingsRow> = rows.iter().map(|(_, row)| row).collect();
        serde_json::to_writer(&mut *out, &rows)?;
        return writeln!(out);
    }
    let all: Vec<&Finding> = results.findings.iter().collect();
    let (total, sum) = ("total".to_owned(), row("total", of, &all));
    let lines = rows.iter().map(|(name, row)| (*name, row)).chain([(&total, &sum)]);
    let shown: Vec<(String, &FindingsRow)> = lines.map(|(name, row)| (visible(name).into_owned(), row)).collect();
    let width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, row) in &shown {
        let noun = if row.files == 1 { "file " } else { "files" };
        let files = if of == StatisticsOf::File { String::new() } else { format!("  in {:>4} {noun}", row.files) };
        let fixes = match (row.fixable, row.unsafe_fixable) {
            (0, 0) => String::new(),
            (safe, 0) => format!("  {safe} fixable"),
            (0, risky) => format!("  {risky} fixable with `--unsafe-fixes`"),
            (safe, risky) => format!("  {safe} fixable, {risky} more with `--unsafe-fixes`"),
        };
        let line = format!("{:>7}  {name:<width$}{files}{fixes}", row.count.bold());
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn name(finding: &Finding, of: StatisticsOf, results: &Results<'_>) -> String {
    let path = || path_of(results.collection.document(finding.primary.doc)).into_owned();
    match of {
        StatisticsOf::Rule => finding.rule.to_owned(),
        StatisticsOf::File => path(),
        StatisticsOf::Folder => path().rsplit_once('/').map_or("./".to_owned(), |(folder, _)| format!("{folder}/")),
    }
}

fn row(name: &str, of: StatisticsOf, findings: &[&Finding]) -> FindingsRow {
    let files: BTreeSet<DocId> = findings.iter().map(|finding| finding.primary.doc).collect();
    let fixable = |level| findings.iter().filter(|finding| is_fixable(finding, level)).count();
    let safe = fixable(Applicability::Safe);
    let named = |wanted| (of == wanted).then(|| name.to_owned());
    FindingsRow {
        rule: named(StatisticsOf::Rule),
        file: named(StatisticsOf::File),
        folder: named(StatisticsOf::Folder),
        count: findings.len(),
        files: files.len(),
        fixable: safe,
        unsafe_fixable: fixable(Applicability::Unsafe) - safe,
    }
}
