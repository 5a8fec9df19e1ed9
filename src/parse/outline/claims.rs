//! Stated ranges: the numbers that headings, titles, taglines, footers and file names say there are: "241–260: T",
//! "(Questions 361-380)", "All 433 questions", `batch_21_40.md`.
//!
//! Knows headings, paragraphs and the path; does not know whether a statement is true.

use std::ops::Range;

use super::{YEARS, label};
use crate::model::document::{BlockKind, Document, Section, StatedExtent, StatedIn, StatedNumbers, StatedRange};
use crate::model::id::{BlockId, SectionId};
use crate::model::span::Span;

/// Returns all stated ranges of a document: that of the file name, then the others in source order.
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

/// Enters the ranges that headings state into their sections.
pub(super) fn mark_sections(announcements: &[StatedRange], sections: &mut [Section]) {
    for own in announcements {
        if let (StatedIn::Heading(at), StatedExtent::Range { first, last }) = (own.place, own.extent) {
            sections[at.index()].claim = Some(StatedNumbers { first, last, span: own.span });
        }
    }
}

/// Words after which numbers of items follow.
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

/// Numbers of blocks at the start and at the end of a document among which taglines and footers are looked for (guesses).
const HEAD_BLOCKS: usize = 12;
const TAIL_BLOCKS: usize = 6;
/// Maximum length of a tagline or footer, in bytes (a guess): longer paragraphs are text.
const MAX_LINE_BYTES: usize = 300;
/// Maximum length of the decoration before a range at the start of a line, in bytes (a guess).
const MAX_DECORATION_BYTES: usize = 32;
/// Minimum difference between the ends of a range that no noun precedes (a guess), because numbers closer to each other
/// are more often a date, a version or a score.
const MIN_RANGE_DIFFERENCE: u32 = 3;
/// Maximum difference between the ends of a range (a guess), because no document holds so many items.
const MAX_RANGE_DIFFERENCE: u32 = 9_999;
/// Greatest number that a file name may state (a guess): six digits are a date.
const MAX_NUMBER_IN_NAME: u32 = 99_999;
/// Minimum count that a text states of its items (a guess): fewer are those that the next lines list.
const MIN_STATED_COUNT: u32 = 5;

/// Nouns that "12 Questions" may count.
const COUNTED: &[&str] = &["exercises", "problems", "programs", "puzzles", "questions", "snippets"];

/// Words after a range that make it a measurement.
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
    let read = range_in(text, RangeContext::Heading).or_else(|| count_in(text));
    let Some((extent, range)) = read else { return };
    let span = Span::new(content.start + range.start as u32, content.start + range.end as u32);
    let scope = scope(doc, index, section);
    found.push(StatedRange { extent, span, scope, place: StatedIn::Heading(index) });
}

/// Returns the scope of a heading's statement: its section. Where the items are headings of the same level, the scope
/// goes on up to the next heading of that level that is not an item.
fn scope(doc: &Document, index: SectionId, section: &Section) -> Span {
    let level = doc[section.heading].level;
    let mut end = section.span.end;
    for next in &doc.sections[index.index() + 1..] {
        let heading = &doc[next.heading];
        if heading.span.start < end {
            // A deeper heading is below it, so these are its items.
            if heading.level > level {
                break;
            }
            continue;
        }
        let content = doc.slice(heading.content);
        let numbered = label::read(content).is_some_and(|label| label.number.is_some() && !label.is_bare());
        if heading.level != level
            || heading.span.start > end
            || !numbered
            || range_in(content, RangeContext::Heading).is_some()
        {
            break;
        }
        end = next.span.end;
    }
    Span::new(section.span.start, end)
}

/// Finds taglines before the first item, and footers after the last one: emphasised paragraphs that start with "end".
fn in_lines(doc: &Document, found: &mut Vec<StatedRange>) {
    let first_item = doc.items.iter().find(|item| item.number.is_some()).map_or(u32::MAX, |item| item.span.start);
    let head = doc.blocks.iter().take(HEAD_BLOCKS).take_while(|block| block.span.start < first_item);
    let tail = doc.blocks.iter().rev().take(TAIL_BLOCKS);
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

/// Finds lines that serve as headings: "🟤 **1–27: Tides**" at the start of a paragraph. The scope of each goes up to
/// the next one or to the next heading.
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

/// Returns the range at the start of a paragraph, if a colon divides it from a name.
fn leading(doc: &Document, span: Span) -> Option<(StatedExtent, Span)> {
    let text = doc.slice(span);
    let line = text.split('\n').next().unwrap_or("");
    let start = line.bytes().take(MAX_DECORATION_BYTES).position(|byte| byte.is_ascii_digit())?;
    if label::skip_decoration(line, 0) < start {
        return None;
    }
    let (first, last, range) = range_at(line, start)?;
    let divided = line[range.end..].trim_start_matches(['*', '_', ' ']).starts_with(':');
    let at = Span::new(span.start + range.start as u32, span.start + range.end as u32);
    (divided && last - first >= MIN_RANGE_DIFFERENCE && !is_years(first, last))
        .then_some((StatedExtent::Range { first, last }, at))
}

fn is_in_list(doc: &Document, parent: Option<BlockId>) -> bool {
    parent.is_some_and(|parent| doc[parent].kind == BlockKind::ListItem)
}

/// Returns the range or count stated in a paragraph of one or two lines.
fn in_line(doc: &Document, span: Span) -> Option<(StatedExtent, Span)> {
    let text = doc.slice(span);
    if text.len() > MAX_LINE_BYTES || !has_digit(text) || text.contains(" will ") || text.contains("](") {
        return None;
    }
    let (extent, range) = range_in(text, RangeContext::Line).or_else(|| count_in(text))?;
    Some((extent, Span::new(span.start + range.start as u32, span.start + range.end as u32)))
}

/// Returns the last range in the file's name: `batch_21_40.md`, `questions-1-100.md`.
fn in_name(doc: &Document) -> Option<StatedRange> {
    let stem = doc.source.path().file_stem()?.to_str()?;
    let parts: Vec<&str> = stem.split(['_', '-', ' ']).collect();
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten();
    let at = (0..parts.len().saturating_sub(1))
        .rev()
        .find(|&at| matches!((number(parts[at]), number(parts[at + 1])), (Some(first), Some(last)) if first < last))?;
    let (first, last) = (number(parts[at])?, number(parts[at + 1])?);
    // Three numbers in a row are a date or a version, not a range.
    let third = parts.get(at + 2).is_some_and(|part| number(part).is_some())
        || at.checked_sub(1).is_some_and(|before| number(parts[before]).is_some());
    if third || is_years(first, last) || last - first < MIN_RANGE_DIFFERENCE || last > MAX_NUMBER_IN_NAME {
        return None;
    }
    let extent = StatedExtent::Range { first, last };
    Some(StatedRange { extent, span: Span::at(0), scope: doc.span(), place: StatedIn::FileName })
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_years(first: u32, last: u32) -> bool {
    YEARS.contains(&first) && YEARS.contains(&last)
}

/// The kind of text that may state a range: a heading may start with the range, a sentence has to name the items.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RangeContext {
    Heading,
    Line,
}

/// Returns the first range of item numbers that a text states, and its position in bytes.
fn range_in(text: &str, reading: RangeContext) -> Option<(StatedExtent, Range<usize>)> {
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

/// Returns two rising numbers with a dash between them, which may be mojibake; "Q1–Q20", too.
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
    (open && !decimal && first < last && last - first <= MAX_RANGE_DIFFERENCE).then_some((first, last, start..end))
}

/// Maximum number of words before the range of a line that is no sentence (a guess).
const MAX_TAGLINE_WORDS: usize = 6;

/// Returns whether a range is one of items: it leads the heading, is alone in parentheses, or follows a noun for items.
fn claims(text: &str, range: &Range<usize>, (first, last): (u32, u32), reading: RangeContext) -> bool {
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
        // A sentence may speak of other figures: "the digits (0-9)". No items are counted from 0.
        let alone = || {
            let rest = after.trim_start().trim_start_matches([')', ']']);
            let bare = |text: &str| text.trim_matches([' ', '*', '_', '.', ':', '>']).is_empty();
            bare(rest) && (text.starts_with(['*', '_', '>']) || before.split_whitespace().count() <= MAX_TAGLINE_WORDS)
        };
        let of_items =
            first > 0 && last - first >= MIN_RANGE_DIFFERENCE && (reading == RangeContext::Heading || alone());
        return lettered || of_items;
    }
    let leads = label::skip_decoration(text, 0) >= range.start;
    let rest = after.trim_start_matches(['*', '_', ' ']);
    // A heading that is nothing but its range speaks of what follows, too.
    let divided = rest.is_empty() || rest.starts_with([':', '.', ')', '-', '–', '—', '|']);
    reading == RangeContext::Heading
        && leads
        && (divided || lettered)
        && (!is_years(first, last))
        && last - first >= MIN_RANGE_DIFFERENCE
}

/// Returns the number of items that a text states, and its position: "All 433 questions", "55 Programs".
fn count_in(text: &str) -> Option<(StatedExtent, Range<usize>)> {
    let mut at = 0;
    while let Some(digit) = text.as_bytes()[at..].iter().position(u8::is_ascii_digit) {
        let start = at + digit;
        let len = text.as_bytes()[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        at = start + len;
        let before = text[..start].chars().next_back();
        let alone = before.is_none_or(|c| matches!(c, ' ' | '(' | '*' | '_' | '['));
        let Some((count, end)) = label::digits(text, start) else { continue };
        if !alone || count < MIN_STATED_COUNT || !text[end..].starts_with(' ') {
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
