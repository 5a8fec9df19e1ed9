//! Match of the findings of today with those that are known.
//!
//! Each known finding explains one of today, in nine passes, the surest first: the fingerprint in its own file; the
//! fingerprint in another file, for a file that was renamed; the text and its block, in its own file and in another one,
//! for a block that was moved to another heading; the text under the item or heading, for a block that was edited; the
//! text alone, and the block alone, where one known finding and one of today are left. Two last ones are for repeated
//! text only.
//! A finding that no pass explains is new. Known findings in excess never hide a new one.

use std::collections::BTreeMap;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::BaselineEntry;
use crate::model::fingerprint::Fingerprint;

/// A place of a finding of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindingPlace<'a> {
    /// Path of the file, relative to the folder of the baseline, with `/` between folders.
    pub path: &'a str,
    /// Id of the rule.
    pub rule: &'a str,
    /// Its identity.
    pub fingerprint: Fingerprint,
}

/// Outcome of a match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BaselineMatch {
    /// For each place, in its order: the index of the entry that explains it; `None` for a new one.
    pub explained: Vec<Option<usize>>,
    /// For each entry, in its order: number of findings that are not there any more.
    pub unmatched: Vec<u32>,
}

/// Rules whose places are as long as a section, so that nearly any edit changes their text.
const LONG_TEXT_RULES: [&str; 2] = ["duplicate-block", "near-duplicate-block"];

/// Matches the places of today with the known entries, one to one.
pub fn match_places(known: &[BaselineEntry], places: &[FindingPlace<'_>]) -> BaselineMatch {
    let counts = known.iter().map(|entry| entry.count).collect();
    let mut matching = Matching { known, places, explained: vec![None; places.len()], left: counts };
    matching.pass(|rule, path, print| (rule.to_owned(), path.to_owned(), print), Left::Any);
    matching.pass(|rule, _, print| (rule.to_owned(), String::new(), print), Left::Any);
    matching.pass(|rule, path, print| (rule.to_owned(), path.to_owned(), (print.text(), print.block())), Left::Any);
    matching.pass(|rule, _, print| (rule.to_owned(), String::new(), (print.text(), print.block())), Left::Any);
    matching.pass(|rule, path, print| (rule.to_owned(), path.to_owned(), (print.text(), print.context())), Left::Any);
    matching.pass(|rule, path, print| (rule.to_owned(), path.to_owned(), print.text()), Left::One);
    matching.pass(|rule, path, print| (rule.to_owned(), path.to_owned(), print.block()), Left::One);
    // An edit within a repeated text makes the repetition shorter, or has it reported at the other place.
    let of_long_text = |rule: &str| LONG_TEXT_RULES.contains(&rule).then(|| rule.to_owned());
    matching.pass_if(|rule, _, print| Some((of_long_text(rule)?, String::new(), print.text())), Left::One);
    matching.pass_if(|rule, path, print| Some((of_long_text(rule)?, path.to_owned(), print.context())), Left::One);
    BaselineMatch { explained: matching.explained, unmatched: matching.left }
}

/// Groups in which a pass pairs entries with places.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// All, in their order.
    Any,
    /// Those in which one known finding and one of today are left.
    One,
}

struct Matching<'a> {
    known: &'a [BaselineEntry],
    places: &'a [FindingPlace<'a>],
    explained: Vec<Option<usize>>,
    left: Vec<u32>,
}

impl Matching<'_> {
    /// Pairs the entries and places that are left and have one key.
    fn pass<K: Hash + Eq>(&mut self, key: impl Fn(&str, &str, Fingerprint) -> K, left: Left) {
        self.pass_if(|rule, path, print| Some(key(rule, path, print)), left);
    }

    /// Pairs the entries and places that are left and have one key. Those without a key are passed over.
    fn pass_if<K: Hash + Eq>(&mut self, key: impl Fn(&str, &str, Fingerprint) -> Option<K>, left: Left) {
        let mut groups: FxHashMap<K, Vec<usize>> = FxHashMap::default();
        for (at, place) in self.places.iter().enumerate().filter(|(at, _)| self.explained[*at].is_none()) {
            if let Some(key) = key(place.rule, place.path, place.fingerprint) {
                groups.entry(key).or_default().push(at);
            }
        }
        if groups.is_empty() {
            return;
        }
        let mut entries: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, entry) in self.known.iter().enumerate().filter(|(at, _)| self.left[*at] > 0) {
            let key = key(&entry.rule, &entry.path, entry.fingerprint);
            if let Some(places) = key.and_then(|key| groups.get(&key)) {
                entries.entry(places[0]).or_default().push(at);
            }
        }
        for places in groups.into_values() {
            let entries = entries.get(&places[0]).map_or(&[][..], Vec::as_slice);
            let known: u32 = entries.iter().map(|&at| self.left[at]).sum();
            if left == Left::One && (known != 1 || places.len() != 1) {
                continue;
            }
            let mut entries = entries.iter().flat_map(|&at| std::iter::repeat_n(at, self.left[at] as usize));
            let pairs: Vec<(usize, usize)> = places.iter().map_while(|&place| Some((place, entries.next()?))).collect();
            for (place, entry) in pairs {
                self.explained[place] = Some(entry);
                self.left[entry] -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(text: u64, block: u64, context: u64) -> Fingerprint {
        Fingerprint::new(text << 40, block << 40, context << 48)
    }

    fn known(path: &str, fingerprint: Fingerprint, count: u32) -> BaselineEntry {
        BaselineEntry { path: path.to_owned(), rule: "misspelling".to_owned(), fingerprint, count }
    }

    fn place(path: &str, fingerprint: Fingerprint) -> FindingPlace<'_> {
        FindingPlace { path, rule: "misspelling", fingerprint }
    }

    fn new_ones(known: &[BaselineEntry], places: &[FindingPlace<'_>]) -> Vec<usize> {
        let found = match_places(known, places);
        let new = found.explained.iter().enumerate().filter(|(_, entry)| entry.is_none());
        new.map(|(at, _)| at).collect()
    }

    #[test]
    fn one_more_of_a_kind_shows_one_and_not_all() {
        let entries = [known("a.md", print(1, 1, 1), 2)];
        let same = place("a.md", print(1, 1, 1));
        assert_eq!(new_ones(&entries, &[same, same, same]), [2]);
        assert_eq!(match_places(&entries, &[same]).unmatched, [1]);
    }

    #[test]
    fn a_renamed_file_and_moved_text_bring_nothing_new() {
        let entries = [known("a.md", print(1, 1, 1), 1), known("a.md", print(2, 2, 1), 1)];
        assert!(new_ones(&entries, &[place("b.md", print(1, 1, 1)), place("c.md", print(2, 2, 1))]).is_empty());
    }

    #[test]
    fn a_block_under_another_heading_brings_nothing_new() {
        let entries = [known("a.md", print(1, 1, 1), 1), known("a.md", print(2, 2, 1), 1)];
        assert!(new_ones(&entries, &[place("a.md", print(1, 1, 7)), place("b.md", print(2, 2, 8))]).is_empty());
        assert_eq!(new_ones(&entries, &[place("b.md", print(1, 2, 1))]), [0], "the block is another one");
    }

    #[test]
    fn an_edited_block_keeps_its_old_findings_and_shows_the_new_one() {
        let entries = [known("a.md", print(1, 1, 1), 1), known("a.md", print(2, 1, 1), 1)];
        // One of two slips of a paragraph is mended, and another one is added.
        assert_eq!(new_ones(&entries, &[place("a.md", print(2, 9, 1)), place("a.md", print(3, 9, 1))]), [1]);
    }

    #[test]
    fn a_slip_mended_here_and_made_anew_twice_elsewhere_is_new() {
        let entries = [known("a.md", print(1, 1, 1), 1)];
        let places = [place("a.md", print(1, 5, 5)), place("a.md", print(1, 6, 6))];
        assert_eq!(new_ones(&entries, &places), [0, 1]);
        assert_eq!(new_ones(&entries, &[place("b.md", print(1, 5, 5))]), [0], "other files have other findings");
    }

    #[test]
    fn a_repetition_that_an_edit_made_shorter_or_turned_round_is_known() {
        let one = |path: &str, fingerprint| BaselineEntry {
            rule: "duplicate-block".to_owned(),
            ..known(path, fingerprint, 1)
        };
        let today = |path, fingerprint| FindingPlace { rule: "duplicate-block", ..place(path, fingerprint) };
        let entries = [one("a.md", print(1, 1, 1)), one("b.md", print(2, 2, 2))];
        assert!(new_ones(&entries, &[today("a.md", print(3, 3, 1)), today("c.md", print(2, 4, 4))]).is_empty());
        assert_eq!(new_ones(&entries, &[today("a.md", print(3, 3, 3))]), [0], "under another heading");
        assert_eq!(
            new_ones(&[known("a.md", print(1, 1, 1), 1)], &[place("a.md", print(3, 3, 1))]),
            [0],
            "a short text"
        );
    }

    #[test]
    fn another_rule_is_another_finding() {
        let entries = [known("a.md", print(1, 1, 1), 1)];
        let other = FindingPlace { rule: "grammar", ..place("a.md", print(1, 1, 1)) };
        assert_eq!(new_ones(&entries, &[other]), [0]);
    }
}
