//! Links between a text and its translation: by code, links, anchors, figures and names that translation leaves alone,
//! by numbers, and by order. Titles are not compared.
//!
//! Evidence that only one item of each version has makes anchors. Between the anchors that stand in one order, items
//! are aligned by dynamic programming, which weighs evidence, numbers (as the anchors around shift them), sections and
//! the shape of the texts. What is left over is linked by its number, or by its evidence wherever it stands.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::entry::Entry;
use super::evidence::{Evidence, Strangers, Weight};
use super::link::Link;
use super::sequence::{longest_increasing_subsequence, mutual_best_matches};
use crate::model::alignment::SectionRef;

/// Shared evidence of this weight links two items wherever they stand, if nothing comes near it.
const SURE: f32 = 0.9;
/// So much weightier than any other candidate it has to be.
const LEAD: f32 = 1.4;
/// What is left over at the end is linked by evidence of this weight.
const LIKELY: f32 = 0.5;
/// A stretch between two anchors is aligned as a whole if it has no more pairs than this; a longer one in parts.
const MOST_PAIRS: usize = 4_000_000;
/// Items so many places apart are neighbours.
const NEAR: usize = 3;
/// A number counts for as much as a shared code block that stands twice.
const NUMBER: f32 = 1.0;

/// Links of a translation, in the order of the left version; all of them exact, since nothing was reworded.
pub(super) fn links(left: &[Entry<'_>], right: &[Entry<'_>], evidence: &Evidence<'_>) -> Vec<Link> {
    let mut matcher = Matcher::new(left, right, evidence);
    matcher.anchor();
    if left.len().saturating_mul(right.len()) > MOST_PAIRS {
        matcher.link_by_number();
    }
    matcher.fill();
    matcher.link_by_number();
    matcher.link_by_evidence();
    matcher.link_the_last();
    matcher.links()
}

struct Matcher<'a> {
    left: &'a [Entry<'a>],
    right: &'a [Entry<'a>],
    /// What is shared by the pairs that share anything.
    weights: FxHashMap<(usize, usize), Weight>,
    evidence: &'a Evidence<'a>,
    strangers: Strangers,
    /// The partner of each left item, and how sure that is, 0 to 1.
    of_left: Vec<Option<(usize, f32)>>,
    of_right: Vec<Option<usize>>,
    sections: BTreeMap<SectionRef, SectionRef>,
}

impl<'a> Matcher<'a> {
    fn new(left: &'a [Entry<'a>], right: &'a [Entry<'a>], evidence: &'a Evidence<'a>) -> Self {
        let pairs = (0..left.len()).flat_map(|a| evidence.sharing(a).into_iter().map(move |b| (a, b)));
        Self {
            weights: pairs.map(|(a, b)| ((a, b), evidence.weigh(a, b))).collect(),
            strangers: evidence.strangers(),
            of_left: vec![None; left.len()],
            of_right: vec![None; right.len()],
            sections: BTreeMap::new(),
            left,
            right,
            evidence,
        }
    }

    fn link(&mut self, left: usize, right: usize, score: f32) {
        self.of_left[left] = Some((right, score));
        self.of_right[right] = Some(left);
    }

    fn is_free(&self, left: usize, right: usize) -> bool {
        self.of_left[left].is_none() && self.of_right[right].is_none()
    }

    fn weigh(&self, left: usize, right: usize) -> Weight {
        self.weights.get(&(left, right)).copied().unwrap_or_else(|| self.strangers.weigh(left, right))
    }

    fn links(&self) -> Vec<Link> {
        let linked = self.of_left.iter().enumerate();
        linked
            .filter_map(|(left, found)| found.map(|(right, score)| Link { left, right, score, exact: true }))
            .collect()
    }

    /// Links the pairs of free items that choose each other, if what they share weighs at least `least`.
    fn link_best(&mut self, least: f32, score: fn(Weight) -> f32) {
        let mut candidates: Vec<(usize, usize, Weight)> =
            self.weights.iter().map(|(&(a, b), &weight)| (a, b, weight)).collect();
        candidates.retain(|&(a, b, _)| self.is_free(a, b));
        candidates.sort_by_key(|&(a, b, _)| (a, b));
        let (mut of_left, mut of_right) =
            (vec![Best::default(); self.left.len()], vec![Best::default(); self.right.len()]);
        for &(a, b, weight) in &candidates {
            of_left[a].meet(b, weight.shared);
            of_right[b].meet(a, weight.shared);
        }
        for (a, b, weight) in candidates {
            let sure = weight.shared >= least && weight.elsewhere < weight.shared;
            if sure && of_left[a].is_clearly(b) && of_right[b].is_clearly(a) {
                self.link(a, b, score(weight));
            }
        }
    }

    /// Links what only one item of each version can be.
    fn anchor(&mut self) {
        self.link_best(SURE, |_| 1.0);
        let linked = self.of_left.iter().enumerate().filter_map(|(a, found)| Some((a, found.as_ref()?.0)));
        self.sections =
            mutual_best_matches(linked.filter_map(|(a, b)| Some((self.left[a].section?, self.right[b].section?))));
        if self.sections.is_empty() {
            let (lefts, rights) = (sections(self.left), sections(self.right));
            if lefts.len() == rights.len() {
                self.sections = lefts.into_iter().zip(rights).collect();
            }
        }
    }

    /// Aligns what stands between the anchors that keep one order.
    fn fill(&mut self) {
        let linked: Vec<(usize, usize)> =
            self.of_left.iter().enumerate().filter_map(|(a, found)| Some((a, found.as_ref()?.0))).collect();
        let rights: Vec<usize> = linked.iter().map(|(_, right)| *right).collect();
        let backbone: Vec<(usize, usize)> =
            longest_increasing_subsequence(&rights).into_iter().map(|at| linked[at]).collect();
        let ends = std::iter::once(None).chain(backbone.iter().copied().map(Some));
        let next = backbone.iter().copied().map(Some).chain(std::iter::once(None));
        for (before, after) in ends.zip(next) {
            self.fill_gap(before, after);
        }
    }

    fn fill_gap(&mut self, before: Option<(usize, usize)>, after: Option<(usize, usize)>) {
        let starts = before.map_or((0, 0), |(a, b)| (a + 1, b + 1));
        let ends = after.unwrap_or((self.left.len(), self.right.len()));
        let lefts: Vec<usize> = (starts.0..ends.0).filter(|&a| self.of_left[a].is_none()).collect();
        let rights: Vec<usize> = (starts.1..ends.1).filter(|&b| self.of_right[b].is_none()).collect();
        let offset = |(a, b): (usize, usize)| Some(i64::from(self.right[b].number?) - i64::from(self.left[a].number?));
        let gap = Gap {
            offsets: [before.map_or(Some(0), offset), after.and_then(offset)],
            even: lefts.len() == rights.len(),
        };
        self.align_all(&lefts, &rights, gap);
    }

    /// Aligns items in their order; a stretch that is too long for that in halves.
    fn align_all(&mut self, lefts: &[usize], rights: &[usize], gap: Gap) {
        if lefts.is_empty() || rights.is_empty() {
            return;
        }
        if lefts.len().saturating_mul(rights.len()) > MOST_PAIRS && lefts.len().min(rights.len()) > 1 {
            let (a, b) = (lefts.split_at(lefts.len() / 2), rights.split_at(rights.len() / 2));
            self.align_all(a.0, b.0, gap);
            self.align_all(a.1, b.1, gap);
            return;
        }
        let score = |a: usize, b: usize| self.score(lefts[a], rights[b], gap);
        for (a, b, score) in best_path(lefts.len(), rights.len(), score) {
            self.link(lefts[a], rights[b], (0.4 + score / 4.0).clamp(0.3, 1.0));
        }
    }

    /// What speaks for linking two items of one gap, less what speaks against it: not at all if it is 0 or less.
    fn score(&self, left: usize, right: usize, gap: Gap) -> f32 {
        let (a, b) = (&self.left[left], &self.right[right]);
        let weight = self.weigh(left, right);
        let number = match (a.number, b.number) {
            (Some(a), Some(b)) if gap.offsets.contains(&Some(i64::from(b) - i64::from(a))) => NUMBER,
            (Some(_), Some(_)) => -0.4 * NUMBER,
            _ => 0.0,
        };
        let section = match (a.section.and_then(|section| self.sections.get(&section)), b.section) {
            (Some(partner), Some(section)) if *partner == section => 0.25,
            (Some(_), Some(_)) => -0.25,
            _ => 0.0,
        };
        let order = if gap.even { 0.5 } else { 0.2 };
        order + number + section + weight.shared - 0.7 * weight.elsewhere + self.evidence.shape(left, right)
    }

    /// Links free items that have one number, unless their neighbours are shifted or evidence speaks against it.
    fn link_by_number(&mut self) {
        let (lefts, rights) = (once(self.left), once(self.right));
        for (number, a) in lefts {
            let Some(&b) = rights.get(&number) else { continue };
            let weight = self.weigh(a, b);
            if self.is_free(a, b) && weight.elsewhere <= weight.shared + 0.5 && !self.is_shifted(a) {
                self.link(a, b, 0.6);
            }
        }
    }

    /// Whether the nearest linked items around a left one have other numbers than their partners.
    fn is_shifted(&self, left: usize) -> bool {
        const REACH: usize = 5;
        let keeps = |a: usize| {
            let (b, _) = (*self.of_left.get(a)?)?;
            Some(self.left[a].number? == self.right[b].number?)
        };
        let before = (1..=REACH).find_map(|step| keeps(left.checked_sub(step)?));
        let after = (1..=REACH).find_map(|step| keeps(left + step));
        (before, after) == (Some(false), Some(false))
    }

    /// Links a free item with the only free one where its neighbours are: the two of them changed places with one of
    /// those, and neither says anything that tells.
    fn link_the_last(&mut self) {
        for a in 0..self.left.len() {
            let near = a.saturating_sub(NEAR)..(a + NEAR + 1).min(self.left.len());
            let alone = near.clone().all(|other| other == a || self.of_left[other].is_some());
            let partners = || near.clone().filter_map(|other| Some(self.of_left[other]?.0));
            let (Some(first), Some(last)) = (partners().min(), partners().max()) else { continue };
            // Where the neighbours are scattered, they point nowhere.
            if self.of_left[a].is_some() || !alone || last - first > 3 * NEAR {
                continue;
            }
            let there = first.saturating_sub(1)..(last + 2).min(self.right.len());
            let mut free = there.filter(|&b| self.of_right[b].is_none());
            let (Some(b), None) = (free.next(), free.next()) else { continue };
            let weight = self.weigh(a, b);
            if weight.elsewhere <= weight.shared + 0.5 && self.evidence.shape(a, b) > -0.2 {
                self.link(a, b, 0.5);
            }
        }
    }

    /// Links what is left over and shares something that says enough, wherever it stands.
    fn link_by_evidence(&mut self) {
        self.link_best(LIKELY, |weight| (weight.shared - weight.elsewhere / 2.0).clamp(0.3, 1.0));
    }
}

/// What is known of the items between two anchors.
#[derive(Clone, Copy)]
struct Gap {
    /// By how much the anchors before and after it are renumbered.
    offsets: [Option<i64>; 2],
    /// Whether both versions have equally many items in it.
    even: bool,
}

/// The weightiest candidate of an item and the weight of the next one.
#[derive(Debug, Clone, Copy, Default)]
struct Best {
    item: usize,
    weight: f32,
    next: f32,
}

impl Best {
    fn meet(&mut self, item: usize, weight: f32) {
        if weight > self.weight {
            *self = Self { item, weight, next: self.weight };
        } else {
            self.next = self.next.max(weight);
        }
    }

    fn is_clearly(&self, item: usize) -> bool {
        self.item == item && self.weight >= self.next * LEAD
    }
}

/// The pairs of the alignment that keeps the order and has the highest sum of scores (S. B. Needleman and C. D. Wunsch,
/// 1970); leaving an item alone costs nothing, and so only scores above 0 make a pair.
fn best_path(lefts: usize, rights: usize, score: impl Fn(usize, usize) -> f32) -> Vec<(usize, usize, f32)> {
    let width = rights + 1;
    let mut sums = vec![0.0_f32; (lefts + 1) * width];
    for a in 0..lefts {
        for b in 0..rights {
            let pair = score(a, b);
            let linked = if pair > 0.0 { sums[a * width + b] + pair } else { 0.0 };
            sums[(a + 1) * width + b + 1] = linked.max(sums[a * width + b + 1]).max(sums[(a + 1) * width + b]);
        }
    }
    let mut path = Vec::new();
    let (mut a, mut b) = (lefts, rights);
    while a > 0 && b > 0 {
        let here = sums[a * width + b];
        if here == sums[(a - 1) * width + b] {
            a -= 1;
        } else if here == sums[a * width + b - 1] {
            b -= 1;
        } else {
            (a, b) = (a - 1, b - 1);
            path.push((a, b, score(a, b)));
        }
    }
    path.reverse();
    path
}

/// The entries whose number stands once.
fn once(entries: &[Entry<'_>]) -> BTreeMap<u32, usize> {
    let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
    entries.iter().filter_map(|entry| entry.number).for_each(|number| *counts.entry(number).or_default() += 1);
    let numbered = entries.iter().enumerate().filter_map(|(at, entry)| Some((entry.number?, at)));
    numbered.filter(|(number, _)| counts.get(number) == Some(&1)).collect()
}

/// The sections that hold items, in reading order.
fn sections(entries: &[Entry<'_>]) -> Vec<SectionRef> {
    let mut sections: Vec<SectionRef> = entries.iter().filter_map(|entry| entry.section).collect();
    sections.dedup();
    sections
}
