//! From a source to a document. Cannot fail: whatever the text, there is a document.
//!
//! May use `model` and `text`; knows no rules, no settings and no disk.

mod allow;
mod blocks;
mod fences;
mod matter;
mod outline;
mod prints;
mod templates;

use std::sync::OnceLock;

use crate::model::document::{DocId, Document, Format, Prose};
use crate::model::source::Source;
use crate::model::span::LineIndex;

/// Parses a source into a document.
pub fn parse(id: DocId, source: Source, format: Format) -> Document {
    let lines = LineIndex::new(source.text());
    let mut doc = Document {
        id,
        format,
        lines,
        blocks: Vec::new(),
        headings: Vec::new(),
        sections: Vec::new(),
        items: Vec::new(),
        runs: Vec::new(),
        announcements: Vec::new(),
        count_faults: Vec::new(),
        prose: Prose::default(),
        told_language: OnceLock::new(),
        inline_code: Vec::new(),
        templates: Vec::new(),
        html: Vec::new(),
        links: Vec::new(),
        definitions: Vec::new(),
        allows: Vec::new(),
        fence_faults: Vec::new(),
        garbled: OnceLock::new(),
        outlined: OnceLock::new(),
        prints: Vec::new(),
        source,
    };
    if format == Format::Markdown {
        blocks::read(&mut doc);
        fences::read(&mut doc);
        outline::read(&mut doc);
        allow::read(&mut doc);
        prints::read(&mut doc);
        doc.shrink();
    }
    doc
}
