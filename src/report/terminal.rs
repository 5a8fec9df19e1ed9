//! The streams for output, and their abilities.

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::build_server::SafeLines;
use crate::cli::Color;

/// The streams that recto writes to.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    choice: ColorChoice,
}

/// Maximum width of a report, in columns (a guess): longer lines are hard to read, even in a wide window.
const MAX_REPORT_COLUMNS: usize = 120;

impl Terminal {
    /// Returns the streams with colours as asked for: by default only on a terminal, and never if `NO_COLOR` is set.
    pub fn new(color: Color) -> Self {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self { choice }
    }

    /// Returns standard output for people, buffered. Colours are stripped where they are disabled, and no line is a
    /// command to a build server.
    pub fn stdout(&self) -> BufWriter<Box<dyn Write>> {
        BufWriter::with_capacity(1 << 16, Box::new(SafeLines::new(AutoStream::new(io::stdout(), self.choice))))
    }

    /// Returns standard output for recto's own texts, buffered. Colours are stripped where they are disabled.
    pub fn own_stdout(&self) -> BufWriter<Box<dyn Write>> {
        BufWriter::with_capacity(1 << 16, Box::new(AutoStream::new(io::stdout(), self.choice)))
    }

    /// Returns standard output for programs, buffered and unfiltered.
    pub fn plain_stdout(&self) -> BufWriter<Box<dyn Write>> {
        BufWriter::with_capacity(1 << 16, Box::new(io::stdout()))
    }

    /// Returns standard error, which is for people.
    pub fn stderr(&self) -> Box<dyn Write> {
        Box::new(SafeLines::new(AutoStream::new(io::stderr(), self.choice)))
    }

    /// Writes bytes to standard output, unfiltered.
    ///
    /// # Errors
    /// If writing to standard output fails.
    pub fn write_bytes(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// Returns true if colours are enabled on standard output.
    pub fn has_color(&self) -> bool {
        AutoStream::new(io::stdout(), self.choice).current_choice() != ColorChoice::Never
    }

    /// Returns true if standard output is a terminal, not a file or a pipe.
    pub fn is_shown(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Returns true if standard error is a terminal.
    pub fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Returns the width of a report, in columns.
    pub fn width(&self) -> usize {
        let window = terminal_size::terminal_size().map(|(width, _)| width.0 as usize);
        window.unwrap_or(100).clamp(40, MAX_REPORT_COLUMNS)
    }
}
