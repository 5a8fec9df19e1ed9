//! recto: a linter and auditor for written content.
//!
//! The rooms, in the order in which data takes its way through them:
//!
//! - `input` finds files, reads them and decodes them;
//! - `parse` turns each into a document of the `model`;
//! - `lint` runs the `rules`, whose contract is in `rule`;
//! - `fix` plans and splices edits, `settle` repeats that until nothing changes;
//! - `report` shows what is left;
//! - `run` tells this whole story, `cli` and `settings` hold what the user asked for;
//! - `text` is the science beneath: mojibake, titles, words, similarity.

pub mod model;
pub mod parse;
pub mod rule;
pub mod rules;
pub mod settings;
pub mod text;
