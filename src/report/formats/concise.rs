//! A line for each finding: `path:line:column: rule message`, then the change in parentheses and `[*]` if it is safe.

use std::io::{self, Write};

use super::{path_of, remedy};
use crate::model::edit::Applicability;
use crate::report::visible::visible;
use crate::report::{Results, is_fixable};

/// Writes the findings.
///
/// # Errors
/// If `out` does not take them.
pub fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in results.shown {
        let doc = results.collection.document(finding.primary.doc);
        let at = doc.position(finding.primary.span.start);
        let path = path_of(doc);
        let (path, message) = (visible(&path), visible(&finding.message));
        // A name that a build server would obey is given in another of its spellings.
        let here = if path.starts_with("::") { "./" } else { "" };
        let remedy = remedy(finding, results).map(|text| format!(" ({})", visible(&text))).unwrap_or_default();
        let mark = if is_fixable(finding, Applicability::Safe) { " [*]" } else { "" };
        writeln!(out, "{here}{path}:{}:{}: {} {message}{remedy}{mark}", at.line, at.column, finding.rule)?;
    }
    Ok(())
}
