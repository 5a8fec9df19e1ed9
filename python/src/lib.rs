//! The compiled half of the Python package `recto_py`; the other half, which people call, is `recto_py/__init__.py`.
//!
//! Reading order: `column` (texts in Arrow's layouts), `surrogates`, `row` (the repair of a row), `share` (threads),
//! `arrow` (arrays from Python and back), `list` (lists as columns), then what Python calls: `scalar`, `batch`, `blocks`, `check`.

mod arrow;
mod batch;
mod blocks;
mod check;
mod column;
mod list;
mod row;
mod scalar;
mod share;
mod spans;
mod surrogates;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use recto_mojibake::Certainty;

/// Returns the least certainty of a repair that Python names.
fn least(certainty: &str) -> PyResult<Certainty> {
    match certainty {
        "proved" => Ok(Certainty::Proved),
        "likely" => Ok(Certainty::Likely),
        _ => Err(PyValueError::new_err(format!("certainty is {certainty:?}: it must be 'proved' or 'likely'"))),
    }
}

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("version", env!("CARGO_PKG_VERSION"))?;
    module.add("tables", env!("RECTO_TABLES"))?;
    module.add_class::<arrow::ArrowArray>()?;
    module.add_class::<scalar::Mojibake>()?;
    module.add_class::<scalar::Decoded>()?;
    module.add_function(wrap_pyfunction!(scalar::repair, module)?)?;
    module.add_function(wrap_pyfunction!(scalar::explain, module)?)?;
    module.add_function(wrap_pyfunction!(scalar::decode, module)?)?;
    module.add_function(wrap_pyfunction!(scalar::similar, module)?)?;
    module.add_function(wrap_pyfunction!(list::column, module)?)?;
    module.add_function(wrap_pyfunction!(list::values, module)?)?;
    module.add_function(wrap_pyfunction!(batch::repair_batch, module)?)?;
    module.add_function(wrap_pyfunction!(batch::explain_batch, module)?)?;
    module.add_function(wrap_pyfunction!(blocks::block_fingerprints, module)?)?;
    module.add_function(wrap_pyfunction!(check::check_batch, module)?)?;
    Ok(())
}
