//! Words that a rule may have something to say about, found in one pass over a text.
//!
//! Most words are none of them, so that rules look at few words instead of splitting the text once each. Knows plain
//! English text only.

use std::ops::Range;

use super::corrections::may_be_misspelt;
use super::salad::{MIN_JUMBLE_REPEATS, SaladCount};
use crate::text::words::{Shape, Word, for_each_word, words};

/// Reason to look at a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum WordMark {
    /// It may be a known misspelling.
    Misspelling = 1,
    /// The word before it has the same letters, and nothing but white space is between them.
    Repeat = 2,
    /// A lone letter and a space precede it.
    Rest = 4,
}

/// A word with the reasons to look at it.
#[derive(Debug, Clone, Copy)]
pub struct MarkedWord {
    /// Offset of its first character in its block, in bytes.
    start: u32,
    /// Number of its block.
    block: u32,
    /// The marks, each a bit.
    marks: u8,
}

impl MarkedWord {
    /// Returns whether there is this reason to look at it.
    pub const fn has(&self, mark: WordMark) -> bool {
        self.marks & mark as u8 != 0
    }

    /// Returns the number of its block.
    pub const fn block(&self) -> usize {
        self.block as usize
    }

    /// Returns the offset of its first character in its block, in bytes.
    pub const fn start(&self) -> usize {
        self.start as usize
    }

    /// Returns the word, given the text of its block.
    pub fn in_text<'a>(&self, text: &'a str) -> Option<Word<'a>> {
        let word = words(text.get(self.start()..)?).next()?;
        Some(Word { start: self.start() + word.start, ..word })
    }
}

/// The marked words of a text.
#[derive(Debug, Clone, Default)]
pub struct MarkedWords {
    words: Vec<MarkedWord>,
    /// Numbers of the blocks that may be word salad, or have a sentence that may be.
    salads: Vec<u32>,
}

impl MarkedWords {
    /// Returns the marked words of a text that is divided into blocks.
    pub fn of(text: &str, blocks: impl IntoIterator<Item = Range<usize>>) -> Self {
        let mut marked = Self::default();
        for (at, block) in blocks.into_iter().enumerate() {
            marked.add(at as u32, text.get(block).unwrap_or(""));
        }
        marked.words.shrink_to_fit();
        marked
    }

    fn add(&mut self, block: u32, text: &str) {
        let bytes = text.as_bytes();
        let mut salad = SaladCount::default();
        let mut repeats = 0;
        let mut before: &[u8] = &[];
        let mut end = 0;
        for_each_word(text, |word| {
            let between = &bytes[end..word.start];
            let own = word.text.as_bytes();
            salad.count(between, own.len());
            let mut marks = 0;
            // Words in capitals count where a whole line has them.
            let is_plain = matches!(word.shape, Shape::Lower | Shape::Capitalised | Shape::Upper) && own.len() > 2;
            if is_plain && may_be_misspelt(word.text) {
                marks |= WordMark::Misspelling as u8;
            }
            if own.len() == before.len() && is_repeat(before, between, own) {
                marks |= WordMark::Repeat as u8;
                repeats += 1;
            }
            if before.len() == 1 && between == b" " && is_rest(before, own) {
                marks |= WordMark::Rest as u8;
            }
            if marks != 0 {
                self.words.push(MarkedWord { start: word.start as u32, block, marks });
            }
            (before, end) = (own, word.end());
        });
        if salad.may_be_salad() || repeats >= MIN_JUMBLE_REPEATS {
            self.salads.push(block);
        }
    }

    /// Returns the words in order, those of each block together; blocks without any are left out.
    pub fn by_block(&self) -> impl Iterator<Item = &[MarkedWord]> {
        self.words.chunk_by(|one, next| one.block == next.block)
    }

    /// Returns the numbers of the blocks that may be word salad, or have a sentence that may be, in order.
    pub fn salads(&self) -> impl Iterator<Item = usize> {
        self.salads.iter().map(|block| *block as usize)
    }
}

fn is_repeat(before: &[u8], between: &[u8], own: &[u8]) -> bool {
    before[0] | 0x20 == own[0] | 0x20
        && before.eq_ignore_ascii_case(own)
        && between.iter().all(|byte| matches!(byte, b' ' | b'\n' | b'\t'))
}

/// Returns whether a letter before a word may be its first one: no word of one letter, and not before a capital.
fn is_rest(letter: &[u8], own: &[u8]) -> bool {
    letter[0].is_ascii_alphabetic() && !b"aAIO".contains(&letter[0]) && own[0].is_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, mark: WordMark) -> Vec<&str> {
        let found = MarkedWords::of(text, std::iter::once(0..text.len()));
        let words: Vec<MarkedWord> = found.by_block().flatten().copied().filter(|word| word.has(mark)).collect();
        words.iter().map(|word| word.in_text(text).expect("a word").text).collect()
    }

    #[test]
    fn words_are_marked_for_the_rules_that_may_report_them() {
        let text = "The the boat  boat, boat Recieve teh k eys and a key I lit.";
        assert_eq!(marked(text, WordMark::Repeat), ["the", "boat"]);
        assert_eq!(marked(text, WordMark::Misspelling), ["Recieve", "teh"]);
        assert_eq!(marked(text, WordMark::Rest), ["eys"]);
        assert!(marked("", WordMark::Repeat).is_empty());
    }

    #[test]
    fn words_of_several_blocks_are_no_neighbours_and_know_their_block() {
        let text = "é teh\n\nteh teh";
        let found = MarkedWords::of(text, [0..6, 8..15]);
        let places: Vec<Vec<(usize, usize, bool)>> = found
            .by_block()
            .map(|block| block.iter().map(|one| (one.block(), one.start(), one.has(WordMark::Repeat))).collect())
            .collect();
        assert_eq!(places, [vec![(0, 3, false)], vec![(1, 0, false), (1, 4, true)]]);
    }

    #[test]
    fn blocks_that_may_be_salad_are_told() {
        let salad = "cleanly quietly robustly natively ".repeat(12);
        let text = format!("{salad}. It is lit at night.");
        let found = MarkedWords::of(&text, [salad.len()..text.len(), 0..salad.len(), 0..text.len()]);
        assert_eq!(found.salads().collect::<Vec<_>>(), [1, 2]);
    }
}
