//! The rules' own options: `[rules.<id>]` in the settings.
//!
//! An option is declared here once: its name, its type and, as a comment, its description in the schema. Its rule reads
//! it, and the rule page shows it. An option that several rules read, such as `locale`, is outside `[rules]`.

use std::collections::BTreeMap;

use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use super::values::{OneOf, Overlay, PerRule, RuleName, regex};
use crate::model::finding::{Severity, Tier};
use crate::text::english::locale::Locale;
use crate::text::words::words;

/// Declares the options of the rules that have any: a type for each rule, all of them together as [`Options`], and
/// `[rules]` as it is deserialized.
macro_rules! rule_options {
    ($(
        $(#[$about:meta])*
        $rule:ident: $name:ident {
            $($(#[$doc:meta])* $option:ident: $type:ty,)*
        }
    )*) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
            #[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
            pub struct $name {
                $($(#[$doc])* pub $option: $type,)*
                /// Words that this rule leaves alone, in any case.
                pub ignore_words: AllowedWords,
                /// Text that this rule leaves alone: regular expressions in the syntax of Rust's `regex` crate.
                pub ignore_regex: Vec<UserPattern>,
            }

            impl Overlay for $name {
                fn overlay(&mut self, other: &Self) {
                    $(self.$option.overlay(&other.$option);)*
                    self.ignore_words.overlay(&other.ignore_words);
                    self.ignore_regex.overlay(&other.ignore_regex);
                }
            }
        )*

        /// The options of all rules that have any.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Options {
            /// The country whose spelling the text follows; any if it is not given.
            pub locale: Option<Locale>,
            /// Text that all language rules leave alone.
            pub ignored: IgnoredText,
            $($(#[$about])* pub $rule: $name,)*
        }

        impl Options {
            /// Returns the words and patterns that the rule with this id leaves alone, beside those of all rules.
            pub fn ignored_by(&self, rule: &str) -> Option<(&AllowedWords, &[UserPattern])> {
                let own = |name: &str| name.len() == rule.len() && name.replace('_', "-") == rule;
                $(if own(stringify!($rule)) {
                    return Some((&self.$rule.ignore_words, &self.$rule.ignore_regex));
                })*
                None
            }
        }

        impl Overlay for Options {
            fn overlay(&mut self, other: &Self) {
                self.locale.overlay(&other.locale);
                self.ignored.words.overlay(&other.ignored.words);
                self.ignored.regex.overlay(&other.ignored.regex);
                $(self.$rule.overlay(&other.$rule);)*
            }
        }

        /// The rules that are used, their tiers and severities, and their own options.
        #[derive(Debug, Default, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
        #[schemars(rename = "Rules")]
        pub(super) struct RulesTable {
            /// Only these rules or families, instead of all.
            pub(super) select: Option<Vec<RuleName>>,
            /// Further rules or families, in addition to the selected ones; the audit tier of a named rule is shown.
            pub(super) extend_select: Vec<RuleName>,
            /// Rules or families that are disabled.
            pub(super) ignore: Vec<RuleName>,
            /// Moves rules or families to a tier: findings of the gate tier can fail a build, the audit tier is shown
            /// on request.
            pub(super) tier: PerRule<OneOf<Tier>>,
            /// Gives the findings of rules or families a severity.
            pub(super) severity: PerRule<OneOf<Severity>>,
            $($(#[$about])* pub(super) $rule: $name,)*
        }

        impl RulesTable {
            /// The options of the rules alone.
            pub(super) fn options(&mut self, locale: Option<Locale>, ignored: IgnoredText) -> Options {
                Options { locale, ignored, $($rule: std::mem::take(&mut self.$rule),)* }
            }
        }
    };
}

rule_options! {
    /// Options of `grammar`.
    grammar: Grammar {
        /// Ids of built-in patterns that are disabled; a finding has the id of its pattern as `pattern` in its data.
        ignore: Vec<String>,
        /// Patterns of your own, which are searched for in prose of every language.
        patterns: Vec<OwnPattern>,
    }
    /// Options of `inconsistent-term`.
    inconsistent_term: InconsistentTerm {
        /// Terms that are not to be used, in any case, each with its replacement.
        terms: BTreeMap<String, String>,
        /// Terms of which several forms are right, in any case.
        words: AllowedWords,
    }
    /// Options of `misplaced-space`.
    misplaced_space: MisplacedSpace {
    }
    /// Options of `misspelling`.
    misspelling: Misspelling {
        /// Words in lower case, each with its correction; a word that is its own correction is right.
        extend_words: BTreeMap<String, String>,
    }
    /// Options of `repeated-word`.
    repeated_word: RepeatedWord {
        /// Words that may occur twice in a row.
        words: AllowedWords,
    }
    /// Options of `sentence-case`.
    sentence_case: SentenceCase {
        /// Words that may start a sentence in lower case.
        words: AllowedWords,
    }
    /// Options of `split-word`.
    split_word: SplitWord {
        /// Pairs of words that are right.
        words: AllowedWords,
    }
    /// Options of `unknown-word`.
    unknown_word: UnknownWord {
        /// Words that are right, in any case.
        words: AllowedWords,
    }
    /// Options of `word-salad`.
    word_salad: WordSalad {
    }
}

/// Words that a rule leaves alone, in any case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct AllowedWords(pub Vec<String>);

impl AllowedWords {
    /// True if `word`, in any case, is one of them.
    pub fn contains(&self, word: &str) -> bool {
        self.0.iter().any(|own| own.eq_ignore_ascii_case(word))
    }

    /// True if `text`, or each of its words, is one of these or of `more`.
    pub fn cover(&self, text: &str, more: Option<&Self>) -> bool {
        let is_one = |word: &str| self.contains(word) || more.is_some_and(|more| more.contains(word));
        let is_empty = self.0.is_empty() && more.is_none_or(|more| more.0.is_empty());
        let all = || words(text).next().is_some() && words(text).all(|word| is_one(word.text));
        !is_empty && (is_one(text) || all())
    }
}

impl Overlay for AllowedWords {
    fn overlay(&mut self, other: &Self) {
        self.0.overlay(&other.0);
    }
}

/// Text that all language rules leave alone: at the top of the settings and in their dictionaries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IgnoredText {
    /// Words, in any case.
    pub words: AllowedWords,
    /// Patterns of text.
    pub regex: Vec<UserPattern>,
}

/// A regular expression in the syntax of Rust's `regex` crate.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct UserPattern(
    #[serde(deserialize_with = "regex")]
    #[schemars(with = "String")]
    pub Regex,
);

impl PartialEq for UserPattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for UserPattern {}

/// A pattern of the user's own for `grammar`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OwnPattern {
    /// The places in prose: a regular expression in the syntax of Rust's `regex` crate.
    #[serde(deserialize_with = "regex")]
    #[schemars(with = "String")]
    pub pattern: Regex,
    /// The message where it matches.
    pub message: String,
    /// The text to write instead; may name the groups of the pattern (`$1`, `${name}`).
    pub replacement: Option<String>,
}

impl PartialEq for OwnPattern {
    fn eq(&self, other: &Self) -> bool {
        let key = |own: &Self| (own.pattern.as_str().to_owned(), own.message.clone(), own.replacement.clone());
        key(self) == key(other)
    }
}

impl Eq for OwnPattern {}
