//! Characters, stretches of ASCII and spans of a line, and the replacement of parts of a text.
//!
//! Never knows encodings, languages or damage.

pub(crate) mod ascii;
pub(crate) mod line;
pub(crate) mod script;
pub(crate) mod splice;
