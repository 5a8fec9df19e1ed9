//! recto: a linter and auditor for written content.
//!
//! The rooms, in the order in which data takes its way through them:
//!
//! - `input` finds files, reads them and decodes them;
//! - `parse` turns each into a document of the `model`;
//! - `facts` are computed once over many documents;
//! - `lint` runs the `rules`, whose contract is in `rule`;
//! - `baseline` tells new findings from those that were there before;
//! - `fix` plans and splices edits, `settle` repeats that until nothing changes;
//! - `report` shows what is left;
//! - `run` tells this whole story, `cli` and `settings` hold what the user asked for;
//! - `text` is the science beneath: mojibake, titles, words, similarity.

use std::path::PathBuf;

use model::collection::{Collection, Surroundings};
use model::id::DocId;
use settings::Settings;

pub mod baseline;
pub mod cli;
pub mod facts;
pub mod fix;
pub mod input;
pub mod lint;
pub mod model;
pub mod pair;
pub mod parse;
pub mod report;
pub mod rule;
pub mod rules;
pub mod run;
pub mod settings;
pub mod settle;
pub mod text;

/// The documents that a list of files is, given as path and bytes in the order of their paths; their works are paired
/// as the settings declare them. There are no files but these: a link that leads to another one is broken.
pub fn collection(files: Vec<(PathBuf, Vec<u8>)>, settings: &Settings) -> Collection {
    let documents = files.into_iter().enumerate().map(|(at, (path, bytes))| {
        let format = input::load::format_of(&path);
        parse::parse(DocId(at as u32), input::decode::decode(&path, bytes), format)
    });
    let documents = documents.collect();
    pair::pair(Collection { documents, surroundings: Surroundings::Closed, ..Collection::default() }, settings)
}
