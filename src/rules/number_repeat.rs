//! `number-repeat`: two different items with the same number.

use crate::facts::renumbering::replaceable_number;
use crate::model::document::Document;
use crate::model::edit::{Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::NumberingDefectKind;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "number-repeat",
    family: Family::Numbering,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "two different items of one count bear the same number",
    page: include_str!("../../rules/number-repeat.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    for fault in doc.numbering_defects.iter().filter(|fault| fault.kind == NumberingDefectKind::Repeat) {
        let (first, item) = (&doc[fault.from], &doc[fault.item]);
        let Some(number) = item.number else { continue };
        let finding = out.find(doc.id, item.span, format!("number {} stands twice in this count", number.value));
        finding.related(doc.id, first.span, "first here, with another title").data("number", number.value);
        if let Some(expected) = fault.expected {
            finding.data("expected", expected);
            match replaceable_number(cx.collection, doc, fault.item, expected) {
                Some(number) => {
                    finding.fix(Fix::replace(doc.id, number, expected.to_string(), format!("number it {expected}")))
                }
                None => finding.help(format!("by its place it is number {expected}")),
            };
        }
    }
}
