//! Logging commands of Azure Pipelines.
//!
//! Format: Azure DevOps documentation, "Logging commands", `task.logissue`.

use std::io::{self, Write};

use super::{Levels, path_of, remedy};
use crate::report::Results;
use crate::report::visible::visible;

/// The command knows two levels.
const LEVELS: Levels = Levels { error: "error", warning: "warning", info: "warning" };

/// Writes a command for each finding.
///
/// # Errors
/// If `out` does not take them.
pub(super) fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in results.shown {
        let doc = results.collection.document(finding.primary.doc);
        let at = doc.position(finding.primary.span.start);
        let remedy = remedy(finding, results).map(|text| format!(" ({text})")).unwrap_or_default();
        writeln!(
            out,
            "##vso[task.logissue type={};sourcepath={};linenumber={};columnnumber={};code={};]{}",
            LEVELS.of(finding.severity),
            escaped(&path_of(doc)),
            at.line,
            at.column,
            finding.rule,
            escaped(&format!("{}{remedy}", finding.message))
        )?;
    }
    Ok(())
}

/// Returns the text without anything that ends a property or a line.
fn escaped(text: &str) -> String {
    visible(text).replace('%', "%AZP25").replace(';', "%3B").replace(']', "%5D")
}
