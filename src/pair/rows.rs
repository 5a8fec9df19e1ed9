//! The rows of an alignment: those in place, where every item is once, and the moved rows beside them.
//!
//! Knows items, links and the matches in place; not how items are matched.

use std::collections::BTreeMap;

use super::alignment_item::ItemsOfPair;
use super::link::ItemLink;
use super::renumbered::Renumbering;
use crate::model::alignment::{AlignedPair, RenumberedBlock, Verdict};

/// The derived item in the place of a base item, and how the two relate.
#[derive(Clone, Copy)]
pub(super) struct InPlaceMatch {
    pub(super) derived: usize,
    pub(super) verdict: Verdict,
    /// Similarity of the titles, 0 to 1.
    pub(super) score: f32,
    /// True if nothing but the order is evidence.
    pub(super) by_order: bool,
    /// The renumbered block that the base item is in, if the match is moved with it.
    pub(super) renumbered: Option<u32>,
}

/// The rows in place, and the renumbered blocks that some of them are in.
pub(super) struct Rows {
    pub(super) pairs: Vec<AlignedPair>,
    pub(super) renumbered: Vec<RenumberedBlock>,
}

/// Returns the rows in place, in the order of the base version. A derived item that is alone follows the row of the item
/// before it in its own version.
pub(super) fn in_place(items: ItemsOfPair<'_>, matches: &[Option<InPlaceMatch>], renumbering: &Renumbering) -> Rows {
    let mut alone_after = derived_alone(items.derived.len(), matches);
    let alone = |derived: usize| AlignedPair {
        base: None,
        derived: Some(items.derived[derived].item),
        verdict: Verdict::DerivedOnly,
        score: 0.0,
        by_order: false,
        renumbered: None,
    };
    let block = |offset: i64| RenumberedBlock { offset, rows: Vec::new() };
    let mut renumbered: Vec<RenumberedBlock> = renumbering.blocks.iter().map(|found| block(found.offset)).collect();
    let mut pairs: Vec<AlignedPair> = Vec::new();
    pairs.extend(alone_after.remove(&0).into_iter().flatten().map(alone));
    for (item, matched) in matches.iter().enumerate() {
        if let Some(block) = matched.and_then(|matched| matched.renumbered) {
            renumbered[block as usize].rows.push(pairs.len() as u32);
        }
        let base = Some(items.base[item].item);
        pairs.push(match matched {
            Some(InPlaceMatch { derived, verdict, score, by_order, renumbered }) => AlignedPair {
                base,
                derived: Some(items.derived[*derived].item),
                verdict: *verdict,
                score: *score,
                by_order: *by_order,
                renumbered: *renumbered,
            },
            None => AlignedPair {
                base,
                derived: None,
                verdict: Verdict::BaseOnly,
                score: 0.0,
                by_order: false,
                renumbered: None,
            },
        });
        pairs.extend(alone_after.remove(&(item + 1)).into_iter().flatten().map(alone));
    }
    Rows { pairs, renumbered }
}

/// Returns the derived items without a match, by the number of base items up to the match that precedes them.
fn derived_alone(derived: usize, matches: &[Option<InPlaceMatch>]) -> BTreeMap<usize, Vec<usize>> {
    let mut base_of: Vec<Option<usize>> = vec![None; derived];
    for (item, matched) in matches.iter().enumerate() {
        if let Some(matched) = matched {
            base_of[matched.derived] = Some(item);
        }
    }
    let mut alone: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut before = 0;
    for (derived, base) in base_of.into_iter().enumerate() {
        match base {
            Some(base) => before = base + 1,
            None => alone.entry(before).or_default().push(derived),
        }
    }
    alone
}

/// Returns the moved rows: links under another number, outside any renumbered block.
pub(super) fn moved(
    items: ItemsOfPair<'_>,
    of_base: &[Option<ItemLink>],
    matches: &[Option<InPlaceMatch>],
) -> Vec<AlignedPair> {
    let is_in_place = |link: &ItemLink| matches[link.base].is_some_and(|matched| matched.derived == link.derived);
    let moved = of_base.iter().flatten().filter(|link| !is_in_place(link));
    let pair = |link: &ItemLink| AlignedPair {
        base: Some(items.base[link.base].item),
        derived: Some(items.derived[link.derived].item),
        verdict: Verdict::Moved,
        score: link.score,
        by_order: link.by_order,
        renumbered: None,
    };
    moved.map(pair).collect()
}
