//! Settings of codespell.

use serde_json::Value;

use super::formats::{keys, listed};
use super::imported::Imported;

/// Reads the section `codespell`.
pub(super) fn read(value: &Value, imported: &mut Imported) {
    for (key, value) in keys(value) {
        match key.replace('_', "-").as_str() {
            "skip" => listed(value).into_iter().for_each(|glob| imported.exclude(glob)),
            "ignore-words-list" => listed(value).into_iter().for_each(|word| imported.word(word)),
            "ignore-words" => listed(value).into_iter().for_each(|path| imported.dictionary(path)),
            "ignore-regex" => value.as_str().into_iter().for_each(|pattern| imported.regex(key, pattern)),
            "ignore-multiline-regex" => {
                value.as_str().into_iter().for_each(|pattern| imported.regex(key, &format!("(?s:{pattern})")));
            }
            "dictionary" | "builtin" => imported.leave_each(key, value),
            _ => imported.leave(key, ""),
        }
    }
}
