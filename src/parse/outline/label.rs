//! Labels at the start of a heading, a bold span or a line: "12.", "Q12:", "Question 12 -", "1️⃣", "IV.".
//!
//! Pure: takes a text, returns ranges of it. Knows nothing of blocks.

use std::ops::Range;

use crate::model::item::{LabelWord, Numeral};

/// A label and the title after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) word: LabelWord,
    pub(super) numeral: Numeral,
    /// The number or interval, and its position; `None` for "Q:".
    pub(super) number: Option<Numbered>,
    pub(super) title: Range<usize>,
}

/// A number, or an interval of numbers, and its position in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) value: u32,
    pub(super) last: Option<u32>,
    pub(super) range: Range<usize>,
}

/// Maximum length of an HTML tag before a label, in bytes (a guess).
const MAX_TAG_BYTES: usize = 120;
/// Maximum length of a level tag such as "[Easy]", in bytes (a guess).
const MAX_LEVEL_BYTES: usize = 32;
/// Maximum length of the text of a link that holds a label, in bytes (a guess).
const MAX_LINK_TEXT_BYTES: usize = 400;
/// Maximum length of emoji before a label, in bytes, or of what mojibake made of them (a guess).
pub(super) const MAX_EMOJI_BYTES: usize = 24;
/// Maximum length of a dash between two numbers, in characters: that of an en dash after two mis-decodings.
const MAX_DASH_CHARS: usize = 8;

/// The words that may precede a number, in lower case.
const WORDS: &[(&str, LabelWord)] = &[
    ("approach", LabelWord::Approach),
    ("case", LabelWord::Case),
    ("challenge", LabelWord::Challenge),
    ("chapter", LabelWord::Chapter),
    ("day", LabelWord::Day),
    ("days", LabelWord::Day),
    ("example", LabelWord::Example),
    ("exercise", LabelWord::Exercise),
    ("layer", LabelWord::Layer),
    ("lesson", LabelWord::Lesson),
    ("level", LabelWord::Level),
    ("method", LabelWord::Method),
    ("mistake", LabelWord::Mistake),
    ("module", LabelWord::Module),
    ("option", LabelWord::Option),
    ("part", LabelWord::Part),
    ("pattern", LabelWord::Pattern),
    ("phase", LabelWord::Phase),
    ("principle", LabelWord::Principle),
    ("problem", LabelWord::Problem),
    ("program", LabelWord::Program),
    ("project", LabelWord::Project),
    ("puzzle", LabelWord::Puzzle),
    ("q", LabelWord::Q),
    ("que", LabelWord::Question),
    ("ques", LabelWord::Question),
    ("question", LabelWord::Question),
    ("round", LabelWord::Round),
    ("rule", LabelWord::Rule),
    ("scenario", LabelWord::Scenario),
    ("section", LabelWord::Section),
    ("snippet", LabelWord::Snippet),
    ("solution", LabelWord::Solution),
    ("stage", LabelWord::Stage),
    ("step", LabelWord::Step),
    ("story", LabelWord::Story),
    ("task", LabelWord::Task),
    ("test", LabelWord::Test),
    ("tip", LabelWord::Tip),
    ("topic", LabelWord::Topic),
    ("unit", LabelWord::Unit),
    ("week", LabelWord::Week),
    ("weeks", LabelWord::Week),
];

/// Parses the label that `text` starts with, after emoji, markup and level tags. `None` if there is no label.
pub(super) fn read(text: &str) -> Option<Label> {
    let start = skip_decoration(text, 0);
    let (word, after_word) = word(text, start).unwrap_or((LabelWord::None, start));
    let Some((numeral, number)) = number(text, after_word, word) else {
        return question_mark_label(text, word, after_word);
    };
    let end = separator(text, number.range.end, word, numeral)?;
    Some(Label { word, numeral, number: Some(number), title: title(text, end) })
}

/// Parses "Q:" and "Question:", which introduce a question without a number.
fn question_mark_label(text: &str, word: LabelWord, at: usize) -> Option<Label> {
    if !matches!(word, LabelWord::Q | LabelWord::Question) {
        return None;
    }
    let rest = text.get(at..)?;
    let after = rest.trim_start_matches([' ', '*', '_']).strip_prefix(':')?;
    let title = title(text, text.len() - after.len());
    Some(Label { word, numeral: Numeral::Absent, number: None, title })
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
            b'[' => match short(text, at, MAX_LEVEL_BYTES).find(']') {
                // The text of a link holds the label; a tag in brackets precedes it.
                Some(end) if bytes.get(at + end + 1) == Some(&b'(') => at + 1,
                Some(end) if bytes.get(at + end + 1) == Some(&b' ') => at + end + 1,
                None if short(text, at, MAX_LINK_TEXT_BYTES).contains("](") => at + 1,
                _ => return at,
            },
            _ if byte >= 0x80 => {
                let rest = &text[at..];
                if rest.starts_with(TEN) {
                    return at;
                }
                let run = rest.len() - rest.trim_start_matches(|c: char| !c.is_ascii()).len();
                let next = bytes.get(at + run).copied().unwrap_or(b'x');
                // A word of another script is not decoration unless it is alone, as in "№ 12".
                if run > MAX_EMOJI_BYTES
                    || !(next == b' ' || next == b'*' || next.is_ascii_digit())
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

/// Returns whether the first `run` bytes of `text` are a word of a title, such as "Как" and "É": letters that no number
/// follows, for otherwise they would be its label. Accented letters below U+0370 are as often the residue of an emoji.
fn opens_title(text: &str, run: usize) -> bool {
    let (word, after) = text.split_at(run);
    let is_word = word.chars().all(|c| c.is_alphabetic() && c >= '\u{370}') || ["À", "É", "Ó"].contains(&word);
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

/// Returns the label word at `at`, and the offset where its number would start.
fn word(text: &str, at: usize) -> Option<(LabelWord, usize)> {
    let rest = text.as_bytes().get(at..)?;
    let len = rest.iter().take(10).take_while(|byte| byte.is_ascii_alphabetic()).count();
    if len == 0 {
        return None;
    }
    let mut lower = [0_u8; 10];
    lower[..len].copy_from_slice(&rest[..len]);
    lower.make_ascii_lowercase();
    let found = WORDS.binary_search_by(|(name, _)| name.as_bytes().cmp(&lower[..len])).ok()?;
    let after = &rest[len..];
    let gap = after.iter().take_while(|&&byte| matches!(byte, b' ' | b'#' | b'-' | b'.')).count();
    // "Q - 12" is a label; "Step...12" is not.
    Some((WORDS[found].1, at + len + gap.min(3)))
}

const TEN: char = '\u{1F51F}';
const KEYCAP: char = '\u{20E3}';

/// Parses the number that starts at `at`, in any numeral system.
fn number(text: &str, at: usize, word: LabelWord) -> Option<(Numeral, Numbered)> {
    let rest = text.get(at..)?;
    if let Some(after) = rest.strip_prefix(TEN) {
        let range = at..text.len() - after.len();
        return Some((Numeral::Keycap, Numbered { value: 10, last: None, range }));
    }
    let first = *rest.as_bytes().first()?;
    if first == b'(' && word == LabelWord::None {
        let (value, end) = digits(text, at + 1)?;
        let closed = text.as_bytes().get(end) == Some(&b')');
        let numbered = Numbered { value, last: None, range: at + 1..end };
        return closed.then_some((Numeral::Decimal, numbered));
    }
    if first.is_ascii_digit() {
        return keycaps(text, at).or_else(|| decimal(text, at, word));
    }
    roman_or_letter(text, at, word)
}

/// Parses `1️⃣2️⃣`: digits with a combining keycap each, and usually a variation selector before the keycap.
fn keycaps(text: &str, at: usize) -> Option<(Numeral, Numbered)> {
    let mut value = 0_u32;
    let mut end = at;
    while let Some(rest) = text.get(end..)
        && let Some(digit) = rest.chars().next().and_then(|c| c.to_digit(10))
        && let Some(after) = rest[1..].trim_start_matches('\u{FE0F}').strip_prefix(KEYCAP)
        && value < 100_000
    {
        value = value * 10 + digit;
        end = text.len() - after.len();
    }
    (end > at).then_some((Numeral::Keycap, Numbered { value, last: None, range: at..end }))
}

/// Parses up to six digits that are not part of a longer number. Returns the value and the end.
pub(super) fn digits(text: &str, at: usize) -> Option<(u32, usize)> {
    let rest = text.as_bytes().get(at..)?;
    let len = rest.iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
    if len == 0 || len > 6 {
        return None;
    }
    let value = rest[..len].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some((value, at + len))
}

fn decimal(text: &str, at: usize, word: LabelWord) -> Option<(Numeral, Numbered)> {
    let (value, end) = digits(text, at)?;
    let Some(after) = dash(text, end) else {
        return Some((Numeral::Decimal, Numbered { value, last: None, range: at..end }));
    };
    let Some((last, last_end)) = digits(text, after) else {
        return Some((Numeral::Decimal, Numbered { value, last: None, range: at..end }));
    };
    // In "Q12 - 24 hours" the dash begins the title.
    let spaced = text[end..].starts_with(' ');
    if spaced && matches!(word, LabelWord::Q | LabelWord::Question) {
        return Some((Numeral::Decimal, Numbered { value, last: None, range: at..end }));
    }
    // Without a word, "21-40" states the range of what follows and is not a label.
    let interval = word != LabelWord::None && last > value;
    interval.then_some((Numeral::Decimal, Numbered { value, last: Some(last), range: at..last_end }))
}

/// Skips a dash between two numbers, which may be mojibake. Returns the start of what follows.
pub(super) fn dash(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let inner = rest.trim_start_matches(' ');
    let after = match inner.chars().next()? {
        '-' => inner[1..].trim_start_matches('-'),
        't' if inner.starts_with("to ") && inner.len() < rest.len() => &inner[2..],
        // An en dash, or its mojibake: a few non-ASCII characters.
        c if !c.is_ascii() => {
            let after = inner.trim_start_matches(|c: char| !c.is_ascii() || c == '"');
            if inner[..inner.len() - after.len()].chars().count() > MAX_DASH_CHARS {
                return None;
            }
            after
        }
        _ => return None,
    };
    let after = after.trim_start_matches(' ');
    Some(text.len() - after.len())
}

/// Parses "IV" and "B", which only a separator after them distinguishes from words.
fn roman_or_letter(text: &str, at: usize, word: LabelWord) -> Option<(Numeral, Numbered)> {
    let rest = text.as_bytes().get(at..)?;
    let len = rest.iter().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let written = &rest[..len];
    if len > 1 && !written.iter().all(|sign| b"IVXL".contains(sign)) {
        return None;
    }
    if written == b"I" || len > 1 {
        let value = roman(written)?;
        return Some((Numeral::Roman, Numbered { value, last: None, range: at..at + len }));
    }
    let letter = *written.first()?;
    let upper = letter.is_ascii_uppercase() || (word == LabelWord::None && rest.get(1) == Some(&b')'));
    let value = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
    upper.then_some((Numeral::Letter, Numbered { value, last: None, range: at..at + len }))
}

/// Returns the value of an upper-case Roman numeral below 90 in its standard form.
fn roman(written: &[u8]) -> Option<u32> {
    const STEPS: [(&[u8], u32); 9] =
        [(b"L", 50), (b"XL", 40), (b"X", 10), (b"IX", 9), (b"V", 5), (b"IV", 4), (b"III", 3), (b"II", 2), (b"I", 1)];
    let mut rest = written;
    let mut value = 0;
    for (sign, worth) in STEPS {
        let times = if worth == 10 { 3 } else { 1 };
        for _ in 0..times {
            if let Some(after) = rest.strip_prefix(sign) {
                rest = after;
                value += worth;
                if worth < 4 {
                    return rest.is_empty().then_some(value);
                }
            }
        }
    }
    (rest.is_empty() && value > 0).then_some(value)
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
        && (word != LabelWord::None || (spaced && numeral == Numeral::Decimal))
        && after.starts_with(' ')
    {
        return Some(text.len() - after.len());
    }
    if word != LabelWord::None && (inner.starts_with(['(', '[']) || (spaced && garbled_dash(inner))) {
        return Some(text.len() - inner.len());
    }
    None
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
