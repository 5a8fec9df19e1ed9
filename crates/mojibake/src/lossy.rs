//! Lost bytes: reading a stretch as UTF-8 although some of its bytes were dropped or replaced.
//!
//! All readings of a zone form a lattice; the cheapest path through it under the n-gram model is the
//! repair (Viterbi), and how far the best path with something else in its place lies behind tells how
//! sure each restored character is (max-marginals).

use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use smallvec::SmallVec;

use super::alphabet::Languages;
use super::fluency::{CONTEXT, Context, fluency};
use super::lattice::{Arc, KEPT, Lattice};
use super::model::{Class, Cost, model};
use super::quotes::Quotes;
use super::reader::{Misread, Reader, Script, Slot, reader, script};
use super::twice::Blanks;

/// A stretch of a zone and what it becomes.
#[derive(Clone, Debug)]
pub(crate) struct Restored {
    /// Indexes of characters in the zone, end exclusive.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) after: String,
    /// How far behind the next best reading lies; `None` where no byte was lost.
    pub(crate) margin: Option<Cost>,
    /// Readings of the stretch, best first, if a byte was lost.
    pub(crate) candidates: Vec<String>,
}

/// The best reading of a zone.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) parts: Vec<Restored>,
    pub(crate) gain: Cost,
    /// What it costs under the n-gram model.
    pub(crate) cost: Cost,
}

/// How many characters of a script tell that another one is absent.
const ENOUGH: usize = 4;

/// The scripts of East Asia that are told apart.
const SCRIPTS: [Script; 3] = [Script::Han, Script::Kana, Script::Hangul];

/// How many characters of each of [`SCRIPTS`] a line has: such as are sure, and such as were restored.
#[derive(Clone, Copy, Default)]
pub(crate) struct Census {
    sure: [usize; SCRIPTS.len()],
    restored: [usize; SCRIPTS.len()],
}

impl Census {
    /// Of characters that are sure.
    pub(crate) fn of(sure: &[char]) -> Census {
        let mut census = Census::default();
        sure.iter().for_each(|&c| census.add(c, false));
        census
    }

    /// One more character.
    fn add(&mut self, c: char, is_restored: bool) {
        let counts = if is_restored { &mut self.restored } else { &mut self.sure };
        if let Some(i) = SCRIPTS.iter().position(|&s| s == script(c)) {
            counts[i] += 1;
        }
    }

    /// With what a reading of a part of the line has.
    pub(crate) fn with(mut self, reading: &Reading) -> Census {
        for part in &reading.parts {
            part.after.chars().for_each(|c| self.add(c, part.margin.is_some()));
        }
        self
    }

    /// Whether it is written in these scripts.
    pub(crate) fn is_wide(&self) -> bool {
        self.total() >= ENOUGH
    }

    fn total(&self) -> usize {
        self.sure.iter().chain(&self.restored).sum()
    }

    /// What it tells of each script.
    pub(crate) fn scripts(&self) -> Scripts {
        let is_wide = self.is_wide();
        let is_absent = |i: usize| is_wide && self.sure[i] == 0 && self.restored[i] * 4 <= self.total();
        Scripts { absent: std::array::from_fn(is_absent), is_wide }
    }
}

/// What is known of the scripts of a line.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Scripts {
    /// Which of [`SCRIPTS`] it has few characters of, and only such as were restored.
    absent: [bool; SCRIPTS.len()],
    /// Whether it is written in these.
    pub(crate) is_wide: bool,
}

impl Scripts {
    /// Whether a character is of a script that the line does not have.
    pub(crate) fn lack(self, c: char) -> bool {
        SCRIPTS.iter().zip(self.absent).any(|(&s, is_absent)| is_absent && s == script(c))
    }
}

/// The characters that a document surely holds, if that is known.
#[derive(Clone, Default, Debug)]
pub(crate) struct Seen {
    chars: FxHashSet<char>,
    /// Another one for other characters.
    mark: u64,
    languages: Option<Languages>,
}

impl FromIterator<char> for Seen {
    fn from_iter<I: IntoIterator<Item = char>>(chars: I) -> Seen {
        let chars: FxHashSet<char> = chars.into_iter().collect();
        let hasher = BuildHasherDefault::<FxHasher>::default();
        let mark = chars.iter().fold(0u64, |mark, c| mark.wrapping_add(hasher.hash_one(c) | 1));
        let languages = Some(Languages::of(chars.iter().copied()));
        Seen { chars, mark, languages }
    }
}

impl Seen {
    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        self.chars.len()
    }

    /// The languages that have most of its letters.
    pub(crate) fn languages(&self) -> Languages {
        self.languages.unwrap_or(Languages::ANY)
    }

    /// Whether the document has the character, or it is not known what it has.
    pub(crate) fn may_have(&self, c: char) -> bool {
        self.chars.is_empty() || self.chars.contains(&c)
    }
}

/// What stands around a zone.
pub(crate) struct Around<'a> {
    /// Before it, as it is repaired.
    pub(crate) before: Context,
    /// After it, up to the end of the line or as far as it matters.
    pub(crate) after: &'a [char],
    pub(crate) left: Class,
    pub(crate) right: Class,
    pub(crate) quotes: Quotes,
    pub(crate) seen: &'a Seen,
    pub(crate) blanks: Blanks,
    pub(crate) scripts: Scripts,
    /// Whether it is Latin text with single signs in it.
    pub(crate) is_narrow: bool,
    /// Whether question marks took in what stood after the byte that they stand for.
    pub(crate) eats: bool,
    /// Whether something else than [`SUBSTITUTE`](super::codepage::SUBSTITUTE) stands for lost bytes in the line.
    pub(crate) has_other_losses: bool,
}

/// All that a reading depends on.
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

/// Readings that were worked out before: a line is read again after each repair in it, and words come again.
#[derive(Default, Debug)]
pub(crate) struct Readings {
    known: FxHashMap<Key, Option<Reading>>,
    /// Characters of all zones in it, with [`ROOM`] for each.
    size: usize,
}

/// Characters of the zones whose readings are remembered, and what a reading takes beside its zone, some 40 times four
/// bytes; in all hardly more than ten megabytes.
const REMEMBERED: usize = 1 << 19;
const ROOM: usize = 64;

impl Readings {
    /// See [`read`].
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
        let reading = read(zone, misread, languages, around);
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

/// The most plausible reading of `zone` in `page`; `None` when it is to leave all as it is.
pub(crate) fn read(zone: &[char], misread: Misread, languages: Languages, around: &Around<'_>) -> Option<Reading> {
    let m = model();
    let reader = reader(zone, misread, languages, around);
    let lattice = Lattice::new(zone, &reader, around);
    let (path, cost) = lattice.best()?;
    let mut parts = parts(&reader, &lattice, &path, cost, around);
    let is_wide = |slot: usize| matches!(reader.slots.get(slot), Some(Slot::Byte(_) | Slot::Hole));
    let is_lost = |arc: Option<&Arc>| arc.is_some_and(|arc| arc.lost > 0);
    let is_left = |(i, arc): (usize, &Arc)| {
        !arc.read && (arc.penalty == KEPT || arc.c == '?' && (is_wide(arc.end) || is_lost(path.get(i + 1))))
    };
    if path.iter().enumerate().any(is_left) {
        // What is left garbled in the middle makes the rest a guess.
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
    let fluent = fluency().text(around.before, found).0 - cost;
    Some(Reading { parts, gain: (before - after - penalty).max(fluent), cost })
}

/// How much surer or less sure a restored character is than its margin says, by what stands beside it: the model knows
/// words, and what stands alone is none. `before` and `after` are its neighbours, with the bytes that they lost.
fn trust(arc: &Arc, before: (char, u8), after: (char, u8), is_wide: bool) -> Option<Cost> {
    let is_letter = |c: char| script(c) != Script::Other;
    let is_mark = matches!(arc.c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}');
    let beside = usize::from(is_letter(before.0)) + usize::from(is_letter(after.0));
    // Of a script of thousands nothing is left to tell by, and a mark in a word of it is a word that is not known.
    if arc.lost > 2 && (script(arc.c) == Script::Han || !is_letter(arc.c) && beside > 0) {
        return None;
    }
    if is_letter(arc.c) && arc.lost > 1 && (before.1 > 1 || after.1 > 1) {
        return None;
    }
    let stands_free = before.0.is_whitespace() && after.0.is_whitespace();
    let is_most = if script(arc.c) == Script::Han { arc.lost > 1 } else { arc.lost > 2 && (is_wide || stands_free) };
    let vanished = if is_most { VANISHED } else { 0 };
    let trust = match (script(arc.c), beside) {
        (Script::Other, _) if is_mark => MARKED,
        (Script::Other, _) => 0,
        (_, 0) => ALONE,
        (Script::Hangul, _) | (Script::Han, 2) => 0,
        // Kana differ by little, as カ and ガ do, and are endings.
        (Script::Kana, 2) | (Script::Han, _) => BESIDE,
        (Script::Kana, _) => 2 * BESIDE,
    };
    Some(trust + vanished)
}

/// What a letter has for it that is beside another, and one that is alone; what a mark has for it, and what lost most of
/// its bytes.
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
            trust(arc, before, after, around.scripts.is_wide).map_or(0, |trust| margin.saturating_add(trust).max(0))
        });
        let options: Vec<char> = std::iter::once(arc.c).chain(others).collect();
        match out.last_mut() {
            Some(part) if open => {
                part.end = end;
                part.candidates = join(&part.candidates, &options, &part.after, arc.c);
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

/// Candidates of a stretch with one more character, whose own options are `options`: each place varies alone.
fn join(before: &[String], options: &[char], best: &str, c: char) -> Vec<String> {
    let mut out: Vec<String> = before.iter().map(|s| format!("{s}{c}")).collect();
    out.extend(options.iter().filter(|&&o| o != c).map(|o| format!("{best}{o}")));
    out.truncate(24);
    out
}
