//! Two algorithms over pairs of numbers: the longest increasing subsequence, and mutual best matches.
//!
//! Pure: knows nothing of items or versions.

use std::collections::{BTreeMap, BTreeSet};

/// Returns the positions of a longest strictly increasing subsequence (C. Schensted, 1961), sorted.
pub(super) fn longest_increasing_subsequence(values: &[usize]) -> Vec<usize> {
    let mut tails: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = vec![None; values.len()];
    for (at, value) in values.iter().enumerate() {
        let length = tails.partition_point(|&tail| values[tail] < *value);
        previous[at] = length.checked_sub(1).map(|before| tails[before]);
        if length == tails.len() {
            tails.push(at);
        } else {
            tails[length] = at;
        }
    }
    let mut positions = Vec::new();
    let mut next = tails.last().copied();
    while let Some(at) = next {
        positions.push(at);
        next = previous[at];
    }
    positions.reverse();
    positions
}

/// Returns a matching of base with derived keys, given one pair for each thing that two keys share. Keys that share most
/// are matched first, the smaller keys where that is equal; each key is matched at most once.
pub(super) fn mutual_best_matches<K: Ord + Copy>(shared: impl Iterator<Item = (K, K)>) -> BTreeMap<K, K> {
    let mut counts: BTreeMap<(K, K), usize> = BTreeMap::new();
    for pair in shared {
        *counts.entry(pair).or_default() += 1;
    }
    let mut ordered: Vec<((K, K), usize)> = counts.into_iter().collect();
    ordered.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut matches = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for ((base, derived), _) in ordered {
        if !matches.contains_key(&base) && taken.insert(derived) {
            matches.insert(base, derived);
        }
    }
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(shared: &[(u32, u32)]) -> Vec<(u32, u32)> {
        mutual_best_matches(shared.iter().copied()).into_iter().collect()
    }

    #[test]
    fn positions_of_a_longest_increasing_subsequence_are_found() {
        assert_eq!(longest_increasing_subsequence(&[3, 1, 2, 9, 4, 5]), [1, 2, 4, 5]);
        assert_eq!(longest_increasing_subsequence(&[7, 7, 7]).len(), 1);
        assert_eq!(longest_increasing_subsequence(&[5, 4, 3, 2]).len(), 1);
        assert!(longest_increasing_subsequence(&[]).is_empty());
    }

    #[test]
    fn keys_that_share_most_are_matched_first() {
        assert_eq!(matches(&[(1, 10), (1, 20), (1, 20), (2, 20)]), [(1, 20)]);
        assert_eq!(matches(&[(1, 10), (2, 20), (2, 20), (1, 20)]), [(1, 10), (2, 20)]);
    }

    #[test]
    fn the_smaller_keys_are_matched_first_where_both_share_as_much() {
        assert_eq!(matches(&[(2, 10), (1, 20), (1, 10), (2, 20)]), [(1, 10), (2, 20)]);
        assert!(matches(&[]).is_empty());
    }
}
