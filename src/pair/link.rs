//! Which items of two versions ask the same: links, found by their titles and, in doubt, their bodies.
//!
//! Equal titles are the anchors; the rest is linked greedily from the best score down, among candidates that share
//! rare words or stand where the anchors around them point. Near-linear in the number of items.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::entry::{Entry, body_weights, title_weights};
use crate::text::similarity::{Score, Weights, containment, titles};

/// Two items that ask the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    /// Index of the left entry.
    pub(super) left: usize,
    /// Index of the right entry.
    pub(super) right: usize,
    /// How alike the titles are; 1 if they are the same.
    pub(super) score: f32,
    /// Whether the keys are equal.
    pub(super) exact: bool,
}

/// Two items that might ask the same, and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) title: Score,
    /// How much of the shorter body is found in the longer one; `None` if one of them says too little.
    pub(super) body: Option<f32>,
    pub(super) context: Context,
    /// What all of it comes to: linked if at least `ENOUGH`, best first.
    pub(super) total: f32,
}

/// Where a candidate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Where the anchors around it point.
    Predicted,
    /// Under the same number.
    SameNumber,
    /// Anywhere else.
    Far,
    /// Anywhere else, and one asks what a thing is where the other one asks what to do with it, or how it differs from
    /// another: neighbours in any handbook.
    FarAndOtherwise,
}

/// From here on a candidate is linked.
pub(super) const ENOUGH: f32 = 0.5;
/// A word that stands in more titles than this finds nothing by itself.
const POSTINGS: usize = 120;
/// So many items of the other version are weighed against one that has no anchor.
const MOST_CANDIDATES: usize = 12;
/// Anchors further away than this say nothing about a place.
const REACH: usize = 10;

/// Both versions, and what is known of the weight of their words.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    pub(super) left: &'a [Entry<'a>],
    pub(super) right: &'a [Entry<'a>],
    titles: Weights,
    bodies: Weights,
}

impl<'a> Texts<'a> {
    /// Learns the weights. Bodies are learnt from the items that `doubtful` names (left, right) and a sample of the
    /// others, since only doubtful ones are judged by them.
    pub(super) fn new(left: &'a [Entry<'a>], right: &'a [Entry<'a>], anchors: &[Link]) -> Self {
        let linked = |side: fn(&Link) -> usize, len: usize| {
            let mut linked = vec![false; len];
            anchors.iter().for_each(|link| linked[side(link)] = true);
            linked
        };
        let in_left = linked(|link| link.left, left.len());
        let in_right = linked(|link| link.right, right.len());
        let pick = |entries: &'a [Entry<'a>], linked: Vec<bool>| {
            let every = entries.len() / 100 + 1;
            entries.iter().enumerate().filter(move |(at, _)| !linked[*at] || at % every == 0).map(|(_, entry)| entry)
        };
        let bodies = body_weights(pick(left, in_left).chain(pick(right, in_right)));
        Self { left, right, titles: title_weights(left, right), bodies }
    }

    /// How alike the titles are.
    pub(super) fn title(&self, left: usize, right: usize) -> Score {
        let (a, b) = (&self.left[left], &self.right[right]);
        if a.key == b.key && !a.key.is_empty() {
            return Score { value: 1.0, words: 1.0, trigrams: 1.0, telling: true, ..Score::default() };
        }
        titles(&a.features, &b.features, &self.titles)
    }

    /// How much of the shorter body is found in the longer one, the words of the titles left out.
    pub(super) fn body(&self, left: usize, right: usize) -> Option<f32> {
        let (a, b) = (&self.left[left], &self.right[right]);
        let (a_words, b_words) = (a.body_words(), b.body_words());
        let (part, whole) = if a_words.len() <= b_words.len() { (a_words, b_words) } else { (b_words, a_words) };
        let except: Vec<u64> = a.stems.iter().chain(&b.stems).copied().collect();
        containment(part, whole, &except, &self.bodies)
    }

    /// Judges a pair.
    pub(super) fn candidate(&self, left: usize, right: usize, context: Context) -> Candidate {
        let title = self.title(left, right);
        let worth_reading = title.words >= 0.3;
        let body = if worth_reading { self.body(left, right) } else { None };
        let approaches = [self.left[left].approach, self.right[right].approach];
        let context = match (context, approaches) {
            (Context::Far, [Some(a), Some(b)]) if a != b => Context::FarAndOtherwise,
            _ => context,
        };
        Candidate { left, right, title, body, context, total: total(title, body, context) }
    }
}

/// How likely two items ask the same, by title, body and place: a logistic model, fitted to pairs judged by hand.
fn total(title: Score, body: Option<f32>, context: Context) -> f32 {
    // Bodies that say too little speak neither for nor, much, against.
    let body = body.unwrap_or(0.08).min(0.7);
    let place = match context {
        Context::Predicted | Context::SameNumber => 1.5,
        Context::Far => 0.0,
        Context::FarAndOtherwise => -1.5,
    };
    let chance = if title.telling { 0.0 } else { 2.0 };
    let sum = 6.5 * title.words + 5.0 * body - 4.5 * title.unmatched - 4.0 * title.veto - 4.3 + place - chance;
    1.0 / (1.0 + (-sum).exp())
}

/// All links: each item is in at most one, in the order of the left version.
pub(super) fn links<'a>(left: &'a [Entry<'a>], right: &'a [Entry<'a>]) -> (Vec<Link>, Texts<'a>) {
    let mut links = anchors(left, right);
    let texts = Texts::new(left, right, &links);
    let mut state = State::new(left.len(), right.len());
    links.iter().for_each(|link| state.take(link.left, link.right));
    let mut candidates = candidates(&texts, &state);
    candidates.retain(|candidate| candidate.total >= ENOUGH);
    candidates.sort_by(best_first);
    for candidate in candidates {
        if state.is_free(candidate.left, candidate.right) {
            state.take(candidate.left, candidate.right);
            links.push(Link {
                left: candidate.left,
                right: candidate.right,
                score: candidate.title.value,
                exact: false,
            });
        }
    }
    links.sort_by_key(|link| (link.left, link.right));
    (links, texts)
}

fn best_first(a: &Candidate, b: &Candidate) -> Ordering {
    b.total.total_cmp(&a.total).then_with(|| (a.left, a.right).cmp(&(b.left, b.right)))
}

/// Which items are linked, and to which.
#[derive(Debug)]
struct State {
    left: Vec<Option<usize>>,
    right: Vec<Option<usize>>,
}

impl State {
    fn new(left: usize, right: usize) -> Self {
        Self { left: vec![None; left], right: vec![None; right] }
    }

    fn take(&mut self, left: usize, right: usize) {
        self.left[left] = Some(right);
        self.right[right] = Some(left);
    }

    fn is_free(&self, left: usize, right: usize) -> bool {
        self.left[left].is_none() && self.right[right].is_none()
    }

    /// Where the nearest anchors before and after say that the left item has its counterpart.
    fn predicted(&self, left: usize) -> [Option<usize>; 2] {
        let before = (1..=REACH).find_map(|step| {
            let right = (*self.left.get(left.checked_sub(step)?)?)?;
            Some(right + step)
        });
        let after = (1..=REACH).find_map(|step| (*self.left.get(left + step)?)?.checked_sub(step));
        [before, after].map(|place| place.filter(|&place| place < self.right.len()))
    }
}

/// Items whose titles are the same. Where a title stands several times, the same number decides, then the order.
fn anchors(left: &[Entry<'_>], right: &[Entry<'_>]) -> Vec<Link> {
    let mut by_key: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, entry) in right.iter().enumerate().filter(|(_, entry)| !entry.key.is_empty()) {
        by_key.entry(&entry.key).or_default().push(at);
    }
    let mut groups: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, entry) in left.iter().enumerate().filter(|(_, entry)| by_key.contains_key(entry.key.as_str())) {
        groups.entry(&entry.key).or_default().push(at);
    }
    let mut links = Vec::new();
    for (at, entry) in left.iter().enumerate() {
        // Each group once, at its first member.
        let Some(lefts) = groups.get(entry.key.as_str()).filter(|group| group.first() == Some(&at)) else { continue };
        let Some(rights) = by_key.get(entry.key.as_str()) else { continue };
        let link = |left: usize, right: usize| Link { left, right, score: 1.0, exact: true };
        let mut free: Vec<usize> = rights.clone();
        let mut rest: Vec<usize> = Vec::new();
        for &l in lefts {
            let same = |&r: &usize| left[l].number.is_some() && left[l].number == right[r].number;
            match free.iter().position(same) {
                Some(found) => links.push(link(l, free.remove(found))),
                None => rest.push(l),
            }
        }
        links.extend(rest.into_iter().zip(free).map(|(l, r)| link(l, r)));
    }
    links
}

/// The pairs of free items that are worth a look.
fn candidates(texts: &Texts<'_>, state: &State) -> Vec<Candidate> {
    let mut by_stem: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    let mut by_number: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for (at, entry) in texts.right.iter().enumerate().filter(|(at, _)| state.right[*at].is_none()) {
        for &stem in &entry.stems {
            by_stem.entry(stem).or_default().push(at);
        }
        if let Some(number) = entry.number {
            by_number.entry(number).or_default().push(at);
        }
    }
    let mut found = Vec::new();
    let mut weight = vec![0.0; texts.right.len()];
    for (at, entry) in texts.left.iter().enumerate().filter(|(at, _)| state.left[*at].is_none()) {
        let mut places: Vec<(usize, Context)> = Vec::new();
        places.extend(state.predicted(at).into_iter().flatten().map(|right| (right, Context::Predicted)));
        let same = entry.number.and_then(|number| by_number.get(&number));
        places.extend(same.into_iter().flatten().take(MOST_CANDIDATES).map(|&right| (right, Context::SameNumber)));
        places.extend(sharing(entry, &by_stem, texts, &mut weight).into_iter().map(|right| (right, Context::Far)));
        places.retain(|(right, _)| state.right[*right].is_none());
        // The first of each place is the one with the most to say for it.
        places.sort_by_key(|(right, _)| *right);
        places.dedup_by_key(|(right, _)| *right);
        found.extend(places.into_iter().map(|(right, context)| texts.candidate(at, right, context)));
    }
    found
}

/// The right items that share the heaviest words with `entry`, heaviest first. `weight` holds a zero for each right
/// item, and does so again afterwards.
fn sharing(
    entry: &Entry<'_>,
    by_stem: &FxHashMap<u64, Vec<usize>>,
    texts: &Texts<'_>,
    weight: &mut [f32],
) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for stem in &entry.stems {
        let Some(places) = by_stem.get(stem).filter(|places| places.len() <= POSTINGS) else { continue };
        for &right in places {
            if weight[right] == 0.0 {
                found.push(right);
            }
            weight[right] += texts.titles.of(*stem);
        }
    }
    found.sort_by(|a, b| weight[*b].total_cmp(&weight[*a]).then(a.cmp(b)));
    found.iter().for_each(|right| weight[*right] = 0.0);
    found.truncate(MOST_CANDIDATES);
    found
}
