//! Single texts: `repair`, `explain`, `decode`, `similar`.

use std::cell::RefCell;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};
use recto_mojibake::{Options, Scanner};

use crate::least;
use crate::row::{Outcome, Partial, Span, repair as repair_row};

thread_local! {
    /// The scanner of the thread, with the results that it cached.
    static SCANNER: RefCell<Scanner> = RefCell::default();
}

/// Length from which other Python threads run during the repair of a text, in bytes (a guess).
const LONG_BYTES: usize = 16 << 10;

fn judged(py: Python<'_>, bytes: &[u8], options: &Options) -> Option<Outcome> {
    let work = || SCANNER.with_borrow_mut(|scanner| repair_row(bytes, scanner, options, Partial::Repaired));
    if bytes.len() < LONG_BYTES { work() } else { py.detach(work) }
}

/// Returns the bytes of a text, with lone surrogates as UTF-8 would write them.
pub(crate) fn bytes<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyBytes>> {
    Ok(text.call_method1("encode", ("utf-8", "surrogatepass"))?.cast_into()?)
}

fn outcome(text: &Bound<'_, PyString>, options: &Options) -> PyResult<Option<Outcome>> {
    let py = text.py();
    match text.to_str() {
        Ok(text) => Ok(judged(py, text.as_bytes(), options)),
        Err(_) => Ok(judged(py, bytes(text)?.as_bytes(), options)),
    }
}

/// Returns the repaired text; the text itself if nothing changes.
#[pyfunction]
#[pyo3(signature = (text, certainty))]
pub(crate) fn repair<'py>(text: Bound<'py, PyString>, certainty: &str) -> PyResult<Bound<'py, PyString>> {
    let options = Options { certainty: least(certainty)?, ..Options::default() };
    let Some(new) = outcome(&text, &options)?.and_then(|outcome| outcome.repaired) else { return Ok(text) };
    match std::str::from_utf8(&new) {
        Ok(new) => Ok(PyString::new(text.py(), new)),
        Err(_) => {
            let new = PyBytes::new(text.py(), &new).call_method1("decode", ("utf-8", "surrogatepass"))?;
            Ok(new.cast_into()?)
        }
    }
}

/// A span of mojibake in a text.
#[pyclass(module = "recto_py", frozen, eq, get_all)]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mojibake {
    /// Position of its first character; the first of the text is 0.
    start: u64,
    /// Position after its last character.
    end: u64,
    /// The text that was found.
    found: String,
    /// The intended text; `None` if several are about equally good.
    repair: Option<String>,
    /// The mis-decodings, as in `utf-8>windows-1252`; several are joined by `|`.
    recipe: String,
    /// `proved`, `likely` or `ambiguous`.
    certainty: &'static str,
    /// `mojibake`, `lost-bytes`, `legacy-as-legacy`, `eaten-escape` or `entities`.
    cause: &'static str,
    /// The reason why `repair` leaves it as it is: `ambiguous`, `quoted-example`, `losses-in-line` or
    /// `below-certainty`; `None` if it is repaired.
    left: Option<&'static str>,
    /// The candidates for the intended text, best first; empty unless it is ambiguous.
    candidates: Vec<String>,
}

#[pymethods]
impl Mojibake {
    fn __repr__(&self) -> String {
        let Self { start, end, found, recipe, certainty, .. } = self;
        match &self.repair {
            Some(repair) => format!("<Mojibake {start}:{end} {found:?} → {repair:?} {recipe} ({certainty})>"),
            None => format!("<Mojibake {start}:{end} {found:?} {recipe} ({certainty})>"),
        }
    }
}

impl From<Span> for Mojibake {
    fn from(span: Span) -> Self {
        let Span { start, end, found, repair, recipe, certainty, cause, left, candidates } = span;
        Self { start, end, found, repair, recipe, certainty, cause, left, candidates }
    }
}

/// Returns the mojibake of a text.
#[pyfunction]
#[pyo3(signature = (text, certainty))]
pub(crate) fn explain<'py>(text: Bound<'py, PyString>, certainty: &str) -> PyResult<Bound<'py, PyList>> {
    let options = Options { certainty: least(certainty)?, ..Options::default() };
    let spans = outcome(&text, &options)?.map(|outcome| outcome.spans).unwrap_or_default();
    PyList::new(text.py(), spans.into_iter().map(Mojibake::from).collect::<Vec<_>>())
}

/// Bytes as text.
#[pyclass(module = "recto_py", frozen, get_all)]
pub(crate) struct Decoded {
    /// The text, without a byte-order mark; U+FFFD for each byte that could not be decoded. Empty for data.
    text: String,
    /// The encoding, named as in the WHATWG Encoding Standard; `None` for data, and for text in several encodings.
    encoding: Option<&'static str>,
    /// Other encodings that fit nearly as well, best first.
    rivals: Vec<&'static str>,
    /// `sure`, or `likely` if another encoding fits nearly as well.
    certainty: &'static str,
    /// Reason why the bytes are data and no text; `None` if they are text.
    binary: Option<String>,
}

#[pymethods]
impl Decoded {
    fn __repr__(&self) -> String {
        match &self.binary {
            Some(reason) => format!("<Decoded: no text ({reason})>"),
            None => format!("<Decoded: {} ({})>", self.encoding.unwrap_or("several encodings"), self.certainty),
        }
    }
}

/// Returns bytes as text.
#[pyfunction]
pub(crate) fn decode(py: Python<'_>, data: &[u8]) -> Decoded {
    match py.detach(|| recto::decode(&recto::File::new("text", data))) {
        Ok(decoded) => Decoded {
            text: decoded.text,
            encoding: decoded.encoding,
            rivals: decoded.rivals,
            certainty: if decoded.is_certain { "sure" } else { "likely" },
            binary: None,
        },
        Err(error) => {
            let binary = match error {
                recto::RepairError::Binary { reason } => reason,
                error => error.to_string(),
            };
            let (text, rivals) = (String::new(), Vec::new());
            Decoded { text, encoding: None, rivals, certainty: "sure", binary: Some(binary) }
        }
    }
}

/// Returns the Jaccard coefficient and the containment of two texts.
#[pyfunction]
pub(crate) fn similar(py: Python<'_>, a: &str, b: &str) -> (f64, f64) {
    let similarity = py.detach(|| recto::similarity(a, b));
    (similarity.jaccard, similarity.containment)
}
