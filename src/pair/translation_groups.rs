//! Translation groups: pages of a repository that are translations of each other, judged by the languages that their
//! paths name (`README.de.md`, `docs/ja/start.md`, `translations/German/README.md`) and by the languages of their prose.
//!
//! Knows the model and text; not settings, and not the disk.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::natural;
use super::role::VersionMeasure;
use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::text::language::locale_tag::{Localized, bare, is_english_code, is_same_language, localized, numbers};

/// Pages that exist in several languages. All of them are in one work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TranslationGroup {
    /// The originals, in reading order.
    pub(super) originals: Vec<DocId>,
    /// The translations of each language, in reading order, with the code of the language.
    pub(super) translations: BTreeMap<String, Vec<DocId>>,
}

/// One page with its translations.
#[derive(Debug)]
struct TranslatedPage {
    original: DocId,
    translations: Vec<(String, DocId)>,
    /// The folder that the group is named for: the one before the folder of the language, or that of the file.
    folder: String,
    /// True if a folder names the language.
    is_in_folder: bool,
    /// True if the path of the original names a language other than English: the original itself is gone, and what is
    /// taken for it is one of its translations.
    is_orphaned: bool,
}

/// Minimum number of pages of one folder, with the language in their file names, that are gathered into one work (a
/// guess): a README and a code of conduct are two.
const MIN_GATHERED_PAGES: usize = 4;
/// Minimum number of pages whose texts are in the language that their paths name, so that it can be expected of others
/// (a guess): of those that keep most of the English text.
const MIN_VOUCHING_PAGES: usize = 2;
/// Share of an English page, in per cent, below which a page that names no language is a stub beside it (a guess), such
/// as a list of the languages.
const STUB_PERCENT: usize = 30;

/// Returns the groups of translations in the collection, in the order of their first originals.
pub(super) fn find(collection: &Collection) -> Vec<TranslationGroup> {
    let mut folders: BTreeMap<(String, bool), Vec<TranslatedPage>> = BTreeMap::new();
    for page in pages(collection) {
        folders.entry((page.folder.clone(), page.is_in_folder)).or_default().push(page);
    }
    let mut groups: Vec<TranslationGroup> = Vec::new();
    for ((_, is_in_folder), pages) in folders {
        if is_in_folder || pages.len() >= MIN_GATHERED_PAGES {
            // Beside pages in the language of the originals, those without an original have nothing to be compared with.
            let (orphaned, originals): (Vec<TranslatedPage>, Vec<TranslatedPage>) =
                pages.into_iter().partition(|page| page.is_orphaned);
            groups.push(gathered(if originals.is_empty() { &orphaned } else { &originals }, collection));
        } else {
            groups.extend(pages.iter().map(|page| gathered(std::slice::from_ref(page), collection)));
        }
    }
    groups.sort_by_key(|group| group.originals.iter().min().copied());
    groups
}

fn gathered(pages: &[TranslatedPage], collection: &Collection) -> TranslationGroup {
    let mut originals: Vec<DocId> = pages.iter().map(|page| page.original).collect();
    natural::sort(&mut originals, collection);
    let mut translations: BTreeMap<String, Vec<DocId>> = BTreeMap::new();
    for (language, id) in pages.iter().flat_map(|page| &page.translations) {
        translations.entry(language.clone()).or_default().push(*id);
    }
    translations.values_mut().for_each(|documents| natural::sort(documents, collection));
    TranslationGroup { originals, translations }
}

/// Pages of one neutral path, before they are judged.
type PageMembers = Vec<(Localized, DocId)>;

/// Returns the pages that have translations.
fn pages(collection: &Collection) -> Vec<TranslatedPage> {
    let path = |id: DocId| collection.document(id).source.display();
    let mut unmarked: BTreeMap<String, DocId> = BTreeMap::new();
    let mut marked: BTreeMap<String, PageMembers> = BTreeMap::new();
    for doc in &collection.documents {
        match localized(path(doc.id)) {
            Some(found) => marked.entry(found.neutral.clone()).or_default().push((found, doc.id)),
            None => _ = unmarked.insert(path(doc.id).to_lowercase(), doc.id),
        }
    }
    // "ml/knn/README.md" is no Malayalam if it is in English.
    for (found, id) in marked.values().flatten().filter(|(found, _)| !found.sure) {
        let language = collection.document(*id).language_code();
        if language.is_some_and(|language| !is_same_language(language, &found.code)) {
            unmarked.entry(path(*id).to_lowercase()).or_insert(*id);
        }
    }
    named_by_languages(&mut unmarked, &mut marked, collection);
    let numbered = NumberedOriginals::new(&unmarked, &marked);
    let measures: Vec<OnceCell<VersionMeasure>> = collection.documents.iter().map(|_| OnceCell::new()).collect();
    let judge = Judge { collection, measures };
    // Translations in several places may have one original: `README.de.md`, `docs/ja/README.md`.
    let mut of_original: BTreeMap<DocId, PageMembers> = BTreeMap::new();
    for (_, mut members) in marked {
        let places = members.iter().flat_map(|(found, _)| &found.originals);
        let original = places.filter_map(|place| unmarked.get(place)).next().copied();
        let original = match original {
            None if members.iter().all(|(found, _)| !is_english(found)) => {
                // Without an original beyond doubt, the languages of the texts have to be those that the paths name.
                members.retain(|(found, id)| judge.measure(*id).may_be_in(&found.code));
                numbered.original_of(&members)
            }
            original => original,
        };
        if members.is_empty() {
            continue;
        }
        let (original, others) = split(original, members, collection);
        if !others.is_empty() {
            of_original.entry(original).or_default().extend(others);
        }
    }
    let found: Vec<(DocId, PageMembers)> = of_original.into_iter().collect();
    // Languages that the texts themselves say: of two pages or more, they vouch for others.
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (original, members) in &found {
        for (named, id) in members.iter().filter(|(_, id)| judge.is_in_another_language(*original, *id)) {
            if judge.measure(*id).may_be_in(&named.code) {
                *counts.entry(&named.code).or_default() += 1;
            }
        }
    }
    let is_usual = |code: &str| counts.get(code).is_some_and(|count| *count >= MIN_VOUCHING_PAGES);
    found.iter().filter_map(|(original, members)| judge.page(*original, members, &is_usual)).collect()
}

fn is_english(found: &Localized) -> bool {
    is_english_code(&found.code)
}

/// Originals by the numbers in their paths, for chapters whose names are translated.
struct NumberedOriginals {
    /// By the folder that holds the languages, the number of folders below it and the numbers; `None` for several.
    originals: BTreeMap<(String, usize, Vec<u32>), Option<DocId>>,
}

impl NumberedOriginals {
    fn new(unmarked: &BTreeMap<String, DocId>, marked: &BTreeMap<String, PageMembers>) -> Self {
        let roots: BTreeSet<String> = marked
            .values()
            .flatten()
            .filter_map(|(found, _)| found.folder.as_ref())
            .map(|f| f.to_lowercase())
            .collect();
        let mut originals = BTreeMap::new();
        let english = marked.values().flatten().filter(|(found, _)| is_english(found) && found.folder.is_some());
        let all = unmarked.iter().map(|(path, id)| (path, *id)).chain(english.map(|(found, id)| (&found.neutral, *id)));
        for (path, id) in all {
            for root in roots.iter().filter(|root| path.starts_with(root.as_str())) {
                let page = &path[root.len()..];
                if let Some(numbers) = numbers(page) {
                    let key = (root.clone(), page.matches('/').count(), numbers);
                    originals.entry(key).and_modify(|known| *known = None).or_insert(Some(id));
                }
            }
        }
        Self { originals }
    }

    fn original_of(&self, members: &PageMembers) -> Option<DocId> {
        let (found, _) = members.first()?;
        let root = found.folder.as_ref()?.to_lowercase();
        let page = found.neutral.strip_prefix(&root)?;
        *self.originals.get(&(root, page.matches('/').count(), numbers(page)?))?
    }
}

/// Judges by their texts whether pages are translations. Each page is measured once.
struct Judge<'a> {
    collection: &'a Collection,
    measures: Vec<OnceCell<VersionMeasure>>,
}

impl Judge<'_> {
    fn measure(&self, id: DocId) -> &VersionMeasure {
        self.measures[id.index()].get_or_init(|| VersionMeasure::new(&[id], self.collection))
    }

    fn is_in_another_language(&self, original: DocId, other: DocId) -> bool {
        self.measure(original).translates(self.measure(other))
    }

    /// Returns the page with those of the others that are translations: they are in another language, or their path
    /// leaves no doubt about it; and they do not link to pages of their own.
    fn page(&self, original: DocId, others: &PageMembers, is_usual: &impl Fn(&str) -> bool) -> Option<TranslatedPage> {
        let base = self.measure(original);
        let is_translation = |(found, id): &&(Localized, DocId)| {
            let measure = self.measure(*id);
            let is_other = !base.may_be_in(&found.code);
            let is_expected = (found.sure || is_usual(&found.code)) && is_other;
            let is_named = is_expected && base.shares_lines(measure) && !base.is_copy_of(measure);
            let is_likely = is_named || base.translates(measure);
            *id != original && is_likely && !measure.is_empty() && !base.has_own_links(measure)
        };
        let mut translations: Vec<&(Localized, DocId)> = others.iter().filter(is_translation).collect();
        translations.sort_by(|a, b| (&a.0.code, a.1).cmp(&(&b.0.code, b.1)));
        let folder = translations.first().map(|(found, _)| found.folder.clone())?;
        let path = self.collection.document(original).source.display();
        let own = path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        Some(TranslatedPage {
            original,
            is_in_folder: folder.is_some(),
            is_orphaned: localized(path).is_some_and(|found| !is_english(&found)),
            folder: folder.unwrap_or(own),
            translations: translations.into_iter().map(|(found, id)| (found.code.clone(), *id)).collect(),
        })
    }
}

/// Moves files that are named by nothing but a language, two or more in a folder, to the marked ones: `en.md`, `de.md`.
fn named_by_languages(
    unmarked: &mut BTreeMap<String, DocId>,
    marked: &mut BTreeMap<String, PageMembers>,
    collection: &Collection,
) {
    let mut folders: BTreeMap<String, Vec<(String, DocId)>> = BTreeMap::new();
    for (path, id) in unmarked.iter() {
        if let Some(code) = bare(collection.document(*id).source.display()) {
            let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
            folders.entry(folder).or_default().push((code, *id));
        }
    }
    for (folder, files) in folders.into_iter().filter(|(_, files)| files.len() > 1) {
        let ids: BTreeSet<DocId> = files.iter().map(|(_, id)| *id).collect();
        unmarked.retain(|_, id| !ids.contains(id));
        let neutral = format!("{folder}*");
        let found = |code: String| Localized {
            code,
            sure: false,
            neutral: neutral.clone(),
            originals: Vec::new(),
            folder: None,
        };
        let members = files.into_iter().map(|(code, id)| (found(code), id));
        marked.entry(neutral.clone()).or_default().extend(members);
    }
}

/// Returns the original of some pages and the others: the one that names no language, the English one, or the longest.
fn split(unmarked: Option<DocId>, mut members: PageMembers, collection: &Collection) -> (DocId, PageMembers) {
    let length = |id: DocId| collection.document(id).text().len();
    let english = members.iter().position(|(found, _)| is_english(found));
    let is_stub =
        |original: DocId| english.is_some_and(|at| length(original) * 100 < length(members[at].1) * STUB_PERCENT);
    if let Some(original) = unmarked.filter(|original| !is_stub(*original)) {
        return (original, members);
    }
    let longest = (0..members.len()).max_by_key(|&at| (length(members[at].1), std::cmp::Reverse(members[at].1)));
    let (_, original) = members.remove(english.or(longest).unwrap_or(0));
    (original, members)
}
