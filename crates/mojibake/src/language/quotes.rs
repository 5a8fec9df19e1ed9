//! Quotation marks around a place where bytes are lost, and their costs there. Knows no encodings.

use std::ops::Range;

use crate::language::languages::{Languages, is_letter};
use crate::weights::Cost;

/// Quotation marks around a damaged region.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Quotes {
    /// The mark that is open before it.
    pub(crate) open: Option<char>,
    /// The CJK bracket that is open before it.
    pub(crate) bracket: Option<char>,
    /// The next mark after it.
    pub(crate) next: Option<char>,
    /// True if nothing after the region in its line can be a quotation mark.
    pub(crate) is_last: bool,
}

/// Returns whether a character is a quotation mark; an apostrophe may be one.
pub(crate) fn is_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '‘' | '’' | '„' | '‚' | '«' | '»' | '‹' | '›')
}

/// Returns whether a short span is a letter with one mark of a pair, whose other mark is at the other end of words in the
/// same line: `ší«` in `»nejslabší«`, `»ö` in `»öffneten«`.
pub(crate) fn are_around_words(text: &str, span: &Range<usize>) -> bool {
    /// Maximum length of such a span, in characters (a guess): longer ones prove more than a word in quotation marks can.
    const MAX_CHARS: usize = 4;
    /// Maximum length of the words between the marks, in characters (a guess: some sentences), so that a line of many such
    /// spans takes time in proportion to its length.
    const MAX_QUOTED: usize = 600;
    let Some(found) = text.get(span.clone()) else { return false };
    let mut marks = found.chars().filter(|&c| is_quote(c) && !matches!(c, '‘' | '’' | '‚'));
    let (Some(mark), None) = (marks.next(), marks.next()) else { return false };
    if found.chars().count() > MAX_CHARS || !found.chars().all(|c| c == mark || is_letter(c)) {
        return false;
    }
    let is_pair =
        |c: char| closes(mark, c) || closes(c, mark) || matches!((mark, c), ('»', '«') | ('›', '‹') | ('”', '”'));
    let is_word = |c: Option<char>| c.is_some_and(is_letter);
    let is_within = |(at, c): &(usize, char)| *at < MAX_QUOTED && *c != '\n';
    if found.ends_with(mark) {
        // The mark that opens is before a word, and after none.
        let mut next = found.chars().next();
        let mut before = text[..span.start].chars().rev().enumerate().take_while(is_within).map(|(_, c)| c).peekable();
        while let Some(c) = before.next() {
            if is_pair(c) && is_word(next) && !is_word(before.peek().copied()) {
                return true;
            }
            next = Some(c);
        }
    } else if found.starts_with(mark) {
        // The mark that closes is after a letter that is no first half of another one, and before none.
        let mut last = found.chars().next_back();
        let mut after = text[span.end..].chars().enumerate().take_while(is_within).map(|(_, c)| c).peekable();
        while let Some(c) = after.next() {
            let is_end = last.is_some_and(|c| is_letter(c) && (c.is_ascii() || c.is_lowercase()));
            if is_pair(c) && is_end && !is_word(after.peek().copied()) {
                return true;
            }
            last = Some(c);
        }
    }
    false
}

/// Returns the quotation mark that is open after `text`.
pub(crate) fn open_quote(text: impl Iterator<Item = char>) -> Option<char> {
    let mut open: Vec<char> = Vec::new();
    for c in text {
        match (c, open.last()) {
            (_, Some(&mark)) if closes(mark, c) => drop(open.pop()),
            ('„' | '‚' | '“' | '‘' | '«' | '‹', _) => open.push(c),
            _ => {}
        }
    }
    open.pop()
}

/// CJK brackets, opening and closing.
const BRACKETS: [(char, char); 8] =
    [('（', '）'), ('「', '」'), ('『', '』'), ('《', '》'), ('〈', '〉'), ('【', '】'), ('〔', '〕'), ('〖', '〗')];

/// Returns the bracket that is open after `text`.
pub(crate) fn open_bracket(text: impl Iterator<Item = char>) -> Option<char> {
    let mut open: Vec<char> = Vec::new();
    for c in text {
        if BRACKETS.iter().any(|pair| pair.0 == c) {
            open.push(c);
        } else if open.last().is_some_and(|&last| BRACKETS.contains(&(last, c))) {
            open.pop();
        }
    }
    open.pop()
}

/// Returns the cost of a closing bracket that closes nothing.
pub(crate) fn unopened(quotes: &Quotes, c: char) -> Cost {
    let Some(pair) = BRACKETS.iter().find(|pair| pair.1 == c) else { return 0 };
    if quotes.bracket == Some(pair.0) { 0 } else { UNCLOSED }
}

/// Returns whether `c` closes what `mark` opens.
pub(crate) fn closes(mark: char, c: char) -> bool {
    match mark {
        '„' => matches!(c, '“' | '”'),
        '‚' => matches!(c, '‘' | '’'),
        '“' => c == '”',
        '‘' => c == '’',
        '«' => c == '»',
        '‹' => c == '›',
        _ => false,
    }
}

/// Returns the cost of a quotation mark that does not match those before and after it.
pub(crate) fn misquoted(quotes: &Quotes, languages: Languages, c: char) -> Cost {
    if c == '’' || !is_quote(c) {
        return 0;
    }
    match quotes.open {
        Some(mark) if languages.close_with(mark, c) => 0,
        Some(mark) if closes(mark, c) => ABROAD,
        Some(_) => MISQUOTED,
        // An opening mark: it should be one of the language, and be closed by the next one.
        None => {
            let single = if matches!(c, '‘' | '‚' | '‹') { 20 } else { 0 };
            let strange = if languages.open_with(c) { 0 } else { MISQUOTED };
            let open =
                quotes.next.is_some_and(|next| matches!(next, '“' | '”' | '‘' | '’' | '«' | '»') && !closes(c, next));
            let lonely = if quotes.is_last && quotes.next.is_none() { LONELY } else { 0 };
            single + strange + lonely + if open { MISQUOTED } else { 0 }
        }
    }
}

/// Returns the cost of any other character if a quotation is open and only the lost mark can close it.
pub(crate) fn unclosed(quotes: &Quotes, c: char) -> Cost {
    let is_open = |mark: char| !closes(mark, c) && quotes.next.is_none_or(|next| !closes(mark, next));
    if quotes.open.is_some_and(is_open) { UNCLOSED } else { 0 }
}

/// Cost of a mark that closes the quotation in other languages, in decinats.
const ABROAD: Cost = 90;
/// Cost of leaving a quotation open, in decinats.
const UNCLOSED: Cost = 55;
/// Cost of an opening mark after which nothing can close it, in decinats.
const LONELY: Cost = 40;
/// Cost of a quotation mark without a partner, in decinats.
const MISQUOTED: Cost = 120;
