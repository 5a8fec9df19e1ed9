//! The syntaxes of settings: TOML, JSON with comments, YAML, and the INI of Python and of Vale. All become JSON values.

use serde_json::{Map, Value};

/// Reads the text of a file of this name.
///
/// # Errors
/// If its syntax is wrong; the message has the place.
pub(super) fn read(name: &str, text: &str) -> Result<Value, String> {
    let text = text.trim_start_matches('\u{FEFF}');
    match name.rsplit('.').next().unwrap_or_default() {
        "toml" => toml::from_str(text).map_err(|error| error.to_string()),
        "json" | "jsonc" => json(text),
        "yaml" | "yml" => yaml(text),
        "markdownlintrc" => json(text).or_else(|_| yaml(text)),
        _ => Ok(ini(text)),
    }
}

fn json(text: &str) -> Result<Value, String> {
    let value = jsonc_parser::parse_to_serde_value::<Value>(text, &jsonc_parser::ParseOptions::default());
    value.map_err(|error| error.to_string())
}

fn yaml(text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_saphyr::from_str(text).map_err(|error| error.to_string())
}

/// Reads sections of `key = value`. Indented lines continue a value; keys before the first section are in the section
/// without a name.
fn ini(text: &str) -> Value {
    let mut sections = Map::new();
    let (mut section, mut key) = (String::new(), String::new());
    for line in text.lines() {
        let is_continued = line.starts_with([' ', '\t']) && !key.is_empty();
        // Vale's values may go on after a backslash; the next line is indented, too.
        let line = line.trim().trim_end_matches('\\').trim_end();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')).filter(|_| !is_continued) {
            (section, key) = (name.to_owned(), String::new());
            sections.entry(name).or_insert_with(|| Value::Object(Map::new()));
            continue;
        }
        let keys = sections.entry(section.clone()).or_insert_with(|| Value::Object(Map::new()));
        let Some(keys) = keys.as_object_mut() else { continue };
        if is_continued {
            let before = keys.get(&key).and_then(Value::as_str).unwrap_or_default();
            keys.insert(key.clone(), format!("{before}\n{line}").trim().into());
        } else if let Some((name, value)) = line.split_once(['=', ':']) {
            key = name.trim().to_owned();
            keys.insert(key.clone(), value.trim().into());
        }
    }
    Value::Object(sections)
}

/// Returns the texts of a value: those of a list, or one.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        Value::String(text) => vec![text],
        _ => Vec::new(),
    }
}

/// Returns the parts of a list that is written with commas or on several lines.
pub(super) fn listed(value: &Value) -> Vec<&str> {
    let parts = texts(value).into_iter().flat_map(|text| text.split([',', '\n']));
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Returns the keys of a table; none if the value is no table.
pub(super) fn keys(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_syntax_gives_the_same_value() {
        let wanted = serde_json::json!({ "a": ["b", "c"] });
        assert_eq!(read("x.toml", "a = ['b', 'c']\n").expect("TOML"), wanted);
        assert_eq!(read("x.jsonc", "// why\n{ \"a\": [\"b\", /* or */ \"c\"], }").expect("JSON"), wanted);
        assert_eq!(read("x.yaml", "# why\na:\n  - b\n  - c\n").expect("YAML"), wanted);
        assert_eq!(read("x.yaml", "\n").expect("empty YAML"), serde_json::json!({}));
        assert!(read("x.json", "{").is_err() && read("x.toml", "a").is_err() && read("x.yaml", "a: [").is_err());
    }

    #[test]
    fn values_of_ini_files_go_on_in_indented_lines() {
        let value = read("setup.cfg", "; why\nfirst = 1\n[codespell]\nskip = a,\n  b\nquiet-level: 2\n").expect("INI");
        assert_eq!(
            value,
            serde_json::json!({ "": { "first": "1" }, "codespell": { "skip": "a,\nb", "quiet-level": "2" } })
        );
        assert_eq!(listed(&value["codespell"]["skip"]), ["a", "b"]);
    }
}
