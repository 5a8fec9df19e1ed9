//! `check_batch`: for each row the list of its findings, each row a file by itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::{ArrayRef, StringArray, StructArray, UInt64Array};
use arrow_schema::{DataType, Field, Fields};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyArray;
use rayon::prelude::*;
use recto::{Applicability, Config, File, ReportedFinding};

use crate::arrow::{ArrowArray, Column};
use crate::column::Chunk;
use crate::share::Threads;
use crate::spans::lists;

fn fields() -> Fields {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let number = |name: &str| Field::new(name, DataType::UInt64, false);
    Fields::from(vec![
        text("rule", false),
        text("tier", false),
        text("severity", false),
        text("message", false),
        number("start"),
        number("end"),
        text("fix", true),
        text("applicability", true),
    ])
}

fn item() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Struct(fields()), false))
}

/// A finding, with its position in characters of its row.
struct Found {
    finding: ReportedFinding,
    start: u64,
    end: u64,
}

fn checked(row: &[u8], path: &str, config: &Config) -> Vec<Found> {
    // A byte that continues a character is none by itself.
    let position = |offset: usize| {
        let before = &row[..offset.min(row.len())];
        before.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u64
    };
    let report = catch_unwind(AssertUnwindSafe(|| recto::check([File::new(path, row)], config)));
    let Ok(report) = report else { return Vec::new() };
    let found = |finding: ReportedFinding| {
        let (start, end) = (position(finding.range.start), position(finding.range.end));
        Found { finding, start, end }
    };
    report.findings().map(found).collect()
}

/// Returns the findings about each row. `config` is the text of a `recto.json`.
#[pyfunction]
#[pyo3(signature = (array, config, audit, path, threads))]
pub(crate) fn check_batch(
    py: Python<'_>,
    array: AnyArray,
    config: &str,
    audit: bool,
    path: &str,
    threads: Option<usize>,
) -> PyResult<ArrowArray> {
    let config = Config::from_json(config).map_err(|mistakes| {
        let told = mistakes.iter().map(|mistake| match &mistake.help {
            Some(help) => format!("{} ({help})", mistake.message),
            None => mistake.message.clone(),
        });
        PyValueError::new_err(told.collect::<Vec<_>>().join("\n"))
    })?;
    let config = if audit { config.with_audit_tier() } else { config };
    let column = Column::new(array)?;
    let chunks = py.detach(|| -> Result<Vec<ArrayRef>, rayon::ThreadPoolBuildError> {
        // A pool of this call alone, see `share`: the checks themselves use the pool that they are in.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(Threads::new(threads).get()).build()?;
        Ok(column.chunks.iter().map(|(_, chunk)| pool.install(|| findings(chunk, path, &config))).collect())
    });
    let chunks = chunks.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    Ok(ArrowArray::unnamed(chunks, DataType::List(item())))
}

fn findings(chunk: &Chunk, path: &str, config: &Config) -> ArrayRef {
    let texts = chunk.texts();
    let found: Vec<Vec<Found>> = (0..texts.len())
        .into_par_iter()
        .map(|at| texts.row(at).map(|row| checked(row, path, config)).unwrap_or_default())
        .collect();
    let rows = chunk.indices();
    let of = |row: &Option<usize>| row.map_or(&[][..], |row| found[row].as_slice());
    let all: Vec<&Found> = rows.iter().flat_map(of).collect();
    let text = |of: fn(&ReportedFinding) -> Option<&str>| -> ArrayRef {
        Arc::new(all.iter().map(|found| of(&found.finding)).collect::<StringArray>())
    };
    let columns: Vec<ArrayRef> = vec![
        text(|finding| Some(finding.rule)),
        text(|finding| Some(finding.tier.as_str())),
        text(|finding| Some(finding.severity.as_str())),
        text(|finding| Some(&finding.message)),
        Arc::new(UInt64Array::from_iter_values(all.iter().map(|found| found.start))),
        Arc::new(UInt64Array::from_iter_values(all.iter().map(|found| found.end))),
        text(|finding| finding.fix.as_deref()),
        text(|finding| finding.applicability.map(Applicability::as_str)),
    ];
    let elements: ArrayRef = Arc::new(StructArray::new(fields(), columns, None));
    lists(rows.iter().map(|row| row.map(|row| found[row].len())), item(), elements)
}
