//! A settings file as a tree in which every key and value has its place: the common form of TOML and JSON.

use std::ops::Range;

use serde_json::value::RawValue;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::UsageError;

/// An error and the bytes of the file that it is about.
pub(super) type Misfit = (Range<usize>, UsageError);

/// The syntax of a settings file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileSyntax {
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

/// Identity of a node or an entry in one tree.
pub(super) type Id = u32;

/// A value and its place.
#[derive(Debug)]
pub(super) struct Node {
    /// Its identity in the tree.
    pub(super) id: Id,
    /// The bytes of the file that it is written in.
    pub(super) span: Range<usize>,
    /// The value itself.
    pub(super) value: Value,
}

/// A value.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// A date or a time, which only TOML has.
    Time,
    List(Vec<Node>),
    /// In the order of the file.
    Table(Vec<TableEntry>),
}

/// A key of a table with its value.
#[derive(Debug)]
pub(super) struct TableEntry {
    /// Its identity in the tree.
    pub(super) id: Id,
    /// The key.
    pub(super) key: String,
    /// The bytes of the file that the key is written in.
    pub(super) span: Range<usize>,
    /// The value of the key.
    pub(super) value: Node,
}

impl Node {
    /// Parses the text of a file.
    ///
    /// # Errors
    /// All syntax errors, in their order.
    pub(super) fn parse(text: &str, syntax: FileSyntax) -> Result<Self, Vec<Misfit>> {
        let mut builder = Builder { text, last: 0, wrong: Vec::new() };
        let node = match syntax {
            FileSyntax::Toml => builder.toml(),
            FileSyntax::Json => builder.json(),
        };
        node.filter(|_| builder.wrong.is_empty()).ok_or(builder.wrong)
    }

    /// Returns the entries, if this is a table.
    pub(super) fn entries(&self) -> &[TableEntry] {
        if let Value::Table(entries) = &self.value { entries } else { &[] }
    }

    /// Returns the items, if this is a list.
    pub(super) fn items(&self) -> &[Self] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// Returns the value of `key`, if this is a table that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Returns the value of `key`, if this is a table that has it.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Value::Table(entries) = &mut self.value else { return None };
        entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value)
    }
}

/// Builds a tree, and numbers its parts.
struct Builder<'a> {
    text: &'a str,
    last: Id,
    wrong: Vec<Misfit>,
}

/// Maximum nesting (a guess): valid settings have half a dozen levels.
const MAX_DEPTH: usize = 64;

impl Builder<'_> {
    fn id(&mut self) -> Id {
        self.last += 1;
        self.last
    }

    fn refuse(&mut self, span: Range<usize>, message: String) {
        self.wrong.push((span, UsageError { message, help: None }));
    }

    fn toml(&mut self) -> Option<Node> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            self.refuse(span, format!("not valid TOML: {}", error.message()));
        }
        self.wrong.is_empty().then(|| self.toml_table(table.get_ref(), table.span()))
    }

    fn toml_table(&mut self, table: &DeTable<'_>, span: Range<usize>) -> Node {
        let id = self.id();
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let name: &std::borrow::Cow<'_, str> = key.get_ref();
            TableEntry {
                id: self.id(),
                key: name.clone().into_owned(),
                span: key.span(),
                value: self.toml_value(value),
            }
        };
        let mut entries: Vec<TableEntry> = table.iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.span.start);
        Node { id, span, value: Value::Table(entries) }
    }

    fn toml_value(&mut self, value: &Spanned<DeValue<'_>>) -> Node {
        let span = value.span();
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.clone().into_owned()),
            DeValue::Integer(number) => {
                Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or(i64::MAX))
            }
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(truth) => Value::Bool(*truth),
            DeValue::Datetime(_) => Value::Time,
            DeValue::Array(list) => Value::List(list.iter().map(|value| self.toml_value(value)).collect()),
            DeValue::Table(table) => return self.toml_table(table, span),
        };
        Node { id: self.id(), span, value }
    }

    fn json(&mut self) -> Option<Node> {
        match serde_json::from_str::<&RawValue>(self.text.trim_start_matches('\u{feff}')) {
            Ok(raw) => self.json_value(raw, 0),
            Err(error) => {
                let before = self.text.split_inclusive('\n').take(error.line().saturating_sub(1));
                let place = before.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
                let start = self.text.floor_char_boundary(place.min(self.text.len()));
                let end = self.text.ceil_char_boundary((start + 1).min(self.text.len()));
                let message = error.to_string();
                let reason = message.split(" at line ").next().unwrap_or_default();
                self.refuse(start..end, format!("not valid JSON: {reason}"));
                None
            }
        }
    }

    fn json_value(&mut self, raw: &RawValue, depth: usize) -> Option<Node> {
        let span = self.span_of(raw);
        if depth > MAX_DEPTH {
            self.refuse(span, "the settings are nested too deeply".to_owned());
            return None;
        }
        let text = raw.get();
        let value = match text.as_bytes().first()? {
            b'{' => Value::Table(self.json_entries(raw, span.start, depth)?),
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Value::List(items.into_iter().map(|item| self.json_value(item, depth + 1)).collect::<Option<_>>()?)
            }
            b'"' => match serde_json::from_str(text) {
                Ok(text) => Value::Text(text),
                Err(error) => {
                    self.refuse(span, format!("not valid JSON: {error}"));
                    return None;
                }
            },
            b't' => Value::Bool(true),
            b'f' => Value::Bool(false),
            b'n' => Value::Null,
            _ => text.parse().map_or_else(|_| Value::Float(text.parse().unwrap_or(f64::NAN)), Value::Integer),
        };
        Some(Node { id: self.id(), span, value })
    }

    fn json_entries(&mut self, raw: &RawValue, start: usize, depth: usize) -> Option<Vec<TableEntry>> {
        let members: JsonMembers<'_> = match serde_json::from_str(raw.get()) {
            Ok(members) => members,
            Err(error) => {
                self.refuse(start..start + 1, format!("not valid JSON: {error}"));
                return None;
            }
        };
        let mut entries: Vec<TableEntry> = Vec::new();
        let mut before = start + 1;
        for (key, raw) in members.0 {
            let value = self.json_value(raw, depth + 1)?;
            // Between the previous value and this one are a comma, the key and a colon.
            let between = &self.text[before..value.span.start];
            let from = before + between.find('"').unwrap_or(0);
            let span = from..before + between.rfind('"').map_or(between.len(), |at| at + 1);
            before = value.span.end;
            if entries.iter().any(|other| other.key == key) {
                self.refuse(span.clone(), format!("`{key}` is given twice"));
            }
            entries.push(TableEntry { id: self.id(), key, span, value });
        }
        Some(entries)
    }

    /// Returns the place of a value, which is a part of the text.
    fn span_of(&self, raw: &RawValue) -> Range<usize> {
        let start = raw.get().as_ptr() as usize - self.text.as_ptr() as usize;
        start..start + raw.get().len()
    }
}

/// The members of a JSON object in their order, repeated ones included.
struct JsonMembers<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for JsonMembers<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> serde::de::Visitor<'de> for Visitor<'a> {
            type Value = JsonMembers<'a>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<JsonMembers<'a>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(JsonMembers(members))
            }
        }
        deserializer.deserialize_map(Visitor(std::marker::PhantomData))
    }
}
