//! The files by which recto is installed name one version, and the same systems.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_placeholder_of_pre_commit_installs_this_version() {
    assert!(read("setup.py").contains(&format!("VERSION = \"{}\"\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn every_system_of_a_release_is_built_downloaded_and_packed() {
    let (release, install, npm) =
        (read(".github/workflows/release.yml"), read("packaging/action/install.sh"), read("npm/build.mjs"));
    let built: Vec<&str> = release
        .split("target: ")
        .skip(1)
        .filter_map(|rest| rest.split(',').next())
        .filter(|name| name.contains("-"))
        .collect();
    assert_eq!(built.len(), 7, "{built:?}");
    for target in &built {
        assert!(npm.contains(&format!("\"{target}\"")), "npm/build.mjs lacks {target}");
    }
    for line in install.lines().filter_map(|line| line.trim().split("target=").nth(1)) {
        let target = line.trim_end_matches(" ;;");
        assert!(built.contains(&target), "packaging/action/install.sh: nobody builds {target}");
    }
    for target in read("packaging/formula.sh").lines().filter_map(|line| line.strip_prefix("for target in ")) {
        for target in target.trim_end_matches("; do").split(' ') {
            assert!(built.contains(&target), "packaging/formula.sh: nobody builds {target}");
        }
    }
}

#[test]
fn the_wheels_of_the_program_and_of_the_library_are_two_packages() {
    let release = read(".github/workflows/release.yml");
    for (folder, name, bindings) in [("packaging/wheel", "recto", "bin"), ("python", "recto-py", "pyo3")] {
        let project = read(&format!("{folder}/pyproject.toml"));
        assert!(project.contains(&format!("\nname = \"{name}\"\n")), "{folder}");
        assert!(project.contains(&format!("\nbindings = \"{bindings}\"\n")), "{folder}");
        assert!(release.contains(&format!("cd {folder} && build")), "release.yml does not build {folder}");
    }
}

#[test]
fn scripts_can_be_run() {
    let packaging = ["action/check.sh", "action/install.sh", "archive.sh", "formula.sh"];
    let scripts = packaging.map(|script| format!("packaging/{script}")).into_iter();
    for name in scripts.chain(["tools/python/check".to_owned(), "tools/python/engines".to_owned()]) {
        assert!(read(&name).starts_with("#!/usr/bin/env bash\n"), "{name}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
            let mode = fs::metadata(path).expect("a file").permissions().mode();
            assert!(mode & 0o111 != 0, "{name} is not executable");
        }
    }
}

#[test]
fn the_workflow_that_init_writes_checks_out_by_the_pinned_action_of_this_repository() {
    let written = read("src/run/init/adopt.rs");
    let pinned = written.lines().find(|line| line.contains("actions/checkout@")).expect("a checkout");
    assert!(read(".github/workflows/ci.yml").contains(pinned.trim()), "{pinned}");
}
