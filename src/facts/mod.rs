//! Facts over many documents: results that several rules need and that are computed once for all documents.
//!
//! May use the model and text; knows no rules, no settings and no texts for users.

pub mod code_names;
pub mod concordance;
pub mod copies;
pub mod counterparts;
pub mod fingerprint;
pub mod kin;
pub mod paired_items;
pub mod renumbering;

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::text::mojibake::Scanner;

/// Applies `read` to each document in parallel and returns the results in the order of the documents. A document whose
/// `read` panics has no result and is marked as failed, so that the other documents are checked all the same.
pub fn of_each_document<'a, T: Send>(
    collection: &'a Collection,
    read: impl Fn(&'a Document) -> T + Sync + Send,
) -> Vec<T> {
    let results = collection.documents.par_iter().map(|doc| {
        // The caches of a document are not poisoned by a panic, and `read` changes nothing else.
        let result = catch_unwind(AssertUnwindSafe(|| read(doc)));
        result.inspect_err(|_| doc.set_failed()).ok()
    });
    results.flatten().collect()
}

/// Number of documents that one scanner looks through before work is shared with idle threads (a guess): what it remembers
/// of the first ones saves time in the others.
const DOCUMENTS_PER_SCANNER: usize = 16;

/// Computes the mojibake of all documents in parallel. A document whose scan panics is marked as failed.
pub fn scan_mojibake(collection: &Collection) {
    let documents = collection.documents.par_iter().with_min_len(DOCUMENTS_PER_SCANNER);
    documents.for_each_init(Scanner::default, |scanner, doc| {
        if catch_unwind(AssertUnwindSafe(|| doc.scan_mojibake(scanner))).is_err() {
            doc.set_failed();
            *scanner = Scanner::default();
        }
    });
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::id::DocId;
    use crate::settings::Settings;

    #[test]
    fn a_panic_over_one_document_leaves_the_others_their_results() {
        let files = ["a.md", "b.md", "c.md"].map(|path| (PathBuf::from(path), b"Text.\n".to_vec()));
        let collection = crate::api::collection(files.to_vec(), &Settings::new("/project".into(), "/project".into()));
        let read = of_each_document(&collection, |doc| if doc.id == DocId(1) { panic!("of this one") } else { doc.id });
        assert_eq!(read, [DocId(0), DocId(2)]);
        let failed: Vec<bool> = collection.documents.iter().map(Document::has_failed).collect();
        assert_eq!(failed, [false, true, false]);
    }
}
