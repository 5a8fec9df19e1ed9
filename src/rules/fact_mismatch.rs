//! `fact-mismatch`: two versions of one item state facts that cannot both be right.

mod agreement;
mod anchors;
mod code;
mod messages;
mod same_words;
mod targets;
mod translated;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::facts::paired_items::ComparedItem;
use crate::model::alignment::{ItemRef, Verdict};
use crate::model::document::{Document, LinkKind};
use crate::model::edit::Stage;
use crate::model::extraction::EntryStanding;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::item::Basis;
use crate::model::span::Span;
use crate::model::work::{Role, Work};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::language::locale_tag;
use crate::text::similarity::title;
use crate::text::values::facts::{Contradiction, FactKind, contradictions};

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

/// Minimum similarity of two titles whose items are compared (a guess): less similar titles may belong to different
/// items, which may state different facts.
const MIN_TITLE_SIMILARITY: f32 = 0.8;
/// Minimum score of a match between an item and its translation (a guess): less certain pairs are not compared.
const MIN_TRANSLATION_SCORE: f32 = 0.6;
/// Link texts that do not describe where the link leads.
const VAGUE: [&str; 8] = ["article", "docs", "documentation", "here", "link", "read more", "source", "this"];

fn check(work: &Work, cx: &Context<'_>, out: &mut Report) {
    if !cx.audit {
        return;
    }
    let Some((first, others)) = work.versions.split_first() else { return };
    for (other, alignment) in others.iter().zip(&work.alignments) {
        let is_translated = [first, other].iter().any(|version| version.role == Role::Translation);
        let names = [first, other].map(|version| cx.collection.name_of(version));
        let compared = alignment.pairs.iter().filter(|pair| match pair.verdict {
            // The translation of another text, until somebody has looked at it.
            _ if pair.derived.is_some_and(|item| is_fuzzy(item, cx)) => false,
            Verdict::Same => true,
            Verdict::Reworded | Verdict::Moved => {
                pair.score >= if is_translated { MIN_TRANSLATION_SCORE } else { MIN_TITLE_SIMILARITY }
            }
            _ => false,
        });
        let mut pairs: Vec<(ComparedItem<'_>, ComparedItem<'_>)> =
            compared.filter_map(|pair| Some((side(pair.base, cx)?, side(pair.derived, cx)?))).collect();
        if is_translated {
            pairs.extend(openings(work.basis, &pairs));
        }
        let found = if is_translated {
            translated::facts(&pairs, out)
        } else {
            pairs.iter().map(|(a, b)| facts(a, b)).collect()
        };
        for ((left, right), facts) in pairs.iter().zip(&found) {
            facts.iter().for_each(|fact| report(fact, (left, right), &names, out));
        }
    }
}

/// Returns whether an item is a translation that nobody has confirmed.
fn is_fuzzy(item: ItemRef, cx: &Context<'_>) -> bool {
    let doc = cx.document(item.doc);
    doc.unit(item.item).is_some_and(|item| doc.standing_at(item.span.start) == EntryStanding::Fuzzy)
}

fn side<'a>(item: Option<ItemRef>, cx: &'a Context<'_>) -> Option<ComparedItem<'a>> {
    let item = item?;
    ComparedItem::of(cx.document(item.doc), item.item)
}

/// Returns the texts before the first items of the documents that have items in common.
fn openings<'a>(
    basis: Basis,
    pairs: &[(ComparedItem<'a>, ComparedItem<'a>)],
) -> Vec<(ComparedItem<'a>, ComparedItem<'a>)> {
    let opening = |doc: &'a Document| {
        let first = doc.units(basis).first().map_or(0, |(_, unit)| unit.span.start);
        let body = Span::new(0, first);
        ComparedItem { doc, number: None, title: Span::at(0), body, span: body }
    };
    let documents: BTreeMap<_, _> =
        pairs.iter().map(|(left, right)| ((left.doc.id, right.doc.id), (left.doc, right.doc))).collect();
    let is_only = |at: usize, id: DocId| documents.keys().filter(|ids| [ids.0, ids.1][at] == id).count() == 1;
    let only = documents.iter().filter(|(ids, _)| is_only(0, ids.0) && is_only(1, ids.1));
    only.map(|(_, (left, right))| (opening(left), opening(right))).collect()
}

/// Facts that two items state differently, and where.
struct FactConflict {
    kind: &'static str,
    wording: &'static str,
    there: Span,
    here: Span,
    form: ConflictForm,
}

/// Forms of a disagreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConflictForm {
    /// One value is in the place of another.
    Differs,
    /// The value is missing here.
    Lost,
    /// The value is only here.
    Added,
}

/// Returns the facts that two items in one language state differently.
fn facts(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Vec<FactConflict> {
    let asked = left.doc.slice(left.title);
    let found = contradictions(left.doc.slice(left.span), right.doc.slice(right.span), asked);
    let mut facts: Vec<FactConflict> = found.iter().map(|found| fact(found, left, right)).collect();
    facts.extend(links_elsewhere(left, right));
    facts.extend(same_words::conflicts(left, right));
    facts.sort_by_key(|fact| (fact.here.start, fact.kind));
    facts.dedup_by(|next, fact| next.here.overlaps(fact.here));
    facts
}

fn fact(found: &Contradiction, left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> FactConflict {
    let place = |side: &ComparedItem<'_>, range: &Range<usize>| {
        Span::new(side.span.start + range.start as u32, side.span.start + range.end as u32)
    };
    FactConflict {
        kind: found.kind.as_str(),
        wording: wording(found.kind),
        there: place(left, &found.left),
        here: place(right, &found.right),
        form: ConflictForm::Differs,
    }
}

/// Returns links with one text and two targets.
fn links_elsewhere(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Vec<FactConflict> {
    let lefts = links(left);
    let differ = |(text, (here, target)): (String, (Span, String))| {
        let (there, wanted) = lefts.get(&text)?;
        (*wanted != target).then_some(FactConflict {
            kind: "link",
            wording: "leads to a different address than",
            there: *there,
            here,
            form: ConflictForm::Differs,
        })
    };
    links(right).into_iter().filter_map(differ).collect()
}

fn value(there: Span, here: Span) -> FactConflict {
    FactConflict { kind: "quantity", wording: wording(FactKind::Quantity), there, here, form: ConflictForm::Differs }
}

fn wording(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Quantity => "differs from",
        FactKind::Version => "is a different version from",
        FactKind::Name => "is a different name from",
        FactKind::Path => "is a different path from",
    }
}

fn report(
    fact: &FactConflict,
    (left, right): (&ComparedItem<'_>, &ComparedItem<'_>),
    names: &[String; 2],
    out: &mut Report,
) {
    let values = [left.doc.slice(fact.there).to_owned(), right.doc.slice(fact.here).to_owned()];
    let file = left.doc.source.display();
    let message = match fact.form {
        ConflictForm::Differs => format!("`{}` {} `{}` in {file}", values[1], fact.wording, values[0]),
        ConflictForm::Lost => format!("`{}` of {file} is missing here", values[0]),
        ConflictForm::Added => format!("`{}` is only here, not in {file}", values[1]),
    };
    let finding = out.find(right.doc.id, fact.here, message);
    finding.related(left.doc.id, fact.there, "the other value");
    finding.data("kind", fact.kind);
    finding.data("values", values.to_vec());
    finding.data("number", right.number.map(|number| number.value));
    finding.data("versions", names.to_vec());
}

/// Returns the links of an item by their text, where the text describes the target and occurs once.
fn links(side: &ComparedItem<'_>) -> BTreeMap<String, (Span, String)> {
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

/// Returns the address without the parts that do not change where it leads, such as the language of the page.
fn address(target: &str) -> String {
    let target = locale_tag::neutral(target.split(['#', '?']).next().unwrap_or(target));
    let target = target.as_str();
    let target = target.split_once("://").map_or(target, |(_, rest)| rest);
    target.trim_start_matches("www.").trim_end_matches('/').to_lowercase()
}
