//! Word salad: long runs of words that form no sentence and repeat each other, as language models write when they fail.
//!
//! Knows plain English text only.

use std::collections::HashMap;
use std::ops::Range;

use super::context::is_function_word;
use super::dictionary::is_english;
use crate::text::words::words;

/// Minimum length of a run within a sentence and of a whole paragraph, in words (a guess): real lists are shorter.
const MIN_RUN_WORDS: u32 = 24;
const MIN_PARAGRAPH_WORDS: u32 = 40;
/// Maximum share of function words in percent. English prose has 35 to 50 of them (measured on manuals and courses).
const MAX_FUNCTION_PERCENT: usize = 10;
/// Maximum share of words of three letters or fewer in percent: a test that needs no dictionary.
const MAX_SHORT_PERCENT: u32 = 20;
/// Maximum share of distinct words in percent, of a run and of a paragraph (a guess).
const MAX_RUN_DISTINCT_PERCENT: usize = 70;
const MAX_PARAGRAPH_DISTINCT_PERCENT: usize = 55;
/// Minimum share of long English words in percent: other runs are data.
const MIN_ENGLISH_PERCENT: usize = 60;
/// Minimum number of words for each slash, underscore and at sign: in other runs these join names (a guess).
const WORDS_PER_JOINT: usize = 4;
/// Minimum length of a long word in letters.
const MIN_LONG_LETTERS: usize = 4;

/// Word counts of a text that is word salad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salad {
    /// Number of its words.
    pub words: usize,
    /// Number of its different words.
    pub distinct: usize,
}

/// Returns the counts of the first word salad in `text`, which is one paragraph; `None` if it has none.
pub fn salad_in(text: &str) -> Option<Salad> {
    // The borders of a grid table of Pandoc.
    if text.starts_with("+-") || text.starts_with("+=") {
        return None;
    }
    // Paths and handles: a table of owners.
    let joints = text.bytes().filter(|byte| matches!(byte, b'/' | b'@' | b'_')).count();
    if joints * WORDS_PER_JOINT > text.split_whitespace().count() {
        return None;
    }
    /// Any word is followed by one character at least.
    const MIN_BYTES: usize = MIN_JUMBLE_WORDS * (MIN_LONG_LETTERS + 1);
    if text.len() < MIN_BYTES {
        return None;
    }
    let mut count = SaladCount::default();
    let mut suspects: Vec<(Range<usize>, u32)> = Vec::new();
    let (mut start, mut end) = (0, 0);
    for word in words(text) {
        let between = text.as_bytes().get(end..word.start).unwrap_or(&[]);
        if let Some(sentence) = count.count(between, word.text.len()) {
            if sentence.may_be_salad(MIN_RUN_WORDS) {
                suspects.push((start..end, sentence.all));
            }
            start = word.start;
        }
        end = word.end();
    }
    if count.sentence.may_be_salad(MIN_RUN_WORDS) {
        suspects.push((start..end, count.sentence.all));
    }
    let whole = count.whole();
    let paragraph = whole
        .may_be_salad(MIN_PARAGRAPH_WORDS)
        .then(|| judged(text, whole.all as usize, MAX_PARAGRAPH_DISTINCT_PERCENT));
    paragraph.flatten().or_else(|| {
        let mut sentences = suspects.into_iter().filter_map(|(range, all)| Some((text.get(range)?, all as usize)));
        let found = sentences.find_map(|(sentence, all)| {
            let found = judged(sentence, all, MAX_RUN_DISTINCT_PERCENT);
            found.filter(|_| !is_enumeration(sentence, all))
        });
        found.or_else(|| jumble_in(text))
    })
}

/// Returns true if commas divide a sentence of so many words into pieces of a few words: the kinds of a thing, one after
/// another, have words in common. Pieces of one word are no kinds.
fn is_enumeration(sentence: &str, all: usize) -> bool {
    /// Mean number of words of a piece, at least and at most (guesses).
    const PIECE_WORDS: (usize, usize) = (2, 6);
    let commas = sentence.matches(',').count();
    let pieces = commas + 1;
    commas > 2 && (pieces * PIECE_WORDS.0..=pieces * PIECE_WORDS.1).contains(&all)
}

/// Minimum length of a jumble, in words (a guess).
const MIN_JUMBLE_WORDS: usize = 8;
/// Minimum number of different words that a jumble has several times (a guess): two are a sound or an alternation, as "ping
/// pong ping pong".
const MIN_JUMBLE_REPEATED: usize = 3;
/// Minimum number of words of a jumble that repeat the one before (a guess).
pub(super) const MIN_JUMBLE_REPEATS: u32 = 2;
/// Maximum share of different words of a jumble in percent (a guess).
const MAX_JUMBLE_DISTINCT_PERCENT: usize = 60;

/// Returns the counts of the first jumble in a text: a few words in a row, none of them a function word, in many of their
/// orders and often twice.
fn jumble_in(text: &str) -> Option<Salad> {
    let mut run: Vec<String> = Vec::new();
    let mut end = 0;
    for word in words(text) {
        let between = text.get(end..word.start).unwrap_or("");
        end = word.end();
        let lower = word.text.to_lowercase();
        let goes_on = between.chars().all(|c| c.is_whitespace() || c == ',');
        let is_content = !is_function_word(&lower)
            && lower.len() >= MIN_LONG_LETTERS
            && (is_english(&lower) || lower.ends_with("ly"));
        if !(goes_on && is_content) {
            if let Some(found) = jumble_of(&run) {
                return Some(found);
            }
            run.clear();
        }
        if is_content {
            run.push(lower);
        }
    }
    jumble_of(&run)
}

/// Returns the counts of a run of words that is a jumble.
fn jumble_of(run: &[String]) -> Option<Salad> {
    if run.len() < MIN_JUMBLE_WORDS {
        return None;
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    run.iter().for_each(|word| *counts.entry(word).or_default() += 1);
    let distinct = counts.len();
    let repeated = counts.values().filter(|count| **count > 1).count();
    let repeats = run.windows(2).filter(|pair| pair[0] == pair[1]).count() as u32;
    let is_jumble = repeats >= MIN_JUMBLE_REPEATS
        && repeated >= MIN_JUMBLE_REPEATED
        && distinct * 100 <= run.len() * MAX_JUMBLE_DISTINCT_PERCENT;
    is_jumble.then_some(Salad { words: run.len(), distinct })
}

/// Counts of the words of a paragraph and of its sentences, which tell most paragraphs from word salad.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SaladCount {
    /// The words of the sentences before.
    done: WordLengths,
    sentence: WordLengths,
    /// True if a sentence before may be word salad.
    suspect: bool,
}

impl SaladCount {
    /// Counts a word of `len` bytes, and what is between it and the word before. Returns the counts of the sentence before
    /// it if it opens another one.
    #[inline]
    pub(super) fn count(&mut self, between: &[u8], len: usize) -> Option<WordLengths> {
        // Nearly all words are parted by one space.
        let ends =
            between != b" " && between.iter().any(|byte| matches!(byte, b'.' | b'!' | b'?' | b';' | b':' | b'|'));
        let before = ends.then(|| std::mem::take(&mut self.sentence));
        if let Some(before) = before {
            self.suspect |= before.may_be_salad(MIN_RUN_WORDS);
            self.done.add(before);
        }
        self.sentence.all += 1;
        self.sentence.short += u32::from(len <= 3);
        before
    }

    fn whole(&self) -> WordLengths {
        let mut whole = self.done;
        whole.add(self.sentence);
        whole
    }

    /// Returns whether the paragraph, or one of its sentences, may be word salad.
    pub(super) fn may_be_salad(&self) -> bool {
        self.suspect || self.sentence.may_be_salad(MIN_RUN_WORDS) || self.whole().may_be_salad(MIN_PARAGRAPH_WORDS)
    }
}

/// Number of words, and of those with three letters or fewer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WordLengths {
    all: u32,
    short: u32,
}

impl WordLengths {
    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.short += other.short;
    }

    fn may_be_salad(self, min_words: u32) -> bool {
        self.all >= min_words && self.short * 100 <= self.all * MAX_SHORT_PERCENT
    }
}

/// Returns the counts of a text of `all` words, if it is word salad.
fn judged(text: &str, all: usize, max_distinct_percent: usize) -> Option<Salad> {
    let (mut function, mut english) = (0, 0);
    let mut distinct: HashMap<String, bool> = HashMap::new();
    for word in words(text) {
        let lower = word.text.to_lowercase();
        function += usize::from(is_function_word(&lower));
        let is_long =
            *distinct.entry(lower).or_insert_with_key(|lower| lower.len() >= MIN_LONG_LETTERS && is_english(lower));
        english += usize::from(is_long);
    }
    let is_salad = function * 100 <= all * MAX_FUNCTION_PERCENT
        && distinct.len() * 100 <= all * max_distinct_percent
        && english * 100 >= all * MIN_ENGLISH_PERCENT;
    is_salad.then_some(Salad { words: all, distinct: distinct.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enumeration_of_kinds_was_word_salad() {
        let kinds = "Commands are supported as start workflow, start execution from current node, resume tolerant \
            workflow, resume paused process, start execution from failed node, rerun workflow, stop, resume waiting workflow";
        assert!(is_enumeration(kinds, words(kinds).count()) && salad_in(kinds).is_none());
        assert!(!is_enumeration("The boat, the lamp and the rope are what the keeper needs tonight.", 13));
    }

    #[test]
    fn runs_of_words_without_a_sentence_are_found() {
        let adverbs = ["cleanly", "quietly", "robustly", "natively"];
        let run: Vec<&str> = (0..48).map(|at| adverbs[(at * 7 + at / 5) % 4]).collect();
        assert!(salad_in(&format!("The lamp burns {}.", run.join(" "))).is_some());
        assert!(
            salad_in(&format!("The lamp burns at night, and the keeper sleeps. It burns {}.", run.join(", ")))
                .is_some()
        );
        let sentences: Vec<String> = run.chunks(6).map(|six| six.join(" ")).collect();
        assert!(salad_in(&sentences.join(". ")).is_some());
    }

    #[test]
    fn salad_of_short_nouns_was_none() {
        let nouns = ["lamp", "quay", "boat", "rope", "harbour", "mast", "sail", "anchor", "winch", "pilot"];
        let run: Vec<&str> = (0..48).map(|at| nouns[(at * 7 + at / 3) % nouns.len()]).collect();
        assert!(salad_in(&format!("{}.", run.join(" "))).is_some());
    }

    #[test]
    fn a_short_jumble_was_one_repeated_word_after_another() {
        for text in [
            "The lamp burns brightly evenly safely brightly brightly evenly safely safely evenly brightly.",
            "The team delivers simple simple robust robust fast fast safe fast fast fast.",
        ] {
            assert!(salad_in(text).is_some(), "{text}");
        }
        for text in [
            "They play ping pong ping pong ping ping pong pong and go home when the lamp is lit at night.",
            "Row row row your boat, gently down the stream, merrily merrily merrily merrily, life is but a dream.",
            "The lamp burns brightly brightly and safely, evenly, quietly, cheaply, slowly, rarely, closely, daily.",
        ] {
            assert_eq!(salad_in(text), None, "{text}");
        }
    }

    #[test]
    fn lists_prose_and_data_are_no_salad() {
        for text in [
            "It works quickly, quietly, cheaply and reliably, if it is filled slowly, emptied rarely, watched closely and \
             cleaned daily, and it fails loudly, visibly and early where it has to.",
            "harbour lamp quay boat rope anchor mast sail keel rudder tiller winch cleat bollard fender buoy beacon chart \
             compass sextant lantern signal pilot keeper ferry barge",
            "ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd ab cd",
            "The lamp and the boat and the lamp and the boat and the lamp and the boat and the lamp and the boat and the \
             lamp and the boat and the lamp and the boat and the lamp and the boat and the lamp and the boat.",
        ] {
            assert_eq!(salad_in(text), None, "{text}");
        }
    }
}
