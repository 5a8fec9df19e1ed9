//! `section-mismatch`: a section with other items under the same numbers than in the reference version.

use crate::model::alignment::{AlignedPair, Alignment, ItemRef, SectionPair, SectionRef};
use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::item::{Number, listed};
use crate::model::span::Span;
use crate::model::work::{Version, Work};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::values::ranges::runs;

pub(crate) static RULE: Rule = Rule {
    id: "section-mismatch",
    family: Family::Versions,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Versions,
    summary: "a section has other items under the same numbers than in the reference version",
    page: include_str!("../../rules/section-mismatch.md"),
    check: Check::Work(check),
};

fn check(work: &Work, cx: &Context<'_>, out: &mut Report) {
    let Some((first, others)) = work.versions.split_first() else { return };
    for (other, alignment) in others.iter().zip(&work.alignments) {
        for sections in alignment.replaced_sections() {
            report(sections, alignment, (first, other), cx, out);
        }
    }
}

/// The beginning of a section in one version.
struct SectionStart<'a> {
    doc: DocId,
    span: Span,
    /// The title of the section; empty if its items are outside any section.
    title: &'a str,
}

fn report(
    sections: &SectionPair,
    alignment: &Alignment,
    (first, other): (&Version, &Version),
    cx: &Context<'_>,
    out: &mut Report,
) {
    let both: Vec<&AlignedPair> =
        alignment.rows_of(sections).filter(|pair| pair.base.is_some() && pair.derived.is_some()).collect();
    let number = |item: ItemRef| cx.document(item.doc).unit(item.item)?.number;
    let all: Vec<Number> = both.iter().filter_map(|pair| number(pair.base?)).collect();
    let numbers = runs(all.iter().map(|number| number.value));
    let start = both.first().copied();
    let (Some(left), Some(right)) = (
        side(sections.base, start.and_then(|pair| pair.base), cx),
        side(sections.derived, start.and_then(|pair| pair.derived), cx),
    ) else {
        return;
    };
    let names = [first, other].map(|version| cx.collection.name_of(version));
    let message = format!("under {} this section has other items than {}", listed(all), names[0]);
    let finding = out.find(right.doc, right.span, message);
    finding.related(left.doc, left.span, "the section with these numbers");
    finding.data("numbers", numbers.iter().map(|(first, last)| vec![*first, *last]).collect::<Vec<_>>());
    finding.data("titles", [left.title, right.title].map(str::to_owned).to_vec());
    finding.data("versions", names.to_vec());
}

/// Returns the heading of a section or, where there is none, its first item.
fn side<'a>(section: Option<SectionRef>, item: Option<ItemRef>, cx: &'a Context<'_>) -> Option<SectionStart<'a>> {
    let heading = |section: SectionRef| {
        let doc: &Document = cx.document(section.doc);
        let heading = doc.headings.get(doc.sections.get(section.section.index())?.heading.index())?;
        Some(SectionStart { doc: doc.id, span: heading.content, title: doc.slice(heading.content).trim() })
    };
    section.and_then(heading).or_else(|| {
        let item = item?;
        let span = cx.document(item.doc).unit(item.item)?.span;
        Some(SectionStart { doc: item.doc, span, title: "" })
    })
}
