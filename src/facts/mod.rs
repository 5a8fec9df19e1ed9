//! Facts over many documents: results that several rules need and that are computed once for all documents.
//!
//! May use the model and text; knows no rules, no settings and no texts for users.

pub mod code_names;
pub mod concordance;
pub mod copies;
pub mod counterparts;
pub mod fingerprint;
pub mod kin;
pub mod renumbering;

use rayon::prelude::*;

use crate::model::collection::Collection;
use crate::model::document::Document;

/// Applies `read` to each document in parallel and returns the results in the order of the documents.
pub fn of_each_document<'a, T: Send>(
    collection: &'a Collection,
    read: impl Fn(&'a Document) -> T + Sync + Send,
) -> Vec<T> {
    collection.documents.par_iter().map(read).collect()
}
