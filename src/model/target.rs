//! Targets of links: the path and the fragment that a target names, and the file that the path means.
//!
//! Knows documents and the syntax of URLs (RFC 3986); not whether a file exists.

use std::ops::Range;
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
        if is_template(written) {
            return None;
        }
        let (path, fragment) = match written.split_once('#') {
            Some((path, fragment)) => (path, Some(decoded(fragment))),
            None => (written, None),
        };
        if path.contains('*') {
            return None;
        }
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        if path.is_empty() && fragment.is_none() {
            return None;
        }
        Some(Self { path: decoded(path), fragment: fragment.filter(|fragment| !fragment.is_empty()) })
    }
}

/// Returns whether a target has a sign of something that fills it in, or dots for a part that is left out.
fn is_template(written: &str) -> bool {
    let bytes = written.as_bytes();
    // A name at the start, in the signs of some generator: `{static}/`, `|filename|`, `$lib/`, `%url%/`, `__BASE__/`.
    let is_name = match bytes {
        [b'{' | b'|' | b'$', ..] | [b'[', b'[', ..] | [b'_', b'_', b'A'..=b'Z', ..] => true,
        [b'%', first, second, ..] => !(first.is_ascii_hexdigit() && second.is_ascii_hexdigit()),
        _ => false,
    };
    is_name
        || memchr::memchr3_iter(b'{', b'.', b'<', bytes).any(|at| {
            let next = bytes.get(at + 1);
            match bytes[at] {
                b'{' => matches!(next, Some(b'{' | b'%' | b'#')) || at > 0 && bytes[at - 1] == b'$',
                b'.' => next == Some(&b'.') && bytes.get(at + 2) == Some(&b'.'),
                _ => next == Some(&b'%'),
            }
        })
        || !written.is_ascii() && written.contains('…')
}

/// Returns whether a target starts with `scheme:` (RFC 3986, section 3.1).
fn has_scheme(written: &str) -> bool {
    let Some((scheme, _)) = written.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
}

/// Returns the text percent-decoded; as written where that is not UTF-8.
pub fn decoded(written: &str) -> String {
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

/// Returns the length, in bytes, of the folders that all paths are in, with the slash after the last one. The paths have
/// slashes.
pub fn shared_folders<P: AsRef<str>>(paths: impl IntoIterator<Item = P>) -> usize {
    let mut paths = paths.into_iter();
    let Some(first) = paths.next() else { return 0 };
    let first = first.as_ref();
    let mut shared = first.rfind('/').map_or(0, |at| at + 1);
    for path in paths {
        let common = first.bytes().zip(path.as_ref().bytes()).take_while(|(a, b)| a == b).count();
        shared = first[..first.floor_char_boundary(common.min(shared))].rfind('/').map_or(0, |at| at + 1);
    }
    shared
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
    /// True if `span` is that of the target alone, as written: with its escapes.
    pub exact: bool,
    /// The target.
    pub target: LinkTarget,
}

impl TargetSpan {
    /// Returns true for the value of an attribute in HTML, which is its own construct.
    #[must_use]
    pub fn is_html(&self) -> bool {
        self.exact && self.construct == self.span
    }
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
        let links = tag_attributes(doc, *html, &["href", "src", "poster"]).into_iter();
        let pictures = tag_attributes(doc, *html, &["srcset"]).into_iter();
        let pictures = pictures.flat_map(|(tag, span)| candidates(doc, span).map(move |span| (tag, span)));
        all.extend(links.chain(pictures).filter(|(tag, _)| !is_component(tag)).filter_map(|(_, span)| {
            let target = LinkTarget::parse(doc.slice(span))?;
            Some(TargetSpan { construct: span, span, exact: true, target })
        }));
    }
    all.sort_by_key(|reference| reference.span);
    all
}

/// Returns the places of the addresses in the value of `srcset`: each is followed by white space or a comma, and perhaps a
/// width or density.
fn candidates(doc: &Document, value: Span) -> impl Iterator<Item = Span> {
    let mut at = value.start;
    doc.slice(value).split_inclusive(',').filter_map(move |candidate| {
        let start = at + (candidate.len() - candidate.trim_start().len()) as u32;
        at += candidate.len() as u32;
        let address =
            candidate.trim_start().split([' ', '\t', '\n', ',']).next().filter(|address| !address.is_empty())?;
        Some(Span::new(start, start + address.len() as u32))
    })
}

fn reference(doc: &Document, span: Span, target: &str, kind: LinkKind) -> Option<TargetSpan> {
    let parsed = LinkTarget::parse(target)?;
    let written = doc.slice(span);
    // The target of an image by reference is that of its definition, which is read on its own.
    let from = if kind == LinkKind::Reference { written.find("]:")? } else { written.rfind("](")? };
    let place = written[from..].find(target).map(|at| span.start + (from + at) as u32);
    let start = from + 2;
    let escaped = || {
        let raw = raw_target(written.get(start..)?)?;
        let place = span.start + (start + raw.start) as u32;
        let same = without_escapes(written.get(start..)?.get(raw.clone())?) == target;
        same.then(|| Span::new(place, place + raw.len() as u32))
    };
    let place = place.map(|start| Span::new(start, start + target.len() as u32)).or_else(escaped);
    Some(match place {
        Some(place) => TargetSpan { construct: span, span: place, exact: true, target: parsed },
        None => TargetSpan { construct: span, span, exact: false, target: parsed },
    })
}

/// Returns the range of a link's target in the text after its opening bracket, or of a definition's target in the text
/// after its colon.
fn raw_target(after: &str) -> Option<Range<usize>> {
    let start = after.len() - after.trim_start().len();
    let (mut depth, mut escaped) = (0, false);
    for (at, byte) in after.bytes().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            b')' | b' ' | b'\t' | b'\n' | b'\r' => return Some(start..at),
            _ => {}
        }
    }
    Some(start..after.len())
}

/// Returns a target without its Markdown escapes: a backslash before punctuation is dropped.
fn without_escapes(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out
}

/// Returns true for the name of a component of MDX or Vue, which makes something of its own of an address: `TemplateLink`, and
/// neither `a` nor `IMG`.
fn is_component(tag: &str) -> bool {
    let is_html = ["a", "img"].iter().any(|known| tag.eq_ignore_ascii_case(known));
    tag.starts_with(|c: char| c.is_ascii_uppercase()) && tag.contains(|c: char| c.is_ascii_lowercase()) && !is_html
}

/// Returns the spans of the values of these attributes in HTML, outside comments.
pub fn attributes(doc: &Document, html: Span, names: &[&str]) -> Vec<Span> {
    tag_attributes(doc, html, names).into_iter().map(|(_, span)| span).collect()
}

/// Returns the spans of the values of these attributes in HTML, outside comments, each with the name of its tag; without a
/// name if the HTML starts within the tag.
fn tag_attributes<'a>(doc: &'a Document, html: Span, names: &[&str]) -> Vec<(&'a str, Span)> {
    let text = doc.slice(html);
    let mut spans = Vec::new();
    // End of the comment that starts before the current place, and start of the next comment.
    let (mut visible, mut comment) = (0, text.find("<!--").unwrap_or(text.len()));
    // End of the last tag that was entered, and its name.
    let (mut tag_end, mut tag) = (0, "");
    for (at, _) in text.match_indices('=') {
        while comment < at {
            // `<!-->` and `<!--->` are comments as well.
            visible = text[comment + 2..].find("-->").map_or(text.len(), |end| comment + 2 + end + 3);
            comment = text[visible..].find("<!--").map_or(text.len(), |start| visible + start);
        }
        if at < visible {
            continue;
        }
        let before = text[..at].trim_end();
        let named = names.iter().any(|name| {
            let start = before.len().wrapping_sub(name.len());
            before.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(name))
                && before.get(..start).is_some_and(|rest| rest.ends_with(char::is_whitespace))
        });
        if !named {
            continue;
        }
        if at >= tag_end {
            match tag_around(text, tag_end, at) {
                Some(around) => (tag_end, tag) = (around.end, name_of_tag(&text[around.start..])),
                // The text between tags may show an attribute: `&lt;script src="x">`.
                None => {
                    tag_end = at;
                    continue;
                }
            }
        }
        let value = text[at + 1..].trim_start();
        let (start, len) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => (1, value[1..].find(quote)),
            // An MDX expression.
            Some('{') => continue,
            _ => (0, value.find(|c: char| c.is_whitespace() || matches!(c, '>' | '"' | '\'' | '<' | '`' | '='))),
        };
        if let Some(len) = len {
            let start = text.len() - value.len() + start;
            spans.push((tag, Span::new(html.start + start as u32, html.start + (start + len) as u32)));
        }
    }
    spans
}

/// Returns the name of the tag that a text starts with.
fn name_of_tag(text: &str) -> &str {
    let name = &text[1..];
    &name[..name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(name.len())]
}

/// Returns the tag that `at` is in, searching from `from`, where no tag is open. `None` if it is in none.
fn tag_around(text: &str, from: usize, at: usize) -> Option<Range<usize>> {
    let mut next = from;
    while let Some(open) = text[next..at].find('<').map(|open| next + open) {
        if !text[open + 1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            next = open + 1;
            continue;
        }
        // A tag whose quotation is never closed, or that is not closed itself, reaches to the end.
        let end = tag_len(&text[open..]).map_or(text.len(), |len| open + len);
        if at < end {
            return Some(open..end);
        }
        next = end;
    }
    None
}

/// Returns the length of the tag that `text` starts with, up to the `>` outside quotations and MDX expressions. `None` if
/// it is not closed.
fn tag_len(text: &str) -> Option<usize> {
    let (mut quote, mut depth) = (None, 0u32);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'{') => depth += 1,
            (None, b'}') => depth = depth.saturating_sub(1),
            (None, b'>') if depth == 0 => return Some(at + 1),
            (None, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Format;
    use crate::model::id::DocId;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    #[test]
    fn attributes_that_the_text_between_tags_shows_were_targets() {
        let text = "<p id=\"a\">&lt;script src=\"b.js\"> <img alt='>' src=\"c.png\"></p>\n";
        let source = Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        let found = attributes(&doc, doc.span(), &["id", "src"]);
        let found: Vec<&str> = found.into_iter().map(|span| doc.slice(span)).collect();
        assert_eq!(found, ["a", "c.png"]);
    }

    #[test]
    fn addresses_that_a_component_takes_were_links() {
        let text = "<TemplateLink href=\"a.json\">a</TemplateLink> <A HREF=\"b.md\">b</A> <a href=\"c.md\">c</a>\n";
        let source = Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        let targets: Vec<String> = relative_targets(&doc).into_iter().map(|found| found.target.path).collect();
        assert_eq!(targets, ["b.md", "c.md"]);
    }

    #[test]
    fn pictures_of_several_sizes_were_not_looked_up() {
        let text =
            "<img srcset=\"a.png 1x, b/c.png 2x\"> <source srcset=\"d.webp\"> <video poster=\"e.jpg\"></video>\n";
        let source = Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        let targets: Vec<String> = relative_targets(&doc).into_iter().map(|found| found.target.path).collect();
        assert_eq!(targets, ["a.png", "b/c.png", "d.webp", "e.jpg"]);
    }

    #[test]
    fn a_target_has_a_path_and_a_fragment() {
        let target = LinkTarget::parse("./a%20b.md?raw=true#x%C3%A9").expect("relative");
        assert_eq!((target.path.as_str(), target.fragment.as_deref()), ("./a b.md", Some("xé")));
    }

    #[test]
    fn what_leads_elsewhere_is_no_relative_target() {
        for written in [
            "https://x.y",
            "mailto:a@b.c",
            "//host/x",
            "/root.md",
            "{{ page }}",
            "{static}/a.png",
            "|filename|/a.md",
            "",
            "#",
        ] {
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

    #[test]
    fn folders_are_shared_up_to_a_slash() {
        assert_eq!(shared_folders(["/a/b/c.md", "/a/b/d/e.md", "/a/bc.md"]), 3);
        assert_eq!((shared_folders(["a.md", "a/b.md"]), shared_folders([""; 0])), (0, 0));
        assert_eq!(shared_folders(["é/a/ü.md", "é/a/ö.md"]), 5);
    }
}
