//! Bodies of items as HTML: Markdown without anything that loads, runs or leads astray.
//!
//! Knows Markdown; not the model. HTML of a document is shown as text, pictures by their description.

use std::collections::HashSet;
use std::fmt::Write;
use std::ops::Range;

use maud::{Escaper, Markup, PreEscaped};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use similar::{ChangeTag, TextDiff};

use super::printable;

/// Maximum length of a shown body, in bytes (a guess): longer bodies would dominate the page.
const MAX_BYTES: usize = 6000;
/// Minimum share of the words of the shorter body that the other one has, in percent, for differences to be marked (a
/// guess): in two texts with little in common everything would be marked.
const MIN_SHARED_PERCENT: usize = 50;

/// Returns a body as HTML.
pub(super) fn rendered(markdown: &str) -> Markup {
    render(&cut(markdown), &[], "")
}

/// Returns two bodies as HTML, in which the words that only one of them has are marked as deleted or inserted.
pub(super) fn compared(left: &str, right: &str) -> (Markup, Markup) {
    let (left, right) = (cut(left), cut(right));
    let (left_text, right_text) = (visible(&left), visible(&right));
    let (mut deleted, mut inserted) = (Vec::new(), Vec::new());
    if are_alike(&left_text, &right_text) {
        let (mut at_left, mut at_right) = (0, 0);
        for change in TextDiff::from_words(left_text.as_str(), right_text.as_str()).iter_all_changes() {
            let len = change.value().len();
            match change.tag() {
                ChangeTag::Equal => (at_left, at_right) = (at_left + len, at_right + len),
                ChangeTag::Delete => {
                    deleted.push(at_left..at_left + len);
                    at_left += len;
                }
                ChangeTag::Insert => {
                    inserted.push(at_right..at_right + len);
                    at_right += len;
                }
            }
        }
    }
    (render(&left, &deleted, "del"), render(&right, &inserted, "ins"))
}

/// Returns a body up to the maximum length.
fn cut(markdown: &str) -> String {
    let markdown = printable(markdown.trim());
    match markdown.len() > MAX_BYTES {
        true => format!("{}\n\n…", &markdown[..markdown.floor_char_boundary(MAX_BYTES)]),
        false => markdown,
    }
}

fn are_alike(left: &str, right: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<HashSet<_>>();
    let (left, right) = (words(left), words(right));
    left.intersection(&right).count() * 100 >= left.len().min(right.len()) * MIN_SHARED_PERCENT
}

fn parser(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS)
}

/// Returns the text that an event shows.
fn text_of<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    match event {
        Event::Text(text)
        | Event::Code(text)
        | Event::Html(text)
        | Event::InlineHtml(text)
        | Event::InlineMath(text)
        | Event::DisplayMath(text)
        | Event::FootnoteReference(text) => Some(text),
        Event::SoftBreak | Event::HardBreak => Some("\n"),
        _ => None,
    }
}

/// Returns all text that is shown of a body; each block ends with a line feed.
fn visible(markdown: &str) -> String {
    let mut text = String::new();
    for event in parser(markdown) {
        match &event {
            Event::End(tag) if is_block(*tag) => text.push('\n'),
            event => text.push_str(text_of(event).unwrap_or("")),
        }
    }
    text
}

fn is_block(tag: TagEnd) -> bool {
    !matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

/// Returns the HTML. `marks` are byte ranges of [`visible`] text that get the element `mark` around them, sorted.
fn render(markdown: &str, marks: &[Range<usize>], mark: &str) -> Markup {
    let mut out = BodyHtml { out: String::new(), marks, mark, at: 0 };
    for event in parser(markdown) {
        out.event(&event);
    }
    PreEscaped(out.out)
}

struct BodyHtml<'a> {
    out: String,
    marks: &'a [Range<usize>],
    mark: &'a str,
    /// Position in the visible text, in bytes.
    at: usize,
}

impl BodyHtml<'_> {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => {
                self.end(*tag);
                self.at += usize::from(is_block(*tag));
            }
            Event::Text(text) => self.text(text),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.within("code", text),
            Event::Html(text) | Event::InlineHtml(text) => self.within("code", text),
            Event::FootnoteReference(name) => self.within("sup", name),
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => {
                self.out.push_str("<br>");
                self.text("\n");
            }
            Event::Rule => self.out.push_str("<hr>"),
            Event::TaskListMarker(done) => self.out.push_str(if *done { "☑ " } else { "☐ " }),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::List(Some(first)) => {
                let _ = write!(self.out, "<ol start=\"{first}\">");
            }
            Tag::Link { dest_url, .. } if is_web(dest_url) => {
                self.out.push_str("<a rel=\"noreferrer noopener\" href=\"");
                self.escaped(dest_url);
                self.out.push_str("\">");
            }
            Tag::Link { dest_url, .. } => {
                self.out.push_str("<a title=\"");
                self.escaped(dest_url);
                self.out.push_str("\">");
            }
            Tag::Image { .. } => self.out.push_str("<em>[image: "),
            tag => {
                if let Some(name) = name_of(tag.to_end()) {
                    let _ = write!(self.out, "<{name}>");
                }
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link => self.out.push_str("</a>"),
            TagEnd::Image => self.out.push_str("]</em>"),
            tag => {
                if let Some(name) = name_of(tag) {
                    let _ = write!(self.out, "</{name}>");
                }
            }
        }
    }

    fn within(&mut self, name: &str, text: &str) {
        let _ = write!(self.out, "<{name}>");
        self.text(text);
        let _ = write!(self.out, "</{name}>");
    }

    /// Adds visible text, with its marks.
    fn text(&mut self, text: &str) {
        let end = self.at + text.len();
        let first = self.marks.partition_point(|mark| mark.end <= self.at);
        let mut done = self.at;
        for mark in self.marks[first..].iter().take_while(|mark| mark.start < end) {
            let (from, to) = (mark.start.max(self.at), mark.end.min(end));
            self.escaped(&text[done - self.at..from - self.at]);
            let _ = write!(self.out, "<{}>", self.mark);
            self.escaped(&text[from - self.at..to - self.at]);
            let _ = write!(self.out, "</{}>", self.mark);
            done = to;
        }
        self.escaped(&text[done - self.at..]);
        self.at = end;
    }

    fn escaped(&mut self, text: &str) {
        let _ = Escaper::new(&mut self.out).write_str(text);
    }
}

/// Returns whether an address leads to the web, and not into the page or to a program.
fn is_web(address: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

/// Returns the element for a tag. All headings are of one level, because they are below those of the page.
fn name_of(tag: TagEnd) -> Option<&'static str> {
    Some(match tag {
        TagEnd::Paragraph => "p",
        TagEnd::Heading(_) => "h3",
        TagEnd::BlockQuote(_) => "blockquote",
        TagEnd::CodeBlock => "pre",
        TagEnd::List(true) => "ol",
        TagEnd::List(false) => "ul",
        TagEnd::Item => "li",
        TagEnd::Table => "table",
        TagEnd::TableHead | TagEnd::TableRow => "tr",
        TagEnd::TableCell => "td",
        TagEnd::Emphasis => "em",
        TagEnd::Strong => "strong",
        TagEnd::Strikethrough => "s",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_pictures_and_programs_of_a_document_are_shown_as_text() {
        let shown =
            rendered("<script>alert(1)</script>\n\n![x\"](y.png) [a](javascript:alert(1)) [b](https://b.c/?d&e)");
        let shown = shown.into_string();
        assert!(shown.contains("&lt;script&gt;") && !shown.contains("<script") && !shown.contains("<img"), "{shown}");
        assert!(shown.contains("<em>[image: x&quot;]</em> <a title=\"javascript:alert(1)\">a</a>"), "{shown}");
        assert!(shown.contains("href=\"https://b.c/?d&amp;e\""), "{shown}");
    }

    #[test]
    fn words_that_only_one_body_has_are_marked() {
        let (left, right) = compared("The **quay** is *old* and wide.", "The **quay** is *new* and wide.");
        assert_eq!(left.into_string(), "<p>The <strong>quay</strong> is <em><del>old</del></em> and wide.</p>");
        assert_eq!(right.into_string(), "<p>The <strong>quay</strong> is <em><ins>new</ins></em> and wide.</p>");
        let (left, _) = compared("One thing entirely.", "Quite some other matter here.");
        assert!(!left.into_string().contains("<del>"));
    }

    #[test]
    fn long_bodies_are_cut_between_characters() {
        let shown = rendered(&"ä ".repeat(MAX_BYTES)).into_string();
        assert!(shown.len() < MAX_BYTES + 100 && shown.ends_with("<p>…</p>"), "{}", shown.len());
    }
}
