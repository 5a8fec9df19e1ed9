//! The items of a version as the alignment compares them.
//!
//! Knows the model and text; not how items are linked.

use std::cell::OnceCell;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::model::alignment::{ItemRef, SectionRef};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::extraction::FileContainer;
use crate::model::id::{ItemId, SectionId};
use crate::model::item::{Basis, Item, Number, Style};
use crate::model::span::Span;
use crate::model::target::attributes;
use crate::model::work::{Version, VersionPair};
use crate::text::similarity::score::{Features, Weights, body_words};
use crate::text::similarity::title::{self, Approach, TitleForm};
use crate::text::words::hash;

/// One item of a version.
#[derive(Debug)]
pub(super) struct AlignmentItem<'a> {
    pub(super) item: ItemRef,
    /// The number as it is compared: [`Number::key`].
    pub(super) number: Option<u64>,
    pub(super) style: Style,
    pub(super) section: Option<SectionRef>,
    /// The section whose heading the item is.
    pub(super) own_section: Option<SectionId>,
    /// Hash of the id that the heading of the section bears, 0 if there is none.
    pub(super) section_id: u64,
    /// The id of the entry of a container that the item is.
    pub(super) entry_id: Option<String>,
    /// True if that id is a time.
    pub(super) is_timed: bool,
    /// Hash of the title of the section, 0 if there is none.
    pub(super) section_key: u64,
    /// The title as compared; of an item without title, its first line.
    pub(super) key: String,
    pub(super) features: Features,
    /// The kind of question that the title asks.
    pub(super) approach: Option<Approach>,
    pub(super) form: TitleForm,
    /// The distinct stems of the title, sorted.
    pub(super) stems: Vec<u64>,
    body: &'a str,
    body_words: OnceCell<Vec<u64>>,
}

impl AlignmentItem<'_> {
    /// The item whose body ends at `end` at the latest.
    fn new<'a>(doc: &'a Document, at: ItemId, item: &Item, end: u32) -> AlignmentItem<'a> {
        let body = doc.slice(Span::new(item.body.start, item.body.end.min(end).max(item.body.start)));
        let own = doc.headings.binary_search_by_key(&item.block, |heading| heading.block).ok();
        let is_of_container = doc.source.extraction().is_some();
        let entry_id = own.filter(|_| is_of_container).and_then(|at| doc.headings[at].id.clone());
        // The title of an entry is its id, which says nothing of its text.
        let title = if entry_id.is_some() { "" } else { doc.slice(item.title) };
        let title = if title.trim().is_empty() { first_line(body) } else { title };
        let key = title::key(title);
        // "Part 1" has no title but its label.
        let label = || title::key(doc.slice(item.span).trim_start_matches(['#', ' ']));
        let key = if key.is_empty() && item.number.is_some() { label() } else { key };
        let features = Features::new(&key);
        let mut stems: Vec<u64> = features.stems().collect();
        stems.sort_unstable();
        stems.dedup();
        AlignmentItem {
            item: ItemRef { doc: doc.id, item: at },
            number: item.number.map(Number::key),
            style: item.style,
            section: item.section.map(|section| SectionRef { doc: doc.id, section }),
            own_section: own.map(SectionId::new),
            entry_id,
            is_timed: doc.source.container().is_some_and(FileContainer::is_timed),
            section_id: item.section.map_or(0, |section| section_id(doc, section)),
            section_key: item.section.map_or(0, |section| section_key(doc, section)),
            approach: title::approach(&key),
            form: TitleForm::of(&key),
            key,
            features,
            stems,
            body,
            body_words: OnceCell::new(),
        }
    }

    /// Returns the hash of the words of the body, and their number.
    pub(super) fn body_print(&self) -> (u64, usize) {
        let mut hasher = FxHasher::default();
        let words =
            self.body.split_whitespace().map(|word| word.trim_matches(['*', '_'])).filter(|word| !word.is_empty());
        let count = words.inspect(|word| word.hash(&mut hasher)).count();
        (hasher.finish(), count)
    }

    /// Returns the distinct content words of the body, sorted; read when first asked for.
    pub(super) fn body_words(&self) -> &[u64] {
        self.body_words.get_or_init(|| body_words(self.body))
    }
}

/// The items of two versions, in reading order.
pub(super) type ItemsOfPair<'a> = VersionPair<&'a [AlignmentItem<'a>]>;

/// Returns the hash of the id of a section: `{#id}`, or `<a name=id>` in its heading. 0 if there is none.
fn section_id(doc: &Document, section: SectionId) -> u64 {
    let heading = doc.sections.get(section.index()).and_then(|section| doc.headings.get(section.heading.index()));
    let Some(heading) = heading else { return 0 };
    let html = doc.html.partition_point(|html| html.end <= heading.span.start);
    let inside = doc.html[html..].iter().take_while(|html| html.start < heading.span.end);
    let named = inside.flat_map(|html| attributes(doc, *html, &["id", "name"])).next();
    heading.id.as_deref().or(named.map(|span| doc.slice(span))).map_or(0, hash)
}

/// Returns the hash of the title of a section without its label.
fn section_key(doc: &Document, section: SectionId) -> u64 {
    let heading = doc.sections.get(section.index()).and_then(|section| doc.headings.get(section.heading.index()));
    heading.map_or(0, |heading| hash(&title::key(doc.slice(heading.content))))
}

fn first_line(body: &str) -> &str {
    body.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("")
}

/// Returns the items of a version, in reading order.
pub(super) fn alignment_items<'a>(
    version: &Version,
    basis: Basis,
    collection: &'a Collection,
) -> Vec<AlignmentItem<'a>> {
    let mut entries = Vec::new();
    for &id in &version.documents {
        let doc = collection.document(id);
        let units = doc.units(basis);
        // The items below an item are compared on their own.
        let ends = units.iter().skip(1).map(|(_, next)| next.span.start).chain([doc.span().end]);
        entries.extend(units.iter().zip(ends).map(|((at, item), end)| {
            let item = AlignmentItem::new(doc, *at, item, end);
            // The number of a file is in its name, and so in no text that could be changed.
            let of_file = || doc.file_number().filter(|_| basis == Basis::Files).map(u64::from);
            AlignmentItem { number: item.number.or_else(of_file), ..item }
        }));
    }
    entries
}

/// Returns these items.
pub(super) fn alignment_items_of<'a>(items: &[ItemRef], collection: &'a Collection) -> Vec<AlignmentItem<'a>> {
    let entry = |item: &ItemRef| {
        let doc = collection.document(item.doc);
        Some(AlignmentItem::new(doc, item.item, doc.unit(item.item)?, doc.span().end))
    };
    items.iter().filter_map(entry).collect()
}

/// Returns the weights of words, learnt from the titles of both versions.
pub(super) fn title_weights(base: &[AlignmentItem<'_>], derived: &[AlignmentItem<'_>]) -> Weights {
    let mut weights = Weights::default();
    for entry in base.iter().chain(derived) {
        weights.learn(entry.stems.iter().copied());
    }
    weights
}

/// Returns the weights of words, learnt from the bodies of some items.
pub(super) fn body_weights<'a>(entries: impl Iterator<Item = &'a AlignmentItem<'a>>) -> Weights {
    let mut weights = Weights::default();
    for entry in entries {
        weights.learn(entry.body_words().iter().copied());
    }
    weights
}
