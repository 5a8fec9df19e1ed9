//! `unknown-word`: a rare word that no dictionary contains and that is one typo away from a known one.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::facts::code_names::is_named_in_code;
use crate::facts::counterparts::aligned_items;
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::english::EnglishProse;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::settings::Options;
use crate::text::english::corrections::corrections_of;
use crate::text::english::dictionary::{
    is_compound, is_compound_of, is_derived, is_english, is_known, joined_words, neighbours, two_words,
};
use crate::text::english::locale::{Locale, foreign, spelled_in};
use crate::text::english::spelling::{Trigrams, distance, for_each_slip};
use crate::text::language::Language;
use crate::text::words::vocabulary::{self, Vocabulary, WordStatistics};
use crate::text::words::{Shape, Word, in_the_case_of, is_followed_by_sic, stands_free, words};

pub(crate) static RULE: Rule = Rule {
    id: "unknown-word",
    family: Family::Language,
    // Most findings are of the audit tier; those with strong evidence are of the gate tier.
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "an unknown rare word, one typo away from a known one",
    page: include_str!("../../rules/unknown-word.md"),
    check: Check::Collection(check),
};

/// Minimum length of a suspect word (a guess): shorter words are similar to too many others.
const MIN_UNKNOWN_WORD_CHARS: usize = 6;
/// Maximum length of a suspect word (a guess): longer tokens are not words, and searching for their neighbours takes
/// too long.
const MAX_WORD_BYTES: usize = 40;
/// Minimum length of a suspect word in the gate tier (a guess).
const MIN_CERTAIN_WORD_CHARS: usize = 8;
/// Maximum number of suggested corrections (a guess).
const MAX_SUGGESTIONS: usize = 4;
/// Maximum number of occurrences of a suspect word, copies of one passage included (a guess): a more frequent word is
/// the authors' own.
const MAX_OCCURRENCES: u32 = 24;
/// Maximum number of different passages with a suspect word (a guess): a word in more of them is the authors' own.
const MAX_PASSAGES: usize = 3;
/// Minimum ratio of a neighbour's occurrences to those of a word that may be a compound, and minimum number of
/// occurrences of the neighbour (both guesses).
const KNOWN_NEIGHBOUR_RATIO: (u32, u32) = (5, 20);
/// Minimum length of both parts of a compound that may be the correction of another word (a guess): shorter parts occur
/// in words of any language ("chest" and "ham").
const MIN_COMPOUND_PART_BYTES: usize = 5;

/// Minimum ratio of a neighbour's occurrences to those of a word that never occurs in lower case (a guess).
const NAME_NEIGHBOUR_RATIO: u32 = 3;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    let texts: Vec<&str> = collection.documents.iter().map(english_text).collect();
    let vocabulary = Vocabulary::of(texts.iter().copied(), shortest(cx) - 1, MAX_OCCURRENCES);
    let entries = vocabulary.entries();
    let common = if cx.audit { common_words(&texts, &entries) } else { Common::default() };
    let mut found: Vec<(SuspectOccurrence<'_>, SuspectDiagnosis)> = Vec::new();
    let small = entries.iter().filter(|entry| entry.small).filter_map(|entry| word_at(&texts, entry.first));
    let known = KnownWords { usual: Trigrams::of(small.map(str::as_bytes)), vocabulary: &vocabulary, common };
    for entry in &entries {
        let Some(suspect) = word_at(&texts, entry.first).and_then(|word| suspect(word, entry, &known, cx)) else {
            continue;
        };
        let places = vocabulary.places(entry).into_iter().filter_map(|place| SuspectOccurrence::new(&texts, place));
        let places: Vec<SuspectOccurrence<'_>> = places.collect();
        let contexts: BTreeSet<&str> = places.iter().map(|place| context(texts[place.doc], place)).collect();
        let usual = contexts.len() > MAX_PASSAGES
            || places.iter().any(|place| !place.free || is_name(&collection.documents[place.doc], place));
        if usual {
            continue;
        }
        for place in places {
            let verdict = suspect.verdict(contexts.len(), evidence(collection, &place));
            let options = cx.options_of(collection.documents[place.doc].id);
            let wanted = verdict.sure || cx.audit && !suspect.gate_only && !verdict.meant.is_empty();
            if wanted && !is_allowed(&place.word.to_ascii_lowercase(), options) {
                found.push((place, verdict));
            }
        }
    }
    // In the order of the text, so that each block is examined once.
    found.sort_by_key(|(place, _)| (place.doc, place.start));
    for in_doc in found.chunk_by(|(a, _), (b, _)| a.doc == b.doc) {
        let doc = &collection.documents[in_doc[0].0.doc];
        if !cx.is_english(doc) {
            continue;
        }
        let mut english = EnglishProse::new(doc);
        for (place, verdict) in in_doc {
            if english.is_english(place.start..place.start + place.word.len()) {
                say(collection, place, verdict, cx.options_of(doc.id).locale, out);
            }
        }
    }
}

/// Returns the minimum length of a word that can be reported. Without the audit tier only long words and their
/// neighbours matter, unless there are versions whose words are evidence of a typo in others.
fn shortest(cx: &Context<'_>) -> usize {
    if cx.audit || !cx.collection.works.is_empty() { MIN_UNKNOWN_WORD_CHARS } else { MIN_CERTAIN_WORD_CHARS }
}

/// Returns true if an occurrence is the whole text of a link, or a name in the code of its document.
fn is_name(doc: &Document, place: &SuspectOccurrence<'_>) -> bool {
    let span = doc.prose.source_span(place.start..place.start + place.word.len());
    let before = doc.text().get(..span.start as usize).unwrap_or("");
    let after = doc.text().get(span.end as usize..).unwrap_or("");
    before.ends_with('[') && after.starts_with(']') || is_named_in_code(doc, place.word)
}

/// Returns the prose of a document if it is English, otherwise an empty text.
fn english_text(doc: &Document) -> &str {
    if doc.format == Format::Markdown && doc.language() == Language::English { doc.prose.text() } else { "" }
}

/// A word that is probably misspelt.
struct SuspectWord {
    /// Possible corrections, likeliest first.
    meant: Vec<String>,
    /// Number of occurrences of the only possible correction, if all other evidence suffices for the gate tier.
    sure: Option<u32>,
    /// True if another version of the work can make the correction certain: the word is in lower case, and does not
    /// consist of two words.
    provable: bool,
    /// True if the word is only reported if its correction is certain.
    gate_only: bool,
}

/// A word that another version of the work has in place of a suspect word.
struct WordEvidence {
    /// The word in lower case.
    word: String,
    /// The document with the word.
    doc: DocId,
    span: Span,
}

/// Decision on a suspect word at one place.
struct SuspectDiagnosis {
    meant: Vec<String>,
    sure: bool,
    evidence: Option<WordEvidence>,
}

impl SuspectWord {
    /// Returns true if the correction is certain, given the number of different passages with the word.
    fn is_sure(&self, passages: usize) -> bool {
        self.sure.is_some_and(|count| count as usize > passages)
    }

    /// Returns the diagnosis, given the number of different passages with the word and the evidence of other versions:
    /// the word of another version ranks before all others, and a single one proves the typo.
    fn verdict(&self, passages: usize, mut evidence: Vec<WordEvidence>) -> SuspectDiagnosis {
        let mut meant: Vec<String> = evidence.iter().map(|one| one.word.clone()).collect();
        let proved = self.provable && evidence.len() == 1;
        if !proved {
            meant.extend(self.meant.iter().filter(|word| evidence.iter().all(|seen| seen.word != **word)).cloned());
            meant.truncate(MAX_SUGGESTIONS);
        }
        let best = (!evidence.is_empty()).then(|| evidence.swap_remove(0));
        SuspectDiagnosis { meant, sure: self.is_sure(passages) || proved, evidence: best }
    }
}

/// The words of the collection, among which a correction is looked for.
struct KnownWords<'a> {
    vocabulary: &'a Vocabulary,
    /// Runs of letters in the words that occur in lower case.
    usual: Trigrams,
    common: Common<'a>,
}

fn suspect(written: &str, entry: &WordStatistics, known: &KnownWords<'_>, cx: &Context<'_>) -> Option<SuspectWord> {
    // A word that never occurs in lower case is a name.
    let candidate = (shortest(cx)..=MAX_WORD_BYTES).contains(&written.len())
        && entry.count <= MAX_OCCURRENCES
        && (entry.small || cx.audit);
    if !candidate {
        return None;
    }
    let word = written.to_ascii_lowercase();
    if is_known(&word) || is_english(written) || !corrections_of(&word).is_empty() || is_derived(&word) {
        return None;
    }
    if is_allowed(&word, cx.options) {
        return None;
    }
    let (near, contested) = near_words(&word, entry, known);
    let sure = match near.as_slice() {
        [(only, count)] if entry.small && word.len() >= MIN_CERTAIN_WORD_CHARS && !contested => {
            is_sure(&word, entry, only, *count).then_some(*count)
        }
        _ => None,
    };
    let compound = is_compound(&word);
    // "systemis a": two words run together are as near to another word.
    let joined = joined_words(&word).filter(|_| entry.small && !near.is_empty());
    let sure = sure.filter(|_| joined.is_none());
    // A word that never occurs in lower case is a name, unless it is near to a common word of the collection.
    let is_usual = |count: u32| entry.small || count >= NAME_NEIGHBOUR_RATIO * entry.count;
    let near = near.into_iter().filter(|(_, count)| is_usual(*count)).map(|(word, _)| word);
    let mut meant: Vec<String> = joined.into_iter().chain(near).collect();
    if meant.is_empty() && cx.audit && !compound && entry.small {
        if word.len() >= MIN_CERTAIN_WORD_CHARS {
            meant = far_words(&word, &known.common);
        }
        // Words that only the dictionary knows are near to many terms and names.
        if word.len() > MIN_CERTAIN_WORD_CHARS {
            meant.extend(neighbours(&word, |near| is_inside(&word, near)));
        }
        if word.len() >= MIN_CERTAIN_WORD_CHARS {
            meant.extend(two_words(&word));
        }
    }
    meant.truncate(MAX_SUGGESTIONS);
    let provable = entry.small && !compound;
    // Another version may have the correction even if this one does not.
    let hopeless = meant.is_empty() && cx.collection.works.is_empty();
    (!hopeless).then_some(SuspectWord { meant, sure, provable, gate_only: compound })
}

/// Returns true if the user allows a word in lower case, or listed it as a misspelling.
fn is_allowed(word: &str, options: &Options) -> bool {
    options.unknown_word.words.contains(word)
        || options.misspelling.extend_words.contains_key(word)
        // `misspelling` reports the spelling of another country.
        || options.locale.is_some_and(|locale| foreign(word, locale).is_some())
}

/// Returns the known words of the collection that are one typo away, with their counts, likeliest first; and true if a
/// much more common word that only the collection has is as near. Such a word is not offered as a correction, because
/// it may belong to another language, unless it is evidently made of two English words ("healthcheck").
fn near_words(word: &str, entry: &WordStatistics, words: &KnownWords<'_>) -> (Vec<(String, u32)>, bool) {
    let mut contested = false;
    let mut near: Vec<(String, u32)> = Vec::new();
    for_each_slip(word.as_bytes(), &words.usual, &mut |slip| {
        if let Some(found) = words.vocabulary.get(slip)
            && found.small
            && let Ok(spelling) = std::str::from_utf8(slip)
            && is_inside(word, spelling)
            && near.iter().all(|(known, _)| known != spelling)
        {
            let learnt = is_much_commoner(found.count, entry) && is_compound_of(spelling, MIN_COMPOUND_PART_BYTES);
            if is_known(spelling) || is_derived(spelling) || learnt {
                near.push((spelling.to_owned(), found.count));
            } else {
                contested |= is_much_commoner(found.count, entry);
            }
        }
    });
    near.sort_by(|a, b| distance(word, &a.0).total_cmp(&distance(word, &b.0)).then(b.1.cmp(&a.1)));
    (near, contested)
}

/// The common words of the collection, by first and last letter.
type Common<'a> = FxHashMap<(u8, u8), Vec<&'a str>>;

fn common_words<'a>(texts: &[&'a str], entries: &[WordStatistics]) -> Common<'a> {
    let mut common: Common<'a> = FxHashMap::default();
    for entry in entries {
        if let Some(word) = word_at(texts, entry.first)
            && let (Some(first), Some(last)) = (word.bytes().next(), word.bytes().last())
            && entry.small
            && entry.count >= KNOWN_NEIGHBOUR_RATIO.1
            && word.len() + 1 >= MIN_CERTAIN_WORD_CHARS
        {
            common.entry((first.to_ascii_lowercase(), last.to_ascii_lowercase())).or_default().push(word);
        }
    }
    common
}

/// Returns the common words of the collection that are two typos away from a long word: "Sticktly" is more likely
/// "strictly" than "stickily".
fn far_words(word: &str, common: &Common<'_>) -> Vec<String> {
    let (Some(first), Some(last)) = (word.bytes().next(), word.bytes().last()) else { return Vec::new() };
    let near_in_length = |other: &&&str| other.len().abs_diff(word.len()) <= 2;
    let candidates = common.get(&(first, last)).map_or(&[][..], Vec::as_slice).iter().filter(near_in_length);
    let mut far: Vec<(f32, &str)> = candidates.map(|other| (distance(word, other), *other)).collect();
    far.retain(|(distance, other)| *distance <= 2.0 && is_english(other));
    far.sort_by(|a, b| a.0.total_cmp(&b.0));
    far.into_iter().take(2).map(|(_, word)| word.to_ascii_lowercase()).collect()
}

fn is_much_commoner(count: u32, entry: &WordStatistics) -> bool {
    count >= KNOWN_NEIGHBOUR_RATIO.0 * entry.count && count >= KNOWN_NEIGHBOUR_RATIO.1
}

/// Returns true if the typo is inside the word: a difference at the end makes another form of the word, one at the
/// start another word.
fn is_inside(word: &str, meant: &str) -> bool {
    let (word, meant) = (word.as_bytes(), meant.as_bytes());
    let ends = word.last() == meant.last() && word.first() == meant.first();
    // "config" and "configs", "handler" and "handlers".
    let prefix = word.starts_with(meant) || meant.starts_with(word);
    ends && !prefix
}

/// Returns true if the evidence suffices for the gate tier.
fn is_sure(word: &str, entry: &WordStatistics, meant: &str, count: u32) -> bool {
    // A doubled letter is often only the spelling of another country.
    let is_variant = squeezed(word) == squeezed(meant);
    is_english(meant) && !is_compound(word) && !is_variant || is_much_commoner(count, entry) && !is_compound_of(word, 4)
}

/// Returns the word with doubled letters written once.
fn squeezed(word: &str) -> Vec<u8> {
    let mut letters = word.as_bytes().to_vec();
    letters.dedup();
    letters
}

/// One occurrence of a suspect word.
struct SuspectOccurrence<'a> {
    doc: usize,
    word: &'a str,
    start: usize,
    free: bool,
}

impl<'a> SuspectOccurrence<'a> {
    fn new(texts: &[&'a str], place: vocabulary::WordOccurrence) -> Option<Self> {
        let word = word_at(texts, place)?;
        let text = texts[place.text as usize];
        let start = place.start as usize;
        // The span begins with the word, because it was counted as one.
        let shape = words(word).next()?.shape;
        Some(Self { doc: place.text as usize, word, start, free: is_free(text, &Word { text: word, start, shape }) })
    }
}

fn word_at<'a>(texts: &[&'a str], place: vocabulary::WordOccurrence) -> Option<&'a str> {
    texts.get(place.text as usize)?.get(place.start as usize..place.end as usize)
}

/// Returns the words that the same item has in other versions, if they lack the suspect word at `place`: known words
/// one typo away, likeliest first.
fn evidence(collection: &Collection, place: &SuspectOccurrence<'_>) -> Vec<WordEvidence> {
    let doc = &collection.documents[place.doc];
    let suspect = place.word.to_ascii_lowercase();
    let offset = doc.prose.source_span(place.start..place.start + place.word.len()).start;
    let mut found: Vec<WordEvidence> = Vec::new();
    for item in aligned_items(collection, doc.id, offset) {
        let doc = collection.document(item.doc);
        let Some(item) = doc.items.get(item.item.index()).filter(|_| !english_text(doc).is_empty()) else { continue };
        let span = item.title.cover(item.body);
        let near = words(doc.slice(span)).filter(|word| word.text.len().abs_diff(suspect.len()) <= 1);
        let near: Vec<(String, usize)> = near.map(|word| (word.text.to_ascii_lowercase(), word.start)).collect();
        if near.iter().any(|(word, _)| *word == suspect) {
            return Vec::new();
        }
        for (word, start) in near {
            let new = found.iter().all(|one| one.word != word);
            if new && is_one_edit_away(&suspect, &word) && (is_known(&word) || is_derived(&word)) {
                let start = span.start + start as u32;
                found.push(WordEvidence { doc: doc.id, span: Span::new(start, start + word.len() as u32), word });
            }
        }
    }
    found.sort_by(|a, b| distance(&suspect, &a.word).total_cmp(&distance(&suspect, &b.word)));
    found
}

/// Returns true if a word is one typo, inside the word, away from another and is not another spelling of it.
fn is_one_edit_away(word: &str, meant: &str) -> bool {
    /// Maximum cost of a single edit in [`distance`]; two inexpensive edits can cost as much.
    const MAX_SINGLE_EDIT_COST: f32 = 1.2;
    is_inside(word, meant) && squeezed(word) != squeezed(meant) && distance(word, meant) <= MAX_SINGLE_EDIT_COST
}

/// Returns true if the word is free-standing in running text.
fn is_free(text: &str, word: &Word<'_>) -> bool {
    let cased = match word.shape {
        Shape::Lower => true,
        Shape::Capitalised => {
            let before = text.get(..word.start).unwrap_or("").trim_end_matches([' ', '“', '"']);
            before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n'])
        }
        _ => false,
    };
    cased
        && stands_free(text, word.start, word.end())
        && !is_handle(text, word)
        && !is_quoted_alone(text, word)
        && !is_followed_by_sic(text.get(word.end()..).unwrap_or(""))
}

/// Returns true if quotation marks enclose only the word, because then the text is about the word.
fn is_quoted_alone(text: &str, word: &Word<'_>) -> bool {
    let marks = ['"', '“', '”', '‘', '’', '\'', '«', '»', '„'];
    let before = text.get(..word.start).is_some_and(|before| before.ends_with(marks));
    before && text.get(word.end()..).is_some_and(|after| after.starts_with(marks))
}

/// Returns true if brackets enclose the word alone or with one other, as with names of people: "(fairwind)", "(ada
/// fairwind)".
fn is_handle(text: &str, word: &Word<'_>) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    let before = text.get(..word.start).unwrap_or("").trim_end_matches(' ');
    let after = text.get(word.end()..).unwrap_or("").trim_start_matches(' ');
    let opens = |before: &str| before.ends_with('(');
    let closes = |after: &str| after.starts_with(')');
    opens(before) && closes(after)
        || opens(before.trim_end_matches(is_letter)) && closes(after)
        || opens(before) && closes(after.trim_start_matches(is_letter))
}

/// Returns the text around an occurrence, which is equal for copies of one passage.
fn context<'a>(text: &'a str, place: &SuspectOccurrence<'_>) -> &'a str {
    /// Length of the context on either side, in bytes (a guess): passages that agree this far are copies.
    const CONTEXT_BYTES: usize = 24;
    let mut start = place.start.saturating_sub(CONTEXT_BYTES);
    let mut end = (place.start + place.word.len() + CONTEXT_BYTES).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    &text[start..end]
}

fn say(
    collection: &Collection,
    place: &SuspectOccurrence<'_>,
    verdict: &SuspectDiagnosis,
    locale: Option<Locale>,
    out: &mut Report,
) {
    let doc = &collection.documents[place.doc];
    let range = place.start..place.start + place.word.len();
    let span = doc.prose.source_span(range.clone());
    let meant = spelled_in(locale, &verdict.meant);
    let meant: Vec<String> = meant.iter().map(|word| in_the_case_of(place.word, word)).collect();
    let id: DocId = doc.id;
    let finding = out.find(id, span, format!("`{}` is not a known word", place.word));
    if let Some(found) = &verdict.evidence {
        finding.related(found.doc, found.span, format!("`{}` in another version", found.word));
    }
    if !verdict.sure {
        finding.tier(Tier::Audit);
    }
    match meant.as_slice() {
        [only] if verdict.sure && doc.prose.is_contiguous(range) => {
            finding.label(format!("means `{only}`?"));
            finding.fix(Fix::likely(format!("write `{only}`"), Edit::replace(id, span, only)));
        }
        _ => {
            finding.candidates(meant);
        }
    }
}
