//! Template tags of Liquid, Jinja, Hugo, ERB and template literals in Markdown, which are code to its readers.
//!
//! A template engine reads its tags before Markdown is read, so markup inside a tag does not count. The tags are found
//! first and hidden from the Markdown parser behind the same number of letters. Knows text only.

use std::collections::HashSet;

use memchr::{memchr3_iter, memmem};

use crate::model::document::Dialect;
use crate::model::span::{Span, covers};

/// Maximum length of a tag, in bytes (a guess): Hugo's figure tags with captions take some hundred, and anything longer
/// was hardly meant as a tag.
const LONGEST: usize = 4096;
/// Maximum length of an import or export of MDX, in bytes (a guess): a component that a page defines takes some
/// thousand.
const LONGEST_MODULE: usize = 32 * 1024;
/// Maximum distance from a tag back to the start of its line, in bytes (a guess). A tag farther from it comes after
/// words.
const LEAD: usize = 64;

/// Names of tags whose bodies are code or a comment. A name counts if any of its parts, divided by `-` or `_`, is
/// listed.
const CODE: [&str; 16] = [
    "highlight",
    "code",
    "codeblock",
    "comment",
    "verbatim",
    "mermaid",
    "plantuml",
    "prism",
    "katex",
    "latex",
    "math",
    "graphviz",
    "javascript",
    "style",
    "stylesheet",
    "schema",
];

/// The template tags of a text.
#[derive(Debug, Default)]
pub(super) struct Templates {
    /// Tags, and each code body together with its two tags; sorted and disjoint.
    pub(super) spans: Vec<Span>,
    /// The elements of `spans` that hold code between two tags.
    pub(super) bodies: Vec<Span>,
    /// Text between `{% raw %}` and `{% endraw %}`: its Markdown counts, its words do not.
    pub(super) raw: Vec<Span>,
}

/// Returns whether a text may hold template tags. In MDX, expressions in braces, imports and exports are tags, too.
pub(super) fn may_occur(text: &str, dialect: Dialect) -> bool {
    let bytes = text.as_bytes();
    let is_tag = |at: usize| TagSyntax::at(&bytes[at..], Dialect::CommonMark).is_some();
    dialect == Dialect::Mdx || memchr3_iter(b'{', b'$', b'<', bytes).any(is_tag)
}

/// Finds the template tags of a text. A tag within `code`, the sorted spans of code as Markdown sees it, is only shown,
/// so it is left out.
pub(super) fn find(text: &str, code: &[Span], dialect: Dialect) -> Templates {
    let mut finder = TemplateFinder { text, code, dialect, found: Templates::default(), unclosed: HashSet::new() };
    finder.run();
    if dialect == Dialect::Mdx {
        finder.modules();
    }
    finder.found
}

impl Templates {
    /// Returns the tags with all offsets raised by `by` bytes.
    pub(super) fn shifted(mut self, by: u32) -> Self {
        for span in self.spans.iter_mut().chain(&mut self.bodies).chain(&mut self.raw) {
            *span = Span::new(span.start + by, span.end + by);
        }
        self
    }

    /// Returns the first of the spans that shares a byte with `span`.
    pub(super) fn within(&self, span: Span) -> Option<Span> {
        let at = self.spans.partition_point(|tag| tag.end <= span.start);
        self.spans.get(at).copied().filter(|tag| tag.start < span.end)
    }

    /// Returns whether `offset` is between `{% raw %}` and `{% endraw %}`.
    pub(super) fn is_raw(&self, offset: u32) -> bool {
        covers(&self.raw, offset)
    }
}

/// Syntax of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TagSyntax {
    /// `{{ x }}`, `{{< x >}}`, `{{% x %}}`, `{{</* x */>}}`, `{{{ x }}}`.
    Value,
    /// `{% x %}`.
    Block,
    /// `{# x #}`.
    Comment,
    /// `{/* x */}`, a comment of MDX, which some sites write in `.md` files, too.
    Remark,
    /// `<% x %>`.
    Erb,
    /// `${x}`.
    Literal,
    /// `{x}`, an expression of MDX.
    Expression,
}

impl TagSyntax {
    fn at(bytes: &[u8], dialect: Dialect) -> Option<Self> {
        Some(match bytes {
            [b'{', b'{', ..] => Self::Value,
            [b'{', b'%', ..] => Self::Block,
            // `{#x}` is the id of a heading.
            [b'{', b'#', b' ' | b'-' | b'\n' | b'\r', ..] => Self::Comment,
            [b'{', b'/', b'*', ..] => Self::Remark,
            [b'<', b'%', ..] => Self::Erb,
            [b'$', b'{', ..] => Self::Literal,
            [b'{', next, ..] if dialect == Dialect::Mdx && *next != b'#' => Self::Expression,
            _ => return None,
        })
    }

    /// Returns the length of the tag at the start of `text`, in bytes.
    fn len(self, text: &str, place: TagPlace) -> Option<usize> {
        let bytes = &text.as_bytes()[..text.len().min(LONGEST)];
        let closed = |mark: &str| memmem::find(bytes.get(2..)?, mark.as_bytes()).map(|at| at + 2 + mark.len());
        let len = match self {
            Self::Value => closed("}}").map(|end| end + usize::from(bytes.get(end) == Some(&b'}')))?,
            Self::Block => closed("%}")?,
            Self::Comment => closed("#}")?,
            Self::Remark => closed("*/}")?,
            Self::Erb => closed("%>")?,
            Self::Literal => balanced(bytes, 1)?,
            Self::Expression => balanced(bytes, 0)?,
        };
        let tag = text.get(..len)?;
        let is_broken = match self {
            Self::Literal => tag.contains(['\n', '\r']),
            // Braces of MDX are code wherever they are.
            Self::Expression => false,
            // Two braces alone are also what a page about templates shows.
            Self::Value if !["{{<", "{{%", "{{/*"].iter().any(|opening| tag.starts_with(opening)) => {
                has_empty_line(tag)
            }
            Self::Value | Self::Block | Self::Comment | Self::Remark | Self::Erb if place == TagPlace::LineStart => {
                // A second tag that opens before the end says that the first one was only talked about.
                text[2..len].contains(&text[..2]) && has_empty_line(tag)
            }
            Self::Comment => tag.contains(['\n', '\r']),
            _ => has_empty_line(tag),
        };
        (!is_broken).then_some(len)
    }
}

/// Place of a tag in its line. An engine reads a tag up to its end, whatever is in it; but a tag among words may only be
/// talked about, so it ends within its paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TagPlace {
    /// After white space and the signs of lists and quotations alone.
    LineStart,
    /// After words.
    Among,
}

impl TagPlace {
    fn of(text: &str, at: usize) -> Self {
        let near = &text[text.floor_char_boundary(at.saturating_sub(LEAD))..at];
        let lead = near.rsplit(['\n', '\r']).next().unwrap_or("");
        let leads = lead.chars().all(|c| c.is_whitespace() || c.is_ascii_digit() || "->*+.)".contains(c));
        if leads { Self::LineStart } else { Self::Among }
    }
}

/// Returns the offset after the brace that closes the one at `start`.
fn balanced(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Returns the length in bytes of the module of MDX at the start of `text`: up to the end of the line where all brackets
/// and template literals are closed; up to the next empty line if they are not within [`LONGEST_MODULE`] bytes.
fn module_len(text: &str) -> usize {
    let near = &text[..text.floor_char_boundary(LONGEST_MODULE.min(text.len()))];
    let (mut depth, mut in_literal, mut end) = (0i32, false, 0);
    for line in near.split_inclusive('\n') {
        for byte in line.bytes() {
            match byte {
                b'`' => in_literal = !in_literal,
                b'{' | b'[' | b'(' if !in_literal => depth += 1,
                b'}' | b']' | b')' if !in_literal => depth -= 1,
                _ => {}
            }
        }
        if depth <= 0 && !in_literal {
            return end + line.trim_end().len();
        }
        end += line.len();
    }
    let mut end = 0;
    let lines = near.split_inclusive('\n').take_while(|line| !line.trim().is_empty());
    lines.for_each(|line| end += line.len());
    near[..end].trim_end().len()
}

fn has_empty_line(text: &str) -> bool {
    text.lines().skip(1).any(|line| line.trim_matches([' ', '\t', '\r', '>']).is_empty())
}

struct TemplateFinder<'a> {
    text: &'a str,
    code: &'a [Span],
    dialect: Dialect,
    found: Templates,
    /// Names of the tags that nothing in the rest of the text closes.
    unclosed: HashSet<String>,
}

impl TemplateFinder<'_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut next = 0;
        for at in memchr3_iter(b'{', b'$', b'<', bytes) {
            if at < next || self.is_code(at) {
                continue;
            }
            let syntax = TagSyntax::at(&bytes[at..], self.dialect);
            let len = syntax.and_then(|syntax| syntax.len(&self.text[at..], TagPlace::of(self.text, at)));
            let Some(len) = len else { continue };
            let end = at + len;
            if self.is_code(end - 1) {
                continue;
            }
            let span = Span::from(at..end);
            next = end;
            match opened(&self.text[at..end]) {
                // Content of a raw tag is text, even if it looks like another raw tag.
                Some((name, style)) if name == "raw" && !self.found.is_raw(at as u32) => {
                    if let Some((start, _)) = self.closing(&name, style, at, end) {
                        self.found.raw.push(Span::from(end..start));
                    }
                    self.found.spans.push(span);
                }
                Some((name, style)) if is_code_name(&name) => match self.closing(&name, style, at, end) {
                    Some((_, after)) => {
                        self.found.spans.push(Span::from(at..after));
                        self.found.bodies.push(Span::from(at..after));
                        next = after;
                    }
                    None => self.found.spans.push(span),
                },
                _ => self.found.spans.push(span),
            }
        }
    }

    /// Finds the imports and exports of MDX: from a line that starts with one, which is not in a paragraph, to the line
    /// where all brackets are closed; or to the next empty line, if they never are.
    fn modules(&mut self) {
        let mut modules: Vec<Span> = Vec::new();
        let (mut at, mut in_paragraph) = (0, false);
        while let Some(line) = self.text.get(at..).and_then(|rest| rest.split_inclusive('\n').next()) {
            let begins = line.starts_with("import ") || line.starts_with("export ");
            if begins && !in_paragraph && !self.is_code(at) {
                let end = at + module_len(&self.text[at..]);
                modules.push(Span::from(at..end));
                at = end + self.text[end..].find('\n').map_or(self.text.len() - end, |newline| newline + 1);
            } else {
                // Another block than a paragraph ends at its own line.
                let is_text = line.starts_with(|c: char| c.is_alphanumeric());
                in_paragraph = !line.trim().is_empty() && (in_paragraph || is_text);
                at += line.len();
            }
        }
        self.found.spans.retain(|tag| {
            let after = modules.partition_point(|module| module.end <= tag.start);
            modules.get(after).is_none_or(|module| module.start >= tag.end)
        });
        self.found.spans.extend(modules.iter().filter(|module| !module.is_empty()));
        self.found.spans.sort();
        self.found.bodies.extend(modules);
        self.found.bodies.sort();
    }

    fn is_code(&self, at: usize) -> bool {
        covers(self.code, at as u32)
    }

    /// Returns the start and end of the tag that closes the one at `start..end`. The tag that closes a tag at the start
    /// of its line may be anywhere below. One that closes a tag within a line must be in the same paragraph, because
    /// there the tag may only be talked about.
    fn closing(&mut self, name: &str, style: BodySyntax, start: usize, end: usize) -> Option<(usize, usize)> {
        let text = self.text;
        let key = format!("{style:?} {name}");
        let leads = TagPlace::of(text, start) == TagPlace::LineStart;
        let limit = if leads { text.len() } else { text.floor_char_boundary((end + LONGEST).min(text.len())) };
        if leads && self.unclosed.contains(&key) {
            return None;
        }
        let finder = memmem::Finder::new(style.opening());
        let mut from = end;
        while let Some(at) = finder.find(&text.as_bytes()[from..limit]).map(|at| from + at) {
            from = at + 2;
            let syntax = if style == BodySyntax::Block { TagSyntax::Block } else { TagSyntax::Value };
            let Some(len) = syntax.len(&text[at..], TagPlace::Among) else { continue };
            if closes(&text[at..at + len], name, style) && !self.is_code(at) {
                return (leads || !has_empty_line(&text[start..at])).then_some((at, at + len));
            }
        }
        if leads {
            self.unclosed.insert(key);
        }
        None
    }
}

/// Syntaxes whose tags have bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodySyntax {
    /// `{% x %}` … `{% endx %}`.
    Block,
    /// `{{< x >}}` … `{{< /x >}}`.
    Hugo,
}

impl BodySyntax {
    fn opening(self) -> &'static str {
        match self {
            Self::Block => "{%",
            Self::Hugo => "{{",
        }
    }
}

/// Returns the name of a tag that may have a body.
fn opened(tag: &str) -> Option<(String, BodySyntax)> {
    if let Some(inner) = tag.strip_prefix("{%") {
        return Some((name_of(inner), BodySyntax::Block));
    }
    let inner = tag.strip_prefix("{{<").or_else(|| tag.strip_prefix("{{%"))?;
    let closed = tag.trim_end_matches(['}', '>', '%']).trim_end().ends_with('/') || inner.starts_with("/*");
    (!closed).then(|| (name_of(inner), BodySyntax::Hugo))
}

fn closes(tag: &str, name: &str, style: BodySyntax) -> bool {
    match style {
        BodySyntax::Block => {
            tag.strip_prefix("{%").is_some_and(|inner| name_of(inner).strip_prefix("end") == Some(name))
        }
        BodySyntax::Hugo => {
            let inner = tag.strip_prefix("{{<").or_else(|| tag.strip_prefix("{{%"));
            let named = inner.and_then(|inner| inner.trim_start().strip_prefix('/'));
            named.is_some_and(|inner| name_of(inner) == name)
        }
    }
}

fn name_of(inner: &str) -> String {
    let inner = inner.trim_start_matches(['-', '+', '~']).trim_start();
    inner.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

fn is_code_name(name: &str) -> bool {
    name.split(['-', '_']).any(|part| CODE.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Vec<&str> {
        find(text, &[], Dialect::CommonMark).spans.iter().map(|span| &text[span.range()]).collect()
    }

    #[test]
    fn tags_of_all_engines_are_found() {
        for tag in [
            "{{ x }}",
            "{{{ x }}}",
            "{{< x a=\"b\" >}}",
            "{{% x %}}",
            "{{</* x */>}}",
            "{{- x | y -}}",
            "{% if x %}",
            "{%- x -%}",
            "{# x #}",
            "{/* x */}",
            "<%= x %>",
            "<% x %>",
            "${x}",
            "${{ x.y }}",
            "${f({ a: 1 })}",
            "{{< figure\n  src=\"a\"\n>}}",
        ] {
            assert_eq!(tags(&format!("one {tag} two")), [tag]);
        }
        for tag in ["{{/*\n a\n\n b\n*/}}", "{#\n a\n\n b\n#}", "<%\n a\n\n b\n%>", "{{< x\n a=\"b\"\n\n c=\"d\"\n>}}"]
        {
            assert_eq!(tags(&format!("one\n\n{tag}\n\ntwo")), [tag]);
            assert_eq!(tags(&format!("one {tag} two")), [""; 0]);
        }
        for text in ["{#id}", "{x}", "$5 {", "a {{ b", "{{ a\n\nb }}", "${a\n}", "<%", "5 < 6% of {%"] {
            assert_eq!(tags(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn code_between_two_tags_is_one_stretch_with_them() {
        for text in [
            "{% highlight ruby linenos %}\n# a\n\nb\n{% endhighlight %}",
            "{%- comment -%}\na\n{%- endcomment -%}",
            "{{< highlight go >}}\na {{ b }}\n{{< /highlight >}}",
            "{{% code-toggle %}}\n\na\n{{%/ code-toggle %}}",
        ] {
            assert_eq!(tags(&format!("x\n\n{text}\n\ny")), [text]);
        }
        assert_eq!(tags("{% highlight %}\na\n"), ["{% highlight %}"]);
        assert_eq!(tags("say {% comment %} and\n\n{% endcomment %}"), ["{% comment %}", "{% endcomment %}"]);
        assert_eq!(tags("{{< code file=x />}} a {{< /code >}}").len(), 2);
    }

    #[test]
    fn raw_text_keeps_its_markup() {
        let text = "{% raw %}\n# A {{ b }}\n{% endraw %}";
        let found = find(text, &[], Dialect::CommonMark);
        assert_eq!(found.raw.iter().map(|raw| &text[raw.range()]).collect::<Vec<_>>(), ["\n# A {{ b }}\n"]);
        assert_eq!(found.spans.len(), 3);
    }

    #[test]
    fn imports_exports_and_expressions_are_code_in_mdx() {
        let module = "export const meta = {\n  label: 'the the',\n}";
        let text = format!("import A from 'a'\n\n{module}\n\n# A {{b}}\n\n{{/* c */}}\n\nexports of {{#id}}\n");
        let found = find(&text, &[], Dialect::Mdx);
        let spans: Vec<&str> = found.spans.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(spans, ["import A from 'a'", module, "{b}", "{/* c */}"]);
        assert_eq!(tags("{b}"), [""; 0]);
    }

    #[test]
    fn an_empty_line_ended_an_export_of_mdx() {
        let mdx = |text: &str| -> Vec<String> {
            find(text, &[], Dialect::Mdx).spans.iter().map(|span| text[span.range()].to_owned()).collect()
        };
        for module in [
            "export function Page() {\n  const a = 1\n\n  return a\n}",
            "export const query = `\n  a\n\n  b\n`",
            "export const Boat = () => {\n  // a\n\n  return null\n}",
        ] {
            assert_eq!(mdx(&format!("{module}\n\n# A\n")), [module]);
        }
        assert_eq!(mdx("export const open = {\n  a\n\n# B\n"), ["export const open = {\n  a"]);
        assert_eq!(mdx("They\nimport what you need, and\nexport the rest.\n"), [""; 0]);
        assert_eq!(mdx("<Code>{`\na\n\nb\n`}</Code>\n"), ["{`\na\n\nb\n`}"]);
    }

    #[test]
    fn a_tag_in_code_is_one_that_is_talked_about() {
        let text = "`{{ a }}` and {{ b }} and `{{` to `}}`";
        let code = [Span::new(0, 9), Span::new(26, 30), Span::new(34, 38)];
        assert_eq!(find(text, &code, Dialect::CommonMark).spans, [Span::new(14, 21)]);
    }

    #[test]
    fn thousands_of_tags_that_are_never_closed_take_linear_time() {
        let text = "{% highlight x %}\n\n{{< code >}}\n\n".repeat(20_000);
        assert_eq!(find(&text, &[], Dialect::CommonMark).spans.len(), 40_000);
    }
}
