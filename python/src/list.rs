//! Lists of Python strings as columns, and columns as lists.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, LargeBinaryArray};
use arrow_schema::{DataType, Field};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};

use crate::arrow::ArrowArray;
use crate::column::Chunk;
use crate::scalar::bytes;

/// Returns a column of the strings of a list; `None` is null.
#[pyfunction]
pub(crate) fn column(texts: &Bound<'_, PyList>) -> PyResult<ArrowArray> {
    let mut rows: Vec<Option<Bound<'_, PyBytes>>> = Vec::with_capacity(texts.len());
    for (at, text) in texts.iter().enumerate() {
        match text.cast::<PyString>() {
            Ok(text) => rows.push(Some(bytes(text)?)),
            Err(_) if text.is_none() => rows.push(None),
            Err(_) => {
                let message = format!("element {at} is neither a string nor None: {}", text.get_type());
                return Err(PyTypeError::new_err(message));
            }
        }
    }
    let array: LargeBinaryArray = rows.iter().map(|row| row.as_ref().map(|row| row.as_bytes())).collect();
    let field = Arc::new(Field::new("", DataType::LargeUtf8, true));
    Ok(ArrowArray::new(vec![Arc::new(array)], field))
}

/// Returns the values of a column as Python's own.
#[pyfunction]
pub(crate) fn values<'py>(py: Python<'py>, array: &ArrowArray) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for chunk in array.chunks() {
        for at in 0..chunk.len() {
            list.append(value(py, chunk, at)?)?;
        }
    }
    Ok(list)
}

fn value<'py>(py: Python<'py>, array: &ArrayRef, at: usize) -> PyResult<Bound<'py, PyAny>> {
    if array.is_null(at) {
        return Ok(py.None().into_bound(py));
    }
    Ok(match array.data_type() {
        // A column of texts that came and is handed back: its rows may have lone surrogates.
        DataType::LargeUtf8 => {
            let chunk = Chunk::new(array);
            let text = PyBytes::new(py, chunk.as_ref().and_then(|chunk| chunk.row(at)).unwrap_or_default());
            text.call_method1("decode", ("utf-8", "surrogatepass"))?
        }
        DataType::Utf8 => PyString::new(py, array.as_string::<i32>().value(at)).into_any(),
        DataType::LargeBinary => {
            let text = PyBytes::new(py, array.as_binary::<i64>().value(at));
            text.call_method1("decode", ("utf-8", "surrogatepass"))?
        }
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(at).into_pyobject(py)?.into_any(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(at).into_pyobject(py)?.into_any(),
        DataType::List(_) => {
            let elements = array.as_list::<i32>().value(at);
            let list = PyList::empty(py);
            for at in 0..elements.len() {
                list.append(value(py, &elements, at)?)?;
            }
            list.into_any()
        }
        DataType::Struct(fields) => {
            let dict = PyDict::new(py);
            for (field, column) in fields.iter().zip(array.as_struct().columns()) {
                dict.set_item(field.name(), value(py, column, at)?)?;
            }
            dict.into_any()
        }
        other => return Err(PyTypeError::new_err(format!("no value of {other} is in a column of recto_py"))),
    })
}
