//! Reads and parses files: what `check`, `compare` and `init` begin with.

use std::path::Path;

use rayon::prelude::*;

use crate::input::discover::Entry;
use crate::input::load;
use crate::model::collection::Collection;
use crate::model::document::{DocId, Document, Format};
use crate::model::source::Source;
use crate::parse::parse;
use crate::report::progress::Progress;
use crate::report::terminal::Terminal;

/// Files are handed to the pool in portions of this many, between which the progress is shown.
const PORTION: usize = 512;

/// So many files are read by one thread before it looks whether another one is idle: files differ much in size.
const FEW: usize = 4;

/// Reads and parses the files, each portion in parallel; the id of a document is the place of its entry.
/// `format` says what a file is read as.
pub(super) fn read(entries: Vec<Entry>, format: impl Fn(&Path) -> Format + Sync, terminal: &Terminal) -> Collection {
    let mut progress = Progress::new("reading", entries.len(), terminal);
    let mut documents: Vec<Document> = Vec::with_capacity(entries.len());
    for (portion, entries) in entries.chunks(PORTION).enumerate() {
        let first = portion * PORTION;
        let parsed = entries
            .par_iter()
            .with_max_len(FEW)
            .enumerate()
            .map(|(at, entry)| parse(DocId((first + at) as u32), source(entry), format(&entry.path)));
        documents.extend(parsed.collect::<Vec<_>>());
        progress.advance(entries.len());
    }
    let mut collection = Collection { documents, ..Collection::default() };
    for (at, entry) in entries.into_iter().enumerate() {
        let id = DocId(at as u32);
        if entry.outside.is_some() {
            collection.read_only.insert(id);
        }
        collection.aliases.extend(entry.aliases.into_iter().map(|path| (path, id)));
    }
    collection
}

fn source(entry: &Entry) -> Source {
    match &entry.trouble {
        Some(reason) => Source::unreadable(&entry.path, reason.clone()),
        None => load::load(&entry.path),
    }
}
