//! Counterparts: the items of other versions that are aligned with an item.
//!
//! Knows the model; not how the alignment came about.

use crate::model::alignment::{ItemRef, Verdict};
use crate::model::collection::Collection;
use crate::model::id::DocId;

/// Returns the items that other versions of a work have for the item that contains `offset` of a document, or for an
/// item around it, in the order of the works and their alignments.
pub fn aligned_items(collection: &Collection, doc: DocId, offset: u32) -> Vec<ItemRef> {
    let around = collection.document(doc).items_around(offset);
    let here = |item: Option<ItemRef>| item.filter(|item| item.doc == doc && around.contains(&item.item));
    let works = collection.works.iter().filter(|work| work.contains(doc));
    let pairs = works.flat_map(|work| &work.alignments).flat_map(|alignment| &alignment.pairs);
    let linked = pairs.filter(|pair| matches!(pair.verdict, Verdict::Same | Verdict::Reworded | Verdict::Moved));
    let mut found: Vec<ItemRef> = Vec::new();
    for pair in linked {
        let other = if here(pair.base).is_some() { pair.derived } else { here(pair.derived).and(pair.base) };
        found.extend(other.filter(|other| !found.contains(other)));
    }
    found
}
