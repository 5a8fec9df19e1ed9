//! Search for the names that are most similar to a wanted one, by Jaro–Winkler similarity (W. E. Winkler, 1990).
//!
//! In a small set, every name is compared; in a large one, only those that share a start, an end or a rare word with
//! the wanted name, so that one query for each name takes near-linear time in all. Knows text only.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::text::words::hash;

/// Minimum similarity of a name that is offered instead of another, 0 to 1; measured on anchors of renamed headings.
const ALIKE: f64 = 0.85;
/// Maximum size of a set whose names are all compared (a guess).
const FEW: usize = 64;
/// Number of names before and after the wanted one that are compared, in alphabetical order from the start and from the
/// end (a guess).
const BESIDE: usize = 8;
/// Number of words of the wanted name that are looked up, rarest first, and of names that are compared for each
/// (guesses).
const WORDS: usize = 3;
const WITH_WORD: usize = 12;
/// Maximum number of names that one query compares.
pub const MAX_COMPARED_NAMES: usize = FEW + 4 * BESIDE + WORDS * WITH_WORD;
/// Maximum length of a name that is compared, in bytes (a guess), because the similarity takes quadratic time.
const LENGTH: usize = 160;

/// Minimum similarity of the name that was perhaps meant by one that a person typed, 0 to 1 (a guess): the known names are
/// few, so a wrong suggestion costs less than one of [`ALIKE`].
const ALIKE_TYPED: f64 = 0.8;

/// Returns the one of a few known names that was perhaps meant by `typed`; of several that are equally similar the first
/// in alphabetical order.
pub fn closest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = names.into_iter().map(|name| (strsim::jaro_winkler(typed, name), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
    best.filter(|(score, _)| *score > ALIKE_TYPED).map(|(_, name)| name)
}

/// A set of names.
#[derive(Debug)]
pub struct Nearest {
    /// Sorted, each once.
    names: Vec<String>,
    index: OnceLock<CandidateIndex>,
}

/// Index by which candidates are found in a large set.
#[derive(Debug)]
struct CandidateIndex {
    /// The names in alphabetical order from the end, as indices.
    from_end: Vec<u32>,
    /// The names that hold each word, by its hash.
    words: FxHashMap<u64, Vec<u32>>,
}

impl Nearest {
    /// Makes a set of names.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        let names: BTreeSet<String> = names.into_iter().collect();
        Self { names: names.into_iter().collect(), index: OnceLock::new() }
    }

    /// Returns at most `most` names that are similar to `wanted`, most similar first.
    pub fn similar(&self, wanted: &str, most: usize) -> Vec<&str> {
        let all: Vec<u32>;
        let candidates = if self.names.len() <= FEW {
            all = (0..self.names.len() as u32).collect();
            &all
        } else {
            all = self.candidates(wanted);
            &all
        };
        let mut found: Vec<(Reverse<u32>, &str)> = Vec::new();
        for name in candidates.iter().filter_map(|at| self.names.get(*at as usize)) {
            if let Some(score) = similarity(wanted, name) {
                found.push((Reverse(score), name));
            }
        }
        found.sort();
        found.into_iter().take(most).map(|(_, name)| name).collect()
    }

    fn candidates(&self, wanted: &str) -> Vec<u32> {
        let index = self.index.get_or_init(|| CandidateIndex::new(&self.names));
        let beside = |at: usize| at.saturating_sub(BESIDE)..(at + BESIDE).min(self.names.len());
        let first = self.names.partition_point(|name| name.as_str() < wanted);
        let last = index.from_end.partition_point(|at| backwards(&self.names[*at as usize]).lt(backwards(wanted)));
        let mut all: Vec<u32> = beside(first).map(|at| at as u32).collect();
        all.extend(&index.from_end[beside(last)]);
        let mut lists: Vec<&Vec<u32>> = words(wanted).filter_map(|word| index.words.get(&word)).collect();
        lists.sort_by_key(|list| list.len());
        lists.dedup();
        all.extend(lists.into_iter().take(WORDS).flat_map(|list| list.iter().take(WITH_WORD)));
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl CandidateIndex {
    fn new(names: &[String]) -> Self {
        let mut from_end: Vec<u32> = (0..names.len() as u32).collect();
        from_end.sort_by(|a, b| backwards(&names[*a as usize]).cmp(backwards(&names[*b as usize])));
        let mut words_of: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for (name, at) in names.iter().zip(0..) {
            for word in words(name) {
                let list = words_of.entry(word).or_default();
                if list.len() <= WITH_WORD && list.last() != Some(&at) {
                    list.push(at);
                }
            }
        }
        Self { from_end, words: words_of }
    }
}

/// Returns the last [`LENGTH`] bytes of a name, in reverse.
fn backwards(name: &str) -> impl Iterator<Item = u8> + '_ {
    name.bytes().rev().take(LENGTH)
}

/// Returns the hashes of the words of a name.
fn words(name: &str) -> impl Iterator<Item = u64> + '_ {
    name[..name.floor_char_boundary(LENGTH.min(name.len()))]
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(hash)
}

/// Returns the similarity of two names in thousandths; `None` if it is below the threshold.
fn similarity(a: &str, b: &str) -> Option<u32> {
    let cut = |name| str::get(name, ..str::floor_char_boundary(name, LENGTH.min(name.len()))).unwrap_or(name);
    let (a, b) = (cut(a), cut(b));
    // A name four times as long as the other cannot reach the threshold.
    if a.len().min(b.len()) * 4 < a.len().max(b.len()) {
        return None;
    }
    let score = strsim::jaro_winkler(a, b);
    (score >= ALIKE).then_some((1000.0 * score) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_come_first() {
        let names = Nearest::new(["harbour-fees", "harbour-fee", "tides", "harbours"].map(str::to_owned));
        assert_eq!(names.similar("harbour-feess", 2), ["harbour-fees", "harbour-fee"]);
        assert_eq!(names.similar("lanterns", 3), [""; 0]);
    }

    #[test]
    fn of_a_large_set_those_are_found_that_share_a_start_an_end_or_a_word() {
        let many = (0..5000).map(|at| format!("chapter-{at}-about-the-harbour"));
        let names = Nearest::new(many.chain(["old-lanterns-and-their-keepers".to_owned()]));
        assert_eq!(names.similar("chapter-417-abuot-the-harbour", 1), ["chapter-417-about-the-harbour"]);
        assert_eq!(names.similar("old-lantern-and-their-keepers", 1), ["old-lanterns-and-their-keepers"]);
        assert_eq!(names.similar("odl-lanterns-and-keepers", 1), ["old-lanterns-and-their-keepers"]);
    }

    #[test]
    fn thousands_of_questions_and_very_long_names_took_time_in_their_square() {
        let names = Nearest::new((0..8000).map(|at| format!("fees-for-visitors-of-berth-{at}")));
        let found = (0..8000).filter(|at| !names.similar(&format!("fees-of-guests-at-berth-{at}"), 3).is_empty());
        assert!(found.count() > 7000);
        let long = "a".repeat(400_000);
        assert_eq!(Nearest::new([long.clone()]).similar(&format!("{long}b"), 1), [long.as_str()]);
    }
}
