//! `repair_batch` and `explain_batch`: columns of texts, chunk by chunk.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Int32Array, StringArray, StructArray};
use arrow_schema::{DataType, Field, Fields};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3_arrow::input::AnyArray;
use recto_mojibake::Options;
use rustc_hash::FxHashMap;

use crate::arrow::{ArrowArray, Column};
use crate::column::Chunk;
use crate::row::{Outcome, Partial, Span, repair};
use crate::share::{SHARE_BYTES, Threads};
use crate::{least, spans};

/// Rows of a chunk's texts that are not clean, by index, sorted.
fn outcomes(chunk: &Chunk, options: &Options, partial: Partial, threads: Threads) -> Vec<(usize, Outcome)> {
    let texts = chunk.texts();
    let shares = texts.shares(SHARE_BYTES);
    let found = threads.map(&shares, |share, scanner| {
        let judged = share.filter_map(|at| Some((at, repair(texts.row(at)?, scanner, options, partial)?)));
        judged.collect::<Vec<_>>()
    });
    found.into_iter().flatten().collect()
}

/// Sums over rows.
#[derive(Debug, Default)]
struct Tally {
    rows: u64,
    nulls: u64,
    changed: u64,
    kept: u64,
    repairs: FxHashMap<String, u64>,
    certainty: FxHashMap<&'static str, u64>,
    left: FxHashMap<String, u64>,
}

impl Tally {
    fn add(&mut self, rows: &[Option<usize>], outcomes: &[(usize, Outcome)]) {
        self.rows += rows.len() as u64;
        for row in rows {
            let Some(row) = row else {
                self.nulls += 1;
                continue;
            };
            let Ok(at) = outcomes.binary_search_by_key(row, |(at, _)| *at) else { continue };
            let outcome = &outcomes[at].1;
            self.changed += u64::from(outcome.repaired.is_some());
            self.kept += u64::from(outcome.reason.is_some());
            if outcome.spans.is_empty() {
                *self.left.entry(outcome.reason.clone().unwrap_or_default()).or_default() += 1;
            }
            for span in &outcome.spans {
                match span.left {
                    Some(reason) => *self.left.entry(reason.to_owned()).or_default() += 1,
                    None if outcome.repaired.is_none() => *self.left.entry("row-kept".to_owned()).or_default() += 1,
                    None => {
                        *self.repairs.entry(span.recipe.clone()).or_default() += 1;
                        *self.certainty.entry(span.certainty).or_default() += 1;
                    }
                }
            }
        }
    }

    fn into_dict(self, py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let dict = PyDict::new(py);
        let counts = [("rows", self.rows), ("nulls", self.nulls), ("changed", self.changed), ("kept", self.kept)];
        for (name, count) in counts {
            dict.set_item(name, count)?;
        }
        dict.set_item("repairs", self.repairs)?;
        dict.set_item("certainty", self.certainty)?;
        dict.set_item("left", self.left)?;
        Ok(dict)
    }
}

/// The results of a chunk: its new array, and the outcomes of its rows.
struct Done {
    array: ArrayRef,
    rows: Vec<Option<usize>>,
    outcomes: Vec<(usize, Outcome)>,
}

fn done(column: &Column, options: &Options, partial: Partial, threads: Threads) -> PyResult<Vec<Done>> {
    let chunk = |(array, chunk): &(ArrayRef, Chunk)| {
        let outcomes = outcomes(chunk, options, partial, threads);
        let new: Vec<(usize, &[u8])> =
            outcomes.iter().filter_map(|(at, outcome)| Some((*at, outcome.repaired.as_deref()?))).collect();
        // Without a change, the array that came goes back, with its buffers.
        let array = if new.is_empty() { array.clone() } else { chunk.replaced(&new)? };
        Ok(Done { array, rows: chunk.indices(), outcomes })
    };
    column.chunks.iter().map(chunk).collect()
}

/// Returns the repaired column and its sums; with `whole`, a column of structs whose rows are repaired wholly or not at
/// all.
#[pyfunction]
#[pyo3(signature = (array, certainty, threads, whole))]
pub(crate) fn repair_batch<'py>(
    py: Python<'py>,
    array: AnyArray,
    certainty: &str,
    threads: Option<usize>,
    whole: bool,
) -> PyResult<(ArrowArray, Bound<'py, PyDict>)> {
    let options = Options { certainty: least(certainty)?, ..Options::default() };
    let partial = if whole { Partial::Kept } else { Partial::Repaired };
    let column = Column::new(array)?;
    let (chunks, tally) = py.detach(|| -> PyResult<_> {
        let done = done(&column, &options, partial, Threads::new(threads))?;
        let mut tally = Tally::default();
        for chunk in &done {
            tally.add(&chunk.rows, &chunk.outcomes);
        }
        let chunks: Vec<ArrayRef> = match partial {
            Partial::Repaired => done.into_iter().map(|done| done.array).collect(),
            Partial::Kept => done.iter().map(with_reasons).collect(),
        };
        Ok((chunks, tally))
    })?;
    let field = match partial {
        Partial::Repaired => column.field.clone(),
        Partial::Kept => {
            let kind = DataType::Struct(fields(column.field.data_type().clone()));
            Arc::new(Field::new(column.field.name(), kind, true))
        }
    };
    Ok((ArrowArray::new(chunks, field), tally.into_dict(py)?))
}

fn fields(text: DataType) -> Fields {
    Fields::from(vec![
        Field::new("text", text, true),
        Field::new("repairs", DataType::Int32, false),
        Field::new("certainty", DataType::Utf8, true),
        Field::new("reason", DataType::Utf8, true),
    ])
}

/// Returns the texts with the number and least certainty of their repairs, and the reason why a row was kept.
fn with_reasons(done: &Done) -> ArrayRef {
    let outcome = |row: &Option<usize>| {
        let at = done.outcomes.binary_search_by_key(&(*row)?, |(at, _)| *at).ok()?;
        Some(&done.outcomes[at].1)
    };
    let made = |row| outcome(row).filter(|outcome| outcome.repaired.is_some());
    let repairs = done.rows.iter().map(|row| made(row).map_or(0, |outcome| outcome.spans.len() as i32));
    let certainty = done.rows.iter().map(|row| {
        let spans = &made(row)?.spans;
        Some(if spans.iter().any(|span| span.certainty != "proved") { "likely" } else { "proved" })
    });
    let reason = done.rows.iter().map(|row| outcome(row)?.reason.as_deref());
    let columns: Vec<ArrayRef> = vec![
        done.array.clone(),
        Arc::new(Int32Array::from_iter_values(repairs)),
        Arc::new(certainty.collect::<StringArray>()),
        Arc::new(reason.collect::<StringArray>()),
    ];
    Arc::new(StructArray::new(fields(done.array.data_type().clone()), columns, None))
}

/// Returns the mojibake of each row.
#[pyfunction]
#[pyo3(signature = (array, certainty, threads))]
pub(crate) fn explain_batch(
    py: Python<'_>,
    array: AnyArray,
    certainty: &str,
    threads: Option<usize>,
) -> PyResult<ArrowArray> {
    let options = Options { certainty: least(certainty)?, ..Options::default() };
    let column = Column::new(array)?;
    let chunks = py.detach(|| {
        let explained = |(_, chunk): &(ArrayRef, Chunk)| {
            let outcomes = outcomes(chunk, &options, Partial::Repaired, Threads::new(threads));
            let row = |row: Option<usize>| {
                let at = outcomes.binary_search_by_key(&row?, |(at, _)| *at);
                Some(at.map_or(&[][..], |at| outcomes[at].1.spans.as_slice()))
            };
            let rows: Vec<Option<&[Span]>> = chunk.indices().into_iter().map(row).collect();
            spans::column(&rows)
        };
        column.chunks.iter().map(explained).collect()
    });
    Ok(ArrowArray::unnamed(chunks, spans::data_type()))
}
