//! Baseline: the findings that a repository had when recto was adopted, so that only new ones are reported.
//!
//! Knows findings, paths and fingerprints; not documents, and not where a baseline is kept. The file is a
//! pure, sorted function of the findings, an entry on each line, so that branches merge without a merge driver.

mod matching;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::finding::{Family, Finding, Tier};
use crate::model::fingerprint::Fingerprint;

pub use self::matching::{BaselineMatch, FindingPlace, match_places};

/// Name of the file, which lies beside recto.toml.
pub const FILE_NAME: &str = "recto-baseline.jsonl";

/// The findings of one file that have one fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BaselineEntry {
    /// Path of the file, relative to the folder of the baseline, with `/` between folders.
    pub path: String,
    /// Id of the rule.
    pub rule: String,
    /// Their identity.
    pub fingerprint: Fingerprint,
    /// Number of findings, at least 1.
    pub count: u32,
}

/// True if a baseline may hold the finding: the audit tier fails no run, and what recto says of its own work is never old.
pub fn is_recorded(finding: &Finding) -> bool {
    finding.tier == Tier::Gate && finding.family != Family::Engine
}

/// Returns a path as entries have it: with `/` between folders on every system.
pub fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/").replace("//", "/")
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineLine {
    rule: String,
    path: String,
    fingerprint: String,
    count: u32,
}

/// A line of a baseline that is not an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// 1-based number of the line.
    pub line: usize,
    /// The reason, in words for users.
    pub reason: String,
}

/// Reads the entries of a baseline, in any order.
///
/// # Errors
/// At the first line that is not an entry, such as the mark of a merge conflict.
pub fn parse(text: &str) -> Result<Vec<BaselineEntry>, BadLine> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let entries = lines.map(|(at, line)| entry(line).map_err(|reason| BadLine { line: at + 1, reason }));
    entries.collect::<Result<Vec<_>, _>>().map(merged)
}

fn entry(line: &str) -> Result<BaselineEntry, String> {
    let is_conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
    if is_conflict {
        return Err("the mark of a merge conflict: keep the lines of both sides".to_owned());
    }
    let line: BaselineLine = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let fingerprint = line.fingerprint.parse().map_err(str::to_owned)?;
    match line.count {
        0 => Err("`count` is at least 1".to_owned()),
        count => Ok(BaselineEntry { path: line.path, rule: line.rule, fingerprint, count }),
    }
}

/// Writes the entries: sorted, one on each line.
pub fn to_text(entries: Vec<BaselineEntry>) -> String {
    let mut out = String::new();
    for BaselineEntry { path, rule, fingerprint, count } in merged(entries) {
        let line = BaselineLine { rule, path, fingerprint: fingerprint.to_string(), count };
        // Four plain values are always JSON, and a string takes whatever is written to it.
        let _ = writeln!(out, "{}", serde_json::to_string(&line).unwrap_or_default());
    }
    out
}

/// Sorts the entries, and adds up the counts of equal ones.
fn merged(entries: Vec<BaselineEntry>) -> Vec<BaselineEntry> {
    let mut counts: BTreeMap<(String, String, Fingerprint), u32> = BTreeMap::new();
    for BaselineEntry { path, rule, fingerprint, count } in entries {
        let sum = counts.entry((path, rule, fingerprint)).or_default();
        *sum = sum.saturating_add(count);
    }
    let entry = |((path, rule, fingerprint), count)| BaselineEntry { path, rule, fingerprint, count };
    counts.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, print: u64, count: u32) -> BaselineEntry {
        let fingerprint = Fingerprint::new(print << 40, print << 40, print << 40);
        BaselineEntry { path: path.to_owned(), rule: "misspelling".to_owned(), fingerprint, count }
    }

    #[test]
    fn the_file_is_sorted_and_counts_equal_entries_once() {
        let text = to_text(vec![entry("b.md", 1, 1), entry("a.md", 2, 1), entry("b.md", 1, 2)]);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.starts_with(r#"{"rule":"misspelling","path":"a.md","fingerprint":"#), "{text}");
        let read = parse(&text).expect("reads what it writes");
        assert_eq!(read, [entry("a.md", 2, 1), entry("b.md", 1, 3)]);
        assert_eq!(to_text(read), text);
    }

    #[test]
    fn the_sum_of_two_branches_is_read_whatever_the_order_of_lines() {
        let ours = to_text(vec![entry("a.md", 1, 1)]);
        let theirs = to_text(vec![entry("a.md", 2, 1), entry("a.md", 1, 1)]);
        assert_eq!(parse(&format!("{theirs}{ours}")).expect("read"), [entry("a.md", 1, 2), entry("a.md", 2, 1)]);
    }

    #[test]
    fn a_bad_line_is_told_with_its_number_and_reason() {
        let good = to_text(vec![entry("a.md", 1, 1)]);
        let bad = |line: &str| parse(&format!("{good}\n{line}\n")).expect_err("bad");
        assert_eq!(bad("<<<<<<< HEAD").line, 3);
        assert!(bad("<<<<<<< HEAD").reason.contains("merge conflict"));
        assert!(bad(r#"{"rule":"x","path":"a.md","fingerprint":"12","count":1}"#).reason.contains("16"));
        assert!(
            bad(r#"{"rule":"x","path":"a.md","fingerprint":"0000000000000000","count":0}"#).reason.contains("count")
        );
        assert!(bad(r#"{"rule":"x","path":"a.md","print":"0000000000000000","count":1}"#).reason.contains("print"));
    }
}
