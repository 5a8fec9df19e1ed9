//! Concordance of lost characters: for each place where text is lost, the text that other places of the collection have
//! within the same phrase, or that another version has in the same item.
//!
//! Knows the model and text; not rules. All documents are searched for all losses at once, so that the time does not
//! grow with their size times the number of losses.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;

use crate::model::alignment::{ItemRef, Verdict};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::id::{DocId, ItemId};
use crate::model::item::Basis;
use crate::model::span::Span;
use crate::text::characters::lost::Residue;
use crate::text::mojibake::Certainty;
use crate::text::similarity::phrase::{self, CommonContext, KnownExtent, Side};

/// A place where text is lost.
#[derive(Debug, Clone)]
pub struct Loss {
    /// Document of the loss.
    pub doc: DocId,
    /// Span of the residue.
    pub span: Span,
    /// The characters that the residue allows.
    pub residue: Residue,
}

/// Text that other places have where something is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The text.
    pub text: String,
    /// Number of places that have it.
    pub places: usize,
    /// The place whose context agrees best with that of the loss.
    pub best: (DocId, Span),
    /// True if the context leaves hardly a doubt that this text was in the place of the loss.
    pub is_likely: bool,
}

/// Number of different queries that are tried at each occurrence of a phrase (a guess). Further ones are tried only up
/// to [`MAX_EXTRA_LOOKUPS`], because many queries for a frequent phrase would take too long.
const QUERIES_PER_PHRASE: usize = 32;
/// Number of look-ups beyond [`QUERIES_PER_PHRASE`] that one search may spend (a guess: about a second of work).
const MAX_EXTRA_LOOKUPS: usize = 1 << 19;
/// Maximum number of occurrences of a phrase that are examined (a guess): only artificial text has more.
const MAX_PHRASE_OCCURRENCES: usize = 1 << 16;
/// Number of bytes of an item of another version that are searched for a lost text (a guess: a long answer).
const MAX_ITEM_BYTES: usize = 4096;

/// Returns the recoveries of each loss, those with most places first.
pub fn recoveries(collection: &Collection, losses: &[Loss]) -> Vec<Vec<Recovery>> {
    let contexts: Vec<LossContext> =
        losses.iter().map(|loss| LossContext::of(collection.document(loss.doc), loss)).collect();
    let mut queries: Vec<ConcordanceQuery<'_>> = Vec::new();
    let mut known: FxHashMap<(&LossContext, &Residue), usize> = FxHashMap::default();
    let query_of: Vec<usize> = losses
        .iter()
        .zip(&contexts)
        .map(|(loss, context)| {
            *known.entry((context, &loss.residue)).or_insert_with(|| {
                queries.push(ConcordanceQuery::new(context, &loss.residue));
                queries.len() - 1
            })
        })
        .collect();
    search(collection, &mut queries);
    let links = ItemLinks::of(collection);
    let found = losses.iter().zip(query_of).map(|(loss, query)| {
        let mut seen = queries[query].seen.clone();
        for (text, place) in links.recoveries(collection, loss) {
            // The phrase may have led to the same place already.
            seen.entry(text).or_insert(OccurrenceCount { places: 1, weight: 0, is_likely: true, place });
        }
        ranked(seen)
    });
    found.collect()
}

/// The texts found for one query, with their occurrences.
type Occurrences = BTreeMap<String, OccurrenceCount>;

#[derive(Debug, Clone)]
struct OccurrenceCount {
    places: usize,
    /// Length of the context that the best place shares with the loss.
    weight: usize,
    /// The best place.
    place: (DocId, Span),
    /// True if the context of some place is sufficient evidence.
    is_likely: bool,
}

/// Returns the texts with most places first. Spellings of an emoji with and without its variation selector count as
/// one.
fn ranked(seen: Occurrences) -> Vec<Recovery> {
    let recovery =
        |(text, OccurrenceCount { places, place, is_likely, .. })| Recovery { text, places, best: place, is_likely };
    let mut recoveries: Vec<Recovery> = seen.into_iter().map(recovery).collect();
    recoveries.sort_by_key(|recovery| std::cmp::Reverse(recovery.places));
    let plain = |text: &str| text.replace('\u{FE0F}', "");
    let mut merged: Vec<Recovery> = Vec::new();
    for recovery in recoveries {
        match merged.iter_mut().find(|known| plain(&known.text) == plain(&recovery.text)) {
            Some(known) => {
                known.places += recovery.places;
                known.is_likely |= recovery.is_likely;
            }
            None => merged.push(recovery),
        }
    }
    merged
}

/// The context of a loss, after the certain repairs.
#[derive(Debug, PartialEq, Eq, Hash)]
struct LossContext {
    before: String,
    after: String,
    /// Extent of the text before the loss, and after it.
    extents: (KnownExtent, KnownExtent),
}

impl LossContext {
    fn of(doc: &Document, loss: &Loss) -> Self {
        let (before, start) = phrase::reach_before(doc.text(), loss.span.start as usize);
        let (after, end) = phrase::reach_after(doc.text(), loss.span.end as usize);
        Self { before: doc.repaired(before.into()), after: doc.repaired(after.into()), extents: (start, end) }
    }
}

/// Losses with equal residue in equal context.
#[derive(Debug)]
struct ConcordanceQuery<'a> {
    before: Side<'a>,
    after: Side<'a>,
    residue: &'a Residue,
    /// Maximum length of the lost text, in characters.
    longest: usize,
    seen: Occurrences,
}

impl<'a> ConcordanceQuery<'a> {
    fn new(context: &'a LossContext, residue: &'a Residue) -> Self {
        Self {
            before: Side::before(&context.before, context.extents.0),
            after: Side::after(&context.after, context.extents.1),
            residue,
            longest: residue.longest(),
            seen: Occurrences::new(),
        }
    }

    /// Returns the agreement of the context of `range` in `window` with that of the loss, if it is sufficient.
    fn agrees(&self, window: &AnchorWindow, range: Range<usize>) -> Option<ContextAgreement> {
        let before = Side::before(window.text.get(..range.start).unwrap_or(""), window.start);
        let after = Side::after(window.text.get(range.end..).unwrap_or(""), window.end);
        let text = window.text.get(range).unwrap_or("");
        let is_picture = text.chars().all(is_drawn);
        if let Some(direct) =
            CommonContext::of((&self.before, &self.after), (&before, &after)).filter(CommonContext::is_phrase)
        {
            let is_likely = match () {
                () if !self.residue.is_open() => true,
                // Any emoji may precede a line.
                () if is_picture => direct.is_rare_line(),
                () if self.before.joins() || self.after.joins() || text.chars().all(is_mark) => true,
                () => direct.is_long_phrase(),
            };
            return Some(ContextAgreement { weight: direct.weight(), is_likely });
        }
        // A dash that joins numbers is not an emoji before a title.
        if !is_picture || self.before.joins() || self.after.joins() {
            return None;
        }
        let own = (self.before.unnumbered(), self.after.unnumbered());
        let other = (before.unnumbered(), after.unnumbered());
        let title = CommonContext::of((&own.0, &own.1), (&other.0, &other.1)).filter(CommonContext::is_title);
        title.map(|title| ContextAgreement { weight: title.weight(), is_likely: !self.residue.is_open() })
    }
}

/// Agreement of the contexts of a loss and of another place.
struct ContextAgreement {
    weight: usize,
    is_likely: bool,
}

/// Returns true for emoji and other pictographic symbols, as opposed to letters and marks.
fn is_drawn(c: char) -> bool {
    c == '\u{200D}' || c >= '\u{2190}' && !c.is_alphanumeric()
}

/// Returns true for dashes, quotation marks and the like.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{203A}' | '«' | '»' | '·')
}

/// The text around an occurrence of an anchor, after the certain repairs.
struct AnchorWindow {
    text: String,
    /// Position of the anchor in `text`.
    anchor: Range<usize>,
    start: KnownExtent,
    end: KnownExtent,
}

impl AnchorWindow {
    /// Returns `None` if the text has mojibake whose repair is not certain.
    fn new(doc: &Document, anchor: &Range<usize>) -> Option<Self> {
        let (before, start) = phrase::reach_before(doc.text(), anchor.start);
        let (after, end) = phrase::reach_after(doc.text(), anchor.end);
        let mojibake = doc.mojibake();
        let first = mojibake.partition_point(|garble| garble.span.end <= before.start);
        let mut here = mojibake[first..].iter().take_while(|garble| garble.span.start < after.end);
        if here.any(|garble| garble.replacement().is_none() || garble.certainty != Certainty::Proved) {
            return None;
        }
        let mut text = doc.repaired(before.into());
        let at = text.len();
        text.push_str(doc.text().get(anchor.clone())?);
        let anchor = at..text.len();
        text.push_str(&doc.repaired(after.into()));
        Some(Self { text, anchor, start, end })
    }

    /// Returns the text in the place of the loss, if the phrase around it is equal.
    fn look(
        &self,
        doc: &Document,
        anchor: &Range<usize>,
        anchored: &AnchoredQuery<'_>,
        query: &ConcordanceQuery<'_>,
    ) -> Option<(String, OccurrenceCount)> {
        let (at, between) = (&self.anchor, &anchored.between);
        let (range, ContextAgreement { weight, is_likely }) = match anchored.place {
            AnchorPosition::Before => self.recovery_from(query, phrase::on_over(&self.text, at.end, between)?),
            AnchorPosition::After => self.recovery_to(query, phrase::back_over(&self.text, at.start, between)?),
            AnchorPosition::Title => {
                let title = phrase::back_over(&self.text, at.start, between)?;
                self.recovery_to(query, phrase::back_over_numbers(&self.text, title)?)
            }
        }?;
        let text = self.text.get(range.clone())?.to_owned();
        let place = self.place(doc, anchor, range).unwrap_or(anchor.clone().into());
        Some((text, OccurrenceCount { places: 1, weight, is_likely, place: (doc.id, place) }))
    }

    /// Returns the range from `start` that may be the lost text, if the phrase around it is equal.
    fn recovery_from(&self, query: &ConcordanceQuery<'_>, start: usize) -> Option<(Range<usize>, ContextAgreement)> {
        let mut ends = self.text.get(start..)?.char_indices().map(|(at, c)| start + at + c.len_utf8());
        ends.by_ref().take(query.longest).find_map(|end| self.recovery(query, start..end))
    }

    /// Returns the range up to `end` that may be the lost text, if the phrase around it is equal.
    fn recovery_to(&self, query: &ConcordanceQuery<'_>, end: usize) -> Option<(Range<usize>, ContextAgreement)> {
        // The variation selector of the lost emoji may still be present.
        let bare = self.text.get(..end)?.strip_suffix('\u{FE0F}').map(str::len);
        [Some(end), bare].into_iter().flatten().find_map(|end| {
            let mut starts = self.text.get(..end)?.char_indices().rev().map(|(at, _)| at).take(query.longest);
            starts.find_map(|start| self.recovery(query, start..end))
        })
    }

    fn recovery(&self, query: &ConcordanceQuery<'_>, range: Range<usize>) -> Option<(Range<usize>, ContextAgreement)> {
        let could_be = query.residue.could_be(self.text.get(range.clone())?);
        let agreement = if could_be { query.agrees(self, range.clone()) } else { None };
        Some((range, agreement?))
    }

    /// Returns the span in the document of `range`, which is near the anchor.
    fn place(&self, doc: &Document, anchor: &Range<usize>, range: Range<usize>) -> Option<Span> {
        let text = self.text.get(range.clone())?;
        let start = (anchor.start + range.start).checked_sub(self.anchor.start)?;
        if doc.text().get(start..start + text.len()) == Some(text) {
            return Some(Span::from(start..start + text.len()));
        }
        // The text itself is mojibake.
        let mojibake = doc.mojibake();
        let after = mojibake.partition_point(|garble| garble.span.start < anchor.start);
        let is_before = range.end <= self.anchor.start;
        let near = if is_before { mojibake.get(after.checked_sub(1)?)? } else { mojibake.get(after)? };
        near.replacement().is_some_and(|repair| repair.contains(text)).then(|| near.span.clone().into())
    }
}

/// Position of an anchor, relative to the loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnchorPosition {
    /// Before the loss.
    Before,
    /// After the loss.
    After,
    /// After the loss and a number.
    Title,
}

/// A query that is searched by one of its anchors.
struct AnchoredQuery<'a> {
    query: usize,
    place: AnchorPosition,
    /// Tokens between anchor and loss, the nearest to the loss first.
    between: Vec<&'a str>,
}

impl AnchoredQuery<'_> {
    /// Returns whether the bytes near an occurrence of the anchor may contain the lost text, which is never ASCII.
    fn is_possible(&self, text: &[u8], anchor: &Range<usize>) -> bool {
        /// Maximum length of marks and spaces next to a token, and of a number before a title, in bytes (a guess).
        const MAX_GAP_BYTES: usize = 8;
        const MAX_NUMBER_BYTES: usize = 24;
        let slack = if self.place == AnchorPosition::Title { MAX_NUMBER_BYTES } else { MAX_GAP_BYTES };
        let reach = self.between.iter().map(|token| token.len() + MAX_GAP_BYTES).sum::<usize>() + slack;
        let near = match self.place {
            AnchorPosition::Before => anchor.end..text.len().min(anchor.end + reach),
            _ => anchor.start.saturating_sub(reach)..anchor.start,
        };
        !text[near].is_ascii()
    }
}

/// A phrase, with the queries that it is an anchor of.
struct PhraseSearch<'a> {
    phrase: &'a str,
    anchored: Vec<AnchoredQuery<'a>>,
}

fn searches<'a>(queries: &[ConcordanceQuery<'a>]) -> Vec<PhraseSearch<'a>> {
    let mut searches: Vec<PhraseSearch<'a>> = Vec::new();
    let mut known: FxHashMap<&str, usize> = FxHashMap::default();
    for (query, ConcordanceQuery { before, after, .. }) in queries.iter().enumerate() {
        let is_title = before.is_label() && !before.joins() && !after.joins();
        let title = is_title.then(|| after.unnumbered().anchor()).flatten();
        let anchors = [
            (before.anchor(), AnchorPosition::Before),
            (after.anchor(), AnchorPosition::After),
            (title, AnchorPosition::Title),
        ];
        for (anchor, place) in anchors.into_iter().filter_map(|(anchor, place)| Some((anchor?, place))) {
            let at = *known.entry(anchor.phrase).or_insert_with(|| {
                searches.push(PhraseSearch { phrase: anchor.phrase, anchored: Vec::new() });
                searches.len() - 1
            });
            searches[at].anchored.push(AnchoredQuery { query, place, between: anchor.between });
        }
    }
    searches
}

/// Returns the occurrences of each phrase, by document and bytes.
fn hits(collection: &Collection, searches: &[PhraseSearch<'_>]) -> Vec<Vec<(DocId, Range<usize>)>> {
    let mut hits = vec![Vec::new(); searches.len()];
    let Ok(finder) = AhoCorasick::new(searches.iter().map(|search| search.phrase)) else { return hits };
    for doc in &collection.documents {
        let is_in_word = |at: usize| doc.text().as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric);
        for hit in finder.find_overlapping_iter(doc.text()) {
            // Only whole words count on the side away from the loss.
            let is_piece = hit.start().checked_sub(1).is_some_and(is_in_word) && is_in_word(hit.end());
            let known = &mut hits[hit.pattern()];
            if !is_piece && known.len() < MAX_PHRASE_OCCURRENCES {
                known.push((doc.id, hit.start()..hit.end()));
            }
        }
    }
    hits
}

/// Searches all documents for the phrases around the queries.
fn search(collection: &Collection, queries: &mut [ConcordanceQuery<'_>]) {
    let searches = searches(queries);
    if searches.is_empty() {
        return;
    }
    let mut found: Vec<(usize, String, OccurrenceCount)> = Vec::new();
    let mut spare = MAX_EXTRA_LOOKUPS;
    for (search, hits) in searches.iter().zip(hits(collection, &searches)) {
        let more = search.anchored.len().saturating_sub(QUERIES_PER_PHRASE).min(spare / hits.len().max(1));
        spare -= more * hits.len();
        for (doc, anchor) in hits {
            let doc = collection.document(doc);
            let anchored = search.anchored.iter().take(QUERIES_PER_PHRASE + more);
            let mut possible =
                anchored.filter(|anchored| anchored.is_possible(doc.text().as_bytes(), &anchor)).peekable();
            let window = if possible.peek().is_some() { AnchorWindow::new(doc, &anchor) } else { None };
            let Some(window) = window else { continue };
            found.extend(possible.filter_map(|anchored| {
                let (text, count) = window.look(doc, &anchor, anchored, &queries[anchored.query])?;
                Some((anchored.query, text, count))
            }));
        }
    }
    // Several anchors may have led to one place.
    found.sort_by_key(|(query, _, count)| (*query, count.place));
    found.dedup_by_key(|(query, _, count)| (*query, count.place));
    for (query, text, count) in found {
        let known = queries[query].seen.entry(text).or_insert(OccurrenceCount { places: 0, ..count });
        let (places, is_likely) = (known.places + 1, known.is_likely || count.is_likely);
        if count.weight > known.weight {
            *known = count;
        }
        (known.places, known.is_likely) = (places, is_likely);
    }
}

/// The aligned items and headings of all works.
struct ItemLinks {
    links: FxHashMap<ItemRef, Vec<ItemRef>>,
    basis: FxHashMap<DocId, Basis>,
}

impl ItemLinks {
    fn of(collection: &Collection) -> Self {
        let mut links: FxHashMap<ItemRef, Vec<ItemRef>> = FxHashMap::default();
        let mut basis = FxHashMap::default();
        for work in &collection.works {
            basis.extend(work.versions.iter().flat_map(|version| &version.documents).map(|doc| (*doc, work.basis)));
            let pairs = work.alignments.iter().flat_map(|alignment| &alignment.pairs);
            let linked =
                pairs.filter(|pair| matches!(pair.verdict, Verdict::Same | Verdict::Reworded | Verdict::Moved));
            for (left, right) in linked.filter_map(|pair| pair.base.zip(pair.derived)) {
                links.entry(left).or_default().push(right);
                links.entry(right).or_default().push(left);
            }
        }
        Self { links, basis }
    }

    /// Returns the texts of aligned items in the place of a loss.
    fn recoveries(&self, collection: &Collection, loss: &Loss) -> Vec<(String, (DocId, Span))> {
        let doc = collection.document(loss.doc);
        let Some(basis) = self.basis.get(&loss.doc) else { return Vec::new() };
        let mut found = Vec::new();
        for item in doc.units_around(*basis, loss.span.start) {
            let others = self.links.get(&ItemRef { doc: loss.doc, item });
            for other in others.into_iter().flatten() {
                found.extend(in_item(doc, item, loss, collection.document(other.doc), other.item));
            }
        }
        found
    }
}

/// Returns the text of an aligned item in the place of a loss, if there is exactly one.
fn in_item(
    doc: &Document,
    item: ItemId,
    loss: &Loss,
    other: &Document,
    counterpart: ItemId,
) -> Option<(String, (DocId, Span))> {
    let (item, counterpart) = (doc.unit(item)?, other.unit(counterpart)?);
    let parts = [(item.title, counterpart.title), (item.span, counterpart.span), (item.body, counterpart.body)];
    let (own, theirs) = parts.into_iter().find(|(own, _)| own.contains(loss.span))?;
    let is_title = own != item.body;
    let end = other.text().floor_char_boundary((theirs.end as usize).min(theirs.start as usize + MAX_ITEM_BYTES));
    let text = other.repaired(Span::new(theirs.start, end as u32));
    // The context of the loss within its title, or near it within the body.
    let near = |range: Range<usize>| doc.repaired(range.into());
    let (before, start) = within(phrase::reach_before(doc.text(), loss.span.start as usize), own);
    let (after, end) = within(phrase::reach_after(doc.text(), loss.span.end as usize), own);
    let (before, after) = (near(before), near(after));
    let sides = (Side::before(&before, start), Side::after(&after, end));
    let mut seen: Option<String> = None;
    let mut at = 0;
    while let Some(skipped) = text.get(at..)?.find(|c: char| !c.is_ascii()) {
        at += skipped;
        let ends = text[at..].char_indices().take(loss.residue.longest()).map(|(len, c)| at + len + c.len_utf8());
        let fits = |end: &usize| {
            let recovery = &text[at..*end];
            let is_picture = recovery.chars().all(is_drawn);
            let tells = || is_title && is_picture && !loss.residue.is_open();
            loss.residue.could_be(recovery) && (tells() || agrees(&sides, &text, at..*end))
        };
        match ends.filter(fits).last() {
            Some(end) => {
                let recovery = &text[at..end];
                if seen.as_deref().is_some_and(|seen| seen != recovery) {
                    return None;
                }
                seen = Some(recovery.to_owned());
                at = end;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    let place = |recovery: &String| other.slice(theirs).find(recovery.as_str()).map(|at| theirs.start + at as u32);
    let seen = seen?;
    let span = place(&seen).map_or(counterpart.title, |start| Span::new(start, start + seen.len() as u32));
    Some((seen, (other.id, span)))
}

/// Returns the part of `reach` that is in `part`.
fn within((reach, extent): (Range<usize>, KnownExtent), part: Span) -> (Range<usize>, KnownExtent) {
    let inner = reach.start.max(part.start as usize)..reach.end.min(part.end as usize);
    let extent = if inner == reach { extent } else { KnownExtent::Whole };
    (inner.start.min(inner.end)..inner.end, extent)
}

/// Returns whether the words next to a loss are also around `range` of `text`.
fn agrees(sides: &(Side<'_>, Side<'_>), text: &str, range: Range<usize>) -> bool {
    let (before, start) = phrase::reach_before(text, range.start);
    let (after, end) = phrase::reach_after(text, range.end);
    let before = Side::before(text.get(before).unwrap_or(""), start);
    let after = Side::after(text.get(after).unwrap_or(""), end);
    CommonContext::of((&sides.0, &sides.1), (&before, &after)).is_some_and(|matched| matched.is_word())
}
