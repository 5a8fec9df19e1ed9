//! Single bytes decoded in an encoding, for callers that have bytes.

use crate::encoding::codepage::{CodePage, SINGLE, tables};

impl CodePage {
    /// Returns the character of one byte in a single-byte encoding; `None` for an unassigned byte, and for every
    /// non-ASCII byte in a multi-byte encoding.
    #[must_use]
    pub fn read(self, byte: u8) -> Option<char> {
        if byte.is_ascii() {
            return Some(char::from(byte));
        }
        let at = SINGLE.iter().position(|page| *page == self)?;
        let hole = self != Self::Latin1 && tables().is_hole(at, byte);
        (!hole).then(|| tables().upper(at, byte))
    }

    /// Returns whether every character takes one byte.
    #[must_use]
    pub fn is_single_byte(self) -> bool {
        SINGLE.contains(&self)
    }
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
}
