//! Damage cues: evidence of lost bytes before any encoding is proved, such as U+FFFD, halves of no-break spaces, and
//! letters where no text has them. They say which encodings to try, and prove nothing.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::encoding::codepage::{CodePage, DOUBLE, Row, SUBSTITUTE, double_tables, tables};
use crate::exact::strict;
use crate::language::bigrams::model;
use crate::language::languages::is_letter;
use crate::language::quotes::is_quote;
use crate::text::line::{chunks, near};
use crate::text::script::{is_cjk, is_other_script};
use crate::weights::Cost;

/// Encodings that share most of the Latin letters.
pub(crate) const WESTERN: u32 = {
    use CodePage::*;
    1 << Windows1252 as u32 | 1 << Windows1250 as u32 | 1 << Windows1254 as u32 | 1 << Windows1257 as u32
};

/// Encodings in which U+00A0 decodes to `Â` and a no-break space, the most common loss of all.
const BLANKING: u32 = 1 << CodePage::Windows1252 as u32;

/// Encodings with unassigned bytes that are common enough to be tried where U+FFFD occurs.
const LOSING: u32 = {
    use CodePage::*;
    WESTERN | 1 << Windows1251 as u32 | 1 << Windows1253 as u32 | WIDE
};

/// Encodings in which a letter out of place may be the lead byte of a longer sequence.
pub(crate) const TEARING: u32 = {
    use CodePage::*;
    LOSING | 1 << Latin1 as u32 | 1 << Iso8859_2 as u32 | 1 << Koi8R as u32
};

/// The multi-byte encodings.
pub(crate) const WIDE: u32 = {
    use CodePage::*;
    1 << Gbk as u32 | 1 << ShiftJis as u32 | 1 << Big5 as u32 | 1 << EucKr as u32
};

/// Damage cues that are independent of an encoding, and the encodings to try then.
const SIGNS: [(&str, u32); 3] = [("\u{fffd}", LOSING), ("Â ", BLANKING), ("Ã ", BLANKING)];

/// Returns whether the line has a damage cue.
pub(crate) fn shows_loss(line: &str) -> bool {
    let bytes = line.as_bytes();
    // `Â ` and `Ã `.
    let is_halved = |chunk: &Range<usize>| {
        bytes.get(chunk.end) == Some(&b' ') && matches!(bytes[..chunk.end], [.., 0xc3, 0x82 | 0x83])
    };
    has_replacement(line)
        || chunks(line).any(|chunk| is_halved(&chunk) || torn(line, &chunk) != 0)
        || torn_wide(line) != 0
}

fn has_replacement(line: &str) -> bool {
    static REPLACEMENT: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\u{fffd}"));
    REPLACEMENT.find(line.as_bytes()).is_some()
}

fn has_substitute(line: &str) -> bool {
    static SUBSTITUTES: LazyLock<Finder<'_>> =
        LazyLock::new(|| Finder::new(SUBSTITUTE.encode_utf8(&mut [0; 4])).into_owned());
    SUBSTITUTES.find(line.as_bytes()).is_some()
}

/// Returns the multi-byte encodings in which all runs with CJK characters are UTF-8, and some of them only if bytes
/// were lost to question marks, U+FFFD or [`SUBSTITUTE`].
pub(crate) fn torn_wide(line: &str) -> u32 {
    if memchr::memchr(b'?', line.as_bytes()).is_none() && !has_replacement(line) && !has_substitute(line) {
        return 0;
    }
    let (mut torn, mut broken) = (0, 0);
    for span in chunks(line).filter(|chunk| line[chunk.clone()].contains(is_wide)) {
        let start = span.start - line[..span.start].bytes().rev().take_while(|&b| b == b'?').count();
        let rest = line[span.end..].bytes().take_while(|&b| b == b'?').count();
        for (i, page) in DOUBLE.into_iter().enumerate() {
            match utf8_in(i, &line[start..span.end + rest]) {
                Utf8::Whole => {}
                Utf8::Torn => torn |= page.bit(),
                Utf8::Broken => broken |= page.bit(),
            }
        }
        if broken == WIDE {
            return 0;
        }
    }
    torn & !broken
}

/// Returns whether a text is UTF-8 in a multi-byte encoding only if some of its bytes were lost.
pub(crate) fn is_torn(page: CodePage, text: &str) -> bool {
    DOUBLE.iter().position(|&p| p == page).is_some_and(|i| matches!(utf8_in(i, text), Utf8::Torn))
}

/// Completeness of the bytes of a text.
enum Utf8 {
    Whole,
    /// UTF-8 if bytes were lost.
    Torn,
    Broken,
}

/// Returns whether the bytes of a text in `DOUBLE[i]` are UTF-8, if some may be lost to its question marks and U+FFFD.
fn utf8_in(i: usize, text: &str) -> Utf8 {
    let t = double_tables();
    // Numbers of bytes that a sequence may still need, as bits, without losses so far and with them.
    let (mut whole, mut lost) = (1u8, 0u8);
    let step = |states: u8, b: u8| match b {
        0x80..=0xbf => states >> 1,
        0xe0..=0xef => (states & 1) << 2,
        0xf0..=0xf4 => (states & 1) << 3,
        0..0x80 => states & 1,
        _ => 0,
    };
    for c in text.chars() {
        if c == SUBSTITUTE && DOUBLE[i] == CodePage::ShiftJis {
            // The last byte of a sequence, with or without the first byte of the next one.
            let ended = (whole | lost) >> 1;
            (whole, lost) = (0, ended | (ended & 1) << 2);
            continue;
        }
        if matches!(c, '?' | '\u{fffd}') {
            // The start of a sequence of three or four bytes, or a continuation.
            let begins = ((whole | lost) & 1) * 0b1100;
            lost = lost & 1 | begins | (whole | lost) >> 1;
            whole &= if c == '?' { 1 } else { 0 };
            continue;
        }
        let bytes = if c.is_ascii() { c as u16 } else { t.bytes(i, c) };
        let bytes = [(bytes >> 8) as u8, bytes as u8];
        let bytes = if bytes[0] == 0 { &bytes[1..] } else { &bytes[..] };
        if bytes == [0] {
            return Utf8::Broken;
        }
        for &b in bytes {
            (whole, lost) = (step(whole, b), step(lost, b));
        }
    }
    match (whole & 1, lost & 1) {
        (1, _) => Utf8::Whole,
        (_, 1) => Utf8::Torn,
        _ => Utf8::Broken,
    }
}

/// Returns whether a question mark of the line replaces a byte of GBK and the character after it: it is between a CJK
/// character and an ASCII letter, with which the byte would be a character.
pub(crate) fn eats(line: &str) -> bool {
    let is_letter = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
    line.match_indices('?').any(|(at, _)| line[..at].ends_with(is_wide) && is_letter(&line[at + 1..]))
}

/// Returns whether a character is an ASCII letter or begins a sequence in GBK. No question mark precedes such a
/// character unless something between the two is lost.
pub(crate) fn is_no_second_byte(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && CodePage::Gbk.opens(c)
}

pub(crate) fn is_wide(c: char) -> bool {
    is_cjk(c) || ('\u{e000}'..='\u{f8ff}').contains(&c)
}

/// Returns the encodings for which a region of the line has damage cues.
pub(crate) fn pages(line: &str, zone: &Range<usize>) -> u32 {
    let text = &line[zone.clone()];
    if text.trim_matches(['\u{fffd}', '?', ' ']).is_empty() && !is_in_word(line, zone) {
        return 0;
    }
    let signs = SIGNS.iter().filter(|(sign, _)| text.contains(sign)).fold(0, |all, (_, pages)| all | pages);
    signs | torn(line, zone)
}

/// Returns whether the region is between letters or digits.
fn is_in_word(line: &str, zone: &Range<usize>) -> bool {
    let of_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    of_word(line[..zone.start].chars().next_back()) && of_word(line[zone.end..].chars().next())
}

/// Returns the encodings in which something in the region is a sequence that lost a byte, at a place where no text has
/// such letters: an upper-case letter inside a word, a letter of another script in it, or a sequence interrupted by a
/// question mark or space.
pub(crate) fn torn(line: &str, zone: &Range<usize>) -> u32 {
    let (m, t) = (model(), tables());
    let (mut mask, mut foreign) = (0, 0);
    let mut prev = line[..zone.start].chars().next_back().unwrap_or(' ');
    for (i, c) in line[zone.clone()].char_indices() {
        foreign = if is_other_script(c) { foreign + 1 } else { 0 };
        if foreign > FOREIGN {
            return 0;
        }
        if c.is_ascii() || strict::look(c).is_some_and(|look| !look.begins()) {
            prev = c;
            continue;
        }
        let row = t.row(c);
        let opens = row.lead2 | row.lead3 | row.lead4;
        if opens != 0 {
            let mut rest = line[zone.start + i + c.len_utf8()..].chars();
            let (next, then) = (rest.next(), rest.next());
            let place = if next.is_none() { Place::EndOfLine } else { Place::Within };
            let (next, then) = (next.unwrap_or(' '), then.unwrap_or(' '));
            // The rarest conditions come first, because they are tested for every character.
            let is_misplaced = prev.is_lowercase() && next.is_lowercase() && c.is_uppercase()
                || prev.is_ascii_alphabetic()
                    && is_other_script(c)
                    && (next.is_ascii_alphabetic() || next == '?')
                    && !(prev.is_uppercase() && c.is_uppercase() && next.is_uppercase());
            let is_broken = next == '?' && then.is_lowercase() && is_letter(c);
            if is_misplaced || is_broken {
                mask |= opens & LOSING;
            }
            if next == ' ' {
                mask |= match () {
                    () if !is_other_script(c) => blanked(row, (prev, c, then), place),
                    () if !prev.is_alphanumeric() => blanked_alone(line, zone.start + i, c),
                    // Among capitals it is another capital, of a word or after a switch: `\fBВ`.
                    () if prev.is_uppercase() => 0,
                    () => blanked(row, (prev, c, then), place),
                };
            }
            let follower = if next == ' ' { then } else { next };
            let long = opens & !row.lead2 & TEARING;
            let long = if long == 0 || follower.is_ascii() { 0 } else { long & t.row(follower).cont };
            let is_word_end = next == ' ' && (is_letter(prev) || is_quote(follower));
            if long != 0 && !is_word_end && m.step(m.class(c), m.class(follower)) >= ODD {
                mask |= long;
            }
        }
        prev = c;
    }
    if mask != 0 && has_foreign_word(near(line, zone).0) { 0 } else { mask }
}

/// Place of a letter that may have lost the byte after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before a space.
    Within,
    /// At the end of the line, where editors trim no-break spaces.
    EndOfLine,
}

/// Returns the encodings in which the character `c` before a space is the first half of a no-break space, of "à" or of
/// "Š", whose second byte (A0) became the space. No other character that it may be is common.
fn blanked(row: &Row, (prev, c, then): (char, char, char), place: Place) -> u32 {
    let blanks = tables().row('\u{a0}').cont & row.known;
    let with = |byte: u8| row.byte.iter().enumerate().fold(0, |all, (e, &b)| all | u32::from(b == byte) << e);
    let ends_word = || !prev.is_whitespace() && !prev.is_uppercase() && prev != '=';
    let begins_word = || !prev.is_alphanumeric() && then.is_lowercase();
    // At the end of a line, a letter alone is a heading of an index, and one after a capital or a mark is cut off.
    let is_double = then == ' ' && (place == Place::Within || prev.is_lowercase());
    let ends_word = || match place {
        Place::Within => ends_word(),
        Place::EndOfLine => {
            prev.is_lowercase() || prev.is_ascii_digit() || matches!(prev, '.' | ',' | ';' | ':' | '!' | '?')
        }
    };
    // An upper-case letter at the end of a lower-case word, of an elision or of an abbreviation.
    let is_stranded = || {
        let is_joined = prev.is_lowercase() || matches!(prev, '.' | '\'' | '’');
        is_joined && c.is_uppercase() && then.is_lowercase()
    };
    // Most characters before a space have none of these bytes in any encoding.
    let (half, letter, caron) = (blanks & with(0xc2), blanks & with(0xc3), blanks & with(0xc5));
    let of = |mask: u32, holds: &dyn Fn() -> bool| if mask != 0 && holds() { mask } else { 0 };
    of(half, &|| is_double || ends_word())
        | of(letter, &|| is_double && !prev.is_uppercase() || is_stranded())
        | of(caron, &begins_word)
}

/// Returns the encodings, as [`blanked`] does, for a Greek or Cyrillic letter that is not part of a word. Usually it
/// names something (`│ Β   │`) or is listed (`Γ   gamma`), but between words of prose it is the word "à".
fn blanked_alone(line: &str, at: usize, c: char) -> u32 {
    let (before, after) = (&line[..at], &line[at + c.len_utf8()..]);
    let is_word = |c: char| c.is_ascii_lowercase() || matches!(c, ',' | ';' | '`' | '"' | '%');
    let is_between = before.strip_suffix(' ').is_some_and(|before| before.ends_with(is_word))
        && after.strip_prefix("  ").is_some_and(|after| after.starts_with(is_word));
    if is_between { blanked(tables().row(c), (' ', c, ' '), Place::Within) } else { 0 }
}

/// Maximum number of consecutive letters of a script other than Latin that are not a word of it (a guess).
const FOREIGN: usize = 2;

/// Returns whether a text has words of a script other than Latin, in which its letters are not out of place.
fn has_foreign_word(line: &str) -> bool {
    let mut run = 0;
    line.chars().any(|c| {
        run = if is_other_script(c) { run + 1 } else { 0 };
        run > FOREIGN
    })
}

/// Minimum cost of a surprising step, in decinats.
const ODD: Cost = 90;

/// Returns whether U+FFFD or question marks replace the bytes that code page 932 lost, in which case [`SUBSTITUTE`]
/// does not. A question mark after the lead byte of a sequence is such a replacement.
pub(crate) fn has_other_losses(line: &str) -> bool {
    let page = DOUBLE.iter().position(|&page| page == CodePage::ShiftJis);
    let opens = |c: char| page.is_some_and(|i| matches!(double_tables().bytes(i, c) & 0xff, 0xe2..=0xef));
    line.contains('\u{fffd}') || line.match_indices('?').any(|(at, _)| line[..at].ends_with(opens))
}

/// Returns whether a question mark is where a CJK character lost its half.
pub(crate) fn has_torn(text: &str) -> bool {
    let is_wide = |c: Option<char>| c.is_some_and(|c| ('\u{2e80}'..'\u{ff00}').contains(&c));
    text.match_indices('?').any(|(at, _)| {
        let after = text[at + 1..].trim_start_matches('?');
        is_wide(after.chars().next()) || is_wide(text[..at].chars().next_back()) && !after.trim_end().is_empty()
    })
}
