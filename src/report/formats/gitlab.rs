//! Code Quality report of GitLab.
//!
//! Format: GitLab documentation, "Code Quality", "Code Quality report format".

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Levels, path_of, remedy};
use crate::report::Results;

const LEVELS: Levels = Levels { error: "critical", warning: "minor", info: "info" };

/// Writes one JSON array.
///
/// # Errors
/// If `out` does not take it.
pub(super) fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    // The server wants each fingerprint once: equal findings of a file are counted.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let entries = results.shown.iter().map(|finding| {
        let doc = results.collection.document(finding.primary.doc);
        let path = path_of(doc);
        let identity = format!("{}-{path}", finding.fingerprint());
        let nth = seen.entry(identity.clone()).or_default();
        *nth += 1;
        let fingerprint = if *nth == 1 { identity } else { format!("{identity}-{nth}") };
        let place = |offset: u32| {
            let at = doc.position(offset);
            json!({ "line": at.line, "column": at.column })
        };
        let remedy = remedy(finding, results).map(|text| format!(" ({text})")).unwrap_or_default();
        json!({
            "description": format!("{}{remedy}", finding.message),
            "check_name": finding.rule,
            "fingerprint": fingerprint,
            "severity": LEVELS.of(finding.severity),
            "location": {
                "path": path,
                "positions": { "begin": place(finding.primary.span.start), "end": place(finding.primary.span.end) },
            },
        })
    });
    let entries: Vec<Value> = entries.collect();
    serde_json::to_writer_pretty(&mut *out, &entries)?;
    writeln!(out)
}
