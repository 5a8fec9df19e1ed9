//! The commits that changed files, with the content that each left behind.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;

use super::{GitError, Repository, path_of, started};
use std::io::{Read, Write};

/// A commit, as people refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Full name.
    pub name: String,
    /// Day on which it was committed: `2031-04-07`.
    pub date: String,
    /// First line of its message.
    pub subject: String,
}

/// A commit with the files that it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitChanges {
    /// The commit.
    pub commit: Commit,
    /// Paths from the top folder, each with the name of the new content; `None` where the file was deleted.
    pub files: Vec<(PathBuf, Option<String>)>,
}

impl Repository {
    /// Returns the commits that changed any of these files, newest first. Merges are left out, because what they bring in
    /// was changed by other commits. `paths` start at the top folder. Renamed files start where they got their name:
    /// [`Self::renames`] says what they were before.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn changes(&self, paths: &[&Path]) -> Result<Vec<CommitChanges>, GitError> {
        let mut list = self.git();
        list.args(["--literal-pathspecs", "rev-list", "--no-merges", "HEAD", "--"]).args(paths);
        let commits = super::output(list)?;
        let out = self.diff_trees(commits, &["--no-renames", "--format=%x01%H%x00%cs%x00%s%x00"], paths)?;
        Ok(out.split(|byte| *byte == 1).filter_map(changes).collect())
    }

    /// Returns the files that these commits renamed: for each the name of the commit, the new path and the old one.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn renames(&self, commits: &[&str]) -> Result<Vec<(String, PathBuf, PathBuf)>, GitError> {
        let list: String = commits.iter().flat_map(|commit| [*commit, "\n"]).collect();
        let args = ["--find-renames", "--diff-filter=R", "--format=%x01%H%x00"];
        let out = self.diff_trees(list.into_bytes(), &args, &[])?;
        Ok(out.split(|byte| *byte == 1).flat_map(renames).collect())
    }

    /// Returns what `git diff-tree` writes about commits, each given by its name on a line of its own, and about these files,
    /// or all.
    fn diff_trees(&self, commits: Vec<u8>, args: &[&str], paths: &[&Path]) -> Result<Vec<u8>, GitError> {
        let mut command = self.git();
        command.args(["--literal-pathspecs", "diff-tree", "--stdin", "-r", "-z", "--root", "--raw", "--no-abbrev"]);
        command.args(["--no-ext-diff", "--no-textconv"]).args(args).arg("--").args(paths);
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| started(&error))?;
        let broken = || GitError::Failed("`git diff-tree --stdin` ended early".to_owned());
        let (mut to, mut from) = (child.stdin.take().ok_or_else(broken)?, child.stdout.take().ok_or_else(broken)?);
        // From a thread of its own, because git stops reading while its answers are not read.
        let asking = thread::spawn(move || to.write_all(&commits));
        let mut out = Vec::new();
        from.read_to_end(&mut out).map_err(|_| broken())?;
        let _ = asking.join();
        if !child.wait().is_ok_and(|status| status.success()) {
            return Err(broken());
        }
        Ok(out)
    }
}

/// Reads the renames of one commit: its name, then ":mode mode old new status", the old and the new path of each.
fn renames(record: &[u8]) -> Vec<(String, PathBuf, PathBuf)> {
    let mut fields = record.split(|byte| *byte == 0);
    let Some(name) = fields.next().map(|name| String::from_utf8_lossy(name).into_owned()) else { return Vec::new() };
    let mut found = Vec::new();
    while let Some(field) = fields.next() {
        if !String::from_utf8_lossy(field).trim_start().starts_with(':') {
            continue;
        }
        let (Some(old), Some(new)) = (fields.next(), fields.next()) else { break };
        found.push((name.clone(), path_of(new), path_of(old)));
    }
    found
}

/// Reads one commit: its name, date and subject, then ":mode mode old new status" and a path for each file.
fn changes(record: &[u8]) -> Option<CommitChanges> {
    let mut fields = record.split(|byte| *byte == 0);
    let mut text = || Some(String::from_utf8_lossy(fields.next()?).into_owned());
    let commit = Commit { name: text()?, date: text()?, subject: text()? };
    let mut files = Vec::new();
    let mut fields = record.split(|byte| *byte == 0).skip(3);
    while let Some(field) = fields.next() {
        let field = String::from_utf8_lossy(field);
        let Some(raw) = field.trim_start().strip_prefix(':') else { continue };
        let mut words = raw.split(' ');
        let (Some(blob), Some(status), Some(path)) = (words.nth(3), words.next(), fields.next()) else { break };
        files.push((path_of(path), (!status.starts_with('D')).then(|| blob.to_owned())));
    }
    Some(CommitChanges { commit, files })
}
