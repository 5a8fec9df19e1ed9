//! Numbering defects: places where a sequence does not count on by one, each gap explained before it is believed.
//!
//! Knows items, sequences, stated ranges and code fences of one document; no other documents, no rules.

use rustc_hash::FxHashMap;

use super::{YEARS, label};
use crate::model::document::{Document, StatedExtent};
use crate::model::id::{ItemId, SequenceId};
use crate::model::item::{
    ItemSequence, LabelPosition, LabelWord, NumberingDefect, NumberingDefectKind, Numeral, Style,
};
use crate::model::span::Span;
use crate::text::similarity::title;
use crate::text::values::ranges::subtract;

/// Minimum length of a sequence, in items (a guess): a shorter one says too little about which numbers belong in it.
const SHORTEST: usize = 5;

/// Lowest number of a sequence that may consist of codes, such as the status codes of HTTP, rather than count items.
const FIRST_CODE: u32 = 100;
/// Minimum length of a sequence that may consist of codes, in items (a guess).
const MIN_CODE_ITEMS: usize = 8;
/// Minimum share of steps by one in a sequence that counts, in percent (a guess), and in one that may consist of codes.
const MIN_REGULAR_PERCENT: usize = 80;
const MIN_REGULAR_CODES_PERCENT: usize = 90;
/// Maximum number of items that an interval such as "21–40" covers. A longer one is hardly an interval, and need not
/// be filled in to the end.
const MAX_INTERVAL_ITEMS: u32 = 1000;

/// Maximum size of a gap, as a multiple of the number of items in the sequence (a guess).
const MAX_JUMP: usize = 10;

/// Returns all numbering defects, in source order.
pub(super) fn read(doc: &Document) -> Vec<NumberingDefect> {
    let mut faults = Vec::new();
    let restarts = restarts(doc);
    for (index, run) in doc.sequences.iter().enumerate() {
        if counts(doc, run) {
            faults.extend(SequencePass::new(doc, SequenceId::new(index), run, &restarts).faults());
        }
    }
    if faults.iter().any(|fault| fault.kind == NumberingDefectKind::Gap) {
        let known = KnownNumbers::new(doc);
        faults.retain_mut(|fault| fault.kind != NumberingDefectKind::Gap || explain(doc, &known, fault));
    }
    if !faults.is_empty() {
        let branches = doc.branches();
        faults.retain(|fault| !branches.are_alternatives(doc[fault.from].span.start, doc[fault.item].span.start));
    }
    faults.sort_by_key(|fault| (fault.item, fault.kind));
    faults
}

/// Returns whether a sequence counts at all: it is long enough and mostly goes up by one.
fn counts(doc: &Document, run: &ItemSequence) -> bool {
    if run.items.len() < shortest(run.style)
        || run.style.place == LabelPosition::Line && !asks(run.style.word) && !is_escaped(doc, run)
    {
        return false;
    }
    let values = || run.items.iter().filter_map(|&at| doc[at].number).map(|number| number.value);
    if !run.style.numeral.counts_on() || run.style.word.is_division() {
        let values: Vec<u32> = values().collect();
        // Parts, and items with numbers of sections, may be left out, and are hardly in another order or there twice.
        return run.style.numeral != Numeral::Letter && is_shuffled(&values)
            || run.style.numeral == Numeral::Dotted && repeats_one(&values);
    }
    let (low, high) = (values().min().unwrap_or(0), values().max().unwrap_or(0));
    if run.style.word == LabelWord::None && YEARS.contains(&low) && YEARS.contains(&high) {
        return false;
    }
    let mut regular = 0;
    let (mut last, mut before_last) = (None, None);
    for number in run.items.iter().filter_map(|&at| doc[at].number) {
        // One wrong number breaks one step, not two.
        let follows = last == Some(number.value.wrapping_sub(1)) || before_last == Some(number.value.wrapping_sub(2));
        regular += usize::from(follows);
        (before_last, last) = (last, Some(number.end()));
    }
    let steps = run.items.len() - 1;
    // Codes need more evidence, because they also go up by one here and there.
    let (min_items, min_percent) = match low >= FIRST_CODE && !asks(run.style.word) && !is_stated(doc, low, high) {
        true => (MIN_CODE_ITEMS, MIN_REGULAR_CODES_PERCENT),
        false => (SHORTEST, MIN_REGULAR_PERCENT),
    };
    let values: Vec<u32> = values().collect();
    let is_regular = regular * 100 >= steps * min_percent
        || steps - regular <= 1 && is_escaped(doc, run)
        || is_label(run.style) && lacks_one(&values);
    is_shuffled(&values) || is_regular && (run.items.len() >= min_items || lacks_one(&values))
}

/// Returns the minimum length of a sequence, in items. The number of a list item may be part of its text, but nobody writes
/// the number of a heading by chance.
fn shortest(style: Style) -> usize {
    if is_label(style) { SHORTEST_OF_LABELS } else { SHORTEST }
}

/// Returns whether items of a style have labels of their own: headings, bold lines, and lines such as "Q4:".
fn is_label(style: Style) -> bool {
    matches!(style.place, LabelPosition::Heading(_) | LabelPosition::Bold) || asks(style.word)
}

/// Returns whether the numbers count on from 1, and a single one of them is missing.
fn lacks_one(values: &[u32]) -> bool {
    let steps = || values.windows(2).map(|pair| pair[1].checked_sub(pair[0]));
    values.first() == Some(&1)
        && steps().all(|step| matches!(step, Some(1 | 2)))
        && steps().filter(|step| *step == Some(2)).count() == 1
}

/// Minimum length of a sequence of headings and other labels, in items (a guess).
const SHORTEST_OF_LABELS: usize = 4;
/// Minimum length of a sequence that counts because it lacks no number, in items (a guess).
const SHORTEST_COMPLETE: usize = 4;
/// Maximum share of such a sequence that is not in its place, in percent (a guess): two swapped pairs in seven items.
const MAX_SHUFFLED_PERCENT: usize = 60;
/// Number of steps that two blocks which changed places break: before, between and behind them.
const STEPS_OF_SWAPPED_BLOCKS: usize = 3;

/// Returns whether the numbers are 1 to the number of items, and some of them, but not most, are not in their places.
fn is_shuffled(values: &[u32]) -> bool {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let is_complete = values.len() >= SHORTEST_COMPLETE && sorted.into_iter().eq(1..=values.len() as u32);
    let displaced = values.iter().zip(1..).filter(|(value, place)| **value != *place).count();
    // Two blocks that changed places displace many items, but break few steps.
    let broken = values.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
    let are_blocks = values.first() == Some(&1) && broken <= STEPS_OF_SWAPPED_BLOCKS && values.len() > SHORTEST;
    is_complete && displaced > 0 && (displaced * 100 <= values.len() * MAX_SHUFFLED_PERCENT || are_blocks)
}

/// Returns whether the numbers count on from 1 without a gap, and one of them is there twice.
fn repeats_one(values: &[u32]) -> bool {
    let steps = || values.windows(2).map(|pair| pair[1].checked_sub(pair[0]));
    values.first() == Some(&1)
        && steps().all(|step| step.is_some_and(|step| step <= 1))
        && steps().filter(|step| *step == Some(0)).count() == 1
}

/// Returns whether a backslash keeps each number of a sequence from opening a list, as in "4\\.": the author counts.
fn is_escaped(doc: &Document, run: &ItemSequence) -> bool {
    let numbers = run.items.iter().filter_map(|&at| doc[at].number);
    numbers.into_iter().all(|number| doc.text()[number.span.end as usize..].starts_with('\\'))
}

/// Returns whether a number after this word can only be that of an item.
fn asks(word: LabelWord) -> bool {
    matches!(word, LabelWord::Q | LabelWord::Question)
}

/// Returns whether the document states a range that holds the numbers from `low` to `high`.
fn is_stated(doc: &Document, low: u32, high: u32) -> bool {
    let holds =
        |extent: StatedExtent| matches!(extent, StatedExtent::Range { first, last } if first <= low && high <= last);
    doc.stated_ranges.iter().any(|claim| holds(claim.extent))
}

/// Returns the offset of each statement of a range and the first number of that range, in source order.
fn restarts(doc: &Document) -> Vec<(u32, u32)> {
    let first = |extent: StatedExtent| match extent {
        StatedExtent::Range { first, .. } => Some(first),
        StatedExtent::Count(_) => None,
    };
    doc.stated_ranges.iter().filter_map(|claim| Some((claim.span.start, first(claim.extent)?))).collect()
}

/// A single pass over one sequence.
struct SequencePass<'a> {
    doc: &'a Document,
    index: SequenceId,
    run: &'a ItemSequence,
    restarts: &'a [(u32, u32)],
    /// The first item with each number since the count last restarted.
    seen: FxHashMap<u32, ItemId>,
    /// True if nearly every item is in a section of its own, so that sections say nothing about the order of items.
    own_sections: bool,
    /// First numbers of the gaps so far.
    gaps: Vec<u32>,
}

impl<'a> SequencePass<'a> {
    fn new(doc: &'a Document, index: SequenceId, run: &'a ItemSequence, restarts: &'a [(u32, u32)]) -> Self {
        let mut sections: Vec<_> = run.items.iter().map(|&at| doc[at].section).collect();
        sections.dedup();
        let own_sections = sections.len() * 5 >= run.items.len() * 4;
        Self { doc, index, run, restarts, seen: FxHashMap::default(), own_sections, gaps: Vec::new() }
    }

    fn value(&self, nth: usize) -> Option<(u32, u32)> {
        let number = self.doc[*self.run.items.get(nth)?].number?;
        Some((number.value, number.end()))
    }

    fn faults(mut self) -> Vec<NumberingDefect> {
        let mut faults = Vec::new();
        let mut at = 0;
        // The number and position from which the next item is counted: those of the item before, unless that item is
        // wrong itself.
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
                // The next item counts on as if this one had the number between.
                let slip = if self.seen.contains_key(&value) {
                    NumberingDefectKind::Repeat
                } else {
                    NumberingDefectKind::Order
                };
                let from = if slip == NumberingDefectKind::Repeat { self.seen[&value] } else { self.run.items[from] };
                faults.extend(self.fault(slip, from, at, Some(last + 1)));
                before = Some((last + 1, at));
                at += 1;
                continue;
            } else if value > last + 1 && self.is_jump(last, value) {
                before = Some((end, at));
            } else if value > last + 1 {
                let mut fault = self.gap(from, at);
                fault.missing.push((last + 1, value - 1));
                self.gaps.push(last + 1);
                faults.push(fault);
                before = Some((end, at));
            } else if self.is_announced(from, at, value) {
                // The block that a gap was told of comes after the one that follows it.
                if value > 1 && self.gaps.contains(&value) && !self.seen.contains_key(&value) {
                    faults.extend(self.fault(NumberingDefectKind::Order, self.run.items[from], at, None));
                }
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

    /// Returns whether a step is so large that the numbers are hardly of one count, as that from the questions of a page to
    /// the number of a problem elsewhere.
    fn is_jump(&self, last: u32, value: u32) -> bool {
        !asks(self.run.style.word) && (value - last) as usize > self.run.items.len() * MAX_JUMP
    }

    /// Returns whether the item alone is out of place: without it, the items around it count on.
    fn is_lone(&self, last: u32, at: usize) -> bool {
        let next = self.value(at + 1).map(|(next, _)| next);
        let after = self.value(at + 2).map(|(after, _)| after);
        next == Some(last + 2) && after.is_none_or(|after| after == last + 3)
    }

    /// Returns whether a heading between two items states that the count starts at `value`.
    fn is_announced(&self, from: usize, at: usize, value: u32) -> bool {
        let place = |nth: usize| self.doc[self.run.items[nth]].span.start;
        let after = self.restarts.partition_point(|&(start, _)| start <= place(from));
        self.restarts[after..].iter().take_while(|&&(start, _)| start < place(at)).any(|&(_, first)| first == value)
    }

    /// Returns the defect of a number that is not greater than the one before.
    fn backward(&self, value: u32, from: usize, at: usize) -> Option<NumberingDefect> {
        if let Some(&first) = self.seen.get(&value) {
            return self.fault(NumberingDefectKind::Repeat, first, at, None);
        }
        // Blocks under headings may come in any order; within one section nothing explains a step back.
        let section = |nth: usize| self.doc[self.run.items[nth]].section;
        if section(from) != section(at) && !self.own_sections {
            return None;
        }
        self.fault(NumberingDefectKind::Order, self.run.items[from], at, None)
    }

    fn fault(
        &self,
        slip: NumberingDefectKind,
        from: ItemId,
        at: usize,
        expected: Option<u32>,
    ) -> Option<NumberingDefect> {
        let item = self.run.items[at];
        // An item that occurs twice is a duplicate, not an error in numbering.
        if slip == NumberingDefectKind::Repeat && self.same_title(from, item) {
            return None;
        }
        Some(NumberingDefect { kind: slip, sequence: self.index, from, item, missing: Vec::new(), expected })
    }

    fn gap(&self, from: usize, at: usize) -> NumberingDefect {
        let (from, item) = (self.run.items[from], self.run.items[at]);
        NumberingDefect {
            kind: NumberingDefectKind::Gap,
            sequence: self.index,
            from,
            item,
            missing: Vec::new(),
            expected: None,
        }
    }

    fn same_title(&self, one: ItemId, other: ItemId) -> bool {
        let key = |at: ItemId| title::key(self.doc.slice(self.doc[at].title));
        key(one) == key(other)
    }
}

/// Removes from a gap the numbers that are not missing. Returns whether any is left.
fn explain(doc: &Document, known: &KnownNumbers, fault: &mut NumberingDefect) -> bool {
    let mut found = known.elsewhere(doc, fault);
    found.extend(going_on(doc, fault));
    found.extend(second_numbers(doc, fault));
    hidden(doc, fault, &mut found);
    fault.missing = subtract(&fault.missing, found);
    !fault.missing.is_empty()
}

/// The numbers in a document, sorted, by the parent under which they are counted.
struct KnownNumbers {
    /// By style.
    styles: FxHashMap<(Option<ItemId>, Style), Vec<u32>>,
    /// Numbers of sequences of any style that do not start at 1: parts of a count whose syntax changes.
    parts: FxHashMap<Option<ItemId>, Vec<u32>>,
    /// Numbers of each sequence.
    own: Vec<Vec<u32>>,
}

impl KnownNumbers {
    fn new(doc: &Document) -> Self {
        let mut known = Self { styles: FxHashMap::default(), parts: FxHashMap::default(), own: Vec::new() };
        for run in &doc.sequences {
            known.own.push(run.items.iter().filter_map(|&at| doc[at].number).map(|number| number.value).collect());
            let Some(&first) = run.items.first() else { continue };
            let parent = doc[first].parent;
            let numbers = || run.items.iter().filter_map(|&at| doc[at].number);
            let all =
                || numbers().flat_map(|number| number.value..=number.end().min(number.value + MAX_INTERVAL_ITEMS));
            // A sequence that starts again at 1 is another count, which lacks nothing that this one has.
            if numbers().next().is_none_or(|first| first.value > 1) {
                known.styles.entry((parent, run.style)).or_default().extend(all());
            }
            if run.style.place != LabelPosition::Line
                && run.items.len() >= 2
                && numbers().all(|number| number.value > 1)
            {
                known.parts.entry(parent).or_default().extend(all());
            }
        }
        let all = known.styles.values_mut().chain(known.parts.values_mut()).chain(&mut known.own);
        all.for_each(|numbers| numbers.sort_unstable());
        known
    }

    /// Returns missing numbers that occur elsewhere under the same parent.
    fn elsewhere(&self, doc: &Document, fault: &NumberingDefect) -> Vec<u32> {
        let parent = doc[fault.item].parent;
        let style = doc[fault.sequence].style;
        let own = self.own.get(fault.sequence.index());
        let lists = [own, self.styles.get(&(parent, style)), self.parts.get(&parent)];
        let mut found = Vec::new();
        for (numbers, &(first, last)) in
            lists.into_iter().flatten().flat_map(|list| fault.missing.iter().map(move |m| (list, m)))
        {
            let from = numbers.partition_point(|&number| number < first);
            let to = numbers.partition_point(|&number| number <= last);
            found.extend_from_slice(&numbers[from..to.max(from)]);
        }
        found
    }
}

/// Returns missing numbers with which sequences of another syntax within the gap go on. The steps of an answer start at
/// 1, but a sequence that starts with a missing number belongs to the count.
fn going_on(doc: &Document, fault: &NumberingDefect) -> Vec<u32> {
    let start = |run: &ItemSequence| run.items.first().copied().unwrap_or(ItemId::new(0));
    let from = doc.sequences.partition_point(|run| start(run) <= fault.from);
    let inside = doc.sequences[from..].iter().take_while(|run| start(run) < fault.item);
    let number = |at: ItemId| doc[at].number;
    let goes_on =
        inside.filter(|run| number(start(run)).is_some_and(|first| first.value > 1 && misses(fault, first.value)));
    goes_on.flat_map(|run| run.items.iter().filter_map(|&at| number(at)).map(|number| number.value)).collect()
}

/// Returns missing numbers in the title before the gap, as in `14. Cut it & 15. Whip it`.
fn second_numbers(doc: &Document, fault: &NumberingDefect) -> Vec<u32> {
    let title = doc.slice(doc[fault.from].title);
    let labels = title.match_indices(['&', '+', ',', '/', ';']).map(|(at, sign)| at + sign.len());
    let labels = labels.chain(title.match_indices(" and ").map(|(at, word)| at + word.len()));
    // After a word of another language, only a number with its mark is a label: `7. Esche und 8. Eibe`.
    let is_marked = |at: &usize| {
        let rest = title[*at..].trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < title.len() - at && rest.starts_with(['.', ')', ':'])
    };
    let labels = labels.chain(title.match_indices(' ').map(|(at, _)| at + 1).filter(is_marked));
    labels
        .filter_map(|at| label::read(title[at..].trim_start()).filter(|label| !label.is_bare())?.number)
        .map(|number| number.value)
        .collect()
}

fn misses(fault: &NumberingDefect, value: u32) -> bool {
    fault.missing.iter().any(|&(first, last)| (first..=last).contains(&value))
}

/// Collects missing numbers that occur in the text of the gap without being items: in code that a fence swallowed, in a
/// heading without its space, in the middle of a line.
fn hidden(doc: &Document, fault: &NumberingDefect, found: &mut Vec<u32>) {
    let region = Span::new(doc[fault.from].span.end, doc[fault.item].span.start);
    for line in doc.slice(region).lines() {
        let bare = line.trim_start_matches([' ', '\t', '>', '#', '-', '*', '+', '|', '"']);
        let after_number = bare.find(|c: char| !c.is_ascii_digit()).unwrap_or(bare.len());
        if after_number == 0 && !bare.starts_with(|c: char| c.is_ascii_alphabetic() || !c.is_ascii()) {
            continue;
        }
        let number = label::read(bare).filter(|label| !label.is_bare()).and_then(|label| label.number);
        found.extend(number.map(|number| number.value).filter(|&value| misses(fault, value)));
        // "7–8. T" and "7 + 8: T" are labels of two items.
        let joined = |end: usize| {
            let rest = bare[end..].trim_start();
            let after = rest.strip_prefix(['+', '~', '&']).map(str::trim_start);
            label::dash(bare, end).or_else(|| after.map(|after| bare.len() - after.len()))
        };
        if let Some((first, end)) = label::digits(bare, 0)
            && let Some((last, _)) = joined(end).and_then(|next| label::digits(bare, next))
            && misses(fault, first)
        {
            found.extend(first..=last.min(first + MAX_INTERVAL_ITEMS));
        }
    }
}

#[cfg(test)]
mod tests;
