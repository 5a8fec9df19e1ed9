//! The whole story, top to bottom: what was typed becomes settings, files become documents, documents are linted,
//! findings are fixed and reported.
//!
//! May use every room.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rayon::prelude::*;

use crate::cli::{CheckArgs, Cli, Command, OutputFormat};
use crate::input::{discover, load};
use crate::lint::{catalogue, lint};
use crate::model::collection::Collection;
use crate::model::document::{DocId, Document};
use crate::model::finding::{Finding, Severity, Tier};
use crate::pair::pair;
use crate::parse::parse;
use crate::report::{self, Results};
use crate::settings::{Complaint, ConfigError, RulePatch, Selector, Settings, Tiers};

/// Why a run could not be carried out.
#[derive(Debug)]
pub enum Failure {
    /// Something typed is wrong.
    Usage(Complaint),
    /// Something in the configuration file is wrong.
    Config(Box<ConfigError>),
    /// Reading or writing failed.
    Io(io::Error),
}

impl From<Complaint> for Failure {
    fn from(complaint: Complaint) -> Self {
        Self::Usage(complaint)
    }
}

impl From<Box<ConfigError>> for Failure {
    fn from(error: Box<ConfigError>) -> Self {
        Self::Config(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Carries out what was typed. Exit code 0: nothing to complain about; 1: findings; 2: the run itself failed.
pub fn run(cli: &Cli) -> ExitCode {
    let outcome = match &cli.command {
        Command::Check(args) => check(cli, args),
        _ => Ok(ExitCode::SUCCESS),
    };
    match outcome {
        Ok(code) => code,
        // Whoever reads the output has seen enough.
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "{failure:?}");
            ExitCode::from(2)
        }
    }
}

fn check(cli: &Cli, args: &CheckArgs) -> Result<ExitCode, Failure> {
    let settings =
        settings(cli)?.with_command_line(patch(args)?, if args.audit { Tiers::GateAndAudit } else { Tiers::Gate });
    let paths = discover::discover(&args.paths, &settings.files, &settings.root)?;
    let collection = pair(collect(&paths), &settings);
    let findings = lint(&collection, &settings);
    let results = Results { collection: &collection, findings: &findings };
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.output_format {
        OutputFormat::Json => report::json::write(&results, &mut out)?,
        _ => report::concise::write(&results, &mut out)?,
    }
    out.flush()?;
    Ok(if findings.iter().any(fails) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Whether a finding fails the run.
fn fails(finding: &Finding) -> bool {
    finding.tier == Tier::Gate && finding.severity <= Severity::Warning
}

/// Reads and parses the files.
fn collect(paths: &[PathBuf]) -> Collection {
    let parsed = paths
        .par_iter()
        .enumerate()
        .map(|(at, path)| -> Document { parse(DocId(at as u32), load::load(path), load::format_of(path)) });
    Collection { documents: parsed.collect(), works: Vec::new() }
}

/// The configuration file that holds for the working directory, with the defaults beneath.
fn settings(cli: &Cli) -> Result<Settings, Failure> {
    let working_dir = std::env::current_dir()?;
    let found = match &cli.config {
        Some(path) => Some(path.clone()),
        None if cli.no_config => None,
        None => working_dir
            .ancestors()
            .flat_map(|folder| [folder.join("recto.toml"), folder.join(".config/recto.toml")])
            .find(|path| path.is_file()),
    };
    let Some(path) = found else { return Ok(Settings::new(working_dir.clone(), working_dir)) };
    let text = std::fs::read_to_string(&path).map_err(|error| Complaint {
        message: format!("cannot read the configuration file `{}`: {error}", path.display()),
        help: None,
    })?;
    let path = working_dir.join(path);
    let folder = path.parent().unwrap_or(Path::new("/"));
    let root = if folder.ends_with(".config") { folder.parent().unwrap_or(folder) } else { folder };
    Ok(Settings::new(root.to_path_buf(), working_dir).with_file(&text, &path, &catalogue())?)
}

/// What the command line says about rules.
fn patch(args: &CheckArgs) -> Result<RulePatch, Complaint> {
    let catalogue = catalogue();
    let parse = |names: &[String]| -> Result<Vec<Selector>, Complaint> {
        names.iter().map(|name| Selector::parse(name, &catalogue)).collect()
    };
    let select = parse(&args.select)?;
    Ok(RulePatch {
        select: (!select.is_empty()).then_some(select),
        extend_select: parse(&args.extend_select)?,
        ignore: parse(&args.ignore)?,
        ..RulePatch::default()
    })
}
