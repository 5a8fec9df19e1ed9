//! `recto import`: turns the settings of other tools into those of recto.
//!
//! Each tool has a module that knows its keys. A key with a meaning here becomes a setting, and every other one is named
//! in a comment, so that nothing is dropped in silence.

mod codespell;
mod cspell;
mod formats;
mod imported;
mod markdownlint;
mod typos;
mod vale;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;

use self::imported::Imported;
use super::Failure;
use crate::cli::ImportArgs;
use crate::fix::write;
use crate::report::terminal::Terminal;
use crate::settings::UsageError;

/// Name of the written file.
const CONFIG_FILE_NAME: &str = "recto.toml";

/// Names of files with settings of other tools, in the order in which they are read.
const NAMES: &[&str] = &[
    "typos.toml",
    "_typos.toml",
    ".typos.toml",
    ".codespellrc",
    "setup.cfg",
    "pyproject.toml",
    "cspell.json",
    ".cspell.json",
    "cspell.jsonc",
    ".cspell.jsonc",
    "cspell.config.json",
    "cspell.config.jsonc",
    "cspell.yaml",
    "cspell.yml",
    ".cspell.yaml",
    ".cspell.yml",
    "cspell.config.yaml",
    "cspell.config.yml",
    ".markdownlint.json",
    ".markdownlint.jsonc",
    ".markdownlint.yaml",
    ".markdownlint.yml",
    ".markdownlintrc",
    ".markdownlint-cli2.jsonc",
    ".markdownlint-cli2.yaml",
    ".markdownlintignore",
    ".vale.ini",
    "_vale.ini",
];

/// Runs `recto import`.
pub(super) fn import(args: &ImportArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let is_asked = !args.files.is_empty();
    let files = if is_asked { args.files.clone() } else { present() };
    let mut imported = Imported::default();
    let mut sources = Vec::new();
    for path in &files {
        if read(path, &mut imported)? {
            sources.push(path.display().to_string());
        } else if is_asked {
            return Err(unknown(&format!("`{}` has no settings that recto can import", path.display())).into());
        }
    }
    if sources.is_empty() {
        return Err(unknown("no settings of another tool are in this folder").into());
    }
    let text = imported.to_toml(&sources);
    if !args.write {
        terminal.write_bytes(text.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(path) = super::configuration(Path::new("")) {
        return Err(UsageError {
            message: format!("`{}` already exists", path.display()),
            help: Some("without --write, the settings are printed, to be copied into it".to_owned()),
        }
        .into());
    }
    write::create(Path::new(CONFIG_FILE_NAME), text.as_bytes())?;
    let left = imported.left().len();
    let remark = if left == 0 { String::new() } else { format!("; {left} settings have no counterpart, see its end") };
    writeln!(terminal.stderr(), "wrote {CONFIG_FILE_NAME} from {}{remark}", sources.join(", "))?;
    Ok(ExitCode::SUCCESS)
}

/// A function that reads the settings of one tool.
type Reader = fn(&Value, &mut Imported);

fn unknown(message: &str) -> UsageError {
    let help = "it reads those of typos, codespell, cspell, markdownlint and Vale, by their usual names: _typos.toml, \
                .codespellrc, cspell.json, .markdownlint.yaml, .vale.ini …";
    UsageError { message: message.to_owned(), help: Some(help.to_owned()) }
}

/// Returns the files with settings in this folder.
fn present() -> Vec<PathBuf> {
    NAMES.iter().map(PathBuf::from).filter(|path| path.is_file()).collect()
}

/// Reads the settings of one file. Returns false if it has none of a known tool.
fn read(path: &Path, imported: &mut Imported) -> Result<bool, UsageError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = std::fs::read_to_string(path)
        .map_err(|error| UsageError { message: format!("cannot read `{}`: {error}", path.display()), help: None })?;
    imported.begin(path);
    if name == ".markdownlintignore" {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.for_each(|line| imported.exclude(line));
        return Ok(true);
    }
    let value = formats::read(&name, &text).map_err(|error| UsageError {
        message: format!("cannot read `{}`: {error}", path.display()),
        help: Some("correct the file, or name the files to import".to_owned()),
    })?;
    let tool = |name: &str| value.pointer(&format!("/tool/{name}")).cloned();
    let readers: Vec<(Option<Value>, Reader)> = match name.as_str() {
        "pyproject.toml" => vec![(tool("typos"), typos::read), (tool("codespell"), codespell::read)],
        "setup.cfg" | ".codespellrc" => vec![(value.get("codespell").cloned(), codespell::read)],
        ".vale.ini" | "_vale.ini" => vec![(Some(value), vale::read)],
        name if name.contains("typos") => vec![(Some(value), typos::read)],
        name if name.contains("cspell") => vec![(Some(value), cspell::read)],
        name if name.contains("markdownlint") => vec![(Some(value), markdownlint::read)],
        _ => Vec::new(),
    };
    let mut has_some = false;
    for (value, read) in readers {
        if let Some(value) = value {
            read(&value, imported);
            has_some = true;
        }
    }
    Ok(has_some)
}
