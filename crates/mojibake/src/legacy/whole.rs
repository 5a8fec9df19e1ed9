//! Whole texts in a legacy encoding that were decoded as another one.
//!
//! A single line of such a text rarely proves its encoding, but all its words together do, because a wrong choice is
//! made for a whole file. So the distinct words of a text are judged at once, under every pair of encodings, and the
//! pair that wins is undone in every line. Knows no spans and no UTF-8.

use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::{FxHashMap, FxHasher};

use crate::encoding::recipe::Layer;
use crate::encoding::reencode::{READ_MASK, READ_PAGES, WRITTEN, WRITTEN_WIDE, decode, encode, reread};
use crate::language::languages::{Languages, is_letter};
use crate::language::words::word_cost;
use crate::legacy::lines::{
    SIGNS_READ, WIDE_AT_LEAST, WIN_WORDS_EACH, WORDS_READ, distinct_wide, has_word_of_other_script, is_disguised,
    is_no_evidence, is_notation, is_senseless, is_unlikely,
};
use crate::legacy::probe::{self, FOREIGN_PART};
use crate::text::ascii::ascii_end;
use crate::text::script::is_other_script;
use crate::types::score::{Score, Votes};
use crate::weights::Cost;

/// All wrongly used encodings that are searched: by pairs of characters, by words, and as a whole.
pub(crate) const ALL_READ: u32 = SIGNS_READ | WORDS_READ | READ_MASK;

/// Maximum size of the sample of a text, in characters of distinct words (a guess: 400 words prove every pair).
const SAMPLE: usize = 1 << 12;
/// Minimum number of words that get better (a guess: one word is a coincidence).
const WORDS: usize = 2;
/// Minimum number of distinct letters and symbols that change; between two Cyrillic texts, because laughter and
/// abbreviations have few.
const EVIDENCE: usize = 2;
const EVIDENCE_CYRILLIC: usize = 6;
/// Minimum number of words that get better if one letter less changes (a guess).
const WORDS_ALIKE: usize = 4;
/// Minimum score improvement of the sample in all, and for each character that changes, in decinats (guesses; those of
/// a single line are 90 to 300 and 12 to 60).
const WIN: Cost = 200;
const WIN_EACH: Cost = 25;
const WIN_EACH_CYRILLIC: Cost = 10;
/// Minimum margin over the next best pair, in decinats, and as one part of the improvement in so many (a guess).
const AHEAD: Cost = 40;
const AHEAD_PART: Cost = 25;
/// Words that may get worse: one in so many (a guess: names, abbreviations).
const WORSE_PART: usize = 8;
/// Letters that the language need not have: one in so many (a guess: names).
const MISFIT_PART: usize = 20;

/// The pair of encodings of a whole text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) layer: Layer,
    /// Score improvement of the sample, in decinats.
    pub(crate) gain: Cost,
}

impl Whole {
    /// Returns the items of what decided about a line: its words, and all words of the text.
    pub(crate) fn score(self, found: &str, after: &str) -> Score {
        let votes = Some(Votes { sum: self.gain, least: WIN });
        Score { found: cost(found), repair: cost(after), votes, ..Score::default() }
    }
}

/// Cache of what the words of short samples prove: most short texts have few non-ASCII words, and these recur.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    /// For the words, each with a space after it, the improvement that was asked for, and the pair.
    known: FxHashMap<Box<str>, (Cost, Option<Whole>)>,
    /// The words of the sample that is looked up.
    key: String,
}

/// Maximum number of cached samples.
const REMEMBERED: usize = 1 << 12;
/// Maximum length of a cached sample, in bytes: longer ones hardly recur.
const MEMORABLE: usize = 64;

/// Returns the pair of encodings whose undoing turns the words of a text into those of a language, if no other pair
/// comes near.
pub(crate) fn read(text: &str, least: Cost, memo: &mut Memo) -> Option<Whole> {
    let words = sample(text);
    // Fewer words are a coincidence under any pair.
    if words.iter().filter(|word| !is_alone(word)).take(WORDS).count() < WORDS {
        return None;
    }
    let is_short = words.iter().map(|word| word.len() + 1).sum::<usize>() <= MEMORABLE;
    if !is_short {
        return judged(&words, least);
    }
    memo.key.clear();
    for word in &words {
        memo.key.push_str(word);
        memo.key.push(' ');
    }
    if let Some((asked, whole)) = memo.known.get(memo.key.as_str())
        && *asked == least
    {
        return *whole;
    }
    let whole = judged(&words, least);
    if memo.known.len() >= REMEMBERED {
        memo.known.clear();
    }
    memo.known.insert(memo.key.as_str().into(), (least, whole));
    whole
}

/// Returns the pair of encodings whose undoing turns words into those of a language, if no other pair comes near.
fn judged(words: &[&str], least: Cost) -> Option<Whole> {
    if !probe::may_be_legacy(words, least) {
        return None;
    }
    let before: Vec<Cost> = words.iter().map(|word| word_cost(word)).collect();
    if before.iter().sum::<Cost>() < least {
        return None;
    }
    let mut best: Option<Candidate> = None;
    let mut second = 0;
    for read in READ_PAGES.iter() {
        let encoded: Vec<Option<Vec<u8>>> = words.iter().map(|word| encode(word, read)).collect();
        let known = encoded.iter().flatten().count();
        if known < WORDS || (words.len() - known) * FOREIGN_PART > words.len() {
            continue;
        }
        for written in WRITTEN.into_iter().chain(WRITTEN_WIDE).filter(|&written| written != read.page) {
            let layer = Layer { written, read: read.page };
            let Some(new) = Candidate::new(
                layer,
                (words, &before),
                &encoded,
                best.as_ref().map_or(least, |best| best.gain.max(least)),
            ) else {
                continue;
            };
            match &mut best {
                Some(best) if best.is_like(&new) => {
                    if best.gain < new.gain {
                        *best = new;
                    }
                }
                Some(best) if best.gain >= new.gain => second = second.max(new.gain),
                _ => {
                    second = best.as_ref().map_or(0, |best| best.gain).max(second);
                    best = Some(new);
                }
            }
        }
    }
    let best = best?;
    let is_ahead = best.gain - second >= AHEAD.max(best.gain / AHEAD_PART);
    (best.gain >= least && is_ahead && best.is_sound() && !best.may_be_intact())
        .then_some(Whole { layer: best.layer, gain: best.gain })
}

/// Returns the distinct words of a text that have a non-ASCII character, up to a limit.
fn sample(text: &str) -> Vec<&str> {
    /// Number of words up to which a word is compared with each of them.
    const FEW: usize = 16;
    let (mut seen, mut words, mut size) = (None::<Seen>, Vec::new(), 0);
    let bytes = text.as_bytes();
    let mut end = 0;
    loop {
        let at = ascii_end(bytes, end);
        let start = bytes[end..at].iter().rposition(u8::is_ascii_whitespace).map_or(end, |before| end + before + 1);
        end = bytes[at..].iter().position(u8::is_ascii_whitespace).map_or(bytes.len(), |len| at + len);
        let word = &text[start..end];
        size += word.len();
        if at == bytes.len() || size > SAMPLE {
            return words;
        }
        if words.len() == FEW && seen.is_none() {
            let seen = seen.insert(Seen::default());
            (0..words.len()).for_each(|count| _ = seen.insert(words[count], &words[..count]));
        }
        let is_new = seen.as_mut().map_or_else(|| !words.contains(&word), |seen| seen.insert(word, &words));
        if is_new {
            words.push(word);
        } else {
            size -= word.len();
        }
    }
}

/// Returns whether a word has one character besides marks of ASCII: an entry of a list of letters or symbols (`"Ä"`, `£,`),
/// which may be there in any encoding.
fn is_alone(word: &str) -> bool {
    let mut signs = word.chars().filter(|c| !c.is_ascii_punctuation());
    signs.next().is_some() && signs.next().is_none()
}

/// A hash table of the words of a sample, which is small, because each word has at least two bytes.
struct Seen {
    /// Indices of words, from 1 up, at the places of their hashes or after them; 0 at the free ones.
    places: Box<[u16]>,
}

impl Default for Seen {
    fn default() -> Seen {
        Seen { places: vec![0; SAMPLE].into() }
    }
}

impl Seen {
    /// Notes a word that comes after `words`. Returns whether it is none of them.
    fn insert(&mut self, word: &str, words: &[&str]) -> bool {
        let hasher = BuildHasherDefault::<FxHasher>::default();
        let mut at = (hasher.hash_one(word.as_bytes()) >> 32) as usize % SAMPLE;
        loop {
            match self.places[at] {
                0 => {
                    self.places[at] = words.len() as u16 + 1;
                    return true;
                }
                known if words[usize::from(known) - 1] == word => return false,
                _ => at = (at + 1) % SAMPLE,
            }
        }
    }
}

/// One pair of encodings and the words that it makes of a sample.
struct Candidate {
    layer: Layer,
    /// The words after one another, as they are and as they become.
    found: String,
    sample: String,
    /// The words one by one; `None` for those that the encodings do not have.
    words: Vec<Option<String>>,
    gain: Cost,
    count: usize,
    better: usize,
    /// Letters of the words that get better; see [`weight`].
    letters: usize,
    worse: usize,
}

impl Candidate {
    /// Returns `None` if the bytes are invalid, or if the candidate cannot be the best one or near it.
    fn new(
        layer: Layer,
        (words, before): (&[&str], &[Cost]),
        encoded: &[Option<Vec<u8>>],
        aim: Cost,
    ) -> Option<Candidate> {
        let (mut found, mut sample, mut gain) = (String::new(), String::new(), 0);
        let mut all = Vec::with_capacity(words.len());
        let (mut count, mut better, mut worse, mut failed, mut letters) = (0, 0, 0, 0, 0);
        let most: Cost = before.iter().sum();
        let least = aim / 2;
        let mut spent = 0;
        for ((word, before), bytes) in words.iter().zip(before).zip(encoded) {
            all.push(None);
            let Some(bytes) = bytes else { continue };
            let Some(after) = decode(bytes, layer.written) else {
                failed += 1;
                if failed * FOREIGN_PART > words.len() {
                    return None;
                }
                continue;
            };
            count += 1;
            if after != **word {
                let cost = word_cost(&after);
                spent += cost;
                gain += before - cost;
                if cost < *before {
                    better += 1;
                    letters += weight(&after);
                }
                worse += usize::from(cost > *before + AHEAD);
                if most - spent < least || worse * WORSE_PART > words.len() {
                    return None;
                }
            }
            found.push_str(word);
            found.push(' ');
            sample.push_str(&after);
            sample.push(' ');
            if let Some(last) = all.last_mut() {
                *last = Some(after);
            }
        }
        (gain > WIN / 2).then_some(Candidate { layer, found, sample, words: all, gain, count, better, letters, worse })
    }

    /// Returns whether both make the same of every word that both have.
    fn is_like(&self, other: &Candidate) -> bool {
        self.words.iter().zip(&other.words).all(|(a, b)| a.is_none() || b.is_none() || a == b)
    }

    /// Returns whether the words that come out are those of a language, and enough of them.
    fn is_sound(&self) -> bool {
        let wide = self.sample.chars().filter(|c| ('\u{2e80}'..'\u{e000}').contains(c)).count();
        if self.gain < WIN
            || self.letters < LETTERS
            || self.better < WORDS && wide < 2 * WORDS
            || self.worse * WORSE_PART > self.count
        {
            return false;
        }
        let allowed = if self.is_cyrillic() { 0 } else { humps(&self.found) };
        let is_misplaced = has_word_of_other_script(&self.found) && !self.sample.chars().any(is_other_script);
        if is_misplaced
            || is_notation(&self.found)
            || humps(&self.sample) > allowed + self.count / WORSE_PART
            || is_disguised(&self.found, &self.sample)
            || is_unlikely(&self.found, &self.sample)
            || is_senseless(&self.sample)
        {
            return false;
        }
        if WRITTEN_WIDE.contains(&self.layer.written) {
            let letters = self.sample.chars().filter(|c| !c.is_ascii() && is_letter(*c)).count();
            return wide * 2 > letters
                && distinct_wide(&self.sample) >= WIDE_AT_LEAST
                && self.gain >= WIN_EACH * wide as Cost;
        }
        let mut kinds: Vec<char> = Vec::new();
        let mut changes = 0;
        for (was, c) in self.found.chars().zip(self.sample.chars()).filter(|(was, c)| was != c) {
            changes += 1;
            if !is_no_evidence(was, c, &self.sample) || is_letter(c) {
                // A name in capitals and in small letters has one letter.
                kinds.push(was.to_lowercase().next().unwrap_or(was));
            }
        }
        // Apostrophes, spaces and French quotation marks may be as many as the letters.
        let is_text = |c: char| is_letter(c) || matches!(c, '’' | '«' | '»' | '\u{a0}');
        let letters = self.sample.chars().zip(self.found.chars()).filter(|&(c, was)| c != was && is_text(c)).count();
        if (letters as Cost) * 2 < changes {
            return false;
        }
        kinds.sort_unstable();
        kinds.dedup();
        let (least, each) =
            if self.is_cyrillic() { (EVIDENCE_CYRILLIC, WIN_EACH_CYRILLIC) } else { (EVIDENCE, WIN_EACH) };
        let is_varied = kinds.len() >= least || kinds.len() + 1 == least && self.better >= WORDS_ALIKE;
        let is_prose = kinds.iter().all(|c| JOINING.contains(c)) && !breaks_words(&self.found);
        is_varied && !is_prose && self.gain >= each * changes && is_of_language(&self.sample, MISFIT_PART)
    }

    /// Returns whether both texts are Cyrillic.
    fn is_cyrillic(&self) -> bool {
        let is_cyrillic = |text: &str| text.chars().any(|c| ('\u{400}'..'\u{460}').contains(&c));
        is_cyrillic(&self.found) && is_cyrillic(&self.sample)
    }

    /// Returns whether the words as they are have only letters of their language, and are no nonsense in it.
    fn may_be_intact(&self) -> bool {
        let changes = self.found.chars().zip(self.sample.chars()).filter(|(was, c)| was != c).count() as Cost;
        let each = if self.is_cyrillic() { WIN_EACH } else { WIN_WORDS_EACH };
        self.gain < changes * each && is_of_language(&self.found, usize::MAX)
    }
}

/// Signs that writers set between two words without a space.
const JOINING: [char; 6] = ['—', '–', '…', '’', '“', '”'];

/// Returns whether the signs in half of some words leave a part without a vowel, as in `canci—n`: a dash that its writer set
/// is between words, as in `high—it`.
fn breaks_words(words: &str) -> bool {
    let has_vowel = |part: &str| part.chars().any(|c| "aeiouyAEIOUY".contains(c) || !c.is_ascii());
    let parts = |word: &str| -> Vec<String> {
        let parts = word.split(JOINING).map(|part| part.trim_matches(|c: char| !is_letter(c)).to_owned());
        parts.filter(|part| !part.is_empty()).collect()
    };
    let (mut all, mut broken) = (0, 0);
    for word in words.split(' ').map(parts).filter(|parts| parts.len() > 1) {
        all += 1;
        broken += usize::from(!word.iter().all(|part| has_vowel(part)));
    }
    broken * 2 > all
}

/// Returns whether words are in a language that has nearly all their letters. `part` is the number of letters of which
/// one may be of another language.
fn is_of_language(words: &str, part: usize) -> bool {
    let foreign = |languages: Languages| words.chars().filter(|&c| !languages.write(c)).count();
    let letters = Languages::of(words.chars());
    let language = Languages::guess(words.chars()).and(letters);
    let count = words.chars().filter(|c| !c.is_ascii() && is_letter(*c)).count();
    let has_own = language != Languages::ANY && letters != Languages::ANY;
    has_own && language.and(letters) == letters.and(language) && foreign(language) <= count / part
}

/// Minimum number of letters in the words that get better (a guess): fewer are letters that are named.
const LETTERS: usize = 4;

/// Returns the number of letters, of which a CJK character is two.
fn weight(text: &str) -> usize {
    text.chars().filter(|c| is_letter(*c)).map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}

/// Returns the number of words with an upper-case letter after a lower-case one.
fn humps(words: &str) -> usize {
    let is_hump = |word: &&str| {
        let mut prev = ' ';
        word.chars().any(|c| std::mem::replace(&mut prev, c).is_lowercase() && c.is_uppercase())
    };
    words.split(' ').filter(is_hump).count()
}

/// Returns a line of a text that is undone as a whole; `None` if the line does not allow it, or gets clearly worse.
pub(crate) fn line(found: &str, whole: Whole) -> Option<String> {
    let after = reread(found, whole.layer)?;
    (after != found && cost(found) + AHEAD >= cost(&after)).then_some(after)
}

/// Returns the cost of the words of a line that have a non-ASCII character, in decinats.
fn cost(line: &str) -> Cost {
    line.split(' ').filter(|word| !word.is_ascii()).map(word_cost).sum()
}

#[cfg(test)]
mod tests {
    use crate::repair;

    fn misread(text: &str, written: &'static encoding_rs::Encoding, read: &'static encoding_rs::Encoding) -> String {
        let (bytes, _, is_lossy) = written.encode(text);
        assert!(!is_lossy, "{text}");
        read.decode_without_bom_handling(&bytes).0.into_owned()
    }

    #[test]
    fn one_legacy_encoding_holds_for_a_whole_text() {
        use encoding_rs::*;
        for (text, written, read) in [
            (
                "Zpráva o počasí\n\nDnes bude na horách sněžit a v údolí pršet.\nŘidiči by měli jezdit opatrněji než jindy.\n\
                 Zítra se oteplí, ale večer přijde bouřka.\n",
                WINDOWS_1250,
                WINDOWS_1252,
            ),
            ("La canción del ratón.\nSólo un balcón.\nDe corazón, león.\nAdiós, razón.\n", MACINTOSH, WINDOWS_1252),
            (
                "Yağmur yarın akşama kadar sürecek.\nÇocuklar için sıcak çorba pişirdik.\nKışın dağdaki yollar kapalı.\n",
                WINDOWS_1254,
                WINDOWS_1252,
            ),
            (
                "Завтра утром почта закрыта.\nПисьма можно оставить у соседки.\nЭтот ящик для газет уже полон.\n",
                WINDOWS_1251,
                WINDOWS_1254,
            ),
        ] {
            assert_eq!(repair(&misread(text, written, read)), text);
        }
    }

    #[test]
    fn one_name_in_three_forms_proved_an_encoding() {
        let text = "alva conceicāo mörtel silva\n- [Rui Conceicāo Mörtel](https://example.org/rui)\n\
                    The boats come in at night… and the lamps, they've been lit for hours.\n\
                    My favourite harbour… Probably the small one\nSo I think I've heard of this pier… and I truly\n\
                    Signal? I think the most… I like bells. We did try\nI love lamps, because you could… My\n\
                    favourite night is when I used to row… when I was at sea and we would\n\
                    in the middle of the night… One boat, four deep… everything was still…\n\
                    **RUI CONCEICĀO MÖRTEL:** Bells. They're beautiful.\nharbour, we’d love to hear from you!\n";
        assert_eq!(repair(text), text);
    }

    #[test]
    fn capitals_are_words() {
        use encoding_rs::*;
        for (text, written, read) in [
            ("ЗДЕСЬ ДРУГОЙ ОТВЕТ", WINDOWS_1251, KOI8_R),
            ("ЗАКРЫТО ДО ВЕСНЫ\nКЛЮЧ У СТОРОЖА\nВХОД СО ДВОРА\n", WINDOWS_1251, KOI8_R),
            ("ΚΛΕΙΣΤΟ ΛΟΓΩ ΚΑΙΡΟΥ\nΤΟ ΠΛΟΙΟ ΦΕΥΓΕΙ ΑΥΡΙΟ\n", WINDOWS_1253, WINDOWS_1252),
        ] {
            assert_eq!(repair(&misread(text, written, read)), text);
        }
    }

    #[test]
    fn what_is_left_of_utf8_is_no_legacy_text() {
        let text: String = "Отсутствует ключ от двери".bytes().map(char::from).collect();
        let rest = text.replace(|c| ('\u{80}'..='\u{9f}').contains(&c), "");
        assert!(!repair(&rest).contains('„'), "{}", repair(&rest));
    }

    #[test]
    fn intact_texts_stay() {
        for text in [
            "Zpráva o počasí\nDnes bude na horách sněžit a v údolí pršet.\n",
            "Ce café est fermé l’été.\nLa forêt brûle déjà.\nÀ bientôt, mère !\n",
            "case 'Ц': return 'ц'",
            "The price is high—it has to be.\nThat is more work—a burden for all.\nAsk Miller—and do it soon.\nYou—the one \
             who knows—may go.\nOr let it crash—an easy way out.\n",
            "Größe ändern\nÜbersetzung prüfen\nSchließen bestätigen\n",
            "Þeir sem skila bókum geta lagt þær í kassann.\nÁ hverjum degi.\n",
        ] {
            assert_eq!(repair(text), text);
        }
    }
}
