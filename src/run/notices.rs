//! Warnings of a run about its configuration and its fixes: globs that match nothing, reasons why no file was checked,
//! and fixes that never come to rest.

use std::path::{Path, PathBuf};

use crate::input::left_out::{CompiledGlob, First, LeftOut, Why};
use crate::model::collection::Collection;
use crate::model::source::Origin;
use crate::report::count;
use crate::settings::{Settings, UsageError};
use crate::settle::Cycles;

/// Maximum number of extensions and of patterns that are named (a guess: more are not read).
const MAX_NAMED: usize = 4;

/// Extensions of text files, for which a warning suggests `[files] include`.
const TEXT: [&str; 22] = [
    ".adoc",
    ".asciidoc",
    ".csv",
    ".htm",
    ".html",
    ".ipynb",
    ".json",
    ".org",
    ".po",
    ".pot",
    ".properties",
    ".rmd",
    ".rst",
    ".srt",
    ".tex",
    ".textile",
    ".tsv",
    ".txt",
    ".vtt",
    ".xml",
    ".yaml",
    ".yml",
];

/// Warns about globs of the configuration that match no file, neither a checked one nor any other below the root.
/// `paths` are the named paths.
pub(super) fn idle_globs(
    paths: &[PathBuf],
    idle_excludes: &[String],
    collection: &Collection,
    settings: &Settings,
) -> Idle {
    let mut idle = Idle::default();
    for settings in settings.all() {
        idle_globs_of(settings, paths, idle_excludes, collection, &mut idle);
    }
    idle
}

/// Globs that match no file.
#[derive(Debug, Default)]
pub(super) struct Idle {
    /// A remark on each.
    pub(super) warnings: Vec<UsageError>,
    /// The versions of works that have no file, so that nothing is compared with them.
    pub(super) dead_versions: Vec<String>,
}

/// Returns the reason why a link to a file outside the named paths is not written through.
pub(super) fn leads_outside(target: &Path) -> String {
    format!("it is a symbolic link to `{}`, which is outside the checked paths", target.display())
}

/// Returns true if the globs with `!` take away all the files that the others match.
fn leaves_nothing(globs: &[String], checked: &[PathBuf], root: &Path) -> bool {
    let read = |is_negated: bool| -> Vec<CompiledGlob> {
        let globs = globs.iter().filter(|glob| glob.starts_with('!') == is_negated);
        globs.filter_map(|glob| CompiledGlob::version(glob.trim_start_matches('!'))).collect()
    };
    let (wanted, negated) = (read(false), read(true));
    let matches = |globs: &[CompiledGlob], path: &PathBuf| globs.iter().any(|glob| glob.matches(path, root));
    !negated.is_empty() && !checked.iter().any(|path| matches(&wanted, path) && !matches(&negated, path))
}

fn idle_globs_of(
    settings: &Settings,
    paths: &[PathBuf],
    idle_excludes: &[String],
    collection: &Collection,
    idle: &mut Idle,
) {
    let own = collection.documents.iter().map(|doc| doc.source.path());
    let aliases = collection.aliases.iter().map(|(path, _)| path.as_path());
    let checked: Vec<PathBuf> = own.chain(aliases).filter_map(|path| settings.below_root(path)).collect();
    let root = &settings.root;
    let first = |glob: &str, reading: Option<CompiledGlob>| {
        let reading = reading?;
        let is_idle = !checked.iter().any(|path| reading.matches(path, root));
        is_idle.then(|| reading.first(glob, root))
    };
    let folders: Vec<PathBuf> =
        paths.iter().filter(|path| path.is_dir()).filter_map(|folder| std::fs::canonicalize(folder).ok()).collect();
    let is_walked = |path: &Path| {
        let path = std::fs::canonicalize(path).unwrap_or_default();
        folders.iter().any(|folder| path.starts_with(folder))
    };
    let warnings = &mut idle.warnings;
    for work in &settings.works {
        let place = format!("the work `{}`", work.name);
        for version in &work.versions {
            let before = warnings.len();
            for glob in version.files.iter().filter(|glob| !glob.starts_with('!')) {
                match first(glob, CompiledGlob::version(glob)) {
                    Some(First::None) => warnings.push(idle_glob(&place, glob)),
                    Some(First::Is(path)) if is_walked(&path) => {
                        warnings.push(unchecked(&place, glob, &settings.relative(&path)))
                    }
                    _ => {}
                }
            }
            let globs: Vec<&str> =
                version.files.iter().map(String::as_str).filter(|glob| !glob.starts_with('!')).collect();
            let is_idle = warnings.len() - before == globs.len();
            let is_emptied = !is_idle && leaves_nothing(&version.files, &checked, root);
            if is_emptied {
                warnings.push(UsageError {
                    message: format!(
                        "{place}: `{}` leaves no file to the version `{}`",
                        version.files.join("`, `"),
                        version.role.as_str()
                    ),
                    help: Some("the globs with `!` take all files away again: change one of them".to_owned()),
                });
            }
            if is_idle || is_emptied {
                idle.dead_versions.push(format!("the version `{}` of {place}", version.role.as_str()));
            }
        }
    }
    for glob in settings.override_globs().flatten() {
        if first(glob, CompiledGlob::overriding(glob)) == Some(First::None) {
            warnings.push(idle_glob("an `[[override]]`", glob));
        }
    }
    // Named files are checked regardless of `[files]`.
    if !folders.is_empty() {
        for (key, globs) in [
            ("include", settings.files.include.as_slice()),
            ("markdown", &settings.files.markdown),
            ("exclude", idle_excludes),
        ] {
            let is_own = |glob: &&String| {
                let is_listed = key != "exclude" || settings.files.exclude.contains(glob);
                is_listed && !CompiledGlob::is_ignored(glob, root) && !glob.starts_with('!')
            };
            for glob in globs.iter().filter(is_own) {
                if first(glob, CompiledGlob::files(glob, root)) == Some(First::None) {
                    warnings.push(idle_glob(&format!("`{key}` under `[files]`"), glob));
                }
            }
        }
    }
}

fn idle_glob(place: &str, glob: &str) -> UsageError {
    let help = if glob.contains('\\') {
        format!("write `/` between folders on every system: `{}`", glob.replace('\\', "/"))
    } else {
        "globs are relative to the folder of recto.toml: correct the glob there, or remove it".to_owned()
    };
    UsageError { message: format!("no file matches `{glob}` of {place}"), help: Some(help) }
}

fn unchecked(place: &str, glob: &str, path: &Path) -> UsageError {
    UsageError {
        message: format!("no checked file matches `{glob}` of {place}: `{}` is excluded", path.display()),
        help: Some("versions are compared if they are Markdown and neither excluded, ignored nor hidden".to_owned()),
    }
}

/// Returns the reason why no file was checked, and the remedy. `folders` are the named paths.
///
/// # Errors
/// If a glob of `[files]` is malformed.
pub(super) fn nothing_checked(
    folders: &[PathBuf],
    settings: &Settings,
    within: Option<&Path>,
) -> Result<UsageError, UsageError> {
    let left = LeftOut::look(folders, &settings.files, &settings.root, within)?;
    let places: Vec<String> = folders.iter().map(|folder| format!("`{}`", folder.display())).collect();
    let places = places.join(", ");
    let mut reasons = vec![match left.reasons.len() {
        0 => format!("there is no Markdown file in {places}"),
        _ => format!("no file in {places} was checked"),
    }];
    reasons.extend(left.reasons.iter().take(MAX_NAMED).map(|(why, number)| reason(why, *number, settings)));
    if left.reasons.len() > MAX_NAMED {
        let rest: usize = left.reasons.values().skip(MAX_NAMED).sum();
        reasons.push(format!("{} by other patterns", count(rest, "more Markdown file")));
    }
    let mut endings: Vec<(&str, usize)> =
        left.endings.iter().map(|(ending, number)| (ending.as_str(), *number)).collect();
    endings.sort_by_key(|(ending, number)| (std::cmp::Reverse(*number), *ending));
    if !endings.is_empty() {
        let named = endings.iter().take(MAX_NAMED).map(|(ending, number)| match *ending {
            "" => format!("{number} without an ending"),
            ending => format!("{number} {ending}"),
        });
        let mut named: Vec<String> = named.collect();
        if endings.len() > MAX_NAMED {
            named.push("…".to_owned());
        }
        let total = endings.iter().map(|(_, number)| number).sum();
        reasons.push(format!("{} with other endings ({})", count(total, "file"), named.join(", ")));
    }
    let text = endings.iter().find(|(ending, _)| TEXT.contains(ending));
    let help = match (left.reasons.keys().next(), text) {
        (Some(Why::Hidden(name)), _) => format!("name the hidden path to check it, as in `recto check {name}`"),
        (Some(Why::ByDefault(name)), _) => {
            format!("name it to check it, or put `!{name}/` into `exclude` under `[files]` in recto.toml")
        }
        (Some(_), _) if within.is_some() => "without --force-exclude a file that is named is always checked".to_owned(),
        (Some(_), _) => "a file that is named itself is always checked".to_owned(),
        (None, Some((ending, _))) => {
            format!("`include = [\"*{ending}\"]` under `[files]` in recto.toml checks their encoding")
        }
        (None, None) => "name the folder that has the .md, .markdown, .mdx or .qmd files, or a file itself".to_owned(),
    };
    Ok(UsageError { message: reasons.join("; "), help: Some(help) })
}

/// Returns the reason why Markdown files were excluded.
fn reason(why: &Why, number: usize, settings: &Settings) -> String {
    let files = count(number, "Markdown file");
    match why {
        Why::Excluded(pattern) => format!("{files} excluded by `{pattern}` (`exclude` in recto.toml)"),
        Why::ByDefault(name) => format!("{files} in `{name}`, which is excluded by default"),
        Why::Hidden(name) => format!("{files} hidden by the dot of `{name}`"),
        Why::Ignored { pattern, file } => {
            let file = file.strip_prefix(&settings.working_dir).unwrap_or(file);
            format!("{files} excluded by `{pattern}` in `{}`", file.display())
        }
        Why::IgnoredElsewhere => format!("{files} excluded by an ignore file of the checkout or of the user"),
    }
}

/// Warns about documents whose fixes never come to rest, or would have other bytes read in another encoding.
pub(super) fn cycles(cycles: &Cycles, collection: &Collection) -> Vec<UsageError> {
    let warnings = cycles.iter().map(|(doc, rules)| {
        let rules: Vec<&str> = rules.iter().copied().collect();
        let (named, name) = (rules.join(", "), collection.document(*doc).source.display());
        let is_utf8 = *collection.document(*doc).source.origin() == Origin::Utf8;
        let or_else = if is_utf8 { "" } else { ", or change how the rest of it is read" };
        UsageError {
            message: format!(
                "the fixes of {named} never come to rest in `{name}`{or_else}: the file was left unchanged"
            ),
            help: Some(format!("fix the other findings with `--ignore {}`", rules.join(","))),
        }
    });
    warnings.collect()
}
