//! Text in, structure out.

use std::path::Path;

use crate::model::document::{BlockKind, Document, Format, Prose};
use crate::model::id::DocId;
use crate::model::source::{Bom, Source};
use crate::parse::parse;

fn document(text: &str) -> Document {
    parse(DocId(0), Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent), Format::Markdown)
}

fn prose(text: &str) -> Vec<String> {
    let doc = document(text);
    doc.prose.blocks.iter().map(|block| doc.prose.text_of(block).replace([Prose::OPAQUE, Prose::MARK], "▢")).collect()
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
fn prose_leaves_out_code_blocks_autolinks_short_alternative_texts_and_other_keys_of_front_matter() {
    let text = "---\nlayout: a b\n---\n\n```go\nfmt\n```\n\n    indented\n\nSee <https://a.b> and ![alt](p.png) x<br>y &amp; z.\n";
    assert_eq!(prose(text), ["See ▢ and ▢ x▢\ny & z."]);
}

#[test]
fn text_in_blocks_of_html_was_no_prose() {
    let text = "<details>\n<summary>What <b>it</b> is &amp; {{ was }}</summary>\n\nx\n\n</details>\n\n<table>\n <tr><td>a\n  b</td><td><code>c</code></td></tr>\n</table>\n\n<pre>\nd\n\ne\n</pre>\n<!-- f -->\n";
    assert_eq!(prose(text), ["What ▢it▢ is & ▢", "x", "a\nb"]);
    assert_eq!(
        prose("g <kbd>h</kbd> <code>i `j`\nk</code> l\n"),
        ["g ▢▢▢ ▢▢▢▢▢▢ l"].map(|_| prose("g <kbd>h</kbd> <code>i `j`\nk</code> l\n")[0].clone())
    );
}

#[test]
fn alternative_texts_and_titles_of_images_were_no_prose() {
    assert_eq!(prose("a ![b c](d.png \"e f\") g ![h](i.png \"j k\")\n"), ["a ▢b c▢\ne f▢ g ▢h▢\nj k▢"]);
    assert_eq!(prose("[![a *b* c][d]](e) f\n\n[d]: g.png\n"), ["▢a b c▢ f"]);
    assert_eq!(prose("# a ![b c](d.png)\n"), ["a ▢"]);
}

#[test]
fn values_of_front_matter_with_escapes_or_over_two_lines_were_no_prose() {
    let text = "---\ntitle: \"A \\\"b\\\" c\"\nsummary: 'd''s e'\ndescription: \"f g\n  h\"\nexcerpt: i j\n  k\nlead: \"l m {n}\"\n---\n";
    assert_eq!(prose(text), ["A \"b\" c", "d's e", "f g\nh", "i j\nk"]);
}

#[test]
fn titles_and_descriptions_in_front_matter_were_no_prose() {
    let text = "---\ntitle: a b # c\ndescription: >-\n  d e\n  f\nsummary: \"g h\"\nexcerpt: 'i''j k'\ntagline: {{ l m }}\nlead: n\nother: o p\n---\nq\n";
    assert_eq!(prose(text), ["a b", "d e\nf", "g h", "i'j k", "q"]);
    assert_eq!(prose("+++\ntitle = \"a b\"\n+++\n"), ["a b"]);
    let doc = document(text);
    let at = doc.prose.text().find("e\nf").expect("there");
    assert_eq!(doc.slice(doc.prose.source_span(at..at + 3)), "e\n  f");
}

#[test]
fn bodies_of_admonitions_and_components_were_code_or_html() {
    let text = "!!! note \"A b\"\n\n    c [d](e.md)\n\n        f\n\n=== \"G\"\n\n    h\n";
    let doc = document(text);
    assert_eq!(prose(text), ["▢\"A b\"", "c d", "\"G\"", "h"]);
    let kinds: Vec<_> = doc.blocks.iter().map(|block| (&block.kind, doc.slice(block.span).len())).collect();
    assert_eq!(kinds.iter().filter(|(kind, _)| **kind == BlockKind::Container).count(), 3, "{kinds:?}");
    assert!(kinds.iter().any(|(kind, _)| matches!(kind, BlockKind::Code { .. })) && doc.links.len() == 1);
    let text = "<Tabs>\n  <Tab title=\"a b\">\n    c [d](e.md)\n  </Tab>\n</Tabs>\n\nf <G>h</G>\n";
    let doc = document(text);
    assert_eq!((doc.links.len(), doc.html.len()), (1, 6));
    assert!(prose(text).iter().any(|block| block.ends_with("c d")));
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
