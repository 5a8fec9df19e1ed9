//! Findings under the name of their file.

use std::io::{self, Write};

use owo_colors::OwoColorize;

use super::{path_of, remedy};
use crate::model::edit::Applicability;
use crate::report::visible::visible;
use crate::report::{Results, is_fixable};

/// Writes a block for each document with findings: its name, and a line for each finding.
///
/// # Errors
/// If `out` does not take them.
pub(super) fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for findings in results.shown.chunk_by(|a, b| a.primary.doc == b.primary.doc) {
        let doc = results.collection.document(findings[0].primary.doc);
        writeln!(out, "{}", visible(&path_of(doc)).bold())?;
        let places = findings.iter().map(|finding| doc.position(finding.primary.span.start));
        let places: Vec<String> = places.map(|at| format!("{}:{}", at.line, at.column)).collect();
        let width = places.iter().map(String::len).max().unwrap_or(0);
        for (finding, place) in findings.iter().zip(&places) {
            let mark = if is_fixable(finding, Applicability::Safe) { " [*]" } else { "" };
            let remedy = remedy(finding, results).map(|text| format!(" ({})", visible(&text))).unwrap_or_default();
            let message = visible(&finding.message);
            writeln!(out, "  {place:>width$}  {}{mark} {message}{remedy}", finding.rule.cyan())?;
        }
        writeln!(out)?;
    }
    Ok(())
}
