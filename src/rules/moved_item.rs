//! `moved-item`: an item that has another number, or another place, than in the reference version.

use crate::model::alignment::{AlignedPair, Alignment, ItemRef, RenumberedBlock, Verdict};
use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::Item;
use crate::model::work::{Version, Work};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::values::ranges::{list, runs};

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
        for pair in alignment.moves().iter().chain(out_of_order) {
            report_item(pair, (first, other), cx, out);
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
    let number = |found: Option<(&Document, &Item)>| Some(found?.1.number?.value);
    let lefts = runs(rows.iter().filter_map(|pair| number(item(pair.base, cx))));
    let rights = runs(rows.iter().filter_map(|pair| number(item(pair.derived, cx))));
    let Some(start) = rows.first() else { return };
    let (Some((left_doc, left)), Some((right_doc, right))) = (item(start.base, cx), item(start.derived, cx)) else {
        return;
    };
    let names = [first, other].map(|version| cx.collection.name_of(version));
    let message = format!(
        "items {} of {} are {} here: their numbers are shifted by {:+}",
        list(&lefts),
        names[0],
        list(&rights),
        shift.offset
    );
    let finding = out.find(right_doc.id, right.span, message);
    finding.label(format!("the first of {}", rows.len()));
    finding.related(left_doc.id, left.span, "has this number");
    finding.data("number", left.number.map(|number| number.value));
    finding.data("other_number", right.number.map(|number| number.value));
    finding.data("shift", shift.offset);
    finding.data("numbers", lefts.iter().map(|(first, last)| vec![*first, *last]).collect::<Vec<_>>());
    finding.data("versions", names.to_vec());
}

fn report_item(pair: &AlignedPair, (first, other): (&Version, &Version), cx: &Context<'_>, out: &mut Report) {
    let (Some((left_doc, left)), Some((right_doc, right))) = (item(pair.base, cx), item(pair.derived, cx)) else {
        return;
    };
    let names = [first, other].map(|version| cx.collection.name_of(version));
    let message = match (left.number, right.number) {
        (Some(left), Some(right)) if left.value != right.value => {
            format!("item {} of {} is item {} here", left.value, left_doc.source.display(), right.value)
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
