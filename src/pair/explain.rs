//! Why two items were, or were not, linked: the best candidates of an item, with all that spoke for them.
//!
//! Knows the model and text, through entries, links and evidence; not settings.

use std::collections::BTreeSet;

use super::entry::{Entry, entries};
use super::evidence::{Evidence, Weight};
use super::link::{Candidate, Context, ENOUGH, Link, Texts, links};
use super::translation;
use crate::model::alignment::{MatchEvidence, MatchExplanation, SimilarityScores};
use crate::model::collection::Collection;
use crate::model::item::Basis;
use crate::model::work::Version;

/// So many candidates are told for an item.
const TOLD: usize = 4;

/// For each item of either version with this number: its best candidates in the other version, best first. No pair is
/// told twice: an item of the other version about which nothing new can be said has no list of its own.
pub fn explain(left: &Version, right: &Version, number: u32, collection: &Collection) -> Vec<Vec<MatchExplanation>> {
    let (lefts, rights) = (entries(left, Basis::Items, collection), entries(right, Basis::Items, collection));
    let all = if left.is_translated(right) {
        let evidence = Evidence::new(&lefts, &rights, collection);
        let links = translation::links(&lefts, &rights, &evidence);
        of_both(&lefts, &rights, number, |pairs| best_translated(pairs, (&lefts, &rights), &evidence, &links))
    } else {
        let (links, texts) = links(&lefts, &rights);
        of_both(&lefts, &rights, number, |pairs| best(pairs, &texts, &links))
    };
    let mut told = BTreeSet::new();
    let fresh = |mut candidates: Vec<MatchExplanation>| {
        let had_any = !candidates.is_empty();
        candidates.retain(|judgement| told.insert((judgement.left, judgement.right)));
        (!had_any || !candidates.is_empty()).then_some(candidates)
    };
    all.into_iter().filter_map(fresh).collect()
}

/// What `best` says of the pairs of each item with this number, those of the left version first.
fn of_both(
    lefts: &[Entry<'_>],
    rights: &[Entry<'_>],
    number: u32,
    best: impl Fn(Vec<(usize, usize)>) -> Vec<MatchExplanation>,
) -> Vec<Vec<MatchExplanation>> {
    let numbered = |entries: &[Entry<'_>]| -> Vec<usize> {
        let found = entries.iter().enumerate().filter(|(_, entry)| entry.number == Some(number));
        found.map(|(at, _)| at).collect()
    };
    let from_left = numbered(lefts).into_iter().map(|left| (0..rights.len()).map(|right| (left, right)).collect());
    let from_right = numbered(rights).into_iter().map(|right| (0..lefts.len()).map(|left| (left, right)).collect());
    from_left.chain(from_right).map(best).collect()
}

fn best(pairs: Vec<(usize, usize)>, texts: &Texts<'_>, links: &[Link]) -> Vec<MatchExplanation> {
    let context = |left: usize, right: usize| {
        let numbers = (texts.left[left].number, texts.right[right].number);
        if numbers.0.is_some() && numbers.0 == numbers.1 { Context::SameNumber } else { Context::Far }
    };
    let mut all: Vec<Candidate> =
        pairs.into_iter().map(|(left, right)| texts.candidate(left, right, context(left, right))).collect();
    let linked = |candidate: &Candidate| is_linked(links, candidate.left, candidate.right);
    all.sort_by(|a, b| {
        linked(b).cmp(&linked(a)).then(b.total.total_cmp(&a.total)).then((a.left, a.right).cmp(&(b.left, b.right)))
    });
    // What stands under the same number is told even if nothing speaks for it.
    let mut told = 0;
    all.retain(|candidate| {
        told += 1;
        told <= TOLD && candidate.title.words > 0.05 || candidate.context == Context::SameNumber
    });
    all.iter().map(|candidate| judgement(candidate, texts, linked(candidate))).collect()
}

fn is_linked(links: &[Link], left: usize, right: usize) -> bool {
    links.iter().any(|link| link.left == left && link.right == right)
}

fn judgement(candidate: &Candidate, texts: &Texts<'_>, linked: bool) -> MatchExplanation {
    let title = candidate.title;
    let grounds = MatchEvidence::Words(SimilarityScores {
        title: title.value,
        words: title.words,
        trigrams: title.trigrams,
        unmatched: title.unmatched,
        veto: title.veto,
        reason: title.reason,
        body: candidate.body,
        place: match candidate.context {
            Context::Predicted => "where their neighbours point",
            Context::SameNumber => "the same number",
            Context::Far => "elsewhere",
            Context::FarAndOtherwise => "elsewhere, and another thing is asked of the subject",
        },
        total: candidate.total,
        enough: ENOUGH,
    });
    MatchExplanation {
        left: texts.left[candidate.left].item,
        right: texts.right[candidate.right].item,
        grounds,
        linked,
    }
}

/// The best pairs of an item and its translation: the one that is linked, what shares most, what has its number.
fn best_translated(
    pairs: Vec<(usize, usize)>,
    (lefts, rights): (&[Entry<'_>], &[Entry<'_>]),
    evidence: &Evidence<'_>,
    links: &[Link],
) -> Vec<MatchExplanation> {
    let weighed = pairs.into_iter().map(|(left, right)| (left, right, evidence.weigh(left, right)));
    let mut all: Vec<(usize, usize, Weight)> = weighed.collect();
    let linked = |left: usize, right: usize| is_linked(links, left, right);
    all.sort_by(|a, b| {
        let by_weight = b.2.shared.total_cmp(&a.2.shared);
        linked(b.0, b.1).cmp(&linked(a.0, a.1)).then(by_weight).then((a.0, a.1).cmp(&(b.0, b.1)))
    });
    let mut told = 0;
    all.retain(|&(left, right, weight)| {
        told += 1;
        let same_number = lefts[left].number.is_some() && lefts[left].number == rights[right].number;
        told <= TOLD && (weight.shared > 0.0 || linked(left, right)) || same_number
    });
    let tell = |&(left, right, weight): &(usize, usize, Weight)| MatchExplanation {
        left: lefts[left].item,
        right: rights[right].item,
        grounds: MatchEvidence::Evidence {
            shared: evidence.told_shared(left, right),
            shared_weight: weight.shared,
            elsewhere: evidence.told_elsewhere(left, right),
            elsewhere_weight: weight.elsewhere,
        },
        linked: linked(left, right),
    };
    all.iter().map(tell).collect()
}
