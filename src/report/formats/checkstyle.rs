//! Checkstyle XML, read by Jenkins and many other servers.
//!
//! Format: the output of Checkstyle's `XMLLogger`.

use std::io::{self, Write};

use super::{Levels, path_of, remedy, xml};
use crate::report::Results;

const LEVELS: Levels = Levels { error: "error", warning: "warning", info: "info" };

/// Writes a `file` element for each document with findings.
///
/// # Errors
/// If `out` does not take them.
pub(super) fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<checkstyle version=\"4.3\">")?;
    for findings in results.shown.chunk_by(|a, b| a.primary.doc == b.primary.doc) {
        let doc = results.collection.document(findings[0].primary.doc);
        writeln!(out, "  <file name=\"{}\">", xml::text(&path_of(doc)))?;
        for finding in findings {
            let at = doc.position(finding.primary.span.start);
            let mut message = finding.message.clone();
            if let Some(remedy) = remedy(finding, results) {
                message = format!("{message} ({remedy})");
            }
            writeln!(
                out,
                "    <error line=\"{}\" column=\"{}\" severity=\"{}\" message=\"{}\" source=\"recto.{}\"/>",
                at.line,
                at.column,
                LEVELS.of(finding.severity),
                xml::text(&message),
                finding.rule
            )?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}
