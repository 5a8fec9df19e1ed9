//! Rows of a data set: finds the fields in their JSON or CSV, repairs them, and leaves every other byte unchanged.
//!
//! Pure. Parses JSON strictly (RFC 8259), but builds no values, so a row without mojibake is only scanned.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use base64::Engine;
use smallvec::SmallVec;

use crate::cli::RepairArgs;
use crate::input::decode::decode;
use crate::model::source::{Origin, SegmentEncoding};
use crate::text::mojibake::{Options, Scanner};
use crate::text::values::csv::rows as fields_of_rows;

use super::csv::{self, Columns};
use super::explain::Explanations;

/// Name of the field with a whole file in base64, whose text is then returned in the field for texts.
const BYTES: &str = "b64";
/// Maximum nesting (a guess): a limit that every recursive parser needs.
const MAX_JSON_DEPTH: usize = 512;

/// RepairedRows of repairing some rows.
#[derive(Debug, Default)]
pub(super) struct RepairedRows {
    /// Byte ranges of the rows with their replacements, sorted.
    pub(super) changes: Vec<(Range<usize>, Vec<u8>)>,
    /// 0-based lines, each with its defect.
    pub(super) malformed: Vec<(usize, String)>,
    /// 0-based lines, each with the explanations of its repairs.
    pub(super) explanations: Vec<(usize, Explanations)>,
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
            outcome.row(line, start, &mut RowRepairer::new(args, scanner));
        }
        outcome.lines += 1;
        start = end;
    }
    outcome
}

/// Repairs the columns of each row of CSV.
pub(super) fn repair_csv(rows: &[u8], columns: &Columns, args: &RepairArgs, scanner: &mut Scanner) -> RepairedRows {
    let mut outcome = RepairedRows::default();
    let mut counted = 0;
    fields_of_rows(rows, columns.delimiter, |fields| {
        let start = fields.first().map_or(counted, |field| field.start);
        outcome.lines += line_feeds(&rows[counted..start]);
        counted = start;
        outcome.rows += 1;
        outcome.csv_row(rows, fields, columns, &mut RowRepairer::new(args, scanner));
    });
    outcome.lines += line_feeds(&rows[counted..]);
    outcome
}

fn line_feeds(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

impl RepairedRows {
    fn csv_row(&mut self, rows: &[u8], fields: &[Range<usize>], columns: &Columns, tools: &mut RowRepairer<'_>) {
        for (column, name) in &columns.wanted {
            let Some(field) = fields.get(*column) else { continue };
            self.with_field += 1;
            let repaired = text(&rows[field.clone()]).and_then(|written| {
                let text = csv::unquoted(written).ok_or("a quotation mark has no end")?;
                Ok(tools.repaired(&text, name).map(|new| csv::quoted(&new, written, columns.delimiter)))
            });
            match repaired {
                Ok(Some(new)) => self.changes.push((field.clone(), new.into_bytes())),
                Ok(None) => {}
                Err(problem) => self.malformed.push((self.lines, format!("column `{name}` is {problem}"))),
            }
        }
        self.explain(tools);
    }

    fn row(&mut self, line: &[u8], start: usize, tools: &mut RowRepairer<'_>) {
        let at = self.lines;
        let (line, found) = match text(line).and_then(|line| Ok((line, find(line, &tools.args.field)?))) {
            Ok(found) => found,
            Err(problem) => return self.malformed.push((at, problem)),
        };
        let mut change = |span: Range<usize>, new: Vec<u8>| {
            self.changes.push((start + span.start..start + span.end, new));
        };
        self.with_field += usize::from(!found.texts.is_empty() || found.bytes.is_some());
        for (place, value) in found.texts {
            if let Some(new) = tools.repaired_string(&line[value.clone()], &place) {
                change(value, new);
            }
        }
        if let Some((key, value)) = found.bytes {
            let field = tools.args.field.first().map_or("text", String::as_str);
            match tools.text_of(&line[value.clone()], field) {
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
        self.explain(tools);
    }

    fn explain(&mut self, tools: &mut RowRepairer<'_>) {
        let explanations = std::mem::take(&mut tools.explanations);
        if !explanations.is_empty() {
            self.explanations.push((self.lines, explanations));
        }
    }
}

/// The tools for repairing a row.
struct RowRepairer<'a> {
    args: &'a RepairArgs,
    scanner: &'a mut Scanner,
    explanations: Explanations,
}

impl<'a> RowRepairer<'a> {
    fn new(args: &'a RepairArgs, scanner: &'a mut Scanner) -> Self {
        Self { args, scanner, explanations: Explanations::default() }
    }

    /// Returns the text of a JSON string, repaired and quoted again. `None` if there is nothing to repair.
    fn repaired_string(&mut self, value: &str, field: &str) -> Option<Vec<u8>> {
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
        let repaired = self.repaired(&text, field)?;
        Some(quote(&repaired, if ascii { Charset::Ascii } else { Charset::Unicode }))
    }

    /// Returns the repaired text, if there is anything to repair. `field` is where it is in its row.
    fn repaired(&mut self, text: &str, field: &str) -> Option<String> {
        let options = Options { certainty: self.args.certainty.into(), ..Options::default() };
        let (found, repaired) = self.scanner.scan_and_repair(text, &options);
        if let Some(format) = self.args.explain {
            self.explanations.add(format, field, text, &found, options.certainty);
        }
        match repaired {
            Cow::Borrowed(_) => None,
            Cow::Owned(repaired) => Some(repaired),
        }
    }

    /// Returns the text of a file in base64, repaired. `None` if the file is not text.
    fn text_of(&mut self, value: &str, field: &str) -> Result<Option<Decoded>, String> {
        let value: String = serde_json::from_str(value).map_err(|_| "`b64` is not a string".to_owned())?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(value.trim());
        let source = decode(Path::new("row"), bytes.map_err(|error| format!("`b64` is not base64: {error}"))?);
        let is_mute = source.declined().is_some() && source.text().is_empty();
        if is_mute || matches!(source.origin(), Origin::Binary(_)) {
            return Ok(None);
        }
        let text = self.repaired(source.text(), field);
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

/// Places of the fields in a row, in bytes, with their quotation marks.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct FieldLocations {
    /// Strings, each with its path: `a.b[0]`.
    texts: Vec<(String, Range<usize>)>,
    /// Key and value of a file in base64, in a row without texts.
    bytes: Option<(Range<usize>, Range<usize>)>,
}

fn text(line: &[u8]) -> Result<&str, String> {
    simdutf8::compat::from_utf8(line).map_err(|error| format!("not valid UTF-8 (byte {})", error.valid_up_to() + 1))
}

/// Finds the fields in a row, which must be one JSON object.
fn find(line: &str, fields: &[String]) -> Result<FieldLocations, String> {
    let mut json = Json { bytes: line.as_bytes(), at: 0 };
    json.row(fields).map_err(|what| format!("not valid JSON (byte {}): {what}", json.at + 1))
}

/// A parser of one JSON text that is valid UTF-8.
struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
}

type RowResult<T> = Result<T, &'static str>;

impl Json<'_> {
    fn row(&mut self, fields: &[String]) -> RowResult<FieldLocations> {
        let mut found = FieldLocations::default();
        let paths: SmallVec<[&str; 2]> = fields.iter().map(String::as_str).collect();
        self.blank();
        self.expect(b'{', "a row must be an object")?;
        self.members(&mut |json, key| {
            let value = json.at;
            let is_bytes = json.peek() == Some(b'"') && json.is_key(key.clone(), BYTES);
            json.member(key.clone(), &paths, "", 0, &mut found.texts)?;
            if is_bytes {
                found.bytes = Some((key, value..json.at));
            }
            Ok(())
        })?;
        self.blank();
        if self.at < self.bytes.len() {
            return Err("there is text after the object");
        }
        if !found.texts.is_empty() {
            found.bytes = None;
        }
        Ok(found)
    }

    /// Parses the value of a member, and adds the strings that `paths` lead to from its object, which is at `place`.
    fn member(
        &mut self,
        key: Range<usize>,
        paths: &[&str],
        place: &str,
        depth: usize,
        found: &mut Vec<(String, Range<usize>)>,
    ) -> RowResult<()> {
        let mut rest: SmallVec<[&str; 2]> = SmallVec::new();
        let mut name = "";
        for path in paths {
            // A key may have a full stop itself, so that each may be the end of a key.
            let ends = memchr::memchr_iter(b'.', path.as_bytes()).chain([path.len()]);
            for end in ends.filter(|end| *end > 0) {
                if self.is_key(key.clone(), &path[..end]) {
                    name = &path[..end];
                    rest.push(path.get(end + 1..).unwrap_or(""));
                }
            }
        }
        if rest.is_empty() {
            return self.value(depth);
        }
        let place = if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
        self.wanted(&rest, place, depth, found)
    }

    /// Parses a value, and adds the strings that `paths` lead to; the empty path leads to the value itself. Each element of
    /// a list is in the place of the list.
    fn wanted(
        &mut self,
        paths: &[&str],
        place: String,
        depth: usize,
        found: &mut Vec<(String, Range<usize>)>,
    ) -> RowResult<()> {
        match self.peek() {
            Some(b'"') => {
                let start = self.at;
                self.string()?;
                // A comparison with an empty text would read at no address, for which some processors take longer than for
                // the row.
                if paths.iter().any(|path| path.is_empty()) {
                    found.push((place, start..self.at));
                }
                Ok(())
            }
            Some(b'{' | b'[') if depth >= MAX_JSON_DEPTH => Err("it is nested too deeply"),
            Some(b'{') => {
                self.at += 1;
                self.members(&mut |json, key| json.member(key, paths, &place, depth + 1, found))
            }
            Some(b'[') => {
                self.at += 1;
                let mut index = 0;
                self.elements(&mut |json| {
                    let place = format!("{place}[{index}]");
                    index += 1;
                    json.wanted(paths, place, depth + 1, found)
                })
            }
            _ => self.value(depth),
        }
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
                self.elements(&mut |json| json.value(depth + 1))
            }
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err("a value is missing"),
        }
    }

    /// Parses the elements of a list after its bracket.
    fn elements(&mut self, value: &mut dyn FnMut(&mut Self) -> RowResult<()>) -> RowResult<()> {
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blank();
            value(self)?;
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
            csv: false,
            delimiter: None,
            field: field.split(' ').map(str::to_owned).collect(),
            certainty: crate::cli::LeastCertainty::Likely,
            explain: Some(crate::cli::ExplanationFormat::Text),
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
    fn fields_within_objects_and_lists_are_found() {
        let row = r#"{"a":{"b":"itâ€™s","c":"itâ€™s"},"m":[{"t":"itâ€™s"},{"t":["no","itâ€™s",["itâ€™s"],7]}],"x.y":"itâ€™s"}"#;
        let (out, outcome) = run(row, "a.b m.t x.y none");
        let kept = "\"c\":\"itâ€™s\"";
        assert_eq!(out, row.replace("itâ€™s", "it’s").replace("\"c\":\"it’s\"", kept));
        let lines = &outcome.explanations[0].1.lines;
        let places: Vec<&str> = lines.iter().filter_map(|line| line.split(": ").next()).collect();
        assert_eq!(places, ["a.b", "m[0].t", "m[1].t[1]", "m[1].t[2][0]", "x.y"]);
        assert_eq!(run(r#"{"a":"itâ€™s"}"#, "a.b").1.with_field, 0);
    }

    #[test]
    fn deep_nesting_on_the_way_to_a_field_is_refused() {
        let row = format!("{{\"a\":{}1{}}}", "[".repeat(600), "]".repeat(600));
        assert_eq!(run(&row, "a").1.malformed.len(), 1);
    }

    #[test]
    fn columns_of_csv_are_repaired_and_nothing_else() {
        let rows = "1,itâ€™s,itâ€™s\r\n2,\"\"\"a\"\",\nitâ€™s\",x\r\n\r\n3\r\n4,\"â€œaâ€\u{9d}\"";
        let columns = Columns { delimiter: b',', wanted: vec![(1, "text".to_owned())] };
        let outcome = repair_csv(rows.as_bytes(), &columns, &args("text"), &mut Scanner::default());
        let changes: Vec<(&str, &str)> = outcome
            .changes
            .iter()
            .map(|(span, new)| (&rows[span.clone()], std::str::from_utf8(new).unwrap_or_default()))
            .collect();
        let want =
            [("itâ€™s", "it’s"), ("\"\"\"a\"\",\nitâ€™s\"", "\"\"\"a\"\",\nit’s\""), ("\"â€œaâ€\u{9d}\"", "\"“a”\"")];
        assert_eq!(changes, want);
        assert_eq!((outcome.rows, outcome.with_field, outcome.lines), (4, 3, 5));
        let lines: Vec<usize> = outcome.explanations.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [0, 1, 5]);
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
            assert!(find(row, &["text".to_owned()]).is_ok(), "{row}");
            assert!(serde_json::from_str::<serde_json::Value>(row).is_ok());
        }
    }
}
