//! Fixes of words, and safe fixes of characters, change how the text reads, and nothing else: outside the edit, the
//! rendered page is the same as before.
//!
//! Texts are paragraphs of the fixtures in any order, so that the fixes are those that people get.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use pulldown_cmark::{Options, Parser, html};
use recto::internal::lint::lint;
use recto::internal::model::edit::{Applicability, Edit, Stage};
use recto::internal::settings::{RulePatch, Settings, Tiers};

/// Adds the Markdown files below a folder.
fn add_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            add_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// The paragraphs of the fixtures: what is between empty lines, in files that are UTF-8.
static PARAGRAPHS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut files = Vec::new();
    add_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut files);
    let texts = files.iter().filter_map(|path| fs::read_to_string(path).ok());
    texts.flat_map(|text| text.split("\n\n").map(str::to_owned).collect::<Vec<_>>()).collect()
});

/// The page as a browser gets it.
fn rendered(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES
        .union(Options::ENABLE_FOOTNOTES)
        .union(Options::ENABLE_STRIKETHROUGH)
        .union(Options::ENABLE_TASKLISTS)
        .union(Options::ENABLE_GFM)
        .union(Options::ENABLE_HEADING_ATTRIBUTES);
    let mut page = String::new();
    html::push_html(&mut page, Parser::new_ext(markdown, options));
    page
}

/// Maximum length of a text on the page, in bytes: each of its characters may be escaped, in an address byte by byte.
fn max_rendered(text: &str) -> usize {
    let of = |c: char| match c {
        '&' | '<' | '>' | '"' => 6,
        c if c.is_ascii_alphanumeric() => 1,
        c => 3 * c.len_utf8(),
    };
    text.chars().map(of).sum()
}

/// Lengths of the parts in which two texts differ, in bytes.
fn changed(old: &str, new: &str) -> (usize, usize) {
    let same = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old.as_bytes()[same..], &new.as_bytes()[same..]);
    let same = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    (old.len() - same, new.len() - same)
}

/// Applies each fix of words and characters to a text by itself. Returns how many there are, or the first one that changes
/// more of the page than its own text.
fn look_at_fixes(text: &str) -> Result<usize, String> {
    let settings = Settings::new("/project".into(), "/project".into());
    let settings = settings.with_command_line(RulePatch::default(), Tiers::GateAndAudit);
    let collection = recto::internal::collection(vec![("a.md".into(), text.as_bytes().to_vec())], &settings);
    let text = collection.documents[0].text();
    let mut count = 0;
    for finding in lint(&collection, &settings) {
        let Some(fix) = finding.fix else { continue };
        // To remove a character that hides markup is right, and likely at most.
        let is_text = finding.stage == Stage::Words
            || finding.stage == Stage::Characters && fix.applicability == Applicability::Safe;
        if !is_text {
            continue;
        }
        count += 1;
        let mut edits: Vec<Edit> = fix.edits.to_vec();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        let mut before = text.to_owned();
        for edit in edits {
            let old = &text[edit.span.range()];
            let mut after = before.clone();
            after.replace_range(edit.span.range(), &edit.replacement);
            let (gone, come) = changed(&rendered(&before), &rendered(&after));
            if gone > max_rendered(old) || come > max_rendered(&edit.replacement) {
                let rule = finding.rule;
                let line = collection.documents[0].slice(collection.documents[0].line_span(edit.span.start));
                return Err(format!("{rule}: {old:?} to {:?} changes more of the page: {line:?}", edit.replacement));
            }
            before = after;
        }
    }
    Ok(count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn outside_the_edit_the_page_is_the_same(
        paragraphs in prop::collection::vec(select(PARAGRAPHS.as_slice()), 1..12)
    ) {
        if let Err(message) = look_at_fixes(&(paragraphs.join("\n\n") + "\n")) {
            prop_assert!(false, "{message}");
        }
    }
}

#[test]
fn the_fixtures_have_fixes_to_look_at() {
    let count = look_at_fixes(&PARAGRAPHS.join("\n\n")).expect("the page is the same outside the edits");
    assert!(count > 60, "{count}");
}

#[test]
fn a_change_of_markup_is_more_than_its_text() {
    let (gone, come) = changed(&rendered("a *b* c"), &rendered("a *b c"));
    assert!(gone > max_rendered("*"), "{gone} {come}");
}
