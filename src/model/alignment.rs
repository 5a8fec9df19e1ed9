//! The alignment of two versions: which item of one corresponds to which item of the other, and how certain that is.
//!
//! Knows items; not rules.

use super::id::{DocId, ItemId, SectionId};
use super::version_pair::VersionPair;

/// An item, named by its document and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemRef {
    /// The document.
    pub doc: DocId,
    /// The item: one of `Document::items`, or one of `Document::topics` counted after them.
    pub item: ItemId,
}

/// How two items, or one alone, relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The titles are equal, up to what normalization removes.
    Same,
    /// One item, with another title.
    Reworded,
    /// A different item under the same number.
    Different,
    /// One item, under another number or in another place.
    Moved,
    /// An item of the base version only.
    BaseOnly,
    /// An item of the derived version only.
    DerivedOnly,
}

impl Verdict {
    /// Returns the name in the JSON contract.
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
    /// The item of the base version.
    pub base: Option<ItemRef>,
    /// The item of the derived version.
    pub derived: Option<ItemRef>,
    /// How they relate.
    pub verdict: Verdict,
    /// Similarity of the titles, 0 to 1.
    pub score: f32,
    /// True if nothing but the order of the items between sure neighbours is evidence for the match.
    pub by_order: bool,
    /// For a moved row, the renumbered block that it is in, as an index into [`Alignment::renumbered`].
    pub renumbered: Option<u32>,
}

/// Items whose numbers all differ by one constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenumberedBlock {
    /// Number in the derived version, less the number in the base version.
    pub offset: i64,
    /// Its moved rows, as indices into [`Alignment::pairs`], in the order of the base version.
    pub rows: Vec<u32>,
}

/// An item that asks what another item of its version asks, which is the one that the other version has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepeatedItem {
    /// The item that only this version has.
    pub item: ItemRef,
    /// The item that both versions have.
    pub of: ItemRef,
    /// How likely the two ask the same, 0 to 1.
    pub score: f32,
}

/// An item whose text is divided among several items of the other version.
#[derive(Debug, Clone, PartialEq)]
pub struct DividedItem {
    /// The item that is one.
    pub whole: ItemRef,
    /// The items that its text is divided among, in their order.
    pub parts: Vec<ItemRef>,
    /// The smallest share of the text of a part that is in the whole, 0 to 1.
    pub score: f32,
}

/// A section, named by its document and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionRef {
    /// The document.
    pub doc: DocId,
    /// The index into `Document::sections`.
    pub section: SectionId,
}

/// Two sections that correspond, or one without counterpart, with the rows of their items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionPair {
    /// The section of the base version.
    pub base: Option<SectionRef>,
    /// The section of the derived version.
    pub derived: Option<SectionRef>,
    /// The rows in place whose items are in these sections, as indices into [`Alignment::pairs`].
    pub rows: Vec<u32>,
}

/// The alignment of two versions.
///
/// Every item is in exactly one row *in place*: with the item of its number (less the offset of its renumbered block,
/// if it is in one), or, where numbers are no evidence, with the same item; or alone. An item that has a number of its
/// own in each version, outside any renumbered block, has a `Moved` row beside that, so that both can be reported:
/// which item each number has, and where each item is.
#[derive(Debug, Clone, Default)]
pub struct Alignment {
    /// The rows in place, in the order of the base version, each derived item that is alone after the item that
    /// precedes it in its own version; then the moved rows beside them, in the order of the base version.
    pub pairs: Vec<AlignedPair>,
    /// Number of the pairs that are rows in place.
    pub in_place: usize,
    /// The renumbered blocks of rows in place.
    pub renumbered: Vec<RenumberedBlock>,
    /// Items of one version that ask what another item of it asks, in other words.
    pub repeats: Vec<RepeatedItem>,
    /// Items of one version that are several in the other, in the order of the parts that have no row of their own with
    /// them.
    pub divided: Vec<DividedItem>,
    /// The pairs of sections, in the order of their first rows. Items outside any section in both versions are in a
    /// pair without sections.
    pub sections: Vec<SectionPair>,
}

impl Alignment {
    /// Returns the rows in place: every item once.
    pub fn rows(&self) -> &[AlignedPair] {
        self.pairs.get(..self.in_place).unwrap_or(&self.pairs)
    }

    /// Returns the moved rows beside them.
    pub fn moves(&self) -> &[AlignedPair] {
        self.pairs.get(self.in_place..).unwrap_or(&[])
    }

    /// Returns the rows of a pair of sections.
    pub fn rows_of(&self, sections: &SectionPair) -> impl Iterator<Item = &AlignedPair> {
        sections.rows.iter().filter_map(|row| self.pairs.get(*row as usize))
    }

    /// Returns the pairs of sections that have different items under the same numbers.
    pub fn replaced_sections(&self) -> impl Iterator<Item = &SectionPair> {
        /// Minimum number of numbers that both sections have (a guess).
        const MIN_SHARED_NUMBERS: usize = 5;
        /// Minimum share of these numbers with different items, in tenths (a guess).
        const MIN_DIFFERENT_TENTHS: usize = 7;
        self.sections.iter().filter(|sections| {
            let both = |pair: &&AlignedPair| pair.base.is_some() && pair.derived.is_some();
            let shared = self.rows_of(sections).filter(both).count();
            let different = self.rows_of(sections).filter(|pair| pair.verdict == Verdict::Different).count();
            shared >= MIN_SHARED_NUMBERS && different * 10 >= shared * MIN_DIFFERENT_TENTHS
        })
    }
}

/// Two items that were compared, with the evidence for and against a match.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchExplanation {
    /// The item of the base version.
    pub base: ItemRef,
    /// The item of the derived version.
    pub derived: ItemRef,
    /// The evidence for and against a match.
    pub evidence: MatchEvidence,
    /// True if the alignment links them.
    pub linked: bool,
    /// The items with which they are matched instead: the match of the base item, and that of the derived item.
    pub taken_by: VersionPair<Option<ItemRef>>,
}

/// Evidence for and against two items being the same.
#[derive(Debug, Clone, PartialEq)]
pub enum MatchEvidence {
    /// In one language: similarity of titles and bodies, and position.
    Similarity(SimilarityScores),
    /// Between languages: translation-invariant features.
    Features {
        /// Names of the features that both have, those of greatest weight first: "code block `ls -l`".
        shared: Vec<String>,
        /// Sum of their weights: 1 is the weight of an equal number.
        shared_weight: f32,
        /// Names of the features that one has and the other version has in other items only, those of greatest weight
        /// first.
        elsewhere: Vec<String>,
        /// Sum of their weights.
        elsewhere_weight: f32,
    },
}

/// Scores of titles, bodies and positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimilarityScores {
    /// Similarity of the titles after the vetoes, 0 to 1.
    pub title: f32,
    /// Similarity of their words, weighted by rarity.
    pub words: f32,
    /// Similarity of their character trigrams.
    pub trigrams: f32,
    /// The smaller share of weight without a counterpart in the other title.
    pub unmatched: f32,
    /// Score that the vetoes subtract.
    pub veto: f32,
    /// Reason of the vetoes; empty if there are none.
    pub reason: &'static str,
    /// Share of the shorter body that is in the longer one; `None` if one of them is too short to be compared.
    pub body: Option<f32>,
    /// Position of the two items: "under the same number", "where their neighbours point", "elsewhere".
    pub place: &'static str,
    /// Score of all of it.
    pub total: f32,
    /// Minimum score for a link.
    pub enough: f32,
}
