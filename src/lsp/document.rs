//! A document that is open in the editor: its text, changed as the client says.
//!
//! Knows a text and its lines; not Markdown.

use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent};

use super::position::Encoding;
use crate::model::span::Span;

/// A document that is open in the editor.
#[derive(Debug)]
pub(super) struct OpenDocument {
    /// Its address, as the client writes it.
    pub uri: String,
    /// The path of its file, absolute.
    pub path: PathBuf,
    /// Its version, as the client counts.
    pub version: i32,
    text: Arc<String>,
    /// Offsets at which its lines start, in bytes.
    starts: Vec<u32>,
}

/// A replacement in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextChange {
    /// The text that was replaced, in bytes of the text before.
    pub old: Span,
    /// Length of the replacement, in bytes.
    pub new_len: u32,
}

impl TextChange {
    /// Returns whether the change is in a span or at an end of it.
    pub(super) const fn touches(self, span: Span) -> bool {
        self.old.start <= span.end && span.start <= self.old.end
    }

    /// Returns where a span of the text before is in the text after. `None` if the change goes over an end of it. A change
    /// inside makes it longer or shorter.
    pub(super) fn moved(self, span: Span) -> Option<Span> {
        let Self { old, new_len } = self;
        let shifted = |offset: u32| (offset - old.len()).saturating_add(new_len);
        if old.end <= span.start && (old.end < span.start || old.start < span.start || span.is_empty()) {
            return Some(Span::new(shifted(span.start), shifted(span.end)));
        }
        if old.start >= span.end {
            return Some(span);
        }
        (span.start <= old.start && old.end <= span.end).then(|| Span::new(span.start, shifted(span.end)))
    }
}

/// A region of a text that was edited: outside of it, the text is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EditedRegion {
    /// The region as it was, in bytes of the text before.
    pub old: Span,
    /// The region as it is, in bytes of the text after; it starts where the old one does.
    pub new: Span,
}

/// Returns the change that makes one text of another: that of the least stretch of whole characters in which they differ.
pub(super) fn difference(before: &str, after: &str) -> TextChange {
    let (old, new) = (before.as_bytes(), after.as_bytes());
    let shared = |a: &mut dyn Iterator<Item = (&u8, &u8)>| a.take_while(|(a, b)| a == b).count();
    let start = before.floor_char_boundary(shared(&mut old.iter().zip(new)));
    let end = shared(&mut old[start..].iter().rev().zip(new[start..].iter().rev()));
    // Two characters may end with the same bytes.
    let old_end = before.ceil_char_boundary(old.len() - end);
    let end = old.len() - old_end;
    TextChange { old: Span::from(start..old_end), new_len: Span::from(0..new.len() - end - start).end }
}

impl EditedRegion {
    /// The region of one change.
    pub(super) const fn of(change: TextChange) -> Self {
        Self { old: change.old, new: Span::new(change.old.start, change.old.start + change.new_len) }
    }

    /// Returns the region with a further change of the text after.
    pub(super) fn with(self, change: TextChange) -> Self {
        let TextChange { old, new_len } = change;
        let (start, end) = (self.new.start.min(old.start), self.new.end.max(old.end));
        Self {
            old: Span::new(start, self.old.end + (end - self.new.end)),
            new: Span::new(start, end - old.len() + new_len),
        }
    }

    /// Returns the region of changes that were made one after another; `None` if there are none.
    pub(super) fn of_all(changes: &[TextChange]) -> Option<Self> {
        let (first, rest) = changes.split_first()?;
        Some(rest.iter().fold(Self::of(*first), |region, change| region.with(*change)))
    }
}

impl OpenDocument {
    /// A document with this text.
    pub(super) fn new(uri: String, path: PathBuf, version: i32, text: String) -> Self {
        let starts = starts(&text, 0, vec![0]);
        Self { uri, path, version, text: Arc::new(text), starts }
    }

    /// Returns its text, shared.
    pub(super) fn text(&self) -> &Arc<String> {
        &self.text
    }

    /// Applies the changes that the client made, in their order, and returns them.
    pub(super) fn apply(
        &mut self,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Vec<TextChange> {
        let mut made = Vec::with_capacity(changes.len());
        // Lines up to here have the right starts: where many changes come from the end to the start, as those of a
        // replacement of all occurrences, nothing need be counted anew in between.
        let mut valid = self.starts.len();
        let mut is_counted = true;
        for change in changes {
            let (range, new) = match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => (Some(part.range), part.text),
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => (None, whole.text),
            };
            let Some(range) = range else {
                made.push(TextChange { old: Span::from(0..self.text.len()), new_len: Span::from(0..new.len()).end });
                self.text = Arc::new(new);
                self.starts = starts(&self.text, 0, vec![0]);
                valid = self.starts.len();
                is_counted = true;
                continue;
            };
            if !is_counted && range.start.line.max(range.end.line) as usize + 1 >= valid {
                self.count(valid);
                valid = self.starts.len();
            }
            let old = self.span(range, encoding);
            let text = Arc::make_mut(&mut self.text);
            text.replace_range(old.range(), &new);
            // The start of a line moves if the change joins the two characters of its line break.
            let at = old.start as usize;
            let is_joined = at > 0 && text.as_bytes()[at - 1] == b'\r' && text.as_bytes().get(at) == Some(&b'\n');
            let lines = self.starts.partition_point(|start| *start <= old.start) - usize::from(is_joined);
            valid = valid.min(lines);
            is_counted = false;
            made.push(TextChange { old, new_len: Span::from(0..new.len()).end });
        }
        if !is_counted {
            self.count(valid);
        }
        made
    }

    /// Finds the lines after the first `valid` ones.
    fn count(&mut self, valid: usize) {
        let mut kept = std::mem::take(&mut self.starts);
        kept.truncate(valid.max(1));
        let from = kept.last().copied().unwrap_or(0) as usize;
        self.starts = starts(&self.text, from, kept);
    }

    fn span(&self, range: Range, encoding: Encoding) -> Span {
        let (start, end) = (self.offset(range.start, encoding), self.offset(range.end, encoding));
        Span::new(start.min(end), start.max(end))
    }

    /// Returns the byte offset of a position; past the end of a line or of the text, that end.
    fn offset(&self, Position { line, character }: Position, encoding: Encoding) -> u32 {
        let Some(&start) = self.starts.get(line as usize) else { return Span::from(0..self.text.len()).end };
        let end = self.starts.get(line as usize + 1).map_or(self.text.len(), |end| *end as usize);
        let line = self.text.get(start as usize..end).unwrap_or("").trim_end_matches(['\n', '\r']);
        start + encoding.offset(line, character) as u32
    }
}

/// Adds to `known` the offsets after `from`, in bytes, at which lines of a text start.
fn starts(text: &str, from: usize, mut known: Vec<u32>) -> Vec<u32> {
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes.get(from..).unwrap_or_default()) {
        let at = from + at;
        if !(bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n')) {
            known.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use gen_lsp_types::{TextDocumentContentChangePartial, TextDocumentContentChangeWholeDocument};
    use proptest::prelude::*;

    use super::*;

    fn part(start: (u32, u32), end: (u32, u32), text: &str) -> TextDocumentContentChangeEvent {
        let at = |(line, character)| Position { line, character };
        let range = Range { start: at(start), end: at(end) };
        let part = TextDocumentContentChangePartial { range, text: text.to_owned(), ..Default::default() };
        TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part)
    }

    fn open(text: &str) -> OpenDocument {
        OpenDocument::new("file:///a.md".to_owned(), "/a.md".into(), 1, text.to_owned())
    }

    #[test]
    fn changes_are_made_in_the_order_in_which_they_come() {
        let mut doc = open("one\r\ntwo\nthree\n");
        let changes = vec![part((2, 0), (2, 5), "3"), part((1, 3), (2, 0), " "), part((0, 9), (0, 9), "!")];
        let made = doc.apply(changes, Encoding::Utf16);
        assert_eq!(doc.text().as_str(), "one!\r\ntwo 3\n");
        assert_eq!(made[2], TextChange { old: Span::at(3), new_len: 1 });
        let whole = TextDocumentContentChangeWholeDocument { text: "new".to_owned() };
        doc.apply(vec![TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole)], Encoding::Utf16);
        assert_eq!((doc.text().as_str(), doc.starts.as_slice()), ("new", &[0][..]));
    }

    #[test]
    fn a_span_follows_the_changes_before_it_and_ends_with_a_change_of_its_ends() {
        let moved =
            |old: (u32, u32), new_len| TextChange { old: Span::new(old.0, old.1), new_len }.moved(Span::new(10, 20));
        assert_eq!(moved((0, 4), 1), Some(Span::new(7, 17)));
        assert_eq!(moved((25, 26), 9), Some(Span::new(10, 20)));
        assert_eq!(moved((12, 14), 0), Some(Span::new(10, 18)));
        assert_eq!(moved((8, 12), 0), None);
        assert_eq!(moved((18, 22), 1), None);
        assert_eq!(moved((0, 99), 1), None);
        assert_eq!(moved((20, 20), 3), Some(Span::new(10, 20)));
    }

    proptest! {
        #[test]
        fn a_difference_makes_one_text_of_the_other(a in "[ab\u{e9}\u{ea}]{0,9}", b in "[ab\u{e9}\u{ea}]{0,9}") {
            let change = difference(&a, &b);
            let start = change.old.start as usize;
            let mut text = a.clone();
            text.replace_range(change.old.range(), &b[start..start + change.new_len as usize]);
            prop_assert_eq!(text, b);
        }

        #[test]
        fn text_outside_an_edited_region_is_as_it_was(
            changes in prop::collection::vec((0usize..40, 0usize..9, "[a-c]{0,6}"), 1..9),
        ) {
            let before = "abcdefghijklmnopqrstuvwxyz0123456789".to_owned();
            let mut text = before.clone();
            let mut made = Vec::new();
            for (start, len, new) in changes {
                let start = start.min(text.len());
                let end = (start + len).min(text.len());
                text.replace_range(start..end, &new);
                made.push(TextChange { old: Span::from(start..end), new_len: new.len() as u32 });
            }
            let region = EditedRegion::of_all(&made).expect("changes");
            prop_assert_eq!(&before[..region.old.start as usize], &text[..region.new.start as usize]);
            prop_assert_eq!(&before[region.old.end as usize..], &text[region.new.end as usize..]);
        }

        #[test]
        fn lines_are_those_of_the_text_after_any_changes(
            changes in prop::collection::vec(((0u32..5, 0u32..5), (0u32..5, 0u32..5), "[a\u{e9}\u{1F600}\r\n]{0,4}"), 0..8),
        ) {
            let mut doc = open("a\r\nb\rc\n\nd");
            let events: Vec<_> = changes.iter().map(|(start, end, text)| part(*start, *end, text)).collect();
            let mut plain = doc.text().as_str().to_owned();
            let mut single = open(&plain);
            for event in events.clone() {
                for change in single.apply(vec![event.clone()], Encoding::Utf16) {
                    let TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) = &event else { continue };
                    plain.replace_range(change.old.range(), &part.text);
                }
                prop_assert_eq!(&single.starts, &starts(&plain, 0, vec![0]));
            }
            doc.apply(events, Encoding::Utf16);
            prop_assert_eq!(doc.text().as_str(), plain.as_str());
            prop_assert_eq!(doc.starts, starts(&plain, 0, vec![0]));
        }
    }
}
