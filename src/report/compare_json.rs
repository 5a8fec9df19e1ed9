//! The comparison as one JSON object, schema 1: fields may be added, never changed.
//!
//! Lines are 1-based. `pairs` has the pairs in place (every item once), followed by the `moved` pairs: items that have
//! another number in the derived version; those have `"beside": true`. `newcomers` lists, for each item that the base
//! version lacks and several derived versions have, its places in those.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::compare::{Comparison, Spelling, VERDICTS, VerdictCounts};
use super::json::{JsonFinding, entry};
use crate::model::alignment::{
    AlignedPair, Alignment, DividedItem, ItemRef, RepeatedItem, SectionPair, SectionRef, Verdict,
};
use crate::model::work::AddedItem;

/// Writes the comparison.
///
/// # Errors
/// If writing to `out` fails.
pub fn write(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = CompareOutput {
        schema: 1,
        tool: json!({"name": "recto", "version": env!("CARGO_PKG_VERSION")}),
        summary: summary(comparison),
        unit: comparison.work.basis.noun(),
        versions: versions(comparison),
        pairs: comparison
            .others()
            .flat_map(|(at, _, alignment)| {
                alignment
                    .pairs
                    .iter()
                    .enumerate()
                    .map(move |(row, pair)| (at, pair, row >= alignment.in_place, alignment))
            })
            .map(|(at, pair, beside, alignment)| row(comparison, at, pair, RowPosition { beside }, alignment))
            .collect(),
        sections: comparison
            .others()
            .flat_map(|(at, _, alignment)| alignment.sections.iter().map(move |pair| (at, pair, alignment)))
            .filter(|(_, pair, _)| pair.base.is_some() || pair.derived.is_some())
            .map(|(at, pair, alignment)| section_row(comparison, at, pair, alignment))
            .collect(),
        links: repeats(comparison),
        newcomers: comparison.work.added_items.iter().map(|newcomer| newcomer_row(comparison, newcomer)).collect(),
        findings: comparison.findings.iter().map(|finding| entry(finding, comparison.collection)).collect(),
    };
    serde_json::to_writer(&mut *out, &report)?;
    writeln!(out)
}

#[derive(Serialize)]
struct CompareOutput<'a> {
    schema: u32,
    tool: Value,
    summary: Value,
    /// The unit by which the versions are compared: `items`, `headings`, `bullets`, `summaries`, `rows` or `terms`.
    unit: &'static str,
    versions: Vec<Value>,
    pairs: Vec<PairRow>,
    sections: Vec<Value>,
    /// Items that belong to another one as well.
    links: Vec<Value>,
    /// Items that the base version lacks and several derived versions have.
    newcomers: Vec<Value>,
    findings: Vec<JsonFinding<'a>>,
}

/// One pair of an alignment.
#[derive(Serialize)]
struct PairRow {
    left: Option<JsonItem>,
    right: Option<JsonItem>,
    verdict: &'static str,
    score: f64,
    /// Why the two are a pair: `same`, or `by-order` if nothing but their order between sure neighbours says so; null if
    /// they are none.
    link: Option<&'static str>,
    /// The index of the right version.
    other: usize,
    /// True if both items are also part of pairs in place.
    beside: bool,
    /// The difference of the numbers in a renumbered block.
    shift: Option<i64>,
}

#[derive(Serialize)]
struct JsonItem {
    /// The number, or the last part of a dotted one.
    number: Option<u32>,
    /// A dotted number in full: "1.4".
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    title: String,
    path: String,
    line: u32,
}

struct RowPosition {
    beside: bool,
}

fn summary(comparison: &Comparison<'_>) -> Value {
    let pairs = comparison.work.alignments.iter().flat_map(|alignment| &alignment.pairs);
    let mut summary = counts(VerdictCounts::new(pairs.map(|pair| pair.verdict)));
    summary.insert("findings".to_owned(), comparison.findings.len().into());
    summary.into()
}

fn counts(counts: VerdictCounts) -> Map<String, Value> {
    VERDICTS.iter().map(|verdict| (verdict.as_str().replace('-', "_"), counts.of(*verdict).into())).collect()
}

fn versions(comparison: &Comparison<'_>) -> Vec<Value> {
    let versions = comparison.work.versions.iter().zip(comparison.names).enumerate();
    versions
        .map(|(at, (version, name))| {
            let documents = version.documents.iter().map(|id| comparison.collection.document(*id));
            let files: Vec<&str> = documents.map(|doc| doc.source.display()).collect();
            json!({"name": name, "role": version.role.as_str(), "files": files, "items": comparison.items(at)})
        })
        .collect()
}

fn row(
    comparison: &Comparison<'_>,
    other: usize,
    pair: &AlignedPair,
    place: RowPosition,
    alignment: &Alignment,
) -> PairRow {
    let shift = pair.renumbered.and_then(|shift| alignment.renumbered.get(shift as usize));
    PairRow {
        left: pair.base.map(|item| side(comparison, item)),
        right: pair.derived.map(|item| side(comparison, item)),
        verdict: pair.verdict.as_str(),
        link: link(pair),
        score: (f64::from(pair.score) * 1000.0).round() / 1000.0,
        other,
        beside: place.beside,
        shift: shift.map(|shift| shift.offset),
    }
}

fn link(pair: &AlignedPair) -> Option<&'static str> {
    match pair.verdict {
        Verdict::Same | Verdict::Reworded | Verdict::Moved => Some(if pair.by_order { "by-order" } else { "same" }),
        Verdict::Different | Verdict::BaseOnly | Verdict::DerivedOnly => None,
    }
}

fn repeats(comparison: &Comparison<'_>) -> Vec<Value> {
    let of = |(at, _, alignment): (usize, _, &Alignment)| {
        let row = |repeat: &RepeatedItem| {
            let first = comparison.work.versions[0].documents.contains(&repeat.item.doc);
            json!({"link": "also-asked-as", "version": if first { 0 } else { at }, "item": side(comparison, repeat.item),
                "of": side(comparison, repeat.of), "score": (f64::from(repeat.score) * 1000.0).round() / 1000.0})
        };
        let divided = |divided: &DividedItem| {
            let first = comparison.work.versions[0].documents.contains(&divided.whole.doc);
            let parts: Vec<JsonItem> = divided.parts.iter().map(|part| side(comparison, *part)).collect();
            json!({"link": if first { "split-into" } else { "merged-from" }, "version": if first { 0 } else { at },
                "item": side(comparison, divided.whole), "parts": parts,
                "score": (f64::from(divided.score) * 1000.0).round() / 1000.0})
        };
        alignment.repeats.iter().map(row).chain(alignment.divided.iter().map(divided)).collect::<Vec<_>>()
    };
    comparison.others().flat_map(of).collect()
}

fn side(comparison: &Comparison<'_>, item: ItemRef) -> JsonItem {
    let number = comparison.number(item);
    JsonItem {
        number: number.map(|number| number.value),
        label: number
            .filter(|number| !number.outer.parts().is_empty() || !number.inserted.is_none())
            .map(|number| number.to_string()),
        title: comparison.title(item, Spelling::Written),
        path: comparison.collection.document(item.doc).source.display().to_owned(),
        line: comparison.line(item),
    }
}

fn section_row(comparison: &Comparison<'_>, other: usize, pair: &SectionPair, alignment: &Alignment) -> Value {
    let rows = pair.rows.iter().filter_map(|row| alignment.pairs.get(*row as usize));
    let mut row = Map::new();
    row.insert("left".to_owned(), pair.base.map_or(Value::Null, |section| heading(comparison, section)));
    row.insert("right".to_owned(), pair.derived.map_or(Value::Null, |section| heading(comparison, section)));
    row.insert("other".to_owned(), other.into());
    row.extend(counts(VerdictCounts::new(rows.map(|pair| pair.verdict))));
    row.into()
}

fn newcomer_row(comparison: &Comparison<'_>, newcomer: &AddedItem) -> Value {
    let items = newcomer.items.iter().map(|(version, item)| {
        let mut row = json!(side(comparison, *item));
        row["version"] = (*version).into();
        row
    });
    items.collect::<Vec<_>>().into()
}

fn heading(comparison: &Comparison<'_>, section: SectionRef) -> Value {
    let Some((doc, title, line)) = comparison.section(section, Spelling::Written) else { return Value::Null };
    json!({"title": title, "path": doc.source.display(), "line": line})
}
