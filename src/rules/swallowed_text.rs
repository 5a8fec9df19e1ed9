//! `swallowed-text`: a line that Markdown joins to the text before it, against the visible intention of its author.

use std::collections::BTreeMap;

use crate::model::document::{BlockKind, Document};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "swallowed-text",
    family: Family::Structure,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a line is joined to the text before it because an empty line is missing",
    page: include_str!("../../rules/swallowed-text.md"),
    check: Check::Document(check),
};

/// Maximum number of findings with one cause in a document (a guess): more of them are one finding with all places,
/// because they are one habit with one repair.
const MAX_ABSORBED_FINDINGS: usize = 3;

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    let mut absorbed_texts: Vec<AbsorbedText> = underlines(doc).collect();
    let mut lines: Vec<Lazy> = Vec::new();
    for (at, block) in doc.blocks.iter().enumerate() {
        if matches!(block.kind, BlockKind::Paragraph) {
            match block.parent.map(|parent| &doc[parent].kind) {
                Some(BlockKind::ListItem) => lines.extend(lazy_line(doc, at)),
                None => absorbed_texts.extend(list_in_text(doc, block.span)),
                _ => {}
            }
        }
    }
    // Where items in the middle of lists also continue at the margin, the document always breaks its lines in this way.
    let ends = lines.iter().filter(|line| line.ends_list).count();
    if (lines.len() - ends) * 4 <= ends {
        let ends = lines.into_iter().filter(|line| line.ends_list);
        absorbed_texts.extend(
            ends.map(|Lazy { span, item, .. }| AbsorbedText::new(AbsorbCause::AbsorbedByItem, span).beside(item)),
        );
    }
    let mut by_cause: BTreeMap<AbsorbCause, Vec<AbsorbedText>> = BTreeMap::new();
    for absorbed in absorbed_texts {
        // A suppression must match exactly one finding.
        let allowed = doc.suppressions.iter().any(|allow| allow.scope.overlaps(absorbed.place));
        if allowed {
            report(doc, &[absorbed], out);
        } else {
            by_cause.entry(absorbed.cause).or_default().push(absorbed);
        }
    }
    for absorbed_texts in by_cause.values() {
        let size = if absorbed_texts.len() > MAX_ABSORBED_FINDINGS { absorbed_texts.len() } else { 1 };
        absorbed_texts.chunks(size).for_each(|absorbed_texts| report(doc, absorbed_texts, out));
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
            Self::Underline => "this line turns the text above it into a heading",
            Self::AbsorbedByItem => "without an empty line before it this line belongs to the list item above",
            Self::LateList => "without an empty line before it this list becomes running text",
            Self::QuotedList => "the quotation mark before its first number turns this list into running text",
        }
    }
}

/// An absorbed line, with the text that Markdown joins it to.
struct AbsorbedText {
    cause: AbsorbCause,
    place: Span,
    beside: Option<Span>,
    /// For a list, the number of its lines.
    lines: Option<usize>,
}

impl AbsorbedText {
    fn new(cause: AbsorbCause, place: Span) -> Self {
        Self { cause, place, beside: None, lines: None }
    }

    fn beside(self, span: Span) -> Self {
        Self { beside: Some(span), ..self }
    }
}

/// Reports defects of one cause as one finding, at the place of the first.
fn report(doc: &Document, absorbed_texts: &[AbsorbedText], out: &mut Report) {
    let Some((first, others)) = absorbed_texts.split_first() else { return };
    let message = first.cause.message();
    let message = match others.len() {
        0 => message.to_owned(),
        more => format!("{message}, here and {more} times more"),
    };
    let finding = out.find(doc.id, first.place, message);
    if let Some(beside) = first.beside {
        let what = if first.cause == AbsorbCause::Underline {
            "this becomes a heading"
        } else {
            "the list item that absorbs it"
        };
        finding.related(doc.id, beside, what);
    }
    if let Some(lines) = first.lines.filter(|_| others.is_empty()) {
        finding.data("lines", lines);
    }
    if !others.is_empty() {
        let lines: Vec<String> =
            others.iter().map(|absorbed| doc.position(absorbed.place.start).line.to_string()).collect();
        finding.label("the first of them").help(format!("the others are lines {}", lines.join(", ")));
        finding.data("places", absorbed_texts.len());
        for other in others {
            finding.also(doc.id, other.place, "");
        }
    }
    // The counterpart of a quotation mark is not known.
    if first.cause != AbsorbCause::QuotedList {
        let newline = |absorbed: &AbsorbedText| {
            if doc.text_before(absorbed.place.start).ends_with("\r\n") { "\r\n" } else { "\n" }
        };
        let edit = |absorbed: &AbsorbedText| Edit::insert(doc.id, absorbed.place.start, newline(absorbed));
        let title =
            if others.is_empty() { "insert an empty line before it" } else { "insert an empty line before each" };
        finding.fix(Fix::likely(title, absorbed_texts.iter().map(edit).collect::<Vec<_>>()));
    }
}

/// Returns the dashes that turn sentences into headings.
fn underlines(doc: &Document) -> impl Iterator<Item = AbsorbedText> {
    let at_top = doc.headings.iter().filter(|heading| doc[heading.block].parent.is_none());
    at_top.filter_map(|heading| {
        let underline = accidental_underline(doc, heading.span, heading.content)?;
        Some(AbsorbedText::new(AbsorbCause::Underline, underline).beside(heading.content))
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
    /// Minimum number of words of a sentence, and of several lines, that are not meant as a heading (both guesses).
    const MIN_SENTENCE_WORDS: usize = 8;
    const MIN_LINES_WORDS: usize = 12;
    let written = doc.slice(span);
    if written.starts_with('#') {
        return None;
    }
    let underline = doc.line_span(span.end.saturating_sub(1));
    let dashes = doc.slice(underline).trim();
    let text = doc.slice(content);
    let sentence =
        text.trim_end().ends_with(['.', ':', '"', ')']) && text.split_whitespace().count() >= MIN_SENTENCE_WORDS;
    let several = text.contains('\n') && text.split_whitespace().count() >= MIN_LINES_WORDS;
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
fn list_in_text(doc: &Document, span: Span) -> Option<AbsorbedText> {
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
        Some(opening) => {
            AbsorbedText { lines: Some(numbers.len() + 1), ..AbsorbedText::new(AbsorbCause::QuotedList, opening) }
        }
        None => AbsorbedText { lines: Some(numbers.len()), ..AbsorbedText::new(AbsorbCause::LateList, first) },
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
