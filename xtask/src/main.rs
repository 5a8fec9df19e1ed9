//! Chores of the repository: `cargo xtask new-rule ID`, `cargo xtask bless`, `cargo xtask corrections`.
//!
//! Knows paths and texts of the repository; nothing of the library, so that it is built in a second.

mod new_rule;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const HELP: &str = "\
Chores of the repository.

cargo xtask new-rule ID [--family FAMILY]
    Writes rules/ID.md, src/rules/ID.rs and the two lines of src/rules/mod.rs from a template that passes its own tests.
    ID names the defect in lower case with hyphens. FAMILY is one of encoding, duplication, numbering, versions,
    language (the default), structure.

cargo xtask bless [TEST]...
    Accepts what changed: the README's rule table (house), checksums of data (data), counts of the house (tidy),
    reports and fixes of the fixtures (fixtures), the JSON schema of the settings (settings),
    outputs of the commands in the manual (manual). Without TEST, all. Read `git diff` before you commit.

cargo xtask corrections
    Rewrites rules/data/misspelling/corrections.txt from the typos-dict that Cargo.lock names, and its checksum.
";

/// Tests that rewrite what they compare with when `RECTO_BLESS` is set.
const BLESSABLE: [&str; 6] = ["house", "data", "tidy", "fixtures", "settings", "manual"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] | ["help" | "-h" | "--help"] => {
            print!("{HELP}");
            Ok(())
        }
        ["new-rule", rest @ ..] => new_rule::run(&root(), rest).map(|said| print!("{said}")),
        ["bless", tests @ ..] => bless(tests),
        ["corrections"] => bless(&["data"]),
        [other, ..] => Err(format!("unknown command `{other}`; `cargo xtask --help` lists the commands")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository, which is the folder above this package. Cargo says at run time where the package is,
/// because a binary in a shared target folder may have been built in another clone.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&package).parent().expect("xtask is a folder of the repository").to_path_buf()
}

fn bless(tests: &[&str]) -> Result<(), String> {
    if let Some(other) = tests.iter().find(|test| !BLESSABLE.contains(test)) {
        return Err(format!("`{other}` has nothing to accept; it is one of {}", BLESSABLE.join(", ")));
    }
    let tests = if tests.is_empty() { &BLESSABLE } else { tests };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root()).env("RECTO_BLESS", "1").env("INSTA_UPDATE", "always");
    command.args(["test", "--package", "recto", "--no-fail-fast"]);
    for test in tests {
        command.args(["--test", test]);
    }
    let status = command.status().map_err(|error| format!("cargo did not start: {error}"))?;
    if status.success() {
        println!("Accepted. Read `git diff` before you commit it.");
        Ok(())
    } else {
        Err("a test failed for another reason than an outdated snapshot".to_owned())
    }
}
