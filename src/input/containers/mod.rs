//! Extraction of the text that people read from files of other kinds: notebooks, subtitles, catalogues. Pure.
//!
//! One file for each format. Knows the syntax of containers and the map from extracted text to the text of the file;
//! no Markdown, and no bytes: a file that is not UTF-8 is left as it is until it is.

mod catalogue;
mod json;
mod notebook;
mod po;
mod rows;
mod subtitles;
mod title;
mod xliff;

use std::path::Path;
use std::sync::Arc;

use crate::model::extraction::{ExtractionBuilder, FileContainer, TextSide};
use crate::model::rows::RowColumns;
use crate::model::source::{ContainerDefect, Origin, Source};
use crate::settings::Settings;

/// Outcome of reading a container.
type Extracted = Result<ExtractionBuilder, ContainerDefect>;

/// Returns the file with the text of the container that it is, if its name says that it is one.
pub fn opened(source: Source) -> Source {
    match kind_of(source.path()) {
        Some(kind) => opened_as(kind, TextSide::Translation, source),
        None => source,
    }
}

/// Returns the file with the text of its container, if the state of the file before was one.
pub fn as_before(before: &Source, source: Source) -> Source {
    match before.container() {
        Some(kind) => opened_as(kind, before.side(), source.of_columns(before.columns())),
        None => source,
    }
}

/// Returns the file with the text of the container that it is, by its name or by the settings.
pub fn opened_by(settings: &Settings, source: Source) -> Source {
    match settings.columns_of(source.path()).cloned() {
        Some(columns) => opened_as(FileContainer::Rows, TextSide::Translation, source.of_columns(Some(columns))),
        None => opened(source),
    }
}

/// Returns the file with the texts that its translations are of, if it holds both.
pub fn original_of(source: &Source) -> Option<Source> {
    let kind = source.container().filter(|kind| kind.is_bilingual())?;
    let is_translation = source.extraction().is_some() && source.side() == TextSide::Translation;
    let file = || source.clone().as_plain_text();
    is_translation.then(|| opened_as(kind, TextSide::Original, file()))
}

/// Returns the kind of container that a file of this name is.
pub fn kind_of(path: &Path) -> Option<FileContainer> {
    let extension = path.extension()?.to_string_lossy().to_lowercase();
    match extension.as_str() {
        "ipynb" => Some(FileContainer::Notebook),
        "json" if !is_of_a_program(path) => Some(FileContainer::Catalogue),
        "srt" => Some(FileContainer::SubRip),
        "vtt" => Some(FileContainer::WebVtt),
        "po" | "pot" => Some(FileContainer::Po),
        "xlf" | "xliff" => Some(FileContainer::Xliff),
        _ => None,
    }
}

/// Returns whether JSON of this name holds settings or the description of a package, whose strings are for programs.
fn is_of_a_program(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let stem = name.trim_end_matches(".json");
    name.starts_with('.')
        || ["package", "package-lock", "composer", "bower", "deno", "manifest", "settings"].contains(&stem)
        || ["tsconfig", "jsconfig"].iter().any(|of_compiler| stem.starts_with(of_compiler))
        || ["rc", "config", ".schema"].iter().any(|end| stem.ends_with(end))
}

fn opened_as(kind: FileContainer, side: TextSide, source: Source) -> Source {
    // Bytes in another encoding become UTF-8 first: the places of both maps cannot be told of at once.
    if *source.origin() != Origin::Utf8 || source.text().trim().is_empty() {
        let stated = match kind {
            FileContainer::Po => po::stated_encoding(source.text()),
            FileContainer::Xliff => xliff::stated_encoding(source.text()),
            _ => None,
        };
        return source.of_container(kind).stating(stated);
    }
    if kind == FileContainer::Po && source.has_bom() && po::read(source.text(), side).is_ok() {
        return opened_as(kind, side, source.with_mark_as_text());
    }
    let file = source.shared_text();
    let monolingual = |extracted: Extracted| extracted.map(|builder| (builder, TextSide::Translation));
    let extracted = match kind {
        // Most files in JSON are none.
        FileContainer::Catalogue => match catalogue::read(&file) {
            Some(read) => monolingual(Ok(read)),
            None => return source,
        },
        FileContainer::Notebook => monolingual(notebook::read(&file)),
        FileContainer::SubRip | FileContainer::WebVtt => monolingual(subtitles::read(&file)),
        FileContainer::Rows => match source.columns() {
            Some(columns) => monolingual(rows_of(source.path(), &file, &columns)),
            None => return source,
        },
        FileContainer::Po => po::read(&file, side),
        FileContainer::Xliff => xliff::read(&file, side),
    };
    let source = source.of_container(kind);
    match extracted {
        Ok((builder, side)) => {
            let (text, extraction) = builder.finish(Arc::clone(&file));
            source.extracted(text, extraction).of_side(side)
        }
        Err(defect) => source.defective(defect),
    }
}

/// Extracts the rows of a file in the format that its name says; CSV, if it says none.
fn rows_of(path: &Path, file: &str, columns: &RowColumns) -> Extracted {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "jsonl" | "ndjson" => rows::read_lines(file, columns),
        "json" => rows::read_list(file, columns),
        "tsv" | "tab" => rows::read_csv(file, b'\t', columns),
        // Spreadsheets write semicolons where the comma is the decimal mark.
        _ => {
            let first = file.lines().next().unwrap_or("");
            let delimiter = if first.contains(';') && !first.contains(',') { b';' } else { b',' };
            rows::read_csv(file, delimiter, columns)
        }
    }
}

#[cfg(test)]
mod tests;
