//! `recto baseline`: record the findings of today.

use std::path::PathBuf;
use std::process::ExitCode;

use super::gather::{ContextFiles, Gathered, Request, gather};
use super::known::{Baseline, DocumentNames, without};
use super::{Failure, settings};
use crate::api::originals::with_originals;
use crate::baseline::{self, BaselineEntry, FILE_NAME, is_recorded};
use crate::cli::{BaselineArgs, Cli};
use crate::fix::write;
use crate::lint::{lint, registry};
use crate::model::finding::Finding;
use crate::pair::pair;
use crate::report::count;
use crate::report::terminal::Terminal;
use crate::settings::{RulePatch, Selector, Settings, Tiers, UsageError};

/// Rules whose findings are recorded only if they are named, because lost text must not be out of sight.
const NEVER_UNASKED: [&str; 1] = ["lost-character"];

/// Carries out `recto baseline`.
pub(super) fn baseline(cli: &Cli, args: &BaselineArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let settings = settings(cli, &args.paths, terminal)?.with_command_line(RulePatch::default(), Tiers::Gate);
    let included = args.include.iter().map(|name| Selector::parse(name, &registry()));
    let included: Vec<Selector> = included.collect::<Result<_, UsageError>>()?;
    let is_wanted = |finding: &Finding| {
        let named = || included.iter().any(|selector| selector.covers(finding.rule, finding.family));
        !NEVER_UNASKED.contains(&finding.rule) || named()
    };
    let old = Baseline::load(&settings)?;
    if old.is_some() && !args.update {
        return Err(UsageError {
            message: format!("`{FILE_NAME}` is already there"),
            help: Some(
                "`recto baseline --update` drops what is mended; with --grow it takes in new findings as well"
                    .to_owned(),
            ),
        }
        .into());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).build();
    let pool = pool.map_err(|error| UsageError { message: error.to_string(), help: None })?;
    pool.install(|| {
        let request =
            Request { paths: &args.paths, stdin_name: None, context: ContextFiles::Read, force_exclude: false };
        let Gathered { collection, settings, .. } = gather(cli, &request, settings, terminal)?;
        let collection = pair(with_originals(collection), &settings);
        let mut findings = lint(&collection, &settings);
        findings.retain(is_recorded);
        let names = DocumentNames::new(&collection, &settings);
        let first = old.is_none();
        let old = old.unwrap_or_else(|| Baseline { path: settings.root.join(FILE_NAME), entries: Vec::new() });
        let divided = old.divide(&findings, &collection, &args.paths, &settings);
        let mut new_ones = without(findings, &divided.explained);
        let new = new_ones.len();
        new_ones.retain(is_wanted);
        let left_out = new - new_ones.len();
        let dropped = divided.stale.iter().map(|count| *count as usize).sum();
        let mut entries = divided.still_true;
        let mut added = 0;
        if first || args.grow {
            for place in names.places(&new_ones) {
                added += 1;
                let (path, rule) = (place.path.to_owned(), place.rule.to_owned());
                entries.push(BaselineEntry { path, rule, fingerprint: place.fingerprint, count: 1 });
            }
        }
        let text = baseline::to_text(entries);
        write::create(&old.path, text.as_bytes()).map_err(|error| unwritable(&settings, &error))?;
        let outcome = BaselineChanges { first, added, dropped, new: new_ones.len(), left_out };
        terminal.write_bytes(outcome.text(&text).as_bytes())?;
        Ok(ExitCode::SUCCESS)
    })
}

fn unwritable(settings: &Settings, error: &std::io::Error) -> UsageError {
    let path: PathBuf = settings.root.join(FILE_NAME);
    UsageError { message: format!("cannot write `{}`: {error}", path.display()), help: None }
}

/// Changes of the file.
struct BaselineChanges {
    first: bool,
    added: usize,
    dropped: usize,
    new: usize,
    left_out: usize,
}

impl BaselineChanges {
    fn text(&self, file: &str) -> String {
        let total: usize =
            baseline::parse(file).map_or(0, |entries| entries.iter().map(|one| one.count as usize).sum());
        let mut lines = Vec::new();
        if self.first {
            lines.push(format!(
                "{FILE_NAME}: {} recorded; `recto check` reports only new ones from now on",
                count(total, "finding")
            ));
            lines.push(
                "put the file under version control; after mending, `recto baseline --update` makes it smaller"
                    .to_owned(),
            );
        } else {
            lines.push(format!("{FILE_NAME}: {} dropped, {} added, {total} left", self.dropped, self.added));
            if self.new > 0 && self.added == 0 {
                let are = if self.new == 1 { "is" } else { "are" };
                lines.push(format!("{} {are} new and not recorded; --grow takes them in", count(self.new, "finding")));
            }
        }
        if self.left_out > 0 {
            let are = if self.left_out == 1 { "is" } else { "are" };
            let names = NEVER_UNASKED.join(", ");
            lines.push(format!(
                "{} of {names} {are} not recorded, because lost text must stay in sight; `--include {names}` records it",
                count(self.left_out, "finding")
            ));
        }
        lines.push(String::new());
        lines.join("\n")
    }
}
