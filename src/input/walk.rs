//! Walks through folders: which files below them are wanted.
//!
//! Knows the patterns of `[files]`, ignore files and hidden names; no Markdown and no rules.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use globset::{GlobBuilder, GlobMatcher};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, Match, WalkBuilder};

use super::ignore_files::absolute;
use super::load::{format_of, unfit};
use crate::model::document::Format;
use crate::settings::{Files, UsageError};

/// Folders of other people's files that package managers and git put into a project, in the order of their names.
const FOREIGN: [&str; 7] =
    [".git", ".venv", "bower_components", "node_modules", "site-packages", "third_party", "vendor"];

/// Folders that a build fills, each with the manifests beside it that make such a folder.
const BUILT: [(&str, &[&str]); 3] = [
    ("build", &["package.json", "pyproject.toml", "setup.py", "CMakeLists.txt", "build.gradle", "build.gradle.kts"]),
    ("dist", &["package.json", "pyproject.toml", "setup.py"]),
    ("target", &["Cargo.toml", "pom.xml", "build.sbt"]),
];

/// The hidden folder that is read all the same, because people write for people there.
const SHOWN: &str = ".github";

/// Beginning and end of the names of files that are being written, or were when recto was killed.
const TEMPORARY: (&str, &str) = (".recto-", ".tmp");

/// A path that was found.
#[derive(Debug)]
pub(super) struct FoundPath {
    pub(super) path: PathBuf,
    pub(super) is_link: bool,
    pub(super) trouble: Option<String>,
    /// True if the file is Markdown by its name or by `[files] markdown`.
    pub(super) is_markdown: bool,
    /// True if the path itself was given, and not a folder above it.
    pub(super) is_named: bool,
    /// True if the file is only read so that others can be judged.
    pub(super) is_context: bool,
}

impl FoundPath {
    pub(super) fn new(path: PathBuf) -> Self {
        let path = plain(&path).to_path_buf();
        let is_markdown = format_of(&path) == Format::Markdown;
        Self { path, is_link: false, trouble: None, is_markdown, is_named: false, is_context: false }
    }
}

/// Returns the path without a leading `./`, so that a file has one name whether it was named itself or by its folder.
pub fn plain(path: &Path) -> &Path {
    path.strip_prefix(".").ok().filter(|path| !path.as_os_str().is_empty()).unwrap_or(path)
}

/// Result of walks.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The files that are wanted, and the paths that could not be examined.
    pub(super) names: Vec<FoundPath>,
    /// All files below folders that have a configuration of their own, which decides about them.
    pub(super) nested: Vec<FoundPath>,
    /// Folders that have a configuration of their own, from the root of the file system.
    pub(super) configured: Vec<PathBuf>,
    /// Folders that are left out by default.
    pub(super) left_out: Vec<PathBuf>,
}

impl Walk {
    fn is_nested(&self, path: &Path) -> bool {
        let below = || absolute(path);
        !self.configured.is_empty() && {
            let path = below();
            self.configured.iter().any(|folder| path.starts_with(folder) && path != *folder)
        }
    }
}

/// Returns whether a folder has a configuration of its own.
pub type IsConfigured = fn(&Path) -> bool;

/// The patterns of `[files]`, which add files and leave files out.
#[derive(Debug, Clone)]
pub(super) struct Filters {
    include: Gitignore,
    exclude: Gitignore,
    markdown: Gitignore,
    default_excludes: bool,
    /// The names of hidden folders that `include` and `markdown` name.
    hidden: Vec<GlobMatcher>,
    /// The patterns of `exclude`, each with whether it left anything out.
    used: Arc<Vec<(String, AtomicBool)>>,
    root: PathBuf,
}

impl Filters {
    pub(super) fn new(files: &Files, root: &Path) -> Result<Self, UsageError> {
        let used = files.exclude.iter().map(|pattern| (pattern.clone(), AtomicBool::new(false)));
        let adding = files.include.iter().chain(&files.markdown);
        let parts =
            adding.flat_map(|pattern| pattern.split('/')).filter(|part| part.starts_with('.') && part.len() > 1);
        let hidden = parts.filter_map(|part| Some(GlobBuilder::new(part).build().ok()?.compile_matcher()));
        Ok(Self {
            include: matcher(&files.include, root)?,
            exclude: matcher(&files.exclude, root)?,
            markdown: matcher(&files.markdown, root)?,
            default_excludes: files.default_excludes,
            hidden: hidden.collect(),
            used: Arc::new(used.collect()),
            root: root.to_path_buf(),
        })
    }

    /// Adds to `found` the files below `folder`.
    pub(super) fn walk(&self, folder: &Path, is_configured: IsConfigured, found: &mut Walk) {
        if let Some(trouble) = odd_ignore_file(folder, IgnoreScope::Above) {
            found.names.push(trouble);
            return;
        }
        let mut walker = WalkBuilder::new(folder);
        // Ignore files count outside a git checkout, too, because an unpacked archive is the same content; within a
        // checkout, the ignore files outside it do not count.
        // `.ignore` is for search tools: it says what is in their way, not what is no content.
        walker.require_git(is_in_repository(folder)).hidden(false).ignore(false);
        let state = Arc::new(Mutex::new(std::mem::take(found)));
        let (filters, shared) = (self.clone(), Arc::clone(&state));
        walker.filter_entry(move |entry| filters.passes(entry, is_configured, &mut locked(&shared)));
        for entry in walker.build() {
            let mut found = locked(&state);
            match entry {
                Ok(entry) if is_dir(&entry) => {}
                Ok(entry) => {
                    let name =
                        FoundPath { is_link: entry.path_is_symlink(), ..FoundPath::new(entry.path().to_path_buf()) };
                    if found.is_nested(entry.path()) {
                        found.nested.push(name);
                    } else if self.wants(entry.path(), folder) {
                        found.names.push(self.judged(name));
                    }
                }
                Err(error) => found.names.extend(unentered(&error, folder)),
            }
        }
        *found = std::mem::take(&mut locked(&state));
    }

    /// Returns whether a walk goes into a folder, or looks at a file.
    fn passes(&self, entry: &DirEntry, is_configured: IsConfigured, found: &mut Walk) -> bool {
        let is_dir = is_dir(entry);
        let name = entry.file_name().to_string_lossy();
        let path = absolute(entry.path());
        let is_hidden = name.starts_with('.') && !(is_dir && (name == SHOWN || self.names_hidden(&name)));
        let is_temporary = name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1);
        if is_hidden && (is_dir || is_temporary || !self.adds(&path)) {
            return false;
        }
        if !found.is_nested(&path) {
            match self.exclude.matched(&path, is_dir) {
                Match::None if is_dir && self.default_excludes && is_default_exclude(&path) => {
                    found.left_out.push(plain(entry.path()).to_path_buf());
                    return false;
                }
                Match::None => {}
                Match::Whitelist(glob) => mark(&self.used, glob.original()),
                Match::Ignore(glob) => {
                    mark(&self.used, glob.original());
                    return false;
                }
            }
        } else if is_dir && is_default_exclude(&path) {
            found.left_out.push(plain(entry.path()).to_path_buf());
            return false;
        }
        if !is_dir {
            return true;
        }
        if path != self.root && is_configured(&path) {
            found.configured.push(path);
        }
        let trouble = odd_ignore_file(entry.path(), IgnoreScope::Here);
        let is_fine = trouble.is_none();
        found.names.extend(trouble);
        is_fine
    }

    fn names_hidden(&self, name: &str) -> bool {
        self.hidden.iter().any(|pattern| pattern.is_match(name))
    }

    /// Returns whether `include` or `markdown` names a file.
    fn adds(&self, path: &Path) -> bool {
        covers(&self.include, path) || covers(&self.markdown, path)
    }

    /// Returns the name with what the patterns say about its format.
    pub(super) fn judged(&self, mut name: FoundPath) -> FoundPath {
        name.is_markdown |= covers(&self.markdown, &name.path);
        name
    }

    /// Returns whether a walk through `folder` wants the file at `path`.
    pub(super) fn wants(&self, path: &Path, folder: &Path) -> bool {
        self.adds(path) || format_of(path) == Format::Markdown && hidden_part(path, folder).is_none()
    }

    /// Returns whether the file at `path` is checked unless something leaves it out.
    pub(super) fn is_checkable(&self, path: &Path) -> bool {
        format_of(path) == Format::Markdown || self.adds(path)
    }

    /// Returns the pattern of `exclude` that leaves out the file at `path` below `folder`.
    pub(super) fn excluded_by(&self, path: &Path, folder: &Path) -> Option<&str> {
        let below = path.ancestors().take_while(|ancestor| *ancestor != folder);
        below.enumerate().find_map(|(up, ancestor)| match self.exclude.matched(absolute(ancestor), up > 0) {
            Match::Ignore(glob) => Some(glob.original()),
            _ => None,
        })
    }

    /// Returns the folder above the file at `path` and below `folder` that is left out by default.
    pub(super) fn excluded_by_default(&self, path: &Path, folder: &Path) -> Option<PathBuf> {
        let mut above = path.ancestors().skip(1).take_while(|ancestor| *ancestor != folder);
        let is_left_out = |above: &&Path| {
            let above = absolute(above);
            self.exclude.matched(&above, true).is_none() && is_default_exclude(&above)
        };
        if self.default_excludes { above.find(is_left_out).map(Path::to_path_buf) } else { None }
    }

    /// Returns whether the folder at `path` is left out although it was named.
    pub(super) fn leaves_out_folder(&self, path: &Path) -> bool {
        let path = absolute(path);
        let matched = self.exclude.matched(&path, true);
        matched.is_ignore()
            || self.default_excludes && matched.is_none() && is_default_exclude(&path)
            || self.leaves_out_above(&path)
    }

    /// Returns whether the file at `path` is left out although it was named.
    pub(super) fn leaves_out_file(&self, path: &Path) -> bool {
        let path = absolute(path);
        self.exclude.matched(&path, false).is_ignore() || self.leaves_out_above(&path)
    }

    /// Returns whether a folder above an absolute path is left out, or a pattern leaves out the path itself as a file.
    fn leaves_out_above(&self, path: &Path) -> bool {
        self.excluded_by(path, &self.root).is_some() || self.excluded_by_default(path, &self.root).is_some()
    }

    pub(super) fn idle_excludes(&self) -> Vec<String> {
        let idle = self.used.iter().filter(|(_, used)| !used.load(Ordering::Relaxed));
        idle.map(|(pattern, _)| pattern.clone()).collect()
    }
}

fn locked(walk: &Mutex<Walk>) -> MutexGuard<'_, Walk> {
    walk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns whether patterns in gitignore syntax match a file, or a folder above it.
fn covers(patterns: &Gitignore, path: &Path) -> bool {
    if patterns.is_empty() {
        return false;
    }
    let path = absolute(path);
    let is_below = path.starts_with(patterns.path());
    if is_below { patterns.matched_path_or_any_parents(&path, false) } else { patterns.matched(&path, false) }
        .is_ignore()
}

/// Returns the hidden name below `folder` because of which a walk passes over `path`.
pub(super) fn hidden_part(path: &Path, folder: &Path) -> Option<String> {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let mut names = below.components().map(|part| part.as_os_str().to_string_lossy());
    let is_hidden = |name: &str| name.starts_with('.') && name != SHOWN && name != "." && name != "..";
    names.find(|name| is_hidden(name)).map(|name| name.into_owned())
}

/// Returns whether the folder at `path` is left out by default.
pub(super) fn is_default_exclude(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else { return false };
    let is_beside = |manifest: &&str| path.with_file_name(manifest).is_file();
    let manifests = BUILT.iter().find(|(built, _)| *built == name).map(|(_, manifests)| manifests);
    FOREIGN.contains(&name.as_ref()) || manifests.is_some_and(|manifests| manifests.iter().any(is_beside))
}

fn mark(used: &[(String, AtomicBool)], pattern: &str) {
    for (_, used) in used.iter().filter(|(known, _)| known == pattern) {
        used.store(true, Ordering::Relaxed);
    }
}

/// Compiles patterns in gitignore syntax, relative to `root`: a path that they match is "ignored".
pub(super) fn matcher(patterns: &[String], root: &Path) -> Result<Gitignore, UsageError> {
    let refuse = |error: ignore::Error| UsageError { message: error.to_string(), help: None };
    let mut builder = GitignoreBuilder::new(root);
    for pattern in patterns {
        builder.add_line(None, pattern).map_err(refuse)?;
    }
    builder.build().map_err(refuse)
}

pub(super) fn is_dir(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// Returns whether the folder is part of a git checkout.
pub(super) fn is_in_repository(folder: &Path) -> bool {
    absolute(folder).ancestors().any(|folder| folder.join(".git").symlink_metadata().is_ok())
}

/// The folders that are searched for ignore files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IgnoreScope {
    Here,
    Above,
}

/// Returns an ignore file that must not be opened, because reading it would never end or would wait for ever.
pub(super) fn odd_ignore_file(folder: &Path, reach: IgnoreScope) -> Option<FoundPath> {
    let odd = |folder: &Path| {
        Some(folder.join(".gitignore")).and_then(|path| {
            // An empty ignore file is often a link to /dev/null.
            let is_null = || std::fs::canonicalize(&path).is_ok_and(|path| path == Path::new("/dev/null"));
            let is_there = path.metadata().is_ok_and(|meta| !meta.is_dir()) && !is_null();
            let reason = if is_there { unfit(&path)? } else { return None };
            Some(FoundPath {
                trouble: Some(format!("{reason}, so its folder was not looked into")),
                ..FoundPath::new(path)
            })
        })
    };
    match reach {
        IgnoreScope::Here => odd(folder),
        IgnoreScope::Above => odd(folder).or_else(|| absolute(folder).ancestors().skip(1).find_map(odd)),
    }
}

/// Returns the folder that a walk could not enter.
fn unentered(error: &ignore::Error, folder: &Path) -> Option<FoundPath> {
    let (mut path, mut inner) = (None, error);
    loop {
        match inner {
            ignore::Error::WithPath { path: at, err } => (path, inner) = (Some(at.clone()), err),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            // Lines of ignore files that are not patterns leave nothing out.
            ignore::Error::Partial(_) | ignore::Error::Glob { .. } => return None,
            _ => break,
        }
    }
    // A file that has been deleted meanwhile need not be read.
    if error.io_error().is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return None;
    }
    let path = path.unwrap_or_else(|| folder.to_path_buf());
    let reason = error.io_error().map_or_else(|| inner.to_string(), ToString::to_string);
    let is_dir = path.is_dir();
    let reason = if is_dir { format!("it is a folder whose files cannot be listed: {reason}") } else { reason };
    Some(FoundPath { trouble: Some(reason), ..FoundPath::new(path) })
}
