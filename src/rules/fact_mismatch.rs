//! `fact-mismatch`: two versions of one item state facts that cannot both be right.

use std::collections::BTreeMap;

use crate::model::alignment::{Pair, Verdict};
use crate::model::document::{Document, LinkKind};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::Item;
use crate::model::span::Span;
use crate::model::work::{Version, Work};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::facts::{Kind, contradictions};
use crate::text::{localized, title};

pub(crate) static RULE: Rule = Rule {
    id: "fact-mismatch",
    family: Family::Versions,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Versions,
    summary: "two versions of an item state facts that cannot both be right",
    page: include_str!("../../rules/fact-mismatch.md"),
    check: Check::Work(check),
};

/// Titles less alike than this may belong to different questions, which may state different facts.
const ALIKE: f32 = 0.8;
/// Texts of links that say nothing of where they lead.
const VAGUE: [&str; 8] = ["article", "docs", "documentation", "here", "link", "read more", "source", "this"];

fn check(work: &Work, cx: &Context<'_>, out: &mut Report) {
    if !cx.audit {
        return;
    }
    let Some((first, others)) = work.versions.split_first() else { return };
    for (other, alignment) in others.iter().zip(&work.alignments) {
        for pair in &alignment.pairs {
            let comparable = match pair.verdict {
                Verdict::Same => true,
                Verdict::Reworded | Verdict::Moved => pair.score >= ALIKE,
                _ => false,
            };
            if comparable {
                compare(pair, (first, other), cx, out);
            }
        }
    }
}

/// One side of a pair.
struct Side<'a> {
    doc: &'a Document,
    item: &'a Item,
    /// Title and body.
    span: Span,
}

fn side<'a>(item: Option<crate::model::alignment::ItemRef>, cx: &'a Context<'_>) -> Option<Side<'a>> {
    let item = item?;
    let doc = cx.document(item.doc);
    let item = doc.items.get(item.item as usize)?;
    Some(Side { doc, item, span: item.title.cover(item.body) })
}

fn compare(pair: &Pair, (first, other): (&Version, &Version), cx: &Context<'_>, out: &mut Report) {
    let (Some(left), Some(right)) = (side(pair.left, cx), side(pair.right, cx)) else { return };
    let place = |side: &Side<'_>, range: std::ops::Range<usize>| {
        Span::new(side.span.start + range.start as u32, side.span.start + range.end as u32)
    };
    for found in contradictions(left.doc.slice(left.span), right.doc.slice(right.span)) {
        let spans = (place(&left, found.left), place(&right, found.right));
        tell(found.kind.as_str(), wording(found.kind), (&left, &right), spans, (first, other), cx, out);
    }
    let (lefts, rights) = (links(&left), links(&right));
    for (text, (span, target)) in &rights {
        if let Some((there, wanted)) = lefts.get(text)
            && wanted != target
        {
            tell("link", "leads elsewhere than", (&left, &right), (*there, *span), (first, other), cx, out);
        }
    }
}

fn wording(kind: Kind) -> &'static str {
    match kind {
        Kind::Quantity => "is another value than",
        Kind::Version => "is another version than",
        Kind::Name => "is another name than",
        Kind::Path => "is another path than",
    }
}

fn tell(
    kind: &str,
    wording: &str,
    (left, right): (&Side<'_>, &Side<'_>),
    (there, here): (Span, Span),
    (first, other): (&Version, &Version),
    cx: &Context<'_>,
    out: &mut Report,
) {
    let values = [left.doc.slice(there).to_owned(), right.doc.slice(here).to_owned()];
    let message = format!("`{}` {wording} `{}` in {}", values[1], values[0], left.doc.source.display());
    let finding = out.find(right.doc.id, here, message);
    finding.related(left.doc.id, there, "stands there");
    finding.data("kind", kind);
    finding.data("values", values.to_vec());
    finding.data("number", right.item.number.map(|number| number.value));
    finding.data("versions", vec![first.name(cx.collection), other.name(cx.collection)]);
}

/// The links of an item by their text, where that says where they lead and stands once.
fn links(side: &Side<'_>) -> BTreeMap<String, (Span, String)> {
    let mut links: BTreeMap<String, (Span, String)> = BTreeMap::new();
    let mut repeated: Vec<String> = Vec::new();
    let start = side.doc.links.partition_point(|link| link.span.start < side.span.start);
    let inside = side.doc.links[start..].iter().take_while(|link| link.span.end <= side.span.end);
    for link in inside.filter(|link| matches!(link.kind, LinkKind::Inline | LinkKind::Reference)) {
        let source = side.doc.slice(link.span);
        let Some((text, _)) = source.trim_start_matches('[').split_once(']') else { continue };
        let text = title::key(text);
        if text.len() < 3 || VAGUE.contains(&text.as_str()) || !link.target.contains("://") {
            continue;
        }
        if links.insert(text.clone(), (link.span, address(&link.target))).is_some() {
            repeated.push(text);
        }
    }
    links.retain(|text, _| !repeated.contains(text));
    links
}

/// The address without what does not change where it leads, the language of the page among it.
fn address(target: &str) -> String {
    let target = localized::neutral(target.split(['#', '?']).next().unwrap_or(target));
    let target = target.as_str();
    let target = target.split_once("://").map_or(target, |(_, rest)| rest);
    target.trim_start_matches("www.").trim_end_matches('/').to_lowercase()
}
