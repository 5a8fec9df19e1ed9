//! The structure of the house: which room may use which, and that every rule has its file, its page and its place in
//! the list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use recto::internal::model::finding::Family;
use recto::internal::rules;

use tree::{all_sources, is_test_file, read, room, root, without_tests};

mod tree;

/// A source file: its name, as [`all_sources`] gives it, and its code without tests and comment lines.
struct File {
    name: String,
    code: String,
}

/// All source files that hold more than tests.
fn files() -> Vec<File> {
    let mut files = Vec::new();
    for (name, path) in all_sources() {
        if !is_test_file(&name) {
            let text = read(&path);
            let lines = without_tests(&text).lines().filter(|line| !line.trim_start().starts_with("//"));
            files.push(File { name, code: lines.collect::<Vec<_>>().join("\n") });
        }
    }
    files
}

/// The module that a file is, as path segments: `model/span.rs` is `model::span`, `lib.rs` the root, and the root of the
/// decoder's crate is `mojibake`.
fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod").trim_end_matches("/lib");
    if ["lib", "main"].contains(&path) { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// The paths that the code of `module` names with `crate::` or `super::`, as segments from the root of the house. Groups
/// in braces are resolved: `crate::model::{span::Span, work}` is two paths.
fn paths(code: &str, module: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_none_or(|c| !(c.is_alphanumeric() || "_:$".contains(c))) {
                path_tree(&code[at..], module.to_vec(), &mut found);
            }
        }
    }
    found
}

/// Reads one path, or a group of paths, at the start of `code`; returns the rest.
fn path_tree<'a>(code: &'a str, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> &'a str {
    let mut rest = code.trim_start();
    loop {
        if let Some(mut group) = rest.strip_prefix('{') {
            loop {
                group = group.trim_start_matches([',', ' ', '\n']);
                if let Some(after) = group.strip_prefix('}') {
                    return after;
                }
                let after = path_tree(group, path.clone(), found);
                // Past `as name`, and past anything unknown, so that the loop ends.
                group = after.trim_start_matches(|c| !",}".contains(c));
                if group.is_empty() {
                    return group;
                }
            }
        }
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        match &rest[..end] {
            "crate" => path.truncate(usize::from(path.first().is_some_and(|room| room == "mojibake"))),
            "super" => drop(path.pop()),
            "self" => {}
            "" => {
                found.push(path);
                return rest;
            }
            name => path.push(name.to_owned()),
        }
        rest = &rest[end..];
        let Some(after) = rest.strip_prefix("::") else {
            found.push(path);
            return rest;
        };
        rest = after.trim_start();
    }
}

/// Returns for each file the other files that it names with `crate::` or `super::`. A module file that names its own
/// children is not an arrow, because a folder and its module file may know each other.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let files = files();
    let by_module: BTreeMap<Vec<String>, &str> =
        files.iter().filter(|file| file.name != "main.rs").map(|file| (module_of(&file.name), &*file.name)).collect();
    let mut arrows = BTreeMap::new();
    for file in &files {
        let mut targets = BTreeSet::new();
        for path in paths(&file.code, &module_of(&file.name)) {
            let known = (0..=path.len()).rev().find_map(|length| by_module.get(&path[..length]));
            targets.extend(known.filter(|target| **target != file.name).map(|target| (*target).to_owned()));
        }
        arrows.insert(file.name.clone(), targets);
    }
    arrows
}

#[test]
fn paths_are_read_in_groups_and_from_the_module_above() {
    let module: Vec<String> = ["pair", "align"].map(str::to_owned).to_vec();
    let code = "use crate::model::{span::Span, work::{Role, Work as Plan}, finding};\n\
                let x = super::link::best(super::super::text::words::words(a), \"b\");\n\
                macro_rules! m { () => { $crate::fix::x } }";
    let read: BTreeSet<String> = paths(code, &module).into_iter().map(|path| path.join("::")).collect();
    let wanted = [
        "model::finding",
        "model::span::Span",
        "model::work::Role",
        "model::work::Work",
        "pair::link::best",
        "text::words::words",
    ];
    assert_eq!(read.into_iter().collect::<Vec<_>>(), wanted);
}

/// Other rooms that each room may name. `run`, `lsp`, `main` and `lib` may name all.
const WALLS: &[(&str, &[&str])] = &[
    ("api", &["fix", "input", "lint", "model", "pair", "parse", "report", "rules", "settings", "settle", "text"]),
    ("baseline", &["model"]),
    ("cli", &[]),
    ("facts", &["model", "text"]),
    ("fix", &["model"]),
    ("git", &[]),
    ("input", &["model", "text", "settings"]),
    ("lint", &["rules", "rule", "facts", "model", "settings"]),
    ("model", &["text"]),
    // A crate of its own: knows no Markdown, no items and no titles.
    ("mojibake", &[]),
    ("pair", &["model", "text", "settings"]),
    ("parse", &["model", "text"]),
    ("report", &["rule", "fix", "model", "settings", "cli", "text"]),
    ("rule", &["model", "settings"]),
    ("rules", &["rule", "facts", "model", "text", "settings"]),
    ("settings", &["model", "text"]),
    ("settle", &["lint", "parse", "input", "pair", "fix", "model", "settings"]),
    ("text", &[]),
];

#[test]
fn no_room_knows_what_it_must_not() {
    let mut wrong = Vec::new();
    for (file, targets) in arrows() {
        let own = room(&file);
        if ["run", "main", "lib", "lsp"].contains(&own) {
            continue;
        }
        let Some((_, allowed)) = WALLS.iter().find(|(name, _)| *name == own) else {
            wrong.push(format!("src/{file}: the room `{own}` has no entry in the table of walls"));
            continue;
        };
        for target in targets.iter().map(|target| room(target)) {
            if target != own && !allowed.contains(&target) {
                wrong.push(format!("src/{file}: `{own}` may not know `{target}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_architecture_page_names_every_room() {
    let page = read(&root().join("docs/architecture.md"));
    for (file, _) in arrows() {
        let room = room(&file);
        let named = page.contains(&format!("| `{room}/` |")) || page.contains(&format!("| `{room}.rs` |"));
        assert!(named, "docs/architecture.md: the table of rooms lacks `{room}`");
    }
}

/// The rooms of the decoder's crate, the lowest first. Each may name only rooms before it: `lib.rs` may name all, and no
/// room may name it.
const DECODER: [&str; 13] = [
    "weights", "text", "encoding", "types", "edits", "language", "context", "exact", "legacy", "detect", "lossy",
    "decide", "decode",
];

#[test]
fn rooms_of_the_decoder_name_only_rooms_below_them() {
    let arrows = arrows();
    let level = |file: &str| DECODER.iter().position(|name| file.split('/').nth(1) == Some(name));
    let files = arrows.iter().filter(|(file, _)| file.starts_with("mojibake/") && *file != "mojibake/lib.rs");
    let mut filled = BTreeSet::new();
    let mut wrong = Vec::new();
    for (file, targets) in files {
        let Some(own) = level(file) else {
            wrong.push(format!("crates/{file}: in no room of the table in tests/house.rs"));
            continue;
        };
        filled.insert(own);
        // A file that is named by no path to a room is `lib.rs`.
        for target in targets.iter().filter(|target| level(target).is_none_or(|target| target > own)) {
            wrong.push(format!("crates/{file} may not know crates/{target}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(filled.len(), DECODER.len(), "a room of the table is empty: {filled:?}");
}

#[test]
fn the_page_of_the_decoder_has_its_rooms_in_order() {
    let page = read(&root().join("docs/mojibake.md"));
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("/` |"));
    assert_eq!(rows.map(|(name, _)| name).collect::<Vec<_>>(), DECODER);
}

#[test]
fn every_room_of_the_decoder_says_what_it_never_knows() {
    for room in DECODER {
        let text = read(&root().join(format!("crates/mojibake/src/{room}/mod.rs")));
        let says = text.lines().any(|line| line.starts_with("//! Never knows "));
        assert!(says, "crates/mojibake/src/{room}/mod.rs: a line `//! Never knows …`");
    }
}

/// Walls within rooms: files, or folders ending with a slash, and what of their own room they may name.
const INNER_WALLS: &[(&str, &[&str])] = &[
    // Planning and splicing are pure; only `fix/write.rs` touches the disk.
    ("fix/plan.rs", &[]),
    ("fix/splice.rs", &[]),
    // Decoding is pure; finding and reading files is not.
    ("input/decode/", &["input/decode/"]),
    ("input/containers/", &["input/containers/"]),
    // The nouns of which everything else is made.
    ("model/id.rs", &[]),
    ("model/item.rs", &["model/id.rs", "model/span.rs"]),
    ("model/extraction.rs", &["model/extraction/", "model/span.rs"]),
    ("model/rows.rs", &[]),
    ("model/source.rs", &["model/extraction.rs", "model/rows.rs", "model/span.rs"]),
    ("model/span.rs", &[]),
    // Scanners of one aspect of a document each.
    ("parse/allow.rs", &[]),
    (
        "parse/blocks.rs",
        &[
            "parse/blocks/",
            "parse/containers.rs",
            "parse/mask.rs",
            "parse/matter.rs",
            "parse/names.rs",
            "parse/templates.rs",
        ],
    ),
    ("parse/fences.rs", &[]),
    // A machine format does not know the formats for people.
    ("report/json.rs", &["report/mod.rs", "report/formats/mod.rs"]),
    ("report/formats/sarif.rs", &["report/mod.rs", "report/formats/mod.rs"]),
    ("report/formats/rdjson.rs", &["report/mod.rs", "report/formats/mod.rs"]),
    ("report/formats/gitlab.rs", &["report/mod.rs", "report/formats/mod.rs"]),
    // Pure algorithms over numbers.
    ("pair/sequence.rs", &[]),
    // The floor plan of text: a folder names the folders below it only, so that no circle of folders is possible.
    ("text/words/", &["text/words/", "text/stretch.rs"]),
    ("text/characters/", &["text/characters/", "text/stretch.rs", "text/mod.rs"]),
    ("text/english/", &["text/english/", "text/words/"]),
    ("text/language/", &["text/language/", "text/words/", "text/mod.rs"]),
    ("text/similarity/", &["text/similarity/", "text/words/", "text/characters/", "text/stretch.rs", "text/mod.rs"]),
    ("text/values/", &["text/values/", "text/words/", "text/language/", "text/similarity/", "text/mod.rs"]),
    // A rule does not know other rules; `recovered` is not a rule, but text that two rules share.
    ("rules/", &["rules/broken_link", "rules/duplicate_block/", "rules/fact_mismatch", "rules/recovered/"]),
];

#[test]
fn walls_within_rooms_hold_and_guard_something() {
    let arrows = arrows();
    let mut wrong = Vec::new();
    for (guarded, allowed) in INNER_WALLS {
        let within = |file: &str| file == *guarded || guarded.ends_with('/') && file.starts_with(guarded);
        // `rules/mod.rs` is the list of all rules.
        let files = arrows.iter().filter(|(file, _)| within(file) && *file != "rules/mod.rs");
        let mut count = 0;
        for (file, targets) in files {
            count += 1;
            for target in targets.iter().filter(|target| room(target) == room(file)) {
                if !allowed.iter().any(|prefix| target.starts_with(prefix)) {
                    wrong.push(format!("src/{file} may not know src/{target}"));
                }
            }
        }
        if count == 0 {
            wrong.push(format!("tests/house.rs: the wall around `{guarded}` guards nothing; was the file moved?"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files that can be reached from `start` along the arrows.
fn reachable<'a>(start: &'a str, arrows: &'a BTreeMap<String, BTreeSet<String>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        for target in arrows.get(file).into_iter().flatten() {
            if reached.insert(target.as_str()) {
                open.push(target);
            }
        }
    }
    reached
}

#[test]
fn files_know_each_other_in_no_circle() {
    let arrows = arrows();
    let mut circles: BTreeSet<Vec<&str>> = BTreeSet::new();
    for file in arrows.keys() {
        let there = reachable(file, &arrows);
        if there.contains(file.as_str()) {
            circles
                .insert(there.into_iter().filter(|other| reachable(other, &arrows).contains(file.as_str())).collect());
        }
    }
    assert!(circles.is_empty(), "circles of files; move what both sides need into a file below them: {circles:#?}");
}

/// Effects, and the rooms that may have them.
const EFFECTS: &[(&str, &[&str])] = &[
    ("std::fs", &["fix", "input", "run"]),
    ("fs::write", &["fix"]),
    ("File::create", &["fix"]),
    ("std::env", &["run"]),
    ("process::Command", &["git"]),
    ("io::stdout", &["report", "run"]),
    ("io::stderr", &["report", "run"]),
    ("io::stdin", &["run"]),
    ("SystemTime::now", &[]),
    ("Instant::now", &["run", "report"]),
    ("thread::spawn", &["git", "lsp"]),
    ("mpsc::", &["lsp", "run"]),
    ("rayon::prelude", &["run", "lint", "settle", "facts"]),
    ("pulldown_cmark", &["parse", "report"]),
    ("miette", &["report"]),
    ("thread_local!", &[]),
    ("static mut", &[]),
];

#[test]
fn effects_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for file in files() {
        let room = room(&file.name);
        for (effect, rooms) in EFFECTS {
            if file.code.contains(effect) && !rooms.contains(&room) {
                wrong.push(format!("src/{}: `{effect}` has no place in `{room}`", file.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Things that a host may lack: a browser has no disk, clock, environment or terminal for the library, and no threads of its
/// own. Threads of rayon are not among them, because it works on the calling thread where it can start no other.
const HOST: &[&str] =
    &["std::fs", "std::env", "std::thread", "std::net", "process::", "Instant", "SystemTime", "io::std"];

/// Files of the library without the command line that may name one of them.
const HOSTED: &[(&str, &str)] = &[("input/load.rs", "std::fs")];

/// The modules that exist only with the command line, as paths below `src` without `.rs`.
fn modules_of_the_command_line(files: &[File]) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for file in files {
        let folder = file.name.trim_end_matches("lib.rs").trim_end_matches("mod.rs").trim_end_matches(".rs");
        let folder = folder.trim_end_matches('/');
        let lines: Vec<&str> = file.code.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[cfg(feature = \"cli\")]") {
            let name = pair[1].split("mod ").nth(1).and_then(|rest| rest.strip_suffix(';'));
            modules.extend(name.map(|name| if folder.is_empty() { name.into() } else { format!("{folder}/{name}") }));
        }
    }
    modules
}

#[test]
fn the_library_in_a_browser_needs_nothing_of_its_host() {
    let files = files();
    let optional = modules_of_the_command_line(&files);
    assert!(optional.contains("run") && optional.contains("report/terminal"), "{optional:?}");
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.name != "main.rs") {
        let path = file.name.trim_end_matches(".rs");
        if optional.iter().any(|module| path == module || path.starts_with(&format!("{module}/"))) {
            continue;
        }
        for part in HOST.iter().filter(|part| file.code.contains(**part)) {
            if !HOSTED.contains(&(&file.name, part)) {
                wrong.push(format!("src/{}: `{part}` is not in a browser", file.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_source_file_says_what_lives_in_it() {
    for (_, path) in all_sources() {
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

#[test]
fn the_pages_name_the_rust_version_and_the_address_of_the_manifest() {
    let (version, address) = (env!("CARGO_PKG_RUST_VERSION"), env!("CARGO_PKG_REPOSITORY"));
    for page in ["README.md", ".github/CONTRIBUTING.md"] {
        let text = read(&root().join(page));
        assert!(text.contains(&format!("({version} or newer)")), "{page}: the Rust version of Cargo.toml is {version}");
    }
    let name = address.trim_start_matches("https://github.com/");
    for page in [".github/CONTRIBUTING.md", ".github/SECURITY.md", ".github/ISSUE_TEMPLATE/config.yml"] {
        let text = read(&root().join(page));
        assert!(text.contains(address), "{page}: the address of Cargo.toml is {address}");
    }
    let nightly = read(&root().join(".github/workflows/nightly.yml"));
    assert!(nightly.contains(&format!("github.repository == '{name}'")), "nightly.yml: the repository is {name}");
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

/// The names that a cell of code calls: `doc.prose.text_of(block)` gives `text_of`.
fn called(cell: &str) -> Vec<&str> {
    let codes = cell.split('`').skip(1).step_by(2);
    codes.filter_map(|code| code.split('(').next()?.trim_end_matches(".…").rsplit('.').next()).collect()
}

#[test]
fn the_calls_that_contributing_names_exist() {
    let page = read(&root().join(".github/CONTRIBUTING.md"));
    let table = page.split("<!-- calls -->").nth(1).and_then(|rest| rest.split("<!-- /calls -->").next());
    let rows = table.expect("marks in CONTRIBUTING.md").lines().filter(|line| line.starts_with("| `"));
    let names: Vec<&str> = rows.filter_map(|row| row.split(" | ").next()).flat_map(called).collect();
    let code: String = files().into_iter().map(|file| file.code).collect();
    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        let exists = code.contains(&format!("pub fn {name}(")) || code.contains(&format!("pub {name}: "));
        assert!(exists, ".github/CONTRIBUTING.md names `{name}`, which is no public function or field");
    }
}
