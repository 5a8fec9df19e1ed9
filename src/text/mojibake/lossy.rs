//! Lost bytes: reading a stretch as UTF-8 although some of its bytes were dropped or replaced.
//!
//! All readings of a zone form a lattice; the Viterbi path through it under the bigram model is the
//! repair, and how far the next best character lies behind each restored one tells how sure it is.

use super::alphabet::Languages;
use super::codepage::{CodePage, DOUBLE, SINGLE, double_tables, tables};
use super::model::{Class, Cost, model};

/// What it costs to assume that a byte was lost, by what stands in its place.
const AS_REPLACEMENT: Cost = 5;
const AS_QUESTION: Cost = 25;
const AS_SPACE: Cost = 30;
const DROPPED: Cost = 45;
/// What it costs to leave a character that could be part of a sequence.
const KEPT: Cost = 40;
/// What a letter costs that the languages of the text do not have.
const FOREIGN: Cost = 80;
/// What a character costs that no text of the model has.
const UNATTESTED: Cost = 120;
/// While a sequence is put together: the lost bytes so far, and whether the last byte is one of them.
const COUNT: u8 = 0x0f;
const CUT: u8 = 0x80;
/// States kept at each place.
const BEAM: usize = 48;

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
}

#[derive(Clone, Copy, PartialEq)]
enum Slot {
    /// A byte of the page beyond ASCII.
    Byte(u8),
    /// An ASCII byte: a character of its own, or the trail byte of a double-byte character.
    Ascii(u8),
    /// U+FFFD: one byte, unknown.
    Hole,
    /// Not in the page.
    Other,
}

/// How a page reads bytes, and which it loses.
struct Reader {
    slots: Vec<Slot>,
    /// For each slot, the character it belongs to, and whether it opens that character.
    unit: Vec<usize>,
    opens: Vec<bool>,
    /// Continuation bytes that the page loses.
    holes: Vec<u8>,
    drops: Vec<u8>,
    /// The continuation byte that reads as U+00A0, if any.
    blank: Option<u8>,
    languages: Languages,
}

fn reader(zone: &[char], page: CodePage, languages: Languages) -> Reader {
    let mut r = Reader {
        slots: Vec::new(),
        unit: Vec::new(),
        opens: Vec::new(),
        holes: Vec::new(),
        drops: Vec::new(),
        blank: None,
        languages,
    };
    let single = SINGLE.iter().position(|&p| p == page);
    let double = DOUBLE.iter().position(|&p| p == page);
    let has_c1 = zone.iter().any(|c| ('\u{80}'..='\u{9f}').contains(c));
    if let Some(e) = single {
        r.holes = (0x80..=0xbf).filter(|&b| tables().is_hole(e, b)).collect();
        r.blank = Some(tables().row('\u{a0}').byte[e]).filter(|b| matches!(b, 0x80..=0xbf));
        if !has_c1 {
            r.drops.clone_from(&r.holes);
            if page == CodePage::Latin1 {
                r.drops = (0x80..=0x9f).collect();
            }
        }
    } else {
        r.holes = (0x80..=0xbf).collect();
    }
    for (i, &c) in zone.iter().enumerate() {
        let mut push = |slot, opens| {
            r.slots.push(slot);
            r.unit.push(i);
            r.opens.push(opens);
        };
        if c.is_ascii() {
            push(Slot::Ascii(c as u8), true);
        } else if c == '\u{fffd}' {
            push(Slot::Hole, true);
        } else if let Some(e) = single {
            match tables().row(c).byte[e] {
                0 => push(Slot::Other, true),
                b => push(Slot::Byte(b), true),
            }
        } else {
            let of = |b: u8| if b < 0x80 { Slot::Ascii(b) } else { Slot::Byte(b) };
            match double.map_or(0, |i| double_tables().bytes(i, c)) {
                0 => push(Slot::Other, true),
                b if b < 256 => push(of(b as u8), true),
                b => {
                    push(of((b >> 8) as u8), true);
                    push(of(b as u8), false);
                }
            }
        }
    }
    r
}

/// One way to read a sequence: the slots it takes, its character, and what was assumed.
#[derive(Clone, Copy)]
struct Atom {
    len: usize,
    c: char,
    penalty: Cost,
    lost: u8,
    /// Whether its last byte was lost.
    cut: bool,
}

impl Reader {
    /// Every sequence that may start at slot `at`.
    fn atoms(&self, at: usize, out: &mut Vec<Atom>) {
        out.clear();
        let Some(&Slot::Byte(lead)) = self.slots.get(at) else { return };
        let (need, bits) = match lead {
            0xc2..=0xdf => (1, u32::from(lead & 0x1f)),
            0xe0..=0xef => (2, u32::from(lead & 0xf)),
            0xf0..=0xf4 => (3, u32::from(lead & 7)),
            _ => return,
        };
        self.extend(at, 1, need, bits, 0, 0, out);
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one step of a depth-first search")]
    fn extend(&self, at: usize, len: usize, need: usize, bits: u32, penalty: Cost, lost: u8, out: &mut Vec<Atom>) {
        if need == 0 {
            // The shortest form only, as UTF-8 demands.
            let least = match self.slots.get(at) {
                Some(Slot::Byte(0xf0..)) => bits >= 0x10000,
                Some(Slot::Byte(0xe0..)) => bits >= 0x800,
                _ => true,
            };
            if let (true, Some(c)) = (least, char::from_u32(bits)) {
                let foreign = match c {
                    _ if lost == 0 => 0,
                    _ if model().is_unattested(c) => UNATTESTED,
                    _ if !self.languages.write(c) => FOREIGN,
                    _ => 0,
                };
                out.push(Atom { len, c, penalty: penalty + foreign, lost: lost & COUNT, cut: lost & CUT != 0 });
            }
            return;
        }
        let slot = self.slots.get(at + len).copied();
        if let Some(Slot::Byte(b @ 0x80..=0xbf)) = slot {
            self.extend(at, len + 1, need - 1, bits << 6 | u32::from(b & 0x3f), penalty, lost, out);
        }
        // Two lost bytes of one character leave too many readings, except where few bytes can be lost.
        let most = if self.holes.len() <= 5 { 2 } else { 1 };
        if lost & COUNT >= most || out.len() > 400 {
            return;
        }
        let more = ((lost & COUNT) + 1) | if need == 1 { CUT } else { 0 };
        let lose = |bytes: &[u8], taken: usize, cost: Cost, out: &mut Vec<Atom>| {
            for &b in bytes {
                self.extend(at, len + taken, need - 1, bits << 6 | u32::from(b & 0x3f), penalty + cost, more, out);
            }
        };
        match slot {
            Some(Slot::Hole) => lose(&self.holes, 1, AS_REPLACEMENT, out),
            Some(Slot::Ascii(b'?')) => lose(&self.holes, 1, AS_QUESTION, out),
            Some(Slot::Ascii(b' ')) if self.opens[at + len] && lost == 0 => {
                let next = self.slots.get(at + len + 1);
                let is_last = need == 1;
                let is_doubled = next == Some(&Slot::Ascii(b' '));
                if len < 3 || is_doubled || !matches!(next, Some(Slot::Ascii(_)) | None) {
                    lose(self.blank.as_slice(), 1, AS_SPACE, out);
                }
                // Two blanks may have become one.
                if is_last && len == 1 && !is_doubled {
                    lose(self.blank.as_slice(), 0, AS_SPACE, out);
                }
            }
            _ => {}
        }
        if !matches!(slot, Some(Slot::Hole)) && len + usize::from(lost) >= need.min(2) {
            lose(&self.drops, 0, DROPPED, out);
        }
        // Latin-1 without its C1 controls: only typographic marks (U+2010 to U+201F) lose two bytes.
        if self.drops.len() == 32
            && lost == 0
            && need == 2
            && bits == 2
            && !matches!(slot, Some(Slot::Byte(0x80..=0xbf)))
        {
            for code in [0x2013, 0x2014, 0x2018, 0x2019, 0x201c, 0x201d] {
                if let Some(c) = char::from_u32(code) {
                    out.push(Atom { len, c, penalty: penalty + DROPPED + 20, lost: 2, cut: true });
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
struct State {
    class: Class,
    cost: Cost,
    /// Where it comes from: slot and index of the state there.
    from: (usize, usize),
    /// The character read, if a sequence (or a trail byte) was read.
    read: Option<char>,
    lost: u8,
}

/// Whether a character could be part of a sequence in the page, so that leaving it is odd.
fn is_odd(slot: Slot) -> bool {
    matches!(slot, Slot::Hole | Slot::Byte(0x80..=0xf4))
}

/// The most plausible reading of `zone` in `page`; `None` when it is to leave all as it is.
pub(crate) fn read(
    zone: &[char],
    page: CodePage,
    languages: Languages,
    (left, right): (Class, Class),
) -> Option<Reading> {
    let m = model();
    let reader = reader(zone, page, languages);
    let n = reader.slots.len();
    let mut states: Vec<Vec<State>> = vec![Vec::new(); n + 1];
    states[0].push(State { class: left, cost: 0, from: (0, 0), read: None, lost: 0 });
    let mut atoms = Vec::new();
    for at in 0..n {
        if states[at].is_empty() {
            continue;
        }
        let mut here = std::mem::take(&mut states[at]);
        here.sort_by_key(|s| s.cost);
        here.truncate(BEAM);
        reader.atoms(at, &mut atoms);
        let mut go = |to: usize, c: char, read: bool, penalty: Cost, lost: u8| {
            let class = m.class(c);
            let best = here.iter().enumerate().map(|(i, s)| (s.cost + m.step(s.class, class), i)).min();
            if let Some((cost, i)) = best {
                let state = State { class, cost: cost + penalty, from: (at, i), read: read.then_some(c), lost };
                states[to].push(state);
            }
        };
        if reader.opens[at] {
            let c = zone[reader.unit[at]];
            let to = (at + 1..n).find(|&i| reader.opens[i]).unwrap_or(n);
            go(to, c, false, if is_odd(reader.slots[at]) { KEPT } else { 0 }, 0);
        } else if let Slot::Ascii(b) = reader.slots[at] {
            go(at + 1, char::from(b), true, 0, 0);
        }
        for atom in &atoms {
            go(at + atom.len, atom.c, true, atom.penalty, atom.lost);
        }
        states[at] = here;
    }
    let last = states[n].iter().enumerate().map(|(i, s)| (s.cost + m.step(s.class, right), i)).min()?;
    let before = m.cost(left, zone.iter().copied(), right);
    let mut path: Vec<(usize, State)> = Vec::new();
    let (mut at, mut i) = (n, last.1);
    while at > 0 {
        let state = *states[at].get(i)?;
        path.push((at, state));
        (at, i) = state.from;
    }
    path.reverse();
    let parts = parts(&reader, &path, left, right);
    (!parts.is_empty()).then_some(Reading { parts, gain: before - last.0 })
}

fn parts(reader: &Reader, path: &[(usize, State)], left: Class, right: Class) -> Vec<Restored> {
    let unit_at = |slot: usize| reader.unit.get(slot).copied().unwrap_or(reader.unit.last().map_or(0, |u| u + 1));
    let mut out: Vec<Restored> = Vec::new();
    let mut open = false;
    for (k, (to, state)) in path.iter().enumerate() {
        let Some(c) = state.read else {
            open = false;
            continue;
        };
        let from = state.from.0;
        let (start, end) = (unit_at(from), unit_at(*to));
        let l = k.checked_sub(1).map_or(left, |i| path[i].1.class);
        let r = path.get(k + 1).map_or(right, |(_, s)| s.class);
        let rivals = if state.lost > 0 { rivals(reader, from, *to, l, r) } else { Vec::new() };
        let margin = (state.lost > 0).then(|| rivals.get(1).map_or(500, |second| second.0 - rivals[0].0));
        // What lost its end comes before what lost a byte within, if there is such.
        let any_cut = rivals.iter().any(|r| r.2);
        let options: Vec<char> = match state.lost {
            0 => vec![c],
            _ => rivals.iter().filter(|r| r.2 == any_cut).map(|r| r.1).collect(),
        };
        match out.last_mut() {
            Some(part) if open => {
                part.end = end;
                part.candidates = join(&part.candidates, &options, &part.after, c);
                part.after.push(c);
                part.margin = match (part.margin, margin) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
            _ => out.push(Restored {
                start,
                end,
                after: c.to_string(),
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

/// The readings of one sequence between fixed neighbours, cheapest first, and whether the end was lost.
fn rivals(reader: &Reader, from: usize, to: usize, left: Class, right: Class) -> Vec<(Cost, char, bool)> {
    let m = model();
    let mut atoms = Vec::new();
    reader.atoms(from, &mut atoms);
    let mut out: Vec<(Cost, char, bool)> = atoms
        .iter()
        .filter(|a| from + a.len == to)
        .map(|a| {
            let class = m.class(a.c);
            (m.step(left, class) + m.step(class, right) + a.penalty, a.c, a.cut)
        })
        .collect();
    out.sort_unstable();
    out.dedup_by_key(|r| r.1);
    out
}
