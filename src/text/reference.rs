//! Finds where a text refers to a numbered item: "see Q172", "question 12 above".
//!
//! Knows words and digits; not which items there are.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A reference to an item by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The number referred to.
    pub number: u32,
    /// The bytes of the reference, word and number.
    pub range: Range<usize>,
}

static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:Q|[Qq]uestion)[ .#-]{0,2}([0-9]{1,5})\b").expect("it is a literal, and tests compile it")
});

/// All references in `text`, in order. The label of an item looks like one: the caller knows where those stand.
pub fn references(text: &str) -> Vec<Reference> {
    let found = REFERENCE.captures_iter(text).filter_map(|captures| {
        let (whole, number) = (captures.get(0)?, captures.get(1)?);
        Some(Reference { number: number.as_str().parse().ok()?, range: whole.range() })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_words_with_numbers() {
        let numbers = |text: &str| references(text).iter().map(|reference| reference.number).collect::<Vec<_>>();
        assert_eq!(numbers("See Q172 and question 12 above, not IQ150, Q2x or Question Time."), [172, 12]);
    }
}
