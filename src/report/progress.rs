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

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
