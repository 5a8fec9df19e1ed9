//! The collections under `fixtures/`: the report about each, and its text after fixing.
//!
//! `in/` is the collection as its writers left it, with its `recto.toml` if it has one. `out/` is the collection after
//! safe fixes; one without `out/` must not change. `report.snap` is the report of both tiers. To accept a change:
//! `RECTO_BLESS=1 INSTA_UPDATE=always cargo test --test fixtures`, and then read the difference line by line.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use recto::internal::lint::{lint, registry};
use recto::internal::model::collection::Collection;
use recto::internal::model::document::Document;
use recto::internal::model::edit::Applicability;
use recto::internal::model::finding::{Finding, Label, Tier};
use recto::internal::settings::{RulePatch, Settings, Tiers};
use recto::internal::settle::settle;

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
        Ok(text) => settings.with_file(&text, "recto.toml".as_ref(), &registry()).expect("a valid configuration"),
        Err(_) => settings,
    };
    settings.with_command_line(RulePatch::default(), tiers)
}

fn files_of(collection: &Collection) -> Files {
    let documents = collection.documents.iter();
    documents.map(|doc| (doc.source.path().to_path_buf(), doc.source.bytes().into_owned())).collect()
}

fn fixed(files: &Files, settings: &Settings, level: Applicability) -> Files {
    let settled = settle(recto::internal::collection(files.clone(), settings), settings, level);
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
            assert!(once == twice, "{name}, {level:?}:\n{}", difference(&once, &twice));
        }
    }
}

/// Returns the lines in which two collections differ, with non-ASCII characters as escapes.
fn difference(expected: &Files, found: &Files) -> String {
    let show = |bytes: &[u8]| bytes.escape_ascii().to_string().replace("\\n", "\n");
    let mut text = String::new();
    for (path, content) in expected {
        match found.iter().find(|(other, _)| other == path) {
            Some((_, other)) if other == content => {}
            Some((_, other)) => {
                let name = path.display().to_string();
                let (expected, found) = (show(content), show(other));
                let diff = similar::TextDiff::from_lines(expected.as_str(), found.as_str());
                text.push_str(&diff.unified_diff().header(&name, &name).to_string());
            }
            None => text.push_str(&format!("{} is missing\n", path.display())),
        }
    }
    text
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
fn every_fixture_is_reported_as_expected() {
    let mut insta = insta::Settings::clone_current();
    insta.set_prepend_module_to_snapshot(false);
    insta.set_omit_expression(true);
    for name in fixtures() {
        let settings = settings(&name, Tiers::GateAndAudit);
        let collection = recto::internal::collection(files(&root().join(&name).join("in")), &settings);
        let findings = lint(&collection, &settings);
        insta.set_snapshot_path(root().join(&name));
        insta.bind(|| insta::assert_snapshot!("report", report(&collection, &findings)));
    }
}

/// Returns the report about each document, with a paragraph for each finding.
fn report(collection: &Collection, findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let tier = if finding.tier == Tier::Audit { " (audit)" } else { "" };
        let _ = writeln!(text, "{}: {}{tier}: {}", place(collection, &finding.primary), finding.rule, finding.message);
        for related in &finding.related {
            let _ = writeln!(text, "    see {}: {}", place(collection, related), related.message);
        }
        if let Some(fix) = &finding.fix {
            let _ = writeln!(text, "    {}: {}", fix.applicability.as_str(), fix.title);
        }
        if !finding.candidates.is_empty() {
            let _ = writeln!(text, "    candidates: {}", finding.candidates.join(", "));
        }
    }
    text
}

fn place(collection: &Collection, label: &Label) -> String {
    let doc: &Document = collection.document(label.doc);
    let at = doc.position(label.span.start);
    format!("{}:{}:{}", doc.source.display(), at.line, at.column)
}

#[test]
fn safe_fixes_give_what_is_expected() {
    for name in fixtures() {
        let before = files(&root().join(&name).join("in"));
        let after = fixed(&before, &settings(&name, Tiers::Gate), Applicability::Safe);
        let folder = root().join(&name).join("out");
        if std::env::var_os("RECTO_BLESS").is_some() && after != before {
            let _ = fs::remove_dir_all(&folder);
            for (path, content) in &after {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().expect("below the folder")).expect("created");
                fs::write(path, content).expect("written");
            }
        }
        let expected = if folder.exists() { files(&folder) } else { before };
        assert!(after == expected, "fixtures/{name}:\n{}", difference(&expected, &after));
    }
}

#[test]
fn nothing_is_wrong_with_clean_documents() {
    let settings = settings("clean", Tiers::Gate);
    let collection = recto::internal::collection(files(&root().join("clean/in")), &settings);
    let findings = lint(&collection, &settings);
    assert!(findings.is_empty(), "{}", report(&collection, &findings));
}
