//! The JSON schema of the settings, from the types that read them.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::Registry;
use super::file::SettingsFile;
use super::values::SELECTOR;
use crate::model::finding::Family;

/// The schema of a settings file, for these rules, as it is kept in `schema/recto.schema.json`.
pub fn schema(registry: &Registry) -> String {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<SettingsFile>().to_value();
    if let Some(selector) = schema.pointer_mut(&format!("/definitions/{SELECTOR}")) {
        *selector = selectors(registry);
    }
    tidy(&mut schema);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// The names of all rules and families.
fn selectors(registry: &Registry) -> Value {
    let families = Family::ALL.map(Family::as_str);
    let rules = registry.rules.iter().map(|(id, ..)| *id);
    let earlier = registry.renamed.iter().map(|(old, _)| *old);
    let names: Vec<&str> = ["all"].into_iter().chain(families).chain(rules).chain(earlier).collect();
    json!({ "description": "A rule, a family of rules, or all.", "type": "string", "enum": names })
}

/// Makes a line of each description, and leaves out that what is not given is empty, which holds for every key.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            let is_empty = |value: &Value| match value {
                Value::Null => true,
                Value::Array(list) => list.is_empty(),
                Value::Object(map) => map.values().all(|value| value.as_object().is_some_and(|map| map.is_empty())),
                _ => false,
            };
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            // Only a schema has a default beside a type; a property of that name is an object with a type itself.
            if map.get("default").is_some_and(is_empty) {
                map.shift_remove("default");
            }
            map.values_mut().for_each(tidy);
        }
        Value::Array(list) => list.iter_mut().for_each(tidy),
        _ => {}
    }
}
