//! References to numbered items in a text: "see Q172", "question 12 above".
//!
//! Knows words and digits; does not know which items exist.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A reference to an item by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The number referred to.
    pub number: u32,
    /// Position of word and number, in bytes.
    pub range: Range<usize>,
}

static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"\b(?:Q|[Qq]uestion(?P<several>s)?)";
    let number = r"[ .#-]{0,2}(?:(?i:no|nr|number)(?:\. ?| ))?#?([0-9]{1,5})\b";
    let list = r"(?P<list>(?:(?:, ?| ?/ ?| and | & | or )(?:Q ?)?[0-9]{1,5}\b)*)";
    Regex::new(&format!("{word}{number}{list}")).expect("it is made of literals, and tests compile it")
});

static FURTHER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:Q ?)?([0-9]{1,5})").expect("it is a literal, and tests compile it"));

/// Returns all references in `text`, in order. The label of an item looks like a reference, so the caller excludes
/// labels.
pub fn references(text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    for captures in REFERENCE.captures_iter(text) {
        let (Some(whole), Some(number), Some(list)) = (captures.get(0), captures.get(2), captures.name("list")) else {
            continue;
        };
        // "Q12 and 30 more": a list of numbers must end its clause.
        let ends = text[whole.end()..].chars().next().is_none_or(|c| ").;\n".contains(c));
        let list = Some(list).filter(|list| ends && !list.is_empty());
        // "Top questions 100" is not a reference.
        if captures.name("several").is_some() && list.is_none() {
            continue;
        }
        let mut add = |digits: &str, range: Range<usize>| {
            found.extend(digits.parse().ok().map(|number| Reference { number, range }));
        };
        add(number.as_str(), whole.start()..number.end());
        for further in list
            .into_iter()
            .flat_map(|list| FURTHER.captures_iter(list.as_str()).map(move |further| (list.start(), further)))
        {
            let (start, further) = further;
            if let (Some(all), Some(number)) = (further.get(0), further.get(1)) {
                add(number.as_str(), start + all.start()..start + all.end());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_words_with_numbers() {
        let numbers = |text: &str| references(text).iter().map(|reference| reference.number).collect::<Vec<_>>();
        assert_eq!(numbers("See Q172 and question 12 above, not IQ150, Q2x or Question Time."), [172, 12]);
        assert_eq!(
            numbers("(See Q 346). Cf. question no. 12, Q.14, Q#15, Question #16 and Q. No. 17."),
            [346, 12, 14, 15, 16, 17]
        );
        assert_eq!(numbers("See Q 348 and 625. (Q565/572) (See questions 3, 4 and 5)"), [348, 625, 565, 572, 3, 4, 5]);
        assert_eq!(numbers("Q12 and 30 more; the top questions 100; question 7, 3 boats"), [12, 7]);
    }
}
