//! The rules: one file each, named after its id, and the list of all.
//!
//! A rule may use `rule`, `facts`, `model` and `text`. It cannot open a file, read the clock or the environment, print,
//! keep state, or call another rule.

mod broken_link;
mod chat_residue;
mod contents_mismatch;
mod dangling_reference;
mod duplicate_block;
mod empty_section;
mod fact_mismatch;
mod grammar;
mod heading_skip;
mod inconsistent_term;
mod inconsistent_translation;
mod index_mismatch;
mod internal_error;
mod invalid_encoding;
mod invisible_character;
mod lost_character;
mod malformed_heading;
mod malformed_list;
mod misplaced_space;
mod missing_item;
mod missing_separator;
mod misspelling;
mod mixed_apostrophes;
mod mixed_line_endings;
mod mojibake;
mod moved_item;
mod near_duplicate_block;
mod number_gap;
mod number_order;
mod number_repeat;
mod outdated_item;
mod placeholder;
mod range_mismatch;
mod recovered;
mod repeated_file_number;
mod repeated_heading;
mod repeated_item;
mod repeated_word;
mod section_gap;
mod section_mismatch;
mod sentence_case;
mod split_word;
mod swallowed_text;
mod title_mismatch;
mod unclosed_delimiter;
mod unknown_word;
mod unnormalized_text;
mod unreadable_file;
mod untranslated_text;
mod unused_allow;
mod word_salad;

use crate::rule::Rule;

/// All rules, sorted by id.
pub static ALL: &[&Rule] = &[
    &broken_link::RULE,
    &chat_residue::RULE,
    &contents_mismatch::RULE,
    &dangling_reference::RULE,
    &duplicate_block::RULE,
    &empty_section::RULE,
    &fact_mismatch::RULE,
    &grammar::RULE,
    &heading_skip::RULE,
    &inconsistent_term::RULE,
    &inconsistent_translation::RULE,
    &index_mismatch::RULE,
    &internal_error::RULE,
    &invalid_encoding::RULE,
    &invisible_character::RULE,
    &lost_character::RULE,
    &malformed_heading::RULE,
    &malformed_list::RULE,
    &misplaced_space::RULE,
    &missing_item::RULE,
    &missing_separator::RULE,
    &misspelling::RULE,
    &mixed_apostrophes::RULE,
    &mixed_line_endings::RULE,
    &mojibake::RULE,
    &moved_item::RULE,
    &near_duplicate_block::RULE,
    &number_gap::RULE,
    &number_order::RULE,
    &number_repeat::RULE,
    &outdated_item::RULE,
    &placeholder::RULE,
    &range_mismatch::RULE,
    &repeated_file_number::RULE,
    &repeated_heading::RULE,
    &repeated_item::RULE,
    &repeated_word::RULE,
    &section_gap::RULE,
    &section_mismatch::RULE,
    &sentence_case::RULE,
    &split_word::RULE,
    &swallowed_text::RULE,
    &title_mismatch::RULE,
    &unclosed_delimiter::RULE,
    &unknown_word::RULE,
    &unnormalized_text::RULE,
    &unreadable_file::RULE,
    &untranslated_text::RULE,
    &unused_allow::RULE,
    &word_salad::RULE,
];

/// Names of rules in earlier versions, each with its current name. Settings, suppressions and the command line accept
/// both.
pub static RENAMED: &[(&str, &str)] = if cfg!(test) { &[("garbled-text", "mojibake")] } else { &[] };

/// Returns the current name of a rule that may have been renamed; any other name unchanged.
pub fn current(name: &str) -> &str {
    RENAMED.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| new)
}

/// Returns the rule with this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    ALL.binary_search_by(|rule| rule.id.cmp(id)).ok().map(|at| ALL[at])
}
