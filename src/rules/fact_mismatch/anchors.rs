//! The anchors of an item: explicit ids of headings and of HTML elements.

use crate::facts::paired_items::ComparedItem;
use crate::model::span::Span;
use crate::model::target::attributes;

/// Returns the anchors of an item with their places, in their order.
pub(super) fn anchors_in(item: &ComparedItem<'_>) -> Vec<(String, Span)> {
    let (doc, span) = (item.doc, item.span);
    let start = doc.html.partition_point(|html| html.start < span.start);
    let inside = doc.html[start..].iter().take_while(|html| html.start < span.end);
    let mut found: Vec<Span> = inside.flat_map(|html| attributes(doc, *html, &["id", "name"])).collect();
    let start = doc.headings.partition_point(|heading| heading.span.end <= span.start);
    for heading in doc.headings[start..].iter().take_while(|heading| heading.span.start < span.end) {
        let Some(id) = &heading.id else { continue };
        if let Some(at) = doc.slice(heading.span).rfind(id.as_str()) {
            let start = heading.span.start + at as u32;
            found.push(Span::new(start, start + id.len() as u32));
        }
    }
    found.sort_by_key(|span| span.start);
    found.into_iter().map(|span| (doc.slice(span).to_owned(), span)).collect()
}
