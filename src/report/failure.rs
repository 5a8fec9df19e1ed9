//! Why a run could not be carried out, on standard error.

use std::io::Write;
use std::panic::PanicHookInfo;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use owo_colors::OwoColorize;

use super::human::handler;
use super::terminal::Terminal;
use super::visible::{View, visible};
use crate::settings::{Complaint, ConfigError};

/// Says what is wrong with something typed, and what to do.
pub fn complain(complaint: &Complaint, terminal: &Terminal) {
    say(&"error".red().bold(), &complaint.message, complaint.help.as_deref(), terminal);
}

/// Says what may be wrong, and what to do; for several in a row with one remedy, once.
pub fn warn(warnings: &[Complaint], terminal: &Terminal) {
    for (at, warning) in warnings.iter().enumerate() {
        let is_told = warnings.get(at + 1).is_some_and(|next| next.help == warning.help);
        let help = warning.help.as_deref().filter(|_| !is_told);
        say(&"warning".yellow().bold(), &warning.message, help, terminal);
    }
}

fn say(head: &dyn std::fmt::Display, message: &str, help: Option<&str>, terminal: &Terminal) {
    let mut out = terminal.stderr();
    // If standard error is gone, there is nowhere left to say so.
    let _ = writeln!(out, "{head}: {}", visible(message));
    if let Some(help) = help {
        let _ = writeln!(out, "{}: {}", "help".cyan(), visible(help));
    }
}

/// Shows what is wrong in a configuration file, at its place.
pub fn misconfigured(error: &ConfigError, terminal: &Terminal) {
    let view = View::new(&error.text);
    let text = view.as_ref().map_or(&*error.text, View::text).to_owned();
    let shown = |at: usize| view.as_ref().map_or(at, |view| view.shown(u32::try_from(at).unwrap_or(u32::MAX)) as usize);
    let span = shown(error.span.start)..shown(error.span.end);
    let source = NamedSource::new(visible(&error.path.to_string_lossy()), text);
    let report = Misconfigured { error, source, span };
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
    /// The place of the mistake, in bytes of the source as it is shown.
    span: std::ops::Range<usize>,
}

impl std::fmt::Display for Misconfigured<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&visible(&self.error.complaint.message))
    }
}

impl std::error::Error for Misconfigured<'_> {}

impl Diagnostic for Misconfigured<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.error.complaint.help.as_ref().map(|help| Box::new(visible(help)) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = &self.span;
        let label = LabeledSpan::new(Some("here".to_owned()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }
}
