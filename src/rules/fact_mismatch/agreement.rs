//! How reliably a translation keeps links, images, inline code and numbers: where it keeps nearly all of them, one that
//! differs is a slip.

use std::collections::{BTreeMap, BTreeSet};

use super::ComparedItem;
use super::links::{TargetKind, host, key, keyed};
use super::paragraphs::{Paragraph, inner};

use crate::model::document::{Document, Link};
use crate::text::values::numbers;

/// Minimum number of facts of a kind by which a habit is known (a guess).
const MIN_FACTS: usize = 6;
/// Minimum share of the facts of a kind that a translation keeps, in per cent, if keeping them is its habit (a guess).
const KEPT_PERCENT: usize = 85;

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
    numbers: Kept,
    left_codes: BTreeSet<&'a str>,
    right_codes: BTreeSet<&'a str>,
    left_targets: BTreeSet<String>,
    right_targets: BTreeSet<String>,
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
        }
        found.left_codes = lefts.values().flat_map(|doc| codes(doc)).collect();
        found.right_codes = rights.values().flat_map(|doc| codes(doc)).collect();
        found.left_targets = lefts.values().flat_map(|doc| &doc.links).map(key).collect();
        found.right_targets = rights.values().flat_map(|doc| &doc.links).map(key).collect();
        found
    }

    fn count(&mut self, (left, a): (&ComparedItem<'_>, &Paragraph), (right, b): (&ComparedItem<'_>, &Paragraph)) {
        for kind in TargetKind::ALL {
            let (lefts, rights) = (keyed(left, a.span, kind), keyed(right, b.span, kind));
            if lefts.len() != rights.len() {
                continue;
            }
            for (key, link) in &lefts {
                let is_equal = rights.iter().any(|(other, _)| other == key);
                let fact = if is_equal { Kept::KEPT } else { Kept::CHANGED };
                if kind == TargetKind::Image {
                    self.images.add(fact);
                } else {
                    self.links.entry(host(&link.target)).or_default().add(fact);
                    self.all_links.add(fact);
                }
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

    pub(super) fn keeps_numbers(&self) -> bool {
        self.numbers.is_habit()
    }

    /// Returns whether inline code in place of another one is used elsewhere: the original has the one, or the translation
    /// the other, so that neither is a name that the translator chose.
    pub(super) fn is_code_of_both(&self, wanted: &str, found: &str) -> bool {
        self.right_codes.contains(wanted) || self.left_codes.contains(found)
    }

    /// Returns whether the target in place of another one is that of another link of the original, and the translation has
    /// the wanted one nowhere.
    pub(super) fn is_of_another(&self, there: &Link, here: &Link) -> bool {
        self.left_targets.contains(&key(here)) && !self.right_targets.contains(&key(there))
    }
}

fn codes_of<'b>(item: &'b ComparedItem<'_>, paragraph: &Paragraph) -> Vec<&'b str> {
    item.codes_in(paragraph.span).map(|code| inner(item.doc.slice(code))).collect()
}

/// Returns the inline code of a document.
fn codes(doc: &Document) -> impl Iterator<Item = &str> {
    doc.inline_code.iter().map(|code| inner(doc.slice(*code)))
}
