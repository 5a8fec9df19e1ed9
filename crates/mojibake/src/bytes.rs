//! What the decoding of files asks: bytes read in a code page, and how plausible the outcome is.
//!
//! Knows code pages and the plausibility model; not files, and nothing of misreadings.

use super::codepage::{CodePage, SINGLE, tables};
use super::model::model;

impl CodePage {
    /// The character of one byte in a single-byte page; `None` where the page leaves it undefined, and for every byte
    /// beyond ASCII of a page that has characters of several bytes.
    #[must_use]
    pub fn read(self, byte: u8) -> Option<char> {
        if byte.is_ascii() {
            return Some(char::from(byte));
        }
        let at = SINGLE.iter().position(|page| *page == self)?;
        let hole = self != Self::Latin1 && tables().is_hole(at, byte);
        (!hole).then(|| tables().upper(at, byte))
    }

    /// Whether every character takes one byte.
    #[must_use]
    pub fn is_single_byte(self) -> bool {
        SINGLE.contains(&self)
    }
}

/// How implausible `text` is as a passage of any of the languages of the model: a negative log probability in tenths
/// of a nat. Only comparisons between readings of the same bytes mean something.
#[must_use]
pub fn implausibility(text: &str) -> u64 {
    let model = model();
    let cost = |line: &str| u64::from(model.cost(model.edge(), line.chars(), model.edge()).unsigned_abs());
    text.lines().map(cost).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_and_holes_are_not() {
        assert_eq!(CodePage::Windows1252.read(0x97), Some('—'));
        assert_eq!(CodePage::Windows1252.read(0x81), None);
        assert_eq!(CodePage::Ibm437.read(0xC4), Some('─'));
        assert_eq!(CodePage::Gbk.read(0xC4), None);
    }

    #[test]
    fn the_right_reading_is_the_more_plausible_one() {
        assert!(implausibility("Привет, мир") < implausibility("Ïðèâåò, ìèð"));
    }
}
