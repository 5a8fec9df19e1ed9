//! Ill-formed UTF-8: truncated characters, and sequences that never were one.
//!
//! Knows the form of UTF-8 only (RFC 3629, and the older RFC 2279 for sequences beyond Unicode).

/// Length of a character above U+FFFF in CESU-8, in bytes: each half of its surrogate pair takes three.
pub(super) const PAIR: usize = 6;

/// Returns the character in CESU-8 at the start of `bytes`: a surrogate pair whose halves are each encoded as a
/// character.
pub(super) fn pair(bytes: &[u8]) -> Option<char> {
    let half = |three: &[u8]| match three {
        [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF] => {
            Some(0xD000 | u16::from(second & 0x3F) << 6 | u16::from(third & 0x3F))
        }
        _ => None,
    };
    let units = [half(bytes.get(..3)?)?, half(bytes.get(3..PAIR)?)?];
    char::decode_utf16(units).next().and_then(Result::ok)
}

/// Returns the length of the ill-formed sequence at the start of `bytes`, in bytes: a character that is truncated,
/// overlong, half a surrogate pair, or beyond Unicode. 1 if it is none of these.
pub(super) fn len(bytes: &[u8]) -> usize {
    let Some(&lead) = bytes.first() else { return 0 };
    let follow = match lead {
        0xC0..=0xDF => 1,
        0xE0..=0xEF => 2,
        0xF0..=0xF7 => 3,
        0xF8..=0xFB => 4,
        0xFC..=0xFD => 5,
        _ => 0,
    };
    let len = 1 + bytes[1..].iter().take(follow).take_while(|byte| (0x80..=0xBF).contains(*byte)).count();
    let is_prefix = || std::str::from_utf8(&bytes[..len]).is_err_and(|error| error.error_len().is_none());
    if len == follow + 1 || is_prefix() { len } else { 1 }
}

/// Returns whether all non-ASCII bytes are in ill-formed UTF-8, so that no other encoding is worth a search.
pub(super) fn is_all(bytes: &[u8]) -> bool {
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|byte| !byte.is_ascii()) {
        at += next;
        let len = len(&bytes[at..]);
        let is_last = at + len == bytes.len();
        let is_broken =
            if len == 1 { is_last && is_cut(bytes, at) } else { is_last || !is_letters(&bytes[at..at + len]) };
        if !is_broken {
            return false;
        }
        at += len;
    }
    true
}

/// Returns whether the last byte is the lead byte of a truncated character rather than a letter of Western Europe at
/// the end of a word. No text in ASCII has characters of the planes and scripts that most of these letters would begin.
fn is_cut(bytes: &[u8], at: usize) -> bool {
    let after_letter = at.checked_sub(1).is_some_and(|at| bytes[at].is_ascii_lowercase());
    match bytes[at] {
        0xC2..=0xDF | 0xE2 | 0xF0 => true,
        0xE0..=0xEF | 0xF1..=0xF4 => !after_letter,
        _ => false,
    }
}

/// Returns whether bytes are a letter of Western Europe and a character that may close a word after it: "à" and a
/// no-break space may be, "â€" is not.
fn is_letters(bytes: &[u8]) -> bool {
    let closes = |byte: &u8| matches!(byte, 0x85 | 0x92 | 0x94 | 0xA0 | 0xBB);
    !matches!(bytes[0], 0..0xE0 | 0xE2 | 0xF0) && bytes[1..].iter().all(closes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_character_is_told_from_letters() {
        for bytes in [
            &b"to \xC0\xAF root"[..],
            b"half \xED\xA0\x80 a pair",
            b"far \xF4\x90\x80\x80 out",
            b"far \xF5\x80\x80\x80 out",
            b"old \xF8\x88\x80\x80\x80 form",
            b"caf\xC3",
            b"so \xE2\x80",
            b"smile \xF0\x9F\x98",
            b"one \xE2\x80 and two \xF0\x9F",
        ] {
            assert!(is_all(bytes), "{bytes:X?}");
        }
        for bytes in [&b"caf\xE9"[..], b"caf\xE9 au lait", b"voil\xE0\xA0!", b"na\xEFve \xE2\x80", b"habl\xF3"] {
            assert!(!is_all(bytes), "{bytes:X?}");
        }
    }

    #[test]
    fn halves_of_pairs_are_joined() {
        assert_eq!(pair(b"\xED\xA0\xBD\xED\xB8\x80 "), Some('\u{1F600}'));
        assert_eq!((pair(b"\xED\xA0\xBD"), pair(b"\xED\xB8\x80\xED\xA0\xBD")), (None, None));
    }
}
