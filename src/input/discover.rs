//! Discovery of the files to check.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, Match, WalkBuilder};

use super::ignore_files::{IgnoreFiles, absolute};
use super::load::{format_of, unfit};
use crate::model::document::Format;
use crate::settings::{Complaint, Files, suggestion};

/// A file to check, or a path that could not be examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path as it was found.
    pub path: PathBuf,
    /// Further paths under which the file was found: links to it, or other spellings of its path.
    pub aliases: Vec<PathBuf>,
    /// Real path of the file, if `path` is a symbolic link that leads out of the paths named on the command line.
    pub outside: Option<PathBuf>,
    /// Reason why the file cannot be read, if that is known already.
    pub trouble: Option<String>,
}

/// The files that the paths on the command line name.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The files, and the paths that could not be examined, sorted by path, each once.
    pub entries: Vec<Entry>,
    /// The patterns of `[files] exclude` that left nothing out in the folders that were walked.
    pub idle_excludes: Vec<String>,
}

/// Returns the files that `paths` name: a path of a file names the file; that of a folder, the Markdown files below it
/// and those that `[files] include` adds, without those that ignore files and `[files] exclude` leave out. A file with
/// several names is one entry.
///
/// # Errors
/// If a path does not exist or a glob of `[files]` is malformed.
pub fn discover(paths: &[PathBuf], files: &Files, root: &Path) -> Result<Found, Complaint> {
    let filters = Filters::new(files, root)?;
    let mut names: Vec<Name> = Vec::new();
    for path in paths {
        if path.is_dir() {
            filters.walk(path, &mut names);
        } else {
            match path.symlink_metadata() {
                Ok(meta) => names.push(Name::new(path.clone(), meta.is_symlink())),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(missing(path)),
                Err(error) => names.push(Name { trouble: Some(error.to_string()), ..Name::new(path.clone(), false) }),
            }
        }
    }
    let idle_excludes = filters.idle_excludes();
    Ok(Found { entries: entries(names, &Inside::new(paths, root, &filters)), idle_excludes })
}

/// A path that was found.
#[derive(Debug)]
struct Name {
    path: PathBuf,
    is_link: bool,
    trouble: Option<String>,
}

impl Name {
    fn new(path: PathBuf, is_link: bool) -> Self {
        Self { path: plain(&path).to_path_buf(), is_link, trouble: None }
    }
}

/// Returns the path without a leading `./`, so that a file has one name whether it was named itself or by its folder.
pub fn plain(path: &Path) -> &Path {
    path.strip_prefix(".").ok().filter(|path| !path.as_os_str().is_empty()).unwrap_or(path)
}

/// Identity of a file under all its names.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    #[cfg(unix)]
    Inode(u64, u64),
    Path(PathBuf),
}

impl Identity {
    fn of(path: &Path) -> Self {
        #[cfg(unix)]
        if let Ok(meta) = std::fs::metadata(path) {
            use std::os::unix::fs::MetadataExt;
            return Self::Inode(meta.dev(), meta.ino());
        }
        Self::Path(std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()))
    }
}

/// Returns whether two paths lead to the same file.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    one.exists() && other.exists() && Identity::of(one) == Identity::of(other)
}

/// Groups the names by file.
fn entries(names: Vec<Name>, inside: &Inside<'_>) -> Vec<Entry> {
    let mut by_file: BTreeMap<Identity, Vec<Name>> = BTreeMap::new();
    for name in names {
        by_file.entry(Identity::of(&name.path)).or_default().push(name);
    }
    let mut entries: Vec<Entry> = by_file.into_values().filter_map(|names| entry(names, inside)).collect();
    // Files of one folder must follow each other.
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    entries
}

fn entry(mut names: Vec<Name>, inside: &Inside<'_>) -> Option<Entry> {
    names.sort_by(|a, b| a.path.cmp(&b.path));
    names.dedup_by(|later, first| later.path == first.path);
    if names.len() > 1 {
        // The name that people know is the one that is not a link, neither itself nor through one of its folders.
        let real = names.first().and_then(|name| std::fs::canonicalize(&name.path).ok());
        names.sort_by_key(|name| {
            let is_link = name.is_link || real.as_ref().is_some_and(|real| *real != absolute(&name.path));
            (is_link, name.path.is_absolute())
        });
    }
    let is_link = names.iter().all(|name| name.is_link);
    let outside = if is_link { inside.leads_out(&names) } else { None };
    let mut names = names.into_iter();
    let Name { path, trouble, .. } = names.next()?;
    Some(Entry { outside, path, trouble, aliases: names.map(|name| name.path).collect() })
}

/// The folders whose files may be written through links.
struct Inside<'a> {
    /// The folders that were named, each with its real path.
    folders: Vec<(&'a Path, PathBuf)>,
    /// For links that were named themselves: the real paths of the working directory and of the root.
    around: Vec<PathBuf>,
    named: Vec<&'a Path>,
    filters: &'a Filters,
}

impl<'a> Inside<'a> {
    fn new(paths: &'a [PathBuf], root: &Path, filters: &'a Filters) -> Self {
        let real = |path: &Path| std::fs::canonicalize(path).ok();
        let paths = paths.iter().map(PathBuf::as_path);
        let (folders, named): (Vec<&Path>, Vec<&Path>) = paths.partition(|path| path.is_dir());
        Self {
            folders: folders.into_iter().filter_map(|folder| Some((folder, real(folder)?))).collect(),
            around: [Path::new("."), root].into_iter().filter_map(real).collect(),
            named: named.into_iter().map(plain).collect(),
            filters,
        }
    }

    /// Returns the target of links to one file, if it is outside the named paths or left out where it is.
    fn leads_out(&self, links: &[Name]) -> Option<PathBuf> {
        let target = std::fs::canonicalize(&links.first()?.path).ok()?;
        let is_of_git = target.components().any(|part| part.as_os_str() == ".git");
        let is_named = links.iter().any(|link| self.named.contains(&link.path.as_path()));
        let is_near = is_named && self.around.iter().any(|folder| target.starts_with(folder));
        let is_checked = || {
            self.folders.iter().any(|(folder, real)| {
                let Ok(below) = target.strip_prefix(real) else { return false };
                let path = folder.join(below);
                let is_ignored = || IgnoreFiles::default().pattern_for(&path, folder).is_some();
                self.filters.excluded_by(&path, folder).is_none() && !is_ignored()
            })
        };
        let may_be_written = !is_of_git && (is_near || is_checked());
        (!may_be_written).then_some(target)
    }
}

/// The patterns of `[files]`, which add files and leave files out.
pub(super) struct Filters {
    include: Gitignore,
    exclude: Gitignore,
    /// The patterns of `exclude`, each with whether it left anything out.
    used: Arc<Vec<(String, AtomicBool)>>,
}

impl Filters {
    pub(super) fn new(files: &Files, root: &Path) -> Result<Self, Complaint> {
        let used = files.exclude.iter().map(|pattern| (pattern.clone(), AtomicBool::new(false)));
        Ok(Self {
            include: matcher(&files.include, root)?,
            exclude: matcher(&files.exclude, root)?,
            used: Arc::new(used.collect()),
        })
    }

    fn walk(&self, folder: &Path, found: &mut Vec<Name>) {
        if let Some(trouble) = odd_ignore_file(folder, Reach::Above) {
            found.push(trouble);
            return;
        }
        let mut walker = WalkBuilder::new(folder);
        // Ignore files count outside a git checkout, too, because an unpacked archive is the same content; within a
        // checkout, the ignore files outside it do not count.
        walker.require_git(is_in_repository(folder));
        let (exclude, used) = (self.exclude.clone(), Arc::clone(&self.used));
        let odd: Arc<std::sync::Mutex<Vec<Name>>> = Arc::default();
        let troubles = Arc::clone(&odd);
        walker.filter_entry(move |entry| {
            let is_dir = is_dir(entry);
            match exclude.matched(absolute(entry.path()), is_dir) {
                Match::None => {}
                Match::Whitelist(glob) => mark(&used, glob.original()),
                Match::Ignore(glob) => {
                    mark(&used, glob.original());
                    return false;
                }
            }
            let trouble = if is_dir { odd_ignore_file(entry.path(), Reach::Here) } else { None };
            let is_fine = trouble.is_none();
            troubles.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(trouble);
            is_fine
        });
        for entry in walker.build() {
            match entry {
                Ok(entry) if is_dir(&entry) || !self.wants(entry.path()) => {}
                Ok(entry) => found.push(Name::new(entry.path().to_path_buf(), entry.path_is_symlink())),
                Err(error) => found.extend(unentered(&error, folder)),
            }
        }
        found.append(&mut odd.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    /// Returns whether the file at `path` is checked unless something leaves it out.
    pub(super) fn wants(&self, path: &Path) -> bool {
        format_of(path) == Format::Markdown || self.include.matched(absolute(path), false).is_ignore()
    }

    /// Returns the pattern of `exclude` that leaves out the file at `path` below `folder`.
    pub(super) fn excluded_by(&self, path: &Path, folder: &Path) -> Option<&str> {
        let below = path.ancestors().take_while(|ancestor| *ancestor != folder);
        below.enumerate().find_map(|(up, ancestor)| match self.exclude.matched(absolute(ancestor), up > 0) {
            Match::Ignore(glob) => Some(glob.original()),
            _ => None,
        })
    }

    fn idle_excludes(&self) -> Vec<String> {
        let idle = self.used.iter().filter(|(_, used)| !used.load(Ordering::Relaxed));
        idle.map(|(pattern, _)| pattern.clone()).collect()
    }
}

fn mark(used: &[(String, AtomicBool)], pattern: &str) {
    for (_, used) in used.iter().filter(|(known, _)| known == pattern) {
        used.store(true, Ordering::Relaxed);
    }
}

/// Compiles patterns in gitignore syntax, relative to `root`: a path that they match is "ignored".
pub(super) fn matcher(patterns: &[String], root: &Path) -> Result<Gitignore, Complaint> {
    let complain = |error: ignore::Error| Complaint { message: error.to_string(), help: None };
    let mut builder = GitignoreBuilder::new(root);
    for pattern in patterns {
        builder.add_line(None, pattern).map_err(complain)?;
    }
    builder.build().map_err(complain)
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
enum Reach {
    Here,
    Above,
}

/// Returns an ignore file that must not be opened, because reading it would never end or would wait for ever.
fn odd_ignore_file(folder: &Path, reach: Reach) -> Option<Name> {
    let odd = |folder: &Path| {
        [".gitignore", ".ignore"].into_iter().find_map(|name| {
            let path = folder.join(name);
            // An empty ignore file is often a link to /dev/null.
            let is_null = || std::fs::canonicalize(&path).is_ok_and(|path| path == Path::new("/dev/null"));
            let is_there = path.metadata().is_ok_and(|meta| !meta.is_dir()) && !is_null();
            let reason = if is_there { unfit(&path)? } else { return None };
            Some(Name {
                trouble: Some(format!("{reason}, so its folder was not looked into")),
                ..Name::new(path, false)
            })
        })
    };
    match reach {
        Reach::Here => odd(folder),
        Reach::Above => odd(folder).or_else(|| absolute(folder).ancestors().skip(1).find_map(odd)),
    }
}

/// Returns the folder that a walk could not enter.
fn unentered(error: &ignore::Error, folder: &Path) -> Option<Name> {
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
    Some(Name { trouble: Some(reason), ..Name::new(path, false) })
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
