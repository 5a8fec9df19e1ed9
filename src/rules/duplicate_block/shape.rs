//! Likeness of what surrounds two copies: sections and pages of one shape repeat text on purpose, a paste does not look
//! where it falls.
//!
//! Knows documents; not which copies are reported.

use rustc_hash::FxHashSet;

use super::fitness::terms;
use crate::facts::copies::{CopiedLines, Copy};
use crate::model::collection::Collection;
use crate::model::document::{Block, BlockKind, Document, Heading};
use crate::model::id::DocId;
use crate::model::line_fingerprint::FingerprintPosition;

/// Length of the text before and after a copy that is compared, in bytes (a guess: two or three sentences).
const MAX_NEIGHBOUR_BYTES: usize = 300;
/// Minimum number of words that must be compared (a guess).
const MIN_WORDS: usize = 5;
/// Share of their words that two neighbours of one shape have in common, at least (a guess; unrelated sentences of one
/// document share a tenth).
const MIN_LIKENESS: f64 = 0.3;
/// Minimum number of headings that two pages of one shape have in common, and minimum share of the headings of the page
/// that has fewer (both guesses).
const MIN_COMMON_HEADINGS: usize = 2;
const MIN_COMMON_SHARE: f64 = 0.5;
/// Minimum number of copies, apart from each other in both pages, of two pages of one shape (a guess).
const MIN_SCATTERED_COPIES: usize = 3;

/// Returns true if the text right before both places of a copy is alike, or the text right after both.
pub(super) fn has_like_neighbours(copy: &Copy, collection: &Collection) -> bool {
    let [at, source] = [copy.at, copy.source].map(|lines| neighbours(lines, collection));
    at.iter().zip(&source).any(|(at, source)| are_alike(at, source))
}

/// Returns the words before and after some lines, within the section around them.
fn neighbours(lines: CopiedLines, collection: &Collection) -> [FxHashSet<u64>; 2] {
    let doc = collection.document(lines.doc);
    let (text, span) = (doc.text(), lines.span(collection).range());
    let start = text.floor_char_boundary(span.start.saturating_sub(MAX_NEIGHBOUR_BYTES));
    let end = text.ceil_char_boundary((span.end + MAX_NEIGHBOUR_BYTES).min(text.len()));
    let set = |text: &str| terms(text).collect();
    [set(text.get(start..span.start).unwrap_or("")), set(text.get(span.end..end).unwrap_or(""))]
}

fn are_alike(one: &FxHashSet<u64>, other: &FxHashSet<u64>) -> bool {
    let common = one.intersection(other).count();
    let all = one.len() + other.len() - common;
    one.len().min(other.len()) >= MIN_WORDS && common as f64 >= all as f64 * MIN_LIKENESS
}

/// Returns true if two documents are pages of one shape: they have headings in common outside of what was copied, or they
/// share pieces with text of their own between them.
pub(super) fn are_of_one_shape(one: DocId, other: DocId, copies: &[Copy], collection: &Collection) -> bool {
    let outside = |id: DocId| {
        let doc = collection.document(id);
        let copied: Vec<_> = copies.iter().map(|copy| copy.seen_from(id).0.span(collection)).collect();
        let own = doc.headings.iter().filter(|heading| !copied.iter().any(|span| span.overlaps(heading.span)));
        own.map(|heading| doc.slice(heading.content).trim().to_lowercase()).collect::<FxHashSet<String>>()
    };
    let (here, there) = (outside(one), outside(other));
    let common = here.intersection(&there).count();
    let fewer = here.len().min(there.len());
    common >= MIN_COMMON_HEADINGS && common as f64 >= fewer as f64 * MIN_COMMON_SHARE || are_scattered(one, copies)
}

/// Returns true if the heading above some lines names code: a function, an event, an option.
pub(super) fn is_under_code(lines: CopiedLines, collection: &Collection) -> bool {
    let doc = collection.document(lines.doc);
    let start = lines.span(collection).start;
    let at = doc.headings.partition_point(|heading| heading.span.start < start);
    let heading = at.checked_sub(1).and_then(|at| doc.headings.get(at));
    heading.is_some_and(|heading| doc.slice(heading.content).contains(['`', '(']))
}

/// Returns true if a copy begins with a heading, below two sections of one document that have further headings in common:
/// two things of one kind.
pub(super) fn is_part_of_like_sections(copy: &Copy, collection: &Collection) -> bool {
    let doc = collection.document(copy.at.doc);
    let inside = |lines: CopiedLines| {
        let span = lines.span(collection);
        let at = doc.headings.partition_point(|heading| heading.span.start < span.start);
        let starts = lines.prints(collection).first().is_some_and(|print| print.place == FingerprintPosition::Heading);
        let level = doc.headings.get(at).filter(|_| starts)?.level;
        let parent = doc.headings[..at].iter().rposition(|heading| heading.level < level);
        // The headings beside the copy, up to those of the sections around it.
        let is_beside = |heading: &&Heading| heading.level >= level;
        let before = doc.headings[..at].iter().rev().take_while(is_beside);
        let after = doc.headings[at..].iter().take_while(is_beside).filter(|heading| heading.span.start >= span.end);
        let titles = before.chain(after).map(|heading| doc.slice(heading.content).trim().to_lowercase());
        Some((parent, titles.collect::<FxHashSet<String>>()))
    };
    let places = (inside(copy.at), inside(copy.source));
    let (Some((parent, here)), Some((other_parent, there))) = places else { return false };
    copy.at.doc == copy.source.doc && parent != other_parent && here.intersection(&there).next().is_some()
}

/// Returns true if both places of a copy are under the same heading, or begin their documents.
pub(super) fn is_at_one_place(copy: &Copy, collection: &Collection) -> bool {
    let above = |lines: CopiedLines| {
        let doc = collection.document(lines.doc);
        let start = lines.span(collection).start;
        let heading = doc.headings.iter().take_while(|heading| heading.span.start < start).last()?;
        Some((heading.level, doc.slice(heading.content).trim().to_lowercase())).filter(|(level, _)| *level > 1)
    };
    above(copy.at) == above(copy.source)
}

/// Returns true if copies are in the same order in both documents, with lines of their own between them in both.
fn are_scattered(one: DocId, copies: &[Copy]) -> bool {
    let mut places: Vec<(CopiedLines, CopiedLines)> = copies.iter().map(|copy| copy.seen_from(one)).collect();
    places.sort();
    let (mut count, mut last) = (0, None::<(CopiedLines, CopiedLines)>);
    for place in places {
        if last.is_none_or(|last| last.0.end < place.0.first && last.1.end < place.1.first) {
            count += 1;
            last = Some(place);
        }
    }
    count >= MIN_SCATTERED_COPIES
}

/// Returns true if the whole of some lines is in a container such as `!!! note`, starts with a component of MDX or the end
/// of one, or is one block that starts with the word: a note that is put where it is needed.
pub(super) fn is_note(lines: CopiedLines, collection: &Collection) -> bool {
    let doc = collection.document(lines.doc);
    let span = lines.span(collection);
    let first = doc.slice(doc.line_span(span.start)).trim_start();
    let tag = first.strip_prefix('<').map(|tag| tag.trim_start_matches('/'));
    let is_component = tag.is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_uppercase()));
    let is_marked = [":::", "!!!", "???", "{{<", "{%"].iter().any(|mark| first.starts_with(mark));
    // "**Note:** the gates are closed".
    let word = first.trim_start_matches(['*', '_', '>', ' ']).split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    let is_block = lines.prints(collection).iter().filter(|print| print.edges.starts()).count() <= 1;
    let is_named = is_block
        && ["note", "notice", "tip", "hint", "warning", "caution", "important"]
            .iter()
            .any(|name| word.eq_ignore_ascii_case(name));
    is_component
        || is_marked
        || is_named
        || in_container(doc, span.start) && in_container(doc, span.end.saturating_sub(1))
}

/// Returns true if both places of a copy end with a colon, before code, a list or a table: a sentence that leads to several
/// things.
pub(super) fn leads_on(copy: &Copy, collection: &Collection) -> bool {
    [copy.at, copy.source].into_iter().all(|lines| {
        let doc = collection.document(lines.doc);
        let span = lines.span(collection);
        let text = doc.slice(span).trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_'));
        let after = &doc.text()[span.end as usize..];
        let next = span.end + (after.len() - after.trim_start().len()) as u32;
        let is_prose = |block: &Block| matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading(_));
        let at = doc.blocks.partition_point(|block| block.span.start < next);
        let mut starting = doc.blocks[at..].iter().take_while(|block| block.span.start == next);
        text.ends_with([':', '：']) && starting.next().is_some_and(|block| !is_prose(block))
    })
}

fn in_container(doc: &Document, offset: u32) -> bool {
    let mut next = doc.block_at(offset);
    while let Some(at) = next {
        if doc[at].kind == BlockKind::Container {
            return true;
        }
        next = doc[at].parent;
    }
    false
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::facts::copies::copies;
    use crate::facts::kin::Kin;
    use crate::model::document::Format;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    #[test]
    fn a_sentence_that_leads_to_two_examples_was_taken_for_a_paste() {
        let lead = "Press the key, wait for one second, and say the name of your boat and the side that you leave by:";
        for (after, leads) in [("    Heron, port side\n", true), ("Nothing is shown here.\n", false)] {
            let text = format!("# A\n\n{lead}\n\n    Lock four\n\nThe keeper answers.\n\n# B\n\n{lead}\n\n{after}");
            let source = Source::utf8(Path::new("a.md"), text, Bom::Absent);
            let documents = vec![parse(DocId(0), source, Format::Markdown)];
            let collection = Collection { documents, ..Collection::default() };
            let found = copies(&collection, &Kin::new(&collection), 60);
            let [copy] = found.within.as_slice() else { panic!("{:?}", found.within) };
            assert_eq!(leads_on(copy, &collection), leads, "{after}");
        }
    }
}
