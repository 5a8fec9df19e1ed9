//! Signs that text is repeated on purpose: it is no sentences, or a file is there to be included or kept as it was.
//!
//! Knows lines and paths.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::copies::{CopiedLines, Copy};
use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document, Heading};
use crate::model::line_fingerprint::FingerprintPosition;

/// Folders whose files are put into others, belong to others, or are kept although newer ones replaced them.
const FOLDERS: [&str; 37] = [
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
    "fragments",
    "includes",
    "legacy",
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
    "third_party",
    "thirdparty",
    "upgrades",
    "vendor",
];
/// Words in the names of files that tell again what other files told.
const NAMES: [&str; 11] = [
    "changelog",
    "changes",
    "downgrade",
    "history",
    "migrating",
    "migration",
    "news",
    "release",
    "releases",
    "upgrade",
    "upgrading",
];

/// Returns true if a file is expected to repeat others: it is included in them, archived, or tells what has changed.
pub(super) fn is_kept(doc: &Document) -> bool {
    let path = doc.source.display().to_lowercase();
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or("");
    let told = name.split(['.', '-', '_', ' ']).any(|word| NAMES.contains(&word));
    let kept = |part: &str| FOLDERS.contains(&part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-'));
    told || name.starts_with('_') || parts.any(kept)
}

/// The headings of a collection that belong to a pattern, by which pages or sections are made: "Parameters", "Examples".
pub(super) struct Patterns {
    titles: FxHashSet<String>,
}

impl Patterns {
    /// Minimum number of sections with a title that is one of a pattern (a guess).
    const MIN_SECTIONS: usize = 4;

    /// Reads the headings of a collection.
    pub(super) fn new(collection: &Collection) -> Self {
        let mut counts: FxHashMap<String, usize> = FxHashMap::default();
        for doc in &collection.documents {
            for heading in &doc.headings {
                *counts.entry(title(doc, heading)).or_default() += 1;
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

    /// Returns true if both places of a copy are under the same heading of a pattern.
    pub(super) fn hold(&self, copy: &Copy, collection: &Collection) -> bool {
        let above = |lines: CopiedLines| {
            let doc = collection.document(lines.doc);
            let start = lines.span(collection).start;
            let after = doc.headings.partition_point(|heading| heading.span.start <= start);
            after.checked_sub(1).map(|at| title(doc, &doc.headings[at]))
        };
        if [copy.at, copy.source].into_iter().all(|lines| is_answer(collection, lines)) {
            return false;
        }
        let here = above(copy.at);
        here == above(copy.source) && here.is_some_and(|title| self.titles.contains(&title))
            || is_parallel(copy, collection)
    }
}

/// Returns true if lines are in the answer of a numbered item, where headings are alike but answers are not.
fn is_answer(collection: &Collection, lines: CopiedLines) -> bool {
    let doc = collection.document(lines.doc);
    let start = lines.span(collection).start;
    let after = doc.items.partition_point(|item| item.span.start <= start);
    let mut before = doc.items[..after].iter().rev().take(MAX_ITEMS_BEFORE);
    before.any(|item| item.number.is_some() && item.body.contains_offset(start) && doc.is_principal(item))
}

/// Number of items before a place that are searched for the one around it (a guess).
const MAX_ITEMS_BEFORE: usize = 50;

/// Returns true if a copy begins with the same heading at both places, each below another parent: two things of one kind.
fn is_parallel(copy: &Copy, collection: &Collection) -> bool {
    let parent = |lines: CopiedLines| {
        let doc = collection.document(lines.doc);
        let starts = lines.prints(collection).first().is_some_and(|print| print.place == FingerprintPosition::Heading);
        let start = lines.span(collection).start;
        let at = doc.headings.partition_point(|heading| heading.span.start < start);
        doc.sections.get(at).filter(|_| starts).and_then(|section| section.parent)
    };
    let (here, there) = (parent(copy.at), parent(copy.source));
    copy.at.doc == copy.source.doc && here.is_some() && there.is_some() && here != there
}

/// Returns the words of a heading in lower case, without its id.
fn title(doc: &Document, heading: &Heading) -> String {
    let content = doc.slice(heading.content);
    let content = content.split_once('{').map_or(content, |(before, _)| before);
    let words = content.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Returns the number of bytes of the lines that are sentences: no code, no tables, no HTML, and no lists of links.
pub(super) fn sentences(collection: &Collection, lines: CopiedLines) -> u32 {
    let doc = collection.document(lines.doc);
    let prose = lines.prints(collection).iter().filter(|print| print.place == FingerprintPosition::Prose);
    let said = prose.map(|print| {
        let line = doc.line_span(doc.lines.start_of(print.line as usize).unwrap_or(0));
        let text = doc.slice(line);
        let indent = (text.len() - text.trim_start().len()) as u32;
        let first = line.start + indent;
        let block = doc.block_at(first).map(|at| &doc[at].kind);
        let is_html = matches!(block, Some(BlockKind::Html | BlockKind::HtmlText | BlockKind::FrontMatter));
        // A note in a quotation is put where it is needed; entries of lists return with what they are lists of.
        if is_html || doc.is_verbatim(first) || text.trim_start().starts_with('>') || !is_sentence(text) {
            return 0;
        }
        let entry = text.trim_start().starts_with(['-', '*', '+']) && !text.trim_start().starts_with("**");
        u32::from(print.size) / if entry { 2 } else { 1 }
    });
    said.sum()
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
    let mut outside = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        outside.push_str(before);
        let Some((_, after)) = link.split_once(']') else { break };
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
    words >= MIN_WORDS && outside.len() * 2 >= text.len() || wide >= MIN_WORDS * 2
}

#[cfg(test)]
mod tests {
    use super::*;

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
