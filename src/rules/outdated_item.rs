//! `outdated-item`: the reference version of an item changed after the item was last touched.

use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::extraction::{EntryStanding, FileContainer};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::item::Item;
use crate::model::span::Span;
use crate::model::work::{OutdatedItem, Work};
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "outdated-item",
    family: Family::Versions,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Versions,
    summary: "the reference version of an item changed after the item was last touched",
    page: include_str!("../../rules/outdated-item.md"),
    check: Check::Work(check),
};

/// Number of characters of the name of a commit that are shown, as git abbreviates it.
const SHOWN_NAME: usize = 9;

fn check(work: &Work, cx: &Context<'_>, out: &mut Report) {
    for item in work.outdated.iter().flatten() {
        report(item, work, cx, out);
    }
    fuzzy(work, cx, out);
}

/// Reports the translations that are marked as fuzzy: their original changed, or nobody has confirmed them.
fn fuzzy(work: &Work, cx: &Context<'_>, out: &mut Report) {
    let text = |doc: &Document, item: &Item| {
        let written = doc.slice(item.body);
        let start = item.body.start + (written.len() - written.trim_start().len()) as u32;
        if written.trim().is_empty() { item.span } else { Span::new(start, start + written.trim().len() as u32) }
    };
    for (other, alignment) in work.versions.iter().skip(1).zip(&work.alignments) {
        for pair in alignment.rows() {
            let (Some(base), Some(derived)) = (pair.base, pair.derived) else { continue };
            let (left, right) = (cx.document(base.doc), cx.document(derived.doc));
            let (Some(there), Some(here)) = (left.unit(base.item), right.unit(derived.item)) else { continue };
            if right.standing_at(here.span.start) != EntryStanding::Fuzzy {
                continue;
            }
            let message = match right.source.container() {
                Some(FileContainer::Po) => "this is marked as fuzzy, so that programs do not use it",
                _ => "this is marked as a translation that has to be confirmed",
            };
            let finding = out.find(right.id, text(right, here), message);
            finding.related(left.id, text(left, there), "the counterpart");
            finding.data("versions", [&work.versions[0], other].map(|version| cx.collection.name_of(version)).to_vec());
        }
    }
}

fn report(outdated: &OutdatedItem, work: &Work, cx: &Context<'_>, out: &mut Report) {
    let (left, right) = (cx.document(outdated.base.doc), cx.document(outdated.derived.doc));
    let (Some(there), Some(here)) = (left.unit(outdated.base.item), right.unit(outdated.derived.item)) else { return };
    let since = match &outdated.commits[..] {
        [] => "was changed".to_owned(),
        [last] => format!("was changed on {} (“{}”)", last.date, last.subject),
        [last, ..] => {
            format!("was changed {} times, last on {} (“{}”)", outdated.commits.len(), last.date, last.subject)
        }
    };
    let words = |words: &[String]| words.join(" ");
    let changed = match (&outdated.removed[..], &outdated.added[..]) {
        ([], added) => format!("new words: `{}`", words(added)),
        (removed, []) => format!("removed words: `{}`", words(removed)),
        (removed, added) => format!("`{}` became `{}`", words(removed), words(added)),
    };
    let message = format!(
        "since this was last touched on {}, its counterpart in {} {since}: {changed}",
        outdated.touched.date,
        left.source.display()
    );
    let finding = out.find(right.id, if here.title.is_empty() { here.span } else { here.title }, message);
    finding.related(left.id, if there.title.is_empty() { there.span } else { there.title }, "the counterpart");
    let short = |name: &str| name.chars().take(SHOWN_NAME).collect::<String>();
    if let Some(last) = outdated.commits.first() {
        finding.help(format!("see `git show {} -- {}`", short(&last.commit), left.source.display()));
    }
    finding.data("number", here.number.map(|number| number.value));
    finding.data("touched", outdated.touched.commit.clone());
    finding.data("commits", outdated.commits.iter().map(|commit| commit.commit.clone()).collect::<Vec<_>>());
    finding.data("removed", outdated.removed.clone());
    finding.data("added", outdated.added.clone());
    let names = [0, outdated.version].map(|at| work.versions.get(at).map(|version| cx.collection.name_of(version)));
    finding.data("versions", names.into_iter().flatten().collect::<Vec<_>>());
}
