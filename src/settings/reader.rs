//! Typed reading of TOML tables, where every complaint knows its place and every key must be known.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Complaint, suggestion};

/// A complaint and the bytes of the file that it is about.
pub(super) type Misfit = (Range<usize>, Complaint);
/// A value, or what is wrong with it.
pub(super) type Result<T> = std::result::Result<T, Misfit>;

/// One table: remembers which keys were asked for, so that [`Reader::finish`] can complain about the others.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    table: &'a DeTable<'a>,
    name: String,
    known: BTreeSet<String>,
}

/// A complaint about `span`.
pub(super) fn misfit(span: Range<usize>, message: impl Into<String>, help: Option<String>) -> Misfit {
    (span, Complaint { message: message.into(), help })
}

impl<'a> Reader<'a> {
    /// Reads `table`, called `name` in complaints.
    pub(super) fn new(table: &'a DeTable<'a>, name: impl Into<String>) -> Self {
        Self { table, name: name.into(), known: BTreeSet::new() }
    }

    /// The value of `key`, if it is there.
    pub(super) fn get(&mut self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.insert(key.to_owned());
        self.table.get(key)
    }

    /// All keys that were not asked for yet, in the order of the alphabet.
    pub(super) fn rest(&self) -> impl Iterator<Item = (&'a str, Range<usize>)> + use<'a, '_> {
        self.table
            .keys()
            .filter(|key| !self.known.contains(key.get_ref().as_ref()))
            .map(|key| (key.get_ref().as_ref(), key.span()))
    }

    /// The string at `key`.
    pub(super) fn string(&mut self, key: &str) -> Result<Option<(String, Range<usize>)>> {
        let name = self.full(key);
        self.get(key).map(|value| Ok((string(value, &name)?, value.span()))).transpose()
    }

    /// The list of strings at `key`, each with its place; empty if it is not there.
    pub(super) fn strings(&mut self, key: &str) -> Result<Vec<(String, Range<usize>)>> {
        let name = self.full(key);
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let array = array(value, &name)?;
        array.iter().map(|value| Ok((string(value, &name)?, value.span()))).collect()
    }

    /// Whether `key` is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The table at `key`.
    pub(super) fn table(&mut self, key: &str) -> Result<Option<Reader<'a>>> {
        let name = self.full(key);
        self.get(key).map(|value| table(value, name)).transpose()
    }

    /// The list of tables at `key`.
    pub(super) fn tables(&mut self, key: &str) -> Result<Vec<(Reader<'a>, Range<usize>)>> {
        let name = self.full(key);
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        array(value, &name)?.iter().map(|value| Ok((table(value, name.clone())?, value.span()))).collect()
    }

    /// The table of strings at `key`, each with its place.
    pub(super) fn words(&mut self, key: &str) -> Result<BTreeMap<String, (String, Range<usize>)>> {
        let Some(table) = self.table(key)? else { return Ok(BTreeMap::new()) };
        let entry = |(word, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let word: &std::borrow::Cow<'_, str> = word.get_ref();
            Ok((word.clone().into_owned(), (string(value, &table.full(word))?, value.span())))
        };
        table.table.iter().map(entry).collect()
    }

    /// Complains about the first key that was never asked for.
    pub(super) fn finish(self) -> Result<()> {
        let Some((key, span)) = self.rest().min_by_key(|(_, span)| span.start) else { return Ok(()) };
        let place = if self.name.is_empty() { "the configuration".to_owned() } else { format!("`[{}]`", self.name) };
        let known: Vec<&str> = self.known.iter().map(String::as_str).collect();
        let help =
            suggestion(key, known.iter().copied()).unwrap_or_else(|| format!("known here: {}", known.join(", ")));
        Err(misfit(span, format!("unknown key `{key}` in {place}"), Some(help)))
    }

    fn full(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

/// The value as a string.
pub(super) fn string(value: &Spanned<DeValue<'_>>, name: &str) -> Result<String> {
    let text = value.get_ref().as_str().map(str::to_owned);
    text.ok_or_else(|| wrong_type(value, name, "a string"))
}

fn array<'a>(value: &'a Spanned<DeValue<'a>>, name: &str) -> Result<&'a [Spanned<DeValue<'a>>]> {
    let array = value.get_ref().as_array();
    array.map(|array| &**array).ok_or_else(|| wrong_type(value, name, "a list"))
}

fn table<'a>(value: &'a Spanned<DeValue<'a>>, name: String) -> Result<Reader<'a>> {
    match value.get_ref().as_table() {
        Some(table) => Ok(Reader::new(table, name)),
        None => Err(wrong_type(value, &name, "a table")),
    }
}

fn wrong_type(value: &Spanned<DeValue<'_>>, name: &str, wanted: &str) -> Misfit {
    misfit(value.span(), format!("`{name}` must be {wanted}, not {}", article(value.get_ref().type_str())), None)
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}
