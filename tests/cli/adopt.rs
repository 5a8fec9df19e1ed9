//! An old repository that takes recto up: only new findings, and every format.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Place, Run, SLIP};

/// A collection with findings of several rules and severities, with and without fixes, one of them with hostile names.
fn mixed() -> Place {
    let place = Place::new();
    place.write(
        "a.md",
        "# Title\n\nSee [a](#nope) and [b](#nope). We recieve it at at noon.\n\n## Part\n\nIt isnâ€™t far.\n",
    );
    place.write("sub dir/b]x&\"<.md", "# B\n\nWe recieve “ä” mail.\n\nLost \u{FFFD} here.\n");
    place
}

fn report(place: &Place, format: &str) -> Run {
    let run = place.run(&["check", "--output-format", format]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    run
}

#[test]
fn sarif_is_read_by_a_library_and_its_regions_hold_the_text() {
    let run = report(&mixed(), "sarif");
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(&run.out).expect("SARIF 2.1.0");
    let run = &log.runs[0];
    let results = run.results.as_ref().expect("results");
    let rules = run.tool.driver.rules.as_ref().expect("rules");
    assert_eq!(results.len(), 6);
    for result in results {
        let rule = &rules[result.rule_index.expect("an index") as usize];
        assert_eq!(Some(&rule.id), result.rule_id.as_ref());
        let prints = result.partial_fingerprints.as_ref().expect("fingerprints");
        assert_eq!(prints["recto/v1"].len(), 16);
    }
    let value: Value = serde_json::to_value(&log).expect("a value");
    let uris: Vec<&str> = (0..6)
        .filter_map(|at| {
            value.pointer(&format!("/runs/0/results/{at}/locations/0/physicalLocation/artifactLocation/uri"))
        })
        .filter_map(Value::as_str)
        .collect();
    assert!(uris.contains(&"sub%20dir/b%5Dx%26%22%3C.md"), "{uris:?}");
    let fixes = results.iter().filter_map(|result| result.fixes.as_ref());
    let inserted: Vec<Value> = fixes.map(|fixes| serde_json::to_value(fixes).expect("a value")).collect();
    assert!(inserted.iter().any(|fix| fix.to_string().contains("\"text\":\"’\"")), "{inserted:?}");
}

#[test]
fn junit_is_read_by_a_library() {
    let place = mixed();
    let report = quick_junit::Report::deserialize_from_str(&report(&place, "junit").out).expect("JUnit");
    assert_eq!((report.tests, report.failures, report.test_suites.len()), (6, 6, 2));
    let place = Place::new();
    place.write("a.md", "# A\n\nAll is well.\n");
    let quiet = place.run(&["check", "--output-format", "junit"]);
    let report = quick_junit::Report::deserialize_from_str(&quiet.out).expect("JUnit");
    assert_eq!((quiet.code, report.tests, report.failures), (0, 1, 0));
}

#[test]
fn checkstyle_is_xml_with_the_names_as_they_are() {
    let run = report(&mixed(), "checkstyle");
    let tree = roxmltree::Document::parse(&run.out).expect("XML");
    let names: Vec<&str> = tree.descendants().filter_map(|node| node.attribute("name")).collect();
    assert_eq!(names, ["a.md", "sub dir/b]x&\"<.md"]);
    let errors = tree.descendants().filter(|node| node.has_tag_name("error"));
    let errors: Vec<_> = errors.map(|node| (node.attribute("line"), node.attribute("source"))).collect();
    assert_eq!(errors.len(), 6);
    assert!(errors.contains(&(Some("3"), Some("recto.repeated-word"))), "{errors:?}");
}

#[cfg(unix)]
#[test]
fn xml_holds_no_control_characters() {
    let place = Place::new();
    place.write("a\u{1b}b\u{7}.md", SLIP);
    for format in ["checkstyle", "junit"] {
        let run = report(&place, format);
        roxmltree::Document::parse(&run.out).unwrap_or_else(|error| panic!("{format}: {error}"));
        assert!(run.out.contains("a\\u{1b}b\\u{7}.md"), "{}", run.out);
    }
}

#[test]
fn gitlab_has_each_fingerprint_once_although_a_file_has_one_slip_twice() {
    let place = Place::new();
    place.write("a.md", "# A\n\nWe recieve and recieve mail.\n");
    let entries: Vec<Value> = serde_json::from_str(&report(&place, "gitlab").out).expect("an array");
    let mut prints: Vec<&str> = entries.iter().filter_map(|entry| entry["fingerprint"].as_str()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!((prints.len(), entries.len()), (2, 2), "{entries:?}");
    for entry in &entries {
        assert_eq!(entry["location"]["positions"]["begin"]["line"], 3);
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&entry["severity"].as_str().expect("text")));
    }
}

#[test]
fn rdjson_counts_columns_in_bytes_and_suggests_the_fix() {
    let place = Place::new();
    place.write("a.md", "# A\n\nÄä ferry leaves the pier at at noon.\n");
    let report: Value = serde_json::from_str(&report(&place, "rdjson").out).expect("JSON");
    let diagnostic = &report["diagnostics"][0];
    assert_eq!(diagnostic["location"]["range"]["start"], serde_json::json!({ "line": 3, "column": 28 }));
    assert_eq!(diagnostic["suggestions"][0]["text"], "at");
    assert_eq!(diagnostic["severity"], "WARNING");
}

#[test]
fn json_lines_are_the_findings_of_json() {
    let place = mixed();
    let whole = report(&place, "json").json();
    let lines = report(&place, "json-lines").out;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(whole["findings"].as_array().expect("an array"), &lines);
}

#[test]
fn a_command_of_azure_ends_where_its_line_ends() {
    let run = report(&mixed(), "azure");
    assert_eq!(run.out.lines().count(), 6);
    for line in run.out.lines() {
        assert!(line.starts_with("##vso[task.logissue type="), "{line}");
        assert_eq!(line.matches(']').count(), 1, "{line}");
    }
    assert!(run.out.contains("sourcepath=sub dir/b%5Dx&\"<.md;linenumber=3;"), "{}", run.out);
}

#[test]
fn annotations_are_the_gravest_as_many_as_the_host_shows() {
    let place = Place::new();
    let slips: String = (0..30).map(|n| format!("Ferry {n} leaves at at noon.\n\n")).collect();
    place.write("a.md", format!("# A\n\n{slips}")).write("z.md", "# Z\n\nLost \u{FFFD} here.\n");
    let run = report(&place, "github");
    let count = |start: &str| run.out.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((count("::error "), count("::warning "), count("::notice ")), (1, 10, 1), "{}", run.out);
    assert!(run.out.starts_with("::error file=z.md"), "the gravest first: {}", run.out);
    assert!(run.out.contains("20 of 31 findings are not shown here"), "{}", run.out);
}

#[test]
fn a_summary_in_markdown_mentions_nobody_and_draws_nothing() {
    let place = Place::new();
    place.write("@octocat_x_|<img>.md", SLIP);
    let run = place.run(&["check", "--output-format", "markdown"]);
    assert!(run.out.contains("## recto: 1 finding"), "{}", run.out);
    assert!(run.out.contains("&#64;octocat\\_x\\_\\|\\<img\\>.md:3 |"), "{}", run.out);
}

#[test]
fn grouped_names_each_file_once() {
    let run = report(&mixed(), "grouped");
    assert_eq!(run.out.matches("a.md").count(), 1, "{}", run.out);
    assert!(run.out.contains("7:7  mojibake [*]"), "{}", run.out);
}

#[test]
fn a_report_goes_into_a_file_but_never_over_what_was_checked() {
    let place = mixed();
    let run = place.run(&["check", "--output-format", "json", "--output-file", "report.json"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""), "{}", run.err);
    assert!(run.err.contains("6 findings"), "{}", run.err);
    let report: Value = serde_json::from_slice(&place.read("report.json")).expect("JSON");
    assert_eq!(report["summary"]["findings"], 6);
    let before = place.read("a.md");
    let run = place.run(&["check", "--output-file", "./a.md"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert_eq!(place.read("a.md"), before);
}

#[test]
fn what_fails_a_run_can_be_chosen() {
    let place = Place::new();
    place.write("a.md", SLIP);
    let code = |more: &[&str]| place.run(&[&["check"], more].concat()).code;
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&["--fail-on", "audit"]), 1);
    assert_eq!(code(&["--fail-on", "error"]), 0);
    assert_eq!(code(&["--fail-on", "never"]), 0);
    assert_eq!(code(&["--exit-zero"]), 0);
    place.write("b.md", "# B\n\nLost \u{FFFD} here.\n");
    assert_eq!(code(&["--fail-on", "error"]), 1);
}

#[test]
fn the_gravest_are_shown_and_the_rest_counted() {
    let run = mixed().run(&["check", "--output-format", "json", "--max-findings", "2"]);
    let report = run.json();
    assert_eq!(report["summary"]["findings"], 6);
    let shown: Vec<&str> =
        report["findings"].as_array().expect("an array").iter().filter_map(|one| one["rule"].as_str()).collect();
    assert_eq!(shown.len(), 2);
    assert!(shown.contains(&"lost-character"), "{shown:?}");
    assert_eq!(run.code, 1);
    assert!(run.err.contains("showing 2 of 6 findings"), "{}", run.err);
    let junit = mixed().run(&["check", "--output-format", "junit", "--max-findings", "2"]);
    assert!(junit.out.contains("tests=\"2\" failures=\"2\"") && junit.err.contains("2 of 6"), "{}", junit.out);
    let markdown = mixed().run(&["check", "--output-format", "markdown", "--max-findings", "2"]);
    assert!(markdown.out.contains("And 4 more."), "{}", markdown.out);
}

#[test]
fn the_files_of_a_run_are_listed_without_checking_them() {
    let place = mixed();
    place.write("notes.txt", "plain");
    let run = place.run(&["check", "--show-files"]);
    assert_eq!((run.code, run.out.as_str()), (0, "a.md\nsub dir/b]x&\"<.md\n"));
}

/// Number of findings that `recto check` reports, by rule.
fn rules(place: &Place) -> BTreeMap<String, u64> {
    let report = place.run(&["check", "--output-format", "json"]).json();
    let rules = report["summary"]["by_rule"].as_object().expect("an object").clone();
    rules.into_iter().map(|(rule, count)| (rule, count.as_u64().expect("a number"))).collect()
}

#[test]
fn a_baseline_hides_what_was_there_and_shows_what_is_new() {
    let place = mixed();
    let run = place.run(&["baseline"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let file = String::from_utf8(place.read("recto-baseline.jsonl")).expect("UTF-8");
    let lines: Vec<&str> = file.lines().collect();
    let mut sorted = lines.clone();
    sorted.sort_by_key(|line| serde_json::from_str::<Value>(line).expect("JSON")["path"].to_string());
    assert_eq!(lines, sorted);
    // Lost text is not recorded unasked.
    assert!(!file.contains("lost-character") && run.out.contains("--include lost-character"), "{}", run.out);
    assert_eq!(rules(&place), BTreeMap::from([("lost-character".to_owned(), 1)]));
    let text = String::from_utf8(place.read("a.md")).expect("UTF-8");
    place.write("a.md", format!("# Before\n\nA new start.\n\n{text}\nWe definately recieve more.\n"));
    assert_eq!(rules(&place), BTreeMap::from([("lost-character".to_owned(), 1), ("misspelling".to_owned(), 2)]));
    let run = place.run(&["check"]);
    assert!(run.out.contains("6 findings of recto-baseline.jsonl hidden"), "{}", run.out);
    assert_eq!(rules(&place).get("broken-link"), None);
    let all = place.run(&["check", "--no-baseline", "--statistics"]);
    assert!(all.out.contains("broken-link") && all.out.contains("mojibake"), "{}", all.out);
}

#[test]
fn fix_mended_what_the_baseline_hides() {
    let place = Place::new();
    let old = "# Notes\n\nThe boat was was late.\n";
    place.write("a.md", old).run(&["baseline"]);
    place.write("a.md", format!("{old}\nThe tide was was low.\n"));
    let run = place.run(&["check", "--fix", "--unsafe-fixes"]);
    assert!(run.code == 0 && !run.out.contains("baseline --update"), "{}{}", run.out, run.err);
    assert_eq!(place.read("a.md"), format!("{old}\nThe tide was low.\n").as_bytes());
    place.run(&["check", "--fix", "--unsafe-fixes", "--no-baseline"]);
    assert_eq!(place.read("a.md"), b"# Notes\n\nThe boat was late.\n\nThe tide was low.\n");
}

#[test]
fn a_baseline_only_shrinks_unless_it_is_told_to_grow() {
    let place = mixed();
    assert_eq!(place.run(&["baseline", "--include", "lost-character"]).code, 0);
    assert!(rules(&place).is_empty());
    let again = place.run(&["baseline"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("--update"), "{}", again.err);
    let text = String::from_utf8(place.read("a.md")).expect("UTF-8");
    place.write("a.md", text.replace("isnâ€™t", "is not") + "\nIt is definately far.\n");
    let run = place.run(&["check"]);
    assert!(run.out.contains("1 finding of recto-baseline.jsonl is mended"), "{}", run.out);
    let run = place.run(&["baseline", "--update"]);
    assert!(run.out.contains("1 dropped, 0 added") && run.out.contains("--grow"), "{}", run.out);
    assert_eq!(rules(&place), BTreeMap::from([("misspelling".to_owned(), 1)]));
    assert_eq!(place.run(&["baseline", "--update", "--grow"]).code, 0);
    assert!(rules(&place).is_empty());
    let settled = place.read("recto-baseline.jsonl");
    assert_eq!(place.run(&["baseline", "--update", "--grow"]).code, 0);
    assert_eq!(place.read("recto-baseline.jsonl"), settled, "a second time changes nothing");
}

#[test]
fn a_run_on_part_of_the_tree_touches_only_its_part_of_the_baseline() {
    let place = Place::new();
    place.write("recto.toml", "").write("one/a.md", SLIP).write("two/b.md", SLIP);
    assert_eq!(place.run(&["baseline"]).code, 0);
    place.write("one/a.md", "# A\n\nAll is well.\n").write("two/b.md", "# B\n\nAll is well.\n");
    let run = place.run(&["check", "one"]);
    assert!(run.out.contains("1 finding of recto-baseline.jsonl is mended"), "{}", run.out);
    assert_eq!(place.run(&["baseline", "--update", "one"]).code, 0);
    let file = String::from_utf8(place.read("recto-baseline.jsonl")).expect("UTF-8");
    assert!(file.contains("two/b.md") && !file.contains("one/a.md"), "{file}");
}

#[test]
fn a_renamed_file_brings_nothing_new() {
    let place = mixed();
    assert_eq!(place.run(&["baseline", "--include", "lost-character"]).code, 0);
    std::fs::create_dir(place.path("new")).expect("created");
    std::fs::rename(place.path("a.md"), place.path("new/home.md")).expect("renamed");
    assert!(rules(&place).is_empty(), "{:?}", rules(&place));
    assert_eq!(place.run(&["baseline", "--update"]).code, 0);
    let file = String::from_utf8(place.read("recto-baseline.jsonl")).expect("UTF-8");
    assert!(file.contains("new/home.md") && !file.contains("\"a.md\""), "{file}");
}

#[test]
fn a_conflict_in_a_baseline_is_told_with_its_line() {
    let place = mixed();
    assert_eq!(place.run(&["baseline"]).code, 0);
    let file = String::from_utf8(place.read("recto-baseline.jsonl")).expect("UTF-8");
    place.write("recto-baseline.jsonl", format!("{file}<<<<<<< HEAD\n"));
    let run = place.run(&["check"]);
    assert_eq!(run.code, 2);
    let line = file.lines().count() + 1;
    assert!(
        run.err.contains(&format!("recto-baseline.jsonl:{line}:")) && run.err.contains("merge conflict"),
        "{}",
        run.err
    );
    assert_eq!(place.run(&["check", "--no-baseline"]).code, 1);
}

#[test]
fn one_of_the_places_of_a_folded_finding_is_new() {
    let place = Place::new();
    place.write("a.md", "# A\n\nSee [one](#nope).\n");
    assert_eq!(place.run(&["baseline"]).code, 0);
    place.write("a.md", "# A\n\nSee [one](#nope).\n\n## Part\n\nAnd [two](#nope), which is new.\n");
    let report = place.run(&["check", "--output-format", "json"]).json();
    let findings = report["findings"].as_array().expect("an array");
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["start"]["line"], 7, "the new place is the primary one: {findings:?}");
}

#[test]
fn an_allow_comment_silences_one_place_of_a_folded_finding() {
    let place = Place::new();
    let allow = "<!-- recto-allow broken-link: made by the site -->";
    place.write("a.md", format!("# A\n\n{allow}\n\nSee [one](#nope).\n\n## Part\n\nAnd [two](#nope) too.\n"));
    let report = place.run(&["check", "--output-format", "json"]).json();
    let findings = report["findings"].as_array().expect("an array");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0]["start"]["line"], 9);
}

/// The lines that a terminal of some columns shows. `None` where there is no program that makes one.
#[cfg(target_os = "linux")]
fn on_terminal(place: &Place, columns: usize, args: &str) -> Option<Vec<String>> {
    let command = format!("stty cols {columns} rows 50; '{}' {args}", env!("CARGO_BIN_EXE_recto"));
    let mut script = std::process::Command::new("script");
    script.current_dir(place.path("")).env("NO_COLOR", "1").args(["-qec", &command, "/dev/null"]);
    let output = script.stdin(std::process::Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    Some(text.lines().map(str::to_owned).collect())
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_on_a_terminal_is_one_page_folded_by_cause_and_no_line_is_wider_than_the_window() {
    use unicode_width::UnicodeWidthStr;
    let place = Place::new();
    let long = "The keeper of the lamp on the far rock saw at at once that the the boat had recieve no light, and isnâ€™t \
                it odd that 東京の夏はとても暑いので川のそばを歩く人が多い where we seperate at at noon?\n\n";
    let text = format!("# Lamps\n\n{}", long.repeat(20));
    for at in 0..12 {
        place.write(&format!("part-{at}/a-file-with-a-name-of-some-length-{at}.md"), &text);
    }
    for columns in [80, 100, 140] {
        let Some(lines) = on_terminal(&place, columns, "check") else { return };
        assert!(lines.len() <= 60, "{} lines at {columns} columns:\n{}", lines.len(), lines.join("\n"));
        let is_excerpt = |line: &&String| line.contains('│') || line.contains('·');
        let wide = lines.iter().filter(is_excerpt).find(|line| line.width() > columns);
        assert_eq!(wide, None, "{columns} columns");
        let page = lines.join("\n");
        assert!(page.contains("and 239 more: part-0/") && page.contains("next: `recto check --fix`"), "{page}");
        assert!(page.contains("errors    mojibake 240") && page.contains("`--all` shows the rest"), "{page}");
        let all = on_terminal(&place, columns, "check --all").unwrap_or_default();
        assert!(all.len() > 1000, "{}", all.len());
        assert_eq!(all.iter().filter(is_excerpt).find(|line| line.width() > columns), None, "{columns} columns");
    }
}

#[test]
fn init_writes_the_workflow_the_hook_and_the_baseline_and_replaces_nothing() {
    let place = mixed();
    let run = place.run(&["init", "--ci", "github", "--pre-commit", "--baseline"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.lines().count() + run.err.lines().count() <= 12, "{}{}", run.out, run.err);
    let workflow = String::from_utf8(place.read(".github/workflows/recto.yml")).expect("UTF-8");
    let version = env!("CARGO_PKG_VERSION");
    assert!(workflow.contains(&format!("uses: recto-lint/recto@v{version}\n")), "{workflow}");
    let hooks = String::from_utf8(place.read(".pre-commit-config.yaml")).expect("UTF-8");
    assert!(hooks.starts_with("repos:\n  - repo: https://") && hooks.contains("id: recto-staged"), "{hooks}");
    assert!(place.path("recto.toml").is_file() && place.path("recto-baseline.jsonl").is_file());
    place.write(".github/workflows/recto.yml", "mine\n");
    let run = place.run(&["init", "--ci", "github", "--pre-commit"]);
    assert!(run.code == 0 && run.err.contains("left as it is") && run.err.contains("has the hook"), "{}", run.err);
    assert_eq!(place.read(".github/workflows/recto.yml"), b"mine\n");
}

#[test]
fn init_adds_its_hook_to_those_that_are_there_and_its_job_beside_others() {
    let place = Place::new();
    let others = "repos:\n- repo: https://example.org/hooks\n  rev: v1\n  hooks:\n  - id: tidy";
    place.write(".pre-commit-config.yaml", others).write(".gitlab-ci.yml", "test:\n  script: make\n");
    let run = place.run(&["init", "--ci", "gitlab", "--pre-commit"]);
    assert!(run.code == 0 && run.err.contains("include: { local: .gitlab/recto.yml }"), "{}", run.err);
    let hooks = String::from_utf8(place.read(".pre-commit-config.yaml")).expect("UTF-8");
    let added = hooks.strip_prefix(others).expect("the hooks that were there");
    assert!(
        added.starts_with("\n- repo: https://github.com/") && added.contains("\n  hooks:\n    - id: recto"),
        "{hooks}"
    );
    assert!(place.path(".gitlab/recto.yml").is_file());
    // Line endings stay those of the file.
    place.write(".pre-commit-config.yaml", others.replace('\n', "\r\n"));
    place.run(&["init", "--pre-commit"]);
    let hooks = String::from_utf8(place.read(".pre-commit-config.yaml")).expect("UTF-8");
    assert!(hooks.contains("id: recto") && hooks.matches('\n').count() == hooks.matches("\r\n").count(), "{hooks:?}");
    // A key after the list: nothing is guessed.
    place.write(".pre-commit-config.yaml", format!("{others}\nfail_fast: true\n"));
    let run = place.run(&["init", "--pre-commit"]);
    assert!(run.err.contains("add this under `repos`"), "{}", run.err);
}

#[test]
fn init_wrote_a_workflow_where_no_build_server_reads_it() {
    let place = Place::new();
    place.write("docs/a.md", "# Notes\n\nThe boat is late.\n");
    let git = std::process::Command::new("git").args(["init", "-q"]).current_dir(place.path("")).status();
    assert!(git.expect("git runs").success());
    let docs = place.path("docs");
    let run = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_recto")).args(args).current_dir(&docs).output();
        let output = output.expect("recto runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for args in [["init", "--ci", "github"].as_slice(), &["init", "--ci", "gitlab"], &["init", "--pre-commit"]] {
        let (code, err) = run(args);
        assert!(code == Some(2) && err.contains("top folder"), "{args:?}: {err}");
        assert!(!docs.join("recto.toml").exists() && !docs.join(".github").exists(), "{args:?}: {err}");
    }
    assert_eq!(run(&["init"]).0, Some(0));
}

#[test]
fn config_says_what_holds_for_a_file_and_why() {
    let place = Place::new();
    place.write(
        "recto.toml",
        "ignore-words = ['lampe']\nignore-regex = ['L-\\d+']\n[files]\nexclude = ['drafts/**']\n[rules]\nignore = \
         ['misspelling']\n[rules.grammar]\nignore-words = ['alot']\n[[override]]\nfiles = ['log/**']\n\
         rules = { tier = { number-gap = 'audit' } }\n[[work]]\nname = 'book'\nversions = [{ role = 'long', files = \
         ['book/*.md', '!book/notes.md'] }, { role = 'summary', files = ['short.md'] }]\n",
    );
    for name in ["book/a.md", "book/notes.md", "short.md", "log/x.md", "drafts/d.md"] {
        place.write(name, "# A\n\nText.\n");
    }
    let told = |file: &str| place.run(&["config", file]).out;
    assert!(told("book/a.md").contains("work       book, as long"), "{}", told("book/a.md"));
    assert!(!told("book/notes.md").contains("work  "), "{}", told("book/notes.md"));
    assert!(told("short.md").contains("misspelling: off, by [rules] in the configuration"), "{}", told("short.md"));
    assert!(told("log/x.md").contains("number-gap: on, audit tier, by the override"), "{}", told("log/x.md"));
    assert!(told("drafts/d.md").contains("because `drafts/**` in `exclude` leaves it out"), "{}", told("drafts/d.md"));
    let all = place.run(&["config"]).out;
    assert!(all.starts_with("settings   ") && all.contains("left alone by all language rules: lampe\n"), "{all}");
    assert!(all.contains("left alone by all language rules: L-\\d+\n") && all.contains("by grammar: alot\n"), "{all}");
}

#[test]
fn a_missing_file_ended_a_repair_in_place_half_way() {
    let place = Place::new();
    place.write("a.md", "Itâ€™s late.\n");
    let run = place.run(&["repair", "--in-place", "a.md", "nosuch.md"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot read `nosuch.md`"), "{}", run.err);
    assert_eq!(place.read("a.md"), "Itâ€™s late.\n".as_bytes());
}

#[test]
fn repair_takes_files_and_writes_them_in_place_if_told_to() {
    let place = Place::new();
    place.write("a.txt", "It isnâ€™t far.\n").write("b.txt", "It is far.\n");
    assert_eq!(place.run(&["repair", "a.txt", "b.txt"]).out, "It isn’t far.\nIt is far.\n");
    assert_eq!(place.read("a.txt"), "It isnâ€™t far.\n".as_bytes());
    let run = place.run(&["repair", "--in-place", "a.txt", "b.txt"]);
    assert!(run.code == 0 && run.out.is_empty() && run.err.contains("repaired 1 of 2 files"), "{}{}", run.out, run.err);
    assert_eq!(place.read("a.txt"), "It isn’t far.\n".as_bytes());
    let run = place.run(&["repair", "nowhere.txt"]);
    assert!(run.code == 2 && run.err.contains("nowhere.txt"), "{}", run.err);
    assert_eq!(place.run(&["repair", "--in-place"]).code, 2);
}

#[test]
fn a_path_in_place_of_a_command_is_answered_with_the_command() {
    let place = Place::new();
    place.write("a.md", SLIP);
    let run = place.run(&["a.md"]);
    assert!(run.code == 2 && run.err.contains("did you mean `recto check a.md`?"), "{}", run.err);
    assert!(!place.run(&["b.md"]).err.contains("did you mean"));
}

#[test]
fn completions_know_the_rules_and_every_command_has_a_manual_page() {
    let place = Place::new();
    assert!(place.run(&["completions", "bash"]).out.contains("repeated-word"));
    let commands = place.run(&["man", "--list"]).out;
    assert!(commands.lines().any(|command| command == "check") && !commands.contains("man\n"), "{commands}");
    for command in commands.lines() {
        let page = place.run(&["man", command]);
        assert!(page.code == 0 && page.out.contains(&format!(".TH recto-{command} 1")), "{command}: {}", page.out);
    }
}

#[test]
fn findings_of_a_rule_are_allowed_by_comments_with_the_reason() {
    let place = Place::new();
    let text =
        "# A\n\nThe boat was was late.\nIt recieves mail.\n\n- one\n- two two boats\n\n| a |\n| - |\n| it is is |\n";
    place.write("a.md", text).write("crlf.md", "# B\r\n\r\nIt is is so.\r\n").write("c.md", "# C\n\nAll is well.\n");
    assert_eq!(place.run(&["check", "--suppress", "repeated-word"]).code, 2);
    assert_eq!(place.run(&["check", "--suppress", "repeated-word", "--reason", "a --> b"]).code, 2);
    let run = place.run(&["check", "--suppress", "repeated-word", "--reason", "said by a stutterer"]);
    assert!(run.code == 0 && run.err.contains("wrote 4 comments into 2 files"), "{}", run.err);
    let left = place.run(&["check", "--output-format", "concise"]).out;
    assert_eq!(left.lines().count(), 1, "{left}");
    assert!(left.contains("misspelling"), "{left}");
    let written = String::from_utf8(place.read("a.md")).expect("UTF-8");
    let comment = "<!-- recto-allow repeated-word: said by a stutterer -->\n\n";
    assert_eq!(written.replace(comment, ""), text);
    assert!(place.read("crlf.md").ends_with(b"stutterer -->\r\n\r\nIt is is so.\r\n"));
}

#[test]
fn verbose_says_where_the_findings_come_from() {
    let place = mixed();
    assert_eq!(place.run(&["baseline"]).code, 0);
    place.write("recto.toml", "");
    let run = place.run(&["check", "-v", "a.md"]);
    for words in ["configuration in ", "recto-baseline.jsonl", "1 file checked, 1 more read as context, 0 works"] {
        assert!(run.err.contains(words), "{words}: {}", run.err);
    }
    assert!(place.run(&["check"]).err.is_empty());
}

#[test]
fn findings_of_the_baseline_are_no_reason_to_write_no_comments() {
    let place = Place::new();
    place.write("a.md", "# A\n\nThe ferry leaves at at noon.\n");
    assert_eq!(place.run(&["baseline"]).code, 0);
    place.write("a.md", "# A\n\nThe ferry leaves at at noon.\n\nIt is is late.\n");
    let run = place.run(&["check", "--suppress", "repeated-word", "--reason", "as he said it"]);
    assert!(run.err.contains("wrote 1 comment into 1 file"), "{}{}", run.out, run.err);
    let text = String::from_utf8(place.read("a.md")).expect("UTF-8");
    assert_eq!(text.matches("<!-- recto-allow repeated-word: as he said it -->\n\nIt is is").count(), 1, "{text}");
    assert_eq!(place.run(&["check"]).code, 0);
}

#[cfg(unix)]
#[test]
fn comments_were_written_through_a_link_out_of_the_checked_folder() {
    let place = Place::new();
    let text = "# A\n\nThe ferry leaves at at noon.\n";
    place.write("outside/n.md", text).write("in/b.md", "# B\n\nAll is well.\n");
    std::os::unix::fs::symlink("../outside/n.md", place.path("in/n.md")).expect("link");
    let run = place.run(&["check", "--suppress", "repeated-word", "--reason", "so he said", "in"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("it is a symbolic link to"), "{}", run.err);
    assert_eq!(place.read("outside/n.md"), text.as_bytes());
}

#[test]
fn a_version_that_its_negated_globs_empty_is_told() {
    let place = Place::new();
    place.write("long.md", "# A\n\n### 1. What is a lamp?\n").write("short.md", "# A\n\n### 1. What is a lamp?\n");
    let work = "[[work]]\nname = \"lamps\"\nversions = [\n  { role = \"long\", files = [\"long.md\"] },\n";
    place.write("recto.toml", format!("{work}  {{ role = \"summary\", files = [\"s*.md\", \"!short.md\"] }},\n]\n"));
    let run = place.run(&["check"]);
    assert!(run.err.contains("leaves no file to the version `summary`"), "{}", run.err);
    assert_eq!(place.run(&["check", "--strict"]).code, 2);
}

#[test]
fn init_passed_over_subtitles_and_catalogues() {
    let place = Place::new();
    let catalogue = |open: &str, shut: &str, bye: &str| {
        format!("{{\n  \"open\": \"{open}\",\n  \"shut\": \"{shut}\",\n  \"bye\": \"{bye}\"\n}}\n")
    };
    place.write("app/locales/en.json", catalogue("Open the gate", "Shut the gate", "See you tomorrow"));
    place.write("app/locales/de.json", catalogue("Öffne das Tor", "Schließe das Tor", "Bis morgen"));
    place.write("package.json", "{\"name\": \"x\", \"a\": \"b\", \"c\": \"d\"}\n");
    let cues = |text: &str| format!("1\n00:00:01,000 --> 00:00:02,000\n{text}\n");
    place.write("film/ferry.en.srt", cues("The ferry leaves."));
    place.write("film/ferry.de.srt", cues("Die Fähre fährt ab."));
    place.write("po/de.po", "msgid \"Open\"\nmsgstr \"Öffnen\"\n");
    let run = place.run(&["init"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let written = String::from_utf8(place.read("recto.toml")).expect("UTF-8");
    for line in [
        "include = [\"/app/locales/*.json\", \"/po/*.po\", \"/film/*.srt\"]",
        "{ role = \"long\", files = [\"app/locales/en.json\"] }",
        "{ role = \"translation\", files = [\"app/locales/de.json\"] }",
        "{ role = \"long\", files = [\"film/ferry.en.srt\"] }",
        "{ role = \"translation\", files = [\"film/ferry.de.srt\"] }",
    ] {
        assert!(written.contains(line), "{line}\n{written}");
    }
    assert!(run.err.contains("one of them holds texts and their translations"), "{}", run.err);
    assert_eq!(place.run(&["check", "--audit"]).code, 0);
}
