//! Attributes that a file keeps when it is replaced: owner, group, permissions, access control lists, extended
//! attributes.

use std::fs::{File, Metadata};
use std::io;

/// Returns whether both are the same file under the same name.
#[cfg(unix)]
pub(super) fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
pub(super) fn is_same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Returns the number of hard links to the file.
#[cfg(unix)]
pub(super) fn names(metadata: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    metadata.nlink()
}

#[cfg(not(unix))]
pub(super) fn names(_: &Metadata) -> u64 {
    1
}

/// Gives `new` the attributes of `old`, whose metadata is `metadata`. Where the owner cannot be kept, the bits are dropped
/// that let a program run as its owner.
///
/// # Errors If permissions, access control lists or attributes of the user cannot be kept.
#[cfg(unix)]
pub(super) fn keep(old: &File, metadata: &Metadata, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    /// Bits that let a program run as its owner, or as its group.
    const AS_OWNER: u32 = 0o4000;
    const AS_GROUP: u32 = 0o2000;

    let own = new.metadata()?;
    let mut mode = metadata.mode() & 0o7777;
    let is_other = (own.uid(), own.gid()) != (metadata.uid(), metadata.gid());
    if is_other && fchown(new, Some(metadata.uid()), Some(metadata.gid())).is_err() {
        if own.uid() != metadata.uid() {
            mode &= !AS_OWNER;
        }
        if own.gid() != metadata.gid() && fchown(new, None, Some(metadata.gid())).is_err() {
            mode &= !AS_GROUP;
        }
    }
    extended(old, new)?;
    // Last, because a change of owner clears bits, and an access control list changes others.
    new.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(super) fn keep(_: &File, metadata: &Metadata, new: &File) -> io::Result<()> {
    new.set_permissions(metadata.permissions())
}

/// Copies the extended attributes, among which are access control lists, and removes those that `new` inherited.
#[cfg(unix)]
fn extended(old: &File, new: &File) -> io::Result<()> {
    use xattr::FileExt;

    // A file system without attributes has none to keep.
    let Ok(names) = old.list_xattr() else { return Ok(()) };
    let names: Vec<std::ffi::OsString> = names.collect();
    for inherited in new.list_xattr()?.filter(|name| !names.contains(name)) {
        if inherited.to_string_lossy().starts_with("system.posix_acl") {
            new.remove_xattr(&inherited)?;
        }
    }
    for name in &names {
        let value = old.get_xattr(name)?;
        if value == new.get_xattr(name)? {
            continue;
        }
        let Some(value) = value else { continue };
        if let Err(error) = new.set_xattr(name, &value) {
            // Labels of the system are set by it, and by nobody else.
            let name = name.to_string_lossy();
            if !name.starts_with("security.") && !name.starts_with("trusted.") {
                return Err(io::Error::new(error.kind(), format!("its attribute `{name}` cannot be kept: {error}")));
            }
        }
    }
    Ok(())
}
