//! The items of a version as the alignment compares them.
//!
//! Knows the model and text; not how items are linked.

use std::cell::OnceCell;

use crate::model::alignment::{ItemRef, SectionRef};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::id::ItemId;
use crate::model::item::Basis;
use crate::model::item::{Item, Style};
use crate::model::work::{Version, VersionPair};
use crate::text::similarity::score::{Features, Weights, body_words};
use crate::text::similarity::title::{self, Approach};

/// One item of a version.
#[derive(Debug)]
pub(super) struct AlignmentItem<'a> {
    pub(super) item: ItemRef,
    pub(super) number: Option<u32>,
    pub(super) style: Style,
    pub(super) section: Option<SectionRef>,
    /// The title as compared; of an item without title, its first line.
    pub(super) key: String,
    pub(super) features: Features,
    /// The kind of question that the title asks.
    pub(super) approach: Option<Approach>,
    /// The distinct stems of the title, sorted.
    pub(super) stems: Vec<u64>,
    body: &'a str,
    body_words: OnceCell<Vec<u64>>,
}

impl AlignmentItem<'_> {
    fn new<'a>(doc: &'a Document, at: ItemId, item: &Item) -> AlignmentItem<'a> {
        let body = doc.slice(item.body);
        let title = doc.slice(item.title);
        let title = if title.trim().is_empty() { first_line(body) } else { title };
        let key = title::key(title);
        let features = Features::new(&key);
        let mut stems: Vec<u64> = features.stems().collect();
        stems.sort_unstable();
        stems.dedup();
        AlignmentItem {
            item: ItemRef { doc: doc.id, item: at },
            number: item.number.map(|number| number.value),
            style: item.style,
            section: item.section.map(|section| SectionRef { doc: doc.id, section }),
            approach: title::approach(&key),
            key,
            features,
            stems,
            body,
            body_words: OnceCell::new(),
        }
    }

    /// Returns the distinct content words of the body, sorted; read when first asked for.
    pub(super) fn body_words(&self) -> &[u64] {
        self.body_words.get_or_init(|| body_words(self.body))
    }
}

/// The items of two versions, in reading order.
pub(super) type ItemsOfPair<'a> = VersionPair<&'a [AlignmentItem<'a>]>;

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
        entries.extend(doc.units(basis).into_iter().map(|(at, item)| AlignmentItem::new(doc, at, item)));
    }
    entries
}

/// Returns these items.
pub(super) fn alignment_items_of<'a>(items: &[ItemRef], collection: &'a Collection) -> Vec<AlignmentItem<'a>> {
    let entry = |item: &ItemRef| {
        let doc = collection.document(item.doc);
        Some(AlignmentItem::new(doc, item.item, doc.unit(item.item)?))
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
