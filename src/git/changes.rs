//! The files in which a commit, the index and the work tree differ.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{GitError, Repository, path_of, text_of};

/// A file that differs between two states of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Path and content before; `None` where there was no regular file.
    pub old: Option<(PathBuf, String)>,
    /// Path after; `None` where there is no regular file.
    pub new: Option<PathBuf>,
}

/// The files that the index lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tracked {
    /// Paths of files, from the top folder.
    pub files: BTreeSet<PathBuf>,
    /// Paths of submodules, from the top folder.
    pub submodules: BTreeSet<PathBuf>,
    /// Paths of files whose merge is not resolved, from the top folder.
    pub unmerged: BTreeSet<PathBuf>,
}

/// State of the files that a commit is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComparedState {
    /// The files on the disk, as far as the index lists them.
    WorkTree,
    /// The files that the next commit will have.
    Index,
}

/// The commit from which two lines of development go apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeBase {
    /// Its full name.
    Commit(String),
    /// The clone lacks the part of the history that would tell.
    CutOff,
    /// There is none.
    None,
}

/// Least similarity of a file that is taken for another one renamed, as git has it by default.
const RENAMED: &str = "-M50%";
/// Maximum number of files that are compared with each other for renames, as git has it by default.
const MOST_RENAMED: &str = "-l1000";

/// Mode of a submodule in the index.
const SUBMODULE: &str = "160000";

impl Repository {
    /// Returns the full name of the commit that `revision` means; `None` if there is none in this clone.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn commit(&self, revision: &str) -> Result<Option<String>, GitError> {
        // Otherwise git would read it as an option.
        if revision.starts_with('-') || revision.is_empty() {
            return Ok(None);
        }
        let wanted = format!("{revision}^{{commit}}");
        let found = self.ask_if(&["rev-parse", "--verify", "--quiet", &wanted])?;
        Ok(found.and_then(|out| text_of(&out)).filter(|name| !name.is_empty()))
    }

    /// Returns the commit from which `one` and `other`, both full names, go apart.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<MergeBase, GitError> {
        let base = self.ask_if(&["merge-base", one, other])?.and_then(|out| text_of(&out));
        match base {
            None if self.is_shallow()? => Ok(MergeBase::CutOff),
            None => Ok(MergeBase::None),
            // No commit is nearer than one of the two.
            Some(base) if base == one || base == other => Ok(MergeBase::Commit(base)),
            Some(base) if self.is_shallow()? => {
                // Where the history between the two and their base is cut, a nearer one may be missing.
                let cut = self.ask(&["rev-list", "--max-parents=0", "--max-count=1", one, other, "--not", &base])?;
                Ok(if cut.is_empty() { MergeBase::Commit(base) } else { MergeBase::CutOff })
            }
            Some(base) => Ok(MergeBase::Commit(base)),
        }
    }

    /// Returns the name of the tree without files, which need not be in the repository.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn empty_tree(&self) -> Result<String, GitError> {
        let name = self.ask(&["hash-object", "-t", "tree", "--stdin"])?;
        text_of(&name).ok_or_else(|| GitError::Failed("it gave the empty tree no name".to_owned()))
    }

    /// Returns the files in which `tree`, a full name, and a state differ. Submodules and symbolic links are left out.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn differences(&self, tree: &str, state: ComparedState) -> Result<Vec<FileChange>, GitError> {
        let mut args = vec!["diff-index", "--raw", "-z", "--no-abbrev", "--no-ext-diff", "--no-textconv"];
        args.extend(["--ignore-submodules=dirty", RENAMED, MOST_RENAMED]);
        if state == ComparedState::Index {
            args.push("--cached");
        }
        args.extend([tree, "--"]);
        Ok(file_changes(&self.ask(&args)?))
    }

    /// Returns the files whose content on the disk is not that of the index; `old` is that of the index.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn unstaged(&self) -> Result<Vec<FileChange>, GitError> {
        let mut args = vec!["diff-files", "--raw", "-z", "--no-abbrev", "--no-ext-diff", "--no-textconv"];
        args.extend(["--ignore-submodules=dirty", "--no-renames"]);
        Ok(file_changes(&self.ask(&args)?))
    }

    /// Returns the files and submodules that the index lists.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn tracked(&self) -> Result<Tracked, GitError> {
        let out = self.ask(&["ls-files", "--stage", "-z"])?;
        let mut tracked = Tracked::default();
        for entry in out.split(|byte| *byte == 0) {
            let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
            let path = path_of(&entry[tab + 1..]);
            // "mode blob stage": a file that is merged has the stage 0.
            if !entry[..tab].ends_with(b"0") {
                tracked.unmerged.insert(path.clone());
            }
            let is_submodule = entry.starts_with(SUBMODULE.as_bytes());
            if is_submodule { &mut tracked.submodules } else { &mut tracked.files }.insert(path);
        }
        Ok(tracked)
    }

    /// Returns the name of the remote repository that a revision such as `origin/main` names, and the branch there.
    ///
    /// # Errors
    /// If git does not answer.
    pub fn remote_branch(&self, revision: &str) -> Result<Option<(String, String)>, GitError> {
        let remotes = text_of(&self.ask(&["remote"])?).unwrap_or_default();
        let revision = revision.strip_prefix("refs/remotes/").unwrap_or(revision);
        let of = |remote: &str| {
            let branch = revision.strip_prefix(remote)?.strip_prefix('/')?;
            Some((remote.to_owned(), branch.to_owned()))
        };
        Ok(remotes.lines().find_map(of))
    }
}

/// Reads the output of `--raw -z`: ":mode mode blob blob status", then a path, or two where a file was renamed.
fn file_changes(out: &[u8]) -> Vec<FileChange> {
    let mut fields = out.split(|byte| *byte == 0);
    let mut changes = Vec::new();
    while let Some(field) = fields.next() {
        let field = String::from_utf8_lossy(field);
        let Some(raw) = field.strip_prefix(':') else { continue };
        let words: Vec<&str> = raw.split(' ').collect();
        let [old_mode, new_mode, blob, _, status] = words[..] else { break };
        let Some(old) = fields.next().map(path_of) else { break };
        let new = if status.starts_with(['R', 'C']) { fields.next().map(path_of) } else { None };
        let is_file = |mode: &str| mode.starts_with("100");
        let is_known = blob.bytes().any(|digit| digit != b'0');
        let new = new.unwrap_or_else(|| old.clone());
        changes.push(FileChange {
            old: (is_file(old_mode) && is_known).then(|| (old, blob.to_owned())),
            new: is_file(new_mode).then_some(new),
        });
    }
    changes
}

/// Returns the submodule that holds the file at `path`.
pub fn submodule_of<'a>(path: &Path, tracked: &'a Tracked) -> Option<&'a Path> {
    if tracked.submodules.is_empty() {
        return None;
    }
    path.ancestors().skip(1).find_map(|folder| tracked.submodules.get(folder)).map(PathBuf::as_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_paths() {
        let zero = "0".repeat(40);
        let raw = format!(
            ":100644 100644 aa {zero} M\0a b.md\0:000000 100644 {zero} bb A\0n.md\0:100644 000000 cc {zero} D\0d.md\0\
             :100644 100644 dd ee R090\0o.md\0p.md\0:160000 160000 ff 11 M\0sub\0:120000 100644 22 {zero} T\0l.md\0"
        );
        let change = |old: Option<(&str, &str)>, new: Option<&str>| FileChange {
            old: old.map(|(path, blob)| (path.into(), blob.to_owned())),
            new: new.map(Into::into),
        };
        assert_eq!(
            file_changes(raw.as_bytes()),
            [
                change(Some(("a b.md", "aa")), Some("a b.md")),
                change(None, Some("n.md")),
                change(Some(("d.md", "cc")), None),
                change(Some(("o.md", "dd")), Some("p.md")),
                change(None, None),
                change(None, Some("l.md")),
            ]
        );
    }
}
