//! The order in which people number files: `part_9.md` before `part_10.md`.
//!
//! Knows paths only.

use std::cmp::Ordering;

use crate::model::collection::Collection;
use crate::model::id::DocId;

/// Sorts documents by path, runs of digits by their value.
pub fn sort(documents: &mut [DocId], collection: &Collection) {
    documents.sort_by(|a, b| {
        order(collection.document(*a).source.display(), collection.document(*b).source.display()).then(a.cmp(b))
    });
}

/// Compares two paths, runs of digits by their value.
pub fn order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (left, right) = (digits(a), digits(b));
        if left > 0 && right > 0 {
            let value = |text: &str| text.trim_start_matches('0').to_owned();
            let (x, y) = (value(&a[..left]), value(&b[..right]));
            match x.len().cmp(&y.len()).then_with(|| x.cmp(&y)) {
                Ordering::Equal => (a, b) = (&a[left..], &b[right..]),
                unequal => return unequal,
            }
            continue;
        }
        match (a.chars().next(), b.chars().next()) {
            (Some(x), Some(y)) if x == y => (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]),
            (x, y) => return x.cmp(&y),
        }
    }
}

/// Returns the number of digits that a text starts with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_by_value() {
        let mut names = vec!["b_101.md", "b_9.md", "a.md", "b_09a.md", "b_10.md", "ü.md", "b_.md"];
        names.sort_by(|a, b| order(a, b));
        assert_eq!(names, ["a.md", "b_.md", "b_9.md", "b_09a.md", "b_10.md", "b_101.md", "ü.md"]);
    }
}
