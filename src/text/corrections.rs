//! Known misspellings and their corrections.
//!
//! The list is that of the `typos-dict` crate, which the build script writes as text. A bit set in front of it turns
//! right words away without a search.

use std::sync::LazyLock;

use super::lookup;
use super::shingle::mix;
use super::vocabulary::key;

/// Each misspelling in small letters, a tab, and its corrections divided by commas, likeliest first.
static CORRECTIONS: &str = include_str!(concat!(env!("OUT_DIR"), "/corrections.txt"));

/// The longest misspelling that is looked up, in bytes.
const LONGEST: usize = 40;
/// Bits of the set, a Bloom filter: sixteen times the number of words, so that of right words one in six passes the
/// first look and one in two hundred all three.
const BITS: u64 = 1 << 20;

/// Which hashes the known misspellings have.
static FILTER: LazyLock<Box<[u64]>> = LazyLock::new(|| {
    let mut filter = vec![0u64; (BITS / 64) as usize].into_boxed_slice();
    for (word, _) in lookup::entries(CORRECTIONS) {
        for bit in bits_of(word) {
            filter[(bit / 64) as usize] |= 1 << (bit % 64);
        }
    }
    filter
});

/// What `word` is a known misspelling of, likeliest first; empty if it is none. Case does not matter.
pub fn corrections_of(word: &str) -> Vec<&'static str> {
    if word.len() > LONGEST || !word.is_ascii() {
        return Vec::new();
    }
    let filter = &*FILTER;
    if bits_of(word).iter().any(|bit| filter[(bit / 64) as usize] & (1 << (bit % 64)) == 0) {
        return Vec::new();
    }
    let found = lookup::find(CORRECTIONS, &word.to_ascii_lowercase());
    found.map_or_else(Vec::new, |corrections| corrections.split(',').collect())
}

/// The bits of the set for a word of any case.
fn bits_of(word: &str) -> [u64; 3] {
    let hash = mix(key(word.as_bytes()));
    [hash % BITS, (hash >> 20) % BITS, (hash >> 40) % BITS]
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
