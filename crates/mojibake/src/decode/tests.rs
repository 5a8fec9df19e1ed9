//! Decoding of whole files in legacy encodings.

use super::*;

/// Encodes in a single-byte encoding of `pages`.
fn encoded(text: &str, name: &str) -> Vec<u8> {
    let page = pages::PAGES.iter().find(|page| page.name == name).expect("an encoding");
    let byte = |c: char| (0..=0xFF).find(|&byte| page.read(byte) == Some(c)).unwrap_or_else(|| panic!("{c}"));
    text.chars().map(byte).collect()
}

#[test]
fn romanian_letters_with_a_comma_and_with_a_cedilla_are_the_same_bytes() {
    let text = "Numele trebuie să conțină cel puțin trei litere.\nAdăugați un grup și apăsați aici, vă rugăm.\n\
                Pașii următori sunt descriși în manual, în secțiunea despre știri.\n";
    let decoded = decode(&encoded(text, "ISO-8859-16"));
    assert_eq!(decoded.certainty, DecodingCertainty::Likely);
    assert!(decoded.candidates.contains(&"ISO-8859-16"), "{:?}", decoded.candidates);
}

#[test]
fn an_apostrophe_of_iso_8859_7_is_no_capital_within_a_word() {
    let text = "Το πλοίο φεύγει απ’ το λιμάνι αύριο το πρωί.\nΆνεμοι και κύματα τ’ουρανού και της θάλασσας.\n\
                Πέρασε σ’ένα σπίτι κοντά στον πάγκο και απ’την πόρτα βγήκε.\n";
    let decoded = decode(&encoded(text, "ISO-8859-7"));
    assert!(decoded.text == text || decoded.certainty == DecodingCertainty::Likely, "{}", decoded.text);
}

#[test]
fn an_encoding_that_has_every_byte_of_the_file_goes_before_one_that_leaves_some() {
    let text = "Preţurile au crescut cu 3‰ faţă de luna trecută, spune „ministrul”.\n\
                Oraşul şi-a păstrat farmecul, iar străzile sunt pline în fiecare seară.\n";
    let decoded = decode(&encoded(text, "windows-1250"));
    assert_eq!(decoded.text, text);
}

#[test]
fn a_declared_encoding_covers_letters_that_are_utf8_by_chance() {
    // In KOI8-R the bytes of "лё" are a UTF-8 character.
    let text = "<?xml version=\"1.0\" encoding=\"koi8-r\"?>\n<p>Письма можно оставить у соседки.</p>\n\
                <p>Завтра утром почта закрыта, номер забыт.</p>\n<p>Клёпы и заклёпки лежат в ящике.</p>\n";
    let decoded = decode(&encoded(text, "KOI8-R"));
    assert_eq!((decoded.text.as_str(), decoded.encoding), (text, FileEncoding::Encoded("KOI8-R")));
}

#[test]
fn pieces_cover_all_bytes_of_a_mixture_that_begins_with_a_mark() {
    let decoded = decode(b"\xEF\xBB\xBF# Tide \xE2\x80\x94 caf\xE9 at the pier\n");
    assert_eq!(
        (decoded.text.as_str(), &decoded.encoding),
        ("\u{FEFF}# Tide — café at the pier\n", &FileEncoding::Mixed)
    );
    assert_eq!(decoded.pieces.first().map(|piece| piece.bytes.start), Some(0));
    assert_eq!(decoded.pieces.last().map(|piece| piece.text.end), Some(decoded.text.len()));
}

#[test]
fn a_mark_and_one_code_unit_are_utf16() {
    for (bytes, text, encoding) in [
        (&b"\xFE\xFF\x82\x39"[..], "船", "UTF-16BE"),
        (b"\xFF\xFE\x3C\xBB", "물", "UTF-16LE"),
        (b"\xFE\xFF\0A", "A", "UTF-16BE"),
    ] {
        let decoded = decode(bytes);
        assert_eq!((decoded.text.as_str(), decoded.encoding), (text, FileEncoding::Encoded(encoding)));
        assert_eq!(decoded.declined, None);
    }
}

#[test]
fn a_declared_encoding_is_believed_in_a_text_without_long_words() {
    for (bytes, text) in [
        (&b"<meta charset=\"windows-1251\">\n<p>\xB8\xE6 \xE8 \xF3\xE6</p>\n"[..], "ёж и уж"),
        (b"<meta charset=\"Shift_JIS\">\n<p>\x8A\x43</p>\n", "海"),
    ] {
        let decoded = decode(bytes);
        assert!(decoded.text.contains(text), "{}", decoded.text);
    }
}

/// Decodes a document in UTF-8 with a word in a single-byte encoding in place of `{}`.
fn with_word(document: &str, word: &str, encoding: &str) -> (Decoded, String) {
    let (before, after) = document.split_once("{}").expect("a place");
    let bytes = [before.as_bytes(), &encoded(word, encoding), after.as_bytes()].concat();
    (decode(&bytes), [before, word, after].concat())
}

#[test]
fn a_word_among_utf8_gets_letters_of_the_document_and_not_of_a_better_known_encoding() {
    for (document, word, encoding) in [
        ("בבוקר האיכר הולך אל השדה.\nליד {} עומד בית ישן, ובו גרה משפחה גדולה.\nבערב כולם חוזרים.\n", "הגשר", "ibm862"),
        (
            "Ūkininkas anksti rytą išeina į lauką.\nVakare žmonės grįžta {} kalno.\nČia gyvena šeima ir jų šuo.\n",
            "virš",
            "windows-1257",
        ),
        (
            "Sedlák vstává brzy ráno a jde na pole.\nVečer stojí před {} a čeká na děti.\nPřijdou, až zajde slunce.\n",
            "dveřmi",
            "windows-1250",
        ),
        ("Ο αγρότης πηγαίνει στο χωράφι.\nΤο βράδυ τρώει {} και τυρί.\nΤα παιδιά παίζουν έξω.\n", "ψωμί", "ibm737"),
    ] {
        let (decoded, text) = with_word(document, word, encoding);
        assert_eq!((decoded.text, decoded.encoding), (text, FileEncoding::Mixed), "{encoding}");
    }
}

#[test]
fn a_word_is_not_decoded_in_part_if_some_of_its_bytes_are_utf8_by_chance() {
    let document = "Крестьянин рано утром идёт в поле.\nВечером он сидит под {} и ждёт детей.\nДети играют у реки.\n";
    // The bytes of "ябл" in the DOS code page 866 are EF A1 AB, which is a UTF-8 character.
    let (decoded, text) = with_word(document, "яблоней", "IBM866");
    assert_eq!(decoded.text, text);
    let cyrillic = "Крестьянин рано утром идёт в поле.\nНад рекой стоит {} и растёт трава.\nДети играют у реки.\n";
    let (decoded, text) = with_word(cyrillic, "мельница", "IBM866");
    assert_eq!(decoded.text, text);
}

#[test]
fn a_word_that_two_encodings_make_likely_is_not_certain() {
    let document = "Sedlák vstává brzy ráno a jde na pole.\nVečer sedí u {} a čeká.\nPřijdou, až zajde slunce.\n";
    let (decoded, text) = with_word(document, "řeky", "ibm852");
    assert!(decoded.text == text || decoded.certainty == DecodingCertainty::Likely, "{}", decoded.text);
}

#[test]
fn a_name_in_an_english_text_is_decoded_beside_its_punctuation_in_utf8() {
    let document = "The farmer walks to the field — as every day.\nIn the evening he meets “{}” at the bridge.\n";
    for word in ["Müller", "café", "Zoë"] {
        let (decoded, text) = with_word(document, word, "windows-1252");
        assert_eq!((decoded.text, decoded.certainty), (text, DecodingCertainty::Sure));
    }
}

#[test]
fn a_korean_word_among_utf8_is_not_taken_for_cyrillic() {
    let [before, word, after] =
        ["농부는 아침 일찍 밭으로 간다.\n저녁", "에는", " 집에서 쉰다.\n아이들은 강가에서 논다.\n"];
    let (legacy, ..) = encoding_rs::EUC_KR.encode(word);
    let decoded = decode(&[before.as_bytes(), &legacy, after.as_bytes()].concat());
    assert_eq!(decoded.text, [before, word, after].concat());
}

fn bytes_in(text: &str, encoding: &str) -> Vec<u8> {
    let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes()).expect("a label");
    encoding.encode(text).0.into_owned()
}

#[test]
fn a_paragraph_in_another_encoding_got_the_letters_of_the_first_one() {
    let french = "La barque est arrivée tôt, près du môle où l'on répare les voiles déchirées.\n\
                  Le vieux pêcheur a compté ses filets et s'est assis à l'ombre, fatigué.\n";
    let russian = "Лодка пришла рано утром и встала у причала, где чинят паруса.\n\
                   Старый рыбак пересчитал сети и сел в тени, потому что устал.\n";
    let greek = "Η βάρκα ήρθε νωρίς το πρωί και έδεσε στον μόλο δίπλα στα δίχτυα.\n\
                 Ο γέρος ψαράς μέτρησε τα δίχτυα και κάθισε στη σκιά κουρασμένος.\n";
    for (first, page, second, other) in [
        (french, "windows-1252", russian, "windows-1251"),
        (russian, "windows-1251", russian, "koi8-r"),
        (french, "windows-1252", greek, "windows-1253"),
    ] {
        let bytes = [bytes_in(first, page), b"\n".to_vec(), bytes_in(second, other)].concat();
        let decoded = decode(&bytes);
        assert_eq!((decoded.text, decoded.encoding), ([first, "\n", second].concat(), FileEncoding::Mixed));
        // With a line of UTF-8 before both.
        let head = "# Harbour — a log\n\n";
        let decoded = decode(&[head.as_bytes(), &bytes].concat());
        assert_eq!(decoded.text, [head, first, "\n", second].concat());
    }
}

#[test]
fn a_file_in_two_encodings_was_read_in_one_where_two_of_its_letters_are_utf8_by_chance() {
    let french = "La barque est arrivée tôt, près du môle où l'on répare les voiles déchirées.\n";
    let russian = "Старый рыбак пересчитал сети и сел в тени, потому что устал от ветра.\n";
    let czech = "Žluté lodě čekají u mola, než starý rybář přinese vesla a plachty.\n";
    for (first, page, second, other) in
        [(russian, "IBM866", czech, "windows-1250"), (russian, "KOI8-R", french, "windows-1252")]
    {
        let bytes = [encoded(first, page), b"\n".to_vec(), encoded(second, other)].concat();
        let decoded = decode(&bytes);
        assert_eq!(decoded.text, [first, "\n", second].concat(), "{page} {other}");
        // A line feed between pieces keeps their edits apart.
        let gaps =
            decoded.pieces.windows(2).filter(|pair| pair.iter().all(|piece| piece.encoding != SegmentEncoding::Utf8));
        assert_eq!(gaps.count(), 0);
        // All of them or none.
        assert!(
            decoded
                .pieces
                .iter()
                .all(|piece| piece.encoding == SegmentEncoding::Utf8 || piece.certainty == decoded.certainty)
        );
    }
}

#[test]
fn a_dash_in_utf8_was_read_in_the_encoding_of_another_line() {
    let head = "The keeper counted the boats — all twelve.\nRain is expected.\n";
    for (text, encoding) in [
        ("Паром отходит в семь утра, и на пристани стоит очередь.\n", "ibm866"),
        ("Το πλοίο φεύγει στις επτά το πρωί και υπάρχει ουρά.\n", "windows-1253"),
        ("เรือข้ามฟากออกเวลาเจ็ดโมงเช้าและมีคนเข้าแถว\n", "windows-874"),
    ] {
        let decoded = decode(&[head.as_bytes(), &bytes_in(text, encoding)].concat());
        assert_eq!(decoded.text, [head, text].concat(), "{encoding}");
    }
}

#[test]
fn a_word_that_is_utf8_by_chance_was_kept_in_a_line_of_legacy_text() {
    let head = "The log of the harbour — page one.\n";
    // In the DOS code page 855, two letters are a character in UTF-8.
    let line: &[u8] =
        b"\xB7 \xD4\xA0 \xDD\xE1\xB7\xE3\xE5\xA0\xD4\xB7 \xD4\xA8 \xA3\xF3\xD0\xD6 \xD0\xD6\xA6\xD6\xC6.\n";
    let decoded = decode(&[head.as_bytes(), line].concat());
    assert!(!decoded.text.contains('\u{520}'), "{}", decoded.text);
}

#[test]
fn letters_of_no_known_language_are_not_certain() {
    // Northern Sami in ISO 8859-4, which has letters at the bytes of others in Windows-1257.
    let line = b"Buot olbmot leat riegadan friddjan ja ovttaarvosa\xE8\xE8at \xE8ielga dea\xBCala\xB9 vuoigatvuo\xF0aiguin ja                  sis leat jierbmi ja oamedovdu, ja sii galget leat dego vieljat ga\xF0\xF0al.\n";
    let decoded = decode(&line.repeat(4));
    assert!(decoded.certainty == DecodingCertainty::Likely || decoded.declined.is_some(), "{}", decoded.text);
}

#[test]
fn no_break_spaces_were_put_into_words() {
    let text = "El guardián del faro contó las lanchas.\n";
    // Byte A0 is a letter in the DOS code page 850.
    let bytes = b"El guardi\xA0n del faro cont\xA2 las lanchas.\n";
    assert_eq!(decode(bytes).text, text);
}

/// The two byte orders of UTF-16, without a mark.
const ORDERS: [fn(&str) -> Vec<u8>; 2] = [little, big];

fn little(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn big(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[test]
fn bytes_before_appended_utf16_were_read_as_utf16() {
    for head in [
        &b"The ferry leaves at noon, and it isn\x92t far.\nNobody waits.\n"[..],
        b"Caf\xE9 am Kai\n\xC3\xA9t\xC3\xA9!\n",
    ] {
        for wide in ORDERS {
            let bytes = [head, &wide("And more of it.\r\n")].concat();
            let decoded = decode(&bytes);
            let is_kept = decoded.declined.is_some() || decoded.text.contains("And more of it.");
            assert!(is_kept && !decoded.text.contains('\u{6854}') && !decoded.text.contains('\u{6568}'), "{decoded:?}");
        }
    }
}

#[test]
fn bytes_after_utf16_were_read_as_utf16() {
    let heads = ["The ferry leaves at noon.\r\nNobody waits.\r\n", "Паром уходит в полдень.\r\nБилеты у ворот.\r\n"];
    for (head, wide) in heads.iter().flat_map(|head| ORDERS.map(|wide| (head, wide))) {
        let text = decode(&[&wide(head)[..], b"And more of it.\r\n"].concat()).text;
        assert_eq!(text, format!("{head}And more of it.\r\n"));
        let legacy = decode(&[&wide(head)[..], b"Gr\xFC\xDFe \xFCber.\r\n"].concat());
        assert!(legacy.declined.is_some() || legacy.text.ends_with("Grüße über.\r\n"), "{legacy:?}");
    }
}

#[test]
fn a_file_that_gets_out_of_step_in_its_last_line_was_read_in_part() {
    let mut bytes = big("船は朝に出ます。\r\n切符を買う。\r\n");
    bytes.remove(24);
    assert!(decode(&bytes).declined.is_some(), "{:?}", decode(&bytes));
}

#[test]
fn letters_that_begin_with_a_tab_and_a_line_feed_are_no_text_before_utf16() {
    let text = "ऊन और नाव।\nनाव सुबह चलती है।\n";
    assert_eq!(decode(&big(text)).text, text);
}

#[test]
fn a_doubtful_word_was_left_in_a_line_whose_other_words_are_certain() {
    let polish = "\n\nWszyscy ludzie rodzą się wolni i równi pod względem swej godności.\n";
    let spanish = "están de razón y conciencia, díbense comportar fraternalmente los unos con los otros.";
    let bytes = b"est\x87n de raz\x97n y conciencia, d\x92bense comportar fraternalmente los unos con los otros.";
    let decoded = decode(&[bytes, polish.as_bytes()].concat());
    assert_eq!(decoded.text, [spanish, polish].concat());
    let certainties: Vec<_> = decoded.pieces.iter().map(|piece| piece.certainty).collect();
    assert!(certainties.windows(2).all(|pair| pair[0] == pair[1]), "{certainties:?}");
}

/// Returns a text in UTF-16 of this byte order, behind a byte-order mark.
fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn letters_whose_second_byte_is_a_line_feed_were_declined_as_one() {
    let gurmukhi = "ਕਿਸ਼ਤੀ ਸਵੇਰੇ ਛੱਡਦੀ ਹੈ।\r\nਦਰਿਆ ਦੇ ਪਾਰ ਘਰ ਹਨ।\r\n";
    let book = "《上》\n《上上》\n上\n";
    let cases = [utf16(gurmukhi, u16::to_le_bytes), utf16(gurmukhi, u16::to_be_bytes), utf16(book, u16::to_be_bytes)];
    for (bytes, text) in cases.into_iter().zip([gurmukhi, gurmukhi, book]) {
        let decoded = decode(&bytes);
        assert_eq!((decoded.text.as_str(), decoded.declined), (text, None));
    }
}

#[test]
fn a_false_declaration_of_a_short_file_gave_it_letters_of_another_script() {
    for (text, page, declared) in [
        ("<meta charset=\"iso-8859-7\">\n\n<p>Všechny loďky čekají u břehu</p>\n", "windows-1250", "Greek"),
        ("<meta charset=\"koi8-r\">\n\n<p>Für die Fähre gibt es fünf Plätze.</p>\n", "ibm850", "Cyrillic"),
    ] {
        let decoded = decode(&encoded(text, page));
        assert_eq!((decoded.text.as_str(), decoded.certainty), (text, DecodingCertainty::Likely), "{declared}");
    }
}

#[test]
fn paragraphs_in_two_encodings_behind_utf8_were_read_in_one() {
    let head = "The keeper’s log — page one.\n\n";
    let russian = "Старый рыбак пересчитал сети и сел в тени, что бы ни было, потому что устал.\n";
    let polish = "Stary rybak policzył łodzie i usiadł w cieniu, choć różnice były duże, bo się zmęczył.\n";
    let bytes = [head.as_bytes(), &encoded(russian, "IBM866"), b"\n", &encoded(polish, "ISO-8859-2")].concat();
    assert_eq!(decode(&bytes).text, [head, russian, "\n", polish].concat());
}
