//! Values that check themselves when they are read, each with its schema.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::deserialize::Spanned;
use super::{UsageError, suggestion};
use crate::model::finding::{Severity, Tier};
use crate::model::work::Role;
use crate::text::english::locale::Locale;

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// An error of serde that carries a usage error.
fn unfit<E: de::Error>(message: String, help: Option<String>) -> E {
    E::custom(match help {
        Some(help) => format!("{message}\n{help}"),
        None => message,
    })
}

/// One of a few values with names.
pub(super) trait NamedValue: Copy + 'static {
    /// The name of the type in the schema.
    const TYPE: &'static str;
    /// All of them.
    const ALL: &'static [Self];

    /// The name that users write.
    fn name(self) -> &'static str;

    /// The value with this name.
    fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.name() == name)
    }

    /// Says that nothing has this name.
    fn usage_error(typed: &str) -> UsageError;
}

fn names<T: NamedValue>() -> Vec<&'static str> {
    T::ALL.iter().map(|value| value.name()).collect()
}

fn not_one_of<T: NamedValue>(typed: &str) -> UsageError {
    let names = names::<T>();
    let help = suggestion(typed, names.iter().copied());
    UsageError { message: format!("`{typed}` is not one of {}", names.join(", ")), help }
}

impl NamedValue for Tier {
    const TYPE: &'static str = "Tier";
    const ALL: &'static [Self] = &[Self::Gate, Self::Audit];

    fn name(self) -> &'static str {
        self.as_str()
    }

    fn usage_error(typed: &str) -> UsageError {
        not_one_of::<Self>(typed)
    }
}

impl NamedValue for Severity {
    const TYPE: &'static str = "Severity";
    const ALL: &'static [Self] = &[Self::Error, Self::Warning, Self::Info];

    fn name(self) -> &'static str {
        self.as_str()
    }

    fn usage_error(typed: &str) -> UsageError {
        not_one_of::<Self>(typed)
    }
}

impl NamedValue for Role {
    const TYPE: &'static str = "Role";
    const ALL: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        self.as_str()
    }

    fn usage_error(typed: &str) -> UsageError {
        let names = names::<Self>();
        let help =
            suggestion(typed, names.iter().copied()).unwrap_or_else(|| format!("it is one of {}", names.join(", ")));
        UsageError { message: format!("there is no role `{typed}`"), help: Some(help) }
    }
}

impl NamedValue for Locale {
    const TYPE: &'static str = "Locale";
    const ALL: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        self.as_str()
    }

    fn find(name: &str) -> Option<Self> {
        Self::from_tag(name)
    }

    fn usage_error(typed: &str) -> UsageError {
        let help = format!("it is one of {}", names::<Self>().join(", "));
        UsageError { message: format!("`{typed}` is not a locale"), help: Some(help) }
    }
}

/// A [`NamedValue`] value as it is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct OneOf<T>(pub(super) T);

impl<'de, T: NamedValue> Deserialize<'de> for OneOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let refuse = || {
            let UsageError { message, help } = T::usage_error(&name);
            unfit(message, help)
        };
        T::find(&name).map(Self).ok_or_else(refuse)
    }
}

impl<T: NamedValue> JsonSchema for OneOf<T> {
    fn schema_name() -> Cow<'static, str> {
        T::TYPE.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = names::<T>();
        if names.iter().all(|name| T::find(&name.to_uppercase()).is_none()) {
            return json_schema!({ "type": "string", "enum": names });
        }
        // A name that may be written in any case: the usual way to be proposed, and a pattern for the others.
        let in_any_case = |name: &&str| -> String {
            let one = |c: char| {
                if c.is_alphabetic() { format!("[{}{}]", c.to_lowercase(), c.to_uppercase()) } else { c.into() }
            };
            name.chars().map(one).collect()
        };
        let pattern = names.iter().map(in_any_case).collect::<Vec<_>>().join("|");
        json_schema!({ "anyOf": [{ "enum": names }, { "type": "string", "pattern": format!("^(?:{pattern})$") }] })
    }
}

/// A rule, a family or `all`; which there are is known to the registry alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RuleName(pub(super) Spanned<String>);

impl<'de> Deserialize<'de> for RuleName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

/// The name of the schema of [`RuleName`], which is completed from the registry.
pub(super) const SELECTOR: &str = "Selector";

impl JsonSchema for RuleName {
    fn schema_name() -> Cow<'static, str> {
        SELECTOR.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// A table from rules or families to a value, in the order of the file.
#[derive(Debug, Clone)]
pub(super) struct PerRule<T>(pub(super) Vec<(Spanned<String>, T)>);

impl<T> Default for PerRule<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PerRule<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Table<T> {
            type Value = PerRule<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PerRule<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(PerRule(entries))
            }
        }
        deserializer.deserialize_map(Table(std::marker::PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for PerRule<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("PerRule_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (names, values) = (generator.subschema_for::<RuleName>(), generator.subschema_for::<T>());
        json_schema!({ "type": "object", "propertyNames": names, "additionalProperties": values })
    }
}

/// A list of at least `N`.
#[derive(Debug, Clone)]
pub(super) struct AtLeast<const N: usize, T>(pub(super) Vec<T>);

impl<'de, const N: usize, T: Deserialize<'de>> Deserialize<'de> for AtLeast<N, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::deserialize(deserializer)?;
        if list.len() >= N {
            return Ok(Self(list));
        }
        let wanted = if N == 1 { "at least one entry".to_owned() } else { format!("at least {N} entries") };
        Err(de::Error::invalid_length(list.len(), &wanted.as_str()))
    }
}

impl<const N: usize, T: JsonSchema> JsonSchema for AtLeast<N, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("AtLeast_{N}_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "items": items, "minItems": N })
    }
}

/// A size of files, in mebibytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mebibytes(pub(super) u64);

/// Largest size, in mebibytes: below it, offsets in a file have 32 bits.
const LARGEST_SIZE: u64 = 4095;

impl<'de> Deserialize<'de> for Mebibytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let size = u64::deserialize(deserializer)?;
        if (1..=LARGEST_SIZE).contains(&size) {
            return Ok(Self(size));
        }
        Err(unfit(format!("{size} is not from 1 to {LARGEST_SIZE}"), Some("the size is in mebibytes".to_owned())))
    }
}

impl JsonSchema for Mebibytes {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Mebibytes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": LARGEST_SIZE })
    }
}

/// A pattern of paths.
#[derive(Debug, Clone)]
pub(super) struct Glob(pub(super) String);

/// Characters that a `\` escapes. Before any other one, `\` is meant to divide folders, as on Windows.
const ESCAPED: &str = r"[]{}!# \";

impl<'de> Deserialize<'de> for Glob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pattern = String::deserialize(deserializer)?;
        if let Some(usage_error) = backslash(&pattern) {
            return Err(unfit(usage_error.message, usage_error.help));
        }
        match globset::Glob::new(&pattern) {
            Ok(_) => Ok(Self(pattern)),
            Err(error) => Err(unfit(format!("invalid glob: {}", error.kind()), None)),
        }
    }
}

/// Complains about a pattern that divides folders by `\`.
fn backslash(pattern: &str) -> Option<UsageError> {
    let mut rest = pattern;
    while let Some(at) = rest.find('\\') {
        let next = rest[at + 1..].chars().next();
        if !next.is_some_and(|c| ESCAPED.contains(c)) {
            return Some(UsageError {
                message: "`\\` does not separate folders in a pattern".to_owned(),
                help: Some(format!("write `/` on every system: `{}`", pattern.replace('\\', "/"))),
            });
        }
        rest = &rest[at + 2..];
    }
    None
}

impl JsonSchema for Glob {
    fn schema_name() -> Cow<'static, str> {
        "Glob".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Paths relative to the folder of the settings, with `/` between folders, and with `*`, `**`, `?`, `[…]` and `{…}`.",
            "type": "string",
            "pattern": r"^(?:[^\\]|\\[\[\]{}!# \\])*$",
        })
    }
}

/// Reads a regular expression.
pub(super) fn regex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    let pattern = String::deserialize(deserializer)?;
    Regex::new(&pattern).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
        unfit(format!("invalid regular expression: {reason}"), None)
    })
}

/// Settings that can be put on top of others.
pub(super) trait Overlay {
    /// Puts `other` on top: its words join, its values replace.
    fn overlay(&mut self, other: &Self);
}

impl<T: Clone> Overlay for Vec<T> {
    fn overlay(&mut self, other: &Self) {
        self.extend(other.iter().cloned());
    }
}

impl<T: Clone> Overlay for BTreeMap<String, T> {
    fn overlay(&mut self, other: &Self) {
        self.extend(other.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
}

impl<T: Clone> Overlay for Option<T> {
    fn overlay(&mut self, other: &Self) {
        if other.is_some() {
            self.clone_from(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backslash_escapes_or_is_refused() {
        for right in ["a/b.md", r"docs/\[slug\].md", r"\!important.md", r"a\ b.md", r"a\\b.md", "docs/[0-9]*.md"] {
            assert_eq!(backslash(right), None, "{right}");
        }
        for wrong in [r"drafts\a.md", r"docs\**", r"a\*.md", r"C:\content\a.md", r"vendor\"] {
            let help = backslash(wrong).and_then(|usage_error| usage_error.help).expect("refused");
            assert!(help.contains('/') && !help.contains('\\'), "{wrong}: {help}");
        }
    }
}
