//! Prose beside the paragraphs of Markdown: values of front matter, alternative texts and titles of images, text in blocks
//! of HTML. Also the blocks that template tags and containers turn into others.

use std::ops::Range;

use super::html::{self, Part};
use super::{BROKEN, BlockBuilder, MARK, Masked, OPAQUE};
use crate::model::document::{Block, BlockKind, Link, LinkKind, Prose, ProseBlock};
use crate::model::id::BlockId;
use crate::model::span::Span;

/// Keys of front matter whose values people read.
const KEYS: [&str; 8] = ["title", "subtitle", "description", "summary", "excerpt", "tagline", "abstract", "lead"];

/// Minimum length of an alternative text of one word that is prose, in bytes (a guess): shorter ones are names and marks.
const MIN_ALTERNATIVE_BYTES: usize = 6;

impl BlockBuilder<'_> {
    /// Turns paragraphs that are nothing but code between two template tags into code blocks.
    pub(super) fn code_of_templates(&mut self) {
        for body in &self.templates.bodies {
            let at = self.blocks.partition_point(|block| block.span.start < body.start);
            let starting = self.blocks[at..].iter_mut().take_while(|block| block.span.start == body.start);
            for block in starting.filter(|block| block.kind == BlockKind::Paragraph && block.span == *body) {
                block.kind = BlockKind::Code { info: None };
            }
        }
    }

    /// Turns the lists that take the place of containers into containers, and adds the tags of components to the HTML.
    pub(super) fn containers(&mut self, markers: &[u32], tags: Vec<Span>) {
        for &marker in markers {
            let at = self.blocks.partition_point(|block| block.span.start < marker);
            let starting = self.blocks[at..].iter_mut().take_while(|block| block.span.start == marker);
            for block in starting.filter(|block| matches!(block.kind, BlockKind::List { .. } | BlockKind::ListItem)) {
                block.kind = BlockKind::Container;
            }
        }
        if !tags.is_empty() {
            self.html.extend(tags);
            self.html.sort();
        }
    }

    /// Opens or closes an inline element whose content is code.
    pub(super) fn inline_tag(&mut self, span: Span) {
        let tag = self.text.get(span.range()).unwrap_or("");
        let Some((name, closing)) = html::name(tag).filter(|(name, _)| html::is_code(name)) else { return };
        match &self.code_element {
            None if !closing && !tag.ends_with("/>") => self.code_element = Some(name.to_owned()),
            Some(open) if closing && open == name => self.code_element = None,
            _ => {}
        }
    }

    /// Reads an image. Its alternative text and its title are prose if the first is in words, except in
    /// headings, because their anchors are made without images.
    pub(super) fn image(&mut self, target: &str, title: &str, span: Span) {
        let target = self.unmasked(span, target);
        let (kind, target) = match target.strip_prefix(BROKEN) {
            Some(label) => (LinkKind::BrokenReference, label.to_owned()),
            None => (LinkKind::Image, target),
        };
        self.links.push(Link { span, target, kind });
        let written = self.text.get(span.range()).unwrap_or("");
        let alternative = written.get(2..).and_then(|inner| inner.split_once(']')).map_or("", |(text, _)| text);
        // A single word in letters may be misspelt, too; anything else without a space is a name of a file or a mark.
        let is_word =
            |text: &str| text.len() >= MIN_ALTERNATIVE_BYTES && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let said = alternative.trim();
        let is_prose = said.contains(' ') || is_word(said) || title.trim().contains(' ');
        if !is_prose || self.in_heading() || !self.reads(span) {
            return self.markup(span, MARK);
        }
        self.markup(Span::new(span.start, span.start + 2), MARK);
        self.images.push((span, title.to_owned()));
    }

    /// Returns whether prose within `span` would be read: it is no code, and nothing shown in another place.
    pub(super) fn reads(&self, span: Span) -> bool {
        self.verbatim == 0
            && self.code_element.is_none()
            && !self.in_last_opaque(span)
            && self.templates.within(span).is_none()
            && !self.templates.is_raw(span.start)
    }

    /// Returns whether the innermost open block is a heading.
    pub(super) fn in_heading(&self) -> bool {
        self.open.last().is_some_and(|at| matches!(self.blocks[at.index()].kind, BlockKind::Heading(_)))
    }

    /// Adds an inline tag with a value that is prose.
    pub(super) fn tag_with_text(&mut self, span: Span, value: &Range<usize>) {
        let (start, end) = (span.start + value.start as u32, span.start + value.end as u32);
        self.markup(Span::new(span.start, start), Prose::BREAK);
        self.prose.push_verbatim(Span::new(start, end));
        self.prose.push_other(Span::new(end, span.end), Prose::BREAK);
    }

    /// Adds the title of the link whose end is at `span`.
    pub(super) fn link_end(&mut self, span: Span) {
        let Some((_, title)) = self.titles.pop_if(|(link, _)| *link == span) else { return };
        let reached = self.prose.pieces.last().map_or(span.start, |piece| piece.source.end).max(span.start);
        let Some(at) = self.title_span(Span::new(reached, span.end), &title) else { return };
        if self.prose_start.is_none() || !self.reads(span) || self.in_heading() {
            return;
        }
        self.prose.push_other(Span::new(reached, at.start), Prose::BREAK);
        self.prose.push_verbatim(at);
        self.prose.push_other(Span::new(at.end, span.end), Prose::BREAK);
    }

    /// Returns the spans of the texts that people read in the tags of components within a part of the text.
    pub(super) fn component_texts(&self, part: Masked<'_>) -> Vec<Span> {
        let end = part.base + part.text.len() as u32;
        let tags = self.component_tags.iter().filter(|tag| tag.start >= part.base && tag.end <= end);
        let text = |tag: &Span| {
            let value = html::attribute_text(self.text.get(tag.range())?)?;
            Some(Span::new(tag.start + value.start as u32, tag.start + value.end as u32))
        };
        tags.filter_map(text).collect()
    }

    /// Returns the span of a title within `span`, if it is several words and written as it is shown.
    pub(super) fn title_span(&self, span: Span, title: &str) -> Option<Span> {
        let written = self.text.get(span.range())?;
        let at = written.rfind(title).filter(|_| title.trim().contains(' ') && !title.contains(['\n', '{']))?;
        let start = span.start + at as u32;
        Some(Span::new(start, start + title.len() as u32))
    }

    /// Adds the titles of the definitions that start before `until`, each as a text of its own.
    pub(super) fn definition_titles(&mut self, until: u32) {
        while let Some(title) = self.defined_titles.pop_if(|title| title.start < until) {
            if self.verbatim > 0 || self.code_element.is_some() {
                continue;
            }
            self.blocks.push(Block { kind: BlockKind::HtmlText, span: title, parent: self.open.last().copied() });
            let (block, start) = (BlockId::new(self.blocks.len() - 1), self.prose.len());
            self.prose.push_verbatim(title);
            self.prose.blocks.push(ProseBlock { range: start..self.prose.len(), block });
            self.prose.push_added("\n\n");
        }
    }

    /// Ends the image whose end is at `span`, if its alternative text is prose.
    pub(super) fn image_end(&mut self, span: Span) {
        let Some((_, title)) = self.images.pop_if(|(image, _)| *image == span) else { return };
        let reached = self.prose.pieces.last().map_or(span.start, |piece| piece.source.end);
        let written = self.text.get(reached as usize..span.end as usize).unwrap_or("");
        let at = written.rfind(&title).filter(|_| title.contains(' '));
        let Some(at) = at.map(|at| reached + at as u32) else {
            return self.prose.push_other(Span::new(reached, span.end), MARK);
        };
        let after = at + title.len() as u32;
        self.prose.push_other(Span::new(reached, at), Prose::BREAK);
        self.prose.push_verbatim(Span::new(at, after));
        self.prose.push_other(Span::new(after, span.end), MARK);
    }

    /// Adds the text of a block of HTML, once the block has ended.
    pub(super) fn html_text(&mut self, block: BlockId) {
        let Block { kind: BlockKind::Html, span, .. } = self.blocks[block.index()] else { return };
        let source = self.text;
        let html = HtmlStretch { text: source.get(span.range()).unwrap_or(""), start: span.start };
        let says = |part: &Part| match part {
            Part::Text(range) => html.text[range.clone()].contains(char::is_alphabetic),
            Part::Inline(range) => html::attribute_text(&html.text[range.clone()]).is_some(),
            Part::Break => false,
        };
        let parts = html::parts(html.text);
        for run in parts.split(|part| *part == Part::Break) {
            let (Some(first), Some(last)) = (run.iter().position(says), run.iter().rposition(says)) else { continue };
            let start = self.prose.len();
            for part in &run[first..=last] {
                match part {
                    Part::Text(range) => self.html_lines(&html, range.clone()),
                    Part::Inline(range) => self.html_tag(&html, range),
                    Part::Break => {}
                }
            }
            let (Part::Text(first) | Part::Inline(first), Part::Text(last) | Part::Inline(last)) =
                (&run[first], &run[last])
            else {
                continue;
            };
            let covered = self.trimmed(html.place(&(first.start..last.end)));
            self.blocks.push(Block { kind: BlockKind::HtmlText, span: covered, parent: Some(block) });
            let text = BlockId::new(self.blocks.len() - 1);
            self.prose.blocks.push(ProseBlock { range: start..self.prose.len(), block: text });
            self.prose.push_added("\n\n");
        }
    }

    /// Adds a tag within a line of HTML, with the value of an attribute that is prose.
    fn html_tag(&mut self, html: &HtmlStretch<'_>, range: &Range<usize>) {
        let tag = &html.text[range.clone()];
        let span = html.place(range);
        match html::attribute_text(tag).filter(|_| self.templates.within(span).is_none()) {
            Some(value) => {
                let text = Span::new(span.start + value.start as u32, span.start + value.end as u32);
                self.prose.push_other(Span::new(span.start, text.start), Prose::BREAK);
                self.prose.push_verbatim(text);
                self.prose.push_other(Span::new(text.end, span.end), Prose::BREAK);
            }
            None => self.prose.push_other(span, html::placeholder(tag)),
        }
    }

    /// Adds text between two tags, line by line, without indentation.
    fn html_lines(&mut self, html: &HtmlStretch<'_>, range: Range<usize>) {
        let mut at = range.start;
        for line in html.text[range.clone()].split_inclusive('\n') {
            let (start, end) = (at, at + line.len());
            at = end;
            let first = if start == range.start { start } else { end - line.trim_start().len() };
            let last = if line.ends_with('\n') { start + line.trim_end().len() } else { end };
            if first < last {
                self.html_words(html, first..last);
            }
            if line.ends_with('\n') {
                self.prose.push_other(html.place(&(last.max(first).min(end)..end)), "\n");
            }
        }
    }

    /// Adds words of one line of HTML. Template tags are opaque, and entities cannot be edited.
    fn html_words(&mut self, html: &HtmlStretch<'_>, range: Range<usize>) {
        let span = html.place(&range);
        if let Some(tag) = self.templates.within(span) {
            let offset = |at: u32| (at.saturating_sub(html.start) as usize).clamp(range.start, range.end);
            let (from, to) = (offset(tag.start), offset(tag.end));
            if from > range.start {
                self.html_words(html, range.start..from);
            }
            self.prose.push_other(html.place(&(from..to)), OPAQUE);
            if to < range.end && to > from {
                self.html_words(html, to..range.end);
            }
            return;
        }
        let mut at = range.start;
        while let Some(found) = html.text[at..range.end].find('&') {
            let start = at + found;
            let (len, shown) = html::entity(&html.text[start..range.end]);
            if start > at {
                self.prose.push_verbatim(html.place(&(at..start)));
            }
            self.prose.push_other(html.place(&(start..start + len)), shown.unwrap_or(OPAQUE));
            at = start + len;
        }
        if at < range.end {
            self.prose.push_verbatim(html.place(&(at..range.end)));
        }
    }

    /// Adds the values of front matter that people read, if they are more than one word. `end` is the end of the front
    /// matter, which is the last block.
    pub(super) fn matter(&mut self, end: usize) {
        let source = self.text;
        let toml = source.starts_with('+');
        let block = BlockId::new(self.blocks.len().saturating_sub(1));
        let (mut at, mut folded, mut start) = (0, false, self.prose.len());
        // The end of the quotation that was read last.
        let mut read = 0;
        for line in source.get(..end).unwrap_or("").split_inclusive('\n') {
            let from = at;
            at += line.len();
            if from < read {
                continue;
            }
            if folded && line.starts_with([' ', '\t']) {
                let words = Span::from(at - line.trim_start().len()..from + line.trim_end().len().max(1));
                if words.start < words.end {
                    if self.prose.len() > start {
                        self.prose.push_other(Span::new(from as u32, words.start), "\n");
                    }
                    self.prose.push_verbatim(words);
                }
                continue;
            }
            self.matter_block(start, block);
            (folded, start) = (false, self.prose.len());
            let Some((key, value)) = line.split_once(if toml { '=' } else { ':' }) else { continue };
            if !KEYS.iter().any(|known| known.eq_ignore_ascii_case(key.trim_end())) {
                continue;
            }
            folded = !toml && value.trim().len() <= 2 && value.trim_start().starts_with(['>', '|']);
            let offset = at - value.trim_start().len();
            if let Some(words) = scalar(value.trim()).filter(|_| !folded) {
                self.prose.push_verbatim(Span::from(offset + words.start..offset + words.end));
                // A plain value goes on in lines that are indented.
                folded = !toml && words.start == 0 && words.end == value.trim().len();
            } else if !folded && let Some(len) = quoted(source.get(offset..end).unwrap_or("")) {
                self.quotation(offset..offset + len);
                read = offset + len;
            }
        }
        self.matter_block(start, block);
    }

    /// Adds a quoted value with escapes, or of several lines.
    fn quotation(&mut self, range: Range<usize>) {
        let source = self.text;
        let inner = range.start + 1..range.end - 1;
        let is_double = source[range].starts_with('"');
        let (mut from, mut at) = (inner.start, inner.start);
        while at < inner.end {
            let rest = &source[at..inner.end];
            let (len, shown) = match rest.as_bytes() {
                [b'\\', b'"', ..] if is_double => (2, "\""),
                [b'\\', b'n', ..] if is_double => (2, "\n"),
                [b'\\', ..] if is_double => (1 + rest[1..].chars().next().map_or(0, char::len_utf8), OPAQUE),
                [b'\'', b'\'', ..] if !is_double => (2, "'"),
                [b'\n' | b'\r', ..] => (rest.len() - rest.trim_start().len(), "\n"),
                _ => {
                    at += rest.chars().next().map_or(1, char::len_utf8);
                    continue;
                }
            };
            if from < at {
                self.prose.push_verbatim(Span::from(from..at));
            }
            self.prose.push_other(Span::from(at..at + len), shown);
            at += len;
            from = at;
        }
        if from < inner.end {
            self.prose.push_verbatim(Span::from(from..inner.end));
        }
    }

    fn matter_block(&mut self, start: u32, block: BlockId) {
        if self.prose.len() > start {
            self.prose.blocks.push(ProseBlock { range: start..self.prose.len(), block });
            self.prose.push_added("\n\n");
        }
    }
}

/// A stretch of HTML and its place in the source.
struct HtmlStretch<'a> {
    text: &'a str,
    start: u32,
}

impl HtmlStretch<'_> {
    fn place(&self, range: &Range<usize>) -> Span {
        Span::new(self.start + range.start as u32, self.start + range.end as u32)
    }
}

/// Returns the length of the quoted value that `text` starts with, if it is prose: more than one word, without template tags.
fn quoted(text: &str) -> Option<usize> {
    /// Maximum length of a value, in bytes (a guess).
    const MAX_VALUE_BYTES: usize = 4000;
    let sign = *text.as_bytes().first().filter(|sign| matches!(sign, b'"' | b'\''))?;
    let bytes = &text.as_bytes()[..text.len().min(MAX_VALUE_BYTES)];
    let mut at = 1;
    let end = loop {
        match (*bytes.get(at)?, bytes.get(at + 1)) {
            (b'\\', _) if sign == b'"' => at += 2,
            (b'\'', Some(b'\'')) if sign == b'\'' => at += 2,
            (byte, _) if byte == sign => break at,
            _ => at += 1,
        }
    };
    let inner = text.get(1..end)?;
    (inner.trim().contains(' ') && !inner.contains(['{', '<'])).then_some(end + 1)
}

/// Returns the range of the text of a scalar if it is prose as written: more than one word, without escapes and template
/// tags.
fn scalar(value: &str) -> Option<Range<usize>> {
    let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\''));
    let range = match quote {
        Some(sign) => 1..1 + value[1..].find(sign)?,
        None if value.starts_with(['[', '{', '&', '*', '!', '|', '>', '@', '`', '%']) => return None,
        None => 0..value.find(" #").unwrap_or(value.len()),
    };
    let text = &value[range.clone()];
    let plain = text.contains(' ') && !text.contains(['\\', '{', '<']);
    // Two single quotation marks are an escape.
    (plain && !(quote == Some('\'') && value[range.end..].starts_with("''"))).then_some(range)
}
