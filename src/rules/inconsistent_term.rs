//! `inconsistent-term`: a term written in another way than elsewhere in the collection.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::code_names::is_named_in_code;
use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document, Format};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::english::EnglishProse;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::settings::{InconsistentTerm, Options, find_term};
use crate::text::english::dictionary::{is_derived, is_english, is_known, is_term};
use crate::text::english::locale::foreign;
use crate::text::words::vocabulary::key;
use crate::text::words::{Shape, Word, for_each_word, in_the_case_of, stands_free};

pub(crate) static RULE: Rule = Rule {
    id: "inconsistent-term",
    family: Family::Language,
    // Detected terms are of the audit tier; the terms of the configuration are of the gate tier.
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "a term is written in another way than elsewhere",
    page: include_str!("../../rules/inconsistent-term.md"),
    check: Check::Collection(check),
};

/// Minimum ratio of the usual form to another one, and minimum number of occurrences of the usual form (both guesses).
const USUAL_FORM_RATIO: (usize, usize) = (4, 5);
/// Minimum length of a term (a guess): shorter words are often abbreviations.
const MIN_TERM_CHARS: usize = 4;

/// Second parts that make a verb of two words and a noun of one ("log in", "login"), and first parts that change the
/// sense ("some time", "sometime").
const APART: [&str; 37] = [
    "about", "after", "again", "ahead", "along", "any", "around", "away", "back", "behind", "by", "down", "every",
    "for", "him", "how", "in", "into", "it", "may", "no", "off", "on", "out", "over", "self", "some", "than", "then",
    "through", "time", "under", "up", "what", "when", "where", "with",
];

/// An occurrence of a term: the document and the bytes of its prose.
#[derive(Debug, Clone, Copy)]
struct TermOccurrence {
    doc: usize,
    start: usize,
    end: usize,
}

/// Key that the forms of one term share: how they differ, and a hash of their letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct TermKey {
    by: TermDifference,
    letters: u64,
}

/// Kind of difference between two forms of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum TermDifference {
    /// `Nginx`, `nginx`.
    Case,
    /// `lamp house`, `lamp-house`, `lamphouse`.
    Parting,
    /// `signalling`, `signaling`.
    Spelling,
}

/// The forms of each term that is written in several ways, with their occurrences.
type Forms<'a> = BTreeMap<TermKey, BTreeMap<&'a str, Vec<TermOccurrence>>>;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    for doc in &collection.documents {
        check_own_terms(doc, &cx.options_of(doc.id).inconsistent_term, out);
    }
    if !cx.audit {
        return;
    }
    let english = |doc: &&Document| doc.format == Format::Markdown && cx.is_english(doc);
    let documents: Vec<&Document> = collection.documents.iter().filter(english).collect();
    for forms in forms(&documents).values() {
        judge(&documents, forms, cx, out);
    }
}

/// Returns the terms that are written in several ways, one of which is common. Most words are written in one way, so the
/// different words are looked at first, and only the occurrences of those with several forms are kept.
fn forms<'a>(documents: &[&'a Document]) -> Forms<'a> {
    let distinct = distinct_words(documents);
    let mut scanner = TermScanner::new(&distinct);
    let mut forms = Forms::new();
    let mut add = |doc: usize, key: TermKey, form: &'a str, start: usize| {
        let place = TermOccurrence { doc, start, end: start + form.len() };
        forms.entry(key).or_default().entry(form).or_default().push(place);
    };
    let mut parted: FxHashSet<u64> = FxHashSet::default();
    for (at, doc) in documents.iter().enumerate() {
        scanner.for_each_pair(doc, |key, pair, start| {
            parted.insert(key.letters);
            add(at, key, pair, start);
        });
    }
    let several = scanner.of_several_forms(&distinct);
    let mut wanted = WordSet::default();
    // Words that are never written as two are not looked for again.
    let is_wanted = |letters: &u64| several.contains(letters) || parted.contains(letters);
    let found = distinct.iter().filter(|(letters, _)| is_wanted(letters));
    found.for_each(|(letters, word)| wanted.insert(*letters, word));
    for (at, doc) in documents.iter().enumerate() {
        scanner.for_each_word(doc, &wanted, |key, form, start| add(at, key, form, start));
    }
    forms.retain(|_, forms| forms.len() > 1 && forms.values().any(|places| places.len() >= USUAL_FORM_RATIO.1));
    forms
}

/// The different words of documents, by their hashes.
type DistinctWords<'a> = FxHashMap<u64, Word<'a>>;

/// Returns the words that are long enough to be terms.
fn distinct_words<'a>(documents: &[&'a Document]) -> DistinctWords<'a> {
    /// Number of short words that are remembered, as a power of two (a guess): most words of a text occur again soon.
    const RECENT_BITS: u32 = 12;
    let mut distinct = DistinctWords::default();
    let mut recent = vec![(0, 0); 1 << RECENT_BITS];
    for doc in documents {
        for_each_word(doc.prose.text(), |word| {
            let bytes = word.text.as_bytes();
            if bytes.len() < MIN_TERM_CHARS {
                return;
            }
            if let (Some(first), Some(last), 4..=8) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>(), bytes.len()) {
                let all = u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
                let place = all.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - RECENT_BITS);
                let before = std::mem::replace(&mut recent[place as usize], (all, bytes.len()));
                if before == (all, bytes.len()) {
                    return;
                }
            }
            distinct.entry(hash(&[word.text])).or_insert(word);
        });
    }
    distinct
}

/// Words by their hashes, with a table that rejects most others by their ends.
#[derive(Debug, Default)]
struct WordSet {
    words: FxHashSet<u64>,
    /// For the hash of the ends and the length of each word, one bit; empty without any word.
    likely: Vec<u64>,
}

impl WordSet {
    fn insert(&mut self, letters: u64, word: &Word<'_>) {
        self.likely.resize(1 << (Self::TABLE_BITS - 6), 0);
        let bit = Self::bit(word.text, word.text);
        self.likely[bit >> 6] |= 1 << (bit & 63);
        self.words.insert(letters);
    }

    /// Returns whether the set may hold a word with the start of `first` and the end of `last`, which are one word, or make
    /// one together.
    #[inline]
    fn may_hold(&self, first: &str, last: &str) -> bool {
        let bit = Self::bit(first, last);
        self.likely.get(bit >> 6).is_some_and(|bits| bits >> (bit & 63) & 1 != 0)
    }

    /// Number of bits of the table, as a power of two.
    const TABLE_BITS: u32 = 16;

    #[inline]
    fn bit(first: &str, last: &str) -> usize {
        let start = first.as_bytes().first_chunk().map_or(0, |four| u32::from_le_bytes(*four));
        let end = last.as_bytes().last_chunk().map_or(0, |four| u32::from_le_bytes(*four));
        let ends = u64::from(start) | u64::from(end) << 32;
        (ends.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - Self::TABLE_BITS)) as usize
    }
}

/// Returns a hash of the letters of some words written as one (FNV-1a).
fn hash(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Reports the terms that the configuration rejects.
fn check_own_terms(doc: &Document, options: &InconsistentTerm, out: &mut Report) {
    for (term, wanted) in &options.terms {
        for block in &doc.prose.blocks {
            let text = doc.prose.text_of(block);
            for found in find_term(text, term) {
                let range = block.range.start as usize + found..block.range.start as usize + found + term.len();
                let written = text.get(found..found + term.len()).unwrap_or("");
                let new = in_the_case_of(written, wanted);
                if written == wanted || written == new {
                    continue;
                }
                let span = doc.prose.source_span(range.clone());
                let finding = out.find(doc.id, span, format!("write `{new}` instead of `{written}`"));
                if doc.prose.is_contiguous(range) {
                    finding.fix(Fix::likely(format!("write `{new}`"), Edit::replace(doc.id, span, &new)));
                } else {
                    finding.candidates([new]);
                }
            }
        }
    }
}

/// Scans documents for forms of terms.
struct TermScanner {
    /// The hashes of words that are long enough to consist of two: two words are one term only if they are also written
    /// as one.
    joined: WordSet,
    /// Spelling keys of the words scanned so far, by hash. `None` for words with one spelling.
    variants: FxHashMap<u64, Option<u64>>,
}

impl TermScanner {
    fn new(distinct: &DistinctWords<'_>) -> Self {
        let is_long = |word: &Word<'_>| word.shape == Shape::Lower && word.text.len() >= 2 * MIN_TERM_CHARS;
        let mut joined = WordSet::default();
        distinct.iter().filter(|(_, word)| is_long(word)).for_each(|(letters, word)| joined.insert(*letters, word));
        Self { joined, variants: FxHashMap::default() }
    }

    /// Returns the hashes of the words of which another form is among them as well: in another case, unless it is an English
    /// word, or in another spelling.
    fn of_several_forms(&mut self, distinct: &DistinctWords<'_>) -> FxHashSet<u64> {
        let mut keys: Vec<(TermKey, u64)> = Vec::new();
        let distinct_words: Vec<(&u64, &Word<'_>)> = distinct.iter().collect();
        for (letters, word) in distinct_words {
            if matches!(word.shape, Shape::Lower | Shape::Capitalised | Shape::Mixed) {
                keys.push((case_key(word), *letters));
            }
            keys.extend(self.keys(word)[1].map(|key| (key, *letters)));
        }
        keys.sort_unstable();
        let several = keys.chunk_by(|a, b| a.0 == b.0).filter(|forms| forms.len() > 1);
        let is_term = |forms: &&[(TermKey, u64)]| {
            let small = distinct[&forms[0].1].text.to_ascii_lowercase();
            forms[0].0.by != TermDifference::Case || !is_english(&small)
        };
        several.filter(is_term).flatten().map(|(_, letters)| *letters).collect()
    }

    /// Calls `visit` with each pair of words in a document that is also written as one: its key, its text and where it starts
    /// in the prose.
    fn for_each_pair<'a>(&self, doc: &'a Document, mut visit: impl FnMut(TermKey, &'a str, usize)) {
        for block in &doc.prose.blocks {
            let text = doc.prose.text_of(block);
            let base = block.range.start as usize;
            let mut before: Option<Word<'_>> = None;
            for_each_word(text, |word| {
                if let Some(first) = before.replace(word)
                    && let Some(key) = self.pair(text, &first, &word)
                    && let Some(pair) = text.get(first.start..word.end())
                {
                    visit(key, pair, base + first.start);
                }
            });
        }
    }

    /// Calls `visit` with each form of a wanted word in a document: its key, its text and where it starts in the prose.
    fn for_each_word<'a>(
        &mut self,
        doc: &'a Document,
        wanted: &WordSet,
        mut visit: impl FnMut(TermKey, &'a str, usize),
    ) {
        for block in &doc.prose.blocks {
            let in_heading = matches!(doc[block.block].kind, BlockKind::Heading(_));
            let text = doc.prose.text_of(block);
            let base = block.range.start as usize;
            for_each_word(text, |word| {
                let is_wanted = word.text.len() >= MIN_TERM_CHARS
                    && wanted.may_hold(word.text, word.text)
                    && wanted.words.contains(&hash(&[word.text]))
                    && stands_free(text, word.start, word.end());
                if !is_wanted {
                    return;
                }
                for key in self.keys(&word).into_iter().flatten() {
                    visit(key, word.text, base + word.start);
                }
                let cased = match word.shape {
                    Shape::Lower | Shape::Capitalised => !in_heading && is_inside_sentence(text, &word),
                    // A capital inside the word does not depend on its place: `JavaScript`.
                    Shape::Mixed => true,
                    _ => false,
                };
                if cased {
                    visit(case_key(&word), word.text, base + word.start);
                }
            });
        }
    }

    /// Returns the key of two words that might be written as one.
    fn pair(&self, text: &str, first: &Word<'_>, word: &Word<'_>) -> Option<TermKey> {
        let small = word.shape == Shape::Lower && first.shape == Shape::Lower;
        if !small
            || first.text.len().min(word.text.len()) < MIN_TERM_CHARS
            || word.start - first.end() != 1
            || !matches!(text.as_bytes().get(first.end()), Some(b' ' | b'-'))
            || !self.joined.may_hold(first.text, word.text)
        {
            return None;
        }
        let letters = hash(&[first.text, word.text]);
        let apart = || APART.contains(&first.text) || APART.contains(&word.text);
        let one = self.joined.words.contains(&letters) && !apart() && stands_free(text, first.start, word.end());
        one.then_some(TermKey { by: TermDifference::Parting, letters })
    }

    /// Returns the keys of a word that might be written as two, or with another spelling.
    fn keys(&mut self, word: &Word<'_>) -> [Option<TermKey>; 2] {
        if word.shape != Shape::Lower {
            return [None; 2];
        }
        let letters = hash(&[word.text]);
        let variant = variant_ending(word.text).and_then(|_| {
            let variant = self.variants.entry(letters);
            *variant.or_insert_with(|| variant_key(word.text).map(|twin| hash(&[&twin])))
        });
        [
            (word.text.len() >= 2 * MIN_TERM_CHARS).then_some(TermKey { by: TermDifference::Parting, letters }),
            variant.map(|letters| TermKey { by: TermDifference::Spelling, letters }),
        ]
    }
}

/// Returns the key of a word that might be written in another case.
fn case_key(word: &Word<'_>) -> TermKey {
    TermKey { by: TermDifference::Case, letters: key(word.text.as_bytes()) }
}

/// The endings in which the spellings of a word differ, the longer or British one first.
const VARIANT_ENDINGS: [(&str, &str); 12] = [
    ("lling", "ling"),
    ("lled", "led"),
    ("ller", "ler"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ise", "ize"),
    ("ised", "ized"),
    ("iser", "izer"),
    ("iour", "ior"),
    ("olour", "olor"),
    ("avour", "avor"),
    ("yse", "yze"),
];

/// Returns the endings of which a word has one, before the `s` of a plural.
fn variant_ending(word: &str) -> Option<(&'static str, &'static str)> {
    let plain = word.strip_suffix('s').unwrap_or(word);
    // Most words have none of these letters at their ends.
    let [.., third, second, last] = *plain.as_bytes() else { return None };
    let may_vary = match [second, last] {
        [b'n', b'g'] | [b'o', b'n'] => third == b'i',
        [b'e', b'd' | b'r'] => matches!(third, b'l' | b's' | b'z'),
        [b'o', b'r'] => matches!(third, b'i' | b'l' | b'v'),
        [b'u', b'r'] => third == b'o',
        [b's' | b'z', b'e'] => matches!(third, b'i' | b'y'),
        _ => false,
    };
    if !may_vary {
        return None;
    }
    VARIANT_ENDINGS.into_iter().find(|(long, short)| plain.ends_with(long) || plain.ends_with(short))
}

/// Returns the form that the American and the British spelling of a word share, as do spellings with one and with two
/// consonants. `None` for words with only one spelling.
fn variant_key(word: &str) -> Option<String> {
    let (long, short) = variant_ending(word)?;
    let plain = word.strip_suffix('s').unwrap_or(word);
    let plural = &word[plain.len()..];
    let stem = plain.strip_suffix(long).or_else(|| plain.strip_suffix(short))?;
    let twin = |ending: &str| format!("{stem}{ending}{plural}");
    let both = [twin(long), twin(short)];
    let known = |word: &String| is_known(word) || is_derived(word);
    both.iter().all(known).then(|| twin(short))
}

/// Returns true if a word is neither the first of a sentence nor beside a capitalized one, as in titles and names.
fn is_inside_sentence(text: &str, word: &Word<'_>) -> bool {
    let before = text.get(..word.start).unwrap_or("");
    let Some(before) = before.strip_suffix(' ') else { return false };
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let after = text.get(word.end()..).unwrap_or("");
    let listed = ["vs", "and", "or"].contains(&last);
    let capital_after = after.strip_prefix(' ').is_some_and(|next| next.starts_with(char::is_uppercase));
    last.starts_with(char::is_lowercase) && !listed && !capital_after
}

fn judge(documents: &[&Document], forms: &BTreeMap<&str, Vec<TermOccurrence>>, cx: &Context<'_>, out: &mut Report) {
    let mut by_count: Vec<(&str, &[TermOccurrence])> =
        forms.iter().map(|(form, places)| (*form, places.as_slice())).collect();
    by_count.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(b.0)));
    let Some((&(usual, usual_places), others)) = by_count.split_first() else { return };
    if usual_places.len() < USUAL_FORM_RATIO.1 {
        return;
    }
    for (form, places) in others {
        let differs_in_case = form.eq_ignore_ascii_case(usual);
        // English words are capitalized for many reasons; names and terms are always written in one way.
        let small = form.to_ascii_lowercase();
        // A form without a capital corrects none: it is common in commands, paths and headings of lists.
        let is_plain = !usual.contains(char::is_uppercase);
        if differs_in_case && (is_plain || is_english(&small) || !is_term(&small) && is_derived(&small)) {
            continue;
        }
        // "A single-threaded loop" and "it is single threaded" are both right, but a word is either one word or two.
        let is_open = |form: &str| form.contains([' ', '-']);
        if places.len() * USUAL_FORM_RATIO.0 > usual_places.len() || is_open(form) && is_open(usual) {
            continue;
        }
        for place in *places {
            if is_settled(form, usual, cx.options_of(documents[place.doc].id)) {
                continue;
            }
            say(documents, place, form, (usual, usual_places), out);
        }
    }
}

/// Returns true if the user allows both forms, or decided between them by the locale.
fn is_settled(form: &str, usual: &str, options: &Options) -> bool {
    let foreign = |word| options.locale.is_some_and(|locale| foreign(word, locale).is_some());
    options.inconsistent_term.words.contains(usual) || foreign(form) || foreign(usual)
}

fn say(
    documents: &[&Document],
    place: &TermOccurrence,
    form: &str,
    (usual, usual_places): (&str, &[TermOccurrence]),
    out: &mut Report,
) {
    let doc = documents[place.doc];
    if is_named_in_code(doc, form) {
        return;
    }
    let span = doc.prose.source_span(place.start..place.end);
    let before = doc.text().get(..span.start as usize).unwrap_or("");
    let after = doc.text().get(span.end as usize..).unwrap_or("");
    // Emphasized or quoted text may be a title, and the whole text of a link a name.
    let is_title = form.starts_with(char::is_uppercase) && before.ends_with(['*', '_', '[', '"', '“']);
    let is_link = before.ends_with('[') && after.starts_with(']');
    if is_title || is_link || !EnglishProse::new(doc).is_english(place.start..place.end) {
        return;
    }
    let count = usual_places.len();
    let finding = out.find(doc.id, span, format!("`{form}` is mostly written `{usual}` here: {count} times"));
    finding.tier(Tier::Audit);
    if let Some(example) = usual_places.first() {
        let other = documents[example.doc];
        finding.related(other.id, other.prose.source_span(example.start..example.end), format!("`{usual}`"));
    }
    finding.candidates([usual]);
}
