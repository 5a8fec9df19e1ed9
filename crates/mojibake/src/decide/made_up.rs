//! ASCII letters that a repair makes out of what an earlier repair made: nothing of them is in the text as found.
//!
//! Knows no lines and no languages.

use crate::encoding::codepage::{DOUBLE, double_tables};
use crate::types::Mojibake;

/// Returns whether a repair of `current` has an ASCII letter or digit that its span does not have, neither as it is nor
/// as the last byte of a multi-byte character that `text`, the text as found, has.
pub(crate) fn makes_up_letters(text: &str, current: &str, garble: &Mojibake) -> bool {
    let Some(after) = garble.replacement() else { return false };
    let found = &current[garble.span.clone()];
    let count = |text: &str, byte: u8| text.bytes().filter(|&b| b == byte).count();
    let ends_in = |c: char, byte: u8| {
        !c.is_ascii() && (0..DOUBLE.len()).any(|i| double_tables().bytes(i, c).to_le_bytes()[0] == byte)
    };
    let trails = |byte: u8| found.chars().filter(|&c| ends_in(c, byte) && text.contains(c)).count();
    let is_made_up = |byte: u8| {
        let more = count(after, byte).saturating_sub(count(found, byte));
        more > 0 && more > trails(byte)
    };
    after.bytes().filter(u8::is_ascii_alphanumeric).any(is_made_up)
}
