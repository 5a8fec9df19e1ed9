//! Findings with excerpts of their source, for people. The only module, with `failure`, that knows miette.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};

use super::excerpt::{Excerpt, width};
use super::terminal::Terminal;
use super::visible::{VisibleLines, visible, visible_lines};
use super::{Results, count, wrap};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::{Applicability, Fix};
use crate::model::finding::{Finding, Label, Severity, Tier};
use crate::model::id::DocId;
use crate::model::span::{Position, Span};

/// Number of columns that the frame around an excerpt needs beside the line numbers, as miette draws it.
const FRAME_COLUMNS: usize = 10;
/// Number of columns by which the excerpt of another document is indented.
const INDENT_COLUMNS: usize = 6;
/// Number of columns between the middle of a place and the text of its label.
const LABEL_COLUMNS: usize = 4;
/// Minimum number of columns for the text of a label beside its place (a guess: two or three words); with less, the text
/// is below the excerpt.
const MIN_LABEL_COLUMNS: usize = 24;
/// Maximum number of lines of a shown place (a guess): of a longer place only the first line is shown.
const MAX_SHOWN_LINES: usize = 6;
/// Maximum number of related labels that are shown (a guess): of further ones only the number is.
const MAX_SHOWN_RELATED: usize = 6;

/// Writes the findings. Findings of one rule with one message on one line are folded into one.
///
/// # Errors
/// If writing to `out` fails.
pub fn write(results: &Results<'_>, terminal: &Terminal, out: &mut dyn Write) -> io::Result<()> {
    let canvas = Canvas::new(results, results.shown, terminal);
    for findings in fold(results.shown, results.collection) {
        out.write_all(canvas.draw(findings).as_bytes())?;
        writeln!(out)?;
    }
    Ok(())
}

/// The means to draw findings.
pub(super) struct Canvas<'a> {
    collection: &'a Collection,
    handler: GraphicalReportHandler,
    /// Number of columns of the window.
    columns: usize,
    views: BTreeMap<DocId, VisibleLines>,
}

impl<'a> Canvas<'a> {
    /// Returns the means to draw `findings`.
    pub(super) fn new(results: &Results<'a>, findings: &[Finding], terminal: &Terminal) -> Self {
        Self {
            collection: results.collection,
            handler: handler(terminal),
            columns: terminal.width(),
            views: views(findings, results.collection),
        }
    }

    /// Draws one finding, or several that say the same of one line.
    pub(super) fn draw(&self, findings: &'a [Finding]) -> String {
        let shown = ShownFinding::new(findings, self);
        let mut text = String::new();
        if self.handler.render_report(&mut text, &shown).is_err() {
            // A finding whose excerpt cannot be drawn is reported without it.
            text.push_str(&format!("{shown}\n"));
        }
        text
    }

    /// Returns the lines of a document around places, in a window that is `indent` columns narrower.
    fn excerpt(&self, doc: DocId, places: &[Span], indent: usize) -> Framed {
        let doc = self.collection.document(doc);
        let last = places.iter().map(|place| doc.lines.line_of(place.end)).max().unwrap_or(0) + 1;
        let frame = FRAME_COLUMNS + last.to_string().len() + indent;
        let columns = self.columns.saturating_sub(frame).max(MIN_LABEL_COLUMNS);
        Framed { excerpt: Excerpt::new(doc, self.views.get(&doc.id), places, columns), columns }
    }
}

/// Returns the views of the shown documents that have characters which a terminal would interpret.
fn views(findings: &[Finding], collection: &Collection) -> BTreeMap<DocId, VisibleLines> {
    let labels =
        |finding: &'_ Finding| told(finding).take(MAX_SHOWN_RELATED).map(|label| label.doc).collect::<Vec<_>>();
    let docs = findings.iter().flat_map(|finding| [vec![finding.primary.doc], labels(finding)].concat());
    let docs: BTreeSet<DocId> = docs.collect();
    docs.into_iter().filter_map(|id| Some((id, VisibleLines::new(collection.document(id).text())?))).collect()
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
pub(super) fn fold<'a>(findings: &'a [Finding], collection: &'a Collection) -> impl Iterator<Item = &'a [Finding]> {
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
struct ShownFinding<'a> {
    finding: &'a Finding,
    excerpt: Framed,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
    elsewhere: Vec<Elsewhere>,
}

impl<'a> ShownFinding<'a> {
    fn new(findings: &'a [Finding], canvas: &Canvas<'a>) -> Self {
        let finding = &findings[0];
        let doc = canvas.collection.document(finding.primary.doc);
        let here = |label: &&Label| label.doc == doc.id;
        let related = || told(finding).take(MAX_SHOWN_RELATED);
        let own = findings.iter().map(|finding| (finding.primary.span, primary_text(finding), Primary::Yes));
        let others = related().filter(here).map(|label| (label.span, label.message.clone(), Primary::No));
        let places: Vec<ShownPlace> = own.chain(others).map(|place| ShownPlace::new(doc, place)).collect();
        let spans: Vec<Span> = places.iter().map(|place| place.span).collect();
        let excerpt = canvas.excerpt(doc.id, &spans, 0);
        let mut below = Vec::new();
        let labels = places.iter().enumerate().filter_map(|(at, place)| excerpt.labeled(at, place, &mut below));
        let labels = labels.collect();
        let elsewhere = related().filter(|label| !here(label)).map(|label| {
            let doc = canvas.collection.document(label.doc);
            let place = ShownPlace::new(doc, (label.span, String::new(), Primary::Yes));
            let excerpt = canvas.excerpt(doc.id, &[place.span], INDENT_COLUMNS);
            let labels = excerpt.labeled(0, &place, &mut Vec::new()).into_iter().collect();
            Elsewhere { message: visible(&label.message).into_owned(), excerpt, labels }
        });
        let elsewhere = elsewhere.collect();
        below.extend(help(findings));
        let help = (!below.is_empty()).then(|| below.join("\n"));
        Self { finding, excerpt, labels, help, elsewhere }
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

/// A place to show, with the text of its label.
struct ShownPlace {
    span: Span,
    message: String,
    primary: Primary,
    /// 1-based number of the first line.
    line: u32,
}

impl ShownPlace {
    /// Returns the place with its text on one line; of a long one, only the first line.
    fn new(doc: &Document, (span, message, primary): (Span, String, Primary)) -> Self {
        let last_byte = span.end.saturating_sub(1).max(span.start);
        let (first, last) = (doc.lines.line_of(span.start), doc.lines.line_of(last_byte));
        let mut place = Self { span, message: visible(&message).into_owned(), primary, line: first as u32 + 1 };
        if last - first >= MAX_SHOWN_LINES {
            place.span = Span::new(span.start, doc.line_span(span.start).end.max(span.start));
            let lines = format!("lines {} to {}", first + 1, last + 1);
            place.message = match place.message.as_str() {
                "" => lines,
                message => format!("{message} ({lines})"),
            };
        }
        place
    }
}

/// Lines of a document in a window of some columns.
#[derive(Debug)]
struct Framed {
    excerpt: Excerpt,
    columns: usize,
}

impl Framed {
    /// Returns the label of the place with the number `at`; `None` if there is no room for the place. The text of a label
    /// that does not fit beside its place is added to `below`.
    fn labeled(&self, at: usize, place: &ShownPlace, below: &mut Vec<String>) -> Option<LabeledSpan> {
        let shown = self.excerpt.shown(at);
        let middle = shown.as_ref().map_or(0, |shown| {
            let text = self.excerpt.text.get(shown.clone()).unwrap_or_default();
            self.excerpt.column(at) + width(text.lines().next().unwrap_or_default()) / 2
        });
        let room = self.columns.saturating_sub(middle + LABEL_COLUMNS);
        let mut message = (!place.message.is_empty()).then_some(place.message.as_str());
        if let Some(text) = message.filter(|text| shown.is_none() || width(text) > room && room < MIN_LABEL_COLUMNS) {
            let number = place.line;
            below.push(format!("line {number}: {text}"));
            message = None;
        }
        let message = message.map(|text| wrap::lines(text, room.max(1)).join("\n"));
        let shown = shown?;
        let span = SourceSpan::new(shown.start.into(), shown.len());
        Some(match place.primary {
            Primary::Yes => LabeledSpan::new_primary_with_span(message, span),
            Primary::No => LabeledSpan::new_with_span(message, span),
        })
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
        lines.push(format!("and {}", count(related - MAX_SHOWN_RELATED, "further place")));
    }
    (!lines.is_empty()).then(|| lines.iter().map(|line| visible_lines(line)).collect::<Vec<_>>().join("\n"))
}

impl fmt::Display for ShownFinding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(&self.finding.message))
    }
}

impl std::error::Error for ShownFinding<'_> {}

impl Diagnostic for ShownFinding<'_> {
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
struct Elsewhere {
    message: String,
    excerpt: Framed,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Elsewhere {}

impl Diagnostic for Elsewhere {
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

impl SourceCode for Framed {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let excerpt = &self.excerpt;
        let start = span.offset().min(excerpt.text.len());
        let end = (start + span.len()).min(excerpt.text.len());
        let contents = if before + after == 0 {
            // Without context lines, miette asks for the place alone and needs its line and column.
            let at = excerpt.position(start).unwrap_or(Position { line: 1, column: 1 });
            (start..end, at.line as usize - 1, at.column as usize - 1, 1)
        } else {
            let window = excerpt.window(start..end);
            (window.bytes, window.line, 0, window.count)
        };
        let (bytes, line, column, count) = contents;
        let data = excerpt.text.as_bytes().get(bytes.clone()).unwrap_or_default();
        let span = SourceSpan::new(bytes.start.into(), bytes.len());
        Ok(Box::new(MietteSpanContents::new_named(excerpt.name.clone(), data, span, line, column, count)))
    }
}
