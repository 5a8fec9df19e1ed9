//! Folders that only a site has: links of many folders start with them, and none of these folders has one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::files::LinkTargets;
use super::fold::Dead;
use crate::model::document::Document;
use crate::model::finding::Tier;
use crate::model::target::{TargetSpan, normalized, resolve};

/// Minimum number of folders whose documents have links that start with one folder (a guess): two may have lost theirs.
const MIN_FOLDERS: usize = 3;

/// First folders of links that a site resolves from its own root.
pub(super) struct SiteBases(BTreeSet<String>);

impl SiteBases {
    /// Collects the first folders of the dead links of `all`: a folder is a base if no folder of these documents has it, at
    /// two depths at least.
    pub(super) fn new(all: &[(&Document, Vec<TargetSpan>, Vec<Dead>)], files: &mut LinkTargets<'_>) -> Self {
        let mut folders: FxHashMap<String, BTreeSet<PathBuf>> = FxHashMap::default();
        for (doc, _, dead) in all {
            let from = normalized(doc.source.path());
            let folder = from.parent().unwrap_or(Path::new(""));
            for base in dead.iter().filter_map(base) {
                let known = folders.get(base).is_some_and(|known| known.contains(folder));
                if !known && !files.is_folder(&resolve(&from, base)) {
                    folders.entry(base.to_owned()).or_default().insert(folder.to_path_buf());
                }
            }
        }
        let is_base = |folders: &BTreeSet<PathBuf>| {
            let depths: BTreeSet<usize> = folders.iter().map(|folder| folder.components().count()).collect();
            folders.len() >= MIN_FOLDERS && depths.len() > 1
        };
        Self(folders.into_iter().filter(|(_, folders)| is_base(folders)).map(|(base, _)| base).collect())
    }

    /// Leaves a dead link to the audit if it starts with one of the bases.
    pub(super) fn doubt(&self, dead: &mut Dead) {
        if base(dead).is_some_and(|base| self.0.contains(base)) {
            dead.tier = Tier::Audit;
        }
    }
}

/// Returns the first folder of a dead link to a file of which no other place is known.
fn base(dead: &Dead) -> Option<&str> {
    let path = dead.missing_file().filter(|_| dead.repairs.is_empty() && dead.candidates.is_empty())?;
    path.split_once('/').map(|(base, _)| base).filter(|base| !base.is_empty() && !base.starts_with('.'))
}
