//! Small tables of words, for questions that are asked about every word of a text.
//!
//! Knows plain words only.

use rustc_hash::FxHashMap;

/// A table of words with their values. Most words of a text are in no such table, so the first byte and the length are
/// looked at before a word is hashed.
#[derive(Debug)]
pub struct WordTable<V> {
    /// For each first byte, the lengths in bytes that occur; the highest bit is for all longer ones.
    lengths: [u32; 256],
    entries: FxHashMap<&'static str, V>,
}

impl<V> WordTable<V> {
    /// Returns the table of `entries`; of several for one word, the first counts.
    pub fn new(entries: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        let mut table = Self { lengths: [0; 256], entries: FxHashMap::default() };
        for (word, value) in entries {
            if let Some((slot, bit)) = slot(word) {
                table.lengths[slot] |= bit;
                table.entries.entry(word).or_insert(value);
            }
        }
        table
    }

    /// Returns the value of a word, as it is written.
    #[inline]
    pub fn get(&self, word: &str) -> Option<&V> {
        let (slot, bit) = slot(word)?;
        if self.lengths[slot] & bit == 0 { None } else { self.entries.get(word) }
    }

    /// Returns the value of a word, for changes while the table is built.
    pub fn get_mut(&mut self, word: &str) -> Option<&mut V> {
        self.entries.get_mut(word)
    }
}

impl WordTable<()> {
    /// Returns the table of the words of a text, divided by white space.
    pub fn of(words: &'static str) -> Self {
        Self::new(words.split_whitespace().map(|word| (word, ())))
    }

    /// Returns whether a word is in the table, as it is written.
    #[inline]
    pub fn contains(&self, word: &str) -> bool {
        self.get(word).is_some()
    }
}

#[inline]
fn slot(word: &str) -> Option<(usize, u32)> {
    Some((usize::from(*word.as_bytes().first()?), 1 << word.len().min(31)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_any_length_are_found_and_no_others() {
        let long = "a".repeat(40);
        let table = WordTable::of("lamp lamps für aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        assert!(["lamp", "lamps", "für", &long].iter().all(|word| table.contains(word)));
        assert!(["", "lam", "Lamp", "limps", "fur", &long[1..]].iter().all(|word| !table.contains(word)));
        assert_eq!(WordTable::new([("a", 1), ("a", 2)]).get("a"), Some(&1));
    }
}
