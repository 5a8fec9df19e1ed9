//! What stands elsewhere in the collection where something is lost: in the same phrase, or in the same item of another
//! version.
//!
//! Knows documents and works; not rules, and not what is made of it. All documents are searched for all losses at once,
//! so that the time does not grow with their size times the number of losses.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::alignment::{ItemRef, Verdict};
use super::collection::Collection;
use super::document::Document;
use super::id::DocId;
use super::item::Basis;
use super::span::Span;
use crate::text::lost::Remnant;
use crate::text::mojibake::Certainty;
use crate::text::phrase::{self, Extent, Match, Side};

/// A place where something is lost.
#[derive(Debug, Clone)]
pub struct Loss {
    /// The document.
    pub doc: DocId,
    /// What is left of it.
    pub span: Span,
    /// What that could have been.
    pub remnant: Remnant,
}

/// What stands elsewhere in the place of something lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// It.
    pub text: String,
    /// In how many places.
    pub places: usize,
    /// The one whose surroundings are most alike.
    pub best: (DocId, Span),
    /// Whether that leaves hardly a doubt that it stood in the place of the loss too.
    pub is_likely: bool,
}

impl Reading {
    /// What it is and in how many places, for people to read.
    pub fn told(&self) -> String {
        match self.places {
            1 => format!("`{}` (1 place)", self.text),
            places => format!("`{}` ({places} places)", self.text),
        }
    }

    /// Why it is likely, for people to read.
    pub fn grounds(&self) -> String {
        match self.places {
            1 => "as another place has it".to_owned(),
            places => format!("as {places} other places have it"),
        }
    }

    /// All of them with their numbers of places, for machines to read.
    pub fn data(readings: &[Self]) -> Value {
        let told = |reading: &Self| json!({ "text": reading.text, "places": reading.places });
        readings.iter().map(told).collect()
    }
}

/// Different passages that are looked for wherever a phrase stands; more of them only as long as there are places to
/// spare, as many passages with a phrase that stands in many places would take too long.
const SHARING: usize = 32;
/// Places to spare.
const SPARE: usize = 1 << 19;
/// Places of a phrase that are looked at; no text but an artificial one has more.
const MOST: usize = 1 << 16;
/// Bytes of an item that are looked through for what another version lost.
const ITEM: usize = 4096;

/// What stands elsewhere in the place of each loss, the most frequent first.
pub fn readings(collection: &Collection, losses: &[Loss]) -> Vec<Vec<Reading>> {
    let contexts: Vec<Context> = losses.iter().map(|loss| Context::of(collection.document(loss.doc), loss)).collect();
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut known: FxHashMap<(&Context, &Remnant), usize> = FxHashMap::default();
    let case_of: Vec<usize> = losses
        .iter()
        .zip(&contexts)
        .map(|(loss, context)| {
            *known.entry((context, &loss.remnant)).or_insert_with(|| {
                cases.push(Case::new(context, &loss.remnant));
                cases.len() - 1
            })
        })
        .collect();
    search(collection, &mut cases);
    let links = Links::of(collection);
    let found = losses.iter().zip(case_of).map(|(loss, case)| {
        let mut seen = cases[case].seen.clone();
        for (text, place) in links.readings(collection, loss) {
            // The phrase may have led to the same place.
            seen.entry(text).or_insert(Sight { places: 1, weight: 0, is_likely: true, place });
        }
        ranked(seen)
    });
    found.collect()
}

/// What was seen, and how.
type Seen = BTreeMap<String, Sight>;

#[derive(Debug, Clone)]
struct Sight {
    places: usize,
    /// How much of what is around the best place is around the loss.
    weight: usize,
    /// That place.
    place: (DocId, Span),
    /// Whether what is around some place is enough.
    is_likely: bool,
}

/// The most frequent first; spellings of an emoji with and without its selector are one.
fn ranked(seen: Seen) -> Vec<Reading> {
    let reading = |(text, Sight { places, place, is_likely, .. })| Reading { text, places, best: place, is_likely };
    let mut readings: Vec<Reading> = seen.into_iter().map(reading).collect();
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.places));
    let plain = |text: &str| text.replace('\u{FE0F}', "");
    let mut merged: Vec<Reading> = Vec::new();
    for reading in readings {
        match merged.iter_mut().find(|known| plain(&known.text) == plain(&reading.text)) {
            Some(known) => {
                known.places += reading.places;
                known.is_likely |= reading.is_likely;
            }
            None => merged.push(reading),
        }
    }
    merged
}

/// What stands around a loss, as it is once mended.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Context {
    before: String,
    after: String,
    is_start: bool,
    is_end: bool,
}

impl Context {
    fn of(doc: &Document, loss: &Loss) -> Self {
        let (before, start) = phrase::reach_before(doc.text(), loss.span.start as usize);
        let (after, end) = phrase::reach_after(doc.text(), loss.span.end as usize);
        Self {
            before: doc.mended(before.into()),
            after: doc.mended(after.into()),
            is_start: start == Extent::Whole,
            is_end: end == Extent::Whole,
        }
    }
}

fn extent(is_whole: bool) -> Extent {
    if is_whole { Extent::Whole } else { Extent::Cut }
}

/// Losses of one kind in the same surroundings.
#[derive(Debug)]
struct Case<'a> {
    before: Side<'a>,
    after: Side<'a>,
    remnant: &'a Remnant,
    /// So many characters it has at most.
    longest: usize,
    seen: Seen,
}

impl<'a> Case<'a> {
    fn new(context: &'a Context, remnant: &'a Remnant) -> Self {
        Self {
            before: Side::before(&context.before, extent(context.is_start)),
            after: Side::after(&context.after, extent(context.is_end)),
            remnant,
            longest: remnant.longest(),
            seen: Seen::new(),
        }
    }

    /// Whether the phrase around it stands around `range` of `window`, and what that says.
    fn agrees(&self, window: &Window, range: Range<usize>) -> Option<Agreement> {
        let before = Side::before(window.text.get(..range.start).unwrap_or(""), window.start);
        let after = Side::after(window.text.get(range.end..).unwrap_or(""), window.end);
        let text = window.text.get(range).unwrap_or("");
        let is_picture = text.chars().all(is_drawn);
        if let Some(direct) = Match::of((&self.before, &self.after), (&before, &after)).filter(Match::is_phrase) {
            let is_likely = match () {
                () if !self.remnant.is_open() => true,
                // Before a line stands any picture.
                () if is_picture => direct.is_rare_line(),
                () if self.before.joins() || self.after.joins() || text.chars().all(is_mark) => true,
                () => direct.is_long_phrase(),
            };
            return Some(Agreement { weight: direct.weight(), is_likely });
        }
        // A dash between numbers is none before a title.
        if !is_picture || self.before.joins() || self.after.joins() {
            return None;
        }
        let own = (self.before.unnumbered(), self.after.unnumbered());
        let other = (before.unnumbered(), after.unnumbered());
        let title = Match::of((&own.0, &own.1), (&other.0, &other.1)).filter(Match::is_title);
        title.map(|title| Agreement { weight: title.weight(), is_likely: !self.remnant.is_open() })
    }
}

/// What the surroundings of a loss and of another place have in common.
struct Agreement {
    weight: usize,
    is_likely: bool,
}

/// What is no letter or mark of a text, but a picture.
fn is_drawn(c: char) -> bool {
    c == '\u{200D}' || c >= '\u{2190}' && !c.is_alphanumeric()
}

/// Dashes, quotation marks and the like.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{203A}' | '«' | '»' | '·')
}

/// A passage of a document around an anchor, as it is once mended.
struct Window {
    text: String,
    /// Where the anchor is in `text`.
    anchor: Range<usize>,
    start: Extent,
    end: Extent,
}

impl Window {
    /// `None` if something there is garbled and its repair is not proved.
    fn new(doc: &Document, anchor: &Range<usize>) -> Option<Self> {
        let (before, start) = phrase::reach_before(doc.text(), anchor.start);
        let (after, end) = phrase::reach_after(doc.text(), anchor.end);
        let garbles = doc.garbles();
        let first = garbles.partition_point(|garble| garble.span.end <= before.start);
        let mut here = garbles[first..].iter().take_while(|garble| garble.span.start < after.end);
        if here.any(|garble| garble.replacement().is_none() || garble.certainty != Certainty::Proved) {
            return None;
        }
        let mut text = doc.mended(before.into());
        let at = text.len();
        text.push_str(doc.text().get(anchor.clone())?);
        let anchor = at..text.len();
        text.push_str(&doc.mended(after.into()));
        Some(Self { text, anchor, start, end })
    }

    /// What stands in the place of the loss, if the phrase around it is the same.
    fn look(
        &self,
        doc: &Document,
        anchor: &Range<usize>,
        suspect: &Suspect<'_>,
        case: &Case<'_>,
    ) -> Option<(String, Sight)> {
        let (at, between) = (&self.anchor, &suspect.between);
        let (range, Agreement { weight, is_likely }) = match suspect.place {
            AnchorPlace::Before => self.reading_from(case, phrase::on_over(&self.text, at.end, between)?),
            AnchorPlace::After => self.reading_to(case, phrase::back_over(&self.text, at.start, between)?),
            AnchorPlace::Title => {
                let title = phrase::back_over(&self.text, at.start, between)?;
                self.reading_to(case, phrase::back_over_numbers(&self.text, title)?)
            }
        }?;
        let text = self.text.get(range.clone())?.to_owned();
        let place = self.place(doc, anchor, range).unwrap_or(anchor.clone().into());
        Some((text, Sight { places: 1, weight, is_likely, place: (doc.id, place) }))
    }

    /// What starts at `start` and could be the loss of the case, if the phrase around it is the same.
    fn reading_from(&self, case: &Case<'_>, start: usize) -> Option<(Range<usize>, Agreement)> {
        let mut ends = self.text.get(start..)?.char_indices().map(|(at, c)| start + at + c.len_utf8());
        ends.by_ref().take(case.longest).find_map(|end| self.reading(case, start..end))
    }

    /// The same for what ends at `end`.
    fn reading_to(&self, case: &Case<'_>, end: usize) -> Option<(Range<usize>, Agreement)> {
        // What chooses how an emoji is drawn may be left of it.
        let bare = self.text.get(..end)?.strip_suffix('\u{FE0F}').map(str::len);
        [Some(end), bare].into_iter().flatten().find_map(|end| {
            let mut starts = self.text.get(..end)?.char_indices().rev().map(|(at, _)| at).take(case.longest);
            starts.find_map(|start| self.reading(case, start..end))
        })
    }

    fn reading(&self, case: &Case<'_>, range: Range<usize>) -> Option<(Range<usize>, Agreement)> {
        let could_be = case.remnant.could_be(self.text.get(range.clone())?);
        let agreement = if could_be { case.agrees(self, range.clone()) } else { None };
        Some((range, agreement?))
    }

    /// Where `range`, near the anchor, stands in the document.
    fn place(&self, doc: &Document, anchor: &Range<usize>, range: Range<usize>) -> Option<Span> {
        let text = self.text.get(range.clone())?;
        let start = (anchor.start + range.start).checked_sub(self.anchor.start)?;
        if doc.text().get(start..start + text.len()) == Some(text) {
            return Some(Span::from(start..start + text.len()));
        }
        // It is garbled there.
        let garbles = doc.garbles();
        let after = garbles.partition_point(|garble| garble.span.start < anchor.start);
        let is_before = range.end <= self.anchor.start;
        let near = if is_before { garbles.get(after.checked_sub(1)?)? } else { garbles.get(after)? };
        near.replacement().is_some_and(|repair| repair.contains(text)).then(|| near.span.clone().into())
    }
}

/// Where an anchor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnchorPlace {
    /// Before the loss.
    Before,
    /// After it.
    After,
    /// After it and a number.
    Title,
}

/// A case that is looked for by an anchor.
struct Suspect<'a> {
    case: usize,
    place: AnchorPlace,
    /// What stands between them, the nearest to the loss first.
    between: Vec<&'a str>,
}

impl Suspect<'_> {
    /// Whether anything near an occurrence of the anchor could have been lost: ASCII never is.
    fn is_possible(&self, text: &[u8], anchor: &Range<usize>) -> bool {
        /// Bytes of the marks and spaces next to a token, and of a number before a title.
        const GAP: usize = 8;
        const NUMBER: usize = 24;
        let slack = if self.place == AnchorPlace::Title { NUMBER } else { GAP };
        let reach = self.between.iter().map(|token| token.len() + GAP).sum::<usize>() + slack;
        let near = match self.place {
            AnchorPlace::Before => anchor.end..text.len().min(anchor.end + reach),
            _ => anchor.start.saturating_sub(reach)..anchor.start,
        };
        !text[near].is_ascii()
    }
}

/// What is looked for with one phrase.
struct Search<'a> {
    phrase: &'a str,
    suspects: Vec<Suspect<'a>>,
}

fn searches<'a>(cases: &[Case<'a>]) -> Vec<Search<'a>> {
    let mut searches: Vec<Search<'a>> = Vec::new();
    let mut known: FxHashMap<&str, usize> = FxHashMap::default();
    for (case, Case { before, after, .. }) in cases.iter().enumerate() {
        let is_title = before.is_label() && !before.joins() && !after.joins();
        let title = is_title.then(|| after.unnumbered().anchor()).flatten();
        let anchors =
            [(before.anchor(), AnchorPlace::Before), (after.anchor(), AnchorPlace::After), (title, AnchorPlace::Title)];
        for (anchor, place) in anchors.into_iter().filter_map(|(anchor, place)| Some((anchor?, place))) {
            let at = *known.entry(anchor.phrase).or_insert_with(|| {
                searches.push(Search { phrase: anchor.phrase, suspects: Vec::new() });
                searches.len() - 1
            });
            searches[at].suspects.push(Suspect { case, place, between: anchor.between });
        }
    }
    searches
}

/// Where the phrases stand, by document and bytes.
fn hits(collection: &Collection, searches: &[Search<'_>]) -> Vec<Vec<(DocId, Range<usize>)>> {
    let mut hits = vec![Vec::new(); searches.len()];
    let Ok(finder) = AhoCorasick::new(searches.iter().map(|search| search.phrase)) else { return hits };
    for doc in &collection.documents {
        let is_in_word = |at: usize| doc.text().as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric);
        for hit in finder.find_overlapping_iter(doc.text()) {
            // On the side away from the loss, whole words are the same.
            let is_piece = hit.start().checked_sub(1).is_some_and(is_in_word) && is_in_word(hit.end());
            let known = &mut hits[hit.pattern()];
            if !is_piece && known.len() < MOST {
                known.push((doc.id, hit.start()..hit.end()));
            }
        }
    }
    hits
}

/// Looks in all documents for the phrases around the cases.
fn search(collection: &Collection, cases: &mut [Case<'_>]) {
    let searches = searches(cases);
    if searches.is_empty() {
        return;
    }
    let mut found: Vec<(usize, String, Sight)> = Vec::new();
    let mut spare = SPARE;
    for (search, hits) in searches.iter().zip(hits(collection, &searches)) {
        let more = search.suspects.len().saturating_sub(SHARING).min(spare / hits.len().max(1));
        spare -= more * hits.len();
        for (doc, anchor) in hits {
            let doc = collection.document(doc);
            let suspects = search.suspects.iter().take(SHARING + more);
            let mut possible =
                suspects.filter(|suspect| suspect.is_possible(doc.text().as_bytes(), &anchor)).peekable();
            let window = if possible.peek().is_some() { Window::new(doc, &anchor) } else { None };
            let Some(window) = window else { continue };
            found.extend(possible.filter_map(|suspect| {
                let (text, sight) = window.look(doc, &anchor, suspect, &cases[suspect.case])?;
                Some((suspect.case, text, sight))
            }));
        }
    }
    // Several anchors may have led to one place.
    found.sort_by_key(|(case, _, sight)| (*case, sight.place));
    found.dedup_by_key(|(case, _, sight)| (*case, sight.place));
    for (case, text, sight) in found {
        let known = cases[case].seen.entry(text).or_insert(Sight { places: 0, ..sight });
        let (places, is_likely) = (known.places + 1, known.is_likely || sight.is_likely);
        if sight.weight > known.weight {
            *known = sight;
        }
        (known.places, known.is_likely) = (places, is_likely);
    }
}

/// The items and topics of versions that say the same.
struct Links {
    links: FxHashMap<ItemRef, Vec<ItemRef>>,
    basis: FxHashMap<DocId, Basis>,
}

impl Links {
    fn of(collection: &Collection) -> Self {
        let mut links: FxHashMap<ItemRef, Vec<ItemRef>> = FxHashMap::default();
        let mut basis = FxHashMap::default();
        for work in &collection.works {
            basis.extend(work.versions.iter().flat_map(|version| &version.documents).map(|doc| (*doc, work.basis)));
            let pairs = work.alignments.iter().flat_map(|alignment| &alignment.pairs);
            let linked =
                pairs.filter(|pair| matches!(pair.verdict, Verdict::Same | Verdict::Reworded | Verdict::Moved));
            for (left, right) in linked.filter_map(|pair| pair.left.zip(pair.right)) {
                links.entry(left).or_default().push(right);
                links.entry(right).or_default().push(left);
            }
        }
        Self { links, basis }
    }

    /// What the items of other versions have in the place of a loss.
    fn readings(&self, collection: &Collection, loss: &Loss) -> Vec<(String, (DocId, Span))> {
        let doc = collection.document(loss.doc);
        let Some(basis) = self.basis.get(&loss.doc) else { return Vec::new() };
        let around = match basis {
            Basis::Items => doc.items_around(loss.span.start),
            Basis::Topics => {
                let last = doc.topics().partition_point(|topic| topic.span.start <= loss.span.start).checked_sub(1);
                last.map(|at| (doc.items.len() + at) as u32).into_iter().collect()
            }
        };
        let mut found = Vec::new();
        for item in around {
            let others = self.links.get(&ItemRef { doc: loss.doc, item });
            for other in others.into_iter().flatten() {
                found.extend(in_item(doc, item, loss, collection.document(other.doc), other.item));
            }
        }
        found
    }
}

/// What the same item of another version has in the place of a loss, if that is but one thing.
fn in_item(
    doc: &Document,
    item: u32,
    loss: &Loss,
    other: &Document,
    counterpart: u32,
) -> Option<(String, (DocId, Span))> {
    let (item, counterpart) = (doc.unit(item)?, other.unit(counterpart)?);
    let parts = [(item.title, counterpart.title), (item.span, counterpart.span), (item.body, counterpart.body)];
    let (own, theirs) = parts.into_iter().find(|(own, _)| own.contains(loss.span))?;
    let is_title = own != item.body;
    let end = other.text().floor_char_boundary((theirs.end as usize).min(theirs.start as usize + ITEM));
    let text = other.mended(Span::new(theirs.start, end as u32));
    // What is around the loss in its title, or near it in the body.
    let near = |range: Range<usize>| doc.mended(range.into());
    let (before, start) = within(phrase::reach_before(doc.text(), loss.span.start as usize), own);
    let (after, end) = within(phrase::reach_after(doc.text(), loss.span.end as usize), own);
    let (before, after) = (near(before), near(after));
    let sides = (Side::before(&before, start), Side::after(&after, end));
    let mut seen: Option<String> = None;
    let mut at = 0;
    while let Some(skipped) = text.get(at..)?.find(|c: char| !c.is_ascii()) {
        at += skipped;
        let ends = text[at..].char_indices().take(loss.remnant.longest()).map(|(len, c)| at + len + c.len_utf8());
        let fits = |end: &usize| {
            let reading = &text[at..*end];
            let is_picture = reading.chars().all(is_drawn);
            let tells = || is_title && is_picture && !loss.remnant.is_open();
            loss.remnant.could_be(reading) && (tells() || says_the_same(&sides, &text, at..*end))
        };
        match ends.filter(fits).last() {
            Some(end) => {
                let reading = &text[at..end];
                if seen.as_deref().is_some_and(|seen| seen != reading) {
                    return None;
                }
                seen = Some(reading.to_owned());
                at = end;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    let place = |reading: &String| other.slice(theirs).find(reading.as_str()).map(|at| theirs.start + at as u32);
    let seen = seen?;
    let span = place(&seen).map_or(counterpart.title, |start| Span::new(start, start + seen.len() as u32));
    Some((seen, (other.id, span)))
}

/// What of `reach` lies in `part`.
fn within((reach, extent): (Range<usize>, Extent), part: Span) -> (Range<usize>, Extent) {
    let inner = reach.start.max(part.start as usize)..reach.end.min(part.end as usize);
    let extent = if inner == reach { extent } else { Extent::Whole };
    (inner.start.min(inner.end)..inner.end, extent)
}

/// Whether the words next to a loss stand around `range` of `text`.
fn says_the_same(sides: &(Side<'_>, Side<'_>), text: &str, range: Range<usize>) -> bool {
    let (before, start) = phrase::reach_before(text, range.start);
    let (after, end) = phrase::reach_after(text, range.end);
    let before = Side::before(text.get(before).unwrap_or(""), start);
    let after = Side::after(text.get(after).unwrap_or(""), end);
    Match::of((&sides.0, &sides.1), (&before, &after)).is_some_and(|matched| matched.is_word())
}
