//! The public face of the library: check a set of files and fix them; `compare` compares versions, `config` reads a
//! configuration, `repair` decodes and repairs one text, `text` fingerprints and compares texts.
//!
//! May use every room; decides nothing of its own.

pub(crate) mod compare;
pub(crate) mod config;
pub(crate) mod originals;
pub(crate) mod repair;
pub(crate) mod text;

use std::borrow::Cow;
use std::ops::Range;
use std::path::PathBuf;

use self::config::Config;
use self::originals::with_originals;
use crate::input::decode::decode;
use crate::input::{containers, load};
use crate::lint::lint;
use crate::model::collection::{Collection, Surroundings};
use crate::model::edit::Applicability;
use crate::model::finding::{Finding, Severity, Tier};
use crate::model::id::DocId;
use crate::model::in_files::in_files;
use crate::pair::pair;
use crate::parse::parse;
use crate::report::Results;
use crate::report::json;
use crate::rules;
use crate::settings::Settings;
use crate::settle::settle;

/// A file: its path and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// The path under which it is reported, and by whose extension its format is known.
    pub path: PathBuf,
    /// Its bytes, in any encoding.
    pub bytes: Vec<u8>,
}

impl File {
    /// Returns a file of these bytes, which need not be on any disk.
    ///
    /// ```
    /// let file = recto::File::new("notes/tides.md", "# Tides\n");
    /// assert_eq!(file.bytes.len(), 8);
    /// ```
    pub fn new(path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }

    /// Reads the file at `path`.
    ///
    /// ```
    /// let readme = recto::File::read("README.md")?;
    /// assert!(recto::File::read("no such file").is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such file, it cannot be read, is larger than 4 GiB, or is not a file on a disk.
    pub fn read(path: impl Into<PathBuf>) -> std::io::Result<Self> {
        let path = path.into();
        let bytes = load::bytes(&path, u64::MAX).map_err(std::io::Error::other)?;
        Ok(Self { path, bytes })
    }
}

/// The findings about a set of files.
#[derive(Debug)]
pub struct Report {
    collection: Collection,
    findings: Vec<Finding>,
}

/// One defect, with its position in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportedFinding {
    /// The id of the rule.
    pub rule: &'static str,
    /// The path of the file.
    pub path: PathBuf,
    /// The line where it starts; the first is 1.
    pub line: u32,
    /// The column where it starts, in Unicode scalar values; the first is 1.
    pub column: u32,
    /// Its span in bytes of the file.
    pub range: Range<usize>,
    /// Message that names the defect.
    pub message: String,
    /// Tier of the finding.
    pub tier: Tier,
    /// Severity of the defect.
    pub severity: Severity,
    /// Advice, where no fix gives it.
    pub help: Option<String>,
    /// The title of its fix, if it has one.
    pub fix: Option<String>,
    /// The applicability of its fix, if it has one.
    pub applicability: Option<Applicability>,
}

impl Report {
    fn new(collection: Collection, findings: Vec<Finding>) -> Self {
        let (collection, findings) = in_files(Cow::Owned(collection), findings);
        Self { collection: collection.into_owned(), findings }
    }

    /// Returns the findings, by path and position.
    pub fn findings(&self) -> impl Iterator<Item = ReportedFinding> + '_ {
        self.findings.iter().map(|finding| reported(finding, &self.collection))
    }

    /// Returns whether a finding fails the run: it is of the gate tier, and at least a warning.
    pub fn fails(&self) -> bool {
        self.findings.iter().any(Finding::fails)
    }

    /// Returns the report as `recto check --output-format json` prints it: schema 1, to which fields may be added.
    pub fn to_json(&self) -> String {
        let results = Results {
            collection: &self.collection,
            findings: &self.findings,
            shown: &self.findings,
            rules: rules::ALL,
            warnings: &[],
            left_out: &[],
            inherited: 0,
            touched: None,
        };
        written(|out| json::write(&results, out))
    }
}

/// Returns the text that `write` writes.
fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("memory can be written");
    String::from_utf8_lossy(&out).into_owned()
}

fn reported(finding: &Finding, collection: &Collection) -> ReportedFinding {
    let doc = collection.document(finding.primary.doc);
    let position = doc.position(finding.primary.span.start);
    let offset = |offset| doc.source.disk_offset(offset) as usize;
    ReportedFinding {
        rule: finding.rule,
        path: doc.source.path().to_path_buf(),
        line: position.line,
        column: position.column,
        range: offset(finding.primary.span.start)..offset(finding.primary.span.end),
        message: finding.message.clone(),
        tier: finding.tier,
        severity: finding.severity,
        help: finding.help.clone(),
        fix: finding.fix.as_ref().map(|fix| fix.title.clone()),
        applicability: finding.fix.as_ref().map(|fix| fix.applicability),
    }
}

/// Checks files. No other files exist for the check: a link to any other one is broken. Of two files of one path the
/// first is checked.
///
/// ```
/// use recto::{Config, File, check};
///
/// let report = check([File::new("a.md", "# Tides\n\nThe the tide is low.\n")], &Config::default().with_audit_tier());
/// let rules: Vec<&str> = report.findings().map(|finding| finding.rule).collect();
/// assert_eq!(rules, ["repeated-word"]);
/// ```
pub fn check(files: impl IntoIterator<Item = File>, config: &Config) -> Report {
    let collection = gathered(files, config.settings());
    let findings = lint(&collection, config.settings());
    Report::new(collection, findings)
}

/// Certainty of the fixes that are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FixLevel {
    /// Fixes that keep the meaning provably, or restore it uniquely.
    Safe,
    /// Fixes that are likely right, too.
    Likely,
}

/// The result of fixing files.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fixed {
    /// The files that changed, with their new bytes, by path.
    pub changed: Vec<File>,
    /// The remaining findings.
    pub report: Report,
}

/// Fixes files in memory until nothing changes. All bytes outside of the fixes stay as they are.
///
/// ```
/// use recto::{Config, File, FixLevel, fix};
///
/// let files = [File::new("a.md", "The The tide is low.\n"), File::new("b.md", "The tide is high.\n")];
/// let fixed = fix(files, &Config::default().with_audit_tier(), FixLevel::Likely);
/// assert_eq!(fixed.changed, [File::new("a.md", "The tide is low.\n")]);
/// assert_eq!(fixed.report.findings().count(), 0);
/// ```
pub fn fix(files: impl IntoIterator<Item = File>, config: &Config, level: FixLevel) -> Fixed {
    let collection = gathered(files, config.settings());
    let before: Vec<Vec<u8>> = collection.documents.iter().map(|doc| doc.source.bytes().into_owned()).collect();
    let level = match level {
        FixLevel::Safe => Applicability::Safe,
        FixLevel::Likely => Applicability::Unsafe,
    };
    let settled = settle(collection, config.settings(), level);
    let after = settled.collection.judged().map(|doc| File::new(doc.source.path(), doc.source.bytes()));
    let changed = after.zip(before).filter(|(file, before)| file.bytes != *before).map(|(file, _)| file);
    Fixed { changed: changed.collect(), report: Report::new(settled.collection, settled.findings) }
}

/// Returns the documents of files, sorted by path.
fn gathered(files: impl IntoIterator<Item = File>, settings: &Settings) -> Collection {
    let mut files: Vec<(PathBuf, Vec<u8>)> = files.into_iter().map(|file| (file.path, file.bytes)).collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files.dedup_by(|later, first| later.0 == first.0);
    collection(files, settings)
}

/// Returns the documents of a list of files, given as path and bytes in the order of their paths, with their works
/// paired as the settings declare. No other files exist: a link to any other file is broken.
pub fn collection(files: Vec<(PathBuf, Vec<u8>)>, settings: &Settings) -> Collection {
    let documents = files.into_iter().enumerate().map(|(at, (path, bytes))| {
        let format = load::format_of(&path);
        parse(DocId(at as u32), containers::opened_by(settings, decode(&path, bytes)), format)
    });
    let documents = documents.collect();
    let collection = Collection { documents, surroundings: Surroundings::Closed, ..Collection::default() };
    pair(with_originals(collection), settings)
}
