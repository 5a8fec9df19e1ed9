//! Chooses the fixes of one iteration.
//!
//! Fixes are ordered totally, by (stage, document, start, rule), and no pair of rules is treated specially: a fix that
//! overlaps or touches one chosen before it waits for the next iteration.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::collection::Collection;
use crate::model::edit::{Applicability, Edit};
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::source::{Segment, SegmentEncoding, Source};
use crate::model::span::{DiskSpan, Span};

/// Edits of one file: disjoint byte spans of the file on disk, sorted, each with its replacement.
pub type FileEdits = Vec<(DiskSpan, String)>;

/// The fixes of one iteration.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The edits of each document that changes.
    pub edits: BTreeMap<DocId, FileEdits>,
    /// Indices of the findings whose fixes were chosen.
    pub chosen: Vec<usize>,
}

/// Chooses among the fixes of `findings` that may be applied at `level`, that change anything, and that touch no
/// document for which `frozen` returns true.
pub fn plan(
    findings: &[Finding],
    collection: &Collection,
    level: Applicability,
    frozen: impl Fn(DocId) -> bool,
) -> Plan {
    let key = |at: usize| {
        let finding = &findings[at];
        (finding.stage, finding.primary.doc, finding.primary.span.start, finding.rule, at)
    };
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|&at| key(at));
    let mut taken: BTreeMap<DocId, BTreeMap<u32, Taken<'_>>> = BTreeMap::new();
    let mut chosen = Vec::new();
    for at in order {
        let Some(fix) = &findings[at].fix else { continue };
        if fix.applicability < level || fix.edits.iter().any(|edit| frozen(edit.doc)) {
            continue;
        }
        let located = fix.edits.iter().map(|edit| {
            let (span, text) = collection.document(edit.doc).source.disk_edit(edit.span, &edit.replacement)?;
            Some((edit.doc, span, text))
        });
        let Some(located) = located.collect::<Option<Vec<_>>>() else { continue };
        let is_there = |(edit, (doc, disk, _)): (&Edit, &(DocId, DiskSpan, Cow<'_, str>))| {
            bytes_on_disk(&collection.document(*doc).source, edit.span, *disk) == edit.replacement.as_bytes()
        };
        if fix.edits.iter().zip(&located).all(is_there) {
            continue;
        }
        let free = located.iter().all(|(doc, span, _)| taken.get(doc).is_none_or(|spans| is_free(spans, *span)));
        if free {
            for (doc, span, text) in located {
                taken.entry(doc).or_default().insert(span.start, Taken { end: span.end, text });
            }
            chosen.push(at);
        }
    }
    let edits = |spans: BTreeMap<u32, Taken<'_>>| {
        spans.into_iter().map(|(start, taken)| (DiskSpan::new(start, taken.end), taken.text.into_owned())).collect()
    };
    Plan { edits: taken.into_iter().map(|(doc, spans)| (doc, edits(spans))).collect(), chosen }
}

/// Returns the bytes of `source` at a place that is given both as a span of the text and as one of the file.
fn bytes_on_disk(source: &Source, text: Span, disk: DiskSpan) -> &[u8] {
    source.bytes_of(&Segment { text, disk, unit: SegmentEncoding::Utf8 })
}

struct Taken<'a> {
    end: u32,
    text: Cow<'a, str>,
}

/// Returns true if `span` neither overlaps nor touches any of `spans`, which are disjoint.
fn is_free(spans: &BTreeMap<u32, Taken<'_>>, span: DiskSpan) -> bool {
    let last = spans.range(..=span.end).next_back();
    last.is_none_or(|(&start, taken)| DiskSpan::new(start, taken.end).is_apart_from(span))
}
