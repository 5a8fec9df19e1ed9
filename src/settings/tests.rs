//! Settings files, right and wrong ones, and the messages about the wrong ones.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::model::work::Role;

fn registry() -> Registry {
    let rules = vec![
        ("grammar", Family::Language, Tier::Gate),
        ("misspelling", Family::Language, Tier::Gate),
        ("mojibake", Family::Encoding, Tier::Gate),
        ("unknown-word", Family::Language, Tier::Audit),
    ];
    Registry { rules, renamed: &[("garbled-text", "mojibake"), ("strange-word", "unknown-word")] }
}

const MISSPELLING: usize = 1;
const MOJIBAKE: usize = 2;
const UNKNOWN_WORD: usize = 3;

fn read(name: &str, text: &str) -> Result<Settings, Vec<ConfigError>> {
    Settings::new("/root".into(), "/root".into()).with_file(text, Path::new(name), &registry())
}

fn settings(text: &str) -> Settings {
    read("recto.toml", text).expect("valid")
}

/// Place, message and help of each mistake.
fn told(result: Result<Settings, Vec<ConfigError>>) -> Vec<(String, String, String)> {
    let errors = result.expect_err("invalid");
    let tell = |error: ConfigError| {
        let place = error.excerpt.text[error.excerpt.span].to_owned();
        (place, error.usage_error.message, error.usage_error.help.unwrap_or_default())
    };
    errors.into_iter().map(tell).collect()
}

fn errors(text: &str) -> Vec<(String, String, String)> {
    told(read("recto.toml", text))
}

fn error(text: &str) -> (String, String, String) {
    let mut errors = errors(text);
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

fn triple(place: &str, message: &str, help: &str) -> (String, String, String) {
    (place.to_owned(), message.to_owned(), help.to_owned())
}

/// Reads files of which the first is the settings.
fn with_files(files: &[(&str, &str)]) -> Result<Settings, Vec<ConfigError>> {
    let by_path: BTreeMap<&Path, &str> = files.iter().map(|(path, text)| (Path::new(*path), *text)).collect();
    let load = |path: &Path| {
        let text = by_path.get(path).ok_or_else(|| "it is not there".to_owned())?;
        Ok(Loaded { identity: path.to_path_buf(), text: (*text).to_owned() })
    };
    let first = Path::new(files[0].0);
    let loaded = load(first).expect("there");
    Settings::new("/root".into(), "/root".into()).with_files(loaded, first, &load, &registry())
}

const WHOLE: &str = r#"
    [files]
    exclude = ["vendor/**"]
    [rules]
    ignore = ["language"]
    tier = { mojibake = "audit" }
    [rules.misspelling]
    extend-words = { teh = "the" }
    [[override]]
    files = ["drafts/**"]
    rules = { ignore = ["all"] }
    [[work]]
    name = "guide"
    versions = [ { role = "long", files = ["a.md"] }, { role = "summary", files = ["b.md"] } ]
"#;

#[test]
fn a_whole_file_is_read() {
    let settings = settings(WHOLE);
    let table = settings.table_for(Path::new("x.md"), &registry());
    assert!(!table.state(MISSPELLING).enabled);
    assert_eq!(table.state(MOJIBAKE).tier, Some(Tier::Audit));
    assert!(!settings.table_for(Path::new("drafts/x.md"), &registry()).state(MOJIBAKE).enabled);
    assert_eq!(table.options.misspelling.extend_words["teh"], "the");
    assert_eq!(settings.works[0].versions[1].role, Role::Summary);
    assert_eq!(settings.files.exclude, ["vendor/**"]);
}

#[test]
fn json_says_the_same_as_toml() {
    let json = r#"{
        "files": { "exclude": ["vendor/**"] },
        "rules": {
            "ignore": ["language"], "tier": { "mojibake": "audit" },
            "misspelling": { "extend-words": { "teh": "the" } }
        },
        "override": [{ "files": ["drafts/**"], "rules": { "ignore": ["all"] } }],
        "work": [{ "name": "guide", "versions": [
            { "role": "long", "files": ["a.md"] }, { "role": "summary", "files": ["b.md"] }
        ] }]
    }"#;
    let json = read("recto.json", json).expect("valid");
    assert_eq!(format!("{json:?}"), format!("{:?}", settings(WHOLE)));
    let told = told(read("recto.json", "\u{feff}{ \"rules\": { \"ignroe\": [], \"select\": 3, \"select\": [] } }"));
    assert_eq!(told, [triple("\"select\"", "`select` is given twice", "")]);
    let json = "{ \"rules\": { \"ignroe\": [], \"tier\": [\"é\"] },\n \"files\": { \"include\": \"*.txt\" } }";
    let expected = [
        triple("\"ignroe\"", "`ignroe` is neither a rule nor a key of `[rules]`", "did you mean `ignore`?"),
        triple("[\"é\"]", "`rules.tier` must be an object, not a list", ""),
        triple("\"*.txt\"", "`files.include` must be a list, not a string", "write `[\"*.txt\"]`"),
    ];
    assert_eq!(self::told(read("recto.json", json)), expected);
    let told = self::told(read("recto.json", "{\n  \"é\": 1,,\n}"));
    assert_eq!((told[0].0.as_str(), told.len()), (",", 1), "{told:?}");
    assert!(told[0].1.starts_with("not valid JSON: "), "{told:?}");
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once_in_their_order() {
    let text = r#"
locle = "en-US"
[filess]
exclude = ["vendor/**"]
[rules]
ignroe = ["language"]
select = ["mojibaek", "misspelling", 3]
tier = { mojibake = "loud", nothing = "gate" }
[rules.misspelling]
extend-words = { teh = 1 }
[rules.grammar]
patterns = [{ pattern = '(', message = "no" }, { message = "a pattern is missing" }]
[[override]]
files = ["drafts\\a.md"]
locale = "en-UK"
[[override]]
rules = {}
[[work]]
versions = [{ role = "lnog", files = ["a{.md"] }, { role = "summary", fils = ["b.md"] }]
"#;
    let expected = [
        triple("locle", "unknown key `locle` in the configuration", "did you mean `locale`?"),
        triple("filess", "unknown key `filess` in the configuration", "did you mean `files`?"),
        triple("ignroe", "`ignroe` is neither a rule nor a key of `[rules]`", "did you mean `ignore`?"),
        triple("\"mojibaek\"", "there is no rule or family `mojibaek`", "did you mean `mojibake`?"),
        triple("3", "`rules.select` must be a string, not an integer", ""),
        triple("\"loud\"", "`loud` is not one of gate, audit", ""),
        triple("nothing", "there is no rule or family `nothing`", "`recto rules` lists them all"),
        triple("1", "`rules.misspelling.extend-words.teh` must be a string, not an integer", ""),
        triple("'('", "invalid regular expression: unclosed group", ""),
        triple("{ message = \"a pattern is missing\" }", "a pattern of `grammar` needs `pattern`", ""),
        triple(
            "\"drafts\\\\a.md\"",
            "`\\` does not separate folders in a pattern",
            "write `/` on every system: `drafts/a.md`",
        ),
        triple("\"en-UK\"", "`en-UK` is not a locale", "it is one of en-US, en-GB, en-CA, en-AU"),
        triple("[[override]]", "an override needs `files`", "files = [\"drafts/**\"]"),
        triple("[[work]]", "a work needs `name`", "name = \"handbook\""),
        triple("\"lnog\"", "there is no role `lnog`", "did you mean `long`?"),
        triple("\"a{.md\"", "invalid glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)", ""),
        triple("fils", "unknown key `fils` in `[work.versions]`", "did you mean `files`?"),
    ];
    let errors = errors(text);
    for (told, expected) in errors.iter().zip(&expected) {
        assert_eq!(told, expected);
    }
    assert_eq!(errors.len(), expected.len(), "{errors:#?}");
}

#[test]
fn all_places_that_are_no_toml_are_told() {
    let errors = errors("[files\ninclude = []\n\n[rules]\nselect = [\"a\"\n");
    assert!(
        errors.len() > 1 && errors.iter().all(|(_, message, _)| message.starts_with("not valid TOML: ")),
        "{errors:?}"
    );
}

#[test]
fn a_locale_holds_for_all_files_and_can_be_another_for_some() {
    let settings = settings("locale = \"en-US\"\n[[override]]\nfiles = [\"uk/**\"]\nlocale = \"en-gb\"\n");
    let locale =
        |path: &str| settings.table_for(Path::new(path), &registry()).options.locale.map(|locale| locale.as_str());
    assert_eq!(locale("a.md"), Some("en-US"));
    assert_eq!(locale("uk/a.md"), Some("en-GB"));
}

#[test]
fn a_key_in_the_wrong_table_is_told_where_it_belongs() {
    let told = error("ignore = [\"language\"]\n");
    assert_eq!(told, triple("ignore", "`ignore` is outside `rules`", "move it to `[rules]`"));
    let told = error("[misspelling]\nextend-words = {}\n");
    assert_eq!(told, triple("misspelling", "`misspelling` is outside `rules`", "write `[rules.misspelling]`"));
    let told = error("[rules.mojibake]\nwords = []\n");
    assert_eq!(told, triple("mojibake", "`mojibake` has no options", "see `recto explain mojibake`"));
    let told = error("[rules.unknown-word]\nwrods = []\n");
    assert_eq!(told.2, "did you mean `words`?");
}

#[test]
fn what_is_empty_or_alone_is_told() {
    assert_eq!(error("[[override]]\nfiles = []\n").1, "`override.files` needs at least one entry");
    let one = "[[work]]\nname = \"guide\"\nversions = [{ role = \"long\", files = [\"a.md\"] }]\n";
    assert_eq!(error(one).1, "a work needs at least two versions");
    assert_eq!(error("[[work]]\nname = \"guide\"\n").1, "a work needs `versions`");
    assert_eq!(error("work = 1\n").1, "`work` must be a list, not an integer");
    assert_eq!(error("rules = 1\n").1, "`rules` must be a table, not an integer");
}

#[test]
fn an_entry_for_a_rule_wins_over_one_for_its_family_in_any_order() {
    let settings = settings("[rules]\ntier = { misspelling = \"gate\", language = \"audit\", all = \"gate\" }\n");
    let table = settings.table_for(Path::new("a.md"), &registry());
    assert_eq!(table.state(MISSPELLING).tier, Some(Tier::Gate));
    assert_eq!(table.state(UNKNOWN_WORD).tier, Some(Tier::Audit));
    assert_eq!(table.state(MOJIBAKE).tier, Some(Tier::Gate));
}

#[test]
fn lists_of_words_are_read_relative_to_the_file_that_names_them() {
    let settings = with_files(&[
        ("team/recto.toml", "ignore-words = [\"own\"]\ndictionaries = [\"words/accept.txt\", \"../cspell.json\"]\n"),
        ("team/words/accept.txt", "# names\nHalvorsen\n[Ll]ampe\n"),
        ("cspell.json", "{ \"words\": [\"quaye\"] }"),
    ]);
    let table = settings.expect("valid").table_for(Path::new("b.md"), &registry());
    assert_eq!(table.options.ignored.words.0, ["own", "Halvorsen", "quaye"]);
    assert_eq!(table.options.ignored.regex.len(), 1);
    let errors = with_files(&[("recto.toml", "dictionaries = [\"words.txt\"]\n")]).expect_err("there is no such file");
    assert!(errors[0].usage_error.message.starts_with("cannot read `words.txt`"), "{errors:?}");
}

#[test]
fn shared_settings_are_read_first_and_their_lists_are_added_to() {
    let settings = with_files(&[
        (
            "team/recto.toml",
            "extends = [\"../common/base.toml\", \"../common/style.json\"]\n[rules]\nextend-select = [\"mojibake\"]\n\
             [rules.unknown-word]\nwords = [\"own\"]\n",
        ),
        (
            "common/base.toml",
            "locale = \"en-US\"\n[files]\nexclude = [\"vendor/**\"]\n[rules]\nignore = [\"mojibake\", \"grammar\"]\n\
             [rules.unknown-word]\nwords = [\"base\"]\n[[override]]\nfiles = [\"a.md\"]\nrules.ignore = [\"all\"]\n",
        ),
        ("common/style.json", "{ \"extends\": [\"base.toml\"], \"locale\": \"en-GB\" }"),
    ]);
    let settings = settings.expect("valid");
    let table = settings.table_for(Path::new("b.md"), &registry());
    assert!(table.state(MOJIBAKE).enabled, "switched on again");
    assert!(!table.state(0).enabled, "left off by what is extended");
    assert_eq!(table.options.locale.map(|locale| locale.as_str()), Some("en-GB"), "the later one wins");
    assert_eq!(table.options.unknown_word.words, AllowedWords(vec!["base".to_owned(), "own".to_owned()]));
    assert_eq!(settings.files.exclude, ["vendor/**"], "read once, although it is reached twice");
    assert!(!settings.table_for(Path::new("a.md"), &registry()).state(MISSPELLING).enabled);
}

#[test]
fn a_circle_of_settings_is_refused_with_both_places() {
    let errors =
        with_files(&[("a.toml", "extends = [\"b.toml\"]\n"), ("b.toml", "# shared\nextends = [\"./x/../a.toml\"]\n")]);
    let errors = errors.expect_err("a circle");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0].usage_error.message, "`a.toml` extends itself");
    assert_eq!(errors[0].excerpt.place(), "b.toml:2:12");
    let (start, _) = errors[0].related.as_ref().expect("the other place");
    assert_eq!(start.place(), "a.toml:1:12");
    let own = with_files(&[("a.toml", "extends = [\"a.toml\"]\n")]).expect_err("a circle");
    assert!(own[0].related.is_none() && own.len() == 1, "{own:?}");
}

#[test]
fn mistakes_of_shared_settings_are_told_in_their_file() {
    let errors = with_files(&[
        ("a.toml", "extends = [\"gone.toml\", \"b.toml\", \"https://example.org/recto.toml\"]\nlocle = 1\n"),
        ("b.toml", "[rules]\nselect = [\"nothing\"]\n"),
    ]);
    let errors = errors.expect_err("wrong");
    let told: Vec<(String, &str)> =
        errors.iter().map(|error| (error.excerpt.place(), error.usage_error.message.as_str())).collect();
    let expected = [
        ("a.toml:1:12".to_owned(), "cannot read `gone.toml`: it is not there"),
        ("b.toml:2:11".to_owned(), "there is no rule or family `nothing`"),
        ("a.toml:1:35".to_owned(), "settings are read from files, not from the network"),
        ("a.toml:2:1".to_owned(), "unknown key `locle` in the configuration"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn settings_for_another_version_are_refused_and_nothing_else_is_said_about_them() {
    let own = env!("CARGO_PKG_VERSION");
    assert!(read("recto.toml", &format!("required-version = \">={own}\"\n")).is_ok());
    let told = error("required-version = \">=99.1\"\nnew-key = 1\n");
    assert_eq!(told.0, "\">=99.1\"");
    assert_eq!(told.1, format!("these settings are for recto >=99.1, and this is recto {own}"));
    assert_eq!(told.2, "install recto >=99.1, or change `required-version`");
    let told = error("required-version = \"newest\"\n");
    assert!(told.1.starts_with("`newest` is not a version requirement: ") && told.2.contains("\">=0.2\""), "{told:?}");
    assert_eq!(error("required-version = 1\n").1, "`required-version` must be a string, not an integer");
}

#[test]
fn a_renamed_rule_is_known_by_its_earlier_name_and_that_is_said() {
    let settings = settings(
        "[rules]\nignore = [\"garbled-text\"]\nseverity = { strange-word = \"info\" }\n[rules.strange-word]\nwords = [\"a\"]\n",
    );
    let table = settings.table_for(Path::new("a.md"), &registry());
    assert!(!table.state(MOJIBAKE).enabled);
    assert_eq!(table.state(UNKNOWN_WORD).severity, Some(Severity::Info));
    assert!(table.options.unknown_word.words.contains("A"));
    let expected = [
        "recto.toml:4:8: the rule `strange-word` is now called `unknown-word`",
        "recto.toml:2:11: the rule `garbled-text` is now called `mojibake`",
        "recto.toml:3:14: the rule `strange-word` is now called `unknown-word`",
    ];
    assert_eq!(settings.notes, expected);
    let told = error("[rules]\nstrange-word.words = []\nunknown-word.words = []\n");
    assert_eq!((told.0.as_str(), told.2.as_str()), ("strange-word", "merge the two tables"));
    assert_eq!(Selector::parse("garbled-text", &registry()), Ok(Selector::Rule("mojibake")));
}

#[test]
fn a_file_of_nothing_but_mistakes_ends() {
    let reads = Cell::new(0);
    let text = (0..500).fold(String::new(), |text, at| format!("{text}key{at} = 1\n"));
    let load = |_: &Path| {
        reads.set(reads.get() + 1);
        Err("never asked".to_owned())
    };
    let loaded = Loaded { identity: "a".into(), text };
    let base = Settings::new("/root".into(), "/root".into());
    let errors = base.with_files(loaded, Path::new("a.toml"), &load, &registry()).expect_err("wrong");
    assert_eq!((errors.len(), reads.get()), (100, 0));
}
