//! `mixed-line-endings`: some lines of a file end in another way than the others.

use crate::model::document::Document;
use crate::model::edit::{Applicability, Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "mixed-line-endings",
    family: Family::Encoding,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Characters,
    summary: "some lines end in another way than the others",
    page: include_str!("../../rules/mixed-line-endings.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    // The strings of a container are not lines of its file: each cell of a notebook has the line endings of the system that
    // it was written on.
    let text = doc.source.file_text();
    // Most files have no carriage return at all.
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return;
    }
    let [lf, crlf, doubled, cr] = endings(text);
    let common = if crlf.len() >= lf.len() { &crlf } else { &lf };
    let (wrong, ending, names) =
        if common == &crlf { (&lf, "\r\n", ["LF", "CRLF"]) } else { (&crlf, "\n", ["CRLF", "LF"]) };
    if !wrong.is_empty() && !common.is_empty() {
        let message = format!("{} with {}, the other {} with {}", lines(wrong.len()), names[0], common.len(), names[1]);
        report(doc, wrong, ending, message, Applicability::Safe, out);
    }
    if !doubled.is_empty() {
        let message = format!("{} with two carriage returns: typically converted twice", lines(doubled.len()));
        report(doc, &doubled, ending, message, Applicability::Safe, out);
    }
    // Files of the classic Mac OS have no other line endings.
    let old_mac = lf.is_empty() && crlf.is_empty();
    if !cr.is_empty() && !old_mac {
        let message = format!("{} with a single carriage return", lines(cr.len()));
        report(doc, &cr, ending, message, Applicability::Unsafe, out);
    }
}

fn lines(count: usize) -> String {
    if count == 1 { "1 line ends".to_owned() } else { format!("{count} lines end") }
}

fn report(doc: &Document, wrong: &[Span], ending: &str, message: String, level: Applicability, out: &mut Report) {
    let Some(first) = wrong.first() else { return };
    if let Some(extraction) = doc.source.extraction() {
        // Lines end outside of the texts as well, so that no edit of these can change all of them.
        let finding = out.find(doc.id, Span::at(extraction.text_after(first.start)), message);
        finding.label("near the first of them").data("count", wrong.len());
        return;
    }
    let edits = wrong.iter().map(|span| Edit::replace(doc.id, *span, ending));
    let name = if ending == "\n" { "LF" } else { "CRLF" };
    let fix = Fix::new(level, format!("end them with {name}"), edits.collect::<Vec<_>>());
    out.find(doc.id, *first, message).label("the first of them").data("count", wrong.len()).fix(fix);
}

/// Returns the line endings of each kind: `\n`, `\r\n`, `\r\r\n` and `\r`.
fn endings(text: &str) -> [Vec<Span>; 4] {
    let bytes = text.as_bytes();
    let mut found: [Vec<Span>; 4] = Default::default();
    let mut from = 0;
    while let Some(at) = memchr::memchr2(b'\n', b'\r', &bytes[from..]).map(|at| from + at) {
        let rest = &bytes[at..];
        let (kind, len) = if rest[0] == b'\n' {
            (0, 1)
        } else if rest.starts_with(b"\r\n") {
            (1, 2)
        } else if rest.starts_with(b"\r\r\n") {
            (2, 3)
        } else {
            (3, 1)
        };
        found[kind].push(Span::from(at..at + len));
        from = at + len;
    }
    found
}
