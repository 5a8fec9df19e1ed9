//! `broken-link`: a link to a file, heading or definition that is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::model::collection::{Collection, Surroundings};
use crate::model::document::{BlockKind, Document, Format, Heading, LinkKind};
use crate::model::edit::{Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::model::target::{TargetSpan, attributes, normalized, relative_targets, resolve};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::slug::{loose, slug};

pub(crate) static RULE: Rule = Rule {
    id: "broken-link",
    family: Family::Structure,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a link leads to a file, heading or definition that is not there",
    page: include_str!("../../rules/broken-link.md"),
    check: Check::Collection(check),
};

/// How like two names have to be for one to be offered instead of the other (Jaro-Winkler).
const ALIKE: f64 = 0.85;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    let mut files = Files::new(collection);
    for doc in collection.documents.iter().filter(|doc| doc.format == Format::Markdown) {
        labels(doc, cx, out);
        for reference in relative_targets(doc) {
            if !in_code_like(doc, reference.construct) {
                follow(doc, &reference, &mut files, out);
            }
        }
    }
}

/// What stands at a path.
enum There {
    /// A document of this run.
    Document(DocId),
    /// Another file, or a folder.
    Other,
    Nothing,
    Unknown,
}

struct Files<'a> {
    collection: &'a Collection,
    documents: BTreeMap<PathBuf, DocId>,
    folders: BTreeSet<PathBuf>,
    anchors: BTreeMap<DocId, Anchors>,
}

impl<'a> Files<'a> {
    fn new(collection: &'a Collection) -> Self {
        let documents: BTreeMap<PathBuf, DocId> =
            collection.documents.iter().map(|doc| (normalized(doc.source.path()), doc.id)).collect();
        let mut folders = BTreeSet::new();
        for path in documents.keys() {
            let mut folder = path.parent();
            while let Some(path) = folder.filter(|path| folders.insert(path.to_path_buf())) {
                folder = path.parent();
            }
        }
        Self { collection, documents, folders, anchors: BTreeMap::new() }
    }

    fn at(&self, path: &Path) -> There {
        if let Some(&doc) = self.documents.get(path) {
            return There::Document(doc);
        }
        if self.folders.contains(path) {
            return There::Other;
        }
        match &self.collection.surroundings {
            Surroundings::Unknown => There::Unknown,
            // Whatever lies above what is known may be anything.
            Surroundings::Closed if path.components().next() == Some(Component::ParentDir) => There::Unknown,
            Surroundings::Closed => There::Nothing,
            Surroundings::Seen(seen) => match seen.get(path) {
                Some(true) => There::Other,
                Some(false) => There::Nothing,
                None => There::Unknown,
            },
        }
    }

    fn anchors(&mut self, doc: DocId) -> &Anchors {
        let collection = self.collection;
        self.anchors.entry(doc).or_insert_with(|| Anchors::of(collection.document(doc)))
    }

    /// Documents with this name elsewhere or a like name in the same folder, nearest first.
    fn like(&self, wanted: &Path) -> Vec<&Path> {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let wanted_name = name(wanted);
        let mut found: Vec<(u32, &Path)> = Vec::new();
        for path in self.documents.keys() {
            let other = name(path);
            let score = strsim::jaro_winkler(&wanted_name, &other);
            if other == wanted_name {
                found.push((0, path));
            } else if path.parent() == wanted.parent() && score >= ALIKE {
                found.push(((1000.0 * (2.0 - score)) as u32, path));
            }
        }
        found.sort();
        found.into_iter().take(3).map(|(_, path)| path).collect()
    }
}

fn follow(doc: &Document, reference: &TargetSpan, files: &mut Files<'_>, out: &mut Report) {
    let path = &reference.target.path;
    if path.is_empty() {
        if let Some(fragment) = &reference.target.fragment {
            anchor(doc, reference, fragment, doc, files, out);
        }
        return;
    }
    let resolved = resolve(doc.source.path(), path);
    match files.at(&resolved) {
        There::Document(other) => {
            if let Some(fragment) = &reference.target.fragment {
                let other = files.collection.document(other);
                anchor(doc, reference, fragment, other, files, out);
            }
        }
        There::Nothing => missing(doc, reference, &resolved, files, out),
        There::Other | There::Unknown => {}
    }
}

fn missing(doc: &Document, reference: &TargetSpan, resolved: &Path, files: &Files<'_>, out: &mut Report) {
    let path = &reference.target.path;
    let Some(kind) = kind_of(path, resolved, files) else { return };
    let finding = out.find(doc.id, reference.span, format!("there is no file `{path}`"));
    finding.data("target", path.as_str()).tier(kind);
    let from = normalized(doc.source.path());
    let written: Vec<String> = files.like(resolved).iter().map(|to| relative(&from, to)).collect();
    let same_name = written.iter().filter(|to| to.rsplit('/').next() == path.rsplit('/').next()).count() == 1;
    if let [only] = &written[..]
        && same_name
        && reference.exact
        && doc.slice(reference.span).starts_with(&encoded(path))
    {
        let span = Span::new(reference.span.start, reference.span.start + encoded(path).len() as u32);
        finding.fix(Fix::replace(doc.id, span, encoded(only), format!("link to `{only}`")));
    }
    finding.candidates(written);
}

/// How sure it is that a path which leads nowhere is meant as that of a file; `None` if it is not at all.
fn kind_of(path: &str, resolved: &Path, files: &Files<'_>) -> Option<Tier> {
    let name = path.rsplit('/').next().unwrap_or("");
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        // Pages that a site generator makes.
        Some("html" | "htm" | "php" | "aspx" | "jsp" | "xml") => None,
        Some(extension)
            if (1..=8).contains(&extension.len())
                && extension.chars().all(|c| c.is_ascii_alphanumeric())
                && extension.chars().any(|c| c.is_ascii_alphabetic())
                && !path.contains(char::is_whitespace) | path.contains(".md") =>
        {
            Some(Tier::Gate)
        }
        // Without an extension it may be a page that a generator names so, or a document whose ending it adds.
        _ => {
            let mut with_ending = resolved.as_os_str().to_os_string();
            with_ending.push(".md");
            let there = |path: &Path| !matches!(files.at(path), There::Nothing);
            (path.contains('/') && !there(Path::new(&with_ending))).then_some(Tier::Audit)
        }
    }
}

/// The path that leads from the file `from` to the file `to`.
fn relative(from: &Path, to: &Path) -> String {
    let folder: Vec<_> = from.parent().unwrap_or(Path::new("")).components().collect();
    let target: Vec<_> = to.components().collect();
    let shared = folder.iter().zip(&target).take_while(|(a, b)| a == b).count();
    let up = folder[shared..].iter().map(|_| "..".to_owned());
    let down = target[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

fn encoded(path: &str) -> String {
    path.replace(' ', "%20")
}

/// The anchors of a document.
struct Anchors {
    /// As GitHub writes them, in lower case, and ids in HTML.
    exact: BTreeSet<String>,
    /// What any renderer may make of them.
    loose: BTreeMap<String, String>,
    /// Whether something may add anchors that cannot be seen in the source.
    open: bool,
}

impl Anchors {
    fn of(doc: &Document) -> Self {
        let mut anchors = Self { exact: BTreeSet::new(), loose: BTreeMap::new(), open: has_includes(doc) };
        let mut taken: BTreeMap<String, u32> = BTreeMap::new();
        for heading in &doc.headings {
            if let Some(id) = &heading.id {
                anchors.add(id);
            }
            let base = slug(&rendered(doc, heading));
            let mut name = base.clone();
            // A number that another heading already has is skipped, as github-slugger does.
            while taken.contains_key(&name) {
                let times = taken.entry(base.clone()).or_default();
                *times += 1;
                name = format!("{base}-{times}");
            }
            taken.insert(name.clone(), 0);
            anchors.add(&name);
        }
        for html in &doc.html {
            for span in attributes(doc, *html, &["id", "name"]) {
                anchors.add(doc.slice(span));
            }
        }
        // What a broken fence hides would be there if the fence were right.
        for fault in &doc.fence_defects {
            for line in doc.slice(fault.swallowed).lines().filter(|line| line.starts_with('#')) {
                anchors.add(&slug(line.trim_start_matches('#')));
            }
        }
        anchors
    }

    fn add(&mut self, anchor: &str) {
        self.loose.entry(loose(anchor)).or_insert_with(|| anchor.to_owned());
        self.exact.insert(anchor.to_lowercase());
    }
}

/// The text of a heading as readers see it: without markup, images and HTML, code without its backticks.
fn rendered(doc: &Document, heading: &Heading) -> String {
    let mut text = String::new();
    let Some(prose) = heading.prose.and_then(|at| doc.prose.blocks.get(at as usize)) else { return text };
    let first = doc.prose.pieces.partition_point(|piece| piece.prose < prose.range.start);
    for (at, piece) in doc.prose.pieces.iter().enumerate().skip(first) {
        if piece.prose >= prose.range.end {
            break;
        }
        let end = doc.prose.pieces.get(at + 1).map_or(prose.range.end, |next| next.prose.min(prose.range.end));
        let shown = doc.prose.text().get(piece.prose as usize..end as usize).unwrap_or("");
        if shown.starts_with(crate::model::document::Prose::OPAQUE) {
            let written = doc.slice(piece.source);
            if written.starts_with(['`', '$']) {
                text.push_str(written.trim_matches(['`', '$']).trim());
            }
        } else {
            text.push_str(shown);
        }
    }
    text
}

/// Whether a generator may put other text into this document.
fn has_includes(doc: &Document) -> bool {
    let text = doc.text();
    let signs = ["{% include", "{{#include", "{{<", "--8<--", "{!", "```{include}", "import "];
    signs[..6].iter().any(|sign| text.contains(sign))
        || (doc.source.display().ends_with(".mdx") && text.contains(signs[6]))
}

fn anchor(doc: &Document, at: &TargetSpan, fragment: &str, other: &Document, files: &mut Files<'_>, out: &mut Report) {
    if other.format != Format::Markdown || is_generated(fragment) {
        return;
    }
    let anchors = files.anchors(other.id);
    let wanted = fragment.to_lowercase();
    if anchors.open || anchors.exact.contains(&wanted) {
        return;
    }
    let near = anchors.loose.get(&loose(fragment)).cloned();
    let message = if other.id == doc.id {
        format!("no heading here has the anchor `#{fragment}`")
    } else {
        format!("no heading of `{}` has the anchor `#{fragment}`", at.target.path)
    };
    let best = || {
        let mut alike: Vec<(u32, &String)> = anchors
            .exact
            .iter()
            .map(|anchor| ((1000.0 * (1.0 - strsim::jaro_winkler(&wanted, anchor))) as u32, anchor))
            .filter(|&(distance, _)| f64::from(distance) <= 1000.0 * (1.0 - ALIKE))
            .collect();
        alike.sort();
        alike.into_iter().take(3).map(|(_, anchor)| anchor.clone()).collect::<Vec<String>>()
    };
    let candidates = near.clone().map_or_else(best, |near| vec![near]);
    let finding = out.find(doc.id, at.span, message);
    finding.data("anchor", fragment);
    if let Some(near) = near {
        // Renderers disagree about leading hyphens and doubled ones, so elsewhere the link may work.
        finding.tier(Tier::Audit);
        let written = doc.slice(at.span);
        if let Some(hash) = written.find('#').filter(|_| at.exact) {
            let span = Span::new(at.span.start + hash as u32 + 1, at.span.end);
            finding.fix(Fix::replace(doc.id, span, near, "use the anchor of the heading"));
        }
    }
    finding.candidates(candidates.iter().map(|anchor| format!("#{anchor}")));
}

/// Anchors that renderers add by themselves, and those of lines.
fn is_generated(fragment: &str) -> bool {
    let lower = fragment.to_ascii_lowercase();
    let starts = ["fn", "_ft", "_toc", "cite", "ref", "user-content", ":~:", "!/", "/", "l"];
    let line = lower.strip_prefix('l').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    lower == "top" || line || starts[..9].iter().any(|start| lower.starts_with(start)) || lower.contains(['=', '/'])
}

/// References to labels that are defined nowhere.
fn labels(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    for link in doc.links.iter().filter(|link| link.kind == LinkKind::BrokenReference) {
        let label = link.target.as_str();
        if in_code_like(doc, link.span) || doc.is_verbatim(link.span.start) {
            continue;
        }
        let written = doc.slice(link.span);
        let shown = written.trim_start_matches(['!', '[']).split(']').next().unwrap_or("");
        let alike: Vec<&str> = doc
            .definitions
            .iter()
            .map(|definition| definition.label.as_str())
            .filter(|other| strsim::jaro_winkler(&label.to_lowercase(), &other.to_lowercase()) >= ALIKE)
            .take(3)
            .collect();
        let words = |text: &str| text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
        let looks_meant = words(shown) >= 2 && label.chars().all(|c| c.is_alphanumeric() || " -_.".contains(c));
        let sure = !alike.is_empty() || (looks_meant && !doc.definitions.is_empty());
        if !(sure || looks_meant && cx.audit) {
            continue;
        }
        let candidates: Vec<String> = alike.into_iter().map(str::to_owned).collect();
        let finding = out.find(doc.id, link.span, format!("the label `{label}` is defined nowhere in this document"));
        finding.candidates(candidates).data("label", label);
        if !sure {
            finding.tier(Tier::Audit);
        }
    }
}

/// Whether brackets stand right after or before a letter or another bracket, as in `row[i](x)` or `[]T[K]`: that is
/// code without its backticks, whatever Markdown makes of it.
fn in_code_like(doc: &Document, span: Span) -> bool {
    let text = doc.text();
    let line = doc.line_span(span.start);
    if doc.block_at(span.start).is_some_and(|at| matches!(doc[at].kind, BlockKind::Html)) {
        return false;
    }
    let written = doc.slice(span);
    if !written.starts_with('[') {
        return false;
    }
    let before = text.get(line.start as usize..span.start as usize).and_then(|text| text.chars().next_back());
    let after = text.get(span.end as usize..).and_then(|text| text.chars().next());
    let wordy = |c: char| c.is_alphanumeric() || matches!(c, '[' | ']' | '_' | '(');
    before.is_some_and(|c| wordy(c) && c != '(' && c != '[') || after.is_some_and(|c| wordy(c) && c != ']')
}
