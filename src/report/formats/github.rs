//! Annotations of GitHub Actions: workflow commands on standard output.
//!
//! Format: GitHub Docs, "Workflow commands for GitHub Actions".

use std::io::{self, Write};

use super::{Levels, gravest_first, path_of, remedy};
use crate::model::finding::Severity;
use crate::report::Results;
use crate::report::visible::{visible, visible_lines};

const LEVELS: Levels = Levels { error: "error", warning: "warning", info: "notice" };

/// Number of annotations of each level that a step may have: GitHub Docs, "Workflow commands", limits of annotations.
const MAX_OF_A_LEVEL: usize = 10;

/// Writes an annotation for each finding, the gravest first, as many of each level as the host shows; a notice counts
/// the rest.
///
/// # Errors
/// If `out` does not take them.
pub(super) fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut written = [0; 3];
    let mut left = 0;
    for finding in gravest_first(results) {
        // One of the notices is kept for the count.
        let limit = MAX_OF_A_LEVEL - usize::from(finding.severity == Severity::Info);
        let of_level = &mut written[finding.severity as usize];
        if *of_level == limit {
            left += 1;
            continue;
        }
        *of_level += 1;
        let doc = results.collection.document(finding.primary.doc);
        let (start, end) = (doc.position(finding.primary.span.start), doc.position(finding.primary.span.end));
        let command = LEVELS.of(finding.severity);
        let mut message = format!("{}: {}", finding.rule, visible(&finding.message));
        if let Some(help) = &finding.help {
            message.push_str(&format!("\nhelp: {}", visible_lines(help)));
        }
        if let Some(remedy) = remedy(finding, results) {
            message.push_str(&format!("\nfix: {}", visible(&remedy)));
        }
        let name = &path_of(doc);
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
    if left > 0 {
        let text =
            format!("{left} of {} findings are not shown here; `recto check` lists them all", results.findings.len());
        writeln!(out, "::notice title=recto::{}", data(&text))?;
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
