//! A writer that keeps output from being run as commands by a build server.
//!
//! Knows lines of bytes; not what they say.

use std::io::{self, Write};

/// Commands that build servers run anywhere in a line, as in `##[error]` and `##vso[task]`, by the text after the `##`.
/// Sources: the registered commands of actions/runner (`ActionCommandManager`), the logging commands of Azure Pipelines
/// and the service messages of TeamCity.
const COMMANDS: [&str; 18] = [
    "[add-mask",
    "[add-matcher",
    "[add-path",
    "[command",
    "[debug",
    "[echo",
    "[endgroup",
    "[error",
    "[group",
    "[notice",
    "[remove-matcher",
    "[save-state",
    "[section",
    "[set-env",
    "[set-output",
    "[warning",
    "vso[",
    "teamcity[",
];

/// A writer that changes every line which a build server would run as a command: a line that starts with `::`, or has
/// `##[error]`.
#[derive(Debug)]
pub(super) struct SafeLines<W: Write> {
    out: W,
    line: Vec<u8>,
    is_begun: bool,
}

impl<W: Write> SafeLines<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, line: Vec::new(), is_begun: false }
    }

    fn write_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let start = if self.is_begun { None } else { command_start(&line) };
        self.is_begun = !line.ends_with(b"\n");
        let mut rest: &[u8] = &line;
        if let Some(at) = start {
            self.out.write_all(&line[..at])?;
            self.out.write_all(b"\\u{3a}")?;
            rest = &line[at + 1..];
        }
        while let Some(at) = memchr::memmem::find(rest, b"##") {
            let (before, after) = rest.split_at(at + 1);
            let is_command = COMMANDS.iter().any(|command| after[1..].starts_with(command.as_bytes()));
            self.out.write_all(before)?;
            if is_command {
                self.out.write_all(b"\\u{23}")?;
            }
            rest = &after[usize::from(is_command)..];
        }
        self.out.write_all(rest)
    }
}

impl<W: Write> Write for SafeLines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(line);
            if line.ends_with(b"\n") {
                self.write_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.write_line()?;
        }
        self.out.flush()
    }
}

impl<W: Write> Drop for SafeLines<W> {
    fn drop(&mut self) {
        // A caller that needs the error flushes explicitly.
        let _ = self.flush();
    }
}

/// Returns the offset of `::` in the line, if only white space and colours precede it.
fn command_start(line: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = line.get(at..)?;
        if rest.starts_with(b"::") {
            return Some(at);
        }
        at += match rest.first()? {
            b'\x1b' => rest.iter().position(|byte| byte.is_ascii_alphabetic())? + 1,
            byte if byte.is_ascii_whitespace() => 1,
            // Build servers accept non-ASCII white space as well.
            _ => {
                let c = String::from_utf8_lossy(rest.get(..rest.len().min(4))?).chars().next()?;
                if c.is_whitespace() { c.len_utf8() } else { return None }
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pieces: &[&str]) -> String {
        let mut out = Vec::new();
        let mut lines = SafeLines::new(&mut out);
        for piece in pieces {
            lines.write_all(piece.as_bytes()).expect("memory takes it");
        }
        drop(lines);
        String::from_utf8(out).expect("text stays text")
    }

    #[test]
    fn no_line_is_a_command_to_a_build_server() {
        assert_eq!(written(&["::err", "or::x\n", "a ::b\n"]), "\\u{3a}:error::x\na ::b\n");
        assert_eq!(written(&[" \u{1b}[31m\u{a0}::warning::x\n"]), " \u{1b}[31m\u{a0}\\u{3a}:warning::x\n");
        assert_eq!(written(&["see ##[error]x and ##[link]\n"]), "see #\\u{23}[error]x and ##[link]\n");
        assert_eq!(written(&["####[error]x ##vso[task]\n"]), "###\\u{23}[error]x #\\u{23}vso[task]\n");
        assert_eq!(written(&["std::fs\n:: "]), "std::fs\n\\u{3a}: ");
    }
}
