//! Links and images of a translation that lead elsewhere than those of the original.

use rustc_hash::FxHashMap;

use super::agreement::Agreement;
use super::{ConflictForm, FactConflict};
use crate::facts::paired_items::ComparedItem;
use crate::facts::paired_items::links::{
    PlacedTarget, TargetKind, address, host, is_web, keyed, named_language, relative, text as link_text,
};
use crate::facts::paired_items::paragraphs::Paragraph;
use crate::model::span::Span;
use crate::text::similarity::score::trigram_similarity;
use crate::text::values::literals::{is_near, is_near_address, is_transposed, only_difference};

/// Similarity of texts of links from which they are one name in two languages, and up to which they are two (guesses).
const SAME_TEXT: f32 = 0.8;
const OTHER_TEXT: f32 = 0.3;

/// A target with its key.
type KeyedTarget<'a> = (String, PlacedTarget<'a>);

/// Returns the link of a paragraph that leads elsewhere than in the original, if all others of the paragraph lead to the same
/// places; or those that are exchanged, or lead to another place of a page.
pub(super) fn links(
    (left, a): (&ComparedItem<'_>, &Paragraph),
    (right, b): (&ComparedItem<'_>, &Paragraph),
    agreement: &Agreement<'_>,
) -> Vec<FactConflict> {
    let (lefts, rights) = (keyed(left, a.span, TargetKind::Link), keyed(right, b.span, TargetKind::Link));
    if let Some((there, here)) = only_difference(lefts.clone(), rights.clone()) {
        let is_conflict = is_conflict(there, here, agreement)
            || agreement.is_text_of_another((left, there), (right, here)) && is_one_language(there, here);
        return is_conflict.then(|| conflict(there, here)).into_iter().collect();
    }
    let pairs = with_one_key(&lefts, &rights);
    let exchanged = pairs.iter().enumerate().find_map(|(at, (there, here))| {
        let other = pairs[at + 1..].iter().find(|(_, other)| {
            agreement.is_text_of_another((left, *there), (right, *other))
                && pairs.iter().any(|(first, second)| {
                    second.span == other.span && agreement.is_text_of_another((left, *first), (right, *here))
                })
        })?;
        Some(conflict(*there, other.1))
    });
    let elsewhere = pairs.iter().filter(|(there, here)| is_other_place(there.target, here.target));
    exchanged.into_iter().chain(elsewhere.map(|(there, here)| conflict(*there, *here))).collect()
}

/// Returns the targets that each occur once in both lists, in pairs.
fn with_one_key<'a>(
    lefts: &[KeyedTarget<'a>],
    rights: &[KeyedTarget<'a>],
) -> Vec<(PlacedTarget<'a>, PlacedTarget<'a>)> {
    let only = |side: &[KeyedTarget<'a>], key: &str| {
        let mut own = side.iter().filter(|(other, _)| other == key).map(|(_, target)| *target);
        own.next().filter(|_| own.next().is_none())
    };
    lefts.iter().filter_map(|(key, _)| Some((only(lefts, key)?, only(rights, key)?))).collect()
}

/// Returns whether two targets are one page in one language, and name different places of it. Within a site the places are
/// translated, so there only a slip is told.
fn is_other_place(wanted: &str, found: &str) -> bool {
    match (wanted.split_once('#'), found.split_once('#')) {
        (Some((page, place)), Some((other_page, other))) if !place.is_empty() && !other.is_empty() => {
            match is_web(wanted) {
                true => page == other_page && place != other,
                false => place.is_ascii() && is_transposed(place, other),
            }
        }
        _ => false,
    }
}

/// Returns the links of an item that have the text of another link of it: of two that were exchanged, the first.
pub(super) fn exchanged(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Option<FactConflict> {
    let texts = |item: &ComparedItem<'_>| -> Vec<(String, String, Span)> {
        let links = keyed(item, item.body, TargetKind::Link);
        links.into_iter().map(|(key, target)| (key, link_text(item.doc, target), target.span)).collect()
    };
    let (lefts, rights) = (texts(left), texts(right));
    rights.iter().find_map(|(key, text, here)| {
        // Its target is that of a link of the original with quite another text.
        let (_, own, _) = lefts.iter().find(|(other, ..)| other == key)?;
        let mut like = lefts.iter().filter(|(_, other, _)| trigram_similarity(text, other) >= SAME_TEXT);
        let ((wanted, _, there), None) = (like.next()?, like.next()) else { return None };
        let is_told = wanted != key
            && trigram_similarity(text, own) <= OTHER_TEXT
            && rights.iter().any(|(other, text, _)| {
                other == wanted && lefts.iter().any(|(_, there, _)| trigram_similarity(text, there) < SAME_TEXT)
            });
        is_told.then_some(FactConflict {
            kind: "link",
            wording: "leads elsewhere than",
            there: *there,
            here: *here,
            form: ConflictForm::Differs,
        })
    })
}

/// Difference of the likenesses of two texts to both targets from which two links of one paragraph were exchanged (a guess):
/// links of one sentence change places with its words.
const EXCHANGED_MARGIN: f32 = 0.35;
/// Maximum distance of two links that were exchanged, in links (a guess).
const MAX_EXCHANGE_DISTANCE: usize = 8;
/// Maximum number of exchanges of a page that are told (a guess): a list with more is in another order.
const MAX_EXCHANGES: usize = 2;

/// Returns the links of a page that have each other's targets, where the links between and beside them keep their places: between two
/// paragraphs unless their texts belong to the targets that they have, and within one if their texts say so.
pub(super) fn transposed(
    left: &ComparedItem<'_>,
    right: &ComparedItem<'_>,
    agreement: &Agreement<'_>,
) -> Vec<FactConflict> {
    let (lefts, rights) = (keyed(left, left.body, TargetKind::Link), keyed(right, right.body, TargetKind::Link));
    let (lefts, rights) = (counted(&lefts), counted(&rights));
    let [in_left, in_right] = [&lefts, &rights].map(|links| {
        let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
        links.iter().for_each(|link| *counts.entry(link.key).or_default() += 1);
        counts
    });
    let is_shared = |link: &NumberedLink<'_, '_>| in_left.get(link.key) == in_right.get(link.key);
    let theirs: Vec<_> = lefts.iter().filter(|link| is_shared(link)).collect();
    let ours: Vec<_> = rights.iter().filter(|link| is_shared(link)).collect();
    let ranks: FxHashMap<(&str, usize), usize> =
        theirs.iter().enumerate().map(|(rank, link)| ((link.key, link.occurrence), rank)).collect();
    let ranks: Vec<usize> = ours.iter().filter_map(|link| ranks.get(&(link.key, link.occurrence)).copied()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < ranks.len() {
        let Some(other) = exchange_at(&ranks, at) else {
            at += 1;
            continue;
        };
        let (first, second) = (ours[at].target, ours[other].target);
        let (wanted, rest) = (theirs[ranks[other]].target, theirs[ranks[at]].target);
        let is_apart = [(left, wanted, rest), (right, first, second)]
            .iter()
            .all(|(item, a, b)| paragraph_of(item, a.span) != paragraph_of(item, b.span));
        let likeness =
            |ours: PlacedTarget<'_>, theirs: PlacedTarget<'_>| agreement.likeness((right, ours), (left, theirs));
        let own = likeness(first, rest) + likeness(second, wanted);
        let exchanged = likeness(first, wanted) + likeness(second, rest);
        let margin = if is_apart { 0.0 } else { EXCHANGED_MARGIN };
        if exchanged >= own + margin {
            found.push(conflict(wanted, first));
        }
        at = other + 1;
    }
    if found.len() > MAX_EXCHANGES { Vec::new() } else { found }
}

/// Returns the place whose rank is exchanged with that at `at`, if all ranks between and beside the two are in order.
fn exchange_at(ranks: &[usize], at: usize) -> Option<usize> {
    let last = (at + MAX_EXCHANGE_DISTANCE).min(ranks.len().checked_sub(1)?);
    let lower = ranks[at + 1..=last].iter().position(|rank| *rank < ranks[at])? + at + 1;
    let other = (lower..=last).find(|other| ranks[*other] + (other - at) == ranks[at])?;
    let first = ranks[other];
    let is_between = (at + 1..other).all(|between| ranks[between] == first + (between - at));
    let before = at.checked_sub(1).is_none_or(|before| ranks[before] + 1 == first);
    let after = ranks.get(other + 1).is_none_or(|after| *after == ranks[at] + 1);
    (is_between && before && after).then_some(other)
}

/// A link with its key, and how many links of the page to the same place are before it.
#[derive(Debug, Clone, Copy)]
struct NumberedLink<'a, 'k> {
    key: &'k str,
    occurrence: usize,
    target: PlacedTarget<'a>,
}

fn counted<'a, 'k>(links: &'k [KeyedTarget<'a>]) -> Vec<NumberedLink<'a, 'k>> {
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    let number = |(key, target): &'k KeyedTarget<'a>| {
        let count = counts.entry(key).or_default();
        *count += 1;
        NumberedLink { key, occurrence: *count, target: *target }
    };
    links.iter().map(number).collect()
}

/// Returns the index of the paragraph that a place is in.
fn paragraph_of(item: &ComparedItem<'_>, place: Span) -> usize {
    let blocks = &item.doc.prose.blocks;
    blocks.partition_point(|block| item.doc[block.block].span.start <= place.start)
}

/// Returns the images of an item that differ from those of the original: the only other one, or two that changed places.
pub(super) fn images(
    left: &ComparedItem<'_>,
    right: &ComparedItem<'_>,
    agreement: &Agreement<'_>,
) -> Vec<FactConflict> {
    let (lefts, rights) = (keyed(left, left.span, TargetKind::Image), keyed(right, right.span, TargetKind::Image));
    if let Some((there, here)) = only_difference(lefts.clone(), rights.clone()) {
        return is_conflict(there, here, agreement).then(|| conflict(there, here)).into_iter().collect();
    }
    if lefts.len() != rights.len() || !agreement.keeps_targets(TargetKind::Image, "") {
        return Vec::new();
    }
    let differing: Vec<(&KeyedTarget<'_>, &KeyedTarget<'_>)> =
        lefts.iter().zip(&rights).filter(|((a, _), (b, _))| a != b).collect();
    match differing[..] {
        [((a, there), (b, here)), ((c, _), (d, _))] if a == d && b == c => vec![conflict(*there, *here)],
        _ => Vec::new(),
    }
}

fn conflict(there: PlacedTarget<'_>, here: PlacedTarget<'_>) -> FactConflict {
    FactConflict {
        kind: if there.kind == TargetKind::Image { "image" } else { "link" },
        wording: "leads elsewhere than",
        there: there.span,
        here: here.span,
        form: ConflictForm::Differs,
    }
}

fn is_one_language(there: PlacedTarget<'_>, here: PlacedTarget<'_>) -> bool {
    named_language(there.target) == named_language(here.target)
}

/// Returns whether one target in place of another is a slip, and not a page that the translator chose for the readers: the
/// two are nearly equal, or the translation keeps all other targets of the kind, or it has the target of another link.
fn is_conflict(there: PlacedTarget<'_>, here: PlacedTarget<'_>, agreement: &Agreement<'_>) -> bool {
    let (wanted, found) = (there.target, here.target);
    if !is_one_language(there, here) || is_page_fallback(found, wanted) {
        return false;
    }
    let near = match (is_web(wanted), is_web(found)) {
        (true, true) => is_near_address(&address(wanted), &address(found)),
        (false, false) => is_near(&relative(wanted), &relative(found)),
        _ => false,
    };
    near || agreement.is_of_another(there, here)
        || (host(wanted) == host(found) && agreement.keeps_targets(there.kind, &host(wanted)))
}

/// Returns whether one address is the start of the other, which a longer address may have been shortened to.
fn is_page_fallback(a: &str, b: &str) -> bool {
    let (a, b) = (address(a), address(b));
    let (shorter, longer) = if a.len() < b.len() { (a, b) } else { (b, a) };
    is_web(&longer) && longer.strip_prefix(&shorter).is_some_and(|rest| rest.starts_with(['/', '?']))
}
