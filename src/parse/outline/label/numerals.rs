//! Numbers of labels in every numeral system: decimal, dotted, keycaps and circles, Roman, letters, and the digits of
//! other scripts.
//!
//! Pure: takes a text, returns ranges of it.

use super::Numbered;
use crate::model::item::{InsertedSign, LabelWord, Numeral, OuterNumbers};

/// Keycap ten, the only emoji for a number of two digits.
pub(super) const TEN: char = '\u{1F51F}';
const KEYCAP: char = '\u{20E3}';

/// Maximum length of a dash between two numbers, in characters: that of an en dash after two mis-decodings.
const MAX_DASH_CHARS: usize = 8;
/// Maximum count of numbers that one label bears, as in "7–8. T" (a guess): more are a range that a heading states.
const MAX_LABEL_NUMBERS: u32 = 5;

/// The digit zero of the scripts that have decimal digits of their own; one to nine follow it.
const ZEROS: [char; 19] =
    ['٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀', '០', '᠐', '０', '߀'];

/// Parses the number that starts at `at`, in any numeral system.
pub(super) fn number(text: &str, at: usize, word: LabelWord) -> Option<(Numeral, Numbered)> {
    let rest = text.get(at..)?;
    let first = rest.chars().next()?;
    if first == '(' && word == LabelWord::None {
        return in_brackets(text, at + 1);
    }
    if first == '#' && word == LabelWord::None && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
        let (value, end) = digits(text, at + 1)?;
        return Some((Numeral::Hash, Numbered::new(value, at + 1..end)));
    }
    if first.is_ascii_digit() {
        let numbered = || dotted(text, at).or_else(|| inserted(text, at, word)).or_else(|| decimal(text, at, word));
        return keycaps(text, at).or_else(numbered);
    }
    if first.is_ascii() {
        return roman_or_letter(text, at, word);
    }
    if first == TEN {
        return Some((Numeral::Keycap, Numbered::new(10, at..at + TEN.len_utf8())));
    }
    if let Some(value) = circled(first) {
        return Some((Numeral::Keycap, Numbered::new(value, at..at + first.len_utf8())));
    }
    let (value, end) = native_digits(text, at)?;
    Some((Numeral::Native, Numbered::new(value, at..end)))
}

/// Returns whether the text starts with a number that is not written in ASCII.
pub(super) fn starts_number(rest: &str) -> bool {
    rest.chars().next().is_some_and(|c| c == TEN || circled(c).is_some() || native_digit(c).is_some())
}

/// Parses "12)", "b)" and "iv)" after an opening bracket.
fn in_brackets(text: &str, at: usize) -> Option<(Numeral, Numbered)> {
    let rest = text.get(at..)?;
    let len = rest.bytes().take(7).take_while(u8::is_ascii_alphanumeric).count();
    if rest.as_bytes().get(len) != Some(&b')') {
        return None;
    }
    if let Some((value, end)) = digits(text, at) {
        return (end == at + len).then(|| (Numeral::Decimal, Numbered::new(value, at..end)));
    }
    let written = rest[..len].to_ascii_uppercase();
    let letter = *written.as_bytes().first()?;
    if len > 1 || letter == b'I' {
        return Some((Numeral::Roman, Numbered::new(roman(written.as_bytes())?, at..at + len)));
    }
    Some((Numeral::Letter, Numbered::new(u32::from(letter - b'A') + 1, at..at + len)))
}

/// Parses `1️⃣2️⃣`: digits with a combining keycap each, and usually a variation selector before the keycap; in
/// `10️⃣` the last one only has it.
fn keycaps(text: &str, at: usize) -> Option<(Numeral, Numbered)> {
    let mut value = 0_u32;
    let mut end = at;
    let mut capped = None;
    while let Some(rest) = text.get(end..)
        && let Some(digit) = rest.chars().next().and_then(|c| c.to_digit(10))
        && value < 100_000
    {
        value = value * 10 + digit;
        end += 1;
        if let Some(after) = rest[1..].trim_start_matches('\u{FE0F}').strip_prefix(KEYCAP) {
            end = text.len() - after.len();
            capped = Some((value, end));
        }
    }
    let (value, end) = capped?;
    Some((Numeral::Keycap, Numbered::new(value, at..end)))
}

/// Returns the value of a number in a circle, in brackets or with a full stop that is one character: ① ⑫ ⑴ ⒈ ❶ ➀.
fn circled(c: char) -> Option<u32> {
    let runs = [
        ('①', '⑳', 1),
        ('⑴', '⒇', 1),
        ('⒈', '⒛', 1),
        ('⓵', '⓾', 1),
        ('❶', '❿', 1),
        ('➀', '➉', 1),
        ('➊', '➓', 1),
        ('⓫', '⓴', 11),
        ('㉑', '㉟', 21),
        ('㊱', '㊿', 36),
    ];
    let run = runs.iter().find(|(first, last, _)| (*first..=*last).contains(&c))?;
    Some(c as u32 - run.0 as u32 + run.2)
}

fn native_digit(c: char) -> Option<u32> {
    ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero as u32).filter(|value| *value < 10))
}

/// Parses up to six digits of a script other than ASCII. Returns the value and the end.
pub(super) fn native_digits(text: &str, at: usize) -> Option<(u32, usize)> {
    let mut value = 0;
    let mut end = at;
    for c in text.get(at..)?.chars().take(7) {
        let Some(digit) = native_digit(c) else { break };
        value = value * 10 + digit;
        end += c.len_utf8();
    }
    (end > at && value < 1_000_000).then_some((value, end))
}

/// Parses up to six digits that are not part of a longer number. Returns the value and the end.
pub(in crate::parse::outline) fn digits(text: &str, at: usize) -> Option<(u32, usize)> {
    let rest = text.as_bytes().get(at..)?;
    let len = rest.iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
    if len == 0 || len > 6 {
        return None;
    }
    let value = rest[..len].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some((value, at + len))
}

/// Parses "1.4" and "2.9.1.1": two to four numbers with full stops between them.
fn dotted(text: &str, at: usize) -> Option<(Numeral, Numbered)> {
    let (first, mut end) = digits(text, at)?;
    let mut parts = vec![first];
    while text.as_bytes().get(end) == Some(&b'.')
        && let Some((part, after)) = digits(text, end + 1)
    {
        parts.push(part);
        end = after;
    }
    let (value, outer) = parts.split_last().filter(|(_, outer)| !outer.is_empty())?;
    let outer = OuterNumbers::new(outer).filter(|_| OuterNumbers::new(&[*value]).is_some())?;
    Some((Numeral::Dotted, Numbered { outer, ..Numbered::new(*value, at..end) }))
}

/// Parses the number of an article that was inserted later: "59bis", "59 ter", "5a".
fn inserted(text: &str, at: usize, word: LabelWord) -> Option<(Numeral, Numbered)> {
    if !matches!(word, LabelWord::Article | LabelWord::Paragraph | LabelWord::Clause | LabelWord::Section) {
        return None;
    }
    let (value, end) = digits(text, at)?;
    let spaces = usize::from(text[end..].starts_with(' '));
    let rest = &text[end + spaces..];
    let word_len = |text: &str| text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let first = word_len(rest);
    // "107ter-bis" has two signs.
    let both = rest[first..].strip_prefix('-').map_or(first, |second| first + 1 + word_len(second));
    let sign = if InsertedSign::read(&rest[..both]).is_some() { &rest[..both] } else { &rest[..first] };
    // "Section 5 a" is a sentence.
    let inserted = InsertedSign::read(sign).filter(|_| spaces == 0 || sign.len() > 1)?;
    let range = at..end + spaces + sign.len();
    Some((Numeral::Decimal, Numbered { inserted, ..Numbered::new(value, range) }))
}

fn decimal(text: &str, at: usize, word: LabelWord) -> Option<(Numeral, Numbered)> {
    let (value, end) = digits(text, at)?;
    let alone = Some((Numeral::Decimal, Numbered::new(value, at..end)));
    if let Some((last, last_end)) = joined(text, end).and_then(|after| digits(text, after))
        && last > value
        && last - value < MAX_LABEL_NUMBERS
        && (word != LabelWord::None || text[last_end..].starts_with(['.', ')']))
    {
        return Some((Numeral::Decimal, Numbered { last: Some(last), ..Numbered::new(value, at..last_end) }));
    }
    let Some((last, last_end)) = dash(text, end).and_then(|after| digits(text, after)) else { return alone };
    // In "Q12 - 24 hours" the dash begins the title.
    let spaced = text[end..].starts_with(' ');
    if spaced && matches!(word, LabelWord::Q | LabelWord::Question) {
        return alone;
    }
    // Without a word, "21-40" states the range of what follows and is not a label, but "7–8." is one.
    let closed = last > value
        && last - value < MAX_LABEL_NUMBERS
        && [". ", ") "].iter().any(|end| text[last_end..].starts_with(end));
    let interval = last > value && (word != LabelWord::None || (closed && !spaced));
    interval.then_some((Numeral::Decimal, Numbered { last: Some(last), ..Numbered::new(value, at..last_end) }))
}

/// Skips what joins two numbers of one label: "7 & 8", "7 and 8", "7/8", "7 + 8". Returns the start of the second.
fn joined(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.trim_start_matches(['.', ')']).trim_start_matches(' ');
    let after = ["&", "/", "+", "and ", "und ", "et ", "y "].iter().find_map(|joint| rest.strip_prefix(*joint))?;
    Some(text.len() - after.trim_start_matches(' ').len())
}

/// Skips a dash between two numbers, which may be mojibake. Returns the start of what follows.
pub(in crate::parse::outline) fn dash(text: &str, at: usize) -> Option<usize> {
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
    let len = rest.iter().take(9).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let written = &rest[..len];
    // "C" counts after a word only, because no list goes on to a hundred in Roman numerals.
    let signs: &[u8] = if word == LabelWord::None { b"IVXL" } else { b"IVXLC" };
    let is_roman = !written.is_empty() && written.iter().all(|sign| signs.contains(sign));
    if len > 1 && !is_roman {
        return None;
    }
    if written == b"I" || len > 1 || (is_roman && word.is_division()) {
        return Some((Numeral::Roman, Numbered::new(roman(written)?, at..at + len)));
    }
    let letter = *written.first()?;
    let upper = letter.is_ascii_uppercase() || (word == LabelWord::None && rest.get(1) == Some(&b')'));
    let value = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
    upper.then_some((Numeral::Letter, Numbered::new(value, at..at + len)))
}

/// Returns the value of an upper-case Roman numeral below 400 in its standard form.
fn roman(written: &[u8]) -> Option<u32> {
    const STEPS: [(&[u8], u32, u32); 9] = [
        (b"C", 100, 3),
        (b"XC", 90, 1),
        (b"L", 50, 1),
        (b"XL", 40, 1),
        (b"X", 10, 3),
        (b"IX", 9, 1),
        (b"V", 5, 1),
        (b"IV", 4, 1),
        (b"I", 1, 3),
    ];
    let mut rest = written;
    let mut value = 0;
    // Of the forms that subtract, and of the five and the fifty after them, each step may be taken once.
    let mut limit = u32::MAX;
    for (sign, worth, times) in STEPS {
        for _ in 0..times {
            let Some(after) = rest.strip_prefix(sign).filter(|_| worth < limit) else { break };
            rest = after;
            value += worth;
            if times == 1 && sign.len() == 2 {
                // After "IX" no unit follows, after "XL" no ten.
                limit = if worth < 10 { 1 } else { 10 };
            }
        }
    }
    (rest.is_empty() && value > 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roman_numerals_in_standard_form_only() {
        for (written, value) in
            [("I", 1), ("IV", 4), ("XIX", 19), ("XLIX", 49), ("LXXXVIII", 88), ("XCIV", 94), ("CII", 102)]
        {
            assert_eq!(roman(written.as_bytes()), Some(value), "{written}");
        }
        for odd in ["", "IIII", "VV", "IXI", "XLX", "VX", "LL"] {
            assert_eq!(roman(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn digits_of_other_scripts() {
        for (written, value) in [("٤", 4), ("۱۲", 12), ("१०", 10), ("１２", 12)] {
            assert_eq!(native_digits(written, 0), Some((value, written.len())), "{written}");
        }
        assert_eq!(circled('⑫'), Some(12));
        assert_eq!(circled('㊱'), Some(36));
    }
}
