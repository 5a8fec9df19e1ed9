//! `repeated-file-number`: two files of one numbered folder have the same number.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::language::locale_tag;

pub(crate) static RULE: Rule = Rule {
    id: "repeated-file-number",
    family: Family::Numbering,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "two files of a numbered folder have the same number",
    page: include_str!("../../rules/repeated-file-number.md"),
    check: Check::Collection(check),
};

/// Minimum number of different numbers in a folder whose files are numbered (a guess).
const MIN_NUMBERS: usize = 5;
/// Share of the numbers, in per cent, that may be repeated by mistake (a guess): where more are, several files belong to one
/// number.
const REPEATED_PERCENT: usize = 35;

fn check(collection: &Collection, _cx: &Context<'_>, out: &mut Report) {
    let mut folders: BTreeMap<PathBuf, BTreeMap<u32, Vec<&Document>>> = BTreeMap::new();
    for doc in collection.judged() {
        let path = doc.source.path();
        let is_original = locale_tag::named(doc.source.display()).is_none();
        let Some(number) = doc.file_number().filter(|_| is_original) else {
            continue;
        };
        let folder = path.parent().map(std::path::Path::to_path_buf).unwrap_or_default();
        folders.entry(folder).or_default().entry(number).or_default().push(doc);
    }
    for numbers in folders.into_values().filter(|numbers| numbers.len() >= MIN_NUMBERS) {
        let repeated = numbers.values().filter(|files| files.len() > 1).count();
        if repeated * 100 > numbers.len() * REPEATED_PERCENT {
            continue;
        }
        for (number, files) in numbers.iter().filter(|(_, files)| files.len() > 1) {
            let Some((first, others)) = files.split_first() else { continue };
            for other in others {
                let place =
                    |doc: &Document| doc.headings.first().map_or_else(|| doc.line_span(0), |heading| heading.span);
                let name = first.source.path().file_name().map(|name| name.to_string_lossy().into_owned());
                let message = format!("number {number} is used by `{}` as well", name.unwrap_or_default());
                let finding = out.find(other.id, place(other), message);
                finding.related(first.id, place(first), "the other file");
                finding.help("give one of the two the next free number");
                finding.data("number", *number);
            }
        }
    }
}
