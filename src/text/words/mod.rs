//! Words: runs of letters and digits, with their shape and neighbours.
//!
//! Knows plain text only; no Markdown, no dictionaries.
pub mod names;
pub mod slug;
pub mod vocabulary;
pub mod word_table;

use std::hash::{BuildHasher as _, BuildHasherDefault};

use rustc_hash::FxHasher;

use crate::text::stretch::{ByteStretch, low_bits};

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

/// Returns the words of a text, in order. Combining marks and other characters that are neither letters nor digits
/// divide.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = SixtyFourBytes::default();
    let mut next = 0;
    std::iter::from_fn(move || {
        while rest.words == 0 {
            rest = SixtyFourBytes::at(text, next, rest.overhang)?;
            next += SixtyFourBytes::BYTES;
        }
        let start = next - SixtyFourBytes::BYTES + rest.words.trailing_zeros() as usize;
        let first = rest.kinds(rest.words & rest.words.wrapping_neg());
        let (count, mut kinds) = rest.take_run();
        let mut end = start + count;
        // The word may go on in the next stretch.
        while end == next {
            let Some(more) = SixtyFourBytes::at(text, next, rest.overhang) else { break };
            rest = more;
            next += SixtyFourBytes::BYTES;
            if rest.words & 1 == 0 {
                break;
            }
            kinds |= rest.kinds(1);
            let (more, others) = rest.take_run();
            kinds |= others;
            end += more;
        }
        Some(Word { text: text.get(start..end)?, start, shape: shape(first, kinds) })
    })
}

/// Calls `visit` with each word of a text, in order: those of [`words`], in half the time where all are wanted.
pub fn for_each_word<'a>(text: &'a str, mut visit: impl FnMut(Word<'a>)) {
    let mut see = |start: usize, end: usize, shape: Shape| {
        if let Some(word) = text.get(start..end) {
            visit(Word { text: word, start, shape });
        }
    };
    // Start and kinds of a word that goes on in the next stretch.
    let mut open: Option<(usize, u8, u8)> = None;
    let mut overhang = Overhang::default();
    let mut at = 0;
    while let Some(mut stretch) = SixtyFourBytes::at(text, at, overhang) {
        overhang = stretch.overhang;
        if let Some((start, first, before)) = open.take() {
            let (count, rest) = match stretch.words & 1 {
                0 => (0, before),
                _ => {
                    let own = stretch.kinds(1);
                    let (count, rest) = stretch.take_run();
                    (count, before | own | rest)
                }
            };
            if count == SixtyFourBytes::BYTES {
                open = Some((start, first, rest));
            } else {
                see(start, at + count, shape(first, rest));
            }
        }
        while stretch.words != 0 {
            let first = stretch.words & stretch.words.wrapping_neg();
            let run = stretch.first_run();
            stretch.words ^= run;
            let start = at + first.trailing_zeros() as usize;
            if run >> (SixtyFourBytes::BYTES - 1) != 0 {
                open = Some((start, stretch.kinds(first), stretch.kinds(run ^ first)));
            } else {
                see(start, start + run.count_ones() as usize, stretch.shape_of(run, first));
            }
        }
        at += SixtyFourBytes::BYTES;
    }
    if let Some((start, first, rest)) = open {
        see(start, text.len(), shape(first, rest));
    }
}

/// Sixty-four bytes of a text: a bit for each, by which the ends of words are found without a look at single bytes. They
/// cannot be predicted, so that a guess at each would be wrong at most ends.
#[derive(Debug, Clone, Copy, Default)]
struct SixtyFourBytes {
    /// The bytes of words that were not taken yet.
    words: u64,
    lower: u64,
    upper: u64,
    digits: u64,
    /// Number of bytes of the next stretch that belong to a letter at the end of this one.
    overhang: Overhang,
}

/// Bytes of the character at the end of a stretch that are in the next one.
#[derive(Debug, Clone, Copy, Default)]
struct Overhang {
    bytes: u32,
    is_letter: bool,
}

impl SixtyFourBytes {
    const BYTES: usize = ByteStretch::BYTES;

    /// Returns the stretch that starts at `at`; `None` at the end of the text. Bytes after the end divide words.
    #[inline]
    fn at(text: &str, at: usize, overhang: Overhang) -> Option<Self> {
        let rest = text.as_bytes().get(at..).filter(|rest| !rest.is_empty())?;
        let bytes = ByteStretch::of(rest);
        let (lower, upper) = (bytes.within(b'a', b'z'), bytes.within(b'A', b'Z'));
        let (digits, high) = (bytes.within(b'0', b'9'), bytes.high());
        let mut stretch = Self { words: lower | upper | digits, lower, upper, digits, overhang: Overhang::default() };
        if high != 0 {
            stretch.add_letters(text, at, high, overhang);
        }
        Some(stretch)
    }

    /// Adds the letters and digits that are not ASCII, whose bytes are `high`.
    fn add_letters(&mut self, text: &str, at: usize, high: u64, before: Overhang) {
        let taken = low_bits(before.bytes);
        if before.is_letter {
            self.words |= taken;
        }
        let mut high = high & !taken;
        while high != 0 {
            let place = high.trailing_zeros();
            let (len, is_letter) = letter_at(text, at + place as usize);
            let bytes = low_bits(len as u32) << place;
            if is_letter {
                self.words |= bytes;
            }
            high &= !bytes;
            self.overhang = Overhang { bytes: (place + len as u32).saturating_sub(64), is_letter };
        }
    }

    /// Returns the kinds of the bytes.
    #[inline]
    fn kinds(&self, bytes: u64) -> u8 {
        let kind = |class: u64, kind: u8| if class & bytes != 0 { kind } else { 0 };
        let others = !(self.lower | self.upper | self.digits);
        kind(self.lower, LOWER) | kind(self.upper, UPPER) | kind(self.digits, DIGIT) | kind(others, HIGH)
    }

    /// Takes the first run of bytes of words. Returns their number, and the kinds of all but the first.
    #[inline]
    fn take_run(&mut self) -> (usize, u8) {
        let first = self.words & self.words.wrapping_neg();
        let run = self.first_run();
        self.words ^= run;
        (run.count_ones() as usize, self.kinds(run ^ first))
    }

    /// Returns the first run of bytes of words.
    #[inline]
    fn first_run(&self) -> u64 {
        let first = self.words & self.words.wrapping_neg();
        // The sum carries through the run, and leaves the others.
        self.words & !self.words.wrapping_add(first)
    }

    /// Returns the shape of a word, all of which is `run`, with its first byte.
    #[inline]
    fn shape_of(&self, run: u64, first: u64) -> Shape {
        if run & !(self.lower | self.upper) != 0 {
            Shape::Other
        } else if run & self.upper == 0 {
            Shape::Lower
        } else if run & self.upper == first {
            Shape::Capitalised
        } else if run & self.lower == 0 {
            Shape::Upper
        } else {
            Shape::Mixed
        }
    }
}

/// Calls `visit` with the start of each ASCII letter or digit, and of each non-ASCII character, that no ASCII letter or digit
/// precedes, in bytes.
pub fn for_each_start(text: &str, mut visit: impl FnMut(usize)) {
    // The lowest bit, if the byte before a stretch is in a word.
    let mut before = 0;
    for (stretch, bytes) in text.as_bytes().chunks(SixtyFourBytes::BYTES).enumerate() {
        let bytes = ByteStretch::of(bytes);
        let inside = bytes.within_any([(b'a', b'z'), (b'A', b'Z'), (b'0', b'9')]);
        // All but the first byte of a character are lower.
        let leads = bytes.within(0xC0, 0xFF);
        let mut starts = (inside | leads) & !(inside << 1 | before);
        before = inside >> 63;
        while starts != 0 {
            visit(stretch * SixtyFourBytes::BYTES + starts.trailing_zeros() as usize);
            starts &= starts - 1;
        }
    }
}

/// Returns the length in bytes of the character at `at`, and whether it belongs to words.
fn letter_at(text: &str, at: usize) -> (usize, bool) {
    match text.get(at..).and_then(|rest| rest.chars().next()) {
        Some(c) => (c.len_utf8(), is_letter_or_digit(c)),
        None => (1, false),
    }
}

/// Returns whether a character is a letter, as [`char::is_alphabetic`] does, but without a look into its tables for the
/// characters that most pages are written with.
#[inline]
pub fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { frequent_letter(c).unwrap_or_else(|| c.is_alphabetic()) }
}

/// Returns whether a character is a letter or a digit, as [`char::is_alphanumeric`] does, but without a look into its
/// tables for the characters that most pages are written with.
#[inline]
pub fn is_letter_or_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { frequent_letter(c).unwrap_or_else(|| c.is_alphanumeric()) }
}

/// Returns whether a character is a letter if it is one of the ranges that most pages are written with, in which no digit
/// is.
#[inline]
fn frequent_letter(c: char) -> Option<bool> {
    match c {
        // Dashes, quotation marks, arrows, boxes; Chinese punctuation, also in full width; most pictures.
        '\u{2010}'..='\u{205F}'
        | '\u{2190}'..='\u{245F}'
        | '\u{2500}'..='\u{2775}'
        | '\u{3000}'..='\u{3004}'
        | '\u{3008}'..='\u{3020}'
        | '\u{FF01}'..='\u{FF0F}'
        | '\u{FF1A}'..='\u{FF20}'
        | '\u{FFFB}'..='\u{FFFD}'
        | '\u{1F300}'..='\u{1FAFF}' => Some(false),
        '\u{C0}'..='\u{D6}'
        | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{17F}'
        | '\u{400}'..='\u{481}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30A1}'..='\u{30FA}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7A3}' => Some(true),
        _ => None,
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
/// touch it, as in "\[c]onfiguration" and "(re)start"; nor if it is alone in braces, as placeholders are. A possessive
/// `'s` does not matter.
pub fn stands_free(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).unwrap_or("");
    let after = text.get(end..).unwrap_or("");
    // The short code of an emoji: `:word:`.
    let is_short_code = before.ends_with(':') && after.starts_with(':');
    let is_placeholder = before.trim_end_matches(' ').ends_with('{') && after.trim_start_matches(' ').starts_with('}');
    !is_short_code && !is_placeholder && free_before(before) && free_after(after)
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

/// Placeholder of markup that shows nothing, as [`Prose::MARK`](crate::model::document::Prose::MARK).
const MARK: char = '\u{FFFB}';

/// Returns the text after the markup at its start that shows nothing, as far as that is no part of a word: tags, and a
/// raised number ("word<sup>2</sup>").
fn after_marks(text: &str) -> &str {
    let rest = text.trim_start_matches(MARK);
    let number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    match number.len() < rest.len() && rest.len() < text.len() && number.starts_with(MARK) {
        true => number.trim_start_matches(MARK),
        false => rest,
    }
}

/// Returns the text after `==`, which marks words in some flavours.
fn after_highlight(text: &str) -> Option<&str> {
    text.strip_prefix("==").filter(|rest| !rest.starts_with(|c: char| c == '=' || c.is_alphanumeric()))
}

fn free_before(before: &str) -> bool {
    let before = before.trim_end_matches(MARK);
    if before.ends_with("::") || before.ends_with("->") {
        return false;
    }
    if before.strip_suffix("==").is_some_and(|rest| !rest.ends_with(|c: char| c == '=' || c.is_alphanumeric())) {
        return true;
    }
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
    let after = after_marks(after);
    if after.starts_with("::") {
        return false;
    }
    if after_highlight(after).is_some() {
        return true;
    }
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
    fn characters_are_letters_or_not_as_unicode_has_it() {
        for c in '\0'..='\u{20000}' {
            assert_eq!(is_letter_or_digit(c), c.is_alphanumeric(), "{c:?}");
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
        }
    }

    #[test]
    fn a_word_that_touched_a_tag_was_none() {
        let free = |text: &str, word: &str| {
            let start = text.find(word).expect("there");
            stands_free(text, start, start + word.len())
        };
        for text in [
            "a \u{FFFB}word\u{FFFB} b",
            "word\u{FFFB}2\u{FFFB}",
            "word\u{FFFB}\nb",
            "a ==word== b",
            "\u{FFFB}word\u{FFFB}",
        ] {
            assert!(free(text, "word"), "{text:?}");
        }
        for text in [
            "{word}",
            "#{ word }",
            "a::word",
            "word::b",
            "a->word",
            "\u{FFFC}word",
            "word\u{FFFC}",
            "d\u{FFFB}word",
            "word\u{FFFB}s",
            "a==word",
            ":word:",
            "word\u{FFFB}2x",
        ] {
            assert!(!free(text, "word"), "{text:?}");
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
    fn words_are_those_that_a_look_at_each_character_finds() {
        let mut seed = 1u32;
        let mut next = |count: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as usize % count
        };
        let signs = [
            'a', 'z', 'A', 'Z', '0', '9', '@', '[', '`', '{', '/', ':', ' ', '\n', '\0', '\u{7F}', 'é', '–', '字', '🟣',
        ];
        for _ in 0..2000 {
            let text: String = (0..next(200)).map(|_| signs[next(signs.len()) / (next(2) + 1)]).collect();
            let runs = text.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty());
            let shape_of = |run: &str| {
                let kind = |c: char| match c {
                    'a'..='z' => LOWER,
                    'A'..='Z' => UPPER,
                    '0'..='9' => DIGIT,
                    _ => HIGH,
                };
                let mut kinds = run.chars().map(kind);
                shape(kinds.next().unwrap_or(0), kinds.fold(0, |all, kind| all | kind))
            };
            let expected: Vec<_> = runs.map(|run| (run, shape_of(run))).collect();
            let found: Vec<_> = words(&text).map(|word| (word.text, word.shape)).collect();
            assert_eq!(found, expected, "{text:?}");
            let mut found = Vec::new();
            for_each_word(&text, |word| found.push((word.text, word.shape)));
            assert_eq!(found, expected, "{text:?}");
        }
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
