//! Bytes that are not UTF-8: single ones among UTF-8, lines, and whole files in a legacy code page.
//!
//! Where there is UTF-8 beside them, every reading that makes sense is tried on a sample, and the plausibility model of
//! `text::mojibake` chooses; chardetng has a voice. Windows-1252 needs the least evidence, because it is by far the most
//! frequent. Which page a whole file is in is settled by `whole`.

use std::ops::Range;

use super::Pieces;
use super::broken;
use super::pages::{PAGES, Page, Trust};
use super::whole::{self, Sense, Verdict};
use crate::model::source::{Declined, DecodingCertainty, Flaw, SegmentEncoding};
use crate::text::mojibake::{implausibility, strangeness};

/// How the bytes beyond UTF-8 are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct How {
    page: &'static Page,
    extent: Extent,
}

/// How much of a file a code page accounts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All of it.
    Whole,
    /// Each line that is not UTF-8.
    Lines,
    /// Each byte that is not part of a character in UTF-8.
    Bytes,
    /// Nothing: these bytes are kept.
    Nothing,
}

/// How the bytes beyond UTF-8 are read, and how sure that is.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) how: How,
    pub(super) grounds: DecodingCertainty,
    /// The pages that read nearly as well.
    pub(super) rivals: Vec<&'static str>,
    /// Why nothing may be rewritten, if so.
    pub(super) declined: Option<Declined>,
}

impl Plan {
    fn new(page: &'static Page, extent: Extent, grounds: DecodingCertainty) -> Self {
        Self { how: How { page, extent }, grounds, rivals: Vec::new(), declined: None }
    }

    /// What was settled for a whole file.
    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Page(page, grounds, rivals) => Self { rivals, ..Self::new(page, Extent::Whole, grounds) },
            Verdict::Kept => Self::new(&PAGES[0], Extent::Nothing, DecodingCertainty::Sure),
            Verdict::Declined(declined) => {
                let page = PAGES.iter().find(|page| Some(page.name) == declined.encoding);
                let extent = if page.is_some() { Extent::Whole } else { Extent::Nothing };
                let plan = Self::new(page.unwrap_or(&PAGES[0]), extent, DecodingCertainty::Likely);
                Self { declined: Some(declined), ..plan }
            }
        }
    }
}

/// What a byte costs that a reading leaves undecoded.
const UNDECODED: u64 = 110;
/// What the beginning of a character costs, at the end of a file or among UTF-8.
const CUT: u64 = 30;
/// What chardetng's guess is worth.
const GUESS: u64 = 30;
/// How much worse the next best reading must be for the best one to be sure.
const AHEAD: u64 = 50;
/// Bytes of lines that are looked at.
const SAMPLE: usize = 24 << 10;

/// A file with more characters of UTF-8 than so many for each byte that is none has not got them by chance: in Thai and in
/// the DOS page 855 nearly every other pair of letters happens to be one.
const CHANCE: usize = 2;

/// Settles how the bytes beyond UTF-8 in the stretches `narrow` are read.
pub(super) fn plan(bytes: &[u8], narrow: &[Range<usize>]) -> Plan {
    let (mut characters, mut stray) = (0, 0);
    for chunk in narrow.iter().flat_map(|range| bytes[range.clone()].utf8_chunks()) {
        characters += chunk.valid().chars().filter(|c| !c.is_ascii() && *c != '\u{FFFD}').count();
        stray += chunk.invalid().len();
    }
    let is_whole = matches!(narrow, [range] if range.len() == bytes.len());
    if stray == 0 {
        return Plan::new(&PAGES[0], Extent::Bytes, DecodingCertainty::Sure);
    }
    if characters == 0 && is_whole {
        return if broken::is_all(bytes) {
            Plan::new(&PAGES[0], Extent::Nothing, DecodingCertainty::Sure)
        } else {
            Plan::of(whole::verdict(bytes))
        };
    }
    let sample = sample(bytes, narrow);
    let (plan, text, undecoded) = mixed(&sample, characters > 0);
    if is_whole && characters <= CHANCE * stray {
        let verdict = whole::verdict(bytes);
        let page = match &verdict {
            Verdict::Page(page, ..) => Some(*page),
            Verdict::Declined(Declined { flaw: Flaw::Foreign, .. }) => return Plan::of(verdict),
            Verdict::Declined(declined) => PAGES.iter().find(|page| Some(page.name) == declined.encoding),
            Verdict::Kept => None,
        };
        let own = strangeness(&text) + undecoded;
        let whole = page.map(|page| sample.read(How { page, extent: Extent::Whole }));
        let whole = whole.map(|(other, lost)| strangeness(&other) + lost);
        let is_better = whole.map_or_else(|| Sense::of(&text).is_senseless(), |whole| whole <= own);
        if is_better || plan.how.extent == Extent::Whole {
            return Plan::of(verdict);
        }
        if whole.is_some_and(|whole| whole < own + AHEAD) {
            return Plan { grounds: DecodingCertainty::Likely, ..plan };
        }
    }
    plan
}

/// How the bytes between characters of UTF-8 are read, with the text of the sample and what its undecoded bytes cost.
fn mixed(sample: &Sample<'_>, has_utf8: bool) -> (Plan, String, u64) {
    let guess = guess(sample);
    let mut readings: Vec<(u64, String, u64, How)> = Vec::new();
    for page in PAGES.iter().filter(|page| page.trust == Trust::Measured) {
        for extent in [Extent::Bytes, Extent::Lines, Extent::Whole] {
            // Without any character in UTF-8 there is nothing but the whole file; single bytes of a page with
            // characters of several bytes mean nothing.
            if extent == Extent::Bytes && !page.is_single_byte() || extent == Extent::Lines && !has_utf8 {
                continue;
            }
            let how = How { page, extent };
            let (text, undecoded) = sample.read(how);
            let guessed = if guess == Some(page.name) { 0 } else { GUESS };
            let cost = implausibility(&text) + undecoded + page.prior + guessed;
            readings.push((cost, text, undecoded, how));
        }
    }
    // The order breaks ties: the page that needs least evidence, and as few bytes as can be.
    let best = readings.iter().min_by_key(|(cost, ..)| *cost);
    let Some((cost, text, undecoded, how)) = best else {
        return (Plan::new(&PAGES[0], Extent::Bytes, DecodingCertainty::Likely), String::new(), 0);
    };
    let next = readings.iter().filter(|(_, other, ..)| other != text).map(|(cost, ..)| *cost).min();
    let ahead = next.is_none_or(|next| next >= cost + AHEAD);
    let extent = if has_utf8 { how.extent } else { Extent::Whole };
    let grounds = if ahead { DecodingCertainty::Sure } else { DecodingCertainty::Likely };
    (Plan::new(how.page, extent, grounds), text.clone(), *undecoded)
}

/// Lines that are not ASCII.
struct Sample<'a> {
    lines: Vec<&'a [u8]>,
    /// Whether the last line is the end of the file.
    ends: bool,
}

fn sample<'a>(bytes: &'a [u8], narrow: &[Range<usize>]) -> Sample<'a> {
    let lines = narrow.iter().flat_map(|range| lines(&bytes[range.clone()]));
    let mut kept: Vec<&[u8]> = Vec::new();
    let (mut valid, mut broken) = (0, 0);
    for line in lines.filter(|line| !line.is_ascii()) {
        // Long lines give their first bytes beyond ASCII with what surrounds them.
        let first = line.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
        let part =
            if line.len() > 2048 { &line[first.saturating_sub(64)..(first + 1984).min(line.len())] } else { line };
        let size = if std::str::from_utf8(line).is_ok() { &mut valid } else { &mut broken };
        if *size < SAMPLE {
            *size += part.len();
            kept.push(part);
        }
    }
    let ends = kept.last().is_some_and(|last| bytes.ends_with(last));
    Sample { lines: kept, ends }
}

/// The lines of bytes, each with its line feed.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n')
}

impl Sample<'_> {
    /// The sample in one reading, and what its undecoded bytes cost.
    fn read(&self, how: How) -> (String, u64) {
        let mut text = String::new();
        let mut cost = 0;
        for (at, line) in self.lines.iter().enumerate() {
            let ends = self.ends && at + 1 == self.lines.len();
            read_line(line, how, ends, &mut |piece, len, unit| {
                if unit == SegmentEncoding::Invalid {
                    // Several bytes at once are the beginning of a character: that is how UTF-8 breaks.
                    let cut = how.extent == Extent::Bytes && len > 1 || ends && is_cut(line, len);
                    cost += if cut { CUT } else { UNDECODED * len as u64 };
                    text.push('\n');
                } else {
                    text.push_str(piece);
                }
            });
        }
        (text, cost)
    }
}

/// What chardetng takes the sample for.
fn guess(sample: &Sample<'_>) -> Option<&'static str> {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    for line in &sample.lines {
        detector.feed(line, false);
    }
    Some(detector.guess(None, chardetng::Utf8Detection::Deny).name())
}

/// Reads a stretch.
pub(super) fn read(bytes: &[u8], range: Range<usize>, how: How, pieces: &mut Pieces) {
    let ends = range.end == bytes.len();
    let bytes = &bytes[range];
    if let Ok(text) = std::str::from_utf8(bytes) {
        return pieces.push(text, text.len(), SegmentEncoding::Utf8);
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        // What is clean is taken as a whole.
        let valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
        let clean = if how.extent == Extent::Whole && valid < rest.len() {
            0
        } else if valid == rest.len() {
            valid
        } else {
            memchr::memrchr(b'\n', &rest[..valid]).map_or(0, |at| at + 1)
        };
        if let (true, Ok(text)) = (clean > 0, std::str::from_utf8(&rest[..clean])) {
            pieces.push(text, clean, SegmentEncoding::Utf8);
            rest = &rest[clean..];
            continue;
        }
        let len = match how.extent {
            Extent::Whole => rest.len(),
            _ => memchr::memchr(b'\n', &rest[valid..]).map_or(rest.len(), |at| valid + at + 1),
        };
        read_line(&rest[..len], how, ends && len == rest.len(), &mut |text, len, unit| pieces.push(text, len, unit));
        rest = &rest[len..];
    }
}

/// Reads a line, or a whole file; `put` gets each piece of text with the bytes that it takes.
fn read_line(line: &[u8], how: How, ends: bool, put: &mut dyn FnMut(&str, usize, SegmentEncoding)) {
    let utf8 = how.extent != Extent::Whole && std::str::from_utf8(line).is_ok();
    match how.extent {
        Extent::Nothing => kept(line, put),
        Extent::Bytes => bytewise(line, how.page, ends, put),
        _ if utf8 => bytewise(line, how.page, ends, put),
        _ => paged(line, how.page, put),
    }
}

/// UTF-8 where it is; all other bytes are kept.
fn kept(line: &[u8], put: &mut dyn FnMut(&str, usize, SegmentEncoding)) {
    let mut rest = line;
    while !rest.is_empty() {
        let valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
        put(std::str::from_utf8(&rest[..valid]).unwrap_or_default(), valid, SegmentEncoding::Utf8);
        rest = &rest[valid..];
        let len = broken::len(rest);
        if len > 0 {
            put("\u{FFFD}", len, SegmentEncoding::Invalid);
        }
        rest = &rest[len..];
    }
}

/// UTF-8 where it is, the code page elsewhere.
fn bytewise(line: &[u8], page: &'static Page, ends: bool, put: &mut dyn FnMut(&str, usize, SegmentEncoding)) {
    let mut rest = line;
    while !rest.is_empty() {
        let valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
        put(std::str::from_utf8(&rest[..valid]).unwrap_or_default(), valid, SegmentEncoding::Utf8);
        rest = &rest[valid..];
        if let Some(c) = broken::pair(rest) {
            put(c.encode_utf8(&mut [0; 4]), broken::PAIR, SegmentEncoding::Encoded("CESU-8"));
            rest = &rest[broken::PAIR..];
            continue;
        }
        let len = broken::len(rest);
        let (bytes, after) = rest.split_at(len);
        // The first bytes of a character whose others are gone, and what never was one, are not letters of a code page.
        let cut = ends && after.is_empty() && is_prefix(bytes);
        if cut || len > 1 && !is_plausible(bytes, page) {
            put("\u{FFFD}", len, SegmentEncoding::Invalid);
        } else if len > 0 {
            paged(bytes, page, put);
        }
        rest = after;
    }
}

/// Whether bytes are a character in UTF-8 without its end.
fn is_prefix(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

fn is_cut(line: &[u8], len: usize) -> bool {
    line.get(line.len() - len.min(line.len())..).is_some_and(is_prefix)
}

/// Whether the beginning of a character could be letters of the page: "é»" may be, "â€" is not.
fn is_plausible(bytes: &[u8], page: &'static Page) -> bool {
    let text: Option<String> = bytes.iter().map(|&byte| page.read(byte)).collect();
    text.is_some_and(|text| implausibility(&text) < 45 * (text.chars().count() as u64 + 1))
}

/// All bytes in the code page.
fn paged(bytes: &[u8], page: &'static Page, put: &mut dyn FnMut(&str, usize, SegmentEncoding)) {
    page.each(bytes, &mut |text, len| match text {
        Some(text) => put(text, len, SegmentEncoding::Encoded(page.name)),
        None => put("\u{FFFD}", len, SegmentEncoding::Invalid),
    });
}
