//! Repairs that cannot be right, although their bytes are UTF-8: legacy text has such bytes by chance.
//!
//! Knows a line and its edits only.

use crate::edits::{Edit, gaps};
use crate::encoding::codepage::CodePage;
use crate::language::languages::is_letter;
use crate::text::script::Script;

/// One wrong place for this many edits that make letters of other scripts shows that all of them are wrong (a guess).
const PLACES: usize = 8;
/// Characters beside the edits that are not ASCII, for each one in them, from which the line is legacy text and its few
/// edits are chance (a guess).
const BESIDE: usize = 2;

/// Returns whether the edits of a line make no sense: letters of different scripts within a word, letters that no living
/// language has, or, in a line most of which is left, single letters of scripts that have no words of one letter.
pub(crate) fn is_nonsense(line: &str, edits: &[Edit]) -> bool {
    let utf8 = |edit: &&Edit| edit.layers.iter().any(|layer| layer.written == CodePage::Utf8);
    let is_beyond =
        |edit: &&Edit| edit.after.chars().any(|c| c >= '\u{250}' && is_letter(c) || is_latin(c) || is_mark(c));
    let made = edits.iter().filter(utf8).filter(is_beyond).count();
    if made == 0 {
        return false;
    }
    let in_edits: usize = edits.iter().map(|edit| beyond(&line[edit.span.clone()])).sum();
    let beside: usize = gaps(line, edits).map(|gap| beyond(&line[gap])).sum();
    let is_left = beside > 0 && beside >= BESIDE * in_edits;
    let mut wrong = 0;
    for (at, edit) in edits.iter().enumerate().filter(|(_, edit)| utf8(edit)) {
        let before = match at.checked_sub(1).map(|at| &edits[at]) {
            Some(last) if last.span.end == edit.span.start => last.after.chars().next_back(),
            _ => line[..edit.span.start].chars().next_back(),
        };
        let after = match edits.get(at + 1) {
            Some(next) if next.span.start == edit.span.end => next.after.chars().next(),
            _ => line[edit.span.end..].chars().next(),
        };
        let all: Vec<char> = before.into_iter().chain(edit.after.chars()).chain(after).collect();
        let is_mixed = all.windows(2).filter_map(|pair| two_scripts(pair[0], pair[1])).any(|scripts| {
            let is_spaced = scripts.iter().filter(|script| is_spaced(script)).count();
            is_spaced == scripts.len() || is_left && is_spaced > 0
        });
        let is_dead =
            all.windows(2).any(|pair| is_extinct(pair[0]) != is_extinct(pair[1]) && pair.iter().all(is_cyrillic));
        let is_lone = || is_left && edit.after.chars().count() == 1 && edit.after.chars().all(is_no_word);
        let is_beside_letter = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && is_letter(c));
        let is_lone =
            is_lone() && !is_beside_letter(before) && !is_beside_letter(after) && !has_script(line, edits, edit);
        let is_torn = all.windows(2).any(|pair| is_mark(pair[1]) && !carries(pair[0], pair[1]));
        wrong += usize::from(is_mixed || is_dead || is_lone || is_torn);
    }
    wrong > 0 && wrong * PLACES >= made
}

/// Returns whether a line has a letter of the script of an edit beside its edits.
fn has_script(line: &str, edits: &[Edit], edit: &Edit) -> bool {
    let script = edit.after.chars().next().and_then(Script::of);
    gaps(line, edits).any(|gap| line[gap].chars().any(|c| is_letter(c) && Script::of(c) == script))
}

/// Returns whether a character is one of the combining marks for Latin, Greek and Cyrillic letters.
fn is_mark(c: char) -> bool {
    ('\u{300}'..'\u{370}').contains(&c)
}

/// Returns whether a mark may follow a character: a letter of these scripts, or another mark, as far as languages have the
/// mark. Marks of phonetics and of medieval texts alone are no evidence.
fn carries(base: char, mark: char) -> bool {
    let is_written = matches!(mark, '\u{300}'..='\u{304}' | '\u{306}'..='\u{30C}' | '\u{30F}' | '\u{311}' | '\u{31B}')
        || matches!(mark, '\u{323}'..='\u{328}' | '\u{32D}' | '\u{330}'..='\u{332}' | '\u{338}' | '\u{342}' | '\u{345}');
    let is_composed = || unicode_normalization::char::compose(base, mark).is_some();
    let is_latin = is_letter(base) && matches!(Script::of(base), Some(Script::Latin));
    // Lines through and below figures and letters.
    if matches!(mark, '\u{332}'..='\u{338}') {
        return true;
    }
    // The stress of Russian words.
    let is_stress = is_cyrillic(&base) && matches!(mark, '\u{300}' | '\u{301}');
    is_composed()
        || is_stress
        || is_written && (is_latin || is_mark(base) || base.is_ascii_punctuation() || base == '◌')
}

/// Returns the number of characters that are not ASCII.
fn beyond(text: &str) -> usize {
    text.chars().filter(|c| !c.is_ascii()).count()
}

fn is_latin(c: char) -> bool {
    !c.is_ascii() && is_letter(c) && Script::of(c) == Some(Script::Latin)
}

/// Returns the scripts of two neighbours that are letters of different scripts, neither of them ASCII.
fn two_scripts(a: char, b: char) -> Option<[Script; 2]> {
    let script = |c: char| Script::of(c).filter(|_| !c.is_ascii() && is_letter(c));
    Some([script(a)?, script(b)?]).filter(|[a, b]| a != b)
}

/// Returns whether a script is an alphabet whose words are set apart by spaces. Letters of other scripts may be next to
/// any letter.
fn is_spaced(script: &Script) -> bool {
    matches!(script, Script::Latin | Script::Greek | Script::Cyrillic | Script::Semitic)
}

fn is_cyrillic(c: &char) -> bool {
    is_letter(*c) && Script::of(*c) == Some(Script::Cyrillic)
}

/// Returns whether a Cyrillic letter or sign is one of Old Church Slavonic, or of alphabets that were given up.
fn is_extinct(c: char) -> bool {
    matches!(c, '\u{460}'..='\u{489}' | '\u{500}'..='\u{50F}')
}

/// Returns whether a letter by itself is no word, formula or name of a variable in any language.
fn is_no_word(c: char) -> bool {
    is_letter(c)
        && !matches!(Script::of(c), Some(Script::Latin | Script::Greek))
        && !('\u{410}'..'\u{460}').contains(&c)
}

#[cfg(test)]
mod tests {
    use crate::types::Certainty;
    use crate::{repair, scan};

    fn is_proved(text: &str) -> bool {
        scan(text).iter().any(|span| span.certainty == Certainty::Proved)
    }

    #[test]
    fn legacy_text_in_a_kindred_encoding_was_proved_to_be_utf8() {
        let misread = |text: &str, written: &'static encoding_rs::Encoding, read: &'static encoding_rs::Encoding| {
            read.decode_without_bom_handling(&written.encode(text).0).0.into_owned()
        };
        use encoding_rs::{KOI8_R, KOI8_U, WINDOWS_874, WINDOWS_1252};
        for (text, written, read) in [
            ("Діти збирали мушлі, а їхні дідусі лагодили сіті біля сараю.", KOI8_U, KOI8_R),
            ("ตอนเย็นคาดว่าจะมีฝนและลม ดังนั้นควรปิดหน้าต่าง", WINDOWS_874, WINDOWS_1252),
        ] {
            let misread = misread(text, written, read);
            assert!(!is_proved(&misread), "{misread} {:?}", scan(&misread));
        }
    }

    #[test]
    fn single_words_of_other_scripts_are_still_repaired() {
        for (found, repaired) in [
            ("인터페이스 '{0}'ì„(를) 확장할 수 없습니다.", "인터페이스 '{0}'을(를) 확장할 수 없습니다."),
            ("- 👩 **女性の裁判官**: å¥³, 女性, 裁判", "- 👩 **女性の裁判官**: 女, 女性, 裁判"),
        ] {
            assert_eq!(repair(found), repaired);
        }
    }
}
