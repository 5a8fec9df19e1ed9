//! Placeholders of a text of a program and of its translation: the program fills in values by them, so a translation that
//! lacks one, or has one of its own, is broken.
//!
//! Knows entries of containers; texts in other documents are compared by `translated` alone.

use std::collections::BTreeMap;

use super::{ConflictForm, FactConflict};
use crate::facts::paired_items::ComparedItem;
use crate::model::span::Span;
use crate::text::values::placeholders::{TextPlaceholder, placeholders};

/// Returns the placeholders that the translation has in another form, lacks, or has in addition.
pub(super) fn conflicts(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Vec<FactConflict> {
    if !left.doc.has_keys() || !right.doc.has_keys() {
        return Vec::new();
    }
    // A text that waits for its translation has no placeholders to lose.
    if [left, right].iter().any(|item| item.doc.slice(item.body).trim().is_empty()) {
        return Vec::new();
    }
    let (Some(lefts), Some(rights)) = (of(left), of(right)) else { return Vec::new() };
    let lost: Vec<Span> = lefts.iter().filter(|(key, _)| !rights.contains_key(*key)).map(|(_, span)| *span).collect();
    let added: Vec<Span> = rights.iter().filter(|(key, _)| !lefts.contains_key(*key)).map(|(_, span)| *span).collect();
    let conflict = |form, wording, there, here| FactConflict { kind: "placeholder", wording, there, here, form };
    let mut found = Vec::new();
    for (&there, &here) in lost.iter().zip(&added) {
        found.push(conflict(ConflictForm::Differs, "is another placeholder than", there, here));
    }
    let whole = |item: &ComparedItem<'_>| {
        let written = item.doc.slice(item.body);
        let start = item.body.start + (written.len() - written.trim_start().len()) as u32;
        Span::new(start, start + written.trim().len() as u32)
    };
    for &there in lost.iter().skip(added.len()) {
        found.push(conflict(ConflictForm::Lost, "", there, whole(right)));
    }
    for &here in added.iter().skip(lost.len()) {
        found.push(conflict(ConflictForm::Added, "", whole(left), here));
    }
    found
}

/// Returns the placeholders of an entry, each once, with the first place of each; `None` if a grammar of its own decides
/// which of them a text needs.
fn of(item: &ComparedItem<'_>) -> Option<BTreeMap<String, Span>> {
    let mut found = BTreeMap::new();
    let start = item.doc.blocks.partition_point(|block| block.span.start < item.body.start);
    for block in item.doc.blocks[start..].iter().take_while(|block| block.span.end <= item.body.end) {
        for TextPlaceholder { key, range } in placeholders(item.doc.slice(block.span))? {
            let at = block.span.start;
            found.entry(key).or_insert(Span::new(at + range.start as u32, at + range.end as u32));
        }
    }
    Some(found)
}
