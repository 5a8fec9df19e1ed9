//! Suppression comments: `recto-allow`, `recto-allow-file`, `recto-off` and `recto-on`.
//!
//! Reads HTML comments. MDX refuses these, so there also the comments of its expressions: `{/* recto-allow … */}`. Does
//! not know which rules exist.

use crate::model::document::{Document, Suppression};
use crate::model::span::Span;

/// Fills in the suppressions.
pub(super) fn read(doc: &mut Document) {
    let mut allows = Vec::new();
    let mut off: Option<Suppression> = None;
    let in_braces: &[Span] = if doc.is_mdx() { &doc.templates } else { &[] };
    for place in doc.html.iter().chain(in_braces) {
        for (comment, content) in comments(doc, *place) {
            let Some(words) = content.trim().strip_prefix("recto-") else {
                allows.extend(mistyped(content).map(|problem| with_problem(comment, problem)));
                continue;
            };
            let (verb, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
            match verb {
                "off" => {
                    let mut allow = allow(comment, rest);
                    allow.scope = Span::new(comment.end, doc.text().len() as u32);
                    let until_here = |mut before: Suppression| {
                        before.scope.end = comment.start;
                        before
                    };
                    allows.extend(off.replace(allow).map(until_here));
                }
                "on" => match off.take() {
                    Some(mut allow) => {
                        allow.scope.end = comment.start;
                        allows.push(allow);
                    }
                    None => allows.push(with_problem(comment, "`recto-on` without a `recto-off` before it".to_owned())),
                },
                "allow-file" => allows.push(Suppression { scope: doc.span(), ..checked(allow(comment, rest)) }),
                "allow" => allows.push(Suppression { scope: scope(doc, comment), ..checked(allow(comment, rest)) }),
                other => allows.push(with_problem(comment, no_directive(&format!("recto-{other}")))),
            }
        }
    }
    allows.extend(off);
    allows.extend(misplaced(doc));
    allows.sort_by_key(|allow| allow.comment);
    doc.suppressions = allows;
}

/// Returns the directives in remarks that are no comments of HTML, each with its problem: in definitions, and between
/// percent signs.
fn misplaced(doc: &Document) -> Vec<Suppression> {
    let text = doc.text().as_bytes();
    let mut found: Vec<Suppression> = Vec::new();
    let mut places: Vec<usize> =
        ["recto", "Recto", "RECTO"].into_iter().flat_map(|name| memchr::memmem::find_iter(text, name)).collect();
    places.sort_unstable();
    for at in places {
        let line = doc.line_span(at as u32);
        if found.last().is_some_and(|last| last.comment.start == line.start) || doc.is_verbatim(at as u32) {
            continue;
        }
        let Some((remark, place)) = remark(doc.slice(line)) else { continue };
        if mistyped(remark).is_some() || remark.starts_with("recto-") {
            let directive = remark.split_whitespace().next().unwrap_or(remark);
            let problem = format!("`{directive}` is no directive {place}: use `<!-- recto-allow RULE: the reason -->`");
            found.push(with_problem(line, problem));
        }
    }
    found
}

/// Returns the remark that a line hides from its readers in another way than by a comment of HTML, and where it is: in a
/// definition, `[//]: # (the remark)` or `[//]: <> (the remark)`, or as Obsidian does, `%% the remark %%`.
fn remark(line: &str) -> Option<(&str, &'static str)> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("%%") {
        return Some((rest.trim_end_matches('%').trim(), "between percent signs"));
    }
    let (_, rest) = line.strip_prefix('[')?.split_once("]:")?;
    let rest = rest.trim_start();
    let rest = ["#", "<>", "<#>"].iter().find_map(|target| rest.strip_prefix(target))?;
    Some((rest.trim_start().trim_start_matches(['(', '"', '\'']), "in a definition"))
}

/// Returns the comments within a span of HTML or within an expression, each with the text between its delimiters.
fn comments(doc: &Document, html: Span) -> impl Iterator<Item = (Span, &str)> {
    let text = doc.slice(html);
    // There may be white space between the braces and the comment: `{ /* … */ }`.
    let (opening, closing) = if text.starts_with('{') { ("/*", "*/") } else { ("<!--", "-->") };
    let inner = text.trim_start_matches('{').trim_start();
    let is_comment =
        opening == "<!--" || inner.starts_with("/*") && text.trim_end_matches('}').trim_end().ends_with("*/");
    let text = if is_comment { text } else { "" };
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(opening)?;
        let inner = start + opening.len();
        let len = text.get(inner..)?.find(closing)?;
        at = inner + len + closing.len();
        // The braces belong to the comment.
        let (from, to) = if opening == "/*" { (0, text.len()) } else { (start, at) };
        at = if opening == "/*" { text.len() } else { at };
        let span = Span::new(html.start + from as u32, html.start + to as u32);
        Some((span, &text[inner..inner + len]))
    })
}

fn with_problem(comment: Span, problem: String) -> Suppression {
    Suppression { problem: Some(problem), ..allow(comment, "") }
}

fn no_directive(written: &str) -> String {
    format!("`{written}` is not a directive of recto: use `recto-allow`, `recto-allow-file`, `recto-off` or `recto-on`")
}

/// Returns the usage error about a comment that is meant as a directive and written in another way: `recto: allow …`,
/// `RECTO-ALLOW …`, `recto ignore …`.
fn mistyped(content: &str) -> Option<String> {
    let text = content.trim().trim_start_matches(['-', '#', '@', '!', '/', '*', ' ']);
    let (name, rest) = text.split_at_checked("recto".len())?;
    if !name.eq_ignore_ascii_case("recto") {
        return None;
    }
    let words = rest.trim_start_matches(['-', '_', ':', '.', '/', ' ']);
    let separator = &rest[..rest.len() - words.len()];
    let len = words.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(words.len());
    let (verb, rest) = words.split_at(len);
    let rest = rest.trim();
    let is_meant = match verb.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
        "off" | "on" | "enable" => rest.is_empty() || rest.starts_with(':'),
        // Prose speaks of recto, too: "recto ignores it"; a directive has the name of a rule or a colon.
        "allow" | "allowfile" | "ignore" | "ignorefile" | "disable" | "suppress" | "skip" => {
            separator.trim() != "" || rest.contains([':', '-']) || rest.split_whitespace().count() < 3
        }
        "allownextline" | "ignorenextline" | "disablenextline" | "disableline" | "ignoreline" => true,
        _ => false,
    };
    let end = text.len() - words.len() + len;
    is_meant.then(|| no_directive(&text[..end]))
}

/// Parses what follows the directive: `number-gap, range-mismatch: the reason`.
fn allow(comment: Span, rest: &str) -> Suppression {
    let (rules, reason) = rest.split_once(':').unwrap_or((rest, ""));
    let reason = reason.trim();
    Suppression {
        comment,
        rules: rules.split([',', ' ', '\t', '\n']).filter(|rule| !rule.is_empty()).map(str::to_owned).collect(),
        scope: comment,
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
        problem: None,
    }
}

fn checked(mut allow: Suppression) -> Suppression {
    if allow.rules.is_empty() {
        allow.problem = Some("names no rule: write `recto-allow RULE: the reason`".to_owned());
    } else if allow.reason.is_none() {
        allow.problem = Some("gives no reason: write `recto-allow RULE: the reason`".to_owned());
    }
    allow
}

/// Returns the line that the comment ends, if the line holds words as well; otherwise the block after the comment, which
/// is no comment itself.
fn scope(doc: &Document, comment: Span) -> Span {
    let line = doc.line_span(comment.start);
    // Several comments in one line speak for the same text.
    let written = doc.slice(Span::new(line.start, comment.start));
    let before = before_comments(written);
    let first = line.start + before.len() as u32;
    let is_marker = |word: &str| {
        let number = word.trim_end_matches(['.', ')']);
        matches!(word, "-" | "*" | "+") || word.starts_with('>') || number != word && number.parse::<u32>().is_ok()
    };
    if !before.split_whitespace().all(is_marker) {
        return line;
    }
    // In the first line of a list item, the comment belongs to its own paragraph.
    let is_alone = is_comment(doc.slice(Span::new(comment.end, line.end)));
    let own = doc.block_at(comment.start).map(|block| doc[block].span);
    let own = own.filter(|own| own.start == first && own.end > line.end && is_alone);
    if let Some(own) = own.filter(|own| !is_comment(doc.slice(*own))) {
        return own;
    }
    // Containers come before their contents, so this is the outermost block that follows.
    let from = doc.blocks.partition_point(|block| block.span.start < comment.end);
    let mut following = doc.blocks[from..].iter().take(MAX_COMMENTS_BETWEEN).map(|block| block.span);
    following.find(|span| !is_comment(doc.slice(*span))).unwrap_or(comment)
}

/// Returns the text without the comments at its end.
fn before_comments(text: &str) -> &str {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_end();
        let opening = match trimmed {
            _ if trimmed.ends_with("-->") => "<!--",
            _ if trimmed.trim_end_matches('}').trim_end().ends_with("*/") => "/*",
            _ => return rest,
        };
        let Some(start) = trimmed.rfind(opening) else { return rest };
        rest = &trimmed[..start];
        if opening == "/*" {
            let Some(before) = rest.trim_end().strip_suffix('{') else { return trimmed };
            rest = before;
        }
    }
}

/// Maximum number of blocks between a comment and the block that it speaks for (a guess): all of them are comments.
const MAX_COMMENTS_BETWEEN: usize = 20;

/// Returns true if a block holds comments and nothing else.
fn is_comment(block: &str) -> bool {
    let mut rest = block.trim();
    loop {
        let remark = rest.strip_prefix('{').and_then(|inner| inner.trim_start().strip_prefix("/*"));
        let after = match (rest.strip_prefix("<!--"), remark) {
            (Some(inner), _) => inner.split_once("-->").map(|(_, after)| after),
            (None, Some(inner)) => inner.split_once("*/").and_then(|(_, after)| after.trim_start().strip_prefix('}')),
            (None, None) => return rest.is_empty(),
        };
        let Some(after) = after else { return false };
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || c == '>');
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::model::document::{Document, Format};
    use crate::model::id::DocId;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    fn document(text: &str) -> Document {
        parse(DocId(0), Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent), Format::Markdown)
    }

    #[test]
    fn an_allow_comment_speaks_for_the_next_block() {
        let doc = document("<!-- recto-allow number-gap, repeated-word: withdrawn -->\n\nnext\n\nother\n");
        let allow = &doc.suppressions[0];
        assert_eq!(allow.rules, ["number-gap", "repeated-word"]);
        assert_eq!(allow.reason.as_deref(), Some("withdrawn"));
        assert_eq!(doc.slice(allow.scope), "next");
    }

    #[test]
    fn an_allow_comment_at_the_end_of_a_line_speaks_for_that_line() {
        let doc = document("### 7. Title <!-- recto-allow number-gap: six was withdrawn -->\n\nnext\n");
        assert!(doc.slice(doc.suppressions[0].scope).starts_with("### 7. Title"));
    }

    #[test]
    fn a_comment_above_another_comment_speaks_for_the_block_below_both() {
        let doc = document(
            "<!-- recto-allow grammar: a name -->\n\n<!-- recto-allow misspelling: a name -->\n<!-- prettier-ignore -->\n\nnext\n",
        );
        let scopes: Vec<&str> = doc.suppressions.iter().map(|allow| doc.slice(allow.scope)).collect();
        assert_eq!(scopes, ["next", "next"]);
    }

    #[test]
    fn of_two_comments_in_a_line_the_second_spoke_for_the_line_only() {
        for (text, scope) in [
            ("<!-- recto-allow grammar: a --> <!-- recto-allow misspelling: b -->\nnext\n", "next"),
            ("x <!-- recto-allow grammar: a --> <!-- recto-allow misspelling: b -->\n", "x <!--"),
            ("- <!-- recto-allow grammar: a --><!-- recto-allow misspelling: b -->\n\n  next\n- other\n", "next"),
            ("- <!-- recto-allow grammar: a --> <!-- recto-allow misspelling: b -->\n  next\n- other\n", "next"),
        ] {
            let doc = document(text);
            assert_eq!(doc.suppressions.len(), 2, "{text}");
            assert_eq!(doc.suppressions[0].scope, doc.suppressions[1].scope, "{text}");
            assert!(doc.slice(doc.suppressions[0].scope).starts_with(scope), "{text}");
        }
    }

    #[test]
    fn a_comment_after_a_marker_alone_is_at_no_end_of_a_line() {
        for (text, scope) in [
            ("> <!-- recto-allow grammar: a name -->\n>\n> next\n", "next"),
            ("- <!-- recto-allow grammar: a name -->\n\n  next\n- other\n", "next"),
            ("1. <!-- recto-allow grammar: a name -->\n\n   next\n", "next"),
        ] {
            let doc = document(text);
            assert_eq!(doc.slice(doc.suppressions[0].scope), scope, "{text}");
        }
        let doc = document("- <!-- recto-allow grammar: a name -->\n  next\n- other\n");
        assert!(doc.slice(doc.suppressions[0].scope).contains("next"));
    }

    #[test]
    fn off_and_on_enclose_what_lies_between() {
        let doc = document("a\n\n<!-- recto-off -->\n\nb\n\n<!-- recto-on -->\n\nc\n");
        assert_eq!(doc.slice(doc.suppressions[0].scope).trim(), "b");
    }

    #[test]
    fn a_comment_in_braces_speaks_in_mdx() {
        let text = "{/* recto-allow number-gap: withdrawn */}\n\nnext\n\nlast {/* recto-allow grammar: a name */}\n";
        let source = Source::utf8(Path::new("a.mdx"), text.to_owned(), Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        let scopes: Vec<&str> = doc.suppressions.iter().map(|allow| doc.slice(allow.scope)).collect();
        assert_eq!(scopes, ["next", "last {/* recto-allow grammar: a name */}"]);
        let spaced = text.replace("{/*", "{ /*").replace("*/}", "*/ }");
        let source = Source::utf8(Path::new("a.mdx"), spaced, Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        let scopes: Vec<&str> = doc.suppressions.iter().map(|allow| doc.slice(allow.scope)).collect();
        assert_eq!(scopes, ["next", "last { /* recto-allow grammar: a name */ }"]);
        assert_eq!(document(text).suppressions, []);
    }

    #[test]
    fn a_comment_that_is_meant_as_a_directive_has_a_problem() {
        let meant = [
            "<!-- recto: allow repeated-word: a name -->",
            "<!-- RECTO-ALLOW repeated-word: a name -->",
            "<!-- recto_allow_file grammar: a name -->",
            "<!--- recto-allow repeated-word: a name --->",
            "<!-- Recto ignore misspelling -->",
            "<!-- recto:off -->",
            "[//]: # (recto-allow repeated-word: a name)",
            "[//]: <> (recto-allow repeated-word: a name)",
            "[a]: # (a note)\n[a]: # (recto-allow repeated-word: a name)",
            "%% recto-allow repeated-word: a name %%",
        ];
        for text in meant {
            let doc = document(&format!("{text}\n\nx\n"));
            assert!(doc.suppressions.iter().any(|allow| allow.problem.is_some()), "{text}");
        }
        let prose = [
            "<!-- This page is checked by recto: allow it a minute. -->",
            "<!-- recto ignores what is in front of the fence -->",
            "<!-- recto on each push, see the workflow -->",
            "<!-- rectory -->",
            "[//]: # (the rest is recto output)",
            "    %% recto-allow repeated-word: a name %%",
            "%% the rest is recto output %%",
            "```text\n[//]: # (recto-allow repeated-word: a name)\n```",
        ];
        for text in prose {
            assert_eq!(document(&format!("{text}\n\nx\n")).suppressions, [], "{text}");
        }
    }

    #[test]
    fn a_comment_without_a_reason_has_a_problem() {
        assert!(document("<!-- recto-allow number-gap -->\n\nx\n").suppressions[0].problem.is_some());
    }
}
