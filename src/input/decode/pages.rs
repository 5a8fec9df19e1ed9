//! The code pages that a file may be in, with what each byte means in them.
//!
//! Two sorts: those whose readings were measured, in which a file may be rewritten without being asked, and those that
//! are read for comparison, so that no file gets the letters of a neighbour. Knows no plausibility and no files.

use std::sync::LazyLock;

use encoding_rs::Encoding;

use super::tables;
use crate::text::mojibake::CodePage;

/// A code page.
#[derive(Debug)]
pub(super) struct Page {
    /// The name of the Encoding Standard, else that of IANA or the usual one.
    pub(super) name: &'static str,
    /// How much better than Windows-1252 a reading in this page has to be, in tenths of a nat.
    pub(super) prior: u64,
    /// How far its readings are trusted.
    pub(super) trust: Trust,
    bytes: Bytes,
}

/// How far the readings of a page are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// They were measured: such files come out right where no other page reads nearly as well.
    Measured,
    /// Files in it are rare, or it differs from a neighbour in few letters: somebody should look.
    Compared,
}

#[derive(Debug)]
enum Bytes {
    /// What bytes 80 to FF mean; U+FFFD for nothing.
    Single(Box<[char; 128]>),
    Multiple(&'static Encoding),
}

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Page {
    /// The character of one byte in a single-byte page; `None` where the page leaves it undefined.
    pub(super) fn read(&self, byte: u8) -> Option<char> {
        match &self.bytes {
            _ if byte.is_ascii() => Some(char::from(byte)),
            Bytes::Single(upper) => Some(upper[usize::from(byte & 0x7F)]).filter(|c| *c != '\u{FFFD}'),
            Bytes::Multiple(_) => None,
        }
    }

    /// The decoder of a page that has characters of several bytes.
    pub(super) fn multiple(&self) -> Option<&'static Encoding> {
        match &self.bytes {
            Bytes::Single(_) => None,
            Bytes::Multiple(encoding) => Some(encoding),
        }
    }

    pub(super) fn is_single_byte(&self) -> bool {
        matches!(self.bytes, Bytes::Single(_))
    }
}

/// The pages whose readings were measured, with their priors (tenths of a nat), in the order that breaks ties.
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

/// Labels of pages of the Encoding Standard that are read for comparison.
const STANDARD: [&str; 12] = [
    "iso-8859-3",
    "iso-8859-4",
    "iso-8859-6",
    "iso-8859-7",
    "iso-8859-8",
    "iso-8859-10",
    "iso-8859-13",
    "iso-8859-14",
    "iso-8859-15",
    "iso-8859-16",
    "windows-874",
    "x-mac-cyrillic",
];

/// Pages of `tables` that are read for comparison.
const OWN: [(&str, &str); 26] = [
    ("ibm720", tables::IBM720),
    ("ibm737", tables::IBM737),
    ("ibm775", tables::IBM775),
    ("ibm855", tables::IBM855),
    ("ibm857", tables::IBM857),
    ("ibm860", tables::IBM860),
    ("ibm861", tables::IBM861),
    ("ibm862", tables::IBM862),
    ("ibm863", tables::IBM863),
    ("ibm865", tables::IBM865),
    ("ibm869", tables::IBM869),
    ("ibm1125", tables::IBM1125),
    ("x-mac-ce", tables::MAC_CE),
    ("x-mac-croatian", tables::MAC_CROATIAN),
    ("x-mac-greek", tables::MAC_GREEK),
    ("x-mac-icelandic", tables::MAC_ICELANDIC),
    ("x-mac-romanian", tables::MAC_ROMANIAN),
    ("x-mac-turkish", tables::MAC_TURKISH),
    ("kz-1048", tables::KZ1048),
    ("pt154", tables::PT154),
    ("koi8-t", tables::KOI8_T),
    ("armscii-8", tables::ARMSCII_8),
    ("georgian-ps", tables::GEORGIAN_PS),
    ("mik", tables::MIK),
    ("tcvn", tables::TCVN),
    ("viscii", tables::VISCII),
];

/// All pages, the measured ones first.
pub(super) static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
    let measured = MEASURED.into_iter().map(|(page, prior)| measured(page, prior));
    let standard = STANDARD.into_iter().filter_map(|label| {
        let encoding = Encoding::for_label(label.as_bytes())?;
        Some(compared(encoding.name(), upper(|byte| decoded(encoding, byte))))
    });
    let own = OWN.into_iter().map(|(name, table)| {
        let chars: Vec<char> = table.chars().collect();
        compared(name, upper(|byte| chars.get(usize::from(byte & 0x7F)).copied()))
    });
    measured.chain(standard).chain(own).collect()
});

/// What a rare page has to be better than Windows-1252 (tenths of a nat): as much as the rarest of the measured ones.
const RARE: u64 = 45;

fn compared(name: &'static str, upper: Box<[char; 128]>) -> Page {
    Page { name, prior: RARE, trust: Trust::Compared, bytes: Bytes::Single(upper) }
}

fn measured(page: CodePage, prior: u64) -> Page {
    let standard = Encoding::for_label(page.id().as_bytes());
    let name = standard.map_or(page.id(), Encoding::name);
    let bytes = match standard {
        Some(encoding) if !page.is_single_byte() => Bytes::Multiple(encoding),
        _ => Bytes::Single(upper(|byte| page.read(byte))),
    };
    Page { name, prior, trust: Trust::Measured, bytes }
}

/// The upper half of a page. No page has control characters there, whatever standards say: text has none.
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
