//! Lost bytes: reading a stretch as UTF-8 although some of its bytes were dropped or replaced.
//!
//! All readings of a zone form a lattice; the cheapest path through it under the n-gram model is the
//! repair (Viterbi), and how far the best path with something else in its place lies behind tells how
//! sure each restored character is (max-marginals).

use rustc_hash::FxHashSet;

use super::alphabet::Languages;
use super::fluency::{Context, fluency};
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

/// The scripts that few characters of a reading have, and only such as were lost.
fn absent(path: &[Arc]) -> Vec<Script> {
    let count = |script_: Script, lost: bool| {
        path.iter().filter(|arc| arc.read && (arc.lost > 0) == lost && script(arc.c) == script_).count()
    };
    let all = [Script::Han, Script::Kana, Script::Hangul];
    let total: usize = all.iter().map(|&s| count(s, true) + count(s, false)).sum();
    let is_absent = |&s: &Script| total >= ENOUGH && count(s, false) == 0 && count(s, true) * 4 <= total;
    all.into_iter().filter(is_absent).collect()
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
    /// The characters that the document surely holds; empty if that is not known.
    pub(crate) seen: &'a FxHashSet<char>,
    pub(crate) blanks: Blanks,
}

/// The most plausible reading of `zone` in `page`; `None` when it is to leave all as it is.
pub(crate) fn read(zone: &[char], misread: Misread, languages: Languages, around: &Around<'_>) -> Option<Reading> {
    let m = model();
    let mut reader = reader(zone, misread, languages, around);
    let mut lattice = Lattice::new(zone, &reader, around);
    let (mut path, mut cost) = lattice.best()?;
    reader.absent = absent(&path);
    if path.iter().any(|arc| arc.lost > 0 && reader.absent.contains(&script(arc.c))) {
        lattice = Lattice::new(zone, &reader, around);
        (path, cost) = lattice.best()?;
    }
    let mut parts = parts(&reader, &lattice, &path, cost);
    let is_wide = |slot: usize| matches!(reader.slots.get(slot), Some(Slot::Byte(_) | Slot::Hole));
    let is_left = |arc: &Arc| !arc.read && (arc.penalty == KEPT || arc.c == '?' && is_wide(arc.end));
    if reader.double.is_some() && path.iter().any(is_left) {
        // What is left garbled in the middle makes the rest a guess.
        parts.iter_mut().filter_map(|part| part.margin.as_mut()).for_each(|margin| *margin = 0);
    }
    if parts.is_empty() {
        return None;
    }
    let before = m.cost(around.left, zone.iter().copied(), around.right);
    let after = m.cost(around.left, path.iter().map(|arc| arc.c), around.right);
    let penalty: Cost = path.iter().map(|arc| arc.penalty).sum();
    let found = zone.iter().chain(around.after).copied();
    let fluent = fluency().text(around.before, found).0 - cost;
    Some(Reading { parts, gain: (before - after - penalty).max(fluent), cost })
}

fn parts(reader: &Reader<'_>, lattice: &Lattice, path: &[Arc], cost: Cost) -> Vec<Restored> {
    let unit_at = |slot: usize| reader.unit.get(slot).copied().unwrap_or(reader.len);
    let mut out: Vec<Restored> = Vec::new();
    let mut open = false;
    for arc in path {
        if !arc.read {
            open = false;
            continue;
        }
        let (start, end) = (unit_at(arc.start), unit_at(arc.end));
        let rivals = if arc.lost > 0 { lattice.rivals(arc) } else { Vec::new() };
        let margin = (arc.lost > 0).then(|| rivals.first().map_or(500, |(second, _)| second - cost));
        let is_like = |a: &Arc| a.read && (a.start, a.end, a.cut) == (arc.start, arc.end, arc.cut);
        let others = rivals.iter().map(|(_, a)| a).filter(|a| is_like(a)).map(|a| a.c);
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
