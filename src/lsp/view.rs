//! Everything that an answer may look at: the documents of a folder, its findings, and the abilities of the client.
//!
//! Decides nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::Position;
use serde_json::{Value, json};

use super::client::Abilities;
use super::position::{Positions, uri_of};
use super::world::{Disk, Held, Linking, Novelty, World};
use crate::model::document::Document;
use crate::model::finding::Label;
use crate::model::id::DocId;
use crate::model::span::Span;

/// The address and version of an open document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenName {
    /// Its address, as the client writes it.
    pub uri: String,
    /// Its version.
    pub version: i32,
}

/// Everything that an answer may look at.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The documents.
    pub world: &'a World,
    /// The document that is asked about.
    pub id: DocId,
    /// The findings.
    pub held: &'a [Held],
    /// The documents that are open, by the paths of their files.
    pub open: &'a BTreeMap<PathBuf, OpenName>,
    /// The abilities of the client.
    pub abilities: Abilities,
    /// The disk.
    pub disk: &'a dyn Disk,
    /// The files around that are no documents.
    pub linking: &'a dyn Linking,
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<'a> View<'a> {
    /// Returns the document that is asked about.
    pub(super) fn doc(&self) -> &'a Document {
        self.world.collection.document(self.id)
    }

    /// Returns the positions of a document.
    pub(super) fn places(&self, doc: DocId) -> Positions<'a> {
        self.world.places(doc, self.abilities.encoding)
    }

    /// Returns the byte offset of a position in the document that is asked about.
    pub(super) fn offset(&self, position: Position) -> u32 {
        self.places(self.id).offset(position)
    }

    /// Returns the address of the file at a path, as the client writes it if it is open.
    pub(super) fn uri(&self, path: &Path) -> String {
        self.open.get(path).map_or_else(|| uri_of(path).0, |name| name.uri.clone())
    }

    /// Returns the path of a document.
    pub(super) fn path(&self, doc: DocId) -> &'a Path {
        self.world.collection.document(doc).source.path()
    }

    /// Returns a span of a document, as a location of the protocol.
    pub(super) fn location(&self, doc: DocId, span: Span) -> Value {
        json!({ "uri": self.uri(self.path(doc)), "range": self.places(doc).range(span) })
    }

    /// Returns the findings of which a place in the document that is asked about overlaps or touches `span`, each with
    /// that place and whether the baseline has it.
    pub(super) fn findings(&self, span: Span) -> impl Iterator<Item = (&'a Held, &'a Label, Novelty)> {
        let id = self.id;
        let touches =
            move |label: &Label| label.doc == id && label.span.start <= span.end && span.start <= label.span.end;
        self.held.iter().flat_map(move |held| {
            let places = held.finding.places().zip(held.novelty.iter().copied());
            places.filter(move |(label, _)| touches(label)).map(move |(label, novelty)| (held, label, novelty))
        })
    }
}
