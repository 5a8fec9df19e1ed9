//! How long the parts of a check take, as throughput over the shipped fixtures, or over the folder in `RECTO_CORPUS`.
//!
//! `bare_markdown_parse` is the yardstick: pulldown-cmark alone over the same texts, in the same run.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use rayon::prelude::*;
use recto::input::decode::decode;
use recto::lint::lint;
use recto::model::collection::Collection;
use recto::model::document::{DocId, Format};
use recto::parse::parse;
use recto::settings::Settings;
use recto::text::mojibake;

fn main() {
    divan::main();
}

type Files = Vec<(PathBuf, Vec<u8>)>;

static FILES: LazyLock<Files> = LazyLock::new(|| {
    let folder = std::env::var_os("RECTO_CORPUS").map_or_else(|| PathBuf::from("fixtures"), PathBuf::from);
    let mut files = Vec::new();
    gather(&folder, &mut files);
    files.sort();
    files
});

fn gather(folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let bytes = fs::read(&path).expect("readable");
            files.push((path, bytes));
        }
    }
}

fn size() -> BytesCount {
    BytesCount::new(FILES.iter().map(|(_, bytes)| bytes.len()).sum::<usize>())
}

fn settings() -> Settings {
    Settings::new("/".into(), "/".into())
}

fn documents() -> Collection {
    let documents = FILES
        .par_iter()
        .enumerate()
        .map(|(at, (path, bytes))| parse(DocId(at as u32), decode(path, bytes.clone()), Format::Markdown));
    Collection { documents: documents.collect(), ..Collection::default() }
}

#[divan::bench]
fn bare_markdown_parse(bencher: Bencher<'_, '_>) {
    bencher.counter(size()).bench(|| {
        let events = FILES.par_iter().map(|(_, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            pulldown_cmark::Parser::new_ext(&text, pulldown_cmark::Options::all()).count()
        });
        black_box(events.sum::<usize>())
    });
}

#[divan::bench]
fn decode_and_parse(bencher: Bencher<'_, '_>) {
    bencher.counter(size()).bench(|| black_box(documents()));
}

#[divan::bench]
fn all_gate_rules(bencher: Bencher<'_, '_>) {
    bencher.counter(size()).with_inputs(documents).bench_refs(|collection| black_box(lint(collection, &settings())));
}

#[divan::bench]
fn scan_for_mojibake(bencher: Bencher<'_, '_>) {
    bencher.counter(size()).bench(|| {
        let found = FILES.par_iter().map(|(_, bytes)| mojibake::scan(&String::from_utf8_lossy(bytes)).len());
        black_box(found.sum::<usize>())
    });
}
