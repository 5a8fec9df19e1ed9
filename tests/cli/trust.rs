//! Runs as they read, report and write where files, names, texts or settings are not as one expects.

use std::fs;

use super::{Place, Run};

impl Run {
    /// All that was said.
    fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Says if a terminal would obey this character, or show others in another order.
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
            let is_ours = |line: &str| ["::error ", "::warning "].iter().any(|command| line.starts_with(command));
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
    /// Standard output to the byte.
    fn bytes(place: &Place, args: &[&str]) -> Vec<u8> {
        place.command(args).output().expect("recto runs").stdout
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
