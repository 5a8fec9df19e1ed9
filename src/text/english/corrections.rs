//! Known misspellings and their corrections.
//!
//! The list is that of the `typos-dict` crate, committed as text. A filter in front of it rejects
//! correct words without a search.

use super::bloom::{BITS, bits};
use super::lookup;

/// Lines of a misspelling in lower case, a tab, and its corrections, divided by commas, likeliest first.
static CORRECTIONS: &str = include_str!("../../../rules/data/misspelling/corrections.txt");

/// The Bloom filter of the misspellings.
static FILTER: &[u8; (BITS / 8) as usize] = include_bytes!(concat!(env!("OUT_DIR"), "/corrections.filter"));

/// Maximum length of a misspelling that is looked up, in bytes (a guess): longer runs of letters are not words.
const LONGEST: usize = 40;

/// Returns the corrections of `word`, likeliest first, regardless of case; empty if it is not a known misspelling.
pub fn corrections_of(word: &str) -> Vec<&'static str> {
    if word.len() > LONGEST || !word.is_ascii() || !may_be_misspelt(word) {
        return Vec::new();
    }
    let found = lookup::find(CORRECTIONS, &word.to_ascii_lowercase());
    found.map_or_else(Vec::new, |corrections| corrections.split(',').collect())
}

/// Returns whether a word passes the filter: all misspellings do, and few other words.
#[inline]
pub(super) fn may_be_misspelt(word: &str) -> bool {
    bits(word).iter().all(|bit| FILTER[(bit / 8) as usize] & 1 << (bit % 8) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_list_has_the_corrections_that_the_list_gives() {
        let mut count = 0;
        for (word, corrections) in typos_dict::WORD.map.entries() {
            let word = word.into_inner();
            if word.len() <= LONGEST && word.is_ascii() {
                assert_eq!(corrections_of(word), *corrections, "{word}");
                assert_eq!(corrections_of(&word.to_ascii_uppercase()), *corrections, "{word}");
            }
            count += 1;
        }
        assert_eq!(lookup::entries(CORRECTIONS).count(), count);
    }

    #[test]
    fn right_words_have_no_corrections() {
        for word in ["harbour", "Lantern", "a", "", "typo\t", "corect,"] {
            assert!(corrections_of(word).is_empty(), "{word}");
        }
        assert_eq!(corrections_of("Recieve"), ["receive"]);
    }
}
