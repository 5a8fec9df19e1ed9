//! Places for one language: the language that the path of a document names, judged by the paths of all documents.
//!
//! Knows documents, their paths, and whether their prose is English: a name such as `what-is-it.md` seems to name a
//! language.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use super::document::Document;
use super::id::DocId;
use crate::text::language::locale_tag::{NamedLanguage, is_english_code, named, unnamed};

/// Minimum number of files of a folder with one tag at the end of their names, for which the tag is certain (a guess).
const MIN_TAGGED_FILES: usize = 3;

/// The places for languages that the documents of a collection are in. Determined on first use.
#[derive(Debug, Clone, Default)]
pub struct LanguagePlaces(OnceLock<Vec<Option<(String, String)>>>);

impl LanguagePlaces {
    /// The places of a collection of one document whose own place is known: the code of its language and the path before
    /// the name, or none.
    pub fn of_one(place: Option<(String, String)>) -> Self {
        Self(OnceLock::from(vec![place]))
    }

    /// Returns the code of the language that the path of a document names, and the path before the name. `None` if it
    /// names none, or none for certain.
    pub(super) fn of(&self, doc: DocId, documents: &[Document]) -> Option<(&str, &str)> {
        let places = self.0.get_or_init(|| languages(documents));
        places.get(doc.index())?.as_ref().map(|(language, before)| (language.as_str(), before.as_str()))
    }
}

/// Returns for each document the language that its path names. A tag of two letters may mean something else, so it
/// needs a sibling with another tag, or a file with the locale-stripped path; and a page in English that repeats no
/// original is no translation.
fn languages(documents: &[Document]) -> Vec<Option<(String, String)>> {
    let found: Vec<Option<NamedLanguage>> = documents.iter().map(|doc| named(doc.source.display())).collect();
    let paths: BTreeSet<&str> = documents.iter().map(|doc| doc.source.display()).collect();
    let mut siblings: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for mark in found.iter().flatten() {
        siblings.entry(&mark.around.0).or_default().insert(&mark.code);
    }
    // In "a.ar.md", "b.ar.md" and "c.ar.md" of one folder, the end is a tag whatever is in other folders.
    let ending = |path: &str, mark: &NamedLanguage| {
        let folder = mark.around.0.rfind('/').map_or(0, |at| at + 1);
        let is_dotted = path[mark.around.0.len()..].starts_with('.') && mark.around.1.starts_with('.');
        is_dotted.then(|| (mark.around.0[..folder].to_owned(), mark.code.clone()))
    };
    let mut endings: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (doc, mark) in documents.iter().zip(&found) {
        if let Some(key) = mark.as_ref().and_then(|mark| ending(doc.source.display(), mark)) {
            *endings.entry(key).or_default() += 1;
        }
    }
    let is_usual = |path: &str, mark: &NamedLanguage| {
        ending(path, mark).is_some_and(|key| endings.get(&key).is_some_and(|count| *count >= MIN_TAGGED_FILES))
    };
    let codes_at = |mark: &NamedLanguage| siblings.get(mark.around.0.as_str()).map_or(0, BTreeSet::len);
    // In "aws-ha/docs/a.md", the end of the folder's name is no language because "aws/docs/a.md" exists.
    let ends_folder = |mark: &NamedLanguage| mark.around.1.starts_with('/') && !mark.around.0.ends_with('/');
    let is_original = |mark: &NamedLanguage| paths.contains(format!("{}{}", mark.around.0, mark.around.1).as_str());
    // "README_de.md" is a translation even where the original is not checked.
    let is_readme = |mark: &NamedLanguage| {
        let name = mark.around.0.trim_end_matches(['-', '_', '.']).rsplit('/').next().unwrap_or("");
        name.eq_ignore_ascii_case("readme")
    };
    let is_sure = |mark: &NamedLanguage| {
        mark.sure || codes_at(mark) > 1 || is_readme(mark) || is_original(mark) && !ends_folder(mark)
    };
    // "what-is-it.md" is English, and so is a page in "functions/os": its own prose knows best. A page that was not
    // translated is English, too, but repeats an original.
    let originals = LazyCell::new(|| {
        let is_original = |mark: &Option<NamedLanguage>| mark.as_ref().is_none_or(|mark| is_english_code(&mark.code));
        let originals = documents.iter().zip(&found).filter(|(_, mark)| is_original(mark));
        originals.flat_map(|(doc, _)| doc.line_fingerprints.iter().map(|line| line.hash)).collect()
    });
    // A folder is a place for a language as soon as one page below it is in another language than English.
    let translated = LazyCell::new(|| {
        let is_translated = |doc: &Document| doc.language_code().is_some_and(|code| code != "en");
        let marked = documents.iter().zip(&found).filter_map(|(doc, mark)| Some((doc, mark.as_ref()?)));
        let marked = marked.filter(|(doc, mark)| is_named_by_folder(mark) && is_translated(doc));
        marked.map(|(_, mark)| (mark.around.0.as_str(), mark.code.as_str())).collect::<BTreeSet<_>>()
    });
    let is_name_alone = |doc: &Document, mark: &NamedLanguage| {
        let is_english = !is_english_code(&mark.code) && doc.language_code() == Some("en");
        let is_below = || translated.contains(&(mark.around.0.as_str(), mark.code.as_str()));
        is_english && !is_below() && !repeats(doc, &originals)
    };
    let language = |(doc, mark): (&Document, &Option<NamedLanguage>)| {
        let known = mark.clone().filter(|mark| is_sure(mark) || is_usual(doc.source.display(), mark));
        // Next to "README-de" and "README-fr", "README-fil" has a tag as well.
        let mark = known.or_else(|| unnamed(doc.source.display()).filter(|mark| codes_at(mark) > 1))?;
        (!is_name_alone(doc, &mark)).then_some((mark.code, mark.around.0))
    };
    documents.iter().zip(&found).map(language).collect()
}

/// Returns whether the language is named by a folder, and not by the file.
fn is_named_by_folder(mark: &NamedLanguage) -> bool {
    mark.around.0.is_empty() || mark.around.0.ends_with('/') || mark.around.1.starts_with('/')
}

/// Returns whether at least half of the text of `doc`, in bytes, is in lines that have one of these hashes.
fn repeats(doc: &Document, lines: &FxHashSet<u64>) -> bool {
    let size = |is_counted: &dyn Fn(u64) -> bool| {
        let counted = doc.line_fingerprints.iter().filter(|line| is_counted(line.hash));
        counted.map(|line| u32::from(line.size)).sum::<u32>()
    };
    2 * size(&|hash| lines.contains(&hash)) >= size(&|_| true)
}
