//! Parts of pages: documents that others include, whose links start from the page that they are part of.
//!
//! Knows the directives that include a file, of Quarto, Jekyll, MkDocs, MyST, VitePress, mdBook and MDX.

use std::cell::OnceCell;
use std::path::Path;

use rustc_hash::FxHashMap;

use super::files::{LinkTargets, There};
use super::fold::Dead;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::finding::Tier;
use crate::model::id::DocId;
use crate::model::target::{TargetSpan, normalized, resolve};

/// The documents that others include, each with those. Looked for once, when first asked about.
#[derive(Default)]
pub(super) struct IncludedParts(OnceCell<FxHashMap<DocId, Vec<DocId>>>);

impl IncludedParts {
    /// Returns the dead link `dead` of a document, unless the link leads somewhere from a page that includes the document. In
    /// a part of unknown pages, nothing is certain, and nothing is repaired.
    pub(super) fn left(
        &self,
        doc: &Document,
        reference: &TargetSpan,
        mut dead: Dead,
        files: &mut LinkTargets<'_>,
    ) -> Option<Dead> {
        let collection = files.collection;
        // These are shown beside other pages, and their anchors are those of that page.
        if reference.target.path.is_empty() && FRAMES.contains(&stem(doc).as_str()) {
            return None;
        }
        let including = self.0.get_or_init(|| including(collection)).get(&doc.id).map_or(&[][..], Vec::as_slice);
        if including.is_empty() && !is_part(doc) {
            return Some(dead);
        }
        let from = including.iter().map(|page| leads_from(collection.document(*page), reference, files));
        let best = from.max();
        if best == Some(Leads::Somewhere) || reference.target.path.is_empty() && including.is_empty() {
            return None;
        }
        // From each page that is known to include it, the link leads nowhere.
        if best != Some(Leads::Nowhere) {
            dead.tier = Tier::Audit;
        }
        dead.repairs.clear();
        Some(dead)
    }
}

/// Returns true for a document that is part of others by its name: `_install.md`, and not the pages that Hugo, Docsify and the
/// wiki of a host call so.
fn is_part(doc: &Document) -> bool {
    const PAGES: [&str; 3] = ["_index", "_readme", "_toc"];
    let stem = stem(doc);
    stem.starts_with('_') && !PAGES.contains(&stem.as_str()) && !FRAMES.contains(&stem.as_str())
}

/// Names of the files that Docsify, and the wiki of a host, show beside all pages.
const FRAMES: [&str; 4] = ["_coverpage", "_footer", "_navbar", "_sidebar"];

/// Returns the name of the file of a document in lower case, up to its first dot.
fn stem(doc: &Document) -> String {
    let name = doc.source.path().file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.split('.').next().unwrap_or("").to_owned()
}

/// Where a link leads from the place of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Leads {
    Nowhere,
    /// Only what documents name from their own place was looked up.
    Unknown,
    Somewhere,
}

/// Returns where a link leads from the place of `page`.
fn leads_from(page: &Document, reference: &TargetSpan, files: &mut LinkTargets<'_>) -> Leads {
    let has = |doc: DocId, files: &mut LinkTargets<'_>| {
        let fragment = reference.target.fragment.as_deref();
        let has = fragment.is_none_or(|fragment| files.anchors(doc).has(fragment));
        if has { Leads::Somewhere } else { Leads::Nowhere }
    };
    match reference.target.path.as_str() {
        "" => has(page.id, files),
        path => match files.at(&resolve(page.source.path(), path)) {
            There::Document(other) => has(other, files),
            There::Other => Leads::Somewhere,
            There::Unknown => Leads::Unknown,
            There::Nothing => Leads::Nowhere,
        },
    }
}

/// Returns for each document those that include it.
fn including(collection: &Collection) -> FxHashMap<DocId, Vec<DocId>> {
    let mut by_name: FxHashMap<String, Vec<DocId>> = FxHashMap::default();
    for doc in &collection.documents {
        if let Some(name) = doc.source.path().file_name() {
            by_name.entry(name.to_string_lossy().into_owned()).or_default().push(doc.id);
        }
    }
    let mut found: FxHashMap<DocId, Vec<DocId>> = FxHashMap::default();
    for doc in &collection.documents {
        for path in included_paths(doc.text()) {
            let path = normalized(Path::new(path.trim_start_matches('/')));
            let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else { continue };
            let own = resolve(doc.source.path(), &path.to_string_lossy());
            for id in by_name.get(name.as_ref()).map_or(&[][..], Vec::as_slice) {
                let there = normalized(collection.document(*id).source.path());
                let pages = found.entry(*id).or_default();
                if *id != doc.id && (there == own || there.ends_with(&path)) && pages.last() != Some(&doc.id) {
                    pages.push(doc.id);
                }
            }
        }
    }
    found.retain(|_, pages| !pages.is_empty());
    found
}

/// Returns the paths of documents in the lines of a text that include something.
fn included_paths(text: &str) -> impl Iterator<Item = &str> {
    const EXTENSIONS: [&str; 5] = [".md", ".mdx", ".markdown", ".qmd", ".Rmd"];
    /// Beginnings of the lines of directives.
    const OPENINGS: [&str; 8] = ["{{<", "{{%", "{%", "{{#", ":::", "```", "<!--", "[!"];
    /// Maximum length of a directive, in bytes (a guess).
    const MAX_DIRECTIVE_BYTES: usize = 300;
    let marks = ["include", "INCLUDE", "8<--", "import "];
    let places = marks.into_iter().flat_map(|mark| memchr::memmem::find_iter(text.as_bytes(), mark));
    // A sentence may say what something includes, and link to it.
    let places = places.filter(|at| {
        let near = &text[text.floor_char_boundary(at.saturating_sub(MAX_DIRECTIVE_BYTES))..*at];
        let before = near.rsplit('\n').next().unwrap_or("").trim_start();
        match text[*at..].starts_with("import ") {
            true => before.is_empty(),
            false => OPENINGS.iter().any(|opening| before.starts_with(opening)) || text[*at..].starts_with("8<--"),
        }
    });
    let near = |at: usize| &text[at..text.floor_char_boundary((at + MAX_DIRECTIVE_BYTES).min(text.len()))];
    let rests = places.map(move |at| near(at).lines().next().unwrap_or(""));
    let words = rests.flat_map(|rest| {
        rest.split(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')' | '<' | '>' | '{' | '}' | ';' | ',')
        })
    });
    words.filter(|word| EXTENSIONS.iter().any(|end| word.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts_are_told_from_those_of_pages() {
        use crate::model::document::Format;
        use crate::model::source::{Bom, Source};
        use crate::parse::parse;

        let is_part = |path: &str| {
            let source = Source::utf8(Path::new(path), String::new(), Bom::Absent);
            is_part(&parse(DocId(0), source, Format::Markdown))
        };
        assert!(["a/_x.md", "_install.qmd"].into_iter().all(is_part));
        assert!(!["a/_index.md", "_sidebar.md", "_a/x.md"].into_iter().any(is_part));
    }

    #[test]
    fn directives_of_several_generators_include_a_page() {
        for text in [
            "{{< include ../_x.md >}}",
            "{% include_relative ../_x.md %}",
            "--8<-- \"../_x.md\"",
            ":::{include} ../_x.md",
            "<!-- @include: ../_x.md -->",
            "{{#include ../_x.md}}",
            "import X from '../_x.md';",
        ] {
            assert_eq!(included_paths(text).collect::<Vec<_>>(), ["../_x.md"], "{text}");
        }
        for text in ["See [x](../_x.md).", "This includes [x](../_x.md).", "To import X, see [x](../_x.md)."] {
            assert_eq!(included_paths(text).count(), 0, "{text}");
        }
    }
}
