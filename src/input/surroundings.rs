//! A single look at the disk for the targets of links.
//!
//! Reads names from the disk, never contents; knows no rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::model::collection::{Collection, Surroundings};
use crate::model::document::Document;
use crate::model::site::Generator;
use crate::model::target::{normalized, relative_targets, resolve};

/// Returns which targets of the relative links of the documents that are judged exist. A target that does not exist is entered only if it is
/// below one of `roots` (absolute paths), because others may have files elsewhere that this machine lacks. `is_there`
/// tells whether there is a file or folder at a path.
pub fn look(collection: &Collection, roots: &[PathBuf], is_there: impl Fn(&Path) -> bool) -> Surroundings {
    let known: BTreeSet<PathBuf> = collection.documents.iter().map(|doc| normalized(doc.source.path())).collect();
    let mut seen = BTreeMap::new();
    let has_links = |doc: &&Document| !doc.links.is_empty() || !doc.definitions.is_empty() || !doc.html.is_empty();
    let mut served = Served::new(&collection.documents);
    for doc in collection.judged().filter(has_links) {
        for reference in relative_targets(doc) {
            if reference.target.path.is_empty() {
                continue;
            }
            for path in spellings(&resolve(doc.source.path(), &reference.target.path)) {
                if known.contains(&path) || seen.contains_key(&path) {
                    continue;
                }
                let exists = is_there(&path) || served.holds(doc.source.path(), &reference.target.path);
                if exists || below(&path, roots) {
                    seen.insert(path, exists);
                }
            }
        }
    }
    Surroundings::Seen(seen)
}

/// The files of sites that links reach although no file is at the path that they name.
struct Served {
    /// Folders that are sites of Hugo or Jekyll.
    nested: Vec<PathBuf>,
    /// For each folder, those of its folders that a site has as its root.
    roots: BTreeMap<PathBuf, Vec<PathBuf>>,
}

impl Served {
    fn new(documents: &[Document]) -> Self {
        let nested = sites(documents).into_iter().filter(|(_, generator)| *generator != Generator::MkDocs);
        Self { nested: nested.map(|(root, _)| root).collect(), roots: BTreeMap::new() }
    }

    /// Returns whether a link to the missing `target` in the file at `from` reaches a file of the site: from the folder
    /// that the page is served as, or in a folder whose content the site has at its root.
    fn holds(&mut self, from: &Path, target: &str) -> bool {
        let Some(inner) = target.strip_prefix("../") else { return false };
        let nested = self.nested.iter().any(|root| from.starts_with(root) || root.as_os_str() == ".");
        if nested && resolve(from, inner).exists() {
            return true;
        }
        let inner = inner.trim_start_matches("../");
        from.ancestors().skip(1).any(|folder| {
            let roots = self.roots.entry(folder.to_path_buf()).or_insert_with(|| {
                let all = ["public", "static"].map(|name| folder.join(name));
                all.into_iter().filter(|path| path.is_dir()).collect()
            });
            roots.iter().any(|root| root.join(inner).exists())
        })
    }
}

/// Returns the root folders of the sites that documents are in, by the files that configure them.
pub fn sites(documents: &[Document]) -> Vec<(PathBuf, Generator)> {
    let folders = documents.iter().flat_map(|doc| doc.source.path().ancestors().skip(1));
    let folders: BTreeSet<&Path> =
        folders.map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).collect();
    let made_by = |folder: &Path| {
        let generators = [Generator::MkDocs, Generator::Hugo, Generator::Jekyll];
        generators
            .into_iter()
            .find(|generator| generator.configurations().iter().any(|name| folder.join(name).is_file()))
    };
    folders.into_iter().filter_map(|folder| Some((folder.to_path_buf(), made_by(folder)?))).collect()
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
