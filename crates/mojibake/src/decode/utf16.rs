//! Spans of UTF-16 in mixed files, found and decoded: names, and tails that PowerShell's `>>` appended to UTF-8.
//!
//! Such a tail may have suffered one more mis-decoding: as UTF-8, which replaces each byte from 80 up with U+FFFD. Its
//! characters below 80 survive and are decoded; the others are kept as bytes and reported.

use std::ops::Range;

use super::Pieces;
use super::types::SegmentEncoding;

/// Number of readable bytes without a NUL that end a span (a guess).
const TEXT_LIKE: usize = 32;
/// Number of such bytes if some are not ASCII (a guess): two characters of three bytes hardly come about by chance.
const NON_ASCII_TEXT_LIKE: usize = 6;
/// Maximum number of code units for each that is ASCII with a NUL (a guess).
const UNITS_PER_SPACE: usize = 60;
/// Maximum number of code units without a NUL within a span that was decoded as UTF-8 (a guess): a drawn line or a
/// symbol.
const LOSSY_GAP: usize = 6;
/// Replacement of a byte from 80 up where UTF-16 was decoded as UTF-8.
const LOST: &[u8] = "\u{FFFD}".as_bytes();

/// Byte order of code units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endian {
    Little,
    Big,
}

impl Endian {
    /// Returns the name of UTF-16 in this order.
    pub(super) fn encoding(self) -> &'static str {
        match self {
            Self::Little => "UTF-16LE",
            Self::Big => "UTF-16BE",
        }
    }

    /// Returns the other order.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Little => Self::Big,
            Self::Big => Self::Little,
        }
    }
}

/// A span of UTF-16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Utf16Span {
    /// The bytes, with the byte-order mark.
    pub(super) range: Range<usize>,
    endian: Endian,
    cells: Cells,
}

impl Utf16Span {
    /// A span of code units whose bytes are as they were written, with the byte-order mark.
    pub(super) fn new(range: Range<usize>, endian: Endian) -> Self {
        Self { range, endian, cells: Cells::Bytes }
    }

    /// Returns the byte order, unless the bytes were decoded as UTF-8 since.
    pub(super) fn endian_of_bytes(&self) -> Option<Endian> {
        (self.cells == Cells::Bytes).then_some(self.endian)
    }
}

/// Form of the code units' bytes in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cells {
    /// Unchanged.
    Bytes,
    /// Bytes from 80 up replaced with U+FFFD in UTF-8.
    Lossy,
}

/// One half of a code unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Byte(u8),
    Lost,
}

/// A code unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodeUnit {
    Known(u16),
    /// At least one byte, from 80 up, is lost. Holds the high byte if only the low one is lost.
    Lost(Option<u8>),
}

/// End of a span, and the number of code units of each kind in it.
#[derive(Debug, Clone, Copy, Default)]
struct UnitSpan {
    end: usize,
    /// ASCII with a NUL.
    good: usize,
    /// Other characters.
    plain: usize,
    /// Code units of two ASCII bytes: a piece of other text, or a character of another script.
    doubtful: usize,
}

impl UnitSpan {
    fn is_convincing(&self) -> bool {
        // Text of any script has spaces or line breaks, but data of two bytes each does not.
        let spaced = UNITS_PER_SPACE * self.good >= self.good + self.plain + self.doubtful;
        self.good >= 2 && spaced && (2 * self.doubtful <= self.good || self.doubtful <= self.plain)
    }
}

/// Likelihood that a code unit is one of UTF-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodeUnitClass {
    /// ASCII with a NUL: hardly anything else looks like it.
    Good,
    /// Possible.
    Plain,
    /// Impossible.
    Bad,
}

impl CodeUnit {
    fn look(self) -> CodeUnitClass {
        match self {
            Self::Known(0x20..=0x7E | 0x09 | 0x0A | 0x0D) => CodeUnitClass::Good,
            Self::Known(0 | 0xFFFE | 0xFFFF | 0xFDD0..=0xFDEF) => CodeUnitClass::Bad,
            Self::Known(_) => CodeUnitClass::Plain,
            Self::Lost(Some(0..=0x1F)) => CodeUnitClass::Good,
            Self::Lost(_) => CodeUnitClass::Plain,
        }
    }
}

/// Returns the spans of UTF-16 in a file, sorted and disjoint.
pub(super) fn stretches(bytes: &[u8]) -> Vec<Utf16Span> {
    let mut found: Vec<Utf16Span> = Vec::new();
    let marked = match bytes.get(..2) {
        Some([0xFF, 0xFE]) => Some(Endian::Little),
        Some([0xFE, 0xFF]) => Some(Endian::Big),
        _ => None,
    };
    if let Some(endian) = marked {
        let reader = CodeUnitReader { bytes, endian, cells: Cells::Bytes };
        let end = reader.extend(2).end;
        found.push(Utf16Span { range: 0..end, endian, cells: Cells::Bytes });
    }
    let cells = if has_lost(bytes) && std::str::from_utf8(bytes).is_ok() { Cells::Lossy } else { Cells::Bytes };
    let mut from = found.last().map_or(0, |stretch| stretch.range.end);
    while let Some(at) = memchr::memchr(0, &bytes[from..]) {
        let floor = found.last().map_or(0, |stretch| stretch.range.end);
        match stretch_at(bytes, floor, from + at, cells) {
            Some(stretch) => {
                from = stretch.range.end;
                found.push(stretch);
            }
            // A NUL outside UTF-16: continue after the NULs that follow it.
            None => from += at + bytes[from + at..].iter().take_while(|&&byte| byte == 0).count(),
        }
    }
    found
}

/// Returns whether U+FFFD is among the bytes.
pub(super) fn has_lost(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, LOST).is_some()
}

/// Returns the span of UTF-16 whose first NUL is at `nul`, if there is one that starts at or after `floor`.
fn stretch_at(bytes: &[u8], floor: usize, nul: usize, cells: Cells) -> Option<Utf16Span> {
    let little = CodeUnitReader { bytes, endian: Endian::Little, cells };
    let big = CodeUnitReader { bytes, endian: Endian::Big, cells };
    let start = little.before(nul).filter(|&start| start >= floor);
    let as_little = start.map(|start| (little, start, little.extend(start)));
    let as_big = Some((big, nul, big.extend(nul)));
    // For ASCII both orders fit nearly equally well, one byte apart: the right one leaves no byte over.
    let (reader, start, reach) = [as_little, as_big]
        .into_iter()
        .flatten()
        .max_by_key(|(reader, _, reach)| (reach.good, reach.end == bytes.len(), reader.endian == Endian::Little))?;
    let lone = cells == Cells::Lossy && reach.good >= 1 && reader.starts_lost(start);
    if !reach.is_convincing() && !lone {
        return None;
    }
    let start = match reader.mark_before(floor, start) {
        marked if marked < start => marked,
        _ => reader.mark_before(floor, reader.walk_back(floor, start)),
    };
    Some(Utf16Span { range: start..reach.end, endian: reader.endian, cells })
}

/// Reader of code units.
#[derive(Debug, Clone, Copy)]
struct CodeUnitReader<'a> {
    bytes: &'a [u8],
    endian: Endian,
    cells: Cells,
}

impl CodeUnitReader<'_> {
    /// Returns the cell at `at` and the start of the next one.
    fn cell(&self, at: usize) -> Option<(Cell, usize)> {
        let byte = *self.bytes.get(at)?;
        if self.cells == Cells::Bytes || byte.is_ascii() {
            return Some((Cell::Byte(byte), at + 1));
        }
        // All other non-ASCII bytes are those of a UTF-8 character, not halves of a code unit.
        self.bytes[at..].starts_with(LOST).then_some((Cell::Lost, at + LOST.len()))
    }

    /// Returns the start of the cell before `at`, if `at` is the second half of a code unit.
    fn before(&self, at: usize) -> Option<usize> {
        if self.cells == Cells::Lossy && self.bytes[..at].ends_with(LOST) {
            return Some(at - LOST.len());
        }
        let byte = *self.bytes.get(at.checked_sub(1)?)?;
        (self.cells == Cells::Bytes || byte.is_ascii()).then_some(at - 1)
    }

    /// Returns the code unit at `at` and the start of the next one.
    fn unit(&self, at: usize) -> Option<(CodeUnit, usize)> {
        let (first, middle) = self.cell(at)?;
        let (second, end) = self.cell(middle)?;
        let (low, high) = match self.endian {
            Endian::Little => (first, second),
            Endian::Big => (second, first),
        };
        let unit = match (low, high) {
            (Cell::Byte(low), Cell::Byte(high)) => CodeUnit::Known(u16::from_be_bytes([high, low])),
            (Cell::Lost, Cell::Byte(high)) => CodeUnit::Lost(Some(high)),
            (_, Cell::Lost) => CodeUnit::Lost(None),
        };
        Some((unit, end))
    }

    /// Returns whether a range holds whole characters only.
    fn is_whole(&self, range: Range<usize>) -> bool {
        let units = self.bytes[range.clone()].as_chunks().0.iter().map(|pair: &[u8; 2]| match self.endian {
            Endian::Little => u16::from_le_bytes(*pair),
            Endian::Big => u16::from_be_bytes(*pair),
        });
        range.len().is_multiple_of(2) && char::decode_utf16(units).all(|c| c.is_ok())
    }

    fn starts_lost(&self, at: usize) -> bool {
        matches!(self.unit(at), Some((CodeUnit::Lost(Some(0..=0x1F)), _)))
    }

    /// Returns the end of UTF-16 from `start` on, with the evidence for it.
    fn extend(&self, start: usize) -> UnitSpan {
        let mut reach = UnitSpan { end: start, ..UnitSpan::default() };
        let (mut pending, mut at) = (UnitSpan::default(), start);
        while let Some((unit, next)) = self.unit(at) {
            match unit.look() {
                CodeUnitClass::Good if self.is_text(reach.end..at) => break,
                CodeUnitClass::Good => {
                    reach.good += 1;
                    reach.plain += pending.plain;
                    reach.doubtful += pending.doubtful;
                    reach.end = next;
                    pending = UnitSpan::default();
                }
                CodeUnitClass::Plain if !self.is_text(reach.end..next) => {
                    let ascii = self.bytes[at..next].iter().all(|byte| (b' '..=b'~').contains(byte));
                    *(if ascii { &mut pending.doubtful } else { &mut pending.plain }) += 1;
                }
                CodeUnitClass::Plain | CodeUnitClass::Bad => break,
            }
            at = next;
        }
        // The code units after the last certain one belong to the span, unless their bytes are readable text.
        if self.cells == Cells::Bytes && reach.end < at && !is_readable(&self.bytes[reach.end..at]) {
            reach.end = at;
        }
        // Block and box characters, whose high byte 25 is a percent sign, end the text that a console damaged.
        while self.cells == Cells::Lossy
            && let Some((CodeUnit::Lost(Some(0x25)), next)) = self.unit(reach.end)
        {
            reach.end = next;
        }
        reach
    }

    /// Returns whether the bytes between two certain code units are more likely readable text than code units.
    fn is_text(&self, range: Range<usize>) -> bool {
        let bytes = &self.bytes[range];
        if self.cells == Cells::Lossy {
            let worded = bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ');
            return !bytes.is_empty() && (worded || bytes.len() > 2 * LOSSY_GAP);
        }
        let least = if bytes.is_ascii() { TEXT_LIKE } else { NON_ASCII_TEXT_LIKE };
        // Only the end counts, because the bytes before it were examined when the span was shorter.
        let tail = &bytes[bytes.len().saturating_sub(2 * TEXT_LIKE)..];
        bytes.len() >= least && is_readable(tail)
    }

    /// Returns the start of the span whose first certain code unit is at `start`: letters of other scripts may precede
    /// it.
    fn walk_back(&self, floor: usize, start: usize) -> usize {
        if self.cells == Cells::Lossy {
            let mut start = start;
            while let Some(at) = self.before(start).and_then(|middle| self.before(middle)).filter(|&at| at >= floor)
                && self.starts_lost(at)
            {
                start = at;
            }
            return start;
        }
        let head = &self.bytes[floor..start];
        if floor == 0 && start.is_multiple_of(2) && !head.is_empty() && std::str::from_utf8(head).is_err() {
            return 0;
        }
        let mut at = start;
        while at >= floor + 2 {
            // The high bytes of the scripts from Latin to Syriac are control characters, which UTF-8 text does not
            // have.
            match self.unit(at - 2) {
                Some((CodeUnit::Known(0x80..=0x08FF), _)) => at -= 2,
                _ => break,
            }
        }
        at
    }

    /// Returns the start with any byte-order mark before it included, even a mark that was decoded as UTF-8.
    fn mark_before(&self, floor: usize, start: usize) -> usize {
        let marks: [&[u8]; 2] = match (self.cells, self.endian) {
            (Cells::Bytes, Endian::Little) => [&[0xFF, 0xFE], &[0xFF, 0xFE]],
            (Cells::Bytes, Endian::Big) => [&[0xFE, 0xFF], &[0xFE, 0xFF]],
            (Cells::Lossy, _) => ["\u{FFFD}\u{FFFD}".as_bytes(), "\u{FEFF}".as_bytes()],
        };
        let head = &self.bytes[floor..start];
        let opens = self.cells == Cells::Bytes
            || self.unit(start).is_some_and(|(unit, _)| unit.look() == CodeUnitClass::Good && !self.starts_lost(start));
        let mark = marks.iter().find(|mark| opens && head.ends_with(mark));
        mark.map_or(start, |mark| start - mark.len())
    }
}

/// Returns whether bytes are printable UTF-8, except for characters that are truncated at either end.
fn is_readable(bytes: &[u8]) -> bool {
    let cut = bytes.iter().take(3).take_while(|&&byte| byte & 0xC0 == 0x80).count();
    let bytes = &bytes[cut..];
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    valid && bytes.iter().all(|&byte| byte >= b' ' && byte != 0x7F || matches!(byte, b'\n' | b'\r' | b'\t'))
}

/// Decodes a span. Characters with a lost byte are kept as bytes. A span with half a surrogate pair is kept as a whole,
/// so that no later iteration takes the rest of it for something else.
pub(super) fn read(bytes: &[u8], stretch: &Utf16Span, pieces: &mut Pieces) {
    let unit = SegmentEncoding::Encoded(stretch.endian.encoding());
    let reader = CodeUnitReader { bytes: &bytes[..stretch.range.end], endian: stretch.endian, cells: stretch.cells };
    if stretch.cells == Cells::Bytes && !reader.is_whole(stretch.range.clone()) {
        return pieces.push("\u{FFFD}", stretch.range.len(), SegmentEncoding::Invalid);
    }
    let mut at = stretch.range.start;
    let mut buffer = [0; 4];
    let mark = bytes[at..].starts_with("\u{FFFD}\u{FFFD}".as_bytes()) && stretch.cells == Cells::Lossy;
    if mark && !reader.starts_lost(at) {
        pieces.push("", 2 * LOST.len(), unit);
        at += 2 * LOST.len();
    }
    while let Some((first, next)) = reader.unit(at) {
        let (c, end) = match first {
            CodeUnit::Known(0xFEFF) if at == stretch.range.start => {
                pieces.push("", next - at, unit);
                at = next;
                continue;
            }
            CodeUnit::Known(high @ 0xD800..=0xDBFF) => match reader.unit(next) {
                Some((CodeUnit::Known(low @ 0xDC00..=0xDFFF), end)) => {
                    (char::decode_utf16([high, low]).next().and_then(Result::ok), end)
                }
                _ => (None, next),
            },
            CodeUnit::Known(value) => (char::from_u32(u32::from(value)), next),
            CodeUnit::Lost(_) => (None, next),
        };
        match c {
            Some(c) => pieces.push(c.encode_utf8(&mut buffer), end - at, unit),
            None => pieces.push("\u{FFFD}", end - at, SegmentEncoding::Invalid),
        }
        at = end;
    }
    if at < stretch.range.end {
        pieces.push("\u{FFFD}", stretch.range.end - at, SegmentEncoding::Invalid);
    }
}
