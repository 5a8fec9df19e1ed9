//! Counts that go wrong, and counts that only seem to.

use std::path::Path;

use super::*;
use crate::model::document::Format;
use crate::model::id::{DocId, ItemId};

fn parsed(text: &str) -> Document {
    let source = crate::input::decode::decode(Path::new("tides.md"), text.as_bytes().to_vec());
    crate::parse::parse(DocId(0), source, Format::Markdown)
}

/// Kind of the defect, its number, the missing ranges and the expected number.
type Facts = (NumberingDefectKind, u32, Vec<(u32, u32)>, Option<u32>);

fn faults(text: &str) -> Vec<Facts> {
    let doc = parsed(text);
    let number = |at: ItemId| doc[at].number.map_or(0, |number| number.value);
    let facts = |fault: &NumberingDefect| (fault.kind, number(fault.item), fault.missing.clone(), fault.expected);
    doc.numbering_defects.iter().map(facts).collect()
}

fn headings(numbers: &[u32]) -> String {
    numbers.iter().map(|n| format!("### {n}. Harbour {}\n\nText.\n\n", n * 7 % 13)).collect()
}

#[test]
fn gaps_name_their_numbers() {
    assert_eq!(faults(&headings(&[1, 2, 3, 4, 5, 9, 10, 11])), [(NumberingDefectKind::Gap, 9, vec![(6, 8)], None)]);
    assert_eq!(faults(&headings(&[1, 2, 3, 4, 5, 6])), []);
}

#[test]
fn short_and_sparse_runs_are_no_counts() {
    assert_eq!(faults(&headings(&[1, 2, 5])), []);
    assert_eq!(faults(&headings(&[3, 8, 14, 22, 31, 40])), []);
}

#[test]
fn a_number_between_two_neighbours_is_expected_there() {
    let numbers = [1, 2, 3, 4, 4, 6, 7, 8];
    let twice: String =
        numbers.iter().enumerate().map(|(at, n)| format!("**Q{n}: Harbour {at}?**\nText.\n\n")).collect();
    assert_eq!(faults(&twice), [(NumberingDefectKind::Repeat, 4, vec![], Some(5))]);
    assert_eq!(faults(&headings(&[1, 2, 3, 40, 5, 6, 7, 8])), [(NumberingDefectKind::Order, 40, vec![], Some(4))]);
}

#[test]
fn the_same_item_twice_is_no_wrong_count() {
    assert_eq!(faults(&headings(&[1, 2, 3, 4, 5, 5, 6, 7, 8, 9])), []);
}

#[test]
fn restarts_are_silent() {
    let announced = format!("## Part A (21–25)\n\n{}", headings(&[21, 22, 23, 24, 25]));
    let again = format!(
        "{announced}## Part B (21–25)\n\n{}",
        announced.split_once("\n\n").expect("two").1.replace("Harbour", "Lock")
    );
    assert_eq!(faults(&again), []);
    assert_eq!(faults(&headings(&[1, 2, 3, 4, 5, 1, 2, 3, 4, 5])), []);
}

#[test]
fn what_stands_in_another_syntax_is_not_missing() {
    let text = format!("{}**6. Quay**\n\nText.\n\n{}", headings(&[1, 2, 3, 4, 5]), headings(&[7, 8, 9]));
    assert_eq!(faults(&text), []);
    let text = format!("{}###6. Quay\n\nText.\n\n{}", headings(&[1, 2, 3, 4, 5]), headings(&[7, 8, 9]));
    assert_eq!(faults(&text), []);
}

#[test]
fn what_a_fence_swallows_is_not_missing() {
    let text = format!(
        "{}```sh\nls\n```\"\n\n### 6. Quay\n\n```sh\nls\n```\n\n{}",
        headings(&[1, 2, 3, 4, 5]),
        headings(&[7, 8, 9])
    );
    assert_eq!(faults(&text), []);
}

#[test]
fn steps_of_answers_count_for_themselves() {
    let step = "1. Cast off\n2. Steer\n3. Moor\n\n";
    let text: String = (1..8).map(|n| format!("### {n}. Harbour {n}\n\n{step}")).collect();
    assert_eq!(faults(&text), []);
}

#[test]
fn intervals_count_to_their_end() {
    let text = "### Day 1: a\n\n### Day 2: b\n\n### Day 3-4: c\n\n### Day 5: d\n\n### Day 6: e\n\n### Day 7: f\n\n### Day 9: g\n";
    assert_eq!(faults(text), [(NumberingDefectKind::Gap, 9, vec![(8, 8)], None)]);
}

#[test]
fn a_count_goes_on_after_an_interlude() {
    assert_eq!(faults(&headings(&[1, 2, 3, 4, 5, 6, 1, 2, 3, 7, 8, 9])), []);
}

#[test]
fn years_and_codes_are_no_counts() {
    assert_eq!(faults(&headings(&[2014, 2015, 2016, 2017, 2018, 2019, 2021, 2022])), []);
    assert_eq!(faults(&headings(&[200, 201, 202, 203, 204, 206])), []);
}

#[test]
fn blocks_under_headings_may_stand_in_any_order() {
    let blocks = [(1, 6), (13, 18), (7, 12)];
    let block = |&(from, to): &(u32, u32)| format!("## Block\n\n{}", headings(&(from..=to).collect::<Vec<_>>()));
    assert_eq!(faults(&blocks.iter().map(block).collect::<String>()), []);
}

#[test]
fn swaps_at_the_start_of_chapters_and_several_in_one_list_were_no_counts() {
    let order = |number: u32| (NumberingDefectKind::Order, number, vec![], None);
    assert_eq!(faults(&headings(&[2, 1, 3, 4, 5, 6])), [order(1)]);
    assert_eq!(faults(&headings(&[1, 3, 2, 4, 5, 7, 6, 8])), [order(2), order(6)]);
    let chapters = |numbers: &[&str]| -> String {
        numbers.iter().enumerate().map(|(at, n)| format!("## Chapter {n}: Harbour {at}\n\nText.\n\n")).collect()
    };
    assert_eq!(faults(&chapters(&["1", "3", "2", "4", "5", "6"])), [order(2)]);
    assert_eq!(faults(&chapters(&["I", "II", "IV", "III", "V", "VI"])), [order(3)]);
    for silent in [&["1", "2", "4", "5", "7", "8"], &["6", "5", "4", "3", "2", "1"], &["1", "2", "3", "1", "2", "3"]] {
        assert_eq!(faults(&chapters(silent)), [], "{silent:?}");
    }
}

#[test]
fn dotted_numbers_were_never_there_twice() {
    let sections = |numbers: &[&str]| -> String {
        numbers.iter().enumerate().map(|(at, n)| format!("### {n} Harbour {at}\n\nText.\n\n")).collect()
    };
    let twice = sections(&["2.1", "2.2", "2.3", "2.3", "2.4", "2.5"]);
    assert_eq!(faults(&twice), [(NumberingDefectKind::Repeat, 3, vec![], None)]);
    for silent in [&["1.5", "1.4", "1.3", "1.2", "1.2"], &["2.1", "2.2", "2.4", "2.5", "2.7"]] {
        assert_eq!(faults(&sections(silent)), [], "{silent:?}");
    }
}

#[test]
fn numbers_with_a_backslash_were_no_count() {
    let lines = |numbers: &[u32]| -> String { numbers.iter().map(|n| format!("{n}\\. harbour {n}\n\n")).collect() };
    assert_eq!(faults(&lines(&[1, 2, 3, 5, 6])), [(NumberingDefectKind::Gap, 5, vec![(4, 4)], None)]);
    assert_eq!(faults(&lines(&[1, 2, 3, 4, 5])), []);
}

#[test]
fn a_jump_to_the_number_of_a_problem_elsewhere_was_a_gap() {
    assert_eq!(faults(&headings(&[1, 2, 3, 4, 5, 146])), []);
    assert_eq!(faults(&headings(&[1, 2, 3, 4, 5, 46])), [(NumberingDefectKind::Gap, 46, vec![(6, 45)], None)]);
}
