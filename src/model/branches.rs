//! Branches of the conditions that a template has between blocks, and tabs: a reader sees one of them.
//!
//! Knows a text and the tags of Svelte, Liquid, Jinja, Handlebars, Go, MDX and Hugo; not what a condition asks for.

/// Maximum number of conditions around a place that are told apart, outermost first (a guess: templates nest three or
/// four).
const MAX_DEPTH: usize = 16;

/// The conditions of a document, as steps through its text.
#[derive(Debug, Clone, Default)]
pub struct Branches {
    /// Offset of each tag, and the branches that the text after the tag is in, outermost first: the number of the
    /// condition and that of its branch.
    steps: Vec<(u32, Vec<(u32, u32)>)>,
}

/// Role of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BranchTag {
    /// Opens a condition, or another construct that ends like one.
    Opening,
    /// Begins the next branch of the innermost condition.
    Next,
    Closing,
}

impl Branches {
    /// Finds the conditions whose tags are alone at the start of their lines, where the byte at an offset is no code.
    #[must_use]
    pub fn of(text: &str, is_code: impl Fn(u32) -> bool) -> Self {
        let (mut steps, mut open, mut conditions) = (Vec::new(), Vec::<(u32, u32)>::new(), 0);
        let has = |word: &[u8]| memchr::memmem::find(text.as_bytes(), word).is_some();
        if !has(b"else") && !has(b"Tab") && !has(b"tab ") {
            return Self::default();
        }
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let at = start + (line.len() - line.trim_start().len()) as u32;
            start += line.len() as u32;
            let Some(tag) = BranchTag::at(line.trim()) else { continue };
            if is_code(at) {
                continue;
            }
            match tag {
                BranchTag::Opening => {
                    conditions += 1;
                    open.push((conditions, 0));
                }
                BranchTag::Next => {
                    let Some(innermost) = open.last_mut() else { continue };
                    innermost.1 += 1;
                }
                BranchTag::Closing => {
                    open.pop();
                }
            }
            steps.push((at, open[..open.len().min(MAX_DEPTH)].to_vec()));
        }
        Self { steps }
    }

    /// Returns true if two places are in different branches of one condition.
    #[must_use]
    pub fn are_alternatives(&self, one: u32, other: u32) -> bool {
        let around = |offset: u32| {
            let after = self.steps.partition_point(|(at, _)| *at <= offset);
            after.checked_sub(1).and_then(|at| self.steps.get(at)).map_or(&[][..], |(_, open)| open.as_slice())
        };
        around(one).iter().zip(around(other)).find(|(a, b)| a != b).is_some_and(|(a, b)| a.0 == b.0)
    }
}

impl BranchTag {
    /// Reads the tag that a line starts with. `None` if there is none that matters here.
    fn at(line: &str) -> Option<Self> {
        if let Some(tag) = line.strip_prefix('<') {
            return Self::of_component(tag);
        }
        let inner = line.strip_prefix('{')?;
        let (double, inner) = match inner.strip_prefix(['{', '%']) {
            Some(inner) => (true, inner.trim_start_matches(['-', '~', ' ', '{'])),
            None => (false, inner),
        };
        // A shortcode of Hugo.
        let inner = inner.trim_start_matches(['<', '%', ' ']);
        let (mark, inner) = match inner.strip_prefix(['#', ':', '/', '^']) {
            Some(rest) => (inner.chars().next(), rest),
            None => (None, inner),
        };
        let word = inner.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
        Some(match (double, mark, word) {
            (false, Some('#'), "if" | "each" | "key" | "await") | (true, Some('#'), _) => Self::Opening,
            (false, Some(':'), "else") | (true, None, "else" | "elif" | "elsif" | "elseif" | "when") => Self::Next,
            (false, Some('/'), "if" | "each" | "key" | "await")
            | (true, Some('/'), "if" | "unless" | "each" | "with") => Self::Closing,
            (true, None, "tabs") => Self::Opening,
            (true, None, "tab") => Self::Next,
            (true, Some('/'), "tabs") | (true, None, "endtabs") => Self::Closing,
            (true, None, "if" | "ifversion" | "unless" | "case" | "for" | "range" | "with" | "block" | "define") => {
                Self::Opening
            }
            (true, None, "end" | "endif" | "endunless" | "endcase" | "endfor" | "endblock" | "endwith") => {
                Self::Closing
            }
            _ => return None,
        })
    }

    /// Reads the tag of a component after its `<`: `<Tabs>` holds several of `<TabItem>`, `<Tab>` or `<TabPanel>`.
    fn of_component(tag: &str) -> Option<Self> {
        let (is_end, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        let holds_tabs = ["Tabs", "TabGroup", "TabPanels"].iter().any(|end| name.ends_with(end));
        let is_tab = ["Tab", "TabItem", "TabPanel"].contains(&name);
        match (holds_tabs, is_tab, is_end) {
            (true, _, false) => Some(Self::Opening),
            (true, _, true) => Some(Self::Closing),
            (false, true, false) => Some(Self::Next),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::model::document::Format;
    use crate::model::id::DocId;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    /// Returns whether the places of `x` and `y` in a text are alternatives.
    fn are_alternatives(text: &str) -> bool {
        let source = Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        let place = |name: char| text.find(name).expect("there") as u32;
        doc.branches().are_alternatives(place('X'), place('Y'))
    }

    #[test]
    fn branches_of_a_condition_are_alternatives() {
        for text in [
            "{#if fw === 'pt'}\n\nX\n\n{:else}\n\nY\n\n{/if}\n",
            "{% if page.a %}\nX\n{% elsif page.b %}\nZ\n{% else %}\nY\n{% endif %}\n",
            "{{#if a}}\nX\n{{else}}\nY\n{{/if}}\n",
            "<Tabs>\n<TabItem value=\"a\">\n\nX\n\n</TabItem>\n<TabItem value=\"b\">\n\nY\n\n</TabItem>\n</Tabs>\n",
            "<Tabs\n  items={[]}>\n\n  <Tab>\n<Tabs>\n<Tab>\n\nX\n\n</Tab>\n</Tabs>\n</Tab>\n\n  <Tab>\nY\n",
            "{{< tabs >}}\n{{% tab name=\"a\" %}}\nX\n{{% /tab %}}\n{{% tab name=\"b\" %}}\nY\n{{% /tab %}}\n{{< /tabs >}}\n",
            "{% tabs %}\n{% tab a %}\nX\n{% endtab %}\n{% tab b %}\nY\n{% endtab %}\n{% endtabs %}\n",
            "{{- if .A }}\n{{ range .B }}\nX\n{{ end }}\n{{ else }}\nY\n{{ end }}\n",
        ] {
            assert!(are_alternatives(text), "{text}");
        }
    }

    #[test]
    fn two_conditions_have_no_branches_in_common() {
        for text in [
            "{#if a}\nX\n{:else}\n{/if}\n{#if a}\n{:else}\nY\n{/if}\n",
            "{% if a %}\nX\nY\n{% else %}\n{% endif %}\n",
            "```\n{% if a %}\nX\n{% else %}\nY\n{% endif %}\n```\n",
            "X\n{% else %}\nY\n",
            "<Tabs>\n<Tab>\nX\n</Tab>\n</Tabs>\n<Tabs>\n<Tab>\nY\n</Tab>\n</Tabs>\n",
            "<Table>\nX\n</Table>\n<Table>\nY\n</Table>\n",
        ] {
            assert!(!are_alternatives(text), "{text}");
        }
    }
}
