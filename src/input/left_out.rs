//! Reasons why files are not checked: asked where there would have to be some and there are none.
//!
//! Walks folders once more, with less left out; knows no rules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher, GlobSet};
use ignore::gitignore::Gitignore;
use ignore::{Walk, WalkBuilder};

use super::discover::{Filters, is_dir, is_in_repository, matcher};
use super::ignore_files::{IgnoreFiles, ignore_files};
use crate::settings::{Complaint, Files, globs};

/// A search that saw this many files and folders is given up, because a run must not take longer for a hint.
const MOST: usize = 100_000;

/// Reason why a Markdown file is not checked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// This pattern of `[files] exclude` leaves it out.
    Excluded(String),
    /// This file or folder, which it is or is in, is hidden by the dot before its name.
    Hidden(String),
    /// An ignore file leaves it out.
    Ignored {
        /// The pattern as it is written there.
        pattern: String,
        /// The ignore file.
        file: PathBuf,
    },
    /// An ignore file that is not in the folders above it leaves it out: the user's own, or that of the checkout.
    IgnoredElsewhere,
}

/// The files below folders that are not checked, by reason.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    /// Number of files with each ending that is not that of Markdown, with its dot; an empty one if they have none.
    pub endings: BTreeMap<String, usize>,
    /// Number of Markdown files for each other reason.
    pub reasons: BTreeMap<Why, usize>,
}

impl LeftOut {
    /// Looks through `folders`, where no file is to be checked.
    ///
    /// # Errors
    /// If a glob of `[files]` is malformed.
    pub fn look(folders: &[PathBuf], files: &Files, root: &Path) -> Result<Self, Complaint> {
        let filters = Filters::new(files, root)?;
        let mut left = Self::default();
        let mut ignore_files = IgnoreFiles::default();
        for folder in folders {
            let is_other = |path: &Path| !filters.wants(path) && filters.excluded_by(path, folder).is_none();
            for path in files_of(visible(folder)).filter(|path| is_other(path) && !path.ends_with("recto.toml")) {
                let ending =
                    path.extension().map(|extension| format!(".{}", extension.to_string_lossy().to_lowercase()));
                *left.endings.entry(ending.unwrap_or_default()).or_default() += 1;
            }
            for path in files_of(everything(folder)).filter(|path| filters.wants(path)) {
                *left.reasons.entry(why(&path, folder, &filters, &mut ignore_files)).or_default() += 1;
            }
        }
        Ok(left)
    }
}

/// Walks a folder as if there were no `[files]`.
fn visible(folder: &Path) -> Walk {
    let mut walker = WalkBuilder::new(folder);
    walker.require_git(is_in_repository(folder));
    walker.build()
}

/// Everything below a folder but what git keeps for itself.
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
    let below = path.strip_prefix(folder).unwrap_or(path).components();
    let mut names = below.map(|part| part.as_os_str().to_string_lossy());
    match names.find(|name| name.starts_with('.') && name.len() > 1) {
        Some(name) => Why::Hidden(name.into_owned()),
        None => {
            let ignored = ignore_files.pattern_for(path, folder);
            ignored.map_or(Why::IgnoredElsewhere, |by| Why::Ignored { pattern: by.pattern, file: by.file })
        }
    }
}

/// First thing that a glob speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum First {
    /// This file or folder.
    Is(PathBuf),
    /// Nothing.
    None,
    /// There is too much to look through.
    Unknown,
}

/// A glob of the configuration, read as the table reads it that it is in.
#[derive(Debug, Clone)]
pub enum Reading {
    /// One of a version of a work: the whole path of a file, relative to the root.
    Version(GlobMatcher),
    /// One of an override: as in a version, but without a slash it speaks of every folder.
    Override(GlobSet),
    /// One of `[files]`, in gitignore syntax.
    Files(Gitignore),
}

impl Reading {
    /// A glob of a version of a work.
    pub fn version(glob: &str) -> Option<Self> {
        let glob = GlobBuilder::new(glob).literal_separator(true).build().ok()?;
        Some(Self::Version(glob.compile_matcher()))
    }

    /// A glob of an override.
    pub fn overriding(glob: &str) -> Option<Self> {
        globs(&[glob.to_owned()]).ok().map(Self::Override)
    }

    /// A glob of `[files]`.
    pub fn files(glob: &str, root: &Path) -> Option<Self> {
        matcher(&[glob.to_owned()], root).ok().map(Self::Files)
    }

    /// Says if this speaks of a file, given relative to the root.
    pub fn matches(&self, relative: &Path, root: &Path) -> bool {
        match self {
            Self::Version(glob) => glob.is_match(relative),
            Self::Override(globs) => globs.is_match(relative),
            Self::Files(pattern) => !pattern.matched(root.join(relative), false).is_none(),
        }
    }

    /// The first file below the root, or folder if whole folders can be meant, of which `glob`, read as this, speaks.
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

    /// Says if an ignore file of the root speaks of the files that `glob` names: such files come and go with a build.
    pub fn is_ignored(glob: &str, root: &Path) -> bool {
        let path = root.join(glob.trim_start_matches('/').trim_end_matches("/**").trim_end_matches('/'));
        let speaks =
            |(_, patterns): &(PathBuf, Gitignore)| patterns.matched_path_or_any_parents(&path, true).is_ignore();
        path.starts_with(root) && ignore_files(root).iter().any(speaks)
    }

    /// The file or folder that all is in, or is, of which the glob can speak.
    fn base(&self, glob: &str) -> PathBuf {
        let is_anywhere = !matches!(self, Self::Version(_)) && !glob.trim_end_matches('/').contains('/');
        if is_anywhere {
            return PathBuf::new();
        }
        let is_plain = |part: &&str| !part.contains(['*', '?', '[', '{', '\\', '!']);
        glob.split('/').filter(|part| !part.is_empty() && *part != ".").take_while(is_plain).collect()
    }
}
