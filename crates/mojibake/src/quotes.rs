//! Quotation marks around a place where bytes are lost, and what a mark costs there. Knows no encodings.

use super::alphabet::Languages;
use super::model::Cost;

/// Quotation marks around a zone.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Quotes {
    /// The one that is open before it.
    pub(super) open: Option<char>,
    /// The bracket of the wide scripts that is open before it.
    pub(super) bracket: Option<char>,
    /// The next one after it.
    pub(super) next: Option<char>,
    /// Whether the zone is the last thing in its line that could be one.
    pub(super) is_last: bool,
}

/// Whether a character is a quotation mark; an apostrophe may be one.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '‘' | '’' | '„' | '‚' | '«' | '»' | '‹' | '›')
}

/// The quotation mark that is open after `text`.
pub(super) fn open_quote(text: impl Iterator<Item = char>) -> Option<char> {
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

/// Brackets of the wide scripts, opening and closing.
const BRACKETS: [(char, char); 8] =
    [('（', '）'), ('「', '」'), ('『', '』'), ('《', '》'), ('〈', '〉'), ('【', '】'), ('〔', '〕'), ('〖', '〗')];

/// The bracket that is open after `text`.
pub(super) fn open_bracket(text: impl Iterator<Item = char>) -> Option<char> {
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

/// What a closing bracket costs that closes nothing before a place.
pub(super) fn unopened(quotes: &Quotes, c: char) -> Cost {
    let Some(pair) = BRACKETS.iter().find(|pair| pair.1 == c) else { return 0 };
    if quotes.bracket == Some(pair.0) { 0 } else { UNCLOSED }
}

/// Whether `c` closes what `mark` opens.
pub(super) fn closes(mark: char, c: char) -> bool {
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

/// What a quotation mark costs that does not go with those before and after it.
pub(super) fn misquoted(quotes: &Quotes, languages: Languages, c: char) -> Cost {
    if c == '’' || !is_quote(c) {
        return 0;
    }
    match quotes.open {
        Some(mark) if languages.close_with(mark, c) => 0,
        Some(mark) if closes(mark, c) => ABROAD,
        Some(_) => MISQUOTED,
        // A mark that opens: one of the language, and one that is closed by the next.
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

/// What anything else costs where a quotation is open and the only mark that could close it is the one that was lost.
pub(super) fn unclosed(quotes: &Quotes, c: char) -> Cost {
    let is_open = |mark: char| !closes(mark, c) && quotes.next.is_none_or(|next| !closes(mark, next));
    if quotes.open.is_some_and(is_open) { UNCLOSED } else { 0 }
}

/// What a mark costs that closes the quotation in other languages.
const ABROAD: Cost = 90;
/// What it costs to leave a quotation open.
const UNCLOSED: Cost = 55;
/// What an opening mark costs after which nothing can close it.
const LONELY: Cost = 40;
/// What a quotation mark costs that has no partner.
const MISQUOTED: Cost = 120;
