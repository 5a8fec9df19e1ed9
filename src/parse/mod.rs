//! Parsing of a source into a document. Cannot fail: there is a document for every text.
//!
//! May use `model` and `text`; knows no rules, no settings and no disk.

mod allow;
mod blocks;
mod fences;
mod line_fingerprints;
mod matter;
mod outline;
mod plainly;
mod templates;

pub use self::plainly::is_plainly_markdown;
use crate::model::document::{Document, Format};
use crate::model::id::DocId;
use crate::model::source::Source;

/// Parses a source into a document.
pub fn parse(id: DocId, source: Source, format: Format) -> Document {
    let mut doc = Document::new(id, source, format);
    if format == Format::Markdown {
        blocks::read(&mut doc);
        fences::read(&mut doc);
        outline::read(&mut doc);
        allow::read(&mut doc);
        line_fingerprints::read(&mut doc);
        doc.shrink();
    }
    doc
}
