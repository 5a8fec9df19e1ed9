//! Words that keep their spelling: names, and what is quoted.
//!
//! Knows plain text only, no dictionaries.

use super::{Shape, Word};

/// Words by which institutions, places and products are called, in any country's spelling.
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

/// Whether a capitalised word of `text` is, or may be, a part of a name: it stands within a sentence, before another
/// capitalised word, or is one by which something is often called. In a heading, where all words may have capitals,
/// only the last counts.
pub fn may_be_name(text: &str, word: &Word<'_>, in_heading: bool) -> bool {
    if word.shape != Shape::Capitalised {
        return false;
    }
    let before = before(text, word);
    let beside = || starts_capital(text.get(word.end()..).unwrap_or("")) || ends_capital(before);
    IN_NAMES.contains(&word.text.to_ascii_lowercase().as_str()) || !in_heading && (!opens(before) || beside())
}

/// Whether `word`, which is capitalised, stands so after a small word anywhere in `text`, as names do.
pub fn is_name_elsewhere(text: &str, word: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, word).any(|at| {
        let ends = !bytes.get(at + word.len()).is_some_and(u8::is_ascii_alphanumeric);
        ends && matches!(bytes[..at], [.., b'a'..=b'z', b' '])
    })
}

/// Whether the bytes `start..end` of `text` stand between quotation marks that open and close in the same line, not
/// far from them.
pub fn is_quoted(text: &str, start: usize, end: usize) -> bool {
    /// Quotations that are longer are not looked for, so that long lines take linear time.
    const FAR: usize = 200;
    let before = text.get(text.ceil_char_boundary(start.saturating_sub(FAR))..start).unwrap_or("");
    let after = text.get(end..text.floor_char_boundary((end + FAR).min(text.len()))).unwrap_or("");
    let before = before.rsplit('\n').next().unwrap_or("");
    let after = after.split('\n').next().unwrap_or("");
    let curly = matches!(before.rfind(['“', '”']), Some(at) if before[at..].starts_with('“')) && after.contains('”');
    let straight = before.matches('"').count() % 2 == 1 && after.contains('"');
    curly || straight
}

fn before<'a>(text: &'a str, word: &Word<'_>) -> &'a str {
    text.get(..word.start).unwrap_or("").trim_end_matches([' ', '“', '"', '*'])
}

/// Whether a sentence begins after `before`.
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

    fn name(text: &str, word: &str, in_heading: bool) -> bool {
        let found = words(text).find(|found| found.text == word).expect("there");
        may_be_name(text, &found, in_heading)
    }

    #[test]
    fn names_are_told_by_their_capitals_and_neighbours() {
        assert!(name("He joined the Labour Party", "Labour", false));
        assert!(name("Colour Lights is a song", "Colour", false));
        assert!(!name("Colours fade. Colour is light", "Colours", false));
        assert!(name("Fiber is a library", "Fiber", false));
        assert!(!name("the colour", "colour", false));
        assert!(!name("How Colour Works", "Colour", true));
        assert!(name("How the World Health Organisation Works", "Organisation", true));
        assert!(is_name_elsewhere("a web framework called Fiber", "Fiber"));
        assert!(!is_name_elsewhere("Fiber is light. So is Fibers", "Fiber"));
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
