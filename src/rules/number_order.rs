//! `number-order`: an item whose number does not follow from the one before it.

use crate::facts::renumbering::replaceable_number;
use crate::model::document::Document;
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::NumberingDefectKind;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "number-order",
    family: Family::Numbering,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a number is out of order",
    page: include_str!("../../rules/number-order.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    for defect in doc.numbering_defects.iter().filter(|defect| defect.kind == NumberingDefectKind::Order) {
        let (from, item) = (&doc[defect.from], &doc[defect.item]);
        let (Some(before), Some(number)) = (from.number, item.number) else { continue };
        let message = match defect.expected {
            Some(expected) => format!("this is number {}, but {expected} follows here", number.value),
            None => format!("number {} follows number {}", number.value, before.end()),
        };
        let finding = out.find(doc.id, item.span, message);
        finding.related(doc.id, from.span, "the number before it").data("number", number.value);
        if let Some(expected) = defect.expected {
            finding.data("expected", expected);
            if let Some(number) = replaceable_number(cx.collection, doc, defect.item, expected) {
                finding.fix(Fix::likely(
                    format!("number it {expected}"),
                    Edit::replace(doc.id, number, expected.to_string()),
                ));
            }
        }
    }
}
