//! Numbers of a text and of its translation, compared across the ways in which languages group digits and mark
//! decimals.
//!
//! Knows text only. A number that one of the two writes in words, or in another unit, makes them incomparable, and then
//! nothing is returned.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::literals::{is_slip, is_slip_of_keys, is_transposed, with_ascii_digits};

static FIGURE: LazyLock<Regex> = LazyLock::new(|| {
    // Digits in groups of three, or with points and commas between them; then perhaps a unit of one script.
    Regex::new(r"\d{1,3}(?:[\u{A0}\u{202F}'’]\d{3})+(?:[.,]\d+)?|\d+(?:[.,\u{66B}\u{66C}]\d+)*")
        .expect("a valid pattern")
});

/// Maximum number of numbers in a text (a guess): one with more is a table of measurements, and pairing takes quadratic
/// time.
const MANY: usize = 200;

/// Number of equal numbers beside the differing one from which a number of one digit counts (a guess).
const MANY_EQUAL: usize = 2;

/// Returns whether two texts consist of numbers and signs, and differ in the digits only: options of a quiz, cells of a
/// table. Words of two letters or more say nothing here.
#[must_use]
pub fn differ_in_digits(left: &str, right: &str) -> bool {
    let has_words = |text: &str| text.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().nth(1).is_some());
    let signs = |text: &str| text.chars().filter(|c| !c.is_numeric() && !c.is_whitespace()).collect::<String>();
    let digits = |text: &str| with_ascii_digits(text).chars().filter(char::is_ascii_digit).collect::<String>();
    let count = |text: &str| text.split(|c: char| !c.is_numeric()).filter(|part| !part.is_empty()).count();
    !has_words(left)
        && !has_words(right)
        && signs(left) == signs(right)
        && count(left) == count(right)
        && digits(left) != digits(right)
}

/// Minimum number of lines of code whose only difference is one token that is no number (a guess): in shorter code,
/// names are chosen freely.
const MIN_CODE_LINES: usize = 3;

/// Returns the pairs of tokens of two code blocks that a translation has no reason to change, as byte ranges, at most one
/// for each line: tokens that differ in their digits only, a number in a comment, or the only token that differs at all.
/// Lines of different structure are skipped, because strings and comments are translated.
#[must_use]
pub fn changed_in_code(left: &str, right: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let differ_in_digits = |a: &str, b: &str| !is_equal_code(a, b) && letters(a) == letters(b);
    let is_uneven = left.lines().count() != right.lines().count();
    let (mut differing, mut only, mut found, mut options) = (0, None, Vec::new(), Vec::new());
    for ((a_start, a), (b_start, b)) in corresponding_lines(left, right) {
        // The marks of lines are other ones where the lines are.
        if is_uneven && a_start == 0 && a.starts_with(['`', '~']) {
            continue;
        }
        let (a_code, b_code) = (comment_start(a), comment_start(b));
        let (a_tokens, b_tokens) = (tokens(&a[..a_code]), tokens(&b[..b_code]));
        let place =
            |x: Range<usize>, y: Range<usize>| (a_start + x.start..a_start + x.end, b_start + y.start..b_start + y.end);
        if a_tokens.len() != b_tokens.len() {
            differing += 1;
            continue;
        }
        let pairs = a_tokens.into_iter().zip(b_tokens);
        let changed: Vec<_> = pairs.filter(|(x, y)| !is_equal_code(&a[x.clone()], &b[y.clone()])).collect();
        let in_digits = changed.iter().find(|(x, y)| differ_in_digits(&a[x.clone()], &b[y.clone()]));
        if let Some((x, y)) = in_digits {
            found.push(place(x.clone(), y.clone()));
        } else if changed.is_empty()
            && let Some((x, y)) = self::changed(&a[a_code..], &b[b_code..], SmallNumbers::Kept)
        {
            found.push(place(a_code + x.start..a_code + x.end, b_code + y.start..b_code + y.end));
        }
        differing += usize::from(!changed.is_empty());
        let mut slips = changed.iter().filter(|(x, y)| is_slip_of_option(&a[x.clone()], &b[y.clone()]));
        if let [(x, y)] = &changed[..]
            && is_slip_in_code(&a[x.clone()], &b[y.clone()], left.lines().count())
        {
            only = Some(place(x.clone(), y.clone()));
        } else if let Some((x, y)) = slips.next() {
            options.push(place(x.clone(), y.clone()));
        }
    }
    if found.is_empty() && differing == 1 {
        found.extend(only);
    }
    found.extend(options);
    found
}

/// Returns whether one option of a command in place of another is a slip.
fn is_slip_of_option(left: &str, right: &str) -> bool {
    left.starts_with("--") && right.starts_with("--") && is_slip_of_keys(left, right)
}

/// Returns whether the only token that differs in code of so many lines is a slip. Strings are translated, so in them only
/// letters that changed places are one.
fn is_slip_in_code(left: &str, right: &str, line_count: usize) -> bool {
    let are_code = is_code(left) && is_code(right) && is_slip(left, right);
    let is_long = line_count >= MIN_CODE_LINES;
    are_code && (is_long || is_slip_of_keys(left, right)) || left.is_ascii() && is_transposed(left, right)
}

/// Maximum number of lines of a code block whose lines are aligned if it has more lines than the other (a guess): the time
/// is quadratic.
const MAX_ALIGNED_LINES: usize = 300;

/// A line, with its offset in bytes.
type Line<'a> = (usize, &'a str);

/// Returns the lines of two code blocks that correspond: all, if there are equally many; otherwise, between lines that are
/// equal but for their comments, those that are equally many.
fn corresponding_lines<'a>(left: &'a str, right: &'a str) -> Vec<(Line<'a>, Line<'a>)> {
    let (lefts, rights): (Vec<Line<'_>>, Vec<Line<'_>>) = (lines(left).collect(), lines(right).collect());
    if lefts.len() == rights.len() {
        return lefts.into_iter().zip(rights).collect();
    }
    if lefts.len().max(rights.len()) > MAX_ALIGNED_LINES {
        return Vec::new();
    }
    let bare = |(_, line): &Line<'a>| line[..comment_start(line)].trim();
    let is_equal = |a: usize, b: usize| !bare(&lefts[a]).is_empty() && bare(&lefts[a]) == bare(&rights[b]);
    // The longest common subsequence (D. S. Hirschberg, 1975), from the end.
    let width = rights.len() + 1;
    let mut lengths = vec![0_u32; (lefts.len() + 1) * width];
    for a in (0..lefts.len()).rev() {
        for b in (0..rights.len()).rev() {
            let skip = lengths[(a + 1) * width + b].max(lengths[a * width + b + 1]);
            lengths[a * width + b] = if is_equal(a, b) { lengths[(a + 1) * width + b + 1] + 1 } else { skip };
        }
    }
    let mut pairs = Vec::new();
    let (mut a, mut b, mut gap) = (0, 0, (0, 0));
    let mut close = |gap: (usize, usize), a: usize, b: usize| {
        if a - gap.0 == b - gap.1 {
            pairs.extend((gap.0..a).zip(gap.1..b));
        }
    };
    while a < lefts.len() && b < rights.len() {
        if is_equal(a, b) {
            close(gap, a, b);
            // Comments differ.
            close((a, b), a + 1, b + 1);
            (a, b) = (a + 1, b + 1);
            gap = (a, b);
        } else if lengths[(a + 1) * width + b] >= lengths[a * width + b + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
    close(gap, lefts.len(), rights.len());
    pairs.into_iter().map(|(a, b)| (lefts[a], rights[b])).collect()
}

/// Returns where the comment at the end of a line of code starts.
fn comment_start(line: &str) -> usize {
    let marks = ["# ", "// ", "-- ", "<!--", "/*"];
    let starts = marks.iter().filter_map(|mark| line.find(mark));
    starts.filter(|&at| at == 0 || line[..at].ends_with(char::is_whitespace)).min().unwrap_or(line.len())
}

/// Returns whether two tokens of code are equal but for the signs that divide and close, which style decides.
fn is_equal_code(left: &str, right: &str) -> bool {
    let telling = |c: &char| !matches!(c, ';' | ',' | '(' | ')' | '{' | '}' | '[' | ']' | '"' | '\'' | '`');
    left == right || left.chars().filter(telling).eq(right.chars().filter(telling))
}

/// Returns whether a token can be code that nobody translates: no string, and no plain word.
fn is_code(token: &str) -> bool {
    token.is_ascii()
        && !token.contains(['"', '\'', '`', '<', '>'])
        && token.bytes().any(|byte| !byte.is_ascii_alphabetic())
}

/// Returns the lines of a text, each with its offset in bytes.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    })
}

/// Returns the pieces of a line between white space, as byte ranges.
fn tokens(line: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        match (start, c.is_whitespace()) {
            (None, false) => start = Some(at),
            (Some(from), true) => {
                tokens.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    tokens
}

/// Certainty that numbers of one digit are written in digits in both languages, and not in words in one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallNumbers {
    /// One of the two may write them in words.
    MaybeWords,
    /// The translation keeps the numbers.
    Kept,
}

/// Returns the only number that differs between a text and its translation, as byte ranges of both. `None` if no number
/// or several numbers differ, or if one text has more numbers than the other.
#[must_use]
pub fn changed(left: &str, right: &str, small: SmallNumbers) -> Option<(Range<usize>, Range<usize>)> {
    let (count, lefts, rights) = unequal(left, right)?;
    let ([a], [b]) = (&lefts[..], &rights[..]) else { return None };
    if is_part_of_name(left, a) != is_part_of_name(right, b) {
        return None;
    }
    // Where one has more numbers, two of different length are numbers of different things.
    let is_partial = figures(left).len() != figures(right).len();
    if is_partial && a.len() != b.len() {
        return None;
    }
    let telling = |text: &str| text.chars().filter(|c| c.is_numeric()).count() >= 2;
    let same_unit = unit(&left[a.end..]).is_some_and(|of| unit(&right[b.end..]) == Some(of));
    // Where all other numbers are equal, a small one is no word of one language either.
    let is_certain = small == SmallNumbers::Kept
        || same_unit
        || count > MANY_EQUAL
        || telling(&left[a.clone()]) && telling(&right[b.clone()]);
    is_certain.then(|| (a.clone(), b.clone()))
}

/// Returns whether a text and its translation have the same numbers; `None` if neither has any, or one has more.
#[must_use]
pub fn have_equal_numbers(left: &str, right: &str) -> Option<bool> {
    let (count, lefts, _) = unequal(left, right)?;
    (count > 0).then_some(lefts.is_empty())
}

/// The number of numbers that each of two texts has, and those of each that the other one lacks.
type UnequalNumbers = (usize, Vec<Range<usize>>, Vec<Range<usize>>);

/// Returns the numbers that two texts do not share, without those of one digit if one text has more numbers than the
/// other. `None` if one has more even so.
fn unequal(left: &str, right: &str) -> Option<UnequalNumbers> {
    let (mut lefts, mut rights) = (figures(left), figures(right));
    if lefts.len() != rights.len() {
        // One of the two writes small numbers in words.
        let is_large =
            |text: &str, number: &Range<usize>| text[number.clone()].chars().filter(|c| c.is_numeric()).count() > 1;
        lefts.retain(|number| is_large(left, number));
        rights.retain(|number| is_large(right, number));
    }
    let count = lefts.len();
    let is_comparable =
        |text: &str, numbers: &[Range<usize>]| !numbers.iter().any(|number| is_multiplied(text, number.end));
    if lefts.len() != rights.len() || lefts.len() > MANY {
        return None;
    }
    if !is_comparable(left, &lefts) || !is_comparable(right, &rights) {
        return None;
    }
    // Languages order their sentences differently, so equal numbers are paired wherever they occur.
    lefts.retain(|figure| {
        match rights.iter().position(|other| may_be_equal(&left[figure.clone()], &right[other.clone()])) {
            Some(found) => {
                rights.remove(found);
                false
            }
            None => true,
        }
    });
    Some((count, lefts, rights))
}

/// Returns whether a number is a part of a name: "ISO 8601".
fn is_part_of_name(text: &str, range: &Range<usize>) -> bool {
    let word = text[..range.start].trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let is_name = word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    is_name && unit(&text[range.end..]).is_none()
}

/// Returns the numbers of a text that are not part of a longer word or date.
fn figures(text: &str) -> Vec<Range<usize>> {
    let found = FIGURE.find_iter(text).map(|found| found.range());
    found
        .filter(|range| {
            let before = text[..range.start].chars().next_back();
            let after = text[range.end..].chars().next();
            let is_date = text[range.clone()].split('.').map(str::len).eq([2, 2, 4]);
            // The colon of "8:30" joins, the one after a number at the end of a clause does not.
            let goes_on = text[range.end..].chars().nth(1).is_some_and(char::is_alphanumeric);
            // "v3.5" is "version 3.5", and "10-minute" has a number of minutes.
            let is_version = text[range.clone()].contains('.')
                && text[..range.start].strip_suffix('v').is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
            let is_compound = after == Some('-') && text[range.end + 1..].starts_with(char::is_alphabetic);
            let is_joined = before.is_some_and(|c| c.is_ascii_alphabetic() || "_-–/:#".contains(c)) && !is_version
                || after.is_some_and(|c| "_-–".contains(c) || "/:".contains(c) && goes_on) && !is_compound;
            !(is_joined || is_date)
        })
        .collect()
}

/// Returns whether a numeral of another base than a thousand follows a number: "1400 万" is 14 million, and "150 lakh" 15
/// million.
fn is_multiplied(text: &str, end: usize) -> bool {
    let after = text[end..].trim_start_matches([' ', '\u{A0}', '多', '余', '餘', '数', '數']);
    after.starts_with(['万', '萬', '亿', '億', '兆', '千', '百', '만', '억', '조', '천', '백'])
        || ["lakh", "crore", "लाख", "करोड़"].iter().any(|word| after.starts_with(word))
}

/// Returns the symbol of a unit after a number.
fn unit(after: &str) -> Option<&str> {
    let after = after.trim_start_matches([' ', '\u{A0}', '\u{202F}']);
    let end = after.find(|c: char| !(c.is_alphabetic() || c == '%' || c == '°' || c == 'Ω')).unwrap_or(after.len());
    let unit = &after[..end];
    const UNITS: [&str; 36] = [
        "%", "°C", "A", "Ah", "GB", "GHz", "GiB", "Hz", "K", "KB", "KiB", "MB", "MHz", "MiB", "TB", "V", "W", "bit",
        "cm", "dB", "g", "h", "kB", "kHz", "kW", "kWh", "kg", "km", "m", "mA", "mm", "ms", "ns", "s", "Ω", "µs",
    ];
    UNITS.contains(&unit).then_some(unit)
}

/// Returns whether two numbers can have one value, each written in some language's way.
fn may_be_equal(a: &str, b: &str) -> bool {
    let (a, b) = (&*with_ascii_digits(a), &*with_ascii_digits(b));
    a == b || readings(a).iter().any(|a| readings(b).contains(a))
}

/// Returns the possible values of a number: its digits before and after the decimal mark, without leading and trailing
/// zeros.
fn readings(figure: &str) -> Vec<(String, String)> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let whole = |text: &str| digits(text).trim_start_matches('0').to_owned();
    let last = figure.rfind(['.', ',']);
    let mut readings = Vec::new();
    let grouped = figure.split(['.', ',', '\u{A0}', '\u{202F}', '\'', '’']).skip(1).all(|group| group.len() == 3);
    if grouped {
        readings.push((whole(figure), String::new()));
    }
    if let Some(at) = last {
        let fraction = digits(&figure[at..]);
        readings.push((whole(&figure[..at]), fraction.trim_end_matches('0').to_owned()));
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<'a>(left: &'a str, right: &'a str) -> Option<(&'a str, &'a str)> {
        changed(left, right, SmallNumbers::MaybeWords).map(|(a, b)| (&left[a], &right[b]))
    }

    #[test]
    fn a_changed_figure_is_found_in_any_language() {
        assert_eq!(told("Every 300 s, in storms 60 s.", "Alle 600 s, bei Sturm 60 s."), Some(("300", "600")));
        assert_eq!(told("It holds 1,500 kg.", "Es trägt 1.800 kg."), Some(("1,500", "1.800")));
        assert_eq!(told("保存期間は30日間です。", "We keep them for 90 days."), Some(("30", "90")));
        assert_eq!(told("Wait 5 s.", "Подождите 8 s."), Some(("5", "8")));
        assert_eq!(told("Set the depth to 50:", "Setze die Tiefe auf 58 und warte"), Some(("50", "58")));
        assert_eq!(told("since v1.20", "ab Version 1.21"), Some(("1.20", "1.21")));
        assert_eq!(told("a 10-minute tide", "Ebbe von 40 Minuten"), Some(("10", "40")));
        assert_eq!(told("25% of the boats, not even 1", "15 % der Boote, nicht einmal eines"), Some(("25", "15")));
    }

    #[test]
    fn other_ways_to_write_a_figure_are_no_change() {
        for (left, right) in [
            ("1.5 s", "1,5 s"),
            ("1,500 boats", "1.500 Boote"),
            ("1,500 boats", "1\u{202F}500 bateaux"),
            ("12,000.50", "12.000,5"),
            ("0.5", "0,50"),
            ("60 s, then 300 s", "300 s nach 60 s"),
            // Written in words, or in another unit: no comparison is possible.
            ("ten boats and 12 men", "10 Boote und 12 Mann"),
            ("within 2 weeks", "binnen 14 Tagen"),
            ("at 8:30", "um 20:30"),
            ("the 1st of 3", "der 2. von 3"),
            ("see a1.20 or x86", "siehe a1.21 oder x64"),
            ("", "5 s"),
            ("on the 9th of June 2019", "am 12. 6. nach der Flut von 20 Uhr"),
            // East Asian numerals count in ten thousands.
            ("14 million photos", "1400 万张照片"),
            ("1.3 billion users", "13億人"),
        ] {
            assert_eq!(told(left, right), None, "{left} / {right}");
        }
    }

    #[test]
    fn a_changed_figure_in_code_is_found() {
        let told = |left: &'static str, right: &'static str| {
            changed_in_code(left, right).into_iter().next().map(|(a, b)| (&left[a], &right[b]))
        };
        assert_eq!(
            told("use boat:1.2 # the new one\nsay \"Hello\"\n", "use boat:1.4 # das neue\nsay \"Guten Tag\"\n"),
            Some(("boat:1.2", "boat:1.4"))
        );
        assert_eq!(told("wait --for 10\n", "wait --for 10\n"), None);
        assert_eq!(told("wait --for 10\n", "wait --for 20\n\n"), None);
        assert_eq!(told("save march.csv\n", "save maerz.csv\n"), None);
        assert_eq!(told("tide init --quiet\n", "tide init --qiuet\n"), Some(("--quiet", "--qiuet")));
        let (long, short) =
            ("moor()\n# at most 40 lines\nstop(2)\nwait()\n", "moor()\n# höchstens 48 Leinen\nstop(2)\n");
        assert_eq!(told(long, short), Some(("40", "48")), "the lines that correspond are compared");
    }

    #[test]
    fn odd_figures_do_no_harm() {
        for odd in ["1.", ".1", "1..2", "1,,2", "1.2.3.4", "99999999999999999999999999999,1", "1\u{301}", "१२"] {
            assert_eq!(told(odd, odd), None);
            let _ = told(odd, "12 34 x");
        }
    }
}
