//! Fixes: what a run says of those that it applies or shows.

use crate::Place;

#[test]
fn each_fix_is_listed_with_its_place() {
    let place = Place::new();
    place
        .write("a.md", "# Tides\n\nTeh tide rises rises.\n\nAt the quay\u{200B}side.\n")
        .write("b.md", "It will recieve us.\n");
    for args in [
        &["check", "--diff", "--unsafe-fixes", "--show-fixes"][..],
        &["check", "--fix", "--unsafe-fixes", "--show-fixes", "--output-format", "json"],
    ] {
        let run = place.run(args);
        let listed: Vec<&str> = run.err.lines().filter(|line| line.contains(".md:")).collect();
        let expected = [
            "a.md:3: misspelling: `Teh` → `The`",
            "a.md:3: repeated-word: `rises rises` → `rises`",
            "a.md:5: invisible-character: removed `\\u{200b}`",
            "b.md:1: misspelling: `recieve` → `receive`",
        ];
        assert_eq!(listed, expected, "{args:?}: {}", run.err);
    }
    assert_eq!(place.read("b.md"), b"It will receive us.\n");
    assert_eq!(place.run(&["check", "--fix", "--show-fixes"]).err, "");
}

#[test]
fn a_quiet_patch_had_closing_lines() {
    let place = Place::new();
    place.write("a.md", "Teh tide rises.\n");
    let run = place.run(&["check", "--diff", "--unsafe-fixes", "--quiet"]);
    assert!(run.code == 1 && run.out.contains("+The tide rises.") && run.err.is_empty(), "{}", run.err);
    assert!(place.run(&["check", "--diff", "--unsafe-fixes"]).err.contains("would fix 1 finding"));
}

#[test]
fn each_edit_of_a_fix_is_listed_and_so_are_those_of_standard_input() {
    let place = Place::new();
    place.write("docs/a.md", "[a](x\\y.md)\n\n[b](x\\z.md)\n\n[c](x\\w.md)\n");
    for name in ["w", "y", "z"] {
        place.write(&format!("docs/x/{name}.md"), "# A\n");
    }
    let run = place.run(&["check", "--diff", "--unsafe-fixes", "--show-fixes"]);
    let listed = run.err.lines().filter(|line| line.starts_with("docs/a.md:")).count();
    assert_eq!(listed, 3, "{}", run.err);
    let run = place.pipe(&["check", "--fix", "--unsafe-fixes", "--show-fixes", "-"], b"Teh tide rises.\n");
    assert!(run.out == "The tide rises.\n" && run.err.contains(":1: misspelling: `Teh` → `The`"), "{}", run.err);
}
