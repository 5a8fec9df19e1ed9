//! Links between the entries of containers by their ids: cues by their times, texts of catalogues by their keys.
//!
//! Knows items and their ids; not what their texts say.

use rustc_hash::FxHashMap;

use super::alignment_item::AlignmentItem;
use super::link::ItemLink;

/// Maximum distance between the beginnings of two cues that say the same, in milliseconds (a guess: less than a sentence
/// takes).
const MAX_CUE_DISTANCE_MS: u64 = 1500;
/// Minimum share of the cues of the shorter version that have a counterpart, in percent (a guess): with fewer, the versions
/// have different clocks, and times say nothing.
const MIN_LINKED_PERCENT: usize = 50;

/// Returns the links between entries; `None` if the items of a version are none, or their ids say nothing.
pub(super) fn by_id(base: &[AlignmentItem<'_>], derived: &[AlignmentItem<'_>]) -> Option<Vec<ItemLink>> {
    if base.iter().chain(derived).any(|item| item.is_timed) { by_time(base, derived) } else { by_key(base, derived) }
}

/// Returns the links between entries with one id; `None` if an item is no entry, or no id is in both versions.
fn by_key(base: &[AlignmentItem<'_>], derived: &[AlignmentItem<'_>]) -> Option<Vec<ItemLink>> {
    let mut there: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, item) in derived.iter().enumerate() {
        there.entry(item.entry_id.as_deref()?).or_default().push(at);
    }
    let mut links = Vec::new();
    // An id that occurs twice names the last of its entries, as in JSON, so the last ones are linked first.
    for (at, item) in base.iter().enumerate().rev() {
        if let Some(derived) = there.get_mut(item.entry_id.as_deref()?).and_then(Vec::pop) {
            links.push(ItemLink { base: at, derived, score: 1.0, exact: true, by_order: false });
        }
    }
    links.reverse();
    (!links.is_empty()).then_some(links)
}

/// Returns the links between cues that begin at about the same time; `None` if the items of a version have no times, or
/// their times do not agree.
fn by_time(base: &[AlignmentItem<'_>], derived: &[AlignmentItem<'_>]) -> Option<Vec<ItemLink>> {
    let times = |items: &[AlignmentItem<'_>]| -> Option<Vec<u64>> {
        items.iter().map(|item| milliseconds(item.entry_id.as_deref()?)).collect()
    };
    let (base, derived) = (times(base)?, times(derived)?);
    if !(base.is_sorted() && derived.is_sorted()) {
        return None;
    }
    // Of several cues with one time, the first belongs to the first.
    let nearest = |at: usize, own: &[u64], others: &[u64]| -> Option<usize> {
        let time = own[at];
        let after = others.partition_point(|other| *other < time);
        let around = after.checked_sub(1).into_iter().chain((after < others.len()).then_some(after));
        let there = others[around.min_by_key(|other| others[*other].abs_diff(time))?];
        let first = others.partition_point(|other| *other < there);
        let count = others[first..].partition_point(|other| *other == there);
        let rank = at - own.partition_point(|other| *other < time);
        Some(first + rank.min(count.saturating_sub(1)))
    };
    let links: Vec<ItemLink> = (0..base.len())
        .filter_map(|at| {
            let other = nearest(at, &base, &derived)?;
            let distance = derived[other].abs_diff(base[at]);
            let is_mutual = nearest(other, &derived, &base) == Some(at) && distance <= MAX_CUE_DISTANCE_MS;
            let score = 1.0 - distance as f32 / (2 * MAX_CUE_DISTANCE_MS) as f32;
            is_mutual.then_some(ItemLink { base: at, derived: other, score, exact: true, by_order: false })
        })
        .collect();
    let enough = links.len() * 100 >= base.len().min(derived.len()) * MIN_LINKED_PERCENT;
    (enough && !links.is_empty()).then_some(links)
}

/// Returns the milliseconds of a time: `01:02:03.500`, `02:03.5`.
fn milliseconds(time: &str) -> Option<u64> {
    let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut seconds: u64 = 0;
    for field in whole.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(field.parse().ok()?)?;
    }
    let fraction: u64 = if fraction.is_empty() { 0 } else { format!("{fraction:0<3}").get(..3)?.parse().ok()? };
    seconds.checked_mul(1000)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_hours() {
        assert_eq!(milliseconds("01:02:03.5"), Some(3_723_500));
        assert_eq!(milliseconds("02:03"), Some(123_000));
        assert_eq!(milliseconds("a:b"), None);
    }
}
