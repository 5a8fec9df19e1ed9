//! The source tree as the tests of the house see it: files, rooms, and text without tests and comments.

// Each test binary uses some of these.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All Rust files below a folder, sorted.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The folders of the crates' sources, each with the prefix that its files have in these tests.
const CRATES: [(&str, &str); 2] = [("src", ""), ("crates/mojibake/src", "mojibake/")];

/// All Rust files of the crates, each with its name in these tests: its path below `src` with slashes, `model/span.rs`;
/// those of the decoder's crate are in the room `mojibake`.
pub(crate) fn all_sources() -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for (folder, prefix) in CRATES {
        let folder = root().join(folder);
        for path in sources(&folder) {
            let relative = path.strip_prefix(&folder).expect("below its folder");
            let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            found.push((format!("{prefix}{}", parts.join("/")), path));
        }
    }
    found
}

/// The room of a source file, given by its name: the first folder, or the name of the file.
pub(crate) fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// True for files that hold nothing but tests.
pub(crate) fn is_test_file(file: &str) -> bool {
    file.ends_with("/tests.rs")
}

/// The text of a file up to its module of tests.
pub(crate) fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}
