//! The encodings of whole texts, in both directions.
//!
//! More pairs than those that are searched line by line, because all words of a text are evidence together. Knows no
//! plausibility.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::encoding::codepage::CodePage;
use crate::encoding::recipe::Layer;

/// Encodings as which texts are wrongly decoded: those that programs take by default, and those that guessers answer.
pub(crate) const READ: [CodePage; 15] = {
    use CodePage::*;
    [
        Windows1252,
        Latin1,
        Windows1254,
        Windows1250,
        Windows1251,
        Iso8859_15,
        Windows1257,
        Windows1253,
        MacRoman,
        Koi8R,
        Ibm866,
        Ibm437,
        Ibm850,
        Ibm852,
        MacCyrillic,
    ]
};

/// These encodings as a mask.
pub(crate) const READ_MASK: u32 = {
    let (mut mask, mut i) = (0, 0);
    while i < READ.len() {
        mask |= READ[i].bit();
        i += 1;
    }
    mask
};

/// Single-byte encodings that texts are in, likeliest first.
pub(crate) const WRITTEN: [CodePage; 19] = {
    use CodePage::*;
    [
        Windows1252,
        Windows1251,
        Windows1250,
        Windows1254,
        Windows1253,
        Windows1257,
        Windows1255,
        Windows1256,
        Koi8R,
        Koi8U,
        Ibm866,
        Iso8859_2,
        Iso8859_7,
        Iso8859_5,
        MacRoman,
        Ibm850,
        Ibm437,
        Ibm852,
        MacCyrillic,
    ]
};

/// Multi-byte encodings that texts are in.
pub(crate) const WRITTEN_WIDE: [CodePage; 5] =
    [CodePage::Gbk, CodePage::ShiftJis, CodePage::Big5, CodePage::EucKr, CodePage::EucJp];

/// A single-byte encoding in both directions.
pub(crate) struct Page {
    pub(crate) page: CodePage,
    bytes: FxHashMap<char, u8>,
    upper: [char; 128],
}

impl Page {
    fn new(page: CodePage) -> Page {
        let upper = page.upper_half();
        let bytes = (0x80..=0xff_u8).rev().map(|byte| (upper[usize::from(byte & 0x7f)], byte)).collect();
        Page { page, bytes, upper }
    }

    /// Returns the character of a byte; `None` if it is unassigned.
    fn char(&self, byte: u8) -> Option<char> {
        if byte.is_ascii() {
            return Some(char::from(byte));
        }
        let c = self.upper[usize::from(byte & 0x7f)];
        (self.page == CodePage::Latin1 || !('\u{80}'..='\u{9f}').contains(&c)).then_some(c)
    }

    /// Returns the byte of a character.
    fn byte(&self, c: char) -> Option<u8> {
        if c.is_ascii() { Some(c as u8) } else { self.bytes.get(&c).copied() }
    }
}

pub(crate) static READ_PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| READ.into_iter().map(Page::new).collect());
static WRITTEN_PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| WRITTEN.into_iter().map(Page::new).collect());

/// Returns the bytes of a text in an encoding; `None` if it does not have all characters.
pub(crate) fn encode(text: &str, read: &Page) -> Option<Vec<u8>> {
    text.chars().map(|c| read.byte(c)).collect()
}

/// Decodes bytes in an encoding; `None` if some are invalid.
pub(crate) fn decode(bytes: &[u8], written: CodePage) -> Option<String> {
    if let Some(page) = WRITTEN_PAGES.iter().find(|page| page.page == written) {
        return bytes.iter().map(|&byte| page.char(byte)).collect();
    }
    if written == CodePage::EucKr && !is_standard_korean(bytes) {
        return None;
    }
    written.decode(bytes)
}

/// Returns the text encoded as `layer.read` and decoded as `layer.written`; `None` if that is impossible.
pub(crate) fn reread(text: &str, layer: Layer) -> Option<String> {
    let read = READ_PAGES.iter().find(|page| page.page == layer.read)?;
    decode(&encode(text, read)?, layer.written)
}

/// Returns whether at most one in ten of the multi-byte characters is one that Windows-949 added to KS X 1001: syllables
/// that Korean hardly uses. Bytes that decode to many of them are Shift-JIS.
pub(crate) fn is_standard_korean(bytes: &[u8]) -> bool {
    let (mut all, mut added, mut at) = (0, 0, 0);
    while at < bytes.len() {
        if bytes[at].is_ascii() {
            at += 1;
            continue;
        }
        let is_added = bytes[at] < 0xa1 || bytes.get(at + 1).is_none_or(|&trail| trail < 0xa1);
        (all, added, at) = (all + 1, added + usize::from(is_added), at + 2);
    }
    added * 10 <= all
}
