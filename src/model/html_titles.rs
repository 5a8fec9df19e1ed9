//! Titles in HTML: the content of headings and summaries.
//!
//! Knows text; not documents.

use std::ops::Range;

/// Maximum length of a title with its tags, in bytes (a guess): a tag that does not end within it is not read.
const MAX_TITLE_BYTES: usize = 1_000;

/// Elements that hold a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TitleElement {
    /// `<h1>` to `<h6>`, with the level.
    Heading(u8),
    /// `<summary>`.
    Summary,
}

/// A title in HTML, as byte ranges of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlTitle {
    /// The element.
    pub element: TitleElement,
    /// The whole element.
    pub range: Range<usize>,
    /// Its content without white space and tags at the ends.
    pub content: Range<usize>,
}

/// Returns the titles in a piece of HTML, in source order.
pub fn html_titles(html: &str) -> impl Iterator<Item = HtmlTitle> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + memchr::memchr(b'<', html.as_bytes().get(from..)?)?;
            from = start + 1;
            if let Some(title) = title_at(html, start) {
                from = title.range.end;
                return Some(title);
            }
        }
    })
}

fn title_at(html: &str, start: usize) -> Option<HtmlTitle> {
    let near = &html[start..html.floor_char_boundary((start + MAX_TITLE_BYTES).min(html.len()))];
    let bytes = near.as_bytes();
    let is_named = |name: &str| bytes.get(1..=name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()));
    let (element, name_len) = if is_named("summary") {
        (TitleElement::Summary, "summary".len())
    } else {
        let level = bytes.get(2).filter(|level| is_named("h") && (b'1'..=b'6').contains(*level))?;
        (TitleElement::Heading(level - b'0'), 2)
    };
    bytes.get(1 + name_len).filter(|byte| **byte == b'>' || byte.is_ascii_whitespace())?;
    let open = near.find('>')? + 1;
    let closing = match element {
        TitleElement::Summary => "</summary>".to_owned(),
        TitleElement::Heading(level) => format!("</h{level}>"),
    };
    let close = open + find_ignoring_case(&near[open..], &closing)?;
    let content = trimmed(near, open..close);
    Some(HtmlTitle {
        element,
        range: start..start + close + closing.len(),
        content: start + content.start..start + content.end,
    })
}

fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    memchr::memchr_iter(b'<', text.as_bytes()).find(|&at| {
        text.as_bytes().get(at..at + wanted.len()).is_some_and(|found| found.eq_ignore_ascii_case(wanted.as_bytes()))
    })
}

/// Returns the range without white space and tags at both ends.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (range.start, range.end);
    loop {
        let inner = &text[start..end];
        let after = inner.trim_start();
        if after.len() < inner.len() {
            start += inner.len() - after.len();
        } else if inner.trim_end().len() < inner.len() {
            end = start + inner.trim_end().len();
        } else if let Some(len) = inner.starts_with('<').then(|| inner.find('>')).flatten() {
            start += len + 1;
        } else if let Some(at) = inner.ends_with('>').then(|| inner.rfind("</")).flatten() {
            end = start + at;
        } else {
            return start..end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(html: &str) -> Vec<(TitleElement, &str)> {
        html_titles(html).map(|title| (title.element, &html[title.content])).collect()
    }

    #[test]
    fn headings_and_summaries_are_read() {
        let html = "<details open>\n<SUMMARY><b> 1. Why &amp; when? </b></summary>\n<h3 id=x>Tides</h3></details>";
        assert_eq!(titles(html), [(TitleElement::Summary, "1. Why &amp; when?"), (TitleElement::Heading(3), "Tides")]);
    }

    #[test]
    fn odd_html_does_no_harm() {
        for odd in
            ["", "<", "<h", "<h3", "<h3>", "<h7>x</h7>", "<summaryx>a</summary>", "<h3></h3>", "<summary>é", "<hr>"]
        {
            assert!(titles(odd).iter().all(|(_, content)| content.is_empty()), "{odd}");
        }
    }
}
