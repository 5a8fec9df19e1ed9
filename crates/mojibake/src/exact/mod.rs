//! Exact search: spans whose bytes are complete UTF-8, and many layers of which each lost only bytes that are known.
//!
//! Never knows documents, and never guesses a letter.

pub(crate) mod entire;
pub(crate) mod peel;
pub(crate) mod regional;
pub(crate) mod strict;
