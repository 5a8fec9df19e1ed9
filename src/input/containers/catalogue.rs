//! Catalogues in JSON: objects within objects whose values are the texts of a program in one language. The text of each
//! key is an entry, with the keys on the way to it as its title and its id.

use rustc_hash::{FxHashMap, FxHashSet};

use super::json::{JsonString, JsonValue, manner};
use crate::model::extraction::{ExtractionBuilder, Notation, PartKind, RepeatedKey};
use crate::model::span::Span;

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
    let is_text = |text: &&CatalogueString| matches!(text, CatalogueString::Text(..) | CatalogueString::Form(..));
    if texts.iter().filter(is_text).count() < MIN_TEXTS {
        return None;
    }
    let mut into = ExtractionBuilder::new(Notation::Json(manner(file)));
    let mut unused: Vec<(String, Span)> = Vec::new();
    let mut used: FxHashMap<String, Span> = FxHashMap::default();
    for text in texts {
        match text {
            CatalogueString::Key(key) => {
                if key.has_non_ascii(file) {
                    into.begin(format!("key {}", key.written(file)), PartKind::Data, Some(key.0));
                    key.extract(file, &mut into);
                }
            }
            CatalogueString::Repeated { key, path, is_used } => {
                into.begin(format!("key {path}"), PartKind::Data, Some(key.0));
                key.extract(file, &mut into);
                match is_used {
                    true => _ = used.insert(path, into.last_place()),
                    false => unused.push((path, into.last_place())),
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
            CatalogueString::Form(path, text) => {
                into.begin(format!("key {path}"), PartKind::Further, Some(text.0));
                text.extract(file, &mut into);
            }
        }
    }
    for (name, unused) in unused {
        if let Some(used) = used.get(&name).copied() {
            into.repeat(RepeatedKey { name, unused, used });
        }
    }
    Some(into)
}

/// A string of a catalogue.
enum CatalogueString {
    Key(JsonString),
    /// A key that its object has several times, with the keys on the way to it.
    Repeated {
        key: JsonString,
        path: String,
        is_used: bool,
    },
    /// A text, with the keys on the way to it.
    Text(String, JsonString),
    /// A further plural form of the text before, with the keys on the way to it.
    Form(String, JsonString),
}

/// The plural forms of Unicode (CLDR), of which every language has `other`.
const PLURAL_FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Returns the text that a key is a plural form of, and the form: `files_one`, or `one` alone.
fn plural_form(key: &str) -> Option<(&str, &str)> {
    let (text, form) = key.rsplit_once('_').unwrap_or(("", key));
    PLURAL_FORMS.contains(&form).then_some((text, form))
}

/// Returns the number of members from the first one on that are the plural forms of one text, and the index of `other`
/// among them; `None` if they are none.
fn plural_forms(members: &[(JsonString, JsonValue)], file: &str) -> Option<(usize, usize)> {
    let (text, _) = plural_form(members.first()?.0.written(file))?;
    let form = |(key, value): &(JsonString, JsonValue)| {
        let (of, form) = plural_form(key.written(file)).filter(|_| matches!(value, JsonValue::String(_)))?;
        (of == text).then_some(form)
    };
    // More than there are forms cannot differ from each other.
    let forms: Vec<&str> = members.iter().take(PLURAL_FORMS.len() + 1).map_while(form).collect();
    let other = forms.iter().position(|form| *form == "other")?;
    // One key may be the name of anything, and a key that is there twice is told.
    let are_distinct = forms.iter().all(|form| forms.iter().filter(|other| *other == form).count() == 1);
    (forms.len() > 1 && are_distinct).then_some((forms.len(), other))
}

/// Collects the strings of a value in the order of the file; `None` if it holds anything but strings.
fn collect(value: &JsonValue, path: &str, file: &str, into: &mut Vec<CatalogueString>) -> Option<()> {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        JsonValue::String(text) => into.push(CatalogueString::Text(path.to_owned(), *text)),
        JsonValue::Object(members) => {
            // Of members with one key, every reader of JSON takes the last.
            let mut last: FxHashMap<&str, usize> = FxHashMap::default();
            let mut repeated: FxHashSet<&str> = FxHashSet::default();
            for (at, (key, _)) in members.iter().enumerate() {
                if last.insert(key.written(file), at).is_some() {
                    repeated.insert(key.written(file));
                }
            }
            let is_repeated = |name: &str| repeated.contains(name);
            let mut at = 0;
            while let Some((key, member)) = members.get(at) {
                let name = key.written(file);
                // The forms of a plural are one entry, whose id is that of the form that every language has.
                if let Some((count, other)) = plural_forms(&members[at..], file)
                    && !members[at..at + count].iter().any(|(key, _)| is_repeated(key.written(file)))
                {
                    for (nth, (key, member)) in members[at..at + count].iter().enumerate() {
                        into.push(CatalogueString::Key(*key));
                        let JsonValue::String(text) = member else { continue };
                        into.push(match nth {
                            0 => CatalogueString::Text(below(members[at + other].0.written(file)), *text),
                            _ => CatalogueString::Form(below(key.written(file)), *text),
                        });
                    }
                    at += count;
                    continue;
                }
                let is_used = last.get(name) == Some(&at);
                into.push(match is_repeated(name) {
                    true => CatalogueString::Repeated { key: *key, path: below(name), is_used },
                    false => CatalogueString::Key(*key),
                });
                match is_used {
                    true => collect(member, &below(name), file, into)?,
                    false => member.each_string(&mut |string| into.push(CatalogueString::Key(string))),
                }
                at += 1;
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
