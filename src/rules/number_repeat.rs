//! `number-repeat`: two different items with the same number.

use crate::facts::renumbering::replaceable_number;
use crate::model::document::Document;
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::NumberingDefectKind;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "number-repeat",
    family: Family::Numbering,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "two different items have the same number",
    page: include_str!("../../rules/number-repeat.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    for defect in doc.numbering_defects.iter().filter(|defect| defect.kind == NumberingDefectKind::Repeat) {
        let (first, item) = (&doc[defect.from], &doc[defect.item]);
        let Some(number) = item.number else { continue };
        let finding = out.find(doc.id, item.span, format!("number {} is already taken", number.value));
        finding.related(doc.id, first.span, "first here, with another title").data("number", number.value);
        if let Some(expected) = defect.expected {
            finding.data("expected", expected);
            match replaceable_number(cx.collection, doc, defect.item, expected) {
                Some(number) => finding.fix(Fix::likely(
                    format!("number it {expected}"),
                    Edit::replace(doc.id, number, expected.to_string()),
                )),
                None => finding.help(format!("by its place it would be number {expected}")),
            };
        }
    }
}
