//! Discovery of works: the files of a repository that hold versions of the same content, judged by the titles that they
//! share. Translations share none, and are found by `translation_groups`.
//!
//! Knows the model and text; not settings, and not the disk. Near-linear: titles are looked up, documents are never
//! compared in pairs.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::natural;
use super::role::{VersionMeasure, roles};
use super::translation_groups::{self, TranslationGroup};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::id::DocId;
use crate::model::item::Basis;
use crate::model::work::Role;
use crate::text::language::locale_tag;
use crate::text::similarity::title::{key, words};
use crate::text::words::hash;

/// A work that the collection seems to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// A name for it, unique among the proposals.
    pub name: String,
    /// Its versions, the one of greatest authority first.
    pub versions: Vec<ProposedVersion>,
}

/// A version of a proposed work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedVersion {
    /// Its probable role.
    pub role: Role,
    /// Its documents, in reading order.
    pub documents: Vec<DocId>,
    /// Number of its items or headings.
    pub units: usize,
    /// Which of the two `units` counts.
    pub basis: Basis,
    /// Number of its titles that the base version has, too; of the base version, all; of a translation, none.
    pub shared: usize,
    /// The code of the language that the paths of a translation name.
    pub language: Option<String>,
}

/// Minimum number of titles that two parts share (a guess): fewer are chance.
const MIN_SHARED_TITLES: usize = 8;
/// Minimum share of the smaller part's titles that two versions share, in percent, and minimum number of them, if titles
/// are the only evidence (guesses).
const SHARED_TITLES_PERCENT: usize = 60;
const SHARED_TITLES: usize = 20;
/// Minimum share of titles if most of the shared ones have the same number in both, in percent (a guess).
const NUMBERED_TITLES_PERCENT: usize = 25;
/// Minimum share of titles and of lines that a copy of a file shares with it, in percent (a guess).
const COPY_PERCENT: usize = 90;
/// Minimum share of the base version's items in an edition, in percent (a guess): a version with fewer is a summary.
const EDITION_PERCENT: usize = 60;
/// Maximum number of parts that have a title which counts as shared (a guess), because a title such as "What is
/// polymorphism?" is in all of them.
const MAX_PARTS_OF_TITLE: usize = 24;

/// Files of one folder whose names differ only by their numbers: parts of one version.
#[derive(Debug)]
struct VersionPart {
    documents: Vec<DocId>,
    /// Titles, each with the number of its first item.
    titles: BTreeMap<u64, Option<u32>>,
    measure: VersionMeasure,
}

/// Overlap of two parts.
#[derive(Debug, Clone, Copy, Default)]
struct PartOverlap {
    titles: usize,
    /// Number of these titles that have the same number in both.
    numbers: usize,
}

/// Returns the works that the collection seems to hold, the largest first.
pub fn discover(collection: &Collection) -> Vec<Proposal> {
    let groups = translation_groups::find(collection);
    let translated: BTreeSet<DocId> =
        groups.iter().flat_map(|group| group.translations.values()).flatten().copied().collect();
    let parts = parts(collection, &translated);
    let related = related(&parts, collection);
    let mut free: BTreeSet<usize> = related.keys().copied().collect();
    let mut found = Vec::new();
    for first in by_authority(&parts, &related) {
        let Some(others) = related.get(&first).filter(|_| free.contains(&first)) else { continue };
        let mut others: Vec<(usize, usize)> =
            others.iter().copied().filter(|(other, _)| free.contains(other)).collect();
        if others.is_empty() {
            continue;
        }
        others.sort_by_key(|(other, shared)| (std::cmp::Reverse(*shared), *other));
        free.remove(&first);
        others.iter().for_each(|(other, _)| _ = free.remove(other));
        found.push(proposal(first, &others, &parts, collection));
    }
    add_translations(&mut found, groups, collection);
    tell_apart(&mut found, collection);
    found
}

/// Adds translations: to the work that holds the original as its base version, or as a work of their own.
fn add_translations(found: &mut Vec<Proposal>, groups: Vec<TranslationGroup>, collection: &Collection) {
    for TranslationGroup { originals, translations } in groups {
        let version = |role: Role, documents: Vec<DocId>, language: Option<String>| {
            let (units, basis) = VersionMeasure::new(&documents, collection).units();
            ProposedVersion { role, documents, units, basis, shared: 0, language }
        };
        let translations =
            translations.into_iter().map(|(language, documents)| version(Role::Translation, documents, Some(language)));
        let is_first = |proposal: &&mut Proposal| proposal.versions.first().is_some_and(|v| v.documents == originals);
        if let Some(proposal) = found.iter_mut().find(is_first) {
            proposal.versions.extend(translations);
            continue;
        }
        let name = name(&originals, collection);
        let versions = std::iter::once(version(Role::Long, originals, None)).chain(translations).collect();
        found.push(Proposal { name, versions });
    }
}

/// Returns for each part the parts that hold the same content, with the number of titles that they share.
fn related(parts: &[VersionPart], collection: &Collection) -> BTreeMap<usize, Vec<(usize, usize)>> {
    let mut related: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for ((a, b), shared) in shared(parts) {
        if are_versions(&parts[a], &parts[b], shared, collection) {
            related.entry(a).or_default().push((b, shared.titles));
            related.entry(b).or_default().push((a, shared.titles));
        }
    }
    related
}

/// Returns the parts in falling order of authority: first those that go deep, and among these those that share most
/// with the others, because everything is compared with the base version.
fn by_authority(parts: &[VersionPart], related: &BTreeMap<usize, Vec<(usize, usize)>>) -> Vec<usize> {
    let depth = |part: usize| parts[part].measure.depth();
    let mut order: Vec<(bool, usize, usize, usize)> = related
        .iter()
        .map(|(&part, others)| {
            let deepest = others.iter().map(|(other, _)| depth(*other)).max().unwrap_or(0);
            let shared = others.iter().map(|(_, shared)| shared).sum();
            (depth(part) * 2 >= deepest, shared, parts[part].measure.body_bytes, part)
        })
        .collect();
    order.sort_by_key(|&(deep, shared, bytes, part)| (std::cmp::Reverse((deep, shared, bytes)), part));
    order.into_iter().map(|(.., part)| part).collect()
}

fn proposal(first: usize, others: &[(usize, usize)], parts: &[VersionPart], collection: &Collection) -> Proposal {
    let members = || std::iter::once((first, parts[first].titles.len())).chain(others.iter().copied());
    let measures: Vec<VersionMeasure> = members().map(|(part, _)| parts[part].measure.clone()).collect();
    let mut versions: Vec<ProposedVersion> = members()
        .zip(roles(&measures, Basis::Items))
        .map(|((part, shared), role)| {
            let items = parts[part].measure.items;
            // A part that holds only some of the items lacks the others, as a summary may.
            let partial = role == Role::Edition && items * 100 < parts[first].measure.items * EDITION_PERCENT;
            let role = if partial { Role::Summary } else { role };
            ProposedVersion {
                role,
                documents: parts[part].documents.clone(),
                units: items,
                basis: Basis::Items,
                shared,
                language: None,
            }
        })
        .collect();
    // The base version stays first; full texts precede short ones, and these precede lists.
    if let Some((_, others)) = versions.split_first_mut() {
        let ranks = [Role::Long, Role::Edition, Role::Translation, Role::Summary, Role::List];
        let rank = |role: Role| ranks.iter().position(|known| *known == role);
        others.sort_by_key(|version| (rank(version.role), std::cmp::Reverse(version.shared)));
    }
    Proposal { name: name(&parts[first].documents, collection), versions }
}

/// Returns whether two parts hold the same content: they share many titles, and neither is a copied file.
fn are_versions(a: &VersionPart, b: &VersionPart, shared: PartOverlap, collection: &Collection) -> bool {
    let smaller = a.titles.len().min(b.titles.len()).max(1);
    let share = shared.titles * 100 / smaller;
    // Equal numbers are evidence where titles alone are not.
    let numbers_agree = shared.numbers * 2 >= shared.titles;
    let enough = (share >= SHARED_TITLES_PERCENT && shared.titles >= SHARED_TITLES)
        || (share >= NUMBERED_TITLES_PERCENT && numbers_agree);
    shared.titles >= MIN_SHARED_TITLES && enough && !is_copy(a, b, shared, collection)
}

/// Returns whether one file is a copy of another, which is a duplicate rather than a version.
fn is_copy(a: &VersionPart, b: &VersionPart, shared: PartOverlap, collection: &Collection) -> bool {
    let ([a_doc], [b_doc]) = (&a.documents[..], &b.documents[..]) else { return false };
    let larger = a.titles.len().max(b.titles.len());
    if shared.titles * 100 < larger * COPY_PERCENT {
        return false;
    }
    let lines = |id: DocId| {
        let lines = collection.document(id).text().lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(hash).collect::<FxHashSet<u64>>()
    };
    let (a_lines, b_lines) = (lines(*a_doc), lines(*b_doc));
    let same = a_lines.intersection(&b_lines).count();
    same * 100 >= a_lines.len().max(b_lines.len()) * COPY_PERCENT
}

/// Returns the parts without the translations, in the order of their first documents.
fn parts(collection: &Collection, translated: &BTreeSet<DocId>) -> Vec<VersionPart> {
    let mut groups: BTreeMap<String, Vec<DocId>> = BTreeMap::new();
    let is_candidate = |doc: &&Document| !translated.contains(&doc.id) && !is_list_of_changes(doc.source.display());
    for doc in collection.documents.iter().filter(is_candidate) {
        groups.entry(series(doc.source.display())).or_default().push(doc.id);
    }
    let mut parts: Vec<VersionPart> = Vec::new();
    for mut documents in groups.into_values() {
        natural::sort(&mut documents, collection);
        let mut titles = BTreeMap::new();
        for &id in &documents {
            read(collection.document(id), &mut titles);
        }
        if titles.len() >= MIN_SHARED_TITLES {
            let measure = VersionMeasure::new(&documents, collection);
            parts.push(VersionPart { documents, titles, measure });
        }
    }
    parts.sort_by_key(|part| part.documents.iter().min().copied());
    parts
}

/// Returns whether a path names a list of changes, whose headings ("Fixes", "2.3.0") are those of any other.
fn is_list_of_changes(path: &str) -> bool {
    const NAMES: [&str; 9] = [
        "changelog",
        "changelogs",
        "changes",
        "history",
        "news",
        "release-notes",
        "release_notes",
        "releasenotes",
        "releases",
    ];
    let path = path.to_lowercase();
    path.split('/').any(|part| NAMES.contains(&part.split_once('.').map_or(part, |(stem, _)| stem)))
}

fn read(doc: &Document, titles: &mut BTreeMap<u64, Option<u32>>) {
    for (_, item) in doc.principal_items() {
        let key = key(doc.slice(item.title));
        // One or two words ("Introduction", "Time complexity") are headings of anything.
        if words(&key).count() >= 3 {
            titles.entry(hash(&key)).or_insert(item.number.map(|number| number.value));
        }
    }
}

/// Returns the name of a series of files: the folder, and the file name with its numbers replaced. Files that are
/// numbered in front (`01_basics.md`, `02_tools.md`) are one series, whatever the rest of their names.
fn series(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("{folder}/#");
    }
    let mut out = format!("{folder}/");
    for c in name.chars() {
        match c {
            c if c.is_ascii_digit() && out.ends_with('#') => {}
            c if c.is_ascii_digit() => out.push('#'),
            c => out.push(c),
        }
    }
    out
}

/// Returns the overlap of each pair of parts, the smaller index first.
fn shared(parts: &[VersionPart]) -> BTreeMap<(usize, usize), PartOverlap> {
    let mut places: BTreeMap<u64, Vec<(usize, Option<u32>)>> = BTreeMap::new();
    for (at, part) in parts.iter().enumerate() {
        for (title, number) in &part.titles {
            places.entry(*title).or_default().push((at, *number));
        }
    }
    let mut shared: BTreeMap<(usize, usize), PartOverlap> = BTreeMap::new();
    let counted = places.values().filter(|places| places.len() <= MAX_PARTS_OF_TITLE);
    for places in counted {
        for (at, (a, left)) in places.iter().enumerate() {
            for (b, right) in &places[at + 1..] {
                let entry = shared.entry((*a.min(b), *a.max(b))).or_default();
                entry.titles += 1;
                entry.numbers += usize::from(left.is_some() && left == right);
            }
        }
    }
    shared
}

/// Names of files that say nothing about what is in them.
const GENERIC_NAMES: [&str; 5] = ["readme", "index", "_index", "main", "home"];

/// Returns a name for a work, made from that of the file, or of the folder of several, or of a file whose name says
/// nothing.
fn name(documents: &[DocId], collection: &Collection) -> String {
    let Some(first) = documents.first() else { return "work".to_owned() };
    let path = collection.document(*first).source.display();
    let neutral = locale_tag::localized(path).map_or_else(|| path.to_lowercase(), |found| found.neutral);
    let (_, file) = neutral.rsplit_once('/').unwrap_or(("", &neutral));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let parents = folders(documents, collection);
    let base = if documents.len() == 1 && (!GENERIC_NAMES.contains(&stem) || parents.is_empty()) {
        stem
    } else {
        parents.last().map_or("pages", String::as_str)
    };
    plain(base)
}

/// Returns the names of the folders that all documents are in, in small letters, without those that name a language.
fn folders(documents: &[DocId], collection: &Collection) -> Vec<String> {
    let of = |id: &DocId| {
        let path = collection.document(*id).source.display();
        let neutral = locale_tag::localized(path).map_or_else(|| path.to_lowercase(), |found| found.neutral);
        let folders = neutral.rsplit_once('/').map_or("", |(folders, _)| folders);
        folders.split('/').filter(|folder| !folder.is_empty()).map(str::to_owned).collect::<Vec<String>>()
    };
    let mut all = documents.iter().map(of);
    let mut common = all.next().unwrap_or_default();
    for folders in all {
        let shared = common.iter().zip(&folders).take_while(|(a, b)| a == b).count();
        common.truncate(shared);
    }
    common
}

/// Returns a text as the name of a work: letters and digits, with hyphens between the words.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "work".to_owned() } else { parts.join("-") }
}

/// Gives works of one name the names of their folders in front, and numbers where these are equal too.
fn tell_apart(found: &mut [Proposal], collection: &Collection) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    found.iter().for_each(|proposal| *counts.entry(proposal.name.clone()).or_default() += 1);
    for proposal in found.iter_mut().filter(|proposal| counts.get(&proposal.name) != Some(&1)) {
        let documents = proposal.versions.first().map_or(&[][..], |version| &version.documents);
        let mut parts: Vec<String> = folders(documents, collection).iter().map(|folder| plain(folder)).collect();
        if parts.last() != Some(&proposal.name) {
            parts.push(proposal.name.clone());
        }
        proposal.name = parts[parts.len().saturating_sub(3)..].join("-");
    }
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for proposal in found {
        let times = times.entry(proposal.name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            proposal.name = format!("{}-{times}", proposal.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_changes_was_the_long_version_of_release_notes() {
        assert!(is_list_of_changes("CHANGELOG.md") && is_list_of_changes("docs/release-notes/v3-1.md"));
        assert!(!is_list_of_changes("docs/history-of-the-harbour.md"));
    }

    #[test]
    fn numbered_files_are_a_series() {
        assert_eq!(series("a/01_x.md"), series("a/12_y.md"));
        assert_eq!(series("a/part_1_20.md"), series("a/part_21_40.md"));
        assert_ne!(series("a/part_1_20.md"), series("a/part_1_20_short.md"));
        assert_ne!(series("a/01_x.md"), series("b/01_x.md"));
    }
}
