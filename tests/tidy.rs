//! The wording of the house, counted: openers of comments that hide the noun, and the verb "to stand" where nothing
//! stands.
//!
//! The ceilings are in `tidy.toml`, by room, and may only fall: `cargo xtask bless tidy` lowers a ceiling to the count,
//! and nothing raises one. How to write instead is in `docs/glossary.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use regex::Regex;

use tree::{all_sources, is_test_file, read, room, root, without_tests};

mod tree;

/// Openers that name a thing by a relative clause instead of by a noun.
static OPENER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[-*] )?(?:What|The same|So many|Of (?:what|which|all)|Whether|Such as)\b").expect("valid")
});

/// The verb that replaces "is", "occurs" and "appears".
static STAND: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)\bstands?\b").expect("valid"));

/// A text in quotation marks, on one line.
static LITERAL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""((?:[^"\\]|\\.)*)""#).expect("valid"));

/// The end of a sentence, with what follows it.
static NEXT_SENTENCE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"[.!?]["')`]* +"#).expect("valid"));

/// Found places of each kind, as `file:line: text`.
#[derive(Debug, Default)]
struct Places {
    openers: Vec<String>,
    stand: Vec<String>,
}

/// A line of a comment, without its slashes. `None` if the line is code.
fn comment(line: &str) -> Option<&str> {
    let text = line.trim_start().strip_prefix("//")?;
    Some(text.trim_start_matches(['/', '!']).trim())
}

/// Beginning of a line of prose.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beginning {
    /// A new sentence.
    Sentence,
    /// The rest of the sentence of the line above.
    Rest,
}

/// Returns the beginnings of sentences on a line.
fn sentences(line: &str, beginning: Beginning) -> impl Iterator<Item = &str> {
    let first = (beginning == Beginning::Sentence).then_some(line);
    first.into_iter().chain(NEXT_SENTENCE.find_iter(line).map(|end| &line[end.end()..]))
}

/// Returns whether the last sentence of a line goes on on the next line.
fn goes_on(line: &str) -> bool {
    !line.is_empty() && !line.trim_end_matches(['"', '\'', ')', '`']).ends_with(['.', '!', '?', ':'])
}

/// Counts prose: each line with its number, and `None` where prose is interrupted.
fn count_prose<'a>(name: &str, lines: impl Iterator<Item = (usize, Option<&'a str>)>, places: &mut Places) {
    let mut continues = false;
    for (number, line) in lines {
        let Some(line) = line else {
            continues = false;
            continue;
        };
        let is_entry = line.starts_with("- ") || line.starts_with("* ");
        let beginning = if continues && !is_entry { Beginning::Rest } else { Beginning::Sentence };
        for sentence in sentences(line, beginning) {
            if OPENER.is_match(sentence) {
                places.openers.push(format!("{name}:{number}: {sentence}"));
            }
        }
        places.stand.extend(STAND.find_iter(line).map(|_| format!("{name}:{number}: {line}")));
        continues = goes_on(line);
    }
}

fn count_source(name: &str, text: &str, places: &mut Places) {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, comment(line)));
    count_prose(name, lines, places);
    if is_test_file(name) {
        return;
    }
    // Texts for users; literals in tests are content.
    for (at, line) in without_tests(text).lines().enumerate().filter(|(_, line)| comment(line).is_none()) {
        for literal in LITERAL.captures_iter(line) {
            let found = STAND.find_iter(&literal[1]).map(|_| format!("{name}:{}: {}", at + 1, &literal[0]));
            places.stand.extend(found);
        }
    }
}

fn count_page(name: &str, text: &str, places: &mut Places) {
    let mut in_fence = false;
    let lines = text.lines().enumerate().map(|(at, line)| {
        let is_fence = line.trim_start().starts_with("```");
        in_fence ^= is_fence;
        // The README's table repeats the summaries of rules, which are counted where they are written.
        let is_rule = line.starts_with("| [`");
        (at + 1, (!is_fence && !in_fence && !is_rule && !line.starts_with('#')).then_some(line))
    });
    count_prose(name, lines, places);
}

/// The pages that users and contributors read, by the name of their group. The glossary is not among them, because it
/// quotes the words that it replaces.
const PAGES: &[(&str, &[&str])] = &[(
    "door",
    &["README.md", "CHANGELOG.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md", "docs/architecture.md"],
)];

/// Returns the places in each room of `src` and in each group of pages.
fn counted() -> BTreeMap<String, Places> {
    let mut rooms: BTreeMap<String, Places> = BTreeMap::new();
    for (name, path) in all_sources() {
        count_source(&name, &read(&path), rooms.entry(room(&name).to_owned()).or_default());
    }
    for (group, pages) in PAGES {
        for page in *pages {
            count_page(page, &read(&root().join(page)), rooms.entry(format!("pages:{group}")).or_default());
        }
    }
    let pages = rooms.entry("pages:rules".to_owned()).or_default();
    let entries = fs::read_dir(root().join("rules")).expect("a folder").flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    paths.sort();
    for path in paths {
        let name = format!("rules/{}", path.file_name().expect("a file").to_string_lossy());
        count_page(&name, &read(&path), pages);
    }
    rooms
}

/// Maximum counts of a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Ceiling {
    #[serde(default)]
    openers: usize,
    #[serde(default)]
    stand: usize,
}

const HEAD: &str = "\
# How often comments open with a forbidden opener, and how often comments and texts for users say that something stands.
# By room of src, and by group of pages. A room that is not named has neither. The numbers only fall: `cargo xtask bless
# tidy` lowers them to the count. Whoever moves a file to another room moves its share of the numbers by hand.
";

fn written(ceilings: &BTreeMap<String, Ceiling>) -> String {
    let mut text = HEAD.to_owned();
    for (room, ceiling) in ceilings.iter().filter(|(_, ceiling)| **ceiling != Ceiling::default()) {
        let _ = writeln!(text, "{room:?} = {{ openers = {}, stand = {} }}", ceiling.openers, ceiling.stand);
    }
    text
}

#[test]
fn the_voice_only_gets_plainer() {
    let path = root().join("tests/tidy.toml");
    let ceilings: BTreeMap<String, Ceiling> = toml::from_str(&read(&path)).expect("valid");
    let counted = counted();
    let mut worse = String::new();
    for (room, places) in &counted {
        let ceiling = ceilings.get(room).copied().unwrap_or_default();
        for (what, places, most) in
            [("opener", &places.openers, ceiling.openers), ("\"stand\"", &places.stand, ceiling.stand)]
        {
            if places.len() > most {
                let _ = writeln!(worse, "{room}: {} × {what}, at most {most}:\n{}", places.len(), places.join("\n"));
            }
        }
    }
    assert!(worse.is_empty(), "say it plainly, as docs/glossary.md shows:\n{worse}");

    let now = counted
        .iter()
        .map(|(room, places)| (room.clone(), Ceiling { openers: places.openers.len(), stand: places.stand.len() }));
    let now = written(&now.collect());
    if std::env::var_os("RECTO_BLESS").is_some() {
        fs::write(&path, now).expect("written");
    } else {
        assert_eq!(read(&path), now, "fewer than the ceiling: `cargo xtask bless tidy` lowers it");
    }
}

#[test]
fn openers_are_found_at_the_beginning_of_sentences_only() {
    let text = "\
/// What it is. Whether so: the same.
/// A line that goes on with
/// What is not an opener. So many words.
//
// - Such as this.
//! The same. Whatever. Of which one? Of course.
let stands_free = \"it stands here\"; // not a comment line
";
    let mut places = Places::default();
    count_source("example.rs", text, &mut places);
    let lines: Vec<&str> = places.openers.iter().map(|place| place.split(": ").next().expect("a place")).collect();
    assert_eq!(
        lines,
        ["example.rs:1", "example.rs:1", "example.rs:3", "example.rs:5", "example.rs:6", "example.rs:6"],
        "{places:#?}"
    );
    assert_eq!(places.stand, ["example.rs:7: \"it stands here\""]);
}

#[test]
fn code_on_pages_is_not_counted() {
    let mut places = Places::default();
    count_page("page.md", "# What\n\nIt stands.\n\n```markdown bad\nWhat stands.\n```\n\nWhat now?\n", &mut places);
    assert_eq!(places.stand, ["page.md:3: It stands."]);
    assert_eq!(places.openers, ["page.md:9: What now?"]);
}

/// The head of a function up to the parenthesis of its parameters.
static FUNCTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bfn\s+(\w+)\s*(?:<(?:[^()]|\([^()]*\))*?>)?\(").expect("valid"));

/// A parameter, or a part of one, that is a `bool`; not a mask (`&[bool]`), and not the result of a closure that is
/// passed.
static BOOL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:[:(,<&]\s*)(?:mut\s+)?bool\b").expect("valid"));

/// Returns the functions of a source that take a `bool`, as `line: name`.
fn boolean_parameters(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for head in FUNCTION.captures_iter(text) {
        let whole = head.get(0).expect("the match");
        let mut depth = 1;
        let end = text[whole.end()..].find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        let parameters = &text[whole.end()..whole.end() + end.unwrap_or(0)];
        if BOOL.is_match(parameters) {
            found.push(format!("{}: {}", text[..whole.start()].matches('\n').count() + 1, &head[1]));
        }
    }
    found
}

/// At a call, `true` says nothing: an enum, a struct or two functions do.
#[test]
fn no_function_takes_a_bool() {
    let mut found = String::new();
    for (name, path) in all_sources() {
        for place in boolean_parameters(&read(&path)) {
            let _ = writeln!(found, "{name}:{place}");
        }
    }
    assert!(found.is_empty(), "name the two cases with an enum, or write two functions:\n{found}");
}

#[test]
fn boolean_parameters_are_found_in_all_their_forms() {
    let text = "fn a(x: bool) {}\nfn b<T: Fn(char) -> bool>(\n    x: &T,\n    y: Option<bool>,\n) {}\nfn c(x: (u8, bool)) {}\n\
                fn d(x: impl Fn(char) -> bool) -> bool { true }\nfn e(x: &mut bool, y: Vec<(char, bool)>) {}\n";
    assert_eq!(boolean_parameters(text), ["1: a", "2: b", "6: c", "8: e"]);
}

/// A type at the top level of a file.
static TYPE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^(?:pub(?:\([^)]*\))? )?(?:struct|enum|trait|type|union) (\w+)").expect("valid"));

/// The public face has names of its own, such as `Report`, which the room of the rules knows as something else.
#[test]
fn a_name_belongs_to_one_type() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, path) in all_sources() {
        if is_test_file(&name) || ["api", "mojibake"].contains(&room(&name)) {
            continue;
        }
        let text = read(&path);
        for found in TYPE.captures_iter(without_tests(&text)) {
            places.entry(found[1].to_owned()).or_default().push(name.clone());
        }
    }
    places.retain(|_, files| files.len() > 1);
    assert!(places.is_empty(), "let each name say of what it is: {places:#?}");
}
