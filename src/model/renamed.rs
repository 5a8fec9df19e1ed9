//! Links to headings that a fix renames. They are changed in that fix, in any document of the run, or the fix is withheld.
//!
//! Knows documents, findings and their fixes; not which rule offers one.

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::anchors::{Anchors, html_slugs, rendered};
use super::collection::Collection;
use super::document::BlockKind;
use super::edit::{Edit, Fix};
use super::finding::Finding;
use super::id::DocId;
use super::kept_names::withhold;
use super::span::{Span, covers};
use super::target::{decoded, normalized, relative_targets, resolve};
use crate::text::words::slug::{family, numbered, slug};

/// Adds to each fix that changes headings the edits of the links to these headings, so that no link breaks. Where such
/// a link cannot be changed, the fix is removed and the finding's help gives the reason.
pub fn carry_links(findings: &mut [Finding], collection: &Collection) {
    let mut links: Option<Links<'_>> = None;
    for finding in findings {
        let touched = finding.fix.as_ref().map(|fix| touched(fix, collection)).unwrap_or_default();
        if touched.is_empty() {
            continue;
        }
        let links = links.get_or_insert_with(|| Links::new(collection));
        let mut carried = Vec::new();
        let mut held: Option<DocId> = None;
        for (&doc, headings) in &touched {
            match links.carried(finding.fix.as_ref(), doc, headings) {
                Ok(edits) => carried.extend(edits),
                Err(linking) => held = Some(linking),
            }
        }
        match held {
            Some(linking) => {
                hold_for_link(finding, collection.document(linking).source.display());
            }
            None => add(finding, carried),
        }
    }
}

/// An anchor that the fix of a finding takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostAnchor {
    /// Index of the finding.
    pub finding: usize,
    /// Document of the heading.
    pub doc: DocId,
    /// The anchor, in lower case.
    pub anchor: String,
}

/// Returns the anchors that the fixes of `findings` take away, in the order of the findings. Headings of
/// `LONG_HEADING_BYTES` and more are left out, because nobody writes a link to one.
pub fn lost_anchors(findings: &[Finding], collection: &Collection) -> Vec<LostAnchor> {
    let mut links: Option<Links<'_>> = None;
    let mut lost = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        let Some(fix) = &finding.fix else { continue };
        for (doc, headings) in touched(fix, collection) {
            let links = links.get_or_insert_with(|| Links::new(collection));
            let is_short = |at: &usize| collection.document(doc).headings[*at].content.len() < LONG_HEADING_BYTES;
            let headings: Vec<usize> = headings.into_iter().filter(is_short).collect();
            let renamed = links.renamed_by(fix, doc, &headings).unwrap_or_default();
            lost.extend(renamed.into_iter().map(|(anchor, _)| LostAnchor { finding: at, doc, anchor }));
        }
    }
    lost
}

/// Removes the fix of a finding, because the file `path` links to the heading that the fix changes.
pub fn hold_for_link(finding: &mut Finding, path: &str) {
    withhold(finding, format!("`{path}` links to this heading: change the heading and the link together"));
}

/// Returns the Markdown headings that a fix changes, as indices into those of their documents. A document whose HTML is
/// changed is there without any.
fn touched(fix: &Fix, collection: &Collection) -> BTreeMap<DocId, Vec<usize>> {
    let mut touched: BTreeMap<DocId, Vec<usize>> = BTreeMap::new();
    for edit in &fix.edits {
        let document = collection.document(edit.doc);
        if covers(&document.html, edit.span.start) {
            touched.entry(edit.doc).or_default();
        }
        let headings = &document.headings;
        let after = headings.partition_point(|heading| heading.span.start <= edit.span.start);
        let Some(at) = after.checked_sub(1).filter(|&at| headings[at].content.contains(edit.span)) else { continue };
        let known = touched.entry(edit.doc).or_default();
        if known.last() != Some(&at) {
            known.push(at);
        }
    }
    for headings in touched.values_mut() {
        headings.sort_unstable();
        headings.dedup();
    }
    touched
}

fn add(finding: &mut Finding, carried: Vec<Edit>) {
    let Some(fix) = &mut finding.fix else { return };
    let own = fix.edits.len();
    for edit in carried {
        // A link that the fix changes by itself needs no further edit.
        let free = |other: &Edit| {
            other.doc != edit.doc || other.span.end < edit.span.start || edit.span.end < other.span.start
        };
        if fix.edits[..own].iter().all(free) {
            fix.edits.push(edit);
        }
    }
    match fix.edits.len() - own {
        0 => {}
        1 => fix.title.push_str(", and change the link to this heading"),
        count => fix.title.push_str(&format!(", and change the {count} links to this heading")),
    }
}

/// A fragment in a link.
#[derive(Debug, Clone)]
struct LinkFragment {
    doc: DocId,
    /// Span of the fragment; `None` if the source does not have it literally.
    span: Option<Span>,
    /// The fragment, decoded and in lower case.
    fragment: String,
}

/// A link whose page only a generator, or a host, can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
struct UnresolvedLink {
    /// The document that has it.
    doc: DocId,
    /// The name of the page that it leads to, as [`page_names`] gives names; `None` if it may be any page.
    page: Option<String>,
}

/// The links into each document.
struct Links<'a> {
    collection: &'a Collection,
    into: FxHashMap<DocId, Vec<LinkFragment>>,
    /// Fragments in what only a generator can resolve, each with the documents that have it.
    unresolved: FxHashMap<String, Vec<UnresolvedLink>>,
    targets: FxHashMap<DocId, Target>,
}

/// Length from which a heading gets a new slug only if a link may lead to it, in bytes (a guess): each of the fixes in it
/// would take as long as the heading is.
const LONG_HEADING_BYTES: u32 = 1000;
/// Maximum growth of a text when its letters become lower case, in bytes for each byte; and maximum length of the number
/// that makes a slug unique.
const MAX_LOWER_GROWTH: usize = 2;
const MAX_NUMBER_BYTES: usize = 11;
/// Maximum number of links with one fragment that are remembered (a guess): one is enough to withhold a fix.
const MAX_UNRESOLVED: usize = 20;
/// Maximum length of the path before a fragment, in bytes (a guess).
const MAX_PATH_BYTES: usize = 200;

/// A fragment as a text has it in any syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenFragment<'a> {
    /// Byte offset of its `#`.
    pub at: usize,
    /// The path or URL right before it; empty if there is none.
    pub path: &'a str,
    /// The fragment, without `#`, as written.
    pub fragment: &'a str,
}

/// Returns the fragments in a text, also those in tags of template engines, in attributes of components and in strings of
/// programs, which lead to headings of pages that only a generator knows.
pub fn written_fragments(text: &str) -> impl Iterator<Item = WrittenFragment<'_>> {
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | '<' | '>' | '[' | ']' | '{' | '}' | '\\' | '|')
    };
    memchr::memchr_iter(b'#', text.as_bytes()).filter_map(move |at| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        // `{#x}` is an id; `#` after a blank is no fragment.
        let opens = before.ends_with(|c: char| c.is_alphanumeric() || "\"'`(/._-}=".contains(c));
        let fragment = &after[..after.find(ends).unwrap_or(after.len())];
        let near = &before[before.floor_char_boundary(at.saturating_sub(MAX_PATH_BYTES))..];
        let path = near.rsplit(ends).next().unwrap_or("");
        (opens && !fragment.is_empty()).then_some(WrittenFragment { at, path, fragment })
    })
}

/// Returns the links of a wiki with a heading in a text, `[[page#Heading|shown]]`: byte offset of the `#`, page, heading.
fn wiki_fragments(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    memchr::memmem::find_iter(text.as_bytes(), "[[").filter_map(move |open| {
        let inner = &text[open + 2..];
        let inner = &inner[..inner.find(['\n', ']'])?];
        let (page, heading) = inner.split('|').next()?.split_once('#')?;
        // The last of several headings is the one that is meant; `#^x` is a block.
        let heading = heading.rsplit('#').next().filter(|heading| !heading.starts_with('^'))?;
        Some((open + 2 + page.len(), page, heading))
    })
}

/// Returns the name of the page that a path or URL leads to, in lower case and without its extension; `None` for a path
/// without a name.
pub fn page_of(path: &str) -> Option<String> {
    let path = path.split('?').next().unwrap_or(path).trim_end_matches('/');
    let name = decoded(path.rsplit('/').next()?).to_lowercase();
    let name = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    (!name.is_empty()).then(|| name.to_owned())
}

/// Returns the names under which a link may lead to the page that is made of a file: the name of the file without its
/// extension, and that of its folder if it is the first page there; in lower case.
pub fn page_names(path: &Path) -> Vec<String> {
    let name = |path: Option<&Path>| path.and_then(Path::file_name).map(|name| name.to_string_lossy().to_lowercase());
    let stem = name(Some(path)).map(|name| name.split('.').next().unwrap_or("").to_owned()).unwrap_or_default();
    let is_first = ["index", "_index", "readme"].contains(&stem.as_str());
    let folder = if is_first { name(path.parent()) } else { None };
    [Some(stem), folder].into_iter().flatten().collect()
}

/// A document that is linked to.
struct Target {
    anchors: Anchors,
    /// The links to each anchor.
    places: FxHashMap<String, Vec<LinkFragment>>,
    /// Lengths of these anchors in bytes, sorted.
    lengths: Vec<usize>,
    /// The headings of each family of slugs, as indices into those of `anchors`.
    families: FxHashMap<String, Vec<usize>>,
    /// For each Markdown heading, its index in `anchors`.
    titles: FxHashMap<usize, usize>,
}

impl<'a> Links<'a> {
    fn new(collection: &'a Collection) -> Self {
        let own = collection.documents.iter().map(|doc| (normalized(doc.source.path()), doc.id));
        let aliases = collection.aliases.iter().map(|(path, id)| (normalized(path), *id));
        let documents: FxHashMap<_, DocId> = aliases.chain(own).collect();
        let mut into: FxHashMap<DocId, Vec<LinkFragment>> = FxHashMap::default();
        let mut unresolved: FxHashMap<String, Vec<UnresolvedLink>> = FxHashMap::default();
        for doc in &collection.documents {
            // Spans of the targets that lead to a document, or to one that is missing.
            let mut resolved: Vec<Span> = Vec::new();
            for reference in relative_targets(doc) {
                let Some(fragment) = &reference.target.fragment else { continue };
                let target = match reference.target.path.as_str() {
                    "" => Some(doc.id),
                    path => documents.get(&resolve(doc.source.path(), path)).copied(),
                };
                if target.is_some() || reference.target.path.ends_with(".md") {
                    resolved.push(reference.span);
                }
                let Some(target) = target else { continue };
                let hash = doc.slice(reference.span).find('#').filter(|_| reference.exact);
                let span = hash.map(|at| Span::new(reference.span.start + at as u32 + 1, reference.span.end));
                into.entry(target).or_default().push(LinkFragment {
                    doc: doc.id,
                    span,
                    fragment: fragment.to_lowercase(),
                });
            }
            resolved.sort_unstable();
            // Front matter may hold colours and issues, and code is only shown.
            let matter = doc.blocks.first().filter(|block| block.kind == BlockKind::FrontMatter);
            let matter = matter.map_or(0, |block| block.span.end);
            let is_apart = |at: usize| (at as u32) < matter || doc.shows_code(at as u32);
            let mut enter = |anchor: String, page: Option<String>| {
                let links = unresolved.entry(anchor).or_default();
                let link = UnresolvedLink { doc: doc.id, page };
                if links.len() < MAX_UNRESOLVED && !links.contains(&link) {
                    links.push(link);
                }
            };
            for WrittenFragment { at, path, fragment } in written_fragments(doc.text()) {
                if !covers(&resolved, at as u32) && !is_apart(at) {
                    // A URL may be that of the page on a host.
                    match path.contains("://").then(|| page_of(path)) {
                        Some(None) => {}
                        Some(page) => enter(decoded(fragment).to_lowercase(), page),
                        None => enter(decoded(fragment).to_lowercase(), None),
                    }
                }
            }
            for (at, page, heading) in wiki_fragments(doc.text()) {
                if !is_apart(at) {
                    let own = || page_names(doc.source.path()).into_iter().next();
                    enter(slug(heading.trim()), page_of(page.trim()).or_else(own));
                }
            }
        }
        Self { collection, into, unresolved, targets: FxHashMap::default() }
    }

    /// Makes the entry of a document in `targets`, unless there is one.
    fn load(&mut self, doc: DocId) {
        let collection = self.collection;
        let into = &self.into;
        self.targets.entry(doc).or_insert_with(|| {
            let anchors = Anchors::of(collection.document(doc));
            let mut places: FxHashMap<String, Vec<LinkFragment>> = FxHashMap::default();
            for place in into.get(&doc).map_or(&[][..], Vec::as_slice) {
                let exact = anchors.has(&place.fragment).then(|| place.fragment.clone());
                let anchor = exact.or_else(|| anchors.loosely(&place.fragment).map(str::to_owned));
                places.entry(anchor.unwrap_or_default()).or_default().push(place.clone());
            }
            let mut lengths: Vec<usize> = places.keys().map(String::len).collect();
            lengths.sort_unstable();
            let mut families: FxHashMap<String, Vec<usize>> = FxHashMap::default();
            let mut titles = FxHashMap::default();
            for (at, title) in anchors.titles().iter().enumerate() {
                families.entry(family(&title.slug).to_owned()).or_default().push(at);
                titles.extend(title.heading.map(|heading| (heading, at)));
            }
            Target { anchors, places, lengths, families, titles }
        });
    }

    /// Returns the edits of the links to headings of `doc` whose anchors change with `fix`, which touches `headings`;
    /// or, as an error, the document with a link that cannot be changed.
    fn carried(&mut self, fix: Option<&Fix>, doc: DocId, headings: &[usize]) -> Result<Vec<Edit>, DocId> {
        let collection = self.collection;
        let is_linked = self.into.contains_key(&doc) || !self.unresolved.is_empty();
        let Some(fix) = fix.filter(|_| is_linked) else { return Ok(Vec::new()) };
        let mut carried = Vec::new();
        let renamed = self.renamed_by(fix, doc, headings)?;
        let target = &self.targets[&doc];
        for (old, new) in renamed {
            if let Some(linking) = self.unresolved_link(&old, doc) {
                return Err(linking);
            }
            for place in target.places.get(&old).map_or(&[][..], Vec::as_slice) {
                let is_writable = !collection.context.contains(&place.doc);
                let span = place.span.filter(|_| is_writable).ok_or(place.doc)?;
                carried.push((place.doc, span, new.clone()));
            }
        }
        let edits = carried.into_iter().map(|(doc, span, anchor)| {
            let encoded = self.collection.document(doc).slice(span).contains('%');
            Edit::replace(doc, span, if encoded { percent_encoded(&anchor) } else { anchor })
        });
        Ok(edits.collect())
    }

    /// Returns the first document with a link to this anchor that may be one of `doc`, and that only a generator resolves.
    fn unresolved_link(&self, anchor: &str, doc: DocId) -> Option<DocId> {
        let links = self.unresolved.get(anchor)?;
        let names = page_names(self.collection.document(doc).source.path());
        let fits = |link: &&UnresolvedLink| link.page.as_ref().is_none_or(|page| names.contains(page));
        links.iter().find(fits).map(|link| link.doc)
    }

    /// Returns the anchors of `doc` that change with `fix`, which touches `headings`, each with the new one; or, as an
    /// error, the document with a link to a heading of which the new text is not known.
    fn renamed_by(&mut self, fix: &Fix, doc: DocId, headings: &[usize]) -> Result<Vec<(String, String)>, DocId> {
        let document = self.collection.document(doc);
        let mut edits: Vec<(Span, &str)> = fix
            .edits
            .iter()
            .filter(|edit| edit.doc == doc)
            .map(|edit| (edit.span, edit.replacement.as_str()))
            .collect();
        edits.sort_by_key(|(span, _)| *span);
        self.load(doc);
        let target = &self.targets[&doc];
        // The slugs that change, by the index of the heading.
        let mut changed: FxHashMap<usize, String> = FxHashMap::default();
        for heading in headings {
            let Some(&at) = target.titles.get(heading) else { continue };
            let content = document.headings[*heading].content;
            let first = edits.partition_point(|(span, _)| span.start < content.start);
            let last = edits.partition_point(|(span, _)| span.end <= content.end).max(first);
            if content.len() >= LONG_HEADING_BYTES && !target.may_be_linked(at, &edits[first..last]) {
                continue;
            }
            match rendered(document, &document.headings[*heading], &edits[first..last]) {
                Some(text) => changed.insert(at, slug(&text)),
                None => {
                    match target.places.get(&target.anchors.titles()[at].anchor).and_then(|places| places.first()) {
                        Some(place) => return Err(place.doc),
                        None => continue,
                    }
                }
            };
        }
        for (start, slug) in html_slugs(document, &edits) {
            if let Ok(at) = target.anchors.titles().binary_search_by_key(&start, |title| title.start) {
                changed.insert(at, slug);
            }
        }
        changed.retain(|at, slug| target.anchors.titles()[*at].slug != *slug);
        Ok(target.renamed(&changed))
    }
}

impl Target {
    /// Returns whether a link may lead to a heading before or after these edits, or to another one of the same slug, by
    /// the lengths of the anchors.
    fn may_be_linked(&self, at: usize, edits: &[(Span, &str)]) -> bool {
        let old = self.anchors.titles()[at].slug.len();
        let bytes = |edit: &(Span, &str)| MAX_LOWER_GROWTH * (edit.0.len() as usize).max(edit.1.len());
        let change = edits.iter().map(bytes).sum::<usize>() + MAX_NUMBER_BYTES;
        let first = self.lengths.partition_point(|length| *length < old.saturating_sub(change));
        self.lengths.get(first).is_some_and(|length| *length <= old + change)
    }

    /// Returns the anchors that change if the headings in `changed` get these slugs. Another heading may gain or lose a
    /// number as well, because its slug becomes shared or unique.
    fn renamed(&self, changed: &FxHashMap<usize, String>) -> Vec<(String, String)> {
        let titles = self.anchors.titles();
        let before_and_after = changed.iter().flat_map(|(at, new)| [family(&titles[*at].slug), family(new)]);
        let affected: FxHashSet<&str> = before_and_after.collect();
        let of_family = |family: &&str| self.families.get(*family).map_or(&[][..], Vec::as_slice);
        let mut members: Vec<usize> = affected.iter().flat_map(of_family).copied().collect();
        members.sort_unstable();
        let slug_of = |at: &usize| changed.get(at).unwrap_or(&titles[*at].slug).clone();
        let anchors = numbered(members.iter().map(slug_of));
        let renamed = members.iter().zip(anchors).filter(|(at, new)| titles[**at].anchor != *new);
        // A link to an explicit id keeps its target.
        let linked = renamed.filter(|(at, _)| !self.anchors.has_id(&titles[**at].anchor));
        linked.map(|(at, new)| (titles[*at].anchor.clone(), new)).collect()
    }
}

/// Returns an anchor with all but ASCII percent-encoded.
fn percent_encoded(anchor: &str) -> String {
    let mut out = String::new();
    for byte in anchor.bytes() {
        match byte {
            0..=0x7F => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Format;
    use crate::model::edit::Edit;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    /// Returns `files` after the last occurrence of `word` in the first of them is replaced, and the finding's help.
    fn after(files: &[(&str, &str)], word: &str, new: &str) -> (Vec<String>, Option<String>) {
        let documents = files.iter().zip(0..).map(|((path, text), at)| {
            let source = Source::utf8(Path::new(path), (*text).to_owned(), Bom::Absent);
            parse(DocId(at), source, Format::Markdown)
        });
        let collection = Collection { documents: documents.collect(), ..Collection::default() };
        let start = files[0].1.rfind(word).expect("there") as u32;
        let span = Span::new(start, start + word.len() as u32);
        let fix = Fix::likely("write it", Edit::replace(DocId(0), span, new));
        let mut findings = [Finding::with_fix(span, fix)];
        carry_links(&mut findings, &collection);
        let mut texts: Vec<String> = files.iter().map(|(_, text)| (*text).to_owned()).collect();
        let mut edits = findings[0].fix.as_ref().map(|fix| fix.edits.clone()).unwrap_or_default();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        for edit in edits {
            texts[edit.doc.index()].replace_range(edit.span.range(), &edit.replacement);
        }
        (texts, findings[0].help.clone())
    }

    #[test]
    fn a_fix_in_a_heading_broke_the_links_to_it() {
        let files = [("a.md", "[x](#teh-lamp) [y](#other) [z](a.md#Teh-Lamp)\n\n# Teh lamp\n\n# Other\n")];
        let fixed = "[x](#the-lamp) [y](#other) [z](a.md#the-lamp)\n\n# The lamp\n\n# Other\n";
        assert_eq!(after(&files, "Teh", "The").0, [fixed]);
    }

    #[test]
    fn links_of_other_documents_are_carried_along() {
        let files = [
            ("docs/a.md", "# Teh *lamp*\n"),
            ("b.md", "<a href=\"docs/a.md#teh-lamp\">x</a> [y][]\n\n[y]: ./docs/a.md#teh-lamp\n"),
            ("docs/c.md", "[x](a.md#teh-lamp) [y](b.md#teh-lamp)\n"),
        ];
        let fixed = [
            "# The *lamp*\n",
            "<a href=\"docs/a.md#the-lamp\">x</a> [y][]\n\n[y]: ./docs/a.md#the-lamp\n",
            "[x](a.md#the-lamp) [y](b.md#teh-lamp)\n",
        ];
        assert_eq!(after(&files, "Teh", "The").0, fixed);
    }

    #[test]
    fn headings_that_lose_or_gain_a_number_keep_their_links() {
        let lost = [("a.md", "[x](#a) [y](#a-1) [z](#a-2)\n\n# A\n\n# A\n\n# A teh\n")];
        assert_eq!(after(&lost, " teh", "").0, ["[x](#a) [y](#a-1) [z](#a-2)\n\n# A\n\n# A\n\n# A\n"]);
        let gained = [("a.md", "[x](#b) [y](#b-1)\n\n# C\n\n# B\n\n# B\n\nTeh\n===\n")];
        assert_eq!(after(&gained, "Teh", "B").0, ["[x](#b) [y](#b-1)\n\n# C\n\n# B\n\n# B\n\nB\n===\n"]);
        let first = [("a.md", "[x](#b) [y](#b-1) [z](#teh)\n\n# B\n\n# B\n\n# Teh\n")];
        assert_eq!(after(&first, "Teh", "The").0, ["[x](#b) [y](#b-1) [z](#the)\n\n# B\n\n# B\n\n# The\n"]);
        let before = [("a.md", "# Teh\n\n# The\n\n[x](#teh) [y](#the)\n")];
        assert_eq!(after(&before, "Teh", "The").0, ["# The\n\n# The\n\n[x](#the) [y](#the-1)\n"]);
    }

    #[test]
    fn a_long_heading_takes_its_links_along_as_a_short_one_does() {
        let long = "lamp ".repeat(400);
        let anchor = "lamp-".repeat(400);
        let files = [("a.md", &*format!("[x](#{anchor}teh) [y](#short)\n\n# {long}teh\n"))];
        let fixed = format!("[x](#{anchor}the) [y](#short)\n\n# {long}the\n");
        assert_eq!(after(&files, "teh", "the").0, [fixed]);
        let gained = [("a.md", &*format!("[x](#{anchor}the)\n\n# {long}teh\n\n# {long}the\n"))];
        let fixed = format!("[x](#{anchor}the-1)\n\n# {long}the\n\n# {long}the\n");
        assert_eq!(after(&gained, "teh", "the").0, [fixed]);
    }

    #[test]
    fn an_id_that_somebody_wrote_needs_no_change() {
        let files = [("a.md", "[x](#teh) [y](#own)\n\n<a id=\"teh\"></a>\n# Teh {#own}\n")];
        let (texts, help) = after(&files, "Teh", "The");
        assert_eq!((texts[0].as_str(), help), ("[x](#teh) [y](#own)\n\n<a id=\"teh\"></a>\n# The {#own}\n", None));
    }

    #[test]
    fn a_fix_is_withheld_where_a_link_cannot_follow() {
        let files = [("a.md", "[x](#teh&#45;lamp)\n\n# Teh lamp\n")];
        let (texts, help) = after(&files, "Teh", "The");
        assert_eq!(texts, [files[0].1]);
        assert!(help.is_some_and(|help| help.contains("`a.md` links to this heading")));
    }

    #[test]
    fn letters_of_other_scripts_are_encoded_where_they_were() {
        let files = [("a.md", "[x](#d%C3%A9j%C3%A0-teh) [y](#déjà-teh)\n\n# Déjà teh\n")];
        assert_eq!(after(&files, "teh", "vu").0, ["[x](#d%C3%A9j%C3%A0-vu) [y](#déjà-vu)\n\n# Déjà vu\n"]);
    }

    #[test]
    fn a_heading_in_html_takes_its_links_along() {
        let files = [("a.md", "[x](#teh-lamp)\n\n<h2 align=\"center\">Teh <i>lamp</i></h2>\n")];
        let fixed = "[x](#the-lamp)\n\n<h2 align=\"center\">The <i>lamp</i></h2>\n";
        assert_eq!(after(&files, "Teh", "The").0, [fixed]);
    }

    #[test]
    fn a_fix_is_withheld_where_only_a_generator_knows_the_link() {
        let links = [
            "[x]({{< ref \"#teh-lamp\" >}})",
            "[x]({{ site.baseurl }}/a#teh-lamp)",
            "[x](/guide/a#teh-lamp)",
            "[x](a.html#teh-lamp)",
            "<Card to=\"/a#Teh-Lamp\" />",
            "<a href={'#teh-lamp'}>x</a>",
            "[x](https://github.com/me/it/blob/main/a.md#teh-lamp)",
            "[[a#Teh lamp|x]]",
            "![[#Teh lamp]]",
        ];
        for link in links {
            let text = format!("See {link}.\n\n# Teh lamp\n");
            let (texts, help) = after(&[("a.md", &text)], "Teh", "The");
            assert_eq!(texts, std::slice::from_ref(&text));
            assert!(help.is_some_and(|help| help.contains("`a.md` links to this heading")), "{text}");
        }
        let text = "Not `[x](/a#teh-lamp)`, <https://example.org/#teh-lamp>, <https://example.org/b#teh-lamp>,\n[[b#Teh lamp]], [[a#^teh-lamp]], #teh-lamp.\n\n# Teh lamp\n";
        assert_eq!(after(&[("a.md", text)], "Teh", "The").1, None);
    }
}
