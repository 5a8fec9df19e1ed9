//! Notebooks of Jupyter: Markdown cells as Markdown, code cells as code, every other string for its characters alone.
//!
//! Format: nbformat 4 (`cells`, each with its `source`) and nbformat 3 (`worksheets` of cells, with headings as cells of
//! their own and code in `input`), <https://nbformat.readthedocs.io/en/latest/format_description.html>.

use super::Extracted;
use super::json::{JsonString, JsonValue, manner};
use crate::model::extraction::{ExtractionBuilder, Notation, PartKind};
use crate::model::source::ContainerDefect;
use crate::model::span::Span;

/// Extracts the text of a notebook.
pub(super) fn read(file: &str) -> Extracted {
    let notebook = JsonValue::read(file)?;
    let lists = cell_lists(&notebook, file);
    if lists.is_empty() {
        return Err(ContainerDefect { at: 0, reason: "has no list of cells".to_owned() });
    }
    let mut reader = NotebookReader {
        file,
        into: ExtractionBuilder::new(Notation::Json(manner(file))),
        cells: lists.into_iter().flatten().collect(),
        number: 0,
    };
    reader.value(&notebook, "the notebook");
    Ok(reader.into)
}

/// Returns the lists of cells: one, or that of each worksheet.
fn cell_lists<'a>(notebook: &'a JsonValue, file: &str) -> Vec<&'a [JsonValue]> {
    let cells = |value: &'a JsonValue| match value.get("cells", file) {
        Some(JsonValue::Array(cells)) => Some(cells.as_slice()),
        _ => None,
    };
    let worksheets = match notebook.get("worksheets", file) {
        Some(JsonValue::Array(sheets)) => sheets.as_slice(),
        _ => &[],
    };
    cells(notebook).into_iter().chain(worksheets.iter().filter_map(cells)).collect()
}

struct NotebookReader<'a> {
    file: &'a str,
    into: ExtractionBuilder,
    cells: Vec<&'a JsonValue>,
    /// 1-based number of the last cell.
    number: usize,
}

impl<'a> NotebookReader<'a> {
    /// Adds the text of a value, which is a cell or holds cells, in the order of the file.
    fn value(&mut self, value: &'a JsonValue, name: &str) {
        let is_cell = self.cells.get(self.number).is_some_and(|cell| std::ptr::eq(*cell, value));
        match value {
            JsonValue::Object(members) if is_cell => {
                self.number += 1;
                self.cell(value, members);
            }
            JsonValue::Object(members) => {
                for (key, member) in members {
                    self.data(*key, name);
                    self.value(member, name);
                }
            }
            JsonValue::Array(elements) => elements.iter().for_each(|element| self.value(element, name)),
            JsonValue::String(string) => self.data(*string, name),
            JsonValue::Other(_) => {}
        }
    }

    fn cell(&mut self, cell: &'a JsonValue, members: &'a [(JsonString, JsonValue)]) {
        let name = format!("cell {}", self.number);
        let kind = match cell.get("cell_type", self.file) {
            Some(JsonValue::String(kind)) => kind.written(self.file),
            _ => "",
        };
        let content = match kind {
            "markdown" | "heading" => PartKind::Markdown,
            "code" => PartKind::Code,
            _ => PartKind::Data,
        };
        for (key, member) in members {
            self.data(*key, &name);
            let is_source = matches!(key.written(self.file), "source" | "input");
            match member.strings().filter(|_| is_source) {
                Some(lines) => {
                    let level = if kind == "heading" { heading_level(cell, self.file) } else { 0 };
                    self.source(&lines, &name, content, level);
                }
                None => member.each_string(&mut |string| self.data(string, &name)),
            }
        }
    }

    /// Adds the text of a cell, given as one string or as one for each line.
    fn source(&mut self, lines: &[JsonString], name: &str, content: PartKind, level: usize) {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
        self.into.begin(name.to_owned(), content, Some(Span::new(first.0.start, last.0.end)));
        if level > 0 {
            self.into.added(&format!("{} ", "#".repeat(level)));
        }
        for line in lines {
            line.extract(self.file, &mut self.into);
        }
    }

    /// Adds a string that is neither Markdown nor code, if there is anything to check in it.
    fn data(&mut self, string: JsonString, name: &str) {
        if string.has_non_ascii(self.file) {
            self.into.begin(name.to_owned(), PartKind::Data, Some(string.0));
            string.extract(self.file, &mut self.into);
        }
    }
}

/// Returns the level of a heading cell of nbformat 3.
fn heading_level(cell: &JsonValue, file: &str) -> usize {
    // Levels are numbers, whose places are not kept, so the level is looked for beside its key.
    let JsonValue::Object(members) = cell else { return 1 };
    let key = members.iter().find(|(key, _)| key.written(file) == "level").map(|(key, _)| key.0.end);
    let after = key.and_then(|end| file.get(end as usize + 1..)).unwrap_or("");
    let digits = after.trim_start_matches([':', ' ', '\t', '\r', '\n']);
    digits.chars().next().and_then(|digit| digit.to_digit(10)).map_or(1, |level| level.clamp(1, 6) as usize)
}
