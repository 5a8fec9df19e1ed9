//! Lookup of paths: what exists at a path, and which existing file a dead path may mean.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::anchors::{Anchors, project_labels};
use crate::model::collection::{Collection, Surroundings};
use crate::model::document::Document;
use crate::model::id::DocId;
use crate::model::site::Generator;
use crate::model::target::normalized;
use crate::text::similarity::nearest::Nearest;

/// Maximum number of candidate paths that a finding offers (a guess: more than three are not read).
const MAX_OFFERED: usize = 3;
/// Maximum number of files with one name that are compared (a guess): a name shared by more files, such as `README.md`,
/// says little about which one is meant.
const MAX_SAME_NAME_FILES: usize = 8;
/// Endings that a site generator adds to a link without an extension.
const ENDINGS: [&str; 9] =
    [".md", ".mdx", ".markdown", "/index.md", "/README.md", "/_index.md", "/index.mdx", "/readme.md", "/Readme.md"];

/// State of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    /// A document of this run.
    Document(DocId),
    /// Another file, or a folder.
    Other,
    Nothing,
    Unknown,
}

/// Existing files that may be meant by a path at which there is no file.
#[derive(Debug, Default)]
pub(super) struct Like {
    /// Files offered as candidates, nearest first.
    pub(super) offered: Vec<PathBuf>,
    /// Files of the same name, nearest first.
    pub(super) of_same_name: Vec<PathBuf>,
    /// The certain candidate: no other file has its name and its folder, or its name if that is no usual one.
    pub(super) only: Option<PathBuf>,
}

/// The files of a run.
pub(super) struct LinkTargets<'a> {
    pub(super) collection: &'a Collection,
    documents: FxHashMap<PathBuf, DocId>,
    /// Their paths in order.
    paths: Vec<PathBuf>,
    /// The documents by the ends of their paths in lower case: the name, and the name with one and with two folders.
    /// Each list is in the order of the paths.
    names: FxHashMap<String, Vec<PathBuf>>,
    folders: FxHashSet<PathBuf>,
    /// The names of the documents in a folder, in lower case. Filled on first use.
    inside: FxHashMap<PathBuf, Nearest>,
    anchors: FxHashMap<DocId, Rc<Anchors>>,
    /// The labels to which links of any document lead, in lower case. Collected on first use.
    labels: OnceCell<FxHashSet<String>>,
    like: FxHashMap<PathBuf, Rc<Like>>,
    filled: FxHashMap<PathBuf, bool>,
}

impl<'a> LinkTargets<'a> {
    pub(super) fn new(collection: &'a Collection) -> Self {
        let mut documents: FxHashMap<PathBuf, DocId> =
            collection.documents.iter().map(|doc| (normalized(doc.source.path()), doc.id)).collect();
        let (mut folders, mut names): (FxHashSet<PathBuf>, FxHashMap<String, Vec<PathBuf>>) = Default::default();
        let mut paths: Vec<PathBuf> = collection.documents.iter().map(|doc| normalized(doc.source.path())).collect();
        if let Surroundings::Seen(seen) = &collection.surroundings {
            paths.extend(
                seen.iter().filter(|(path, there)| **there && path.extension().is_some()).map(|(path, _)| path.clone()),
            );
        }
        paths.sort();
        paths.dedup();
        for path in &paths {
            for end in ends(path) {
                names.entry(end).or_default().push(path.clone());
            }
            let mut folder = path.parent();
            while let Some(path) = folder.filter(|path| folders.insert(path.to_path_buf())) {
                folder = path.parent();
            }
        }
        for (path, doc) in &collection.aliases {
            if let Entry::Vacant(free) = documents.entry(normalized(path)) {
                paths.push(free.key().clone());
                free.insert(*doc);
            }
        }
        paths.sort();
        let (inside, anchors, labels, like, filled) = Default::default();
        Self { collection, documents, paths, names, folders, inside, anchors, labels, like, filled }
    }

    pub(super) fn at(&self, path: &Path) -> There {
        if let Some(&doc) = self.documents.get(path) {
            return There::Document(doc);
        }
        if self.folders.contains(path) {
            return There::Other;
        }
        match &self.collection.surroundings {
            Surroundings::Unknown => There::Unknown,
            // Nothing is known above the folders that were searched.
            Surroundings::Closed if path.components().next() == Some(Component::ParentDir) => There::Unknown,
            Surroundings::Closed => There::Nothing,
            Surroundings::Seen(seen) => match seen.get(path) {
                Some(true) => There::Other,
                Some(false) => There::Nothing,
                None => There::Unknown,
            },
        }
    }

    /// Returns true if a path without an extension leads to a page that a site generator would serve for it.
    pub(super) fn is_page(&self, path: &Path) -> bool {
        pages(path).enumerate().any(|(nth, page)| match self.at(&page) {
            There::Document(_) | There::Other => true,
            // Only the first ending was looked up on the disk.
            There::Unknown => nth == 0,
            There::Nothing => false,
        })
    }

    /// Returns true if a folder has a first page of MDX among the documents.
    pub(super) fn is_page_of_folder(&self, folder: &Path) -> bool {
        ["index.mdx", "index.md"].iter().any(|name| self.documents.contains_key(&folder.join(name)))
    }

    /// Returns true if a program makes a file of this path from a page beside it: Quarto, R Markdown.
    pub(super) fn is_rendered(&self, path: &Path) -> bool {
        let is_there = |page: &Path| matches!(self.at(page), There::Document(_) | There::Other);
        ["qmd", "Rmd", "rmd", "ipynb"].iter().any(|extension| is_there(&path.with_extension(extension)))
    }

    /// Returns the documents that a host or a site generator may serve for a path: those of a folder, and those whose
    /// extension the link omits.
    pub(super) fn pages(&self, path: &Path) -> Vec<DocId> {
        pages(path).filter_map(|page| self.documents.get(&page).copied()).collect()
    }

    /// Returns true if a document of the run defines a label to which links of all its documents lead, as those of MyST do;
    /// in a site of MyST, headings are such labels.
    pub(super) fn has_label(&mut self, doc: &Document, fragment: &str) -> bool {
        let collection = self.collection;
        if collection.generator_of(doc) == Some(Generator::Myst)
            && collection.documents.iter().any(|other| self.anchors(other.id).has(fragment))
        {
            return true;
        }
        let collected = || {
            let documents = self.collection.documents.iter();
            documents.flat_map(project_labels).map(str::to_lowercase).collect()
        };
        self.labels.get_or_init(collected).contains(&fragment.to_lowercase())
    }

    /// Returns true if a chapter beside a document of R Markdown has an anchor: bookdown joins the chapters of a folder, so
    /// that an anchor of one is one of all.
    pub(super) fn has_chapter_with(&mut self, doc: &Document, fragment: &str) -> bool {
        let is_chapter = |doc: &Document| {
            doc.source.path().extension().is_some_and(|extension| extension.eq_ignore_ascii_case("rmd"))
        };
        let collection = self.collection;
        is_chapter(doc)
            && collection
                .siblings(doc)
                .filter(|other| is_chapter(other))
                .any(|other| self.anchors(other.id).has(fragment))
    }

    /// Returns true if any file is known below a folder.
    pub(super) fn is_folder(&mut self, folder: &Path) -> bool {
        if let Some(known) = self.filled.get(folder) {
            return *known;
        }
        let inside = |seen: &BTreeMap<PathBuf, bool>| {
            seen.range(folder.to_path_buf()..).take_while(|(path, _)| path.starts_with(folder)).any(|(_, there)| *there)
        };
        let filled = self.folders.contains(folder)
            || matches!(&self.collection.surroundings, Surroundings::Seen(seen) if inside(seen));
        self.filled.insert(folder.to_path_buf(), filled);
        filled
    }

    pub(super) fn anchors(&mut self, doc: DocId) -> Rc<Anchors> {
        let collection = self.collection;
        let anchors = || {
            let doc = collection.document(doc);
            Rc::new(Anchors::in_site(doc, collection.generator_of(doc)))
        };
        Rc::clone(self.anchors.entry(doc).or_insert_with(anchors))
    }

    /// Returns whether a file has this anchor, as far as is known; no anchor is in every file.
    pub(super) fn has_anchor(&mut self, file: &Path, anchor: Option<&str>) -> bool {
        match (anchor.filter(|anchor| !anchor.is_empty()), self.documents.get(file)) {
            (Some(anchor), Some(&doc)) => self.anchors(doc).has(anchor),
            _ => true,
        }
    }

    /// Returns documents with the same name in other folders, and those with a similar name in the same folder.
    pub(super) fn like(&mut self, wanted: &Path) -> Rc<Like> {
        if let Some(known) = self.like.get(wanted) {
            return Rc::clone(known);
        }
        let wanted_name = name(wanted);
        let mut of_same_name: Vec<PathBuf> = Vec::new();
        let mut only = None;
        for end in ends(wanted).rev() {
            let all = self.names.get(&end).map_or(&[][..], Vec::as_slice);
            if let ([one], true) = (all, of_same_name.is_empty()) {
                only = Some((one.clone(), end.contains('/')));
            }
            // In a sorted list, paths near each other share their first folders.
            let near = all.partition_point(|path| path.as_path() < wanted);
            let near = near.saturating_sub(MAX_SAME_NAME_FILES / 2)..(near + MAX_SAME_NAME_FILES / 2).min(all.len());
            let near = if all.len() <= MAX_SAME_NAME_FILES { all } else { &all[near] };
            let mut near: Vec<&PathBuf> = near.iter().filter(|path| !of_same_name.contains(path)).collect();
            let shared = |path: &Path| path.components().zip(wanted.components()).take_while(|(a, b)| a == b).count();
            near.sort_by_key(|path| std::cmp::Reverse(shared(path)));
            of_same_name.extend(near.into_iter().cloned());
        }
        of_same_name.truncate(MAX_SAME_NAME_FILES);
        let mut offered: Vec<PathBuf> = of_same_name.iter().take(MAX_OFFERED).cloned().collect();
        if let Some(folder) = wanted.parent().filter(|folder| self.folders.contains(*folder)) {
            let paths = &self.paths;
            let inside = self.inside.entry(folder.to_path_buf()).or_insert_with(|| {
                let first = paths.partition_point(|path| path.as_path() < folder);
                let below = paths[first..].iter().take_while(|path| path.starts_with(folder));
                Nearest::new(below.filter(|path| path.parent() == Some(folder)).map(|path| name(path)))
            });
            let here = |found: &str| {
                let files = self.names.get(found).map_or(&[][..], Vec::as_slice);
                let below = &files[files.partition_point(|path| path.as_path() < folder)..];
                let mut below = below.iter().take_while(|path| path.starts_with(folder));
                below.find(|path| path.parent() == Some(folder)).cloned()
            };
            let similar = inside.similar(&wanted_name, MAX_OFFERED).into_iter().filter(|found| *found != wanted_name);
            offered.extend(similar.filter_map(here));
            offered.truncate(MAX_OFFERED);
        }
        let alone = offered.len() == 1 && is_distinctive(wanted);
        let only = only.filter(|(_, in_folder)| *in_folder || alone).map(|(path, _)| path);
        let like = Rc::new(Like { offered, of_same_name, only });
        self.like.insert(wanted.to_path_buf(), Rc::clone(&like));
        like
    }
}

/// Returns the paths of the pages that may be served for a path.
fn pages(path: &Path) -> impl Iterator<Item = PathBuf> {
    ENDINGS.iter().map(move |ending| {
        let mut page = path.as_os_str().to_os_string();
        page.push(ending);
        PathBuf::from(page)
    })
}

/// Returns the ends of a path in lower case, the shortest first: its name, and its name with one and with two folders.
fn ends(path: &Path) -> impl DoubleEndedIterator<Item = String> {
    let parts: Vec<String> =
        path.components().rev().take(3).map(|part| part.as_os_str().to_string_lossy().to_lowercase()).collect();
    (1..=parts.len()).map(move |count| parts[..count].iter().rev().map(String::as_str).collect::<Vec<_>>().join("/"))
}

/// Returns true if two pages with the name of a file are hardly about two things: `install.md` and `README.md` may be in any
/// folder.
fn is_distinctive(path: &Path) -> bool {
    /// Minimum length of such a name without its extension, in characters (a guess), if it is one word.
    const MIN_CHARS: usize = 7;
    const USUAL: [&str; 30] = [
        "architecture",
        "changelog",
        "code-of-conduct",
        "code_of_conduct",
        "configuration",
        "contributing",
        "contributors",
        "development",
        "examples",
        "features",
        "getting-started",
        "getting_started",
        "glossary",
        "install",
        "installation",
        "introduction",
        "license",
        "overview",
        "quick-start",
        "quickstart",
        "reference",
        "release",
        "releases",
        "roadmap",
        "security",
        "summary",
        "support",
        "template",
        "troubleshooting",
        "tutorial",
    ];
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_compound = stem.chars().skip(1).any(|c| !c.is_ascii_alphabetic());
    (is_compound || stem.chars().count() >= MIN_CHARS) && !USUAL.contains(&stem.as_str())
}

/// Returns the name of a file in lower case.
fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Returns the relative path from the file `from` to the file `to`.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let folder: Vec<_> = from.parent().unwrap_or(Path::new("")).components().collect();
    let target: Vec<_> = to.components().collect();
    let shared = folder.iter().zip(&target).take_while(|(a, b)| a == b).count();
    let up = folder[shared..].iter().map(|_| "..".to_owned());
    let down = target[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}
