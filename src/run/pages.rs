//! `recto explain`, `recto rules`, `recto schema`, and what the arguments themselves say: completions and manual pages.

use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::{Failure, note_renamed};
use crate::cli::{Cli, ListFormat};
use crate::lint::registry;
use crate::model::finding::Family;
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

/// Prints the completions for a shell, with the names of the rules.
pub(super) fn completions(shell: Shell, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let rules = || rules::ALL.iter().map(|rule| rule.id);
    let selectors = || PossibleValuesParser::new(rules().chain(Family::ALL.iter().map(|family| family.as_str())));
    let ids = || PossibleValuesParser::new(rules());
    // Only for the completions: parsed as usual, names may be earlier ones, and a wrong one is answered better.
    let with_selectors = |command: Command| {
        let names = ["select", "extend_select", "ignore", "suppress"];
        names.into_iter().fold(command, |command, name| command.mut_arg(name, |arg| arg.value_parser(selectors())))
    };
    let mut command = Cli::command()
        .mut_subcommand("check", with_selectors)
        .mut_subcommand("explain", |command| command.mut_arg("rule", |arg| arg.value_parser(ids())))
        .mut_subcommand("baseline", |command| command.mut_arg("include", |arg| arg.value_parser(ids())));
    // Into memory first, because clap_complete panics if writing to the stream fails.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "recto", &mut script);
    terminal.write_bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// The command line, as its manual pages describe it.
fn described() -> Command {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    command
}

/// Returns the commands that have a manual page.
fn documented(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set())
}

/// Prints the names of the commands that have a manual page.
pub(super) fn list_manuals(terminal: &Terminal) -> Result<ExitCode, Failure> {
    let names: String = documented(&described()).map(|command| format!("{}\n", command.get_name())).collect();
    terminal.write_bytes(names.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the manual page of recto, or of one of its commands.
pub(super) fn man(name: Option<&str>, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let command = described();
    let mut page = Vec::new();
    match name {
        None => clap_mangen::Man::new(command.clone()).render(&mut page)?,
        Some(name) => {
            let Some(found) = documented(&command).find(|command| command.get_name() == name) else {
                let help = Some("`recto --help` lists the commands".to_owned());
                return Err(UsageError { message: format!("there is no command `{name}`"), help }.into());
            };
            clap_mangen::Man::new(found.clone()).title(format!("recto-{name}")).render(&mut page)?;
        }
    }
    terminal.write_bytes(&page)?;
    Ok(ExitCode::SUCCESS)
}
