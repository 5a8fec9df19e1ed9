//! The navigation of the sites that documents are in: reads the files that list the pages, and finds the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::input::load;
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::front_matter;
use crate::model::navigation::{Navigation, NavigationEntry, NavigationReach};
use crate::model::site::Generator;
use crate::model::target::normalized;
use crate::parse::navigation::{ListedPage, PageList, category, mkdocs, sidebars};

/// Maximum size of a file that lists pages, in bytes (a guess).
const MAX_LIST_BYTES: u64 = 4 << 20;
/// Share of the entries, in per cent, that have to lead to pages of a folder, for the folder to be the one that is listed
/// (a guess).
const FOUND_PERCENT: usize = 60;

/// Returns the navigation of each site of the collection.
pub(super) fn of_sites(collection: &Collection) -> Vec<Navigation> {
    let mut found = Vec::new();
    for (root, generator) in &collection.sites {
        match generator {
            Generator::MkDocs => found.extend(of_mkdocs(root, *generator, collection)),
            Generator::Docusaurus => {
                found.extend(of_docusaurus(root, collection));
                found.extend(categories(root, collection));
            }
            _ => {}
        }
    }
    found
}

/// Returns the text of a file; `None` if there is none.
fn text(path: &Path) -> Option<String> {
    let bytes = load::bytes(path, MAX_LIST_BYTES).ok()?;
    String::from_utf8(bytes).ok()
}

fn of_mkdocs(root: &Path, generator: Generator, collection: &Collection) -> Option<Navigation> {
    let read = |name: &&str| {
        let file = normalized(&root.join(name));
        Some((mkdocs(&text(&file)?)?, file))
    };
    let (list, file) = generator.configurations().iter().find_map(read)?;
    let folder = normalized(&root.join(list.folder.as_deref().unwrap_or("docs")));
    let pages: BTreeSet<PathBuf> = collection.documents.iter().map(|doc| normalized(doc.source.path())).collect();
    let page = |target: &str| {
        let path = normalized(&folder.join(target));
        (pages.contains(&path) || path.exists()).then_some(path)
    };
    let entries = list.pages.iter().map(|listed| entry(listed, page(&listed.target))).collect();
    let left_out = list.left_out.iter().map(|pattern| normalized(&folder.join(pattern.trim_start_matches('/'))));
    Some(Navigation { file, whole: left_out.collect(), entries, reach: list.reach, folder })
}

fn entry(listed: &ListedPage, page: Option<PathBuf>) -> NavigationEntry {
    NavigationEntry { title: listed.title.clone(), target: listed.target.clone(), page, line: listed.line }
}

fn of_docusaurus(root: &Path, collection: &Collection) -> Vec<Navigation> {
    let is_list = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        name.contains("sidebars")
            && ["js", "json", "ts", "mjs", "cjs"].iter().any(|end| path.extension().is_some_and(|own| own == *end))
    };
    let inside = |folder: PathBuf| {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| normalized(&folder.join(entry.file_name()))).collect();
        paths.sort();
        paths
    };
    let mut folders: Vec<PathBuf> =
        [root.join("docs"), root.join("../docs")].iter().map(|path| normalized(path)).collect();
    folders.extend(inside(root.to_path_buf()).into_iter().filter(|path| path.is_dir()));
    let versions = inside(root.join("versioned_docs"));
    let lists = inside(root.to_path_buf()).into_iter().map(|file| (file, &folders));
    let versioned = inside(root.join("versioned_sidebars")).into_iter().map(|file| (file, &versions));
    let mut found = Vec::new();
    for (file, folders) in lists.chain(versioned).filter(|(file, _)| is_list(file)) {
        let Some(list) = text(&file).map(|text| sidebars(&text)) else { continue };
        let named = file.file_name().and_then(|name| name.to_str()?.strip_suffix("-sidebars.json").map(str::to_owned));
        let of_version = folders.iter().filter(|folder| {
            folder.file_name().is_some_and(|name| Some(name) == named.as_deref().map(std::ffi::OsStr::new))
        });
        let own: Vec<&PathBuf> = if named.is_some() { of_version.collect() } else { folders.iter().collect() };
        found.extend(listed_in(&file, &list, &own, collection));
    }
    found
}

/// Names of the files that label the folders of Docusaurus.
const CATEGORY_NAMES: [&str; 3] = ["_category_.json", "_category_.yml", "_category_.yaml"];

/// Returns the labels of the folders of a site, each with the page of the folder, as navigations of one entry.
fn categories(root: &Path, collection: &Collection) -> Vec<Navigation> {
    let root = normalized(root);
    let pages: BTreeSet<PathBuf> = collection.documents.iter().map(|doc| normalized(doc.source.path())).collect();
    let folders: BTreeSet<&Path> =
        pages.iter().filter(|page| page.starts_with(&root)).filter_map(|page| page.parent()).collect();
    let labelled = |folder: &Path| {
        let (file, listed) = CATEGORY_NAMES.iter().find_map(|name| {
            let file = folder.join(name);
            Some((category(&text(&file)?)?, file)).map(|(listed, file)| (file, listed))
        })?;
        let page =
            if listed.target.is_empty() { index_of(folder, &pages) } else { page_of(folder, &listed.target, &pages) };
        let entries = vec![entry(&listed, Some(page?))];
        Some(Navigation {
            file,
            folder: folder.to_path_buf(),
            entries,
            whole: Vec::new(),
            reach: NavigationReach::Listed,
        })
    };
    folders.into_iter().filter_map(labelled).collect()
}

/// Returns the page of a folder of Docusaurus: its index, or the page with its name.
fn index_of(folder: &Path, pages: &BTreeSet<PathBuf>) -> Option<PathBuf> {
    let own = folder.file_name()?.to_string_lossy();
    let names = ["index.md", "index.mdx", "README.md"].map(str::to_owned);
    let named = [format!("{own}.md"), format!("{own}.mdx")];
    names.iter().chain(&named).map(|name| folder.join(name)).find(|page| pages.contains(page))
}

/// Returns the page with an id, which is a path from one of the folders around the labelled one.
fn page_of(folder: &Path, id: &str, pages: &BTreeSet<PathBuf>) -> Option<PathBuf> {
    let endings = ["md", "mdx"].map(|ending| format!("{id}.{ending}"));
    folder
        .ancestors()
        .flat_map(|around| endings.iter().map(|name| normalized(&around.join(name))))
        .find(|page| pages.contains(page))
}

/// Returns the navigation that a list is of the folder that has most of its pages; `None` if none has enough.
fn listed_in(file: &Path, list: &PageList, folders: &[&PathBuf], collection: &Collection) -> Option<Navigation> {
    let entries_of = |folder: &Path| {
        let ids = ids(folder, collection);
        let page = |target: &str| {
            let id =
                target.split_once('/').filter(|(first, _)| first.starts_with("version-")).map_or(target, |(_, id)| id);
            ids.get(id).map(|doc| normalized(doc.source.path()))
        };
        list.pages.iter().map(|listed| entry(listed, page(&listed.target))).collect::<Vec<_>>()
    };
    let found = |entries: &[NavigationEntry]| entries.iter().filter(|entry| entry.page.is_some()).count();
    let mut best: Option<(&PathBuf, Vec<NavigationEntry>)> = None;
    for folder in folders {
        let entries = entries_of(folder);
        if best.as_ref().is_none_or(|(_, known)| found(known) < found(&entries)) {
            best = Some((folder, entries));
        }
    }
    let (folder, entries) = best?;
    let are_enough = !entries.is_empty() && found(&entries) * 100 >= entries.len() * FOUND_PERCENT;
    let whole = list.whole.iter().map(|name| normalized(&folder.join(name))).collect();
    are_enough.then(|| Navigation {
        file: file.to_path_buf(),
        folder: folder.clone(),
        entries,
        whole,
        reach: list.reach,
    })
}

/// Returns the pages of a folder by their ids in Docusaurus: the path without ending and without the numbers by which its
/// parts are ordered, or with the `id` that the page gives itself.
fn ids<'a>(folder: &Path, collection: &'a Collection) -> BTreeMap<String, &'a Document> {
    let mut ids = BTreeMap::new();
    for doc in collection.documents.iter().filter(|doc| doc.format == Format::Markdown) {
        let path = normalized(doc.source.path());
        let Ok(relative) = path.strip_prefix(folder) else { continue };
        let parts: Vec<String> = relative
            .with_extension("")
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        let mut plain: Vec<&str> = parts.iter().map(|part| without_number(part)).collect();
        let own = front_matter::value(doc, "id");
        for spelling in [parts.join("/"), plain.join("/")] {
            ids.entry(spelling).or_insert(doc);
        }
        if let (Some(id), Some(last)) = (own, plain.last_mut()) {
            *last = id;
            ids.insert(plain.join("/"), doc);
            let folder = &parts[..parts.len() - 1];
            ids.insert(folder.iter().map(String::as_str).chain([id]).collect::<Vec<_>>().join("/"), doc);
        }
    }
    ids
}

/// Returns a part of a path without the number that orders it: `02-oars` is `oars`.
fn without_number(part: &str) -> &str {
    let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
    let name = rest.trim_start_matches([' ', '-', '_', '.']);
    if rest.len() < part.len() && name.len() < rest.len() && !name.is_empty() { name } else { part }
}
