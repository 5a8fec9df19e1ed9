//! The lattice of all plausible candidates for a region: each is a path through its columns, after the text decoded so
//! far.

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::context::around::Around;
use crate::language::languages::is_letter;
use crate::language::ngrams::{Context, Costs, Letter, Prepared, fluency};
use crate::lossy::reader::{Atom, Reader, Slot, is_odd};
use crate::weights::Cost;

/// Cost of leaving a character that may be part of a sequence, in decinats.
pub(crate) const KEPT: Cost = 70;
/// Maximum number of contexts that are followed from each column, and their maximum distance from the best, in decinats
/// (beam search).
const BEAM: usize = 8;
const WIDTH: Cost = 150;
/// Maximum number of contexts at the end of a region, each of which is followed to the end of the context after it.
const ENDS: usize = 16;
/// Maximum length of a sequence, in slots.
const LONGEST: usize = 6;
/// Cost of an apostrophe that follows no letter, in decinats.
const HEADLESS: Cost = 20;
/// Cost of an upper-case letter that lost a byte and follows a lower-case one, in decinats, because hardly any text has
/// one there.
const HUMPED: Cost = 120;

/// A position in a region, after a context.
#[derive(Debug)]
struct Node {
    context: Context,
    /// Lowest cost of a path to it, and of one from it to the end.
    cost: Cost,
    rest: Cost,
    /// The last arc of the best path to it.
    by: usize,
    /// True if paths through it were followed.
    is_followed: bool,
}

/// A column of the lattice: the nodes at one position of a region.
#[derive(Debug)]
struct Place {
    nodes: Vec<usize>,
    /// The nodes that are followed, in the order of their costs.
    ahead: SmallVec<[usize; ENDS]>,
    /// Maximum number of nodes that are followed, and their maximum cost: `width` more than that of the best known
    /// path, and no more than that of the last one in `ahead`.
    count: usize,
    most: Cost,
    width: Cost,
}

impl Default for Place {
    fn default() -> Place {
        Place { nodes: Vec::new(), ahead: SmallVec::new(), count: BEAM, most: NEVER, width: WIDTH }
    }
}

impl Place {
    /// Empties the column for another region.
    fn clear(&mut self) {
        self.nodes.clear();
        self.ahead.clear();
        (self.count, self.most, self.width) = (BEAM, NEVER, WIDTH);
    }

    /// Updates the order after the cost of a node has changed. The node may be new.
    fn rank(&mut self, nodes: &[Node], node: usize) {
        let cost = nodes[node].cost;
        self.ahead.retain(|&mut i| i != node);
        let at = self.ahead.partition_point(|&i| nodes[i].cost <= cost);
        if at < self.count {
            self.ahead.insert(at, node);
            self.ahead.truncate(self.count);
        }
        self.most = self.most.min(nodes[self.ahead[0]].cost + self.width);
        if let Some(&last) = self.ahead.get(self.count - 1) {
            self.most = self.most.min(nodes[last].cost);
        }
    }
}

/// Prepares the columns of a region, limited by the cost of leaving all of it as it is.
fn limit(places: &mut Vec<Place>, zone: &[char], reader: &Reader<'_>, around: &Around<'_>) {
    let n = reader.slots.len();
    places.truncate(n + 1);
    places.iter_mut().for_each(Place::clear);
    places.resize_with(n + 1, Place::default);
    // A path that is far behind at the end of a region stays so beyond it, because four more characters make up for
    // little.
    (places[n].count, places[n].width) = (ENDS, 2 * WIDTH);
    let (mut context, mut cost, mut at) = (around.before, 0, 0);
    while at < n {
        let Atom { len, c, penalty, .. } = kept(zone, reader, at);
        if at < reader.tail {
            let letter = Letter::of(c);
            cost += fluency().cost_after(&fluency().prepare(context), &letter) + penalty;
            context = context.then(&letter);
        }
        at += len;
        places[at].most = cost + places[at].width;
    }
}

/// Returns the character at slot `at`, where one begins, left as it is.
fn kept(zone: &[char], reader: &Reader<'_>, at: usize) -> Atom {
    let to = (at + 1..reader.slots.len()).find(|&i| reader.opens[i]).unwrap_or(reader.slots.len());
    let penalty = if is_odd(reader.slots[at]) { KEPT } else { 0 };
    Atom { len: to - at, c: zone[reader.unit[at]], penalty, lost: 0, cut: false }
}

/// An arc of the lattice: one character of a candidate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arc {
    /// Indices of nodes.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Indices of slots, end exclusive.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) c: char,
    pub(crate) cost: Cost,
    /// Part of the cost that is for assumptions.
    pub(crate) penalty: Cost,
    /// True if it is a decoded sequence or a trail byte.
    pub(crate) read: bool,
    pub(crate) lost: u8,
    pub(crate) cut: bool,
}

/// Origin of a character of a candidate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Decoded, as part of a sequence or as a trail byte.
    Read,
    /// Left as it was found.
    Kept,
    /// Left as it was found, at the end of the line where nobody sees it.
    Unseen,
}

/// Target of an arc that no path follows.
const NOWHERE: usize = usize::MAX;

/// A node that is followed, and the arc of lowest cost from it that is not.
#[derive(Debug)]
struct Ahead {
    node: usize,
    prepared: Prepared,
    dropped: Option<Arc>,
}

/// The lattice of a region, which serves one region after another.
#[derive(Debug, Default)]
pub(crate) struct Lattice {
    nodes: Vec<Node>,
    /// Sorted by `start`.
    arcs: Vec<Arc>,
    /// Index of the first arc of each slot.
    first: Vec<usize>,
    /// Lowest cost from any node of each column to the end.
    rest: Vec<Cost>,
    /// Buffers: the columns, the nodes of one of them, the sequences that start there, and costs of the model.
    places: Vec<Place>,
    here: Vec<Ahead>,
    atoms: Vec<Atom>,
    costs: Costs,
}

/// Maximum number of columns that are kept for another region: longer ones are rare.
const KEPT_PLACES: usize = 1 << 10;

/// Cost of a state that cannot be reached.
const NEVER: Cost = Cost::MAX / 4;

impl Lattice {
    /// Makes it the lattice of `zone`.
    pub(crate) fn fill(&mut self, zone: &[char], reader: &Reader<'_>, around: &Around<'_>) {
        let n = reader.slots.len();
        self.nodes.clear();
        self.arcs.clear();
        self.first.clear();
        self.rest.clear();
        self.rest.resize(n + 1, NEVER);
        let mut places = std::mem::take(&mut self.places);
        let mut here = std::mem::take(&mut self.here);
        let mut atoms = std::mem::take(&mut self.atoms);
        limit(&mut places, zone, reader, around);
        places[0].ahead.push(0);
        self.nodes.push(Node { context: around.before, cost: 0, rest: NEVER, by: usize::MAX, is_followed: false });
        for at in 0..n {
            self.first.push(self.arcs.len());
            here.clear();
            let Some(&best) = places[at].ahead.first() else { continue };
            let most = self.nodes[best].cost + WIDTH;
            for &node in places[at].ahead.iter().filter(|&&i| self.nodes[i].cost <= most) {
                here.push(Ahead { node, prepared: fluency().prepare(self.nodes[node].context), dropped: None });
            }
            here.iter().for_each(|ahead| self.nodes[ahead.node].is_followed = true);
            reader.atoms(at, &mut atoms);
            if reader.opens[at] {
                let kept = kept(zone, reader, at);
                let how = if at < reader.tail { How::Kept } else { How::Unseen };
                self.reach(&mut here, at, kept, how, &mut places[at + kept.len]);
            } else if let Slot::Ascii(b) = reader.slots[at] {
                let trail = Atom { len: 1, c: char::from(b), penalty: 0, lost: 0, cut: false };
                self.reach(&mut here, at, trail, How::Read, &mut places[at + 1]);
            }
            for &atom in &atoms {
                self.reach(&mut here, at, atom, How::Read, &mut places[at + atom.len]);
            }
            self.arcs.extend(here.iter().filter_map(|ahead| ahead.dropped));
        }
        self.first.push(self.arcs.len());
        let Place { ahead: ends, most, .. } = &places[n];
        for &i in ends {
            let node = &mut self.nodes[i];
            if node.cost > *most {
                break;
            }
            node.rest = fluency().text(node.context, around.after.iter().copied()).0;
            node.is_followed = true;
            self.rest[n] = self.rest[n].min(node.rest);
        }
        for at in (0..self.arcs.len()).rev() {
            let arc = &self.arcs[at];
            let rest = self.rest_after(arc).saturating_add(arc.cost);
            let (from, start) = (arc.from, arc.start);
            self.nodes[from].rest = self.nodes[from].rest.min(rest);
            self.rest[start] = self.rest[start].min(rest);
        }
        if places.len() > KEPT_PLACES {
            places = Vec::new();
        }
        (self.places, self.here, self.atoms) = (places, here, atoms);
    }

    /// Returns the lowest cost after an arc. An arc to a node that is not followed could have continued as well as any
    /// other, so the best of its column counts.
    fn rest_after(&self, arc: &Arc) -> Cost {
        if self.is_followed(arc) { self.nodes[arc.to].rest } else { self.rest[arc.end] }
    }

    /// Returns whether the target of an arc was followed.
    fn is_followed(&self, arc: &Arc) -> bool {
        self.nodes.get(arc.to).is_some_and(|node| node.is_followed)
    }

    /// Adds arcs from each node of `here` over `atom` to a node of `there`.
    fn reach(&mut self, here: &mut [Ahead], at: usize, atom: Atom, how: How, there: &mut Place) {
        let read = how == How::Read;
        let letter = Letter::of(atom.c);
        for Ahead { node: from, prepared, dropped } in here {
            let from = *from;
            if self.nodes[from].cost + atom.penalty > there.most {
                continue;
            }
            let context = self.nodes[from].context;
            let headless = if atom.lost > 0 && atom.c == '’' && !context.ends_word() { HEADLESS } else { 0 };
            let is_latin = |c: char| c < '\u{250}';
            let is_humped = letter.is_capital() && context.ends_small() && is_latin(atom.c) == is_latin(context.last());
            let humped = if atom.lost > 0 && is_humped { HUMPED } else { 0 };
            let (to, cost) = match how {
                How::Unseen => (context, 0),
                _ => {
                    let cost = self.costs.cost_after(prepared, &letter);
                    (context.then(&letter), cost + atom.penalty + headless + humped)
                }
            };
            let all = self.nodes[from].cost + cost;
            let Atom { len, c, penalty, lost, cut } = atom;
            let mut arc = Arc { from, to: NOWHERE, start: at, end: at + len, c, cost, penalty, read, lost, cut };
            // No path continues from so far behind.
            if all > there.most {
                if dropped.is_none_or(|least| cost < least.cost) {
                    *dropped = Some(arc);
                }
                continue;
            }
            let by = self.arcs.len();
            let known = there.nodes.iter().copied().find(|&i| self.nodes[i].context == to);
            let node = known.unwrap_or(self.nodes.len());
            if known.is_none() {
                self.nodes.push(Node { context: to, cost: NEVER, rest: NEVER, by, is_followed: false });
                there.nodes.push(node);
            }
            if all < self.nodes[node].cost {
                (self.nodes[node].cost, self.nodes[node].by) = (all, by);
                there.rank(&self.nodes, node);
            }
            arc.to = node;
            self.arcs.push(arc);
        }
    }

    /// Returns the arcs of the best path, and its cost.
    pub(crate) fn best(&self) -> Option<(Vec<Arc>, Cost)> {
        let end = self.first.len() - 1;
        // The nodes at the end of the region are the only ones without arcs that have a `rest`.
        let last = self.arcs.iter().filter(|arc| arc.end == end && arc.to != NOWHERE).map(|arc| arc.to);
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

    /// Returns the joint cost of all paths with something other than `chosen` in its place, and the characters that
    /// paths have for the same bytes, those of lowest cost first.
    pub(crate) fn rivals(&self, chosen: &Arc) -> (Option<Cost>, Vec<char>) {
        let from = self.first[chosen.start.saturating_sub(LONGEST)];
        let to = self.first[chosen.end];
        let of = |arc: &Arc| (arc.start, arc.end, arc.read);
        // Symbols that hardly anybody writes are many, and each has too large a share in the model, so only those that
        // are followed count.
        let is_letter = is_letter(chosen.c);
        let (mut other, mut like) = (None, Vec::new());
        for arc in self.arcs[from..to].iter().filter(|arc| arc.end > chosen.start) {
            let is_same_place = of(arc) == of(chosen);
            if is_same_place && arc.c == chosen.c {
                continue;
            }
            let rest = if is_letter || self.is_followed(arc) { self.rest_after(arc) } else { NEVER };
            let through = self.nodes[arc.from].cost.saturating_add(arc.cost).saturating_add(rest);
            if is_same_place && arc.cut == chosen.cut {
                like.push((through, arc.c));
            } else {
                other = Some(other.map_or(through, |other: Cost| other.min(through)));
            }
        }
        like.sort_unstable();
        let mut seen = FxHashSet::default();
        like.retain(|(_, c)| seen.insert(*c));
        let costs = like.iter().map(|(cost, _)| *cost).chain(other);
        let all = if is_letter { together(costs) } else { costs.min() };
        (all, like.into_iter().map(|(_, c)| c).collect())
    }
}

/// Returns the cost that is as likely as several candidates together.
fn together(costs: impl Iterator<Item = Cost> + Clone) -> Option<Cost> {
    let least = costs.clone().min()?;
    // Costs are in decinats.
    let sum: f32 = costs.map(|cost| (-((cost - least) as f32) / 10.0).exp()).sum();
    Some(least - (10.0 * sum.ln()).round() as Cost)
}
