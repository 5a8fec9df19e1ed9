//! Copies: lines of the documents that occur elsewhere as well.
//!
//! Knows documents and their kin; not rules, and not which copies are worth a finding.

use std::collections::BTreeMap;

use super::kin::Kin;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::id::DocId;
use crate::model::line_fingerprint::{FingerprintPosition, LineFingerprint};
use crate::model::span::Span;
use crate::text::similarity::repeats::{RepeatIndex, Scope};

/// Consecutive lines of a document, by their fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CopiedLines {
    /// The document.
    pub doc: DocId,
    /// Index of its first line in `Document::line_fingerprints`.
    pub first: u32,
    /// One past the index of its last line.
    pub end: u32,
}

/// Lines that also occur at an earlier place, up to what normalization removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copy {
    /// The later place.
    pub at: CopiedLines,
    /// The earlier place, of the same number of lines with a fingerprint; the two do not overlap.
    pub source: CopiedLines,
}

impl CopiedLines {
    /// Returns the fingerprints of its lines.
    pub fn prints(self, collection: &Collection) -> &[LineFingerprint] {
        collection.document(self.doc).line_fingerprints.get(self.first as usize..self.end as usize).unwrap_or(&[])
    }

    /// Returns the span from the first character of its first line to the last one of its last line, with the fence of
    /// a code block that starts or ends there.
    pub fn span(self, collection: &Collection) -> Span {
        let doc = collection.document(self.doc);
        let prints = self.prints(collection);
        let (Some(first), Some(last)) = (prints.first(), prints.last()) else { return Span::at(0) };
        let line = |print: &LineFingerprint| doc.line_span(doc.lines.start_of(print.line as usize).unwrap_or(0));
        let mut span = line(first).cover(line(last));
        if first.place == FingerprintPosition::Code && first.edges.starts() {
            span.start = code_block(doc, line(first)).map_or(span.start, |block| doc.line_span(block.start).start);
        }
        if last.place == FingerprintPosition::Code && last.edges.ends() {
            span.end = code_block(doc, line(last)).map_or(span.end, |block| span.end.max(block.end));
        }
        span
    }

    /// Returns the number of bytes of its lines after normalisation.
    pub fn weight(self, collection: &Collection) -> u64 {
        self.prints(collection).iter().map(|print| u64::from(print.size)).sum()
    }

    /// Returns whether the two share at least four fifths of their lines (a guess).
    pub fn is_nearly(self, other: Self) -> bool {
        let shared = self.end.min(other.end).saturating_sub(self.first.max(other.first));
        self.doc == other.doc && u64::from(shared) * 5 >= u64::from(self.len().max(other.len())) * 4
    }

    /// Returns the number of its lines with a fingerprint.
    pub fn len(self) -> u32 {
        self.end.saturating_sub(self.first)
    }

    /// Returns whether it has no lines.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    fn cut(self, lines: std::ops::Range<usize>) -> Self {
        Self { doc: self.doc, first: self.first + lines.start as u32, end: self.first + lines.end as u32 }
    }
}

/// Returns the code block on a line.
fn code_block(doc: &Document, line: Span) -> Option<Span> {
    let after = doc.blocks.partition_point(|block| block.span.start <= line.end);
    // The block itself is the last one that starts at or before its own line.
    let block = doc.blocks.get(after.checked_sub(1)?)?;
    (block.kind.is_verbatim() && line.start <= block.span.end).then_some(block.span)
}

/// All copies, found in two ways. In each, no line is in two copies, copies are sorted by place, and a block that
/// occurs several times in a row gives a copy for each time.
#[derive(Debug, Clone, Default)]
pub struct Copies {
    /// Between all documents but those that are kin. Lines that occur twice in one document and in an earlier one are
    /// copies of the earlier document.
    pub anywhere: Vec<Copy>,
    /// Within each document by itself.
    pub within: Vec<Copy>,
}

/// Returns all lines that have `least` bytes or more after normalization and occur earlier as well.
///
/// Linear in the number of lines, in time and memory.
pub fn copies(collection: &Collection, kin: &Kin<'_>, least: u32) -> Copies {
    let parts: Vec<&[LineFingerprint]> =
        collection.documents.iter().map(|doc| doc.line_fingerprints.as_slice()).collect();
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
        CopiedLines { doc: DocId(doc as u32), first, end: first + len }
    };
    let may = |later: usize, earlier: usize| !kin.are(DocId(later as u32), DocId(earlier as u32));
    let index = RepeatIndex::new(&parts, least);
    let found = |scope: Scope<'_>| -> Vec<Copy> {
        let repeats = index.repeats(scope).into_iter();
        let copies = repeats.map(|r| Copy { at: stretch(r.at, r.len), source: stretch(r.source, r.len) });
        copies.flat_map(periods).collect()
    };
    let own = |copy: &Copy| !kin.is_generated(copy.at.doc);
    let [anywhere, within] = [found(Scope::Across(&may)), found(Scope::Within)];
    // Copies in generated documents are repaired in their source.
    Copies { anywhere: anywhere.into_iter().filter(own).collect(), within: within.into_iter().filter(own).collect() }
}

/// Returns one copy for each time that a block occurs, if it occurs several times in a row: such a copy overlaps its
/// source.
fn periods(copy: Copy) -> impl Iterator<Item = Copy> {
    let overlaps = copy.at.doc == copy.source.doc && copy.source.end > copy.at.first;
    let period = if overlaps { copy.at.first - copy.source.first } else { copy.at.len() }.max(1) as usize;
    (0..copy.at.len() as usize / period).map(move |nth| {
        let lines = nth * period..(nth + 1) * period;
        Copy { at: copy.at.cut(lines.clone()), source: copy.source.cut(lines) }
    })
}

/// A line at both places.
type Both = (LineFingerprint, LineFingerprint);

fn is_code(line: &Both) -> bool {
    line.0.place == FingerprintPosition::Code
}

fn starts_block(line: &Both) -> bool {
    line.0.edges.starts() && line.1.edges.starts()
}

fn ends_block(line: &Both) -> bool {
    line.0.edges.ends() && line.1.edges.ends()
}

/// Returns the number of `lines` that are of one code block, given the test for its last line.
fn code_lines<'a>(lines: impl Iterator<Item = &'a Both>, last: fn(&Both) -> bool) -> usize {
    let mut count = 0;
    for line in lines.take_while(|line| is_code(line)) {
        count += 1;
        if last(line) {
            break;
        }
    }
    count
}

impl Copy {
    /// Returns the copy without lines of other blocks: headings at its end, and parts of code blocks at either end that
    /// have fewer than `least` lines. `None` if nothing is left.
    pub fn trimmed(self, least: u32, collection: &Collection) -> Option<Self> {
        let places = self.at.prints(collection).iter().zip(self.source.prints(collection));
        let lines: Vec<Both> = places.map(|(at, source)| (*at, *source)).collect();
        let is_piece = |len: usize| (1..least as usize).contains(&len);
        let head = code_lines(lines.iter(), ends_block);
        let first = if is_piece(head) && !starts_block(&lines[0]) { head } else { 0 };
        let mut end = lines.len();
        while let Some(last) = lines.get(first..end).and_then(<[Both]>::last) {
            let tail = code_lines(lines[first..end].iter().rev(), starts_block);
            if last.0.place == FingerprintPosition::Heading {
                end -= 1;
            } else if is_piece(tail) && !ends_block(last) {
                end -= tail;
            } else {
                break;
            }
        }
        (end > first).then(|| Self { at: self.at.cut(first..end), source: self.source.cut(first..end) })
    }

    /// Returns whether it starts where a block starts and ends where one ends, at both places.
    pub fn has_whole_blocks(&self, collection: &Collection) -> bool {
        let (at, source) = (self.at.prints(collection), self.source.prints(collection));
        let starts = at.first().zip(source.first()).is_some_and(|(a, b)| a.edges.starts() && b.edges.starts());
        starts && at.last().zip(source.last()).is_some_and(|(a, b)| a.edges.ends() && b.edges.ends())
    }

    /// Returns its two places, that in `doc` first.
    pub fn seen_from(&self, doc: DocId) -> (CopiedLines, CopiedLines) {
        if self.at.doc == doc { (self.at, self.source) } else { (self.source, self.at) }
    }
}

/// Returns the regions that `copies`, all between `doc` and one other document, form: pairs of places, that in `doc`
/// first, in its order. Copies in the same order with at most `gap` lines between them in either document are one
/// region.
pub fn regions(doc: DocId, copies: &[Copy], gap: u32) -> Vec<(CopiedLines, CopiedLines)> {
    let mut places: Vec<(CopiedLines, CopiedLines)> = copies.iter().map(|copy| copy.seen_from(doc)).collect();
    places.sort();
    let mut regions: Vec<(CopiedLines, CopiedLines)> = Vec::new();
    for (here, there) in places {
        let close =
            |before: CopiedLines, after: CopiedLines| before.end <= after.first && after.first - before.end <= gap;
        match regions.last_mut() {
            Some(last) if close(last.0, here) && close(last.1, there) => {
                (last.0.end, last.1.end) = (here.end, there.end);
            }
            _ => regions.push((here, there)),
        }
    }
    regions
}

/// Returns the number of bytes that the copies cover of the lines of `doc` for which `counts` holds, after normalisation;
/// bytes of two copies count once.
pub fn covered(doc: DocId, copies: &[Copy], collection: &Collection, counts: impl Fn(&LineFingerprint) -> bool) -> u64 {
    let mut places: Vec<CopiedLines> = copies.iter().map(|copy| copy.seen_from(doc).0).collect();
    places.sort();
    let (mut covered, mut reached) = (0, 0);
    for place in places {
        let new = CopiedLines { first: place.first.max(reached), ..place };
        let counted = new.prints(collection).iter().filter(|print| counts(print));
        covered += counted.map(|print| u64::from(print.size)).sum::<u64>();
        reached = reached.max(place.end);
    }
    covered
}

/// Returns the places of each block that is copied: copies are of one block if they have a place nearly in common. The
/// places of a group are in order and do not overlap; groups are in the order of their first copies.
pub fn groups(copies: &[Copy]) -> Vec<Vec<CopiedLines>> {
    let mut places: Vec<(CopiedLines, usize)> =
        copies.iter().enumerate().flat_map(|(at, copy)| [(copy.at, at), (copy.source, at)]).collect();
    places.sort();
    let mut sets = Sets::new(copies.len());
    for pair in places.windows(2) {
        if pair[0].0.is_nearly(pair[1].0) {
            sets.join(pair[0].1, pair[1].1);
        }
    }
    let mut groups: BTreeMap<usize, Vec<CopiedLines>> = BTreeMap::new();
    for (at, copy) in copies.iter().enumerate() {
        groups.entry(sets.first_of(at)).or_default().extend([copy.at, copy.source]);
    }
    let mut groups: Vec<Vec<CopiedLines>> = groups.into_values().collect();
    for places in &mut groups {
        places.sort();
        places.dedup_by(|later, before| later.doc == before.doc && later.first < before.end);
    }
    groups
}

/// Disjoint sets of the numbers below a bound, each named by its smallest member.
#[derive(Debug, Clone)]
pub struct Sets {
    parents: Vec<usize>,
}

impl Sets {
    /// A set for each number.
    pub fn new(count: usize) -> Self {
        Self { parents: (0..count).collect() }
    }

    /// Returns the smallest number in the set of `member`.
    pub fn first_of(&mut self, mut member: usize) -> usize {
        while self.parents[member] != member {
            self.parents[member] = self.parents[self.parents[member]];
            member = self.parents[member];
        }
        member
    }

    /// Joins the sets of two numbers.
    pub fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first_of(one), self.first_of(other));
        self.parents[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Format;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    #[test]
    fn what_another_document_holds_too_hid_that_a_block_stands_twice_in_a_row() {
        let block = "### In depth\n\nThe tables are printed twice a year, and sold at the window beside the gate.\n\n";
        let texts = [format!("# Tables\n\n{block}"), format!("# Ferries\n\n{block}{block}Nothing else.\n")];
        let documents = texts.into_iter().zip(0..).map(|(text, at)| {
            let source = Source::utf8(std::path::Path::new("a.md"), text, Bom::Absent);
            parse(DocId(at), source, Format::Markdown)
        });
        let collection = Collection { documents: documents.collect(), ..Collection::default() };
        let Copies { anywhere, within } = copies(&collection, &Kin::new(&collection), 60);
        assert!(anywhere.iter().all(|copy| copy.source.doc == DocId(0)), "{anywhere:?}");
        let [Copy { at, source }] = within.as_slice() else { panic!("{within:?}") };
        assert_eq!((at.doc, source.doc, at.first), (DocId(1), DocId(1), source.end));
    }
}
