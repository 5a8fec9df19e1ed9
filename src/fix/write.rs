//! Writes files atomically: at every moment a file has either its old or its new content.
//!
//! The only module of recto that writes a file.

mod attributes;
mod interrupts;
mod leftovers;

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

pub use self::interrupts::Interrupts;
pub use self::leftovers::sweep;

/// Replaces the content of the file at `path`, which must still be `before`, with `after`: through a temporary file in
/// the same folder that is flushed to disk and renamed. Owner, permissions and attributes are kept, and a symbolic link
/// is followed. Those of `aliases` that are hard links to the file are hard links to the new one afterwards.
///
/// The file is compared with `before` right before the rename. A program that writes between the end of that comparison
/// and the rename, which are microseconds, is noticed afterwards, and its text is put back; only a program that opened
/// the file before the rename and writes after that last look writes in vain.
///
/// # Errors
/// If the file changed in the meantime, may not be written, has hard links elsewhere, or the disk rejects it. The file
/// then has its old content.
pub fn replace(path: &Path, aliases: &[&Path], before: &[u8], after: &[u8]) -> io::Result<()> {
    let target = std::fs::canonicalize(path)?;
    let metadata = std::fs::metadata(&target)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no longer a regular file"));
    }
    if metadata.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    // Renaming needs only permission for the folder. Opening the file for writing as well respects the permissions of
    // the file itself.
    let mut old = OpenOptions::new().read(true).write(true).open(&target)?;
    unchanged(&target, &mut old, &metadata, before)?;
    let links = hard_links(&target, aliases);
    let others = attributes::names(&metadata).saturating_sub(1 + links.len() as u64);
    if others > 0 {
        let plural = if others == 1 { "" } else { "s" };
        let reason = format!(
            "it has {others} more name{plural} (hard link{plural}) outside of what is checked, which would keep the old text"
        );
        return Err(io::Error::other(reason));
    }
    let mut beside = beside(&target)?;
    beside.write_all(after)?;
    attributes::keep(&old, &metadata, beside.as_file())?;
    beside.as_file().sync_all()?;
    let links = linked(beside.path(), links)?;
    unchanged(&target, &mut old, &metadata, before)?;
    beside.persist(&target).map_err(|error| error.error)?;
    put_back_what_came_between(&target, &mut old, &metadata, after)?;
    links.into_iter().try_for_each(|(name, link)| name.persist(link).map_err(|error| error.error))
}

fn was_changed() -> io::Error {
    io::Error::other("it was changed by another program in the meantime; run recto again")
}

/// Checks that the file at `target` is still the one with `metadata`, opened as `old`, and that its content is `before`.
fn unchanged(target: &Path, old: &mut File, metadata: &Metadata, before: &[u8]) -> io::Result<()> {
    let mut content = Vec::with_capacity(before.len() + 1);
    old.rewind()?;
    old.read_to_end(&mut content)?;
    let now = std::fs::metadata(target)?;
    let is_same = attributes::is_same_file(metadata, &now) && !is_written(metadata, &now) && content == before;
    if is_same { Ok(()) } else { Err(was_changed()) }
}

/// Returns whether a file was written between two looks at it.
fn is_written(before: &Metadata, now: &Metadata) -> bool {
    before.len() != now.len() || before.modified().ok() != now.modified().ok()
}

/// Looks once more at the file that was replaced: if another program wrote to it at the last moment, its content takes
/// the place of `after` again.
fn put_back_what_came_between(target: &Path, old: &mut File, metadata: &Metadata, after: &[u8]) -> io::Result<()> {
    if !is_written(metadata, &old.metadata()?) {
        return Ok(());
    }
    let mut content = Vec::new();
    old.rewind()?;
    old.read_to_end(&mut content)?;
    if std::fs::read(target)? == after {
        let mut beside = beside(target)?;
        beside.write_all(&content)?;
        attributes::keep(old, metadata, beside.as_file())?;
        beside.as_file().sync_all()?;
        beside.persist(target).map_err(|error| error.error)?;
    }
    Err(was_changed())
}

/// Returns the real paths of those of `aliases` that are hard links to `target`.
fn hard_links(target: &Path, aliases: &[&Path]) -> Vec<PathBuf> {
    let mut links: Vec<PathBuf> = aliases.iter().filter_map(|alias| std::fs::canonicalize(alias).ok()).collect();
    links.retain(|link| link != target);
    links.sort();
    links.dedup();
    links
}

/// Returns, for each of `links`, a hard link to `new` that can replace it.
fn linked(new: &Path, links: Vec<PathBuf>) -> io::Result<Vec<(tempfile::TempPath, PathBuf)>> {
    let link = |link: PathBuf| {
        let name = beside(&link)?.into_temp_path();
        std::fs::remove_file(&name)?;
        std::fs::hard_link(new, &name)?;
        Ok((name, link))
    };
    links.into_iter().map(link).collect()
}

/// Creates a temporary file in the folder of `path`.
fn beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    leftovers::temporary(folder, tempfile::Builder::new())
}

/// Creates or replaces a file that the user asked for, such as a report. A symbolic link is followed. Files below
/// `/dev` are written to, not replaced.
///
/// # Errors
/// If the path exists and is not a file, or the disk rejects the content.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let _interrupts = Interrupts::hold();
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(_) if path.symlink_metadata().is_ok() => {
            return Err(io::Error::other("it is a symbolic link that leads nowhere"));
        }
        Err(_) => return create_new(path, content),
    };
    if metadata.is_file() {
        let target = std::fs::canonicalize(path)?;
        let mut beside = beside(&target)?;
        beside.write_all(content)?;
        attributes::keep(&File::open(&target)?, &metadata, beside.as_file())?;
        beside.as_file().sync_all()?;
        beside.persist(&target).map_err(|error| error.error)?;
        return Ok(());
    }
    if metadata.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    if !is_stream(path, metadata.file_type()) {
        return Err(io::Error::other("it is not a regular file"));
    }
    OpenOptions::new().append(true).open(path)?.write_all(content)
}

/// Returns true if the path passes on the bytes written to it: a terminal, `/dev/null`, or a pipe that a shell opened.
fn is_stream(path: &Path, kind: std::fs::FileType) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let is_pipe = kind.is_fifo() && std::path::absolute(path).is_ok_and(|path| path.starts_with("/dev"));
        kind.is_char_device() || is_pipe
    }
    #[cfg(not(unix))]
    {
        let _ = (path, kind);
        false
    }
}

fn create_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // A temporary file is private, whereas a report is as readable as any new file, which the umask decides.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = leftovers::temporary(folder, builder)?;
    beside.write_all(content)?;
    beside.as_file().sync_all()?;
    beside.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}
