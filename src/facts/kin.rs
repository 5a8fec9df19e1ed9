//! Kin: documents that are expected to share content, namely versions of one work, translations, the same page for
//! several releases, and documents generated from others.
//!
//! Knows documents and works, their paths and the language of their prose; not rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::id::DocId;
use crate::text::language::locale_tag::{Named, named, unnamed};
use crate::text::similarity::shingle::mix;

/// Number of bytes at the start of a document that are searched for a statement that it is generated (a guess).
const GENERATED_NOTICE_BYTES: usize = 1500;

/// The relations between the documents of a collection.
#[derive(Debug)]
pub struct Kin<'a> {
    collection: &'a Collection,
    /// For each document, the works that it belongs to, and the version in each.
    works: Vec<Vec<(usize, usize)>>,
    traits: Vec<Traits>,
}

/// Properties of a document by itself.
#[derive(Debug)]
struct Traits {
    /// The language tag in its path, if it is unambiguous.
    language: Option<String>,
    release: Option<Release>,
    generated: bool,
    /// Hash of all its lines, equal for documents that agree line for line.
    print: u64,
}

/// The folder of a release that a document is in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Release {
    /// Its index among the folders of the path.
    at: usize,
    /// True if the folder before it has only releases, as `versioned_docs` does.
    kept: bool,
}

impl<'a> Kin<'a> {
    /// Determines the relations of a collection.
    pub fn new(collection: &'a Collection) -> Self {
        let mut works = vec![Vec::new(); collection.documents.len()];
        for (at, work) in collection.works.iter().enumerate() {
            for (nth, version) in work.versions.iter().enumerate() {
                for doc in &version.documents {
                    works[doc.0 as usize].push((at, nth));
                }
            }
        }
        let languages = languages(collection);
        let traits = collection.documents.iter().zip(languages).map(|(doc, language)| Traits {
            language,
            release: release(doc.source.display()),
            generated: is_generated(doc.text()),
            print: doc
                .line_fingerprints
                .iter()
                .fold(doc.line_fingerprints.len() as u64, |hash, print| mix(hash ^ print.hash)),
        });
        let traits = traits.collect();
        Self { collection, works, traits }
    }

    /// Returns true if two documents are expected to share content. Translations that agree line for line are not,
    /// because one of them was never translated.
    pub fn are(&self, one: DocId, other: DocId) -> bool {
        self.are_versions(one, other)
            || self.is_generated(one)
            || self.is_generated(other)
            || self.are_releases(one, other)
            || self.are_translations(one, other) && !self.are_identical(one, other)
    }

    /// Returns true if a document states that it was generated.
    pub fn is_generated(&self, doc: DocId) -> bool {
        self.traits.get(doc.0 as usize).is_some_and(|traits| traits.generated)
    }

    /// Returns true if two documents have the same lines, up to what normalization removes.
    pub fn are_identical(&self, one: DocId, other: DocId) -> bool {
        self.print(one) == self.print(other)
    }

    /// Returns a hash that is equal for documents with the same lines.
    pub fn print(&self, doc: DocId) -> u64 {
        self.traits.get(doc.0 as usize).map_or(0, |traits| traits.print)
    }

    fn are_versions(&self, one: DocId, other: DocId) -> bool {
        let versions = |doc: DocId| self.works.get(doc.0 as usize).map_or(&[][..], Vec::as_slice);
        let parts = |(work, nth): &(usize, usize)| versions(other).iter().any(|(w, n)| w == work && n != nth);
        versions(one).iter().any(parts)
    }

    fn are_translations(&self, one: DocId, other: DocId) -> bool {
        let [a, b] =
            [one, other].map(|doc| self.traits.get(doc.0 as usize).and_then(|traits| traits.language.as_ref()));
        match (a, b) {
            (None, None) => {
                let [a, b] = [one, other].map(|doc| self.collection.document(doc).language_code());
                a.zip(b).is_some_and(|(a, b)| a != b)
            }
            _ => a != b,
        }
    }

    fn are_releases(&self, one: DocId, other: DocId) -> bool {
        let release = |doc: DocId| self.traits.get(doc.0 as usize).and_then(|traits| traits.release.as_ref());
        let path = |doc: DocId| self.collection.document(doc).source.display();
        let parts = |doc: DocId| path(doc).split('/').collect::<Vec<&str>>();
        match (release(one), release(other)) {
            (None, None) => false,
            (Some(a), Some(b)) => {
                let (one, other) = (parts(one), parts(other));
                a.at == b.at && one[..a.at] == other[..b.at] && one[a.at] != other[b.at]
            }
            (Some(release), None) | (None, Some(release)) => {
                let (old, new) =
                    if self.traits[one.0 as usize].release.is_some() { (one, other) } else { (other, one) };
                let (old, new) = (parts(old), parts(new));
                let page = &old[release.at + 1..];
                // "docs/v1/a.md" and "docs/latest/a.md", or "docs/a.md".
                let beside = |skip: usize| {
                    new.len() == release.at + skip + page.len()
                        && new[..release.at] == old[..release.at]
                        && new[release.at + skip..] == *page
                };
                release.kept || beside(1) || beside(0)
            }
        }
    }
}

/// Returns for each document the language that its path names. A tag of two letters may mean something else, so it
/// needs a sibling with another tag, or a file with the locale-stripped path.
fn languages(collection: &Collection) -> Vec<Option<String>> {
    let found: Vec<Option<Named>> = collection.documents.iter().map(|doc| named(doc.source.display())).collect();
    let paths: BTreeSet<&str> = collection.documents.iter().map(|doc| doc.source.display()).collect();
    let mut siblings: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for mark in found.iter().flatten() {
        siblings.entry(&mark.around.0).or_default().insert(&mark.code);
    }
    let codes_at = |mark: &Named| siblings.get(mark.around.0.as_str()).map_or(0, BTreeSet::len);
    let is_sure = |mark: &Named| {
        mark.sure || codes_at(mark) > 1 || paths.contains(format!("{}{}", mark.around.0, mark.around.1).as_str())
    };
    let language = |(doc, mark): (&Document, &Option<Named>)| {
        let known = mark.clone().filter(is_sure);
        // Next to "README-de" and "README-fr", "README-fil" has a tag as well.
        known.or_else(|| unnamed(doc.source.display()).filter(|mark| codes_at(mark) > 1)).map(|mark| mark.code)
    };
    collection.documents.iter().zip(&found).map(language).collect()
}

/// Returns the folder of a release in a path: `version-1.0`, `v2`, `1.x`.
fn release(path: &str) -> Option<Release> {
    let parts: Vec<&str> = path.split('/').collect();
    let folders = parts.len().saturating_sub(1);
    let at = (0..folders).find(|&at| is_release(parts[at]))?;
    let kept = at.checked_sub(1).is_some_and(|before| parts[before].starts_with("versioned"));
    Some(Release { at, kept })
}

fn is_release(folder: &str) -> bool {
    let prefixes = ["version-", "version", "release-", "v"];
    let number = prefixes.iter().find_map(|prefix| folder.strip_prefix(prefix));
    let (number, marked) = (number.unwrap_or(folder), number.is_some());
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = number.split('.');
    let first = parts.next().is_some_and(numeric);
    let rest: Vec<&str> = parts.collect();
    first && (marked || !rest.is_empty()) && rest.iter().all(|part| numeric(part) || *part == "x")
}

/// Returns true if a text states at its start, in a comment or in a sentence about the file, that it was generated.
fn is_generated(text: &str) -> bool {
    let head = text[..text.floor_char_boundary(GENERATED_NOTICE_BYTES.min(text.len()))].to_ascii_lowercase();
    if !head.contains("generated") && !head.contains("edit") && !head.contains("modify") {
        return false;
    }
    let mut comments: Vec<&str> = Vec::new();
    let mut prose = String::new();
    let mut rest = head.as_str();
    while let Some((before, inside)) = rest.split_once("<!--") {
        prose.push_str(before);
        let (comment, after) = inside.split_once("-->").unwrap_or((inside, ""));
        comments.push(comment);
        rest = after;
    }
    prose.push_str(rest);
    // Comments of front matter, and definitions that are not rendered: `[//]: # (…)`.
    let hidden = |line: &&str| {
        line.starts_with('#') && !line.starts_with("# ") || line.starts_with("[//]:") || line.starts_with("[comment]:")
    };
    let matter = prose.starts_with("---").then(|| prose.split("\n---").next().unwrap_or(""));
    comments.extend(matter.into_iter().flat_map(str::lines).filter(|line| line.starts_with('#')));
    comments.extend(prose.lines().filter(hidden));
    if comments.iter().any(|comment| says_generated(comment)) {
        return true;
    }
    let subjects = ["this file", "this page", "this document", "this documentation", "this readme"];
    let about = |line: &str| {
        let said = subjects.iter().filter_map(|subject| line.split_once(subject)).map(|(_, rest)| rest);
        said.map(|rest| rest.trim_start_matches([' ', '*', '_'])).any(|rest| {
            let verb = ["is ", "was ", "has been ", "are "].iter().find_map(|verb| rest.strip_prefix(verb));
            let how = ["auto-generated", "autogenerated", "automatically generated", "auto generated", "generated "];
            verb.is_some_and(|rest| how.iter().any(|how| rest.starts_with(how)))
        })
    };
    prose.lines().filter(|line| !line.trim().is_empty()).take(8).any(about)
}

/// Returns true if a comment says that the whole file was generated, and not only a part of it.
fn says_generated(comment: &str) -> bool {
    let signs = [
        "do not edit",
        "don't edit",
        "do not modify",
        "@generated",
        "auto-generated",
        "autogenerated",
        "auto generated",
        "automatically generated",
        "generated automatically",
        "generated from",
        "generated by",
        "generated with",
        "generated using",
        "file is generated",
    ];
    let parts =
        ["section", "toc", "contents", "start", "begin", "end", "table", "block", "list", "badges", "contributors"];
    let mut words = comment.split(|c: char| !c.is_alphanumeric() && c != '\'');
    signs.iter().any(|sign| comment.contains(sign)) && !words.any(|word| parts.contains(&word) || word.contains("toc"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::document::Format;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    /// Returns true if the first two of some documents are kin.
    fn kin(files: &[(&str, &str)]) -> bool {
        let documents = files.iter().zip(0..).map(|((path, text), at)| {
            let source = Source::utf8(Path::new(path), (*text).to_owned(), Bom::Absent);
            parse(DocId(at), source, Format::Markdown)
        });
        let collection = Collection { documents: documents.collect(), ..Collection::default() };
        Kin::new(&collection).are(DocId(0), DocId(1))
    }

    #[test]
    fn translations_by_name_were_told_of_as_copies() {
        for (one, other) in [
            ("README-fr.md", "README-de.md"),
            ("README.md", "README-fr.md"),
            ("docs/en/pump.md", "docs/de/pumpe.md"),
            ("docs/pump.md", "docs/de/pump.md"),
            ("pump.md", "pump.french.md"),
            ("README.md", "translations/German/README.md"),
            ("a/b.md", "i18n/ja/c.md"),
            ("x/zh-CN/a.md", "x/a.md"),
        ] {
            assert!(kin(&[(one, "One.\n"), (other, "Two.\n")]), "{one} {other}");
            assert!(!kin(&[(one, "Same.\n"), (other, "Same.\n")]), "{one} {other}");
        }
        for (one, other) in
            [("ml/a.md", "b.md"), ("docs/de/a.md", "docs/de/b.md"), ("a.md", "b.md"), ("is/a.md", "b/a.md")]
        {
            assert!(!kin(&[(one, "One.\n"), (other, "Two.\n")]), "{one} {other}");
        }
    }

    #[test]
    fn translations_are_told_by_their_paragraphs_and_not_by_their_lists() {
        let list =
            "\n\n- The keeper of the lamp and how he came to the house\n- What the boats do when the fog is there\n";
        let french =
            "Voici les livres que nous avons lus cette semaine, et les pages sont dans la langue du pays.".to_owned();
        let german = "Das sind die Bücher, die wir in der Woche gelesen haben, und sie sind auf Englisch.".to_owned();
        let english = "These are the books that we have read in the week, and what they say is not for you.".to_owned();
        let [french, german, english] = [french + list, german + list, english + list];
        assert!(kin(&[("one.md", &french), ("two.md", &german)]));
        assert!(kin(&[("one.md", &french), ("two.md", &english)]));
        let other = format!("What you should know when you have come from the sea to the house.{list}");
        assert!(!kin(&[("one.md", &english), ("two.md", &other)]));
    }

    #[test]
    fn releases_of_one_page_were_told_of_as_copies() {
        for (one, other) in [
            ("docs/v1/a.md", "docs/v2/a.md"),
            ("1.0/a.md", "2.x/b.md"),
            ("docs/v1/a.md", "docs/latest/a.md"),
            ("docs/1.2/a.md", "docs/a.md"),
            ("site/versioned_docs/version-1.0/a/b.md", "docs/a/b.md"),
        ] {
            assert!(kin(&[(one, "One.\n"), (other, "One.\n")]), "{one} {other}");
        }
        for (one, other) in
            [("v1/a.md", "other/b.md"), ("2024/a.md", "2025/a.md"), ("v1/a.md", "v1/b.md"), ("vim/a.md", "a.md")]
        {
            assert!(!kin(&[(one, "One.\n"), (other, "One.\n")]), "{one} {other}");
        }
    }

    #[test]
    fn what_says_that_it_is_generated_is_no_copy() {
        for head in [
            "<!-- DO NOT EDIT: made from src/a.md -->",
            "<!--\n  @generated from chapters/a.md\n-->",
            "<!-- This file was automatically generated by a script. -->",
            "---\n# Code generated by make. DO NOT EDIT.\ntitle: A\n---",
            "[//]: # (This file is generated by make)",
            "# A\n\n*This page is auto-generated from the source.*",
            "# A\n\n> This file was generated by a script, and changes to it are lost.",
        ] {
            assert!(is_generated(&format!("{head}\n\nText.\n")), "{head}");
        }
        for head in [
            "<!-- START doctoc generated TOC please keep comment here to allow auto update -->\n<!-- DON'T EDIT THIS SECTION -->",
            "<!-- ALL-CONTRIBUTORS-LIST:START - Do not remove or modify this section -->",
            "<!-- Table of contents generated with a tool -->",
            "<!-- Written for the fair. -->",
            "# A\n\nHow to read files that were generated by a script, and why you do not edit them.",
            "# Code generated by tools\n\nDo not edit it.",
        ] {
            assert!(!is_generated(&format!("{head}\n\nText.\n")), "{head}");
        }
    }
}
