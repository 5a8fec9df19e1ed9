//! Where the links and images of an item lead, without what a translation changes in their targets.

use super::ComparedItem;
use crate::model::document::{Document, LinkKind};
use crate::model::span::Span;
use crate::model::target::{attributes, decoded};
use crate::text::language::locale_tag;

/// Kinds of target, which are compared apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    Link,
    Image,
}

/// The target of a link or image, in Markdown or HTML.
#[derive(Debug, Clone, Copy)]
pub struct PlacedTarget<'a> {
    pub kind: TargetKind,
    /// The target, unescaped in Markdown.
    pub target: &'a str,
    /// The whole link in Markdown; in HTML the target.
    pub span: Span,
}

/// Returns the links and images in a span that lead out of the page, in their order.
pub fn targets_in(doc: &Document, span: Span) -> Vec<PlacedTarget<'_>> {
    let start = doc.links.partition_point(|link| link.span.start < span.start);
    let links = doc.links[start..].iter().take_while(|link| link.span.start < span.end);
    let links = links.filter(|link| link.kind != LinkKind::BrokenReference).map(|link| PlacedTarget {
        kind: if link.kind == LinkKind::Image { TargetKind::Image } else { TargetKind::Link },
        target: &link.target,
        span: link.span,
    });
    let mut found: Vec<PlacedTarget<'_>> = links.collect();
    let start = doc.html.partition_point(|html| html.start < span.start);
    for html in doc.html[start..].iter().take_while(|html| html.start < span.end) {
        for (kind, attribute) in [(TargetKind::Image, "src"), (TargetKind::Link, "href")] {
            let values = attributes(doc, *html, &[attribute]).into_iter();
            let own = values.filter(|value| tag_of(doc, *html, *value) == Some(kind));
            found.extend(own.map(|span| PlacedTarget { kind, target: doc.slice(span), span }));
        }
    }
    found.retain(|target| !key(target.target).is_empty());
    found.sort_by_key(|target| target.span.start);
    found
}

/// Returns the kind of target of the tag that an attribute is in: an image or a link.
fn tag_of(doc: &Document, html: Span, value: Span) -> Option<TargetKind> {
    let before = doc.slice(Span::new(html.start, value.start));
    let (_, tag) = before.rsplit_once('<')?;
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    match name.to_ascii_lowercase().as_str() {
        "img" => Some(TargetKind::Image),
        "a" => Some(TargetKind::Link),
        _ => None,
    }
}

/// Returns the links or images in a span by their keys.
pub fn keyed<'a>(item: &ComparedItem<'a>, span: Span, kind: TargetKind) -> Vec<(String, PlacedTarget<'a>)> {
    let own = targets_in(item.doc, span).into_iter().filter(|target| target.kind == kind);
    own.map(|target| (key(target.target), target)).collect()
}

/// Returns the text of a link, in lower case and without its marks; empty for one in HTML, which has only its target.
pub fn text(doc: &Document, target: PlacedTarget<'_>) -> String {
    let source = doc.slice(target.span);
    let text = source.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).map_or("", |(text, _)| text);
    text.trim_matches(['`', '*', '_']).to_lowercase()
}

pub fn is_web(target: &str) -> bool {
    target.contains("://")
}

/// Returns the host of an address, and "" for a path.
pub fn host(target: &str) -> String {
    let rest = target.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or("").trim_start_matches("www.").to_lowercase()
}

/// Returns where a link leads, without what is translated: the heading within the page, and the language of the page.
/// Empty for a place in the same page.
pub fn key(target: &str) -> String {
    if is_web(target) { address(target) } else { relative(target) }
}

pub fn address(target: &str) -> String {
    let target = locale_tag::neutral(target.split('#').next().unwrap_or(target));
    let target = without_language(&target);
    let bare = target.split_once("://").map_or(&*target, |(_, rest)| rest);
    let lower = decoded(bare).to_lowercase();
    let bare = lower.trim_start_matches("www.").trim_end_matches('/');
    let bare =
        ["/index.html", "/index.htm", ".html", ".htm"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
    bare.to_owned()
}

/// Returns an address without the language that its query names: `?hl=fr`.
fn without_language(target: &str) -> String {
    let Some((page, query)) = target.split_once('?') else { return target.to_owned() };
    let is_language = |part: &&str| ["hl=", "lang=", "language=", "locale="].iter().any(|key| part.starts_with(key));
    let rest: Vec<&str> = query.split('&').filter(|part| !is_language(part)).collect();
    if rest.is_empty() { page.to_owned() } else { format!("{page}?{}", rest.join("&")) }
}

/// Returns the path of a link to another file of the repository. A translation may be in another folder, so the folders
/// before the path are left out.
pub fn relative(target: &str) -> String {
    let path = target.split(['#', '?']).next().unwrap_or(target);
    let path = decoded(path);
    let path = locale_tag::localized(&path).map_or_else(|| path.to_lowercase(), |found| found.neutral);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    // Folders of a translation may have names of its language.
    let is_generic = |name: &&str| ["readme", "index"].iter().any(|generic| name.starts_with(generic));
    match parts.last().filter(|name| !is_generic(name)) {
        Some(name) => (*name).to_owned(),
        None => parts.join("/"),
    }
}

/// Returns the code of the language that an address names by its host or its path.
pub fn named_language(target: &str) -> Option<String> {
    let rest = target.split_once("://").map(|(_, rest)| rest);
    let host = rest.and_then(|rest| rest.split('.').next()).filter(|label| locale_tag::is_code(label));
    let path = target.split(['#', '?']).next().unwrap_or(target);
    host.map(str::to_lowercase).or_else(|| locale_tag::named(path).map(|found| found.code))
}
