//! Translation groups: files of a repository that are translations of each other, judged by the locale tags of their
//! paths (`README.de.md`, `docs/ja/start.md`), by their languages, and by the number of their items or headings.
//!
//! Knows the model and text; not settings, and not the disk.

use std::collections::BTreeMap;

use super::natural;
use super::role::Measure;
use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::text::language::locale_tag;

/// Files that hold one content in several languages, the documents of each language in reading order; the original
/// first, as far as it can be recognised.
pub(super) type TranslationGroup = Vec<Vec<DocId>>;

/// Minimum number of items or headings of a version that can be compared (a guess).
const MIN_COMPARED_UNITS: usize = 3;

/// Minimum number of units of a translation, in percent of those of the original, and the reverse (a guess).
const SAME_UNITS_PERCENT: usize = 60;

/// Returns the groups of translations in the collection, in the order of their first documents.
pub(super) fn find(collection: &Collection) -> Vec<TranslationGroup> {
    let mut alike: BTreeMap<String, Vec<DocId>> = BTreeMap::new();
    for doc in &collection.documents {
        alike.entry(locale_tag::neutral(doc.source.display())).or_default().push(doc.id);
    }
    alike.retain(|_, documents| documents.len() > 1);
    // Pages of one folder of translations are one group, by folder and language.
    let mut groups: BTreeMap<String, BTreeMap<String, Vec<DocId>>> = BTreeMap::new();
    for (neutral, documents) in alike {
        let languages = different(&documents, collection);
        let folder = languages.iter().find_map(|id| folder_of_mark(path(*id, collection)));
        for id in languages {
            let language = locale_tag::mark(path(id, collection)).map_or("", |mark| &path(id, collection)[mark]);
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

/// Returns the path before the folder that names the language; `None` if the file name names it.
fn folder_of_mark(path: &str) -> Option<String> {
    let mark = locale_tag::mark(path)?;
    path[mark.clone()].ends_with('/').then(|| path[..mark.start].to_owned())
}

/// Returns the original and its translations among files that differ by the locale tags of their paths: translations
/// are in another language, and have about as many items or headings.
fn different(documents: &[DocId], collection: &Collection) -> Vec<DocId> {
    let mut ordered: Vec<(DocId, Measure)> =
        documents.iter().map(|id| (*id, Measure::new(&[*id], collection))).collect();
    ordered.retain(|(_, measure)| measure.units().0 >= MIN_COMPARED_UNITS);
    ordered.sort_by_key(|(id, _)| (rank(*id, collection), *id));
    let Some(((first, original), others)) = ordered.split_first() else { return Vec::new() };
    let about_as_many = |a: usize, b: usize| a.min(b) * 100 >= a.max(b) * SAME_UNITS_PERCENT;
    let translations = others
        .iter()
        .filter(|(_, measure)| original.translates(measure) && about_as_many(original.units().0, measure.units().0));
    let translations: Vec<DocId> = translations.map(|(id, _)| *id).collect();
    if translations.is_empty() { Vec::new() } else { [&[*first][..], &translations].concat() }
}

/// Ranks the file without a locale tag first, then the English one.
fn rank(id: DocId, collection: &Collection) -> u8 {
    let path = path(id, collection);
    match locale_tag::mark(path).map(|mark| path[mark].trim_matches(['.', '_', '-', '/']).to_ascii_lowercase()) {
        None => 0,
        Some(code) if code.starts_with("en") => 1,
        Some(_) => 2,
    }
}

/// Returns the languages of a group, the original first, the documents of each in reading order.
fn in_order(group: BTreeMap<String, Vec<DocId>>, collection: &Collection) -> TranslationGroup {
    let mut languages: TranslationGroup = group.into_values().collect();
    for documents in &mut languages {
        natural::sort(documents, collection);
    }
    languages.sort_by_key(|documents| documents.first().map(|id| (rank(*id, collection), *id)));
    languages
}
