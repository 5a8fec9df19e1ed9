//! `swallowed-text`: a line that Markdown joins to what stands before it, against what its writer can be seen to mean.

use crate::model::document::{BlockKind, Document};
use crate::model::edit::{Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "swallowed-text",
    family: Family::Structure,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a line is joined to what stands before it for want of an empty one",
    page: include_str!("../../rules/swallowed-text.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    for heading in &doc.headings {
        let at_top = doc.blocks[heading.block as usize].parent.is_none();
        if at_top && let Some(underline) = accidental_underline(doc, heading.span, heading.content) {
            let message = "this line makes a heading of the text above it";
            let finding = out.find(doc.id, underline, message);
            finding.related(doc.id, heading.content, "this is read as a heading");
            finding.fix(blank_before(doc, underline));
        }
    }
    let mut lines: Vec<Lazy> = Vec::new();
    for (at, block) in doc.blocks.iter().enumerate() {
        if matches!(block.kind, BlockKind::Paragraph) {
            match block.parent.map(|parent| &doc.blocks[parent as usize].kind) {
                Some(BlockKind::ListItem) => lines.extend(lazy_line(doc, at)),
                None => list_in_text(doc, block.span, out),
                _ => {}
            }
        }
    }
    // Where the items in the middle of lists go on at the margin too, that is how this document breaks its lines.
    let ends = lines.iter().filter(|line| line.ends_list).count();
    if (lines.len() - ends) * 4 > ends {
        return;
    }
    for Lazy { span, item, .. } in lines.into_iter().filter(|line| line.ends_list) {
        let message = "without an empty line before it this line belongs to the list item above";
        let finding = out.find(doc.id, span, message);
        finding.related(doc.id, item, "the list item that takes it in").fix(blank_before(doc, span));
    }
}

/// A line at the margin that a list item takes in.
struct Lazy {
    span: Span,
    /// The first line of the item.
    item: Span,
    /// Whether the item is the last of a list of several.
    ends_list: bool,
}

/// The dashes under a setext heading that is a sentence or several lines: meant as a thematic break.
fn accidental_underline(doc: &Document, span: Span, content: Span) -> Option<Span> {
    let written = doc.slice(span);
    if written.starts_with('#') {
        return None;
    }
    let underline = doc.line_span(span.end.saturating_sub(1));
    let dashes = doc.slice(underline).trim();
    let text = doc.slice(content);
    let sentence = text.trim_end().ends_with(['.', ':', '"', ')']) && text.split_whitespace().count() >= 8;
    let several = text.contains('\n') && text.split_whitespace().count() >= 12;
    (dashes == "---" && (sentence || several) && underline.start > content.end).then_some(underline)
}

/// A line at the margin that Markdown takes into the list item above it, though it starts a new sentence and nothing in
/// the list is written so.
fn lazy_line(doc: &Document, paragraph: usize) -> Option<Lazy> {
    let block = &doc.blocks[paragraph];
    let item = &doc.blocks[block.parent? as usize];
    let list = &doc.blocks[item.parent? as usize];
    let text = doc.slice(block.span);
    let first_break = text.find('\n')?;
    let line = block.span.start + first_break as u32 + 1;
    let next = text[first_break + 1..].split('\n').next().unwrap_or("");
    let before = text[..first_break].trim_end();
    let own = doc.line_span(item.span.start);
    let margin = own.start == item.span.start;
    let sentence =
        before.ends_with(['.', '!', '?', '"', ')', '`', '…']) && !before.ends_with("e.g.") && !before.ends_with("ex.");
    let starts = next.starts_with(|c: char| c.is_uppercase() || c == '"' || c == '`' || c == '*')
        && !next.starts_with("* ")
        && next.split_whitespace().count() >= 4;
    let is_whole = doc.blocks.get(paragraph + 1).is_none_or(|after| after.span.start >= item.span.end);
    (margin && sentence && starts && is_whole).then(|| Lazy {
        span: doc.line_span(line),
        item: own,
        ends_list: item.span.end >= list.span.end && item.span.start > list.span.start,
    })
}

/// Lines of a paragraph that look like an ordered list; only one that begins with 1 needs no empty line before it.
fn list_in_text(doc: &Document, span: Span, out: &mut Report) {
    let text = doc.slice(span);
    if !text.contains('\n') {
        return;
    }
    let mut start = span.start;
    let mut before = "";
    let mut numbers: Vec<(u32, Span)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let words = line.trim_end();
        let here = Span::new(start, start + words.len() as u32);
        start += line.len() as u32;
        if let Some(number) = number_of(words) {
            if !before.is_empty() || !numbers.is_empty() {
                numbers.push((number, here));
            }
        } else if numbers.len() < 2 {
            numbers.clear();
        }
        before = words;
    }
    let counts = numbers.len() >= 2 && numbers.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1);
    if let Some(&(_, first)) = numbers.first().filter(|_| counts) {
        if let Some(opening) = quoted_first(doc, span, first, numbers[0].0) {
            let message = "the quote mark before its first number makes running text of this list";
            out.find(doc.id, opening, message).data("lines", numbers.len() + 1);
            return;
        }
        let finding = out.find(doc.id, first, "without an empty line before it this list is read as running text");
        finding.data("lines", numbers.len()).fix(blank_before(doc, first));
    }
}

/// The line before the first that counts, if it has the number before and only a quote mark keeps it from counting.
fn quoted_first(doc: &Document, paragraph: Span, first: Span, number: u32) -> Option<Span> {
    let line = doc.line_span(first.start.checked_sub(1).filter(|&end| end > paragraph.start)?);
    let quoted = doc.slice(line).trim_start_matches(['"', '“', '*', '(', ' ']);
    (number_of(quoted)? + 1 == number).then_some(line)
}

/// The number of a line such as `3. Haul in`.
fn number_of(line: &str) -> Option<u32> {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = line.get(digits..)?.strip_prefix(['.', ')'])?;
    (digits > 0 && digits <= 4 && rest.starts_with(' ')).then(|| line[..digits].parse().ok()).flatten()
}

/// The fix: an empty line before this one.
fn blank_before(doc: &Document, line: Span) -> Fix {
    let newline = if doc.text()[..line.start as usize].ends_with("\r\n") { "\r\n" } else { "\n" };
    Fix::replace(doc.id, Span::at(line.start), newline, "put an empty line before it")
}
