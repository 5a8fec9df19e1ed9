//! Pure text science: knows no Markdown, no files and no rules.
pub mod corrections;
pub mod dictionary;
pub mod facts;
pub mod invisible;
pub mod language;
pub mod lost;
pub mod mojibake;
pub mod patterns;
pub mod ranges;
pub mod reference;
pub mod repeats;
pub mod shingle;
pub mod similarity;
pub mod slug;
pub mod spelling;
pub mod title;
pub mod words;
