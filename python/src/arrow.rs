//! Arrow arrays that come from Python and go back to it, by the PyCapsule interface.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef};
use arrow_schema::{ArrowError, DataType, Field, FieldRef};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3_arrow::ffi::{ArrayIterator, to_array_pycapsules, to_schema_pycapsule, to_stream_pycapsule};
use pyo3_arrow::input::AnyArray;

use crate::column::{Chunk, TooLarge};

/// A column that came from Python.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) field: FieldRef,
    /// The arrays as they came, each with its texts.
    pub(crate) chunks: Vec<(ArrayRef, Chunk)>,
}

impl Column {
    pub(crate) fn new(array: AnyArray) -> PyResult<Self> {
        let field = array.field()?;
        let reader = array.into_reader()?;
        let arrays: Vec<ArrayRef> = reader.collect::<Result<_, ArrowError>>().map_err(failed)?;
        let chunk = |array: ArrayRef| match Chunk::new(&array) {
            Some(chunk) => Ok((array, chunk)),
            None => Err(PyTypeError::new_err(format!(
                "a column of {} has no texts: pass one of strings (utf8, large_utf8, string_view, or a dictionary of these)",
                array.data_type()
            ))),
        };
        Ok(Self { field, chunks: arrays.into_iter().map(chunk).collect::<PyResult<_>>()? })
    }
}

impl From<TooLarge> for PyErr {
    fn from(_: TooLarge) -> Self {
        PyOverflowError::new_err(
            "a chunk would have more than 2 GiB of text: pass smaller chunks, or a column of large_utf8",
        )
    }
}

fn failed(error: ArrowError) -> PyErr {
    PyTypeError::new_err(error.to_string())
}

/// An array, or a sequence of arrays of one type, for any program that reads Arrow's PyCapsule interface:
/// `pyarrow.array(it)`, `pyarrow.chunked_array(it)`, `polars.Series(it)`.
#[pyclass(module = "recto_py", frozen)]
pub(crate) struct ArrowArray {
    chunks: Vec<ArrayRef>,
    /// The field under which they are handed out. Its text types may be binary types in the arrays: the layout is equal.
    field: FieldRef,
}

impl ArrowArray {
    pub(crate) fn new(chunks: Vec<ArrayRef>, field: FieldRef) -> Self {
        Self { chunks, field }
    }

    pub(crate) fn chunks(&self) -> &[ArrayRef] {
        &self.chunks
    }

    /// Returns arrays under a field without a name; `kind` is the type of those without chunks.
    pub(crate) fn unnamed(chunks: Vec<ArrayRef>, kind: DataType) -> Self {
        Self { chunks, field: Arc::new(Field::new("", kind, true)) }
    }
}

#[pymethods]
impl ArrowArray {
    fn __len__(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.len()).sum()
    }

    fn __repr__(&self) -> String {
        format!("<recto_py.ArrowArray: {} rows of {}>", self.__len__(), self.field.data_type())
    }

    /// Number of arrays.
    #[getter]
    fn num_chunks(&self) -> usize {
        self.chunks.len()
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.field.as_ref())?)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let one = match self.chunks.as_slice() {
            [one] => one.clone(),
            [] => arrow_array::new_empty_array(self.field.data_type()),
            all => {
                let all: Vec<&dyn Array> = all.iter().map(AsRef::as_ref).collect();
                arrow_select::concat::concat(&all).map_err(failed)?
            }
        };
        Ok(to_array_pycapsules(py, self.field.clone(), &one, requested_schema)?)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let chunks: Vec<Result<ArrayRef, ArrowError>> = self.chunks.iter().cloned().map(Ok).collect();
        let reader = ArrayIterator::new(chunks, self.field.clone());
        Ok(to_stream_pycapsule(py, Box::new(reader), requested_schema)?)
    }
}
