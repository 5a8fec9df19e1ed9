//! The anchors that GitHub gives to headings.
//!
//! The rule is that of `TableOfContentsFilter` in GitHub's html-pipeline: lower case, everything removed but word
//! characters, hyphens and spaces, each space a hyphen. Knows text; not documents.

use unicode_normalization::char::is_combining_mark;

/// The anchor of a heading with this text, before duplicates are numbered.
pub fn slug(text: &str) -> String {
    let kept = text.trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        _ if c.is_alphanumeric() || is_combining_mark(c) => Some(c),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

/// What different renderers agree on: the letters and digits of an anchor in lower case, with one hyphen between
/// words. Two anchors that share it are the same to some of them.
pub fn loose(anchor: &str) -> String {
    let mut out = String::with_capacity(anchor.len());
    for c in anchor.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if matches!(c, '-' | '_' | ' ') && !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_keeps_words_and_hyphens() {
        assert_eq!(slug("What's new? (2.0)"), "whats-new-20");
        assert_eq!(slug("A & B — `x_y`"), "a--b--x_y");
        assert_eq!(slug("🟢 Basics"), "-basics");
        assert_eq!(slug("Größe"), "größe");
    }

    #[test]
    fn renderers_agree_on_the_words() {
        assert_eq!(loose("-basics"), "basics");
        assert_eq!(loose("A--B_"), "a-b");
    }
}
