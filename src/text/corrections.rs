//! Known misspellings and their corrections.
//!
//! The list is that of the `typos-dict` crate, a table in the binary. Looking a word up there costs a slow hash, so a
//! bit set in front of it turns right words away.

use std::sync::LazyLock;

use unicase::UniCase;

use super::vocabulary::key;

/// The longest misspelling that is looked up, in bytes.
const LONGEST: usize = 40;
/// Bits of the set: sixteen times the number of words, so that one right word in twenty passes one hash and one in a
/// hundred both.
const BITS: u64 = 1 << 20;

/// Which hashes the known misspellings have.
static FILTER: LazyLock<Box<[u64]>> = LazyLock::new(|| {
    let mut filter = vec![0u64; (BITS / 64) as usize].into_boxed_slice();
    for (word, _) in typos_dict::WORD.map.entries() {
        for bit in bits_of(word.into_inner()) {
            filter[(bit / 64) as usize] |= 1 << (bit % 64);
        }
    }
    filter
});

/// What `word` is a known misspelling of, likeliest first; empty if it is none. Case does not matter.
pub fn corrections_of(word: &str) -> &'static [&'static str] {
    if word.len() > LONGEST || !word.is_ascii() {
        return &[];
    }
    let filter = &*FILTER;
    if bits_of(word).iter().any(|bit| filter[(bit / 64) as usize] & (1 << (bit % 64)) == 0) {
        return &[];
    }
    typos_dict::WORD.find(&UniCase::ascii(word)).copied().unwrap_or(&[])
}

/// Two bits of the set for a word of any case.
fn bits_of(word: &str) -> [u64; 2] {
    let hash = key(word.as_bytes());
    [hash % BITS, (hash >> 32) % BITS]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_list_passes_the_filter() {
        for (word, corrections) in typos_dict::WORD.map.entries() {
            let word = word.into_inner();
            if word.len() <= LONGEST && word.is_ascii() {
                assert_eq!(corrections_of(word), *corrections, "{word}");
            }
        }
    }

    #[test]
    fn right_words_have_no_corrections() {
        assert!(corrections_of("harbour").is_empty());
        assert_eq!(corrections_of("Recieve"), ["receive"]);
    }
}
