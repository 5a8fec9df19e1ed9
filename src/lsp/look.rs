//! Documents looked at alone: what the rules find that look at nothing but one document, in all of it or in the part that
//! was edited.
//!
//! Knows documents, rules and the baseline; not the other documents of a folder, and no state of the server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};

use gen_lsp_types::Location;
use rustc_hash::FxHashMap;

use super::document::EditedRegion;
use super::position::{Encoding, Positions, uri_of};
use super::world::{Held, World, novelties};
use crate::baseline::{BaselineEntry, slashed};
use crate::input::containers;
use crate::input::reuse::open_source;
use crate::lint::{is_local, lint_local};
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::finding::{Family, Finding};
use crate::model::id::DocId;
use crate::model::language_place::LanguagePlaces;
use crate::model::site::Generator;
use crate::model::source::{Bom, Source};
use crate::model::span::{LineIndex, Span};
use crate::parse::parse;
use crate::rule::Rule;
use crate::rules;
use crate::settings::Settings;

/// Largest text that is looked at between two messages, in bytes: all rules over it take some ten milliseconds at the
/// 200 ms that a megabyte took on two busy cores.
const MAX_BYTES_AT_ONCE: usize = 48 << 10;

/// Largest part of a longer text that is looked at between two messages, in bytes (a guess): a long list or table.
const MAX_BYTES_OF_PART: u32 = 32 << 10;

/// Rules whose findings depend on little but the words around them, so that a paragraph is enough to look for them.
const OF_WORDS_AROUND: [&str; 9] = [
    "grammar",
    "invisible-character",
    "malformed-heading",
    "misplaced-space",
    "misspelling",
    "placeholder",
    "repeated-word",
    "split-word",
    "unclosed-delimiter",
];

/// Facts about the documents of a folder, kept while their world is away.
pub(super) struct Facts {
    pub(super) documents: FxHashMap<PathBuf, Known>,
    pub(super) settings: Arc<Settings>,
    pub(super) sites: Vec<(PathBuf, Generator)>,
    pub(super) baseline: Option<Arc<BTreeMap<String, Vec<BaselineEntry>>>>,
}

/// Facts about a document, kept while its world is away.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: DocId,
    pub(super) format: Format,
    pub(super) is_judged: bool,
    pub(super) language: Option<(String, String)>,
    /// The path under which it was found.
    pub(super) path: PathBuf,
    /// True if its text is extracted from its file, so that the places in the one are not those in the other.
    pub(super) is_container: bool,
}

/// A document that was parsed alone, as it is now.
#[derive(Debug)]
pub(super) struct Alone {
    /// A collection of one document.
    pub(super) collection: Collection,
    /// Its identity in its world.
    pub(super) id: DocId,
}

impl Alone {
    /// Returns the document.
    pub(super) fn document(&self) -> &Document {
        self.collection.document(DocId(0))
    }
}

/// State of an open document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// It has just been edited.
    Edited,
    /// It may be as it is on the disk, so that the bytes there are judged.
    MayBeSaved,
}

/// Returns whether a text is so short that it is looked at between two messages.
pub(super) fn is_short(text: &str) -> bool {
    text.len() <= MAX_BYTES_AT_ONCE
}

/// Returns whether a finding is one of those that [`Facts::found_in`] looks for.
pub(super) fn is_from_document_alone(finding: &Finding) -> bool {
    rules::by_id(finding.rule).is_some_and(is_local)
}

/// Returns whether a finding is one of those that [`Facts::found_in_part`] looks for.
pub(super) fn is_of_words_around(finding: &Finding) -> bool {
    OF_WORDS_AROUND.contains(&finding.rule)
}

impl Facts {
    /// Facts about the documents of a world.
    pub(super) fn of(world: &World) -> Self {
        let collection = &world.collection;
        let known = |(path, id): (&PathBuf, &DocId)| {
            let doc = collection.document(*id);
            let language = collection.place_of_language(*id).map(|(code, before)| (code.to_owned(), before.to_owned()));
            let is_judged = !collection.context.contains(id);
            let own = doc.source.path().to_path_buf();
            let is_container = doc.source.container().is_some();
            (path.clone(), Known { id: *id, format: doc.format, is_judged, language, path: own, is_container })
        };
        Self {
            documents: world.ids().iter().map(known).collect(),
            settings: Arc::clone(&world.settings),
            sites: collection.sites.clone(),
            baseline: world.baseline.clone(),
        }
    }

    /// Returns whether what was found in a file with other facts is found with these as well.
    pub(super) fn agrees_with(&self, other: &Self, path: &Path) -> bool {
        let id = |facts: &Self| facts.documents.get(path).map(|known| known.id);
        // Everything else is as it is as long as the settings were not read again.
        Arc::ptr_eq(&self.settings, &other.settings) && id(self) == id(other)
    }

    /// Returns the facts about an open document that is judged, and its source.
    pub(super) fn source(&self, path: &Path, text: &Arc<String>, freshness: Freshness) -> Option<(&Known, Source)> {
        let known = self.documents.get(path).filter(|known| known.is_judged)?;
        let mut source = match freshness {
            Freshness::Edited => Source::utf8(&known.path, text.as_str().to_owned(), Bom::Absent),
            Freshness::MayBeSaved => open_source(&known.path, text, self.settings.nearest(&known.path).files.max_size),
        };
        if known.is_container {
            source = containers::opened_by(&self.settings, source);
        }
        source.show_as(&self.settings.relative(&known.path));
        Some((known, source))
    }

    fn alone(&self, known: &Known, source: Source) -> Alone {
        let collection = Collection {
            documents: vec![parse(DocId(0), source, known.format)],
            sites: self.sites.clone(),
            language_places: LanguagePlaces::of_one(known.language.clone()),
            ..Collection::default()
        };
        Alone { collection, id: known.id }
    }

    /// Parses an open document without the others. `None` if it is not judged.
    pub(super) fn parsed(&self, path: &Path, text: &Arc<String>, freshness: Freshness) -> Option<Alone> {
        let (known, source) = self.source(path, text, freshness)?;
        Some(self.alone(known, source))
    }

    /// Returns the findings that can be known of a document alone; `None` if `is_interrupted` returns true before.
    pub(super) fn found_in(
        &self,
        alone: &Alone,
        encoding: Encoding,
        is_interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Vec<Held>> {
        let findings = lint_local(&alone.collection, &self.settings, is_local, &is_interrupted)?;
        Some(self.held(findings, alone, 0, &Positions::of(alone.document(), encoding)))
    }

    /// Returns the findings of a document that was parsed alone or is a part of one, which starts at `start` of its text.
    /// `places` are the positions in the whole text.
    fn held(&self, mut findings: Vec<Finding>, alone: &Alone, start: u32, places: &Positions<'_>) -> Vec<Held> {
        // A judgement of all documents says which rules failed.
        findings.retain(|finding| finding.family != Family::Engine);
        for finding in &mut findings {
            give(finding, alone.id, start);
        }
        let path = alone.document().source.path();
        let name = slashed(&self.settings.relative(path));
        let entries = self.baseline.as_ref().and_then(|files| files.get(&name)).map_or(&[][..], Vec::as_slice);
        let novelties = novelties(&findings, entries, |_| name.as_str());
        let uri = uri_of(path);
        let held = findings.into_iter().zip(novelties).map(|(finding, novelty)| {
            let labels = std::iter::once(&finding.primary).chain(&finding.related);
            let at = labels.map(|label| Location { uri: uri.clone(), range: places.range(label.span) }).collect();
            Held { finding, novelty, at }
        });
        held.collect()
    }

    /// Returns what can be known at once of a long text that was edited in a region: the lines of the region, and the
    /// findings in them that depend on little but the words around. `earlier` is the document before. `None` if nothing can
    /// be known without all of the text: where the region is in a very long block, in one that a machine made, or in reach
    /// of a comment that allows findings.
    pub(super) fn found_in_part(
        &self,
        earlier: &Alone,
        region: EditedRegion,
        text: &str,
        encoding: Encoding,
    ) -> Option<(Span, Vec<Held>)> {
        let doc = earlier.document();
        let known = self.documents.get(doc.source.path()).filter(|known| known.id == earlier.id)?;
        let (part, before) = part_around(doc, region, text)?;
        let is_in_reach = doc.suppressions.iter().any(|allow| !before.is_apart_from(allow.scope));
        let written = text.get(part.range())?;
        let is_matter = part.start > 0 && (written.starts_with("---") || written.starts_with("+++"));
        if doc.format != Format::Markdown
            || doc.source.extraction().is_some()
            || doc.source.declined().is_some()
            || doc.is_generated_at(before.start)
            || is_in_reach
            || is_matter
        {
            return None;
        }
        let mut source = Source::utf8(&known.path, written.to_owned(), Bom::Absent);
        source.show_as(&self.settings.relative(&known.path));
        let alone = self.alone(known, source);
        if alone.collection.is_english(alone.document()) != earlier.collection.is_english(doc) {
            return None;
        }
        let is_wanted = |rule: &Rule| is_local(rule) && OF_WORDS_AROUND.contains(&rule.id);
        let findings = lint_local(&alone.collection, &self.settings, is_wanted, &|| false)?;
        let lines = LineIndex::new(text);
        let line = |offset: u32| lines.span_of(lines.line_of(offset), text);
        let touched = line(region.new.start).cover(line(region.new.end));
        let mut held = self.held(findings, &alone, part.start, &Positions::new(text, &lines, encoding));
        held.retain(|held| !touched.is_apart_from(held.finding.primary.span));
        Some((touched, held))
    }
}

/// Returns the blocks that an edited region is in, as they are now and as they were in the document before; with the blank
/// lines around the region if it is between two. `None` if they are very long.
fn part_around(doc: &Document, region: EditedRegion, text: &str) -> Option<(Span, Span)> {
    let end = doc.text().len() as u32;
    let (mut start, mut stop) = (0, end);
    for block in doc.blocks.iter().filter(|block| block.parent.is_none()) {
        let line = |offset: u32| doc.lines.span_of(doc.lines.line_of(offset), doc.text());
        if block.span.end < region.old.start {
            start = line(block.span.end).end.min(region.old.start);
        } else if block.span.start <= region.old.start {
            start = line(block.span.start).start;
        }
        if block.span.start > region.old.end {
            stop = block.span.start;
            break;
        }
        if block.span.end >= region.old.end {
            stop = block.span.end;
            break;
        }
    }
    let before = Span::new(start, stop.max(start));
    let shifted = before.end.checked_sub(region.old.end)?.checked_add(region.new.end)?;
    let part = Span::new(before.start, shifted);
    (part.len() <= MAX_BYTES_OF_PART && shifted as usize <= text.len()).then_some((part, before))
}

/// Gives all labels and edits of a finding about a single document, or a part of it that starts at `start`, to the document
/// with this identity.
fn give(finding: &mut Finding, id: DocId, start: u32) {
    let shifted = |span: Span| Span::new(span.start + start, span.end + start);
    for label in std::iter::once(&mut finding.primary).chain(&mut finding.related) {
        (label.doc, label.span) = (id, shifted(label.span));
    }
    for edit in finding.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
        (edit.doc, edit.span) = (id, shifted(edit.span));
    }
}

/// A long document to look at while the client is listened to.
pub(super) struct LookTask {
    pub(super) path: PathBuf,
    pub(super) text: Arc<String>,
    pub(super) freshness: Freshness,
    pub(super) facts: Arc<Facts>,
    pub(super) encoding: Encoding,
    /// Set by the server when the result is not wanted any more.
    pub(super) interrupt: Arc<AtomicBool>,
}

/// Result of a look at a document.
pub(super) enum LookDone {
    /// The document, and the findings in it.
    Looked(Arc<Alone>, Vec<Held>),
    /// It was interrupted before all findings were known.
    Interrupted,
    /// The document is not judged, or a defect of recto ended the look.
    Failed,
}

/// Looks at documents until there is nobody left to send one.
pub(super) fn look(tasks: &Receiver<LookTask>, pool: Option<&rayon::ThreadPool>, done: &Sender<LookDone>) {
    for task in tasks {
        let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match pool {
            Some(pool) => pool.install(|| carry_out(task)),
            None => carry_out(task),
        }));
        if done.send(looked.unwrap_or(LookDone::Failed)).is_err() {
            return;
        }
    }
}

fn carry_out(task: LookTask) -> LookDone {
    let LookTask { path, text, freshness, facts, encoding, interrupt } = task;
    let is_interrupted = || interrupt.load(Ordering::Relaxed);
    let Some(alone) = facts.parsed(&path, &text, freshness) else { return LookDone::Failed };
    match facts.found_in(&alone, encoding, &is_interrupted) {
        Some(held) => LookDone::Looked(Arc::new(alone), held),
        None => LookDone::Interrupted,
    }
}
