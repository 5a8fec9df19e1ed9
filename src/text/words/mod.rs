//! Words: runs of letters and digits, with their shape and neighbours.
//!
//! Knows plain text only; no Markdown, no dictionaries.
pub mod names;
pub mod slug;
pub mod vocabulary;
pub mod word_table;

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
            let eight = EightBytes::at(bytes, at);
            let found = eight.letters | eight.digits | eight.high;
            if found == 0 {
                at += 8;
                if at >= bytes.len() {
                    return None;
                }
                continue;
            }
            at += EightBytes::count(found);
            if bytes[at].is_ascii() {
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
            let eight = EightBytes::at(bytes, at);
            let (len, kinds) = eight.run();
            rest |= kinds;
            at += len;
            if len == 8 {
                continue;
            }
            match bytes.get(at) {
                Some(byte) if !byte.is_ascii() => match letter_at(text, at) {
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

/// Calls `visit` with the start of each ASCII letter or digit, and of each non-ASCII character, that no ASCII letter or digit
/// precedes, in bytes.
pub fn for_each_start(text: &str, mut visit: impl FnMut(usize)) {
    let bytes = text.as_bytes();
    // The highest bit of the lowest byte, if the byte before these eight is in a word.
    let mut before = 0;
    for at in (0..bytes.len()).step_by(8) {
        let eight = EightBytes::at(bytes, at);
        let inside = eight.letters | eight.digits;
        let mut starts = (inside | eight.leads) & !(inside << 8 | before);
        before = inside >> 56;
        while starts != 0 {
            visit(at + EightBytes::count(starts));
            starts &= starts - 1;
        }
    }
}

/// Classes of eight bytes of a text, of which each has the highest bit of its byte. Most words are shorter, so that one
/// look finds the end of each, where a look at each byte would guess wrong at most ends.
struct EightBytes {
    /// ASCII letters, and those of them in lower case.
    letters: u64,
    lower: u64,
    digits: u64,
    /// Bytes of non-ASCII characters, and the first ones of these.
    high: u64,
    leads: u64,
}

impl EightBytes {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x80 * Self::EACH;

    /// Returns the classes of the bytes from `at` on; those after the end divide words.
    #[inline]
    fn at(bytes: &[u8], at: usize) -> Self {
        let rest = bytes.get(at..).unwrap_or(&[]);
        let all = match rest.first_chunk() {
            Some(eight) => u64::from_le_bytes(*eight),
            None => rest.iter().rfold(0, |all, byte| all << 8 | u64::from(*byte)),
        };
        let high = all & Self::HIGHEST;
        let low = all & !Self::HIGHEST;
        // Adding what is missing to 80 sets the highest bit of each byte that is at least so large.
        let is_least = |bytes: u64, least: u8| bytes + u64::from(0x80 - least) * Self::EACH;
        let small = low | (0x20 * Self::EACH);
        let letters = is_least(small, b'a') & !is_least(small, b'z' + 1) & Self::HIGHEST & !high;
        let digits = is_least(low, b'0') & !is_least(low, b'9' + 1) & Self::HIGHEST & !high;
        // Letters in lower case have the bit 20.
        // All but the first byte of a character lack the bit 40.
        Self { letters, lower: letters & all << 2, digits, high, leads: high & all << 1 }
    }

    /// Returns the number of bytes before the first one in a class.
    #[inline]
    fn count(class: u64) -> usize {
        (class.trailing_zeros() / 8) as usize
    }

    /// Returns the number of ASCII letters and digits at the start, and their kinds.
    #[inline]
    fn run(&self) -> (usize, u8) {
        let end = !(self.letters | self.digits) & Self::HIGHEST;
        let within = if end == 0 { u64::MAX } else { (end & end.wrapping_neg()) - 1 };
        let kind = |class: u64, kind: u8| if class & within != 0 { kind } else { 0 };
        let kinds = kind(self.lower, LOWER) | kind(self.letters & !self.lower, UPPER) | kind(self.digits, DIGIT);
        (Self::count(end), kinds)
    }
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
        Some(c) => (c.len_utf8(), is_letter_or_digit(c)),
        None => (1, false),
    }
}

/// Returns whether a character is a letter or a digit, as [`char::is_alphanumeric`] does, but without a look into its
/// tables for the characters that most pages are written with.
pub fn is_letter_or_digit(c: char) -> bool {
    match c {
        '\0'..='\u{7F}' => c.is_ascii_alphanumeric(),
        // Dashes, quotation marks, arrows, boxes.
        '\u{2010}'..='\u{205F}' | '\u{2190}'..='\u{245F}' | '\u{2500}'..='\u{2775}' | '\u{FFFC}' => false,
        '\u{F8}'..='\u{17F}'
        | '\u{400}'..='\u{481}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30A1}'..='\u{30FA}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7A3}' => true,
        _ => c.is_alphanumeric(),
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
        for c in ('\0'..='\u{FFFF}').chain(['\u{1F600}', '\u{20000}']) {
            assert_eq!(is_letter_or_digit(c), c.is_alphanumeric(), "{c:?}");
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
    fn tokens_are_what_stands_between_white_space() {
        let text = " a  (tea)\nfor\ttwo ";
        let seen: Vec<&str> = tokens(text).map(|(start, end)| &text[start..end]).collect();
        assert_eq!(seen, ["a", "(tea)", "for", "two"]);
        assert_eq!(tokens("").count(), 0);
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
            let text: String = (0..next(30)).map(|_| signs[next(signs.len()) / (next(2) + 1)]).collect();
            let runs = text.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty());
            let shape_of = |run: &str| {
                let kind = |c: char| KINDS[if c.is_ascii() { c as usize } else { 0x80 }];
                let mut kinds = run.chars().map(kind);
                shape(kinds.next().unwrap_or(0), kinds.fold(0, |all, kind| all | kind))
            };
            let expected: Vec<_> = runs.map(|run| (run, shape_of(run))).collect();
            let found: Vec<_> = words(&text).map(|word| (word.text, word.shape)).collect();
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
