//! Words: runs of letters and digits, with their shape and neighbours.
//!
//! Knows plain text only; no Markdown, no dictionaries.
pub mod names;
pub mod slug;
pub mod vocabulary;

use std::hash::{BuildHasher as _, BuildHasherDefault};

use rustc_hash::FxHasher;

/// Returns the hash of a word.
#[must_use]
pub fn hash(word: &str) -> u64 {
    BuildHasherDefault::<FxHasher>::default().hash_one(word)
}

/// A run of letters and digits in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// The run itself.
    pub text: &'a str,
    /// Offset of its first character, in bytes.
    pub start: usize,
    /// Case and kind of its letters.
    pub shape: Shape,
}

impl Word<'_> {
    /// Returns the offset after its last byte.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// Case and kind of the letters of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// ASCII letters, all lower case.
    Lower,
    /// ASCII letters, only the first one upper case. Also a single upper-case letter.
    Capitalised,
    /// At least two ASCII letters, all upper case.
    Upper,
    /// ASCII letters in any other mixture.
    Mixed,
    /// With a digit or a non-ASCII letter.
    Other,
}

const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
const HIGH: u8 = 8;
const ASCII: u8 = LOWER | UPPER | DIGIT;

/// The class of each byte; 0 divides words.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            0x80.. => HIGH,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};

/// Returns the words of a text, in order. Combining marks and other characters that are neither letters nor digits
/// divide.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += bytes.get(at..)?.iter().position(|&byte| KINDS[byte as usize] != 0)?;
            if KINDS[bytes[at] as usize] != HIGH {
                break;
            }
            match letter_at(text, at) {
                (_, true) => break,
                (len, false) => at += len,
            }
        }
        let start = at;
        let first = KINDS[bytes[start] as usize];
        at += if first == HIGH { letter_at(text, start).0 } else { 1 };
        let mut rest = 0;
        loop {
            for &byte in &bytes[at..] {
                let kind = KINDS[byte as usize];
                if kind & !ASCII != 0 || kind == 0 {
                    break;
                }
                rest |= kind;
                at += 1;
            }
            match bytes.get(at) {
                Some(&byte) if KINDS[byte as usize] == HIGH => match letter_at(text, at) {
                    (len, true) => {
                        rest |= HIGH;
                        at += len;
                    }
                    (_, false) => break,
                },
                _ => break,
            }
        }
        Some(Word { text: text.get(start..at)?, start, shape: shape(first, rest) })
    })
}

/// Returns the pieces of a text between white space, as start and end in bytes.
pub fn tokens(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut start = 0;
    let ends = memchr::memchr3_iter(b' ', b'\n', b'\t', text.as_bytes()).chain(std::iter::once(text.len()));
    ends.filter_map(move |end| {
        let token = (start, end);
        start = end + 1;
        (token.0 < token.1).then_some(token)
    })
}

/// Returns the length in bytes of the character at `at`, and whether it belongs to words.
fn letter_at(text: &str, at: usize) -> (usize, bool) {
    match text.get(at..).and_then(|rest| rest.chars().next()) {
        // By far the most common non-ASCII characters need no table: dashes, quotation marks, arrows, boxes.
        Some(c @ ('\u{2010}'..='\u{205F}' | '\u{2190}'..='\u{245F}' | '\u{2500}'..='\u{2775}' | '\u{FFFC}')) => {
            (c.len_utf8(), false)
        }
        Some(c) => (c.len_utf8(), c.is_alphanumeric()),
        None => (1, false),
    }
}

const fn shape(first: u8, rest: u8) -> Shape {
    match (first, rest) {
        (LOWER, 0 | LOWER) => Shape::Lower,
        (UPPER, 0 | LOWER) => Shape::Capitalised,
        (UPPER, UPPER) => Shape::Upper,
        (LOWER | UPPER, rest) if rest & (DIGIT | HIGH) == 0 => Shape::Mixed,
        _ => Shape::Other,
    }
}

/// Returns whether the word at `start..end` is separate, as words of a sentence are. It is not if it is part of an
/// identifier, path, address, option, call, assignment, hyphenated compound or contraction, or if letters in brackets
/// touch it, as in "\[c]onfiguration" and "(re)start". A possessive `'s` does not matter.
pub fn stands_free(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).unwrap_or("");
    let after = text.get(end..).unwrap_or("");
    free_before(before) && free_after(after)
}

/// Returns whether letters in brackets touch the bytes `start..end`, so that the first or last word in them is part of
/// another one: "\[m]an pages".
pub fn touches_brackets(text: &str, start: usize, end: usize) -> bool {
    text.get(..start).is_some_and(|before| before.ends_with([']', ')', '}']))
        || text.get(end..).is_some_and(|after| after.starts_with(['[', '(', '{']))
}

/// Returns true if `[sic]` or `(sic)` is next in `after`, perhaps behind closing quotation marks: what precedes it is
/// quoted as it was written.
pub fn is_followed_by_sic(after: &str) -> bool {
    let after = after.trim_start_matches(['"', '”', '’', '\'', '»', '*', '_', ' ', '\n']);
    let inside = after.strip_prefix(['[', '(']).map(|rest| rest.trim_start_matches(['*', '_']));
    inside.and_then(|rest| rest.get(..3)).is_some_and(|rest| rest.eq_ignore_ascii_case("sic"))
}

fn free_before(before: &str) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        None => true,
        Some('/' | '\\' | '.' | '@' | '_' | '=' | '-' | '#' | '$' | '%' | '&' | '+' | '<' | '~' | '\u{FFFC}') => false,
        Some(']' | ')' | '}') => false,
        // "con[word]", "call(word)"; but a bracket after a space may open anything.
        Some('[' | '(' | '{') => !back.next().is_some_and(char::is_alphanumeric),
        // "host:word", "don't", "don’t"; but a quotation or a colon after a space may open anything.
        Some(':' | '\'' | '’') => !back.next().is_some_and(char::is_alphanumeric),
        Some(c) => !c.is_alphanumeric(),
    }
}

fn free_after(after: &str) -> bool {
    let mut ahead = after.chars();
    match ahead.next() {
        None => true,
        Some('/' | '\\' | '@' | '_' | '=' | '-' | '(' | '[' | '{' | '+' | '<' | '$' | '~' | '\u{FFFC}') => false,
        Some('.' | ':' | ']' | ')' | '}') => !ahead.next().is_some_and(char::is_alphanumeric),
        Some('\'' | '’') => {
            let rest = ahead.as_str();
            let possessive = rest.strip_prefix('s').is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
            possessive || !rest.starts_with(char::is_alphanumeric)
        }
        Some(c) => !c.is_alphanumeric(),
    }
}

/// Returns `replacement` in the case of `model`: capitalised, or all upper case. A replacement with upper-case letters
/// of its own is returned unchanged.
pub fn in_the_case_of(model: &str, replacement: &str) -> String {
    if replacement.chars().any(char::is_uppercase) {
        return replacement.to_owned();
    }
    let mut letters = model.chars();
    let first_is_great = letters.next().is_some_and(char::is_uppercase);
    if !first_is_great {
        return replacement.to_owned();
    }
    if model.chars().count() > 1 && letters.all(|c| !c.is_lowercase()) {
        return replacement.to_uppercase();
    }
    let mut rest = replacement.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_characters_known_to_divide_words_do() {
        for c in ('\u{2000}'..='\u{2800}').chain(['\u{FFFC}']) {
            let text = c.to_string();
            assert_eq!(letter_at(&text, 0), (text.len(), c.is_alphanumeric()), "{c:?}");
        }
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_with_a_shape() {
        let seen: Vec<_> = words("A tea, gRPC; naïve HTTP2 – NASA’s").map(|w| (w.text, w.shape)).collect();
        use Shape::{Capitalised, Lower, Mixed, Other, Upper};
        assert_eq!(
            seen,
            [
                ("A", Capitalised),
                ("tea", Lower),
                ("gRPC", Mixed),
                ("naïve", Other),
                ("HTTP2", Other),
                ("NASA", Upper),
                ("s", Lower)
            ]
        );
    }

    #[test]
    fn tokens_are_what_stands_between_white_space() {
        let text = " a  (tea)\nfor\ttwo ";
        let seen: Vec<&str> = tokens(text).map(|(start, end)| &text[start..end]).collect();
        assert_eq!(seen, ["a", "(tea)", "for", "two"]);
        assert_eq!(tokens("").count(), 0);
    }

    #[test]
    fn offsets_are_bytes() {
        let text = "é – déjà 🟣vu";
        for word in words(text) {
            assert_eq!(&text[word.start..word.end()], word.text);
        }
        assert_eq!(words(text).count(), 3);
    }

    #[test]
    fn parts_of_identifiers_paths_and_compounds_do_not_stand_free() {
        let free = |text: &str| {
            let start = text.find("word").expect("there");
            stands_free(text, start, start + 4)
        };
        for text in ["word", "(word)", "a word.", "“word”", "the word's end", "so: word, x", "'word'", "word…"] {
            assert!(free(text), "{text}");
        }
        for text in ["a/word", "word/a", "x.word", "word.x", "word(", "@word", "_word", "word=1", "re-word", "x:word"] {
            assert!(!free(text), "{text}");
        }
        for text in ["[s]word", "(s)word", "{s}word", "s[word]s", "word[s]", "word(s)", "[word]s", "(word)s"] {
            assert!(!free(text), "{text}");
        }
    }

    #[test]
    fn replacements_take_the_case_of_what_they_replace() {
        assert_eq!(in_the_case_of("Teh", "the"), "The");
        assert_eq!(in_the_case_of("TEH", "the"), "THE");
        assert_eq!(in_the_case_of("teh", "the"), "the");
        assert_eq!(in_the_case_of("Kubernets", "KubeRnets"), "KubeRnets");
    }
}
