//! `recto explain`, `recto rules` and `recto schema`.

use std::process::ExitCode;

use super::{Failure, note_renamed};
use crate::cli::ListFormat;
use crate::lint::catalogue;
use crate::report::catalogue as report;
use crate::report::terminal::Terminal;
use crate::rules;
use crate::settings::{self, Complaint, Selector};

/// Shows the page of a rule.
pub(super) fn explain(id: &str, terminal: &Terminal) -> Result<ExitCode, Failure> {
    note_renamed(std::slice::from_ref(&id), terminal);
    let Some(rule) = rules::by_id(rules::current(id)) else {
        let complaint = match Selector::parse(id, &catalogue()) {
            Err(complaint) => complaint,
            Ok(_) => Complaint {
                message: format!("`{id}` is a family, not a rule"),
                help: Some("`recto rules` lists the rules of each family".to_owned()),
            },
        };
        return Err(complaint.into());
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
    terminal.write_bytes(settings::schema(&catalogue()).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
