//! A line for each finding: `path:line:column: rule message`.

use std::io::{self, Write};

use super::Results;

/// Writes the findings.
///
/// # Errors
/// If `out` does not take them.
pub fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in results.findings {
        let doc = results.collection.document(finding.primary.doc);
        let at = doc.position(finding.primary.span.start);
        writeln!(out, "{}:{}:{}: {} {}", doc.source.display(), at.line, at.column, finding.rule, finding.message)?;
    }
    Ok(())
}
