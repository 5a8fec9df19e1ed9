//! The schema of the settings: current, valid for every example, and in agreement with the reader.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use recto::internal::lint::registry;
use recto::internal::rules;
use recto::internal::settings::{Settings, schema};
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn validator() -> Validator {
    let schema = serde_json::from_str(&schema(&registry())).expect("JSON");
    jsonschema::draft7::new(&schema).expect("a schema")
}

/// Returns the errors that the reader finds in a file.
fn mistakes(name: &str, text: &str) -> Vec<String> {
    let settings = Settings::new("/project".into(), "/project".into()).with_file(text, Path::new(name), &registry());
    let errors = settings.err().unwrap_or_default();
    let messages = errors.into_iter().map(|error| error.usage_error.message);
    // An example may name a list of words; `tests/manual.rs` reads it where the page has the list, too.
    messages.filter(|message| !message.ends_with("there are no other files here")).collect()
}

/// Returns the errors that the schema finds in a value.
fn violations(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| error.to_string()).collect()
}

/// Returns the TOML blocks of a page that are settings.
fn toml_blocks(page: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open = false;
    for event in Parser::new(page) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let words: Vec<&str> = info.split_whitespace().collect();
                let example = ["bad", "fixed", "good"].iter().any(|tag| words.contains(tag));
                open = words.first() == Some(&"toml") && !example;
                if open {
                    blocks.push(String::new());
                }
            }
            Event::End(TagEnd::CodeBlock) => open = false,
            Event::Text(text) if open => blocks.last_mut().expect("open").push_str(&text),
            _ => {}
        }
    }
    blocks
}

/// Returns all examples of settings, each with its place.
fn examples() -> Vec<(String, String)> {
    let mut pages: Vec<PathBuf> = vec![root().join("README.md")];
    for folder in ["rules", "docs"] {
        let Ok(entries) = fs::read_dir(root().join(folder)) else { continue };
        pages.extend(entries.flatten().map(|entry| entry.path()));
    }
    pages.retain(|path| path.extension().is_some_and(|end| end == "md"));
    pages.sort();
    let mut examples: Vec<(String, String)> = Vec::new();
    for page in pages {
        let name = page.strip_prefix(root()).expect("below the root").display().to_string();
        let blocks = toml_blocks(&fs::read_to_string(&page).expect("readable"));
        examples.extend(blocks.into_iter().map(|block| (name.clone(), block)));
    }
    for folder in fs::read_dir(root().join("fixtures")).expect("a folder").flatten() {
        let path = folder.path().join("in/recto.toml");
        if let Ok(text) = fs::read_to_string(&path) {
            examples.push((path.display().to_string(), text));
        }
    }
    examples
}

fn as_json(toml: &str) -> Value {
    let value: toml::Value = toml::from_str(toml).expect("TOML");
    serde_json::to_value(value).expect("JSON")
}

#[test]
fn the_committed_schema_is_current() {
    let path = root().join("schema/recto.schema.json");
    let expected = schema(&registry());
    if std::env::var_os("RECTO_BLESS").is_some() {
        fs::write(path, expected).expect("written");
    } else {
        let committed = fs::read_to_string(path).unwrap_or_default();
        assert!(committed == expected, "run `cargo xtask bless settings` and look at the change");
    }
}

#[test]
fn every_example_is_right_for_the_schema_and_for_the_reader() {
    let (validator, examples) = (validator(), examples());
    assert!(examples.len() > 25, "{} examples were found", examples.len());
    for (place, text) in examples {
        let json = as_json(&text);
        assert_eq!(mistakes("recto.toml", &text), [""; 0], "{place}:\n{text}");
        assert_eq!(mistakes("recto.json", &json.to_string()), [""; 0], "{place} as JSON:\n{json}");
        assert_eq!(violations(&validator, &json), [""; 0], "{place}:\n{text}");
    }
}

#[test]
fn every_option_of_a_rule_is_on_its_page_and_has_a_description() {
    let schema: Value = serde_json::from_str(&schema(&registry())).expect("JSON");
    let properties = schema["definitions"]["Rules"]["properties"].as_object().expect("keys of `rules`");
    let mut options = 0;
    for (id, table) in properties {
        let Some(rule) = rules::by_id(id) else { continue };
        let name = table.pointer("/$ref").or(table.pointer("/allOf/0/$ref")).and_then(Value::as_str).expect("a type");
        let table = schema.pointer(name.trim_start_matches('#')).expect("defined");
        for (option, about) in table["properties"].as_object().expect("options") {
            assert!(rule.page.contains(option), "rules/{id}.md does not tell of the option `{option}`");
            assert!(about["description"].as_str().is_some_and(|text| text.len() > 10), "{id}: {option}");
            options += 1;
        }
    }
    assert!(options >= 8, "{options} options were found");
}

/// Returns settings with every existing key.
fn everything() -> Value {
    json!({
        "$schema": "schema/recto.schema.json",
        "required-version": ">=0.1.0",
        "locale": "en-GB",
        "ignore-words": ["a"], "ignore-regex": ["a+"],
        "files": { "include": ["**/*.txt"], "exclude": ["vendor/**", "docs/\\[slug\\].md"] },
        "rules": {
            "select": ["all"], "extend-select": ["unknown-word"], "ignore": ["language", "mojibake"],
            "tier": { "misspelling": "audit", "encoding": "gate" }, "severity": { "all": "info" },
            "grammar": { "ignore": ["a"], "patterns": [{ "pattern": "a+", "message": "b", "replacement": "c" }] },
            "misplaced-space": { "ignore-words": ["a"] }, "word-salad": { "ignore-words": ["a"] },
            "inconsistent-term": { "terms": { "a": "b" }, "words": ["c"] },
            "misspelling": { "extend-words": { "a": "b" } },
            "repeated-word": { "words": ["a"] }, "sentence-case": { "words": ["a"] },
            "split-word": { "words": ["a b"] }, "unknown-word": { "words": ["a"] }
        },
        "override": [{ "files": ["drafts/**"], "locale": "en-us", "rules": { "ignore": ["all"] } }],
        "rows": [{ "files": ["bank.csv"], "id": "id", "title": "q", "body": ["a"], "markdown": true }],
        "work": [{ "name": "guide", "versions": [
            { "role": "long", "files": ["a.md"] }, { "role": "summary", "files": ["b.md", "c.md"] }
        ] }]
    })
}

/// Collects all places of a value, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| places(value, &format!("{at}/{key}"), found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

/// Returns values that are put in place of others.
fn odd_values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(7),
        json!(0.5),
        json!(""),
        json!("gate"),
        json!("mojibake"),
        json!("en-CA"),
        json!("a\\b.md"),
        json!([]),
        json!(["a"]),
        json!([3]),
        json!({}),
        json!({ "a": "b" }),
        json!([{}]),
        json!({ "words": ["a"] }),
        json!({ "all": "gate" }),
    ]
}

#[derive(Debug, Clone)]
enum Change {
    Replace(usize, usize),
    Remove(usize),
    Rename(usize),
    Add(usize, usize),
}

fn change(value: &mut Value, change: &Change) {
    let mut all = Vec::new();
    places(value, "", &mut all);
    let (Change::Replace(at, _) | Change::Remove(at) | Change::Rename(at) | Change::Add(at, _)) = change;
    let place = &all[at % all.len()];
    let odd = |at: &usize| odd_values().swap_remove(at % odd_values().len());
    match change {
        Change::Replace(_, with) => *value.pointer_mut(place).expect("there") = odd(with),
        Change::Add(_, with) => match value.pointer_mut(place).expect("there") {
            Value::Object(map) => drop(map.insert("words".to_owned(), odd(with))),
            Value::Array(list) => list.push(odd(with)),
            _ => {}
        },
        Change::Remove(_) | Change::Rename(_) => {
            let Some((parent, key)) = place.rsplit_once('/') else { return };
            match value.pointer_mut(parent).expect("there") {
                Value::Object(map) => {
                    let old = map.shift_remove(key).expect("there");
                    if matches!(change, Change::Rename(_)) {
                        map.insert(format!("{key}s"), old);
                    }
                }
                Value::Array(list) => drop(list.remove(key.parse().expect("an index"))),
                _ => {}
            }
        }
    }
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let one = prop_oneof![
        4 => (any::<usize>(), any::<usize>()).prop_map(|(at, with)| Change::Replace(at, with)),
        2 => any::<usize>().prop_map(Change::Remove),
        2 => any::<usize>().prop_map(Change::Rename),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(at, with)| Change::Add(at, with)),
    ];
    proptest::collection::vec(one, 1..4)
}

/// Returns whether a schema cannot express the mistake.
fn is_beyond_schemas(message: &str) -> bool {
    ["invalid regular expression", "invalid glob", "is not a version requirement", "would itself be replaced"]
        .iter()
        .any(|start| message.contains(start))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn the_reader_and_the_schema_are_of_one_mind(changes in changes()) {
        static VALIDATOR: std::sync::LazyLock<Validator> = std::sync::LazyLock::new(validator);
        let mut value = everything();
        changes.iter().for_each(|one| change(&mut value, one));
        let (said, broken) = (mistakes("recto.json", &value.to_string()), violations(&VALIDATOR, &value));
        if said.is_empty() {
            prop_assert!(broken.is_empty(), "only the schema refuses {value}: {broken:?}");
        } else if broken.is_empty() {
            prop_assert!(said.iter().all(|message| is_beyond_schemas(message)), "only the reader refuses {value}: {said:?}");
        }
    }
}

#[test]
fn what_the_mutations_start_from_has_every_key() {
    let value = everything();
    assert_eq!(mistakes("recto.json", &value.to_string()), [""; 0]);
    assert_eq!(violations(&validator(), &value), [""; 0]);
    let schema: Value = serde_json::from_str(&schema(&registry())).expect("JSON");
    // These need other files, of which these tests have none.
    let tried = |key: &&String| !["extends", "dictionaries"].contains(&key.as_str());
    for key in schema["properties"].as_object().expect("keys").keys().filter(tried) {
        assert!(value.get(key).is_some(), "`{key}` is not tried");
    }
    for key in schema["definitions"]["Rules"]["properties"].as_object().expect("keys").keys() {
        assert!(value["rules"].get(key).is_some(), "`rules.{key}` is not tried");
    }
}
