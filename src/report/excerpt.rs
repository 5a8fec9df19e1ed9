//! The lines of a document around some places, cropped to the width of a window: at words, with `…` for what is left out.
//!
//! Knows text, spans and columns; not findings, and nothing of how a diagnostic is drawn.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::visible::{VisibleLines, visible};
use crate::model::document::Document;
use crate::model::span::{LineIndex, Position, Span};

/// Columns of a tab, as the drawing has it.
const TAB_COLUMNS: usize = 4;
/// Minimum number of columns around a place (a guess: two or three words): of places on one line, only as many are shown
/// as have that much.
const MIN_PLACE_COLUMNS: usize = 14;
/// The sign for text that is left out, one column wide.
const ELLIPSIS: char = '…';

/// Cropped lines, one after the other, in an order and with line breaks of their own.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// Path of the document, as reports show it.
    pub(super) name: String,
    /// The lines, each with its line break.
    pub(super) text: String,
    lines: Vec<ExcerptLine>,
    places: Vec<ExcerptPlace>,
}

#[derive(Debug)]
struct ExcerptLine {
    /// Offset in the excerpt.
    start: usize,
    /// 0-based number in the document.
    number: usize,
}

/// A place of which the excerpt was made.
#[derive(Debug, Clone)]
struct ExcerptPlace {
    /// Bytes of the excerpt; `None` if it is not shown.
    shown: Option<Range<usize>>,
    /// Position in the document.
    position: Position,
    /// Column of the window at which it begins; the first is 0.
    column: usize,
}

/// Lines of an excerpt that follow each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Bytes of the excerpt.
    pub(super) bytes: Range<usize>,
    /// 0-based number in the document of the first line.
    pub(super) line: usize,
    /// Number of lines.
    pub(super) count: usize,
}

impl Excerpt {
    /// Returns the lines that `places` cover, none of them wider than `columns`. `view` is that of the document.
    pub(super) fn new(doc: &Document, view: Option<&VisibleLines>, places: &[Span], columns: usize) -> Self {
        let (text, index) = view.map_or((doc.text(), &doc.lines), |view| (view.text(), view.lines()));
        let seen = |span: Span| view.map_or(span, |view| Span::new(view.shown(span.start), view.shown(span.end)));
        let spans: Vec<Span> = places.iter().map(|place| seen(*place)).collect();
        let last_of = |span: &Span| index.line_of(span.end.saturating_sub(1).max(span.start));
        let mut numbers: Vec<usize> = spans.iter().flat_map(|span| index.line_of(span.start)..=last_of(span)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut excerpt = Self {
            name: visible(doc.source.display()).into_owned(),
            text: String::new(),
            lines: Vec::with_capacity(numbers.len()),
            places: places
                .iter()
                .map(|place| ExcerptPlace { shown: None, position: doc.position(place.start), column: 0 })
                .collect(),
        };
        for number in numbers {
            excerpt.add_line(number, text, index, &spans, columns);
        }
        excerpt
    }

    fn add_line(&mut self, number: usize, text: &str, index: &LineIndex, spans: &[Span], columns: usize) {
        let whole = index.span_of(number, text).range();
        let line = text.get(whole.clone()).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let bounds = whole.start..whole.start + line.len();
        let within = |span: &Span| {
            let range = span.range();
            let meets = range.start <= bounds.end && (range.end > bounds.start || range.start == bounds.start);
            meets.then(|| {
                range.start.max(bounds.start) - bounds.start
                    ..range.end.min(bounds.end).max(range.start.max(bounds.start)) - bounds.start
            })
        };
        let ranges: Vec<(usize, Range<usize>)> =
            spans.iter().enumerate().filter_map(|(at, span)| Some((at, within(span)?))).collect();
        let cropped = crop(line, &ranges.iter().map(|(_, range)| range.clone()).collect::<Vec<_>>(), columns);
        let start = self.text.len();
        self.text.push_str(&cropped.text);
        self.text.push('\n');
        self.lines.push(ExcerptLine { start, number });
        for ((place, _), shown) in ranges.into_iter().zip(cropped.ranges) {
            let Some(shown) = shown else { continue };
            let (from, to) = (start + shown.start, start + shown.end);
            let column = width(&cropped.text[..shown.start]);
            let place = &mut self.places[place];
            match &mut place.shown {
                // A place of several lines goes on.
                Some(range) => range.end = to,
                None => {
                    place.shown = Some(from..to);
                    place.column = column;
                }
            }
        }
    }

    /// Returns the bytes of the excerpt that show a place; `None` if it is left out.
    pub(super) fn shown(&self, place: usize) -> Option<Range<usize>> {
        self.places.get(place)?.shown.clone()
    }

    /// Returns the column of the window at which a place begins; the first is 0.
    pub(super) fn column(&self, place: usize) -> usize {
        self.places.get(place).map_or(0, |place| place.column)
    }

    /// Returns the position in the document of the place that begins at an offset of the excerpt.
    pub(super) fn position(&self, offset: usize) -> Option<Position> {
        let starts = |place: &&ExcerptPlace| place.shown.as_ref().is_some_and(|shown| shown.start == offset);
        self.places.iter().find(starts).map(|place| place.position)
    }

    /// Returns the lines that hold a range of bytes.
    pub(super) fn window(&self, range: Range<usize>) -> Window {
        let line_of = |offset: usize| self.lines.partition_point(|line| line.start <= offset).saturating_sub(1);
        let (first, last) = (line_of(range.start), line_of(range.end.saturating_sub(1).max(range.start)));
        let end = self.lines.get(last + 1).map_or(self.text.len(), |next| next.start).saturating_sub(1);
        let (start, line) = self.lines.get(first).map_or((0, 0), |line| (line.start, line.number));
        Window { bytes: start..end.max(start), line, count: last - first + 1 }
    }
}

/// A line that fits, and the given ranges in it; `None` for a range that is left out.
struct Cropped {
    text: String,
    ranges: Vec<Option<Range<usize>>>,
}

/// Crops a line to `columns` so that each of `ranges` (bytes of the line, by start) is shown with text on both sides.
fn crop(line: &str, ranges: &[Range<usize>], columns: usize) -> Cropped {
    if width_up_to(line.chars(), columns + 1) <= columns {
        return Cropped { text: line.to_owned(), ranges: ranges.iter().cloned().map(Some).collect() };
    }
    let number = ranges.len().clamp(1, (columns / MIN_PLACE_COLUMNS).max(1));
    // Each piece has a sign before it, and the last one has a sign after it.
    let share = (columns.saturating_sub(number + 1) / number).max(1);
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for range in ranges.iter().take(number) {
        let piece = piece(line, range.clone(), share);
        match pieces.last_mut() {
            Some(last) if piece.start <= last.end => last.end = last.end.max(piece.end),
            _ => pieces.push(piece),
        }
    }
    if pieces.is_empty() {
        pieces.push(piece(line, 0..0, share));
    }
    let mut text = String::new();
    let mut placed: Vec<(Range<usize>, usize)> = Vec::new();
    for piece in &pieces {
        if piece.start > 0 {
            text.push(ELLIPSIS);
        }
        placed.push((piece.clone(), text.len()));
        text.push_str(line.get(piece.clone()).unwrap_or_default());
    }
    if pieces.last().is_some_and(|last| last.end < line.len()) {
        text.push(ELLIPSIS);
    }
    let shown = |range: &Range<usize>| {
        let (piece, at) = placed.iter().find(|(piece, _)| piece.start <= range.start && range.start <= piece.end)?;
        let (start, end) = (range.start, range.end.min(piece.end));
        Some(at + (start - piece.start)..at + (end.max(start) - piece.start))
    };
    Cropped {
        ranges: ranges.iter().enumerate().map(|(at, range)| shown(range).filter(|_| at < number)).collect(),
        text,
    }
}

/// Returns the part of a line around a range that is at most `columns` wide: whole words, unless there are none.
fn piece(line: &str, range: Range<usize>, columns: usize) -> Range<usize> {
    let own = line.get(range.clone()).unwrap_or_default();
    if width_up_to(own.chars(), columns) >= columns {
        return range.start..range.start + fitting(own.chars(), columns);
    }
    // A column is kept for the space before the first word.
    let rest = columns - width(own) - 1;
    let (before, after) = (line.get(..range.start).unwrap_or_default(), line.get(range.end..).unwrap_or_default());
    let (left, right) = (width_up_to(before.chars().rev(), rest), width_up_to(after.chars(), rest));
    let to_left = left.min((rest / 2).max(rest.saturating_sub(right)));
    let start = range.start - fitting(before.chars().rev(), to_left);
    let end = range.end + fitting(after.chars(), rest - to_left);
    let start = match line.get(start..range.start) {
        Some(cut) if start > 0 && !line[..start].ends_with(char::is_whitespace) => {
            cut.find(char::is_whitespace).map_or(start, |at| start + at)
        }
        Some(_) => start - line[..start].chars().next_back().filter(|c| c.is_whitespace()).map_or(0, char::len_utf8),
        None => start,
    };
    let end = match line.get(range.end..end) {
        Some(cut) if end < line.len() && !line[end..].starts_with(char::is_whitespace) => cut
            .rfind(char::is_whitespace)
            .map_or(end, |at| range.end + at + cut[at..].chars().next().map_or(0, char::len_utf8)),
        _ => end,
    };
    // A space beside the sign says that no word is cut.
    start..end
}

/// Returns the number of bytes of the first characters that fit into `columns`.
fn fitting(text: impl Iterator<Item = char>, columns: usize) -> usize {
    let (mut used, mut bytes) = (0, 0);
    for c in text {
        used += char_width(c);
        if used > columns {
            break;
        }
        bytes += c.len_utf8();
    }
    bytes
}

/// Returns the number of columns of a text, or `limit` if it has more: a line may be as long as a file.
fn width_up_to(text: impl Iterator<Item = char>, limit: usize) -> usize {
    let mut columns = 0;
    for c in text {
        columns += char_width(c);
        if columns >= limit {
            return limit;
        }
    }
    columns
}

/// Returns the number of columns of a text without line breaks.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    if c == '\t' { TAB_COLUMNS } else { c.width().unwrap_or(0) }
}

/// Returns the text, cut to `columns` with a sign if it is wider.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let end = fitting(text.chars(), columns.saturating_sub(1));
    format!("{}{ELLIPSIS}", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, words: &[&str], columns: usize) -> (String, Vec<Option<String>>) {
        let mut from = 0;
        let mut range = |word: &&str| {
            let start = line[from..].find(*word).expect("in the line") + from;
            from = start + word.len();
            start..from
        };
        let ranges: Vec<Range<usize>> = words.iter().map(&mut range).collect();
        let cropped = crop(line, &ranges, columns);
        assert!(width(&cropped.text) <= columns, "{} columns: {}", width(&cropped.text), cropped.text);
        let text = |range: Option<Range<usize>>| range.map(|range| cropped.text[range].to_owned());
        let found = cropped.ranges.iter().cloned().map(text).collect();
        (cropped.text, found)
    }

    const LINE: &str = "The ferry to the far shore of the lake leaves at at noon, whatever the wind, and it is back by \
                        four if the the captain likes the weather over there, which he seldom does in March.";

    #[test]
    fn a_line_that_fits_is_whole() {
        assert_eq!(shown("at at noon", &["at at"], 10).0, "at at noon");
    }

    #[test]
    fn a_wide_line_is_cropped_at_words_around_each_place() {
        let (text, places) = shown(LINE, &["at at", "the the"], 80);
        assert_eq!(text, "… the lake leaves at at noon, whatever … by four if the the captain likes …");
        assert_eq!(places, [Some("at at".to_owned()), Some("the the".to_owned())]);
        let (text, _) = shown(LINE, &["The"], 40);
        assert!(text.starts_with("The ferry to the far shore of ") && text.ends_with(" …"), "{text}");
        let (text, _) = shown(LINE, &["March."], 40);
        assert!(text.starts_with("… ") && text.ends_with(" which he seldom does in March."), "{text}");
    }

    #[test]
    fn wide_characters_count_twice_and_texts_without_spaces_are_cut_between_characters() {
        let line = "東京の夏はとても暑いので、川のそばを歩く人が多いが、夜になると涼しい風が吹いてくることもある。";
        let (text, places) = shown(line, &["川の"], 30);
        assert!(text.starts_with('…') && text.ends_with('…') && text.contains("川の"), "{text}");
        assert_eq!(places, [Some("川の".to_owned())]);
    }

    #[test]
    fn a_place_wider_than_the_window_shows_its_beginning() {
        let (text, places) = shown(LINE, &[LINE], 30);
        assert!(text.starts_with("The ferry") && text.ends_with('…'), "{text}");
        assert!(places[0].as_ref().is_some_and(|place| place.starts_with("The ferry")));
    }

    #[test]
    fn of_more_places_than_fit_the_first_ones_are_shown() {
        let line = "at at, ".repeat(40);
        let words = vec!["at at"; 40];
        let (_, places) = shown(&line, &words, 60);
        assert_eq!(places.iter().flatten().count(), 60 / MIN_PLACE_COLUMNS);
    }
}
