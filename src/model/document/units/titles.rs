//! Headings, summaries, rows, terms and files as units: titles with the text that follows them.
//!
//! Knows headings, HTML, tables and items; not lists.

use super::{end_at_next, end_at_next_or_heading, items_by_block, take_label};
use crate::model::document::{BlockKind, Document};
use crate::model::html_titles::{TitleElement, html_titles};
use crate::model::id::BlockId;
use crate::model::item::{Item, LabelPosition};
use crate::model::span::Span;
use crate::text::similarity::title::list_title;

/// Returns each heading with the text up to the next one, Markdown and HTML alike. A heading that is an item has its
/// number and title.
pub(super) fn headings(doc: &Document) -> Vec<Item> {
    let items = items_by_block(doc);
    let mut units: Vec<Item> = Vec::new();
    for (at, heading) in doc.headings.iter().enumerate() {
        let body = Span::at(heading.span.end);
        let place = LabelPosition::Heading(heading.level);
        let mut unit = doc.plain_unit(place, heading.span, heading.content, body, heading.block);
        unit.section = doc.sections.get(at).and_then(|section| section.parent);
        if let Some(item) = items.get(&heading.block) {
            take_label(&mut unit, item);
        }
        units.push(unit);
    }
    for (at, block) in doc.blocks.iter().enumerate().filter(|(_, block)| block.kind == BlockKind::Html) {
        let at = BlockId::new(at);
        for title in html_titles(doc.slice(block.span)) {
            let TitleElement::Heading(level) = title.element else { continue };
            let moved = |range: std::ops::Range<usize>| {
                Span::new(block.span.start + range.start as u32, block.span.start + range.end as u32)
            };
            let (span, content) = (moved(title.range), moved(title.content));
            let mut unit = doc.plain_unit(LabelPosition::Heading(level), span, content, Span::at(span.end), at);
            let inside = doc.items.partition_point(|item| item.span.start < span.start);
            if let Some(item) = doc.items.get(inside).filter(|item| item.span == span) {
                take_label(&mut unit, item);
            }
            units.push(unit);
        }
    }
    units.retain(|unit| !doc.slice(unit.title).trim().is_empty() || unit.number.is_some());
    units.sort_by_key(|unit| unit.span.start);
    end_at_next(doc, &mut units);
    units
}

/// Returns the whole file, with its first heading as its title, if the number in its name identifies it.
pub(super) fn file(doc: &Document) -> Option<Item> {
    doc.file_number()?;
    let heading = doc.headings.first()?;
    let body = Span::new(heading.span.end, doc.span().end.max(heading.span.end));
    let place = LabelPosition::Heading(heading.level);
    let unit = doc.plain_unit(place, heading.span, heading.content, body, heading.block);
    (!doc.slice(unit.title).trim().is_empty()).then_some(Item { section: None, ..unit })
}

/// Returns the summaries of `<details>` elements, each with the text up to the next one or the next heading.
pub(super) fn summaries(doc: &Document) -> Vec<Item> {
    let mut units = Vec::new();
    for (at, block) in doc.blocks.iter().enumerate().filter(|(_, block)| block.kind == BlockKind::Html) {
        let moved = |range: std::ops::Range<usize>| {
            Span::new(block.span.start + range.start as u32, block.span.start + range.end as u32)
        };
        for title in html_titles(doc.slice(block.span)).filter(|title| title.element == TitleElement::Summary) {
            let (span, content) = (moved(title.range), moved(title.content));
            let mut unit = doc.plain_unit(LabelPosition::Summary, span, content, Span::at(span.end), BlockId::new(at));
            let inside = doc.items.partition_point(|item| item.span.start < span.start);
            if let Some(item) = doc.items.get(inside).filter(|item| item.span == span) {
                take_label(&mut unit, item);
            }
            units.push(unit);
        }
    }
    end_at_next_or_heading(doc, &mut units);
    units
}

/// Returns the rows of tables but for their heads: the first cell that is no number is the title.
pub(super) fn rows(doc: &Document) -> Vec<Item> {
    let items = items_by_block(doc);
    let mut units = Vec::new();
    let mut table = None;
    for (at, block) in doc.blocks.iter().enumerate().filter(|(_, block)| block.kind == BlockKind::TableRow) {
        let is_head = block.parent != table;
        table = block.parent;
        if is_head {
            continue;
        }
        let at = BlockId::new(at);
        let cells = doc.blocks[at.index() + 1..].iter().take_while(|cell| cell.parent == Some(at));
        let is_title = |cell: &Span| doc.slice(*cell).chars().any(char::is_alphabetic);
        let Some(title) = cells.map(|cell| cell.span).find(is_title) else { continue };
        let span = Span::new(block.span.start, title.end);
        let body = Span::new(span.end, block.span.end.max(span.end));
        let mut unit = doc.plain_unit(LabelPosition::Table, span, title, body, at);
        if let Some(item) = items.get(&at) {
            take_label(&mut unit, item);
        }
        units.push(unit);
    }
    units
}

/// Returns the terms of definition lists ("Term", and on the next line ": Definition") and of paragraphs that start with
/// one in bold.
pub(super) fn terms(doc: &Document) -> Vec<Item> {
    let mut units = Vec::new();
    for (at, block) in doc.blocks.iter().enumerate() {
        if block.kind != BlockKind::Paragraph || block.parent.is_some() {
            continue;
        }
        let written = doc.slice(block.span);
        let line = written.lines().next().unwrap_or("");
        let defines = written[line.len()..].trim_start_matches(['\r', '\n']).starts_with(": ");
        let title = if defines { 0..line.trim_end().len() } else { list_title(line) };
        if !defines && (title.end == line.trim_end().len() || title.is_empty()) {
            continue;
        }
        let place = |offset: usize| block.span.start + offset as u32;
        let title = Span::new(place(title.start), place(title.end));
        let span = Span::new(block.span.start, title.end);
        units.push(doc.plain_unit(LabelPosition::Line, span, title, Span::at(span.end), BlockId::new(at)));
    }
    end_at_next_or_heading(doc, &mut units);
    units
}
