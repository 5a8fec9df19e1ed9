//! Replacements of the user's own, tried on what they write: a replacement that is replaced again for ever is a mistake
//! in the configuration.
//!
//! Knows the options and text; not the rules, which replace in the same way.

use std::collections::BTreeSet;
use std::ops::Range;

use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::UsageError;
use super::node::{Misfit, Node};
use super::options::{Misspelling, Options};
use crate::text::mojibake::splice;
use crate::text::words::{in_the_case_of, stands_free, words};

/// A text that grew to this many bytes from one replacement does not come to rest.
const LARGEST: usize = 1 << 12;
/// A text that is replaced this many times more than there are replacements does not come to rest, because each has had
/// its turn.
const STEPS: usize = 50;
/// A part of a pattern that asks for more repetitions is not tried.
const MOST_REPEATED: u32 = 64;
/// A pattern is tried on this many of the texts that it matches.
const SAMPLES: usize = 24;

/// A replacement, and where it is in the configuration file.
#[derive(Debug, Clone)]
pub(super) struct ReplacementPlace {
    pub(super) what: What,
    pub(super) span: Range<usize>,
}

/// Identity of a replacement.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// That of this word of `extend-words`.
    Word(String),
    /// That of this term of `terms`.
    Term(String),
    /// That of the pattern at this place of `patterns`.
    Pattern(usize),
}

impl Misspelling {
    /// Returns the word to write instead of `word`, if there is one.
    pub fn correction_of(&self, word: &str) -> Option<&str> {
        let lower_case = || self.extend_words.get(word.to_lowercase().as_str());
        let correction = self.extend_words.get(word).or_else(lower_case)?;
        let has_capital = correction.chars().any(char::is_uppercase);
        (correction != word && (has_capital || !correction.eq_ignore_ascii_case(word))).then_some(correction)
    }
}

/// Returns the replacements of a table of rules with their places; `patterns` own patterns come before its own.
pub(super) fn places(rules: Option<&Node>, patterns: usize) -> Vec<ReplacementPlace> {
    let table = |rule: &str, key: &str| rules.and_then(|rules| rules.get(rule)).and_then(|rule| rule.get(key));
    let words = |table: Option<&Node>, what: fn(String) -> What| -> Vec<ReplacementPlace> {
        let entries = table.map_or(&[][..], Node::entries).iter();
        entries
            .map(|entry| ReplacementPlace { what: what(entry.key.clone()), span: entry.value.span.clone() })
            .collect()
    };
    let mut places = words(table("misspelling", "extend-words"), What::Word);
    places.extend(words(table("inconsistent-term", "terms"), What::Term));
    let own = table("grammar", "patterns").map_or(&[][..], Node::items).iter().enumerate();
    places.extend(own.filter_map(|(at, pattern)| {
        let span = pattern.get("replacement")?.span.clone();
        Some(ReplacementPlace { what: What::Pattern(patterns + at), span })
    }));
    places
}

/// Complains about each of `places` whose replacement does not come to rest under `options`, of which it is one.
pub(super) fn check(options: &Options, places: &[ReplacementPlace]) -> Vec<Misfit> {
    let mut wrong: Vec<Misfit> = Vec::new();
    for place in places {
        let Some(written) = written(options, &place.what).into_iter().find(|text| !comes_to_rest(options, text)) else {
            continue;
        };
        let help = match place.what {
            What::Pattern(_) => {
                "remove `replacement`, so that the pattern only reports, or let it match only text that is still wrong"
            }
            _ => "the replacement must not contain the replaced word, nor be replaced by it again",
        };
        let message = format!("`{}` would itself be replaced, endlessly", written.trim());
        wrong.push((place.span.clone(), UsageError { message, help: Some(help.to_owned()) }));
    }
    wrong
}

/// Returns texts that a replacement leaves.
fn written(options: &Options, what: &What) -> Vec<String> {
    let in_both_cases = |text: Option<&String>| {
        let text = text.cloned().unwrap_or_default();
        vec![in_the_case_of("Capital", &text), text]
    };
    match what {
        What::Word(word) => in_both_cases(options.misspelling.extend_words.get(word)),
        What::Term(term) => in_both_cases(options.inconsistent_term.terms.get(term)),
        What::Pattern(at) => {
            let Some(own) = options.grammar.patterns.get(*at) else { return Vec::new() };
            let Some(template) = &own.replacement else { return Vec::new() };
            let samples = samples(&own.pattern).into_iter();
            samples.map(|sample| own.pattern.replace_all(&sample, template.as_str()).into_owned()).collect()
        }
    }
}

/// Says if replacing, one replacement after the other, ends.
fn comes_to_rest(options: &Options, text: &str) -> bool {
    let (words, terms) = (&options.misspelling.extend_words, &options.inconsistent_term.terms);
    let most = words.len() + terms.len() + options.grammar.patterns.len() + STEPS;
    let mut seen = BTreeSet::from([text.to_owned()]);
    let mut text = text.to_owned();
    while let Some(next) = step(options, &text) {
        if next.len() > LARGEST || seen.len() > most || !seen.insert(next.clone()) {
            return false;
        }
        text = next;
    }
    true
}

/// The text after the first replacement that changes it.
fn step(options: &Options, text: &str) -> Option<String> {
    let own = &options.misspelling;
    let with_words = splice(
        text,
        words(text).filter_map(|word| {
            let wanted = own.correction_of(word.text).filter(|_| stands_free(text, word.start, word.end()))?;
            Some((word.start..word.end(), in_the_case_of(word.text, wanted)))
        }),
    );
    if with_words != text {
        return Some(with_words);
    }
    let terms = options.inconsistent_term.terms.iter().map(|(term, wanted)| {
        splice(
            text,
            find_term(text, term).into_iter().map(|start| {
                let place = start..start + term.len();
                let new = in_the_case_of(text.get(place.clone()).unwrap_or_default(), wanted);
                (place, new)
            }),
        )
    });
    let patterns = options.grammar.patterns.iter().filter_map(|own| {
        let template = own.replacement.as_deref()?;
        Some(own.pattern.replace_all(text, template).into_owned())
    });
    terms.chain(patterns).find(|next| next != text)
}

/// Returns the places of a term as whole words, in any case.
pub fn find_term(text: &str, term: &str) -> Vec<usize> {
    let Some(first) = words(term).next() else { return Vec::new() };
    let starts = words(text).filter(|word| word.text.eq_ignore_ascii_case(first.text));
    let whole = starts.filter_map(|word| {
        let start = word.start.checked_sub(first.start)?;
        let end = start + term.len();
        let is_term = text.get(start..end)?.eq_ignore_ascii_case(term);
        (is_term && stands_free(text, start, end)).then_some(start)
    });
    whole.collect()
}

/// Texts that a pattern matches, of each of its branches some.
fn samples(pattern: &Regex) -> Vec<String> {
    let Ok(hir) = regex_syntax::Parser::new().parse(pattern.as_str()) else { return Vec::new() };
    let mut letters = 0;
    let mut samples = sample(&hir, &mut letters);
    samples.retain(|sample| pattern.is_match(sample));
    samples
}

/// Texts of one part of a pattern. Each class of characters gives another letter, so that groups can be told apart.
fn sample(hir: &Hir, letters: &mut usize) -> Vec<String> {
    let mut samples = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![String::from_utf8_lossy(&literal.0).into_owned()],
        HirKind::Class(class) => {
            *letters += 1;
            vec![character(class, *letters).to_string()]
        }
        HirKind::Repetition(repetition) => {
            let once = sample(&repetition.sub, letters);
            let least = repetition.min.min(MOST_REPEATED) as usize;
            let mut samples: Vec<String> = once.iter().map(|text| text.repeat(least)).collect();
            if least == 0 && repetition.max != Some(0) {
                samples.extend(once);
            }
            samples
        }
        HirKind::Capture(capture) => sample(&capture.sub, letters),
        HirKind::Concat(parts) => parts.iter().fold(vec![String::new()], |before, part| {
            let after = sample(part, letters);
            let joined = after.iter().flat_map(|after| before.iter().map(move |before| format!("{before}{after}")));
            joined.take(SAMPLES).collect()
        }),
        HirKind::Alternation(parts) => parts.iter().flat_map(|part| sample(part, letters)).collect(),
    };
    samples.retain(|text| text.len() <= LARGEST);
    samples.dedup();
    samples.truncate(SAMPLES);
    samples
}

/// A character of a class: a small letter if it has one, another one for each number.
fn character(class: &Class, number: usize) -> char {
    let letters = (0..26).map(|at| char::from(b'a' + ((at + number) % 26) as u8));
    let candidates: Vec<char> = letters.chain("B C D 1 2 3 . - _".chars()).collect();
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    let is_in = |c: &char| ranges.iter().any(|(start, end)| (start..=end).contains(&c));
    let found = candidates.into_iter().find(is_in);
    found.or_else(|| ranges.first().map(|(start, _)| *start)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::OwnPattern;

    fn rests(pattern: &str, replacement: &str) -> bool {
        let pattern = Regex::new(pattern).expect("a pattern");
        let own = OwnPattern { pattern, message: String::new(), replacement: Some(replacement.to_owned()) };
        let mut options = Options::default();
        options.grammar.patterns.push(own);
        check(&options, &[ReplacementPlace { what: What::Pattern(0), span: 0..0 }]).is_empty()
    }

    #[test]
    fn a_pattern_must_not_match_for_ever_what_it_writes() {
        for (pattern, replacement) in [
            ("Lighthouse", "Lighthouse.app"),
            (r"\bDover\b", "Port of Dover"),
            ("o", "oo"),
            (r"(\w+)\.md", "docs/$1.md"),
            (r"(\w+) or (\w+)", "$2 or $1"),
            (r"(?i)\bmooring(s?)\b", "berth or Mooring$1"),
            ("(a|b)c", "x${1}c"),
            (r"^Note", "Note: Note"),
        ] {
            assert!(!rests(pattern, replacement), "{pattern} → {replacement}");
        }
    }

    #[test]
    fn a_pattern_may_match_what_it_leaves_as_it_is() {
        for (pattern, replacement) in [
            ("Lighthouse 2", "Lighthouse II"),
            ("(?i)gitforge", "GitForge"),
            ("colou?r", "color"),
            (r"Lantern( \d)?", "Lantern 2"),
            (" {2,}", " "),
            ("aa", "a"),
            (r"(\d+)\s*km\b", "$1 km"),
            ("([a-z])([A-Z])", "$1 $2"),
            (r"\bin order to\b", "to"),
            (r"Dover([^,]|$)", "Dover, Kent$1"),
            (r"\s+$", ""),
        ] {
            assert!(rests(pattern, replacement), "{pattern} → {replacement}");
        }
    }
}
