//! A quick test of a text that may be legacy text decoded in another encoding, before its words are judged.
//!
//! Under a wrong pair of encodings letters become symbols and letters of other words, so that a few words are enough to
//! see that no pair makes the text more plausible. Pairs of characters are looked up in small tables, which is many times
//! faster than the n-grams that judge the whole sample. Knows no lines and no UTF-8.

use std::cell::OnceCell;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::encoding::codepage::CodePage;
use crate::encoding::recipe::Layer;
use crate::encoding::reencode::{READ, WRITTEN, WRITTEN_WIDE, reread};
use crate::language::bigrams::{Class, model};
use crate::language::words::word_cost;
use crate::legacy::lines::{ClassedChar, is_step};
use crate::weights::Cost;

/// Words that the encodings need not have: one in so many (a guess: words that were typed later).
pub(crate) const FOREIGN_PART: usize = 10;
/// Maximum number of words that are tested (a guess: the pair of each of 500 garbled texts shows in half of them).
const WORDS: usize = 24;
/// Minimum part of the cost of the words that a pair saves by pairs of characters: one in so many (a guess).
const SAVING_PART: Cost = 64;
/// Number of times by which the improvement of the tested words may be smaller than their part of that of all words
/// (a guess).
const MARGIN: i64 = 4;
/// Deterioration by the words so far at which a pair is given up, in decinats: odds of e to the thirtieth to one.
const HOPELESS: i64 = 300;
/// Maximum length of the tested words in all, in bytes (a guess): words of Japanese are long.
const LENGTH: usize = 1 << 10;
/// Minimum number of words that are tested by pairs of characters (a guess): fewer are tested by n-grams alone.
const WORDS_OF_PAIRS: usize = 6;

/// For each non-ASCII character its byte in each encoding of `READ`; 0 if the encoding does not have it.
static BYTES: LazyLock<FxHashMap<char, [u8; READ.len()]>> = LazyLock::new(|| {
    let mut bytes: FxHashMap<char, [u8; READ.len()]> = FxHashMap::default();
    for (at, page) in READ.into_iter().enumerate() {
        for (c, byte) in page.upper_half().into_iter().zip(0x80..=0xff) {
            bytes.entry(c).or_default()[at] = byte;
        }
    }
    bytes
});

/// For each encoding of `WRITTEN` the class of each byte.
static CLASSES: LazyLock<Vec<[Class; 256]>> = LazyLock::new(|| {
    let class = |page: CodePage| {
        let upper = page.upper_half();
        let of = |byte: usize| if byte < 0x80 { char::from(byte as u8) } else { upper[byte & 0x7f] };
        std::array::from_fn(|byte| model().class(of(byte)))
    };
    WRITTEN.into_iter().map(class).collect()
});

/// Returns whether some pair of encodings may improve the words of a text, all of which have non-ASCII characters, by
/// `least` decinats.
pub(crate) fn may_be_legacy(all: &[&str], least: Cost) -> bool {
    let words: Vec<Word<'_>> = evenly(all).map(Word::new).collect();
    // The part of `least` that these words have to contribute.
    let least = i64::from(least) * words.len() as i64 / (all.len().max(1) as i64 * MARGIN);
    let mut tested: Vec<(u32, Vec<u8>)> = Vec::new();
    (0..READ.len()).any(|read| {
        let which = words.iter().enumerate().fold(0, |all, (i, word)| all | u32::from(word.is_known(read)) << i);
        let known = || words.iter().enumerate().filter(|(i, _)| which >> i & 1 == 1).map(|(_, word)| word);
        let count = which.count_ones() as usize;
        if count == 0 || (words.len() - count) * FOREIGN_PART > words.len() {
            return false;
        }
        let mut bytes = vec![b' '];
        known().for_each(|word| word.encode(read, &mut bytes));
        // Kindred encodings have the same bytes for most words, which are as plausible in every encoding as before.
        if tested.iter().any(|(other, same)| *other == which && *same == bytes) {
            return false;
        }
        let before: Cost = known().map(|word| word.cost).sum();
        let most = if words.len() < WORDS_OF_PAIRS { Cost::MAX } else { before - before / SAVING_PART };
        let is_better = |written: CodePage| {
            let layer = Layer { written, read: READ[read] };
            let mut sum = 0;
            for word in known() {
                sum += word.gain(layer).map_or(0, i64::from);
                if sum < -HOPELESS {
                    return false;
                }
            }
            sum > least
        };
        let is_other = |written: usize| WRITTEN[written] != READ[read];
        let mut single = (0..WRITTEN.len()).filter(|&written| is_other(written));
        let is_found = single.any(|written| is_cheaper(&bytes, &CLASSES[written], most) && is_better(WRITTEN[written]))
            || is_dense(&bytes) && WRITTEN_WIDE.into_iter().any(is_better);
        tested.push((which, bytes));
        is_found
    })
}

/// Returns some of the words, from all parts of the text.
fn evenly<'a>(words: &[&'a str]) -> impl Iterator<Item = &'a str> {
    let each = words.len().div_ceil(WORDS).max(1);
    let mut length = 0;
    words.iter().copied().step_by(each).take_while(move |word| {
        length += word.len();
        length - word.len() < LENGTH
    })
}

/// A word with the bytes of its characters.
struct Word<'a> {
    text: &'a str,
    /// The byte of each character in each encoding of `READ`.
    bytes: Vec<[u8; READ.len()]>,
    /// Cost of the word as it is, between spaces, in decinats.
    cost: Cost,
    /// Cost of the word by n-grams, computed when first needed.
    fluency: OnceCell<Cost>,
}

impl<'a> Word<'a> {
    fn new(word: &'a str) -> Word<'a> {
        let m = model();
        let unknown = [0; READ.len()];
        let (mut bytes, mut cost, mut prev) = (Vec::with_capacity(word.len()), 0, ClassedChar::new(m.class(' '), ' '));
        for c in word.chars().chain([' ']) {
            bytes.push(if c.is_ascii() { [c as u8; READ.len()] } else { *BYTES.get(&c).unwrap_or(&unknown) });
            let next = ClassedChar::new(m.class(c), c);
            if is_step(prev, next) {
                cost += m.step(prev.class, next.class);
            }
            prev = next;
        }
        Word { text: word, bytes, cost, fluency: OnceCell::new() }
    }

    fn is_known(&self, read: usize) -> bool {
        self.bytes.iter().all(|bytes| bytes[read] != 0)
    }

    /// Returns the improvement by n-grams if the word is undone; `None` if its bytes are invalid.
    fn gain(&self, layer: Layer) -> Option<Cost> {
        let after = reread(self.text, layer)?;
        Some(self.fluency.get_or_init(|| word_cost(self.text)) - word_cost(&after))
    }

    fn encode(&self, read: usize, out: &mut Vec<u8>) {
        out.extend(self.bytes.iter().map(|bytes| bytes[read]));
    }
}

/// Returns whether bytes cost less than `most` in an encoding with these classes.
fn is_cheaper(bytes: &[u8], classes: &[Class; 256], most: Cost) -> bool {
    let m = model();
    let (mut prev, mut sum) = (ClassedChar::new(m.class(' '), ' '), 0);
    for &byte in bytes {
        let next = ClassedChar::of_byte(classes[usize::from(byte)], byte);
        if is_step(prev, next) {
            sum += m.step(prev.class, next.class);
            if sum >= most {
                return false;
            }
        }
        prev = next;
    }
    true
}

/// Returns whether bytes may be CJK characters, of which each has a non-ASCII byte and at most one other.
fn is_dense(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    high >= letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_be(text: &str) -> bool {
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_ascii()).collect();
        may_be_legacy(&words, 0)
    }

    #[test]
    fn intact_words_are_told_from_garbled_ones() {
        for intact in [
            "Dnes bude na horách sněžit a v údolí pršet, řidiči by měli jezdit opatrněji než jindy.",
            "Завтра утром почта закрыта, письма можно оставить у соседки.",
            "Größe ändern Übersetzung prüfen Schließen bestätigen für später löschen",
            "明日の朝は 郵便局が 閉まって います。",
        ] {
            assert!(!may_be(intact), "{intact}");
        }
        for garbled in [
            "Dnes bude na horách snìžit a v údolí pršet, øidièi by mìli jezdit opatrnìji než jindy.",
            "Çàâòðà óòðîì ïî÷òà çàêðûòà, ïèñüìà ìîæíî îñòàâèòü ó ñîñåäêè.",
            "Grˆﬂe ‰ndern ‹bersetzung pr¸fen",
            "ŒÃƒÌƒtƒ@ƒCƒ‹‚ª Œ©‚Â‚©‚è‚Ü‚¹‚ñ",
        ] {
            assert!(may_be(garbled), "{garbled}");
        }
    }
}
