//! `recto explain` and `recto rules`.

use std::process::ExitCode;

use super::Failure;
use crate::cli::ListFormat;
use crate::lint::catalogue;
use crate::report::catalogue as report;
use crate::report::terminal::Terminal;
use crate::rules;
use crate::settings::{Complaint, Selector};

/// Shows the page of a rule.
pub(super) fn explain(id: &str, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let Some(rule) = rules::by_id(id) else {
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
