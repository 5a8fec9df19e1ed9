//! `range-mismatch`: a heading, title, footer or file name states other numbers than its items have.

use serde_json::json;

use crate::model::document::{Document, Heading, StatedExtent, StatedIn, StatedRange};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::{Item, Numeral, Style};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "range-mismatch",
    family: Family::Numbering,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a heading, title or file name states other numbers than its items have",
    page: include_str!("../../rules/range-mismatch.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    let ranges: Vec<CheckedRange<'_>> =
        doc.stated_ranges.iter().filter_map(|claim| CheckedRange::new(doc, claim)).collect();
    let mut wrong: Vec<Span> = Vec::new();
    // Stated ranges of parts come before those of the whole, so that one cause is one finding.
    inner(doc, cx, &ranges, &mut wrong, out);
    outer(doc, cx, &ranges, &wrong, out);
    for claim in &doc.stated_ranges {
        if let StatedExtent::Count(count) = claim.extent
            && wrong.is_empty()
        {
            counted(doc, claim, count, out);
        }
    }
}

/// A stated range, and the numbers that its scope contains.
struct CheckedRange<'a> {
    claim: &'a StatedRange,
    announced: (u32, u32),
    /// Lowest and highest number of the items that the range covers.
    found: (u32, u32),
    /// Number of the items.
    count: usize,
    /// True if no number between the two is missing or repeated.
    whole: bool,
    /// The style of the items.
    style: Style,
}

impl<'a> CheckedRange<'a> {
    fn new(doc: &Document, claim: &'a StatedRange) -> Option<Self> {
        let StatedExtent::Range { first, last } = claim.extent else { return None };
        let group = best_group(doc, claim, first, last)?;
        let (low, high) = (*group.numbers.first()?, *group.numbers.last()?);
        let count = group.numbers.len();
        let whole = count as u32 == high - low + 1;
        // Numbers that are far apart do not count, so their ends say nothing.
        if (high - low) as usize >= count * 2 + 4 {
            return None;
        }
        let found = (group.lowest(doc, claim, low, first), group.highest(doc, claim, high, last));
        Some(Self { claim, announced: (first, last), found, count, whole, style: group.style })
    }

    /// Returns the differences of the first and of the last number from the stated ones.
    fn shifts(&self) -> (i64, i64) {
        let difference = |one: u32, other: u32| i64::from(one) - i64::from(other);
        (difference(self.found.0, self.announced.0), difference(self.found.1, self.announced.1))
    }

    /// Returns true if the items are numbered from 1 independently of the stated range.
    fn starts_anew(&self) -> bool {
        self.found.0 == 1 && self.announced.0 > 1
    }

    fn is_true(&self) -> bool {
        let announced = (self.announced.1 - self.announced.0) as usize + 1;
        self.shifts() == (0, 0) || (self.starts_anew() && self.count == announced)
    }

    fn message(&self) -> String {
        let ((first, last), (low, high)) = (self.announced, self.found);
        if self.starts_anew() {
            let announced = last - first + 1;
            return format!("{first}–{last} states {announced} items, but there are {}", self.count);
        }
        format!("{first}–{last} is stated, but the items are {low}–{high}")
    }

    /// Returns true if the range describes a set of files to which this one belongs, or the last number of the file
    /// before.
    fn is_of_a_set(&self, doc: &Document, cx: &Context<'_>) -> bool {
        let ((first, last), (low, high)) = (self.announced, self.found);
        if self.claim.place == StatedIn::FileName {
            return low == first + 1 && high == last;
        }
        let beside = |number: u32| {
            let bears = |item: &Item| item.number.is_some_and(|n| n.value == number) && item.style == self.style;
            cx.collection.siblings(doc).any(|sibling| sibling.items.iter().any(bears))
        };
        (low <= first || beside(first)) && (high >= last || beside(last)) && low >= first && high <= last
    }

    /// Returns true if the stated range must be the wrong part: the items before and after it have the numbers that are
    /// stated and missing here, and the range is off by a few only.
    fn is_embedded(&self, doc: &Document) -> bool {
        let stands = |number: u32| {
            doc.items.iter().any(|item| item.style == self.style && item.number.is_some_and(|n| n.value == number))
        };
        let ((first, last), (low, high)) = (self.announced, self.found);
        let (start, end) = self.shifts();
        let close = (end - start).unsigned_abs() * 2 <= u64::from(last - first);
        let head = start == 0 || stands(low.wrapping_sub(1));
        let tail = end == 0 || stands(high + 1);
        close && ((head && tail) || (start == end && (head || tail)))
    }

    /// Returns the edits that correct the stated range to the numbers of its items.
    fn edits(&self, doc: &Document) -> Option<[Edit; 2]> {
        let written = doc.slice(self.claim.span);
        let digits = |c: char| c.is_ascii_digit();
        let start = written.find(digits)?;
        let first_len = written[start..].find(|c: char| !c.is_ascii_digit())?;
        let end = written.rfind(digits)? + 1;
        let second = written[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        let second = (second..end).find(|&at| written.is_char_boundary(at) && written[at..].starts_with(digits))?;
        let at =
            |from: usize, to: usize| Span::new(self.claim.span.start + from as u32, self.claim.span.start + to as u32);
        Some([
            Edit::replace(doc.id, at(start, start + first_len), self.found.0.to_string()),
            Edit::replace(doc.id, at(second, end), self.found.1.to_string()),
        ])
    }
}

/// The items of one style in a scope.
struct StyleGroup {
    style: Style,
    /// The distinct numbers of the items, sorted.
    numbers: Vec<u32>,
    /// True if the items are in the bodies of other items of the scope, as the steps of an answer are.
    nested: bool,
}

impl StyleGroup {
    /// Returns the first number, or the stated one where the item sequence itself has the gap.
    fn lowest(&self, doc: &Document, claim: &StatedRange, low: u32, announced: u32) -> u32 {
        let before = doc.items.partition_point(|item| item.span.start < claim.scope.start);
        let last = doc.items[..before].iter().rev().take(SEARCHED_AROUND_ITEMS).find(|item| item.style == self.style);
        let skipped = last.and_then(|item| item.number).is_some_and(|number| number.end() < announced);
        // Other items of the range may be written in another way.
        let explained = || (announced..low).take(64).all(|number| stands(doc, claim.scope, number));
        if announced < low && (skipped || explained()) { announced } else { low }
    }

    /// Returns the last number, or the stated one where the item sequence itself has the gap, an item is written in
    /// another way, or the items continue after a heading without a stated range.
    fn highest(&self, doc: &Document, claim: &StatedRange, high: u32, announced: u32) -> u32 {
        if announced <= high {
            return high;
        }
        let behind = &doc.items[doc.items.partition_point(|item| item.span.start < claim.scope.end)..];
        let next = behind
            .iter()
            .take(SEARCHED_AROUND_ITEMS)
            .find(|item| item.style == self.style)
            .and_then(|item| item.number);
        let skipped = next.is_some_and(|number| number.value > announced);
        let mut absent = (high + 1..=announced).take(MAX_ABSENT_NUMBERS);
        let explained =
            skipped || self.goes_on(doc, claim, announced) || absent.all(|number| stands(doc, claim.scope, number));
        if explained { announced } else { high }
    }

    /// Returns true if an item numbered `number` follows between the end of the range's scope and the next stated
    /// range.
    fn goes_on(&self, doc: &Document, claim: &StatedRange, number: u32) -> bool {
        let next = doc.stated_ranges.partition_point(|next| next.span.start < claim.scope.end);
        let heads = |next: &&StatedRange| matches!(next.place, StatedIn::Heading(_) | StatedIn::Line);
        let end = doc.stated_ranges[next..].iter().find(heads).map_or(u32::MAX, |next| next.span.start);
        let from = doc.items.partition_point(|item| item.span.start < claim.scope.end);
        let behind = doc.items[from..].iter().take(SEARCHED_AROUND_ITEMS).take_while(|item| item.span.start < end);
        behind.filter(|item| item.style == self.style).any(|item| item.number.is_some_and(|n| n.value == number))
    }
}

/// Maximum number of stated ranges in a document that gets fixes (a guess): each fix searches the whole text.
const MAX_RANGES_WITH_FIX: usize = 500;

/// Number of items around a stated range that are searched for a missing number (a guess).
const SEARCHED_AROUND_ITEMS: usize = 1000;

/// Maximum number of missing numbers that are searched for in the text, because each search reads the whole scope (a
/// guess).
const MAX_ABSENT_NUMBERS: usize = 64;

/// Maximum offset of a number in a line that starts with the number, in bytes (a guess): markup and a word such as
/// "Question" may precede it.
const MAX_NUMBER_OFFSET_BYTES: usize = 24;

/// Maximum difference of the ends of an item's interval, as in "Day 3-4" (a guess): a longer one is not an interval of
/// items.
const MAX_INTERVAL: u32 = 100;

/// Returns true if a line in `scope` starts with `number`, even if the line is not an item: in code because of an
/// unclosed fence, or a heading that lacks its space.
fn stands(doc: &Document, scope: Span, number: u32) -> bool {
    let digits = number.to_string();
    doc.slice(scope).lines().any(|line| {
        let Some(at) = line.find(|c: char| c.is_ascii_digit()).filter(|&at| at < MAX_NUMBER_OFFSET_BYTES) else {
            return false;
        };
        line[at..].strip_prefix(&digits).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// Returns the numbered items of one style that fit a stated range of `first` to `last` best.
fn best_group(doc: &Document, claim: &StatedRange, first: u32, last: u32) -> Option<StyleGroup> {
    let mut groups: Vec<StyleGroup> = Vec::new();
    for item in items_in(doc, claim) {
        let (Some(number), false) = (item.number, item.style.word.is_division()) else { continue };
        if !matches!(item.style.numeral, Numeral::Decimal | Numeral::Keycap) {
            continue;
        }
        let at = groups.iter().position(|group| group.style == item.style).unwrap_or_else(|| {
            groups.push(StyleGroup { style: item.style, numbers: Vec::new(), nested: true });
            groups.len() - 1
        });
        let parent = item.parent.and_then(|parent| doc.items.get(parent.index()));
        groups[at].nested &= parent.is_some_and(|parent| {
            parent.number.is_some()
                && !parent.style.word.is_division()
                && claim.scope.contains(parent.body)
                && parent.span.start > claim.span.start
        });
        groups[at].numbers.extend(number.value..=number.end().min(number.value + MAX_INTERVAL));
    }
    for group in &mut groups {
        group.numbers.sort_unstable();
        group.numbers.dedup();
    }
    let size = (last - first + 1) as usize;
    let inside = |group: &StyleGroup| group.numbers.iter().filter(|&&n| (first..=last).contains(&n)).count();
    let fit = |group: &StyleGroup| {
        let exact = group.numbers.first() == Some(&first) && group.numbers.last() == Some(&last);
        (exact, inside(group).max(if group.numbers.len() == size { size } else { 0 }))
    };
    let best = groups.into_iter().rev().max_by_key(fit)?;
    let (exact, fits) = fit(&best);
    // A few shared numbers may have any cause, for example the steps of an answer.
    let enough = !best.nested
        && best.numbers.len() * 2 >= size
        && best.numbers.len() >= 3
        && (fits * 2 >= size || starts_anew(&best));
    (exact || enough).then_some(best)
}

fn starts_anew(group: &StyleGroup) -> bool {
    group.numbers.first() == Some(&1) && group.numbers.last() == Some(&(group.numbers.len() as u32))
}

/// Returns the items in the scope of a stated range, except for the one whose title states it.
fn items_in<'a>(doc: &'a Document, claim: &StatedRange) -> &'a [Item] {
    let heads = matches!(claim.place, StatedIn::Heading(_) | StatedIn::Line);
    let start = if heads { claim.span.end } else { claim.scope.start };
    let from = doc.items.partition_point(|item| item.span.start < start);
    let to = doc.items.partition_point(|item| item.span.start < claim.scope.end);
    &doc.items[from.min(to)..to]
}

/// Returns true if the range at `at` covers a part, and no other range covers a part of that part.
fn is_inner(ranges: &[CheckedRange<'_>], at: usize) -> bool {
    let own = ranges[at].claim;
    let mut within =
        ranges[at + 1..].iter().map(|later| later.claim).take_while(|later| later.span.start < own.scope.end);
    matches!(own.place, StatedIn::Heading(_) | StatedIn::Line)
        && !within.any(|later| own.scope != later.scope && own.scope.contains(later.scope))
}

/// Reports wrong ranges of sections that contain no further stated range. Where all numbers are shifted by the same
/// amount from some section on, only the change of the shift is reported.
fn inner(doc: &Document, cx: &Context<'_>, ranges: &[CheckedRange<'_>], wrong: &mut Vec<Span>, out: &mut Report) {
    let sections: Vec<&CheckedRange<'_>> =
        (0..ranges.len()).filter(|&at| is_inner(ranges, at)).map(|at| &ranges[at]).collect();
    let mut shift = 0;
    let mut at = 0;
    while let Some(judged) = sections.get(at) {
        at += 1;
        let (start, end) = judged.shifts();
        if judged.is_true() {
            shift = 0;
            continue;
        }
        if continues_beside(doc, cx, judged) {
            shift = 0;
            continue;
        }
        wrong.push(judged.claim.scope);
        let before = std::mem::replace(&mut shift, if judged.starts_anew() { 0 } else { end });
        let carried = before != 0 || (at == 1 && start == end && start == shift_before(doc, cx, judged));
        if start == end && carried && (before == 0 || start == before) {
            continue;
        }
        let follow = sections[at..].iter().take_while(|next| next.shifts() == (end, end) && end != 0).count();
        let finding = out.find(doc.id, judged.claim.span, judged.message());
        finding.data("announced", json!([judged.announced.0, judged.announced.1]));
        finding.data("found", json!([judged.found.0, judged.found.1]));
        // Items numbered from 1 may not be the stated ones at all.
        if judged.starts_anew() {
            finding.tier(Tier::Audit);
        }
        if follow > 0 {
            let next = sections[at].claim.span;
            let message = format!("{follow} more from here on are off by {} as well", end.abs());
            finding.related(doc.id, next, message);
        }
        if sections.len() <= MAX_RANGES_WITH_FIX
            && !(at + follow == sections.len() && end != 0 && goes_on_beside(doc, cx, sections[at - 1 + follow]))
            && let Some(fix) = correction(doc, cx, &sections[at - 1..=at - 1 + follow])
        {
            finding.fix(fix);
        }
    }
}

/// Returns true if another file of the folder goes on with the section of a stated range: under the same heading,
/// with the number that follows, and without a range of its own that is another one.
fn continues_beside(doc: &Document, cx: &Context<'_>, judged: &CheckedRange<'_>) -> bool {
    let StatedIn::Heading(section) = judged.claim.place else { return false };
    let words = |doc: &Document, text: Span| {
        let text = doc.slice(text).to_lowercase();
        let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    let own = words(doc, doc[doc[section].heading].content);
    let says = |word: &String| ["continued", "cont", "contd", "continuation"].contains(&word.as_str());
    let is_announced = |claim: &StatedRange| match claim.extent {
        StatedExtent::Range { first, last } => judged.announced.0 <= first && last <= judged.announced.1,
        _ => true,
    };
    // "Questions 21–40" over 19 is not the rest of "Questions 1–20".
    let is_rest = |other: &Document, heading: &Heading| {
        let mut claims = other.stated_ranges.iter().filter(|claim| {
            matches!(claim.place, StatedIn::Heading(section) if other[other[section].heading].span == heading.span)
        });
        let first = other.items.iter().find(|item| item.span.start > heading.span.start && item.number.is_some());
        let is_next = first.and_then(|item| item.number).is_some_and(|number| number.value == judged.found.1 + 1);
        is_next && claims.all(is_announced)
    };
    let next = |item: &Item| item.number.is_some_and(|number| number.value == judged.found.1 + 1);
    let goes_on = |other: &Document, heading: &Heading| {
        let title = words(other, heading.content);
        let is_same = title == own || title.strip_prefix(&own[..]).is_some_and(|rest| rest == ["part"]);
        !own.is_empty()
            && (is_same && is_rest(other, heading)
                || title.first() == own.first() && title.iter().any(says) && other.items.iter().any(next))
    };
    judged.found.0 == judged.announced.0
        && judged.found.1 < judged.announced.1
        && cx.collection.siblings(doc).any(|other| other.headings.iter().any(|heading| goes_on(other, heading)))
}

/// Returns true if another file of the folder states the range that follows `last`, because its stated ranges would
/// then have to be corrected too.
fn goes_on_beside(doc: &Document, cx: &Context<'_>, last: &CheckedRange<'_>) -> bool {
    let next = last.announced.1 + 1;
    let announces = |claim: &StatedRange| matches!(claim.extent, StatedExtent::Range { first, .. } if first == next);
    cx.collection.siblings(doc).any(|sibling| sibling.stated_ranges.iter().any(announces))
}

/// Returns the shift of the numbers at the end of the file before this one, if a set of files shares one sequence.
fn shift_before(doc: &Document, cx: &Context<'_>, first: &CheckedRange<'_>) -> i64 {
    for sibling in cx.collection.siblings(doc) {
        for claim in &sibling.stated_ranges {
            let follows = matches!(claim.extent, StatedExtent::Range { last, .. } if last + 1 == first.announced.0);
            if let Some(before) = follows.then(|| CheckedRange::new(sibling, claim)).flatten() {
                return before.shifts().1;
            }
        }
    }
    0
}

/// Returns the fix that corrects the stated ranges to the numbers of their items, where the items have no numbering
/// defect and no other text repeats the stated range.
fn correction(doc: &Document, cx: &Context<'_>, claims: &[&CheckedRange<'_>]) -> Option<Fix> {
    let sure = claims.iter().all(|judged| judged.whole && !judged.starts_anew() && judged.is_embedded(doc));
    let linked = doc.links.iter().any(|link| link.target.starts_with('#'));
    let repeated = || claims.iter().any(|judged| is_repeated(doc, judged.claim.span));
    if !sure || linked || cx.collection.works.iter().any(|work| work.contains(doc.id)) || repeated() {
        return None;
    }
    let edits: Option<Vec<[Edit; 2]>> = claims.iter().map(|judged| judged.edits(doc)).collect();
    let edits = edits?.into_iter().flatten().filter(|edit| doc.slice(edit.span) != edit.replacement);
    let title =
        if claims.len() == 1 { "state the numbers of the items" } else { "state the numbers of the items in each" };
    Some(Fix::likely(title, edits.collect::<Vec<_>>()))
}

/// Returns true if the range at `span` is repeated elsewhere in the document.
fn is_repeated(doc: &Document, span: Span) -> bool {
    let written = doc.slice(span).trim_start_matches(['Q', 'q', '#']);
    let text = doc.text();
    let stands_alone = |&(at, _): &(usize, &str)| {
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        !is_digit(text[..at].chars().next_back()) && !is_digit(text[at + written.len()..].chars().next())
    };
    text.match_indices(written).filter(stands_alone).nth(1).is_some()
}

/// Reports wrong ranges of a whole, unless a range of a part was reported. Ranges that state the same are one finding.
fn outer(doc: &Document, cx: &Context<'_>, ranges: &[CheckedRange<'_>], wrong: &[Span], out: &mut Report) {
    let mut said: Vec<(Span, (u32, u32))> = Vec::new();
    let outer = (0..ranges.len()).filter(|&at| !is_inner(ranges, at)).map(|at| &ranges[at]);
    for judged in outer.filter(|judged| !judged.is_true()) {
        let scope = judged.claim.scope;
        let part = wrong.partition_point(|part| part.start < scope.start);
        let explained = wrong.get(part).is_some_and(|part| scope.contains(*part));
        let again = said.contains(&(scope, judged.announced));
        // The parts may be numbered independently; then nothing is known about the whole.
        if explained || again || judged.starts_anew() || judged.is_of_a_set(doc, cx) {
            continue;
        }
        said.push((scope, judged.announced));
        let by_name = judged.claim.place == StatedIn::FileName;
        let message = if by_name { format!("in the file's name, {}", judged.message()) } else { judged.message() };
        let finding = out.find(doc.id, judged.claim.span, message);
        finding
            .data("announced", json!([judged.announced.0, judged.announced.1]))
            .data("found", json!([judged.found.0, judged.found.1]));
        if by_name && !is_in_set(doc, cx, judged) {
            finding.tier(Tier::Audit);
        }
    }
}

/// Returns true if the name of another file of the folder continues the range of this one, or this one continues that
/// of the other file. A single name with two numbers may contain a version.
fn is_in_set(doc: &Document, cx: &Context<'_>, judged: &CheckedRange<'_>) -> bool {
    cx.collection.siblings(doc).filter_map(|sibling| sibling.stated_ranges.first()).any(|claim| {
        let StatedExtent::Range { first, last } = claim.extent else { return false };
        let touches = |one: u32, other: u32| one == other || one + 1 == other;
        let meets = touches(last, judged.announced.0) || touches(judged.announced.1, first);
        claim.place == StatedIn::FileName && meets
    })
}

/// Reports a wrong number of items. Only items numbered from 1 are checked, because then their last number is their
/// count.
fn counted(doc: &Document, claim: &StatedRange, count: u32, out: &mut Report) {
    let items = items_in(doc, claim);
    let mut sizes: Vec<(Style, u32, u32)> = Vec::new();
    for item in items {
        let value = item.number.map_or(0, |number| number.end());
        match sizes.iter_mut().find(|(style, ..)| *style == item.style) {
            Some((_, size, highest)) => (*size, *highest) = (*size + 1, value.max(*highest)),
            None => sizes.push((item.style, 1, value)),
        }
    }
    let numbered = |&&(style, ..): &&(Style, u32, u32)| style.numeral == Numeral::Decimal && !style.word.is_division();
    let right = sizes.iter().any(|&(_, size, highest)| size == count || highest == count);
    let principal = items.iter().filter(|item| doc.is_principal(item)).count() as u32;
    let Some(&(_, size, highest)) = sizes.iter().filter(numbered).max_by_key(|(_, size, _)| *size) else { return };
    if right || principal == count || size != highest || size * 2 < count || size > count * 2 {
        return;
    }
    out.find(doc.id, claim.span, format!("{count} items are stated, but there are {size}"))
        .tier(Tier::Audit)
        .data("announced", count)
        .data("found", size);
}
