//! Git, asked by its plumbing commands. The only module that starts a process.
//!
//! Nothing here writes, and nothing that a repository configures is run: no hooks, no file-system monitor, no external
//! differ, no text conversion. Variables by which a hook or a user points git elsewhere are cleared; the index of a hook
//! is given by [`Repository::with_index`].

pub mod changes;
pub mod history;
pub mod patch;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// A work tree under version control.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Absolute path of its top folder.
    top: PathBuf,
    /// Absolute path of another index than its own.
    index: Option<PathBuf>,
}

/// Why git did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitError {
    /// There is no program `git`.
    NotInstalled,
    /// A command failed; its last words.
    Failed(String),
}

impl std::fmt::Display for GitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotInstalled => f.write_str("there is no program `git`"),
            Self::Failed(words) => write!(f, "git failed: {words}"),
        }
    }
}

/// Variables by which a caller points git to another repository, or makes it run something.
const CLEARED: [&str; 11] = [
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_CEILING_DIRECTORIES",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
];

/// Starts git in `folder`.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in CLEARED {
        command.env_remove(name);
    }
    command.envs([("LC_ALL", "C"), ("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0")]);
    for setting in ["core.fsmonitor=false", "core.quotePath=false", "color.ui=false", "diff.external="] {
        command.args(["-c", setting]);
    }
    command
}

fn started(error: &std::io::Error) -> GitError {
    match error.kind() {
        std::io::ErrorKind::NotFound => GitError::NotInstalled,
        _ => GitError::Failed(error.to_string()),
    }
}

/// Returns what a command wrote to standard output.
fn output(mut command: Command) -> Result<Vec<u8>, GitError> {
    let output = command.output().map_err(|error| started(&error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(GitError::Failed(reason(&output.stderr)))
}

/// Returns the reason that git gives on standard error, without the advice after it.
fn reason(stderr: &[u8]) -> String {
    let words = String::from_utf8_lossy(stderr);
    let fatal = words.lines().find_map(|line| line.strip_prefix("fatal: "));
    let last = || words.lines().rfind(|line| !line.trim().is_empty());
    fatal.or_else(last).unwrap_or("no reason given").to_owned()
}

impl Repository {
    /// Returns the repository around an absolute `folder`; `None` if there is none.
    ///
    /// # Errors
    /// If git cannot be started, or refuses the repository.
    pub fn around(folder: &Path) -> Result<Option<Self>, GitError> {
        let mut command = git(folder);
        command.args(["rev-parse", "--show-toplevel"]);
        match output(command) {
            Ok(out) => Ok(line_of(&out).map(|top| Self { top: path_of(top), index: None })),
            Err(GitError::Failed(reason)) if reason.contains("not a git repository") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the repository with the index at an absolute path, if it is one of this repository: a hook of another
    /// one may have left its own in the environment.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn with_index(mut self, index: &Path) -> Result<Self, GitError> {
        let own = self.ask(&["rev-parse", "--absolute-git-dir"])?;
        let is_own = line_of(&own).is_some_and(|own| index.starts_with(path_of(own)));
        let is_foreign = !is_own && index.components().any(|part| part.as_os_str() == ".git");
        self.index = (!is_foreign && index.is_file()).then(|| index.to_path_buf());
        Ok(self)
    }

    /// Starts git at the top folder.
    fn git(&self) -> Command {
        let mut command = git(&self.top);
        if let Some(index) = &self.index {
            command.env("GIT_INDEX_FILE", index);
        }
        command
    }

    /// Returns the absolute path of the top folder.
    pub fn top(&self) -> &Path {
        &self.top
    }

    fn ask(&self, args: &[&str]) -> Result<Vec<u8>, GitError> {
        let mut command = self.git();
        command.args(args);
        output(command)
    }

    /// Returns the answer of a command; `None` if it says by its exit code that there is none.
    fn ask_if(&self, args: &[&str]) -> Result<Option<Vec<u8>>, GitError> {
        let output = self.git().args(args).output().map_err(|error| started(&error))?;
        match output.status.code() {
            Some(0) => Ok(Some(output.stdout)),
            Some(1) => Ok(None),
            _ => Err(GitError::Failed(reason(&output.stderr))),
        }
    }

    /// Returns whether the history is cut off.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        Ok(text_of(&self.ask(&["rev-parse", "--is-shallow-repository"])?).is_some_and(|answer| answer == "true"))
    }

    /// Returns the contents of blobs, in their order; `None` for one that is not here.
    ///
    /// # Errors
    /// If git does not answer, or ends early.
    pub fn contents(&self, blobs: &[&str]) -> Result<Vec<Option<Vec<u8>>>, GitError> {
        if blobs.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = self.git();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| started(&error))?;
        let broken = || GitError::Failed("`git cat-file --batch` ended early".to_owned());
        let (mut to, from) = (child.stdin.take().ok_or_else(broken)?, child.stdout.take().ok_or_else(broken)?);
        let names: String = blobs.iter().flat_map(|blob| [*blob, "\n"]).collect();
        // From a thread of its own, because git stops reading while its answers are not read.
        let asking = thread::spawn(move || to.write_all(names.as_bytes()));
        let mut from = BufReader::new(from);
        let mut contents = Vec::with_capacity(blobs.len());
        for _ in blobs {
            contents.push(content(&mut from).map_err(|_| broken())?);
        }
        // Whatever it has not taken, it has not answered either, which the loop above has seen.
        let _ = asking.join();
        let _ = child.wait();
        Ok(contents)
    }
}

/// Reads one answer of `git cat-file --batch`: "blob type size\n", the content and a line feed, or "blob missing\n".
fn content(from: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut head = String::new();
    if from.read_line(&mut head)? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let Some(size) = head.trim_end().rsplit(' ').next().and_then(|word| word.parse::<usize>().ok()) else {
        return Ok(None);
    };
    let mut bytes = vec![0; size + 1];
    from.read_exact(&mut bytes)?;
    bytes.pop();
    Ok(Some(bytes))
}

fn line_of(out: &[u8]) -> Option<&[u8]> {
    let end = out.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r'))?;
    Some(&out[..=end])
}

fn text_of(out: &[u8]) -> Option<String> {
    String::from_utf8(line_of(out)?.to_vec()).ok()
}

/// Returns a path as git gives it.
fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(OsStr::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    {
        PathBuf::from(OsStr::new(String::from_utf8_lossy(bytes).as_ref()))
    }
}
