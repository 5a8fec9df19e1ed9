//! Lines that readers see as headings although they are none of Markdown: headings of HTML, and lines that are nothing
//! but bold.
//!
//! Knows blocks and labels; not items.

use super::label;
use crate::model::document::{BlockKind, Document};
use crate::model::html_titles::{TitleElement, html_titles};
use crate::model::span::Span;

/// Level of a bold line: below all headings.
pub(super) const BOLD_LEVEL: u8 = 7;

/// A line that is shown as a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShownHeading {
    /// The element or the line.
    pub(super) span: Span,
    /// The text of the line without its markup.
    pub(super) content: Span,
    /// The level, 1 to 6, or [`BOLD_LEVEL`].
    pub(super) level: u8,
}

/// Returns the shown headings outside of lists and quotes, in source order.
pub(super) fn read(doc: &Document) -> Vec<ShownHeading> {
    let mut found = Vec::new();
    for block in doc.blocks.iter().filter(|block| block.parent.is_none()) {
        let written = doc.slice(block.span);
        let place =
            |start: usize, end: usize| Span::new(block.span.start + start as u32, block.span.start + end as u32);
        match block.kind {
            BlockKind::Html => {
                let before = found.len();
                for title in html_titles(written) {
                    let TitleElement::Heading(level) = title.element else { continue };
                    let content = place(title.content.start, title.content.end);
                    found.push(ShownHeading { span: place(title.range.start, title.range.end), content, level });
                }
                if found.len() == before
                    && let Some((start, end)) = bold_in_paragraph(written)
                {
                    found.push(ShownHeading { span: block.span, content: place(start, end), level: BOLD_LEVEL });
                }
            }
            BlockKind::Paragraph => {
                if let Some((start, end)) = bold_line(written) {
                    found.push(ShownHeading { span: block.span, content: place(start, end), level: BOLD_LEVEL });
                }
            }
            _ => {}
        }
    }
    found
}

/// Returns whether a heading is the title of an item.
pub(super) fn is_item(content: &str) -> bool {
    label::read(content).is_some_and(|label| label.number.is_some() && !label.word.is_division())
}

/// Returns the start and the end of the text of a line that is nothing but bold, perhaps with a colon after it.
fn bold_line(line: &str) -> Option<(usize, usize)> {
    const MARKS: [(&str, &str); 4] = [("**", "**"), ("__", "__"), ("<b>", "</b>"), ("<strong>", "</strong>")];
    let (open, close) = MARKS.into_iter().find(|(open, _)| line.starts_with(open))?;
    let inner = line.trim_end().trim_end_matches([':', '：']).strip_suffix(close)?.get(open.len()..)?;
    let is_whole = !inner.is_empty() && !inner.contains([close.chars().next().unwrap_or('*'), '\n']);
    is_whole.then(|| (open.len(), open.len() + inner.len()))
}

/// Returns the start and the end of the text of a paragraph of HTML that is nothing but bold.
fn bold_in_paragraph(html: &str) -> Option<(usize, usize)> {
    let tag = html.strip_prefix("<p").or_else(|| html.strip_prefix("<div"))?;
    let (attributes, rest) = tag.split_once('>')?;
    let inner = rest.trim_start();
    let start = html.len() - inner.len();
    let line = inner.trim_end().strip_suffix("</p>").or_else(|| inner.trim_end().strip_suffix("</div>"))?;
    let (from, to) = bold_line(line.trim_end()).filter(|_| !attributes.contains('<'))?;
    Some((start + from, start + to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_nothing_but_bold_are_read() {
        for line in ["**Lamps**", "__Lamps__", "<b>Lamps</b>", "<strong>Lamps</strong>:", "**Lamps**: "] {
            assert_eq!(bold_line(line).map(|(start, end)| &line[start..end]), Some("Lamps"), "{line}");
        }
        for line in ["**Lamps** and **oars**", "**Lamps** burn", "Lamps", "****", "**a\nb**", "<b>a</b> <b>c</b>"] {
            assert_eq!(bold_line(line), None, "{line}");
        }
        let html = "<p align=\"center\">\n<b>Lamps</b>\n</p>";
        assert_eq!(bold_in_paragraph(html).map(|(start, end)| &html[start..end]), Some("Lamps"));
        assert_eq!(bold_in_paragraph("<p>Lamps</p>"), None);
        assert_eq!(bold_in_paragraph("<p><b>Lamps</b> burn</p>"), None);
    }
}
