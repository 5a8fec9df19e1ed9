//! A review of a pull request on GitHub, with the fixes as suggestions that a click applies:
//! `recto check --since origin/main --output-format github-review | gh api repos/{owner}/{repo}/pulls/7/reviews --input -`.
//!
//! Format: GitHub REST API, "Create a review for a pull request". A comment has to be on a line that the pull request
//! shows; findings on other lines are listed in the body.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{edits_within, gravest_first, page_of, path_of};
use crate::fix::splice::splice;
use crate::model::document::Document;
use crate::model::edit::Applicability;
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::report::visible::visible;
use crate::report::{Results, count};

/// Maximum number of comments (a guess: nobody works through more in one review); further findings are in the body.
const MAX_COMMENTS: usize = 30;
/// Maximum number of findings that the body lists; further ones are counted.
const MAX_LISTED: usize = 30;
/// Number of unchanged lines that a pull request shows around a changed one.
const CONTEXT_LINES: u32 = 3;

/// One comment: findings whose fixes change the same lines, or one finding without a fix.
struct Comment<'a> {
    doc: &'a Document,
    /// 0-based numbers of the first and the last line.
    lines: (usize, usize),
    findings: Vec<&'a Finding>,
    edits: Vec<(Span, &'a str)>,
}

/// Writes the review as one JSON object.
///
/// # Errors
/// If `out` does not take it.
pub(super) fn write(results: &Results<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (mut shown, mut others) = (Vec::new(), Vec::new());
    for finding in gravest_first(results) {
        let comment = comment(finding, results);
        match is_in_diff(&comment, results) {
            true => shown.push(comment),
            false => others.push(finding),
        }
    }
    let mut comments = merged(shown);
    let rest = comments.split_off(comments.len().min(MAX_COMMENTS));
    others.extend(rest.into_iter().flat_map(|comment| comment.findings));
    let mut body = format!("recto: {}.", count(results.findings.len(), "finding"));
    if !others.is_empty() {
        body.push_str(&format!(" {} on lines that this pull request does not show:\n", others.len()));
    }
    for finding in others.iter().take(MAX_LISTED) {
        let doc = results.collection.document(finding.primary.doc);
        let line = doc.position(finding.primary.span.start).line;
        body.push_str(&format!("\n- `{}:{line}`: {}", visible(&path_of(doc)), told(finding)));
    }
    if others.len() > MAX_LISTED {
        body.push_str(&format!("\n- and {} more", others.len() - MAX_LISTED));
    }
    let comments: Vec<Value> = comments.iter().map(entry).collect();
    serde_json::to_writer(&mut *out, &json!({ "event": "COMMENT", "body": body, "comments": comments }))?;
    writeln!(out)
}

fn comment<'a>(finding: &'a Finding, results: &Results<'a>) -> Comment<'a> {
    let doc = results.collection.document(finding.primary.doc);
    let line_of = |span: Span| (doc.lines.line_of(span.start), doc.lines.line_of(span.end));
    let fix = finding.fix.as_ref().filter(|fix| fix.applicability > Applicability::DisplayOnly);
    let edits = fix.and_then(|fix| edits_within(fix, doc)).unwrap_or_default();
    let first = doc.lines.line_of(finding.primary.span.start);
    let lines = edits.iter().map(|(span, _)| line_of(*span)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    Comment { doc, lines: lines.unwrap_or((first, first)), findings: vec![finding], edits }
}

/// Returns whether the pull request shows all lines of a comment. Where nothing is known of it, it shows all.
fn is_in_diff(comment: &Comment<'_>, results: &Results<'_>) -> bool {
    let Some(touched) = results.touched else { return true };
    let (first, last) = (comment.lines.0 as u32, comment.lines.1 as u32);
    let hunks = touched.get(&comment.doc.id).map_or(&[][..], Vec::as_slice);
    hunks.iter().any(|hunk| hunk.start.saturating_sub(CONTEXT_LINES) <= first && last < hunk.end + CONTEXT_LINES)
}

/// Joins comments whose suggestions change the same lines, because only one of them could be applied. Of fixes that
/// contradict each other, the one of the graver finding is suggested.
fn merged(comments: Vec<Comment<'_>>) -> Vec<Comment<'_>> {
    let mut merged: Vec<Comment<'_>> = Vec::new();
    let mut by_lines: BTreeMap<(DocId, (usize, usize)), usize> = BTreeMap::new();
    for comment in comments {
        let key = (comment.doc.id, comment.lines);
        match by_lines.get(&key).and_then(|at| merged.get_mut(*at)) {
            Some(other) => {
                let is_free = |span: Span| other.edits.iter().all(|(taken, _)| taken.is_apart_from(span));
                let fits = comment.edits.iter().all(|(span, _)| is_free(*span));
                other.findings.extend(comment.findings);
                if fits {
                    other.edits.extend(comment.edits);
                }
            }
            None => {
                by_lines.insert(key, merged.len());
                merged.push(comment);
            }
        }
    }
    merged
}

fn entry(comment: &Comment<'_>) -> Value {
    let (doc, (first, last)) = (comment.doc, comment.lines);
    let mut body: Vec<String> = comment.findings.iter().map(|finding| told(finding)).collect();
    body.extend(suggestion(comment));
    let mut entry = json!({
        "path": path_of(doc),
        "side": "RIGHT",
        "line": last + 1,
        "body": body.join("\n\n"),
    });
    if first < last {
        entry["start_line"] = (first + 1).into();
        entry["start_side"] = "RIGHT".into();
    }
    entry
}

fn told(finding: &Finding) -> String {
    format!("[{}]({}): {}", finding.rule, page_of(finding.rule), visible(&finding.message))
}

/// Returns the lines of a comment with its edits, as a suggestion in a fence that they cannot end.
fn suggestion(comment: &Comment<'_>) -> Option<String> {
    let (doc, (first, last)) = (comment.doc, comment.lines);
    if comment.edits.is_empty() {
        return None;
    }
    let start = doc.lines.start_of(first)?;
    let lines = Span::new(start, doc.line_span(doc.lines.start_of(last)?).end);
    let mut edits = comment.edits.clone();
    edits.sort_by_key(|(span, _)| *span);
    // An edit of the line break itself would need the next line, too.
    if edits.iter().any(|(span, _)| !lines.contains(*span)) {
        return None;
    }
    let within =
        |(span, text): (Span, &str)| ((span.start - start) as usize..(span.end - start) as usize, text.to_owned());
    let new = splice(doc.slice(lines).as_bytes(), edits.into_iter().map(within));
    let new = String::from_utf8(new).ok()?;
    let ticks = new.split(|c| c != '`').map(str::len).max().unwrap_or(0).max(2) + 1;
    let fence = "`".repeat(ticks);
    Some(format!("{fence}suggestion\n{new}\n{fence}"))
}
