//! `title-mismatch`: two versions that have different items under one number, or word the same item differently.

use std::collections::BTreeSet;

use crate::model::alignment::{AlignedPair, Alignment, ItemRef, Verdict};
use crate::model::document::Document;
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::{Item, LabelPosition};
use crate::model::work::{Version, Work};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::english::dictionary::is_known;
use crate::text::mojibake;
use crate::text::similarity::title::{self, TitleForm};

pub(crate) static RULE: Rule = Rule {
    id: "title-mismatch",
    family: Family::Versions,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Versions,
    summary: "an item has another title than in the reference version",
    page: include_str!("../../rules/title-mismatch.md"),
    check: Check::Work(check),
};

fn check(work: &Work, cx: &Context<'_>, out: &mut Report) {
    let Some((first, others)) = work.versions.split_first() else { return };
    for (other, alignment) in others.iter().zip(&work.alignments) {
        let folded: BTreeSet<u32> =
            alignment.replaced_sections().flat_map(|sections| sections.rows.iter().copied()).collect();
        let swapped = swapped(alignment);
        for (at, pair) in alignment.rows().iter().enumerate() {
            let reported = match pair.verdict {
                Verdict::Reworded => true,
                // Other rules report a replaced section, or a pair of titles that only moved.
                Verdict::Different => !folded.contains(&(at as u32)) && !is_swapped(pair, &swapped),
                _ => false,
            };
            if reported {
                report(pair, (first, other), cx, out);
            }
        }
    }
}

/// Returns the items that occur verbatim under another number.
fn swapped(alignment: &Alignment) -> BTreeSet<ItemRef> {
    /// Minimum similarity of equal titles: 1, less the error of the arithmetic.
    const EQUAL_SIMILARITY: f32 = 0.999;
    let exact = alignment.moves().iter().filter(|pair| pair.score >= EQUAL_SIMILARITY);
    exact.flat_map(|pair| [pair.base, pair.derived]).flatten().collect()
}

fn is_swapped(pair: &AlignedPair, swapped: &BTreeSet<ItemRef>) -> bool {
    let moved = |item: Option<ItemRef>| item.is_some_and(|item| swapped.contains(&item));
    moved(pair.base) && moved(pair.derived)
}

fn report(pair: &AlignedPair, (first, other): (&Version, &Version), cx: &Context<'_>, out: &mut Report) {
    let (Some(left), Some(right)) = (pair.base, pair.derived) else { return };
    let (left_doc, right_doc) = (cx.document(left.doc), cx.document(right.doc));
    // The title of an entry of a container is its id.
    if left_doc.has_entries() {
        return;
    }
    let (Some(wanted), Some(found)) = (left_doc.unit(left.item), right_doc.unit(right.item)) else {
        return;
    };
    let authority = cx.collection.name_of(first);
    let name = found.number.map_or("this item".to_owned(), |number| format!("item {number}"));
    let message = match pair.verdict {
        Verdict::Reworded => format!("{name} is worded differently in {}", left_doc.source.display()),
        _ => format!("{name} is a different item in {}", left_doc.source.display()),
    };
    let titles = [left_doc.slice(wanted.title).trim(), right_doc.slice(found.title).trim()];
    let finding = out.find(right_doc.id, if found.title.is_empty() { found.span } else { found.title }, message);
    finding.related(left_doc.id, if wanted.title.is_empty() { wanted.span } else { wanted.title }, "has this title");
    finding.data("number", wanted.number.map(|number| number.value));
    finding.data("verdict", pair.verdict.as_str());
    finding.data("titles", titles.map(str::to_owned).to_vec());
    finding.data("versions", vec![authority, cx.collection.name_of(other)]);
    if pair.verdict == Verdict::Reworded && differ_by_articles(titles) {
        finding.tier(Tier::Audit);
    }
    let Some(title) = copyable(wanted, left_doc, found) else { return };
    if says_a_word_twice(&title) && !says_a_word_twice(titles[1]) {
        finding.help("the other version has a word twice there");
        return;
    }
    if let Some(doubt) = doubt_about(titles) {
        finding.help(doubt);
        return;
    }
    if pair.verdict == Verdict::Reworded {
        finding.fix(Fix::likely(
            "take the title of the reference version",
            Edit::replace(right_doc.id, found.title, title),
        ));
    } else {
        // The body belongs to the title of its own version, so only a person can decide which of the two is right.
        finding.candidates([title]);
    }
}

/// Returns a reason for which the title of the reference version is not to be copied: it has a word that English does not
/// have in the place of one that English has, or two questions differ in their grammar only, or the two differ in the
/// endings of words only, so that either may be the slip.
fn doubt_about([wanted, found]: [&str; 2]) -> Option<&'static str> {
    let keys = [wanted, found].map(title::key);
    let content = |key: &str| {
        let mut stems: Vec<String> = title::words(key)
            .filter(|word| !title::is_frame(word) && !title::is_frame(title::stem(word)))
            .map(|word| title::stem(word).to_owned())
            .collect();
        stems.sort_unstable();
        stems
    };
    let ask = keys.iter().all(|key| TitleForm::of(key) == TitleForm::Question);
    if ask && content(&keys[0]) == content(&keys[1]) {
        return Some("the two differ in their grammar, so that either may be the slip");
    }
    let [wanted, found] = keys.each_ref().map(|key| title::words(key).collect::<Vec<_>>());
    if wanted.len() != found.len() {
        return None;
    }
    let differing: Vec<(&str, &str)> = wanted.into_iter().zip(found).filter(|(a, b)| a != b).collect();
    let is_plain = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    if differing.iter().any(|(a, b)| is_plain(a) && !is_known(a) && is_known(b)) {
        return Some("the other version has a word there that English does not have");
    }
    let is_inflected = |(a, b): &(&str, &str)| title::stem(a) == title::stem(b);
    (!differing.is_empty() && differing.iter().all(is_inflected))
        .then_some("the two differ in an ending, so that either may be the slip")
}

/// Returns true if no reader would take two titles for two items: "in the winter" and "in winter".
fn differ_by_articles(titles: [&str; 2]) -> bool {
    let [a, b] = titles.map(title::key);
    let rest = |key| title::words(key).filter(|word| !["a", "an", "the"].contains(word));
    rest(&a).eq(rest(&b))
}

/// Returns true if a title says a word twice in a row, which is rarely right in a title.
fn says_a_word_twice(title: &str) -> bool {
    let words: Vec<&str> = title.split(' ').collect();
    words.windows(2).any(|pair| !pair[0].is_empty() && pair[0].eq_ignore_ascii_case(pair[1]))
}

/// Returns the title of the reference version, if it is valid in place of the other title.
fn copyable(wanted: &Item, doc: &Document, found: &Item) -> Option<String> {
    let title = doc.slice(wanted.title).trim();
    let several_lines = title.contains(['\n', '\r']);
    let clashes = match found.style.place {
        LabelPosition::Bold => title.contains("**"),
        LabelPosition::Table => title.contains('|'),
        _ => false,
    };
    let fits = !(title.is_empty() || found.title.is_empty() || several_lines || clashes);
    fits.then(|| mojibake::repair(title).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_may_be_the_slip_was_offered_to_the_version_that_has_it_right() {
        for titles in [
            ["What are the benefit of a lock?", "What are the benefits of a lock?"],
            ["How to you stop a barge?", "How do you stop a barge?"],
            ["What does means abeam?", "What does abeam mean?"],
            ["How is a slooop rigged?", "How is a sloop rigged?"],
        ] {
            assert!(doubt_about(titles).is_some(), "{titles:?}");
        }
        for titles in [
            ["How do you moor a barge at night?", "Mooring a barge by night?"],
            ["How is a lock opened?", "How is a weir opened?"],
        ] {
            assert_eq!(doubt_about(titles), None, "{titles:?}");
        }
    }
}
