//! Files without UTF-8 whose lines are in several legacy encodings: paragraphs that were pasted from elsewhere.
//!
//! A line is in another encoding than the file if it makes no sense in that of the file and words in the other one. The
//! encodings of all lines are chosen together, because neighbours mostly agree; the lines in each of them are then judged
//! like a file of their own.

use std::ops::Range;

use super::Pieces;
use super::pages::{LegacyEncoding, PAGES, paged};
use super::types::{DecodingCertainty, SegmentEncoding};
use super::whole::{self, EncodingVerdict, Sense};
use crate::language::reading::implausibility;

/// The lines of a file in several legacy encodings.
#[derive(Debug)]
pub(super) struct Passages {
    all: Vec<Passage>,
    /// Certainty of the least certain line, which is that of all: a file in legacy encodings is rewritten whole or not at
    /// all, because the rest would be judged without what was beside it.
    pub(super) certainty: DecodingCertainty,
}

/// A line in a legacy encoding.
#[derive(Debug)]
struct Passage {
    /// Position in the file, in bytes.
    range: Range<usize>,
    page: &'static LegacyEncoding,
}

/// Maximum length of the lines for which another encoding is searched, in bytes (a guess): the cost of a large file is
/// that of a small one.
const SAMPLE: usize = 6 << 10;
/// Number of decodings of a line that are compared by their words (a guess), and of encodings that a file may have
/// beside the first one.
const READINGS: usize = 4;
const OTHERS: usize = 3;
/// Cost of a byte that a decoding leaves undecoded, in decinats (a guess).
const UNDECODED: u64 = 110;
/// Minimum improvement of a line in another encoding, in decinats (a guess: odds of e to the tenth).
const DISPUTED: u64 = 100;
/// Cost of another encoding in the next line, in decinats: within a paragraph, and after a blank line (guesses).
const SWITCH: u64 = 45;
const SWITCH_PARAGRAPH: u64 = 25;

/// Returns the lines of a file with their encodings, if one encoding does not make sense of all of them. ASCII lines are
/// left out. `verdict` is the decision for the file as a whole.
pub(super) fn plan(bytes: &[u8], verdict: &EncodingVerdict) -> Option<Passages> {
    let first = match verdict {
        EncodingVerdict::Page(page, ..) => *page,
        EncodingVerdict::Kept => return None,
        EncodingVerdict::Declined(declined) => match PAGES.iter().find(|page| Some(page.name) == declined.encoding) {
            Some(page) => page,
            None if declined.encoding.is_some() => return None,
            None => PAGES.first()?,
        },
    };
    if whole::declared(bytes).is_some() {
        return None;
    }
    let lines = lines(bytes);
    let (pages, choices) = assign(bytes, &lines, first)?;
    let judged: Vec<(&'static LegacyEncoding, DecodingCertainty)> = (0..pages.len())
        .map(|at| {
            let own = lines.iter().zip(&choices).filter(|(_, choice)| **choice == at);
            let own: Vec<u8> = own.flat_map(|(line, _)| bytes[line.clone()].iter().copied()).collect();
            match whole::verdict(&own) {
                EncodingVerdict::Page(page, certainty, _) => (page, certainty),
                _ => (pages[at], DecodingCertainty::Likely),
            }
        })
        .collect();
    let is_one = judged.windows(2).all(|pair| pair[0].0 == pair[1].0);
    if is_one && matches!(verdict, EncodingVerdict::Page(page, ..) if *page == judged[0].0) {
        return None;
    }
    let is_sure = choices.iter().all(|choice| judged[*choice].1 == DecodingCertainty::Sure);
    let certainty = if is_sure { DecodingCertainty::Sure } else { DecodingCertainty::Likely };
    let all = lines.into_iter().zip(choices).map(|(range, choice)| Passage { range, page: judged[choice].0 });
    Some(Passages { all: all.collect(), certainty })
}

/// Returns the lines that are not ASCII, each with its line feed.
fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut at = 0;
    let all = bytes.split_inclusive(|&byte| byte == b'\n').map(|line| {
        at += line.len();
        at - line.len()..at
    });
    all.filter(|line| !bytes[line.clone()].is_ascii()).collect()
}

/// Returns the encodings of the lines, and for each line which one of these it is in. `first` is the first of them.
/// `None` if no line is clearly in another one.
pub(super) fn assign(
    bytes: &[u8],
    lines: &[Range<usize>],
    first: &'static LegacyEncoding,
) -> Option<(Vec<&'static LegacyEncoding>, Vec<usize>)> {
    let is_sound = |line: &Range<usize>| {
        let (text, undecoded) = first.decode(&bytes[line.clone()]);
        undecoded == 0 && Sense::of(&text).is_sound()
    };
    let (sound, odd): (Vec<_>, Vec<_>) = lines.iter().cloned().partition(is_sound);
    let mut votes: Vec<(u64, &'static LegacyEncoding)> = Vec::new();
    for line in spread(&odd).chain(spread(&sound)) {
        let line = &bytes[line];
        let (text, undecoded) = first.decode(line);
        if let Some((gain, page)) = best(line, whole::cost(&text, undecoded)) {
            match votes.iter_mut().find(|(_, other)| *other == page) {
                Some((sum, _)) => *sum += gain,
                None => votes.push((gain, page)),
            }
        }
    }
    votes.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
    let others = votes.into_iter().map(|(_, page)| page).filter(|page| *page != first).take(OTHERS);
    let pages: Vec<&'static LegacyEncoding> = std::iter::once(first).chain(others).collect();
    if pages.len() == 1 {
        return None;
    }
    let choices = path(bytes, lines, &pages);
    choices.iter().any(|choice| *choice != 0).then_some((pages, choices))
}

/// Returns lines that are spread over all of these and at most [`SAMPLE`] bytes long together.
fn spread(lines: &[Range<usize>]) -> impl Iterator<Item = Range<usize>> {
    let size: usize = lines.iter().map(Range::len).sum();
    let step = size.div_ceil(SAMPLE).max(1);
    let mut left = SAMPLE;
    lines.iter().step_by(step).cloned().take_while(move |line| {
        let is_first = left == SAMPLE;
        let fits = line.len() <= left;
        left = left.saturating_sub(line.len());
        fits || is_first
    })
}

/// Returns the encoding that makes words of a line and is far better than what costs `own`, with its improvement.
fn best(line: &[u8], own: u64) -> Option<(u64, &'static LegacyEncoding)> {
    let mut rough: Vec<(u64, String, u64, &'static LegacyEncoding)> = Vec::new();
    for page in PAGES.iter() {
        let (text, undecoded) = page.decode(line);
        if !rough.iter().any(|(_, other, ..)| *other == text) {
            rough.push((implausibility(&text) + UNDECODED * undecoded + page.prior, text, undecoded, page));
        }
    }
    rough.sort_by_key(|(cost, ..)| *cost);
    rough.truncate(READINGS);
    let all = rough.into_iter().filter(|(_, text, undecoded, _)| *undecoded == 0 && Sense::of(text).is_of_words());
    let all = all.map(|(_, text, undecoded, page)| (whole::cost(&text, undecoded) + page.prior, page));
    let (cost, page) = all.min_by_key(|(cost, _)| *cost)?;
    own.checked_sub(cost).filter(|gain| *gain >= DISPUTED).map(|gain| (gain, page))
}

/// Returns for each line the index of its encoding, by the path of least cost through all lines.
fn path(bytes: &[u8], lines: &[Range<usize>], pages: &[&'static LegacyEncoding]) -> Vec<usize> {
    let mut sums: Vec<u64> = vec![0; pages.len()];
    let mut steps: Vec<Vec<usize>> = Vec::with_capacity(lines.len());
    let mut end = 0;
    for line in lines {
        let gap = &bytes[end..line.start];
        let is_apart = gap.iter().filter(|byte| **byte == b'\n').count() > 0 && gap.trim_ascii().is_empty();
        end = line.end;
        let switch = if is_apart { SWITCH_PARAGRAPH } else { SWITCH };
        let mut next = Vec::with_capacity(pages.len());
        let mut from = Vec::with_capacity(pages.len());
        for (at, page) in pages.iter().enumerate() {
            let (text, undecoded) = page.decode(&bytes[line.clone()]);
            let reach = |other: usize| sums[other] + if other == at { 0 } else { switch + page.prior };
            let before = (0..pages.len()).min_by_key(|&other| reach(other)).unwrap_or(at);
            next.push(reach(before) + whole::cost(&text, undecoded));
            from.push(before);
        }
        sums = next;
        steps.push(from);
    }
    let mut at = (0..pages.len()).min_by_key(|&at| sums[at]).unwrap_or(0);
    let mut choices = vec![0; lines.len()];
    for (line, from) in steps.iter().enumerate().rev() {
        choices[line] = at;
        at = from[at];
    }
    choices
}

/// Decodes a file line by line.
pub(super) fn read(bytes: &[u8], passages: &Passages, pieces: &mut Pieces) {
    let mut done = 0;
    for (at, Passage { range, page }) in passages.all.iter().enumerate() {
        ascii(&bytes[done..range.start], pieces);
        pieces.certainty = passages.certainty;
        // A line feed keeps pieces in two encodings apart, so that each is an edit of its own.
        let is_seam = passages.all.get(at + 1).is_some_and(|next| next.page != *page);
        let end = range.end - usize::from(is_seam && bytes[range.clone()].ends_with(b"\n"));
        paged(&bytes[range.start..end], page, &mut |text, len, unit| pieces.push(text, len, unit));
        done = end;
    }
    ascii(&bytes[done..], pieces);
}

fn ascii(bytes: &[u8], pieces: &mut Pieces) {
    pieces.certainty = DecodingCertainty::Sure;
    pieces.push(std::str::from_utf8(bytes).unwrap_or_default(), bytes.len(), SegmentEncoding::Utf8);
}
