//! The manual: every command in it is run and gives what its page shows, every command in a recipe has arguments that
//! exist, the keys of the settings are those of the schema, and its links lead somewhere.
//!
//! A fence with `title="NAME"` is a file of the page's folder, written when the page comes to it. In a `console` fence, a
//! line after `$ ` is a command of that folder, and the lines after it are its output; a line `…` is any number of lines.
//! Times are not compared. `cargo xtask bless manual` puts the outputs of today into the pages.
//!
//! Settings are read by `tests/settings.rs`, examples of rules by `tests/pages.rs`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use recto::internal::lint::registry;
use recto::internal::settings::schema;
use regex::{Captures, Regex};
use serde_json::Value;

/// Times that a report ends with.
static TIME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\(\d+(?:\.\d+)? m?s\)").expect("valid"));
/// A command in a recipe: at the start of a line or of the value of a step, or after a pipe.
static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)(?:^\s*(?:- )?(?:(?:run|script|entry): )?|\| )recto ([a-z][^|;&<>#\n]*)").expect("valid")
});

/// Held by a test that may rewrite a page.
static PAGES: Mutex<()> = Mutex::new(());

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn is_blessing() -> bool {
    std::env::var_os("RECTO_BLESS").is_some()
}

/// The pages of the manual, by name.
fn pages() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("docs")).expect("a folder").flatten().map(|entry| entry.path());
    let mut pages: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.sort();
    pages
}

/// A part of a page.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// Lines as they are.
    Lines(String),
    /// A file to write, without the fences around it.
    File { name: String, content: String },
    /// A command, with the output that the page shows.
    Command { command: String, shown: String },
}

/// Divides a page; the parts together, with `$ ` before commands, are the page.
fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = String::new();
    let mut rest = page.split_inclusive('\n');
    while let Some(line) = rest.next() {
        lines.push_str(line);
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = rest.by_ref().take_while(|line| !line.starts_with("```")).collect();
        let title = info.split_once("title=\"").and_then(|(_, title)| title.split('"').next());
        if let Some(name) = title {
            parts.push(Part::Lines(std::mem::take(&mut lines)));
            parts.push(Part::File { name: name.to_owned(), content: body.concat() });
        } else if info.trim() == "console" {
            parts.push(Part::Lines(std::mem::take(&mut lines)));
            for line in body {
                match (line.strip_prefix("$ "), parts.last_mut()) {
                    (Some(command), _) => {
                        parts.push(Part::Command { command: command.trim_end().to_owned(), shown: String::new() });
                    }
                    (None, Some(Part::Command { shown, .. })) => shown.push_str(line),
                    (None, _) => panic!("a console block begins with a command, not with {line}"),
                }
            }
        } else {
            lines.push_str(&body.concat());
        }
        lines.push_str("```\n");
    }
    parts.push(Part::Lines(lines));
    parts
}

/// A scratch folder in which the commands of one page run, one after the other.
struct Place {
    folder: tempfile::TempDir,
    code: i32,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("project")).expect("created");
        Self { folder, code: 0 }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("there").join("project")
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("created");
        fs::write(path, content).expect("written");
    }

    /// Runs a command and returns its output, errors included, in the form in which pages show it.
    fn run(&mut self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_recto")).parent().expect("in a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec 2>&1; (exit {}); {command}", self.code)]).current_dir(self.path());
        shell
            .env("PATH", format!("{}:{path}", program.display()))
            .env("HOME", self.folder.path())
            .env("COLUMNS", "100");
        for name in ["CI", "NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
            shell.env_remove(name);
        }
        for who in ["AUTHOR", "COMMITTER"] {
            shell.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.org");
            shell.env(format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z");
        }
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
            shell.env_remove(name);
        }
        shell.env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C.UTF-8");
        let output = shell.output().expect("sh runs");
        self.code = output.status.code().expect("no signal");
        let output = String::from_utf8_lossy(&output.stdout).replace(&*self.path().to_string_lossy(), "/project");
        let output = TIME.replace_all(&output, "(… ms)");
        output.trim_end().lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
    }
}

/// Returns whether the output is the shown one, in which a line `…` is any number of lines.
fn agrees(shown: &str, output: &str) -> bool {
    let mut pattern = String::from(r"\A");
    for line in shown.lines() {
        if line == "…" {
            pattern.push_str(r"(?:.*\n)*?");
        } else {
            let _ = writeln!(pattern, "{}", regex::escape(&TIME.replace_all(line, "(… ms)")));
        }
    }
    Regex::new(&(pattern + r"\z")).expect("valid").is_match(output)
}

/// Runs the commands of a page. Returns the page with the outputs of today, and the differences.
fn run(page: &Path) -> (String, String) {
    let (mut now, mut wrong) = (String::new(), String::new());
    let mut place = Place::new();
    for part in parts(&fs::read_to_string(page).expect("readable")) {
        match part {
            Part::Lines(lines) => now.push_str(&lines),
            Part::File { name, content } => {
                place.write(&name, &content);
                now.push_str(&content);
            }
            Part::Command { command, shown } => {
                let output = place.run(&command);
                let kept = if agrees(&shown, &output) { &shown } else { &output };
                if *kept != shown {
                    let _ = writeln!(wrong, "{}: `{command}` shows\n{shown}but gives\n{output}", page.display());
                }
                let _ = write!(now, "$ {command}\n{kept}");
            }
        }
    }
    (now, wrong)
}

// A shell, and tools such as `ls`, are not on every Windows.
#[cfg(unix)]
#[test]
fn every_command_gives_what_its_page_shows() {
    let _held = PAGES.lock().unwrap_or_else(PoisonError::into_inner);
    let pages = pages();
    let outcomes: Vec<(String, String)> = std::thread::scope(|scope| {
        let runs: Vec<_> = pages.iter().map(|page| scope.spawn(|| run(page))).collect();
        runs.into_iter().map(|run| run.join().expect("ends")).collect()
    });
    let commands = |page: &PathBuf| {
        let parts = parts(&fs::read_to_string(page).expect("readable"));
        parts.iter().filter(|part| matches!(part, Part::Command { .. })).count()
    };
    assert!(pages.iter().map(commands).sum::<usize>() >= 50, "the commands are found");
    if is_blessing() {
        for (page, (now, _)) in pages.iter().zip(&outcomes) {
            fs::write(page, now).expect("written");
        }
        return;
    }
    let wrong: String = outcomes.into_iter().map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "run `cargo xtask bless manual` and look at the change:\n{wrong}");
}

/// Returns the arguments of commands that are shown and not run: in recipes, and in running text.
fn mentioned(page: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut block: Option<String> = None;
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let language = info.split_whitespace().next().unwrap_or_default();
                block = ["sh", "yaml"].contains(&language).then(String::new);
            }
            Event::Text(text) if block.is_some() => block.as_mut().expect("open").push_str(&text),
            Event::End(TagEnd::CodeBlock) => {
                let text = block.take().unwrap_or_default();
                commands.extend(COMMAND.captures_iter(&text).map(|found| found[1].to_owned()));
            }
            Event::Code(text) if text.starts_with("recto ") => {
                commands.extend(COMMAND.captures_iter(&text).map(|found| found[1].to_owned()));
            }
            _ => {}
        }
    }
    commands
}

#[test]
fn every_command_that_is_mentioned_has_arguments_that_exist() {
    let mut commands = BTreeSet::new();
    for page in pages().into_iter().chain([root().join("README.md")]) {
        // These list how terms changed, and what is planned.
        if page.ends_with("glossary.md") || page.ends_with("architecture.md") {
            continue;
        }
        commands.extend(mentioned(&fs::read_to_string(page).expect("readable")));
    }
    assert!(commands.len() >= 30, "{commands:?}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut wrong = String::new();
    for command in commands {
        let words = command.split_whitespace().map(|word| word.trim_matches('"'));
        let mut recto = Command::new(env!("CARGO_BIN_EXE_recto"));
        let output = recto.current_dir(folder.path()).args(words).arg("--help").output().expect("recto runs");
        if !output.status.success() {
            let _ = writeln!(wrong, "recto {command}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_recipes_name_this_version() {
    let named = Regex::new(r"(?:recto==|recto@v|rev: v)(\d[\w.-]*\w)").expect("valid");
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).expect("readable");
        for found in named.captures_iter(&text) {
            assert_eq!(&found[1], env!("CARGO_PKG_VERSION"), "{}: {}", page.display(), &found[0]);
            count += 1;
        }
    }
    assert!(count >= 4, "{count} versions were found");
}

/// Returns the schema that a reference leads to, or the one given.
fn resolved<'a>(value: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = value.get("$ref").or_else(|| value.pointer("/allOf/0/$ref")).and_then(Value::as_str);
    match reference {
        Some(name) => schema.pointer(name.trim_start_matches('#')).expect("defined"),
        None => value,
    }
}

/// The name of the type that a reference leads to.
fn type_name(value: &Value) -> Option<&str> {
    let reference = value.get("$ref").or_else(|| value.pointer("/allOf/0/$ref")).and_then(Value::as_str)?;
    reference.rsplit('/').next()
}

/// Describes the values that a key takes.
fn kind(value: &Value, schema: &Value) -> String {
    let named = match type_name(value) {
        Some("Selector") => Some("a rule or family".to_owned()),
        Some("Glob") => Some("a glob".to_owned()),
        _ => None,
    };
    if let Some(named) = named {
        return named;
    }
    let value = resolved(value, schema);
    if let Some(variants) = value["enum"].as_array() {
        let words = variants.iter().filter_map(Value::as_str).map(|word| format!("`{word}`"));
        return words.collect::<Vec<_>>().join(", ");
    }
    if let Some(any) = value["anyOf"].as_array() {
        return kind(&any[0], schema);
    }
    let is =
        |name: &str| value["type"] == name || value["type"].as_array().is_some_and(|all| all.contains(&name.into()));
    if is("array") {
        let item = &value["items"];
        return match kind(item, schema).as_str() {
            "a table" => "tables".to_owned(),
            "a string" => "strings".to_owned(),
            "a glob" => "globs".to_owned(),
            "a rule or family" => "rules or families".to_owned(),
            other => format!("list of {other}"),
        };
    }
    for (name, shown) in [("boolean", "`true` or `false`"), ("integer", "a number"), ("string", "a string")] {
        if is(name) {
            return shown.to_owned();
        }
    }
    match value.get("additionalProperties") {
        Some(Value::Object(_)) => {
            let keys = value.get("propertyNames").map_or("strings".to_owned(), |names| kind(names, schema));
            let keys = if keys == "a rule or family" { "rules or families".to_owned() } else { keys };
            format!("a table: {keys} = {}", kind(&value["additionalProperties"], schema))
        }
        _ => "a table".to_owned(),
    }
}

/// Writes the keys of a table, and after it those of the tables in it.
fn write_table(heading: &str, table: &Value, schema: &Value, out: &mut String) {
    let _ = write!(out, "\n### {heading}\n\n");
    if let Some(about) = table["description"].as_str() {
        let _ = write!(out, "{about}\n\n");
    }
    out.push_str("| key | value | meaning |\n| --- | --- | --- |\n");
    let mut inner = Vec::new();
    for (key, value) in table["properties"].as_object().expect("keys") {
        let about = value["description"].as_str().unwrap_or_default().replace('|', "\\|");
        let _ = writeln!(out, "| `{key}` | {} | {about} |", kind(value, schema));
        let element = if value["type"] == "array" { &value["items"] } else { value };
        let target = resolved(element, schema);
        if target.get("properties").is_some() {
            inner.push((key, value["type"] == "array", target));
        }
    }
    for (key, is_list, target) in inner {
        let above = heading.trim_start_matches("Keys of the file").trim_matches(['`', '[', ']']);
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        let heading = if is_list { format!("`[[{path}]]`") } else { format!("`[{path}]`") };
        // An override has the keys of `[rules]` again.
        if path == "override.rules" {
            continue;
        }
        write_table(&heading, target, schema, out);
    }
}

#[test]
fn the_keys_of_the_settings_are_current() {
    let _held = PAGES.lock().unwrap_or_else(PoisonError::into_inner);
    let schema: Value = serde_json::from_str(&schema(&registry())).expect("JSON");
    let mut keys = String::new();
    write_table("Keys of the file", &schema, &schema, &mut keys);
    keys.push('\n');
    let path = root().join("docs/configuration.md");
    let page = fs::read_to_string(&path).expect("readable");
    let marked = Regex::new(r"(?s)(<!-- settings -->\n).*(<!-- /settings -->)").expect("valid");
    assert!(marked.is_match(&page), "marks in docs/configuration.md");
    let now = marked.replace(&page, |marks: &Captures<'_>| format!("{}{keys}{}", &marks[1], &marks[2]));
    if is_blessing() {
        fs::write(path, &*now).expect("written");
    } else {
        assert!(now == page, "run `cargo xtask bless manual` and look at the change");
    }
}

#[test]
fn recto_finds_nothing_in_the_manual() {
    let mut recto = Command::new(env!("CARGO_BIN_EXE_recto"));
    let args = ["check", "--output-format", "concise", "--no-context", "docs", "rules", "README.md", "CHANGELOG.md"];
    // Examples of defects on the pages of the rules are no findings about the manual; their links are.
    let output = recto.current_dir(root()).args(args).env_remove("CI").output().expect("recto runs");
    let findings = String::from_utf8_lossy(&output.stdout);
    let counts = |line: &&str| !line.starts_with("rules/") || line.contains(": broken-link ");
    let found: Vec<&str> = findings.lines().filter(|line| line.contains(".md:")).filter(counts).collect();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_page_has_a_place_in_the_navigation() {
    let navigation = fs::read_to_string(root().join("tools/manual/navigation.txt")).expect("readable");
    let listed: BTreeSet<&str> = navigation.split_whitespace().filter(|word| word.ends_with(".md")).collect();
    for page in pages() {
        let name = page.file_name().expect("a file").to_string_lossy().into_owned();
        assert!(listed.contains(&*name), "tools/manual/navigation.txt lacks docs/{name}");
    }
}

#[test]
fn a_page_is_divided_into_files_and_commands() {
    let page = "Text\n```text title=\"a.md\"\nA\n```\n```console\n$ one\nx\n$ two\n```\n```sh\nthree\n```\nEnd\n";
    let parts = parts(page);
    let lines = |text: &str| Part::Lines(text.to_owned());
    let wanted = [
        lines("Text\n```text title=\"a.md\"\n"),
        Part::File { name: "a.md".to_owned(), content: "A\n".to_owned() },
        lines("```\n```console\n"),
        Part::Command { command: "one".to_owned(), shown: "x\n".to_owned() },
        Part::Command { command: "two".to_owned(), shown: String::new() },
        lines("```\n```sh\nthree\n```\nEnd\n"),
    ];
    assert_eq!(parts, wanted);
    assert!(agrees("a\n…\nd\n", "a\nb\nc\nd\n") && agrees("…\n", "") && !agrees("a\n", "a\nb\n"));
}

#[test]
fn commands_are_found_in_recipes_and_in_text() {
    let page = "Run `recto check --fix`, not `recto.toml`.\n\n```yaml\n- run: recto check --since main\n- run: >-\n    \
                recto rules | grep x\n```\n\n```console\n$ recto no\n```\n";
    assert_eq!(mentioned(page), ["check --fix", "check --since main", "rules "]);
}
