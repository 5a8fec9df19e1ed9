//! Knowledge of files before they are looked for: texts that are open in an editor, and documents of an earlier run.
//!
//! Asks the disk for the size and time of files; knows no rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::load;
use crate::model::document::{Document, Format};
use crate::model::source::{Bom, Source};

/// Texts and documents that a run uses instead of reading a file.
#[derive(Debug, Default)]
pub struct Reuse {
    /// Texts that are open in an editor, by the absolute path of their files, which need not exist.
    pub open: BTreeMap<PathBuf, Arc<String>>,
    /// Files that changed since the earlier run, absolute: they are read again whatever their size and time.
    pub changed: BTreeSet<PathBuf>,
    earlier: BTreeMap<PathBuf, (Stamp, Document)>,
}

/// Size and time of a file, by which a change is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

/// The stamps of the files of a run, taken before the files are read.
#[derive(Debug, Default)]
pub struct Stamps(BTreeMap<PathBuf, Stamp>);

impl Stamps {
    /// Notes the size and time of the file at `path`.
    pub fn note(&mut self, path: &Path) {
        if let Some(stamp) = stamp(path) {
            self.0.insert(path.to_path_buf(), stamp);
        }
    }

    /// Drops the stamp of a file whose document is not that of its text any more.
    pub fn forget(&mut self, path: &Path) {
        self.0.remove(path);
    }
}

impl Reuse {
    /// Keeps the documents of an earlier run, with the stamps that their files had before they were read.
    pub fn remember(&mut self, documents: Vec<Document>, stamps: &Stamps) {
        for doc in documents {
            let path = doc.source.path().to_path_buf();
            if let Some(stamp) = stamps.0.get(&path) {
                self.earlier.insert(path, (*stamp, doc));
            }
        }
    }

    /// Takes the document of the file at `path` as an earlier run read it, if nothing suggests that the file changed.
    /// `absolute` is the same path, absolute.
    pub fn take(&mut self, path: &Path, absolute: &Path, format: Option<Format>) -> Option<Document> {
        let (stamp_then, doc) = self.earlier.remove(path)?;
        let is_open = self.open.contains_key(absolute);
        let is_unchanged = !self.changed.contains(absolute) && stamp(path) == Some(stamp_then);
        let fits = format.is_none_or(|format| format == doc.format);
        (!is_open && is_unchanged && fits).then_some(doc)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let meta = std::fs::metadata(path).ok()?;
    Some(Stamp { bytes: meta.len(), modified: meta.modified().ok() })
}

/// Returns the source of a text that is open in an editor. Where the file at `path` decodes to that text, the source is
/// that of the file, so that its bytes are judged as well.
pub fn open_source(path: &Path, text: &Arc<String>, max_size: u64) -> Source {
    let on_disk = load::load(path, max_size);
    if on_disk.is_text() && on_disk.text() == text.as_str() {
        return on_disk;
    }
    Source::utf8(path, text.as_str().to_owned(), Bom::Absent)
}
