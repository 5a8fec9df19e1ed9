//! `number-repeat`: two different items with the same number.

use crate::facts::renumbering::replaceable_number;
use crate::model::document::{Block, BlockKind, Document};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::BlockId;
use crate::model::item::{Item, LabelPosition, NumberingDefectKind};
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
        if is_of_like_section(doc, first, item) {
            continue;
        }
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

/// Returns true if two items of lists are below different headings with one title: the steps for another system.
fn is_of_like_section(doc: &Document, first: &Item, item: &Item) -> bool {
    let heading = |item: &Item| {
        let before = doc.headings.partition_point(|heading| heading.span.start < item.span.start);
        before.checked_sub(1).map(|at| &doc.headings[at])
    };
    let (Some(one), Some(other)) = (heading(first), heading(item)) else { return false };
    let is_listed = matches!(item.style.place, LabelPosition::List(_));
    is_listed && one.span != other.span && doc.slice(one.content).trim() == doc.slice(other.content).trim()
}

/// Minimum number of lists that are steps of one list (a guess).
const MIN_STEPS: usize = 3;

/// Reports steps that all show as 1, because the code or the pictures between them end the list.
fn restarted(doc: &Document, out: &mut Report) {
    let mut steps = Steps::default();
    let mut divided = false;
    for (at, block) in doc.blocks.iter().enumerate().filter(|(_, block)| block.parent.is_none()) {
        match block.kind {
            BlockKind::Code { .. } => divided = !steps.places.is_empty(),
            BlockKind::Paragraph | BlockKind::Html if is_picture(doc.slice(block.span)) => {
                divided = !steps.places.is_empty();
                steps.divider = if steps.divider == "text" { "text" } else { "pictures" };
            }
            BlockKind::Paragraph | BlockKind::Quote | BlockKind::Table if !steps.places.is_empty() => {
                divided = true;
                steps.divider = "text";
            }
            BlockKind::List { start: Some(1) } if steps.places.is_empty() || divided => {
                if !is_single(doc, BlockId::new(at), block) {
                    report_steps(doc, &steps, out);
                    steps = Steps::default();
                }
                steps.places.push(block.span);
                divided = false;
            }
            _ => {
                report_steps(doc, &steps, out);
                steps = Steps::default();
            }
        }
    }
    report_steps(doc, &steps, out);
}

/// Lists of one step each, with what divides them.
struct Steps {
    places: Vec<Span>,
    divider: &'static str,
}

impl Default for Steps {
    fn default() -> Self {
        Self { places: Vec::new(), divider: "code" }
    }
}

/// Returns true if a block is nothing but pictures, with a caption in emphasis at most.
fn is_picture(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_image = |line: &str| {
        line.starts_with("![") && line.ends_with([')', ']']) || line.starts_with("[![") && line.ends_with(')')
    };
    let is_html = text.starts_with('<') && text.contains("<img");
    let is_caption = |line: &str| {
        line.len() > 2 && (line.starts_with('*') && line.ends_with('*') || line.starts_with('_') && line.ends_with('_'))
    };
    is_html || lines.next().is_some_and(is_image) && lines.all(|line| is_image(line) || is_caption(line))
}

/// Returns true if a list has one item.
fn is_single(doc: &Document, list: BlockId, block: &Block) -> bool {
    doc.blocks.get(list.index() + 1).is_some_and(|item| item.span.end >= block.span.end)
}

fn report_steps(doc: &Document, steps: &Steps, out: &mut Report) {
    let Steps { places, divider } = steps;
    let [first, second, ..] = places.as_slice() else { return };
    if places.len() < MIN_STEPS {
        return;
    }
    let (ends, them) = if *divider == "pictures" { ("end", *divider) } else { ("ends", *divider) };
    let message = format!("{} steps all show as 1, because the {them} between them {ends} the list", places.len());
    let line = Span::new(second.start, doc.line_span(second.start).end);
    let finding = out.find(doc.id, line, message);
    // Each of them may be a list of its own.
    if *divider == "text" {
        finding.tier(Tier::Audit);
    }
    finding.related(doc.id, doc.line_span(first.start), "the first step").data("steps", places.len());
    finding.help(format!("indent the {them} as far as the text of the step"));
}
