//! Where the links and images of an item lead, without what a translation changes in their targets.

use super::ComparedItem;
use crate::model::document::{Link, LinkKind};
use crate::model::span::Span;
use crate::model::target::decoded;
use crate::text::language::locale_tag;

/// Kinds of target, which are compared apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetKind {
    Link,
    Image,
}

impl TargetKind {
    pub(super) const ALL: [Self; 2] = [Self::Link, Self::Image];

    fn is_of(self, link: &Link) -> bool {
        (link.kind == LinkKind::Image) == (self == Self::Image)
    }
}

/// Returns the links and images in a span that lead out of the page.
pub(super) fn links_in<'a>(item: &ComparedItem<'a>, span: Span) -> impl Iterator<Item = &'a Link> + use<'a> {
    let links = &item.doc.links;
    let start = links.partition_point(|link| link.span.start < span.start);
    let inside = links[start..].iter().take_while(move |link| link.span.start < span.end);
    inside.filter(|link| link.kind != LinkKind::BrokenReference && !key(link).is_empty())
}

/// Returns the links or images of a paragraph by their keys.
pub(super) fn keyed<'a>(item: &ComparedItem<'a>, span: Span, kind: TargetKind) -> Vec<(String, &'a Link)> {
    links_in(item, span).filter(|link| kind.is_of(link)).map(|link| (key(link), link)).collect()
}

pub(super) fn is_web(target: &str) -> bool {
    target.contains("://")
}

/// Returns the host of an address, and "" for a path.
pub(super) fn host(target: &str) -> String {
    let rest = target.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or("").trim_start_matches("www.").to_lowercase()
}

/// Returns where a link leads, without what is translated: the heading within the page, and the language of the page.
/// Empty for a place in the same page.
pub(super) fn key(link: &Link) -> String {
    if is_web(&link.target) { address(&link.target) } else { relative(&link.target) }
}

pub(super) fn address(target: &str) -> String {
    let target = locale_tag::neutral(target.split('#').next().unwrap_or(target));
    let bare = target.split_once("://").map_or(&*target, |(_, rest)| rest);
    let lower = decoded(bare).to_lowercase();
    let bare = lower.trim_start_matches("www.").trim_end_matches('/');
    let bare =
        ["/index.html", "/index.htm", ".html", ".htm"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
    bare.to_owned()
}

/// Returns the path of a link to another file of the repository. A translation may be in another folder, so the folders
/// before the path are left out.
pub(super) fn relative(target: &str) -> String {
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
pub(super) fn named_language(target: &str) -> Option<String> {
    let rest = target.split_once("://").map(|(_, rest)| rest);
    let host = rest.and_then(|rest| rest.split('.').next()).filter(|label| locale_tag::is_code(label));
    let path = target.split(['#', '?']).next().unwrap_or(target);
    host.map(str::to_lowercase).or_else(|| locale_tag::named(path).map(|found| found.code))
}
