//! Reads one file.

use std::path::Path;

use super::decode::decode;
use crate::model::document::Format;
use crate::model::source::Source;

/// Offsets have 32 bits.
const LARGEST: u64 = u32::MAX as u64;

/// Extensions, in lower case, of what is read as Markdown.
const MARKDOWN: [&str; 7] = ["md", "markdown", "mdown", "mkd", "mkdn", "mdx", "qmd"];

/// Reads and decodes the file at `path`. A file that cannot be read gives a source that says why.
pub fn load(path: &Path) -> Source {
    let too_large = |len: u64| format!("it has {len} bytes, more than the {LARGEST} that recto can address");
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => return Source::unreadable(path, "it is a folder".to_owned()),
        Ok(meta) if meta.len() >= LARGEST => return Source::unreadable(path, too_large(meta.len())),
        Ok(_) => {}
        Err(error) => return Source::unreadable(path, error.to_string()),
    }
    match std::fs::read(path) {
        Ok(bytes) if bytes.len() as u64 >= LARGEST => Source::unreadable(path, too_large(bytes.len() as u64)),
        Ok(bytes) => decode(path, bytes),
        Err(error) => Source::unreadable(path, error.to_string()),
    }
}

/// What a file is read as, by its name.
pub fn format_of(path: &Path) -> Format {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension {
        Some(extension) if MARKDOWN.contains(&extension.as_str()) => Format::Markdown,
        _ => Format::Text,
    }
}
