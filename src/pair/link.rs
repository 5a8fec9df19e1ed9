//! Links between the items of two versions in one language, found by their titles and, in doubt, their bodies.
//!
//! Equal titles are the anchors; the other items are linked greedily from the best score down, among candidates that
//! share rare words or are where the anchors around them point. Near-linear in the number of items.

use std::cmp::Ordering;
use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::alignment_item::{AlignmentItem, body_weights, title_weights};
use crate::text::similarity::score::{Score, Weights, containment, titles};
use crate::text::similarity::title::{Approach, TitleForm};

/// Two items that are linked as the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ItemLink {
    /// Index of the base item.
    pub(super) base: usize,
    /// Index of the derived item.
    pub(super) derived: usize,
    /// Similarity of the titles; 1 if they are equal.
    pub(super) score: f32,
    /// True if the keys are equal, or if the items are in two languages.
    pub(super) exact: bool,
    /// True if nothing but the order of the items is evidence.
    pub(super) by_order: bool,
}

/// Certainty with which an item is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Linked {
    /// With an item of the same title.
    Surely,
    /// With an item that is like it.
    ByLikeness,
    /// With none.
    Not,
}

/// Two items that may be the same, with the evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) base: usize,
    pub(super) derived: usize,
    pub(super) title: Score,
    /// Share of the shorter body that is in the longer one; `None` if one of them is too short to be compared.
    pub(super) body: Option<f32>,
    pub(super) context: CandidatePosition,
    /// Score of all of it: linked from [`LINK_THRESHOLD`] on, best first.
    pub(super) total: f32,
}

/// Position of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CandidatePosition {
    /// Where the anchors around it point.
    Predicted,
    /// Under the same number.
    SameNumber,
    /// Anywhere else.
    Far,
    /// Anywhere else, and one title asks what a thing is where the other asks what to do with it or how it differs from
    /// another thing: in handbooks such questions are next to each other.
    FarAndOtherwise,
}

/// Minimum similarity of two titles, as a share of their words, from which the bodies are compared (a guess).
const MIN_WORDS_TO_READ_BODIES: f32 = 0.3;
/// Minimum length of a body, in words, that two items do not share by chance (a guess).
pub(super) const TELLING_BODY_WORDS: usize = 6;
/// Minimum number of content words of a part of a divided item (a guess).
const MIN_PART_WORDS: usize = 8;
/// Share of the weight of a title that the other one lacks from which it is about a part of the other's subject (measured
/// on 305 pairs of titles judged by hand).
const PART_EXTRA: f32 = 0.45;
/// Maximum share of the weight of the smaller title without a match, if its subject is a part of the other's (a guess).
const PART_UNMATCHED: f32 = 0.1;
/// Share of a body from which two items of which one has the larger subject are the same (measured as above).
const PART_BODY_SHARE: f32 = 0.3;
/// Amount that is taken from the score of two items if the subject of one is a part of the other's (measured as above).
const PART_VETO: f32 = 0.3;
/// Share of a body from which the bodies alone show that two items of one version are the same (measured as above).
const REPEATED_BODY_SHARE: f32 = 0.7;
/// Minimum score for a link: the value of the logistic model at which a match is as likely as not.
pub(super) const LINK_THRESHOLD: f32 = 0.5;
/// Share of a body that is too short to be compared, as the logistic model counts it.
const USUAL_BODY_SHARE: f32 = 0.08;
/// Share of a body above which more of it is no further evidence in the logistic model.
const MAX_BODY_SHARE: f32 = 0.7;
/// Maximum number of titles that have a word by which candidates are found (a guess).
const MAX_TITLES_OF_WORD: usize = 120;
/// Maximum number of derived items that are compared with a base item without anchor (a guess).
const MAX_CANDIDATES: usize = 12;
/// Maximum distance of an anchor by which a position is predicted, in items (a guess).
const ANCHOR_DISTANCE_ITEMS: usize = 10;

/// The items of both versions, and the weights of their words.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    pub(super) base: &'a [AlignmentItem<'a>],
    pub(super) derived: &'a [AlignmentItem<'a>],
    titles: Weights,
    bodies: Weights,
}

impl<'a> Texts<'a> {
    /// Learns the weights. Those of bodies are learnt from the items without an anchor and a sample of the others,
    /// because only items without an anchor are judged by their bodies.
    pub(super) fn new(base: &'a [AlignmentItem<'a>], derived: &'a [AlignmentItem<'a>], anchors: &[ItemLink]) -> Self {
        let linked = |side: fn(&ItemLink) -> usize, len: usize| {
            let mut linked = vec![false; len];
            anchors.iter().for_each(|link| linked[side(link)] = true);
            linked
        };
        let in_base = linked(|link| link.base, base.len());
        let in_derived = linked(|link| link.derived, derived.len());
        let pick = |entries: &'a [AlignmentItem<'a>], linked: Vec<bool>| {
            let every = entries.len() / 100 + 1;
            entries.iter().enumerate().filter(move |(at, _)| !linked[*at] || at % every == 0).map(|(_, entry)| entry)
        };
        let bodies = body_weights(pick(base, in_base).chain(pick(derived, in_derived)));
        Self { base, derived, titles: title_weights(base, derived), bodies }
    }

    /// Returns the similarity of the titles.
    pub(super) fn title(&self, base: usize, derived: usize) -> Score {
        self.title_of(&self.base[base], &self.derived[derived])
    }

    fn title_of(&self, a: &AlignmentItem<'_>, b: &AlignmentItem<'_>) -> Score {
        if a.key == b.key && !a.key.is_empty() {
            return Score { value: 1.0, words: 1.0, trigrams: 1.0, telling: true, ..Score::default() };
        }
        titles(&a.features, &b.features, &self.titles)
    }

    /// Returns the share of the shorter body that is in the longer one, without the words of the titles.
    pub(super) fn body(&self, base: usize, derived: usize) -> Option<f32> {
        self.body_of(&self.base[base], &self.derived[derived])
    }

    /// Returns the share of the body of an item that is in another one; `None` if it is too short to be compared, or not
    /// the shorter one.
    pub(super) fn part_of(&self, part: &AlignmentItem<'_>, whole: &AlignmentItem<'_>) -> Option<f32> {
        let (words, all) = (part.body_words(), whole.body_words());
        if words.len() < MIN_PART_WORDS || words.len() >= all.len() {
            return None;
        }
        containment(words, all, &[], &self.bodies)
    }

    fn body_of(&self, a: &AlignmentItem<'_>, b: &AlignmentItem<'_>) -> Option<f32> {
        let (a_words, b_words) = (a.body_words(), b.body_words());
        let (part, whole) = if a_words.len() <= b_words.len() { (a_words, b_words) } else { (b_words, a_words) };
        let except: Vec<u64> = a.stems.iter().chain(&b.stems).copied().collect();
        containment(part, whole, &except, &self.bodies)
    }

    /// Returns the candidate with its score.
    pub(super) fn candidate(&self, base: usize, derived: usize, context: CandidatePosition) -> Candidate {
        let (title, body, context, total) = self.judge(&self.base[base], &self.derived[derived], context);
        Candidate { base, derived, title, body, context, total }
    }

    /// Returns the similarity of titles and bodies, the position, and the score of all of it.
    fn judge(
        &self,
        a: &AlignmentItem<'_>,
        b: &AlignmentItem<'_>,
        context: CandidatePosition,
    ) -> (Score, Option<f32>, CandidatePosition, f32) {
        let mut title = self.title_of(a, b);
        let body = if title.words >= MIN_WORDS_TO_READ_BODIES { self.body_of(a, b) } else { None };
        let context = match (context, [a.approach, b.approach]) {
            (CandidatePosition::Far, [Some(a), Some(b)]) if a != b => CandidatePosition::FarAndOtherwise,
            _ => context,
        };
        if context == CandidatePosition::Far && is_part(title, body, [a.form, b.form]) {
            title.veto += PART_VETO;
            if title.reason.is_empty() {
                title.reason = "one of them is about more than the other";
            }
        }
        (title, body, context, total(title, body, context))
    }
}

/// Returns whether the subject of one item is a part of the other's: its title is within the other, and the bodies do not
/// show that they are the same. Two names without bodies have no other evidence; of two questions without bodies, one may
/// only ask a little more.
fn is_part(title: Score, body: Option<f32>, forms: [TitleForm; 2]) -> bool {
    let no_evidence = match body {
        Some(share) => share < PART_BODY_SHARE,
        None => forms == [TitleForm::Name; 2],
    };
    title.extra >= PART_EXTRA && title.unmatched < PART_UNMATCHED && no_evidence
}

/// Returns whether a title and a body are evidence that two items of one version ask the same. There, a definition and a
/// procedure are two questions; and between names, as of sections, only the bodies are evidence, because each difference
/// is meant.
fn asks_the_same((a, b): (&AlignmentItem<'_>, &AlignmentItem<'_>), title: Score, body: Option<f32>) -> bool {
    let asks_otherwise = matches!(
        (a.approach, b.approach),
        (Some(Approach::Definition), Some(Approach::Procedure))
            | (Some(Approach::Procedure), Some(Approach::Definition))
    );
    let is_question = [a.form, b.form].contains(&TitleForm::Question);
    title.veto == 0.0 && !asks_otherwise && (is_question || body.is_some_and(|share| share >= REPEATED_BODY_SHARE))
}

/// Returns how likely two items are the same, by title, body and position: a logistic model, fitted to pairs judged by
/// hand.
fn total(title: Score, body: Option<f32>, context: CandidatePosition) -> f32 {
    let body = body.unwrap_or(USUAL_BODY_SHARE).min(MAX_BODY_SHARE);
    let place = match context {
        CandidatePosition::Predicted | CandidatePosition::SameNumber => 1.5,
        CandidatePosition::Far => 0.0,
        CandidatePosition::FarAndOtherwise => -1.5,
    };
    let chance = if title.telling { 0.0 } else { 2.0 };
    let sum = 6.5 * title.words + 5.0 * body - 4.5 * title.unmatched - 4.0 * title.veto - 4.3 + place - chance;
    1.0 / (1.0 + (-sum).exp())
}

/// Returns all links, in the order of the base version: each item is in at most one.
pub(super) fn links<'a>(base: &'a [AlignmentItem<'a>], derived: &'a [AlignmentItem<'a>]) -> (Vec<ItemLink>, Texts<'a>) {
    let mut links = anchors(base, derived);
    let exact = links.len();
    link_equal_bodies(base, derived, &mut links);
    let texts = Texts::new(base, derived, &links);
    links[exact..].iter_mut().for_each(|link| link.score = texts.title(link.base, link.derived).value);
    let mut state = LinkState::new(base.len(), derived.len());
    links.iter().for_each(|link| state.take(link.base, link.derived));
    let mut candidates = candidates(&texts, &state);
    candidates.retain(|candidate| {
        candidate.total >= LINK_THRESHOLD && !is_chance(&base[candidate.base], &derived[candidate.derived])
    });
    candidates.sort_by(best_first);
    for candidate in candidates {
        if state.is_free(candidate.base, candidate.derived) {
            state.take(candidate.base, candidate.derived);
            links.push(ItemLink {
                base: candidate.base,
                derived: candidate.derived,
                score: candidate.title.value,
                exact: false,
                by_order: false,
            });
        }
    }
    links.sort_by_key(|link| (link.base, link.derived));
    (links, texts)
}

fn best_first(a: &Candidate, b: &Candidate) -> Ordering {
    b.total.total_cmp(&a.total).then_with(|| (a.base, a.derived).cmp(&(b.base, b.derived)))
}

/// The link of each item.
#[derive(Debug)]
struct LinkState {
    base: Vec<Option<usize>>,
    derived: Vec<Option<usize>>,
}

impl LinkState {
    fn new(base: usize, derived: usize) -> Self {
        Self { base: vec![None; base], derived: vec![None; derived] }
    }

    fn take(&mut self, base: usize, derived: usize) {
        self.base[base] = Some(derived);
        self.derived[derived] = Some(base);
    }

    fn is_free(&self, base: usize, derived: usize) -> bool {
        self.base[base].is_none() && self.derived[derived].is_none()
    }

    /// Returns the derived items that the nearest anchors before and after a base item point to.
    fn predicted(&self, base: usize) -> [Option<usize>; 2] {
        let before = (1..=ANCHOR_DISTANCE_ITEMS).find_map(|step| {
            let derived = (*self.base.get(base.checked_sub(step)?)?)?;
            Some(derived + step)
        });
        let after = (1..=ANCHOR_DISTANCE_ITEMS).find_map(|step| (*self.base.get(base + step)?)?.checked_sub(step));
        [before, after].map(|place| place.filter(|&place| place < self.derived.len()))
    }
}

/// Returns links between items of equal titles. Where a title occurs several times, the same number decides, then the
/// section and the neighbours, then the order.
fn anchors(base: &[AlignmentItem<'_>], derived: &[AlignmentItem<'_>]) -> Vec<ItemLink> {
    let mut by_key: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, entry) in derived.iter().enumerate().filter(|(_, entry)| !entry.key.is_empty()) {
        by_key.entry(&entry.key).or_default().push(at);
    }
    let mut groups: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, entry) in base.iter().enumerate().filter(|(_, entry)| by_key.contains_key(entry.key.as_str())) {
        groups.entry(&entry.key).or_default().push(at);
    }
    let mut links = Vec::new();
    for (at, entry) in base.iter().enumerate() {
        // Each group is handled once, at its first member.
        let Some(base_items) = groups.get(entry.key.as_str()).filter(|group| group.first() == Some(&at)) else {
            continue;
        };
        let Some(derived_items) = by_key.get(entry.key.as_str()) else { continue };
        let pairs = match (&base_items[..], &derived_items[..]) {
            ([only], [other]) => vec![(*only, *other)],
            _ => matched_by_place((base, base_items), (derived, derived_items)),
        };
        links.extend(pairs.into_iter().map(|(base, derived)| ItemLink {
            base,
            derived,
            score: 1.0,
            exact: true,
            by_order: false,
        }));
    }
    links
}

/// Returns pairs of items that all have one title: first those of one number, then those whose section and neighbours
/// have equal titles, and so on down to the order alone.
fn matched_by_place(
    (base, base_items): (&[AlignmentItem<'_>], &[usize]),
    (derived, derived_items): (&[AlignmentItem<'_>], &[usize]),
) -> Vec<(usize, usize)> {
    type Place<'a> = (Option<u64>, Option<u64>, Option<&'a str>, Option<&'a str>);
    fn title<'a>(items: &'a [AlignmentItem<'_>], at: Option<usize>) -> Option<&'a str> {
        items.get(at?).map(|item| item.key.as_str())
    }
    fn place<'a>(items: &'a [AlignmentItem<'_>], at: usize, step: usize) -> Option<Place<'a>> {
        let item = &items[at];
        let (before, after) = (title(items, at.checked_sub(1)), title(items, Some(at + 1)));
        let section = Some(item.section_key);
        match step {
            0 => item.number.map(|number| (Some(number), section, None, None)),
            1 => item.number.map(|number| (Some(number), None, None, None)),
            2 => Some((None, section, before, after)),
            3 => Some((None, section, before, None)),
            4 => Some((None, section, None, after)),
            5 => Some((None, section, None, None)),
            6 => Some((None, None, before, None)),
            7 => Some((None, None, None, after)),
            _ => Some((None, None, None, None)),
        }
    }
    let (mut free_base, mut free_derived) = (base_items.to_vec(), derived_items.to_vec());
    let mut pairs = Vec::new();
    for step in 0..9 {
        let mut there: FxHashMap<Place<'_>, VecDeque<usize>> = FxHashMap::default();
        for &at in &free_derived {
            if let Some(place) = place(derived, at, step) {
                there.entry(place).or_default().push_back(at);
            }
        }
        // A neighbour of the same title is no evidence.
        let has_neighbour = |at: usize| {
            let (before, after) = (title(base, at.checked_sub(1)), title(base, Some(at + 1)));
            let [before, after] = [before, after].map(|key| key.is_some_and(|key| key != base[at].key));
            matches!(step, 2 | 3 | 6) && before || matches!(step, 2 | 4 | 7) && after
        };
        let is_certain = |at: usize, found: usize| has_neighbour(at) || !is_chance(&base[at], &derived[found]);
        free_base.retain(|&at| {
            let found = place(base, at, step).and_then(|place| {
                let places = there.get_mut(&place)?;
                is_certain(at, *places.front()?).then(|| places.pop_front())?
            });
            pairs.extend(found.map(|found| (at, found)));
            found.is_none()
        });
        let taken: FxHashSet<usize> = pairs.iter().map(|(_, derived)| *derived).collect();
        free_derived.retain(|at| !taken.contains(at));
    }
    pairs
}

/// Returns whether the title of two items of different numbers says too little for them to be the same without a neighbour in
/// common: "[repealed]".
fn is_chance(a: &AlignmentItem<'_>, b: &AlignmentItem<'_>) -> bool {
    a.stems.len() <= 1 && a.key == b.key && a.number.is_some() && b.number.is_some() && a.number != b.number
}

/// Returns the item of each body that is long enough; `None` if several items have it.
fn items_of_bodies(items: &[AlignmentItem<'_>]) -> FxHashMap<u64, Option<usize>> {
    let mut found: FxHashMap<u64, Option<usize>> = FxHashMap::default();
    for (at, item) in items.iter().enumerate() {
        let (print, words) = item.body_print();
        if words >= TELLING_BODY_WORDS {
            found.entry(print).and_modify(|only| *only = None).or_insert(Some(at));
        }
    }
    found
}

/// Adds links between items without one that have the same body, if no other item of either version has it.
fn link_equal_bodies(base: &[AlignmentItem<'_>], derived: &[AlignmentItem<'_>], links: &mut Vec<ItemLink>) {
    let (in_base, in_derived) = (items_of_bodies(base), items_of_bodies(derived));
    let linked = |side: fn(&ItemLink) -> usize| links.iter().map(side).collect::<FxHashSet<_>>();
    let (base_linked, derived_linked) = (linked(|link| link.base), linked(|link| link.derived));
    let same = |at: usize| {
        let (print, _) = base[at].body_print();
        in_base.get(&print).copied().flatten().filter(|only| *only == at)?;
        let other = in_derived.get(&print).copied().flatten()?;
        let is_free = !base_linked.contains(&at) && !derived_linked.contains(&other);
        is_free.then_some(ItemLink { base: at, derived: other, score: 0.0, exact: false, by_order: false })
    };
    let found: Vec<ItemLink> = (0..base.len()).filter_map(same).collect();
    links.extend(found);
}

/// Returns the items of one version without a link that ask what an item with a link asks, with that item and the score.
pub(super) fn repeated(
    items: &[AlignmentItem<'_>],
    state: impl Fn(usize) -> Linked,
    texts: &Texts<'_>,
) -> Vec<(usize, usize, f32)> {
    let mut by_stem: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for (at, entry) in items.iter().enumerate().filter(|(at, _)| state(*at) != Linked::Not) {
        for &stem in &entry.stems {
            by_stem.entry(stem).or_default().push(at);
        }
    }
    let mut weight = vec![0.0; items.len()];
    let mut found = Vec::new();
    for (at, entry) in items.iter().enumerate().filter(|(at, _)| state(*at) != Linked::Surely) {
        let near = sharing(entry, &by_stem, texts, &mut weight).into_iter();
        // Of two items that are both linked by their likeness, neither is a repetition of the other.
        let is_known = |other: &usize| state(at) == Linked::Not || state(*other) == Linked::Surely;
        let judged = near.filter(is_known).map(|other| {
            let (title, body, _, total) = texts.judge(entry, &items[other], CandidatePosition::Far);
            (other, total, asks_the_same((entry, &items[other]), title, body))
        });
        // Two titles that are equal are told as such, and neighbours are intended variations.
        let same = judged.filter(|(other, total, plain)| {
            *plain && *total >= LINK_THRESHOLD && items[*other].key != entry.key && at.abs_diff(*other) > 1
        });
        found.extend(same.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(other, total, _)| (at, other, total)));
    }
    found
}

/// Returns the pairs of items without a link that are worth a comparison.
fn candidates(texts: &Texts<'_>, state: &LinkState) -> Vec<Candidate> {
    let mut by_stem: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    let mut by_number: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for (at, entry) in texts.derived.iter().enumerate().filter(|(at, _)| state.derived[*at].is_none()) {
        for &stem in &entry.stems {
            by_stem.entry(stem).or_default().push(at);
        }
        if let Some(number) = entry.number {
            by_number.entry(number).or_default().push(at);
        }
    }
    let mut found = Vec::new();
    let mut weight = vec![0.0; texts.derived.len()];
    for (at, entry) in texts.base.iter().enumerate().filter(|(at, _)| state.base[*at].is_none()) {
        let mut places: Vec<(usize, CandidatePosition)> = Vec::new();
        places.extend(state.predicted(at).into_iter().flatten().map(|derived| (derived, CandidatePosition::Predicted)));
        let same = entry.number.and_then(|number| by_number.get(&number));
        places.extend(
            same.into_iter().flatten().take(MAX_CANDIDATES).map(|&derived| (derived, CandidatePosition::SameNumber)),
        );
        places.extend(
            sharing(entry, &by_stem, texts, &mut weight).into_iter().map(|derived| (derived, CandidatePosition::Far)),
        );
        places.retain(|(derived, _)| state.derived[*derived].is_none());
        // Of each derived item the first position counts, which is the one with the most evidence.
        places.sort_by_key(|(derived, _)| *derived);
        places.dedup_by_key(|(derived, _)| *derived);
        found.extend(places.into_iter().map(|(derived, context)| texts.candidate(at, derived, context)));
    }
    found
}

/// Returns the derived items that share the heaviest words with `entry`, heaviest first. `weight` holds a zero for each
/// derived item, and does so again afterwards.
fn sharing(
    entry: &AlignmentItem<'_>,
    by_stem: &FxHashMap<u64, Vec<usize>>,
    texts: &Texts<'_>,
    weight: &mut [f32],
) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for stem in &entry.stems {
        let Some(places) = by_stem.get(stem).filter(|places| places.len() <= MAX_TITLES_OF_WORD) else { continue };
        for &derived in places {
            if weight[derived] == 0.0 {
                found.push(derived);
            }
            weight[derived] += texts.titles.of(*stem);
        }
    }
    found.sort_by(|a, b| weight[*b].total_cmp(&weight[*a]).then(a.cmp(b)));
    found.iter().for_each(|derived| weight[*derived] = 0.0);
    found.truncate(MAX_CANDIDATES);
    found
}
