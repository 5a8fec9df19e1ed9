//! Findings folded by their cause, on one page of a terminal: for each rule, or way in which text was damaged, one finding
//! with its excerpt and the places of the others, the gravest first.

use std::collections::BTreeMap;
use std::io::{self, Write};

use owo_colors::OwoColorize;

use super::excerpt::{cut, width};
use super::human::{Canvas, fold};
use super::terminal::Terminal;
use super::visible::visible;
use super::{Results, count, path_of, wrap};
use crate::model::finding::{Finding, Severity, Tier};

/// Maximum number of lines of the page (a guess): after some sixty the first ones are out of sight, and nobody scrolls far.
const MAX_LINES: usize = 60;
/// Number of lines of the page that are kept for its end: counts, hints and what to do next.
const END_LINES: usize = 13;
/// Maximum number of causes that get a line for want of room for an excerpt (a guess).
const MAX_BRIEF: usize = 12;
/// Maximum number of lines that list the further places of a cause (a guess).
const MAX_PLACE_LINES: usize = 2;
/// Maximum number of findings that are drawn to see whether all of them fit on the page.
const MAX_DRAWN: usize = 12;
/// Columns of a rule's name in a line without excerpt.
const RULE_COLUMNS: usize = 22;

/// Findings that have one cause, each element those that say the same of one line.
struct Cause<'a> {
    chunks: Vec<&'a [Finding]>,
}

impl<'a> Cause<'a> {
    fn rule(&self) -> &'static str {
        self.chunks[0][0].rule
    }

    fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    fn count(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.len()).sum()
    }

    fn gravity(&self) -> Option<(Severity, Tier)> {
        self.findings().map(Finding::gravity).min()
    }
}

/// Writes the page; returns the number of findings that are shown with their excerpt.
///
/// # Errors
/// If `out` does not take it.
pub fn write(results: &Results<'_>, terminal: &Terminal, out: &mut dyn Write) -> io::Result<usize> {
    let canvas = Canvas::new(results, results.findings, terminal);
    let room = MAX_LINES - END_LINES;
    if results.findings.len() <= MAX_DRAWN {
        let drawn: Vec<String> =
            fold(results.findings, results.collection).map(|chunk| canvas.draw(chunk) + "\n").collect();
        if drawn.iter().map(|text| text.lines().count()).sum::<usize>() <= room {
            drawn.iter().try_for_each(|text| out.write_all(text.as_bytes()))?;
            return Ok(results.findings.len());
        }
    }
    let causes = causes(results);
    let (mut used, mut shown) = (0, 0);
    let mut brief: Vec<&Cause<'_>> = Vec::new();
    for (at, cause) in causes.iter().enumerate() {
        let kept = (causes.len() - at - 1 + brief.len()).min(MAX_BRIEF);
        let block = block(cause, &canvas, results, terminal.width());
        let lines = block.lines().count() + 1;
        // The first block is shown in any case; after one without room, none is, so that the gravest come first.
        if used > 0 && (!brief.is_empty() || used + lines + kept > room) {
            brief.push(cause);
            continue;
        }
        writeln!(out, "{block}")?;
        used += lines;
        shown += cause.chunks[0].len();
    }
    for cause in brief.iter().take(MAX_BRIEF) {
        let start = format!("{:>6} {:<RULE_COLUMNS$} ", cause.count(), cause.rule());
        let room = terminal.width().saturating_sub(width(&start));
        let places = cut(&places(&cause.chunks, results), room / 2);
        let text = format!("{places}: {}", visible(&cause.chunks[0][0].message));
        writeln!(out, "{start}{}", cut(&text, room))?;
    }
    if brief.len() > MAX_BRIEF {
        let rest: usize = brief[MAX_BRIEF..].iter().map(|cause| cause.count()).sum();
        writeln!(out, "{rest:>6} of {}", count(brief.len() - MAX_BRIEF, "further rule"))?;
    }
    if !brief.is_empty() {
        writeln!(out)?;
    }
    Ok(shown)
}

/// Returns the findings by cause, the gravest and then the most frequent first.
fn causes<'a>(results: &Results<'a>) -> Vec<Cause<'a>> {
    let mut by_cause: BTreeMap<(&str, Tier, &str), Cause<'a>> = BTreeMap::new();
    for chunk in fold(results.findings, results.collection) {
        let first = &chunk[0];
        let recipe = first.data.get("recipe").and_then(|recipe| recipe.as_str()).unwrap_or_default();
        let cause = by_cause.entry((first.rule, first.tier, recipe));
        cause.or_insert_with(|| Cause { chunks: Vec::new() }).chunks.push(chunk);
    }
    let mut causes: Vec<Cause<'a>> = by_cause.into_values().collect();
    causes.sort_by_key(|cause| (cause.gravity(), std::cmp::Reverse(cause.count()), cause.rule()));
    causes
}

/// Draws the first finding of a cause, and lists the places of the others.
fn block<'a>(cause: &Cause<'a>, canvas: &Canvas<'a>, results: &Results<'_>, columns: usize) -> String {
    let mut text = canvas.draw(cause.chunks[0]);
    let rest = &cause.chunks[1..];
    if rest.is_empty() {
        return text;
    }
    let number: usize = rest.iter().map(|chunk| chunk.len()).sum();
    let mut lines = wrap::lines(&format!("and {number} more: {}", places(rest, results)), columns.saturating_sub(4));
    if lines.len() > MAX_PLACE_LINES {
        lines.truncate(MAX_PLACE_LINES);
        if let Some(last) = lines.last_mut() {
            *last = cut(&format!("{} …", last.trim_end_matches([',', ';'])), columns.saturating_sub(4));
        }
    }
    for line in lines {
        text.push_str(&format!("  {}\n", line.bold()));
    }
    text
}

/// Returns the lines of findings under the names of their files: "a.md 3, 17; b.md 5".
fn places(chunks: &[&[Finding]], results: &Results<'_>) -> String {
    let mut files: Vec<String> = Vec::new();
    for findings in chunks.chunk_by(|a, b| a[0].primary.doc == b[0].primary.doc) {
        let doc = results.collection.document(findings[0][0].primary.doc);
        let line = |chunk: &&[Finding]| doc.position(chunk[0].primary.span.start).line;
        let mut lines: Vec<u32> = findings.iter().map(line).collect();
        lines.dedup();
        let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
        files.push(format!("{} {}", visible(&path_of(doc)), lines.join(", ")));
    }
    files.join("; ")
}
