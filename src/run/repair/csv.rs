//! Rows of CSV: where they end, where their fields are, and the repair of some of these.
//!
//! Fields are found by `csv-core`; every byte outside of a repaired field stays as it is.

use std::borrow::Cow;
use std::ops::Range;

use csv_core::{ReadFieldResult, Reader};

use crate::text::values::csv::{UNREAD_BYTES, reader, rows};

/// The columns that are repaired, and what divides them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) delimiter: u8,
    /// Indices of the columns, each with its name.
    pub(super) wanted: Vec<(usize, String)>,
}

/// Finder of the places in CSV where rows end.
#[derive(Debug)]
pub(super) struct RowEnds {
    reader: Reader,
    /// Number of bytes that were looked at.
    at: usize,
    /// True after a carriage return that ends a row, until the byte after it is known.
    is_after_return: bool,
}

impl RowEnds {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { reader: reader(delimiter), at: 0, is_after_return: false }
    }

    /// Adds the ends of the rows in `bytes`, which go on where those of the call before ended.
    pub(super) fn find(&mut self, bytes: &[u8], ends: &mut Vec<usize>) {
        let mut unread = [0; UNREAD_BYTES];
        while self.at < bytes.len() {
            if std::mem::take(&mut self.is_after_return) {
                self.at += usize::from(bytes[self.at] == b'\n');
                ends.push(self.at);
                continue;
            }
            let (result, read, _) = self.reader.read_field(&bytes[self.at..], &mut unread);
            self.at += read;
            if result == (ReadFieldResult::Field { record_end: true }) {
                // The reader ends a row at a carriage return, and passes over the line feed later.
                self.is_after_return = bytes[self.at - 1] == b'\r';
                if !self.is_after_return {
                    ends.push(self.at);
                }
            }
        }
    }
}

/// Returns the text of a field. `None` if its quotation marks have no end.
pub(super) fn unquoted(field: &str) -> Option<Cow<'_, str>> {
    let Some(inside) = field.strip_prefix('"') else { return Some(field.into()) };
    let inside = inside.strip_suffix('"')?;
    Some(if inside.contains('"') { inside.replace("\"\"", "\"").into() } else { inside.into() })
}

/// Returns a text as a field, in quotation marks if the field that it replaces had them, or if it needs them.
pub(super) fn quoted(text: &str, before: &str, delimiter: u8) -> String {
    let needs = || text.bytes().any(|byte| matches!(byte, b'"' | b'\n' | b'\r') || byte == delimiter);
    if before.starts_with('"') || needs() { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Returns the indices of the named columns in the first row, and the end of that row.
///
/// # Errors
/// The name that is missing, and the names that there are.
pub(super) fn columns(first: &[u8], delimiter: u8, names: &[String]) -> Result<Columns, (String, Vec<String>)> {
    let mut header: Option<Vec<String>> = None;
    rows(first, delimiter, |fields| {
        header.get_or_insert_with(|| {
            let name = |field: &Range<usize>| {
                let name = String::from_utf8_lossy(&first[field.clone()]);
                let name = name.trim_start_matches('\u{FEFF}');
                unquoted(name).unwrap_or(name.into()).into_owned()
            };
            fields.iter().map(name).collect()
        });
    });
    let header = header.unwrap_or_default();
    let column = |name: &String| match header.iter().position(|column| column == name) {
        Some(at) => Ok((at, name.clone())),
        None => Err((name.clone(), header.clone())),
    };
    let mut wanted = names.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    wanted.sort();
    wanted.dedup();
    Ok(Columns { delimiter, wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<Vec<&str>> {
        let mut all = Vec::new();
        rows(text.as_bytes(), b',', |row| all.push(row.iter().map(|field| &text[field.clone()]).collect()));
        all
    }

    #[test]
    fn fields_are_found_with_their_quotation_marks() {
        let text = "id,text\r\n1,\"a, \"\"b\"\"\nc\"\r\n\r\n2,\n3,x";
        let want = [vec!["id", "text"], vec!["1", "\"a, \"\"b\"\"\nc\""], vec!["2", ""], vec!["3", "x"]];
        assert_eq!(fields(text), want);
        assert_eq!(unquoted("\"a, \"\"b\"\"\nc\"").as_deref(), Some("a, \"b\"\nc"));
        assert_eq!(unquoted("\"open"), None);
    }

    #[test]
    fn rows_end_outside_of_quotation_marks_however_the_bytes_arrive() {
        let text = b"id,text\r\n1,\"a\nb\"\n2,c\r\n3,d";
        for step in 1..text.len() {
            let (mut ends, mut found) = (RowEnds::new(b','), Vec::new());
            for to in (step..text.len()).step_by(step).chain([text.len()]) {
                ends.find(&text[..to], &mut found);
            }
            assert_eq!(found, [9, 17, 22], "{step}");
        }
    }

    #[test]
    fn quotation_marks_are_added_where_a_repair_needs_them() {
        assert_eq!(quoted("a", "b", b','), "a");
        assert_eq!(quoted("a", "\"b\"", b','), "\"a\"");
        assert_eq!(quoted("a,\"b\"", "c", b','), "\"a,\"\"b\"\"\"");
    }

    #[test]
    fn a_column_that_is_not_there_is_named_with_those_that_are() {
        let first = "\u{FEFF}id,\"the text\"\n1,2\n".as_bytes();
        let found = columns(first, b',', &["the text".to_owned(), "id".to_owned()]).expect("both");
        assert_eq!(found.wanted, [(0, "id".to_owned()), (1, "the text".to_owned())]);
        assert_eq!(columns(first, b',', &["x".to_owned()]).expect_err("no x").1, ["id", "the text"]);
    }
}
