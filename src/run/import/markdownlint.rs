//! Settings of markdownlint and markdownlint-cli2.

use serde_json::Value;

use super::formats::{keys, texts};
use super::imported::Imported;

/// Rules of markdownlint that look for what a rule of recto looks for, by number and by name.
const COUNTERPARTS: &[([&str; 2], &str)] = &[
    (["MD001", "heading-increment"], "heading-skip"),
    (["MD018", "no-missing-space-atx"], "malformed-heading"),
    (["MD024", "no-duplicate-heading"], "repeated-heading"),
    (["MD051", "link-fragments"], "broken-link"),
    (["MD052", "reference-links-images"], "broken-link"),
];

/// Names of the rule that demands one way to write a term.
const PROPER_NAMES: [&str; 2] = ["MD044", "proper-names"];

/// Reads a file of either program.
pub(super) fn read(value: &Value, imported: &mut Imported) {
    if value.get("config").is_none() && value.get("ignores").is_none() && value.get("globs").is_none() {
        return rules(value, imported);
    }
    for (key, value) in keys(value) {
        match key {
            "config" => rules(value, imported),
            "ignores" => texts(value).into_iter().for_each(|glob| imported.exclude(glob)),
            "globs" => {
                for glob in texts(value) {
                    match glob.strip_prefix(['#', '!']) {
                        Some(glob) => imported.exclude(glob),
                        None => imported.leave(key, glob),
                    }
                }
            }
            "$schema" => {}
            _ => imported.leave(key, ""),
        }
    }
}

fn is_named(key: &str, names: &[&str]) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(key))
}

fn rules(value: &Value, imported: &mut Imported) {
    let is_off = |names: &[&str]| keys(value).any(|(key, value)| is_named(key, names) && value == &Value::Bool(false));
    for (key, setting) in keys(value) {
        if is_named(key, &PROPER_NAMES) {
            let names = setting.get("names").map(texts).unwrap_or_default();
            names.into_iter().for_each(|name| imported.term(name));
            continue;
        }
        let counterpart = COUNTERPARTS.iter().find(|(names, _)| is_named(key, names));
        match (counterpart, setting) {
            (Some((_, rule)), Value::Bool(false)) => {
                // A rule of recto that does the work of two is off if both are.
                let mut same = COUNTERPARTS.iter().filter(|(_, other)| other == rule);
                if same.all(|(names, _)| is_off(names)) {
                    imported.rule(rule);
                } else {
                    imported.leave(key, &format!("`{rule}` looks for more than this"));
                }
            }
            (Some(_), Value::Bool(true)) => {}
            (Some((_, rule)), _) => imported.leave(key, &format!("`{rule}` has no options")),
            (None, _) if ["$schema", "default"].contains(&key) => {}
            (None, _) => imported.leave(key, ""),
        }
    }
}
