//! Sections, items, item sequences and stated ranges.
//!
//! Reads the blocks of a document; knows no rules.

mod claims;
mod contents;
mod counts;
mod items;
mod label;
mod levels;
mod runs;
mod shown_headings;

use crate::model::document::{Document, Section};
use crate::model::id::{HeadingId, SectionId};
use crate::model::span::Span;

/// Numbers that are more often years than numbers of items, where no word says what they count.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2100;

/// Fills in sections, items, sequences, stated ranges and numbering defects.
pub(super) fn read(doc: &mut Document) {
    let levels = levels::read(doc);
    doc.sections = sections(doc, &levels);
    if doc.has_keys() {
        return;
    }
    let mut items = items::read(doc, &levels);
    contents::mark(doc, &mut items);
    doc.items = items;
    doc.sequences = runs::read(doc);
    doc.stated_ranges = claims::read(doc);
    claims::mark_sections(&doc.stated_ranges, &mut doc.sections);
    doc.numbering_defects = counts::read(doc);
}

/// Returns one section for each heading. It ends before the next heading of the same or a higher level.
fn sections(doc: &Document, levels: &[u8]) -> Vec<Section> {
    let end = doc.text().len() as u32;
    let mut sections: Vec<Section> = Vec::with_capacity(doc.headings.len());
    let mut open: Vec<SectionId> = Vec::new();
    for (index, heading) in doc.headings.iter().enumerate() {
        while let Some(&last) = open.last()
            && levels[last.index()] >= levels[index]
        {
            sections[last.index()].span.end = heading.span.start;
            open.pop();
        }
        sections.push(Section {
            heading: HeadingId::new(index),
            span: Span::new(heading.span.start, end),
            parent: open.last().copied(),
            claim: None,
        });
        open.push(SectionId::new(index));
    }
    sections
}
