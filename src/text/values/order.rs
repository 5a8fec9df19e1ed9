//! The elements that keep their order: the longest increasing subsequence of a list, and the best alignment of two.
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

/// Returns the pairs of the alignment that keeps the order and has the highest sum of scores (S. B. Needleman and C. D.
/// Wunsch, 1970), as indices into the two sequences, both rising. Leaving an element alone costs nothing, so only scores
/// above 0 make a pair. Takes time and space in proportion to the product of the lengths.
pub fn in_order((left, right): (usize, usize), score: impl Fn(usize, usize) -> f32) -> Vec<(usize, usize)> {
    let width = right + 1;
    let mut sums = vec![0.0_f32; (left + 1) * width];
    for a in 0..left {
        for b in 0..right {
            let pair = score(a, b);
            let linked = if pair > 0.0 { sums[a * width + b] + pair } else { 0.0 };
            sums[(a + 1) * width + b + 1] = linked.max(sums[a * width + b + 1]).max(sums[(a + 1) * width + b]);
        }
    }
    let mut path = Vec::new();
    let (mut a, mut b) = (left, right);
    while a > 0 && b > 0 {
        let here = sums[a * width + b];
        if here == sums[(a - 1) * width + b] {
            a -= 1;
        } else if here == sums[a * width + b - 1] {
            b -= 1;
        } else {
            (a, b) = (a - 1, b - 1);
            path.push((a, b));
        }
    }
    path.reverse();
    path
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
