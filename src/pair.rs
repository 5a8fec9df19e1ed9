//! Finds the works among the documents and aligns their versions.
//!
//! May use settings and the model; never the disk.

mod added_items;
mod align;
mod alignment_item;
pub mod discover;
pub mod explain;
mod features;
mod link;
pub mod natural;
mod pages;
mod renumbered;
pub mod role;
mod rows;
mod sections;
mod sequence;
mod translation_groups;
mod translation_links;
pub mod unit;

use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};

use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::model::work::{Version, VersionPair, Work};
use crate::settings::{Settings, VersionSpec};

/// Returns the collection with its works as the settings declare them, aligned.
pub fn pair(mut collection: Collection, settings: &Settings) -> Collection {
    let works = settings.works.iter().map(|spec| {
        let versions = spec.versions.iter().map(|version| gather(version, &collection, settings));
        Work::new(spec.name.clone(), versions.collect())
    });
    let works: Vec<Work> = works.collect();
    collection.works = works.into_iter().map(|work| aligned(work, &collection)).collect();
    collection
}

/// Returns the work with each derived version aligned with the base version, and the items that the base version lacks
/// matched among the derived versions.
pub fn aligned(mut work: Work, collection: &Collection) -> Work {
    let documents: Vec<&[DocId]> = work.versions.iter().map(|version| &*version.documents).collect();
    let basis = unit::basis(&documents, collection);
    work.basis = basis;
    work.alignments = match work.versions.split_first() {
        Some((base, others)) => {
            let whole = |versions: VersionPair<&Version>, basis| align::align(versions, basis, collection);
            let align = |derived| pages::align(VersionPair { base, derived }, basis, collection, whole);
            others.iter().map(align).collect()
        }
        None => Vec::new(),
    };
    work.added_items = added_items::find(&work, collection);
    work
}

/// Returns the documents of a version: in the order of its globs, and within each by path, numbers in paths by their
/// value. A glob after `!` leaves documents out.
fn gather(spec: &VersionSpec, collection: &Collection, settings: &Settings) -> Version {
    let mut documents: Vec<DocId> = Vec::new();
    let excluded: Vec<GlobMatcher> = spec.files.iter().filter_map(|glob| matcher(glob.strip_prefix('!')?)).collect();
    for matcher in spec.files.iter().filter(|glob| !glob.starts_with('!')).filter_map(|glob| matcher(glob)) {
        let own = collection.documents.iter().map(|doc| (doc.source.path(), doc.id));
        let names = own.chain(collection.aliases.iter().map(|(path, id)| (path.as_path(), *id)));
        let is_meant = |path: &Path| {
            let path = settings.relative(path);
            matcher.is_match(&path) && !excluded.iter().any(|excluded| excluded.is_match(&path))
        };
        let matching = names.filter(|(path, id)| is_meant(path) && !documents.contains(id));
        let mut matching: Vec<DocId> = matching.map(|(_, id)| id).collect();
        natural::sort(&mut matching, collection);
        matching.dedup();
        documents.extend(matching);
    }
    Version { role: spec.role, documents }
}

/// The settings have checked that the glob is valid.
fn matcher(glob: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(glob).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
}

#[cfg(test)]
mod tests;
