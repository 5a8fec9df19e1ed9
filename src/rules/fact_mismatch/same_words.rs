//! Paragraphs of two items in one language that are equal but for a number.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::{FactConflict, value};
use crate::facts::paired_items::ComparedItem;
use crate::facts::paired_items::paragraphs::{Paragraph, ParagraphKind, paragraphs};
use crate::model::span::Span;
use crate::text::values::reference::references;
use crate::text::words::{hash, words};

/// Minimum number of words of such a paragraph (a guess): a shorter one may be another one with the same frame.
const MIN_WORDS: usize = 4;

/// Returns the numbers that differ in paragraphs that are equal otherwise, and that no other paragraph of either item is
/// equal to.
pub(super) fn conflicts(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Vec<FactConflict> {
    let (lefts, rights) = (paragraphs(left), paragraphs(right));
    let (in_left, in_right) = (by_words(left, &lefts), by_words(right, &rights));
    let mut found = Vec::new();
    for (at, paragraph) in rights.iter().enumerate() {
        let Some(key) = key(text(right, paragraph)) else { continue };
        let (Some(Some(there)), Some(Some(here))) = (in_left.get(&key), in_right.get(&key)) else { continue };
        if *here == at {
            found.extend(differing((left, &lefts[*there]), (right, paragraph)));
        }
    }
    found
}

fn text<'a>(side: &'a ComparedItem<'_>, paragraph: &Paragraph) -> &'a str {
    match paragraph.kind {
        ParagraphKind::Code => side.doc.slice(paragraph.span),
        _ => paragraph.text(side),
    }
}

/// Returns the paragraph with each wording; `None` where several have it.
fn by_words(side: &ComparedItem<'_>, all: &[Paragraph]) -> FxHashMap<u64, Option<usize>> {
    let mut found: FxHashMap<u64, Option<usize>> = FxHashMap::default();
    for (at, paragraph) in all.iter().enumerate() {
        if let Some(key) = key(text(side, paragraph)) {
            found.entry(key).and_modify(|only| *only = None).or_insert(Some(at));
        }
    }
    found
}

/// Returns the hash of a text without the values of its numbers; `None` if it has too few words, or no number.
fn key(text: &str) -> Option<u64> {
    let mut bare = String::with_capacity(text.len());
    let (mut before, mut numbers) = (' ', 0);
    for c in text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }) {
        let is_continued = (c.is_ascii_digit() && before == '0') || (c == ' ' && before == ' ');
        before = if c.is_ascii_digit() { '0' } else { c };
        if !is_continued {
            bare.push(before);
            numbers += usize::from(before == '0');
        }
    }
    let count = words(&bare).filter(|word| word.text.starts_with(char::is_alphabetic)).take(MIN_WORDS).count();
    (numbers > 0 && count == MIN_WORDS).then(|| hash(bare.trim()))
}

/// Returns the numbers that differ in two texts of one wording, but for those that refer to items, whose numbers may
/// differ.
fn differing(
    (left, a): (&ComparedItem<'_>, &Paragraph),
    (right, b): (&ComparedItem<'_>, &Paragraph),
) -> Vec<FactConflict> {
    let (there, here) = (text(left, a), text(right, b));
    let referring: Vec<Range<usize>> = references(here).into_iter().map(|reference| reference.range).collect();
    let place = |side: &ComparedItem<'_>, paragraph: &Paragraph, range: Range<usize>| match paragraph.kind {
        ParagraphKind::Code => {
            Span::new(paragraph.span.start + range.start as u32, paragraph.span.start + range.end as u32)
        }
        _ => side.doc.prose.source_span(paragraph.prose.start + range.start..paragraph.prose.start + range.end),
    };
    let pairs = numbers(there).into_iter().zip(numbers(here));
    let changed = pairs.filter(|(x, y)| {
        let is_reference = referring.iter().any(|reference| reference.start <= y.start && y.end <= reference.end);
        there[x.clone()] != here[y.clone()] && !is_reference
    });
    changed.map(|(x, y)| value(place(left, a, x), place(right, b, y))).collect()
}

/// Returns the sequences of digits of a text.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        match found.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => found.push(at..at + 1),
        }
    }
    found
}
