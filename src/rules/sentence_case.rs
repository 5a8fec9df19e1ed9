//! `sentence-case`: a sentence that starts in lower case although most of its kind here start with a capital.

use crate::facts::code_names::is_named_in_code;
use crate::model::document::{BlockKind, Document, ProseBlock};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::settings::AllowedWords;
use crate::text::english::dictionary::{is_english, is_term};
use crate::text::words::{Shape, Word, in_the_case_of, is_letter_or_digit, stands_free, words};

pub(crate) static RULE: Rule = Rule {
    id: "sentence-case",
    family: Family::Language,
    tier: Tier::Audit,
    severity: Severity::Info,
    stage: Stage::Words,
    summary: "a sentence starts in lower case",
    page: include_str!("../../rules/sentence-case.md"),
    check: Check::Document(check),
};

/// Minimum number of headings or sentences of a document that make a habit, and the minimum share of them that start
/// with a capital (both guesses).
const HABIT: (usize, f64) = (6, 0.9);

/// Abbreviations after whose full stop a sentence continues.
const ABBREVIATIONS: [&str; 42] = [
    "al", "approx", "apps", "avg", "ca", "cf", "ch", "co", "comp", "corp", "dept", "dev", "dir", "dr", "eg", "eq",
    "esp", "est", "etc", "ex", "exp", "ext", "fig", "ie", "inc", "incl", "intro", "lib", "max", "min", "mr", "mrs",
    "no", "num", "orig", "prev", "ref", "resp", "sec", "std", "vol", "vs",
];

/// Particles with which names of people begin, in lower case: "van den Berg".
const NAME_PARTICLES: [&str; 20] = [
    "al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "ibn", "la", "le", "ten", "ter", "van",
    "von", "zu", "zur",
];

/// Words that begin sentences and never name anything, although some are in lists of terms.
const SENTENCE_OPENERS: [&str; 24] = [
    "a", "an", "and", "at", "but", "for", "he", "if", "in", "it", "its", "on", "or", "she", "so", "that", "the",
    "these", "they", "this", "to", "use", "we", "you",
];

/// A start of a sentence or heading.
struct SentenceStart<'a> {
    block: &'a ProseBlock,
    word: Word<'a>,
    heading: bool,
}

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    if !cx.audit || !cx.is_english(doc) {
        return;
    }
    let starts: Vec<SentenceStart<'_>> = doc.prose.blocks.iter().flat_map(|block| starts(doc, block)).collect();
    for heading in [true, false] {
        let kind: Vec<&SentenceStart<'_>> = starts.iter().filter(|start| start.heading == heading).collect();
        let capital = kind.iter().filter(|start| start.word.shape != Shape::Lower).count();
        if kind.len() < HABIT.0 || (capital as f64) < HABIT.1 * kind.len() as f64 {
            continue;
        }
        for start in kind.into_iter().filter(|start| is_small(doc, start, &cx.options.sentence_case.words)) {
            say(doc, start, out);
        }
    }
}

/// Returns the starts of a block: for a heading its first word, for other prose the words after a full stop.
fn starts<'a>(doc: &'a Document, block: &'a ProseBlock) -> Vec<SentenceStart<'a>> {
    let heading = matches!(doc[block.block].kind, BlockKind::Heading(_));
    let text = doc.prose.text_of(block);
    let start = |word: Word<'a>| SentenceStart { block, word, heading };
    let is_counted = |word: &Word<'_>| word.shape != Shape::Other;
    if heading {
        let first = words(text).next().filter(|word| word.start == 0);
        return first.into_iter().filter(is_counted).map(start).collect();
    }
    let base = block.range.start as usize;
    let stops = memchr::memchr3_iter(b'.', b'?', b'!', text.as_bytes());
    let starts = stops.filter_map(|stop| {
        let next = word_after(text, stop).filter(is_counted)?;
        let last = last_small_word(text, stop)?;
        // A question that is the title of a link ends no sentence around it.
        let ends = ends_sentence(text, &last, &next) && doc.prose.is_contiguous(base + last.start..base + next.end());
        ends.then(|| start(next))
    });
    starts.collect()
}

/// Returns the word that is parted from the stop at `at` by one space or line break.
fn word_after(text: &str, at: usize) -> Option<Word<'_>> {
    let rest = text.get(at + 1..)?.strip_prefix([' ', '\n'])?;
    let next = words(rest).next().filter(|word| word.start == 0)?;
    Some(Word { start: at + 2, ..next })
}

/// Returns the word that ends at `at` if all of it is in lower case.
fn last_small_word(text: &str, at: usize) -> Option<Word<'_>> {
    let before = text.get(..at)?;
    let letters = before.bytes().rev().take_while(u8::is_ascii_lowercase).count();
    let (rest, word) = before.split_at(at - letters);
    let is_whole = letters > 0 && !rest.ends_with(is_letter_or_digit);
    is_whole.then_some(Word { text: word, start: rest.len(), shape: Shape::Lower })
}

/// Returns true if a sentence ends between two words: at a full stop and one space, unless the full stop belongs to an
/// abbreviation.
fn ends_sentence(text: &str, last: &Word<'_>, next: &Word<'_>) -> bool {
    let between = text.get(last.end()..next.start).unwrap_or("");
    matches!(between, ". " | "? " | "! " | ".\n" | "?\n" | "!\n")
        && matches!(last.shape, Shape::Lower)
        && last.text.len() > 2
        // "iii. a notice": a number of an item.
        && !last.text.bytes().all(|byte| b"ivxlc".contains(&byte))
        && is_english(last.text)
        && !ABBREVIATIONS.contains(&last.text.to_ascii_lowercase().as_str())
        && !is_in_brackets(text, last.end())
        && stands_free(text, last.start, last.end())
}

/// Returns true if a bracket is open at `at`: an exclamation within brackets ends no sentence around them.
fn is_in_brackets(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    line.matches(['(', '[']).count() > line.matches([')', ']']).count()
}

/// Returns true if a start is in lower case by mistake: it is a common English word, and not a name that is always
/// written in lower case.
fn is_small(doc: &Document, start: &SentenceStart<'_>, own: &AllowedWords) -> bool {
    let text = doc.prose.text_of(start.block);
    let after = text.get(start.word.end()..).unwrap_or("");
    // "heap for cleanup", "reflect package", "exec: runs commands": names of the things that the text describes.
    let is_term =
        !SENTENCE_OPENERS.contains(&start.word.text) && (start.word.text.len() < 3 || is_term(start.word.text));
    let begins_name = NAME_PARTICLES.contains(&start.word.text) && is_name_next(after);
    let is_name = is_term
        || start.heading && is_beside_name(after)
        || begins_name
        || start.word.text == "etc"
        || after.starts_with(':')
        || after.starts_with(" package");
    !is_name
        && start.word.shape == Shape::Lower
        && is_english(start.word.text)
        && stands_free(text, start.word.start, start.word.end())
        && !own.contains(start.word.text)
        && !is_named_in_code(doc, start.word.text)
}

/// Returns true if a name in small letters is beside the first word: "curl and wget".
fn is_beside_name(after: &str) -> bool {
    let rest = [" and ", " or ", " vs ", " vs. ", ", ", "/", " & "].iter().find_map(|joint| after.strip_prefix(joint));
    let next = rest.and_then(|rest| words(rest).next()).filter(|next| next.start == 0);
    next.is_some_and(|next| next.shape == Shape::Lower && (is_term(next.text) || !is_english(next.text)))
}

/// Returns true if a capitalized word follows, perhaps after more particles of a name.
fn is_name_next(after: &str) -> bool {
    let next = words(after).find(|word| !NAME_PARTICLES.contains(&word.text));
    next.is_some_and(|next| next.shape == Shape::Capitalised && next.start < 12)
}

fn say(doc: &Document, start: &SentenceStart<'_>, out: &mut Report) {
    let base = start.block.range.start as usize;
    let range = base + start.word.start..base + start.word.end();
    let span = doc.prose.source_span(range.clone());
    let capital = in_the_case_of("Ab", start.word.text);
    let kind = if start.heading { "heading" } else { "sentence" };
    let finding = out.find(doc.id, span, format!("this {kind} starts in lower case, unlike the others here"));
    if doc.prose.is_contiguous(range) {
        finding.fix(Fix::likely(format!("write `{capital}`"), Edit::replace(doc.id, span, &capital)));
    } else {
        finding.candidates([capital]);
    }
}
