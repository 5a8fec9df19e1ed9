//! Discovery of the files to check, and of those that are read so that they can be judged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::ignore_files::{IgnoreFiles, absolute};
use super::walk::{Filters, FoundPath, Walk, hidden_part};
pub use super::walk::{IsConfigured, plain};
use crate::model::document::Format;
use crate::settings::{Files, UsageError, suggestion};

/// A file to check or to read, or a path that could not be examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Path as it was found.
    pub path: PathBuf,
    /// Further paths under which the file was found: links to it, or other spellings of its path.
    pub aliases: Vec<PathBuf>,
    /// Real path of the file, if `path` is a symbolic link that leads out of the paths named on the command line.
    pub outside: Option<PathBuf>,
    /// Reason why the file cannot be read, if that is known already.
    pub trouble: Option<String>,
    /// True if the file is Markdown by its name or by `[files] markdown`.
    pub is_markdown: bool,
    /// True if the file itself was named, and not a folder above it.
    pub is_named: bool,
    /// True if the file is only read so that others can be judged.
    pub is_context: bool,
}

/// Where and how files are looked for.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// The patterns of `[files]`, and the folder that they are relative to.
    pub files: &'a Files,
    /// The folder, absolute.
    pub root: &'a Path,
    /// Tells the folders that have a configuration of their own.
    pub is_configured: IsConfigured,
    /// Folders, absolute, that are known to have a configuration of their own.
    pub configured: Vec<PathBuf>,
    /// True if patterns leave out files that are named, too.
    pub force_exclude: bool,
}

impl<'a> Search<'a> {
    /// Returns a search with one configuration, or none, in which a file that is named is always found.
    pub fn new(files: &'a Files, root: &'a Path) -> Self {
        Self { files, root, is_configured: |_| false, configured: Vec::new(), force_exclude: false }
    }

    /// Returns the files that `paths` name: a path of a file names the file; that of a folder, the Markdown files below
    /// it and those that `[files]` adds, without those that ignore files and `[files] exclude` leave out; a glob that is
    /// no path, the files of its folder that it matches. A file with several names is one entry.
    ///
    /// # Errors
    /// If a path does not exist or a glob is malformed.
    pub fn run(&self, paths: &[PathBuf]) -> Result<FoundFiles, UsageError> {
        let filters = Filters::new(self.files, self.root)?;
        let mut walk = Walk { configured: self.configured.clone(), ..Walk::default() };
        let mut named: Vec<PathBuf> = Vec::new();
        for path in paths {
            let is_dir = path.is_dir();
            let is_left_out = || if is_dir { filters.leaves_out_folder(path) } else { filters.leaves_out_file(path) };
            if self.force_exclude && path.exists() && is_left_out() {
                continue;
            }
            if is_dir {
                named.push(path.clone());
                filters.walk(path, self.is_configured, &mut walk);
                continue;
            }
            let name = match path.symlink_metadata() {
                Ok(meta) => FoundPath { is_link: meta.is_symlink(), ..FoundPath::new(path.clone()) },
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    let base = self.matching(path, &filters, &mut walk)?;
                    named.push(base);
                    continue;
                }
                Err(error) => FoundPath { trouble: Some(error.to_string()), ..FoundPath::new(path.clone()) },
            };
            named.push(path.clone());
            walk.names.push(FoundPath { is_named: true, ..filters.judged(name) });
        }
        let idle_excludes = filters.idle_excludes();
        let force_exclude = self.force_exclude;
        Ok(FoundFiles { walk, named, root: self.root.to_path_buf(), filters, idle_excludes, force_exclude })
    }

    /// Finds the files that match `path` as a glob; returns the folder that was walked.
    fn matching(&self, path: &Path, filters: &Filters, walk: &mut Walk) -> Result<PathBuf, UsageError> {
        let Some((glob, base)) = glob_of(path)? else { return Err(missing(path)) };
        let mut found = Walk { configured: std::mem::take(&mut walk.configured), ..Walk::default() };
        if base.is_dir() {
            filters.walk(&base, self.is_configured, &mut found);
        }
        let matches = |name: &FoundPath| glob.is_match(&name.path);
        found.names.retain(matches);
        found.nested.retain(matches);
        if found.names.is_empty() && found.nested.is_empty() {
            return Err(UsageError { message: format!("no file matches `{}`", path.display()), help: None });
        }
        walk.names.append(&mut found.names);
        walk.nested.append(&mut found.nested);
        walk.left_out.append(&mut found.left_out);
        walk.configured = found.configured;
        Ok(base)
    }
}

/// The patterns by which a walk finds files, for paths that need not be on the disk.
#[derive(Debug)]
pub struct Selection {
    filters: Filters,
    root: PathBuf,
}

impl Selection {
    /// Returns the selection of a configuration in the folder `root`.
    ///
    /// # Errors
    /// If a glob of `[files]` is malformed.
    pub fn new(files: &Files, root: &Path) -> Result<Self, UsageError> {
        Ok(Self { filters: Filters::new(files, root)?, root: root.to_path_buf() })
    }

    /// Returns why a walk would pass over the file at an absolute path, in words for users; `None` if nothing but its
    /// name speaks against it.
    pub fn reason(&self, path: &Path) -> Option<String> {
        if let Some(reason) = self.exclusion(path) {
            return Some(reason);
        }
        if let Some(by) = IgnoreFiles::default().pattern_for(path, &self.root) {
            return Some(format!("`{}` in {} leaves it out", by.pattern, by.file.display()));
        }
        hidden_part(path, &self.root).map(|name| format!("the dot of `{name}` hides it"))
    }

    /// Returns why the file at an absolute path is excluded, even if it is named and exclusions hold for such files; in
    /// words for users.
    pub fn exclusion(&self, path: &Path) -> Option<String> {
        if let Some(pattern) = self.filters.excluded_by(path, &self.root) {
            return Some(format!("`{pattern}` in `exclude` leaves it out"));
        }
        let folder = self.filters.excluded_by_default(path, &self.root)?;
        let folder = folder.strip_prefix(&self.root).unwrap_or(&folder);
        Some(format!("`{}` is left out by default", folder.display()))
    }

    /// Returns the format in which a walk would find a file at an absolute path; `None` if it would pass it over. Ignore
    /// files are not asked, because git may know a file all the same.
    pub fn format_of(&self, path: &Path) -> Option<Format> {
        if !self.filters.wants(path, &self.root) || self.filters.leaves_out_file(path) {
            return None;
        }
        let name = self.filters.judged(FoundPath::new(path.to_path_buf()));
        Some(if name.is_markdown { Format::Markdown } else { Format::Text })
    }
}

/// Returns the path as a glob, with the folder that holds all it can match; `None` if it has no wildcard.
fn glob_of(path: &Path) -> Result<Option<(GlobMatcher, PathBuf)>, UsageError> {
    let text = plain(path).to_string_lossy();
    let Some(first) = text.find(['*', '?', '[', '{']) else { return Ok(None) };
    let glob = GlobBuilder::new(&text).literal_separator(true).build();
    let glob = glob.map_err(|error| UsageError { message: format!("no glob: {error}"), help: None })?.compile_matcher();
    // Only the folder of the first wildcard needs to be walked.
    let base = text.get(..first).and_then(|start| start.rsplit_once('/')).map_or(".", |(folder, _)| folder);
    Ok(Some((glob, PathBuf::from(if base.is_empty() { "/" } else { base }))))
}

/// The files that the paths on the command line name, and those around them.
#[derive(Debug)]
pub struct FoundFiles {
    walk: Walk,
    /// The paths that were named.
    named: Vec<PathBuf>,
    root: PathBuf,
    filters: Filters,
    /// The patterns of `[files] exclude` that left nothing out in the folders that were walked.
    pub idle_excludes: Vec<String>,
    force_exclude: bool,
}

impl FoundFiles {
    /// Returns the folders with a configuration of their own, absolute.
    pub fn configured(&self) -> &[PathBuf] {
        &self.walk.configured
    }

    /// Returns the folders that are left out by default.
    pub fn left_out(&self) -> &[PathBuf] {
        &self.walk.left_out
    }

    /// Returns whether no file was found.
    pub fn is_empty(&self) -> bool {
        self.walk.names.is_empty() && self.walk.nested.is_empty()
    }

    /// Adds the files below `tree` as context, each with the path that `shown` gives it.
    pub fn add_context(&mut self, tree: &Path, is_configured: IsConfigured, shown: impl Fn(&Path) -> PathBuf) {
        let mut around = Walk { configured: std::mem::take(&mut self.walk.configured), ..Walk::default() };
        self.filters.walk(tree, is_configured, &mut around);
        self.walk.configured = std::mem::take(&mut around.configured);
        let as_context = |name: FoundPath| FoundPath { path: shown(&name.path), is_context: true, ..name };
        // Nobody asked for the paths there that cannot be examined.
        let readable = |name: &FoundPath| name.trouble.is_none();
        self.walk.names.extend(around.names.into_iter().filter(readable).map(as_context));
        self.walk.nested.extend(around.nested.into_iter().filter(readable).map(as_context));
    }

    /// Applies the configurations of folders below the root to the files that they hold for.
    ///
    /// # Errors
    /// If a glob of `[files]` is malformed.
    pub fn narrow(&mut self, nested: &[(&Path, &Files)]) -> Result<(), UsageError> {
        let filters = nested.iter().map(|(root, files)| Ok((*root, Filters::new(files, root)?)));
        let filters = filters.collect::<Result<Vec<_>, UsageError>>()?;
        let nearest = |path: &Path| {
            let path = absolute(path);
            let above = filters.iter().filter(|(root, _)| path.starts_with(root));
            above.max_by_key(|(root, _)| root.components().count())
        };
        let force_exclude = self.force_exclude;
        let judged = |name: FoundPath| {
            let Some((root, filters)) = nearest(&name.path) else { return Some(name) };
            let path = absolute(&name.path);
            let is_fixed = name.is_named && !force_exclude || name.trouble.is_some();
            let is_wanted = name.is_named || filters.wants(&path, root);
            let passes = is_fixed || is_wanted && !filters.leaves_out_file(&path);
            passes.then(|| filters.judged(name))
        };
        let nested = std::mem::take(&mut self.walk.nested).into_iter();
        let nested = nested.filter(|name| nearest(&name.path).is_some() || self.filters.is_checkable(&name.path));
        let names = std::mem::take(&mut self.walk.names).into_iter().chain(nested);
        self.walk.names = names.filter_map(judged).collect();
        Ok(())
    }

    /// Returns the files, and the paths that could not be examined, sorted by path, each once.
    pub fn into_entries(self) -> Vec<FileEntry> {
        let Self { walk, named, root, filters, .. } = self;
        entries(walk.names, &Inside::new(&named, &root, &filters))
    }
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
fn entries(names: Vec<FoundPath>, inside: &Inside<'_>) -> Vec<FileEntry> {
    let mut by_file: BTreeMap<Identity, Vec<FoundPath>> = BTreeMap::new();
    for name in names {
        by_file.entry(Identity::of(&name.path)).or_default().push(name);
    }
    let mut entries: Vec<FileEntry> = by_file.into_values().filter_map(|names| entry(names, inside)).collect();
    // Files of one folder must follow each other.
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    entries
}

fn entry(names: Vec<FoundPath>, inside: &Inside<'_>) -> Option<FileEntry> {
    let is_markdown = names.iter().any(|name| name.is_markdown);
    let is_named = names.iter().any(|name| name.is_named);
    let (context, mut names): (Vec<FoundPath>, Vec<FoundPath>) = names.into_iter().partition(|name| name.is_context);
    let is_context = names.is_empty();
    // A file that is checked goes by the names under which it was found for that.
    let further = if is_context {
        names = context;
        Vec::new()
    } else {
        context
    };
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
    let outside = if is_link && !is_context { inside.leads_out(&names) } else { None };
    let mut names = names.into_iter();
    let FoundPath { path, trouble, .. } = names.next()?;
    let mut aliases: Vec<PathBuf> = names.chain(further).map(|name| name.path).filter(|name| *name != path).collect();
    aliases.dedup();
    Some(FileEntry { path, aliases, outside, trouble, is_markdown, is_named, is_context })
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
    fn leads_out(&self, links: &[FoundPath]) -> Option<PathBuf> {
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

fn missing(path: &Path) -> UsageError {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let neighbours: Vec<String> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    UsageError {
        message: format!("there is no file or folder `{}`", path.display()),
        help: suggestion(&name, neighbours.iter().map(String::as_str)),
    }
}
