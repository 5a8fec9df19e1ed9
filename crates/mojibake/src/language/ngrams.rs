//! The n-gram language model, which ranks the candidates for lost bytes by the cost of each character after the four
//! before it.
//!
//! Character n-grams up to five with back-off (interpolated absolute discounting, pruned after Seymore and Rosenfeld
//! 1996). They were counted from the texts of the plausibility model, to which the last level backs off, and from
//! further texts, above all in Chinese, Japanese and Korean. `crates/mojibake/data/README.md` has the sources and the
//! method. Knows no encodings.

use std::sync::LazyLock;

use crate::language::bigrams::{Class, model};
use crate::weights::Cost;

/// Data aligned to the cache lines of the processor, so that a bucket is one of them.
#[repr(align(64))]
struct Aligned<T: ?Sized>(T);

static DATA: &Aligned<[u8]> = &Aligned(*include_bytes!("../../data/fluency.bin"));
static FLUENCY: LazyLock<Fluency> = LazyLock::new(|| Fluency::read(&DATA.0));

/// Lengths of the header of the table, and of a bucket, in bytes.
const HEADER: usize = 64;
const BUCKET: usize = 64;
/// Bits of an entry that identify its n-gram.
const MARK: u32 = 0xf_ffff;
/// Cost of an emoji beyond that among emoji, in decinats.
const PICTURE: Cost = 80;
/// Length of the context, in characters.
pub(crate) const CONTEXT: usize = 4;
/// Stored cost of an entry that is only the beginning of others.
const CONTEXT_ONLY: u32 = 63;
/// Decinats in one unit of a stored cost.
const UNIT: Cost = 4;

pub(crate) struct Fluency {
    /// For each bucket the tags of the entries that belong there, as bits by their low six bits. Most n-grams that are
    /// looked up are unknown, and this eighth of the table is enough to see that.
    marks: &'static [[u8; 8]],
    buckets: &'static [[u8; BUCKET]],
}

pub(crate) fn fluency() -> &'static Fluency {
    &FLUENCY
}

/// The last characters of a text, folded, latest last, and the class of the last one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Context {
    /// Unused places in front hold U+0000.
    chars: [char; CONTEXT],
    class: Class,
    /// Case of the last character, of the one before it, and of the last letter of the sentence.
    case: Case,
    before: Case,
    shout: Case,
}

/// A context with the n-grams that start with it, longest first.
#[derive(Debug)]
pub(crate) struct Prepared {
    context: Context,
    /// Hash of all its characters.
    hash: u64,
    /// For each n-gram, its hash and the cost of backing off to it.
    levels: [(u64, Cost); CONTEXT],
    known: usize,
    /// Cost of backing off from all of them.
    back: Cost,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Case {
    None,
    Lower,
    Upper,
}

impl Context {
    /// Returns the context at the beginning of a line.
    pub(crate) fn edge() -> Context {
        Context {
            chars: ['\0', '\0', '\0', '\n'],
            class: model().edge(),
            case: Case::None,
            before: Case::None,
            shout: Case::None,
        }
    }

    /// Returns the context after `text`, the line so far.
    pub(crate) fn after(text: &str) -> Context {
        let start = text.char_indices().rev().nth(CONTEXT - 1).map_or(0, |(i, _)| i);
        let edge = if start == 0 { Context::edge() } else { Context { chars: ['\0'; CONTEXT], ..Context::edge() } };
        text[start..].chars().fold(edge, |context, c| context.then(&Letter::of(c)))
    }

    /// Returns the last character, folded.
    pub(crate) fn last(self) -> char {
        self.chars[CONTEXT - 1]
    }

    /// Returns whether the last character is a letter.
    pub(crate) fn ends_word(self) -> bool {
        self.last().is_alphabetic()
    }

    /// Returns whether the last character is a lower-case letter.
    pub(crate) fn ends_small(self) -> bool {
        self.case == Case::Lower
    }

    /// Returns the context after one more character.
    pub(crate) fn then(self, letter: &Letter) -> Context {
        let [_, b, d, e] = self.chars;
        let shout = match letter.c {
            _ if letter.case != Case::None => letter.case,
            '.' | '!' | '?' | ':' | '\n' | '*' | '#' | '-' => Case::None,
            _ => self.shout,
        };
        let (chars, case) = ([b, d, e, letter.folded], letter.case);
        Context { chars, class: letter.class, case, before: self.case, shout }
    }
}

/// A character with the properties that the model needs.
#[derive(Clone, Copy)]
pub(crate) struct Letter {
    pub(crate) c: char,
    folded: char,
    class: Class,
    case: Case,
}

/// First character that is not in `LETTERS`, which has most of those with case.
const CASED: usize = 0x600;

static LETTERS: LazyLock<Vec<Letter>> =
    LazyLock::new(|| (0..CASED as u32).filter_map(char::from_u32).map(Letter::new).collect());

impl Letter {
    pub(crate) fn of(c: char) -> Letter {
        match LETTERS.get(c as usize) {
            Some(&letter) => letter,
            // CJK scripts have no case.
            None if matches!(c, '\u{2e80}'..'\u{a640}' | '\u{ac00}'..'\u{e000}') => {
                Letter { c, folded: c, class: model().class(c), case: Case::None }
            }
            None => Letter::new(c),
        }
    }

    /// Returns whether it is an upper-case letter.
    pub(crate) fn is_capital(&self) -> bool {
        self.case == Case::Upper
    }

    fn new(c: char) -> Letter {
        let case = match c {
            _ if c.is_lowercase() => Case::Lower,
            _ if c.is_uppercase() => Case::Upper,
            _ => Case::None,
        };
        Letter { c, folded: fold(c), class: model().class(c), case }
    }
}

/// Returns the form in which a character is part of a context, where case, digits and the kind of space do not matter.
fn fold(c: char) -> char {
    if c.is_ascii() {
        return if c.is_ascii_digit() { '0' } else { c.to_ascii_lowercase() };
    }
    if is_blank(c) {
        return ' ';
    }
    c.to_lowercase().next().unwrap_or(c)
}

/// Returns whether the n-grams treat a character as a space.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{202f}')
}

/// Adds a character to the hash of an n-gram, as in `crates/mojibake/tools/fluency.py`.
fn mix(hash: u64, c: char) -> u64 {
    let hash = (hash ^ u64::from(c)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ hash >> 29
}

impl Fluency {
    fn read(data: &'static [u8]) -> Fluency {
        let count = u32::from_le_bytes([data[4], data[5], data[6], data[7]]) as usize;
        let (marks, rest) = data[HEADER..].split_at((count * 8).next_multiple_of(BUCKET));
        Fluency { marks: &marks.as_chunks().0[..count], buckets: rest.as_chunks().0 }
    }

    /// Returns the cost and the back-off cost of the n-gram with this hash.
    fn entry(&self, hash: u64) -> Option<(Option<Cost>, Cost)> {
        let mark = (hash as u32 & MARK).max(1);
        let home = (((hash >> 32) * self.buckets.len() as u64) >> 32) as usize;
        let marks = u64::from_le_bytes(*self.marks.get(home)?);
        if marks >> (mark & 63) & 1 == 0 { None } else { self.find(home, mark) }
    }

    /// Returns the cost and the back-off cost, searched from the bucket `home` on.
    fn find(&self, home: usize, mark: u32) -> Option<(Option<Cost>, Cost)> {
        let mut at = home;
        loop {
            // A whole bucket at once, because the position of an entry in it cannot be predicted.
            let (mut found, mut is_full) = (0, true);
            for entry in self.buckets.get(at)?.as_chunks().0 {
                let entry = u32::from_le_bytes(*entry);
                found |= if entry & MARK == mark { entry } else { 0 };
                is_full &= entry & MARK != 0;
            }
            if found != 0 {
                let (cost, back) = (found >> 20 & 0x3f, found >> 26);
                return Some(((cost != CONTEXT_ONLY).then_some(cost as Cost * UNIT), back as Cost * UNIT));
            }
            if !is_full {
                return None;
            }
            at = if at + 1 == self.buckets.len() { 0 } else { at + 1 };
        }
    }

    /// Returns the context with the n-grams that are known to start with it.
    pub(crate) fn prepare(&self, context: Context) -> Prepared {
        let mut levels = [(0, 0); CONTEXT];
        let (mut known, mut back) = (0, 0);
        let mut whole = 0;
        for from in 0..CONTEXT {
            let history = &context.chars[from..];
            if history[0] == '\0' {
                continue;
            }
            let hash = history.iter().fold(0, |hash, &c| mix(hash, c));
            // The longest one: characters before it are U+0000.
            whole = if whole == 0 { hash } else { whole };
            // An n-gram that starts no longer one is not stored as a beginning.
            if let Some((_, more)) = self.entry(hash) {
                levels[known] = (hash, back);
                known += 1;
                back += more;
            }
        }
        Prepared { context, hash: whole, levels, known, back }
    }

    /// Returns the cost of a character after a context, in decinats.
    pub(crate) fn cost_after(&self, prepared: &Prepared, letter: &Letter) -> Cost {
        weighed(prepared, letter, || self.known_after(prepared, letter))
    }

    /// Returns the cost of a character after a context by n-grams; `None` if no n-gram ends with it.
    fn known_after(&self, prepared: &Prepared, letter: &Letter) -> Option<Cost> {
        prepared.levels[..prepared.known].iter().find_map(|&(hash, back)| match self.entry(mix(hash, letter.folded)) {
            Some((Some(cost), _)) => Some(back + cost),
            _ => None,
        })
    }

    /// Returns the cost of `text` after `context`, and the context after both.
    pub(crate) fn text(&self, context: Context, text: impl Iterator<Item = char>) -> (Cost, Context) {
        text.fold((0, context), |(sum, context), c| {
            let letter = Letter::of(c);
            (sum + self.cost_after(&self.prepare(context), &letter), context.then(&letter))
        })
    }
}

/// Returns the cost of a character after a context, given its cost by n-grams.
#[inline(always)]
fn weighed(prepared: &Prepared, letter: &Letter, known: impl FnOnce() -> Option<Cost>) -> Cost {
    if matches!(letter.c, '\u{1f000}'..='\u{1faff}') {
        // An emoji can be anywhere.
        return PICTURE + model().share(letter.class);
    }
    match known() {
        Some(cost) => cost + case(&prepared.context, letter),
        None => prepared.back + model().step(prepared.context.class, letter.class),
    }
}

/// Number of costs that are remembered.
const COSTS: usize = 1 << 12;

/// Costs by n-grams that were looked up before, because candidates share most of their characters, and the table of the
/// model is larger than the caches of a processor.
#[derive(Debug, Default)]
pub(crate) struct Costs {
    /// The hash of each n-gram and its cost, at the place of its hash. Empty before the first look-up.
    known: Vec<(u64, Option<Cost>)>,
}

impl Costs {
    /// Returns the cost of a character after a context, in decinats.
    pub(crate) fn cost_after(&mut self, prepared: &Prepared, letter: &Letter) -> Cost {
        weighed(prepared, letter, || {
            if self.known.is_empty() {
                self.known.resize(COSTS, (0, None));
            }
            let hash = mix(prepared.hash, letter.folded);
            let place = &mut self.known[(hash >> 32) as usize % COSTS];
            if place.0 != hash {
                *place = (hash, fluency().known_after(prepared, letter));
            }
            place.1
        })
    }
}

/// Returns the cost of the case of a letter, which the n-grams do not see, in decinats (guesses).
fn case(context: &Context, letter: &Letter) -> Cost {
    match (letter.case, context.case, context.before) {
        (Case::Upper, Case::Lower, _) => 50,
        (Case::Upper, Case::Upper, Case::None | Case::Lower) => 25,
        (Case::Upper, Case::None, _) if context.shout == Case::Lower => 22,
        (Case::Lower, Case::Upper, Case::Upper) => 25,
        _ if is_blank(letter.c) => 10,
        _ => 0,
    }
}
