//! Makes text from outside (documents, file names, link targets, keys of TOML, arguments) safe to show: characters that
//! could control a terminal or forge a line of the report are spelled out.
//!
//! Knows text; not findings. For people only, because JSON has its own escapes and a patch must be exact.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::model::span::{LineIndex, Span};
use crate::text::stretch::places;

/// Returns true if a terminal would interpret this character instead of showing it: control characters (the C0 and C1
/// sets, DEL), line and paragraph separators, and those that embed, override or isolate a direction of writing.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Returns the text on one line, with all characters spelled out that a terminal would interpret: `\n`, `\u{1b}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if steers(c) { spell(c, &mut out) } else { out.push(c) }
    }
    out.into()
}

/// Returns true if nobody sees this character, or sees it only as a part of the one before: both sides of a change in it
/// would look alike.
fn hides(c: char) -> bool {
    let is_space = c != ' ' && c.is_whitespace();
    let has_no_width =
        matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{AD}' | '\u{E0000}'..);
    let is_part = matches!(c, '\u{300}'..='\u{36F}' | '\u{FE00}'..='\u{FE0F}');
    is_space || has_no_width || is_part
}

/// Returns the text as [`visible`] does, with all characters spelled out that hide in it as well.
pub fn spelled_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) || hides(c) { spell(c, &mut out) } else { out.push(c) }
    }
    out
}

/// Returns the text with each line as from [`visible`].
pub fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

fn spell(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        // Writing to a string cannot fail.
        _ => _ = write!(out, "\\u{{{:x}}}", c as u32),
    }
}

/// A text of several lines as an excerpt shows it: as from [`visible`], but with its lines and tabs, and with a mapping
/// between offsets of the text and of the view.
#[derive(Debug)]
pub struct VisibleLines {
    text: String,
    lines: LineIndex,
    spelled: Vec<Spelled>,
}

/// A character that is spelled out: where it ends in the text, and its spelling in the view.
#[derive(Debug, Clone, Copy)]
struct Spelled {
    written: Span,
    shown: Span,
}

impl VisibleLines {
    /// Returns the view of `text`. `None` if the text can be shown unchanged.
    pub fn new(text: &str) -> Option<Self> {
        let mut view = Self { text: String::new(), lines: LineIndex::default(), spelled: Vec::new() };
        let mut done = 0;
        let found = places(text.as_bytes(), SUSPECTS).filter_map(|at| Some((at, text.get(at..)?.chars().next()?)));
        for (at, c) in found.filter(|(_, c)| steers(*c)) {
            let end = at + c.len_utf8();
            let ends_line = c == '\r' && text.as_bytes().get(end) == Some(&b'\n');
            if matches!(c, '\t' | '\n') || ends_line {
                continue;
            }
            view.text.push_str(text.get(done..at).unwrap_or_default());
            done = end;
            let start = view.text.len();
            spell(c, &mut view.text);
            if c == '\r' {
                // A line of the text ends here, so a line of the view must end too.
                view.text.push('\n');
            }
            view.spelled.push(Spelled { written: Span::from(at..end), shown: Span::from(start..view.text.len()) });
        }
        if view.spelled.is_empty() {
            return None;
        }
        view.text.push_str(text.get(done..).unwrap_or_default());
        view.lines = LineIndex::new(&view.text);
        Some(view)
    }

    /// Returns the text as shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the lines of the view, which are as many as the text has.
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// Returns the offset in the view of the character at `offset` of the text.
    pub fn shown(&self, offset: u32) -> u32 {
        let after = self.spelled.partition_point(|spelled| spelled.written.end <= offset);
        let Some(Spelled { written, shown }) = after.checked_sub(1).and_then(|at| self.spelled.get(at)) else {
            return offset;
        };
        shown.end + (offset - written.end)
    }

    /// Returns the offset in the text of the character that `offset` of the view shows or spells out.
    pub fn written(&self, offset: u32) -> u32 {
        let after = self.spelled.partition_point(|spelled| spelled.shown.end <= offset);
        let before = after.checked_sub(1).and_then(|at| self.spelled.get(at));
        let at = before.map_or(offset, |Spelled { written, shown }| written.end + (offset - shown.end));
        self.spelled.get(after).map_or(at, |next| at.min(next.written.start))
    }
}

/// First and last bytes of the ranges that characters begin with which a terminal may interpret, and a carriage return.
/// Tabs and line feeds are shown as they are.
const SUSPECTS: [(u8, u8); 5] = [(0, 8), (0xB, 0x1F), (0x7F, 0x7F), (0xC2, 0xC2), (0xE2, 0xE2)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        assert_eq!(visible("a\u{1b}]0;x\u{7}b"), "a\\u{1b}]0;x\\u{7}b");
        assert_eq!(visible("a\nb\r\tc\u{7f}\u{9b}2J"), "a\\nb\\r\\tc\\u{7f}\\u{9b}2J");
        assert_eq!(
            visible("\u{202e}abc\u{2066}\u{2069}\u{2028}\u{2029}"),
            "\\u{202e}abc\\u{2066}\\u{2069}\\u{2028}\\u{2029}"
        );
        let harmless = "naïve 東京 \u{200d}👩\u{200f}سلام \u{ad}";
        assert!(matches!(visible(harmless), Cow::Borrowed(text) if text == harmless));
    }

    #[test]
    fn a_view_has_the_lines_of_its_text_and_knows_the_way_back() {
        let text = "one\u{1b}[2J\r\ntwo\rthree\tx\u{202e}y\n";
        let view = VisibleLines::new(text).expect("something is spelled out");
        assert_eq!(view.text(), "one\\u{1b}[2J\r\ntwo\\r\nthree\tx\\u{202e}y\n");
        assert_eq!(view.lines().count(), LineIndex::new(text).count());
        for (at, c) in text.char_indices() {
            let shown = view.shown(at as u32);
            assert_eq!(view.written(shown), at as u32, "{c:?}");
            if !steers(c) {
                assert!(view.text()[shown as usize..].starts_with(c), "{c:?}");
            }
        }
        assert_eq!(view.written(5), 3, "within a spelling");
        assert_eq!(view.shown(text.len() as u32) as usize, view.text().len());
    }

    #[test]
    fn a_harmless_text_needs_no_view() {
        assert!(VisibleLines::new("plain\r\ntext\twith “quotes” and ©\n").is_none());
    }
}
