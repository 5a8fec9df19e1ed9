//! `recto lsp`: the language server on standard input and output, with the disk that it needs.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::gather::{ContextFiles, Gathered, Request, gather_again};
use super::known::Baseline;
use super::linked::LinkingFiles;
use super::watch::Watcher;
use super::{Failure, configuration, settings};
use crate::cli::{Cli, Color, Command};
use crate::input::load;
use crate::input::reuse::Reuse;
use crate::lint::registry;
use crate::lsp::{ClientSettings, Disk, Ending, Linking, LoadedFolder, Unloaded, serve};
use crate::model::collection::Collection;
use crate::model::finding::Finding;
use crate::report::terminal::Terminal;
use crate::settings::{RulePatch, Settings, Tiers, UsageError};

/// Runs `recto lsp`.
pub(super) fn lsp(cli: &Cli) -> ExitCode {
    let disk = RealDisk { config: cli.config.clone(), no_config: cli.no_config };
    match serve(BufReader::new(io::stdin()), io::stdout(), Arc::new(disk)) {
        Ending::Regular => ExitCode::SUCCESS,
        Ending::Abrupt => ExitCode::from(1),
        Ending::Garbage(reason) => {
            let message = format!("standard input is no conversation with an editor: {reason}");
            let help = "`recto lsp` is started by an editor; `recto check` checks files".to_owned();
            let usage_error = UsageError { message, help: Some(help) };
            crate::report::failure::report_usage_error(&usage_error, &Terminal::new(Color::Auto));
            ExitCode::from(2)
        }
    }
}

/// The disk of this machine.
struct RealDisk {
    config: Option<PathBuf>,
    no_config: bool,
}

impl RealDisk {
    /// Returns the arguments of a run with the settings of the client.
    fn arguments(&self, place: &Path, client: &ClientSettings) -> Cli {
        let folder = if place.is_dir() { place } else { place.parent().unwrap_or(place) };
        let config = client.config.as_ref().map(|path| folder.join(path)).or_else(|| self.config.clone());
        Cli { command: Command::Lsp, no_config: self.no_config && config.is_none(), config, color: Color::Never }
    }

    fn settings(cli: &Cli, place: &Path, client: &ClientSettings, terminal: &Terminal) -> Result<Settings, Failure> {
        let settings = settings(cli, &[place.to_path_buf()], terminal)?;
        // The server may have been started anywhere.
        let folder = if place.is_dir() { place } else { place.parent().unwrap_or(place) };
        let settings = match settings.is_configured() {
            true => settings,
            false => Settings::new(folder.to_path_buf(), folder.to_path_buf()),
        };
        let settings = match client.settings.as_str() {
            "" => settings,
            json => settings.with_file(json, Path::new("the settings of the editor.json"), &registry())?,
        };
        let tiers = if client.audit { Tiers::GateAndAudit } else { Tiers::Gate };
        Ok(settings.with_command_line(RulePatch::default(), tiers))
    }

    fn load(&self, place: &Path, client: &ClientSettings, reuse: Reuse) -> Result<LoadedFolder, Failure> {
        let terminal = Terminal::new(Color::Never);
        let cli = self.arguments(place, client);
        let settings = Self::settings(&cli, place, client, &terminal)?;
        let paths = [place.to_path_buf()];
        let request = Request { paths: &paths, stdin_name: None, context: ContextFiles::Read, force_exclude: true };
        let baseline = Baseline::load(&settings)?;
        let Gathered { mut collection, settings, warnings, stamps, .. } =
            gather_again(&cli, &request, settings, &terminal, Some(reuse))?;
        for doc in &mut collection.documents {
            let name = settings.relative(doc.source.path());
            doc.source.show_as(&name);
        }
        let remark = |warning: UsageError| match warning.help {
            Some(help) => format!("{} ({help})", warning.message),
            None => warning.message,
        };
        let baseline = baseline.map(|baseline| baseline.entries);
        Ok(LoadedFolder {
            collection,
            settings,
            stamps,
            baseline,
            warnings: warnings.into_iter().map(remark).collect(),
        })
    }
}

impl Linking for LinkingFiles {
    fn hold_back(&self, findings: &mut [Finding], collection: &Collection) {
        self.hold_back(findings, collection);
    }
}

impl Disk for RealDisk {
    fn load(&self, place: &Path, client: &ClientSettings, reuse: Reuse) -> Result<LoadedFolder, Unloaded> {
        self.load(place, client, reuse).map_err(|failure| match failure {
            Failure::Config(errors) => Unloaded::Config(errors),
            Failure::Usage(usage_error) => Unloaded::Other(match usage_error.help {
                Some(help) => format!("{} ({help})", usage_error.message),
                None => usage_error.message,
            }),
            Failure::Io(error) => Unloaded::Other(error.to_string()),
        })
    }

    fn read(&self, path: &Path) -> Option<String> {
        String::from_utf8(load::bytes(path, u64::MAX).ok()?).ok()
    }

    fn configuration(&self, folder: &Path) -> Option<PathBuf> {
        configuration(folder)
    }

    fn linking(&self, place: &Path, settings: &Settings) -> Box<dyn Linking> {
        let paths = [place.to_path_buf()];
        let request = Request { paths: &paths, stdin_name: None, context: ContextFiles::Read, force_exclude: true };
        Box::new(LinkingFiles::around(&request, settings))
    }

    fn watch(&self, folder: &Path, changed: Box<dyn Fn(Vec<PathBuf>) + Send>) -> Option<Box<dyn Send>> {
        let watcher = Watcher::new(&[folder.to_path_buf()], Vec::new(), changed).ok()?;
        Some(Box::new(watcher))
    }
}
