//! `broken-link`: a link to a file, heading or definition that does not exist.

mod bases;
mod files;
mod fold;
mod parts;

use std::cell::OnceCell;
use std::ops::Range;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use self::bases::SiteBases;
use self::files::{LinkTargets, There, relative};
use self::fold::{Certainty, Dead, Repair, RepairKind, Subject, report};
use self::parts::IncludedParts;
use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document, Format, Link, LinkKind};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::site::Generator;
use crate::model::span::Span;
use crate::model::target::{TargetSpan, attributes, decoded, normalized, relative_targets, resolve};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::language::locale_tag::localized;
use crate::text::similarity::nearest::{MAX_COMPARED_NAMES, Nearest};

pub(crate) static RULE: Rule = Rule {
    id: "broken-link",
    family: Family::Structure,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a link leads to a file, heading or definition that does not exist",
    page: include_str!("../../rules/broken-link.md"),
    check: Check::Collection(check),
};

/// Maximum number of anchors or labels that a finding offers (a guess: more than three are not read).
const MAX_OFFERED: usize = 3;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    let mut files = LinkTargets::new(collection);
    let python = PythonReferences::default();
    let included = IncludedParts::default();
    let mut all = Vec::new();
    for doc in collection.judged().filter(|doc| doc.format == Format::Markdown) {
        let references = relative_targets(doc);
        let contributors = contributors(doc);
        let is_template = is_issue_template(doc.source.path());
        let mut dead = labels(doc, cx, &python);
        dead.extend(footnotes(doc));
        dead.extend(empty(doc));
        for reference in &references {
            let thanks = contributors.iter().any(|list| list.contains(reference.span));
            let is_left_out = thanks
                || in_code_like(doc, reference.construct)
                || is_template && is_elsewhere(doc, reference, &mut files);
            if is_left_out {
                continue;
            }
            let found = follow(doc, reference, &mut files)
                .and_then(|dead| included.left(doc, reference, dead, &mut files))
                .filter(|_| !is_demonstrated(doc, reference.construct));
            if found.is_some() && !out.take_steps(doc, MAX_COMPARED_NAMES) {
                break;
            }
            dead.extend(found);
        }
        if !dead.is_empty() {
            all.push((doc, references, dead));
        }
    }
    let bases = SiteBases::new(&all, &mut files);
    for (doc, references, mut dead) in all {
        for one in &mut dead {
            bases.doubt(one);
        }
        report(doc, dead, &references, &mut files, out);
    }
}

/// Returns true for a text that a host puts into new issues and pull requests, where its relative links start elsewhere.
fn is_issue_template(path: &Path) -> bool {
    let names = path.iter().map(|part| part.to_string_lossy().to_ascii_lowercase());
    names.into_iter().any(|name| {
        let stem = name.split('.').next().unwrap_or("");
        ["issue_template", "pull_request_template", "merge_request_templates", "issue_templates"].contains(&stem)
    })
}

/// Returns true if a file of the name that a link leads to is in another folder.
fn is_elsewhere(doc: &Document, reference: &TargetSpan, files: &mut LinkTargets<'_>) -> bool {
    let path = &reference.target.path;
    !path.is_empty() && !files.like(&resolve(doc.source.path(), path)).of_same_name.is_empty()
}

/// Returns the tables of the all-contributors bot, whose links to anchors that no heading has are so by design, and whose
/// addresses were typed by others.
fn contributors(doc: &Document) -> Vec<Span> {
    let text = doc.text();
    let starts = memchr::memmem::find_iter(text.as_bytes(), "ALL-CONTRIBUTORS-LIST:START");
    let end = |start: usize| text[start..].find("ALL-CONTRIBUTORS-LIST:END").map(|len| start + len);
    starts.filter_map(|start| Some(Span::from(start..end(start)?))).collect()
}

fn follow(doc: &Document, reference: &TargetSpan, files: &mut LinkTargets<'_>) -> Option<Dead> {
    let path = &reference.target.path;
    let fragment = reference.target.fragment.as_deref();
    if path.is_empty() {
        return anchor(doc, reference, fragment?, doc, files);
    }
    let resolved = resolve(doc.source.path(), path);
    match files.at(&resolved) {
        There::Document(other) => anchor(doc, reference, fragment?, files.collection.document(other), files),
        There::Nothing => missing(doc, reference, &resolved, files)
            .or_else(|| anchor_of_page(doc, reference, fragment?, &resolved, files)),
        // A path whose backslashes are Markdown escapes resolves to a path that was not looked up.
        There::Unknown => backslashes(doc, reference, files),
        There::Other => anchor_of_page(doc, reference, fragment?, &resolved, files),
    }
}

/// Returns a dead anchor behind a folder, or behind a page whose extension the link omits, if no page that may be served
/// has it.
fn anchor_of_page(
    doc: &Document,
    reference: &TargetSpan,
    fragment: &str,
    resolved: &Path,
    files: &mut LinkTargets<'_>,
) -> Option<Dead> {
    // These two serve a page as a folder, so that the link may start elsewhere.
    let is_nested = matches!(files.collection.generator_of(doc), Some(Generator::Hugo | Generator::Jekyll));
    if is_nested || resolved.extension().is_some_and(|extension| extension != "md") {
        return None;
    }
    let collection = files.collection;
    let pages = files.pages(resolved);
    let mut dead = pages.iter().map(|page| anchor(doc, reference, fragment, collection.document(*page), files));
    let mut first = dead.next()??;
    // The page may be made of further files, or another one may be served in its place.
    first.tier = Tier::Audit;
    dead.all(|dead| dead.is_some()).then_some(first)
}

/// Returns the path of a target as written, before `?` and `#`. `None` if the document does not show the path
/// literally.
fn written<'a>(doc: &'a Document, reference: &TargetSpan) -> Option<&'a str> {
    let written = doc.slice(reference.span);
    reference.exact.then(|| written.split(['#', '?']).next().unwrap_or(written))
}

fn place_of_path(reference: &TargetSpan, written: &str) -> Span {
    Span::new(reference.span.start, reference.span.start + written.len() as u32)
}

/// Returns a link whose path has backslashes and would resolve with slashes.
fn backslashes(doc: &Document, reference: &TargetSpan, files: &mut LinkTargets<'_>) -> Option<Dead> {
    let path = written(doc, reference).filter(|path| path.contains('\\'))?;
    let slashed = path.replace('\\', "/");
    let resolved = resolve(doc.source.path(), &decoded(&slashed));
    let mut dead = Dead::file(reference.span, path, &resolved, Tier::Gate);
    let span = place_of_path(reference, path);
    let there = match files.at(&resolved) {
        There::Document(_) | There::Other => true,
        // An image that was not looked up under the path with slashes. It is reported because no host takes a backslash
        // for a folder separator.
        There::Unknown => extension(path).is_some() && files.like(&resolved).of_same_name.is_empty(),
        There::Nothing => false,
    };
    if there {
        let kind = RepairKind::Path { slashes: true, old: String::new(), new: String::new() };
        dead.repairs.push(Repair::new(kind, span, slashed.clone()));
    } else {
        dead.repairs = moved(doc, reference, &slashed, &resolved, files);
    }
    let sure = dead.repairs.iter().any(|repair| repair.certainty == Certainty::Only)
        || kind_of(doc, path, &resolved, files).is_some();
    dead.candidates = dead.repairs.iter().map(|repair| repair.new.clone()).take(MAX_OFFERED).collect();
    sure.then_some(dead)
}

fn missing(doc: &Document, reference: &TargetSpan, resolved: &Path, files: &mut LinkTargets<'_>) -> Option<Dead> {
    let path = &reference.target.path;
    if let Some(dead) = backslashes(doc, reference, files).filter(|dead| !dead.repairs.is_empty()) {
        return Some(dead);
    }
    if let Some(dead) = without_hash(doc, reference, files).or_else(|| without_scheme(doc, reference)) {
        return Some(dead);
    }
    let tier = kind_of(doc, path, resolved, files)?;
    // Elsewhere such a link is dead.
    let is_vaults = !path.contains('/') && !files.like(resolved).of_same_name.is_empty() && has_wiki_links(doc);
    let tier = if is_vaults { Tier::Audit } else { tier };
    let mut dead = Dead::file(reference.span, path, resolved, tier);
    dead.repairs = moved(doc, reference, path, resolved, files);
    let from = normalized(doc.source.path());
    dead.candidates = files.like(resolved).offered.iter().map(|to| relative(&from, to)).collect();
    Some(dead)
}

/// Returns true if a document has links of a wiki, as the notes of a vault of Obsidian have: there, a name alone leads to the
/// file, wherever it is.
fn has_wiki_links(doc: &Document) -> bool {
    let text = doc.text();
    memchr::memmem::find_iter(text.as_bytes(), "[[").any(|at| {
        let line = text[at..].lines().next().unwrap_or("");
        line.contains("]]") && !doc.shows_code(at as u32)
    })
}

/// Returns true if a folder names the language of the file `from`, and the file `to` is in a folder beside that one, which
/// holds another language as likely as not.
fn is_beside_language(from: &Path, to: &Path) -> bool {
    let (from, to) = (from.to_string_lossy().replace('\\', "/"), to.to_string_lossy().replace('\\', "/"));
    let Some(before) = localized(&from).and_then(|found| found.folder) else { return false };
    let below = |path: &str| Some(path.get(before.len()..)?.split_once('/')?.0.to_owned());
    to.starts_with(&before) && below(&to).is_some_and(|folder| Some(folder) != below(&from))
}

/// Returns true if a link names the folder of a file as well as the file, so that the language of the folder is meant.
fn names_folder(written: &str, to: &Path) -> bool {
    let folder = to.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().to_lowercase());
    let written = written.to_lowercase();
    let named = written.rsplit('/').nth(1);
    folder.is_some() && folder.as_deref() == named
}

/// Returns whether a file is the first page of its folder, by its name.
fn is_first_page(path: &Path) -> bool {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    stem.starts_with("readme") || matches!(stem.as_str(), "index" | "_index")
}

/// Returns the repairs that replace `path`, which leads to the missing `resolved`, with the path of a file of the same
/// name.
fn moved(
    doc: &Document,
    reference: &TargetSpan,
    path: &str,
    resolved: &Path,
    files: &mut LinkTargets<'_>,
) -> Vec<Repair> {
    let Some(written) = written(doc, reference) else { return Vec::new() };
    let like = files.like(resolved);
    let from = normalized(doc.source.path());
    let span = place_of_path(reference, written);
    let is_only = |to: &PathBuf| like.only.as_ref() == Some(to);
    // A page alone hardly links to itself by another name; with others, in a list of pages, it does.
    let is_own_name = resolved.to_string_lossy().to_lowercase() == from.to_string_lossy().to_lowercase();
    let is_sure = |to: &PathBuf| is_only(to) && (*to != from || is_own_name);
    let certainty = |to: &PathBuf| if is_sure(to) { Certainty::Only } else { Certainty::OneOfSeveral };
    let mut repairs = Vec::new();
    for to in &like.of_same_name {
        // A list of languages links to their first pages; any other link stays in its language.
        let leaves_language = is_beside_language(&from, to) && !names_folder(path, to);
        if leaves_language && is_only(to) || !files.has_anchor(to, reference.target.fragment.as_deref()) {
            continue;
        }
        let certainty = match leaves_language && !is_first_page(to) {
            true => Certainty::AnotherLanguage,
            false => certainty(to),
        };
        let plain = relative(&from, to);
        // A file in the same folder can also be reached through the parent folder, as its neighbours are.
        let above = from.parent().and_then(Path::file_name).filter(|_| !plain.starts_with("../"));
        let above = above.map(|folder| format!("../{}/{plain}", folder.to_string_lossy()));
        for new in [Some(plain), above].into_iter().flatten() {
            let (old_start, new_start) = prefixes(path, &new);
            let kind = RepairKind::Path { slashes: written.contains('\\'), old: old_start, new: new_start };
            let repair = Repair::new(kind, span, encoded(&new));
            repairs.push(Repair { to: Some(to.clone()), certainty, ..repair });
        }
    }
    repairs
}

/// Returns the beginnings in which two paths differ, before their common ending: `("a/", "../b/")` for `a/c/d.md` and
/// `../b/c/d.md`.
fn prefixes(old: &str, new: &str) -> (String, String) {
    let parts = |path: &str| path.split('/').filter(|part| *part != ".").map(str::to_owned).collect::<Vec<String>>();
    let (old, new) = (parts(old), parts(new));
    let shared = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let start = |parts: &[String]| {
        let start = parts[..parts.len() - shared].join("/");
        if start.is_empty() || shared == 0 { start } else { start + "/" }
    };
    (start(&old), start(&new))
}

/// Returns a link that lacks the `#` before an anchor of its own document.
fn without_hash(doc: &Document, reference: &TargetSpan, files: &mut LinkTargets<'_>) -> Option<Dead> {
    let path = &reference.target.path;
    if path.contains(['/', '.', '\\']) || !reference.exact || reference.target.fragment.is_some() {
        return None;
    }
    let anchors = files.anchors(doc.id);
    let anchor = if anchors.has(path) { path.to_lowercase() } else { anchors.loosely(path)?.to_owned() };
    let mut dead = Dead::new(reference.span, Tier::Audit, Subject::Hash(path.clone()));
    let new = format!("#{anchor}");
    dead.repairs.push(Repair::new(RepairKind::Hash, reference.span, new.clone()));
    dead.candidates.push(new);
    Some(dead)
}

/// Returns a link to a host that lacks `https://`.
fn without_scheme(doc: &Document, reference: &TargetSpan) -> Option<Dead> {
    /// Top-level domains that are not file extensions.
    const DOMAINS: [&str; 8] = ["com", "org", "net", "edu", "gov", "io", "dev", "info"];
    let path = &reference.target.path;
    let host = path.split('/').next().unwrap_or("");
    let domain = host.rsplit('.').next().unwrap_or("");
    let labels = host.split('.').count();
    let plain =
        host.split('.').all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    let known = DOMAINS.contains(&domain) && labels > 1 && (path.contains('/') || DOMAINS[..5].contains(&domain));
    let www = host.to_ascii_lowercase().starts_with("www.") && labels > 2;
    if !plain || !(known || www) {
        return None;
    }
    let tier = if www { Tier::Gate } else { Tier::Audit };
    let mut dead = Dead::new(reference.span, tier, Subject::Scheme(path.clone()));
    let new = format!("https://{}", doc.slice(reference.span));
    if reference.exact {
        dead.repairs.push(Repair::new(RepairKind::Scheme, reference.span, new.clone()));
    }
    dead.candidates.push(new);
    Some(dead)
}

fn extension(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or("");
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())?;
    let usual = (1..=8).contains(&extension.len()) && extension.chars().all(|c| c.is_ascii_alphanumeric());
    (usual && extension.chars().any(|c| c.is_ascii_alphabetic())).then_some(extension)
}

/// File names without an extension, by convention.
const BARE_NAMES: [&str; 14] = [
    "LICENSE",
    "LICENCE",
    "COPYING",
    "NOTICE",
    "AUTHORS",
    "CONTRIBUTING",
    "CONTRIBUTORS",
    "CHANGELOG",
    "CHANGES",
    "README",
    "SECURITY",
    "CODEOWNERS",
    "Makefile",
    "Dockerfile",
];

/// Returns the tier for a path that leads nowhere, by how likely the path is meant as a file. `None` if it may be
/// something else.
fn kind_of(doc: &Document, path: &str, resolved: &Path, files: &LinkTargets<'_>) -> Option<Tier> {
    let generator = files.collection.generator_of(doc);
    let is_module = |path: &str| {
        let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
        path.split('.').count() > 2 && path.split('.').all(is_name)
    };
    let is_known = generator == Some(Generator::Myst) && is_module(path)
        || doc.is_mdx() && generator != Some(Generator::Docusaurus) && is_served(doc, path, resolved, files);
    if is_known {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or("");
    if is_of_host(path) {
        return None;
    }
    match extension(path).as_deref() {
        // A site generator may produce these files.
        Some("html" | "htm" | "php" | "aspx" | "jsp" | "xml") => None,
        Some("docx" | "epub" | "pdf" | "pptx") if files.is_rendered(resolved) => None,
        Some(extension) if extension != "md" && is_built(path) => Some(Tier::Audit),
        Some(_) if !path.contains(char::is_whitespace) || path.contains(".md") => Some(Tier::Gate),
        // A path without an extension may be a generated page, or a document whose extension the generator adds.
        _ => {
            let meant = path.contains('/') || BARE_NAMES.contains(&name);
            (meant && !files.is_page(resolved)).then_some(Tier::Audit)
        }
    }
}

/// Returns true if a site serves a page of MDX for a path whose file is not there: `boat.mdx` is the address of
/// `boat/index.mdx`, and links of that page start beside its folder.
fn is_served(doc: &Document, path: &str, resolved: &Path, files: &LinkTargets<'_>) -> bool {
    let is_markdown = |path: &Path| path.extension().is_some_and(|extension| extension == "md" || extension == "mdx");
    let is_page = |path: &Path| is_markdown(path) && files.is_page_of_folder(&path.with_extension(""));
    let from = normalized(doc.source.path());
    let beside = from.parent().filter(|_| from.file_stem().is_some_and(|stem| stem == "index"));
    let beside = beside.map(|folder| resolve(folder, path));
    let is_there = |path: &Path| matches!(files.at(path), There::Document(_) | There::Other);
    is_page(resolved) || beside.is_some_and(|beside| is_there(&beside) || is_page(&beside))
}

/// Returns true for a page that a host of repositories has beside the files of this one: `../../issues`,
/// `../tree/main/README.md`.
fn is_of_host(path: &str) -> bool {
    const PAGES: [&str; 12] = [
        "actions",
        "blame",
        "blob",
        "commit",
        "compare",
        "discussions",
        "issues",
        "pull",
        "pulls",
        "raw",
        "releases",
        "tree",
    ];
    let inner = path.trim_start_matches("../");
    inner.len() < path.len() && PAGES.contains(&inner.split('/').next().unwrap_or(""))
}

/// Returns true for a path through a folder whose files programs make.
fn is_built(path: &str) -> bool {
    const FOLDERS: [&str; 10] =
        ["_build", "_site", "artifacts", "build", "coverage", "dist", "node_modules", "out", "output", "target"];
    path.rsplit('/').skip(1).any(|folder| FOLDERS.contains(&folder))
}

/// Returns a path as a link target, in which characters that would end the target are percent-encoded.
fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace(' ', "%20").replace('(', "%28").replace(')', "%29").replace('#', "%23")
}

fn anchor(
    doc: &Document,
    at: &TargetSpan,
    fragment: &str,
    other: &Document,
    files: &mut LinkTargets<'_>,
) -> Option<Dead> {
    if other.format != Format::Markdown || is_generated(fragment) || is_readme(other, fragment) {
        return None;
    }
    let is_known = other.id == doc.id && (files.has_label(doc, fragment) || files.has_chapter_with(doc, fragment));
    if is_known || is_of_footnote(other, fragment) {
        return None;
    }
    // Its page has anchors that are lost in the output.
    if files.collection.is_output_of_page(other) {
        return None;
    }
    if files.collection.generator_of(doc) == Some(Generator::Myst) && is_object(fragment) {
        return None;
    }
    let anchors = files.anchors(other.id);
    // Bitbucket prefixes the anchors of headings with this.
    let plain = fragment.strip_prefix("markdown-header-").unwrap_or(fragment);
    if anchors.are_open() || anchors.has(fragment) || anchors.has(plain) {
        return None;
    }
    let subject = Subject::Anchor {
        fragment: fragment.to_owned(),
        into: other.id,
        path: (other.id != doc.id).then(|| at.target.path.clone()),
    };
    let mut dead = Dead::new(at.span, Tier::Gate, subject);
    if let Some(near) = anchors.loosely(fragment) {
        // Renderers disagree about leading and doubled hyphens, so the link may work elsewhere.
        dead.tier = Tier::Audit;
        dead.candidates = vec![format!("#{near}")];
        if let Some(hash) = doc.slice(at.span).find('#').filter(|_| at.exact) {
            let span = Span::new(at.span.start + hash as u32 + 1, at.span.end);
            dead.repairs.push(Repair::new(RepairKind::Anchor(other.id), span, near.to_owned()));
        }
    } else {
        // No heading has this anchor, but a script may read it, or a generator may derive it from names of functions.
        // No anchor has a control character.
        let is_possible = !fragment.contains(char::is_control);
        if is_possible && fragment.contains(|c: char| c.is_ascii_punctuation() && !matches!(c, '-' | '_')) {
            dead.tier = Tier::Audit;
        }
        dead.candidates =
            anchors.similar(fragment, MAX_OFFERED).into_iter().map(|anchor| format!("#{anchor}")).collect();
        if is_possible && fragment.contains('=') || is_possible && fragment.contains('/') && dead.candidates.is_empty()
        {
            return None;
        }
    }
    Some(dead)
}

/// Returns true for the name of an object or a term of Sphinx, which only a build knows: `Spawner`, `hub.auth.HubAuth`, `my
/// term`. The anchors of headings have no such letters.
fn is_object(name: &str) -> bool {
    name.contains(|c: char| c.is_uppercase() || c.is_whitespace() || c == '.')
}

/// Returns true if the anchor is the one that GitHub gives to a README as a whole.
fn is_readme(doc: &Document, fragment: &str) -> bool {
    let stem = doc.source.path().file_stem().and_then(|stem| stem.to_str()).unwrap_or("");
    stem.eq_ignore_ascii_case("readme") && fragment.eq_ignore_ascii_case("readme")
}

/// Returns true for anchors that renderers add by themselves, and for those of lines.
fn is_generated(fragment: &str) -> bool {
    let lower = fragment.to_ascii_lowercase();
    let starts = ["_ft", "_toc", "cite_note", "cite_ref", "cite:", "user-content", "fnref", ":~:", "!/", "/"];
    // Footnotes and lines are numbered: `#fn1`, `#fn:1`, `#ref-1`, `#L10`.
    let is_number =
        |rest: &str| rest.trim_start_matches([':', '-', '_', '.']).starts_with(|c: char| c.is_ascii_digit());
    let numbered = ["footnote", "fn", "ref", "cite", "note", "l"]
        .iter()
        .any(|start| lower.strip_prefix(start).is_some_and(is_number));
    let named_note = lower.starts_with("fn:");
    lower == "top" || numbered || named_note || starts.iter().any(|start| lower.starts_with(start))
}

/// Returns true for the anchor that remark gives to a footnote of the document, or to a reference to it: `fn-tide`.
fn is_of_footnote(doc: &Document, fragment: &str) -> bool {
    let label = ["fn-", "fnref-"].iter().find_map(|start| fragment.strip_prefix(start));
    let notes = || doc.blocks.iter().filter(|block| block.kind == BlockKind::Footnote);
    label.is_some_and(|label| notes().any(|note| doc.slice(note.span).starts_with(&format!("[^{label}]:"))))
}

/// Returns links and images whose target is empty, in Markdown and in HTML.
fn empty(doc: &Document) -> impl Iterator<Item = Dead> + '_ {
    let html = doc.html.iter().flat_map(|html| attributes(doc, *html, &["href", "src"]));
    let html = html.filter(|value| doc.slice(*value).trim().is_empty());
    // The place of the attribute, because an empty value has none.
    let html = html
        .map(|value| Dead::new(Span::new(value.start.saturating_sub(1), value.end + 1), Tier::Gate, Subject::Empty));
    empty_in_markdown(doc).chain(html)
}

fn empty_in_markdown(doc: &Document) -> impl Iterator<Item = Dead> + '_ {
    let links =
        doc.links.iter().filter(|link| matches!(link.kind, LinkKind::Inline | LinkKind::Image | LinkKind::Reference));
    let empty = links.filter(|link| matches!(link.target.trim(), "" | "#") && !in_code_like(doc, link.span));
    // In the table of contents of an mdBook, a chapter without a target is a draft.
    let is_summary = doc.source.path().file_name().is_some_and(|name| name == "SUMMARY.md");
    let empty = empty.filter(move |_| !is_summary);
    // A link without text renders as nothing: it is an anchor of some Markdown flavour, or an editor left it behind.
    // "[ ]" is a check box.
    let is_blank = |text: &str| text.strip_prefix('[').is_some_and(|text| text.trim_start().starts_with(']'));
    let shows = empty.filter(move |link| !is_blank(doc.slice(link.span).trim_start_matches('!')));
    // "#" is the top of the page, which is meant now and then.
    let is_meant = |link: &Link| link.target.trim() == "#" && says_top(doc.slice(link.span));
    let tier = |link: &Link| if link.target.trim() == "#" { Tier::Audit } else { Tier::Gate };
    shows.filter(move |link| !is_meant(link)).map(move |link| Dead::new(link.span, tier(link), Subject::Empty))
}

/// Returns true if the text of a link names the top of the page: "Back to top", "↑".
fn says_top(link: &str) -> bool {
    let shown = link.split("](").next().unwrap_or("").to_lowercase();
    shown.contains(['↑', '⬆', '🔝', '^']) || ["top", "up", "home", "back"].iter().any(|word| shown.contains(word))
}

/// Returns references to labels that no definition has.
fn labels(doc: &Document, cx: &Context<'_>, python: &PythonReferences) -> Vec<Dead> {
    let broken = doc.links.iter().filter(|link| link.kind == LinkKind::BrokenReference);
    let mut broken =
        broken.filter(|link| !in_code_like(doc, link.span) && !doc.is_verbatim(link.span.start)).peekable();
    if broken.peek().is_none() {
        return Vec::new();
    }
    let labels = doc.definitions.iter().map(|definition| (definition.label.to_lowercase(), definition.label.as_str()));
    let written: FxHashMap<String, &str> = labels.collect();
    let known = Nearest::new(doc.definitions.iter().map(|definition| definition.label.to_lowercase()));
    let mut dead = Vec::new();
    for link in broken {
        let label = link.target.as_str();
        let shown = doc.slice(link.span).trim_start_matches(['!', '[']).split(']').next().unwrap_or("");
        let similar = known.similar(&label.to_lowercase(), MAX_OFFERED);
        let words = |text: &str| text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
        let plain = label.chars().all(|c| c.is_alphanumeric() || " -_.".contains(c));
        let looks_meant = words(shown) >= 2 && plain;
        // A generator may define a label such as `package.module`.
        let is_mkdocs = || cx.collection.generator_of(doc) == Some(Generator::MkDocs);
        let of_module = label.contains('.') && is_mkdocs();
        // With mkdocstrings, any heading and any name of the standard library is a label.
        if is_mkdocs() && python.are_cited(cx.collection) {
            continue;
        }
        let sure =
            !similar.is_empty() && !of_module || (looks_meant && !label.contains('.') && !doc.definitions.is_empty());
        // Two pairs of brackets behind an exclamation mark are nothing else.
        let is_image = doc.slice(link.span).starts_with("![") && doc.slice(link.span).contains("][");
        let sure = sure || is_image && plain && label.len() > 1 && !doc.definitions.is_empty();
        // `[almanac][alm]`, in a document that defines other labels.
        let one_word = plain && words(shown) == 1 && shown.len() > 2 && label.len() > 1 && !doc.definitions.is_empty();
        if !(sure || (looks_meant || one_word) && cx.audit) {
            continue;
        }
        let tier = if sure { Tier::Gate } else { Tier::Audit };
        let mut found = Dead::new(link.span, tier, Subject::Label(label.to_owned()));
        found.candidates =
            similar.into_iter().filter_map(|low| written.get(low)).map(|&label| label.to_owned()).collect();
        dead.push(found);
    }
    dead
}

/// Directives of mkdocstrings in the documents, `::: package.module`: looked for once, when first asked about.
#[derive(Default)]
struct PythonReferences(OnceCell<bool>);

impl PythonReferences {
    /// Returns true if a document has such a directive.
    fn are_cited(&self, collection: &Collection) -> bool {
        let is_directive = |line: &str| {
            let name = line.trim();
            name.contains(['.', '_']) && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_'))
        };
        let cites = |text: &str| {
            let mut places = memchr::memmem::find_iter(text.as_bytes(), "::: ");
            places.any(|at| text[at + 4..].lines().next().is_some_and(is_directive))
        };
        *self.0.get_or_init(|| collection.documents.iter().any(|doc| cites(doc.text())))
    }
}

/// Returns references to footnotes that no definition has, in a document that defines some.
fn footnotes(doc: &Document) -> Vec<Dead> {
    /// Maximum length of a footnote label, in bytes (a guess).
    const MAX_FOOTNOTE_LABEL_BYTES: usize = 60;
    let footnotes = doc.blocks.iter().filter(|block| block.kind == BlockKind::Footnote);
    let definitions: Vec<&str> = footnotes.map(|block| doc.slice(block.span)).collect();
    if definitions.is_empty() {
        return Vec::new();
    }
    let text = doc.prose.text();
    let found = memchr::memmem::find_iter(text.as_bytes(), "[^").filter_map(|at| {
        let rest = &text[at + 2..text.floor_char_boundary((at + 2 + MAX_FOOTNOTE_LABEL_BYTES).min(text.len()))];
        let (label, after) = rest.split_once(']')?;
        // In a container, a definition may be in another part.
        let is_defined = definitions.iter().any(|written| {
            written
                .strip_prefix("[^")
                .and_then(|rest| rest.strip_prefix(label))
                .is_some_and(|rest| rest.starts_with(']'))
        });
        let plain = !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        let range: Range<usize> = at..at + 3 + label.len();
        let fits =
            plain && !is_defined && !after.starts_with([':', '(', '[']) && doc.prose.is_contiguous(range.clone());
        fits.then(|| Dead::new(doc.prose.source_span(range), Tier::Gate, Subject::Footnote(label.to_owned())))
    });
    found.collect()
}

/// Returns true if the text near a link shows the link as code as well, so that readers see what it looks like.
fn is_demonstrated(doc: &Document, span: Span) -> bool {
    /// Maximum distance between the two, in bytes (a guess): a few lines.
    const MAX_DISTANCE_BYTES: usize = 600;
    let text = doc.text();
    let start = text.ceil_char_boundary((span.start as usize).saturating_sub(MAX_DISTANCE_BYTES));
    let end = text.floor_char_boundary((span.end as usize + MAX_DISTANCE_BYTES).min(text.len()));
    let (Some(near), Some(written)) = (text.get(start..end), text.get(span.start as usize..span.end as usize)) else {
        return false;
    };
    !written.is_empty()
        && near.contains('`')
        && memchr::memmem::find_iter(near.as_bytes(), written).any(|at| {
            let at = (start + at) as u32;
            at != span.start && doc.shows_code(at)
        })
}

/// Returns true if a bracket or letter directly precedes or follows the brackets, as in `row[i](x)` or `[]T[K]`: text
/// of this form is code without its backticks, even where Markdown makes a link of it. Letters of scripts that are
/// written without spaces may touch a link.
fn in_code_like(doc: &Document, span: Span) -> bool {
    let written = doc.slice(span);
    if !written.starts_with('[') {
        return false;
    }
    let text = doc.text();
    if doc.block_at(span.start).is_some_and(|at| matches!(doc[at].kind, BlockKind::Html)) {
        return false;
    }
    let line = doc.line_span(span.start);
    let before = text.get(line.start as usize..span.start as usize).and_then(|text| text.chars().next_back());
    // The brackets of `[label][]` are outside the span of the reference.
    let after = text.get(span.end as usize..).map(|text| text.strip_prefix("[]").unwrap_or(text));
    let after = after.and_then(|text| text.chars().next());
    let wordy = |c: char| c.is_ascii_alphanumeric() || matches!(c, '[' | ']' | '_' | '(');
    before.is_some_and(|c| wordy(c) && c != '(' && c != '[') || after.is_some_and(|c| wordy(c) && c != ']')
}
