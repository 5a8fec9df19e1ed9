//! The whole story, top to bottom: what was typed becomes settings, files become documents, documents are linted,
//! findings are fixed and reported.
//!
//! May use every room.

mod check;
mod compare;
mod init;
mod notices;
mod pages;
mod read;
mod repair;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::cli::{Cli, Command};
use crate::input::load;
use crate::lint::catalogue;
use crate::report::failure;
use crate::report::terminal::Terminal;
use crate::report::visible::visible;
use crate::settings::{Complaint, ConfigError, Settings};

/// Why a run could not be carried out.
#[derive(Debug)]
pub enum Failure {
    /// Something typed, or something it leads to, is wrong.
    Usage(Complaint),
    /// Something in the configuration file is wrong.
    Config(Box<ConfigError>),
    /// Reading standard input or writing output failed.
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

/// Reads what was typed and carries it out.
pub fn typed() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => run(&cli),
        Err(error) => {
            // clap repeats what was typed: it must not steer the terminal.
            let shown = std::env::args_os().map(|argument| visible(&argument.to_string_lossy()).into_owned());
            let error = if error.use_stderr() { Cli::try_parse_from(shown).err().unwrap_or(error) } else { error };
            let told = error.print();
            if told.is_err() || error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
        }
    }
}

/// Carries out what was typed. Exit code 0: nothing to complain about; 1: findings; 2: the run itself failed.
pub fn run(cli: &Cli) -> ExitCode {
    let terminal = Terminal::new(cli.color);
    // A rule that panics is caught and becomes a finding: one line here says where, instead of a backtrace.
    std::panic::set_hook(Box::new(failure::panicked));
    let outcome = match &cli.command {
        Command::Check(args) => check::check(cli, args, &terminal),
        Command::Explain { rule } => pages::explain(rule, &terminal),
        Command::Rules { output_format } => pages::rules(*output_format, &terminal),
        Command::Completions { shell } => {
            // Into memory first, because a stream that does not take it would make this panic.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "recto", &mut script);
            terminal.write_bytes(&script).map(|()| ExitCode::SUCCESS).map_err(Failure::from)
        }
        Command::Repair(args) => repair::repair(args),
        Command::Init(args) => init::init(args, &terminal),
        Command::Compare(args) => compare::compare(cli, args, &terminal),
    };
    match outcome {
        Ok(code) => code,
        // Whoever reads the output has seen enough.
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            match failure {
                Failure::Usage(complaint) => failure::complain(&complaint, &terminal),
                Failure::Config(error) => failure::misconfigured(&error, &terminal),
                Failure::Io(error) => {
                    failure::complain(&Complaint { message: error.to_string(), help: None }, &terminal);
                }
            }
            ExitCode::from(2)
        }
    }
}

/// Lets whoever reads the output stop reading: what was found is still the outcome of the run.
fn seen_enough(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// What holds for what is checked: the configuration file nearest to all of `paths`, with the defaults beneath.
fn settings(cli: &Cli, paths: &[PathBuf]) -> Result<Settings, Failure> {
    let working_dir = std::env::current_dir()?;
    let found = match &cli.config {
        Some(path) => Some(path.clone()),
        None if cli.no_config => None,
        None => nearest_config(&common_folder(paths, &working_dir))?,
    };
    let Some(path) = found else { return Ok(Settings::new(working_dir.clone(), working_dir)) };
    let text = std::fs::read_to_string(&path).map_err(|error| Complaint {
        message: format!("cannot read the configuration file `{}`: {error}", path.display()),
        help: Some("give the path of a recto.toml in UTF-8, or use --no-config".to_owned()),
    })?;
    let absolute = working_dir.join(&path);
    let folder = absolute.parent().unwrap_or(Path::new("/"));
    let root = if folder.ends_with(".config") { folder.parent().unwrap_or(folder) } else { folder };
    let root: PathBuf = root.components().collect();
    let shown = path.strip_prefix(&working_dir).unwrap_or(&path);
    Ok(Settings::new(root, working_dir.clone()).with_file(&text, shown, &catalogue())?)
}

/// The innermost folder that holds all of `paths`.
fn common_folder(paths: &[PathBuf], working_dir: &Path) -> PathBuf {
    let folder_of = |path: &PathBuf| {
        let absolute: PathBuf = working_dir.join(path).components().collect();
        if absolute.is_dir() { absolute } else { absolute.parent().unwrap_or(working_dir).to_path_buf() }
    };
    let shared = |a: PathBuf, b: PathBuf| a.ancestors().find(|folder| b.starts_with(folder)).map(Path::to_path_buf);
    let mut folders = paths.iter().map(folder_of);
    let first = folders.next().unwrap_or_else(|| working_dir.to_path_buf());
    folders.try_fold(first, shared).unwrap_or_else(|| working_dir.to_path_buf())
}

/// `recto.toml`, or `.config/recto.toml`, in the nearest ancestor that has one.
///
/// # Errors
/// If something is there under that name that cannot be read: the run would go on without what was configured.
fn nearest_config(folder: &Path) -> Result<Option<PathBuf>, Complaint> {
    let candidates = |folder: &Path| [folder.join("recto.toml"), folder.join(".config/recto.toml")];
    let found = folder.ancestors().flat_map(candidates).find(|path| path.symlink_metadata().is_ok());
    match found.as_deref().and_then(load::unfit) {
        Some(reason) => Err(Complaint {
            message: format!("cannot read the configuration file `{}`: {reason}", found.unwrap_or_default().display()),
            help: Some("put a recto.toml there, or use --no-config".to_owned()),
        }),
        None => Ok(found),
    }
}
