//! What a version is to its work, judged by what it holds, where nobody said it.
//!
//! Knows the model and text; not settings.

use rustc_hash::FxHashSet;

use crate::model::collection::Collection;
use crate::model::document::DocId;
use crate::model::work::Role;
use crate::text::title::{is_frame, key, words};

/// What a version holds.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    /// How many items it has.
    pub items: usize,
    /// How many of them have a body.
    pub with_body: usize,
    /// How many bytes the bodies have together.
    pub body_bytes: usize,
    /// How many words its titles have, and how many of those are words of English grammar.
    words: (usize, usize),
    numbers: FxHashSet<u32>,
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
                measure.numbers.extend(item.number.map(|number| number.value));
                let key = key(doc.slice(item.title));
                let (all, frame) =
                    words(&key).fold((0, 0), |(all, frame), word| (all + 1, frame + usize::from(is_frame(word))));
                measure.words = (measure.words.0 + all, measure.words.1 + frame);
                measure.keys.insert(key);
            }
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

    /// Whether the two number alike and share next to no title, and one of them is not in English or both are written
    /// in different scripts: as far as can be told without a model of either language.
    fn translates(&self, other: &Self) -> bool {
        let shared = |a: usize, b: usize| a.min(b).max(1);
        let numbers = self.numbers.intersection(&other.numbers).count();
        let titles = self.keys.intersection(&other.keys).count();
        let grammar = |measure: &Self| measure.words.1 * 100 / measure.words.0.max(1);
        let languages_differ =
            (grammar(self) >= 25 && grammar(other) < 10) || (grammar(other) >= 25 && grammar(self) < 10);
        languages_differ
            && numbers * 10 >= 8 * shared(self.numbers.len(), other.numbers.len())
            && titles * 10 < shared(self.keys.len(), other.keys.len())
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
