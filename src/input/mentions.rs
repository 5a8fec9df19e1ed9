//! Links to headings in files that are no documents of a run: other markup, templates, notebooks, programs, settings.
//!
//! Reads text from the disk as it is, without its syntax; knows no rules.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use rustc_hash::{FxHashMap, FxHashSet};

use super::ignore_files::absolute;
use super::load::format_of;
use super::walk::{IgnoreScope, is_default_exclude, odd_ignore_file};
use crate::model::document::Format;
use crate::model::renamed::{page_of, written_fragments};
use crate::model::target::{decoded, normalized};

/// Maximum size of a file that is read, in bytes (a guess): larger ones are data.
const MAX_BYTES: u64 = 1 << 20;
/// Maximum number of files that are read (a guess: some seconds on a slow disk).
const MAX_FILES: usize = 50_000;
/// Length of the start of a file in which a NUL byte tells that it is no text, in bytes (as git does).
const SNIFFED_BYTES: usize = 8000;

/// A folder in which links are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionFolder {
    /// The folder.
    pub path: PathBuf,
    /// How far down.
    pub depth: MentionDepth,
}

/// Depth of a search for links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MentionDepth {
    /// The Markdown files of the folder alone.
    Files,
    /// All files below it that git does not ignore.
    Tree,
}

/// A link, by its fragment and the name of its page, both in lower case.
pub type MentionKey = (String, String);

/// The files that link to headings of pages, each link with the first file that has it.
#[derive(Debug, Default)]
pub struct Mentions {
    files: FxHashMap<MentionKey, PathBuf>,
}

impl Mentions {
    /// Collects the links of files, as [`links_of`] returns them.
    pub fn new(links: impl IntoIterator<Item = (PathBuf, Vec<MentionKey>)>) -> Self {
        let mut files = FxHashMap::default();
        for (path, links) in links {
            for link in links {
                files.entry(link).or_insert_with(|| path.clone());
            }
        }
        Self { files }
    }

    /// Returns the first file that links to `anchor` of a page with one of these names, all in lower case.
    pub fn of(&self, anchor: &str, names: &[String]) -> Option<&Path> {
        let links = names.iter().map(|name| (anchor.to_owned(), name.clone()));
        links.into_iter().find_map(|link| self.files.get(&link)).map(PathBuf::as_path)
    }
}

/// Returns the files of `folders` in which links are looked for, in the order of their paths, but for those in `known`
/// (absolute paths).
pub fn files_around(folders: &[MentionFolder], known: &FxHashSet<PathBuf>) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = folders.iter().flat_map(files_of).take(MAX_FILES).collect();
    paths.sort();
    paths.dedup();
    paths.retain(|path| !known.contains(&normalized(&absolute(path))));
    paths
}

/// Returns the files of a folder in which links are looked for.
fn files_of(folder: &MentionFolder) -> Vec<PathBuf> {
    let mut walker = WalkBuilder::new(&folder.path);
    if folder.depth == MentionDepth::Files {
        walker.max_depth(Some(1));
    }
    walker.require_git(false).hidden(false).ignore(false).filter_entry(|entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let is_foreign = || is_default_exclude(&absolute(entry.path()));
        !is_folder || entry.depth() == 0 || !is_foreign() && odd_ignore_file(entry.path(), IgnoreScope::Here).is_none()
    });
    let entries = walker.build().flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let is_wanted = |path: &PathBuf| folder.depth == MentionDepth::Tree || format_of(path) == Format::Markdown;
    entries.map(ignore::DirEntry::into_path).filter(is_wanted).take(MAX_FILES).collect()
}

/// Returns the links of a file to pages of these names, in lower case; none if the file cannot be read, is large or is no
/// text.
pub fn links_of(path: &Path, pages: &FxHashSet<String>) -> Vec<MentionKey> {
    let Some(text) = text_of(path) else { return Vec::new() };
    let links = written_fragments(&text).filter_map(|link| {
        let page = page_of(link.path).filter(|page| pages.contains(page))?;
        Some((decoded(link.fragment).to_lowercase(), page))
    });
    links.collect()
}

fn text_of(path: &Path) -> Option<String> {
    let file = File::open(path).ok()?;
    if file.metadata().ok()?.len() > MAX_BYTES {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    let is_text = memchr::memchr(0, &bytes[..bytes.len().min(SNIFFED_BYTES)]).is_none();
    is_text.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns whether one file with this name and text links to the heading `teh-lamp` of a page.
    fn links(name: &str, text: &str, page: &str) -> bool {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        let folders = [MentionFolder { path: folder.path().to_path_buf(), depth: MentionDepth::Tree }];
        let pages = [page.to_owned()].into_iter().collect();
        let paths = files_around(&folders, &FxHashSet::default());
        let links = paths.into_iter().map(|path| (path.clone(), links_of(&path, &pages)));
        Mentions::new(links).of("teh-lamp", &[page.to_owned()]) == Some(path.as_path())
    }

    #[test]
    fn links_in_files_that_are_no_documents_were_overlooked() {
        for (name, text) in [
            ("a.html", "<a href=\"docs/a.html#Teh-lamp\">"),
            ("b.rst", "See `it <https://example.org/docs/a/#teh-lamp>`_."),
            ("c.ipynb", r#"{"source": ["[x](docs/a.md#teh-lamp)\n"]}"#),
            ("d.js", "const to = \"/guide/a?x=1#teh-lamp\""),
        ] {
            assert!(links(name, text, "a"), "{name}");
            assert!(!links(name, text, "b"), "{name}");
        }
        assert!(!links("e.bin", "\0docs/a.md#teh-lamp", "a"));
        assert!(!links("f.md", "[x](#teh-lamp) docs/a #teh-lamp", "a"));
    }
}
