//! The further files of `recto init`: that of a build server, the hooks for commits, and the baseline.

use std::path::Path;

use crate::cli::CiHost;
use crate::fix::write;
use crate::git::Repository;
use crate::settings::UsageError;

/// The version of recto that the written files name.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The address of the repository with the action and the hooks.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// Workflow of GitHub Actions: only what a pull request introduces fails it, and the main branch is checked as a whole.
const GITHUB: &str = "\
# Checks written content with recto. A pull request is told only of what it introduces.
name: recto
on:
  pull_request:
  push:
    branches: [main, master]

permissions: {}

jobs:
  recto:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          # The change and what it is merged into.
          fetch-depth: 2
          persist-credentials: false
      - uses: @ACTION@@v@VERSION@
";

/// Job of GitLab CI, with the findings in the widget of a merge request.
const GITLAB: &str = "\
# Checks written content with recto. A merge request is told only of what it introduces.
recto:
  image: python:3.13
  rules:
    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  variables:
    # The history up to where the branch began.
    GIT_DEPTH: 0
  before_script:
    - pip install --quiet recto==@VERSION@
  script:
    - recto check --output-format gitlab --output-file recto.json
      ${CI_MERGE_REQUEST_DIFF_BASE_SHA:+--since $CI_MERGE_REQUEST_DIFF_BASE_SHA}
  artifacts:
    when: always
    reports:
      codequality: recto.json
";

/// Entry of `.pre-commit-config.yaml`.
const HOOK: &str = "  - repo: @REPOSITORY@\n    rev: v@VERSION@\n    hooks:\n      - id: recto-staged\n";

fn filled(template: &str) -> String {
    let action = REPOSITORY.trim_start_matches("https://github.com/");
    template.replace("@VERSION@", VERSION).replace("@ACTION@", action).replace("@REPOSITORY@", REPOSITORY)
}

/// Fails below the top folder of a repository, because build servers and pre-commit read their files nowhere else.
///
/// # Errors
/// If the working directory is in a repository, and not its top folder.
pub(super) fn require_top_folder() -> Result<(), UsageError> {
    let Ok(here) = std::env::current_dir().and_then(std::fs::canonicalize) else { return Ok(()) };
    // Without git, nothing says which folder is the top one.
    let Ok(Some(repository)) = Repository::around(&here) else { return Ok(()) };
    let top = repository.top();
    if std::fs::canonicalize(top).is_ok_and(|top| top != here) {
        return Err(UsageError {
            message: format!("this is not the top folder of its repository, which is `{}`", top.display()),
            help: Some("build servers and pre-commit read their files only there: run recto init in it".to_owned()),
        });
    }
    Ok(())
}

/// Writes the file of a build server, unless it is there; returns what was done.
///
/// # Errors
/// If the file cannot be written.
pub(super) fn build_server(host: CiHost) -> Result<String, UsageError> {
    let (path, text) = match host {
        CiHost::Github => (Path::new(".github/workflows/recto.yml"), filled(GITHUB)),
        // A file that is there belongs to others, and can include this one.
        CiHost::Gitlab if Path::new(".gitlab-ci.yml").exists() => (Path::new(".gitlab/recto.yml"), filled(GITLAB)),
        CiHost::Gitlab => (Path::new(".gitlab-ci.yml"), filled(GITLAB)),
    };
    let shown = path.display();
    if path.symlink_metadata().is_ok() {
        return Ok(format!("{shown}: left as it is"));
    }
    create(path, &text)?;
    Ok(match host {
        CiHost::Github => format!("{shown}: checks each pull request for what it introduces"),
        CiHost::Gitlab if path.starts_with(".gitlab") => {
            format!("{shown}: add `include: {{ local: {shown} }}` to .gitlab-ci.yml")
        }
        CiHost::Gitlab => format!("{shown}: checks each merge request for what it introduces"),
    })
}

/// Writes `.pre-commit-config.yaml`, or adds the hook to it; returns what was done.
///
/// # Errors
/// If the file cannot be read or written.
pub(super) fn hooks() -> Result<String, UsageError> {
    let path = Path::new(".pre-commit-config.yaml");
    let shown = path.display();
    let hook = filled(HOOK);
    let old = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            create(path, &format!("repos:\n{hook}"))?;
            return Ok(format!("{shown}: checks what a commit introduces; `pre-commit install` turns it on"));
        }
        Err(error) => return Err(UsageError { message: format!("cannot read `{shown}`: {error}"), help: None }),
    };
    if old.contains(REPOSITORY) {
        return Ok(format!("{shown}: has the hook"));
    }
    // Only the shape in which nearly all of these files are is added to: a list that is the last key.
    let mut keys = old.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
    let is_last = keys.next_back().is_some_and(|key| key.trim_end() == "repos:");
    let indent = old
        .lines()
        .find(|line| line.trim_start().starts_with("- repo:"))
        .map(|line| line.len() - line.trim_start().len());
    let Some(indent) = indent.filter(|_| is_last) else {
        return Ok(format!("{shown}: add this under `repos`:\n{hook}"));
    };
    let line_end = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let indent = " ".repeat(indent);
    let lines = hook.lines().map(|line| format!("{indent}{}{line_end}", line.strip_prefix("  ").unwrap_or(line)));
    let ending = if old.ends_with('\n') { "" } else { line_end };
    create(path, &format!("{old}{ending}{}", lines.collect::<String>()))?;
    Ok(format!("{shown}: the hook was added"))
}

fn create(path: &Path, text: &str) -> Result<(), UsageError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| write::create(path, text.as_bytes()))
        .map_err(|error| UsageError { message: format!("cannot write `{}`: {error}", path.display()), help: None })
}
