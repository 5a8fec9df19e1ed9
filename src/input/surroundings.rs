//! A single look at the disk for the targets of links.
//!
//! Reads names from the disk, never contents; knows no rules.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use rustc_hash::FxHashSet;

use super::ignore_files::IgnoreFiles;
use super::load;
use super::walk::{IgnoreScope, odd_ignore_file};
use crate::model::collection::{Collection, Surroundings};
use crate::model::document::{Document, Format};
use crate::model::site::Generator;
use crate::model::target::{TargetSpan, normalized, relative_targets, resolve};
use crate::text::language::locale_tag::{is_code, localized};

/// Returns which targets of the relative links of the documents that are judged exist. A target that does not exist is
/// entered only if it is below one of `roots` (absolute paths), because others may have files elsewhere that this machine
/// lacks, and if no ignore file says that a program makes it. Of files that are no documents, those that a missing target
/// may mean are entered, too. `is_there` tells whether there is a file or folder at a path.
pub fn look(collection: &Collection, roots: &[PathBuf], is_there: impl Fn(&Path) -> bool) -> Surroundings {
    let known: FxHashSet<PathBuf> = collection.documents.iter().map(|doc| normalized(doc.source.path())).collect();
    let mut seen = BTreeMap::new();
    let has_links = |doc: &&Document| !doc.links.is_empty() || !doc.definitions.is_empty() || !doc.html.is_empty();
    let mut served = Served::new(collection.sites.clone());
    for doc in collection.judged().filter(has_links) {
        let is_of_wiki = LazyCell::new(|| has_wiki_links(doc));
        for reference in relative_targets(doc) {
            if reference.target.path.is_empty() {
                continue;
            }
            for path in spellings(&resolve(doc.source.path(), &reference.target.path)) {
                let before = seen.get(&path).copied();
                if known.contains(&path) || before == Some(true) {
                    continue;
                }
                // Of two links to one missing path, only one may be served from elsewhere.
                let exists = before.is_none() && is_there(&path)
                    || served.holds(doc.source.path(), &reference, &is_there)
                    || *is_of_wiki && is_in_vault(doc.source.path(), &reference.target.path, &is_there);
                if exists || below(&path, roots) && !served.is_made(&path, doc.source.path()) {
                    seen.insert(path, exists);
                }
            }
        }
    }
    let missing = seen.iter().filter(|(path, there)| !**there && is_other_file(path));
    let missing: Vec<&PathBuf> = missing.map(|(path, _)| path).collect();
    for path in namesakes(&missing, roots) {
        seen.entry(path).or_insert(true);
    }
    Surroundings::Seen(seen)
}

/// Returns the files other than Markdown that have the names of missing ones, in any case, and those beside them.
fn namesakes(missing: &[&PathBuf], roots: &[PathBuf]) -> Vec<PathBuf> {
    let lower = |path: &Path| path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let names: FxHashSet<String> = missing.iter().filter_map(|path| lower(path)).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let folders: BTreeSet<&Path> = missing.iter().filter_map(|path| path.parent()).collect();
    let mut found = Vec::new();
    for folder in folders {
        let inside = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let entries = std::fs::read_dir(inside).into_iter().flatten().flatten().take(MAX_BESIDE);
        found.extend(entries.map(|entry| folder.join(entry.file_name())).filter(|path| is_other_file(path)));
    }
    // Paths are shown as the missing ones are: from the working directory, or from the root of the file system.
    let is_absolute = missing.iter().any(|path| path.is_absolute());
    let Ok(working_dir) = std::path::absolute(".") else { return found };
    let mut outer: Vec<&PathBuf> = roots.iter().collect();
    outer.retain(|root| !roots.iter().any(|other| other != *root && root.starts_with(other)));
    outer.sort();
    outer.dedup();
    for root in outer {
        if odd_ignore_file(root, IgnoreScope::Above).is_some() {
            continue;
        }
        let mut walker = WalkBuilder::new(root);
        walker.require_git(false).ignore(false).filter_entry(|entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            !is_folder || odd_ignore_file(entry.path(), IgnoreScope::Here).is_none()
        });
        let files = walker.build().take(MAX_WALKED).flatten();
        for entry in files.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())) {
            if lower(entry.path()).is_none_or(|name| !names.contains(&name)) {
                continue;
            }
            match entry.path().strip_prefix(&working_dir) {
                _ if is_absolute => found.push(entry.path().to_path_buf()),
                Ok(path) => found.push(path.to_path_buf()),
                Err(_) => {}
            }
        }
    }
    found
}

/// Maximum number of files of a folder that may be meant by a missing one beside them (a guess).
const MAX_BESIDE: usize = 2000;
/// Maximum number of files and folders that are searched for the names of missing files (a guess: a second on a slow disk).
const MAX_WALKED: usize = 200_000;

/// Returns whether a path has an extension, and not that of a document.
fn is_other_file(path: &Path) -> bool {
    path.extension().is_some() && load::format_of(path) != Format::Markdown
}

/// Returns whether a document has links of a wiki, as the notes of a vault of Obsidian have.
fn has_wiki_links(doc: &Document) -> bool {
    let text = doc.text().as_bytes();
    memchr::memmem::find(text, b"[[").is_some_and(|at| memchr::memmem::find(&text[at..], b"]]").is_some())
}

/// Returns whether a folder for attachments, beside the file at `from` or above it, has the file `name`: Obsidian finds a
/// file by its name alone.
fn is_in_vault(from: &Path, name: &str, is_there: &impl Fn(&Path) -> bool) -> bool {
    const FOLDERS: [&str; 8] =
        ["Attachments", "Assets", "_attachments", "assets", "attachments", "images", "media", "resources"];
    !name.contains('/')
        && from.ancestors().skip(1).any(|folder| FOLDERS.iter().any(|inner| is_there(&folder.join(inner).join(name))))
}

/// The files of sites that links reach although no file is at the path that they name.
struct Served {
    sites: Vec<(PathBuf, Generator)>,
    ignored: IgnoreFiles,
    /// For each folder, those of its folders that a site has as its root.
    roots: BTreeMap<PathBuf, Vec<PathBuf>>,
    /// For each folder, those of its folders that are named for a language.
    languages: BTreeMap<PathBuf, Vec<PathBuf>>,
}

impl Served {
    fn new(sites: Vec<(PathBuf, Generator)>) -> Self {
        Self { sites, ignored: IgnoreFiles::default(), roots: BTreeMap::new(), languages: BTreeMap::new() }
    }

    /// Returns whether git ignores the missing file at `path`, and not the one at `from`: a program makes it, where the
    /// program ran.
    fn is_made(&mut self, path: &Path, from: &Path) -> bool {
        let mut is_ignored = |path: &Path| {
            let by = self.ignored.pattern_for(path, Path::new("/"));
            by.is_some_and(|by| by.file.file_name().is_some_and(|name| name == ".gitignore"))
        };
        is_ignored(path) && !is_ignored(from)
    }

    /// Returns whether the link `reference` to a missing target in the file at `from` reaches a file of the site: one
    /// that is made when the site is built, from the folder that the page is served as, from a folder of the site's
    /// content, or in a folder whose content the site has at its root.
    fn holds(&mut self, from: &Path, reference: &TargetSpan, is_there: &impl Fn(&Path) -> bool) -> bool {
        let target = reference.target.path.as_str();
        let around = self.sites.iter().filter(|(root, _)| from.starts_with(root) || root.as_os_str() == ".");
        let site = around.max_by_key(|(root, _)| root.components().count()).cloned();
        let site = site.as_ref();
        if site.is_some() && self.ignored.pattern_for(&resolve(from, target), Path::new("/")).is_some() {
            return true;
        }
        if site.is_some_and(|(_, generator)| *generator == Generator::Hugo)
            && self.in_other_languages(from, target, is_there)
        {
            return true;
        }
        let Some(inner) = target.strip_prefix("../") else {
            let is_below =
                |folder: &&Path| site.is_some_and(|(root, _)| folder.starts_with(root) || root.as_os_str() == ".");
            return site.is_some_and(|(_, generator)| *generator == Generator::Docusaurus)
                && !target.starts_with("./")
                && from.ancestors().skip(2).take_while(is_below).any(|folder| is_there(&folder.join(target)));
        };
        let is_nested = site.is_some_and(|(_, generator)| match generator {
            Generator::Hugo | Generator::Jekyll => true,
            // Links of Markdown are changed to fit the served page, those of HTML are not.
            Generator::MkDocs => reference.is_html(),
            _ => false,
        });
        if is_nested && is_there(&resolve(from, inner)) {
            return true;
        }
        let inner = inner.trim_start_matches("../");
        from.ancestors().skip(1).any(|folder| {
            let roots = self.roots.entry(folder.to_path_buf()).or_insert_with(|| {
                let all = ["public", "static"].map(|name| folder.join(name));
                all.into_iter().filter(|path| is_there(path)).collect()
            });
            roots.iter().any(|root| is_there(&root.join(inner)))
        })
    }

    /// Returns whether the same page in another language has the file `target` beside it: Hugo gives a page the files of all
    /// its translations. A link may start one folder further down, too.
    fn in_other_languages(&mut self, from: &Path, target: &str, is_there: &impl Fn(&Path) -> bool) -> bool {
        let path = from.to_string_lossy();
        let Some(before) = localized(&path).and_then(|found| found.folder) else { return false };
        let Some((own, page)) = path.get(before.len()..).and_then(|rest| rest.split_once('/')) else { return false };
        let folder = PathBuf::from(&before);
        let others = self.languages.entry(folder.clone()).or_insert_with(|| {
            let entries = std::fs::read_dir(if before.is_empty() { Path::new(".") } else { &folder });
            let names = entries.into_iter().flatten().flatten().map(|entry| entry.file_name());
            names.filter(|name| name.to_str().is_some_and(is_code)).map(|name| folder.join(name)).collect()
        });
        let inner = target.strip_prefix("../");
        others.iter().filter(|other| other.file_name().is_some_and(|name| name != own)).any(|other| {
            let page = other.join(page);
            is_there(&resolve(&page, target)) || inner.is_some_and(|inner| is_there(&resolve(&page, inner)))
        })
    }
}

/// Returns the root folders of the sites that documents are in, by the files that configure them.
pub fn sites(documents: &[Document]) -> Vec<(PathBuf, Generator)> {
    let folders = documents.iter().flat_map(|doc| doc.source.path().ancestors().skip(1));
    let folders: BTreeSet<&Path> =
        folders.map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).collect();
    let made_by = |folder: &Path| {
        let inside = FolderNames::of(folder);
        Generator::ALL.into_iter().find(|generator| is_site_of(folder, &inside, *generator))
    };
    folders.into_iter().filter_map(|folder| Some((folder.to_path_buf(), made_by(folder)?))).collect()
}

/// The names of all that is in a folder, in lower case, so that nothing else is looked for on the disk; `None` if the
/// folder cannot be listed.
struct FolderNames(Option<FxHashSet<String>>);

impl FolderNames {
    fn of(folder: &Path) -> Self {
        let entries = std::fs::read_dir(folder).ok();
        Self(entries.map(|all| all.flatten().map(|entry| entry.file_name().to_string_lossy().to_lowercase()).collect()))
    }

    /// Returns whether the first part of a path may be in the folder.
    fn may_hold(&self, path: &str) -> bool {
        let first = path.split('/').next().unwrap_or(path);
        self.0.as_ref().is_none_or(|names| names.contains(&first.to_lowercase()))
    }
}

/// Returns whether `folder`, with these names in it, is the root of a site that `generator` makes.
fn is_site_of(folder: &Path, inside: &FolderNames, generator: Generator) -> bool {
    let is_folder = |name: &&str| inside.may_hold(name) && folder.join(name).is_dir();
    let is_there = |name: &&str| inside.may_hold(name) && folder.join(name).exists();
    let is_common = || generator.common_configurations().iter().any(is_there);
    generator.configurations().iter().any(|name| inside.may_hold(name) && folder.join(name).is_file())
        || generator
            .folders()
            .split_first()
            .is_some_and(|(content, others)| is_common() && is_folder(content) && others.iter().any(is_folder))
}

/// Returns the path, and the path that a site generator completes it to.
fn spellings(path: &Path) -> Vec<PathBuf> {
    let mut paths = vec![path.to_path_buf()];
    if path.extension().is_none()
        && let Some(name) = path.file_name()
    {
        let mut name = name.to_os_string();
        name.push(".md");
        paths.push(path.with_file_name(name));
    }
    paths
}

fn below(path: &Path, roots: &[PathBuf]) -> bool {
    let Ok(path) = std::path::absolute(path) else { return false };
    let path = normalized(&path);
    roots.iter().any(|root| path.starts_with(root))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Format;
    use crate::model::id::DocId;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    /// Writes `files` in a new folder, the last of them with Markdown, and returns what is known of the files around it.
    fn looked_up(files: &[(&str, &str)]) -> Vec<(String, bool)> {
        let (root, _, seen) = look_around(files);
        let name = |path: &Path| path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned();
        seen.iter().map(|(path, there)| (name(path), *there)).collect()
    }

    /// Writes `files` in a new folder, the last of them with Markdown, and returns which of the relative targets of the
    /// last are taken to exist.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let (_, doc, seen) = look_around(files);
        let exists = |target: &&TargetSpan| seen.get(&resolve(doc.source.path(), &target.target.path)) == Some(&true);
        relative_targets(&doc).iter().filter(exists).map(|target| target.target.path.clone()).collect()
    }

    fn look_around(files: &[(&str, &str)]) -> (PathBuf, Document, BTreeMap<PathBuf, bool>) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            std::fs::write(path, text).expect("written");
        }
        let (name, text) = files.last().expect("a file");
        let source = Source::utf8(&folder.path().join(name), (*text).to_owned(), Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        let sites = sites(std::slice::from_ref(&doc));
        let mut collection = Collection { sites, documents: vec![doc], ..Collection::default() };
        let Surroundings::Seen(seen) = look(&collection, &[folder.path().to_path_buf()], |path| path.exists()) else {
            panic!("not looked up")
        };
        (folder.path().to_path_buf(), collection.documents.remove(0), seen)
    }

    #[test]
    fn pages_that_hugo_serves_one_folder_further_down_were_dead() {
        let page = ("content/docs/a.md", "![x](../img/x.png) ![y](../img/y.png) [z](img/x.png)\n");
        for configuration in ["hugo.toml", "config.yaml", "config/_default/params.toml"] {
            let files = [("layouts/base.html", ""), ("content/docs/img/x.png", ""), (configuration, ""), page];
            assert_eq!(found(&files), ["../img/x.png", "img/x.png"], "{configuration}");
        }
        // A program of another kind has a `config.yaml`, too.
        assert_eq!(found(&[("content/docs/img/x.png", ""), ("config.yaml", ""), page]), ["img/x.png"]);
    }

    #[test]
    fn files_of_a_page_in_another_language_were_dead_in_hugo() {
        let page = ("content/ja/tide/index.md", "![x](x.png) ![y](y.png) ![z](../../img/z.png)\n");
        let files = [("content/en/tide/x.png", ""), ("content/en/img/z.png", ""), ("content/img/y.png", "")];
        let all = [files.as_slice(), &[("hugo.yaml", ""), page]].concat();
        assert_eq!(found(&all), ["x.png", "../../img/z.png"]);
        assert!(found(&[files.as_slice(), &[page]].concat()).is_empty());
    }

    #[test]
    fn attachments_that_obsidian_finds_by_name_were_dead() {
        let files = [("en/Attachments/x.png", ""), ("en/Bases/a.md", "[[b]] ![x](x.png) ![y](y.png)\n")];
        assert_eq!(found(&files), ["x.png"]);
        assert!(found(&[files[0], ("en/Bases/a.md", "![x](x.png)\n")]).is_empty());
    }

    #[test]
    fn html_of_mkdocs_is_served_one_folder_further_down() {
        for (text, is_found) in [("<img src=\"../../x.png\">\n", true), ("![x](../../x.png)\n", false)] {
            let files = [("docs/x.png", ""), ("mkdocs.yml", ""), ("docs/a/b.md", text)];
            assert_eq!(!found(&files).is_empty(), is_found, "{text}");
        }
    }

    #[test]
    fn files_in_the_content_folders_of_docusaurus_were_dead() {
        let page = ("docs/a/b/c.md", "[x](x/y.md) [z](./x/z.md) [w](x/w.md)\n");
        let files = [("docs/x/y.md", ""), ("docs/x/z.md", ""), ("docusaurus.config.ts", ""), page];
        assert_eq!(found(&files), ["x/y.md"]);
        assert!(found(&[("docs/x/y.md", ""), page]).is_empty());
    }

    #[test]
    fn pages_that_the_build_of_a_site_makes_were_dead() {
        let page = ("docs/a.md", "[x](api/x.md) [y](y.md)\n");
        assert_eq!(found(&[(".gitignore", "docs/api/\n"), ("mkdocs.yml", ""), page]), ["api/x.md"]);
    }

    #[test]
    fn files_that_a_build_makes_were_missing() {
        let page = ("docs/a.md", "[x](../dist/x.js) [y](y.js) [z](../coverage.svg)\n");
        let known = looked_up(&[(".gitignore", "dist/\n*.svg\n"), page]);
        assert_eq!(known, [("docs/y.js".to_owned(), false)]);
        let known = looked_up(&[("docs/.ignore", "y.js\n"), page]);
        assert_eq!(known.len(), 3, "{known:?}");
    }

    #[test]
    fn pictures_were_never_offered_for_missing_ones() {
        let page = ("docs/a.md", "![x](img/x.png) ![y](y.JPG)\n");
        let files = [("docs/images/X.png", ""), ("docs/y.jpg", ""), ("docs/z.txt", ""), ("other/z.png", ""), page];
        let known = looked_up(&files);
        let there: Vec<&str> = known.iter().filter(|(_, there)| *there).map(|(path, _)| path.as_str()).collect();
        assert_eq!(there, ["docs/images/X.png", "docs/y.jpg", "docs/z.txt"]);
    }
}
