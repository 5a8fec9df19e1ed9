//! Settings of typos.

use serde_json::Value;

use super::formats::{keys, texts};
use super::imported::Imported;

/// Types of files that typos has settings for and recto reads.
const MARKDOWN_TYPES: [&str; 2] = ["md", "markdown"];

/// Reads the table of `_typos.toml`.
pub(super) fn read(value: &Value, imported: &mut Imported) {
    for (key, value) in keys(value) {
        match key {
            "default" => engine("default", value, imported),
            "files" => files(value, imported),
            "type" => types(value, imported),
            _ => imported.leave(key, ""),
        }
    }
}

fn files(value: &Value, imported: &mut Imported) {
    for (key, value) in keys(value) {
        match key {
            "extend-exclude" => texts(value).into_iter().for_each(|glob| imported.exclude(glob)),
            _ => imported.leave(&format!("files.{key}"), ""),
        }
    }
}

fn types(value: &Value, imported: &mut Imported) {
    for (name, value) in keys(value) {
        let prefix = format!("type.{name}");
        let globs = value.get("extend-glob").map(texts).unwrap_or_default();
        if value.get("check-file") == Some(&Value::Bool(false)) && !globs.is_empty() {
            globs.into_iter().for_each(|glob| imported.exclude(glob));
        } else if MARKDOWN_TYPES.contains(&name) {
            engine(&prefix, value, imported);
        } else {
            imported.leave(&prefix, "");
        }
    }
}

/// Reads the settings of the engine, for all files or for a type of them.
fn engine(prefix: &str, value: &Value, imported: &mut Imported) {
    for (key, value) in keys(value) {
        let name = format!("{prefix}.{key}");
        match key {
            "locale" => imported.locale(&name, value.as_str().unwrap_or_default()),
            "extend-ignore-re" => texts(value).into_iter().for_each(|pattern| imported.regex(&name, pattern)),
            "extend-ignore-words-re" | "extend-ignore-identifiers-re" => {
                for pattern in texts(value) {
                    match within_a_word(pattern) {
                        Some(pattern) => imported.regex(&name, &of_words(&pattern)),
                        None => imported.leave(&name, &format!("`{pattern}` may match more than a word here")),
                    }
                }
            }
            "extend-words" | "extend-identifiers" => words(&name, value, imported),
            // recto reads all of a file and nothing of its name, and knows Unicode.
            "check-file" | "unicode" if value == &Value::Bool(true) => {}
            "check-filename" if value == &Value::Bool(false) => {}
            _ => imported.leave(&name, ""),
        }
    }
}

/// Reads corrections. A word that is its own correction is right.
fn words(name: &str, value: &Value, imported: &mut Imported) {
    for (word, correction) in keys(value) {
        match correction.as_str() {
            Some(correction) if correction.eq_ignore_ascii_case(word) => imported.word(word),
            Some("") | None => imported.leave(name, &format!("`{word}` is never right there, without a correction")),
            Some(correction) => imported.correction(word, correction),
        }
    }
}

/// Returns a pattern that matches within a word alone: `.` is a character of a word. `None` if a class may hold others.
fn within_a_word(pattern: &str) -> Option<String> {
    if pattern.contains("[^") || pattern.contains(r"\s") || pattern.contains(r"\W") {
        return None;
    }
    let mut out = String::with_capacity(pattern.len());
    let mut escaped = false;
    for c in pattern.chars() {
        match c {
            '.' if !escaped => out.push_str(r"\w"),
            c => out.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    Some(out)
}

/// Turns a pattern that is searched for within a word into one that is searched for within a text.
fn of_words(pattern: &str) -> String {
    let (inner, is_start) = pattern.strip_prefix('^').map_or((pattern, false), |inner| (inner, true));
    let (inner, is_end) = inner.strip_suffix('$').map_or((inner, false), |inner| (inner, true));
    let start = if is_start { r"\b" } else { r"\b\w*" };
    let end = if is_end { r"\b" } else { r"\w*\b" };
    format!("{start}(?:{inner}){end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_words_matches_the_whole_word_in_a_text() {
        let matched = |pattern: &str, text: &str| {
            let regex = regex::Regex::new(&of_words(pattern)).expect("valid");
            regex.find(text).map(|found| found.as_str().to_owned())
        };
        assert_eq!(matched("^[A-Z]{3}$", "an ABC, not ABCD").as_deref(), Some("ABC"));
        assert_eq!(matched("ba", "the cabal").as_deref(), Some("cabal"));
        assert_eq!(matched("^ba", "the cabal"), None);
    }
}
