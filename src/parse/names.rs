//! Names that Markdown reads as text and that are no words: targets of wiki links, labels, ids of blocks, and formulas of
//! LaTeX.
//!
//! The Markdown parser sees them as they are, because only some flavours know them; no rule reads them as prose. Knows text
//! only.

use memchr::{memchr_iter, memmem};

use crate::model::span::Span;

/// Maximum length of the target of a wiki link, in bytes (a guess): names of files are at most 255
/// bytes long.
const LONGEST_NAME: usize = 255;
/// Maximum length of a formula, in bytes (a guess): a page of aligned equations.
const LONGEST_FORMULA: usize = 4096;

/// Returns the names of a text, sorted and disjoint.
pub(super) fn find(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let wiki = memmem::find_iter(bytes, b"[[").filter_map(|at| wiki_target(text, at));
    let formulas = memchr_iter(b'\\', bytes).filter_map(|at| formula(text, at));
    let ids = memchr_iter(b'^', bytes).filter_map(|at| block_id(text, at));
    let labels = memmem::find_iter(bytes, b")=").filter_map(|at| label(text, at));
    let mut all: Vec<Span> = wiki.chain(formulas).chain(ids).chain(labels).collect();
    all.sort_unstable();
    let mut reached = 0;
    all.retain(|span| {
        let is_apart = span.start >= reached;
        reached = reached.max(span.end);
        is_apart
    });
    all
}

/// Returns the target of the wiki link at `at`, with its brackets, up to the text that is shown in its place.
fn wiki_target(text: &str, at: usize) -> Option<Span> {
    let near = &text[at..text.floor_char_boundary((at + LONGEST_NAME).min(text.len()))];
    let end = near.find("]]")?;
    let inner = near.get(2..end)?;
    // Brackets in the text of a link, and definitions: `[[1]](url)`, `[[1]][a]`.
    let opens_line = || text[..at].rsplit('\n').next().unwrap_or("").trim().is_empty();
    let is_text = near[end + 2..].starts_with(['(', '['])
        || near[end + 2..].starts_with(':') && !inner.contains('|') && opens_line();
    if is_text || inner.is_empty() || inner.contains(['[', '`', '\n', '\r']) || text[..at].ends_with(['\\', '[']) {
        return None;
    }
    let shown = inner.find('|').filter(|_| !text[..at].ends_with('!'));
    Some(Span::from(at..at + shown.map_or(end + 2, |bar| 2 + bar + 1)))
}

/// Returns the id of a block, as Obsidian has it, whose mark is at `at`: `^lamp` at the end of a line.
fn block_id(text: &str, at: usize) -> Option<Span> {
    let is_free = text[..at].chars().next_back().is_none_or(char::is_whitespace);
    let rest = &text[at + 1..];
    let len = rest.bytes().take(LONGEST_NAME).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
    let ends = rest[len..].trim_start_matches([' ', '\t', '\r']);
    (is_free && len > 0 && (ends.is_empty() || ends.starts_with('\n'))).then(|| Span::from(at..at + 1 + len))
}

/// Returns the label of MyST whose closing parenthesis is at `at`: `(lamp)=`, alone on its line.
fn label(text: &str, at: usize) -> Option<Span> {
    let near = &text[text.ceil_char_boundary(at.saturating_sub(LONGEST_NAME))..at];
    let line = near.rsplit('\n').next()?;
    let name = line.trim_start().strip_prefix('(')?;
    let ends = text[at + 2..].trim_start_matches([' ', '\t', '\r']);
    let is_alone = ends.is_empty() || ends.starts_with('\n');
    (is_alone && !name.is_empty() && !name.contains(['(', ' '])).then(|| Span::from(at - name.len() - 1..at + 2))
}

/// Returns the formula that the backslash at `at` opens: `\(…\)`, `\[…\]`, both also with two backslashes, or an environment.
fn formula(text: &str, at: usize) -> Option<Span> {
    let near = &text[at..text.floor_char_boundary((at + LONGEST_FORMULA).min(text.len()))];
    if let Some(rest) = near.strip_prefix("\\begin{") {
        let name = rest.split('}').next().filter(|name| name.len() < LONGEST_NAME && !name.contains('\n'))?;
        let close = format!("\\end{{{name}}}");
        let end = near.find(&close)?;
        return Some(Span::from(at..at + end + close.len()));
    }
    if text[..at].ends_with('\\') {
        return None;
    }
    let slashes = near.len() - near.trim_start_matches('\\').len();
    let (open, close) = match near.as_bytes().get(slashes) {
        Some(b'(') if slashes <= 2 => ('(', ')'),
        Some(b'[') if slashes <= 2 => ('[', ']'),
        _ => return None,
    };
    let close = format!("{}{close}", &near[..slashes]);
    let inner = near[slashes + 1..].split(close.as_str()).next()?;
    let end = slashes + 1 + inner.len();
    let is_closed = near.get(end..end + close.len()) == Some(close.as_str());
    let is_one_paragraph = !inner.lines().skip(1).any(|line| line.trim().is_empty());
    // Editors escape brackets of ordinary text as well.
    let is_formula = open == '(' || slashes == 2 || inner.contains(['=', '^', '_', '\\', '{', '+', '<', '>', '\n']);
    (is_closed && is_one_paragraph && is_formula).then(|| Span::from(at..at + end + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        find(text).iter().map(|span| &text[span.range()]).collect()
    }

    #[test]
    fn targets_of_wiki_links_were_prose() {
        assert_eq!(
            names("See [[old gate]], ![[map|300]] and [[gate#The lock|the lock]]."),
            ["[[old gate]]", "[[map|300]]", "[[gate#The lock|"]
        );
        assert_eq!(names("- [[old-gate|Gate]]: x"), ["[[old-gate|"]);
        for text in
            ["[[1]](https://example.org)", "[[1]][a]", "[[1]]: x", "[[a\nb]]", "\\[[a]]", "[[a [b]]", "[[`a`]]", "[[]]"]
        {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn labels_and_ids_of_blocks_were_prose() {
        assert_eq!(names("The lamp. ^recieve-1\n\n(wierd)=\n# A\n"), ["^recieve-1", "(wierd)="]);
        for text in ["a ^b c", "a^b", "[^1]", "f(x)= y", "(a b)=", "^", ")="] {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn formulas_of_latex_were_prose() {
        for formula in [
            "\\(a\\)",
            "\\\\(a b\\\\)",
            "\\[a = b\\]",
            "\\\\[\na\n\\\\]",
            "\\begin{align*}\na &= 1 \\\\\nb\n\\end{align*}",
        ] {
            assert_eq!(names(&format!("The {formula} is")), [formula]);
        }
        for text in ["\\[a word\\]", "\\(a\n\nb\\)", "\\(a", "\\begin{a} \\end{b}", "\\\\\\(a\\\\\\)", "a \\* b", "\\"]
        {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }
}
