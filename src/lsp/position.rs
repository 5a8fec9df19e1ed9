//! Positions as editors count them, and the paths and addresses of files.
//!
//! Knows texts, offsets and the texts in containers; not Markdown.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use gen_lsp_types::{Position, Range, Uri};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::model::document::Document;
use crate::model::extraction::Extraction;
use crate::model::span::{LineIndex, Span};

/// Unit in which the client counts the characters of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Code units of UTF-16, which every client knows.
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    /// Returns the unit to use with a client that offers these, by its names in the protocol.
    pub(super) fn negotiated(offered: &[String]) -> Self {
        let has = |name: &str| offered.iter().any(|other| other == name);
        match () {
            () if has("utf-8") => Self::Utf8,
            () if has("utf-32") && !has("utf-16") => Self::Utf32,
            () => Self::Utf16,
        }
    }

    /// Returns the name in the protocol.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        }
    }

    fn units(self, text: &str) -> u32 {
        let units = match self {
            Self::Utf8 => text.len(),
            _ if text.is_ascii() => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Utf32 => text.chars().count(),
        };
        u32::try_from(units).unwrap_or(u32::MAX)
    }

    /// Returns the byte offset in a line after `units`; its end if it is shorter.
    pub(super) fn offset(self, line: &str, units: u32) -> usize {
        let units = units as usize;
        if line.is_ascii() || self == Self::Utf8 {
            return line.floor_char_boundary(units.min(line.len()));
        }
        let mut passed = 0;
        for (at, c) in line.char_indices() {
            let next = passed + if self == Self::Utf16 { c.len_utf16() } else { 1 };
            // A position within a character is the start of it.
            if next > units {
                return at;
            }
            passed = next;
        }
        line.len()
    }
}

/// The positions of a text.
#[derive(Debug)]
pub(super) struct Positions<'a> {
    text: &'a str,
    lines: &'a LineIndex,
    encoding: Encoding,
    /// The map to the text of the file, if the offsets are those of a text that was extracted from it.
    extraction: Option<&'a Extraction>,
    /// The last offset that was asked for, and the units before it on its line: positions come in rising order, and a
    /// line may be as long as the text.
    last: Cell<(u32, u32)>,
}

impl<'a> Positions<'a> {
    /// Returns the positions of a text with these lines.
    pub(super) fn new(text: &'a str, lines: &'a LineIndex, encoding: Encoding) -> Self {
        Self { text, lines, encoding, extraction: None, last: Cell::new((0, 0)) }
    }

    /// Returns the positions of a document in its file, which may be a container from which the text was extracted.
    pub(super) fn of(doc: &'a Document, encoding: Encoding) -> Self {
        match doc.source.extraction() {
            None => Self::new(doc.text(), &doc.lines, encoding),
            Some(extraction) => Self {
                extraction: Some(extraction),
                ..Self::new(extraction.file().as_str(), extraction.lines(), encoding)
            },
        }
    }

    /// Returns the position of a byte offset; one past the end counts as the end, one within a character as its start.
    pub(super) fn position(&self, offset: u32) -> Position {
        self.file_position(self.extraction.map_or(offset, |extraction| extraction.file_offset(offset)))
    }

    /// Returns the position of a byte offset of the file.
    fn file_position(&self, offset: u32) -> Position {
        let offset = self.text.floor_char_boundary((offset as usize).min(self.text.len()));
        let line = self.lines.line_of(offset as u32);
        let start = self.lines.start_of(line).unwrap_or(0);
        let (from, before) = match self.last.get() {
            (last, units) if last >= start && last as usize <= offset => (last, units),
            _ => (start, 0),
        };
        let units = before + self.encoding.units(self.text.get(from as usize..offset).unwrap_or(""));
        self.last.set((offset as u32, units));
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), character: units }
    }

    /// Returns the range of a span.
    pub(super) fn range(&self, span: Span) -> Range {
        self.file_range(self.extraction.map_or(span, |extraction| extraction.file_span(span)))
    }

    /// Returns the range of a span of the file.
    pub(super) fn file_range(&self, span: Span) -> Range {
        Range { start: self.file_position(span.start), end: self.file_position(span.end) }
    }

    /// Returns the byte offset of a position; one past the end of its line counts as the end of the line. Where a file
    /// has no text, the next text that it has counts.
    pub(super) fn offset(&self, position: Position) -> u32 {
        let offset = self.file_offset(position);
        self.extraction.map_or(offset, |extraction| extraction.text_after(offset))
    }

    /// Returns whether some text was read from a range of the file, or begins or ends there.
    pub(super) fn has_text(&self, range: Range) -> bool {
        let Some(extraction) = self.extraction else { return true };
        let (start, end) = (self.file_offset(range.start), self.file_offset(range.end));
        let (first, last) = (extraction.text_after(start), extraction.text_after(end));
        let touches = |offset: u32| (start..=end).contains(&extraction.file_offset(offset));
        first != last || touches(first) || first.checked_sub(1).is_some_and(touches)
    }

    fn file_offset(&self, position: Position) -> u32 {
        let span = self.lines.span_of(position.line as usize, self.text);
        let line = self.text.get(span.range()).unwrap_or("").trim_end_matches(['\n', '\r']);
        span.start + self.encoding.offset(line, position.character) as u32
    }

    /// Returns the span of a range.
    pub(super) fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        Span::new(start.min(end), start.max(end))
    }
}

/// Characters that end or change a link, so that a path in one encodes them.
const NOT_IN_LINK: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'(').add(b')').add(b'<').add(b'>').add(b'?').add(b'\\');

/// Returns a path as the target of a link.
pub(super) fn link_to(path: &str) -> String {
    utf8_percent_encode(path, NOT_IN_LINK).to_string()
}

/// Characters that a path in an address does not encode.
const IN_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b'@');

/// Returns the address of the file at an absolute path.
pub(super) fn uri_of(path: &Path) -> Uri {
    let path = path.to_string_lossy().replace('\\', "/");
    let rooted = if path.starts_with('/') { path } else { format!("/{path}") };
    Uri(format!("file://{}", utf8_percent_encode(&rooted, IN_PATH)))
}

/// Returns the path of the file at an address; `None` if the address is not that of a file.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let (_host, path) = rest.split_at(rest.find('/')?);
    let path = percent_decode_str(path).decode_utf8().ok()?.into_owned();
    let drive = |path: &str| path.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) && path[2..].starts_with(':');
    let path = if cfg!(windows) && drive(&path) { path[1..].to_owned() } else { path };
    Some(crate::model::target::normalized(Path::new(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_counted_in_the_unit_that_was_agreed_on() {
        let text = "a\u{E9}\u{1F600}b\r\nx";
        let lines = LineIndex::new(text);
        for (encoding, character) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)] {
            let places = Positions::new(text, &lines, encoding);
            assert_eq!(places.position(7), Position { line: 0, character }, "{encoding:?}");
            assert_eq!(places.offset(Position { line: 0, character }), 7, "{encoding:?}");
            assert_eq!(places.offset(Position { line: 0, character: 99 }), 8, "{encoding:?}");
            assert_eq!(places.offset(Position { line: 9, character: 9 }), text.len() as u32);
            assert_eq!(places.position(10), Position { line: 1, character: 0 });
        }
        assert_eq!(Positions::new(text, &lines, Encoding::Utf16).offset(Position { line: 0, character: 3 }), 3);
    }

    #[test]
    fn every_path_has_an_address_that_leads_back() {
        for path in ["/a/b c.md", "/100 %/ü#?.md", "/a/\u{4E2D}.md"] {
            assert_eq!(path_of(&uri_of(Path::new(path)).0).as_deref(), Some(Path::new(path)));
        }
        assert_eq!(path_of("file:///a/./b/../%63.md").as_deref(), Some(Path::new("/a/c.md")));
        assert_eq!(path_of("untitled:Untitled-1"), None);
    }

    #[test]
    fn a_client_that_offers_nothing_counts_in_utf_16() {
        let offer =
            |names: &[&str]| Encoding::negotiated(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(offer(&[]), Encoding::Utf16);
        assert_eq!(offer(&["utf-16", "utf-8"]), Encoding::Utf8);
        assert_eq!(offer(&["utf-32"]), Encoding::Utf32);
        assert_eq!(offer(&["utf-32", "utf-16"]), Encoding::Utf16);
    }
}
