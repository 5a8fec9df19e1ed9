//! Replaces parts of a text: the one loop for all who do.

use std::ops::Range;

/// Returns `text` with each range replaced. Ranges are in bytes of `text` and in rising order; one that overlaps the one
/// before it, or does not lie on the boundaries of characters, is left out.
///
/// ```
/// assert_eq!(recto_mojibake::splice("one two", [(0..3, "1"), (4..7, "2")]), "1 2");
/// ```
#[must_use]
pub fn splice<T: AsRef<str>>(text: &str, edits: impl IntoIterator<Item = (Range<usize>, T)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in edits {
        if let Some(between) = text.get(at..range.start).filter(|_| text.is_char_boundary(range.end)) {
            out.push_str(between);
            out.push_str(replacement.as_ref());
            at = range.end.max(range.start);
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_replace_delete_and_insert() {
        assert_eq!(splice("abcd", [(0..1, "X"), (2..3, ""), (4..4, "!")]), "Xbd!");
        assert_eq!(splice::<&str>("abcd", []), "abcd");
    }

    #[test]
    fn ranges_that_overlap_or_cut_a_character_are_left_out() {
        assert_eq!(splice("abcd", [(0..2, "X"), (1..3, "Y")]), "Xcd");
        assert_eq!(splice("aéb", [(2..3, "X"), (0..9, "Y")]), "aéb");
    }
}
