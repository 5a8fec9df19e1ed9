//! Columns of texts in Arrow's layouts: their rows as bytes, and the column with some of its rows replaced.
//!
//! Texts are handled as bytes, because nothing guarantees that another program's column is UTF-8. The layout of a binary
//! column is that of a text column, so that it can be handed on under the field of the column that came.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::builder::make_view;
use arrow_array::cast::AsArray;
use arrow_array::types::GenericBinaryType;
use arrow_array::{Array, ArrayRef, BinaryViewArray, GenericByteArray, OffsetSizeTrait, UInt64Array};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;
use rustc_hash::FxHashMap;

/// An array of variable-size bytes whose offsets are `O`.
type Bytes<O> = GenericByteArray<GenericBinaryType<O>>;

/// A chunk of a column.
#[derive(Debug, Clone)]
pub(crate) enum Chunk {
    Small(Bytes<i32>),
    Large(Bytes<i64>),
    View(BinaryViewArray),
    Dictionary {
        values: Box<Chunk>,
        array: ArrayRef,
    },
    /// A column without texts.
    Null(ArrayRef),
}

/// The reason why a column with replaced rows cannot be made.
#[derive(Debug)]
pub(crate) struct TooLarge;

impl Chunk {
    /// Returns the chunk of an array of text. `None` if it is of any other type.
    pub(crate) fn new(array: &ArrayRef) -> Option<Self> {
        Some(match array.data_type() {
            // An empty slice may come without the buffers that its offsets point into.
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View if array.is_empty() => Self::Null(array.clone()),
            DataType::Utf8 => {
                let (offsets, values, nulls) = array.as_string::<i32>().clone().into_parts();
                Self::Small(Bytes::new(offsets, values, nulls))
            }
            DataType::LargeUtf8 => {
                let (offsets, values, nulls) = array.as_string::<i64>().clone().into_parts();
                Self::Large(Bytes::new(offsets, values, nulls))
            }
            DataType::Utf8View => Self::View(array.as_string_view().clone().to_binary_view()),
            DataType::Dictionary(_, _) => {
                let values = Box::new(Self::new(array.as_any_dictionary().values())?);
                if matches!(*values, Self::Dictionary { .. }) {
                    return None;
                }
                Self::Dictionary { values, array: array.clone() }
            }
            DataType::Null => Self::Null(array.clone()),
            _ => return None,
        })
    }

    /// Returns the chunk whose rows are judged: of a dictionary its values, each once.
    pub(crate) fn texts(&self) -> &Self {
        match self {
            Self::Dictionary { values, .. } => values,
            other => other,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Small(array) => array.len(),
            Self::Large(array) => array.len(),
            Self::View(array) => array.len(),
            Self::Dictionary { array, .. } | Self::Null(array) => array.len(),
        }
    }

    /// Returns a row, which is not of a dictionary; `None` if it is null.
    pub(crate) fn row(&self, at: usize) -> Option<&[u8]> {
        match self {
            Self::Small(array) => array.is_valid(at).then(|| array.value(at)),
            Self::Large(array) => array.is_valid(at).then(|| array.value(at)),
            Self::View(array) => array.is_valid(at).then(|| array.value(at)),
            Self::Dictionary { .. } | Self::Null(_) => None,
        }
    }

    /// Returns for each row its index in [`Chunk::texts`]; `None` if it is null.
    pub(crate) fn indices(&self) -> Vec<Option<usize>> {
        match self {
            Self::Dictionary { values, array } => {
                let dictionary = array.as_any_dictionary();
                // Without values, all keys are null.
                let keys = if values.len() == 0 { vec![0; array.len()] } else { dictionary.normalized_keys() };
                let is_valid =
                    |at, key| values.len() > 0 && dictionary.keys().is_valid(at) && values.row(key).is_some();
                keys.into_iter().enumerate().map(|(at, key)| is_valid(at, key).then_some(key)).collect()
            }
            other => (0..other.len()).map(|at| other.row(at).is_some().then_some(at)).collect(),
        }
    }

    /// Returns ranges of rows of about `bytes` bytes each.
    pub(crate) fn shares(&self, bytes: usize) -> Vec<Range<usize>> {
        let mut shares = Vec::new();
        let (mut start, mut size) = (0, 0);
        for at in 0..self.len() {
            // A row costs something even if it is empty.
            size += 16 + self.row(at).map_or(0, <[u8]>::len);
            if size >= bytes {
                shares.push(start..at + 1);
                (start, size) = (at + 1, 0);
            }
        }
        if start < self.len() {
            shares.push(start..self.len());
        }
        shares
    }

    /// Returns the array with some rows of [`Chunk::texts`] replaced; `rows` is sorted and not empty.
    pub(crate) fn replaced(&self, rows: &[(usize, &[u8])]) -> Result<ArrayRef, TooLarge> {
        Ok(match self {
            Self::Small(array) => Arc::new(spliced(array, rows)?),
            Self::Large(array) => Arc::new(spliced(array, rows)?),
            Self::View(array) => Arc::new(viewed(array, rows)),
            Self::Dictionary { values, array } => remapped(values, array, rows)?,
            Self::Null(array) => array.clone(),
        })
    }
}

fn spliced<O: OffsetSizeTrait>(array: &Bytes<O>, rows: &[(usize, &[u8])]) -> Result<Bytes<O>, TooLarge> {
    let offset = |at: usize| array.value_offsets()[at].as_usize();
    let all = offset(array.len()) - offset(0);
    let new_bytes: usize = rows.iter().map(|(_, new)| new.len()).sum();
    let mut values = Vec::with_capacity(all + new_bytes);
    let mut offsets: Vec<O> = Vec::with_capacity(array.len() + 1);
    let push = |offsets: &mut Vec<O>, len: usize| O::from_usize(len).map(|end| offsets.push(end)).ok_or(TooLarge);
    let mut at = 0;
    push(&mut offsets, 0)?;
    for (row, new) in rows.iter().map(|(row, new)| (*row, Some(*new))).chain([(array.len(), None)]) {
        let (from, base) = (offset(at), values.len());
        values.extend_from_slice(&array.value_data()[from..offset(row)]);
        for next in at + 1..=row {
            push(&mut offsets, base + offset(next) - from)?;
        }
        if let Some(new) = new {
            values.extend_from_slice(new);
            push(&mut offsets, values.len())?;
        }
        at = row + 1;
    }
    Ok(Bytes::new(OffsetBuffer::new(offsets.into()), Buffer::from_vec(values), array.nulls().cloned()))
}

/// Returns a view array whose unchanged rows are still in the buffers that came.
fn viewed(array: &BinaryViewArray, rows: &[(usize, &[u8])]) -> BinaryViewArray {
    let mut views: Vec<u128> = array.views().to_vec();
    if let Some(nulls) = array.nulls() {
        for (view, is_valid) in views.iter_mut().zip(nulls) {
            if !is_valid {
                *view = 0;
            }
        }
    }
    let mut buffers = array.data_buffers().to_vec();
    let mut new_buffer: Vec<u8> = Vec::new();
    for (row, new) in rows {
        // A buffer is addressed by 32 bits.
        if new_buffer.len() + new.len() > i32::MAX as usize {
            buffers.push(Buffer::from_vec(std::mem::take(&mut new_buffer)));
        }
        views[*row] = make_view(new, buffers.len() as u32, new_buffer.len() as u32);
        if new.len() > 12 {
            new_buffer.extend_from_slice(new);
        }
    }
    buffers.push(Buffer::from_vec(new_buffer));
    BinaryViewArray::new(ScalarBuffer::from(views), buffers, array.nulls().cloned())
}

/// Returns a dictionary with replaced values, and each value once: two of them may have become equal.
fn remapped(values: &Chunk, array: &ArrayRef, rows: &[(usize, &[u8])]) -> Result<ArrayRef, TooLarge> {
    let dictionary = array.as_any_dictionary();
    let new = values.replaced(rows)?;
    let mut replaced = rows.iter().peekable();
    let mut seen: FxHashMap<&[u8], u64> = FxHashMap::default();
    let (mut first, mut targets) = (Vec::new(), Vec::with_capacity(values.len()));
    for at in 0..values.len() {
        let row = replaced.next_if(|(row, _)| *row == at).map(|(_, new)| *new).or_else(|| values.row(at));
        let next = first.len() as u64;
        let target = row.map_or(next, |row| *seen.entry(row).or_insert(next));
        if target == next {
            first.push(at as u64);
        }
        targets.push(target);
    }
    if first.len() == values.len() {
        return Ok(dictionary.with_values(new));
    }
    let failed = |_| TooLarge;
    let new = arrow_select::take::take(&new, &UInt64Array::from(first), None).map_err(failed)?;
    let keys = dictionary.keys();
    let targets = arrow_cast::cast(&UInt64Array::from(targets), keys.data_type()).map_err(failed)?;
    let keys = arrow_select::take::take(&targets, keys, None).map_err(failed)?;
    let kind = DataType::Dictionary(Box::new(keys.data_type().clone()), Box::new(new.data_type().clone()));
    let data = keys.to_data().into_builder().data_type(kind).child_data(vec![new.to_data()]);
    Ok(arrow_array::make_array(data.build().map_err(failed)?))
}
