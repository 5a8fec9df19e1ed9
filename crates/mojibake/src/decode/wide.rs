//! Files in UTF-16 or UTF-32 from end to end: decoded whole, or left as they are with the place of the first flaw.
//!
//! A byte-order mark decides. Without one, both byte orders are tried on the whole file before spans of UTF-16 are
//! looked for; the plausibility model separates text from noise. Files in which UTF-8 and UTF-16 are mixed are left to
//! `utf16`.

use std::ops::Range;

use super::types::{Declined, Flaw, SegmentEncoding};
use crate::language::reading::implausibility;

use super::Pieces;
use super::binary::{BYTES_PER_CONTROL, MAX_CONTROLS, is_control};
use super::utf16::{self, Endian, Utf16Span};

/// A file in one encoding from end to end.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) pieces: Pieces,
    /// Reason why the file cannot be rewritten, if there is one.
    pub(super) declined: Option<Declined>,
}

/// Length of a window that is scored at once, in code units: enough for the model to separate text from noise.
const WINDOW: usize = 32;
/// Maximum number of windows that are scored, evenly spaced: the cost of a long file is that of a short one.
const WINDOWS: usize = 256;
/// Maximum cost of a character in text, in decinats. Measured on prose in 51 languages: 23 to 85. Bytes of UTF-8, of
/// legacy encodings and of UTF-16 in the wrong order cost at least 182 as UTF-16.
const TEXT: u64 = 130;
/// Minimum cost of a character in noise, in decinats: between the two measurements above.
const NOISE: u64 = 160;
/// Minimum length of a file without a mark, in code units (a guess): a shorter one is too little evidence.
const FEW: usize = 8;
/// A file with more than one flaw in this many code units is not UTF-16 (a guess).
const FLAWED: usize = 50;
/// Number of valid UTF-8 bytes in a row, or of bytes before UTF-16, that may be text of their own (a guess).
const RUN: usize = 8;
/// Maximum number of line starts that are tried as the seam of two encodings (a guess).
const STARTS: usize = 4;
/// Minimum number of bytes after UTF-16 that are text of their own (a guess): fewer are a piece of a character.
const MIN_APPENDED: usize = 4;
/// Minimum number of such bytes in a legacy encoding without a line feed at the end (a guess): a few rare characters
/// are not taken for them.
const MIN_APPENDED_LEGACY: usize = 10;
/// Maximum number of line feeds that are examined (a guess), because a file may hold nothing else.
const FEEDS: usize = 10_000;

/// Maximum number of characters that are searched for control characters (a guess): data shows itself soon.
const DATA_SAMPLE_CHARS: usize = 1 << 16;

/// Decodes a file that is UTF-16 or UTF-32 as a whole; `None` if it is not.
pub(super) fn read(bytes: &[u8]) -> Option<Whole> {
    if let Some(whole) = utf32(bytes) {
        return Some(whole);
    }
    match endian_of(bytes.get(..2)?) {
        Some(endian) => UnitReader { bytes, start: 2, endian }.marked(),
        None => unmarked(bytes),
    }
}

fn utf32(bytes: &[u8]) -> Option<Whole> {
    let little = |four: [u8; 4]| u32::from_le_bytes(four);
    let big = |four: [u8; 4]| u32::from_be_bytes(four);
    match bytes.get(..4)? {
        [0xFF, 0xFE, 0, 0] => utf32_in(bytes, 4, "UTF-32LE", little),
        [0, 0, 0xFE, 0xFF] => utf32_in(bytes, 4, "UTF-32BE", big),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => None,
        _ if bytes.len() < 8 || !bytes.len().is_multiple_of(4) => None,
        _ => {
            // Text has no characters beyond the third plane.
            let is_text = |c: char| (c >= ' ' || "\t\n\r\u{C}".contains(c)) && c < '\u{40000}';
            let strict = |whole: &Whole| whole.declined.is_none() && whole.pieces.text.chars().all(is_text);
            let whole = utf32_in(bytes, 0, "UTF-32LE", little).filter(strict);
            whole.or_else(|| utf32_in(bytes, 0, "UTF-32BE", big).filter(strict))
        }
    }
}

/// Decodes the file as UTF-32, if nearly all of it is.
fn utf32_in(bytes: &[u8], start: usize, name: &'static str, value: fn([u8; 4]) -> u32) -> Option<Whole> {
    let mut pieces = Pieces::default();
    let (mut first, mut flaws) = (None, 0);
    let mut buffer = [0; 4];
    pieces.push("", start, SegmentEncoding::Encoded(name));
    for (at, four) in (start..).step_by(4).zip(bytes[start..].chunks(4)) {
        let code = <[u8; 4]>::try_from(four).ok().map(value);
        match code.and_then(char::from_u32) {
            Some(c) => pieces.push(c.encode_utf8(&mut buffer), 4, SegmentEncoding::Encoded(name)),
            None => {
                pieces.push("\u{FFFD}", four.len(), SegmentEncoding::Invalid);
                flaws += 1;
                first.get_or_insert((at, if code.is_some() { Flaw::NoCharacter } else { Flaw::CutShort }));
            }
        }
    }
    if flaws > 1 && flaws * FLAWED > bytes.len() / 4 {
        return None;
    }
    Some(Whole { pieces, declined: first.map(|(at, flaw)| declined(name, at, flaw)) })
}

fn declined(name: &'static str, at: usize, flaw: Flaw) -> Declined {
    Declined { encoding: Some(name), at, flaw }
}

/// Decodes a file without a mark, if it is text in one byte order and noise in the other.
fn unmarked(bytes: &[u8]) -> Option<Whole> {
    if bytes.len() < 2 * FEW || is_lossy(bytes) {
        return None;
    }
    let reader = |endian| UnitReader { bytes, start: 0, endian };
    let (little, big) = (reader(Endian::Little), reader(Endian::Big));
    let of = |reader: UnitReader<'_>| reader.cost();
    let (reader, cost, other) = match (of(little), of(big)) {
        (low, high) if low <= high => (little, low, high),
        (low, high) => (big, high, low),
    };
    if cost > TEXT || other < NOISE {
        let started = [little, big].into_iter().find(|reader| reader.cost_at(0, FEW) <= TEXT);
        return started.and_then(UnitReader::out_of_step);
    }
    if reader.holds_utf8() {
        return None;
    }
    let (pieces, flaw, flaws) = reader.decode();
    if flaws > 1 && flaws * FLAWED > bytes.len() / 2 {
        return None;
    }
    Some(reader.settled(pieces, flaw))
}

/// Returns whether the file was once decoded as UTF-8, so that its bytes from 80 up are lost: `utf16` decodes the rest.
fn is_lossy(bytes: &[u8]) -> bool {
    utf16::has_lost(bytes) && std::str::from_utf8(bytes).is_ok()
}

/// Returns the span of UTF-16 in a file that is UTF-16 up to a line break, and bytes from there on, or the other way
/// round, as where a program appended to the file of another; `None` if it is neither.
pub(super) fn joined(bytes: &[u8]) -> Option<Utf16Span> {
    if is_lossy(bytes) {
        return None;
    }
    bytes_appended(bytes).or_else(|| appended(bytes))
}

/// Returns the span of UTF-16 at the start of a file to which bytes were appended.
fn bytes_appended(bytes: &[u8]) -> Option<Utf16Span> {
    // A line break has a NUL in either order.
    memchr::memchr(0, bytes)?;
    let marked = bytes.get(..2).and_then(endian_of);
    let (start, orders) = match marked {
        Some(endian) => (2, vec![endian]),
        None => (0, vec![Endian::Little, Endian::Big]),
    };
    orders.into_iter().find_map(|endian| {
        let head = |end| UnitReader { bytes: &bytes[..end], start, endian };
        let is_break = |at: &usize| (*at - start).is_multiple_of(2) && head(bytes.len()).units(*at, 2).eq([0x0A]);
        let feeds = memchr::memrchr_iter(b'\n', &bytes[start..]).map(|at| start + at);
        // Of a line feed in two bytes, the byte 0A is the first one in this order, and the second one in the other.
        let units = feeds.filter_map(|at| if endian == Endian::Little { Some(at) } else { at.checked_sub(1) });
        let ends = units.filter(|at| *at >= start).filter(is_break).map(|at| at + 2).take(STARTS);
        let is_lined = bytes.ends_with(b"\n");
        let least = |end: usize| match std::str::from_utf8(&bytes[end..]) {
            Err(_) if !is_lined => MIN_APPENDED_LEGACY,
            _ => MIN_APPENDED,
        };
        let mut ends = ends.filter(|&end| end - start >= 2 * FEW && bytes.len() - end >= least(end));
        ends.find(|&end| {
            let tail = UnitReader { bytes, start: end, endian };
            !bytes[end..].iter().any(|byte| is_control(*byte))
                && tail.cost() >= NOISE
                && head(end).is_text_after(marked)
        })
        .map(|end| Utf16Span::new(0..end, endian))
    })
}

/// Returns the span of UTF-16 that another program appended to text in bytes, with or without a mark.
fn appended(bytes: &[u8]) -> Option<Utf16Span> {
    let marks = [&[0xFF, 0xFE], &[0xFE, 0xFF]].into_iter().filter_map(|mark| memchr::memmem::find(bytes, mark));
    let wide = marks.chain(memchr::memchr(0, bytes)).min().unwrap_or(bytes.len());
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    // The bytes before it are UTF-8, or in a legacy encoding.
    let heads = [Some(wide.min(valid)), (valid < wide).then_some(wide)];
    heads.into_iter().flatten().find_map(|head| {
        // The appended text begins a line, and its first bytes may be ASCII, too.
        let lines = memchr::memrchr_iter(b'\n', &bytes[..head]).map(|at| at + 1).take(STARTS);
        let marked = bytes.get(head..head + 2).and_then(endian_of).map(|endian| (head, 2, endian));
        let unmarked = lines.flat_map(|at| [(at, 0, Endian::Little), (at, 0, Endian::Big)]);
        // Cheap checks that fail for nearly all text come first.
        let is_text = |&(at, mark, endian): &(usize, usize, Endian)| {
            let whole = UnitReader { bytes, start: 0, endian };
            let is_one = || mark == 0 && at.is_multiple_of(2) && whole.cost_at(0, at / 2) < NOISE;
            let is_text_before = || {
                let letters = bytes[..at].iter().filter(|byte| !byte.is_ascii_whitespace()).count();
                letters >= RUN && !bytes[..at].iter().any(|byte| is_control(*byte))
            };
            bytes.len() - at >= 2 * FEW
                && UnitReader { start: at + mark, ..whole }.is_text_after((mark > 0).then_some(endian))
                && is_text_before()
                && !is_one()
        };
        let (at, _, endian) = marked.into_iter().chain(unmarked).find(is_text)?;
        Some(Utf16Span::new(at..bytes.len(), endian))
    })
}

/// Returns the reason why a file is left as it is of which a part is UTF-16 and the rest is in an encoding that is not
/// certain.
pub(super) fn seam(span: &Utf16Span, len: usize) -> Option<Declined> {
    let at = if span.range.end < len { span.range.end } else { span.range.start };
    Some(declined(span.endian_of_bytes()?.encoding(), at, Flaw::OtherEncoding))
}

/// Returns the reason why a file with spans of UTF-16 is left as it is: a part of a span is noise, or the bytes between
/// the spans hold control characters, so that the seams are not where they seem to be.
pub(super) fn doubt(bytes: &[u8], spans: &[Utf16Span], narrow: &[Range<usize>]) -> Option<Declined> {
    let spans = || spans.iter().filter_map(|span| Some((span.range.clone(), span.endian_of_bytes()?)));
    let (_, endian) = spans().next()?;
    let noise = spans().find_map(|(range, endian)| {
        let reader = UnitReader { bytes: &bytes[..range.end], start: range.start, endian };
        let is_noise = |at: &usize| range.end - at >= 2 * FEW && reader.cost_at(*at, WINDOW) >= NOISE;
        // Noise after a lost byte goes on to the end, so a short rest is enough there.
        let rest = range.end.saturating_sub(2 * FEW).max(range.start);
        let rest = rest + (rest - range.start) % 2;
        let is_end_noise = range.len() > 2 * FEW && reader.cost_at(rest, FEW) >= NOISE;
        reader.windows().find(is_noise).or(is_end_noise.then_some(rest))
    });
    let control =
        || narrow.iter().find_map(|gap| Some(gap.start + bytes[gap.clone()].iter().position(|b| is_control(*b))?));
    let at = noise.or_else(control)?;
    Some(declined(endian.encoding(), at, Flaw::OutOfStep(bytes[at])))
}

/// Returns the byte order of a mark.
fn endian_of(mark: &[u8]) -> Option<Endian> {
    match mark {
        [0xFF, 0xFE] => Some(Endian::Little),
        [0xFE, 0xFF] => Some(Endian::Big),
        _ => None,
    }
}

/// Reader of code units from `start` on.
#[derive(Debug, Clone, Copy)]
struct UnitReader<'a> {
    bytes: &'a [u8],
    start: usize,
    endian: Endian,
}

impl UnitReader<'_> {
    fn value(self, pair: [u8; 2]) -> u16 {
        match self.endian {
            Endian::Little => u16::from_le_bytes(pair),
            Endian::Big => u16::from_be_bytes(pair),
        }
    }

    /// Returns the code units of `len` bytes from `at` on.
    fn units(self, at: usize, len: usize) -> impl Iterator<Item = u16> {
        let bytes = self.bytes.get(at..self.bytes.len().min(at + len)).unwrap_or_default();
        bytes.as_chunks().0.iter().map(move |pair| self.value(*pair))
    }

    /// Decodes a file that begins with a mark.
    fn marked(self) -> Option<Whole> {
        if self.bytes.len() <= self.start + 1 || self.holds_utf8() {
            return None;
        }
        let (pieces, flaw, flaws) = self.decode();
        let units = self.bytes.len() / 2;
        if flaws > 1 && flaws * FLAWED > units || is_data(&pieces.text) {
            return None;
        }
        Some(self.settled(pieces, flaw))
    }

    /// Returns the decoded file, declined if it has a flaw.
    fn settled(self, pieces: Pieces, flaw: Option<(usize, Flaw)>) -> Whole {
        if let Some((at, flaw)) = self.step().filter(|(at, _)| flaw.is_none_or(|(other, _)| *at < other)) {
            // After that place the text is noise.
            let pieces = Pieces::undecoded(self.bytes.len());
            return Whole { pieces, declined: Some(declined(self.endian.encoding(), at, flaw)) };
        }
        Whole { pieces, declined: flaw.map(|(at, flaw)| declined(self.endian.encoding(), at, flaw)) }
    }

    /// Decodes a file that begins well and gets out of step.
    fn out_of_step(self) -> Option<Whole> {
        let whole = self.settled(Pieces::default(), None);
        whole.declined.is_some().then_some(whole).filter(|_| !self.holds_utf8())
    }

    /// Returns whether all of it is text without a flaw. Without a byte-order mark before it, it has to be noise in the
    /// other byte order.
    fn is_text_after(self, mark: Option<Endian>) -> bool {
        let other = Self { endian: self.endian.other(), ..self };
        self.cost() <= TEXT
            && (mark.is_some() || other.cost() >= NOISE)
            && !self.holds_utf8()
            && self.decode().1.is_none()
            && self.step().is_none()
    }

    /// Returns the text, the first flaw, and the number of flaws.
    fn decode(self) -> (Pieces, Option<(usize, Flaw)>, usize) {
        let unit = SegmentEncoding::Encoded(self.endian.encoding());
        let mut pieces = Pieces::default();
        pieces.push("", self.start, unit);
        let (mut at, mut first, mut flaws) = (self.start, None, 0);
        let mut buffer = [0; 4];
        for c in char::decode_utf16(self.units(self.start, self.bytes.len())) {
            match c {
                Ok(c) => {
                    pieces.push(c.encode_utf8(&mut buffer), 2 * c.len_utf16(), unit);
                    at += 2 * c.len_utf16();
                }
                Err(_) => {
                    pieces.push("\u{FFFD}", 2, SegmentEncoding::Invalid);
                    first.get_or_insert((at, Flaw::HalfPair));
                    flaws += 1;
                    at += 2;
                }
            }
        }
        if at < self.bytes.len() {
            pieces.push("\u{FFFD}", self.bytes.len() - at, SegmentEncoding::Invalid);
            first.get_or_insert((at, Flaw::CutShort));
            flaws += 1;
        }
        (pieces, first, flaws)
    }

    /// Returns the mean cost of a character in `units` code units from `at` on, in decinats.
    fn cost_at(self, at: usize, units: usize) -> u64 {
        let units = self.units(at, 2 * units);
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFF}')).collect();
        implausibility(&text) / (text.chars().count() as u64).max(1)
    }

    /// Returns the starts of the windows that are scored.
    fn windows(self) -> impl Iterator<Item = usize> {
        let all = (self.bytes.len() - self.start) / (2 * WINDOW);
        let (start, step) = (self.start, all.div_ceil(WINDOWS).max(1));
        let last = start + (self.bytes.len() - start).saturating_sub(2 * WINDOW) / 2 * 2;
        (0..all).step_by(step).map(move |window| start + window * 2 * WINDOW).chain([last])
    }

    /// Returns the mean cost of a character in all windows, in decinats.
    fn cost(self) -> u64 {
        let (sum, count) = self.windows().fold((0, 0), |(sum, count), at| (sum + self.cost_at(at, WINDOW), count + 1));
        sum / count.max(1)
    }

    /// Returns whether a part of the file is UTF-8: its bytes make more sense by themselves than as code units.
    fn holds_utf8(self) -> bool {
        // Tabs do not count, because they are the high bytes of Devanagari and Bengali.
        let is_text = |byte: &u8| *byte >= b' ' && *byte != 0x7F || matches!(byte, b'\n' | b'\r');
        let mut at = self.start;
        while at < self.bytes.len() {
            let run = self.bytes[at..].iter().take_while(|byte| is_text(byte)).count();
            let mut from = at;
            for chunk in self.bytes[at..at + run].utf8_chunks() {
                let valid = chunk.valid();
                let edge = from == 0 || from + valid.len() == self.bytes.len();
                if (valid.len() >= RUN || edge && valid.len() >= RUN / 2) && self.is_cheaper(valid, from) {
                    return true;
                }
                from += valid.len() + chunk.invalid().len();
            }
            at += run + 1;
        }
        false
    }

    /// Returns whether a run of UTF-8 from `at` on costs less by itself than as code units.
    fn is_cheaper(self, run: &str, at: usize) -> bool {
        let first = at + (at - self.start) % 2;
        let units = (at + run.len() - first) / 2;
        let wide = self.cost_at(first, units);
        wide > TEXT && implausibility(run) < wide * units as u64
    }

    /// Returns where the code units get out of step, because a line feed takes one byte or a byte is missing.
    fn step(self) -> Option<(usize, Flaw)> {
        let feed = memchr::memchr_iter(b'\n', &self.bytes[self.start..]).take(FEEDS).map(|at| self.start + at);
        let feed = feed.filter(|at| self.is_single_feed(*at)).map(|at| (at, Flaw::OutOfStep(b'\n'))).next();
        // Noise here, and text one byte later.
        let is_out = |at: &usize, units| {
            at + 3 <= self.bytes.len() && self.cost_at(*at, units) > TEXT && self.cost_at(at + 1, units) <= TEXT
        };
        let window = self.windows().find(|at| is_out(at, WINDOW));
        let byte = window.map(|to| {
            let from = to.saturating_sub(2 * WINDOW).max(self.start);
            let at = (from..to).step_by(2).find(|at| is_out(at, FEW)).unwrap_or(to);
            (at, Flaw::OutOfStep(self.bytes[at]))
        });
        [feed, byte].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// Returns whether the line feed at `at` takes one byte: as a half of its code unit it makes no sense.
    fn is_single_feed(self, at: usize) -> bool {
        let unit = at - (at - self.start) % 2;
        match value_at(self)(unit) {
            None | Some(0x0A) => false,
            // Two line breaks in one code unit are a letter of Gurmukhi or Malayalam, which is surrounded by others of
            // its script.
            Some(value @ (0x0A0A | 0x0A0D | 0x0D0A | 0x0D0D)) => {
                let beside = [unit.checked_sub(2).filter(|at| *at >= self.start), Some(unit + 2)];
                !beside.into_iter().flatten().filter_map(value_at(self)).any(|other| other >> 8 == value >> 8)
            }
            // Up to the first line feed of one byte all is in step, so that it begins a code unit.
            Some(_) => {
                let (in_step, later) = (self.cost_at(unit, FEW), self.cost_at(at + 1, FEW));
                at == unit && in_step > TEXT && later <= TEXT && self.bytes.len() - at > 2 * FEW / 2
            }
        }
    }
}

fn value_at(reader: UnitReader<'_>) -> impl Fn(usize) -> Option<u16> {
    move |at| reader.units(at, 2).next()
}

/// Returns whether the decoded text is data rather than text: it holds too many control characters.
fn is_data(text: &str) -> bool {
    let is_control = |c: &char| c.is_control() && !"\t\n\r\u{7}\u{8}\u{B}\u{C}\u{1B}\u{85}".contains(*c);
    let (mut controls, mut all) = (0, 0);
    for c in text.chars().take(DATA_SAMPLE_CHARS) {
        controls += usize::from(is_control(&c));
        all += 1;
    }
    controls > MAX_CONTROLS && controls * BYTES_PER_CONTROL > all
}
