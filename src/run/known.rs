//! The findings that were there before, of which a run does not speak again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::baseline::{self, BaselineEntry, FindingPlace, is_recorded, match_places, slashed};
use crate::lint::registry;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::finding::{Family, Finding, Label};
use crate::rules;
use crate::settings::{Registry, Settings, UsageError};

/// The baseline of a repository.
#[derive(Debug)]
pub(super) struct Baseline {
    /// The file.
    pub(super) path: PathBuf,
    /// Its entries, sorted.
    pub(super) entries: Vec<BaselineEntry>,
}

/// The findings of a run, divided by a baseline.
#[derive(Debug)]
pub(super) struct Divided {
    /// For each place of the findings, in their order: true if the baseline has it.
    pub(super) explained: Vec<bool>,
    /// For each entry, in its order: number of findings that are not there any more, as far as this run can tell.
    pub(super) stale: Vec<u32>,
    /// The entries that are still true: each known finding as it is today, and those that this run cannot tell of.
    pub(super) still_true: Vec<BaselineEntry>,
}

impl Baseline {
    /// Reads the baseline beside the configuration file. `None` if there is none.
    ///
    /// # Errors
    /// If it cannot be read, or a line of it is not an entry.
    pub(super) fn load(settings: &Settings) -> Result<Option<Self>, Failure> {
        let path = settings.root.join(baseline::FILE_NAME);
        let shown = path.strip_prefix(&settings.working_dir).unwrap_or(&path).display().to_string();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let message = format!("cannot read the baseline `{shown}`: {error}");
                let help = Some("mend the file, or leave it out of account with --no-baseline".to_owned());
                return Err(UsageError { message, help }.into());
            }
        };
        match baseline::parse(&text) {
            Ok(entries) => Ok(Some(Self { path, entries })),
            Err(bad) => Err(UsageError {
                message: format!("{shown}:{}: this is not an entry of a baseline: {}", bad.line, bad.reason),
                help: Some("mend the line, or delete it and run `recto baseline --update --grow`".to_owned()),
            }
            .into()),
        }
    }

    /// Divides the findings of a run over `paths` into new and known ones.
    pub(super) fn divide(
        &self,
        findings: &[Finding],
        collection: &Collection,
        paths: &[PathBuf],
        settings: &Settings,
    ) -> Divided {
        let names = DocumentNames::new(collection, settings);
        let places = names.places(findings);
        let found = match_places(&self.entries, &places);
        let today = |(place, entry): (&FindingPlace<'_>, &Option<usize>)| {
            let (path, rule) = (place.path.to_owned(), place.rule.to_owned());
            entry.map(|_| BaselineEntry { path, rule, fingerprint: place.fingerprint, count: 1 })
        };
        let mut still_true: Vec<BaselineEntry> = places.iter().zip(&found.explained).filter_map(today).collect();
        let reach = RunReach::new(&names, collection, paths, settings);
        let mut stale = found.unmatched;
        for (entry, left) in self.entries.iter().zip(&mut stale).filter(|(_, left)| **left > 0) {
            if !reach.can_tell(entry) {
                still_true.push(BaselineEntry { count: std::mem::take(left), ..entry.clone() });
            }
        }
        let explained = found.explained.iter().map(Option::is_some).collect();
        Divided { explained, stale, still_true }
    }
}

/// Drops the places of findings for which `explained`, in the order of the findings, holds true.
pub(super) fn without(findings: Vec<Finding>, explained: &[bool]) -> Vec<Finding> {
    let mut explained = explained.iter();
    let mut is_new = |_: &Label| !explained.next().is_some_and(|is_explained| *is_explained);
    findings.into_iter().filter_map(|finding| finding.retain_places(&mut is_new)).collect()
}

/// Paths of the documents as a baseline has them.
pub(super) struct DocumentNames(Vec<String>);

impl DocumentNames {
    pub(super) fn new(collection: &Collection, settings: &Settings) -> Self {
        Self::of(collection, |path| settings.relative(path))
    }

    /// Returns the names of the documents, as `relative` makes them of their paths.
    pub(super) fn of(collection: &Collection, relative: impl Fn(&Path) -> PathBuf) -> Self {
        let name = |doc: &Document| slashed(&relative(doc.source.path()));
        Self(collection.documents.iter().map(name).collect())
    }

    /// Returns the paths of the documents, in their order.
    pub(super) fn into_paths(self) -> Vec<String> {
        self.0
    }

    /// Returns all places of the findings.
    pub(super) fn all_places<'a>(&'a self, findings: &'a [Finding]) -> Vec<FindingPlace<'a>> {
        findings.iter().flat_map(|finding| self.places_of(finding, finding.rule)).collect()
    }

    fn places_of<'a>(&'a self, finding: &'a Finding, rule: &'a str) -> impl Iterator<Item = FindingPlace<'a>> {
        finding.places().map(move |label| FindingPlace {
            path: &self.0[label.doc.index()],
            rule,
            fingerprint: label.fingerprint.unwrap_or_default(),
        })
    }

    /// Returns the places of the findings that a baseline knows: those of the gate tier, and none that recto has about
    /// its own work. The others are given an empty rule, which no entry has, so that they stay new.
    pub(super) fn places<'a>(&'a self, findings: &'a [Finding]) -> Vec<FindingPlace<'a>> {
        let rule = |finding: &'a Finding| if is_recorded(finding) { finding.rule } else { "" };
        findings.iter().flat_map(|finding| self.places_of(finding, rule(finding))).collect()
    }
}

/// The reach of a run, by which it can tell that a finding is gone.
struct RunReach<'a> {
    settings: &'a Settings,
    registry: Registry,
    /// Names of the files that were read and judged.
    judged: BTreeSet<&'a str>,
    /// Absolute paths of what was named.
    places: Vec<PathBuf>,
    /// True if everything in the folder of the baseline was to be checked.
    is_whole: bool,
}

impl<'a> RunReach<'a> {
    fn new(names: &'a DocumentNames, collection: &Collection, paths: &[PathBuf], settings: &'a Settings) -> Self {
        let is_judged = |doc: &Document| doc.source.is_text() && !collection.context.contains(&doc.id);
        let named = names.0.iter().zip(&collection.documents);
        let judged = named.filter(|(_, doc)| is_judged(doc)).map(|(name, _)| name.as_str()).collect();
        let absolute = |path: &PathBuf| -> PathBuf { settings.working_dir.join(path).components().collect() };
        let places: Vec<PathBuf> = paths.iter().map(absolute).collect();
        let is_whole = places.iter().any(|place| settings.root.starts_with(place));
        Self { settings, registry: registry(), judged, places, is_whole }
    }

    /// True if the run would have found what an entry is about, were it still there.
    fn can_tell(&self, entry: &BaselineEntry) -> bool {
        let Some(at) = rules::ALL.iter().position(|rule| rule.id == entry.rule) else { return true };
        let (rule, path) = (rules::ALL[at], self.settings.root.join(&entry.path));
        // A defect between files shows only where all of them are read.
        let needs_all = matches!(rule.family, Family::Duplication | Family::Versions);
        let is_in_reach = self.is_whole || !needs_all && self.was_read(&entry.path, &path);
        is_in_reach && self.settings.table_for(&path, &self.registry).state(at).runs(rule.tier)
    }

    /// True if the file was read, or would have been if it were still there.
    fn was_read(&self, name: &str, path: &Path) -> bool {
        let is_named = || self.places.iter().any(|place| path.starts_with(place));
        self.judged.contains(name) || is_named() && !path.exists()
    }
}
