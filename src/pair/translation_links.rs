//! Links between a text and its translation: by code, links, anchors, numbers and names that a translation leaves as
//! they are, by the numbers of items, and by order. Titles are not compared.
//!
//! Features that only one item of each version has make anchors. Between the anchors that are in one order, the items of
//! corresponding sections are aligned by dynamic programming, over features, numbers (as the anchors around renumber
//! them) and the shape of the texts; by order alone only where both versions have equally many. The remaining items are
//! linked by their number, or by their features wherever they are.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::alignment_item::AlignmentItem;
use super::features::{FeatureWeight, UnsharedWeights, VersionFeatures};
use super::link::ItemLink;
use super::renumbered::offset;
use super::sequence::mutual_best_matches;
use crate::model::id::{DocId, SectionId};
use crate::model::item::{LabelPosition, Number};
use crate::text::values::order::{in_order, longest_increasing_subsequence};

/// Minimum weight of shared features that link two items wherever they are, if no other candidate comes near (a guess).
const ANCHOR_WEIGHT: f32 = 0.9;
/// Minimum ratio to the weight of any other candidate (a guess).
const ANCHOR_MARGIN_RATIO: f32 = 1.4;
/// Minimum weight of shared features that link the remaining items at the end (a guess): the home page of a site alone
/// is less.
const LEFTOVER_LINK_WEIGHT: f32 = 0.65;
/// Maximum number of pairs between two anchors that are aligned as a whole (16 MB of sums); more are aligned in halves.
const MAX_ALIGNED_PAIRS: usize = 4_000_000;
/// Maximum number of pairs between two anchors whose texts are compared closely (a guess): about 0.1 s.
const MAX_CLOSELY_COMPARED_PAIRS: usize = 40_000;
/// Logarithm of the odds of a score of 1, as in the model of the shapes.
const ODDS_OF_SCORE: f32 = 4.0;
/// Minimum certainty of a pair, where one version has more items than the other and nothing but the texts says which (a
/// guess): a wrong pair names a wrong item as missing.
const MIN_CERTAINTY: f32 = 0.8;
/// Maximum distance of neighbours, in items (a guess).
const NEIGHBOUR_DISTANCE_ITEMS: usize = 3;
/// Maximum depth of sections within sections: that of Markdown.
const MAX_SECTION_DEPTH: usize = 6;
/// Weight of an equal number: that of a code block that is in two items of each version.
const SAME_NUMBER_WEIGHT: f32 = 1.0;

/// Weight of a different number, in units of an equal one, as all weights below (guesses).
const OTHER_NUMBER_WEIGHT: f32 = -0.4;
/// Weight of numbers with another sign, as "59" and "59bis": no law renumbers one as the other.
const OTHER_SIGN_WEIGHT: f32 = -2.0;
/// Weight of corresponding sections; of others, the negative.
const SECTION_WEIGHT: f32 = 0.25;
/// Weight of the order alone, if both versions have equally many items between two anchors, and otherwise.
const EVEN_ORDER_WEIGHT: f32 = 0.5;
const UNEVEN_ORDER_WEIGHT: f32 = 0.2;
/// Weight of a feature that is in other items only, as evidence against a link.
const ELSEWHERE_WEIGHT: f32 = 0.7;

/// Returns the links of a translation, in the order of the base version; all of them exact, because nothing is
/// reworded.
pub(super) fn links(
    base: &[AlignmentItem<'_>],
    derived: &[AlignmentItem<'_>],
    evidence: &VersionFeatures<'_>,
) -> Vec<ItemLink> {
    let mut matcher = Matcher::new(base, derived, evidence);
    matcher.link_titles();
    matcher.anchor();
    if base.len().saturating_mul(derived.len()) > MAX_ALIGNED_PAIRS {
        matcher.link_by_number();
    }
    matcher.fill();
    matcher.link_by_number();
    matcher.link_by_evidence();
    matcher.link_the_last();
    matcher.link_between();
    matcher.links()
}

struct Matcher<'a> {
    base: &'a [AlignmentItem<'a>],
    derived: &'a [AlignmentItem<'a>],
    /// The weights of the pairs that share a feature.
    weights: FxHashMap<(usize, usize), FeatureWeight>,
    evidence: &'a VersionFeatures<'a>,
    unshared: UnsharedWeights,
    /// The match of each base item, and its certainty, 0 to 1.
    of_base: Vec<Option<(usize, f32)>>,
    of_derived: Vec<Option<usize>>,
    /// The base items that nothing but their order links.
    by_order: Vec<bool>,
    groups: BTreeMap<ItemGroup, ItemGroup>,
}

/// The items of one section, or those of one document that are in none.
type ItemGroup = (DocId, Option<SectionId>);

fn group(item: &AlignmentItem<'_>) -> ItemGroup {
    (item.item.doc, item.section.map(|section| section.section))
}

impl<'a> Matcher<'a> {
    fn new(base: &'a [AlignmentItem<'a>], derived: &'a [AlignmentItem<'a>], evidence: &'a VersionFeatures<'a>) -> Self {
        let pairs = (0..base.len()).flat_map(|a| evidence.sharing(a).into_iter().map(move |b| (a, b)));
        Self {
            weights: pairs.map(|(a, b)| ((a, b), evidence.weigh(a, b))).collect(),
            unshared: evidence.unshared_weights(),
            of_base: vec![None; base.len()],
            of_derived: vec![None; derived.len()],
            by_order: vec![false; base.len()],
            groups: BTreeMap::new(),
            base,
            derived,
            evidence,
        }
    }

    fn link(&mut self, base: usize, derived: usize, score: f32) {
        self.of_base[base] = Some((derived, score));
        self.of_derived[derived] = Some(base);
    }

    fn is_free(&self, base: usize, derived: usize) -> bool {
        self.of_base[base].is_none() && self.of_derived[derived].is_none()
    }

    fn weigh(&self, base: usize, derived: usize) -> FeatureWeight {
        self.weights.get(&(base, derived)).copied().unwrap_or_else(|| self.unshared.weigh(base, derived))
    }

    fn links(&self) -> Vec<ItemLink> {
        let linked = self.of_base.iter().enumerate();
        linked
            .filter_map(|(base, found)| {
                found.map(|(derived, score)| ItemLink {
                    base,
                    derived,
                    score,
                    exact: true,
                    by_order: self.by_order[base],
                })
            })
            .collect()
    }

    /// Links the pairs of free items that are each other's best match, if what they share weighs at least `least`.
    fn link_best(&mut self, least: f32, score: fn(FeatureWeight) -> f32) {
        let mut candidates: Vec<(usize, usize, FeatureWeight)> =
            self.weights.iter().map(|(&(a, b), &weight)| (a, b, weight)).collect();
        candidates.retain(|&(a, b, _)| self.is_free(a, b));
        candidates.sort_by_key(|&(a, b, _)| (a, b));
        let (mut of_base, mut of_derived) =
            (vec![Best::default(); self.base.len()], vec![Best::default(); self.derived.len()]);
        for &(a, b, weight) in &candidates {
            of_base[a].meet(b, weight.shared);
            of_derived[b].meet(a, weight.shared);
        }
        for (a, b, weight) in candidates {
            let sure = weight.shared >= least
                && weight.elsewhere < weight.shared
                && self.evidence.unknown_to_each_other(a, b) <= weight.shared;
            if sure && of_base[a].is_clearly(b) && of_derived[b].is_clearly(a) {
                self.link(a, b, score(weight));
            }
        }
    }

    /// Links the title of one document with that of the other: the only heading of the first level, before all others.
    fn link_titles(&mut self) {
        let title = |items: &[AlignmentItem<'_>]| {
            let first = items.first()?;
            let is_title = |item: &&AlignmentItem<'_>| item.style.place == LabelPosition::Heading(1);
            let is_alone = items.iter().filter(is_title).count() == 1
                && items.iter().all(|item| item.item.doc == first.item.doc)
                && first.number.is_none();
            is_title(&first).then_some(is_alone)
        };
        if let (Some(true), Some(true)) = (title(self.base), title(self.derived)) {
            self.link(0, 0, 1.0);
        }
    }

    /// Links the pairs that only one item of each version can be in.
    fn anchor(&mut self) {
        self.link_best(ANCHOR_WEIGHT, |_| 1.0);
    }

    /// Finds for each section the corresponding one: of equal id; the one under the linked heading; the one with which it
    /// shares most links; and between two of these the one in its place, if both versions have equally many there.
    fn map_groups(&mut self) {
        let linked =
            |(a, found): (usize, &Option<(usize, f32)>)| Some((&self.base[a], &self.derived[found.as_ref()?.0]));
        let linked: Vec<(&AlignmentItem<'_>, &AlignmentItem<'_>)> =
            self.of_base.iter().enumerate().filter_map(linked).collect();
        let mut groups = BTreeMap::new();
        let mut taken = BTreeSet::new();
        let mut add = |base: ItemGroup, derived: ItemGroup| {
            if !groups.contains_key(&base) && taken.insert(derived) {
                groups.insert(base, derived);
            }
        };
        for (base, derived) in same_ids(self.base, self.derived) {
            add(base, derived);
        }
        for (base, derived) in &linked {
            if let (Some(own), Some(other)) = (base.own_section, derived.own_section) {
                add((base.item.doc, Some(own)), (derived.item.doc, Some(other)));
            }
        }
        for (base, derived) in mutual_best_matches(linked.iter().map(|(base, derived)| (group(base), group(derived)))) {
            add(base, derived);
        }
        let (in_base, in_derived) = (groups_of(self.base), groups_of(self.derived));
        // The items outside any section belong together where each version is one document.
        let outside = |groups: &[ItemGroup]| {
            let first = groups.first()?.0;
            groups.iter().all(|group| group.0 == first).then_some((first, None))
        };
        if let (Some(base), Some(derived)) = (outside(&in_base), outside(&in_derived)) {
            add(base, derived);
        }
        for (base, derived) in between(&in_base, &in_derived, &groups) {
            if !groups.contains_key(&base) && taken.insert(derived) {
                groups.insert(base, derived);
            }
        }
        self.groups = groups;
    }

    /// Aligns the items between the anchors that are in one order: first within sections, from the outer to the inner
    /// ones, then what is left.
    fn fill(&mut self) {
        for _ in 0..MAX_SECTION_DEPTH {
            let before = self.of_base.iter().flatten().count();
            self.map_groups();
            self.fill_gaps(AnchorExtent::Sections);
            if self.of_base.iter().flatten().count() == before {
                break;
            }
        }
        self.fill_gaps(AnchorExtent::Rest);
    }

    fn fill_gaps(&mut self, extent: AnchorExtent) {
        let linked: Vec<(usize, usize)> =
            self.of_base.iter().enumerate().filter_map(|(a, found)| Some((a, found.as_ref()?.0))).collect();
        let derived_items: Vec<usize> = linked.iter().map(|(_, derived)| *derived).collect();
        let backbone: Vec<(usize, usize)> =
            longest_increasing_subsequence(&derived_items).into_iter().map(|at| linked[at]).collect();
        let ends = std::iter::once(None).chain(backbone.iter().copied().map(Some));
        let next = backbone.iter().copied().map(Some).chain(std::iter::once(None));
        for (before, after) in ends.zip(next) {
            self.fill_gap(before, after, extent);
        }
    }

    fn fill_gap(&mut self, before: Option<(usize, usize)>, after: Option<(usize, usize)>, extent: AnchorExtent) {
        let starts = before.map_or((0, 0), |(a, b)| (a + 1, b + 1));
        let ends = after.unwrap_or((self.base.len(), self.derived.len()));
        let mut base_items: Vec<usize> = (starts.0..ends.0).filter(|&a| self.of_base[a].is_none()).collect();
        let mut derived_items: Vec<usize> = (starts.1..ends.1).filter(|&b| self.of_derived[b].is_none()).collect();
        if base_items.is_empty() || derived_items.is_empty() {
            return;
        }
        let offset = |(a, b): (usize, usize)| Some(offset(self.base[a].number?, self.derived[b].number?));
        let offsets = [before.map_or(Some(0), offset), after.and_then(offset)];
        if extent == AnchorExtent::Rest {
            self.align_all(&base_items, &derived_items, AnchorGap { offsets, even: false });
            return;
        }
        base_items.sort_by_key(|&a| (group(&self.base[a]), a));
        derived_items.sort_by_key(|&b| (group(&self.derived[b]), b));
        let there: BTreeMap<ItemGroup, &[usize]> = derived_items
            .chunk_by(|&a, &b| group(&self.derived[a]) == group(&self.derived[b]))
            .map(|items| (group(&self.derived[items[0]]), items))
            .collect();
        let pairs: Vec<(&[usize], &[usize])> = base_items
            .chunk_by(|&a, &b| group(&self.base[a]) == group(&self.base[b]))
            .filter_map(|items| Some((items, *there.get(self.groups.get(&group(&self.base[items[0]]))?)?)))
            .collect();
        for (base_items, derived_items) in pairs {
            let gap = AnchorGap { offsets, even: base_items.len() == derived_items.len() };
            self.align_all(base_items, derived_items, gap);
        }
    }

    /// Aligns items in their order; too many of them in halves.
    fn align_all(&mut self, base_items: &[usize], derived_items: &[usize], gap: AnchorGap) {
        if base_items.is_empty() || derived_items.is_empty() {
            return;
        }
        if base_items.len().saturating_mul(derived_items.len()) > MAX_ALIGNED_PAIRS
            && base_items.len().min(derived_items.len()) > 1
        {
            let (a, b) = (base_items.split_at(base_items.len() / 2), derived_items.split_at(derived_items.len() / 2));
            self.align_all(a.0, b.0, gap);
            self.align_all(a.1, b.1, gap);
            return;
        }
        let pairs = base_items.len() * derived_items.len();
        let closeness = if pairs <= MAX_CLOSELY_COMPARED_PAIRS { Closeness::Close } else { Closeness::Rough };
        let scores = PairScores::new(base_items.len(), derived_items.len(), |a, b| {
            self.score(base_items[a], derived_items[b], gap, closeness)
        });
        let path = in_order((base_items.len(), derived_items.len()), |a, b| scores.of(a, b));
        let is_unsure = closeness == Closeness::Close && !gap.even;
        let certainties = is_unsure.then(|| certainties(&scores, &path));
        for (at, (a, b)) in path.into_iter().enumerate() {
            if certainties.as_ref().is_some_and(|certainties| certainties[at] < MIN_CERTAINTY) {
                continue;
            }
            let score = scores.of(a, b);
            let (a, b) = (base_items[a], derived_items[b]);
            self.by_order[a] = self.weigh(a, b).shared <= 0.0 && self.number_weight(a, b, gap) <= 0.0;
            self.link(a, b, (0.4 + score / 4.0).clamp(0.3, 1.0));
        }
    }

    /// Returns the evidence for a link between two items of one gap, less the evidence against it: no link at 0 or
    /// less.
    fn score(&self, base: usize, derived: usize, gap: AnchorGap, closeness: Closeness) -> f32 {
        let weight = self.weigh(base, derived);
        let number = self.number_weight(base, derived, gap);
        let have_bodies = self.evidence.have_bodies(base, derived);
        let (shape, cognates) = match closeness {
            Closeness::Rough => (self.evidence.shape(base, derived), 0.0),
            Closeness::Close if have_bodies => {
                (self.evidence.close_shape(base, derived), self.evidence.cognates(base, derived))
            }
            Closeness::Close => (self.evidence.shape(base, derived), self.evidence.cognates(base, derived)),
        };
        let order = match (gap.even, have_bodies) {
            (true, _) => EVEN_ORDER_WEIGHT + SECTION_WEIGHT,
            (false, true) => UNEVEN_ORDER_WEIGHT + SECTION_WEIGHT,
            // Of the items that are more in one version, nothing says which.
            (false, false) if weight.shared + number + cognates <= 0.0 => return -1.0,
            (false, false) => UNEVEN_ORDER_WEIGHT,
        };
        order + number + weight.shared + cognates - ELSEWHERE_WEIGHT * weight.elsewhere + shape
    }

    /// Returns the evidence of the numbers of two items of one gap.
    fn number_weight(&self, base: usize, derived: usize, gap: AnchorGap) -> f32 {
        match (self.base[base].number, self.derived[derived].number) {
            (Some(a), Some(b)) if gap.offsets.contains(&Some(offset(a, b))) => SAME_NUMBER_WEIGHT,
            (Some(a), Some(b)) if Number::sign_of(a) != Number::sign_of(b) => OTHER_SIGN_WEIGHT,
            (Some(_), Some(_)) => OTHER_NUMBER_WEIGHT,
            _ => 0.0,
        }
    }

    /// Links free items of one number, unless their neighbours are renumbered or features are evidence against it.
    fn link_by_number(&mut self) {
        let (base_items, derived_items) = (once(self.base), once(self.derived));
        for (number, a) in base_items {
            let Some(&b) = derived_items.get(&number) else { continue };
            let weight = self.weigh(a, b);
            if self.is_free(a, b) && weight.elsewhere <= weight.shared + 0.5 && !self.is_renumbered(a) {
                self.link(a, b, 0.6);
            }
        }
    }

    /// Returns whether the nearest linked items around a base item have other numbers than their matches.
    fn is_renumbered(&self, base: usize) -> bool {
        /// Number of base items on each side that are looked at (a guess).
        const ANCHOR_WINDOW_ITEMS: usize = 5;
        let keeps = |a: usize| {
            let (b, _) = (*self.of_base.get(a)?)?;
            Some(self.base[a].number? == self.derived[b].number?)
        };
        let before = (1..=ANCHOR_WINDOW_ITEMS).find_map(|step| keeps(base.checked_sub(step)?));
        let after = (1..=ANCHOR_WINDOW_ITEMS).find_map(|step| keeps(base + step));
        (before, after) == (Some(false), Some(false))
    }

    /// Links a free item with the only free one near the matches of its neighbours: the two changed places with one of
    /// those, and neither has features.
    fn link_the_last(&mut self) {
        for a in 0..self.base.len() {
            let near =
                a.saturating_sub(NEIGHBOUR_DISTANCE_ITEMS)..(a + NEIGHBOUR_DISTANCE_ITEMS + 1).min(self.base.len());
            let alone = near.clone().all(|other| other == a || self.of_base[other].is_some());
            let partners = || near.clone().filter_map(|other| Some(self.of_base[other]?.0));
            let (Some(first), Some(last)) = (partners().min(), partners().max()) else { continue };
            // Scattered matches point nowhere.
            if self.of_base[a].is_some() || !alone || last - first > 3 * NEIGHBOUR_DISTANCE_ITEMS {
                continue;
            }
            let there = first.saturating_sub(1)..(last + 2).min(self.derived.len());
            let mut free = there.filter(|&b| self.of_derived[b].is_none());
            let (Some(b), None) = (free.next(), free.next()) else { continue };
            let weight = self.weigh(a, b);
            let corresponds = self.groups.get(&group(&self.base[a])) == Some(&group(&self.derived[b]))
                && self.evidence.unknown_to_each_other(a, b) <= weight.shared;
            if corresponds && weight.elsewhere <= weight.shared + 0.5 && self.evidence.shape(a, b) > -0.2 {
                self.by_order[a] = weight.shared <= 0.0;
                self.link(a, b, 0.5);
            }
        }
    }

    /// Links a free item with the free one at its place, where the items right before and after the two are linked with
    /// each other: an author may have moved a list from one of three such items to the next, so features that are beside it
    /// in the other version are no evidence against the link.
    fn link_between(&mut self) {
        let linked = |matcher: &Self, a: usize| matcher.of_base.get(a).copied().flatten().map(|(derived, _)| derived);
        for a in 0..self.base.len() {
            let (before, after) = (a.checked_sub(1).and_then(|before| linked(self, before)), linked(self, a + 1));
            let (Some(before), Some(after)) = (before, after) else { continue };
            let b = before + 1;
            if after != b + 1 || !self.is_free(a, b) || self.base[a].style != self.derived[b].style {
                continue;
            }
            let is_other_number = self.base[a].number != self.derived[b].number && !self.is_renumbered(a);
            let weight = self.evidence.weigh_between(a, b);
            let is_alike = !self.evidence.have_bodies(a, b) || self.evidence.shape(a, b) > -0.2;
            if !is_other_number && is_alike && weight.elsewhere <= weight.shared + 0.5 {
                self.by_order[a] = weight.shared <= 0.0;
                self.link(a, b, 0.5);
            }
        }
    }

    /// Links the remaining items that share features of enough weight, wherever they are.
    fn link_by_evidence(&mut self) {
        self.link_best(LEFTOVER_LINK_WEIGHT, |weight| (weight.shared - weight.elsewhere / 2.0).clamp(0.3, 1.0));
    }
}

/// Part of the items between two anchors.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AnchorExtent {
    /// Those of corresponding sections.
    Sections,
    /// Those of sections that correspond to none.
    Rest,
}

/// The surroundings of the items between two anchors.
#[derive(Clone, Copy)]
struct AnchorGap {
    /// By how much the anchors before and after it are renumbered.
    offsets: [Option<i64>; 2],
    /// True if both versions have equally many items in it.
    even: bool,
}

/// The candidate of greatest weight for an item, and the weight of the next one.
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
        self.item == item && self.weight >= self.next * ANCHOR_MARGIN_RATIO
    }
}

/// How closely the items of a gap are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closeness {
    /// By all that their texts have.
    Close,
    /// Without what takes time for each pair.
    Rough,
}

/// The scores of all pairs of the items of a gap.
struct PairScores {
    base_items: usize,
    derived_items: usize,
    scores: Vec<f32>,
}

impl PairScores {
    fn new(base_items: usize, derived_items: usize, score: impl Fn(usize, usize) -> f32) -> Self {
        let pairs = (0..base_items).flat_map(|a| (0..derived_items).map(move |b| (a, b)));
        Self { base_items, derived_items, scores: pairs.map(|(a, b)| score(a, b)).collect() }
    }

    fn of(&self, base: usize, derived: usize) -> f32 {
        self.scores[base * self.derived_items + derived]
    }
}

/// Returns for each pair of a path how certain it is, 0 to 1: the share of the alignments that keep the order and have it,
/// each weighted by its odds (the forward and backward sums of pair hidden Markov models; R. Durbin and others, 1998).
fn certainties(scores: &PairScores, path: &[(usize, usize)]) -> Vec<f32> {
    let width = scores.derived_items + 1;
    let place = |a: usize, b: usize| a * width + b;
    let odds = |a: usize, b: usize| f64::from(ODDS_OF_SCORE * scores.of(a, b));
    let mut forward = vec![0.0_f64; (scores.base_items + 1) * width];
    let mut backward = forward.clone();
    for a in 0..scores.base_items {
        for b in 0..scores.derived_items {
            let (beside, above, corner) = (forward[place(a + 1, b)], forward[place(a, b + 1)], forward[place(a, b)]);
            forward[place(a + 1, b + 1)] = sum_of_odds([beside, above], corner, odds(a, b));
        }
    }
    for a in (0..scores.base_items).rev() {
        for b in (0..scores.derived_items).rev() {
            let (beside, below) = (backward[place(a + 1, b)], backward[place(a, b + 1)]);
            backward[place(a, b)] = sum_of_odds([beside, below], backward[place(a + 1, b + 1)], odds(a, b));
        }
    }
    let all = forward[place(scores.base_items, scores.derived_items)];
    let certainty = |&(a, b): &(usize, usize)| forward[place(a, b)] + odds(a, b) + backward[place(a + 1, b + 1)] - all;
    path.iter().map(|pair| certainty(pair).exp() as f32).collect()
}

/// Returns the logarithm of the sum of the odds of all alignments up to a pair: those that leave out one of the two items,
/// of which those that leave out both are counted once, and those with the pair.
fn sum_of_odds(without_one: [f64; 2], without_both: f64, pair: f64) -> f64 {
    let most = without_one[0].max(without_one[1]).max(without_both + pair.max(0.0));
    let sum = (without_one[0] - most).exp() + (without_one[1] - most).exp() - (without_both - most).exp()
        + (without_both + pair - most).exp();
    most + sum.ln()
}

/// Returns the items whose number occurs once.
fn once(entries: &[AlignmentItem<'_>]) -> BTreeMap<u64, usize> {
    let mut counts: FxHashMap<u64, usize> = FxHashMap::default();
    entries.iter().filter_map(|entry| entry.number).for_each(|number| *counts.entry(number).or_default() += 1);
    let numbered = entries.iter().enumerate().filter_map(|(at, entry)| Some((entry.number?, at)));
    numbered.filter(|(number, _)| counts.get(number) == Some(&1)).collect()
}

/// Returns the groups that hold items, in reading order.
fn groups_of(entries: &[AlignmentItem<'_>]) -> Vec<ItemGroup> {
    let mut seen = BTreeSet::new();
    entries.iter().map(group).filter(|group| seen.insert(*group)).collect()
}

/// Returns the sections whose headings have one id in both versions.
fn same_ids(base: &[AlignmentItem<'_>], derived: &[AlignmentItem<'_>]) -> Vec<(ItemGroup, ItemGroup)> {
    let mut there: FxHashMap<u64, ItemGroup> = FxHashMap::default();
    for item in derived.iter().filter(|item| item.section_id != 0) {
        there.entry(item.section_id).or_insert_with(|| group(item));
    }
    let named = base.iter().filter(|item| item.section_id != 0);
    let mut found: Vec<(ItemGroup, ItemGroup)> =
        named.filter_map(|item| Some((group(item), *there.get(&item.section_id)?))).collect();
    found.dedup();
    found
}

/// Returns the groups without a counterpart that lie between two with one, paired in their order where both versions
/// have equally many there.
fn between(
    base: &[ItemGroup],
    derived: &[ItemGroup],
    groups: &BTreeMap<ItemGroup, ItemGroup>,
) -> Vec<(ItemGroup, ItemGroup)> {
    let place: FxHashMap<ItemGroup, usize> = derived.iter().enumerate().map(|(at, group)| (*group, at)).collect();
    let known: Vec<(usize, usize)> =
        base.iter().enumerate().filter_map(|(at, group)| Some((at, *place.get(groups.get(group)?)?))).collect();
    let places: Vec<usize> = known.iter().map(|(_, derived)| *derived).collect();
    let backbone = longest_increasing_subsequence(&places).into_iter().map(|at| known[at]);
    let taken: BTreeSet<&ItemGroup> = groups.values().collect();
    let mut found = Vec::new();
    let mut start = (0, 0);
    for end in backbone.chain([(base.len(), derived.len())]) {
        let free_base: Vec<ItemGroup> =
            base[start.0..end.0].iter().filter(|group| !groups.contains_key(group)).copied().collect();
        let free_derived: Vec<ItemGroup> =
            derived[start.1..end.1].iter().filter(|group| !taken.contains(group)).copied().collect();
        if free_base.len() == free_derived.len() {
            found.extend(free_base.into_iter().zip(free_derived));
        }
        start = (end.0 + 1, end.1 + 1);
    }
    found
}
