//! All readings of a zone that are plausible enough: a path for each through places in it, after what was read so far.

use super::fluency::{Context, Prepared, fluency};
use super::lossy::Around;
use super::model::Cost;
use super::reader::{Atom, Reader, Slot, is_odd};

/// What it costs to leave a character that could be part of a sequence.
pub(super) const KEPT: Cost = 70;
/// Contexts kept at each place, and how far behind the best of them the others may be.
const BEAM: usize = 8;
const WIDTH: Cost = 150;
/// The same at the end of a zone, where each is followed to the end of what is around.
const ENDS: usize = 16;
/// Slots of the longest sequence.
const LONGEST: usize = 6;
/// What an apostrophe costs that follows no letter.
const HEADLESS: Cost = 20;

/// A place in a zone, after a context.
struct Node {
    context: Context,
    /// The cheapest way to it, and from it to the end.
    cost: Cost,
    rest: Cost,
    /// The last arc of the cheapest way to it.
    by: usize,
}

/// One character of a reading.
#[derive(Clone, Copy)]
pub(super) struct Arc {
    /// Nodes.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Slots, end exclusive.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) c: char,
    pub(super) cost: Cost,
    /// What of the cost is for assumptions.
    pub(super) penalty: Cost,
    /// Whether a sequence (or a trail byte) was read.
    pub(super) read: bool,
    pub(super) lost: u8,
    pub(super) cut: bool,
}

/// All readings of a zone that are plausible enough.
pub(super) struct Lattice {
    nodes: Vec<Node>,
    /// Sorted by `start`.
    arcs: Vec<Arc>,
    /// The first arc of each slot.
    first: Vec<usize>,
}

/// A cost beyond all others.
const NEVER: Cost = Cost::MAX / 4;

impl Lattice {
    pub(super) fn new(zone: &[char], reader: &Reader<'_>, around: &Around<'_>) -> Lattice {
        let n = reader.slots.len();
        let mut lattice = Lattice { nodes: Vec::new(), arcs: Vec::new(), first: Vec::with_capacity(n + 1) };
        let mut places: Vec<Vec<usize>> = vec![Vec::new(); n + 1];
        places[0].push(0);
        lattice.nodes.push(Node { context: around.before, cost: 0, rest: NEVER, by: usize::MAX });
        let mut atoms = Vec::new();
        for at in 0..n {
            lattice.first.push(lattice.arcs.len());
            let mut here = std::mem::take(&mut places[at]);
            if here.is_empty() {
                continue;
            }
            here.sort_by_key(|&i| lattice.nodes[i].cost);
            let most = lattice.nodes[here[0]].cost + WIDTH;
            here.truncate(BEAM);
            here.retain(|&i| lattice.nodes[i].cost <= most);
            let here: Vec<(usize, Prepared)> =
                here.into_iter().map(|i| (i, fluency().prepare(lattice.nodes[i].context))).collect();
            reader.atoms(at, &mut atoms);
            let unread = |len, c, penalty| Atom { len, c, penalty, lost: 0, cut: false };
            if reader.opens[at] {
                let to = (at + 1..n).find(|&i| reader.opens[i]).unwrap_or(n);
                let penalty = if is_odd(reader.slots[at]) { KEPT } else { 0 };
                let kept = unread(to - at, zone[reader.unit[at]], penalty);
                lattice.reach(&here, at, kept, false, &mut places[to]);
            } else if let Slot::Ascii(b) = reader.slots[at] {
                lattice.reach(&here, at, unread(1, char::from(b), 0), true, &mut places[at + 1]);
            }
            for &atom in &atoms {
                lattice.reach(&here, at, atom, true, &mut places[at + atom.len]);
            }
        }
        lattice.first.push(lattice.arcs.len());
        let ends = &mut places[n];
        ends.sort_by_key(|&i| lattice.nodes[i].cost);
        let least = ends.first().map_or(0, |&i| lattice.nodes[i].cost);
        // What is far behind here is so beyond the zone: four more characters make up for little.
        ends.retain(|&i| lattice.nodes[i].cost <= least + 2 * WIDTH);
        ends.truncate(ENDS);
        for &i in ends.iter() {
            lattice.nodes[i].rest = fluency().text(lattice.nodes[i].context, around.after.iter().copied()).0;
        }
        for arc in lattice.arcs.iter().rev() {
            let rest = lattice.nodes[arc.to].rest.saturating_add(arc.cost);
            let from = &mut lattice.nodes[arc.from];
            from.rest = from.rest.min(rest);
        }
        lattice
    }

    /// Arcs from each node of `here` over `atom` to a node of `there`.
    fn reach(&mut self, here: &[(usize, Prepared)], at: usize, atom: Atom, read: bool, there: &mut Vec<usize>) {
        for (from, prepared) in here {
            let from = *from;
            let context = self.nodes[from].context;
            let headless = if atom.lost > 0 && atom.c == '’' && !context.ends_word() { HEADLESS } else { 0 };
            let cost = fluency().cost_after(prepared, atom.c) + atom.penalty + headless;
            let (to, all) = (context.then(atom.c), self.nodes[from].cost + cost);
            let by = self.arcs.len();
            let node = match there.iter().find(|&&i| self.nodes[i].context == to) {
                Some(&i) => {
                    if all < self.nodes[i].cost {
                        (self.nodes[i].cost, self.nodes[i].by) = (all, by);
                    }
                    i
                }
                None => {
                    self.nodes.push(Node { context: to, cost: all, rest: NEVER, by });
                    there.push(self.nodes.len() - 1);
                    self.nodes.len() - 1
                }
            };
            let Atom { len, c, penalty, lost, cut } = atom;
            self.arcs.push(Arc { from, to: node, start: at, end: at + len, c, cost, penalty, read, lost, cut });
        }
    }

    /// The arcs of the cheapest reading, and what it costs.
    pub(super) fn best(&self) -> Option<(Vec<Arc>, Cost)> {
        let end = self.first.len() - 1;
        // Nodes that end the zone are the only ones without arcs from them that have a rest.
        let last = self.arcs.iter().filter(|arc| arc.end == end).map(|arc| arc.to);
        let total = |i: usize| self.nodes[i].cost.saturating_add(self.nodes[i].rest);
        let mut node = last.min_by_key(|&i| (total(i), i))?;
        let cost = total(node);
        let mut path = Vec::new();
        while let Some(&arc) = self.arcs.get(self.nodes[node].by) {
            path.push(arc);
            node = arc.from;
        }
        path.reverse();
        Some((path, cost))
    }

    /// The cheapest readings that have something else than `chosen` in its place: the cost of each, and its arc.
    pub(super) fn rivals(&self, chosen: &Arc) -> Vec<(Cost, Arc)> {
        let from = self.first[chosen.start.saturating_sub(LONGEST)];
        let to = self.first[chosen.end];
        let mut out: Vec<(Cost, Arc)> = Vec::new();
        for arc in self.arcs[from..to].iter().filter(|arc| arc.end > chosen.start) {
            if (arc.start, arc.end, arc.c, arc.read) == (chosen.start, chosen.end, chosen.c, chosen.read) {
                continue;
            }
            let through = self.nodes[arc.from].cost.saturating_add(arc.cost).saturating_add(self.nodes[arc.to].rest);
            let same =
                |(_, a): &&mut (Cost, Arc)| (a.start, a.end, a.c, a.read) == (arc.start, arc.end, arc.c, arc.read);
            match out.iter_mut().find(same) {
                Some(known) => known.0 = known.0.min(through),
                None => out.push((through, *arc)),
            }
        }
        out.sort_by_key(|(cost, arc)| (*cost, arc.start, arc.c));
        out
    }
}
