//! What a character costs after the four before it: the model that ranks what lost bytes may have been.
//!
//! Character n-grams up to five with back-off (interpolated absolute discounting, pruned after Seymore
//! and Rosenfeld 1996), counted from the texts of the plausibility model, to which it backs off at last,
//! and more, of Chinese, Japanese and Korean above all.
//! `crates/mojibake/data/README.md` tells from what and how it is made. Knows no encodings.

use std::sync::LazyLock;

use super::model::{Class, Cost, model};

/// Aligned as the lines of the processor's cache are, so that a bucket is one of them.
#[repr(align(64))]
struct Aligned<T: ?Sized>(T);

static DATA: &Aligned<[u8]> = &Aligned(*include_bytes!("../data/fluency.bin"));
static FLUENCY: LazyLock<Fluency> = LazyLock::new(|| Fluency::read(&DATA.0));

/// Bytes of the head of the table, and of a bucket.
const HEADER: usize = 64;
const BUCKET: usize = 64;
/// What of an entry tells its n-gram.
const MARK: u32 = 0xf_ffff;
/// What an emoji costs, beside what it costs among emoji.
const PICTURE: Cost = 80;
/// Characters of context.
pub(crate) const CONTEXT: usize = 4;
/// The cost of an entry that is known as the beginning of others only.
const CONTEXT_ONLY: u32 = 63;
/// Tenths of a nat in a unit of a stored cost.
const UNIT: Cost = 4;

pub(crate) struct Fluency {
    /// For each bucket the marks of the entries that belong there, as bits by their low six bits: most n-grams that are
    /// asked for are not known, and an eighth of the table tells so.
    marks: &'static [[u8; 8]],
    buckets: &'static [[u8; BUCKET]],
}

pub(crate) fn fluency() -> &'static Fluency {
    &FLUENCY
}

/// The last characters of a text, folded, latest last, and the class of the very last one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Context {
    /// Unused places in front hold U+0000.
    chars: [char; CONTEXT],
    class: Class,
    /// The case of the last character, of the one before it, and of the last letter of the sentence.
    case: Case,
    before: Case,
    shout: Case,
}

/// A context with the n-grams that it begins, longest first.
pub(crate) struct Prepared {
    context: Context,
    /// The hash of each, and what backing off to it costs.
    levels: [(u64, Cost); CONTEXT],
    known: usize,
    /// What backing off from all of them costs.
    back: Cost,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Case {
    None,
    Lower,
    Upper,
}

impl Context {
    /// At the beginning of a line.
    pub(crate) fn edge() -> Context {
        Context {
            chars: ['\0', '\0', '\0', '\n'],
            class: model().edge(),
            case: Case::None,
            before: Case::None,
            shout: Case::None,
        }
    }

    /// After `text`, a line so far.
    pub(crate) fn after(text: &str) -> Context {
        let start = text.char_indices().rev().nth(CONTEXT - 1).map_or(0, |(i, _)| i);
        let edge = if start == 0 { Context::edge() } else { Context { chars: ['\0'; CONTEXT], ..Context::edge() } };
        text[start..].chars().fold(edge, |context, c| context.then(&Letter::of(c)))
    }

    /// The last character, folded.
    pub(crate) fn last(self) -> char {
        self.chars[CONTEXT - 1]
    }

    /// Whether the last character is a letter.
    pub(crate) fn ends_word(self) -> bool {
        self.last().is_alphabetic()
    }

    /// Whether the last character is a small letter.
    pub(crate) fn ends_small(self) -> bool {
        self.case == Case::Lower
    }

    /// After one more character.
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

/// A character with all that the model asks of it.
#[derive(Clone, Copy)]
pub(crate) struct Letter {
    pub(crate) c: char,
    folded: char,
    class: Class,
    case: Case,
}

/// Characters below this one are looked up in `LETTERS`: those that have cases mostly.
const CASED: usize = 0x600;

static LETTERS: LazyLock<Vec<Letter>> =
    LazyLock::new(|| (0..CASED as u32).filter_map(char::from_u32).map(Letter::new).collect());

impl Letter {
    pub(crate) fn of(c: char) -> Letter {
        match LETTERS.get(c as usize) {
            Some(&letter) => letter,
            // The wide scripts have no case.
            None if matches!(c, '\u{2e80}'..'\u{a640}' | '\u{ac00}'..'\u{e000}') => {
                Letter { c, folded: c, class: model().class(c), case: Case::None }
            }
            None => Letter::new(c),
        }
    }

    /// Whether it is a capital.
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

/// Case, digits and the kind of blank do not matter for what follows.
fn fold(c: char) -> char {
    if c.is_ascii() {
        return if c.is_ascii_digit() { '0' } else { c.to_ascii_lowercase() };
    }
    if is_blank(c) {
        return ' ';
    }
    c.to_lowercase().next().unwrap_or(c)
}

/// Whether the n-grams take it for a blank.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{202f}')
}

/// A step of the hash of an n-gram, as in `crates/mojibake/tools/fluency.py`.
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

    /// Cost and back-off cost of the n-gram of this hash.
    fn entry(&self, hash: u64) -> Option<(Option<Cost>, Cost)> {
        let mark = (hash as u32 & MARK).max(1);
        let home = (((hash >> 32) * self.buckets.len() as u64) >> 32) as usize;
        let marks = u64::from_le_bytes(*self.marks.get(home)?);
        if marks >> (mark & 63) & 1 == 0 { None } else { self.find(home, mark) }
    }

    /// The same, from its bucket on.
    fn find(&self, home: usize, mark: u32) -> Option<(Option<Cost>, Cost)> {
        let mut at = home;
        loop {
            // All of a bucket at once, as where in it an entry stands cannot be foreseen.
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

    /// What is known after `context`.
    pub(crate) fn prepare(&self, context: Context) -> Prepared {
        let mut levels = [(0, 0); CONTEXT];
        let (mut known, mut back) = (0, 0);
        for from in 0..CONTEXT {
            let history = &context.chars[from..];
            if history[0] == '\0' {
                continue;
            }
            let hash = history.iter().fold(0, |hash, &c| mix(hash, c));
            // What begins no longer n-gram is not stored as a beginning.
            if let Some((_, more)) = self.entry(hash) {
                levels[known] = (hash, back);
                known += 1;
                back += more;
            }
        }
        Prepared { context, levels, known, back }
    }

    /// What a character costs after a context, in tenths of a nat.
    pub(crate) fn cost_after(&self, prepared: &Prepared, letter: &Letter) -> Cost {
        if matches!(letter.c, '\u{1f000}'..='\u{1faff}') {
            // Any picture can stand anywhere.
            return PICTURE + model().share(letter.class);
        }
        for &(hash, back) in &prepared.levels[..prepared.known] {
            if let Some((Some(cost), _)) = self.entry(mix(hash, letter.folded)) {
                return back + cost + case(&prepared.context, letter);
            }
        }
        prepared.back + model().step(prepared.context.class, letter.class)
    }

    /// What `text` costs after `context`, and the context after it.
    pub(crate) fn text(&self, context: Context, text: impl Iterator<Item = char>) -> (Cost, Context) {
        text.fold((0, context), |(sum, context), c| {
            let letter = Letter::of(c);
            (sum + self.cost_after(&self.prepare(context), &letter), context.then(&letter))
        })
    }
}

/// What the case of a letter costs, which the n-grams do not see.
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
