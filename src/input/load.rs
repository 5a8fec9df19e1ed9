//! Loading of one file.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::decode::decode;
use crate::model::document::Format;
use crate::model::source::Source;
use crate::settings::MIB;

/// Maximum size of a file, in bytes, whatever the settings say, because offsets have 32 bits.
const LARGEST: u64 = u32::MAX as u64 - 1;

/// Extensions of Markdown files, in lower case.
const MARKDOWN: [&str; 8] = ["md", "markdown", "mdown", "mkd", "mkdn", "mdx", "qmd", "rmd"];

/// Reads and decodes the file at `path`, of at most `max_size` bytes. A file that cannot be read gives a source that says
/// why. A path that is not a file on a disk is not opened, because reading it may never end.
pub fn load(path: &Path, max_size: u64) -> Source {
    match bytes(path, max_size) {
        Ok(bytes) => decoded(path, || decode(path, bytes)),
        Err(reason) => Source::unreadable(path, reason),
    }
}

/// Returns what `decode` returns. If it panics, the file counts as unreadable, so that the others are checked.
fn decoded(path: &Path, decode: impl FnOnce() -> Source) -> Source {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        Source::unreadable(path, "its bytes could not be decoded, which is a defect of recto".to_owned())
    })
}

/// Returns the bytes of the file at `path`, at most `max_size`, or the reason why it cannot be read.
pub fn bytes(path: &Path, max_size: u64) -> Result<Vec<u8>, String> {
    match unfit(path) {
        Some(reason) => Err(reason),
        None => read(path, max_size.min(LARGEST)),
    }
}

fn read(path: &Path, max_size: u64) -> Result<Vec<u8>, String> {
    let too_large = || {
        let size = max_size / MIB;
        format!("it is larger than the {size} MiB that `max-size-mib` under `[files]` allows")
    };
    let told = |error: std::io::Error| error.to_string();
    let file = std::fs::File::open(path).map_err(told)?;
    let meta = file.metadata().map_err(told)?;
    // The open file is checked, because another file may have the name by now.
    if let Some(kind) = kind(meta.file_type()) {
        return Err(kind.to_owned());
    }
    if meta.len() > max_size {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(meta.len() as usize + 1);
    file.take(max_size + 1).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > max_size { Err(too_large()) } else { Ok(bytes) }
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
    // Files that the system generates while they are read have no length, and reading them may wait for ever.
    let made_up = |path: &Path| ["/proc", "/sys"].iter().any(|system| path.starts_with(system));
    if meta.len() == 0 && std::fs::canonicalize(path).is_ok_and(|path| made_up(&path)) {
        return Some("it is not a file on a disk but a view into the system".to_owned());
    }
    None
}

/// Returns what a path is if it is not a regular file.
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

/// Returns the format of a file, judged by its name.
pub fn format_of(path: &Path) -> Format {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension {
        Some(extension) if MARKDOWN.contains(&extension.as_str()) => Format::Markdown,
        _ => Format::Text,
    }
}

/// Names of files, in lower case, that hold instructions for programs.
const FOR_PROGRAMS: [&str; 10] = [
    "brewfile",
    "cmakelists.txt",
    "dockerfile",
    "gemfile",
    "jenkinsfile",
    "makefile",
    "procfile",
    "rakefile",
    "robots.txt",
    "vagrantfile",
];

/// Returns whether people may write Markdown into a file of this name, although the name does not say so: `notes.txt`,
/// `README`, but not `table.csv`.
pub fn may_hold_markdown(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_text = match name.rsplit_once('.') {
        None | Some((_, "txt" | "text" | "me" | "1st" | "first")) => true,
        Some((before, _)) => {
            before.eq_ignore_ascii_case("readme") && !OTHER_MARKUP.iter().any(|end| name.ends_with(end))
        }
    };
    is_text && !FOR_PROGRAMS.contains(&name.as_str())
}

/// Endings of readmes in other markup languages, or in data.
const OTHER_MARKUP: [&str; 10] =
    [".rst", ".adoc", ".asciidoc", ".org", ".textile", ".html", ".htm", ".pod", ".rdoc", ".tex"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::Origin;

    #[test]
    fn a_panic_of_the_decoder_is_a_file_that_cannot_be_read() {
        let source = decoded(Path::new("a.md"), || panic!("a defect"));
        assert!(matches!(source.origin(), Origin::Unreadable(reason) if reason.contains("defect of recto")));
    }
}
