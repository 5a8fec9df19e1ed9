//! The cost of single words by the n-gram model.
//!
//! Knows no encodings and no lines.

use crate::language::ngrams::{Context, fluency};
use crate::text::script::is_other_script;
use crate::weights::Cost;

/// Returns the cost of a word between spaces, in decinats.
pub(crate) fn word_cost(word: &str) -> Cost {
    let cost = |word: &str| fluency().text(Context::after(" "), word.chars().chain([' '])).0;
    let plain = cost(word);
    if !word.chars().any(is_greek_capital) || word.chars().any(char::is_lowercase) {
        return plain;
    }
    // Greek capitals have no accents, but the words of the model have one each.
    let small: Vec<char> = word.to_lowercase().chars().collect();
    let accented = small.iter().enumerate().filter_map(|(i, &c)| {
        let accented = ACCENTS.iter().find(|(plain, _)| *plain == c)?.1;
        let word: String = small.iter().enumerate().map(|(at, &c)| if at == i { accented } else { c }).collect();
        Some(cost(&word))
    });
    accented.fold(plain, Cost::min)
}

fn is_greek_capital(c: char) -> bool {
    is_other_script(c) && ('Α'..='Ω').contains(&c)
}

/// The vowels of Greek with their accents.
const ACCENTS: [(char, char); 7] = [('α', 'ά'), ('ε', 'έ'), ('η', 'ή'), ('ι', 'ί'), ('ο', 'ό'), ('υ', 'ύ'), ('ω', 'ώ')];
