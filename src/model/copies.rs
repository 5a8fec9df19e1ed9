//! Which stretches of the documents stand elsewhere too, line for line: the fact behind the duplication rules.
//!
//! Knows documents and works; not rules, and not what is worth a finding.

use super::collection::Collection;
use super::document::{DocId, Document};
use super::print::{Print, PrintPlace};
use super::span::Span;
use crate::text::repeats;

/// Whole lines of a document, named by their fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stretch {
    /// The document.
    pub doc: DocId,
    /// Index of its first line in `Document::prints`.
    pub first: u32,
    /// One past the index of its last line.
    pub end: u32,
}

/// A stretch that stands at an earlier place too, up to what normalisation removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copy {
    /// The later place.
    pub at: Stretch,
    /// The earlier place, of the same number of lines with a fingerprint.
    pub source: Stretch,
}

impl Stretch {
    /// The fingerprints of its lines.
    pub fn prints(self, collection: &Collection) -> &[Print] {
        collection.document(self.doc).prints.get(self.first as usize..self.end as usize).unwrap_or(&[])
    }

    /// Its text, from the first character of its first line to the last one of its last line. Where it ends with the
    /// end of a fenced code block, the closing fence belongs to it, and likewise the opening one.
    pub fn span(self, collection: &Collection) -> Span {
        let doc = collection.document(self.doc);
        let prints = self.prints(collection);
        let (Some(first), Some(last)) = (prints.first(), prints.last()) else { return Span::at(0) };
        let line = |print: &Print| doc.line_span(doc.lines.start_of(print.line as usize).unwrap_or(0));
        let mut span = line(first).cover(line(last));
        if first.place == PrintPlace::Code && first.edges.starts() {
            span.start = fence(doc, span.start).map_or(span.start, |block| doc.line_span(block.start).start);
        }
        if last.place == PrintPlace::Code && last.edges.ends() {
            span.end = fence(doc, line(last).start).map_or(span.end, |block| span.end.max(block.end));
        }
        span
    }

    /// How many bytes are left of its lines after normalisation.
    pub fn weight(self, collection: &Collection) -> u64 {
        self.prints(collection).iter().map(|print| u64::from(print.size)).sum()
    }

    /// How many lines the two have in common.
    pub fn shared(self, other: Self) -> u32 {
        let common = self.end.min(other.end).saturating_sub(self.first.max(other.first));
        if self.doc == other.doc { common } else { 0 }
    }

    /// The number of its lines with a fingerprint.
    pub fn len(self) -> u32 {
        self.end.saturating_sub(self.first)
    }

    /// Whether it has no lines.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// The span of the code block that stands on the line that starts at `offset`.
fn fence(doc: &Document, offset: u32) -> Option<Span> {
    let after = doc.blocks.partition_point(|block| block.span.start <= doc.line_span(offset).end);
    let block = doc.blocks[..after].iter().rev().take(4).find(|block| block.kind.is_verbatim())?;
    (block.span.start <= doc.line_span(offset).end && offset <= block.span.end).then_some(block.span)
}

/// All stretches that weigh `least` bytes or more after normalisation and stand earlier too, sorted by place. No line
/// is in two of them; documents of different versions of one work are not compared.
///
/// Linear in the number of lines, in time and memory.
pub fn copies(collection: &Collection, least: u32) -> Vec<Copy> {
    let parts: Vec<&[Print]> = collection.documents.iter().map(|doc| doc.prints.as_slice()).collect();
    let starts: Vec<u32> = parts
        .iter()
        .scan(0, |next, part| {
            let start = *next;
            *next += part.len() as u32;
            Some(start)
        })
        .collect();
    let stretch = |at: u32, len: u32| {
        let doc = starts.partition_point(|&start| start <= at).saturating_sub(1);
        let first = at - starts[doc];
        Stretch { doc: DocId(doc as u32), first, end: first + len }
    };
    let versions = versions(collection);
    let found = repeats::find(&parts, least, &|later, earlier| !are_versions(&versions[later], &versions[earlier]));
    found.iter().map(|r| Copy { at: stretch(r.at, r.len), source: stretch(r.source, r.len) }).collect()
}

/// For each document the works that it belongs to and in which version.
fn versions(collection: &Collection) -> Vec<Vec<(usize, usize)>> {
    let mut versions = vec![Vec::new(); collection.documents.len()];
    for (work, at) in collection.works.iter().zip(0..) {
        for (version, nth) in work.versions.iter().zip(0..) {
            for doc in &version.documents {
                versions[doc.0 as usize].push((at, nth));
            }
        }
    }
    versions
}

/// Whether two documents belong to different versions of one work: these are meant to share content.
fn are_versions(a: &[(usize, usize)], b: &[(usize, usize)]) -> bool {
    a.iter().any(|(work, version)| b.iter().any(|(other, nth)| work == other && version != nth))
}
