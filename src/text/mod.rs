//! Pure text algorithms: know no Markdown, no files and no rules.
//!
//! A floor plan, from the ground up: `stretch` knows bytes only; `words` and `characters` name no other folder; `english` and `language` build on
//! words; `similarity` on words and characters; `values` on all but `english`.
pub mod characters;
pub mod english;
pub mod language;
pub mod similarity;
pub mod stretch;
pub mod values;
pub mod words;

pub use recto_mojibake as mojibake;
