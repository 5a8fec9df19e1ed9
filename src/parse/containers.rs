//! Containers whose bodies are Markdown although CommonMark takes them for code or HTML: admonitions and tabs of MkDocs,
//! components of MDX, and blocks between lines of colons.
//!
//! Finds the lines that open and close them, and says as what the Markdown parser is to see these lines, so that it
//! reads the bodies. Knows text only.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use super::mask::{Cover, MaskedAs};
use crate::model::document::Dialect;
use crate::model::span::{Span, covers};

/// Longest tag of a component, in bytes (a guess): properties may hold whole functions.
const LONGEST: usize = 8192;
/// How far the body of an admonition is indented, in columns: Python-Markdown asks for it.
const BODY: usize = 4;

/// The containers of a text.
#[derive(Debug, Default)]
pub(super) struct Containers {
    /// The lines that open and close them, sorted and disjoint.
    pub(super) covers: Vec<Cover>,
    /// Those of `covers` that are tags, which may hold links and ids.
    pub(super) tags: Vec<Span>,
}

/// Starts of the lines that open containers, all looked for in one pass. A search for the leftmost match looks at many
/// bytes at once.
static MARKS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let marks = ["!!! ", "??? ", "???+", "=== ", "===!", "===+", ":::", "```{", "~~~{"];
    AhoCorasickBuilder::new().match_kind(MatchKind::LeftmostFirst).build(marks).expect("a few words")
});

/// Returns whether a text may hold containers.
pub(super) fn may_occur(text: &str, dialect: Dialect) -> bool {
    MARKS.is_match(text)
        || memchr::memmem::find_iter(text.as_bytes(), "*[").any(|at| abbreviation(&text[at..]).is_some())
        || memchr::memchr_iter(b'<', text.as_bytes())
            .any(|at| TagName::at(&text[at..]).is_some_and(|name| name.opens(dialect)))
}

/// Finds the containers of a text. `code` are the spans of its code as CommonMark sees it, `taken` the template tags; both
/// are sorted.
pub(super) fn find(text: &str, code: &[Span], taken: &[Span], dialect: Dialect) -> Containers {
    let mut finder = ContainerFinder { text, code, taken, dialect, found: Containers::default(), bodies: Vec::new() };
    finder.run();
    finder.found.covers.sort_by_key(|cover| cover.span);
    finder.found
}

struct ContainerFinder<'a> {
    text: &'a str,
    code: &'a [Span],
    taken: &'a [Span],
    dialect: Dialect,
    found: Containers,
    /// Columns at which the bodies of the open admonitions start.
    bodies: Vec<usize>,
}

/// A line: where it starts, how far it is indented, and what is on it.
#[derive(Clone, Copy)]
struct ContainerLine<'a> {
    start: usize,
    columns: usize,
    /// Offset of its first sign that is no space.
    at: usize,
    written: &'a str,
}

impl<'a> ContainerLine<'a> {
    fn new(text: &'a str, start: usize) -> Self {
        let len = memchr::memchr(b'\n', &text.as_bytes()[start..]).unwrap_or(text.len() - start);
        let line = &text[start..start + len];
        let written = line.trim_start_matches([' ', '\t']);
        let indent = &line[..line.len() - written.len()];
        let columns =
            indent.bytes().fold(0, |columns, byte| if byte == b'\t' { columns / 4 * 4 + 4 } else { columns + 1 });
        Self { start, columns, at: start + indent.len(), written: written.trim_end() }
    }
}

impl<'a> ContainerFinder<'a> {
    fn run(&mut self) {
        let mut fence: Option<(u8, usize)> = None;
        let mut colons: Vec<Cover> = Vec::new();
        let mut directives: Vec<Directive> = Vec::new();
        // Start of the line that may be an option of the directive between colons above it.
        let mut option = usize::MAX;
        let mut next = 0;
        while next < self.text.len() {
            let line = ContainerLine::new(self.text, next);
            next = self.after(line.start);
            if let Some((sign, len)) = fence {
                let closes = ticks(line.written).is_some_and(|(other, more)| other == sign && more >= len);
                if closes && line.written.bytes().all(|byte| byte == sign) {
                    fence = None;
                }
                continue;
            }
            if line.written.is_empty() {
                continue;
            }
            self.bodies.retain(|&body| line.columns >= body);
            if !self.may_open(line) {
                continue;
            }
            match line.written.as_bytes()[0] {
                b'`' | b'~' => {
                    let Some((sign, len)) = ticks(line.written) else { continue };
                    let info = &line.written[len..];
                    match directives.iter().rposition(|open| open.sign == sign && open.len <= len) {
                        Some(open) if info.is_empty() => {
                            let end = Cover { span: Span::from(line.at..line.at + len), shown: MaskedAs::Blank };
                            let head = directives.drain(open..).next().map(|open| open.head);
                            self.found.covers.extend(head.into_iter().chain([end]));
                        }
                        _ if is_prose_directive(info) => {
                            let (head, after) = self.directive(line, next);
                            directives.push(Directive { sign, len, head });
                            next = after;
                        }
                        _ => fence = (sign == b'~' || !info.contains('`')).then_some((sign, len)),
                    }
                }
                b'!' | b'?' | b'=' => self.admonition(line, next),
                b'*' => {
                    if let Some(len) = abbreviation(line.written) {
                        let span = Span::from(line.at..line.at + len);
                        self.found.covers.push(Cover { span, shown: MaskedAs::Marker(2) });
                    }
                }
                b':' if line.start == option && is_option(line.written) => {
                    let span = Span::from(line.at..line.at + line.written.len());
                    self.found.covers.push(Cover { span, shown: MaskedAs::Blank });
                    option = next;
                }
                b':' => match self.reference(line, next) {
                    Some(after) => next = after,
                    None => {
                        self.colons(line, &mut colons);
                        option = if line.written.contains('{') { next } else { option };
                    }
                },
                b'<' => {
                    if let Some(end) = self.component(line) {
                        next = self.after(end - 1);
                    }
                }
                _ => {}
            }
        }
    }

    /// Returns whether something may open on a line: it is no code, or is in the body of an admonition, where CommonMark takes
    /// all for code.
    fn may_open(&self, line: ContainerLine<'_>) -> bool {
        let at = line.at as u32;
        let indented = self.dialect == Dialect::Mdx || !self.bodies.is_empty();
        !covers(self.taken, at) && (indented || line.columns < BODY || !covers(self.code, at))
    }

    /// The start of the line after the one that holds `offset`.
    fn after(&self, offset: usize) -> usize {
        memchr::memchr(b'\n', &self.text.as_bytes()[offset..]).map_or(self.text.len(), |at| offset + at + 1)
    }

    /// The first line from `start` on that is not empty.
    fn next_line(&self, mut start: usize) -> Option<ContainerLine<'a>> {
        while start < self.text.len() {
            let line = ContainerLine::new(self.text, start);
            if !line.written.is_empty() {
                return Some(line);
            }
            start = self.after(start);
        }
        None
    }

    /// `!!! note "Title"`, `??? tip`, `=== "Tab"`, with a body that is indented.
    fn admonition(&mut self, line: ContainerLine<'_>, next: usize) {
        let Some(hidden) = admonition_head(line.written) else { return };
        let body = line.columns + BODY;
        if self.next_line(next).is_some_and(|next| next.columns >= body) {
            let span = Span::from(line.at..line.at + hidden);
            self.found.covers.push(Cover { span, shown: MaskedAs::Marker(BODY as u8) });
            self.bodies.push(body);
        }
    }

    /// Returns the head of a directive of MyST, as in `{note} Title` after a fence, with the lines of its options, and where
    /// its body starts. The title is hidden as well, because no empty line divides it from the body, and many a one is the
    /// name of a file. The body ends with the closing fence, if there is one.
    fn directive(&self, line: ContainerLine<'_>, next: usize) -> (Cover, usize) {
        let lines = |from: usize| (from < self.text.len()).then(|| ContainerLine::new(self.text, from));
        let (mut end, mut after) = (line.at + line.written.len(), next);
        let mut options = self.yaml_options(next);
        while let Some(option) = lines(after).filter(|option| options > 0 || is_option(option.written)) {
            end = option.at + option.written.len();
            after = self.after(after);
            options = options.saturating_sub(1);
        }
        (Cover { span: Span::from(line.at..end), shown: MaskedAs::Blank }, after)
    }

    /// Returns the number of lines of the options in YAML at `from`: between two lines of `---`.
    fn yaml_options(&self, from: usize) -> usize {
        /// Maximum number of lines of options (a guess): a directive of MyST knows some twenty.
        const MAX_LINES: usize = 40;
        let mut lines = self.text[from..].lines().map(str::trim).take(MAX_LINES);
        if lines.next() != Some("---") {
            return 0;
        }
        let between = lines.take_while(|line| !line.starts_with("```") && !line.starts_with("~~~"));
        between.zip(2..).find(|(line, _)| *line == "---").map_or(0, |(_, count)| count)
    }

    /// `::: package.module` of mkdocstrings, with its options, which are indented. Returns where the text goes on.
    fn reference(&mut self, line: ContainerLine<'_>, next: usize) -> Option<usize> {
        let name = line.written.strip_prefix(":::")?.trim();
        let is_name = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_')) && name.contains(['.', '_']);
        let mut after = next;
        let mut end = line.at + line.written.len();
        while let Some(option) = self.next_line(after).filter(|option| option.columns >= line.columns + BODY) {
            end = option.at + option.written.len();
            after = self.after(option.start);
        }
        is_name.then(|| {
            self.found.covers.push(Cover { span: Span::from(line.at..end), shown: MaskedAs::Word });
            after
        })
    }

    /// `:::note Title` to `:::`, however many colons.
    fn colons(&mut self, line: ContainerLine<'_>, open: &mut Vec<Cover>) {
        let count = line.written.len() - line.written.trim_start_matches(':').len();
        if count < 3 {
            return;
        }
        let rest = line.written[count..].trim();
        let cover = |len: usize, shown: MaskedAs| Cover { span: Span::from(line.at..line.at + len), shown };
        if rest.is_empty() {
            let Some(opening) = open.pop() else { return };
            let head = &self.text[opening.span.start as usize..opening.span.end as usize];
            if is_code_directive(head) {
                // All of it is code, which is no text of the page.
                let whole = Span::from(opening.span.start as usize..line.at + count);
                self.found.covers.retain(|cover| !whole.contains(cover.span));
                self.found.covers.push(Cover { span: whole, shown: MaskedAs::Blank });
            } else {
                self.found.covers.extend([opening, cover(count, MaskedAs::Blank)]);
            }
        } else if rest.starts_with(|c: char| c == '{' || c.is_ascii_alphabetic()) {
            let name = match rest.strip_prefix('{') {
                Some(inner) => inner.find('}').map_or(rest.len(), |end| end + 2),
                None => rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(rest.len()),
            };
            let lead = line.written[count..].len() - line.written[count..].trim_start().len();
            let shown = if name == rest.len() { MaskedAs::Blank } else { MaskedAs::Word };
            open.push(cover(count + lead + name, shown));
        }
    }

    /// Tags of components that are alone on their lines; returns where they end.
    fn component(&mut self, line: ContainerLine<'_>) -> Option<usize> {
        let rest = &self.text[line.at..self.text.floor_char_boundary((line.at + LONGEST).min(self.text.len()))];
        let (mut at, mut depth) = (0, 0_i32);
        let mut tags: Vec<Span> = Vec::new();
        loop {
            let tag = tag(&rest[at..], self.dialect)?;
            depth += tag.depth;
            tags.push(Span::from(line.at + at..line.at + at + tag.len));
            at += tag.len;
            let after = rest[at..].trim_start_matches([' ', '\t', '\r']);
            if after.is_empty() || after.starts_with('\n') {
                break;
            }
            at = rest.len() - after.len();
        }
        let end = line.at + at;
        let body = self.next_line(self.after(end - 1));
        let step = body.filter(|_| depth > 0).map_or(0, |body| body.columns.saturating_sub(line.columns));
        let shown = if step >= 2 && at > 5 { MaskedAs::Marker(step.min(5) as u8) } else { MaskedAs::Blank };
        self.found.covers.push(Cover { span: Span::from(line.at..end), shown });
        self.found.tags.extend(tags);
        Some(end)
    }
}

/// A directive of MyST that is open.
struct Directive {
    sign: u8,
    len: usize,
    head: Cover,
}

/// Returns whether the info of a fence is a directive of MyST whose body is Markdown: `{note}`, `{figure} a.png`.
fn is_prose_directive(info: &str) -> bool {
    const NAMES: [&str; 70] = [
        "admonition",
        "algorithm",
        "answer",
        "aside",
        "assumption",
        "attention",
        "axiom",
        "card",
        "caution",
        "conjecture",
        "container",
        "corollary",
        "criterion",
        "danger",
        "definition",
        "deprecated",
        "details",
        "dropdown",
        "epigraph",
        "error",
        "example",
        "exercise",
        "figure",
        "glossary",
        "grid",
        "grid-item",
        "grid-item-card",
        "highlights",
        "hint",
        "important",
        "lemma",
        "list-table",
        "margin",
        "note",
        "observation",
        "only",
        "prf:algorithm",
        "prf:assumption",
        "prf:axiom",
        "prf:conjecture",
        "prf:corollary",
        "prf:criterion",
        "prf:definition",
        "prf:example",
        "prf:lemma",
        "prf:observation",
        "prf:proof",
        "prf:property",
        "prf:proposition",
        "prf:remark",
        "prf:theorem",
        "proof",
        "property",
        "proposition",
        "pull-quote",
        "question",
        "remark",
        "rubric",
        "seealso",
        "sidebar",
        "solution",
        "tab",
        "tab-item",
        "tab-set",
        "theorem",
        "tip",
        "topic",
        "versionadded",
        "versionchanged",
        "warning",
    ];
    let name = info.trim_start().strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name.trim());
    name.is_some_and(|name| NAMES.contains(&name))
}

/// Returns whether the head of a directive between colons, as `:::{math}`, says that its body is code, a formula or a drawing.
fn is_code_directive(head: &str) -> bool {
    const NAMES: [&str; 14] = [
        "code",
        "code-block",
        "code-cell",
        "csv-table",
        "eval-rst",
        "graphviz",
        "ipython",
        "literalinclude",
        "math",
        "mermaid",
        "plot",
        "raw",
        "sourcecode",
        "tikz",
    ];
    let name = head.trim_start_matches(':').trim_start().strip_prefix('{').and_then(|rest| rest.split('}').next());
    name.is_some_and(|name| NAMES.contains(&name.trim()))
}

/// Returns whether a line is an option of a directive: `:class: dropdown`.
fn is_option(line: &str) -> bool {
    let name = line.strip_prefix(':').and_then(|rest| rest.split_once(':')).map(|(name, _)| name);
    name.is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    })
}

/// The sign of a code fence that a line starts with, and how often it is repeated.
fn ticks(line: &str) -> Option<(u8, usize)> {
    let sign = *line.as_bytes().first().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let len = line.bytes().take_while(|&byte| byte == sign).count();
    (len >= 3).then_some((sign, len))
}

/// How many bytes of the head of an admonition or tab are no title; `None` if it is none.
fn admonition_head(line: &str) -> Option<usize> {
    if let Some(rest) = ["=== ", "===! ", "===+ "].iter().find_map(|mark| line.strip_prefix(mark)) {
        return rest.starts_with(['"', '\'']).then_some(line.len() - rest.len());
    }
    let rest = ["!!! ", "??? ", "???+ "].iter().find_map(|mark| line.strip_prefix(mark))?;
    rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '"').then_some(())?;
    Some(line.find('"').unwrap_or(line.len()))
}

/// Returns the length in bytes of the mark of an abbreviation's definition, as Markdown Extra has it: `*[HTML]:`. The rest
/// of the line is a text of its own.
fn abbreviation(line: &str) -> Option<usize> {
    /// Maximum length of an abbreviation, in bytes (a guess).
    const LONGEST_ABBREVIATION: usize = 60;
    let inner = line.strip_prefix("*[")?;
    let len = inner.bytes().take(LONGEST_ABBREVIATION).position(|byte| matches!(byte, b']' | b'\n' | b'['))?;
    (len > 0 && inner[len..].starts_with("]:")).then_some(len + "*[]:".len())
}

/// The name of a tag.
struct TagName<'a> {
    name: &'a str,
    closing: bool,
}

impl<'a> TagName<'a> {
    fn at(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let (closing, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let len = inner
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':')))
            .unwrap_or(inner.len());
        let name = &inner[..len];
        let ends = inner[len..].is_empty() || inner[len..].starts_with([' ', '\t', '\r', '\n', '>', '/']);
        let starts = name.is_empty() && inner.starts_with('>') || name.starts_with(|c: char| c.is_ascii_alphabetic());
        (ends && starts && !name.contains(':')).then_some(Self { name, closing })
    }

    /// Returns whether its content is Markdown: it is a component, or any element of MDX whose content is no code.
    fn opens(&self, dialect: Dialect) -> bool {
        /// Elements whose content is no Markdown, even in MDX.
        const VERBATIM: [&str; 7] = ["pre", "code", "script", "style", "svg", "math", "textarea"];
        let component = self.name.starts_with(|c: char| c.is_ascii_uppercase())
            && self.name.len() > 1
            && self.name.contains(|c: char| c.is_ascii_lowercase());
        component || dialect == Dialect::Mdx && !VERBATIM.contains(&self.name)
    }
}

struct TagOf {
    len: usize,
    /// By how much it opens or closes.
    depth: i32,
}

/// The tag of a container that `text` starts with.
fn tag(text: &str, dialect: Dialect) -> Option<TagOf> {
    let name = TagName::at(text).filter(|name| name.opens(dialect))?;
    let bytes = text.as_bytes();
    let (mut braces, mut quote) = (0_u32, None);
    for (at, &byte) in bytes.iter().enumerate().skip(1) {
        match (quote, byte) {
            (Some(sign), _) if byte == sign => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') if braces == 0 || byte != b'\'' => quote = Some(byte),
            (None, b'{') => braces += 1,
            (None, b'}') => braces = braces.saturating_sub(1),
            (None, b'>') if braces == 0 => {
                let empty = bytes[at - 1] == b'/';
                return Some(TagOf { len: at + 1, depth: if name.closing { -1 } else { i32::from(!empty) } });
            }
            (None, b'<') if braces == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::mask::masked;
    use super::*;

    fn seen(text: &str, dialect: Dialect) -> String {
        masked(text, &find(text, &[], &[], dialect).covers)
    }

    #[test]
    fn the_head_of_an_admonition_is_an_item_whose_content_is_its_body() {
        assert_eq!(seen("!!! note \"T\"\n\n    b\n", Dialect::CommonMark), "+   0xxxx\"T\"\n\n    b\n");
        assert_eq!(
            seen("???+ tip\n    b\n    === 'T'\n        c\n", Dialect::CommonMark),
            "+   0xxx\n    b\n    +   'T'\n        c\n"
        );
        for text in ["!!! note\n\nb\n", "!!!\n    b\n", "===\n    b\n", "```\n!!! note\n    b\n```\n", "=== a\n    b\n"]
        {
            assert_eq!(seen(text, Dialect::CommonMark), text);
        }
    }

    #[test]
    fn lines_of_colons_are_blank_in_pairs() {
        assert_eq!(seen(":::note\na\n:::\n", Dialect::CommonMark), "       \na\n   \n");
        assert_eq!(
            seen("::::tip b\n:::{note}\na\n:::\n::::\n", Dialect::CommonMark),
            "0xxxxxx b\n         \na\n   \n    \n"
        );
        for text in [":::note\na\n", ":::\na\n", ":: a\n::\n", "```\n:::a\n:::\n```\n"] {
            assert_eq!(seen(text, Dialect::CommonMark), text);
        }
    }

    #[test]
    fn the_body_of_a_directive_of_myst_was_code() {
        assert_eq!(seen("```{note}\na\n```\n", Dialect::CommonMark), "         \na\n   \n");
        assert_eq!(
            seen("````{tip} T\n```{warning}\n:class: b\n\na\n```\n```py\nc\n```\n````\n", Dialect::CommonMark),
            "           \n                      \n\na\n   \n```py\nc\n```\n    \n"
        );
        for options in [":name: b", "---\nname: b\nwidth: 80%\n---"] {
            let masked = seen(&format!("```{{figure}} c.png\n{options}\na\n```\n"), Dialect::CommonMark);
            assert_eq!(masked.split_whitespace().collect::<Vec<_>>(), ["a"], "{options}");
        }
        let open = seen("```{note}\n---\na\n```\nb\n", Dialect::CommonMark);
        assert!(open.contains('a') && open.contains('b'));
        for text in ["```{note}\na\n", "```{code-block} py\na\n```\n", "```py\n```{note}\n```\n"] {
            assert_eq!(seen(text, Dialect::CommonMark), text);
        }
    }

    #[test]
    fn options_of_mkdocstrings_were_words() {
        assert_eq!(
            seen("::: a.b\n    options:\n        c: d\n\nText.\n", Dialect::CommonMark),
            "0xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\nText.\n"
        );
    }

    #[test]
    fn tags_of_components_alone_on_their_lines_are_masked() {
        assert_eq!(seen("<Note>\na\n</Note>\n", Dialect::CommonMark), "      \na\n       \n");
        assert_eq!(
            seen("<Tab a={x > y} b=\">\">\n    c\n</Tab>\n", Dialect::CommonMark),
            "+   0xxxxxxxxxxxxxxxx\n    c\n      \n"
        );
        assert_eq!(seen("<A1b />\n<Cd\n  e='f'\n/>\n", Dialect::CommonMark), "       \n              \n");
        assert_eq!(seen("<div>\n  a\n</div>\n", Dialect::Mdx), "     \n  a\n      \n");
        for text in
            ["<Note>a</Note>\n", "<T>\n", "a <Note>\n", "<div>\n", "<Note\n", "<https://a.b>\n", "```\n<Note>\n```\n"]
        {
            assert_eq!(seen(text, Dialect::CommonMark), text);
        }
        assert_eq!(seen("<pre>\n a\n</pre>\n", Dialect::Mdx), "<pre>\n a\n</pre>\n");
    }
}
