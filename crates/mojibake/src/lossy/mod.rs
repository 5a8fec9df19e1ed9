//! Lossy search: bytes that were dropped or replaced, restored by the best path through a lattice of candidates.
//!
//! Never knows other lines than its own, but by the evidence of the document.

pub(crate) mod lattice;
pub(crate) mod reader;
pub(crate) mod restore;
pub(crate) mod viterbi;
