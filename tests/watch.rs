//! `recto check --watch`, as a terminal sees it.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

/// Longest time until a line comes: builds without optimisation on a busy machine are slow.
const PATIENCE: Duration = Duration::from_secs(60);

struct Watching {
    program: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn new(folder: &std::path::Path) -> Self {
        Self::of(folder, "")
    }

    /// Watches these files of a folder.
    fn of(folder: &std::path::Path, names: &str) -> Self {
        // One stream for both, so that lines come in the order in which they were written.
        let command =
            concat!("exec '", env!("CARGO_BIN_EXE_recto"), "' check --watch --output-format concise --quiet ");
        let mut program = Command::new("sh")
            .args(["-c", &format!("{command}{names} 2>&1")])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let stream = BufReader::new(program.stdout.take().expect("a pipe"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stream.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { program, lines }
    }

    /// Waits for a line with these words.
    fn wait_for(&self, words: &str) -> String {
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => seen.push(line),
                Err(error) => panic!("no line with `{words}`: {error}; {seen:#?}"),
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It ends when the user ends it.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[test]
fn files_are_checked_again_when_they_change_appear_and_vanish() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.md"), "# A\n\nThe the sea.\n").expect("written");
    let watching = Watching::new(folder.path());
    watching.wait_for("a.md:3:1: repeated-word");
    watching.wait_for("watching 1 file; Ctrl+C ends it");
    fs::write(path("a.md"), "# A\n\nThe sea. [x](b.md)\n").expect("written");
    watching.wait_for("a.md:3:14: broken-link");
    fs::write(path("b.md"), "# B\n\nIt is is there.\n").expect("written");
    watching.wait_for("b.md:3:4: repeated-word");
    watching.wait_for("watching 2 files");
    fs::write(path("recto.toml"), "[rules]\nignore = [\"repeated-wrod\"]\n").expect("written");
    watching.wait_for("did you mean `repeated-word`?");
    fs::write(path("recto.toml"), "[rules]\nignore = [\"repeated-word\"]\n").expect("written");
    watching.wait_for("watching 2 files");
    fs::remove_file(path("b.md")).expect("removed");
    watching.wait_for("a.md:3:14: broken-link");
}

#[test]
fn a_watch_whose_report_nobody_reads_went_on_for_ever() {
    let folder = tempfile::tempdir().expect("a folder");
    // More than a pipe holds.
    fs::write(folder.path().join("a.md"), "The the sea.\n\n".repeat(4_000)).expect("written");
    let command =
        concat!("'", env!("CARGO_BIN_EXE_recto"), "' check --watch --output-format concise --quiet | head -n 1");
    let mut program = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let (sender, ended) = mpsc::channel();
    let mut out = program.stdout.take().expect("a pipe");
    std::thread::spawn(move || {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut out, &mut text).map(|_| sender.send(text))
    });
    let text = ended.recv_timeout(PATIENCE).expect("an end");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(program.wait().expect("an end").success());
}

#[test]
fn a_file_that_is_named_was_not_watched_unless_it_was_markdown() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("notes.txt"), "The sea.\n").expect("written");
    fs::write(path("a.srt"), "1\n00:00:01,000 --> 00:00:02,000\nThe tide.\n").expect("written");
    let watching = Watching::of(folder.path(), "notes.txt a.srt");
    watching.wait_for("watching 2 files");
    fs::write(path("a.srt"), "1\n00:00:01,000 --> 00:00:02,000\nThe the tide.\n").expect("written");
    watching.wait_for("a.srt:3:1: repeated-word");
    fs::write(path("notes.txt"), "It doesn\u{e2}\u{20ac}\u{2122}t.\n").expect("written");
    watching.wait_for("notes.txt:1:");
}
