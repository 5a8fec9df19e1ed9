//! Decoding of clean, broken, foreign and binary files.

use super::*;
use crate::model::source::SegmentEncoding;

fn source(bytes: &[u8]) -> Source {
    decode(Path::new("a.md"), bytes.to_vec())
}

fn units(source: &Source) -> Vec<(&str, SegmentEncoding)> {
    source.segments().iter().map(|segment| (&source.text()[segment.text.range()], segment.unit)).collect()
}

fn utf16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// Returns the bytes after decoding them as UTF-8 with replacement characters.
fn lossy(bytes: &[u8]) -> Vec<u8> {
    let replaced = bytes.iter().flat_map(|&byte| if byte < 0x80 { vec![byte] } else { b"\xEF\xBF\xBD".to_vec() });
    replaced.collect()
}

#[test]
fn utf8_is_taken_as_it_is() {
    let plain = source("añb 🟣".as_bytes());
    assert_eq!((plain.origin(), plain.segments().len()), (&Origin::Utf8, 1));
    let marked = source(b"\xEF\xBB\xBFa");
    assert!(marked.has_bom());
    assert_eq!((marked.text(), marked.bytes().as_ref()), ("a", &b"\xEF\xBB\xBFa"[..]));
}

#[test]
fn a_lone_nul_does_not_make_utf16() {
    for text in ["a\0b, the rest\n", "marked \u{FEFF}twice\0\n", "the first line\0three words there\0fifteen in all\0"]
    {
        let source = source(text.as_bytes());
        assert_eq!((source.text(), source.origin()), (text, &Origin::Utf8));
    }
}

#[test]
fn utf16_is_read_with_and_without_its_mark() {
    let text = "# Fähre 🟣\r\n\r\nНабережная — пристань\r\n时刻表\r\n";
    for (name, bytes) in [("UTF-16LE", utf16le(text)), ("UTF-16BE", utf16be(text))] {
        let mark = if name == "UTF-16LE" { [0xFF, 0xFE] } else { [0xFE, 0xFF] };
        let marked = source(&[&mark, &bytes[..]].concat());
        for source in [source(&bytes), marked] {
            assert_eq!((source.text(), source.origin()), (text, &Origin::Encoded(name)));
        }
    }
}

#[test]
fn a_file_of_chinese_in_utf16_is_read_by_its_mark() {
    let text = "时刻表在码头边上挂着大家都看得见";
    assert_eq!(source(&[&[0xFF, 0xFE], &utf16le(text)[..]].concat()).text(), text);
}

#[test]
fn utf32_is_read() {
    let bytes: Vec<u8> = "né 🟣\n".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let source = source(&bytes);
    assert_eq!((source.text(), source.origin()), ("né 🟣\n", &Origin::Encoded("UTF-32LE")));
}

#[test]
fn a_tail_that_powershell_appended_is_read() {
    for (head, tail) in
        [("# Tide\n\nHigh — at noon.\n", "\r\n- Ebb\r\n- Flow\r\n"), ("odd head\n", "Прилив\r\n"), ("№\n", "x\r\n")]
    {
        let mixed = source(&[head.as_bytes(), &utf16le(tail)].concat());
        assert_eq!(units(&mixed), [(head, SegmentEncoding::Utf8), (tail, SegmentEncoding::Encoded("UTF-16LE"))]);
        let marked = source(&[head.as_bytes(), &[0xFF, 0xFE], &utf16le(tail)].concat());
        assert_eq!(units(&marked), [(head, SegmentEncoding::Utf8), (tail, SegmentEncoding::Encoded("UTF-16LE"))]);
    }
}

#[test]
fn utf8_after_utf16_is_read() {
    let tail = "and a line that another program appended in UTF-8 — so it is\n";
    let mixed = source(&[&[0xFF, 0xFE], &utf16le("first\r\nzweite für sich\r\n")[..], tail.as_bytes()].concat());
    assert_eq!(mixed.text(), format!("first\r\nzweite für sich\r\n{tail}"));
}

#[test]
fn what_a_second_misreading_lost_of_utf16_is_kept_apart() {
    let head = "# Tide\n\n";
    let tail = "\r\n## ebb\r\n\r\nWhat’s cafés\r\n";
    let bytes = [head.as_bytes(), &lossy(&utf16le(tail))].concat();
    let mixed = source(&bytes);
    // ’ is 19 20, so it survives; é is E9 00, so it does not.
    assert_eq!(mixed.text(), "# Tide\n\n\r\n## ebb\r\n\r\nWhat’s caf\u{FFFD}s\r\n");
    let lost: Vec<&Segment> =
        mixed.segments().iter().filter(|segment| segment.unit == SegmentEncoding::Invalid).collect();
    assert_eq!(mixed.bytes_of(lost[0]), "\u{FFFD}\0".as_bytes());
    assert_eq!(lost.len(), 1);
    // The loss is found again once the rest is UTF-8.
    let again = source("What’s caf\u{FFFD}\0s and so on".as_bytes());
    let invalid = ("\u{FFFD}", SegmentEncoding::Invalid);
    assert_eq!(units(&again), [("What’s caf", SegmentEncoding::Utf8), invalid, ("s and so on", SegmentEncoding::Utf8)]);
}

#[test]
fn single_bytes_are_read_as_windows_1252_and_the_rest_is_untouched() {
    let mixed = source(b"# Caf\xC3\xA9 \xE2\x80\x94 menu\n\n12\x9617 hours, it\x92s open\n");
    assert_eq!(mixed.text(), "# Café — menu\n\n12–17 hours, it’s open\n");
    assert_eq!(mixed.origin(), &Origin::Mixed);
    assert_eq!(mixed.segments().len(), 5);
}

#[test]
fn single_bytes_are_read_by_the_language_of_the_document() {
    let line = "Расписание висит на пристани, паром уходит в полдень\n";
    let (legacy, ..) = encoding_rs::WINDOWS_1251.encode("Обратно паром идёт вечером\n");
    let mixed = source(&[line.as_bytes(), &legacy, line.as_bytes()].concat());
    assert_eq!(mixed.text(), format!("{line}Обратно паром идёт вечером\n{line}"));
}

#[test]
fn whole_files_in_a_code_page_are_read() {
    let texts = [
        ("windows-1252", "Das Fährschiff legt für Gäste um fünf ab. “Früh”, sagt man dort.\n"),
        ("windows-1251", "Паром уходит в полдень, а обратно идёт только вечером.\n"),
        ("KOI8-R", "Паром уходит в полдень, а обратно идёт только вечером.\n"),
        ("windows-1250", "Žluťoučký kůň se loučí u přívozu, loď odplouvá večer.\n"),
        ("Shift_JIS", "フェリーは正午に出発します。時刻表は桟橋にあります。\n"),
        ("gb18030", "渡轮中午出发，时刻表挂在码头边上，晚上返回。\n"),
        ("EUC-KR", "여객선은 정오에 출발하며 시간표는 부두에 있습니다.\n"),
    ];
    for (name, text) in texts {
        let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).expect("a label");
        let source = source(&encoding.encode(&text.repeat(3)).0);
        assert_eq!(source.text(), text.repeat(3), "{name}");
        assert!(matches!(source.origin(), Origin::Encoded(_)), "{name}");
    }
}

#[test]
fn a_character_cut_at_the_end_is_kept_as_bytes() {
    let cut = source("Abfahrt — heute 🟣".as_bytes().split_last().expect("not empty").1);
    assert_eq!(cut.text(), "Abfahrt — heute \u{FFFD}");
    assert_eq!(units(&cut).last().expect("two").1, SegmentEncoding::Invalid);
}

#[test]
fn a_character_cut_in_the_middle_of_a_line_does_not_turn_its_line_into_windows_1252() {
    let mixed = source(b"It is 11 \xC2\xB0C, \xB1 1 \xB0C.\n\nIt is late \xE2\x80 and cold.\n");
    assert_eq!(mixed.text(), "It is 11 °C, ± 1 °C.\n\nIt is late \u{FFFD} and cold.\n");
}

#[test]
fn data_is_no_text() {
    let noise: Vec<u8> = (0u32..4000).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let picture = [b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", &noise[..]].concat();
    let mangled = String::from_utf8_lossy(&picture).into_owned().into_bytes();
    for (at, bytes) in [noise, picture, mangled, vec![0; 100_000]].into_iter().enumerate() {
        let source = source(&bytes);
        assert!(matches!(source.origin(), Origin::Binary(_)), "{at}: {:?}", source.origin());
        assert_eq!(source.bytes().as_ref(), &bytes[..]);
    }
}

#[test]
fn plain_ascii_beside_a_broken_byte_is_not_said_to_be_in_another_encoding() {
    let source = decode(Path::new("a.md"), b"\r\x80".to_vec());
    let units: Vec<_> = source.segments().iter().map(|segment| segment.unit).collect();
    assert_eq!(units, [SegmentEncoding::Utf8, SegmentEncoding::Invalid]);
}
