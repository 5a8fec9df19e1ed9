//! One row of a data set: finds the field in its JSON, repairs the field, and leaves every other byte unchanged.
//!
//! Pure. Parses JSON strictly (RFC 8259), but builds no values, so a row without mojibake is only scanned.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use base64::Engine;

use crate::cli::RepairArgs;
use crate::input::decode::decode;
use crate::model::source::{Origin, SegmentEncoding};
use crate::text::mojibake::{Options, Scanner};

/// Name of the field with a whole file in base64, whose text is then returned in the field for texts.
const BYTES: &str = "b64";
/// Maximum nesting (a guess): a limit that every recursive parser needs.
const MAX_JSON_DEPTH: usize = 512;

/// Outcome of repairing some rows.
#[derive(Debug, Default)]
pub(super) struct RepairedRows {
    /// Byte ranges of the rows with their replacements, sorted.
    pub(super) changes: Vec<(Range<usize>, Vec<u8>)>,
    /// 0-based lines, each with its defect.
    pub(super) malformed: Vec<(usize, String)>,
    /// 0-based lines, each with the explanation of a repair.
    pub(super) explanations: Vec<(usize, String)>,
    pub(super) lines: usize,
    pub(super) rows: usize,
    pub(super) with_field: usize,
}

/// Repairs the field of each row.
pub(super) fn repair(rows: &[u8], args: &RepairArgs, scanner: &mut Scanner) -> RepairedRows {
    let mut outcome = RepairedRows::default();
    let mut start = 0;
    while start < rows.len() {
        let end = memchr::memchr(b'\n', &rows[start..]).map_or(rows.len(), |at| start + at + 1);
        let line = &rows[start..end];
        let row = line.trim_ascii();
        if !row.is_empty() {
            outcome.rows += 1;
            outcome.row(line, start, &mut RowRepairer { args, scanner });
        }
        outcome.lines += 1;
        start = end;
    }
    outcome
}

impl RepairedRows {
    fn row(&mut self, line: &[u8], start: usize, tools: &mut RowRepairer<'_>) {
        let at = self.lines;
        let field = &tools.args.field;
        let (line, found) = match text(line).and_then(|line| Ok((line, find(line, field)?))) {
            Ok(found) => found,
            Err(problem) => return self.malformed.push((at, problem)),
        };
        let mut change = |span: Range<usize>, new: Vec<u8>| {
            self.changes.push((start + span.start..start + span.end, new));
        };
        let mut explain = |what: String| self.explanations.push((at, what));
        match found {
            FieldLocation::Nothing => {}
            FieldLocation::Text(value) => {
                self.with_field += 1;
                if let Some(new) = tools.repaired_string(&line[value.clone()], &mut explain) {
                    change(value, new);
                }
            }
            FieldLocation::Bytes { key, value } => {
                self.with_field += 1;
                match tools.text_of(&line[value.clone()], &mut explain) {
                    Ok(Some(text)) if text.is_whole => {
                        change(key, quote(field, Charset::Unicode));
                        change(value, text.quoted);
                    }
                    // Bytes that could not be decoded are kept in the row.
                    Ok(Some(text)) => {
                        let member = [&quote(field, Charset::Unicode), b": ".as_slice(), &text.quoted, b", "];
                        change(key.start..key.start, member.concat());
                    }
                    Ok(None) => {}
                    Err(problem) => self.malformed.push((at, problem)),
                }
            }
        }
    }
}

/// The tools for repairing a row.
struct RowRepairer<'a> {
    args: &'a RepairArgs,
    scanner: &'a mut Scanner,
}

impl RowRepairer<'_> {
    /// Returns the text of a JSON string, repaired and quoted again. `None` if there is nothing to repair.
    fn repaired_string(&mut self, value: &str, explain: &mut dyn FnMut(String)) -> Option<Vec<u8>> {
        let escaped = memchr::memmem::find(value.as_bytes(), b"\\u").is_some();
        let ascii = value.is_ascii();
        if ascii && !escaped && memchr::memchr(b'&', value.as_bytes()).is_none() {
            return None;
        }
        // Without escapes, the text is the characters between the quotation marks.
        let text: Cow<'_, str> = match memchr::memchr(b'\\', value.as_bytes()) {
            Some(_) if escaped => serde_json::from_str::<String>(value).ok()?.into(),
            Some(_) => unescaped(value.get(1..value.len() - 1)?).into(),
            None => value.get(1..value.len() - 1)?.into(),
        };
        let repaired = self.repaired(&text, explain)?;
        Some(quote(&repaired, if ascii { Charset::Ascii } else { Charset::Unicode }))
    }

    /// Returns the repaired text, if there is anything to repair.
    fn repaired(&mut self, text: &str, explain: &mut dyn FnMut(String)) -> Option<String> {
        let options = Options { certainty: self.args.certainty.into(), ..Options::default() };
        let (garbles, repaired) = self.scanner.scan_and_repair(text, &options);
        if self.args.explain {
            for garble in &garbles {
                explain(garble.explain(text));
            }
        }
        match repaired {
            Cow::Borrowed(_) => None,
            Cow::Owned(repaired) => Some(repaired),
        }
    }

    /// Returns the text of a file in base64, repaired. `None` if the file is not text.
    fn text_of(&mut self, value: &str, explain: &mut dyn FnMut(String)) -> Result<Option<Decoded>, String> {
        let value: String = serde_json::from_str(value).map_err(|_| "`b64` is not a string".to_owned())?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(value.trim());
        let source = decode(Path::new("row"), bytes.map_err(|error| format!("`b64` is not base64: {error}"))?);
        let is_mute = source.declined().is_some() && source.text().is_empty();
        if is_mute || matches!(source.origin(), Origin::Binary(_)) {
            return Ok(None);
        }
        let text = self.repaired(source.text(), explain);
        let quoted = quote(text.as_deref().unwrap_or(source.text()), Charset::Unicode);
        let is_whole = source.segments().iter().all(|segment| segment.unit != SegmentEncoding::Invalid);
        Ok(Some(Decoded { quoted, is_whole }))
    }
}

/// Decoded text.
struct Decoded {
    /// As a JSON string, with U+FFFD for bytes that cannot be decoded.
    quoted: Vec<u8>,
    /// True if all bytes could be decoded.
    is_whole: bool,
}

/// The characters that a JSON string has unescaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    Ascii,
    Unicode,
}

/// Returns `text` as a JSON string.
fn quote(text: &str, charset: Charset) -> Vec<u8> {
    // With extra capacity for the most frequent escapes, line feeds, so that long texts need not be moved.
    let mut quoted = Vec::with_capacity(text.len() + text.len() / 16 + 2);
    serde_json::to_writer(&mut quoted, text).expect("a string can always be written to memory as JSON");
    if charset == Charset::Unicode {
        return quoted;
    }
    let mut out = String::with_capacity(quoted.len() * 2);
    for c in String::from_utf8_lossy(&quoted).chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out.into_bytes()
}

/// Returns the text of a JSON string that is valid and has no numeric escapes.
fn unescaped(inside: &str) -> String {
    let mut out = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let mut after = rest[at + 1..].chars();
        match after.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            itself => out.extend(itself),
        }
        rest = after.as_str();
    }
    out.push_str(rest);
    out
}

/// Place of the field in a row, in bytes, with its quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FieldLocation {
    Nothing,
    Text(Range<usize>),
    Bytes { key: Range<usize>, value: Range<usize> },
}

fn text(line: &[u8]) -> Result<&str, String> {
    simdutf8::compat::from_utf8(line).map_err(|error| format!("not valid UTF-8 (byte {})", error.valid_up_to() + 1))
}

/// Finds the field in a row, which must be one JSON object.
fn find(line: &str, field: &str) -> Result<FieldLocation, String> {
    let mut json = Json { bytes: line.as_bytes(), at: 0 };
    json.row(field).map_err(|what| format!("not valid JSON (byte {}): {what}", json.at + 1))
}

/// A parser of one JSON text that is valid UTF-8.
struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
}

type RowResult<T> = Result<T, &'static str>;

impl Json<'_> {
    fn row(&mut self, field: &str) -> RowResult<FieldLocation> {
        let (mut text, mut bytes) = (None, None);
        self.blank();
        self.expect(b'{', "a row must be an object")?;
        self.members(&mut |json, key| {
            let value = json.at;
            let string = json.peek() == Some(b'"');
            json.value(0)?;
            if string && json.is_key(key.clone(), field) {
                text = Some(value..json.at);
            } else if string && json.is_key(key.clone(), BYTES) {
                bytes = Some((key, value..json.at));
            }
            Ok(())
        })?;
        self.blank();
        if self.at < self.bytes.len() {
            return Err("there is text after the object");
        }
        Ok(match (text, bytes) {
            (Some(value), _) => FieldLocation::Text(value),
            (None, Some((key, value))) => FieldLocation::Bytes { key, value },
            (None, None) => FieldLocation::Nothing,
        })
    }

    fn is_key(&self, key: Range<usize>, name: &str) -> bool {
        let raw = &self.bytes[key];
        raw.get(1..raw.len() - 1) == Some(name.as_bytes())
            || memchr::memchr(b'\\', raw).is_some()
                && serde_json::from_slice::<String>(raw).is_ok_and(|key| key == name)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8, otherwise: &'static str) -> RowResult<()> {
        if self.peek() != Some(byte) {
            return Err(otherwise);
        }
        self.at += 1;
        Ok(())
    }

    /// Parses the members of an object after its brace. `value` gets the span of the key, and parses the value.
    fn members(&mut self, value: &mut dyn FnMut(&mut Self, Range<usize>) -> RowResult<()>) -> RowResult<()> {
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blank();
            let key = self.at;
            self.string()?;
            let key = key..self.at;
            self.blank();
            self.expect(b':', "a colon is missing")?;
            self.blank();
            value(self, key)?;
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err("a comma or a closing brace is missing"),
            }
        }
    }

    fn value(&mut self, depth: usize) -> RowResult<()> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{' | b'[') if depth >= MAX_JSON_DEPTH => Err("it is nested too deeply"),
            Some(b'{') => {
                self.at += 1;
                self.members(&mut |json, _| json.value(depth + 1))
            }
            Some(b'[') => {
                self.at += 1;
                self.elements(depth)
            }
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err("a value is missing"),
        }
    }

    fn elements(&mut self, depth: usize) -> RowResult<()> {
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blank();
            self.value(depth + 1)?;
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err("a comma or a closing bracket is missing"),
            }
        }
    }

    fn word(&mut self, word: &'static str) -> RowResult<()> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err("not a word of JSON");
        }
        self.at += word.len();
        Ok(())
    }

    fn digits(&mut self) -> RowResult<()> {
        let len = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += len;
        if len == 0 { Err("a digit is missing") } else { Ok(()) }
    }

    fn number(&mut self) -> RowResult<()> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn string(&mut self) -> RowResult<()> {
        let start = self.at;
        self.expect(b'"', "a string is missing")?;
        loop {
            let Some(len) = memchr::memchr2(b'"', b'\\', &self.bytes[self.at..]) else {
                return Err("a string has no end");
            };
            self.at += len + 1;
            if self.bytes[self.at - 1] == b'"' {
                break;
            }
            let escape = self.peek();
            self.at += 1;
            match escape {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {}
                Some(b'u') => {
                    let digits = self.bytes.get(self.at..self.at + 4);
                    if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                        return Err("an escape needs four hexadecimal digits");
                    }
                    self.at += 4;
                }
                _ => return Err("not an escape sequence of JSON"),
            }
        }
        // Written so that the compiler vectorizes it.
        let control = self.bytes[start..self.at].iter().fold(false, |found, &byte| found | (byte < 0x20));
        if control { Err("a string has an unescaped control character") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(field: &str) -> RepairArgs {
        RepairArgs {
            files: Vec::new(),
            in_place: false,
            jsonl: true,
            field: field.to_owned(),
            certainty: crate::cli::LeastCertainty::Likely,
            explain: true,
        }
    }

    fn run(rows: &str, field: &str) -> (String, RepairedRows) {
        let outcome = repair(rows.as_bytes(), &args(field), &mut Scanner::default());
        let mut out = Vec::new();
        let mut at = 0;
        for (span, new) in &outcome.changes {
            out.extend_from_slice(&rows.as_bytes()[at..span.start]);
            out.extend_from_slice(new);
            at = span.end;
        }
        out.extend_from_slice(&rows.as_bytes()[at..]);
        (String::from_utf8(out).unwrap_or_default(), outcome)
    }

    #[test]
    fn everything_but_the_field_stays_byte_for_byte() {
        let rows = "{ \"z\" :1.50e+3,\"text\":\"itâ€™s \\\"so\\\"\", \"a\":[\"itâ€™s\", null ]}\r\n\n{\"b\":{}}";
        let (out, outcome) = run(rows, "text");
        assert_eq!(out, rows.replacen("itâ€™s", "it’s", 1));
        assert_eq!((outcome.rows, outcome.with_field, outcome.lines), (2, 1, 3));
        assert_eq!(outcome.explanations.len(), 1);
    }

    #[test]
    fn a_row_in_ascii_stays_ascii() {
        let (out, _) = run(r#"{"text":"it\u00e2\u20ac\u2122s"}"#, "text");
        assert_eq!(out, r#"{"text":"it\u2019s"}"#);
    }

    #[test]
    fn bytes_are_answered_with_their_text() {
        let (out, _) = run(r#"{"id":"a/1","b64":"Y2Fm6Q=="}"#, "text");
        assert_eq!(out, r#"{"id":"a/1","text":"café"}"#);
    }

    #[test]
    fn bytes_that_cannot_be_decoded_stay_in_the_row() {
        let (out, _) = run(r#"{"id":1,"b64":"w6nDqcOpw6nDqeI="}"#, "text");
        assert_eq!(out, "{\"id\":1,\"text\": \"ééééé\u{fffd}\", \"b64\":\"w6nDqcOpw6nDqeI=\"}");
    }

    #[test]
    fn malformed_rows_are_named_and_kept() {
        for row in [
            "{",
            "[]",
            r#"{"text":"a"#,
            r#"{"text":"\x"}"#,
            r#"{"a":01}"#,
            r#"{"a":1}2"#,
            "{\"a\":\"\u{1}\"}",
            r#"{"a" 1}"#,
        ] {
            let (out, outcome) = run(row, "text");
            assert_eq!(out, row);
            assert_eq!(outcome.malformed.len(), 1, "{row}");
        }
    }

    #[test]
    fn escapes_are_undone_as_serde_undoes_them() {
        for row in [r#""""#, r#""a""#, r#""\"é\\\/\b\f\n\r\t\\n""#, r#""\n\n—\\""#] {
            let whole = serde_json::from_str::<String>(row).unwrap_or_default();
            assert_eq!(unescaped(&row[1..row.len() - 1]), whole, "{row}");
        }
    }

    #[test]
    fn whatever_serde_reads_is_read() {
        for row in [r#"{}"#, r#" {"a":[],"b":[[1,-2.5E-7,true]],"c":{"d":{}},"é\u00e9":"\ud83d\ude00\/"} "#] {
            assert!(find(row, "text").is_ok(), "{row}");
            assert!(serde_json::from_str::<serde_json::Value>(row).is_ok());
        }
    }
}
