//! Search for the short texts that matches of patterns start with.
//!
//! Such a text starts at the start of a word, so the search looks there only: at its first bytes, in tables of bits
//! that reject most words, then in a map. An automaton that looks at every byte takes four times as long, and a
//! few milliseconds to build. Knows plain text only.

use rustc_hash::FxHashMap;

use crate::text::words::for_each_start;

/// Number of bits of a table, as a power of two.
const TABLE_BITS: u32 = 16;

/// The texts, each with the number of its owner.
#[derive(Debug)]
pub struct Starts {
    /// Texts by the number of bytes that are looked up: all of three bytes, the first of longer ones.
    groups: [Group; 3],
    /// For the hash of the first three bytes of each text, one bit: most words begin with none of them.
    likely: Vec<u64>,
}

/// Texts by the number that their first bytes are.
#[derive(Debug)]
struct Group {
    /// Mask of the bytes that are looked up.
    mask: u64,
    texts: FxHashMap<u64, Vec<StartText>>,
    /// For the hash of each such number, one bit.
    likely: Vec<u64>,
}

/// One text.
#[derive(Debug)]
struct StartText {
    /// Its first eight bytes, with the mask of those that are no space.
    first: u64,
    mask: u64,
    text: String,
    owner: usize,
}

impl StartText {
    fn new(text: &str, owner: usize) -> Self {
        let mask = text.bytes().take(8).enumerate().filter(|(_, byte)| *byte != b' ');
        let mask = mask.fold(0, |mask, (at, _)| mask | 0xFF << (8 * at));
        Self { first: eight(text.as_bytes()), mask, text: text.to_owned(), owner }
    }

    /// Returns whether `bytes`, the first eight of which are `first`, start with the text.
    #[inline]
    fn starts(&self, first: u64, bytes: &[u8]) -> bool {
        (first ^ self.first) & self.mask == 0
            && bytes
                .get(..self.text.len())
                .is_some_and(|here| here.iter().zip(self.text.as_bytes()).all(|(byte, own)| folded(*byte) == *own))
    }
}

/// Returns the first eight bytes as a number in which the case of letters does not count.
#[inline]
fn eight(bytes: &[u8]) -> u64 {
    let eight = match bytes.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => bytes.iter().rfold(0, |all, byte| all << 8 | u64::from(*byte)),
    };
    eight | 0x2020_2020_2020_2020
}

impl Starts {
    /// Minimum length of a text, in bytes.
    pub const MIN_BYTES: usize = 3;

    /// Returns the texts for a search. They are in lower case, and a space also matches a line break. A text is passed
    /// over right after an ASCII letter or digit, and unless it starts with one itself or with a non-ASCII character.
    pub fn new<'a>(texts: impl IntoIterator<Item = (&'a str, usize)>) -> Self {
        let mut groups = WIDTHS.map(Group::new);
        let mut likely = vec![0; 1 << (TABLE_BITS - 6)];
        for (text, owner) in texts {
            debug_assert!(text.len() >= Self::MIN_BYTES, "`{text}` is too short");
            if let Some(at) = WIDTHS.iter().position(|width| text.len() >= *width) {
                groups[at].add(text, owner);
            }
        }
        for number in groups.iter().flat_map(|group| group.texts.keys()) {
            let (word, bit) = slot(number & MIN_MASK);
            likely[word] |= bit;
        }
        Self { groups, likely }
    }

    /// Calls `visit` with each place of a text in `text`, in bytes, and the number of its owner. Case does not matter.
    pub fn for_each(&self, text: &str, mut visit: impl FnMut(usize, usize)) {
        let bytes = text.as_bytes();
        for_each_start(text, |at| {
            let rest = &bytes[at..];
            if rest.len() < Self::MIN_BYTES {
                return;
            }
            let first = eight(rest);
            let (word, bit) = slot(first & MIN_MASK);
            if self.likely[word] & bit == 0 {
                return;
            }
            for group in &self.groups {
                let number = first & group.mask;
                if group.may_hold(number) {
                    group.visit(number, first, rest, |owner| visit(at, owner));
                }
            }
        });
    }
}

impl Group {
    /// Returns a group without texts, which are to be looked up by so many bytes.
    fn new(width: usize) -> Self {
        let mask = u64::MAX >> (8 * (8 - width));
        Self { mask, texts: FxHashMap::default(), likely: vec![0; 1 << (TABLE_BITS - 6)] }
    }

    fn add(&mut self, text: &str, owner: usize) {
        let mut numbers = vec![eight(text.as_bytes()) & self.mask];
        // A line break in place of a space makes another number.
        for (at, _) in text.bytes().take(8).enumerate().filter(|(_, byte)| *byte == b' ') {
            let broken = (u64::from(b' ') ^ u64::from(b'\n' | 0x20)) << (8 * at) & self.mask;
            let others: Vec<u64> = numbers.iter().map(|number| number ^ broken).collect();
            numbers.extend(others);
        }
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            let (word, bit) = slot(number);
            self.likely[word] |= bit;
            self.texts.entry(number).or_default().push(StartText::new(text, owner));
        }
    }

    #[inline]
    fn may_hold(&self, number: u64) -> bool {
        let (word, bit) = slot(number);
        self.likely[word] & bit != 0
    }

    fn visit(&self, number: u64, first: u64, bytes: &[u8], mut visit: impl FnMut(usize)) {
        for text in self.texts.get(&number).into_iter().flatten() {
            if text.starts(first, bytes) {
                visit(text.owner);
            }
        }
    }
}

/// Mask of the bytes that every text has.
const MIN_MASK: u64 = u64::MAX >> (8 * (8 - Starts::MIN_BYTES));

/// Numbers of bytes that texts are looked up by, the largest first.
const WIDTHS: [usize; 3] = [8, 4, Starts::MIN_BYTES];

fn folded(byte: u8) -> u8 {
    if byte == b'\n' { b' ' } else { byte.to_ascii_lowercase() }
}

#[inline]
fn slot(number: u64) -> (usize, u64) {
    let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - TABLE_BITS);
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
