//! Items that several versions have and the first one lacks. Each version is aligned with the first only, so what that
//! one lacks is matched here, among the others.
//!
//! Knows the model and text, through entries, links and evidence; not settings.

use std::collections::BTreeSet;

use super::entry::{Entry, entries_of};
use super::evidence::Evidence;
use super::link::{Link, links};
use super::translation;
use crate::model::alignment::{Alignment, ItemRef, Verdict};
use crate::model::collection::Collection;
use crate::model::work::{AddedItem, Version, Work};

/// Whether two versions are in one language.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Same,
    Other,
}

/// The items that two versions or more have, but not the first one.
pub(super) fn find(work: &Work, collection: &Collection) -> Vec<AddedItem> {
    let mut all: Vec<AddedItem> = Vec::new();
    for (at, alignment) in work.alignments.iter().enumerate() {
        let version = at + 1;
        let items = alone(alignment);
        let mut partner: Vec<Option<usize>> = vec![None; items.len()];
        for tongue in [Tongue::Same, Tongue::Other] {
            let known: Vec<usize> = (0..all.len())
                .filter(|&known| {
                    let of = all[known].items[0].0;
                    tongue_of(&work.versions[of], &work.versions[version]) == tongue
                })
                .collect();
            let free: Vec<usize> = (0..items.len()).filter(|&item| partner[item].is_none()).collect();
            let first: Vec<ItemRef> = known.iter().map(|&known| all[known].items[0].1).collect();
            let here: Vec<ItemRef> = free.iter().map(|&item| items[item]).collect();
            for link in linked(&first, &here, tongue, collection) {
                partner[free[link.right]] = Some(known[link.left]);
            }
        }
        for (item, partner) in items.into_iter().zip(partner) {
            match partner {
                Some(known) => all[known].items.push((version, item)),
                None => all.push(AddedItem { items: vec![(version, item)] }),
            }
        }
    }
    all.retain(|newcomer| newcomer.items.len() > 1);
    all
}

fn tongue_of(a: &Version, b: &Version) -> Tongue {
    if a.is_translated(b) { Tongue::Other } else { Tongue::Same }
}

/// The right items of an alignment that are nowhere in the left version.
fn alone(alignment: &Alignment) -> Vec<ItemRef> {
    let moved: BTreeSet<ItemRef> = alignment.moves().iter().filter_map(|pair| pair.right).collect();
    let rows = alignment.rows().iter().filter(|pair| pair.verdict == Verdict::RightOnly);
    rows.filter_map(|pair| pair.right).filter(|item| !moved.contains(item)).collect()
}

fn linked(left: &[ItemRef], right: &[ItemRef], tongue: Tongue, collection: &Collection) -> Vec<Link> {
    if left.is_empty() || right.is_empty() {
        return Vec::new();
    }
    let (lefts, rights): (Vec<Entry<'_>>, Vec<Entry<'_>>) =
        (entries_of(left, collection), entries_of(right, collection));
    match tongue {
        Tongue::Same => links(&lefts, &rights).0,
        Tongue::Other => translation::links(&lefts, &rights, &Evidence::new(&lefts, &rights, collection)),
    }
}
