//! Mutual best matches.
//!
//! Pure: knows nothing of items or versions.

use std::collections::{BTreeMap, BTreeSet};

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
