//! `recto compare --history` on histories of our own.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const ENGLISH: &str = "# The pump\n\n## 1. How often is it oiled?\n\nThe pump is oiled every twelve weeks, by whoever has the \
    key to the yard.\n\n## 2. How long does it run?\n\nIt runs for as long as the water in the yard is above the \
    step.\n\n## 3. Who hears it?\n\nNobody can hear what is said beside it, and nobody tries to.\n";
const GERMAN: &str = "# Die Pumpe\n\n## 1. Wie oft wird sie geölt?\n\nDie Pumpe wird alle zwölf Wochen geölt, von dem, der \
    den Schlüssel zum Hof hat.\n\n## 2. Wie lange läuft sie?\n\nSie läuft, solange das Wasser im Hof über der Stufe \
    steht.\n\n## 3. Wer hört sie?\n\nNeben ihr hört man nicht, was die anderen sagen, und niemand versucht es.\n";

fn run(program: &str, folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.current_dir(folder).args(args).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for (name, value) in [("NAME", "A"), ("EMAIL", "a@example.org")] {
        command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    command.output().expect("the program runs")
}

fn recto(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = run(env!("CARGO_BIN_EXE_recto"), folder, args);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

fn commit(folder: &Path, subject: &str, files: &[(&str, &str)]) {
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("written");
    }
    assert!(run("git", folder, &["add", "-A"]).status.success());
    assert!(run("git", folder, &["commit", "-qm", subject]).status.success());
}

/// A repository in which the reference changed after the translation: one item by a figure, one by its spelling only.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    assert!(run("git", at, &["init", "-q"]).status.success());
    commit(at, "Begin", &[("pump.md", &ENGLISH.replace("Nobody", "Noboddy"))]);
    commit(at, "Translate", &[("pump.de.md", GERMAN)]);
    let later = ENGLISH.replace("twelve weeks", "six weeks, and once more in the frost");
    commit(at, "Oil it twice as often", &[("pump.md", &later)]);
    folder
}

const COMPARE: [&str; 4] = ["compare", "--history", "pump.md", "pump.de.md"];

#[test]
fn items_whose_reference_changed_since_are_told_with_the_commit_and_the_words() {
    let folder = repository();
    let (code, text) = recto(folder.path(), &COMPARE);
    // Findings of the audit tier do not fail a run.
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("66 % pump.de.md (2 of 3 items)"), "{text}");
    assert!(text.contains("“Oil it twice as often”") && text.contains("`twelve"), "{text}");
    assert!(!text.contains("Wer hört sie"), "a corrected misspelling: {text}");
    // Whoever brings the item up to date is done.
    commit(folder.path(), "Follow", &[("pump.de.md", &GERMAN.replace("zwölf", "sechs"))]);
    let (code, text) = recto(folder.path(), &COMPARE);
    assert!(code == Some(0) && text.contains("100 % pump.de.md (3 of 3 items)"), "{text}");
}

#[test]
fn without_the_whole_history_the_run_fails_and_says_what_to_do() {
    let folder = repository();
    let clone = tempfile::tempdir().expect("a folder");
    let source = format!("file://{}", folder.path().display());
    assert!(run("git", clone.path(), &["clone", "-q", "--depth", "1", &source, "."]).status.success());
    let (code, text) = recto(clone.path(), &COMPARE);
    assert!(code == Some(2) && text.contains("git fetch --unshallow"), "{text}");
    let bare = tempfile::tempdir().expect("a folder");
    fs::write(bare.path().join("pump.md"), ENGLISH).expect("written");
    fs::write(bare.path().join("pump.de.md"), GERMAN).expect("written");
    let (code, text) = recto(bare.path(), &COMPARE);
    assert!(code == Some(2) && text.contains("no git repository"), "{text}");
}

#[cfg(unix)]
#[test]
fn nothing_that_a_repository_configures_is_run() {
    let folder = repository();
    let trap = folder.path().join(".git/trap");
    fs::write(&trap, "#!/bin/sh\ntouch \"$(dirname \"$0\")/sprung\"\n").expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&trap, mode).expect("executable");
    let trap = trap.display().to_string();
    for key in ["core.fsmonitor", "diff.external", "diff.x.textconv", "diff.x.command", "core.pager", "core.sshCommand"]
    {
        assert!(run("git", folder.path(), &["config", key, &trap]).status.success());
    }
    fs::write(folder.path().join(".git/info/attributes"), "*.md diff=x\n").expect("written");
    assert_eq!(recto(folder.path(), &COMPARE).0, Some(0));
    assert!(!folder.path().join(".git/sprung").exists());
}

#[test]
fn a_role_can_be_given_where_the_guess_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.md"), ENGLISH).expect("written");
    fs::write(folder.path().join("b.md"), ENGLISH.replace("twelve", "six")).expect("written");
    let (_, text) = recto(folder.path(), &["compare", "a.md", "b.md", "--as", "translation", "b.md"]);
    assert!(text.contains("b.md (translation"), "{text}");
    let (code, text) = recto(folder.path(), &["compare", "a.md", "b.md", "--as", "copy", "b.md"]);
    assert!(code == Some(2) && text.contains("long, summary, translation"), "{text}");
    let (code, text) = recto(folder.path(), &["compare", "a.md", "b.md", "--as", "list", "c.md"]);
    assert!(code == Some(2) && text.contains("none of the versions"), "{text}");
}

#[test]
fn progress_is_written_as_a_badge_and_as_a_table() {
    let folder = repository();
    let badge = recto(folder.path(), &[&COMPARE[..], &["--output-format", "badge"]].concat()).1;
    let badge: serde_json::Value = serde_json::from_str(&badge).expect("one object");
    assert_eq!(
        (&badge["schemaVersion"], &badge["label"], &badge["message"]),
        (&1.into(), &"de".into(), &"66 %".into())
    );
    let table = recto(folder.path(), &[&COMPARE[..], &["--output-format", "table"]].concat()).1;
    assert!(table.contains("| pump.de.md | de | 66 % | 0 | 1 |"), "{table}");
}

#[test]
fn a_check_reads_the_history_where_the_rule_is_named() {
    let folder = repository();
    let config = "[[work]]\nname = \"pump\"\nversions = [\n  { role = \"long\", files = [\"pump.md\"] },\n  { role = \
        \"translation\", files = [\"pump.de.md\"] },\n]\n";
    fs::write(folder.path().join("recto.toml"), config).expect("written");
    let (code, text) = recto(folder.path(), &["check", "--select", "outdated-item", "."]);
    assert_eq!(code, Some(0), "the audit tier fails no run: {text}");
    assert!(text.contains("Oil it twice as often"), "{text}");
    let silent = recto(folder.path(), &["check", "--audit", "."]).1;
    assert!(!silent.contains("Oil it twice as often"), "{silent}");
    fs::write(folder.path().join("recto.toml"), format!("[rules]\ntier = {{ outdated-item = \"gate\" }}\n{config}"))
        .expect("written");
    assert_eq!(recto(folder.path(), &["check", "."]).0, Some(1));
}

#[test]
fn questions_with_one_title_are_told_apart_by_their_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    assert!(run("git", at, &["init", "-q"]).status.success());
    let question = |number: u32, code: &str, answer: &str| {
        format!("## {number}. What is printed?\n\n```js\n{code}\n```\n\n{answer}\n\n")
    };
    let english = |limit: &str| {
        question(
            1,
            "let lamp = 3;\nprint(lamp + lamp);",
            "The lamp is added to itself, so that six is printed in the end.",
        ) + &question(
            2,
            &format!("for (const boat of harbour.slice(0, {limit})) print(boat.name);"),
            "The names of the first boats of the harbour are printed, one on each line.",
        ) + &question(
            3,
            "print(typeof anchor);",
            "Nobody has declared the anchor, and so the word undefined is printed.",
        )
    };
    let german = question(
        1,
        "let lamp = 3;\nprint(lamp + lamp);",
        "Die Lampe wird zu sich selbst addiert, also wird am Ende sechs ausgegeben.",
    ) + &question(
        2,
        "for (const boat of harbour.slice(0, 4)) print(boat.name);",
        "Die Namen der ersten Boote des Hafens werden ausgegeben, einer auf jeder Zeile.",
    ) + &question(
        3,
        "print(typeof anchor);",
        "Niemand hat den Anker deklariert, und so wird das Wort undefined ausgegeben.",
    );
    commit(at, "Begin", &[("quiz.md", &english("4"))]);
    commit(at, "Translate", &[("quiz.de.md", &german)]);
    commit(at, "Show more boats", &[("quiz.md", &english("7"))]);
    let (_, text) = recto(at, &["compare", "--history", "quiz.md", "quiz.de.md"]);
    assert!(text.contains("66 % quiz.de.md (2 of 3 items)"), "{text}");
}

#[test]
fn a_renamed_file_has_the_history_of_its_earlier_name() {
    let folder = repository();
    let at = folder.path();
    fs::create_dir(at.join("docs")).expect("created");
    for name in ["pump.md", "pump.de.md"] {
        assert!(run("git", at, &["mv", name, &format!("docs/{name}")]).status.success());
    }
    assert!(run("git", at, &["commit", "-qm", "Move the documents"]).status.success());
    let (_, text) = recto(at, &["compare", "--history", "docs/pump.md", "docs/pump.de.md"]);
    assert!(text.contains("66 % docs/pump.de.md (2 of 3 items)"), "{text}");
    assert!(text.contains("“Oil it twice as often”"), "{text}");
}
