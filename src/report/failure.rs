//! Failures of the run itself, on standard error.

use std::io::Write;
use std::panic::PanicHookInfo;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use owo_colors::OwoColorize;

use super::human::handler;
use super::terminal::Terminal;
use super::visible::{VisibleLines, visible};
use crate::settings::{ConfigError, ConfigExcerpt, UsageError};

/// Writes a usage error, and its remedy.
pub fn report_usage_error(error: &UsageError, terminal: &Terminal) {
    say(&"error".red().bold(), &error.message, error.help.as_deref(), terminal);
}

/// Writes warnings, each with its remedy. The remedy of consecutive warnings is written once if it is the same.
pub fn warn(warnings: &[UsageError], terminal: &Terminal) {
    for (at, warning) in warnings.iter().enumerate() {
        let is_told = warnings.get(at + 1).is_some_and(|next| next.help == warning.help);
        let help = warning.help.as_deref().filter(|_| !is_told);
        say(&"warning".yellow().bold(), &warning.message, help, terminal);
    }
}

fn say(head: &dyn std::fmt::Display, message: &str, help: Option<&str>, terminal: &Terminal) {
    let mut out = terminal.stderr();
    // If standard error is closed, the failure cannot be reported anywhere.
    let _ = writeln!(out, "{head}: {}", visible(message));
    if let Some(help) = help {
        let _ = writeln!(out, "{}: {}", "help".cyan(), visible(help));
    }
}

/// Writes a note, which is not an error.
pub fn note(text: &str, terminal: &Terminal) {
    let _ = writeln!(terminal.stderr(), "{}: {}", "note".cyan(), visible(text));
}

/// Writes all configuration errors, each with its excerpt, and their number.
pub fn misconfigured(errors: &[ConfigError], terminal: &Terminal) {
    let mut out = terminal.stderr();
    let handler = handler(terminal);
    for error in errors {
        let mut text = String::new();
        if handler.render_report(&mut text, &ConfigDiagnostic::new(error)).is_err() {
            // An error whose excerpt cannot be drawn is reported without it.
            text = format!("{}: {}\n", error.excerpt.place(), error.usage_error.message);
        }
        let _ = out.write_all(text.as_bytes());
    }
    if errors.len() > 1 {
        let _ = writeln!(out, "{} errors in the configuration; nothing was done", errors.len());
    }
}

/// Writes the place of a panic in recto itself. A finding names the rule.
pub fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let _ = writeln!(
        std::io::stderr(),
        "recto: internal error{place}: please report it at {}/issues",
        env!("CARGO_PKG_REPOSITORY")
    );
}

/// A configuration error, or a related place, in the form that miette needs.
#[derive(Debug)]
struct ConfigDiagnostic<'a> {
    message: &'a str,
    help: Option<&'a String>,
    source: NamedSource<String>,
    /// Span of the error, in bytes of the source as shown.
    span: std::ops::Range<usize>,
    related: Option<Box<ConfigDiagnostic<'a>>>,
}

impl<'a> ConfigDiagnostic<'a> {
    fn new(error: &'a ConfigError) -> Self {
        let related = error.related.as_ref().map(|(excerpt, message)| Box::new(Self::at(excerpt, message)));
        Self { help: error.usage_error.help.as_ref(), related, ..Self::at(&error.excerpt, &error.usage_error.message) }
    }

    fn at(excerpt: &'a ConfigExcerpt, message: &'a str) -> Self {
        let view = VisibleLines::new(&excerpt.text);
        let text = view.as_ref().map_or(&*excerpt.text, VisibleLines::text).to_owned();
        let shown =
            |at: usize| view.as_ref().map_or(at, |view| view.shown(u32::try_from(at).unwrap_or(u32::MAX)) as usize);
        let span = shown(excerpt.span.start)..shown(excerpt.span.end);
        let source = NamedSource::new(visible(&excerpt.path.to_string_lossy()), text);
        Self { message, help: None, source, span, related: None }
    }
}

impl std::fmt::Display for ConfigDiagnostic<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&visible(self.message))
    }
}

impl std::error::Error for ConfigDiagnostic<'_> {}

impl Diagnostic for ConfigDiagnostic<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.help.map(|help| Box::new(visible(help)) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = &self.span;
        let label = LabeledSpan::new(Some("here".to_owned()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let related = self.related.as_deref()?;
        Some(Box::new(std::iter::once(related as &dyn Diagnostic)))
    }
}
