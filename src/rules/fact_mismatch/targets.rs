//! Links and images of a translation that lead elsewhere than those of the original.

use super::agreement::Agreement;
use super::links::{TargetKind, address, host, is_web, keyed, named_language, relative};
use super::paragraphs::Paragraph;
use super::{ComparedItem, ConflictForm, FactConflict};
use crate::model::document::Link;
use crate::text::values::literals::{is_near, is_near_address, only_difference};

/// Returns the link and the image of a paragraph that lead elsewhere than in the original, each if all others of the
/// paragraph lead to the same places.
pub(super) fn conflicts(
    (left, a): (&ComparedItem<'_>, &Paragraph),
    (right, b): (&ComparedItem<'_>, &Paragraph),
    agreement: &Agreement<'_>,
) -> Vec<FactConflict> {
    let differing = |kind: TargetKind| {
        let (there, here) = only_difference(keyed(left, a.span, kind), keyed(right, b.span, kind))?;
        is_conflict(there, here, kind, agreement).then_some(FactConflict {
            kind: if kind == TargetKind::Image { "image" } else { "link" },
            wording: "leads elsewhere than",
            there: there.span,
            here: here.span,
            form: ConflictForm::Differs,
        })
    };
    TargetKind::ALL.into_iter().filter_map(differing).collect()
}

/// Returns whether one target in place of another is a slip, and not a page that the translator chose for the readers: the
/// two are nearly equal, or the translation keeps all other targets of the kind, or it has the target of another link.
fn is_conflict(there: &Link, here: &Link, kind: TargetKind, agreement: &Agreement<'_>) -> bool {
    let (wanted, found) = (&there.target, &here.target);
    if named_language(wanted) != named_language(found) || is_page_fallback(found, wanted) {
        return false;
    }
    let near = match (is_web(wanted), is_web(found)) {
        (true, true) => is_near_address(&address(wanted), &address(found)),
        (false, false) => is_near(&relative(wanted), &relative(found)),
        _ => false,
    };
    near || agreement.is_of_another(there, here)
        || (host(wanted) == host(found) && agreement.keeps_targets(kind, &host(wanted)))
}

/// Returns whether one address is the start of the other, which a longer address may have been shortened to.
fn is_page_fallback(a: &str, b: &str) -> bool {
    let (a, b) = (address(a), address(b));
    let (shorter, longer) = if a.len() < b.len() { (a, b) } else { (b, a) };
    is_web(&longer) && longer.strip_prefix(&shorter).is_some_and(|rest| rest.starts_with(['/', '?']))
}
