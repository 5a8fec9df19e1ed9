//! Reads what headings, titles, taglines, footers and file names say about the numbers they hold: "241–260: T",
//! "(Questions 361-380)", "All 433 questions", `batch_21_40.md`.
//!
//! Knows headings, paragraphs and the path; not whether a claim is true.

use std::ops::Range;

use super::label;
use crate::model::document::{BlockKind, Document, Section, StatedExtent, StatedIn, StatedNumbers, StatedRange};
use crate::model::id::{BlockId, SectionId};
use crate::model::span::Span;

/// All claims of a document, in source order, the file's name first.
pub(super) fn read(doc: &Document) -> Vec<StatedRange> {
    let mut found: Vec<StatedRange> = in_name(doc).into_iter().collect();
    for (index, section) in doc.sections.iter().enumerate() {
        in_heading(doc, SectionId::new(index), section, &mut found);
    }
    in_lines(doc, &mut found);
    in_leading_lines(doc, &mut found);
    found.sort_by_key(|claim| (claim.place != StatedIn::FileName, claim.span));
    found
}

/// Tells the sections which ranges their headings claim.
pub(super) fn mark_sections(announcements: &[StatedRange], sections: &mut [Section]) {
    for own in announcements {
        if let (StatedIn::Heading(at), StatedExtent::Range { first, last }) = (own.place, own.extent) {
            sections[at.index()].claim = Some(StatedNumbers { first, last, span: own.span });
        }
    }
}

/// Words that say that numbers of items follow.
const NOUNS: &[&str] = &[
    "answers",
    "continuation",
    "continued",
    "examples",
    "exercises",
    "item",
    "items",
    "nos",
    "numbers",
    "problem",
    "problems",
    "programs",
    "puzzles",
    "q",
    "q's",
    "qs",
    "que",
    "questions",
    "question",
    "scenarios",
    "snippets",
    "tasks",
];

/// What is counted by "12 Questions".
const COUNTED: &[&str] = &["exercises", "problems", "programs", "puzzles", "questions", "snippets"];

/// Words after a range that make it a measure of something else.
const MEASURES: &[&str] = &[
    "days", "gb", "hours", "hrs", "kb", "lines", "lpa", "marks", "mb", "min", "mins", "minutes", "months", "ms",
    "pages", "people", "percent", "points", "sec", "seconds", "sections", "times", "weeks", "words", "year", "years",
    "yoe", "yr", "yrs",
];

fn in_heading(doc: &Document, index: SectionId, section: &Section, found: &mut Vec<StatedRange>) {
    let content = doc[section.heading].content;
    let text = doc.slice(content);
    if !has_digit(text) {
        return;
    }
    let read = range_in(text, Reading::Heading).or_else(|| count_in(text));
    let Some((extent, range)) = read else { return };
    let span = Span::new(content.start + range.start as u32, content.start + range.end as u32);
    let scope = scope(doc, index, section);
    found.push(StatedRange { extent, span, scope, place: StatedIn::Heading(index) });
}

/// What a heading speaks for: its section; or, where the items are headings of its own level, what follows up to the
/// next heading of that level that is none.
fn scope(doc: &Document, index: SectionId, section: &Section) -> Span {
    let level = doc[section.heading].level;
    let mut end = section.span.end;
    for next in &doc.sections[index.index() + 1..] {
        let heading = &doc[next.heading];
        if heading.span.start < end {
            // Something stands below it: these are its items.
            if heading.level > level {
                break;
            }
            continue;
        }
        let content = doc.slice(heading.content);
        let numbered = label::read(content).is_some_and(|label| label.number.is_some());
        if heading.level != level
            || heading.span.start > end
            || !numbered
            || range_in(content, Reading::Heading).is_some()
        {
            break;
        }
        end = next.span.end;
    }
    Span::new(section.span.start, end)
}

/// Taglines before the first item and footers after the last: paragraphs that are wholly emphasised or quoted.
fn in_lines(doc: &Document, found: &mut Vec<StatedRange>) {
    let first_item = doc.items.iter().find(|item| item.number.is_some()).map_or(u32::MAX, |item| item.span.start);
    let head = doc.blocks.iter().take(12).take_while(|block| block.span.start < first_item);
    let tail = doc.blocks.iter().rev().take(6);
    let scope = doc.span();
    for block in head {
        if block.kind == BlockKind::Paragraph && !is_in_list(doc, block.parent) {
            let place = StatedIn::Tagline;
            found.extend(in_line(doc, block.span).map(|(extent, span)| StatedRange { extent, span, scope, place }));
        }
    }
    for block in tail.filter(|block| block.span.start > first_item) {
        let text = doc.slice(block.span);
        let emphasised = text.starts_with(['*', '_']) && text.ends_with(['*', '_']);
        let ends =
            text.trim_start_matches(['*', '_', ' ']).get(..3).is_some_and(|start| start.eq_ignore_ascii_case("end"));
        if block.kind == BlockKind::Paragraph && emphasised && ends && !is_in_list(doc, block.parent) {
            let place = StatedIn::Footer;
            found.extend(in_line(doc, block.span).map(|(extent, span)| StatedRange { extent, span, scope, place }));
        }
    }
}

/// Lines that stand for a heading: "🟤 **1–27: Tides**" at the start of a paragraph. Each speaks for what follows up to
/// the next one or the next heading.
fn in_leading_lines(doc: &Document, found: &mut Vec<StatedRange>) {
    let mut open: Option<usize> = None;
    for block in &doc.blocks {
        let claim = match block.kind {
            BlockKind::Paragraph if block.parent.is_none() => leading(doc, block.span),
            BlockKind::Heading(_) => None,
            _ => continue,
        };
        if claim.is_none() && block.kind == BlockKind::Paragraph {
            continue;
        }
        if let Some(before) = open.take() {
            found[before].scope.end = block.span.start;
        }
        if let Some((extent, span)) = claim {
            let scope = Span::new(block.span.start, doc.span().end);
            open = Some(found.len());
            found.push(StatedRange { extent, span, scope, place: StatedIn::Line });
        }
    }
}

/// The range that a paragraph starts with, divided by a colon from its name.
fn leading(doc: &Document, span: Span) -> Option<(StatedExtent, Span)> {
    let text = doc.slice(span);
    let line = text.split('\n').next().unwrap_or("");
    let start = line.bytes().take(32).position(|byte| byte.is_ascii_digit())?;
    if label::skip_decoration(line, 0) < start {
        return None;
    }
    let (first, last, range) = range_at(line, start)?;
    let divided = line[range.end..].trim_start_matches(['*', '_', ' ']).starts_with(':');
    let at = Span::new(span.start + range.start as u32, span.start + range.end as u32);
    (divided && last - first >= 3 && !is_years(first, last)).then_some((StatedExtent::Range { first, last }, at))
}

fn is_in_list(doc: &Document, parent: Option<BlockId>) -> bool {
    parent.is_some_and(|parent| doc[parent].kind == BlockKind::ListItem)
}

/// The claim of a paragraph of one or two lines.
fn in_line(doc: &Document, span: Span) -> Option<(StatedExtent, Span)> {
    let text = doc.slice(span);
    if text.len() > 300 || !has_digit(text) || text.contains(" will ") || text.contains("](") {
        return None;
    }
    let (extent, range) = range_in(text, Reading::Line).or_else(|| count_in(text))?;
    Some((extent, Span::new(span.start + range.start as u32, span.start + range.end as u32)))
}

/// The range at the end of the file's name: `batch_21_40.md`, `questions-1-100.md`.
fn in_name(doc: &Document) -> Option<StatedRange> {
    let stem = doc.source.path().file_stem()?.to_str()?;
    let parts: Vec<&str> = stem.split(['_', '-', ' ']).collect();
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten();
    let at = (0..parts.len().saturating_sub(1))
        .rev()
        .find(|&at| matches!((number(parts[at]), number(parts[at + 1])), (Some(first), Some(last)) if first < last))?;
    let (first, last) = (number(parts[at])?, number(parts[at + 1])?);
    // A date is no range, and neither is one number of three.
    let third = parts.get(at + 2).is_some_and(|part| number(part).is_some())
        || at.checked_sub(1).is_some_and(|before| number(parts[before]).is_some());
    if third || is_years(first, last) || last - first < 3 || last > 99_999 {
        return None;
    }
    let extent = StatedExtent::Range { first, last };
    Some(StatedRange { extent, span: Span::at(0), scope: doc.span(), place: StatedIn::FileName })
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_years(first: u32, last: u32) -> bool {
    (1900..=2100).contains(&first) && (1900..=2100).contains(&last)
}

/// How freely a text may claim: a heading may start with its range, a sentence has to say of what.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Heading,
    Line,
}

/// The first range of item numbers that a text claims, and where.
fn range_in(text: &str, reading: Reading) -> Option<(StatedExtent, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if let Some((first, last, range)) = range_at(text, at)
            && claims(text, &range, (first, last), reading)
        {
            return Some((StatedExtent::Range { first, last }, range));
        }
        at = end;
    }
    None
}

/// Two rising numbers with a dash between them, which may be garbled; "Q1–Q20" too.
fn range_at(text: &str, at: usize) -> Option<(u32, u32, Range<usize>)> {
    let before = text[..at].chars().next_back();
    let letter = before.is_some_and(|c| c == 'Q' || c == 'q' || c == '#');
    let start = if letter { at - 1 } else { at };
    let outside = text[..start].chars().next_back();
    if outside.is_some_and(|c| c.is_alphanumeric() && c.is_ascii() || matches!(c, '.' | '-' | '$' | '/')) {
        return None;
    }
    let (first, end) = label::digits(text, at)?;
    let mut next = label::dash(text, end)?;
    if text[next..].starts_with(['Q', 'q', '#']) {
        next += 1;
    }
    let (last, end) = label::digits(text, next)?;
    let after = text[end..].chars().next();
    let open = after.is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '%' | '+' | '-' | '/')));
    let decimal = text[end..].strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    (open && !decimal && first < last && last - first < 10_000).then_some((first, last, start..end))
}

/// Whether a range is said of items: it leads the heading, stands alone in parentheses, or follows their name.
fn claims(text: &str, range: &Range<usize>, (first, last): (u32, u32), reading: Reading) -> bool {
    let (before, after) = (&text[..range.start], &text[range.end..]);
    let next_word = after.trim_start_matches([' ', '*', '_', '+']).split(|c: char| !c.is_alphanumeric()).next();
    if next_word.is_some_and(|word| MEASURES.contains(&word.to_ascii_lowercase().as_str())) {
        return false;
    }
    let named = before.trim_end_matches([' ', ':', '#', '*', '(', '[']).rsplit([' ', '(', '*', '[', '_']).next();
    if named.is_some_and(|word| NOUNS.contains(&word.to_ascii_lowercase().as_str())) {
        return true;
    }
    let lettered = text[range.clone()].starts_with(['Q', 'q']);
    let closed = after.trim_start().starts_with([')', ']']);
    if before.trim_end().ends_with(['(', '[']) && closed && (lettered || !is_years(first, last)) {
        return lettered || last - first >= 3;
    }
    let leads = label::skip_decoration(text, 0) >= range.start;
    let divided = after.trim_start_matches(['*', '_', ' ']).starts_with([':', '.', ')', '-', '–', '—', '|']);
    reading == Reading::Heading && leads && (divided || lettered) && (!is_years(first, last)) && last - first >= 3
}

/// "All 433 questions", "55 Programs": the number of items that a text claims, and where.
fn count_in(text: &str) -> Option<(StatedExtent, Range<usize>)> {
    let mut at = 0;
    while let Some(digit) = text.as_bytes()[at..].iter().position(u8::is_ascii_digit) {
        let start = at + digit;
        let len = text.as_bytes()[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        at = start + len;
        let before = text[..start].chars().next_back();
        let alone = before.is_none_or(|c| matches!(c, ' ' | '(' | '*' | '_' | '['));
        let Some((count, end)) = label::digits(text, start) else { continue };
        if !alone || count < 5 || !text[end..].starts_with(' ') {
            continue;
        }
        let mut words = text[end + 1..].split([' ', '\n']).take(3);
        let last = words
            .by_ref()
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
            .position(|word| COUNTED.contains(&word.to_ascii_lowercase().as_str()));
        let rest = &text[end..];
        // "12 questions per topic" and "50 questions across 7 files" count something else.
        let elsewhere = [" per ", " across ", " each", " from ", " more "].iter().any(|word| rest.contains(word));
        if last.is_some() && !elsewhere {
            return Some((StatedExtent::Count(count), start..end));
        }
    }
    None
}

#[cfg(test)]
mod tests;
