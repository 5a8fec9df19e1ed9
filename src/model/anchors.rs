//! The anchors of a document, which links into it can lead to.
//!
//! Headings have those of GitHub; ids in HTML and in the attributes of other Markdown flavours count as well. Knows one
//! document at a time; not which documents link to it.

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::document::{BlockKind, Document, Heading, Prose};
use super::site::Generator;
use super::span::Span;
use super::target::attributes;
use crate::text::mojibake::splice;
use crate::text::similarity::nearest::Nearest;
use crate::text::words::slug::{loose, numbered, separated_slug, slug, without_accents};

/// A heading, in Markdown or in HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// Byte offset of its start.
    pub start: u32,
    /// Its index in [`Document::headings`], if it is one of Markdown.
    pub heading: Option<usize>,
    /// Its anchor if there were no other heading.
    pub slug: String,
    /// Its anchor.
    pub anchor: String,
}

/// The anchors of a document.
#[derive(Debug)]
pub struct Anchors {
    /// Its headings in source order.
    titles: Vec<Title>,
    /// Explicit ids, in lower case.
    ids: FxHashSet<String>,
    /// All anchors, in lower case.
    exact: FxHashSet<String>,
    /// Forms of the anchors in other renderers, each with the anchor as on GitHub.
    loose: FxHashMap<String, String>,
    nearest: OnceLock<Nearest>,
    open: bool,
}

impl Anchors {
    /// Collects the anchors of a document.
    pub fn of(doc: &Document) -> Self {
        let titles = titles(doc);
        let ids: Vec<&str> = ids(doc).collect();
        let mut anchors = Self {
            ids: ids.iter().map(|id| id.to_lowercase()).collect(),
            exact: FxHashSet::default(),
            loose: FxHashMap::default(),
            nearest: OnceLock::new(),
            open: is_open(doc),
            titles,
        };
        for id in ids {
            anchors.add(id);
        }
        for at in 0..anchors.titles.len() {
            let anchor = anchors.titles[at].anchor.clone();
            anchors.add(&anchor);
            // Some renderers omit the space between an image and the rest.
            anchors.exact.insert(anchor.trim_matches('-').to_owned());
        }
        for (start, title) in tabs(doc) {
            let own = slug(title);
            anchors.add(&own);
            // MkDocs may put the anchor of the heading before it (`combine_header_slug`).
            let after = anchors.titles.partition_point(|title| title.start < start);
            if let Some(heading) = after.checked_sub(1).map(|at| &anchors.titles[at]) {
                let both = format!("{}--{}", heading.anchor, own.trim_matches('-'));
                anchors.add(&both);
            }
        }
        // Headings that a defective fence turns into code would be headings if the fence were right.
        for fault in &doc.fence_defects {
            for line in doc.slice(fault.swallowed).lines().filter(|line| line.starts_with('#')) {
                anchors.add(&slug(line.trim_start_matches('#').trim()));
            }
        }
        anchors
    }

    /// Collects the anchors of a document in a site that `generator` makes, beside those that a host of repositories gives.
    pub fn in_site(doc: &Document, generator: Option<Generator>) -> Self {
        let mut anchors = Self::of(doc);
        if matches!(generator, Some(Generator::GitBook | Generator::MkDocs)) {
            let plain: Vec<String> = anchors.titles.iter().map(|title| without_accents(&title.anchor)).collect();
            for anchor in plain {
                anchors.add(&anchor);
            }
        }
        if matches!(generator, Some(Generator::Myst | Generator::VitePress)) {
            let shown = doc.headings.iter().filter_map(|heading| rendered(doc, heading, &[]));
            for anchor in numbered(shown.map(|text| separated_slug(&text))) {
                anchors.add(&anchor);
            }
        }
        anchors
    }

    fn add(&mut self, anchor: &str) {
        self.loose.entry(loose(anchor)).or_insert_with(|| anchor.to_owned());
        self.exact.insert(anchor.to_lowercase());
    }

    /// Returns the headings in source order.
    pub fn titles(&self) -> &[Title] {
        &self.titles
    }

    /// Returns true if a generator may add anchors that are not in the source.
    pub fn are_open(&self) -> bool {
        self.open
    }

    /// Returns true if a link with this fragment leads to an anchor of the document.
    pub fn has(&self, fragment: &str) -> bool {
        self.exact.contains(&fragment.to_lowercase())
    }

    /// Returns true if the anchor is an explicit id.
    pub fn has_id(&self, anchor: &str) -> bool {
        self.ids.contains(anchor)
    }

    /// Returns the anchor that differs from the fragment only in hyphens and case, about which renderers disagree.
    pub fn loosely(&self, fragment: &str) -> Option<&str> {
        self.loose.get(&loose(fragment)).map(String::as_str)
    }

    /// Returns the anchors that are similar to a fragment, the most similar first.
    pub fn similar(&self, fragment: &str, most: usize) -> Vec<&str> {
        let nearest =
            self.nearest.get_or_init(|| Nearest::new(self.loose.values().map(|anchor| anchor.to_lowercase())));
        nearest.similar(&fragment.to_lowercase(), most)
    }
}

/// Returns the headings of a document with their anchors.
fn titles(doc: &Document) -> Vec<Title> {
    let title =
        |start: u32, heading: Option<usize>, slug: String| Title { start, heading, slug, anchor: String::new() };
    let markdown = doc.headings.iter().enumerate().map(|(at, heading)| {
        let shown = rendered(doc, heading, &[]).unwrap_or_default();
        title(heading.span.start, Some(at), slug(&shown))
    });
    let mut titles: Vec<Title> = markdown.collect();
    for html in &doc.html {
        titles
            .extend(html_headings(doc.slice(*html)).map(|(at, text)| title(html.start + at as u32, None, slug(&text))));
    }
    titles.sort_by_key(|title| title.start);
    let anchors = numbered(titles.iter().map(|title| title.slug.clone()));
    for (title, anchor) in titles.iter_mut().zip(anchors) {
        title.anchor = anchor;
    }
    titles
}

/// Returns the rendered text of a heading after `edits`: without markup, images and HTML, and with code but not its
/// backticks. `None` if the result is unknown, because the edits change markup too.
pub fn rendered(doc: &Document, heading: &Heading, edits: &[(Span, &str)]) -> Option<String> {
    let mut text = String::new();
    let mut done = 0;
    let prose = heading.prose.and_then(|at| doc.prose.blocks.get(at as usize));
    if let Some(prose) = prose {
        let first = doc.prose.pieces.partition_point(|piece| piece.prose < prose.range.start);
        for (at, piece) in doc.prose.pieces.iter().enumerate().skip(first) {
            if piece.prose >= prose.range.end {
                break;
            }
            let end = doc.prose.pieces.get(at + 1).map_or(prose.range.end, |next| next.prose.min(prose.range.end));
            let shown = doc.prose.text().get(piece.prose as usize..end as usize).unwrap_or("");
            let opaque = shown.starts_with([Prose::OPAQUE, Prose::MARK]);
            if !piece.verbatim && !opaque {
                text.push_str(shown);
                continue;
            }
            let (written, made) = edited(doc, piece.source, edits.get(done..).unwrap_or(&[]));
            done += made;
            match written.chars().next() {
                _ if !opaque => text.push_str(&written),
                Some('`' | '$') => text.push_str(written.trim_matches(['`', '$']).trim()),
                Some('!' | '<' | '[') | None => {}
                // Words that a template engine does not interpret.
                Some(_) if doc.templates.iter().all(|tag| !tag.overlaps(piece.source)) => text.push_str(&written),
                Some(_) => {}
            }
        }
    }
    // The remaining edits change markup, which leaves no trace in a slug, or more than that.
    let traceless = |(span, new): &(Span, &str)| {
        let shows = |text: &str| text.contains(|c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        !shows(doc.slice(*span)) && !shows(new)
    };
    edits.get(done..).unwrap_or(&[]).iter().all(traceless).then_some(text)
}

/// Returns the text of a source span after those of `edits` that are inside it, and their number. These edits come
/// first and are in order.
fn edited(doc: &Document, stretch: Span, edits: &[(Span, &str)]) -> (String, usize) {
    let made = edits.iter().take_while(|(span, _)| stretch.contains(*span)).count();
    let from = stretch.start as usize;
    let inside = edits.iter().take(made).map(|(span, new)| {
        let range = span.range();
        (range.start - from..range.end - from, *new)
    });
    (splice(doc.slice(stretch), inside), made)
}

/// Returns the headings in HTML: the offset of each, and its text.
fn html_headings(html: &str) -> impl Iterator<Item = (usize, String)> + '_ {
    /// Maximum length of a heading, in bytes (a guess): a tag that is not closed within this length is not a heading.
    const MAX_HEADING_BYTES: usize = 2000;
    let bytes = html.as_bytes();
    // The end of the last comment.
    let mut visible = 0;
    memchr::memchr_iter(b'<', bytes).filter_map(move |at| {
        if at >= visible && html[at..].starts_with("<!--") {
            visible = html[at + 2..].find("-->").map_or(html.len(), |len| at + 2 + len + 3);
        }
        if at < visible {
            return None;
        }
        let [_, b'h' | b'H', level @ b'1'..=b'6', next, ..] = bytes.get(at..)? else { return None };
        let near = html.get(at..html.floor_char_boundary((at + MAX_HEADING_BYTES).min(html.len())))?;
        let (_, inner) = near.split_once('>').filter(|_| !next.is_ascii_alphanumeric())?;
        let closes = |end: &usize| matches!(inner.as_bytes()[*end..], [b'<', b'/', b'h' | b'H', l, ..] if l == *level);
        let end = memchr::memchr_iter(b'<', inner.as_bytes()).find(closes)?;
        Some((at, text_of_html(&inner[..end])))
    })
}

/// Returns the headings in HTML that `edits` change: the offset of each before the edits, and its slug after them. The
/// edits are in source order.
pub fn html_slugs(doc: &Document, edits: &[(Span, &str)]) -> Vec<(u32, String)> {
    let around = |(span, _): &(Span, &str)| doc.html.partition_point(|html| html.start <= span.start).checked_sub(1);
    let mut touched: Vec<usize> = edits.iter().filter_map(around).collect();
    touched.dedup();
    let changed = touched.into_iter().map(|at| &doc.html[at]).filter_map(|html| {
        let first = edits.partition_point(|(span, _)| span.start < html.start);
        let (after, made) = edited(doc, *html, &edits[first..]);
        (made > 0).then_some((html, after))
    });
    let slugs = changed.flat_map(|(html, after)| {
        let before: Vec<usize> = html_headings(doc.slice(*html)).map(|(at, _)| at).collect();
        let after: Vec<String> = html_headings(&after).map(|(_, text)| slug(&text)).collect();
        let start = html.start;
        before.into_iter().zip(after).map(move |(at, slug)| (start + at as u32, slug))
    });
    slugs.collect()
}

/// Returns the visible text of HTML.
fn text_of_html(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let closing = if tag.starts_with("!--") { "-->" } else { ">" };
        rest = tag.split_once(closing).map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    for (entity, character) in
        [("&nbsp;", " "), ("&lt;", ""), ("&gt;", ""), ("&quot;", ""), ("&#39;", ""), ("&amp;", "")]
    {
        text = text.replace(entity, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the explicit ids: of headings, in HTML, and in the attributes of other flavours.
fn ids(doc: &Document) -> impl Iterator<Item = &str> {
    let of_headings = doc.headings.iter().filter_map(|heading| heading.id.as_deref());
    let in_html = doc.html.iter().flat_map(|html| attributes(doc, *html, &["id", "name"])).map(|span| doc.slice(span));
    let in_markup =
        in_braces(doc).chain(project_labels(doc)).chain(in_brackets(doc)).chain(in_docsify(doc)).chain(in_remarks(doc));
    of_headings.chain(in_html).chain(in_markup)
}

/// Returns ids in the syntax of kramdown, Pandoc, MyST and Python-Markdown: `{#id}`, `{: .class #id}`, `{ id="id" }`.
fn in_braces(doc: &Document) -> impl Iterator<Item = &str> {
    /// Maximum length of attributes, in bytes (a guess).
    const MAX_ATTRIBUTES_BYTES: usize = 200;
    let text = doc.text();
    let braces = memchr::memchr_iter(b'{', text.as_bytes()).filter_map(move |at| {
        let rest = &text[at + 1..text.floor_char_boundary((at + 1 + MAX_ATTRIBUTES_BYTES).min(text.len()))];
        let inner = rest.split_once('}').map(|(inner, _)| inner);
        let inner = inner.filter(|inner| inner.contains('#') || inner.contains("id="))?;
        let attribute = |word: &str| word.starts_with(['#', '.']) || word.contains('=');
        let inner = inner.trim_start_matches(':');
        // The line that opens a block of code or a container has attributes of the block.
        let line = doc.slice(doc.line_span(at as u32)).trim_start();
        let opens_block = ["```", "~~~", ":::"].iter().any(|fence| line.starts_with(fence));
        let is_read = opens_block || !doc.is_verbatim(at as u32);
        let fits = !inner.contains('\n') && inner.split_whitespace().all(attribute) && is_read;
        fits.then_some(inner)
    });
    braces.flat_map(|inner| {
        inner.split_whitespace().filter_map(|word| match word.strip_prefix('#') {
            Some(id) => Some(id),
            None => word.strip_prefix("id=").map(|id| id.trim_matches(['"', '\''])),
        })
    })
}

/// Returns the labels in the syntax of MyST, to which links of all documents of a project lead: `(label)=` before a block,
/// options of directives and of code cells, labels of equations, and that of the page in its front matter.
pub fn project_labels(doc: &Document) -> impl Iterator<Item = &str> {
    let text = doc.text();
    let found = |mark: &'static str| memchr::memmem::find_iter(text.as_bytes(), mark);
    let line = |at: usize| doc.slice(doc.line_span(at as u32)).trim();
    let targets = found(")=").filter_map(move |at| line(at).strip_prefix('(')?.strip_suffix(")="));
    let options = found("label:").chain(found("name:")).filter_map(move |at| option(doc, line(at), at));
    let equations = found("$$ (").filter_map(move |at| line(at).rsplit_once("$$ (")?.1.strip_suffix(')'));
    let in_tex = found("\\label{").filter_map(move |at| Some(text[at + 7..].split_once('}')?.0));
    let all = targets.chain(options).chain(equations).chain(in_tex);
    all.filter(|label| !label.is_empty() && !label.contains(char::is_whitespace))
}

/// Returns the label that a line gives in an option: `:name: id` and `:label: id` of directives, `#| label: id` of code
/// cells, `label: id` in front matter and in the options of a directive in YAML. `at` is a place in the line.
fn option<'a>(doc: &Document, line: &'a str, at: usize) -> Option<&'a str> {
    let marked = [":name:", ":label:", "#| label:"].iter().find_map(|mark| line.strip_prefix(mark));
    let bare = || {
        let id = ["label:", "name:"].iter().find_map(|key| line.strip_prefix(key))?;
        // The lines of options that are no block of their own belong to a directive.
        let Some(block) = doc.block_at(at as u32) else { return Some(id) };
        match doc[block].kind {
            BlockKind::Container => Some(id),
            BlockKind::FrontMatter => line.starts_with("label:").then_some(id),
            // The options are between lines of hyphens, or the directive has no other content.
            BlockKind::Code { info: Some(info) } => doc.slice(info).starts_with('{').then_some(id),
            _ => None,
        }
    };
    marked.or_else(bare).map(|id| id.trim().trim_matches(['"', '\'']))
}

/// Returns ids in the syntax of React's documentation, in a comment at the end of a heading: `## Title {/*id*/}`.
fn in_remarks(doc: &Document) -> impl Iterator<Item = &str> {
    doc.headings.iter().filter_map(|heading| {
        let (_, id) = doc.slice(heading.content).strip_suffix("*/}")?.rsplit_once("{/*")?;
        let id = id.trim().trim_start_matches('#');
        (!id.is_empty() && !id.contains(char::is_whitespace)).then_some(id)
    })
}

/// Returns the titles of the tabs of MkDocs, which have anchors of their own, with the starts of their lines.
fn tabs(doc: &Document) -> impl Iterator<Item = (u32, &str)> {
    let containers = doc.blocks.iter().filter(|block| block.kind == BlockKind::Container);
    containers.filter_map(|block| {
        let line = doc.slice(doc.line_span(block.span.start)).trim_start();
        let title = line.strip_prefix("===")?.split_once(['"', '\''])?.1.trim_end();
        Some((block.span.start, title.strip_suffix(['"', '\''])?))
    })
}

/// Returns ids in the syntax of Fumadocs, at the end of a heading: `## Title [#id]`.
fn in_brackets(doc: &Document) -> impl Iterator<Item = &str> {
    doc.headings.iter().filter_map(|heading| {
        let (_, id) = doc.slice(heading.content).strip_suffix(']')?.rsplit_once("[#")?;
        (!id.contains(char::is_whitespace)).then_some(id)
    })
}

/// Returns the ids of Docsify at the end of headings: `# Lamps :id=lamps`.
fn in_docsify(doc: &Document) -> impl Iterator<Item = &str> {
    doc.headings.iter().filter_map(|heading| {
        let (_, id) = doc.slice(heading.content).rsplit_once(":id=")?;
        (!id.is_empty() && !id.contains(char::is_whitespace)).then_some(id)
    })
}

/// Returns true if a generator may insert text into the document, or create a heading in it.
fn is_open(doc: &Document) -> bool {
    let text = doc.text();
    let signs = ["{% include", "{{#include", "{{<", "{{%", "--8<--", "{!", "```{include}"];
    let filled = |heading: &Heading| {
        let at = doc.templates.partition_point(|tag| tag.end <= heading.span.start);
        let tag = doc.templates.get(at).filter(|tag| tag.start < heading.span.end);
        let tagged = tag.is_some_and(|tag| !doc.slice(*tag).starts_with("{/*"));
        // The heading is only a comment, which a generator replaces.
        let content = doc.slice(heading.content);
        tagged || content.starts_with("<!--") && content.ends_with("-->")
    };
    signs.iter().any(|sign| text.contains(sign))
        || doc.is_mdx() && text.contains("import ")
        || doc.headings.iter().any(filled)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::document::Format;
    use crate::model::id::DocId;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    fn document(text: &str) -> Document {
        parse(DocId(0), Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent), Format::Markdown)
    }

    fn anchors(text: &str) -> Vec<String> {
        Anchors::of(&document(text)).titles().iter().map(|title| title.anchor.clone()).collect()
    }

    #[test]
    fn headings_have_the_anchors_of_github() {
        let text =
            "# A *b* `c d`\n\n## A b c d\n\n## ![x](y.png) Logo\n\n## Plan <!-- z -->\n\n## Use <img src=\"w\">\n";
        assert_eq!(anchors(text), ["a-b-c-d", "a-b-c-d-1", "-logo", "plan-", "use-"]);
        let found = Anchors::of(&document(text));
        assert!(["logo", "-logo", "PLAN", "use"].iter().all(|fragment| found.has(fragment)));
    }

    #[test]
    fn headings_in_html_had_no_anchor() {
        let text = "<h2 align=\"center\">In <em>stall</em> &amp; run</h2>\n\n## In stall  run\n\n<H3\nid=x>Two\nlines</H3>\n<h2>\n";
        assert_eq!(anchors(text), ["in-stall-run", "in-stall--run", "two-lines"]);
    }

    #[test]
    fn tabs_below_a_heading_had_no_anchor_of_both() {
        let found = Anchors::of(&document("# Under way\n\n=== \"... or at rest\"\n\n    Text.\n"));
        assert!(["under-way--or-at-rest", "-or-at-rest"].iter().all(|anchor| found.has(anchor)));
    }

    #[test]
    fn a_heading_in_a_comment_was_a_heading() {
        assert_eq!(
            anchors("<!-- <h2>In stall</h2>\n<h2>Out</h2> --><h2>Run</h2><!-->\n<h2>Fly</h2>\n"),
            ["run", "fly"]
        );
    }

    #[test]
    fn labels_of_myst_were_known_to_their_own_document_only() {
        let doc = document(
            "---\ntitle: A\nlabel: one\n---\n\n(two)=\n\n:::{figure} a.png\n:name: three\n:::\n\n```{code-cell}\n\
            #| label: four\nname: 4\n```\n\n```{figure}\n---\nname: five\n---\n```\n\n$$ a $$ (six)\n\n```{math}\n\\label{seven}\n\
            ```\n\nThe name: eight. A label: nine\n",
        );
        let mut labels: Vec<&str> = project_labels(&doc).collect();
        labels.sort_unstable();
        assert_eq!(labels, ["4", "five", "four", "one", "seven", "six", "three", "two"]);
    }

    #[test]
    fn ids_of_other_flavours_were_dead() {
        let text = "(king-knot)=\n## A\n\n{#two}\n## B\n\n## C\n{: .x #three }\n\nThe [d]{#four}.\n\n## E [#five]\n\n## E { id=\"ten\" }\n\n\
            ## F {#six} ##\n\n<!----><a id=\"seven\"></a>\n\n<a id=eight>\n\n<a name = 'nine'>\n";
        let found = Anchors::of(&document(text));
        for id in ["king-knot", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"] {
            assert!(found.has(id), "{id}");
        }
        let none = Anchors::of(&document("`{#a}` {b #c d} <!-- <a id=\"e\"> -->\n\n```\n{#f}\n```\n"));
        assert!(["a", "c", "e", "f"].iter().all(|id| !none.has(id)));
    }

    #[test]
    fn edits_are_made_in_what_is_shown() {
        let doc = document("# Fix *teh* `lmap` of [teh](x) &amp; co\n");
        let at = |word: &str| {
            let start = doc.text().find(word).expect("there") as u32;
            Span::new(start, start + word.len() as u32)
        };
        let shown = |edits: &[(Span, &str)]| rendered(&doc, &doc.headings[0], edits);
        assert_eq!(shown(&[(at("teh"), "the"), (at("lmap"), "lamp")]).as_deref(), Some("Fix the lamp of teh & co"));
        assert_eq!(shown(&[(at("*teh"), "**teh")]), None);
        assert_eq!(shown(&[(at("*"), "_")]), None);
        assert_eq!(shown(&[(at("&amp;"), "and")]), None);
        assert_eq!(shown(&[(Span::at(at("*").start), "*")]).as_deref(), Some("Fix *teh lmap of teh & co"));
    }
}
