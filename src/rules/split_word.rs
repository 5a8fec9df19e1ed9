//! `split-word`: a stray space within a word, or a missing one between two.

use crate::model::document::{Document, ProseBlock};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::english::EnglishProse;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::english::dictionary::{is_english, is_term};
use crate::text::english::marked_words::WordMark;
use crate::text::words::{Shape, Word, stands_free, words};

pub(crate) static RULE: Rule = Rule {
    id: "split-word",
    family: Family::Language,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "a space within a word",
    page: include_str!("../../rules/split-word.md"),
    check: Check::Document(check),
};

/// Minimum length of the rest of a divided word, in bytes (a guess): shorter rests form a word with too many letters.
const MIN_REST_BYTES: usize = 3;

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    if !cx.is_english(doc) {
        return;
    }
    let mut english = EnglishProse::new(doc);
    for marked in doc.marked_words().by_block() {
        let block = &doc.prose.blocks[marked[0].block()];
        let text = doc.prose.text_of(block);
        let base = block.range.start as usize;
        for rest in marked.iter().filter(|word| word.has(WordMark::Rest)) {
            let Some((letter, rest)) = letter_and_rest(text, rest.start() - 1) else { continue };
            if is_split(doc, text, &letter, &rest)
                && !cx.options.split_word.words.contains(&format!("{} {}", letter.text, rest.text))
                && english.is_english(base + letter.start..base + rest.end())
            {
                say(doc, block, &letter, &rest, out);
            }
        }
    }
}

/// Returns the single letter before a space and the word after it, which starts in lower case.
fn letter_and_rest(text: &str, space: usize) -> Option<(Word<'_>, Word<'_>)> {
    let bytes = text.as_bytes();
    let at = space.checked_sub(1)?;
    let is_letter = bytes[at].is_ascii_alphabetic() && bytes.get(space + 1)?.is_ascii_lowercase();
    let is_single = at == 0 || !bytes[at - 1].is_ascii_alphanumeric() && bytes[at - 1].is_ascii();
    if !is_letter || !is_single {
        return None;
    }
    let letter = words(text.get(at..space)?).next()?;
    let rest = words(text.get(space + 1..)?).next()?;
    Some((Word { start: at, ..letter }, Word { start: space + 1, ..rest }))
}

/// Returns true if a single letter and the text after it are one word that a space divides: together they form a word,
/// and the text after the space is not a word by itself.
fn is_split(doc: &Document, text: &str, letter: &Word<'_>, rest: &Word<'_>) -> bool {
    let is_word_alone = matches!(letter.text, "a" | "A" | "I" | "O");
    // "R ollingUpdate" and "k eys", but not "K Vectors" or "n JWTs".
    let fits = rest.text.len() >= MIN_REST_BYTES
        && matches!(rest.shape, Shape::Lower | Shape::Mixed)
        && rest.text.starts_with(|c: char| c.is_ascii_lowercase());
    if is_word_alone || !fits || text.as_bytes().get(letter.end()) != Some(&b' ') {
        return false;
    }
    if !stands_free(text, letter.start, letter.end()) || !stands_free(text, rest.start, rest.end()) {
        return false;
    }
    let joined = format!("{}{}", letter.text, rest.text);
    let joins = match rest.shape {
        // The document must contain an identifier elsewhere, because no dictionary does.
        Shape::Mixed => occurs(doc.text(), &joined) || humps_are_words(&joined),
        _ => is_english(&joined) || is_term(&joined),
    };
    joins && !is_english(rest.text) && !is_term(rest.text) && !occurs(doc.text(), rest.text)
}

/// Returns true if an identifier in camel case consists of words: `RollingUpdate`.
fn humps_are_words(identifier: &str) -> bool {
    let mut humps: Vec<String> = Vec::new();
    for c in identifier.chars() {
        match humps.last_mut() {
            Some(hump) if !c.is_ascii_uppercase() => hump.push(c),
            _ => humps.push(c.to_ascii_lowercase().to_string()),
        }
    }
    humps.len() > 1 && humps.iter().all(|hump| hump.len() > 2 && (is_english(hump) || is_term(hump)))
}

/// Returns true if `word` occurs in `text` as a whole word, apart from the place in question.
fn occurs(text: &str, word: &str) -> bool {
    let bytes = text.as_bytes();
    let whole = memchr::memmem::find_iter(bytes, word).filter(|&at| {
        let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let lone_letter = before == Some(&b' ')
            && at >= 2
            && bytes[at - 2].is_ascii_alphabetic()
            && !is_letter(at.checked_sub(3).and_then(|at| bytes.get(at)));
        !is_letter(before) && !is_letter(bytes.get(at + word.len())) && !lone_letter
    });
    whole.count() > 0
}

fn say(doc: &Document, block: &ProseBlock, letter: &Word<'_>, rest: &Word<'_>, out: &mut Report) {
    let base = block.range.start as usize;
    let both = base + letter.start..base + rest.end();
    let span = doc.prose.source_span(both.clone());
    let joined = format!("{}{}", letter.text, rest.text);
    let finding = out.find(doc.id, span, format!("a space divides `{joined}`"));
    if doc.prose.is_contiguous(both) {
        finding.fix(Fix::likely(format!("write `{joined}`"), Edit::replace(doc.id, span, &joined)));
    } else {
        finding.candidates([joined]);
    }
}
