//! The state that files are compared with: a commit, the index, or the files before a diff.
//!
//! Asks git and reads files; does not check them.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Around, FileState, StateDifference};
use crate::git::changes::{ComparedState, FileChange, MergeBase, Tracked, submodule_of};
use crate::git::patch::{self, FilePatch};
use crate::git::{GitError, Repository};
use crate::model::collection::Collection;
use crate::model::target::normalized;
use crate::run::Failure;
use crate::run::gather::{Gathered, is_stdin, shown_as};
use crate::settings::{Settings, UsageError};

/// The state with which the files are compared, opened but not read.
pub(super) struct ReferenceState<'a> {
    pub(super) settings: &'a Settings,
    pub(super) around: Around,
}

impl ReferenceState<'_> {
    fn repository(&self) -> Result<Repository, UsageError> {
        let folder = &self.settings.working_dir;
        let place = self.around.places.first().map_or_else(|| folder.clone(), |place| folder.join(place));
        let place = if place.is_dir() { place } else { place.parent().unwrap_or(folder).to_path_buf() };
        let found = Repository::around(&place).map_err(|error| unanswered(&error))?;
        let repository = found.ok_or_else(|| UsageError {
            message: "there is no git repository here, so there is no earlier state to compare with".to_owned(),
            help: Some("run this in the work tree of a clone, or give the change with --diff-from FILE".to_owned()),
        })?;
        // A hook before a commit is told by this variable which index the commit will have.
        match std::env::var_os("GIT_INDEX_FILE").filter(|path| !path.is_empty()) {
            Some(index) => repository.with_index(&folder.join(index)).map_err(|error| unanswered(&error)),
            None => Ok(repository),
        }
    }

    /// Compares the files on the disk with the commit from which they and `revision` go apart.
    pub(super) fn since(
        &self,
        revision: &str,
        gathered: &mut Gathered,
    ) -> Result<(StateDifference, String), UsageError> {
        let repository = self.repository()?;
        let base = base_of(&repository, revision)?;
        let changes = repository.differences(&base, ComparedState::WorkTree).map_err(|error| unanswered(&error))?;
        let tracked = repository.tracked().map_err(|error| unanswered(&error))?;
        let mut difference = self.difference(&repository, &changes, gathered)?;
        self.leave_out_untracked(&repository, &tracked, &gathered.collection, &mut difference);
        gathered.warnings.extend(self.submodules(&repository, &tracked, &gathered.collection));
        let short = base.get(..SHORT_NAME).unwrap_or(&base);
        let name = if base.starts_with(revision) { short.to_owned() } else { format!("{revision} ({short})") };
        Ok((difference, name))
    }

    /// Makes the gathered files those of the index, and compares them with HEAD.
    pub(super) fn staged(&self, gathered: &mut Gathered) -> Result<StateDifference, UsageError> {
        let repository = self.repository()?;
        let told = |error: GitError| unanswered(&error);
        let tracked = repository.tracked().map_err(told)?;
        if let Some(path) = tracked.unmerged.first() {
            return Err(UsageError {
                message: format!("the index has no content of `{}`, because its merge is not resolved", path.display()),
                help: Some("resolve it and add it with `git add`, or check the files as they are".to_owned()),
            });
        }
        let unstaged = repository.unstaged().map_err(told)?;
        let mut difference = self.difference(&repository, &unstaged, gathered)?;
        self.leave_out_untracked(&repository, &tracked, &gathered.collection, &mut difference);
        let context = &gathered.collection.context;
        let is_context = |state: FileState<'_>| match state {
            FileState::Same(doc) | FileState::Edited(doc) => context.contains(&doc),
            FileState::Elsewhere(path) => !self.around.names(path, self.settings),
        };
        gathered.collection = self.around.restated(&gathered.collection, &difference, self.settings, is_context);
        let head = match repository.commit("HEAD").map_err(told)? {
            Some(head) => head,
            None => repository.empty_tree().map_err(told)?,
        };
        let changes = repository.differences(&head, ComparedState::Index).map_err(told)?;
        self.difference(&repository, &changes, gathered)
    }

    /// Reads the old contents of the files that changed, as far as they would be checked.
    fn difference(
        &self,
        repository: &Repository,
        changes: &[FileChange],
        gathered: &Gathered,
    ) -> Result<StateDifference, UsageError> {
        let top = repository.top();
        let mut difference = StateDifference::default();
        let known = self.paths(&gathered.collection);
        let mut wanted: Vec<(PathBuf, &str)> = Vec::new();
        for change in changes {
            let new = change.new.as_ref().map(|path| top.join(path));
            if let Some(new) = &new {
                difference.files.insert(new.clone(), None);
            }
            let Some((path, blob)) = &change.old else { continue };
            let old = top.join(path);
            if new.as_ref() != Some(&old) {
                difference.there.insert(old.clone());
                difference.renamed.extend(new.map(|new| (old.clone(), new)));
            }
            if known.contains(&old) || self.around.format_at(&old, self.settings)?.is_some() {
                wanted.push((old, blob));
            }
        }
        let blobs: Vec<&str> = wanted.iter().map(|(_, blob)| *blob).collect();
        let contents = repository.contents(&blobs).map_err(|error| unanswered(&error))?;
        for ((path, blob), content) in wanted.into_iter().zip(contents) {
            let content = content.ok_or_else(|| UsageError {
                message: format!("this clone lacks the earlier content of `{}`", self.shown(&path).display()),
                help: Some(format!("get it with `git fetch --refetch`, so that `git cat-file -e {blob}` succeeds")),
            })?;
            difference.files.insert(path, Some(content));
        }
        Ok(difference)
    }

    /// Takes files that are in the work tree only for new ones.
    fn leave_out_untracked(
        &self,
        repository: &Repository,
        tracked: &Tracked,
        collection: &Collection,
        difference: &mut StateDifference,
    ) {
        for path in self.paths(collection) {
            let Ok(below) = path.strip_prefix(repository.top()) else { continue };
            let is_known = tracked.files.contains(below) || submodule_of(below, tracked).is_some();
            if !is_known && !difference.files.contains_key(&path) {
                difference.files.insert(path, None);
            }
        }
    }

    /// Warns about submodules, whose files have a history of their own.
    fn submodules(&self, repository: &Repository, tracked: &Tracked, collection: &Collection) -> Option<UsageError> {
        let paths = collection.judged().map(|doc| normalized(&self.settings.working_dir.join(doc.source.path())));
        let below =
            |path: PathBuf| submodule_of(path.strip_prefix(repository.top()).ok()?, tracked).map(Path::to_path_buf);
        let found: BTreeSet<PathBuf> = paths.filter_map(below).collect();
        let names: Vec<String> = found.iter().map(|path| format!("`{}`", path.display())).collect();
        (!names.is_empty()).then(|| UsageError {
            message: format!("the files of the submodule {} count as unchanged", names.join(", ")),
            help: Some("a change of theirs belongs to their own repository: check it there".to_owned()),
        })
    }

    /// Rebuilds the files before a diff from those on the disk.
    pub(super) fn diff(&self, file: &Path, gathered: &Gathered) -> Result<StateDifference, Failure> {
        let shown = file.display();
        let diff = if is_stdin(file) {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        } else {
            std::fs::read(file)
        };
        let diff = diff.map_err(|error| UsageError {
            message: format!("cannot read the diff `{shown}`: {error}"),
            help: Some("give a file that `git diff main...HEAD` has written, or `-` for standard input".to_owned()),
        })?;
        let patches = patch::parse(&diff).map_err(|bad| UsageError {
            message: format!("{shown}:{}: this is not a unified diff: {}", bad.line, bad.reason),
            help: Some("give the output of `git diff main...HEAD`".to_owned()),
        })?;
        let naming = self.naming(&patches);
        let known = self.paths(&gathered.collection);
        let mut difference = StateDifference::default();
        for patch in &patches {
            let (old, new) = (
                patch.old.as_deref().map(|path| naming.path(path)),
                patch.new.as_deref().map(|path| naming.path(path)),
            );
            if let Some(new) = &new {
                difference.files.insert(new.clone(), None);
            }
            let Some(old) = old else { continue };
            if new.as_ref() != Some(&old) {
                difference.there.insert(old.clone());
                difference.renamed.extend(new.clone().map(|new| (old.clone(), new)));
            }
            if !known.contains(&old) && self.around.format_at(&old, self.settings)?.is_none() {
                continue;
            }
            let after = match &new {
                Some(new) => std::fs::read(new).map_err(|error| self.misfit(file, new, &error.to_string()))?,
                None => Vec::new(),
            };
            let name = new.as_ref().unwrap_or(&old);
            if patch.is_binary {
                return Err(self.misfit(file, name, "the diff does not give its lines").into());
            }
            let before = patch.reversed(&after).map_err(|mismatch| {
                self.misfit(file, name, &format!("line {} is not as the diff says", mismatch.line))
            })?;
            difference.files.insert(old, Some(before));
        }
        Ok(difference)
    }

    fn misfit(&self, diff: &Path, path: &Path, reason: &str) -> UsageError {
        UsageError {
            message: format!("`{}` does not lead to `{}`: {reason}", diff.display(), self.shown(path).display()),
            help: Some(
                "make the diff of the files as they are now, as with `git diff main...HEAD` on a clean tree".to_owned(),
            ),
        }
    }

    /// Finds out from which folder a diff names its files, and whether with a prefix: the way in which most of them are
    /// there.
    fn naming(&self, patches: &[FilePatch]) -> Naming {
        let folder = &self.settings.working_dir;
        let top = folder.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok());
        let folders = [top.unwrap_or(folder), folder].map(Path::to_path_buf);
        let ways = folders
            .into_iter()
            .flat_map(|folder| [Prefix::Dropped, Prefix::None].map(|prefix| Naming { folder: folder.clone(), prefix }));
        let fits = |naming: &Naming| {
            let names = patches.iter().filter_map(|patch| patch.new.as_deref());
            names.filter(|path| naming.path(path).is_file()).count()
        };
        // Of equal ones, the first.
        let best = ways.rev().max_by_key(fits);
        best.unwrap_or_else(|| Naming { folder: folder.clone(), prefix: Prefix::Dropped })
    }

    /// Returns the absolute paths of the documents, with their further names.
    fn paths(&self, collection: &Collection) -> BTreeSet<PathBuf> {
        let own = collection.documents.iter().map(|doc| doc.source.path());
        own.map(|path| normalized(&self.settings.working_dir.join(path))).collect()
    }

    fn shown(&self, path: &Path) -> PathBuf {
        shown_as(&self.around.places, &self.settings.working_dir)(path)
    }
}

/// Number of digits of the name of a commit that people read, as git shows it by default.
const SHORT_NAME: usize = 7;

/// How a diff names its files.
#[derive(Debug, Clone)]
struct Naming {
    folder: PathBuf,
    prefix: Prefix,
}

/// Treatment of the first folder of a name, which is `a` or `b` as git writes diffs by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Dropped,
    None,
}

impl Naming {
    fn path(&self, name: &Path) -> PathBuf {
        let mut parts = name.components();
        if self.prefix == Prefix::Dropped {
            parts.next();
        }
        normalized(&self.folder.join(parts.as_path()))
    }
}

/// Returns the full name of the commit from which HEAD and `revision` go apart.
fn base_of(repository: &Repository, revision: &str) -> Result<String, UsageError> {
    let told = |error: GitError| unanswered(&error);
    let is_shallow = repository.is_shallow().map_err(told)?;
    let Some(commit) = repository.commit(revision).map_err(told)? else {
        let branch = repository.remote_branch(revision).map_err(told)?;
        let deepen = if is_shallow { "--unshallow " } else { "" };
        let help = match branch {
            Some((remote, branch)) => {
                format!("run `git fetch {deepen}{remote} +refs/heads/{branch}:refs/remotes/{remote}/{branch}`")
            }
            None if is_shallow => "the history of this clone is cut off: run `git fetch --unshallow`".to_owned(),
            None => "give a branch, a tag or a commit; `git branch --all` lists the branches".to_owned(),
        };
        return Err(UsageError { message: format!("there is no commit `{revision}` in this clone"), help: Some(help) });
    };
    let Some(head) = repository.commit("HEAD").map_err(told)? else {
        let message = "this repository has no commit yet".to_owned();
        return Err(UsageError { message, help: Some("`--staged` checks what the first one will have".to_owned()) });
    };
    match repository.merge_base(&commit, &head).map_err(told)? {
        MergeBase::Commit(base) => Ok(base),
        MergeBase::CutOff => Err(UsageError {
            message: format!(
                "the history of this clone is cut off before the commit from which HEAD and `{revision}` go apart"
            ),
            help: Some(
                "run `git fetch --unshallow`; with actions/checkout, `fetch-depth: 0` gets all of it".to_owned(),
            ),
        }),
        MergeBase::None => Err(UsageError {
            message: format!("HEAD and `{revision}` have no commit in common"),
            help: Some("give the branch from which this one was made".to_owned()),
        }),
    }
}

fn unanswered(error: &GitError) -> UsageError {
    let help = match error {
        GitError::NotInstalled => "install git, or give the change with --diff-from FILE".to_owned(),
        GitError::Failed(words) if words.contains("dubious ownership") => {
            "if you trust the repository: `git config --global --add safe.directory \"$PWD\"`".to_owned()
        }
        GitError::Failed(_) => "look at what `git status` says here".to_owned(),
    };
    UsageError { message: error.to_string(), help: Some(help) }
}
