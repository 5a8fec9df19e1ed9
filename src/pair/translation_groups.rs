//! Which files of a repository are translations of each other, judged by the languages that their paths are marked
//! with (`README.de.md`, `docs/ja/start.md`), the languages they are in, and how many items or headings they have.
//!
//! Knows the model and text; not settings, and not the disk.

use std::collections::BTreeMap;

use super::natural;
use super::role::Measure;
use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::text::localized;

/// Files that hold one content in several languages, each language with its documents in reading order; the original,
/// as far as that can be told, first.
pub(super) type TranslationGroup = Vec<Vec<DocId>>;

/// Fewer items or headings than this are nothing to compare.
const MIN_COMPARED_UNITS: usize = 3;

/// The groups of translations in the collection, in the order of their first documents.
pub(super) fn find(collection: &Collection) -> Vec<TranslationGroup> {
    let mut alike: BTreeMap<String, Vec<DocId>> = BTreeMap::new();
    for doc in &collection.documents {
        alike.entry(localized::neutral(doc.source.display())).or_default().push(doc.id);
    }
    alike.retain(|_, documents| documents.len() > 1);
    // Pages of one folder of translations belong together; by folder and language, then.
    let mut groups: BTreeMap<String, BTreeMap<String, Vec<DocId>>> = BTreeMap::new();
    for (neutral, documents) in alike {
        let languages = different(&documents, collection);
        let folder = languages.iter().find_map(|id| folder_of_mark(path(*id, collection)));
        for id in languages {
            let language = localized::mark(path(id, collection)).map_or("", |mark| &path(id, collection)[mark]);
            let group = groups.entry(folder.clone().unwrap_or_else(|| neutral.clone())).or_default();
            group.entry(language.to_owned()).or_default().push(id);
        }
    }
    let mut found: Vec<TranslationGroup> = groups.into_values().map(|group| in_order(group, collection)).collect();
    found.retain(|languages| languages.len() > 1);
    found.sort_by_key(|languages| languages.iter().flatten().min().copied());
    found
}

fn path(id: DocId, collection: &Collection) -> &str {
    collection.document(id).source.display()
}

/// What stands before the folder that names the language; `None` if the file's name does.
fn folder_of_mark(path: &str) -> Option<String> {
    let mark = localized::mark(path)?;
    path[mark.clone()].ends_with('/').then(|| path[..mark.start].to_owned())
}

/// Of files that differ by the marks in their paths, those that are a translation of the first of them: in another
/// language, and with about as many items or headings.
fn different(documents: &[DocId], collection: &Collection) -> Vec<DocId> {
    let mut ordered: Vec<(DocId, Measure)> =
        documents.iter().map(|id| (*id, Measure::new(&[*id], collection))).collect();
    ordered.retain(|(_, measure)| measure.units().0 >= MIN_COMPARED_UNITS);
    ordered.sort_by_key(|(id, _)| (rank(*id, collection), *id));
    let Some(((first, original), others)) = ordered.split_first() else { return Vec::new() };
    let about_as_many = |a: usize, b: usize| a.min(b) * 10 >= a.max(b) * 6;
    let translations = others
        .iter()
        .filter(|(_, measure)| original.translates(measure) && about_as_many(original.units().0, measure.units().0));
    let translations: Vec<DocId> = translations.map(|(id, _)| *id).collect();
    if translations.is_empty() { Vec::new() } else { [&[*first][..], &translations].concat() }
}

/// The file without a mark is the original, or else the English one.
fn rank(id: DocId, collection: &Collection) -> u8 {
    let path = path(id, collection);
    match localized::mark(path).map(|mark| path[mark].trim_matches(['.', '_', '-', '/']).to_ascii_lowercase()) {
        None => 0,
        Some(code) if code.starts_with("en") => 1,
        Some(_) => 2,
    }
}

/// The languages of a group, the original first, the documents of each in reading order.
fn in_order(group: BTreeMap<String, Vec<DocId>>, collection: &Collection) -> TranslationGroup {
    let mut languages: TranslationGroup = group.into_values().collect();
    for documents in &mut languages {
        natural::sort(documents, collection);
    }
    languages.sort_by_key(|documents| documents.first().map(|id| (rank(*id, collection), *id)));
    languages
}
