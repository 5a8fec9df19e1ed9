//! Titles without their form: a key to compare by, and the words that carry the meaning.
//!
//! For comparison only, never for output. Knows mojibake and lost bytes; no Markdown but the marks that occur in
//! titles.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use unicode_normalization::UnicodeNormalization;

use crate::text::characters::lost;
use crate::text::mojibake;

/// "(Medium)", "[Level: hard]": the difficulty of an item, which is not part of the question.
static LEVEL: LazyLock<Regex> = LazyLock::new(|| {
    let words = "basics?|beginner|easy|medium|intermediate|moderate|hard|difficult|advanced|expert|senior|junior|\
                 mid|fresher";
    let pattern = format!(r"(?i)[(\[]\s*(?:level\s*:?\s*)?(?:{words})(?:\s+level)?\s*[)\]]");
    Regex::new(&pattern).expect("a valid pattern")
});

/// An HTML tag that occurs in titles, the brackets of a link or image, or a character reference.
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    let tags = "a|abbr|b|br|code|del|em|i|img|ins|kbd|mark|s|small|span|strong|sub|sup|u";
    let pattern = format!(r"(?i)</?(?:{tags})(?:\s[^<>]*)?/?>|!?\[([^\[\]]*)\]\([^()\s]*\)");
    Regex::new(&pattern).expect("a valid pattern")
});

/// The character references that occur in titles.
const REFERENCES: [(&str, &str); 7] =
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&nbsp;", " "), ("&amp;", "&")];

/// Words that are contracted with a following "is".
const BEFORE_IS: [&str; 8] = ["what", "who", "where", "how", "that", "it", "there", "here"];

/// Returns the form in which titles are compared: two titles with equal keys ask one question in the same words.
///
/// Encoding damage is repaired; markup, escapes, emoji, level tags, quotation marks, case, contractions and the
/// punctuation at the end are removed; the rest is in Unicode's compatibility form (NFKC, UAX #15) with single spaces.
#[must_use]
pub fn key(title: &str) -> String {
    let repaired = if title.is_ascii() { Cow::Borrowed(title) } else { mojibake::repair(title) };
    let whole = without_torn_emoji(&repaired);
    let bare = undress(&whole);
    let mut plain = String::with_capacity(bare.len());
    if bare.is_ascii() {
        fold(bare.chars(), &mut plain);
    } else {
        fold(bare.nfkc(), &mut plain);
    }
    let spelled = spell_out(&plain);
    spelled.trim_matches(|c: char| c.is_whitespace() || is_end_mark(c)).to_owned()
}

/// Removes the residue of truncated emoji; borrows the title if there is none.
fn without_torn_emoji(title: &str) -> Cow<'_, str> {
    if title.is_ascii() {
        return Cow::Borrowed(title);
    }
    let mut parts = title.split(lost::EMOJI_LEAD);
    let first = parts.next().unwrap_or(title);
    parts.fold(Cow::Borrowed(first), |text, rest| {
        let (torn, _) = lost::emoji(rest);
        text + " " + rest.get(torn..).unwrap_or("")
    })
}

/// Removes markup, character references and level tags; borrows the title if there are none.
fn undress(title: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(title);
    if text.contains(['<', '[']) {
        text = Cow::Owned(MARKUP.replace_all(&text, |found: &Captures<'_>| content(found, &text)).into_owned());
    }
    if text.contains('&') {
        for (reference, character) in REFERENCES {
            if text.contains(reference) {
                text = Cow::Owned(text.replace(reference, character));
            }
        }
    }
    if text.contains(['(', '[']) {
        text = Cow::Owned(LEVEL.replace_all(&text, " ").into_owned());
    }
    text
}

/// Returns the content of markup: the text of a link, nothing of a tag, and all of a text that only looks like a tag
/// (`Vec<a>`).
fn content(found: &Captures<'_>, text: &str) -> String {
    let Some(whole) = found.get(0) else { return String::new() };
    let opens = whole.as_str().starts_with('<') && !whole.as_str().starts_with("</");
    if opens && text.get(..whole.start()).is_some_and(|before| before.ends_with(char::is_alphanumeric)) {
        return whole.as_str().to_owned();
    }
    found.get(1).map_or("", |inner| inner.as_str()).to_owned()
}

/// Appends the characters in lower case, with single spaces, without marks of emphasis, quotation or escape, and with
/// one kind of dash and apostrophe.
fn fold(characters: impl Iterator<Item = char>, out: &mut String) {
    let mut space = false;
    for c in characters {
        let c = match c {
            '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{B4}' | '\'' => '\'',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            // A replacement character after a letter was most often an apostrophe ("What\u{FFFD}s").
            '\u{FFFD}' if !space && out.ends_with(char::is_alphanumeric) => '\'',
            '"' | '\u{201C}'..='\u{201F}' | '«' | '»' | '`' | '*' | '\\' => continue,
            '\u{FFFD}' if out.ends_with('\'') => continue,
            c if is_ornament(c) => ' ',
            c => c,
        };
        if c.is_whitespace() {
            space = true;
            continue;
        }
        // Punctuation follows its word without a space.
        if space && !out.is_empty() && !is_end_mark(c) {
            out.push(' ');
        }
        space = false;
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            out.extend(c.to_lowercase());
        }
    }
}

/// Returns whether a character is an emoji, a dingbat, or a private-use character that a font draws as one.
fn is_ornament(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{25A0}'..='\u{25FF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{200B}'..='\u{200F}' | '\u{20E3}' | '\u{2060}' | '\u{FEFF}'
        | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{E007F}' | '\u{FFFD}')
}

fn is_end_mark(c: char) -> bool {
    matches!(c, '?' | '.' | '!' | ':' | ';' | ',' | '…' | '？' | '。' | '！')
}

/// Writes contractions in full and `&` as a word, and removes quotation marks.
fn spell_out(text: &str) -> String {
    if !text.contains(['\'', '&', '_']) && !text.contains("cannot") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for word in text.split(' ') {
        if !out.is_empty() {
            out.push(' ');
        }
        // Underscores around a word are emphasis, those inside are part of a name.
        let word = word.trim_matches('_');
        let bare = word.trim_matches('\'');
        let (bare, end) = bare.split_at(bare.trim_end_matches(is_end_mark).len());
        spell_word(bare, &mut out);
        out.push_str(end);
    }
    out
}

fn spell_word(word: &str, out: &mut String) {
    let whole = match word {
        "&" => Some("and"),
        "cannot" | "can't" => Some("can not"),
        "won't" => Some("will not"),
        "let's" => Some("let us"),
        _ => None,
    };
    if let Some(whole) = whole {
        out.push_str(whole);
        return;
    }
    let endings = [("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'m", " am")];
    if let Some((stem, full)) = endings.iter().find_map(|(end, full)| Some((word.strip_suffix(end)?, full))) {
        out.push_str(stem);
        out.push_str(full);
    } else if let Some(stem) = word.strip_suffix("'s").filter(|stem| BEFORE_IS.contains(stem)) {
        out.push_str(stem);
        out.push_str(" is");
    } else {
        out.extend(word.chars().filter(|&c| c != '\''));
    }
}

/// Returns the title of a list item: its first line, or the bold text at its start if a colon, a dash or nothing
/// follows.
pub fn list_title(line: &str) -> Range<usize> {
    let start = ["[ ] ", "[x] ", "[X] "].iter().find(|mark| line.starts_with(**mark)).map_or(0, |mark| mark.len());
    let rest = &line[start..];
    if let Some(inner) = rest.strip_prefix("**")
        && let Some(close) = inner.find("**")
    {
        let (title, after) = (&inner[..close], inner[close + 2..].trim_start());
        if after.is_empty() || after.starts_with([':', '-', '–', '—']) || title.ends_with([':', '?', '.', '!']) {
            return start + 2..start + 2 + title.len();
        }
    }
    start..line.trim_end().len()
}

/// Returns the words of a key: runs of letters and digits. `+` and `#` after a letter ("c++", "c#") and a dot between
/// digits ("1.22") are kept.
pub fn words(key: &str) -> impl Iterator<Item = &str> {
    let mut rest = key;
    std::iter::from_fn(move || {
        let start = rest.find(|c: char| c.is_alphanumeric())?;
        rest = &rest[start..];
        let len = word_len(rest);
        let (word, after) = rest.split_at(len);
        rest = after;
        Some(word)
    })
}

fn word_len(text: &str) -> usize {
    let mut previous = ' ';
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map_or(' ', |&(_, next)| next);
        let inside = c.is_alphanumeric()
            || (matches!(c, '+' | '#') && (previous.is_alphabetic() || previous == '+') && !next.is_alphanumeric())
            || (c == '.' && previous.is_ascii_digit() && next.is_ascii_digit());
        if !inside {
            return at;
        }
        previous = c;
    }
    text.len()
}

/// Returns whether a word belongs to the frame of a question ("how do you …", "what is the difference between …") or to
/// the grammar, and not to the subject.
#[must_use]
pub fn is_frame(word: &str) -> bool {
    FRAME.binary_search(&word).is_ok()
}

/// Sorted. Negations, "from" and "to" are left out, because order and meaning depend on them.
#[rustfmt::skip]
const FRAME: &[&str] = &[
    "a", "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "between", "briefly",
    "by", "can", "could", "define", "describe", "did", "difference", "differences", "different", "differentiate",
    "discuss", "do", "does", "each", "explain", "for", "from", "give", "had", "has", "have", "he", "how", "i", "if",
    "in", "into", "is", "it", "its", "list", "may", "me", "mean", "meant", "might", "my", "of", "on", "one", "or",
    "other", "our", "should", "so", "some", "such", "tell", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "to", "us", "use", "used", "using", "versus", "vs", "was", "way", "ways",
    "we", "were", "what", "when", "where", "which", "who", "whose", "why", "will", "with", "would", "you", "your",
];

/// The kind of answer that a question wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approach {
    /// A definition: "what is a lock gate", "how does a lock gate work".
    Definition,
    /// A procedure: "how do you open a lock gate".
    Procedure,
    /// A comparison: "what is the difference between a lock and a weir".
    Comparison,
}

/// Returns the kind of answer that the question with this key wants; `None` if it wants several kinds, or does not say.
#[must_use]
pub fn approach(key: &str) -> Option<Approach> {
    let all: Vec<&str> = words(key).collect();
    let follows = |first: &str, then: &[&str]| all.windows(2).any(|pair| pair[0] == first && then.contains(&pair[1]));
    if all.iter().any(|word| ["difference", "differences", "differ", "vs", "versus", "compare"].contains(word)) {
        return Some(Approach::Comparison);
    }
    // "What is the best way to open it" has the form of a definition, but asks for a procedure.
    let leads_on = |word: &&str| ["best", "common", "practices", "process", "steps", "way", "ways"].contains(word);
    let defines = follows("what", &["is", "are"]) && !all.iter().any(leads_on);
    let works = follows("how", &["does", "is", "are"]);
    let proceeds = follows("how", &["do", "would", "can", "could", "should", "to", "will"]);
    match (defines || works, proceeds) {
        (true, false) => Some(Approach::Definition),
        (false, true) => Some(Approach::Procedure),
        _ => None,
    }
}

/// The grammatical form of a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TitleForm {
    /// A question or a request: "how do you open a lock gate", "explain the lock gate".
    Question,
    /// A name: "lock gates", "opening a lock gate".
    Name,
}

impl TitleForm {
    /// Returns the form of the title with this key.
    #[must_use]
    pub fn of(key: &str) -> Self {
        // The label of a question says nothing of its form.
        let mut words = words(key).skip_while(|word| matches!(*word, "q" | "question"));
        let first = words.next().unwrap_or("");
        let asks = match first {
            // "Where clauses" is a name.
            "where" | "when" | "which" => words.next().is_some_and(is_frame),
            _ => ASKING.binary_search(&first).is_ok(),
        };
        if asks { Self::Question } else { Self::Name }
    }

    /// Returns whether a word belongs to the frame of a title of this form: in a name, "or" and "other" tell two subjects
    /// apart.
    #[must_use]
    pub fn has_frame_word(self, word: &str) -> bool {
        is_frame(word) && (self == Self::Question || !TELLING_IN_NAMES.contains(&word))
    }
}

/// Words with which a question or a request begins. Sorted.
#[rustfmt::skip]
const ASKING: &[&str] = &[
    "are", "can", "compare", "could", "define", "describe", "did", "differentiate", "discuss", "do", "does", "explain",
    "give", "have", "how", "in", "is", "list", "should", "tell", "was", "were", "what", "who", "whose", "why", "will",
    "would", "you", "your",
];

/// Words of the frame of a question that are part of a name.
const TELLING_IN_NAMES: [&str; 6] = ["all", "each", "one", "or", "other", "where"];

/// Returns whether a word is a verb that adds little to a question: "how do you handle, implement, build …" ask for one
/// thing.
#[must_use]
pub fn is_light(word: &str) -> bool {
    LIGHT.binary_search(&word).is_ok()
}

/// Sorted stems.
#[rustfmt::skip]
const LIGHT: &[&str] = &[
    "achiev", "analys", "analysi", "analyz", "approach", "architectur", "build", "built", "concept", "creat",
    "debug", "design", "detect", "develop", "diagnos", "ensur", "exampl", "fix", "handl", "identif", "implement",
    "integrat", "investigat", "maintain", "mak", "manag", "pattern", "perform", "profil", "set", "support",
    "troubleshoot", "work", "writ",
];

/// Returns a word without the endings of plurals, participles and gerunds: the first step of Porter's stemmer (M. F.
/// Porter, "An algorithm for suffix stripping", 1980), but "-er" and "-ment" stay. Most words of other languages stay
/// as they are.
#[must_use]
pub fn stem(word: &str) -> &str {
    if word.len() < 4 || !word.is_ascii() || word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word;
    }
    let has_vowel = |text: &str| text.bytes().any(|byte| b"aeiouy".contains(&byte));
    for ending in ["ings", "ing", "ed"] {
        if let Some(rest) = word.strip_suffix(ending)
            && rest.len() >= 3
            && has_vowel(rest)
        {
            return undouble(rest);
        }
    }
    let word = word
        .strip_suffix("sses")
        .map(|rest| &word[..rest.len() + 2])
        .or_else(|| word.strip_suffix("ies").filter(|rest| rest.len() > 1))
        .or_else(|| {
            word.strip_suffix("es")
                .filter(|rest| rest.ends_with(['x', 'z']) || rest.ends_with("ch") || rest.ends_with("sh"))
        })
        .or_else(|| word.strip_suffix('s').filter(|rest| !rest.ends_with(['s', 'u'])))
        .unwrap_or(word);
    let noun = word.strip_suffix("ion").filter(|rest| rest.len() >= 5 && rest.ends_with(['t', 's']));
    let agent = word.strip_suffix("or").filter(|rest| rest.len() >= 5 && rest.ends_with("at"));
    let rest = noun.or(agent).or_else(|| word.strip_suffix(['e', 'y']));
    rest.filter(|rest| rest.len() >= 3).unwrap_or(word)
}

/// Removes a doubled consonant: "stopp" is "stop", but "call" stays.
fn undouble(stem: &str) -> &str {
    let bytes = stem.as_bytes();
    let doubled = bytes.len() > 3
        && bytes[bytes.len() - 1] == bytes[bytes.len() - 2]
        && !b"aeioulsz".contains(&bytes[bytes.len() - 1]);
    if doubled { &stem[..stem.len() - 1] } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dress_does_not_matter() {
        let plain = key("What is a tide table?");
        for other in [
            "**What is a tide table**",
            "🟢 What's a `tide table`?",
            "What is a tide table? (Easy)",
            "WHAT IS A \u{201C}TIDE TABLE\u{201D} ?",
            "What is a <b>tide</b> table…",
            "What is a [tide table](tides.md)?",
        ] {
            assert_eq!(key(other), plain, "{other}");
        }
        assert_eq!(key("Is `AUTO\\_STOP` on & safe?"), key("Is AUTO_STOP on and safe"));
        assert_eq!(key("Why can't it cannot?"), "why can not it can not");
        assert_eq!(key("the keeper\u{2019}s log"), key("the keeper's log"));
    }

    #[test]
    fn garbled_titles_have_the_key_of_clean_ones() {
        assert_eq!(
            key("What\u{e2}\u{20ac}\u{2122}s the keeper\u{e2}\u{20ac}\u{2122}s log?"),
            key("What’s the keeper’s log?")
        );
    }

    #[test]
    fn what_is_left_of_an_emoji_is_no_word() {
        assert_eq!(key("\u{F0}\u{178}\u{152} What is a **buoy**?"), key("What is a buoy? 🌐"));
        assert_eq!(key("a buoy \u{F0}\u{178}"), key("a buoy"));
    }

    #[test]
    fn a_lost_apostrophe_is_understood() {
        assert_eq!(key("What\u{FFFD}\u{FFFD}\u{FFFD}s a buoy?"), key("What’s a buoy?"));
        assert_eq!(key("a buoy \u{FFFD}\u{FFFD} a bell"), key("a buoy a bell"));
    }

    #[test]
    fn what_matters_stays() {
        assert_ne!(key("What is C++?"), key("What is C#?"));
        assert_ne!(key("What is `map[K]V`?"), key("What is `map[V]K`?"));
        assert_ne!(key("Vec<a> or Vec<b>?"), key("Vec<b> or Vec<b>?"));
        assert_eq!(
            words("is c++ 1.22 or c# (net.dial)?").collect::<Vec<_>>(),
            ["is", "c++", "1.22", "or", "c#", "net", "dial"]
        );
    }

    #[test]
    fn words_of_one_family_share_a_stem() {
        for (a, b) in [
            ("caches", "caching"),
            ("queries", "query"),
            ("stopped", "stop"),
            ("boxes", "box"),
            ("classes", "class"),
            ("pagination", "paginate"),
            ("validators", "validate"),
            ("apis", "api"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        assert_eq!(stem("status"), "status");
        assert_eq!(stem("go1"), "go1");
    }

    #[test]
    fn what_a_question_wants_is_read_from_its_frame() {
        for (title, wanted) in [
            ("What's a lock gate?", Some(Approach::Definition)),
            ("How does a lock gate work?", Some(Approach::Definition)),
            ("How would you open a lock gate?", Some(Approach::Procedure)),
            ("How is a lock different from a weir, or do they not differ?", Some(Approach::Comparison)),
            ("What is a lock gate and how do you open it?", None),
            ("What is the best way to open a lock gate?", None),
            ("Opening a lock gate", None),
            ("", None),
        ] {
            assert_eq!(approach(&key(title)), wanted, "{title}");
        }
    }

    #[test]
    fn a_name_that_begins_like_a_question_is_a_name() {
        for title in ["Where do gulls sleep?", "Explain lock gates", "When to open a lock", "Q. How locks work"] {
            assert_eq!(TitleForm::of(&key(title)), TitleForm::Question, "{title}");
        }
        for title in ["Where clauses", "Lock gates", "Opening a lock", ""] {
            assert_eq!(TitleForm::of(&key(title)), TitleForm::Name, "{title}");
        }
    }

    #[test]
    fn the_frame_is_sorted() {
        assert!(FRAME.is_sorted() && LIGHT.is_sorted() && ASKING.is_sorted());
        assert!(is_frame("between") && !is_frame("not"));
    }

    #[test]
    fn odd_titles_do_no_harm() {
        for odd in ["", "???", "\\", "&", "'", "🟢", "<", "[](", "\u{FFFD}\u{FE0F}", "é̀"] {
            let _ = words(&key(odd)).count();
        }
    }
}
