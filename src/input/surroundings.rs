//! A single look at the disk for the targets of links.
//!
//! Reads names from the disk, never contents; knows no rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::model::collection::{Collection, Surroundings};
use crate::model::document::Document;
use crate::model::target::{normalized, relative_targets, resolve};

/// Returns which targets of the relative links of the documents that are judged exist. A target that does not exist is entered only if it is
/// below one of `roots` (absolute paths), because others may have files elsewhere that this machine lacks.
pub fn look(collection: &Collection, roots: &[PathBuf]) -> Surroundings {
    let known: BTreeSet<PathBuf> = collection.documents.iter().map(|doc| normalized(doc.source.path())).collect();
    let mut seen = BTreeMap::new();
    let has_links = |doc: &&Document| !doc.links.is_empty() || !doc.definitions.is_empty() || !doc.html.is_empty();
    for doc in collection.judged().filter(has_links) {
        for reference in relative_targets(doc) {
            if reference.target.path.is_empty() {
                continue;
            }
            for path in spellings(&resolve(doc.source.path(), &reference.target.path)) {
                if known.contains(&path) || seen.contains_key(&path) {
                    continue;
                }
                let exists = path.exists();
                if exists || below(&path, roots) {
                    seen.insert(path, exists);
                }
            }
        }
    }
    Surroundings::Seen(seen)
}

/// Returns the path, and the path that a site generator completes it to.
fn spellings(path: &Path) -> Vec<PathBuf> {
    let mut paths = vec![path.to_path_buf()];
    if path.extension().is_none()
        && let Some(name) = path.file_name()
    {
        let mut name = name.to_os_string();
        name.push(".md");
        paths.push(path.with_file_name(name));
    }
    paths
}

fn below(path: &Path, roots: &[PathBuf]) -> bool {
    let Ok(path) = std::path::absolute(path) else { return false };
    let path = normalized(&path);
    roots.iter().any(|root| path.starts_with(root))
}
