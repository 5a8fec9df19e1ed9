//! How containers write text: the strings of JSON and of PO, the content of XML, the lines of a cue.
//!
//! Knows what an edit replaces and with what; not how a container is read.

use std::borrow::Cow;

use super::{ContainerPart, Extraction};
use crate::model::span::Span;

/// How a container writes text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// As strings of JSON (RFC 8259), a part perhaps as a list of strings.
    Json(NonAscii),
    /// As the lines of a cue, which no empty line divides.
    Cues,
    /// As it is, within its lines.
    Raw,
    /// As strings of PO: one, or several that follow each other.
    Po,
    /// As the content of an element of XML.
    Xml,
    /// As a field of CSV, in quotation marks or not.
    Csv(u8),
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

impl Extraction {
    /// Returns a replacement of `span` of the file, which is in `part`, as the container writes it; `None` if the container
    /// cannot have it there.
    pub(super) fn written<'a>(&self, text: &'a str, span: Span, part: &ContainerPart) -> Option<Cow<'a, str>> {
        let bounds = part.file?;
        match part.notation {
            Notation::Json(manner) => Some(self.as_json(text, span, bounds, manner)),
            Notation::Cues => self.as_lines_of_a_cue(text, span, bounds),
            Notation::Raw => self.as_it_is(text, span),
            Notation::Po => self.as_po(text, span, part),
            Notation::Xml => self.as_xml(text, span, bounds),
            Notation::Csv(delimiter) => self.as_field(text, span, bounds, delimiter),
        }
    }

    /// Returns a text as it is, unless lines would come or go.
    fn as_it_is<'a>(&self, text: &'a str, span: Span) -> Option<Cow<'a, str>> {
        let breaks = |text: &str| text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
        let replaced = self.file.get(span.range())?;
        let is_whole = breaks(text) == 0 && breaks(replaced) == 0 && !text.contains(['"', '\\']);
        (is_whole && !text.contains("-->")).then_some(text.into())
    }

    /// Returns false if a text has characters that the declared encoding of the file may not have, in place of escapes.
    fn may_hold(&self, text: &str, span: Span) -> bool {
        let has_such = self.file.get(span.range()).is_none_or(|replaced| !replaced.is_ascii());
        let is_unicode = |name: &str| ["utf-8", "utf8"].iter().any(|unicode| name.eq_ignore_ascii_case(unicode));
        text.is_ascii() || has_such || self.encoding.as_ref().is_none_or(|stated| is_unicode(&stated.name))
    }

    /// Returns a text as a part of the strings of PO, with a string for each line if they have one.
    fn as_po<'a>(&self, text: &'a str, span: Span, part: &ContainerPart) -> Option<Cow<'a, str>> {
        let bounds = part.file?;
        // An empty translation is none, and a message and its translation begin and end with a line break alike.
        let replaced = self.file.get(span.range())?;
        let changes_edge = span.start == bounds.start && text.starts_with('\n') != replaced.starts_with("\\n")
            || span.end == bounds.end && text.ends_with('\n') != replaced.ends_with("\\n");
        if text.is_empty() && self.is_all(span, part) || changes_edge || !self.may_hold(text, span) {
            return None;
        }
        let is_plain = |c: char| !matches!(c, '"' | '\\' | '\0'..='\x1F' | '\x7F');
        if text.chars().all(is_plain) {
            return Some(text.into());
        }
        let divider = self.divider(bounds);
        let ends = self.file[span.end as usize..].starts_with('"');
        let mut written = String::with_capacity(text.len() + 8);
        for (at, c) in text.char_indices() {
            let escape = match c {
                '\n' => "\\n",
                '"' => "\\\"",
                '\\' => "\\\\",
                '\t' => "\\t",
                '\r' => "\\r",
                '\x07' => "\\a",
                '\x08' => "\\b",
                '\x0B' => "\\v",
                '\x0C' => "\\f",
                c if is_plain(c) => {
                    written.push(c);
                    continue;
                }
                _ => return None,
            };
            written.push_str(escape);
            if c == '\n' && (at + 1 < text.len() || !ends) {
                written.push_str(divider);
            }
        }
        Some(written.into())
    }

    /// Returns a text as the content of an element, or of a section of CDATA.
    fn as_xml<'a>(&self, text: &'a str, span: Span, bounds: Span) -> Option<Cow<'a, str>> {
        let replaced = self.file.get(span.range())?;
        let is_of_xml = |c: char| matches!(c, '\t' | '\n' | ' '..) && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
        let (before, after) = (
            self.file.get(bounds.start as usize..span.start as usize)?,
            self.file.get(span.end as usize..bounds.end as usize)?,
        );
        let is_emptied = [text, before, after].into_iter().all(is_blank);
        let last = before.floor_char_boundary(before.len().saturating_sub(2));
        let ends_section = [&before[last..], text, after.get(..2).unwrap_or("")].concat().contains("]]>");
        if replaced.contains(['<', '>']) || is_emptied || ends_section || !text.chars().all(is_of_xml) {
            return None;
        }
        if !self.may_hold(text, span) {
            return None;
        }
        let section = before.rfind("<![CDATA[").filter(|at| !before[*at..].contains("]]>"));
        if let Some(section) = section {
            // No edit ends a section.
            let end = after.find("]]>")?;
            let new = [&before[section..], text, &after[..end]].concat();
            return (!new.contains("]]>") && !new.ends_with(']')).then_some(text.into());
        }
        if !text.contains(['&', '<', '>']) {
            return Some(text.into());
        }
        Some(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").into())
    }

    /// Returns a text as a part of a field. A field without quotation marks cannot have what needs them.
    fn as_field<'a>(&self, text: &'a str, span: Span, bounds: Span, delimiter: u8) -> Option<Cow<'a, str>> {
        let file = self.file.as_str();
        let is_quoted = file[..bounds.start as usize].ends_with('"') && file[bounds.end as usize..].starts_with('"');
        // A text that a row has is not taken away, and a carriage return may end the row.
        if text.is_empty() && span.contains(bounds) || text.replace("\r\n", "").contains('\r') {
            return None;
        }
        match is_quoted {
            true if text.contains('"') => Some(text.replace('"', "\"\"").into()),
            true => Some(text.into()),
            false => {
                let is_special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
                (!text.bytes().any(is_special)).then_some(text.into())
            }
        }
    }

    /// Returns whether a span of the file covers all text of a part.
    fn is_all(&self, span: Span, part: &ContainerPart) -> bool {
        let first = self.runs.partition_point(|run| run.text.end <= part.text.start);
        let of_part = self.runs[first..].iter().take_while(|run| run.text.start < part.text.end);
        let outside = of_part.clone().any(|run| run.file.start < span.start || run.file.end > span.end);
        !outside
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
        let blank = |text: &str| text.split('\n').filter(|line| line.trim().is_empty()).count();
        let arrows = |text: &str| text.matches("-->").count();
        // Players that end a cue at an empty line have lost the rest of it already.
        let is_whole = blank(&new) <= blank(&cue[body..]) && arrows(&new) <= arrows(&cue[body..]);
        let is_trimmed = |text: &str| {
            let first = text.split('\n').next().unwrap_or("");
            !first.trim().is_empty() && !text.rsplit('\n').next().unwrap_or("").trim().is_empty()
        };
        let is_whole = is_whole && is_trimmed(&new);
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

    /// Returns a span that covers whole strings of a list, with what divides them from the next string or the one before:
    /// an empty string would be left.
    pub(super) fn with_divider(&self, span: Span, bounds: Span) -> Span {
        let is_whole = span.start > 0
            && self.file[..span.start as usize].ends_with('"')
            && self.file[span.end as usize..].starts_with('"')
            && !self.file[..span.start as usize - 1].ends_with('\\');
        if !is_whole || span.is_empty() || span.contains(bounds) {
            return span;
        }
        let next = self.runs.partition_point(|run| run.file.start < span.end);
        let divides = |from: u32, to: u32| {
            self.file.get(from as usize..to as usize).is_some_and(|gap| gap.matches('"').count() == 2 && gap.len() > 2)
        };
        match (self.runs.get(next), next.checked_sub(1).map(|at| &self.runs[..=at])) {
            (Some(run), _) if run.file.end <= bounds.end && divides(span.end, run.file.start) => {
                Span::new(span.start, run.file.start)
            }
            (_, Some(before)) => {
                let last = before.iter().rev().find(|run| run.file.end < span.start);
                match last.filter(|run| run.file.start >= bounds.start && divides(run.file.end, span.start)) {
                    Some(run) => Span::new(run.file.end, span.end),
                    None => span,
                }
            }
            _ => span,
        }
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

/// Returns whether a text of XML has nothing but space and the ends of sections.
fn is_blank(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(after) = ["<![CDATA[", "]]>"].iter().find_map(|end| rest.strip_prefix(end)) {
        rest = after.trim_start();
    }
    rest.is_empty()
}
