//! Where output goes, and what can be shown there.

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::visible::Lines;
use crate::cli::Color;

/// The streams that recto writes to.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    choice: ColorChoice,
}

/// A report is never wider than this, however wide the window is.
const WIDEST: usize = 120;

impl Terminal {
    /// Streams with colours as asked for: by default on a terminal only, and never if `NO_COLOR` is set.
    pub fn new(color: Color) -> Self {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self { choice }
    }

    /// Standard output for people, buffered; colours are stripped where they are not wanted, and no line is a command
    /// to a build server.
    pub fn stdout(&self) -> BufWriter<Box<dyn Write>> {
        BufWriter::with_capacity(1 << 16, Box::new(Lines::new(AutoStream::new(io::stdout(), self.choice))))
    }

    /// Standard output for texts of recto itself, buffered; colours are stripped where they are not wanted.
    pub fn own_stdout(&self) -> BufWriter<Box<dyn Write>> {
        BufWriter::with_capacity(1 << 16, Box::new(AutoStream::new(io::stdout(), self.choice)))
    }

    /// Standard output for programs, buffered: what is written is what they get.
    pub fn plain_stdout(&self) -> BufWriter<Box<dyn Write>> {
        BufWriter::with_capacity(1 << 16, Box::new(io::stdout()))
    }

    /// Standard error, which is for people.
    pub fn stderr(&self) -> Box<dyn Write> {
        Box::new(Lines::new(AutoStream::new(io::stderr(), self.choice)))
    }

    /// Writes bytes to standard output as they are.
    ///
    /// # Errors
    /// If it does not take them.
    pub fn write_bytes(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// Whether colours reach standard output.
    pub fn has_color(&self) -> bool {
        AutoStream::new(io::stdout(), self.choice).current_choice() != ColorChoice::Never
    }

    /// Says if standard output is shown to somebody, and not kept.
    pub fn is_shown(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether somebody watches standard error.
    pub fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// How many columns a report may take.
    pub fn width(&self) -> usize {
        let window = terminal_size::terminal_size().map(|(width, _)| width.0 as usize);
        window.unwrap_or(100).clamp(40, WIDEST)
    }
}
