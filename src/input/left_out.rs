//! Reasons why files are not checked, found only when there is no file to check.
//!
//! Walks the folders once more with fewer filters; knows no rules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher, GlobSet};
use ignore::gitignore::Gitignore;
use ignore::{Walk, WalkBuilder};

use super::ignore_files::{IgnoreFiles, absolute, ignore_files};
use super::walk::{Filters, hidden_part, is_dir, is_in_repository, matcher};
use crate::settings::{Files, UsageError, globs};

/// Maximum number of files and folders that a search looks at (a guess), because a run must not take longer for a hint.
const MOST: usize = 100_000;

/// Reason why a Markdown file is not checked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// This pattern of `[files] exclude` leaves it out.
    Excluded(String),
    /// This folder is left out by default.
    ByDefault(String),
    /// The dot before the name of this file or folder hides the file, or a folder that holds it.
    Hidden(String),
    /// An ignore file leaves it out.
    Ignored {
        /// The pattern as written in the ignore file.
        pattern: String,
        /// The ignore file.
        file: PathBuf,
    },
    /// An ignore file outside the folders above leaves it out: the user's own, or that of the checkout.
    IgnoredElsewhere,
}

/// The files below some folders that are not checked, by reason.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    /// Number of files with each extension that is not one of Markdown, with its dot; empty for files without an
    /// extension.
    pub endings: BTreeMap<String, usize>,
    /// Number of Markdown files that each other reason leaves out.
    pub reasons: BTreeMap<Why, usize>,
}

impl LeftOut {
    /// Looks through `folders`, which hold no file to check. With `within`, patterns count for the folders between it
    /// and `folders` as well.
    ///
    /// # Errors
    /// If a glob of `[files]` is malformed.
    pub fn look(folders: &[PathBuf], files: &Files, root: &Path, within: Option<&Path>) -> Result<Self, UsageError> {
        let filters = Filters::new(files, root)?;
        let mut left = Self::default();
        let mut ignore_files = IgnoreFiles::default();
        for folder in folders {
            let folder = &if within.is_some() { absolute(folder) } else { folder.clone() };
            let top = within.unwrap_or(folder);
            let is_left_out = |path: &Path| {
                filters.excluded_by(path, top).is_some() || filters.excluded_by_default(path, top).is_some()
            };
            let is_other = |path: &Path| !filters.is_checkable(path) && !is_left_out(path);
            for path in files_of(visible(folder)).filter(|path| is_other(path) && !path.ends_with("recto.toml")) {
                let ending =
                    path.extension().map(|extension| format!(".{}", extension.to_string_lossy().to_lowercase()));
                *left.endings.entry(ending.unwrap_or_default()).or_default() += 1;
            }
            for path in files_of(everything(folder)).filter(|path| filters.is_checkable(path)) {
                *left.reasons.entry(why(&path, top, &filters, &mut ignore_files)).or_default() += 1;
            }
        }
        Ok(left)
    }
}

/// Walks a folder as if there were no `[files]`.
fn visible(folder: &Path) -> Walk {
    let mut walker = WalkBuilder::new(folder);
    walker.require_git(is_in_repository(folder)).ignore(false);
    walker.build()
}

/// Walks a folder with all it holds except git's own files.
fn everything(folder: &Path) -> Walk {
    let mut walker = WalkBuilder::new(folder);
    walker.standard_filters(false);
    walker.filter_entry(|entry| entry.file_name() != ".git");
    walker.build()
}

fn files_of(walk: Walk) -> impl Iterator<Item = PathBuf> {
    walk.flatten().take(MOST).filter(|entry| !is_dir(entry)).map(ignore::DirEntry::into_path)
}

/// Returns the reason why the Markdown file at `path` below `folder` is not checked.
fn why(path: &Path, folder: &Path, filters: &Filters, ignore_files: &mut IgnoreFiles) -> Why {
    if let Some(pattern) = filters.excluded_by(path, folder) {
        return Why::Excluded(pattern.to_owned());
    }
    if let Some(excluded) = filters.excluded_by_default(path, folder) {
        return Why::ByDefault(excluded.file_name().unwrap_or_default().to_string_lossy().into_owned());
    }
    match hidden_part(path, folder) {
        Some(name) => Why::Hidden(name),
        None => {
            let ignored = ignore_files.pattern_for(path, folder);
            ignored.map_or(Why::IgnoredElsewhere, |by| Why::Ignored { pattern: by.pattern, file: by.file })
        }
    }
}

/// The first path that a glob matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum First {
    /// This file or folder.
    Is(PathBuf),
    /// No path matches.
    None,
    /// There are too many files and folders to look at.
    Unknown,
}

/// A glob of the configuration, with the meaning that it has in its table.
#[derive(Debug, Clone)]
pub enum CompiledGlob {
    /// A glob of a version of a work: it matches the whole path of a file, relative to the root.
    Version(GlobMatcher),
    /// A glob of an override: as in a version, but without a slash it matches in every folder.
    Override(GlobSet),
    /// A glob of `[files]`, in gitignore syntax.
    Files(Gitignore),
}

impl CompiledGlob {
    /// Compiles a glob of a version of a work; `None` if it is malformed.
    pub fn version(glob: &str) -> Option<Self> {
        let glob = GlobBuilder::new(glob).literal_separator(true).build().ok()?;
        Some(Self::Version(glob.compile_matcher()))
    }

    /// Compiles a glob of an override; `None` if it is malformed.
    pub fn overriding(glob: &str) -> Option<Self> {
        globs(&[glob.to_owned()]).ok().map(Self::Override)
    }

    /// Compiles a glob of `[files]`; `None` if it is malformed.
    pub fn files(glob: &str, root: &Path) -> Option<Self> {
        matcher(&[glob.to_owned()], root).ok().map(Self::Files)
    }

    /// Returns whether the glob matches a file, given relative to the root.
    pub fn matches(&self, relative: &Path, root: &Path) -> bool {
        match self {
            Self::Version(glob) => glob.is_match(relative),
            Self::Override(globs) => globs.is_match(relative),
            Self::Files(pattern) => !pattern.matched(root.join(relative), false).is_none(),
        }
    }

    /// Returns the first file below the root that the glob matches, or the first folder if the glob may match whole
    /// folders.
    pub fn first(&self, glob: &str, root: &Path) -> First {
        for (seen, entry) in everything(&root.join(self.base(glob))).flatten().enumerate() {
            let Ok(relative) = entry.path().strip_prefix(root) else { continue };
            let matches = match self {
                Self::Files(pattern) => !pattern.matched(entry.path(), is_dir(&entry)).is_none(),
                _ => !is_dir(&entry) && self.matches(relative, root),
            };
            if matches {
                return First::Is(entry.into_path());
            }
            if seen > MOST {
                return First::Unknown;
            }
        }
        First::None
    }

    /// Returns whether an ignore file of the root matches the files that `glob` names, because such files come and go
    /// with a build.
    pub fn is_ignored(glob: &str, root: &Path) -> bool {
        let path = root.join(glob.trim_start_matches('/').trim_end_matches("/**").trim_end_matches('/'));
        let speaks =
            |(_, patterns): &(PathBuf, Gitignore)| patterns.matched_path_or_any_parents(&path, true).is_ignore();
        path.starts_with(root) && ignore_files(root).iter().any(speaks)
    }

    /// Returns the file or folder that holds everything the glob can match.
    fn base(&self, glob: &str) -> PathBuf {
        let is_anywhere = !matches!(self, Self::Version(_)) && !glob.trim_end_matches('/').contains('/');
        if is_anywhere {
            return PathBuf::new();
        }
        let is_plain = |part: &&str| !part.contains(['*', '?', '[', '{', '\\', '!']);
        glob.split('/').filter(|part| !part.is_empty() && *part != ".").take_while(is_plain).collect()
    }
}
