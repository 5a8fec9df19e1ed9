//! The alignment of two versions: from links between items to rows, runs of shifts, moved items and sections.
//!
//! Knows the model and text, through entries and links; not settings, and no rules.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::entry::{Entry, entries};
use super::evidence::Evidence;
use super::link::{Link, Texts, links};
use super::sequence::{longest_increasing_subsequence, mutual_best_matches};
use super::translation;
use crate::model::alignment::{AlignedPair, Alignment, RenumberedBlock, SectionPair, SectionRef, Verdict};
use crate::model::collection::Collection;
use crate::model::item::Basis;
use crate::model::item::Style;
use crate::model::work::Version;

/// A run of equal shifts has at least so many links.
const SHORTEST_SHIFT: usize = 3;
/// Links of one run are at most so many numbers apart.
const SHIFT_GAP: i64 = 10;

/// Aligns `right` with `left`, the version of greater authority.
pub(super) fn align(left: &Version, right: &Version, basis: Basis, collection: &Collection) -> Alignment {
    let (lefts, rights) = (entries(left, basis, collection), entries(right, basis, collection));
    if left.is_translated(right) {
        let evidence = Evidence::new(&lefts, &rights, collection);
        return Builder::new(&lefts, &rights, &translation::links(&lefts, &rights, &evidence), None).build();
    }
    let (links, texts) = links(&lefts, &rights);
    Builder::new(&lefts, &rights, &links, Some(&texts)).build()
}

/// What an alignment is made from.
struct Builder<'a> {
    left: &'a [Entry<'a>],
    right: &'a [Entry<'a>],
    /// Judges titles and bodies; `None` between languages, where words do not compare.
    texts: Option<&'a Texts<'a>>,
    /// The link of each left and right item, if any.
    of_left: Vec<Option<Link>>,
    of_right: Vec<Option<Link>>,
    /// Whether the two versions number their items alike, perhaps shifted: whether a number means anything.
    numbers_agree: bool,
    shifts: Vec<Shifted>,
    /// The shift of each left item that is in a run, as an index into `shifts`.
    shift_of: Vec<Option<u32>>,
    /// Which section of the right version each section of the left one corresponds to.
    sections: BTreeMap<SectionRef, SectionRef>,
}

/// A run of links with one offset.
struct Shifted {
    offset: i64,
    lefts: Vec<usize>,
}

/// A left item's partner in place, and how they relate.
#[derive(Clone, Copy)]
struct Place {
    right: usize,
    verdict: Verdict,
    score: f32,
    shift: Option<u32>,
}

impl<'a> Builder<'a> {
    fn new(left: &'a [Entry<'a>], right: &'a [Entry<'a>], links: &[Link], texts: Option<&'a Texts<'a>>) -> Self {
        let (mut of_left, mut of_right) = (vec![None; left.len()], vec![None; right.len()]);
        for link in links {
            of_left[link.left] = Some(*link);
            of_right[link.right] = Some(*link);
        }
        let shifts = shifts(left, right, links);
        let mut shift_of = vec![None; left.len()];
        for (at, run) in shifts.iter().enumerate() {
            for &item in &run.lefts {
                shift_of[item] = Some(at as u32);
            }
        }
        let numbered = |link: &&Link| left[link.left].number.is_some() && right[link.right].number.is_some();
        let agrees = |link: &&Link| left[link.left].number == right[link.right].number || shift_of[link.left].is_some();
        let (all, agreeing) =
            (links.iter().filter(numbered).count(), links.iter().filter(numbered).filter(agrees).count());
        Self {
            numbers_agree: agreeing * 2 >= all,
            sections: sections(left, right, links),
            left,
            right,
            texts,
            of_left,
            of_right,
            shifts,
            shift_of,
        }
    }

    fn build(mut self) -> Alignment {
        self.stretch_shifts();
        let places = self.places();
        let mut taken: Vec<bool> = vec![false; self.right.len()];
        places.iter().flatten().for_each(|place| taken[place.right] = true);
        let mut alignment = Alignment::default();
        self.write_rows(&places, &taken, &mut alignment);
        self.write_moves(&places, &mut alignment);
        self.write_sections(&mut alignment);
        alignment
    }

    /// Unlinked items between two near members of a run belong to it.
    fn stretch_shifts(&mut self) {
        for at in 0..self.shifts.len() {
            let gaps: Vec<(usize, usize)> =
                self.shifts[at].lefts.windows(2).map(|pair| (pair[0] + 1, pair[1])).collect();
            for (start, end) in gaps.into_iter().filter(|(start, end)| end - start <= SHIFT_GAP as usize) {
                for item in start..end {
                    if self.shift_of[item].is_none() && self.of_left[item].is_none() {
                        self.shift_of[item] = Some(at as u32);
                    }
                }
            }
        }
    }

    /// The partner in place of each left item.
    fn places(&self) -> Vec<Option<Place>> {
        let mut places: Vec<Option<Place>> = (0..self.left.len()).map(|item| self.linked_place(item)).collect();
        let mut taken: Vec<bool> = vec![false; self.right.len()];
        places.iter().flatten().for_each(|place| taken[place.right] = true);
        let numbers = Numbers::new(self.left, self.right);
        for (item, place) in places.iter_mut().enumerate() {
            // Between languages nobody can tell whether two unlinked items ask the same: they stand alone.
            let Some(texts) = self.texts.filter(|_| place.is_none() && self.numbers_agree) else { continue };
            let shift = self.shift_of[item];
            let offset = shift.map_or(0, |shift| self.shifts[shift as usize].offset);
            let Some(right) = numbers.partner(item, offset, &self.sections) else { continue };
            if taken[right] {
                continue;
            }
            taken[right] = true;
            let (same, score) = self.ask_the_same(item, right, texts);
            let verdict = match (same, shift) {
                (true, Some(_)) => Verdict::Moved,
                (true, None) => Verdict::Reworded,
                (false, _) => Verdict::Different,
            };
            let shift = shift.filter(|_| verdict == Verdict::Moved);
            *place = Some(Place { right, verdict, score, shift });
        }
        self.mark_out_of_order(&mut places);
        places
    }

    /// The place of a linked item: with its link, unless that is under another number outside any run of shifts.
    fn linked_place(&self, item: usize) -> Option<Place> {
        let link = self.of_left[item]?;
        let verdict = if link.exact { Verdict::Same } else { Verdict::Reworded };
        let place = Place { right: link.right, verdict, score: link.score, shift: None };
        let numbers = (self.left[item].number, self.right[link.right].number);
        let (Some(left), Some(right)) = numbers else { return Some(place) };
        if left == right || !self.numbers_agree {
            return Some(place);
        }
        let Some(shift) = self.shift_of[item] else {
            // Nothing else can stand in its place where unlinked items are not compared.
            return self.texts.is_none().then_some(Place { verdict: Verdict::Moved, ..place });
        };
        let offset = self.shifts[shift as usize].offset;
        (i64::from(right) - i64::from(left) == offset).then_some(Place {
            verdict: Verdict::Moved,
            shift: Some(shift),
            ..place
        })
    }

    /// Whether two unlinked items under one number ask the same after all, and how alike their titles are.
    fn ask_the_same(&self, left: usize, right: usize, texts: &Texts<'_>) -> (bool, f32) {
        if self.of_left[left].is_some() || self.of_right[right].is_some() {
            return (false, texts.title(left, right).value);
        }
        let title = texts.title(left, right);
        let same = match title.value {
            value if value >= 0.65 => true,
            value if value < 0.4 => false,
            value => texts.body(left, right).map_or(value >= 0.55, |body| body >= 0.25),
        };
        (same, title.value)
    }

    /// Without numbers, an item is moved if it stands out of the order that the items of its section keep.
    fn mark_out_of_order(&self, places: &mut [Option<Place>]) {
        let mut by_section: BTreeMap<Option<SectionRef>, Vec<(usize, usize)>> = BTreeMap::new();
        for (item, place) in places.iter().enumerate() {
            let Some(place) = place else { continue };
            let unnumbered = self.left[item].number.is_none() || self.right[place.right].number.is_none();
            if unnumbered && matches!(place.verdict, Verdict::Same | Verdict::Reworded) {
                by_section.entry(self.left[item].section).or_default().push((item, place.right));
            }
        }
        for members in by_section.into_values() {
            let rights: Vec<usize> = members.iter().map(|(_, right)| *right).collect();
            let kept = longest_increasing_subsequence(&rights);
            // Where many are out of order, the two are ordered by different ideas, and none of them is misplaced.
            let out_of_order = members.len() - kept.len();
            if kept.len() < 2 || (out_of_order > 1 && kept.len() * 10 < members.len() * 8) {
                continue;
            }
            for (at, (item, _)) in members.iter().enumerate() {
                if kept.binary_search(&at).is_err()
                    && let Some(place) = &mut places[*item]
                {
                    place.verdict = Verdict::Moved;
                }
            }
        }
    }

    fn write_rows(&self, places: &[Option<Place>], taken: &[bool], out: &mut Alignment) {
        // A right item that is alone stands after the row of what precedes it in its own version.
        let mut after: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut row_of: Vec<Option<usize>> = vec![None; self.right.len()];
        for (item, place) in places.iter().enumerate() {
            if let Some(place) = place {
                row_of[place.right] = Some(item);
            }
        }
        let mut before = 0;
        for (right, row) in row_of.iter().enumerate() {
            match row {
                Some(item) => before = item + 1,
                None if !taken[right] => after.entry(before).or_default().push(right),
                None => {}
            }
        }
        let alone = |right: usize| AlignedPair {
            left: None,
            right: Some(self.right[right].item),
            verdict: Verdict::RightOnly,
            score: 0.0,
            shift: None,
        };
        out.shifts = self.shifts.iter().map(|run| RenumberedBlock { offset: run.offset, rows: Vec::new() }).collect();
        for right in after.get(&0).into_iter().flatten() {
            out.pairs.push(alone(*right));
        }
        for (item, place) in places.iter().enumerate() {
            if let Some(shift) = place.and_then(|place| place.shift) {
                out.shifts[shift as usize].rows.push(out.pairs.len() as u32);
            }
            out.pairs.push(match place {
                Some(place) => AlignedPair {
                    left: Some(self.left[item].item),
                    right: Some(self.right[place.right].item),
                    verdict: place.verdict,
                    score: place.score,
                    shift: place.shift,
                },
                None => AlignedPair {
                    left: Some(self.left[item].item),
                    right: None,
                    verdict: Verdict::LeftOnly,
                    score: 0.0,
                    shift: None,
                },
            });
            for right in after.get(&(item + 1)).into_iter().flatten() {
                out.pairs.push(alone(*right));
            }
        }
        out.in_place = out.pairs.len();
    }

    /// Links under another number, outside any run of shifts.
    fn write_moves(&self, places: &[Option<Place>], out: &mut Alignment) {
        for link in self.of_left.iter().flatten() {
            if places[link.left].is_some_and(|place| place.right == link.right) {
                continue;
            }
            out.pairs.push(AlignedPair {
                left: Some(self.left[link.left].item),
                right: Some(self.right[link.right].item),
                verdict: Verdict::Moved,
                score: link.score,
                shift: None,
            });
        }
    }

    /// Sections correspond where most of the rows in place that they share say so.
    fn write_sections(&self, out: &mut Alignment) {
        let left_of: FxHashMap<_, _> = self.left.iter().map(|entry| (entry.item, entry.section)).collect();
        let right_of: FxHashMap<_, _> = self.right.iter().map(|entry| (entry.item, entry.section)).collect();
        let section = |pair: &AlignedPair| {
            let left = pair.left.and_then(|item| left_of.get(&item).copied().flatten());
            let right = pair.right.and_then(|item| right_of.get(&item).copied().flatten());
            (left, right)
        };
        let shared = out.rows().iter().filter_map(|pair| match section(pair) {
            (Some(left), Some(right)) => Some((left, right)),
            _ => None,
        });
        let partner = mutual_best_matches(shared);
        let taken: BTreeMap<SectionRef, SectionRef> = partner.iter().map(|(left, right)| (*right, *left)).collect();
        let mut order: Vec<(Option<SectionRef>, Option<SectionRef>)> = Vec::new();
        let mut rows: FxHashMap<(Option<SectionRef>, Option<SectionRef>), Vec<u32>> = FxHashMap::default();
        for (at, pair) in out.rows().iter().enumerate() {
            let key = match section(pair) {
                (Some(left), _) => (Some(left), partner.get(&left).copied()),
                (None, Some(right)) => (taken.get(&right).copied(), Some(right)),
                (None, None) => (None, None),
            };
            let here = rows.entry(key).or_default();
            if here.is_empty() {
                order.push(key);
            }
            here.push(at as u32);
        }
        out.sections = order
            .into_iter()
            .map(|(left, right)| SectionPair { left, right, rows: rows.remove(&(left, right)).unwrap_or_default() })
            .collect();
    }
}

/// Which section of the right version each section of the left one shares most of its exact links with.
fn sections(left: &[Entry<'_>], right: &[Entry<'_>], links: &[Link]) -> BTreeMap<SectionRef, SectionRef> {
    mutual_best_matches(
        links
            .iter()
            .filter(|link| link.exact)
            .filter_map(|link| Some((left[link.left].section?, right[link.right].section?))),
    )
}

/// Runs of links with one offset other than 0. A link that is not exact and points elsewhere does not end a run.
fn shifts(left: &[Entry<'_>], right: &[Entry<'_>], links: &[Link]) -> Vec<Shifted> {
    let mut runs: Vec<Shifted> = Vec::new();
    let mut open: Option<(Shifted, i64)> = None;
    let mut close = |open: &mut Option<(Shifted, i64)>| {
        if let Some((run, _)) = open.take().filter(|(run, _)| run.lefts.len() >= SHORTEST_SHIFT && run.offset != 0) {
            runs.push(run);
        }
    };
    for link in links {
        let (Some(a), Some(b)) = (left[link.left].number, right[link.right].number) else { continue };
        let (number, offset) = (i64::from(a), i64::from(b) - i64::from(a));
        match &mut open {
            Some((run, last)) if run.offset == offset && (number - *last).abs() <= SHIFT_GAP => {
                run.lefts.push(link.left);
                *last = number;
            }
            Some((_, last)) if !link.exact && (number - *last).abs() <= SHIFT_GAP => {}
            _ => {
                close(&mut open);
                open = Some((Shifted { offset, lefts: vec![link.left] }, number));
            }
        }
    }
    close(&mut open);
    merged(runs, left)
}

/// Runs of one offset whose numbers follow each other are one, wherever their items stand: a version may be grouped by
/// other ideas than by number.
fn merged(runs: Vec<Shifted>, left: &[Entry<'_>]) -> Vec<Shifted> {
    let number = |item: &usize| left[*item].number.map_or(0, i64::from);
    let mut ordered: Vec<(i64, i64, Shifted)> = runs
        .into_iter()
        .map(|run| {
            let first = run.lefts.iter().map(number).min().unwrap_or(0);
            (first, run.lefts.iter().map(number).max().unwrap_or(0), run)
        })
        .collect();
    ordered.sort_by_key(|(first, last, run)| (run.offset, *first, *last));
    let mut out: Vec<(i64, Shifted)> = Vec::new();
    for (first, last, run) in ordered {
        match out.last_mut() {
            Some((end, before)) if before.offset == run.offset && first > *end && first - *end <= SHIFT_GAP => {
                before.lefts.extend(run.lefts);
                *end = last;
            }
            _ => out.push((last, run)),
        }
    }
    let mut runs: Vec<Shifted> = out.into_iter().map(|(_, run)| run).collect();
    runs.iter_mut().for_each(|run| run.lefts.sort_unstable());
    runs.sort_by_key(|run| run.lefts.first().copied());
    runs
}

/// Finds items by their number.
struct Numbers<'a> {
    left: &'a [Entry<'a>],
    right: &'a [Entry<'a>],
    in_left: FxHashMap<u32, usize>,
    in_right: FxHashMap<u32, Vec<usize>>,
}

impl<'a> Numbers<'a> {
    fn new(left: &'a [Entry<'a>], right: &'a [Entry<'a>]) -> Self {
        let mut in_left: FxHashMap<u32, usize> = FxHashMap::default();
        let mut in_right: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
        for number in left.iter().filter_map(|entry| entry.number) {
            *in_left.entry(number).or_default() += 1;
        }
        // A stray step of an answer that is numbered in its own way is not what stands under a number.
        let mut styles: FxHashMap<Style, usize> = FxHashMap::default();
        right.iter().for_each(|entry| *styles.entry(entry.style).or_default() += 1);
        for (at, entry) in right.iter().enumerate() {
            let usual = styles.get(&entry.style).is_some_and(|count| count * 20 >= right.len());
            if let Some(number) = entry.number.filter(|_| usual) {
                in_right.entry(number).or_default().push(at);
            }
        }
        Self { left, right, in_left, in_right }
    }

    /// The right item under the number of this left one plus `offset`: the only one, or the only one in the
    /// corresponding section.
    fn partner(&self, item: usize, offset: i64, sections: &BTreeMap<SectionRef, SectionRef>) -> Option<usize> {
        let number = self.left[item].number?;
        let wanted = u32::try_from(i64::from(number) + offset).ok()?;
        let rights = self.in_right.get(&wanted)?;
        if let [only] = rights[..]
            && self.in_left.get(&number) == Some(&1)
        {
            return Some(only);
        }
        let section = sections.get(&self.left[item].section?)?;
        let mut inside = rights.iter().filter(|&&right| self.right[right].section == Some(*section));
        let only = inside.next()?;
        inside.next().is_none().then_some(*only)
    }
}
