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
