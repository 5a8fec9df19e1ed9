//! `moved-item`: an item that has another number, or another place, than in the reference version.

use std::collections::BTreeMap;

use crate::model::alignment::{AlignedPair, Alignment, ItemRef, RenumberedBlock, Verdict};
use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::{Item, Number, listed};
use crate::model::work::{Version, Work};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::values::ranges::runs;

pub(crate) static RULE: Rule = Rule {
    id: "moved-item",
    family: Family::Versions,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Versions,
    summary: "an item has another number or place than in the reference version",
    page: include_str!("../../rules/moved-item.md"),
    check: Check::Work(check),
};

/// Minimum similarity of two titles for which a moved item is certain and not merely likely (a guess).
const CERTAIN_MOVE_SIMILARITY: f32 = 0.9;

fn check(work: &Work, cx: &Context<'_>, out: &mut Report) {
    let Some((first, others)) = work.versions.split_first() else { return };
    for (other, alignment) in others.iter().zip(&work.alignments) {
        for shift in &alignment.renumbered {
            report_renumbered(shift, alignment, (first, other), cx, out);
        }
        let out_of_order =
            alignment.rows().iter().filter(|pair| pair.verdict == Verdict::Moved && pair.renumbered.is_none());
        let number = |item: Option<ItemRef>| Some(cx.document(item?.doc).unit(item?.item)?.number?.key());
        let places = |pair: &AlignedPair| Some((number(pair.base)?, number(pair.derived)?));
        let moves: BTreeMap<(u64, u64), &AlignedPair> =
            alignment.moves().iter().filter_map(|pair| Some((places(pair)?, pair))).collect();
        for pair in alignment.moves().iter().chain(out_of_order) {
            let back = places(pair).and_then(|(there, here)| Some((there < here, *moves.get(&(here, there))?)));
            match back {
                // Two items that have changed places are one defect.
                Some((true, back)) => report_swap(pair, back, (first, other), cx, out),
                Some((false, _)) => {}
                None => report_item(pair, (first, other), cx, out),
            }
        }
    }
}

fn item<'a>(item: Option<ItemRef>, cx: &'a Context<'_>) -> Option<(&'a Document, &'a Item)> {
    let item = item?;
    let doc = cx.document(item.doc);
    Some((doc, doc.unit(item.item)?))
}

/// Reports a renumbered block. It is one defect, because the cause is one item added or omitted before it.
fn report_renumbered(
    shift: &RenumberedBlock,
    alignment: &Alignment,
    (first, other): (&Version, &Version),
    cx: &Context<'_>,
    out: &mut Report,
) {
    let rows: Vec<&AlignedPair> = shift.rows.iter().filter_map(|row| alignment.pairs.get(*row as usize)).collect();
    let number = |found: Option<(&Document, &Item)>| found?.1.number;
    let lefts: Vec<Number> = rows.iter().filter_map(|pair| number(item(pair.base, cx))).collect();
    let rights: Vec<Number> = rows.iter().filter_map(|pair| number(item(pair.derived, cx))).collect();
    let Some(start) = rows.first() else { return };
    let (Some((left_doc, left)), Some((right_doc, right))) = (item(start.base, cx), item(start.derived, cx)) else {
        return;
    };
    let names = [first, other].map(|version| cx.collection.name_of(version));
    let outer = left.number.is_some_and(|a| right.number.is_some_and(|b| a.outer != b.outer));
    // A dotted number differs by whole chapters as well.
    let shifted = if outer { String::new() } else { format!(": their numbers are shifted by {:+}", shift.offset) };
    let numbers = runs(lefts.iter().map(|number| number.value));
    let message = format!("items {} of {} are {} here{shifted}", listed(lefts), names[0], listed(rights));
    let finding = out.find(right_doc.id, right.span, message);
    finding.label(format!("the first of {}", rows.len()));
    finding.related(left_doc.id, left.span, "has this number");
    finding.data("number", left.number.map(|number| number.value));
    finding.data("other_number", right.number.map(|number| number.value));
    finding.data("shift", shift.offset);
    finding.data("numbers", numbers.iter().map(|(first, last)| vec![*first, *last]).collect::<Vec<_>>());
    finding.data("versions", names.to_vec());
}

/// Reports two items each of which has the number of the other.
fn report_swap(
    pair: &AlignedPair,
    back: &AlignedPair,
    (first, other): (&Version, &Version),
    cx: &Context<'_>,
    out: &mut Report,
) {
    let (Some((left_doc, left)), Some((right_doc, right)), Some((_, earlier))) =
        (item(pair.base, cx), item(pair.derived, cx), item(back.derived, cx))
    else {
        return;
    };
    let (Some(there), Some(here)) = (left.number, right.number) else { return };
    let names = [first, other].map(|version| cx.collection.name_of(version));
    let message = format!("items {there} and {here} have changed places with respect to {}", left_doc.source.display());
    let finding = out.find(right_doc.id, earlier.span, message);
    finding.related(left_doc.id, left.span, "in this order there");
    finding.data("number", there.value);
    finding.data("other_number", here.value);
    let titles = [left_doc.slice(left.title), right_doc.slice(earlier.title)];
    finding.data("titles", titles.map(|title| title.trim().to_owned()).to_vec());
    finding.data("versions", names.to_vec());
    if pair.score.min(back.score) < CERTAIN_MOVE_SIMILARITY {
        finding.tier(Tier::Audit);
    }
}

fn report_item(pair: &AlignedPair, (first, other): (&Version, &Version), cx: &Context<'_>, out: &mut Report) {
    let (Some((left_doc, left)), Some((right_doc, right))) = (item(pair.base, cx), item(pair.derived, cx)) else {
        return;
    };
    let names = [first, other].map(|version| cx.collection.name_of(version));
    let message = match (left.number, right.number) {
        (Some(left), Some(right)) if left.key() != right.key() => {
            format!("item {left} of {} is item {right} here", left_doc.source.display())
        }
        _ => format!("this item has another place than in {}", left_doc.source.display()),
    };
    let finding = out.find(right_doc.id, right.span, message);
    finding.related(left_doc.id, left.span, "the same item");
    finding.data("number", left.number.map(|number| number.value));
    finding.data("other_number", right.number.map(|number| number.value));
    let titles = [left_doc.slice(left.title), right_doc.slice(right.title)];
    finding.data("titles", titles.map(|title| title.trim().to_owned()).to_vec());
    finding.data("versions", names.to_vec());
    if pair.score < CERTAIN_MOVE_SIMILARITY {
        finding.tier(Tier::Audit);
    }
}
