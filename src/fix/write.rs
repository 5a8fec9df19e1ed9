//! Writes files, so that a file is at every moment either the old one or the new one.
//!
//! The only module of recto that writes a file.

use std::io::{self, Write};
use std::path::Path;

/// Replaces the content of the file at `path`, which must still be `before`, with `after`: through a temporary file
/// beside it that is flushed to disk and renamed. Permissions are kept, and a symbolic link is followed.
///
/// # Errors
/// If the file changed meanwhile, may not be written, or the disk does not take it; the file is then as it was.
pub fn replace(path: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
    let target = std::fs::canonicalize(path)?;
    let metadata = std::fs::metadata(&target)?;
    if metadata.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    // Renaming needs only the folder's permission; asking for the file's own keeps to what its owner allowed.
    std::fs::OpenOptions::new().write(true).open(&target)?;
    if std::fs::read(&target)? != before {
        return Err(io::Error::other("it was changed by another program while recto was at work; run recto again"));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new().prefix(".recto-").tempfile_in(folder)?;
    beside.write_all(after)?;
    beside.as_file().set_permissions(metadata.permissions())?;
    beside.as_file().sync_all()?;
    beside.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// Creates or replaces a file that recto was asked to write, such as a report.
///
/// # Errors
/// If the disk does not take it.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".recto-");
    // A temporary file is private; a report is as readable as any new file, which the umask decides.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = builder.tempfile_in(folder)?;
    beside.write_all(content)?;
    beside.as_file().sync_all()?;
    if let Ok(metadata) = std::fs::metadata(path) {
        beside.as_file().set_permissions(metadata.permissions())?;
        beside.persist(path).map_err(|error| error.error)?;
        return Ok(());
    }
    beside.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}
