//! Detection of binary data, so that a picture with the name of a document is never "repaired".
//!
//! Knows bytes only.

use std::ops::Range;

/// First bytes of file formats that are not text.
const MAGIC: [(&[u8], &str); 24] = [
    (b"\x89PNG\r\n\x1A\n", "a PNG picture"),
    (b"\xFF\xD8\xFF", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or a document of an office program)"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1F\x8B", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xFD7zXZ\0", "xz data"),
    (b"\x28\xB5\x2F\xFD", "Zstandard data"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "a document of an old office program"),
    (b"\x7FELF", "a program"),
    (b"MZ", "a program"),
    (b"\xCA\xFE\xBA\xBE", "a program"),
    (b"\xCF\xFA\xED\xFE", "a program"),
    (b"\0asm", "a WebAssembly module"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"\0\x01\0\0", "a font"),
    (b"OTTO", "a font"),
    (b"ID3", "an MP3 recording"),
];

/// Minimum number of NULs at the end of a file that are padding left by a crash or a copy (a guess).
const PADDING: usize = 16;

/// Maximum number of control characters in text (a guess): a few may have strayed into it.
pub(super) const MAX_CONTROLS: usize = 2;
/// Number of bytes for each control character beyond them in binary data (a guess): in random bytes it is about ten.
pub(super) const BYTES_PER_CONTROL: usize = 25;
/// Number of distinct control characters from which text with U+FFFD is binary data (a guess).
const MIN_DISTINCT_CONTROLS: usize = 16;

/// Returns the reason why a file that is not clean UTF-8 is not text, if it is not. `narrow` are the spans outside
/// UTF-16.
pub(super) fn reason(bytes: &[u8], narrow: &[Range<usize>]) -> Option<String> {
    let container = bytes.get(4..8).is_some_and(|kind| kind == b"ftyp") || bytes.starts_with(b"RIFF");
    let known = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name);
    let known = known.or(container.then_some("a film, sound or picture"));
    let kept: usize = narrow.iter().map(|range| range.len()).sum();
    let padding = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    if padding == bytes.len() && padding >= PADDING {
        return Some("it holds nothing but NULs".to_owned());
    }
    let padding = if padding >= PADDING { padding } else { 0 };
    let controls: usize =
        narrow.iter().map(|range| bytes[range.clone()].iter().filter(|b| is_control(**b)).count()).sum();
    let (controls, kept) = (controls.saturating_sub(padding), kept.saturating_sub(padding));
    // About one random byte in ten is such a control; text has none. A known beginning is evidence enough with a single
    // one.
    if controls > MAX_CONTROLS && controls * BYTES_PER_CONTROL > kept + 64
        || is_noise(bytes)
        || known.is_some() && controls > 0
    {
        return Some(known.map_or("it holds binary data".to_owned(), |name| format!("it is {name}")));
    }
    None
}

/// Returns whether this is binary data that was decoded as UTF-8. UTF-16 that was decoded so has few distinct controls.
fn is_noise(bytes: &[u8]) -> bool {
    let mut seen = [false; 32];
    for &byte in bytes.iter().filter(|byte| is_control(**byte)) {
        seen[usize::from(byte)] = true;
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    distinct >= MIN_DISTINCT_CONTROLS && std::str::from_utf8(bytes).is_ok_and(|text| text.contains('\u{FFFD}'))
}

/// Returns whether a byte is a control character that no text has. Those that PowerShell makes of a backtick and a
/// letter occur in text.
pub(super) fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x07 | 0x08 | 0x0B | 0x0C | 0x1B)
}
