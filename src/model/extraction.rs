//! Text that was extracted from a container (a notebook, subtitles, a catalogue), and its map to the text of the file.
//!
//! Knows two texts and the places that belong together; not the bytes on disk, and not how a container is read.

use std::borrow::Cow;
use std::sync::Arc;

use super::span::{LineIndex, Position, Span};

/// The text of a container, in parts, with the place in the file of each of its bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Extraction {
    /// The whole text of the file, without a byte-order mark.
    file: Arc<String>,
    lines: LineIndex,
    /// Sorted and disjoint.
    parts: Vec<ContainerPart>,
    /// Sorted by the extracted text; what they leave out was added.
    runs: Vec<MappedStretch>,
    notation: Notation,
}

/// Kinds of containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileContainer {
    /// A notebook of Jupyter.
    Notebook,
    /// Texts of a program in JSON.
    Catalogue,
    /// Subtitles in SubRip.
    SubRip,
    /// Subtitles in WebVTT.
    WebVtt,
}

impl FileContainer {
    /// Returns the noun for users.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Notebook => "notebook",
            Self::Catalogue => "catalogue",
            Self::SubRip | Self::WebVtt => "subtitle file",
        }
    }

    /// Returns the noun for one of the entries that it consists of; `None` if it has no entries.
    pub const fn entry_noun(self) -> Option<&'static str> {
        match self {
            Self::Notebook => None,
            Self::Catalogue => Some("entry"),
            Self::SubRip | Self::WebVtt => Some("cue"),
        }
    }
}

/// A cell, cue, entry or string of a container. Nothing goes on from one part into the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerPart {
    /// Its name as reports show it: `cell 3`.
    pub name: String,
    /// Its bytes in the extracted text.
    pub text: Span,
    /// Kind of its text.
    pub content: PartKind,
    /// The text of the file that it was read from, without the delimiters; `None` if it cannot be edited.
    pub file: Option<Span>,
    /// Identity of an entry in all versions of its container: the time of a cue, the keys of a text.
    pub id: Option<String>,
}

/// Kinds of text in a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// Markdown.
    Markdown,
    /// Code of a programming language.
    Code,
    /// An entry: its first line is its number and its id, and the rest is plain text with tags.
    Entry,
    /// Text for programs, of which only the characters are checked.
    Data,
}

/// A stretch of the extracted text and its place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MappedStretch {
    text: Span,
    file: Span,
    form: StretchForm,
}

/// How the file has a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StretchForm {
    /// With the very bytes of the text.
    Verbatim,
    /// One character, as an escape.
    Escape,
}

impl MappedStretch {
    fn is_verbatim(&self) -> bool {
        self.form == StretchForm::Verbatim
    }
}

/// How a container writes text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// As strings of JSON (RFC 8259), a part perhaps as a list of strings.
    Json(NonAscii),
    /// As the lines of a cue, which no empty line divides.
    Cues,
}

/// How the strings of a container have characters outside of ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonAscii {
    /// As they are.
    Plain,
    /// As escapes with hexadecimal digits in lower case.
    LowerHex,
    /// As escapes with hexadecimal digits in upper case.
    UpperHex,
}

/// Builds an [`Extraction`] in the order of the file.
#[derive(Debug, Default)]
pub struct ExtractionBuilder {
    text: String,
    parts: Vec<ContainerPart>,
    runs: Vec<MappedStretch>,
}

impl ExtractionBuilder {
    /// Returns a builder without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a part that is in the file at `file`, if it can be edited.
    pub fn begin(&mut self, name: String, content: PartKind, file: Option<Span>) {
        // Every part has it, so that an edit of one moves the others and changes nothing else.
        if !self.parts.is_empty() {
            self.text.push_str("\n\n");
        }
        self.parts.push(ContainerPart { name, text: Span::at(self.len()), content, file, id: None });
    }

    /// Gives the last part its id.
    pub fn identify(&mut self, id: String) {
        if let Some(part) = self.parts.last_mut() {
            part.id = Some(id);
        }
    }

    /// Adds text that the file has as it is.
    pub fn verbatim(&mut self, text: &str, file_start: u32) {
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let file = Span::new(file_start, file_start + len);
        if len > 0 {
            self.push(text, file, StretchForm::Verbatim);
        }
    }

    /// Adds a character that the file has as an escape.
    pub fn escaped(&mut self, c: char, file: Span) {
        self.push(c.encode_utf8(&mut [0; 4]), file, StretchForm::Escape);
    }

    /// Adds text that the file does not have.
    pub fn added(&mut self, text: &str) {
        self.text.push_str(text);
        self.reach();
    }

    fn push(&mut self, text: &str, file: Span, form: StretchForm) {
        let start = self.len();
        self.text.push_str(text);
        let text = Span::new(start, self.len());
        match self.runs.last_mut() {
            Some(last)
                if form == StretchForm::Verbatim
                    && last.is_verbatim()
                    && last.text.end == start
                    && last.file.end == file.start =>
            {
                (last.text.end, last.file.end) = (text.end, file.end);
            }
            _ => self.runs.push(MappedStretch { text, file, form }),
        }
        self.reach();
    }

    /// Extends the last part to the end of the text.
    fn reach(&mut self) {
        let end = self.len();
        if let Some(part) = self.parts.last_mut() {
            part.text.end = end;
        }
    }

    fn len(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    /// Returns the extracted text and its map to `file`, the text of the file.
    pub fn finish(self, file: Arc<String>, notation: Notation) -> (String, Extraction) {
        let Self { mut text, parts, mut runs } = self;
        if !parts.is_empty() {
            text.push('\n');
        }
        runs.shrink_to_fit();
        let lines = LineIndex::new(&file);
        (text, Extraction { file, lines, parts, runs, notation })
    }
}

impl Extraction {
    /// Returns the whole text of the file, without a byte-order mark.
    pub fn file(&self) -> &Arc<String> {
        &self.file
    }

    /// Returns the lines of the file.
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// Returns the parts, sorted.
    pub fn parts(&self) -> &[ContainerPart] {
        &self.parts
    }

    /// Returns the part that holds the byte at `offset` of the extracted text, or that ends there.
    pub fn part_at(&self, offset: u32) -> Option<&ContainerPart> {
        let after = self.parts.partition_point(|part| part.text.start <= offset);
        self.parts.get(after.checked_sub(1)?).filter(|part| offset <= part.text.end)
    }

    /// Returns the place in the file of the character at `offset` of the extracted text. An added character is where
    /// the one before it in its part ends, or where its part starts.
    pub fn file_offset(&self, offset: u32) -> u32 {
        let after = self.runs.partition_point(|run| run.text.start <= offset);
        let Some(run) = after.checked_sub(1).map(|at| &self.runs[at]) else {
            let first = self.parts.first().and_then(|part| part.file).map(|file| file.start);
            return self.runs.first().map(|run| run.file.start).or(first).unwrap_or(0);
        };
        let starts_part = |part: &&ContainerPart| part.text.is_empty() || run.text.end <= part.text.start;
        match self.part_at(offset).filter(starts_part).and_then(|part| part.file) {
            Some(file) => file.start,
            None if offset >= run.text.end => run.file.end,
            None if run.is_verbatim() => run.file.start + (offset - run.text.start),
            None => run.file.start,
        }
    }

    /// Returns the place in the file at which the character that ends at `offset` of the extracted text ends.
    fn file_end(&self, offset: u32) -> u32 {
        let after = self.runs.partition_point(|run| run.text.start < offset);
        let Some(run) = after.checked_sub(1).map(|at| &self.runs[at]) else { return self.file_offset(offset) };
        match run.is_verbatim() && offset < run.text.end {
            true => run.file.start + (offset - run.text.start),
            false => run.file.end,
        }
    }

    /// Returns the text of the file that a span of the extracted text was read from.
    pub fn file_span(&self, span: Span) -> Span {
        let start = self.file_offset(span.start);
        if span.is_empty() {
            return Span::at(start);
        }
        Span::new(start, self.file_end(span.end).max(start))
    }

    /// Returns line and column in the file of the character at `offset` of the extracted text.
    pub fn position(&self, offset: u32) -> Position {
        self.lines.position(&self.file, self.file_offset(offset))
    }

    /// Returns the edit of the file that replaces `span` of the extracted text with `replacement`, in the notation of
    /// the container; `None` if the container cannot have it: beyond one part, in text that was added, within an escape.
    pub fn file_edit<'a>(&self, span: Span, replacement: &'a str) -> Option<(Span, Cow<'a, str>)> {
        let part = self.part_at(span.start).filter(|part| part.text.contains(span))?;
        let bounds = part.file?;
        // Only text that was read can be replaced, and nothing can be inserted before text that was added.
        let first = self.runs.partition_point(|run| run.text.end <= span.start);
        let mut reached = span.start;
        for run in &self.runs[first..] {
            let is_apart = run.text.start >= span.end;
            if is_apart || run.text.start > reached {
                break;
            }
            if !run.is_verbatim() && (span.start > run.text.start || span.end < run.text.end) {
                return None;
            }
            reached = run.text.end;
        }
        let is_place = part.text.is_empty()
            || self.runs.get(first).is_some_and(|run| run.text.start <= span.start && run.text.end > span.start)
            || self.runs.get(first.wrapping_sub(1)).is_some_and(|run| run.text.end == span.start);
        if reached < span.end || !is_place {
            return None;
        }
        let file = self.file_span(span);
        if !bounds.contains(file) {
            return None;
        }
        let written = match self.notation {
            Notation::Json(manner) => self.as_json(replacement, file, bounds, manner),
            Notation::Cues => self.as_lines_of_a_cue(replacement, file, bounds)?,
        };
        Some((file, written))
    }

    /// Returns a text as it is, unless it would divide the cue at `bounds` or take something of its timing.
    fn as_lines_of_a_cue<'a>(&self, text: &'a str, span: Span, bounds: Span) -> Option<Cow<'a, str>> {
        let cue = self.file.get(bounds.range())?;
        let timing = cue.find("-->").unwrap_or(0);
        let at = |offset: u32| (offset - bounds.start) as usize;
        if at(span.end) <= timing {
            // Before the arrow, only the number can be another one.
            let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let is_first = cue[..at(span.start)].trim().is_empty();
            return (is_first && is_number(text) && is_number(&cue[at(span.start)..at(span.end)]))
                .then_some(text.into());
        }
        let body = timing + cue[timing..].find('\n').map_or(cue.len() - timing, |end| end + 1);
        let (before, after) = (cue.get(body..at(span.start))?, cue.get(at(span.end)..)?);
        let new = [before, text, after].concat();
        let is_whole = new.split('\n').all(|line| !line.trim().is_empty()) && !new.contains("-->");
        let has_lone_return = text.replace("\r\n", "").contains('\r');
        (is_whole && !has_lone_return).then_some(text.into())
    }

    /// Returns a text as a part of a JSON string, or of a list of strings with a line each.
    fn as_json<'a>(&self, text: &'a str, span: Span, bounds: Span, manner: NonAscii) -> Cow<'a, str> {
        let replaced = self.file.get(span.range()).unwrap_or("");
        let manner = if replaced.is_ascii() { manner } else { NonAscii::Plain };
        let is_plain =
            |c: char| !matches!(c, '"' | '\\' | '\0'..='\x1F') && (c.is_ascii() || manner == NonAscii::Plain);
        if text.chars().all(is_plain) {
            return text.into();
        }
        let divider = self.divider(bounds);
        let ends_string = span.end >= bounds.end || self.file[span.end as usize..].starts_with('"');
        let mut written = String::with_capacity(text.len() + 8);
        for (at, c) in text.char_indices() {
            match c {
                '\n' => {
                    written.push_str("\\n");
                    if at + 1 < text.len() || !ends_string {
                        written.push_str(divider);
                    }
                }
                '"' => written.push_str("\\\""),
                '\\' => written.push_str("\\\\"),
                '\t' => written.push_str("\\t"),
                '\r' => written.push_str("\\r"),
                '\x08' => written.push_str("\\b"),
                '\x0C' => written.push_str("\\f"),
                c if is_plain(c) => written.push(c),
                c => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        written.push_str(&match manner {
                            NonAscii::UpperHex => format!("\\u{unit:04X}"),
                            NonAscii::LowerHex | NonAscii::Plain => format!("\\u{unit:04x}"),
                        });
                    }
                }
            }
        }
        written.into()
    }

    /// Returns what the list of strings at `bounds` has between two of them, quotation marks included: nothing if it is
    /// one string.
    fn divider(&self, bounds: Span) -> &str {
        let first = self.runs.partition_point(|run| run.file.end <= bounds.start);
        let within = self.runs[first..].iter().take_while(|run| run.file.end <= bounds.end);
        let ends = within.clone().map(|run| run.file.end);
        let gaps = ends.zip(within.skip(1)).filter(|(end, next)| *end < next.file.start);
        let mut gaps = gaps.map(|(end, next)| self.file.get(end as usize..next.file.start as usize).unwrap_or(""));
        gaps.find(|gap| gap.matches('"').count() == 2).unwrap_or("")
    }
}
