//! Reads and parses files, as `check`, `compare` and `init` do first.

use std::path::Path;

use rayon::prelude::*;

use crate::input::discover::Entry;
use crate::input::load;
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::id::DocId;
use crate::model::source::Source;
use crate::parse::parse;
use crate::report::progress::Progress;
use crate::report::terminal::Terminal;

/// Number of files that are read before the progress is updated (a guess).
const FILES_PER_PORTION: usize = 512;

/// Number of files that one thread reads before work is shared with idle threads (a guess): files differ much in size.
const FILES_PER_TASK: usize = 4;

/// Reads and parses the files, each portion in parallel. The id of a document is the index of its entry. `format`
/// returns the format of a file.
pub(super) fn read(entries: Vec<Entry>, format: impl Fn(&Path) -> Format + Sync, terminal: &Terminal) -> Collection {
    let mut progress = Progress::new("reading", entries.len(), terminal);
    let mut documents: Vec<Document> = Vec::with_capacity(entries.len());
    for (portion, entries) in entries.chunks(FILES_PER_PORTION).enumerate() {
        let first = portion * FILES_PER_PORTION;
        let parsed = entries
            .par_iter()
            .with_max_len(FILES_PER_TASK)
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
