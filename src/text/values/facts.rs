//! Facts on which two texts about one item must agree: quantities, versions of products, names of libraries, paths.
//!
//! Knows text only. A fact that only one text states is no contradiction; one that both state with different values is.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::text::language::locale_tag;
use crate::text::similarity::title::{is_frame, stem};
use crate::text::words::words;

/// Kind of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactKind {
    /// A number with a unit: "500 ms".
    Quantity,
    /// A product with a version: "TLS 1.2".
    Version,
    /// A name with marks inside: "zip-tool".
    Name,
    /// A path that starts at a host: "example.org/harbour/tide".
    Path,
}

impl FactKind {
    /// Returns the name of the kind in text for users.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quantity => "quantity",
            Self::Version => "version",
            Self::Name => "name",
            Self::Path => "path",
        }
    }
}

/// One statement of a fact.
#[derive(Debug, Clone, PartialEq)]
struct Fact {
    kind: FactKind,
    /// The subject: the unit, the product, the name without its marks, the last part of the path.
    subject: String,
    /// The stated value, in a form that can be compared.
    value: String,
    /// Position in the text, in bytes.
    range: Range<usize>,
    /// True if it is marked as code, or written as only code is.
    is_code: bool,
    /// True if it is introduced as an example, because another text may choose another example.
    is_example: bool,
}

/// Two statements that cannot both be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Kind of the fact that both state.
    pub kind: FactKind,
    /// Position in the left text, in bytes.
    pub left: Range<usize>,
    /// Position in the right text, in bytes.
    pub right: Range<usize>,
}

static QUANTITY: LazyLock<Regex> = LazyLock::new(|| {
    let time =
        "ns|µs|μs|ms|s|secs?|seconds?|mins?|minutes?|h|hours?|days?|weeks?|months?|years?|milliseconds?|microseconds?";
    let size = "bytes?|bits?|[KkMGT]i?B|[KMG]bps|[kMG]Hz";
    let number = format!(r"\d+(?:,\d{{3}})*(?:\.\d+)?|(?i:{})", NUMBER_WORDS.map(|(word, _)| word).join("|"));
    let pattern = format!(r"({number})[ -]?({time}|{size}|%|percent)\b|(\d+(?:\.\d+)?) ?(%)");
    Regex::new(&pattern).expect("a valid pattern")
});

/// Number words. "One" is left out, because "one day" is more often a beginning than a duration.
const NUMBER_WORDS: [(&str, f64); 17] = [
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("twelve", 12.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("sixty", 60.0),
    ("ninety", 90.0),
    ("hundred", 100.0),
];

/// Returns the value of a number in digits or as a word.
fn value_of(number: &str) -> Option<f64> {
    let word = NUMBER_WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(number));
    word.map_or_else(|| number.replace(',', "").parse().ok(), |(_, value)| Some(*value))
}

static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    // Markup may come between the two: "`TLS` 1.2", "**Kafka** `v3`".
    let product = r"([A-Z][A-Za-z+#]{1,24}(?:\.js)?)[`*]{0,3}(?: |/| v|/v)[`*]{0,3}(\d{1,2}(?:\.\d{1,3}){0,2})";
    let library = r"([A-Za-z][\w.-]{2,40})[`*]{0,3}(?: [`*]{0,3}v|@v?|/v)(\d{1,3}(?:\.\d{1,3}){0,2})";
    let marked = r"`([a-z][\w.-]{1,40})` [`*]{0,3}(\d{1,3}(?:\.\d{1,3}){1,2})";
    Regex::new(&format!(r"{product}\b|{library}\b|{marked}\b")).expect("a valid pattern")
});

static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[A-Za-z][A-Za-z0-9]*(?:[._/-][A-Za-z][A-Za-z0-9]*)+").expect("a valid pattern"));

static PATH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}(?:/[A-Za-z0-9_.~-]+)+").expect("a valid pattern")
});

/// Words before a number that are counted or numbered, rather than products.
const COUNTING: &[&str] = &[
    "about", "after", "appendix", "at", "attempt", "before", "by", "case", "chapter", "class", "day", "error",
    "example", "figure", "for", "from", "if", "in", "issue", "item", "layer", "level", "lesson", "line", "method",
    "node", "note", "of", "on", "only", "option", "over", "page", "part", "phase", "point", "problem", "question",
    "round", "rule", "scenario", "section", "server", "stage", "status", "step", "table", "task", "the", "then",
    "thread", "tier", "tip", "to", "under", "up", "use", "user", "version", "week", "when", "with", "worker",
];

/// Last parts that many different paths share.
const COMMON_PARTS: &[&str] =
    &["api", "client", "cmd", "docs", "html", "index", "latest", "main", "master", "pkg", "server", "src", "wiki"];

/// Maximum number of values that one subject has in a text (a guess): more are a list, not a statement.
const MOST_VALUES: usize = 2;

/// Returns the statements of two texts about one item that cannot both be right, in the order of the right text.
/// `asked` is the title of the left text; its words occur in both texts and are weak evidence.
#[must_use]
pub fn contradictions(left: &str, right: &str, asked: &str) -> Vec<Contradiction> {
    let (lefts, rights) = (by_subject(left), by_subject(right));
    let settings = QuantityContext::new(left, right, asked);
    let mut found = Vec::new();
    for (subject, here) in &lefts {
        let Some(there) = rights.get(subject) else { continue };
        let agree = here.iter().any(|a| there.iter().any(|b| compatible(a, b)));
        if agree || values(here) > MOST_VALUES || values(there) > MOST_VALUES {
            continue;
        }
        if here.iter().chain(there).any(|fact| fact.is_example) {
            continue;
        }
        // Names of one subject differ only by their marks, so unless one of them is code, it may be an ordinary word
        // with a hyphen.
        if subject.0 == FactKind::Name && !here.iter().chain(there).any(|fact| fact.is_code) {
            continue;
        }
        let pairs = here.iter().flat_map(|a| there.iter().map(move |b| (a, b)));
        let mut pairs = pairs.filter(|(a, b)| a.kind != FactKind::Quantity || settings.same_thing(a, b));
        if let Some((a, b)) = pairs.next() {
            found.push(Contradiction { kind: a.kind, left: a.range.clone(), right: b.range.clone() });
        }
    }
    found.extend(unit_slips(&lefts, &rights, &settings));
    found.sort_by_key(|contradiction| (contradiction.right.start, contradiction.kind));
    // A path and a name in it are one fact.
    found.dedup_by(|b, a| b.right.start < a.right.end);
    found
}

/// Finds a number with two units of one measure, "5 ms" and "5 s", where neither text uses the other's unit.
fn unit_slips(lefts: &Subjects, rights: &Subjects, settings: &QuantityContext<'_>) -> Vec<Contradiction> {
    let own = |of: &Subjects, but: &Subjects| -> Vec<Fact> {
        let quantities =
            of.iter().filter(|(subject, _)| subject.0 == FactKind::Quantity && !but.contains_key(*subject));
        quantities.flat_map(|(_, facts)| facts.iter().filter(|fact| !fact.is_example).cloned()).collect()
    };
    let there = own(rights, lefts);
    let slip = |a: &Fact| {
        let measured = measure(&a.subject).filter(|_| a.value != "1")?;
        let same = |b: &&Fact| b.value == a.value && measure(&b.subject) == Some(measured);
        let b = there.iter().filter(same).find(|b| settings.same_thing(a, b))?;
        Some(Contradiction { kind: FactKind::Quantity, left: a.range.clone(), right: b.range.clone() })
    };
    own(lefts, rights).iter().filter_map(slip).collect()
}

/// The two texts, by which quantities in them are compared.
struct QuantityContext<'a> {
    left: &'a str,
    right: &'a str,
    asked: BTreeSet<String>,
    /// Minimum weight of the words that the surroundings of two quantities share.
    enough: f32,
}

/// Words that precede quantities of any kind, and so are weak evidence of which quantity it is.
const MEASURING: [&str; 18] = [
    "above", "after", "before", "below", "every", "for", "least", "max", "maximum", "min", "minimum", "most", "over",
    "per", "under", "until", "up", "within",
];

/// Number of words before and after a quantity, on its line and in its sentence, that say which quantity it is (a
/// guess).
const AROUND: usize = 8;
/// Maximum length of a text that is short, in words (a guess): it has few other quantities to mistake for this one.
const SHORT: usize = 40;
/// Weight of a word that is weak evidence, where any other weighs 1 (a guess).
const WEAK: f32 = 0.5;
/// Minimum weight of shared words for one quantity, in two long texts and otherwise (guesses).
const ENOUGH_IN_LONG: f32 = 1.5;
const ENOUGH_IN_SHORT: f32 = 1.0;
/// Minimum length of a name without its marks, in bytes (a guess): shorter ones are words that happen to be joined.
const MIN_NAME_BYTES: usize = 5;

impl<'a> QuantityContext<'a> {
    fn new(left: &'a str, right: &'a str, asked: &str) -> Self {
        let length = |text: &str| text.split_whitespace().take(SHORT + 1).count();
        let both_long = length(left) > SHORT && length(right) > SHORT;
        Self {
            left,
            right,
            asked: telling(asked).collect(),
            enough: if both_long { ENOUGH_IN_LONG } else { ENOUGH_IN_SHORT },
        }
    }

    /// Returns whether the words around two quantities are similar enough for one quantity.
    fn same_thing(&self, a: &Fact, b: &Fact) -> bool {
        // "90 % of the time" and "99 %" of it are figures of speech.
        let rhetorical = |fact: &Fact| fact.subject == "%" && matches!(fact.value.as_str(), "80" | "90" | "95" | "99");
        if rhetorical(a) && rhetorical(b) {
            return false;
        }
        let (here, there) = (around(self.left, &a.range), around(self.right, &b.range));
        let weight =
            |word: &String| if MEASURING.contains(&word.as_str()) || self.asked.contains(word) { WEAK } else { 1.0 };
        here.intersection(&there).map(weight).sum::<f32>() >= self.enough
    }
}

/// Returns the words around a quantity that say which quantity it is.
fn around(text: &str, range: &Range<usize>) -> BTreeSet<String> {
    let before = text.get(..range.start).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |at| at + 1).max(before.rfind(". ").map_or(0, |at| at + 2));
    let after = text.get(range.end..).unwrap_or("");
    let end = after.find('\n').unwrap_or(after.len()).min(after.find(". ").unwrap_or(after.len()));
    let before: Vec<String> = telling(&before[start..]).collect();
    before.into_iter().rev().take(AROUND).chain(telling(&after[..end]).take(AROUND)).collect()
}

/// Returns the stems of the content words of a text.
fn telling(text: &str) -> impl Iterator<Item = String> {
    let words = words(text).map(|word| word.text.to_lowercase());
    let measures = |word: &str| MEASURING.contains(&word);
    let says =
        move |word: &String| measures(word) || (word.len() > 2 && !is_frame(word) && word.parse::<f64>().is_err());
    words.filter(says).map(move |word| if measures(&word) { word } else { stem(&word).to_owned() })
}

/// Returns the measure of a unit, if its units are mistaken for each other.
fn measure(unit: &str) -> Option<&'static str> {
    match unit {
        "ns" | "µs" | "ms" | "s" | "minute" | "hour" | "day" | "week" | "month" | "year" => Some("time"),
        _ if ["KB", "MB", "GB", "TB", "byte", "bit"].contains(&unit) => Some("size"),
        _ => None,
    }
}

fn values(facts: &[Fact]) -> usize {
    let mut values: Vec<&str> = facts.iter().map(|fact| fact.value.as_str()).collect();
    values.sort_unstable();
    values.dedup();
    values.len()
}

/// The facts of a text by kind and subject.
type Subjects = BTreeMap<(FactKind, String), Vec<Fact>>;

fn by_subject(text: &str) -> Subjects {
    let mut subjects = Subjects::new();
    let all = quantities(text).chain(versions(text)).chain(names(text)).chain(paths(text));
    for mut fact in all {
        fact.is_example =
            matches!(fact.kind, FactKind::Quantity | FactKind::Version) && is_example(text, fact.range.start);
        subjects.entry((fact.kind, fact.subject.clone())).or_default().push(fact);
    }
    subjects
}

/// Words that introduce examples.
const EXAMPLES: [&str; 5] = ["e.g.", "for example", "for instance", "such as", "suppose"];
/// Maximum distance of such words from the fact, in characters (a guess).
const EXAMPLE_REACH: usize = 40;

/// Returns whether the fact at byte `at` follows, on its line, words that introduce examples, or a sign of comparison.
fn is_example(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or("");
    let near: Vec<char> = before.chars().rev().take(EXAMPLE_REACH).take_while(|c| *c != '\n').collect();
    let near: String = near.iter().rev().map(char::to_ascii_lowercase).collect();
    EXAMPLES.iter().any(|words| near.contains(words)) || is_threshold(&near)
}

/// Returns whether the text before a quantity ends like "load > ": a threshold is a matter of choice.
fn is_threshold(before: &str) -> bool {
    let left = before.strip_suffix("> ").or_else(|| before.strip_suffix("< "));
    left.is_some_and(|left| left.trim_end().ends_with(char::is_alphanumeric))
}

/// Returns whether both facts can be right: they are equal, or one is less exact.
fn compatible(a: &Fact, b: &Fact) -> bool {
    let starts = |long: &str, short: &str, joint: char| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(joint))
    };
    match a.kind {
        FactKind::Quantity => a.value == b.value,
        // "sail/row" is two names in a row, "sail-row" one; "port.berth" may be called "port_berth" where names cannot
        // hold a point.
        FactKind::Name => {
            let qualified = |a: &str, b: &str| a.contains('.') && a.replace('.', "_") == b;
            let [a, b] = [a.value.as_str(), b.value.as_str()];
            a == b || a.contains('/') != b.contains('/') || qualified(a, b) || qualified(b, a)
        }
        FactKind::Version => starts(&a.value, &b.value, '.') || starts(&b.value, &a.value, '.'),
        // A page in another language is the same page.
        FactKind::Path => {
            let [a, b] = [a, b].map(|fact| locale_tag::neutral(&fact.value));
            a.ends_with(&b) || b.ends_with(&a)
        }
    }
}

fn quantities(text: &str) -> impl Iterator<Item = Fact> {
    QUANTITY.captures_iter(text).filter_map(|found| {
        let whole = found.get(0)?;
        let number = found.get(1).or(found.get(3))?.as_str();
        let unit = found.get(2).or(found.get(4))?.as_str();
        // The number may be part of a longer number or name, or the end of a range or sum.
        if !stands_alone(text, whole.start()) {
            return None;
        }
        let value = value_of(number)?;
        // "All of it" and "none of it" are figures of speech, or terms of a formula.
        if unit_name(unit) == "%" && (value == 0.0 || value == 100.0) {
            return None;
        }
        Some(Fact {
            kind: FactKind::Quantity,
            subject: unit_name(unit).to_owned(),
            value: value.to_string(),
            range: whole.range(),
            is_code: false,
            is_example: false,
        })
    })
}

fn stands_alone(text: &str, start: usize) -> bool {
    let before = text.get(..start).and_then(|before| before.chars().next_back()).unwrap_or(' ');
    !before.is_alphanumeric() && !matches!(before, '.' | '-' | '–' | '+' | '_' | '/' | '$' | '<' | '>' | '~')
}

/// Returns one name for all spellings of a unit. Case distinguishes bits from bytes.
fn unit_name(unit: &str) -> &str {
    match unit {
        "μs" | "microsecond" | "microseconds" => "µs",
        "millisecond" | "milliseconds" => "ms",
        "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minutes" => "minute",
        "h" | "hours" => "hour",
        "days" => "day",
        "weeks" => "week",
        "months" => "month",
        "years" => "year",
        "bytes" => "byte",
        "bits" => "bit",
        "kB" => "KB",
        "percent" => "%",
        other => other,
    }
}

fn versions(text: &str) -> impl Iterator<Item = Fact> {
    VERSION.captures_iter(text).filter_map(|found| {
        let whole = found.get(0)?;
        let product = found.get(1).or(found.get(3)).or(found.get(5))?.as_str().to_lowercase();
        let version = found.get(2).or(found.get(4)).or(found.get(6))?;
        let after = text.get(version.end()..).unwrap_or("");
        // "Go 1.20+" is a range, "HTTP 404" is a code, and "Holds 64 KB" begins a sentence.
        let whole_number = !version.as_str().contains('.');
        let spaced_number = whole_number && whole.as_str().contains(' ') && !whole.as_str().contains(" v");
        let before = text.get(..whole.start()).unwrap_or("").trim_end_matches([' ', '`', '(']);
        let in_sentence = before.ends_with(|c: char| c.is_alphanumeric() || c == ',');
        let counts = spaced_number && (!in_sentence || after.trim_start().starts_with(|c: char| c.is_alphanumeric()));
        // A fourth part makes an address: "root@10.0.0.1".
        let goes_on = after.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if goes_on
            || after.starts_with(['+', '-', '–', '%'])
            || counts
            || COUNTING.contains(&product.as_str())
            || is_frame(&product)
        {
            return None;
        }
        Some(Fact {
            kind: FactKind::Version,
            subject: product,
            value: version.as_str().to_owned(),
            range: whole.range(),
            is_code: false,
            is_example: false,
        })
    })
}

fn names(text: &str) -> impl Iterator<Item = Fact> {
    NAME.find_iter(text).filter_map(|found| {
        // "TIDE_GATE" is the constant or variable for a "tide-gate".
        if !found.as_str().contains(|c: char| c.is_ascii_lowercase()) {
            return None;
        }
        let name = found.as_str().to_lowercase();
        let skeleton: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        if skeleton.len() < MIN_NAME_BYTES {
            return None;
        }
        let before = text.get(..found.start()).unwrap_or("");
        let in_code = before.ends_with('`') || text.get(found.end()..).is_some_and(|after| after.starts_with('`'));
        Some(Fact {
            kind: FactKind::Name,
            subject: skeleton,
            value: name,
            range: found.range(),
            is_code: in_code,
            is_example: false,
        })
    })
}

fn paths(text: &str) -> impl Iterator<Item = Fact> {
    PATH.find_iter(text).filter_map(|found| {
        let path = found.as_str().trim_end_matches(['.', '/', '-']);
        let path = path.strip_suffix(".git").unwrap_or(path).to_lowercase();
        let mut parts: Vec<&str> = path.split('/').collect();
        let is_version =
            |part: &&str| part.strip_prefix('v').is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()));
        if parts.last().is_some_and(is_version) {
            parts.pop();
        }
        let last = *parts.last()?;
        if parts.len() < 2 || last.len() < 3 || COMMON_PARTS.contains(&last) {
            return None;
        }
        let range = found.start()..found.start() + found.as_str().len();
        Some(Fact {
            kind: FactKind::Path,
            subject: last.to_owned(),
            value: parts.join("/"),
            range,
            is_code: true,
            is_example: false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(left: &str, right: &str) -> Vec<(FactKind, String, String)> {
        let found = contradictions(left, right, "").into_iter();
        found.map(|c| (c.kind, left[c.left].to_owned(), right[c.right].to_owned())).collect()
    }

    #[test]
    fn contradictions_are_found() {
        for (left, right, kind) in [
            ("The lamp turns every 500 ms.", "The lamp turns every 100 ms.", FactKind::Quantity),
            ("Holds 64 KB at most.", "Holds 32 KB.", FactKind::Quantity),
            ("The offset stays below 5 ms.", "Offset below 5 s.", FactKind::Quantity),
            ("Send it after twelve hours.", "Send it after 10 hours.", FactKind::Quantity),
            ("About 80% of ships.", "Some 60 % of ships.", FactKind::Quantity),
            ("Needs TLS 1.2.", "Needs TLS 1.0.", FactKind::Version),
            ("Spoken over HTTP/2.", "Spoken over HTTP/3.", FactKind::Version),
            ("Use `tide.rs` for it.", "Install tide-rs first.", FactKind::Name),
            ("Get example.org/harbour/tide.", "Get example.org/marina/tide.", FactKind::Path),
            ("Use buoy v2.", "Use buoy v3.", FactKind::Version),
            ("Use `Buoy` 2.1.", "Use **Buoy** `2.3`.", FactKind::Version),
            ("Use `buoy` 2.1 for it.", "Use `buoy@2.3` for it.", FactKind::Version),
            ("> 5 s is enough for it.", "It is enough after 10 s.", FactKind::Quantity),
            ("Take care, e.g. at night.\nIt waits 5 s.", "It waits 10 s.", FactKind::Quantity),
        ] {
            let found = told(left, right);
            assert_eq!(found.len(), 1, "{left} / {right}: {found:?}");
            assert_eq!(found[0].0, kind);
        }
    }

    #[test]
    fn what_can_both_be_right_is_left_alone() {
        for (left, right) in [
            ("Every 500 ms, or 100 ms at night.", "Every 100 ms."),
            ("It takes 5 minutes.", "It takes 300 ms."),
            ("Sixteen days, and 21 for others.", "16 days."),
            ("Wait 5 s, then 5 ms.", "Wait 5 ms."),
            ("The goal is 99.9 %.", "The rest is 100 % minus the goal."),
            ("Since Buoy 1.2.3.", "Since Buoy 1.2."),
            ("Tide 1.20+ has it.", "Tide 1.18 has it."),
            ("Read-only and re-use.", "Read only and reuse."),
            ("Ship-to-shore talk.", "Ship/to/shore talk."),
            ("See Step 2 first.", "See Step 3 first."),
            ("Both v1 and v2 sail.", "Take `v2` and v3."),
            ("Gives HTTP 404.", "Gives HTTP 500."),
            ("Get example.org/harbour/tide/v2.", "Get example.org/harbour/tide."),
            ("10–20 ms", "30–40 ms"),
            ("Give it room, e.g. 8 GB.", "Give it 16 GB of room."),
            ("It waits 5 s.", "It waits a while (for example 10 s)."),
            ("It waits 5 s, for example 10 s.", "It waits 10 s."),
            ("Reef if wind > 50%.", "Reef if wind > 60%."),
            ("Use `reef/furl` early.", "The `reef-furl` drill."),
            ("Needs a lamp such as Beacon 2.1.", "Needs Beacon 3.0."),
            ("See example.org/en/tides.", "See example.org/de/tides."),
            ("The lamp turns every 5 s.", "A pilot needs 10 s to board."),
            ("Set `TIDE_GATE` first.", "Open the `tide-gate`."),
            ("Look at it 90 % of the time.", "Look at it 99 % of the time."),
            ("The `harbour.port.v1` service.", "Import `harbour_port_v1`."),
            ("Call keeper@10.0.0.1 now.", "Call keeper@10.0.1.1 now."),
            ("", "5 ms"),
        ] {
            assert_eq!(told(left, right), [], "{left} / {right}");
        }
    }
}
