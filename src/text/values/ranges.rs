//! Closed ranges of numbers: building, subtracting and writing them.
//!
//! Knows numbers only.

/// Returns the numbers as closed ranges without gaps, in rising order. Repeated numbers count once.
pub fn runs(numbers: impl IntoIterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut sorted: Vec<u32> = numbers.into_iter().collect();
    sorted.sort_unstable();
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in sorted {
        match runs.last_mut() {
            Some((_, last)) if number <= last.saturating_add(1) => *last = number,
            _ => runs.push((number, number)),
        }
    }
    runs
}

/// Removes `numbers` from closed ranges in rising order.
pub fn subtract(ranges: &[(u32, u32)], numbers: impl IntoIterator<Item = u32>) -> Vec<(u32, u32)> {
    let inside = |n: u32| ranges.iter().any(|&(first, last)| (first..=last).contains(&n));
    let mut taken: Vec<u32> = numbers.into_iter().filter(|&number| inside(number)).collect();
    taken.sort_unstable();
    taken.dedup();
    let mut taken = taken.into_iter().peekable();
    let mut left = Vec::new();
    for &(first, last) in ranges {
        let mut start = first;
        while let Some(number) = taken.next_if(|&number| number <= last) {
            if number > start {
                left.push((start, number - 1));
            }
            start = number + 1;
        }
        if start <= last {
            left.push((start, last));
        }
    }
    left
}

/// Returns the ranges as people write them: "261–320, 401".
pub fn list(ranges: &[(u32, u32)]) -> String {
    let written = ranges.iter().map(|&(first, last)| match last.saturating_sub(first) {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    });
    written.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_ranges() {
        assert_eq!(runs([5, 1, 2, 3, 9, 8, 2]), [(1, 3), (5, 5), (8, 9)]);
        assert_eq!(runs([]), []);
        assert_eq!(runs([u32::MAX, u32::MAX - 1]), [(u32::MAX - 1, u32::MAX)]);
    }

    #[test]
    fn what_is_taken_out_splits_ranges() {
        assert_eq!(subtract(&[(3, 9), (12, 12)], [5, 4, 9, 12, 40]), [(3, 3), (6, 8)]);
        assert_eq!(subtract(&[(3, 9)], []), [(3, 9)]);
    }

    #[test]
    fn ranges_are_written_as_people_do() {
        assert_eq!(list(&[(261, 320), (401, 401), (7, 8)]), "261–320, 401, 7, 8");
    }
}
