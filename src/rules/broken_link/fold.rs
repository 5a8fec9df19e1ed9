//! Folding: one finding for all dead links of a document that the same change would repair.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::RULE;
use super::files::LinkTargets;
use crate::model::document::{BlockKind, Document};
use crate::model::edit::{Edit, Fix};
use crate::model::finding::{Finding, Tier};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::model::target::TargetSpan;
use crate::rule::Report;

/// Minimum number of dead links in one list, or into one missing folder, that are reported as one finding (a guess: two
/// may be a coincidence).
const MIN_FOLDED_LINKS: usize = 3;

/// A link that leads nowhere.
#[derive(Debug, Clone)]
pub(super) struct Dead {
    span: Span,
    pub(super) tier: Tier,
    subject: Subject,
    /// Possible replacements, likeliest first.
    pub(super) candidates: Vec<String>,
    /// Repairs of the link, likeliest first.
    pub(super) repairs: Vec<Repair>,
}

/// The missing target of a dead link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// A missing file: its path as written, and the path that it resolves to.
    File(String, PathBuf),
    /// A missing anchor of a document. `path` is the path to the document if it is another one.
    Anchor { into: DocId, fragment: String, path: Option<String> },
    /// A missing file, where the document has an anchor of this name.
    Hash(String),
    /// A missing file, where the path is the address of a host.
    Scheme(String),
    /// A missing link definition.
    Label(String),
    /// A missing footnote.
    Footnote(String),
    /// An empty target.
    Empty,
}

impl Subject {
    /// Returns the target without the spelling of its path, of which `./a.md` and `a.md` are two.
    fn key(&self) -> Self {
        match self {
            Self::File(_, resolved) => Self::File(String::new(), resolved.clone()),
            Self::Anchor { into, fragment, .. } => Self::Anchor { into: *into, fragment: fragment.clone(), path: None },
            other => other.clone(),
        }
    }
}

/// A change that would repair a link.
#[derive(Debug, Clone)]
pub(super) struct Repair {
    pub(super) kind: RepairKind,
    /// Span of the replaced text.
    pub(super) span: Span,
    pub(super) new: String,
    pub(super) certainty: Certainty,
    /// The file that the repaired link leads to, if the repair is a path.
    pub(super) to: Option<PathBuf>,
}

impl Repair {
    /// A repair that is the only one.
    pub(super) fn new(kind: RepairKind, span: Span, new: String) -> Self {
        Self { kind, span, new, certainty: Certainty::Only, to: None }
    }
}

/// Certainty of a repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// There is no other repair.
    Only,
    /// There are other repairs.
    OneOfSeveral,
    /// The file is in another language, so the repair is offered and never made.
    AnotherLanguage,
}

/// Kind of a repair: links with repairs of one kind are repaired, and reported, together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum RepairKind {
    /// Slashes for backslashes, and another beginning of the path.
    Path { slashes: bool, old: String, new: String },
    /// The anchors of this document's headings, which differ only in their hyphens.
    Anchor(DocId),
    /// `#` before an anchor.
    Hash,
    /// `https://` before a host.
    Scheme,
}

impl Dead {
    pub(super) fn new(span: Span, tier: Tier, subject: Subject) -> Self {
        Self { span, tier, subject, candidates: Vec::new(), repairs: Vec::new() }
    }

    pub(super) fn file(span: Span, path: &str, resolved: &Path, tier: Tier) -> Self {
        Self::new(span, tier, Subject::File(path.to_owned(), resolved.to_path_buf()))
    }

    /// Returns the path of a missing file, as written.
    pub(super) fn missing_file(&self) -> Option<&str> {
        match &self.subject {
            Subject::File(path, _) => Some(path),
            _ => None,
        }
    }

    /// Returns the message of a finding for this link alone.
    fn message(&self) -> String {
        match &self.subject {
            Subject::File(path, _) if self.has_backslashes() => {
                format!("there is no file `{path}`: `\\` does not separate folders in a link")
            }
            Subject::File(path, _) => format!("there is no file `{path}`"),
            Subject::Anchor { fragment, path: None, .. } => format!("no heading here has the anchor `#{fragment}`"),
            Subject::Anchor { fragment, path: Some(path), .. } => {
                format!("no heading of `{path}` has the anchor `#{fragment}`")
            }
            Subject::Hash(path) => format!("there is no file `{path}`, but an anchor of this name"),
            Subject::Scheme(path) => format!("there is no file `{path}`: the address lacks `https://`"),
            Subject::Label(label) => format!("the label `{label}` is not defined in this document"),
            Subject::Footnote(label) => format!("the footnote `{label}` is not defined in this document"),
            Subject::Empty => "this link has no target".to_owned(),
        }
    }

    fn has_backslashes(&self) -> bool {
        self.repairs.iter().any(|repair| matches!(repair.kind, RepairKind::Path { slashes: true, .. }))
    }

    /// Returns the key and value of `data`, as documented on the rule page.
    fn data(&self) -> Option<(&'static str, &str)> {
        match &self.subject {
            Subject::File(path, _) | Subject::Hash(path) | Subject::Scheme(path) => Some(("target", path)),
            Subject::Anchor { fragment, .. } => Some(("anchor", fragment)),
            Subject::Label(label) | Subject::Footnote(label) => Some(("label", label)),
            Subject::Empty => None,
        }
    }
}

/// Reports the dead links of a document. A link that a suppression covers is reported by itself, so that the
/// suppression hides only this one link.
pub(super) fn report(
    doc: &Document,
    mut dead: Vec<Dead>,
    references: &[TargetSpan],
    files: &mut LinkTargets<'_>,
    out: &mut Report,
) {
    dead.sort_by_key(|dead| dead.span);
    let (allowed, open): (Vec<Dead>, Vec<Dead>) = dead.into_iter().partition(|dead| is_allowed(doc, dead.span));
    for dead in allowed {
        report_target(doc, &[dead], out);
    }
    let (repaired, rest) = by_repair(open);
    for group in repaired {
        together(doc, &group, out);
    }
    let (listed, rest) = by_list(doc, rest);
    for (lists, group) in listed {
        contents(doc, &lists, &group, references, out);
    }
    let (in_folders, rest) = by_folder(rest, files);
    for (folder, group) in in_folders {
        lost_folder(doc, &folder, &group, out);
    }
    let (undefined, rest) = by_label(rest);
    for group in undefined {
        lost_definitions(doc, &group, out);
    }
    let mut by_subject: BTreeMap<(Subject, Tier), Vec<Dead>> = BTreeMap::new();
    for dead in rest {
        by_subject.entry((dead.subject.key(), dead.tier)).or_default().push(dead);
    }
    for group in by_subject.into_values() {
        report_target(doc, &group, out);
    }
}

fn is_allowed(doc: &Document, span: Span) -> bool {
    doc.suppressions.iter().any(|allow| {
        let inside = allow.scope.overlaps(span) || allow.scope.contains_offset(span.start);
        inside && allow.problem.is_none() && allow.covers(RULE.id, RULE.family)
    })
}

/// Groups links by the repair that most of them share. Returns the groups, and the links that no group takes.
fn by_repair(dead: Vec<Dead>) -> (Vec<Vec<Dead>>, Vec<Dead>) {
    let mut counts: FxHashMap<(RepairKind, Tier), usize> = FxHashMap::default();
    for one in &dead {
        for repair in &one.repairs {
            *counts.entry((repair.kind.clone(), one.tier)).or_default() += 1;
        }
    }
    let mut groups: BTreeMap<(RepairKind, Tier), Vec<Dead>> = BTreeMap::new();
    let mut rest = Vec::new();
    for mut one in dead {
        let count = |repair: &Repair| counts.get(&(repair.kind.clone(), one.tier)).copied().unwrap_or(0);
        // The first of the repairs that are equally frequent.
        let best = (0..one.repairs.len()).rev().max_by_key(|&at| count(&one.repairs[at]));
        match best.filter(|&at| count(&one.repairs[at]) > 1) {
            Some(at) => {
                one.repairs.swap(0, at);
                groups.entry((one.repairs[0].kind.clone(), one.tier)).or_default().push(one);
            }
            None => rest.push(one),
        }
    }
    // A link whose companions chose another repair is alone after all.
    let (groups, alone): (Vec<Vec<Dead>>, Vec<Vec<Dead>>) = groups.into_values().partition(|group| group.len() > 1);
    rest.extend(alone.into_iter().flatten());
    rest.sort_by_key(|dead| dead.span);
    (groups, rest)
}

/// Lists, and the dead links in them that lead into one document.
type DeadInLists = (Vec<Span>, Vec<Dead>);

/// Returns the dead anchors of lists that have at least [`MIN_FOLDED_LINKS`] of them, as in an outdated table of contents, grouped
/// by the document that the anchors belong to.
fn by_list(doc: &Document, dead: Vec<Dead>) -> (Vec<DeadInLists>, Vec<Dead>) {
    let mut lists: BTreeMap<(DocId, Span), Vec<Dead>> = BTreeMap::new();
    let mut rest = Vec::new();
    for one in dead {
        match (&one.subject, outermost_list(doc, one.span.start)) {
            (Subject::Anchor { into, .. }, Some(list)) if one.tier == Tier::Gate => {
                lists.entry((*into, list)).or_default().push(one);
            }
            _ => rest.push(one),
        }
    }
    let mut found: BTreeMap<DocId, DeadInLists> = BTreeMap::new();
    for ((into, list), group) in lists {
        if targets(&group) >= MIN_FOLDED_LINKS {
            let known = found.entry(into).or_default();
            known.0.push(list);
            known.1.extend(group);
        } else {
            rest.extend(group);
        }
    }
    rest.sort_by_key(|dead| dead.span);
    (found.into_values().collect(), rest)
}

/// Returns the number of different targets.
fn targets(group: &[Dead]) -> usize {
    let mut subjects: Vec<Subject> = group.iter().map(|dead| dead.subject.key()).collect();
    subjects.sort();
    subjects.dedup();
    subjects.len()
}

/// Returns the outermost list, or the table, that contains `offset`; without one, the paragraph, whose lines may be those of a
/// table of contents.
fn outermost_list(doc: &Document, offset: u32) -> Option<Span> {
    let mut next = doc.block_at(offset);
    let mut list = next.map(|at| &doc[at]).filter(|block| block.kind == BlockKind::Paragraph).map(|block| block.span);
    while let Some(at) = next {
        let block = &doc[at];
        if matches!(block.kind, BlockKind::List { .. } | BlockKind::Table) {
            list = Some(block.span);
        }
        next = block.parent;
    }
    list
}

/// Returns the links that lead to at least [`MIN_FOLDED_LINKS`] files of one folder in which no file is known.
fn by_folder(dead: Vec<Dead>, files: &mut LinkTargets<'_>) -> (Vec<(String, Vec<Dead>)>, Vec<Dead>) {
    let folder_of = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let mut folders: BTreeMap<(String, Tier), Vec<Dead>> = BTreeMap::new();
    let mut rest = Vec::new();
    for one in dead {
        let lost = match &one.subject {
            Subject::File(path, resolved) if one.candidates.is_empty() => {
                let empty = resolved.parent().is_some_and(|folder| !files.is_folder(folder));
                folder_of(path).filter(|_| empty)
            }
            _ => None,
        };
        match lost {
            Some(folder) => folders.entry((folder, one.tier)).or_default().push(one),
            None => rest.push(one),
        }
    }
    let mut found = Vec::new();
    for ((folder, _), group) in folders {
        if targets(&group) >= MIN_FOLDED_LINKS { found.push((folder, group)) } else { rest.extend(group) }
    }
    rest.sort_by_key(|dead| dead.span);
    (found, rest)
}

/// Returns the references to at least [`MIN_FOLDED_LINKS`] labels that are not defined: a whole list of definitions is
/// missing, or was renamed.
fn by_label(dead: Vec<Dead>) -> (Vec<Vec<Dead>>, Vec<Dead>) {
    let (labels, mut rest): (Vec<Dead>, Vec<Dead>) =
        dead.into_iter().partition(|dead| matches!(dead.subject, Subject::Label(_)));
    let mut tiers: BTreeMap<Tier, Vec<Dead>> = BTreeMap::new();
    for one in labels {
        tiers.entry(one.tier).or_default().push(one);
    }
    let (groups, few): (Vec<Vec<Dead>>, Vec<Vec<Dead>>) =
        tiers.into_values().partition(|group| targets(group) >= MIN_FOLDED_LINKS);
    rest.extend(few.into_iter().flatten());
    rest.sort_by_key(|dead| dead.span);
    (groups, rest)
}

/// Creates the finding of a group at its first place, with the other places as related labels.
fn find<'a>(
    doc: &Document,
    group: &[Dead],
    message: String,
    label: impl Fn(&Dead) -> String,
    out: &'a mut Report,
) -> Option<&'a mut Finding> {
    let (first, others) = group.split_first()?;
    let finding = out.find(doc.id, first.span, message);
    finding.tier(first.tier);
    if let Some((key, value)) = first.data() {
        finding.data(key, value);
    }
    if !others.is_empty() {
        finding.data("links", group.len());
    }
    for other in others {
        finding.also(doc.id, other.span, label(other));
    }
    Some(finding)
}

/// Reports the links to one target.
fn report_target(doc: &Document, group: &[Dead], out: &mut Report) {
    let Some(first) = group.first() else { return };
    let message = match group.len() {
        1 => first.message(),
        count => format!("{}: {count} links lead there", first.message()),
    };
    let Some(finding) = find(doc, group, message, |_| "and here".to_owned(), out) else { return };
    finding.candidates(first.candidates.clone());
    if let Some(repair) = first.repairs.first().filter(|repair| repair.certainty == Certainty::Only) {
        let edits = group.iter().filter_map(|dead| Some(edit(doc, dead.repairs.first()?))).collect();
        finding.fix(fix(edits, format!("link to `{}`", repair.new)));
    }
}

/// Reports the links that one kind of repair fixes.
fn together(doc: &Document, group: &[Dead], out: &mut Report) {
    let repair = |dead: &Dead| dead.repairs.first().map(|repair| repair.new.clone()).unwrap_or_default();
    let Some((first, kind)) = group.first().and_then(|dead| Some((dead, &dead.repairs.first()?.kind))) else { return };
    let one_target = group.iter().all(|dead| dead.subject.key() == first.subject.key());
    let (wrong, change) = defect_and_remedy(kind);
    let leaves_language = first.repairs.first().is_some_and(|repair| repair.certainty == Certainty::AnotherLanguage);
    let contested = leaves_language || is_contested(kind, group);
    let message = match (one_target, wrong) {
        (false, _) if leaves_language => {
            format!("{} links here lead to missing files, whose names exist in other languages", group.len())
        }
        (false, _) if contested => {
            format!("{} links here lead to missing files, whose names exist in several other folders", group.len())
        }
        (false, Some(wrong)) => format!("{} links here {wrong}", group.len()),
        _ => format!("{}: {} links lead there", first.message(), group.len()),
    };
    let verb = if contested { "perhaps" } else { "means" };
    let Some(finding) = find(doc, group, message, |dead| format!("{verb} `{}`", repair(dead)), out) else { return };
    finding.label(format!("{verb} `{}`", repair(first)));
    if contested {
        finding.candidates(first.candidates.clone());
        return;
    }
    // The repair that most of the links share decides for a link that alone could mean several files.
    if group.len() >= MIN_FOLDED_LINKS
        || group.iter().all(|dead| dead.repairs.first().is_some_and(|repair| repair.certainty == Certainty::Only))
    {
        let edits = group.iter().filter_map(|dead| Some(edit(doc, dead.repairs.first()?))).collect();
        finding.fix(fix(edits, change));
    } else {
        finding.candidates([repair(first)]);
    }
}

/// Returns true if another kind of repair would fix at least half of the links, as where each language has a file of
/// the same name.
fn is_contested(kind: &RepairKind, group: &[Dead]) -> bool {
    let mut others: FxHashMap<&RepairKind, usize> = FxHashMap::default();
    for dead in group {
        let to = dead.repairs.first().and_then(|repair| repair.to.as_ref());
        for repair in dead.repairs.iter().filter(|repair| repair.kind != *kind && repair.to.as_ref() != to) {
            *others.entry(&repair.kind).or_default() += 1;
        }
    }
    others.values().any(|count| count * 2 >= group.len())
}

/// Returns the defect that the links of one repair share, and the title of the repair.
fn defect_and_remedy(kind: &RepairKind) -> (Option<String>, String) {
    let (wrong, change) = match kind {
        RepairKind::Path { slashes: true, old, new } if old.is_empty() && new.is_empty() => {
            ("have `\\` between folders where a link has `/`".to_owned(), "write `/`".to_owned())
        }
        RepairKind::Path { slashes, old, new } => {
            let (wrong, change) = match (old.as_str(), new.as_str()) {
                ("", "") => return (None, "link to the file".to_owned()),
                (old, "") => (format!("have `{old}` at their start in excess"), format!("remove `{old}`")),
                ("", new) => (format!("lack `{new}` at their start"), format!("write `{new}` before them")),
                (old, new) => (
                    format!("lead nowhere: they have `{old}` instead of `{new}`"),
                    format!("write `{new}` for `{old}`"),
                ),
            };
            match slashes {
                true => (format!("{wrong}, and have `\\` where a link has `/`"), format!("{change}, and `/`")),
                false => (wrong, change),
            }
        }
        RepairKind::Anchor(_) => {
            ("differ from the anchors of their headings".to_owned(), "use the anchors of the headings".to_owned())
        }
        RepairKind::Hash => ("lack the `#` before their anchors".to_owned(), "write `#` before the anchors".to_owned()),
        RepairKind::Scheme => ("lack `https://` before a host".to_owned(), "write `https://`".to_owned()),
    };
    (Some(wrong), change)
}

fn edit(doc: &Document, repair: &Repair) -> Edit {
    Edit::replace(doc.id, repair.span, repair.new.clone())
}

fn fix(edits: Vec<Edit>, title: String) -> Fix {
    Fix::likely(title, edits)
}

/// Reports a table of contents with dead anchors.
fn contents(doc: &Document, lists: &[Span], group: &[Dead], references: &[TargetSpan], out: &mut Report) {
    let Some(Dead { subject: Subject::Anchor { path, .. }, candidates, .. }) = group.first() else { return };
    let into = |reference: &&TargetSpan| {
        let target = &reference.target;
        target.fragment.is_some() && target.path.as_str() == path.as_deref().unwrap_or("")
    };
    let within = |list: &Span| {
        let first = references.partition_point(|reference| reference.span.start < list.start);
        references[first..].iter().take_while(|reference| reference.span.start < list.end).filter(into).count()
    };
    let (dead, all) = (group.len(), lists.iter().map(within).sum::<usize>());
    let place = path.as_ref().map_or("here".to_owned(), |path| format!("of `{path}`"));
    let which = if lists.len() == 1 { "this list" } else { "these lists" };
    let message = match dead >= all {
        true => format!("none of the {dead} links of {which} leads to a heading {place}"),
        false => format!("{dead} of the {all} links of {which} lead to no heading {place}"),
    };
    let label = |dead: &Dead| match (&dead.subject, dead.candidates.first()) {
        (Subject::Anchor { fragment, .. }, Some(like)) => format!("no `#{fragment}`, but `{like}`"),
        (Subject::Anchor { fragment, .. }, None) => format!("no `#{fragment}`"),
        _ => String::new(),
    };
    let Some(finding) = find(doc, group, message, label, out) else { return };
    if let Some(first) = group.first() {
        finding.label(label(first));
    }
    finding.candidates(candidates.clone()).help("regenerate the list from the headings");
}

/// Reports a missing folder.
fn lost_folder(doc: &Document, folder: &str, group: &[Dead], out: &mut Report) {
    let message = format!("{} links lead to missing files in `{folder}`", group.len());
    find(doc, group, message, Dead::message, out);
}

/// Reports several labels without a definition.
fn lost_definitions(doc: &Document, group: &[Dead], out: &mut Report) {
    let message = format!("{} labels are not defined in this document", targets(group));
    let label = |dead: &Dead| match (&dead.subject, dead.candidates.first()) {
        (Subject::Label(label), Some(like)) => format!("no `{label}`, but `{like}`"),
        _ => dead.message(),
    };
    let Some(finding) = find(doc, group, message, label, out) else { return };
    if let Some(first) = group.first() {
        finding.label(label(first)).candidates(first.candidates.clone());
    }
}
