//! Catalogues in JSON: objects within objects whose values are the texts of a program in one language. The text of each
//! key is an entry, with the keys on the way to it as its title and its id.

use rustc_hash::FxHashMap;

use super::json::{JsonString, JsonValue, manner};
use crate::model::extraction::{ExtractionBuilder, Notation, PartKind};

/// Minimum number of texts (a guess): a file with fewer is one of settings.
const MIN_TEXTS: usize = 3;
/// Maximum length of a catalogue, in bytes (a guess): larger files are data.
const MAX_BYTES: usize = 4 << 20;

/// Extracts the texts of a catalogue; `None` if the file is other JSON, or none.
pub(super) fn read(file: &str) -> Option<ExtractionBuilder> {
    if file.len() > MAX_BYTES || !file.trim_start().starts_with('{') {
        return None;
    }
    let value = JsonValue::read(file).ok()?;
    // Settings name the schema that they follow.
    if value.get("$schema", file).is_some() {
        return None;
    }
    let mut texts = Vec::new();
    collect(&value, "", file, &mut texts)?;
    if texts.iter().filter(|text| matches!(text, CatalogueString::Text(..))).count() < MIN_TEXTS {
        return None;
    }
    let mut into = ExtractionBuilder::new(Notation::Json(manner(file)));
    for text in texts {
        match text {
            CatalogueString::Key(key) => {
                if key.has_non_ascii(file) {
                    into.begin(format!("key {}", key.written(file)), PartKind::Data, Some(key.0));
                    key.extract(file, &mut into);
                }
            }
            CatalogueString::Text(path, text) => {
                into.begin(format!("key {path}"), PartKind::Entry, Some(text.0));
                // A key may hold anything, but a title is one line.
                into.added(&path.replace(['\n', '\r'], " "));
                into.added("\n");
                text.extract(file, &mut into);
                into.identify(path);
            }
        }
    }
    Some(into)
}

/// A string of a catalogue.
enum CatalogueString {
    Key(JsonString),
    /// A text, with the keys on the way to it.
    Text(String, JsonString),
}

/// Collects the strings of a value in the order of the file; `None` if it holds anything but strings.
fn collect(value: &JsonValue, path: &str, file: &str, into: &mut Vec<CatalogueString>) -> Option<()> {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        JsonValue::String(text) => into.push(CatalogueString::Text(path.to_owned(), *text)),
        JsonValue::Object(members) => {
            // Of members with one key, every reader of JSON takes the last.
            let mut last: FxHashMap<&str, usize> = FxHashMap::default();
            for (at, (key, _)) in members.iter().enumerate() {
                last.insert(key.written(file), at);
            }
            for (at, (key, member)) in members.iter().enumerate() {
                into.push(CatalogueString::Key(*key));
                match last.get(key.written(file)) == Some(&at) {
                    true => collect(member, &below(key.written(file)), file, into)?,
                    false => member.each_string(&mut |string| into.push(CatalogueString::Key(string))),
                }
            }
        }
        JsonValue::Array(elements) => {
            for (at, element) in elements.iter().enumerate() {
                // A list of lists is a table of data.
                if matches!(element, JsonValue::Array(_)) {
                    return None;
                }
                collect(element, &below(&at.to_string()), file, into)?;
            }
        }
        JsonValue::Other(_) => return None,
    }
    Some(())
}
