//! Comparison of versions, as the library offers it; `recto compare` uses the same steps.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{File, ReportedFinding, collection, reported, written};
use crate::input::containers;
use crate::lint::{lint, registry};
use crate::model::collection::Collection;
use crate::model::document::Format;
use crate::model::finding::{Family, Finding, Tier};
use crate::model::id::DocId;
use crate::model::work::{Role, Version, Work};
use crate::pair::role::{VersionMeasure, roles};
use crate::pair::unit::basis;
use crate::pair::{aligned, natural};
use crate::parse::parse;
use crate::report::compare::Comparison;
use crate::report::{compare_json, page};
use crate::settings::{RulePatch, Selector, Settings, Tiers};

/// A version of the content: its name, and its files.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedVersion {
    /// The name in reports.
    pub name: String,
    /// Its files, in any order. A file that is a version by itself is Markdown, whatever its extension.
    pub files: Vec<File>,
}

impl NamedVersion {
    /// Returns a version.
    pub fn new(name: impl Into<String>, files: impl IntoIterator<Item = File>) -> Self {
        Self { name: name.into(), files: files.into_iter().collect() }
    }
}

/// The reason why versions cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompareError {
    /// There are fewer than two versions.
    TooFewVersions,
    /// The version of this name has no items and no headings.
    NothingToCompare {
        /// The name.
        name: String,
    },
}

impl fmt::Display for CompareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewVersions => f.write_str("a comparison needs at least two versions"),
            Self::NothingToCompare { name } => write!(f, "`{name}` has no items or headings to compare"),
        }
    }
}

impl std::error::Error for CompareError {}

/// Versions of the same content, aligned, with the findings about them.
#[derive(Debug)]
pub struct VersionComparison {
    collection: Collection,
    names: Vec<String>,
    findings: Vec<Finding>,
    work: Work,
}

impl VersionComparison {
    /// Returns where the versions disagree, by path and position.
    pub fn findings(&self) -> impl Iterator<Item = ReportedFinding> + '_ {
        self.findings.iter().map(|finding| reported(finding, &self.collection))
    }

    /// Returns the comparison as `recto compare --output-format json` prints it: schema 1, to which fields may be added.
    pub fn to_json(&self) -> String {
        written(|out| compare_json::write(&self.comparison(), out))
    }

    /// Returns the comparison as one self-contained HTML page. Files are linked by their paths.
    pub fn to_html(&self) -> String {
        page::compare::page(&self.comparison(), &|path: &Path| path.display().to_string())
    }

    fn comparison(&self) -> Comparison<'_> {
        Comparison { collection: &self.collection, work: &self.work, names: &self.names, findings: &self.findings }
    }
}

/// Aligns the versions, the one with the greatest authority first, and lints them with the rules about versions, in both
/// tiers.
///
/// ```
/// use recto::{File, NamedVersion, compare};
///
/// let full = "## 1. Explain the tide\n\nThe sea rises.\n\n## 2. Describe a quay\n\nShips land there.\n";
/// let short = "## 1. Explain the tide\n\nThe sea rises.\n\n## 2. Describe a mooring buoy\n\nShips ride at it.\n";
/// let comparison = compare([
///     NamedVersion::new("full", [File::new("full.md", full)]),
///     NamedVersion::new("short", [File::new("short.md", short)]),
/// ])?;
/// let rules: Vec<&str> = comparison.findings().map(|finding| finding.rule).collect();
/// assert_eq!(rules, ["title-mismatch"]);
/// # Ok::<(), recto::CompareError>(())
/// ```
///
/// # Errors
/// If there are fewer than two versions and the only one is no file that holds texts and their translations, or one of
/// them has nothing to compare.
pub fn compare(versions: impl IntoIterator<Item = NamedVersion>) -> Result<VersionComparison, CompareError> {
    let versions: Vec<NamedVersion> = versions.into_iter().collect();
    let mut names: Vec<String> = versions.iter().map(|version| version.name.clone()).collect();
    let root = PathBuf::from("/");
    let settings = settings(Tiers::GateAndAudit, root);
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    let mut paths: Vec<Vec<PathBuf>> = Vec::new();
    for version in versions {
        paths.push(version.files.iter().map(|file| file.path.clone()).collect());
        files.extend(version.files.into_iter().map(|file| (file.path, file.bytes)));
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files.dedup_by(|later, first| later.0 == first.0);
    let sorted: Vec<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    let id = |path: &PathBuf| sorted.binary_search(path).ok().map(|at| DocId(at as u32));
    let mut collection = collection(files, &settings);
    let documents: Vec<Vec<DocId>> = paths.iter().map(|paths| paths.iter().filter_map(id).collect()).collect();
    for single in documents.iter().filter(|documents| documents.len() == 1).flatten() {
        if let Some(doc) = collection.documents.get_mut(single.index()) {
            *doc = parse(*single, doc.source.clone(), Format::Markdown);
        }
    }
    let documents = documents.into_iter().map(|mut documents| {
        natural::sort(&mut documents, &collection);
        documents
    });
    let mut documents: Vec<Vec<DocId>> = documents.collect();
    let mut given = Vec::new();
    if names.len() < 2 {
        given = with_original(&mut names, &mut documents, &mut collection).ok_or(CompareError::TooFewVersions)?;
    }
    let work = work(&names, documents, &given, &collection)?;
    collection.works = vec![work.clone()];
    let findings = lint(&collection, &settings);
    Ok(VersionComparison { collection, names, findings, work })
}

/// Adds the texts that the only file translates as the first version; returns the roles of both. `None` if it is not one
/// file that holds texts and their translations.
pub(crate) fn with_original(
    names: &mut Vec<String>,
    documents: &mut Vec<Vec<DocId>>,
    collection: &mut Collection,
) -> Option<Vec<Option<Role>>> {
    let ([name], [only]) = (&names[..], &documents[..]) else { return None };
    let [doc] = only[..] else { return None };
    let original = containers::original_of(&collection.document(doc).source)?;
    let id = DocId(collection.documents.len() as u32);
    collection.documents.push(parse(id, original, Format::Markdown));
    names.insert(0, format!("{name} (source)"));
    documents.insert(0, vec![id]);
    Some(vec![Some(Role::Long), Some(Role::Translation)])
}

/// Returns the work that consists of these versions, aligned; `documents` are those of each version in reading order, and
/// `given` the roles that are known, in the order of the versions.
///
/// # Errors
/// If one of the versions has nothing to compare.
pub(crate) fn work(
    names: &[String],
    documents: Vec<Vec<DocId>>,
    given: &[Option<Role>],
    collection: &Collection,
) -> Result<Work, CompareError> {
    let measures: Vec<VersionMeasure> = documents.iter().map(|docs| VersionMeasure::new(docs, collection)).collect();
    let versions: Vec<&[DocId]> = documents.iter().map(Vec::as_slice).collect();
    let basis = basis(&versions, collection);
    let mut roles = roles(&measures, basis);
    for (role, given) in roles.iter_mut().zip(given) {
        *role = given.unwrap_or(*role);
    }
    let is_empty = |version: &Vec<DocId>| version.iter().all(|doc| collection.document(*doc).units(basis).is_empty());
    if let Some(at) = documents.iter().position(is_empty) {
        return Err(CompareError::NothingToCompare { name: names.get(at).cloned().unwrap_or_default() });
    }
    let versions = roles.into_iter().zip(documents).map(|(role, documents)| Version { role, documents });
    Ok(aligned(Work::new(names.join(" / "), versions.collect()), collection))
}

/// Returns the settings of a comparison: all findings about versions, those of rules of the audit tier only with it.
pub(crate) fn settings(tiers: Tiers, root: PathBuf) -> Settings {
    // Without a history there is nothing outdated, and whoever asks for one wants to know.
    let is_extra = |(id, family, tier): &&(&'static str, Family, Tier)| {
        *family == Family::Versions && *tier == Tier::Audit && *id != "outdated-item"
    };
    let known = registry();
    let extra = known.rules.iter().filter(is_extra).map(|(id, ..)| Selector::Rule(id));
    let patch = RulePatch {
        select: Some(vec![Selector::Family(Family::Versions)]),
        ignore: if tiers == Tiers::Gate { extra.collect() } else { Vec::new() },
        ..RulePatch::default()
    };
    Settings::new(root.clone(), root).with_command_line(patch, Tiers::GateAndAudit)
}
