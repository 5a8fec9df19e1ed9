//! English: its dictionary, known misspellings, country spellings, and phrases that are wrong in it.
//!
//! Knows words and the vendored word lists; never how alike two texts are.
pub mod bloom;
pub mod context;
pub mod corrections;
pub mod dictionary;
pub mod locale;
pub mod lookup;
pub mod marked_words;
pub mod patterns;
pub mod salad;
pub mod spelling;
pub mod starts;
