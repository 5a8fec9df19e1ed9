//! `inconsistent-term`: a term written in another way than elsewhere in the collection.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document, Format};
use crate::model::edit::{Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::settings::{InconsistentTerm, Options};
use crate::text::dictionary::{is_derived, is_english, is_known, is_term};
use crate::text::language::Language;
use crate::text::locale::foreign;
use crate::text::words::{Shape, Word, in_the_case_of, stands_free, words};

pub(crate) static RULE: Rule = Rule {
    id: "inconsistent-term",
    family: Family::Language,
    // What it finds by itself is of the audit tier; the terms of the configuration are not.
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "a term is written in another way than elsewhere",
    page: include_str!("../../rules/inconsistent-term.md"),
    check: Check::Collection(check),
};

/// How many times as common the usual form must be, and how common at least.
const COMMONER: (usize, usize) = (3, 5);
const SHORTEST: usize = 4;

/// Second parts that make a verb of two words and a noun of one ("log in", "login"), and first parts that change the
/// sense ("some time", "sometime").
const APART: [&str; 36] = [
    "about", "after", "again", "along", "any", "around", "away", "back", "behind", "by", "down", "every", "for", "him",
    "how", "in", "into", "it", "may", "no", "off", "on", "out", "over", "self", "some", "than", "then", "through",
    "time", "under", "up", "what", "when", "where", "with",
];

/// Where a form of a term stands: the document and the bytes of its prose.
#[derive(Debug, Clone, Copy)]
struct Place {
    doc: usize,
    start: usize,
    end: usize,
}

/// The forms of each term, by what they have in common.
type Forms<'a> = FxHashMap<String, BTreeMap<&'a str, Vec<Place>>>;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    for doc in &collection.documents {
        check_own_terms(doc, &cx.options_of(doc.id).inconsistent_term, out);
    }
    if !cx.audit {
        return;
    }
    let mut forms = Forms::default();
    for (at, doc) in collection.documents.iter().enumerate() {
        if doc.format == Format::Markdown && doc.language() == Language::English {
            collect(doc, at, &mut forms);
        }
    }
    let mut groups: Vec<_> = forms.into_iter().filter(|(_, forms)| forms.len() > 1).collect();
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    for (_, forms) in &groups {
        judge(collection, forms, cx, out);
    }
}

/// The terms that the configuration does not want.
fn check_own_terms(doc: &Document, options: &InconsistentTerm, out: &mut Report) {
    for (term, wanted) in &options.terms {
        for block in &doc.prose.blocks {
            let text = doc.prose.text_of(block);
            for found in find_term(text, term) {
                let range = block.range.start as usize + found..block.range.start as usize + found + term.len();
                let written = text.get(found..found + term.len()).unwrap_or("");
                if written == wanted {
                    continue;
                }
                let new = in_the_case_of(written, wanted);
                let span = doc.prose.source_span(range.clone());
                let finding = out.find(doc.id, span, format!("`{written}` is to be `{new}`"));
                if doc.prose.is_contiguous(range) {
                    finding.fix(Fix::replace(doc.id, span, &new, format!("write `{new}`")));
                } else {
                    finding.candidates([new]);
                }
            }
        }
    }
}

/// Where a term stands as whole words, in any case.
fn find_term(text: &str, term: &str) -> Vec<usize> {
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

fn collect<'a>(doc: &'a Document, at: usize, forms: &mut Forms<'a>) {
    for block in &doc.prose.blocks {
        let in_heading = matches!(doc.blocks[block.block as usize].kind, BlockKind::Heading(_));
        let text = doc.prose.text_of(block);
        let base = block.range.start as usize;
        let mut add = |key: String, start: usize, end: usize| {
            if let Some(form) = text.get(start..end) {
                let place = Place { doc: at, start: base + start, end: base + end };
                forms.entry(key).or_default().entry(form).or_default().push(place);
            }
        };
        let mut before: Option<Word<'_>> = None;
        for word in words(text) {
            if word.shape == Shape::Lower
                && let Some(first) = before.filter(|first| first.shape == Shape::Lower)
                && matches!(text.get(first.end()..word.start), Some(" " | "-"))
                && first.text.len().min(word.text.len()) >= SHORTEST
                && !APART.contains(&first.text)
                && !APART.contains(&word.text)
                && stands_free(text, first.start, word.end())
            {
                add(format!("2 {}{}", first.text, word.text), first.start, word.end());
            }
            if word.text.len() >= SHORTEST && stands_free(text, word.start, word.end()) {
                if word.shape == Shape::Lower && word.text.len() >= 2 * SHORTEST {
                    add(format!("2 {}", word.text), word.start, word.end());
                }
                if word.shape == Shape::Lower
                    && let Some(key) = variant_key(word.text)
                {
                    add(format!("3 {key}"), word.start, word.end());
                }
                if !in_heading
                    && is_inside_sentence(text, &word)
                    && matches!(word.shape, Shape::Lower | Shape::Capitalised)
                {
                    add(format!("1 {}", word.text.to_ascii_lowercase()), word.start, word.end());
                }
            }
            before = Some(word);
        }
    }
}

/// What the American and the British spelling of a word, and those with one and two consonants, have in common; `None`
/// for words that have but one spelling.
fn variant_key(word: &str) -> Option<String> {
    let endings = [
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
    let plain = word.strip_suffix('s').unwrap_or(word);
    let plural = &word[plain.len()..];
    let (long, short) = endings.into_iter().find(|(long, short)| plain.ends_with(long) || plain.ends_with(short))?;
    let stem = plain.strip_suffix(long).or_else(|| plain.strip_suffix(short))?;
    let twin = |ending: &str| format!("{stem}{ending}{plural}");
    let both = [twin(long), twin(short)];
    let known = |word: &String| is_known(word) || is_derived(word);
    both.iter().all(known).then(|| twin(short))
}

/// Whether a word is neither the first of a sentence nor beside a capitalised one, as in titles and names.
fn is_inside_sentence(text: &str, word: &Word<'_>) -> bool {
    let before = text.get(..word.start).unwrap_or("");
    let Some(before) = before.strip_suffix(' ') else { return false };
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let after = text.get(word.end()..).unwrap_or("");
    let listed = ["vs", "and", "or"].contains(&last);
    let capital_after = after.strip_prefix(' ').is_some_and(|next| next.starts_with(char::is_uppercase));
    last.starts_with(char::is_lowercase) && !listed && !capital_after
}

fn judge(collection: &Collection, forms: &BTreeMap<&str, Vec<Place>>, cx: &Context<'_>, out: &mut Report) {
    let mut by_count: Vec<(&str, &[Place])> = forms.iter().map(|(form, places)| (*form, places.as_slice())).collect();
    by_count.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(b.0)));
    let Some((&(usual, usual_places), others)) = by_count.split_first() else { return };
    if usual_places.len() < COMMONER.1 {
        return;
    }
    for (form, places) in others {
        let differs_in_case = form.eq_ignore_ascii_case(usual);
        // English words are capitalised for many reasons; names and terms have one way of being written.
        let small = form.to_ascii_lowercase();
        if differs_in_case && (is_english(&small) || !is_term(&small) && is_derived(&small)) {
            continue;
        }
        // "A single-threaded loop" and "it is single threaded" are both right; but a word is one or it is two.
        let is_open = |form: &str| form.contains([' ', '-']);
        if places.len() * COMMONER.0 > usual_places.len() || is_open(form) && is_open(usual) {
            continue;
        }
        for place in *places {
            if is_settled(form, usual, cx.options_of(collection.documents[place.doc].id)) {
                continue;
            }
            say(collection, place, form, (usual, usual_places), out);
        }
    }
}

/// Whether the user allows both forms, or said by the locale which of them is right.
fn is_settled(form: &str, usual: &str, options: &Options) -> bool {
    let foreign = |word| options.locale.is_some_and(|locale| foreign(word, locale).is_some());
    options.inconsistent_term.words.iter().any(|word| word.eq_ignore_ascii_case(usual))
        || foreign(form)
        || foreign(usual)
}

fn say(collection: &Collection, place: &Place, form: &str, (usual, usual_places): (&str, &[Place]), out: &mut Report) {
    let doc = &collection.documents[place.doc];
    if doc.is_named_in_code(form) {
        return;
    }
    let span = doc.prose.source_span(place.start..place.end);
    // What is emphasised or quoted may be a title.
    let before = doc.text().get(..span.start as usize).unwrap_or("");
    if form.starts_with(char::is_uppercase) && before.ends_with(['*', '_', '[', '"', '“']) {
        return;
    }
    let count = usual_places.len();
    let finding = out.find(doc.id, span, format!("`{form}` is mostly written `{usual}` here: {count} times"));
    finding.tier(Tier::Audit);
    if let Some(example) = usual_places.first() {
        let other = &collection.documents[example.doc];
        finding.related(other.id, other.prose.source_span(example.start..example.end), format!("`{usual}`"));
    }
    finding.candidates([usual]);
}
