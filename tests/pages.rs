//! A test of every example on every rule page.
//!
//! A fence tagged `bad` must give exactly one finding, of the page's rule; the `fixed` after it must be the text after
//! its fix, and give no finding; `good` must give none. With `file=NAME`, all fences of one tag under one heading are
//! files of one project. A fence tagged `config` under the same heading is their `recto.toml`. In a fence tagged
//! `escaped`, `\xNN` is a byte and `\u{NNNN}` a character, so that invisible characters can be shown.

use std::collections::BTreeMap;
use std::path::PathBuf;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use recto::internal::lint::{lint, registry};
use recto::internal::model::edit::Applicability;
use recto::internal::model::finding::{Finding, Tier};
use recto::internal::rules;
use recto::internal::settings::{RulePatch, Selector, Settings, Tiers};
use recto::internal::settle::settle;

type Files = Vec<(PathBuf, Vec<u8>)>;

struct Fence {
    heading: String,
    tag: String,
    file: Option<String>,
    content: Vec<u8>,
}

#[derive(Debug)]
struct Example {
    place: String,
    config: Option<String>,
    bad: Option<Files>,
    fixed: Option<Files>,
    good: Option<Files>,
}

fn fences(page: &str) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::new();
    let (mut heading, mut in_heading, mut in_fence) = (String::new(), false, false);
    for event in Parser::new(page) {
        match event {
            Event::Start(Tag::Heading { .. }) => (heading, in_heading) = (String::new(), true),
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let words: Vec<&str> = info.split_whitespace().collect();
                let known = |word: &&&str| ["bad", "fixed", "good", "config"].contains(*word);
                let Some(tag) = words.iter().find(known) else { continue };
                let file = words.iter().find_map(|word| word.strip_prefix("file=")).map(str::to_owned);
                let tag = if words.contains(&"escaped") { format!("{tag} escaped") } else { (*tag).to_owned() };
                fences.push(Fence { heading: heading.clone(), tag, file, content: Vec::new() });
                in_fence = true;
            }
            Event::End(TagEnd::CodeBlock) => in_fence = false,
            Event::Text(text) if in_fence => {
                fences.last_mut().expect("open").content.extend_from_slice(text.as_bytes());
            }
            Event::Text(text) | Event::Code(text) if in_heading => heading.push_str(&text),
            _ => {}
        }
    }
    for fence in &mut fences {
        if let Some(tag) = fence.tag.strip_suffix(" escaped") {
            fence.tag = tag.to_owned();
            fence.content = unescape(&fence.content);
        }
    }
    fences
}

fn unescape(content: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(content).expect("pages are UTF-8");
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        if let Some(hex) = rest.strip_prefix("\\x") {
            out.push(u8::from_str_radix(&hex[..2], 16).expect("two hex digits"));
            rest = &hex[2..];
        } else if let Some(hex) = rest.strip_prefix("\\u{") {
            let (digits, after) = hex.split_once('}').expect("closed");
            let c = char::from_u32(u32::from_str_radix(digits, 16).expect("hex")).expect("a scalar value");
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            rest = after;
        } else {
            out.push(b'\\');
            rest = &rest[1..];
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// Groups the fences of a page into examples.
fn examples(id: &str, page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let fences = fences(page);
    let config_of = |heading: &str| {
        let config = fences.iter().find(|fence| fence.tag == "config" && fence.heading == heading)?;
        Some(String::from_utf8(config.content.clone()).expect("UTF-8"))
    };
    let mut last: Option<(String, String)> = None;
    for fence in fences.iter().filter(|fence| fence.tag != "config") {
        let name = fence.file.clone().unwrap_or_else(|| "example.md".to_owned());
        let entry = (PathBuf::from(name), fence.content.clone());
        let here = (fence.heading.clone(), fence.tag.clone());
        let joins = fence.file.is_some() && last.as_ref() == Some(&here);
        last = Some(here);
        if !joins && fence.tag != "fixed" {
            let place = format!("rules/{id}.md, under \"{}\", example {}", fence.heading, examples.len() + 1);
            let config = config_of(&fence.heading);
            examples.push(Example { place, config, bad: None, fixed: None, good: None });
        }
        let example = examples.last_mut().unwrap_or_else(|| panic!("{id}: `fixed` before any `bad`"));
        let files = match fence.tag.as_str() {
            "bad" => &mut example.bad,
            "fixed" => &mut example.fixed,
            _ => &mut example.good,
        };
        files.get_or_insert_default().push(entry);
    }
    examples
}

fn settings(id: &str, config: Option<&str>) -> Settings {
    let rule = rules::by_id(id).expect("known");
    let base = Settings::new("/project".into(), "/project".into());
    let settings = match config {
        Some(text) => base.with_file(text, "recto.toml".as_ref(), &registry()).expect("a valid configuration"),
        None => base,
    };
    // All findings of this rule, those of the audit tier too, and of the other rules those of the gate tier.
    let tier = BTreeMap::from([(rule.id, Tier::Audit)]);
    let patch = RulePatch { extend_select: vec![Selector::Rule(rule.id)], tier, ..RulePatch::default() };
    settings.with_command_line(patch, Tiers::Gate)
}

fn sorted(files: &Files) -> Files {
    let mut files = files.clone();
    files.sort();
    files
}

fn findings(files: &Files, settings: &Settings) -> Vec<Finding> {
    lint(&recto::internal::collection(sorted(files), settings), settings)
}

#[test]
fn every_example_does_what_its_page_says() {
    let mut wrong = Vec::new();
    for rule in rules::ALL {
        for example in examples(rule.id, rule.page) {
            let settings = settings(rule.id, example.config.as_deref());
            let place = &example.place;
            if let Some(bad) = &example.bad {
                let found = findings(bad, &settings);
                if found.len() != 1 || found[0].rule != rule.id {
                    wrong.push(format!(
                        "{place}: `bad` must give exactly one finding of `{}`, gave {found:#?}",
                        rule.id
                    ));
                    continue;
                }
                if let Some(fixed) = &example.fixed {
                    let settled =
                        settle(recto::internal::collection(sorted(bad), &settings), &settings, Applicability::Unsafe);
                    let after = settled.collection.documents.iter();
                    let after: Files = after.map(|d| (d.source.path().into(), d.source.bytes().into_owned())).collect();
                    let mut expected = sorted(bad);
                    for (path, content) in fixed {
                        let file = expected.iter_mut().find(|(name, _)| name == path).expect("a file of `bad`");
                        file.1.clone_from(content);
                    }
                    if after != expected {
                        let show = |files: &Files| {
                            files.iter().map(|(_, c)| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>()
                        };
                        wrong.push(format!("{place}: fixing gave\n{:#?}\nnot\n{:#?}", show(&after), show(&expected)));
                    } else if !settled.findings.is_empty() {
                        wrong.push(format!("{place}: `fixed` is not quiet: {:#?}", settled.findings));
                    }
                }
            }
            if let Some(good) = &example.good {
                let found = findings(good, &settings);
                if !found.is_empty() {
                    wrong.push(format!("{place}: `good` must be quiet, gave {found:#?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_page_has_its_headings_and_a_good_example() {
    for rule in rules::ALL {
        let headings: Vec<&str> = rule.page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let wanted = ["What it finds", "Why it matters", "Bad", "Fixed", "Good", "Options", "Limits"];
        assert_eq!(headings, wanted, "rules/{}.md", rule.id);
        assert!(rule.page.starts_with(&format!("# {}\n", rule.id)), "rules/{}.md: title", rule.id);
        assert!(examples(rule.id, rule.page).iter().any(|example| example.good.is_some()), "rules/{}.md", rule.id);
    }
}
