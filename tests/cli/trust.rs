//! Reading, reporting and writing where files, names, texts or settings are not as expected.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
#[cfg(unix)]
use std::os::unix::process::CommandExt;
use std::process::Stdio;

use super::{Place, Run, SLIP};

const GARBLED: &str = "# Quay\n\nIt isnâ€™t far.\n";
const REPAIRED: &str = "# Quay\n\nIt isn’t far.\n";

impl Run {
    /// Returns all output, of both streams.
    fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_is_read_but_never_written_through() {
    let place = Place::new();
    place.write("other/notes.md", GARBLED).write("book/one.md", GARBLED);
    symlink("../other/notes.md", place.path("book/two.md")).expect("linked");
    let run = place.run(&["check", "book", "--fix", "--output-format", "json"]);
    assert_eq!(run.code, 2, "{}", run.said());
    assert!(run.err.contains("book/two.md") && run.err.contains("outside the checked paths"), "{}", run.err);
    assert_eq!(run.json()["findings"][0]["path"], "book/two.md", "it is read");
    assert_eq!(place.read("other/notes.md"), GARBLED.as_bytes());
    assert_eq!(place.read("book/one.md"), REPAIRED.as_bytes(), "the others are fixed");
    let shown = place.run(&["check", "book", "--diff"]);
    assert!(!shown.out.contains("two.md") && shown.err.contains("would not be written"), "{}", shown.said());
    // A link that is named itself is followed within the working directory, and no further.
    let mut inside = place.command(&["check", "two.md", "--fix"]);
    assert_eq!(Run::of(inside.current_dir(place.path("book")).output().expect("runs")).code, 2);
    assert_eq!(place.read("other/notes.md"), GARBLED.as_bytes());
    assert_eq!(place.run(&["check", "book/two.md", "--fix"]).code, 0);
    assert_eq!(place.read("other/notes.md"), REPAIRED.as_bytes());
    assert!(fs::symlink_metadata(place.path("book/two.md")).expect("there").is_symlink());
}

#[cfg(unix)]
#[test]
fn a_link_to_what_is_left_out_is_not_written_through_either() {
    let place = Place::new();
    place.write("recto.toml", "[files]\nexclude = [\"vendor/**\"]\n").write(".gitignore", "built/\n");
    let targets = ["vendor/a.md", "built/b.md", ".git/hooks/c"];
    for target in targets {
        place.write(target, GARBLED);
        let name = target.replace('/', "-").trim_start_matches('.').to_owned() + ".md";
        symlink(target, place.path(&name)).expect("linked");
    }
    place.write("plain/d.txt", GARBLED);
    symlink("plain/d.txt", place.path("plain.md")).expect("linked");
    let run = place.run(&["check", "--fix"]);
    assert!(run.code == 2 && run.out.contains("3 files could not be written"), "{}", run.said());
    for target in targets {
        assert_eq!(place.read(target), GARBLED.as_bytes(), "{target}");
    }
    assert_eq!(place.read("plain/d.txt"), REPAIRED.as_bytes(), "a link to another file of the folder is followed");
}

#[cfg(unix)]
#[test]
fn a_file_with_several_names_is_told_once_and_written_once() {
    let place = Place::new();
    let long = "Whoever closes the lock writes the hour and the level into the book, because the next keeper starts from it, \
        and whoever finds the book empty rings the bell and waits for an answer before a boat may pass.\n";
    let text = format!("{GARBLED}\n{long}");
    place.write("guide/real.md", &text);
    symlink("real.md", place.path("guide/alias.md")).expect("linked");
    fs::hard_link(place.path("guide/real.md"), place.path("guide/twin.md")).expect("linked");
    fs::hard_link(place.path("guide/real.md"), place.path("elsewhere.md")).expect("linked");
    for paths in [&["guide"][..], &["guide", "guide/real.md", "./guide/real.md", "guide/../guide/alias.md"]] {
        let report = place.run(&[&["check", "--output-format", "json"], paths].concat()).json();
        assert_eq!(report["summary"]["by_rule"], serde_json::json!({"mojibake": 1}), "{paths:?}");
        assert_eq!(report["summary"]["files"], 1);
    }
    let run = place.run(&["check", "--fix", "guide", "guide/real.md"]);
    assert!(run.code == 2 && run.err.contains("1 more name (hard link) outside of what is checked"), "{}", run.said());
    assert_eq!(String::from_utf8_lossy(&place.read("guide/real.md")), text, "one name alone would keep the old text");
    fs::remove_file(place.path("elsewhere.md")).expect("removed");
    let run = place.run(&["check", "--fix", "guide", "guide/real.md"]);
    assert_eq!(run.code, 0, "{}", run.said());
    let fixed = text.replace("â€™", "’");
    for name in ["guide/real.md", "guide/alias.md", "guide/twin.md"] {
        assert_eq!(String::from_utf8_lossy(&place.read(name)), fixed, "{name}");
    }
    let inode = |name: &str| fs::metadata(place.path(name)).expect("there").ino();
    assert_eq!(inode("guide/real.md"), inode("guide/twin.md"), "hard links stay hard links");
    assert!(fs::symlink_metadata(place.path("guide/alias.md")).expect("there").is_symlink());
}

#[cfg(unix)]
#[test]
fn a_version_may_be_a_link_to_the_other_one() {
    let place = Place::new();
    let versions = "{ role = \"long\", files = [\"en/*.md\"] }, { role = \"translation\", files = [\"de/*.md\"] }";
    place.write("recto.toml", format!("[[work]]\nname = \"tides\"\nversions = [ {versions} ]\n"));
    place.write("en/a.md", "# Tides\n\n### 1. When does it rise?\n\nTwice.\n\n### 2. When does it fall?\n\nTwice.\n");
    fs::create_dir(place.path("de")).expect("made");
    symlink("../en/a.md", place.path("de/a.md")).expect("linked");
    let run = place.run(&["check"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_of_a_disk_is_never_opened() {
    let place = Place::new();
    place.write("fine.md", "All is well.\n");
    symlink("/dev/zero", place.path("zero.md")).expect("linked");
    symlink("/proc/kmsg", place.path("log.md")).expect("linked");
    let made = std::process::Command::new("mkfifo").arg(place.path("pipe.md")).status();
    assert!(made.is_ok_and(|status| status.success()));
    symlink("pipe.md", place.path("to-pipe.md")).expect("linked");
    let _socket = std::os::unix::net::UnixListener::bind(place.path("socket.md")).expect("bound");
    let run = place.run(&["check", "--output-format", "concise"]);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.out.matches("unreadable-file").count(),
        if cfg!(target_os = "linux") { 4 } else { 3 },
        "{}",
        run.out
    );
    for (name, kind) in [("zero.md", "a device"), ("pipe.md", "a pipe"), ("socket.md", "a socket")] {
        let named = place.run(&["check", name]);
        assert!(named.code == 1 && named.out.contains(kind), "{}", named.out);
    }
    assert!(place.run(&["compare", "fine.md", "pipe.md"]).err.contains("it is a pipe"));
    // An ignore file or a configuration file is not read either.
    symlink("/dev/zero", place.path(".gitignore")).expect("linked");
    let run = place.run(&["check", "--output-format", "concise"]);
    assert!(run.code == 1 && run.out.starts_with(".gitignore:1:1: unreadable-file"), "{}", run.out);
    symlink("pipe.md", place.path("recto.toml")).expect("linked");
    assert!(place.run(&["check"]).err.contains("cannot read the configuration file"));
}

/// Runs recto in such a way that permissions apply to it, which they do not for root; `None` if that is not possible.
#[cfg(unix)]
fn as_somebody(place: &Place, args: &[&str]) -> Option<Run> {
    let is_root = fs::metadata(place.path(".")).expect("there").uid() == 0;
    let mut command = place.command(args);
    if is_root {
        fs::set_permissions(place.path("."), fs::Permissions::from_mode(0o755)).expect("set");
        command.uid(65534).gid(65534);
    }
    command.output().ok().map(Run::of)
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_entered_is_a_finding() {
    let place = Place::new();
    place.write("a/fine.md", "All is well.\n").write("a/closed/b.md", SLIP);
    let closed = place.path("a/closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("set");
    let runs = [&["check", "a"][..], &["check", "a/closed"], &["check", "a", "--ignore", "engine"]];
    let runs: Vec<Option<Run>> = runs.iter().map(|args| as_somebody(&place, args)).collect();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).expect("set");
    let [Some(above), Some(itself), Some(silenced)] = &runs[..] else { return };
    for run in [above, itself] {
        assert!(
            run.code == 1 && run.out.contains("a/closed:1:1") && run.out.contains("cannot be listed"),
            "{}",
            run.said()
        );
    }
    assert!(!silenced.out.contains('✓') && silenced.out.contains("could not be read"), "{}", silenced.said());
}

#[test]
fn a_run_that_checked_nothing_says_why() {
    let place = Place::new();
    let nothing = |args: &[&str], parts: &[&str]| {
        let run = place.run(args);
        assert_eq!(run.code, 0, "{}", run.said());
        assert!(run.out.starts_with("0 files checked") && !run.out.contains('✓'), "{}", run.out);
        for part in parts {
            assert!(run.err.contains(part), "{part} is not in {}", run.err);
        }
    };
    nothing(&["check"], &["warning: there is no Markdown file in `.`"]);
    place
        .write("talk/one.srt", "1\n")
        .write("talk/two.srt", "1\n")
        .write("talk/notes.txt", "1\n")
        .write("talk/LICENSE", "1\n");
    nothing(
        &["check", "talk"],
        &["4 files with other endings (2 .srt, 1 without an ending, 1 .txt)", "include = [\"*.srt\"]"],
    );
    place.write("recto.toml", "[files]\nexclude = [\"drafts/**\"]\n").write("drafts/a.md", SLIP);
    nothing(
        &["check", "drafts"],
        &["1 Markdown file excluded by `drafts/**` (`exclude` in recto.toml)", "named itself"],
    );
    place
        .write(".gitignore", "built/\n")
        .write("built/a.md", SLIP)
        .write("built/b.md", SLIP)
        .write(".hidden/c.md", SLIP);
    let ignored = "2 Markdown files excluded by `built/` in `.gitignore`";
    nothing(&["check"], &[ignored, "1 Markdown file hidden by the dot of `.hidden`"]);
    let report = place.run(&["check", "--output-format", "json"]).json();
    assert!(report["warnings"][0]["message"].as_str().is_some_and(|text| text.contains(ignored)), "{report}");
    // Content that is in the way of search tools is content all the same.
    place.write("a.md", "All is well.\n").write(".ignore", "*.md\n");
    let run = place.run(&["check"]);
    assert!(run.out.starts_with("✓ 1 file checked, nothing to complain about") && run.err.is_empty(), "{}", run.said());
}

#[test]
fn a_file_that_is_checked_for_its_encoding_only_is_said_to_be() {
    let place = Place::new();
    place.write("talk.log", "1\n").write("a.md", "All is well.\n");
    let run = place.run(&["check", "talk.log"]);
    assert!(
        run.out.starts_with("✓ 1 file checked for encoding only (not named as Markdown), nothing found"),
        "{}",
        run.out
    );
    let run = place.run(&["check", "talk.log", "a.md"]);
    assert!(run.out.starts_with("✓ 2 files checked (1 for encoding only), nothing to complain about"), "{}", run.out);
}

#[test]
fn globs_of_the_configuration_that_match_nothing_are_told() {
    let place = Place::new();
    let versions = "{ role = \"long\", files = [\"long/*.md\"] }, { role = \"summary\", files = [\"brief.md\"] }";
    let config = format!(
        "[files]\ninclude = [\"**/*.txt\"]\nexclude = [\"vendor/**\", \"made/\", 'old\\\\a.md']\n\
         [[override]]\nfiles = [\"drafts/**\"]\nrules = {{ ignore = [\"language\"] }}\n\
         [[work]]\nname = \"locks\"\nversions = [ {versions} ]\n"
    );
    place
        .write("recto.toml", &config)
        .write(".gitignore", "made/\n")
        .write("long/a.md", "All is well.\n")
        .write("old/a.md", "Well.\n");
    let run = place.run(&["check"]);
    assert_eq!(run.code, 0);
    let told = [
        "`brief.md` of the work `locks`",
        "`drafts/**` of an `[[override]]`",
        "`vendor/**` of `exclude`",
        "`**/*.txt` of `include`",
    ];
    for told in told {
        assert!(run.err.contains(&format!("no file matches {told}")), "{told}: {}", run.err);
    }
    assert!(run.err.contains("write `/` between folders") && run.err.contains("`old//a.md`"), "{}", run.err);
    assert!(!run.err.contains("long/") && !run.err.contains("made/"), "{}", run.err);
    assert_eq!(run.err.matches("warning").count(), 5, "{}", run.err);
    // A pattern for a file that only this run leaves out is no mistake; one for a file that every run leaves out is.
    place
        .write("brief.md", "Well.\n")
        .write("drafts/b.md", "Well.\n")
        .write("vendor/c.md", SLIP)
        .write("d.txt", "Well.\n");
    let config = config.replace("'old\\\\a.md'", "\"brief.md\"");
    place.write("recto.toml", &config);
    assert_eq!(place.run(&["check", "long"]).err, "");
    let run = place.run(&["check"]);
    assert!(run.err.contains("no checked file matches `brief.md` of the work `locks`"), "{}", run.err);
    assert_eq!(run.err.matches("warning").count(), 1, "{}", run.err);
}

#[test]
fn an_ignore_file_outside_the_repository_does_not_count_in_it() {
    let place = Place::new();
    place
        .write(".gitignore", "*\n")
        .write("project/.git/HEAD", "ref: refs/heads/main\n")
        .write("project/.gitignore", "out/\n");
    place.write("project/sub/a.md", SLIP).write("project/out/b.md", SLIP);
    for folder in ["project", "project/sub"] {
        let run = place.run(&["check", folder, "--output-format", "concise"]);
        assert_eq!((run.code, run.out.lines().count()), (1, 1), "{}", run.said());
    }
    // An archive without a repository has its ignore files respected.
    fs::remove_dir_all(place.path("project/.git")).expect("removed");
    fs::remove_file(place.path(".gitignore")).expect("removed");
    assert_eq!(place.run(&["check", "project", "--output-format", "concise"]).out.lines().count(), 1);
}

#[test]
fn a_document_whose_fixes_never_come_to_rest_is_left_byte_for_byte() {
    let place = Place::new();
    // One leads back to what recto itself corrects; the other moves a word along a long row.
    let config = "[rules.misspelling]\nextend-words = { receive = \"recieve\" }\n\
        [[rules.grammar.patterns]]\npattern = \"lamp oil\"\nreplacement = \"oil lamp\"\nmessage = \"oil comes first\"\n";
    place.write("recto.toml", config);
    let undone = "We recieve the post at noon, and it isnâ€™t late.\n";
    let endless = format!("The lamp {}burns, and it isnâ€™t dark.\n", "oil ".repeat(30));
    place.write("a.md", undone).write("b.md", &endless).write("c.md", GARBLED);
    let run = place.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(run.code, 1);
    assert_eq!(String::from_utf8_lossy(&place.read("a.md")), undone);
    assert_eq!(String::from_utf8_lossy(&place.read("b.md")), endless);
    assert_eq!(String::from_utf8_lossy(&place.read("c.md")), REPAIRED, "the others are fixed");
    assert!(run.out.contains("fixed 1 finding in 1 file: 1 mojibake\n"), "{}", run.out);
    assert!(
        run.err.contains("the fixes of misspelling never come to rest in `a.md`: the file was left unchanged"),
        "{}",
        run.err
    );
    assert!(run.err.contains("grammar") && run.err.contains("`b.md`: the file was left unchanged"), "{}", run.err);
    // The remedy that the message names helps.
    place.run(&["check", "--fix", "--unsafe-fixes", "--ignore", "misspelling", "a.md"]);
    assert_eq!(String::from_utf8_lossy(&place.read("a.md")), "We recieve the post at noon, and it isn’t late.\n");
}

#[test]
fn a_replacement_that_is_replaced_again_is_refused_with_its_place() {
    let place = Place::new();
    place.write(
        "recto.toml",
        "[[rules.grammar.patterns]]\npattern = \"Dover\"\nreplacement = \"Dover, Kent\"\nmessage = \"say where\"\n",
    );
    place.write("a.md", "The ferry to Dover leaves at noon.\n");
    let run = place.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("recto.toml:3:15") && run.err.contains("`Dover, Kent` would itself be replaced"),
        "{}",
        run.err
    );
    let wanted = "[[rules.grammar.patterns]]\npattern = 'Dover([^,]|$)'\nreplacement = \"Dover, Kent$1\"\nmessage = \"say where\"\n";
    place.write("recto.toml", wanted);
    assert_eq!(place.run(&["check", "--fix", "--unsafe-fixes"]).code, 0);
    assert_eq!(place.read("a.md"), b"The ferry to Dover, Kent leaves at noon.\n");
}

#[test]
fn what_is_already_written_as_a_pattern_wants_it_is_no_finding() {
    let place = Place::new();
    let config = "[[rules.grammar.patterns]]\npattern = \"(?i)gitforge\"\nreplacement = \"GitForge\"\nmessage = \"its case\"\n\
        [rules.inconsistent-term]\nterms = { \"e-mail\" = \"email\", \"Email\" = \"email\" }\n";
    place.write("recto.toml", config).write("a.md", "Email goes to gitforge, and GitForge sends an e-mail.\n");
    let run = place.run(&["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(run.code, 0, "{}", run.said());
    assert!(run.out.contains("fixed 2 findings in 1 file"), "{}", run.out);
    assert_eq!(place.read("a.md"), b"Email goes to GitForge, and GitForge sends an email.\n");
}

/// Returns whether a terminal would obey this character, or show other characters in another order.
fn steers(c: char) -> bool {
    c.is_control() && c != '\n' || ('\u{2028}'..='\u{202E}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c)
}

const HOSTILE: &str = "# Guide\n\nIt isnâ€™t \u{1b}]0;owned\u{7} far far, \u{9b}2J \u{202e}it it\u{2066} is\u{7f}\u{2028}.\n\n\
    Read [more](b%1b%5d0;x%07.md) or [that](c%0a::error%20title=x::y%0a.md), [here](#d%0D::stop).\n";

#[test]
fn nothing_that_others_wrote_steers_the_output() {
    let place = Place::new();
    place.write("a.md", HOSTILE).write("recto.toml", "[rules.misspelling]\n");
    if cfg!(unix) {
        place.write("b\u{1b}[31m\n::error::x\u{202e}.md", HOSTILE).write("::warning file=c::d.md", HOSTILE);
    }
    let runs: &[&[&str]] = &[
        &["check"],
        &["check", "--audit"],
        &["check", "--output-format", "concise"],
        &["check", "--output-format", "github"],
        &["check", "--output-format", "grouped"],
        &["check", "--output-format", "checkstyle"],
        &["check", "--output-format", "junit"],
        &["check", "--output-format", "markdown"],
        &["check", "--output-format", "azure"],
        &["check", "--statistics"],
        &["check", "gone\u{1b}[2J\u{202e}\r\n::error::x.md"],
        &["check", "--select", "\u{1b}]0;x\u{7}"],
        &["check", "--fi\u{1b}[31mx\n::error::y"],
        &["explain", "mo\u{9b}2J\u{202e}"],
        &["compare", "a.md", "gone\u{1b}[2J*.md"],
    ];
    for args in runs {
        let run = place.run(args);
        assert!(!run.said().contains(steers), "{args:?}: {:?}", run.said());
        let github = args.contains(&"github");
        assert!(
            github || !run.said().lines().any(|line| line.trim_start().starts_with("::")),
            "{args:?}: {}",
            run.said()
        );
        if github {
            let is_ours = |line: &str| {
                ["::error ", "::warning ", "::notice title=recto::"].iter().any(|command| line.starts_with(command))
            };
            assert!(run.out.lines().all(is_ours), "{}", run.out);
        }
    }
    let coloured = place.run(&["check", "--color", "always"]);
    let own = |text: &str| text.split('\u{1b}').skip(1).all(|code| code.starts_with('[') && !code.starts_with("[2J"));
    assert!(own(&coloured.out) && !coloured.out.contains("]0;owned\u{7}"), "only colours of our own");
    let concise = place.run(&["check", "--output-format", "concise"]).out;
    assert!(concise.contains("there is no file `b\\u{1b}]0;x\\u{7}.md`"), "{concise}");
    if cfg!(unix) {
        assert!(concise.contains("\nb\\u{1b}[31m\\n::error::x\\u{202e}.md:3:7: "), "{concise}");
        assert!(concise.starts_with("./::warning file=c::d.md:3:7: "), "{concise}");
    }
}

#[test]
fn a_mistake_in_the_configuration_does_not_steer_the_terminal() {
    let place = Place::new();
    place
        .write("recto.toml", "# \u{9b}2J\u{202e}\n\"loc\\u001b]0;x\\u0007\" = 1 # \u{2066}\n")
        .write("a.md", "Well.\n");
    let run = place.run(&["check"]);
    assert_eq!(run.code, 2);
    assert!(!run.said().contains(steers), "{:?}", run.err);
    assert!(
        run.err.contains("unknown key `loc\\u{1b}]0;x\\u{7}`") && run.err.contains("recto.toml:2:1"),
        "{}",
        run.err
    );
}

#[test]
fn repair_explains_what_it_found_without_passing_it_on() {
    let run = Place::new().pipe(&["repair", "--explain"], "â€™ \u{1b}]0;x\u{7}\u{202e}â€™\n".as_bytes());
    assert!(!run.err.contains(steers) && run.err.contains("(proved)"), "{:?}", run.err);
    assert_eq!(run.out, "’ \u{1b}]0;x\u{7}\u{202e}’\n", "the text itself is as it was");
}

#[test]
fn a_comparison_does_not_steer_the_terminal() {
    let place = Place::new();
    place.write(
        "a.md",
        "# A\n\n## ::error::One\n\n### 1. What is \u{1b}]0;x\u{7} a tide?\n\nWater.\n\n### 2. Who rows?\n\nWe.\n",
    );
    place.write(
        "b.md",
        "# B\n\n## \u{202e}One\n\n### 1. What is \u{1b}[2J a lock?\n\nGates.\n\n### 2. Who rows?\n\nYou.\n",
    );
    for args in [&["compare", "a.md", "b.md", "--all"][..], &["compare", "a.md", "b.md", "--explain", "1"]] {
        let run = place.run(args);
        assert!(!run.said().contains(steers) && run.out.contains("\\u{1b}"), "{:?}", run.said());
        assert!(!run.out.lines().any(|line| line.trim_start().starts_with("::")), "{}", run.out);
    }
}

#[test]
fn a_diff_that_is_kept_is_a_patch_to_the_byte() {
    let place = Place::new();
    place.write("a.md", "\u{feff}# A\n\nIt isnâ€™t \u{1b}[31mred\u{1b}[0m.\u{c}\nLast \u{7}\u{9b}line â€™");
    place.write("cr.md", "# Far\rIt isnâ€™t far.\rA line.\n");
    place.write("two words.md", b"# Caf\xe9\n\nLe caf\xe9 ferme t\xf4t l'\xe9t\xe9, d\xe8s la premi\xe8re mar\xe9e, et le gardien d\xeene \xe0 c\xf4t\xe9.\n");
    let run = Run::bytes(&place, &["check", "--diff", "--unsafe-fixes", "--select", "mojibake,invalid-encoding"]);
    let expected = "--- a/a.md\n+++ b/a.md\n@@ -1,4 +1,4 @@\n \u{feff}# A\n \n-It isnâ€™t \u{1b}[31mred\u{1b}[0m.\u{c}\n\
        -Last \u{7}\u{9b}line â€™\n\\ No newline at end of file\n";
    assert!(run.starts_with(expected.as_bytes()), "{}", String::from_utf8_lossy(&run));
    let has = |part: &[u8]| run.windows(part.len()).any(|window| window == part);
    assert!(has("\n-# Far\rIt isnâ€™t far.\rA line.\n+# Far\rIt isn’t far.\rA line.\n".as_bytes()));
    assert!(has(b"\n--- a/two words.md\t\n") && has(b"\n-# Caf\xe9\n") && has("\n+# Café\n".as_bytes()));
}

impl Run {
    /// Returns the bytes of standard output.
    fn bytes(place: &Place, args: &[&str]) -> Vec<u8> {
        place.command(args).output().expect("recto runs").stdout
    }
}

#[test]
fn the_page_of_a_comparison_replaces_no_document_and_no_link() {
    let place = Place::new();
    let long = "# Long\n\n### 1. What is a tide?\n\nWater.\n\n### 2. What is a quay?\n\nStone.\n";
    place.write("long/a.md", long).write("b.md", long.replace("quay", "lock"));
    let refused = |page: &str| {
        let run = place.run(&["compare", "long", "b.md", "--html", page]);
        assert_eq!(run.code, 2, "{page}: {}", run.said());
        assert_eq!(place.read("long/a.md"), long.as_bytes());
    };
    refused("long/a.md");
    refused("./long/../b.md");
    refused("long");
    #[cfg(unix)]
    {
        fs::hard_link(place.path("b.md"), place.path("twin.html")).expect("linked");
        refused("twin.html");
        symlink("long/a.md", place.path("sly.html")).expect("linked");
        refused("sly.html");
        symlink("nowhere.html", place.path("dangling.html")).expect("linked");
        refused("dangling.html");
        symlink("real.html", place.path("page.html")).expect("linked");
        place.write("real.html", "old");
        assert_eq!(place.run(&["compare", "long", "b.md", "--html", "page.html"]).code, 1);
        assert!(place.read("real.html").starts_with(b"<!doctype html>"));
        assert!(fs::symlink_metadata(place.path("page.html")).expect("there").is_symlink());
        assert_eq!(place.run(&["compare", "long", "b.md", "--html", "/dev/null"]).code, 1);
        assert!(!fs::metadata("/dev/null").expect("there").is_file());
    }
    let run = place.run(&["compare", "long", "b.md", "--html", "-"]);
    assert!(run.out.starts_with("<!doctype html>") && run.out.ends_with("</html>\n"), "{}", run.out);
}

#[test]
fn whoever_stops_reading_does_not_make_findings_go_away() {
    let place = Place::new();
    place.write("many.md", "We leave at at noon, and we come back again.\n\n".repeat(4000));
    for args in [
        &["check", "--output-format", "concise"][..],
        &["check", "--output-format", "json"],
        &["check", "--diff", "--unsafe-fixes"],
    ] {
        let mut child = place.command(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("recto runs");
        drop(child.stdout.take());
        assert_eq!(child.wait().expect("recto ends").code(), Some(1), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn completions_that_are_not_taken_are_an_error_and_no_panic() {
    let place = Place::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("there");
    let run = Run::of(place.command(&["completions", "bash"]).stdout(full).output().expect("recto runs"));
    assert!(run.code == 2 && run.err.starts_with("error: "), "{}", run.err);
}

#[test]
fn the_report_after_a_failed_write_is_about_what_the_files_hold() {
    let place = Place::new();
    place.write("a.md", GARBLED).write("b.md", GARBLED);
    let mut permissions = fs::metadata(place.path("a.md")).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(place.path("a.md"), permissions).expect("set");
    let run = place.run(&["check", "--fix", "--output-format", "json"]);
    assert_eq!(run.code, 2);
    let report = run.json();
    assert_eq!((&report["summary"]["findings"], &report["findings"][0]["path"]), (&1.into(), &"a.md".into()));
    assert_eq!((place.read("a.md"), place.read("b.md")), (GARBLED.into(), REPAIRED.into()));
}

#[test]
fn a_configuration_that_is_there_and_cannot_be_read_is_an_error() {
    let place = Place::new();
    place.write("recto.toml/old.txt", "").write("a.md", "Well.\n");
    let run = place.run(&["check"]);
    assert!(run.code == 2 && run.err.contains("recto.toml") && run.err.contains("it is a folder"), "{}", run.err);
    assert_eq!(place.run(&["check", "--no-config"]).code, 0);
}

#[test]
fn a_fix_that_changes_nothing_is_none() {
    let place = Place::new();
    place.write("a.md", "# Fence\n\n```markdown\ncode\n    ```\n");
    let run = place.run(&["check", "--fix", "--unsafe-fixes"]);
    assert!(!run.said().contains("fixed 1") && !run.said().contains("come to rest"), "{}", run.said());
}

#[test]
fn a_version_that_is_named_is_read_as_markdown() {
    let place = Place::new();
    let text = "# Sea\n\n### 1. What is a tide?\n\nWater.\n\n### 2. What is a quay?\n\nStone.\n";
    place.write("long.txt", text).write("short.txt", text.replace("quay", "lock"));
    let run = place.run(&["compare", "long.txt", "short.txt"]);
    assert!(run.code == 1 && run.out.contains("(long, 2 items)"), "{}", run.said());
}

#[test]
fn damaged_text_that_code_shows_was_mended_by_the_safe_fix() {
    let place = Place::new();
    let shown = "# Help\n\nDoes your page look like this:\n\n```text\nItâ€™s a cafÃ© by the sea\n```\n\nThen the page was read by \
        another table.\n";
    place.write("a.md", shown);
    place.run(&["check", "--fix"]);
    assert_eq!(place.read("a.md"), shown.as_bytes());
    place.run(&["check", "--fix", "--unsafe-fixes"]);
    assert!(String::from_utf8_lossy(&place.read("a.md")).contains("It’s a café by the sea"));
    // Where the text around it is damaged, the code is, too.
    place.write("b.md", format!("{shown}\nItâ€™s the same for the cafÃ© around the corner.\n"));
    place.run(&["check", "--fix"]);
    let mended = String::from_utf8(place.read("b.md")).expect("UTF-8");
    assert!(!mended.contains('â') && mended.contains("It’s a café by the sea"), "{mended}");
}

#[test]
fn closing_a_block_that_ends_with_prose_hid_where_it_should_have_ended() {
    let place = Place::new();
    let text = "# Setup\n\n1. Write the file:\n\n   ```yaml\n   port: 443\n\n   Note that we only change the port here, and leave \
        all of the rest as it was.\n";
    place.write("a.md", text);
    place.run(&["check", "--fix"]);
    assert_eq!(place.read("a.md"), text.as_bytes());
    let plain = "# Setup\n\n```yaml\nport: 443\n\nhost: quay\n";
    place.write("b.md", plain);
    place.run(&["check", "--fix"]);
    assert_eq!(place.read("b.md"), format!("{plain}```\n").as_bytes());
}

#[test]
fn one_of_several_equal_losses_of_a_line_was_restored() {
    let place = Place::new();
    let text = "# Notes\n\nThe lamp \u{9225}?the bell \u{9225}?the gate \u{9225}?all are old.\n";
    place.write("a.md", text);
    place.run(&["check", "--fix", "--unsafe-fixes", "--select", "mojibake"]);
    assert_eq!(place.read("a.md"), text.as_bytes());
}
