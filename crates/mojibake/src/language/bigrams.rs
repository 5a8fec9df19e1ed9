//! The character-class bigram model: plausibility of a text as the cost of each character after the one before it.
//!
//! About 500 classes of characters, trained on software translations in some 600 languages;
//! `crates/mojibake/data/README.md` has the sources and the method. Knows no encodings.

use std::sync::LazyLock;

use crate::weights::Cost;

static DATA: &[u8] = include_bytes!("../../data/model.bin");
static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(DATA));

const PAGES: usize = 0x200;
const HEADER: usize = 12;

/// A class of characters that the model does not distinguish by their neighbours (low ten bits), and the cost of the
/// character among its members (high six bits, in quarters of a nat).
pub(crate) type Class = u16;
const CLASS: Class = 0x3ff;

pub(crate) struct Model {
    n: usize,
    astral: Class,
    unassigned: Class,
    index: &'static [u8],
    pages: Vec<Class>,
    pair: &'static [u8],
    edge: Class,
    /// The classes of the ASCII letters are consecutive.
    small_a: Class,
    small_z: Class,
    big_a: Class,
    big_z: Class,
    digits: [Class; 10],
}

/// Returns the model, which is embedded in the program.
pub(crate) fn model() -> &'static Model {
    &MODEL
}

impl Model {
    fn read(data: &'static [u8]) -> Model {
        let word = |i: usize| u16::from_le_bytes([data[i], data[i + 1]]);
        let n = usize::from(word(4));
        let count = usize::from(word(6));
        let pages_at = HEADER + PAGES;
        let pair_at = pages_at + count * 512;
        let pages: Vec<Class> =
            data[pages_at..pair_at].chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        let mut model = Model {
            n,
            astral: word(8),
            unassigned: word(10),
            index: &data[HEADER..pages_at],
            pages,
            pair: &data[pair_at..pair_at + n * n],
            edge: 0,
            small_a: 0,
            small_z: 0,
            big_a: 0,
            big_z: 0,
            digits: [0; 10],
        };
        model.edge = model.class('\n');
        (model.small_a, model.small_z) = (model.class('a'), model.class('z'));
        (model.big_a, model.big_z) = (model.class('A'), model.class('Z'));
        model.digits = std::array::from_fn(|i| model.class(char::from(b'0' + i as u8)));
        model
    }

    /// Returns the class of the edge of a line.
    pub(crate) fn edge(&self) -> Class {
        self.edge
    }

    #[inline]
    pub(crate) fn class(&self, c: char) -> Class {
        let code = c as usize;
        match self.index.get(code >> 8) {
            Some(&page) => self.pages[usize::from(page) * 256 + (code & 255)],
            None if code < 0x40000 => self.astral,
            None => self.unassigned,
        }
    }

    /// Returns the cost of a character of class `next` after one of class `prev`.
    #[inline]
    pub(crate) fn step(&self, prev: Class, next: Class) -> Cost {
        let (a, b) = (usize::from(prev & CLASS), usize::from(next & CLASS));
        Cost::from(self.pair[a * self.n + b]) + self.share(next)
    }

    /// Returns the cost of a character among the members of its class.
    pub(crate) fn share(&self, class: Class) -> Cost {
        Cost::from(class >> 10) * 5 / 2
    }

    /// Returns whether the texts of the model hardly have the character.
    pub(crate) fn is_unattested(&self, c: char) -> bool {
        self.class(c) >> 10 >= 50
    }

    /// Returns whether the class is that of a lower-case ASCII letter.
    pub(crate) fn is_latin_lower(&self, class: Class) -> bool {
        (self.small_a..=self.small_z).contains(&class)
    }

    /// Returns whether the class is that of an ASCII letter.
    pub(crate) fn is_latin(&self, class: Class) -> bool {
        self.is_latin_lower(class) || (self.big_a..=self.big_z).contains(&class)
    }

    /// Returns whether the class is that of an ASCII digit.
    pub(crate) fn is_digit(&self, class: Class) -> bool {
        self.digits.contains(&class)
    }

    /// Returns the class of the lower-case letter for that of an upper-case ASCII letter; any other class unchanged.
    pub(crate) fn small(&self, class: Class) -> Class {
        if (self.big_a..=self.big_z).contains(&class) { class - self.big_a + self.small_a } else { class }
    }

    /// Returns the cost of `chars` after `left`, including the step to `right`.
    pub(crate) fn cost(&self, left: Class, chars: impl Iterator<Item = char>, right: Class) -> Cost {
        let mut prev = left;
        let mut sum = 0;
        for c in chars {
            let class = self.class(c);
            sum += self.step(prev, class);
            prev = class;
        }
        sum + self.step(prev, right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefers_words_to_garble() {
        let m = model();
        let cost = |s: &str| m.cost(m.edge(), s.chars(), m.edge());
        for (good, bad) in [("it’s", "itâ€™s"), ("café", "cafÃ©"), ("→", "‚Üí"), ("привет", "рТЙЧЕФ"), ("中文", "涓枃")]
        {
            assert!(cost(good) + 50 < cost(bad), "{good} {} {bad} {}", cost(good), cost(bad));
        }
    }
}
