//! Reads and parses files, as `check`, `compare` and `init` do first.

use rayon::prelude::*;

use crate::input::discover::FileEntry;
use crate::input::{containers, load};
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::id::DocId;
use crate::model::source::Source;
use crate::parse::{is_plainly_markdown, parse};
use crate::report::progress::Progress;
use crate::report::terminal::Terminal;
use crate::settings::Settings;

/// Number of files that are read before the progress is updated (a guess).
const FILES_PER_PORTION: usize = 512;

/// Number of files that one thread reads before work is shared with idle threads (a guess): files differ much in size.
const FILES_PER_TASK: usize = 4;

/// Reads and parses the files, each portion in parallel. The id of a document is the index of its entry. `format`
/// returns the format of a file, or `None` if its text decides.
pub(super) fn read(
    entries: Vec<FileEntry>,
    settings: &Settings,
    format: impl Fn(&FileEntry) -> Option<Format> + Sync,
    terminal: &Terminal,
) -> Collection {
    let mut progress = Progress::new("reading", entries.len(), terminal);
    let mut documents: Vec<Document> = Vec::with_capacity(entries.len());
    for (portion, entries) in entries.chunks(FILES_PER_PORTION).enumerate() {
        let first = portion * FILES_PER_PORTION;
        let parsed = entries.par_iter().with_max_len(FILES_PER_TASK).enumerate().map(|(at, entry)| {
            let id = DocId((first + at) as u32);
            let source = source(entry, settings);
            match format(entry) {
                Some(format) => parse(id, source, format),
                None => guessed(id, source),
            }
        });
        documents.extend(parsed.collect::<Vec<_>>());
        progress.advance(entries.len());
    }
    let mut collection = Collection { documents, ..Collection::default() };
    for (at, entry) in entries.into_iter().enumerate() {
        enter(entry, DocId(at as u32), &mut collection);
    }
    collection
}

/// Enters what is known of the file of a document into the collection.
pub(super) fn enter(entry: FileEntry, id: DocId, collection: &mut Collection) {
    if entry.outside.is_some() {
        collection.read_only.insert(id);
    }
    if entry.is_context {
        collection.context.insert(id);
    }
    collection.aliases.extend(entry.aliases.into_iter().map(|path| (path, id)));
}

/// Returns the format of a file that `check` reads: its name decides, or the text of a file that was named and may hold
/// Markdown.
pub(super) fn format_of(entry: &FileEntry) -> Option<Format> {
    match entry {
        FileEntry { is_markdown: true, .. } => Some(Format::Markdown),
        FileEntry { is_named: true, path, .. } if load::may_hold_markdown(path) => None,
        _ => Some(Format::Text),
    }
}

/// Parses a text as Markdown if it plainly is.
pub(super) fn guessed(id: DocId, source: Source) -> Document {
    let doc = parse(id, source, Format::Markdown);
    if is_plainly_markdown(&doc) { doc } else { parse(id, doc.source, Format::Text) }
}

/// Reads the file of an entry.
pub(super) fn source(entry: &FileEntry, settings: &Settings) -> Source {
    match &entry.trouble {
        Some(reason) => Source::unreadable(&entry.path, reason.clone()),
        None => containers::opened_by(settings, load::load(&entry.path, settings.nearest(&entry.path).files.max_size)),
    }
}
