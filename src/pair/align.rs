//! The alignment of two versions: from links between items to the match in the place of each item.
//!
//! Knows the model and text, through items and links; not settings, and no rules.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::alignment_item::{AlignmentItem, ItemsOfPair, alignment_items};
use super::entry_links;
use super::features::{PairSide, VersionFeatures};
use super::link::{ItemLink, Linked, TELLING_BODY_WORDS, Texts, links, repeated};
use super::renumbered::{Renumbering, offset};
use super::rows::{self, InPlaceMatch, Rows};
use super::sections;
use super::translation_links;
use crate::model::alignment::{Alignment, DividedItem, RepeatedItem, SectionRef, Verdict};
use crate::model::collection::Collection;
use crate::model::item::{Basis, Style};
use crate::model::work::{Version, VersionPair};
use crate::text::values::order::longest_increasing_subsequence;

/// Similarity of titles from which two items without a link but of one number are the same item (a guess).
const SAME_TITLE: f32 = 0.65;
/// Similarity of titles below which they are different items, whatever their bodies (a guess).
const DIFFERENT_TITLE: f32 = 0.4;
/// Similarity of titles between these two from which they are the same item if a body is too short to be compared (a
/// guess).
const SAME_TITLE_WITHOUT_BODY: f32 = 0.55;
/// Share of the shorter body that has to be in the longer one where the titles leave it open (a guess).
const SAME_BODY_SHARE: f32 = 0.25;
/// Maximum number of renumbered blocks (a guess): in versions with more, items were added and omitted all over, and equal
/// numbers are chance.
const MAX_RENUMBERED_BLOCKS: usize = 12;
/// Minimum share of the items of a section in one order, in percent (a guess): with fewer, the versions are ordered by
/// different ideas, and no item is misplaced.
const IN_ORDER_PERCENT: usize = 80;
/// Minimum share of the words of each part that are in the item which is divided (a guess).
const DIVIDED_SHARE: f32 = 0.6;
/// A label style of fewer than one in this many items is a stray step of an answer (a guess).
const STRAY_STYLE_ONE_IN: usize = 20;

/// Aligns a derived version with the base version.
pub(super) fn align(versions: VersionPair<&Version>, basis: Basis, collection: &Collection) -> Alignment {
    let mut base = alignment_items(versions.base, basis, collection);
    let mut derived = alignment_items(versions.derived, basis, collection);
    let by_id = entry_links::by_id(&base, &derived);
    if by_id.is_some() {
        // The numbers of cues only count them.
        base.iter_mut().chain(&mut derived).for_each(|item| item.number = None);
    }
    let items = VersionPair { base: &*base, derived: &*derived };
    if versions.base.is_translated(versions.derived) {
        let features = VersionFeatures::new(&base, &derived, collection);
        let links = by_id.unwrap_or_else(|| translation_links::links(&base, &derived, &features));
        return Aligner::new(items, &links, ItemEvidence::Features(&features)).align();
    }
    if let Some(mut links) = by_id {
        let texts = Texts::new(&base, &derived, &links);
        for link in &mut links {
            let (base, derived) = (&base[link.base], &derived[link.derived]);
            link.exact = base.body_print() == derived.body_print();
            link.score = texts.title(link.base, link.derived).value;
        }
        return Aligner::new(items, &links, ItemEvidence::Texts(&texts)).align();
    }
    let (links, texts) = links(&base, &derived);
    Aligner::new(items, &links, ItemEvidence::Texts(&texts)).align()
}

/// Means to compare the items of two versions.
#[derive(Clone, Copy)]
enum ItemEvidence<'a> {
    /// Titles and bodies, within a language.
    Texts(&'a Texts<'a>),
    /// Features that a translation leaves as they are.
    Features(&'a VersionFeatures<'a>),
}

impl<'a> ItemEvidence<'a> {
    /// Returns the texts; `None` between languages, where words cannot be compared.
    fn texts(self) -> Option<&'a Texts<'a>> {
        match self {
            Self::Texts(texts) => Some(texts),
            Self::Features(_) => None,
        }
    }

    /// Returns the share of one item that is in an item of the other version, 0 to 1; `None` if it is too small to say.
    fn share(self, items: ItemsOfPair<'_>, part: PairSide, at: usize, whole: usize) -> Option<f32> {
        match (self, part) {
            (Self::Texts(texts), PairSide::Derived) => texts.part_of(&items.derived[at], &items.base[whole]),
            (Self::Texts(texts), PairSide::Base) => texts.part_of(&items.base[at], &items.derived[whole]),
            (Self::Features(features), _) => features.share(part, at, whole),
        }
    }

    /// Returns whether an item is long enough to hold two of the other version: the second one by half at least.
    fn is_long_enough(self, items: ItemsOfPair<'_>, side: PairSide, [part, other]: [usize; 2], whole: usize) -> bool {
        match self {
            Self::Texts(_) => {
                let (parts, wholes) = match side {
                    PairSide::Base => (items.base, items.derived),
                    PairSide::Derived => (items.derived, items.base),
                };
                let words = |item: &AlignmentItem<'_>| item.body_words().len();
                // Words that both parts have are counted once.
                4 * words(&wholes[whole]) >= 4 * words(&parts[other]) + words(&parts[part])
            }
            Self::Features(features) => {
                let [part, other] = [part, other].map(|at| features.characters(side, at));
                features.characters(side.opposite(), whole) >= other + part / 2.0
            }
        }
    }
}

/// An item whose text is divided among two of the other version, which are items of `side`.
struct Division {
    side: PairSide,
    whole: usize,
    parts: [usize; 2],
    score: f32,
}

/// The state of an alignment in the making.
struct Aligner<'a> {
    items: ItemsOfPair<'a>,
    evidence: ItemEvidence<'a>,
    /// The link of each base item.
    of_base: Vec<Option<ItemLink>>,
    /// The link of each derived item.
    of_derived: Vec<Option<ItemLink>>,
    /// True if most links are between items of one number, perhaps renumbered: otherwise numbers are no evidence.
    numbers_agree: bool,
    renumbering: Renumbering,
    /// For each base section the derived section that corresponds to it.
    sections: BTreeMap<SectionRef, SectionRef>,
}

impl<'a> Aligner<'a> {
    fn new(items: ItemsOfPair<'a>, links: &[ItemLink], evidence: ItemEvidence<'a>) -> Self {
        let (mut of_base, mut of_derived) = (vec![None; items.base.len()], vec![None; items.derived.len()]);
        for link in links {
            of_base[link.base] = Some(*link);
            of_derived[link.derived] = Some(*link);
        }
        let renumbering = Renumbering::new(items, links);
        let numbers = |link: &ItemLink| (items.base[link.base].number, items.derived[link.derived].number);
        let numbered = || links.iter().filter(|link| matches!(numbers(link), (Some(_), Some(_))));
        let agrees = |link: &&ItemLink| {
            let (base, derived) = numbers(link);
            base == derived || renumbering.block_of(link.base).is_some()
        };
        let numbers_agree = renumbering.blocks.len() <= MAX_RENUMBERED_BLOCKS
            && numbered().filter(agrees).count() * 2 >= numbered().count();
        let sections = sections::matched(items, links);
        Self { items, evidence, of_base, of_derived, numbers_agree, renumbering, sections }
    }

    fn align(mut self) -> Alignment {
        self.renumbering.extend(&self.of_base);
        let mut matches = self.in_place_matches();
        let divided = self.divided(&matches);
        if self.evidence.texts().is_none() {
            divided.iter().for_each(|divided| self.give_to_first_part(divided, &mut matches));
        }
        let Rows { mut pairs, renumbered } = rows::in_place(self.items, &matches, &self.renumbering);
        let sections = sections::pairs(self.items, &pairs);
        let in_place = pairs.len();
        pairs.extend(rows::moved(self.items, &self.of_base, &matches));
        let divided = divided.into_iter().map(|divided| self.divided_item(divided)).collect();
        Alignment { pairs, in_place, renumbered, repeats: self.repeats(), divided, sections }
    }

    /// Matches an item between languages with the first of the parts that its text is divided among: that one has its
    /// title, whichever has most of its text. Items with numbers keep those.
    fn give_to_first_part(&mut self, divided: &Division, matches: &mut [Option<InPlaceMatch>]) {
        let [first, last] = divided.parts;
        let (base, derived) = match divided.side {
            PairSide::Derived => (divided.whole, last),
            PairSide::Base => (last, divided.whole),
        };
        let Some(matched) = matches[base].filter(|matched| matched.derived == derived) else { return };
        let is_numbered = |number: Option<u64>| number.is_some();
        if is_numbered(self.items.base[base].number) || is_numbered(self.items.derived[derived].number) {
            return;
        }
        let (new_base, new_derived) = match divided.side {
            PairSide::Derived => (base, first),
            PairSide::Base => (first, derived),
        };
        matches[base] = None;
        matches[new_base] = Some(InPlaceMatch { derived: new_derived, ..matched });
        if let Some(link) = self.of_base[base].take().filter(|link| link.derived == derived) {
            let link = ItemLink { base: new_base, derived: new_derived, ..link };
            self.of_derived[derived] = None;
            self.of_base[new_base] = Some(link);
            self.of_derived[new_derived] = Some(link);
        }
    }

    fn divided_item(&self, divided: Division) -> DividedItem {
        let (parts, wholes) = match divided.side {
            PairSide::Base => (self.items.base, self.items.derived),
            PairSide::Derived => (self.items.derived, self.items.base),
        };
        let parts = divided.parts.iter().map(|&at| parts[at].item).collect();
        DividedItem { whole: wholes[divided.whole].item, parts, score: divided.score }
    }

    /// Returns the items whose text is divided among the item that they are linked with and a neighbour of it that is alone.
    fn divided(&self, matches: &[Option<InPlaceMatch>]) -> Vec<Division> {
        let mut match_of_derived = vec![None; self.items.derived.len()];
        for (base, matched) in matches.iter().enumerate() {
            if let Some(matched) = matched.filter(|matched| matched.verdict != Verdict::Different) {
                match_of_derived[matched.derived] = Some(base);
            }
        }
        let match_of_base: Vec<Option<usize>> = matches
            .iter()
            .map(|matched| {
                matched.filter(|matched| matched.verdict != Verdict::Different).map(|matched| matched.derived)
            })
            .collect();
        let is_alone = |matched: Option<usize>, link: Option<ItemLink>| matched.is_none() && link.is_none();
        let of = |side: PairSide, matched: &[Option<usize>], links: &[Option<ItemLink>]| {
            let parts = match side {
                PairSide::Base => self.items.base,
                PairSide::Derived => self.items.derived,
            };
            let share = |part: usize, whole: usize| self.evidence.share(self.items, side, part, whole);
            let mut found: Vec<Division> = Vec::new();
            for part in (0..parts.len()).filter(|&part| is_alone(matched[part], links[part])) {
                let beside = [part.checked_sub(1), Some(part + 1)].into_iter().flatten();
                let whole = beside.filter_map(|other| Some((other, matched.get(other).copied().flatten()?)));
                let shares = |(other, whole): (usize, usize)| {
                    // Of a copy, and of a part that is missing, the whole is no longer than the other part.
                    if !self.evidence.is_long_enough(self.items, side, [part, other], whole) {
                        return None;
                    }
                    let (own, first) = (share(part, whole)?, share(other, whole)?);
                    (own >= DIVIDED_SHARE && first >= DIVIDED_SHARE).then_some((other, whole, own.min(first)))
                };
                if let Some((other, whole, score)) = whole.filter_map(shares).max_by(|a, b| a.2.total_cmp(&b.2)) {
                    found.push(Division { side, whole, parts: [other.min(part), other.max(part)], score });
                }
            }
            found
        };
        let mut found = of(PairSide::Derived, &match_of_derived, &self.of_derived);
        found.extend(of(PairSide::Base, &match_of_base, &self.of_base));
        found
    }

    /// Returns the items without a sure link that ask what a linked item of their own version asks.
    fn repeats(&self) -> Vec<RepeatedItem> {
        let Some(texts) = self.evidence.texts() else { return Vec::new() };
        let of = |items: &[AlignmentItem<'_>], linked: &[Option<ItemLink>]| {
            let state = |at: usize| match linked[at] {
                Some(link) if link.exact => Linked::Surely,
                Some(_) => Linked::ByLikeness,
                None => Linked::Not,
            };
            let found = repeated(items, state, texts);
            found
                .into_iter()
                .map(|(at, of, score)| RepeatedItem { item: items[at].item, of: items[of].item, score })
                .collect::<Vec<_>>()
        };
        let mut repeats = of(self.items.base, &self.of_base);
        repeats.extend(of(self.items.derived, &self.of_derived));
        repeats
    }

    /// Returns the match in the place of each base item.
    fn in_place_matches(&self) -> Vec<Option<InPlaceMatch>> {
        let mut matches: Vec<Option<InPlaceMatch>> =
            (0..self.items.base.len()).map(|item| self.linked_match(item)).collect();
        let mut taken: Vec<bool> = vec![false; self.items.derived.len()];
        matches.iter().flatten().for_each(|matched| taken[matched.derived] = true);
        let by_number = ItemsByNumber::new(self.items);
        for (item, matched) in matches.iter_mut().enumerate() {
            // Between languages nothing says whether two items without a link are the same: they are alone.
            let Some(texts) = self.evidence.texts().filter(|_| matched.is_none() && self.numbers_agree) else {
                continue;
            };
            let block = self.renumbering.block_of(item);
            let offset = block.map_or(0, |block| self.renumbering.offset(block));
            let Some(derived) = by_number.match_of(item, offset, &self.sections) else { continue };
            if taken[derived] {
                continue;
            }
            taken[derived] = true;
            let (is_same, score) = self.compare(item, derived, texts);
            let verdict = match (is_same, block) {
                (true, Some(_)) => Verdict::Moved,
                (true, None) => Verdict::Reworded,
                (false, _) => Verdict::Different,
            };
            let renumbered = block.filter(|_| verdict == Verdict::Moved);
            *matched = Some(InPlaceMatch { derived, verdict, score, by_order: false, renumbered });
        }
        self.mark_out_of_order(&mut matches);
        matches
    }

    /// Returns the match of a linked item: that of its link, unless the link is under another number outside any
    /// renumbered block.
    fn linked_match(&self, item: usize) -> Option<InPlaceMatch> {
        let link = self.of_base[item]?;
        let verdict = if link.exact { Verdict::Same } else { Verdict::Reworded };
        let matched = InPlaceMatch {
            derived: link.derived,
            verdict,
            score: link.score,
            by_order: link.by_order,
            renumbered: None,
        };
        let numbers = (self.items.base[item].number, self.items.derived[link.derived].number);
        let (Some(base), Some(derived)) = numbers else { return Some(matched) };
        if base == derived || !self.numbers_agree {
            return Some(matched);
        }
        let moved = InPlaceMatch { verdict: Verdict::Moved, ..matched };
        let Some(block) = self.renumbering.block_of(item) else {
            // No other item can be in its place where items without a link are not compared.
            return self.evidence.texts().is_none().then_some(moved);
        };
        let is_in_block = offset(base, derived) == self.renumbering.offset(block);
        is_in_block.then_some(InPlaceMatch { renumbered: Some(block), ..moved })
    }

    /// Returns whether two items of one number are the same although neither has a link, and how similar their titles
    /// are.
    fn compare(&self, base: usize, derived: usize, texts: &Texts<'_>) -> (bool, f32) {
        let title = texts.title(base, derived).value;
        if self.of_base[base].is_some() || self.of_derived[derived].is_some() {
            return (false, title);
        }
        if self.has_equal_body(base, derived) {
            return (true, title);
        }
        let is_same = match title {
            value if value >= SAME_TITLE => true,
            value if value < DIFFERENT_TITLE => false,
            value => {
                texts.body(base, derived).map_or(value >= SAME_TITLE_WITHOUT_BODY, |share| share >= SAME_BODY_SHARE)
            }
        };
        (is_same, title)
    }

    /// Returns whether two items have the same body, and their titles a word in common or the body words enough to be no
    /// chance: many a question is answered by "yes".
    fn has_equal_body(&self, base: usize, derived: usize) -> bool {
        let (a, b) = (&self.items.base[base], &self.items.derived[derived]);
        let (print, words) = a.body_print();
        let shares_word = || a.stems.iter().any(|stem| b.stems.binary_search(stem).is_ok());
        words > 0 && b.body_print() == (print, words) && (words >= TELLING_BODY_WORDS || shares_word())
    }

    /// Marks unnumbered items as moved that are out of the order which the items of their section keep.
    fn mark_out_of_order(&self, matches: &mut [Option<InPlaceMatch>]) {
        let mut by_section: BTreeMap<Option<SectionRef>, Vec<(usize, usize)>> = BTreeMap::new();
        for (item, matched) in matches.iter().enumerate() {
            let Some(matched) = matched else { continue };
            let base = &self.items.base[item];
            let is_unnumbered = base.number.is_none() || self.items.derived[matched.derived].number.is_none();
            if is_unnumbered && matches!(matched.verdict, Verdict::Same | Verdict::Reworded) {
                by_section.entry(base.section).or_default().push((item, matched.derived));
            }
        }
        for members in by_section.into_values() {
            let derived: Vec<usize> = members.iter().map(|(_, derived)| *derived).collect();
            let kept = longest_increasing_subsequence(&derived);
            let out_of_order = members.len() - kept.len();
            if out_of_order == 0 || (out_of_order > 1 && kept.len() * 100 < members.len() * IN_ORDER_PERCENT) {
                continue;
            }
            for (at, (item, _)) in members.iter().enumerate() {
                if kept.binary_search(&at).is_err()
                    && let Some(matched) = &mut matches[*item]
                {
                    matched.verdict = Verdict::Moved;
                }
            }
        }
    }
}

/// Finds items by their number.
struct ItemsByNumber<'a> {
    items: ItemsOfPair<'a>,
    /// How often each number occurs in the base version.
    in_base: FxHashMap<u64, usize>,
    in_derived: FxHashMap<u64, Vec<usize>>,
}

impl<'a> ItemsByNumber<'a> {
    fn new(items: ItemsOfPair<'a>) -> Self {
        let mut in_base: FxHashMap<u64, usize> = FxHashMap::default();
        let mut in_derived: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
        for number in items.base.iter().filter_map(|item| item.number) {
            *in_base.entry(number).or_default() += 1;
        }
        // A stray step of an answer that is numbered in its own way is not the item of its number.
        let mut styles: FxHashMap<Style, usize> = FxHashMap::default();
        items.derived.iter().for_each(|item| *styles.entry(item.style).or_default() += 1);
        for (at, item) in items.derived.iter().enumerate() {
            let is_usual =
                styles.get(&item.style).is_some_and(|count| count * STRAY_STYLE_ONE_IN >= items.derived.len());
            if let Some(number) = item.number.filter(|_| is_usual) {
                in_derived.entry(number).or_default().push(at);
            }
        }
        Self { items, in_base, in_derived }
    }

    /// Returns the derived item under the number of a base item plus `offset`: the only one, or the only one in the
    /// corresponding section.
    fn match_of(&self, item: usize, offset: i64, sections: &BTreeMap<SectionRef, SectionRef>) -> Option<usize> {
        let base = &self.items.base[item];
        let number = base.number?;
        let wanted = number.checked_add_signed(offset)?;
        let derived = self.in_derived.get(&wanted)?;
        if let [only] = derived[..]
            && self.in_base.get(&number) == Some(&1)
        {
            return Some(only);
        }
        let section = sections.get(&base.section?)?;
        let mut inside = derived.iter().filter(|&&derived| self.items.derived[derived].section == Some(*section));
        let only = inside.next()?;
        inside.next().is_none().then_some(*only)
    }
}
