//! The structure of the house: who may know whom, and that every rule has its file, its page and its place in the list.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use recto::model::finding::Family;
use recto::rules;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The room that a file belongs to: the first folder or file below `src`.
fn room(path: &Path) -> String {
    let relative = path.strip_prefix(root().join("src")).expect("below src");
    let first = relative.components().next().expect("not empty").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The rooms that a text names with `crate::`, outside comments, text and tests.
fn uses(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let mut rooms = BTreeSet::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for part in line.split("crate::").skip(1) {
            rooms.extend(room_names(part));
        }
    }
    rooms
}

/// `model::span`, or the names in `{fix, model}`.
fn room_names(part: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    match part.strip_prefix('{') {
        Some(list) => list.split(',').map(|entry| name(entry.trim())).filter(|name| !name.is_empty()).collect(),
        None => vec![name(part)],
    }
}

/// What each room may name. `run`, `main` and `lib` may name all.
const WALLS: &[(&str, &[&str])] = &[
    ("cli", &[]),
    ("facts", &["model", "text"]),
    ("fix", &["model"]),
    ("input", &["model", "text", "settings"]),
    ("lint", &["rules", "rule", "model", "settings"]),
    ("model", &["text"]),
    ("pair", &["model", "text", "settings"]),
    ("parse", &["model", "text"]),
    ("report", &["rule", "fix", "model", "settings", "cli"]),
    ("rule", &["model", "settings"]),
    ("rules", &["rule", "facts", "model", "text", "settings"]),
    ("settings", &["model", "text"]),
    ("settle", &["lint", "parse", "input", "pair", "fix", "model", "settings"]),
    ("text", &[]),
];

#[test]
fn no_room_knows_what_it_must_not() {
    let mut wrong = Vec::new();
    for path in sources(&root().join("src")) {
        let room = room(&path);
        if ["run", "main", "lib", "lsp"].contains(&room.as_str()) || path.ends_with("tests.rs") {
            continue;
        }
        let Some((_, allowed)) = WALLS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{}: the room `{room}` has no entry in the table of walls", path.display()));
            continue;
        };
        for used in uses(&read(&path)) {
            if used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: `{room}` may not know `{used}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Effects, and the rooms that may have them.
const EFFECTS: &[(&str, &[&str])] = &[
    ("std::fs", &["fix", "input", "run"]),
    ("fs::write", &["fix"]),
    ("File::create", &["fix"]),
    ("std::env", &["run"]),
    ("io::stdout", &["report", "run"]),
    ("io::stderr", &["report", "run"]),
    ("io::stdin", &["run"]),
    ("SystemTime::now", &[]),
    ("Instant::now", &["run", "report"]),
    ("rayon::prelude", &["run", "lint", "settle", "facts"]),
    ("pulldown_cmark", &["parse"]),
    ("miette", &["report"]),
    ("thread_local!", &[]),
    ("static mut", &[]),
];

#[test]
fn effects_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for path in sources(&root().join("src")) {
        let room = room(&path);
        let text = read(&path);
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(&text);
        if path.ends_with("tests.rs") {
            continue;
        }
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for (effect, rooms) in EFFECTS {
                if line.contains(effect) && !rooms.contains(&room.as_str()) {
                    wrong.push(format!("{}: `{effect}` has no place in `{room}`", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_source_file_says_what_lives_in_it() {
    for path in sources(&root().join("src")) {
        assert!(read(&path).starts_with("//! "), "{} must open with a `//!` line", path.display());
    }
}

#[test]
fn every_rule_has_its_file_its_page_and_its_place_in_the_list() {
    let ids: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted(), "src/rules/mod.rs: the list must be sorted");
    let listed: BTreeSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    let names = |folder: &str, extension: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(root().join(folder)).expect("a folder").flatten();
        let names = entries.filter_map(|entry| {
            entry.file_name().to_string_lossy().strip_suffix(extension).map(|name| name.replace('_', "-"))
        });
        names.filter(|name| name != "mod").collect()
    };
    assert_eq!(names("rules", ".md"), listed, "pages in rules/");
    assert_eq!(names("src/rules", ".rs"), listed, "files in src/rules/");
}

#[test]
fn the_readme_table_is_current() {
    let readme = read(&root().join("README.md"));
    let (start, end) = ("<!-- rules -->\n", "<!-- /rules -->");
    let table = readme.split(start).nth(1).and_then(|rest| rest.split(end).next()).expect("marks in README.md");
    let expected = rule_table();
    if std::env::var_os("RECTO_BLESS").is_some() {
        fs::write(
            root().join("README.md"),
            readme.replace(&format!("{start}{table}{end}"), &format!("{start}{expected}{end}")),
        )
        .expect("written");
    } else {
        assert_eq!(table, expected, "README.md: run `RECTO_BLESS=1 cargo test --test house` and look at the change");
    }
}

fn rule_table() -> String {
    let mut table = String::from("\n| rule | tier | what it finds |\n| --- | --- | --- |\n");
    for family in Family::ALL {
        table.push_str(&format!("| **{}** | | |\n", family.as_str()));
        for rule in rules::ALL.iter().filter(|rule| rule.family == family) {
            let (id, tier, summary) = (rule.id, rule.tier.as_str(), rule.summary);
            table.push_str(&format!("| [`{id}`](rules/{id}.md) | {tier} | {summary} |\n"));
        }
    }
    table.push('\n');
    table
}

#[test]
fn rule_options_are_on_their_pages() {
    let options = read(&root().join("src/settings/options.rs"));
    let mut rule = "";
    for line in options.lines() {
        if let Some((id, _)) = line.trim().strip_prefix('"').and_then(|rest| rest.split_once("\" =>")) {
            rule = id;
        }
        let Some(known) = rules::by_id(rule) else { continue };
        for key in line.split("table.").skip(1).filter_map(|call| call.split('"').nth(1)) {
            assert!(known.page.contains(key), "rules/{rule}.md does not tell of the option `{key}`");
        }
    }
}
