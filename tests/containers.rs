//! Laws of text in containers: an edit of the extracted text is that edit of what is extracted from the new file, every
//! other byte stays, and fixes leave a container that is still one.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use recto::internal::collection;
use recto::internal::fix::splice::splice;
use recto::internal::input::containers::opened_by;
use recto::internal::input::decode::decode;
use recto::internal::lint::{lint, registry};
use recto::internal::model::edit::Applicability;
use recto::internal::model::extraction::PartKind;
use recto::internal::model::in_files::in_files;
use recto::internal::model::source::Source;
use recto::internal::model::span::Span;
use recto::internal::settings::{RulePatch, Settings, Tiers};
use recto::internal::settle::settle;
use serde_json::{Value, json};

/// A stretch of text with something to find or to escape.
fn passage() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("# Tides\n\n"),
        Just("The the keeper will recieve it. "),
        Just("It doesnâ€™t \"burn\".\n"),
        Just("cafÃ© 😀 \\ back\t"),
        Just("```go\nx := 1\n"),
        Just("```\n"),
        Just("1. One\n3. Three\n"),
        Just("[gone](#gone)\r\n"),
        Just("<b>bold &amp; é</b>"),
        Just("\u{FEFF}\u{200B}\u{7F}"),
        Just("\n\n"),
        Just("plain words"),
    ];
    vec(pieces, 0..5).prop_map(|pieces| pieces.concat())
}

/// The source of a cell, as one string or as one for each line.
fn source() -> impl Strategy<Value = Value> {
    let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
    prop_oneof![passage().prop_map(Value::from), passage().prop_map(move |text| lines(&text).into())]
}

fn notebook() -> impl Strategy<Value = String> {
    let kind = prop_oneof![4 => Just("markdown"), 2 => Just("code"), 1 => Just("raw"), 1 => Just("heading")];
    let cell = (kind, source(), passage()).prop_map(|(kind, source, text)| {
        json!({ "cell_type": kind, "level": 2, "metadata": {}, "outputs": [{ "text": [text] }], "source": source })
    });
    (vec(cell, 0..4), any::<bool>(), any::<bool>()).prop_map(|(cells, is_pretty, is_ascii)| {
        let notebook = json!({ "cells": cells, "metadata": {}, "nbformat": 4 });
        let text = if is_pretty { format!("{notebook:#}\n") } else { notebook.to_string() };
        if is_ascii { ascii(&text) } else { text }
    })
}

/// JSON with an escape for each character outside of ASCII.
fn ascii(json: &str) -> String {
    json.chars()
        .map(|c| match c.is_ascii() {
            true => c.to_string(),
            false => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        })
        .collect()
}

/// Subtitles, with or without numbers, and with something that no player expects.
fn subtitles() -> impl Strategy<Value = String> {
    let odd = prop_oneof![
        5 => Just(""),
        1 => Just("NOTE é\n\n"),
        1 => Just("stray\n"),
        1 => Just("9\n"),
        1 => Just("\n\n"),
    ];
    let cue = (0..100_u32, passage(), any::<bool>(), odd);
    (vec(cue, 0..6), any::<bool>(), any::<bool>()).prop_map(|(cues, is_vtt, is_crlf)| {
        let mut text = String::from(if is_vtt { "WEBVTT\n\n" } else { "" });
        for (number, said, is_numbered, odd) in cues {
            if is_numbered {
                text.push_str(&format!("{number}\n"));
            }
            text.push_str(&format!("00:01:{number:02},000 --> 00:01:{number:02},900\n{said}\n\n{odd}"));
        }
        let text = text.replace("\r\n", "\n");
        if is_crlf { text.replace('\n', "\r\n") } else { text }
    })
}

/// A catalogue in JSON, in one of two manners.
fn catalogue() -> impl Strategy<Value = String> {
    (vec(passage(), 2..6), passage(), any::<bool>()).prop_map(|(texts, more, is_ascii)| {
        let catalogue = json!({ "list": texts, "é": { "b": more }, "c": "x" });
        if is_ascii { ascii(&catalogue.to_string()) } else { format!("{catalogue:#}\n") }
    })
}

/// A text in the strings of PO, one for each line or one for all.
fn strings(text: &str, is_divided: bool) -> String {
    let escaped = |text: &str| {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        text.replace('\t', "\\t").replace('\r', "\\r")
    };
    match is_divided {
        true => text.split_inclusive('\n').fold("\"\"".to_owned(), |all, line| format!("{all}\n\"{}\"", escaped(line))),
        false => format!("\"{}\"", escaped(text)),
    }
}

/// Messages of a program with their translations.
fn messages() -> impl Strategy<Value = String> {
    let message = (passage(), vec(passage(), 1..4), any::<bool>(), any::<bool>());
    (vec(message, 0..5), any::<bool>()).prop_map(|(messages, is_crlf)| {
        let mut text = "# é\nmsgid \"\"\nmsgstr \"Language: en\\n\"\n".to_owned();
        for (at, (id, forms, is_divided, is_fuzzy)) in messages.into_iter().enumerate() {
            text.push_str(if is_fuzzy { "\n#, fuzzy\n" } else { "\n" });
            text.push_str(&format!("msgctxt \"{at}\"\nmsgid {}\n", strings(&id, is_divided)));
            match &forms[..] {
                [only] => text.push_str(&format!("msgstr {}\n", strings(only, is_divided))),
                forms => {
                    text.push_str("msgid_plural \"all\"\n");
                    for (at, form) in forms.iter().enumerate() {
                        text.push_str(&format!("msgstr[{at}] {}\n", strings(form, is_divided)));
                    }
                }
            }
        }
        text.push_str("#~ msgid \"é\"\n");
        if is_crlf { text.replace('\n', "\r\n") } else { text }
    })
}

/// Units of XLIFF with elements and CDATA in their texts.
fn units() -> impl Strategy<Value = String> {
    let unit = (passage(), passage(), passage(), any::<bool>());
    vec(unit, 0..5).prop_map(|units| {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('\r', "&#13;");
        let mut text = "<?xml version=\"1.0\"?>\n<xliff version=\"1.2\"><file target-language=\"en\">\n".to_owned();
        for (at, (source, target, more, is_cdata)) in units.into_iter().enumerate() {
            let more = if is_cdata { format!("<![CDATA[{more}]]>") } else { escaped(&more) };
            text.push_str(&format!(
                "<trans-unit id=\"{at}\"><source>{}</source><target>{}<g id=\"1\">é</g> {more}<x id=\"2\"/></target>\
                 <note>é</note></trans-unit>\n",
                escaped(&source),
                escaped(&target),
            ));
        }
        text + "</file></xliff>\n"
    })
}

/// A bank of questions in CSV, or in JSON Lines.
fn bank() -> impl Strategy<Value = (&'static str, String)> {
    let row = (0..40_u32, passage(), passage(), any::<bool>());
    (vec(row, 1..5), any::<bool>()).prop_map(|(rows, is_csv)| {
        let mut text = if is_csv { "id,q,a,é\n".to_owned() } else { String::new() };
        for (id, question, answer, is_quoted) in rows {
            match is_csv {
                true if is_quoted => {
                    let (question, answer) = (question.replace('"', "\"\""), answer.replace('"', "\"\""));
                    text.push_str(&format!("{id},\"{question}\",\"{answer}\",é\n"));
                }
                true => {
                    text.push_str(&format!("{id},{},plain words,\n", question.replace(['"', '\n', '\r', ','], " ")))
                }
                false => text.push_str(&format!("{}\n", json!({ "id": id, "q": question, "a": [answer], "é": "é" }))),
            }
        }
        (if is_csv { "a.csv" } else { "a.jsonl" }, text)
    })
}

/// The name and the text of a container.
fn container() -> impl Strategy<Value = (&'static str, String)> {
    prop_oneof![
        notebook().prop_map(|text| ("a.ipynb", text)),
        catalogue().prop_map(|text| ("a.json", text)),
        subtitles().prop_map(|text| ("a.srt", text)),
        subtitles().prop_map(|text| ("a.vtt", text)),
        messages().prop_map(|text| ("a.po", text)),
        units().prop_map(|text| ("a.xlf", text)),
        bank(),
    ]
}

fn read(name: &str, bytes: Vec<u8>) -> Source {
    opened_by(&settings(), decode(Path::new(name), bytes))
}

fn settings() -> Settings {
    let rows = "[[rows]]\nfiles = [\"*.csv\", \"*.jsonl\"]\nid = \"id\"\ntitle = \"q\"\nbody = [\"a\"]\n";
    let settings = Settings::new("/project".into(), "/project".into());
    let settings = settings.with_file(rows, Path::new("recto.toml"), &registry()).expect("settings");
    settings.with_command_line(RulePatch::default(), Tiers::GateAndAudit)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// An edit of the extracted text is made in the file and nowhere else.
    #[test]
    fn an_edit_is_what_is_extracted_afterwards(
        (name, text) in container(),
        (from, to) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        new in passage(),
    ) {
        let before = read(name, text.clone().into_bytes());
        prop_assert_eq!(before.bytes().into_owned(), text.as_bytes());
        let Some(extraction) = before.extraction() else { return Ok(()) };
        let offsets: Vec<usize> =
            before.text().char_indices().map(|(at, _)| at).chain([before.text().len()]).collect();
        let start = *from.get(&offsets);
        // Long edits seldom lie in one part.
        let near: Vec<usize> = offsets.into_iter().filter(|at| (start..start + 40).contains(at)).collect();
        let span = Span::from(start..*to.get(&near));
        // A string for programs is extracted only if it has characters outside of ASCII.
        let part = extraction.part_at(span.start).filter(|part| part.content != PartKind::Data);
        let edit = part.and_then(|_| extraction.file_edit(span, &new));
        let Some((place, written)) = edit else { return Ok(()) };
        let after = read(name, splice(text.as_bytes(), [(place.range(), written.as_bytes())]));
        let wanted = splice(before.text().as_bytes(), [(span.range(), new.as_bytes())]);
        prop_assert!(after.container_defect().is_none(), "{:?}", after.container_defect());
        prop_assert_eq!(after.text().as_bytes(), wanted.as_slice());
    }

    /// Fixes leave a container; fixing again changes nothing; findings and edits are inside of the file.
    #[test]
    fn fixes_leave_a_container((name, text) in container()) {
        let settings = settings();
        let files = |bytes: Vec<u8>| -> Vec<(PathBuf, Vec<u8>)> { vec![(name.into(), bytes)] };
        let judged = collection(files(text.clone().into_bytes()), &settings);
        let is_container = judged.documents[0].source.extraction().is_some();
        let found = lint(&judged, &settings);
        let (of_files, located) = in_files(Cow::Borrowed(&judged), found);
        for finding in &located {
            prop_assert_ne!(finding.rule, "internal-error");
            prop_assert!(of_files.documents[0].text().get(finding.primary.span.range()).is_some());
            for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                prop_assert!(text.get(edit.span.range()).is_some());
            }
        }
        let settled = settle(judged, &settings, Applicability::Unsafe);
        let fixed = settled.collection.documents[0].source.bytes().into_owned();
        prop_assert_eq!(read(name, fixed.clone()).extraction().is_some(), is_container);
        if settled.cycles.is_empty() {
            let again = collection(files(fixed.clone()), &settings);
            let again = settle(again, &settings, Applicability::Unsafe);
            prop_assert_eq!(again.collection.documents[0].source.bytes().into_owned(), fixed.as_slice());
        }
    }

    /// Bytes that may or may not be a container are read and checked without a panic.
    #[test]
    fn any_bytes_are_read(
        (name, text) in container(),
        at in any::<prop::sample::Index>(),
        bytes in vec(any::<u8>(), 0..6),
    ) {
        let mut broken = text.into_bytes();
        if !broken.is_empty() {
            let at = at.index(broken.len());
            broken.splice(at..(at + bytes.len()).min(broken.len()), bytes);
        }
        let settings = settings();
        let judged = collection(vec![(name.into(), broken.clone())], &settings);
        prop_assert_eq!(judged.documents[0].source.bytes().into_owned(), broken.as_slice());
        for finding in lint(&judged, &settings) {
            prop_assert_ne!(finding.rule, "internal-error");
        }
    }
}

/// Lints and fixes a notebook with unsafe fixes; returns the rules of its findings and the new file.
fn fixed(notebook: &str) -> (Vec<&'static str>, String) {
    let settings = Settings::new("/project".into(), "/project".into());
    let judged = collection(vec![("a.ipynb".into(), notebook.as_bytes().to_vec())], &settings);
    let rules = lint(&judged, &settings).iter().map(|finding| finding.rule).collect();
    let settled = settle(judged, &settings, Applicability::Unsafe);
    (rules, String::from_utf8(settled.collection.documents[0].source.bytes().into_owned()).expect("UTF-8"))
}

#[test]
fn colours_in_the_output_of_a_cell_were_defects() {
    let output = json!({ "cells": [{ "cell_type": "code", "source": ["run()"], "outputs": [
        { "text": ["\u{1b}[32m━━\u{1b}[0m done\u{200b}\n"] }, { "text": ["It doesnâ€™t burn.\n"] }] }] });
    let (rules, text) = fixed(&output.to_string());
    assert_eq!(rules, ["mojibake"]);
    assert!(text.contains("\\u001b[32m━━\\u001b[0m done\u{200b}") && text.contains("doesn’t"), "{text}");
}

#[test]
fn a_cell_was_given_the_line_breaks_of_another_one() {
    let cells = json!({ "cells": [
        { "cell_type": "code", "source": ["a = 'é'\r\n", "b"], "outputs": [] },
        { "cell_type": "markdown", "source": ["Text is\n", "\n", "```\n", "x\n"] }] });
    let (rules, text) = fixed(&cells.to_string());
    assert!(rules.contains(&"unclosed-delimiter") && !text.contains("x\\r\\n"), "{rules:?} {text}");
}

/// The rules of the findings about some files, in both tiers, with their places.
fn found(files: &[(&str, &str)]) -> Vec<(String, &'static str, u32)> {
    let files = files.iter().map(|(name, text)| recto::File::new(*name, *text));
    let report = recto::check(files, &recto::Config::default().with_audit_tier());
    let of = |finding: recto::ReportedFinding| (finding.path.display().to_string(), finding.rule, finding.line);
    report.findings().map(of).collect()
}

/// The rules of the findings about versions, each a file.
fn compared(files: &[(&str, &str)]) -> Vec<&'static str> {
    let versions = files.iter().map(|(name, text)| recto::NamedVersion::new(*name, [recto::File::new(*name, *text)]));
    let comparison = recto::compare(versions).expect("versions");
    comparison.findings().map(|finding| finding.rule).collect()
}

const CUE: &str = "00:00:01,000 --> 00:00:02,000\n";

#[test]
fn words_that_touch_a_tag_were_not_seen() {
    let text = format!("1\n{CUE}{{\\an8}}<i>teh</i> lamp is lit and <b>recieve</b>d by the keeper.\n");
    let rules: Vec<_> = found(&[("a.srt", &text)]).into_iter().map(|found| found.1).collect();
    assert_eq!(rules, ["misspelling", "misspelling"]);
}

#[test]
fn lines_of_a_container_that_end_in_different_ways_were_not_told() {
    let text = format!("1\r\n{CUE}The tide is low.\r\n\r\n");
    let rules: Vec<_> = found(&[("a.srt", &text)]).into_iter().map(|found| found.1).collect();
    assert_eq!(rules, ["mixed-line-endings"]);
}

#[test]
fn half_a_pair_of_surrogates_in_code_was_a_lost_character() {
    let notebook =
        |kind: &str| format!("{{\"cells\": [{{\"cell_type\": \"{kind}\", \"source\": [\"a = '\\ud83d'\"]}}]}}");
    assert_eq!(found(&[("a.ipynb", &notebook("code"))]), []);
    assert_eq!(found(&[("a.ipynb", &notebook("markdown"))])[0].1, "lost-character");
}

#[test]
fn a_text_without_a_translation_lacks_no_placeholder() {
    let en = r#"{"a": "Hello {name}", "b": "Bye", "c": "Yes"}"#;
    let de = r#"{"a": "", "b": "Tschüss", "c": "Ja"}"#;
    assert_eq!(compared(&[("en.json", en), ("de.json", de)]), [""; 0]);
}

#[test]
fn plural_forms_of_another_language_were_missing() {
    let en = r#"{"files_one": "{count} file", "files_other": "{count} files", "open": "Open", "bye": "Bye"}"#;
    let pl = r#"{"files_one": "{count} plik", "files_few": "{count} pliki", "files_many": "{count} plików",
        "open": "Otwórz", "bye": "Do widzenia"}"#;
    assert_eq!(compared(&[("en.json", en), ("pl.json", pl)]), [""; 0]);
    let without = r#"{"open": "Otwórz", "bye": "Do widzenia", "no": "Nie"}"#;
    assert_eq!(compared(&[("en.json", en), ("pl.json", without)]), ["missing-item", "missing-item"]);
}

#[test]
fn keys_that_look_like_times_were_taken_for_those_of_cues() {
    let en = r#"{"12:30": "Half past twelve", "noon": "At noon", "gone": "It is gone"}"#;
    let de = r#"{"12:30": "Um halb eins", "noon": "Am Mittag", "gone": "Es ist weg"}"#;
    assert_eq!(compared(&[("en.json", en), ("de.json", de)]), [""; 0]);
}

#[test]
fn of_cues_that_begin_at_once_all_were_the_first() {
    let subtitles = |texts: [&str; 3]| {
        let cue =
            |(at, text): (usize, &str)| format!("{}\n00:00:0{},000 --> 00:00:09,000\n{text}\n\n", at + 1, at / 2 + 1);
        texts.into_iter().enumerate().map(cue).collect::<String>()
    };
    let en = subtitles(["The ferry leaves.", "All aboard.", "The tide is low."]);
    let de = subtitles(["Die Fähre fährt.", "Alle an Bord.", "Es ist Ebbe."]);
    assert_eq!(compared(&[("en.srt", &en), ("de.srt", &de)]), [""; 0]);
}

const PO: &str = r#"msgid ""
msgstr "Language: de\n"

#, c-format
msgid "%s has %d lamps"
msgstr "%d hat %s Lampen"

#, c-format
msgid "%d lamp"
msgid_plural "%d lamps"
msgstr[0] "eine Lampe"
msgstr[1] "%d Lampen"

msgid "Welcome {name}"
msgstr "Willkommen"

#, fuzzy
msgid "Open %s"
msgstr "Schließen"

msgid "Close"
msgstr ""
"#;

#[test]
fn a_catalogue_of_gettext_is_two_versions() {
    let of_check = found(&[("de.po", PO)]);
    let wanted = [
        ("fact-mismatch", 6),
        ("fact-mismatch", 6),
        ("fact-mismatch", 15),
        ("missing-item", 19),
        ("outdated-item", 19),
    ];
    let mut rules: Vec<_> = of_check.iter().map(|(_, rule, line)| (*rule, *line)).collect();
    rules.sort_unstable();
    assert_eq!(rules, wanted);
    let mut rules = compared(&[("de.po", PO)]);
    rules.sort_unstable();
    assert_eq!(rules, ["fact-mismatch", "fact-mismatch", "fact-mismatch", "missing-item", "outdated-item"]);
}

#[test]
fn two_catalogues_of_gettext_are_versions_of_each_other() {
    let fr =
        PO.replace("Close\"\nmsgstr \"\"", "Close\"\nmsgstr \"Fermer\"").replace("\"Language: de", "\"Language: fr");
    let rules = compared(&[("fr.po", &fr), ("de.po", PO)]);
    assert!(rules.contains(&"missing-item"), "{rules:?}");
}

#[test]
fn placeholders_of_xliff_are_elements() {
    let text = r#"<xliff version="1.2"><file source-language="en" target-language="de">
<trans-unit id="a"><source>Open <x id="NAME"/> at <g id="1">noon</g></source><target>Öffne <x id="NAEM"/> am <g id="1">Mittag</g></target></trans-unit>
<trans-unit id="b"><source>Close <x id="NAME"/></source><target>Schließen</target></trans-unit>
</file></xliff>"#;
    let rules: Vec<_> = found(&[("de.xlf", text)]).into_iter().map(|(_, rule, line)| (rule, line)).collect();
    assert_eq!(rules, [("fact-mismatch", 2), ("fact-mismatch", 3)]);
}

#[test]
fn an_original_is_read_again_after_a_fix() {
    let text = PO.replace("Welcome {name}", "Welcome").replace("msgstr \"Willkommen\"", "msgstr \"FÃ¼r {name}\"");
    let fixed = recto::fix([recto::File::new("de.po", text)], &recto::Config::default(), recto::FixLevel::Safe);
    let paths: Vec<_> = fixed.changed.iter().map(|file| (file.path.clone(), file.bytes.len() < PO.len())).collect();
    assert_eq!(paths.len(), 1);
    assert!(String::from_utf8_lossy(&fixed.changed[0].bytes).contains("msgstr \"Für {name}\""));
}

/// The findings of `invalid-encoding` of a file, each with its message and whether its fix is safe, and the file after the
/// safe fixes.
fn of_encoding(name: &str, bytes: &[u8]) -> (Vec<(String, Option<bool>)>, String) {
    let settings = settings();
    let judged = collection(vec![(name.into(), bytes.to_vec())], &settings);
    let findings = lint(&judged, &settings).into_iter().filter(|finding| finding.rule == "invalid-encoding");
    let told = findings.map(|finding| {
        let is_safe = finding.fix.map(|fix| fix.applicability == Applicability::Safe);
        (finding.message, is_safe)
    });
    let told: Vec<_> = told.collect();
    let settled = settle(judged, &settings, Applicability::Safe);
    let fixed = String::from_utf8_lossy(&settled.collection.documents[0].source.bytes()).into_owned();
    (told, fixed)
}

const OF_FERRY: &str = "msgid \"The ferry leaves\"\nmsgstr \"Die Fähre fährt früh über das Wasser zurück\"\n";

/// Text as bytes of Latin-1.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).expect("a letter of Latin-1")).collect()
}

#[test]
fn a_stated_encoding_far_from_the_start_outlived_the_rewriting() {
    let licence = "# Licence of the harbour office, line after line.\n".repeat(60);
    let header = "msgid \"\"\nmsgstr \"\"\n\"CONTENT-TYPE: text/plain; \"\n\"charset = ISO-8859-1\\n\"\n\n";
    let (told, fixed) = of_encoding("de.po", &latin(&format!("{licence}{header}{OF_FERRY}")));
    assert_eq!(told, [("this file is Windows-1252, not UTF-8".to_owned(), Some(true))]);
    assert!(fixed.contains("charset = UTF-8\\n") && fixed.contains("Fähre"), "{fixed}");
    // A name in two strings is not rewritten, so the fix is not safe.
    let divided = "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-88\"\n\"59-1\\n\"\n\n";
    let (told, fixed) = of_encoding("de.po", &latin(&format!("{divided}{OF_FERRY}")));
    assert_eq!((told[0].1, fixed.contains("ISO-88")), (Some(false), true));
    let page = |before: &str| {
        let meta = "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=ISO-8859-1\">";
        format!("<!doctype html>\n<!-- {before} -->\n{meta}\n<p>Die Fähre fährt früh über das Wasser zurück.</p>\n")
    };
    let (_, fixed) = of_encoding("a.html", &latin(&page(&"x ".repeat(2000))));
    assert!(fixed.contains("charset=UTF-8\"") && fixed.contains("Fähre"), "{fixed}");
    let xml = "<?xml version='1.0'\n encoding = 'iso-8859-1' ?>\n<xliff version=\"1.2\"><file target-language=\"de\">\
        <trans-unit id=\"1\"><source>Back</source><target>Die Fähre fährt früh zurück</target></trans-unit></file></xliff>";
    let (_, fixed) = of_encoding("de.xlf", &latin(xml));
    assert!(fixed.contains("encoding = 'utf-8'") && fixed.contains("Fähre"), "{fixed}");
}

#[test]
fn utf8_that_states_another_encoding_was_not_told() {
    let header = |name: &str| format!("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset={name}\\n\"\n\n");
    let message = |name: &str| (format!("this file is UTF-8, but states that it is {name}"), Some(true));
    let (told, fixed) = of_encoding("de.po", format!("{}{OF_FERRY}", header("ISO-8859-1")).as_bytes());
    assert_eq!(told, [message("ISO-8859-1")]);
    assert_eq!(fixed, format!("{}{OF_FERRY}", header("UTF-8")));
    let xml = "<?xml version=\"1.0\" encoding=\"koi8-r\"?>\n<xliff version=\"1.2\"><file><trans-unit id=\"1\">\
        <source>a</source><target>é</target></trans-unit></file></xliff>";
    for name in ["de.xlf", "de.xml"] {
        let (told, fixed) = of_encoding(name, xml.as_bytes());
        assert_eq!((told, fixed), (vec![message("koi8-r")], xml.replace("koi8-r", "utf-8")), "{name}");
    }
    // Without a letter that the two have in different ways, both are true; a few pairs of bytes may be chance.
    for text in [
        format!("{}msgid \"a\"\nmsgstr \"b\"\n", header("ISO-8859-1")),
        format!("{}msgid \"a\"\nmsgstr \"ĉĵ\"\n", header("GBK")),
    ] {
        assert_eq!(of_encoding("de.po", text.as_bytes()).0, []);
    }
}

#[test]
fn a_key_and_a_message_that_are_there_twice_are_told() {
    let json = r#"{"a": "One", "b": "Two", "a": "Three", "c": "Four"}"#;
    let po = "msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"\n";
    for (name, text, line) in [("en.json", json, 1), ("de.po", po, 4)] {
        assert_eq!(found(&[(name, text)]), [(name.to_owned(), "repeated-item", line)]);
    }
}

#[test]
fn a_mark_before_a_catalogue_of_gettext_is_removed() {
    let po = "msgid \"a\"\nmsgstr \"b\"\n";
    let fixed = recto::fix(
        [recto::File::new("de.po", format!("\u{FEFF}{po}"))],
        &recto::Config::default(),
        recto::FixLevel::Safe,
    );
    assert_eq!(fixed.changed.iter().map(|file| file.bytes.as_slice()).collect::<Vec<_>>(), [po.as_bytes()]);
}
