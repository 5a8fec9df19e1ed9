//! What a version is to its work, judged by what it holds, where nobody said it.
//!
//! Knows the model and text; not settings.

use rustc_hash::FxHashSet;

use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::model::item::Basis;
use crate::model::work::Role;
use crate::text::localized;
use crate::text::title::key;
use crate::text::tongue::Tongue;

/// What a version holds.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    /// How many items it has.
    pub items: usize,
    /// How many of them have a body.
    pub with_body: usize,
    /// How many bytes the bodies have together.
    pub body_bytes: usize,
    tongue: Tongue,
    /// The paths of its files without the marks of languages.
    paths: FxHashSet<String>,
    /// Whether one of them had such a mark.
    marked: bool,
    keys: FxHashSet<String>,
    /// How many headings it has.
    pub headings: usize,
    /// How many bytes its items and their bodies have together, and how many all of it has.
    itemised: (usize, usize),
}

/// So many items are what a version is made of, whatever else it holds.
const MANY_ITEMS: usize = 20;
/// So few items are chance: the steps of a recipe, a question in passing.
const FEW_ITEMS: usize = 3;

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
            measure.marked |= localized::mark(path).is_some();
            measure.paths.insert(localized::neutral(path));
        }
        measure
    }

    /// Bytes of body for an item.
    pub fn depth(&self) -> usize {
        self.body_bytes / self.items.max(1)
    }

    /// Whether it is made of items: they are many, or most of its text.
    pub fn is_itemised(&self) -> bool {
        let (inside, all) = self.itemised;
        self.items >= MANY_ITEMS || (self.items >= FEW_ITEMS && inside * 10 >= all * 4)
    }

    /// How much there is to compare with a translation: items, or the headings of prose.
    pub(super) fn units(&self) -> (usize, Basis) {
        if self.is_itemised() { (self.items, Basis::Items) } else { (self.headings, Basis::Topics) }
    }

    fn is_list(&self) -> bool {
        self.is_itemised() && self.with_body * 5 < self.items
    }

    /// Whether the two are in different languages: they share next to no title, and their words or scripts say so, or
    /// else their paths.
    pub(super) fn translates(&self, other: &Self) -> bool {
        let titles = self.keys.intersection(&other.keys).count();
        let few = |tenths: usize| titles * 10 < self.keys.len().min(other.keys.len()).max(1) * tenths;
        let named = (self.marked || other.marked) && !self.paths.is_disjoint(&other.paths);
        few(3) && self.tongue.differs(&other.tongue) || few(1) && named
    }
}

/// What versions with these measures and roles are compared by: translations of prose by their headings.
pub fn basis(measures: &[Measure], roles: &[Role]) -> Basis {
    let prose = !measures.iter().any(Measure::is_itemised);
    if prose && roles.contains(&Role::Translation) { Basis::Topics } else { Basis::Items }
}

/// The role of each version, the first being that of greatest authority.
pub fn roles(measures: &[Measure]) -> Vec<Role> {
    let deepest = measures.iter().map(Measure::depth).max().unwrap_or(0);
    let role = |(at, measure): (usize, &Measure)| {
        if at > 0 && measures.first().is_some_and(|first| first.translates(measure)) {
            Role::Translation
        } else if measure.is_list() {
            Role::List
        } else if measure.depth() * 10 < deepest * 6 {
            Role::Summary
        } else if at == 0 {
            Role::Long
        } else {
            Role::Edition
        }
    };
    measures.iter().enumerate().map(role).collect()
}
