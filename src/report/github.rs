//! Annotations of GitHub Actions: workflow commands on standard output.
//!
//! Format: GitHub Docs, "Workflow commands for GitHub Actions".

use std::io::{self, Write};

use super::Results;
use crate::model::finding::Severity;

/// Writes an annotation for each finding.
///
/// # Errors
/// If `out` does not take them.
pub fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in results.findings {
        let doc = results.collection.document(finding.primary.doc);
        let (start, end) = (doc.position(finding.primary.span.start), doc.position(finding.primary.span.end));
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let file = property(doc.source.display());
        let mut message = format!("{}: {}", finding.rule, finding.message);
        if let Some(help) = &finding.help {
            message.push_str(&format!("\nhelp: {help}"));
        }
        write!(out, "::{command} file={file},line={},", start.line)?;
        // Columns are only shown, and only allowed, within one line.
        if start.line == end.line {
            write!(out, "col={},endColumn={},", start.column, end.column)?;
        }
        writeln!(out, "endLine={},title=recto {}::{}", end.line, property(finding.rule), data(&message))?;
    }
    Ok(())
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
