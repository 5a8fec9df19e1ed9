//! Words whose spelling is fixed: names and quotations.
//!
//! Knows plain text only, no dictionaries.

use super::{Shape, Word};

/// Words in the names of institutions, places and products, in the spelling of any country.
const IN_NAMES: [&str; 26] = [
    "analyser",
    "analyzer",
    "catalog",
    "catalogue",
    "center",
    "centers",
    "centre",
    "centres",
    "defence",
    "defense",
    "fiber",
    "fibre",
    "gray",
    "grey",
    "harbor",
    "harbour",
    "labor",
    "labour",
    "licence",
    "optimiser",
    "organisation",
    "organiser",
    "program",
    "programme",
    "theater",
    "theatre",
];

/// Role of capitals in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capitals {
    /// Names have them, and the first words of sentences.
    Telling,
    /// Any word may have one, as in a title.
    Free,
}

/// Returns whether a capitalised word of `text` may be a part of a name: it is within a sentence, before another
/// capitalised word, or a usual word of names. In a title, where all words may be capitalised, only the last of these
/// counts.
pub fn may_be_name(text: &str, word: &Word<'_>, capitals: Capitals) -> bool {
    if word.shape != Shape::Capitalised {
        return false;
    }
    let before = before(text, word);
    let beside = || starts_capital(text.get(word.end()..).unwrap_or("")) || ends_capital(before);
    IN_NAMES.contains(&word.text.to_ascii_lowercase().as_str())
        || capitals == Capitals::Telling && (!opens(before) || beside())
}

/// Returns whether `word`, which is capitalised, follows a word in lower case anywhere in `text`, as names do.
pub fn is_name_elsewhere(text: &str, word: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, word).any(|at| {
        let ends = !bytes.get(at + word.len()).is_some_and(u8::is_ascii_alphanumeric);
        ends && matches!(bytes[..at], [.., b'a'..=b'z', b' '])
    })
}

/// Returns whether the bytes `start..end` of `text` are between quotation marks that open and close near them on one
/// line.
pub fn is_quoted(text: &str, start: usize, end: usize) -> bool {
    /// Maximum distance to the quotation marks, in bytes (a guess), so that long lines take linear time.
    const FAR: usize = 200;
    let before = text.get(text.ceil_char_boundary(start.saturating_sub(FAR))..start).unwrap_or("");
    let after = text.get(end..text.floor_char_boundary((end + FAR).min(text.len()))).unwrap_or("");
    let before = before.rsplit('\n').next().unwrap_or("");
    let after = after.split('\n').next().unwrap_or("");
    let curly = matches!(before.rfind(['“', '”']), Some(at) if before[at..].starts_with('“')) && after.contains('”');
    let straight = before.matches('"').count() % 2 == 1 && after.contains('"');
    curly || straight
}

/// Returns whether the bytes `start..end` of `text` are in a quotation that shows how not to write: `not "an URL"`, `no longer
/// "disabed"`, `avoid repeats (e.g. "this is is wrong")`.
pub fn is_shown_as_wrong(text: &str, start: usize, end: usize) -> bool {
    /// Maximum length of the text before a quotation that is looked at, in bytes (a guess): a clause.
    const FAR: usize = 120;
    if !is_quoted(text, start, end) {
        return false;
    }
    const MARKS: [char; 3] = ['"', '“', '”'];
    let near = text.get(text.ceil_char_boundary(start.saturating_sub(FAR))..start).unwrap_or("");
    let near = near.rsplit('\n').next().unwrap_or("");
    let Some((before, _)) = near.rsplit_once(MARKS) else { return false };
    // Of several quotations in a row, the first one has the word before it.
    let mut before = before.trim_end_matches([' ', '(', ',']);
    while let Some((earlier, _)) = before.strip_suffix(MARKS).and_then(|inner| inner.rsplit_once(MARKS)) {
        before = earlier.trim_end_matches([' ', '(', ',']);
    }
    let before = before.to_ascii_lowercase();
    let is_example = before.ends_with("e.g.") || before.ends_with("for example");
    let is_refused = ["not", "never", "than", "of", "no longer", "avoid", "typo", "typos"].iter().any(|word| {
        let word_before = before.strip_suffix(word);
        let is_whole = word_before.is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
        is_whole && (*word != "of" || before.ends_with("instead of"))
    });
    let tells = ["avoid", "incorrect", "mistake", "repeat", "typo", "wrong"];
    is_refused || is_example && tells.iter().any(|word| before.contains(word))
}

fn before<'a>(text: &'a str, word: &Word<'_>) -> &'a str {
    text.get(..word.start).unwrap_or("").trim_end_matches([' ', '“', '"', '*'])
}

/// Returns whether a sentence begins after `before`.
fn opens(before: &str) -> bool {
    before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n', '–', '—', '('])
}

fn starts_capital(after: &str) -> bool {
    after.strip_prefix(' ').is_some_and(|next| next.starts_with(char::is_uppercase))
}

fn ends_capital(before: &str) -> bool {
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    !opens(before) && last.starts_with(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::words;

    fn name(text: &str, word: &str, capitals: Capitals) -> bool {
        let found = words(text).find(|found| found.text == word).expect("there");
        may_be_name(text, &found, capitals)
    }

    #[test]
    fn names_are_told_by_their_capitals_and_neighbours() {
        assert!(name("He joined the Labour Party", "Labour", Capitals::Telling));
        assert!(name("Colour Lights is a song", "Colour", Capitals::Telling));
        assert!(!name("Colours fade. Colour is light", "Colours", Capitals::Telling));
        assert!(name("Fiber is a library", "Fiber", Capitals::Telling));
        assert!(!name("the colour", "colour", Capitals::Telling));
        assert!(!name("How Colour Works", "Colour", Capitals::Free));
        assert!(name("How the World Health Organisation Works", "Organisation", Capitals::Free));
        assert!(is_name_elsewhere("a web framework called Fiber", "Fiber"));
        assert!(!is_name_elsewhere("Fiber is light. So is Fibers", "Fiber"));
    }

    #[test]
    fn what_a_guide_shows_as_wrong_was_a_slip() {
        let wrong = |text: &str| {
            let at = text.find("an lamp").expect("there");
            is_shown_as_wrong(text, at, at + 7)
        };
        for text in [
            "write \"a lamp\" (not \"an lamp\", \"a oar\")",
            "write \"a lamp\" (not \"a oar\", \"an lamp\")",
            "Keepers are no longer \"an lamp\" at night.",
            "Avoid wrong articles (e.g. \"this is an lamp\").",
            "Write “a lamp” instead of “an lamp”.",
        ] {
            assert!(wrong(text), "{text}");
        }
        assert!(!wrong("He says \"it is an lamp\".") && !wrong("not \"a\" but an lamp"));
    }

    #[test]
    fn quotations_open_and_close_in_one_line() {
        let quoted = |text: &str| {
            let at = text.find("colour").expect("there");
            is_quoted(text, at, at + 6)
        };
        assert!(quoted("it says “the colour fades” in it") && quoted("it says \"the colour fades\""));
        assert!(!quoted("“it” has colour, and “they” too") && !quoted("\"it\" has colour, and \"they\" too"));
        assert!(!quoted("5\" of colour"));
        assert!(!quoted(&format!("{}“é colour é{}”", "é".repeat(300), "é".repeat(300))));
    }
}
