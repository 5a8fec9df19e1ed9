//! Reads and parses files: what `check`, `compare` and `init` begin with.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::input::load;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::id::DocId;
use crate::parse::parse;
use crate::report::progress::Progress;
use crate::report::terminal::Terminal;

/// Files are handed to the pool in portions of this many, between which the progress is shown.
const PORTION: usize = 512;

/// So many files are read by one thread before it looks whether another one is idle: files differ much in size.
const FEW: usize = 4;

/// Reads and parses the files, each portion in parallel; the id of a document is the place of its path.
pub(super) fn read(paths: &[PathBuf], terminal: &Terminal) -> Collection {
    let mut progress = Progress::new("reading", paths.len(), terminal);
    let mut documents: Vec<Document> = Vec::with_capacity(paths.len());
    for (portion, paths) in paths.chunks(PORTION).enumerate() {
        let first = portion * PORTION;
        let parsed = paths
            .par_iter()
            .with_max_len(FEW)
            .enumerate()
            .map(|(at, path)| parse(DocId((first + at) as u32), load::load(path), load::format_of(path)));
        documents.extend(parsed.collect::<Vec<_>>());
        progress.advance(paths.len());
    }
    Collection { documents, ..Collection::default() }
}
