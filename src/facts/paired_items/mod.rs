//! Two versions of one item, side by side: their paragraphs, and where their links lead.
//!
//! Knows the model; not what is compared in them.

pub mod emphasis;
pub mod links;
pub mod paragraphs;

use crate::model::document::Document;
use crate::model::id::ItemId;
use crate::model::item::Number;
use crate::model::span::Span;

/// One of the two compared items.
#[derive(Debug, Clone, Copy)]
pub struct ComparedItem<'a> {
    /// Its document.
    pub doc: &'a Document,
    /// Its number.
    pub number: Option<Number>,
    /// Its title; empty for the text before the first item.
    pub title: Span,
    /// Its text below the title.
    pub body: Span,
    /// Title and body.
    pub span: Span,
}

impl<'a> ComparedItem<'a> {
    /// Returns a unit of a document; `None` if it has none of this id.
    pub fn of(doc: &'a Document, item: ItemId) -> Option<Self> {
        let item = doc.unit(item)?;
        let body = item.body;
        // The title of an entry of a container is its id, which both versions share.
        let title = if doc.has_entries() { Span::at(body.start) } else { item.title };
        Some(Self { doc, number: item.number, title, body, span: title.cover(body) })
    }

    /// Returns the inline code in a span, with its backticks.
    pub fn codes_in(&self, span: Span) -> impl Iterator<Item = Span> + use<'a> {
        let codes = &self.doc.inline_code;
        let start = codes.partition_point(|code| code.start < span.start);
        codes[start..].iter().copied().take_while(move |code| code.start < span.end)
    }
}
