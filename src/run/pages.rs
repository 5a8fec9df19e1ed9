//! `recto explain`, `recto rules` and `recto schema`.

use std::process::ExitCode;

use super::{Failure, note_renamed};
use crate::cli::ListFormat;
use crate::lint::registry;
use crate::report::rule_registry as report;
use crate::report::terminal::Terminal;
use crate::rules;
use crate::settings::{self, Selector, UsageError};

/// Shows the page of a rule.
pub(super) fn explain(id: &str, terminal: &Terminal) -> Result<ExitCode, Failure> {
    note_renamed(std::slice::from_ref(&id), terminal);
    let Some(rule) = rules::by_id(rules::current(id)) else {
        let usage_error = match Selector::parse(id, &registry()) {
            Err(usage_error) => usage_error,
            Ok(_) => UsageError {
                message: format!("`{id}` is a family, not a rule"),
                help: Some("`recto rules` lists the rules of each family".to_owned()),
            },
        };
        return Err(usage_error.into());
    };
    report::page(rule, terminal)?;
    Ok(ExitCode::SUCCESS)
}

/// Lists all rules.
pub(super) fn rules(format: ListFormat, terminal: &Terminal) -> Result<ExitCode, Failure> {
    match format {
        ListFormat::Text => report::table(rules::ALL, terminal)?,
        ListFormat::Json => report::json(rules::ALL, terminal)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the JSON schema of the settings.
pub(super) fn schema(terminal: &Terminal) -> Result<ExitCode, Failure> {
    terminal.write_bytes(settings::schema(&registry()).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
