//! Word lists in the binary: texts of sorted lines, looked up by bisection.
//!
//! Such a list costs nothing until it is used, because nothing is built, copied or relocated when the program starts.

use std::cmp::Ordering;

/// Returns the rest of the line that starts with `word` and a tab, or the empty text if the line is just the word;
/// `None` if there is no such line. The lines are sorted by their bytes and end with `\n`; no word holds a byte below
/// the space.
pub fn find<'a>(lines: &'a str, word: &str) -> Option<&'a str> {
    let bytes = lines.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = memchr::memrchr(b'\n', &bytes[low..middle]).map_or(low, |at| low + at + 1);
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
        match compare(&bytes[start..end], word.as_bytes()) {
            Ordering::Equal => {
                let (key, rest) = split(&lines[start..end]);
                return (key == word).then_some(rest);
            }
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    None
}

/// Compares the word at the start of a line with another one. No byte of a word is below the tab after it, so that the
/// rest of the line is looked at only if the words are equal up to there.
fn compare(line: &[u8], word: &[u8]) -> Ordering {
    let shared = line.len().min(word.len());
    let order = line[..shared].cmp(&word[..shared]);
    order.then_with(|| match line.get(shared) {
        None => line.len().cmp(&word.len()),
        Some(b'\t') => Ordering::Equal,
        Some(_) => Ordering::Greater,
    })
}

/// Returns all words of a list, each with the rest of its line.
pub fn entries(lines: &str) -> impl Iterator<Item = (&str, &str)> {
    lines.split_terminator('\n').map(split)
}

fn split(line: &str) -> (&str, &str) {
    line.split_once('\t').unwrap_or((line, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        let lines = "ab\nabc\tone,two\nabc-d\nb\nzebra\tx\n";
        for (word, rest) in entries(lines) {
            assert_eq!(find(lines, word), Some(rest), "{word}");
        }
        assert_eq!(entries(lines).count(), 5);
        for other in ["", "a", "abcd", "abc\t", "bb", "x", "zebras", "zzz"] {
            assert_eq!(find(lines, other), None, "{other}");
        }
        assert_eq!(find("", "a"), None);
    }
}
