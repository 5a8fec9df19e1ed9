//! The documents of a folder with their settings, and the thread that judges them.
//!
//! A world is owned by whoever works with it: it is sent to the thread and comes back with its findings, so that nothing
//! is shared and nothing is locked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};

use gen_lsp_types::Location;
use rustc_hash::FxHashMap;

use super::client::ClientSettings;
use super::position::{Encoding, Positions, uri_of};
use crate::api::originals::with_originals;
use crate::baseline::{BaselineEntry, FindingPlace, is_recorded, match_places, slashed};
use crate::input::reuse::{Reuse, Stamps};
use crate::lint::{LocalFindings, lint_again};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::extraction::FileContainer;
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::target::relative_targets;
use crate::pair::pair;
use crate::settings::{ConfigError, Settings};

/// The disk, as far as the server needs it.
pub trait Disk: Send + Sync {
    /// Finds, reads and parses the files of a folder, or a file, with those around it; uses what `reuse` has.
    ///
    /// # Errors
    /// The mistakes of the configuration, or why it cannot be read.
    fn load(&self, place: &Path, client: &ClientSettings, reuse: Reuse) -> Result<LoadedFolder, Unloaded>;

    /// Returns the text of a file; `None` if there is none that can be read.
    fn read(&self, path: &Path) -> Option<String>;

    /// Returns the configuration file of a folder.
    fn configuration(&self, folder: &Path) -> Option<PathBuf>;

    /// Returns a way to find the files that are no documents and link to headings, around the files of a folder, or a file,
    /// with these settings. Reads nothing before it is asked.
    fn linking(&self, place: &Path, settings: &Settings) -> Box<dyn Linking>;

    /// Calls `changed` with the files that change below a folder, until the value that is returned is dropped. `None` if
    /// they cannot be watched.
    fn watch(&self, folder: &Path, changed: Box<dyn Fn(Vec<PathBuf>) + Send>) -> Option<Box<dyn Send>>;
}

/// Files that are no documents and may link to the headings of documents.
pub trait Linking {
    /// Removes the fixes that change headings to which these files link.
    fn hold_back(&self, findings: &mut [Finding], collection: &Collection);
}

/// The files of a folder.
#[derive(Debug)]
pub struct LoadedFolder {
    /// The documents, not paired yet.
    pub collection: Collection,
    /// The settings that hold for them.
    pub settings: Settings,
    /// Sizes and times of the files.
    pub stamps: Stamps,
    /// The entries of the baseline; `None` if there is none.
    pub baseline: Option<Vec<BaselineEntry>>,
    /// Remarks for the user.
    pub warnings: Vec<String>,
}

/// The reason why the files of a folder cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unloaded {
    /// The configuration has these mistakes.
    Config(Vec<ConfigError>),
    /// Anything else, in words for users.
    Other(String),
}

/// The documents of a folder, with their settings.
#[derive(Debug)]
pub(super) struct World {
    /// The documents and, unless they are stale, the works.
    pub collection: Collection,
    /// The settings that hold for them.
    pub settings: Arc<Settings>,
    /// The entries of the baseline of each file, by its name in the baseline; `None` if there is no baseline.
    pub baseline: Option<Arc<BTreeMap<String, Vec<BaselineEntry>>>>,
    /// Remarks for the user, each said once.
    pub warnings: Vec<String>,
    ids: FxHashMap<PathBuf, DocId>,
    stamps: Stamps,
    local: LocalFindings,
    are_works_stale: bool,
}

impl World {
    fn new(loaded: LoadedFolder) -> Self {
        let LoadedFolder { collection, settings, stamps, baseline, warnings } = loaded;
        let ids = collection.documents.iter().map(|doc| (doc.source.path().to_path_buf(), doc.id));
        let ids = ids.chain(collection.aliases.iter().map(|(path, id)| (path.clone(), *id))).collect();
        let by_file = |entries: Vec<BaselineEntry>| {
            let mut files: BTreeMap<String, Vec<BaselineEntry>> = BTreeMap::new();
            for entry in entries {
                files.entry(entry.path.clone()).or_default().push(entry);
            }
            Arc::new(files)
        };
        Self {
            collection,
            settings: Arc::new(settings),
            baseline: baseline.map(by_file),
            warnings,
            ids,
            stamps,
            local: LocalFindings::default(),
            are_works_stale: true,
        }
    }

    /// Returns the world with the findings of an earlier one, of which those are used that still hold.
    fn after(self, earlier: Option<Self>) -> Self {
        Self { local: earlier.map(|earlier| earlier.local).unwrap_or_default(), ..self }
    }

    /// Returns the document of the file at an absolute path.
    pub(super) fn id_of(&self, path: &Path) -> Option<DocId> {
        self.ids.get(path).copied()
    }

    /// Returns all documents by the absolute paths of their files.
    pub(super) fn ids(&self) -> &FxHashMap<PathBuf, DocId> {
        &self.ids
    }

    /// Puts a document into the place of the one with its id. Returns whether the files around have to be looked for
    /// again, because it links to others than before.
    pub(super) fn replace(&mut self, doc: Document) -> bool {
        let old = &self.collection.documents[doc.id.index()];
        let is_linked_anew = targets(old) != targets(&doc);
        self.stamps.forget(doc.source.path());
        let is_bilingual = |doc: &Document| doc.source.container().is_some_and(FileContainer::is_bilingual);
        if is_bilingual(&doc) || self.collection.works.iter().any(|work| work.contains(doc.id)) {
            // Alignments name items of the old text.
            self.collection.works.clear();
            self.are_works_stale = true;
        }
        let id = doc.id.index();
        self.collection.documents[id] = doc;
        is_linked_anew
    }

    /// Aligns the versions of works, if a document of one changed.
    pub(super) fn align(&mut self) {
        if std::mem::take(&mut self.are_works_stale) {
            self.forget_originals();
            self.collection = pair(with_originals(std::mem::take(&mut self.collection)), &self.settings);
        }
    }

    /// Drops the texts that files hold beside their translations. They are read again from the translations.
    fn forget_originals(&mut self) {
        for id in std::mem::take(&mut self.collection.originals).into_keys() {
            self.collection.context.remove(&id);
            // They are behind all other documents.
            self.collection.documents.truncate(self.collection.documents.len().min(id.index()));
        }
    }

    /// Returns all findings; `None` if `is_interrupted` returns true before they are known.
    fn judge(&mut self, is_interrupted: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Finding>> {
        self.align();
        if is_interrupted() {
            return None;
        }
        lint_again(&self.collection, &self.settings, &mut self.local, &is_interrupted)
    }

    /// Returns the name of a document in a baseline.
    pub(super) fn name_of(&self, doc: DocId) -> String {
        slashed(&self.settings.relative(self.collection.document(doc).source.path()))
    }

    /// Returns the positions of a document.
    pub(super) fn places(&self, doc: DocId, encoding: Encoding) -> Positions<'_> {
        Positions::of(self.collection.document(doc), encoding)
    }

    /// Returns the findings with their positions and with what the baseline knows of them.
    fn held(&self, findings: Vec<Finding>, encoding: Encoding) -> Vec<Held> {
        let mut places: FxHashMap<DocId, Positions<'_>> = FxHashMap::default();
        let mut location = |doc: DocId, span| {
            let places = places.entry(doc).or_insert_with(|| self.places(doc, encoding));
            Location { uri: uri_of(self.collection.document(doc).source.path()), range: places.range(span) }
        };
        let mut names: BTreeMap<DocId, String> = BTreeMap::new();
        for label in findings.iter().flat_map(Finding::places) {
            names.entry(label.doc).or_insert_with(|| self.name_of(label.doc));
        }
        let entries: Vec<BaselineEntry> =
            self.baseline.iter().flat_map(|files| files.values()).flatten().cloned().collect();
        let novelties = novelties(&findings, &entries, |doc| names.get(&doc).map_or("", String::as_str));
        let held = findings.into_iter().zip(novelties).map(|(finding, novelty)| {
            let labels = std::iter::once(&finding.primary).chain(&finding.related);
            let at = labels.map(|label| location(label.doc, label.span)).collect();
            Held { finding, novelty, at }
        });
        held.collect()
    }
}

/// A finding, with all that is needed to show it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    /// The finding.
    pub finding: Finding,
    /// For each of its places, whether the baseline has it.
    pub novelty: Vec<Novelty>,
    /// Where its primary label and its related ones were when it was found.
    pub at: Vec<Location>,
}

/// Relation of a place of a finding to the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Novelty {
    /// The baseline does not have it.
    New,
    /// The baseline has it.
    Known,
}

/// Returns for each finding whether the entries of a baseline have its places. `name` returns the name of a document in
/// it.
pub(super) fn novelties<'a>(
    findings: &'a [Finding],
    entries: &[BaselineEntry],
    name: impl Fn(DocId) -> &'a str,
) -> Vec<Vec<Novelty>> {
    let count = |finding: &Finding| finding.places().count();
    if entries.is_empty() {
        return findings.iter().map(|finding| vec![Novelty::New; count(finding)]).collect();
    }
    let places = findings.iter().flat_map(|finding| {
        let rule = if is_recorded(finding) { finding.rule } else { "" };
        finding.places().map(|label| (name(label.doc), rule, label.fingerprint.unwrap_or_default())).collect::<Vec<_>>()
    });
    let places: Vec<FindingPlace<'_>> =
        places.map(|(path, rule, fingerprint)| FindingPlace { path, rule, fingerprint }).collect();
    let explained = match_places(entries, &places).explained.into_iter();
    let mut novelties = explained.map(|entry| if entry.is_some() { Novelty::Known } else { Novelty::New });
    findings.iter().map(|finding| novelties.by_ref().take(count(finding)).collect()).collect()
}

/// Returns the files that a document links to, each with whether an anchor in it is meant.
fn targets(doc: &Document) -> BTreeSet<(String, bool)> {
    let targets = relative_targets(doc).into_iter().filter(|link| !link.target.path.is_empty());
    targets.map(|link| (link.target.path, link.target.fragment.is_some())).collect()
}

/// Work for the thread.
#[derive(Debug)]
pub(super) struct Task {
    /// The folder, by a number that the server gives it.
    pub folder: usize,
    /// Its path, or that of a file.
    pub place: PathBuf,
    /// Its world, if it has one.
    pub world: Option<Box<World>>,
    /// Set if the files are to be looked for, again or for the first time.
    pub load: Option<Reuse>,
    /// The settings of the client.
    pub client: ClientSettings,
    /// Unit of positions.
    pub encoding: Encoding,
    /// Set by the server to have the world back at once.
    pub interrupt: Arc<AtomicBool>,
}

/// Result of a task.
#[derive(Debug)]
pub(super) struct TaskDone {
    /// The folder.
    pub folder: usize,
    /// Its world; `None` if it could not be loaded.
    pub world: Option<Box<World>>,
    /// Its outcome.
    pub outcome: TaskOutcome,
}

/// TaskOutcome of a task.
#[derive(Debug)]
pub(super) enum TaskOutcome {
    /// All findings.
    Judged(Vec<Held>),
    /// It was interrupted before all findings were known.
    Interrupted,
    /// The files cannot be judged.
    Failed(Unloaded),
    /// A defect of recto ended it, in words for users.
    Panicked(String),
}

/// Carries out tasks until there is nobody left to send one.
pub(super) fn judge(tasks: &Receiver<Task>, disk: &dyn Disk, done: &Sender<TaskDone>) {
    for task in tasks {
        let folder = task.folder;
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| carry_out(task, disk)));
        let result = result.unwrap_or_else(|_| TaskDone {
            folder,
            world: None,
            outcome: TaskOutcome::Panicked("recto failed on these files, which is a defect of recto".to_owned()),
        });
        if done.send(result).is_err() {
            return;
        }
    }
}

fn carry_out(task: Task, disk: &dyn Disk) -> TaskDone {
    let Task { folder, place, mut world, load, client, encoding, interrupt } = task;
    if let Some(mut reuse) = load {
        let mut old = world.take();
        if let Some(old) = &mut old {
            old.forget_originals();
            reuse.remember(std::mem::take(&mut old.collection.documents), &old.stamps);
        }
        match disk.load(&place, &client, reuse) {
            Ok(loaded) => world = Some(Box::new(World::new(loaded).after(old.map(|old| *old)))),
            Err(reason) => return TaskDone { folder, world: None, outcome: TaskOutcome::Failed(reason) },
        }
    }
    let Some(mut world) = world else { return TaskDone { folder, world: None, outcome: TaskOutcome::Interrupted } };
    let outcome = match world.judge(&|| interrupt.load(Ordering::Relaxed)) {
        Some(findings) => TaskOutcome::Judged(world.held(findings, encoding)),
        None => TaskOutcome::Interrupted,
    };
    TaskDone { folder, world: Some(world), outcome }
}
