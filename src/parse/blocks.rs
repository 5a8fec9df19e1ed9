//! Blocks, prose, links and inline code, built from pulldown-cmark's events in one pass. A text with template tags
//! takes two passes, because only Markdown tells which of the tags are code.
//!
//! The only module that knows pulldown-cmark.

use std::borrow::Cow;
use std::sync::Arc;

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag};

use super::containers::{self, Containers};
use super::mask::{Cover, MaskedAs, masked};
use super::matter::{self, Matter};
use super::names;
use super::templates::{self, Templates};
use crate::model::document::{
    Block, BlockKind, Definition, Dialect, Document, Heading, Link, LinkKind, Prose, ProseBlock,
};
use crate::model::extraction::{ContainerPart, PartKind};
use crate::model::id::{BlockId, HeadingId};
use crate::model::span::Span;

/// [`Prose::OPAQUE`] as a text.
const OPAQUE: &str = "\u{FFFC}";
/// [`Prose::MARK`] as a text.
const MARK: &str = "\u{FFFB}";

/// Extensions of CommonMark that recto reads. Front matter is not left to the parser, because the parser takes any
/// thematic break with text below it for front matter.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_MATH)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_HEADING_ATTRIBUTES);

/// Fills in everything that follows from the Markdown structure alone.
pub(super) fn read(doc: &mut Document) {
    let text = doc.source.shared_text();
    let matter = if doc.source.extraction().is_some() { None } else { matter::read(&text) };
    let stretches: Vec<(Stretch<'_>, Span)> = match doc.source.extraction() {
        Some(extraction) => extraction.parts().iter().map(|part| (Stretch::of(part), part.text)).collect(),
        None => vec![(Stretch::Markdown, Span::from(matter.map_or(0, |matter| matter.next)..text.len()))],
    };
    let mut all = Hidden::default();
    let shown: Vec<Cow<'_, str>> = stretches
        .iter()
        .map(|(stretch, span)| {
            let markdown = &text[span.range()];
            if !matches!(stretch, Stretch::Markdown) {
                return Cow::Borrowed(markdown);
            }
            let hidden = Hidden::of(markdown, doc.dialect());
            let shown = match hidden.covers.is_empty() {
                true => Cow::Borrowed(markdown),
                false => Cow::Owned(masked(markdown, &hidden.covers)),
            };
            all.add(hidden.shifted(span.start));
            shown
        })
        .collect();
    let Hidden { templates, tags, markers, .. } = all;
    let names = names::find(&text);
    let mut reader = BlockBuilder::new(&text, &templates, &names);
    reader.component_tags = tags.clone();
    if let Some(Matter { end, .. }) = matter {
        reader.block(BlockKind::FrontMatter, Span::from(0..end));
        reader.matter(end);
    }
    for ((stretch, span), shown) in stretches.iter().zip(&shown) {
        match stretch {
            Stretch::Markdown => reader.markdown(Masked { text: shown, base: span.start }),
            Stretch::Code => reader.block(BlockKind::Code { info: None }, *span),
            Stretch::Entry(part) => reader.entry(part),
            Stretch::Further => reader.further(*span),
            Stretch::Data => {}
        }
    }
    reader.code_of_templates();
    reader.containers(&markers, tags);
    doc.definitions = reader.definitions;
    doc.blocks = reader.blocks;
    doc.headings = reader.headings;
    doc.prose = reader.prose;
    doc.inline_code = reader.inline_code;
    doc.html = reader.html;
    doc.links = reader.links;
    doc.templates = templates.spans;
}

/// A stretch of a text that is parsed on its own.
#[derive(Debug, Clone, Copy)]
enum Stretch<'a> {
    Markdown,
    Code,
    Entry(&'a ContainerPart),
    Further,
    Data,
}

impl<'a> Stretch<'a> {
    fn of(part: &'a ContainerPart) -> Self {
        match part.content {
            PartKind::Markdown => Self::Markdown,
            PartKind::Code => Self::Code,
            PartKind::Entry => Self::Entry(part),
            PartKind::Further => Self::Further,
            PartKind::Data => Self::Data,
        }
    }
}

/// The parts of a text that the Markdown parser does not see as they are written.
#[derive(Debug, Default)]
struct Hidden {
    covers: Vec<Cover>,
    /// The template tags, and the lines that open and close containers.
    templates: Templates,
    /// Tags of components.
    tags: Vec<Span>,
    /// Starts of the containers that the parser takes for list items.
    markers: Vec<u32>,
}

impl Hidden {
    fn of(text: &str, dialect: Dialect) -> Self {
        let may = (templates::may_occur(text, dialect), containers::may_occur(text, dialect));
        if may == (false, false) {
            return Self::default();
        }
        let code = code_spans(text);
        let mut templates = if may.0 { templates::find(text, &code, dialect) } else { Templates::default() };
        let Containers { mut covers, tags } = match may.1 {
            true => containers::find(text, &code, &templates.bodies, dialect),
            false => Containers::default(),
        };
        // The tag of a component may hold expressions.
        templates.spans.retain(|tag| {
            let after = covers.partition_point(|cover| cover.span.end <= tag.start);
            covers.get(after).is_none_or(|cover| cover.span.start >= tag.end)
        });
        let lines: Vec<Span> = covers.iter().map(|cover| cover.span).collect();
        let markers = covers.iter().filter(|cover| matches!(cover.shown, MaskedAs::Marker(_)));
        let markers = markers.map(|cover| cover.span.start).collect();
        covers.extend(templates.spans.iter().map(|&span| Cover { span, shown: MaskedAs::Word }));
        covers.sort_by_key(|cover| cover.span);
        templates.spans.extend(lines);
        templates.spans.sort();
        Self { covers, templates, tags, markers }
    }

    /// Adds those of a later part of the text, all but the covers.
    fn add(&mut self, later: Self) {
        self.templates.spans.extend(later.templates.spans);
        self.templates.bodies.extend(later.templates.bodies);
        self.templates.raw.extend(later.templates.raw);
        self.tags.extend(later.tags);
        self.markers.extend(later.markers);
    }

    /// Returns the parts with all offsets raised by `by` bytes, except for the covers.
    fn shifted(mut self, by: u32) -> Self {
        self.templates = self.templates.shifted(by);
        self.tags.iter_mut().for_each(|tag| *tag = Span::new(tag.start + by, tag.end + by));
        self.markers.iter_mut().for_each(|marker| *marker += by);
        self
    }
}

/// Returns the spans of code and mathematics in a text, sorted.
fn code_spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for (event, range) in Parser::new_ext(text, OPTIONS).into_offset_iter() {
        if matches!(
            event,
            Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) | Event::Start(Tag::CodeBlock(_))
        ) {
            spans.push(Span::from(range));
        }
    }
    spans
}

/// Prefix of the target of a reference that is defined nowhere. No URL starts with it.
const BROKEN: &str = "\0broken:";

/// The text as the parser sees it, which starts `base` bytes into the whole text.
#[derive(Clone, Copy)]
struct Masked<'a> {
    text: &'a str,
    base: u32,
}

impl Masked<'_> {
    fn slice(&self, span: Span) -> &str {
        let place = |offset: u32| offset.saturating_sub(self.base) as usize;
        self.text.get(place(span.start)..place(span.end)).unwrap_or("")
    }
}

struct BlockBuilder<'a> {
    text: &'a str,
    templates: &'a Templates,
    /// Names that are no prose, sorted and disjoint.
    names: &'a [Span],
    masked: Masked<'a>,
    blocks: Vec<Block>,
    open: Vec<BlockId>,
    headings: Vec<Heading>,
    prose: Prose,
    /// Start of the prose of the innermost open leaf, and the block of that leaf.
    prose_start: Option<(u32, BlockId)>,
    inline_code: Vec<Span>,
    html: Vec<Span>,
    links: Vec<Link>,
    definitions: Vec<Definition>,
    /// Number of open verbatim blocks, whose text is not prose.
    verbatim: u32,
    /// The open images whose alternative text is prose, with their titles.
    images: Vec<(Span, String)>,
    /// The open links that have a title in words, with their titles.
    titles: Vec<(Span, String)>,
    /// Titles of definitions, and texts in the tags of components, that have not been reached yet, last one first.
    defined_titles: Vec<Span>,
    /// Tags of components that are alone on their lines.
    component_tags: Vec<Span>,
    /// Name of the open inline element whose content is code.
    code_element: Option<String>,
}

impl<'a> BlockBuilder<'a> {
    fn new(text: &'a Arc<String>, templates: &'a Templates, names: &'a [Span]) -> Self {
        Self {
            text,
            templates,
            names,
            masked: Masked { text: "", base: 0 },
            blocks: Vec::with_capacity(text.len() / 64),
            open: Vec::new(),
            headings: Vec::new(),
            prose: Prose::new(Arc::clone(text)),
            prose_start: None,
            inline_code: Vec::new(),
            html: Vec::new(),
            links: Vec::new(),
            definitions: Vec::new(),
            verbatim: 0,
            images: Vec::new(),
            titles: Vec::new(),
            defined_titles: Vec::new(),
            component_tags: Vec::new(),
            code_element: None,
        }
    }

    /// Reads a part of the text, or all of it.
    fn markdown(&mut self, masked: Masked<'a>) {
        self.masked = masked;
        let place = |range: std::ops::Range<usize>| {
            let span = Span::from(range);
            Span::new(span.start + masked.base, span.end + masked.base)
        };
        // Full and collapsed references without a definition become links to their own label, to be reported.
        let mut broken = |link: BrokenLink<'_>| {
            let written = matches!(link.link_type, LinkType::Reference | LinkType::Collapsed);
            written.then(|| (CowStr::from(BROKEN.to_owned() + &link.reference), CowStr::from("")))
        };
        let mut parser =
            Parser::new_with_broken_link_callback(masked.text, OPTIONS, Some(&mut broken)).into_offset_iter();
        let mut titles: Vec<Span> = parser
            .reference_definitions()
            .iter()
            .filter_map(|(_, def)| self.title_span(place(def.span.clone()), def.title.as_deref()?))
            .collect();
        titles.extend(self.component_texts(masked));
        titles.sort_unstable_by(|a, b| b.cmp(a));
        self.defined_titles = titles;
        for (event, range) in parser.by_ref() {
            self.event(event, place(range));
        }
        self.definition_titles(u32::MAX);
        let mut definitions: Vec<Definition> = parser
            .reference_definitions()
            .iter()
            .map(|(label, def)| {
                let span = place(def.span.clone());
                Definition { label: label.to_owned(), target: self.unmasked(span, &def.dest), span }
            })
            .collect();
        definitions.sort_by_key(|def| def.span);
        self.definitions.extend(definitions);
    }

    fn event(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag, span),
            Event::Text(content) => self.words(&content, span),
            Event::Code(_) => {
                self.inline_code.push(span);
                self.opaque(span);
            }
            Event::InlineHtml(_) => {
                self.html.push(span);
                self.inline_tag(span);
                // An inline tag divides no word ("H<sub>2</sub>O") and a comment is invisible, so both only separate
                // pieces.
                let tag = self.text.get(span.range()).unwrap_or("");
                match html::attribute_text(tag).filter(|_| self.reads(span) && !self.in_heading()) {
                    Some(value) => self.tag_with_text(span, &value),
                    None => self.markup(span, html::placeholder(tag)),
                }
            }
            Event::Html(_) => {}
            Event::InlineMath(_) | Event::DisplayMath(_) => {
                self.inline_code.push(span);
                self.opaque(span);
            }
            Event::FootnoteReference(_) => self.markup(span, MARK),
            Event::TaskListMarker(_) => self.opaque(span),
            Event::SoftBreak | Event::HardBreak => {
                self.leaf(span);
                self.prose.push_other(span, "\n");
            }
            Event::Rule => {
                self.definition_titles(span.start);
                self.block(BlockKind::Rule, span);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Span) {
        let kind = match tag {
            Tag::Paragraph => BlockKind::Paragraph,
            Tag::Heading { level, id, .. } => {
                self.headings.push(Heading {
                    level: level as u8,
                    span: self.trimmed(span),
                    content: heading_content(self.text, self.trimmed(span)),
                    id: id.map(|id| id.to_string()),
                    block: BlockId::new(self.blocks.len()),
                    prose: None,
                });
                BlockKind::Heading(HeadingId::new(self.headings.len() - 1))
            }
            Tag::BlockQuote(_) => BlockKind::Quote,
            Tag::CodeBlock(CodeBlockKind::Indented) => BlockKind::Code { info: None },
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => BlockKind::Code { info: Some(info_span(self.text, span)) },
            Tag::HtmlBlock => {
                self.html.push(self.trimmed(span));
                BlockKind::Html
            }
            // CommonMark allows at most nine digits.
            Tag::List(start) => BlockKind::List { start: start.and_then(|start| u32::try_from(start).ok()) },
            Tag::Item => BlockKind::ListItem,
            Tag::FootnoteDefinition(_) => BlockKind::Footnote,
            Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => BlockKind::Paragraph,
            Tag::Table(_) => BlockKind::Table,
            Tag::TableHead | Tag::TableRow => BlockKind::TableRow,
            Tag::TableCell => BlockKind::TableCell,
            // Never produced with these options.
            Tag::MetadataBlock(_) => BlockKind::FrontMatter,
            Tag::Link { link_type, dest_url, title, .. } => {
                if link_type == LinkType::Inline && title.contains(' ') {
                    self.titles.push((span, title.to_string()));
                }
                return self.link(link_type, &dest_url, span);
            }
            Tag::Image { dest_url, title, .. } => return self.image(&dest_url, &title, span),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Superscript | Tag::Subscript => return,
        };
        self.close_leaf();
        self.definition_titles(span.start);
        if kind.is_verbatim() {
            self.verbatim += 1;
        }
        self.block(kind, span);
        self.open.push(BlockId::new(self.blocks.len() - 1));
    }

    /// Returns the target of the link, image or definition at `span` as the source has it. The parser has seen the
    /// target with template tags hidden.
    fn unmasked(&self, span: Span, target: &str) -> String {
        let Some(tag) = self.templates.within(span) else { return target.to_owned() };
        let at = self.masked.slice(span).rfind(target).filter(|_| !target.is_empty());
        let start = at.map_or(0, |at| span.start as usize + at);
        let written = at.and_then(|_| self.text.get(start..start + target.len()));
        written.unwrap_or(self.text.get(tag.range()).unwrap_or("")).to_owned()
    }

    fn link(&mut self, link_type: LinkType, target: &str, span: Span) {
        let target = &*self.unmasked(span, target);
        let (kind, target) = match target.strip_prefix(BROKEN) {
            Some(label) => (LinkKind::BrokenReference, label),
            None => match link_type {
                LinkType::Inline => (LinkKind::Inline, target),
                LinkType::Autolink | LinkType::Email => (LinkKind::Autolink, target),
                _ => (LinkKind::Reference, target),
            },
        };
        self.links.push(Link { span, target: target.to_owned(), kind });
    }

    fn end(&mut self, tag: pulldown_cmark::TagEnd, span: Span) {
        use pulldown_cmark::TagEnd;
        match tag {
            TagEnd::Image => self.image_end(span),
            TagEnd::Link => self.link_end(span),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Superscript | TagEnd::Subscript => {}
            _ => {
                self.close_leaf();
                if let Some(block) = self.open.pop()
                    && self.blocks[block.index()].kind.is_verbatim()
                {
                    self.verbatim -= 1;
                    self.html_text(block);
                }
            }
        }
    }

    fn block(&mut self, kind: BlockKind, span: Span) {
        let span = self.trimmed(span);
        self.blocks.push(Block { kind, span, parent: self.open.last().copied() });
    }

    /// Returns the span without the line breaks at its end.
    fn trimmed(&self, span: Span) -> Span {
        let text = self.text.get(span.range()).unwrap_or("");
        Span::new(span.start, span.start + text.trim_end().len() as u32)
    }

    /// Adds text of a paragraph, heading or cell.
    fn words(&mut self, content: &str, span: Span) {
        if self.verbatim > 0 || self.in_last_opaque(span) {
            return;
        }
        if let Some(tag) = self.templates.within(span) {
            return self.words_around(tag, content, span);
        }
        if let Some(name) = self.name_within(span) {
            return if name.contains(span) { self.hide(name) } else { self.words_around(name, content, span) };
        }
        if self.code_element.is_some() || self.templates.is_raw(span.start) {
            return self.opaque(span);
        }
        self.leaf(span);
        let written = self.text.get(span.range()).unwrap_or("");
        if written == content {
            if self.in_autolink(span) {
                self.opaque(span);
            } else {
                self.prose.push_verbatim(span);
            }
        } else if content.len() == 1 && content == "\n" {
            self.prose.push_other(span, "\n");
        } else {
            // A character reference or another replacement: its characters count, but they cannot be edited.
            self.prose.push_other(span, content);
        }
    }

    /// Adds text that holds a template tag: the text before the tag, the tag, and the rest.
    fn words_around(&mut self, tag: Span, content: &str, span: Span) {
        let before = Span::new(span.start, tag.start.max(span.start));
        let after = Span::new(tag.end.min(span.end), span.end);
        for part in [before, Span::new(before.end, after.start), after] {
            if part == span || content.len() != span.len() as usize {
                // Nothing but a tag, or a character reference, which cannot hold a tag.
                return self.opaque(span);
            }
            let Some(said) = content.get((part.start - span.start) as usize..(part.end - span.start) as usize) else {
                continue;
            };
            if part == tag {
                self.hide(part);
            } else if !said.is_empty() {
                self.words(said, part);
            }
        }
    }

    /// Returns the first name that shares a byte with `span`.
    fn name_within(&self, span: Span) -> Option<Span> {
        let at = self.names.partition_point(|name| name.end <= span.start);
        self.names.get(at).copied().filter(|name| name.start < span.end)
    }

    /// Adds a name: the target of a wiki link with a text of its own shows nothing, and any other shows itself.
    fn hide(&mut self, name: Span) {
        let written = self.text.get(name.range()).unwrap_or("");
        let shows_nothing = written.starts_with("[[") && written.ends_with('|');
        self.markup(name, if shows_nothing { MARK } else { OPAQUE });
    }

    fn opaque(&mut self, span: Span) {
        self.markup(span, OPAQUE);
    }

    /// Adds content that is not prose, shown as a placeholder.
    fn markup(&mut self, span: Span, placeholder: &str) {
        if self.verbatim > 0 || self.in_last_opaque(span) {
            return;
        }
        self.leaf(span);
        self.prose.push_other(span, placeholder);
    }

    /// Returns whether `span` lies in the last opaque construct: an image, an autolink, a tag.
    fn in_last_opaque(&self, span: Span) -> bool {
        self.prose_start.is_some()
            && self.prose.ends_opaque()
            && self.prose.pieces.last().is_some_and(|piece| piece.source.contains(span))
    }

    fn in_autolink(&self, span: Span) -> bool {
        self.links.last().is_some_and(|link| link.kind == LinkKind::Autolink && link.span.contains(span))
    }

    /// Opens the prose block of the innermost block, unless it is open already. A tight list item has no paragraph
    /// event, so its text opens one.
    fn leaf(&mut self, span: Span) {
        if self.prose_start.is_some() {
            return;
        }
        self.definition_titles(span.start);
        let container = self.open.last().copied();
        let is_leaf = container.is_some_and(|block| {
            matches!(
                self.blocks[block.index()].kind,
                BlockKind::Paragraph | BlockKind::Heading(_) | BlockKind::TableCell
            )
        });
        let block = match container {
            Some(block) if is_leaf => block,
            _ => {
                self.blocks.push(Block { kind: BlockKind::Paragraph, span, parent: container });
                BlockId::new(self.blocks.len() - 1)
            }
        };
        self.prose_start = Some((self.prose.len(), block));
    }

    fn close_leaf(&mut self) {
        self.code_element = None;
        let Some((start, block)) = self.prose_start.take() else { return };
        let end = self.prose.len();
        if let Some(last) = self.prose.pieces.last() {
            let covered = &mut self.blocks[block.index()].span;
            covered.end = covered.end.max(last.source.end);
        }
        if let BlockKind::Heading(heading) = self.blocks[block.index()].kind {
            self.headings[heading.index()].prose = Some(self.prose.blocks.len() as u32);
        }
        self.prose.blocks.push(ProseBlock { range: start..end, block });
        self.prose.push_added("\n\n");
    }
}

/// Returns the span of a heading's text, without its markers.
fn heading_content(text: &str, span: Span) -> Span {
    let written = text.get(span.range()).unwrap_or("");
    if let Some(rest) = written.strip_prefix('#') {
        let rest = rest.trim_start_matches('#');
        let body = rest.trim();
        let closed = body.trim_end_matches('#');
        // A closing sequence of `#` needs a space before it.
        let body = if closed.is_empty() || closed.ends_with([' ', '\t']) { closed.trim_end() } else { body };
        let start = span.start + (written.len() - rest.len()) as u32 + (rest.len() - rest.trim_start().len()) as u32;
        return Span::new(start.min(span.end), (start + body.len() as u32).min(span.end));
    }
    // Setext: the text is everything before the last line.
    let body = written.rfind(['\n', '\r']).map_or(written, |at| &written[..at]).trim_end();
    Span::new(span.start, span.start + body.len() as u32)
}

/// Returns the span of a fence's info string.
fn info_span(text: &str, span: Span) -> Span {
    let written = text.get(span.range()).unwrap_or("");
    let line = written.split(['\n', '\r']).next().unwrap_or("");
    let info = line.trim_start_matches(['`', '~']);
    let start = span.start + (line.len() - info.trim_start().len()) as u32;
    Span::new(start, start + info.trim().len() as u32)
}

mod entry;
mod further;
mod html;
#[cfg(test)]
mod tests;
