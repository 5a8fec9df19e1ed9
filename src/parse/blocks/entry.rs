//! Entries of containers, such as the cues of subtitles: a title that is no prose, and plain text with tags.

use super::{BlockBuilder, OPAQUE};
use crate::model::document::{Block, BlockKind, Heading, ProseBlock};
use crate::model::extraction::ContainerPart;
use crate::model::id::{BlockId, HeadingId};
use crate::model::span::Span;

/// Level of the headings that entries are, because they have no other.
const ENTRY_LEVEL: u8 = 2;

impl BlockBuilder<'_> {
    /// Reads an entry: its first line as a heading without prose, the rest as a paragraph.
    pub(super) fn entry(&mut self, part: &ContainerPart) {
        let written = self.text.get(part.text.range()).unwrap_or("");
        let title = written.find('\n').unwrap_or(written.len()) as u32;
        let heading = Span::new(part.text.start, part.text.start + title);
        self.headings.push(Heading {
            level: ENTRY_LEVEL,
            span: heading,
            content: heading,
            id: part.id.clone(),
            block: BlockId::new(self.blocks.len()),
            prose: None,
        });
        let kind = BlockKind::Heading(HeadingId::new(self.headings.len() - 1));
        self.blocks.push(Block { kind, span: heading, parent: None });
        self.further(Span::new((heading.end + 1).min(part.text.end), part.text.end));
    }

    /// Reads a further text of an entry as a paragraph.
    pub(super) fn further(&mut self, span: Span) {
        let body = self.trimmed(span);
        if !body.is_empty() {
            self.plain(body);
        }
    }

    /// Adds a paragraph of plain text in which tags are opaque.
    fn plain(&mut self, span: Span) {
        self.blocks.push(Block { kind: BlockKind::Paragraph, span, parent: None });
        let (block, start) = (BlockId::new(self.blocks.len() - 1), self.prose.len());
        let written = self.text.get(span.range()).unwrap_or("");
        let place = |from: usize, to: usize| Span::new(span.start + from as u32, span.start + to as u32);
        let (mut at, mut done) = (0, 0);
        while let Some(found) = written[at..].find(['<', '{', '\n']) {
            let from = at + found;
            let to = match written.as_bytes()[from] {
                b'\n' => Some(from + 1),
                _ => tag_end(&written[from..]).map(|len| from + len),
            };
            let Some(to) = to else {
                at = from + 1;
                continue;
            };
            self.prose.push_verbatim(place(done, written[..from].trim_end_matches('\r').len().max(done)));
            match &written[from..to] {
                "\n" => self.prose.push_other(place(from, to), "\n"),
                tag => self.prose.push_other(place(from, to), shown_as(tag)),
            }
            (at, done) = (to, to);
        }
        self.prose.push_verbatim(place(done, written.len()));
        self.prose.blocks.push(ProseBlock { range: start..self.prose.len(), block });
        self.prose.push_added("\n\n");
    }
}

/// Elements that only format the text in them, in the texts of programs, in subtitles and in XLIFF.
const FORMATS: [&str; 18] = [
    "a", "b", "c", "em", "font", "g", "i", "lang", "mark", "mrk", "pc", "ruby", "s", "small", "span", "strong", "u",
    "v",
];

/// Returns the prose in the place of a tag: nothing if it only formats what is around it, so that the words that touch it
/// are whole.
fn shown_as(tag: &str) -> &'static str {
    let inner = tag.trim_matches(['<', '>', '/', '{', '}']);
    let name = inner.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("").to_ascii_lowercase();
    match name.as_str() {
        // `{\an8}`, which is a place on the screen.
        "" => "",
        "br" => "\n",
        name if FORMATS.contains(&name) => "",
        _ => OPAQUE,
    }
}

/// Returns the length of the tag at the start of a text: `<i>`, `</v>`, `<00:01.000>`, `{\an8}`.
fn tag_end(text: &str) -> Option<usize> {
    let (open, close) = if text.starts_with('<') { ('<', '>') } else { ('{', '}') };
    let inner = text[1..].split([close, open, '\n']).next().unwrap_or("");
    let is_closed = text[1 + inner.len()..].starts_with(close);
    let starts = inner.strip_prefix('/').unwrap_or(inner).chars().next()?;
    let is_tag = if open == '<' { starts.is_ascii_alphanumeric() } else { starts == '\\' };
    (is_closed && is_tag).then_some(inner.len() + 2)
}
