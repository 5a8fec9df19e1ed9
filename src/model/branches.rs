//! Branches of the conditions that a template has between blocks: of two branches of one condition, a reader sees one.
//!
//! Knows a text and the tags of Svelte, Liquid, Jinja, Handlebars and Go; not what a condition asks for.

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
        if memchr::memmem::find(text.as_bytes(), b"else").is_none() {
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
        let inner = line.strip_prefix('{')?;
        let (double, inner) = match inner.strip_prefix(['{', '%']) {
            Some(inner) => (true, inner.trim_start_matches(['-', '~', ' ', '{'])),
            None => (false, inner),
        };
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
            (true, None, "if" | "ifversion" | "unless" | "case" | "for" | "range" | "with" | "block" | "define") => {
                Self::Opening
            }
            (true, None, "end" | "endif" | "endunless" | "endcase" | "endfor" | "endblock" | "endwith") => {
                Self::Closing
            }
            _ => return None,
        })
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
        ] {
            assert!(!are_alternatives(text), "{text}");
        }
    }
}
