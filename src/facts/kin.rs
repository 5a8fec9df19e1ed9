//! Kin: documents that are expected to share content, namely versions of one work, translations, the same page for
//! several releases or variants, and documents generated from others.
//!
//! Knows documents and works, their paths and the language of their prose; not rules.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::text::language::locale_tag::is_code;
use crate::text::similarity::shingle::mix;

/// Minimum number of file names that two folders have in common for the files of one to be variants of those of the
/// other (a guess): two may be a coincidence.
const MIN_PARALLEL_FILES: usize = 3;
/// Maximum number of files of a folder that are looked up in the other one (a guess).
const MAX_PARALLEL_LOOKUPS: usize = 1000;

/// Names of the folder beside those of releases that holds what comes next, or the newest one.
const NEWEST: [&str; 9] = ["current", "dev", "docs", "head", "latest", "main", "master", "next", "stable"];

/// The relations between the documents of a collection.
#[derive(Debug)]
pub struct Kin<'a> {
    collection: &'a Collection,
    /// The paths of the documents without their extensions.
    pages: BTreeSet<&'a str>,
    /// For two folders, whether they have the same files. Filled on first use.
    parallel: RefCell<FxHashMap<(&'a str, &'a str), bool>>,
    /// For the document that was asked for last, whether others are its kin: searches ask the same again and again, and
    /// in the order of the documents.
    last: RefCell<(DocId, FxHashMap<DocId, bool>)>,
    /// For each document, the works that it belongs to, and the version in each.
    works: Vec<Vec<(usize, usize)>>,
    traits: Vec<Traits>,
}

/// Properties of a document by itself.
#[derive(Debug)]
struct Traits {
    release: Option<Release>,
    generated: bool,
    /// Hash of all its lines, equal for documents that agree line for line.
    print: u64,
}

/// The folder of a release that a document is in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Release {
    /// Its index among the folders of the path.
    at: usize,
    /// True if the folder before it has only releases, as `versioned_docs` does.
    kept: bool,
}

impl<'a> Kin<'a> {
    /// Determines the relations of a collection.
    pub fn new(collection: &'a Collection) -> Self {
        let mut works = vec![Vec::new(); collection.documents.len()];
        for (at, work) in collection.works.iter().enumerate() {
            for (nth, version) in work.versions.iter().enumerate() {
                for doc in &version.documents {
                    works[doc.index()].push((at, nth));
                }
            }
        }
        let traits = collection.documents.iter().map(|doc| Traits {
            release: release(doc.source.display()),
            generated: doc.is_generated() || collection.is_output_of_page(doc),
            print: doc
                .line_fingerprints
                .iter()
                .fold(doc.line_fingerprints.len() as u64, |hash, print| mix(hash ^ print.hash)),
        });
        let traits = traits.collect();
        let pages = collection.documents.iter().map(|doc| without_extension(doc.source.display())).collect();
        Self {
            collection,
            pages,
            parallel: RefCell::default(),
            last: RefCell::new((DocId(0), FxHashMap::default())),
            works,
            traits,
        }
    }

    /// Returns true if two documents are expected to share content. Translations that agree line for line are not if one
    /// of them was never translated.
    pub fn are(&self, one: DocId, other: DocId) -> bool {
        {
            let mut last = self.last.borrow_mut();
            if last.0 != one {
                last.1.clear();
                last.0 = one;
            } else if let Some(&known) = last.1.get(&other) {
                return known;
            }
        }
        let are = self.are_by_any_sign(one, other);
        self.last.borrow_mut().1.insert(other, are);
        are
    }

    fn are_by_any_sign(&self, one: DocId, other: DocId) -> bool {
        let is_translation = || {
            let is_copy = || self.is_untranslated(one) || self.is_untranslated(other);
            self.are_translations(one, other) && !(self.are_identical(one, other) && is_copy())
        };
        self.are_versions(one, other)
            || self.is_generated(one)
            || self.is_generated(other)
            || self.are_releases(one, other)
            || is_translation()
            || self.are_variants(one, other) && !self.are_translations(one, other)
            || self.are_variants_by_end(one, other)
    }

    /// Returns the language that the path of a document names, and the path before the name.
    pub fn place_of_language(&self, doc: DocId) -> Option<(&str, &str)> {
        self.collection.place_of_language(doc)
    }

    /// Returns true if a document states that it was generated, or a program makes it from a page beside it.
    pub fn is_generated(&self, doc: DocId) -> bool {
        self.traits.get(doc.index()).is_some_and(|traits| traits.generated)
    }

    /// Returns the path of a page that there is for several releases, without the folder of its release; `None` for any
    /// other document.
    pub fn page_of_release(&self, doc: DocId) -> Option<String> {
        let release = self.traits.get(doc.index())?.release.as_ref()?;
        let parts = self.collection.document(doc).source.display().split('/').enumerate();
        Some(parts.filter(|(at, _)| *at != release.at).flat_map(|(_, part)| [part, "/"]).collect())
    }

    /// Returns true if two documents have the same lines, up to what normalization removes.
    pub fn are_identical(&self, one: DocId, other: DocId) -> bool {
        self.print(one) == self.print(other)
    }

    /// Returns a hash that is equal for documents with the same lines.
    pub fn print(&self, doc: DocId) -> u64 {
        self.traits.get(doc.index()).map_or(0, |traits| traits.print)
    }

    /// Returns whether a document is in a place for one language and its prose is in another.
    pub fn is_untranslated(&self, doc: DocId) -> bool {
        let marked = self.place_of_language(doc);
        let (Some((marked, _)), Some(language)) = (marked, self.collection.document(doc).language_code()) else {
            return false;
        };
        // Other names are those of scripts, which many languages share.
        language.len() == 2 && marked.split(['-', '_']).next() != Some(language)
    }

    fn are_versions(&self, one: DocId, other: DocId) -> bool {
        let versions = |doc: DocId| self.works.get(doc.index()).map_or(&[][..], Vec::as_slice);
        let parts = |(work, nth): &(usize, usize)| versions(other).iter().any(|(w, n)| w == work && n != nth);
        versions(one).iter().any(parts)
    }

    fn are_translations(&self, one: DocId, other: DocId) -> bool {
        let [a, b] = [one, other].map(|doc| self.place_of_language(doc).map(|(language, _)| language));
        match (a, b) {
            (None, None) => {
                let [a, b] = [one, other].map(|doc| self.collection.document(doc).language_code());
                a.zip(b).is_some_and(|(a, b)| a != b)
            }
            _ => a != b,
        }
    }

    /// Returns true if two documents have the same place in two folders that hold the same files, as where a page is
    /// written for each of two systems.
    fn are_variants(&self, one: DocId, other: DocId) -> bool {
        let path = |doc: DocId| without_extension(self.collection.document(doc).source.display());
        let Some((here, there)) = differing_starts(path(one), path(other)) else { return false };
        let key = (here.min(there), here.max(there));
        if let Some(&known) = self.parallel.borrow().get(&key) {
            return known;
        }
        let below = self.pages.range(key.1..).take_while(|page| page.starts_with(key.1)).take(MAX_PARALLEL_LOOKUPS);
        let common = below.filter(|page| self.pages.contains(format!("{}{}", key.0, &page[key.1.len()..]).as_str()));
        let are = common.take(MIN_PARALLEL_FILES).count() == MIN_PARALLEL_FILES;
        self.parallel.borrow_mut().insert(key, are);
        are
    }

    /// Returns true if the names of two files in one folder differ in their last part alone, and at least
    /// [`MIN_PARALLEL_FILES`] names of this folder are there with both parts: `lesson-1-pt` and `lesson-1-tf`.
    fn are_variants_by_end(&self, one: DocId, other: DocId) -> bool {
        let [one, other] = [one, other].map(|doc| without_extension(self.collection.document(doc).source.display()));
        let split = |path: &'a str| path.rfind(['-', '_', '.']).map(|at| path.split_at(at + 1));
        let (Some((stem, here)), Some((other_stem, there))) = (split(one), split(other)) else { return false };
        let counts = |end: &str| end.bytes().any(|byte| byte.is_ascii_digit());
        let are_languages = is_code(here) && is_code(there);
        if stem != other_stem
            || here.contains('/')
            || there.contains('/')
            || counts(here)
            || counts(there)
            || are_languages
        {
            return false;
        }
        let folder = &stem[..stem.rfind('/').map_or(0, |at| at + 1)];
        let inside = self.pages.range(folder..).take_while(|page| page.starts_with(folder)).take(MAX_PARALLEL_LOOKUPS);
        let stems = inside.filter_map(|page| page.strip_suffix(here).filter(|stem| stem.ends_with(['-', '_', '.'])));
        let both = stems.filter(|stem| self.pages.contains(format!("{stem}{there}").as_str()));
        both.take(MIN_PARALLEL_FILES).count() == MIN_PARALLEL_FILES
    }

    fn are_releases(&self, one: DocId, other: DocId) -> bool {
        let release = |doc: DocId| self.traits.get(doc.index()).and_then(|traits| traits.release.as_ref());
        let path = |doc: DocId| without_extension(self.collection.document(doc).source.display());
        let parts = |doc: DocId| path(doc).split('/').collect::<Vec<&str>>();
        match (release(one), release(other)) {
            (None, None) => false,
            (Some(a), Some(b)) => {
                let (mut one, mut other) = (path(one).split('/'), path(other).split('/'));
                a.at == b.at && one.by_ref().take(a.at).eq(other.by_ref().take(b.at)) && one.next() != other.next()
            }
            (Some(release), None) | (None, Some(release)) => {
                let (old, new) = if self.traits[one.index()].release.is_some() { (one, other) } else { (other, one) };
                let (old, new) = (parts(old), parts(new));
                let page = &old[release.at + 1..];
                // "docs/v1/a.md" and "docs/current/b.md": pages get other names.
                let is_newest = new[..release.at.min(new.len())] == old[..release.at]
                    && new.len() > release.at + 1
                    && NEWEST.contains(&new[release.at]);
                // "docs/v1/a.md" and "docs/latest/a.md", or "docs/a.md".
                let beside = |skip: usize| {
                    new.len() == release.at + skip + page.len()
                        && new[..release.at] == old[..release.at]
                        && new[release.at + skip..] == *page
                };
                release.kept || is_newest || beside(1) || beside(0)
            }
        }
    }
}

/// Returns a path without the extension of its file.
fn without_extension(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    path[name..].rfind('.').filter(|dot| *dot > 0).map_or(path, |dot| &path[..name + dot])
}

/// Returns the starts of two paths up to where the same folders and the same file follow; `None` if the files have
/// different names.
fn differing_starts<'a>(one: &'a str, other: &'a str) -> Option<(&'a str, &'a str)> {
    let same = one.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    let tail = &one[one.ceil_char_boundary(one.len() - same)..];
    let is_whole = tail.len() == one.len().min(other.len());
    // The common end starts at a separator, or is one of the paths.
    let tail = match tail.find('/') {
        _ if is_whole
            && [one, other]
                .iter()
                .all(|path| path.len() == tail.len() || path[..path.len() - tail.len()].ends_with('/')) =>
        {
            tail
        }
        Some(at) => &tail[at + 1..],
        None => return None,
    };
    (!tail.is_empty()).then(|| (&one[..one.len() - tail.len()], &other[..other.len() - tail.len()]))
}

/// Returns the folder of a release in a path: `version-1.0`, `v2`, `1.x`, `5x`, or any in `versioned_docs`.
fn release(path: &str) -> Option<Release> {
    let parts: Vec<&str> = path.split('/').collect();
    let folders = parts.len().saturating_sub(1);
    let is_kept = |at: usize| at.checked_sub(1).is_some_and(|before| parts[before].starts_with("versioned"));
    let at = (0..folders).find(|&at| is_release(parts[at]) || is_kept(at))?;
    Some(Release { at, kept: is_kept(at) })
}

fn is_release(folder: &str) -> bool {
    const CHANNELS: [&str; 6] = ["next", "stable", "latest", "nightly", "canary", "unreleased"];
    if CHANNELS.contains(&folder) {
        return true;
    }
    // "2-edge": the newest state of a release.
    let channel = folder.rsplit_once('-').filter(|(number, channel)| {
        ["alpha", "beta", "dev", "edge", "lts", "nightly", "preview", "rc", "stable"].contains(channel)
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && number.starts_with(|c: char| c.is_ascii_digit())
    });
    if channel.is_some() {
        return true;
    }
    let prefixes = ["version-", "version", "release-", "docs-", "v"];
    let number = prefixes.iter().find_map(|prefix| folder.strip_prefix(prefix));
    let (number, marked) = (number.unwrap_or(folder), number.is_some());
    let number = number.strip_prefix('v').filter(|_| marked).unwrap_or(number);
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = number.split('.');
    // "5x" is any release of 5.
    let first = parts.next().unwrap_or("");
    let (first, is_open) = first.strip_suffix('x').map_or((first, false), |first| (first, true));
    let rest: Vec<&str> = parts.collect();
    numeric(first) && (marked || is_open || !rest.is_empty()) && rest.iter().all(|part| numeric(part) || *part == "x")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::document::Format;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    /// Returns true if the first two of some documents are kin.
    fn kin(files: &[(&str, &str)]) -> bool {
        let documents = files.iter().zip(0..).map(|((path, text), at)| {
            let source = Source::utf8(Path::new(path), (*text).to_owned(), Bom::Absent);
            parse(DocId(at), source, Format::Markdown)
        });
        let collection = Collection { documents: documents.collect(), ..Collection::default() };
        Kin::new(&collection).are(DocId(0), DocId(1))
    }

    #[test]
    fn translations_by_name_were_told_of_as_copies() {
        for (one, other) in [
            ("README-fr.md", "README-de.md"),
            ("README.md", "README-fr.md"),
            ("docs/en/pump.md", "docs/de/pumpe.md"),
            ("docs/pump.md", "docs/de/pump.md"),
            ("pump.md", "pump.french.md"),
            ("README.md", "translations/German/README.md"),
            ("a/b.md", "i18n/ja/c.md"),
            ("x/zh-CN/a.md", "x/a.md"),
        ] {
            assert!(kin(&[(one, "One.\n"), (other, "Two.\n")]), "{one} {other}");
            let english = "The lamp is lit when the boat is near, and you can see how far it has come.\n";
            assert!(!kin(&[(one, english), (other, english)]), "{one} {other}");
        }
        for (one, other) in
            [("ml/a.md", "b.md"), ("docs/de/a.md", "docs/de/b.md"), ("a.md", "b.md"), ("is/a.md", "b/a.md")]
        {
            assert!(!kin(&[(one, "One.\n"), (other, "Two.\n")]), "{one} {other}");
        }
    }

    #[test]
    fn pages_for_several_systems_were_told_of_as_copies() {
        let variants = |others: &[&str]| {
            let first = ["a/oar/care.md", "a/scull/care.md"];
            let names: Vec<(&str, &str)> = first.iter().chain(others).map(|name| (*name, "Same.\n")).collect();
            kin(&names)
        };
        assert!(variants(&["a/oar/use.md", "a/oar/buy.md", "a/scull/use.mdx", "a/scull/buy.md"]));
        assert!(!variants(&["a/oar/use.md", "a/oar/buy.md", "a/scull/use.md", "a/scull/sell.md"]));
        assert!(!kin(&[("a/x.md", "Same.\n"), ("b/y.md", "Same.\n"), ("a/z.md", "."), ("b/z.md", ".")]));
        let ends = |third: &str| {
            let names = ["a/1-pt.md", "a/1-tf.md", "a/2-pt.md", "a/2-tf.md", "a/3-pt.md", third];
            kin(&names.map(|name| (name, "Same.\n")))
        };
        assert!(ends("a/3-tf.md") && !ends("a/4-tf.md"));
        assert_eq!(differing_starts("a/b/c", "b/c"), Some(("a/", "")));
        assert_eq!(differing_starts("a/xb/c", "b/c"), Some(("a/xb/", "b/")));
        assert_eq!(differing_starts("a/c", "a/d"), None);
    }

    #[test]
    fn translations_are_told_by_their_paragraphs_and_not_by_their_lists() {
        let list =
            "\n\n- The keeper of the lamp and how he came to the house\n- What the boats do when the fog is there\n";
        let french =
            "Voici les livres que nous avons lus cette semaine, et les pages sont dans la langue du pays.".to_owned();
        let german = "Das sind die Bücher, die wir in der Woche gelesen haben, und sie sind auf Englisch.".to_owned();
        let english = "These are the books that we have read in the week, and what they say is not for you.".to_owned();
        let [french, german, english] = [french + list, german + list, english + list];
        assert!(kin(&[("one.md", &french), ("two.md", &german)]));
        assert!(kin(&[("one.md", &french), ("two.md", &english)]));
        let other = format!("What you should know when you have come from the sea to the house.{list}");
        assert!(!kin(&[("one.md", &english), ("two.md", &other)]));
    }

    #[test]
    fn releases_of_one_page_were_told_of_as_copies() {
        for (one, other) in [
            ("docs/v1/a.md", "docs/v2/a.md"),
            ("docs/next/a.md", "docs/stable/a.md"),
            ("docs-1.x/a.md", "docs-2.x/a.md"),
            ("1.0/a.md", "2.x/b.md"),
            ("content/2-edge/a.md", "content/2.10/b.md"),
            ("docs/v1/a.md", "docs/latest/a.md"),
            ("docs/1.2/a.md", "docs/a.md"),
            ("site/versioned_docs/version-1.0/a/b.md", "docs/a/b.md"),
            ("site/versioned_docs/version-v1.6/a/b.md", "site/docs/a/b.md"),
            ("docs/de/4x/a.md", "docs/de/5x/a.md"),
            ("i18n/docs/current/a.mdx", "i18n/docs/version-3/a.md"),
            ("i18n/docs/current/b.md", "i18n/docs/version-3/a.md"),
        ] {
            assert!(kin(&[(one, "One.\n"), (other, "One.\n")]), "{one} {other}");
        }
        for (one, other) in
            [("v1/a.md", "other/b.md"), ("2024/a.md", "2025/a.md"), ("v1/a.md", "v1/b.md"), ("vim/a.md", "a.md")]
        {
            assert!(!kin(&[(one, "One.\n"), (other, "One.\n")]), "{one} {other}");
        }
    }
}
