//! Renumbering: whether an item can be given another number without a change elsewhere in the collection.
//!
//! Knows the model and text; not why an item should be renumbered.

use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::id::ItemId;
use crate::model::item::Numeral;
use crate::model::span::Span;
use crate::text::values::reference::references;

/// Maximum number of numbering defects in a document that get fixes (a guess), because each fix searches the whole
/// text, and because so many defects are not fixed one by one.
const MAX_DEFECTS_WITH_FIX: usize = 200;

/// Returns the span of the number of an item, if `expected` can replace it: if nothing refers or links to either
/// number, and no other version of the document is numbered in the same way.
pub fn replaceable_number(collection: &Collection, doc: &Document, item: ItemId, expected: u32) -> Option<Span> {
    if doc.numbering_defects.len() > MAX_DEFECTS_WITH_FIX {
        return None;
    }
    let item = doc.items.get(item.index())?;
    let number = item.number.filter(|number| number.last.is_none() && item.style.numeral == Numeral::Decimal)?;
    let is_free = |value: u32| !is_linked(collection, value) && !is_mentioned(doc, value);
    let is_alone = !collection.works.iter().any(|work| work.contains(doc.id));
    (is_free(number.value) && is_free(expected) && is_alone).then_some(number.span)
}

/// Returns whether a link leads to a heading that starts with this number.
fn is_linked(collection: &Collection, value: u32) -> bool {
    let (bare, plain) = (format!("#{value}-"), format!("-{value}-"));
    let leads = |target: &str| target.contains('#') && (target.contains(&bare) || target.contains(&plain));
    collection.documents.iter().any(|doc| doc.links.iter().any(|link| leads(&link.target)))
}

/// Returns whether the text refers to an item with this number, other than in the label of an item.
fn is_mentioned(doc: &Document, value: u32) -> bool {
    let is_label = |at: Span| {
        let after = doc.items.partition_point(|item| item.span.start <= at.start);
        after > 0 && doc.items[after - 1].number.is_some_and(|number| at.contains(number.span))
    };
    references(doc.text()).into_iter().any(|found| found.number == value && !is_label(Span::from(found.range)))
}
