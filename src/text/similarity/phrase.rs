//! The words around a position in a text, and whether those around another position are equal, which is the evidence
//! that a phrase occurs elsewhere, too.
//!
//! Knows plain text, and the characters that only set it off (emphasis, headings, bullets, brackets of links); knows no
//! documents, and nothing of the text at the position.

use std::ops::Range;

use crate::text::mojibake::is_cjk;

/// Length of the context on each side of a position, in bytes (a guess): about two lines.
pub const REACH: usize = 120;
/// Minimum length of a phrase that is evidence, in letters (a guess).
const LETTERS: usize = 10;
/// Minimum length of a phrase that is evidence for a letter within one of its words, in letters (a guess).
const SPELLING: usize = 6;
/// Minimum length of a phrase that is unambiguous by itself, in letters and words (a guess).
const LONG: (usize, usize) = (20, 3);
/// Minimum length of a line that is rare enough to be the same line wherever it occurs, in letters (a guess).
const TITLE: usize = 16;
/// Sufficient and minimum length of an anchor, in letters (guesses).
const ANCHOR: (usize, usize) = (8, 4);
/// Number of tokens next to the position at which an anchor may begin (a guess).
const NEAR: usize = 6;
/// Punctuation that an anchor may hold.
const PLAIN: &str = ",:;&/.()-";
/// The variation selector of emoji, which is no content.
const SELECTOR: char = '\u{FE0F}';

/// Extent to which one side of a position is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KnownExtent {
    /// Known up to the start or end of its paragraph.
    Whole,
    /// Cut off: the paragraph goes on.
    Cut,
}

/// A word, or a character that is not part of one. A line break is a token of its own.
#[derive(Debug, Clone, Copy)]
struct PhraseToken<'a> {
    text: &'a str,
    /// Start of the token in the text of its side, in bytes.
    start: usize,
}

impl PhraseToken<'_> {
    fn is_break(&self) -> bool {
        self.text == "\n"
    }

    fn is_word(&self) -> bool {
        self.text.starts_with(char::is_alphanumeric)
    }

    /// Returns whether it is a number, or punctuation as between numbers and titles.
    fn is_label(&self) -> bool {
        !self.is_break() && self.text.chars().all(is_label)
    }
}

/// The text on one side of a position, nearest token first.
#[derive(Debug, Clone)]
pub struct Side<'a> {
    text: &'a str,
    tokens: Vec<PhraseToken<'a>>,
    /// True if no space separates the position from the nearest token.
    is_glued: bool,
    extent: KnownExtent,
}

impl<'a> Side<'a> {
    /// Returns the side before a position, which is the end of `text`.
    #[must_use]
    pub fn before(text: &'a str, extent: KnownExtent) -> Self {
        let mut tokens = tokens(text, extent);
        if extent == KnownExtent::Cut {
            // The first word may be the end of a longer one.
            tokens.drain(..tokens.len().min(1));
        }
        tokens.reverse();
        let is_glued = text.trim_end_matches(is_markup).ends_with(|c: char| !c.is_whitespace());
        Self { text, tokens, is_glued, extent }
    }

    /// Returns the side after a position, which is the start of `text`.
    #[must_use]
    pub fn after(text: &'a str, extent: KnownExtent) -> Self {
        let mut tokens = tokens(text, KnownExtent::Cut);
        if extent == KnownExtent::Cut {
            tokens.pop();
        }
        let is_glued = text.trim_start_matches(is_markup).starts_with(|c: char| !c.is_whitespace());
        Self { text, tokens, is_glued, extent }
    }

    /// Returns the side without the numbers next to the position, because another text may number its items
    /// differently.
    #[must_use]
    pub fn unnumbered(&self) -> Self {
        let tokens = self.tokens.iter().skip_while(|token| token.is_label()).copied().collect();
        Self { tokens, is_glued: false, ..*self }
    }

    /// Returns the words to search for elsewhere: near, plain and not too short.
    #[must_use]
    pub fn anchor(&self) -> Option<Anchor<'a>> {
        let plain = |token: &PhraseToken<'_>| token.is_word() || PLAIN.contains(token.text);
        let ascii = |token: &PhraseToken<'_>| token.text.is_ascii() && plain(token);
        self.nearest(ascii).or_else(|| self.nearest(plain))
    }

    /// Returns the nearest anchor made of tokens for which `fits` holds.
    fn nearest(&self, fits: impl Fn(&PhraseToken<'a>) -> bool) -> Option<Anchor<'a>> {
        (0..self.tokens.len().min(NEAR)).find_map(|at| self.anchor_at(at, &fits))
    }

    fn anchor_at(&self, at: usize, fits: impl Fn(&PhraseToken<'a>) -> bool) -> Option<Anchor<'a>> {
        let first = self.tokens.get(at).filter(|token| token.is_word() && fits(token))?;
        let mut range = first.start..first.start + first.text.len();
        let mut letters = letters(first.text);
        let mut whole = (range.clone(), letters);
        for token in &self.tokens[at + 1..] {
            let here = token.start..token.start + token.text.len();
            let between = if here.start < range.start { here.end..range.start } else { range.end..here.start };
            let joined = matches!(self.text.get(between), Some("" | " "));
            if whole.1 >= ANCHOR.0 || !joined || token.is_break() || !fits(token) {
                break;
            }
            range = range.start.min(here.start)..range.end.max(here.end);
            letters += self::letters(token.text);
            if token.is_word() {
                whole = (range.clone(), letters);
            }
        }
        let between = self.tokens[..at].iter().filter(|token| !token.is_break());
        let between = between.map(|token| token.text).collect();
        (whole.1 >= ANCHOR.1).then_some(Anchor { phrase: self.text.get(whole.0)?, between })
    }

    /// Returns whether nothing but a number is between the position and the start or end of its line.
    #[must_use]
    pub fn is_label(&self) -> bool {
        match self.tokens.iter().find(|token| !token.is_label()) {
            Some(token) => token.is_break(),
            None => self.extent == KnownExtent::Whole,
        }
    }

    /// Returns whether the position is within a word, as far as this side shows.
    #[must_use]
    pub fn joins(&self) -> bool {
        self.is_glued && self.tokens.first().is_some_and(PhraseToken::is_word)
    }

    /// Returns the part that both sides have, or `None` if they differ next to the position.
    fn shared(&self, other: &Self) -> Option<Shared> {
        if self.is_glued != other.is_glued {
            return None;
        }
        let mut shared = Shared::default();
        let (mut own, mut others) = (self.tokens.iter().peekable(), other.tokens.iter().peekable());
        loop {
            let ends = |token: Option<&&PhraseToken<'_>>, side: &Self| match token {
                Some(token) => token.is_break(),
                None => side.extent == KnownExtent::Whole,
            };
            if ends(own.peek(), self) && ends(others.peek(), other) {
                shared.is_closed = true;
                break;
            }
            // A passage may be wrapped differently elsewhere.
            if own.next_if(|token| token.is_break()).is_some() || others.next_if(|token| token.is_break()).is_some() {
                continue;
            }
            match (own.next(), others.next()) {
                (Some(a), Some(b)) if a.text == b.text => {
                    shared.words += usize::from(a.is_word());
                    shared.letters += letters(a.text);
                }
                _ => break,
            }
        }
        (shared.words > 0 || shared.is_closed).then_some(shared)
    }
}

/// Words of one side of a position that can be searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor<'a> {
    /// The words, as one piece.
    pub phrase: &'a str,
    /// The tokens between the phrase and the position, nearest to the position first.
    pub between: Vec<&'a str>,
}

/// The common part of one side of two positions.
#[derive(Debug, Clone, Copy, Default)]
struct Shared {
    words: usize,
    letters: usize,
    /// True if it reaches to the end of the line.
    is_closed: bool,
}

/// The common part of the contexts of two positions, on both sides.
#[derive(Debug, Clone, Copy)]
pub struct CommonContext {
    words: usize,
    letters: usize,
    /// True if both positions are within the same word.
    is_spelling: bool,
    /// True if both positions are at the start of their lines.
    is_start: bool,
    /// True if both lines are equal as a whole.
    is_line: bool,
}

impl CommonContext {
    /// Returns the common part of the contexts of two positions, each given as the sides before and after it. `None` if
    /// on one side it has neither a word nor the end of the line.
    #[must_use]
    pub fn of(one: (&Side<'_>, &Side<'_>), other: (&Side<'_>, &Side<'_>)) -> Option<Self> {
        let (before, after) = (one.0.shared(other.0)?, one.1.shared(other.1)?);
        Some(Self {
            words: before.words + after.words,
            letters: before.letters + after.letters,
            is_spelling: one.0.joins() && before.words > 0 || one.1.joins() && after.words > 0,
            is_start: before.is_closed && before.words == 0,
            is_line: before.is_closed && after.is_closed,
        })
    }

    /// Returns whether the common part is enough for one phrase, wherever it occurs.
    #[must_use]
    pub fn is_phrase(&self) -> bool {
        let is_short_line = self.is_line && self.words >= 2 && self.letters > ANCHOR.1;
        let is_spelling = self.is_spelling && self.words >= 2 && self.letters >= SPELLING;
        is_short_line || is_spelling || self.letters >= LETTERS && (self.words >= 2 || self.is_line)
    }

    /// Returns whether the common part is the title that follows both positions.
    #[must_use]
    pub fn is_title(&self) -> bool {
        self.is_start && self.is_phrase()
    }

    /// Returns the weight as evidence, in letters.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.letters + if self.is_line { LETTERS } else { 0 }
    }

    /// Returns whether the phrase is so long that the text at the position can hardly differ in it.
    #[must_use]
    pub fn is_long_phrase(&self) -> bool {
        self.is_phrase() && (self.is_line || self.letters >= LONG.0 && self.words >= LONG.1)
    }

    /// Returns whether the common part is a whole line, and not a common one.
    #[must_use]
    pub fn is_rare_line(&self) -> bool {
        self.is_line && self.words >= 2 && self.letters >= TITLE
    }

    /// Returns whether the common part is enough if both passages are known to be versions of each other.
    #[must_use]
    pub fn is_word(&self) -> bool {
        self.words > 0 && self.letters >= ANCHOR.1
    }
}

/// Returns the part of `text` before `at` that belongs to its paragraph, at most [`REACH`] bytes.
#[must_use]
pub fn reach_before(text: &str, at: usize) -> (Range<usize>, KnownExtent) {
    let start = text.floor_char_boundary(at.saturating_sub(REACH));
    let near = text.get(start..at).unwrap_or("");
    let mut end = near.len();
    let mut lines = near.rsplit('\n').peekable();
    let mut own = lines.next().map_or(0, str::len);
    while let Some(line) = lines.next() {
        end -= own + 1;
        // The first line of the context may be only the end of a line.
        let is_known = lines.peek().is_some() || start == 0;
        if line.trim().is_empty() && is_known {
            return (start + end + 1..at, KnownExtent::Whole);
        }
        own = line.len();
    }
    (start..at, if start == 0 { KnownExtent::Whole } else { KnownExtent::Cut })
}

/// Returns the part of `text` from `at` on that belongs to its paragraph, at most [`REACH`] bytes.
#[must_use]
pub fn reach_after(text: &str, at: usize) -> (Range<usize>, KnownExtent) {
    let end = text.ceil_char_boundary((at + REACH).min(text.len()));
    let near = text.get(at..end).unwrap_or("");
    let mut start = 0;
    for (number, line) in near.split('\n').enumerate() {
        let is_known = at + start + line.len() < end || end == text.len();
        if number > 0 && line.trim().is_empty() && is_known {
            return (at..at + start - 1, KnownExtent::Whole);
        }
        start += line.len() + 1;
    }
    (at..end, if end == text.len() { KnownExtent::Whole } else { KnownExtent::Cut })
}

/// Returns the end of the text before the tokens `between`, which precede `end` in this order.
#[must_use]
pub fn back_over(text: &str, end: usize, between: &[&str]) -> Option<usize> {
    let mut rest = text.get(..end)?;
    for token in between.iter().rev() {
        rest = rest.trim_end_matches(is_gap).strip_suffix(token)?;
    }
    Some(rest.trim_end_matches(is_gap).len())
}

/// Returns the end of the text before the numbers that precede `end`.
#[must_use]
pub fn back_over_numbers(text: &str, end: usize) -> Option<usize> {
    Some(text.get(..end)?.trim_end_matches(|c: char| is_gap(c) || is_label(c)).len())
}

/// Returns the start of the text after the tokens `between`, which follow `start` in reverse order.
#[must_use]
pub fn on_over(text: &str, start: usize, between: &[&str]) -> Option<usize> {
    let mut rest = text.get(start..)?;
    for token in between.iter().rev() {
        rest = rest.trim_start_matches(is_gap).strip_prefix(token)?;
    }
    Some(text.len() - rest.trim_start_matches(is_gap).len())
}

/// Returns whether a character only sets text off.
fn is_markup(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '#' | '>' | '~' | '[' | ']' | '\\' | '\u{200B}' | '\u{FEFF}')
}

/// Returns whether a character occurs in numbers, or between a number and a title.
fn is_label(c: char) -> bool {
    c.is_ascii_digit() || ".,:;()/-–—".contains(c)
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || is_markup(c)
}

/// Returns the length of a text as evidence, in letters of an alphabet: a CJK character counts as three.
fn letters(text: &str) -> usize {
    let weight = |c: char| if is_cjk(c) { 3 } else { usize::from(c.is_alphanumeric()) };
    text.chars().map(weight).sum()
}

/// Returns the words of `text`, and every other character that does more than set them off, in order. `before` is the
/// extent to which the text before it is known: a text with nothing before it starts a line.
fn tokens(text: &str, before: KnownExtent) -> Vec<PhraseToken<'_>> {
    let mut tokens = Vec::new();
    let mut at_line_start = before == KnownExtent::Whole;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let is_bullet = at_line_start && matches!(c, '-' | '+') && chars.peek().is_none_or(|(_, next)| *next == ' ');
        if c == '\n' {
            at_line_start = true;
        } else if is_gap(c) || is_bullet || c == SELECTOR {
            continue;
        } else {
            at_line_start = false;
        }
        let mut end = start + c.len_utf8();
        if c.is_alphanumeric() {
            while let Some((at, next)) = chars.next_if(|(_, next)| next.is_alphanumeric()) {
                end = at + next.len_utf8();
            }
        }
        tokens.push(PhraseToken { text: &text[start..end], start });
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(one: (&str, &str), other: (&str, &str)) -> Option<CommonContext> {
        let side = |(before, after)| (Side::before(before, KnownExtent::Whole), Side::after(after, KnownExtent::Whole));
        let (one, other) = (side(one), side(other));
        CommonContext::of((&one.0, &one.1), (&other.0, &other.1))
    }

    fn is_phrase(one: (&str, &str), other: (&str, &str)) -> bool {
        matched(one, other).is_some_and(|matched| matched.is_phrase())
    }

    #[test]
    fn marks_of_headings_and_emphasis_do_not_matter() {
        assert!(!is_phrase(("# ", " **Bow & Line** (2)"), ("- [", " Bow & Line](#bow)")));
        assert!(is_phrase(("# ", " **Knots & Splices** (2)"), ("- [", " Knots & Splices](#knots)")));
        assert!(is_phrase(("## ", " Part 7"), ("### ", " **Part 7**")));
    }

    #[test]
    fn a_side_has_to_agree_in_a_word_or_end_with_the_line_in_both() {
        assert!(!is_phrase(("Then ", " the harbour master"), ("", " the harbour master")));
        assert!(is_phrase(("Then ", " the harbour master"), ("And then. Then ", " the harbour master")));
        assert!(!is_phrase(("caf", " in the harbour"), ("decaf", " in the harbour")));
        assert!(!is_phrase(("caf", "s in the harbour"), ("caf", " in the harbour")));
    }

    #[test]
    fn numbers_next_to_a_place_can_be_left_out() {
        let sides = |before, after| {
            let (before, after) = (Side::before(before, KnownExtent::Whole), Side::after(after, KnownExtent::Whole));
            (before.unnumbered(), after.unnumbered())
        };
        let one = sides("## 3. ", " 41–60: Splices & Whippings");
        let other = sides("* ", " Splices & Whippings (Questions 41-60)");
        assert!(CommonContext::of((&one.0, &one.1), (&other.0, &other.1)).is_some_and(|matched| matched.is_title()));
        let text = "🪢 41–60: Splices";
        assert_eq!(back_over_numbers(text, text.len() - 7), Some("🪢".len()));
        assert_eq!(back_over(text, text.len() - 7, &["41", "–", "60", ":"]), Some("🪢".len()));
    }

    #[test]
    fn a_passage_may_be_wrapped_elsewhere() {
        assert!(is_phrase(("lay\nat the old ", " for days"), ("and lay at the\nold ", " for\ndays")));
    }

    #[test]
    fn an_anchor_is_near_and_long_enough() {
        let side = Side::after("97: Basics of knots", KnownExtent::Whole);
        let anchor = side.anchor().expect("there are words");
        assert_eq!((anchor.phrase, anchor.between.as_slice()), ("97: Basics", &[][..]));
        let side = Side::before("the *harbour* master is ", KnownExtent::Whole);
        let anchor = side.anchor().expect("there are words");
        assert_eq!((anchor.phrase, anchor.between.len()), ("master is", 0));
        assert_eq!(Side::after(" a b", KnownExtent::Whole).anchor(), None);
    }

    #[test]
    fn what_is_near_ends_with_the_paragraph() {
        let text = "far\n \nnear\nat\n\nfar";
        let at = text.find("at").expect("it is there");
        assert_eq!(reach_before(text, at), (6..at, KnownExtent::Whole));
        assert_eq!(reach_after(text, at), (at..at + 2, KnownExtent::Whole));
        assert_eq!(reach_before(text, 0), (0..0, KnownExtent::Whole));
        assert_eq!(reach_after(text, text.len()), (text.len()..text.len(), KnownExtent::Whole));
        let long = "é".repeat(200);
        assert_eq!(reach_before(&long, 300), (180..300, KnownExtent::Cut));
        assert_eq!(reach_after(&long, 0), (0..120, KnownExtent::Cut));
    }
}
