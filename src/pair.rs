//! Finds the works among the documents and aligns their versions.
//!
//! May use settings and the model; never the disk.

mod align;
pub mod discover;
mod entry;
mod evidence;
pub mod explain;
mod link;
pub mod natural;
mod newcomers;
pub mod role;
mod translated;
mod translation;

use globset::{GlobBuilder, GlobMatcher};

use crate::model::collection::Collection;
use crate::model::document::DocId;
use crate::model::work::{Role, Version, Work};
use crate::pair::role::Measure;
use crate::settings::{Settings, VersionSpec};

/// The collection with its works as the settings declare them, aligned.
pub fn pair(mut collection: Collection, settings: &Settings) -> Collection {
    let works = settings.works.iter().map(|spec| {
        let versions = spec.versions.iter().map(|version| gather(version, &collection, settings));
        Work::new(spec.name.clone(), versions.collect())
    });
    let works: Vec<Work> = works.collect();
    collection.works = works.into_iter().map(|work| aligned(work, &collection)).collect();
    collection
}

/// The work with each of its later versions aligned with the first, and what that one lacks matched among the others.
pub fn aligned(mut work: Work, collection: &Collection) -> Work {
    let roles: Vec<Role> = work.versions.iter().map(|version| version.role).collect();
    if roles.contains(&Role::Translation) {
        let measures = work.versions.iter().map(|version| Measure::new(&version.documents, collection));
        work.basis = role::basis(&measures.collect::<Vec<_>>(), &roles);
    }
    let basis = work.basis;
    work.alignments = match work.versions.split_first() {
        Some((first, others)) => others.iter().map(|other| align::align(first, other, basis, collection)).collect(),
        None => Vec::new(),
    };
    work.newcomers = newcomers::find(&work, collection);
    work
}

/// The documents of a version: in the order of its globs, and within each by path, numbers in paths by their value.
fn gather(spec: &VersionSpec, collection: &Collection, settings: &Settings) -> Version {
    let mut documents: Vec<DocId> = Vec::new();
    for matcher in spec.files.iter().filter_map(|glob| matcher(glob)) {
        let own = collection.documents.iter().map(|doc| (doc.source.path(), doc.id));
        let names = own.chain(collection.aliases.iter().map(|(path, id)| (path.as_path(), *id)));
        let matching = names.filter(|(path, id)| matcher.is_match(settings.relative(path)) && !documents.contains(id));
        let mut matching: Vec<DocId> = matching.map(|(_, id)| id).collect();
        natural::sort(&mut matching, collection);
        matching.dedup();
        documents.extend(matching);
    }
    Version { role: spec.role, documents }
}

/// Settings have checked that the glob is one.
fn matcher(glob: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(glob).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
}

#[cfg(test)]
mod tests;
