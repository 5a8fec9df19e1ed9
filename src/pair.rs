//! Finds the works among the documents and aligns their versions.
//!
//! May use settings and the model; never the disk.

use globset::{GlobBuilder, GlobMatcher};

use crate::model::collection::Collection;
use crate::model::document::DocId;
use crate::model::work::{Version, Work};
use crate::settings::{Settings, VersionSpec};

/// The collection with its works as the settings declare them, aligned.
pub fn pair(mut collection: Collection, settings: &Settings) -> Collection {
    let works = settings.works.iter().map(|spec| Work {
        name: spec.name.clone(),
        versions: spec.versions.iter().map(|version| gather(version, &collection, settings)).collect(),
        alignments: Vec::new(),
    });
    collection.works = works.collect();
    collection
}

/// The documents of a version: in the order of its globs, and by path within each.
fn gather(spec: &VersionSpec, collection: &Collection, settings: &Settings) -> Version {
    let mut documents: Vec<DocId> = Vec::new();
    for matcher in spec.files.iter().filter_map(|glob| matcher(glob)) {
        let matching = collection
            .documents
            .iter()
            .filter(|doc| matcher.is_match(settings.relative(doc.source.path())) && !documents.contains(&doc.id));
        let matching: Vec<DocId> = matching.map(|doc| doc.id).collect();
        documents.extend(matching);
    }
    Version { role: spec.role, documents }
}

/// Settings have checked that the glob is one.
fn matcher(glob: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(glob).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
}
