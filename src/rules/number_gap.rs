//! `number-gap`: a count leaves numbers out.

use rustc_hash::FxHashSet;
use serde_json::json;

use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::{CountFault, CountSlip, Run};
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "number-gap",
    family: Family::Numbering,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a count leaves numbers out",
    page: include_str!("../../rules/number-gap.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    for fault in doc.count_faults.iter().filter(|fault| fault.slip == CountSlip::Gap) {
        let missing = without_siblings(doc, cx, fault);
        let (from, item) = (&doc.items[fault.from as usize], &doc.items[fault.item as usize]);
        let (Some(before), Some(number), false) = (from.number, item.number, missing.is_empty()) else { continue };
        let are = if missing.len() == 1 && missing[0].0 == missing[0].1 { "is" } else { "are" };
        let message =
            format!("the numbers go from {} to {}: {} {are} missing", before.end(), number.value, list(&missing));
        out.find(doc.id, item.span, message)
            .related(doc.id, from.span, format!("number {} stands here", before.end()))
            .data("missing", json!(missing));
    }
}

/// "261–320, 401".
fn list(ranges: &[(u32, u32)]) -> String {
    let written = ranges.iter().map(|&(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    });
    written.collect::<Vec<_>>().join(", ")
}

/// The missing numbers of a gap, without those that other files of the same folder hold: a set of files often shares
/// one count. A file that repeats the numbers of this one is another version of it, and explains nothing.
fn without_siblings(doc: &Document, cx: &Context<'_>, fault: &CountFault) -> Vec<(u32, u32)> {
    let run = &doc.runs[fault.run as usize];
    let own: FxHashSet<u32> = numbers(doc, run).collect();
    let mut missing = fault.missing.clone();
    for sibling in siblings(doc, cx) {
        for other in sibling.runs.iter().filter(|other| alike(run, other)) {
            let shared = numbers(sibling, other).filter(|number| own.contains(number)).count();
            if shared * 10 <= other.items.len() && !missing.is_empty() {
                subtract(&mut missing, numbers(sibling, other));
            }
        }
    }
    missing
}

fn numbers<'a>(doc: &'a Document, run: &'a Run) -> impl Iterator<Item = u32> {
    run.items.iter().filter_map(|&at| doc.items.get(at as usize)?.number).map(|number| number.value)
}

/// Whether two runs may be parts of one count.
fn alike(one: &Run, other: &Run) -> bool {
    let place = std::mem::discriminant(&one.style.place) == std::mem::discriminant(&other.style.place);
    place && one.style.word == other.style.word && one.style.numeral == other.style.numeral
}

/// The other documents of the folder.
fn siblings<'a>(doc: &'a Document, cx: &'a Context<'_>) -> impl Iterator<Item = &'a Document> {
    let folder = doc.source.path().parent();
    let documents = cx.collection.documents.as_slice();
    // Documents are ordered by path, so a folder and what is below it stand together.
    let start = documents.partition_point(|other| folder.is_some_and(|folder| other.source.path() < folder));
    let below = documents[start..]
        .iter()
        .take_while(move |other| folder.is_none_or(|folder| other.source.path().starts_with(folder)));
    below.filter(move |other| other.id != doc.id && other.source.path().parent() == folder)
}

/// Takes `numbers`, which mostly rise, out of closed ranges.
fn subtract(ranges: &mut Vec<(u32, u32)>, numbers: impl Iterator<Item = u32>) {
    let inside = |ranges: &[(u32, u32)], n: u32| ranges.iter().any(|&(first, last)| (first..=last).contains(&n));
    let mut found: Vec<u32> = numbers.filter(|&number| inside(ranges, number)).collect();
    found.sort_unstable();
    found.dedup();
    let mut left = Vec::new();
    for &(first, last) in ranges.iter() {
        let mut start = first;
        for &number in found.iter().filter(|&&number| (first..=last).contains(&number)) {
            if number > start {
                left.push((start, number - 1));
            }
            start = number + 1;
        }
        if start <= last {
            left.push((start, last));
        }
    }
    *ranges = left;
}
