//! `number-repeat`: two different items with the same number.

use crate::facts::renumbering::replaceable_number;
use crate::model::document::{Block, BlockKind, Document};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::BlockId;
use crate::model::item::NumberingDefectKind;
use crate::model::span::Span;
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
    restarted(doc, out);
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

/// Minimum number of lists that are steps of one list (a guess).
const MIN_STEPS: usize = 3;

/// Reports steps that all show as 1, because the code between them ends the list.
fn restarted(doc: &Document, out: &mut Report) {
    let mut steps: Vec<Span> = Vec::new();
    let mut divided = false;
    for (at, block) in doc.blocks.iter().enumerate().filter(|(_, block)| block.parent.is_none()) {
        match block.kind {
            BlockKind::Code { .. } => divided = !steps.is_empty(),
            BlockKind::List { start: Some(1) } if steps.is_empty() || divided => {
                if !is_single(doc, BlockId::new(at), block) {
                    report_steps(doc, &steps, out);
                    steps.clear();
                }
                steps.push(block.span);
                divided = false;
            }
            _ => {
                report_steps(doc, &steps, out);
                steps.clear();
            }
        }
    }
    report_steps(doc, &steps, out);
}

/// Returns true if a list has one item.
fn is_single(doc: &Document, list: BlockId, block: &Block) -> bool {
    doc.blocks.get(list.index() + 1).is_some_and(|item| item.span.end >= block.span.end)
}

fn report_steps(doc: &Document, steps: &[Span], out: &mut Report) {
    let [first, second, ..] = steps else { return };
    if steps.len() < MIN_STEPS {
        return;
    }
    let message = format!("{} steps all show as 1, because the code between them ends the list", steps.len());
    let line = Span::new(second.start, doc.line_span(second.start).end);
    let finding = out.find(doc.id, line, message);
    finding.related(doc.id, doc.line_span(first.start), "the first step").data("steps", steps.len());
    finding.help("indent the code as far as the text of the step");
}
