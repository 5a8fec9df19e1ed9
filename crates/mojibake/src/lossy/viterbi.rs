//! Lost bytes: decoding a region as UTF-8 although some of its bytes were dropped or replaced.
//!
//! All candidates for a region form a lattice. The path with the lowest cost under the n-gram model is the repair
//! (Viterbi). The margin of a restored character is the distance to the best path with something else in its place
//! (max-marginals).

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::context::around::{Around, CharOrigin, Scripts};
use crate::encoding::double::Blanks;
use crate::language::bigrams::{Class, model};
use crate::language::languages::Languages;
use crate::language::ngrams::{CONTEXT, Context, fluency};
use crate::language::quotes::Quotes;
use crate::lossy::lattice::{Arc, KEPT, Lattice};
use crate::lossy::reader::{Misread, Reader, Slot, reader};
use crate::text::script::Script;
use crate::types::score::Score;
use crate::weights::Cost;

/// A part of a region, and its decoded text.
#[derive(Clone, Debug)]
pub(crate) struct Restored {
    /// Indices of characters in the region, end exclusive.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) after: String,
    /// Distance to the next best candidate, in decinats; `None` if no byte was lost.
    pub(crate) margin: Option<Cost>,
    /// Candidates for the part, best first, if a byte was lost.
    pub(crate) candidates: Vec<String>,
}

/// The best candidate for a region.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) parts: Vec<Restored>,
    pub(crate) gain: Cost,
    /// The items of `gain`.
    pub(crate) score: Score,
    /// Cost under the n-gram model, in decinats.
    pub(crate) cost: Cost,
}

impl Reading {
    /// Returns the characters of its parts, each with whether it is restored.
    pub(crate) fn chars(&self) -> impl Iterator<Item = (char, CharOrigin)> {
        self.parts.iter().flat_map(|part| {
            let origin = if part.margin.is_some() { CharOrigin::Restored } else { CharOrigin::Certain };
            part.after.chars().map(move |c| (c, origin))
        })
    }
}

/// Everything on which a candidate depends.
#[derive(PartialEq, Eq, Hash, Debug)]
struct Key {
    zone: Box<[char]>,
    misread: Misread,
    languages: Languages,
    before: Context,
    after: SmallVec<[char; CONTEXT]>,
    edges: (Class, Class),
    quotes: Quotes,
    seen: u64,
    blanks: Blanks,
    scripts: Scripts,
    is_narrow: bool,
    eats: bool,
    has_other_losses: bool,
}

/// Cache of candidates, because a line is decoded again after each repair in it, and words recur.
#[derive(Default, Debug)]
pub(crate) struct Readings {
    known: FxHashMap<Key, Option<Reading>>,
    /// Number of characters of all cached regions, plus [`ROOM`] for each.
    size: usize,
    lattice: Lattice,
}

/// Cache limit in characters, and the size of a candidate beside its region in characters, some 40 times four bytes.
/// The whole cache hardly takes more than ten megabytes.
const REMEMBERED: usize = 1 << 19;
const ROOM: usize = 64;

impl Readings {
    /// Returns the best candidate, from the cache if it is there; see [`read`].
    pub(crate) fn read(
        &mut self,
        zone: &[char],
        misread: Misread,
        languages: Languages,
        around: &Around<'_>,
    ) -> Option<Reading> {
        let key = Key {
            zone: zone.into(),
            misread,
            languages,
            before: around.before,
            after: around.after.into(),
            edges: (around.left, around.right),
            quotes: around.quotes,
            seen: around.seen.mark,
            blanks: around.blanks,
            scripts: around.scripts,
            is_narrow: around.is_narrow,
            eats: around.eats,
            has_other_losses: around.has_other_losses,
        };
        if let Some(reading) = self.known.get(&key) {
            return reading.clone();
        }
        let reading = read(zone, misread, languages, around, &mut self.lattice);
        let size = zone.len() + ROOM;
        if self.size + size > REMEMBERED {
            self.known.clear();
            self.size = 0;
        }
        self.size += size;
        self.known.insert(key, reading.clone());
        reading
    }
}

/// Returns the most plausible candidate for `zone` in an encoding; `None` if it leaves all as it is. `lattice` is a buffer.
pub(crate) fn read(
    zone: &[char],
    misread: Misread,
    languages: Languages,
    around: &Around<'_>,
    lattice: &mut Lattice,
) -> Option<Reading> {
    let m = model();
    let reader = reader(zone, misread, languages, around);
    lattice.fill(zone, &reader, around);
    let (path, cost) = lattice.best()?;
    let mut parts = parts(&reader, lattice, &path, cost, around);
    let is_wide = |slot: usize| matches!(reader.slots.get(slot), Some(Slot::Byte(_) | Slot::Hole));
    let is_lost = |arc: Option<&Arc>| arc.is_some_and(|arc| arc.lost > 0);
    let is_left = |(i, arc): (usize, &Arc)| {
        !arc.read && (arc.penalty == KEPT || arc.c == '?' && (is_wide(arc.end) || is_lost(path.get(i + 1))))
    };
    if path.iter().enumerate().any(is_left) {
        // Mojibake that is left in the middle makes the rest a guess.
        parts.iter_mut().filter_map(|part| part.margin.as_mut()).for_each(|margin| *margin = 0);
    }
    if parts.is_empty() {
        return None;
    }
    let before = m.cost(around.left, zone.iter().copied(), around.right);
    let after = m.cost(around.left, path.iter().map(|arc| arc.c), around.right);
    let penalty: Cost = path.iter().map(|arc| arc.penalty).sum();
    let seen = zone.iter().take(reader.unit.get(reader.tail).copied().unwrap_or(zone.len()));
    let found = seen.chain(around.after).copied();
    let found = fluency().text(around.before, found).0;
    let by_pairs = Score { found: before, repair: after, losses: penalty, ..Score::default() };
    let by_words = Score { found, repair: cost - penalty, losses: penalty, ..Score::default() };
    let score = if by_words.gain() > by_pairs.gain() { by_words } else { by_pairs };
    Some(Reading { parts, gain: score.gain(), score, cost })
}

/// Returns the correction of a restored character's margin by the characters next to it, because the model knows words,
/// and an isolated character is no word. `None` if the margin is worth nothing. `before` and `after` are its
/// neighbours, with the number of bytes that they lost.
fn trust(arc: &Arc, before: (char, u8), after: (char, u8), scripts: Scripts) -> Option<Cost> {
    let is_letter = |c: char| Script::of_cjk(c).is_some();
    let is_mark = matches!(arc.c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}');
    let beside = usize::from(is_letter(before.0)) + usize::from(is_letter(after.0));
    // The first byte says nothing about a CJK character, and a mark in a CJK word makes it an unknown word.
    if arc.lost > 2 && (Script::of_cjk(arc.c) == Some(Script::Han) || !is_letter(arc.c) && beside > 0) {
        return None;
    }
    if is_letter(arc.c) && arc.lost > 1 && (before.1 > 1 || after.1 > 1) {
        return None;
    }
    let stands_free = before.0.is_whitespace() && after.0.is_whitespace();
    let is_most = if Script::of_cjk(arc.c) == Some(Script::Han) {
        arc.lost > 1
    } else {
        arc.lost > 2 && (scripts.is_wide || stands_free)
    };
    let vanished = if is_most { VANISHED } else { 0 };
    let trust = match (Script::of_cjk(arc.c), beside) {
        (None, _) if is_mark => MARKED,
        (None, _) => 0,
        (_, 0) => ALONE,
        (Some(Script::Hangul), _) | (Some(Script::Han), 2) => 0,
        // Kana differ by little, as カ and ガ do, and are endings.
        (Some(Script::Kana), 2) | (Some(Script::Han), _) => BESIDE,
        (Some(_), _) => 2 * BESIDE,
    };
    Some(trust + vanished)
}

/// Corrections of the margin, in decinats: of a letter next to another letter, of an isolated letter, of a mark, and of
/// a character that lost most of its bytes.
const BESIDE: Cost = -5;
const ALONE: Cost = -40;
const MARKED: Cost = 2;
const VANISHED: Cost = -20;

fn parts(reader: &Reader<'_>, lattice: &Lattice, path: &[Arc], cost: Cost, around: &Around<'_>) -> Vec<Restored> {
    let unit_at = |slot: usize| reader.unit.get(slot).copied().unwrap_or(reader.len);
    let mut out: Vec<Restored> = Vec::new();
    let mut open = false;
    for (i, arc) in path.iter().enumerate() {
        if !arc.read {
            open = false;
            continue;
        }
        let (start, end) = (unit_at(arc.start), unit_at(arc.end));
        let (second, others) = if arc.lost > 0 { lattice.rivals(arc) } else { (None, Vec::new()) };
        let margin = (arc.lost > 0).then(|| second.map_or(500, |second| second - cost));
        let margin = margin.map(|margin| {
            let of = |arc: &Arc| (arc.c, arc.lost);
            let before = i.checked_sub(1).map_or((around.before.last(), 0), |i| of(&path[i]));
            let after = path.get(i + 1).map_or((reader.next, 0), of);
            trust(arc, before, after, around.scripts).map_or(0, |trust| margin.saturating_add(trust).max(0))
        });
        let options: Vec<char> = std::iter::once(arc.c).chain(others).collect();
        match out.last_mut() {
            Some(part) if open => {
                part.end = end;
                join(&mut part.candidates, &options, &part.after, arc.c);
                part.after.push(arc.c);
                part.margin = match (part.margin, margin) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
            _ => out.push(Restored {
                start,
                end,
                after: arc.c.to_string(),
                margin,
                candidates: options.iter().map(char::to_string).collect(),
            }),
        }
        open = true;
    }
    for part in &mut out {
        if part.margin.is_none() {
            part.candidates.clear();
        }
    }
    out
}

/// Maximum number of candidates for a part (a guess).
const CANDIDATES: usize = 24;

/// Adds one more character, whose own candidates are `options`, to the candidates for a part. Each place varies alone.
fn join(candidates: &mut Vec<String>, options: &[char], best: &str, c: char) {
    candidates.iter_mut().for_each(|candidate| candidate.push(c));
    let free = CANDIDATES.saturating_sub(candidates.len());
    candidates.extend(options.iter().filter(|&&o| o != c).take(free).map(|o| format!("{best}{o}")));
    candidates.truncate(CANDIDATES);
}
