//! Applies edits to bytes. Pure: all bytes outside the edits are copied unchanged.

use crate::model::span::DiskSpan;

/// Returns `bytes` with the span of each edit replaced.
///
/// # Panics
/// If the edits are not sorted and disjoint, or extend past the end. `plan` ensures that they do neither.
pub fn splice(bytes: &[u8], edits: &[(DiskSpan, String)]) -> Vec<u8> {
    let grown: usize = edits.iter().map(|(_, text)| text.len()).sum();
    let mut out = Vec::with_capacity(bytes.len() + grown);
    let mut at = 0;
    for (span, text) in edits {
        out.extend_from_slice(&bytes[at..span.start as usize]);
        out.extend_from_slice(text.as_bytes());
        at = span.end as usize;
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_edits_give_identical_bytes() {
        assert_eq!(splice(b"\xFF\r\nab", &[]), b"\xFF\r\nab");
    }

    #[test]
    fn edits_replace_delete_and_insert() {
        let edits = [
            (DiskSpan::new(0, 1), "X".to_owned()),
            (DiskSpan::new(2, 3), String::new()),
            (DiskSpan::at(4), "!".to_owned()),
        ];
        assert_eq!(splice(b"abcd", &edits), b"Xbd!");
    }
}
