//! Text that was extracted from a container (a notebook, subtitles, a catalogue), and its map to the text of the file.
//!
//! Knows two texts and the places that belong together; not the bytes on disk, and not how a container is read.

mod notation;

use std::borrow::Cow;
use std::sync::Arc;

pub use self::notation::{NonAscii, Notation};
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
    language: Option<String>,
    encoding: Option<StatedEncoding>,
    /// In the order of the text.
    repeats: Vec<RepeatedKey>,
}

/// Two entries of a container with one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatedKey {
    /// The key as reports show it.
    pub name: String,
    /// Place in the extracted text of the one that no program uses, or may use.
    pub unused: Span,
    /// Place in the extracted text of the other one.
    pub used: Span,
}

/// An encoding that a container states for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedEncoding {
    /// Its name, as it is written.
    pub name: String,
    /// Place of the first letter of the name in the text of the file.
    pub at: u32,
    /// Place of the name in the text of the file, if it is in one piece.
    pub place: Option<Span>,
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
    /// Messages of a program and their translations in the format of gettext.
    Po,
    /// Texts and their translations in XLIFF.
    Xliff,
    /// Rows that are items, in CSV or JSON.
    Rows,
}

/// Sides of a container that holds texts and their translations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum TextSide {
    /// The translations; of a container in one language, its texts.
    #[default]
    Translation,
    /// The texts that are translated.
    Original,
}

impl FileContainer {
    /// Returns the noun for users.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Notebook => "notebook",
            Self::Catalogue => "catalogue",
            Self::SubRip | Self::WebVtt => "subtitle file",
            Self::Po => "PO file",
            Self::Xliff => "XLIFF file",
            Self::Rows => "table",
        }
    }

    /// Returns the noun with its article.
    pub const fn noun_with_article(self) -> &'static str {
        match self {
            Self::Notebook => "a notebook",
            Self::Catalogue => "a catalogue",
            Self::SubRip | Self::WebVtt => "a subtitle file",
            Self::Po => "a PO file",
            Self::Xliff => "an XLIFF file",
            Self::Rows => "a table",
        }
    }

    /// Returns whether the container holds texts and their translations.
    pub const fn is_bilingual(self) -> bool {
        matches!(self, Self::Po | Self::Xliff)
    }

    /// Returns whether the ids of its entries are times.
    pub const fn is_timed(self) -> bool {
        matches!(self, Self::SubRip | Self::WebVtt)
    }

    /// Returns the noun for one of the entries that it consists of; `None` if it has no entries.
    pub const fn entry_noun(self) -> Option<&'static str> {
        match self {
            Self::Notebook | Self::Rows => None,
            Self::Catalogue => Some("entry"),
            Self::SubRip | Self::WebVtt => Some("cue"),
            Self::Po => Some("message"),
            Self::Xliff => Some("unit"),
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
    /// Standing of an entry as a translation.
    pub standing: EntryStanding,
    /// How the file writes its text.
    pub notation: Notation,
}

/// Standing of an entry as a translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EntryStanding {
    /// It is used.
    #[default]
    Final,
    /// It is marked as one that somebody has to look at: programs do not use it.
    Fuzzy,
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
    /// A further text of the entry before, such as a plural: plain text with tags.
    Further,
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
    /// Markup of the container, which no edit may touch.
    Markup,
}

impl MappedStretch {
    fn is_verbatim(&self) -> bool {
        self.form == StretchForm::Verbatim
    }
}

/// Builds an [`Extraction`] in the order of the file.
#[derive(Debug)]
pub struct ExtractionBuilder {
    text: String,
    parts: Vec<ContainerPart>,
    runs: Vec<MappedStretch>,
    notation: Notation,
    language: Option<String>,
    encoding: Option<StatedEncoding>,
    repeats: Vec<RepeatedKey>,
}

impl ExtractionBuilder {
    /// Returns a builder without parts, for a file that usually writes text in this notation.
    pub fn new(notation: Notation) -> Self {
        Self {
            text: String::new(),
            parts: Vec::new(),
            runs: Vec::new(),
            notation,
            language: None,
            encoding: None,
            repeats: Vec::new(),
        }
    }

    /// Sets the language that the file states for its texts: `pt_BR`.
    pub fn state_language(&mut self, code: String) {
        self.language = Some(code);
    }

    /// Sets the encoding that the file states for itself.
    pub fn state_encoding(&mut self, stated: StatedEncoding) {
        self.encoding = Some(stated);
    }

    /// Notes that two entries have one key.
    pub fn repeat(&mut self, repeated: RepeatedKey) {
        self.repeats.push(repeated);
    }

    /// Returns the place of the last part in the extracted text, as far as it is known.
    pub fn last_place(&self) -> Span {
        self.parts.last().map_or(Span::at(0), |part| part.text)
    }

    /// Begins a part that is in the file at `file`, if it can be edited.
    pub fn begin(&mut self, name: String, content: PartKind, file: Option<Span>) {
        // Every part has it, so that an edit of one moves the others and changes nothing else.
        if !self.parts.is_empty() {
            self.text.push_str("\n\n");
        }
        let (text, standing) = (Span::at(self.len()), EntryStanding::Final);
        self.parts.push(ContainerPart { name, text, content, file, id: None, standing, notation: self.notation });
    }

    /// Sets the notation of the last part, where it is not the usual one.
    pub fn written_in(&mut self, notation: Notation) {
        if let Some(part) = self.parts.last_mut() {
            part.notation = notation;
        }
    }

    /// Sets the standing of the last part.
    pub fn rank(&mut self, standing: EntryStanding) {
        if let Some(part) = self.parts.last_mut() {
            part.standing = standing;
        }
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

    /// Adds a text in place of markup of the container.
    pub fn markup(&mut self, text: &str, file: Span) {
        self.push(text, file, StretchForm::Markup);
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
    pub fn finish(self, file: Arc<String>) -> (String, Extraction) {
        let Self { mut text, parts, mut runs, language, encoding, repeats, .. } = self;
        if !parts.is_empty() {
            text.push('\n');
        }
        runs.shrink_to_fit();
        let lines = LineIndex::new(&file);
        (text, Extraction { file, lines, parts, runs, language, encoding, repeats })
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

    /// Returns the language that the file states for its texts.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// Returns the encoding that the file states for itself.
    pub fn encoding(&self) -> Option<&StatedEncoding> {
        self.encoding.as_ref()
    }

    /// Returns the entries whose keys other entries have as well.
    pub fn repeats(&self) -> &[RepeatedKey] {
        &self.repeats
    }

    /// Returns the span of the extracted text that was read from a span of the file, if all of it was and as it is.
    pub fn text_span(&self, file: Span) -> Option<Span> {
        let start = self.text_after(file.start);
        let text = Span::new(start, start + file.len());
        (self.file_span(text) == file && self.was_read(text)).then_some(text)
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

    /// Returns whether the first character of a span of the extracted text is an escape in the file.
    pub fn is_escape(&self, span: Span) -> bool {
        let first = self.runs.partition_point(|run| run.text.end <= span.start);
        self.runs.get(first).is_some_and(|run| run.text.start <= span.start && run.form == StretchForm::Escape)
    }

    /// Returns the place in the extracted text of the first text that the file has at `offset` or later, or the end of the
    /// last one.
    pub fn text_after(&self, offset: u32) -> u32 {
        let after = self.runs.partition_point(|run| run.file.end <= offset);
        match (self.runs.get(after), self.runs.last()) {
            (Some(run), _) if run.is_verbatim() => run.text.start + offset.saturating_sub(run.file.start),
            (Some(run), _) => run.text.start,
            (None, last) => last.map_or(0, |run| run.text.end),
        }
    }

    /// Returns whether any of a span of the extracted text was read from the file.
    pub fn was_read(&self, span: Span) -> bool {
        let first = self.runs.partition_point(|run| run.text.end <= span.start);
        self.runs.get(first).is_some_and(|run| run.text.start < span.end)
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
            let is_within = span.start > run.text.start || span.end < run.text.end;
            if run.form == StretchForm::Markup || !run.is_verbatim() && is_within {
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
        let mut file = self.file_span(span);
        if !bounds.contains(file) {
            return None;
        }
        let written = self.written(replacement, file, part)?;
        if written.is_empty() && matches!(part.notation, Notation::Json(_)) {
            file = self.with_divider(file, bounds);
        }
        Some((file, written))
    }
}
