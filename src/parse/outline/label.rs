//! Labels at the start of a heading, a bold span or a line: "12.", "Q12:", "Question 12 -", "1️⃣", "IV.", "§ 4".
//!
//! Pure: takes a text, returns ranges of it. Knows nothing of blocks.

mod numerals;
mod ordinals;
mod words;

use std::ops::Range;

pub(super) use self::numerals::{dash, digits};
use self::numerals::{number, starts_number};
use self::words::word;
use crate::model::item::{InsertedSign, LabelWord, Numeral, OuterNumbers};
use crate::text::words::is_letter;

/// A label and the title after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LabelledTitle {
    pub(super) word: LabelWord,
    pub(super) numeral: Numeral,
    /// The number or interval, and its position; `None` for "Q:".
    pub(super) number: Option<Numbered>,
    pub(super) title: Range<usize>,
    /// True if the text may as well be a sentence ("1.4 billion people", "Part 2 Harbours"): a label only where others
    /// of its kind are in the document.
    pub(super) weak: bool,
}

/// A number, or an interval of numbers, and its position in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) value: u32,
    pub(super) last: Option<u32>,
    /// The numbers before it in a dotted one.
    pub(super) outer: OuterNumbers,
    /// The sign after the number of an article that was inserted later.
    pub(super) inserted: InsertedSign,
    pub(super) range: Range<usize>,
}

impl LabelledTitle {
    /// Returns whether the label is a number and nothing else, as in "4 Sails": a label only in headings that count.
    pub(super) fn is_bare(&self) -> bool {
        self.weak && self.word == LabelWord::None && self.numeral == Numeral::Decimal
    }
}

impl Numbered {
    fn new(value: u32, range: Range<usize>) -> Self {
        Self { value, last: None, outer: OuterNumbers::default(), inserted: InsertedSign::default(), range }
    }
}

/// Maximum length of an HTML tag before a label, in bytes (a guess).
const MAX_TAG_BYTES: usize = 120;
/// Maximum length of a level tag such as "[Easy]", in bytes (a guess).
const MAX_LEVEL_BYTES: usize = 32;
/// Maximum length of the text of a link that holds a label, in bytes (a guess).
const MAX_LINK_TEXT_BYTES: usize = 400;
/// Maximum length of emoji before a label, in bytes, or of what mojibake made of them (a guess).
pub(super) const MAX_EMOJI_BYTES: usize = 24;

/// Parses the label that `text` starts with, after emoji, markup and level tags. `None` if there is no label.
pub(super) fn read(text: &str) -> Option<LabelledTitle> {
    let start = skip_decoration(text, 0);
    if let Some(label) = ordinals::read(text, start) {
        return Some(label);
    }
    let (word, after_word) = word(text, start).unwrap_or((LabelWord::None, start));
    let Some((numeral, number)) = number(text, after_word, word) else {
        return question_mark_label(text, word, after_word);
    };
    let at = number.range.end;
    let (end, weak) = match separator(text, at, word, numeral) {
        Some(end) => (end, matches!(numeral, Numeral::Dotted)),
        None => (space(text, at, word, numeral)?, true),
    };
    let title = title(text, end);
    // A dotted number without a title is the number of a release, or a date.
    if numeral == Numeral::Dotted && !text[title.clone()].starts_with(opens_words) {
        return None;
    }
    Some(LabelledTitle { word, numeral, number: Some(number), title, weak })
}

/// Parses "Q:", "Question:" and "Q.", which introduce a question without a number.
fn question_mark_label(text: &str, word: LabelWord, at: usize) -> Option<LabelledTitle> {
    if !matches!(word, LabelWord::Q | LabelWord::Question) {
        return None;
    }
    let written = text.get(at..)?;
    let rest = written.trim_start_matches([' ', '*', '_']);
    // The full stop and the space after it are before the place of a number.
    let before = text.get(..at)?;
    let is_spaced = before.ends_with(' ') || rest.len() < written.len();
    let stopped = || (word == LabelWord::Q && is_spaced && before.trim_end().ends_with('.')).then_some(rest);
    let after = rest.strip_prefix(':').or_else(stopped)?;
    let title = title(text, text.len() - after.len());
    Some(LabelledTitle { word, numeral: Numeral::Absent, number: None, title, weak: false })
}

/// Skips what people put before a label: white space, quotation marks, emphasis, HTML tags, "[Easy]", emoji.
pub(super) fn skip_decoration(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b' ' | b'\t' | b'*' | b'_' | b'~' | b'>' => at + 1,
            b'<' => match short(text, at, MAX_TAG_BYTES).find('>') {
                Some(end) if bytes.get(at + 1).is_some_and(|&b| b == b'/' || b.is_ascii_alphabetic()) => at + end + 1,
                _ => return at,
            },
            b'!' if bytes.get(at + 1) == Some(&b'[') => match image_end(text, at) {
                Some(end) => end,
                None => return at,
            },
            b':' => match short_code_end(text, at) {
                Some(end) => end,
                None => return at,
            },
            b'[' => match short(text, at, MAX_LEVEL_BYTES).find(']') {
                // The text of a link holds the label; a tag in brackets precedes it.
                Some(end) if bytes.get(at + end + 1) == Some(&b'(') => at + 1,
                Some(end) if bytes.get(at + end + 1) == Some(&b' ') => at + end + 1,
                None if short(text, at, MAX_LINK_TEXT_BYTES).contains("](") => at + 1,
                _ => return at,
            },
            _ if byte >= 0x80 => {
                let rest = &text[at..];
                let run = non_ascii_run(rest);
                let next = bytes.get(at + run).copied().unwrap_or(b'x');
                // A word of another script is not decoration unless it is alone, as in "№ 12".
                if run > MAX_EMOJI_BYTES
                    || !(next == b' ' || next == b'*' || next.is_ascii_digit())
                    || starts_number(rest)
                    || ordinals::starts(rest)
                    || word(rest, 0).is_some()
                    || opens_title(rest, run)
                {
                    return at;
                }
                at + run
            }
            _ => return at,
        };
    }
    at
}

/// Returns the length in bytes of the non-ASCII characters that `text` starts with; of more than [`MAX_EMOJI_BYTES`], just
/// a larger number.
pub(super) fn non_ascii_run(text: &str) -> usize {
    text.bytes().take(MAX_EMOJI_BYTES + 1).take_while(|byte| !byte.is_ascii()).count()
}

/// Returns whether the first `run` bytes of `text` are a word of a title, such as "Как" and "É": letters that no number
/// follows, for otherwise they would be its label. Accented letters below U+0370 are as often the residue of an emoji.
fn opens_title(text: &str, run: usize) -> bool {
    let (word, after) = text.split_at(run);
    let is_word = word.chars().all(|c| is_letter(c) && c >= '\u{370}') || ["À", "É", "Ó"].contains(&word);
    let labels = after.trim_start_matches([' ', '*', '_', '#']).starts_with(|c: char| c.is_ascii_digit() || c == '№');
    is_word && !labels
}

/// Returns at most `limit` bytes of `text` from `at`, cut at a character boundary and at the end of the line.
fn short(text: &str, at: usize, limit: usize) -> &str {
    let rest = text.get(at..).unwrap_or("");
    let mut end = rest.len().min(limit);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    rest[..end].split('\n').next().unwrap_or("")
}

/// Returns the end of the image that starts at `at`: "![✔]", "![✔](x.png)" or "![✔][x]".
fn image_end(text: &str, at: usize) -> Option<usize> {
    let line = short(text, at, MAX_LINK_TEXT_BYTES);
    let end = line.find(']')? + 1;
    let target = match line.as_bytes().get(end) {
        Some(b'(') => line[end..].find(')')? + 1,
        Some(b'[') => line[end..].find(']')? + 1,
        _ => 0,
    };
    Some(at + end + target)
}

/// Returns the end of the short code of an emoji that starts at `at`: ":rocket:".
fn short_code_end(text: &str, at: usize) -> Option<usize> {
    let inner = short(text, at, MAX_LEVEL_BYTES).strip_prefix(':')?;
    let len = inner.bytes().take_while(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'0'..=b'9')).count();
    (len > 1 && inner.as_bytes().get(len) == Some(&b':')).then_some(at + len + 2)
}

/// Skips the separator between a number and its title. `None` if there is none, because then the number is not a label.
fn separator(text: &str, at: usize, word: LabelWord, numeral: Numeral) -> Option<usize> {
    let rest = text.get(at..)?;
    let ends = |after: &str| {
        after.chars().next().is_none_or(|c| c.is_whitespace() || !c.is_ascii() || "*_[\"'`<(/".contains(c))
    };
    let inner = rest.trim_start_matches([' ', '*', '_']);
    let sign = inner.strip_prefix('\\').unwrap_or(inner);
    // The full-width ones are used in Chinese and Japanese.
    if let Some(after) = sign.strip_prefix(['.', ')', ':', '、', '．', '）', '：']) {
        let glued = !sign.starts_with(':') && after.starts_with(|c: char| c.is_ascii_uppercase());
        let tight = inner.len() == rest.len() || !sign.starts_with([')', '.']) || rest.starts_with(['*', '_']);
        // "A:" answers "Q:".
        if sign.starts_with(':') && word == LabelWord::None && matches!(numeral, Numeral::Letter | Numeral::Roman) {
            return None;
        }
        let open = ends(after) || (glued && numeral == Numeral::Decimal) || after.starts_with([':', '.']);
        let after = after.trim_start_matches([':', '：']);
        return (open && tight).then_some(text.len() - after.len());
    }
    if matches!(numeral, Numeral::Keycap) {
        return Some(at);
    }
    if inner.is_empty() {
        return (word != LabelWord::None).then_some(text.len());
    }
    let spaced = rest.starts_with(' ');
    if let Some(after) = inner.strip_prefix(['-', '–', '—', '|'])
        && (word != LabelWord::None || (spaced && matches!(numeral, Numeral::Decimal | Numeral::Hash)))
        && after.starts_with(' ')
    {
        return Some(text.len() - after.len());
    }
    if word != LabelWord::None && (inner.starts_with(['(', '[']) || (spaced && garbled_dash(inner))) {
        return Some(text.len() - inner.len());
    }
    None
}

/// Skips the space that alone divides a number from its title: "1.4 T", "§ 4 T", "#4 T", "Chapter 4 T". `None` if the
/// text is more likely a sentence.
fn space(text: &str, at: usize, word: LabelWord, numeral: Numeral) -> Option<usize> {
    let rest = text.get(at..)?;
    let inner = rest.trim_start_matches([' ', '\t', '*', '_', '\u{a0}', '\u{3000}']);
    let spaced = inner.len() < rest.len() && rest.trim_start_matches(['*', '_']).starts_with(char::is_whitespace);
    let counts = matches!(numeral, Numeral::Decimal | Numeral::Roman | Numeral::Native);
    let opens = match (word, numeral) {
        (_, Numeral::Dotted) | (LabelWord::None, Numeral::Hash) => inner.starts_with(opens_words),
        (LabelWord::Article | LabelWord::Paragraph | LabelWord::Clause, _) => counts && inner.starts_with(opens_words),
        (LabelWord::None, Numeral::Decimal) => {
            inner.starts_with(char::is_uppercase) || inner.starts_with(|c: char| !c.is_ascii() && c.is_alphabetic())
        }
        (LabelWord::None | LabelWord::Q, _) => false,
        _ => counts && inner.starts_with(|c: char| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase())),
    };
    (spaced && opens).then_some(text.len() - inner.len())
}

/// Returns whether a title may start with this character: a letter, or an opening mark.
fn opens_words(c: char) -> bool {
    is_letter(c) || "`\"'“‘«„¿¡[(<*_".contains(c) || matches!(c, '\u{1F000}'..)
}

/// Returns whether the text starts with the mojibake of a dash: two to four odd characters and a space.
fn garbled_dash(text: &str) -> bool {
    let after = text.trim_start_matches(|c: char| !c.is_ascii() || c == '"');
    let odd = text[..text.len() - after.len()].chars().count();
    (2..=4).contains(&odd) && after.starts_with(' ')
}

/// Returns the rest of the line of `text` from `at`, without outer markup.
pub(super) fn title(text: &str, at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or("");
    let line = rest.split('\n').next().unwrap_or("");
    let body = line.trim_start();
    // "**12.** T": the mark closes the emphasis that began before the label.
    let closes = |mark: &str| body.strip_prefix(mark).filter(|after| after.starts_with([' ', ':']));
    let body = closes("**").or_else(|| closes("__")).unwrap_or(body).trim_start_matches([' ', ':']);
    let opened = body.trim_start_matches("**").trim_start_matches("__").trim_start();
    let start = at + (line.len() - opened.len());
    let closed = opened.trim_end();
    // Bold that does not close at the end closes further inside, so it belongs to the title.
    let inner = closed.strip_suffix("**").or_else(|| closed.strip_suffix("__")).unwrap_or(closed);
    if opened.len() < body.len() && inner.len() == closed.len() {
        let start = at + (line.len() - body.len());
        return start..start + body.trim_end().len();
    }
    let inner = if inner.matches("**").count() % 2 == 1 { closed } else { inner };
    start..start + inner.trim_end().len()
}

#[cfg(test)]
mod tests;
