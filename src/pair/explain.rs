//! Explanations of matches: the best candidates of an item, with the evidence for and against each.
//!
//! Knows the model and text, through items, links and features; not settings.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::alignment_item::{AlignmentItem, alignment_items};
use super::features::{FeatureWeight, VersionFeatures};
use super::link::{Candidate, CandidatePosition, ItemLink, LINK_THRESHOLD, Texts};
use crate::model::alignment::{
    AlignedPair, Alignment, ItemRef, MatchEvidence, MatchExplanation, SimilarityScores, Verdict,
};
use crate::model::collection::Collection;
use crate::model::item::{Basis, Number};
use crate::model::work::{Version, VersionPair};
use crate::text::similarity::title;

/// Maximum number of items of one version that are explained (a guess: more are not read).
const MAX_EXPLAINED_ITEMS: usize = 6;
/// Maximum number of candidates that are explained for an item.
const TOLD: usize = 4;

/// Returns for each item of either version with this number, or with these words in its title, its best candidates in the other version, best first. No
/// pair is explained twice: an item of the derived version without a new pair has no list of its own.
pub fn explain(
    base: &Version,
    derived: &Version,
    wanted: &str,
    (basis, alignment): (Basis, Option<&Alignment>),
    collection: &Collection,
) -> Vec<Vec<MatchExplanation>> {
    let (base_items, derived_items) =
        (alignment_items(base, basis, collection), alignment_items(derived, basis, collection));
    let all = if base.is_translated(derived) {
        let evidence = VersionFeatures::new(&base_items, &derived_items, collection);
        let links = made(alignment, (&base_items, &derived_items));
        of_both(&base_items, &derived_items, wanted, |pairs| {
            best_translated(pairs, (&base_items, &derived_items), &evidence, &links)
        })
    } else {
        let links = made(alignment, (&base_items, &derived_items));
        let texts = Texts::new(&base_items, &derived_items, &links);
        of_both(&base_items, &derived_items, wanted, |pairs| best(pairs, &texts, &links))
    };
    let mut told = BTreeSet::new();
    let fresh = |mut candidates: Vec<MatchExplanation>| {
        let had_any = !candidates.is_empty();
        candidates.retain(|judgement| told.insert((judgement.base, judgement.derived)));
        (!had_any || !candidates.is_empty()).then_some(candidates)
    };
    all.into_iter().filter_map(fresh).collect()
}

/// Returns the links that an alignment made: the rows of two items that are the same.
fn made(
    alignment: Option<&Alignment>,
    (base_items, derived_items): (&[AlignmentItem<'_>], &[AlignmentItem<'_>]),
) -> Vec<ItemLink> {
    let places = |items: &[AlignmentItem<'_>]| -> FxHashMap<ItemRef, usize> {
        items.iter().enumerate().map(|(at, item)| (item.item, at)).collect()
    };
    let (in_base, in_derived) = (places(base_items), places(derived_items));
    let link = |pair: &AlignedPair| {
        let (base, derived) = (*in_base.get(&pair.base?)?, *in_derived.get(&pair.derived?)?);
        let exact = base_items[base].key == derived_items[derived].key;
        let is_same = pair.verdict != Verdict::Different;
        is_same.then_some(ItemLink { base, derived, score: pair.score, exact, by_order: pair.by_order })
    };
    alignment.into_iter().flat_map(|alignment| &alignment.pairs).filter_map(link).collect()
}

/// Returns the result of `best` for the pairs of each wanted item, those of the base version first.
fn of_both(
    base_items: &[AlignmentItem<'_>],
    derived_items: &[AlignmentItem<'_>],
    wanted: &str,
    best: impl Fn(Vec<(usize, usize)>) -> Vec<MatchExplanation>,
) -> Vec<Vec<MatchExplanation>> {
    let wanted = wanted.trim();
    let number = Number::read(wanted.trim_end_matches('.')).map(Number::key);
    let is_number = number.is_some() || !wanted.is_empty() && wanted.chars().all(|c| c.is_ascii_digit() || c == '.');
    let title = title::key(wanted);
    let is_wanted = |entry: &AlignmentItem<'_>| match is_number {
        true => number.is_some() && entry.number == number,
        false => !title.is_empty() && entry.key.contains(&title),
    };
    let numbered = |entries: &[AlignmentItem<'_>]| -> Vec<usize> {
        let found = entries.iter().enumerate().filter(|(_, entry)| is_wanted(entry));
        found.map(|(at, _)| at).take(MAX_EXPLAINED_ITEMS).collect()
    };
    let from_base =
        numbered(base_items).into_iter().map(|base| (0..derived_items.len()).map(|derived| (base, derived)).collect());
    let from_derived =
        numbered(derived_items).into_iter().map(|derived| (0..base_items.len()).map(|base| (base, derived)).collect());
    from_base.chain(from_derived).map(best).collect()
}

fn best(pairs: Vec<(usize, usize)>, texts: &Texts<'_>, links: &[ItemLink]) -> Vec<MatchExplanation> {
    let context = |base: usize, derived: usize| {
        let numbers = (texts.base[base].number, texts.derived[derived].number);
        if numbers.0.is_some() && numbers.0 == numbers.1 {
            CandidatePosition::SameNumber
        } else {
            CandidatePosition::Far
        }
    };
    let mut all: Vec<Candidate> =
        pairs.into_iter().map(|(base, derived)| texts.candidate(base, derived, context(base, derived))).collect();
    let linked = |candidate: &Candidate| is_linked(links, candidate.base, candidate.derived);
    all.sort_by(|a, b| {
        linked(b).cmp(&linked(a)).then(b.total.total_cmp(&a.total)).then((a.base, a.derived).cmp(&(b.base, b.derived)))
    });
    // The item of the same number is explained even if there is no evidence for it.
    let mut told = 0;
    all.retain(|candidate| {
        told += 1;
        told <= TOLD && candidate.title.words > 0.05 || candidate.context == CandidatePosition::SameNumber
    });
    all.iter().map(|candidate| judgement(candidate, texts, links)).collect()
}

fn is_linked(links: &[ItemLink], base: usize, derived: usize) -> bool {
    links.iter().any(|link| link.base == base && link.derived == derived)
}

fn judgement(candidate: &Candidate, texts: &Texts<'_>, links: &[ItemLink]) -> MatchExplanation {
    let title = candidate.title;
    let evidence = MatchEvidence::Similarity(SimilarityScores {
        title: title.value,
        words: title.words,
        trigrams: title.trigrams,
        unmatched: title.unmatched,
        veto: title.veto,
        reason: title.reason,
        body: candidate.body,
        place: match candidate.context {
            CandidatePosition::Predicted => "where their neighbours point",
            CandidatePosition::SameNumber => "under the same number",
            CandidatePosition::Far => "elsewhere",
            CandidatePosition::FarAndOtherwise => "in different places, and another thing is asked of the subject",
        },
        total: candidate.total,
        enough: LINK_THRESHOLD,
    });
    MatchExplanation {
        base: texts.base[candidate.base].item,
        derived: texts.derived[candidate.derived].item,
        evidence,
        linked: is_linked(links, candidate.base, candidate.derived),
        taken_by: taken_by(links, (texts.base, texts.derived), candidate.base, candidate.derived),
    }
}

/// Returns the items with which two items that are not matched are matched instead.
fn taken_by(
    links: &[ItemLink],
    (base_items, derived_items): (&[AlignmentItem<'_>], &[AlignmentItem<'_>]),
    base: usize,
    derived: usize,
) -> VersionPair<Option<ItemRef>> {
    if is_linked(links, base, derived) {
        return VersionPair::default();
    }
    let of_base = links.iter().find(|link| link.base == base).map(|link| derived_items[link.derived].item);
    let of_derived = links.iter().find(|link| link.derived == derived).map(|link| base_items[link.base].item);
    VersionPair { base: of_base, derived: of_derived }
}

/// Returns the best pairs of an item and its translation: the linked one, those that share most, and the one of its
/// number.
fn best_translated(
    pairs: Vec<(usize, usize)>,
    (base_items, derived_items): (&[AlignmentItem<'_>], &[AlignmentItem<'_>]),
    evidence: &VersionFeatures<'_>,
    links: &[ItemLink],
) -> Vec<MatchExplanation> {
    let weighed = pairs.into_iter().map(|(base, derived)| (base, derived, evidence.weigh(base, derived)));
    let mut all: Vec<(usize, usize, FeatureWeight)> = weighed.collect();
    let linked = |base: usize, derived: usize| is_linked(links, base, derived);
    all.sort_by(|a, b| {
        let by_weight = b.2.shared.total_cmp(&a.2.shared);
        linked(b.0, b.1).cmp(&linked(a.0, a.1)).then(by_weight).then((a.0, a.1).cmp(&(b.0, b.1)))
    });
    let mut told = 0;
    all.retain(|&(base, derived, weight)| {
        told += 1;
        let same_number = base_items[base].number.is_some() && base_items[base].number == derived_items[derived].number;
        told <= TOLD && (weight.shared > 0.0 || linked(base, derived)) || same_number
    });
    let tell = |&(base, derived, weight): &(usize, usize, FeatureWeight)| MatchExplanation {
        base: base_items[base].item,
        derived: derived_items[derived].item,
        evidence: MatchEvidence::Features {
            shared: evidence.shared_feature_names(base, derived),
            shared_weight: weight.shared,
            elsewhere: evidence.other_feature_names(base, derived),
            elsewhere_weight: weight.elsewhere,
        },
        linked: linked(base, derived),
        taken_by: taken_by(links, (base_items, derived_items), base, derived),
    };
    all.iter().map(tell).collect()
}
