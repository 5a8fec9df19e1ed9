//! Renumbered blocks: consecutive linked items whose numbers differ by one constant, because items before them were added
//! or left out.
//!
//! Knows items and links; not what an alignment makes of a block.

use super::alignment_item::{AlignmentItem, ItemsOfPair};
use super::link::ItemLink;
use crate::text::values::order::longest_increasing_subsequence;

/// Minimum number of links in a renumbered block (a guess): two may agree by chance.
const MIN_BLOCK_ITEMS: usize = 3;
/// Maximum distance between the numbers of consecutive links of a block (a guess).
const MAX_NUMBER_GAP: i64 = 10;

/// Linked items of one offset.
pub(super) struct RenumberedItems {
    /// Number in the derived version, less the number in the base version; never 0.
    pub(super) offset: i64,
    /// Indices of the base items, sorted.
    base: Vec<usize>,
}

/// The renumbered blocks of two versions.
pub(super) struct Renumbering {
    /// The blocks, in the order of their first base items.
    pub(super) blocks: Vec<RenumberedItems>,
    /// For each base item, the block that it is in, as an index into `blocks`.
    block_of: Vec<Option<u32>>,
}

impl Renumbering {
    pub(super) fn new(items: ItemsOfPair<'_>, links: &[ItemLink]) -> Self {
        let blocks = merged(renumbered_blocks(items, links), items.base);
        let mut block_of = vec![None; items.base.len()];
        for (at, block) in blocks.iter().enumerate() {
            for &item in &block.base {
                block_of[item] = Some(at as u32);
            }
        }
        Self { blocks, block_of }
    }

    /// Returns the block that a base item is in.
    pub(super) fn block_of(&self, item: usize) -> Option<u32> {
        self.block_of[item]
    }

    /// Returns by how much the numbers of a block differ.
    pub(super) fn offset(&self, block: u32) -> i64 {
        self.blocks[block as usize].offset
    }

    /// Adds the items without a link that are between two near items of a block to that block.
    pub(super) fn extend(&mut self, of_base: &[Option<ItemLink>]) {
        for (at, block) in self.blocks.iter().enumerate() {
            let gaps = block.base.windows(2).map(|pair| pair[0] + 1..pair[1]);
            for item in gaps.filter(|gap| gap.len() <= MAX_NUMBER_GAP as usize).flatten() {
                if self.block_of[item].is_none() && of_base[item].is_none() {
                    self.block_of[item] = Some(at as u32);
                }
            }
        }
    }
}

/// Returns by how much the number of a derived item is higher than that of a base item, both as
/// [`Number::key`](crate::model::item::Number::key) gives them.
pub(super) fn offset(base: u64, derived: u64) -> i64 {
    // Keys have 54 bits.
    derived.wrapping_sub(base) as i64
}

/// Consecutive links of one offset.
struct Run {
    items: RenumberedItems,
    /// True if the numbers of all of them rise with those of most links.
    in_order: bool,
}

/// Returns consecutive links of one offset other than 0. A link that is not exact and has another offset does not end a
/// block. A few links are a block if their numbers keep the order and if the numbers around them are shifted in two ways:
/// then items were added or omitted on both sides, and none of these was moved.
fn renumbered_blocks(items: ItemsOfPair<'_>, links: &[ItemLink]) -> Vec<RenumberedItems> {
    let numbers =
        |link: &&ItemLink| items.base[link.base].number.is_some() && items.derived[link.derived].number.is_some();
    let links: Vec<&ItemLink> = links.iter().filter(numbers).collect();
    let number =
        |link: &&ItemLink| usize::try_from(items.derived[link.derived].number.unwrap_or(0)).unwrap_or(usize::MAX);
    let mut keeps_order = vec![false; links.len()];
    longest_increasing_subsequence(&links.iter().map(number).collect::<Vec<_>>())
        .into_iter()
        .for_each(|at| keeps_order[at] = true);
    let mut runs: Vec<Run> = Vec::new();
    let mut last = 0;
    for (link, in_order) in links.iter().zip(keeps_order) {
        let numbers = (items.base[link.base].number, items.derived[link.derived].number);
        let (Some(base), Some(derived)) = numbers else { continue };
        let (number, offset) = (i64::try_from(base).unwrap_or(i64::MAX), offset(base, derived));
        let is_near = (number - last).abs() <= MAX_NUMBER_GAP;
        match runs.last_mut() {
            Some(run) if run.items.offset == offset && is_near => {
                run.items.base.push(link.base);
                run.in_order &= in_order;
                last = number;
            }
            Some(_) if !link.exact && is_near => {}
            _ => {
                runs.push(Run { items: RenumberedItems { offset, base: vec![link.base] }, in_order });
                last = number;
            }
        }
    }
    let ordered: Vec<(usize, i64)> =
        runs.iter().enumerate().filter(|(_, run)| run.in_order).map(|(at, run)| (at, run.items.offset)).collect();
    let is_between_shifts = |at: usize| {
        let Ok(place) = ordered.binary_search_by_key(&at, |(run, _)| *run) else { return false };
        let around = |place: Option<usize>| place.and_then(|place| ordered.get(place)).map(|(_, offset)| *offset);
        let (before, after) = (around(place.checked_sub(1)), around(place.checked_add(1)));
        before.is_some() && after.is_some() && before != after
    };
    let tails = SectionTails::new(items, &links);
    let kept = runs.into_iter().enumerate().filter(|(at, run)| {
        let few = run.items.base.len() < MIN_BLOCK_ITEMS;
        run.items.offset != 0 && (!few || (run.in_order && is_between_shifts(*at)) || tails.is_tail(&run.items))
    });
    kept.map(|(_, run)| run.items).collect()
}

/// Finds the last items of a section that are renumbered because items right before them are in one version only.
struct SectionTails<'a> {
    items: ItemsOfPair<'a>,
    /// The derived item of each linked base item.
    of_base: Vec<Option<usize>>,
    is_linked: Vec<bool>,
}

impl<'a> SectionTails<'a> {
    fn new(items: ItemsOfPair<'a>, links: &[&ItemLink]) -> Self {
        let (mut of_base, mut is_linked) = (vec![None; items.base.len()], vec![false; items.derived.len()]);
        for link in links.iter().filter(|link| link.exact) {
            of_base[link.base] = Some(link.derived);
            is_linked[link.derived] = true;
        }
        Self { items, of_base, is_linked }
    }

    fn is_tail(&self, block: &RenumberedItems) -> bool {
        let (Some(&first), Some(&last)) = (block.base.first(), block.base.last()) else { return false };
        let Some(derived) = self.of_base[first] else { return false };
        let (base_items, derived_items) = (self.items.base, self.items.derived);
        let is_last = base_items.get(last + 1).is_none_or(|next| next.section != base_items[last].section);
        let dropped = (0..first)
            .rev()
            .take_while(|&at| self.of_base[at].is_none() && base_items[at].section == base_items[first].section)
            .count();
        let added = (0..derived)
            .rev()
            .take_while(|&at| !self.is_linked[at] && derived_items[at].section == derived_items[derived].section)
            .count();
        let is_whole = last - first + 1 == block.base.len();
        is_last && is_whole && dropped + added > 0 && block.offset == added as i64 - dropped as i64
    }
}

/// Returns the blocks, those of one offset whose numbers follow each other joined: a version may be grouped by other
/// ideas than by number.
fn merged(blocks: Vec<RenumberedItems>, base: &[AlignmentItem<'_>]) -> Vec<RenumberedItems> {
    let number = |item: &usize| base[*item].number.map_or(0, |number| i64::try_from(number).unwrap_or(i64::MAX));
    let mut ordered: Vec<(i64, i64, RenumberedItems)> = blocks
        .into_iter()
        .map(|block| {
            let first = block.base.iter().map(number).min().unwrap_or(0);
            (first, block.base.iter().map(number).max().unwrap_or(0), block)
        })
        .collect();
    ordered.sort_by_key(|(first, last, block)| (block.offset, *first, *last));
    let mut joined: Vec<(i64, RenumberedItems)> = Vec::new();
    for (first, last, block) in ordered {
        match joined.last_mut() {
            Some((end, before)) if before.offset == block.offset && first > *end && first - *end <= MAX_NUMBER_GAP => {
                before.base.extend(block.base);
                *end = last;
            }
            _ => joined.push((last, block)),
        }
    }
    let mut blocks: Vec<RenumberedItems> = joined.into_iter().map(|(_, block)| block).collect();
    blocks.iter_mut().for_each(|block| block.base.sort_unstable());
    blocks.sort_by_key(|block| block.base.first().copied());
    blocks
}
