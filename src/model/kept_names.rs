//! Names that a fix must not change: targets of links to files that are there, labels of references, and the quotation marks
//! of values in front matter. Such a fix is withheld, and its finding says why.
//!
//! Knows documents, findings and their fixes; not which rule offers one.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rustc_hash::FxHashMap;

use super::collection::{Collection, Surroundings};
use super::document::{BlockKind, Document};
use super::edit::Edit;
use super::finding::Finding;
use super::id::DocId;
use super::span::{Span, covers};
use super::target::{TargetSpan, normalized, relative_targets, resolve};

/// Removes the fixes that change a name which something else depends on.
pub fn keep_names(findings: &mut [Finding], collection: &Collection) {
    let mut targets = LiveTargets { collection, files: None, targets: FxHashMap::default() };
    for finding in findings {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        let reason = edits.into_iter().find_map(|edit| {
            let doc = collection.document(edit.doc);
            if is_in_label(doc, edit.span) {
                Some("this is the label of a reference: change it together with its definition")
            } else if ends_value(doc, edit) {
                Some("the value ends at the quotation mark: write it in other ones")
            } else if targets.are_changed_by(edit) {
                Some("the file has this name: rename it together with the link")
            } else {
                None
            }
        });
        if let Some(reason) = reason {
            withhold(finding, reason.to_owned());
        }
    }
}

/// Removes the fix of a finding, keeps what it would have written as a candidate, and gives the reason.
pub(super) fn withhold(finding: &mut Finding, reason: String) {
    let Some(fix) = finding.fix.take() else { return };
    if finding.candidates.is_empty()
        && let [edit] = fix.edits.as_slice()
    {
        finding.candidates(vec![edit.replacement.clone()]);
    }
    finding.help(reason);
}

/// Returns whether a span is in the text of a reference that is its label as well: `[text]`, `[text][]`, `![text]`.
fn is_in_label(doc: &Document, span: Span) -> bool {
    /// Maximum number of links that hold a place (a guess): an image in a link, and its own text.
    const MOST: usize = 4;
    let before = doc.links.partition_point(|link| link.span.start <= span.start);
    doc.links[..before].iter().rev().take(MOST).filter(|link| link.span.contains(span)).any(|link| {
        let written = doc.slice(link.span);
        written.ends_with("[]") || written.ends_with(']') && !written.contains("][")
    })
}

/// Returns whether an edit puts a quotation mark into a value of front matter that is in such marks.
fn ends_value(doc: &Document, edit: &Edit) -> bool {
    let matter = doc.blocks.first().filter(|block| block.kind == BlockKind::FrontMatter);
    if matter.is_none_or(|matter| !matter.span.contains(edit.span)) || !edit.replacement.contains(['\'', '"']) {
        return false;
    }
    let line = doc.slice(doc.line_span(edit.span.start));
    let value = line.split_once([':', '=']).map_or(line, |(_, value)| value).trim_start().trim_start_matches("- ");
    let replaced = doc.slice(edit.span);
    let opens = |mark: char| value.starts_with(mark) || line.trim_start().trim_start_matches("- ").starts_with(mark);
    ['\'', '"']
        .into_iter()
        .any(|mark| opens(mark) && edit.replacement.matches(mark).count() > replaced.matches(mark).count())
}

/// Targets of links that lead to files.
struct LiveTargets<'a> {
    collection: &'a Collection,
    /// Paths of the documents. Filled on first use.
    files: Option<BTreeSet<PathBuf>>,
    targets: FxHashMap<DocId, Vec<TargetSpan>>,
}

impl LiveTargets<'_> {
    /// Returns whether an edit changes the target of a link to a file that has this name.
    fn are_changed_by(&mut self, edit: &Edit) -> bool {
        let doc = self.collection.document(edit.doc);
        if let Some(path) = wiki_target(doc, edit.span) {
            return self.is_there(&path);
        }
        let after = doc.definitions.partition_point(|definition| definition.span.start <= edit.span.start);
        let is_defined = after.checked_sub(1).is_some_and(|at| doc.definitions[at].span.contains(edit.span));
        let links = doc.links.partition_point(|link| link.span.start <= edit.span.start);
        let is_linked = doc.links[..links].iter().rev().take(2).any(|link| link.span.contains(edit.span));
        if !is_defined && !is_linked && !covers(&doc.html, edit.span.start) {
            return false;
        }
        let targets = self.targets.entry(doc.id).or_insert_with(|| relative_targets(doc));
        let after = targets.partition_point(|target| target.span.start <= edit.span.start);
        let Some(target) = after.checked_sub(1).map(|at| &targets[at]) else { return false };
        if !target.exact || !target.span.contains(edit.span) || target.target.path.is_empty() {
            return false;
        }
        let path = resolve(doc.source.path(), &target.target.path);
        self.is_there(&path)
    }

    fn is_there(&mut self, path: &PathBuf) -> bool {
        let collection = self.collection;
        let paths = || collection.documents.iter().map(|doc| normalized(doc.source.path())).collect();
        self.files.get_or_insert_with(paths).contains(path)
            || matches!(&collection.surroundings, Surroundings::Seen(seen) if seen.get(path) == Some(&true))
    }
}

/// Returns the path that the wiki link around a span names.
fn wiki_target(doc: &Document, span: Span) -> Option<PathBuf> {
    /// Maximum length of a name, in bytes: that of a file in most file systems. A line may have thousands of fixes, so that
    /// none of them looks farther.
    const LONGEST: usize = 255;
    let (text, at) = (doc.text(), span.start as usize);
    let before = &text[text.ceil_char_boundary(at.saturating_sub(LONGEST))..at];
    let start = at - (before.len() - before.rfind("[[")? - 2);
    let rest = &text[start..text.floor_char_boundary((start + LONGEST).min(text.len()))];
    let name = rest.split("]]").next()?.split(['|', '#', '\n', '\r']).next()?;
    let is_in_name = span.end as usize <= start + name.len();
    let file = if name.contains('.') { name.to_owned() } else { format!("{name}.md") };
    is_in_name.then(|| resolve(doc.source.path(), &file))
}
