//! Symbols, folding and hints of a document, and the symbols of a workspace.
//!
//! Knows documents and findings; nothing of other versions.

use gen_lsp_types::Range;
use serde_json::{Value, json};

use super::position::Positions;
use super::world::{Held, World};
use crate::model::document::{BlockKind, Document};
use crate::model::finding::Family;
use crate::model::id::DocId;
use crate::model::span::Span;

/// Maximum number of symbols of a workspace that are returned (a guess): typing makes the list shorter.
const MAX_SYMBOLS: usize = 400;

/// Kinds of symbols in the protocol.
const HEADING: u8 = 15;
const ITEM: u8 = 23;

/// A heading or item.
struct Entry {
    name: String,
    kind: u8,
    /// The whole of it: a section, or a title with its body.
    whole: Span,
    title: Span,
    children: Vec<Entry>,
}

/// Returns the headings and items of a document in source order.
fn entries(doc: &Document) -> Vec<Entry> {
    let text = |span: Span| doc.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut all: Vec<Entry> = Vec::new();
    for (heading, section) in doc.headings.iter().zip(&doc.sections) {
        let whole = section.span.cover(heading.span);
        let name = text(heading.content);
        all.push(Entry { name, kind: HEADING, whole, title: heading.span, children: Vec::new() });
    }
    for (_, item) in doc.principal_items() {
        if let Some(entry) = all.iter_mut().find(|entry| entry.title == item.span || entry.title.contains(item.span)) {
            entry.kind = ITEM;
            continue;
        }
        let name = text(item.span).trim_matches(['*', '_', '-', '|', ' ']).to_owned();
        let whole = item.span.cover(item.body);
        all.push(Entry { name, kind: ITEM, whole, title: item.span, children: Vec::new() });
    }
    for entry in &mut all {
        if entry.name.is_empty() {
            "(no title)".clone_into(&mut entry.name);
        }
    }
    all.sort_by_key(|entry| (entry.whole.start, std::cmp::Reverse(entry.whole.end)));
    all
}

/// Puts each entry into the one around it.
fn nested(entries: Vec<Entry>) -> Vec<Entry> {
    let mut open: Vec<Entry> = Vec::new();
    let mut roots: Vec<Entry> = Vec::new();
    let close = |open: &mut Vec<Entry>, roots: &mut Vec<Entry>| {
        if let Some(done) = open.pop() {
            match open.last_mut() {
                Some(parent) => parent.children.push(done),
                None => roots.push(done),
            }
        }
    };
    for mut entry in entries {
        while open.last().is_some_and(|last| last.whole.end <= entry.whole.start) {
            close(&mut open, &mut roots);
        }
        // Clients reject a symbol that is not within its parent.
        if let Some(parent) = open.last() {
            entry.whole.end = entry.whole.end.min(parent.whole.end).max(entry.title.end.min(parent.whole.end));
        }
        open.push(entry);
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}

/// Returns the symbols of a document as a list, in source order.
pub(super) fn symbol_list(doc: &Document, places: &Positions<'_>, uri: &str) -> Value {
    let list = entries(doc).into_iter().map(|entry| {
        let location = json!({ "uri": uri, "range": places.range(entry.whole) });
        json!({ "name": entry.name, "kind": entry.kind, "location": location })
    });
    list.collect::<Vec<Value>>().into()
}

/// Returns the symbols of a document, nested in each other.
pub(super) fn symbol_tree(doc: &Document, places: &Positions<'_>) -> Value {
    fn value(entry: &Entry, places: &Positions<'_>) -> Value {
        let title = Span::new(entry.title.start, entry.title.end.min(entry.whole.end));
        let children: Vec<Value> = entry.children.iter().map(|child| value(child, places)).collect();
        json!({
            "name": entry.name,
            "kind": entry.kind,
            "range": places.range(entry.whole),
            "selectionRange": places.range(title),
            "children": children,
        })
    }
    nested(entries(doc)).iter().map(|entry| value(entry, places)).collect::<Vec<Value>>().into()
}

/// Returns the headings and items of all documents whose text has the letters of a query in this order.
pub(super) fn workspace_symbols(world: &World, query: &str, location: impl Fn(DocId, Span) -> Value) -> Vec<Value> {
    let query: Vec<char> = query.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let matches = |name: &str| {
        let mut wanted = query.iter().peekable();
        for c in name.to_lowercase().chars() {
            wanted.next_if(|next| **next == c);
        }
        wanted.peek().is_none()
    };
    let mut found = Vec::new();
    for doc in world.collection.judged() {
        for entry in entries(doc).into_iter().filter(|entry| matches(&entry.name)) {
            found.push(json!({
                "name": entry.name,
                "kind": entry.kind,
                "location": location(doc.id, entry.title),
                "containerName": world.settings.relative(doc.source.path()).display().to_string(),
            }));
            if found.len() >= MAX_SYMBOLS {
                return found;
            }
        }
    }
    found
}

/// Returns the parts of a document that can be folded: sections, items, code and metadata.
pub(super) fn folding(doc: &Document) -> Value {
    let mut found: Vec<(usize, usize)> = Vec::new();
    // The lines of an extracted text are not those of its file.
    if doc.source.extraction().is_some() {
        return json!([]);
    }
    let mut add = |span: Span| {
        let end = doc.slice(span).trim_end().len() as u32;
        let (first, last) = (doc.lines.line_of(span.start), doc.lines.line_of((span.start + end).saturating_sub(1)));
        if last > first {
            found.push((first, last));
        }
    };
    doc.sections.iter().for_each(|section| add(section.span));
    doc.principal_items().for_each(|(_, item)| add(item.span.cover(item.body)));
    for block in &doc.blocks {
        let is_folded = match block.kind {
            BlockKind::Code { .. } | BlockKind::FrontMatter | BlockKind::Table | BlockKind::Html => true,
            BlockKind::List { .. } | BlockKind::Quote | BlockKind::Container => block.parent.is_none(),
            _ => false,
        };
        if is_folded {
            add(block.span);
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|(first, _)| *first);
    found.iter().map(|(first, last)| json!({ "startLine": first, "endLine": last })).collect::<Vec<Value>>().into()
}

/// Returns hints beside wrong numbers: the right ones, where it is known.
pub(super) fn hints(held: &[Held], id: DocId, places: &Positions<'_>, range: Range) -> Value {
    let mut found = Vec::new();
    for held in held.iter().filter(|held| held.finding.family == Family::Numbering) {
        let edits = held.finding.fix.iter().flat_map(|fix| &fix.edits).filter(|edit| edit.doc == id);
        let numbers =
            edits.filter(|edit| !edit.replacement.is_empty() && edit.replacement.chars().all(|c| c.is_ascii_digit()));
        for edit in numbers {
            let position = places.position(edit.span.end);
            if range.start <= position && position <= range.end {
                found.push(json!({
                    "position": position,
                    "label": format!("→ {}", edit.replacement),
                    "tooltip": held.finding.message,
                    "paddingLeft": true,
                    "textEdits": [{ "range": places.range(edit.span), "newText": edit.replacement }],
                }));
            }
        }
    }
    found.into()
}
