//! `malformed-list`: lines that look like the items of a list and are running text.

use crate::model::document::{BlockKind, Document, ProseBlock};
use crate::model::edit::{Applicability, Edit, Fix, Stage};
use crate::model::finding::{Family, Finding, Severity, Tier};
use crate::model::id::BlockId;
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "malformed-list",
    family: Family::Structure,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "lines look like a list but are not one",
    page: include_str!("../../rules/malformed-list.md"),
    check: Check::Document(check),
};

/// Minimum number of lines with a mark in a paragraph that can only be meant as a list (a guess).
const MIN_LINES: usize = 2;
/// Minimum number of such lines with an asterisk, which also marks a note below a table (a guess).
const MIN_STARRED_LINES: usize = 3;

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    for prose in &doc.prose.blocks {
        if matches!(doc[prose.block].kind, BlockKind::Paragraph) {
            paragraph(doc, prose, out);
        }
    }
    for (at, block) in doc.blocks.iter().enumerate() {
        if matches!(block.kind, BlockKind::List { .. }) {
            check_boxes(doc, BlockId::new(at), out);
        }
    }
}

/// Kinds of marks at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ListMark {
    Dash,
    Asterisk,
    Plus,
    /// A dash, asterisk or plus before a check box.
    CheckBox,
    Number,
}

impl ListMark {
    /// Returns its name in the plural.
    fn plural(self) -> &'static str {
        match self {
            Self::Dash => "dashes",
            Self::Asterisk => "asterisks",
            Self::Plus => "plus signs",
            Self::CheckBox => "marks",
            Self::Number => "numbers",
        }
    }

    /// Returns its name in the singular.
    fn singular(self) -> &'static str {
        match self {
            Self::Dash => "dash",
            Self::Asterisk => "asterisk",
            Self::Plus => "plus sign",
            Self::CheckBox => "mark",
            Self::Number => "number",
        }
    }
}

/// A line that may be an item: its mark, the length of the mark in bytes, its number, whether a capital follows, and whether
/// several words do.
struct MarkedLine {
    mark: ListMark,
    len: usize,
    number: usize,
    is_capital: bool,
    has_words: bool,
}

/// Reads the mark that a line starts with, if words follow it without a space.
fn marked(line: &str) -> Option<MarkedLine> {
    let marked = |mark: ListMark, len: usize, number: usize| {
        let is_capital = line[len..].starts_with(char::is_uppercase);
        Some(MarkedLine { mark, len, number, is_capital, has_words: line.contains(' ') })
    };
    if let Some(rest) = line.strip_prefix(['-', '*', '+']) {
        let mark = match line.as_bytes()[0] {
            b'-' => ListMark::Dash,
            b'*' => ListMark::Asterisk,
            _ => ListMark::Plus,
        };
        let boxed = ["[ ]", "[x]", "[X]"].iter().find_map(|check| rest.strip_prefix(check));
        return match boxed.is_some_and(|text| text.starts_with(|c: char| c == ' ' || c.is_alphabetic())) {
            true => marked(ListMark::CheckBox, 1, 0),
            false if is_item(rest) => marked(mark, 1, 0),
            false => None,
        };
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = line[..digits].parse().ok().filter(|_| digits <= 2)?;
    let rest = line[digits..].strip_prefix(['.', ')'])?;
    let is_title = is_word(rest.split([' ', ',', ':', '.']).next().unwrap_or("")) && !rest.contains('=');
    if is_title && rest.starts_with(char::is_uppercase) { marked(ListMark::Number, digits + 1, number) } else { None }
}

fn paragraph(doc: &Document, prose: &ProseBlock, out: &mut Report) {
    let text = doc.prose.text_of(prose);
    let base = prose.range.start as usize;
    let mut marks: Vec<(Span, MarkedLine)> = Vec::new();
    let (mut at, mut lines) = (0, 0);
    for line in text.split('\n') {
        let start = base + at;
        at += line.len() + 1;
        lines += 1;
        let Some(found) = marked(line) else { continue };
        let span = doc.prose.source_span(start..start + found.len);
        if doc.prose.is_contiguous(start..start + found.len) && doc.slice(span) == &line[..found.len] {
            marks.push((span, found));
        }
    }
    let Some((first, MarkedLine { mark, .. })) = marks.first() else { return };
    let least = if *mark == ListMark::Asterisk { MIN_STARRED_LINES } else { MIN_LINES };
    // Words alone are as often names, and the options of a command.
    if marks.iter().filter(|(_, line)| line.has_words).count() * 2 < marks.len() {
        return;
    }
    let capitals = marks.iter().filter(|(_, line)| line.is_capital).count();
    let fits = match mark {
        ListMark::CheckBox => true,
        // They count on, from 1 if they follow an introduction.
        ListMark::Number => {
            let first = marks[0].1.number;
            marks.iter().zip(first..).all(|((_, line), number)| line.number == number)
                && (marks.len() == lines || first == 1)
        }
        // Lines in small letters are as often the options of a command, of which hardly three are words of a language.
        _ => capitals * 2 >= marks.len() || marks.len() > 2,
    };
    let is_sure = capitals * 2 >= marks.len() || matches!(mark, ListMark::CheckBox | ListMark::Number);
    // Only the first line may be an introduction.
    if marks.len() < least || marks.len() + 1 < lines || !fits || marks.iter().any(|(_, line)| line.mark != *mark) {
        return;
    }
    let last = marks[marks.len() - 1].0;
    let span = Span::new(first.start, doc.line_span(last.start).end);
    let places: Vec<u32> = marks.iter().map(|(span, _)| span.end).collect();
    let finding = say(doc, *mark, span, &places, out);
    if !is_sure {
        finding.tier(Tier::Audit);
    }
}

/// Reports the items of a list whose check boxes touch their text: `- [ ]Paint`.
fn check_boxes(doc: &Document, list: BlockId, out: &mut Report) {
    let end = doc[list].span.end;
    let inside = doc.blocks[list.index() + 1..].iter().take_while(|block| block.span.start < end);
    let items = inside.filter(|block| block.kind == BlockKind::ListItem && block.parent == Some(list));
    let touching = items.filter_map(|item| {
        let written = doc.slice(item.span);
        let text = written.trim_start_matches(|c: char| c.is_ascii_digit() || " -*+.)".contains(c));
        let rest = ["[ ]", "[x]", "[X]"].iter().find_map(|check| text.strip_prefix(check))?;
        let place = item.span.start + (written.len() - rest.len()) as u32;
        rest.starts_with(char::is_alphabetic).then_some(place)
    });
    let places: Vec<u32> = touching.collect();
    if let ([first, .., last], true) = (places.as_slice(), places.len() >= MIN_LINES) {
        let span = Span::new(doc.line_span(*first).start, doc.line_span(*last).end);
        let message = format!("without spaces after them {} check boxes are shown as brackets", places.len());
        let fix = with_spaces(doc, &places, "put a space after each check box".to_owned());
        out.find(doc.id, span, message).fix(fix);
    }
}

fn say<'a>(doc: &Document, mark: ListMark, span: Span, places: &[u32], out: &'a mut Report) -> &'a mut Finding {
    let (plural, count) = (mark.plural(), places.len());
    let finding =
        out.find(doc.id, span, format!("without spaces after their {plural} these {count} lines are no list"));
    finding.fix(with_spaces(doc, places, format!("put a space after each {}", mark.singular())));
    finding
}

fn with_spaces(doc: &Document, places: &[u32], title: String) -> Fix {
    let edits = places.iter().map(|at| Edit { doc: doc.id, span: Span::at(*at), replacement: " ".to_owned() });
    Fix { title, applicability: Applicability::Unsafe, edits: edits.collect() }
}

/// Returns true if what follows a mark is words, and neither an option of a command nor a number.
fn is_item(rest: &str) -> bool {
    let word = rest.split([' ', ',', ':', '.']).next().unwrap_or("");
    is_word(word) && !rest.contains(" -") && !rest.contains('=')
}

fn is_word(word: &str) -> bool {
    (word.len() > 1 || matches!(word, "A" | "I")) && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’')
}
