//! Signs that text is repeated on purpose: it is no sentences, or a file is there to be included or kept as it was.
//!
//! Knows lines and paths.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::copies::{CopiedLines, Copy};
use crate::facts::kin::Kin;
use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document, Heading};
use crate::model::line_fingerprint::FingerprintPosition;
use crate::model::span::covers;

/// Folders whose files are put into others, belong to others, or are kept although newer ones replaced them.
const FOLDERS: [&str; 43] = [
    "__fixtures__",
    "_common",
    "_drafts",
    "_fragments",
    "_includes",
    "_layouts",
    "_partials",
    "_posts",
    "_shared",
    "_snippets",
    "archive",
    "archived",
    "archives",
    "backup",
    "blog",
    "blogs",
    "bower_components",
    "changelog",
    "changelogs",
    "deprecated",
    "fixtures",
    "fragments",
    "includes",
    "legacy",
    "migrate",
    "news",
    "node_modules",
    "old",
    "partials",
    "post",
    "posts",
    "release-notes",
    "releases",
    "shared",
    "snippets",
    "templates",
    "testdata",
    "third_party",
    "thirdparty",
    "updating",
    "upgrades",
    "upgrading",
    "vendor",
];
/// Words in the names of files that tell what happened, one time after another.
const EVENTS: [&str; 8] = ["changelog", "changes", "history", "meeting", "minutes", "news", "release", "releases"];
/// Words in the names of files that tell for one release what other files tell for other releases.
const TRANSITIONS: [&str; 5] = ["downgrade", "migrating", "migration", "upgrade", "upgrading"];

/// Returns true if a file is expected to repeat others: it is included in them, archived, or tells what has changed.
pub(super) fn is_kept(doc: &Document) -> bool {
    let path = doc.source.display().to_lowercase();
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or("");
    let kept = |part: &str| {
        let part = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        FOLDERS.contains(&part) || FOLDERS.contains(&part.replace([' ', '_'], "-").as_str())
    };
    // Hugo calls the page of a folder so.
    name.starts_with('_') && !name.starts_with("_index.")
        || parts.any(kept)
        || is_test(&path)
        || is_for_assistants(&path)
        || is_chronicle(doc)
        || is_of_release(doc)
        || is_reference_of_program(doc)
}

/// Returns true for the path, in lower case, of a file that tests something: the input of a test and the output that is
/// expected of it repeat each other.
pub(super) fn is_test(path: &str) -> bool {
    let (folders, _) = path.rsplit_once('/').unwrap_or_default();
    // "docs/spec" has a specification, and "docs/tests" pages about tests.
    let is_top = |folder: &str| ["spec", "test"].contains(&folder.trim_start_matches('.'));
    let is_page = |folder: &&str| ["content", "doc", "docs", "guide", "guides", "manual"].contains(folder);
    folders.split('/').next().is_some_and(is_top)
        || folders.split('/').any(|folder| folder == "__tests__")
        || folders.split('/').take_while(|folder| !is_page(folder)).any(|folder| folder == "tests")
}

/// Returns true for the path, in lower case, of instructions for one of the coding assistants, each of which looks for its
/// own file.
fn is_for_assistants(path: &str) -> bool {
    const NAMES: [&str; 6] = ["agents.md", "claude.md", "copilot-instructions.md", "crush.md", "gemini.md", "warp.md"];
    NAMES.contains(&path.rsplit('/').next().unwrap_or(""))
}

/// Returns true for a file that others are made of: its gaps and their examples are repeated until somebody fills them.
pub(super) fn is_template(doc: &Document) -> bool {
    let path = doc.source.display().to_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let stem = name.split('.').next().unwrap_or("");
    // "vm_templates.md" tells of templates.
    stem.split(['-', '_', ' ']).any(|word| word == "template")
        || folders.split('/').any(|folder| ["issue_template", "template", "templates"].contains(&folder))
}

/// Returns true if some lines are the text that typesetters put where nothing has been written yet.
pub(super) fn is_filler(lines: CopiedLines, collection: &Collection) -> bool {
    /// Words of the usual text that are in no other language.
    const WORDS: [&str; 14] = [
        "adipiscing",
        "aliquam",
        "consectetur",
        "ipsum",
        "laboriosam",
        "lorem",
        "molestiae",
        "necessitatibus",
        "nostrud",
        "perspiciatis",
        "quisquam",
        "voluptas",
        "voluptatem",
        "voluptatum",
    ];
    /// Minimum number of different ones of these words (a guess).
    const MIN_WORDS: usize = 3;
    let text = collection.document(lines.doc).slice(lines.span(collection)).to_lowercase();
    text.contains("lorem ipsum") || WORDS.iter().filter(|word| text.contains(**word)).count() >= MIN_WORDS
}

/// Returns true for a page that a generator of references writes: of commands (cobra), of messages (protoc-gen-doc).
fn is_reference_of_program(doc: &Document) -> bool {
    let mut headings = doc.headings.iter().map(|heading| doc.slice(heading.content).trim());
    headings.any(|title| title.eq_ignore_ascii_case("Options inherited from parent commands"))
        || doc.text().starts_with("# Protocol Documentation\n<a name=\"top\"></a>")
}

/// Returns true if a file tells what happened, one time after another: a changelog, the minutes of meetings. An event
/// may happen again.
pub(super) fn is_chronicle(doc: &Document) -> bool {
    let path = doc.source.display().to_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let archived = |folder: &str| {
        folder.split(['-', '_', ' ']).any(|word| ["archive", "meeting", "meetings", "minutes"].contains(&word))
    };
    has_word(name, &EVENTS) || folders.split('/').any(archived)
}

/// Returns true for a page about one release or one issue: others tell the same for others.
fn is_of_release(doc: &Document) -> bool {
    let path = doc.source.display().to_lowercase();
    let name = path.rsplit('/').next().unwrap_or("");
    has_word(name, &TRANSITIONS) || is_issue(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}

fn has_word(name: &str, words: &[&str]) -> bool {
    name.split(['.', '-', '_', ' ']).any(|word| words.contains(&word))
}

/// Returns true for the name of a page about one release or one issue: `v1.2.5`, `issue-107`.
fn is_issue(stem: &str) -> bool {
    let number = ["issue", "v"].iter().find_map(|kind| stem.strip_prefix(kind)).unwrap_or(stem);
    let number = number.trim_start_matches(['-', '_', ' ', '.']);
    let is_marked = number.len() < stem.len() || number.contains('.');
    is_marked && !number.is_empty() && number.split('.').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns true if some lines begin with a component that shows what a program wrote: a program repeats itself.
pub(super) fn is_output(lines: CopiedLines, collection: &Collection) -> bool {
    let doc = collection.document(lines.doc);
    let first = doc.slice(doc.line_span(lines.span(collection).start)).trim_start();
    let name = first.strip_prefix('<').unwrap_or("").split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    ["Console", "Terminal", "Output", "Log"].iter().any(|word| name.contains(word))
}

/// Returns true for a file that says what its folder is for, or under which terms its content may be used: each folder
/// may have one.
pub(super) fn belongs_to_folder(doc: &Document) -> bool {
    const STEMS: [&str; 12] = [
        "_index",
        "code_of_conduct",
        "contributing",
        "index",
        "licence",
        "license",
        "notice",
        "privacy",
        "readme",
        "security",
        "support",
        "terms",
    ];
    let path = doc.source.display().to_lowercase();
    let name = path.rsplit('/').next().unwrap_or("");
    STEMS.contains(&name.split('.').next().unwrap_or(""))
}

/// The headings of a collection that belong to a pattern, by which pages or sections are made: "Parameters", "Examples".
pub(super) struct HeadingPatterns {
    titles: FxHashSet<String>,
}

impl HeadingPatterns {
    /// Minimum number of sections with a title that is one of a pattern (a guess).
    const MIN_SECTIONS: usize = 4;

    /// Reads the headings of a collection. A page that there is for several releases counts once.
    pub(super) fn new(collection: &Collection, kin: &Kin<'_>) -> Self {
        let mut counts: FxHashMap<String, usize> = FxHashMap::default();
        // For the pages of releases, the number of times that a heading was counted.
        let mut of_pages: FxHashMap<(String, String), usize> = FxHashMap::default();
        for doc in &collection.documents {
            let page = kin.page_of_release(doc.id);
            let mut own: FxHashMap<String, usize> = FxHashMap::default();
            for heading in &doc.headings {
                let title = title(doc, heading);
                if let Some(page) = &page {
                    let nth = own.entry(title.clone()).or_default();
                    *nth += 1;
                    let counted = of_pages.entry((page.clone(), title.clone())).or_default();
                    if *counted >= *nth {
                        continue;
                    }
                    *counted += 1;
                }
                *counts.entry(title).or_default() += 1;
            }
        }
        Self {
            titles: counts
                .into_iter()
                .filter(|(_, count)| *count >= Self::MIN_SECTIONS)
                .map(|(title, _)| title)
                .collect(),
        }
    }

    /// Returns true if both places of a copy are in answers of numbered items.
    pub(super) fn are_answers(copy: &Copy, collection: &Collection) -> bool {
        [copy.at, copy.source].into_iter().all(|lines| is_answer(collection, lines))
    }

    /// Returns true if both places of a copy are in answers of items with different numbers. A step that two tasks share has
    /// one number.
    pub(super) fn are_answers_to_several(copy: &Copy, collection: &Collection) -> bool {
        let [at, source] = [copy.at, copy.source].map(|lines| answered(collection, lines));
        at.zip(source).is_some_and(|(at, source)| at != source)
    }

    /// Returns true if both places of a copy are under the same heading of a pattern.
    pub(super) fn hold(&self, copy: &Copy, collection: &Collection) -> bool {
        if Self::are_answers(copy, collection) {
            return false;
        }
        let starts =
            copy.at.prints(collection).first().is_some_and(|print| print.place == FingerprintPosition::Heading);
        // A paste may begin with such a heading, and goes on with others.
        let is_pattern = |lines: CopiedLines| {
            let doc = collection.document(lines.doc);
            let span = lines.span(collection);
            let inside = doc.headings.iter().filter(|heading| span.contains(heading.span));
            inside.into_iter().all(|heading| self.titles.contains(&title(doc, heading)))
        };
        let [at, source] = [copy.at, copy.source].map(|lines| HeadingsAround::of(lines, collection));
        let are_one = match starts {
            // A page of a pattern has each heading once, and before or after the one that it has in others.
            true => copy.at.doc != copy.source.doc && (at.before == source.before || at.after == source.after),
            false => {
                let is_known = at.before.as_ref().is_some_and(|title| self.titles.contains(title));
                // A paste is beside what its section has of its own.
                at.before == source.before && is_known && (at.is_all_between || source.is_all_between)
            }
        };
        are_one && is_pattern(copy.at)
    }
}

/// The headings around some lines.
struct HeadingsAround {
    /// The title of the last one before them.
    before: Option<String>,
    /// The title of the first one after them.
    after: Option<String>,
    /// True if nothing else is between the two.
    is_all_between: bool,
}

impl HeadingsAround {
    fn of(lines: CopiedLines, collection: &Collection) -> Self {
        let doc = collection.document(lines.doc);
        let span = lines.span(collection);
        let first = doc.headings.partition_point(|heading| heading.span.start < span.start);
        let last = doc.headings.partition_point(|heading| heading.span.start < span.end);
        let before = first.checked_sub(1).and_then(|at| doc.headings.get(at));
        let after = doc.headings.get(last);
        let is_empty =
            |from: u32, to: u32| doc.text().get(from as usize..to as usize).is_some_and(|text| text.trim().is_empty());
        let (from, to) =
            (before.map_or(0, |heading| heading.span.end), after.map_or(doc.span().end, |heading| heading.span.start));
        let title_of = |heading: &Heading| title(doc, heading);
        Self {
            before: before.map(title_of),
            after: after.map(title_of),
            is_all_between: is_empty(from, span.start) && is_empty(span.end, to),
        }
    }
}

/// Returns true if lines are in the answer of a numbered item, where headings are alike but answers are not.
fn is_answer(collection: &Collection, lines: CopiedLines) -> bool {
    answered(collection, lines).is_some()
}

/// Returns the number of the item in whose answer lines are.
fn answered(collection: &Collection, lines: CopiedLines) -> Option<u32> {
    let doc = collection.document(lines.doc);
    let start = lines.span(collection).start;
    let after = doc.items.partition_point(|item| item.span.start <= start);
    let mut before = doc.items[..after].iter().rev().take(MAX_ITEMS_BEFORE);
    let item =
        before.find(|item| item.number.is_some() && item.body.contains_offset(start) && doc.is_principal(item))?;
    item.number.map(|number| number.value)
}

/// Number of items before a place that are searched for the one around it (a guess).
const MAX_ITEMS_BEFORE: usize = 50;

/// Returns the words of a heading in lower case, without its id.
fn title(doc: &Document, heading: &Heading) -> String {
    let content = doc.slice(heading.content);
    let content = content.split_once('{').map_or(content, |(before, _)| before);
    let words = content.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Share of the length of list entries that counts, as one in this many (a guess): the same steps and options apply to
/// several things.
const LIST_SHARE: u32 = 4;

/// Returns the number of bytes of the lines that are sentences: no code, no tables, no HTML, and no lists of links. Other
/// lists count for a part.
pub(super) fn sentences(collection: &Collection, lines: CopiedLines) -> u32 {
    let doc = collection.document(lines.doc);
    let prose = lines.prints(collection).iter().filter(|print| print.place == FingerprintPosition::Prose);
    let said = prose.map(|print| {
        let line = doc.line_span(doc.lines.start_of(print.line as usize).unwrap_or(0));
        let text = doc.slice(line);
        let indent = (text.len() - text.trim_start().len()) as u32;
        let first = line.start + indent;
        let block = doc.block_at(first).map(|at| &doc[at].kind);
        // A sentence may begin with inline code.
        let is_verbatim = doc.is_verbatim(first) && !covers(&doc.inline_code, first);
        let is_other = is_verbatim || block == Some(&BlockKind::HtmlText);
        // A note in a quotation is put where it is needed.
        if is_other || text.trim_start().starts_with('>') || !is_sentence(text) {
            return 0;
        }
        if is_in_list(doc, first) { u32::from(print.size) / LIST_SHARE } else { print.size.into() }
    });
    said.sum()
}

/// Returns true if a place is in an entry of a list.
fn is_in_list(doc: &Document, offset: u32) -> bool {
    let mut next = doc.block_at(offset);
    while let Some(at) = next {
        if doc[at].kind == BlockKind::ListItem {
            return true;
        }
        next = doc[at].parent;
    }
    false
}

/// Returns true if most of a line is words outside links.
fn is_sentence(line: &str) -> bool {
    /// Minimum number of words outside links (a guess).
    const MIN_WORDS: usize = 5;
    let text = line.trim_start_matches([' ', '\t', '>', '-', '*', '+']);
    if text.starts_with(['|', '<', ':', '!', '=', '{', '[']) && !text.starts_with("**") && !text.starts_with("[x]") {
        // A line that begins with a link may go on with a sentence.
        if !text.starts_with('[') {
            return false;
        }
    }
    let (mut outside, mut linked) = (String::new(), 0);
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        outside.push_str(before);
        let Some((shown, after)) = link.split_once(']') else { break };
        linked += shown.len();
        let target = if after.starts_with('(') { ')' } else { ']' };
        rest = match after.starts_with(['(', '[']) {
            true => after.split_once(target).map_or("", |(_, after)| after),
            false => after,
        };
    }
    outside.push_str(rest);
    let words = outside.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    // Chinese, Japanese and Thai have no spaces between their words.
    let wide = outside.chars().filter(|c| matches!(*c, '\u{E00}'..='\u{E7F}' | '\u{3040}'..='\u{9FFF}')).count();
    words >= MIN_WORDS && outside.len() >= linked || wide >= MIN_WORDS * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_in_any_folder_and_instructions_for_assistants_were_copies() {
        for path in ["tools/rule/tests/fixed.md", ".github/scripts/tests/a.md", "test/a.md", "spec/a.md"] {
            assert!(is_test(path), "{path}");
        }
        for path in ["docs/spec/a.md", "docs/test/a.md", "docs/user/tests/a.md", "tests.md", "a.md"] {
            assert!(!is_test(path), "{path}");
        }
        assert!(["agents.md", "a/claude.md", ".github/copilot-instructions.md"].into_iter().all(is_for_assistants));
        assert!(!is_for_assistants("docs/travel-agents.md"));
    }

    #[test]
    fn pages_about_releases_were_copies_of_each_other() {
        assert!(["v1.2.5", "v1.7", "issue-107", "2.0.1", "v2"].iter().all(|stem| is_issue(stem)));
        assert!(["vim", "issue", "107", "v", "v1.2-notes", "."].iter().all(|stem| !is_issue(stem)));
    }

    #[test]
    fn tables_and_lists_of_links_were_sentences() {
        for line in [
            "The tide turns twice a day here.",
            "- The tide, see [the table](t.md), turns twice a day here.",
            "[The tide](t.md) turns twice a day in this harbour, as everybody knows.",
            "水位每天涨落两次，大家都知道。",
        ] {
            assert!(is_sentence(line), "{line}");
        }
        for line in [
            "| The tide | turns twice a day here |",
            "- [How the tide turns twice a day here](t.md)",
            "<p>The tide turns twice a day here.</p>",
            "- [A](a.md), [B](b.md) and [C](c.md)",
            "tides",
        ] {
            assert!(!is_sentence(line), "{line}");
        }
    }
}
