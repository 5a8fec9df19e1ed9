//! Item sequences: numbered items grouped by style and parent.
//!
//! Knows items, and of blocks only the lists that items are in.

use rustc_hash::FxHashMap;

use crate::model::document::Document;
use crate::model::id::{BlockId, ItemId, SequenceId};
use crate::model::item::{Item, ItemSequence, LabelPosition, Number, OuterNumbers, Style};

/// Maximum number of sequences of one style and parent that a later item may continue (a guess).
const INTERRUPTED: usize = 4;

/// Returns the sequences of the items of `doc`, in the order of their first items.
pub(super) fn read(doc: &Document) -> Vec<ItemSequence> {
    let items = &doc.items;
    let lazy = lazy_lists(doc);
    let mut runs: Vec<ItemSequence> = Vec::new();
    // The last sequences of each style under each parent, the current one last. Only looked up, never iterated.
    let mut last: FxHashMap<(Style, OuterNumbers, Option<ItemId>), Vec<SequenceId>> = FxHashMap::default();
    let mut of_lists: FxHashMap<BlockId, usize> = FxHashMap::default();
    for (index, item) in items.iter().enumerate() {
        // An article that was inserted later takes no place in the count.
        let Some(number) = item.number.filter(|number| number.inserted.is_none()) else { continue };
        let sequence = || ItemSequence { style: item.style, items: vec![ItemId::new(index)] };
        if let Some(list) = list_of(doc, item).filter(|list| lazy.get(list).is_some_and(|lazy| *lazy)) {
            match of_lists.get(&list) {
                Some(&run) => runs[run].items.push(ItemId::new(index)),
                None => {
                    of_lists.insert(list, runs.len());
                    runs.push(sequence());
                }
            }
            continue;
        }
        let known = last.entry((item.style, number.outer, counting_parent(items, item))).or_default();
        if let Some(at) = continued(&runs, known, doc, item, number.value) {
            // The sequences that began in between were interludes.
            known.truncate(at + 1);
            runs[known[at].index()].items.push(ItemId::new(index));
            continue;
        }
        if known.len() == INTERRUPTED {
            known.remove(0);
        }
        known.push(SequenceId::new(runs.len()));
        runs.push(sequence());
    }
    with_swapped_starts(doc, runs)
}

/// Puts the 1 of a sequence that begins with 2, 1, 3 into its place: 1 alone would start another count.
fn with_swapped_starts(doc: &Document, mut runs: Vec<ItemSequence>) -> Vec<ItemSequence> {
    let value = |at: ItemId| doc[at].number.filter(|number| number.last.is_none()).map(|number| number.value);
    let mut at = 0;
    while at + 1 < runs.len() {
        let (run, next) = (&runs[at], &runs[at + 1]);
        if let ([first, second, ..], &[one]) = (run.items.as_slice(), next.items.as_slice())
            && (value(*first), value(one), value(*second)) == (Some(2), Some(1), Some(3))
            && (*first..*second).contains(&one)
            && run.style == next.style
            && doc[*first].parent == doc[one].parent
        {
            runs[at].items.insert(1, one);
            runs.remove(at + 1);
        }
        at += 1;
    }
    runs
}

/// Returns the index in `known` of the sequence that an item numbered `value` continues; `None` if it starts a new one.
fn continued(runs: &[ItemSequence], known: &[SequenceId], doc: &Document, item: &Item, value: u32) -> Option<usize> {
    let last = |run: SequenceId| runs[run.index()].items.last().map(|&at| &doc[at]);
    let end = |run: SequenceId| last(run).and_then(|item| item.number).map(Number::end);
    let follows = known.iter().rposition(|&run| end(run) == value.checked_sub(1) && value > 0);
    let current = known.len().checked_sub(1);
    // A second 1 in the same place is a slip, elsewhere it is the start of another count.
    let beside = |run: SequenceId| {
        last(run).is_some_and(|last| match list_of(doc, item) {
            Some(list) => list_of(doc, last) == Some(list),
            None => last.section == item.section,
        })
    };
    let same = current.filter(|&at| end(known[at]) == Some(value) && (value > 1 || beside(known[at])));
    let follows = follows.filter(|_| value > 1).or(same);
    follows.or(if value > 1 { current } else { None })
}

/// Returns the list that an item of a list is in.
fn list_of(doc: &Document, item: &Item) -> Option<BlockId> {
    matches!(item.style.place, LabelPosition::List(_)).then(|| doc[item.block].parent).flatten()
}

/// Returns for each list whether it numbers nothing: it has several items, all with the same number.
fn lazy_lists(doc: &Document) -> FxHashMap<BlockId, bool> {
    let mut first: FxHashMap<BlockId, (u32, u32, bool)> = FxHashMap::default();
    for item in &doc.items {
        let (Some(list), Some(number)) = (list_of(doc, item), item.number) else { continue };
        first
            .entry(list)
            .and_modify(|(value, count, lazy)| {
                *count += 1;
                *lazy &= *value == number.value;
            })
            .or_insert((number.value, 1, true));
    }
    first.into_iter().map(|(list, (_, count, lazy))| (list, lazy && count > 1)).collect()
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
