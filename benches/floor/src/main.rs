//! The floor under every time of recto: finds the Markdown files below a folder, reads them and parses them, in
//! parallel, and does nothing with the result.
//!
//! `floor FOLDER [THREADS]` prints the number of files, bytes and parser events. The walker, the parser and its
//! extensions are those that recto uses. `benches/compare` divides by what this takes.

use std::fs;
use std::path::PathBuf;

use ignore::WalkBuilder;
use pulldown_cmark::{Options, Parser};
use rayon::prelude::*;

/// The extensions of CommonMark that recto reads.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_MATH)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_HEADING_ATTRIBUTES);

#[expect(clippy::print_stdout, reason = "what it is for")]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".to_owned());
    let threads = arguments.next().and_then(|threads| threads.parse().ok()).unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let (files, bytes, events) = pool.install(|| {
        let paths = markdown_below(&folder);
        let parsed = paths.par_iter().map(|path| {
            let Ok(bytes) = fs::read(path) else { return (0, 0) };
            let text = String::from_utf8_lossy(&bytes);
            (text.len(), Parser::new_ext(&text, OPTIONS).into_offset_iter().count())
        });
        let (bytes, events) = parsed.reduce(|| (0, 0), |one, other| (one.0 + other.0, one.1 + other.1));
        (paths.len(), bytes, events)
    });
    println!("{files} files, {bytes} bytes, {events} events");
}

fn markdown_below(folder: &str) -> Vec<PathBuf> {
    let found = WalkBuilder::new(folder).build().flatten().map(|entry| entry.into_path());
    let is_markdown = |path: &PathBuf| {
        path.extension().is_some_and(|extension| ["md", "markdown", "mdx"].iter().any(|known| extension == *known))
    };
    found.filter(is_markdown).filter(|path| path.is_file()).collect()
}
