//! All documents of a run, and the facts about them that several rules need.
//!
//! Knows documents and works; not rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::document::{DocId, Document};
use super::work::Work;

/// All documents of a run, ordered by path.
#[derive(Debug, Clone, Default)]
pub struct Collection {
    /// The documents; each one's id is its index.
    pub documents: Vec<Document>,
    /// The works that some of them belong to.
    pub works: Vec<Work>,
    /// What is known of the files around them.
    pub surroundings: Surroundings,
    /// Further paths under which files of the run were found: links to them, or other spellings of their paths.
    pub aliases: Vec<(PathBuf, DocId)>,
    /// Documents that are read and never written.
    pub read_only: BTreeSet<DocId>,
}

/// What is known of files that are no documents of the run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Surroundings {
    /// Nothing: there may be others.
    #[default]
    Unknown,
    /// There are no others.
    Closed,
    /// Looked up once, when the documents were read: the paths that links lead to, as [`super::target::resolve`] gives
    /// them, and whether a file or folder is there. Nothing is known of a path that is not listed.
    Seen(BTreeMap<PathBuf, bool>),
}

impl Collection {
    /// The document with this id.
    ///
    /// # Panics
    /// If the id is of another collection.
    pub fn document(&self, id: DocId) -> &Document {
        &self.documents[id.0 as usize]
    }

    /// The other documents of the folder in which `doc` stands.
    pub fn siblings<'a>(&'a self, doc: &'a Document) -> impl Iterator<Item = &'a Document> {
        let folder = doc.source.path().parent();
        let documents = self.documents.as_slice();
        // Documents are ordered by path, so a folder and what is below it stand together.
        let start = documents.partition_point(|other| folder.is_some_and(|folder| other.source.path() < folder));
        let below = documents[start..]
            .iter()
            .take_while(move |other| folder.is_none_or(|folder| other.source.path().starts_with(folder)));
        below.filter(move |other| other.id != doc.id && other.source.path().parent() == folder)
    }

    /// Whether two documents are parts of versions of one work, and so expected to share content.
    pub fn same_work(&self, a: DocId, b: DocId) -> bool {
        self.works.iter().any(|work| work.contains(a) && work.contains(b))
    }
}
