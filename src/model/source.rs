//! One file: its decoded text, and the bytes on disk that each part of it came from.
//!
//! Knows bytes and text; not Markdown, and never the disk itself.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::extraction::{Extraction, FileContainer, StatedEncoding, TextSide};
use super::rows::RowColumns;
use super::span::{DiskSpan, Span};
pub use crate::text::mojibake::{BOM, Declined, DecodingCertainty, Flaw, SegmentEncoding};

/// Relation of the decoded text to the bytes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Valid UTF-8.
    Utf8,
    /// Every byte in another encoding, named as in the WHATWG Encoding Standard ("UTF-16LE", "windows-1251").
    Encoded(&'static str),
    /// UTF-8 with parts in other encodings, or with bytes that are not text.
    Mixed,
    /// Holds data, not text, for the reason given; the text is empty.
    Binary(String),
    /// Could not be read, for the reason given; the text is empty.
    Unreadable(String),
}

/// A part of the text and the bytes on disk that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Span in the text of the file.
    pub text: Span,
    /// Span in the file.
    pub disk: DiskSpan,
    /// Encoding in the file.
    pub unit: SegmentEncoding,
    /// Certainty of that encoding.
    pub certainty: DecodingCertainty,
}

impl Segment {
    /// Returns whether the segment is in an encoding with several bytes for each letter of ASCII.
    pub fn is_wide(&self) -> bool {
        let SegmentEncoding::Encoded(name) = self.unit else { return false };
        ["UTF-16", "UTF-32", "utf-32"].iter().any(|wide| name.starts_with(wide))
    }
}

/// One file, read once.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    path: PathBuf,
    display: Arc<str>,
    text: Arc<String>,
    /// The bytes on disk, kept only where they are not simply a byte-order mark and the text.
    bytes: Option<Arc<[u8]>>,
    bom: bool,
    origin: Origin,
    segments: Vec<Segment>,
    grounds: DecodingCertainty,
    rivals: Vec<&'static str>,
    declined: Option<Declined>,
    /// The map from the text to the text of the file, if the file is a container.
    extraction: Option<Arc<Extraction>>,
    container: Option<FileContainer>,
    side: TextSide,
    /// Meaning of its columns, if its rows are items.
    columns: Option<Arc<RowColumns>>,
    defect: Option<ContainerDefect>,
    /// The encoding that a container states whose text cannot be extracted yet.
    stated: Option<StatedEncoding>,
}

/// Reason why the text of a container could not be extracted. The file is then a text as any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerDefect {
    /// Byte offset in the text of the file.
    pub at: u32,
    /// The defect, in words for users that follow "it": "has no cells".
    pub reason: String,
}

impl Source {
    /// Returns a file of valid UTF-8. `text` is without the byte-order mark that preceded it if `bom` is `Present`.
    pub fn utf8(path: &Path, text: String, bom: Bom) -> Self {
        let bom = bom == Bom::Present;
        let shift = if bom { BOM.len() as u32 } else { 0 };
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let segment = Segment {
            text: Span::new(0, len),
            disk: DiskSpan::new(shift, len.saturating_add(shift)),
            unit: SegmentEncoding::Utf8,
            certainty: DecodingCertainty::Sure,
        };
        Self { bytes: None, bom, origin: Origin::Utf8, segments: vec![segment], ..Self::empty(path, text) }
    }

    /// Returns a file of another kind, with its bytes and the segments that they are divided into: sorted and without
    /// gaps.
    pub fn decoded(path: &Path, bytes: Vec<u8>, text: String, origin: Origin, segments: Vec<Segment>) -> Self {
        Self { bytes: Some(bytes.into()), origin, segments, ..Self::empty(path, text) }
    }

    /// Returns a file that holds data, for the reason given.
    pub fn binary(path: &Path, bytes: Vec<u8>, reason: String) -> Self {
        let disk = DiskSpan::from(0..bytes.len());
        let certainty = DecodingCertainty::Sure;
        let segment = Segment { text: Span::at(0), disk, unit: SegmentEncoding::Invalid, certainty };
        Self::decoded(path, bytes, String::new(), Origin::Binary(reason), vec![segment])
    }

    /// Returns the source with this certainty of its decoding.
    #[must_use]
    pub fn on(mut self, grounds: DecodingCertainty) -> Self {
        self.grounds = grounds;
        self
    }

    /// Returns the source with the encodings that fit nearly as well.
    #[must_use]
    pub fn beside(mut self, rivals: Vec<&'static str>) -> Self {
        self.rivals = rivals;
        self
    }

    /// Returns the source as a file that is left unchanged. Where too little is known of the text to show it, the text
    /// is empty and so is the only segment.
    #[must_use]
    pub fn declined_for(mut self, declined: Declined) -> Self {
        self.declined = Some(declined);
        self
    }

    /// Returns the file with `text`, which was extracted from its own text, in the place of it.
    #[must_use]
    pub fn extracted(mut self, text: String, extraction: Extraction) -> Self {
        self.text = text.into();
        self.extraction = Some(extraction.into());
        self
    }

    /// Returns the file with its whole text in the place of the text that was extracted from it.
    #[must_use]
    pub fn without_extraction(mut self) -> Self {
        if let Some(extraction) = self.extraction.take() {
            self.text = Arc::clone(extraction.file());
        }
        self
    }

    /// Returns the file as a text as any other, whatever its name says.
    #[must_use]
    pub fn as_plain_text(self) -> Self {
        Self { container: None, side: TextSide::Translation, defect: None, ..self.without_extraction() }
    }

    /// Returns the file as one of a container, whose text is extracted as soon as it can be.
    #[must_use]
    pub fn of_container(mut self, kind: FileContainer) -> Self {
        self.container = Some(kind);
        self
    }

    /// Returns the file as this side of its container.
    #[must_use]
    pub fn of_side(mut self, side: TextSide) -> Self {
        self.side = side;
        self
    }

    /// Returns the file as one whose rows are items with these columns.
    #[must_use]
    pub fn of_columns(mut self, columns: Option<Arc<RowColumns>>) -> Self {
        self.columns = columns;
        self
    }

    /// Returns the file as a container whose text could not be extracted.
    #[must_use]
    pub fn defective(mut self, defect: ContainerDefect) -> Self {
        self.defect = Some(defect);
        self
    }

    /// Returns the file with the encoding that it states for itself.
    #[must_use]
    pub fn stating(mut self, stated: Option<StatedEncoding>) -> Self {
        self.stated = stated;
        self
    }

    /// Returns the file with the byte-order mark before its text as the first character of the text, so that it can be
    /// reported and edited.
    #[must_use]
    pub fn with_mark_as_text(self) -> Self {
        if !self.bom || self.extraction.is_some() {
            return self;
        }
        let marked = Self::utf8(&self.path, format!("\u{FEFF}{}", self.text), Bom::Absent);
        Self { display: self.display, columns: self.columns, ..marked }
    }

    /// Returns a file without text.
    pub fn unreadable(path: &Path, reason: String) -> Self {
        Self { origin: Origin::Unreadable(reason), ..Self::empty(path, String::new()) }
    }

    fn empty(path: &Path, text: String) -> Self {
        Self {
            path: path.to_path_buf(),
            display: displayed(path),
            text: text.into(),
            bytes: None,
            bom: false,
            origin: Origin::Utf8,
            segments: Vec::new(),
            grounds: DecodingCertainty::Sure,
            rivals: Vec::new(),
            declined: None,
            extraction: None,
            container: None,
            side: TextSide::Translation,
            columns: None,
            defect: None,
            stated: None,
        }
    }

    /// Returns the path as it was found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path as reports show it: with forward slashes, without a leading `./`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Sets the path as reports show it, where the path itself is longer than people need.
    pub fn show_as(&mut self, path: &Path) {
        self.display = displayed(path);
    }

    /// Returns the decoded text, without a leading byte-order mark; of a container, the text extracted from it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the decoded text of the whole file, without a leading byte-order mark.
    pub fn file_text(&self) -> &str {
        self.extraction.as_ref().map_or(&self.text, |extraction| extraction.file())
    }

    /// Returns the map from the text to the text of the file, if the text was extracted from a container.
    pub fn extraction(&self) -> Option<&Extraction> {
        self.extraction.as_deref()
    }

    /// Returns the kind of container that the file is, if it is one.
    pub fn container(&self) -> Option<FileContainer> {
        self.container
    }

    /// Returns the side of its container that the text was extracted from.
    pub fn side(&self) -> TextSide {
        self.side
    }

    /// Returns the meaning of its columns, if its rows are items.
    pub fn columns(&self) -> Option<Arc<RowColumns>> {
        self.columns.clone()
    }

    /// Returns the reason why the text of a container could not be extracted.
    pub fn container_defect(&self) -> Option<&ContainerDefect> {
        self.defect.as_ref()
    }

    /// Returns the encoding that a container states for itself.
    pub fn stated_encoding(&self) -> Option<&StatedEncoding> {
        self.extraction.as_ref().map_or(self.stated.as_ref(), |extraction| extraction.encoding())
    }

    /// Returns the span of the text that was read from a span of the text of the file.
    pub fn text_span(&self, file: Span) -> Option<Span> {
        self.extraction.as_ref().map_or(Some(file), |extraction| extraction.text_span(file))
    }

    /// Returns the 1-based line that the character at `offset` of the text of the file is in.
    pub fn file_line(&self, offset: u32) -> u32 {
        let before = self.file_text().as_bytes().get(..offset as usize).unwrap_or_default();
        memchr::memchr_iter(b'\n', before).count() as u32 + 1
    }

    /// Returns the decoded text, shared.
    pub fn shared_text(&self) -> Arc<String> {
        Arc::clone(&self.text)
    }

    /// Returns how the bytes became text.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns whether the file could be read and holds text.
    pub fn is_text(&self) -> bool {
        !matches!(self.origin, Origin::Binary(_) | Origin::Unreadable(_))
    }

    /// Returns the certainty of the decoding.
    pub fn grounds(&self) -> DecodingCertainty {
        self.grounds
    }

    /// Returns the encodings that fit nearly as well as the chosen one, best first.
    pub fn rivals(&self) -> &[&'static str] {
        &self.rivals
    }

    /// Returns the reason why no byte of the file may be rewritten, if there is one.
    pub fn declined(&self) -> Option<&Declined> {
        self.declined.as_ref()
    }

    /// Returns the bytes of a segment as they are on disk.
    pub fn bytes_of(&self, segment: &Segment) -> &[u8] {
        match &self.bytes {
            Some(bytes) => bytes.get(segment.disk.range()).unwrap_or_default(),
            None => self.text.as_bytes().get(segment.text.range()).unwrap_or_default(),
        }
    }

    /// Returns the segments that are not UTF-8: few, or none.
    pub fn foreign(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|segment| segment.unit != SegmentEncoding::Utf8)
    }

    /// Returns the segments of the file, sorted.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns whether the file starts with a UTF-8 byte-order mark.
    pub fn has_bom(&self) -> bool {
        self.bom
    }

    /// Returns the bytes of the file as they are on disk.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match &self.bytes {
            Some(bytes) => bytes.as_ref().into(),
            None if self.bom => [BOM, self.file_text().as_bytes()].concat().into(),
            None => self.file_text().as_bytes().into(),
        }
    }

    /// Returns the edit of the bytes on disk that replaces `span` of the text, or `None` where there is none: see
    /// [`disk_span`](Self::disk_span) and [`Extraction::file_edit`].
    pub fn disk_edit<'a>(&self, span: Span, replacement: &'a str) -> Option<(DiskSpan, Cow<'a, str>)> {
        let (span, replacement) = match &self.extraction {
            Some(extraction) => extraction.file_edit(span, replacement)?,
            None => (span, replacement.into()),
        };
        Some((self.disk_span(span)?, replacement))
    }

    /// Returns the bytes on disk that an edit of `span` of the text of the file replaces, or `None` where there are none:
    /// in a segment that is not UTF-8, only an edit that covers the whole segment (and so rewrites it as UTF-8) has a
    /// place on disk, and no edit has one in a file that is left as it is.
    pub fn disk_span(&self, span: Span) -> Option<DiskSpan> {
        if self.declined.is_some() {
            return None;
        }
        if span.is_empty() {
            return self.disk_place(span.start).map(DiskSpan::at);
        }
        let first = self.segments.partition_point(|segment| segment.text.end <= span.start);
        let after = self.segments.partition_point(|segment| segment.text.start < span.end);
        let touched = self.segments.get(first..after)?;
        let whole = |segment: &Segment| segment.unit == SegmentEncoding::Utf8 || span.contains(segment.text);
        if !touched.iter().all(whole) {
            return None;
        }
        let (head, tail) = (touched.first()?, touched.last()?);
        let start = match head.unit {
            SegmentEncoding::Utf8 => head.disk.start + (span.start - head.text.start),
            _ => head.disk.start,
        };
        let end = match tail.unit {
            SegmentEncoding::Utf8 => tail.disk.start + (span.end - tail.text.start),
            _ => tail.disk.end,
        };
        Some(DiskSpan::new(start, end))
    }

    /// Returns where text can be inserted into the file before the byte at `offset` of the text: only beside or in
    /// UTF-8.
    fn disk_place(&self, offset: u32) -> Option<u32> {
        if self.segments.is_empty() {
            return (offset == 0).then_some(0);
        }
        let at = self.segments.partition_point(|segment| segment.text.end < offset);
        let mut beside = self.segments.iter().skip(at).take_while(|segment| segment.text.start <= offset);
        let segment = beside.find(|segment| segment.unit == SegmentEncoding::Utf8)?;
        Some(segment.disk.start + (offset - segment.text.start))
    }

    /// Returns the byte offset in the file of the character that starts at `offset` of the text.
    pub fn disk_offset(&self, offset: u32) -> u32 {
        let offset = self.extraction.as_ref().map_or(offset, |extraction| extraction.file_offset(offset));
        self.file_disk_offset(offset)
    }

    /// Returns the byte offset in the file of the character that starts at `offset` of the text of the file.
    fn file_disk_offset(&self, offset: u32) -> u32 {
        if let Some(declined) = self.declined.as_ref().filter(|_| self.text.is_empty()) {
            return u32::try_from(declined.at).unwrap_or(u32::MAX);
        }
        let at = self.segments.partition_point(|segment| segment.text.end <= offset);
        let Some(segment) = self.segments.get(at).or(self.segments.last()) else { return 0 };
        let into = offset.saturating_sub(segment.text.start);
        match segment.unit {
            SegmentEncoding::Utf8 => segment.disk.start + into,
            SegmentEncoding::Invalid => {
                if offset >= segment.text.end {
                    segment.disk.end
                } else {
                    segment.disk.start
                }
            }
            SegmentEncoding::Encoded(name) => {
                // Counted from the end, so that a byte-order mark at the start does not matter.
                let tail = self
                    .file_text()
                    .get(offset.min(segment.text.end) as usize..segment.text.end as usize)
                    .unwrap_or("");
                segment.disk.end.saturating_sub(encoded_len(tail, name)).max(segment.disk.start)
            }
        }
    }
}

/// Returns a path as reports show it.
fn displayed(path: &Path) -> Arc<str> {
    let display = path.to_string_lossy().replace('\\', "/");
    display.strip_prefix("./").unwrap_or(&display).into()
}

/// Returns the number of bytes that `text` takes in the named encoding.
fn encoded_len(text: &str, encoding: &str) -> u32 {
    let len = if encoding.starts_with("UTF-16") {
        text.encode_utf16().count() * 2
    } else if encoding.starts_with("UTF-32") {
        text.chars().count() * 4
    } else {
        match encoding_rs::Encoding::for_label(encoding.as_bytes()) {
            Some(encoding) if !encoding.is_single_byte() => encoding.encode(text).0.len(),
            _ => text.chars().count(),
        }
    };
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// Presence of a byte-order mark before the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bom {
    /// There was one.
    Present,
    /// There was none.
    Absent,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(text: (u32, u32), disk: (u32, u32), unit: SegmentEncoding) -> Segment {
        let (text, disk) = (Span::new(text.0, text.1), DiskSpan::new(disk.0, disk.1));
        Segment { text, disk, unit, certainty: DecodingCertainty::Sure }
    }

    /// `ab` as UTF-8, an invalid byte, `c` as UTF-8, `dé` as UTF-16LE.
    fn mixed() -> Source {
        let segments = vec![
            segment((0, 2), (0, 2), SegmentEncoding::Utf8),
            segment((2, 5), (2, 3), SegmentEncoding::Invalid),
            segment((5, 6), (3, 4), SegmentEncoding::Utf8),
            segment((6, 9), (4, 8), SegmentEncoding::Encoded("UTF-16LE")),
        ];
        let bytes = b"ab\xFFcd\0\xE9\0".to_vec();
        Source::decoded(Path::new("a.md"), bytes, "ab\u{FFFD}cd\u{E9}".to_owned(), Origin::Mixed, segments)
    }

    #[test]
    fn edits_within_utf8_and_over_whole_foreign_stretches_have_a_place_on_disk() {
        let source = mixed();
        assert_eq!(source.disk_span(Span::new(0, 1)), Some(DiskSpan::new(0, 1)));
        assert_eq!(source.disk_span(Span::new(1, 6)), Some(DiskSpan::new(1, 4)));
        assert_eq!(source.disk_span(Span::new(6, 9)), Some(DiskSpan::new(4, 8)));
        assert_eq!(source.disk_span(Span::new(6, 7)), None);
        assert_eq!(source.disk_span(Span::at(2)), Some(DiskSpan::at(2)));
        assert_eq!(source.disk_span(Span::at(7)), None);
    }

    #[test]
    fn offsets_on_disk_are_known_in_every_stretch() {
        let source = mixed();
        let offsets = [0, 2, 5, 6, 7, 9].map(|offset| source.disk_offset(offset));
        assert_eq!(offsets, [0, 2, 3, 4, 6, 8]);
    }
}
