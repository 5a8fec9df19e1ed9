//! The legacy encodings that a file may be in, with the character of each byte.
//!
//! There are two kinds: encodings whose decodings were measured, in which a file may be rewritten without asking; and
//! encodings that are tried for comparison, so that no file gets the letters of a neighbour. Knows no plausibility and
//! no files.

use std::sync::LazyLock;

use encoding_rs::{DecoderResult, Encoding};

use super::types::{Flaw, SegmentEncoding};
use crate::encoding::codepage::CodePage;
use crate::encoding::tables;

/// A legacy encoding.
#[derive(Debug)]
pub(super) struct LegacyEncoding {
    /// Name in the Encoding Standard, else that of IANA or the usual one.
    pub(super) name: &'static str,
    /// Margin over Windows-1252 that a decoding needs, in decinats.
    pub(super) prior: u64,
    /// Further margin over all other encodings, in thousandths of the cost. It is needed if files in the encoding are
    /// hardly ever met and it has so many letters of its own that many texts could be in it.
    pub(super) rarity: u64,
    /// The trust in its decodings.
    pub(super) trust: Trust,
    bytes: Bytes,
}

/// The trust in the decodings of an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// They were measured: such files come out right if no other encoding is nearly as plausible.
    Measured,
    /// Files in the encoding are rare, or it differs from a neighbour in few letters: a person should look.
    Compared,
}

#[derive(Debug)]
enum Bytes {
    /// The characters of the bytes 80 to FF; U+FFFD for unassigned bytes.
    Single(Box<[char; 128]>),
    Multiple(&'static Encoding),
}

impl PartialEq for LegacyEncoding {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl LegacyEncoding {
    /// Returns the character of one byte in a single-byte encoding; `None` for an unassigned byte.
    pub(super) fn read(&self, byte: u8) -> Option<char> {
        match &self.bytes {
            _ if byte.is_ascii() => Some(char::from(byte)),
            Bytes::Single(upper) => Some(upper[usize::from(byte & 0x7F)]).filter(|c| *c != '\u{FFFD}'),
            Bytes::Multiple(_) => None,
        }
    }

    pub(super) fn is_single_byte(&self) -> bool {
        matches!(self.bytes, Bytes::Single(_))
    }

    /// Decodes bytes. Returns the text, with a line feed for each sequence that cannot be decoded, and the number of
    /// bytes in such sequences.
    pub(super) fn decode(&self, bytes: &[u8]) -> (String, u64) {
        let (mut text, mut undecoded) = (String::with_capacity(2 * bytes.len()), 0);
        self.each(bytes, &mut |piece, len| match piece {
            Some(piece) => text.push_str(piece),
            None => {
                undecoded += len as u64;
                text.push('\n');
            }
        });
        (text, undecoded)
    }

    /// Returns the position of the first bytes that are not text in the encoding.
    pub(super) fn flaw(&self, bytes: &[u8]) -> Option<(usize, Flaw)> {
        let (mut at, mut first) = (0, None);
        self.each(bytes, &mut |piece, len| {
            if piece.is_none() && first.is_none() {
                first = Some((at, at + len == bytes.len() && !self.is_single_byte()));
            }
            at += len;
        });
        first.map(|(at, cut)| (at, if cut { Flaw::CutShort } else { Flaw::Undefined(bytes[at]) }))
    }

    /// Calls `put` for each piece of the bytes with its length and its text, or `None` if it cannot be decoded.
    pub(super) fn each(&self, bytes: &[u8], put: &mut dyn FnMut(Option<&str>, usize)) {
        match &self.bytes {
            Bytes::Single(upper) => single(bytes, upper, put),
            Bytes::Multiple(encoding) => multiple(bytes, encoding, put),
        }
    }
}

fn single(bytes: &[u8], upper: &[char; 128], put: &mut dyn FnMut(Option<&str>, usize)) {
    let mut text = String::with_capacity(bytes.len() * 2);
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let c = if byte.is_ascii() { char::from(byte) } else { upper[usize::from(byte & 0x7F)] };
        if c != '\u{FFFD}' {
            text.push(c);
            continue;
        }
        if at > from {
            put(Some(&text), at - from);
        }
        put(None, 1);
        text.clear();
        from = at + 1;
    }
    if bytes.len() > from {
        put(Some(&text), bytes.len() - from);
    }
}

fn multiple(bytes: &[u8], encoding: &'static Encoding, put: &mut dyn FnMut(Option<&str>, usize)) {
    let mut rest = bytes;
    let mut text = String::new();
    while !rest.is_empty() {
        let mut decoder = encoding.new_decoder_without_bom_handling();
        text.clear();
        text.reserve(decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len() * 4));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        let (good, bad) = match result {
            DecoderResult::InputEmpty => (read, 0),
            DecoderResult::OutputFull => (read.max(1).min(rest.len()), 0),
            DecoderResult::Malformed(bad, after) => {
                let (bad, after) = (usize::from(bad), usize::from(after));
                (read.saturating_sub(bad + after), bad)
            }
        };
        if good > 0 {
            put(Some(&text), good);
        }
        let bad = bad.min(rest.len() - good);
        if bad > 0 {
            put(None, bad);
        }
        rest = &rest[(good + bad).max(1).min(rest.len())..];
    }
}

/// Decodes all bytes in `page`.
pub(super) fn paged(bytes: &[u8], page: &'static LegacyEncoding, put: &mut dyn FnMut(&str, usize, SegmentEncoding)) {
    page.each(bytes, &mut |text, len| match text {
        Some(text) => put(text, len, SegmentEncoding::Encoded(page.name)),
        None => put("\u{FFFD}", len, SegmentEncoding::Invalid),
    });
}

/// The measured encodings with their priors in decinats (guesses by frequency), in the order that breaks ties.
const MEASURED: [(CodePage, u64); 23] = [
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

/// Labels in the Encoding Standard of encodings that are tried for comparison, with their priors in decinats (guesses by
/// frequency, as those below).
const STANDARD: [(&str, u64); 12] = [
    ("iso-8859-3", 60),
    ("iso-8859-4", 60),
    ("iso-8859-6", 50),
    ("iso-8859-7", 45),
    ("iso-8859-8", 50),
    ("iso-8859-10", 90),
    ("iso-8859-13", 50),
    ("iso-8859-14", 80),
    ("iso-8859-15", 45),
    ("iso-8859-16", 100),
    ("windows-874", 45),
    ("x-mac-cyrillic", 45),
];

/// Encodings of `tables` that are tried for comparison, with their priors in decinats and their rarity in thousandths.
const OWN: [(&str, &str, u64, u64); 28] = [
    ("ibm720", tables::IBM720, 60, 0),
    ("ibm737", tables::IBM737, 50, 0),
    ("ibm775", tables::IBM775, 60, 0),
    ("ibm855", tables::IBM855, 70, 0),
    ("ibm857", tables::IBM857, 45, 0),
    ("ibm860", tables::IBM860, 60, 0),
    ("ibm861", tables::IBM861, 60, 0),
    ("ibm862", tables::IBM862, 45, 0),
    ("ibm863", tables::IBM863, 60, 0),
    ("ibm865", tables::IBM865, 50, 0),
    ("ibm869", tables::IBM869, 60, 0),
    ("ibm1125", tables::IBM1125, 50, 0),
    ("x-mac-ce", tables::MAC_CE, 50, 0),
    ("x-mac-croatian", tables::MAC_CROATIAN, 80, 0),
    ("x-mac-greek", tables::MAC_GREEK, 60, 0),
    ("x-mac-icelandic", tables::MAC_ICELANDIC, 70, 0),
    ("x-mac-romanian", tables::MAC_ROMANIAN, 80, 0),
    ("x-mac-turkish", tables::MAC_TURKISH, 60, 0),
    ("kz-1048", tables::KZ1048, RARE, EXOTIC),
    ("pt154", tables::PT154, RARE, EXOTIC),
    ("koi8-t", tables::KOI8_T, RARE, EXOTIC),
    ("armscii-8", tables::ARMSCII_8, RARE, EXOTIC),
    ("georgian-ps", tables::GEORGIAN_PS, RARE, EXOTIC),
    ("mik", tables::MIK, RARE, EXOTIC),
    ("kamenicky", tables::KAMENICKY, RARE, EXOTIC),
    ("mazovia", tables::MAZOVIA, RARE, EXOTIC),
    ("tcvn", tables::TCVN, RARE, EXOTIC),
    ("viscii", tables::VISCII, RARE, EXOTIC),
];

/// Rarity of encodings of one country that were never common even there, in thousandths. Measured: decodings of
/// Macedonian, Ukrainian and Welsh in such encodings cost up to 1.5 per cent less than in the right one; those of their
/// own languages cost at least 5 per cent less.
const EXOTIC: u64 = 30;

/// All encodings, the measured ones first.
pub(super) static PAGES: LazyLock<Vec<LegacyEncoding>> = LazyLock::new(|| {
    let measured = MEASURED.into_iter().map(|(page, prior)| measured(page, prior));
    let standard = STANDARD.into_iter().filter_map(|(label, prior)| {
        let encoding = Encoding::for_label(label.as_bytes())?;
        Some(compared(encoding.name(), (prior, 0), upper(|byte| decoded(encoding, byte))))
    });
    let own = OWN.into_iter().map(|(name, table, prior, rarity)| {
        let chars: Vec<char> = table.chars().collect();
        compared(name, (prior, rarity), upper(|byte| chars.get(usize::from(byte & 0x7F)).copied()))
    });
    measured.chain(standard).chain(own).collect()
});

/// Returns whether this is the name of an encoding.
pub(super) fn is_page(name: Option<&str>) -> bool {
    PAGES.iter().any(|page| Some(page.name) == name)
}

/// Margin over Windows-1252 that an encoding of one country needs, in decinats: as much as the rarest of the measured
/// ones.
const RARE: u64 = 45;

fn compared(name: &'static str, (prior, rarity): (u64, u64), upper: Box<[char; 128]>) -> LegacyEncoding {
    LegacyEncoding { name, prior, rarity, trust: Trust::Compared, bytes: Bytes::Single(upper) }
}

fn measured(page: CodePage, prior: u64) -> LegacyEncoding {
    let standard = Encoding::for_label(page.id().as_bytes());
    let name = standard.map_or(page.id(), Encoding::name);
    let bytes = match standard {
        Some(encoding) if !page.is_single_byte() => Bytes::Multiple(encoding),
        _ => Bytes::Single(upper(|byte| page.read(byte))),
    };
    LegacyEncoding { name, prior, rarity: 0, trust: Trust::Measured, bytes }
}

/// Returns the upper half of an encoding. Control characters count as unassigned in all of them, whatever standards
/// say, because text has none.
fn upper(read: impl Fn(u8) -> Option<char>) -> Box<[char; 128]> {
    let mut upper = ['\u{FFFD}'; 128];
    for (byte, slot) in (0x80..=0xFF).zip(&mut upper) {
        *slot = read(byte).filter(|c| !c.is_control()).unwrap_or('\u{FFFD}');
    }
    Box::new(upper)
}

fn decoded(encoding: &'static Encoding, byte: u8) -> Option<char> {
    encoding.decode_without_bom_handling_and_without_replacement(&[byte])?.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_whole() {
        for (name, table, ..) in OWN {
            assert_eq!(table.chars().count(), 128, "{name}");
        }
        assert_eq!(PAGES.len(), MEASURED.len() + STANDARD.len() + OWN.len());
    }

    #[test]
    fn bytes_of_rare_pages_are_read_and_holes_are_not() {
        let page = |name: &str| PAGES.iter().find(|page| page.name == name).expect("a page");
        assert_eq!(page("ibm737").decode(b"\x89\x98\xA2\xE3").0, "Καλή");
        assert_eq!(page("x-mac-cyrillic").decode(b"\x8F\xEB\xFE\xF9").0, "Плющ");
        assert_eq!(page("kamenicky").decode(b"\xA9eka").0, "řeka");
        assert_eq!(page("ibm857").decode(b"a\xD5").1, 1);
        assert_eq!(page("ISO-8859-2").read(0x9A), None);
        assert_eq!(page("Shift_JIS").flaw(b"\x82\xA0\x82"), Some((2, Flaw::CutShort)));
        assert_eq!(page("windows-1252").flaw(b"a\x81b"), Some((1, Flaw::Undefined(0x81))));
    }
}
