//! Settings of cspell.

use serde_json::Value;

use super::formats::{keys, texts};
use super::imported::Imported;

/// Patterns that cspell has by name, for text that the language rules of recto never read.
const NEVER_READ: &[&str] =
    &["Urls", "Email", "Base64", "Base64MultiLine", "Base64SingleLine", "HexValues", "SHA", "CommitHash", "UUID"];

/// Reads the object of `cspell.json`.
pub(super) fn read(value: &Value, imported: &mut Imported) {
    common(value, value, imported);
    for part in value.get("overrides").and_then(Value::as_array).into_iter().flatten() {
        let files = part.get("filename").map(texts).unwrap_or_default();
        if files.is_empty() {
            continue;
        }
        imported.begin_part(&files);
        common(part, value, imported);
        imported.end_part();
    }
}

/// Reads the keys of the whole and of an override. `whole` has the definitions that others name.
fn common(value: &Value, whole: &Value, imported: &mut Imported) {
    for (key, value) in keys(value) {
        match key {
            "words" | "ignoreWords" | "userWords" => texts(value).into_iter().for_each(|word| word_of(word, imported)),
            "flagWords" | "suggestWords" => texts(value).into_iter().for_each(|word| flagged(key, word, imported)),
            "ignorePaths" => texts(value).into_iter().for_each(|glob| imported.exclude(glob)),
            "language" => imported.locale(key, value.as_str().unwrap_or_default()),
            "ignoreRegExpList" => {
                texts(value).into_iter().for_each(|pattern| ignored(key, pattern, whole, imported));
            }
            "dictionaryDefinitions" => defined(value, imported),
            "dictionaries" => {
                let defined = whole.get("dictionaryDefinitions").and_then(Value::as_array);
                let names: Vec<&str> = defined.into_iter().flatten().filter_map(|one| one["name"].as_str()).collect();
                for name in texts(value).into_iter().filter(|name| !names.contains(name)) {
                    imported.leave(key, name);
                }
            }
            // Names and versions of the file itself, parts that are read elsewhere, and what recto always does.
            "$schema" | "version" | "name" | "description" | "id" | "filename" | "overrides" | "patterns"
            | "enabled" => {}
            "caseSensitive" if value == &Value::Bool(false) => {}
            _ => imported.leave(key, ""),
        }
    }
}

/// Adds a word that is right, without the marks for parts of compounds and for any case.
fn word_of(word: &str, imported: &mut Imported) {
    match word.strip_prefix('!') {
        Some(word) => imported.leave("words", &format!("`{word}` is forbidden")),
        None => imported.word(word.trim_start_matches(['~', '*', '+']).trim_end_matches(['*', '+'])),
    }
}

/// Adds a misspelling, if its correction is given: `hte->the`, `hte:the`.
fn flagged(key: &str, word: &str, imported: &mut Imported) {
    let pair = word.split_once("->").or_else(|| word.split_once(':'));
    match pair.map(|(wrong, right)| (wrong.trim(), right.split(',').next().unwrap_or_default().trim())) {
        Some((wrong, right)) if !right.is_empty() => imported.correction(wrong, right),
        _ => imported.leave(key, &format!("`{word}` has no correction")),
    }
}

/// Adds a pattern, or what is defined under its name.
fn ignored(key: &str, pattern: &str, whole: &Value, imported: &mut Imported) {
    if NEVER_READ.iter().any(|name| name.eq_ignore_ascii_case(pattern)) {
        return;
    }
    let defined = whole.get("patterns").and_then(Value::as_array).into_iter().flatten();
    let named = defined.filter(|one| one["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(pattern)));
    let mut is_named = false;
    for one in named {
        is_named = true;
        texts(&one["pattern"]).into_iter().for_each(|pattern| script_regex(key, pattern, imported));
    }
    if !is_named {
        script_regex(key, pattern, imported);
    }
}

/// Adds a pattern in the form of JavaScript: `/…/gi`.
fn script_regex(key: &str, pattern: &str, imported: &mut Imported) {
    let Some((inner, flags)) = pattern.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) else {
        return imported.regex(key, pattern);
    };
    // Those that the engine of recto has under the same letters; `g` and `u` are always on.
    let flags: String = flags.chars().filter(|flag| "ims".contains(*flag)).collect();
    // A slash has to be escaped between slashes only.
    let inner = inner.replace("\\/", "/");
    imported.regex(key, &if flags.is_empty() { inner } else { format!("(?{flags}:{inner})") });
}

/// Adds the lists of words that are files of the project.
fn defined(value: &Value, imported: &mut Imported) {
    for one in value.as_array().into_iter().flatten() {
        let name = one["name"].as_str().unwrap_or_default();
        match one["path"].as_str() {
            Some(path) if imported.has_file(path) && (path.ends_with(".txt") || path.ends_with(".dic")) => {
                imported.dictionary(path);
            }
            Some(path) => {
                imported.leave("dictionaryDefinitions", &format!("{name}: `{path}` is no list of words here"))
            }
            None => imported.leave("dictionaryDefinitions", name),
        }
    }
}
