//! `mixed-apostrophes`: straight and curly apostrophes in one document.

use crate::model::document::Document;
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "mixed-apostrophes",
    family: Family::Encoding,
    tier: Tier::Audit,
    severity: Severity::Info,
    stage: Stage::Characters,
    summary: "some apostrophes are straight, others curly",
    page: include_str!("../../rules/mixed-apostrophes.md"),
    check: Check::Document(check),
};

const CURLY: &str = "’";

/// Minimum number of apostrophes of the usual kind (a guess): fewer make no habit.
const MIN_USUAL: usize = 3;

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    let text = doc.prose.text();
    if !cx.audit || !text.contains(CURLY) {
        return;
    }
    let (curly, straight) = (apostrophes(doc, CURLY), apostrophes(doc, "'"));
    let (few, many, right) =
        if curly.len() >= straight.len() { (&straight, &curly, CURLY) } else { (&curly, &straight, "'") };
    if many.len() < MIN_USUAL {
        return;
    }
    let Some(first) = few.first() else { return };
    let (wrong, rest) = if right == "'" { ("curly", "straight") } else { ("straight", "curly") };
    let are = if few.len() == 1 { "is" } else { "are" };
    let message = format!("{} of {} apostrophes {are} {wrong}, the others {rest}", few.len(), few.len() + many.len());
    let edits = few.iter().map(|span| Edit::replace(doc.id, *span, right));
    let fix = Fix::likely(format!("write them {rest}"), edits.collect::<Vec<_>>());
    out.find(doc.id, *first, message).label("the first of them").data("count", few.len()).fix(fix);
}

/// Returns the occurrences of `mark` between two letters of prose.
fn apostrophes(doc: &Document, mark: &str) -> Vec<Span> {
    let text = doc.prose.text();
    let between = |at: &usize| {
        let before = text[..*at].chars().next_back().is_some_and(char::is_alphabetic);
        before && text[at + mark.len()..].chars().next().is_some_and(char::is_alphabetic)
    };
    let places = memchr::memmem::find_iter(text.as_bytes(), mark.as_bytes()).filter(between);
    let places = places.filter(|at| doc.prose.is_contiguous(*at..at + mark.len()));
    let spans = places.map(|at| doc.prose.source_span(at..at + mark.len()));
    // The text of a link is often a title that others have written.
    spans.filter(|span| !is_in_link(doc, *span)).collect()
}

fn is_in_link(doc: &Document, span: Span) -> bool {
    let after = doc.links.partition_point(|link| link.span.start <= span.start);
    after > 0 && doc.links[after - 1].span.contains(span)
}
