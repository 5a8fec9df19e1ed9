//! The ends of stretches of ASCII, eight bytes at a time.
//!
//! Knows bytes only.

/// Number of bytes that are examined at once.
const WORD: usize = size_of::<u64>();
/// The lowest and the highest bit of each byte of a word.
const LOW: u64 = u64::from_ne_bytes([0x01; WORD]);
const HIGH: u64 = u64::from_ne_bytes([0x80; WORD]);

/// Returns the end of the ASCII text from `at` on, and whether it holds a line feed.
#[inline(always)]
pub(crate) fn gap(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut ends = 0;
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*word);
        let beyond = word & HIGH;
        // The lowest of these bits is that of a line feed; the bits above it may be wrong.
        let feeds = word ^ (LOW * u64::from(b'\n'));
        let feeds = feeds.wrapping_sub(LOW) & !feeds & HIGH;
        if beyond != 0 {
            let before = (beyond & beyond.wrapping_neg()) - 1;
            return (at + beyond.trailing_zeros() as usize / 8, (ends | feeds & before) != 0);
        }
        ends |= feeds;
        at += WORD;
    }
    let rest = &bytes[at..];
    let len = rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len());
    (at + len, ends != 0 || rest[..len].contains(&b'\n'))
}

/// Returns the end of the ASCII text from `at` on.
#[inline(always)]
pub(crate) fn ascii_end(bytes: &[u8], at: usize) -> usize {
    gap(bytes, at).0
}
