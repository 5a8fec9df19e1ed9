//! Lines that are UTF-8 from end to end in Mac Cyrillic, in which no spans are searched.
//!
//! Mac Cyrillic shares half of its characters with Mac Roman, so that half of such a line would be repaired as UTF-8 in
//! Mac Roman. Never guesses: each character beyond ASCII has to be part of a sequence.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::encoding::codepage::{CodePage, SINGLE, tables};
use crate::exact::strict::look;
use crate::language::bigrams::model;
use crate::text::line::chunks;
use crate::types::score::Score;
use crate::weights::Cost;

/// Minimum improvement of a line, in decinats (a guess: that of a span that is beyond doubt).
const WIN: Cost = 300;
/// Minimum number of sequences (a guess: one is a coincidence).
const SEQUENCES: usize = 2;

static BYTES: LazyLock<FxHashMap<char, u8>> = LazyLock::new(|| CodePage::MacCyrillic.bytes_by_char());

/// Returns the line decoded as UTF-8 in Mac Cyrillic, if it is that from end to end and Mac Roman does not have all of
/// it, and the sum that decides.
pub(crate) fn in_mac_cyrillic(line: &str) -> Option<(String, Score)> {
    let (roman, cyrillic) = (CodePage::MacRoman.bit(), CodePage::MacCyrillic.bit());
    let is_other = |c: char| look(c).is_some_and(|look| look.known & (roman | cyrillic) == cyrillic);
    if !chunks(line).any(|chunk| line[chunk].chars().any(is_other)) {
        return None;
    }
    let byte = |c: char| if c.is_ascii() { Some(c as u8) } else { BYTES.get(&c).copied() };
    let bytes: Vec<u8> = line.chars().map(byte).collect::<Option<_>>()?;
    let after = String::from_utf8(bytes).ok()?;
    let beyond = after.chars().filter(|c| !c.is_ascii());
    if beyond.clone().count() < SEQUENCES || beyond.clone().any(|c| ('\u{80}'..='\u{9f}').contains(&c)) {
        return None;
    }
    if (0..SINGLE.len()).any(|page| is_utf8_in(line, page)) {
        return None;
    }
    let m = model();
    let cost = |text: &str| m.cost(m.edge(), text.chars(), m.edge());
    let score = Score { found: cost(line), repair: cost(&after), ..Score::default() };
    (score.gain() >= WIN).then_some((after, score))
}

/// Returns whether a line is UTF-8 from end to end in `SINGLE[page]`, too: that is the likelier encoding.
fn is_utf8_in(line: &str, page: usize) -> bool {
    let byte = |c: char| match c {
        '\0'..='\u{7f}' => Some(c as u8),
        _ => Some(tables().row(c).byte[page]).filter(|&byte| byte != 0),
    };
    line.chars().map(byte).collect::<Option<Vec<u8>>>().is_some_and(|bytes| String::from_utf8(bytes).is_ok())
}

#[cfg(test)]
mod tests {
    use crate::types::Certainty;
    use crate::{repair, scan};

    #[test]
    fn half_of_a_line_in_mac_cyrillic_was_repaired() {
        let garble =
            |text: &str| encoding_rs::X_MAC_CYRILLIC.decode_without_bom_handling(text.as_bytes()).0.into_owned();
        for text in [
            "Дети нашли в лесу гриб, который был похож на шляпу.",
            "¿Dónde está la señora que vendía piñas en la esquina?",
            "It’s the baker’s day off — nobody said “good morning” at the café.",
            "הדייג הזקן יצא כל בוקר לים",
            "mesto je nejkrásnější",
        ] {
            let garbled = garble(text);
            assert_eq!(repair(&garbled), text, "{garbled}");
            assert!(scan(&garbled).iter().all(|span| span.certainty == Certainty::Proved), "{garbled}");
        }
        // Windows-1251 has the same characters.
        assert_eq!(
            repair("Don't say it if the sourceвЂ™s value isnвЂ™t known"),
            "Don't say it if the source’s value isn’t known"
        );
        for intact in ["Москва–Астана", "«Война и мир» — роман", "А–Я, √2 ≈ 1,41", "вАЩ"]
        {
            assert_eq!(repair(intact), intact);
        }
    }
}
