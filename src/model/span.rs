//! Byte spans, and the line index that turns offsets into lines and columns.
//!
//! Knows offsets only; not which file they are in.

use std::ops::Range;

/// A half-open range of byte offsets into a document's decoded text.
///
/// Offsets are 32 bits wide because a source is at most 4 GiB, which `input` makes sure of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte, 0-based.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end` (bytes, end exclusive).
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The empty span at `offset`.
    pub const fn at(offset: u32) -> Self {
        Self { start: offset, end: offset }
    }

    /// Returns the number of bytes covered.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Returns whether the span covers no byte.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Returns the span as a `usize` range, for slicing.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns whether `other` is wholly within this span.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Returns whether the byte at `offset` is covered.
    pub const fn contains_offset(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Returns whether the two share at least one byte.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Returns whether the two neither overlap nor touch, so that both can be edited.
    pub const fn is_apart_from(self, other: Self) -> bool {
        self.end < other.start || other.end < self.start
    }

    /// Returns the smallest span that covers both.
    pub fn cover(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

impl From<Range<usize>> for Span {
    /// # Panics
    /// Never for ranges within a source, whose length fits 32 bits; larger offsets are clamped.
    fn from(range: Range<usize>) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self::new(clamp(range.start), clamp(range.end))
    }
}

/// A half-open range of byte offsets into a file as it is on disk, which differ from those of its decoded text by a
/// byte-order mark, an encoding or ill-formed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DiskSpan {
    /// First byte, 0-based.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl DiskSpan {
    /// The span from `start` to `end` (bytes, end exclusive).
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The empty span at `offset`.
    pub const fn at(offset: u32) -> Self {
        Self { start: offset, end: offset }
    }

    /// Returns the number of bytes covered.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Returns whether the span covers no byte.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Returns whether the two neither overlap nor touch, so that both can be edited.
    pub const fn is_apart_from(self, other: Self) -> bool {
        self.end < other.start || other.end < self.start
    }

    /// Returns the span as a `usize` range, for slicing bytes.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl From<Range<usize>> for DiskSpan {
    /// # Panics
    /// Never: offsets past 4 GiB, which no source has, are clamped.
    fn from(range: Range<usize>) -> Self {
        let Span { start, end } = Span::from(range);
        Self { start, end }
    }
}

/// A position as people and editors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, counted in Unicode scalar values.
    pub column: u32,
}

/// Offsets at which the lines of a text start. A line ends with `\n`, `\r\n` or a lone `\r`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Within lines longer than [`STRIDE`]: a byte offset, and the number of characters of its line before it. They
    /// keep positions inexpensive where a whole file is one line.
    columns: Vec<(u32, u32)>,
}

/// Number of bytes of a long line between two known columns (a guess: a page of memory).
const STRIDE: usize = 4096;

impl LineIndex {
    /// Indexes `text` in one pass.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = Vec::with_capacity(bytes.len() / 48 + 1);
        starts.push(0);
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            if !crlf {
                starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
            }
        }
        let columns = known_columns(bytes, &starts);
        Self { starts, columns }
    }

    /// Returns the number of lines; a text that ends with a line break has an empty last line.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// Returns the 0-based line that holds the byte at `offset`.
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Returns the byte offset at which the 0-based `line` starts, if there is one.
    pub fn start_of(&self, line: usize) -> Option<u32> {
        self.starts.get(line).copied()
    }

    /// Returns the span of the 0-based `line`, its line break included; the end of the text for a line past it.
    pub fn span_of(&self, line: usize, text: &str) -> Span {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let start = self.start_of(line).unwrap_or(end);
        Span::new(start, self.start_of(line + 1).unwrap_or(end))
    }

    /// Returns line and column of the byte at `offset` of `text`; an offset inside a character counts as its start.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let line = self.line_of(offset);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let end = (offset as usize).min(text.len());
        let after = self.columns.partition_point(|(known, _)| *known as usize <= end);
        let known = after.checked_sub(1).map(|at| self.columns[at]).filter(|(known, _)| *known >= start);
        let (from, before) = known.unwrap_or((start, 0));
        let columns = before as usize + characters(&text.as_bytes()[(from as usize).min(end)..end]);
        Position { line: line as u32 + 1, column: columns as u32 + 1 }
    }
}

/// Returns the number of characters that start in `bytes`.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

/// Returns a column for each [`STRIDE`] bytes of the lines that are longer.
fn known_columns(bytes: &[u8], starts: &[u32]) -> Vec<(u32, u32)> {
    let mut columns = Vec::new();
    for (at, &start) in starts.iter().enumerate() {
        let end = starts.get(at + 1).map_or(bytes.len(), |&next| next as usize);
        let (mut offset, mut column) = (start as usize, 0);
        while end - offset > STRIDE {
            column += characters(&bytes[offset..offset + STRIDE]);
            offset += STRIDE;
            columns.push((offset as u32, column as u32));
        }
    }
    columns
}

/// Returns whether one of some spans, which are sorted and disjoint, holds the byte at `offset`.
pub fn covers(spans: &[Span], offset: u32) -> bool {
    let after = spans.partition_point(|span| span.start <= offset);
    after > 0 && spans[after - 1].contains_offset(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_lf_crlf_or_cr() {
        let text = "a\r\nb\rc\nd";
        let lines = LineIndex::new(text);
        assert_eq!(lines.count(), 4);
        assert_eq!(lines.position(text, 3), Position { line: 2, column: 1 });
        assert_eq!(lines.position(text, 7), Position { line: 4, column: 1 });
        assert_eq!(&text[lines.span_of(0, text).range()], "a\r\n");
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "é🟣x";
        let lines = LineIndex::new(text);
        assert_eq!(lines.position(text, 6), Position { line: 1, column: 3 });
    }

    #[test]
    fn columns_are_known_throughout_a_long_line() {
        let text = format!("first\n{}\nlast", "é€x".repeat(3 * STRIDE));
        let lines = LineIndex::new(&text);
        for (at, _) in text.char_indices().step_by(997) {
            let start = lines.start_of(lines.line_of(at as u32)).unwrap_or(0) as usize;
            let column = text[start..at].chars().count() as u32 + 1;
            assert_eq!(lines.position(&text, at as u32).column, column, "byte {at}");
        }
    }
}
