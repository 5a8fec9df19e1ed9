//! Signs that text is repeated on purpose: it is no sentences, or a file is there to be included or kept as it was.
//!
//! Knows lines and paths.

use crate::facts::copies::CopiedLines;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::line_fingerprint::FingerprintPosition;

/// Folders whose files are put into others, or kept although others replaced them.
const FOLDERS: [&str; 30] = [
    "_common", "_fragments", "_includes", "_layouts", "_partials", "_shared", "_snippets", "archive", "archived", "archives",
    "backup", "blog", "blogs", "changelog", "changelogs", "deprecated", "fragments", "includes", "legacy", "news", "old",
    "partials", "posts", "release-notes", "releases", "shared", "snippets", "templates", "_posts", "_drafts",
];
/// Names of files that tell again what stood in others.
const NAMES: [&str; 7] = ["changelog", "changes", "history", "news", "release-notes", "releasenotes", "upgrade"];

/// Returns true if a file is expected to repeat others: it is included in them, archived, or tells what has changed.
pub(super) fn is_kept(doc: &Document) -> bool {
    let path = doc.source.display().to_lowercase();
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or("");
    let stem = name.split('.').next().unwrap_or("");
    let archived = |part: &str| {
        let part = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        FOLDERS.contains(&part)
    };
    NAMES.contains(&stem) || name.starts_with('_') || parts.any(archived)
}

/// Returns the number of bytes of the lines that are sentences: no code, no tables, no HTML, and no lists of links.
pub(super) fn sentences(collection: &Collection, lines: CopiedLines) -> u32 {
    let doc = collection.document(lines.doc);
    let prose = lines.prints(collection).iter().filter(|print| print.place == FingerprintPosition::Prose);
    let said = prose.filter(|print| {
        let start = doc.lines.start_of(print.line as usize).unwrap_or(0);
        is_sentence(doc.slice(doc.line_span(start)))
    });
    said.map(|print| u32::from(print.size)).sum()
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
