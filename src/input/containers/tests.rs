//! Tests of the extraction of each kind of container.

use std::path::Path;

use super::*;
use crate::input::decode::decode;
use crate::model::extraction::PartKind;
use crate::model::span::Span;

pub(super) fn file(name: &str, text: &str) -> Source {
    opened(decode(Path::new(name), text.as_bytes().to_vec()))
}

/// The parts of a container, each with its name, its kind and its text.
pub(super) fn parts(source: &Source) -> Vec<(&str, PartKind, &str)> {
    let extraction = source.extraction().expect("a container");
    extraction
        .parts()
        .iter()
        .map(|part| (part.name.as_str(), part.content, &source.text()[part.text.range()]))
        .collect()
}

/// The file with the first `old` of its extracted text replaced; `None` if the container cannot have that.
pub(super) fn edited(source: &Source, old: &str, new: &str) -> Option<String> {
    let start = source.text().find(old).expect("in the extracted text") as u32;
    let span = Span::new(start, start + old.len() as u32);
    let (span, new) = source.extraction().expect("a container").file_edit(span, new)?;
    let mut text = source.file_text().to_owned();
    text.replace_range(span.range(), &new);
    Some(text)
}

const NOTEBOOK: &str = r##"{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {"title": "Caf\u00e9"},
   "source": [
    "# Tides\n",
    "It doesn\u2019t \ud83d\ude00 \"rise\"."
   ]
  },
  {
   "cell_type": "code",
   "outputs": [{"text": ["ascii\n", "d\u00e9j\u00e0\n"]}],
   "source": ["a = 1\n", "b = 2"]
  },
  {"cell_type": "markdown", "metadata": {}, "source": "One\ntwo"},
  {"cell_type": "markdown", "metadata": {}, "source": []},
  {"cell_type": "markdown", "metadata": {}, "source": ""}
 ],
 "nbformat": 4
}
"##;

#[test]
fn cells_are_parts_and_other_strings_are_checked_for_their_characters() {
    let source = file("a.ipynb", NOTEBOOK);
    let wanted = [
        ("cell 1", PartKind::Data, "Café"),
        ("cell 1", PartKind::Markdown, "# Tides\nIt doesn’t 😀 \"rise\"."),
        ("cell 2", PartKind::Data, "déjà\n"),
        ("cell 2", PartKind::Code, "a = 1\nb = 2"),
        ("cell 3", PartKind::Markdown, "One\ntwo"),
        ("cell 5", PartKind::Markdown, ""),
    ];
    assert_eq!(parts(&source), wanted);
    assert_eq!(source.bytes().as_ref(), NOTEBOOK.as_bytes());
}

#[test]
fn places_are_those_of_the_file() {
    let source = file("a.ipynb", NOTEBOOK);
    let extraction = source.extraction().expect("a container");
    for (text, written) in [("’", "\\u2019"), ("😀", "\\ud83d\\ude00"), ("\"r", "\\\"r"), ("two", "two")] {
        let start = source.text().find(text).expect("there") as u32;
        let span = extraction.file_span(Span::new(start, start + text.len() as u32));
        assert_eq!(&NOTEBOOK[span.range()], written);
        assert_eq!(source.disk_offset(start), span.start);
        assert!(extraction.part_at(start).is_some());
    }
    let at = source.text().find("It doesn").expect("there") as u32;
    assert_eq!((extraction.position(at).line, extraction.position(at).column), (8, 6));
}

#[test]
fn edits_are_written_in_the_manner_of_the_notebook() {
    let source = file("a.ipynb", NOTEBOOK);
    let replaced = |old: &str, new: &str| edited(&source, old, new).expect("an edit");
    // Characters outside of ASCII are escapes in this file, and so are quotation marks in every one.
    assert!(replaced("’", "'s é \"x\" \\ 😀").contains(r#""It doesn's \u00e9 \"x\" \\ \ud83d\ude00t \ud83d\ude00"#));
    // A new line is an element of its own, in the layout of the list.
    assert!(replaced("\"rise\".", "rise.\n\nNow.").contains("rise.\\n\",\n    \"\\n\",\n    \"Now.\"\n"));
    assert!(replaced("b = 2", "b\nc\n").contains("[\"a = 1\\n\", \"b\\n\", \"c\\n\"]"));
    assert!(replaced("One\n", "").contains("\"source\": \"two\""));
    assert!(replaced("One\n", "1\n2\n").contains("\"source\": \"1\\n2\\ntwo\""));
    // Across elements: what was between them goes.
    assert!(replaced("Tides\nIt", "It").contains("    \"# It doesn"));
    let plain = file("b.ipynb", &NOTEBOOK.replace("\\u2019", "’"));
    assert!(edited(&plain, "One", "é").is_some_and(|text| text.contains("\"é\\ntwo\"")));
}

#[test]
fn what_a_notebook_cannot_have_is_no_edit() {
    let source = file("a.ipynb", NOTEBOOK);
    // From one cell into the next, and in what was added between them.
    assert_eq!(edited(&source, "\"rise\".\n\n", ""), None);
    assert_eq!(edited(&source, "\n\ndéjà", "déjà"), None);
    let smile = source.text().find('😀').expect("there") as u32;
    assert!(source.extraction().expect("a container").file_edit(Span::new(smile, smile + 1), "x").is_none());
}

#[test]
fn an_empty_cell_can_be_filled() {
    let source = file("a.ipynb", NOTEBOOK);
    let last = source.extraction().expect("a container").parts().last().expect("a part").text;
    let (span, new) = source.extraction().expect("a container").file_edit(last, "x").expect("an edit");
    assert_eq!((&NOTEBOOK[span.start as usize - 11..span.end as usize + 1], &*new), ("\"source\": \"\"", "x"));
}

#[test]
fn notebooks_of_the_third_format_have_worksheets_and_headings() {
    let text = r#"{"nbformat": 3, "worksheets": [{"cells": [
        {"cell_type": "heading", "level": 2, "source": ["Tides"]},
        {"cell_type": "code", "input": ["x"], "outputs": []}]},
        {"cells": [{"cell_type": "markdown", "source": "y"}]}]}"#;
    let source = file("a.ipynb", text);
    let wanted = [
        ("cell 1", PartKind::Markdown, "## Tides"),
        ("cell 2", PartKind::Code, "x"),
        ("cell 3", PartKind::Markdown, "y"),
    ];
    assert_eq!(parts(&source), wanted);
    assert_eq!(edited(&source, "## T", "T"), None);
    assert!(edited(&source, "Tides", "Ebb").is_some_and(|text| text.contains("[\"Ebb\"]")));
}

#[test]
fn a_broken_notebook_is_text_with_a_defect() {
    for (text, at, reason) in [
        ("{\"cells\": [\n  {\"source\" \"é\"}]}", 24, "is not JSON: expected `:`"),
        ("{\"cells\": [", 10, "is not JSON: EOF while parsing a list"),
        ("{\"nbformat\": 4}", 0, "has no list of cells"),
        ("[]", 0, "has no list of cells"),
    ] {
        let source = file("a.ipynb", text);
        let defect = source.container_defect().expect("a defect");
        assert_eq!((defect.at, defect.reason.as_str()), (at, reason), "{text}");
        assert_eq!((source.text(), source.extraction().is_none()), (text, true));
    }
}

#[test]
fn a_notebook_in_another_encoding_waits_until_it_is_utf_8() {
    let bytes: Vec<u8> = NOTEBOOK.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let source = opened(decode(Path::new("a.ipynb"), [b"\xFF\xFE".to_vec(), bytes].concat()));
    assert!(source.extraction().is_none() && source.container_defect().is_none());
    let then = as_before(&source, decode(Path::new("a.ipynb"), NOTEBOOK.into()));
    assert!(then.extraction().is_some());
}

const SUBRIP: &str = "\u{FEFF}1\r\n00:00:01,000 --> 00:00:02,500 X1:40\r\n<i>The ferry</i>\r\nis late.\r\n\r\n\
    3\r\n00:00:03,000 --> 00:00:04,000\r\n\r\n4\r\n00:01:05,000 --> 00:01:06,000\r\n7\r\n";

#[test]
fn cues_are_entries_with_their_number_and_their_time() {
    let source = file("a.srt", SUBRIP);
    let wanted = [
        ("cue 1", PartKind::Entry, "1. 00:00:01,000\n<i>The ferry</i>\r\nis late."),
        ("cue 3", PartKind::Entry, "3. 00:00:03,000\n"),
        ("cue 4", PartKind::Entry, "4. 00:01:05,000\n7"),
    ];
    assert_eq!(parts(&source), wanted);
    let ids: Vec<_> = source.extraction().expect("a container").parts().iter().map(|part| part.id.as_deref()).collect();
    assert_eq!(ids, [Some("00:00:01.000"), Some("00:00:03.000"), Some("00:01:05.000")]);
    assert_eq!(source.bytes().as_ref(), SUBRIP.as_bytes());
}

#[test]
fn a_cue_is_edited_but_never_divided() {
    let source = file("a.srt", SUBRIP);
    assert!(edited(&source, "late", "late\r\nand").is_some_and(|text| text.contains("is late\r\nand.\r\n")));
    assert!(edited(&source, "3", "2").is_some_and(|text| text.contains("\r\n2\r\n00:00:03")));
    for (old, new) in [
        ("late", "late\r\n\r\nand"),
        ("is late.", ""),
        ("late", "--> 4"),
        ("1. 00:00:01", "2"),
        ("00:00:01", "0"),
        ("4. ", "5. "),
        ("4", "four"),
        ("\r\nis late.", "\r"),
    ] {
        assert_eq!(edited(&source, old, new), None, "{old} -> {new}");
    }
}

#[test]
fn cues_of_webvtt_may_have_no_number() {
    let text = "WEBVTT - Fähre\n\nNOTE nothing\n\nSTYLE\n::cue { color: red }\n\n\
        01:01.000 --> 01:02.000 align:start\n<v Ann>Hi &amp; bye\n\nintro\n01:03.000 --> 01:04.000\nYes\n";
    let source = file("a.vtt", text);
    let wanted = [
        ("outside of the cues", PartKind::Data, "WEBVTT - Fähre\n\nNOTE nothing\n\nSTYLE\n::cue { color: red }\n\n"),
        ("cue 1", PartKind::Entry, "1. 01:01.000\n<v Ann>Hi &amp; bye"),
        ("cue 2", PartKind::Entry, "2. 01:03.000\nYes"),
    ];
    assert_eq!(parts(&source), wanted);
}

#[test]
fn broken_subtitles_are_text_with_a_defect() {
    for (text, at) in [("1\nHi\n", 0), ("1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n00:00:0x --> 4\nNo\n", 38)] {
        let source = file("a.srt", text);
        assert_eq!(source.container_defect().map(|defect| defect.at), Some(at), "{text}");
    }
    assert!(file("a.vtt", "WEBVTT\n\nSTYLE\n::cue { color: red }\n").extraction().is_some());
    // An arrow in what is said is none.
    assert!(file("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nA --> B\n").extraction().is_some());
}

const CATALOGUE: &str =
    r#"{"home": {"title": "Gr\u00fc\u00dfe, {name}", "more": ["One\ntwo", ""]}, "sch\u00f6n": "Yes"}"#;

#[test]
fn texts_of_a_catalogue_are_entries_by_their_keys() {
    let source = file("de.json", CATALOGUE);
    let wanted = [
        ("key home.title", PartKind::Entry, "home.title\nGrüße, {name}"),
        ("key home.more.0", PartKind::Entry, "home.more.0\nOne\ntwo"),
        ("key home.more.1", PartKind::Entry, "home.more.1\n"),
        ("key sch\\u00f6n", PartKind::Data, "schön"),
        ("key sch\\u00f6n", PartKind::Entry, "sch\\u00f6n\nYes"),
    ];
    assert_eq!(parts(&source), wanted);
    assert!(edited(&source, "Grüße", "Küsse").is_some_and(|text| text.contains("\"K\\u00fcsse, {name}\"")));
    assert!(edited(&source, "One\n", "1\n2\n").is_some_and(|text| text.contains("\"1\\n2\\ntwo\"")));
    assert_eq!(edited(&source, "home.title", "title"), None);
}

#[test]
fn an_entry_that_begins_with_its_key_was_at_the_end_of_the_entry_before() {
    let source = file("de.json", "{\"a\": \"Eins\",\n \"b\": \"Zwei\",\n \"c\": \"Drei\"}");
    let extraction = source.extraction().expect("a container");
    let lines: Vec<u32> = extraction.parts().iter().map(|part| extraction.position(part.text.start).line).collect();
    assert_eq!(lines, [1, 2, 3]);
}

#[test]
fn json_that_is_nested_deeply_overflowed_the_stack() {
    let deep = |name, open: &str, close: &str| {
        file(name, &format!("{{\"a\":{}{}}}", open.repeat(50_000), close.repeat(50_000)))
    };
    assert!(deep("a.json", "[", "]").extraction().is_none());
    let notebook = deep("a.ipynb", "[", "]");
    assert!(notebook.container_defect().is_some_and(|defect| defect.reason.contains("128 levels")));
    assert!(file("b.ipynb", "{\"cells\": [], \"a\": \"[[[[\\\"[\"}").extraction().is_some());
}

#[test]
fn a_line_of_a_cue_with_a_digit_and_an_arrow_made_the_file_unreadable() {
    assert!(file("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n5 --> 6 is one\n").extraction().is_some());
    assert!(file("a.srt", "1\n00:00:01,000 -> 00:00:02\n").extraction().is_none());
}

#[test]
fn settings_in_json_were_taken_for_a_catalogue() {
    let text = r#"{"name": "lamp", "files": ["dist", "seperate"], "license": "MIT"}"#;
    for name in ["package.json", "tsconfig.build.json", ".prettierrc.json", "vite.config.json", "a.schema.json"] {
        assert!(file(name, text).extraction().is_none(), "{name}");
    }
    assert!(file("en.json", r#"{"$schema": "x", "a": "b", "c": "d"}"#).extraction().is_none());
    assert!(file("en.json", text).extraction().is_some());
}

#[test]
fn other_json_is_text_without_a_defect() {
    for text in [
        r#"{"a": "x", "b": "y", "c": "z", "private": true}"#,
        r#"{"a": "x"}"#,
        r#"["x", "y", "z"]"#,
        "{\"a\": \"x\", // why\n\"b\": \"y\"}",
    ] {
        let source = file("other.json", text);
        assert!(source.extraction().is_none() && source.container_defect().is_none(), "{text}");
        assert_eq!(source.container(), None);
    }
}

#[test]
fn a_text_after_an_empty_line_of_a_cue_was_not_read() {
    let text = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\nThree\n";
    let source = file("a.srt", text);
    let texts: Vec<&str> = parts(&source).iter().map(|part| part.2).collect();
    assert_eq!(texts, ["1. 00:00:01,000\nOne\n\ntwo", "2. 00:00:03,000\nThree"]);
    assert!(edited(&source, "two", "2").is_some_and(|text| text.contains("One\n\n2\n\n2\n00:00:03")));
    assert_eq!(edited(&source, "two", ""), None);
}

#[test]
fn remarks_beside_cues_could_not_be_fixed() {
    let source = file("a.vtt", "WEBVTT\n\nNOTE FÃ¤hre\n\n00:01.000 --> 00:02.000\nYes\n");
    assert!(edited(&source, "Ã¤", "ä").is_some_and(|text| text.contains("NOTE Fähre\n\n00:01")));
    assert_eq!(edited(&source, "Ã¤", "ä\n"), None);
}

#[test]
fn a_cue_with_an_arrow_could_not_be_fixed() {
    let source = file("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nFrom A --> teh quay\n");
    assert!(edited(&source, "teh", "the").is_some_and(|text| text.contains("A --> the quay")));
    assert_eq!(edited(&source, "teh", "-->"), None);
}

#[test]
fn of_two_members_with_one_key_the_first_counted() {
    let source = file("de.json", r#"{"a": "Eïns", "b": "Zwei", "a": "Drei", "c": "Vier"}"#);
    let wanted = [
        ("key a", PartKind::Data, "a"),
        ("key a", PartKind::Data, "Eïns"),
        ("key b", PartKind::Entry, "b\nZwei"),
        ("key a", PartKind::Data, "a"),
        ("key a", PartKind::Entry, "a\nDrei"),
        ("key c", PartKind::Entry, "c\nVier"),
    ];
    let found: Vec<_> = parts(&source).into_iter().map(|(_, kind, text)| (kind, text)).collect();
    assert_eq!(found, wanted.map(|(_, kind, text)| (kind, text)));
}

#[test]
fn a_removed_line_left_an_empty_string_in_the_list() {
    let cell = |lines: &str| format!("{{\"cells\": [{{\"cell_type\": \"markdown\", \"source\": [{lines}]}}]}}");
    let source = file("a.ipynb", &cell("\"One\\n\",\n  \"two\\n\",\n  \"three\""));
    assert_eq!(edited(&source, "two\n", ""), Some(cell("\"One\\n\",\n  \"three\"")));
    assert_eq!(edited(&source, "One\ntwo\n", ""), Some(cell("\"three\"")));
    assert_eq!(edited(&source, "three", ""), Some(cell("\"One\\n\",\n  \"two\\n\"")));
    assert_eq!(edited(&source, "One\ntwo\nthree", ""), Some(cell("\"\"")));
}

#[test]
fn a_cue_with_a_broken_arrow_was_passed_over() {
    let cue = |times: &str| format!("1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n{times}\nTwo\n");
    let defect = |times: &str| file("a.srt", &cue(times)).container_defect().map(|defect| defect.at);
    for arrow in [" -> ", " –> ", " → ", "->", " - -> "] {
        assert_eq!(defect(&format!("00:00:03,000{arrow}00:00:04,000")), Some(39), "{arrow}");
    }
    for text in ["10:30 -> 11:00", "1.5 -> 2.5", "00:00:03,000 to 00:00:04,000", "At 0:01.5 -> 0:02.5"] {
        assert_eq!(defect(text), None, "{text}");
    }
}

#[test]
fn a_key_that_is_there_twice_was_passed_over_in_silence() {
    let source = file("de.json", r#"{"a": "One", "b": "Two", "c": {"x": "3", "x": "4"}, "a": "Five"}"#);
    let extraction = source.extraction().expect("a container");
    let repeats: Vec<_> = extraction
        .repeats()
        .iter()
        .map(|key| {
            (key.name.as_str(), extraction.file_offset(key.unused.start), extraction.file_offset(key.used.start))
        })
        .collect();
    assert_eq!(repeats, [("a", 2, 53), ("c.x", 32, 42)]);
    let ids: Vec<_> = extraction.parts().iter().filter_map(|part| part.id.as_deref()).collect();
    assert_eq!(ids, ["b", "c.x", "a"]);
}

#[test]
fn the_forms_of_a_plural_were_entries_of_their_own() {
    let text = r#"{"n_one": "a lamp", "n_other": "{n} lamps", "f": {"one": "x", "few": "y", "other": "z"}, "one": "1", "b": "2"}"#;
    let source = file("de.json", text);
    let ids: Vec<_> =
        source.extraction().expect("a container").parts().iter().filter_map(|part| part.id.as_deref()).collect();
    assert_eq!(ids, ["n_other", "f.other", "one", "b"]);
    let further =
        parts(&source).iter().filter(|part| part.1 == PartKind::Further).map(|part| part.2).collect::<Vec<_>>();
    assert_eq!(further, ["{n} lamps", "y", "z"]);
}
