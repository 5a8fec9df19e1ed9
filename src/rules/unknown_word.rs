//! `unknown-word`: a rare word that no dictionary knows and that is one slip away from a known one.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::facts::code_names::is_named_in_code;
use crate::facts::counterparts::aligned_items;
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::edit::{Fix, Stage};
use crate::model::english::EnglishProse;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::settings::Options;
use crate::text::english::corrections::corrections_of;
use crate::text::english::dictionary::{
    is_compound, is_compound_of, is_derived, is_english, is_known, neighbours, two_words,
};
use crate::text::english::locale::{Locale, foreign, spelled_in};
use crate::text::english::spelling::{distance, for_each_slip};
use crate::text::language::Language;
use crate::text::words::vocabulary::{self, Entry, Vocabulary};
use crate::text::words::{Shape, Word, in_the_case_of, stands_free, words};

pub(crate) static RULE: Rule = Rule {
    id: "unknown-word",
    family: Family::Language,
    // Most findings are of the audit tier; those with strong evidence are not.
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "a rare word is unknown, and one slip away from a known one",
    page: include_str!("../../rules/unknown-word.md"),
    check: Check::Collection(check),
};

/// Shorter words are too near to too many others.
const SHORTEST: usize = 6;
/// Longer ones are no words, and looking for their neighbours would take too long.
const LONGEST: usize = 40;
/// Shorter words are no matter for the gate.
const SHORTEST_SURE: usize = 8;
/// How many candidates are offered at most.
const MOST: usize = 4;
/// A word that occurs more often, copies of one passage included, is the authors' own.
const RARE: u32 = 24;
/// So is a word that occurs in more different places.
const FEW_PLACES: usize = 3;
/// How many times as common its neighbour has to be for a word that might be a compound, and how common at least.
const COMMONER: (u32, u32) = (5, 20);
/// How long both parts of a compound have to be for it to be a word that others are slips of: shorter ones are in words of
/// any language ("chest" and "ham").
const HALF: usize = 5;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    let texts: Vec<&str> = collection.documents.iter().map(english_text).collect();
    let vocabulary = Vocabulary::of(texts.iter().copied(), shortest(cx) - 1, RARE);
    let entries = vocabulary.entries();
    let common = if cx.audit { common_words(&texts, &entries) } else { Common::default() };
    let mut found: Vec<(Place<'_>, Verdict)> = Vec::new();
    for entry in &entries {
        let Some(suspect) =
            word_at(&texts, entry.first).and_then(|word| suspect(word, entry, &vocabulary, &common, cx))
        else {
            continue;
        };
        let places = vocabulary.places(entry).into_iter().filter_map(|place| Place::new(&texts, place));
        let places: Vec<Place<'_>> = places.collect();
        let contexts: BTreeSet<&str> = places.iter().map(|place| context(texts[place.doc], place)).collect();
        let usual = contexts.len() > FEW_PLACES
            || places.iter().any(|place| !place.free || is_name(&collection.documents[place.doc], place));
        if usual {
            continue;
        }
        let sure = suspect.is_sure(contexts.len());
        for place in places {
            let verdict = suspect.verdict(sure, witnesses(collection, &place));
            let options = cx.options_of(collection.documents[place.doc].id);
            let wanted = verdict.sure || cx.audit && !suspect.gate_only && !verdict.meant.is_empty();
            if wanted && !is_allowed(&place.word.to_ascii_lowercase(), options) {
                found.push((place, verdict));
            }
        }
    }
    // In the order of the text, in which each block is weighed once.
    found.sort_by_key(|(place, _)| (place.doc, place.start));
    for in_doc in found.chunk_by(|(a, _), (b, _)| a.doc == b.doc) {
        let doc = &collection.documents[in_doc[0].0.doc];
        let mut english = EnglishProse::new(doc);
        for (place, verdict) in in_doc {
            if english.is_english(place.start..place.start + place.word.len()) {
                say(collection, place, verdict, cx.options_of(doc.id).locale, out);
            }
        }
    }
}

/// The shortest word that can be found. Without the audit tier only long words and their neighbours matter, unless
/// there are versions that can prove a slip in others.
fn shortest(cx: &Context<'_>) -> usize {
    if cx.audit || !cx.collection.works.is_empty() { SHORTEST } else { SHORTEST_SURE }
}

/// Whether a place is the text of a link by itself, or its word a name in the code of its document.
fn is_name(doc: &Document, place: &Place<'_>) -> bool {
    let span = doc.prose.source_span(place.start..place.start + place.word.len());
    let before = doc.text().get(..span.start as usize).unwrap_or("");
    let after = doc.text().get(span.end as usize..).unwrap_or("");
    before.ends_with('[') && after.starts_with(']') || is_named_in_code(doc, place.word)
}

/// The prose of a document if it is to be read, otherwise nothing.
fn english_text(doc: &Document) -> &str {
    if doc.format == Format::Markdown && doc.language() == Language::English { doc.prose.text() } else { "" }
}

/// A word that is probably wrong.
struct Suspect {
    /// What it may be meant for, likeliest first.
    meant: Vec<String>,
    /// How often the only word it can be meant for occurs, if all else is evidence enough to fail a build on.
    sure: Option<u32>,
    /// Whether another version of the work can make it sure: it is written small, and no two words in one.
    provable: bool,
    /// Whether it is nothing for an editor's look unless it is sure.
    gate_only: bool,
}

/// A word that another version of the work has where this one has a suspect.
struct Witness {
    /// It, in small letters.
    word: String,
    /// Where it stands there.
    doc: DocId,
    span: Span,
}

/// What comes of a suspect at one place.
struct Verdict {
    meant: Vec<String>,
    sure: bool,
    witness: Option<Witness>,
}

impl Suspect {
    /// Whether it is surely wrong, if it stands in so many different passages.
    fn is_sure(&self, passages: usize) -> bool {
        self.sure.is_some_and(|count| count as usize > passages)
    }

    /// What it means where other versions have `witnesses`: the word of another version ranks before all others, and
    /// a single one proves the slip.
    fn verdict(&self, sure: bool, mut witnesses: Vec<Witness>) -> Verdict {
        let mut meant: Vec<String> = witnesses.iter().map(|witness| witness.word.clone()).collect();
        let proved = self.provable && witnesses.len() == 1;
        if !proved {
            meant.extend(self.meant.iter().filter(|word| witnesses.iter().all(|seen| seen.word != **word)).cloned());
            meant.truncate(MOST);
        }
        let witness = (!witnesses.is_empty()).then(|| witnesses.swap_remove(0));
        Verdict { meant, sure: sure || proved, witness }
    }
}

fn suspect(
    written: &str,
    entry: &Entry,
    vocabulary: &Vocabulary,
    common: &Common<'_>,
    cx: &Context<'_>,
) -> Option<Suspect> {
    // A word that is never written small is a name.
    let candidate =
        (shortest(cx)..=LONGEST).contains(&written.len()) && entry.count <= RARE && (entry.small || cx.audit);
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
    let (near, contested) = near_words(&word, entry, vocabulary);
    let sure = match near.as_slice() {
        [(only, count)] if entry.small && word.len() >= SHORTEST_SURE && !contested => {
            is_sure(&word, entry, only, *count).then_some(*count)
        }
        _ => None,
    };
    let compound = is_compound(&word);
    let mut meant: Vec<String> = near.into_iter().map(|(word, _)| word).collect();
    if meant.is_empty() && cx.audit && !compound {
        if word.len() >= SHORTEST_SURE {
            meant = far_words(&word, common);
        }
        meant.extend(neighbours(&word).into_iter().filter(|near| is_inside(&word, near)));
        if word.len() >= SHORTEST_SURE {
            meant.extend(two_words(&word));
        }
    }
    meant.truncate(MOST);
    let provable = entry.small && !compound;
    // Another version may know what no word of this one tells.
    let hopeless = meant.is_empty() && cx.collection.works.is_empty();
    (!hopeless).then_some(Suspect { meant, sure, provable, gate_only: compound })
}

/// Whether the user knows a word in small letters, or wrote it down as a misspelling.
fn is_allowed(word: &str, options: &Options) -> bool {
    options.unknown_word.words.contains(word)
        || options.misspelling.extend_words.contains_key(word)
        // Told as another country's spelling.
        || options.locale.is_some_and(|locale| foreign(word, locale).is_some())
}

/// The known words of the collection that are one slip away, with their counts, likeliest first; and whether a much
/// commoner word that only the collection knows is as near. Such a word is no correction, because it may be one of another
/// language, unless it is plainly made of two English ones ("healthcheck").
fn near_words(word: &str, entry: &Entry, vocabulary: &Vocabulary) -> (Vec<(String, u32)>, bool) {
    let mut contested = false;
    let mut near: Vec<(String, u32)> = Vec::new();
    for_each_slip(word.as_bytes(), &mut |slip| {
        if let Some(found) = vocabulary.get(slip)
            && found.small
            && let Ok(spelling) = std::str::from_utf8(slip)
            && is_inside(word, spelling)
            && near.iter().all(|(known, _)| known != spelling)
        {
            let learnt = is_much_commoner(found.count, entry) && is_compound_of(spelling, HALF);
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

fn common_words<'a>(texts: &[&'a str], entries: &[Entry]) -> Common<'a> {
    let mut common: Common<'a> = FxHashMap::default();
    for entry in entries {
        if let Some(word) = word_at(texts, entry.first)
            && let (Some(first), Some(last)) = (word.bytes().next(), word.bytes().last())
            && entry.small
            && entry.count >= COMMONER.1
            && word.len() + 1 >= SHORTEST_SURE
        {
            common.entry((first.to_ascii_lowercase(), last.to_ascii_lowercase())).or_default().push(word);
        }
    }
    common
}

/// The common words of the collection that are two slips away from a long word: "Sticktly" is rather "strictly" than
/// "stickily".
fn far_words(word: &str, common: &Common<'_>) -> Vec<String> {
    let (Some(first), Some(last)) = (word.bytes().next(), word.bytes().last()) else { return Vec::new() };
    let near_in_length = |other: &&&str| other.len().abs_diff(word.len()) <= 2;
    let candidates = common.get(&(first, last)).map_or(&[][..], Vec::as_slice).iter().filter(near_in_length);
    let mut far: Vec<(f32, &str)> = candidates.map(|other| (distance(word, other), *other)).collect();
    far.retain(|(distance, other)| *distance <= 2.0 && is_english(other));
    far.sort_by(|a, b| a.0.total_cmp(&b.0));
    far.into_iter().take(2).map(|(_, word)| word.to_ascii_lowercase()).collect()
}

fn is_much_commoner(count: u32, entry: &Entry) -> bool {
    count >= COMMONER.0 * entry.count && count >= COMMONER.1
}

/// Whether the slip lies inside the word: at its end it makes another form of the word, at its start another word.
fn is_inside(word: &str, meant: &str) -> bool {
    let (word, meant) = (word.as_bytes(), meant.as_bytes());
    let ends = word.last() == meant.last() && word.first() == meant.first();
    // "config" and "configs", "handler" and "handlers".
    let prefix = word.starts_with(meant) || meant.starts_with(word);
    ends && !prefix
}

/// Whether the evidence is enough to fail a build on.
fn is_sure(word: &str, entry: &Entry, meant: &str, count: u32) -> bool {
    // A letter doubled or not is often but the spelling of another country.
    let is_variant = squeezed(word) == squeezed(meant);
    is_english(meant) && !is_compound(word) && !is_variant || is_much_commoner(count, entry)
}

/// The word with doubled letters written once.
fn squeezed(word: &str) -> Vec<u8> {
    let mut letters = word.as_bytes().to_vec();
    letters.dedup();
    letters
}

/// One occurrence of a suspect.
struct Place<'a> {
    doc: usize,
    word: &'a str,
    start: usize,
    free: bool,
}

impl<'a> Place<'a> {
    fn new(texts: &[&'a str], place: vocabulary::Place) -> Option<Self> {
        let word = word_at(texts, place)?;
        let text = texts[place.text as usize];
        let start = place.start as usize;
        // It was counted as a word, so it is the first one from there on.
        let shape = words(word).next()?.shape;
        Some(Self { doc: place.text as usize, word, start, free: is_free(text, &Word { text: word, start, shape }) })
    }
}

fn word_at<'a>(texts: &[&'a str], place: vocabulary::Place) -> Option<&'a str> {
    texts.get(place.text as usize)?.get(place.start as usize..place.end as usize)
}

/// The words that the same item has in other versions, where they lack the suspect at `place`: known words one slip
/// away from it, likeliest first.
fn witnesses(collection: &Collection, place: &Place<'_>) -> Vec<Witness> {
    let doc = &collection.documents[place.doc];
    let suspect = place.word.to_ascii_lowercase();
    let offset = doc.prose.source_span(place.start..place.start + place.word.len()).start;
    let mut found: Vec<Witness> = Vec::new();
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
            let new = found.iter().all(|witness| witness.word != word);
            if new && is_one_slip(&suspect, &word) && (is_known(&word) || is_derived(&word)) {
                let start = span.start + start as u32;
                found.push(Witness { doc: doc.id, span: Span::new(start, start + word.len() as u32), word });
            }
        }
    }
    found.sort_by(|a, b| distance(&suspect, &a.word).total_cmp(&distance(&suspect, &b.word)));
    found
}

/// Whether a word is inside one slip away from another, and no other spelling of it.
fn is_one_slip(word: &str, meant: &str) -> bool {
    /// The dearest single slip of [`distance`]; two cheap ones cost as much.
    const ONE: f32 = 1.2;
    is_inside(word, meant) && squeezed(word) != squeezed(meant) && distance(word, meant) <= ONE
}

/// Whether a word stands in running text as such.
fn is_free(text: &str, word: &Word<'_>) -> bool {
    let cased = match word.shape {
        Shape::Lower => true,
        Shape::Capitalised => {
            let before = text.get(..word.start).unwrap_or("").trim_end_matches([' ', '“', '"']);
            before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n'])
        }
        _ => false,
    };
    cased && stands_free(text, word.start, word.end()) && !is_handle(text, word) && !is_quoted_alone(text, word)
}

/// Whether quotation marks enclose the word and nothing else: it is spoken about.
fn is_quoted_alone(text: &str, word: &Word<'_>) -> bool {
    let marks = ['"', '“', '”', '‘', '’', '\'', '«', '»', '„'];
    let before = text.get(..word.start).is_some_and(|before| before.ends_with(marks));
    before && text.get(word.end()..).is_some_and(|after| after.starts_with(marks))
}

/// Whether a word stands alone or with one other in brackets, as names of people do: "(fairwind)", "(ada fairwind)".
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

/// What surrounds a place: the same for copies of one passage.
fn context<'a>(text: &'a str, place: &Place<'_>) -> &'a str {
    let (mut start, mut end) = (place.start.saturating_sub(24), (place.start + place.word.len() + 24).min(text.len()));
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    &text[start..end]
}

fn say(collection: &Collection, place: &Place<'_>, verdict: &Verdict, locale: Option<Locale>, out: &mut Report) {
    let doc = &collection.documents[place.doc];
    let range = place.start..place.start + place.word.len();
    let span = doc.prose.source_span(range.clone());
    let meant = spelled_in(locale, &verdict.meant);
    let meant: Vec<String> = meant.iter().map(|word| in_the_case_of(place.word, word)).collect();
    let id: DocId = doc.id;
    let finding = out.find(id, span, format!("`{}` is no known word", place.word));
    if let Some(witness) = &verdict.witness {
        finding.related(witness.doc, witness.span, format!("`{}` in another version", witness.word));
    }
    if !verdict.sure {
        finding.tier(Tier::Audit);
    }
    match meant.as_slice() {
        [only] if verdict.sure && doc.prose.is_contiguous(range) => {
            finding.label(format!("means `{only}`?"));
            finding.fix(Fix::replace(id, span, only, format!("write `{only}`")));
        }
        _ => {
            finding.candidates(meant);
        }
    }
}
