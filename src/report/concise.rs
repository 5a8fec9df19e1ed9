//! One line for each finding: `path:line:column: rule message`.

use std::io::{self, Write};

use super::Results;
use super::visible::visible;

/// Writes the findings.
///
/// # Errors If writing to `out` fails.
pub fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in results.findings {
        let doc = results.collection.document(finding.primary.doc);
        let at = doc.position(finding.primary.span.start);
        let (path, message) = (visible(doc.source.display()), visible(&finding.message));
        // A path that a build server would interpret as a command is written in an equivalent form.
        let here = if path.starts_with("::") { "./" } else { "" };
        writeln!(out, "{here}{path}:{}:{}: {} {message}", at.line, at.column, finding.rule)?;
    }
    Ok(())
}
