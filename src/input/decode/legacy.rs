//! Bytes that are not UTF-8: single ones among UTF-8, lines, and whole files in a legacy code page.
//!
//! Every reading that makes sense is tried on a sample, and the plausibility model of `text::mojibake` chooses; chardetng
//! has a voice. Windows-1252 needs the least evidence, because it is by far the most frequent.

use std::ops::Range;

use encoding_rs::Encoding;

use super::Pieces;
use crate::model::source::{DecodingCertainty, SegmentEncoding};
use crate::text::mojibake::{CodePage, implausibility};

/// How the bytes beyond UTF-8 are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct How {
    page: CodePage,
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
}

/// How the bytes beyond UTF-8 are read, and how sure that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) how: How,
    pub(super) grounds: DecodingCertainty,
}

/// The code pages that are tried, with what each has to be better than Windows-1252 (tenths of a nat).
const PAGES: [(CodePage, u64); 23] = [
    (CodePage::Windows1252, 0),
    (CodePage::Windows1251, 20),
    (CodePage::Windows1250, 25),
    (CodePage::MacRoman, 35),
    (CodePage::Ibm437, 35),
    (CodePage::Ibm850, 35),
    (CodePage::Koi8R, 30),
    (CodePage::Koi8U, 35),
    (CodePage::Ibm866, 35),
    (CodePage::Windows1253, 30),
    (CodePage::Windows1254, 30),
    (CodePage::Windows1255, 30),
    (CodePage::Windows1256, 30),
    (CodePage::Windows1257, 30),
    (CodePage::Windows1258, 40),
    (CodePage::Iso8859_2, 35),
    (CodePage::Iso8859_5, 45),
    (CodePage::Ibm852, 40),
    (CodePage::Gbk, 30),
    (CodePage::ShiftJis, 30),
    (CodePage::Big5, 35),
    (CodePage::EucKr, 35),
    (CodePage::EucJp, 35),
];

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

/// Settles how the bytes beyond UTF-8 in the stretches `narrow` are read.
pub(super) fn plan(bytes: &[u8], narrow: &[Range<usize>]) -> Plan {
    let broken = narrow.iter().any(|range| std::str::from_utf8(&bytes[range.clone()]).is_err());
    let fallback = How { page: CodePage::Windows1252, extent: Extent::Bytes };
    if !broken {
        return Plan { how: fallback, grounds: DecodingCertainty::Sure };
    }
    let sample = sample(bytes, narrow);
    let guess = guess(&sample);
    let mixed = sample.utf8().chars().filter(|c| !c.is_ascii() && *c != '\u{FFFD}').count();
    let mut readings: Vec<(u64, String, How)> = Vec::new();
    for (page, prior) in PAGES {
        for extent in [Extent::Bytes, Extent::Lines, Extent::Whole] {
            // Without any character in UTF-8 there is nothing but the whole file; single bytes of a page with
            // characters of several bytes mean nothing.
            if extent == Extent::Bytes && !page.is_single_byte() || extent == Extent::Lines && mixed == 0 {
                continue;
            }
            let how = How { page, extent };
            let (text, undecoded) = sample.read(how);
            let guessed = if guess == Some(page) { 0 } else { GUESS };
            let cost = implausibility(&text) + undecoded + prior + guessed;
            readings.push((cost, text, how));
        }
    }
    // The order breaks ties: the page that needs least evidence, and as few bytes as can be.
    let best = readings.iter().min_by_key(|(cost, ..)| *cost);
    let Some((cost, text, how)) = best else { return Plan { how: fallback, grounds: DecodingCertainty::Likely } };
    let next = readings.iter().filter(|(_, other, _)| other != text).map(|(cost, ..)| *cost).min();
    let ahead = next.is_none_or(|next| next >= cost + AHEAD);
    let extent = if mixed == 0 { Extent::Whole } else { how.extent };
    Plan {
        how: How { extent, ..*how },
        grounds: if ahead { DecodingCertainty::Sure } else { DecodingCertainty::Likely },
    }
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
    fn utf8(&self) -> String {
        self.lines.iter().map(|line| String::from_utf8_lossy(line)).collect()
    }

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
fn guess(sample: &Sample<'_>) -> Option<CodePage> {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    for line in &sample.lines {
        detector.feed(line, false);
    }
    let encoding = detector.guess(None, chardetng::Utf8Detection::Deny);
    PAGES.iter().map(|(page, _)| *page).find(|page| standard(*page) == Some(encoding))
}

/// The encoding of the WHATWG standard.
fn standard(page: CodePage) -> Option<&'static Encoding> {
    Encoding::for_label(page.id().as_bytes()).filter(|_| page != CodePage::Latin1)
}

/// The name of a code page for segments: that of the WHATWG standard where it has one.
fn name(page: CodePage) -> &'static str {
    standard(page).map_or(page.id(), Encoding::name)
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
        Extent::Bytes => bytewise(line, how.page, ends, put),
        _ if utf8 => bytewise(line, how.page, ends, put),
        _ if how.page.is_single_byte() => single(line, how.page, put),
        _ => multiple(line, how.page, put),
    }
}

/// UTF-8 where it is, the code page elsewhere.
fn bytewise(line: &[u8], page: CodePage, ends: bool, put: &mut dyn FnMut(&str, usize, SegmentEncoding)) {
    let mut chunks = line.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        put(chunk.valid(), chunk.valid().len(), SegmentEncoding::Utf8);
        let invalid = chunk.invalid();
        // The first bytes of a character whose others are gone are not letters of a code page.
        let cut = ends && chunks.peek().is_none() || invalid.len() > 1 && !is_plausible(invalid, page);
        if cut && is_prefix(invalid) {
            put("\u{FFFD}", invalid.len(), SegmentEncoding::Invalid);
        } else {
            single(invalid, page, put);
        }
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
fn is_plausible(bytes: &[u8], page: CodePage) -> bool {
    let text: Option<String> = bytes.iter().map(|&byte| page.read(byte)).collect();
    text.is_some_and(|text| implausibility(&text) < 45 * (text.chars().count() as u64 + 1))
}

fn single(bytes: &[u8], page: CodePage, put: &mut dyn FnMut(&str, usize, SegmentEncoding)) {
    let unit = SegmentEncoding::Encoded(name(page));
    let mut text = String::with_capacity(bytes.len() * 2);
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if let Some(c) = page.read(byte) {
            text.push(c);
            continue;
        }
        put(&text, at - from, unit);
        put("\u{FFFD}", 1, SegmentEncoding::Invalid);
        text.clear();
        from = at + 1;
    }
    put(&text, bytes.len() - from, unit);
}

fn multiple(bytes: &[u8], page: CodePage, put: &mut dyn FnMut(&str, usize, SegmentEncoding)) {
    let Some(encoding) = standard(page) else { return single(bytes, page, put) };
    let unit = SegmentEncoding::Encoded(encoding.name());
    let mut rest = bytes;
    let mut text = String::new();
    while !rest.is_empty() {
        let mut decoder = encoding.new_decoder_without_bom_handling();
        text.clear();
        text.reserve(decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len() * 4));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        let (good, bad) = match result {
            encoding_rs::DecoderResult::InputEmpty => (read, 0),
            encoding_rs::DecoderResult::OutputFull => (read.max(1).min(rest.len()), 0),
            encoding_rs::DecoderResult::Malformed(bad, after) => {
                let (bad, after) = (usize::from(bad), usize::from(after));
                (read.saturating_sub(bad + after), bad)
            }
        };
        put(&text, good, unit);
        let bad = bad.min(rest.len() - good);
        if bad > 0 {
            put("\u{FFFD}", bad, SegmentEncoding::Invalid);
        }
        rest = &rest[(good + bad).max(1).min(rest.len())..];
    }
}
