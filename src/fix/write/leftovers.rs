//! Temporary files, and those that a run left behind because it was killed.
//!
//! A temporary file is recognised by its name, which has the number of the process that writes it, and is locked as long
//! as it is written.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use tempfile::{Builder, NamedTempFile};

/// Beginning and end of the names of temporary files, and number of random letters and digits before the end.
const PREFIX: &str = ".recto-";
const SUFFIX: &str = ".tmp";
const RANDOM: usize = 6;

/// Age after which an unlocked file is left over although a process has the number of its writer: such numbers are used
/// again (a guess).
const OLD: Duration = Duration::from_secs(3600);

/// Creates a temporary file in `folder`.
pub(super) fn temporary(folder: &Path, builder: Builder<'_, '_>) -> io::Result<NamedTempFile> {
    let prefix = format!("{PREFIX}{}-", std::process::id());
    let mut builder = builder;
    let file = builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(RANDOM).tempfile_in(folder)?;
    // Where the file system has no locks, the number of the process alone tells whether the writer is alive.
    let _ = file.as_file().try_lock();
    Ok(file)
}

/// Returns the number of the writing process if this is the name of a temporary file.
fn writer(name: &str) -> Option<u32> {
    let (process, random) = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.split_once('-')?;
    let is_random = random.len() == RANDOM && random.chars().all(|c| c.is_ascii_alphanumeric());
    if is_random { process.parse().ok() } else { None }
}

/// Removes the temporary files in `folder` whose writers are gone; returns how many there were.
pub fn sweep(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let is_left_over = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        let writer = name.to_str().and_then(writer);
        writer.is_some_and(|writer| is_abandoned(&entry.path(), writer))
    };
    let left_over = entries.flatten().filter(is_left_over);
    left_over.filter(|entry| std::fs::remove_file(entry.path()).is_ok()).count()
}

fn is_abandoned(path: &Path, writer: u32) -> bool {
    if writer == std::process::id() || !path.symlink_metadata().is_ok_and(|meta| meta.is_file()) {
        return false;
    }
    let Ok(file) = File::open(path) else { return false };
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        return false;
    }
    let is_old =
        || file.metadata().and_then(|meta| meta.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > OLD));
    is_gone(writer) || is_old()
}

/// Returns whether no process has this number; `false` where that cannot be known.
fn is_gone(process: u32) -> bool {
    let processes = Path::new("/proc");
    processes.join("self").exists() && !processes.join(process.to_string()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_files_are_recognised_by_their_names() {
        assert_eq!(writer(".recto-4711-aB3dE6.tmp"), Some(4711));
        for other in [
            ".recto-4711-aB3dE6",
            ".recto-x-aB3dE6.tmp",
            ".recto-4711-a.tmp",
            "recto-4711-aB3dE6.tmp",
            ".recto-notes.md",
        ] {
            assert_eq!(writer(other), None, "{other}");
        }
    }

    #[test]
    fn only_files_whose_writers_are_gone_are_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = temporary(folder.path(), Builder::new()).expect("created");
        // No process has a number as great as that.
        let left_over = folder.path().join(".recto-4194999-aB3dE6.tmp");
        let locked = folder.path().join(".recto-4194999-Locked.tmp");
        let living = folder.path().join(".recto-1-aB3dE6.tmp");
        let note = folder.path().join(".recto-notes.tmp");
        for path in [&left_over, &locked, &living, &note] {
            std::fs::write(path, "text").expect("written");
        }
        let held = File::open(&locked).expect("opened");
        held.lock().expect("locked");
        let swept = sweep(folder.path());
        assert!(own.path().exists() && living.exists() && note.exists() && locked.exists());
        if cfg!(target_os = "linux") {
            assert!(swept == 1 && !left_over.exists());
        }
    }
}
