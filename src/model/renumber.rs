//! Gives an item another number, where nothing else in the collection would have to follow.
//!
//! Knows the documents and their links; not why an item should be renumbered.

use super::collection::Collection;
use super::document::Document;
use super::edit::Fix;
use super::item::Numeral;
use super::span::Span;
use crate::text::reference::references;

/// More faults than this in a document get no fix.
const MANY: usize = 200;

impl Collection {
    /// The fix that numbers an item `expected`; none where somebody refers or links to either number, or another
    /// version of the document counts along.
    pub fn renumbering(&self, doc: &Document, item: u32, expected: u32) -> Option<Fix> {
        // Each fix reads the whole text, and so many faults are not to be mended one by one.
        if doc.count_faults.len() > MANY {
            return None;
        }
        let item = doc.items.get(item as usize)?;
        let number = item.number.filter(|number| number.last.is_none() && item.style.numeral == Numeral::Decimal)?;
        let free = [number.value, expected].iter().all(|&value| !self.is_linked(value) && !is_mentioned(doc, value));
        let alone = !self.works.iter().any(|work| work.contains(doc.id));
        (free && alone)
            .then(|| Fix::replace(doc.id, number.span, expected.to_string(), format!("number it {expected}")))
    }

    /// Whether a link leads to a heading that starts with this number.
    fn is_linked(&self, value: u32) -> bool {
        let (bare, plain) = (format!("#{value}-"), format!("-{value}-"));
        let leads = |target: &str| target.contains('#') && (target.contains(&bare) || target.contains(&plain));
        self.documents.iter().any(|doc| doc.links.iter().any(|link| leads(&link.target)))
    }
}

/// Whether the text refers to an item with this number, other than in the label of an item.
fn is_mentioned(doc: &Document, value: u32) -> bool {
    let is_label = |at: Span| {
        let after = doc.items.partition_point(|item| item.span.start <= at.start);
        after > 0 && doc.items[after - 1].number.is_some_and(|number| at.contains(number.span))
    };
    references(doc.text()).into_iter().any(|found| found.number == value && !is_label(Span::from(found.range)))
}
