//! Added items: those that derived versions have and the base version lacks. Each derived version is aligned with the
//! base version only, so these items are matched here, among the derived versions.
//!
//! Knows the model and text, through items, links and features; not settings.

use std::collections::BTreeSet;

use super::alignment_item::{AlignmentItem, alignment_items_of};
use super::features::VersionFeatures;
use super::link::{ItemLink, links};
use super::translation_links;
use crate::model::alignment::{Alignment, ItemRef, Verdict};
use crate::model::collection::Collection;
use crate::model::work::{AddedItem, Version, Work};

/// Relation of the languages of two versions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LanguageRelation {
    Same,
    Other,
}

/// Returns the items that two derived versions or more have, but not the base version.
pub(super) fn find(work: &Work, collection: &Collection) -> Vec<AddedItem> {
    let mut all: Vec<AddedItem> = Vec::new();
    for (at, alignment) in work.alignments.iter().enumerate() {
        let version = at + 1;
        let items = alone(alignment);
        let mut partner: Vec<Option<usize>> = vec![None; items.len()];
        for relation in [LanguageRelation::Same, LanguageRelation::Other] {
            let known: Vec<usize> = (0..all.len())
                .filter(|&known| {
                    let of = all[known].items[0].0;
                    language_relation(&work.versions[of], &work.versions[version]) == relation
                })
                .collect();
            let free: Vec<usize> = (0..items.len()).filter(|&item| partner[item].is_none()).collect();
            let first: Vec<ItemRef> = known.iter().map(|&known| all[known].items[0].1).collect();
            let here: Vec<ItemRef> = free.iter().map(|&item| items[item]).collect();
            for link in linked(&first, &here, relation, collection) {
                partner[free[link.derived]] = Some(known[link.base]);
            }
        }
        for (item, partner) in items.into_iter().zip(partner) {
            match partner {
                Some(known) => all[known].items.push((version, item)),
                None => all.push(AddedItem { items: vec![(version, item)] }),
            }
        }
    }
    all.retain(|item| item.items.len() > 1);
    all
}

fn language_relation(a: &Version, b: &Version) -> LanguageRelation {
    if a.is_translated(b) { LanguageRelation::Other } else { LanguageRelation::Same }
}

/// Returns the derived items of an alignment that are nowhere in the base version.
fn alone(alignment: &Alignment) -> Vec<ItemRef> {
    let moved: BTreeSet<ItemRef> = alignment.moves().iter().filter_map(|pair| pair.derived).collect();
    let rows = alignment.rows().iter().filter(|pair| pair.verdict == Verdict::DerivedOnly);
    rows.filter_map(|pair| pair.derived).filter(|item| !moved.contains(item)).collect()
}

fn linked(base: &[ItemRef], derived: &[ItemRef], relation: LanguageRelation, collection: &Collection) -> Vec<ItemLink> {
    if base.is_empty() || derived.is_empty() {
        return Vec::new();
    }
    let (base_items, derived_items): (Vec<AlignmentItem<'_>>, Vec<AlignmentItem<'_>>) =
        (alignment_items_of(base, collection), alignment_items_of(derived, collection));
    match relation {
        LanguageRelation::Same => links(&base_items, &derived_items).0,
        LanguageRelation::Other => translation_links::links(
            &base_items,
            &derived_items,
            &VersionFeatures::new(&base_items, &derived_items, collection),
        ),
    }
}
