//! A folder of the workspace, or a file outside all of them: its world when it is at home, and the findings as they are
//! shown, which follow the changes of open documents.
//!
//! Knows documents and findings; not the protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gen_lsp_types::Location;
use rustc_hash::FxHashMap;

use super::document::{OpenDocument, TextChange};
use super::position::{Encoding, Positions, uri_of};
use super::world::{Held, World, novelties};
use crate::baseline::BaselineEntry;
use crate::input::reuse::open_source;
use crate::lint::{is_local, lint_local};
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::finding::{Family, Finding};
use crate::model::id::DocId;
use crate::model::language_place::LanguagePlaces;
use crate::model::site::Generator;
use crate::model::source::{Bom, Source};
use crate::parse::parse;
use crate::rules;
use crate::settings::Settings;

/// A folder of the workspace, or a file outside all of them.
#[derive(Default)]
pub(super) struct Folder {
    /// Its absolute path.
    pub place: PathBuf,
    /// True for a file.
    pub is_file: bool,
    /// Its world, unless it is being judged.
    pub world: Option<Box<World>>,
    /// True while its world is being judged.
    pub is_away: bool,
    /// True once its files were looked for.
    pub is_loaded: bool,
    /// True if its files have to be looked for.
    pub needs_load: bool,
    /// True if the findings are not those of the documents as they are.
    pub needs_judgement: bool,
    /// Files that changed on the disk, absolute.
    pub changed: BTreeSet<PathBuf>,
    /// Set to have the world back.
    pub interrupt: Arc<AtomicBool>,
    /// The findings, moved with the changes since they were found.
    pub held: Vec<Held>,
    /// Open files that were looked for in vain: the settings leave them out.
    pub passed_over: BTreeSet<PathBuf>,
    /// Configuration files about which diagnostics were sent.
    pub reported: Vec<String>,
    /// Open documents that changed since their world saw them.
    stale: BTreeSet<PathBuf>,
    facts: Option<Facts>,
    /// Ends the watch over its files when it is dropped.
    pub watch: Option<Box<dyn Send>>,
}

/// Facts about the documents, kept while their world is away.
struct Facts {
    documents: FxHashMap<PathBuf, Known>,
    settings: Arc<Settings>,
    sites: Vec<(PathBuf, Generator)>,
    baseline: Option<Arc<BTreeMap<String, Vec<BaselineEntry>>>>,
}

impl Facts {
    /// Returns the facts about an open document that is judged, and its source.
    fn source(&self, open: &OpenDocument, freshness: Freshness) -> Option<(&Known, Source)> {
        let known = self.documents.get(&open.path).filter(|known| known.is_judged)?;
        let mut source = match freshness {
            Freshness::Edited => Source::utf8(&known.path, open.text().as_str().to_owned(), Bom::Absent),
            Freshness::MayBeSaved => {
                open_source(&known.path, open.text(), self.settings.nearest(&known.path).files.max_size)
            }
        };
        source.show_as(&self.settings.relative(&known.path));
        Some((known, source))
    }
}

/// Facts about a document, kept while its world is away.
#[derive(Debug, Clone)]
struct Known {
    id: DocId,
    format: Format,
    is_judged: bool,
    language: Option<(String, String)>,
    /// The path under which it was found.
    path: PathBuf,
}

/// A document that was parsed alone, as it is now.
#[derive(Debug)]
pub(super) struct Alone {
    /// A collection of one document.
    pub collection: Collection,
    /// Its identity in its world.
    pub id: DocId,
}

impl Alone {
    /// Returns the document.
    pub(super) fn document(&self) -> &Document {
        self.collection.document(DocId(0))
    }
}

impl std::fmt::Debug for Folder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Folder").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Folder {
    /// A folder whose files were not looked for yet.
    pub(super) fn new(place: PathBuf) -> Self {
        Self { place, needs_load: true, needs_judgement: true, ..Self::default() }
    }

    /// A file outside all folders, not looked for yet.
    pub(super) fn of_file(place: PathBuf) -> Self {
        Self { is_file: true, ..Self::new(place) }
    }

    /// Takes the world home.
    pub(super) fn take_home(&mut self, world: Option<Box<World>>) {
        self.is_away = false;
        self.interrupt.store(false, Ordering::Relaxed);
        let Some(world) = world else { return };
        let collection = &world.collection;
        let known = |(path, id): (&PathBuf, &DocId)| {
            let doc = collection.document(*id);
            let language = collection.place_of_language(*id).map(|(code, before)| (code.to_owned(), before.to_owned()));
            let is_judged = !collection.context.contains(id);
            let own = doc.source.path().to_path_buf();
            (path.clone(), Known { id: *id, format: doc.format, is_judged, language, path: own })
        };
        self.facts = Some(Facts {
            documents: world.ids().iter().map(known).collect(),
            settings: Arc::clone(&world.settings),
            sites: collection.sites.clone(),
            baseline: world.baseline.clone(),
        });
        self.is_loaded = true;
        self.world = Some(world);
    }

    /// Takes the findings of a judgement. Those of documents that changed since stay as they are, because the new ones are
    /// about another text.
    pub(super) fn accept<'a>(
        &mut self,
        held: Vec<Held>,
        open: impl Fn(&Path) -> Option<&'a OpenDocument>,
    ) -> Judgement {
        if let Some(world) = &self.world {
            let text = |id: DocId| world.collection.document(id).text();
            let is_stale = |path: &PathBuf| {
                let Some(open) = open(path) else { return false };
                world.id_of(path).is_none_or(|id| text(id) != open.text().as_str())
            };
            self.stale.retain(is_stale);
        }
        let documents = self.facts.as_ref().map(|facts| &facts.documents);
        let stale: BTreeSet<DocId> = self.stale.iter().filter_map(|path| Some(documents?.get(path)?.id)).collect();
        let is_stale = |finding: &Finding| stale.contains(&finding.primary.doc);
        let mut next: Vec<Held> = held.into_iter().filter(|held| !is_stale(&held.finding)).collect();
        for finding in next.iter_mut().map(|held| &mut held.finding) {
            if finding.fix.iter().flat_map(|fix| &fix.edits).any(|edit| stale.contains(&edit.doc)) {
                finding.fix = None;
            }
        }
        next.extend(self.held.iter().filter(|held| is_stale(&held.finding)).cloned());
        let is_other = self.held != next;
        self.held = next;
        self.needs_judgement |= !stale.is_empty();
        if self.stale.is_empty() {
            self.needs_judgement = false;
        }
        if is_other { Judgement::Other } else { Judgement::Same }
    }

    /// Returns the identity of the document of a file, if it is judged.
    pub(super) fn judged(&self, path: &Path) -> Option<DocId> {
        let known = self.facts.as_ref()?.documents.get(path)?;
        known.is_judged.then_some(known.id)
    }

    /// Returns whether the folder knows the file at an absolute path.
    pub(super) fn knows(&self, path: &Path) -> bool {
        self.facts.as_ref().is_some_and(|facts| facts.documents.contains_key(path))
    }

    /// Notes that an open document is not as its world knows it.
    pub(super) fn touch(&mut self, path: &Path) {
        self.stale.insert(path.to_path_buf());
        self.needs_judgement = true;
        self.interrupt.store(self.is_away, Ordering::Relaxed);
    }

    /// Drops the findings about a document, and the fixes that would edit it: its text may be another one than they were
    /// found in.
    pub(super) fn forget(&mut self, path: &Path) {
        let Some(id) = self.facts.as_ref().and_then(|facts| facts.documents.get(path)).map(|known| known.id) else {
            return;
        };
        self.held.retain(|held| held.finding.primary.doc != id);
        for finding in self.held.iter_mut().map(|held| &mut held.finding) {
            if finding.fix.iter().flat_map(|fix| &fix.edits).any(|edit| edit.doc == id) {
                finding.fix = None;
            }
        }
    }

    /// Moves the findings with changes of a document. Those whose text is gone are dropped.
    pub(super) fn follow(&mut self, path: &Path, changes: &[TextChange]) {
        let Some(id) = self.facts.as_ref().and_then(|facts| facts.documents.get(path)).map(|known| known.id) else {
            return;
        };
        self.held.retain_mut(|held| changes.iter().all(|change| moved(&mut held.finding, id, *change)));
    }

    /// Parses an open document as it is now, without the others. `None` if it is not judged.
    pub(super) fn alone(&self, open: &OpenDocument, freshness: Freshness) -> Option<Alone> {
        let facts = self.facts.as_ref()?;
        let (known, source) = facts.source(open, freshness)?;
        let collection = Collection {
            documents: vec![parse(DocId(0), source, known.format)],
            sites: facts.sites.clone(),
            language_places: LanguagePlaces::of_one(known.language.clone()),
            ..Collection::default()
        };
        Some(Alone { collection, id: known.id })
    }

    /// Returns an open document as its world is to know it. Parses it only if it was not looked at since its last change,
    /// or if its file on the disk has bytes to judge.
    fn for_world(&self, open: &OpenDocument, alone: Option<&Alone>) -> Option<Document> {
        let (known, source) = self.facts.as_ref()?.source(open, Freshness::MayBeSaved)?;
        let parsed = alone.map(Alone::document).filter(|doc| doc.format == known.format && doc.source == source);
        let Some(mut doc) = parsed.cloned() else { return Some(parse(known.id, source, known.format)) };
        doc.id = known.id;
        Some(doc)
    }

    /// Looks for the findings that can be known of a document alone, which take the place of those held.
    pub(super) fn look_at(&mut self, alone: &Alone, encoding: Encoding) {
        let Some(facts) = &self.facts else { return };
        let mut findings = lint_local(&alone.collection, &facts.settings);
        // A judgement of all documents says which rules failed.
        findings.retain(|finding| finding.family != Family::Engine);
        for finding in &mut findings {
            give(finding, alone.id);
        }
        let doc = alone.document();
        let name = crate::baseline::slashed(&facts.settings.relative(doc.source.path()));
        let entries = facts.baseline.as_ref().and_then(|files| files.get(&name)).map_or(&[][..], Vec::as_slice);
        let novelties = novelties(&findings, entries, |_| name.as_str());
        let places = Positions::new(doc.text(), &doc.lines, encoding);
        let uri = uri_of(doc.source.path());
        self.held.retain(|held| held.finding.primary.doc != alone.id || !is_from_document_alone(&held.finding));
        let held = findings.into_iter().zip(novelties).map(|(finding, novelty)| {
            let labels = std::iter::once(&finding.primary).chain(&finding.related);
            let at = labels.map(|label| Location { uri: uri.clone(), range: places.range(label.span) }).collect();
            Held { finding, novelty, at }
        });
        self.held.extend(held);
    }

    /// Gives the open documents that changed to the world, which has to be at home. Returns false if the files around
    /// have to be looked for again first. `open` returns an open document, and what was parsed of it as it is now.
    pub(super) fn refresh<'a>(
        &mut self,
        open: impl Fn(&Path) -> Option<(&'a OpenDocument, Option<&'a Alone>)>,
    ) -> bool {
        let stale = std::mem::take(&mut self.stale);
        for path in stale {
            let Some((document, alone)) = open(&path) else { continue };
            let Some(doc) = self.for_world(document, alone) else { continue };
            let Some(world) = &mut self.world else { continue };
            self.needs_load |= world.replace(doc);
        }
        !self.needs_load
    }
}

/// Findings of a judgement, compared with those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// They are the same.
    Same,
    /// Some are new, gone or elsewhere.
    Other,
}

/// State of an open document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// It has just been edited.
    Edited,
    /// It may be as it is on the disk, so that the bytes there are judged.
    MayBeSaved,
}

/// Returns whether a finding is one of those that [`lint_local`] looks for.
fn is_from_document_alone(finding: &Finding) -> bool {
    rules::by_id(finding.rule).is_some_and(is_local)
}

/// Gives all labels and edits of a finding about a single document to the document with this identity.
fn give(finding: &mut Finding, id: DocId) {
    finding.primary.doc = id;
    finding.related.iter_mut().for_each(|label| label.doc = id);
    finding.fix.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| edit.doc = id);
}

/// Moves a finding with a change of a document. Returns false if its own text is gone.
fn moved(finding: &mut Finding, doc: DocId, change: TextChange) -> bool {
    if finding.primary.doc == doc {
        match change.moved(finding.primary.span) {
            Some(span) => finding.primary.span = span,
            None => return false,
        }
    }
    for label in finding.related.iter_mut().filter(|label| label.doc == doc) {
        label.span = change.moved(label.span).unwrap_or(label.span);
    }
    let mut is_fixable = true;
    for edit in finding.fix.iter_mut().flat_map(|fix| &mut fix.edits).filter(|edit| edit.doc == doc) {
        match change.moved(edit.span).filter(|_| !change.touches(edit.span)) {
            Some(span) => edit.span = span,
            None => is_fixable = false,
        }
    }
    if !is_fixable {
        finding.fix = None;
    }
    true
}
