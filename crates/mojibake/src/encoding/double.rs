//! Double mojibake: the characters that the second mis-decoding made of each byte, some of its own bytes lost.
//!
//! A byte of the first mis-decoding became a character, that character two or three bytes, and these up to three
//! characters. Unassigned bytes may have been dropped on the way, so that several bytes can be indistinguishable.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::encoding::codepage::{SINGLE, tables};

/// The characters for one byte of the first mis-decoding.
pub(crate) struct Token {
    /// Number of characters.
    pub(crate) len: usize,
    /// The possible bytes, from 80 up; none for U+FFFD.
    pub(crate) bytes: SmallVec<[u8; 5]>,
    /// True if no byte of it was lost.
    pub(crate) exact: bool,
}

/// The character for a byte of the second mis-decoding.
#[derive(Clone, Copy)]
enum Part {
    Char(char),
    /// An unassigned byte: dropped, replaced, or a C1 control.
    Undefined(char),
}

type Pattern = SmallVec<[Part; 3]>;
/// For each first character, the bytes (0 for U+FFFD) that begin with it, and the rest of each.
type Table = FxHashMap<char, Vec<(u8, Pattern)>>;

static TABLES: [OnceLock<Table>; SINGLE.len()] = [const { OnceLock::new() }; SINGLE.len()];

/// Returns the characters that each byte from 80 up becomes when it is decoded in `SINGLE[e]`, encoded as UTF-8 and
/// decoded in `SINGLE[e]` again.
fn table(e: usize) -> &'static Table {
    TABLES[e].get_or_init(|| {
        let is_hole = |byte: u8| tables().is_hole(e, byte);
        let read = |byte: u8| match tables().upper(e, byte) {
            _ if is_hole(byte) => Part::Undefined(char::from(byte)),
            c => Part::Char(c),
        };
        let mut table = Table::default();
        let mut add = |byte: u8, c: char, read: &dyn Fn(u8) -> Part| {
            let mut utf8 = [0; 4];
            let mut pattern = c.encode_utf8(&mut utf8).bytes().map(read);
            if let Some(Part::Char(first)) = pattern.next() {
                table.entry(first).or_default().push((byte, pattern.collect()));
            }
        };
        add(0, '\u{fffd}', &read);
        for byte in 0x80..=0xff {
            match tables().upper(e, byte) {
                // If the first mis-decoding kept them as controls, so did the second.
                _ if is_hole(byte) => add(byte, char::from(byte), &|byte| match tables().upper(e, byte) {
                    _ if is_hole(byte) => Part::Char(char::from(byte)),
                    c => Part::Char(c),
                }),
                c => add(byte, c, &read),
            }
        }
        table
    })
}

/// Fate of no-break spaces.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Blanks {
    Kept,
    /// They may have become spaces.
    Lost,
}

/// Returns the longest token of double mojibake in `SINGLE[e]` at the start of `chars`.
pub(crate) fn token(chars: &[char], e: usize, blanks: Blanks) -> Option<Token> {
    let mut best: Option<Token> = None;
    for (byte, rest) in table(e).get(chars.first()?)? {
        let Some((len, exact)) = matched(&chars[1..], rest, blanks) else { continue };
        let byte = Some(*byte).filter(|byte| *byte != 0);
        match &mut best {
            Some(token) if token.len > len + 1 => {}
            Some(token) if token.len == len + 1 => token.bytes.extend(byte),
            _ => best = Some(Token { len: len + 1, bytes: byte.into_iter().collect(), exact }),
        }
    }
    best
}

/// Returns the number of characters at the start of `chars` that are `pattern`, and whether no byte of it is lost.
fn matched(chars: &[char], pattern: &[Part], blanks: Blanks) -> Option<(usize, bool)> {
    let (mut at, mut exact) = (0, true);
    for part in pattern {
        match (*part, chars.get(at)) {
            (Part::Char(c) | Part::Undefined(c), Some(&found)) if c == found => at += 1,
            (Part::Char('\u{a0}'), Some(' ')) if blanks == Blanks::Lost => (at, exact) = (at + 1, false),
            (Part::Char('\u{100}'..), Some('?')) if at == 0 => (at, exact) = (at + 1, false),
            (Part::Undefined(_), Some('\u{fffd}' | '?')) => (at, exact) = (at + 1, false),
            (Part::Undefined(_), _) => exact = false,
            (Part::Char(_), _) => return None,
        }
    }
    Some((at, exact))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<(usize, Vec<u8>)> {
        let chars: Vec<char> = text.chars().collect();
        let mut at = 0;
        let mut out = Vec::new();
        while let Some(token) = token(&chars[at..], 0, Blanks::Kept) {
            at += token.len;
            out.push((token.len, token.bytes.to_vec()));
        }
        out
    }

    #[test]
    fn a_letter_misread_twice() {
        // α is CE B1, and Î and ± became Ã Ž and Â ±.
        assert_eq!(bytes("ÃŽÂ±"), [(2, vec![0xce]), (2, vec![0xb1])]);
        // Ð is C3 90, and its second byte is dropped.
        assert_eq!(bytes("ÃÂ±"), [(1, vec![0xc1, 0xcd, 0xcf, 0xd0, 0xdd]), (2, vec![0xb1])]);
        assert_eq!(bytes("â€™"), [(3, vec![0x92])]);
        assert_eq!(bytes("â€"), [(2, vec![0x94])]);
        assert_eq!(bytes("â€ "), [(2, vec![0x94])]);
        assert_eq!(bytes("ï¿½"), [(3, vec![])]);
    }
}
