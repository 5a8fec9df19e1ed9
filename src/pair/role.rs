//! The role of a version in its work, judged by its content where the configuration does not say it.
//!
//! Knows the model and text; not settings.

use rustc_hash::FxHashSet;

use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::model::item::Basis;
use crate::model::work::Role;
use crate::text::language::locale_tag;
use crate::text::language::profile::Tongue;
use crate::text::similarity::title::key;

/// Figures about the content of a version.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    /// Number of its items.
    pub items: usize,
    /// Number of its items that have a body.
    pub with_body: usize,
    /// Length of all bodies together, in bytes.
    pub body_bytes: usize,
    tongue: Tongue,
    /// The paths of its files without locale tags.
    paths: FxHashSet<String>,
    /// True if one of the paths had such a tag.
    marked: bool,
    keys: FxHashSet<String>,
    /// Number of its headings.
    pub headings: usize,
    /// Length of its items with their bodies, and of all of it, in bytes.
    itemised: (usize, usize),
}

/// Number of items from which a version consists of them, whatever else it holds (a guess).
const MANY_ITEMS: usize = 20;
/// Minimum number of items that a version may consist of (a guess): fewer are chance, such as the steps of a recipe.
const FEW_ITEMS: usize = 3;

/// Minimum depth of a full text, in percent of the deepest version (a guess): a version with less is a summary.
const FULL_DEPTH_PERCENT: usize = 60;
/// Share of titles below which versions whose texts are in different languages are translations, and share below which
/// those are of which only the paths say so, in percent (guesses).
const TITLES_OF_OTHER_LANGUAGE_PERCENT: usize = 30;
const TITLES_OF_OTHER_PATH_PERCENT: usize = 10;

impl Measure {
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
            measure.tongue.read(doc.prose.text());
            let path = doc.source.display();
            measure.marked |= locale_tag::mark(path).is_some();
            measure.paths.insert(locale_tag::neutral(path));
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

    /// Returns whether the two are in different languages: they share next to no title, and their words or scripts, or
    /// else their paths, say so.
    pub(super) fn translates(&self, other: &Self) -> bool {
        let titles = self.keys.intersection(&other.keys).count();
        let few = |percent: usize| titles * 100 < self.keys.len().min(other.keys.len()).max(1) * percent;
        let named = (self.marked || other.marked) && !self.paths.is_disjoint(&other.paths);
        few(TITLES_OF_OTHER_LANGUAGE_PERCENT) && self.tongue.differs(&other.tongue)
            || few(TITLES_OF_OTHER_PATH_PERCENT) && named
    }
}

/// Returns the units by which versions with these measures and roles are compared: translations of prose by their
/// headings.
pub fn basis(measures: &[Measure], roles: &[Role]) -> Basis {
    let prose = !measures.iter().any(Measure::is_itemised);
    if prose && roles.contains(&Role::Translation) { Basis::Topics } else { Basis::Items }
}

/// Returns the role of each version; the first is the base version.
pub fn roles(measures: &[Measure]) -> Vec<Role> {
    let deepest = measures.iter().map(Measure::depth).max().unwrap_or(0);
    let role = |(at, measure): (usize, &Measure)| {
        if at > 0 && measures.first().is_some_and(|first| first.translates(measure)) {
            Role::Translation
        } else if measure.is_list() {
            Role::List
        } else if measure.depth() * 100 < deepest * FULL_DEPTH_PERCENT {
            Role::Summary
        } else if at == 0 {
            Role::Long
        } else {
            Role::Edition
        }
    };
    measures.iter().enumerate().map(role).collect()
}
