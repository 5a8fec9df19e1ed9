//! Stretches of a line, and what stands near them.

use std::ops::Range;

use super::leads::ascii_end;

/// Bytes of a chunk. What is longer without a single ASCII character is cut, as the work grows with the
/// square of a chunk's length, and the room with that of a zone.
pub(super) const LONGEST: usize = 32 << 10;

/// The runs of characters beyond ASCII, as bytes of the line.
pub(super) fn chunks(line: &str) -> impl Iterator<Item = Range<usize>> {
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

/// How many bytes before and after a span count as near, so that long lines take linear time.
pub(super) const NEAR: usize = 512;

/// What stands near a span of a line, and the span in it.
pub(super) fn near<'a>(line: &'a str, span: &Range<usize>) -> (&'a str, Range<usize>) {
    let start = line.floor_char_boundary(span.start.saturating_sub(NEAR));
    let end = line.ceil_char_boundary(span.end.saturating_add(NEAR).min(line.len()));
    (&line[start..end], span.start - start..span.end - start)
}

/// Letters of ASCII that make a line one of the Latin script.
const LATIN_LINE: usize = 8;

/// Whether a line has letters enough to be one of the Latin script.
pub(super) fn is_latin_line(line: &str) -> bool {
    line.bytes().filter(u8::is_ascii_alphabetic).take(LATIN_LINE).count() == LATIN_LINE
}
