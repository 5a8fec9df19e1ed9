//! The bytes of a file as a source: the decoder's account of its pieces, with the path of the file. Pure.
//!
//! Decoding itself is in the decoder's crate. Knows no Markdown and no rules, and writes nothing: the fix of
//! `invalid-encoding` brings the text to the disk.

use std::path::Path;

use crate::model::source::{Bom, Origin, Segment, Source};
use crate::model::span::{DiskSpan, Span};
use crate::text::mojibake::{self, Decoded, FileEncoding};

/// Decodes the bytes of the file at `path`. Every input gives a source whose segments cover all bytes except a leading
/// UTF-8 byte-order mark. Bytes that cannot be decoded are U+FFFD in its text.
pub fn decode(path: &Path, bytes: Vec<u8>) -> Source {
    if mojibake::is_plain_utf8(&bytes) {
        return match String::from_utf8(bytes) {
            Ok(text) => Source::utf8(path, text, Bom::Absent),
            Err(error) => decode(path, error.into_bytes()),
        };
    }
    let Decoded { text, encoding, has_bom, certainty, candidates, pieces, declined } = mojibake::decode(&bytes);
    let segments = pieces.into_iter().map(|piece| Segment {
        text: Span::from(piece.text),
        disk: DiskSpan::from(piece.bytes),
        unit: piece.encoding,
        certainty: piece.certainty,
    });
    let origin = match encoding {
        FileEncoding::Utf8 => return Source::utf8(path, text, if has_bom { Bom::Present } else { Bom::Absent }),
        FileEncoding::Binary(reason) => return Source::binary(path, bytes, reason),
        FileEncoding::Encoded(name) => Origin::Encoded(name),
        FileEncoding::Mixed => Origin::Mixed,
    };
    let source = Source::decoded(path, bytes, text, origin, segments.collect()).on(certainty).beside(candidates);
    match declined {
        Some(declined) => source.declined_for(declined),
        None => source,
    }
}

#[cfg(test)]
mod tests;
