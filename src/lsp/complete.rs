//! Completion in links: files, anchors and labels.
//!
//! Knows documents; the disk only by what is known of it.

use std::path::{Component, Path};

use gen_lsp_types::Position;
use serde_json::{Value, json};

use super::navigate::document_of;
use super::position::link_to;
use super::view::View;
use crate::model::anchors::Anchors;
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::model::target::decoded;

/// Maximum number of files that are offered (a guess): nobody reads a longer list, and typing makes it shorter.
const MAX_FILES: usize = 500;

/// Kinds of completions in the protocol.
const FILE: u8 = 17;
const REFERENCE: u8 = 18;

/// Returns the completions at a position: empty outside links.
pub(super) fn completions(view: View<'_>, position: Position) -> Value {
    // A path may need other signs in a string of JSON than in Markdown.
    if view.doc().source.container().is_some() {
        return json!([]);
    }
    let offset = view.offset(position);
    let doc = view.doc();
    let line = doc.line_span(offset);
    let before = doc.slice(Span::new(line.start, offset));
    let items = match Place::of(before) {
        Some(Place::Target(written)) => match written.split_once('#') {
            Some((path, anchor)) => anchors(&view, path, Span::new(offset - anchor.len() as u32, offset)),
            None => {
                let span = Span::new(offset - written.len() as u32, offset);
                let mut items = files(&view, span);
                items.extend(own_anchors(&view, span));
                items
            }
        },
        Some(Place::Label(written)) => labels(&view, Span::new(offset - written.len() as u32, offset)),
        None => Vec::new(),
    };
    json!({ "isIncomplete": items.len() >= MAX_FILES, "items": items })
}

/// The part of a link that is being written.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    /// The target, up to the cursor.
    Target(&'a str),
    /// The label of a reference, up to the cursor.
    Label(&'a str),
}

impl<'a> Place<'a> {
    /// Returns the place at the end of a line's text.
    fn of(before: &'a str) -> Option<Self> {
        let inner = |open: &str, ends: &[char]| {
            let at = before.rfind(open)? + open.len();
            before.get(at..).filter(|rest| !rest.contains(ends))
        };
        let target = inner("](", &[')', ' ', '\t']);
        let definition = || {
            let (label, target) = before.trim_start().strip_prefix('[')?.split_once("]:")?;
            let target = target.trim_start();
            (!label.contains(']') && !target.contains(char::is_whitespace)).then_some(target)
        };
        let label = || inner("][", &[']']);
        target.or_else(definition).map(Self::Target).or_else(|| label().map(Self::Label))
    }
}

fn item(view: &View<'_>, span: Span, (label, text): (&str, &str), kind: u8, detail: &str) -> Value {
    let range = view.places(view.id).range(span);
    json!({
        "label": label,
        "kind": kind,
        "detail": detail,
        "filterText": text,
        "textEdit": { "range": range, "newText": text },
    })
}

fn anchors(view: &View<'_>, path: &str, span: Span) -> Vec<Value> {
    let Some(target) = document_of(view, view.id, &decoded(path)) else { return Vec::new() };
    anchors_of(view, target, span, "")
}

fn own_anchors(view: &View<'_>, span: Span) -> Vec<Value> {
    anchors_of(view, view.id, span, "#")
}

fn anchors_of(view: &View<'_>, target: DocId, span: Span, sign: &str) -> Vec<Value> {
    let doc = view.world.collection.document(target);
    let titles = Anchors::of(doc);
    let items = titles.titles().iter().filter(|title| !title.anchor.is_empty()).map(|title| {
        let text = match title.heading {
            Some(at) => doc.slice(doc.headings[at].span).trim(),
            None => doc.slice(doc.line_span(title.start)).trim(),
        };
        let anchor = format!("{sign}{}", title.anchor);
        item(view, span, (&anchor, &anchor), REFERENCE, text)
    });
    let ids = doc.headings.iter().filter_map(|heading| Some((heading.id.as_deref()?, heading)));
    let ids = ids.map(|(id, heading)| {
        let anchor = format!("{sign}{id}");
        item(view, span, (&anchor, &anchor), REFERENCE, doc.slice(heading.content))
    });
    items.chain(ids).collect()
}

fn files(view: &View<'_>, span: Span) -> Vec<Value> {
    let own = view.path(view.id);
    let typed = decoded(view.doc().slice(span));
    let collection = &view.world.collection;
    let others =
        collection.documents.iter().filter(|doc| doc.id != view.id && !collection.originals.contains_key(&doc.id));
    let relative = others.map(|doc| (relative(own, doc.source.path()), doc));
    let typed = typed.trim_start_matches("./").to_owned();
    let matching = relative.filter(|(path, _)| path.to_lowercase().contains(&typed.to_lowercase()));
    let items = matching.take(MAX_FILES).map(|(path, doc)| {
        let title = doc.headings.first().map_or("", |heading| doc.slice(heading.content));
        item(view, span, (&path, &link_to(&path)), FILE, title)
    });
    items.collect()
}

/// Returns the path of a file as a link in another one has it.
fn relative(from: &Path, to: &Path) -> String {
    let folder = from.parent().unwrap_or(Path::new(""));
    let shared = folder.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    let parts = up.chain(to.components().skip(shared));
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn labels(view: &View<'_>, span: Span) -> Vec<Value> {
    let definitions = view.doc().definitions.iter().filter(|definition| !definition.label.starts_with('^'));
    definitions.map(|one| item(view, span, (&one.label, &one.label), REFERENCE, &one.target)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_of_a_link_is_known_by_the_text_before_the_cursor() {
        for (before, place) in [
            ("see [x](", Some(Place::Target(""))),
            ("see [x](a.md#b", Some(Place::Target("a.md#b"))),
            ("see [x](a.md) and", None),
            ("see [x][la", Some(Place::Label("la"))),
            ("see [x][label]", None),
            ("[label]: docs/", Some(Place::Target("docs/"))),
            ("plain (text", None),
            ("", None),
        ] {
            assert_eq!(Place::of(before), place, "{before}");
        }
    }

    #[test]
    fn a_link_leads_up_where_folders_differ() {
        let of = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(of("/w/a/x.md", "/w/b/y.md"), "../b/y.md");
        assert_eq!(of("/w/x.md", "/w/b/y.md"), "b/y.md");
        assert_eq!(of("/w/a/x.md", "/w/a/y.md"), "y.md");
    }
}
