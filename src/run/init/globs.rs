//! The globs of the versions that `recto init` proposes.
//!
//! Knows the model; not how works are found.

use std::collections::BTreeSet;

use globset::{Glob, GlobBuilder, GlobMatcher};

use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::pair::discover::Proposal;
use crate::text::language::locale_tag::{self, is_english_code};

/// Maximum number of files that are named each (a guess).
const NAMED_FILES: usize = 2;

/// Returns the globs of each version of a work: one for a series or a folder if it means these files and none that
/// matter elsewhere in the work, else each file by its name.
pub(super) fn of_versions(work: &Proposal, collection: &Collection) -> Vec<Vec<String>> {
    let all: Vec<BTreeSet<DocId>> =
        work.versions.iter().map(|version| version.documents.iter().copied().collect()).collect();
    let mut globs: Vec<Vec<String>> = Vec::new();
    // Translations first, because the globs of the originals leave them out.
    for (at, version) in work.versions.iter().enumerate().rev() {
        let own = &all[at];
        let is_theirs = |id: &DocId| match &version.language {
            // More pages of that language have no original; none of them is aligned.
            Some(language) => locale_tag::localized(path(*id, collection)).is_some_and(|found| found.code == *language),
            // Untranslated copies are no originals.
            None if locale_tag::localized(path(*id, collection)).is_some_and(|found| !is_english_code(&found.code)) => {
                false
            }
            None => !all.iter().enumerate().any(|(other, ids)| other != at && ids.contains(id)),
        };
        let patterns = match &version.language {
            _ if own.len() <= NAMED_FILES => Vec::new(),
            Some(_) => patterns(&version.documents, collection),
            None => {
                let plain = patterns(&version.documents, collection);
                let without = |pattern: &Vec<String>| {
                    let others = globs.iter().flatten().filter(|glob| !glob.starts_with('!'));
                    pattern.iter().cloned().chain(others.map(|glob| format!("!{glob}"))).collect()
                };
                let reduced: Vec<Vec<String>> = plain.iter().map(without).collect();
                let undotted = |pattern: &Vec<String>| {
                    let dotted = pattern.iter().filter_map(|glob| glob.strip_suffix("*.md"));
                    let dotted: Vec<String> = dotted.map(|folder| format!("!{folder}*.*.md")).collect();
                    pattern.iter().cloned().chain(dotted).collect()
                };
                let undotted: Vec<Vec<String>> = plain.iter().map(undotted).collect();
                plain.into_iter().chain(undotted).chain(reduced).collect()
            }
        };
        let found = patterns.into_iter().filter(|pattern| pattern.len() <= own.len()).find(|pattern| {
            let matched = matched(pattern, collection);
            let exact = version.language.is_none() && work.versions.iter().all(|other| other.language.is_none());
            own.is_subset(&matched) && matched.difference(own).all(|id| !exact && is_theirs(id))
        });
        let named = || version.documents.iter().map(|id| globset::escape(path(*id, collection))).collect();
        globs.push(found.unwrap_or_else(named));
    }
    globs.reverse();
    globs
}

fn path(id: DocId, collection: &Collection) -> &str {
    collection.document(id).source.display()
}

/// Returns the patterns that may match some documents, the narrowest first.
fn patterns(documents: &[DocId], collection: &Collection) -> Vec<Vec<String>> {
    let paths: Vec<&str> = documents.iter().map(|id| path(*id, collection)).collect();
    let Some((first, others)) = paths.split_first() else { return Vec::new() };
    let folder_of = |path: &str| path.rfind('/').map_or(0, |at| at + 1);
    let shared = |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let common = others.iter().map(|other| shared(first, other)).min().unwrap_or(first.len());
    let folder = first.get(..folder_of(first.get(..common).unwrap_or(""))).unwrap_or("");
    let name = &first[folder_of(first)..];
    // The end of the names from a joint on: ".french.md".
    let backwards = |a: &str, b: &str| a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count();
    let tail = others.iter().map(|other| backwards(name, other)).min().unwrap_or(name.len()).min(name.len());
    let tail = name.get(name.len() - tail..).unwrap_or("");
    let ending = tail.find(['.', '_', '-']).map_or("", |at| &tail[at..]);
    let prefix = globset::escape(folder);
    let mut patterns = Vec::new();
    let mut add = |pattern: String| patterns.push(vec![pattern]);
    add(format!("{prefix}*.md"));
    let is_numbered = name.starts_with(|c: char| c.is_ascii_digit());
    add(format!("{prefix}{}", if is_numbered { "[0-9]*.md".to_owned() } else { numbered(name) }));
    if ending.contains('.') && ending != ".md" {
        add(format!("{prefix}*{}", globset::escape(ending)));
        add(format!("{prefix}**/*{}", globset::escape(ending)));
    }
    add(format!("{prefix}**/*.md"));
    patterns
}

/// Returns the documents that globs match, less those that a glob after `!` matches.
fn matched(globs: &[String], collection: &Collection) -> BTreeSet<DocId> {
    let compiled = |glob: &str| -> Option<GlobMatcher> {
        let glob: Glob = GlobBuilder::new(glob).literal_separator(true).build().ok()?;
        Some(glob.compile_matcher())
    };
    let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
    for glob in globs {
        match glob.strip_prefix('!') {
            Some(glob) => unwanted.extend(compiled(glob)),
            None => wanted.extend(compiled(glob)),
        }
    }
    let hit = |matchers: &[GlobMatcher], path: &str| matchers.iter().any(|matcher| matcher.is_match(path));
    let documents = collection.documents.iter().filter(|doc| {
        let path = doc.source.display();
        hit(&wanted, path) && !hit(&unwanted, path)
    });
    documents.map(|doc| doc.id).collect()
}

/// Returns the name with a wildcard for each number.
fn numbered(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&globset::escape(&rest[..at]));
        out.push_str("[0-9]*");
        rest = rest[at..].trim_start_matches(|c: char| c.is_ascii_digit());
    }
    out.push_str(&globset::escape(rest));
    out
}
