//! `recto import`: the settings of other tools as those of recto.

use super::Place;

/// Imports what is in the folder, and checks that recto reads the result.
fn imported(place: &Place) -> String {
    let run = place.run(&["import"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    place.write("read/recto.toml", &run.out).write("read/a.md", "# A\n");
    let check = place.run(&["check", "--config", "read/recto.toml", "read"]);
    assert_eq!(check.code, 0, "{}\n{}{}", run.out, check.out, check.err);
    run.out
}

#[test]
fn settings_of_typos() {
    let place = Place::new();
    place.write(
        "_typos.toml",
        r#"
[default]
locale = "en-gb"
check-filename = true
extend-ignore-re = ['(?Rm)^.*# spell-off$', '\bID-\d+\b']
extend-ignore-words-re = ['^[A-Z]{3}$']
extend-ignore-identifiers-re = ['Quay.*Supress', '[^_]+']

[default.extend-words]
hist = "hist"
frobnik = "Frobnick"
bad = ""

[files]
extend-exclude = ["vendor/", "*.po"]
ignore-hidden = false

[type.po]
extend-glob = ["*.pot"]
check-file = false

[type.md.extend-words]
ser = "ser"
"#,
    );
    assert_eq!(
        imported(&place),
        r#"# From _typos.toml, by `recto import`.

locale = "en-GB"

ignore-words = ["hist", "ser"]
ignore-regex = [
  '\b\w*(?:Quay\w*Supress)\w*\b',
  "(?Rm)^.*# spell-off$",
  '\bID-\d+\b',
  '\b(?:[A-Z]{3})\b',
]

[files]
exclude = ["vendor/", "*.po", "*.pot"]

[rules.misspelling.extend-words]
"frobnik" = "Frobnick"

# Without a counterpart in recto:
# _typos.toml: default.check-filename
# _typos.toml: default.extend-ignore-identifiers-re (`[^_]+` may match more than a word here)
# _typos.toml: default.extend-words (`bad` is never right there, without a correction)
# _typos.toml: files.ignore-hidden
"#
    );
}

#[test]
fn settings_of_codespell() {
    let place = Place::new();
    place
        .write(
            ".codespellrc",
            "[codespell]\nskip = ./vendor,*.po\nignore-words-list = hist,ser\nignore-words = words.txt\n",
        )
        .write("words.txt", "lampe\n")
        .write("setup.cfg", "[metadata]\nname = x\n[codespell]\nignore-regex = \\bID-\\d+\ncheck-hidden =\n");
    assert_eq!(
        imported(place.write("read/words.txt", "lampe\n")),
        r#"# From .codespellrc, setup.cfg, by `recto import`.

ignore-words = ["hist", "ser"]
ignore-regex = ['\bID-\d+']
dictionaries = ["words.txt"]

[files]
exclude = ["vendor", "*.po"]

# Without a counterpart in recto:
# setup.cfg: check-hidden
"#
    );
}

#[test]
fn settings_of_cspell() {
    let place = Place::new();
    place.write("names.txt", "Frobnik\n").write("read/names.txt", "Frobnik\n").write(
        "cspell.json",
        r#"// words of ours
{
  "version": "0.2",
  "language": "en-GB,de",
  "words": ["hist", "*dock*", "!teh"],
  "flagWords": ["hte->the", "never"],
  "ignorePaths": ["node_modules/**"],
  "ignoreRegExpList": ["Urls", "/\\bID-\\d+\\/x/gi", "(?<=a)b", "tags"],
  "patterns": [{ "name": "Tags", "pattern": "/<[a-z]+>/g" }],
  "dictionaryDefinitions": [{ "name": "names", "path": "./names.txt" }, { "name": "far", "path": "https://example.org/a.txt" }],
  "dictionaries": ["names", "typescript"],
  "overrides": [{ "filename": "us/**", "language": "en-US", "words": ["colorway"] }, { "filename": "**/*.ts", "enabled": false }],
  "cache": { "useCache": true },
}
"#,
    );
    assert_eq!(
        imported(&place),
        r#"# From cspell.json, by `recto import`.

locale = "en-GB"

ignore-words = ["hist", "dock"]
ignore-regex = ['(?i:\bID-\d+/x)', "<[a-z]+>"]
dictionaries = ["names.txt"]

[files]
exclude = ["node_modules/**"]

[rules.misspelling.extend-words]
"hte" = "the"

[[override]]
files = ["us/**"]
locale = "en-US"
ignore-words = ["colorway"]

# Without a counterpart in recto:
# cspell.json: language (`de`: recto checks the spelling of English only)
# cspell.json: words (`teh` is forbidden)
# cspell.json: flagWords (`never` has no correction)
# cspell.json: ignoreRegExpList (`(?<=a)b` uses syntax that the engine of recto does not have)
# cspell.json: dictionaryDefinitions (far: `https://example.org/a.txt` is no list of words here)
# cspell.json: dictionaries (typescript)
# cspell.json: cache
"#
    );
}

#[test]
fn settings_of_markdownlint() {
    let place = Place::new();
    place
        .write(
            ".markdownlint.yaml",
            "default: true\nMD001: false\nMD013:\n  line_length: 100\nno-duplicate-heading:\n  siblings_only: true\n\
             MD051: false\nMD044:\n  names: [JavaScript, GitHub]\n",
        )
        .write(".markdownlintignore", "# not ours\nvendor/\n");
    assert_eq!(
        imported(&place),
        r#"# From .markdownlint.yaml, .markdownlintignore, by `recto import`.

[files]
exclude = ["vendor/"]

[rules]
ignore = ["heading-skip"]

[rules.inconsistent-term.terms]
"javascript" = "JavaScript"
"github" = "GitHub"

# Without a counterpart in recto:
# .markdownlint.yaml: MD013
# .markdownlint.yaml: no-duplicate-heading (`repeated-heading` has no options)
# .markdownlint.yaml: MD051 (`broken-link` looks for more than this)
"#
    );
}

#[test]
fn links_are_not_checked_where_markdownlint_checks_none() {
    let place = Place::new();
    place.write(
        ".markdownlint-cli2.jsonc",
        r##"{ "config": { "link-fragments": false, "MD052": false }, "ignores": ["dist"], "globs": ["**/*.md", "#old"], "fix": true }"##,
    );
    let text = imported(&place);
    assert!(text.contains("[rules]\nignore = [\"broken-link\"]\n"), "{text}");
    assert!(text.contains("exclude = [\"dist\", \"old\"]\n"), "{text}");
    assert!(text.ends_with(".markdownlint-cli2.jsonc: globs (**/*.md)\n# .markdownlint-cli2.jsonc: fix\n"), "{text}");
}

#[test]
fn settings_of_vale() {
    let place = Place::new();
    place.write("styles/config/vocabularies/Base/accept.txt", "Frobnik\n(?i)lampe\n").write(
        ".vale.ini",
        "StylesPath = styles\nMinAlertLevel = suggestion\nVocab = Base\n\n[formats]\nmdx = md\n\n[*.md]\n\
         BasedOnStyles = Vale, Google\nVale.Spelling = NO\nTokenIgnores = (\\$[A-Z]+), \\\n  (<[a-z]{1,2}>)\n\n\
         [old/*.md]\nVale.Repetition = NO\n",
    );
    place.write("read/styles/config/vocabularies/Base/accept.txt", "Frobnik\n");
    assert_eq!(
        imported(&place),
        r#"# From .vale.ini, by `recto import`.

ignore-regex = ['(\$[A-Z]+)', "(<[a-z]{1,2}>)"]
dictionaries = ["styles/config/vocabularies/Base/accept.txt"]

[files]
markdown = ["**/*.mdx"]

[rules]
ignore = ["misspelling", "unknown-word"]

[[override]]
files = ["old/*.md"]
rules = { ignore = ["repeated-word"] }

# Without a counterpart in recto:
# .vale.ini: MinAlertLevel (suggestion)
# .vale.ini: [*.md] BasedOnStyles (Vale, Google)
"#
    );
}

#[test]
fn imported_settings_mean_the_same() {
    let place = Place::new();
    place.write("a.md", "# A\n\nA hist and a frobnik.\n\nThey recieve it.\n").write(
        "typos.toml",
        "[default.extend-words]\nhist = \"hist\"\nrecieve = \"recieve\"\nfrobnik = \"Frobnick\"\n",
    );
    let run = place.run(&["import", "--write"]);
    assert_eq!((run.code, run.err.as_str()), (0, "wrote recto.toml from typos.toml\n"));
    let run = place.run(&["check", "--output-format", "concise", "a.md"]);
    assert!(
        run.out.starts_with("a.md:3:14: misspelling `frobnik` is a misspelling (write `Frobnick`)\n"),
        "{}",
        run.out
    );
    assert!(!run.out.contains("recieve"), "{}", run.out);
}

#[test]
fn a_file_of_settings_is_never_replaced_by_imported_ones() {
    let place = Place::new();
    place.write("typos.toml", "").write("recto.toml", "# ours\n");
    let run = place.run(&["import", "--write"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("`recto.toml` already exists") && run.err.contains("without --write"), "{}", run.err);
    assert_eq!(place.read("recto.toml"), b"# ours\n");
}

#[test]
fn a_mistake_in_the_settings_of_another_tool_has_its_place() {
    let place = Place::new();
    assert!(place.run(&["import"]).err.contains("no settings of another tool are in this folder"));
    place.write("typos.toml", "[default\n").write("notes.txt", "x\n");
    let run = place.run(&["import"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot read `typos.toml`") && run.err.contains("line 1"), "{}", run.err);
    let run = place.run(&["import", "notes.txt"]);
    assert!(run.code == 2 && run.err.contains("`notes.txt` has no settings that recto can import"), "{}", run.err);
}

#[test]
fn paths_in_settings_of_another_folder_lead_from_here() {
    let place = Place::new();
    place.write("tools/cspell.yaml", "words: [hist]\nignorePaths:\n  - dist/**\n");
    let run = place.run(&["import", "tools/cspell.yaml"]);
    assert!(run.out.contains("exclude = [\"tools/dist/**\"]\n"), "{}", run.out);
}
