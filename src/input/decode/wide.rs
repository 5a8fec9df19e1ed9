//! Files that are UTF-16 or UTF-32 from end to end: read whole, or left as they are with the place of the first flaw.
//!
//! A byte-order mark settles it. Without one, both byte orders are tried on the whole file before anybody looks for
//! stretches in it; the plausibility model tells text from noise. Files in which UTF-8 and UTF-16 are mixed are left to
//! `utf16`.

use crate::model::source::{Declined, Flaw, SegmentEncoding};
use crate::text::mojibake::implausibility;

use super::Pieces;
use super::utf16::{self, Endian};

/// A file in one encoding from end to end.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) pieces: Pieces,
    /// Why it cannot be rewritten, if so.
    pub(super) declined: Option<Declined>,
}

/// Code units that are looked at together: enough for the model to tell text from noise.
const WINDOW: usize = 32;
/// Windows of a file that are looked at, evenly spaced: the cost of a long file is that of a short one.
const WINDOWS: usize = 256;
/// What a character costs at most in text, in tenths of a nat. Measured on prose in 51 languages: 23 to 85. Bytes of
/// UTF-8, of code pages and of UTF-16 in the wrong order, read as UTF-16, cost 182 and more.
const TEXT: u64 = 130;
/// What a character costs at least in noise.
const NOISE: u64 = 160;
/// Fewer code units than this say too little without a mark.
const FEW: usize = 8;
/// A file with more flaws than one in so many code units is not UTF-16.
const FLAWED: usize = 50;
/// So many bytes in a row that are UTF-8 as they are need an explanation.
const RUN: usize = 8;
/// Beginnings of lines that are looked at for the place where UTF-8 ends.
const STARTS: usize = 4;
/// Line feeds that are looked at.
const FEEDS: usize = 10_000;

/// Reads a file that is UTF-16 or UTF-32 as a whole; `None` if it is not.
pub(super) fn read(bytes: &[u8]) -> Option<Whole> {
    if let Some(whole) = utf32(bytes) {
        return Some(whole);
    }
    match endian_of(bytes.get(..2)?) {
        Some(endian) => Reader { bytes, start: 2, endian }.marked(),
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
            // Beyond the third plane are no characters of text.
            let is_text = |c: char| (c >= ' ' || "\t\n\r\u{C}".contains(c)) && c < '\u{40000}';
            let strict = |whole: &Whole| whole.declined.is_none() && whole.pieces.text.chars().all(is_text);
            let whole = utf32_in(bytes, 0, "UTF-32LE", little).filter(strict);
            whole.or_else(|| utf32_in(bytes, 0, "UTF-32BE", big).filter(strict))
        }
    }
}

/// The file in UTF-32, if nearly all of it is.
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
    Declined { encoding: Some(name), at: u32::try_from(at).unwrap_or(u32::MAX), flaw }
}

/// The order without a mark in which the file is text, if it is in one of them and noise in the other.
fn unmarked(bytes: &[u8]) -> Option<Whole> {
    if bytes.len() < 2 * FEW || is_lossy(bytes) {
        return None;
    }
    let reader = |endian| Reader { bytes, start: 0, endian };
    let (little, big) = (reader(Endian::Little), reader(Endian::Big));
    let of = |reader: Reader<'_>| reader.cost();
    let (reader, cost, other) = match (of(little), of(big)) {
        (low, high) if low <= high => (little, low, high),
        (low, high) => (big, high, low),
    };
    if cost > TEXT || other < NOISE {
        let started = [little, big].into_iter().find(|reader| reader.cost_at(0, FEW) <= TEXT);
        return started.and_then(Reader::out_of_step);
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

/// Whether this was read as UTF-8 once, so that its bytes from 80 up are lost: `utf16` knows what is left of that.
fn is_lossy(bytes: &[u8]) -> bool {
    utf16::has_lost(bytes) && std::str::from_utf8(bytes).is_ok()
}

/// A file of UTF-8 whose end is UTF-16 that another program appended, with or without a mark; `None` if it is not.
pub(super) fn appended(bytes: &[u8]) -> Option<Pieces> {
    if is_lossy(bytes) {
        return None;
    }
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let head = memchr::memchr(0, &bytes[..valid]).unwrap_or(valid);
    // What was appended begins a line, and its first bytes may be ASCII, too.
    let lines = memchr::memrchr_iter(b'\n', &bytes[..head]).map(|at| at + 1).take(STARTS);
    let marked = bytes.get(head..head + 2).and_then(endian_of).map(|endian| (head, 2, endian));
    let unmarked = lines.flat_map(|at| [(at, 0, Endian::Little), (at, 0, Endian::Big)]);
    let found = marked.into_iter().chain(unmarked).find_map(|(at, mark, endian)| {
        let reader = Reader { bytes, start: at + mark, endian };
        let other = Reader { endian: if endian == Endian::Little { Endian::Big } else { Endian::Little }, ..reader };
        let long = bytes.len() - at >= 2 * FEW && at > 0;
        let is_text = long && reader.cost() <= TEXT && (mark > 0 || other.cost() >= NOISE) && !reader.holds_utf8();
        if !is_text {
            return None;
        }
        let (tail, flaw, _) = reader.decode();
        (flaw.is_none() && reader.step().is_none()).then_some((at, mark, tail))
    });
    let (at, mark, tail) = found?;
    let mut pieces = Pieces::default();
    pieces.push(std::str::from_utf8(&bytes[..at]).ok()?, at, SegmentEncoding::Utf8);
    let unit = tail.segments.first()?.unit;
    pieces.push(&tail.text, bytes.len() - at - mark, unit);
    if let Some(last) = pieces.segments.last_mut().filter(|_| mark > 0) {
        last.disk.end += 2;
    }
    Some(pieces)
}

/// The order that a mark tells.
fn endian_of(mark: &[u8]) -> Option<Endian> {
    match mark {
        [0xFF, 0xFE] => Some(Endian::Little),
        [0xFE, 0xFF] => Some(Endian::Big),
        _ => None,
    }
}

/// Reads code units from `start` on.
#[derive(Debug, Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
    start: usize,
    endian: Endian,
}

impl Reader<'_> {
    fn name(self) -> &'static str {
        match self.endian {
            Endian::Little => "UTF-16LE",
            Endian::Big => "UTF-16BE",
        }
    }

    fn value(self, pair: [u8; 2]) -> u16 {
        match self.endian {
            Endian::Little => u16::from_le_bytes(pair),
            Endian::Big => u16::from_be_bytes(pair),
        }
    }

    /// The code units of so many bytes from `at` on.
    fn units(self, at: usize, len: usize) -> impl Iterator<Item = u16> {
        let bytes = self.bytes.get(at..self.bytes.len().min(at + len)).unwrap_or_default();
        bytes.as_chunks().0.iter().map(move |pair| self.value(*pair))
    }

    /// A file that begins with a mark.
    fn marked(self) -> Option<Whole> {
        if self.bytes.len() < 4 || self.holds_utf8() {
            return None;
        }
        let (pieces, flaw, flaws) = self.decode();
        let units = self.bytes.len() / 2;
        if flaws > 1 && flaws * FLAWED > units || is_data(&pieces.text) {
            return None;
        }
        Some(self.settled(pieces, flaw))
    }

    /// The file as it was decoded, declined for its first flaw.
    fn settled(self, pieces: Pieces, flaw: Option<(usize, Flaw)>) -> Whole {
        if let Some((at, flaw)) = self.step().filter(|(at, _)| flaw.is_none_or(|(other, _)| *at < other)) {
            // From there on the text is noise.
            let mut pieces = Pieces::default();
            pieces.push("", self.bytes.len(), SegmentEncoding::Invalid);
            return Whole { pieces, declined: Some(declined(self.name(), at, flaw)) };
        }
        Whole { pieces, declined: flaw.map(|(at, flaw)| declined(self.name(), at, flaw)) }
    }

    /// A file that begins well and gets out of step.
    fn out_of_step(self) -> Option<Whole> {
        let whole = self.settled(Pieces::default(), None);
        whole.declined.is_some().then_some(whole).filter(|_| !self.holds_utf8())
    }

    /// The text, the first flaw, and how many there are.
    fn decode(self) -> (Pieces, Option<(usize, Flaw)>, usize) {
        let unit = SegmentEncoding::Encoded(self.name());
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

    /// What a character costs from `at` on within so many code units.
    fn cost_at(self, at: usize, units: usize) -> u64 {
        let units = self.units(at, 2 * units);
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFF}')).collect();
        implausibility(&text) / (text.chars().count() as u64).max(1)
    }

    /// The windows of the file that are looked at.
    fn windows(self) -> impl Iterator<Item = usize> {
        let all = (self.bytes.len() - self.start) / (2 * WINDOW);
        let (start, step) = (self.start, all.div_ceil(WINDOWS).max(1));
        let last = start + (self.bytes.len() - start).saturating_sub(2 * WINDOW) / 2 * 2;
        (0..all).step_by(step).map(move |window| start + window * 2 * WINDOW).chain([last])
    }

    /// What a character costs in all windows together.
    fn cost(self) -> u64 {
        let (sum, count) = self.windows().fold((0, 0), |(sum, count), at| (sum + self.cost_at(at, WINDOW), count + 1));
        sum / count.max(1)
    }

    /// Whether a part of the file is UTF-8 as it is: its bytes make more sense by themselves than as code units.
    fn holds_utf8(self) -> bool {
        // Tabs are the high bytes of Devanagari and Bengali.
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

    /// Whether a run of UTF-8 from `at` on costs less by itself than as code units.
    fn is_cheaper(self, run: &str, at: usize) -> bool {
        let first = at + (at - self.start) % 2;
        let units = (at + run.len() - first) / 2;
        let wide = self.cost_at(first, units);
        wide > TEXT && implausibility(run) < wide * units as u64
    }

    /// Where the code units get out of step, as a line feed takes one byte or a byte is missing.
    fn step(self) -> Option<(usize, Flaw)> {
        let feed = memchr::memchr_iter(b'\n', &self.bytes[self.start..]).take(FEEDS).map(|at| self.start + at);
        let feed = feed.filter(|at| self.is_single_feed(*at)).map(|at| (at, Flaw::OutOfStep(b'\n'))).next();
        // Noise, and text one byte later.
        let is_out = |at: &usize, units| self.cost_at(*at, units) > TEXT && self.cost_at(at + 1, units) <= TEXT;
        let window = self.windows().find(|at| is_out(at, WINDOW));
        let byte = window.map(|to| {
            let from = to.saturating_sub(2 * WINDOW).max(self.start);
            let at = (from..to).step_by(2).find(|at| is_out(at, FEW)).unwrap_or(to);
            (at, Flaw::OutOfStep(self.bytes[at]))
        });
        [feed, byte].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// Whether the line feed at `at` takes one byte: as a half of its code unit it makes no sense.
    fn is_single_feed(self, at: usize) -> bool {
        let unit = at - (at - self.start) % 2;
        match value_at(self)(unit) {
            None | Some(0x0A) => false,
            // Two of them in one code unit are letters of Gurmukhi or Malayalam, which others of them would surround.
            Some(value @ (0x0A0A | 0x0A0D | 0x0D0A | 0x0D0D)) => {
                let beside = [unit.checked_sub(2).filter(|at| *at >= self.start), Some(unit + 2)];
                !beside.into_iter().flatten().filter_map(value_at(self)).any(|other| other >> 8 == value >> 8)
            }
            Some(_) => {
                let (in_step, later) = (self.cost_at(unit, FEW), self.cost_at(at + 1, FEW));
                in_step > TEXT && later <= TEXT && self.bytes.len() - at > 2 * FEW / 2
            }
        }
    }
}

fn value_at(reader: Reader<'_>) -> impl Fn(usize) -> Option<u16> {
    move |at| reader.units(at, 2).next()
}

/// Whether what was decoded is data rather than text: it holds too many control characters.
fn is_data(text: &str) -> bool {
    let is_control = |c: &char| c.is_control() && !"\t\n\r\u{7}\u{8}\u{B}\u{C}\u{1B}\u{85}".contains(*c);
    let (mut controls, mut all) = (0, 0);
    for c in text.chars().take(1 << 16) {
        controls += usize::from(is_control(&c));
        all += 1;
    }
    controls > 2 && controls * 25 > all
}
