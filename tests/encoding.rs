//! Laws of decoding and transcoding, for bytes of any kind, and the filter as users run it.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use proptest::collection::vec;
use proptest::prelude::*;
use recto::internal::fix::plan::plan;
use recto::internal::fix::splice::splice;
use recto::internal::input::decode::decode;
use recto::internal::lint::{lint, registry};
use recto::internal::model::edit::Applicability;
use recto::internal::model::source::{Origin, SegmentEncoding, Source};
use recto::internal::settings::{RulePatch, Selector, Settings, Tiers};

/// A passage in one of several scripts.
fn passage() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("# Tide — table\n\n"),
        Just("The ferry’s café, “naïve” and 5 €\r\n"),
        Just("Паром уходит в полдень\n"),
        Just("渡轮中午出发\n"),
        Just("フェリーは正午に\n"),
        Just("🟣 ├── src\n"),
        Just("plain words\n"),
    ];
    vec(pieces, 0..5).prop_map(|pieces| pieces.concat())
}

/// The passage in one of several encodings, perhaps damaged.
fn stored() -> impl Strategy<Value = Vec<u8>> {
    let legacy = |label: &'static str| {
        passage().prop_map(move |text| {
            encoding_rs::Encoding::for_label(label.as_bytes()).expect("a label").encode(&text).0.into_owned()
        })
    };
    let wide = || passage().prop_map(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    let big = passage().prop_map(|text| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>());
    let lossy = wide().prop_map(|bytes| {
        bytes.iter().flat_map(|&b| if b < 0x80 { vec![b] } else { "\u{FFFD}".into() }).collect::<Vec<u8>>()
    });
    prop_oneof![
        4 => passage().prop_map(String::into_bytes),
        2 => wide(),
        1 => big,
        1 => lossy,
        1 => legacy("windows-1252"),
        1 => legacy("windows-1251"),
        1 => legacy("gbk"),
        1 => legacy("shift_jis"),
        1 => vec(any::<u8>(), 0..12),
        1 => Just(vec![0xFF, 0xFE]),
        1 => Just(vec![0xEF, 0xBB, 0xBF]),
    ]
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![3 => vec(stored(), 0..4).prop_map(|parts| parts.concat()), 1 => vec(any::<u8>(), 0..300)]
}

fn settings() -> Settings {
    let rule = Selector::parse("invalid-encoding", &registry()).expect("a rule");
    let patch = RulePatch { select: Some(vec![rule]), ..RulePatch::default() };
    Settings::new("/project".into(), "/project".into()).with_command_line(patch, Tiers::Gate)
}

/// Returns the bytes of the file once the parts that could be decoded are UTF-8.
fn transcoded(source: &Source) -> Vec<u8> {
    let parts = source.segments().iter().map(|segment| match segment.unit {
        // A byte-order mark by itself has no text that an edit could replace.
        SegmentEncoding::Encoded(_) if !segment.text.is_empty() => source.text()[segment.text.range()].as_bytes(),
        _ => source.bytes_of(segment),
    });
    parts.collect::<Vec<_>>().concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn segments_account_for_every_byte(bytes in file()) {
        let source = decode(Path::new("a.md"), bytes.clone());
        prop_assert!(*source.bytes() == bytes[..]);
        let mut disk = if source.has_bom() { 3 } else { 0 };
        let mut text = 0;
        for segment in source.segments() {
            prop_assert_eq!((segment.disk.start, segment.text.start), (disk, text));
            (disk, text) = (segment.disk.end, segment.text.end);
            let shown = source.text().get(segment.text.range());
            prop_assert!(shown.is_some());
            if segment.unit == SegmentEncoding::Utf8 {
                prop_assert_eq!(shown.unwrap_or_default().as_bytes(), source.bytes_of(segment));
            }
            if !segment.text.is_empty() && source.declined().is_none() {
                prop_assert_eq!(source.disk_span(segment.text), Some(segment.disk));
            }
        }
        prop_assert_eq!((disk as usize, text as usize), (bytes.len(), source.text().len()));
        let offsets: Vec<u32> =
            source.text().char_indices().map(|(at, _)| source.disk_offset(at as u32)).collect();
        prop_assert!(offsets.is_sorted(), "{:?}", offsets);
        prop_assert!(offsets.iter().all(|&offset| offset as usize <= bytes.len()));
    }

    #[test]
    fn transcoding_keeps_every_character_and_every_byte_that_is_none(bytes in file()) {
        let settings = settings();
        let collection = recto::internal::collection(vec![(PathBuf::from("a.md"), bytes.clone())], &settings);
        let source = &collection.documents[0].source;
        let findings = lint(&collection, &settings);
        prop_assert!(findings.len() < 12, "{} findings", findings.len());
        let plan = plan(&findings, &collection, Applicability::Unsafe, |_| false);
        // Of two fixes that touch, one waits for the next iteration.
        prop_assume!(plan.chosen.len() == findings.iter().filter(|finding| finding.fix.is_some()).count());
        let after = match plan.edits.values().next() {
            Some(edits) => splice(&bytes, edits.iter().map(|(span, text)| (span.range(), text))),
            None => bytes.clone(),
        };
        if source.declined().is_some() {
            prop_assert_eq!((&after, findings.len()), (&bytes, 1));
        } else if !matches!(source.origin(), Origin::Binary(_) | Origin::Utf8) {
            prop_assert_eq!(after, transcoded(source));
        } else {
            prop_assert_eq!(after, bytes);
        }
    }
}

fn repair(args: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recto"));
    command.arg("repair").args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("it reads all");
    output
}

#[test]
fn the_filter_changes_nothing_but_mojibake() {
    let clean = "\u{FEFF}# Tide\r\n\r\nThe “ferry’s” café — 5 €\n\0 &amp; `f`".as_bytes();
    assert_eq!(repair(&[], clean).stdout, clean);
    let output = repair(&["--explain"], "The ferryâ€™s late\r\n".as_bytes());
    assert_eq!(output.stdout, "The ferry’s late\r\n".as_bytes());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("UTF-8 read as Windows-1252") && said.contains("proved"), "{said}");
}

#[test]
fn the_filter_makes_only_proved_repairs_if_asked() {
    let text = "The ferryâ€™s late\nÏðèâåò, êàê äåëà?\n";
    let certainties = |args: &[&str]| String::from_utf8_lossy(&repair(args, text.as_bytes()).stdout).into_owned();
    assert_eq!(certainties(&["--certainty", "proved"]), "The ferry’s late\nÏðèâåò, êàê äåëà?\n");
    assert_eq!(certainties(&["--certainty", "likely"]), "The ferry’s late\nПривет, как дела?\n");
    let row = "{\"text\": \"Ïðèâåò, êàê äåëà?\"}\n";
    assert_eq!(repair(&["--jsonl", "--certainty", "proved"], row.as_bytes()).stdout, row.as_bytes());
}

#[test]
fn the_filter_passes_data_on_and_says_so() {
    let picture = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x01";
    let output = repair(&[], picture);
    assert_eq!((output.stdout.as_slice(), output.status.code()), (&picture[..], Some(2)));
}

#[test]
fn no_row_of_a_data_set_is_lost() {
    let row = |n: usize| match n % 4 {
        0 => format!("{{\"id\": {n}, \"text\": \"The ferryâ€™s late\", \"w\": [1.50, null]}}\n"),
        1 => "not a row\n".to_owned(),
        2 => format!("{{\"text\": \"{}\"}}\n", "long ".repeat(2000)),
        _ => "\n".to_owned(),
    };
    let rows: String = (0..4000).map(row).collect();
    let output = repair(&["--jsonl"], rows.as_bytes());
    assert_eq!(String::from_utf8_lossy(&output.stdout), rows.replace("â€™", "’"));
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("line 2: not valid JSON") && said.contains("1000 of 3000 rows are malformed"), "{said}");
}

#[test]
fn compressed_streams_are_repaired_and_stay_compressed() {
    let rows: String = (0..60_000).map(|n| format!("{{\"id\":{n},\"text\":\"The ferryâ€™s late\"}}\n")).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(rows.as_bytes()).expect("memory");
    let gzip = gzip.finish().expect("memory");
    let output = repair(&["--jsonl"], &gzip);
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(output.stdout.as_slice()).read_to_string(&mut text).expect("gzip");
    assert!(text == rows.replace("â€™", "’"), "{}", String::from_utf8_lossy(&output.stderr));

    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let output = repair(&["--jsonl"], &ruzstd::encoding::compress_to_vec(rows.as_bytes(), level));
    let mut text = String::new();
    let mut frame = ruzstd::decoding::StreamingDecoder::new(output.stdout.as_slice()).expect("a frame");
    frame.read_to_string(&mut text).expect("zstd");
    assert!(text == rows.replace("â€™", "’"));

    // Without anything to repair, not even the compression changes.
    let mut clean = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    clean.write_all(b"The ferry is late.\n").expect("memory");
    let clean = clean.finish().expect("memory");
    assert_eq!(repair(&[], &clean).stdout, clean);
    let cut = repair(&["--jsonl"], &gzip[..gzip.len() / 2]);
    assert_ne!(cut.status.code(), Some(0));
}

#[test]
fn columns_of_csv_are_repaired_in_batches() {
    let row = |n: usize| match n % 3 {
        0 => format!("{n},\"itâ€™s\nlate, â€œveryâ€\u{9d}\",itâ€™s\r\n"),
        1 => format!("{n},\"{}\",\r\n", "long, \"\"quoted\"\" ".repeat(300)),
        _ => format!("{n},late,x\n"),
    };
    let csv: String = "id,text,other\r\n".to_owned() + &(0..3000).map(row).collect::<String>();
    let output = repair(&["--csv"], csv.as_bytes());
    let want = csv.replace("\"itâ€™s\nlate, â€œveryâ€\u{9d}\"", "\"it’s\nlate, “very”\"");
    assert!(output.stdout == want.as_bytes(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0));

    let missing = repair(&["--csv", "--field", "body"], b"id,text,other\n1,2,3\n");
    let said = String::from_utf8_lossy(&missing.stderr);
    assert!(
        missing.stdout.is_empty() && said.contains("no column `body`") && said.contains("id, text, other"),
        "{said}"
    );
    let tabs = repair(&["--csv", "--delimiter", "\t", "--field", "a,b"], "a\tb\nitâ€™s\titâ€™s".as_bytes());
    assert_eq!(tabs.stdout, "a\tb\nit’s\tit’s".as_bytes());
}

#[test]
fn explanations_as_json_have_positions_in_characters() {
    let rows = "{\"a\":{\"b\":\"é itâ€™s\"}}\n{\"a\":{\"b\":\"clean\"}}\n";
    let output = repair(&["--jsonl", "--field", "a.b", "--explain=json"], rows.as_bytes());
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<serde_json::Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let repairs = serde_json::json!([{
        "field": "a.b", "start": 4, "end": 7, "found": "â€™", "repair": "’", "recipe": "utf-8>windows-1252",
        "certainty": "proved", "cause": "mojibake", "left": null, "candidates": [],
    }]);
    let mut told = lines.clone();
    let score = told[0]["repairs"][0].as_object_mut().and_then(|repair| repair.remove("score")).expect("a score");
    assert_eq!(told, [serde_json::json!({"line": 1, "repairs": repairs})]);
    let item = |name: &str| score[name].as_i64().unwrap_or_else(|| panic!("{name} in {score}"));
    let sum = item("found") - item("repair") - item("chain") - item("losses") + item("cues");
    assert_eq!((item("gain"), &score["margin"]), (sum, &serde_json::Value::Null));
    assert!(score["votes"]["sum"].as_i64() >= score["votes"]["least"].as_i64(), "{score}");
    let output = repair(&["--explain=json"], "\nitâ€™s".as_bytes());
    let file: serde_json::Value = serde_json::from_slice(&output.stderr).expect("one object");
    assert_eq!((&file["path"], &file["repairs"][0]["line"]), (&"standard input".into(), &2.into()));
}

#[test]
fn a_field_that_no_row_has_is_a_mistake() {
    let output = repair(&["--jsonl", "--field", "body"], b"{\"text\":\"a\"}\n");
    assert_eq!((output.stdout.as_slice(), output.status.code()), (&b"{\"text\":\"a\"}\n"[..], Some(2)));
}

#[test]
fn an_eaten_backtick_before_a_declaration_has_two_different_candidates() {
    let bytes = b"*Fix:* \x0b := v (shadowing) inside the loop.\n".to_vec();
    let settings = Settings::new(PathBuf::from("."), PathBuf::from("."));
    let findings = lint(&recto::internal::collection(vec![(PathBuf::from("a.md"), bytes)], &settings), &settings);
    let eaten: Vec<_> = findings.iter().filter(|finding| finding.rule == "invisible-character").collect();
    assert_eq!(eaten.len(), 1);
    assert_eq!(eaten[0].candidates, ["`v`", "`v := v`"]);
}
