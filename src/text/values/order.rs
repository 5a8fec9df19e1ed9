//! The longest increasing subsequence: the elements of a list that keep its order.
//!
//! Pure: knows nothing of what is ordered.

/// Returns the positions of a longest strictly increasing subsequence (C. Schensted, 1961), sorted.
pub fn longest_increasing_subsequence<T: Ord>(values: &[T]) -> Vec<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_a_longest_increasing_subsequence_are_found() {
        assert_eq!(longest_increasing_subsequence(&[3, 1, 2, 9, 4, 5]), [1, 2, 4, 5]);
        assert_eq!(longest_increasing_subsequence(&[7, 7, 7]).len(), 1);
        assert_eq!(longest_increasing_subsequence(&[5, 4, 3, 2]).len(), 1);
        assert!(longest_increasing_subsequence::<u32>(&[]).is_empty());
    }
}
