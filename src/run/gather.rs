//! Gathers the documents to check, and those around them that they are judged with.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::read::{enter, format_of, guessed, read, source};
use super::{Failure, configuration, navigation, nearest_config, notices};
use crate::cli::{CheckArgs, Cli};
use crate::input::discover::{FileEntry, FoundFiles, Search, Selection, is_same_file};
use crate::input::reuse::{Reuse, Stamps, open_source};
use crate::input::{containers, decode, load, surroundings};
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::id::DocId;
use crate::model::source::Origin;
use crate::model::target::{normalized, relative_targets, resolve};
use crate::parse::parse;
use crate::report::terminal::Terminal;
use crate::settings::{Settings, UsageError};

/// Documents to check, with their context.
pub(super) struct Gathered {
    pub(super) collection: Collection,
    /// The settings, with those of the folders below.
    pub(super) settings: Settings,
    /// Targets of symbolic links that lead out of the named paths.
    pub(super) outside: BTreeMap<DocId, PathBuf>,
    /// Folders that are left out by default.
    pub(super) left_out: Vec<PathBuf>,
    pub(super) warnings: Vec<UsageError>,
    /// Versions of works that have no file.
    pub(super) dead_versions: Vec<String>,
    /// Folders, absolute, in which a file that is not there is known not to be there.
    pub(super) roots: Vec<PathBuf>,
    /// Sizes and times of the files, if documents of an earlier run could be used.
    pub(super) stamps: Stamps,
    /// Standard input, if it is excluded: it is passed on as it is.
    pub(super) excluded_input: Option<Vec<u8>>,
}

/// Files around the named ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContextFiles {
    /// They are read as context.
    Read,
    /// Nothing is read as context.
    LeftOut,
}

impl ContextFiles {
    /// The surroundings of a check with these arguments.
    pub(super) fn of(args: &CheckArgs) -> Self {
        if args.no_context { Self::LeftOut } else { Self::Read }
    }
}

/// The paths of a run, and how they are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) paths: &'a [PathBuf],
    /// The path under which standard input is judged.
    pub(super) stdin_name: Option<&'a Path>,
    pub(super) context: ContextFiles,
    /// True if patterns leave out files that are named, too.
    pub(super) force_exclude: bool,
}

impl<'a> Request<'a> {
    /// Returns the files of a check.
    pub(super) fn of(args: &'a CheckArgs) -> Self {
        Self {
            paths: &args.paths,
            stdin_name: args.stdin_filename.as_deref(),
            context: ContextFiles::of(args),
            force_exclude: args.force_exclude,
        }
    }

    fn is_piped(&self) -> bool {
        self.paths.iter().any(|path| is_stdin(path))
    }

    /// Returns the paths of files and folders.
    fn files(&self) -> &[PathBuf] {
        if self.is_piped() { &[] } else { self.paths }
    }

    /// Returns the paths that are judged, with that of standard input.
    pub(super) fn places(&self) -> Vec<PathBuf> {
        match self.stdin_name.filter(|_| self.is_piped()) {
            Some(path) => vec![path.to_path_buf()],
            None => self.files().to_vec(),
        }
    }
}

/// Returns the paths of the files that are checked.
pub(super) fn listed(
    cli: &Cli,
    request: &Request<'_>,
    settings: Settings,
    terminal: &Terminal,
) -> Result<Vec<PathBuf>, Failure> {
    let (found, _) = find(cli, request, settings, terminal)?;
    let checked = found.into_entries().into_iter().filter(|entry| !entry.is_context);
    Ok(checked.map(|entry| entry.path).collect())
}

/// Finds the files and their context; returns them with the settings, to which those of the folders below are added.
pub(super) fn find(
    cli: &Cli,
    request: &Request<'_>,
    settings: Settings,
    terminal: &Terminal,
) -> Result<(FoundFiles, Settings), Failure> {
    let places = request.places();
    let has_nested = !cli.no_config && cli.config.is_none();
    let search = Search {
        is_configured: if has_nested { |folder| configuration(folder).is_some() } else { |_| false },
        configured: if has_nested { above(&places, &settings)? } else { Vec::new() },
        force_exclude: request.force_exclude,
        ..Search::new(&settings.files, &settings.root)
    };
    let mut found = search.run(request.files())?;
    let has_any = request.is_piped() || !found.is_empty();
    if let Some(tree) = tree(&places, &settings).filter(|_| request.context == ContextFiles::Read && has_any) {
        found.add_context(&tree, search.is_configured, shown_as(&places, &settings.working_dir));
    }
    let settings = with_nested(settings.clone(), &found, terminal)?;
    let nested: Vec<_> = settings.all().skip(1).map(|nested| (nested.root.as_path(), &nested.files)).collect();
    if !found.configured().is_empty() {
        found.narrow(&nested)?;
    }
    Ok((found, settings))
}

/// Finds, reads and parses the files, or standard input, and the files around them.
pub(super) fn gather(
    cli: &Cli,
    request: &Request<'_>,
    settings: Settings,
    terminal: &Terminal,
) -> Result<Gathered, Failure> {
    gather_again(cli, request, settings, terminal, None)
}

/// Finds, reads and parses the files and the files around them; reads only those that `reuse` does not have.
pub(super) fn gather_again(
    cli: &Cli,
    request: &Request<'_>,
    settings: Settings,
    terminal: &Terminal,
    mut reuse: Option<Reuse>,
) -> Result<Gathered, Failure> {
    let mut piped = if request.is_piped() { Some(stdin(request)?) } else { None };
    let paths = request.files();
    let (mut found, settings) = find(cli, request, settings, terminal)?;
    let exclusion = match request.stdin_name.filter(|_| request.force_exclude && piped.is_some()) {
        Some(path) => exclusion(path, &settings)?,
        None => None,
    };
    let excluded_input = exclusion.as_ref().and_then(|_| piped.take()).map(|(_, bytes)| bytes);
    let mut left_out = found.left_out().to_vec();
    left_out.sort();
    left_out.dedup();
    let idle_excludes = std::mem::take(&mut found.idle_excludes);
    let mut entries = found.into_entries();
    if let Some((path, _)) = &piped {
        entries.retain(|entry| !is_same_file(&entry.path, path));
    }
    let outside = |entry: &FileEntry| Some((entry.path.clone(), entry.outside.clone()?));
    let outside: Vec<(PathBuf, PathBuf)> = entries.iter().filter_map(outside).collect();
    let mut stamps = Stamps::default();
    let mut collection = match &mut reuse {
        Some(reuse) => {
            let unsaved = unsaved(&entries, reuse, request, &settings)?;
            entries.extend(unsaved);
            reread(entries, reuse, &mut stamps, &settings, terminal)
        }
        None => read(entries, &settings, format_of, terminal),
    };
    drop_unread_context(&mut collection);
    if let Some((path, bytes)) = piped {
        let source = containers::opened_by(&settings, decode::decode(&path, bytes));
        let id = DocId(collection.documents.len() as u32);
        let is_open = load::format_of(&path) == Format::Text && load::may_hold_markdown(&path);
        let doc = if is_open { guessed(id, source) } else { parse(id, source, load::format_of(&path)) };
        collection.documents.push(doc);
        sort(&mut collection);
    }
    let has_place = !request.is_piped() || request.stdin_name.is_some();
    if has_place && request.context == ContextFiles::Read {
        add_link_targets(&mut collection, &settings);
    }
    let folders = paths.iter().filter(|path| path.is_dir()).map(|path| settings.working_dir.join(path));
    let roots: Vec<PathBuf> = folders.chain([settings.root.clone()]).map(|root| normalized(&root)).collect();
    if has_place {
        collection.sites = surroundings::sites(&collection.documents);
        collection.navigations = navigation::of_sites(&collection);
        collection.surroundings = surroundings::look(&collection, &roots, Path::exists);
    }
    let mut warnings = Vec::new();
    if let Some(exclusion) = exclusion {
        warnings.push(exclusion);
    } else if collection.judged().next().is_none() {
        let within = request.force_exclude.then_some(settings.root.as_path());
        warnings.push(notices::nothing_checked(paths, &settings, within)?);
    }
    let idle = notices::idle_globs(paths, &idle_excludes, &collection, &settings);
    warnings.extend(idle.warnings);
    let id_of = |path: &PathBuf| collection.documents.iter().find(|doc| doc.source.path() == path).map(|doc| doc.id);
    let outside = outside.into_iter().filter_map(|(path, target)| Some((id_of(&path)?, target))).collect();
    let dead_versions = idle.dead_versions;
    Ok(Gathered { collection, settings, outside, left_out, warnings, dead_versions, roots, stamps, excluded_input })
}

/// Reads the files that `reuse` does not have, and notes the sizes and times of all that are on the disk.
fn reread(
    entries: Vec<FileEntry>,
    reuse: &mut Reuse,
    stamps: &mut Stamps,
    settings: &Settings,
    terminal: &Terminal,
) -> Collection {
    let mut known: Vec<(FileEntry, Document)> = Vec::new();
    let mut others = Vec::new();
    for entry in entries {
        let path = normalized(&settings.working_dir.join(&entry.path));
        if let Some(text) = reuse.open.get(&path) {
            let source = open_source(&entry.path, text, settings.nearest(&entry.path).files.max_size);
            let source = containers::opened_by(settings, source);
            let doc = match format_of(&entry) {
                Some(format) => parse(DocId(0), source, format),
                None => guessed(DocId(0), source),
            };
            known.push((entry, doc));
            continue;
        }
        stamps.note(&entry.path);
        match reuse.take(&entry.path, &path, format_of(&entry)) {
            Some(doc) => known.push((entry, doc)),
            None => others.push(entry),
        }
    }
    let mut collection = read(others, settings, format_of, terminal);
    for (entry, mut doc) in known {
        doc.id = DocId(collection.documents.len() as u32);
        enter(entry, doc.id, &mut collection);
        collection.documents.push(doc);
    }
    sort(&mut collection);
    collection
}

/// Returns the texts that are open in an editor below a named folder, have no file yet, and would be found if they had.
fn unsaved(
    entries: &[FileEntry],
    reuse: &Reuse,
    request: &Request<'_>,
    settings: &Settings,
) -> Result<Vec<FileEntry>, UsageError> {
    let absolute = |path: &Path| normalized(&settings.working_dir.join(path));
    let places: Vec<PathBuf> = request.places().iter().map(|place| absolute(place)).collect();
    let known: BTreeSet<PathBuf> = entries.iter().map(|entry| absolute(&entry.path)).collect();
    let mut found = Vec::new();
    for path in reuse.open.keys().filter(|path| !known.contains(*path) && !path.exists()) {
        let own = settings.nearest(path);
        let selection = Selection::new(&own.files, &own.root)?;
        let format = selection.format_of(path).filter(|_| selection.reason(path).is_none());
        if let Some(format) = format.filter(|_| places.iter().any(|place| path.starts_with(place))) {
            found.push(FileEntry {
                path: shown_as(&request.places(), &settings.working_dir)(path),
                aliases: Vec::new(),
                outside: None,
                trouble: None,
                is_markdown: format == Format::Markdown,
                is_named: false,
                is_context: false,
            });
        }
    }
    Ok(found)
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads standard input; returns the path under which it is judged, and its bytes.
fn stdin(request: &Request<'_>) -> Result<(PathBuf, Vec<u8>), Failure> {
    if request.paths.len() > 1 {
        let message = "standard input cannot be checked together with files".to_owned();
        return Err(UsageError { message, help: Some("give either `-` or paths".to_owned()) }.into());
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok((request.stdin_name.map_or_else(|| PathBuf::from("stdin.md"), Path::to_path_buf), bytes))
}

/// Returns why standard input is not checked, if the patterns of the settings exclude its path.
fn exclusion(path: &Path, settings: &Settings) -> Result<Option<UsageError>, UsageError> {
    let absolute = normalized(&settings.working_dir.join(path));
    let own = settings.nearest(&absolute);
    let reason = Selection::new(&own.files, &own.root)?.exclusion(&absolute);
    Ok(reason.map(|reason| UsageError {
        message: format!("standard input was not checked as `{}`: {reason}", path.display()),
        help: Some("without --force-exclude it is always checked".to_owned()),
    }))
}

/// Returns the folders above `places` and below the root that have a configuration of their own.
fn above(places: &[PathBuf], settings: &Settings) -> Result<Vec<PathBuf>, UsageError> {
    let mut folders = BTreeSet::new();
    for place in places {
        let place = normalized(&settings.working_dir.join(place));
        let folder = if place.is_dir() { place.as_path() } else { place.parent().unwrap_or(&place) };
        let below = |folder: &Path| folder.starts_with(&settings.root) && folder != settings.root;
        if let Some(found) = nearest_config(folder)?
            && let Some(own) = folder.ancestors().find(|folder| configuration(folder).as_ref() == Some(&found))
            && below(own)
        {
            folders.insert(own.to_path_buf());
        }
    }
    Ok(folders.into_iter().collect())
}

/// Adds the settings of the folders that have a configuration of their own.
fn with_nested(mut settings: Settings, found: &FoundFiles, terminal: &Terminal) -> Result<Settings, Failure> {
    let folders: BTreeSet<&PathBuf> = found.configured().iter().collect();
    for folder in folders {
        if let Some(path) = configuration(folder) {
            let nested = super::configured(&path, &settings.working_dir, terminal)?;
            settings = settings.with_nested(nested);
        }
    }
    Ok(settings)
}

/// Returns the folder whose files are the context of `places`.
fn tree(places: &[PathBuf], settings: &Settings) -> Option<PathBuf> {
    // A tree that is named itself has no context outside it.
    tree_around(places, settings).filter(|tree| !places.iter().any(|place| is_same_file(place, tree)))
}

/// Returns true for a folder whose files have nothing to do with each other: that of the user, or the root.
pub(super) fn is_for_all(folder: &Path) -> bool {
    folder.parent().is_none() || std::env::home_dir().is_some_and(|home| home == folder)
}

/// Returns the folder that `places` belong to: that of the configuration, or the git repository.
pub(super) fn tree_around(places: &[PathBuf], settings: &Settings) -> Option<PathBuf> {
    let absolute = |place: &PathBuf| normalized(&settings.working_dir.join(place));
    let holds_all = |folder: &Path| places.iter().all(|place| absolute(place).starts_with(folder));
    // A configuration in the home folder is for all projects below it: they are not one tree.
    if settings.is_configured() && holds_all(&settings.root) && !is_for_all(&settings.root) {
        return Some(settings.root.clone());
    }
    let first = absolute(places.first()?);
    let is_repository = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok();
    let repository = first.ancestors().find(is_repository)?.to_path_buf();
    holds_all(&repository).then_some(repository)
}

/// Returns how the path of a file is shown that was found from the root of the file system: as what was named.
pub(super) fn shown_as(places: &[PathBuf], working_dir: &Path) -> impl Fn(&Path) -> PathBuf {
    let is_absolute = places.iter().all(|place| place.is_absolute());
    let working_dir = normalized(working_dir);
    move |path: &Path| {
        if is_absolute {
            return path.to_path_buf();
        }
        let shared = path.components().zip(working_dir.components()).take_while(|(a, b)| a == b).count();
        let up = working_dir.components().skip(shared).map(|_| Component::ParentDir);
        up.chain(path.components().skip(shared)).collect()
    }
}

/// Drops the context that cannot be read, because nothing is reported about it.
fn drop_unread_context(collection: &mut Collection) {
    let is_read = |doc: &Document| {
        doc.format == Format::Markdown && !matches!(doc.source.origin(), Origin::Unreadable(_) | Origin::Binary(_))
    };
    let dropped: BTreeSet<DocId> = {
        let context = collection.context.iter().filter(|id| !is_read(collection.document(**id)));
        context.copied().collect()
    };
    if dropped.is_empty() {
        return;
    }
    collection.documents.retain(|doc| !dropped.contains(&doc.id));
    collection.aliases.retain(|(_, id)| !dropped.contains(id));
    sort(collection);
}

/// Adds the documents into which judged ones link, because they have the anchors.
fn add_link_targets(collection: &mut Collection, settings: &Settings) {
    let own = collection.documents.iter().map(|doc| normalized(doc.source.path()));
    let known: BTreeSet<PathBuf> = own.chain(collection.aliases.iter().map(|(path, _)| normalized(path))).collect();
    let mut wanted: BTreeSet<PathBuf> = BTreeSet::new();
    for doc in collection.judged().filter(|doc| doc.format == Format::Markdown) {
        for reference in relative_targets(doc) {
            if reference.target.fragment.is_none() || reference.target.path.is_empty() {
                continue;
            }
            let path = resolve(doc.source.path(), &reference.target.path);
            let is_new = !known.contains(&path) && load::format_of(&path) == Format::Markdown;
            if is_new && path.is_file() {
                wanted.insert(path);
            }
        }
    }
    for path in wanted {
        if let Some(doc) = collection.documents.iter().find(|doc| is_same_file(doc.source.path(), &path)) {
            collection.aliases.push((path, doc.id));
            continue;
        }
        let entry = FileEntry {
            path,
            aliases: Vec::new(),
            outside: None,
            trouble: None,
            is_markdown: true,
            is_named: false,
            is_context: true,
        };
        let id = DocId(collection.documents.len() as u32);
        collection.context.insert(id);
        collection.documents.push(parse(id, source(&entry, settings), Format::Markdown));
    }
    drop_unread_context(collection);
    sort(collection);
}

/// Puts the documents in the order of their paths and gives them the ids of their places.
pub(super) fn sort(collection: &mut Collection) {
    collection.documents.sort_by(|a, b| a.source.path().cmp(b.source.path()));
    let places: BTreeMap<DocId, DocId> =
        collection.documents.iter().enumerate().map(|(at, doc)| (doc.id, DocId(at as u32))).collect();
    for (at, doc) in collection.documents.iter_mut().enumerate() {
        doc.id = DocId(at as u32);
    }
    let moved = |ids: &BTreeSet<DocId>| ids.iter().filter_map(|id| places.get(id).copied()).collect();
    collection.read_only = moved(&collection.read_only);
    collection.context = moved(&collection.context);
    collection.aliases.retain_mut(|(_, id)| match places.get(id) {
        Some(place) => {
            *id = *place;
            true
        }
        None => false,
    });
}
