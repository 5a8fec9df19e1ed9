//! Destinations of pages, and the links from a page to the files that it is about.

use std::path::{Path, PathBuf};

use super::{Failure, seen_enough};
use crate::fix::write;
use crate::input::discover;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::report::terminal::Terminal;
use crate::settings::UsageError;

/// Destination of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination<'a> {
    /// Standard output.
    Output,
    /// This file.
    File(&'a Path),
}

impl<'a> Destination<'a> {
    /// Parses the argument of `--html`, which must not be one of the documents.
    pub(super) fn new(path: &'a Path, collection: &Collection) -> Result<Self, UsageError> {
        if path == Path::new("-") || path == Path::new("/dev/stdout") {
            return Ok(Self::Output);
        }
        let is_it = |doc: &&Document| discover::is_same_file(path, doc.source.path());
        match collection.documents.iter().find(is_it) {
            Some(doc) => Err(UsageError {
                message: format!("the page would replace `{}`, which it is about", doc.source.display()),
                help: Some("give --html another name, such as report.html".to_owned()),
            }),
            None => Ok(Self::File(path)),
        }
    }

    /// Returns the path by which links of the page are made.
    pub(super) fn path(self) -> &'a Path {
        match self {
            Self::Output => Path::new("-"),
            Self::File(path) => path,
        }
    }

    /// Writes the page.
    ///
    /// # Errors
    /// If the file or the stream does not take it.
    pub(super) fn write(self, page: &str, terminal: &Terminal) -> Result<(), Failure> {
        match self {
            Self::Output => Ok(seen_enough(terminal.write_bytes(page.as_bytes()))?),
            Self::File(path) => write::create(path, page.as_bytes()).map_err(|error| {
                UsageError { message: format!("could not write `{}`: {error}", path.display()), help: None }.into()
            }),
        }
    }
}

/// Returns a function that makes paths relative to the page.
pub(super) fn links(page: &Path, working_dir: &Path) -> impl Fn(&Path) -> String + use<> {
    let clean = |path: &Path| working_dir.join(path).components().collect::<PathBuf>();
    let (page, working_dir) = (clean(page), working_dir.to_path_buf());
    move |file: &Path| {
        let file: PathBuf = working_dir.join(file).components().collect();
        let folder = page.parent().unwrap_or(Path::new("/"));
        let shared = folder.components().zip(file.components()).take_while(|(a, b)| a == b).count();
        let up = folder.components().count() - shared;
        let parts = std::iter::repeat_n("..".to_owned(), up)
            .chain(file.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned()));
        parts.collect::<Vec<_>>().join("/")
    }
}
