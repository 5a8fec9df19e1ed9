//! A progress bar on standard error, for runs that take noticeable time.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::terminal::Terminal;

/// Time after which the bar appears (a guess): shorter runs need none.
const PATIENCE: Duration = Duration::from_millis(400);

/// Shows the number of files that are done. Disappears when dropped.
#[derive(Debug)]
pub struct Progress {
    doing: &'static str,
    total: usize,
    done: usize,
    start: Instant,
    bar: Option<ProgressBar>,
    watched: bool,
}

impl Progress {
    /// Creates a bar for `total` files, none of which is done.
    pub fn new(doing: &'static str, total: usize, terminal: &Terminal) -> Self {
        Self { doing, total, done: 0, start: Instant::now(), bar: None, watched: terminal.is_watched() }
    }

    /// Adds to the number of files that are done.
    pub fn advance(&mut self, files: usize) {
        self.done += files;
        if !self.watched || self.start.elapsed() < PATIENCE {
            return;
        }
        let (total, doing) = (self.total as u64, self.doing);
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(total);
            let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} files {eta}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_message(doing);
            bar
        });
        bar.set_position(self.done as u64);
    }
}

/// Shows how many documents and rules are done, which rules over several documents are at work, and for about how long
/// they will be. Disappears when dropped.
#[derive(Debug)]
pub struct LintProgress {
    start: Instant,
    watched: bool,
    state: Mutex<LintState>,
}

#[derive(Debug, Default)]
struct LintState {
    total: usize,
    done: usize,
    /// The rules over several documents that are at work, once for each work that they check.
    rules: Vec<&'static str>,
    bar: Option<ProgressBar>,
}

impl LintProgress {
    /// Creates a bar that appears when the run turns out to be long.
    pub fn new(terminal: &Terminal) -> Self {
        Self { start: Instant::now(), watched: terminal.is_watched(), state: Mutex::default() }
    }

    /// Starts over, with these numbers of documents and of rules over several documents.
    pub fn begin(&self, documents: usize, rules: usize) {
        self.update(|state| (state.done, state.total) = (0, documents + rules));
    }

    /// Counts a document whose own rules are done.
    pub fn end_document(&self) {
        self.update(|state| state.done += 1);
    }

    /// Names a rule over several documents.
    pub fn begin_rule(&self, rule: &'static str) {
        self.update(|state| state.rules.push(rule));
    }

    /// Counts a rule over several documents.
    pub fn end_rule(&self, rule: &'static str) {
        self.update(|state| {
            state.done += 1;
            let ended = state.rules.iter().position(|other| *other == rule);
            ended.map(|at| state.rules.swap_remove(at));
        });
    }

    fn update(&self, change: impl FnOnce(&mut LintState)) {
        if !self.watched {
            return;
        }
        let Ok(mut state) = self.state.lock() else { return };
        change(&mut state);
        if self.start.elapsed() < PATIENCE {
            return;
        }
        let (done, total) = (state.done as u64, state.total as u64);
        let doing = match state.rules.first() {
            None => "checking".to_owned(),
            Some(rule) => format!("checking: {rule}"),
        };
        let bar = state.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(total);
            let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} % {eta}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        bar.set_message(doing);
        bar.set_length(total);
        bar.set_position(done);
    }
}

impl Drop for LintProgress {
    fn drop(&mut self) {
        if let Ok(LintState { bar: Some(bar), .. }) = self.state.get_mut() {
            bar.finish_and_clear();
        }
    }
}

/// A spinner with the name of a phase whose length nobody knows, for many files. Disappears when dropped.
#[derive(Debug)]
pub struct Phase {
    bar: Option<ProgressBar>,
}

/// Number of files from which on a phase is named (a guess: fewer take less than a second).
const MANY_FILES: usize = 500;
/// Time between two pictures of the spinner.
const TICK: Duration = Duration::from_millis(120);

impl Phase {
    /// Names a phase of a run over `files` files.
    pub fn new(doing: String, files: usize, terminal: &Terminal) -> Self {
        let is_shown = terminal.is_watched() && files >= MANY_FILES;
        let bar = is_shown.then(|| {
            let bar = ProgressBar::new_spinner();
            let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.set_message(doing);
            bar.enable_steady_tick(TICK);
            bar
        });
        Self { bar }
    }
}

impl Drop for Phase {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
