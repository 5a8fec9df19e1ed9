//! `recto report`: the whole audit as one page.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::check::{is_automatic, patch, require_versions};
use super::destination::{Destination, links};
use super::gather::{ContextFiles, Gathered, Request, gather};
use super::known::DocumentNames;
use super::{Failure, settings};
use crate::api::originals::with_originals;
use crate::cli::{Cli, ReportArgs};
use crate::lint::lint;
use crate::model::in_files::in_files;
use crate::pair::pair;
use crate::report::failure;
use crate::report::page::audit::{Audit, EarlierReport, page};
use crate::report::terminal::Terminal;
use crate::report::{Results, count};
use crate::rules;
use crate::settings::{Tiers, UsageError};

/// Carries out `recto report`. The exit code is 0 whatever was found, because the page is
/// for people.
pub(super) fn report(cli: &Cli, args: &ReportArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let earlier = args.earlier.iter().map(|path| earlier(path)).collect::<Result<Vec<_>, _>>()?;
    let patch = patch(&args.select, &[], &args.ignore)?;
    let settings = settings(cli, &args.paths, terminal)?.with_command_line(patch, Tiers::GateAndAudit);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).build();
    let pool = pool.map_err(|error| UsageError { message: error.to_string(), help: None })?;
    pool.install(|| {
        let request =
            Request { paths: &args.paths, stdin_name: None, context: ContextFiles::Read, force_exclude: false };
        let Gathered { collection, settings, left_out, warnings, dead_versions, .. } =
            gather(cli, &request, settings, terminal)?;
        let destination = Destination::new(&args.html, &collection)?;
        let collection = pair(with_originals(collection), &settings);
        let findings = lint(&collection, &settings);
        let (collection, findings) = in_files(Cow::Owned(collection), findings);
        let results = Results {
            collection: &collection,
            findings: &findings,
            shown: &findings,
            rules: rules::ALL,
            warnings: &warnings,
            left_out: &left_out,
            inherited: 0,
            touched: None,
        };
        let audit = Audit {
            results,
            title: title(&args.paths),
            earlier,
            baseline_paths: DocumentNames::new(&collection, &settings).into_paths(),
        };
        failure::warn(&warnings, terminal);
        let working_dir = std::env::current_dir()?;
        let text = page(&audit, &links(destination.path(), &working_dir));
        destination.write(&text, terminal)?;
        if let Destination::File(path) = destination {
            let line = format!("{}: {}; open it in a browser\n", path.display(), count(findings.len(), "finding"));
            terminal.write_bytes(line.as_bytes())?;
        }
        if is_automatic() {
            require_versions(&dead_versions)?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Returns the name of what was checked: the paths as typed or, for the working folder, its name.
fn title(paths: &[PathBuf]) -> String {
    let name = |path: &PathBuf| match path.to_str() {
        Some(".") => {
            std::env::current_dir().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        }
        _ => Some(path.display().to_string()),
    };
    paths.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

fn earlier(path: &Path) -> Result<EarlierReport, UsageError> {
    let name = path.display().to_string();
    let wrong = |reason: String| UsageError {
        message: format!("cannot read the earlier report `{name}`: {reason}"),
        help: Some("`recto check --audit --output-format json` writes one".to_owned()),
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    EarlierReport::parse(name.clone(), &text).map_err(wrong)
}
