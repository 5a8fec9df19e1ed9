//! Values that a text states: numbers, measurements, versions, names of libraries, paths, references to numbered items.
//!
//! Knows words, languages and titles; never a dictionary.
pub mod csv;
pub mod facts;
pub mod file_numbers;
pub mod invariants;
pub mod literals;
pub mod numbers;
pub mod order;
pub mod placeholders;
pub mod ranges;
pub mod reference;
pub mod stated_encoding;
