//! Throughput of the parts of a check over the shipped fixtures, or over the folder in `RECTO_CORPUS`. Alignment is
//! measured over a handbook made up here.
//!
//! The yardstick is `bare_markdown_parse`: pulldown-cmark alone over the same texts, in the same run.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use rayon::prelude::*;
use recto::internal::facts::copies::copies;
use recto::internal::facts::kin::Kin;
use recto::internal::input::decode::decode;
use recto::internal::lint::lint;
use recto::internal::model::collection::Collection;
use recto::internal::model::document::{Document, Format};
use recto::internal::model::id::DocId;
use recto::internal::model::source::{Bom, Source};
use recto::internal::model::work::{Role, Version, Work};
use recto::internal::pair::aligned;
use recto::internal::parse::parse;
use recto::internal::settings::Settings;
use recto::internal::text::english::corrections::corrections_of;
use recto::internal::text::mojibake;
use recto::internal::text::words::words;

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
fn find_copies(bencher: Bencher<'_, '_>) {
    let collection = documents();
    bencher.counter(size()).bench(|| black_box(copies(&collection, &Kin::new(&collection), 60)));
}

#[divan::bench]
fn look_up_misspellings(bencher: Bencher<'_, '_>) {
    let collection = documents();
    bencher.counter(size()).bench(|| {
        let words = collection.documents.iter().flat_map(|doc| words(doc.prose.text()));
        black_box(words.filter(|word| !corrections_of(word.text).is_empty()).count())
    });
}

#[divan::bench]
fn scan_for_mojibake(bencher: Bencher<'_, '_>) {
    bencher.counter(size()).bench(|| {
        let found = FILES.par_iter().map(|(_, bytes)| mojibake::scan(&String::from_utf8_lossy(bytes)).len());
        black_box(found.sum::<usize>())
    });
}

/// Returns a handbook of 1,000 questions, and a summary of 800 of them that is renumbered twice, with three in ten
/// reworded.
fn handbook() -> Collection {
    const VERBS: [&str; 10] =
        ["moor", "paint", "load", "inspect", "insure", "tow", "charter", "anchor", "repair", "rig"];
    const THINGS: [&str; 10] =
        ["barge", "tug", "ferry", "trawler", "dredger", "buoy", "crane", "schooner", "canoe", "pontoon"];
    const PLACES: [&str; 10] = [
        "in the harbour",
        "at low water",
        "during a storm",
        "before sunrise",
        "without a licence",
        "under the bridge",
        "in winter",
        "at the customs quay",
        "on a river",
        "after a collision",
    ];
    let (mut long, mut short) = (String::new(), String::new());
    for at in 0..1000 {
        // The step is prime to 1,000, so every combination occurs once and neighbours differ.
        let code = at * 387 % 1000;
        let (verb, thing, place) = (VERBS[code / 100], THINGS[code / 10 % 10], PLACES[code % 10]);
        let words = |count: usize| (0..count).map(|word| format!("w{} ", (code * 97 + word * 13) % 4001));
        let title = format!("How do you {verb} a {thing} {place}?");
        long += &format!("### {}. {title}\n{}\n\n", at + 1, words(60).collect::<String>());
        let number = match at {
            0..100 | 500..600 => continue,
            100..500 => at - 99,
            _ => at - 199,
        };
        let title = if code % 10 < 3 { format!("What is the best way to {verb} {thing}s ({place})?") } else { title };
        short += &format!("**Q{number}: {title}**\n{}\n\n", words(12).collect::<String>());
    }
    let document = |(at, text): (usize, String)| -> Document {
        let source = Source::utf8(Path::new(["long.md", "short.md"][at]), text, Bom::Absent);
        parse(DocId(at as u32), source, Format::Markdown)
    };
    let documents = [long, short].into_iter().enumerate().map(document).collect();
    Collection { documents, ..Collection::default() }
}

#[divan::bench]
fn align_1000_by_800(bencher: Bencher<'_, '_>) {
    let collection = handbook();
    let version = |role, at| Version { role, documents: vec![DocId(at)] };
    let work = || Work::new("handbook".to_owned(), vec![version(Role::Long, 0), version(Role::Summary, 1)]);
    bencher.with_inputs(work).bench_values(|work| black_box(aligned(work, &collection)));
}
