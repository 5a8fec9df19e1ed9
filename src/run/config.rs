//! `recto config`: the settings that hold for a file, and why.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::gather::{ContextFiles, Request, find};
use super::{Failure, configuration, settings};
use crate::baseline::FILE_NAME;
use crate::cli::Cli;
use crate::input::containers;
use crate::input::discover::Selection;
use crate::input::left_out::CompiledGlob;
use crate::lint::registry;
use crate::model::document::Format;
use crate::model::extraction::FileContainer;
use crate::model::finding::Tier;
use crate::model::target::normalized;
use crate::report::count;
use crate::report::terminal::Terminal;
use crate::report::visible::visible_lines;
use crate::rules;
use crate::settings::{AllowedWords, RuleState, RuleTable, Settings, UsageError, UserPattern, VersionSpec};

/// Runs `recto config`.
pub(super) fn config(cli: &Cli, file: Option<&Path>, terminal: &Terminal) -> Result<ExitCode, Failure> {
    if let Some(file) = file.filter(|file| !file.exists()) {
        return Err(UsageError {
            message: format!("`{}` does not exist", file.display()),
            help: Some("name a file whose settings are asked for, or none for those of this folder".to_owned()),
        }
        .into());
    }
    let paths: Vec<PathBuf> = file.map(Path::to_path_buf).into_iter().collect();
    let root = settings(cli, &paths, terminal)?;
    let request = Request { paths: &paths, stdin_name: None, context: ContextFiles::LeftOut, force_exclude: false };
    let (_, settings) = find(cli, &request, root, terminal)?;
    let own = file.map_or(&settings, |file| settings.nearest(file));
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = match own.is_configured() {
        true => {
            let path = cli.config.clone().or_else(|| configuration(&own.root)).unwrap_or_else(|| own.root.clone());
            writeln!(out, "settings   {}", path.display())
        }
        false => writeln!(out, "settings   the defaults: no recto.toml in {} or above", own.root.display()),
    };
    let baseline = own.root.join(FILE_NAME);
    if baseline.is_file() {
        let _ = writeln!(out, "baseline   {}", baseline.display());
    }
    if let Some(file) = file {
        let _ = writeln!(out, "file       {}", checked(file, &settings)?);
        for (work, role) in works(file, own) {
            let _ = writeln!(out, "work       {work}, as {role}");
        }
        for globs in own.overrides_for(file) {
            let _ = writeln!(out, "override   files = {globs:?}");
        }
    }
    let file = file.unwrap_or(Path::new(""));
    let options = own.table_for(file, &registry()).options;
    if let Some(locale) = options.locale {
        let _ = writeln!(out, "locale     {}", locale.as_str());
    }
    left_alone("all language rules", &options.ignored.words, &options.ignored.regex, &mut out);
    for rule in rules::ALL {
        if let Some((words, patterns)) = options.ignored_by(rule.id) {
            left_alone(rule.id, words, patterns, &mut out);
        }
    }
    rules_of(file, own, &mut out);
    terminal.write_bytes(visible_lines(&out).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Lists the words and patterns that one or all rules leave alone.
fn left_alone(whom: &str, words: &AllowedWords, patterns: &[UserPattern], out: &mut String) {
    /// Maximum number of words that are named (a guess: a line of a terminal); dictionaries have thousands.
    const MAX_NAMED: usize = 8;
    if !words.0.is_empty() {
        let named = words.0.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = words.0.len().saturating_sub(MAX_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(out, "words      left alone by {whom}: {named}{more}");
    }
    for pattern in patterns {
        let _ = writeln!(out, "pattern    left alone by {whom}: {}", pattern.0.as_str());
    }
}

/// Says whether a folder's run checks the file, and why not.
fn checked(file: &Path, settings: &Settings) -> Result<String, Failure> {
    let own = settings.nearest(file);
    let path = normalized(&settings.working_dir.join(file));
    let selection = Selection::new(&own.files, &own.root)?;
    let shown = file.display();
    Ok(match (selection.reason(&path), selection.format_of(&path)) {
        (Some(reason), _) => format!("{shown}: checked only if it is named, because {reason}"),
        (None, Some(Format::Markdown)) => format!("{shown}: checked as Markdown"),
        (None, Some(Format::Text)) => match containers::kind_of(file).filter(|_| own.columns_of(file).is_none()) {
            // JSON is one only if it holds texts and nothing else.
            Some(FileContainer::Catalogue) => {
                format!("{shown}: checked as a catalogue if it is one, else for its encoding")
            }
            Some(kind) => format!("{shown}: checked as {}", kind.noun_with_article()),
            None if own.columns_of(file).is_some() => format!("{shown}: checked as a table, by [[rows]]"),
            None => format!("{shown}: checked for its encoding"),
        },
        (None, None) => {
            format!("{shown}: checked only if it is named, because its name is not that of a Markdown file")
        }
    })
}

/// Returns the works of which a file is a version, each with its role.
fn works(file: &Path, settings: &Settings) -> Vec<(String, String)> {
    let relative = settings.relative(file);
    let holds = |version: &&VersionSpec| {
        let (without, with): (Vec<&str>, Vec<&str>) =
            version.files.iter().map(String::as_str).partition(|glob| glob.starts_with('!'));
        let matches =
            |glob: &str| CompiledGlob::version(glob).is_some_and(|glob| glob.matches(&relative, &settings.root));
        with.into_iter().any(matches) && !without.into_iter().any(|glob| matches(&glob[1..]))
    };
    let works = settings.works.iter().flat_map(|work| {
        let versions = work.versions.iter().filter(holds);
        versions.map(|version| (work.name.clone(), version.role.as_str().to_owned()))
    });
    works.collect()
}

/// Lists the rules that are otherwise than by default, with the reason, and counts the others.
fn rules_of(file: &Path, settings: &Settings, out: &mut String) {
    let registry = registry();
    let plain = Settings::new(settings.root.clone(), settings.working_dir.clone()).table_for(file, &registry);
    let (base, all) = (settings.table_of_base(&registry), settings.table_for(file, &registry));
    let mut on = [0, 0];
    for (at, rule) in rules::ALL.iter().enumerate() {
        let state = |table: &RuleTable| table.state(at);
        let now = state(&all);
        let tier = now.tier.unwrap_or(rule.tier);
        if now.enabled {
            on[usize::from(tier == Tier::Audit)] += 1;
        }
        if now == state(&plain) {
            continue;
        }
        let reason = if now == state(&base) { "[rules] in the configuration" } else { "the override" };
        let _ = writeln!(out, "rule       {}: {}, by {reason}", rule.id, described(now, tier));
    }
    let _ = writeln!(
        out,
        "rules      {} on that can fail a run, {} more with --audit",
        count(on[0], "rule"),
        count(on[1], "rule")
    );
}

/// Returns the state of a rule in words.
fn described(state: RuleState, tier: Tier) -> String {
    if !state.enabled {
        return "off".to_owned();
    }
    let severity = state.severity.map(|severity| format!(", severity {}", severity.as_str()));
    let shown = if state.audit && tier == Tier::Audit { ", shown without --audit" } else { "" };
    format!("on, {} tier{}{shown}", tier.as_str(), severity.unwrap_or_default())
}
