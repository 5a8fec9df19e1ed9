//! How much of each version is there and up to date: as badges, one JSON object a line in the form that shields.io reads from
//! an endpoint, and as a Markdown table.
//!
//! May use the model.

use std::io::{self, Write};

use serde_json::json;

use super::compare::Comparison;
use super::visible::visible;

/// Percentages from which a badge is green, and yellow (guesses); below, it is red.
const GREEN_PERCENT: usize = 95;
const YELLOW_PERCENT: usize = 75;

/// Progress of one derived version, in items of the base version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionProgress {
    /// Number of items of the base version.
    pub all: usize,
    /// Number of them that the version has.
    pub present: usize,
    /// Number of those whose reference changed since; `None` if the history was not read.
    pub outdated: Option<usize>,
}

impl VersionProgress {
    /// The progress of the version with this index.
    pub fn new(comparison: &Comparison<'_>, other: usize) -> Self {
        let Some(alignment) = comparison.work.alignments.get(other - 1) else {
            return Self { all: 0, present: 0, outdated: None };
        };
        let present = alignment.rows().iter().filter(|pair| pair.base.is_some() && pair.derived.is_some()).count();
        let compared = alignment.rows().iter().filter(|pair| pair.base.is_some()).count();
        let all = compared + comparison.untranslated_pages(other).iter().map(|(_, items)| items).sum::<usize>();
        let of_version = |items: &Vec<_>| {
            items.iter().filter(|item: &&crate::model::work::OutdatedItem| item.version == other).count()
        };
        Self { all, present, outdated: comparison.work.outdated.as_ref().map(of_version) }
    }

    /// Returns the share of the items that are there and, as far as the history says, up to date, in percent.
    pub fn percent(self) -> usize {
        let fresh = self.present.saturating_sub(self.outdated.unwrap_or(0));
        (fresh * 100).checked_div(self.all).unwrap_or(100)
    }
}

/// Returns the language that the path of a version names.
fn language(comparison: &Comparison<'_>, other: usize) -> Option<String> {
    let first = comparison.work.versions[other].documents.first();
    first.and_then(|id| comparison.collection.document(*id).language_of_path())
}

/// Writes one badge a line, in the order of the versions.
///
/// # Errors
/// If writing to `out` fails.
pub fn badges(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (other, ..) in comparison.others() {
        let percent = VersionProgress::new(comparison, other).percent();
        let color = match percent {
            GREEN_PERCENT.. => "green",
            YELLOW_PERCENT.. => "yellow",
            _ => "red",
        };
        // A badge needs a label, so that of a version without a language is its path.
        let label = language(comparison, other);
        let label = label.unwrap_or_else(|| visible(&comparison.names[other]).into_owned());
        let badge = json!({"schemaVersion": 1, "label": label, "message": format!("{percent} %"),
            "color": color});
        writeln!(out, "{badge}")?;
    }
    Ok(())
}

/// Writes the table.
///
/// # Errors
/// If writing to `out` fails.
pub fn table(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| version | language | up to date | missing | outdated |")?;
    writeln!(out, "| --- | --- | ---: | ---: | ---: |")?;
    for (other, ..) in comparison.others() {
        let progress = VersionProgress::new(comparison, other);
        let name = visible(&comparison.names[other]).replace('|', "\\|");
        let outdated = progress.outdated.map_or("–".to_owned(), |count| count.to_string());
        let missing = progress.all.saturating_sub(progress.present);
        let language = language(comparison, other).unwrap_or_else(|| "–".to_owned());
        let percent = progress.percent();
        writeln!(out, "| {name} | {language} | {percent} % | {missing} | {outdated} |")?;
    }
    Ok(())
}
