//! The language server as editors drive it: messages in, messages out, over the streams of the real program.

mod lsp_client;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use lsp_client::{Client, Wanted, applied, uri_of};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("recto lsp ").tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(path, text).expect("written");
    }
    folder
}

fn rules(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().filter_map(|one| one["code"].as_str()).collect()
}

const LONG: &str = "# Tides\n\n### 1. What moves the tide?\n\nThe moon does.\n\n### 2. When is slack water?\n\nBetween two tides.\n\n### 3. Who reads the gauge?\n\nThe keeper.\n";
const SHORT: &str = "# Tides, short\n\n### 1. What moves the tide?\n\nThe moon.\n\n### 2. When is slack water?\n\nBetween tides.\n\n### 3. Who reads the gauge?\n\nThe keeper.\n";
const WORK: &str = "[[work]]\nname = \"tides\"\nversions = [\n  { role = \"long\", files = [\"long.md\"] },\n  { role = \"summary\", files = [\"short.md\"] },\n]\n";

#[test]
fn positions_are_counted_as_the_client_wants() {
    let folder = folder(&[("a.md", "😀 the the sea.\n")]);
    for (offered, named, character) in
        [(json!(["utf-8", "utf-16"]), "utf-8", 5), (json!(["utf-32"]), "utf-32", 2), (json!(null), "utf-16", 3)]
    {
        let mut client = Client::new(Wanted::push().with("/general", json!({ "positionEncodings": offered })));
        let answer = client.initialize(&[folder.path()]);
        assert_eq!(answer["capabilities"]["positionEncoding"], named);
        client.open(&folder.path().join("a.md"));
        let found = client.pushed(&folder.path().join("a.md"), |found| rules(found) == ["repeated-word"]);
        assert_eq!(found[0]["range"]["start"]["character"], character, "{named}");
        assert!(
            found[0]["codeDescription"]["href"].as_str().is_some_and(|href| href.ends_with("/rules/repeated-word.md"))
        );
        client.leave();
    }
}

#[test]
fn a_finding_comes_and_goes_while_it_is_written() {
    let folder = folder(&[("a.md", "# Tides\n\nThe sea is calm.\n")]);
    let path = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&path);
    client.pushed(&path, <[Value]>::is_empty);
    client.change(&path, (2, 4), (2, 7), "lighthosue");
    let found = client.pushed(&path, |found| rules(found) == ["misspelling"]);
    assert_eq!(found[0]["range"]["end"]["character"], 14);
    // Text before a finding moves it.
    client.change(&path, (0, 0), (0, 0), "\n\n");
    client.pushed(&path, |found| found.len() == 1 && found[0]["range"]["start"]["line"] == 4);
    client.change(&path, (4, 4), (4, 14), "lighthouse");
    client.pushed(&path, <[Value]>::is_empty);
    client.leave();
}

#[test]
fn a_client_that_asks_is_not_pushed_to_and_is_told_to_ask_again() {
    let folder = folder(&[("a.md", "# A\n\nThe the sea.\n"), ("b.md", "[x](a.md#gone)\n")]);
    let mut client = Client::new(Wanted::pull());
    client.initialize(&[folder.path()]);
    let path = folder.path().join("a.md");
    client.open(&path);
    let found = client.pulled(&path);
    assert_eq!(
        (rules(&found["items"].as_array().cloned().unwrap_or_default()), found["kind"].as_str()),
        (vec!["repeated-word"], Some("full"))
    );
    let again = client.ask(
        "textDocument/diagnostic",
        json!({ "textDocument": { "uri": uri_of(&path) }, "previousResultId": found["resultId"] }),
    );
    assert_eq!(again["kind"], "unchanged");
    client.wait_for("workspace/diagnostic/refresh");
    let all = client.ask("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let items = all["items"].as_array().cloned().unwrap_or_default();
    let of = |name: &str| {
        items
            .iter()
            .find(|item| item["uri"].as_str().is_some_and(|uri| uri.ends_with(name)))
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(of("b.md")["items"][0]["code"], "broken-link", "{items:?}");
    assert!(client.seen("textDocument/publishDiagnostics").is_empty());
    client.leave();
}

#[test]
fn text_that_is_not_saved_counts_for_the_other_files() {
    let folder = folder(&[("a.md", "# Tides\n"), ("b.md", "[x](a.md#ebb)\n")]);
    let [a, b] = ["a.md", "b.md"].map(|name| folder.path().join(name));
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.open(&b);
    client.pushed(&b, |found| rules(found) == ["broken-link"]);
    client.change(&a, (1, 0), (1, 0), "\n## Ebb\n");
    client.pushed(&b, <[Value]>::is_empty);
    // Closed without being saved, the text is that of the disk again.
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri_of(&a) } }));
    client.pushed(&b, |found| rules(found) == ["broken-link"]);
    client.leave();
}

#[test]
fn a_new_duplicate_shows_when_the_other_file_is_saved() {
    let passage: String = (1..9).map(|at| format!("The keeper of light {at} writes the height of every tide into the book of the harbour before the lamp is lit.\n")).collect();
    let folder = folder(&[("a.md", "# One\n"), ("b.md", &format!("# Two\n\n{passage}"))]);
    let [a, b] = ["a.md", "b.md"].map(|name| folder.path().join(name));
    for wanted in [
        Wanted::push(),
        Wanted::push().with("/workspace/didChangeWatchedFiles", json!({ "dynamicRegistration": true })),
    ] {
        fs::write(&a, "# One\n").expect("written");
        let watches = wanted.watches();
        let mut client = Client::new(wanted);
        client.initialize(&[folder.path()]);
        client.open(&b);
        client.pushed(&b, <[Value]>::is_empty);
        fs::write(&a, format!("# One\n\n{passage}")).expect("written");
        if watches {
            client.wait_for("client/registerCapability");
            client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri_of(&a), "type": 2 }] }));
        }
        let found = client.pushed(&b, |found| rules(found) == ["duplicate-block"]);
        assert!(found[0]["relatedInformation"][0]["location"]["uri"].as_str().is_some_and(|uri| uri.ends_with("a.md")));
        assert_eq!(found[0]["tags"], json!([1]));
        client.leave();
    }
}

#[test]
fn the_configuration_is_watched_and_its_mistakes_are_shown() {
    let folder = folder(&[("a.md", "The the sea.\n"), ("recto.toml", "[rules]\nignore = [\"repeated-word\"]\n")]);
    let (a, config) = (folder.path().join("a.md"), folder.path().join("recto.toml"));
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, <[Value]>::is_empty);
    fs::write(&config, "[rules]\nignore = [\"repeated-wrod\"]\n").expect("written");
    let found = client.pushed(&config, |found| !found.is_empty());
    assert_eq!(found[0]["range"]["start"], json!({ "line": 1, "character": 10 }));
    assert!(found[0]["message"].as_str().is_some_and(|message| message.contains("did you mean `repeated-word`?")));
    fs::write(&config, "").expect("written");
    client.pushed(&config, <[Value]>::is_empty);
    client.pushed(&a, |found| rules(found) == ["repeated-word"]);
    client.leave();
}

#[test]
fn settings_of_the_client_are_on_top_of_those_of_the_folder() {
    let folder = folder(&[("a.md", "The the sea is the the sea.\n")]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push());
    client.options = json!({ "settings": { "rules": { "ignore": ["repeated-word"] } } });
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, <[Value]>::is_empty);
    client.tell("workspace/didChangeConfiguration", json!({ "settings": { "recto": { "audit": true } } }));
    client.pushed(&a, |found| rules(found) == ["repeated-word", "repeated-word"]);
    client.leave();
}

#[test]
fn two_folders_have_settings_of_their_own_and_may_come_and_go() {
    let one = folder(&[("a.md", "The the sea.\n"), ("recto.toml", "[rules]\nignore = [\"repeated-word\"]\n")]);
    let two = folder(&[("a.md", "The the sea.\n")]);
    let mut client = Client::new(Wanted::push());
    client.initialize(&[one.path(), two.path()]);
    let [a, b] = [&one, &two].map(|folder| folder.path().join("a.md"));
    client.open(&a);
    client.open(&b);
    client.pushed(&b, |found| rules(found) == ["repeated-word"]);
    client.pushed(&a, <[Value]>::is_empty);
    let gone = json!([{ "uri": uri_of(two.path()), "name": "two" }]);
    client.tell("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": [], "removed": gone } }));
    client.change(&b, (0, 4), (0, 8), "");
    client.pushed(&b, <[Value]>::is_empty);
    client.leave();
}

#[test]
fn a_file_without_a_workspace_is_judged_as_by_the_command_line() {
    let folder =
        folder(&[("long.md", LONG), ("short.md", &SHORT.replace("gauge", "lamp at night")), ("recto.toml", WORK)]);
    let short = folder.path().join("short.md");
    let mut client = Client::new(Wanted::push());
    client.initialize(&[]);
    client.open(&short);
    client.pushed(&short, |found| rules(found).contains(&"title-mismatch"));
    client.leave();
}

#[test]
fn known_findings_are_hints() {
    let folder = folder(&[("a.md", "The the sea.\n")]);
    let status = Command::new(env!("CARGO_BIN_EXE_recto"))
        .arg("baseline")
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| status.success()));
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    let found = client.pushed(&a, |found| !found.is_empty());
    assert_eq!(found[0]["severity"], 4);
    client.change(&a, (1, 0), (1, 0), "\nA new line and and more.\n");
    let found = client.pushed(&a, |found| found.len() == 2);
    assert_eq!((&found[0]["severity"], &found[1]["severity"]), (&json!(4), &json!(2)));
    client.leave();
}

#[test]
fn actions_fix_all_allow_and_add() {
    let text =
        "# Tides\n\nThe tide dependant harbour recieves ships. It doesnâ€™t matter.\n\nThe pilots recieve letters.\n";
    let folder = folder(&[("a.md", text), ("recto.toml", "# ours\nlocale = \"en-GB\"\n")]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push().with_edits());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, |found| rules(found).contains(&"mojibake") && rules(found).contains(&"misspelling"));
    let at = text.lines().nth(2).and_then(|line| line.find("recieves")).expect("there") as u32;
    let actions = client.actions(&a, (2, at + 2), (2, at + 2), None);
    let titled = |part: &str| {
        let found = actions.iter().find(|action| action["title"].as_str().is_some_and(|title| title.contains(part)));
        found.unwrap_or_else(|| panic!("no action `{part}` in {actions:#?}")).clone()
    };
    let fix = titled("receives");
    assert_eq!((&fix["kind"], &fix["isPreferred"]), (&json!("quickfix"), &json!(true)));
    assert!(applied(text, &fix, "a.md").contains("harbour receives ships"));
    let allowed = applied(text, &titled("Allow misspelling here"), "a.md");
    assert!(allowed.contains("\n<!-- recto-allow misspelling: say why this is right -->\n\nThe tide"), "{allowed}");
    let words = applied("# ours\nlocale = \"en-GB\"\n", &titled("Add `recieves` to the words"), "recto.toml");
    assert_eq!(words, "# ours\nlocale = \"en-GB\"\nignore-words = [\"recieves\"]\n");
    let baseline = applied("", &titled("to the baseline"), "recto-baseline.jsonl");
    assert!(baseline.contains("\"rule\":\"misspelling\",\"path\":\"a.md\""), "{baseline}");
    let all = applied(text, &titled("of misspelling in this file"), "a.md");
    assert!(all.contains("receives") && all.contains("pilots receive"), "{all}");
    let fixed = client.actions(&a, (0, 0), (0, 0), Some("source.fixAll"));
    assert_eq!(fixed.len(), 1, "{fixed:#?}");
    let fixed = applied(text, &fixed[0], "a.md");
    assert!(fixed.contains("doesn’t matter") && !fixed.contains("receives"), "likely fixes are not safe: {fixed}");
    let repair = client.actions(&a, (2, 0), (3, 0), Some("refactor.rewrite"));
    assert!(applied(text, &repair[0], "a.md").contains("doesn’t"));
    client.leave();
}

#[test]
fn likely_fixes_ask_where_the_client_can() {
    let text = "# Harbour\n\nThe harbour recieves ships.\n";
    let folder = folder(&[("a.md", text)]);
    let a = folder.path().join("a.md");
    for (confirms, question) in [(true, true), (false, false)] {
        let mut wanted = Wanted::push().with_edits();
        if confirms {
            wanted = wanted.with("/workspace/workspaceEdit/changeAnnotationSupport", json!({}));
        }
        let mut client = Client::new(wanted);
        client.initialize(&[folder.path()]);
        client.open(&a);
        client.pushed(&a, |found| rules(found) == ["misspelling"]);
        let actions = client.actions(&a, (2, 14), (2, 14), None);
        let edit = &actions[0]["edit"];
        let asks = edit["changeAnnotations"]
            .as_object()
            .is_some_and(|all| all.values().all(|one| one["needsConfirmation"] == true));
        assert_eq!(asks, question, "{edit}");
        client.leave();
    }
}

#[test]
fn an_item_leads_to_its_counterpart_and_a_rename_takes_the_links_along() {
    let linking = "See [slack](long.md#2-when-is-slack-water).\n";
    let folder = folder(&[("long.md", LONG), ("short.md", SHORT), ("links.md", linking), ("recto.toml", WORK)]);
    let [long, short] = ["long.md", "short.md"].map(|name| folder.path().join(name));
    let mut client =
        Client::new(Wanted::push().with_edits().with("/workspace/workspaceEdit/changeAnnotationSupport", json!({})));
    client.initialize(&[folder.path()]);
    client.open(&long);
    let at = |path: &Path, line: u32, character: u32| json!({ "textDocument": { "uri": uri_of(path) }, "position": { "line": line, "character": character } });
    let found = client.ask("textDocument/definition", at(&long, 8, 3));
    assert!(found[0]["uri"].as_str().is_some_and(|uri| uri.ends_with("short.md")), "{found}");
    assert_eq!(found[0]["range"]["start"]["line"], 6);
    let hover = client.ask("textDocument/hover", at(&long, 6, 8));
    assert!(
        hover["contents"]["value"].as_str().is_some_and(|text| text.contains("2. When is slack water? ([short.md:7]")),
        "{hover}"
    );
    let mut references = at(&long, 6, 8);
    references["context"] = json!({ "includeDeclaration": true });
    let references = client.ask("textDocument/references", references);
    assert_eq!(references.as_array().map_or(0, Vec::len), 3, "the item, its counterpart and the link: {references}");
    let prepared = client.ask("textDocument/prepareRename", at(&long, 6, 8));
    assert_eq!(prepared["placeholder"], "When is slack water?");
    let mut rename = at(&long, 6, 8);
    rename["newName"] = json!("When does the tide turn?");
    let edit = json!({ "edit": client.ask("textDocument/rename", rename) });
    assert!(applied(LONG, &edit, "long.md").contains("### 2. When does the tide turn?\n"));
    assert_eq!(applied(linking, &edit, "links.md"), "See [slack](long.md#2-when-does-the-tide-turn).\n");
    assert!(applied(SHORT, &edit, "short.md").contains("### 2. When does the tide turn?\n"));
    assert!(
        edit["edit"]["changeAnnotations"]["Rename the item in the other versions as well"]["needsConfirmation"] == true
    );
    // From a link to the heading that it names.
    client.open(&folder.path().join("links.md"));
    let target = client.ask("textDocument/definition", at(&folder.path().join("links.md"), 0, 12));
    assert_eq!(
        (target[0]["range"]["start"]["line"].as_u64(), target[0]["uri"].as_str().map(|uri| uri.ends_with("long.md"))),
        (Some(6), Some(true))
    );
    client.open(&short);
    let other = client.ask("textDocument/definition", at(&short, 10, 8));
    assert!(other[0]["uri"].as_str().is_some_and(|uri| uri.ends_with("long.md")), "{other}");
    client.leave();
}

#[test]
fn links_are_completed_with_files_anchors_and_labels() {
    let folder = folder(&[
        ("a.md", "# Tides\n\n## Ebb\n\n[x](b.md#)\n[x](\n[x][\n\n[label]: b.md\n"),
        ("b.md", "# Other {#own}\n\n## Neap tide\n"),
        ("c/d.md", "# Deep\n"),
    ]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    let mut labels = |line: u32, character: u32| -> Vec<String> {
        let at = json!({ "textDocument": { "uri": uri_of(&a) }, "position": { "line": line, "character": character } });
        let found = client.ask("textDocument/completion", at);
        let items = found["items"].as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|item| item["label"].as_str()).map(str::to_owned).collect()
    };
    let anchors = labels(4, 9);
    assert!(["neap-tide", "own"].iter().all(|label| anchors.iter().any(|other| other == label)), "{anchors:?}");
    assert_eq!(labels(5, 4), ["b.md", "c/d.md", "#tides", "#ebb"]);
    assert_eq!(labels(6, 4), ["label"]);
    assert!(labels(0, 3).is_empty());
    client.leave();
}

#[cfg(unix)]
#[test]
fn a_completed_link_ended_at_signs_in_the_name_of_a_file() {
    let name = "50% (half) #1? a\\b.md";
    let folder = folder(&[("a.md", "# Tides\n\n[x](\n"), (name, "# Half\n")]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    let at = json!({ "textDocument": { "uri": uri_of(&a) }, "position": { "line": 2, "character": 4 } });
    let found = client.ask("textDocument/completion", at);
    let link = "50%25%20%28half%29%20%231%3F%20a%5Cb.md";
    assert_eq!(found["items"][0]["textEdit"]["newText"], link);
    client.leave();
}

#[test]
fn symbols_folds_and_hints_show_the_structure() {
    let titles = [
        "Why do tides turn",
        "Who keeps the light",
        "What is a spring tide",
        "How deep is it",
        "When was it built",
        "Where do pilots live",
        "What is the red flag",
    ];
    let items = [1, 2, 3, 4, 4, 6, 7].iter().zip(titles);
    let items: String = items.map(|(number, title)| format!("### {number}. {title}?\n\nYes.\n\n")).collect();
    let text = format!("# Tides\n\n{items}");
    let folder = folder(&[("a.md", &text)]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(
        Wanted::push().with("/textDocument/documentSymbol", json!({ "hierarchicalDocumentSymbolSupport": true })),
    );
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, |found| rules(found).contains(&"number-repeat"));
    let about = json!({ "textDocument": { "uri": uri_of(&a) } });
    let symbols = client.ask("textDocument/documentSymbol", about.clone());
    assert_eq!(
        (symbols[0]["name"].as_str(), symbols[0]["children"].as_array().map_or(0, Vec::len)),
        (Some("Tides"), 7),
        "{symbols}"
    );
    let folds = client.ask("textDocument/foldingRange", about);
    assert!(folds.as_array().is_some_and(|folds| folds.contains(&json!({ "startLine": 2, "endLine": 4 }))), "{folds}");
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = client.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": uri_of(&a) }, "range": range }));
    assert_eq!((hints[0]["label"].as_str(), hints[0]["position"]["line"].as_u64()), (Some("→ 5"), Some(18)), "{hints}");
    let all = client.ask("workspace/symbol", json!({ "query": "pilots" }));
    assert_eq!(all[0]["name"], "6. Where do pilots live?", "{all}");
    client.leave();
}

#[test]
fn half_typed_text_and_odd_messages_do_no_harm() {
    let folder = folder(&[("a.md", "# Tides\n")]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    let halves = [
        "```\n",
        "| a |\n|--",
        "<!-- recto-allow",
        "[x](",
        "$$",
        "---\ntitle:",
        "\r",
        "<details>",
        "{#",
        "\u{FEFF}",
        "![",
        "`",
        "**Q1:",
        "1. ",
        "\u{0}",
    ];
    for (at, half) in halves.iter().cycle().take(90).enumerate() {
        client.change(&a, (at as u32 % 7, at as u32 % 5), (at as u32 % 7, at as u32 % 5 + (at as u32 % 3)), half);
        if at % 10 == 0 {
            let position =
                json!({ "textDocument": { "uri": uri_of(&a) }, "position": { "line": at % 9, "character": at % 11 } });
            for method in [
                "textDocument/hover",
                "textDocument/definition",
                "textDocument/completion",
                "textDocument/prepareRename",
            ] {
                client.ask(method, position.clone());
            }
            client.ask("textDocument/documentSymbol", position);
        }
    }
    // Positions past the end, unknown documents, unknown methods, wrong parameters.
    client.change(&a, (9999, 9999), (99999, 0), "end");
    client.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": "file:///nowhere.md", "version": 1 }, "contentChanges": [] }),
    );
    client.tell("textDocument/didChange", json!({ "textDocument": 7 }));
    client.tell("$/unknown", json!([]));
    assert!(client.refused("textDocument/hover", json!({ "textDocument": 7 })).contains("-32602"));
    assert!(client.refused("textDocument/unheardOf", json!({})).contains("-32601"));
    assert_eq!(
        client.ask(
            "textDocument/hover",
            json!({ "textDocument": { "uri": "untitled:x" }, "position": { "line": 0, "character": 0 } })
        ),
        Value::Null
    );
    client.send_raw(b"Content-Length: 5\r\n\r\n{bad}");
    let huge = format!("{}\n", "the tide ".repeat(200_000));
    client.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": uri_of(&a), "version": 999 }, "contentChanges": [{ "text": huge }] }),
    );
    client.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri_of(&a) } }));
    client.leave();
}

#[test]
fn files_that_vanish_are_forgotten() {
    let folder = folder(&[("a.md", "[x](b.md)\n"), ("b.md", "# B\n")]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, <[Value]>::is_empty);
    fs::remove_file(folder.path().join("b.md")).expect("removed");
    client.pushed(&a, |found| rules(found) == ["broken-link"]);
    fs::remove_dir_all(folder.path()).expect("removed");
    client.change(&a, (0, 0), (0, 0), "The the. ");
    client.pushed(&a, |found| rules(found).contains(&"repeated-word"));
    client.leave();
}

#[test]
fn garbage_and_a_client_that_dies_end_the_server() {
    let run = |input: &[u8]| {
        let mut server = Command::new(env!("CARGO_BIN_EXE_recto"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut stdin = server.stdin.take().expect("a pipe");
        // The server may have ended before everything is written.
        let _ = stdin.write_all(input);
        drop(stdin);
        let output = server.wait_with_output().expect("ended");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, told) = run(b"\x00\xFFhello, is this an editor?\n");
    assert_eq!(code, Some(2));
    assert!(told.contains("no conversation with an editor") && told.contains("recto check"), "{told}");
    assert_eq!(run(b"").0, Some(1));
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;
    assert_eq!(run(format!("Content-Length: {}\r\n\r\n{initialize}", initialize.len()).as_bytes()).0, Some(1));
    assert_eq!(run(&vec![b'A'; 3 << 20]).0, Some(2));
}

/// Texts that edits put in: words, markup and halves of markup.
fn texts() -> impl Strategy<Value = String> {
    let parts = [
        "the the ",
        "recieve",
        "### 3. Who reads the gauge?\n",
        "\n\n",
        "é😀",
        "[x](short.md#tides)",
        "[y](b.md)",
        "```\n",
        "<!-- recto-allow misspelling: quoted -->\n\n",
        "doesnâ€™t",
        "### 9. New?\n\nYes.\n",
        "\r\n",
        "",
    ];
    prop::sample::select(parts.to_vec()).prop_map(str::to_owned)
}

/// A finding: path, rule, start and end.
type Found = (String, String, Value, Value);

/// A place of a finding: path, rule and start.
type PlaceOf = (String, String, Value);

/// Returns the findings of a fresh check, and all their places.
fn checked(folder: &Path) -> (Vec<Found>, Vec<PlaceOf>) {
    let output = Command::new(env!("CARGO_BIN_EXE_recto"))
        .args(["check", "--output-format", "json"])
        .current_dir(folder)
        .output()
        .expect("run");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place =
        |value: &Value| json!([value["line"].as_u64().unwrap_or(0) - 1, value["column"].as_u64().unwrap_or(0) - 1]);
    let mut findings = Vec::new();
    let mut places = Vec::new();
    for one in report["findings"].as_array().into_iter().flatten() {
        findings.push((text(&one["path"]), text(&one["rule"]), place(&one["start"]), place(&one["end"])));
        let related = one["related"].as_array().cloned().unwrap_or_default();
        for label in related.iter().chain([one]) {
            places.push((text(&label["path"]), text(&one["rule"]), place(&label["start"])));
        }
    }
    findings.sort_by_key(|one| format!("{one:?}"));
    (findings, places)
}

/// An edit: the number of the file, the line and character where it starts, the lines and characters to its end, the text.
type RandomEdit = (usize, u32, u32, u32, u32, String);

/// Makes edits in open files, and compares what a client is told after half of them and after all with a fresh check.
fn lives_as_a_fresh_check(files: &[(&str, &str)], edits: &[RandomEdit]) -> Result<(), TestCaseError> {
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).filter(|name| *name != "recto.toml").collect();
    let (lived, fresh) = (folder(files), folder(files));
    let mut client = Client::new(Wanted::pull_once().with("/general", json!({ "positionEncodings": ["utf-32"] })));
    client.initialize(&[lived.path()]);
    for name in &names {
        client.open(&lived.path().join(name));
    }
    let half = edits.len() / 2;
    for (at, (file, line, character, lines, characters, text)) in edits.iter().enumerate() {
        let path = lived.path().join(names[*file]);
        client.change(&path, (*line, *character), (line + lines, character + characters), text);
        if at != half && at + 1 != edits.len() {
            continue;
        }
        for name in &names {
            fs::write(fresh.path().join(name), client.text(&lived.path().join(name))).expect("written");
        }
        let (wanted, places) = checked(fresh.path());
        let mut found = Vec::new();
        for name in names.iter().copied() {
            let pulled = client.pulled(&lived.path().join(name));
            for one in pulled["items"].as_array().into_iter().flatten() {
                let place = |value: &Value| json!([value["line"], value["character"]]);
                let rule = one["code"].as_str().unwrap_or_default().to_owned();
                let (start, end) = (place(&one["range"]["start"]), place(&one["range"]["end"]));
                prop_assert!(
                    places.contains(&(name.to_owned(), rule.clone(), start.clone())),
                    "{name} {rule} {start} is not in a fresh check: {places:?}"
                );
                found.push((name.to_owned(), rule, start, end));
            }
        }
        for one in &wanted {
            prop_assert!(found.contains(one), "{one:?} was not found: {found:?}");
        }
    }
    client.leave();
    Ok(())
}

/// Texts that edits put into containers: words, and signs of their notations and halves of them.
fn container_texts() -> impl Strategy<Value = String> {
    let parts = [
        "the the ",
        "recieve ",
        "\\n",
        "\"",
        "é😀",
        "\\u00e9",
        "\n",
        ",",
        "doesnâ€™t ",
        "",
        "</b>",
        "{0}",
        "%s",
        "\\",
        "1",
    ];
    prop::sample::select(parts.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn after_any_edits_the_findings_are_those_of_a_fresh_check(
        edits in prop::collection::vec((0usize..3, 0u32..16, 0u32..30, 0u32..3, 0u32..12, texts()), 4..14),
        padding in prop::sample::select(vec![0usize, 1100]),
    ) {
        // A long document is looked at in parts and elsewhere.
        let long = format!("{LONG}{}", "\nThe pilots wait for the water to turn at dusk.\n".repeat(padding));
        let other = "# B\n\nThe tide is high, see [the gauge](long.md#3-who-reads-the-gauge).\n";
        let files = [("long.md", long.as_str()), ("short.md", SHORT), ("b.md", other), ("recto.toml", WORK)];
        lives_as_a_fresh_check(&files, &edits)?;
    }

    #[test]
    fn after_any_edits_containers_have_the_findings_of_a_fresh_check(
        edits in prop::collection::vec((0usize..4, 0u32..14, 0u32..40, 0u32..1, 0u32..4, container_texts()), 2..14),
    ) {
        let catalogue = "{\n  \"en\": {\n    \"hello\": \"The the tide\",\n    \"bye\": \"We recieve \\\"it\\\" \\u00e2\\u20ac\\u2122\"\n  }\n}\n";
        let files = [
            ("a.ipynb", NOTEBOOK),
            ("b.po", MESSAGES),
            ("c.srt", SUBTITLES),
            ("en.json", catalogue),
            ("recto.toml", "[files]\ninclude = [\"*.ipynb\", \"*.po\", \"*.srt\", \"*.json\"]\n"),
        ];
        lives_as_a_fresh_check(&files, &edits)?;
    }
}

#[test]
fn pygls_drives_the_server_with_and_without_pull() {
    let python = std::env::var("RECTO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_pygls = Command::new(&python).args(["-c", "import pygls.lsp.client"]).stderr(Stdio::null()).status();
    if !has_pygls.is_ok_and(|status| status.success()) {
        #[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
        {
            eprintln!("skipped: `{python}` has no pygls; `pip install pygls`, or name another one in RECTO_PYTHON");
        }
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lsp_client/pygls_client.py");
    let output = Command::new(&python).arg(script).arg(env!("CARGO_BIN_EXE_recto")).output().expect("run");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.contains("push: ") && told.contains("pull: "), "{told}");
}

/// Opens a file with a text of its own, as an editor that restores what was not saved.
fn open_with(client: &mut Client, path: &Path, text: &str) {
    let document = json!({ "uri": uri_of(path), "languageId": "markdown", "version": 1, "text": text });
    client.tell("textDocument/didOpen", json!({ "textDocument": document }));
}

#[test]
fn fixes_of_the_text_on_the_disk_cut_up_the_text_that_an_editor_restored() {
    let on_disk = "It\u{e2}\u{20ac}\u{2122}s so.\n";
    let folder = folder(&[("a.md", on_disk), ("b.md", "# B\n")]);
    let (a, b) = (folder.path().join("a.md"), folder.path().join("b.md"));
    let mut client = Client::new(Wanted::push().with_edits());
    client.initialize(&[folder.path()]);
    client.open(&b);
    client.open(&a);
    client.pushed(&a, |found| found.len() == 1);
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri_of(&a) } }));
    let restored = format!("Keep me. {on_disk}");
    open_with(&mut client, &a, &restored);
    let actions = client.actions(&a, (0, 0), (0, 0), Some("source.fixAll.recto"));
    assert_eq!(applied(&restored, &actions[0], "a.md"), "Keep me. It\u{2019}s so.\n");
    client.leave();
}

#[test]
fn a_rename_cut_up_a_closed_file_that_had_changed_on_the_disk() {
    let folder = folder(&[("a.md", "# A\n\n## Old\n\nText.\n"), ("c.md", "# C\n\n[x](a.md#old)\n")]);
    let (a, c) = (folder.path().join("a.md"), folder.path().join("c.md"));
    let mut client = Client::new(Wanted::push().with_edits());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, <[Value]>::is_empty);
    let later = "# C\n\n0123456789 shifted [x](a.md#old)\n";
    fs::write(&c, later).expect("written");
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri_of(&c), "type": 2 }] }));
    let at =
        json!({ "textDocument": { "uri": uri_of(&a) }, "position": { "line": 2, "character": 4 }, "newName": "Neu" });
    let edit = json!({ "edit": client.ask("textDocument/rename", at) });
    assert_eq!(applied(later, &edit, "c.md"), "# C\n\n0123456789 shifted [x](a.md#neu)\n");
    client.leave();
}

#[test]
fn requests_at_a_steady_pace_put_off_the_findings_for_ever() {
    let folder = folder(&[("a.md", "# A\n\n[x](#a)\n")]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, <[Value]>::is_empty);
    client.change(&a, (2, 5), (2, 6), "nope");
    let hover = json!({ "textDocument": { "uri": uri_of(&a) }, "position": { "line": 0, "character": 0 } });
    // Sixty pauses of half the time after which the server looks around; it is enough that they are told in time.
    let told = |client: &Client| {
        client.seen("textDocument/publishDiagnostics").iter().any(|one| one.to_string().contains("broken-link"))
    };
    for _ in 0..60 {
        client.ask("textDocument/hover", hover.clone());
        if told(&client) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(60));
    }
    assert!(told(&client));
    client.leave();
}

#[test]
fn an_action_wrote_the_settings_from_the_disk_over_those_that_were_not_saved() {
    let folder = folder(&[("recto.toml", "locale = \"en-GB\"\n"), ("a.md", "# A\n\nThe keeper recieves it.\n")]);
    let (a, settings) = (folder.path().join("a.md"), folder.path().join("recto.toml"));
    let mut client = Client::new(Wanted::push().with_edits());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, |found| rules(found) == ["misspelling"]);
    let titles = |actions: &[Value]| actions.iter().map(|one| one["title"].to_string()).collect::<String>();
    assert!(titles(&client.actions(&a, (2, 11), (2, 19), None)).contains("to the words of recto.toml"));
    open_with(&mut client, &settings, "locale = \"en-GB\"\nignore-words = [\"foo\"]\n");
    assert!(!titles(&client.actions(&a, (2, 11), (2, 19), None)).contains("to the words of recto.toml"));
    client.leave();
}

#[test]
fn a_comment_that_allows_made_text_of_front_matter() {
    let folder = folder(&[("a.md", "---\ntitle: We recieve it\n---\n\n# A\n")]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push().with_edits());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, |found| rules(found) == ["misspelling"]);
    let actions = client.actions(&a, (1, 10), (1, 17), None);
    assert!(
        !actions.is_empty() && actions.iter().all(|one| !one["title"].to_string().contains("Allow")),
        "{actions:#?}"
    );
    client.leave();
}

/// A document that is too long to be looked at between two messages.
fn long_text() -> String {
    let sections = (1..=400).map(|at| {
        format!(
            "## Mark {at}\n\nThe keeper of mark {at} writes the height of the water into the book, and the hour.\n\n"
        )
    });
    format!("# Marks\n\n{}", sections.collect::<String>().repeat(2))
}

#[test]
fn a_request_before_the_first_look_left_a_document_without_diagnostics() {
    let folder = folder(&[("a.md", "# A\n\nThe the boat.\n"), ("b.md", "# B\n\nThe the cart.\n")]);
    let [a, b] = ["a.md", "b.md"].map(|name| folder.path().join(name));
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, |found| rules(found) == ["repeated-word"]);
    client.open(&b);
    client.actions(&b, (2, 0), (2, 0), None);
    client.pushed(&b, |found| rules(found) == ["repeated-word"]);
    client.leave();
}

#[test]
fn a_long_document_has_findings_while_it_is_written() {
    let text = long_text();
    let folder = folder(&[("a.md", text.as_str())]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push().with_edits());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, <[Value]>::is_empty);
    client.change(&a, (4, 0), (4, 0), "We recieve it. ");
    let found = client.pushed(&a, |found| rules(found) == ["misspelling"]);
    assert_eq!(
        (found[0]["range"]["start"]["line"].as_u64(), found[0]["range"]["start"]["character"].as_u64()),
        (Some(4), Some(3))
    );
    // Text before it, and far behind it, moves it or leaves it.
    client.change(&a, (0, 0), (0, 0), "\n");
    client.change(&a, (900, 0), (900, 0), "The the book. ");
    client.pushed(&a, |found| {
        rules(found) == ["misspelling", "repeated-word"] && found[0]["range"]["start"]["line"] == 5
    });
    let actions = client.actions(&a, (5, 4), (5, 4), None);
    let fixed = applied(client.text(&a), &actions[0], "a.md");
    assert!(fixed.contains("We receive it. The keeper of mark 1 "), "{actions:?}");
    let symbols = client.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri_of(&a) } }));
    assert_eq!(symbols[0]["location"]["range"]["start"]["line"].as_u64(), Some(1), "{}", symbols[0]);
    client.change(&a, (5, 3), (5, 10), "receive");
    client.change(&a, (900, 4), (900, 8), "");
    client.pushed(&a, <[Value]>::is_empty);
    client.leave();
}

#[test]
fn a_comment_far_above_still_allows_what_is_written_in_a_long_document() {
    let text = long_text().replacen("\n\n## Mark 2\n", "\n\n<!-- recto-off misspelling -->\n\n## Mark 2\n", 1);
    let folder = folder(&[("a.md", text.as_str())]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, |found| rules(found) == ["unused-allow"]);
    client.change(&a, (302, 0), (302, 0), "We recieve it. ");
    client.pushed(&a, <[Value]>::is_empty);
    assert!(
        !client.seen("textDocument/publishDiagnostics").iter().any(|one| one.to_string().contains("\"misspelling\""))
    );
    client.leave();
}

#[test]
fn a_fix_broke_a_link_from_a_page_that_is_no_document() {
    let page = "<p><a href=\"a.html#the-the-harbour\">harbour</a></p>\n";
    let text = "# Tides\n\n## The the harbour\n\nThe the sea.\n";
    let folder = folder(&[("recto.toml", ""), ("a.md", text), ("site/page.html", page)]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push().with_edits());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, |found| rules(found) == ["repeated-word", "repeated-word"]);
    let fixes = |actions: &[Value]| actions.iter().filter(|one| one["isPreferred"] == true).count();
    assert_eq!(fixes(&client.actions(&a, (2, 5), (2, 5), None)), 0);
    assert_eq!(fixes(&client.actions(&a, (4, 1), (4, 1), None)), 1);
    let all = client.actions(&a, (0, 0), (0, 0), Some("source.fixAll.recto"));
    if let Some(all) = all.first() {
        assert!(applied(text, all, "a.md").contains("## The the harbour\n"), "{all}");
    }
    // A rename is what was asked for; the link that it leaves behind is told.
    let at =
        json!({ "textDocument": { "uri": uri_of(&a) }, "position": { "line": 2, "character": 5 }, "newName": "Port" });
    let edit = json!({ "edit": client.ask("textDocument/rename", at) });
    assert!(applied(text, &edit, "a.md").contains("## Port\n"));
    assert!(client.wait_for("window/showMessage").to_string().contains("page.html"));
    client.leave();
}

const NOTEBOOK: &str = "{\n \"cells\": [\n  {\n   \"cell_type\": \"markdown\",\n   \"metadata\": {},\n   \"source\": [\n    \"# The \\\"sea\\\"\\n\",\n    \"\\n\",\n    \"We \\\"recieve\\\" the the water.\"\n   ]\n  }\n ],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n";

#[test]
fn a_notebook_is_judged_as_on_the_command_line_and_edited_as_json() {
    let folder = folder(&[("recto.toml", "[files]\ninclude = [\"*.ipynb\", \"*.md\"]\n"), ("a.ipynb", NOTEBOOK)]);
    let a = folder.path().join("a.ipynb");
    let mut client =
        Client::new(Wanted::push().with_edits().with("/general", json!({ "positionEncodings": ["utf-32"] })));
    client.initialize(&[folder.path()]);
    client.open(&a);
    let wanted = ["misspelling", "repeated-word"];
    let (fresh, _) = checked(folder.path());
    let places = |found: &[Value]| -> Vec<Found> {
        let place = |value: &Value| json!([value["line"], value["character"]]);
        let of = |one: &Value| (place(&one["range"]["start"]), place(&one["range"]["end"]));
        found
            .iter()
            .map(|one| ("a.ipynb".to_owned(), one["code"].as_str().unwrap_or("").to_owned(), of(one).0, of(one).1))
            .collect()
    };
    let found = client.pushed(&a, |found| rules(found) == wanted);
    assert_eq!(places(&found), fresh);
    // Findings follow what is typed before them, and into the JSON between two texts.
    client.change(&a, (6, 7), (6, 7), "Wide \\u0073ea ");
    client.change(&a, (4, 16), (4, 16), "\"x\":\n1");
    let found = client.pushed(&a, |found| rules(found) == wanted && found[0]["range"]["start"]["line"] == 9);
    fs::write(&a, client.text(&a)).expect("written");
    assert_eq!(places(&found), checked(folder.path()).0);
    let actions = client.actions(&a, (9, 13), (9, 13), None);
    let text = client.text(&a).to_owned();
    let fixed = applied(&text, &actions[0], "a.ipynb");
    assert_eq!(fixed, text.replace("recieve", "receive"));
    let hover = json!({ "textDocument": { "uri": uri_of(&a) }, "position": { "line": 9, "character": 13 } });
    assert!(client.ask("textDocument/hover", hover).to_string().contains("misspelling"));
    let hover = json!({ "textDocument": { "uri": uri_of(&a) }, "position": { "line": 15, "character": 3 } });
    assert_eq!(client.ask("textDocument/hover", hover), Value::Null);
    // No comment can allow a finding there, and the title is renamed as a string of JSON.
    assert!(actions.iter().all(|one| !one["title"].to_string().contains("Allow")), "{actions:#?}");
    let at = json!({ "textDocument": { "uri": uri_of(&a) }, "position": { "line": 7, "character": 8 }, "newName": "The \"ebb\"" });
    let edit = json!({ "edit": client.ask("textDocument/rename", at) });
    assert!(applied(&text, &edit, "a.ipynb").contains("\"# The \\\"ebb\\\"\\n\""), "{edit}");
    // Half-typed JSON has no text, and comes back.
    client.change(&a, (12, 0), (13, 0), "");
    client.pushed(&a, |found| rules(found) == ["unreadable-file"]);
    client.change(&a, (12, 0), (12, 0), " ],\n");
    client.pushed(&a, |found| rules(found) == wanted);
    client.leave();
}

const SUBTITLES: &str =
    "1\n00:00:01,000 --> 00:00:02,000\nThe the tide is in.\n\n2\n00:00:03,000 --> 00:00:04,000\nWe recieve it.\n";
const MESSAGES: &str = "msgid \"\"\nmsgstr \"\"\n\"Language: en_GB\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\nmsgid \"Tide\"\nmsgstr \"The \\\"big\\\" the the tide\"\n";

#[test]
fn subtitles_and_catalogues_are_read_as_what_they_are() {
    let folder = folder(&[
        ("recto.toml", "[files]\ninclude = [\"*.srt\", \"*.po\"]\n"),
        ("a.srt", SUBTITLES),
        ("b.po", MESSAGES),
    ]);
    let (a, b) = (folder.path().join("a.srt"), folder.path().join("b.po"));
    let mut client = Client::new(Wanted::push().with_edits());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.open(&b);
    let found = client.pushed(&a, |found| rules(found) == ["repeated-word", "misspelling"]);
    assert_eq!([&found[0]["range"]["start"]["line"], &found[1]["range"]["start"]["line"]], [2, 6]);
    let found = client.pushed(&b, |found| rules(found) == ["repeated-word"]);
    assert_eq!(found[0]["range"]["start"], json!({ "line": 6, "character": 20 }), "{found:?}");
    for at in 0..3 {
        client.change(&b, (6, 8), (6, 8), if at == 1 { "\\\"Now\\\" " } else { "so " });
    }
    client.pushed(&b, |found| rules(found) == ["repeated-word"] && found[0]["range"]["start"]["character"] == 34);
    // All files are looked for again, and what is open is still what it is.
    fs::write(
        folder.path().join("recto.toml"),
        "[files]\ninclude = [\"*.srt\", \"*.po\"]\n[rules]\nignore = [\"misspelling\"]\n",
    )
    .expect("written");
    client.pushed(&a, |found| rules(found) == ["repeated-word"]);
    client.change(&a, (2, 0), (2, 0), "So ");
    client.pushed(&a, |found| rules(found) == ["repeated-word"] && found[0]["range"]["start"]["character"] == 3);
    client.pushed(&b, |found| rules(found) == ["repeated-word"] && found[0]["range"]["start"]["character"] == 34);
    let all = client.actions(&b, (0, 0), (6, 50), Some("source.fixAll.recto"));
    if let Some(all) = all.first() {
        let text = client.text(&b).to_owned();
        assert_eq!(applied(&text, all, "b.po"), text.replace("the the", "the"));
    }
    client.leave();
}

#[test]
fn requests_after_shutdown_and_odd_frames_are_refused_in_words() {
    let frame = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
    let start = frame(r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#);
    let end = frame(r#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#);
    let exit = frame(r#"{"jsonrpc":"2.0","method":"exit"}"#);
    let run = |middle: &[u8], after: &str| {
        let input = [start.as_bytes(), middle, end.as_bytes(), after.as_bytes(), exit.as_bytes()].concat();
        let mut server = Command::new(env!("CARGO_BIN_EXE_recto"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        // The server may have ended before everything is written.
        let _ = server.stdin.take().expect("a pipe").write_all(&input);
        let output = server.wait_with_output().expect("ended");
        let told = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&told).into_owned())
    };
    let late = frame(r#"{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":{}}"#);
    let (code, told) = run(b"", &late);
    assert!(code == Some(0) && told.contains("\"id\":7") && told.contains("the server is shut down"), "{told}");
    for body in ["{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"\u{FFFD}", "hello", "[]", "null", "[[[[", ""] {
        let (code, told) = run(frame(body).as_bytes(), "");
        assert!(code == Some(0) && told.contains("-32700"), "{body}: {told}");
    }
    let (code, told) = run(b"Content-Length: 3\r\n\r\n\"\xFF\"", "");
    assert!(code == Some(0) && told.contains("-32700"), "{told}");
    for broken in [
        &b"X-Length: 2\r\n\r\n{}"[..],
        b"Content-Length: 5\r\n\r\n{\"jsonrpc\": \"2.0\"}",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 99999999999999999999\r\n\r\n",
    ] {
        let (code, told) = run(broken, "");
        assert!(code == Some(2) && told.contains("no conversation with an editor"), "{code:?} {told}");
    }
    // A body that ends early takes the next messages with it; the client is gone then.
    assert_eq!(run(b"Content-Length: 50000\r\n\r\n{}", "").0, Some(1));
}

#[test]
fn positions_within_a_character_and_edits_out_of_range_keep_the_text_whole() {
    let text = "\u{1F30A}\u{1F30A} the the sea.\n\nEnd.\n";
    for (unit, character) in [("utf-8", 9), ("utf-16", 5), ("utf-32", 3)] {
        let folder = folder(&[("a.md", text)]);
        let a = folder.path().join("a.md");
        let mut client = Client::new(Wanted::push().with("/general", json!({ "positionEncodings": [unit] })));
        client.initialize(&[folder.path()]);
        client.open(&a);
        client.pushed(&a, |found| {
            rules(found) == ["repeated-word"] && found[0]["range"]["start"]["character"] == character
        });
        let mut version = 1;
        let mut edit = |client: &mut Client, range: Value, new: &str| {
            version += 1;
            let document = json!({ "uri": uri_of(&a), "version": version });
            let change = json!({ "range": range, "text": new });
            client.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [change] }));
        };
        let at = |line: u32, character: u32| json!({ "line": line, "character": character });
        // Nothing is inserted within a character; an end before a start and places past all ends are those ends.
        for inner in 0..=8 {
            edit(&mut client, json!({ "start": at(0, inner), "end": at(0, inner) }), "");
            let hover = json!({ "textDocument": { "uri": uri_of(&a) }, "position": at(0, inner) });
            client.ask("textDocument/hover", hover);
        }
        edit(&mut client, json!({ "start": at(0, 1), "end": at(0, 0) }), "");
        edit(&mut client, json!({ "start": at(4_000_000_000, 4_000_000_000), "end": at(7, 0) }), "We recieve it.\n");
        client.pushed(&a, |found| rules(found).contains(&"misspelling"));
        // Numbers that are no positions are refused, and the text stays.
        edit(&mut client, json!({ "start": { "line": -1, "character": 0 }, "end": at(0, 0) }), "the the ");
        edit(&mut client, json!({ "start": { "line": 1e20, "character": 0 }, "end": at(0, 0) }), "the the ");
        edit(&mut client, json!({ "start": at(3, 3), "end": at(3, 10) }), "receive");
        client.pushed(&a, |found| rules(found) == ["repeated-word"]);
        client.leave();
    }
}

#[test]
fn a_file_that_is_renamed_while_it_is_open_has_its_findings_under_the_new_name() {
    let folder = folder(&[("a.md", "# A\n\nThe the sea.\n"), ("c.md", "[x](b.md#a)\n")]);
    let [a, b, c] = ["a.md", "b.md", "c.md"].map(|name| folder.path().join(name));
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.open(&c);
    client.pushed(&a, |found| rules(found) == ["repeated-word"]);
    client.pushed(&c, |found| rules(found) == ["broken-link"]);
    fs::rename(&a, &b).expect("renamed");
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri_of(&a) } }));
    client.open(&b);
    client.tell("workspace/didRenameFiles", json!({ "files": [{ "oldUri": uri_of(&a), "newUri": uri_of(&b) }] }));
    client.pushed(&a, <[Value]>::is_empty);
    client.pushed(&b, |found| rules(found) == ["repeated-word"]);
    client.pushed(&c, <[Value]>::is_empty);
    // The file goes while its buffer stays.
    fs::remove_file(&b).expect("removed");
    client.change(&b, (2, 0), (2, 0), "We recieve it. ");
    client.pushed(&b, |found| rules(found) == ["misspelling", "repeated-word"]);
    client.leave();
}

#[test]
fn a_configuration_that_breaks_while_the_server_runs_is_told_and_mended() {
    let folder = folder(&[("recto.toml", ""), ("a.md", "# A\n\nThe the sea.\n")]);
    let (a, settings) = (folder.path().join("a.md"), folder.path().join("recto.toml"));
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, |found| rules(found) == ["repeated-word"]);
    for broken in ["locale = ", "[rules]\nignore = 7\n", "\u{0}\u{1}", "locle = \"en\"\nignor = 1\n"] {
        fs::write(&settings, broken).expect("written");
        client.pushed(&settings, |found| !found.is_empty());
        // Whoever writes on meanwhile is answered.
        client.change(&a, (0, 2), (0, 3), "B");
        client.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri_of(&a) } }));
        fs::write(&settings, "[rules]\nignore = [\"repeated-word\"]\n").expect("written");
        client.pushed(&settings, <[Value]>::is_empty);
        client.pushed(&a, <[Value]>::is_empty);
        fs::write(&settings, "").expect("written");
        client.pushed(&a, |found| rules(found) == ["repeated-word"]);
    }
    fs::remove_file(&settings).expect("removed");
    client.change(&a, (2, 0), (2, 0), "We recieve it. ");
    client.pushed(&a, |found| rules(found) == ["misspelling", "repeated-word"]);
    client.leave();
}

#[test]
fn a_line_of_a_megabyte_is_edited_at_both_ends() {
    let text = format!("{}\n", "The keeper reads the gauge at noon, and writes. ".repeat(6000));
    let folder = folder(&[("a.md", text.as_str())]);
    let a = folder.path().join("a.md");
    let mut client = Client::new(Wanted::push());
    client.initialize(&[folder.path()]);
    client.open(&a);
    client.pushed(&a, |found| !rules(found).contains(&"misspelling"));
    let end = text.len() as u32 - 1;
    client.change(&a, (0, end), (0, end), "We recieve it.");
    client.change(&a, (0, 0), (0, 0), "We recieve it. ");
    client.pushed(&a, |found| rules(found).iter().filter(|rule| **rule == "misspelling").count() == 2);
    client.leave();
}
