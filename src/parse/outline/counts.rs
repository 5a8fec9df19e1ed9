//! Finds where a run does not count on by one, and explains each gap before it is believed.
//!
//! Knows items, runs, claims and code fences of one document; not other documents, no rules.

use rustc_hash::{FxHashMap, FxHashSet};

use super::label;
use crate::model::document::{Document, Extent};
use crate::model::item::{CountFault, CountSlip, Numeral, Place, Run};
use crate::model::span::Span;
use crate::text::ranges::subtract;

/// A run shorter than this numbers too little to say what belongs in it.
const SHORTEST: usize = 5;

/// All faults, in source order.
pub(super) fn read(doc: &Document) -> Vec<CountFault> {
    let mut faults = Vec::new();
    let restarts = restarts(doc);
    for (index, run) in doc.runs.iter().enumerate() {
        if counts(doc, run) {
            faults.extend(Walk::new(doc, index as u32, run, &restarts).faults());
        }
    }
    faults.retain_mut(|fault| fault.slip != CountSlip::Gap || explain(doc, fault));
    faults.sort_by_key(|fault| (fault.item, fault.slip));
    faults
}

/// Whether a run is a count at all: long enough, and mostly going up by one.
fn counts(doc: &Document, run: &Run) -> bool {
    if run.items.len() < SHORTEST
        || !matches!(run.style.numeral, Numeral::Decimal | Numeral::Keycap)
        || run.style.word.is_division()
        || run.style.place == Place::Line
    {
        return false;
    }
    let mut regular = 0;
    let (mut last, mut before_last) = (None, None);
    for number in run.items.iter().filter_map(|&at| doc.items[at as usize].number) {
        // One wrong number breaks one step, not two.
        let follows = last == Some(number.value.wrapping_sub(1)) || before_last == Some(number.value.wrapping_sub(2));
        regular += usize::from(follows);
        (before_last, last) = (last, Some(number.end()));
    }
    regular * 5 >= (run.items.len() - 1) * 4
}

/// The first numbers that headings announce, with the places of the headings, in source order.
fn restarts(doc: &Document) -> Vec<(u32, u32)> {
    let first = |extent: Extent| match extent {
        Extent::Range { first, .. } => Some(first),
        Extent::Count(_) => None,
    };
    doc.announcements.iter().filter_map(|claim| Some((claim.span.start, first(claim.extent)?))).collect()
}

/// Goes through a run once.
struct Walk<'a> {
    doc: &'a Document,
    index: u32,
    run: &'a Run,
    restarts: &'a [(u32, u32)],
    /// Where each number stood first since the count last started anew.
    seen: FxHashMap<u32, u32>,
}

impl<'a> Walk<'a> {
    fn new(doc: &'a Document, index: u32, run: &'a Run, restarts: &'a [(u32, u32)]) -> Self {
        Self { doc, index, run, restarts, seen: FxHashMap::default() }
    }

    fn value(&self, nth: usize) -> Option<(u32, u32)> {
        let number = self.doc.items[*self.run.items.get(nth)? as usize].number?;
        Some((number.value, number.end()))
    }

    fn faults(mut self) -> Vec<CountFault> {
        let mut faults = Vec::new();
        let mut at = 0;
        // What the next item is counted from: not the one before, where that one is wrong itself.
        let mut before: Option<(u32, usize)> = None;
        while let Some((value, end)) = self.value(at) {
            let Some((last, from)) = before else {
                self.note(value, at);
                before = Some((end, at));
                at += 1;
                continue;
            };
            if value == last + 1 {
                before = Some((end, at));
            } else if self.is_lone(last, at) {
                // The next item counts on as if this one bore the number between.
                let slip = if self.seen.contains_key(&value) { CountSlip::Repeat } else { CountSlip::Order };
                let from = if slip == CountSlip::Repeat { self.seen[&value] } else { self.run.items[from] };
                faults.extend(self.fault(slip, from, at, Some(last + 1)));
                before = Some((last + 1, at));
                at += 1;
                continue;
            } else if value > last + 1 {
                let mut fault = self.gap(from, at);
                fault.missing.push((last + 1, value - 1));
                faults.push(fault);
                before = Some((end, at));
            } else if self.is_announced(from, at, value) {
                self.seen.clear();
                before = Some((end, at));
            } else {
                faults.extend(self.backward(value, from, at));
                before = Some((end, at));
                if value < last {
                    self.seen.clear();
                }
            }
            self.note(value, at);
            at += 1;
        }
        faults
    }

    fn note(&mut self, value: u32, nth: usize) {
        self.seen.entry(value).or_insert(self.run.items[nth]);
    }

    /// Whether the item alone is out of place: without its number, its neighbours would count on.
    fn is_lone(&self, last: u32, at: usize) -> bool {
        let next = self.value(at + 1).map(|(next, _)| next);
        let after = self.value(at + 2).map(|(after, _)| after);
        next == Some(last + 2) && after.is_none_or(|after| after == last + 3)
    }

    /// Whether a heading between two items announces that the count starts at `value`.
    fn is_announced(&self, from: usize, at: usize, value: u32) -> bool {
        let place = |nth: usize| self.doc.items[self.run.items[nth] as usize].span.start;
        let after = self.restarts.partition_point(|&(start, _)| start <= place(from));
        self.restarts[after..].iter().take_while(|&&(start, _)| start < place(at)).any(|&(_, first)| first == value)
    }

    /// A number that is not above the one before.
    fn backward(&self, value: u32, from: usize, at: usize) -> Option<CountFault> {
        if let Some(&first) = self.seen.get(&value) {
            return self.fault(CountSlip::Repeat, first, at, None);
        }
        self.fault(CountSlip::Order, self.run.items[from], at, None)
    }

    fn fault(&self, slip: CountSlip, from: u32, at: usize, expected: Option<u32>) -> Option<CountFault> {
        let item = self.run.items[at];
        // The same item twice is a duplicate, not a slip of the count.
        if slip == CountSlip::Repeat && self.same_title(from, item) {
            return None;
        }
        Some(CountFault { slip, run: self.index, from, item, missing: Vec::new(), expected })
    }

    fn gap(&self, from: usize, at: usize) -> CountFault {
        let (from, item) = (self.run.items[from], self.run.items[at]);
        CountFault { slip: CountSlip::Gap, run: self.index, from, item, missing: Vec::new(), expected: None }
    }

    fn same_title(&self, one: u32, other: u32) -> bool {
        let letters = |at: u32| {
            let title = self.doc.slice(self.doc.items[at as usize].title);
            title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
        };
        letters(one).eq(letters(other))
    }
}

/// Takes out of a gap what is not missing; whether anything is left.
fn explain(doc: &Document, fault: &mut CountFault) -> bool {
    let mut found: FxHashSet<u32> = FxHashSet::default();
    let is_missing = |value: u32| fault.missing.iter().any(|&(first, last)| (first..=last).contains(&value));
    elsewhere(doc, fault, &is_missing, &mut found);
    hidden(doc, fault, &is_missing, &mut found);
    // Closed ranges are cut at sorted numbers, so the order of the set does not show.
    fault.missing = subtract(&fault.missing, found);
    !fault.missing.is_empty()
}

/// Missing numbers that items of the same kind bear elsewhere, or items of another kind in the gap itself.
fn elsewhere(doc: &Document, fault: &CountFault, is_missing: &dyn Fn(u32) -> bool, found: &mut FxHashSet<u32>) {
    let run = &doc.runs[fault.run as usize];
    let parent = doc.items[fault.item as usize].parent;
    for other in &doc.runs {
        let Some(&first) = other.items.first() else { continue };
        let same_kind = other.style == run.style && doc.items[first as usize].parent == parent;
        // A step list starts at 1; what starts with a missing number goes on counting in another syntax.
        let in_gap = fault.from < first && first < fault.item;
        let goes_on = in_gap && doc.items[first as usize].number.is_some_and(|n| n.value > 1 && is_missing(n.value));
        let complements = other.style.place != Place::Line
            && other.items.len() >= 2
            && doc.items[first as usize].parent == parent
            && other.items.iter().all(|&at| doc.items[at as usize].number.is_some_and(|n| n.value > 1));
        if same_kind || goes_on || complements {
            let numbers = other.items.iter().filter_map(|&at| doc.items[at as usize].number);
            found.extend(numbers.flat_map(|number| number.value..=number.end()).filter(|&value| is_missing(value)));
        }
    }
}

/// Missing numbers that stand in the text of the gap without being items: in code that a fence swallowed, in a
/// heading without its space, in the middle of a line.
fn hidden(doc: &Document, fault: &CountFault, is_missing: &dyn Fn(u32) -> bool, found: &mut FxHashSet<u32>) {
    let region = Span::new(doc.items[fault.from as usize].span.end, doc.items[fault.item as usize].span.start);
    for line in doc.slice(region).lines() {
        let bare = line.trim_start_matches([' ', '\t', '>', '#', '-', '*', '+', '|', '"']);
        let after_number = bare.find(|c: char| !c.is_ascii_digit()).unwrap_or(bare.len());
        if after_number == 0 && !bare.starts_with(|c: char| c.is_ascii_alphabetic() || !c.is_ascii()) {
            continue;
        }
        let number = label::read(bare).and_then(|label| label.number);
        if let Some(number) = number.filter(|number| is_missing(number.value)) {
            found.insert(number.value);
        }
    }
}

#[cfg(test)]
mod tests;
