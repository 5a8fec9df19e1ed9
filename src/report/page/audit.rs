//! The audit as a page, for people who never open a terminal: all findings, each in its context, with decisions.
//!
//! May use the model. The page draws the findings from data, because a document of 20,000 findings is slow to filter.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Page, address, controls, printable};
use crate::model::document::Document;
use crate::model::edit::{Applicability, Edit};
use crate::model::finding::{Finding, Label, Severity, Tier};
use crate::model::fingerprint::Fingerprint;
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::model::target::shared_folders;
use crate::report::{Results, count, path_of};

/// Files in which the reader's decisions are saved, with the titles of their buttons.
const EXPORTS: [(&str, &str); 5] = [
    ("patch", "Patch of the chosen fixes"),
    ("allow", "Allow comments to paste"),
    ("baseline", "Lines for recto-baseline.jsonl"),
    ("csv", "CSV table"),
    ("markdown", "Markdown list for an issue"),
];

/// Lines shown before and after a finding, and at most of it; a line is cut to this many characters around it (guesses).
const LINES_AROUND: usize = 1;
const MAX_LINES: usize = 8;
const MAX_LINE: usize = 300;
/// Maximum number of further places of a finding that are shown with their text (a guess).
const MAX_RELATED: usize = 12;
/// Lines of context in a patch, as `diff` has them.
const PATCH_CONTEXT: usize = 3;
/// Number of files and folders that the overview names (a guess: more are not read).
const MAX_NAMED: usize = 12;

/// An earlier report, as `recto check --output-format json` writes it.
#[derive(Debug, Clone)]
pub struct EarlierReport {
    /// Its name, as typed.
    pub name: String,
    /// The identities of its findings, each with its number of places.
    pub fingerprints: HashMap<Fingerprint, usize>,
}

impl EarlierReport {
    /// Reads a report.
    ///
    /// # Errors
    /// If the text is no report of recto, in words for users.
    pub fn parse(name: String, text: &str) -> Result<Self, String> {
        let report: Value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
        if report["schema"].as_u64().is_some_and(|schema| schema != 1) {
            return Err("it has another schema than 1".to_owned());
        }
        let findings = report["findings"].as_array().ok_or("no report of `recto check --output-format json`")?;
        let mut fingerprints = HashMap::new();
        for finding in findings {
            let print = finding["fingerprint"].as_str().ok_or("its findings have no fingerprint")?;
            *fingerprints.entry(print.parse().map_err(str::to_owned)?).or_default() += 1;
        }
        Ok(Self { name, fingerprints })
    }
}

/// Content of the page.
#[derive(Debug)]
pub struct Audit<'a> {
    /// The findings.
    pub results: Results<'a>,
    /// The name of what was checked.
    pub title: String,
    /// Earlier reports, oldest first.
    pub earlier: Vec<EarlierReport>,
    /// For each document, its path in a baseline.
    pub baseline_paths: Vec<String>,
}

/// Returns the page. `link` returns the address by which the page refers to a file.
pub fn page(audit: &Audit<'_>, link: &impl Fn(&Path) -> String) -> String {
    let paths =
        audit.results.findings.iter().map(|finding| path_of(audit.results.collection.document(finding.primary.doc)));
    let shared = shared_folders(paths);
    AuditPage { audit, shared, link }.html()
}

struct AuditPage<'a, L> {
    audit: &'a Audit<'a>,
    /// Length of the folders that all files with findings are in, in bytes; they are not shown.
    shared: usize,
    link: &'a L,
}

impl<L: Fn(&Path) -> String> Page for AuditPage<'_, L> {
    const STYLE: &'static str = include_str!("audit.css");
    const SCRIPT: &'static str = include_str!("audit.js");

    fn title(&self) -> String {
        format!("recto: {}", self.audit.title)
    }

    fn header(&self) -> Markup {
        html! {
            div class="bar" role="toolbar" aria-label="Filters" {
                @for (at, severity) in [Severity::Error, Severity::Warning, Severity::Info].into_iter().enumerate() {
                    @let number = self.findings().iter().filter(|finding| finding.severity == severity).count();
                    button type="button" class={ "chip " (severity.as_str()) } data-severity=(severity.as_str())
                        aria-pressed="true" title={ "show or hide (key " (at + 1) ")" } {
                        b { (number) } " " (severity.as_str())
                    }
                }
                select id="tier" aria-label="Tier" {
                    option value="" { "gate and audit" }
                    option value="gate" { "gate" }
                    option value="audit" { "audit" }
                }
                select id="decided" aria-label="Decisions" {
                    option value="" { "decided or not" }
                    option value="none" { "undecided" }
                    option value="any" { "decided" }
                }
                (controls("Search ( / )", &EXPORTS))
            }
            details class="keys" {
                summary { "Keys" }
                p {
                    kbd { "j" } " " kbd { "k" } " next, previous · " kbd { "f" } " fix · " kbd { "a" } " allow · "
                    kbd { "b" } " baseline · " kbd { "l" } " later · " kbd { "n" } " note · " kbd { "c" }
                    " copy the link · " kbd { "/" } " search · " kbd { "1" } "–" kbd { "3" } " severities · " kbd { "0" }
                    " no filter · " kbd { "t" } " theme"
                }
            }
            p id="filters" {}
        }
    }

    fn main(&self) -> Markup {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut files, mut folders) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
        for finding in self.findings() {
            *rules.entry(finding.rule).or_default() += 1;
            let path = path_of(self.doc(finding.primary.doc))[self.shared..].to_owned();
            *folders.entry(folder_of(&path).to_owned()).or_default() += 1;
            *files.entry(path).or_default() += 1;
        }
        let rules = rules.into_iter().map(|(rule, number)| (rule.to_owned(), number)).collect();
        html! {
            section id="overview" {
                h2 { (count(self.findings().len(), "finding")) " in " (count(files.len(), "file")) ", "
                    (count(self.audit.results.collection.judged().count(), "file")) " checked" }
                @for warning in self.audit.results.warnings {
                    p class="unread" { strong { "Not checked: " } (printable(&warning.message)) }
                }
                div class="charts" {
                    (chart("Rules", "rule", rules))
                    @if folders.len() > 1 { (chart("Folders", "folder", folders)) }
                    @if files.len() > 1 { (chart("Files", "path", files)) }
                }
                (self.trend())
            }
            div id="list" {}
            p id="nothing" hidden { "Nothing matches." }
            p id="more" { "…" }
            noscript { p { "The findings are drawn by the script of this page, which runs without a network." } }
        }
    }

    fn data(&self) -> Value {
        let rules: BTreeMap<&str, &str> = self.audit.results.rules.iter().map(|rule| (rule.id, rule.summary)).collect();
        let mut links = BTreeMap::new();
        for finding in self.findings() {
            for label in std::iter::once(&finding.primary).chain(&finding.related) {
                let doc = self.doc(label.doc);
                links.entry(path_of(doc)).or_insert_with(|| address(&(self.link)(doc.source.path())));
            }
        }
        // The gravest rules first, and those with most findings; within a rule, in the order of the text.
        let mut ranks: BTreeMap<&str, (Severity, Tier, usize)> = BTreeMap::new();
        for finding in self.findings() {
            let rank = ranks.entry(finding.rule).or_insert((finding.severity, finding.tier, usize::MAX));
            *rank = (rank.0.min(finding.severity), rank.1.min(finding.tier), rank.2 - 1);
        }
        let mut findings: Vec<&Finding> = self.findings().iter().collect();
        findings.sort_by_key(|finding| (ranks.get(finding.rule), finding.rule));
        let findings: Vec<Value> = findings.into_iter().map(|finding| self.finding(finding)).collect();
        json!({ "rules": rules, "links": links, "shared": self.shared, "findings": findings })
    }
}

impl<L: Fn(&Path) -> String> AuditPage<'_, L> {
    fn findings(&self) -> &[Finding] {
        self.audit.results.findings
    }

    fn doc(&self, doc: DocId) -> &Document {
        self.audit.results.collection.document(doc)
    }

    /// Returns what became of the findings of earlier reports.
    fn trend(&self) -> Markup {
        if self.audit.earlier.is_empty() {
            return Markup::default();
        }
        let mut now: HashMap<Fingerprint, usize> = HashMap::new();
        for finding in self.findings() {
            *now.entry(finding.fingerprint()).or_default() += 1;
        }
        let most = |a: &HashMap<Fingerprint, usize>, b: &HashMap<Fingerprint, usize>| -> usize {
            a.iter().map(|(print, number)| number.saturating_sub(b.get(print).copied().unwrap_or(0))).sum()
        };
        let total = |one: &HashMap<Fingerprint, usize>| one.values().sum::<usize>();
        let top = self.audit.earlier.iter().map(|one| total(&one.fingerprints)).max().unwrap_or(0).max(total(&now));
        html! {
            h3 { "Since earlier reports" }
            table class="trend" {
                thead { tr { th scope="col" { "report" } th scope="col" { "findings" } th scope="col" { "gone since" }
                    th scope="col" { "new since" } } }
                tbody {
                    @for one in &self.audit.earlier {
                        tr {
                            th scope="row" { (printable(&one.name)) }
                            td { (bar(total(&one.fingerprints), top)) }
                            td { (most(&one.fingerprints, &now)) }
                            td { (most(&now, &one.fingerprints)) }
                        }
                    }
                    tr { th scope="row" { "now" } td { (bar(total(&now), top)) } td {} td {} }
                }
            }
        }
    }

    fn finding(&self, finding: &Finding) -> Value {
        let doc = self.doc(finding.primary.doc);
        let place = doc.position(finding.primary.span.start);
        let related = finding.related.iter().take(MAX_RELATED).map(|label| self.related(label));
        let fix = finding.fix.as_ref().map(|fix| {
            let can_be_patched = fix.applicability != Applicability::DisplayOnly;
            let edits = fix.edits.iter().map(|edit| if can_be_patched { self.edit(edit) } else { None });
            json!({
                "title": fix.title,
                "level": fix.applicability.as_str(),
                "edits": edits.collect::<Option<Vec<_>>>(),
            })
        });
        let recorded: Vec<Value> = finding
            .places()
            .map(|label| {
                let print = label.fingerprint.unwrap_or_default().to_string();
                json!([self.audit.baseline_paths.get(label.doc.index()), print])
            })
            .collect();
        json!({
            "id": finding.fingerprint().to_string(),
            "rule": finding.rule,
            "severity": finding.severity.as_str(),
            "tier": finding.tier.as_str(),
            "message": finding.message,
            "label": finding.primary.message,
            "path": path_of(doc),
            "line": place.line,
            "column": place.column,
            "excerpt": excerpt(doc, finding.primary.span),
            "related": related.collect::<Vec<_>>(),
            "further": finding.related.len().saturating_sub(MAX_RELATED),
            "fix": fix,
            "candidates": finding.candidates,
            "help": finding.help,
            "recorded": recorded,
        })
    }

    fn related(&self, label: &Label) -> Value {
        let doc = self.doc(label.doc);
        let line = doc.position(label.span.start).line;
        json!({ "path": path_of(doc), "line": line, "message": label.message, "excerpt": excerpt(doc, label.span) })
    }

    /// Returns an edit for a patch: the lines that it changes with their context, and the changed part of them in UTF-16
    /// units. `None` if the file is not simply the text, so that a patch of its lines would not apply.
    fn edit(&self, edit: &Edit) -> Option<Value> {
        let doc = self.doc(edit.doc);
        let text = doc.text();
        let is_plain = doc.source.foreign().next().is_none() && doc.source.disk_offset(0) == 0;
        if !is_plain || text.contains('\r') {
            return None;
        }
        let first = doc.lines.line_of(edit.span.start).saturating_sub(PATCH_CONTEXT);
        let last = (doc.lines.line_of(edit.span.end) + PATCH_CONTEXT).min(doc.lines.line_of(text.len() as u32));
        let start = doc.lines.span_of(first, text).start;
        let end = doc.lines.span_of(last, text).end;
        let units = |until: u32| doc.slice(Span::new(start, until)).encode_utf16().count();
        Some(json!({
            "path": path_of(doc),
            "line": first + 1,
            "old": doc.slice(Span::new(start, end)),
            "from": units(edit.span.start),
            "to": units(edit.span.end),
            "new": edit.replacement,
        }))
    }
}

/// Returns the lines around a span: the number of the first one, and for each line the text before, within and after
/// the span.
fn excerpt(doc: &Document, span: Span) -> Value {
    let text = doc.text();
    let (own_first, own_last) = (doc.lines.line_of(span.start), doc.lines.line_of(span.end.max(span.start + 1) - 1));
    let first = own_first.saturating_sub(LINES_AROUND);
    let last = (own_last + LINES_AROUND).min(first + MAX_LINES);
    let mut lines = Vec::new();
    for line in first..=last.min(doc.lines.line_of(text.len() as u32)) {
        let start = doc.lines.span_of(line, text).start;
        let whole = doc.line_span(start);
        let from = span.start.clamp(whole.start, whole.end);
        let to = span.end.clamp(from, whole.end);
        let [before, within, after] =
            [(whole.start, from), (from, to), (to, whole.end)].map(|(a, b)| doc.slice(Span::new(a, b)));
        lines.push(json!([cut_start(before), cut_end(within), cut_end(after)]));
    }
    json!({ "line": first + 1, "lines": lines, "cut": own_last > last })
}

/// Returns the end of a text, as much of it as a line shows.
fn cut_start(text: &str) -> String {
    let text = printable(text);
    let start = text.char_indices().rev().nth(MAX_LINE / 2).map_or(0, |(at, _)| at);
    if start == 0 { text } else { format!("…{}", &text[start..]) }
}

/// Returns the start of a text, as much of it as a line shows.
fn cut_end(text: &str) -> String {
    let text = printable(text);
    match text.char_indices().nth(MAX_LINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Returns the folder of a path, `.` for the top.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// Returns the most frequent names with their counts as bars; each is a button that filters by it.
fn chart(title: &str, filter: &str, counts: BTreeMap<String, usize>) -> Markup {
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let top = counts.first().map_or(0, |(_, number)| *number);
    let rest = counts.len().saturating_sub(MAX_NAMED);
    html! {
        div class="chart" {
            h3 { (title) }
            table {
                tbody {
                    @for (at, (name, number)) in counts.iter().enumerate() {
                        tr hidden[at >= MAX_NAMED] {
                            th scope="row" {
                                button type="button" class="pick" data-filter=(filter) data-value=(printable(name)) {
                                    (printable(name))
                                }
                            }
                            td { (bar(*number, top)) }
                        }
                    }
                }
            }
            @if rest > 0 { button type="button" class="all" { "and " (rest) " more" } }
        }
    }
}

/// Returns a number with a bar, as part of the largest one.
fn bar(number: usize, top: usize) -> Markup {
    html! { meter min="0" max=(top.max(1)) value=(number) aria-hidden="true" {} " " (number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_without_fingerprints_is_no_earlier_report() {
        let parse =
            |text: &str| EarlierReport::parse("a.json".to_owned(), text).map(|report| report.fingerprints.len());
        assert!(parse("x").is_err_and(|error| error.starts_with("not JSON")));
        assert_eq!(parse("{}"), Err("no report of `recto check --output-format json`".to_owned()));
        assert_eq!(parse(r#"{"findings":[{}]}"#), Err("its findings have no fingerprint".to_owned()));
        let both = r#"{"findings":[{"fingerprint":"00000000000000aa"},{"fingerprint":"00000000000000aa"}]}"#;
        assert_eq!(parse(both), Ok(1));
    }

    #[test]
    fn long_lines_are_cut_around_the_finding() {
        let long = "ä".repeat(1000);
        assert_eq!(cut_start(&long).chars().count(), MAX_LINE / 2 + 2);
        assert_eq!(cut_end(&long).chars().count(), MAX_LINE + 1);
        assert_eq!((cut_start("ab"), cut_end("ab")), ("ab".to_owned(), "ab".to_owned()));
        assert_eq!((folder_of("a/b/c.md"), folder_of("c.md")), ("a/b", "."));
    }
}
