//! Hover, definition and references: from a finding to its page, from a link to its target, from an item to its
//! counterparts.

use std::path::Path;

use gen_lsp_types::Position;
use serde_json::{Value, json};

use super::counterparts::counterparts;
use super::view::View;
use crate::model::anchors::Anchors;
use crate::model::collection::Surroundings;
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::model::target::{TargetSpan, relative_targets, resolve};
use crate::report::formats::page_of;
use crate::rule::Rule;
use crate::rules;

/// Returns what is known about a position: the rules of the findings there, and the counterparts of the item.
pub(super) fn hover(view: View<'_>, position: Position) -> Value {
    let offset = view.offset(position);
    let mut parts: Vec<String> = Vec::new();
    let mut range = None;
    let mut seen: Vec<&str> = Vec::new();
    for (held, place, _) in view.findings(Span::at(offset)) {
        range = range.or(Some(view.places(view.id).range(place.span)));
        if let Some(rule) = rules::by_id(held.finding.rule).filter(|rule| !seen.contains(&rule.id)) {
            seen.push(rule.id);
            parts.push(page(rule, &held.finding.message));
        }
    }
    if let Some(found) = counterparts(view.world, view.id, offset) {
        let lines = found.others.iter().filter_map(|other| {
            let doc = view.world.collection.document(other.item.doc);
            let unit = doc.unit(other.item.item)?;
            let line = doc.position(unit.span.start).line;
            let number = unit.number.map(|number| format!("{number}. ")).unwrap_or_default();
            let title = doc.slice(unit.title).split_whitespace().collect::<Vec<_>>().join(" ");
            let name = view.world.settings.relative(doc.source.path());
            let name = name.display();
            let uri = view.uri(doc.source.path());
            Some(format!("- {number}{title} ([{name}:{line}]({uri}#L{line}), {})", other.role.as_str()))
        });
        let lines: Vec<String> = lines.collect();
        parts.push(format!("**The item in other versions**\n\n{}", lines.join("\n")));
    }
    if parts.is_empty() {
        return Value::Null;
    }
    let kind = if view.abilities.reads_markdown { "markdown" } else { "plaintext" };
    let mut hover = json!({ "contents": { "kind": kind, "value": parts.join("\n\n---\n\n") } });
    if let Some(range) = range {
        hover["range"] = json!(range);
    }
    hover
}

/// Returns the page of a rule up to its examples.
fn page(rule: &Rule, message: &str) -> String {
    let section = |name: &str| {
        let after = rule.page.split_once(&format!("## {name}\n"))?.1;
        Some(after.split("\n## ").next().unwrap_or(after).trim().to_owned())
    };
    let texts: Vec<String> = ["What it finds", "Why it matters"].into_iter().filter_map(section).collect();
    let id = rule.id;
    format!("**{id}**: {message}\n\n{}\n\n[The page of {id}]({})", texts.join("\n\n"), page_of(id))
}

/// The target of a link.
struct LinkedPlace {
    doc: DocId,
    span: Span,
}

/// Returns the link at a byte offset of the document.
fn link_at(view: &View<'_>, offset: u32) -> Option<TargetSpan> {
    let targets = relative_targets(view.doc());
    let around = |link: &TargetSpan| link.construct.start <= offset && offset <= link.construct.end;
    targets.into_iter().filter(around).min_by_key(|link| link.construct.len())
}

/// Returns the document that a link leads to.
pub(super) fn document_of(view: &View<'_>, from: DocId, path: &str) -> Option<DocId> {
    if path.is_empty() {
        return Some(from);
    }
    let resolved = resolve(view.path(from), path);
    let completed = || view.world.id_of(&resolved.with_extension("md")).filter(|_| resolved.extension().is_none());
    view.world.id_of(&resolved).or_else(completed)
}

fn linked_place(view: &View<'_>, link: &TargetSpan) -> Option<LinkedPlace> {
    let doc = document_of(view, view.id, &link.target.path)?;
    let Some(fragment) = &link.target.fragment else { return Some(LinkedPlace { doc, span: Span::at(0) }) };
    Some(LinkedPlace { doc, span: place_of_anchor(view, doc, fragment)? })
}

/// Returns where an anchor of a document is: the heading, or where its id is written.
fn place_of_anchor(view: &View<'_>, doc: DocId, fragment: &str) -> Option<Span> {
    let document = view.world.collection.document(doc);
    let anchors = Anchors::of(document);
    let wanted = fragment.to_lowercase();
    let wanted = if anchors.has(&wanted) { wanted } else { anchors.loosely(&wanted)?.to_owned() };
    let title = anchors.titles().iter().find(|title| title.anchor == wanted);
    if let Some(title) = title {
        return Some(match title.heading {
            Some(at) => document.headings[at].content,
            None => document.line_span(title.start),
        });
    }
    let heading =
        document.headings.iter().find(|heading| heading.id.as_ref().is_some_and(|id| id.to_lowercase() == wanted));
    let written =
        || document.text().to_lowercase().find(&format!("\"{wanted}\"")).map(|at| document.line_span(at as u32));
    heading.map(|heading| heading.content).or_else(written).or(Some(Span::at(0)))
}

/// Returns where the thing at a position is defined: the target of a link, or the counterparts of an item.
pub(super) fn definition(view: View<'_>, position: Position) -> Value {
    let offset = view.offset(position);
    if let Some(link) = link_at(&view, offset) {
        if let Some(place) = linked_place(&view, &link) {
            return json!([view.location(place.doc, place.span)]);
        }
        let path = resolve(view.path(view.id), &link.target.path);
        let is_there = |seen: &Surroundings| matches!(seen, Surroundings::Seen(seen) if seen.get(&path) == Some(&true));
        if is_there(&view.world.collection.surroundings) {
            return file(&view, &path);
        }
    }
    let Some(found) = counterparts(view.world, view.id, offset) else { return Value::Null };
    let places = found.others.iter().filter_map(|other| {
        let unit = view.world.collection.document(other.item.doc).unit(other.item.item)?;
        Some(view.location(other.item.doc, unit.span))
    });
    places.collect::<Vec<Value>>().into()
}

fn file(view: &View<'_>, path: &Path) -> Value {
    let start = Position { line: 0, character: 0 };
    json!([{ "uri": view.uri(path), "range": { "start": start, "end": start } }])
}

/// The place that is asked about, among those that refer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnPlace {
    /// It is one of them.
    Included,
    /// It is none of them.
    LeftOut,
}

/// Returns the places that refer to the thing at a position: its item in all versions, and the links to its heading.
pub(super) fn references(view: View<'_>, position: Position, own: OwnPlace) -> Value {
    let offset = view.offset(position);
    let mut places: Vec<(DocId, Span)> = Vec::new();
    if let Some(found) = counterparts(view.world, view.id, offset) {
        let first = (own == OwnPlace::Included).then_some(found.item);
        for item in first.into_iter().chain(found.others.iter().map(|other| other.item)) {
            if let Some(unit) = view.world.collection.document(item.doc).unit(item.item) {
                places.push((item.doc, unit.span));
            }
        }
    }
    let doc = view.doc();
    let after = doc.headings.partition_point(|heading| heading.span.start <= offset);
    let heading = after.checked_sub(1).filter(|at| offset <= doc.headings[*at].span.end);
    if let Some(at) = heading {
        let anchors = Anchors::of(doc);
        let anchor = anchors.titles().iter().find(|title| title.heading == Some(at)).map(|title| title.anchor.clone());
        if own == OwnPlace::Included && places.is_empty() {
            places.push((view.id, doc.headings[at].content));
        }
        places.extend(links_to(&view, &anchor.unwrap_or_default(), doc.headings[at].id.as_deref(), &anchors));
    }
    let places: Vec<Value> = places.into_iter().map(|(doc, span)| view.location(doc, span)).collect();
    if places.is_empty() { Value::Null } else { places.into() }
}

/// Returns the links of all documents that lead to an anchor or explicit id of the document.
fn links_to(view: &View<'_>, anchor: &str, id: Option<&str>, anchors: &Anchors) -> Vec<(DocId, Span)> {
    let mut found = Vec::new();
    for doc in &view.world.collection.documents {
        for link in relative_targets(doc) {
            let Some(fragment) = link.target.fragment.as_ref().map(|fragment| fragment.to_lowercase()) else {
                continue;
            };
            if document_of(view, doc.id, &link.target.path) != Some(view.id) {
                continue;
            }
            let loose = || !anchors.has(&fragment) && anchors.loosely(&fragment) == Some(anchor);
            if fragment == anchor || id.is_some_and(|id| id.to_lowercase() == fragment) || loose() {
                found.push((doc.id, link.construct));
            }
        }
    }
    found
}
