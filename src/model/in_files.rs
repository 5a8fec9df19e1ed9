//! Findings about text that was extracted from containers, as findings about the files: what every report shows.
//!
//! Knows documents, findings and their maps; not how anything is shown.

use std::borrow::Cow;

use super::collection::Collection;
use super::document::Document;
use super::edit::{Edit, Fix};
use super::finding::{Finding, InContainer, Label};
use super::id::DocId;
use super::source::Source;

/// Returns the collection with the text of the whole file in each document of a container, and the findings with spans
/// and edits of these texts. A fix that a container cannot have is taken away.
pub fn in_files(mut collection: Cow<'_, Collection>, findings: Vec<Finding>) -> (Cow<'_, Collection>, Vec<Finding>) {
    if !collection.documents.iter().any(|doc| doc.source.extraction().is_some()) {
        return (collection, findings);
    }
    let findings = findings.into_iter().map(|finding| located(finding, &collection)).collect();
    for doc in collection.to_mut().documents.iter_mut().filter(|doc| doc.source.extraction().is_some()) {
        *doc = Document::new(doc.id, doc.source.clone().without_extraction(), doc.format);
    }
    (collection, findings)
}

fn located(mut finding: Finding, collection: &Collection) -> Finding {
    let source = |doc: DocId| -> &Source { &collection.document(doc).source };
    let place = &finding.primary;
    if let Some(extraction) = source(place.doc).extraction() {
        let text = collection.document(place.doc).slice(place.span).to_owned();
        let part = extraction.part_at(place.span.start).map(|part| part.name.clone());
        if let Some(part) = &part {
            finding.message = format!("{} ({part})", finding.message);
        }
        finding.container = Some(InContainer { part, text });
    }
    finding.fix = finding.fix.and_then(|fix| {
        let edits = fix.edits.iter().map(|edit| {
            let Some(extraction) = source(edit.doc).extraction() else { return Some(edit.clone()) };
            let (span, replacement) = extraction.file_edit(edit.span, &edit.replacement)?;
            Some(Edit { doc: edit.doc, span, replacement: replacement.into_owned() })
        });
        Some(Fix { edits: edits.collect::<Option<Vec<_>>>()?, ..fix })
    });
    let relocate = |label: &mut Label| {
        if let Some(extraction) = source(label.doc).extraction() {
            label.span = extraction.file_span(label.span);
        }
    };
    relocate(&mut finding.primary);
    finding.related.iter_mut().for_each(relocate);
    finding
}
