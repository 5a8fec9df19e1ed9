//! Files in ASCII that encode other characters by escapes: ISO-2022-JP and -KR, HZ, UTF-7.
//!
//! The escapes of ISO-2022 are certain by themselves. Those of HZ and UTF-7 are ASCII symbols that could mean
//! themselves, so Chinese, or letters in words, must come out of every one of them.

use encoding_rs::Encoding;

use super::types::DecodingCertainty;
use crate::language::reading::{implausibility, strangeness};

/// A text, its encoding, and the certainty of the decoding.
pub(super) type SevenBitText = (String, &'static str, DecodingCertainty);

/// Maximum cost of a character of text, in decinats: that of CJK text in `whole`.
const TEXT: u64 = 100;
/// Number of Chinese characters, or of passages in UTF-7, from which a decoding is certain (a guess).
const MANY: usize = 20;
/// Minimum number of them (a guess): fewer may be chance.
const FEW: usize = 3;

/// Decodes a file in ASCII.
pub(super) fn read(bytes: &[u8]) -> Option<SevenBitText> {
    let escaped = memchr::memchr(0x1B, bytes).is_some_and(|at| bytes[at..].starts_with(b"\x1B$"));
    let hz = memchr::memmem::find(bytes, b"~{").is_some();
    let utf7 = memchr::memchr(b'+', bytes).is_some_and(|at| passage(&bytes[at..]).is_some());
    if !(escaped || hz || utf7) || !bytes.is_ascii() {
        return None;
    }
    let found = if escaped { iso2022_jp(bytes).or_else(|| iso2022_kr(bytes)) } else { None };
    found.or_else(|| if hz { self::hz(bytes) } else { None }).or_else(|| if utf7 { self::utf7(bytes) } else { None })
}

fn iso2022_jp(bytes: &[u8]) -> Option<SevenBitText> {
    let encoding = encoding_rs::ISO_2022_JP;
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned();
    (!text.is_ascii()).then_some((text, encoding.name(), DecodingCertainty::Sure))
}

/// First bytes of ISO-2022-KR, and the bytes that switch from one character set to the other.
const KOREAN: &[u8] = b"\x1B$)C";
const OUT: u8 = 0x0E;
const IN: u8 = 0x0F;

fn iso2022_kr(bytes: &[u8]) -> Option<SevenBitText> {
    let at = memchr::memmem::find(bytes, KOREAN)?;
    let rest = &bytes[at + KOREAN.len()..];
    // The escape is usually on a line of its own.
    let rest = rest.strip_prefix(b"\n").or(rest.strip_prefix(b"\r\n")).unwrap_or(rest);
    let mut text = String::from_utf8(bytes[..at].to_vec()).ok()?;
    let mut parts = rest.split(|&byte| byte == OUT);
    text.push_str(std::str::from_utf8(parts.next()?).ok()?);
    for part in parts {
        let end = part.iter().position(|&byte| byte == IN)?;
        text.push_str(&wide(&part[..end], encoding_rs::EUC_KR)?);
        text.push_str(std::str::from_utf8(&part[end + 1..]).ok()?);
    }
    (!text.is_ascii() && !text.contains('\x0F')).then_some((text, "iso-2022-kr", DecodingCertainty::Sure))
}

/// Decodes pairs of seven-bit bytes in a set of ninety-four rows. Spaces and line breaks may be among them.
fn wide(pairs: &[u8], encoding: &'static Encoding) -> Option<String> {
    let high = |byte: &u8| if (0x21..=0x7E).contains(byte) { byte | 0x80 } else { *byte };
    let bytes: Vec<u8> = pairs.iter().map(high).collect();
    encoding.decode_without_bom_handling_and_without_replacement(&bytes).map(std::borrow::Cow::into_owned)
}

/// Decodes HZ (RFC 1843).
fn hz(bytes: &[u8]) -> Option<SevenBitText> {
    let (mut text, mut chinese) = (String::new(), String::new());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'~', rest) {
        text.push_str(std::str::from_utf8(&rest[..at]).ok()?);
        rest = match rest.get(at + 1)? {
            b'~' => {
                text.push('~');
                &rest[at + 2..]
            }
            b'\n' => &rest[at + 2..],
            b'{' => {
                let pairs = &rest[at + 2..];
                let end = memchr::memmem::find(pairs, b"~}")?;
                let is_pairs = end.is_multiple_of(2) && pairs[..end].iter().all(|byte| (0x21..=0x7E).contains(byte));
                let read = wide(&pairs[..end], encoding_rs::GBK).filter(|_| is_pairs)?;
                text.push_str(&read);
                chinese.push_str(&read);
                &pairs[end + 2..]
            }
            _ => return None,
        };
    }
    text.push_str(std::str::from_utf8(rest).ok()?);
    let count = chinese.chars().count();
    // The start and the end of the text cost as much as a character each.
    let is_text = count >= FEW && implausibility(&chinese) <= TEXT * (count as u64 + 2);
    let grounds = if count >= MANY { DecodingCertainty::Sure } else { DecodingCertainty::Likely };
    is_text.then_some((text, "hz-gb-2312", grounds))
}

/// Decodes UTF-7 (RFC 2152).
fn utf7(bytes: &[u8]) -> Option<SevenBitText> {
    let (mut text, mut passages) = (String::new(), 0);
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'+', rest) {
        text.push_str(std::str::from_utf8(&rest[..at]).ok()?);
        let (read, len) = passage(&rest[at..])?;
        passages += usize::from(!read.is_ascii());
        text.push_str(&read);
        rest = &rest[at + len..];
    }
    text.push_str(std::str::from_utf8(rest).ok()?);
    let before = std::str::from_utf8(bytes).ok()?;
    let is_text = passages >= FEW && strangeness(&text) * 10 < strangeness(before) * 9;
    let grounds = if passages >= MANY { DecodingCertainty::Sure } else { DecodingCertainty::Likely };
    is_text.then_some((text, "utf-7", grounds))
}

/// Decodes a plus sign and the passage after it. Returns the text and the length in bytes.
fn passage(bytes: &[u8]) -> Option<(String, usize)> {
    if bytes.get(1) == Some(&b'-') {
        return Some(("+".to_owned(), 2));
    }
    let digit = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut units, mut bits, mut count, mut len) = (Vec::new(), 0u32, 0, 1);
    for value in bytes[1..].iter().map_while(digit) {
        bits = bits << 6 | u32::from(value);
        count += 6;
        len += 1;
        if count >= 16 {
            count -= 16;
            units.push((bits >> count) as u16);
            bits &= (1 << count) - 1;
        }
    }
    // The bits left over must be fewer than those of a digit, and zeros.
    if units.is_empty() || count >= 6 || bits != 0 {
        return None;
    }
    let text = String::from_utf16(&units).ok()?;
    let is_text = !text.chars().any(char::is_control);
    let ended = bytes.get(len) == Some(&b'-');
    is_text.then_some((text, len + usize::from(ended)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        let texts = [
            (&b"\x1B$B$3$s$K$A$O\x1B(B, all\n"[..], "こんにちは, all\n", "ISO-2022-JP"),
            (b"\x1B$)C\n\x0E>H3g\x0F, all\n", "안녕, all\n", "iso-2022-kr"),
            (b"A ~{VPND~} b ~{4sQ'~}~~\n", "A 中文 b 大学~\n", "hz-gb-2312"),
            (b"Die T+APw-r +APY-ffnet f+APw-r G+AOQ-ste +- Freunde\n", "Die Tür öffnet für Gäste + Freunde\n", "utf-7"),
        ];
        for (bytes, text, name) in texts {
            let found = read(bytes).map(|(text, name, _)| (text, name));
            assert_eq!(found, Some((text.to_owned(), name)));
        }
    }

    #[test]
    fn marks_that_mean_themselves_stay() {
        for text in [
            "C++ and 1+2, a+b-c, +49 30 1234, name+tag@example.org\n",
            "\\newcommand{\\x}{a~{b}~c}\n",
            "see ~{ab~} and ~/home\n",
            "\x1B[1mbold\x1B[0m and \x1B$ alone\n",
            "iVBORw0KGgo+AAAA/w+BAAA+C+AAA=\n",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
