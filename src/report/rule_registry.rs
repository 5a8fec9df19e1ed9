//! The output of `recto rules` and `recto explain`.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use serde::Serialize;

use super::tally::hanging;
use super::terminal::Terminal;
use crate::model::finding::Family;
use crate::rule::Rule;

/// Writes the page of a rule.
///
/// # Errors
/// If writing to standard output fails.
pub fn page(rule: &Rule, terminal: &Terminal) -> io::Result<()> {
    let mut out = terminal.own_stdout();
    let mut fence = ExampleFence::default();
    for line in paragraphs(rule.page) {
        let in_fence = fence.is_open();
        if fence.read(&line) {
            // Of the fences, only what an example shows is of interest to people.
            if !in_fence {
                let info = line.trim_start_matches('`');
                let label = info.split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
                writeln!(out, "  {}", if label.is_empty() { info } else { &label }.dimmed())?;
            }
        } else if let Some(title) = line.strip_prefix("# ").filter(|_| !in_fence) {
            writeln!(out, "{}", title.bold().underline())?;
            let facts = [rule.family.as_str(), rule.tier.as_str(), rule.severity.as_str()].join(" · ");
            writeln!(out, "{}\n\n{}", rule.summary, facts.dimmed())?;
        } else if let Some(title) = line.strip_prefix("## ").filter(|_| !in_fence) {
            writeln!(out, "{}", title.bold())?;
        } else if in_fence {
            writeln!(out, "  │ {}", line.cyan())?;
        } else if line.starts_with('|') {
            writeln!(out, "{line}")?;
        } else {
            let indent = line.len() - line.trim_start_matches(['-', ' ']).len();
            let text = plain(&line[indent..]);
            hanging(&line[..indent], &text, terminal, &mut out)?;
        }
    }
    out.flush()
}

/// The fence around an example, if one is open. An example with a fence of its own is between longer ones.
#[derive(Default)]
struct ExampleFence {
    /// Number of backticks of the open fence.
    open: Option<usize>,
}

impl ExampleFence {
    /// Reads a line; returns whether it opens or closes the example.
    fn read(&mut self, line: &str) -> bool {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match self.open {
            None if ticks >= 3 => self.open = Some(ticks),
            Some(open) if ticks >= open && line.len() == ticks => self.open = None,
            _ => return false,
        }
        true
    }

    fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

/// Returns the lines of a page, those of a paragraph or of an entry of a list joined.
fn paragraphs(page: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let (mut fence, mut is_open) = (ExampleFence::default(), false);
    for line in page.lines() {
        fence.read(line);
        let is_prose = !fence.is_open() && !line.starts_with(['#', '|', '`']) && !line.trim().is_empty();
        let continues = is_prose && is_open && !line.trim_start().starts_with("- ");
        match lines.last_mut().filter(|_| continues) {
            Some(last) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            None => lines.push(line.to_owned()),
        }
        is_open = is_prose;
    }
    lines
}

/// Returns prose without the marks of emphasis, and links as their text.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.replace("**", "");
    while let Some((before, link)) = rest.split_once('[') {
        let found = link.split_once("](").and_then(|(text, after)| Some((text, after.split_once(')')?.1)));
        out.push_str(before);
        match found {
            Some((text, after)) => {
                out.push_str(text);
                rest = after.to_owned();
            }
            None => {
                out.push('[');
                rest = link.to_owned();
            }
        }
    }
    out + &rest
}

/// Writes all rules by family.
///
/// # Errors
/// If writing to standard output fails.
pub fn table(rules: &[&Rule], terminal: &Terminal) -> io::Result<()> {
    let mut out = terminal.own_stdout();
    for family in Family::ALL {
        writeln!(out, "{}", family.as_str().bold())?;
        for rule in rules.iter().filter(|rule| rule.family == family) {
            let head = format!("  {:<22} {:<5}  {:<7}  ", rule.id, rule.tier.as_str(), rule.severity.as_str());
            hanging(&head, rule.summary, terminal, &mut out)?;
        }
    }
    out.flush()
}

#[derive(Serialize)]
struct RuleRow {
    id: &'static str,
    family: &'static str,
    tier: &'static str,
    severity: &'static str,
    summary: &'static str,
}

/// Writes all rules as JSON.
///
/// # Errors
/// If writing to standard output fails.
pub fn json(rules: &[&Rule], terminal: &Terminal) -> io::Result<()> {
    let row = |rule: &&Rule| RuleRow {
        id: rule.id,
        family: rule.family.as_str(),
        tier: rule.tier.as_str(),
        severity: rule.severity.as_str(),
        summary: rule.summary,
    };
    let rows: Vec<RuleRow> = rules.iter().map(row).collect();
    let mut out = terminal.plain_stdout();
    serde_json::to_writer_pretty(&mut out, &rows)?;
    writeln!(out)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_an_example_was_shown_as_prose() {
        let page = "````markdown bad\n```go\nx := 1\ny := 2\n```\n````\n\nOne\ntwo.\n";
        assert_eq!(paragraphs(page), ["````markdown bad", "```go", "x := 1", "y := 2", "```", "````", "", "One two."]);
    }
}
