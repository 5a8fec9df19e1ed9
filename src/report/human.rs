//! Findings with excerpts of their source, for people. The only module, with `failure`, that knows miette.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};

use super::Results;
use super::terminal::Terminal;
use super::visible::{View, visible, visible_lines};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::{Applicability, Fix};
use crate::model::finding::{Finding, Label, Severity, Tier};
use crate::model::id::DocId;
use crate::model::span::{LineIndex, Position, Span};

/// Number of columns that line numbers and the frame need.
const FRAME_COLUMNS: usize = 24;
/// Maximum number of lines of a shown place (a guess): of a longer place only the first line is shown.
const MAX_SHOWN_LINES: usize = 6;
/// Maximum number of related labels that are shown (a guess): of further ones only the number is.
const MAX_SHOWN_RELATED: usize = 6;

/// Writes the findings. Findings of one rule with one message on one line are folded into one.
///
/// # Errors
/// If writing to `out` fails.
pub fn write(results: &Results<'_>, terminal: &Terminal, out: &mut dyn Write) -> io::Result<()> {
    let handler = handler(terminal);
    // Of a line that is wider than the window, only the part around the place is shown.
    let reach = (terminal.width() - FRAME_COLUMNS) / 2;
    let mut text = String::new();
    let views = views(results);
    for findings in fold(results.shown, results.collection) {
        let excerpt = |doc: DocId| Excerpt { doc: results.collection.document(doc), view: views.get(&doc), reach };
        let shown = Shown::new(findings, &excerpt);
        text.clear();
        if handler.render_report(&mut text, &shown).is_err() {
            // A finding whose excerpt cannot be drawn is reported without it.
            text.push_str(&format!("{}\n", shown));
        }
        out.write_all(text.as_bytes())?;
        writeln!(out)?;
    }
    Ok(())
}

/// Returns the views of the shown documents that have characters which a terminal would interpret.
fn views(results: &Results<'_>) -> BTreeMap<DocId, View> {
    let labels =
        |finding: &'_ Finding| told(finding).take(MAX_SHOWN_RELATED).map(|label| label.doc).collect::<Vec<_>>();
    let docs = results.shown.iter().flat_map(|finding| [vec![finding.primary.doc], labels(finding)].concat());
    let docs: BTreeSet<DocId> = docs.collect();
    docs.into_iter().filter_map(|id| Some((id, View::new(results.collection.document(id).text())?))).collect()
}

/// Returns the handler that draws diagnostics, in the width and colours of the terminal.
pub(super) fn handler(terminal: &Terminal) -> GraphicalReportHandler {
    let theme = if terminal.has_color() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    GraphicalReportHandler::new_themed(theme)
        .with_width(terminal.width())
        .with_context_lines(1)
        .with_links(false)
        .without_syntax_highlighting()
        .with_show_related_as_nested(true)
}

/// The labels beside the primary one that have something to say. Further places of a folded finding have nothing where
/// its help lists them.
fn told(finding: &Finding) -> impl Iterator<Item = &Label> {
    finding.related.iter().filter(|label| label.fingerprint.is_none() || !label.message.is_empty())
}

/// Groups what says the same on the same line.
fn fold<'a>(findings: &'a [Finding], collection: &'a Collection) -> impl Iterator<Item = &'a [Finding]> {
    findings.chunk_by(|a, b| {
        let doc = collection.document(a.primary.doc);
        a.rule == b.rule
            && a.primary.doc == b.primary.doc
            && a.message == b.message
            && a.related.is_empty()
            && b.related.is_empty()
            && doc.lines.line_of(a.primary.span.start) == doc.lines.line_of(b.primary.span.start)
    })
}

/// One finding, or several folded into one, in the form that miette needs.
#[derive(Debug)]
struct Shown<'a> {
    finding: &'a Finding,
    excerpt: Excerpt<'a>,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
    elsewhere: Vec<Elsewhere<'a>>,
}

impl<'a> Shown<'a> {
    fn new(findings: &'a [Finding], excerpt_of: &impl Fn(DocId) -> Excerpt<'a>) -> Self {
        let finding = &findings[0];
        let excerpt = excerpt_of(finding.primary.doc);
        let here = |label: &&Label| label.doc == finding.primary.doc;
        let mut labels: Vec<LabeledSpan> = Vec::new();
        for finding in findings {
            labels.push(labeled(excerpt, finding.primary.span, primary_text(finding), Primary::Yes));
        }
        let related = || told(finding).take(MAX_SHOWN_RELATED);
        for label in related().filter(here) {
            labels.push(labeled(excerpt, label.span, label.message.clone(), Primary::No));
        }
        let elsewhere = related().filter(|label| !here(label)).map(|label| {
            let excerpt = excerpt_of(label.doc);
            let labels = vec![labeled(excerpt, label.span, String::new(), Primary::Yes)];
            Elsewhere { message: visible(&label.message).into_owned(), excerpt, labels }
        });
        Self { finding, excerpt, labels, help: help(findings), elsewhere: elsewhere.collect() }
    }
}

/// Returns the text at the primary place: the rule's own, or the suggested replacement.
fn primary_text(finding: &Finding) -> String {
    if !finding.primary.message.is_empty() {
        return finding.primary.message.clone();
    }
    match &finding.fix {
        Some(Fix { edits, .. }) if edits.len() == 1 && edits[0].span == finding.primary.span => {
            let text = &edits[0].replacement;
            if text.is_empty() || text.contains('\n') || text.len() > 60 {
                String::new()
            } else {
                format!("should be `{text}`")
            }
        }
        _ => String::new(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Primary {
    Yes,
    No,
}

fn labeled(excerpt: Excerpt<'_>, span: Span, message: String, primary: Primary) -> LabeledSpan {
    let Excerpt { doc, reach, .. } = excerpt;
    let (first, last) = (doc.lines.line_of(span.start), doc.lines.line_of(span.end.saturating_sub(1).max(span.start)));
    let mut message = visible(&message).into_owned();
    let mut shown = excerpt.shown(span);
    if last - first >= MAX_SHOWN_LINES {
        shown = excerpt.shown(Span::new(span.start, doc.line_span(span.start).end.max(span.start)));
        let lines = format!("lines {} to {}", first + 1, last + 1);
        message = if message.is_empty() { lines } else { format!("{message} ({lines})") };
    } else if shown.len() as usize > 2 * reach && first == last {
        let end = excerpt.text().ceil_char_boundary(shown.start as usize + 2 * reach);
        shown.end = end as u32;
    }
    let place = SourceSpan::new((shown.start as usize).into(), shown.len() as usize);
    let message = (!message.is_empty()).then_some(message);
    match primary {
        Primary::Yes => LabeledSpan::new_primary_with_span(message, place),
        Primary::No => LabeledSpan::new_with_span(message, place),
    }
}

fn help(findings: &[Finding]) -> Option<String> {
    let finding = &findings[0];
    let mut lines: Vec<String> = Vec::new();
    lines.extend(finding.help.clone());
    if let Some(fix) = &finding.fix {
        let how = match fix.applicability {
            Applicability::Safe => "--fix",
            Applicability::Unsafe => "--fix --unsafe-fixes",
            Applicability::DisplayOnly => "not automatic",
        };
        let number = if findings.len() > 1 { format!(", {} places", findings.len()) } else { String::new() };
        lines.push(format!("{} ({how}{number})", visible(&fix.title)));
    }
    if !finding.candidates.is_empty() {
        let candidates: Vec<String> =
            finding.candidates.iter().take(8).map(|text| format!("`{}`", visible(text))).collect();
        let verb = if finding.candidates.len() > 1 { "could be one of" } else { "could be" };
        lines.push(format!("{verb} {}", candidates.join(", ")));
    }
    let related = told(finding).count();
    if related > MAX_SHOWN_RELATED {
        lines.push(format!("and {} places more", related - MAX_SHOWN_RELATED));
    }
    (!lines.is_empty()).then(|| lines.iter().map(|line| visible_lines(line)).collect::<Vec<_>>().join("\n"))
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(&self.finding.message))
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(match self.finding.tier {
            Tier::Gate => Box::new(self.finding.rule),
            Tier::Audit => Box::new(format!("{} (audit)", self.finding.rule)),
        })
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let related = self.elsewhere.iter().map(|place| place as &dyn Diagnostic);
        (!self.elsewhere.is_empty()).then(|| Box::new(related) as Box<dyn Iterator<Item = &dyn Diagnostic>>)
    }
}

/// Related labels in another document.
#[derive(Debug)]
struct Elsewhere<'a> {
    message: String,
    excerpt: Excerpt<'a>,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Elsewhere<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Elsewhere<'_> {}

impl Diagnostic for Elsewhere<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(miette::Severity::Advice)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A document in the form that miette needs: found by the line index, and with long lines shortened. Where control
/// characters are spelled out, offsets are those of the view.
#[derive(Clone, Copy)]
struct Excerpt<'a> {
    doc: &'a Document,
    view: Option<&'a View>,
    /// Maximum number of bytes of a line that are shown on either side of the place.
    reach: usize,
}

impl<'a> Excerpt<'a> {
    fn text(self) -> &'a str {
        self.view.map_or_else(|| self.doc.text(), View::text)
    }

    fn lines(self) -> &'a LineIndex {
        self.view.map_or(&self.doc.lines, View::lines)
    }

    fn shown(self, span: Span) -> Span {
        self.view.map_or(span, |view| Span::new(view.shown(span.start), view.shown(span.end)))
    }

    /// Returns the line and column in the document of an offset in the view.
    fn position(self, offset: usize) -> Position {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        self.doc.position(self.view.map_or(offset, |view| view.written(offset)))
    }
}

impl fmt::Debug for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DocId(id) = self.doc.id;
        write!(f, "Excerpt({id})")
    }
}

impl SourceCode for Excerpt<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (text, lines) = (self.text(), self.lines());
        let start = span.offset().min(text.len());
        let end = (start + span.len()).min(text.len());
        let name = visible(self.doc.source.display()).into_owned();
        if before + after == 0 {
            // Without context lines, miette asks for the place alone and needs its line and column.
            let (at, data) = (self.position(start), &text.as_bytes()[start..end]);
            let span = SourceSpan::new(start.into(), end - start);
            let (line, column) = (at.line as usize - 1, at.column as usize - 1);
            return Ok(Box::new(MietteSpanContents::new_named(name, data, span, line, column, 1)));
        }
        let (first, last) = (lines.line_of(start as u32), lines.line_of(end.saturating_sub(1).max(start) as u32));
        let line_start = lines.start_of(first).unwrap_or(0) as usize;
        let line = lines.span_of(last, text).range();
        let line_end = line.start + text.get(line).unwrap_or_default().trim_end_matches(['\n', '\r']).len();
        let fits = line_end.saturating_sub(line_start) <= 2 * self.reach;
        let from = if fits { line_start } else { line_start.max(start.saturating_sub(self.reach)) };
        let to = if fits { line_end.max(end) } else { line_end.max(end).min(end + self.reach) };
        let (from, to) = (text.floor_char_boundary(from), text.ceil_char_boundary(to));
        let column = self.position(from).column as usize - 1;
        let window = SourceSpan::new(from.into(), to - from);
        let data = &text.as_bytes()[from..to];
        let contents = MietteSpanContents::new_named(name, data, window, first, column, last - first + 1);
        Ok(Box::new(contents))
    }
}
