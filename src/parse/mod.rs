//! Parsing of a source into a document. Cannot fail: there is a document for every text.
//!
//! May use `model` and `text`; knows no rules, no settings and no disk.

mod allow;
mod blocks;
mod containers;
mod fences;
mod generated;
mod line_fingerprints;
mod mask;
mod matter;
mod names;
pub mod navigation;
mod outline;
mod plainly;
mod templates;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use self::plainly::is_plainly_markdown;
use crate::model::document::{Document, Format};
use crate::model::id::DocId;
use crate::model::source::Source;

/// Parses a source into a document. A panic, which is a defect of recto, leaves a document without structure that is
/// marked as failed, so that the other documents are checked all the same.
pub fn parse(id: DocId, source: Source, format: Format) -> Document {
    let format = match (source.extraction(), source.container_defect()) {
        (Some(_), _) => Format::Markdown,
        (None, Some(_)) => Format::Text,
        (None, None) => format,
    };
    let doc = Document::new(id, source, format);
    if format == Format::Markdown { parsed(doc, read_markdown) } else { doc }
}

fn parsed(mut doc: Document, read: impl FnOnce(&mut Document)) -> Document {
    // After a panic, nothing is kept but the source, which `read` only looks at.
    match catch_unwind(AssertUnwindSafe(|| read(&mut doc))) {
        Ok(()) => doc,
        Err(_) => {
            let failed = Document::new(doc.id, doc.source, Format::Text);
            failed.set_failed();
            failed
        }
    }
}

fn read_markdown(doc: &mut Document) {
    blocks::read(doc);
    fences::read(doc);
    outline::read(doc);
    allow::read(doc);
    generated::read(doc);
    line_fingerprints::read(doc);
    doc.shrink();
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::source::Bom;

    #[test]
    fn a_panic_of_the_parser_leaves_the_text_and_is_recorded() {
        let source = Source::utf8(Path::new("a.md"), "# Tides\n".to_owned(), Bom::Absent);
        let doc = parsed(Document::new(DocId(0), source, Format::Markdown), |doc| {
            read_markdown(doc);
            panic!("a defect")
        });
        assert!(doc.has_failed() && doc.headings.is_empty());
        assert_eq!((doc.text(), doc.format), ("# Tides\n", Format::Text));
    }
}
