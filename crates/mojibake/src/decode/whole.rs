//! The encoding of a file without any UTF-8 character: one for the whole file, or none.
//!
//! Every encoding is tried, even those that are hardly ever met. A file is rewritten without asking only if words come
//! out, in a measured encoding, and no other encoding is nearly as plausible.

use unicode_normalization::UnicodeNormalization;

use super::declaration::declarations;
use super::pages::{LegacyEncoding, PAGES, Trust};
use super::types::{Declined, DecodingCertainty, Flaw};
use crate::language::languages::{Languages, is_letter};
use crate::language::reading::{implausibility, oddity, strangeness};

/// The decision how a file is decoded.
#[derive(Debug)]
pub(super) enum EncodingVerdict {
    /// In this encoding, from end to end; with the certainty and the rival encodings.
    Page(&'static LegacyEncoding, DecodingCertainty, Vec<&'static str>),
    /// As ASCII, with all other bytes kept.
    Kept,
    /// Not at all.
    Declined(Declined),
}

/// Maximum length of the sampled non-ASCII lines, in bytes, beyond which only lines with rare bytes are sampled: the
/// cost of a large file is that of a small one.
const SAMPLE: usize = 12 << 10;
/// Number of occurrences in the sample up to which a non-ASCII byte is rare (a guess).
const OFTEN: u32 = 4;
/// Maximum length of a piece of a line that is sampled at once, in bytes (a guess).
const PIECE: usize = 1024;
/// Maximum number of distinct decodings that are scored by the n-gram model (a guess).
const READINGS: usize = 16;
/// Cost of a byte that a decoding leaves undecoded, in decinats (a guess).
const UNDECODED: u64 = 110;
/// Weight of chardetng's guess, in decinats (a guess).
const GUESS: u64 = 30;
/// Margin over the next best decoding from which the best one is certain, in decinats: odds of e to the eighth, about
/// 3000, to one.
const AHEAD: u64 = 80;
/// Cost of a non-ASCII capital letter after a small one, beyond that of its case in the n-gram model, in decinats (a
/// guess): hardly any word has one, but a wrong encoding makes many of them out of apostrophes and accents.
const HUMP: u64 = 100;
/// Maximum cost above that of the best decoding at which one that decodes the whole file is taken, in decinats (a guess:
/// a few bytes that are left undecoded).
const FLAWLESS: u64 = 400;
/// Maximum cost above that of the best decoding at which the declared encoding is still certain, and at which it is
/// still believed, in decinats (guesses).
const DECLARED: u64 = 40;
const BELIEVED: u64 = 150;
/// Minimum number of words in lines of several words (a guess): a file with fewer is a list, a table of keys or a
/// drawing.
const WORDS: usize = 16;
/// Minimum number of words in such a line (a guess).
const ROW_WORDS: usize = 3;
/// Number of non-ASCII letters and marks below which they may be a name in a text of another language (a guess), which
/// is no evidence of the encoding; and the margin that such a file needs, in decinats: twice the usual one.
const LETTERS: usize = 3;
const NAME_AHEAD: u64 = 160;
/// Punctuation and symbols of prose.
const MARKS: &str = "‘’“”„«»–—…•€£§°©®™";
/// One non-ASCII letter in this many may be a word of its own (a guess): Italian and Russian have such words.
const ALONE: usize = 3;
/// A file with at most one non-ASCII byte in this many, or with fewer than `SOME` of them, is a text in ASCII with a
/// few undecodable bytes (guesses).
const MOSTLY_ASCII: usize = 4;
const SOME: usize = 16;

/// Thresholds for the mean cost of a non-ASCII character with the character after it, in decinats: the maximum of
/// correct prose, and the maximum of text that makes any sense. Measured on prose in 49 languages; neighbouring
/// encodings that are wrong reach down to the former.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bar {
    sound: u64,
    senseless: u64,
}

/// Thresholds by script. Measured for correct prose: 60 to 155 in Latin script, where non-ASCII letters are rare; 30 to
/// 47 in other alphabets, where they follow each other; 54 to 80 in CJK, which has many characters.
const LATIN: Bar = Bar { sound: 170, senseless: 270 };
const OTHER: Bar = Bar { sound: 58, senseless: 110 };
const WIDE: Bar = Bar { sound: 100, senseless: 130 };
/// Maximum cost of the least plausible letter in Latin text, in decinats. Measured: 110 to 220.
const WORST: u64 = 240;

/// Decides how a file is decoded.
pub(super) fn verdict(bytes: &[u8]) -> EncodingVerdict {
    if is_ebcdic(bytes) {
        return EncodingVerdict::Declined(Declined { encoding: Some("EBCDIC"), at: 0, flaw: Flaw::Foreign });
    }
    let sample = sample(bytes);
    let declared = declared(bytes);
    let readings = readings(&sample, declared);
    let Some(best) = chosen(bytes, &readings) else { return unreadable(bytes) };
    let of_declared = declared.and_then(|page| readings.iter().find(|reading| reading.pages.contains(&page)));
    // The declaration of a file is believed unless another encoding makes words of the file. In a file with too few
    // characters to show words, it is believed unless it makes no sense and another encoding does.
    let is_short = bytes.iter().filter(|byte| !byte.is_ascii()).count() < SOME;
    let believed = of_declared.filter(|reading| {
        let near = reading.plain <= best.cost + BELIEVED || !Sense::of(&best.text).is_sound();
        let is_sensible = !Sense::of(&reading.text).is_senseless();
        reading.undecoded == 0 && if is_short { near || is_sensible } else { near && is_sensible }
    });
    let (reading, page) = match (believed, declared) {
        (Some(reading), Some(page)) => (reading, page),
        _ => (best, best.page_for(bytes)),
    };
    let sense = Sense::of(&reading.text);
    let is_believed = is_short && believed.is_some();
    if !is_believed && (sense.is_senseless() || !has_word(&reading.text)) {
        return unreadable(bytes);
    }
    if let Some(flaw) = flaw(bytes, page) {
        return EncodingVerdict::Declined(flaw);
    }
    let ahead = if sense.is_name() { NAME_AHEAD } else { AHEAD };
    let near = readings.iter().filter(|other| other.key != reading.key && other.cost < reading.cost + ahead);
    let mut rivals: Vec<&'static str> = near.map(|other| other.page().name).collect();
    rivals.extend(reading.variants(page).map(|other| other.name));
    let sure = match (believed, declared) {
        (Some(reading), _) => reading.plain <= best.cost + DECLARED,
        // The declaration cannot be true, so nothing can be certain.
        (None, Some(page)) => {
            rivals.extend((!rivals.contains(&page.name)).then_some(page.name));
            false
        }
        (None, None) => {
            let measured = page.trust == Trust::Measured;
            let is_words = sense.is_sound() && (!OVERLAID.contains(&page.name) || is_of_language(&reading.text));
            measured && rivals.is_empty() && is_words && is_prose(bytes, page, sense.bar)
        }
    };
    EncodingVerdict::Page(page, if sure { DecodingCertainty::Sure } else { DecodingCertainty::Likely }, rivals)
}

/// Returns the decision for bytes that make sense in no encoding.
fn unreadable(bytes: &[u8]) -> EncodingVerdict {
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    if high * MOSTLY_ASCII <= bytes.len() || high < SOME {
        return EncodingVerdict::Kept;
    }
    let at = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    EncodingVerdict::Declined(Declined { encoding: None, at, flaw: Flaw::Unknown })
}

/// Returns the best decoding, or one near it that decodes the whole file if that one does not. An encoding that is
/// hardly ever met has to decode all of the sample.
fn chosen<'a>(bytes: &[u8], readings: &'a [CandidateText]) -> Option<&'a CandidateText> {
    let is_possible =
        |reading: &&CandidateText| reading.undecoded == 0 || reading.pages.iter().any(|page| page.rarity == 0);
    let best = readings.iter().find(is_possible)?;
    let is_whole = |reading: &&CandidateText| reading.pages.iter().any(|page| flaw(bytes, page).is_none());
    let mut near = readings.iter().filter(is_possible).filter(|other| other.cost <= best.cost + FLAWLESS);
    near.find(is_whole).or(Some(best))
}

/// One text that the sample may be, with the encodings that decode it so.
#[derive(Debug)]
struct CandidateText {
    /// The text in the first of the encodings.
    text: String,
    key: String,
    pages: Vec<&'static LegacyEncoding>,
    /// The encodings whose text differs from the first in letters that equal each other in `key`.
    differing: Vec<&'static LegacyEncoding>,
    undecoded: u64,
    /// Cost in decinats, with and without the priors of the encodings.
    cost: u64,
    plain: u64,
}

impl CandidateText {
    /// Returns the best known of the encodings.
    fn page(&self) -> &'static LegacyEncoding {
        self.pages[0]
    }

    /// Returns the best known of the encodings that decode the whole file, or the best known one if none does.
    fn page_for(&self, bytes: &[u8]) -> &'static LegacyEncoding {
        self.pages.iter().find(|page| flaw(bytes, page).is_none()).unwrap_or(&self.pages[0])
    }

    /// Returns the encodings whose text differs from that of `page` in letters that equal each other in `key`.
    fn variants(&self, page: &'static LegacyEncoding) -> impl Iterator<Item = &'static LegacyEncoding> {
        let is_differing = self.differing.contains(&page);
        self.pages.iter().copied().filter(move |other| self.differing.contains(other) != is_differing)
    }
}

/// Returns the encoding that a file declares, if it is a known one.
pub(super) fn declared(bytes: &[u8]) -> Option<&'static LegacyEncoding> {
    declarations(bytes).iter().find_map(|declaration| page_of(declaration.encoding))
}

fn page_of(encoding: &str) -> Option<&'static LegacyEncoding> {
    PAGES.iter().find(|page| page.name == encoding)
}

/// Returns the decodings of a sample, best first. The one in the declared encoding is always among them.
fn readings(sample: &[u8], declared: Option<&'static LegacyEncoding>) -> Vec<CandidateText> {
    let mut rough: Vec<(u64, CandidateText)> = Vec::new();
    for page in PAGES.iter() {
        let (text, undecoded) = page.decode(sample);
        // Vietnamese encodings have combining marks, but the models know accents as parts of letters only.
        let text = if text.contains(is_mark) { text.nfc().collect() } else { text };
        let key = folded(&text);
        match rough.iter_mut().find(|(_, reading)| reading.key == key) {
            Some((_, reading)) => {
                reading.pages.push(page);
                reading.differing.extend((reading.text != text).then_some(page));
            }
            None => {
                let cost = implausibility(&text) + UNDECODED * undecoded;
                rough.push((
                    cost,
                    CandidateText { text, key, pages: vec![page], differing: Vec::new(), undecoded, cost, plain: cost },
                ));
            }
        }
    }
    rough.sort_by_key(|(cost, _)| *cost);
    let guess = guess(sample);
    let is_declared = |reading: &CandidateText| declared.is_some_and(|page| reading.pages.contains(&page));
    let close = rough.into_iter().enumerate().filter(|(at, (_, reading))| *at < READINGS || is_declared(reading));
    let mut readings: Vec<CandidateText> = close.map(|(_, (_, reading))| reading).collect();
    for reading in &mut readings {
        reading.plain = cost(&reading.text, reading.undecoded);
        let guessed = reading.pages.iter().any(|page| guess == Some(page.name));
        let page = reading.pages.iter().map(|page| page.prior + reading.plain * page.rarity / 1000).min().unwrap_or(0);
        reading.cost = reading.plain + page + if guessed { 0 } else { GUESS };
    }
    readings.sort_by_key(|reading| reading.cost);
    readings
}

/// Returns the text in the form by which decodings are distinguished. Romanian letters with a comma equal those with a
/// cedilla.
fn folded(text: &str) -> String {
    let fold = |c: char| match c {
        'ș' => 'ş',
        'ț' => 'ţ',
        'Ș' => 'Ş',
        'Ț' => 'Ţ',
        _ => c,
    };
    text.chars().map(fold).collect()
}

/// Returns the cost of a decoding in which a number of bytes are left undecoded, in decinats.
pub(super) fn cost(text: &str, undecoded: u64) -> u64 {
    strangeness(text) + HUMP * (humps(text) + torn(text)) + STRANGER * strangers(text) + UNDECODED * undecoded
}

/// Cost of a letter that the language of its text does not have, in decinats (a guess).
const STRANGER: u64 = 30;

/// Returns whether a letter is one of those that [`Languages`] knows: a Latin, Cyrillic or Greek one beyond ASCII.
fn is_spelt(c: char) -> bool {
    !c.is_ascii() && is_letter(c) && (c < '\u{530}' || ('\u{1E00}'..'\u{2000}').contains(&c))
}

/// Returns the number of letters that are in no alphabet of the languages whose words the text has.
fn strangers(text: &str) -> u64 {
    if !text.chars().any(is_spelt) {
        return 0;
    }
    let languages = Languages::guess(text.chars());
    text.chars().filter(|c| is_spelt(*c) && !languages.write(*c)).map(|_| 1).sum()
}

/// Returns the number of no-break spaces within words: `guardi n`. After a word of one letter they are set on purpose.
fn torn(text: &str) -> u64 {
    if !text.contains('\u{a0}') {
        return 0;
    }
    let (mut before, mut last) = ([' '; 2], ' ');
    let is_torn = |c: char| {
        let was = (before, last);
        before = [before[1], last];
        last = c;
        was.1 == '\u{a0}' && c.is_lowercase() && was.0.iter().all(|c| c.is_lowercase())
    };
    text.chars().map(is_torn).map(u64::from).sum()
}

/// Returns the number of non-ASCII capital letters directly after small ones, and of non-ASCII Latin letters directly
/// before a digit: a price is `£4`, not `Ł4`.
fn humps(text: &str) -> u64 {
    let mut before = ' ';
    let is_hump = |c: char| {
        let before = std::mem::replace(&mut before, c);
        let is_beside_digit = c.is_ascii_digit() && !before.is_ascii() && before < '\u{250}' && is_letter(before);
        before.is_lowercase() && !c.is_ascii() && c.is_uppercase() || is_beside_digit && !"ªº".contains(before)
    };
    text.chars().map(is_hump).map(u64::from).sum()
}

/// Encodings of a few languages, with letters at bytes where rare encodings have those of other languages.
const OVERLAID: [&str; 4] = ["ISO-8859-2", "windows-1254", "windows-1257", "windows-1258"];
/// One letter in this many may be of another language, as in a name (a guess).
const STRANGERS: usize = 20;

/// Returns whether nearly all Latin, Cyrillic and Greek letters that are not ASCII are in the alphabet of one language,
/// and the words are those of such a language. The wrong encoding of a language without a model makes letters that no
/// language has together.
pub(super) fn is_of_language(text: &str) -> bool {
    let letters = || text.chars().filter(|c| is_spelt(*c));
    let count = letters().count();
    let languages = Languages::of(letters());
    if count == 0 {
        return true;
    }
    languages != Languages::ANY
        && letters().filter(|c| !languages.write(*c)).count() * STRANGERS <= count
        && languages.meets(Languages::guess(text.chars()))
}

/// Returns the name of the encoding that chardetng guesses.
fn guess(sample: &[u8]) -> Option<&'static str> {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    Some(detector.guess(None, chardetng::Utf8Detection::Deny).name())
}

/// Returns non-ASCII lines such that every non-ASCII byte of the file occurs in some of them.
fn sample(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    let mut seen = [0u32; 256];
    for line in bytes.split_inclusive(|&byte| byte == b'\n').filter(|line| !line.is_ascii()) {
        for piece in pieces(line).filter(|piece| !piece.is_ascii()) {
            let is_new = |byte: &u8| !byte.is_ascii() && seen[usize::from(*byte)] < OFTEN;
            if sample.len() < SAMPLE || piece.iter().any(is_new) {
                piece.iter().for_each(|byte| seen[usize::from(*byte)] += 1);
                sample.extend_from_slice(piece);
                if piece.last() != Some(&b'\n') {
                    sample.push(b'\n');
                }
            }
        }
    }
    sample
}

/// Returns a line in pieces that begin and end between characters in every encoding.
fn pieces(mut line: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let long = line.len() > PIECE;
        // Spaces and most punctuation are trail bytes in no encoding.
        let ends = |at: &usize| line[at - 1] < 0x30;
        let end = if long { (1..=PIECE).rev().find(ends).unwrap_or(line.len()) } else { line.len() };
        let (piece, rest) = line.split_at(end);
        line = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Returns the first place where the file is not text in the encoding.
fn flaw(bytes: &[u8], page: &'static LegacyEncoding) -> Option<Declined> {
    let (at, flaw) = page.flaw(bytes)?;
    Some(Declined { encoding: Some(page.name), at, flaw })
}

/// Measurements of whether a decoding makes sense where it is not ASCII.
#[derive(Debug)]
pub(super) struct Sense {
    mean: u64,
    worst: u64,
    bar: Bar,
    /// Number of non-ASCII letters, and of those that are words of their own.
    letters: usize,
    alone: usize,
    /// Number of quotation marks, dashes and other [`MARKS`].
    marks: usize,
}

impl Sense {
    pub(super) fn of(text: &str) -> Self {
        let (mut latin, mut wide, mut other, mut alone, mut marks) = (0, 0, 0, 0, 0);
        let mut before = ' ';
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if !c.is_ascii() && (c.is_alphabetic() || is_mark(c)) {
                match c {
                    _ if is_mark(c) || c < '\u{250}' || ('\u{1E00}'..'\u{1F00}').contains(&c) => latin += 1,
                    '\u{2E80}'.. => wide += 1,
                    _ => other += 1,
                }
                let joined = |c: char| c.is_alphabetic() || is_mark(c) || c == '\'' || c == '’';
                alone += usize::from(!joined(before) && !chars.peek().copied().is_some_and(joined));
            }
            marks += usize::from(MARKS.contains(c));
            before = c;
        }
        let letters = latin + wide + other;
        let bar = match wide.max(other) {
            0 => LATIN,
            most if latin > most => LATIN,
            most if wide == most => WIDE,
            _ => OTHER,
        };
        let oddity = oddity(text);
        Self { mean: oddity.mean, worst: if letters == latin { oddity.worst } else { 0 }, bar, letters, alone, marks }
    }

    pub(super) fn is_sound(&self) -> bool {
        self.is_of_words() && self.alone * ALONE <= self.letters
    }

    /// Returns whether the letters make sense beside each other. In a single line, many may be words of their own.
    pub(super) fn is_of_words(&self) -> bool {
        self.mean <= self.bar.sound && self.worst <= WORST
    }

    /// Returns whether there are so few non-ASCII characters that they may be a name in a text of another language.
    fn is_name(&self) -> bool {
        self.letters + self.marks < LETTERS && (self.letters > 0 || self.marks == 0)
    }

    pub(super) fn is_senseless(&self) -> bool {
        self.mean > self.bar.senseless
    }
}

/// Returns whether this is a combining mark, as Vietnamese encodings have.
fn is_mark(c: char) -> bool {
    ('\u{300}'..'\u{370}').contains(&c)
}

/// Returns whether the file is prose rather than a list of words, keys or strokes: it has enough words in lines of
/// several. In scripts other than Latin, only words with letters of the script count.
fn is_prose(bytes: &[u8], page: &'static LegacyEncoding, bar: Bar) -> bool {
    let mut words = 0;
    for line in bytes.split(|&byte| byte == b'\n') {
        for piece in pieces(line) {
            words += words_in_row(&page.decode(piece).0, bar);
        }
        if words >= WORDS {
            return true;
        }
    }
    false
}

/// Returns whether the text holds a word, because marks and numbers alone are no evidence.
fn has_word(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().nth(1).is_some())
}

/// Returns the number of words of a line, or 0 if there are fewer than [`ROW_WORDS`]. ASCII words are words of Latin
/// scripts alone.
fn words_in_row(line: &str, bar: Bar) -> usize {
    let is_part = |c: char| c.is_alphabetic() || is_mark(c);
    let is_wide = |c: char| c >= '\u{2E80}';
    let count = |word: &str| match word.chars().filter(|c| is_wide(*c)).count() {
        0 => usize::from(word.chars().count() > 1 && (bar == LATIN || !word.is_ascii())),
        // Chinese and Japanese have about two characters to a word, and no spaces.
        wide => wide.div_ceil(2),
    };
    let words: usize = line.split(|c| !is_part(c)).map(count).sum();
    if words >= ROW_WORDS { words } else { 0 }
}

/// Returns whether this is EBCDIC text: the space is 40, and letters are in three rows of nine or eight.
fn is_ebcdic(bytes: &[u8]) -> bool {
    /// Minimum share of spaces, minimum share of text, and maximum share of ASCII text, in percent (guesses).
    const SPACES: usize = 5;
    const TEXT: usize = 80;
    const ASCII: usize = 5;
    let (mut blanks, mut text, mut ascii) = (0, 0, 0);
    for byte in bytes {
        match byte {
            0x40 => blanks += 1,
            0x81..=0x89 | 0x91..=0x99 | 0xA2..=0xA9 | 0xC1..=0xC9 | 0xD1..=0xD9 | 0xE2..=0xE9 | 0xF0..=0xF9 => {
                text += 1
            }
            0x15 | 0x25 | 0x4B | 0x6B => text += 1,
            b' ' | b'\n' | b'a'..=b'z' => ascii += 1,
            _ => {}
        }
    }
    blanks * 100 >= bytes.len() * SPACES
        && (blanks + text) * 100 >= bytes.len() * TEXT
        && ascii * 100 <= bytes.len() * ASCII
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_keys_are_no_prose() {
        let page = &PAGES[0];
        let list = "Apfel\nBirne\nKirsche\n".repeat(20);
        let keys = "key 24: a b\nkey 25: c d\n".repeat(20);
        let prose = "Wer früh kommt, der bekommt den besten Platz am Fenster.\n".repeat(2);
        let is_prose = |text: &str| is_prose(&encoding_rs::WINDOWS_1252.encode(text).0, page, LATIN);
        assert!(!is_prose(&list) && !is_prose(&keys) && is_prose(&prose));
    }

    #[test]
    fn the_sample_has_every_byte() {
        let mut bytes = "größer\n".repeat(4000).into_bytes();
        bytes.extend_from_slice(b"one \xA4 at the end\n");
        let sample = sample(&bytes);
        assert!(sample.len() < 2 * SAMPLE && sample.contains(&0xA4));
    }

    #[test]
    fn text_of_mainframes_is_known_by_sight() {
        let bytes = b"\xE3\x88\x85\x40\x84\x96\x96\x99\x40\x89\xA2\x40\x96\x97\x85\x95\x4B\x25";
        assert!(is_ebcdic(bytes) && !is_ebcdic("The door is open, and @ home.".as_bytes()));
    }
}
