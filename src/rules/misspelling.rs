//! `misspelling`: a word that is a known misspelling of another, or is spelled as in another country.

use std::collections::HashSet;
use std::sync::LazyLock;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::facts::code_names::is_named_in_code;
use crate::model::document::{BlockKind, Document, ProseBlock};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::english::EnglishProse;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::settings::Misspelling;
use crate::text::english::corrections::corrections_of;
use crate::text::english::dictionary::is_english;
use crate::text::english::locale::{Locale, foreign, spelled_in};
use crate::text::english::spelling::distance;
use crate::text::language::Language;
use crate::text::words::names::{is_name_elsewhere, is_quoted, may_be_name};
use crate::text::words::{Shape, Word, in_the_case_of, stands_free, words};

pub(crate) static RULE: Rule = Rule {
    id: "misspelling",
    family: Family::Language,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "a known misspelling, or another country's spelling",
    page: include_str!("../../rules/misspelling.md"),
    check: Check::Document(check),
};

/// Minimum length of a misspelling (a guess): shorter words are too often abbreviations. Capitalized words need one
/// letter more.
const MIN_MISSPELLING_CHARS: usize = 4;

static RIGHT: LazyLock<HashSet<&'static str, FxBuildHasher>> = LazyLock::new(|| {
    let lines = include_str!("../../rules/data/misspelling/right-words.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    let own = OwnWords::new(&cx.options.misspelling);
    if doc.language() != Language::English && own.is_empty() {
        return;
    }
    let locale = cx.options.locale;
    let mut foreign = locale.filter(|_| doc.language() == Language::English).map(|locale| ForeignWords {
        doc,
        locale,
        english: EnglishProse::new(doc),
        kept: FxHashMap::default(),
    });
    let mut english = EnglishProse::new(doc);
    let mut names: FxHashMap<&str, bool> = FxHashMap::default();
    for block in &doc.prose.blocks {
        let text = doc.prose.text_of(block);
        let base = block.range.start as usize;
        for word in words(text) {
            let by_user = own.correction_of(word.text);
            if let Some(correction) = by_user {
                if !same_letters(correction, word.text) && stands_free(text, word.start, word.end()) {
                    say(doc, base, &word, vec![correction.to_owned()], out);
                }
                continue;
            }
            let known = known_corrections(&word);
            if !known.is_empty()
                && stands_free(text, word.start, word.end())
                && !is_spoken_about(text, &word, &known)
                && !may_be_a_name(doc, block, &word, &known)
                && !*names.entry(word.text).or_insert_with(|| is_used_as_name(doc, &word, &known))
                && !is_named_in_code(doc, word.text)
                && english.is_english(base + word.start..base + word.end())
            {
                say(doc, base, &word, spelled_in(locale, &ranked(word.text, &known)), out);
            } else if let Some(foreign) = &mut foreign {
                foreign.check(block, &word, out);
            }
        }
    }
}

/// Returns the corrections in the list of known misspellings.
fn known_corrections(word: &Word<'_>) -> Vec<&'static str> {
    let long_enough = match word.shape {
        Shape::Lower => word.text.len() >= MIN_MISSPELLING_CHARS,
        Shape::Capitalised => word.text.len() > MIN_MISSPELLING_CHARS,
        _ => false,
    };
    if !long_enough {
        return Vec::new();
    }
    let found = corrections_of(word.text);
    if found.is_empty() || RIGHT.contains(word.text.to_ascii_lowercase().as_str()) { Vec::new() } else { found }
}

/// Returns true if the text gives the correction itself: "fix typo recieve -> receive".
fn is_spoken_about(text: &str, word: &Word<'_>, corrections: &[&str]) -> bool {
    let following = words(text.get(word.end()..).unwrap_or("")).take(3);
    let mut following = following.map(|next| next.text.to_ascii_lowercase());
    following.any(|next| corrections.contains(&next.as_str()))
}

/// Words that are always capitalized, and that no name resembles.
const CALENDAR: [&str; 12] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "september",
    "november",
    "december",
];

/// Minimum length of a word that is rarely a name, in bytes (a guess).
const MIN_LONG_WORD_BYTES: usize = 8;

/// Returns true if a capitalized word may be a name. In a heading or at the beginning of a sentence a name is unlikely.
/// In the middle of a sentence, or before another capitalized word, the word may be a name unless the document contains
/// the correction.
fn may_be_a_name(doc: &Document, block: &ProseBlock, word: &Word<'_>, corrections: &[&str]) -> bool {
    let in_heading = matches!(doc[block.block].kind, BlockKind::Heading(_));
    if word.shape != Shape::Capitalised || in_heading || corrections.iter().all(|word| CALENDAR.contains(word)) {
        return false;
    }
    let text = doc.prose.text_of(block);
    let before = text.get(..word.start).unwrap_or("").trim_end_matches([' ', '“', '"', '*']);
    let opens = before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n', '–', '—', '(']);
    let before_capital = is_capital_next(text.get(word.end()..).unwrap_or(""));
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let after_capital = !opens && last.starts_with(char::is_uppercase);
    let is_long = word.text.len() >= MIN_LONG_WORD_BYTES;
    match (opens, before_capital || after_capital) {
        (true, false) => false,
        // "Insufficent Funds" at the start of a sentence.
        (true, true) if is_long && corrections.len() == 1 => false,
        (false, true) if !is_long => true,
        // "Code Generaton": the word before it is not part of a name.
        (false, true) if !before_capital && is_english(&last.to_lowercase()) => false,
        _ => !corrections.iter().any(|correction| mentions(doc.prose.text(), correction)),
    }
}

/// Returns true if the document uses a capitalized word as a name: more than once, never in lower case, and not only at
/// the beginning of sentences.
fn is_used_as_name(doc: &Document, word: &Word<'_>, corrections: &[&str]) -> bool {
    let calendar = corrections.iter().all(|word| CALENDAR.contains(word));
    if word.shape != Shape::Capitalised || calendar {
        return false;
    }
    let text = doc.prose.text();
    let places = |word: &str| {
        let whole = memchr::memmem::find_iter(text.as_bytes(), word).filter(|&at| {
            let letter = |text: Option<char>| text.is_some_and(char::is_alphanumeric);
            !letter(text[..at].chars().next_back()) && !letter(text[at + word.len()..].chars().next())
        });
        whole.collect::<Vec<usize>>()
    };
    let within = |at: &usize| {
        let before = text[..*at].trim_end_matches([' ', '“', '"']);
        before.len() < *at && before.ends_with(|c: char| c.is_lowercase() || c == ',') || before.ends_with('(')
    };
    let capitals = places(word.text);
    capitals.len() > 1 && capitals.iter().any(within) && places(&word.text.to_ascii_lowercase()).is_empty()
}

fn is_capital_next(after: &str) -> bool {
    after.strip_prefix(' ').is_some_and(|next| next.starts_with(char::is_uppercase))
}

/// Returns true if `word`, in any case, is a word of `text`.
fn mentions(text: &str, word: &str) -> bool {
    words(text).any(|found| found.text.eq_ignore_ascii_case(word))
}

fn same_letters(a: &str, b: &str) -> bool {
    a == b || !a.chars().any(char::is_uppercase) && a.eq_ignore_ascii_case(b)
}

/// Returns true if a capitalized word is the whole content of a table cell, because it may be a name in any language.
fn stands_for_itself(doc: &Document, base: usize, word: &Word<'_>) -> bool {
    let after = doc.prose.blocks.partition_point(|block| block.range.start as usize <= base);
    let Some(block) = after.checked_sub(1).and_then(|at| doc.prose.blocks.get(at)) else { return false };
    word.shape == Shape::Capitalised
        && doc[block.block].kind == BlockKind::TableCell
        && doc.prose.text_of(block).trim() == word.text
}

/// Returns the corrections of a word, likeliest first.
fn ranked(word: &str, corrections: &[&str]) -> Vec<String> {
    let mut likely: Vec<String> = corrections.iter().map(|&correction| correction.to_owned()).collect();
    likely.sort_by(|a, b| distance(word, a).total_cmp(&distance(word, b)));
    likely
}

fn say(doc: &Document, base: usize, word: &Word<'_>, likely: Vec<String>, out: &mut Report) {
    let range = base + word.start..base + word.end();
    let span = doc.prose.source_span(range.clone());
    let written: Vec<String> = likely.iter().map(|correction| in_the_case_of(word.text, correction)).collect();
    let finding = out.find(doc.id, span, format!("`{}` is a misspelling", word.text));
    if stands_for_itself(doc, base, word) {
        finding.tier(Tier::Audit);
    }
    match written.as_slice() {
        [only] if doc.prose.is_contiguous(range) => {
            finding.label(format!("means `{only}`"));
            finding.fix(Fix::likely(format!("write `{only}`"), Edit::replace(doc.id, span, only)));
        }
        _ => {
            finding.label(format!("means {}", listed(&written)));
            finding.candidates(written);
        }
    }
}

/// Finds words with the spelling of another country.
struct ForeignWords<'a> {
    doc: &'a Document,
    locale: Locale,
    english: EnglishProse<'a>,
    /// For each word, whether the document itself uses it as a name. Filled on first use.
    kept: FxHashMap<&'a str, bool>,
}

impl<'a> ForeignWords<'a> {
    fn check(&mut self, block: &ProseBlock, word: &Word<'a>, out: &mut Report) {
        let small = match word.shape {
            Shape::Lower => None,
            Shape::Capitalised => Some(word.text.to_ascii_lowercase()),
            _ => return,
        };
        let Some(found) = foreign(small.as_deref().unwrap_or(word.text), self.locale) else { return };
        let text = self.doc.prose.text_of(block);
        let in_heading = matches!(self.doc[block.block].kind, BlockKind::Heading(_));
        let range = block.range.start as usize + word.start..block.range.start as usize + word.end();
        let keeps_its_spelling = !stands_free(text, word.start, word.end())
            || may_be_name(text, word, in_heading)
            || is_quoted(text, word.start, word.end())
            || self.is_name(word)
            || !self.english.is_english(range.clone());
        if keeps_its_spelling {
            return;
        }
        let span = self.doc.prose.source_span(range.clone());
        let here = in_the_case_of(word.text, &found.here);
        let message = format!("`{}` is the {} spelling", word.text, found.home.as_str());
        let finding = out.find(self.doc.id, span, message);
        finding.label(format!("in {}: `{here}`", self.locale.as_str()));
        if self.doc.prose.is_contiguous(range) {
            finding.fix(Fix::likely(format!("write `{here}`"), Edit::replace(self.doc.id, span, &here)));
        } else {
            finding.candidates([here]);
        }
    }

    /// Returns true if the document uses a word as a name, in code or by its capital.
    fn is_name(&mut self, word: &Word<'a>) -> bool {
        let doc = self.doc;
        *self.kept.entry(word.text).or_insert_with(|| {
            let is_capital = word.shape == Shape::Capitalised;
            is_named_in_code(doc, word.text) || is_capital && is_name_elsewhere(doc.prose.text(), word.text)
        })
    }
}

fn listed(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
}

/// The words of `extend-words`, with a mask that rejects most other words without a look-up in the table.
struct OwnWords<'a> {
    options: &'a Misspelling,
    /// For each first letter (its low five bits), the lengths that occur.
    lengths: [u64; 32],
}

impl<'a> OwnWords<'a> {
    fn new(options: &'a Misspelling) -> Self {
        let mut lengths = [0; 32];
        for word in options.extend_words.keys() {
            lengths[slot(word)] |= 1 << word.len().min(63);
        }
        Self { options, lengths }
    }

    fn is_empty(&self) -> bool {
        self.options.extend_words.is_empty()
    }

    fn correction_of(&self, word: &str) -> Option<&'a str> {
        if self.lengths[slot(word)] & (1 << word.len().min(63)) == 0 {
            return None;
        }
        let table = &self.options.extend_words;
        table.get(word).or_else(|| table.get(word.to_lowercase().as_str())).map(String::as_str)
    }
}

fn slot(word: &str) -> usize {
    word.bytes().next().map_or(0, |byte| (byte & 31) as usize)
}
