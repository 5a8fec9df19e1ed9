//! Links and images of a translation that lead elsewhere than those of the original.

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
