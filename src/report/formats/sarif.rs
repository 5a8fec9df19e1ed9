//! SARIF 2.1.0, which code scanning services read.
//!
//! Format: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". Columns are 1-based and count
//! Unicode code points, which `columnKind` declares.

use std::io::{self, Write};
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{Levels, page_of, path_of};
use crate::model::document::Document;
use crate::model::edit::{Applicability, Edit, Fix};
use crate::model::finding::{Finding, Label};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::report::Results;
use crate::rule::Rule;

const LEVELS: Levels = Levels { error: "error", warning: "warning", info: "note" };

/// Characters of a path that a URI has to escape: all but the unreserved ones of RFC 3986, and the slash.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Writes one log with one run.
///
/// # Errors
/// If `out` does not take it.
pub(super) fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    let found: Vec<&str> = results.by_rule().into_keys().collect();
    let rules: Vec<Value> =
        results.rules.iter().filter(|rule| found.contains(&rule.id)).map(|rule| descriptor(rule)).collect();
    let entries = results.shown.iter().map(|finding| {
        let index = found.binary_search(&finding.rule).unwrap_or_default();
        result(finding, index, results)
    });
    let warnings = results.warnings.iter().map(|warning| {
        let help = warning.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        json!({ "level": "warning", "message": { "text": format!("{}{help}", warning.message) } })
    });
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "recto",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "the folder in which recto was run" } } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": warnings.collect::<Vec<_>>(),
            }],
            "results": entries.collect::<Vec<_>>(),
        }],
    });
    serde_json::to_writer(&mut *out, &log)?;
    writeln!(out)
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.summary },
        "help": { "text": rule.summary, "markdown": rule.page },
        "helpUri": page_of(rule.id),
        "defaultConfiguration": { "level": LEVELS.of(rule.severity) },
        "properties": { "tags": [rule.family.as_str(), rule.tier.as_str()] },
    })
}

fn result(finding: &Finding, rule: usize, results: &Results<'_>) -> Value {
    let location = |label: &Label, id: Option<usize>| {
        let doc = results.collection.document(label.doc);
        let mut location = json!({
            "physicalLocation": { "artifactLocation": artifact(doc), "region": region(doc, label.span) },
        });
        if let Some(id) = id {
            location["id"] = id.into();
            location["message"] = json!({ "text": label.message });
        }
        location
    };
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": LEVELS.of(finding.severity),
        "message": { "text": message(finding) },
        "locations": [location(&finding.primary, None)],
        "partialFingerprints": { "recto/v1": finding.fingerprint().to_string() },
        "properties": { "tier": finding.tier.as_str() },
    });
    let related = finding.related.iter().enumerate().map(|(at, label)| location(label, Some(at + 1)));
    let related: Vec<Value> = related.collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    let fix = finding.fix.as_ref().filter(|fix| fix.applicability > Applicability::DisplayOnly);
    if let Some(fix) = fix {
        result["fixes"] = json!([fix_of(fix, results)]);
    }
    result
}

/// The message with the advice, which has no place of its own in SARIF.
fn message(finding: &Finding) -> String {
    let help = finding.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    format!("{}{help}", finding.message)
}

fn fix_of(fix: &Fix, results: &Results<'_>) -> Value {
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| (edit.doc, edit.span));
    let changes = edits.chunk_by(|a, b| a.doc == b.doc).map(|edits| {
        let doc: &Document = results.collection.document(edits.first().map_or(DocId(0), |edit| edit.doc));
        let replacements = edits.iter().map(|edit| {
            json!({
                "deletedRegion": region(doc, edit.span),
                "insertedContent": { "text": edit.replacement },
            })
        });
        json!({ "artifactLocation": artifact(doc), "replacements": replacements.collect::<Vec<_>>() })
    });
    json!({
        "description": { "text": fix.title },
        "artifactChanges": changes.collect::<Vec<_>>(),
        "properties": { "applicability": fix.applicability.as_str() },
    })
}

fn artifact(doc: &Document) -> Value {
    let path = path_of(doc);
    let encoded = utf8_percent_encode(path.trim_start_matches("./"), IN_PATH).to_string();
    let mut artifact = Map::new();
    match Path::new(path.as_ref()).is_absolute() {
        true => artifact.insert("uri".to_owned(), format!("file://{encoded}").into()),
        false => {
            artifact.insert("uriBaseId".to_owned(), "SRCROOT".into());
            artifact.insert("uri".to_owned(), encoded.into())
        }
    };
    artifact.into()
}

fn region(doc: &Document, span: Span) -> Value {
    let (start, end) = (doc.position(span.start), doc.position(span.end));
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}
