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
use crate::model::source::{DecodingCertainty, Segment, SegmentEncoding, Source};
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
    source.bytes_of(&Segment { text, disk, unit: SegmentEncoding::Utf8, certainty: DecodingCertainty::Sure })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::collection;
    use crate::model::edit::Fix;
    use crate::settings::Settings;

    fn texts(texts: &[&[u8]]) -> Collection {
        let settings = Settings::new("/project".into(), "/project".into());
        let files = texts.iter().enumerate().map(|(at, text)| (format!("{at}.md").into(), text.to_vec()));
        collection(files.collect(), &settings)
    }

    /// A finding whose fix makes these edits of the first document.
    fn finding(applicability: Applicability, edits: &[(u32, u32, &str)]) -> Finding {
        let edit = |(start, end, text): &(u32, u32, &str)| Edit::replace(DocId(0), Span::new(*start, *end), *text);
        let start = edits.first().map_or(0, |edit| edit.0);
        let fix = Fix::new(applicability, "write it", edits.iter().map(edit).collect::<Vec<_>>());
        Finding::with_fix(Span::at(start), fix)
    }

    fn safe(edits: &[(u32, u32, &str)]) -> Finding {
        finding(Applicability::Safe, edits)
    }

    /// The indices of the findings that are chosen for a text.
    fn chosen(findings: &[Finding], text: &[u8]) -> Vec<usize> {
        plan(findings, &texts(&[text]), Applicability::Safe, |_| false).chosen
    }

    #[test]
    fn a_fix_that_overlaps_or_touches_one_before_it_waits() {
        let apart = [safe(&[(0, 2, "x")]), safe(&[(3, 4, "y")]), safe(&[(6, 7, "z")])];
        assert_eq!(chosen(&apart, b"abcdefgh"), [0, 1, 2]);
        let touching = [safe(&[(0, 2, "x")]), safe(&[(2, 4, "y")]), safe(&[(1, 2, "z")])];
        assert_eq!(chosen(&touching, b"abcdefgh"), [0]);
        // All edits of a fix wait, if one has to.
        let partly = [safe(&[(0, 2, "x")]), safe(&[(1, 2, "y"), (5, 6, "w")]), safe(&[(5, 6, "z")])];
        assert_eq!(chosen(&partly, b"abcdefgh"), [0, 2]);
    }

    #[test]
    fn a_fix_below_the_level_or_in_a_frozen_document_is_left_out() {
        let findings = [
            finding(Applicability::DisplayOnly, &[(0, 1, "x")]),
            finding(Applicability::Unsafe, &[(2, 3, "y")]),
            safe(&[(4, 5, "z")]),
        ];
        let all = texts(&[b"abcdefgh"]);
        let at = |level| plan(&findings, &all, level, |_| false).chosen;
        assert_eq!(at(Applicability::Safe), [2]);
        assert_eq!(at(Applicability::Unsafe), [1, 2]);
        let frozen = plan(&findings, &all, Applicability::Unsafe, |id| id == DocId(0));
        assert!(frozen.chosen.is_empty() && frozen.edits.is_empty());
    }

    #[test]
    fn a_fix_that_changes_nothing_is_none() {
        assert_eq!(chosen(&[safe(&[(0, 2, "ab")])], b"abcd"), [0; 0]);
        assert_eq!(chosen(&[safe(&[(0, 2, "ab"), (3, 4, "x")])], b"abcd"), [0]);
        // An empty text in the place of an empty one.
        assert_eq!(chosen(&[safe(&[(1, 1, "")])], b"abcd"), [0; 0]);
    }

    #[test]
    fn a_fix_within_bytes_that_are_not_utf8_is_left_out() {
        let wide = b"\xFF\xFET\0h\0e\0 \0f\0e\0r\0r\0y\0.\0\n\0";
        let all = texts(&[wide]);
        assert_eq!(all.document(DocId(0)).text(), "The ferry.\n");
        let findings =
            [safe(&[(4, 9, "boat")]), safe(&[(0, 3, "A"), (4, 9, "boat")]), safe(&[(0, 11, "The ferry.\n")])];
        // Text that is the same is another one in UTF-8.
        assert_eq!(plan(&findings, &all, Applicability::Safe, |_| false).chosen, [2]);
    }

    #[test]
    fn edits_are_in_the_order_of_the_file() {
        let findings = [safe(&[(6, 7, "z")]), safe(&[(0, 2, "x"), (3, 4, "y")])];
        let plan = plan(&findings, &texts(&[b"abcdefgh"]), Applicability::Safe, |_| false);
        let places: Vec<(u32, u32, &str)> =
            plan.edits[&DocId(0)].iter().map(|(span, text)| (span.start, span.end, text.as_str())).collect();
        assert_eq!(places, [(0, 2, "x"), (3, 4, "y"), (6, 7, "z")]);
    }
}
