//! Capitalized misspellings: which of them are names.

use crate::model::document::{BlockKind, Document, ProseBlock};
use crate::model::finding::Tier;
use crate::text::english::dictionary::{is_english, is_known};
use crate::text::words::{Shape, Word, words};

/// Minimum length of a capitalized misspelling within a sentence (a guess), where most capitalized words are names.
const MIN_WITHIN_CHARS: usize = 5;
/// Minimum length of a capitalized misspelling of several words at the start of a sentence in the gate tier (a guess).
const MIN_OPENING_CHARS: usize = 7;
/// Minimum length of a capitalized misspelling before an English word with a capital, in the gate tier (a guess): the two are a
/// title, or the name of a button.
const MIN_ROW_CHARS: usize = 7;
/// Length from which on hardly a name resembles a misspelling (a guess).
const MIN_SURE_CHARS: usize = 8;

/// Words that are always capitalized, and that no name resembles.
const CALENDAR: [&str; 12] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "september",
    "november",
    "december",
];

/// Words that precede names of people.
const TITLES: [&str; 25] = [
    "author",
    "by",
    "called",
    "capt",
    "col",
    "de",
    "dr",
    "fr",
    "gen",
    "hon",
    "lt",
    "mr",
    "mrs",
    "ms",
    "mt",
    "named",
    "prof",
    "professor",
    "rev",
    "sgt",
    "sir",
    "st",
    "user",
    "van",
    "von",
];

/// Returns the tier in which a misspelling is reported, by its capital: the gate if it has none, if it opens a heading
/// or a sentence, if it is in a row of English words that all have one, or if the document contains the correction.
/// `None` if it may well be a name.
pub(super) fn tier_of(doc: &Document, block: &ProseBlock, word: &Word<'_>, corrections: &[&str]) -> Option<Tier> {
    let in_heading = matches!(doc[block.block].kind, BlockKind::Heading(_)) && !is_surname(doc, block, word);
    if word.shape != Shape::Capitalised || in_heading || corrections.iter().all(|word| CALENDAR.contains(word)) {
        return Some(Tier::Gate);
    }
    let text = doc.prose.text_of(block);
    let before = text.get(..word.start).unwrap_or("");
    let opens = begins_sentence(before) || opens_label(doc, block, word);
    let is_name = ends_in_abbreviation(before.trim_end_matches(' ')) || is_signature(before);
    if is_name || opens && is_entry(text.get(word.end()..).unwrap_or("")) {
        return None;
    }
    let last = before.trim_end_matches([' ', '“', '"', '*', '.']);
    let last = last.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let previous = (!opens && last.starts_with(char::is_uppercase)).then_some(last);
    let next = text.get(word.end()..).and_then(|after| after.strip_prefix(' ')).and_then(|after| words(after).next());
    let next = next.filter(|next| next.start == 0 && next.text.starts_with(char::is_uppercase));
    let next_is_english = next.is_some_and(|next| next.text.len() > 3 && is_known(&next.text.to_lowercase()));
    let is_long_in_row = word.text.len() >= MIN_ROW_CHARS;
    // "Insufficent Funds", "The Forground Colour": the words beside it have capitals, too, and are no names.
    let beside: Vec<&str> = previous.into_iter().chain(next.map(|next| next.text)).collect();
    let is_in_row = |word: &&str| {
        // Abbreviations, and products: "LanguageTool".
        let has_capitals = word.chars().skip(1).any(char::is_uppercase);
        has_capitals || is_known(&word.to_lowercase())
    };
    let in_row = beside.iter().all(is_in_row);
    let is_long = word.text.len() >= if opens { MIN_OPENING_CHARS } else { MIN_SURE_CHARS };
    let means_one_word = corrections.len() == 1 && corrections.iter().all(|word| is_known(word));
    // "Facter is a tool": a short name at the start of a sentence may resemble several words.
    let may_name = !means_one_word && word.text.len() < MIN_OPENING_CHARS;
    if opens && beside.is_empty() && may_name {
        return Some(Tier::Audit);
    }
    let opens_row =
        next_is_english && is_long_in_row && means_one_word && !TITLES.contains(&last.to_lowercase().as_str());
    if opens_row && !opens {
        return Some(Tier::Gate);
    }
    if opens && beside.is_empty() || !beside.is_empty() && in_row && is_long && means_one_word {
        return Some(Tier::Gate);
    }
    let is_alone = beside.is_empty() || in_row && means_one_word;
    if !is_alone || TITLES.contains(&last.to_lowercase().as_str()) {
        return None;
    }
    if corrections.iter().any(|correction| mentions(doc.prose.text(), correction)) {
        return Some(Tier::Gate);
    }
    (in_row && means_one_word && word.text.len() >= MIN_WITHIN_CHARS).then_some(Tier::Audit)
}

/// Returns true if a word of a heading follows a given name, and ends the heading or precedes another name.
fn is_surname(doc: &Document, block: &ProseBlock, word: &Word<'_>) -> bool {
    /// Length from which on hardly a surname resembles a misspelling (a guess).
    const MIN_NO_SURNAME_CHARS: usize = 10;
    /// Given names that are words as well, in lower case.
    const GIVEN: [&str; 40] = [
        "alan", "amber", "bill", "bob", "carol", "chad", "chase", "clay", "cliff", "daisy", "dale", "dawn", "dean",
        "dick", "faith", "frank", "gene", "grace", "grant", "guy", "hank", "harry", "heath", "hope", "ivy", "jack",
        "jean", "john", "josh", "joy", "lance", "mark", "mike", "nick", "norm", "pat", "ray", "rob", "rose", "will",
    ];
    let text = doc.prose.text_of(block);
    let Some(before) = text.get(..word.start).and_then(|before| before.strip_suffix(' ')) else { return false };
    let given = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    let small = given.to_lowercase();
    let is_name = given.chars().count() > 2
        && given.starts_with(char::is_uppercase)
        && given.chars().skip(1).all(char::is_lowercase)
        && word.text.len() < MIN_NO_SURNAME_CHARS
        && (GIVEN.contains(&small.as_str()) || is_english(given) && !is_known(&small));
    let after = text.get(word.end()..).unwrap_or("").trim_start();
    is_name && !after.starts_with(|c: char| c.is_lowercase() || c.is_numeric())
}

/// Returns true if a word is the first of several of a link: "[[boats|Seperate boats]]".
fn opens_label(doc: &Document, block: &ProseBlock, word: &Word<'_>) -> bool {
    let place = block.range.start as usize + word.start;
    let span = doc.prose.source_span(place..place + word.text.len());
    let after = doc.text().get(span.end as usize..).unwrap_or("");
    doc.text_before(span.start).ends_with(['[', '|']) && after.starts_with(' ') && !after.trim_start().starts_with(']')
}

/// Returns true if a sentence begins after `before`.
pub(super) fn begins_sentence(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '“', '"', '*']);
    before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n', '–', '—', '(']) && !ends_in_abbreviation(before)
}

/// Returns true if the full stop at the end belongs to a title or to an initial: "Mr.", "A. B.".
fn ends_in_abbreviation(before: &str) -> bool {
    let Some(rest) = before.strip_suffix('.') else { return false };
    let last = rest.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let is_initial = last.chars().count() == 1 && last.starts_with(char::is_uppercase);
    is_initial || last.starts_with(char::is_uppercase) && TITLES.contains(&last.to_lowercase().as_str())
}

/// Returns true if `after` goes on as the entry of a list of people does after a surname: "Hander, A. and …", "Hander,
/// Anna" and no more, "Hander (@hander)".
fn is_entry(after: &str) -> bool {
    if after.starts_with(" (@") {
        return true;
    }
    let Some(rest) = after.strip_prefix(", ").filter(|rest| rest.starts_with(char::is_uppercase)) else { return false };
    let first = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    let rest = &rest[first.len()..];
    first.chars().count() == 1 && rest.starts_with('.') || rest.trim().is_empty()
}

/// Returns true if `before` is the dash of a signature below a quotation: "— Hander, 1931".
fn is_signature(before: &str) -> bool {
    let before = before.rsplit('\n').next().unwrap_or("").trim();
    !before.is_empty() && before.chars().all(|c| matches!(c, '–' | '—'))
}

/// Returns true if `word`, in any case, is a word of `text`.
fn mentions(text: &str, word: &str) -> bool {
    words(text).any(|found| found.text.eq_ignore_ascii_case(word))
}

/// Returns true if the document uses a capitalized word as a name: more than once, never in lower case, and not only at
/// the beginning of sentences.
pub(super) fn is_used_as_name(doc: &Document, word: &Word<'_>, corrections: &[&str]) -> bool {
    let calendar = corrections.iter().all(|word| CALENDAR.contains(word));
    if word.shape != Shape::Capitalised || calendar {
        return false;
    }
    let text = doc.prose.text();
    let places = |word: &str| {
        let whole = memchr::memmem::find_iter(text.as_bytes(), word).filter(|&at| {
            let letter = |text: Option<char>| text.is_some_and(char::is_alphanumeric);
            !letter(text[..at].chars().next_back()) && !letter(text[at + word.len()..].chars().next())
        });
        whole.collect::<Vec<usize>>()
    };
    let within = |at: &usize| {
        let before = text[..*at].trim_end_matches([' ', '“', '"']);
        before.len() < *at && before.ends_with(|c: char| c.is_lowercase() || c == ',') || before.ends_with('(')
    };
    // Headings, and the links of a table of contents to them, give any word a capital.
    let is_titled = |at: &usize| {
        let span = doc.prose.source_span(*at..*at + word.text.len());
        let in_heading = || doc.block_at(span.start).is_some_and(|at| matches!(doc[at].kind, BlockKind::Heading(_)));
        doc.links.iter().any(|link| link.target.starts_with('#') && link.span.contains(span)) || in_heading()
    };
    let capitals: Vec<usize> = places(word.text).into_iter().filter(|at| !is_titled(at)).collect();
    capitals.len() > 1 && capitals.iter().any(within) && places(&word.text.to_ascii_lowercase()).is_empty()
}
