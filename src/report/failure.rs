//! Why a run could not be carried out, on standard error.

use std::io::Write;
use std::panic::PanicHookInfo;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use owo_colors::OwoColorize;

use super::human::handler;
use super::terminal::Terminal;
use crate::settings::{Complaint, ConfigError};

/// Says what is wrong with something typed, and what to do.
pub fn complain(complaint: &Complaint, terminal: &Terminal) {
    let mut out = terminal.stderr();
    // If standard error is gone, there is nowhere left to say so.
    let _ = writeln!(out, "{}: {}", "error".red().bold(), complaint.message);
    if let Some(help) = &complaint.help {
        let _ = writeln!(out, "{}: {help}", "help".cyan());
    }
}

/// Shows what is wrong in a configuration file, at its place.
pub fn misconfigured(error: &ConfigError, terminal: &Terminal) {
    let source = NamedSource::new(error.path.to_string_lossy(), error.text.to_string());
    let report = Misconfigured { error, source };
    let mut text = String::new();
    let mut out = terminal.stderr();
    if handler(terminal).render_report(&mut text, &report).is_ok() {
        let _ = out.write_all(text.as_bytes());
    }
}

/// Says that recto itself failed somewhere; the rule concerned is named by a finding.
pub fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let _ = writeln!(std::io::stderr(), "recto: internal error{place}: please report it");
}

#[derive(Debug)]
struct Misconfigured<'a> {
    error: &'a ConfigError,
    source: NamedSource<String>,
}

impl std::fmt::Display for Misconfigured<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.error.complaint.message)
    }
}

impl std::error::Error for Misconfigured<'_> {}

impl Diagnostic for Misconfigured<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.error.complaint.help.as_ref().map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = &self.error.span;
        let label = LabeledSpan::new(Some("here".to_owned()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }
}
