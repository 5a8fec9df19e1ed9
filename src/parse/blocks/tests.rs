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

#[test]
fn a_rule_with_text_under_it_hid_everything_up_to_the_next_rule() {
    let text = "# A\n\n---\n## B\n\nb [x](c.md)\n\n---\n\n+++\nd\n+++\n\ne\n---\n";
    let doc = document(text);
    let headings: Vec<_> = doc.headings.iter().map(|h| (h.level, doc.slice(h.content))).collect();
    assert_eq!(headings, [(1, "A"), (2, "B"), (2, "e")]);
    assert_eq!((doc.links.len(), doc.blocks.iter().any(|b| b.kind == BlockKind::FrontMatter)), (1, false));
    assert_eq!(prose(text), ["A", "B", "b x", "+++\nd\n+++", "e"]);
}

#[test]
fn offsets_count_from_the_start_of_the_text_behind_front_matter() {
    let text = "---\ntitle: ü\n---\n# A {{ b }}\n\n[c]: d.md\n\nx `y` [z](w.md)\n";
    let doc = document(text);
    assert_eq!(doc.slice(doc.blocks[0].span), "---\ntitle: ü\n---");
    assert_eq!(doc.slice(doc.headings[0].content), "A {{ b }}");
    assert_eq!(doc.slice(doc.templates[0]), "{{ b }}");
    assert_eq!(doc.slice(doc.definitions[0].span), "[c]: d.md");
    assert_eq!((doc.slice(doc.inline_code[0]), doc.slice(doc.links[0].span)), ("`y`", "[z](w.md)"));
    assert_eq!(prose(text), ["A ▢", "x ▢ z"]);
}

#[test]
fn template_tags_were_prose_and_what_they_hold_was_markup() {
    assert_eq!(prose("a {{ b | c }}, {{< d\n  e=\"f\" >}} and <%= g %>\n"), ["a ▢, ▢ and ▢"]);
    assert_eq!(prose("| a |\n|---|\n| {{ b | c }} |\n"), ["a", "▢"]);
    let text = "x\n\n{% highlight sh %}\n# a\n\n1. b\n{% endhighlight %}\n\n{% raw %}\n## c\n\nd `e`\n{% endraw %}\n";
    let doc = document(text);
    let code: Vec<_> = doc.blocks.iter().filter(|b| matches!(b.kind, BlockKind::Code { .. })).collect();
    assert_eq!(code.iter().map(|b| doc.slice(b.span).lines().count()).collect::<Vec<_>>(), [5]);
    assert_eq!(doc.headings.iter().map(|h| doc.slice(h.content)).collect::<Vec<_>>(), ["c"]);
    assert_eq!(prose(text), ["x", "▢", "▢", "▢", "▢▢\n▢"]);
    assert!(doc.is_verbatim(text.find("b\n").expect("there") as u32));
}

#[test]
fn links_whose_targets_are_template_tags_keep_them() {
    let doc = document("[a]({{< ref \"b c\" >}}) [d]({{ e }}/f.md) [g {{ h }}](i.md) [j][{{ k }}]\n\n[l]: {{ m }}\n");
    let targets: Vec<_> = doc.links.iter().map(|link| link.target.as_str()).collect();
    assert_eq!(targets, ["{{< ref \"b c\" >}}", "{{ e }}/f.md", "i.md", "{{ k }}"]);
    assert_eq!(doc.definitions[0].target, "{{ m }}");
}
