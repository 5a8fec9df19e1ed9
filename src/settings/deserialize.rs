//! Deserializes a tree of settings into serde types despite errors: a wrong part is reported and removed, and the
//! remaining tree is deserialized again, until it has no errors.
//!
//! Thus each key is declared once, as a field of a type, and still all errors of a file are reported at once.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::node::{FileSyntax, Id, Misfit, Node, TableEntry, Value};
use super::{UsageError, suggestion};
use crate::text::similarity::nearest::closest;

/// The name by which [`Spanned`] requests its place.
const SPANNED: &str = "$recto::Spanned";

/// Maximum number of reported errors of one file (a guess: nobody reads more at once).
const MAX_MISTAKES: usize = 100;

/// A value and the bytes of the file that it is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spanned<T> {
    /// The value.
    pub(super) value: T,
    /// Its place.
    pub(super) span: Range<usize>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Parts<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value with its place")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Spanned<T>, A::Error> {
                let missing = || de::Error::custom("a value without its place");
                let start = parts.next_element()?.ok_or_else(missing)?;
                let end = parts.next_element()?.ok_or_else(missing)?;
                Ok(Spanned { value: parts.next_element()?.ok_or_else(missing)?, span: start..end })
            }
        }
        deserializer.deserialize_newtype_struct(SPANNED, Parts(std::marker::PhantomData))
    }
}

/// Knowledge about the settings that the deserializer lacks.
pub(super) trait Lexicon {
    /// Returns a more precise error than "unknown" for a key of the table at `path`, if there is one.
    fn unknown_key(&self, path: &str, key: &str) -> Option<UsageError>;
    /// Returns a more precise error than the required number for a list at `path` with too few entries, if there is
    /// one.
    fn too_few(&self, path: &str) -> Option<UsageError>;
    /// Returns the error that the table at `path` lacks a key.
    fn missing_key(&self, path: &str, key: &str) -> UsageError;
}

/// Deserializes the valid parts of a tree, and reports the others.
pub(super) fn read<T: DeserializeOwned>(
    root: &Node,
    syntax: FileSyntax,
    lexicon: &dyn Lexicon,
) -> (Option<T>, Vec<Misfit>) {
    let mut pruned = BTreeSet::new();
    let mut told: Vec<Misfit> = Vec::new();
    // Keys for which a misspelt one was found: that they are missing is not another error.
    let mut meant: BTreeSet<String> = BTreeSet::new();
    loop {
        let mistake = match T::deserialize(NodeReader { node: root, pruned: &pruned }) {
            Ok(value) => return (Some(value), told),
            Err(mistake) => mistake,
        };
        let at = mistake.at.unwrap_or(root.id);
        let teller = Teller { pruned: &pruned, syntax, lexicon };
        if let Some(place) = NodePlace::find(root, at)
            && let Some((misfit, key)) = teller.tell(&mistake.kind, &place, &meant)
        {
            told.push(misfit);
            meant.extend(key);
        }
        if at == root.id || told.len() >= MAX_MISTAKES || !pruned.insert(at) {
            return (None, told);
        }
    }
}

/// An error without its message.
#[derive(Debug)]
pub(super) struct Mistake {
    at: Option<Id>,
    kind: NodeKind,
}

#[derive(Debug)]
enum NodeKind {
    UnknownKey(&'static [&'static str]),
    Missing(&'static str),
    WrongType(Wanted),
    TooFew(String),
    /// The error of a value that validates itself.
    Unfit(UsageError),
}

/// The type that a value must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Text,
    List,
    Table,
    Bool,
    Integer,
}

impl Mistake {
    fn new(at: Id, kind: NodeKind) -> Self {
        Self { at: Some(at), kind }
    }

    fn at(mut self, id: Id) -> Self {
        self.at.get_or_insert(id);
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for Mistake {}

impl de::Error for Mistake {
    /// The first line is the error, the second one the remedy.
    fn custom<T: fmt::Display>(message: T) -> Self {
        let text = message.to_string();
        let (message, help) = text.split_once('\n').map_or((text.as_str(), None), |(first, rest)| (first, Some(rest)));
        let usage_error = UsageError { message: message.to_owned(), help: help.map(str::to_owned) };
        Self { at: None, kind: NodeKind::Unfit(usage_error) }
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self { at: None, kind: NodeKind::UnknownKey(known) }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { at: None, kind: NodeKind::Missing(field) }
    }

    fn invalid_length(_: usize, wanted: &dyn de::Expected) -> Self {
        Self { at: None, kind: NodeKind::TooFew(wanted.to_string()) }
    }
}

/// A node without its wrong parts.
#[derive(Clone, Copy)]
struct NodeReader<'a> {
    node: &'a Node,
    pruned: &'a BTreeSet<Id>,
}

impl<'a> NodeReader<'a> {
    fn wrong<T>(self, wanted: Wanted) -> Result<T, Mistake> {
        Err(Mistake::new(self.node.id, NodeKind::WrongType(wanted)))
    }

    fn located<T>(self, outcome: Result<T, Mistake>) -> Result<T, Mistake> {
        outcome.map_err(|mistake| mistake.at(self.node.id))
    }

    fn elements(self) -> Elements<'a> {
        let list = if let Value::List(list) = &self.node.value { list.as_slice() } else { &[] };
        Elements { rest: list.iter(), pruned: self.pruned }
    }

    fn members(self) -> ValidEntries<'a> {
        ValidEntries { rest: self.node.entries().iter(), value: None, pruned: self.pruned }
    }
}

impl<'a> Deserializer<'a> for NodeReader<'a> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let outcome = match &self.node.value {
            Value::Null | Value::Time => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(*truth),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(_) => visitor.visit_seq(self.elements()),
            Value::Table(_) => visitor.visit_map(self.members()),
        };
        self.located(outcome)
    }

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let Value::Bool(truth) = self.node.value else { return self.wrong(Wanted::Bool) };
        self.located(visitor.visit_bool(truth))
    }

    fn deserialize_u64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let Value::Integer(number) = self.node.value else { return self.wrong(Wanted::Integer) };
        let Ok(number) = u64::try_from(number) else { return self.wrong(Wanted::Integer) };
        self.located(visitor.visit_u64(number))
    }

    fn deserialize_u32<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let Value::Text(text) = &self.node.value else { return self.wrong(Wanted::Text) };
        self.located(visitor.visit_borrowed_str(text))
    }

    fn deserialize_string<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.node.value {
            Value::Null => self.located(visitor.visit_none()),
            _ => self.located(visitor.visit_some(self)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        if name != SPANNED {
            return self.located(visitor.visit_newtype_struct(self));
        }
        let span = &self.node.span;
        self.located(visitor.visit_seq(Parts { place: vec![span.end, span.start], value: Some(self) }))
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let Value::List(_) = self.node.value else { return self.wrong(Wanted::List) };
        self.located(visitor.visit_seq(self.elements()))
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let Value::Table(_) = self.node.value else { return self.wrong(Wanted::Table) };
        self.located(visitor.visit_map(self.members()))
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_map(visitor)
    }

    serde::forward_to_deserialize_any! { <W: Visitor<'a>>
        i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier
        ignored_any
    }
}

/// The valid elements of a list.
struct Elements<'a> {
    rest: std::slice::Iter<'a, Node>,
    pruned: &'a BTreeSet<Id>,
}

impl<'a> SeqAccess<'a> for Elements<'a> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        let pruned = self.pruned;
        let next = self.rest.by_ref().find(|node| !pruned.contains(&node.id));
        let read =
            |node: &'a Node| seed.deserialize(NodeReader { node, pruned }).map_err(|mistake| mistake.at(node.id));
        next.map(read).transpose()
    }
}

/// The valid entries of a table.
struct ValidEntries<'a> {
    rest: std::slice::Iter<'a, TableEntry>,
    value: Option<&'a Node>,
    pruned: &'a BTreeSet<Id>,
}

impl<'a> MapAccess<'a> for ValidEntries<'a> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        let pruned = self.pruned;
        let next = self.rest.by_ref().find(|entry| !pruned.contains(&entry.id) && !pruned.contains(&entry.value.id));
        let Some(entry) = next else { return Ok(None) };
        self.value = Some(&entry.value);
        seed.deserialize(Key(entry)).map(Some).map_err(|mistake| mistake.at(entry.id))
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        let node = self.value.take().ok_or_else(|| de::Error::custom("a value before its key"))?;
        seed.deserialize(NodeReader { node, pruned: self.pruned }).map_err(|mistake| mistake.at(node.id))
    }
}

/// The key of an entry.
#[derive(Clone, Copy)]
struct Key<'a>(&'a TableEntry);

impl<'a> Deserializer<'a> for Key<'a> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_borrowed_str(&self.0.key)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        if name != SPANNED {
            return visitor.visit_newtype_struct(self);
        }
        visitor.visit_seq(Parts { place: vec![self.0.span.end, self.0.span.start], value: Some(self) })
    }

    serde::forward_to_deserialize_any! { <W: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The parts of a [`Spanned`]: start, end, value.
struct Parts<D> {
    /// End and start, in reverse order.
    place: Vec<usize>,
    value: Option<D>,
}

impl<'a, D: Deserializer<'a, Error = Mistake>> SeqAccess<'a> for Parts<D> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        match self.place.pop() {
            Some(offset) => seed.deserialize((offset as u64).into_deserializer()).map(Some),
            None => self.value.take().map(|value| seed.deserialize(value)).transpose(),
        }
    }
}

/// Position of a node or an entry in the tree.
struct NodePlace<'a> {
    /// The path of keys, its own included.
    path: String,
    /// The node, or the value of the entry.
    node: &'a Node,
    /// The entry, if it is one.
    entry: Option<&'a TableEntry>,
    /// The keys that lead to the table of the entry.
    table: String,
}

impl<'a> NodePlace<'a> {
    fn find(root: &'a Node, id: Id) -> Option<Self> {
        Self::below(root, id, "")
    }

    fn below(node: &'a Node, id: Id, path: &str) -> Option<Self> {
        if node.id == id {
            return Some(Self { path: path.to_owned(), node, entry: None, table: String::new() });
        }
        if let Value::List(list) = &node.value {
            return list.iter().find_map(|node| Self::below(node, id, path));
        }
        node.entries().iter().find_map(|entry| {
            let own = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
            if entry.id == id {
                let (node, table) = (&entry.value, path.to_owned());
                return Some(Self { path: own, node, entry: Some(entry), table });
            }
            Self::below(&entry.value, id, &own)
        })
    }
}

/// Writes the messages of errors.
struct Teller<'a> {
    pruned: &'a BTreeSet<Id>,
    syntax: FileSyntax,
    lexicon: &'a dyn Lexicon,
}

impl Teller<'_> {
    /// Returns the message of an error, with the intended key if the error is a wrong one. `None` if the error only
    /// follows from another one.
    fn tell(
        &self,
        kind: &NodeKind,
        place: &NodePlace<'_>,
        meant: &BTreeSet<String>,
    ) -> Option<(Misfit, Option<String>)> {
        let span = place.node.span.clone();
        let refuse = |message: String, help| Some(((span.clone(), UsageError { message, help }), None));
        match kind {
            NodeKind::UnknownKey(known) => {
                let entry = place.entry?;
                let own = self.lexicon.unknown_key(&place.table, &entry.key);
                let near = closest(&entry.key, known.iter().copied()).map(|key| joined(&place.table, key));
                let usage_error = own.unwrap_or_else(|| unknown_key(&place.table, &entry.key, known));
                Some(((entry.span.clone(), usage_error), near))
            }
            NodeKind::Missing(key) => {
                let gone =
                    |entry: &TableEntry| self.pruned.contains(&entry.id) || self.pruned.contains(&entry.value.id);
                let follows = place
                    .node
                    .entries()
                    .iter()
                    .any(|entry| gone(entry) && (entry.key == *key || meant.contains(&joined(&place.path, key))));
                let usage_error = self.lexicon.missing_key(&place.path, key);
                (!follows).then_some(((span, usage_error), None))
            }
            NodeKind::WrongType(wanted) => {
                let (wanted_name, found) = (self.name(*wanted), self.name_of(&place.node.value));
                let help = match &place.node.value {
                    Value::Text(text) if *wanted == Wanted::List => Some(format!("write `[{text:?}]`")),
                    _ => None,
                };
                let name = if place.path.is_empty() { "the configuration" } else { &format!("`{}`", place.path) };
                refuse(format!("{name} must be {wanted_name}, not {found}"), help)
            }
            NodeKind::TooFew(_) | NodeKind::Unfit(_) if self.is_incomplete(place.node) => None,
            NodeKind::TooFew(wanted) => {
                let plain = || UsageError { message: format!("`{}` needs {wanted}", place.path), help: None };
                Some(((span.clone(), self.lexicon.too_few(&place.path).unwrap_or_else(plain)), None))
            }
            NodeKind::Unfit(usage_error) => {
                let span = place.entry.map_or(span, |entry| entry.span.clone());
                Some(((span, usage_error.clone()), None))
            }
        }
    }

    /// Returns true if a part of the node was removed.
    fn is_incomplete(&self, node: &Node) -> bool {
        let gone = |id: Id| self.pruned.contains(&id);
        match &node.value {
            Value::List(list) => list.iter().any(|node| gone(node.id) || self.is_incomplete(node)),
            Value::Table(entries) => {
                entries.iter().any(|entry| gone(entry.id) || gone(entry.value.id) || self.is_incomplete(&entry.value))
            }
            _ => false,
        }
    }

    fn name(&self, wanted: Wanted) -> &'static str {
        match (wanted, self.syntax) {
            (Wanted::Text, _) => "a string",
            (Wanted::List, _) => "a list",
            (Wanted::Table, FileSyntax::Toml) => "a table",
            (Wanted::Table, FileSyntax::Json) => "an object",
            (Wanted::Bool, _) => "`true` or `false`",
            (Wanted::Integer, _) => "a non-negative integer",
        }
    }

    fn name_of(&self, value: &Value) -> &'static str {
        match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Text(_) => "a string",
            Value::Time => "a date or a time",
            Value::List(_) => "a list",
            Value::Table(_) => self.name(Wanted::Table),
        }
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn unknown_key(table: &str, key: &str, known: &[&str]) -> UsageError {
    let place = if table.is_empty() { "the configuration".to_owned() } else { format!("`[{table}]`") };
    let mut known: Vec<&str> = known.iter().copied().filter(|key| !key.starts_with('$')).collect();
    known.sort_unstable();
    let help = suggestion(key, known.iter().copied()).unwrap_or_else(|| format!("known here: {}", known.join(", ")));
    UsageError { message: format!("unknown key `{key}` in {place}"), help: Some(help) }
}
