//! Which files are read, and which rules speak.

use std::fs;

use super::{Place, Run, SLIP};

const GARBLED: &str = "It isnâ€™t far to the quay.\n";

/// The places of the findings: path and line.
fn places(run: &Run) -> Vec<String> {
    let findings = run.json()["findings"].as_array().cloned().unwrap_or_default();
    let place = |finding: &serde_json::Value| {
        format!("{}:{}", finding["path"].as_str().unwrap_or_default(), finding["start"]["line"])
    };
    findings.iter().map(place).collect()
}

fn json<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["check", "--output-format", "json"], args].concat()
}

#[test]
fn a_rule_that_is_selected_finds_what_it_finds_without() {
    let place = Place::new();
    place.write("a.md", "# Tides\n\nSee [the table](#tide-tables) and [the map](maps/harbor).\n\n## Tide table\n\nTwice.\n\n#### Far\n\nMore.\n");
    assert_eq!(places(&place.run(&json(&["--select", "broken-link"]))), ["a.md:3"]);
    assert_eq!(places(&place.run(&json(&["--select", "structure"]))), ["a.md:3"]);
    assert_eq!(places(&place.run(&json(&["--select", "broken-link", "--audit"]))).len(), 2);
    assert_eq!(places(&place.run(&json(&["--select", "heading-skip"]))), ["a.md:9"], "an audit rule that is named");
    assert_eq!(places(&place.run(&json(&["--extend-select", "heading-skip"]))), ["a.md:3", "a.md:9"]);
}

#[test]
fn a_selection_does_not_bring_back_what_the_settings_leave_out() {
    let place = Place::new();
    place
        .write("recto.toml", "[rules]\nignore = [\"misspelling\"]\n[[override]]\nfiles = [\"old/**\"]\nrules = { ignore = [\"language\"] }\n")
        .write("old/a.md", SLIP)
        .write("b.md", SLIP)
        .write("c.md", "We recieve the post.\n");
    for select in [&["--select", "repeated-word"][..], &["--select", "language"], &["--extend-select", "repeated-word"]]
    {
        assert_eq!(places(&place.run(&json(select))), ["b.md:3"], "{select:?}");
    }
    assert_eq!(places(&place.run(&json(&["--select", "misspelling"]))), [""; 0]);
    assert_eq!(places(&place.run(&json(&["--extend-select", "misspelling"]))), ["b.md:3", "c.md:1"]);
}

#[test]
fn folders_of_other_people_are_left_out_and_counted() {
    let place = Place::new();
    let left_out = [
        "node_modules/x",
        "docs/vendor",
        "web/third_party/y",
        "lib/site-packages",
        "rust/target/doc",
        "app/dist",
        "cpp/build",
    ];
    for folder in left_out {
        place.write(&format!("{folder}/README.md"), GARBLED);
    }
    for manifest in ["rust/Cargo.toml", "app/package.json", "cpp/CMakeLists.txt"] {
        place.write(manifest, "");
    }
    // Such names where nothing makes them, and names that are only alike.
    for read in ["docs/target/a.md", "build/b.md", "dist/c.md", "vendors/d.md", "docs/vendor.md"] {
        place.write(read, SLIP);
    }
    let run = place.run(&json(&[]));
    assert_eq!(
        places(&run),
        ["build/b.md:3", "dist/c.md:3", "docs/target/a.md:3", "docs/vendor.md:3", "vendors/d.md:3"]
    );
    assert_eq!(run.json()["summary"]["left_out"], left_out.len());
    assert!(place.run(&["check"]).out.contains("7 folders left out by default: app/dist, cpp/build, docs/vendor"));
    assert_eq!(places(&place.run(&json(&["docs/vendor"]))), ["docs/vendor/README.md:1"], "a folder that is named");
    assert_eq!(places(&place.run(&json(&["docs/vendor/README.md"]))), ["docs/vendor/README.md:1"]);
    assert_eq!(places(&place.run(&json(&["--force-exclude", "docs/vendor/README.md"]))), [""; 0]);
    place.write("recto.toml", "[files]\nexclude = [\"!docs/vendor/\"]\n");
    assert!(places(&place.run(&json(&[]))).contains(&"docs/vendor/README.md:1".to_owned()));
    assert_eq!(place.run(&json(&[])).json()["warnings"], serde_json::json!([]));
    place.write("recto.toml", "[files]\ndefault-excludes = false\n");
    assert_eq!(places(&place.run(&json(&[]))).len(), 12);
}

#[test]
fn a_folder_with_nothing_but_what_is_left_out_says_so() {
    let place = Place::new();
    place.write("vendor/a.md", GARBLED);
    let run = place.run(&["check"]);
    assert!(
        !run.out.contains('✓') && run.err.contains("1 Markdown file in `vendor`, which is excluded by default"),
        "{}",
        run.err
    );
}

#[test]
fn the_github_folder_is_read_and_other_hidden_ones_where_they_are_named() {
    let place = Place::new();
    for path in
        [".github/a.md", "sub/.github/b/c.md", ".github/.cache/d.md", ".changeset/e.md", "docs/.notes/f.md", ".g.md"]
    {
        place.write(path, SLIP);
    }
    assert_eq!(places(&place.run(&json(&[]))), [".github/a.md:3", "sub/.github/b/c.md:3"]);
    place.write("recto.toml", "[files]\ninclude = [\".changeset/\", \"**/.notes/*.md\", \".g.md\"]\n");
    let all = [".changeset/e.md:3", ".g.md:3", ".github/a.md:3", "docs/.notes/f.md:3", "sub/.github/b/c.md:3"];
    assert_eq!(places(&place.run(&json(&[]))), all);
    // One that is named is read in any case.
    place.write("recto.toml", "");
    assert_eq!(
        places(&place.run(&json(&[".changeset", "docs/.notes/f.md"]))),
        [".changeset/e.md:3", "docs/.notes/f.md:3"]
    );
}

#[test]
fn excluded_files_are_left_out_by_name_where_that_is_forced() {
    let place = Place::new();
    place.write("recto.toml", "[files]\nexclude = [\"third/\", \"*.draft.md\"]\n");
    place.write("third/deep/a.md", SLIP).write("b.draft.md", SLIP).write("c.md", SLIP);
    let named = ["third/deep/a.md", "b.draft.md", "third", "c.md"];
    assert_eq!(places(&place.run(&json(&[&["--force-exclude"], &named[..]].concat()))), ["c.md:3"]);
    assert_eq!(places(&place.run(&json(&named))).len(), 3, "without the flag what is named is checked");
    let run = place.run(&["check", "--force-exclude", "third/deep/a.md", "b.draft.md"]);
    assert!(run.code == 0 && run.err.contains("excluded by `third/`"), "{}{}", run.out, run.err);
    assert_eq!(place.run(&["check", "--force-exclude", "gone.md"]).code, 2, "a mistake stays a mistake");
    let inside = place
        .command(&["check", "--force-exclude", "--output-format", "concise", "."])
        .current_dir(place.path("third"))
        .output();
    assert_eq!(Run::of(inside.expect("runs")).out, "");
}

#[test]
fn excluded_standard_input_was_checked_and_fixed() {
    let place = Place::new();
    place.write("recto.toml", "[files]\nexclude = [\"third/\"]\n");
    let of = |name: &'static str, more: &[&'static str]| {
        [&["check", "--force-exclude", "--stdin-filename", name], more, &["-"]].concat()
    };
    let run = place.pipe(&of("third/a.md", &["--output-format", "concise"]), SLIP.as_bytes());
    assert!(run.code == 0 && run.out.is_empty() && run.err.contains("`third/` in `exclude`"), "{}{}", run.out, run.err);
    let run = place.pipe(&of("third/a.md", &["--fix", "--unsafe-fixes"]), SLIP.as_bytes());
    assert!(run.code == 0 && run.out == SLIP, "a filter passes on what it does not check: {}{}", run.out, run.err);
    let run = place.pipe(&of("vendor/a.md", &["--fix"]), SLIP.as_bytes());
    assert!(run.out == SLIP && run.err.contains("`vendor` is left out by default"), "{}{}", run.out, run.err);
    assert_eq!(place.pipe(&of("a.md", &[]), SLIP.as_bytes()).code, 1);
}

#[test]
fn globs_are_expanded_where_no_shell_does() {
    let place = Place::new();
    place.write("a/one.md", SLIP).write("a/b/two.md", SLIP).write("c.md", SLIP).write("vendor/d.md", SLIP);
    assert_eq!(places(&place.run(&json(&["a/*.md"]))), ["a/one.md:3"]);
    assert_eq!(places(&place.run(&json(&["**/t*.md", "c.md"]))), ["a/b/two.md:3", "c.md:3"]);
    let none = place.run(&["check", "b/*.md"]);
    assert!(none.code == 2 && none.err.contains("no file matches `b/*.md`"), "{}", none.err);
}

#[test]
fn the_nearest_configuration_holds_for_each_document() {
    let place = Place::new();
    let ignore = "[rules]\nignore = [\"language\"]\n";
    place
        .write("recto.toml", "[files]\nexclude = [\"*.draft.md\"]\n")
        .write("quiet/recto.toml", ignore)
        .write("quiet/deep/loud/.config/recto.toml", "[files]\nexclude = [\"out/\"]\n");
    for path in [
        "a.md",
        "b.draft.md",
        "quiet/c.md",
        "quiet/deep/d.md",
        "quiet/deep/loud/e.md",
        "quiet/deep/loud/out/f.md",
        "quiet/deep/loud/g.draft.md",
    ] {
        place.write(path, SLIP);
    }
    let expected = ["a.md:3", "quiet/deep/loud/e.md:3", "quiet/deep/loud/g.draft.md:3"];
    assert_eq!(places(&place.run(&json(&[]))), expected);
    // From whatever folder, and by name.
    assert_eq!(places(&place.run(&json(&["quiet"]))), &expected[1..]);
    assert_eq!(places(&place.run(&json(&["a.md", "quiet/c.md", "quiet/deep/loud/e.md"]))), &expected[..2]);
    assert_eq!(places(&place.run(&json(&["quiet/deep/d.md"]))), [""; 0]);
    // One that is given, or none, holds for all.
    assert_eq!(places(&place.run(&json(&["--config", "quiet/recto.toml"]))), [""; 0]);
    assert_eq!(places(&place.run(&json(&["--no-config"]))).len(), 7);
    // A mistake below is told.
    place.write("quiet/recto.toml", "[rules]\nignroe = []\n");
    let run = place.run(&["check"]);
    assert!(run.code == 2 && run.err.contains("quiet/recto.toml:2:1"), "{}", run.err);
}

#[test]
fn the_work_of_a_folder_below_is_compared() {
    let place = Place::new();
    let versions = "{ role = \"long\", files = [\"long.md\"] }, { role = \"summary\", files = [\"short.md\"] }";
    let text = |third: &str| {
        format!(
            "# Bridges\n\n### 1. What holds up an arch?\n\nStones.\n\n### 2. Why does a deck sway?\n\nWind.\n\n### 3. {third}\n\nWire by wire.\n"
        )
    };
    place
        .write("book/recto.toml", format!("[[work]]\nname = \"bridges\"\nversions = [ {versions} ]\n"))
        .write("book/long.md", text("How is a cable spun?"))
        .write("book/short.md", text("How much does the paint cost?"))
        .write("long.md", "# Another\n");
    for args in [&[][..], &["book"], &["book/short.md"]] {
        assert_eq!(places(&place.run(&json(args))), ["book/short.md:11"], "{args:?}");
    }
}

#[test]
fn text_that_plainly_is_markdown_is_read_as_such_when_it_is_named() {
    let place = Place::new();
    let numbered = [(1, "tide"), (2, "lock"), (3, "quay"), (5, "bell"), (6, "rope"), (7, "lamp")];
    let item = |(number, name): (u32, &str)| format!("### {number}. What is a {name}?\n\nA thing of the harbour.\n\n");
    let items: String = numbered.into_iter().map(item).collect();
    let items = format!("# Sea\n\nThe the water rises and falls again each day.\n\n{items}");
    place
        .write("items.txt", items)
        .write("README", format!("Bring:\n\n- a coat\n- a lamp\n\n{SLIP}"))
        .write("plain.txt", SLIP)
        .write("table.csv", "- a a\n- b\n- the the\n");
    let rules = |args: &[&str]| place.run(&json(args)).json()["summary"]["by_rule"].clone();
    assert_eq!(rules(&["items.txt"]), serde_json::json!({"number-gap": 1, "repeated-word": 1}));
    assert_eq!(rules(&["README"]), serde_json::json!({"repeated-word": 1}));
    assert_eq!(rules(&["plain.txt", "table.csv"]), serde_json::json!({}), "a heading alone is no sign");
    assert!(place.run(&["check", "plain.txt"]).out.contains("for encoding only"));
    assert!(place.run(&["check", "."]).out.contains("0 files checked"), "a folder means what is named as Markdown");
    place.write("recto.toml", "[files]\nmarkdown = [\"**/*.txt\"]\n");
    assert_eq!(rules(&["."]), serde_json::json!({"number-gap": 1, "repeated-word": 2}));
    let fixed = place.run(&["check", "--fix", "--unsafe-fixes", "items.txt"]);
    assert!(
        fixed.out.contains("repeated-word") && !String::from_utf8_lossy(&place.read("items.txt")).contains("The the")
    );
}

#[test]
fn a_size_limit_is_a_finding_and_can_be_set() {
    let place = Place::new();
    place.write("recto.toml", "[files]\nmax-size-mib = 1\n");
    place.write("large.md", "a line of words\n".repeat(70_000)).write("small.md", "Well.\n");
    let run = place.run(&["check", "--output-format", "concise"]);
    assert!(run.code == 1 && run.out.starts_with("large.md:1:1: unreadable-file"), "{}", run.out);
    assert!(run.out.contains("larger than the 1 MiB that `max-size-mib` under `[files]` allows"), "{}", run.out);
    for wrong in ["0", "5000", "\"1\"", "-1"] {
        place.write("recto.toml", format!("[files]\nmax-size-mib = {wrong}\n"));
        assert_eq!(place.run(&["check"]).code, 2, "{wrong}");
    }
    fs::remove_file(place.path("recto.toml")).expect("removed");
    assert_eq!(place.run(&["check"]).code, 0);
}

#[test]
fn a_version_without_files_fails_a_strict_run() {
    let place = Place::new();
    let versions =
        "{ role = \"long\", files = [\"long.md\"] }, { role = \"summary\", files = [\"gone.md\", \"gone/*.md\"] }";
    place.write("recto.toml", format!("[[work]]\nname = \"locks\"\nversions = [ {versions} ]\n"));
    place.write("long.md", "# Locks\n\nAll is well.\n");
    let told = "the version `summary` of the work `locks` has no files";
    let run = place.run(&["check"]);
    assert!(run.code == 0 && run.err.contains("warning") && !run.err.contains(told), "{}", run.err);
    for args in [&["check", "--strict"][..], &["check", "--strict", "long.md"], &["check", "--strict", "--fix"]] {
        let run = place.run(args);
        assert!(run.code == 2 && run.err.contains(told), "{args:?}: {}", run.err);
    }
    let automatic = |args: &[&str]| Run::of(place.command(args).env("CI", "true").output().expect("runs"));
    let run = automatic(&["check", "--output-format", "json"]);
    assert!(run.code == 2 && run.json()["warnings"].as_array().is_some_and(|told| told.len() == 2), "{}", run.err);
    assert_eq!(automatic(&["check", "--no-strict"]).code, 0);
    // A version of which one glob matches is alive.
    place.write("gone/short.md", "# Locks\n\nWell.\n");
    assert_eq!(automatic(&["check"]).code, 0);
}
