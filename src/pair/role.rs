//! The role of a version in its work, judged by its content where the configuration does not say it.
//!
//! Knows the model and text; not settings.

use rustc_hash::FxHashSet;

use crate::model::collection::Collection;
use crate::model::document::BlockKind;
use crate::model::extraction::FileContainer;
use crate::model::id::DocId;
use crate::model::item::Basis;
use crate::model::work::Role;
use crate::text::language::profile::Tongue;
use crate::text::language::{code_of, locale_tag};
use crate::text::similarity::title::key;
use crate::text::words::hash;

/// Figures about the content of a version.
#[derive(Debug, Clone, Default)]
pub struct VersionMeasure {
    /// Number of its items.
    pub items: usize,
    /// Number of its items that have a body.
    pub with_body: usize,
    /// Length of all bodies together, in bytes.
    pub body_bytes: usize,
    /// Language of the prose outside headings, which translations may keep as they are.
    tongue: Tongue,
    /// Code of the language of the first document whose paragraphs tell.
    language: Option<&'static str>,
    /// The paths of its files without the names of languages.
    paths: FxHashSet<String>,
    /// True if one of the paths names a language.
    marked: bool,
    keys: FxHashSet<String>,
    /// Hashes of the targets on the web that its links have.
    targets: FxHashSet<u64>,
    /// Length of its running text, in bytes.
    running_bytes: usize,
    /// Hashes of its lines.
    lines: FxHashSet<u64>,
    /// Number of its headings.
    pub headings: usize,
    /// Length of its items with their bodies, and of all of it, in bytes.
    itemised: (usize, usize),
    /// The kind of container that its first file is, if it has entries.
    container: Option<FileContainer>,
    /// Hashes of the ids of its entries.
    entries: FxHashSet<u64>,
    /// The language that its first container states, or that its path names.
    named_language: Option<String>,
}

/// Number of items from which a version consists of them, whatever else it holds (a guess).
const MANY_ITEMS: usize = 20;
/// Length of running text for each link below which a page is a list of links, in bytes (a guess: half a sentence).
const MAX_TEXT_BYTES_PER_LINK_OF_LIST: usize = 60;
/// Number of targets for each shared one from which a list of links is no translation (a guess: translations replace some
/// links by pages in their language, but keep most).
const MAX_TARGETS_PER_SHARED: usize = 3;
/// Minimum number of items that a version may consist of (a guess): fewer are chance, such as the steps of a recipe.
const FEW_ITEMS: usize = 3;

/// Minimum depth of a full text, in percent of the deepest version (a guess): a version with less is a summary.
const FULL_DEPTH_PERCENT: usize = 60;
/// Share of titles below which versions whose texts are in different languages are translations, and share below which
/// those are of which only the paths say so, in percent (guesses).
const TITLES_OF_OTHER_LANGUAGE_PERCENT: usize = 30;
const TITLES_OF_OTHER_PATH_PERCENT: usize = 10;
/// Share of the ids of entries that two containers of one program have in common, in percent (a guess).
const ENTRIES_IN_COMMON_PERCENT: usize = 50;

impl VersionMeasure {
    /// Measures the documents of a version.
    pub fn new(documents: &[DocId], collection: &Collection) -> Self {
        let mut measure = Self::default();
        for &id in documents {
            let doc = collection.document(id);
            for (_, item) in doc.principal_items() {
                let body = doc.slice(item.body).trim_matches(|c: char| c.is_whitespace() || c == '-').len();
                measure.items += 1;
                measure.itemised.0 += item.span.cover(item.body).len() as usize;
                measure.with_body += usize::from(body > 0);
                measure.body_bytes += body;
                measure.keys.insert(key(doc.slice(item.title)));
            }
            measure.headings += doc.headings.len();
            measure.itemised.1 += doc.text().len();
            for block in &doc.prose.blocks {
                if !matches!(doc[block.block].kind, BlockKind::Heading(_)) {
                    measure.tongue.read(doc.prose.text_of(block));
                }
                if doc.is_running(block.block) {
                    measure.running_bytes += block.range.len();
                }
            }
            // A document without paragraphs is known by its lists.
            measure.language = measure.language.or_else(|| doc.language_code()).or_else(|| code_of(doc.prose.text()));
            let path = doc.source.display();
            match locale_tag::localized(path) {
                Some(named) => {
                    measure.marked = true;
                    measure.paths.extend(named.originals);
                }
                None => _ = measure.paths.insert(path.to_lowercase()),
            }
            measure.lines.extend(doc.line_fingerprints.iter().map(|line| line.hash));
            if let Some(extraction) = doc.source.extraction() {
                measure.container = measure.container.or(doc.source.container());
                measure.entries.extend(extraction.parts().iter().filter_map(|part| part.id.as_deref()).map(hash));
                let of_path = || locale_tag::localized(path).map(|named| named.code).or_else(|| locale_tag::bare(path));
                let stated = || extraction.language().map(|code| code.to_lowercase().replace('_', "-"));
                measure.named_language = measure.named_language.or_else(stated).or_else(of_path);
            }
            let targets = doc.links.iter().filter(|link| link.target.contains("://"));
            measure.targets.extend(targets.map(|link| hash(&link.target)));
        }
        measure
    }

    /// Returns the bytes of body for an item.
    pub fn depth(&self) -> usize {
        self.body_bytes / self.items.max(1)
    }

    /// Returns whether the version consists of items: they are many, or most of its text.
    pub fn is_itemised(&self) -> bool {
        let (inside, all) = self.itemised;
        self.items >= MANY_ITEMS || (self.items >= FEW_ITEMS && inside * 10 >= all * 4)
    }

    /// Returns the number of units to compare with a translation: items, or the headings of prose.
    pub(super) fn units(&self) -> (usize, Basis) {
        if self.is_itemised() { (self.items, Basis::Items) } else { (self.headings, Basis::Topics) }
    }

    fn is_list(&self) -> bool {
        self.is_itemised() && self.with_body * 5 < self.items
    }

    /// Returns whether the two are in different languages: their words or scripts say so, or else their paths, and they
    /// share next to no title.
    pub(super) fn translates(&self, other: &Self) -> bool {
        if self.is_container_in_another_language(other) {
            return true;
        }
        let titles = self.keys.intersection(&other.keys).count();
        let few = |percent: usize| titles * 100 < self.keys.len().min(other.keys.len()).max(1) * percent;
        let differs = self.tongue.differs(&other.tongue);
        match (self.language, other.language) {
            (Some(a), Some(b)) if a == b => false,
            // A translation may keep the titles of its original.
            _ if self.tongue.is_english_beside(&other.tongue) => true,
            (Some(_), Some(_)) if differs || !self.tongue.is_enough() || !other.tongue.is_enough() => true,
            _ => {
                differs && few(TITLES_OF_OTHER_LANGUAGE_PERCENT)
                    || self.is_named_beside(other) && few(TITLES_OF_OTHER_PATH_PERCENT)
            }
        }
    }

    /// Returns whether the two are containers of one kind that name different languages, with the same entries or beside each
    /// other: their texts may be too short to tell.
    fn is_container_in_another_language(&self, other: &Self) -> bool {
        let language = |measure: &Self| {
            let code = measure.named_language.as_deref()?;
            code.split('-').next().map(str::to_owned)
        };
        let (Some(own), Some(others)) = (language(self), language(other)) else { return false };
        let shared = self.entries.intersection(&other.entries).count();
        let least = self.entries.len().min(other.entries.len());
        self.container.is_some()
            && self.container == other.container
            && own != others
            && (least > 0 && shared * 100 >= least * ENTRIES_IN_COMMON_PERCENT || self.is_named_beside(other))
    }

    /// Returns whether the paths are those of one page in two languages.
    fn is_named_beside(&self, other: &Self) -> bool {
        (self.marked || other.marked) && !self.paths.is_disjoint(&other.paths)
    }

    /// Returns whether `other` is a list of links, most of them to pages that this version does not link to: lists of books
    /// exist for each language, and are no translations.
    pub(super) fn has_own_links(&self, other: &Self) -> bool {
        let (links, shared) = (other.targets.len(), self.targets.intersection(&other.targets).count());
        let is_list = other.running_bytes < MAX_TEXT_BYTES_PER_LINK_OF_LIST * links;
        is_list && shared * MAX_TARGETS_PER_SHARED <= links
    }

    /// Returns whether there is any text.
    pub(super) fn is_empty(&self) -> bool {
        // Entries of containers have no lines that are compared.
        self.lines.is_empty() && self.entries.is_empty()
    }

    /// Returns whether the two are one text line by line, so that neither is a translation of the other.
    pub(super) fn is_copy_of(&self, other: &Self) -> bool {
        let shared = self.lines.intersection(&other.lines).count();
        shared * 10 >= self.lines.len().max(other.lines.len()) * 9
    }

    /// Returns whether the two share enough lines to have one origin, such as code and titles that were not translated.
    pub(super) fn shares_lines(&self, other: &Self) -> bool {
        let shared = self.lines.intersection(&other.lines).count();
        shared * 10 >= self.lines.len().min(other.lines.len()).max(1)
    }

    /// Returns whether the language of the paragraphs, as far as it is known, is the one with this code.
    pub(super) fn may_be_in(&self, code: &str) -> bool {
        self.language.is_none_or(|language| locale_tag::is_same_language(language, code))
    }
}

/// Returns the role of each version, compared by units of this basis; the first is the base version.
pub fn roles(measures: &[VersionMeasure], basis: Basis) -> Vec<Role> {
    let depth = |measure: &VersionMeasure| match basis {
        Basis::Items => measure.depth(),
        _ => measure.itemised.1 / measure.headings.max(1),
    };
    let is_translated = |at: usize| at > 0 && measures[0].translates(&measures[at]);
    let translated: Vec<bool> = (0..measures.len()).map(is_translated).collect();
    // Another language may need more words, so translations say nothing about what is short.
    let comparable = measures.iter().zip(&translated).filter(|(_, translated)| !**translated);
    let deepest = comparable.map(|(measure, _)| depth(measure)).max().unwrap_or(0);
    let role = |(at, measure): (usize, &VersionMeasure)| {
        if translated[at] {
            Role::Translation
        } else if basis == Basis::Items && measure.is_list() {
            Role::List
        } else if depth(measure) * 100 < deepest * FULL_DEPTH_PERCENT {
            Role::Summary
        } else if at == 0 {
            Role::Long
        } else {
            Role::Edition
        }
    };
    measures.iter().enumerate().map(role).collect()
}
