//! Identities: which document of a collection is meant.
//!
//! Knows nothing else of the model, because everything else in it names documents.

/// Index of a document in its collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(pub u32);
