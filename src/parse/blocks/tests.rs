//! Text in, structure out.

use std::path::Path;

use crate::model::document::{BlockKind, Document, Format};
use crate::model::id::DocId;
use crate::model::source::{Bom, Source};
use crate::parse::parse;

fn document(text: &str) -> Document {
    parse(DocId(0), Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent), Format::Markdown)
}

fn prose(text: &str) -> Vec<String> {
    let doc = document(text);
    doc.prose.blocks.iter().map(|block| doc.prose.text_of(block).replace('\u{FFFC}', "▢")).collect()
}

#[test]
fn prose_joins_words_across_emphasis_and_leaves_code_out() {
    assert_eq!(prose("**P**rocessing with `code` and [a *link*](http://x.y).\n"), ["Processing with ▢ and a link."]);
}

#[test]
fn prose_of_tight_lists_tables_and_quotes_is_divided_by_block() {
    assert_eq!(prose("- one\n- two\n  more\n\n> quoted\n> text\n"), ["one", "two\nmore", "quoted\ntext"]);
    assert_eq!(prose("| a | b |\n|---|---|\n| c | `d` |\n"), ["a", "b", "c", "▢"]);
}

#[test]
fn prose_leaves_out_code_blocks_html_autolinks_images_and_front_matter() {
    let text = "---\ntitle: x\n---\n\n```go\nfmt\n```\n\n    indented\n\n<div>html</div>\n\nSee <https://a.b> and ![alt](p.png) x<br>y &amp; z.\n";
    assert_eq!(prose(text), ["See ▢ and ▢ x▢y & z."]);
}

#[test]
fn prose_maps_back_to_the_source() {
    let text = "A **bo**ld `x` word\n> q\n";
    let doc = document(text);
    let at = doc.prose.text().find("bold").expect("joined");
    assert_eq!(doc.slice(doc.prose.source_span(at..at + 4)), "bo**ld");
    assert!(!doc.prose.is_contiguous(at..at + 4));
    let at = doc.prose.text().find("word").expect("there");
    assert_eq!(doc.slice(doc.prose.source_span(at..at + 4)), "word");
    assert!(doc.prose.is_contiguous(at..at + 4));
}

#[test]
fn headings_know_their_content_and_level() {
    let doc = document("# **A** #\n\nTitle\nmore\n---\n\n###### x {#id}\n");
    let seen: Vec<_> = doc.headings.iter().map(|h| (h.level, doc.slice(h.content), h.id.as_deref())).collect();
    assert_eq!(seen, [(1, "**A**", None), (2, "Title\nmore", None), (6, "x {#id}", Some("id"))]);
}

#[test]
fn code_blocks_know_their_info_string() {
    let doc = document("```go run\nx\n```\n\n~~~\ny\n~~~\n");
    let infos: Vec<_> = doc
        .blocks
        .iter()
        .filter_map(|b| match b.kind {
            BlockKind::Code { info: Some(info) } => Some(doc.slice(info)),
            _ => None,
        })
        .collect();
    assert_eq!(infos, ["go run", ""]);
}
