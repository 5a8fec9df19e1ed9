//! `index-mismatch`: an index of files that names one twice, leaves one out, or gives it another title.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::model::collection::Collection;
use crate::model::document::{Document, Link, LinkKind};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::target::{LinkTarget, normalized};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::similarity::title;

pub(crate) static RULE: Rule = Rule {
    id: "index-mismatch",
    family: Family::Versions,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Versions,
    summary: "an index of files leaves one out, names it twice, or gives it another title",
    page: include_str!("../../rules/index-mismatch.md"),
    check: Check::Collection(check),
};

/// Names of files that are an index of the files in and below their folder. A `summary.md` sums up a chapter.
const INDEX_NAMES: [&str; 2] = ["SUMMARY.md", "_sidebar.md"];
/// Names of files, in lower case, that no index names.
const UNLISTED_NAMES: [&str; 3] = ["404.md", "_navbar.md", "_coverpage.md"];
/// Number of the headings at the start of a file of which one is its title (a guess): a book may repeat its own first.
const TITLE_HEADINGS: usize = 2;
/// Names of files, in lower case, that may be an index of the numbered files of their folder.
const OVERVIEW_NAMES: [&str; 2] = ["readme.md", "index.md"];
/// Minimum number of files that an index names (a guess).
const MIN_ENTRIES: usize = 4;
/// Share of the files, in per cent, that an index has to name, if those that it does not name are left out (a guess).
const NAMED_PERCENT: usize = 80;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    if !cx.audit {
        return;
    }
    let by_path: BTreeMap<PathBuf, DocId> =
        collection.documents.iter().map(|doc| (normalized(doc.source.path()), doc.id)).collect();
    for doc in collection.judged() {
        let name = doc.source.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = normalized(doc.source.path()).parent().map(Path::to_path_buf).unwrap_or_default();
        let is_index = INDEX_NAMES.contains(&&*name);
        if !is_index && !OVERVIEW_NAMES.contains(&&*name.to_lowercase()) {
            continue;
        }
        let index = FileIndex { doc, entries: entries(doc, &folder, &by_path) };
        if index.entries.len() < MIN_ENTRIES {
            continue;
        }
        let inside: Vec<&Document> = collection
            .documents
            .iter()
            .filter(|other| other.id != doc.id)
            .filter(|other| {
                belongs(
                    &normalized(other.source.path()),
                    &folder,
                    if is_index { IndexReach::Below } else { IndexReach::Numbered },
                )
            })
            .collect();
        if is_index {
            index.report_repeated(out);
        }
        index.report_unnamed(&inside, out);
        let is_about = |entry: &&IndexEntry<'_>| is_index || inside.iter().any(|doc| doc.id == entry.file);
        index.entries.iter().filter(is_about).for_each(|entry| index.report_title(entry, cx, out));
    }
}

/// Files that an index is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IndexReach {
    /// Those in and below its folder.
    Below,
    /// The numbered ones in its folder.
    Numbered,
}

fn belongs(path: &Path, folder: &Path, reach: IndexReach) -> bool {
    match reach {
        IndexReach::Below => path.starts_with(folder),
        IndexReach::Numbered => path.parent() == Some(folder) && file_number(path).is_some(),
    }
}

/// An entry of an index, and the file that it names.
struct IndexEntry<'a> {
    link: &'a Link,
    file: DocId,
}

struct FileIndex<'a> {
    doc: &'a Document,
    entries: Vec<IndexEntry<'a>>,
}

/// Returns the links of a document that lead to other documents of the run.
fn entries<'a>(doc: &'a Document, folder: &Path, by_path: &BTreeMap<PathBuf, DocId>) -> Vec<IndexEntry<'a>> {
    let links = doc.links.iter().filter(|link| matches!(link.kind, LinkKind::Inline | LinkKind::Reference));
    let entry = |link: &'a Link| {
        let target = LinkTarget::parse(&link.target).filter(|target| target.fragment.is_none())?;
        let path = normalized(&folder.join(&target.path));
        let with_ending = path.with_extension("md");
        let file = by_path.get(&path).or_else(|| by_path.get(&with_ending))?;
        Some(IndexEntry { link, file: *file })
    };
    links.filter_map(entry).filter(|entry| entry.file != doc.id).collect()
}

/// Returns the paths that the relative links of a document lead to.
fn targets(doc: &Document) -> impl Iterator<Item = PathBuf> {
    let folder = doc.source.path().parent().unwrap_or(Path::new(""));
    let links = doc.links.iter().filter_map(|link| LinkTarget::parse(&link.target));
    links.map(move |target| normalized(&folder.join(&target.path)))
}

impl FileIndex<'_> {
    /// Reports the files that are named twice.
    fn report_repeated(&self, out: &mut Report) {
        let mut first: BTreeMap<DocId, &IndexEntry<'_>> = BTreeMap::new();
        for entry in &self.entries {
            let Some(earlier) = first.insert(entry.file, entry) else { continue };
            let message = format!("`{}` is in this index twice", entry.link.target);
            let finding = out.find(self.doc.id, entry.link.span, message);
            finding.related(self.doc.id, earlier.link.span, "and here");
            finding.data("kind", "repeated");
        }
    }

    /// Reports the files that the index leaves out, if it names most.
    fn report_unnamed(&self, inside: &[&Document], out: &mut Report) {
        let named: BTreeSet<DocId> = self.entries.iter().map(|entry| entry.file).collect();
        let own = inside.iter().filter(|doc| named.contains(&doc.id)).count();
        if own < MIN_ENTRIES || own * 100 < inside.len() * NAMED_PERCENT {
            return;
        }
        // A file that another one of them leads to is a page below that one.
        let led_to: BTreeSet<PathBuf> = inside.iter().flat_map(|doc| targets(doc)).collect();
        let is_included = |doc: &Document| {
            let name =
                doc.source.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            UNLISTED_NAMES.contains(&&*name.to_lowercase())
                || inside.iter().any(|other| other.id != doc.id && other.text().contains(&name))
        };
        let is_hidden = |doc: &Document| {
            doc.source.path().components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
        };
        let is_left_out = |doc: &&&Document| {
            !is_hidden(doc)
                && !named.contains(&doc.id)
                && !doc.is_generated()
                && !led_to.contains(&normalized(doc.source.path()))
                && !is_included(doc)
        };
        for doc in inside.iter().filter(is_left_out) {
            let message = format!("the index {} does not name this file", self.doc.source.display());
            let place = doc.headings.first().map_or_else(|| doc.line_span(0), |heading| heading.span);
            let finding = out.find(doc.id, place, message);
            let last = self.entries.last().map_or(self.doc.line_span(0), |entry| entry.link.span);
            finding.related(self.doc.id, last, "the last entry of the index");
            finding.data("kind", "unnamed");
        }
    }

    /// Reports an entry whose number, or whose every word, is another than that of the title of its file.
    fn report_title(&self, entry: &IndexEntry<'_>, cx: &Context<'_>, out: &mut Report) {
        let file = cx.document(entry.file);
        let Some(heading) = file.headings.first() else { return };
        let source = self.doc.slice(entry.link.span);
        let text = source.trim_start_matches('[').rsplit_once("](").map_or("", |(text, _)| text).trim();
        let title = file.slice(heading.content).trim();
        // An entry may be the name of the file.
        if text.contains(".md") || title.is_empty() || title.starts_with(['<', '{']) {
            return;
        }
        let (listed, written) = (leading_number(text), leading_number(title));
        let kind = match (listed, written) {
            (Some(a), Some(b)) if a.trim_start_matches('0') != b.trim_start_matches('0') => "number",
            _ => {
                let a = words(text);
                let mut titles =
                    file.headings.iter().take(TITLE_HEADINGS).map(|heading| words(file.slice(heading.content)));
                let is_other = |b: Vec<String>| {
                    let is_comparable = b.len() >= 2 && b.iter().all(|word| word.is_ascii());
                    is_comparable && !a.iter().any(|word| b.contains(word))
                };
                let is_comparable = a.len() >= 2 && a.iter().all(|word| word.is_ascii());
                if !is_comparable || !titles.all(is_other) {
                    return;
                }
                "title"
            }
        };
        let message = format!("this entry names “{text}”, the title of {} is “{title}”", file.source.display());
        let finding = out.find(self.doc.id, entry.link.span, message);
        finding.related(file.id, heading.span, "the title is here");
        finding.data("kind", kind);
    }
}

/// Returns the stems of the words of a title that carry its meaning.
fn words(text: &str) -> Vec<String> {
    let key = title::key(text);
    let telling = title::words(&key).filter(|word| !title::is_frame(word) && !title::is_light(word));
    telling.map(|word| title::stem(word).to_owned()).collect()
}

/// Returns the number with which a title starts.
fn leading_number(title: &str) -> Option<&str> {
    let end = title.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(title.len());
    let number = title[..end].trim_end_matches('.');
    let goes_on = title[end..].starts_with([' ', ')', ':', '\u{a0}']);
    (!number.is_empty() && goes_on).then_some(number)
}

/// Returns the number with which the name of a file starts, with what follows it.
fn file_number(path: &Path) -> Option<(u32, String)> {
    let name = path.file_stem()?.to_str()?;
    let digits = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
    let rest = name[digits..].strip_prefix(['-', '_', '.', ' '])?;
    // "2031-04-07-notes" is a date, and "01-02-notes" the second part of a first one.
    let is_plain = !rest.is_empty() && rest.starts_with(char::is_alphabetic);
    Some((name[..digits].parse().ok()?, rest.to_owned())).filter(|_| is_plain && digits > 0)
}
