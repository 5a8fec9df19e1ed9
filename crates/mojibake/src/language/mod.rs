//! Language models: the plausibility of text, its languages, its words and its quotation marks.
//!
//! Never knows encodings, and never what a text was before it was damaged.

pub(crate) mod bigrams;
pub(crate) mod languages;
pub(crate) mod ngrams;
pub(crate) mod quotes;
pub(crate) mod reading;
pub(crate) mod words;
