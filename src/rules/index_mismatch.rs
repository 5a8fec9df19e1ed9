//! `index-mismatch`: an index of files that names one twice, leaves one out, or gives it another title.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};

use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document, Heading, Link, LinkKind};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::front_matter;
use crate::model::id::DocId;
use crate::model::navigation::{Navigation, NavigationEntry, NavigationReach};
use crate::model::span::Span;
use crate::model::target::{LinkTarget, normalized};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::language::locale_tag;
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
/// Minimum number of letters of a word that is a part of another one, as in "HumorRust" (a guess).
const MIN_PART_LETTERS: usize = 4;
/// Minimum number of files that an index names (a guess).
const MIN_ENTRIES: usize = 4;
/// Maximum number of files that an index leaves out, if each is told on its own (a guess).
const MOST_TOLD: usize = 5;
/// Share of the numbered files beside it, in per cent, that an index has to name, if those that it does not name are left
/// out (a guess): a table of decisions names them all, and falls behind.
const NUMBERED_PERCENT: usize = 50;
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
        let reach = if is_index { IndexReach::Below } else { IndexReach::Numbered };
        let mut inside: Vec<DocId> =
            below(&by_path, &folder).filter(|(path, _)| belongs(path, &folder, reach)).map(|(_, id)| id).collect();
        inside.retain(|id| *id != doc.id);
        inside.sort_unstable();
        let inside: Vec<&Document> = inside.into_iter().map(|id| collection.document(id)).collect();
        if is_index {
            index.report_repeated(out);
        }
        index.report_unnamed(&inside, if is_index { NAMED_PERCENT } else { NUMBERED_PERCENT }, out);
        let is_about = |entry: &&IndexEntry<'_>| is_index || inside.iter().any(|doc| doc.id == entry.file);
        index.entries.iter().filter(is_about).for_each(|entry| index.report_title(entry, cx, out));
    }
    let mut folders: BTreeMap<&Path, Vec<&Navigation>> = BTreeMap::new();
    for navigation in &collection.navigations {
        folders.entry(&navigation.folder).or_default().push(navigation);
    }
    for (folder, navigations) in folders {
        let pages = below(&by_path, folder).map(|(path, id)| (path, collection.document(id))).collect();
        let site = SiteIndex { collection, folder, pages };
        site.report_unnamed(&navigations, out);
        for navigation in navigations {
            site.report_entries(navigation, out);
        }
    }
}

/// Returns the files in and below a folder, which follow one another in the order of paths.
fn below<'a>(by_path: &'a BTreeMap<PathBuf, DocId>, folder: &'a Path) -> impl Iterator<Item = (&'a Path, DocId)> {
    let from = by_path.range::<Path, _>((Bound::Included(folder), Bound::Unbounded));
    from.take_while(move |(path, _)| path.starts_with(folder)).map(|(path, id)| (path.as_path(), *id))
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
    fn report_unnamed(&self, inside: &[&Document], named_percent: usize, out: &mut Report) {
        let named: BTreeSet<DocId> = self.entries.iter().map(|entry| entry.file).collect();
        let own = inside.iter().filter(|doc| named.contains(&doc.id)).count();
        if own < MIN_ENTRIES || own * 100 < inside.len() * named_percent {
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
        let left_out: Vec<&&Document> = inside.iter().filter(is_left_out).collect();
        let last = self.entries.last().map_or(self.doc.line_span(0), |entry| entry.link.span);
        if left_out.len() > MOST_TOLD {
            let name = |doc: &&&Document| doc.source.path().file_name().map(|name| name.to_string_lossy().into_owned());
            let names: Vec<String> = left_out.iter().take(MOST_TOLD).filter_map(name).collect();
            let more = left_out.len() - names.len();
            let message =
                format!("this index leaves out {} files: {} and {more} more", left_out.len(), names.join(", "));
            let finding = out.find(self.doc.id, last, message);
            finding.label("the last entry of the index").data("kind", "unnamed");
            return;
        }
        for doc in left_out {
            let message = format!("the index {} does not name this file", self.doc.source.display());
            let finding = out.find(doc.id, title_place(doc), message);
            finding.related(self.doc.id, last, "the last entry of the index");
            finding.data("kind", "unnamed");
        }
    }

    /// Reports an entry whose number, or whose every word, is another than that of the title of its file.
    fn report_title(&self, entry: &IndexEntry<'_>, cx: &Context<'_>, out: &mut Report) {
        let file = cx.document(entry.file);
        let source = self.doc.slice(entry.link.span);
        let link_text = source.trim_start_matches('[').rsplit_once("](").map_or("", |(text, _)| text).trim();
        // An entry may be the name of the file.
        if link_text.contains(".md") {
            return;
        }
        let text = match self.next_cell(entry.link).filter(|_| !link_text.contains(' ')) {
            Some(cell) => format!("{link_text} {cell}"),
            None => link_text.to_owned(),
        };
        let Some(other) = OtherTitle::of(&text, file, file.headings.iter().take(TITLE_HEADINGS)) else { return };
        let message = format!("this entry names “{text}”, the title of {} is “{}”", file.source.display(), other.title);
        let finding = out.find(self.doc.id, entry.link.span, message);
        finding.related(file.id, other.place, "the title is here");
        finding.data("kind", other.kind);
    }
}

impl<'a> FileIndex<'a> {
    /// Returns the text of the cell after that of a link in a table: the title, where the link is the number.
    fn next_cell(&self, link: &Link) -> Option<&'a str> {
        let mut at = self.doc.block_at(link.span.start)?;
        while self.doc[at].kind != BlockKind::TableRow {
            at = self.doc[at].parent?;
        }
        let after = self.doc.slice(Span::new(link.span.end, self.doc[at].span.end.max(link.span.end)));
        after.split('|').nth(1).map(str::trim).filter(|cell| !cell.is_empty())
    }
}

/// The pages of a folder that the navigation of a site lists.
struct SiteIndex<'a> {
    collection: &'a Collection,
    folder: &'a Path,
    pages: BTreeMap<&'a Path, &'a Document>,
}

impl<'a> SiteIndex<'a> {
    /// Returns the document at a path of the folder, if something may be reported about it.
    fn judged(&self, path: Option<&PathBuf>) -> Option<&'a Document> {
        let doc = self.pages.get(path?.as_path())?;
        (!self.collection.context.contains(&doc.id)).then_some(*doc)
    }

    /// Reports the pages that no navigation of the folder names, if most are named.
    fn report_unnamed(&self, navigations: &[&Navigation], out: &mut Report) {
        let named: BTreeSet<&Path> =
            navigations.iter().flat_map(|list| &list.entries).filter_map(|entry| entry.page.as_deref()).collect();
        let is_of_site = |path: &Path, doc: &Document| {
            let below = path.strip_prefix(self.folder).unwrap_or(path);
            let is_whole = navigations.iter().flat_map(|list| &list.whole).any(|whole| path.starts_with(whole));
            let is_apart = |name: &str| name.starts_with(['.', '_']) || UNLISTED_NAMES.contains(&&*name.to_lowercase());
            let is_unlisted = ["draft", "unlisted"].iter().any(|key| front_matter::value(doc, key) == Some("true"));
            // A text without a title is a part of pages.
            let has_title = !doc.headings.is_empty() || front_matter::value(doc, "title").is_some();
            !is_whole
                && has_title
                && !is_unlisted
                && !doc.is_generated()
                && !below.components().any(|part| is_apart(&part.as_os_str().to_string_lossy()))
                && locale_tag::named(&below.to_string_lossy()).is_none()
        };
        let own: Vec<(&Path, &Document)> =
            self.pages.iter().map(|(path, doc)| (*path, *doc)).filter(|(path, doc)| is_of_site(path, doc)).collect();
        let count = own.iter().filter(|(path, _)| named.contains(path)).count();
        let is_open = navigations.iter().any(|list| list.reach == NavigationReach::Open);
        let Some(first) = navigations.first() else { return };
        if is_open || count < MIN_ENTRIES || count * 100 < own.len() * NAMED_PERCENT {
            return;
        }
        // A page that another one leads to or includes is a page below that one.
        let led_to: BTreeSet<PathBuf> = self.pages.values().flat_map(|doc| targets(doc)).collect();
        for (path, doc) in
            own.iter().filter(|(path, doc)| !named.contains(path) && !self.collection.context.contains(&doc.id))
        {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_included = self.pages.values().any(|other| other.id != doc.id && other.text().contains(&name));
            if led_to.contains(*path) || led_to.contains(&path.with_extension("")) || is_included {
                continue;
            }
            let message = format!("the navigation in `{}` does not name this page", shown(&first.file));
            out.find(doc.id, title_place(doc), message).data("kind", "unnamed");
        }
    }

    /// Reports the entries without a page, those that name a page another title, and the pages that are named twice.
    fn report_entries(&self, navigation: &Navigation, out: &mut Report) {
        let file = shown(&navigation.file);
        let mut counts: BTreeMap<&PathBuf, usize> = BTreeMap::new();
        for page in navigation.entries.iter().filter_map(|entry| entry.page.as_ref()) {
            *counts.entry(page).or_default() += 1;
        }
        let mut last = None;
        let mut lines: BTreeMap<&Path, &NavigationEntry> = BTreeMap::new();
        for entry in &navigation.entries {
            let Some(path) = &entry.page else {
                if let Some(before) = last.filter(|_| navigation.reach == NavigationReach::Listed) {
                    let doc: &Document = before;
                    let message = format!(
                        "`{file}` names `{}` after this page (line {}), which is not there",
                        entry.target, entry.line
                    );
                    out.find(doc.id, title_place(doc), message).data("kind", "dead");
                }
                continue;
            };
            let Some(doc) = self.judged(Some(path)) else { continue };
            last = Some(doc);
            // A page without a title has that of its entry; one that has several entries cannot have all of their titles.
            let headings = doc.headings.iter().filter(|heading| heading.level == 1).take(TITLE_HEADINGS);
            if let Some(title) = entry.title.as_ref().filter(|_| counts.get(path) == Some(&1))
                && let Some(other) = OtherTitle::of(title, doc, headings)
            {
                let message =
                    format!("`{file}` names this page “{title}” (line {}), its title is “{}”", entry.line, other.title);
                out.find(doc.id, other.place, message).data("kind", other.kind);
            }
            if let Some(earlier) = lines.insert(path, entry)
                && earlier.title != entry.title
            {
                let message = format!("`{file}` names this page twice, in lines {} and {}", earlier.line, entry.line);
                out.find(doc.id, title_place(doc), message).data("kind", "repeated");
            }
        }
    }
}

/// Returns a path as people write it.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Returns the place of the title of a document.
fn title_place(doc: &Document) -> Span {
    doc.headings.first().map_or_else(|| doc.line_span(0), |heading| heading.span)
}

/// A title of a file that is another one than an index gives it.
struct OtherTitle<'a> {
    title: &'a str,
    place: Span,
    kind: &'static str,
}

impl<'a> OtherTitle<'a> {
    /// Returns the title of a file if its number, or its every word, is another than in the title `listed`.
    fn of(listed: &str, file: &'a Document, headings: impl Iterator<Item = &'a Heading> + Clone) -> Option<Self> {
        let heading = headings.clone().next()?;
        let title = file.slice(heading.content).trim();
        if title.is_empty() || title.starts_with(['<', '{']) {
            return None;
        }
        let own = front_matter::value(file, "title").or_else(|| front_matter::value(file, "sidebar_label"));
        let other = |kind| Some(Self { title, place: heading.span, kind });
        if let (Some(a), Some(b)) = (leading_number(listed), leading_number(title))
            && a.trim_start_matches('0') != b.trim_start_matches('0')
        {
            return other("number");
        }
        let a = words(listed);
        let headings = headings.map(|heading| file.slice(heading.content));
        let is_other = |title: &str| {
            let b = words(title);
            let shares = |word: &String| b.iter().any(|other| is_within(word, other) || is_within(other, word));
            b.len() >= 2 && b.iter().all(|word| word.is_ascii()) && !a.iter().any(shares)
        };
        // A title that starts with a small letter goes on from the title above it.
        let is_whole = !listed.starts_with(|c: char| c.is_lowercase());
        let is_comparable = is_whole && a.len() >= 2 && a.iter().all(|word| word.is_ascii());
        if is_comparable && headings.chain(own).all(is_other) { other("title") } else { None }
    }
}

/// Returns whether a word is another one or a part of it that is no chance.
fn is_within(part: &str, word: &str) -> bool {
    part == word || part.len() >= MIN_PART_LETTERS && word.contains(part)
}

/// Words of titles that navigations have for pages of any subject: "Getting started", "Next steps".
const GENERAL_WORDS: [&str; 28] = [
    "about",
    "api",
    "basics",
    "concepts",
    "examples",
    "faq",
    "first",
    "getting",
    "guide",
    "guides",
    "help",
    "home",
    "intro",
    "introduction",
    "learn",
    "more",
    "next",
    "overview",
    "quick",
    "reference",
    "resources",
    "setup",
    "start",
    "started",
    "steps",
    "tutorial",
    "usage",
    "welcome",
];

/// Returns the stems of the words of a title that carry its meaning.
fn words(text: &str) -> Vec<String> {
    let key = title::key(text);
    let telling = title::words(&key)
        .filter(|word| !title::is_frame(word) && !title::is_light(word) && !GENERAL_WORDS.contains(word));
    telling.map(|word| title::stem(word).to_owned()).collect()
}

/// Words before the numbers of records, in capitals.
const RECORD_WORDS: [&str; 5] = ["ADR", "EIP", "PEP", "RFC", "RFD"];

/// Returns the number with which a title starts, perhaps after the word for a record: "7. T", "ADR-0007: T".
fn leading_number(title: &str) -> Option<&str> {
    let after_word = RECORD_WORDS.iter().find_map(|word| title.strip_prefix(word)?.strip_prefix(['-', ' ', '_']));
    let title = after_word.unwrap_or(title);
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
