//! JSON (RFC 8259) as a tree of spans, and the map from the content of a string to its escapes.
//!
//! serde_json decides what is JSON and says where it is not; here, only places are found in what it accepts.

use serde::de::IgnoredAny;

use crate::model::extraction::{ExtractionBuilder, NonAscii};
use crate::model::source::ContainerDefect;
use crate::model::span::Span;

/// Maximum number of lists and objects within each other: as many as serde_json builds values of.
const MAX_DEPTH: usize = 128;

/// A value, with its place in the text.
#[derive(Debug)]
pub(super) enum JsonValue {
    /// Members in the order of the text, each with its key.
    Object(Vec<(JsonString, JsonValue)>),
    /// Elements.
    Array(Vec<JsonValue>),
    /// A string.
    String(JsonString),
    /// A number, `true`, `false` or `null`.
    Other(Span),
}

/// A string: the span between its quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JsonString(pub(super) Span);

impl JsonValue {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// If it is not JSON, or is nested deeper than `MAX_DEPTH`.
    pub(super) fn read(text: &str) -> Result<Self, ContainerDefect> {
        if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
            // serde_json counts lines by line feeds alone and columns in bytes, and names the byte before the end.
            let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
            let start = starts.take(error.line().max(1)).last().unwrap_or(0);
            let at = (start + error.column().saturating_sub(1)).min(text.len());
            let at = text.floor_char_boundary(at);
            let told = error.to_string();
            let reason = told.split(" at line ").next().unwrap_or(&told).to_owned();
            return Err(ContainerDefect { at: Span::from(at..at).start, reason: format!("is not JSON: {reason}") });
        }
        // serde_json reads what it passes over without a limit, and places are found by recursion.
        if let Some(at) = too_deep(text) {
            let reason = format!("is nested deeper than {MAX_DEPTH} levels");
            return Err(ContainerDefect { at, reason });
        }
        Ok(Walker { text, at: 0 }.value())
    }

    /// Returns the value of the member with this key, which is written without escapes.
    pub(super) fn get(&self, key: &str, text: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        // Of members with one key, every reader of JSON takes the last.
        members.iter().rev().find(|(name, _)| name.written(text) == key).map(|(_, value)| value)
    }

    /// Returns the elements of a list, or the value itself.
    pub(super) fn each(&self) -> &[Self] {
        match self {
            Self::Array(elements) => elements,
            value => std::slice::from_ref(value),
        }
    }

    /// Returns the strings that the value consists of: itself, or the elements of a list that holds nothing else.
    pub(super) fn strings(&self) -> Option<Vec<JsonString>> {
        match self {
            Self::String(string) => Some(vec![*string]),
            Self::Array(elements) => elements
                .iter()
                .map(|element| match element {
                    Self::String(string) => Some(*string),
                    _ => None,
                })
                .collect(),
            Self::Object(_) | Self::Other(_) => None,
        }
    }

    /// Calls `found` with each string of the value, keys included, in the order of the text.
    pub(super) fn each_string(&self, found: &mut impl FnMut(JsonString)) {
        match self {
            Self::String(string) => found(*string),
            Self::Array(elements) => elements.iter().for_each(|element| element.each_string(found)),
            Self::Object(members) => {
                for (key, value) in members {
                    found(*key);
                    value.each_string(found);
                }
            }
            Self::Other(_) => {}
        }
    }
}

impl JsonString {
    /// Returns the string as it is written, escapes included.
    pub(super) fn written(self, text: &str) -> &str {
        text.get(self.0.range()).unwrap_or("")
    }

    /// Returns whether the string has a character outside of ASCII, perhaps as an escape.
    pub(super) fn has_non_ascii(self, text: &str) -> bool {
        let written = self.written(text);
        !written.is_ascii() || high_escapes(written).next().is_some()
    }

    /// Adds the content of the string to an extraction.
    pub(super) fn extract(self, text: &str, into: &mut ExtractionBuilder) {
        let written = self.written(text);
        let place = |range: std::ops::Range<usize>| {
            Span::new(self.0.start + range.start as u32, self.0.start + range.end as u32)
        };
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'\\', &written.as_bytes()[at..]) {
            let start = at + found;
            into.verbatim(&written[at..start], self.0.start + at as u32);
            let (c, len) = unescaped(&written[start..]);
            into.escaped(c, place(start..start + len));
            at = start + len;
        }
        into.verbatim(&written[at..], self.0.start + at as u32);
    }
}

/// Returns the character of the escape at the start of a text, and the length of the escape in bytes. Half of a pair of
/// surrogates is no character, so it is U+FFFD.
fn unescaped(text: &str) -> (char, usize) {
    let unit = |at: usize| {
        let hex = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(hex, 16).ok()
    };
    match text.as_bytes().get(1) {
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{C}', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'u') => {
            let units = [unit(0).unwrap_or(0xFFFD), unit(6).unwrap_or(0)];
            let first = char::decode_utf16(units).next();
            match first {
                Some(Ok(c)) => (c, 6 * c.len_utf16()),
                _ => (char::REPLACEMENT_CHARACTER, 6),
            }
        }
        Some(&byte) => (char::from(byte), 2),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

/// Returns the place of the first list or object that is nested deeper than `MAX_DEPTH` in a text that is JSON.
fn too_deep(text: &str) -> Option<u32> {
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_string,
            b'"' => is_string = !is_string,
            _ if is_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(at as u32);
        }
    }
    None
}

/// Returns the digits of the escapes of a text that are outside of ASCII.
fn high_escapes(text: &str) -> impl Iterator<Item = &str> {
    let escapes = text.split("\\u").skip(1).filter_map(|rest| rest.get(..4));
    escapes.filter(|hex| u16::from_str_radix(hex, 16).is_ok_and(|unit| unit >= 0x80))
}

/// Returns how the strings of a text have characters outside of ASCII. A text that has none of them in either way may have
/// them as they are.
pub(super) fn manner(text: &str) -> NonAscii {
    if !text.is_ascii() {
        return NonAscii::Plain;
    }
    let mut high = high_escapes(text).peekable();
    if high.peek().is_none() {
        return NonAscii::Plain;
    }
    match high.any(|hex| hex.bytes().any(|byte| byte.is_ascii_uppercase())) {
        true => NonAscii::UpperHex,
        false => NonAscii::LowerHex,
    }
}

/// Finds the places of values in a text that is JSON.
struct Walker<'a> {
    text: &'a str,
    at: usize,
}

impl Walker<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.at += blank;
        rest.get(blank).copied()
    }

    fn value(&mut self) -> JsonValue {
        match self.peek() {
            Some(b'{') => {
                let mut members = Vec::new();
                self.at += 1;
                while self.peek() == Some(b'"') {
                    let key = self.string();
                    if self.peek() == Some(b':') {
                        self.at += 1;
                    }
                    members.push((key, self.value()));
                    if self.peek() == Some(b',') {
                        self.at += 1;
                    }
                }
                self.at += 1;
                JsonValue::Object(members)
            }
            Some(b'[') => {
                let mut elements = Vec::new();
                self.at += 1;
                while !matches!(self.peek(), Some(b']') | None) {
                    elements.push(self.value());
                    if self.peek() == Some(b',') {
                        self.at += 1;
                    }
                }
                self.at += 1;
                JsonValue::Array(elements)
            }
            Some(b'"') => JsonValue::String(self.string()),
            _ => {
                let rest = &self.text.as_bytes()[self.at..];
                let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
                let start = self.at;
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
                JsonValue::Other(Span::from(start..self.at))
            }
        }
    }

    fn string(&mut self) -> JsonString {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut end = start;
        while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[end..]) {
            end += found;
            if bytes[end] == b'"' {
                break;
            }
            end += 2;
        }
        self.at = end + 1;
        JsonString(Span::from(start..end))
    }
}
