//! Shapes of lines and cells that may open an item.
//!
//! Pure: takes a text; knows nothing of blocks.

use super::LineOf;
use crate::model::item::{LabelWord, Numeral};
use crate::model::span::Span;
use crate::parse::outline::label::{self, LabelledTitle};

/// Joints between two numbered titles in one heading.
pub(super) const FURTHER_JOINTS: [&str; 5] = ["& ", "and ", "/ ", "+ ", "| "];

/// Returns whether the head of a column says that it numbers the rows. Numbers in other columns are values.
pub(super) fn is_number_column(head: &str) -> bool {
    let name = head.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
    matches!(
        name.as_str(),
        "" | "id"
            | "no"
            | "nr"
            | "num"
            | "number"
            | "q"
            | "q no"
            | "question"
            | "s.no"
            | "s. no"
            | "sr"
            | "sr. no"
            | "sno"
            | "day"
            | "step"
            | "week"
    )
}

pub(super) fn moved(range: &std::ops::Range<usize>, by: u32) -> Span {
    Span::new(by + range.start as u32, by + range.end as u32)
}

/// Returns the first line, without its line break.
pub(super) fn first_line(text: &str) -> &str {
    let end = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
    text[..end].trim_end_matches('\r')
}

/// Returns whether a line is emoji and then bold: `🔵 **12. T**`.
pub(super) fn decorated_bold(line: &str) -> bool {
    let run = label::non_ascii_run(line);
    run <= label::MAX_EMOJI_BYTES && line[run..].trim_start().starts_with("**")
}

/// Returns the text of a line that is nothing but bold in HTML: `<b>12. T</b>`.
pub(super) fn html_bold(line: &str) -> Option<std::ops::Range<usize>> {
    let line = line.trim_end();
    let (open, close) =
        [("<b>", "</b>"), ("<strong>", "</strong>")].into_iter().find(|(open, _)| line.starts_with(open))?;
    let inner = line.strip_suffix(close)?.get(open.len()..).filter(|inner| !inner.contains(close))?;
    Some(open.len()..open.len() + inner.len())
}

/// Returns whether a plain line that starts with this byte may start with a label.
pub(super) fn starts_plain_label(first: u8) -> bool {
    // The two above ASCII start "§" and "第".
    first.is_ascii_digit()
        || matches!(
            first,
            b'Q' | b'q' | b'S' | b'D' | b'P' | b'\\' | b'<' | b'C' | b'E' | b'T' | b'A' | b'(' | 0xC2 | 0xE7
        )
}

/// Returns whether the label at the start of a plain line is a label, not the middle of a sentence that wraps there.
pub(super) fn is_plain(label: &LabelledTitle, line: &str, of: LineOf) -> bool {
    let Some(number) = &label.number else { return label.word == LabelWord::Q };
    let after = &line[number.range.end..];
    let sign = after.trim_start_matches('\\');
    let title = &line[label.title.clone()];
    let is_legal = matches!(label.word, LabelWord::Article | LabelWord::Paragraph | LabelWord::Clause);
    let opens = title.is_empty() || title.starts_with(|c: char| c.is_uppercase() || "`\"*„“«".contains(c));
    if is_legal || line.starts_with('第') {
        // Where a sentence wraps, a reference to an article may start a line.
        return of.first
            && (opens || !title.is_ascii())
            && (of.single || sign.starts_with(['.', ':']) || title.is_empty());
    }
    if label.weak || line.starts_with('A') {
        return false;
    }
    match label.word {
        LabelWord::None if line.starts_with('(') && label.numeral != Numeral::Decimal => {
            of.first && matches!(label.numeral, Numeral::Letter | Numeral::Roman) && !title.is_empty()
        }
        LabelWord::None => {
            // With a backslash before its sign it was written as a label.
            let opens = opens || sign.len() < after.len();
            label.numeral == Numeral::Decimal && sign.starts_with(['.', ')']) && opens && !title.is_empty()
        }
        _ => sign.starts_with([':', '.', ')']) || title.is_empty() || line.starts_with(['Q', 'q']),
    }
}

/// Returns whether a text ends with a question mark, inside or outside of markup and quotation marks.
pub(super) fn ends_as_question(text: &str) -> bool {
    // The other two are those of Chinese and Japanese, and of Arabic.
    text.trim_end_matches([' ', '*', '_', '"', '”', ')', '\t', '\r']).ends_with(['?', '？', '؟'])
}

pub(super) fn starts_as_sentence(text: &str) -> bool {
    text.starts_with(|c: char| c.is_uppercase() || c == '`' || !c.is_ascii())
}
