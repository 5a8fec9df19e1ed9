//! The comparison as one self-contained page: side by side, with filters and search, without any network access.
//!
//! May use the model. Everything that comes from a document is escaped before it enters the page.

use std::fmt::Write;
use std::path::Path;

use base64::Engine;
use sha2::{Digest, Sha256};

use super::compare::{Comparison, Spelling, TitlePart, VERDICTS, VerdictCounts};
use super::count;
use crate::model::alignment::{AlignedPair, Alignment, ItemRef, SectionPair, SectionRef, Verdict};

/// Maximum length of a shown body, in bytes (a guess): longer bodies would dominate the page.
const MAX_BODY_BYTES: usize = 6000;

/// Returns the page. `link` returns the address by which the page refers to a file.
pub fn page(comparison: &Comparison<'_>, link: &impl Fn(&Path) -> String) -> String {
    let mut page = Page { comparison, link, out: String::new() };
    page.head();
    for (other, _, alignment) in comparison.others() {
        page.alignment(other, alignment);
    }
    page.foot();
    page.out
}

struct Page<'a, L> {
    comparison: &'a Comparison<'a>,
    link: &'a L,
    out: String,
}

impl<L: Fn(&Path) -> String> Page<'_, L> {
    fn push(&mut self, html: &str) {
        self.out.push_str(html);
    }

    fn text(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    fn head(&mut self) {
        let title = self.comparison.names.join(" ↔ ");
        self.push("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        // The page may load nothing, and may run only its own script, which the hash identifies.
        let (style, script) = (hash(STYLE), hash(SCRIPT));
        let _ = writeln!(
            self.out,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{style}'; \
             script-src '{script}'; base-uri 'none'; form-action 'none'\">",
        );
        self.push("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
        self.text(&title);
        self.push("</title>\n<style>");
        self.push(STYLE);
        self.push("</style>\n</head>\n<body>\n<header>\n<h1>");
        self.text(&title);
        self.push("</h1>\n");
        self.bar();
        self.push("</header>\n<main>\n");
        self.findings();
    }

    /// Adds the filters, the search and the keyboard shortcuts.
    fn bar(&mut self) {
        let pairs = self.comparison.work.alignments.iter().flat_map(|alignment| &alignment.pairs);
        let counts = VerdictCounts::new(pairs.map(|pair| pair.verdict));
        self.push("<div class=\"bar\" role=\"toolbar\" aria-label=\"Filters\">\n");
        let conflicts = [Verdict::Reworded, Verdict::Different, Verdict::Moved];
        let any = conflicts.iter().any(|verdict| counts.of(*verdict) > 0);
        for (at, verdict) in VERDICTS.iter().enumerate() {
            // The page opens with the disagreements or, if there are none, with the items of only one version.
            let pressed = if any { conflicts.contains(verdict) } else { *verdict != Verdict::Same };
            let _ = writeln!(
                self.out,
                "<button type=\"button\" class=\"chip {0}\" data-verdict=\"{0}\" aria-pressed=\"{pressed}\" title=\"{1}: \
                 show or hide (key {2})\"><b>{3}</b> {4}</button>",
                verdict.as_str(),
                meaning(*verdict),
                at + 1,
                counts.of(*verdict),
                verdict.as_str().replace('-', " "),
            );
        }
        self.push(
            "<input id=\"search\" type=\"search\" placeholder=\"Search titles, numbers, bodies ( / )\" \
             aria-label=\"Search\">\n<button type=\"button\" id=\"theme\" title=\"light or dark (key t)\">◐</button>\n\
             <span id=\"shown\" role=\"status\"></span>\n</div>\n<p class=\"keys\"><kbd>j</kbd> <kbd>k</kbd> next, \
             previous · <kbd>Enter</kbd> open · <kbd>/</kbd> search · <kbd>1</kbd>–<kbd>6</kbd> filters · \
             <kbd>0</kbd> all · <kbd>t</kbd> theme</p>\n",
        );
    }

    fn findings(&mut self) {
        let findings = self.comparison.findings;
        if findings.is_empty() {
            return;
        }
        let _ = writeln!(
            self.out,
            "<details class=\"findings\" open>\n<summary>{}</summary>\n<ul>",
            count(findings.len(), "finding")
        );
        for finding in findings {
            let doc = self.comparison.collection.document(finding.primary.doc);
            let line = doc.position(finding.primary.span.start).line;
            let _ = write!(self.out, "<li><code>{}</code> ", finding.rule);
            self.text(&finding.message);
            self.push(" ");
            self.place(doc.source.path(), doc.source.display(), line);
            self.push("</li>\n");
        }
        self.push("</ul>\n</details>\n");
    }

    fn place(&mut self, path: &Path, shown: &str, line: u32) {
        let target = (self.link)(path);
        self.push("<a class=\"place\" href=\"");
        address(&target, &mut self.out);
        let _ = write!(self.out, "#L{line}\">");
        self.text(shown);
        let _ = write!(self.out, ":{line}</a>");
    }

    fn alignment(&mut self, other: usize, alignment: &Alignment) {
        self.push("<section class=\"alignment\">\n<div class=\"sides\">");
        for at in [0, other] {
            let version = &self.comparison.work.versions[at];
            let items = self.comparison.items(at);
            self.push("<div><strong>");
            self.text(&self.comparison.names[at]);
            let _ =
                write!(self.out, "</strong> <span>{}, {}</span></div>", version.role.as_str(), count(items, "item"));
        }
        self.push("</div>\n");
        let replaced: Vec<&SectionPair> = alignment.replaced_sections().collect();
        for sections in &alignment.sections {
            self.push("<section class=\"group\">\n<h2>");
            self.heading(sections.base);
            self.heading(sections.derived);
            if replaced.contains(&sections) {
                self.push("<em>other items under the same numbers</em>");
            }
            self.push("</h2>\n");
            for pair in alignment.rows_of(sections) {
                self.row(pair, other);
            }
            self.push("</section>\n");
        }
        if !alignment.moves().is_empty() {
            self.push("<section class=\"group\">\n<h2><span>Under another number</span></h2>\n");
            for pair in alignment.moves() {
                self.row(pair, other);
            }
            self.push("</section>\n");
        }
        self.push("</section>\n");
    }

    fn heading(&mut self, section: Option<SectionRef>) {
        match section.and_then(|section| self.comparison.section(section, Spelling::Mended)) {
            Some((_, title, _)) => {
                self.push("<span>");
                self.text(&title);
                self.push("</span>");
            }
            None => self.push("<span class=\"none\">—</span>"),
        }
    }

    fn row(&mut self, pair: &AlignedPair, other: usize) {
        let (left, right) = self.comparison.marked_titles(pair, other);
        let verdict = pair.verdict.as_str();
        let _ = write!(
            self.out,
            "<article class=\"row {verdict}\" data-verdict=\"{verdict}\" tabindex=\"-1\"><span class=\"badge\" title=\"{}\">{}\
             </span>",
            meaning(pair.verdict),
            verdict.replace('-', " ")
        );
        self.side(pair.base, &left, "del");
        self.side(pair.derived, &right, "ins");
        self.push("</article>\n");
    }

    fn side(&mut self, item: Option<ItemRef>, title: &[(TitlePart, String)], mark: &str) {
        let Some(item) = item else {
            return self.push("<div class=\"side none\">—</div>");
        };
        self.push("<div class=\"side\"><p>");
        if let Some(number) = self.comparison.number(item) {
            let _ = write!(self.out, "<b class=\"number\">{number}</b> ");
        }
        for (own, text) in title {
            if *own == TitlePart::Own {
                let _ = write!(self.out, "<{mark}>");
                self.text(text);
                let _ = write!(self.out, "</{mark}>");
            } else {
                self.text(text);
            }
        }
        self.push("</p>");
        let doc = self.comparison.collection.document(item.doc);
        self.place(doc.source.path(), doc.source.display(), self.comparison.line(item));
        if let Some((doc, item)) = self.comparison.item(item) {
            let body = doc.slice(item.body).trim();
            if !body.is_empty() {
                let mut end = body.len().min(MAX_BODY_BYTES);
                while !body.is_char_boundary(end) {
                    end -= 1;
                }
                self.push("<details><summary>body</summary><pre>");
                self.text(body.get(..end).unwrap_or(""));
                self.push(if end < body.len() { "\n…</pre></details>" } else { "</pre></details>" });
            }
        }
        self.push("</div>");
    }

    fn foot(&mut self) {
        self.push("<p id=\"nothing\" hidden>Nothing matches.</p>\n</main>\n<script>");
        self.push(SCRIPT);
        self.push("</script>\n</body>\n</html>\n");
    }
}

/// Content of the elements `style` and `script`.
const STYLE: &str = concat!("\n", include_str!("compare.css"));
const SCRIPT: &str = concat!("\n", include_str!("compare.js"));

/// Returns the hash of a script or style, in the form of a content security policy.
fn hash(content: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content)))
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "equal titles",
        Verdict::Reworded => "the same item, worded differently",
        Verdict::Different => "a different item under the same number",
        Verdict::Moved => "the same item under another number or in another place",
        Verdict::BaseOnly => "only in the reference version",
        Verdict::DerivedOnly => "only in the other version",
    }
}

/// Appends text in a form that is valid in HTML, both in an element and in a quoted attribute.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // HTML allows no other control characters.
            '\t' | '\n' => out.push(c),
            c if c.is_control() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}

/// Appends a relative path as an address, in which all characters other than the unreserved ones and `/` are
/// percent-encoded (RFC 3986).
fn address(path: &str, out: &mut String) {
    // A first segment with a colon would be parsed as a scheme.
    if path.split('/').next().is_some_and(|first| first.contains(':')) {
        out.push_str("./");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte as char),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_document_becomes_markup() {
        let mut out = String::new();
        escape("</script><img src=x onerror=\"a('b')\">&\u{0}", &mut out);
        assert_eq!(out, "&lt;/script&gt;&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;\u{FFFD}");
    }

    #[test]
    fn paths_become_addresses() {
        let mut out = String::new();
        address("../go questions/a\"b#?.md", &mut out);
        assert_eq!(out, "../go%20questions/a%22b%23%3F.md");
        out.clear();
        address("javascript:alert(1)", &mut out);
        assert_eq!(out, "./javascript%3Aalert%281%29");
    }
}
