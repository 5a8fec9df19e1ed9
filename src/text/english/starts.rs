//! Search for the short texts that matches of patterns start with.
//!
//! Such a text starts at the start of a word, so the search looks there only: at its first four bytes, in a table of bits
//! that rejects most words, then in a map. An automaton that looks at every byte takes four times as long, and a
//! few milliseconds to build. Knows plain text only.

use rustc_hash::FxHashMap;

use crate::text::words::for_each_start;

/// Number of bits of a table, as a power of two.
const TABLE_BITS: u32 = 16;

/// The texts, each with the number of its owner.
#[derive(Debug)]
pub struct Starts {
    /// Texts of four bytes or more by their first four, and those of three bytes by all.
    long: Group,
    short: Group,
}

/// Texts by the number that their first bytes are.
#[derive(Debug, Default)]
struct Group {
    texts: FxHashMap<u32, Vec<(String, usize)>>,
    /// For the hash of each such number, one bit.
    likely: Vec<u64>,
}

impl Starts {
    /// Minimum length of a text, in bytes.
    pub const MIN_BYTES: usize = 3;

    /// Returns the texts for a search. They are in lower case, and a space also matches a line break. A text is passed
    /// over right after an ASCII letter or digit, and unless it starts with one itself or with a non-ASCII character.
    pub fn new<'a>(texts: impl IntoIterator<Item = (&'a str, usize)>) -> Self {
        let mut starts = Self { long: Group::new(), short: Group::new() };
        for (text, owner) in texts {
            match *text.as_bytes() {
                [a, b, c] => starts.short.add([a, b, c, 0], text, owner),
                [a, b, c, d, ..] => starts.long.add([a, b, c, d], text, owner),
                _ => debug_assert!(false, "`{text}` is too short"),
            }
        }
        starts
    }

    /// Calls `visit` with each place of a text in `text`, in bytes, and the number of its owner. Case does not matter.
    pub fn for_each(&self, text: &str, mut visit: impl FnMut(usize, usize)) {
        let bytes = text.as_bytes();
        for_each_start(text, |at| {
            let rest = &bytes[at..];
            let long = match *rest {
                [a, b, c, d, ..] => number([a, b, c, d]),
                [a, b, c] => number([a, b, c, 0]),
                _ => return,
            };
            if self.long.may_hold(long) {
                self.long.visit(long, rest, |owner| visit(at, owner));
            }
            if self.short.may_hold(long & SHORT) {
                self.short.visit(long & SHORT, rest, |owner| visit(at, owner));
            }
        });
    }
}

impl Group {
    fn new() -> Self {
        Self { texts: FxHashMap::default(), likely: vec![0; 1 << (TABLE_BITS - 6)] }
    }

    fn add(&mut self, first: [u8; 4], text: &str, owner: usize) {
        // A line break in place of a space makes another number.
        let spaces: Vec<usize> = (0..4).filter(|at| first[*at] == b' ').collect();
        for broken in 0..1u32 << spaces.len() {
            let mut bytes = first;
            for (bit, at) in spaces.iter().enumerate() {
                bytes[*at] = if broken >> bit & 1 == 1 { b'\n' } else { b' ' };
            }
            let number = if first[3] == 0 { number(bytes) & SHORT } else { number(bytes) };
            let (word, bit) = slot(number);
            self.likely[word] |= bit;
            self.texts.entry(number).or_default().push((text.to_owned(), owner));
        }
    }

    #[inline]
    fn may_hold(&self, number: u32) -> bool {
        let (word, bit) = slot(number);
        self.likely[word] & bit != 0
    }

    fn visit(&self, number: u32, bytes: &[u8], mut visit: impl FnMut(usize)) {
        for (text, owner) in self.texts.get(&number).into_iter().flatten() {
            let here = bytes.get(..text.len()).unwrap_or(&[]);
            if here.len() == text.len() && here.iter().zip(text.as_bytes()).all(|(byte, own)| folded(*byte) == *own) {
                visit(*owner);
            }
        }
    }
}

/// Mask of the first three bytes of a number.
const SHORT: u32 = 0x00FF_FFFF;

/// Returns four bytes as a number in which the case of letters does not count.
#[inline]
fn number(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes) | 0x2020_2020
}

fn folded(byte: u8) -> u8 {
    if byte == b'\n' { b' ' } else { byte.to_ascii_lowercase() }
}

#[inline]
fn slot(number: u32) -> (usize, u64) {
    let hash = number.wrapping_mul(0x9E37_79B1) >> (32 - TABLE_BITS);
    ((hash >> 6) as usize, 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_at_the_start_of_words_wherever_these_are() {
        let starts = Starts::new([("an e", 1), ("a u", 2), ("it’s own ", 3), ("an eel", 4)]);
        let found = |text: &str| {
            let mut found = Vec::new();
            starts.for_each(text, |at, owner| found.push((at, owner)));
            found.sort_unstable();
            found
        };
        assert_eq!(found("An eel, a\nUnit"), [(0, 1), (0, 4), (8, 2)]);
        assert_eq!(found("can eels, 2a unit"), []);
        assert_eq!(found("eels can be, x-a unit"), [(15, 2)]);
        assert_eq!(found("(an e"), [(1, 1)]);
        assert_eq!(found("so a u"), [(3, 2)]);
        assert_eq!(found("a u"), [(0, 2)]);
        assert_eq!(found("– It’s\nown boat"), [(4, 3)]);
        assert_eq!(found("a"), []);
        assert_eq!(found(""), []);
    }
}
