//! Bytes that are not UTF-8: single bytes among UTF-8, lines, and whole files in a legacy encoding.
//!
//! If the file holds UTF-8, too, every possible decoding is tried on a sample, and the plausibility model of
//! the crate decides, with chardetng's guess as one more piece of evidence. Windows-1252 needs the least
//! evidence, because it is by far the most frequent. The encoding of a whole file is decided in `whole`.

use std::ops::Range;

use super::Pieces;
use super::broken;
use super::pages::{LegacyEncoding, PAGES, Trust, paged};
use super::passages::{self, Passages};
use super::types::{Declined, DecodingCertainty, Flaw, SegmentEncoding};
use super::whole::{self, EncodingVerdict, Sense};
use crate::language::reading::{implausibility, strangeness};

/// The way in which the bytes that are not UTF-8 are decoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct How {
    page: &'static LegacyEncoding,
    extent: LegacyExtent,
}

/// The part of a file that is in a legacy encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LegacyExtent {
    /// The whole file.
    Whole,
    /// Each line that is not UTF-8.
    Lines,
    /// Each byte that is not part of a character in UTF-8.
    Bytes,
    /// No byte: all bytes that are not UTF-8 are kept.
    Nothing,
}

/// The decision how to decode the bytes that are not UTF-8, and its certainty.
#[derive(Debug)]
pub(super) struct DecodingPlan {
    pub(super) how: How,
    pub(super) grounds: DecodingCertainty,
    /// The encodings whose decoding is nearly as plausible.
    pub(super) rivals: Vec<&'static str>,
    /// Reason why nothing may be rewritten, if there is one.
    pub(super) declined: Option<Declined>,
    /// The passages of a file in several encodings.
    pub(super) passages: Option<Passages>,
}

impl How {
    /// Returns whether UTF-8 remains as it is, and only what is between is decoded.
    pub(super) fn is_partial(self) -> bool {
        matches!(self.extent, LegacyExtent::Bytes | LegacyExtent::Lines)
    }
}

impl DecodingPlan {
    fn new(page: &'static LegacyEncoding, extent: LegacyExtent, grounds: DecodingCertainty) -> Self {
        Self { how: How { page, extent }, grounds, rivals: Vec::new(), declined: None, passages: None }
    }

    /// Returns the plan for a file without UTF-8: one encoding from end to end, or one for each passage.
    fn of_whole(bytes: &[u8], verdict: EncodingVerdict) -> Self {
        let passages = passages::plan(bytes, &verdict);
        let plan = Self::of(verdict);
        match passages {
            Some(passages) => Self { passages: Some(passages), declined: None, rivals: Vec::new(), ..plan },
            None => plan,
        }
    }

    /// Returns the plan for a decision about a whole file.
    fn of(verdict: EncodingVerdict) -> Self {
        match verdict {
            EncodingVerdict::Page(page, grounds, rivals) => {
                Self { rivals, ..Self::new(page, LegacyExtent::Whole, grounds) }
            }
            EncodingVerdict::Kept => Self::new(&PAGES[0], LegacyExtent::Nothing, DecodingCertainty::Sure),
            EncodingVerdict::Declined(declined) => {
                let page = PAGES.iter().find(|page| Some(page.name) == declined.encoding);
                let extent = if page.is_some() { LegacyExtent::Whole } else { LegacyExtent::Nothing };
                let plan = Self::new(page.unwrap_or(&PAGES[0]), extent, DecodingCertainty::Likely);
                Self { declined: Some(declined), ..plan }
            }
        }
    }
}

/// Cost of a byte that a decoding leaves undecoded, in decinats (a guess).
const UNDECODED: u64 = 110;
/// Cost of a truncated character at the end of a file or among UTF-8, in decinats (a guess).
const CUT: u64 = 30;
/// Weight of chardetng's guess, in decinats (a guess).
const GUESS: u64 = 30;
/// Margin over the next best decoding from which the best one is certain, in decinats (a guess).
const AHEAD: u64 = 50;
/// Maximum length of the sampled lines, in bytes: enough for the models, and independent of the size of the file.
const SAMPLE: usize = 24 << 10;

/// Maximum length of a sampled line, and of the context before its first non-ASCII byte, in bytes (guesses).
const MAX_LINE: usize = 2048;
const CONTEXT: usize = 64;
/// Maximum mean cost of the letters that the first bytes of a UTF-8 character may be, in decinats (a guess).
const LETTERS: u64 = 45;

/// Number of UTF-8 characters for each byte that is not UTF-8 up to which they may be chance (a guess): in Thai and in
/// the DOS code page 855 nearly every other pair of letters happens to be a UTF-8 character.
const CHANCE: usize = 2;
/// Number of bytes that are not UTF-8 for each UTF-8 character from which these are chance in a file that declares its
/// encoding (a guess): pairs of quotation marks of KOI8 are UTF-8 characters.
const FEW: usize = 20;

/// Decides how the bytes that are not UTF-8 are decoded in the spans `narrow`.
pub(super) fn plan(bytes: &[u8], narrow: &[Range<usize>]) -> DecodingPlan {
    let (mut characters, mut stray, mut intact) = (0, 0, 0);
    for chunk in narrow.iter().flat_map(|range| bytes[range.clone()].utf8_chunks()) {
        characters += chunk.valid().chars().filter(|c| !c.is_ascii() && *c != '\u{FFFD}').count();
        stray += chunk.invalid().len();
        intact += lone_marks(chunk.valid());
    }
    let is_whole = matches!(narrow, [range] if range.len() == bytes.len());
    if stray == 0 {
        return DecodingPlan::new(&PAGES[0], LegacyExtent::Bytes, DecodingCertainty::Sure);
    }
    if characters == 0 && is_whole {
        return if broken::is_all(bytes) {
            DecodingPlan::new(&PAGES[0], LegacyExtent::Nothing, DecodingCertainty::Sure)
        } else {
            DecodingPlan::of_whole(bytes, whole::verdict(bytes))
        };
    }
    let sample = sample(bytes, narrow);
    let (plan, text, undecoded) = mixed(&sample, characters);
    if is_whole && intact == 0 && characters <= CHANCE * stray {
        let verdict = whole::verdict(bytes);
        let page = match &verdict {
            EncodingVerdict::Page(page, ..) => Some(*page),
            EncodingVerdict::Declined(Declined { flaw: Flaw::Foreign, .. }) => return DecodingPlan::of(verdict),
            EncodingVerdict::Declined(declined) => PAGES.iter().find(|page| Some(page.name) == declined.encoding),
            EncodingVerdict::Kept => None,
        };
        let is_declared = page.is_some_and(|page| whole::declared(bytes) == Some(page));
        if is_declared
            && characters * FEW <= stray
            && matches!(verdict, EncodingVerdict::Page(_, DecodingCertainty::Sure, _))
        {
            return DecodingPlan::of(verdict);
        }
        // UTF-8 that is met only beside many other bytes is chance, also in a file in several encodings.
        let is_chance =
            characters * FEW <= stray && lines(bytes).all(|line| line.is_ascii() || std::str::from_utf8(line).is_err());
        if is_chance && let Some(passages) = passages::plan(bytes, &verdict) {
            return DecodingPlan { passages: Some(passages), rivals: Vec::new(), ..plan };
        }
        let own = strangeness(&text) + undecoded;
        let whole = page.map(|page| sample.read(How { page, extent: LegacyExtent::Whole }));
        let whole = whole.map(|(other, lost)| strangeness(&other) + lost);
        let is_better = whole.map_or_else(|| Sense::of(&text).is_senseless(), |whole| whole <= own);
        if is_better || plan.how.extent == LegacyExtent::Whole {
            return if is_chance { DecodingPlan::of(verdict) } else { DecodingPlan::of_whole(bytes, verdict) };
        }
        if whole.is_some_and(|whole| whole < own + AHEAD) {
            return DecodingPlan { grounds: DecodingCertainty::Likely, ..plan };
        }
    }
    plan
}

/// Returns the number of typographic marks that are UTF-8 in three bytes and alone between ASCII characters. A word of
/// legacy text whose three letters are such a mark by chance hardly exists.
fn lone_marks(text: &str) -> usize {
    let is_mark = |c: char| ('\u{2010}'..'\u{2040}').contains(&c) || matches!(c, '€' | '™' | '→');
    let mut before = None;
    let mut chars = text.chars().peekable();
    let mut count = 0;
    while let Some(c) = chars.next() {
        let is_alone = [before, chars.peek().copied()].into_iter().all(|side| side.is_some_and(|c: char| c.is_ascii()));
        count += usize::from(is_alone && is_mark(c));
        before = Some(c);
    }
    count
}

/// Decides how the bytes between UTF-8 characters are decoded. Returns the plan with the decoded sample and the cost of
/// the bytes that are left undecoded. `characters` is the number of characters of the file that are UTF-8.
fn mixed(sample: &Sample<'_>, characters: usize) -> (DecodingPlan, String, u64) {
    let guess = guess(sample);
    let mut readings: Vec<(u64, String, u64, How)> = Vec::new();
    for page in PAGES.iter().filter(|page| page.trust == Trust::Measured) {
        for extent in [LegacyExtent::Bytes, LegacyExtent::Lines, LegacyExtent::Whole] {
            // Lines in UTF-8 need a UTF-8 character somewhere, and single bytes of a multi-byte encoding mean nothing.
            if extent == LegacyExtent::Bytes && !page.is_single_byte()
                || extent == LegacyExtent::Lines && characters == 0
            {
                continue;
            }
            let how = How { page, extent };
            let (text, undecoded) = sample.read(how);
            let guessed = if guess == Some(page.name) { 0 } else { GUESS };
            let cost = implausibility(&text) + undecoded + page.prior + guessed;
            readings.push((cost, text, undecoded, how));
        }
    }
    // The order breaks ties: the encoding that needs the least evidence, for as few bytes as possible.
    let best = readings.iter().min_by_key(|(cost, ..)| *cost);
    let Some((cost, text, undecoded, how)) = best else {
        return (DecodingPlan::new(&PAGES[0], LegacyExtent::Bytes, DecodingCertainty::Likely), String::new(), 0);
    };
    let next = readings.iter().filter(|(_, other, ..)| other != text).map(|(cost, ..)| *cost).min();
    let ahead = next.is_none_or(|next| next >= cost + AHEAD);
    let extent = if characters > 0 { how.extent } else { LegacyExtent::Whole };
    let grounds = if ahead { DecodingCertainty::Sure } else { DecodingCertainty::Likely };
    (DecodingPlan::new(how.page, extent, grounds), text.clone(), *undecoded)
}

/// Lines that are not ASCII.
struct Sample<'a> {
    lines: Vec<&'a [u8]>,
    /// End of the last line.
    end: End,
}

fn sample<'a>(bytes: &'a [u8], narrow: &[Range<usize>]) -> Sample<'a> {
    let lines = narrow.iter().flat_map(|range| lines(&bytes[range.clone()]));
    let mut kept: Vec<&[u8]> = Vec::new();
    let (mut valid, mut broken) = (0, 0);
    for line in lines.filter(|line| !line.is_ascii()) {
        // Of a long line, its first non-ASCII bytes with their context are sampled.
        let first = line.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
        let part = if line.len() > MAX_LINE {
            &line[first.saturating_sub(CONTEXT)..(first + MAX_LINE - CONTEXT).min(line.len())]
        } else {
            line
        };
        let size = if std::str::from_utf8(line).is_ok() { &mut valid } else { &mut broken };
        if *size < SAMPLE {
            *size += part.len();
            kept.push(part);
        }
    }
    let is_last = kept.last().is_some_and(|last| bytes.ends_with(last));
    Sample { lines: kept, end: if is_last { End::OfFile } else { End::OfLine } }
}

/// Returns the lines of `bytes`, each with its line feed.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n')
}

impl Sample<'_> {
    /// Returns the decoded sample, and the cost of the bytes that are left undecoded, in decinats.
    fn read(&self, how: How) -> (String, u64) {
        let mut text = String::new();
        let mut cost = 0;
        for (at, line) in self.lines.iter().enumerate() {
            let end = if at + 1 == self.lines.len() { self.end } else { End::OfLine };
            read_line(line, how, end, &mut |piece, len, unit| {
                if unit == SegmentEncoding::Invalid {
                    // Several invalid bytes in a row are a truncated character, because that is how UTF-8 breaks.
                    let cut = how.extent == LegacyExtent::Bytes && len > 1 || end == End::OfFile && is_cut(line, len);
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

/// Returns chardetng's guess of the encoding of the sample.
fn guess(sample: &Sample<'_>) -> Option<&'static str> {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    for line in &sample.lines {
        detector.feed(line, false);
    }
    Some(detector.guess(None, chardetng::Utf8Detection::Deny).name())
}

/// Decodes a span of the file.
pub(super) fn read(bytes: &[u8], range: Range<usize>, how: How, pieces: &mut Pieces) {
    let end = if range.end == bytes.len() { End::OfFile } else { End::OfLine };
    let bytes = &bytes[range];
    if let Ok(text) = std::str::from_utf8(bytes) {
        return pieces.push(text, text.len(), SegmentEncoding::Utf8);
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        // A clean part is taken as a whole.
        let valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
        let clean = if how.extent == LegacyExtent::Whole && valid < rest.len() {
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
            LegacyExtent::Whole => rest.len(),
            _ => memchr::memchr(b'\n', &rest[valid..]).map_or(rest.len(), |at| valid + at + 1),
        };
        let end = if len == rest.len() { end } else { End::OfLine };
        read_line(&rest[..len], how, end, &mut |text, len, unit| pieces.push(text, len, unit));
        rest = &rest[len..];
    }
}

/// End of a decoded part of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Another part follows.
    OfLine,
    /// The file ends there, so that its last character may be truncated.
    OfFile,
}

/// Decodes a line, or a whole file. `put` gets each piece of text with the number of bytes that it takes.
fn read_line(line: &[u8], how: How, end: End, put: &mut dyn FnMut(&str, usize, SegmentEncoding)) {
    let utf8 = how.extent != LegacyExtent::Whole && std::str::from_utf8(line).is_ok();
    match how.extent {
        LegacyExtent::Nothing => kept(line, put),
        LegacyExtent::Bytes => bytewise(line, how.page, end, put),
        _ if utf8 => bytewise(line, how.page, end, put),
        _ => paged(line, how.page, put),
    }
}

/// Decodes UTF-8 and keeps all other bytes.
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

/// Decodes UTF-8 as such, and all other bytes in `page`.
pub(super) fn bytewise(
    line: &[u8],
    page: &'static LegacyEncoding,
    end: End,
    put: &mut dyn FnMut(&str, usize, SegmentEncoding),
) {
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
        // The first bytes of a truncated character, and sequences that never were one, are not letters of a legacy
        // encoding.
        let cut = end == End::OfFile && after.is_empty() && is_prefix(bytes);
        if cut || len > 1 && !is_plausible(bytes, page) {
            put("\u{FFFD}", len, SegmentEncoding::Invalid);
        } else if len > 0 {
            paged(bytes, page, put);
        }
        rest = after;
    }
}

/// Returns whether bytes are a truncated UTF-8 character.
fn is_prefix(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

fn is_cut(line: &[u8], len: usize) -> bool {
    line.get(line.len() - len.min(line.len())..).is_some_and(is_prefix)
}

/// Returns whether the first bytes of a UTF-8 character may be letters of `page`: "é»" may be, "â€" is not.
pub(super) fn is_plausible(bytes: &[u8], page: &'static LegacyEncoding) -> bool {
    let text: Option<String> = bytes.iter().map(|&byte| page.read(byte)).collect();
    text.is_some_and(|text| implausibility(&text) < LETTERS * (text.chars().count() as u64 + 1))
}
