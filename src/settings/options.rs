//! The rules' own options: `[rules.<id>]` in the configuration file.
//!
//! Each option is documented on the page of its rule. What several rules heed, as `locale`, stands outside `[rules]`.

use super::language::{AllowedWords, Grammar, InconsistentTerm, Misspelling};
use super::reader::{Reader, Result};
use super::rewrites::Place;
use crate::text::locale::Locale;

/// The options of all rules that have any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `locale`: whose spelling the text follows; any if it is not given.
    pub locale: Option<Locale>,
    /// `[rules.misspelling]`
    pub misspelling: Misspelling,
    /// `[rules.grammar]`
    pub grammar: Grammar,
    /// `[rules.inconsistent-term]`
    pub inconsistent_term: InconsistentTerm,
    /// `[rules.repeated-word]`
    pub repeated_word: AllowedWords,
    /// `[rules.sentence-case]`
    pub sentence_case: AllowedWords,
    /// `[rules.split-word]`
    pub split_word: AllowedWords,
    /// `[rules.unknown-word]`
    pub unknown_word: AllowedWords,
}

impl Options {
    /// Puts `other` on top: its words join, its values replace.
    pub fn merge(&mut self, other: &Self) {
        self.locale = other.locale.or(self.locale);
        self.misspelling.extend_words.extend(other.misspelling.extend_words.clone());
        self.grammar.merge(&other.grammar);
        self.inconsistent_term.merge(&other.inconsistent_term);
        self.repeated_word.merge(&other.repeated_word);
        self.sentence_case.merge(&other.sentence_case);
        self.split_word.merge(&other.split_word);
        self.unknown_word.merge(&other.unknown_word);
    }

    /// Reads the table `[rules.<id>]`, and tells the places of its replacements; `false` if this rule has no options.
    pub(super) fn read(&mut self, rule: &str, table: &mut Reader<'_>, places: &mut Vec<Place>) -> Result<bool> {
        match rule {
            "misspelling" => self.misspelling = Misspelling::read(table, places)?,
            "grammar" => self.grammar = Grammar::read(table, places)?,
            "inconsistent-term" => self.inconsistent_term = InconsistentTerm::read(table, places)?,
            "repeated-word" => self.repeated_word = AllowedWords::read(table)?,
            "sentence-case" => self.sentence_case = AllowedWords::read(table)?,
            "split-word" => self.split_word = AllowedWords::read(table)?,
            "unknown-word" => self.unknown_word = AllowedWords::read(table)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}
