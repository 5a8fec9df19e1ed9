//! Facts that an item and its translation state differently: everything that no language translates, in text, links and
//! code, paragraph by paragraph.
//!
//! Words and units are translated, so numbers are compared without them, and only where the correspondence is
//! unambiguous. A translation may say less, or more; only what is in place of something else is told.

use std::collections::BTreeMap;
use std::ops::Range;

use super::agreement::{Agreement, AlignedItems};
use super::anchors::anchors_in;
use super::{ConflictForm, FactConflict, code, fact, links_elsewhere, messages, targets, value, wording};
use crate::facts::paired_items::ComparedItem;
use crate::facts::paired_items::links::{address, named_language, relative};
use crate::facts::paired_items::paragraphs::{Paragraph, ParagraphKind, aligned, paragraphs};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::rule::Report;
use crate::text::language::locale_tag;
use crate::text::values::facts::{FactKind, contradictions};
use crate::text::values::literals::{
    LiteralKind, LiteralToken, date_key, is_near_address, is_slip, is_slip_of_keys, only_difference,
};
use crate::text::values::numbers::SmallNumbers;
use crate::text::values::{literals, numbers};

/// Returns for each pair of items the facts that the translation states differently, in its order.
pub(super) fn facts(pairs: &[(ComparedItem<'_>, ComparedItem<'_>)], out: &mut Report) -> Vec<Vec<FactConflict>> {
    let aligned: Vec<AlignedItems<'_>> = pairs.iter().map(|(left, right)| paragraph_pairs(left, right, out)).collect();
    let agreement = Agreement::new(&aligned);
    let mut found: Vec<Vec<FactConflict>> = aligned.iter().map(|items| of_items(items, &agreement)).collect();
    for (left, right) in pages(pairs) {
        for fact in targets::transposed(&left, &right, &agreement) {
            let is_here = |(_, item): &(ComparedItem<'_>, ComparedItem<'_>)| {
                item.doc.id == right.doc.id && item.span.start < fact.here.end
            };
            let known = found.iter().flatten().any(|known| known.here.overlaps(fact.here));
            if let Some(own) = pairs.iter().rposition(is_here).filter(|_| !known) {
                found[own].push(fact);
            }
        }
    }
    found
}

/// Returns the whole documents that have items in common with one document of the other version only.
fn pages<'a>(pairs: &[(ComparedItem<'a>, ComparedItem<'a>)]) -> Vec<(ComparedItem<'a>, ComparedItem<'a>)> {
    let whole = |item: &ComparedItem<'a>| ComparedItem {
        number: None,
        title: Span::at(0),
        body: item.doc.span(),
        span: item.doc.span(),
        ..*item
    };
    let both: BTreeMap<(DocId, DocId), (ComparedItem<'a>, ComparedItem<'a>)> =
        pairs.iter().map(|(left, right)| ((left.doc.id, right.doc.id), (whole(left), whole(right)))).collect();
    let mut counts: BTreeMap<DocId, usize> = BTreeMap::new();
    both.keys().flat_map(|(left, right)| [left, right]).for_each(|id| *counts.entry(*id).or_default() += 1);
    let is_only = |(left, right): &(DocId, DocId)| counts.get(left) == Some(&1) && counts.get(right) == Some(&1);
    both.into_iter().filter(|(ids, _)| is_only(ids)).map(|(_, pair)| pair).collect()
}

fn paragraph_pairs<'a>(left: &'a ComparedItem<'a>, right: &'a ComparedItem<'a>, out: &mut Report) -> AlignedItems<'a> {
    let (lefts, rights) = (paragraphs(left), paragraphs(right));
    if left.doc.has_keys() && right.doc.has_keys() {
        return AlignedItems { left, right, pairs: forms(lefts, rights) };
    }
    let found = aligned(&lefts, &rights).unwrap_or_else(|| {
        out.leave_unfinished(right.doc.id);
        Vec::new()
    });
    let pairs = found.into_iter().map(|(a, b)| (lefts[a].clone(), rights[b].clone())).collect();
    AlignedItems { left, right, pairs }
}

/// Returns the pairs of the forms of two entries: the first form belongs to the first, and the last of the one to all further
/// ones of the other, because languages have different plurals.
fn forms(lefts: Vec<Paragraph>, rights: Vec<Paragraph>) -> Vec<(Paragraph, Paragraph)> {
    let texts = |side: Vec<Paragraph>| -> Vec<Paragraph> {
        side.into_iter().filter(|paragraph| paragraph.kind != ParagraphKind::Title).collect()
    };
    let (lefts, rights) = (texts(lefts), texts(rights));
    if lefts.is_empty() || rights.is_empty() {
        return Vec::new();
    }
    let at = |side: &[Paragraph], form: usize| side[form.min(side.len() - 1)].clone();
    (0..lefts.len().max(rights.len())).map(|form| (at(&lefts, form), at(&rights, form))).collect()
}

fn of_items(items: &AlignedItems<'_>, agreement: &Agreement<'_>) -> Vec<FactConflict> {
    let (left, right) = (items.left, items.right);
    let asked = left.doc.slice(left.title);
    let found = contradictions(left.doc.slice(left.span), right.doc.slice(right.span), asked);
    let named = found.iter().filter(|found| found.kind != FactKind::Quantity).map(|found| fact(found, left, right));
    let mut facts: Vec<FactConflict> = named.chain(links_elsewhere(left, right)).collect();
    facts.retain(|fact| is_one_page(fact, left, right));
    for (a, b) in &items.pairs {
        if a.kind == ParagraphKind::Code {
            facts.extend(code::of_blocks(left, right, a.span, b.span));
            continue;
        }
        let sides = ((left, a), (right, b));
        facts.extend(targets::links(sides.0, sides.1, agreement));
        facts.extend(code::inline(sides.0, sides.1, agreement));
        facts.extend(tokens(sides.0, sides.1, agreement));
        facts.extend(number(sides.0, sides.1, agreement));
    }
    facts.extend(templates(left, right, agreement));
    facts.extend(messages::conflicts(left, right));
    facts.extend(anchor(left, right, agreement));
    facts.extend(targets::images(left, right, agreement));
    facts.extend(targets::exchanged(left, right));
    facts.sort_by_key(|fact| (fact.here.start, fact.kind));
    facts.dedup_by(|next, fact| next.here.overlaps(fact.here));
    facts
}

/// Returns whether a link or path that leads elsewhere is still meant to be the same page, in the same language. Other
/// facts are.
fn is_one_page(fact: &FactConflict, left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> bool {
    let address_of = |side: &ComparedItem<'_>, span: Span| match side.doc.links.iter().find(|link| link.span == span) {
        Some(link) => link.target.clone(),
        None => format!("https://{}", side.doc.slice(span)),
    };
    if !matches!(fact.kind, "path" | "link") {
        return true;
    }
    let (there, here) = (address_of(left, fact.there), address_of(right, fact.here));
    named_language(&there) == named_language(&here) && is_near_address(&address(&there), &address(&here))
}

/// Returns the number of a paragraph that differs.
fn number(
    (left, a): (&ComparedItem<'_>, &Paragraph),
    (right, b): (&ComparedItem<'_>, &Paragraph),
    agreement: &Agreement<'_>,
) -> Option<FactConflict> {
    let (there, here) = (a.text(left), b.text(right));
    let place = |side: &ComparedItem<'_>, from: usize, range: Range<usize>| {
        side.doc.prose.source_span(from + range.start..from + range.end)
    };
    if numbers::differ_in_digits(there, here) {
        let whole = (place(left, a.prose.start, 0..there.len()), place(right, b.prose.start, 0..here.len()));
        return Some(value(whole.0, whole.1));
    }
    let small = if agreement.keeps_numbers() { SmallNumbers::Kept } else { SmallNumbers::MaybeWords };
    let (x, y) = numbers::changed(there, here, small)?;
    Some(value(place(left, a.prose.start, x), place(right, b.prose.start, y)))
}

/// Returns the tokens of a paragraph that no language translates and that differ.
fn tokens(
    (left, a): (&ComparedItem<'_>, &Paragraph),
    (right, b): (&ComparedItem<'_>, &Paragraph),
    agreement: &Agreement<'_>,
) -> Vec<FactConflict> {
    let (lefts, rights) = (literals::tokens(a.text(left)), literals::tokens(b.text(right)));
    let key = |token: &LiteralToken<'_>| match token.kind {
        LiteralKind::Url => Some(address(token.text)),
        // A path of the system is the same in every language.
        LiteralKind::Path if is_absolute(token.text) => Some(locale_tag::neutral(token.text).to_lowercase()),
        LiteralKind::Path => Some(relative(token.text)),
        LiteralKind::Name => Some(token.text.to_lowercase()),
        LiteralKind::Date => Some(date_key(token.text)),
        _ => Some(token.text.to_owned()),
    };
    // A misspelled name is spelled otherwise elsewhere; one that never is may be a translated one.
    let has = |side: &ComparedItem<'_>, name: &str| side.doc.text().contains(name);
    let is_slip = |x: &str, y: &str| has(right, x) != has(left, y) && is_slip(x, y);
    let found = literals::substituted(&lefts, &rights, key).into_iter().filter(|(x, y)| match x.kind {
        LiteralKind::Url => named_language(x.text) == named_language(y.text),
        LiteralKind::Name => is_slip(x.text, y.text),
        // Those of entries are compared as a whole.
        LiteralKind::Placeholder => !left.doc.has_keys(),
        LiteralKind::Path => !agreement.is_in_other_words(x.text, y.text),
        _ => true,
    });
    let place = |side: &ComparedItem<'_>, paragraph: &Paragraph, range: &Range<usize>| {
        let from = paragraph.prose.start;
        side.doc.prose.source_span(from + range.start..from + range.end)
    };
    let told = found.map(|(x, y)| FactConflict {
        kind: kind_of(x.kind),
        wording: wording_of(x.kind),
        there: place(left, a, &x.range),
        here: place(right, b, &y.range),
        form: ConflictForm::Differs,
    });
    told.collect()
}

/// Returns whether a path begins at the root of a file system, or at the home of its user.
fn is_absolute(path: &str) -> bool {
    path.starts_with(['/', '~']) || path.as_bytes().get(1) == Some(&b':')
}

/// Returns the template tag that differs, if all others of the item are equal. Template tags are code, so they are no part
/// of the prose.
fn templates(left: &ComparedItem<'_>, right: &ComparedItem<'_>, agreement: &Agreement<'_>) -> Vec<FactConflict> {
    let of = |side: &ComparedItem<'_>| {
        let inside = side.doc.templates.iter().filter(|tag| side.body.contains(**tag));
        inside.map(|tag| (template_key(side.doc.slice(*tag)), *tag)).collect::<Vec<_>>()
    };
    let Some((there, here)) = only_difference(of(left), of(right)) else { return Vec::new() };
    let [wanted, found] = [left.doc.slice(there), right.doc.slice(here)];
    // One of several lines holds code, whose strings are translated.
    if wanted.contains('\n') || found.contains('\n') {
        return code::of_blocks(left, right, there, here);
    }
    let conflict = FactConflict {
        kind: kind_of(LiteralKind::Placeholder),
        wording: wording_of(LiteralKind::Placeholder),
        there,
        here,
        form: ConflictForm::Differs,
    };
    (!agreement.is_in_its_words(wanted, found)).then_some(conflict).into_iter().collect()
}

/// Returns a template tag without what is translated: the languages in its paths, and strings of several words.
fn template_key(tag: &str) -> String {
    let mut key = String::with_capacity(tag.len());
    for (at, part) in tag.split(['"', '\'']).enumerate() {
        if at % 2 == 0 {
            key.extend(part.split_whitespace());
        } else if !part.trim().contains(char::is_whitespace) && part.is_ascii() {
            let place = locale_tag::neutral(&format!("/{part}"));
            key.extend(["'", &*place, "'"]);
        }
    }
    key
}

/// Returns the explicit id of a heading or an element that is another one, if all others of the item are equal: a misspelled
/// one, or any where the translation keeps the others.
fn anchor(left: &ComparedItem<'_>, right: &ComparedItem<'_>, agreement: &Agreement<'_>) -> Option<FactConflict> {
    let (there, here) = only_difference(anchors_in(left), anchors_in(right))?;
    let [wanted, found] = [left.doc.slice(there), right.doc.slice(here)];
    let is_misspelled = is_slip(wanted, found) || is_slip_of_keys(wanted, found) || agreement.keeps_anchors();
    (wanted.is_ascii() && found.is_ascii() && is_misspelled).then_some(FactConflict {
        kind: "anchor",
        wording: "is another anchor than",
        there,
        here,
        form: ConflictForm::Differs,
    })
}

fn kind_of(kind: LiteralKind) -> &'static str {
    match kind {
        LiteralKind::Url => "link",
        LiteralKind::Mail => "mail",
        LiteralKind::Date => "date",
        LiteralKind::Host => "host",
        LiteralKind::Placeholder => "placeholder",
        LiteralKind::Flag => "option",
        LiteralKind::Path => "path",
        LiteralKind::Name => "name",
    }
}

fn wording_of(kind: LiteralKind) -> &'static str {
    match kind {
        LiteralKind::Url => "leads elsewhere than",
        LiteralKind::Mail | LiteralKind::Host => "is another address than",
        LiteralKind::Date => "is another date than",
        LiteralKind::Placeholder => "is another placeholder than",
        LiteralKind::Flag => "is another option than",
        LiteralKind::Path => wording(FactKind::Path),
        LiteralKind::Name => wording(FactKind::Name),
    }
}
