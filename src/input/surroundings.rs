//! Looks up, once, whether the files are there that links lead to.
//!
//! Reads names from the disk, never contents; knows no rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::model::collection::Surroundings;
use crate::model::document::Document;
use crate::model::target::{normalized, relative_targets, resolve};

/// What there is at the targets of the documents' relative links, as far as they lie below one of `roots` (absolute):
/// what lies elsewhere may be known to others and not to this machine, so only what exists there is told.
pub fn look(documents: &[Document], roots: &[PathBuf]) -> Surroundings {
    let known: BTreeSet<PathBuf> = documents.iter().map(|doc| normalized(doc.source.path())).collect();
    let mut seen = BTreeMap::new();
    for doc in
        documents.iter().filter(|doc| !doc.links.is_empty() || !doc.definitions.is_empty() || !doc.html.is_empty())
    {
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

/// The path, and what it is short for where a site generator completes it.
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
