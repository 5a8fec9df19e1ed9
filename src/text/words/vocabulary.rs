//! How often each word occurs in a collection of texts.
//!
//! Knows plain text; not which files the texts are.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::{Shape, Word, words};

/// What is known of a word, whatever its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// How often it occurs.
    pub count: u32,
    /// Whether it occurs in small letters.
    pub small: bool,
    /// Where it occurs first.
    pub first: Place,
    /// The last of its places that is kept, as an index into the table of places.
    last: u32,
}

/// Where a word occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number of the text.
    pub text: u32,
    /// Its first byte there.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

/// No place.
const NONE: u32 = u32::MAX;

/// The words of a collection. Words with digits or letters outside ASCII are not counted.
#[derive(Debug, Default)]
pub struct Vocabulary {
    entries: FxHashMap<u64, Entry>,
    /// Where rare words occur, each with the index of the place of the same word before it.
    places: Vec<(Place, u32)>,
    /// How often a word may occur for all its places to be kept.
    rare: u32,
}

impl Vocabulary {
    /// Counts the words of at least `shortest` letters in texts, which are numbered in their order, and remembers
    /// where those occur that do no more often than `rare`.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>, shortest: usize, rare: u32) -> Self {
        let mut vocabulary = Self { rare, ..Self::default() };
        vocabulary.entries.reserve(1 << 15);
        for (at, text) in texts.into_iter().enumerate() {
            for word in words(text).filter(|word| word.text.len() >= shortest && word.shape != Shape::Other) {
                vocabulary.add(at as u32, &word);
            }
        }
        vocabulary
    }

    fn add(&mut self, text: u32, word: &Word<'_>) {
        let place = Place { text, start: word.start as u32, end: word.end() as u32 };
        let new = Entry { count: 0, small: false, first: place, last: NONE };
        let entry = self.entries.entry(key(word.text.as_bytes())).or_insert(new);
        entry.count += 1;
        entry.small |= word.shape == Shape::Lower;
        if entry.count <= self.rare {
            self.places.push((place, entry.last));
            entry.last = self.places.len() as u32 - 1;
        }
    }

    /// Where a rare word occurs, in order; of a word that is not, the first places.
    pub fn places(&self, entry: &Entry) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        let mut next = entry.last;
        while let Some((place, before)) = self.places.get(next as usize) {
            places.push(*place);
            next = *before;
        }
        places.reverse();
        places
    }

    /// What is known of a word in any case.
    pub fn get(&self, word: &[u8]) -> Option<&Entry> {
        self.entries.get(&key(word))
    }

    /// How often a word occurs, in any case.
    pub fn count(&self, word: &str) -> u32 {
        self.get(word.as_bytes()).map_or(0, |entry| entry.count)
    }

    /// All words, in the order of their first places.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.entries.values().copied().collect();
        entries.sort_unstable_by_key(|entry| entry.first);
        entries
    }
}

/// A key that is the same for a word in any case. Two words have the same one so seldom that it does not matter: a
/// count would be wrong.
pub fn key(word: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    for chunk in word.chunks(8) {
        let mut eight = [0; 8];
        eight[..chunk.len()].copy_from_slice(chunk);
        // Small letters differ from great ones in this bit.
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
        assert_eq!((lamps.first, lamps.small), (Place { text: 1, start: 4, end: 9 }, false));
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
