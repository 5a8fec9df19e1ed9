//! `recto check --suppress`: writes the comments that allow the findings of a rule, each before the block that holds one.
//!
//! A file is written only if, judged again, it has none of the suppressed findings and no other than before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::notices::leads_outside;
use crate::fix::splice::splice;
use crate::fix::write;
use crate::input::containers;
use crate::input::decode::decode;
use crate::lint::lint;
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::pair::pair;
use crate::parse::parse;
use crate::settings::{Selector, Settings, UsageError};

/// The comments that were written, and the findings that are left.
#[derive(Debug, Default)]
pub(super) struct Suppressed {
    /// Number of comments.
    pub(super) comments: usize,
    /// Number of files.
    pub(super) files: usize,
    /// Files that were left as they are, each with the reason.
    pub(super) left: Vec<UsageError>,
}

/// Writes the comments for the findings that `selector` covers, but not into the files `outside` the named paths, to which
/// only symbolic links lead.
///
/// # Errors
/// If the reason cannot be written in a comment, or a file cannot be written.
pub(super) fn suppress(
    collection: &Collection,
    findings: &[Finding],
    (selector, reason): (Selector, &str),
    outside: &BTreeMap<DocId, PathBuf>,
    settings: &Settings,
) -> Result<Suppressed, UsageError> {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.is_empty() || reason.contains("--") || reason.contains("*/") {
        return Err(UsageError {
            message: "the reason has to be some words, without `--` and `*/`, which would end the comment".to_owned(),
            help: Some("say why the text is right, as in `--reason \"quoted from the standard\"`".to_owned()),
        });
    }
    let is_wanted = |finding: &Finding| selector.covers(finding.rule, finding.family);
    let mut comments: BTreeMap<DocId, BTreeMap<u32, BTreeSet<&str>>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| is_wanted(finding)) {
        for label in finding.places() {
            let doc = collection.document(label.doc);
            let rules = comments.entry(label.doc).or_default().entry(doc.allow_offset(label.span.start));
            rules.or_default().insert(finding.rule);
        }
    }
    let mut suppressed = Suppressed::default();
    let mut after = collection.clone();
    for (id, places) in &comments {
        let doc = collection.document(*id);
        let bytes = with_comments(doc, places, &reason);
        if let Some(bytes) = bytes.filter(|_| doc.format == Format::Markdown) {
            after.documents[id.index()] =
                parse(*id, containers::as_before(&doc.source, decode(doc.source.path(), bytes)), doc.format);
        }
    }
    let after = pair(Collection { works: Vec::new(), ..after }, settings);
    let left = counts(&lint(&after, settings));
    // Not `findings`, which lacks those of a baseline: they need no comment, and are still there afterwards.
    let old = counts(&lint(collection, settings));
    let wanted: Vec<Finding> = findings.iter().filter(|finding| is_wanted(finding)).cloned().collect();
    let wanted = counts(&wanted);
    for (id, places) in &comments {
        if let Some(target) = outside.get(id) {
            let name = collection.document(*id).source.display();
            suppressed.left.push(UsageError {
                message: format!("`{name}` was left as it is: {}", leads_outside(target)),
                help: Some("name the file itself, if it is yours to change".to_owned()),
            });
            continue;
        }
        let (before, now) = (collection.document(*id), after.document(*id));
        let count = |counts: &BTreeMap<(DocId, &str), usize>, rule: &str| {
            counts.iter().find(|((doc, name), _)| doc == id && *name == rule).map_or(0, |(_, count)| *count)
        };
        let is_gone =
            places.values().flatten().all(|rule| count(&left, rule) + count(&wanted, rule) <= count(&old, rule));
        let is_quiet =
            left.keys().filter(|(doc, _)| doc == id).all(|(_, rule)| count(&left, rule) <= count(&old, rule));
        if !is_gone || !is_quiet || before.text() == now.text() {
            let name = before.source.display();
            suppressed.left.push(UsageError {
                message: format!("`{name}` was left as it is: no comment before the block allows all of it"),
                help: Some("write the comment by hand, or use `recto-allow-file`".to_owned()),
            });
            continue;
        }
        write::replace(before.source.path(), &[], &before.source.bytes(), &now.source.bytes()).map_err(|error| {
            UsageError { message: format!("cannot write `{}`: {error}", before.source.display()), help: None }
        })?;
        suppressed.comments += places.len();
        suppressed.files += 1;
    }
    Ok(suppressed)
}

/// Returns the number of findings of each rule in each document.
fn counts(findings: &[Finding]) -> BTreeMap<(DocId, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry((finding.primary.doc, finding.rule)).or_default() += 1;
    }
    counts
}

/// Returns the bytes of a document with comments before the lines at `places`. `None` if its text is not stored as UTF-8.
fn with_comments(doc: &Document, places: &BTreeMap<u32, BTreeSet<&str>>, reason: &str) -> Option<Vec<u8>> {
    let edits = places.iter().map(|(offset, rules)| {
        let rules: Vec<&str> = rules.iter().copied().collect();
        let comment = doc.allow_comment(*offset, &rules.join(", "), reason);
        let (place, comment) = doc.source.disk_edit(Span::at(*offset), &comment)?;
        Some((place.range(), comment.into_owned()))
    });
    let edits: Vec<_> = edits.collect::<Option<_>>()?;
    Some(splice(&doc.source.bytes(), edits))
}
