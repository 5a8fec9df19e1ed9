//! Reads one file.

use std::io::Read;
use std::path::Path;

use super::decode::decode;
use crate::model::document::Format;
use crate::model::source::Source;

/// Offsets have 32 bits.
const LARGEST: u64 = u32::MAX as u64;

/// Extensions, in lower case, of what is read as Markdown.
const MARKDOWN: [&str; 7] = ["md", "markdown", "mdown", "mkd", "mkdn", "mdx", "qmd"];

/// Reads and decodes the file at `path`. A file that cannot be read gives a source that says why; what is no file of a
/// disk is not opened, because reading it may never end.
pub fn load(path: &Path) -> Source {
    match unfit(path) {
        Some(reason) => Source::unreadable(path, reason),
        None => match read(path) {
            Ok(bytes) => decode(path, bytes),
            Err(reason) => Source::unreadable(path, reason),
        },
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let too_large = |len: u64| format!("it has {len} bytes, more than the {LARGEST} that recto can address");
    let told = |error: std::io::Error| error.to_string();
    let file = std::fs::File::open(path).map_err(told)?;
    let meta = file.metadata().map_err(told)?;
    // Asked of the open file, because another one may have its name by now.
    if let Some(kind) = kind(meta.file_type()) {
        return Err(kind.to_owned());
    }
    if meta.len() >= LARGEST {
        return Err(too_large(meta.len()));
    }
    let mut bytes = Vec::with_capacity(meta.len() as usize + 1);
    file.take(LARGEST).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 >= LARGEST { Err(too_large(bytes.len() as u64)) } else { Ok(bytes) }
}

/// Returns the reason why `path` must not be opened, if there is one.
pub fn unfit(path: &Path) -> Option<String> {
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) => return Some(error.to_string()),
    };
    if let Some(kind) = kind(meta.file_type()) {
        return Some(kind.to_owned());
    }
    // What the system makes up while it is read has no length of its own, and may wait for ever.
    let made_up = |path: &Path| ["/proc", "/sys"].iter().any(|system| path.starts_with(system));
    if meta.len() == 0 && std::fs::canonicalize(path).is_ok_and(|path| made_up(&path)) {
        return Some("it is not a file on a disk but a view into the system".to_owned());
    }
    None
}

/// Names the kind of thing that this is, if it is not a regular file.
fn kind(kind: std::fs::FileType) -> Option<&'static str> {
    if kind.is_file() {
        return None;
    }
    if kind.is_dir() {
        return Some("it is a folder");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("it is a pipe, not a file");
        }
        if kind.is_socket() {
            return Some("it is a socket, not a file");
        }
    }
    Some("it is a device, not a file")
}

/// What a file is read as, by its name.
pub fn format_of(path: &Path) -> Format {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension {
        Some(extension) if MARKDOWN.contains(&extension.as_str()) => Format::Markdown,
        _ => Format::Text,
    }
}
