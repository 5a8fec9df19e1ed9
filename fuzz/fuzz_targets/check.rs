//! Any bytes, as one, two or three files (documents of which the first two may be versions of one work, or containers), are
//! read, paired, judged and fixed without a panic; edits lie between characters and inside their files; fixing again changes
//! nothing.
//!
//! Run with `cargo +nightly fuzz run check fuzz/corpus/check fuzz/seeds/check`. The first byte of a seed chooses the kinds of
//! files, and the others are divided at each byte FF.

#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use recto::internal::collection;
use recto::internal::lint::{lint, registry};
use recto::internal::model::edit::Applicability;
use recto::internal::settings::{RulePatch, Settings, Tiers};
use recto::internal::settle::settle;

const ROWS: &str = "[[rows]]\nfiles = [\"*.csv\", \"*.jsonl\"]\nid = \"a\"\ntitle = \"b\"\nbody = [\"c\", \"d.e\"]\n";
const WORK: &str = "[[work]]\nname = \"work\"\nversions = [ { role = \"long\", files = [\"a.md\"] }, { role = \"summary\", \
    files = [\"b.md\"] } ]\n";

const DOCUMENTS: [&str; 3] = ["a.md", "b.md", "c.md"];
const CONTAINERS: [[&str; 3]; 3] =
    [["a.ipynb", "b.srt", "c.vtt"], ["a.po", "b.po", "c.xlf"], ["a.json", "b.csv", "c.jsonl"]];

/// Divides the bytes into files at a byte that no text holds.
fn files(bytes: &[u8], names: [&str; 3]) -> Vec<(PathBuf, Vec<u8>)> {
    bytes.split(|byte| *byte == 0xFF).zip(names).map(|(part, name)| (name.into(), part.to_vec())).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let settings = Settings::new("/project".into(), "/project".into());
    let is_work = first & 1 == 1;
    let names = match usize::from(first >> 2) & 3 {
        0 => DOCUMENTS,
        set => CONTAINERS[set - 1],
    };
    let tables = if is_work { [ROWS, WORK].concat() } else { ROWS.to_owned() };
    let settings = settings.with_file(&tables, "recto.toml".as_ref(), &registry()).expect("valid");
    let settings = settings.with_command_line(RulePatch::default(), Tiers::GateAndAudit);
    let level = if first & 2 == 2 { Applicability::Unsafe } else { Applicability::Safe };
    let judged = collection(files(bytes, names), &settings);
    for finding in lint(&judged, &settings) {
        assert_ne!(finding.rule, "internal-error", "{:?}", finding.data);
        for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
            let text = judged.document(edit.doc).text();
            assert!(text.get(edit.span.range()).is_some(), "{}: {:?}", finding.rule, edit.span);
        }
    }
    let settled = settle(judged, &settings, level);
    let again: Vec<(PathBuf, Vec<u8>)> = settled
        .collection
        .documents
        .iter()
        .map(|doc| (doc.source.path().to_path_buf(), doc.source.bytes().into_owned()))
        .collect();
    if settled.cycles.is_empty() {
        let second = settle(collection(again.clone(), &settings), &settings, level);
        for (doc, (_, bytes)) in second.collection.documents.iter().zip(&again) {
            assert_eq!(doc.source.bytes().as_ref(), bytes.as_slice(), "a second fix changes more");
        }
    }
});
