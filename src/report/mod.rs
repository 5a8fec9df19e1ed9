//! Output for users. The only room that prints.
//!
//! May use `rule`, `fix`, `model` and the types of the user's choices; shows results and decides nothing.

#[cfg(feature = "cli")]
mod build_server;
pub mod compare;
#[cfg(feature = "cli")]
pub mod compare_explain;
#[cfg(feature = "cli")]
pub mod compare_human;
pub mod compare_json;
pub mod compare_progress;
#[cfg(feature = "cli")]
pub mod diff;
#[cfg(feature = "cli")]
mod excerpt;
#[cfg(feature = "cli")]
pub mod failure;
#[cfg(feature = "cli")]
pub mod folded;
#[cfg(feature = "cli")]
pub mod formats;
#[cfg(feature = "cli")]
pub mod human;
pub mod json;
pub mod page;
#[cfg(feature = "cli")]
pub mod progress;
#[cfg(feature = "cli")]
pub mod rule_registry;
#[cfg(feature = "cli")]
pub mod statistics;
#[cfg(feature = "cli")]
pub mod summary;
#[cfg(feature = "cli")]
pub mod tally;
#[cfg(feature = "cli")]
pub mod terminal;
pub mod visible;
#[cfg(feature = "cli")]
pub mod wrap;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::Applicability;
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::rule::Rule;
use crate::settings::UsageError;

/// The findings of a run, with the documents that they are about.
#[derive(Debug, Clone, Copy)]
pub struct Results<'a> {
    /// The documents.
    pub collection: &'a Collection,
    /// The findings, in their total order.
    pub findings: &'a [Finding],
    /// Those that are shown, in their total order; the others are only counted.
    pub shown: &'a [Finding],
    /// The rules that can have findings, sorted by id.
    pub rules: &'static [&'static Rule],
    /// Remarks on the run itself.
    pub warnings: &'a [UsageError],
    /// Folders that are left out by default.
    pub left_out: &'a [PathBuf],
    /// Number of findings that are left out because an earlier state of the files has them, too.
    pub inherited: usize,
    /// The lines that a change touched, if there is an earlier state to compare with.
    pub touched: Option<&'a TouchedLines>,
}

/// For each document that a change touched, the ranges of its lines, by 0-based number.
pub type TouchedLines = BTreeMap<DocId, Vec<Range<u32>>>;

impl Results<'_> {
    /// Returns the number of findings of each rule, by id.
    pub fn by_rule(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for finding in self.findings {
            *counts.entry(finding.rule).or_default() += 1;
        }
        counts
    }

    /// Returns the number of findings with a fix that may be applied at this level.
    pub fn fixable(&self, level: Applicability) -> usize {
        self.findings.iter().filter(|finding| is_fixable(finding, level)).count()
    }
}

/// Returns true if a finding has a fix that may be applied at this level.
pub fn is_fixable(finding: &Finding, level: Applicability) -> bool {
    finding.fix.as_ref().is_some_and(|fix| fix.applicability >= level)
}

/// Path of a document with `/` between folders on every system, because reports travel between systems.
fn path_of(doc: &Document) -> Cow<'_, str> {
    let path = doc.source.display();
    if cfg!(windows) { path.replace('\\', "/").into() } else { path.into() }
}

/// Returns a number with its noun: "1 file", "2 files".
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
