//! All documents of a run, and the facts about them that several rules need.
//!
//! Knows documents and works; not rules.

use super::document::{DocId, Document};
use super::work::Work;

/// All documents of a run, ordered by path.
#[derive(Debug, Clone, Default)]
pub struct Collection {
    /// The documents; each one's id is its index.
    pub documents: Vec<Document>,
    /// The works that some of them belong to.
    pub works: Vec<Work>,
}

impl Collection {
    /// The document with this id.
    ///
    /// # Panics
    /// If the id is of another collection.
    pub fn document(&self, id: DocId) -> &Document {
        &self.documents[id.0 as usize]
    }

    /// Whether two documents are parts of versions of one work, and so expected to share content.
    pub fn same_work(&self, a: DocId, b: DocId) -> bool {
        self.works.iter().any(|work| work.contains(a) && work.contains(b))
    }
}
