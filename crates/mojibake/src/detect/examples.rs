//! Examples of mojibake, as opposed to damage: quoted, next to the intended text, or in a text about encodings.
//!
//! The only module for these three notions. [`is_quoted`] and [`is_example`] look at a span of a line before anything
//! is proved, so that an example proves nothing. [`shown`] looks at the spans found, with the lines around them. Knows
//! lines, quotation marks and words; no Markdown.

use std::cell::{Cell, OnceCell};
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::encoding::entities;
use crate::language::languages::{Languages, is_letter};
use crate::text::line::line_at;
use crate::types::Mojibake;

/// Maximum length of mojibake that is a quotation, in characters (a guess).
const QUOTABLE: usize = 8;

/// Returns whether the span is in an inline code span that is an example of mojibake: the repair occurs in the prose of
/// the line, or the repaired code occurs elsewhere in it, or the code itself has the intact letter.
pub(crate) fn is_example(line: &str, span: &Range<usize>, repair: &str) -> bool {
    let (before, after) = (&line[..span.start], &line[span.end..]);
    let (Some(opening), Some(closing)) = (before.rfind('`'), after.find('`')) else { return false };
    if before[..=opening].matches('`').count().is_multiple_of(2) {
        return false;
    }
    let (head, tail) = (&before[opening + 1..], &after[..closing]);
    let is_letter = repair.chars().any(char::is_alphanumeric);
    if is_letter && (head.contains(repair) || tail.contains(repair))
        || line.split('`').step_by(2).any(|prose| prose.contains(repair))
    {
        return true;
    }
    let whole = [head, repair, tail].concat();
    before[..opening].contains(&whole) || after[closing..].contains(&whole)
}

/// Returns whether the span is alone between quotation marks. One of them may be missing if the other one is not ASCII.
pub(crate) fn is_quoted(line: &str, span: &Range<usize>) -> bool {
    if span.len() > 4 * QUOTABLE || line[span.clone()].chars().count() > QUOTABLE {
        return false;
    }
    let before = line[..span.start].trim_end_matches(' ');
    let rest = &line[span.end..];
    // A full stop may be set within the marks: `"â€."`.
    let after = rest[escapes(rest)..].trim_start_matches(['.', ',', ' ']).chars().next();
    let opens = |mark: char| before.matches(mark).count() % 2 == 1;
    match (before.chars().next_back(), after) {
        (Some('`'), Some('`')) => opens('`'),
        (Some('"'), Some('"')) => opens('"'),
        (Some('\''), Some('\'')) => opens('\''),
        (a, b) => {
            matches!((a, b), (Some('“' | '„' | '”'), Some('”' | '“')) | (Some('‘'), Some('’')) | (Some('«'), Some('»')))
        }
    }
}

/// Returns the length of the escapes of a programming language at the start of a text, such as `\u009d` and `\x9d`:
/// bytes that belong to the mojibake before them.
fn escapes(text: &str) -> usize {
    let mut at = 0;
    while let Some(rest) = text[at..].strip_prefix('\\') {
        let digits = match rest.as_bytes().first() {
            Some(b'u') => 4,
            Some(b'x') => 2,
            _ => break,
        };
        let is_hex = rest.as_bytes().get(1..1 + digits).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        if !is_hex {
            break;
        }
        at += 2 + digits;
    }
    at
}

/// Kind of example that a span of mojibake is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shown {
    /// No example.
    No,
    /// The text around it is about encodings.
    Named,
    /// The intended text is next to it, so that a repair would make two texts equal that are meant to differ.
    Beside,
}

/// Returns for each span of mojibake, in the order of the text, which kind of example it is.
pub(crate) fn shown(text: &str, garbles: &[Mojibake]) -> Vec<Shown> {
    let mut out = Vec::with_capacity(garbles.len());
    let vocabulary = OnceCell::new();
    let mut rest = garbles;
    while let Some(first) = rest.first() {
        let line = line_at(text, first.span.start);
        let (here, later) = rest.split_at(rest.partition_point(|garble| garble.span.start < line.end));
        rest = later;
        let line = Line::new(text, line, here);
        for at in 0..here.len() {
            let vocabulary = || vocabulary.get_or_init(|| Vocabulary::of(text));
            out.push(match () {
                () if line.has_twin(at, &vocabulary) => Shown::Beside,
                () if line.is_named(at, vocabulary()) => Shown::Named,
                () => Shown::No,
            });
        }
    }
    if is_garbled_throughout(text, garbles, &out) {
        out.iter_mut().filter(|shown| **shown == Shown::Named).for_each(|shown| *shown = Shown::No);
    }
    out
}

/// Minimum number of spans that are evidence of a text damaged as a whole (a guess).
const THROUGHOUT: usize = 3;

/// Returns whether most mojibake of a text is no example, and hardly any non-ASCII character in it is intact: a text
/// about encodings that was damaged itself.
fn is_garbled_throughout(text: &str, garbles: &[Mojibake], shown: &[Shown]) -> bool {
    let named = shown.iter().filter(|shown| **shown == Shown::Named).count();
    let others = shown.iter().filter(|shown| **shown == Shown::No).count();
    if named == 0 || others < THROUGHOUT.max(named + 1) {
        return false;
    }
    let mut at = 0;
    let mut intact = 0;
    for garble in garbles {
        intact += letters(&text[at..garble.span.start]);
        at = garble.span.end;
    }
    (intact + letters(&text[at..])) * 2 < others
}

/// Returns the number of non-ASCII characters in a text.
fn letters(text: &str) -> usize {
    text.chars().filter(|c| !c.is_ascii()).count()
}

/// Length of the context on either side of a span in its line, in bytes (a guess).
const NEAR: usize = 240;
/// Number of lines on either side that are compared with the line of a span (a guess).
const LINES: usize = 2;
/// Delimiters of strings, opening and closing.
const HOLDERS: [(char, char); 8] =
    [('"', '"'), ('\'', '\''), ('`', '`'), ('/', '/'), ('“', '”'), ('„', '“'), ('«', '»'), ('‘', '’')];

/// A line with its spans of mojibake.
struct Line<'a> {
    text: &'a str,
    span: Range<usize>,
    garbles: &'a [Mojibake],
    /// True if it holds intact non-ASCII characters.
    has_intact: bool,
    /// True if it has delimiters of strings.
    has_holders: bool,
    /// True if it is one side of a change; see [`Line::is_change`].
    change: OnceCell<bool>,
    /// Start of a value that a neighbour has, too; see [`Line::value`].
    value: OnceCell<Option<usize>>,
    /// End of the string that was looked up last, and whether a neighbour has it.
    last: Cell<(usize, bool)>,
    /// Separators of parts that it has.
    separators: OnceCell<Vec<&'static str>>,
    /// Subject of the lines around it; see [`Vocabulary::outside`].
    outside: OnceCell<Option<Subject>>,
    /// True if it is damaged itself; see [`Line::is_in_prose`].
    in_prose: OnceCell<bool>,
}

impl<'a> Line<'a> {
    fn new(text: &'a str, span: Range<usize>, garbles: &'a [Mojibake]) -> Line<'a> {
        let mut line = Line {
            text,
            span,
            garbles,
            has_intact: false,
            has_holders: false,
            change: OnceCell::new(),
            value: OnceCell::new(),
            separators: OnceCell::new(),
            last: Cell::default(),
            outside: OnceCell::new(),
            in_prose: OnceCell::new(),
        };
        let has_intact = !line.gaps(line.span.clone()).all(str::is_ascii);
        line.has_intact = has_intact;
        let bytes = text[line.span.clone()].as_bytes();
        line.has_holders = line.has_intact
            || memchr::memchr3(b'"', b'\'', b'`', bytes).is_some()
            || memchr::memchr(b'/', bytes).is_some();
        line
    }

    /// Returns the mojibake in a part of the line.
    fn inside(&self, part: &Range<usize>) -> &'a [Mojibake] {
        let from = &self.garbles[self.garbles.partition_point(|garble| garble.span.start < part.start)..];
        &from[..from.partition_point(|garble| garble.span.end <= part.end)]
    }

    /// Returns whether a part of the text shares nothing with the mojibake of the line.
    fn is_outside(&self, part: &Range<usize>) -> bool {
        let next = self.garbles.partition_point(|garble| garble.span.end <= part.start);
        self.garbles.get(next).is_none_or(|garble| part.end <= garble.span.start)
    }

    /// Returns the parts of a part of the line that are not mojibake.
    fn gaps(&self, part: Range<usize>) -> impl Iterator<Item = &'a str> {
        let inside = self.inside(&part).iter();
        let ends = inside.clone().map(|garble| garble.span.start).chain([part.end]);
        let starts = [part.start].into_iter().chain(inside.map(|garble| garble.span.end));
        starts.zip(ends).map(|(start, end)| &self.text[start..end])
    }

    /// Returns a part of the line with its mojibake repaired. A span may have several candidates; `choice` is the index
    /// of the one to take.
    fn repaired(&self, part: Range<usize>, choice: usize) -> String {
        let afters = self.inside(&part).iter().map(|garble| match &garble.repair {
            Some(repair) => repair.as_str(),
            None => garble.candidates.get(choice).map_or(&self.text[garble.span.clone()], String::as_str),
        });
        let mut out = String::new();
        self.gaps(part.clone()).zip(afters.chain([""])).for_each(|(gap, after)| {
            out.push_str(gap);
            out.push_str(after);
        });
        out
    }

    /// Returns the number of choices that [`Line::repaired`] has for a part.
    fn choices(&self, part: &Range<usize>) -> usize {
        self.inside(part).iter().map(|garble| garble.candidates.len()).max().unwrap_or(0).clamp(1, CHOICES)
    }

    /// Returns the part of the line near a span.
    fn near(&self, garble: &Mojibake) -> Range<usize> {
        let start = self.text.floor_char_boundary(garble.span.start.saturating_sub(NEAR)).max(self.span.start);
        let end = self.text.ceil_char_boundary(garble.span.end + NEAR).min(self.span.end);
        start..end
    }

    /// Returns the letters, digits and mojibake around a span, and the part of the line near them.
    fn token(&self, at: usize) -> (Range<usize>, Range<usize>) {
        let Range { mut start, mut end } = self.garbles[at].span.clone();
        let near = self.near(&self.garbles[at]);
        let (mut first, mut last) = (at, at);
        loop {
            if first > 0 && self.garbles[first - 1].span.end == start {
                first -= 1;
                start = self.garbles[first].span.start;
                continue;
            }
            match self.text[near.start.min(start)..start].chars().next_back() {
                Some(c) if c.is_alphanumeric() => start -= c.len_utf8(),
                _ => break,
            }
        }
        loop {
            if self.garbles.get(last + 1).is_some_and(|next| next.span.start == end) {
                last += 1;
                end = self.garbles[last].span.end;
                continue;
            }
            match self.text[end..near.end.max(end)].chars().next() {
                Some(c) if c.is_alphanumeric() => end += c.len_utf8(),
                _ => break,
            }
        }
        (start..end, near.start.min(start)..near.end.max(end))
    }

    /// Returns the delimiters of the string that a part of the line is, or in which it is a word, with the content of
    /// the string.
    fn holder(&self, part: &Range<usize>, near: &Range<usize>) -> Option<((char, char), Range<usize>)> {
        if !self.has_holders {
            return None;
        }
        let (before, after) = (&self.text[near.start..part.start], &self.text[part.end..near.end]);
        // In long lines only the context counts.
        let start = if self.span.len() > LONG { near.start } else { self.span.start };
        let head = &self.text[start..part.start];
        let of = |&(opening, closing): &(char, char)| {
            let open = before.rfind(opening)?;
            let close = after.find(closing)?;
            let is_within = |before: &str, after: &str| {
                before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric)
            };
            let is_open = match opening {
                '/' => is_expression(head),
                '\'' => !is_within(&before[..open], &after[close + 1..]),
                _ if opening == closing => head.matches(opening).count() % 2 == 1,
                _ => !before[open..].contains(closing),
            };
            let content = near.start + open + opening.len_utf8()..part.end + close;
            is_open.then_some(((opening, closing), content))
        };
        HOLDERS.iter().filter_map(of).min_by_key(|(_, content)| content.len())
    }

    /// Returns whether the intended text of a span is next to it.
    fn has_twin<'v>(&self, at: usize, vocabulary: &impl Fn() -> &'v Vocabulary) -> bool {
        if *self.change.get_or_init(|| self.is_change()) {
            return true;
        }
        let garble = &self.garbles[at];
        if self.value().is_some_and(|start| start <= garble.span.start) {
            return true;
        }
        let (token, near) = self.token(at);
        let is_compared = || vocabulary().beside(&near, &token).is_some();
        if self.has_intact && self.each_choice(&token, |word| self.has_word((&token, &near), word, &is_compared)) {
            return true;
        }
        if let Some((marks, content)) = self.holder(&token, &near) {
            let head = self.text[content.start..token.start].trim();
            let tail = &self.text[token.end..content.end];
            let is_alone = head.is_empty() && tail[escapes(tail)..].trim().is_empty();
            let is_beside = self.each_choice(&content, |whole| {
                self.is_held_in(whole, &near, &self.span) || is_alone && self.is_approximated(whole, &near, marks)
            });
            if is_beside || self.is_held_by_neighbour(&content) {
                return true;
            }
        }
        if self.has_equal_part(&token, &near) {
            return true;
        }
        let Some(cell) = self.cell(&token, &near) else { return false };
        let others = || self.cells(&near).filter(|other| *other != cell);
        self.each_choice(&cell, |whole| others().any(|other| self.text[other].trim() == whole.trim()))
    }

    /// Returns whether the part of the line around a span, up to signs that set two texts side by side, is another such
    /// part once it is repaired, or the text in or before a parenthesis.
    fn has_equal_part(&self, token: &Range<usize>, near: &Range<usize>) -> bool {
        let text = &self.text[near.clone()];
        let outer = |at: usize| near.start + at;
        let line = &self.text[self.span.clone()];
        let separators = || match ANY_SEPARATOR.is_match(line) {
            true => SEPARATORS.into_iter().filter(|separator| line.contains(separator)).collect(),
            false => Vec::new(),
        };
        for &separator in self.separators.get_or_init(separators) {
            let mut parts: Vec<Range<usize>> = Vec::new();
            let mut start = 0;
            for (at, found) in text.match_indices(separator) {
                parts.push(outer(start)..outer(at));
                start = at + found.len();
            }
            if parts.is_empty() {
                continue;
            }
            parts.push(outer(start)..near.end);
            let Some(own) = parts.iter().find(|part| part.start <= token.start && token.end <= part.end) else {
                continue;
            };
            // Words are set between the end of a sentence and its last word.
            let is_phrase = separator.starts_with(' ') && parts.len() == 2;
            let is_equal = |whole: &str| {
                let others = parts.iter().filter(|part| *part != own);
                others.map(|part| (part, &self.text[part.clone()])).any(|(part, other)| {
                    let (head, tail) = if part.start < own.start { (other, whole) } else { (whole, other) };
                    is_equal(whole, other) || is_phrase && ends_with(head, tail)
                })
            };
            if self.each_choice(own, is_equal) {
                return true;
            }
        }
        let (before, after) = (&self.text[near.start..token.start], &self.text[token.end..near.end]);
        // `cafÃ© (café)`, and `café (cafÃ©)`.
        let beside = after.find(" (").and_then(|open| Some((open, open + 2 + after[open + 2..].find(')')?)));
        if let Some((open, close)) = beside {
            let inside = &after[open + 2..close];
            let is_end = |whole: &str| ends_with(whole, inside);
            if self.each_choice(&(near.start..token.end + open), is_end) {
                return true;
            }
        }
        let open = before.rfind('(').filter(|&open| !before[open..].contains(')'));
        if let (Some(open), Some(close)) = (open, after.find(')')) {
            let is_end = |whole: &str| ends_with(&before[..open], whole);
            return self.each_choice(&(near.start + open + 1..token.end + close), is_end);
        }
        false
    }

    /// Returns whether `test` holds for a part of the line with any choice of candidates.
    fn each_choice(&self, part: &Range<usize>, test: impl Fn(&str) -> bool) -> bool {
        (0..self.choices(part)).any(|choice| test(&self.repaired(part.clone(), choice)))
    }

    /// Returns whether a line next to this one has the same string, intact.
    fn is_held_by_neighbour(&self, content: &Range<usize>) -> bool {
        let (end, known) = self.last.get();
        if end == content.end {
            return known;
        }
        let is_held =
            self.each_choice(content, |whole| self.neighbours().any(|line| self.is_held_in(whole, &line, &line)));
        self.last.set((content.end, is_held));
        is_held
    }

    /// Returns whether a word occurs intact near its damaged form in the line, and the two are compared there.
    fn has_word(
        &self,
        (token, near): (&Range<usize>, &Range<usize>),
        word: &str,
        is_compared: &impl Fn() -> bool,
    ) -> bool {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_word = core.chars().filter(|c| c.is_alphanumeric()).take(WORD).count() == WORD;
        let core = if core.is_empty() { word } else { core };
        if core.is_ascii() {
            return false;
        }
        let bounds = |at: usize| {
            let (before, after) = (&self.text[..at], &self.text[at + core.len()..]);
            !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
        };
        let kind = match () {
            () if is_word => Comparand::Word,
            () if core.chars().all(char::is_alphanumeric) => Comparand::Letters,
            () => Comparand::Symbols,
        };
        let is_twin = |at: usize| {
            let between = if at < token.start { at + core.len()..token.start } else { token.end..at };
            let between = &self.text[between];
            let is_outside = self.is_outside(&(at..at + core.len()));
            // A word may occur twice in a line, once damaged and once not, and a short text occurs elsewhere by chance.
            is_outside && bounds(at) && (is_relation(between, kind) || is_word && is_compared())
        };
        let find = |part: Range<usize>| {
            self.text[part.clone()].match_indices(core).any(|(found, _)| is_twin(part.start + found))
        };
        find(near.start..token.start.max(near.start)) || find(token.end..near.end.max(token.end))
    }

    /// Returns whether a string is between delimiters of any kind in a part of the text, outside of mojibake.
    fn is_held_in(&self, whole: &str, part: &Range<usize>, line: &Range<usize>) -> bool {
        if whole.is_empty() || whole.is_ascii() {
            return false;
        }
        let is_outside = |at: usize| self.is_outside(&(at..at + whole.len()));
        self.text[part.clone()].match_indices(whole).any(|(found, _)| {
            let at = part.start + found;
            let before = self.text[line.start..at].chars().next_back();
            let after = self.text[at + whole.len()..line.end].chars().next();
            is_outside(at) && before.zip(after).is_some_and(|marks| HOLDERS.contains(&marks))
        })
    }

    /// Returns whether the line has an entry of a table of repairs: the ASCII approximation of a character, its number,
    /// or an empty string, as a string of its own.
    fn is_approximated(&self, whole: &str, near: &Range<usize>, marks: (char, char)) -> bool {
        let whole = whole.trim();
        let whole = &whole[..whole.len() - trailing_escapes(whole)];
        let line = &self.text[near.clone()];
        let is_held = |text: &str| {
            let kinds = ['"', '\'', '`', '/'].into_iter().filter(|&kind| kind != '/' || marks.0 == '/');
            kinds.into_iter().any(|kind| line.contains(&format!("{kind}{text}{kind}")))
        };
        if is_held("") || approximations(whole).iter().any(|text| is_held(text)) {
            return true;
        }
        let mut chars = whole.chars();
        let (Some(c), None) = (chars.next(), chars.next()) else { return false };
        let code = c as u32;
        let lower = line.to_ascii_lowercase();
        let is_numbered = [format!("\\u{code:04x}"), format!("u+{code:04x}"), format!("\\x{code:02x}")];
        let is_referred = || {
            let mut references = line.match_indices('&').map(|(at, _)| entities::reference(&line[at..]));
            references.any(|reference| reference.is_some_and(|(_, other)| other == c))
        };
        is_numbered.iter().any(|number| lower.contains(number)) || is_referred()
    }

    /// Returns the cells near a place: the text between vertical bars, tabs and line ends, and between commas or
    /// semicolons if there are only two cells.
    fn cells(&self, near: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let text = &self.text[near.clone()];
        let start = near.start;
        let is_pair = |mark: char| text.matches(mark).take(2).count() == 1;
        let (comma, semicolon) = (is_pair(','), is_pair(';'));
        let ends = move |c: char| match c {
            ',' => comma,
            ';' => semicolon,
            _ => matches!(c, '|' | '\t'),
        };
        text.split(ends).map(move |cell| {
            let at = start + (cell.as_ptr() as usize - text.as_ptr() as usize);
            at..at + cell.len()
        })
    }

    /// Returns the cell that holds only this part of the line, if there are other cells.
    fn cell(&self, part: &Range<usize>, near: &Range<usize>) -> Option<Range<usize>> {
        let ends = |c: Option<char>| c.is_none_or(|c| matches!(c, '|' | '\t' | ',' | ';'));
        let before = self.text[near.start..part.start].trim_end_matches(' ').chars().next_back();
        let after = self.text[part.end..near.end].trim_start_matches(' ').chars().next();
        if !(ends(before) && ends(after)) {
            return None;
        }
        let is_alone = |cell: &Range<usize>| {
            cell.start <= part.start
                && part.end <= cell.end
                && self.text[cell.start..part.start].trim().is_empty()
                && self.text[part.end..cell.end].trim().is_empty()
        };
        self.cells(near).find(|cell| is_alone(cell) && *cell != *near)
    }

    /// Returns the lines around this one.
    fn neighbours(&self) -> impl Iterator<Item = Range<usize>> {
        let text = self.text;
        let mut start = self.span.start;
        let before = std::iter::from_fn(move || {
            let line = line_at(text, start.checked_sub(1)?);
            start = line.start;
            Some(line)
        });
        let mut end = self.span.end;
        let after = std::iter::from_fn(move || {
            let line = (end < text.len()).then(|| line_at(text, end + 1))?;
            end = line.end;
            Some(line)
        });
        before.take(LINES).chain(after.take(LINES)).filter(|line| line.len() <= 2 * NEAR)
    }

    /// Returns the start of the value after a colon, an equals sign or an arrow, if a line next to this one has the
    /// same value, intact.
    fn value(&self) -> Option<usize> {
        *self.value.get_or_init(|| {
            if self.span.len() > 2 * NEAR {
                return None;
            }
            let line = &self.text[self.span.clone()];
            let signs = [": ", "= ", ":\t", "> "];
            let at = signs.iter().filter_map(|sign| line.find(sign).map(|at| at + sign.len())).min()?;
            let value = self.span.start + at..self.span.end;
            let is_neighbours = |whole: &str| {
                let whole = whole.trim();
                !whole.is_ascii() && self.neighbours().any(|line| is_value(&self.text[line], whole))
            };
            self.each_choice(&value, is_neighbours).then_some(value.start)
        })
    }

    /// Returns whether the line is one of a list of changes, as version control shows them, and a line next to it is
    /// the other side of the change, its repair.
    fn is_change(&self) -> bool {
        let line = &self.text[self.span.clone()];
        let other = match line.as_bytes().first() {
            Some(b'-') => '+',
            Some(b'+') => '-',
            Some(b'<') => '>',
            Some(b'>') => '<',
            _ => return false,
        };
        let rest = self.span.start + 1..self.span.end;
        let is_other = |whole: &str| self.neighbours().any(|line| self.text[line].strip_prefix(other) == Some(whole));
        self.each_choice(&rest, is_other)
    }

    /// Returns whether the text around a span is about encodings, and the span is an example there.
    fn is_named(&self, at: usize, vocabulary: &Vocabulary) -> bool {
        if !vocabulary.is_about_encodings {
            return false;
        }
        let near = self.near(&self.garbles[at]);
        let is_whole = near == self.span;
        let outside = || vocabulary.outside(self.text, (&self.span, &near));
        let outside = if is_whole { *self.outside.get_or_init(outside) } else { outside() };
        if is_whole && outside.max(vocabulary.within(near)) < Some(Subject::Encodings) {
            return false;
        }
        let (token, near) = self.token(at);
        let holder = self.holder(&token, &near);
        // Text that is mojibake itself is no evidence.
        let content = holder.as_ref().map_or(&token, |(_, content)| content);
        let Some(subject) = vocabulary.beside(&near, content).max(outside) else { return false };
        match subject {
            Subject::Mojibake => true,
            Subject::Encodings | Subject::Comparison => {
                let word = self.repaired(token.clone(), 0);
                let is_string = holder.as_ref().is_some_and(|(marks, content)| {
                    let text = self.text[content.clone()].trim();
                    marks.0 != '/' && text.len() <= STRING && !text.contains(char::is_whitespace)
                });
                let is_alone = self.is_alone(&token, &word) && !self.is_in_prose() && !self.is_word(&token, &word);
                subject == Subject::Encodings && (is_string || is_alone)
            }
        }
    }

    /// Returns whether the text is isolated in a way that prose is not: one or two Latin letters, a quotation mark, an
    /// apostrophe; not a dash, an emoji or a word.
    fn is_alone(&self, token: &Range<usize>, word: &str) -> bool {
        let is_mark = |c: char| matches!(c, '‘'..='„' | '«' | '»' | '\u{a0}' | '\u{feff}' | '€' | '…' | '™');
        let is_short = word.chars().count() <= 2 && !word.is_ascii();
        if is_short && word.chars().all(|c| is_letter(c) && c < '\u{250}') {
            return true;
        }
        // A mark next to a word belongs to it.
        let ends = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || ".,;:)*_\"'`”»".contains(c));
        let before = self.text[..token.start].chars().next_back();
        let after = self.text[token.end..].chars().next();
        is_short && word.chars().all(is_mark) && (ends(before) || before == Some('(')) && ends(after)
    }

    /// Returns whether a letter between spaces may be a word of its language, which it is not in English.
    fn is_word(&self, token: &Range<usize>, word: &str) -> bool {
        let (before, after) = (&self.text[..token.start], &self.text[token.end..]);
        let is_between = before.ends_with(char::is_whitespace) && after.starts_with(char::is_whitespace);
        let words = || self.gaps(self.near(&self.garbles[0])).flat_map(str::chars);
        is_between && word.chars().all(is_letter) && !Languages::guess(words()).holds_english()
    }

    /// Returns whether some span of the line is part of a word, and not a string: the line itself is damaged.
    fn is_in_prose(&self) -> bool {
        *self.in_prose.get_or_init(|| {
            (0..self.garbles.len()).any(|at| {
                let (token, near) = self.token(at);
                let is_alone = self.gaps(token.clone()).all(|gap| gap.trim().is_empty());
                !is_alone && self.holder(&token, &near).is_none()
            })
        })
    }
}

/// Signs and words between two texts that are set side by side.
const SEPARATORS: [&str; 19] = [
    "|",
    ": ",
    "\t",
    "->",
    "=>",
    "→",
    "⇒",
    "==",
    "<td>",
    "</td>",
    "</th>",
    " as ",
    " instead of ",
    " rather than ",
    " should be ",
    " becomes ",
    " statt ",
    " au lieu de ",
    " вместо ",
];

/// All of them, because most lines have none.
static ANY_SEPARATOR: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(SEPARATORS).expect("the separators are few and short"));

/// Returns whether two texts that are not ASCII are equal but for the markup around them, and their quotation marks
/// unless there is nothing else.
fn is_equal(one: &str, other: &str) -> bool {
    [(bare(one), bare(other)), (quoted(one), quoted(other))]
        .into_iter()
        .any(|(one, other)| one == other && !one.is_ascii())
}

/// Returns whether a text ends with the words of another one that is not ASCII, but for the markup around them.
fn ends_with(head: &str, tail: &str) -> bool {
    [(bare(head), bare(tail)), (quoted(head), quoted(tail))]
        .into_iter()
        .any(|(head, tail)| !tail.is_ascii() && head.strip_suffix(tail).is_some_and(|head| !head.ends_with(is_letter)))
}

/// Returns a text without the markup and quotation marks around it.
fn bare(text: &str) -> &str {
    stripped(text, "-*_`#|.,:;()\"'“”„«»")
}

/// Returns a text without the markup around it, but with its quotation marks.
fn quoted(text: &str) -> &str {
    stripped(text, "-*_`#|.,:;()")
}

/// Returns a text without blanks, tags and these signs around it.
fn stripped<'a>(text: &'a str, signs: &str) -> &'a str {
    let is_sign = |c: char| c.is_whitespace() || signs.contains(c);
    let mut text = text.trim_matches(is_sign);
    loop {
        let opened = text.strip_prefix('<').and_then(|rest| rest.split_once('>')).map(|(_, rest)| rest);
        let closed = text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).map(|(rest, _)| rest);
        match opened.or(closed) {
            Some(rest) => text = rest.trim_matches(is_sign),
            None => return text.trim_matches(['<', '>', '/']),
        }
    }
}

/// Returns whether a line ends in this value.
fn is_value(line: &str, whole: &str) -> bool {
    let head = line.trim_end().strip_suffix(whole);
    head.is_some_and(|head| head.ends_with([' ', '\t']) && head.trim_end().ends_with([':', '=', '>']))
}

/// Length above which a line is not examined as a whole, in bytes (a guess).
const LONG: usize = 4 << 10;
/// Maximum number of candidates of a span that are compared (a guess).
const CHOICES: usize = 8;
/// Minimum length of a word that does not occur twice in a line by chance, in letters (a guess).
const WORD: usize = 3;
/// Maximum length of a string that is an example, in bytes (a guess).
const STRING: usize = 48;

/// Kind of a string that is compared with its damaged form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparand {
    /// Enough letters for a word.
    Word,
    /// Letters, too few for a word.
    Letters,
    /// Other characters.
    Symbols,
}

/// Returns whether the text between two strings says that they are one text: an arrow, an equals sign, a colon, or, for
/// single letters but not for words, a few words.
fn is_relation(between: &str, kind: Comparand) -> bool {
    let signs = ["→", "->", "=>", "⇒", "=", "←", "<-"];
    let is_bare = !between.chars().any(char::is_alphanumeric) && between.len() <= 16;
    let is_sign = is_bare && signs.iter().any(|sign| between.contains(sign)) || between.trim() == ":";
    let is_phrase =
        || between.is_ascii() && (1..=5).contains(&between.split_whitespace().count()) && between.len() <= 40;
    let is_letter = kind == Comparand::Letters;
    is_sign || kind != Comparand::Word && (is_bare && between.contains('(') || is_letter && !is_bare && is_phrase())
}

/// Returns whether a line begins like a command of sed, perl or vim that replaces text.
fn is_expression(head: &str) -> bool {
    let slash = |at: usize| {
        let before = &head[..at];
        before.ends_with(['s', 'y']) && !before[..before.len() - 1].ends_with(|c: char| c.is_alphanumeric())
            || before.ends_with("tr")
    };
    head.match_indices('/').any(|(at, _)| slash(at))
}

/// Returns the length of the escapes at the end of a text.
fn trailing_escapes(text: &str) -> usize {
    let at = text.find('\\').filter(|&at| escapes(&text[at..]) == text.len() - at);
    at.map_or(0, |at| text.len() - at)
}

/// Returns the ASCII approximations that people write for a text.
fn approximations(text: &str) -> Vec<String> {
    let plain = |german: bool| {
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '‘' | '’' | '‚' | '´' | '′' => out.push('\''),
                '“' | '”' | '„' | '«' | '»' | '″' => out.push('"'),
                '–' | '—' | '‐' | '‑' | '−' | '―' => out.push('-'),
                '…' => out.push_str("..."),
                '\u{a0}' | '\u{202f}' | '\u{2009}' => out.push(' '),
                '•' | '·' => out.push('*'),
                '€' => out.push_str("EUR"),
                '™' => out.push_str("TM"),
                '©' => out.push_str("(c)"),
                '®' => out.push_str("(R)"),
                '×' => out.push('x'),
                'ß' => out.push_str("ss"),
                'æ' => out.push_str("ae"),
                'Æ' => out.push_str("AE"),
                'œ' => out.push_str("oe"),
                'Œ' => out.push_str("OE"),
                'ø' => out.push('o'),
                'Ø' => out.push('O'),
                'ł' => out.push('l'),
                'Ł' => out.push('L'),
                'đ' => out.push('d'),
                'ı' => out.push('i'),
                'ä' | 'ö' | 'ü' | 'Ä' | 'Ö' | 'Ü' if german => {
                    out.extend(c.nfd().next());
                    out.push('e');
                }
                '→' => out.push_str("->"),
                _ => out.extend(c.nfd().filter(|&c| !is_combining_mark(c))),
            }
        }
        out
    };
    let mut out = vec![plain(false), plain(true)];
    if text == "–" || text == "—" {
        out.push("--".to_owned());
    }
    out.retain(|plain| plain.is_ascii() && !plain.is_empty());
    out
}

/// Subject of a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Subject {
    /// One thing in place of another.
    Comparison,
    /// Encodings, or the appearance of characters.
    Encodings,
    /// Mojibake itself.
    Mojibake,
}

/// Words for mojibake, in the languages in which most is written about it.
const MOJIBAKE: &[&str] = &[
    "mojibake",
    "文字化け",
    "乱码",
    "亂碼",
    "кракозябр",
    "кракозяб",
    "крокозябр",
    "каракул",
    "zeichensalat",
    "buchstabensalat",
    "garbled",
    "gibberish",
    "double encod",
    "double-encod",
    "doubly encod",
    "doubly-encod",
    "misencod",
    "mis-encod",
    "misdecod",
    "mis-decod",
    "wrong encoding",
    "wrong charset",
    "wrong character set",
    "encoding error",
    "encoding issue",
    "encoding problem",
    "encoding bug",
    "decoding error",
    "wrongly encoded",
    "wrongly decoded",
    "decoded wrongly",
    "incorrectly decoded",
    "decoded incorrectly",
    "incorrectly encoded",
    "kodierungsfehler",
    "codierungsfehler",
    "kodierungsproblem",
    "codierungsproblem",
    "falsch kodiert",
    "falsch codiert",
    "falsch dekodiert",
    "falsche kodierung",
    "falsche codierung",
    "problème d'encodage",
    "problème d’encodage",
    "problèmes d'encodage",
    "problèmes d’encodage",
    "erreur d'encodage",
    "erreur d’encodage",
    "mauvais encodage",
    "error de codificación",
    "problema de codificación",
    "problemas de codificación",
    "erro de codificação",
    "problema de codificação",
    "problemas de codificação",
    "errore di codifica",
    "problemi di codifica",
    "problema di codifica",
    "krzaczki",
    "krzaki",
    "błąd kodowania",
    "problem z kodowaniem",
    "rozsypaný čaj",
    "ошибка кодировки",
    "проблема с кодировкой",
    "проблемы с кодировкой",
    "неверной кодировк",
    "编码错误",
    "编码问题",
    "編碼錯誤",
    "エンコードエラー",
];

/// Words for encodings, and for the appearance of characters as opposed to their identity.
const ENCODINGS: &[&str] = &[
    "encod",
    "decod",
    "utf-8",
    "utf8",
    "unicode",
    "charset",
    "character set",
    "latin-1",
    "latin1",
    "iso-8859",
    "iso 8859",
    "iso8859",
    "windows-125",
    "windows 125",
    "cp125",
    "cp437",
    "cp850",
    "cp932",
    "cp936",
    "shift-jis",
    "shift_jis",
    "gbk",
    "big5",
    "code page",
    "codepage",
    "byte order mark",
    "byte-order mark",
    "kodier",
    "codierung",
    "zeichensatz",
    "zeichensätze",
    "encodage",
    "encodé",
    "jeu de caractères",
    "codificaci",
    "codificado",
    "codifica",
    "juego de caracteres",
    "conjunto de caracteres",
    "kodowani",
    "kódován",
    "znaková sada",
    "znakové sad",
    "karakterkódol",
    "kódolás",
    "karakter kodlama",
    "tekenset",
    "teckenkod",
    "merkistö",
    "кодиров",
    "кодуван",
    "κωδικοποίηση",
    "编码",
    "編碼",
    "字符集",
    "字元集",
    "文字コード",
    "エンコード",
    "エンコーディング",
    "デコード",
    "인코딩",
    "문자 집합",
    "shows up as",
    "show up as",
    "showed up as",
    "appears as",
    "appear as",
    "appeared as",
    "displayed as",
    "displays as",
    "rendered as",
    "renders as",
    "turns into",
    "turn into",
    "turned into",
    "comes out as",
    "came out as",
    "where an apostrophe",
    "where a quotation mark",
    "erscheint als",
    "angezeigt als",
    "s'affiche",
    "s’affiche",
    "aparece como",
    "se muestra como",
    "appare come",
    "отображается как",
    "wyświetla się jako",
    "显示为",
    "顯示為",
    "表示され",
];

/// Words of comparison.
const COMPARISONS: &[&str] = &[
    "instead of",
    "rather than",
    "should be",
    "should read",
    "shown as",
    "shows",
    "showed",
    "displayed",
    "becomes",
    "became",
    "stands for",
    "stood for",
    "fixed",
    "corrected",
    "repair",
    "converted",
    "assert",
    "expect",
    "should_eq",
    "==",
    "!=",
    "->",
    "=>",
    "→",
    "⇒",
    "statt",
    "wird zu",
    "au lieu d",
    "devient",
    "en vez de",
    "en lugar de",
    "em vez de",
    "no lugar de",
    "invece di",
    "al posto di",
    "diventa",
    "вместо",
    "замість",
    "zamiast",
    "místo",
    "namiesto",
    "helyett",
    "yerine",
    "in plaats van",
    "i stället för",
    "i stedet for",
    "sijaan",
    "の代わり",
    "ではなく",
    "而不是",
    "变成",
    "變成",
    "대신",
];

static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let mut builder = AhoCorasick::builder();
    // A whole text is searched, so that the faster and larger automaton pays.
    builder.kind(Some(AhoCorasickKind::DFA)).ascii_case_insensitive(true).match_kind(MatchKind::LeftmostFirst);
    builder.build(MOJIBAKE.iter().chain(ENCODINGS).chain(COMPARISONS)).expect("the words are few and short")
});

/// The words by which a text is about encodings.
struct Vocabulary {
    /// Positions in the text, in bytes, in order.
    words: Vec<(usize, Subject)>,
    /// True if one of them is about more than a comparison.
    is_about_encodings: bool,
}

/// Maximum number of lines below a title for which it gives the subject (a guess).
const SECTION: usize = 40;
/// Maximum number of lines of a paragraph on either side (a guess).
const PARAGRAPH: usize = 3;

impl Vocabulary {
    fn of(text: &str) -> Vocabulary {
        let subject = |word: usize| match word.checked_sub(MOJIBAKE.len()) {
            None => Subject::Mojibake,
            Some(word) if word < ENCODINGS.len() => Subject::Encodings,
            Some(_) => Subject::Comparison,
        };
        let words = WORDS.find_iter(text).map(|found| (found.start(), subject(found.pattern().as_usize())));
        let words: Vec<(usize, Subject)> = words.collect();
        let is_about_encodings = words.iter().any(|&(_, subject)| subject >= Subject::Encodings);
        Vocabulary { words, is_about_encodings }
    }

    /// Returns the subject of a part of the text, by its most significant word.
    fn within(&self, part: Range<usize>) -> Option<Subject> {
        let first = self.words.partition_point(|&(at, _)| at < part.start);
        self.words[first..].iter().take_while(|&&(at, _)| at < part.end).map(|&(_, subject)| subject).max()
    }

    /// Returns the subject of a part of the text without `content`.
    fn beside(&self, part: &Range<usize>, content: &Range<usize>) -> Option<Subject> {
        let before = part.start..content.start.clamp(part.start, part.end);
        let after = content.end.clamp(part.start, part.end)..part.end;
        self.within(before).max(self.within(after))
    }

    /// Returns the subject of the lines around a line with a span: of those of its paragraph, and of its title. `near`
    /// is the part of the line near the span.
    fn outside(&self, text: &str, (line, near): (&Range<usize>, &Range<usize>)) -> Option<Subject> {
        let mut found = None;
        let is_blank = |line: &Range<usize>| text[line.clone()].trim().is_empty();
        // Forward within the paragraph, and to the beginning of the next one, which explains what this one shows.
        let mut end = line.end;
        let mut is_next = false;
        for _ in 0..PARAGRAPH {
            if end >= text.len() || near.end < line.end {
                break;
            }
            let next = line_at(text, end + 1);
            if is_blank(&next) && is_next || next.start > near.end + NEAR || text[next.clone()].starts_with('#') {
                break;
            }
            is_next |= is_blank(&next);
            found = found.max(self.within(next.start..next.end.min(near.end + NEAR)));
            end = next.end;
        }
        // Backward within the paragraph, then up to the title.
        let mut start = line.start;
        let mut is_paragraph = near.start == line.start;
        let mut count = 0;
        for _ in 0..SECTION {
            let Some(before) = start.checked_sub(1) else { break };
            let before = line_at(text, before);
            let is_below_blank = start < line.start && is_blank(&line_at(text, start));
            start = before.start;
            count += 1;
            // A sentence that ends with a colon is about the text after it.
            let is_introduced = is_below_blank && text[before.clone()].trim_end().ends_with([':', '：']);
            if is_introduced {
                found = found.max(self.within(before.clone()));
            }
            is_paragraph &= count <= PARAGRAPH && !is_blank(&before);
            if text[before.clone()].starts_with('#') {
                return found.max(self.within(before));
            }
            if is_paragraph && before.end + NEAR > near.start {
                found = found.max(self.within(before));
            }
        }
        found
    }
}
