//! Any two texts are aligned as versions of one work, and the page and the reports of it are written.
//!
//! Run with `cargo +nightly fuzz run compare`.

#![no_main]

use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use recto::internal::lint::lint;
use recto::internal::model::collection::Collection;
use recto::internal::model::id::DocId;
use recto::internal::model::work::{Version, Work};
use recto::internal::pair::aligned;
use recto::internal::pair::role::{VersionMeasure, roles};
use recto::internal::pair::unit::basis;
use recto::internal::report::compare::Comparison;
use recto::internal::report::compare_human::CompareDetail;
use recto::internal::report::page::compare as compare_page;
use recto::internal::report::{compare_human, compare_json};
use recto::internal::settings::Settings;

fuzz_target!(|bytes: &[u8]| {
    let half = bytes.iter().position(|byte| *byte == 0xFF).unwrap_or(bytes.len() / 2);
    let (long, short) = bytes.split_at(half);
    let settings = Settings::new("/project".into(), "/project".into());
    let files: Vec<(PathBuf, Vec<u8>)> = vec![("a.md".into(), long.to_vec()), ("b.md".into(), short.to_vec())];
    let mut collection: Collection = recto::internal::collection(files, &settings);
    let documents = [vec![DocId(0)], vec![DocId(1)]];
    let measures: Vec<VersionMeasure> = documents.iter().map(|docs| VersionMeasure::new(docs, &collection)).collect();
    let of_versions: Vec<&[DocId]> = documents.iter().map(Vec::as_slice).collect();
    let roles = roles(&measures, basis(&of_versions, &collection));
    let versions = roles.into_iter().zip(documents).map(|(role, documents)| Version { role, documents });
    let work = Work::new("work".to_owned(), versions.collect());
    collection.works = vec![aligned(work, &collection)];
    let findings = lint(&collection, &settings);
    let names = ["a.md".to_owned(), "b.md".to_owned()];
    let Some(work) = collection.works.first() else { return };
    let comparison = Comparison { collection: &collection, work, names: &names, findings: &findings };
    let page = compare_page::page(&comparison, &|path: &Path| path.display().to_string());
    assert!(!page.contains("<script>alert"), "content is escaped");
    let mut out = Vec::new();
    compare_json::write(&comparison, &mut out).expect("a vector takes all");
    compare_human::write(&comparison, CompareDetail::Everything, &mut out).expect("a vector takes all");
});
