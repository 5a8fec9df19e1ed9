//! The output of `recto rules` and `recto explain`.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use serde::Serialize;

use super::terminal::Terminal;
use crate::model::finding::Family;
use crate::rule::Rule;

/// Writes the page of a rule.
///
/// # Errors
/// If writing to standard output fails.
pub fn page(rule: &Rule, terminal: &Terminal) -> io::Result<()> {
    let mut out = terminal.own_stdout();
    let mut in_fence = false;
    for line in rule.page.lines() {
        if line.starts_with("```") {
            in_fence = !in_fence;
            writeln!(out, "{}", line.dimmed())?;
        } else if let Some(title) = line.strip_prefix("# ").filter(|_| !in_fence) {
            writeln!(out, "{}", title.bold().underline())?;
            let facts = [rule.family.as_str(), rule.tier.as_str(), rule.severity.as_str()].join(" · ");
            writeln!(out, "{}\n\n{}", rule.summary, facts.dimmed())?;
        } else if let Some(title) = line.strip_prefix("## ").filter(|_| !in_fence) {
            writeln!(out, "{}", title.bold())?;
        } else if in_fence {
            writeln!(out, "{}", line.cyan())?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
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
            let tier = format!("{:<5}  {:<7}", rule.tier.as_str(), rule.severity.as_str());
            writeln!(out, "  {:<22} {}  {}", rule.id, tier.dimmed(), rule.summary)?;
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
