//! Fingerprint of a finding: its identity from one run to the next.
//!
//! Knows 64 bits and how they are written; not how they come about.

use std::fmt;
use std::str::FromStr;

/// Identity of one place of a finding: hashes of its own text, of the block around it and of the item or heading above.
///
/// Written as 16 lower-case hexadecimal digits. The three hashes keep to bits of their own, so that a finding whose
/// block was edited is still known by its text, and one whose text was edited by its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fingerprint(u64);

/// Bits of the hash of the text, and of that of the block: with 24 of each, two different texts of one file and rule
/// are taken for one in less than one of ten million pairs.
const PART_BITS: u32 = 24;

/// Bits of the hash of the surroundings: the rest of the 64.
const CONTEXT_BITS: u32 = 64 - 2 * PART_BITS;

impl Fingerprint {
    /// Returns the fingerprint of three hashes, of each of which the highest bits are kept.
    pub const fn new(text: u64, block: u64, context: u64) -> Self {
        let (text, block) = (text >> (64 - PART_BITS), block >> (64 - PART_BITS));
        Self((text << (PART_BITS + CONTEXT_BITS)) | (block << CONTEXT_BITS) | (context >> (64 - CONTEXT_BITS)))
    }

    /// Returns the bits that identify the rule and the finding's own text.
    pub const fn text(self) -> u32 {
        (self.0 >> (PART_BITS + CONTEXT_BITS)) as u32
    }

    /// Returns the bits that identify the block around the finding.
    pub const fn block(self) -> u32 {
        ((self.0 >> CONTEXT_BITS) & ((1 << PART_BITS) - 1)) as u32
    }

    /// Returns the bits that identify the item or heading above the finding.
    pub const fn context(self) -> u32 {
        (self.0 & ((1 << CONTEXT_BITS) - 1)) as u32
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = &'static str;

    /// # Errors
    /// If the text is not 16 lower-case hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 16 || !text.bytes().all(is_digit) {
            return Err("a fingerprint is 16 hexadecimal digits in lower case");
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| "a fingerprint has 64 bits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_as_it_is_written() {
        let print = Fingerprint::new(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, 0x5555_AAAA_5555_AAAA);
        assert_eq!(print.to_string(), "012345fedcba5555");
        assert_eq!(print.to_string().parse(), Ok(print));
        assert_eq!((print.text(), print.block()), (0x01_2345, 0xFE_DCBA));
        assert!(
            "012345FEDCBA5555".parse::<Fingerprint>().is_err() && "+12345fedcba5555".parse::<Fingerprint>().is_err()
        );
    }
}
