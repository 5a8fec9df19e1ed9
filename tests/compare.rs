//! `recto compare` and `recto init` as users run them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use base64::Engine;
use serde_json::Value;
use sha2::{Digest, Sha256};

const LONG: &str = "# Handbook

## 1–5: At sea

### 1. What is a tide table?
It lists high and low water for every day; the clerk prints it with `tide-press` v2.1.

### 2. How do you moor a barge at night?
Two lines ashore, a lantern at each end.

### 3. Who pays the harbour dues?
The owner, unless the charter says otherwise.

### 4. When is a pilot compulsory?
Above forty metres.

### 5. What does <b>\"a black ball\"</b> & a <script>alert(1)</script> mean?
The ship lies at anchor; nothing burns.
";

const SHORT: &str = "# Handbook (Summary Version)

**Q1: What’s a tide table?**
High and low water, with `tide.press`.

**Q2: Mooring a barge by night**
Two lines.

**Q3: How is tar boiled?**
Slowly.

**Q5: What does \"a black ball\" & a <script>alert(1)</script> mean?**
At anchor.
";

fn recto(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_recto")).current_dir(folder).args(args).output().expect("recto runs")
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("long.md"), LONG).expect("written");
    fs::write(folder.path().join("short.md"), SHORT).expect("written");
    folder
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_json_contract_holds() {
    let folder = folder();
    let output = recto(folder.path(), &["compare", "long.md", "short.md", "--audit", "--output-format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    assert_eq!(report["schema"], 1);
    let verdicts: Vec<&str> =
        report["pairs"].as_array().expect("pairs").iter().map(|pair| pair["verdict"].as_str().expect("text")).collect();
    assert_eq!(verdicts, ["same", "reworded", "different", "left-only", "same"]);
    let first = &report["pairs"][0];
    assert_eq!(first["left"]["number"], 1);
    assert_eq!(first["left"]["path"], "long.md");
    assert_eq!(first["left"]["line"], 5);
    assert_eq!(first["right"]["title"], "What’s a tide table?");
    assert!(report["pairs"][3]["right"].is_null());
    let rules: Vec<&str> =
        report["findings"].as_array().expect("findings").iter().map(|f| f["rule"].as_str().expect("text")).collect();
    assert_eq!(rules, ["fact-mismatch", "title-mismatch", "title-mismatch"]);
    assert_eq!(report["versions"][1]["role"], "summary");
}

#[test]
fn equal_versions_are_no_failure_and_wrong_arguments_are() {
    let folder = folder();
    assert_eq!(recto(folder.path(), &["compare", "long.md", "long.md"]).status.code(), Some(0));
    assert_eq!(recto(folder.path(), &["compare", "long.md", "none.md"]).status.code(), Some(2));
    assert_eq!(recto(folder.path(), &["compare", "long.md", "none*.md"]).status.code(), Some(2));
    fs::write(folder.path().join("empty.md"), "").expect("written");
    let output = recto(folder.path(), &["compare", "long.md", "empty.md"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("has no items or headings to compare"));
}

#[test]
fn the_report_for_people_starts_with_the_numbers() {
    let folder = folder();
    let output = recto(folder.path(), &["compare", "long.md", "short.md"]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: Vec<&str> = text.lines().take(6).map(str::trim).collect();
    assert_eq!(lines[0], "long.md (long, 5 items) ↔ short.md (summary, 4 items)");
    assert_eq!(lines[1], "compared by items");
    assert_eq!(lines[3], "2 the same");
    assert!(
        text.find("Only in short.md") < text.find("Who pays the harbour dues?"),
        "what is missing comes first: {text}"
    );
    assert!(text.contains("--all lists") && text.contains("--explain N"), "{text}");
    assert!(text.contains("Who pays the harbour dues?") && text.contains("How is tar boiled?"));
    assert!(!text.contains("What’s a tide table?"), "what agrees is only counted");
    let all = recto(folder.path(), &["compare", "long.md", "short.md", "--all"]);
    assert!(String::from_utf8_lossy(&all.stdout).contains("What’s a tide table?"));
    let why = recto(folder.path(), &["compare", "long.md", "short.md", "--explain", "3"]);
    let why = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(why.contains("not matched: their titles have hardly a word in common"), "{why}");
    let by_title = recto(folder.path(), &["compare", "long.md", "short.md", "--explain", "how is tar"]);
    assert!(String::from_utf8_lossy(&by_title.stdout).contains("How is tar boiled?"));
}

#[test]
fn decisions_of_one_template_were_compared_heading_by_heading() {
    let folder = tempfile::tempdir().expect("a folder");
    let titles = ["Use brass valves", "Paint the gates", "Ring the bell in fog", "Count the boats", "Close at dusk"];
    for side in ["long", "short"] {
        fs::create_dir(folder.path().join(side)).expect("created");
        for (at, title) in titles.iter().enumerate() {
            let title = match (side, at) {
                ("short", 1) => continue,
                ("short", 3) => "A number is kept of what is moored",
                _ => title,
            };
            let own = format!("Decision {at}: {}.", titles[at].to_lowercase());
            let text = format!(
                "# {title}\n\n## Context\n\nSomebody asked. {own}\n\n## Options\n\n- {own}\n- Wait.\n\n## Outcome\n\n{own}\n"
            );
            fs::write(folder.path().join(format!("{side}/000{}-decision.md", at + 1)), text).expect("written");
        }
    }
    let output = recto(folder.path(), &["compare", "long", "short"]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.contains("compared by files") && text.contains("3 the same"), "{text}");
    assert!(text.contains("1 reworded") && text.contains("1 only in long"), "{text}");
}

#[test]
fn an_item_that_is_nowhere_was_explained_with_success() {
    let folder = folder();
    let none = recto(folder.path(), &["compare", "long.md", "short.md", "--explain", "99"]);
    let err = String::from_utf8_lossy(&none.stderr).into_owned();
    assert_eq!(none.status.code(), Some(2));
    assert!(err.contains("no version has an item with the number or title `99`") && none.stdout.is_empty(), "{err}");
}

#[test]
fn a_table_of_versions_gave_a_file_as_the_language() {
    let folder = folder();
    let table = recto(folder.path(), &["compare", "long.md", "short.md", "--output-format", "table"]);
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(table.contains("\n| short.md | – | "), "{table}");
    let badge = json(&recto(folder.path(), &["compare", "long.md", "short.md", "--output-format", "badge"]));
    assert_eq!(badge["label"], "short.md");
}

#[test]
fn a_translation_without_some_of_the_pages_was_complete() {
    let folder = folder();
    for number in 1..=5 {
        for (language, text) in [
            ("en", format!("# Chapter {number}\n\nThe boat number {number} is old, and the keeper paints it.\n")),
            ("de", format!("# Kapitel {number}\n\nDas Boot Nummer {number} ist alt, und der Wärter streicht es.\n")),
        ] {
            let place = folder.path().join(language);
            fs::create_dir_all(&place).expect("created");
            if number != 3 || language == "en" {
                fs::write(place.join(format!("{number}.md")), text).expect("written");
            }
        }
    }
    let run =
        |format| String::from_utf8(recto(folder.path(), &["compare", "en", "de", "--output-format", format]).stdout);
    let table = run("table").expect("UTF-8");
    assert!(table.contains("\n| de | de | 80 % | 1 | "), "{table}");
    let human = run("human").expect("UTF-8");
    assert!(human.contains("Pages without a translation in de (1)\n  en/3.md 1 item\n"), "{human}");
}

#[test]
fn three_versions_are_each_compared_with_the_first() {
    let folder = folder();
    let moved = SHORT.replace("Q3: How is tar boiled?", "Q9: Who pays the harbour dues?");
    fs::write(folder.path().join("short.md"), moved).expect("written");
    let shifted = [(5, 6), (4, 5), (3, 4)]
        .into_iter()
        .fold(LONG.to_owned(), |text, (old, new)| text.replace(&format!("### {old}. "), &format!("### {new}. ")));
    fs::write(folder.path().join("edition.md"), shifted).expect("written");
    let all = ["compare", "long.md", "short.md", "edition.md"];
    let text = String::from_utf8(recto(folder.path(), &all).stdout).expect("UTF-8");
    assert!(text.contains("long.md (long, 5 items) ↔ short.md (summary, 4 items)"), "{text}");
    assert!(text.contains("long.md (long, 5 items) ↔ edition.md (edition, 5 items)"), "{text}");
    assert!(text.contains("3–5 → 4–6  +1 (3 items)"), "{text}");
    // Nothing has number 3 in the summary, but the item itself is there.
    assert!(text.contains("of these, under other numbers in the other version: 3"), "{text}");
    let report = json(&recto(folder.path(), &[&all[..], &["--output-format", "json"]].concat()));
    let of = |other: u64| report["pairs"].as_array().expect("pairs").iter().filter(move |pair| pair["other"] == other);
    assert_eq!(of(1).filter(|pair| pair["beside"] == true).count(), 1);
    assert_eq!(of(2).filter(|pair| pair["shift"] == 1).count(), 3);
    assert_eq!(report["versions"][2]["role"], "edition");
}

#[test]
fn what_only_the_later_versions_have_is_told_once() {
    let folder = folder();
    let more =
        |text: &str, items: &[&str]| items.iter().fold(text.to_owned(), |text, item| format!("{text}\n{item}\n"));
    let oakum = "### 6. What is oakum made of?\nOld rope, picked apart.";
    let varnish = "### 7. How long does varnish dry?\nTwo dry days.";
    let second = more(LONG, &[oakum, varnish]);
    let third = more(LONG, &["### 6. Who winds the quay clock?\nThe porter.", &oakum.replace("### 6.", "### 7.")]);
    for (name, text) in [("b.md", &second), ("c.md", &third)] {
        fs::write(folder.path().join(name), text).expect("written");
    }
    let report = json(&recto(folder.path(), &["compare", "long.md", "b.md", "c.md", "--output-format", "json"]));
    let newcomers = report["newcomers"].as_array().expect("a list");
    let places: Vec<(u64, u64)> = newcomers
        .iter()
        .flat_map(|items| items.as_array().expect("a list"))
        .map(|item| (item["version"].as_u64().expect("a number"), item["number"].as_u64().expect("a number")))
        .collect();
    assert_eq!(places, [(1, 6), (2, 7)]);
    let messages: Vec<&str> =
        report["findings"].as_array().expect("findings").iter().map(|f| f["message"].as_str().expect("text")).collect();
    assert_eq!(
        messages,
        ["item 6 of b.md and c.md is missing here", "item 6 of c.md is missing here", "item 7 of b.md is missing here"]
    );
    let people = recto(folder.path(), &["compare", "long.md", "b.md", "c.md"]);
    let people = String::from_utf8(people.stdout).expect("UTF-8");
    assert!(people.contains("Not in long.md, but in several others (1 item)\n  b.md 6 = c.md 7"), "{people}");
}

#[test]
fn the_page_holds_nothing_of_a_document_as_markup() {
    let folder = folder();
    let output = recto(folder.path(), &["compare", "long.md", "short.md", "--html", "out.html"]);
    assert_eq!(output.status.code(), Some(1));
    let page = fs::read_to_string(folder.path().join("out.html")).expect("a page");
    // Only the page's own script and style run, because the policy names their hashes.
    assert!(!page.contains("unsafe-inline"));
    for element in ["script", "style"] {
        let (_, rest) = page.split_once(&format!("<{element}>")).expect("opened");
        let (content, _) = rest.split_once(&format!("</{element}>")).expect("closed");
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content));
        assert!(page.contains(&format!("{element}-src 'sha256-{hash}'")), "{element}");
    }
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("default-src 'none'") && !page.contains("http://") && !page.contains("https://"));
    assert!(page.contains("href=\"long.md#L5\""));
}

#[test]
fn init_proposes_works_and_overwrites_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let question = |at: usize| format!("How do you splice rope number {at} with a fid of size {}?", at * 7);
    for (name, body) in [
        ("long", "First unlay the strands, then tuck each of them three times against the lay.\n"),
        ("short", "Unlay, tuck.\n"),
    ] {
        let items = (1..=12).map(|at| format!("### {at}. {}\nSize {at}. {body}\n", question(at)));
        fs::write(folder.path().join(format!("{name}.md")), items.collect::<String>()).expect("written");
    }
    fs::write(folder.path().join("other.md"), "# Notes\n\nNothing to see.\n").expect("written");
    let shown = recto(folder.path(), &["init", "--stdout"]);
    assert_eq!(shown.status.code(), Some(0));
    assert!(!folder.path().join("recto.toml").exists());
    assert_eq!(recto(folder.path(), &["init"]).status.code(), Some(0));
    let written = fs::read_to_string(folder.path().join("recto.toml")).expect("written");
    assert_eq!(written.as_bytes(), shown.stdout);
    assert!(written.contains("role = \"long\", files = [\"long.md\"]"), "{written}");
    assert!(written.contains("role = \"summary\", files = [\"short.md\"]"), "{written}");
    assert_eq!(recto(folder.path(), &["init"]).status.code(), Some(2));
    assert_eq!(recto(folder.path(), &["init", "--force"]).status.code(), Some(0));
    // `init` writes a valid configuration, and the two versions agree.
    assert_eq!(recto(folder.path(), &["check", "--select", "versions"]).status.code(), Some(0));
}

/// Returns the rows of a comparison whose verdict is not `same`: verdict, and both numbers or lines.
fn disagreements(report: &Value) -> Vec<(String, Option<u64>, Option<u64>)> {
    let pairs = report["pairs"].as_array().expect("pairs").iter();
    let side = |pair: &Value, side: &str| pair[side]["number"].as_u64().or(pair[side]["line"].as_u64());
    let rows = pairs.filter(|pair| pair["verdict"] != "same");
    rows.map(|pair| (pair["verdict"].as_str().expect("text").to_owned(), side(pair, "left"), side(pair, "right")))
        .collect()
}

fn translations() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/translations/in")
}

#[test]
fn translations_are_aligned_by_what_they_do_not_translate() {
    let compare = |files: &[&str]| {
        let args = [&["compare"], files, &["--audit", "--output-format", "json"]].concat();
        json(&recto(&translations(), &args))
    };
    let german = compare(&["handbook.md", "handbook.de.md"]);
    assert_eq!(german["versions"][1]["role"], "translation");
    let moved = |left, right| ("moved".to_owned(), Some(left), Some(right));
    let mut expected = vec![moved(3, 4), moved(4, 3), ("left-only".to_owned(), Some(6), None)];
    expected.extend((11..=16).map(|number| moved(number, number + 1)));
    assert_eq!(disagreements(&german), expected);
    let rules: Vec<&str> =
        german["findings"].as_array().expect("findings").iter().map(|f| f["rule"].as_str().expect("text")).collect();
    assert_eq!(rules, ["moved-item", "moved-item", "missing-item", "fact-mismatch", "moved-item"]);
    let russian = compare(&["handbook.md", "handbook.ru.md"]);
    assert_eq!(disagreements(&russian), [("right-only".to_owned(), None, Some(17))]);
    // Without numbers: the missing card is reported on line 36, and on line 7 of the translation.
    let japanese = compare(&["faq.md", "faq.ja.md"]);
    assert_eq!(disagreements(&japanese), [("left-only".to_owned(), Some(32), None), moved(36, 7)]);
    // Prose has no items: its headings are compared, not the three steps that one of them holds.
    let prose = compare(&["prose/guide.md", "prose/guide.de.md"]);
    assert_eq!(disagreements(&prose), [moved(19, 23), ("left-only".to_owned(), Some(33), None)]);
    assert_eq!((&prose["versions"][0]["items"], &prose["summary"]["same"]), (&7.into(), &5.into()));
}

#[test]
fn why_translated_items_belong_together_is_explained() {
    let explain = ["compare", "handbook.md", "handbook.de.md", "--explain", "4"];
    let why = String::from_utf8(recto(&translations(), &explain).stdout).expect("UTF-8");
    assert!(why.contains("in both, much: code block `[sensor.wind]`"), "{why}");
    assert!(
        why.contains("in one item, and in other items of the other version, much: code block `[sensor.wind]`"),
        "{why}"
    );
}

#[test]
fn a_pair_is_explained_once() {
    let folder = folder();
    let why = recto(folder.path(), &["compare", "long.md", "short.md", "--explain", "3"]);
    let why = String::from_utf8(why.stdout).expect("UTF-8");
    assert_eq!(why.matches("How is tar boiled?").count(), 1, "{why}");
}

#[test]
fn people_see_titles_put_right_and_programs_as_they_stand() {
    let folder = folder();
    let garbled = "# Notes\n\n**Q3: Where\u{e2}\u{20ac}\u{2122}s the tar?**\nThere.\n";
    fs::write(folder.path().join("garbled.md"), garbled).expect("written");
    let args = ["compare", "long.md", "garbled.md", "--html", "out.html"];
    let people = String::from_utf8(recto(folder.path(), &args).stdout).expect("UTF-8");
    assert!(people.contains("Where’s the tar?"), "{people}");
    assert!(fs::read_to_string(folder.path().join("out.html")).expect("a page").contains("Where’s"));
    let report = json(&recto(folder.path(), &["compare", "long.md", "garbled.md", "--output-format", "json"]));
    let titles: Vec<&Value> =
        report["pairs"].as_array().expect("pairs").iter().map(|pair| &pair["right"]["title"]).collect();
    assert!(titles.iter().any(|title| title.as_str() == Some("Where\u{e2}\u{20ac}\u{2122}s the tar?")), "{titles:?}");
}

#[test]
fn init_finds_translations_by_their_paths_and_languages() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    let source = |name: &str| fs::read_to_string(translations().join(name)).expect("a fixture");
    write("docs/en/handbook.md", &source("handbook.md"));
    write("docs/en/faq.md", &source("faq.md"));
    write("docs/de/handbook.md", &source("handbook.de.md"));
    write("guide.md", &source("handbook.md"));
    write("guide.ru.md", &source("handbook.ru.md"));
    write("README.md", &source("prose/guide.md"));
    write("README.de.md", &source("prose/guide.de.md"));
    // Both are in one language, whatever the name says: "is" may mean Icelandic or nothing at all.
    write("what-is.md", &source("faq.md"));
    write("what.md", &source("faq.md").replace("card", "ticket"));
    let shown = String::from_utf8(recto(folder.path(), &["init", "--stdout"]).stdout).expect("UTF-8");
    assert!(shown.contains("{ role = \"translation\", files = [\"docs/de/handbook.md\"] }"), "{shown}");
    assert!(shown.contains("{ role = \"translation\", files = [\"guide.ru.md\"] }"), "{shown}");
    assert!(shown.contains("{ role = \"translation\", files = [\"README.de.md\"] }"), "{shown}");
    assert_eq!(shown.matches("\"translation\"").count(), 3, "{shown}");
}

#[test]
fn init_finds_translations_by_every_way_to_name_a_language() {
    let english = "# The pump\n\nThe pump is run when the water in the yard has come up to the step, and it is left \
        alone for the rest of the year, because nobody can hear what is said beside it.\n";
    let german = "# Die Pumpe\n\nDie Pumpe läuft, wenn das Wasser im Hof bis zur Stufe gestiegen ist, und sie bleibt für \
        den Rest des Jahres aus, weil man neben ihr nicht hört, was die anderen sagen.\n";
    let proposed = |original: &str, other: &str, text: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in [(original, english), (other, text)] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        let shown = String::from_utf8(recto(folder.path(), &["init", "--stdout"]).stdout).expect("UTF-8");
        let found = format!("{{ role = \"long\", files = [\"{original}\"] }}");
        shown.contains(&found) && shown.contains(&format!("{{ role = \"translation\", files = [\"{other}\"] }}"))
    };
    for (original, other) in [
        ("README.md", "README.german.md"),
        ("README.md", "readme.DE.md"),
        ("README.md", "docs/de/README.md"),
        ("README.md", "translations/Deutsch/README.md"),
        ("README.md", "de-DE/README-de_DE.md"),
        ("README.md", "README_deu.md"),
        ("a/README.md", "a/translations/README.de.md"),
        ("docs/pump.md", "i18n/de/docusaurus-plugin-content-docs/current/pump.md"),
        ("site/docs/a/pump.md", "site/i18n/de/docusaurus-plugin-content-docs/current/a/pump.md"),
        ("content/english/pump.md", "content/german/pump.md"),
        ("manual/en.md", "manual/de.md"),
        ("02_pumps/02_running.md", "German/02_pumpen/02_betrieb.md"),
    ] {
        assert!(proposed(original, other, german), "{original} {other}");
        // Whatever the path says, a text in the language of the original is no translation.
        assert!(!proposed(original, other, &english.replace("pump", "bell")), "{original} {other} in English");
    }
    assert!(!proposed("README.md", "polish.md", german), "a word");
    assert!(!proposed("pump.md", "how-to.md", german), "a hyphen");
}

#[test]
fn init_takes_no_translation_for_an_original_beside_pages_that_have_one() {
    let english = "The pump is run when the water in the yard has come up to the step, and it is left alone for the \
        rest of the year, because nobody can hear what is said beside it.\n";
    let german = "Die Pumpe läuft, wenn das Wasser im Hof bis zur Stufe gestiegen ist, und sie bleibt für den Rest des \
        Jahres aus, weil man neben ihr nicht hört, was die anderen sagen.\n";
    let french = "La pompe tourne quand l'eau de la cour est montée jusqu'à la marche, et elle reste arrêtée le reste de \
        l'année, parce que personne n'entend ce qui se dit à côté d'elle, et que c'est dommage pour tous.\n";
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: String, text: &str| fs::write(folder.path().join(path), text).expect("written");
    for (at, page) in ["start", "run", "stop", "clean"].into_iter().enumerate() {
        write(format!("{page}.md"), &format!("# The pump, part {at}\n\n{english}"));
        write(format!("{page}.german.md"), &format!("# Die Pumpe, Teil {at}\n\n{german}"));
    }
    // The English page was deleted, its translations were not.
    write("sell.german.md".to_owned(), &format!("# Die Pumpe verkaufen\n\n{german}"));
    write("sell.french.md".to_owned(), &format!("# Vendre la pompe\n\n{french}"));
    let shown = String::from_utf8(recto(folder.path(), &["init", "--stdout"]).stdout).expect("UTF-8");
    let long = shown.lines().find(|line| line.contains("\"long\"")).expect("a work");
    assert!(!long.contains("french") && !long.contains("sell"), "{shown}");
}

/// The documents that recto was begun with, in the folder that `RECTO_CORPUS` names.
#[test]
fn the_seeds_are_told_as_they_are() {
    let Some(corpus) = std::env::var_os("RECTO_CORPUS") else { return };
    let seeds = Path::new(&corpus).join("seeds");
    let report = json(&recto(&seeds, &["compare", "long.md", "summary.md", "--audit", "--output-format", "json"]));
    let summary = &report["summary"];
    let count = |verdict: &str| summary[verdict].as_u64().expect("a number");
    assert_eq!((count("same"), count("different"), count("reworded")), (56, 44, 0));
    // Two items of each are asked again in other words, and are no longer called missing.
    assert_eq!((count("left_only"), count("right_only")), (78, 218));
    let findings = report["findings"].as_array().expect("findings");
    let of = |rule: &str| findings.iter().filter(|finding| finding["rule"] == rule).collect::<Vec<_>>();
    let numbers: Vec<u64> =
        of("title-mismatch").iter().filter_map(|finding| finding["data"]["number"].as_u64()).collect();
    assert_eq!(numbers, [637, 638, 639, 640]);
    assert_eq!(of("section-mismatch").len(), 2);
    assert_eq!(of("fact-mismatch").len(), 1);
    let moved: Vec<(u64, u64)> = of("moved-item")
        .iter()
        .filter_map(|finding| Some((finding["data"]["number"].as_u64()?, finding["data"]["other_number"].as_u64()?)))
        .collect();
    for pair in [(349, 617), (362, 590), (377, 619), (942, 566), (953, 578)] {
        assert!(moved.contains(&pair), "{pair:?} of {moved:?}");
    }
}
