//! The encodings that text is wrongly decoded as: the character of each byte, and the bytes of each character.
//!
//! Windows, ISO, Mac, KOI8, IBM 866 and the multi-byte encodings come from `encoding_rs` (the WHATWG Encoding
//! Standard); IBM 437, 850 and 852 from the Unicode Consortium's mapping tables. Knows nothing of spans, plausibility
//! or documents.

use std::sync::LazyLock;

use encoding_rs::Encoding;
use rustc_hash::FxHashMap;

use crate::encoding::tables as encoding_tables;

/// An encoding that text is in, or that it is wrongly decoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CodePage {
    Windows1252,
    Latin1,
    MacRoman,
    Ibm437,
    Windows1250,
    Windows1251,
    Windows1254,
    Windows1253,
    Windows1257,
    Ibm850,
    Koi8R,
    Ibm866,
    Iso8859_2,
    Iso8859_15,
    Iso8859_5,
    Iso8859_7,
    Ibm852,
    Windows1255,
    Windows1256,
    Windows1258,
    Koi8U,
    Gbk,
    ShiftJis,
    Big5,
    EucKr,
    EucJp,
    Utf8,
    MacCyrillic,
    Ibm720,
    Ibm737,
    Ibm775,
    Ibm855,
    Ibm857,
    Ibm860,
    Ibm861,
    Ibm862,
    Ibm863,
    Ibm865,
    Ibm869,
    MacCe,
    MacCroatian,
    MacGreek,
    MacIcelandic,
    MacRomanian,
    MacTurkish,
}

use CodePage::*;

/// The single-byte encodings, in the order in which one is named if several explain a span equally well.
pub(crate) const SINGLE: [CodePage; 21] = [
    Windows1252,
    Latin1,
    MacRoman,
    Ibm437,
    Windows1250,
    Windows1251,
    Windows1254,
    Windows1253,
    Windows1257,
    Ibm850,
    Koi8R,
    Ibm866,
    Iso8859_2,
    Iso8859_15,
    Iso8859_5,
    Iso8859_7,
    Ibm852,
    Windows1255,
    Windows1256,
    Windows1258,
    Koi8U,
];

/// The multi-byte encodings that UTF-8 is wrongly decoded as.
pub(crate) const DOUBLE: [CodePage; 4] = [Gbk, ShiftJis, Big5, EucKr];

/// Encodings of DOS and the Macintosh as which UTF-8 is wrongly decoded by whole texts. They differ from those of
/// [`SINGLE`] in a few characters.
pub(crate) const REGIONAL: [CodePage; 17] = [
    Ibm865,
    Ibm857,
    Ibm775,
    Ibm720,
    Ibm855,
    Ibm737,
    Ibm860,
    Ibm861,
    Ibm862,
    Ibm863,
    Ibm869,
    MacCe,
    MacTurkish,
    MacGreek,
    MacCroatian,
    MacIcelandic,
    MacRomanian,
];

/// The bits of all encodings that UTF-8 is wrongly decoded as.
pub(crate) const ALL_PAGES: u32 = (1 << (SINGLE.len() + DOUBLE.len())) - 1;

/// `VENDORS/MICSFT/PC/CP437.TXT` of the Unicode Consortium's mapping tables: bytes 80 to FF.
const CP437: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
/// `VENDORS/MICSFT/PC/CP850.TXT` of the Unicode Consortium's mapping tables: bytes 80 to FF.
const CP850: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
/// `VENDORS/MICSFT/PC/CP852.TXT` of the Unicode Consortium's mapping tables: bytes 80 to FF.
const CP852: &str = "\
    ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č\
    áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐\
    └┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀\
    ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}";

impl CodePage {
    /// Returns the name that writers know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Windows1252 => "Windows-1252",
            Latin1 => "Latin-1",
            MacRoman => "Mac Roman",
            Ibm437 => "IBM 437 (DOS)",
            Windows1250 => "Windows-1250",
            Windows1251 => "Windows-1251",
            Windows1254 => "Windows-1254",
            Windows1253 => "Windows-1253",
            Windows1257 => "Windows-1257",
            Ibm850 => "IBM 850 (DOS)",
            Koi8R => "KOI8-R",
            Ibm866 => "IBM 866 (DOS)",
            Iso8859_2 => "ISO 8859-2",
            Iso8859_15 => "ISO 8859-15",
            Iso8859_5 => "ISO 8859-5",
            Iso8859_7 => "ISO 8859-7",
            Ibm852 => "IBM 852 (DOS)",
            Windows1255 => "Windows-1255",
            Windows1256 => "Windows-1256",
            Windows1258 => "Windows-1258",
            Koi8U => "KOI8-U",
            Gbk => "GBK",
            ShiftJis => "Shift-JIS",
            Big5 => "Big5",
            EucKr => "EUC-KR",
            EucJp => "EUC-JP",
            Utf8 => "UTF-8",
            MacCyrillic => "Mac Cyrillic",
            Ibm720 => "IBM 720 (DOS)",
            Ibm737 => "IBM 737 (DOS)",
            Ibm775 => "IBM 775 (DOS)",
            Ibm855 => "IBM 855 (DOS)",
            Ibm857 => "IBM 857 (DOS)",
            Ibm860 => "IBM 860 (DOS)",
            Ibm861 => "IBM 861 (DOS)",
            Ibm862 => "IBM 862 (DOS)",
            Ibm863 => "IBM 863 (DOS)",
            Ibm865 => "IBM 865 (DOS)",
            Ibm869 => "IBM 869 (DOS)",
            MacCe => "Mac Central European",
            MacCroatian => "Mac Croatian",
            MacGreek => "Mac Greek",
            MacIcelandic => "Mac Icelandic",
            MacRomanian => "Mac Romanian",
            MacTurkish => "Mac Turkish",
        }
    }

    /// Returns the short, stable name for machine formats: the WHATWG or IANA label.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Windows1252 => "windows-1252",
            Latin1 => "latin1",
            MacRoman => "macintosh",
            Ibm437 => "ibm437",
            Windows1250 => "windows-1250",
            Windows1251 => "windows-1251",
            Windows1254 => "windows-1254",
            Windows1253 => "windows-1253",
            Windows1257 => "windows-1257",
            Ibm850 => "ibm850",
            Koi8R => "koi8-r",
            Ibm866 => "ibm866",
            Iso8859_2 => "iso-8859-2",
            Iso8859_15 => "iso-8859-15",
            Iso8859_5 => "iso-8859-5",
            Iso8859_7 => "iso-8859-7",
            Ibm852 => "ibm852",
            Windows1255 => "windows-1255",
            Windows1256 => "windows-1256",
            Windows1258 => "windows-1258",
            Koi8U => "koi8-u",
            Gbk => "gbk",
            ShiftJis => "shift_jis",
            Big5 => "big5",
            EucKr => "euc-kr",
            EucJp => "euc-jp",
            Utf8 => "utf-8",
            MacCyrillic => "x-mac-cyrillic",
            Ibm720 => "ibm720",
            Ibm737 => "ibm737",
            Ibm775 => "ibm775",
            Ibm855 => "ibm855",
            Ibm857 => "ibm857",
            Ibm860 => "ibm860",
            Ibm861 => "ibm861",
            Ibm862 => "ibm862",
            Ibm863 => "ibm863",
            Ibm865 => "ibm865",
            Ibm869 => "ibm869",
            MacCe => "x-mac-ce",
            MacCroatian => "x-mac-croatian",
            MacGreek => "x-mac-greek",
            MacIcelandic => "x-mac-icelandic",
            MacRomanian => "x-mac-romanian",
            MacTurkish => "x-mac-turkish",
        }
    }

    /// Decodes `bytes`; `None` if some are invalid in this encoding.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<String> {
        Some(self.standard()?.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned())
    }

    fn standard(self) -> Option<&'static Encoding> {
        Some(match self {
            Windows1252 => encoding_rs::WINDOWS_1252,
            MacRoman => encoding_rs::MACINTOSH,
            Windows1250 => encoding_rs::WINDOWS_1250,
            Windows1251 => encoding_rs::WINDOWS_1251,
            Windows1254 => encoding_rs::WINDOWS_1254,
            Windows1253 => encoding_rs::WINDOWS_1253,
            Windows1257 => encoding_rs::WINDOWS_1257,
            Koi8R => encoding_rs::KOI8_R,
            Ibm866 => encoding_rs::IBM866,
            Iso8859_2 => encoding_rs::ISO_8859_2,
            Iso8859_15 => encoding_rs::ISO_8859_15,
            Iso8859_5 => encoding_rs::ISO_8859_5,
            Iso8859_7 => encoding_rs::ISO_8859_7,
            Windows1255 => encoding_rs::WINDOWS_1255,
            Windows1256 => encoding_rs::WINDOWS_1256,
            Windows1258 => encoding_rs::WINDOWS_1258,
            Koi8U => encoding_rs::KOI8_U,
            Gbk => encoding_rs::GBK,
            ShiftJis => encoding_rs::SHIFT_JIS,
            Big5 => encoding_rs::BIG5,
            EucKr => encoding_rs::EUC_KR,
            EucJp => encoding_rs::EUC_JP,
            Utf8 => encoding_rs::UTF_8,
            MacCyrillic => encoding_rs::X_MAC_CYRILLIC,
            _ => return None,
        })
    }

    /// Returns the bit of this encoding in a mask; 0 for those that no mask has.
    pub(crate) const fn bit(self) -> u32 {
        if self as u32 > Self::MacCyrillic as u32 { 0 } else { 1 << self as u32 }
    }

    /// Returns whether the bytes of `c` in this encoding begin a UTF-8 sequence.
    pub(crate) fn opens(self, c: char) -> bool {
        let row = tables().row(c);
        if (row.lead2 | row.lead3 | row.lead4) & self.bit() != 0 {
            return true;
        }
        DOUBLE.iter().position(|&p| p == self).is_some_and(|i| {
            let b = double_tables().bytes(i, c);
            matches!(if b > 255 { b >> 8 } else { b }, 0xc2..=0xf4)
        })
    }

    /// Returns whether `c` is a continuation byte in this single-byte encoding.
    pub(crate) fn continues(self, c: char) -> bool {
        tables().row(c).cont & self.bit() != 0
    }

    /// Returns the encoding with the lowest bit of `mask`, which must not be empty.
    pub(crate) fn first(mask: u32) -> CodePage {
        let i = mask.trailing_zeros() as usize;
        SINGLE.get(i).or_else(|| DOUBLE.get(i - SINGLE.len().min(i))).copied().unwrap_or(Utf8)
    }

    /// Returns the bytes of the characters beyond ASCII that this single-byte encoding assigns.
    pub(crate) fn bytes_by_char(self) -> FxHashMap<char, u8> {
        self.upper_half().into_iter().zip(0x80..=0xFF).filter(|(c, _)| *c != '\u{fffd}').collect()
    }

    /// Returns the characters of the bytes from 80 up in this single-byte encoding; of an unassigned byte, the C1 control
    /// or other character of its value.
    pub(crate) fn upper_half(self) -> [char; 128] {
        let mut upper = ['\u{fffd}'; 128];
        let table = match self {
            Ibm437 => Some(CP437),
            Ibm850 => Some(CP850),
            Ibm852 => Some(CP852),
            Ibm737 => Some(encoding_tables::IBM737),
            Ibm720 => Some(encoding_tables::IBM720),
            Ibm775 => Some(encoding_tables::IBM775),
            Ibm855 => Some(encoding_tables::IBM855),
            Ibm857 => Some(encoding_tables::IBM857),
            Ibm860 => Some(encoding_tables::IBM860),
            Ibm861 => Some(encoding_tables::IBM861),
            Ibm862 => Some(encoding_tables::IBM862),
            Ibm863 => Some(encoding_tables::IBM863),
            Ibm865 => Some(encoding_tables::IBM865),
            Ibm869 => Some(encoding_tables::IBM869),
            MacCe => Some(encoding_tables::MAC_CE),
            MacCroatian => Some(encoding_tables::MAC_CROATIAN),
            MacGreek => Some(encoding_tables::MAC_GREEK),
            MacIcelandic => Some(encoding_tables::MAC_ICELANDIC),
            MacRomanian => Some(encoding_tables::MAC_ROMANIAN),
            MacTurkish => Some(encoding_tables::MAC_TURKISH),
            _ => None,
        };
        if let Some(table) = table {
            for (slot, c) in upper.iter_mut().zip(table.chars()) {
                *slot = c;
            }
            return upper;
        }
        for (b, slot) in (0x80u8..=0xff).zip(upper.iter_mut()) {
            let one = [b];
            let decoded = self
                .standard()
                .and_then(|e| e.decode_without_bom_handling_and_without_replacement(&one))
                .and_then(|s| s.chars().next());
            *slot = decoded.unwrap_or(char::from(b));
        }
        upper
    }
}

/// Returns the encodings of a mask, in the order in which one is named if several explain a span equally well.
pub(crate) fn pages(mut mask: u32) -> impl Iterator<Item = CodePage> {
    mask &= ALL_PAGES;
    std::iter::from_fn(move || {
        let page = (mask != 0).then(|| CodePage::first(mask));
        mask &= mask.wrapping_sub(1);
        page
    })
}

/// The properties of one character in all single-byte encodings at once. Bit `i` of a mask is `SINGLE[i]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Encodings in which it is the lead byte of a UTF-8 sequence of two, three or four bytes.
    pub(crate) lead2: u32,
    pub(crate) lead3: u32,
    pub(crate) lead4: u32,
    /// Encodings in which it is a continuation byte.
    pub(crate) cont: u32,
    /// All ones for a letter, else 0. A letter cannot directly precede a sequence.
    pub(crate) letter: u32,
    /// Encodings that have it.
    pub(crate) known: u32,
    /// Its byte in each encoding; 0 if the encoding lacks it.
    pub(crate) byte: [u8; SINGLE.len()],
}

impl Row {
    /// Returns the encodings of `mask`, all of them in `SINGLE`, in which the character has this byte.
    #[inline(always)]
    pub(crate) fn with_byte(&self, byte: u8, mask: u32) -> u32 {
        let (mut with, mut rest) = (0, mask);
        while rest != 0 {
            let bit = rest & rest.wrapping_neg();
            with |= if self.byte[bit.trailing_zeros() as usize] == byte { bit } else { 0 };
            rest &= rest - 1;
        }
        with
    }
}

const EMPTY: Row = Row { lead2: 0, lead3: 0, lead4: 0, cont: 0, letter: 0, known: 0, byte: [0; SINGLE.len()] };

/// Tables of all single-byte encodings, from bytes to characters and back.
pub(crate) struct Tables {
    upper: [[char; 128]; SINGLE.len()],
    index: [u8; 256],
    rows: Vec<Row>,
    /// Unassigned bytes from 80 to FF, as bits 0 to 127.
    holes: [u128; SINGLE.len()],
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::build);

/// Returns the single-byte encodings. The first call builds the tables.
pub(crate) fn tables() -> &'static Tables {
    &TABLES
}

impl Tables {
    fn build() -> Tables {
        let mut upper = [['\u{fffd}'; 128]; SINGLE.len()];
        let mut holes = [0u128; SINGLE.len()];
        let mut index = [0u8; 256];
        let mut rows = vec![EMPTY; 256];
        for (e, page) in SINGLE.into_iter().enumerate() {
            upper[e] = page.upper_half();
            let windows = page.id().starts_with("windows");
            for (i, &c) in upper[e].iter().enumerate() {
                let byte = 0x80 + i as u8;
                let hole = c == char::from(byte) && ((windows && byte < 0xa0) || is_hole(page, byte));
                if hole {
                    holes[e] |= 1 << i;
                }
                let code = c as usize;
                if code >= 0x10000 {
                    continue;
                }
                let high = code >> 8;
                if index[high] == 0 {
                    index[high] = (rows.len() / 256) as u8;
                    rows.extend([EMPTY; 256]);
                }
                let row = &mut rows[usize::from(index[high]) * 256 + (code & 255)];
                if row.byte[e] != 0 {
                    continue;
                }
                row.byte[e] = byte;
                row.known |= 1 << e;
                row.letter = if c.is_alphabetic() { u32::MAX } else { 0 };
                let bit = 1 << e;
                match byte {
                    0x80..=0xbf => row.cont |= bit,
                    0xc2..=0xdf => row.lead2 |= bit,
                    0xe0..=0xef => row.lead3 |= bit,
                    0xf0..=0xf4 => row.lead4 |= bit,
                    _ => {}
                }
            }
        }
        Tables { upper, index, rows, holes }
    }

    /// Returns the properties of a character in all single-byte encodings.
    #[inline]
    pub(crate) fn row(&self, c: char) -> &Row {
        let code = c as usize;
        if code >= 0x10000 {
            return &self.rows[0];
        }
        &self.rows[usize::from(self.index[code >> 8]) * 256 + (code & 255)]
    }

    /// Returns the character of `byte` (80 to FF) in `SINGLE[e]`.
    pub(crate) fn upper(&self, e: usize, byte: u8) -> char {
        self.upper[e][usize::from(byte & 0x7f)]
    }

    /// Returns whether `byte` (80 to FF) is unassigned in `SINGLE[e]`.
    pub(crate) fn is_hole(&self, e: usize, byte: u8) -> bool {
        self.holes[e] >> (byte & 0x7f) & 1 == 1
    }
}

/// Returns whether the standard leaves a byte from A0 up unassigned (`encoding_rs` reports it, and `upper_half` maps
/// it to the code point of its value).
fn is_hole(page: CodePage, byte: u8) -> bool {
    page.standard().is_some_and(|e| e.decode_without_bom_handling_and_without_replacement(&[byte]).is_none())
}

/// Character that Windows writes for two bytes without a character in code page 932, and for the first byte of a
/// character whose second byte is invalid. In text that was decoded in that code page it is not a middle dot, whose
/// UTF-8 decodes to `繝ｻ`.
pub(crate) const SUBSTITUTE: char = '・';

/// Tables of the multi-byte encodings: the bytes of each character of the Basic Multilingual Plane.
pub(crate) struct DoubleTables {
    /// 0 if the encoding lacks the character; one byte if below 256.
    bytes: Vec<Vec<u16>>,
    /// Low four bits: in `DOUBLE[i]` the bytes of the character begin a UTF-8 sequence. High four bits: they are a
    /// complete one.
    opens: Vec<u8>,
    /// Bit `i`: in `DOUBLE[i]` the first byte of the character is a continuation byte.
    follows: Vec<u8>,
    /// For each code of one or two bytes, bit `i`: it is a character of `DOUBLE[i]`.
    defined: Vec<u8>,
}

static DOUBLE_TABLES: LazyLock<DoubleTables> = LazyLock::new(DoubleTables::build);

/// Returns the multi-byte encodings. The first call builds the tables.
pub(crate) fn double_tables() -> &'static DoubleTables {
    &DOUBLE_TABLES
}

impl DoubleTables {
    fn build() -> DoubleTables {
        let mut opens = vec![0u8; 0x10000];
        let mut follows = vec![0u8; 0x10000];
        let mut defined = vec![0u8; 0x10000];
        let bytes = DOUBLE
            .into_iter()
            .enumerate()
            .map(|(i, page)| {
                let mut table = vec![0u16; 0x10000];
                if let Some(standard) = page.standard() {
                    fill(standard, &mut table, |code| defined[usize::from(code)] |= 1 << i);
                }
                // The character still continues a sequence; see below.
                let substituted = if page == ShiftJis { table[SUBSTITUTE as usize] } else { 0 };
                for &(byte, code) in extra(page) {
                    table[usize::from(code)] = byte.into();
                    defined[usize::from(byte)] |= 1 << i;
                }
                for (code, &b) in table.iter().enumerate() {
                    let (lead, trail) = ((b >> 8) as u8, b as u8);
                    if matches!(lead, 0xc2..=0xf4) && matches!(trail, 0x80..=0xbf) {
                        opens[code] |= 1 << i;
                        if lead < 0xe0 {
                            opens[code] |= 0x10 << i;
                        }
                    }
                }
                for (code, &b) in table.iter().enumerate() {
                    if matches!(if b > 255 { b >> 8 } else { b }, 0x80..=0xbf) {
                        follows[code] |= 1 << i;
                    }
                }
                if substituted != 0 {
                    table[SUBSTITUTE as usize] = 0;
                }
                table
            })
            .collect();
        DoubleTables { bytes, opens, follows, defined }
    }

    /// Returns the encodings of `DOUBLE` (as bits) in which the character begins like a UTF-8 sequence.
    #[inline]
    pub(crate) fn opens(&self, c: char) -> u8 {
        self.opens.get(c as usize).copied().unwrap_or(0) & 0xf
    }

    /// Returns the encodings of `DOUBLE` (as bits) in which the character is a complete UTF-8 sequence.
    #[inline]
    pub(crate) fn whole(&self, c: char) -> u8 {
        self.opens.get(c as usize).copied().unwrap_or(0) >> 4
    }

    /// Returns the encodings of `DOUBLE` (as bits) in which the first byte of the character is a continuation byte.
    #[inline]
    pub(crate) fn follows(&self, c: char) -> u8 {
        self.follows.get(c as usize).copied().unwrap_or(0)
    }

    /// Returns whether `code`, one byte if below 256, else two, is a character of `DOUBLE[i]`.
    pub(crate) fn is_defined(&self, i: usize, code: u16) -> bool {
        self.defined[usize::from(code)] >> i & 1 == 1
    }

    /// Returns the bytes of `c` in `DOUBLE[i]`: 0 if it has none, one byte if below 256, else two.
    #[inline]
    pub(crate) fn bytes(&self, i: usize, c: char) -> u16 {
        self.bytes[i].get(c as usize).copied().unwrap_or(0)
    }
}

/// Returns single bytes that are unassigned in the standard, but that Microsoft's tables (`bestfit932.txt` of the
/// Unicode Consortium's mapping tables) and tables modelled on them decode.
fn extra(page: CodePage) -> &'static [(u8, u16)] {
    match page {
        ShiftJis => &[(0x80, 0x80), (0xa0, 0xf8f0), (0xa0, 0xa0), (0xfd, 0xf8f1), (0xfe, 0xf8f2), (0xff, 0xf8f3)],
        _ => &[],
    }
}

/// Enters every code of a multi-byte encoding that is one character, and calls `define` with each assigned code.
fn fill(standard: &'static Encoding, table: &mut [u16], mut define: impl FnMut(u16)) {
    // All codes at once, each on a line of its own, because a call for each is expensive. A byte that no code begins
    // with becomes U+FFFD, and the line feed after it stays.
    let leads = 0x80..=0xffu8;
    let trails = || std::iter::once(None).chain((0x40..=0xfeu8).map(Some));
    let mut bytes = Vec::with_capacity(3 * 128 * 192);
    for lead in leads.clone() {
        trails().for_each(|trail| match trail {
            None => bytes.extend_from_slice(&[lead, b'\n']),
            Some(trail) => bytes.extend_from_slice(&[lead, trail, b'\n']),
        });
    }
    let (text, _) = standard.decode_without_bom_handling(&bytes);
    let mut chars = text.chars();
    for (lead, trail) in leads.flat_map(|lead| trails().map(move |trail| (lead, trail))) {
        let (Some(c), next) = (chars.next(), chars.next()) else { return };
        if next != Some('\n') {
            chars.by_ref().take_while(|&c| c != '\n').for_each(drop);
            continue;
        }
        if c == '\u{fffd}' {
            continue;
        }
        let value = trail.map_or(lead.into(), |trail| u16::from_be_bytes([lead, trail]));
        // Codes for private use in one standard are unassigned in older ones. The euro sign of GBK and the additions of
        // Hong Kong to Big5 were assigned later, too.
        let is_added = standard == encoding_rs::BIG5 && matches!(value >> 8, 1..0xa1 | 0xfa..);
        if value != 0x80 && !is_added && !('\u{e000}'..='\u{f8ff}').contains(&c) {
            define(value);
        }
        if let Some(slot) = table.get_mut(c as usize) {
            // If two codes are one character, the one that UTF-8 can produce is used.
            let better = *slot == 0 || (*slot >> 8 < 0xc2 && value >> 8 >= 0xc2 && value >> 8 < 0xf5);
            if better && c as u32 >= 0x80 {
                *slot = value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dos_tables_are_whole() {
        for table in [CP437, CP850, CP852] {
            assert_eq!(table.chars().count(), 128);
        }
    }

    #[test]
    fn every_byte_comes_back() {
        let t = tables();
        for (e, page) in SINGLE.into_iter().enumerate() {
            for byte in 0x80..=0xff {
                assert_eq!(t.row(t.upper(e, byte)).byte[e], byte, "{page:?} {byte:x}");
            }
        }
    }

    #[test]
    fn holes_of_windows_1252() {
        let t = tables();
        let holes: Vec<u8> = (0x80..=0xff).filter(|&b| t.is_hole(0, b)).collect();
        assert_eq!(holes, [0x81, 0x8d, 0x8f, 0x90, 0x9d]);
    }

    #[test]
    fn double_bytes() {
        let t = double_tables();
        assert_eq!(t.bytes(0, '鈥'), 0xe280);
        assert_eq!(t.bytes(0, '檚'), 0x9973);
        assert_eq!(t.bytes(0, 'a'), 0);
    }
}
