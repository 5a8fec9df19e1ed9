//! From bytes to text, with an account of how each stretch was stored. Pure.
//!
//! Reading order: `mod` (the way from clean to broken), `wide` (whole files of UTF-16 and UTF-32), `utf16` (stretches of
//! UTF-16), `legacy` (bytes of a code page, whole files or single ones), `binary` (what is no text at all). Knows no Markdown and no rules, and writes nothing:
//! whoever wants the text on disk takes the fix of `invalid-encoding`.

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

/// Decodes the bytes of the file at `path`. Every input gives a source whose segments cover all bytes (but a leading
/// byte-order mark of UTF-8); what cannot be decoded is U+FFFD in its text.
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

/// A file that is not UTF-8 from end to end, or holds NULs.
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

/// What lies between the stretches.
fn gaps(stretches: &[utf16::Stretch], len: usize) -> Vec<Range<usize>> {
    let starts = std::iter::once(0).chain(stretches.iter().map(|stretch| stretch.range.end));
    let ends = stretches.iter().map(|stretch| stretch.range.start).chain([len]);
    starts.zip(ends).filter(|(start, end)| start < end).map(|(start, end)| start..end).collect()
}

/// Text and segments as they grow, in the order of the file.
#[derive(Debug, Default)]
struct Pieces {
    text: String,
    segments: Vec<Segment>,
    disk: usize,
}

impl Pieces {
    /// Adds the text of the next `len` bytes of the file, joined to the segment before if it is stored alike.
    fn push(&mut self, text: &str, len: usize, unit: SegmentEncoding) {
        if len == 0 {
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        let (text, disk) = (Span::from(start..self.text.len()), DiskSpan::from(self.disk..self.disk + len));
        self.disk += len;
        match self.segments.last_mut() {
            // What was lost stays apart, so that each stands for the character that it was.
            Some(last) if last.unit == unit && unit != SegmentEncoding::Invalid => {
                last.text.end = text.end;
                last.disk.end = disk.end;
            }
            _ => self.segments.push(Segment { text, disk, unit }),
        }
    }

    /// Calls UTF-8 what another encoding would store in the same bytes, so that there is nothing to rewrite in it.
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
