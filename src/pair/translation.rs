//! Links between a text and its translation: by number, and by order in sections that hold equally many items. Words
//! are not compared.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::entry::Entry;
use super::link::Link;
use crate::model::alignment::SectionRef;

/// Links of a translation, in the order of the left version.
pub(super) fn links(left: &[Entry<'_>], right: &[Entry<'_>]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut taken = vec![false; right.len()];
    let once = once(left, |entry| entry.number);
    for (number, at) in self::once(right, |entry| entry.number) {
        if let Some(&item) = once.get(&number) {
            taken[at] = true;
            links.push(Link { left: item, right: at, score: 1.0, exact: true });
        }
    }
    let linked: Vec<usize> = links.iter().map(|link| link.left).collect();
    // What numbers do not settle, the order settles in sections that hold equally many items.
    let (lefts, rights) = (by_section(left), by_section(right));
    for (a, b) in lefts.into_values().zip(rights.into_values()) {
        if a.len() == b.len() {
            let free = a.into_iter().zip(b).filter(|(item, at)| !linked.contains(item) && !taken[*at]);
            links.extend(free.map(|(left, right)| Link { left, right, score: 1.0, exact: true }));
        }
    }
    links.sort_by_key(|link| (link.left, link.right));
    links
}

/// The entries whose number stands once.
fn once<'a>(entries: &[Entry<'a>], number: impl Fn(&Entry<'a>) -> Option<u32>) -> BTreeMap<u32, usize> {
    let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
    entries.iter().filter_map(&number).for_each(|number| *counts.entry(number).or_default() += 1);
    let numbered = entries.iter().enumerate().filter_map(|(at, entry)| Some((number(entry)?, at)));
    numbered.filter(|(number, _)| counts.get(number) == Some(&1)).collect()
}

fn by_section(entries: &[Entry<'_>]) -> BTreeMap<Option<SectionRef>, Vec<usize>> {
    let mut sections: BTreeMap<Option<SectionRef>, Vec<usize>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        sections.entry(entry.section).or_default().push(at);
    }
    sections
}
