//! `inconsistent-translation`: a translation has two words for one term of the original.
//!
//! The places where the words of both versions are known to correspond are marked: emphasised words, inline code, texts
//! of links to one target, and titles, headings and cells that are one term. The usual rendering of a term is told by
//! their number.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::facts::paired_items::ComparedItem;
use crate::facts::paired_items::emphasis::{EmphasisKind, EmphasisedWords, emphasised};
use crate::facts::paired_items::links::{PlacedTarget, TargetKind, keyed};
use crate::facts::paired_items::paragraphs::{Paragraph, ParagraphKind, aligned, inner, paragraphs};
use crate::model::alignment::{AlignedPair, ItemRef, Verdict};
use crate::model::document::Prose;
use crate::model::edit::Stage;
use crate::model::extraction::EntryStanding;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::model::work::{Role, Work};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::similarity::renderings::{are_forms_of_one, occurs_in};
use crate::text::similarity::title;
use crate::text::values::literals::unshared;

pub(crate) static RULE: Rule = Rule {
    id: "inconsistent-translation",
    family: Family::Versions,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Versions,
    summary: "a translation renders one term of the original in two ways",
    page: include_str!("../../rules/inconsistent-translation.md"),
    check: Check::Work(check),
};

/// Minimum score of a match between an item and its translation (a guess): less certain pairs are not compared.
const MIN_SCORE: f32 = 0.6;
/// Minimum number of places of the usual rendering of a term (of the findings in translated manuals that were read, from
/// three on most are right).
const MIN_USUAL: usize = 3;
/// Maximum number of forms that the renderings of a term have (a guess): what is rendered in more ways is no term.
const MAX_FORMS: usize = 64;
/// Maximum number of words of a term (a guess): more are a sentence, which is translated as a whole.
const MAX_TERM_WORDS: usize = 4;

fn check(work: &Work, cx: &Context<'_>, out: &mut Report) {
    let Some((first, others)) = work.versions.split_first() else { return };
    if !cx.audit {
        return;
    }
    for (other, alignment) in others.iter().zip(&work.alignments) {
        if other.role != Role::Translation || first.role == Role::Translation {
            continue;
        }
        let mut found: Vec<RenderedTerm> = Vec::new();
        let mut seen = BTreeSet::new();
        for pair in alignment.pairs.iter().filter(|pair| is_sure(pair, cx)) {
            let (Some(left), Some(right)) = (side(pair.base, cx), side(pair.derived, cx)) else { continue };
            if seen.insert((left.doc.id, left.span)) {
                found.extend(terms_of(&left, &right, out));
            }
        }
        let names = [first, other].map(|version| cx.collection.name_of(version));
        report(&found, &names, cx, out);
    }
}

fn is_sure(pair: &AlignedPair, cx: &Context<'_>) -> bool {
    let is_fuzzy = |item: ItemRef| {
        let doc = cx.document(item.doc);
        doc.unit(item.item).is_some_and(|item| doc.standing_at(item.span.start) == EntryStanding::Fuzzy)
    };
    let is_same = match pair.verdict {
        Verdict::Same => true,
        Verdict::Reworded | Verdict::Moved => pair.score >= MIN_SCORE,
        _ => false,
    };
    is_same && !pair.derived.is_some_and(is_fuzzy)
}

fn side<'a>(item: Option<ItemRef>, cx: &'a Context<'_>) -> Option<ComparedItem<'a>> {
    let item = item?;
    ComparedItem::of(cx.document(item.doc), item.item)
}

/// Place of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum TermPlace {
    /// The title of a page of one word: "Summary" is a table of contents there, and the end of a page in a heading.
    Page,
    /// A title, heading or cell that is nothing but the term.
    Whole,
    /// Within a sentence.
    Inline,
}

/// A term of the original, and its rendering at the same place of the translation.
#[derive(Debug, Clone)]
struct RenderedTerm {
    /// The term without its form: in lower case, in the singular.
    key: String,
    /// The rendering in lower case, without marks.
    rendering: String,
    used: TermUse,
    there: (DocId, Span),
    here: (DocId, Span),
    /// The term and its rendering as they are written, without markup.
    written: [String; 2],
    /// The paragraph of the rendering, in the prose of its document.
    around: Range<usize>,
}

/// How a place uses a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct TermUse {
    place: TermPlace,
    is_kept: bool,
    is_capital: bool,
}

impl TermUse {
    /// Returns whether two places use a term in one way. A label of a program is kept where it is pointed at, a command in
    /// small letters, and both are translated as words.
    fn is_comparable(self, other: Self) -> bool {
        let is_page = [self, other].iter().any(|used| used.place == TermPlace::Page);
        let is_kept = self.is_kept || other.is_kept;
        let is_one_place = self.place == other.place;
        is_one_place && (!is_kept || self.is_capital == other.is_capital) || !is_page && !is_kept
    }
}

/// A pair of spans whose words correspond.
#[derive(Debug, Clone, Copy)]
struct TermPair {
    there: Span,
    here: Span,
    place: TermPlace,
}

impl TermPair {
    fn inline((there, here): (Span, Span)) -> Self {
        Self { there, here, place: TermPlace::Inline }
    }
}

/// Returns the terms of an item, with their renderings.
fn terms_of(left: &ComparedItem<'_>, right: &ComparedItem<'_>, out: &mut Report) -> Vec<RenderedTerm> {
    let (lefts, rights) = (paragraphs(left), paragraphs(right));
    let Some(pairs) = aligned(&lefts, &rights) else {
        out.leave_unfinished(right.doc.id);
        return Vec::new();
    };
    // Headings are paired in order, which says nothing where one side has more of them.
    let headings = |all: &[Paragraph]| all.iter().filter(|one| one.kind == ParagraphKind::Heading).count();
    let has_all_headings = headings(&lefts) == headings(&rights);
    let mut found = Vec::new();
    for (a, b) in pairs.into_iter().map(|(a, b)| (&lefts[a], &rights[b])) {
        if a.kind == ParagraphKind::Heading && !has_all_headings {
            continue;
        }
        let mut pairs: Vec<TermPair> = linked(left, right, a, b).into_iter().map(TermPair::inline).collect();
        pairs.extend(marked(left, right, a, b).into_iter().map(TermPair::inline));
        if matches!(a.kind, ParagraphKind::Title | ParagraphKind::Heading | ParagraphKind::Cell) {
            let whole = |item: &ComparedItem<'_>, paragraph: &Paragraph| {
                let is_whole = !paragraph.text(item).contains(Prose::OPAQUE);
                is_whole.then(|| item.doc.prose.source_span(paragraph.prose.clone()))
            };
            let both = whole(left, a).zip(whole(right, b));
            let is_first = left.doc.headings.first().is_some_and(|first| left.doc[first.block].span.contains(a.span));
            let place = match a.text(left).trim().contains(char::is_whitespace) {
                false if is_first => TermPlace::Page,
                _ => TermPlace::Whole,
            };
            pairs.extend(both.map(|(there, here)| TermPair { there, here, place }));
        }
        pairs.retain(|pair| !has_code(left, pair.there) && !has_code(right, pair.here));
        pairs.extend(code(left, right, a, b).map(TermPair::inline));
        pairs.sort_by_key(|pair| (pair.there.start, pair.here.start));
        pairs.dedup_by_key(|pair| pair.there.start);
        found.extend(pairs.into_iter().filter_map(|pair| rendered(left, right, pair, b)));
    }
    found
}

/// Returns whether a span has inline code, or is in it.
fn has_code(item: &ComparedItem<'_>, span: Span) -> bool {
    item.codes_in(span).next().is_some() || item.doc.slice(span).contains('`')
}

/// Returns the only inline code of two paragraphs that differs, in a pair.
fn code(left: &ComparedItem<'_>, right: &ComparedItem<'_>, a: &Paragraph, b: &Paragraph) -> Option<(Span, Span)> {
    let of = |item: &ComparedItem<'_>, paragraph: &Paragraph| -> Vec<(String, Span)> {
        item.codes_in(paragraph.span).map(|code| (inner(item.doc.slice(code)).to_owned(), code)).collect()
    };
    let (lefts, rights) = (of(left, a), of(right, b));
    if lefts.len() != rights.len() {
        return None;
    }
    let (lefts, rights) = unshared(lefts, rights);
    match (&lefts[..], &rights[..]) {
        ([(_, there)], [(_, here)]) => Some((*there, *here)),
        _ => None,
    }
}

/// Returns the words that are set apart in one way in both paragraphs, in pairs, if they are equally many.
fn marked(left: &ComparedItem<'_>, right: &ComparedItem<'_>, a: &Paragraph, b: &Paragraph) -> Vec<(Span, Span)> {
    let (lefts, rights) = (emphasised(left, a), emphasised(right, b));
    let mut found = Vec::new();
    for kind in [EmphasisKind::Emphasis, EmphasisKind::Strong] {
        let of = |side: &[EmphasisedWords]| -> Vec<Span> {
            side.iter().filter(|marked| marked.kind == kind).map(|marked| marked.span).collect()
        };
        let (x, y) = (of(&lefts), of(&rights));
        if x.len() == y.len() {
            found.extend(x.into_iter().zip(y));
        }
    }
    // A single word in small letters may be stressed, and is a term where an article or the like is before it.
    found.retain(|(there, _)| {
        let text = left.doc.slice(*there);
        text.contains(|c: char| c.is_whitespace() || c.is_uppercase()) || is_noun_at(left, a, *there)
    });
    found
}

/// Returns whether the word before a place can only be before a noun.
fn is_noun_at(item: &ComparedItem<'_>, paragraph: &Paragraph, place: Span) -> bool {
    let before = item.doc.prose.range_of(Span::new(paragraph.span.start, place.start));
    let text = item.doc.prose.text().get(before).unwrap_or("");
    let word = text.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    BEFORE_NOUNS.contains(&word.to_lowercase().as_str())
}

/// Words that are before nouns and no verbs.
const BEFORE_NOUNS: [&str; 16] = [
    "a", "an", "any", "called", "each", "every", "its", "named", "no", "of", "our", "some", "the", "their", "these",
    "your",
];

/// Returns the texts of the links that each lead to a place of their own, in pairs of one place.
fn linked(left: &ComparedItem<'_>, right: &ComparedItem<'_>, a: &Paragraph, b: &Paragraph) -> Vec<(Span, Span)> {
    let (lefts, rights) = (keyed(left, a.span, TargetKind::Link), keyed(right, b.span, TargetKind::Link));
    let only = |side: &[(String, PlacedTarget<'_>)], key: &str| {
        let mut own = side.iter().filter(|(other, _)| other == key).map(|(_, target)| target.span);
        own.next().filter(|_| own.next().is_none())
    };
    let text = |item: &ComparedItem<'_>, span: Span| {
        let source = item.doc.slice(span);
        let end = source.starts_with('[').then(|| source.find("](")).flatten()?;
        Some(Span::new(span.start + 1, span.start + end as u32))
    };
    let pair = |key: &str| Some((text(left, only(&lefts, key)?)?, text(right, only(&rights, key)?)?));
    lefts.iter().filter_map(|(key, _)| pair(key)).collect()
}

/// Returns a term with its rendering, if it can be one.
fn rendered(
    left: &ComparedItem<'_>,
    right: &ComparedItem<'_>,
    pair: TermPair,
    around: &Paragraph,
) -> Option<RenderedTerm> {
    let written = [plain(left, pair.there), plain(right, pair.here)];
    let [term, rendering] = [&written[0], &written[1]].map(|text| title::key(text));
    let words: Vec<&str> = title::words(&term).collect();
    let is_term = (1..=MAX_TERM_WORDS).contains(&words.len())
        && words.iter().any(|word| word.len() > 3 && !title::is_frame(word))
        && words.iter().all(|word| word.is_ascii() && !word.starts_with(|c: char| c.is_ascii_digit()));
    let is_rendering =
        rendering.contains(char::is_alphabetic) && title::words(&rendering).count() <= MAX_TERM_WORDS * 2;
    // "This guide" is another one at each place.
    let is_vague = words.first().is_some_and(|word| ["this", "that", "these", "those", "here"].contains(word));
    let is_string = written[0].contains(['"', '\'', '<', '{', '/']);
    if !is_term || is_vague || !is_rendering || is_string {
        return None;
    }
    let mut key = words.into_iter().map(singular).collect::<Vec<_>>().join(" ");
    if has_code(left, pair.there) {
        key.insert(0, '`');
    }
    Some(RenderedTerm {
        used: TermUse {
            place: pair.place,
            is_kept: term == rendering,
            is_capital: written[0].starts_with(char::is_uppercase),
        },
        key,
        rendering,
        there: (left.doc.id, pair.there),
        here: (right.doc.id, pair.here),
        written,
        around: around.prose.clone(),
    })
}
/// Returns the text of a span without markup.
fn plain(item: &ComparedItem<'_>, span: Span) -> String {
    let range = item.doc.prose.range_of(span);
    let text = item.doc.prose.text().get(range).unwrap_or("");
    let text: String = if has_code(item, span) {
        inner(item.doc.slice(span)).to_owned()
    } else {
        text.chars().filter(|c| *c != Prose::MARK && *c != Prose::OPAQUE).collect()
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns an English word without the ending of the plural.
fn singular(word: &str) -> &str {
    let is_plural = word.len() > 3 && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is");
    word.strip_suffix('s').filter(|_| is_plural).unwrap_or(word)
}

/// Places of one rendering of a term, in any of its forms.
#[derive(Debug, Default)]
struct Rendering<'a> {
    /// Its forms.
    forms: Vec<&'a str>,
    /// Its places, as indices into all terms.
    places: Vec<usize>,
}

/// Returns the renderings of a term, those of most places first; none if they are too many for a term.
fn renderings<'a>(all: &'a [RenderedTerm], places: &[usize]) -> Vec<Rendering<'a>> {
    let mut by_form: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for &at in places {
        by_form.entry(&all[at].rendering).or_default().push(at);
    }
    if by_form.len() > MAX_FORMS {
        return Vec::new();
    }
    let mut found: Vec<Rendering<'_>> = Vec::new();
    for (form, places) in by_form {
        let (own, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|other| other.forms.iter().any(|other| are_forms_of_one(form, other)));
        found = others;
        let mut joined = Rendering { forms: vec![form], places };
        for other in own {
            joined.forms.extend(other.forms);
            joined.places.extend(other.places);
        }
        joined.places.sort_unstable();
        found.push(joined);
    }
    found.sort_by_key(|rendering| (std::cmp::Reverse(rendering.places.len()), rendering.places.first().copied()));
    found
}

fn report(all: &[RenderedTerm], names: &[String; 2], cx: &Context<'_>, out: &mut Report) {
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, term) in all.iter().enumerate() {
        by_key.entry(&term.key).or_default().push(at);
    }
    let frequent = by_key.iter().filter(|(_, places)| places.len() > MIN_USUAL);
    let rendered: Vec<(&str, Vec<Rendering<'_>>)> =
        frequent.map(|(key, places)| (*key, renderings(all, places))).collect();
    // The usual rendering of another term is at a wrong place: the paragraphs do not correspond there.
    let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (key, renderings) in &rendered {
        let forms = renderings.first().into_iter().flat_map(|usual| &usual.forms);
        forms.for_each(|form| _ = owners.entry(form).or_default().insert(key));
    }
    let titles = all.iter().filter(|term| term.used.place != TermPlace::Inline);
    let titles: BTreeSet<(DocId, &str)> = titles.map(|term| (term.here.0, term.rendering.as_str())).collect();
    for (key, renderings) in &rendered {
        let Some((usual, others)) = renderings.split_first() else { continue };
        // A translation that is not finished has most terms in the words of the original.
        let is_unfinished = usual.places.iter().all(|at| all[*at].used.is_kept);
        let mut uses: BTreeMap<TermUse, usize> = BTreeMap::new();
        usual.places.iter().for_each(|at| *uses.entry(all[*at].used).or_default() += 1);
        let is_of_another = |other: &&Rendering<'_>| {
            let owners = other.forms.iter().filter_map(|form| owners.get(form)).flatten();
            owners.into_iter().any(|owner| owner != key)
        };
        for other in others.iter().filter(|other| !is_unfinished && !is_of_another(other)) {
            // A paragraph may have many terms.
            let mut has_usual: BTreeMap<(DocId, usize), bool> = BTreeMap::new();
            let mut is_told = |at: &&usize| {
                let own = &all[**at];
                let has_usual = has_usual.entry((own.here.0, own.around.start)).or_insert_with(|| {
                    let text = cx.document(own.here.0).prose.text();
                    let around = text.get(own.around.clone()).unwrap_or("").to_lowercase();
                    usual.forms.iter().any(|form| occurs_in(form, &around))
                });
                // A heading with the usual words is elsewhere on the page, so that this one is another heading.
                let is_other = own.used.place != TermPlace::Inline
                    && usual.forms.iter().any(|form| titles.contains(&(own.here.0, form)));
                let comparable = uses.iter().filter(|(used, _)| used.is_comparable(own.used));
                !*has_usual && !is_other && comparable.map(|(_, count)| count).sum::<usize>() >= MIN_USUAL
            };
            let told: Vec<usize> = other.places.iter().filter(&mut is_told).copied().collect();
            if let (Some((&first, rest)), Some(&model)) = (told.split_first(), usual.places.first()) {
                let finding = out.find(all[first].here.0, all[first].here.1, message(&all[first], &all[model], usual));
                for at in rest {
                    finding.also(all[*at].here.0, all[*at].here.1, "rendered as here");
                }
                finding.related(all[first].there.0, all[first].there.1, "the term of the original");
                finding.related(all[model].here.0, all[model].here.1, "rendered otherwise");
                finding.data("term", all[first].written[0].clone());
                finding.data("renderings", vec![all[model].written[1].clone(), all[first].written[1].clone()]);
                finding.data("places", vec![usual.places.len(), told.len()]);
                finding.data("versions", names.to_vec());
            }
        }
    }
}

fn message(own: &RenderedTerm, model: &RenderedTerm, usual: &Rendering<'_>) -> String {
    let [term, rendering] = &own.written;
    format!(
        "`{term}` is rendered as `{rendering}` here, but as `{}` in {} other places",
        model.written[1],
        usual.places.len()
    )
}
