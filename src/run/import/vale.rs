//! Settings of Vale.

use serde_json::Value;

use super::formats::{keys, listed};
use super::imported::Imported;

/// Checks of Vale itself that look for what rules of recto look for.
const COUNTERPARTS: &[(&str, &[&str])] = &[
    ("Vale.Spelling", &["misspelling", "unknown-word"]),
    ("Vale.Repetition", &["repeated-word"]),
    ("Vale.Terms", &["inconsistent-term"]),
];

/// Folders of a vocabulary below the folder of styles: today's, and that of versions before 3.
const VOCABULARIES: [&str; 2] = ["config/vocabularies", "Vocab"];

/// Reads the sections of `.vale.ini`.
pub(super) fn read(value: &Value, imported: &mut Imported) {
    for (section, settings) in keys(value) {
        match section {
            "" => global(settings, imported),
            "formats" => {
                for (extension, format) in keys(settings) {
                    match format.as_str() {
                        Some("md" | "markdown") => imported.markdown(&format!("**/*.{extension}")),
                        _ => imported.leave("formats", extension),
                    }
                }
            }
            "*" | "*.md" => checks(section, settings, imported),
            glob => {
                imported.begin_part(&[glob]);
                checks(glob, settings, imported);
                imported.end_part();
            }
        }
    }
}

fn global(settings: &Value, imported: &mut Imported) {
    let folder = settings["StylesPath"].as_str().unwrap_or("styles");
    for (key, value) in keys(settings) {
        match key {
            "Vocab" => listed(value).into_iter().for_each(|name| vocabulary(folder, name, imported)),
            "StylesPath" => {}
            _ => imported.leave(key, value.as_str().unwrap_or_default()),
        }
    }
}

fn vocabulary(folder: &str, name: &str, imported: &mut Imported) {
    let paths = VOCABULARIES.map(|vocabularies| format!("{folder}/{vocabularies}/{name}"));
    let Some(path) = paths.into_iter().find(|path| imported.has_file(&format!("{path}/accept.txt"))) else {
        return imported.leave("Vocab", &format!("{name}: no accept.txt in {folder}"));
    };
    imported.dictionary(&format!("{path}/accept.txt"));
    if imported.has_file(&format!("{path}/reject.txt")) {
        imported.leave("Vocab", &format!("{path}/reject.txt: write its words to `terms` of `inconsistent-term`"));
    }
}

fn checks(section: &str, settings: &Value, imported: &mut Imported) {
    for (key, value) in keys(settings) {
        let name = format!("[{section}] {key}");
        let counterpart = COUNTERPARTS.iter().find(|(check, _)| *check == key);
        match (key, counterpart, value.as_str()) {
            (_, Some((_, rules)), Some("NO")) => rules.iter().for_each(|rule| imported.rule(rule)),
            (_, Some(_), _) => {}
            ("TokenIgnores" | "BlockIgnores", ..) => {
                // The commas of a list have a space after them, or a line end; those within a pattern have none.
                let text = value.as_str().unwrap_or_default().replace(",\n", ", ").replace('\n', ", ");
                text.split(", ").map(str::trim).for_each(|pattern| imported.regex(&name, pattern));
            }
            _ => imported.leave(&name, value.as_str().unwrap_or_default()),
        }
    }
}
