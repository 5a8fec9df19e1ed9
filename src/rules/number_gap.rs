//! `number-gap`: an item sequence omits numbers.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::json;

use crate::model::alignment::ItemRef;
use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::{ItemSequence, LabelWord, NumberingDefect, NumberingDefectKind};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::ranges::{list, subtract};

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
    // The numbers in the other files of the folder are collected once for each sequence that has a gap.
    let mut around: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for fault in doc.numbering_defects.iter().filter(|fault| fault.kind == NumberingDefectKind::Gap) {
        let beside = around.entry(fault.run).or_insert_with(|| beside(doc, cx, &doc.sequences[fault.run as usize]));
        let missing = nowhere(doc, fault, beside);
        let (from, item) = (&doc[fault.from], &doc[fault.item]);
        let (Some(before), Some(number), false) = (from.number, item.number, missing.is_empty()) else { continue };
        if is_told_by_versions(doc, cx, fault) {
            continue;
        }
        let (before, next) = (before.end(), number.value);
        let message = if missing == fault.missing {
            format!("the numbers go from {before} to {next}: {}", clause(&missing, "is missing", "are missing"))
        } else {
            let rest = clause(&missing, "stands in no file of this folder", "stand in no file of this folder");
            format!("between {before} and {next}, {rest}")
        };
        let finding = out.find(doc.id, item.span, message);
        finding.related(doc.id, from.span, format!("number {before} stands here")).data("missing", json!(missing));
        // A schedule may omit days on purpose.
        if matches!(item.style.word, LabelWord::Day | LabelWord::Week) {
            finding.tier(Tier::Audit);
        }
    }
}

/// Returns true if the rules that compare versions report the gap: another version has the missing items, or a
/// renumbered block begins at the gap.
fn is_told_by_versions(doc: &Document, cx: &Context<'_>, fault: &NumberingDefect) -> bool {
    let count: u32 = fault.missing.iter().map(|(first, last)| last - first + 1).sum();
    let after = ItemRef { doc: doc.id, item: fault.item };
    cx.collection.works.iter().filter(|work| work.contains(doc.id)).any(|work| {
        if work.is_renumbered_from(after, i64::from(count)) {
            return true;
        }
        let number = |item: &ItemRef| cx.document(item.doc).unit(item.item)?.number;
        let lacking = work.lacking(doc.id);
        subtract(&fault.missing, lacking.iter().filter_map(number).map(|number| number.value)).is_empty()
    })
}

/// Returns a clause about the missing numbers, in the singular or the plural.
fn clause(missing: &[(u32, u32)], one: &str, several: &str) -> String {
    let single = matches!(missing, [(first, last)] if first == last);
    format!("{} {}", list(missing), if single { one } else { several })
}

/// Returns the numbers that other files of the folder have and this one does not, because a set of files often shares
/// one sequence. A file that repeats the numbers of this one is another version of it and explains nothing.
fn beside(doc: &Document, cx: &Context<'_>, run: &ItemSequence) -> Vec<u32> {
    let own: FxHashSet<u32> = numbers(doc, run).collect();
    let mut found = Vec::new();
    for sibling in cx.collection.siblings(doc) {
        for other in sibling.sequences.iter().filter(|other| alike(run, other)) {
            let shared = numbers(sibling, other).filter(|number| own.contains(number)).count();
            if shared * 10 <= other.items.len() {
                found.extend(numbers(sibling, other));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the numbers of a gap that no file of the folder has. Numbers that the whole set lacks are reported once, at
/// the end of the sequence before them.
fn nowhere(doc: &Document, fault: &NumberingDefect, beside: &[u32]) -> Vec<(u32, u32)> {
    let (Some(&(low, _)), Some(&(_, high))) = (fault.missing.first(), fault.missing.last()) else { return Vec::new() };
    let from = beside.partition_point(|&number| number < low);
    let to = beside.partition_point(|&number| number <= high);
    let mut missing = subtract(&fault.missing, beside[from..to.max(from)].iter().copied());
    if missing != fault.missing {
        let from = doc[fault.from].number.map_or(0, |number| number.end());
        missing.retain(|&(first, _)| first == from + 1);
    }
    missing
}

fn numbers<'a>(doc: &'a Document, run: &'a ItemSequence) -> impl Iterator<Item = u32> {
    run.items.iter().filter_map(|&at| doc.items.get(at.index())?.number).map(|number| number.value)
}

/// Returns true if two sequences may be parts of one.
fn alike(one: &ItemSequence, other: &ItemSequence) -> bool {
    let place = std::mem::discriminant(&one.style.place) == std::mem::discriminant(&other.style.place);
    place && one.style.word == other.style.word && one.style.numeral == other.style.numeral
}
