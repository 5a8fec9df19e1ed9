//! Words in a legacy encoding within a file in UTF-8.
//!
//! The rest of the file is certain, and so it is the best evidence: its letters, its words, its language. Each encoding
//! is tried on the words that are not UTF-8, and the one is taken in which they are words like those around them. Bytes
//! of such a word that happen to be a UTF-8 character belong to the word. Knows no plans for whole files.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;

use super::Pieces;
use super::broken;
use super::legacy::{End, bytewise, is_plausible};
use super::pages::{LegacyEncoding, PAGES, Trust, paged};
use super::passages;
use super::types::{DecodingCertainty, SegmentEncoding};
use super::whole::is_of_language;
use crate::language::languages::{Languages, is_letter};
use crate::language::reading::strangeness;
use crate::text::script::{Script, is_cjk};

/// The encodings of the words that are not UTF-8, with their certainty.
pub(super) struct StrayPlan {
    /// The first one is that of the lines that are not in `lines`.
    pages: Vec<PagePlan>,
    /// Start of each line that is not UTF-8, in bytes, with the index of its encoding, in order; empty if there is one.
    lines: Vec<(usize, usize)>,
    document: Document,
    pub(super) grounds: DecodingCertainty,
    pub(super) rivals: Vec<&'static str>,
}

/// An encoding of words that are not UTF-8.
struct PagePlan {
    page: &'static LegacyEncoding,
    grounds: DecodingCertainty,
    rivals: Vec<&'static str>,
    /// The bytes of words that are better ones in another encoding, or may be read in two ways.
    doubtful: FxHashSet<Box<[u8]>>,
}

/// Maximum number of distinct words that are judged, and their maximum length together, in bytes (guesses): enough for
/// the models, and independent of the size of the file.
const JUDGED: usize = 48;
const JUDGED_LEN: usize = 4 << 10;
/// Maximum length of the text before and after a word that is judged with it, in characters (a guess: four times the
/// context of the model).
const AROUND: usize = 16;

/// Number of letters from which a document tells its language by them (a guess).
const FEW: u64 = 8;

/// Costs in decinats (guesses, except where a measurement is given).
mod costs {
    /// A byte that a decoding leaves undecoded, and the first bytes of a truncated character that it keeps.
    pub(super) const UNDECODED: u64 = 200;
    pub(super) const CUT: u64 = 30;
    /// A script that the document does not have, once for each word.
    pub(super) const SCRIPT: u64 = 60;
    /// A letter that is in no alphabet of the document's language; English texts have foreign names.
    pub(super) const ALPHABET: u64 = 60;
    pub(super) const ENGLISH: u64 = 20;
    /// Maximum for a letter that the rest of the document never has.
    pub(super) const UNSEEN: u64 = 60;
    /// A symbol or punctuation mark between two letters of a word.
    pub(super) const WITHIN: u64 = 60;
    /// A no-break space between two letters of a word.
    pub(super) const BLANK: u64 = 100;
    /// A letter of the document's language that the rest never has costs one part in so many of any other one.
    pub(super) const SPELT_PART: u64 = 3;
    /// A mark that the rest of the document never has, and a quotation mark on the wrong side of a word.
    pub(super) const MARK: u64 = 15;
    pub(super) const NEW_MARK: u64 = 40;
    pub(super) const SIDE: u64 = 60;
    /// A Latin letter that is a word of its own and begins no word of the document.
    pub(super) const ALONE: u64 = 40;
    /// A character in UTF-8 that the rest of the document does not have, once for each word.
    pub(super) const CHANCE: u64 = 60;
    /// A letter in UTF-8 of a script that the rest of the document does not have.
    pub(super) const CHANCE_SCRIPT: u64 = 150;
    /// Letters in UTF-8 and others within one word.
    pub(super) const MIXED: u64 = 60;
    /// A multi-byte encoding of another language, or its letters of Europe.
    pub(super) const ELSEWHERE: u64 = 80;
    /// Gain of two neighbouring characters that the document has side by side.
    pub(super) const PAIR: u64 = 15;
    /// Two scripts within a word, a digit beside a letter, or a capital letter after a small one.
    pub(super) const HUMP: u64 = 150;
    /// Gain of a word that the rest of the document has.
    pub(super) const KNOWN: u64 = 40;
    /// Gain of the encoding that the file declares.
    pub(super) const DECLARED: u64 = 60;
    /// Margin over the next best decoding from which the best one is certain; from which it is if its encoding is rare.
    pub(super) const AHEAD: u64 = 60;
    pub(super) const RARE_AHEAD: u64 = 160;
    /// Margin within which an encoding whose letters the document has puts in doubt one whose letters it does not have.
    pub(super) const ATTESTED: u64 = 160;
    /// Margin within which a well-known encoding puts another one in doubt if the document has the letters of both, or its
    /// language has them.
    pub(super) const RIVAL: u64 = 100;
    pub(super) const RIVAL_LETTER: u64 = 80;
    /// Margin within which a well-known encoding in whose letters the language is written puts in doubt a rare one.
    pub(super) const SPELLED: u64 = 300;
    /// Maximum cost of a word above that in its best encoding at which it is in the encoding of the others.
    pub(super) const APART: u64 = 30;
}

/// Evidence from the text that is UTF-8.
struct Document {
    /// Number of occurrences of each non-ASCII letter, in lower case, and of each mark.
    chars: FxHashMap<char, u64>,
    /// Neighbouring characters of which one is not ASCII.
    pairs: FxHashSet<(char, char)>,
    scripts: FxHashSet<Script>,
    letters: u64,
    words: FxHashSet<String>,
    languages: Languages,
}

/// A word that is not UTF-8.
struct StrayWord<'a> {
    /// The bytes from the first one that is not UTF-8, or is foreign to the document, to the last one.
    bytes: &'a [u8],
    before: &'a str,
    after: &'a str,
    /// True if its first bytes, which seem to be a truncated UTF-8 character, may be letters of the document.
    is_attested: bool,
    /// True if it is one of many in its line, so that its bytes are letters even where they seem to be such a character.
    is_in_legacy: bool,
}

/// The words of a line that are not UTF-8.
struct StrayWords {
    spans: Vec<Range<usize>>,
    /// True if the line is legacy text: many of its bytes are not even the beginning of a UTF-8 character.
    is_legacy: bool,
}

/// Number of distinct bytes that are not even the beginning of a UTF-8 character from which a line is legacy text (a
/// guess): of characters in UTF-8 that lost a byte, the same two or three remain.
const LEGACY_BYTES: usize = 4;

/// The ways to decode the bytes of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WordReading {
    /// UTF-8 remains as it is.
    Bytewise,
    /// UTF-8 remains as it is if the document has such characters elsewhere.
    Between,
    /// All of it in the legacy encoding.
    Paged,
}

/// Decides how the words that are not UTF-8 are decoded. `declared` is the encoding that the file declares.
pub(super) fn plan(
    bytes: &[u8],
    narrow: &[Range<usize>],
    declared: Option<&'static LegacyEncoding>,
) -> Option<StrayPlan> {
    let document = Document::of(bytes, narrow);
    let stray: Vec<Range<usize>> = stray_lines(bytes, narrow).collect();
    let one = page_plan(bytes, stray.iter(), &document, declared)?;
    let assigned = if declared.is_some() { None } else { passages::assign(bytes, &stray, one.page) };
    let several = assigned.and_then(|(pages, choices)| {
        let of = |at: usize| stray.iter().zip(&choices).filter(move |(_, choice)| **choice == at).map(|(line, _)| line);
        let plans: Option<Vec<PagePlan>> = (0..pages.len())
            .filter(|at| choices.contains(at))
            .map(|at| page_plan(bytes, of(at), &document, None))
            .collect();
        let known: Vec<usize> = (0..pages.len()).filter(|at| choices.contains(at)).collect();
        let index = |choice: &usize| known.iter().position(|at| at == choice).unwrap_or(0);
        let lines = stray.iter().zip(&choices).map(|(line, choice)| (line.start, index(choice))).collect();
        let plans = plans.filter(|plans| plans.windows(2).any(|pair| pair[0].page != pair[1].page))?;
        Some((plans, lines))
    });
    let (pages, lines) = several.unwrap_or_else(|| (vec![one], Vec::new()));
    let is_sure = |plan: &PagePlan| plan.grounds == DecodingCertainty::Sure && plan.doubtful.is_empty();
    let grounds = if pages.iter().all(is_sure) { DecodingCertainty::Sure } else { DecodingCertainty::Likely };
    let rivals = if pages.len() == 1 { pages[0].rivals.clone() } else { Vec::new() };
    Some(StrayPlan { pages, lines, document, grounds, rivals })
}

/// Returns the lines that are not UTF-8.
fn stray_lines<'a>(bytes: &'a [u8], narrow: &'a [Range<usize>]) -> impl Iterator<Item = Range<usize>> + 'a {
    let all = narrow.iter().flat_map(|range| {
        let mut at = range.start;
        lines(&bytes[range.clone()]).map(move |line| {
            at += line.len();
            at - line.len()..at
        })
    });
    all.filter(|line| std::str::from_utf8(&bytes[line.clone()]).is_err())
}

/// Decides how the words of some lines that are not UTF-8 are decoded.
fn page_plan<'a>(
    bytes: &[u8],
    stray: impl Iterator<Item = &'a Range<usize>>,
    document: &Document,
    declared: Option<&'static LegacyEncoding>,
) -> Option<PagePlan> {
    let mut words: Vec<StrayWord<'_>> = Vec::new();
    let (mut seen, mut len) = (FxHashSet::default(), 0);
    for line in stray.map(|line| &bytes[line.clone()]) {
        let strays = document.strays(line);
        for range in strays.spans.iter().cloned() {
            if words.len() < JUDGED && len < JUDGED_LEN && seen.insert(&line[range.clone()]) {
                len += range.len();
                words.push(document.word(line, range, &strays));
            }
        }
    }
    if words.is_empty() {
        return None;
    }
    let (mut all, mut prior): (Vec<Vec<Judged>>, Vec<u64>) = (Vec::new(), Vec::new());
    for page in PAGES.iter() {
        all.push(words.iter().map(|word| document.judged(word, page)).collect());
        let rarity = page.prior / if document.letters < FEW { 1 } else { 2 } + page.rarity * 4;
        prior.push(if declared == Some(page) { 0 } else { rarity + declared.map_or(0, |_| costs::DECLARED) });
    }
    let total = |at: usize| prior[at] + all[at].iter().map(|judged| judged.cost).sum::<u64>();
    let best = (0..all.len()).min_by_key(|&at| total(at))?;
    let page = PAGES.get(best)?;
    let text = |at: usize| all[at].iter().map(|judged| judged.text.as_str());
    let is_other = |at: &usize| !text(*at).eq(text(best));
    let mut near: Vec<usize> = (0..all.len()).filter(is_other).collect();
    near.sort_by_key(|&at| total(at));
    let sum = |at: usize, of: fn(&Fit) -> usize| all[at].iter().map(|judged| of(&judged.fit)).sum::<usize>();
    let is_measured = page.trust == Trust::Measured;
    let is_outside = sum(best, |fit| fit.outside) > 0;
    let needed = if is_measured && !is_outside { costs::AHEAD } else { costs::RARE_AHEAD };
    let is_rival = |at: &usize| {
        let decodes = all[*at].iter().all(|judged| judged.undecoded == 0) && sum(*at, |fit| fit.marks) == 0;
        let is_attested = decodes && sum(*at, |fit| fit.unseen) == 0;
        let is_spelled = decodes && sum(*at, |fit| fit.outside) == 0;
        let margin = match (is_attested, is_spelled) {
            (_, true) if !is_measured && PAGES[*at].trust == Trust::Measured => costs::SPELLED,
            (_, true) if sum(best, |fit| fit.marks) > 0 && document.letters > 0 => costs::ATTESTED,
            (true, _) if sum(best, |fit| fit.unseen) > 0 => costs::ATTESTED,
            (true, _) if PAGES[*at].trust == Trust::Measured && document.letters >= FEW => costs::RIVAL,
            (_, true) if words.len() < SOME_WORDS && document.letters >= FEW => costs::RIVAL,
            (_, true) if PAGES[*at].trust == Trust::Measured && document.letters >= FEW => costs::RIVAL_LETTER,
            _ => 0,
        };
        total(*at) < total(best) + needed.max(margin)
    };
    let rivals: Vec<&'static str> = near.into_iter().filter(is_rival).map(|at| PAGES[at].name).collect();
    // Each word by itself must not be a better one in another encoding.
    let is_apart = |word: usize| {
        let least = (0..all.len()).map(|at| prior[at] + all[at][word].cost).min().unwrap_or(0);
        prior[best] + all[best][word].cost > least + costs::APART
    };
    let doubtful = (0..words.len()).filter(|&word| is_apart(word) || all[best][word].is_doubtful);
    let doubtful: FxHashSet<Box<[u8]>> = doubtful.map(|word| words[word].bytes.into()).collect();
    let shown = || words.iter().zip(&all[best]).map(|(word, judged)| [word.before, &judged.text, word.after].concat());
    let is_foreign = sum(best, |fit| fit.foreign) > 0 && !is_of_language(&shown().collect::<Vec<_>>().join(" "));
    let is_sure = rivals.is_empty() && !is_foreign && doubtful.len() * DOUBTFUL <= words.len();
    let grounds = if is_sure { DecodingCertainty::Sure } else { DecodingCertainty::Likely };
    Some(PagePlan { page, grounds, rivals, doubtful })
}

/// One word in this many may be doubtful where the others are certain (a guess).
const DOUBTFUL: usize = 3;
/// Number of distinct words from which they are more than a name or two (a guess).
const SOME_WORDS: usize = 3;

/// A decoding of a word.
struct Judged {
    text: String,
    cost: u64,
    fit: Fit,
    /// Cost of its bytes that are left undecoded, in decinats.
    undecoded: u64,
    /// True if some of its bytes may be UTF-8 as well.
    is_doubtful: bool,
}

/// Numbers of the characters of a decoding that the rest of the document does not have.
#[derive(Debug, Clone, Copy)]
struct Fit {
    /// Letters, and those of them that are in no alphabet of its language.
    unseen: usize,
    outside: usize,
    /// Latin letters among those outside.
    foreign: usize,
    /// Other characters.
    marks: usize,
}

impl Document {
    fn of(bytes: &[u8], narrow: &[Range<usize>]) -> Self {
        let mut document = Self {
            chars: FxHashMap::default(),
            pairs: FxHashSet::default(),
            scripts: FxHashSet::default(),
            letters: 0,
            words: FxHashSet::default(),
            languages: Languages::ANY,
        };
        let mut sample = String::new();
        // UTF-8 within a line that is not, or even within a word, is the weaker evidence.
        for is_clean in [true, false] {
            let lines = narrow.iter().flat_map(|range| lines(&bytes[range.clone()]));
            let lines = lines.filter(|line| std::str::from_utf8(line).is_ok() == is_clean);
            let lines = lines.filter(|line| is_clean || is_mostly_utf8(line));
            for word in lines.flat_map(|line| line.split(|byte| is_edge(*byte))) {
                let Ok(text) = std::str::from_utf8(word) else { continue };
                if sample.len() < JUDGED_LEN {
                    sample.push_str(text);
                    sample.push(' ');
                }
                if !text.is_ascii() {
                    document.learn(text);
                }
            }
            if document.letters >= FEW {
                break;
            }
        }
        let letters: Vec<char> = document.chars.keys().copied().filter(|c| is_letter(*c)).collect();
        let by_text = Languages::guess(sample.chars());
        let by_letters = Languages::of(letters.into_iter());
        document.languages = if by_letters == Languages::ANY { by_text } else { by_letters.and(by_text) };
        document
    }

    fn learn(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_ascii()) {
            let c = small(c);
            *self.chars.entry(c).or_default() += 1;
            if is_letter(c) {
                self.letters += 1;
                self.scripts.extend(Script::of(c));
            }
        }
        let mut before = ' ';
        for c in text.chars().chain([' ']).map(small) {
            if !c.is_ascii() || !before.is_ascii() {
                self.pairs.insert((side(before), side(c)));
            }
            before = c;
        }
        let words = text.split(|c: char| !is_letter(c)).filter(|word| !word.is_ascii());
        self.words.extend(words.map(str::to_lowercase));
    }

    /// Returns whether a character that is valid UTF-8 is one that the document has, or punctuation of any document.
    fn is_native(&self, c: char) -> bool {
        match Script::of(c) {
            _ if self.chars.contains_key(&small(c)) || ('\u{2010}'..'\u{2040}').contains(&c) => true,
            Some(script) if is_cjk(c) => self.scripts.contains(&script),
            Some(script) => self.scripts.contains(&script) && self.languages.spell(small(c)),
            None => matches!(c, '«' | '»' | '\u{a0}' | '°' | '€' | '\u{FEFF}' | '\u{FFFD}'),
        }
    }

    /// Returns the spans of the words of a line that are not UTF-8, and of those that may be so by chance: each from its
    /// first non-ASCII byte to its last one, with a byte after it that may belong to it.
    fn strays(&self, line: &[u8]) -> StrayWords {
        let mut spans = Vec::new();
        let (mut at, mut lone) = (0, FxHashSet::default());
        for word in line.split_inclusive(|byte| is_edge(*byte)) {
            let start = at;
            at += word.len();
            let is_stray = match std::str::from_utf8(word) {
                Ok(text) => text.chars().any(|c| !c.is_ascii() && !self.is_native(c)),
                Err(_) => true,
            };
            let first = word.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
            let last = word.iter().rposition(|byte| !byte.is_ascii()).unwrap_or(0);
            if is_stray {
                let trail = word.get(last + 1).is_some_and(|byte| (0x40..0x7F).contains(byte));
                spans.push(start + first..start + last + 1 + usize::from(trail));
                lone.extend(
                    word.utf8_chunks().filter(|chunk| chunk.invalid().len() == 1).map(|chunk| chunk.invalid()[0]),
                );
            }
        }
        StrayWords { spans, is_legacy: lone.len() >= LEGACY_BYTES }
    }

    /// Returns the best decoding of a word in an encoding.
    fn judged(&self, word: &StrayWord<'_>, page: &'static LegacyEncoding) -> Judged {
        let (_, mut judged, others) = self.best(word, page);
        let least = judged.cost + costs::AHEAD;
        judged.is_doubtful = others.iter().any(|other| other.text != judged.text && other.cost < least);
        judged
    }

    /// Returns the best reading of a word with the other ones.
    fn best(&self, word: &StrayWord<'_>, page: &'static LegacyEncoding) -> (WordReading, Judged, Vec<Judged>) {
        let is_possible = self.is_word(word, page);
        let all = [WordReading::Bytewise, WordReading::Between, WordReading::Paged];
        let mut readings: Vec<(WordReading, Judged)> = Vec::new();
        for reading in all {
            let fits = if reading == WordReading::Bytewise { page.is_single_byte() } else { is_possible };
            if fits || reading == WordReading::Paged && readings.is_empty() {
                readings.push((reading, self.read(word, page, reading)));
            }
        }
        let at = (0..readings.len()).min_by_key(|&at| readings[at].1.cost).unwrap_or(0);
        let (reading, judged) = readings.remove(at);
        (reading, judged, readings.into_iter().map(|(_, judged)| judged).collect())
    }

    /// Calls `put` for each piece of a word.
    fn pieces(
        &self,
        bytes: &[u8],
        page: &'static LegacyEncoding,
        reading: WordReading,
        put: &mut dyn FnMut(&str, usize, SegmentEncoding),
    ) {
        match reading {
            WordReading::Bytewise => bytewise(bytes, page, End::OfLine, put),
            WordReading::Paged => paged_letters(bytes, page, put),
            WordReading::Between => {
                let (mut done, mut at) = (0, 0);
                for chunk in bytes.utf8_chunks() {
                    for c in chunk.valid().chars() {
                        let next = at + c.len_utf8();
                        if !c.is_ascii() && self.is_native(c) {
                            paged_letters(&bytes[done..at], page, put);
                            put(c.encode_utf8(&mut [0; 4]), c.len_utf8(), SegmentEncoding::Utf8);
                            done = next;
                        }
                        at = next;
                    }
                    at += chunk.invalid().len();
                }
                paged_letters(&bytes[done..], page, put);
            }
        }
    }

    fn read(&self, word: &StrayWord<'_>, page: &'static LegacyEncoding, reading: WordReading) -> Judged {
        let (mut text, mut undecoded, mut chance, mut has_cjk) = (String::new(), 0, 0, false);
        let (mut has_utf8, mut has_legacy) = (false, false);
        let is_truncated = word.bytes.utf8_chunks().all(|chunk| chunk.invalid().len() != 1);
        self.pieces(word.bytes, page, reading, &mut |piece, len, unit| match unit {
            SegmentEncoding::Invalid => {
                let cut = reading == WordReading::Bytewise && is_truncated && !word.is_attested && !word.is_in_legacy;
                undecoded += if cut { costs::CUT } else { costs::UNDECODED * len as u64 };
                text.push('\n');
            }
            SegmentEncoding::Utf8 => {
                has_utf8 |= piece.chars().any(|c| !c.is_ascii() && is_letter(c));
                for c in piece.chars().filter(|c| !c.is_ascii() && !self.is_native(*c)) {
                    let is_foreign = Script::of(c).is_some_and(|script| !self.scripts.contains(&script));
                    chance = chance.max(if is_foreign { costs::CHANCE_SCRIPT } else { costs::CHANCE });
                }
                text.push_str(piece);
            }
            SegmentEncoding::Encoded(_) => {
                has_cjk |= piece.chars().any(is_cjk);
                has_legacy |= piece.chars().any(is_letter);
                text.push_str(piece);
            }
        });
        // The marks of Vietnamese encodings follow their letters, the first of which may be ASCII.
        let (before, text) = match text.contains(is_mark) {
            true => composed(word.before, &text),
            false => (word.before, text),
        };
        let word = &StrayWord { before, ..*word };
        let (fit, letters) = self.letters(word, &text);
        let shown = [word.before, &text, word.after].concat();
        chance += if has_utf8 && has_legacy { costs::MIXED } else { 0 };
        let known = if self.holds(word, &text) { 0 } else { costs::KNOWN };
        let is_here = page.is_single_byte() || has_cjk && self.is_of(page.name);
        let elsewhere = if is_here { 0 } else { costs::ELSEWHERE };
        let cost = strangeness(&shown) + letters + undecoded + known + chance + elsewhere;
        Judged { text, cost, fit, undecoded, is_doubtful: false }
    }

    /// Returns whether a multi-byte encoding is one of the document's language.
    fn is_of(&self, page: &str) -> bool {
        let has = |script| self.scripts.contains(&script);
        match page {
            _ if has(Script::Hangul) => page == "EUC-KR",
            _ if has(Script::Kana) => matches!(page, "Shift_JIS" | "EUC-JP"),
            _ if has(Script::Han) => !matches!(page, "Shift_JIS" | "EUC-JP" | "EUC-KR"),
            _ => true,
        }
    }

    /// Returns whether all bytes may be letters of `page`, rather than ill-formed UTF-8.
    fn is_word(&self, word: &StrayWord<'_>, page: &'static LegacyEncoding) -> bool {
        let bytes = word.bytes;
        if broken::pair(bytes).is_some() {
            return false;
        }
        let len = broken::len(bytes);
        if len == 1 || std::str::from_utf8(&bytes[..len]).is_ok() || bytes[len..].iter().any(|byte| !byte.is_ascii()) {
            return true;
        }
        let (broken, rest) = bytes.split_at(len);
        let is_within = || word.before.ends_with(is_letter) && rest.first().is_some_and(u8::is_ascii_alphabetic);
        page.is_single_byte()
            && (word.is_in_legacy
                || is_plausible(broken, page)
                || self.is_attested(broken, page)
                || is_within() && is_spelt(broken, page))
    }

    /// Returns whether all bytes are small letters of `page` that the document has.
    fn is_attested(&self, bytes: &[u8], page: &'static LegacyEncoding) -> bool {
        let is_known = |c: char| c.is_lowercase() && self.chars.contains_key(&c);
        bytes.iter().all(|byte| page.read(*byte).is_some_and(is_known))
    }

    /// Returns the word at a span of a line, one of those in `all`.
    fn word<'a>(&self, line: &'a [u8], span: Range<usize>, all: &StrayWords) -> StrayWord<'a> {
        let (before, bytes) = (valid_end(&line[..span.start]), &line[span.clone()]);
        let after = valid_start(&line[span.end..]);
        let broken = &bytes[..broken::len(bytes)];
        let is_within =
            before.ends_with(is_letter) || bytes[broken.len()..].first().is_some_and(u8::is_ascii_alphabetic);
        let mut measured = PAGES.iter().filter(|page| page.trust == Trust::Measured);
        let is_attested = broken.len() > 1 && is_within && measured.any(|page| self.is_attested(broken, page));
        StrayWord { bytes, before, after, is_attested, is_in_legacy: all.is_legacy }
    }

    /// Returns the number of characters that the document does not have, and the cost of all.
    fn letters(&self, word: &StrayWord<'_>, text: &str) -> (Fit, u64) {
        let (mut unseen, mut outside, mut latin, mut marks, mut cost) = (0, 0, 0, 0, 0);
        let mut foreign: FxHashSet<Script> = FxHashSet::default();
        let mut before = word.before.chars().next_back().unwrap_or(' ');
        let mut rest = text.chars().chain([word.after.chars().next().unwrap_or(' ')]).peekable();
        while let Some(c) = rest.next() {
            let next = rest.peek().copied().unwrap_or(' ');
            let is_new = !c.is_ascii() && !self.chars.contains_key(&small(c));
            let script = Script::of(c);
            if is_new && is_letter(c) {
                if script.is_none_or(|script| script != Script::Latin && !self.scripts.contains(&script)) {
                    (unseen, outside) = (unseen + 1, outside + 1);
                    cost += if script.is_none_or(|script| foreign.insert(script)) { costs::SCRIPT } else { 0 };
                } else if !is_cjk(c) {
                    unseen += 1;
                    let is_spelled = self.languages.write(small(c));
                    let is_known = self.languages != Languages::ANY && is_spelled;
                    cost += self.unseen() / if is_known { costs::SPELT_PART } else { 1 };
                    outside += usize::from(!is_known);
                    latin += usize::from(!is_known);
                    cost += if is_spelled { 0 } else { self.alphabet() };
                }
            }
            if !c.is_ascii() && !is_letter(c) && !is_mark(c) && !is_cjk(c) {
                marks += usize::from(is_new);
                cost += match () {
                    () if !is_new => 0,
                    () if self.letters >= FEW && !self.languages.holds_english() => costs::NEW_MARK,
                    () => costs::MARK,
                };
                let is_known = c == '’' && self.chars.contains_key(&'’');
                let is_trailing = "°²³¹ªº´¨¸¯¬¤¦…".contains(c);
                let is_quote = "‘’‚‛“”„‟«»‹›".contains(c);
                cost += match (is_letter(before), is_letter(next)) {
                    (true, true) if c == '\u{a0}' => costs::BLANK,
                    (false, true) if is_trailing && !before.is_alphanumeric() => costs::SIDE,
                    (true, true) if !is_known => costs::WITHIN / if self.languages.holds_english() { 2 } else { 1 },
                    (true, false) if is_quote && !self.closes(c) => costs::SIDE,
                    (false, _) if is_quote && !before.is_ascii_digit() && c != '’' && !self.languages.open_with(c) => {
                        costs::SIDE
                    }
                    _ => 0,
                };
            }
            let is_beyond = !c.is_ascii() || !before.is_ascii();
            let is_mixed = is_letter(before) && is_letter(c) && !is_cjk(c) && Script::of(before) != script;
            let is_hump = is_beyond && before.is_lowercase() && c.is_uppercase();
            let is_number = !c.is_ascii() && is_letter(c) && before.is_ascii_digit()
                || !before.is_ascii() && is_letter(before) && c.is_ascii_digit();
            cost += if (is_mixed || is_hump || is_number) && !is_cjk(before) && !is_cjk(c) { costs::HUMP } else { 0 };
            let is_alone = !c.is_ascii() && script == Some(Script::Latin) && !is_letter(before) && !is_letter(next);
            cost += if is_alone && !self.pairs.contains(&(' ', small(c))) { costs::ALONE } else { 0 };
            let is_pair = is_beyond && !self.pairs.contains(&(side(before), side(c)));
            cost += if is_pair && self.letters > 0 { costs::PAIR } else { 0 };
            before = c;
        }
        (Fit { unseen, outside, foreign: latin, marks }, cost)
    }

    /// Returns the cost of a letter that the document does not have: the longer the document, the more.
    fn unseen(&self) -> u64 {
        u64::from((1 + self.letters).ilog2() * 7).min(costs::UNSEEN)
    }

    fn alphabet(&self) -> u64 {
        if self.languages.holds_english() { costs::ENGLISH } else { costs::ALPHABET }
    }

    /// Returns whether a mark closes quotations in some of the document's languages.
    fn closes(&self, mark: char) -> bool {
        mark == '’' || "‘’‚“”„«»‹›".chars().any(|open| self.languages.close_with(open, mark))
    }

    /// Returns whether the document has the word of this decoding.
    fn holds(&self, word: &StrayWord<'_>, text: &str) -> bool {
        let start = word.before.rfind(|c| !is_letter(c)).map_or(0, |at| at + 1);
        let end = word.after.find(|c| !is_letter(c)).unwrap_or(word.after.len());
        let Some(before) = word.before.get(start..) else { return false };
        let whole = [before, text, &word.after[..end]].concat().to_lowercase();
        self.words.contains(whole.trim_matches(|c| !is_letter(c)))
    }
}

impl StrayPlan {
    /// Returns the plan for the line that starts at `start`, in bytes of the file.
    fn plan_of(&self, start: usize) -> &PagePlan {
        let line = self.lines.binary_search_by_key(&start, |(start, _)| *start);
        &self.pages[line.map_or(0, |at| self.lines[at].1)]
    }

    /// Decodes a span of the file.
    pub(super) fn read(&self, bytes: &[u8], range: Range<usize>, out: &mut Pieces) {
        let end_of_file = range.end == bytes.len();
        let start = range.start;
        let bytes = &bytes[range];
        if let Ok(text) = std::str::from_utf8(bytes) {
            return out.push(text, text.len(), SegmentEncoding::Utf8);
        }
        let mut done = 0;
        let mut at = 0;
        for line in lines(bytes) {
            if std::str::from_utf8(line).is_err() {
                let plan = self.plan_of(start + at);
                let strays = self.document.strays(line);
                let words: Vec<StrayWord<'_>> =
                    strays.spans.iter().map(|span| self.document.word(line, span.clone(), &strays)).collect();
                // A line is in one encoding: a word that is certain decides about the others. Left alone, they would be
                // judged without it once it is rewritten.
                let is_doubted = words.iter().all(|word| plan.doubtful.contains(word.bytes));
                for (stray, word) in strays.spans.iter().zip(words) {
                    let span = at + stray.start..at + stray.end;
                    utf8(&bytes[done..span.start], out);
                    // Nothing but the first bytes of a character in UTF-8 ends the file.
                    let is_truncated = || {
                        let error = std::str::from_utf8(word.bytes).err();
                        error.is_some_and(|error| error.error_len().is_none())
                    };
                    let is_cut = end_of_file && span.end == bytes.len() && is_truncated();
                    out.certainty = if is_doubted { DecodingCertainty::Likely } else { plan.grounds };
                    let mut put = |text: &str, len, unit| out.push(text, len, unit);
                    if is_cut {
                        bytewise(word.bytes, plan.page, End::OfFile, &mut put);
                    } else {
                        let reading = self.document.best(&word, plan.page).0;
                        self.document.pieces(word.bytes, plan.page, reading, &mut put);
                    }
                    out.certainty = DecodingCertainty::Sure;
                    done = span.end;
                }
            }
            at += line.len();
        }
        utf8(&bytes[done..], out);
    }
}

fn utf8(bytes: &[u8], out: &mut Pieces) {
    out.push(std::str::from_utf8(bytes).unwrap_or_default(), bytes.len(), SegmentEncoding::Utf8);
}

/// Decodes all bytes in `page`. ASCII remains what it is, except in multi-byte encodings.
fn paged_letters(bytes: &[u8], page: &'static LegacyEncoding, put: &mut dyn FnMut(&str, usize, SegmentEncoding)) {
    if !page.is_single_byte() {
        return paged(bytes, page, put);
    }
    for part in bytes.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        match std::str::from_utf8(part) {
            Ok(text) if part.is_ascii() => put(text, part.len(), SegmentEncoding::Utf8),
            _ => paged(part, page, put),
        }
    }
}

/// Returns whether all bytes are small Latin letters of `page`, the last one perhaps an apostrophe.
fn is_spelt(bytes: &[u8], page: &'static LegacyEncoding) -> bool {
    let is_small = |c: char| c.is_lowercase() && Script::of(c) == Some(Script::Latin);
    let is_part = |at: usize, c: char| is_small(c) || c == '’' && at > 0 && at + 1 == bytes.len();
    bytes.iter().enumerate().all(|(at, byte)| page.read(*byte).is_some_and(|c| is_part(at, c)))
}

/// Returns whether most words of a line that are not ASCII are UTF-8: in a line of legacy text, some are by chance.
fn is_mostly_utf8(line: &[u8]) -> bool {
    let words = || line.split(|byte| is_edge(*byte)).filter(|word| !word.is_ascii());
    words().filter(|word| std::str::from_utf8(word).is_ok()).count() * 2 > words().count()
}

/// Returns whether a byte ends words. Those from `@` on are trail bytes of some encodings.
fn is_edge(byte: u8) -> bool {
    byte < 0x30 || (0x3A..0x40).contains(&byte) || byte == 0x7F
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Returns a character as one side of a pair: all that are not letters are alike.
fn side(c: char) -> char {
    if is_letter(c) { small(c) } else { ' ' }
}

/// Returns the lower-case form of a character. Romanian letters with a cedilla equal those with a comma.
fn small(c: char) -> char {
    match c.to_lowercase().next().unwrap_or(c) {
        // Its lower-case form has two characters.
        _ if c == 'İ' => c,
        'ş' => 'ș',
        'ţ' => 'ț',
        c => c,
    }
}

/// Returns the text before a word, and the word, with its combining marks joined to their letters.
fn composed<'a>(before: &'a str, text: &str) -> (&'a str, String) {
    let last = before.char_indices().next_back().filter(|(_, c)| text.starts_with(is_mark) && is_letter(*c));
    let (before, base) = last.map_or((before, ""), |(at, _)| before.split_at(at));
    (before, [base, text].concat().nfc().collect())
}

/// Returns the lines of `bytes`, each with its line feed.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n')
}

/// Returns the text at the end of `bytes`.
fn valid_end(bytes: &[u8]) -> &str {
    let text = bytes.utf8_chunks().last().filter(|chunk| chunk.invalid().is_empty()).map_or("", |chunk| chunk.valid());
    text.char_indices().rev().nth(AROUND - 1).map_or(text, |(at, _)| &text[at..])
}

/// Returns the text at the start of `bytes`.
fn valid_start(bytes: &[u8]) -> &str {
    let text = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let text = text.lines().next().unwrap_or("");
    text.char_indices().nth(AROUND).map_or(text, |(at, _)| &text[..at])
}
