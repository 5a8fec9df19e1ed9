//! Which item of one version corresponds to which of another, and how sure that is.
//!
//! Knows items; not rules.

use super::id::{DocId, ItemId, SectionId};

/// An item, named by its document and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemRef {
    /// The document.
    pub doc: DocId,
    /// The index that `Document::unit` knows it by: of items, that into `Document::items`.
    pub item: ItemId,
}

/// How two items, or one alone, relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The same title, up to what normalization removes.
    Same,
    /// The same question in other words.
    Reworded,
    /// The same number, another question.
    Different,
    /// The same question under another number or elsewhere.
    Moved,
    /// Only in the left version.
    BaseOnly,
    /// Only in the right version.
    DerivedOnly,
}

impl Verdict {
    /// As the JSON contract writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Reworded => "reworded",
            Self::Different => "different",
            Self::Moved => "moved",
            Self::BaseOnly => "left-only",
            Self::DerivedOnly => "right-only",
        }
    }
}

/// One row of an alignment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlignedPair {
    /// The item of the first version.
    pub base: Option<ItemRef>,
    /// The item of the other version.
    pub derived: Option<ItemRef>,
    /// How they relate.
    pub verdict: Verdict,
    /// How alike their titles are, 0 to 1.
    pub score: f32,
    /// For a moved row, the run of equal shifts that it belongs to, as an index into [`Alignment::renumbered`].
    pub renumbered: Option<u32>,
}

/// A stretch of items that all moved by the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenumberedBlock {
    /// The number in the other version, less the number in the first.
    pub offset: i64,
    /// Its moved rows, as indices into [`Alignment::pairs`], in the order of the first version.
    pub rows: Vec<u32>,
}

/// A section, named by its document and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionRef {
    /// The document.
    pub doc: DocId,
    /// The index into `Document::sections`.
    pub section: SectionId,
}

/// Two sections that correspond, or one without counterpart, and what became of their items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionPair {
    /// The section of the first version.
    pub base: Option<SectionRef>,
    /// The section of the other version.
    pub derived: Option<SectionRef>,
    /// The rows in place whose items stand in these sections, as indices into [`Alignment::pairs`].
    pub rows: Vec<u32>,
}

/// The alignment of two versions.
///
/// Every item stands in exactly one row *in place*: with the item of its number (moved by the shift of its run, if it
/// is in one), or, where numbers do not help, with the item that asks the same; or alone. An item that is asked under
/// a number of its own, outside any run of shifts, has a `Moved` row beside that, so that what stands under each
/// number and where each question went can both be told.
#[derive(Debug, Clone, Default)]
pub struct Alignment {
    /// The rows in place, in the order of the left version, each item of the right version that is alone after what
    /// precedes it there; then the moved rows beside them, in the order of the left version.
    pub pairs: Vec<AlignedPair>,
    /// How many of the pairs are rows in place.
    pub in_place: usize,
    /// Runs of rows in place that moved by the same number.
    pub renumbered: Vec<RenumberedBlock>,
    /// How sections correspond, in the order of their first rows. Items outside any section on both sides make a pair
    /// without sections.
    pub sections: Vec<SectionPair>,
}

impl Alignment {
    /// The rows in place: every item once.
    pub fn rows(&self) -> &[AlignedPair] {
        self.pairs.get(..self.in_place).unwrap_or(&self.pairs)
    }

    /// The moved rows beside them.
    pub fn moves(&self) -> &[AlignedPair] {
        self.pairs.get(self.in_place..).unwrap_or(&[])
    }

    /// The rows of a pair of sections.
    pub fn rows_of(&self, sections: &SectionPair) -> impl Iterator<Item = &AlignedPair> {
        sections.rows.iter().filter_map(|row| self.pairs.get(*row as usize))
    }

    /// Pairs of sections that hold other items under the same numbers: at least five numbers, 70 % of them.
    pub fn replaced_sections(&self) -> impl Iterator<Item = &SectionPair> {
        self.sections.iter().filter(|sections| {
            let both = |pair: &&AlignedPair| pair.base.is_some() && pair.derived.is_some();
            let shared = self.rows_of(sections).filter(both).count();
            let different = self.rows_of(sections).filter(|pair| pair.verdict == Verdict::Different).count();
            shared >= 5 && different * 10 >= shared * 7
        })
    }
}

/// Two items that were weighed against each other, and what spoke for and against them.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchExplanation {
    /// The item of the first version.
    pub base: ItemRef,
    /// The item of the other version.
    pub derived: ItemRef,
    /// What spoke for and against them.
    pub evidence: MatchEvidence,
    /// Whether the alignment links them.
    pub linked: bool,
}

/// What speaks for and against two items being one.
#[derive(Debug, Clone, PartialEq)]
pub enum MatchEvidence {
    /// In one language: titles, bodies and place.
    Similarity(SimilarityScores),
    /// Between languages: what translation leaves alone.
    Features {
        /// What both have, the weightiest first: "code block `ls -l`".
        shared: Vec<String>,
        /// How much that weighs: 1 is as much as an equal number.
        shared_weight: f32,
        /// What one has and the other version has in other items only, the weightiest first.
        elsewhere: Vec<String>,
        /// How much that weighs.
        elsewhere_weight: f32,
    },
}

/// What titles, bodies and places say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimilarityScores {
    /// How alike the titles are after the vetoes, 0 to 1.
    pub title: f32,
    /// The part of the words in that, weighted by rarity.
    pub words: f32,
    /// The part of three-letter windows.
    pub trigrams: f32,
    /// The smaller share of weight that found no partner on either side.
    pub unmatched: f32,
    /// What the vetoes took away.
    pub veto: f32,
    /// Why they did; empty if they did not.
    pub reason: &'static str,
    /// How much of the shorter body is found in the longer one; `None` if one of them says too little.
    pub body: Option<f32>,
    /// Where the two stand to each other: "the same number", "where the neighbours point", "elsewhere".
    pub place: &'static str,
    /// What all of it comes to.
    pub total: f32,
    /// From what total on they are linked.
    pub enough: f32,
}
