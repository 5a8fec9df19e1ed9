//! `misplaced-space`: no space after a full stop or comma, or one before it.

use std::ops::Range;

use crate::model::document::{Document, ProseBlock};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::english::EnglishProse;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::english::context::is_function_word;
use crate::text::english::dictionary::is_english;
use crate::text::words::words;

pub(crate) static RULE: Rule = Rule {
    id: "misplaced-space",
    family: Family::Language,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "a space is missing after a full stop or comma, or occurs before it",
    page: include_str!("../../rules/misplaced-space.md"),
    check: Check::Document(check),
};

/// Minimum length of a word before a full stop that a word of one letter follows (a guess): modules have shorter names.
const MIN_WORD_LETTERS: usize = 3;

/// Words that begin sentences, and hardly a name that follows a dot in code. In the order of the alphabet.
const OPENERS: [&str; 74] = [
    "A",
    "After",
    "Also",
    "Although",
    "An",
    "And",
    "Anyone",
    "As",
    "At",
    "Because",
    "Before",
    "Both",
    "But",
    "By",
    "During",
    "Each",
    "Every",
    "Everybody",
    "Everyone",
    "Everything",
    "For",
    "From",
    "He",
    "Hence",
    "Here",
    "How",
    "However",
    "I",
    "If",
    "In",
    "It",
    "Its",
    "Let",
    "Many",
    "Maybe",
    "Most",
    "Nobody",
    "Nothing",
    "Now",
    "On",
    "Once",
    "Our",
    "Perhaps",
    "Please",
    "See",
    "She",
    "Since",
    "So",
    "Some",
    "Somebody",
    "Someone",
    "That",
    "The",
    "Their",
    "Then",
    "There",
    "Therefore",
    "These",
    "They",
    "This",
    "Those",
    "Thus",
    "To",
    "Unlike",
    "We",
    "What",
    "When",
    "Where",
    "Which",
    "While",
    "Why",
    "With",
    "You",
    "Your",
];

/// Words after which a full stop or comma is one that the text is about: "separated by a comma ,".
const ABOUT_MARKS: [&str; 12] = [
    "character",
    "comma",
    "commas",
    "delimiter",
    "dot",
    "dots",
    "operator",
    "period",
    "separator",
    "symbol",
    "typing",
    "using",
];

/// Commands whose argument may be a dot, the current folder: "go build ."
const COMMANDS: [&str; 22] = [
    "add", "apply", "build", "cat", "cd", "check", "clone", "code", "copy", "find", "fmt", "format", "init", "install",
    "lint", "ls", "mount", "open", "run", "test", "up", "vet",
];

/// Number of marks with a space before them from which on they are a style of their own, as in lists with dots between
/// their entries (a guess).
const MIN_STYLE_MARKS: usize = 4;

/// A fault at a mark: the bytes of the block that are wrong, and the text to write instead.
struct Fault {
    start: usize,
    end: usize,
    new: &'static str,
    message: &'static str,
}

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    if !cx.is_english(doc) {
        return;
    }
    let mut english = EnglishProse::new(doc);
    for block in &doc.prose.blocks {
        let text = doc.prose.text_of(block);
        let faults = memchr::memchr2_iter(b'.', b',', text.as_bytes());
        for fault in faults.filter_map(|at| {
            no_space_after(text, at).or_else(|| space_before(text, at)).or_else(|| space_on_wrong_side(text, at))
        }) {
            let range = block.range.start as usize + fault.start..block.range.start as usize + fault.end;
            if doc.prose.is_contiguous(range.clone())
                && !is_linked_name(doc, range.clone())
                && english.is_english(range)
            {
                say(doc, block, &fault, out);
            }
        }
    }
}

/// Returns true if a place of the prose is in the one word of a link, which is a name: "[time.Now](https://…)".
fn is_linked_name(doc: &Document, range: Range<usize>) -> bool {
    let span = doc.prose.source_span(range);
    let mut around = doc.links.iter().filter(|link| link.span.contains(span));
    around.any(|link| {
        let shown = doc.slice(link.span).trim_start_matches('[').split(']').next().unwrap_or("");
        !shown.contains(char::is_whitespace)
    })
}

/// Returns the fault of a mark that touches the next word: "the mean.See below", "median,standard deviation".
fn no_space_after(text: &str, at: usize) -> Option<Fault> {
    let (before, mark, after) = (text.get(..at)?, *text.as_bytes().get(at)?, text.get(at + 1..)?);
    if !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let left = last_lower_case_word(before)?;
    let right = words(after).next().filter(|word| word.start == 0)?.text;
    let rest = after.get(right.len()..)?.strip_prefix([' ', '\n'])?;
    let goes_on = rest.starts_with(|c: char| c.is_ascii_lowercase());
    let is_fault = if mark == b'.' {
        // A flag of a module has a short name before it: "re.I", "os.A".
        let is_member = right.len() == 1 && left.len() < MIN_WORD_LETTERS;
        OPENERS.contains(&right) && (goes_on || right == "I") && left.len() > 1 && !is_member
    } else {
        let is_word = |word: &str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_pair = ["pair", "pairs", "tuple", "tuples"].iter().any(|pair| rest.starts_with(pair));
        let opens_token = before.strip_suffix(left).is_some_and(|before| before.ends_with([' ', '\n']));
        goes_on && opens_token && !is_pair && is_word(left) && is_word(right) && is_english(right) && is_prose(before)
    };
    let (new, message) = match mark {
        b'.' => (". ", "a space is missing after this full stop"),
        _ => (", ", "a space is missing after this comma"),
    };
    (is_fault && is_english(left)).then_some(Fault { start: at, end: at + 1, new, message })
}

/// Returns the fault of a mark with a space before it: "the lamp , which", "in the lesson ."
fn space_before(text: &str, at: usize) -> Option<Fault> {
    let (before, mark, after) = (text.get(..at)?, *text.as_bytes().get(at)?, text.get(at + 1..)?);
    let trimmed = before.trim_end_matches(' ');
    if trimmed.len() == before.len() || !(after.is_empty() || after.starts_with([' ', '\n'])) {
        return None;
    }
    // Marks that are listed: "the signs . , ;", "the signs , and .".
    let next = after.trim_start_matches(' ');
    let next = ["and ", "or "].iter().find_map(|word| next.strip_prefix(word)).unwrap_or(next);
    if next.starts_with(['.', ',', ';', ':', '!', '?']) {
        return None;
    }
    let left = last_lower_case_word(trimmed)?;
    let is_argument = mark == b'.' && COMMANDS.contains(&left);
    let is_about = is_argument || is_function_word(left) || ABOUT_MARKS.contains(&left);
    let style = text.match_indices(if mark == b'.' { " . " } else { " , " }).take(MIN_STYLE_MARKS).count();
    let is_fault = left.len() > 1 && is_english(left) && !is_about && style < MIN_STYLE_MARKS && is_prose(trimmed);
    let (new, message) = match mark {
        b'.' => (".", "a space occurs before this full stop"),
        _ => (",", "a space occurs before this comma"),
    };
    is_fault.then_some(Fault { start: trimmed.len(), end: at + 1, new, message })
}

/// Returns the fault of a mark with a space before it and none after it: "the lamp ,which", "at home .Then we".
fn space_on_wrong_side(text: &str, at: usize) -> Option<Fault> {
    let (before, mark, after) = (text.get(..at)?, *text.as_bytes().get(at)?, text.get(at + 1..)?);
    let trimmed = before.trim_end_matches(' ');
    // First, because hardly any mark has a space before it and none after it.
    if trimmed.len() == before.len() || after.starts_with([' ', '\n']) {
        return None;
    }
    let left = last_lower_case_word(trimmed).filter(|left| left.len() > 1 && is_english(left))?;
    let right = words(after).next().filter(|word| word.start == 0)?.text;
    let rest = after.get(right.len()..)?.strip_prefix([' ', '\n'])?;
    let goes_on = rest.starts_with(|c: char| c.is_ascii_lowercase());
    let follows = match mark {
        // Names of files and hidden folders begin with a full stop, too.
        b'.' => OPENERS.contains(&right),
        _ => right.bytes().all(|byte| byte.is_ascii_lowercase()) && is_english(right),
    };
    let is_about = is_function_word(left) || ABOUT_MARKS.contains(&left);
    let is_fault = goes_on && follows && !is_about && is_prose(trimmed);
    let (new, message) = match mark {
        b'.' => (". ", "the space is before this full stop, not after it"),
        _ => (", ", "the space is before this comma, not after it"),
    };
    is_fault.then_some(Fault { start: trimmed.len(), end: at + 1, new, message })
}

/// Returns the lower-case word at the end of `text` if nothing but a space or bracket precedes it.
fn last_lower_case_word(text: &str) -> Option<&str> {
    let start = text.trim_end_matches(|c: char| c.is_ascii_lowercase()).len();
    let is_free = text[..start].ends_with([' ', '\n', '(', '"', '“']) || start == 0;
    text.get(start..).filter(|word| !word.is_empty() && is_free)
}

/// Returns true if the sentence that ends with `before` has a function word: commands ("docker build .") and rows of
/// data have none.
fn is_prose(before: &str) -> bool {
    let sentence = before.rsplit(['.', '!', '?', '\n']).next().unwrap_or("");
    words(sentence).any(|word| is_function_word(&word.text.to_ascii_lowercase()))
}

fn say(doc: &Document, block: &ProseBlock, fault: &Fault, out: &mut Report) {
    let base = block.range.start as usize;
    let span = doc.prose.source_span(base + fault.start..base + fault.end);
    let title = match (fault.end - fault.start > 1, fault.new.ends_with(' ')) {
        (true, true) => "put the space after it",
        (_, true) => "put a space after it",
        _ => "remove the space",
    };
    out.find(doc.id, span, fault.message).fix(Fix::likely(title, [Edit::replace(doc.id, span, fault.new)]));
}
