//! The collections under `fixtures/`: what recto says about each, and what is left of it after fixing.
//!
//! `in/` is the collection as its writers left it, with its `recto.toml` if it has one. `out/` is what safe fixes make
//! of it; a collection without `out/` must stay as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use recto::lint::{catalogue, lint};
use recto::model::collection::Collection;
use recto::model::edit::Applicability;
use recto::settings::{RulePatch, Settings, Tiers};
use recto::settle::settle;

type Files = Vec<(PathBuf, Vec<u8>)>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The collections, by name.
fn fixtures() -> Vec<String> {
    let entries = fs::read_dir(root()).expect("there are fixtures");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The documents below a folder, by their paths relative to it.
fn files(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let content = fs::read(&path).expect("readable");
                files.push((path.strip_prefix(folder).expect("below it").to_path_buf(), content));
            }
        }
    }
    files.sort();
    files
}

fn settings(name: &str, tiers: Tiers) -> Settings {
    let settings = Settings::new("/project".into(), "/project".into());
    let settings = match fs::read_to_string(root().join(name).join("in/recto.toml")) {
        Ok(text) => settings.with_file(&text, "recto.toml".as_ref(), &catalogue()).expect("a valid configuration"),
        Err(_) => settings,
    };
    settings.with_command_line(RulePatch::default(), tiers)
}

fn files_of(collection: &Collection) -> Files {
    let documents = collection.documents.iter();
    documents.map(|doc| (doc.source.path().to_path_buf(), doc.source.bytes().into_owned())).collect()
}

fn fixed(files: &Files, settings: &Settings, level: Applicability) -> Files {
    let settled = settle(recto::collection(files.clone(), settings), settings, level);
    assert!(settled.cycles.is_empty(), "rules chase each other: {:?}", settled.cycles);
    files_of(&settled.collection)
}

#[test]
fn fixing_a_fixture_again_changes_nothing() {
    for name in fixtures() {
        let settings = settings(&name, Tiers::GateAndAudit);
        for level in [Applicability::Safe, Applicability::Unsafe] {
            let once = fixed(&files(&root().join(&name).join("in")), &settings, level);
            let twice = fixed(&once, &settings, level);
            assert_eq!(shown(&once), shown(&twice), "{name}, {level:?}");
        }
    }
}

/// As text, so that a difference can be read.
fn shown(files: &Files) -> Vec<(String, String)> {
    let show = |bytes: &[u8]| bytes.escape_ascii().to_string().replace("\\n", "\n");
    files.iter().map(|(path, bytes)| (path.display().to_string(), show(bytes))).collect()
}

#[test]
fn a_report_depends_neither_on_the_order_of_files_nor_on_threads() {
    for name in fixtures() {
        let folder = root().join(&name).join("in");
        let paths: Vec<String> = files(&folder).iter().map(|(path, _)| path.display().to_string()).collect();
        let report = |jobs: &str, paths: &mut dyn Iterator<Item = &String>| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_recto"));
            command.current_dir(&folder).args(["check", "--audit", "--output-format", "json", "--jobs", jobs]);
            let output = command.args(paths).output().expect("recto runs");
            assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).expect("JSON is UTF-8")
        };
        let expected = report("1", &mut paths.iter());
        assert!(expected == report("4", &mut paths.iter()), "{name}: four threads say something else than one");
        assert!(expected == report("2", &mut paths.iter().rev()), "{name}: another order of files says something else");
    }
}

#[test]
fn nothing_is_wrong_with_clean_documents() {
    let settings = settings("clean", Tiers::Gate);
    let collection = recto::collection(files(&root().join("clean/in")), &settings);
    let findings = lint(&collection, &settings);
    let shown: Vec<String> = findings
        .iter()
        .map(|finding| {
            let doc = collection.document(finding.primary.doc);
            let line = doc.position(finding.primary.span.start).line;
            format!("{}:{line}: {}: {}", doc.source.display(), finding.rule, finding.message)
        })
        .collect();
    assert!(shown.is_empty(), "fixtures/clean/in must give no finding of the gate tier:\n{}", shown.join("\n"));
}
