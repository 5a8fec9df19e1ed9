//! The JSON contract, schema 1: fields may be added, never changed.
//!
//! Lines and columns are 1-based, columns count Unicode scalar values; offsets are bytes in the file on disk, ends are
//! exclusive.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::path_of;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::{Applicability, Edit, Fix};
use crate::model::finding::{Finding, Label};
use crate::report::Results;
use crate::settings::UsageError;

/// Writes the whole report as one JSON object.
///
/// # Errors
/// If `out` does not take it.
pub fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = CheckOutput {
        schema: 1,
        tool: Tool { name: "recto", version: env!("CARGO_PKG_VERSION") },
        summary: JsonSummary {
            files: results.collection.judged().count(),
            context: results.collection.files_of_context(),
            left_out: results.left_out.len(),
            inherited: results.inherited,
            findings: results.findings.len(),
            fixable: results.fixable(Applicability::Safe),
            unsafe_fixable: results.fixable(Applicability::Unsafe) - results.fixable(Applicability::Safe),
            by_rule: results.by_rule(),
        },
        findings: results.shown.iter().map(|finding| entry(finding, results.collection)).collect(),
        warnings: results.warnings.iter().map(warning).collect(),
    };
    serde_json::to_writer(&mut *out, &report)?;
    writeln!(out)
}

/// Writes each finding as one JSON object on a line of its own.
///
/// # Errors
/// If `out` does not take them.
pub fn write_lines(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in results.shown {
        serde_json::to_writer(&mut *out, &entry(finding, results.collection))?;
        writeln!(out)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct CheckOutput<'a> {
    schema: u32,
    tool: Tool,
    summary: JsonSummary,
    findings: Vec<JsonFinding<'a>>,
    warnings: Vec<Warning<'a>>,
}

/// A warning about the run, without a place in a file.
#[derive(Serialize)]
struct Warning<'a> {
    message: &'a str,
    help: Option<&'a str>,
}

fn warning(warning: &UsageError) -> Warning<'_> {
    Warning { message: &warning.message, help: warning.help.as_deref() }
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct JsonSummary {
    files: usize,
    context: usize,
    left_out: usize,
    inherited: usize,
    findings: usize,
    fixable: usize,
    unsafe_fixable: usize,
    by_rule: BTreeMap<&'static str, usize>,
}

/// One finding as in the contract.
#[derive(Serialize)]
pub struct JsonFinding<'a> {
    rule: &'a str,
    family: &'static str,
    tier: &'static str,
    severity: &'static str,
    message: &'a str,
    path: Cow<'a, str>,
    start: JsonPosition,
    end: JsonPosition,
    text: &'a str,
    /// Of a finding in a container.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'a str>,
    label: &'a str,
    help: Option<&'a str>,
    related: RelatedPlaces<'a>,
    fix: Option<FixEntry<'a>>,
    candidates: &'a [String],
    data: &'a Map<String, Value>,
    fingerprint: String,
}

#[derive(Serialize)]
struct JsonPosition {
    line: u32,
    column: u32,
    offset: u32,
}

/// The related places of a finding, of which there may be millions: each is made when it is written.
struct RelatedPlaces<'a> {
    labels: &'a [Label],
    collection: &'a Collection,
}

impl Serialize for RelatedPlaces<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.labels.iter().map(|label| related(label, self.collection)))
    }
}

#[derive(Serialize)]
struct Related<'a> {
    path: Cow<'a, str>,
    start: JsonPosition,
    end: JsonPosition,
    message: &'a str,
    /// Of a further place of a finding that is folded by its cause; evidence has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    title: &'a str,
    applicability: &'static str,
    edits: LocatedEdits<'a>,
}

/// Edits with spans in bytes of their files, each made when it is written.
struct LocatedEdits<'a> {
    edits: &'a [Edit],
    collection: &'a Collection,
}

impl Serialize for LocatedEdits<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.edits.iter().filter_map(|edit| edit_entry(edit, self.collection)))
    }
}

#[derive(Serialize)]
struct EditEntry<'a> {
    path: Cow<'a, str>,
    start: u32,
    end: u32,
    replacement: Cow<'a, str>,
}

/// Returns a finding as in the contract.
pub fn entry<'a>(finding: &'a Finding, collection: &'a Collection) -> JsonFinding<'a> {
    let doc = collection.document(finding.primary.doc);
    JsonFinding {
        rule: finding.rule,
        family: finding.family.as_str(),
        tier: finding.tier.as_str(),
        severity: finding.severity.as_str(),
        message: &finding.message,
        path: path_of(doc),
        start: place(doc, finding.primary.span.start),
        end: place(doc, finding.primary.span.end),
        text: finding.container.as_ref().map_or(doc.slice(finding.primary.span), |container| &container.text),
        part: finding.container.as_ref().and_then(|container| container.part.as_deref()),
        label: &finding.primary.message,
        help: finding.help.as_deref(),
        related: RelatedPlaces { labels: &finding.related, collection },
        fix: finding.fix.as_ref().and_then(|fix| fix_entry(fix, collection)),
        candidates: &finding.candidates,
        data: &finding.data,
        fingerprint: finding.fingerprint().to_string(),
    }
}

fn place(doc: &Document, offset: u32) -> JsonPosition {
    let position = doc.position(offset);
    JsonPosition { line: position.line, column: position.column, offset: doc.source.disk_offset(offset) }
}

fn related<'a>(label: &'a Label, collection: &'a Collection) -> Related<'a> {
    let doc = collection.document(label.doc);
    Related {
        path: path_of(doc),
        start: place(doc, label.span.start),
        end: place(doc, label.span.end),
        message: &label.message,
        fingerprint: label.fingerprint.map(|print| print.to_string()),
    }
}

/// Returns a fix. `None` if one of its edits has no span in bytes of the file, because the file must become UTF-8
/// first.
fn fix_entry<'a>(fix: &'a Fix, collection: &'a Collection) -> Option<FixEntry<'a>> {
    let is_located = |edit: &Edit| edit_entry(edit, collection).is_some();
    fix.edits.iter().all(is_located).then(|| FixEntry {
        title: &fix.title,
        applicability: fix.applicability.as_str(),
        edits: LocatedEdits { edits: &fix.edits, collection },
    })
}

fn edit_entry<'a>(edit: &'a Edit, collection: &'a Collection) -> Option<EditEntry<'a>> {
    let doc = collection.document(edit.doc);
    let (span, replacement) = doc.source.disk_edit(edit.span, &edit.replacement)?;
    Some(EditEntry { path: path_of(doc), start: span.start, end: span.end, replacement })
}
