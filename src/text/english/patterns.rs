//! Narrow patterns, kept as data, for phrases that are wrong wherever they occur.
//!
//! A pattern gives the short texts that its matches start with, so that one search for those of all patterns scans the
//! prose, and regular expressions run only where it hits. Knows plain text; does not know which patterns exist.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::Deserialize;

use super::dictionary::{base_of_ing_form, is_english};
use super::starts::Starts;
use crate::text::words::{in_the_case_of, words};

/// Maximum length of a match, in bytes (a guess).
const REACH: usize = 120;

/// A pattern as in its data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pattern {
    /// Name of the pattern.
    pub id: String,
    /// Tier: `gate` or `audit`.
    pub tier: String,
    /// Texts in lower case, one of which starts every match. A space also matches a line break.
    pub starts: Vec<String>,
    /// Regular expression of a match from its start on. A space also matches a line break.
    pub find: String,
    /// Words that the group `w` must not be.
    #[serde(default)]
    pub except: Vec<String>,
    /// Words that must not precede the match.
    #[serde(default)]
    pub not_after: Vec<String>,
    /// Words that must not begin the sentence of the match.
    #[serde(default)]
    pub not_in: Vec<String>,
    /// Words one of which must precede the match. The empty word is the start of a sentence.
    #[serde(default)]
    pub after: Vec<String>,
    /// Words that must not follow the match.
    #[serde(default)]
    pub not_before: Vec<String>,
    /// True if the group `w` must be an English word.
    #[serde(default)]
    pub english: bool,
    /// Message of the finding. `{1}` and `{w}` are groups, `{w.base}` is the base form of a verb in -ing.
    pub message: String,
    /// Replacement, in the same notation.
    pub replace: Option<String>,
    /// Possible replacements, if none of them is certain.
    #[serde(default)]
    pub candidates: Vec<String>,
    /// Lines with exactly one match of this pattern, and none of others.
    pub bad: Vec<String>,
    /// The `bad` lines with `replace` applied.
    #[serde(default)]
    pub fixed: Vec<String>,
    /// Lines without a match.
    #[serde(default)]
    pub good: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PatternFile {
    pattern: Vec<Pattern>,
}

/// Compiles a regular expression when it is first needed.
type Compile = Box<dyn FnOnce() -> Option<Regex> + Send>;

/// Patterns with the search for their starts.
#[derive(Debug)]
pub struct Patterns {
    patterns: Vec<Pattern>,
    starts: Starts,
    /// The regular expressions in the order of the patterns, each compiled when first needed.
    regexes: Vec<LazyLock<Option<Regex>, Compile>>,
}

/// A match of a pattern.
#[derive(Debug, PartialEq, Eq)]
pub struct PatternMatch<'a> {
    /// Id of the pattern.
    pub id: &'a str,
    /// True if the pattern is in the gate tier.
    pub gate: bool,
    /// Position in the text, in bytes.
    pub range: Range<usize>,
    /// Message of the finding.
    pub message: String,
    /// Replacement, if it is certain.
    pub replacement: Option<String>,
    /// Possible replacements.
    pub candidates: Vec<String>,
}

impl Patterns {
    /// Parses data files.
    ///
    /// # Errors
    /// Returns a description of the first error in any of the files.
    pub fn new(files: &[&str]) -> Result<Self, String> {
        let mut patterns = Vec::new();
        for text in files {
            let file: PatternFile = toml::from_str(text).map_err(|error| error.to_string())?;
            patterns.extend(file.pattern);
        }
        let all = || patterns.iter().enumerate().flat_map(|(at, one)| one.starts.iter().map(move |start| (start, at)));
        let is_fit = |start: &str| start.len() >= Starts::MIN_BYTES && start.starts_with(char::is_alphanumeric);
        if let Some((start, _)) = all().find(|(start, _)| !is_fit(start)) {
            return Err(format!("the start `{start}` is too short, or no start of a word"));
        }
        let starts = Starts::new(all().map(|(start, at)| (start.as_str(), at)));
        let regexes = patterns.iter().map(|pattern| {
            let find = format!(r"\A(?:{})", pattern.find.replace(' ', "[ \n]"));
            let compile: Compile = Box::new(move || Regex::new(&find).ok());
            LazyLock::new(compile)
        });
        let regexes = regexes.collect();
        Ok(Self { patterns, starts, regexes })
    }

    /// Returns the patterns as parsed.
    pub fn all(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Returns all matches in `text` of the patterns that are wanted, in order.
    pub fn find(&self, text: &str, is_wanted: impl Fn(&Pattern) -> bool) -> Vec<PatternMatch<'_>> {
        let mut found: Vec<PatternMatch<'_>> = Vec::new();
        self.starts.for_each(text, |start, at| {
            // After a full stop without a space it is the end of an abbreviation: "a.k.a the".
            let is_within =
                text[..start].ends_with(|c: char| c.is_alphanumeric() || c == '.' || NO_BOUNDARY.contains(&c));
            if !is_within && is_wanted(&self.patterns[at]) {
                found.extend(self.match_at(at, text, start));
            }
        });
        found.sort_by(|a, b| (a.range.start, a.range.end, a.id).cmp(&(b.range.start, b.range.end, b.id)));
        found.dedup();
        found
    }

    fn match_at(&self, at: usize, text: &str, start: usize) -> Option<PatternMatch<'_>> {
        let pattern = &self.patterns[at];
        let window = window(text, start);
        let groups = self.regexes[at].as_ref()?.captures(window)?;
        let whole = groups.get(0)?;
        let range = start..start + whole.end();
        let word = groups.name("w").map(|word| word.as_str().to_ascii_lowercase());
        if let Some(word) = &word {
            let excepted = pattern.except.iter().any(|other| other == word);
            if excepted || pattern.english && !is_english(word) {
                return None;
            }
        }
        let behind = &text[range.end..];
        if behind.starts_with(|c: char| NO_BOUNDARY.contains(&c) || c == '(' || c.is_alphanumeric()) {
            return None;
        }
        let listed = |list: &[String], word: &str| list.iter().any(|other| other.eq_ignore_ascii_case(word));
        if !pattern.not_before.is_empty() && listed(&pattern.not_before, next_word(behind)) {
            return None;
        }
        if !pattern.not_in.is_empty() && listed(&pattern.not_in, first_word(&text[..start])) {
            return None;
        }
        let before = last_word(&text[..start]);
        if listed(&pattern.not_after, before) || !pattern.after.is_empty() && !listed(&pattern.after, before) {
            return None;
        }
        let fill = |template: &str| fill(template, &groups);
        let replacement = pattern.replace.as_deref().and_then(fill);
        Some(PatternMatch {
            id: &pattern.id,
            gate: pattern.tier == "gate",
            message: fill(&pattern.message)?,
            replacement: replacement.map(|new| in_the_case_of_start(whole.as_str(), &new)),
            candidates: pattern.candidates.iter().filter_map(|template| fill(template)).collect(),
            range,
        })
    }
}

/// Characters next to which a match is part of something else: an identifier, a path, a compound.
const NO_BOUNDARY: [char; 9] = ['_', '-', '/', '\\', '@', '#', '$', '=', '\u{FFFC}'];

/// Returns the text from `start` on, cut to the maximum length of a match.
fn window(text: &str, start: usize) -> &str {
    let mut end = (start + REACH).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[start..end]
}

/// Returns the word right before the end of `text`; empty if a sentence or block starts there.
fn last_word(text: &str) -> &str {
    let trimmed = text.strip_suffix([' ', '\n']).unwrap_or("");
    let start = trimmed.rfind(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
    let start = start.map_or(0, |at| at + trimmed[at..].chars().next().map_or(1, char::len_utf8));
    &trimmed[start..]
}

/// Returns the first word of the sentence that goes on at the end of `text`.
fn first_word(text: &str) -> &str {
    let near = &text[text.floor_char_boundary(text.len().saturating_sub(REACH))..];
    let sentence = near.rsplit(['.', '!', '?', ';', ',', '\n']).next().unwrap_or("");
    words(sentence).next().map_or("", |word| word.text)
}

/// Returns the word right at the start of `text` after a space; empty if something else comes first.
fn next_word(text: &str) -> &str {
    let rest = text.strip_prefix([' ', '\n']).unwrap_or("");
    words(rest).next().filter(|word| word.start == 0).map_or("", |word| word.text)
}

/// Fills the groups into a template.
fn fill(template: &str, groups: &Captures<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        out.push_str(before);
        let (name, form) = name.split_once('.').unwrap_or((name, ""));
        let group = match name.parse::<usize>() {
            Ok(number) => groups.get(number),
            Err(_) => groups.name(name),
        };
        let group = group?.as_str();
        match form {
            "base" => out.push_str(&base_of_ing_form(group)?),
            "lower" => out.push_str(&group.to_lowercase()),
            _ => out.push_str(&group.replace('\n', " ")),
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// Returns `new` with an upper-case first letter if `old` has one, and in upper case if `old` has no other letters.
fn in_the_case_of_start(old: &str, new: &str) -> String {
    let is_upper = old.chars().filter(|c| c.is_uppercase()).count() > 2 && !old.contains(char::is_lowercase);
    if is_upper {
        return new.to_uppercase();
    }
    let capital = old.chars().next().is_some_and(char::is_uppercase);
    let small = new.chars().next().is_some_and(char::is_lowercase);
    if capital && small {
        let (first, rest) = new.split_at(new.chars().next().map_or(0, char::len_utf8));
        return in_the_case_of("A", first) + rest;
    }
    new.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = r#"
        [[pattern]]
        id = "there-makes"
        tier = "gate"
        starts = ["there makes"]
        find = '(?i)there makes (no|an?)'
        not-after = ["out"]
        message = "`there makes {1}` lacks its verb"
        replace = "there is {1}"
        bad = ["There makes no wind."]
    "#;

    fn found(text: &str) -> Vec<(Range<usize>, Option<String>)> {
        let patterns = Patterns::new(&[DATA]).expect("valid");
        patterns
            .find(text, |pattern| pattern.tier == "gate")
            .into_iter()
            .map(|found| (found.range, found.replacement))
            .collect()
    }

    #[test]
    fn a_pattern_is_found_in_any_case_and_across_a_line_break() {
        assert_eq!(found("There makes no wind."), [(0..14, Some("There is no".to_owned()))]);
        assert_eq!(found("for there\nmakes\na noise"), [(4..17, Some("there is a".to_owned()))]);
    }

    #[test]
    fn a_pattern_is_not_found_within_other_words_or_after_words_it_excludes() {
        for text in ["out there makes no odds", "there makes nothing", "x-there makes no", "there makes no-one"] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_broken_file_is_an_error() {
        assert!(Patterns::new(&["pattern = 3"]).is_err());
    }
}
