//! `unclosed-delimiter`: a fence, comment or emphasis that does not end where its writer meant it to.

use crate::model::document::{Document, FenceFault, FenceSlip};
use crate::model::edit::{Applicability, Fix, Stage};
use crate::model::finding::{Family, Finding, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "unclosed-delimiter",
    family: Family::Structure,
    tier: Tier::Gate,
    severity: Severity::Error,
    stage: Stage::Structure,
    summary: "a fence, comment or emphasis does not end where it should",
    page: include_str!("../../rules/unclosed-delimiter.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    for fault in &doc.fence_faults {
        fence(doc, fault, out);
    }
}

fn fence(doc: &Document, fault: &FenceFault, out: &mut Report) {
    let message = match fault.slip {
        FenceSlip::TextAfter => "this fence has text after it, so it does not close its code block",
        FenceSlip::TextBefore => "this fence stands at the end of a line, so it is none",
        FenceSlip::Unclosed => "this code block is never closed",
        FenceSlip::Mismatched => "this fence is not of the kind that opened its code block, so it does not close it",
        FenceSlip::Stray => "this fence belongs to no code block and opens one by accident",
    };
    let finding = out.find(doc.id, fault.line, message);
    if let Some(opener) = fault.opener {
        finding.related(doc.id, opener, "the code block opens here");
    }
    let lost = headings_in(doc, fault.swallowed);
    if let Some(first) = lost.first() {
        let message = match lost.len() {
            1 => "this heading is read as code".to_owned(),
            more => format!("{more} headings are read as code, from this one on"),
        };
        finding.related(doc.id, *first, message);
    }
    finding.data("headings", lost.len());
    mend(doc, fault, finding);
}

/// The lines in `span` that would be headings if they were not read as code.
fn headings_in(doc: &Document, span: Span) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut start = span.start;
    for line in doc.slice(span).split_inclusive('\n') {
        let hashes = line.len() - line.trim_start_matches('#').len();
        if (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') {
            lines.push(Span::new(start, start + line.trim_end().len() as u32));
        }
        start += line.len() as u32;
    }
    lines
}

fn mend(doc: &Document, fault: &FenceFault, finding: &mut Finding) {
    let newline = line_break(doc, fault.line);
    let lead = lead(doc, fault.opener.unwrap_or(fault.line));
    let ticks = doc.slice(fault.ticks);
    let fix = match fault.slip {
        FenceSlip::TextAfter => {
            let rest = doc.slice(Span::new(fault.ticks.end, fault.line.end));
            let blank = (rest.len() - rest.trim_start().len()) as u32;
            let span = Span::new(fault.ticks.end, fault.ticks.end + blank);
            let fix = Fix::replace(doc.id, span, format!("{newline}{lead}"), "move what follows to its own line");
            // Quote marks and asterisks say nothing about code: they can only belong to the text around it.
            match rest.trim().chars().all(|c| !c.is_alphanumeric() && c != '/' && c != '#') && !lost_nothing(fault) {
                true => fix.applicability(Applicability::Safe),
                false => fix,
            }
        }
        FenceSlip::TextBefore => {
            let before = doc.slice(Span::new(fault.line.start, fault.ticks.start));
            let blank = (before.len() - before.trim_end().len()) as u32;
            let span = Span::new(fault.ticks.start - blank, fault.ticks.start);
            Fix::replace(doc.id, span, format!("{newline}{lead}"), "put the fence on its own line")
        }
        FenceSlip::Unclosed => match closing(doc, fault, newline, &lead) {
            Some(fix) => fix,
            None => return,
        },
        FenceSlip::Mismatched => match fault.opener {
            Some(opener) => {
                let opener = doc.slice(opener);
                let sign = if opener.contains("~~~") { '~' } else { '`' };
                let len = opener.chars().filter(|&c| c == sign).count();
                Fix::replace(
                    doc.id,
                    fault.ticks,
                    sign.to_string().repeat(len),
                    "close it with the fence that opened it",
                )
            }
            None => return,
        },
        FenceSlip::Stray => {
            let line = doc.lines.span_of(doc.lines.line_of(fault.line.start), doc.text());
            debug_assert!(doc.slice(line).contains(ticks));
            Fix::replace(doc.id, line, "", "remove the fence")
        }
    };
    finding.fix(fix);
}

fn lost_nothing(fault: &FenceFault) -> bool {
    fault.swallowed.is_empty()
}

/// The fix that closes a block after its last line that is not empty.
fn closing(doc: &Document, fault: &FenceFault, newline: &str, lead: &str) -> Option<Fix> {
    let block = doc.slice(Span::new(fault.line.end, fault.repair));
    let content = block.trim_end();
    if content.trim().is_empty() {
        return None;
    }
    let at = fault.line.end + content.len() as u32;
    let ticks = doc.slice(fault.ticks);
    let title = "close the code block";
    let at_end = fault.swallowed.is_empty();
    // Where text follows at once, an empty line sets it apart.
    let gap = if !at_end && block[content.len()..].matches('\n').count() < 2 { newline } else { "" };
    let fix = Fix::replace(doc.id, Span::at(at), format!("{newline}{lead}{ticks}{gap}"), title);
    // At the end of the text, closing the block changes nothing that readers see.
    Some(if at_end { fix.applicability(Applicability::Safe) } else { fix })
}

/// The break that ends a line, as this document writes it.
fn line_break(doc: &Document, line: Span) -> &'static str {
    match doc.text().as_bytes().get(line.end as usize) {
        Some(b'\r') => "\r\n",
        _ if doc.text().contains("\r\n") => "\r\n",
        _ => "\n",
    }
}

/// What a further line in the same containers starts with: indentation and quote marks, spaces for a list marker.
fn lead(doc: &Document, line: Span) -> String {
    let written = doc.slice(line);
    let start = written.find(['`', '~']).unwrap_or(0);
    let before = &written[..start];
    if before.chars().all(|c| c.is_whitespace() || c == '>') {
        return before.to_owned();
    }
    let marker = before.trim_start_matches([' ', '\t', '>']);
    let is_marker = marker.len() <= 6 && !marker.trim_end().contains(' ') && marker.ends_with(' ');
    if is_marker {
        before.chars().map(|c| if c == '>' || c.is_whitespace() { c } else { ' ' }).collect()
    } else {
        before.chars().take_while(|&c| c.is_whitespace() || c == '>').collect()
    }
}
