//! Changes of files, as the system reports them, and `recto check --watch`, which checks after each.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::check::{known, settings_of};
use super::gather::{Gathered, Request, gather_again, is_stdin};
use super::outcome::{Done, Outcome};
use super::{Failure, tell};
use crate::api::originals::with_originals;
use crate::baseline::FILE_NAME;
use crate::cli::{CheckArgs, Cli};
use crate::input::reuse::Reuse;
use crate::input::{containers, load};
use crate::lint::{LocalFindings, lint_again};
use crate::model::document::Format;
use crate::model::target::normalized;
use crate::pair::pair;
use crate::report::count;
use crate::report::terminal::Terminal;
use crate::settings::{Settings, UsageError};

/// Time without a further change after which files are checked (a guess): editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(50);

/// Clears a terminal and puts the cursor at its top.
const CLEAR: &str = "\x1B[2J\x1B[3J\x1B[H";

/// Documents and findings of the last round.
#[derive(Default)]
struct Earlier {
    reuse: Reuse,
    local: LocalFindings,
}

/// Checks, and checks again whenever a file changes, until the user ends it.
pub(super) fn watch(cli: &Cli, args: &CheckArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    if args.paths.iter().any(|path| is_stdin(path)) {
        let message = "standard input cannot be watched".to_owned();
        return Err(UsageError { message, help: Some("name files or folders".to_owned()) }.into());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).build();
    let pool = pool.map_err(|error| UsageError { message: error.to_string(), help: None })?;
    let settings = settings_of(cli, args, terminal)?;
    let (sender, changes) = mpsc::channel();
    let places = watched(args, &settings);
    let named = args.paths.iter().map(|path| normalized(&settings.working_dir.join(path))).collect();
    let watcher = Watcher::new(&places, named, move |paths| drop(sender.send(paths)));
    let _watcher = watcher.map_err(|error| UsageError {
        message: format!("the files cannot be watched: {error}"),
        help: Some("run `recto check` again whenever they change".to_owned()),
    })?;
    let mut earlier = Earlier::default();
    loop {
        if terminal.is_shown() {
            terminal.write_bytes(CLEAR.as_bytes())?;
        }
        let files = match pool.install(|| round(cli, args, terminal, &mut earlier)) {
            Ok(Round::Told(files)) => files,
            Ok(Round::Unread) => return Ok(ExitCode::SUCCESS),
            Err(failure) => {
                tell(failure, terminal);
                earlier = Earlier::default();
                0
            }
        };
        writeln!(terminal.stderr(), "watching {}; Ctrl+C ends it", count(files, "file"))?;
        match next(&changes) {
            Some(changed) => earlier.reuse.changed = changed,
            None => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// Waits for changes, and for a pause after them. `None` if there will be none.
fn next(changes: &Receiver<Vec<PathBuf>>) -> Option<BTreeSet<PathBuf>> {
    let mut changed: BTreeSet<PathBuf> = changes.recv().ok()?.into_iter().collect();
    while let Ok(more) = changes.recv_timeout(QUIET) {
        changed.extend(more);
    }
    Some(changed)
}

/// Outcome of checking once.
enum Round {
    /// The report is written; the number of files.
    Told(usize),
    /// Nobody reads the report any more.
    Unread,
}

/// Checks once.
fn round(cli: &Cli, args: &CheckArgs, terminal: &Terminal, earlier: &mut Earlier) -> Result<Round, Failure> {
    let start = Instant::now();
    let settings = settings_of(cli, args, terminal)?;
    let request = Request::of(args);
    let known = known(args, &settings)?;
    let reuse = std::mem::take(&mut earlier.reuse);
    let Gathered { collection, settings, left_out, warnings, stamps, .. } =
        gather_again(cli, &request, settings, terminal, Some(reuse))?;
    let collection = pair(with_originals(collection), &settings);
    let findings = lint_again(&collection, &settings, &mut earlier.local, &|| false).unwrap_or_default();
    let outcome = Outcome {
        args,
        settings: &settings,
        terminal,
        start,
        known,
        before: None,
        left_out,
        is_closed: Cell::new(false),
    };
    outcome.report(&collection, findings, &warnings, Done::default())?;
    let files = collection.judged().count();
    earlier.reuse.remember(collection.documents, &stamps);
    Ok(if outcome.is_closed.get() { Round::Unread } else { Round::Told(files) })
}

/// Returns the folders to watch: those of what is named and, if there is a configuration, its own, which holds the files
/// that others are judged with.
fn watched(args: &CheckArgs, settings: &Settings) -> Vec<PathBuf> {
    let absolute = |path: &PathBuf| normalized(&settings.working_dir.join(path));
    let folder = |path: PathBuf| match path.is_dir() {
        true => path,
        false => path.parent().map_or_else(|| settings.working_dir.clone(), Path::to_path_buf),
    };
    let mut folders: Vec<PathBuf> = args.paths.iter().map(absolute).map(folder).collect();
    folders.extend(settings.is_configured().then(|| settings.root.clone()));
    folders.sort();
    folders.dedup_by(|later, first| later.starts_with(&*first));
    folders
}

/// A watch over files and folders; it ends when this value is dropped.
pub(super) struct Watcher(#[expect(dead_code, reason = "ends the watch when it is dropped")] RecommendedWatcher);

impl Watcher {
    /// Calls `changed` with the files below `places` that changed and that recto may read: those with text for people, its
    /// settings and its baseline, and those in `named`, absolute like the places.
    ///
    /// # Errors
    /// If the system cannot watch one of the places.
    pub(super) fn new(
        places: &[PathBuf],
        named: Vec<PathBuf>,
        changed: impl Fn(Vec<PathBuf>) + Send + 'static,
    ) -> notify::Result<Self> {
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if matches!(event.kind, EventKind::Access(_)) {
                return;
            }
            let paths: Vec<PathBuf> =
                event.paths.into_iter().filter(|path| is_of_interest(path) || named.contains(path)).collect();
            if !paths.is_empty() {
                changed(paths);
            }
        })?;
        for place in places {
            watcher.watch(place, RecursiveMode::Recursive)?;
        }
        Ok(Self(watcher))
    }
}

/// Returns whether a change of the file can change the findings, whatever was named. A folder, which has no ending, may hold such files.
fn is_of_interest(path: &Path) -> bool {
    let is_named = |name: &str| path.file_name() == Some(OsStr::new(name));
    let is_internal = path.components().any(|part| part.as_os_str() == ".git");
    let has_rows = path.extension().is_some_and(|end| ["csv", "tsv", "jsonl"].iter().any(|rows| end == *rows));
    let is_container = containers::kind_of(path).is_some() || has_rows;
    let may_be_text = load::format_of(path) == Format::Markdown || path.extension().is_none() || is_container;
    !is_internal && (may_be_text || is_named("recto.toml") || is_named("recto.json") || is_named(FILE_NAME))
}
