//! recto: a linter and auditor for written content.
//!
//! The rooms, in the order in which data passes through them:
//!
//! - `input` finds files, reads them and decodes them;
//! - `parse` turns each into a document of the `model`;
//! - `facts` are computed once over many documents;
//! - `lint` runs the `rules`, whose contract is in `rule`;
//! - `baseline` tells new findings from those that were there before;
//! - `fix` plans and splices edits, `settle` repeats that until nothing changes;
//! - `report` shows the remaining findings;
//! - `run` calls all of these in turn, `cli` and `settings` hold the user's choices;
//! - `text` has the algorithms for text alone: mojibake, titles, words, similarity.

use std::path::PathBuf;

use model::collection::{Collection, Surroundings};
use model::id::DocId;
use settings::Settings;

pub mod baseline;
pub mod cli;
pub mod facts;
pub mod fix;
pub mod git;
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

/// Returns the documents of a list of files, given as path and bytes in the order of their paths, with their works
/// paired as the settings declare. No other files exist: a link to any other file is broken.
pub fn collection(files: Vec<(PathBuf, Vec<u8>)>, settings: &Settings) -> Collection {
    let documents = files.into_iter().enumerate().map(|(at, (path, bytes))| {
        let format = input::load::format_of(&path);
        parse::parse(DocId(at as u32), input::decode::decode(&path, bytes), format)
    });
    let documents = documents.collect();
    pair::pair(Collection { documents, surroundings: Surroundings::Closed, ..Collection::default() }, settings)
}
