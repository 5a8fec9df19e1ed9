//! The files before a change, and which findings were there already: introduced or inherited is decided by checking both
//! states, because a change can make a finding on a line that it does not touch.

mod reference;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use similar::{DiffTag, TextDiff};

use self::reference::ReferenceState;
use super::Failure;
use super::gather::{ContextFiles, Gathered, is_stdin, shown_as, sort};
use super::known::DocumentNames;
use crate::api::originals::with_originals;
use crate::baseline::{BaselineEntry, match_places};
use crate::cli::CheckArgs;
use crate::input::discover::Selection;
use crate::input::{containers, decode, surroundings};
use crate::lint::lint;
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::source::Source;
use crate::model::target::normalized;
use crate::pair::pair;
use crate::parse::parse;
use crate::report::TouchedLines;
use crate::settings::{Settings, UsageError};

/// The state of the files before a change, as far as it differs from the state that is checked.
#[derive(Debug)]
pub(super) struct Before {
    /// From the files that are checked to those before the change.
    difference: StateDifference,
    surroundings: Around,
    /// The state before, as the summary names it.
    pub(super) name: String,
}

/// The files in which another state differs. All paths are absolute.
#[derive(Debug, Default)]
struct StateDifference {
    /// Content in the other state; `None` where there is no such file.
    files: BTreeMap<PathBuf, Option<Vec<u8>>>,
    /// Files of any kind that the other state has and this one lacks.
    there: BTreeSet<PathBuf>,
    /// Paths in the other state of files that have another name here, each with that name.
    renamed: BTreeMap<PathBuf, PathBuf>,
}

impl StateDifference {
    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.there.is_empty()
    }

    /// Returns whether the other state has a file or folder at an absolute path that this state lacks.
    fn has(&self, path: &Path) -> bool {
        self.there.range(path.to_path_buf()..).next().is_some_and(|first| first.starts_with(path))
    }
}

/// The paths of a run, by which files that are not on the disk are found.
#[derive(Debug, Clone)]
struct Around {
    /// The paths that were named.
    places: Vec<PathBuf>,
    /// Folders in which a missing file is known to be missing.
    roots: Vec<PathBuf>,
    context: ContextFiles,
}

/// Compares the gathered files with the state that the command line names. `None` if it names none. With `--staged`,
/// the gathered files become those of the index.
///
/// # Errors
/// If that state is not known here, or cannot be read.
pub(super) fn look(args: &CheckArgs, gathered: &mut Gathered) -> Result<Option<Before>, Failure> {
    let (scope, paths) = (&args.scope, &args.paths);
    if scope.since.is_none() && !scope.staged && scope.diff_from.is_none() {
        return Ok(None);
    }
    if paths.iter().any(|path| is_stdin(path)) {
        return Err(UsageError {
            message: "standard input has no state before it that it could be compared with".to_owned(),
            help: Some("name the file, or leave out --since, --staged and --diff-from".to_owned()),
        }
        .into());
    }
    let settings = gathered.settings.clone();
    let around = Around { places: paths.clone(), roots: gathered.roots.clone(), context: ContextFiles::of(args) };
    let reference = ReferenceState { settings: &settings, around };
    let (difference, name) = match (&scope.since, &scope.diff_from) {
        (Some(revision), _) => reference.since(revision, gathered)?,
        (_, Some(file)) => (reference.diff(file, gathered)?, format!("the files before `{}`", file.display())),
        _ => (reference.staged(gathered)?, "HEAD".to_owned()),
    };
    Ok(Some(Before { difference, surroundings: reference.around, name }))
}

impl Before {
    /// Returns for each place of the findings, in the order of the findings, whether the state before has it, too.
    pub(super) fn inherited(&self, findings: &[Finding], collection: &Collection, settings: &Settings) -> Vec<bool> {
        let names = DocumentNames::new(collection, settings);
        let places = names.all_places(findings);
        if self.difference.is_empty() {
            return vec![true; places.len()];
        }
        // An unchanged file without a finding need not be judged again, because none of its own could be matched.
        let with_findings: BTreeSet<DocId> = findings
            .iter()
            .flat_map(|finding| std::iter::once(&finding.primary).chain(&finding.related))
            .map(|label| label.doc)
            .collect();
        let is_context = |state: FileState<'_>| matches!(state, FileState::Same(doc) if !with_findings.contains(&doc));
        let before = self.surroundings.restated(collection, &self.difference, settings, is_context);
        let before = pair(with_originals(before), settings);
        let old = lint(&before, settings);
        let old_names = DocumentNames::of(&before, |path| {
            let path = normalized(&settings.working_dir.join(path));
            settings.relative(self.difference.renamed.get(&path).unwrap_or(&path))
        });
        let entry = |place: crate::baseline::FindingPlace<'_>| BaselineEntry {
            path: place.path.to_owned(),
            rule: place.rule.to_owned(),
            fingerprint: place.fingerprint,
            count: 1,
        };
        let known: Vec<BaselineEntry> = old_names.all_places(&old).into_iter().map(entry).collect();
        match_places(&known, &places).explained.iter().map(Option::is_some).collect()
    }
}

impl Before {
    /// Returns the lines that differ from the state before, or where lines of it are gone.
    pub(super) fn touched(&self, collection: &Collection, settings: &Settings) -> TouchedLines {
        let mut touched = TouchedLines::new();
        for doc in collection.judged() {
            let path = normalized(&settings.working_dir.join(doc.source.path()));
            let renamed = self.difference.renamed.iter().find(|(_, new)| **new == path).map(|(old, _)| old);
            let old = match self.difference.files.get(renamed.unwrap_or(&path)) {
                Some(old) => old.as_deref().unwrap_or_default(),
                None => continue,
            };
            let old = decode::decode(doc.source.path(), old.to_vec());
            let diff = TextDiff::from_lines(old.text(), doc.source.file_text());
            let changed = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal).map(|op| op.new_range());
            let lines = |range: std::ops::Range<usize>| range.start as u32..range.end as u32;
            touched.insert(doc.id, changed.map(lines).collect());
        }
        touched
    }
}

/// A file of another state, as it is in this one.
#[derive(Clone, Copy)]
enum FileState<'a> {
    /// It is a document without a difference.
    Same(DocId),
    /// It is a document with other content.
    Edited(DocId),
    /// It is not there; its absolute path in the other state.
    Elsewhere(&'a Path),
}

/// A document that another state of the files has.
enum Restated<'a> {
    Same(&'a Document),
    Other { path: PathBuf, bytes: &'a [u8], format: Format },
}

impl Around {
    /// Returns the format in which a file at an absolute path would be checked or read as context, if it were there;
    /// `None` if it would not.
    fn format_at(&self, path: &Path, settings: &Settings) -> Result<Option<Format>, UsageError> {
        let own = settings.nearest(path);
        if self.context == ContextFiles::LeftOut && !self.names(path, settings) {
            return Ok(None);
        }
        Selection::new(&own.files, &own.root).map(|selection| selection.format_of(path))
    }

    /// Returns whether an absolute path was named, or is below a folder that was.
    fn names(&self, path: &Path, settings: &Settings) -> bool {
        self.places.iter().any(|place| path.starts_with(normalized(&settings.working_dir.join(place))))
    }

    /// Returns the documents in another state of the files. `is_context` tells of which ones nothing need be reported.
    fn restated(
        &self,
        collection: &Collection,
        difference: &StateDifference,
        settings: &Settings,
        is_context: impl Fn(FileState<'_>) -> bool,
    ) -> Collection {
        let shown = shown_as(&self.places, &settings.working_dir);
        let mut moved: BTreeMap<DocId, DocId> = BTreeMap::new();
        let mut context = BTreeSet::new();
        let mut documents: Vec<Restated<'_>> = Vec::with_capacity(collection.documents.len());
        let mut known = BTreeSet::new();
        for doc in collection.documents.iter().filter(|doc| !collection.originals.contains_key(&doc.id)) {
            let path = normalized(&settings.working_dir.join(doc.source.path()));
            let id = DocId(documents.len() as u32);
            match difference.files.get(&path) {
                None => {
                    documents.push(Restated::Same(doc));
                    if is_context(FileState::Same(doc.id)) {
                        context.insert(id);
                    }
                }
                Some(None) => continue,
                Some(Some(bytes)) => {
                    let path = doc.source.path().to_path_buf();
                    documents.push(Restated::Other { path, bytes, format: doc.format });
                    if is_context(FileState::Edited(doc.id)) {
                        context.insert(id);
                    }
                }
            }
            moved.insert(doc.id, id);
            known.insert(path);
        }
        for (path, bytes) in &difference.files {
            let Some(bytes) = bytes.as_ref().filter(|_| !known.contains(path)) else { continue };
            // A malformed glob was reported when the files were looked for.
            if let Ok(Some(format)) = self.format_at(path, settings) {
                if is_context(FileState::Elsewhere(path)) {
                    context.insert(DocId(documents.len() as u32));
                }
                documents.push(Restated::Other { path: shown(path), bytes, format });
            }
        }
        let documents = documents.into_par_iter().enumerate().map(|(at, restated)| {
            let id = DocId(at as u32);
            match restated {
                Restated::Same(doc) => {
                    let mut doc = doc.clone();
                    doc.id = id;
                    doc
                }
                Restated::Other { path, bytes, format } => parse(id, source(&path, bytes, settings), format),
            }
        });
        let aliases = collection.aliases.iter().filter_map(|(path, id)| Some((path.clone(), *moved.get(id)?)));
        let mut restated = Collection {
            documents: documents.collect(),
            aliases: aliases.collect(),
            sites: collection.sites.clone(),
            navigations: collection.navigations.clone(),
            context,
            ..Collection::default()
        };
        sort(&mut restated);
        let absolute = |path: &Path| normalized(&settings.working_dir.join(path));
        let is_there = |path: &Path| path.exists() || difference.has(&absolute(path));
        restated.surroundings = surroundings::look(&restated, &self.roots, is_there);
        restated
    }
}

fn source(path: &Path, bytes: &[u8], settings: &Settings) -> Source {
    if bytes.len() as u64 > settings.nearest(path).files.max_size {
        return Source::unreadable(path, "it is too large".to_owned());
    }
    containers::opened_by(settings, decode::decode(path, bytes.to_vec()))
}
