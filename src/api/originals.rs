//! Files that hold texts and their translations: the texts beside the translations, as a document of their own.
//!
//! Knows how a file is read again; not what the two are compared by.

use crate::input::containers;
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::id::DocId;
use crate::parse::parse;

/// Returns the collection with the texts that the judged documents translate behind all other documents: they are read so
/// that the translations can be judged.
pub(crate) fn with_originals(mut collection: Collection) -> Collection {
    let read = |doc: &Document| Some((doc.id, containers::original_of(&doc.source)?));
    let found: Vec<_> = collection.judged().filter_map(read).collect();
    for (translation, source) in found {
        let id = DocId(collection.documents.len() as u32);
        collection.documents.push(parse(id, source, Format::Markdown));
        collection.context.insert(id);
        collection.originals.insert(id, translation);
    }
    collection
}
