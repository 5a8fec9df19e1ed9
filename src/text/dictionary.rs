//! Whether a word is English, or a term of the trade.
//!
//! English is the Hunspell dictionary of SCOWL, read by `spellbook`; terms are the technical word lists of cspell.
//! Both are vendored with their licences. Reading the dictionary takes some milliseconds, so it waits until a word
//! is asked for.

use std::sync::LazyLock;

use spellbook::Dictionary;

static ENGLISH: LazyLock<Option<Dictionary>> = LazyLock::new(|| {
    let aff = include_str!("../../rules/data/dictionary/en_US.aff");
    let dic = include_str!("../../rules/data/dictionary/en_US.dic");
    Dictionary::new(aff, dic).ok()
});

/// Sorted, one a line, small letters.
static TERMS: &str = include_str!("../../rules/data/dictionary/technical.txt");

/// Whether `word`, written as it is, stands in the English dictionary. Capitalised words are also looked up small, as
/// Hunspell does.
pub fn is_english(word: &str) -> bool {
    ENGLISH.as_ref().is_some_and(|dictionary| dictionary.check(word))
}

/// The plain form of a verb in -ing: `mooring` gives `moor`, `hoping` `hope`, `hopping` `hop`. `None` if there is none.
pub fn base_of_ing_form(word: &str) -> Option<String> {
    let word = word.to_lowercase();
    let stem = word.strip_suffix("ing").filter(|stem| stem.len() > 1)?;
    if ["be", "do", "go", "see"].contains(&stem) {
        return Some(stem.to_owned());
    }
    let mut ends = stem.chars().rev();
    let doubled = ends.next() == ends.next();
    let candidates = [format!("{stem}e"), stem.to_owned(), stem[..stem.len() - usize::from(doubled)].to_owned()];
    candidates.into_iter().find(|candidate| is_english(candidate))
}

/// Whether `word`, in any case, is a technical term or the name of a product.
pub fn is_term(word: &str) -> bool {
    let small = word.to_lowercase();
    is_line_of(TERMS, &small)
}

/// Whether `word` is a line of a text whose lines are sorted, by bisection of the text itself.
fn is_line_of(lines: &str, word: &str) -> bool {
    let bytes = lines.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = memchr::memrchr(b'\n', &bytes[low..middle]).map_or(low, |at| low + at + 1);
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
        match bytes[start..end].cmp(word.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_words_and_terms_are_known() {
        assert!(is_english("harbour") || is_english("harbor"));
        assert!(is_english("Lantern"));
        assert!(!is_english("lantrn"));
        assert!(is_term("Kubernetes"));
        assert!(!is_term("lantrn"));
    }

    #[test]
    fn the_plain_form_of_a_verb_is_found() {
        for (ing, base) in [("mooring", "moor"), ("hoping", "hope"), ("hopping", "hop"), ("seeing", "see")] {
            assert_eq!(base_of_ing_form(ing).as_deref(), Some(base));
        }
        assert_eq!(base_of_ing_form("ing"), None);
    }

    #[test]
    fn every_line_is_found_in_sorted_lines_and_nothing_else() {
        let lines = "ab\nabc\nb\nzebra\n";
        for line in lines.lines() {
            assert!(is_line_of(lines, line), "{line}");
        }
        for other in ["", "a", "abcd", "bb", "zebras", "zzz"] {
            assert!(!is_line_of(lines, other), "{other}");
        }
        let terms: Vec<&str> = TERMS.lines().collect();
        assert!(terms.is_sorted());
        assert!(terms.iter().all(|term| is_line_of(TERMS, term)));
    }
}
