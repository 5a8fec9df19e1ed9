//! Extraction of the text that people read from files of other kinds: notebooks, subtitles, catalogues. Pure.
//!
//! One file for each format. Knows the syntax of containers and the map from extracted text to the text of the file;
//! no Markdown, and no bytes: a file that is not UTF-8 is left as it is until it is.

mod catalogue;
mod json;
mod notebook;
mod subtitles;

use std::path::Path;
use std::sync::Arc;

use crate::model::extraction::{ExtractionBuilder, FileContainer, Notation};
use crate::model::source::{ContainerDefect, Origin, Source};

/// Outcome of reading a container.
type Extracted = Result<(ExtractionBuilder, Notation), ContainerDefect>;

/// Returns the file with the text of the container that it is, if its name says that it is one.
pub fn opened(source: Source) -> Source {
    match kind_of(source.path()) {
        Some(kind) => opened_as(kind, source),
        None => source,
    }
}

/// Returns the file with the text of its container, if the state of the file before was one.
pub fn as_before(before: &Source, source: Source) -> Source {
    match before.container() {
        Some(kind) => opened_as(kind, source),
        None => source,
    }
}

/// Returns the kind of container that a file of this name is.
fn kind_of(path: &Path) -> Option<FileContainer> {
    let extension = path.extension()?.to_string_lossy().to_lowercase();
    match extension.as_str() {
        "ipynb" => Some(FileContainer::Notebook),
        "json" if !is_of_a_program(path) => Some(FileContainer::Catalogue),
        "srt" => Some(FileContainer::SubRip),
        "vtt" => Some(FileContainer::WebVtt),
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

fn opened_as(kind: FileContainer, source: Source) -> Source {
    // Bytes in another encoding become UTF-8 first: the places of both maps cannot be told of at once.
    if *source.origin() != Origin::Utf8 || source.text().trim().is_empty() {
        return source.of_container(kind);
    }
    let file = source.shared_text();
    let extracted = match kind {
        // Most files in JSON are none.
        FileContainer::Catalogue => match catalogue::read(&file) {
            Some(read) => Ok(read),
            None => return source,
        },
        FileContainer::Notebook => notebook::read(&file),
        FileContainer::SubRip | FileContainer::WebVtt => subtitles::read(&file),
    };
    let source = source.of_container(kind);
    match extracted {
        Ok((builder, notation)) => {
            let (text, extraction) = builder.finish(Arc::clone(&file), notation);
            source.extracted(text, extraction)
        }
        Err(defect) => source.defective(defect),
    }
}

#[cfg(test)]
mod tests;
