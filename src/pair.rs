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
mod renumbered;
pub mod role;
mod rows;
mod sections;
mod sequence;
mod translation_groups;
mod translation_links;

use std::collections::BTreeSet;

use globset::{Glob, GlobBuilder, GlobSetBuilder};

use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::model::work::{Role, Version, VersionPair, Work};
use crate::settings::Settings;
use role::Measure;

/// Returns the collection with its works as the settings declare them, aligned.
pub fn pair(mut collection: Collection, settings: &Settings) -> Collection {
    let works = settings.all().flat_map(|declaring| declared(declaring, settings, &collection));
    let works: Vec<Work> = works.collect();
    collection.works = works.into_iter().map(|work| aligned(work, &collection)).collect();
    collection
}

/// Returns the work with each derived version aligned with the base version, and the items that the base version lacks
/// matched among the derived versions.
pub fn aligned(mut work: Work, collection: &Collection) -> Work {
    let roles: Vec<Role> = work.versions.iter().map(|version| version.role).collect();
    if roles.contains(&Role::Translation) {
        let measures = work.versions.iter().map(|version| Measure::new(&version.documents, collection));
        work.basis = role::basis(&measures.collect::<Vec<_>>(), &roles);
    }
    let basis = work.basis;
    work.alignments = match work.versions.split_first() {
        Some((base, others)) => {
            let align = |derived| align::align(VersionPair { base, derived }, basis, collection);
            others.iter().map(align).collect()
        }
        None => Vec::new(),
    };
    work.added_items = added_items::find(&work, collection);
    work
}

/// Returns the works that `settings` declares, of which `root` are the settings of the run.
fn declared(settings: &Settings, root: &Settings, collection: &Collection) -> Vec<Work> {
    let versions = || settings.works.iter().flat_map(|work| &work.versions);
    let mut globs = GlobSetBuilder::new();
    // The settings have checked that each glob is valid.
    for glob in versions().flat_map(|version| &version.files).filter_map(|glob| compiled(glob)) {
        globs.add(glob);
    }
    let Ok(globs) = globs.build() else { return Vec::new() };
    let mut matching: Vec<Vec<DocId>> = vec![Vec::new(); globs.len()];
    let own = collection.documents.iter().map(|doc| (doc.source.path(), doc.id));
    for (path, id) in own.chain(collection.aliases.iter().map(|(path, id)| (path.as_path(), *id))) {
        let relative = if std::ptr::eq(settings, root) { Some(root.relative(path)) } else { settings.below_root(path) };
        for at in relative.map(|path| globs.matches(path)).unwrap_or_default() {
            matching[at].push(id);
        }
    }
    let mut matching = matching.into_iter();
    let works = settings.works.iter().map(|work| {
        let versions = work.versions.iter().map(|version| {
            let globs = version.files.iter().filter(|glob| compiled(glob).is_some()).count();
            Version { role: version.role, documents: in_order(matching.by_ref().take(globs), collection) }
        });
        Work::new(work.name.clone(), versions.collect())
    });
    works.collect()
}

/// Returns the documents of a version: in the order of its globs, and within each by path, numbers in paths by their
/// value. `matching` are the documents that each glob matches.
fn in_order(matching: impl Iterator<Item = Vec<DocId>>, collection: &Collection) -> Vec<DocId> {
    let mut documents: Vec<DocId> = Vec::new();
    let mut taken: BTreeSet<DocId> = BTreeSet::new();
    for mut matching in matching {
        natural::sort(&mut matching, collection);
        documents.extend(matching.into_iter().filter(|id| taken.insert(*id)));
    }
    documents
}

fn compiled(glob: &str) -> Option<Glob> {
    GlobBuilder::new(glob).literal_separator(true).build().ok()
}

#[cfg(test)]
mod tests;
