//! Decoding of bytes into text, with an account of how each segment is stored. Pure.
//!
//! Reading order: `mod` (the stages, from clean to broken), `wide` (whole files in UTF-16 and UTF-32), `utf16` (spans
//! of UTF-16), `legacy` (bytes of a legacy encoding, whole files or single bytes), `binary` (data that is not text).
//! Knows no Markdown and no rules, and writes nothing: the fix of `invalid-encoding` brings the text to the disk.

mod binary;
mod broken;
mod legacy;
mod pages;
mod seven;
mod tables;
mod utf16;
mod whole;
mod wide;

use std::ops::Range;
use std::path::Path;

use crate::model::source::{BOM, Bom, DecodingCertainty, Origin, Segment, SegmentEncoding, Source};
use crate::model::span::{DiskSpan, Span};

/// Decodes the bytes of the file at `path`. Every input gives a source whose segments cover all bytes except a leading
/// UTF-8 byte-order mark. Bytes that cannot be decoded are U+FFFD in its text.
pub fn decode(path: &Path, bytes: Vec<u8>) -> Source {
    let suspicious = memchr::memchr(0, &bytes).is_some() || bytes.starts_with(&[0xFF, 0xFE]);
    if suspicious {
        return by_stretches(path, bytes);
    }
    if let Some((text, encoding, grounds)) = seven::read(&bytes) {
        let mut pieces = Pieces::default();
        pieces.push(&text, bytes.len(), SegmentEncoding::Encoded(encoding));
        return pieces.into_source(path, bytes, grounds);
    }
    match String::from_utf8(bytes) {
        Ok(mut text) if text.as_bytes().starts_with(BOM) => {
            text.drain(..BOM.len());
            Source::utf8(path, text, Bom::Present)
        }
        Ok(text) => Source::utf8(path, text, Bom::Absent),
        Err(error) => by_stretches(path, error.into_bytes()),
    }
}

/// Decodes a file that is not UTF-8 from end to end, or that holds NULs.
fn by_stretches(path: &Path, bytes: Vec<u8>) -> Source {
    if let Some(whole) = wide::read(&bytes) {
        let source = whole.pieces.into_source(path, bytes, DecodingCertainty::Sure);
        return match whole.declined {
            Some(declined) => source.declined_for(declined),
            None => source,
        };
    }
    if let Some(pieces) = wide::appended(&bytes) {
        return pieces.into_source(path, bytes, DecodingCertainty::Sure);
    }
    let wide = utf16::stretches(&bytes);
    let narrow = gaps(&wide, bytes.len());
    if let Some(reason) = binary::reason(&bytes, &narrow) {
        return Source::binary(path, bytes, reason);
    }
    let plan = legacy::plan(&bytes, &narrow);
    let mut pieces = Pieces::default();
    let mut wide = wide.iter().peekable();
    for gap in &narrow {
        while let Some(stretch) = wide.next_if(|stretch| stretch.range.start < gap.start) {
            utf16::read(&bytes, stretch, &mut pieces);
        }
        legacy::read(&bytes, gap.clone(), plan.how, &mut pieces);
    }
    for stretch in wide {
        utf16::read(&bytes, stretch, &mut pieces);
    }
    let is_mute = plan.declined.as_ref().is_some_and(|declined| !pages::is_page(declined.encoding));
    if is_mute {
        pieces = Pieces::default();
        pieces.push("", bytes.len(), SegmentEncoding::Invalid);
    }
    let source = pieces.into_source(path, bytes, plan.grounds).beside(plan.rivals);
    match plan.declined {
        Some(declined) => source.declined_for(declined),
        None => source,
    }
}

/// Returns the ranges between the spans of UTF-16.
fn gaps(stretches: &[utf16::Utf16Span], len: usize) -> Vec<Range<usize>> {
    let starts = std::iter::once(0).chain(stretches.iter().map(|stretch| stretch.range.end));
    let ends = stretches.iter().map(|stretch| stretch.range.start).chain([len]);
    starts.zip(ends).filter(|(start, end)| start < end).map(|(start, end)| start..end).collect()
}

/// The text and segments decoded so far, in the order of the file.
#[derive(Debug, Default)]
struct Pieces {
    text: String,
    segments: Vec<Segment>,
    disk: usize,
}

impl Pieces {
    /// Adds the text of the next `len` bytes of the file. It joins the segment before if both are stored in the same
    /// way.
    fn push(&mut self, text: &str, len: usize, unit: SegmentEncoding) {
        if len == 0 {
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        let (text, disk) = (Span::from(start..self.text.len()), DiskSpan::from(self.disk..self.disk + len));
        self.disk += len;
        match self.segments.last_mut() {
            // Lost characters are not joined, so that each segment is one of them.
            Some(last) if last.unit == unit && unit != SegmentEncoding::Invalid => {
                last.text.end = text.end;
                last.disk.end = disk.end;
            }
            _ => self.segments.push(Segment { text, disk, unit }),
        }
    }

    /// Marks segments as UTF-8 whose bytes are the UTF-8 of their text, so that nothing in them is rewritten.
    fn settle(&mut self, bytes: &[u8]) {
        for segment in &mut self.segments {
            if bytes.get(segment.disk.range()) == self.text.as_bytes().get(segment.text.range()) {
                segment.unit = SegmentEncoding::Utf8;
            }
        }
        self.segments.dedup_by(|next, last| {
            let joins = last.unit == SegmentEncoding::Utf8 && next.unit == SegmentEncoding::Utf8;
            if joins {
                (last.text.end, last.disk.end) = (next.text.end, next.disk.end);
            }
            joins
        });
    }

    fn into_source(mut self, path: &Path, bytes: Vec<u8>, grounds: DecodingCertainty) -> Source {
        self.settle(&bytes);
        match self.segments.as_slice() {
            [] | [Segment { unit: SegmentEncoding::Utf8, .. }] => {
                let marked = self.text.starts_with('\u{FEFF}');
                if marked {
                    self.text.drain(..BOM.len());
                }
                Source::utf8(path, self.text, if marked { Bom::Present } else { Bom::Absent })
            }
            [Segment { unit: SegmentEncoding::Encoded(name), .. }] => {
                let origin = Origin::Encoded(name);
                Source::decoded(path, bytes, self.text, origin, self.segments).on(grounds)
            }
            _ => Source::decoded(path, bytes, self.text, Origin::Mixed, self.segments).on(grounds),
        }
    }
}

#[cfg(test)]
mod tests;
