//! Unified diffs of what the fixes change.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use similar::{ChangeTag, TextDiff};

use super::terminal::Terminal;
use crate::model::source::{Origin, Source};

/// Lines of context around each change, as `diff -u` has them.
const CONTEXT: usize = 3;

/// Writes the difference between two states of a file to standard output.
///
/// # Errors
/// If it does not take it.
pub fn write(before: &Source, after: &Source, terminal: &Terminal) -> io::Result<()> {
    let mut out = terminal.stdout();
    let name = before.display();
    if before.origin() != after.origin() {
        let from = match before.origin() {
            Origin::Encoded(name) => name,
            _ => "mixed encodings",
        };
        writeln!(out, "{}", format!("# {name}: from {from} to UTF-8").dimmed())?;
    }
    let diff = TextDiff::from_lines(before.text(), after.text());
    writeln!(out, "{}", format!("--- a/{name}").bold())?;
    writeln!(out, "{}", format!("+++ b/{name}").bold())?;
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        writeln!(out, "{}", hunk.header().cyan())?;
        for change in hunk.iter_changes() {
            let text = change.value();
            let line = text.strip_suffix('\n').unwrap_or(text);
            match change.tag() {
                ChangeTag::Equal => writeln!(out, " {line}")?,
                ChangeTag::Delete => writeln!(out, "{}", format!("-{line}").red())?,
                ChangeTag::Insert => writeln!(out, "{}", format!("+{line}").green())?,
            }
            if change.missing_newline() {
                writeln!(out, "\\ No newline at end of file")?;
            }
        }
    }
    out.flush()
}
