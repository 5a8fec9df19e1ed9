//! Unified diffs of fixes: with control characters made visible on a terminal, byte for byte in a pipe or file.

use std::io::{self, Write};

use owo_colors::Style;
use similar::{Algorithm, ChangeTag, capture_diff_slices, group_diff_ops};

use super::terminal::Terminal;
use super::visible::visible;
use crate::model::source::{Origin, Source};

/// Lines of context around each change, as in `diff -u`.
const DIFF_CONTEXT_LINES: usize = 3;

/// Writes the difference between two states of a file to standard output.
///
/// # Errors
/// If writing to standard output fails.
pub fn write(before: &Source, after: &Source, terminal: &Terminal) -> io::Result<()> {
    let paint = Paint(terminal.has_color());
    if terminal.is_shown() {
        let mut out = terminal.stdout();
        let text = |source: &Source| [if source.has_bom() { "\u{FEFF}" } else { "" }, source.file_text()].concat();
        let name = visible(before.display());
        let line = |line: &[u8]| {
            let line = String::from_utf8_lossy(line).replace('\t', "    ");
            // In a file with CRLF, the carriage return is part of every line.
            let (line, end) = line.strip_suffix('\r').map_or((&*line, ""), |line| (line, "\r"));
            format!("{}{end}", visible(line)).into_bytes()
        };
        unified(
            (before, text(before).as_bytes()),
            (after, text(after).as_bytes()),
            (&format!("a/{name}"), &format!("b/{name}")),
            line,
            paint,
            &mut out,
        )?;
        return out.flush();
    }
    let mut out = terminal.plain_stdout();
    let (old, new) = (before.bytes(), after.bytes());
    // On Unix a backslash is part of the name.
    let path = before.path().as_os_str().as_encoded_bytes();
    let path = path.strip_prefix(b"./").unwrap_or(path);
    let name = if cfg!(windows) { before.display().as_bytes() } else { path };
    unified(
        (before, &old),
        (after, &new),
        (&header_name("a/", name), &header_name("b/", name)),
        <[u8]>::to_vec,
        paint,
        &mut out,
    )?;
    out.flush()
}

/// Returns the name of a file after `side` in the form that git and patch parse: quoted if it has a character that would
/// end it or a byte that is not UTF-8, and followed by a tab if it has spaces.
fn header_name(side: &str, name: &[u8]) -> String {
    let needs_quotes = |c: char| c.is_ascii_control() || matches!(c, '"' | '\\');
    if let Ok(name) = std::str::from_utf8(name)
        && !name.contains(needs_quotes)
    {
        return format!("{side}{name}{}", if name.contains(' ') { "\t" } else { "" });
    }
    let mut quoted = format!("\"{side}");
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => quoted.extend(['\\', c]),
                '\n' => quoted.push_str("\\n"),
                '\t' => quoted.push_str("\\t"),
                c if needs_quotes(c) => quoted.push_str(&format!("\\{:03o}", c as u32)),
                c => quoted.push(c),
            }
        }
        quoted.extend(chunk.invalid().iter().map(|byte| format!("\\{byte:03o}")));
    }
    quoted + "\""
}

/// Colours, where they are enabled.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn line(self, style: Style, line: &[u8], out: &mut dyn Write) -> io::Result<()> {
        if !self.0 {
            out.write_all(line)?;
            return out.write_all(b"\n");
        }
        write!(out, "{}", style.prefix_formatter())?;
        out.write_all(line)?;
        writeln!(out, "{}", style.suffix_formatter())
    }
}

fn unified(
    (before, old): (&Source, &[u8]),
    (after, new): (&Source, &[u8]),
    names: (&str, &str),
    shown: impl Fn(&[u8]) -> Vec<u8>,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    if before.origin() != after.origin() {
        let from = match before.origin() {
            Origin::Encoded(name) => name,
            _ => "mixed encodings",
        };
        let name = visible(before.display());
        paint.line(Style::new().dimmed(), format!("# {name}: from {from} to UTF-8").as_bytes(), out)?;
    }
    let lines = |bytes| <[u8]>::split_inclusive(bytes, |byte| *byte == b'\n').collect::<Vec<&[u8]>>();
    let (old, new) = (lines(old), lines(new));
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let groups = group_diff_ops(ops, DIFF_CONTEXT_LINES);
    if groups.is_empty() {
        return Ok(());
    }
    paint.line(Style::new().bold(), format!("--- {}", names.0).as_bytes(), out)?;
    paint.line(Style::new().bold(), format!("+++ {}", names.1).as_bytes(), out)?;
    for group in groups {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let range = |start: usize, end: usize| match end - start {
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            len => format!("{},{len}", start + 1),
        };
        let old_range = range(first.old_range().start, last.old_range().end);
        let new_range = range(first.new_range().start, last.new_range().end);
        paint.line(Style::new().cyan(), format!("@@ -{old_range} +{new_range} @@").as_bytes(), out)?;
        for change in group.iter().flat_map(|op| op.iter_changes(&old, &new)) {
            let (sign, style) = match change.tag() {
                ChangeTag::Equal => (b" ", Style::new()),
                ChangeTag::Delete => (b"-", Style::new().red()),
                ChangeTag::Insert => (b"+", Style::new().green()),
            };
            let text = change.value();
            let line = text.strip_suffix(b"\n").unwrap_or(text);
            paint.line(style, &[sign.as_slice(), &shown(line)].concat(), out)?;
            if !text.ends_with(b"\n") {
                paint.line(Style::new(), b"\\ No newline at end of file", out)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_git_reads_them() {
        let named = |name: &str| header_name("a/", name.as_bytes());
        assert_eq!(named("plain.md"), "a/plain.md");
        assert_eq!(named("my notes.md"), "a/my notes.md\t");
        assert_eq!(named("é\u{1b}[31m\n.md"), "\"a/é\\033[31m\\n.md\"");
        assert_eq!(named("say \"so\"\\.md"), "\"a/say \\\"so\\\"\\\\.md\"");
    }

    #[test]
    fn a_name_that_is_not_utf8_made_a_patch_that_git_refused() {
        assert_eq!(header_name("b/", b"caf\xE9 x.md"), "\"b/caf\\351 x.md\"");
    }
}
