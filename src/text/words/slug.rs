//! Anchors that GitHub gives to headings.
//!
//! The rule is that of `TableOfContentsFilter` in GitHub's html-pipeline: lower case, everything removed but word
//! characters, hyphens and spaces, each space a hyphen. Knows text; not documents.

use std::sync::LazyLock;

use super::{is_letter, is_letter_or_digit};
use regex::Regex;
use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Returns the anchor of a heading with this text, before duplicates are numbered. White space at the ends of the text
/// counts, because an image at an end leaves some.
pub fn slug(text: &str) -> String {
    let kept = text.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' => Some(c),
        _ if is_word(c) => Some(c),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

/// Returns the anchor that VitePress and VuePress give to a heading with this text, before duplicates are numbered: that of
/// `slugify` in the package `@mdit-vue/shared`, where punctuation separates words.
pub fn separated_slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c) && !c.is_control()) {
        match c {
            _ if c.is_whitespace() || SEPARATORS.contains(c) => {
                if !out.ends_with('-') {
                    out.push('-');
                }
            }
            _ => out.extend(c.to_lowercase()),
        }
    }
    let slug = out.trim_matches('-');
    if slug.starts_with(|c: char| c.is_ascii_digit()) { format!("_{slug}") } else { slug.to_owned() }
}

/// Returns an anchor with its letters without accents, as Python-Markdown and GitBook give it.
pub fn without_accents(anchor: &str) -> String {
    anchor.nfkd().filter(|c| !is_combining_mark(*c)).collect()
}

/// The punctuation that separates words in an anchor of VitePress.
const SEPARATORS: &str = "~`!@#$%^&*()-_+=[]{}|\\;:\"'“”‘’<>,.?/";

/// Decimal digits and connectors of all scripts. Other numbers, such as ① and ½, are not word characters.
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[\p{Nd}\p{Pc}]$").expect("a valid pattern"));

/// Returns whether a character is a word character in Ruby: a letter, a mark, a decimal digit or a connector.
fn is_word(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => true,
        _ if c.is_ascii() => false,
        _ => is_letter(c) || is_combining_mark(c) || WORD.is_match(c.encode_utf8(&mut [0; 4])),
    }
}

/// Returns the anchors of headings with these slugs, in order. A slug that was given before is numbered, and a number
/// that another heading already has is skipped, as in github-slugger.
pub fn numbered(slugs: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut taken: FxHashMap<String, u32> = FxHashMap::default();
    let mut anchors = Vec::new();
    for base in slugs {
        let mut name = base.clone();
        while taken.contains_key(&name) {
            let times = taken.entry(base.clone()).or_default();
            *times += 1;
            name = format!("{base}-{times}");
        }
        taken.insert(name.clone(), 0);
        anchors.push(name);
    }
    anchors
}

/// Returns the slug without numbers at its end: slugs that share it can collide when they are numbered.
pub fn family(slug: &str) -> &str {
    let mut rest = slug;
    while let Some((start, number)) = rest.rsplit_once('-')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        rest = start;
    }
    rest
}

/// Returns the part of an anchor on which all renderers agree: letters and digits in lower case, with one hyphen
/// between words. Some renderers treat two anchors that share it as one.
pub fn loose(anchor: &str) -> String {
    let mut out = String::with_capacity(anchor.len());
    for c in anchor.chars().flat_map(char::to_lowercase) {
        if is_letter_or_digit(c) {
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
    fn punctuation_separates_the_words_of_an_anchor_in_vitepress() {
        for (text, anchor) in [
            ("server.port", "server-port"),
            ("build.rollupOptions", "build-rollupoptions"),
            ("What's new? (2.0)", "what-s-new-2-0"),
            ("2 Café", "_2-cafe"),
            ("`define` 配置", "define-配置"),
        ] {
            assert_eq!(separated_slug(text), anchor);
        }
    }

    #[test]
    fn numbers_that_are_no_digits_fall_away_and_connectors_stay() {
        for (text, anchor) in [("① 安装", "-安装"), ("1½ cups", "1-cups"), ("H₂O²", "ho"), ("Les‿amis", "les‿amis")]
        {
            assert_eq!(slug(text), anchor);
        }
        assert_eq!(slug("٣ १ Ⅷ"), "٣-१-ⅷ");
    }

    #[test]
    fn repeated_slugs_are_numbered() {
        let slugs = ["a", "a", "a-1", "b", "a"].map(str::to_owned);
        assert_eq!(numbered(slugs), ["a", "a-1", "a-1-1", "b", "a-2"]);
        assert_eq!(["a-1-1", "a-b", "a-", "2-3"].map(family), ["a", "a-b", "a-", "2"]);
    }

    #[test]
    fn renderers_agree_on_the_words() {
        assert_eq!(loose("-basics"), "basics");
        assert_eq!(loose("A--B_"), "a-b");
    }
}
