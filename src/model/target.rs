//! Targets of links: the path and the fragment that a target names, and the file that the path means.
//!
//! Knows documents and the syntax of URLs (RFC 3986); not whether a file exists.

use std::path::{Component, Path, PathBuf};

use super::document::{Document, LinkKind};
use super::span::Span;

/// A relative target, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTarget {
    /// The part before `?` and `#`; empty for a link into the same document.
    pub path: String,
    /// The part after `#`, if there is any.
    pub fragment: Option<String>,
}

impl LinkTarget {
    /// Reads a target as written. `None` if it is not relative (it has a scheme, a host or starts with `/`), is
    /// empty, or is a template that something else fills in.
    pub fn parse(written: &str) -> Option<Self> {
        let written = written.trim();
        if written.is_empty() || written.starts_with(['/', '\\', '<', '@', '~']) || has_scheme(written) {
            return None;
        }
        if ["{{", "{%", "${", "<%", "{#", "*", "...", "…"].iter().any(|sign| written.contains(sign)) {
            return None;
        }
        let (path, fragment) = match written.split_once('#') {
            Some((path, fragment)) => (path, Some(decode(fragment))),
            None => (written, None),
        };
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        if path.is_empty() && fragment.is_none() {
            return None;
        }
        Some(Self { path: decode(path), fragment: fragment.filter(|fragment| !fragment.is_empty()) })
    }
}

/// Returns whether a target starts with `scheme:` (RFC 3986, section 3.1).
fn has_scheme(written: &str) -> bool {
    let Some((scheme, _)) = written.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
}

/// Returns the text percent-decoded; as written where that is not UTF-8.
fn decode(written: &str) -> String {
    if !written.contains('%') {
        return written.to_owned();
    }
    let hex = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    let bytes = written.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| written.to_owned())
}

/// Returns the path that a relative path means in a file at `from`: joined to its folder, without `.`, and without `..`
/// as far as names alone decide that.
pub fn resolve(from: &Path, path: &str) -> PathBuf {
    let folder = from.parent().unwrap_or(Path::new(""));
    normalized(&folder.join(path))
}

/// Returns the path without `.`, and without `..` as far as names alone decide that.
pub fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// A target with its span: that of the target alone where it can be found in the construct, otherwise that of the
/// construct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetSpan {
    /// The whole link, image, definition or attribute value.
    pub construct: Span,
    /// Span of the target.
    pub span: Span,
    /// True if `span` is that of the target alone, as written.
    pub exact: bool,
    /// The target.
    pub target: LinkTarget,
}

/// Returns the relative targets of links, images, definitions and of `href` and `src` in HTML, in source order.
pub fn relative_targets(doc: &Document) -> Vec<TargetSpan> {
    let links = doc.links.iter().filter(|link| matches!(link.kind, LinkKind::Inline | LinkKind::Image));
    let inline = links.filter_map(|link| reference(doc, link.span, &link.target, link.kind));
    let definitions = doc.definitions.iter().filter(|definition| !definition.label.starts_with('^'));
    let defined =
        definitions.filter_map(|definition| reference(doc, definition.span, &definition.target, LinkKind::Reference));
    let mut all: Vec<TargetSpan> = inline.chain(defined).collect();
    for html in &doc.html {
        all.extend(attributes(doc, *html, &["href", "src"]).into_iter().filter_map(|span| {
            let target = LinkTarget::parse(doc.slice(span))?;
            Some(TargetSpan { construct: span, span, exact: true, target })
        }));
    }
    all.sort_by_key(|reference| reference.span);
    all
}

fn reference(doc: &Document, span: Span, target: &str, kind: LinkKind) -> Option<TargetSpan> {
    let parsed = LinkTarget::parse(target)?;
    let written = doc.slice(span);
    // The target of an image by reference is that of its definition, which is read on its own.
    let from = if kind == LinkKind::Reference { written.find("]:")? } else { written.rfind("](")? };
    let place = written[from..].find(target).map(|at| span.start + (from + at) as u32);
    Some(match place {
        Some(start) => TargetSpan {
            construct: span,
            span: Span::new(start, start + target.len() as u32),
            exact: true,
            target: parsed,
        },
        None => TargetSpan { construct: span, span, exact: false, target: parsed },
    })
}

/// Returns the spans of the quoted values of these attributes in a span of HTML.
pub fn attributes(doc: &Document, html: Span, names: &[&str]) -> Vec<Span> {
    let text = doc.slice(html);
    if text.starts_with("<!--") || !text.contains('=') {
        return Vec::new();
    }
    let mut spans = Vec::new();
    for (at, _) in text.match_indices('=') {
        let before = text[..at].trim_end();
        let named = names.iter().any(|name| {
            let start = before.len().wrapping_sub(name.len());
            before.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(name))
                && before.get(..start).is_some_and(|rest| rest.ends_with(char::is_whitespace))
        });
        let value = text[at + 1..].trim_start();
        let Some(quote) = value.chars().next().filter(|c| named && matches!(c, '"' | '\'')) else { continue };
        let start = text.len() - value.len() + 1;
        if let Some(len) = text[start..].find(quote) {
            spans.push(Span::new(html.start + start as u32, html.start + (start + len) as u32));
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_a_path_and_a_fragment() {
        let target = LinkTarget::parse("./a%20b.md?raw=true#x%C3%A9").expect("relative");
        assert_eq!((target.path.as_str(), target.fragment.as_deref()), ("./a b.md", Some("xé")));
    }

    #[test]
    fn what_leads_elsewhere_is_no_relative_target() {
        for written in ["https://x.y", "mailto:a@b.c", "//host/x", "/root.md", "{{ page }}", "", "#"] {
            assert!(
                LinkTarget::parse(written).is_none_or(|target| target.path.is_empty() && target.fragment.is_none())
            );
        }
    }

    #[test]
    fn a_path_is_resolved_by_its_names() {
        assert_eq!(resolve(Path::new("docs/a/b.md"), "../c.md"), Path::new("docs/c.md"));
        assert_eq!(resolve(Path::new("./b.md"), "./c.md"), Path::new("c.md"));
        assert_eq!(resolve(Path::new("b.md"), "../c.md"), Path::new("../c.md"));
    }
}
