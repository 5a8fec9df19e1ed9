//! All documents of a run, the works that they belong to, and the known facts about the files around them.
//!
//! Knows documents and works; not rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::document::Document;
use super::id::DocId;
use super::language_place::LanguagePlaces;
use super::navigation::Navigation;
use super::site::Generator;
use super::target::shared_folders;
use super::work::{Version, Work};
use crate::text::english::context::ClassifiedWords;
use crate::text::language::Language;
use crate::text::language::locale_tag::{is_code, is_english_code};

/// All documents of a run, ordered by path.
#[derive(Debug, Clone, Default)]
pub struct Collection {
    /// The documents; each one's id is its index.
    pub documents: Vec<Document>,
    /// The works that some of them belong to.
    pub works: Vec<Work>,
    /// Knowledge of the files around them.
    pub surroundings: Surroundings,
    /// Root folders of the sites that documents are in, and what makes each site.
    pub sites: Vec<(PathBuf, Generator)>,
    /// The navigation of these sites.
    pub navigations: Vec<Navigation>,
    /// The languages that the paths of documents name.
    pub language_places: LanguagePlaces,
    /// Further paths under which files of the run were found: links to them, or other spellings of their paths.
    pub aliases: Vec<(PathBuf, DocId)>,
    /// Documents that are read and never written.
    pub read_only: BTreeSet<DocId>,
    /// Documents that are read only so that the others can be judged: nothing is reported about them, and they are never
    /// written.
    pub context: BTreeSet<DocId>,
    /// Documents of the context that are no files of their own but the texts that a document translates, with that document:
    /// behind all others.
    pub originals: BTreeMap<DocId, DocId>,
}

/// Knowledge of files that are not documents of the run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Surroundings {
    /// Nothing: there may be others.
    #[default]
    Unknown,
    /// There are no others.
    Closed,
    /// Looked up once, when the documents were read: the paths that links lead to, as [`super::target::resolve`] gives
    /// them, and whether a file or folder is there. Nothing is known of a path that is not listed.
    Seen(BTreeMap<PathBuf, bool>),
}

impl Collection {
    /// Returns the document with this id.
    ///
    /// # Panics
    /// If the id is of another collection.
    pub fn document(&self, id: DocId) -> &Document {
        &self.documents[id.index()]
    }

    /// Returns the documents that are judged: all but the context.
    pub fn judged(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(|doc| !self.context.contains(&doc.id))
    }

    /// Returns the number of files that are read only so that others can be judged.
    pub fn files_of_context(&self) -> usize {
        self.context.len() - self.originals.len()
    }

    /// Returns the code of the language that the path of a document names, and the path before the name.
    pub fn place_of_language(&self, doc: DocId) -> Option<(&str, &str)> {
        self.language_places.of(doc, &self.documents)
    }

    /// Returns whether a document is English: its prose is, and its path names no other language.
    pub fn is_english(&self, doc: &Document) -> bool {
        let place = self.place_of_language(doc.id);
        let is_here = place.is_none_or(|(code, _)| is_english_code(code));
        is_here && doc.language() == Language::English && !self.is_among_others(doc)
    }

    /// Returns true if a text is too short to show its language, and most of the longer ones beside it are in another one.
    fn is_among_others(&self, doc: &Document) -> bool {
        /// Maximum length of a short text, in bytes of prose (a guess): a few lines.
        const SHORT: usize = 300;
        /// Number of documents before and after that are looked at, in the order of the paths (a guess).
        const BESIDE: usize = 24;
        /// Minimum number of longer texts among these (a guess).
        const MIN_LONG: usize = 4;
        let text = doc.prose.text();
        if text.len() > SHORT || ClassifiedWords::of(text, SHORT).whole().verdict() == Some(true) {
            return false;
        }
        let at = doc.id.index();
        let beside = &self.documents[at.saturating_sub(BESIDE)..self.documents.len().min(at + BESIDE)];
        let (mut all, mut others) = (0, 0);
        for long in beside.iter().filter(|other| other.prose.text().len() > SHORT) {
            all += 1;
            others += usize::from(long.language() != Language::English);
        }
        all >= MIN_LONG && others * 3 > all * 2
    }

    /// Returns what makes the innermost site that `doc` is in.
    pub fn generator_of(&self, doc: &Document) -> Option<Generator> {
        let inside =
            self.sites.iter().filter(|(root, _)| doc.source.path().starts_with(root) || root.as_os_str() == ".");
        let own = inside.max_by_key(|(root, _)| root.components().count());
        own.or_else(|| self.sites.iter().find(|(root, _)| is_beside_language(root, doc)))
            .map(|&(_, generator)| generator)
    }

    /// Returns the document at a path.
    pub fn document_at(&self, path: &Path) -> Option<&Document> {
        // The originals are no files of their own, and behind all others, which are ordered by path.
        let documents = &self.documents[..self.documents.len() - self.originals.len()];
        let at = documents.partition_point(|doc| doc.source.path() < path);
        documents.get(at).filter(|doc| doc.source.path() == path)
    }

    /// Returns true if a program makes a document from a page beside it: `boat.html.md` from `boat.qmd`, `README.md` from
    /// `README.Rmd`.
    pub fn is_output_of_page(&self, doc: &Document) -> bool {
        let path = doc.source.path();
        let stem =
            path.file_stem().and_then(|stem| stem.to_str()).filter(|_| path.extension().is_some_and(|e| e == "md"));
        let Some(stem) = stem else { return false };
        let stem = stem.strip_suffix(".html").unwrap_or(stem);
        ["qmd", "Rmd", "rmd"]
            .iter()
            .any(|extension| self.document_at(&path.with_file_name(format!("{stem}.{extension}"))).is_some())
    }

    /// Returns the other documents in the folder of `doc`.
    pub fn siblings<'a>(&'a self, doc: &'a Document) -> impl Iterator<Item = &'a Document> {
        let folder = doc.source.path().parent();
        let documents = &self.documents[..self.documents.len() - self.originals.len()];
        // Documents are ordered by path, so a folder and everything below it are consecutive.
        let start = documents.partition_point(|other| folder.is_some_and(|folder| other.source.path() < folder));
        let below = documents[start..]
            .iter()
            .take_while(move |other| folder.is_none_or(|folder| other.source.path().starts_with(folder)));
        below.filter(move |other| other.id != doc.id && other.source.path().parent() == folder)
    }

    /// Returns the name of a version in text for users: the path of its file, or the folder that all its files share.
    pub fn name_of(&self, version: &Version) -> String {
        let paths = || version.documents.iter().map(|id| self.document(*id).source.display());
        let Some(first) = paths().next() else { return "an empty version".to_owned() };
        if version.documents.len() == 1 {
            return first.to_owned();
        }
        match shared_folders(paths()) {
            0 => format!("{first} and {} more", version.documents.len() - 1),
            shared => first[..shared].to_owned(),
        }
    }
}

/// Returns whether the root folder of a site is that of one language, and a document is in the folder of another language
/// beside it, which the same site has: `docs/en` and `docs/de/index.md`.
fn is_beside_language(root: &Path, doc: &Document) -> bool {
    let names_language = |name: Option<&std::ffi::OsStr>| {
        name.and_then(|name| name.to_str()?.split(['-', '_']).next()).is_some_and(is_code)
    };
    let Some(parent) = root.parent().filter(|_| names_language(root.file_name())) else { return false };
    let Ok(rest) = doc.source.path().strip_prefix(parent) else { return false };
    names_language(rest.components().next().map(|first| first.as_os_str()))
}
