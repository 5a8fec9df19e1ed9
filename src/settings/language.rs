//! The options of the language rules, each documented on the page of its rule.
//!
//! Knows the reader; not the rules.

use std::collections::BTreeMap;

use regex::Regex;

use super::reader::{Reader, Result, misfit};
use super::rewrites::{Place, What};

/// Options of `misspelling`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misspelling {
    /// Words in small letters and what to write instead; a word that stands for itself is right.
    pub extend_words: BTreeMap<String, String>,
}

impl Misspelling {
    /// Returns the word to write instead of `word`, if there is one.
    pub fn correction_of(&self, word: &str) -> Option<&str> {
        let small = || self.extend_words.get(word.to_lowercase().as_str());
        let correction = self.extend_words.get(word).or_else(small)?;
        let has_capital = correction.chars().any(char::is_uppercase);
        (correction != word && (has_capital || !correction.eq_ignore_ascii_case(word))).then_some(correction)
    }

    pub(super) fn read(table: &mut Reader<'_>, places: &mut Vec<Place>) -> Result<Self> {
        Ok(Self { extend_words: words(table, "extend-words", What::Word, places)? })
    }
}

/// A table of words, with the places of what they are replaced by.
fn words(
    table: &mut Reader<'_>,
    key: &str,
    what: fn(String) -> What,
    places: &mut Vec<Place>,
) -> Result<BTreeMap<String, String>> {
    let entries = table.words(key)?;
    places.extend(entries.iter().map(|(word, (_, span))| Place { what: what(word.clone()), span: span.clone() }));
    Ok(entries.into_iter().map(|(word, (wanted, _))| (word, wanted)).collect())
}

/// Options of a rule that can be told to leave words alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedWords {
    /// The words, in any case.
    pub words: Vec<String>,
}

impl AllowedWords {
    /// Whether `word`, in any case, is one of them.
    pub fn contains(&self, word: &str) -> bool {
        self.words.iter().any(|own| own.eq_ignore_ascii_case(word))
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.words.extend(other.words.iter().cloned());
    }

    pub(super) fn read(table: &mut Reader<'_>) -> Result<Self> {
        let words = table.strings("words")?.into_iter().map(|(word, _)| word);
        Ok(Self { words: words.collect() })
    }
}

/// Options of `grammar`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grammar {
    /// Ids of built-in patterns that are off.
    pub ignore: Vec<String>,
    /// The user's own patterns.
    pub patterns: Vec<OwnPattern>,
}

/// A pattern of the user's own.
#[derive(Debug, Clone)]
pub struct OwnPattern {
    /// What to look for in prose.
    pub pattern: Regex,
    /// What is wrong where it matches.
    pub message: String,
    /// What to write instead; may name the groups of the pattern (`$1`, `${name}`).
    pub replacement: Option<String>,
}

impl PartialEq for OwnPattern {
    fn eq(&self, other: &Self) -> bool {
        let key = |own: &Self| (own.pattern.as_str().to_owned(), own.message.clone(), own.replacement.clone());
        key(self) == key(other)
    }
}

impl Eq for OwnPattern {}

impl Grammar {
    pub(super) fn merge(&mut self, other: &Self) {
        self.ignore.extend(other.ignore.iter().cloned());
        self.patterns.extend(other.patterns.iter().cloned());
    }

    pub(super) fn read(table: &mut Reader<'_>, places: &mut Vec<Place>) -> Result<Self> {
        let ignore = table.strings("ignore")?.into_iter().map(|(id, _)| id).collect();
        let patterns = table.tables("patterns")?.into_iter().enumerate();
        let patterns = patterns.map(|(at, (table, span))| own_pattern(table, at, span, places));
        Ok(Self { ignore, patterns: patterns.collect::<Result<_>>()? })
    }
}

fn own_pattern(
    mut table: Reader<'_>,
    at: usize,
    span: std::ops::Range<usize>,
    places: &mut Vec<Place>,
) -> Result<OwnPattern> {
    let Some((pattern, place)) = table.string("pattern")? else {
        return Err(misfit(span, "a pattern of `grammar` needs a `pattern`", None));
    };
    let Some((message, _)) = table.string("message")? else {
        return Err(misfit(span, "a pattern of `grammar` needs a `message`", None));
    };
    let pattern = Regex::new(&pattern).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
        misfit(place, format!("no regular expression: {reason}"), None)
    })?;
    let replacement = table.string("replacement")?.map(|(replacement, span)| {
        places.push(Place { what: What::Pattern(at), span });
        replacement
    });
    table.finish()?;
    Ok(OwnPattern { pattern, message, replacement })
}

/// Options of `inconsistent-term`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InconsistentTerm {
    /// Terms that are not to be used, and what to write instead.
    pub terms: BTreeMap<String, String>,
    /// Terms whose spellings may stand side by side, in any case.
    pub words: Vec<String>,
}

impl InconsistentTerm {
    pub(super) fn merge(&mut self, other: &Self) {
        self.terms.extend(other.terms.clone());
        self.words.extend(other.words.iter().cloned());
    }

    pub(super) fn read(table: &mut Reader<'_>, places: &mut Vec<Place>) -> Result<Self> {
        let allowed = table.strings("words")?.into_iter().map(|(word, _)| word).collect();
        Ok(Self { terms: words(table, "terms", What::Term, places)?, words: allowed })
    }
}
