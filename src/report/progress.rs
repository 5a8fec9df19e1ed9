//! A progress bar on standard error, for runs that take noticeable time.

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
