//! Diagnostics of reviewdog, which makes review suggestions of the fixes.
//!
//! Format: `DiagnosticResult` of reviewdog's `proto/rdf/reviewdog.proto`, as JSON. Columns are 1-based and count bytes
//! of UTF-8.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Levels, edits_within, page_of, path_of};
use crate::model::document::Document;
use crate::model::edit::Applicability;
use crate::model::finding::Finding;
use crate::model::span::Span;
use crate::report::Results;

const LEVELS: Levels = Levels { error: "ERROR", warning: "WARNING", info: "INFO" };

/// Writes one JSON object.
///
/// # Errors
/// If `out` does not take it.
pub(super) fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    let diagnostics: Vec<Value> = results.shown.iter().map(|finding| diagnostic(finding, results)).collect();
    let report = json!({
        "source": { "name": "recto", "url": env!("CARGO_PKG_REPOSITORY") },
        "severity": "WARNING",
        "diagnostics": diagnostics,
    });
    serde_json::to_writer(&mut *out, &report)?;
    writeln!(out)
}

fn diagnostic(finding: &Finding, results: &Results<'_>) -> Value {
    let doc = results.collection.document(finding.primary.doc);
    let mut diagnostic = json!({
        "message": finding.message,
        "location": location(doc, finding.primary.span),
        "severity": LEVELS.of(finding.severity),
        "code": { "value": finding.rule, "url": page_of(finding.rule) },
    });
    let related = finding.related.iter().map(|label| {
        let doc = results.collection.document(label.doc);
        json!({ "message": label.message, "location": location(doc, label.span) })
    });
    let related: Vec<Value> = related.collect();
    if !related.is_empty() {
        diagnostic["related_locations"] = related.into();
    }
    let fix = finding.fix.as_ref().filter(|fix| fix.applicability > Applicability::DisplayOnly);
    if let Some(edits) = fix.and_then(|fix| edits_within(fix, doc)) {
        let suggestion = |(span, text): (Span, &str)| json!({ "range": range(doc, span), "text": text });
        diagnostic["suggestions"] = edits.into_iter().map(suggestion).collect::<Vec<_>>().into();
    }
    diagnostic
}

fn location(doc: &Document, span: Span) -> Value {
    json!({ "path": path_of(doc), "range": range(doc, span) })
}

fn range(doc: &Document, span: Span) -> Value {
    json!({ "start": position(doc, span.start), "end": position(doc, span.end) })
}

fn position(doc: &Document, offset: u32) -> Value {
    let line = doc.lines.line_of(offset);
    let start = doc.lines.start_of(line).unwrap_or(0);
    json!({ "line": line + 1, "column": offset - start + 1 })
}
