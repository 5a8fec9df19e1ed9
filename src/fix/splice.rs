//! Applies edits to bytes. Pure: all bytes outside the edits are copied unchanged.

use std::ops::Range;

/// Returns `bytes` with each range replaced. Ranges are in rising order and disjoint; a range for which that does not
/// hold, or that extends past the end, is left out. `plan` ensures that there is none.
pub fn splice<T: AsRef<[u8]>>(bytes: &[u8], edits: impl IntoIterator<Item = (Range<usize>, T)>) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for (range, replacement) in edits {
        if let Some(between) = bytes.get(at..range.start).filter(|_| range.end <= bytes.len()) {
            out.extend_from_slice(between);
            out.extend_from_slice(replacement.as_ref());
            at = range.end.max(range.start);
        }
    }
    out.extend_from_slice(bytes.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_edits_give_identical_bytes() {
        assert_eq!(splice::<&str>(b"\xFF\r\nab", []), b"\xFF\r\nab");
    }

    #[test]
    fn edits_replace_delete_and_insert() {
        assert_eq!(splice(b"abcd", [(0..1, "X"), (2..3, ""), (4..4, "!")]), b"Xbd!");
    }

    #[test]
    fn ranges_that_overlap_or_extend_past_the_end_are_left_out() {
        assert_eq!(splice(b"abcd", [(0..2, "X"), (1..3, "Y"), (3..9, "Z")]), b"Xcd");
    }
}
