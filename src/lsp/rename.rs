//! Rename of a heading or an item, with the links to it and, if the user agrees, its counterparts.
//!
//! Offers edits; makes none.

use gen_lsp_types::Position;
use serde_json::{Value, json};

use super::actions::{Renaming, renamed};
use super::counterparts::counterparts;
use super::edits::{Consent, Edits};
use super::view::View;
use crate::model::edit::Edit;
use crate::model::span::Span;
use crate::model::work::Role;

/// Returns the range that is renamed at a position, with its text; null if nothing can be renamed there.
pub(super) fn prepared(view: View<'_>, position: Position) -> Value {
    match title_at(&view, view.offset(position)) {
        Some(span) => json!({ "range": view.places(view.id).range(span), "placeholder": view.doc().slice(span) }),
        None => Value::Null,
    }
}

/// Returns the span of the title at a byte offset: that of an item without its number, or of a heading without its
/// marks and id.
fn title_at(view: &View<'_>, offset: u32) -> Option<Span> {
    let doc = view.doc();
    let is_here = |span: Span| span.start <= offset && offset <= span.end;
    let item = doc.items_around(offset).into_iter().find(|item| is_here(doc[*item].span)).map(|item| doc[item].title);
    let after = doc.headings.partition_point(|heading| heading.span.start <= offset);
    let heading = after.checked_sub(1).map(|at| &doc.headings[at]).filter(|heading| is_here(heading.span));
    let span = item.filter(|title| !title.is_empty()).or_else(|| heading.map(|heading| heading.content))?;
    let written = doc.slice(span);
    let shown = written.rfind("{#").map_or(written, |at| &written[..at]).trim_end();
    (!shown.is_empty()).then(|| Span::new(span.start, span.start + shown.len() as u32))
}

/// Returns the edit that gives the title at a position another text, and a warning for clients that cannot ask.
///
/// # Errors
/// Why it cannot be renamed, in words for users.
pub(super) fn rename(view: View<'_>, position: Position, name: &str) -> Result<(Value, Option<String>), String> {
    let offset = view.offset(position);
    let span = title_at(&view, offset).ok_or("there is no heading or item here that could be renamed")?;
    let name = name.trim();
    if name.is_empty() || name.contains(['\n', '\r']) {
        return Err("a title is one line with some text".to_owned());
    }
    let written = view.doc().slice(span);
    let Renaming { fix, breaks } = renamed(&view, vec![Edit::replace(view.id, span, name)]).ok_or(
        "a link to this heading cannot be changed with it: its target is written with escapes, or a \
                 container has no place for the new title",
    )?;
    // No link is broken without a word.
    let (consent, warning) = match breaks {
        Some(reason) if view.abilities.confirms => (Consent::Asked(reason), None),
        breaks => (Consent::Given, breaks),
    };
    let mut edits = Edits::new(view);
    edits.add(&fix.edits, &consent);
    // Without a question, titles of other versions would change that nobody looks at.
    if view.abilities.confirms
        && let Some(found) =
            counterparts(view.world, view.id, span.start).filter(|found| found.role != Role::Translation)
    {
        let others = found.others.iter().filter(|other| other.role != Role::Translation).filter_map(|other| {
            let doc = view.world.collection.document(other.item.doc);
            let title = doc.unit(other.item.item)?.title;
            let is_same = doc.slice(title) == written && !view.world.collection.context.contains(&doc.id);
            is_same.then(|| Edit::replace(doc.id, title, name))
        });
        if let Some(others) = renamed(&view, others.collect()).filter(|others| others.breaks.is_none()) {
            // The links of this title are in the first edit.
            let known = |edit: &&Edit| fix.edits.iter().all(|own| own.doc != edit.doc || own.span != edit.span);
            let others: Vec<Edit> = others.fix.edits.iter().filter(known).cloned().collect();
            edits.add(&others, &Consent::Asked("Rename the item in the other versions as well".to_owned()));
        }
    }
    Ok((edits.into_value(), warning))
}
