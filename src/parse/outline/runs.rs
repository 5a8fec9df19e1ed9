//! Puts numbered items into runs.
//!
//! Knows items only.

use rustc_hash::FxHashMap;

use crate::model::item::{Item, Run, Style};

/// The runs of `items`, in the order of their first items.
pub(super) fn read(items: &[Item]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // The last run of each style under each parent; only looked up, never iterated.
    let mut last: FxHashMap<(Style, Option<u32>), u32> = FxHashMap::default();
    for (index, item) in items.iter().enumerate() {
        let Some(number) = item.number else { continue };
        let key = (item.style, counting_parent(items, item));
        let current = last.get(&key).copied();
        let goes_on = current.filter(|&run| {
            let before = runs[run as usize].items.last().and_then(|&at| items[at as usize].number);
            // `1. 1. 1.` numbers nothing, and stays one run.
            number.value > 1 || before.is_some_and(|before| before.end() == number.value)
        });
        match goes_on {
            Some(run) => runs[run as usize].items.push(index as u32),
            None => {
                last.insert(key, runs.len() as u32);
                runs.push(Run { style: item.style, items: vec![index as u32] });
            }
        }
    }
    runs
}

/// The innermost parent that counts its own items: parts of a document do not, their items go on counting.
fn counting_parent(items: &[Item], item: &Item) -> Option<u32> {
    let mut parent = item.parent;
    while let Some(at) = parent
        && items[at as usize].style.word.is_division()
    {
        parent = items[at as usize].parent;
    }
    parent
}
