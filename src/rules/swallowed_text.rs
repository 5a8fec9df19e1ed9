//! `swallowed-text`: a line that Markdown joins to the text before it, against the visible intention of its author.

use std::collections::BTreeMap;

use crate::model::document::{BlockKind, Document};
use crate::model::edit::{Applicability, Edit, Fix, Stage};
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

/// Maximum number of findings with one cause in a document (a guess): more of them are one finding with all places,
/// because they are one habit with one repair.
const MAX_ABSORBED_FINDINGS: usize = 3;

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    let mut faults: Vec<Fault> = underlines(doc).collect();
    let mut lines: Vec<Lazy> = Vec::new();
    for (at, block) in doc.blocks.iter().enumerate() {
        if matches!(block.kind, BlockKind::Paragraph) {
            match block.parent.map(|parent| &doc[parent].kind) {
                Some(BlockKind::ListItem) => lines.extend(lazy_line(doc, at)),
                None => faults.extend(list_in_text(doc, block.span)),
                _ => {}
            }
        }
    }
    // Where items in the middle of lists also continue at the margin, the document always breaks its lines in this way.
    let ends = lines.iter().filter(|line| line.ends_list).count();
    if (lines.len() - ends) * 4 <= ends {
        let ends = lines.into_iter().filter(|line| line.ends_list);
        faults.extend(ends.map(|Lazy { span, item, .. }| Fault::new(AbsorbCause::AbsorbedByItem, span).beside(item)));
    }
    let mut by_cause: BTreeMap<AbsorbCause, Vec<Fault>> = BTreeMap::new();
    for fault in faults {
        // A suppression must match exactly one finding.
        let allowed = doc.suppressions.iter().any(|allow| allow.scope.overlaps(fault.place));
        if allowed {
            say(doc, &[fault], out);
        } else {
            by_cause.entry(fault.cause).or_default().push(fault);
        }
    }
    for faults in by_cause.values() {
        let size = if faults.len() > MAX_ABSORBED_FINDINGS { faults.len() } else { 1 };
        faults.chunks(size).for_each(|faults| say(doc, faults, out));
    }
}

/// Reason why Markdown joins a line to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum AbsorbCause {
    /// Dashes under a sentence.
    Underline,
    /// A list item that continues.
    AbsorbedByItem,
    /// A list after text that does not begin with 1.
    LateList,
    /// A quotation mark before the first number of a list.
    QuotedList,
}

impl AbsorbCause {
    fn message(self) -> &'static str {
        match self {
            Self::Underline => "this line makes a heading of the text above it",
            Self::AbsorbedByItem => "without an empty line before it this line belongs to the list item above",
            Self::LateList => "without an empty line before it this list is read as running text",
            Self::QuotedList => "the quote mark before its first number makes running text of this list",
        }
    }
}

/// An absorbed line, with the text that Markdown joins it to.
struct Fault {
    cause: AbsorbCause,
    place: Span,
    beside: Option<Span>,
    /// For a list, the number of its lines.
    lines: Option<usize>,
}

impl Fault {
    fn new(cause: AbsorbCause, place: Span) -> Self {
        Self { cause, place, beside: None, lines: None }
    }

    fn beside(self, span: Span) -> Self {
        Self { beside: Some(span), ..self }
    }
}

/// Reports defects of one cause as one finding, at the place of the first.
fn say(doc: &Document, faults: &[Fault], out: &mut Report) {
    let Some((first, others)) = faults.split_first() else { return };
    let message = first.cause.message();
    let message = match others.len() {
        0 => message.to_owned(),
        more => format!("{message}, here and {more} times more"),
    };
    let finding = out.find(doc.id, first.place, message);
    if let Some(beside) = first.beside {
        let what = if first.cause == AbsorbCause::Underline {
            "this is read as a heading"
        } else {
            "the list item that takes it in"
        };
        finding.related(doc.id, beside, what);
    }
    if let Some(lines) = first.lines.filter(|_| others.is_empty()) {
        finding.data("lines", lines);
    }
    if !others.is_empty() {
        let lines: Vec<String> = others.iter().map(|fault| doc.position(fault.place.start).line.to_string()).collect();
        finding.label("the first of them").help(format!("the others are lines {}", lines.join(", ")));
        finding.data("places", faults.len());
    }
    // The counterpart of a quotation mark is not known.
    if first.cause != AbsorbCause::QuotedList {
        let newline =
            |fault: &Fault| if doc.text()[..fault.place.start as usize].ends_with("\r\n") { "\r\n" } else { "\n" };
        let edit = |fault: &Fault| Edit {
            doc: doc.id,
            span: Span::at(fault.place.start),
            replacement: newline(fault).to_owned(),
        };
        let title = if others.is_empty() { "put an empty line before it" } else { "put an empty line before each" };
        finding.fix(Fix {
            title: title.to_owned(),
            applicability: Applicability::Unsafe,
            edits: faults.iter().map(edit).collect(),
        });
    }
}

/// Returns the dashes that turn sentences into headings.
fn underlines(doc: &Document) -> impl Iterator<Item = Fault> {
    let at_top = doc.headings.iter().filter(|heading| doc[heading.block].parent.is_none());
    at_top.filter_map(|heading| {
        let underline = accidental_underline(doc, heading.span, heading.content)?;
        Some(Fault::new(AbsorbCause::Underline, underline).beside(heading.content))
    })
}

/// A line at the margin that a list item absorbs.
struct Lazy {
    span: Span,
    /// The first line of the item.
    item: Span,
    /// True if the item is the last of a list of several.
    ends_list: bool,
}

/// Returns the dashes under a setext heading that is a sentence or several lines, and were therefore meant as a
/// thematic break.
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

/// Returns a line at the margin that the list item above it absorbs, although it starts a new sentence and the list has
/// no other line of this form.
fn lazy_line(doc: &Document, paragraph: usize) -> Option<Lazy> {
    let block = &doc.blocks[paragraph];
    let item = &doc[block.parent?];
    let list = &doc[item.parent?];
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

/// Returns lines of a paragraph that look like an ordered list. Only a list that begins with 1 needs no empty line
/// before it.
fn list_in_text(doc: &Document, span: Span) -> Option<Fault> {
    let text = doc.slice(span);
    if !text.contains('\n') {
        return None;
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
    let &(number, first) = numbers.first().filter(|_| counts)?;
    Some(match quoted_first(doc, span, first, number) {
        Some(opening) => Fault { lines: Some(numbers.len() + 1), ..Fault::new(AbsorbCause::QuotedList, opening) },
        None => Fault { lines: Some(numbers.len()), ..Fault::new(AbsorbCause::LateList, first) },
    })
}

/// Returns the line before the first item, if it has the preceding number and only a quotation mark keeps it from being
/// an item.
fn quoted_first(doc: &Document, paragraph: Span, first: Span, number: u32) -> Option<Span> {
    let line = doc.line_span(first.start.checked_sub(1).filter(|&end| end > paragraph.start)?);
    let quoted = doc.slice(line).trim_start_matches(['"', '“', '*', '(', ' ']);
    (number_of(quoted)? + 1 == number).then_some(line)
}

/// Returns the number of a line such as `3. Haul in`.
fn number_of(line: &str) -> Option<u32> {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = line.get(digits..)?.strip_prefix(['.', ')'])?;
    (digits > 0 && digits <= 4 && rest.starts_with(' ')).then(|| line[..digits].parse().ok()).flatten()
}
