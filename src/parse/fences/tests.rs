//! Slips with fences, and texts that only look like slips.

use std::path::Path;

use crate::model::document::{Document, FenceDefectKind, Format};
use crate::model::id::DocId;
use crate::model::source::{Bom, Source};
use crate::parse::parse;

fn document(text: &str) -> Document {
    parse(DocId(0), Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent), Format::Markdown)
}

/// Returns the slips with the text of their lines and the text that they swallow.
fn slips(text: &str) -> Vec<(FenceDefectKind, String, String)> {
    let doc = document(text);
    let faults = doc.fence_defects.iter();
    faults.map(|f| (f.kind, doc.slice(f.line).to_owned(), doc.slice(f.swallowed).trim().to_owned())).collect()
}

const NEXT: &str = "\n### 2. Where do gulls sleep?\n\n**Answer:** On the water, mostly, and on roofs in towns.\n\n```go\nfmt.Println(\"gull\")\n```\n";

#[test]
fn a_closing_fence_with_a_quote_mark_after_it_swallows_the_next_item() {
    let found = slips(&format!("### 1. Loop\n\n```go\nfor i := range 3 {{\n}}\n```\"\n{NEXT}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, found[0].1.as_str()), (FenceDefectKind::TextAfter, "```\""));
    assert!(found[0].2.starts_with("### 2.") && found[0].2.ends_with("towns."), "{found:?}");
}

#[test]
fn a_fence_without_a_closing_one_ends_where_markdown_goes_on() {
    let text = format!("### 1. Loop\n\n```go\nfor i := range 3 {{\n}}\n**A:** three times\n{NEXT}");
    let doc = document(&text);
    assert_eq!(doc.fence_defects.len(), 1, "{:?}", doc.fence_defects);
    assert_eq!(doc.fence_defects[0].kind, FenceDefectKind::Unclosed);
    assert!(text[doc.fence_defects[0].repair as usize..].starts_with("**A:**"));
    assert!(doc.slice(doc.fence_defects[0].swallowed).contains("### 2."));
}

#[test]
fn a_fence_after_prose_is_a_stray() {
    let found = slips(&format!("### 1. Sleep\n\nThe gull sleeps on the water at night, they say.\n```\n{NEXT}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, FenceDefectKind::Stray);
}

#[test]
fn code_that_runs_into_its_fence_is_seen() {
    let found = slips(&format!("### 1. Loop\n\n```go\nfor i := range 3 {{\n}}```\n{NEXT}"));
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [FenceDefectKind::TextBefore]);
}

#[test]
fn a_block_that_is_never_closed_is_seen_at_the_end() {
    let found = slips("Run it:\n\n```sh\ngo run .\ngo test ./...\n");
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [FenceDefectKind::Unclosed]);
}

#[test]
fn a_longer_fence_may_show_markdown_with_fences() {
    assert_eq!(slips("````markdown\n# Title\n\n```go\nx := 1\n```\n\n## More\n````\n\n## After\n"), []);
    assert_eq!(slips("~~~\n## Title\n\n```go\nx := 1\n```\n~~~\n"), []);
}

#[test]
fn a_bare_block_may_show_markdown() {
    assert_eq!(
        slips("A template:\n\n```\n## Title\n\n**Status:** open\n\nSome words about what is being done here.\n```\n"),
        []
    );
}

#[test]
fn ticks_within_a_line_are_no_fence() {
    assert_eq!(slips("Use ```x``` or ``` to fence.\n\n```go\nx := \"```\"\n```\n\n## After\n"), []);
}

#[test]
fn a_block_that_ends_with_its_list_item_swallows_nothing_beyond_it() {
    let text = "1. First\n\n   ```go\n   x := 1\n\n2. Second\n\n   ```go\n   y := 2\n   ```\n\n3. Third\n";
    let found = slips(text);
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [FenceDefectKind::Unclosed], "{found:?}");
    assert_eq!(found[0].2, "");
}

#[test]
fn code_left_of_its_fence_is_none() {
    let found = slips("1. First\n\n   ```go\nx := 1\n   ```\n\n2. Second\n\n## After the list\n\nSome words.\n");
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [FenceDefectKind::Outdented], "{found:?}");
}

#[test]
fn a_bad_fence_in_a_quote_does_no_harm_beyond_the_quote() {
    let text = "> ```go\n> a := 1\n> ```\"\n>\n> The gull sleeps on the water at night, they say.\n\n### Next\n\n```go\nb := 2\n```\n";
    let found = slips(text);
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [FenceDefectKind::TextAfter], "{found:?}");
    assert!(!found[0].2.contains("Next") && found[0].2.contains("gull"), "{found:?}");
}

#[test]
fn fences_in_list_items_are_fine() {
    assert_eq!(slips("- a\n  ```\n  x\n  ```\n- ```go\n  y\n  ```\n\n      ```\n      indented\n"), []);
}

#[test]
fn a_block_that_shows_a_fence_as_long_as_its_own_is_nested() {
    let shown = "```markdown\n## Usage\n\nRun it like this, and it will print a greeting.\n\n```go\nx := 1\n```\n\n## License\n\nAs is usual for things of this kind in here.\n```\n";
    let found = slips(&format!("Write this:\n\n{shown}{NEXT}"));
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [FenceDefectKind::Nested], "{found:?}");
}

#[test]
fn outer_fences_that_are_longer_already_are_not_nested() {
    let text = "```\n````\n| a |\n```go\nx := 1\n````\n## Part\nthe text\n````\nmore text\n";
    assert!(slips(text).iter().all(|found| found.0 != FenceDefectKind::Nested), "{:?}", slips(text));
}
