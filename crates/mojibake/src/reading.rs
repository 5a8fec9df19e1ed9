//! How strange a reading of bytes is, for whoever has to choose among code pages.
//!
//! Knows the model of fluency; not files, and nothing of misreadings.

use std::collections::BTreeMap;

use super::alphabet::is_letter;
use super::fluency::{Context, fluency};
use super::model::Cost;

/// How strange `text` is as a passage of any of the languages of the model, each character after the four before it: a
/// negative log probability in tenths of a nat. Slower than [`implausibility`](super::implausibility), but it knows words.
#[must_use]
pub fn strangeness(text: &str) -> u64 {
    let mut sum = 0;
    each(text, |_, cost| sum += u64::from(cost.unsigned_abs()));
    sum
}

/// How strange the characters beyond ASCII are where they stand, each with the one after it, in tenths of a nat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Oddity {
    /// The mean of all.
    pub mean: u64,
    /// The mean of the letter that fits worst, of those that occur more than once.
    pub worst: u64,
}

/// How strange the characters beyond ASCII of `text` are.
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

/// Gives each character of each line, its end included, and what it costs after those before it.
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
