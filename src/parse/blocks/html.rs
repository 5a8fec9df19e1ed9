//! The text of HTML that people read: between tags, outside scripts, styles and code.
//!
//! Knows text, and how prose shows what is no text.

use std::ops::Range;

use super::{MARK, OPAQUE};
use crate::model::document::Prose;

/// A part of a stretch of HTML, by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Text, entities included.
    Text(Range<usize>),
    /// A tag or a comment within a line of text, or an element that is no prose, such as `<code>`.
    Inline(Range<usize>),
    /// A tag between two blocks.
    Break,
}

/// Elements within a line of text.
const INLINE: [&str; 30] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "del", "dfn", "em", "font", "i", "img", "ins",
    "label", "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "wbr",
];
/// Elements within a line of text whose content is no prose.
const CODE: [&str; 6] = ["code", "kbd", "samp", "tt", "var", "output"];
/// Other elements whose content is no prose.
const VERBATIM: [&str; 12] =
    ["pre", "script", "style", "svg", "math", "textarea", "template", "iframe", "object", "audio", "video", "select"];

/// Returns whether the content of this element is code within a line.
pub(super) fn is_code(name: &str) -> bool {
    CODE.iter().any(|code| code.eq_ignore_ascii_case(name))
}

/// Returns the name of the tag that `text` starts with, and whether it is a closing tag.
pub(super) fn name(text: &str) -> Option<(&str, bool)> {
    let inner = text.strip_prefix('<')?;
    let (closing, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let len = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(inner.len());
    inner.starts_with(|c: char| c.is_ascii_alphabetic()).then_some((&inner[..len], closing))
}

/// Returns the placeholder of a tag, a comment or a whole element within a line of text. Words that touch an element of
/// code, of another language or of an unknown name are not whole.
pub(super) fn placeholder(markup: &str) -> &'static str {
    let Some((name, _)) = name(markup) else { return if markup.starts_with("<!--") { MARK } else { OPAQUE } };
    let is_known = INLINE.iter().any(|known| known.eq_ignore_ascii_case(name));
    match name {
        name if name.eq_ignore_ascii_case("br") => Prose::BREAK,
        name if is_known && !is_code(name) && !markup.contains(" lang=") => MARK,
        _ => OPAQUE,
    }
}

/// Attributes whose values people read: of HTML, and of the components of sites.
const ATTRIBUTES: [&str; 8] = ["alt", "caption", "description", "heading", "label", "summary", "tagline", "title"];

/// Returns the range of the first value of an attribute that people read in a tag that is prose: several words without entities and
/// template tags.
pub(super) fn attribute_text(tag: &str) -> Option<Range<usize>> {
    if !tag.starts_with('<') || tag.starts_with("<!") || tag.starts_with("</") {
        return None;
    }
    let mut from = 0;
    while let Some(found) = tag[from..].find('=') {
        let sign = from + found;
        from = sign + 1;
        let quote = tag[from..].chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
        let start = from + 1;
        let end = start + tag[start..].find(quote)?;
        from = end + 1;
        let name = tag[..sign].trim_end().rsplit(|c: char| c.is_whitespace()).next().unwrap_or("");
        let value = &tag[start..end];
        let is_read = ATTRIBUTES.iter().any(|read| read.eq_ignore_ascii_case(name));
        if is_read && value.trim().contains(' ') && !value.contains(['&', '{', '<', '\n']) {
            return Some(start..end);
        }
    }
    None
}

/// Returns the length in bytes of the entity that `text` starts with, and its text if it has one that words can be read
/// with. A bare `&` has the length 1.
pub(super) fn entity(text: &str) -> (usize, Option<&'static str>) {
    /// Longest name of an entity, in bytes, of those that occur in prose.
    const LONGEST: usize = 10;
    let name = text.get(1..).and_then(|rest| rest.split_once(';')).map(|(name, _)| name);
    let plain = |name: &&str| {
        !name.is_empty()
            && name.len() <= LONGEST
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#')
    };
    let Some(name) = name.filter(plain) else { return (1, Some("&")) };
    let shown = match name {
        "amp" | "#38" => Some("&"),
        "nbsp" | "#160" | "emsp" | "ensp" => Some(" "),
        "quot" | "#34" => Some("\""),
        "apos" | "#39" => Some("'"),
        _ => None,
    };
    (name.len() + 2, shown)
}

/// Returns the parts of a stretch of HTML, in order. A tag that is never closed ends them.
pub(super) fn parts(html: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    while at < html.len() {
        let rest = &html[at..];
        let Some(open) = memchr::memchr(b'<', rest.as_bytes()) else {
            parts.push(Part::Text(at..html.len()));
            break;
        };
        let start = at + open;
        let Some((end, part)) = markup(html, start) else {
            // A sign in a text, as in "a < b".
            parts.push(Part::Text(at..start + 1));
            at = start + 1;
            continue;
        };
        if open > 0 {
            parts.push(Part::Text(at..start));
        }
        parts.push(part);
        at = end;
    }
    parts
}

/// The markup that starts at `start`: where it ends, and what it is.
fn markup(html: &str, start: usize) -> Option<(usize, Part)> {
    let rest = &html[start..];
    if rest.starts_with("<!--") {
        let end = rest.get(4..).and_then(|inner| inner.find("-->")).map_or(html.len(), |len| start + 4 + len + 3);
        return Some((end, Part::Inline(start..end)));
    }
    if rest.starts_with(['!', '?']) || rest.starts_with("<!") || rest.starts_with("<?") {
        let end = rest.find('>').map_or(html.len(), |len| start + len + 1);
        return Some((end, Part::Break));
    }
    let (name, closing) = name(rest)?;
    let end = tag_end(rest).map_or(html.len(), |len| start + len);
    let known = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(name));
    let empty = html[..end].ends_with("/>");
    let (code, verbatim) = (known(&CODE), known(&VERBATIM));
    let end = if (code || verbatim) && !closing && !empty { element_end(html, end, name) } else { end };
    let inline = code || known(&INLINE);
    Some((end, if inline { Part::Inline(start..end) } else { Part::Break }))
}

/// The length of the tag that `text` starts with.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(sign), _) if byte == sign => quote = None,
            (None, b'"' | b'\'') if text[..at].trim_end().ends_with('=') => quote = Some(byte),
            (None, b'>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Where the element ends whose opening tag ends at `from`; its end tag may be missing.
fn element_end(html: &str, from: usize, name: &str) -> usize {
    let closes = |at: &usize| {
        let tag = html.get(at + 2..at + 2 + name.len());
        html[*at..].starts_with("</") && tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
    };
    let found = memchr::memchr_iter(b'<', &html.as_bytes()[from..]).map(|at| from + at).find(closes);
    let end = |at: usize| html[at..].find('>').map_or(html.len(), |len| at + len + 1);
    found.map_or(html.len(), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        let mut out = String::new();
        for part in parts(html) {
            match part {
                Part::Text(range) => out.push_str(&html[range]),
                Part::Inline(_) => out.push('▢'),
                Part::Break => out.push('|'),
            }
        }
        out
    }

    #[test]
    fn values_of_alt_and_title_are_read() {
        for (tag, value) in [
            ("<img src=\"a.png\" alt=\"A lamp at night\">", Some("A lamp at night")),
            ("<a title='Go there now' href='b'>", Some("Go there now")),
            ("<img alt=\"lamp\">", None),
            ("<img alt=\"a {{ b }}\">", None),
            ("<img data-alt=\"a b\" src=\"c d\">", None),
            ("<img alt=a b>", None),
            ("</a title=\"a b\">", None),
            ("<img alt=\"a b", None),
        ] {
            assert_eq!(attribute_text(tag).map(|range| &tag[range]), value, "{tag}");
        }
    }

    #[test]
    fn text_between_tags_is_read_and_code_is_not() {
        assert_eq!(text("<p a=\"b > c\">One <em>two</em> a < b</p>"), "|One ▢two▢ a < b|");
        assert_eq!(text("<pre>\na <b>b</b>\n</pre>x<CODE>y</CODE>z<script>w"), "|x▢z|");
        assert_eq!(text("a<!-- <p> -->b<!-- c"), "a▢b▢");
        assert_eq!(text("<td>a<br/>b</td"), "|a▢b|");
    }
}
