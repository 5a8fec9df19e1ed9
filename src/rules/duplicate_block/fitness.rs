//! Fitness of copied text for its places: a paste does not look where it falls.
//!
//! Knows documents and copies; not which copies are reported.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

use crate::facts::copies::{CopiedLines, Copy};
use crate::model::collection::Collection;
use crate::model::document::{Block, BlockKind, Document};
use crate::model::line_fingerprint::FingerprintPosition;
use crate::text::words::words;

/// Length of the text before and after a copy that is compared, in bytes (a guess: two or three sentences).
const MAX_NEIGHBOUR_BYTES: usize = 400;
/// Minimum length of a compared word, in characters (a guess): shorter words occur everywhere.
const MIN_WORD_CHARS: usize = 4;
/// Minimum number of words that must be compared (a guess).
const MIN_WORDS: usize = 4;
/// Part of a copy that may be other than sentences, as one in this many (a guess): code, lists and tables return with a
/// purpose.
const MAX_OTHER_PART: u32 = 5;

/// Greatest likeness to a deliberate repetition with which a copy is still taken for a paste.
///
/// The numbers were measured on 22 repositories. Within one document, 294 of 304 copies that were planted are below them,
/// and of 31 paragraphs that are repeated under like headings, four. Of 22 others that are repeated, 18 are below them: most
/// lead to examples, are in tabs or are filler, as other signs tell.
#[derive(Debug, Clone, Copy)]
pub(super) struct PasteLimits {
    /// Share of their words, from 0 to 1, that the text before both places or after both may have in common.
    neighbours: f64,
    /// Such a share where the headings above both places have a word in common.
    under_like_headings: f64,
}

/// The limits within one document.
pub(super) const WITHIN: PasteLimits = PasteLimits { neighbours: 0.4, under_like_headings: 0.2 };
/// The limits between two documents.
pub(super) const ACROSS: PasteLimits = PasteLimits { neighbours: 0.3, under_like_headings: 0.1 };
/// The limits within one document between members of a programming interface, which take the same parameters, and between
/// numbered answers, which are made by one pattern.
pub(super) const BETWEEN_MEMBERS: PasteLimits = PasteLimits { neighbours: 0.15, under_like_headings: 0.1 };

/// Returns true if a copy of sentences does not fit one of its two places.
pub(super) fn are_strange_to(copy: &Copy, limits: PasteLimits, collection: &Collection) -> bool {
    let places = [copy.at, copy.source];
    if places.iter().any(|lines| is_mixed(*lines, collection) || starts_in_list(*lines, collection)) {
        return false;
    }
    let is_alike = are_headings_alike(copy, collection);
    let limit = if is_alike { limits.under_like_headings } else { limits.neighbours };
    likeness_of_places(copy, collection) < limit
}

/// Returns the share of their words that the neighbours of the two places have in common, from 0 to 1: those before or
/// those after, whichever are more alike.
fn likeness_of_places(copy: &Copy, collection: &Collection) -> f64 {
    let at = neighbours(copy.at, copy.source, collection);
    let source = neighbours(copy.source, copy.at, collection);
    at.iter().zip(&source).map(|(at, source)| likeness(at, source)).fold(0.0, f64::max)
}

/// Returns the words before and after some lines, up to the other place. Front matter, and tags and comments at the start of
/// a document, do not count.
fn neighbours(lines: CopiedLines, other: CopiedLines, collection: &Collection) -> [FxHashSet<u64>; 2] {
    let doc = collection.document(lines.doc);
    let text = doc.text();
    let is_head = |block: &&Block| matches!(block.kind, BlockKind::FrontMatter | BlockKind::Html);
    let head = doc.blocks.iter().take_while(is_head).last().map_or(0, |block| block.span.end as usize);
    let span = lines.span(collection).range();
    let other = (other.doc == lines.doc).then(|| other.span(collection).range());
    let from = other.as_ref().filter(|other| other.end <= span.start).map_or(head, |other| other.end);
    let to = other.as_ref().filter(|other| other.start >= span.end).map_or(text.len(), |other| other.start);
    let start = text.floor_char_boundary(span.start.saturating_sub(MAX_NEIGHBOUR_BYTES)).max(from);
    let end = text.ceil_char_boundary((span.end + MAX_NEIGHBOUR_BYTES).min(text.len())).min(to);
    let set = |text: Option<&str>| terms(text.unwrap_or("")).collect();
    [set(text.get(start..span.start)), set(text.get(span.end..end))]
}

/// Returns the terms of a text as hashes: its longer words, and pairs of characters where words are not divided.
pub(super) fn terms(text: &str) -> impl Iterator<Item = u64> + '_ {
    words(text).flat_map(|word| {
        let first = word.text.chars().next().unwrap_or(' ');
        let mut terms = Vec::new();
        if is_unspaced(first) {
            let pairs = word.text.chars().zip(word.text.chars().skip(1));
            terms.extend(pairs.map(|pair| hash(&pair)));
        } else if word.text.chars().nth(MIN_WORD_CHARS - 1).is_some() {
            terms.push(hash(&word.text.to_lowercase()));
        }
        terms
    })
}

/// Returns true for a letter of a script that has no spaces between words: Thai, kana, Chinese.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{E7F}' | '\u{3040}'..='\u{9FFF}')
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

fn likeness(one: &FxHashSet<u64>, other: &FxHashSet<u64>) -> f64 {
    let common = one.intersection(other).count();
    let all = one.len() + other.len() - common;
    if one.len().min(other.len()) < MIN_WORDS { 0.0 } else { common as f64 / all as f64 }
}

/// Returns true if much of some lines is code, tables, HTML or entries of lists.
fn is_mixed(lines: CopiedLines, collection: &Collection) -> bool {
    let doc = collection.document(lines.doc);
    let (mut all, mut other) = (0, 0);
    for print in lines.prints(collection) {
        let size = u32::from(print.size);
        let line = doc.line_span(doc.lines.start_of(print.line as usize).unwrap_or(0));
        let text = doc.slice(line);
        let first = line.start + (text.len() - text.trim_start().len()) as u32;
        all += size;
        if print.place == FingerprintPosition::Code || is_other(doc, first) {
            other += size;
        }
    }
    other * MAX_OTHER_PART > all
}

/// Returns true if a place is in anything but paragraphs and headings at the margin. A quotation or a note is repeated
/// wherever it is needed.
fn is_other(doc: &Document, offset: u32) -> bool {
    let mut next = doc.block_at(offset);
    while let Some(at) = next {
        if !matches!(doc[at].kind, BlockKind::Paragraph | BlockKind::Heading(_)) {
            return true;
        }
        next = doc[at].parent;
    }
    false
}

/// Returns true if some lines begin within a list: a step that several tasks have in common.
pub(super) fn starts_in_list(lines: CopiedLines, collection: &Collection) -> bool {
    let doc = collection.document(lines.doc);
    let span = lines.span(collection);
    let text = doc.slice(span);
    let mut next = doc.block_at(span.start + (text.len() - text.trim_start().len()) as u32);
    while let Some(at) = next {
        if doc[at].kind == BlockKind::ListItem {
            return true;
        }
        next = doc[at].parent;
    }
    false
}

/// Returns true if two headings above the places of a copy have a word in common. At the start of a page, the name of its
/// file is its heading.
fn are_headings_alike(copy: &Copy, collection: &Collection) -> bool {
    let above = |lines: CopiedLines| {
        let doc = collection.document(lines.doc);
        let start = lines.span(collection).start;
        let at = doc.headings.partition_point(|heading| heading.span.start < start).checked_sub(1);
        match at.and_then(|at| doc.headings.get(at)) {
            Some(heading) => (Some(heading.span), doc.slice(heading.content).trim().to_owned()),
            None => (
                None,
                doc.source.path().file_stem().map(|stem| stem.to_string_lossy().replace('_', "-")).unwrap_or_default(),
            ),
        }
    };
    let ((one, here), (other, there)) = (above(copy.at), above(copy.source));
    // In one section the heading says nothing.
    if copy.at.doc == copy.source.doc && one == other {
        return false;
    }
    let known: FxHashSet<u64> = terms(&here).collect();
    !here.is_empty() && here.eq_ignore_ascii_case(&there) || terms(&there).any(|term| known.contains(&term))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::decode::decode;
    use crate::model::document::Format;
    use crate::model::id::DocId;
    use crate::parse::parse;

    #[test]
    fn a_note_in_a_quotation_was_taken_for_a_paste() {
        let text = b"> A note.\n\nA paragraph.\n".to_vec();
        let doc = parse(DocId(0), decode("a.md".as_ref(), text), Format::Markdown);
        assert_eq!([2, 11].map(|offset| is_other(&doc, offset)), [true, false]);
    }

    #[test]
    fn chinese_text_had_no_words_to_compare() {
        let set = |text: &str| terms(text).collect::<FxHashSet<u64>>();
        assert_eq!(set("潮位表").len(), 2);
        assert_eq!(set("The lock is open").len(), 2);
        let [one, other] = ["水位每天涨落两次，大家都知道。", "水位每天涨落三次，大家都不知道。"].map(set);
        assert!(likeness(&one, &other) > 0.4);
        assert!(likeness(&set("a b c"), &set("a b c")) < 0.1);
    }
}
