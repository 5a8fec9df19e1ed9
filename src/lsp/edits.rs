//! Edits of several files as one edit of the protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use gen_lsp_types::{Position, Range};
use serde_json::{Map, Value, json};

use super::position::Positions;
use super::view::View;
use crate::model::edit::Edit;
use crate::model::id::DocId;

/// Consent that an edit needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Consent {
    /// None: it was asked for.
    Given,
    /// The client asks the user, if it can, with this question.
    Asked(String),
}

/// Edits of several files, to be made together.
#[derive(Debug)]
pub(super) struct Edits<'a> {
    view: View<'a>,
    /// The positions in each document that is edited, which find the next one from the last one.
    places: BTreeMap<DocId, Positions<'a>>,
    files: BTreeMap<PathBuf, Vec<(Range, String, Consent)>>,
    new_files: BTreeSet<PathBuf>,
}

/// Returns whether the files of a view can have all of these edits: a container may have no place for one.
pub(super) fn fits(view: &View<'_>, edits: &[Edit]) -> bool {
    edits.iter().all(|edit| {
        let source = &view.world.collection.document(edit.doc).source;
        source.extraction().is_none_or(|extraction| extraction.file_edit(edit.span, &edit.replacement).is_some())
    })
}

impl<'a> Edits<'a> {
    /// No edits yet.
    pub(super) fn new(view: View<'a>) -> Self {
        Self { view, places: BTreeMap::new(), files: BTreeMap::new(), new_files: BTreeSet::new() }
    }

    /// Adds edits of documents. Those that a container cannot have are left out: see [`fits`].
    pub(super) fn add(&mut self, edits: &[Edit], consent: &Consent) {
        for edit in edits {
            let places = self.places.entry(edit.doc).or_insert_with(|| self.view.places(edit.doc));
            let extraction = self.view.world.collection.document(edit.doc).source.extraction();
            let (range, replacement) = match extraction {
                None => (places.range(edit.span), edit.replacement.clone()),
                Some(extraction) => match extraction.file_edit(edit.span, &edit.replacement) {
                    Some((span, written)) => (places.file_range(span), written.into_owned()),
                    None => continue,
                },
            };
            let file = self.files.entry(self.view.path(edit.doc).to_path_buf()).or_default();
            file.push((range, replacement, consent.clone()));
        }
    }

    /// Adds a file with a new text, in place of its old one, if there is one.
    pub(super) fn write(&mut self, path: PathBuf, old: Option<&str>, new: String) {
        let lines = old.map_or(0, |old| old.split('\n').count());
        let end = Position { line: u32::try_from(lines).unwrap_or(u32::MAX), character: 0 };
        if old.is_none() {
            self.new_files.insert(path.clone());
        }
        let range = Range { start: Position { line: 0, character: 0 }, end };
        self.files.entry(path).or_default().push((range, new, Consent::Given));
    }

    /// Returns the edit as the client takes it.
    pub(super) fn into_value(self) -> Value {
        let Self { view, files, new_files, .. } = self;
        let confirms = view.abilities.confirms && view.abilities.takes_document_changes;
        let mut annotations: BTreeMap<String, Value> = BTreeMap::new();
        let mut changes: Vec<(String, Value, Vec<Value>)> = Vec::new();
        let mut created = Vec::new();
        for (path, mut edits) in files {
            edits.sort_by_key(|(range, ..)| *range);
            let uri = view.uri(&path);
            if new_files.contains(&path) && view.abilities.creates_files {
                created.push(json!({ "kind": "create", "uri": uri, "options": { "ignoreIfExists": true } }));
            }
            let edits = edits.into_iter().map(|(range, text, consent)| {
                let mut edit = json!({ "range": range, "newText": text });
                if let Consent::Asked(question) = consent
                    && confirms
                {
                    annotations.insert(question.clone(), json!({ "label": question, "needsConfirmation": true }));
                    edit["annotationId"] = question.into();
                }
                edit
            });
            let edits = edits.collect();
            let version = view.open.get(&path).map(|name| name.version);
            changes.push((uri, json!(version), edits));
        }
        if !view.abilities.takes_document_changes {
            let changes: Map<String, Value> =
                changes.into_iter().map(|(uri, _, edits)| (uri, Value::from(edits))).collect();
            return json!({ "changes": changes });
        }
        let documents = changes
            .into_iter()
            .map(|(uri, version, edits)| json!({ "textDocument": { "uri": uri, "version": version }, "edits": edits }));
        let all: Vec<Value> = created.into_iter().chain(documents).collect();
        let mut edit = json!({ "documentChanges": all });
        if !annotations.is_empty() {
            edit["changeAnnotations"] = annotations.into_iter().collect::<Map<String, Value>>().into();
        }
        edit
    }
}
