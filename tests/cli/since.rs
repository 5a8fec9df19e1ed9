//! Only what a change introduced: `--since`, `--staged` and `--diff-from` on repositories of git.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::{Place, Run};

/// Twelve questions, of which each is a finding of its own if its neighbour is taken away.
fn questions() -> String {
    let topics = ["tide", "moon", "wind", "rope", "anchor", "lamp", "chart", "buoy", "hull", "keel", "sail", "mast"];
    let item = |(at, topic): (usize, &&str)| {
        format!("## {}. What does the {topic} do?\n\nThe {topic} has work of its own on board.\n\n", at + 1)
    };
    let items: String = topics.iter().enumerate().map(item).collect();
    format!("# Questions\n\n{items}")
}

const OLD_SLIP: &str = "# Notes\n\nThe boat was was late.\n";

impl Place {
    fn git_command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.folder.path()).args(args);
        settled(&mut command);
        command
    }

    fn git(&self, args: &[&str]) -> Output {
        let output = self.git_command(args).output().expect("git runs");
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn commit(&self, subject: &str) -> &Self {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", subject]);
        self
    }

    /// A repository with the branches `main` and `topic`, of one commit with these files; `topic` is checked out.
    fn repository(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        place.git(&["init", "-q", "-b", "main"]);
        for (name, text) in files {
            place.write(name, text);
        }
        place.commit("Begin").git(&["checkout", "-qb", "topic"]);
        place
    }

    /// Lines and rules of the findings that a run reports.
    fn found(&self, args: &[&str]) -> Vec<String> {
        let run = self.run(&[&["check", "--output-format", "json"], args].concat());
        assert!(run.code < 2, "{}", run.err);
        found(&run)
    }

    fn hidden(&self, args: &[&str]) -> Value {
        self.run(&[&["check", "--output-format", "json"], args].concat()).json()["summary"]["inherited"].clone()
    }
}

/// Sets what a developer's own configuration would change.
fn settled(command: &mut Command) {
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for (name, value) in [("NAME", "A"), ("EMAIL", "a@example.org")] {
        command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
}

fn found(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().expect("an array").iter();
    let text = |finding: &Value| {
        format!(
            "{}:{} {}",
            finding["path"].as_str().unwrap_or(""),
            finding["start"]["line"],
            finding["rule"].as_str().unwrap_or("")
        )
    };
    findings.map(text).collect()
}

fn without_item(text: &str, number: usize) -> String {
    let start = text.find(&format!("## {number}. ")).expect("an item");
    let end = text.find(&format!("## {}. ", number + 1)).expect("the next item");
    format!("{}{}", &text[..start], &text[end..])
}

#[test]
fn a_deletion_that_makes_a_gap_is_new_although_it_adds_no_line() {
    let place = Place::repository(&[("q.md", &questions()), ("old.md", OLD_SLIP)]);
    assert_eq!(place.found(&["--since", "main"]), [""; 0]);
    assert_eq!(place.hidden(&["--since", "main"]), 1);
    place.write("q.md", without_item(&questions(), 4)).commit("Drop the rope");
    assert_eq!(place.found(&["--since", "main"]), ["q.md:15 number-gap"]);
    let run = place.run(&["check", "--since", "main"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("1 finding was there before, in main ("), "{}", run.out);
}

#[test]
fn a_file_whose_merge_is_not_resolved_was_passed_over_by_staged() {
    let place = Place::repository(&[("a.md", "# Notes\n\nOld.\n")]);
    place.write("a.md", "# Notes\n\nOurs.\n").commit("Ours").git(&["checkout", "-q", "main"]);
    place.write("a.md", "# Notes\n\nItâ€™s theirs.\n").commit("Theirs").git(&["checkout", "-q", "topic"]);
    let merged = place.git_command(&["merge", "-q", "main"]).output().expect("git runs");
    assert!(!merged.status.success());
    let run = place.run(&["check", "--staged"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.err.contains("its merge is not resolved"), "{}", run.err);
}

#[test]
fn an_unchanged_tree_says_that_nothing_is_new() {
    let place = Place::repository(&[("old.md", OLD_SLIP)]);
    let run = place.run(&["check", "--since", "main"]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.contains("nothing new since main"), "{}", run.out);
}

#[test]
fn what_main_mended_meanwhile_is_not_laid_to_the_branch() {
    let place = Place::repository(&[("old.md", OLD_SLIP)]);
    place.write("new.md", "# New\n\nAll is well.\n").commit("Add");
    place.git(&["checkout", "-q", "main"]);
    place.write("old.md", "# Notes\n\nThe boat was late.\n").commit("Mend");
    place.git(&["checkout", "-q", "topic"]);
    assert_eq!(place.found(&["--since", "main"]), [""; 0]);
}

#[test]
fn text_that_was_renamed_and_edited_or_moved_is_inherited() {
    let long = format!("{OLD_SLIP}\n{}", "It is a long story, told in many words, of the sea.\n\n".repeat(8));
    let place = Place::repository(&[("old.md", &long), ("q.md", &questions()), ("other.md", "# Other\n\nText.\n")]);
    place.git(&["mv", "old.md", "new.md"]);
    place.write("new.md", long.replace("was was late", "was was very late indeed")).commit("Rename and edit");
    assert_eq!(place.found(&["--since", "main"]), [""; 0]);
    place.write("new.md", "# Notes\n\nNothing is left.\n");
    place.write("other.md", "# Other\n\nText.\n\nThe boat was was late.\n").commit("Move a paragraph");
    assert_eq!(place.found(&["--since", "main"]), [""; 0]);
    // The file that the text came from need not be named.
    assert_eq!(place.found(&["--since", "main", "other.md"]), [""; 0]);
}

#[test]
fn one_more_of_an_old_finding_is_one_new_finding() {
    let place = Place::repository(&[("old.md", OLD_SLIP)]);
    place.write("old.md", format!("{OLD_SLIP}\n## Later\n\nThe boat was was late.\n")).commit("Repeat");
    assert_eq!(place.found(&["--since", "main"]).len(), 1);
}

#[test]
fn a_file_that_others_link_to_and_that_is_gone_is_new_where_they_link() {
    let files = [("a.md", "# A\n\nSee [b](b.md), [c](docs/c.md#part) and [d](gone.md).\n"), ("b.md", "# B\n\nText.\n")];
    let place = Place::repository(&files);
    place.write("docs/c.md", "# C\n\n## Part\n\nText.\n").write("plan.png", "x").commit("More");
    place.git(&["branch", "-f", "main"]);
    assert_eq!(place.found(&["--since", "main"]), [""; 0]);
    place.git(&["rm", "-q", "b.md"]);
    place.write("docs/c.md", "# C\n\n## Piece\n\nText.\n").commit("Take away");
    assert_eq!(place.found(&["--since", "main"]), ["a.md:3 broken-link", "a.md:3 broken-link"]);
    // Deletions in the work tree alone count as well.
    place.git(&["reset", "-q", "--hard", "main"]);
    std::fs::remove_file(place.path("b.md")).expect("removed");
    assert_eq!(place.found(&["--since", "main"]), ["a.md:3 broken-link"]);
}

#[test]
fn a_finding_between_two_versions_is_new_whichever_of_them_changed() {
    let config = "[[work]]\nname = 'sea'\nversions = [{ role = 'long', files = ['long.md'] }, { role = 'summary', files = ['short.md'] }]\n";
    let place = Place::repository(&[("recto.toml", config), ("long.md", &questions()), ("short.md", &questions())]);
    assert_eq!(place.found(&["--since", "main"]), [""; 0]);
    let changed = questions().replace("3. What does the wind do", "3. Who paid for the harbour wall");
    place.write("long.md", changed).commit("Ask something else");
    let found = place.found(&["--since", "main"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("title-mismatch"), "{found:?}");
    // A hook names only what changed.
    assert_eq!(place.found(&["--since", "main", "short.md"]), found);
}

#[test]
fn files_that_git_does_not_know_are_new() {
    let place = Place::repository(&[("a.md", "# A\n\nText.\n")]);
    place.write("notes.md", OLD_SLIP);
    assert_eq!(place.found(&["--since", "main"]), ["notes.md:3 repeated-word"]);
    assert_eq!(place.found(&["--since", "HEAD"]), ["notes.md:3 repeated-word"]);
}

#[test]
fn a_clone_without_the_history_names_the_command_that_gets_it() {
    let place = Place::repository(&[("old.md", OLD_SLIP)]);
    for (branch, name) in [("main", "m"), ("topic", "t")] {
        place.git(&["checkout", "-q", branch]);
        for at in 0..3 {
            place.write(&format!("{name}{at}.md"), format!("# File {name}{at}\n\nText.\n")).commit("More");
        }
    }
    let url = format!("file://{}", place.folder.path().display());
    let clone = Place::new();
    clone.git(&["clone", "-q", "--depth=1", "--branch=topic", &url, "."]);
    let run = clone.run(&["check", "--since", "origin/main"]);
    let command = "git fetch --unshallow origin +refs/heads/main:refs/remotes/origin/main";
    assert_eq!(run.code, 2);
    assert!(run.err.contains(command), "{}", run.err);
    // With the tip of the branch alone, the commit in common is still missing.
    clone.git(&["fetch", "-q", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main"]);
    let run = clone.run(&["check", "--since", "origin/main"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("git fetch --unshallow"), "{}", run.err);
    clone.git(&command.split(' ').skip(1).collect::<Vec<_>>());
    assert_eq!(clone.found(&["--since", "origin/main"]), [""; 0]);
    assert_eq!(clone.hidden(&["--since", "origin/main"]), 1);
}

#[test]
fn the_merge_commit_that_a_host_checks_out_needs_two_commits_of_history() {
    let place = Place::repository(&[("old.md", OLD_SLIP)]);
    place.write("new.md", "# New\n\nIt is is new.\n").commit("Topic");
    place.git(&["checkout", "-q", "main"]);
    place.write("later.md", "# Later\n\nIt is is later.\n").commit("Main goes on");
    place.git(&["checkout", "-q", "--detach"]);
    place.git(&["merge", "-q", "--no-ff", "-m", "Merge", "topic"]);
    place.git(&["branch", "merged"]);
    let url = format!("file://{}", place.folder.path().display());
    let clone = Place::new();
    clone.git(&["clone", "-q", "--depth=2", "--branch=merged", &url, "."]);
    assert_eq!(clone.found(&["--since", "HEAD^1"]), ["new.md:3 repeated-word"]);
    let clone = Place::new();
    clone.git(&["clone", "-q", "--depth=1", "--branch=merged", &url, "."]);
    let run = clone.run(&["check", "--since", "HEAD^1"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("git fetch --unshallow"), "{}", run.err);
}

#[test]
fn what_a_repository_configures_changes_nothing_and_runs_nothing() {
    let name = "très “long” name\nof two lines.md";
    let place = Place::repository(&[(name, OLD_SLIP), ("q.md", &questions())]);
    let trap = place.path("trap");
    let program = format!("touch '{}'; cat", trap.display());
    for (key, value) in [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("color.ui", "always"),
        ("color.diff", "always"),
        ("core.quotepath", "true"),
        ("diff.external", program.as_str()),
        ("core.fsmonitor", program.as_str()),
        ("diff.renames", "false"),
        ("diff.relative", "true"),
        ("diff.ignoreSubmodules", "all"),
        ("diff.md.textconv", program.as_str()),
        ("core.pager", program.as_str()),
    ] {
        place.git(&["config", key, value]);
    }
    place.write(".gitattributes", "*.md diff=md\n");
    place.git(&["config", "--unset", "core.fsmonitor"]);
    place.git(&["mv", name, "plain.md"]);
    place.write("q.md", without_item(&questions(), 4)).commit("Change");
    let _ = std::fs::remove_file(&trap);
    place.git(&["config", "core.fsmonitor", &program]);
    assert_eq!(place.found(&["--since", "main"]), ["q.md:15 number-gap"]);
    assert_eq!(place.hidden(&["--since", "main"]), 1);
    assert!(!trap.exists(), "a program of the configuration was run");
}

#[test]
fn variables_of_a_hook_of_another_repository_are_not_obeyed() {
    let place = Place::repository(&[("old.md", OLD_SLIP)]);
    let other = Place::repository(&[("x.md", "# X\n\nText.\n")]);
    let mut command = place.command(&["check", "--since", "main", "--output-format", "json"]);
    command.env("GIT_DIR", other.path(".git")).env("GIT_WORK_TREE", other.folder.path());
    command.env("GIT_INDEX_FILE", other.path(".git/index")).env("GIT_EXTERNAL_DIFF", "false");
    let run = Run::of(command.output().expect("recto runs"));
    assert_eq!((run.code, run.json()["summary"]["inherited"].clone()), (0, 1.into()), "{}", run.err);
}

#[test]
fn linked_work_trees_and_folders_below_the_top_are_known() {
    let place = Place::repository(&[("docs/old.md", OLD_SLIP)]);
    let tree = Place::new();
    let tree_path = tree.path("tree");
    place.git(&["worktree", "add", "-q", "-b", "second", &tree_path.to_string_lossy(), "main"]);
    std::fs::write(tree_path.join("docs/new.md"), "# New\n\nIt is is new.\n").expect("written");
    let run = |folder: &Path, args: &[&str]| {
        let mut command = tree.command(&[&["check", "--output-format", "json", "--since", "main"], args].concat());
        Run::of(command.current_dir(folder).output().expect("recto runs"))
    };
    assert_eq!(found(&run(&tree_path, &[])), ["docs/new.md:3 repeated-word"]);
    assert_eq!(found(&run(&tree_path.join("docs"), &[])), ["new.md:3 repeated-word"]);
    assert_eq!(found(&run(&tree_path.join("docs"), &["old.md"])), [""; 0]);
    let absolute = tree_path.to_string_lossy().into_owned();
    assert_eq!(found(&run(Path::new("/"), &[&absolute])).len(), 1);
}

#[test]
fn files_of_a_submodule_count_as_unchanged_and_a_note_says_so() {
    let inner = Place::repository(&[("in.md", OLD_SLIP)]);
    let place = Place::repository(&[("a.md", "# A\n\nText.\n")]);
    let url = inner.folder.path().to_string_lossy().into_owned();
    place.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", &url, "sub"]);
    place.commit("Add a submodule");
    place.write("b.md", "# B\n\nIt is is new.\n");
    let run = place.run(&["check", "--since", "main", "--output-format", "json"]);
    assert_eq!(found(&run), ["b.md:3 repeated-word"]);
    assert!(run.err.contains("submodule `sub` count as unchanged"), "{}", run.err);
}

#[test]
fn a_sparse_checkout_is_not_a_deletion() {
    let place = Place::repository(&[("a.md", "# A\n\nSee [b](b/b.md).\n"), ("b/b.md", "# B\n\nText.\n")]);
    place.git(&["sparse-checkout", "set", "--no-cone", "/*", "!/b/"]);
    assert!(!place.path("b").exists());
    place.write("c.md", "# C\n\nIt is is new.\n");
    assert_eq!(place.found(&["--since", "main"]), ["c.md:3 repeated-word"]);
}

#[test]
fn a_repository_of_another_user_is_refused_with_the_remedy() {
    let place = Place::repository(&[("old.md", OLD_SLIP)]);
    let mut command = place.command(&["check", "--since", "main"]);
    settled(&mut command);
    let run = Run::of(command.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1").output().expect("recto runs"));
    assert_eq!(run.code, 2);
    assert!(run.err.contains("dubious ownership") && run.err.contains("safe.directory"), "{}", run.err);
}

#[test]
fn fix_mended_what_was_there_before_although_the_run_left_it_out() {
    let place = Place::repository(&[("old.md", OLD_SLIP), ("both.md", OLD_SLIP)]);
    place.write("both.md", format!("{OLD_SLIP}\nThe tide was was low.\n"));
    let diff = place.run(&["check", "--since", "main", "--diff", "--unsafe-fixes"]);
    assert!(diff.out.contains("-The tide was was low.") && !diff.out.contains("-The boat"), "{}{}", diff.out, diff.err);
    let run = place.run(&["check", "--since", "main", "--fix", "--unsafe-fixes"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(place.read("old.md"), OLD_SLIP.as_bytes());
    assert_eq!(place.read("both.md"), format!("{OLD_SLIP}\nThe tide was low.\n").as_bytes());
}

#[test]
fn what_cannot_be_compared_is_an_error_and_never_a_guess() {
    let place = Place::repository(&[("old.md", OLD_SLIP)]);
    for (args, words) in [
        (vec!["--since", "nowhere"], "there is no commit `nowhere`"),
        (vec!["--since=-x"], "there is no commit `-x`"),
        (vec!["--since=--output=x"], "there is no commit `--output=x`"),
        (vec!["--staged", "--fix"], "cannot be used with"),
        (vec!["--since", "main", "--staged"], "cannot be used with"),
        (vec!["--since", "main", "-"], "standard input"),
    ] {
        let run = place.run(&[vec!["check"], args.clone()].concat());
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.err.contains(words), "{args:?}: {}", run.err);
    }
    place.git(&["checkout", "-q", "--orphan", "lone"]);
    place.commit("No parent");
    let run = place.run(&["check", "--since", "main"]);
    assert!(run.code == 2 && run.err.contains("no commit in common"), "{}", run.err);
    let bare = Place::new();
    bare.write("a.md", OLD_SLIP);
    let mut command = bare.command(&["check", "--since", "main"]);
    let run = Run::of(command.env("GIT_CEILING_DIRECTORIES", "/").output().expect("recto runs"));
    assert!(run.code == 2 && run.err.contains("no git repository") && run.err.contains("--diff-from"), "{}", run.err);
}

#[test]
fn staged_is_what_the_commit_will_have_and_not_what_the_disk_has() {
    let place = Place::repository(&[("a.md", "# A\n\nText.\n"), ("old.md", OLD_SLIP)]);
    place.write("a.md", "# A\n\nText is is staged.\n");
    place.git(&["add", "a.md"]);
    place.write("a.md", "# A\n\nText is mended on the disk.\n");
    place.write("draft.md", "# Draft\n\nThis is is not staged.\n");
    assert_eq!(place.found(&["--staged"]), ["a.md:3 repeated-word"]);
    place.git(&["add", "a.md"]);
    place.write("a.md", "# A\n\nText is is broken on the disk.\n");
    assert_eq!(place.found(&["--staged"]), [""; 0]);
    // Staged and then deleted from the disk: the commit still has it.
    place.write("gone.md", "# Gone\n\nIt is is there.\n");
    place.git(&["add", "gone.md"]);
    std::fs::remove_file(place.path("gone.md")).expect("removed");
    assert_eq!(place.found(&["--staged"]), ["gone.md:3 repeated-word"]);
    assert_eq!(place.found(&["--staged", "a.md"]), [""; 0]);
}

#[test]
fn the_first_commit_is_compared_with_nothing() {
    let place = Place::new();
    place.git(&["init", "-q"]);
    place.write("a.md", OLD_SLIP);
    assert_eq!(place.found(&["--staged"]), [""; 0]);
    place.git(&["add", "a.md"]);
    assert_eq!(place.found(&["--staged"]), ["a.md:3 repeated-word"]);
    let run = place.run(&["check", "--since", "HEAD"]);
    assert_eq!(run.code, 2, "{}", run.err);
}

#[cfg(unix)]
#[test]
fn a_hook_sees_the_index_of_the_commit_that_is_being_made() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::repository(&[("a.md", "# A\n\nText.\n"), ("b.md", "# B\n\nText.\n")]);
    let hook = place.path(".git/hooks/pre-commit");
    let script = format!("#!/bin/sh\nexec '{}' check --staged\n", env!("CARGO_BIN_EXE_recto"));
    std::fs::write(&hook, script).expect("written");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("executable");
    place.write("a.md", "# A\n\nText is is broken.\n").write("b.md", "# B\n\nText is fine.\n");
    // Only b.md is committed, by an index of its own, although a.md is staged as well.
    place.git(&["add", "a.md"]);
    let output = place.git_command(&["commit", "-m", "b alone", "b.md"]).output().expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = place.git_command(&["commit", "-am", "All"]).output().expect("git runs");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("a.md:3:6"), "{text}");
}

#[test]
fn a_diff_is_undone_to_know_what_was_there_before() {
    let place = Place::repository(&[("docs/q.md", &questions()), ("docs/old.md", OLD_SLIP), ("a b.md", OLD_SLIP)]);
    place.write("docs/q.md", without_item(&questions(), 4));
    place.write("docs/new.md", "# New\n\nIt is is new.\n");
    place.git(&["mv", "a b.md", "c d.md"]);
    place.git(&["rm", "-q", "docs/old.md"]);
    place.write("docs/taken.md", format!("{OLD_SLIP}\nAnd more.\n"));
    place.commit("Change");
    let expected = ["docs/new.md:3 repeated-word", "docs/q.md:15 number-gap"];
    assert_eq!(place.found(&["--since", "main"]), expected);
    let ways: [&[&str]; 5] = [
        &["diff", "main...HEAD"],
        &["diff", "-U0", "--no-prefix", "--no-renames", "main...HEAD"],
        &["diff", "--src-prefix=i/", "--dst-prefix=w/", "--color=never", "main"],
        &["diff", "--no-prefix", "-M", "main"],
        &["format-patch", "--stdout", "main..HEAD"],
    ];
    for way in ways {
        let diff = place.git(way).stdout;
        place.write(".git/change.diff", &diff);
        assert_eq!(place.found(&["--diff-from", ".git/change.diff"]), expected, "{way:?}");
        let run = place.pipe(&["check", "--output-format", "json", "--diff-from", "-"], &diff);
        assert_eq!(found(&run), expected, "{way:?}");
    }
    place.write("docs/q.md", "# Other\n\nText.\n");
    let run = place.run(&["check", "--diff-from", ".git/change.diff"]);
    assert!(run.code == 2 && run.err.contains("does not lead to `docs/q.md`"), "{}", run.err);
    let run = place.run(&["check", "--diff-from", "nowhere.diff"]);
    assert!(run.code == 2 && run.err.contains("nowhere.diff"), "{}", run.err);
}

#[test]
fn a_baseline_and_an_earlier_state_hide_a_finding_once() {
    let place = Place::repository(&[("old.md", OLD_SLIP)]);
    assert_eq!(place.run(&["baseline"]).code, 0);
    place.commit("Record");
    assert_eq!(place.found(&["--since", "main"]), [""; 0]);
    place.write("old.md", format!("{OLD_SLIP}\nThe boat was was late.\n"));
    assert_eq!(place.found(&["--since", "main"]).len(), 1);
}

#[test]
fn a_review_suggests_fixes_on_lines_that_the_change_shows_and_lists_the_others() {
    let place = Place::repository(&[("q.md", &questions()), ("a.md", "# A\n\nText.\n")]);
    place.write("a.md", "# A\n\nText.\n\nWe recieve it at at noon, in ```code```.\n");
    place.write("q.md", without_item(&questions(), 4)).commit("Change");
    let run = place.run(&["check", "--since", "main", "--output-format", "github-review"]);
    let review = run.json();
    assert_eq!(review["event"], "COMMENT");
    let comments = review["comments"].as_array().expect("an array");
    let fixed: Vec<&Value> = comments.iter().filter(|comment| comment["path"] == "a.md").collect();
    assert_eq!((fixed.len(), &fixed[0]["line"]), (1, &5.into()), "two fixes of one line are one suggestion");
    let body = fixed[0]["body"].as_str().expect("a text");
    assert!(body.contains("````suggestion\nWe receive it at noon, in ```code```.\n````"), "{body}");
    // The gap is beside the lines that were deleted.
    assert!(comments.iter().any(|comment| comment["path"] == "q.md" && comment["line"] == 15), "{comments:?}");
    place.write("a.md", "# A\n\nText.\n").write("b.md", "# B\n\nText.\n").commit("Back");
    place.git(&["checkout", "-q", "-B", "next"]);
    place.write("c.md", format!("# C\n\nSee [b](b.md).\n\n{}", "Text.\n\n".repeat(20))).commit("Link");
    place.git(&["branch", "-f", "main"]);
    place.git(&["rm", "-q", "b.md"]);
    let review = place.run(&["check", "--since", "main", "--output-format", "github-review"]).json();
    assert_eq!(review["comments"].as_array().map(Vec::len), Some(0));
    assert!(review["body"].as_str().is_some_and(|body| body.contains("`c.md:3`: [broken-link]")), "{review}");
}
