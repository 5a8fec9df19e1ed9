//! Spans of a line, and their context.

use std::ops::Range;

use crate::text::ascii::ascii_end;

/// Maximum length of a non-ASCII run, in bytes. Longer ones are cut, because time grows with the square of the length
/// of a run, and memory with that of a damaged region.
pub(crate) const LONGEST: usize = 32 << 10;

/// Returns the runs of non-ASCII characters, as byte ranges of the line.
pub(crate) fn chunks(line: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = line.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = ascii_end(bytes, at);
        if start >= bytes.len() {
            return None;
        }
        let len = bytes[start..].iter().position(u8::is_ascii).unwrap_or(bytes.len() - start);
        at = if len > LONGEST { line.floor_char_boundary(start + LONGEST) } else { start + len };
        Some(start..at)
    })
}

/// Returns the line of a text that holds the byte `at`, without its line feed.
pub(crate) fn line_at(text: &str, at: usize) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |feed| feed + 1);
    let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |len| at + len);
    start..end
}

/// Maximum distance of context from a span, in bytes, so that long lines take linear time.
pub(crate) const NEAR: usize = 512;

/// Returns the context of a span of a line, and the span within that context.
pub(crate) fn near<'a>(line: &'a str, span: &Range<usize>) -> (&'a str, Range<usize>) {
    let start = line.floor_char_boundary(span.start.saturating_sub(NEAR));
    let end = line.ceil_char_boundary(span.end.saturating_add(NEAR).min(line.len()));
    (&line[start..end], span.start - start..span.end - start)
}

/// Minimum number of ASCII letters in a line of Latin script (a guess).
const LATIN_LINE: usize = 8;

/// Returns whether a line has enough letters to be one of Latin script.
pub(crate) fn is_latin_line(line: &str) -> bool {
    line.bytes().filter(u8::is_ascii_alphabetic).take(LATIN_LINE).count() == LATIN_LINE
}
