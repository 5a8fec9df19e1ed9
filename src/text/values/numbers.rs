//! Numbers of a text and of its translation, compared across the ways in which languages group digits and mark
//! decimals.
//!
//! Knows text only. A number that one of the two writes in words, or in another unit, makes them incomparable, and then
//! nothing is returned.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

static FIGURE: LazyLock<Regex> = LazyLock::new(|| {
    // Digits in groups of three, or with points and commas between them; then perhaps a unit of one script.
    Regex::new(r"\d{1,3}(?:[\u{A0}\u{202F}'’]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*").expect("a valid pattern")
});

/// Maximum number of numbers in a text (a guess): one with more is a table of measurements, and pairing takes quadratic
/// time.
const MANY: usize = 200;

/// Returns the first pair of tokens of two code blocks, compared line by line, that differ in their digits only, as
/// byte ranges. Lines of different structure are skipped, because comments and messages are translated.
#[must_use]
pub fn changed_in_code(left: &str, right: &str) -> Option<(Range<usize>, Range<usize>)> {
    if left.lines().count() != right.lines().count() {
        return None;
    }
    let differ = |a: &str, b: &str| {
        let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        a != b && letters(a) == letters(b)
    };
    for ((a_start, a), (b_start, b)) in lines(left).zip(lines(right)) {
        let code = |line: &str| -> Vec<Range<usize>> {
            tokens(line).into_iter().take_while(|token| !matches!(&line[token.clone()], "#" | "//")).collect()
        };
        let (a_tokens, b_tokens) = (code(a), code(b));
        if a_tokens.len() != b_tokens.len() {
            continue;
        }
        let found = a_tokens.into_iter().zip(b_tokens).find(|(x, y)| differ(&a[x.clone()], &b[y.clone()]));
        if let Some((x, y)) = found {
            return Some((a_start + x.start..a_start + x.end, b_start + y.start..b_start + y.end));
        }
    }
    None
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

/// Returns the only number that differs between a text and its translation, as byte ranges of both. `None` if no number
/// or several numbers differ, or if one text has more numbers than the other.
#[must_use]
pub fn changed(left: &str, right: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (mut lefts, mut rights) = (figures(left), figures(right));
    if lefts.len() != rights.len() || lefts.len() > MANY {
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
    let ([a], [b]) = (&lefts[..], &rights[..]) else { return None };
    let telling = |text: &str| text.bytes().filter(u8::is_ascii_digit).count() >= 2;
    let same_unit = unit(&left[a.end..]).is_some_and(|of| unit(&right[b.end..]) == Some(of));
    (same_unit || telling(&left[a.clone()]) && telling(&right[b.clone()])).then(|| (a.clone(), b.clone()))
}

/// Returns the numbers of a text that are not part of a name or date.
fn figures(text: &str) -> Vec<Range<usize>> {
    let found = FIGURE.find_iter(text).map(|found| found.range());
    found
        .filter(|range| {
            let before = text[..range.start].chars().next_back();
            let after = text[range.end..].chars().next();
            !before.is_some_and(|c| c.is_ascii_alphabetic() || "_-–/:#".contains(c))
                && !after.is_some_and(|c| "_-–/:".contains(c))
        })
        .collect()
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
        changed(left, right).map(|(a, b)| (&left[a], &right[b]))
    }

    #[test]
    fn a_changed_figure_is_found_in_any_language() {
        assert_eq!(told("Every 300 s, in storms 60 s.", "Alle 600 s, bei Sturm 60 s."), Some(("300", "600")));
        assert_eq!(told("It holds 1,500 kg.", "Es trägt 1.800 kg."), Some(("1,500", "1.800")));
        assert_eq!(told("保存期間は30日間です。", "We keep them for 90 days."), Some(("30", "90")));
        assert_eq!(told("Wait 5 s.", "Подождите 8 s."), Some(("5", "8")));
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
            ("see v1.20 or x86", "siehe v1.21 oder x64"),
            ("", "5 s"),
        ] {
            assert_eq!(told(left, right), None, "{left} / {right}");
        }
    }

    #[test]
    fn a_changed_figure_in_code_is_found() {
        let told =
            |left: &'static str, right: &'static str| changed_in_code(left, right).map(|(a, b)| (&left[a], &right[b]));
        assert_eq!(
            told("use boat:1.2 # the new one\nsay \"Hello\"\n", "use boat:1.4 # das neue\nsay \"Guten Tag\"\n"),
            Some(("boat:1.2", "boat:1.4"))
        );
        assert_eq!(told("wait --for 10\n", "wait --for 10\n"), None);
        assert_eq!(told("wait --for 10\n", "wait --for 20\n\n"), None);
        assert_eq!(told("save march.csv\n", "save maerz.csv\n"), None);
    }

    #[test]
    fn odd_figures_do_no_harm() {
        for odd in ["1.", ".1", "1..2", "1,,2", "1.2.3.4", "99999999999999999999999999999,1", "1\u{301}", "१२"] {
            assert_eq!(told(odd, odd), None);
            let _ = told(odd, "12 34 x");
        }
    }
}
