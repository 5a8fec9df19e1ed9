//! A summary in Markdown, for the job summary of a build server or a comment on a pull request.

use std::io::{self, Write};

use super::{gravest_first, page_of, path_of, remedy};
use crate::report::summary::Summary;
use crate::report::visible::visible;
use crate::report::{Results, count};

/// Number of findings that are listed; the rest is counted. A job summary of GitHub holds 1 MiB, and nobody reads more.
const MAX_LISTED: usize = 50;

/// Writes a heading, a table of the rules and a table of the gravest findings.
///
/// # Errors
/// If `out` does not take them.
pub(super) fn write(results: &Results<'_>, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let (findings, files) = summary.findings;
    if findings == 0 {
        return writeln!(out, "## recto: nothing found\n\n{} checked.", count(summary.files, "file"));
    }
    writeln!(out, "## recto: {}\n", count(findings, "finding"))?;
    writeln!(out, "In {files} of {} checked.\n", count(summary.files, "file"))?;
    writeln!(out, "| rule | findings |\n| --- | ---: |")?;
    let mut rules: Vec<(&str, usize)> = results.by_rule().into_iter().collect();
    rules.sort_by_key(|(rule, count)| (std::cmp::Reverse(*count), *rule));
    for (rule, count) in rules {
        writeln!(out, "| [`{rule}`]({}) | {count} |", page_of(rule))?;
    }
    writeln!(out, "\n| place | finding |\n| --- | --- |")?;
    for finding in gravest_first(results).into_iter().take(MAX_LISTED) {
        let doc = results.collection.document(finding.primary.doc);
        let line = doc.position(finding.primary.span.start).line;
        let remedy = remedy(finding, results).map(|text| format!(" ({text})")).unwrap_or_default();
        let message = escaped(&format!("{}{remedy}", finding.message));
        writeln!(out, "| {}:{line} | `{}`: {message} |", escaped(&path_of(doc)), finding.rule)?;
    }
    let listed = results.shown.len().min(MAX_LISTED);
    if findings > listed {
        writeln!(out, "\nAnd {} more.", findings - listed)?;
    }
    Ok(())
}

/// Returns the text as it is, with nothing in it that Markdown or HTML would read: each sign of ASCII punctuation, which
/// CommonMark lets escape with a backslash; an `@` and a `#` as character references, because hosts make mentions and
/// links of them even then.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in visible(text).chars() {
        match c {
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '.' | ',' | '-' | '/' | ':' | ';' | '\'' | '"' | '?' | '=' | '%' | '+' => out.push(c),
            _ if c.is_ascii_punctuation() => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}
