//! Names of encodings that files state for themselves where programs of their format read them: the declaration of XML,
//! `<meta>` of HTML, the header of a catalogue of messages.
//!
//! Knows text that has been decoded; not which encoding is right.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::text::mojibake::declarations;

/// The declaration of XML, at the start of a text.
static OF_XML: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\A\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._:-]*)["']"#)
        .expect("a regular expression")
});

/// A tag or a remark of HTML. The class is limited, because a tag without an end would be searched up to the next one.
static TAG_OF_HTML: LazyLock<Regex> = LazyLock::new(|| {
    let meta = r#"(?i)<meta\s[^<>]{0,300}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9][A-Za-z0-9._:-]*)[^<>]{0,300}>"#;
    Regex::new(&format!("<!--|{meta}")).expect("a regular expression")
});

/// The field of a header, in its lines.
static OF_HEADER: LazyLock<Regex> = LazyLock::new(|| {
    let field = r#"(?im)^[ \t]*content-type[ \t]*:[^\n]*?\bcharset[ \t]*=[ \t]*["']?([A-Za-z0-9][A-Za-z0-9._:+-]*)"#;
    Regex::new(field).expect("a regular expression")
});

/// Returns the place of the name in the declaration of XML at the start of a text, in bytes.
#[must_use]
pub fn in_xml(text: &str) -> Option<Range<usize>> {
    OF_XML.captures(text)?.get(1).map(|name| name.range())
}

/// Returns the places of the names in the `<meta>` tags of HTML, in bytes. Remarks hold none.
#[must_use]
pub fn in_html(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(tag) = TAG_OF_HTML.captures_at(text, at) {
        let whole = tag.get(0).map_or(at..text.len(), |whole| whole.range());
        match tag.get(1) {
            Some(name) => found.push(name.range()),
            None => {
                let Some(end) = text[whole.end..].find("-->") else { break };
                at = whole.end + end;
                continue;
            }
        }
        at = whole.end;
    }
    found
}

/// Returns the place of the name in the lines of a header, in bytes. A template has `CHARSET` in its place.
#[must_use]
pub fn in_header(lines: &str) -> Option<Range<usize>> {
    let name = OF_HEADER.captures(lines)?.get(1)?;
    (name.as_str() != "CHARSET").then(|| name.range())
}

/// Returns the common name of the encoding that a name means, if it is known.
#[must_use]
pub fn encoding_named(name: &str) -> Option<&'static str> {
    let declared = declarations(format!("<?xml encoding=\"{name}\"?>").as_bytes());
    declared.first().map(|declared| declared.encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_programs_read_them() {
        let xml = |text: &'static str| in_xml(text).map(|name| &text[name]);
        assert_eq!(xml("<?xml version='1.0'\n  encoding = 'ISO-8859-1' ?><a/>"), Some("ISO-8859-1"));
        assert_eq!(xml("<a><?xml version=\"1.0\" encoding=\"KOI8-R\"?></a>"), None);
        let html = |text: &'static str| in_html(text).into_iter().map(|name| &text[name]).collect::<Vec<_>>();
        let page =
            "<!-- <meta charset=x> --><META name=a content=b><meta http-equiv=c content=\"text/html; charset=cp1250\">";
        assert_eq!(html(page), ["cp1250"]);
        assert_eq!(html("<!-- <meta charset=latin1>"), [""; 0]);
        let header = |text: &'static str| in_header(text).map(|name| &text[name]);
        assert_eq!(header("Language: de\nCONTENT-TYPE : text/plain ; CHARSET = koi8-r \n"), Some("koi8-r"));
        assert_eq!(header("Content-Type: text/plain; charset=CHARSET\n"), None);
        assert_eq!(header("X-Note: charset=koi8-r\n"), None);
        assert_eq!(["latin1", "UTF8", "none"].map(encoding_named), [Some("windows-1252"), Some("UTF-8"), None]);
    }
}
