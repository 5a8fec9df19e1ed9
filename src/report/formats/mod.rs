//! The formats of a report, one file each. Each is a function of the results; which one is written is asked for by name.
//!
//! Formats for people and for build servers spell out what could steer a terminal; formats in JSON are exact.

mod azure;
mod checkstyle;
pub mod concise;
mod github;
mod github_review;
mod gitlab;
mod grouped;
mod junit;
mod markdown;
mod rdjson;
mod sarif;
mod xml;

use std::io::{self, Write};

use super::summary::Summary;
use super::terminal::Terminal;
use super::{Results, human, json, path_of};
use crate::cli::OutputFormat;
use crate::model::document::Document;
use crate::model::edit::{Applicability, Fix};
use crate::model::finding::{Finding, Severity};
use crate::model::span::Span;

/// Writes the findings in `format`.
///
/// # Errors
/// If `out` does not take it.
pub fn write(
    format: OutputFormat,
    results: &Results<'_>,
    summary: &Summary,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Human => human::write(results, terminal, out),
        OutputFormat::Grouped => grouped::write(results, out),
        OutputFormat::Concise => concise::write(results, out),
        OutputFormat::Json => json::write(results, out),
        OutputFormat::JsonLines => json::write_lines(results, out),
        OutputFormat::Github => github::write(results, out),
        OutputFormat::GithubReview => github_review::write(results, out),
        OutputFormat::Gitlab => gitlab::write(results, out),
        OutputFormat::Sarif => sarif::write(results, out),
        OutputFormat::Junit => junit::write(results, out),
        OutputFormat::Checkstyle => checkstyle::write(results, out),
        OutputFormat::Rdjson => rdjson::write(results, out),
        OutputFormat::Azure => azure::write(results, out),
        OutputFormat::Markdown => markdown::write(results, summary, out),
    }
}

/// Address of the page of a rule.
pub fn page_of(rule: &str) -> String {
    format!("{}/blob/main/rules/{rule}.md", env!("CARGO_PKG_REPOSITORY"))
}

/// The text of a place and its replacement, where one edit at that place is the whole fix.
fn change<'a>(finding: &'a Finding, results: &'a Results<'_>) -> Option<(&'a str, &'a str)> {
    let fix = finding.fix.as_ref()?;
    let [edit] = fix.edits.as_slice() else { return None };
    let doc = results.collection.document(edit.doc);
    (edit.span == finding.primary.span).then(|| (doc.slice(edit.span), edit.replacement.as_str()))
}

/// Longest text, in bytes, that is quoted within a line of a report: about half a line of a terminal.
const MAX_QUOTED_BYTES: usize = 40;

/// The fix of a finding in a few words: "write `the`" where the message names the text, "`teh` becomes `the`", or the
/// title of the fix. Nothing if the message has it already.
fn remedy(finding: &Finding, results: &Results<'_>) -> Option<String> {
    let fix = finding.fix.as_ref().filter(|fix| fix.applicability > Applicability::DisplayOnly)?;
    let is_short = |text: &str| text.len() <= MAX_QUOTED_BYTES && !text.contains(['\n', '\r']);
    match change(finding, results) {
        Some((_, new)) if !new.trim().is_empty() && finding.message.contains(new) => None,
        // The text is decoded already: its bytes change.
        Some((old, new)) if old == new => Some(fix.title.clone()),
        Some((old, new)) if is_short(old) && is_short(new) && !new.is_empty() => {
            let is_named = finding.message.contains(&format!("`{old}`"));
            Some(if is_named { format!("write `{new}`") } else { format!("`{old}` becomes `{new}`") })
        }
        _ => Some(fix.title.clone()),
    }
}

/// The findings, gravest first: by tier and severity, then in their order.
fn gravest_first<'a>(results: &Results<'a>) -> Vec<&'a Finding> {
    let mut findings: Vec<&Finding> = results.shown.iter().collect();
    findings.sort_by_key(|finding| finding.gravity());
    findings
}

/// The edits of a fix as spans of one document with their replacements; `None` if it changes another document, too.
fn edits_within<'a>(fix: &'a Fix, doc: &Document) -> Option<Vec<(Span, &'a str)>> {
    fix.edits.iter().map(|edit| (edit.doc == doc.id).then_some((edit.span, edit.replacement.as_str()))).collect()
}

/// Names of the three severities in a format.
struct Levels {
    error: &'static str,
    warning: &'static str,
    info: &'static str,
}

impl Levels {
    const fn of(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Error => self.error,
            Severity::Warning => self.warning,
            Severity::Info => self.info,
        }
    }
}
