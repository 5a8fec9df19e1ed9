//! Numbers of occurrences of words in a collection of texts.
//!
//! Knows plain text; does not know which files the texts are.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::{Shape, Word, for_each_word};

/// The occurrences of a word, regardless of case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordStatistics {
    /// Number of occurrences.
    pub count: u32,
    /// True if it occurs in lower case.
    pub small: bool,
    /// First occurrence.
    pub first: WordOccurrence,
    /// Last occurrence that is kept, as an index into the table of places.
    last: u32,
}

/// An occurrence of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WordOccurrence {
    /// Number of the text.
    pub text: u32,
    /// Start in the text, in bytes.
    pub start: u32,
    /// End in the text, in bytes.
    pub end: u32,
}

/// No occurrence.
const NONE: u32 = u32::MAX;

/// The words of a collection. Words with digits or with non-ASCII letters are not counted.
#[derive(Debug, Default)]
pub struct Vocabulary {
    entries: FxHashMap<u64, WordStatistics>,
    /// Occurrences of rare words, each with the index of the occurrence of the word before it.
    places: Vec<(WordOccurrence, u32)>,
    /// Maximum number of occurrences of a rare word, all of which are kept.
    rare: u32,
}

impl Vocabulary {
    /// Counts the words of at least `shortest` letters in texts, which are numbered in order. The occurrences of words
    /// that occur at most `rare` times are kept.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>, shortest: usize, rare: u32) -> Self {
        let mut vocabulary = Self { rare, ..Self::default() };
        vocabulary.entries.reserve(1 << 15);
        for (at, text) in texts.into_iter().enumerate() {
            for_each_word(text, |word| {
                if word.text.len() >= shortest && word.shape != Shape::Other {
                    vocabulary.add(at as u32, &word);
                }
            });
        }
        vocabulary
    }

    fn add(&mut self, text: u32, word: &Word<'_>) {
        let place = WordOccurrence { text, start: word.start as u32, end: word.end() as u32 };
        let new = WordStatistics { count: 0, small: false, first: place, last: NONE };
        let entry = self.entries.entry(key(word.text.as_bytes())).or_insert(new);
        entry.count += 1;
        entry.small |= word.shape == Shape::Lower;
        if entry.count <= self.rare {
            self.places.push((place, entry.last));
            entry.last = self.places.len() as u32 - 1;
        }
    }

    /// Returns the occurrences of a rare word, in order; of a word that is not rare, only the first ones.
    pub fn places(&self, entry: &WordStatistics) -> Vec<WordOccurrence> {
        let mut places: Vec<WordOccurrence> = Vec::new();
        let mut next = entry.last;
        while let Some((place, before)) = self.places.get(next as usize) {
            places.push(*place);
            next = *before;
        }
        places.reverse();
        places
    }

    /// Returns the entry of a word, regardless of case.
    pub fn get(&self, word: &[u8]) -> Option<&WordStatistics> {
        self.entries.get(&key(word))
    }

    /// Returns the number of occurrences of a word, regardless of case.
    pub fn count(&self, word: &str) -> u32 {
        self.get(word.as_bytes()).map_or(0, |entry| entry.count)
    }

    /// Returns all words, in the order of their first occurrences.
    pub fn entries(&self) -> Vec<WordStatistics> {
        let mut entries: Vec<WordStatistics> = self.entries.values().copied().collect();
        entries.sort_unstable_by_key(|entry| entry.first);
        entries
    }
}

/// Returns a hash of a word that does not depend on case. Collisions are so rare that they do not matter; one would
/// make a count wrong.
pub fn key(word: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    for chunk in word.chunks(8) {
        let mut eight = [0; 8];
        eight[..chunk.len()].copy_from_slice(chunk);
        // Upper-case letters differ from lower-case ones in this bit.
        hasher.write_u64(u64::from_le_bytes(eight) | 0x2020_2020_2020_2020);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_whatever_their_case() {
        let vocabulary = Vocabulary::of(["The lamp, the Lamp", "THE LAMPS"], 3, 2);
        assert_eq!((vocabulary.count("the"), vocabulary.count("lamp"), vocabulary.count("lamps")), (3, 2, 1));
        assert_eq!(vocabulary.count("boat"), 0);
        let lamps = vocabulary.entries().into_iter().find(|entry| entry.first.text == 1).expect("counted");
        assert_eq!((lamps.first, lamps.small), (WordOccurrence { text: 1, start: 4, end: 9 }, false));
        let places = |word: &str| {
            let places = vocabulary.places(vocabulary.get(word.as_bytes()).expect("counted"));
            places.into_iter().map(|place| (place.text, place.start)).collect::<Vec<_>>()
        };
        assert_eq!(
            (places("lamp"), places("lamps"), places("the")),
            (vec![(0, 4), (0, 14)], vec![(1, 4)], vec![(0, 0), (0, 10)])
        );
    }
}
