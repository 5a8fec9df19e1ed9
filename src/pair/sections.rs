//! Corresponding sections of two versions, and the rows of their alignment that are in them.
//!
//! Knows items, links and rows; not how rows come about.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::alignment_item::{AlignmentItem, ItemsOfPair};
use super::link::ItemLink;
use super::sequence::mutual_best_matches;
use crate::model::alignment::{AlignedPair, ItemRef, SectionPair, SectionRef};
use crate::model::work::VersionPair;

/// Returns for each base section the derived section with which it shares most of its exact links.
pub(super) fn matched(items: ItemsOfPair<'_>, links: &[ItemLink]) -> BTreeMap<SectionRef, SectionRef> {
    let exact = links.iter().filter(|link| link.exact);
    mutual_best_matches(
        exact.filter_map(|link| Some((items.base[link.base].section?, items.derived[link.derived].section?))),
    )
}

/// Returns the pairs of sections, in the order of their first rows: sections correspond where most of the rows that they
/// share are in both.
pub(super) fn pairs(items: ItemsOfPair<'_>, rows: &[AlignedPair]) -> Vec<SectionPair> {
    let of = VersionPair { base: sections_of(items.base), derived: sections_of(items.derived) };
    let sections = |pair: &AlignedPair| {
        let base = pair.base.and_then(|item| of.base.get(&item).copied().flatten());
        let derived = pair.derived.and_then(|item| of.derived.get(&item).copied().flatten());
        (base, derived)
    };
    let shared = rows.iter().filter_map(|pair| match sections(pair) {
        (Some(base), Some(derived)) => Some((base, derived)),
        _ => None,
    });
    let matched = mutual_best_matches(shared);
    let matched_by: BTreeMap<SectionRef, SectionRef> =
        matched.iter().map(|(base, derived)| (*derived, *base)).collect();
    let mut order: Vec<(Option<SectionRef>, Option<SectionRef>)> = Vec::new();
    let mut rows_of: FxHashMap<(Option<SectionRef>, Option<SectionRef>), Vec<u32>> = FxHashMap::default();
    for (at, pair) in rows.iter().enumerate() {
        let key = match sections(pair) {
            (Some(base), _) => (Some(base), matched.get(&base).copied()),
            (None, Some(derived)) => (matched_by.get(&derived).copied(), Some(derived)),
            (None, None) => (None, None),
        };
        let here = rows_of.entry(key).or_default();
        if here.is_empty() {
            order.push(key);
        }
        here.push(at as u32);
    }
    let pair =
        |(base, derived)| SectionPair { base, derived, rows: rows_of.remove(&(base, derived)).unwrap_or_default() };
    order.into_iter().map(pair).collect()
}

fn sections_of(items: &[AlignmentItem<'_>]) -> FxHashMap<ItemRef, Option<SectionRef>> {
    items.iter().map(|item| (item.item, item.section)).collect()
}
