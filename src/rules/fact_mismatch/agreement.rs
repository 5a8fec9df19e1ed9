//! How reliably a translation keeps links, images, inline code and numbers: where it keeps nearly all of them, one that
//! differs is a slip.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::anchors::anchors_in;
use crate::facts::paired_items::ComparedItem;
use crate::facts::paired_items::links::{PlacedTarget, TargetKind, host, key, keyed, targets_in, text};
use crate::facts::paired_items::paragraphs::{Paragraph, inner};

use crate::model::document::Document;
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::text::similarity::cognates;
use crate::text::similarity::score::trigram_similarity;
use crate::text::values::numbers;
use crate::text::words::hash;

/// Minimum number of facts of a kind by which a habit is known (a guess).
const MIN_FACTS: usize = 6;
/// Minimum share of the facts of a kind that a translation keeps, in per cent, if keeping them is its habit (a guess).
const KEPT_PERCENT: usize = 85;
/// Number of times in the translation for one in the original from which a word is one of its language (a guess).
const OWN_WORD_RATIO: u32 = 3;
/// Maximum number of links to one target whose texts are compared (a guess).
const MAX_TEXTS_OF_TARGET: usize = 8;
/// Minimum difference of the similarities of link texts from which a text belongs to the one target and not to the other (a
/// guess).
const TEXT_MARGIN: f32 = 0.4;

/// Number of facts of one kind, and of those that a translation keeps.
#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    equal: usize,
    all: usize,
}

impl Kept {
    /// A fact that the translation keeps.
    const KEPT: Self = Self { equal: 1, all: 1 };
    /// A fact that the translation changes.
    const CHANGED: Self = Self { equal: 0, all: 1 };

    fn add(&mut self, fact: Kept) {
        self.all += fact.all;
        self.equal += fact.equal;
    }

    /// Adds the facts of a kind that an item and its translation have, if they have equally many.
    fn add_all(&mut self, lefts: &[String], rights: &[String]) {
        if lefts.len() == rights.len() {
            lefts.iter().for_each(|fact| self.add(if rights.contains(fact) { Self::KEPT } else { Self::CHANGED }));
        }
    }

    fn is_habit(self) -> bool {
        self.all >= MIN_FACTS && self.equal * 100 >= self.all * KEPT_PERCENT
    }
}

/// Pairs of corresponding paragraphs of two items.
pub(super) struct AlignedItems<'a> {
    pub(super) left: &'a ComparedItem<'a>,
    pub(super) right: &'a ComparedItem<'a>,
    pub(super) pairs: Vec<(Paragraph, Paragraph)>,
}

/// How reliably a translation keeps facts, and the targets and inline code of both versions.
#[derive(Default)]
pub(super) struct Agreement<'a> {
    links: BTreeMap<String, Kept>,
    all_links: Kept,
    images: Kept,
    code: Kept,
    anchors: Kept,
    numbers: Kept,
    left_codes: BTreeMap<&'a str, usize>,
    right_codes: BTreeMap<&'a str, usize>,
    /// The targets of the original, each with the text of its first link.
    left_targets: BTreeMap<String, String>,
    /// The targets of the translation, each with the texts and places of its first links.
    right_targets: BTreeMap<String, Vec<(String, DocId, Span)>>,
    left_documents: Vec<&'a Document>,
    right_documents: Vec<&'a Document>,
    left_words: OnceCell<FxHashMap<u64, u32>>,
    right_words: OnceCell<FxHashMap<u64, u32>>,
}

impl<'a> Agreement<'a> {
    pub(super) fn new(aligned: &[AlignedItems<'a>]) -> Self {
        let mut found = Self::default();
        let (mut lefts, mut rights) = (BTreeMap::new(), BTreeMap::new());
        for items in aligned {
            lefts.insert(items.left.doc.id, items.left.doc);
            rights.insert(items.right.doc.id, items.right.doc);
            for (a, b) in &items.pairs {
                found.count((items.left, a), (items.right, b));
            }
            found.count_whole(items.left, items.right);
        }
        found.left_documents = lefts.into_values().collect();
        found.right_documents = rights.into_values().collect();
        found.left_codes = counts(&found.left_documents);
        found.right_codes = counts(&found.right_documents);
        for doc in &found.left_documents {
            for target in all_targets(doc) {
                found.left_targets.entry(key(target.target)).or_insert_with(|| text(doc, target));
            }
        }
        for doc in &found.right_documents {
            for target in all_targets(doc) {
                let texts = found.right_targets.entry(key(target.target)).or_default();
                if texts.len() < MAX_TEXTS_OF_TARGET {
                    texts.push((text(doc, target), doc.id, target.span));
                }
            }
        }
        found
    }

    /// Counts the images and anchors of two items, which may be outside paragraphs.
    fn count_whole(&mut self, left: &ComparedItem<'_>, right: &ComparedItem<'_>) {
        let images = |item: &ComparedItem<'_>| -> Vec<String> {
            keyed(item, item.span, TargetKind::Image).into_iter().map(|(key, _)| key).collect()
        };
        self.images.add_all(&images(left), &images(right));
        let anchors = |item: &ComparedItem<'_>| -> Vec<String> {
            anchors_in(item).into_iter().map(|(anchor, _)| anchor).collect()
        };
        self.anchors.add_all(&anchors(left), &anchors(right));
    }

    fn count(&mut self, (left, a): (&ComparedItem<'_>, &Paragraph), (right, b): (&ComparedItem<'_>, &Paragraph)) {
        let (lefts, rights) = (keyed(left, a.span, TargetKind::Link), keyed(right, b.span, TargetKind::Link));
        if lefts.len() == rights.len() {
            for (key, link) in &lefts {
                let is_equal = rights.iter().any(|(other, _)| other == key);
                let fact = if is_equal { Kept::KEPT } else { Kept::CHANGED };
                self.links.entry(host(link.target)).or_default().add(fact);
                self.all_links.add(fact);
            }
        }
        let (lefts, rights) = (codes_of(left, a), codes_of(right, b));
        if lefts.len() == rights.len() {
            lefts.iter().for_each(|code| self.code.add(if rights.contains(code) { Kept::KEPT } else { Kept::CHANGED }));
        }
        if let Some(is_equal) = numbers::have_equal_numbers(a.text(left), b.text(right)) {
            self.numbers.add(if is_equal { Kept::KEPT } else { Kept::CHANGED });
        }
    }

    /// Returns whether the translation keeps the targets of a kind, judged by those of the host where it has enough.
    pub(super) fn keeps_targets(&self, kind: TargetKind, host: &str) -> bool {
        match self.links.get(host).filter(|kept| kept.all >= MIN_FACTS) {
            _ if kind == TargetKind::Image => self.images.is_habit(),
            Some(kept) => kept.is_habit(),
            None => self.all_links.is_habit(),
        }
    }

    pub(super) fn keeps_code(&self) -> bool {
        self.code.is_habit()
    }

    pub(super) fn keeps_anchors(&self) -> bool {
        self.anchors.is_habit()
    }

    pub(super) fn keeps_numbers(&self) -> bool {
        self.numbers.is_habit()
    }

    /// Returns whether inline code in place of another one is used elsewhere: the original has the one, or the translation
    /// the other, so that neither is a name that the translator chose.
    pub(super) fn is_code_of_both(&self, wanted: &str, found: &str) -> bool {
        self.right_codes.contains_key(wanted) || self.left_codes.contains_key(found)
    }

    /// Returns whether one code was replaced by another one: both are used elsewhere, and the translation has the one less
    /// often than the original, and the other one more often.
    pub(super) fn is_another_code(&self, wanted: &str, found: &str) -> bool {
        let count = |codes: &BTreeMap<&str, usize>, code: &str| codes.get(code).copied().unwrap_or(0);
        let (lost, added) = (
            count(&self.right_codes, wanted) < count(&self.left_codes, wanted),
            count(&self.right_codes, found) > count(&self.left_codes, found),
        );
        let is_kept = self.right_codes.contains_key(wanted) || self.left_codes.contains_key(found);
        is_kept && lost && added && (self.left_codes.contains_key(found) || count(&self.right_codes, found) > 1)
    }

    /// Returns whether a token differs from that of the original by words of the language of the translation: whoever
    /// translated an example has these words elsewhere as well.
    pub(super) fn is_in_its_words(&self, wanted: &str, found: &str) -> bool {
        self.has_words_besides(wanted, found, 0)
    }

    /// Returns whether a token of the prose differs from that of the original by words that the translation has beside it.
    pub(super) fn is_in_other_words(&self, wanted: &str, found: &str) -> bool {
        self.has_words_besides(wanted, found, 1)
    }

    /// Returns whether the translation has the words of `found` that `wanted` lacks, beside `own` occurrences of each, far
    /// more often than the original.
    fn has_words_besides(&self, wanted: &str, found: &str, own: u32) -> bool {
        let known: Vec<u64> = word_parts(wanted).map(|word| hash(&word)).collect();
        let mut new = word_parts(found).map(|word| hash(&word)).filter(|word| !known.contains(word)).peekable();
        let theirs = self.right_words.get_or_init(|| prose_words(&self.right_documents));
        let ours = self.left_words.get_or_init(|| prose_words(&self.left_documents));
        let count = |words: &FxHashMap<u64, u32>, word: &u64| words.get(word).copied().unwrap_or(0);
        new.peek().is_some() && new.all(|word| count(theirs, &word) > OWN_WORD_RATIO * count(ours, &word) + own)
    }

    /// Returns whether the text of a link says that it leads elsewhere: it is like that of the wanted target, and not like
    /// that of the original's link to the target that it has.
    pub(super) fn is_text_of_another(
        &self,
        (left, there): (&ComparedItem<'_>, PlacedTarget<'_>),
        (right, here): (&ComparedItem<'_>, PlacedTarget<'_>),
    ) -> bool {
        let Some(other) = self.left_targets.get(&key(here.target)) else { return false };
        let (wanted, own) = (text(left.doc, there), text(right.doc, here));
        trigram_similarity(&own, &wanted) >= trigram_similarity(&own, other) + TEXT_MARGIN
    }

    /// Returns how much the text of a link of the translation is like a link of the original, 0 to 1: like its text, its
    /// target, or the texts of other links of the translation to that target.
    pub(super) fn likeness(
        &self,
        (right, here): (&ComparedItem<'_>, PlacedTarget<'_>),
        (left, there): (&ComparedItem<'_>, PlacedTarget<'_>),
    ) -> f32 {
        let (own, wanted) = (text(right.doc, here), text(left.doc, there));
        if own.is_empty() {
            return 0.0;
        }
        let place: String = key(there.target).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let elsewhere = self.right_targets.get(&key(there.target)).into_iter().flatten();
        let others = elsewhere.filter(|(_, doc, span)| (*doc, *span) != (right.doc.id, here.span));
        let shared = |a: &str, b: &str| {
            let (a, b) = (cognates::keys(a), cognates::keys(b));
            let common = a.iter().filter(|key| b.binary_search(key).is_ok()).count();
            common as f32 / a.len().min(b.len()).max(1) as f32
        };
        let like = [trigram_similarity(&own, &wanted), trigram_similarity(&own, &place)];
        let cognate = [shared(&own, &wanted), shared(&own, &place)];
        let known = others.map(|(other, ..)| trigram_similarity(&own, other));
        like.into_iter().chain(cognate).chain(known).fold(0.0, f32::max)
    }

    /// Returns whether the target in place of another one is that of another link of the original, and the translation has
    /// the wanted one nowhere.
    pub(super) fn is_of_another(&self, there: PlacedTarget<'_>, here: PlacedTarget<'_>) -> bool {
        self.left_targets.contains_key(&key(here.target)) && !self.right_targets.contains_key(&key(there.target))
    }
}

fn all_targets(doc: &Document) -> Vec<PlacedTarget<'_>> {
    targets_in(doc, Span::new(0, doc.text().len() as u32))
}

/// Returns how often documents have each inline code.
fn counts<'a>(documents: &[&'a Document]) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for code in documents.iter().flat_map(|doc| codes(doc)) {
        *counts.entry(code).or_default() += 1;
    }
    counts
}

/// Returns how often the prose of documents has each word, in lower case and without accents.
fn prose_words(documents: &[&Document]) -> FxHashMap<u64, u32> {
    let mut counts = FxHashMap::default();
    for word in documents.iter().flat_map(|doc| word_parts(doc.prose.text())) {
        *counts.entry(hash(&word)).or_default() += 1;
    }
    counts
}

/// Returns the words of two letters or more of a text, in lower case and without accents; those of `tideGauge` are two.
fn word_parts(text: &str) -> impl Iterator<Item = String> + '_ {
    let runs = text.split(|c: char| !c.is_alphabetic());
    let words = runs.flat_map(|run| {
        let mut starts: Vec<usize> = vec![0];
        let pairs = run.char_indices().zip(run.char_indices().skip(1));
        starts.extend(pairs.filter(|((_, a), (_, b))| a.is_lowercase() && b.is_uppercase()).map(|(_, (at, _))| at));
        let ends: Vec<usize> = starts.iter().skip(1).copied().chain([run.len()]).collect();
        starts.into_iter().zip(ends).map(move |(start, end)| &run[start..end])
    });
    words.filter(|word| word.chars().nth(1).is_some()).map(|word| {
        let bare = word.nfd().filter(|c| !is_combining_mark(*c));
        bare.flat_map(char::to_lowercase).collect::<String>()
    })
}

fn codes_of<'b>(item: &'b ComparedItem<'_>, paragraph: &Paragraph) -> Vec<&'b str> {
    item.codes_in(paragraph.span).map(|code| inner(item.doc.slice(code))).collect()
}

/// Returns the inline code of a document.
fn codes(doc: &Document) -> impl Iterator<Item = &str> {
    doc.inline_code.iter().map(|code| inner(doc.slice(*code)))
}
