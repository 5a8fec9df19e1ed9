//! Which files to check.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};

use super::load::format_of;
use crate::model::document::Format;
use crate::settings::{Complaint, Files, suggestion};

/// The files that `paths` stand for: a file for itself, a folder for the Markdown files below it (and what
/// `[files] include` adds), without what ignore files and `[files] exclude` leave out. Sorted, each once.
///
/// # Errors
/// If a path does not exist or a glob of `[files]` is malformed.
pub fn discover(paths: &[PathBuf], files: &Files, root: &Path) -> Result<Vec<PathBuf>, Complaint> {
    let filters = Filters::new(files, root)?;
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            filters.walk(path, &mut found);
        } else if path.exists() || path.symlink_metadata().is_ok() {
            found.push(path.clone());
        } else {
            return Err(missing(path));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

struct Filters {
    include: Override,
    exclude: Override,
}

impl Filters {
    fn new(files: &Files, root: &Path) -> Result<Self, Complaint> {
        let build = |patterns: &[String]| {
            let mut builder = OverrideBuilder::new(root);
            for pattern in patterns {
                builder.add(pattern)?;
            }
            builder.build()
        };
        let complain = |error: ignore::Error| Complaint { message: error.to_string(), help: None };
        Ok(Self {
            include: build(&files.include).map_err(complain)?,
            exclude: build(&files.exclude).map_err(complain)?,
        })
    }

    fn walk(&self, folder: &Path, found: &mut Vec<PathBuf>) {
        let exclude = self.exclude.clone();
        let mut walker = WalkBuilder::new(folder);
        // Ignore files count outside a git checkout as well: an unpacked archive is the same content.
        walker.require_git(false);
        walker.filter_entry(move |entry| {
            let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
            !exclude.matched(absolute(entry.path()), is_dir).is_whitelist()
        });
        for entry in walker.build().flatten() {
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file() || kind.is_symlink());
            if is_file && self.wants(entry.path()) {
                found.push(entry.into_path());
            }
        }
    }

    fn wants(&self, path: &Path) -> bool {
        format_of(path) == Format::Markdown || self.include.matched(absolute(path), false).is_whitelist()
    }
}

/// Globs refer to the root, which is absolute.
fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    path.components().collect()
}

fn missing(path: &Path) -> Complaint {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let neighbours: Vec<String> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    Complaint {
        message: format!("there is no file or folder `{}`", path.display()),
        help: suggestion(&name, neighbours.iter().map(String::as_str)),
    }
}
