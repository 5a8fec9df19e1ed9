//! Writes files atomically: at every moment a file has either its old or its new content.
//!
//! The only module of recto that writes a file.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces the content of the file at `path`, which must still be `before`, with `after`: through a temporary file in
/// the same folder that is flushed to disk and renamed. Permissions are kept, and a symbolic link is followed. Those of
/// `aliases` that are hard links to the file are hard links to the new one afterwards.
///
/// # Errors
/// If the file changed in the meantime, may not be written, or the disk rejects it. The file then has its old
/// content.
pub fn replace(path: &Path, aliases: &[&Path], before: &[u8], after: &[u8]) -> io::Result<()> {
    let target = std::fs::canonicalize(path)?;
    let metadata = std::fs::metadata(&target)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no longer a regular file"));
    }
    if metadata.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    // Renaming needs only permission for the folder. Opening the file as well respects the permissions of the file
    // itself.
    std::fs::OpenOptions::new().write(true).open(&target)?;
    if std::fs::read(&target)? != before {
        return Err(io::Error::other("it was changed by another program in the meantime; run recto again"));
    }
    let mut beside = beside(&target)?;
    beside.write_all(after)?;
    beside.as_file().set_permissions(metadata.permissions())?;
    beside.as_file().sync_all()?;
    let links = linked(beside.path(), &target, aliases)?;
    beside.persist(&target).map_err(|error| error.error)?;
    links.into_iter().try_for_each(|(name, link)| name.persist(link).map_err(|error| error.error))
}

/// Returns, for each of `aliases` that is a hard link to `target`, a hard link to `new` that can replace it.
fn linked(new: &Path, target: &Path, aliases: &[&Path]) -> io::Result<Vec<(tempfile::TempPath, PathBuf)>> {
    let mut links: Vec<PathBuf> = aliases.iter().filter_map(|alias| std::fs::canonicalize(alias).ok()).collect();
    links.retain(|link| link != target);
    links.sort();
    links.dedup();
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
    tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)
}

/// Beginning of the names of temporary files.
const PREFIX: &str = ".recto-";

/// Creates or replaces a file that the user asked for, such as a report. A symbolic link is followed. Files below
/// `/dev` are written to, not replaced.
///
/// # Errors
/// If the path exists and is not a file, or the disk rejects the content.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
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
        beside.as_file().set_permissions(metadata.permissions())?;
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
    std::fs::OpenOptions::new().append(true).open(path)?.write_all(content)
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
    builder.prefix(PREFIX);
    // A temporary file is private, whereas a report is as readable as any new file, which the umask decides.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = builder.tempfile_in(folder)?;
    beside.write_all(content)?;
    beside.as_file().sync_all()?;
    beside.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}
