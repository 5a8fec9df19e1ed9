//! What a version is to its work, judged by what it holds, where nobody said it.
//!
//! Knows the model and text; not settings.

use rustc_hash::FxHashSet;

use crate::model::collection::Collection;
use crate::model::document::DocId;
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
}

impl Measure {
    /// Measures the documents of a version.
    pub fn new(documents: &[DocId], collection: &Collection) -> Self {
        let mut measure = Self::default();
        for &id in documents {
            let doc = collection.document(id);
            for (_, item) in doc.principal_items() {
                let body = doc.slice(item.body).trim_matches(|c: char| c.is_whitespace() || c == '-').len();
                measure.items += 1;
                measure.with_body += usize::from(body > 0);
                measure.body_bytes += body;
                measure.keys.insert(key(doc.slice(item.title)));
            }
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

    fn is_list(&self) -> bool {
        self.items > 0 && self.with_body * 5 < self.items
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

/// The role of each version, the first being that of greatest authority.
pub fn roles(measures: &[Measure]) -> Vec<Role> {
    let deepest = measures.iter().map(Measure::depth).max().unwrap_or(0);
    let role = |(at, measure): (usize, &Measure)| {
        if measure.is_list() {
            Role::List
        } else if at > 0 && measures.first().is_some_and(|first| first.translates(measure)) {
            Role::Translation
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
