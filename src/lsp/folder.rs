//! A folder of the workspace, or a file outside all of them: its world when it is at home, and the findings as they are
//! shown, which follow the changes of open documents.
//!
//! Knows documents and findings; not the protocol.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::document::{OpenDocument, TextChange};
use super::look::{Alone, Facts, Freshness, is_from_document_alone, is_of_words_around, is_short};
use super::world::{Held, World};
use crate::model::document::Document;
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::parse::parse;

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
    /// True once all its documents were judged.
    pub was_judged: bool,
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
    /// Facts about the documents, of the world as it was last at home.
    pub facts: Option<Arc<Facts>>,
    /// Ends the watch over its files when it is dropped.
    pub watch: Option<Box<dyn Send>>,
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
        self.facts = Some(Arc::new(Facts::of(&world)));
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
            let text = |id: DocId| world.collection.document(id).source.file_text();
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
        self.was_judged = true;
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

    /// Returns whether the findings held are those of a document as it is now, and are where it has them: it is no container
    /// and not long, because the parts of a long one are known by how it was parsed.
    pub(super) fn has_judged(&self, open: &OpenDocument) -> bool {
        let is_plain = is_short(open.text()) && !self.is_container(&open.path);
        is_plain && self.judged(&open.path).is_some() && !self.stale.contains(&open.path)
    }

    /// Returns whether the text of a file is extracted from it.
    pub(super) fn is_container(&self, path: &Path) -> bool {
        self.facts.as_ref().and_then(|facts| facts.documents.get(path)).is_some_and(|known| known.is_container)
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

    /// Returns an open document as its world is to know it. Parses it only if it was not looked at since its last change,
    /// or if its file on the disk has bytes to judge.
    fn for_world(&self, open: &OpenDocument, alone: Option<&Alone>) -> Option<Document> {
        let (known, source) = self.facts.as_ref()?.source(&open.path, open.text(), Freshness::MayBeSaved)?;
        let parsed = alone.map(Alone::document).filter(|doc| doc.format == known.format && doc.source == source);
        let Some(mut doc) = parsed.cloned() else { return Some(parse(known.id, source, known.format)) };
        doc.id = known.id;
        Some(doc)
    }

    /// Takes all findings that can be known of a document alone, in place of those held.
    pub(super) fn take_looked(&mut self, id: DocId, found: Vec<Held>) {
        self.held.retain(|held| held.finding.primary.doc != id || !is_from_document_alone(&held.finding));
        self.held.extend(found);
    }

    /// Takes the findings of the lines of a document that were edited, in place of those held that depend on little but the
    /// words around.
    pub(super) fn take_part(&mut self, id: DocId, lines: Span, found: Vec<Held>) {
        let is_replaced = |held: &Held| {
            let place = &held.finding.primary;
            place.doc == id && !place.span.is_apart_from(lines) && is_of_words_around(&held.finding)
        };
        let (old, kept) = std::mem::take(&mut self.held).into_iter().partition::<Vec<_>, _>(is_replaced);
        self.held = kept;
        self.held.extend(found.into_iter().map(|new| {
            // A fingerprint depends on the section, too, so that only the one before tells what the baseline has.
            let is_same = |old: &&Held| {
                (old.finding.rule, old.finding.primary.span) == (new.finding.rule, new.finding.primary.span)
            };
            old.iter().find(is_same).cloned().unwrap_or(new)
        }));
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

/// Moves a finding with a change of a document. Returns false if its own text is gone.
pub(super) fn moved(finding: &mut Finding, doc: DocId, change: TextChange) -> bool {
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
