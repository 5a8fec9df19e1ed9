//! Comparison of the languages of two texts, whichever they are: by their scripts, and by the short words that they use
//! most.
//!
//! Knows text only. Counting function words follows Grefenstette (1995), "Comparing two language identification
//! schemes". No word list of any language is needed here, because two texts are compared with each other.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Language, is_frequent_in_english, language_of};
use crate::text::mojibake::Script;
use crate::text::words::{hash, words};

/// Maximum number of words of a text that are counted (a guess).
const SAMPLE: usize = 2000;
/// Minimum number of words of a text for its language to be compared by words (a guess).
const ENOUGH: usize = 40;
/// Maximum length of a function word, in characters (a guess): longer words are the subject of a text.
const SHORT: usize = 5;
/// Number of the most frequent short words that are compared (a guess).
const TOP: usize = 24;
/// Minimum share of kana in Japanese, and of any script but Latin in its languages, in percent of letters (guesses).
const KANA_PERCENT: u32 = 6;
const SCRIPT_PERCENT: u32 = 20;
/// Minimum share of the most frequent short words of one text that the other one uses, too, if both are in one language: in
/// the text that shares fewer, and in the one that shares more; in percent of occurrences (guesses).
const MIN_SHARED_PERCENT: (u32, u32) = (45, 60);

/// Minimum number of words of two short texts of which one may be called no English (a guess).
const FEW: usize = 20;
/// Minimum share of frequent English words in English prose, and maximum share in a text of another language, in per cent
/// of words (guesses; English prose has 20 to 35, other languages have 0 to 4, because "for" and "have" are theirs as well).
const ENGLISH_PERCENT: (usize, usize) = (12, 5);
/// Maximum share of the longer words of the shorter text that both texts have, in per cent, if they are in two languages (a
/// guess): a list of names shares most of its words with the text about them.
const SHARED_WORDS_PERCENT: usize = 25;

/// The language profile of a text.
#[derive(Debug, Clone, Default)]
pub struct Tongue {
    words: usize,
    /// Number of words that are frequent in English.
    english: usize,
    /// Hashes of the words that are longer than function words.
    long: FxHashSet<u64>,
    short: FxHashMap<u64, u32>,
    scripts: [u32; Script::ALL.len()],
    /// True if any part is in a language known not to be English.
    foreign: bool,
}

impl Tongue {
    /// Adds a text to the profile, up to `SAMPLE` words in all.
    pub fn read(&mut self, text: &str) {
        self.foreign |= language_of(text) == Language::Other;
        for word in words(text).take(SAMPLE.saturating_sub(self.words)) {
            self.words += 1;
            for c in word.text.chars() {
                if let Some(script) = Script::of(c) {
                    self.scripts[script as usize] += 1;
                }
            }
            let small = word.text.to_lowercase();
            self.english += usize::from(is_frequent_in_english(&small));
            if word.text.chars().count() > SHORT {
                self.long.insert(hash(&small));
            } else if !word.text.starts_with(|c: char| c.is_ascii_digit()) {
                *self.short.entry(hash(&small)).or_default() += 1;
            }
        }
    }

    /// Returns the script of the language. Identifiers are in Latin script in every language, so another script counts
    /// even if it has far fewer letters. Japanese has both kana and Chinese characters.
    fn script(&self) -> Option<Script> {
        let all: u32 = self.scripts.iter().sum();
        let has = |script: Script, share: u32| self.scripts[script as usize] * 100 >= all * share;
        if all == 0 {
            return None;
        }
        if has(Script::Kana, KANA_PERCENT) {
            return Some(Script::Kana);
        }
        let others = Script::ALL.into_iter().skip(1);
        let other =
            others.max_by_key(|script| self.scripts[*script as usize]).filter(|script| has(*script, SCRIPT_PERCENT));
        Some(other.unwrap_or(Script::Latin))
    }

    /// Returns the most frequent short words with their numbers of occurrences, in a stable order.
    fn top(&self) -> Vec<(u64, u32)> {
        let mut all: Vec<(u64, u32)> = self.short.iter().map(|(word, count)| (*word, *count)).collect();
        all.sort_unstable_by_key(|&(word, count)| (std::cmp::Reverse(count), word));
        all.truncate(TOP);
        all
    }

    /// Returns whether the text is long enough to be compared by its words.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.words >= ENOUGH
    }

    /// Returns whether one of two texts is English prose and the other one is not, however short they are: it has next to no
    /// frequent word of English, and few words of the other text.
    #[must_use]
    pub fn is_english_beside(&self, other: &Self) -> bool {
        let percent = |tongue: &Self| tongue.english * 100 / tongue.words.max(1);
        let [more, less] = [percent(self).max(percent(other)), percent(self).min(percent(other))];
        let shared = self.long.intersection(&other.long).count();
        self.words.min(other.words) >= FEW
            && more >= ENGLISH_PERCENT.0
            && less <= ENGLISH_PERCENT.1
            && shared * 100 <= self.long.len().min(other.long.len()) * SHARED_WORDS_PERCENT
    }

    /// Returns whether the two texts are in different languages; false if there is too little evidence.
    #[must_use]
    pub fn differs(&self, other: &Self) -> bool {
        if let (Some(a), Some(b)) = (self.script(), other.script())
            && a != b
        {
            return true;
        }
        // Two texts that are mostly code have little in common, too.
        if self.words < ENOUGH || other.words < ENOUGH || !(self.foreign || other.foreign) {
            return false;
        }
        // In one language, each text uses the most frequent words of the other one.
        let share = |top: &[(u64, u32)], in_other: &FxHashMap<u64, u32>| {
            let used: u32 = top.iter().filter(|(word, _)| in_other.contains_key(word)).map(|(_, count)| count).sum();
            let all: u32 = top.iter().map(|(_, count)| count).sum();
            used * 100 / all.max(1)
        };
        let (a, b) = (self.top(), other.top());
        share(&a, &other.short).min(share(&b, &self.short)) < MIN_SHARED_PERCENT.0
            && share(&a, &other.short).max(share(&b, &self.short)) < MIN_SHARED_PERCENT.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tongue(text: &str) -> Tongue {
        let mut tongue = Tongue::default();
        tongue.read(text);
        tongue
    }

    const ENGLISH: &str = "The lamp is lit when the boat is near, and you can see how far it has come from the shore. \
        If the wind is strong, the keeper has to stay with the lamp for the whole night, and in the morning he writes \
        down what he saw in the log. It is not a job for people who sleep well.";
    const OTHER_ENGLISH: &str = "A barge that is loaded to the mark has to wait for the tide in the lock. The clerk asks \
        who the owner is and how many tons it is, and he writes it down. If the owner has not paid, the barge does not \
        leave, and it is in the way of all the others that come with the flood.";
    const GERMAN: &str = "Die Lampe brennt, wenn das Boot nahe ist, und man sieht, wie weit es von der Küste gekommen \
        ist. Wenn der Wind stark ist, muss der Wärter die ganze Nacht bei der Lampe bleiben, und am Morgen schreibt er \
        in das Buch, was er gesehen hat. Das ist keine Arbeit für Leute, die gut schlafen.";
    const FRENCH: &str = "La lampe est allumée quand le bateau est près de la côte, et on voit de quelle distance il \
        vient. Si le vent est fort, le gardien doit rester avec la lampe toute la nuit, et le matin il note dans le \
        registre ce qu'il a vu. Ce n'est pas un travail pour les gens qui dorment bien.";
    const SPANISH: &str = "La lámpara está encendida cuando el barco llega a la costa, y se ve de qué distancia viene. \
        Si el viento es fuerte, el guardián tiene que quedarse con la lámpara toda la noche, y por la mañana anota en \
        el libro lo que ha visto. No es un trabajo para los que duermen bien.";

    #[test]
    fn languages_are_told_apart() {
        let texts = [ENGLISH, GERMAN, FRENCH, SPANISH].map(tongue);
        for (at, a) in texts.iter().enumerate() {
            for (other, b) in texts.iter().enumerate() {
                assert_eq!(a.differs(b), at != other, "{at} {other}");
            }
        }
        assert!(!tongue(ENGLISH).differs(&tongue(OTHER_ENGLISH)));
    }

    #[test]
    fn few_words_tell_english_from_another_language() {
        let english = tongue(
            "Wipe the chain with a dry cloth before you put on new oil. The tyres need more air in winter. Hang the bicycle \
            on the wall of a dry cellar.",
        );
        for other in [
            "Wytrzyj łańcuch suchą szmatką, zanim nałożysz nowy olej. Opony potrzebują zimą więcej powietrza niż latem. \
            Powieś rower na ścianie suchej piwnicy.",
            "Yeni yağ sürmeden önce zinciri kuru bir bezle sil. Lastikler kışın yaza göre daha çok hava ister. Bisikleti \
            kuru bir bodrumun duvarına as.",
        ] {
            assert!(tongue(other).is_english_beside(&english) && english.is_english_beside(&tongue(other)));
        }
        let names = "Bicycle chain, dry cloth, winter tyres, cellar wall, new oil, air. Chain oil, cloth, bicycle cellar, \
            winter air, tyres, wall, dry chain";
        assert!(!tongue(names).is_english_beside(&english));
        assert!(!tongue(OTHER_ENGLISH).is_english_beside(&english));
    }

    #[test]
    fn scripts_tell_even_where_words_are_few() {
        let texts = ["The lamp", "Лампа горит", "灯が点いている", "灯亮着", "الضوء", "등대"].map(tongue);
        for (at, a) in texts.iter().enumerate() {
            assert!(texts.iter().enumerate().all(|(other, b)| a.differs(b) == (at != other)), "{at}");
        }
        assert!(!tongue("").differs(&tongue("Лампа")));
    }
}
