//! The items of other versions that correspond to an item.
//!
//! Knows worlds; not the protocol.

use super::world::World;
use crate::model::alignment::{AlignedPair, Alignment, ItemRef, Verdict};
use crate::model::id::DocId;
use crate::model::work::{Role, Work};

/// An item, with those of other versions that correspond to it.
#[derive(Debug, Clone)]
pub(super) struct Counterparts {
    /// The item.
    pub item: ItemRef,
    /// Role of its version.
    pub role: Role,
    /// The items of other versions, the reference version first.
    pub others: Vec<Counterpart>,
}

/// An item of another version.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counterpart {
    /// The item.
    pub item: ItemRef,
    /// Role of its version.
    pub role: Role,
}

/// Returns the innermost item around a byte offset of a document that other versions have, too.
pub(super) fn counterparts(world: &World, doc: DocId, offset: u32) -> Option<Counterparts> {
    let document = world.collection.document(doc);
    for work in world.collection.works.iter().filter(|work| work.contains(doc)) {
        for item in document.units_around(work.basis, offset) {
            let found = of_item(work, ItemRef { doc, item });
            if found.as_ref().is_some_and(|found| !found.others.is_empty()) {
                return found;
            }
        }
    }
    None
}

/// Returns the items of other versions that correspond to an item of a work.
pub(super) fn of_item(work: &Work, item: ItemRef) -> Option<Counterparts> {
    let version = work.versions.iter().position(|version| version.documents.contains(&item.doc))?;
    let base = match version.checked_sub(1) {
        None => item,
        Some(at) => linked(work.alignments.get(at)?).find(|pair| pair.derived == Some(item))?.base?,
    };
    let role = |version: usize| work.versions.get(version).map_or(Role::Edition, |version| version.role);
    let mut others = Vec::new();
    if version > 0 {
        others.push(Counterpart { item: base, role: role(0) });
    }
    for (at, alignment) in work.alignments.iter().enumerate().filter(|(at, _)| at + 1 != version) {
        let derived = linked(alignment).filter(|pair| pair.base == Some(base)).filter_map(|pair| pair.derived);
        others.extend(derived.map(|item| Counterpart { item, role: role(at + 1) }));
    }
    others.dedup_by_key(|other| other.item);
    Some(Counterparts { item, role: role(version), others })
}

/// Returns the pairs of an alignment whose items are one.
fn linked(alignment: &Alignment) -> impl Iterator<Item = &AlignedPair> {
    alignment.pairs.iter().filter(|pair| matches!(pair.verdict, Verdict::Same | Verdict::Reworded | Verdict::Moved))
}
