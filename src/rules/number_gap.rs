//! `number-gap`: an item sequence omits numbers.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::json;

use crate::model::alignment::ItemRef;
use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::SequenceId;
use crate::model::item::{Item, ItemSequence, LabelWord, NumberingDefect, NumberingDefectKind};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::language::locale_tag;
use crate::text::values::file_numbers::identity;
use crate::text::values::ranges::{list, subtract};

pub(crate) static RULE: Rule = Rule {
    id: "number-gap",
    family: Family::Numbering,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a sequence of items omits numbers",
    page: include_str!("../../rules/number-gap.md"),
    check: Check::Document(check),
};

/// Minimum number of different numbers in a folder whose files are numbered (a guess).
const MIN_FILE_NUMBERS: usize = 8;
/// Share of the numbers of a folder, in per cent, that may be missing by mistake (a guess): where more are, the files were
/// chosen.
const MISSING_FILES_PERCENT: usize = 25;

/// Reports that the numbers of the files of a folder omit some before that of this one.
fn check_file(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    let number = |doc: &Document| identity(doc.source.path().file_stem()?.to_str()?);
    let Some(own) = number(doc).filter(|_| cx.audit && locale_tag::named(doc.source.display()).is_none()) else {
        return;
    };
    let mut before: Option<(u32, &Document)> = None;
    let mut numbers: FxHashSet<u32> = FxHashSet::from_iter([own]);
    for other in cx.collection.siblings(doc) {
        let Some(value) = number(other) else { continue };
        // Of two files with one number, the first tells.
        if value == own && other.source.path() < doc.source.path() {
            return;
        }
        numbers.insert(value);
        if value < own && before.is_none_or(|(known, _)| known < value) {
            before = Some((value, other));
        }
    }
    let (Some((from, other)), Some(first), Some(last)) = (before, numbers.iter().min(), numbers.iter().max()) else {
        return;
    };
    let all = (last - first + 1) as usize;
    let missing = all - numbers.len();
    if own - from < 2 || numbers.len() < MIN_FILE_NUMBERS || missing * 100 > all * MISSING_FILES_PERCENT {
        return;
    }
    let ranges = [(from + 1, own - 1)];
    let message =
        format!("the numbers of the files go from {from} to {own}: {}", clause(&ranges, "is missing", "are missing"));
    let place = |doc: &Document| doc.headings.first().map_or_else(|| doc.line_span(0), |heading| heading.span);
    let finding = out.find(doc.id, place(doc), message);
    finding.related(other.id, place(other), format!("number {from} is here"));
    finding.data("missing", json!(ranges));
    finding.tier(Tier::Audit);
}

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    check_file(doc, cx, out);
    // The numbers in the other files of the folder are collected once for each sequence that has a gap.
    let mut around: FxHashMap<SequenceId, Vec<u32>> = FxHashMap::default();
    for defect in doc.numbering_defects.iter().filter(|defect| defect.kind == NumberingDefectKind::Gap) {
        let beside = around.entry(defect.sequence).or_insert_with(|| beside(doc, cx, &doc[defect.sequence]));
        let missing = nowhere(doc, defect, beside);
        let whole = missing == defect.missing;
        let missing = subtract(&missing, labelled_otherwise(doc, defect));
        let (from, item) = (&doc[defect.from], &doc[defect.item]);
        let (Some(before), Some(number), false) = (from.number, item.number, missing.is_empty()) else { continue };
        if is_reported_by_versions(doc, cx, defect) || is_number_of_page(doc, from) && is_number_of_page(doc, item) {
            continue;
        }
        let (before, next) = (before.end(), number.value);
        let message = if whole {
            format!("the numbers go from {before} to {next}: {}", clause(&missing, "is missing", "are missing"))
        } else {
            let rest = clause(&missing, "is in no file of this folder", "are in no file of this folder");
            format!("between {before} and {next}, {rest}")
        };
        let finding = out.find(doc.id, item.span, message);
        finding.related(doc.id, from.span, format!("number {before} is here")).data("missing", json!(missing));
        // A schedule may omit days on purpose.
        if matches!(item.style.word, LabelWord::Day | LabelWord::Week) {
            finding.tier(Tier::Audit);
        }
    }
}

/// Returns true if the title of an item links to a page of the same number, as that of an issue: "Project #58".
fn is_number_of_page(doc: &Document, item: &Item) -> bool {
    let Some(number) = item.number else { return false };
    let first = doc.links.partition_point(|link| link.span.start < item.span.start);
    let links = doc.links[first..].iter().take_while(|link| link.span.start < item.span.end);
    let last = |target: &str| target.trim_end_matches('/').rsplit(['/', '#', '=']).next().map(str::to_owned);
    links.filter_map(|link| last(&link.target)).any(|last| last == number.value.to_string())
}

/// Returns true if the rules that compare versions report the gap: another version has the missing items, or a
/// renumbered block begins at the gap.
fn is_reported_by_versions(doc: &Document, cx: &Context<'_>, defect: &NumberingDefect) -> bool {
    let count: u32 = defect.missing.iter().map(|(first, last)| last - first + 1).sum();
    let after = ItemRef { doc: doc.id, item: defect.item };
    cx.collection.works.iter().filter(|work| work.contains(doc.id)).any(|work| {
        if work.is_renumbered_from(after, i64::from(count)) {
            return true;
        }
        let number = |item: &ItemRef| cx.document(item.doc).unit(item.item)?.number;
        let lacking = work.lacking(doc.id);
        subtract(&defect.missing, lacking.iter().filter_map(number).map(|number| number.value)).is_empty()
    })
}

/// Returns the numbers of headings and bold lines between two items that have another label: `#### P52.` among "Question
/// 51" and "Question 53", `**Steps 6 and 7**`.
fn labelled_otherwise(doc: &Document, defect: &NumberingDefect) -> Vec<u32> {
    // The item before the gap may have several numbers itself: `**Q5 & Q6: T**`.
    let (from, to) = (doc[defect.from].span.start, doc[defect.item].span.start);
    let between = doc.text().get(from as usize..to as usize).unwrap_or("");
    let labels = between.lines().map(|line| line.trim_start());
    let labels = labels.map(|line| ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark)).unwrap_or(line));
    let labels = labels.filter(|line| line.starts_with('#') || line.starts_with("**") || line.starts_with("__"));
    labels.flat_map(numbers_of_label).collect()
}

/// Returns the numbers at the start of a heading or a bold line, after a word at most: 6 and 7 for `**Steps 6 and 7**`.
fn numbers_of_label(line: &str) -> Vec<u32> {
    /// Maximum length of the word before the numbers, in characters (a guess).
    const MAX_WORD_CHARS: usize = 12;
    /// Maximum length of a range, in numbers (a guess).
    const MAX_RANGE: u32 = 50;
    let text = line.trim_start_matches(['#', '*', '_', ' ']);
    let label = &text[..text.len() - text.trim_start_matches(char::is_alphabetic).len()];
    let word = label.chars().count();
    let after = text.trim_start_matches(char::is_alphabetic).trim_start_matches(['.', ' ']);
    if word > MAX_WORD_CHARS {
        return Vec::new();
    }
    let (mut numbers, mut rest, mut is_range): (Vec<u32>, &str, bool) = (Vec::new(), after, false);
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Ok(number) = rest[..digits].parse::<u32>() else { return numbers };
        match numbers.last() {
            Some(&last) if is_range && last < number && number - last <= MAX_RANGE => numbers.extend(last + 1..=number),
            _ => numbers.push(number),
        }
        rest = &rest[digits..];
        // "5.–6." has a full stop after each number.
        rest = rest.strip_prefix('.').filter(|after| after.starts_with(['-', '–', '/', '&'])).unwrap_or(rest);
        let joint = [" and ", " & ", "&", ", ", " - ", " / ", "/", "-", "–", " to ", " through "]
            .into_iter()
            .find(|joint| rest.starts_with(joint));
        let Some(joint) = joint else { return numbers };
        is_range = joint.contains(['-', '–']) || [" to ", " through "].contains(&joint);
        rest = &rest[joint.len()..];
        // "Q5 & Q6" says the word twice.
        let again = rest.strip_prefix(label).map(|after| after.trim_start_matches(['.', ' ']));
        rest = again.filter(|after| after.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(rest);
    }
}

/// Returns a clause about the missing numbers, in the singular or the plural.
fn clause(missing: &[(u32, u32)], one: &str, several: &str) -> String {
    let single = matches!(missing, [(first, last)] if first == last);
    format!("{} {}", list(missing), if single { one } else { several })
}

/// Maximum share of a file's numbers that this file has as well, as one in this many (a guess): a file with more of them
/// is another version.
const SHARED_ONE_IN: usize = 10;

/// Returns the numbers that other files of the folder have and this one does not, because a set of files often shares
/// one sequence. A file that repeats the numbers of this one is another version of it and explains nothing.
fn beside(doc: &Document, cx: &Context<'_>, run: &ItemSequence) -> Vec<u32> {
    let own: FxHashSet<u32> = numbers(doc, run).collect();
    let mut found = Vec::new();
    for sibling in cx.collection.siblings(doc) {
        for other in sibling.sequences.iter().filter(|other| may_be_one_sequence(run, other)) {
            let shared = numbers(sibling, other).filter(|number| own.contains(number)).count();
            if shared * SHARED_ONE_IN <= other.items.len() {
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
fn nowhere(doc: &Document, defect: &NumberingDefect, beside: &[u32]) -> Vec<(u32, u32)> {
    let (Some(&(low, _)), Some(&(_, high))) = (defect.missing.first(), defect.missing.last()) else {
        return Vec::new();
    };
    let from = beside.partition_point(|&number| number < low);
    let to = beside.partition_point(|&number| number <= high);
    let mut missing = subtract(&defect.missing, beside[from..to.max(from)].iter().copied());
    if missing != defect.missing {
        let from = doc[defect.from].number.map_or(0, |number| number.end());
        missing.retain(|&(first, _)| first == from + 1);
    }
    missing
}

fn numbers<'a>(doc: &'a Document, run: &'a ItemSequence) -> impl Iterator<Item = u32> {
    run.items.iter().filter_map(|&at| doc.items.get(at.index())?.number).map(|number| number.value)
}

/// Returns true if two sequences may be parts of one.
fn may_be_one_sequence(one: &ItemSequence, other: &ItemSequence) -> bool {
    let place = std::mem::discriminant(&one.style.place) == std::mem::discriminant(&other.style.place);
    place && one.style.word == other.style.word && one.style.numeral == other.style.numeral
}
