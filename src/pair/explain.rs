//! Why two items were, or were not, linked: the best candidates of an item, with all that spoke for them.
//!
//! Knows the model and text, through entries and links; not settings.

use super::entry::{Entry, entries};
use super::link::{Candidate, Context, ENOUGH, Link, Texts, links};
use crate::model::alignment::Judgement;
use crate::model::collection::Collection;
use crate::model::work::Version;

/// So many candidates are told for an item.
const TOLD: usize = 4;

/// For each item of either version with this number: its best candidates in the other version, best first.
pub fn explain(left: &Version, right: &Version, number: u32, collection: &Collection) -> Vec<Vec<Judgement>> {
    let (lefts, rights) = (entries(left, collection), entries(right, collection));
    let (links, texts) = links(&lefts, &rights);
    let numbered = |entries: &[Entry<'_>]| -> Vec<usize> {
        let found = entries.iter().enumerate().filter(|(_, entry)| entry.number == Some(number));
        found.map(|(at, _)| at).collect()
    };
    let from_left = numbered(&lefts).into_iter().map(|left| {
        let pairs = (0..rights.len()).map(move |right| (left, right));
        best(pairs, &texts, &links)
    });
    let from_right = numbered(&rights).into_iter().map(|right| {
        let pairs = (0..lefts.len()).map(move |left| (left, right));
        best(pairs, &texts, &links)
    });
    from_left.chain(from_right).collect()
}

fn best(pairs: impl Iterator<Item = (usize, usize)>, texts: &Texts<'_>, links: &[Link]) -> Vec<Judgement> {
    let context = |left: usize, right: usize| {
        let numbers = (texts.left[left].number, texts.right[right].number);
        if numbers.0.is_some() && numbers.0 == numbers.1 { Context::SameNumber } else { Context::Far }
    };
    let mut all: Vec<Candidate> =
        pairs.map(|(left, right)| texts.candidate(left, right, context(left, right))).collect();
    let linked =
        |candidate: &Candidate| links.iter().any(|link| link.left == candidate.left && link.right == candidate.right);
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

fn judgement(candidate: &Candidate, texts: &Texts<'_>, linked: bool) -> Judgement {
    let title = candidate.title;
    Judgement {
        left: texts.left[candidate.left].item,
        right: texts.right[candidate.right].item,
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
        },
        total: candidate.total,
        enough: ENOUGH,
        linked,
    }
}
