//! The whole run, top to bottom: arguments become settings, files become documents, documents are linted, findings are
//! fixed and reported.
//!
//! May use every room.

mod baseline;
mod before;
mod check;
mod compare;
mod config;
mod destination;
mod gather;
mod history;
mod import;
mod init;
mod known;
mod linked;
mod lsp;
mod navigation;
mod notices;
mod outcome;
mod pages;
mod read;
mod repair;
mod report;
mod suppress;
mod watch;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::cli::{Cli, Color, Command};
use crate::input::load;
use crate::lint::registry;
use crate::report::failure;
use crate::report::terminal::Terminal;
use crate::report::visible::visible;
use crate::settings::{ConfigError, Loaded, Settings, UsageError, renamed};

/// Reason why a run could not be carried out.
#[derive(Debug)]
pub enum Failure {
    /// An argument, or a file that it names, is wrong.
    Usage(UsageError),
    /// The configuration files have errors.
    Config(Vec<ConfigError>),
    /// Reading standard input or writing output failed.
    Io(io::Error),
}

impl From<UsageError> for Failure {
    fn from(usage_error: UsageError) -> Self {
        Self::Usage(usage_error)
    }
}

impl From<Vec<ConfigError>> for Failure {
    fn from(errors: Vec<ConfigError>) -> Self {
        Self::Config(errors)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Parses the command line and runs it.
pub fn typed() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => run(&cli),
        Err(error) => {
            // clap's messages repeat the arguments, which must not control the terminal.
            let shown = std::env::args_os().map(|argument| visible(&argument.to_string_lossy()).into_owned());
            let error = if error.use_stderr() { Cli::try_parse_from(shown).err().unwrap_or(error) } else { error };
            let told = error.print();
            if error.kind() == ErrorKind::InvalidSubcommand
                && let Some(path) = std::env::args_os().nth(1).filter(|path| Path::new(path).exists())
            {
                let path = path.to_string_lossy();
                failure::note(&format!("did you mean `recto check {path}`?"), &Terminal::new(Color::Auto));
            }
            if told.is_err() || error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
        }
    }
}

/// Runs a command. Exit code 0: no findings; 1: findings; 2: the run itself failed.
pub fn run(cli: &Cli) -> ExitCode {
    let terminal = Terminal::new(cli.color);
    // A panic of a rule is caught and becomes a finding. One line on standard error has its place, instead of a
    // backtrace.
    std::panic::set_hook(Box::new(failure::panicked));
    let outcome = match &cli.command {
        Command::Check(args) if args.watch => watch::watch(cli, args, &terminal),
        Command::Check(args) => check::check(cli, args, &terminal),
        Command::Baseline(args) => baseline::baseline(cli, args, &terminal),
        Command::Explain { rule } => pages::explain(rule, &terminal),
        Command::Rules { output_format } => pages::rules(*output_format, &terminal),
        Command::Schema => pages::schema(&terminal),
        Command::Completions { shell } => pages::completions(*shell, &terminal),
        Command::Man { list: true, .. } => pages::list_manuals(&terminal),
        Command::Man { command, .. } => pages::man(command.as_deref(), &terminal),
        Command::Config { file } => config::config(cli, file.as_deref(), &terminal),
        Command::Repair(args) => repair::repair(args, &terminal),
        Command::Import(args) => import::import(args, &terminal),
        Command::Init(args) => init::init(cli, args, &terminal),
        Command::Compare(args) => compare::compare(cli, args, &terminal),
        Command::Report(args) => report::report(cli, args, &terminal),
        Command::Lsp => return lsp::lsp(cli),
    };
    match outcome {
        Ok(code) => code,
        // The reader of the output closed the pipe, which is not an error.
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            tell(failure, &terminal);
            ExitCode::from(2)
        }
    }
}

/// Says why a run could not be carried out.
fn tell(failure: Failure, terminal: &Terminal) {
    match failure {
        Failure::Usage(usage_error) => failure::report_usage_error(&usage_error, terminal),
        Failure::Config(errors) => failure::misconfigured(&errors, terminal),
        Failure::Io(error) => {
            failure::report_usage_error(&UsageError { message: error.to_string(), help: None }, terminal);
        }
    }
}

/// Accepts a closed pipe: the findings up to then are still the outcome of the run.
fn seen_enough(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// Notes the rules that the command line calls by earlier names.
fn note_renamed(names: &[impl AsRef<str>], terminal: &Terminal) {
    let registry = registry();
    for old in names.iter().map(AsRef::as_ref) {
        if let Some(new) = registry.new_name(old) {
            failure::note(&renamed(old, new), terminal);
        }
    }
}

/// Returns the settings of a run: the configuration file nearest to all of `paths`, over the defaults.
fn settings(cli: &Cli, paths: &[PathBuf], terminal: &Terminal) -> Result<Settings, Failure> {
    let working_dir = std::env::current_dir()?;
    let found = match &cli.config {
        Some(path) => Some(path.clone()),
        None if cli.no_config => None,
        None => nearest_config(&common_folder(paths, &working_dir))?,
    };
    match found {
        Some(path) => configured(&path, &working_dir, terminal),
        None => Ok(Settings::new(working_dir.clone(), working_dir)),
    }
}

/// Returns the settings of the configuration file at `path`, with the defaults beneath.
fn configured(path: &Path, working_dir: &Path, terminal: &Terminal) -> Result<Settings, Failure> {
    let loaded = load_config(path).map_err(|reason| UsageError {
        message: format!("cannot read the configuration file `{}`: {reason}", path.display()),
        help: Some("give the path of a recto.toml in UTF-8, or use --no-config".to_owned()),
    })?;
    let absolute = working_dir.join(path);
    let folder = absolute.parent().unwrap_or(Path::new("/"));
    let root = if folder.ends_with(".config") { folder.parent().unwrap_or(folder) } else { folder };
    let root: PathBuf = root.components().collect();
    let shown = path.strip_prefix(working_dir).unwrap_or(path);
    let settings =
        Settings::new(root, working_dir.to_path_buf()).with_files(loaded, shown, &load_config, &registry())?;
    settings.notes.iter().for_each(|text| failure::note(text, terminal));
    Ok(settings)
}

/// Returns the innermost folder that contains all of `paths`.
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

/// Loads a configuration file, or returns the reason why it cannot be read.
fn load_config(path: &Path) -> Result<Loaded, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    Ok(Loaded { identity: std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()), text })
}

/// Returns the path of `recto.toml` or `.config/recto.toml`, or of either as JSON, in the nearest ancestor that has
/// one.
///
/// # Errors
/// If a file of that name cannot be read, because the run would silently ignore the configuration.
fn nearest_config(folder: &Path) -> Result<Option<PathBuf>, UsageError> {
    let found = folder.ancestors().find_map(configuration);
    match found.as_deref().and_then(load::unfit) {
        Some(reason) => Err(UsageError {
            message: format!("cannot read the configuration file `{}`: {reason}", found.unwrap_or_default().display()),
            help: Some("put a recto.toml there, or use --no-config".to_owned()),
        }),
        None => Ok(found),
    }
}

/// Returns the configuration file of a folder, which may be in its folder `.config`.
fn configuration(folder: &Path) -> Option<PathBuf> {
    let names = ["recto.toml", ".config/recto.toml", "recto.json", ".config/recto.json"];
    let counts = |path: &PathBuf| match path.extension() {
        Some(end) if end == "json" => path.is_file() && !is_report(path),
        _ => path.symlink_metadata().is_ok(),
    };
    names.into_iter().map(|name| folder.join(name)).find(counts)
}

/// Returns true if a `recto.json` is not a configuration file but the redirected output of recto itself: a report, or
/// an empty file.
fn is_report(path: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(path) else { return false };
    let report = |value: serde_json::Value| value.pointer("/tool/name").is_some_and(|name| name == "recto");
    text.trim().is_empty() || serde_json::from_str(&text).is_ok_and(report)
}
