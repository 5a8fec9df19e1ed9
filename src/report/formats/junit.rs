//! JUnit XML, read by most build servers: a test suite for each file, a failed test for each finding.
//!
//! Format: the XML of Ant's JUnit task, as described by the schema of the Jenkins xUnit plug-in.

use std::io::{self, Write};

use super::{path_of, remedy, xml};
use crate::report::Results;
use crate::report::visible::visible;

/// Writes the suites. Where nothing was found there is one suite with a test that passed, because servers take a report
/// without tests for a failed run.
///
/// # Errors
/// If `out` does not take them.
pub(super) fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    let total = results.shown.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let is_well = results.findings.is_empty();
    let tests = if is_well { 1 } else { total };
    writeln!(out, "<testsuites name=\"recto\" tests=\"{tests}\" failures=\"{total}\" errors=\"0\">")?;
    if is_well {
        writeln!(out, "  <testsuite name=\"recto\" tests=\"1\" disabled=\"0\" errors=\"0\" failures=\"0\">")?;
        writeln!(out, "    <testcase name=\"nothing was found\" classname=\"recto\"/>")?;
        writeln!(out, "  </testsuite>")?;
    }
    for findings in results.shown.chunk_by(|a, b| a.primary.doc == b.primary.doc) {
        let doc = results.collection.document(findings[0].primary.doc);
        let (path, count) = (path_of(doc), findings.len());
        let name = xml::text(&path);
        writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{count}\" disabled=\"0\" errors=\"0\" failures=\"{count}\">"
        )?;
        for finding in findings {
            let at = doc.position(finding.primary.span.start);
            writeln!(
                out,
                "    <testcase name=\"{}:{}:{}\" classname=\"{name}\" file=\"{name}\" line=\"{}\">",
                finding.rule, at.line, at.column, at.line
            )?;
            let remedy = remedy(finding, results).map(|text| format!("\n{}", visible(&text))).unwrap_or_default();
            writeln!(
                out,
                "      <failure message=\"{}\" type=\"{}\">{}:{}:{}{}</failure>",
                xml::text(&finding.message),
                finding.severity.as_str(),
                name,
                at.line,
                at.column,
                remedy.lines().map(xml::text).collect::<Vec<_>>().join("\n")
            )?;
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}
