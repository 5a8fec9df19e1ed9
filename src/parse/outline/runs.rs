//! Item sequences: numbered items grouped by style and parent.
//!
//! Knows items only.

use rustc_hash::FxHashMap;

use crate::model::id::ItemId;
use crate::model::item::{Item, ItemSequence, Number, OuterNumbers, Style};

/// Maximum number of sequences of one style and parent that a later item may continue (a guess).
const INTERRUPTED: usize = 4;

/// Returns the sequences of `items`, in the order of their first items.
pub(super) fn read(items: &[Item]) -> Vec<ItemSequence> {
    let mut runs: Vec<ItemSequence> = Vec::new();
    // The last sequences of each style under each parent, the current one last. Only looked up, never iterated.
    let mut last: FxHashMap<(Style, OuterNumbers, Option<ItemId>), Vec<u32>> = FxHashMap::default();
    for (index, item) in items.iter().enumerate() {
        let Some(number) = item.number else { continue };
        let known = last.entry((item.style, number.outer, counting_parent(items, item))).or_default();
        if let Some(at) = continued(&runs, known, items, number.value) {
            // The sequences that began in between were interludes.
            known.truncate(at + 1);
            runs[known[at] as usize].items.push(ItemId::new(index));
            continue;
        }
        if known.len() == INTERRUPTED {
            known.remove(0);
        }
        known.push(runs.len() as u32);
        runs.push(ItemSequence { style: item.style, items: vec![ItemId::new(index)] });
    }
    runs
}

/// Returns the index in `known` of the sequence that an item numbered `value` continues; `None` if it starts a new one.
fn continued(runs: &[ItemSequence], known: &[u32], items: &[Item], value: u32) -> Option<usize> {
    let end = |run: u32| runs[run as usize].items.last().and_then(|&at| items[at.index()].number).map(Number::end);
    let follows = known.iter().rposition(|&run| end(run) == value.checked_sub(1) && value > 0);
    let current = known.len().checked_sub(1);
    // `1. 1. 1.` numbers nothing, so it stays one sequence.
    let same = current.filter(|&at| end(known[at]) == Some(value));
    let follows = follows.filter(|_| value > 1).or(same);
    follows.or(if value > 1 { current } else { None })
}

/// Returns the innermost parent that counts its own items. Parts of a document do not, because their items go on
/// counting.
fn counting_parent(items: &[Item], item: &Item) -> Option<ItemId> {
    let mut parent = item.parent;
    while let Some(at) = parent
        && items[at.index()].style.word.is_division()
    {
        parent = items[at.index()].parent;
    }
    parent
}
