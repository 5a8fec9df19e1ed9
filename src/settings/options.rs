//! The rules' own options: `[rules.<id>]` in the configuration file.
//!
//! Each option is documented on the page of its rule.

use std::collections::BTreeMap;

use super::reader::{Reader, Result};

/// The options of all rules that have any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `[rules.misspelling]`
    pub misspelling: Misspelling,
}

/// Options of `misspelling`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misspelling {
    /// Words and what to write instead; a word that stands for itself is right.
    pub extend_words: BTreeMap<String, String>,
}

impl Options {
    /// Puts `other` on top: its words join, its values replace.
    pub fn merge(&mut self, other: &Self) {
        self.misspelling.extend_words.extend(other.misspelling.extend_words.clone());
    }

    /// Reads the table `[rules.<id>]`; `false` if this rule has no options.
    pub(super) fn read(&mut self, rule: &str, table: &mut Reader<'_>) -> Result<bool> {
        match rule {
            "misspelling" => self.misspelling.extend_words = table.words("extend-words")?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}
