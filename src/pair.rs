//! Finds the works among the documents and aligns their versions.
//!
//! May use settings and the model; never the disk.

mod added_items;
mod align;
mod alignment_item;
pub mod discover;
mod entry_links;
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

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use globset::{Glob, GlobBuilder, GlobSetBuilder};

use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::model::item::Basis;
use crate::model::work::{Role, Version, VersionPair, Work};
use crate::settings::Settings;

/// Returns the collection with its works as the settings declare them, aligned.
pub fn pair(mut collection: Collection, settings: &Settings) -> Collection {
    let works = settings.all().flat_map(|declaring| declared(declaring, settings, &collection));
    let works: Vec<Work> = works.chain(translations(&collection)).collect();
    collection.works = works.into_iter().map(|work| aligned_or_failed(work, &collection)).collect();
    collection
}

/// Returns the works that single files are: texts and their translations.
fn translations(collection: &Collection) -> impl Iterator<Item = Work> {
    collection.originals.iter().map(|(original, translation)| {
        let version = |role, doc: DocId| Version { role, documents: vec![doc] };
        let versions = vec![version(Role::Long, *original), version(Role::Translation, *translation)];
        Work::new(collection.document(*translation).source.display().to_owned(), versions)
    })
}

/// Returns the work aligned. If that panics, its documents are marked as failed, and it has no alignments.
fn aligned_or_failed(work: Work, collection: &Collection) -> Work {
    // The caches of the documents are not poisoned by a panic, and nothing else is changed.
    catch_unwind(AssertUnwindSafe(|| aligned(work.clone(), collection))).unwrap_or_else(|_| {
        for doc in work.versions.iter().flat_map(|version| &version.documents) {
            collection.document(*doc).set_failed();
        }
        work
    })
}

/// Returns the work with each derived version aligned with the base version, and the items that the base version lacks
/// matched among the derived versions.
pub fn aligned(mut work: Work, collection: &Collection) -> Work {
    let documents: Vec<&[DocId]> = work.versions.iter().map(|version| &*version.documents).collect();
    // A translation is aligned page by page.
    let is_translated = work.versions.iter().any(|version| version.role == Role::Translation);
    let basis = match !is_translated && unit::is_file(&documents, collection) {
        true => Basis::Files,
        false => unit::basis(&documents, collection),
    };
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
            let globs = version.files.iter().filter(|glob| compiled(glob).is_some());
            let mut chosen = MatchedDocuments::default();
            for (glob, matching) in globs.zip(matching.by_ref()) {
                if glob.starts_with('!') {
                    chosen.excluded.extend(matching);
                } else {
                    chosen.included.push(matching);
                }
            }
            Version { role: version.role, documents: in_order(chosen, collection) }
        });
        Work::new(work.name.clone(), versions.collect())
    });
    works.collect()
}

/// The documents that the globs of a version match.
#[derive(Debug, Default)]
struct MatchedDocuments {
    /// The documents of each glob.
    included: Vec<Vec<DocId>>,
    /// The documents of all globs after `!`.
    excluded: BTreeSet<DocId>,
}

/// Returns the documents of a version: in the order of its globs, and within each by path, numbers in paths by their
/// value.
fn in_order(matched: MatchedDocuments, collection: &Collection) -> Vec<DocId> {
    let mut taken = matched.excluded;
    let mut documents: Vec<DocId> = Vec::new();
    for mut matching in matched.included {
        natural::sort(&mut matching, collection);
        documents.extend(matching.into_iter().filter(|id| taken.insert(*id)));
    }
    documents
}

/// Returns the glob, without the `!` by which it leaves documents out.
fn compiled(glob: &str) -> Option<Glob> {
    GlobBuilder::new(glob.strip_prefix('!').unwrap_or(glob)).literal_separator(true).build().ok()
}

#[cfg(test)]
mod tests;
