//! Files whose rows are items, such as banks of questions: CSV, JSON Lines, and lists of objects in JSON. The settings say
//! which columns hold texts; of all others, only the characters are checked.
//!
//! Formats: RFC 4180, <https://jsonlines.org>. Each row has a heading of its number and its title, so that rows are items
//! as numbered headings are.

use rustc_hash::FxHashSet;

use super::Extracted;
use super::json::{JsonString, JsonValue, manner};
use crate::model::extraction::{ExtractionBuilder, Notation, PartKind};
use crate::model::rows::RowColumns;
use crate::model::source::ContainerDefect;
use crate::model::span::Span;
use crate::text::values::csv::rows as fields_of_rows;

/// Maximum number of bytes of a name that is told (a guess: a line of a report).
const MAX_TOLD_BYTES: usize = 200;

/// A text in a cell.
#[derive(Debug, Clone, Copy)]
enum CellText {
    /// A field of CSV, without quotation marks around it.
    Csv(Span),
    /// A field of CSV that no edit touches, because its quotation marks are not those of CSV.
    Broken(Span),
    Json(JsonString),
}

/// A row: the texts of each column that has a meaning, and all others.
#[derive(Debug, Default)]
struct Row {
    /// The number or id, if there is one.
    id: Option<String>,
    title: Vec<CellText>,
    body: Vec<CellText>,
    others: Vec<CellText>,
    /// A column of texts that holds objects instead, and its place.
    textless: Option<(String, u32)>,
}

/// Extracts the rows of CSV.
pub(super) fn read_csv(file: &str, delimiter: u8, columns: &RowColumns) -> Extracted {
    let mut header: Option<Vec<String>> = None;
    let mut names: Vec<CellText> = Vec::new();
    let mut found: Vec<Row> = Vec::new();
    let mut unclosed = None;
    fields_of_rows(file.as_bytes(), delimiter, |fields| {
        let cells = fields.iter().map(|field| csv_cell(file, Span::from(field.clone())));
        let Some(header) = &header else {
            names.extend(cells);
            header = Some(names.iter().map(|name| name.value(file).trim().to_owned()).collect());
            return;
        };
        let mut row = Row::default();
        let cells: Vec<CellText> = cells.collect();
        // Spreadsheets may have several columns of one name, so that all of them are read.
        let of = |name: &String| -> Vec<CellText> {
            let named = header.iter().zip(&cells).filter(|(column, _)| *column == name);
            named.map(|(_, cell)| *cell).collect()
        };
        let id = columns.id.as_ref().and_then(|name| of(name).first().copied());
        row.id = id.map(|cell| cell.value(file).trim().to_owned());
        row.title.extend(columns.title.iter().flat_map(of));
        row.body.extend(columns.body.iter().flat_map(of));
        for (at, cell) in cells.iter().enumerate() {
            let is_text =
                header.get(at).is_some_and(|name| columns.title.iter().chain(&columns.body).any(|own| own == name));
            if !is_text {
                row.others.push(*cell);
            }
            if cell.is_unclosed(file) {
                unclosed = Some(cell.span().start);
            }
        }
        found.push(row);
    });
    // The rows after it are all in its field.
    if let Some(at) = unclosed {
        return Err(ContainerDefect { at, reason: "has a field whose quotation mark is never closed".to_owned() });
    }
    let header = header.unwrap_or_default();
    let named = columns.id.iter().chain(&columns.title).chain(&columns.body);
    if let Some(missing) = named.into_iter().find(|name| !header.contains(name)) {
        return Err(ContainerDefect { at: 0, reason: no_column(missing, &header) });
    }
    let mut into = ExtractionBuilder::new(Notation::Csv(delimiter));
    for name in &names {
        name.data(file, "the names of the columns", &mut into);
    }
    add(file, &found, columns, &mut into);
    Ok(into)
}

/// Extracts the rows of JSON Lines: an object a line.
pub(super) fn read_lines(file: &str, columns: &RowColumns) -> Extracted {
    let mut found = Vec::new();
    let mut start = 0;
    for line in file.split_inclusive('\n') {
        if !line.trim().is_empty() {
            let value = JsonValue::read(line).map_err(|defect| ContainerDefect { at: defect.at + start, ..defect })?;
            found.push(json_row(&value, line, start, columns));
        }
        start += line.len() as u32;
    }
    of_json(file, &found, columns)
}

/// Extracts the rows of a list of objects in JSON.
pub(super) fn read_list(file: &str, columns: &RowColumns) -> Extracted {
    match JsonValue::read(file)? {
        JsonValue::Array(values) => {
            let found: Vec<Row> = values.iter().map(|value| json_row(value, file, 0, columns)).collect();
            of_json(file, &found, columns)
        }
        _ => Err(ContainerDefect { at: 0, reason: "is no list of objects".to_owned() }),
    }
}

fn of_json(file: &str, found: &[Row], columns: &RowColumns) -> Extracted {
    // A field that no row has is misspelled in the settings.
    if !found.is_empty() && found.iter().all(|row| row.title.is_empty() && row.body.is_empty()) {
        let named = columns.title.iter().chain(&columns.body).next().cloned().unwrap_or_default();
        return Err(ContainerDefect { at: 0, reason: no_column(&named, &[]) });
    }
    if let Some((name, at)) = found.iter().find_map(|row| row.textless.clone()) {
        let reason = format!("has something else than texts in `{name}`: name a field in it, such as `{name}.text`");
        return Err(ContainerDefect { at, reason });
    }
    let mut into = ExtractionBuilder::new(Notation::Json(manner(file)));
    add(file, found, columns, &mut into);
    Ok(into)
}

fn no_column(name: &str, header: &[String]) -> String {
    let mut known = header.join("`, `");
    if known.len() > MAX_TOLD_BYTES {
        known.truncate(known.floor_char_boundary(MAX_TOLD_BYTES));
        known.push('…');
    }
    match header.is_empty() {
        true => format!("has no column `{name}`"),
        false => format!("has no column `{name}`, but `{known}`"),
    }
}

/// Returns the row that a value is. Its places are those of the file, in which the value starts at `start`.
fn json_row(value: &JsonValue, text: &str, start: u32, columns: &RowColumns) -> Row {
    let moved = |string: JsonString| JsonString(Span::new(string.0.start + start, string.0.end + start));
    let fields = |name: &String| -> Vec<&JsonValue> {
        match value.get(name, text) {
            Some(direct) => vec![direct],
            None => name.split('.').fold(vec![value], |values, key| {
                let below = values.into_iter().flat_map(JsonValue::each).filter_map(|value| value.get(key, text));
                below.collect()
            }),
        }
    };
    let values = |name: &String| fields(name).into_iter().flat_map(JsonValue::each);
    let texts = |name: &String| -> Vec<JsonString> {
        let string = |value: &JsonValue| match value {
            JsonValue::String(string) => Some(*string),
            _ => None,
        };
        values(name).filter_map(string).collect()
    };
    let textless = columns.title.iter().chain(&columns.body).find_map(|name| {
        let inner = values(name).find_map(|value| match value {
            JsonValue::Object(members) => members.first().map(|(key, _)| key.0.start),
            _ => None,
        })?;
        Some((name.clone(), inner + start))
    });
    let mut row = Row {
        id: columns.id.as_ref().and_then(|name| fields(name).first().copied()).and_then(|value| match value {
            JsonValue::String(string) => Some(string.written(text).to_owned()),
            JsonValue::Other(span) => text.get(span.range()).map(str::to_owned),
            _ => None,
        }),
        textless,
        ..Row::default()
    };
    let title: Vec<JsonString> = columns.title.iter().flat_map(texts).collect();
    let body: Vec<JsonString> = columns.body.iter().flat_map(texts).collect();
    let told: FxHashSet<u32> = title.iter().chain(&body).map(|string| string.0.start).collect();
    value.each_string(&mut |string| {
        if !told.contains(&string.0.start) {
            row.others.push(CellText::Json(moved(string)));
        }
    });
    row.title.extend(title.into_iter().map(moved).map(CellText::Json));
    row.body.extend(body.into_iter().map(moved).map(CellText::Json));
    row
}

/// Adds the rows, in the order of the file.
fn add(file: &str, found: &[Row], columns: &RowColumns, into: &mut ExtractionBuilder) {
    for (at, row) in found.iter().enumerate() {
        let name = format!("row {}", at + 1);
        for other in &row.others {
            other.data(file, &name, into);
        }
        let is_number = |id: &&String| !id.is_empty() && id.len() <= 9 && id.bytes().all(|byte| byte.is_ascii_digit());
        let number = match (&columns.id, &row.id) {
            (None, _) => Some((at + 1).to_string()),
            (Some(_), id) => id.as_ref().filter(is_number).cloned(),
        };
        let title = row.title.first();
        into.begin(name.clone(), PartKind::Markdown, title.and_then(|title| title.place()));
        into.added("## ");
        if let Some(number) = &number {
            into.added(&format!("{number}. "));
        }
        match title {
            Some(title) => title.extract(file, into),
            None if number.is_none() => {
                into.added(row.id.as_deref().and_then(|id| id.lines().next()).unwrap_or("row").trim())
            }
            None => {}
        }
        for text in row.title.iter().skip(1).chain(&row.body) {
            let content = if columns.is_markdown { PartKind::Markdown } else { PartKind::Further };
            into.begin(name.clone(), content, text.place());
            text.extract(file, into);
        }
    }
}

impl CellText {
    /// Returns whether the text is a field of CSV up to the end of the file, because nothing closes its quotation mark.
    fn is_unclosed(&self, file: &str) -> bool {
        let Self::Broken(span) = self else { return false };
        let quotes = || memchr::memchr_iter(b'"', &file.as_bytes()[span.range()]).count();
        let is_last = || file[span.end as usize..].trim_end_matches(['\r', '\n']).is_empty();
        file[span.range()].starts_with('"') && is_last() && quotes() % 2 == 1
    }

    fn span(&self) -> Span {
        match self {
            Self::Csv(span) | Self::Broken(span) | Self::Json(JsonString(span)) => *span,
        }
    }

    /// Returns the place of the text, if it can be edited.
    fn place(&self) -> Option<Span> {
        (!matches!(self, Self::Broken(_))).then_some(self.span())
    }

    /// Returns the text without the quotation marks that are doubled in CSV.
    fn value(&self, file: &str) -> String {
        file.get(self.span().range()).unwrap_or("").replace("\"\"", "\"")
    }

    fn extract(&self, file: &str, into: &mut ExtractionBuilder) {
        let span = self.span();
        let written = file.get(span.range()).unwrap_or("");
        match self {
            Self::Json(string) => string.extract(file, into),
            Self::Broken(_) => into.verbatim(written, span.start),
            Self::Csv(_) => {
                let mut at = 0;
                while let Some(next) = memchr::memmem::find(&written.as_bytes()[at..], b"\"\"") {
                    let start = span.start + (at + next) as u32;
                    into.verbatim(&written[at..at + next], span.start + at as u32);
                    into.escaped('"', Span::new(start, start + 2));
                    at += next + 2;
                }
                into.verbatim(&written[at..], span.start + at as u32);
            }
        }
    }

    /// Adds a text of which only the characters are checked, if there is anything to check in it.
    fn data(&self, file: &str, name: &str, into: &mut ExtractionBuilder) {
        let has_any = match self {
            Self::Json(string) => string.has_non_ascii(file),
            _ => !file.get(self.span().range()).unwrap_or("").is_ascii(),
        };
        if has_any {
            into.begin(name.to_owned(), PartKind::Data, self.place());
            self.extract(file, into);
        }
    }
}

/// Returns a field of CSV: without quotation marks around it, if these are whole.
fn csv_cell(file: &str, field: Span) -> CellText {
    let written = file.get(field.range()).unwrap_or("");
    let inside = written.strip_prefix('"').and_then(|inside| inside.strip_suffix('"'));
    match inside {
        Some(inside) if !inside.replace("\"\"", "").contains('"') => {
            CellText::Csv(Span::new(field.start + 1, field.end - 1))
        }
        None if !written.contains('"') => CellText::Csv(field),
        _ => CellText::Broken(field),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::input::containers::opened_by;
    use crate::input::containers::tests::{edited, parts};
    use crate::input::decode::decode;
    use crate::model::extraction::PartKind;
    use crate::model::source::Source;
    use crate::settings::{Registry, Settings};

    fn bank(name: &str, text: &str) -> Source {
        bank_of("[[rows]]\nfiles = [\"*\"]\nid = \"id\"\ntitle = \"q.text\"\nbody = [\"answers\"]\n", name, text)
    }

    fn bank_of(table: &str, name: &str, text: &str) -> Source {
        let registry = Registry { rules: Vec::new(), renamed: &[] };
        let settings = Settings::new("/project".into(), "/project".into());
        let settings = settings.with_file(table, Path::new("recto.toml"), &registry).expect("settings");
        opened_by(&settings, decode(Path::new(name), text.as_bytes().to_vec()))
    }

    #[test]
    fn rows_of_csv_are_headings_with_their_texts() {
        let text =
            "id,q.text,answers,by\r\n7,\"What is a \"\"lamp\"\"?\",\"A light,\nby night\",José\r\nx1,Why?,,Ann\r\n";
        let source = bank("a.csv", text);
        let wanted = [
            ("row 1", PartKind::Data, "José"),
            ("row 1", PartKind::Markdown, "## 7. What is a \"lamp\"?"),
            ("row 1", PartKind::Further, "A light,\nby night"),
            ("row 2", PartKind::Markdown, "## Why?"),
            ("row 2", PartKind::Further, ""),
        ];
        assert_eq!(parts(&source), wanted);
        assert!(edited(&source, "\"lamp\"", "\"buoy\"").is_some_and(|text| text.contains("a \"\"buoy\"\"?\"")));
        assert!(edited(&source, "Why", "How").is_some_and(|text| text.contains("x1,How?,")));
        for (old, new) in [("Why", "Why, now"), ("Why?", ""), ("7", "8"), ("José", "\"")] {
            assert_eq!(edited(&source, old, new), None, "{old}");
        }
    }

    #[test]
    fn rows_of_json_may_have_fields_in_fields_and_lists() {
        let rows =
            ["{\"id\": 3, \"q\": {\"text\": \"Caf\\u00e9?\"}, \"answers\": [\"Yes\", \"No\"]}", "{\"id\": \"b\"}"];
        let wanted = [
            ("row 1", PartKind::Markdown, "## 3. Café?"),
            ("row 1", PartKind::Further, "Yes"),
            ("row 1", PartKind::Further, "No"),
            ("row 2", PartKind::Markdown, "## b"),
        ];
        let lines = bank("a.jsonl", &rows.join("\n"));
        assert_eq!(parts(&lines), wanted);
        assert!(edited(&lines, "No", "\"é\"").is_some_and(|text| text.contains("\"\\\"\\u00e9\\\"\"")));
        let list = bank("a.json", &format!("[{}]", rows.join(",")));
        assert_eq!(parts(&list), wanted);
        let at = list.text().find("Yes").expect("there") as u32;
        assert_eq!(list.disk_offset(at), rows[0].find("Yes").expect("there") as u32 + 1);
    }

    #[test]
    fn a_column_that_is_not_there_is_told() {
        let reason = |name, text| bank(name, text).container_defect().map(|defect| (defect.at, defect.reason.clone()));
        assert_eq!(reason("a.csv", "id,q\n1,2\n"), Some((0, "has no column `q.text`, but `id`, `q`".to_owned())));
        assert_eq!(reason("a.jsonl", "{\"id\": 1}\n"), Some((0, "has no column `q.text`".to_owned())));
        assert_eq!(reason("a.jsonl", "{}\n{\n").map(|defect| defect.0), Some(5));
    }

    #[test]
    fn a_quotation_mark_that_nothing_closes_swallowed_the_rest_unsaid() {
        let reason =
            |text: &str| bank("a.csv", text).container_defect().map(|defect| (defect.at, defect.reason.clone()));
        let head = "id,q.text,answers\n1,Why?,Yes\n";
        let wanted = "has a field whose quotation mark is never closed".to_owned();
        assert_eq!(reason(&format!("{head}2,\"How?,No\n3,When?,Never\n")), Some((31, wanted)));
        assert_eq!(reason(&format!("{head}2,\"How?\",\"a \"\"b\"\"\"\n")), None);
        assert_eq!(reason(&format!("{head}2,12\",6\" wide\n")), None);
    }

    #[test]
    fn a_second_column_of_one_name_was_not_read() {
        let source = bank("a.csv", "id,q.text,answers,answers\n1,Why?,Yes,Nø\n");
        let texts: Vec<&str> = parts(&source).iter().map(|part| part.2).collect();
        assert_eq!(texts, ["## 1. Why?", "Yes", "Nø"]);
    }

    #[test]
    fn fields_of_the_objects_in_a_list_are_texts() {
        let table = |body: &str| format!("[[rows]]\nfiles = [\"*\"]\ntitle = \"q\"\nbody = [\"{body}\"]\n");
        let text = "{\"q\": \"Why?\", \"a\": [{\"text\": \"Yes\", \"ok\": true}, {\"text\": \"No\"}, null]}\n";
        let source = bank_of(&table("a.text"), "a.jsonl", text);
        assert_eq!(parts(&source).iter().map(|part| part.2).collect::<Vec<_>>(), ["## 1. Why?", "Yes", "No"]);
        let defect = bank_of(&table("a"), "a.jsonl", text).container_defect().map(|defect| defect.at);
        assert_eq!(defect, text.find("text").map(|at| at as u32));
    }
}
