//! Links of several documents: what is reported about them together, and what becomes of them when headings are fixed.

use std::fmt::Write as _;
use std::path::PathBuf;

use recto::internal::lint::lint;
use recto::internal::model::collection::Collection;
use recto::internal::model::edit::Applicability;
use recto::internal::model::finding::{Finding, Tier};
use recto::internal::settings::{RulePatch, Settings, Tiers};
use recto::internal::settle::settle;

fn settings() -> Settings {
    Settings::new("/project".into(), "/project".into())
}

fn collection(files: &[(&str, &str)]) -> Collection {
    let files = files.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()));
    recto::internal::collection(files.collect(), &settings())
}

fn links(collection: &Collection) -> Vec<Finding> {
    let findings = lint(collection, &settings());
    findings.into_iter().filter(|finding| finding.rule == "broken-link").collect()
}

/// Returns the lines of the primary label of a finding and of its related labels.
fn lines(collection: &Collection, finding: &Finding) -> Vec<u32> {
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    labels.map(|label| collection.document(label.doc).position(label.span.start).line).collect()
}

#[test]
fn an_allow_comment_takes_one_place_out_of_the_links_that_are_told_of_together() {
    let text = "[a](#gone)\n\n<!-- recto-allow broken-link: it will come -->\n[b](#gone)\n\n[c](#gone)\n\n\
        <!-- recto-allow structure: so will this -->\n[d](x\\\\y.md)\n\n[e](x\\\\z.md)\n\n[f](x\\\\w.md)\n";
    let text = text.replace("\\\\", "\\");
    let files = [("a.md", text.as_str()), ("x/w.md", "# W\n"), ("x/y.md", "# Y\n"), ("x/z.md", "# Z\n")];
    let collection = collection(&files);
    let found = links(&collection);
    assert_eq!(found.iter().map(|finding| lines(&collection, finding)).collect::<Vec<_>>(), [vec![1, 6], vec![11, 13]]);
    assert!(lint(&collection, &settings()).iter().all(|finding| finding.rule != "unused-allow"));
    let fixed = settle(collection, &settings(), Applicability::Unsafe);
    let text = fixed.collection.documents[0].text();
    assert!(text.contains("[d](x\\y.md)") && text.contains("[e](x/z.md)") && text.contains("[f](x/w.md)"), "{text}");
}

#[test]
fn links_that_lack_one_start_were_as_many_findings_as_links() {
    let mut files: Vec<(String, String)> = Vec::new();
    for page in 0..60 {
        let mut text = format!("# Page {page}\n\n");
        for link in 0..20 {
            let _ = writeln!(
                text,
                "[x](../base/part-{0}/page-{0}.md) and ![y](../base/pictures/{link}.png)\n",
                (page + link) % 60
            );
        }
        files.push((format!("docs/part-{page}/page-{page}.md"), text));
    }
    files.sort();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let collection = collection(&files);
    // One finding for the pages, and one for the pictures of a folder that does not exist.
    assert_eq!(links(&collection).len(), 2 * 60);
    let fixed = settle(collection, &settings(), Applicability::Unsafe);
    assert!(fixed.findings.iter().all(|finding| !finding.message.contains("part-")), "{:?}", fixed.findings.first());
}

#[test]
fn two_dead_links_for_two_reasons_are_two_findings() {
    let files = [("a.md", "[a](b.md) [c](#d) [e](f.png)\n\n- [g](#h)\n- [i](#j)\n"), ("c/b.md", "# B\n")];
    let collection = collection(&files);
    let found = links(&collection);
    assert_eq!(found.len(), 5, "{found:?}");
    assert!(found.iter().all(|finding| finding.tier == Tier::Gate && finding.related.is_empty()));
}

#[test]
fn a_file_that_each_language_has_is_no_repair() {
    let page = "# P\n\n[a](x.md) [b](y.md) [c](z.md)\n";
    let mut files = vec![("docs/uk/p.md".to_owned(), page)];
    for language in ["de", "en", "fr"] {
        files.extend(["x", "y", "z"].map(|name| (format!("docs/{language}/{name}.md"), "# Page\n")));
    }
    files.sort();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let found = links(&collection(&files));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].fix.as_ref(), found[0].related.len()), (None, 2));
}

#[test]
fn a_mended_heading_keeps_its_links_in_all_documents() {
    let files = [
        (
            "docs/post.md",
            "# Post\n\nThis page tells what happens to a parcel when it comes in.\n\n## What you recieve and and send\n",
        ),
        ("index.md", "# Index\n\nSee [what you get](docs/post.md#what-you-recieve-and-and-send) when it is there.\n"),
    ];
    let before = collection(&files);
    assert_eq!(links(&before), []);
    let fixed = settle(before, &settings(), Applicability::Unsafe);
    assert_eq!(links(&fixed.collection), []);
    assert!(fixed.collection.documents[0].text().contains("## What you receive and send"));
    assert!(fixed.collection.documents[1].text().contains("docs/post.md#what-you-receive-and-send)"));
}

#[test]
fn an_anchor_with_a_control_character_is_a_dead_link_and_not_one_of_another_renderer() {
    let collection = collection(&[("a.md", "# Pier\n\n[a](#x%0A::y) [b](#f(x))\n")]);
    let found = links(&collection);
    assert_eq!(found.iter().filter(|finding| finding.tier == Tier::Gate).count(), 1, "{found:?}");
}

#[test]
fn links_of_one_language_were_led_to_the_files_of_another() {
    let index = "# 目录\n\n[二](02_a.md) [三](03_b.md) [四](04_c.md)\n";
    let files = [("zh/README.md", index), ("fa/02_a.md", "# A\n"), ("fa/03_b.md", "# B\n"), ("fa/04_c.md", "# C\n")];
    let collection = collection(&files);
    let fixed = settle(collection, &settings(), Applicability::Unsafe);
    let text = fixed.collection.documents.iter().find(|doc| doc.source.display() == "zh/README.md").expect("there");
    assert_eq!(text.text(), index);
}

#[test]
fn links_of_one_language_were_led_to_another_where_their_own_pages_have_other_names() {
    let index = "# 目录\n\n[二](02_a.md) [三](03_b.md) [四](04_c.md)\n";
    let files = [
        ("zh/README.md", index),
        ("zh/02_a_cn.md", "# A\n"),
        ("fa/02_a.md", "# A\n"),
        ("fa/03_b.md", "# B\n"),
        ("fa/04_c.md", "# C\n"),
        ("fr/02_a.md", "# A\n"),
    ];
    assert!(links(&collection(&files)).iter().all(|finding| finding.fix.is_none()));
}

#[test]
fn a_link_was_repaired_to_a_page_without_its_anchor() {
    let page = "See [it](../components/helm-releases.md#values).\n";
    let with = |text| [("a/index.md", page), ("guides/helm-releases.md", text)];
    assert!(links(&collection(&with("# Releases\n")))[0].fix.is_none());
    assert!(links(&collection(&with("# Releases\n\n## Values\n\nText.\n")))[0].fix.is_some());
}

#[test]
fn a_link_was_repaired_to_a_namesake_in_another_folder_or_to_its_own_page() {
    let other = [("guide/a.md", "See [how](../lost/install.md).\n"), ("boats/install.md", "# Boats\n")];
    let own = [("guide/timetables-of-1890.md", "See [it](lost/timetables-of-1890.md).\n"), ("b.md", "# B\n")];
    for files in [other, own] {
        let collection = collection(&files);
        let found = links(&collection);
        assert!(found.len() == 1 && found[0].fix.is_none(), "{found:?}");
    }
    // A name that hardly two pages have.
    let files = [("guide/a.md", "See [it](../lost/timetables-of-1890.md).\n"), ("b/timetables-of-1890.md", "# B\n")];
    assert!(links(&collection(&files))[0].fix.is_some());
}

#[test]
fn the_fix_of_a_new_link_rewrote_the_old_ones_of_its_group() {
    let files = [
        ("a.md", "[a](x\\y.md)\n\n[b](x\\z.md)\n\n[c](x\\w.md)\n"),
        ("x/w.md", "# W\n"),
        ("x/y.md", "# Y\n"),
        ("x/z.md", "# Z\n"),
    ];
    let collection = collection(&files);
    let found = links(&collection);
    assert_eq!(lines(&collection, &found[0]), [1, 3, 5]);
    let line = |doc, span: recto::internal::model::span::Span| collection.document(doc).position(span.start).line;
    // Only the last one is new.
    let left = found[0].clone().retain_places(|place| line(place.doc, place.span) == 5).expect("one place");
    let edits = left.fix.expect("a fix").edits;
    assert_eq!(edits.iter().map(|edit| line(edit.doc, edit.span)).collect::<Vec<_>>(), [5]);
}

#[test]
fn a_list_of_languages_in_a_translation_of_a_readme_was_twenty_findings() {
    let page =
        "# L\n\n[de](localization/de/README.md) [fr](localization/fr/README.md) [it](localization/it/README.md)\n";
    let files = [("de", page), ("fr", "# F\n"), ("it", "# I\n")];
    let files = files.map(|(code, text)| (format!("localization/{code}/README.md"), text));
    let all = collection(&files.each_ref().map(|(path, text)| (path.as_str(), *text)));
    let found = links(&all);
    assert_eq!(found.len(), 1);
    assert!(found[0].fix.is_some());
}

#[test]
fn labels_that_mkdocstrings_defines_were_undefined() {
    let page = "See [the method][classmethod] and [it][harbour-rules].\n\n[harbour-rule]: https://example.org\n";
    let with = |api: &str| {
        let mut all = collection(&[("docs/a.md", page), ("docs/api.md", api)]);
        all.sites = vec![(PathBuf::from("."), recto::internal::model::site::Generator::MkDocs)];
        links(&all).len()
    };
    assert_eq!((with("::: harbour.lamps\n"), with("# Lamps\n")), (0, 2));
}

#[test]
fn two_spellings_of_one_path_were_two_findings() {
    let text = "[a](gone.md) [b](./gone.md) [c](x.md#gone) [d](./x.md#gone)\n\n[e](a%20b.md) [f](<a b.md>)\n";
    let collection = collection(&[("a.md", text), ("x.md", "# X\n")]);
    let found: Vec<usize> = links(&collection).iter().map(|finding| finding.related.len()).collect();
    assert_eq!(found, [1, 1, 1]);
}

#[test]
fn a_table_of_contents_in_a_table_gave_a_finding_for_each_row() {
    let text = "| Nr. | Title |\n|---|---|\n| 1 | [a](#1-oars) |\n| 2 | [b](#2-sails) |\n| 3 | [c](#3-lamps) |\n\n\
        # Oars\n\n# Sails\n\n# Lamps\n";
    let found = links(&collection(&[("a.md", text)]));
    assert_eq!((found.len(), found[0].related.len()), (1, 2), "{found:?}");
}

#[test]
fn anchors_behind_folders_and_pages_without_extension_were_not_looked_up() {
    let text = "[a](x#oar) [b](./y/#oar) [c](y#sail) [d](x#sail)\n\n[e](z#oar)\n";
    let files = [("a.md", text), ("x.md", "# Sail\n"), ("y/index.md", "# Sail\n"), ("z/one.md", "# Sail\n")];
    let collection = collection(&files);
    assert_eq!(links(&collection), [], "the page may be made of further files");
    let audit = settings().with_command_line(RulePatch::default(), Tiers::GateAndAudit);
    let messages: Vec<String> = lint(&collection, &audit).into_iter().map(|finding| finding.message).collect();
    assert_eq!(messages, ["no heading of `x` has the anchor `#oar`", "no heading of `./y/` has the anchor `#oar`"]);
}

#[test]
fn targets_that_lead_nowhere_were_silent() {
    let text = "[a](#) [Back to top](#) [ ](#)\n\n<a href=\"\">b</a> <img src=''>\n\n[c](#fn-note) [^note]\n\n\
        [^note]: E.\n";
    let found = links(&collection(&[("a.md", text)]));
    let found: Vec<(&str, usize)> = found.iter().map(|found| (found.message.as_str(), found.related.len())).collect();
    assert_eq!(found, [("this link has no target: 2 links lead there", 1)]);
}

#[test]
fn a_table_of_contents_in_a_paragraph_gave_a_finding_for_each_line() {
    let text = "[a](#oars)</br>\n[b](#sails)</br>\n[c](#lamps)</br>\n[d](#keel)\n\n# Keel\n\n[e](../tree/HEAD/x.md) [f](../../issues/7)\n";
    let found = links(&collection(&[("a.md", text)]));
    assert_eq!((found.len(), found[0].related.len()), (1, 2), "{found:?}");
}

#[test]
fn dead_links_of_a_part_that_pages_import_were_not_told_at_all() {
    let files = [
        ("docs/a/x.mdx", "import Part from '../parts/p.md'\n\n# X\n\n<Part />\n"),
        ("docs/parts/p.md", "# P\n\n[one](lost/one.md) [two](#two)\n"),
    ];
    let collection = collection(&files);
    let audit = settings().with_command_line(RulePatch::default(), Tiers::GateAndAudit);
    let found = lint(&collection, &audit);
    assert_eq!(found.iter().filter(|finding| finding.rule == "broken-link").count(), 2, "{found:?}");
}

#[test]
fn a_name_that_only_a_vault_follows_is_for_the_audit() {
    let tier = |text: &str| {
        let collection = collection(&[("boats/oars.md", text), ("sails/sail-care.md", "Fold them.\n")]);
        let found = lint(&collection, &settings().with_command_line(RulePatch::default(), Tiers::GateAndAudit));
        let found = found.iter().filter(|finding| finding.rule == "broken-link");
        found.map(|finding| finding.tier).collect::<Vec<_>>()
    };
    assert_eq!(tier("See [[care of oars]] and [the sails](sail-care.md).\n"), [Tier::Audit]);
    assert_eq!(tier("See [the sails](sail-care.md).\n"), [Tier::Gate]);
}
