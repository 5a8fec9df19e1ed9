//! The ignore files of folders, and which of their patterns leaves a file out.
//!
//! Knows the syntax of gitignore; does not know which files are wanted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::Gitignore;

use crate::model::target::normalized;

/// A pattern that leaves a file out.
#[derive(Debug, Clone)]
pub(super) struct IgnoredBy {
    /// The pattern as written.
    pub(super) pattern: String,
    /// The ignore file that holds the pattern.
    pub(super) file: PathBuf,
}

/// The ignore files of folders, each read once.
#[derive(Default)]
pub(super) struct IgnoreFiles {
    read: BTreeMap<PathBuf, Vec<(PathBuf, Gitignore)>>,
}

impl IgnoreFiles {
    /// Returns the pattern that leaves out the file at `path`, or that leaves out a folder below `within` that holds
    /// the file.
    pub(super) fn pattern_for(&mut self, path: &Path, within: &Path) -> Option<IgnoredBy> {
        let (path, within) = (absolute(path), absolute(within));
        let mut is_in_repository = false;
        for folder in path.ancestors().skip(1) {
            if is_in_repository {
                break;
            }
            is_in_repository = folder.join(".git").symlink_metadata().is_ok();
            let files = self.read.entry(folder.to_path_buf()).or_insert_with(|| ignore_files(folder));
            let parts =
                path.ancestors().take_while(|part| *part != within && part.starts_with(folder) && *part != folder);
            for (file, patterns) in files.iter() {
                for (up, part) in parts.clone().enumerate() {
                    match patterns.matched(part, up > 0) {
                        Match::Ignore(glob) => {
                            return Some(IgnoredBy { pattern: glob.original().to_owned(), file: file.clone() });
                        }
                        Match::Whitelist(_) => break,
                        Match::None => {}
                    }
                }
            }
        }
        None
    }
}

/// Returns the ignore files of a folder with their patterns.
pub(super) fn ignore_files(folder: &Path) -> Vec<(PathBuf, Gitignore)> {
    let file = folder.join(".gitignore");
    file.is_file().then(|| (file.clone(), Gitignore::new(&file).0)).into_iter().collect()
}

/// Returns the path from the root of the file system, without `.`, doubled separators, and `..` as far as names alone
/// decide that.
pub(super) fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    normalized(&path)
}
