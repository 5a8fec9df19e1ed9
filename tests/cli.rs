//! The binary as a user runs it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

#[path = "cli/adopt.rs"]
mod adopt;
#[path = "cli/fixes.rs"]
mod fixes;
#[path = "cli/import.rs"]
mod import;
#[path = "cli/report.rs"]
mod report;
#[path = "cli/selection.rs"]
mod selection;
#[path = "cli/since.rs"]
mod since;
#[path = "cli/surroundings.rs"]
mod surroundings;
#[path = "cli/trust.rs"]
mod trust;

/// A folder of its own for one test, with a way to run recto in it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("created");
        fs::write(path, content).expect("written");
        self
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("readable")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recto"));
        command
            .current_dir(self.folder.path())
            .args(args)
            .env_remove("NO_COLOR")
            .env_remove("CI")
            .env("COLUMNS", "100");
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        Run::of(self.command(args).output().expect("recto runs"))
    }

    fn pipe(&self, args: &[&str], input: &[u8]) -> Run {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("recto runs");
        child.stdin.take().expect("piped").write_all(input).expect("taken");
        Run::of(child.wait_with_output().expect("recto ends"))
    }
}

struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("no signal"),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

const SLIP: &str = "# A\n\nThe ferry leaves at at noon.\n";

#[test]
fn a_clean_file_is_success_and_a_finding_is_exit_code_1() {
    let place = Place::new();
    place.write("clean.md", "# A\n\nAll is well.\n").write("slip.md", SLIP);
    assert_eq!(place.run(&["check", "clean.md"]).code, 0);
    let run = place.run(&["check", "slip.md"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("slip.md:3:18"), "{}", run.out);
    assert!(run.out.contains("1 finding in 1 of 1 file"), "{}", run.out);
    assert!(!run.out.contains('\x1b'), "no colours where nobody watches");
}

#[test]
fn concise_is_a_line_for_each_finding() {
    let place = Place::new();
    place.write("slip.md", SLIP);
    let run = place.run(&["check", "--output-format", "concise"]);
    assert_eq!(run.out, "slip.md:3:18: repeated-word `at` is repeated\n");
}

#[test]
fn json_keeps_its_contract() {
    let place = Place::new();
    place.write("slip.md", "\u{FEFF}# Ä\n\nÄ ferry leaves from the pier at at noon.\n");
    let report = place.run(&["check", "--output-format", "json"]).json();
    assert_eq!(report["schema"], 1);
    assert_eq!(report["tool"]["name"], "recto");
    assert_eq!(report["summary"]["files"], 1);
    assert_eq!(report["summary"]["by_rule"]["repeated-word"], 1);
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "repeated-word");
    assert_eq!((&finding["family"], &finding["tier"]), (&"language".into(), &"gate".into()));
    // Columns count characters, offsets bytes of the file with its byte-order mark.
    assert_eq!(finding["start"], serde_json::json!({"line": 3, "column": 30, "offset": 39}));
    assert_eq!(finding["end"]["offset"], 44);
    assert_eq!(finding["text"], "at at");
    let edit = &finding["fix"]["edits"][0];
    assert_eq!((&edit["start"], &edit["end"], &edit["replacement"]), (&39.into(), &44.into(), &"at".into()));
    assert_eq!(finding["fix"]["applicability"], "unsafe");
    for key in ["message", "path", "related", "candidates", "data"] {
        assert!(!finding[key].is_null(), "{key}");
    }
}

#[test]
fn github_annotations_escape_what_they_must() {
    let place = Place::new();
    place.write("a,b.md", SLIP);
    let run = place.run(&["check", "--output-format", "github"]);
    assert!(
        run.out.starts_with("::warning file=a%2Cb.md,line=3,col=18,endColumn=23,endLine=3,title=recto"),
        "{}",
        run.out
    );
}

#[test]
fn fix_needs_unsafe_fixes_for_what_is_only_likely() {
    let place = Place::new();
    place.write("slip.md", SLIP);
    assert_eq!(place.run(&["check", "--fix"]).code, 1);
    assert_eq!(place.read("slip.md"), SLIP.as_bytes());
    let run = place.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.contains("fixed 1 finding in 1 file: 1 repeated-word"), "{}", run.out);
    assert_eq!(place.read("slip.md"), b"# A\n\nThe ferry leaves at noon.\n");
}

#[test]
fn diff_shows_what_would_change_and_writes_nothing() {
    let place = Place::new();
    place.write("slip.md", SLIP);
    let run = place.run(&["check", "--diff", "--unsafe-fixes"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("--- a/slip.md\n+++ b/slip.md\n@@ -1,3 +1,3 @@\n"), "{}", run.out);
    assert!(run.out.contains("-The ferry leaves at at noon.\n+The ferry leaves at noon.\n"), "{}", run.out);
    assert_eq!(place.read("slip.md"), SLIP.as_bytes());
}

#[test]
fn a_refrain_a_prayer_and_a_log_keep_what_they_say_twice() {
    let place = Place::new();
    let refrain = "Heave the line and make it fast,\nthe lock is shut, the night is vast,\n\
        the keeper sleeps, the lamp burns low,\nand we have still ten miles to go.\n";
    let entry = "- Gauge read at six: two metres and forty, wind from the west, nothing to report from the sluice.\n";
    place.write("song.md", format!("# Song\n\n{refrain}\n{refrain}"));
    place.write("log.md", format!("# Log\n\n{entry}{entry}- Relieved at eight.\n"));
    let before = (place.read("song.md"), place.read("log.md"));
    let run = place.run(&["check", "--fix"]);
    assert!(run.code == 1 && run.out.matches("duplicate-block").count() == 2, "{}", run.out);
    assert_eq!((place.read("song.md"), place.read("log.md")), before);
    place.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(String::from_utf8_lossy(&place.read("song.md")), format!("# Song\n\n{refrain}"));
}

#[test]
fn line_endings_mark_and_missing_final_newline_survive_a_fix() {
    let place = Place::new();
    place.write("slip.md", "\u{FEFF}# A\r\n\r\nLeaves at at noon.");
    place.run(&["check", "--fix", "--unsafe-fixes", "--select", "repeated-word"]);
    assert_eq!(place.read("slip.md"), "\u{FEFF}# A\r\n\r\nLeaves at noon.".as_bytes());
}

#[cfg(unix)]
#[test]
fn permissions_survive_a_fix_and_links_are_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::new();
    place.write("real/slip.md", SLIP);
    fs::set_permissions(place.path("real/slip.md"), fs::Permissions::from_mode(0o640)).expect("set");
    symlink(place.path("real/slip.md"), place.path("link.md")).expect("linked");
    assert_eq!(place.run(&["check", "link.md", "--fix", "--unsafe-fixes"]).code, 0);
    assert!(fs::symlink_metadata(place.path("link.md")).expect("there").is_symlink());
    let mode = fs::metadata(place.path("real/slip.md")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(place.read("real/slip.md"), b"# A\n\nThe ferry leaves at noon.\n");
}

#[test]
fn a_read_only_file_stays_whole_and_is_named() {
    let place = Place::new();
    place.write("slip.md", SLIP);
    let mut permissions = fs::metadata(place.path("slip.md")).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(place.path("slip.md"), permissions).expect("set");
    let run = place.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("could not write") && run.err.contains("read-only"), "{}", run.err);
    assert!(run.out.contains("1 file could not be written") && !run.out.contains("nothing left"), "{}", run.out);
    assert_eq!(place.read("slip.md"), SLIP.as_bytes());
    assert_eq!(fs::read_dir(place.folder.path()).expect("a folder").count(), 1, "no temporary file is left");
}

#[test]
fn a_missing_path_is_an_error_with_a_suggestion() {
    let place = Place::new();
    place.write("guide.md", SLIP);
    let run = place.run(&["check", "guid.md"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("no file or folder `guid.md`") && run.err.contains("did you mean `guide.md`?"),
        "{}",
        run.err
    );
}

#[test]
fn an_unknown_rule_is_an_error_with_a_suggestion() {
    let run = Place::new().run(&["check", "--select", "repeated-wrod"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `repeated-word`?"), "{}", run.err);
}

#[test]
fn a_mistake_in_the_configuration_is_shown_at_its_place() {
    let place = Place::new();
    place.write("recto.toml", "[rules]\nignroe = [\"language\"]\n").write("a.md", SLIP);
    let run = place.run(&["check"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("recto.toml:2:1") && run.err.contains("did you mean `ignore`?"), "{}", run.err);
}

#[test]
fn all_mistakes_of_the_configuration_are_shown_and_counted() {
    let place = Place::new();
    place.write("recto.toml", "extends = [\"team.toml\"]\nlocle = \"en-US\"\n[filess]\n").write("a.md", SLIP);
    place.write("team.toml", "# shared\nextends = [\"recto.toml\"]\n[rules]\nselect = [\"mojibaek\"]\n");
    let run = place.run(&["check"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    for part in [
        "`recto.toml` extends itself",
        "team.toml:2:12",
        "the cycle starts here",
        "recto.toml:1:12",
        "did you mean `mojibake`?",
        "team.toml:4:11",
        "did you mean `locale`?",
        "recto.toml:2:1",
        "did you mean `files`?",
        "4 errors in the configuration; nothing was done",
    ] {
        assert!(run.err.contains(part), "{part}:\n{}", run.err);
    }
}

#[test]
fn shared_settings_are_found_from_the_folder_of_the_file_that_extends_them() {
    let place = Place::new();
    place.write("common/base.json", "{ \"rules\": { \"ignore\": [\"language\"] } }").write("guide/sub/a.md", SLIP);
    place.write("guide/recto.toml", "extends = [\"../common/base.json\"]\n");
    assert_eq!(place.run(&["check", "guide/sub"]).code, 0);
    let mut command = place.command(&["check"]);
    let run = Run::of(command.current_dir(place.path("guide/sub")).output().expect("runs"));
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    place.write("common/base.json", "{ \"required-version\": \">=99\" }");
    let run = place.run(&["check", "guide"]);
    assert!(run.code == 2 && run.err.contains("these settings are for recto >=99"), "{}", run.err);
    assert!(run.err.contains("base.json:1:23"), "{}", run.err);
}

#[test]
fn settings_can_be_json_but_a_report_of_that_name_is_none() {
    let place = Place::new();
    place.write("recto.json", "{ \"rules\": { \"ignore\": [\"language\"] } }").write("a.md", SLIP);
    assert_eq!(place.run(&["check"]).code, 0);
    assert_eq!(place.run(&["check", "--no-config"]).code, 1);
    let report = place.run(&["check", "--no-config", "--output-format", "json"]);
    for text in ["", &report.out] {
        place.write("recto.json", text);
        let run = place.run(&["check"]);
        assert_eq!((run.code, run.err.as_str()), (1, ""), "{text}");
    }
}

#[test]
fn the_schema_is_printed() {
    let run = Place::new().run(&["schema"]);
    assert_eq!(run.code, 0);
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/recto.schema.json");
    assert_eq!(run.out, fs::read_to_string(committed).expect("committed"));
}

#[test]
fn the_nearest_configuration_holds_and_no_config_leaves_it_out() {
    let place = Place::new();
    place.write("recto.toml", "[rules]\nignore = [\"language\"]\n").write("sub/a.md", SLIP);
    let mut command = place.command(&["check"]);
    let run = Run::of(command.current_dir(place.path("sub")).output().expect("runs"));
    assert_eq!(run.code, 0, "{}", run.out);
    assert_eq!(place.run(&["check", "--no-config"]).code, 1);
}

#[test]
fn the_configuration_nearest_to_what_is_checked_holds() {
    let place = Place::new();
    place
        .write("guide/recto.toml", "[rules]\nignore = [\"language\"]\n")
        .write("guide/in/a.md", SLIP)
        .write("b.md", SLIP);
    assert_eq!(place.run(&["check", "guide/in"]).code, 0, "found from outside");
    assert_eq!(place.run(&["check", "guide/in/a.md", "b.md"]).code, 1, "no common configuration");
}

#[test]
fn exclude_and_ignore_files_leave_files_out() {
    let place = Place::new();
    place.write("recto.toml", "[files]\nexclude = [\"old/**\"]\n").write(".gitignore", "built/\n");
    place.write("old/a.md", SLIP).write("built/b.md", SLIP).write("c.md", "fine\n");
    assert_eq!(place.run(&["check"]).code, 0);
    assert_eq!(place.run(&["check", "built/b.md"]).code, 1, "a file that is named is checked");
}

#[test]
fn overrides_hold_for_their_files_only() {
    let place = Place::new();
    place.write("recto.toml", "[[override]]\nfiles = [\"drafts/**\"]\nrules = { ignore = [\"all\"] }\n");
    place.write("drafts/a.md", SLIP).write("b.md", SLIP);
    let report = place.run(&["check", "--output-format", "json"]).json();
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["findings"][0]["path"], "b.md");
}

#[test]
fn the_locale_decides_between_two_spellings() {
    let place = Place::new();
    place.write("recto.toml", "locale = \"en-US\"\n[[override]]\nfiles = [\"uk/**\"]\nlocale = \"en-GB\"\n");
    place
        .write("us.md", "The Colours of the lamp. `colour` stays, and so does \"the colour\".\n\nBehaviours change.\n");
    place.write("uk/gb.md", "The color of the lamp, organized or organised.\n");
    let run = place.run(&["check", "--output-format", "concise"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("`Behaviours` is the British spelling"), "{}", run.out);
    assert!(run.out.contains("`color` is the American spelling"), "{}", run.out);
    assert_eq!(run.out.matches(" spelling").count(), 2, "{}", run.out);
    place.run(&["check", "--fix", "--unsafe-fixes"]);
    let fixed = "The Colours of the lamp. `colour` stays, and so does \"the colour\".\n\nBehaviors change.\n";
    assert_eq!(String::from_utf8_lossy(&place.read("us.md")), fixed);
    assert_eq!(place.read("uk/gb.md"), b"The colour of the lamp, organized or organised.\n");
}

#[test]
fn options_of_an_override_hold_for_rules_that_look_at_all_files_too() {
    let place = Place::new();
    let config = "[[override]]\nfiles = [\"own/**\"]\nrules.unknown-word.words = [\"rigourously\"]\n\
        rules.inconsistent-term.terms = { \"light house\" = \"lighthouse\" }\n";
    place.write("recto.toml", config);
    let text = "Checked rigorously, as rigorously as ever, and rigourously at the light house.\n";
    place.write("a.md", text).write("own/b.md", text);
    let run = place.run(&["check", "--output-format", "concise", "--select", "unknown-word,inconsistent-term"]);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("a.md") && line.contains("rigourously")), "{}", run.out);
    assert!(!lines.iter().any(|line| line.starts_with("own") && line.contains("rigourously")), "{}", run.out);
    assert!(lines.iter().any(|line| line.starts_with("own") && line.contains("lighthouse")), "{}", run.out);
    assert!(!lines.iter().any(|line| line.starts_with("a.md") && line.contains("lighthouse")), "{}", run.out);
}

#[test]
fn another_version_tells_which_word_was_meant() {
    let place = Place::new();
    let versions = "{ role = \"long\", files = [\"a.md\"] }, { role = \"summary\", files = [\"b.md\"] }";
    place.write("recto.toml", format!("[[work]]\nname = \"guide\"\nversions = [ {versions} ]\n"));
    let long = "# Guide\n\n### 1. What do the lamps say?\n\nThe chaoter on lamps says it.\n\n\
        ### 2. Who has the list?\n\nWhoever wrote the chapter; another charter holds a copy.\n";
    let summary = "# Guide\n\n### 1. What do the lamps say?\n\nSee the charter on lamps.\n\n\
        ### 2. Who has the list?\n\nThe owner.\n";
    place.write("a.md", long).write("b.md", summary);
    let args = ["check", "--audit", "--select", "unknown-word", "--output-format", "json"];
    let alone = place.run(&[args.as_slice(), &["--no-config"]].concat()).json();
    assert_eq!(alone["findings"][0]["tier"], "audit");
    assert_eq!(alone["findings"][0]["candidates"], serde_json::json!(["chapter", "charter"]));
    let together = place.run(&args).json();
    let finding = &together["findings"][0];
    assert_eq!((&finding["tier"], &finding["text"]), (&"gate".into(), &"chaoter".into()));
    assert_eq!(finding["fix"]["edits"][0]["replacement"], "charter");
    assert_eq!(finding["related"][0]["message"], "`charter` in another version");
    assert_eq!(finding["related"][0]["path"], "b.md");
}

#[test]
fn a_comment_allows_one_of_many_places_that_are_told_together() {
    let place = Place::new();
    let part = "The lock:\n\n- Ring the bell.\n- Show the papers.\nThen wait for the green lamp.\n\n";
    let allowed = "The lock:\n\n<!-- recto-allow swallowed-text: as the keeper wrote it -->\n\n\
        - Ring the bell.\n- Show the papers.\nThen wait for the green lamp.\n\n";
    place.write("a.md", format!("{}{allowed}{}", part.repeat(2), part.repeat(3)));
    let run = place.run(&["check", "--select", "swallowed-text", "--output-format", "concise"]);
    assert!(run.out.starts_with("a.md:5:1"), "{}", run.out);
    assert!(run.out.contains("4 times more"), "{}", run.out);
    assert_eq!(run.out.lines().filter(|line| line.starts_with("a.md")).count(), 1, "{}", run.out);
}

#[test]
fn standard_input_is_checked_and_fixed() {
    let place = Place::new();
    let run = place.pipe(&["check", "-", "--stdin-filename", "x/notes.md"], SLIP.as_bytes());
    assert_eq!(run.code, 1);
    assert!(run.out.contains("x/notes.md:3:18"), "{}", run.out);
    let run = place.pipe(&["check", "-", "--fix", "--unsafe-fixes"], SLIP.as_bytes());
    assert_eq!((run.code, run.out.as_str()), (0, "# A\n\nThe ferry leaves at noon.\n"));
    assert_eq!(place.run(&["check", "-", "a.md"]).code, 2);
}

#[test]
fn an_empty_file_and_an_empty_folder_are_fine() {
    let place = Place::new();
    assert_eq!(place.run(&["check"]).code, 0);
    place.write("empty.md", "");
    let run = place.run(&["check"]);
    assert_eq!(run.code, 0, "{}", run.out);
}

#[test]
fn a_picture_named_like_a_document_is_one_finding_and_stays_whole() {
    let place = Place::new();
    let picture: Vec<u8> =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".iter().copied().chain((0..4000u32).map(|n| ((n * 7919) >> 3) as u8)).collect();
    place.write("picture.md", &picture);
    let run = place.run(&["check", "--fix", "--unsafe-fixes", "--output-format", "json"]);
    let report = run.json();
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{}", run.out);
    assert_eq!(report["findings"][0]["rule"], "unreadable-file");
    assert_eq!(place.read("picture.md"), picture);
}

#[test]
fn any_bytes_are_survived() {
    let place = Place::new();
    let bytes: Vec<u8> = (0..=255u8).cycle().take(5000).collect();
    place.write("bytes.md", &bytes);
    let run = place.run(&["check", "--audit"]);
    assert!(run.code == 0 || run.code == 1, "{}", run.err);
    assert!(!run.out.contains("internal-error"), "{}", run.out);
}

#[test]
fn a_line_of_100_megabytes_is_survived() {
    let place = Place::new();
    let mut line = "word and another ".repeat(6_200_000);
    line.push_str("at at the end\n");
    place.write("line.md", &line);
    let run = place.run(&["check"]);
    assert!(run.code == 1 && run.out.contains("larger than the 64 MiB that `max-size-mib`"), "{}", run.out);
    place.write("recto.toml", "[files]\nmax-size-mib = 200\n");
    let run = place.run(&["check", "--output-format", "human"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("`at` is repeated"), "the finding is there");
    assert!(run.out.len() < 10_000, "the excerpt is no longer than anybody reads");
}

#[test]
fn a_word_of_a_megabyte_is_survived() {
    let place = Place::new();
    place.write("recto.toml", "locale = \"en-US\"\n");
    place.write("word.md", "organisea".repeat(1 << 17));
    let start = std::time::Instant::now();
    let run = place.run(&["check", "--audit"]);
    assert_eq!(run.code, 0, "{}", run.out);
    // Its neighbours alone, each as long as the wanted name, would take a day.
    assert!(start.elapsed().as_secs() < 60);
}

#[test]
fn allow_comments_silence_what_they_name_and_complain_if_unused() {
    let place = Place::new();
    place.write("a.md", "<!-- recto-allow repeated-word: it is a name -->\n\nThe ferry leaves at at noon.\n");
    assert_eq!(place.run(&["check"]).code, 0);
    place.write("a.md", "<!-- recto-allow repeated-word: it is a name -->\n\nThe ferry leaves at noon.\n");
    let run = place.run(&["check", "--output-format", "concise"]);
    assert!(run.out.contains("unused-allow"), "{}", run.out);
}

#[test]
fn jobs_and_order_of_paths_change_nothing() {
    let place = Place::new();
    for at in 0..40 {
        place.write(&format!("f{at}.md"), format!("{SLIP}\nNumber {at} {at}.\n"));
    }
    let one = place.run(&["check", "--jobs", "1", "--output-format", "json"]).out;
    let many = place.run(&["check", "--jobs", "8", "--output-format", "json"]).out;
    assert_eq!(one, many);
    let forth = place.run(&["check", "f1.md", "f2.md", "--output-format", "json"]).out;
    assert_eq!(forth, place.run(&["check", "f2.md", "f1.md", "f2.md", "--output-format", "json"]).out);
}

#[test]
fn statistics_count_by_rule() {
    let place = Place::new();
    place.write("a.md", SLIP).write("b.md", SLIP);
    let run = place.run(&["check", "--statistics"]);
    assert!(run.out.contains("2  repeated-word") && run.out.contains("in    2 files"), "{}", run.out);
    assert!(run.out.lines().last().is_some_and(|line| line.contains("2  total")), "{}", run.out);
}

#[test]
fn statistics_count_by_file_and_folder() {
    let place = Place::new();
    place.write("a.md", SLIP).write("sub/b.md", SLIP).write("sub/c.md", format!("{SLIP}\nIt is is so.\n"));
    let shown = |of: &str| place.run(&["check", of]).out;
    let files = shown("--statistics=file");
    assert!(files.starts_with("      2  sub/c.md") && files.contains("      4  total"), "{files}");
    let folders = shown("--statistics=folder");
    assert!(folders.starts_with("      3  sub/ ") && folders.contains("      1  ./"), "{folders}");
    let rows = place.run(&["check", "--statistics=folder", "--output-format", "json"]).json();
    assert_eq!((&rows[0]["folder"], &rows[0]["count"], &rows[0]["files"]), (&"sub/".into(), &3.into(), &2.into()));
}

#[test]
fn explain_shows_the_page_and_rules_lists_all() {
    let place = Place::new();
    let run = place.run(&["explain", "repeated-word"]);
    assert!(run.code == 0 && run.out.contains("What it finds"), "{}", run.out);
    assert_eq!(place.run(&["explain", "repeated-wrod"]).code, 2);
    let run = place.run(&["rules"]);
    assert!(recto::internal::rules::ALL.iter().all(|rule| run.out.contains(rule.id)), "{}", run.out);
    let listed = place.run(&["rules", "--output-format", "json"]).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(recto::internal::rules::ALL.len()));
}

#[test]
fn color_can_be_forced_and_forbidden() {
    let place = Place::new();
    place.write("a.md", SLIP);
    assert!(place.run(&["check", "--color", "always"]).out.contains('\x1b'));
    assert!(!place.run(&["check", "--color", "never"]).out.contains('\x1b'));
}

#[test]
fn completions_are_printed() {
    assert!(Place::new().run(&["completions", "bash"]).out.contains("recto"));
}

/// Returns the folder of the documents that recto was made for, if `RECTO_CORPUS` names one.
fn corpus() -> Option<PathBuf> {
    std::env::var_os("RECTO_CORPUS").map(PathBuf::from).filter(|path| path.is_dir())
}

fn copy(from: &Path, place: &Place, name: &str) {
    place.write(name, fs::read(from).expect("readable"));
}

#[test]
fn the_seeds_are_repaired_byte_for_byte() {
    let Some(corpus) = corpus() else { return };
    let place = Place::new();
    for name in ["long.md", "summary.md"] {
        copy(&corpus.join("seeds").join(name), &place, name);
    }
    let first = place.run(&["check", "--fix", "--select", "encoding", "--output-format", "json"]).json();
    let summary = fs::read(corpus.join("seeds/summary.clean.md")).expect("readable");
    assert_eq!(place.read("summary.md"), summary);
    // One emoji lost a byte for good, so it stays as it was found, with its candidates.
    let clean = fs::read_to_string(corpus.join("seeds/long.clean.md")).expect("readable");
    let expected = clean.replace("# \u{1F310} **941", "# \u{F0}\u{178}\u{152} **941");
    assert_eq!(String::from_utf8(place.read("long.md")).expect("UTF-8"), expected);
    let left = first["findings"].as_array().expect("a list");
    assert_eq!(left.len(), 1, "{left:#?}");
    assert_eq!(left[0]["rule"], "lost-character");
    assert_eq!(left[0]["candidates"].as_array().map(Vec::len), Some(5));
    let before = place.read("long.md");
    place.run(&["check", "--fix", "--select", "encoding"]);
    assert_eq!(place.read("long.md"), before);
}
