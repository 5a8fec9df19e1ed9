//! `block_fingerprints`: for each row the list of its blocks.

use std::sync::Arc;

use arrow_array::{ArrayRef, StructArray, UInt64Array};
use arrow_schema::{DataType, Field, Fields};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3_arrow::input::AnyArray;
use recto::{BlockSplit, block_fingerprints as fingerprints};

use crate::arrow::{ArrowArray, Column};
use crate::column::Chunk;
use crate::share::{SHARE_BYTES, Threads};
use crate::spans::lists;

fn fields() -> Fields {
    let number = |name: &str| Field::new(name, DataType::UInt64, false);
    Fields::from(vec![number("hash"), number("start"), number("end")])
}

fn item() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Struct(fields()), false))
}

/// The blocks of some rows: their number in each row, and their hashes and places in characters, in order.
#[derive(Default)]
struct Blocks {
    lengths: Vec<usize>,
    hashes: Vec<u64>,
    starts: Vec<u64>,
    ends: Vec<u64>,
}

impl Blocks {
    fn add(&mut self, row: &[u8], split: BlockSplit, least: u32) {
        // A row that is not UTF-8 has no blocks.
        let text = simdutf8::basic::from_utf8(row).unwrap_or_default();
        let blocks = fingerprints(text, split, least);
        self.lengths.push(blocks.len());
        let (mut bytes, mut characters) = (0, 0);
        let mut position = |offset: usize| {
            characters += text[bytes..offset].chars().count() as u64;
            bytes = offset;
            characters
        };
        for block in blocks {
            self.hashes.push(block.hash);
            self.starts.push(position(block.range.start));
            self.ends.push(position(block.range.end));
        }
    }
}

/// Returns the blocks of each row.
#[pyfunction]
#[pyo3(signature = (array, split, least, threads))]
pub(crate) fn block_fingerprints(
    py: Python<'_>,
    array: AnyArray,
    split: &str,
    least: u32,
    threads: Option<usize>,
) -> PyResult<ArrowArray> {
    let split = match split {
        "line" => BlockSplit::Line,
        "paragraph" => BlockSplit::Paragraph,
        "markdown" => BlockSplit::Markdown,
        _ => {
            let message = format!("split is {split:?}: it must be 'line', 'paragraph' or 'markdown'");
            return Err(PyValueError::new_err(message));
        }
    };
    let column = Column::new(array)?;
    let chunks = py.detach(|| {
        let chunk = |(_, chunk): &(ArrayRef, Chunk)| {
            let texts = chunk.texts();
            let parts = Threads::new(threads).map(&texts.shares(SHARE_BYTES), |share, _| {
                let mut blocks = Blocks::default();
                for at in share {
                    blocks.add(texts.row(at).unwrap_or_default(), split, least);
                }
                blocks
            });
            listed(chunk, parts)
        };
        column.chunks.iter().map(chunk).collect()
    });
    Ok(ArrowArray::unnamed(chunks, DataType::List(item())))
}

/// Returns the column of a chunk's rows, given the blocks of its texts.
fn listed(chunk: &Chunk, parts: Vec<Blocks>) -> ArrayRef {
    let mut all = Blocks::default();
    for mut part in parts {
        all.lengths.append(&mut part.lengths);
        all.hashes.append(&mut part.hashes);
        all.starts.append(&mut part.starts);
        all.ends.append(&mut part.ends);
    }
    let rows = chunk.indices();
    if matches!(chunk, Chunk::Dictionary { .. }) {
        all = all.gathered(&rows);
    }
    let lengths = all.lengths.iter().zip(&rows).map(|(length, row)| row.map(|_| *length));
    let per_row: Vec<Option<usize>> = lengths.collect();
    let columns: Vec<ArrayRef> =
        [all.hashes, all.starts, all.ends].map(|numbers| -> ArrayRef { Arc::new(UInt64Array::from(numbers)) }).into();
    let spans: ArrayRef = Arc::new(StructArray::new(fields(), columns, None));
    lists(per_row.into_iter(), item(), spans)
}

impl Blocks {
    /// Returns the blocks of rows, given by their indices.
    fn gathered(&self, rows: &[Option<usize>]) -> Self {
        let starts: Vec<usize> =
            self.lengths.iter().scan(0, |next, len| Some(std::mem::replace(next, *next + len))).collect();
        let mut out = Self::default();
        for row in rows {
            let range = row.map_or(0..0, |row| starts[row]..starts[row] + self.lengths[row]);
            out.lengths.push(range.len());
            out.hashes.extend_from_slice(&self.hashes[range.clone()]);
            out.starts.extend_from_slice(&self.starts[range.clone()]);
            out.ends.extend_from_slice(&self.ends[range]);
        }
        out
    }
}
