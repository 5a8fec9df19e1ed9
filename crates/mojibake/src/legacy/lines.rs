//! Legacy text decoded as another legacy encoding, neither of them UTF-8.
//!
//! Nothing can be proved here, because every text decodes in every encoding. So the model decides, line by line, and
//! only a large improvement that no other pair of encodings comes near counts.

use std::sync::LazyLock;

use crate::encoding::codepage::{CodePage, DOUBLE, SINGLE, tables};
use crate::encoding::recipe::Layer;
use crate::encoding::reencode::{self, is_standard_korean};
use crate::exact::strict;
use crate::language::bigrams::{Class, Model, model};
use crate::language::languages::{Languages, is_letter};
use crate::language::ngrams::{Context, fluency};
use crate::language::reading::oddity;
use crate::text::ascii::ascii_end;
use crate::text::script::{is_bare_accent, is_in_latin_block, is_other_script, is_typography};
use crate::types::score::Score;
use crate::weights::{Cost, MOST};

/// Cost of a step up to which it is usual, in decinats; only the rest is surprisal.
const USUAL: Cost = 60;
/// Maximum amount by which a usual step makes up for surprising ones, in decinats.
const RELIEF: Cost = 10;
/// Minimum surprisal of the other steps of a line that is a surprise, in decinats (measured: one line in 20 to 40 of
/// intact Russian, Ukrainian and Greek is examined for it that would otherwise not be).
pub(crate) const SURPRISE: Cost = 40;
/// Minimum surprisal of a line that is examined, in decinats.
pub(crate) const ODD: Cost = 100;
/// Minimum score improvement of a candidate, in decinats; less if C1 controls are evidence of it, more if the text may
/// be intact.
const WIN: Cost = 140;
const WIN_CONTROLS: Cost = 60;
const WIN_WRITTEN: Cost = 300;
/// Minimum number of distinct CJK characters in a candidate in a multi-byte encoding.
pub(crate) const WIDE_AT_LEAST: usize = 2;
/// Minimum number of distinct characters other than typography that change.
const EVIDENCE: usize = 2;
/// Minimum number of such characters if both texts are Cyrillic, because laughter and abbreviations have few.
const EVIDENCE_CYRILLIC: usize = 6;
/// Minimum mean score improvement of a character that changes, in decinats.
const WIN_EACH: Cost = 40;
const WIN_EACH_CYRILLIC: Cost = 12;
/// Maximum number of non-ASCII characters in a line whose control characters may be a rest of UTF-8 (a guess).
const FEW: usize = 8;
/// Minimum margin over the next best candidate, in decinats.
const AHEAD: Cost = 40;
/// Maximum mean cost of a step to or from a non-ASCII character in correct text, in decinats.
const PLAUSIBLE: Cost = 62;
/// Maximum mean cost of such a step in text with CJK characters, in decinats.
const PLAUSIBLE_WIDE: Cost = 95;

/// Encodings that text is in, likeliest first, by the encoding as which it is wrongly decoded.
const PAIRS: &[(CodePage, &[CodePage])] = {
    use CodePage::*;
    &[
        (
            Windows1252,
            &[
                Windows1251,
                MacRoman,
                Windows1250,
                Windows1254,
                Windows1253,
                Windows1257,
                Windows1255,
                Windows1256,
                Ibm437,
                Ibm850,
                Ibm866,
                Koi8R,
                Koi8U,
                MacCyrillic,
                Gbk,
                ShiftJis,
                Big5,
                EucKr,
            ],
        ),
        (
            Latin1,
            &[
                Windows1252,
                Windows1251,
                Koi8R,
                Koi8U,
                MacRoman,
                Iso8859_2,
                Iso8859_7,
                Ibm850,
                Ibm852,
                Ibm866,
                Windows1250,
                Windows1253,
                MacCyrillic,
                Gbk,
                ShiftJis,
                Big5,
                EucKr,
                EucJp,
            ],
        ),
        (Windows1251, &[Koi8R, Koi8U, Ibm866, Windows1252]),
        (Koi8R, &[Windows1251, Ibm866]),
        (Ibm866, &[Windows1251, Koi8R]),
        (Ibm437, &[Ibm866, Windows1252, Ibm850, Windows1251, MacCyrillic]),
        (Ibm850, &[Windows1252, Ibm437, ShiftJis, Ibm866, MacCyrillic]),
        (MacRoman, &[Windows1252]),
        (Windows1250, &[Windows1252]),
    ]
};

/// Returns the pairs one by one.
fn pairs() -> impl Iterator<Item = Layer> {
    PAIRS.iter().flat_map(|&(read, written)| written.iter().map(move |&written| Layer { written, read }))
}

/// Returns the first encodings of the pairs of a list, as a mask.
const fn read_pages(list: &[(CodePage, &[CodePage])]) -> u32 {
    let (mut mask, mut i) = (0, 0);
    while i < list.len() {
        mask |= 1 << list[i].0 as u32;
        i += 1;
    }
    mask
}

/// The wrongly used encodings that are searched by pairs of characters, and those that are searched by words.
pub(crate) const SIGNS_READ: u32 = read_pages(PAIRS);
pub(crate) const WORDS_READ: u32 = read_pages(LATIN);

/// Returns the surprisal of a step: its cost beyond the usual, or below 0 if it makes up for others.
#[inline]
pub(crate) fn oddness(model: &Model, prev: Class, next: Class) -> Cost {
    (model.step(prev, next) - USUAL).clamp(-RELIEF, MOST)
}

/// A candidate for a line.
pub(crate) struct Reading {
    pub(crate) layer: Layer,
    pub(crate) after: String,
    pub(crate) gain: Cost,
    /// The items of `gain`; `None` if other lines decided.
    pub(crate) score: Option<Score>,
}

/// The pairs of encodings that are tried for a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Any pair.
    Any,
    /// Only control characters that replace typography, because the line or its document has another recipe.
    Controls,
}

/// Returns the candidate for the line that is by far the most plausible, if there is one.
pub(crate) fn read(line: &str, scope: Scope) -> Option<Reading> {
    let reading = read_signs(line, scope).or_else(|| if scope == Scope::Any { read_words(line) } else { None });
    // Tested last, because hardly any line has a candidate.
    let reading = reading.filter(|_| !is_spelled_out(line) && !is_notation(line) && !is_series_of_signs(line));
    let reading = reading.filter(|reading| !is_unlikely(line, &reading.after) && !misplaces_signs(line, reading));
    let reading = reading.filter(|reading| line.len() > LONG || !is_disguised(line, &reading.after));
    reading.and_then(|reading| settle_quotes(line, reading))
}

/// Returns whether each non-ASCII character of a line is by itself and there are several: a series of letters or symbols
/// (`é, í, ó, ú`), which may be there in any encoding.
fn is_series_of_signs(line: &str) -> bool {
    /// Minimum number of different signs (a guess): dashes that were decoded wrongly are by themselves as well.
    const MIN_SIGNS: usize = 3;
    let mut signs: Vec<char> = Vec::new();
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        let after = line[at + c.len_utf8()..].chars().next().unwrap_or(' ');
        let touches = |other: char| other.is_alphanumeric() || !other.is_ascii();
        if !c.is_ascii() {
            if touches(before) || touches(after) {
                return false;
            }
            if !signs.contains(&c) {
                signs.push(c);
            }
        }
        before = c;
    }
    signs.len() >= MIN_SIGNS
}

/// Returns whether all non-ASCII characters of a text are mathematical notation: operators, and Greek letters that are
/// alone or next to a single Latin letter (`0 ≤ φ ≤ 1`, `√n`, `Γ(x)`). Within words they are evidence (`cafΘ`, `a±o`).
pub(crate) fn is_notation(text: &str) -> bool {
    let is_sign = |c: char| {
        matches!(
            c,
            '√' | '\u{2190}'..='\u{22ff}' | '²' | '³' | '¹' | 'ⁿ' | '×' | '÷' | '±' | '°' | 'µ' | '·' | '¬' | '…'
        ) || matches!(c, 'Α'..='Ω' | 'α'..='ω')
    };
    let is_plain = |c: char| c.is_ascii() || is_typography(c);
    let letters = |side: &mut dyn Iterator<Item = char>| side.take_while(char::is_ascii_alphabetic).take(2).count();
    let mut end = 0;
    while let Some(start) = text[end..].find(|c| !is_plain(c)).map(|len| end + len) {
        end = text[start..].find(is_plain).map_or(text.len(), |len| start + len);
        let run = &text[start..end];
        let beside = letters(&mut text[..start].chars().rev()) + letters(&mut text[end..].chars());
        let greek = run.chars().filter(|c| is_other_script(*c)).count();
        if !run.chars().all(is_sign) || greek > 1 || beside > 1 {
            return false;
        }
    }
    end > 0
}

/// Returns whether a candidate changes nothing that is evidence: only signs at the edges of words, or drawings; as many
/// letters into signs as it makes; signs that hardly any text has; or capitals that are better words than it has.
pub(crate) fn is_unlikely(found: &str, after: &str) -> bool {
    only_sets_signs(found, after)
        || loses_letters(found, after)
        || makes_rare_signs(found, after)
        || were_capitals(found, after)
}

/// Returns whether a candidate makes as many signs that hardly any text has as it makes letters: `¼script¾`.
fn makes_rare_signs(found: &str, after: &str) -> bool {
    let is_rare = |c: char| matches!(c, '¬' | '¼'..='¾' | '¤' | '¦' | '¨' | '¯' | '´' | '¸' | '¹' | '²' | '³');
    if found.chars().count() != after.chars().count() {
        return false;
    }
    let made = || found.chars().zip(after.chars()).filter(|(was, c)| was != c).map(|(_, c)| c);
    let rare = made().filter(|&c| is_rare(c)).count();
    rare > 0 && rare >= made().filter(|c| c.is_alphabetic()).count()
}

/// One sign out of place for this many in their places shows that controls are letters of another encoding (a guess).
const PLACED: usize = 3;

/// Returns whether a candidate turns controls into typography of Windows-1252 where nobody sets it: a quotation mark that
/// opens after a word, a currency or a capital letter within a word, an accent by itself. In DOS and Macintosh encodings
/// these bytes are letters.
fn misplaces_signs(line: &str, reading: &Reading) -> bool {
    if reading.layer != (Layer { written: CodePage::Windows1252, read: CodePage::Latin1 }) {
        return false;
    }
    let (mut placed, mut misplaced) = (0, 0);
    let (mut before, mut was_made) = (' ', false);
    let mut rest = line.chars().zip(reading.after.chars()).peekable();
    while let Some((was, c)) = rest.next() {
        let next = rest.peek().map_or(' ', |&(_, c)| c);
        let is_made = was != c;
        if is_made {
            let (after, ahead) = (is_letter(before), is_letter(next));
            let is_wrong = match c {
                '“' | '„' | '‚' | '‹' | '‘' if after && !ahead => !matches!(c, '“' | '‘') || was_made,
                '„' | '‚' | '‹' | '€' | '†' | '‡' | '‰' | '•' | '“' if after && ahead => true,
                '”' | '›' | '™' if !after && ahead => !matches!(c, '”'),
                'Š' | 'Œ' | 'Ž' | 'Ÿ' => before.is_lowercase(),
                'š' | 'œ' | 'ž' | 'ƒ' => !after && !ahead || before.is_uppercase() && next.is_uppercase(),
                'ˆ' | '˜' => true,
                _ => false,
            };
            misplaced += usize::from(is_wrong);
            placed += usize::from(!is_wrong);
        }
        (before, was_made) = (c, is_made);
    }
    misplaced * PLACED > placed || is_senseless(&reading.after)
}

/// Returns whether all characters that change are signs that people set beside words or draw with, and none of them is
/// within a word: quotation marks (`»/«`), powers (`1000²`), inverted marks (`¡¿`), accents, lines; or soft hyphens.
fn only_sets_signs(found: &str, after: &str) -> bool {
    let is_drawn = |c: char| ('\u{2500}'..'\u{25a0}').contains(&c);
    let is_sign = |c: char| {
        matches!(
            c,
            '«' | '»' | '‹' | '›' | '¡' | '¿' | '²' | '³' | '¹' | '´' | '¨' | '¯' | '\u{2d8}'..='\u{2dd}' | '\u{ad}'
        ) || is_drawn(c)
    };
    let is_ascii_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let (mut prev, mut is_any) = (None, false);
    let mut next = found.chars().skip(1);
    for (was, c) in found.chars().zip(after.chars()) {
        let (before, next) = (is_ascii_letter(prev), is_ascii_letter(next.next()));
        let is_within = was != '\u{ad}' && before && next || is_drawn(was) && (before || next);
        prev = Some(was);
        if was == c {
            continue;
        }
        if !is_sign(was) || is_within {
            return false;
        }
        is_any = true;
    }
    is_any
}

/// Returns whether a candidate for text in one Latin alphabet turns letters at the ends of words into signs, as many as
/// it makes other letters.
fn loses_letters(found: &str, after: &str) -> bool {
    if found.chars().count() != after.chars().count() || !is_written(found) {
        return false;
    }
    let (mut lost, mut made, mut prev) = (0, 0, ' ');
    for (was, c) in found.chars().zip(after.chars()) {
        let is_lost = was.is_alphabetic() && !c.is_alphanumeric();
        if is_lost && !prev.is_alphabetic() {
            return false;
        }
        lost += usize::from(is_lost);
        made += usize::from(was != c && c.is_alphabetic());
        prev = was;
    }
    lost > 0 && lost >= made
}

/// Returns whether a text in Cyrillic capitals makes better words in lower case than a Cyrillic candidate, of which the
/// language model knows more, because most letters of KOI8-R and Windows-1251 swap their case.
fn were_capitals(found: &str, after: &str) -> bool {
    let is_cyrillic = |c: char| ('\u{400}'..'\u{460}').contains(&c);
    let is_capital = |c: &char| is_cyrillic(*c) && c.is_uppercase();
    if !after.chars().any(is_cyrillic)
        || found.chars().filter(is_capital).take(LETTERS_OF_CAPITALS).count() < LETTERS_OF_CAPITALS
    {
        return false;
    }
    if found.chars().any(|c| is_cyrillic(c) && c.is_lowercase()) {
        return false;
    }
    let fluent = |text: &str| fluency().text(Context::edge(), text.to_lowercase().chars()).0;
    fluent(found) <= fluent(after)
}

/// Minimum number of Cyrillic capitals that are text in capitals (a guess: fewer are no words).
const LETTERS_OF_CAPITALS: usize = 2;

/// Minimum margin of look-alike letters, in decinats.
const AHEAD_ALIKE: Cost = 20;

/// Returns whether the letters of other scripts in a line of Latin text look like Latin letters, and make better words
/// as these than in `after`, the candidate in another encoding.
pub(crate) fn is_disguised(line: &str, after: &str) -> bool {
    if after.chars().any(is_other_script) {
        return false;
    }
    let fluent = |text: &str| fluency().text(Context::edge(), text.chars()).0;
    look_alike(line).is_some_and(|alike| fluent(&alike) + AHEAD_ALIKE <= fluent(after))
}

/// Replaces a candidate that puts quotation marks into words with that of Mac Roman, which has letters at their bytes,
/// if the letters make words and the marks do not. `None` if neither clearly wins.
fn settle_quotes(line: &str, reading: Reading) -> Option<Reading> {
    let western = Layer { written: CodePage::Windows1252, read: CodePage::Latin1 };
    if reading.layer != western || line.len() > LONG || has_contraction(line) || !has_quote_within(line) {
        return Some(reading);
    }
    let layer = Layer { written: CodePage::MacRoman, read: CodePage::Latin1 };
    let Some(after) = reread(line, layer) else { return Some(reading) };
    let fluent = |text: &str| fluency().text(Context::edge(), text.chars()).0;
    let gain = fluent(&reading.after) - fluent(&after);
    let languages = languages_of(line);
    let is_native = languages != Languages::ANY && after.chars().all(|c| languages.write(c));
    match () {
        () if gain >= rarity(layer) && is_native => {
            let score = score(layer, (fluent(line), fluent(&after)), gain);
            Some(Reading { layer, after, gain, score })
        }
        () if gain > 0 => None,
        () => Some(reading),
    }
}

/// Returns whether a control that is a quotation mark in Windows-1252 is between lower-case letters, and not after a
/// single one, where it would be an apostrophe of elision: `l’ami`, `s’ka`.
fn has_quote_within(line: &str) -> bool {
    line.match_indices(['\u{91}', '\u{92}', '\u{93}', '\u{94}']).any(|(at, mark)| {
        let letters = line[..at].chars().rev().take_while(|c| c.is_lowercase()).take(2).count();
        letters == 2 && line[at + mark.len()..].starts_with(char::is_lowercase)
    })
}

/// Returns the candidate whose pairs of characters are by far the most plausible.
fn read_signs(line: &str, scope: Scope) -> Option<Reading> {
    if scope == Scope::Controls {
        let is_text = has_controls(line) && !is_fragment(line) && !is_among_others(line);
        return if is_text { read_controls(line) } else { None };
    }
    let m = model();
    let Essence { text: short, encodable, before, dense, has_controls } = &Essence::of(line)?;
    let (encodable, before, dense, has_controls) = (*encodable, *before, *dense, *has_controls);
    if has_controls && is_fragment(short) {
        return None;
    }
    // Neither the best candidate nor one near it can improve by less.
    let least = if has_controls { WIN_CONTROLS } else { WIN } - AHEAD;
    let mut best: Option<Reading> = None;
    let mut second = 0;
    let (mut bytes, mut bytes_of, mut languages) = (Vec::new(), None, None);
    for layer in pairs() {
        if encodable & layer.read.bit() == 0 {
            continue;
        }
        if bytes_of != Some(layer.read) {
            bytes_of = Some(layer.read);
            fill_bytes(short, layer.read, &mut bytes);
        }
        let most = before - rarity(layer) - least;
        let single = SINGLE.iter().position(|&page| page == layer.written);
        if single.map_or(!dense, |written| is_costlier(&bytes, written, most)) {
            continue;
        }
        let Some(after) = reread(short, layer) else { continue };
        let languages = *languages.get_or_insert_with(|| languages_of(line));
        let repair = cost(&after);
        let gain = before - repair - rarity(layer) - misfit(short, &after, languages);
        match &best {
            Some(b) if b.after == after => {}
            Some(b) if b.gain >= gain => second = second.max(gain),
            _ => {
                second = best.map_or(0, |b| b.gain).max(second);
                best = Some(Reading { layer, after, gain, score: score(layer, (before, repair), gain) });
            }
        }
    }
    let best = best.filter(|b| b.layer.written != CodePage::MacRoman || !has_contraction(short))?;
    let is_wide = best.after.chars().any(|c| ('\u{2e80}'..'\u{e000}').contains(&c));
    let (count, rest) = steps(&best.after).fold((0, 0), |(n, sum), (prev, next)| (n + 1, sum + m.step(prev, next)));
    let plausible = rest <= count * if is_wide { PLAUSIBLE_WIDE } else { PLAUSIBLE };
    let is_cured = has_controls && !best.after.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c));
    let win = match () {
        () if is_cured => WIN_CONTROLS,
        () if best.gain < WIN => return None,
        () if is_written(line) => WIN_WRITTEN,
        () => WIN,
    };
    if SINGLE.iter().all(|&p| p != best.layer.written) && distinct_wide(&best.after) < WIDE_AT_LEAST {
        return None;
    }
    // Characters that people type are no evidence, and one surprising character is no text.
    if !is_cured && !is_wide && evidence(short, &best.after) < EVIDENCE {
        return None;
    }
    let changes = short.chars().zip(best.after.chars()).filter(|(a, b)| a != b).count() as Cost;
    let is_cyrillic = short.chars().any(|c| ('\u{400}'..'\u{460}').contains(&c));
    let to_cyrillic = best.after.chars().any(|c| ('\u{400}'..'\u{460}').contains(&c));
    // Letters of one alphabet that are listed make an equally good list in another.
    let is_foreign = |c: char| c.is_alphabetic() && c >= '\u{370}' && !('\u{1e00}'..'\u{1f00}').contains(&c);
    if !is_wide && best.after.chars().any(is_foreign) && is_list(line) {
        return None;
    }
    // Isolated letters of one alphabet are as plausible as those of another.
    let is_poor =
        || evidence(short, &best.after) < EVIDENCE_CYRILLIC || has_hump(&best.after) || is_shouted(line, CAPITALIZED);
    if is_cyrillic && to_cyrillic && (!dense || is_poor()) {
        return None;
    }
    let least = if is_cyrillic { WIN_EACH_CYRILLIC } else { WIN_EACH };
    let is_mark = is_cured && (best.layer.written == CodePage::Windows1252 || is_in_words(short, &best.after));
    let each = is_wide || is_mark || best.gain >= least * changes && is_in_words(short, &best.after);
    if best.gain < win
        || best.gain - second < AHEAD
        || !(plausible || is_cured && best.layer.written != CodePage::MacRoman)
        || !each
    {
        return None;
    }
    let after = reread(line, best.layer)?;
    let is_cured_word = is_cured && best.layer.written != CodePage::Windows1252 && !is_wide;
    let is_gibberish = is_senseless(&after) || is_cured_word && is_of_no_language(line, &after);
    (!is_gibberish).then_some(Reading { after, score: ahead(best.score, best.gain - second), ..best })
}

/// Maximum mean cost of a non-ASCII character in the words of a line with the character after it, in decinats: in
/// alphabets other than Latin, in fewer than `SOME_LETTERS` of them, and in Latin text. Measured on 3,600 repaired lines:
/// the maximum is 52, 67 and 90; words in an encoding that is not searched, read as the nearest one, cost 51 to 92.
const SENSELESS: u64 = 57;
const SENSELESS_FEW: u64 = 70;
const SENSELESS_LATIN: u64 = 120;
/// Minimum number of non-ASCII letters that are measured as a text, and as Latin words.
const SOME_LETTERS: usize = 10;
const SOME_LATIN: usize = 6;
/// Minimum number of letters that the language of a Cyrillic text does not have, for the text to be in none, and as one
/// part of its letters in so many (guesses: one is in a name).
const STRANGE_LETTERS: usize = 2;
const STRANGE_PART: usize = 20;

/// Returns whether a candidate makes no sense in any language: its letters hardly follow one another in texts, or it has
/// Cyrillic letters of several languages, or Latin words of accented letters alone.
pub(crate) fn is_senseless(after: &str) -> bool {
    let words =
        || after.split(|c: char| !is_letter(c)).filter(|word| !word.is_ascii() && word.chars().nth(1).is_some());
    let letters = || words().flat_map(str::chars).filter(|c| !c.is_ascii());
    let (mut count, mut latin, mut wide, mut cyrillic) = (0, 0, 0, 0);
    for c in letters() {
        count += 1;
        latin += usize::from(is_in_latin_block(c));
        wide += usize::from(c >= '\u{2e80}');
        cyrillic += usize::from(('\u{400}'..'\u{530}').contains(&c));
    }
    if count == 0 || wide > 0 {
        return false;
    }
    let most = match () {
        () if latin == count && count < SOME_LATIN => return false,
        () if latin == count => SENSELESS_LATIN,
        () if count < SOME_LETTERS => SENSELESS_FEW,
        () => SENSELESS,
    };
    let ascii = || after.chars().filter(char::is_ascii_alphabetic).count();
    let languages = Languages::of(letters());
    let strange = || letters().filter(|&c| !languages.share(c)).count();
    latin == count && ascii() < count
        || cyrillic * 2 > count && strange() >= STRANGE_LETTERS.max(count / STRANGE_PART)
        || oddity(&words().collect::<Vec<_>>().join(" ")).mean > most
}

/// Returns whether a candidate has Latin letters instead of control characters that no language has with its others.
fn is_of_no_language(line: &str, after: &str) -> bool {
    let is_made = |(was, c): (char, char)| was != c && is_letter(c) && is_in_latin_block(c);
    let languages = Languages::of(after.chars());
    let is_strange = |c: char| !c.is_ascii() && is_letter(c) && !languages.share(c);
    line.chars().zip(after.chars()).any(is_made) && (languages == Languages::ANY || after.chars().any(is_strange))
}

/// Returns the number of distinct CJK characters, up to [`WIDE_AT_LEAST`].
pub(crate) fn distinct_wide(text: &str) -> usize {
    let mut wide = text.chars().filter(|c| ('\u{2e80}'..'\u{e000}').contains(c));
    let first = wide.next();
    usize::from(first.is_some()) + usize::from(wide.any(|c| Some(c) != first))
}

/// Number of upper-case words up to which they may be of any language (a guess), because lower-case letters of KOI8-R
/// are upper-case ones in Windows-1251.
const CAPITALIZED: usize = 1;

/// Returns whether at most `most` words have non-ASCII letters, all of them upper case.
fn is_shouted(line: &str, most: usize) -> bool {
    let is_small = |c: char| !c.is_ascii() && c.is_lowercase();
    let words = line.split(|c: char| c.is_ascii()).filter(|word| !word.is_empty()).take(most + 1);
    words.count() <= most && !line.chars().any(is_small)
}

/// Returns whether an upper-case letter follows a lower-case one, as in abbreviations that another encoding turns into
/// lower case.
fn has_hump(text: &str) -> bool {
    let mut prev = ' ';
    text.chars().any(|c| {
        let is_hump = prev.is_lowercase() && c.is_uppercase();
        prev = c;
        is_hump
    })
}

/// Encodings of Latin alphabets that text is in, by the encoding as which it is wrongly decoded.
const LATIN: &[(CodePage, &[CodePage])] = {
    use CodePage::*;
    &[
        (Windows1252, &[MacRoman, Windows1250, Windows1254, Windows1257, Ibm437, Ibm850]),
        (Latin1, &[Windows1252, MacRoman, Iso8859_2, Windows1250, Windows1254, Windows1257, Ibm850, Ibm852]),
        (MacRoman, &[Windows1252]),
        (Ibm437, &[Windows1252, Ibm850]),
        (Ibm850, &[Windows1252]),
        (Windows1250, &[Windows1252]),
        (Windows1251, &[Windows1252]),
        (Windows1253, &[Windows1252]),
        (Koi8R, &[Windows1252]),
        (Ibm866, &[Windows1252]),
    ]
};

/// Minimum score improvement of a candidate by its words, in all and for each character that changes, and its minimum
/// margin, in decinats.
const WIN_WORDS: Cost = 90;
pub(crate) const WIN_WORDS_EACH: Cost = 60;
const AHEAD_WORDS: Cost = 40;
/// Minimum score improvement of a single character, in decinats, in a line with fewer than `TELLING` ASCII letters,
/// which do not identify the language.
const WIN_SINGLE: Cost = 200;
const TELLING: usize = 14;

/// Minimum number of ASCII letters for each non-ASCII one in text of a Latin alphabet.
const LATIN_EACH: usize = 2;

/// Returns the candidate in another Latin alphabet that makes words of the line, if it is by far the best.
fn read_words(line: &str) -> Option<Reading> {
    if line.len() > LONG {
        return None;
    }
    let (mut letters, mut others, mut known) = (0, 0, WORDS_READ);
    for c in line.chars() {
        if c.is_ascii() {
            letters += usize::from(c.is_ascii_alphabetic());
            continue;
        }
        let (pages, _, is_typography) = look(c);
        others += usize::from(!is_typography);
        known &= pages;
        if known == 0 {
            return None;
        }
    }
    if others == 0 || letters < others * LATIN_EACH || has_word_of_other_script(line) {
        return None;
    }
    // Text away from characters that may change has an equal cost in every candidate.
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_ascii()).collect();
    let words = words.join(" ");
    // Pairs of characters are an inexpensive first test.
    let signs = cost(&words);
    let mut readings: Vec<(Layer, String)> = Vec::new();
    let mut bytes = Vec::new();
    for &(read, pages) in LATIN.iter().filter(|(read, _)| known & read.bit() != 0) {
        fill_bytes(&words, read, &mut bytes);
        for layer in pages.iter().map(|&written| Layer { written, read }) {
            let written = SINGLE.iter().position(|&page| page == layer.written);
            if written.is_some_and(|written| is_costlier(&bytes, written, signs)) {
                continue;
            }
            let after = reread(&words, layer).filter(|after| *after != words);
            readings.extend(after.map(|after| (layer, after)));
        }
    }
    if readings.is_empty() || is_of_language(line) {
        return None;
    }
    let fluent = |text: &str| fluency().text(Context::edge(), text.chars()).0;
    let before = fluent(&words);
    let mut best: Option<Reading> = None;
    let mut second = 0;
    for (layer, after) in readings {
        if best.as_ref().is_some_and(|b| b.after == after) {
            continue;
        }
        let repair = fluent(&after);
        let gain = before - repair - rarity(layer);
        if best.as_ref().is_some_and(|b| b.gain >= gain) {
            second = second.max(gain);
            continue;
        }
        second = best.map_or(0, |b| b.gain).max(second);
        best = Some(Reading { layer, after, gain, score: score(layer, (before, repair), gain) });
    }
    let best = best?;
    let changes = words.chars().zip(best.after.chars()).filter(|(a, b)| a != b).count() as Cost;
    let least = if changes == 1 && letters < TELLING { WIN_SINGLE } else { WIN_WORDS };
    if best.gain < least.max(changes * WIN_WORDS_EACH) || best.gain - second < AHEAD_WORDS {
        return None;
    }
    if is_ligature(&words, &best) {
        return None;
    }
    let after = reread(line, best.layer)?;
    let score = ahead(best.score, best.gain - second);
    (is_of_language(&after) && makes_words(line, &after)).then_some(Reading { after, score, ..best })
}

/// Returns whether the line has a word of several letters that are all Greek or Cyrillic. Mis-decoded Latin text has
/// ASCII letters in all words but those of a single letter.
pub(crate) fn has_word_of_other_script(line: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_alphabetic());
    words.any(|word| word.chars().take(2).count() == 2 && word.chars().all(is_other_script))
}

/// Greek and Cyrillic letters with their Latin look-alikes, in pairs.
const ALIKE: &str = "\
    αaοoνvρpυuιiκkχxγyηnωwτt\
    ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX\
    аaеeоoрpсcуyхxіiјjѕsкkмmтtнhвb\
    АAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSёëїïЁËЇÏ";

/// Returns the text with all letters of other alphabets replaced by their Latin look-alikes; `None` if one has none.
fn look_alike(text: &str) -> Option<String> {
    let alike = |c: char| {
        let mut pairs = ALIKE.chars().step_by(2).zip(ALIKE.chars().skip(1).step_by(2));
        pairs.find(|&(other, _)| other == c).map(|(_, latin)| latin)
    };
    if !text.chars().any(is_other_script) {
        return None;
    }
    text.chars().map(|c| if is_other_script(c) { alike(c) } else { Some(c) }).collect()
}

/// Returns whether a candidate in Mac Roman changes only ligatures, which words of several languages have (`phœnix`),
/// and of Latin above all. In Macintosh text an ú or an å is hardly ever the only letter.
fn is_ligature(words: &str, reading: &Reading) -> bool {
    let mut changed = words.chars().zip(reading.after.chars()).filter(|(a, b)| a != b);
    reading.layer.written == CodePage::MacRoman && changed.all(|(was, _)| matches!(was, 'œ' | 'Œ' | 'æ' | 'Æ'))
}

/// Returns whether the words of the line are in a language that has all its letters.
fn is_of_language(line: &str) -> bool {
    let letters = Languages::of(line.chars());
    if letters == Languages::ANY || !line.chars().all(|c| letters.write(c)) {
        return false;
    }
    let words = Languages::guess(line.chars());
    // The order of both matters only if they have no language in common.
    words.and(letters) == letters.and(words) && line.chars().all(|c| words.and(letters).write(c))
}

/// Minimum length of a word that is more evidence than a formula, in letters.
const LETTERS: usize = 5;

/// Returns whether letters change within a word or in several words, and none becomes a symbol in a word or an
/// upper-case letter at its end. A name with an upper-case letter inside is not a word.
fn makes_words(before: &str, after: &str) -> bool {
    let pairs: Vec<(char, char)> = before.chars().zip(after.chars()).collect();
    let (mut within, mut words) = (false, Vec::new());
    for word in pairs.split(|(was, c)| !(was.is_alphabetic() || c.is_alphabetic())) {
        let is_changed = |&(was, c): &(char, char)| was != c;
        let is_sign = |&(was, c): &(char, char)| was != c && !c.is_alphabetic() && c != '’';
        let is_hump = |w: &[(char, char)]| w[0].1.is_lowercase() && w[1].1.is_uppercase();
        if !word.iter().any(is_changed) || word.len() == 1 {
            continue;
        }
        if word.iter().any(is_sign) || word.windows(2).any(is_hump) {
            return false;
        }
        let is_inner = |w: &[(char, char)]| is_changed(&w[1]) && w[0].1.is_ascii() && w[2].1.is_ascii();
        if word.len() >= LETTERS && !words.contains(&word) {
            within |= word.windows(3).any(is_inner);
            words.push(word);
        }
    }
    within || words.len() > 1
}

/// Returns whether the letters of the line are those of one Latin alphabet.
fn is_written(line: &str) -> bool {
    let languages = Languages::of(line.chars());
    let is_latin = |c: char| c < '\u{250}' || !c.is_alphabetic();
    languages != Languages::ANY && line.chars().all(|c| is_latin(c) && languages.write(c))
}

/// Returns whether the controls of a line with few non-ASCII characters are the rest of a UTF-8 sequence decoded as
/// Latin-1.
fn is_fragment(line: &str) -> bool {
    let mut prev = [' '; 2];
    let mut fragment = false;
    let mut rest = 0;
    for c in line.chars().filter(|c| !c.is_ascii()) {
        let begins = matches!((prev[1], c), ('â', '\u{80}'..='\u{9f}') | ('ð', '\u{9f}'));
        fragment |= begins;
        rest += 1;
        prev = [prev[1], c];
    }
    fragment && rest <= FEW
}

/// The parts of a line that distinguish candidates.
struct Essence {
    /// Its non-ASCII characters with their neighbours; those after them may be trail bytes.
    text: String,
    /// The encodings of `SIGNS_READ` that have every character.
    encodable: u32,
    /// Cost of the line as it is.
    before: Cost,
    /// True if two different non-ASCII characters are next to each other, as the bytes of multi-byte characters are.
    dense: bool,
    has_controls: bool,
}

impl Essence {
    /// Returns `None` if the line is no legacy text: no encoding has all of it, it is not surprising, or it is too
    /// short.
    fn of(line: &str) -> Option<Essence> {
        let m = model();
        let text = around(line);
        let (mut encodable, mut before, mut dense, mut has_controls) = (SIGNS_READ, 0, false, false);
        let (mut odd, mut is_odd, mut evidence, mut has_evidence) = (0, false, None, false);
        let (mut prev, mut prev_class) = ('\n', m.edge());
        let mut series = Series::default();
        for c in text.chars().chain(['\n']) {
            let class = if c.is_ascii() {
                m.class(c)
            } else {
                let (known, class, is_typography) = look(c);
                encodable &= known;
                if encodable == 0 || series.push(c) {
                    return None;
                }
                has_controls |= ('\u{80}'..='\u{9f}').contains(&c);
                dense |= !prev.is_ascii() && prev != c;
                if !is_typography {
                    has_evidence |= evidence.is_some_and(|first| first != c);
                    evidence.get_or_insert(c);
                }
                class
            };
            if is_step(ClassedChar::new(prev_class, prev), ClassedChar::new(class, c)) {
                before += m.step(prev_class, class);
                odd = (odd + oddness(m, prev_class, class)).max(0);
                is_odd |= odd >= ODD;
            }
            (prev, prev_class) = (c, class);
        }
        let is_text = is_odd && (has_controls || dense || has_evidence);
        is_text.then_some(Essence { text, encodable, before, dense, has_controls })
    }
}

/// Number of characters in a list for each that may occur twice (a guess).
const TWICE: usize = 20;

/// Returns whether the non-ASCII part of the line consists of letters that are listed rather than written. Words repeat
/// their letters, but a list, even if it recurs in the line, has each letter once, in one case or in both.
fn is_list(line: &str) -> bool {
    let mut lists: Vec<Vec<char>> = Vec::new();
    for chunk in line.split(|c: char| c.is_ascii() || is_typography(c)).filter(|chunk| !chunk.is_empty()) {
        if is_mixed(chunk) || !chunk.chars().all(char::is_alphabetic) {
            return false;
        }
        let mut list: Vec<char> = chunk.chars().collect();
        list.dedup();
        list.sort_unstable();
        lists.push(list);
    }
    lists.sort_unstable();
    lists.dedup();
    let mut all = lists.concat();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    (count - all.len()) * TWICE <= count
}

/// Minimum length of a word whose case is evidence, in letters.
const WORD: usize = 4;

/// Returns whether the text mixes upper-case and lower-case letters as mis-decoded words do, where few letters occur in
/// both cases.
fn is_mixed(text: &str) -> bool {
    let is_cased = |c: &char| *c != 'ß' && (c.is_lowercase() || c.is_uppercase());
    let letters: Vec<char> = text.chars().filter(is_cased).collect();
    let has_partner = |c: &&char| {
        let partner = if c.is_uppercase() { c.to_lowercase().next() } else { c.to_uppercase().next() };
        partner.is_some_and(|partner| letters.contains(&partner))
    };
    letters.len() >= WORD
        && letters.iter().any(|c| c.is_uppercase())
        && letters.iter().any(|c| c.is_lowercase())
        && letters.iter().filter(has_partner).count() * 2 < letters.len()
}

/// Number of consecutive neighbours in a table of characters from which letters are listed rather than written (a
/// guess).
const LISTED: usize = 5;

/// Counter of non-ASCII characters in the order of Unicode or, except for unassigned bytes, of Windows-1252.
#[derive(Default)]
struct Series {
    prev: (u32, u8),
    len: usize,
}

impl Series {
    /// Feeds the next character. Returns whether a table of characters is listed.
    fn push(&mut self, c: char) -> bool {
        let (code, byte) = (u32::from(c), tables().row(c).byte[0]);
        let is_next = code == self.prev.0 + 1 || matches!(byte.checked_sub(self.prev.1), Some(1..=2));
        self.len = if is_next { self.len + 1 } else { 1 };
        self.prev = (code, byte);
        self.len >= LISTED
    }
}

/// Returns whether a control is in the place of an apostrophe of Windows-1252 in an English contraction: `don’t`,
/// `we’re`.
fn has_contraction(line: &str) -> bool {
    const ENDS: [&str; 7] = ["t", "s", "m", "d", "re", "ve", "ll"];
    let mut rest = line;
    while let Some((head, tail)) = rest.split_once('\u{92}') {
        let word = &tail[..tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len())];
        if head.ends_with(|c: char| c.is_ascii_alphabetic()) && ENDS.contains(&word) {
            return true;
        }
        rest = tail;
    }
    false
}

/// Returns the single-byte encodings that have the character, its class, and whether it is typography.
#[inline(always)]
fn look(c: char) -> (u32, Class, bool) {
    match strict::look(c) {
        Some(look) => (look.known, look.class, look.is_typography),
        None => (tables().row(c).known, model().class(c), false),
    }
}

/// Returns whether the only controls of the line are named by a program: alone between ASCII quotation marks, or among
/// invisible characters.
fn is_spelled_out(line: &str) -> bool {
    if !has_controls(line) {
        return false;
    }
    let is_invisible =
        |c: char| matches!(c, '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}');
    let mut prev = '\n';
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or('\n');
        let is_alone = prev == next && matches!(prev, '"' | '\'' | '`');
        if matches!(c, '\u{80}'..='\u{9f}') && !is_alone && !is_invisible(prev) && !is_invisible(next) {
            return false;
        }
        prev = c;
    }
    true
}

/// Returns whether a control is next to a non-ASCII character other than a Latin letter or punctuation, so that it
/// belongs to mojibake.
fn is_among_others(line: &str) -> bool {
    let is_control = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
    let is_mark = |c: char| matches!(c, '\u{a0}' | '«' | '»' | '\u{2010}'..='\u{2027}');
    let is_other = |c: char| !(c.is_ascii() || is_control(c) || is_mark(c) || c.is_alphabetic() && is_latin(c));
    let mut prev = ' ';
    line.chars().any(|c| {
        let touches = is_control(c) && is_other(prev) || is_control(prev) && is_other(c);
        prev = c;
        touches
    })
}

/// Returns whether the line has a C1 control, whose first byte in UTF-8 is C2.
fn has_controls(line: &str) -> bool {
    let bytes = line.as_bytes();
    memchr::memchr_iter(0xc2, bytes).any(|at| matches!(bytes.get(at + 1), Some(0x80..=0x9f)))
}

/// Returns the non-ASCII characters of a line, each with the character before it and the two after it.
fn around(line: &str) -> String {
    let bytes = line.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    loop {
        let start = ascii_end(bytes, at);
        if start == bytes.len() {
            return out;
        }
        let end = bytes[start..].iter().position(u8::is_ascii).map_or(bytes.len(), |len| start + len);
        let rest = bytes[end..].iter().take(2).take_while(|b| b.is_ascii()).count();
        out.push_str(&line[at.max(start.saturating_sub(1))..end + rest]);
        at = end + rest;
    }
}

/// Fills in the bytes of `line` in a single-byte encoding that has all its characters.
fn fill_bytes(line: &str, page: CodePage, out: &mut Vec<u8>) {
    let t = tables();
    out.clear();
    if let Some(page) = SINGLE.iter().position(|&p| p == page) {
        out.extend(line.chars().map(|c| if c.is_ascii() { c as u8 } else { t.row(c).byte[page] }));
    }
}

/// The class of each byte in each single-byte encoding.
static CLASSES: LazyLock<Vec<[Class; 256]>> = LazyLock::new(|| {
    let (t, m) = (tables(), model());
    let class = |page: usize, byte: u8| m.class(if byte.is_ascii() { char::from(byte) } else { t.upper(page, byte) });
    (0..SINGLE.len()).map(|page| std::array::from_fn(|byte| class(page, byte as u8))).collect()
});

/// Returns whether the bytes, decoded in `SINGLE[written]`, cost more than `most`.
fn is_costlier(bytes: &[u8], written: usize, most: Cost) -> bool {
    let m = model();
    let classes = &CLASSES[written];
    let (mut prev, mut prev_byte, mut sum) = (m.edge(), b'\n', 0);
    for &byte in bytes {
        let class = classes[usize::from(byte)];
        if is_step(ClassedChar::of_byte(prev, prev_byte), ClassedChar::of_byte(class, byte)) {
            sum += m.step(prev, class);
            if sum > most {
                return true;
            }
        }
        (prev, prev_byte) = (class, byte);
    }
    !prev_byte.is_ascii() && sum + m.step(prev, m.edge()) > most
}

/// Returns whether a candidate for a line changes so many distinct characters that these are letters of a text.
pub(crate) fn is_text(line: &str, reading: &Reading) -> bool {
    evidence(line, &reading.after) >= EVIDENCE_CYRILLIC
}

/// Returns whether a character that becomes another one is no evidence: typography, or an accent by itself that becomes a
/// mark, unless `after` has both quotation marks of French.
pub(crate) fn is_no_evidence(was: char, becomes: char, after: &str) -> bool {
    let is_quoted = || after.contains('«') && after.contains('»');
    is_typography(was) || is_bare_accent(was) && !is_letter(becomes) && !is_quoted()
}

/// Returns the number of distinct characters that change and are evidence.
fn evidence(line: &str, after: &str) -> usize {
    let mut found: Vec<char> = Vec::new();
    for (a, b) in line.chars().zip(after.chars()) {
        if a != b && !is_no_evidence(a, b, after) && !found.contains(&a) {
            found.push(a);
            if found.len() >= EVIDENCE_CYRILLIC {
                break;
            }
        }
    }
    found.len()
}

/// Returns whether several distinct characters change, or one that is next to a letter.
fn is_in_words(line: &str, after: &str) -> bool {
    let mut prev = ' ';
    let mut kinds: Option<char> = None;
    let mut touching = false;
    let mut chars = line.chars().zip(after.chars()).peekable();
    while let Some((a, b)) = chars.next() {
        let next = chars.peek().map_or(' ', |&(next, _)| next);
        if a != b {
            if kinds.is_some_and(|k| k != a) {
                return true;
            }
            kinds = Some(a);
            touching |= prev.is_ascii_alphabetic() || next.is_ascii_alphabetic();
        }
        prev = a;
    }
    touching
}

/// Returns the best candidate that decodes only the C1 controls of the line.
fn read_controls(line: &str) -> Option<Reading> {
    let t = tables();
    let before = cost(line);
    let languages = languages_of(line);
    let mut best: Option<Reading> = None;
    let mut second = 0;
    for written in [CodePage::Windows1252, CodePage::MacRoman, CodePage::Ibm850, CodePage::Ibm852] {
        let page = SINGLE.iter().position(|&p| p == written)?;
        let read = |c: char| match c {
            '\u{80}'..='\u{9f}' => t.upper(page, c as u8),
            _ => c,
        };
        let after: String = line.chars().map(read).collect();
        let repair = cost(&after);
        let gain = before - repair - misfit(line, &after, languages);
        let is_cured = !after.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c));
        let is_western = written == CodePage::Windows1252;
        let is_sound = is_cured
            && (is_western
                || line.chars().all(is_latin)
                    && is_in_words(line, &after)
                    && !has_contraction(line)
                    && !is_of_windows(line)
                    && !is_senseless(&after));
        if !is_sound || gain < WIN_CONTROLS {
            continue;
        }
        let ahead = if best.as_ref().is_some_and(|b| b.layer.written == CodePage::Windows1252) { AHEAD } else { 0 };
        if best.as_ref().is_none_or(|b| gain > b.gain + ahead) {
            second = best.map_or(0, |b| b.gain);
            let score = Some(Score { found: before, repair, ..Score::default() }.with_gain(gain));
            best = Some(Reading { layer: Layer { written, read: CodePage::Latin1 }, after, gain, score });
        } else {
            second = second.max(gain);
        }
    }
    best.filter(|b| b.layer.written == CodePage::Windows1252 || b.gain - second >= AHEAD)
}

/// Returns whether all control characters of a line are bytes that Windows-1252 leaves free, beside letters that only
/// Windows-1252 has at such bytes: the line was read as Windows-1252, so that the letters are as wrong as the controls.
fn is_of_windows(line: &str) -> bool {
    let is_control = |c: &char| ('\u{80}'..='\u{9f}').contains(c);
    let is_free = |c: char| matches!(c, '\u{81}' | '\u{8d}' | '\u{8f}' | '\u{90}' | '\u{9d}');
    let is_windows = |c: char| matches!(c, 'Š' | 'š' | 'Œ' | 'œ' | 'Ž' | 'ž' | 'Ÿ' | 'ƒ' | '†' | '‡' | 'ˆ' | '˜' | '‰');
    line.chars().filter(is_control).all(is_free) && line.chars().any(is_windows)
}

/// Returns whether the character is a Latin letter, or no letter.
fn is_latin(c: char) -> bool {
    is_in_latin_block(c) || !c.is_alphabetic()
}

/// Cost of a Latin letter that the language of the line does not have, or of an upper-case letter within a word, in
/// decinats.
const MISFIT: Cost = 30;
/// Maximum number of such letters that count.
const MISFITS: usize = 3;

/// Returns the languages of the line, judged by its ASCII words.
fn languages_of(line: &str) -> Languages {
    if line.len() > LONG { Languages::ANY } else { Languages::guess(line.chars().filter(char::is_ascii)) }
}

/// Maximum length of a line that is one text, in bytes (a guess).
const LONG: usize = 1 << 10;

/// Returns the cost of the letters of a candidate that are out of place in the line.
fn misfit(before: &str, after: &str, languages: Languages) -> Cost {
    let mut prev = ' ';
    let mut chars = before.chars().zip(after.chars()).peekable();
    let mut count = 0;
    while let Some((was, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |&(_, next)| next);
        let is_within = c.is_uppercase() && prev.is_alphabetic() && next.is_lowercase();
        let is_foreign = is_latin(c) && !languages.write(c);
        count += usize::from(was != c && (is_within || is_foreign));
        prev = c;
    }
    count.min(MISFITS) as Cost * MISFIT
}

/// Returns the items of an improvement, from the costs of the text as found and repaired.
fn score(layer: Layer, (found, repair): (Cost, Cost), gain: Cost) -> Option<Score> {
    Some(Score { found, repair, chain: rarity(layer), ..Score::default() }.with_gain(gain))
}

/// Returns the items with the distance to the next best candidate.
fn ahead(score: Option<Score>, margin: Cost) -> Option<Score> {
    score.map(|score| Score { margin: Some(margin), ..score })
}

/// Returns the prior cost of a pair of encodings, in decinats: rare pairs need more evidence.
fn rarity(layer: Layer) -> Cost {
    match (layer.written, layer.read) {
        (CodePage::Windows1252, CodePage::Latin1) => 0,
        // A browser that decodes Latin-1 leaves no controls, and hardly anybody has Mac Roman files today.
        (CodePage::MacRoman, CodePage::Latin1) | (CodePage::MacCyrillic, _) => 60,
        (_, CodePage::Windows1252 | CodePage::Latin1 | CodePage::Windows1251) => 10,
        _ => 20,
    }
}

/// The class of a character, and whether the character is ASCII.
#[derive(Clone, Copy)]
pub(crate) struct ClassedChar {
    pub(crate) class: Class,
    is_ascii: bool,
}

impl ClassedChar {
    #[inline(always)]
    pub(crate) fn new(class: Class, c: char) -> ClassedChar {
        ClassedChar { class, is_ascii: c.is_ascii() }
    }

    #[inline(always)]
    pub(crate) fn of_byte(class: Class, byte: u8) -> ClassedChar {
        ClassedChar { class, is_ascii: byte.is_ascii() }
    }
}

/// Returns whether a step between two characters counts. A repeated character is evidence only once.
#[inline(always)]
pub(crate) fn is_step(prev: ClassedChar, next: ClassedChar) -> bool {
    !(prev.is_ascii && next.is_ascii) && (prev.class != next.class || next.is_ascii)
}

/// Returns the steps to and from non-ASCII characters.
fn steps(line: &str) -> impl Iterator<Item = (Class, Class)> {
    let m = model();
    let mut prev = ClassedChar::new(m.edge(), '\n');
    line.chars().chain(['\n']).filter_map(move |c| {
        let next = ClassedChar::new(m.class(c), c);
        let step = is_step(prev, next).then_some((prev.class, next.class));
        prev = next;
        step
    })
}

/// Returns the cost of all steps to and from non-ASCII characters.
pub(crate) fn cost(line: &str) -> Cost {
    let m = model();
    steps(line).map(|(prev, next)| m.step(prev, next)).fold(0, Cost::saturating_add)
}

/// Returns the line with `layer` undone: encoded as `read` and decoded as `written`. `None` if a character is not
/// possible in either encoding.
pub(crate) fn reread(line: &str, layer: Layer) -> Option<String> {
    let t = tables();
    let read = SINGLE.iter().position(|&p| p == layer.read)?;
    let written = SINGLE.iter().position(|&p| p == layer.written);
    if let Some(written) = written {
        let mut out = String::with_capacity(line.len());
        for c in line.chars() {
            if c.is_ascii() {
                out.push(c);
                continue;
            }
            let byte = t.row(c).byte[read];
            if byte == 0 {
                return None;
            }
            let new = t.upper(written, byte);
            if ('\u{80}'..='\u{9f}').contains(&new) && layer.written != CodePage::Latin1 {
                return None;
            }
            out.push(new);
        }
        return Some(out);
    }
    if layer.written == CodePage::MacCyrillic {
        return reencode::reread(line, layer);
    }
    debug_assert!(DOUBLE.contains(&layer.written) || layer.written == CodePage::EucJp);
    let mut bytes = Vec::with_capacity(line.len());
    for c in line.chars() {
        if c.is_ascii() {
            bytes.push(c as u8);
        } else {
            let byte = t.row(c).byte[read];
            if byte == 0 {
                return None;
            }
            bytes.push(byte);
        }
    }
    if layer.written == CodePage::EucKr && !is_standard_korean(&bytes) {
        return None;
    }
    layer.written.decode(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repair;

    fn fixed(line: &str) -> Option<String> {
        read(line, Scope::Any).map(|r| r.after)
    }

    #[test]
    fn letters_of_dos_became_typography_of_windows() {
        // Portuguese in the DOS code page 860, and Polish in 852, decoded as Latin-1.
        for text in
            ["Um homem da cidade saiu pela manh\u{84} com os irm\u{84}os.", "Latarnik policzy\u{88} \u{88}odzie."]
        {
            assert!(!repair(text).contains(['„', 'ˆ']), "{}", repair(text));
        }
        assert_eq!(repair("He said \u{93}no\u{94} \u{97} and it\u{92}s fine\u{85}"), "He said “no” — and it’s fine…");
    }

    #[test]
    fn formulas_in_english_were_taken_for_cyrillic_and_japanese() {
        for text in [
            "The φ-quantile is where 0 ≤ φ ≤ 1.",
            "Let Γ, Θ, Ω, δ, ∞, φ, ε be given.",
            "The set A ∩ B ≡ C, x ≥ 2, Γ(x), σ, τ and ∞.",
            "The best step size is `m = √n`, in `O(√n)`.",
            "A turn is 2π radians, π/6 is 30°.",
        ] {
            assert!(is_notation(text), "{text}");
            assert_eq!(repair(text), text);
        }
        for text in ["caf\u{398}", "a\u{b1}o", "ma\u{b1}ana", "no signs", "на"] {
            assert!(!is_notation(text), "{text}");
        }
    }

    #[test]
    fn cyrillic() {
        assert_eq!(fixed("Ïðèâåò, êàê äåëà ñåãîäíÿ?").as_deref(), Some("Привет, как дела сегодня?"));
        assert_eq!(fixed("рТЙЧЕФ, ЛБЛ ДЕМБ УЕЗПДОС?").as_deref(), Some("Привет, как дела сегодня?"));
    }

    #[test]
    fn controls() {
        assert_eq!(fixed("He said \u{93}yes\u{94} \u{97} and left").as_deref(), Some("He said “yes” — and left"));
    }

    #[test]
    fn text_as_it_should_be() {
        for line in ["Привет, как дела сегодня?", "Où est-il passé cet été ?", "ÎLE-DE-FRANCE", "Ærø og Østerbro"]
        {
            assert_eq!(fixed(line), None, "{line}");
        }
    }

    #[test]
    fn a_quotation_mark_in_garble_quotes_nothing() {
        assert_eq!(repair("â”œâ”€â”€ docs"), "├── docs");
    }

    #[test]
    fn prices_and_products_are_told_by_their_signs() {
        assert_eq!(repair("It costs Â£5 a day."), "It costs £5 a day.");
        assert_eq!(repair("a grid of 4 Ã— 6 tiles"), "a grid of 4 × 6 tiles");
        for clean in ["HOJE NÃO, AMANHÃ— TALVEZ", "SĂ ÎNVĂŢĂM — Â ŞI Î"] {
            assert_eq!(repair(clean), clean);
        }
    }

    #[test]
    fn letters_of_no_language_are_no_evidence() {
        for text in ["Croatian has the keys ćžš", "čšžČŠŽ|čšžČŠŽ|", "%liÊ¬ %liÉÃ"] {
            assert_eq!(repair(text), text);
        }
    }

    #[test]
    fn controls_within_other_mojibake_stay() {
        // UTF-8 decoded as Windows-874 (Thai), which is not supported.
        let text = "they donโ€\u{99}t know ร\u{9c}bersetzung";
        assert_eq!(repair(text), text);
    }

    #[test]
    fn a_dos_letter_is_told_from_one_of_a_macintosh() {
        assert_eq!(
            repair("Datei \u{81}bersprungen, Gr\u{94}\u{e1}e ge\u{84}ndert"),
            "Datei übersprungen, Größe geändert"
        );
    }

    #[test]
    fn half_of_a_line_of_a_kindred_page_was_repaired() {
        // UTF-8 decoded as code pages 862 and 865, which share half of their characters with those that are searched.
        for (text, whole) in [
            ("Neplatn├╜ base64 k├│dovan├╜ ┼שet─¢zec", "Neplatný base64 kódovaný řetězec"),
            ("soubor┼¤ um├¡st─øn├¡", "souborů umístění"),
        ] {
            let repaired = repair(text);
            assert!(repaired == text || repaired == whole, "{repaired}");
        }
    }

    #[test]
    fn one_wide_character_after_another_stays() {
        for clean in ["[\"笑\", \"驴\", \"脸\", \"哈哈\"]", "亭 卯 楔 専 叶", "짢 짣 짤 짥 짬 짭"] {
            assert_eq!(repair(clean), clean);
        }
    }

    #[test]
    fn abbreviations_and_single_words_in_cyrillic_capitals_stay() {
        for clean in ["\"ПКФ ДиПОС\",", "# ТЭМДЭГЛЭГЭЭ", "- РЕЙКХОУЛАХРЕППЮР"] {
            assert_eq!(repair(clean), clean);
        }
        assert_eq!(repair("РПЗПДБ ВХДЕФ ИПТПЫЕК"), "погода будет хорошей");
    }

    #[test]
    fn words_of_another_latin_alphabet() {
        for (bad, good) in [
            (
                "Bugün hava güzel, çocuklar bahçede oynuyor; akþam yaðmur baþlayacak.",
                "Bugün hava güzel, çocuklar bahçede oynuyor; akşam yağmur başlayacak.",
            ),
            ("A szervezõk ellenõrizték a résztvevõket.", "A szervezők ellenőrizték a résztvevőket."),
            (
                "La r\u{82}union de demain est annul\u{82}e, le pr\u{82}sident est malade.",
                "La réunion de demain est annulée, le président est malade.",
            ),
            ("Das GerΣt lΣsst sich leider nicht ÷ffnen.", "Das Gerät lässt sich leider nicht öffnen."),
        ] {
            assert_eq!(repair(bad), good);
        }
        for clean in [
            "| first_index | ~9.5 µs | ~4.8 µs |",
            "cœlioscope/S.",
            "phœnix/L'D'Q'",
            "KX7RθcTO cells",
            "let pattern = r\"[aβ]{100}\";",
            "Vy' mozhacze zmyanіcz' spіs praverak u naladax",
            "Krossferð á Íslandi (uþb. ein klukkustund)",
            "◊ **diamond**: shape, rhombus",
        ] {
            assert_eq!(repair(clean), clean);
        }
    }
}
