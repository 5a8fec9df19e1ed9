//! From bytes to text, with an account of how each stretch was stored. Pure.

use std::path::Path;

use crate::model::source::{BOM, Bom, Origin, Segment, Source, Unit};
use crate::model::span::Span;

/// Decodes the bytes of the file at `path`. Every input gives a source: what cannot be decoded is U+FFFD in its text.
pub fn decode(path: &Path, bytes: Vec<u8>) -> Source {
    if bytes.starts_with(&[0xFF, 0xFE]) && !bytes.starts_with(&[0xFF, 0xFE, 0, 0]) {
        return whole(path, bytes, encoding_rs::UTF_16LE);
    }
    if bytes.starts_with(&[0xFE, 0xFF]) {
        return whole(path, bytes, encoding_rs::UTF_16BE);
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.as_bytes().starts_with(BOM) => {
            // A binary file may well be valid UTF-8 by chance only when it is tiny.
            let text = text[BOM.len()..].to_owned();
            Source::utf8(path, text, Bom::Present)
        }
        Ok(text) => Source::utf8(path, text, Bom::Absent),
        Err(error) => mixed(path, error.into_bytes()),
    }
}

/// A file in one encoding from end to end.
fn whole(path: &Path, bytes: Vec<u8>, encoding: &'static encoding_rs::Encoding) -> Source {
    let (text, _) = encoding.decode_with_bom_removal(&bytes);
    let text = text.into_owned();
    let segment = Segment {
        text: Span::from(0..text.len()),
        disk: Span::from(0..bytes.len()),
        unit: Unit::Encoded(encoding.name()),
    };
    Source::decoded(path, bytes, text, Origin::Encoded(encoding.name()), vec![segment])
}

/// UTF-8 with invalid bytes in it: each maximal invalid sequence becomes one U+FFFD.
fn mixed(path: &Path, bytes: Vec<u8>) -> Source {
    let mut text = String::with_capacity(bytes.len());
    let mut segments = Vec::new();
    let mut disk = 0;
    let mut push = |text: &mut String, piece: &str, len: usize, unit: Unit| {
        if len > 0 {
            let start = text.len();
            text.push_str(piece);
            segments.push(Segment { text: Span::from(start..text.len()), disk: Span::from(disk..disk + len), unit });
            disk += len;
        }
    };
    for chunk in bytes.utf8_chunks() {
        push(&mut text, chunk.valid(), chunk.valid().len(), Unit::Utf8);
        push(&mut text, "\u{FFFD}", chunk.invalid().len(), Unit::Invalid);
    }
    Source::decoded(path, bytes, text, Origin::Mixed, segments)
}
