//! Annotations of GitHub Actions: workflow commands on standard output.
//!
//! Format: GitHub Docs, "Workflow commands for GitHub Actions".

use std::io::{self, Write};

use super::Results;
use super::visible::{visible, visible_lines};
use crate::model::finding::Severity;

/// Writes an annotation for each finding.
///
/// # Errors If writing to `out` fails.
pub fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in results.findings {
        let doc = results.collection.document(finding.primary.doc);
        let (start, end) = (doc.position(finding.primary.span.start), doc.position(finding.primary.span.end));
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let mut message = format!("{}: {}", finding.rule, visible(&finding.message));
        if let Some(help) = &finding.help {
            message.push_str(&format!("\nhelp: {}", visible_lines(help)));
        }
        let name = doc.source.display();
        if !can_be_named(name) {
            let place = format!("{}:{}:{}", visible(name), start.line, start.column);
            let title = property(finding.rule);
            writeln!(out, "::{command} title=recto {title}::{}", data(&format!("{place}: {message}")))?;
            continue;
        }
        let file = property(name);
        write!(out, "::{command} file={file},line={},", start.line)?;
        // Columns are displayed, and allowed, only within one line.
        if start.line == end.line {
            write!(out, "col={},endColumn={},", start.column, end.column)?;
        }
        writeln!(out, "endLine={},title=recto {}::{}", end.line, property(finding.rule), data(&message))?;
    }
    Ok(())
}

/// Returns true if a command can name this file, because of the invisible characters only line breaks have an escape
/// there.
fn can_be_named(path: &str) -> bool {
    let path = path.replace(['\n', '\r'], "");
    visible(&path) == path
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
