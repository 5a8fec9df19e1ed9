//! Legacy search: text in a legacy encoding that was decoded as another one, by the line and by the whole text.
//!
//! Never knows UTF-8 spans or lost bytes.

pub(crate) mod lines;
pub(crate) mod probe;
pub(crate) mod whole;
