//! Surprisal of decoded text, for callers that choose among encodings.
//!
//! Knows the n-gram language model; no files, and nothing of mis-decodings.

use std::collections::BTreeMap;

use crate::language::bigrams::model;
use crate::language::languages::is_letter;
use crate::language::ngrams::{Context, fluency};
use crate::weights::Cost;

/// Returns the cost of `text` as a passage of any language of the bigram model, in decinats. Only comparisons between
/// decodings of the same bytes are meaningful.
#[must_use]
pub fn implausibility(text: &str) -> u64 {
    let model = model();
    let cost = |line: &str| u64::from(model.cost(model.edge(), line.chars(), model.edge()).unsigned_abs());
    text.lines().map(cost).sum()
}

/// Returns the cost of `text` as a passage of any language of the n-gram model, each character after the four before
/// it, in decinats. Slower than [`implausibility`], but it knows words.
#[must_use]
pub fn strangeness(text: &str) -> u64 {
    let mut sum = 0;
    each(text, |_, cost| sum += u64::from(cost.unsigned_abs()));
    sum
}

/// Surprisal of the non-ASCII characters of a text, each with the character after it, in decinats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Oddity {
    /// Mean of all.
    pub mean: u64,
    /// Mean of the least plausible letter among those that occur more than once.
    pub worst: u64,
}

/// Returns the surprisal of the non-ASCII characters of `text`.
#[must_use]
pub fn oddity(text: &str) -> Oddity {
    let (mut sum, mut count) = (0i64, 0i64);
    let mut letters: BTreeMap<char, (i64, i64)> = BTreeMap::new();
    let mut before = None;
    each(text, |c, cost| {
        let cost = i64::from(cost);
        if let Some(entry) = before.and_then(|c: char| letters.get_mut(&c)) {
            entry.0 += cost;
        }
        let beyond = !c.is_ascii();
        if beyond || before.is_some() {
            sum += cost;
        }
        if beyond {
            count += 1;
            let entry = letters.entry(c).or_default();
            *entry = (entry.0 + cost, entry.1 + 1);
        }
        before = beyond.then_some(c);
    });
    let mean = |sum: i64, count: i64| (sum / count.max(1)).unsigned_abs();
    let often = letters.iter().filter(|(c, (_, count))| *count > 1 && is_letter(**c));
    let worst = often.map(|(_, &(sum, count))| mean(sum, count)).max();
    Oddity { mean: mean(sum, count), worst: worst.unwrap_or(0) }
}

/// Calls `tell` with each character of each line, and with the end of the line, each with its cost after those before
/// it.
fn each(text: &str, mut tell: impl FnMut(char, Cost)) {
    for line in text.lines() {
        let mut context = Context::edge();
        for c in line.chars().chain(['\n']) {
            let (cost, next) = fluency().text(context, std::iter::once(c));
            context = next;
            tell(c, cost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_reading_is_the_more_plausible_one() {
        assert!(implausibility("Привет, мир") < implausibility("Ïðèâåò, ìèð"));
    }

    #[test]
    fn words_are_less_strange_than_their_neighbours_letters() {
        for (right, wrong) in
            [("Në mal ka shumë dëborë.", "Nė mal ka shumė dėborė."), ("За холмом стоит дом.", "ђа холмом стоит дом.")]
        {
            assert!(strangeness(right) + 10 < strangeness(wrong), "{right} {wrong}");
        }
    }

    #[test]
    fn the_letter_that_fits_worst_is_found_among_good_ones() {
        let (right, wrong) = (oddity("Schöne Grüße, Köln und Zürich"), oddity("Schöne Grřße, Köln und Zřrich"));
        assert!(right.worst + 50 < wrong.worst && right.mean < wrong.mean, "{right:?} {wrong:?}");
        assert_eq!(oddity("plain"), Oddity::default());
    }
}
