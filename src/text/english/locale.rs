//! National spellings of English, and words that another country spells differently.
//!
//! The pairs are those of VarCon, part of SCOWL, vendored with its licence. A spelling that the dictionaries of a
//! country give as a variant counts as correct there, and so does one that depends on the sense ("licence" and
//! "license" in British English).

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::dictionary::{is_english, is_term};
use crate::text::words::in_the_case_of;

/// A country whose spelling a text may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// American: `color`, `organize`.
    UnitedStates,
    /// British: `colour`, and `organise` or, in the spelling of Oxford, `organize`.
    UnitedKingdom,
    /// Canadian: `colour`, `organize`.
    Canada,
    /// Australian: `colour`, `organise`.
    Australia,
}

impl Locale {
    /// All locales.
    pub const ALL: [Self; 4] = [Self::UnitedStates, Self::UnitedKingdom, Self::Canada, Self::Australia];

    /// Returns the language tag (BCP 47).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnitedStates => "en-US",
            Self::UnitedKingdom => "en-GB",
            Self::Canada => "en-CA",
            Self::Australia => "en-AU",
        }
    }

    /// Returns the locale with this tag, in any case.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str().eq_ignore_ascii_case(tag))
    }

    /// Returns the mark of the locale in the data.
    fn mark(self) -> &'static str {
        match self {
            Self::UnitedStates => "us",
            Self::UnitedKingdom => "gb",
            Self::Canada => "ca",
            Self::Australia => "au",
        }
    }
}

/// The home of a spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// In American English.
    America,
    /// British English, and most varieties modelled on it.
    Britain,
}

impl Home {
    /// Returns the adjective for the spelling in text for users.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::America => "American",
            Self::Britain => "British",
        }
    }
}

/// A word that a locale spells differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Home of the spelling.
    pub home: Home,
    /// The spelling of the locale, in lower case.
    pub here: String,
}

/// A line of the data, without its first word.
struct SpellingPair {
    here: &'static str,
    /// The marks of the locales that spell it `here`.
    marks: &'static str,
}

static PAIRS: LazyLock<FxHashMap<&'static str, SpellingPair>> = LazyLock::new(|| {
    let lines = include_str!("../../../rules/data/locale/variants.txt").lines();
    let pair = |line: &'static str| {
        let (word, rest) = line.split_once(' ')?;
        let (here, marks) = rest.split_once(' ')?;
        Some((word, SpellingPair { here, marks }))
    };
    lines.filter_map(pair).collect()
});

/// Minimum length of a word with two spellings, in characters: that of `tyre`, the shortest in the data.
const SHORTEST: usize = 4;

/// Prefixes by which words of two spellings are formed: `relabelled`, `uncoloured`.
const PREFIXES: [&str; 11] = ["anti", "de", "dis", "inter", "mis", "multi", "non", "pre", "re", "sub", "un"];

/// Returns the spelling of `word`, in lower case, in `locale`, if the word is spelt as in another country; `None` if it
/// is correct in `locale`, or has only one spelling.
pub fn foreign(word: &str, locale: Locale) -> Option<Foreign> {
    if word.len() < SHORTEST {
        return None;
    }
    listed(word, locale).or_else(|| prefixed(word, locale)).or_else(|| with_z(word, locale))
}

fn listed(word: &str, locale: Locale) -> Option<Foreign> {
    let pair = PAIRS.get(word)?;
    let mut marks = pair.marks.split(' ');
    marks.clone().any(|mark| mark == locale.mark()).then(|| {
        let home = if marks.any(|mark| mark == Locale::UnitedStates.mark()) { Home::Britain } else { Home::America };
        Foreign { home, here: pair.here.to_owned() }
    })
}

fn prefixed(word: &str, locale: Locale) -> Option<Foreign> {
    if PAIRS.contains_key(word) {
        return None;
    }
    PREFIXES.iter().find_map(|prefix| {
        let rest = word.strip_prefix(prefix).filter(|rest| rest.len() > SHORTEST)?;
        let found = listed(rest, locale)?;
        let here = format!("{prefix}{}", found.here);
        // "Reprise" is not "prise" with a prefix.
        (!is_english(word) || is_english(&here)).then_some(Foreign { here, ..found })
    })
}

/// The endings that are spelt with s or z, with s.
const ENDINGS: [&str; 8] = ["ise", "ised", "iser", "isers", "ises", "ising", "isation", "isations"];

/// Respells verbs that are not in the list, if the spelling with z is known and the one with s is not: `containerised`.
fn with_z(word: &str, locale: Locale) -> Option<Foreign> {
    /// Minimum length of a stem, in bytes (a guess), because shorter ones are too often parts of other words: "prom" of
    /// "promised".
    const SHORTEST_STEM: usize = 4;
    if !matches!(locale, Locale::UnitedStates | Locale::Canada) {
        return None;
    }
    let (stem, ending) = ENDINGS.iter().find_map(|ending| Some((word.strip_suffix(ending)?, *ending)))?;
    if stem.len() < SHORTEST_STEM || PAIRS.contains_key(word) || is_english(word) {
        return None;
    }
    let here = format!("{stem}{}", ending.replacen('s', "z", 1));
    let known = is_english(&here) || is_term(&here) || stem.len() > SHORTEST_STEM && is_english(stem);
    known.then_some(Foreign { home: Home::Britain, here })
}

/// Returns the words, each as `locale` spells it, without repetitions.
pub fn spelled_in(locale: Option<Locale>, words: &[String]) -> Vec<String> {
    let mut spelled: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let here = locale.and_then(|locale| foreign(&word.to_lowercase(), locale));
        let here = here.map_or_else(|| word.clone(), |found| in_the_case_of(word, &found.here));
        if !spelled.contains(&here) {
            spelled.push(here);
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(word: &str, locale: Locale) -> Option<String> {
        foreign(word, locale).map(|found| found.here)
    }

    #[test]
    fn each_country_has_its_own_spelling() {
        use Locale::*;
        for (word, [us, gb, ca, au]) in [
            ("colour", [Some("color"), None, None, None]),
            ("color", [None, Some("colour"), None, Some("colour")]),
            ("organise", [Some("organize"), None, Some("organize"), None]),
            ("organize", [None, None, None, Some("organise")]),
            ("analyze", [None, Some("analyse"), None, Some("analyse")]),
            ("relabelled", [Some("relabeled"), None, None, None]),
            ("containerised", [Some("containerized"), None, Some("containerized"), None]),
        ] {
            let found = [UnitedStates, UnitedKingdom, Canada, Australia].map(|locale| here(word, locale));
            assert_eq!(found.each_ref().map(Option::as_deref), [us, gb, ca, au], "{word}");
        }
        assert_eq!(foreign("colour", UnitedStates).map(|found| found.home), Some(Home::Britain));
        assert_eq!(foreign("color", UnitedKingdom).map(|found| found.home), Some(Home::America));
    }

    #[test]
    fn what_depends_on_the_sense_or_is_a_known_variant_is_right() {
        for word in ["license", "practice", "program", "disk", "disc", "analog", "dialog", "meter", "check", "tire"] {
            assert_eq!(here(word, Locale::UnitedKingdom), None, "{word}");
        }
        let ise =
            ["advertised", "advertiser", "apprised", "comprises", "exercise", "expertise", "improviser", "promised"];
        let other = ["cancelled", "catalogue", "analogue", "disc", "surprise", "treatises", "codefences", "reprise"];
        for word in ise.into_iter().chain(other) {
            assert_eq!(here(word, Locale::UnitedStates), None, "{word}");
        }
    }

    #[test]
    fn no_word_of_the_american_dictionary_is_foreign_to_america() {
        let stems = include_str!("../../../rules/data/dictionary/en_US.dic").lines().skip(1);
        let stems = stems.map(|line| line.split('/').next().unwrap_or(line)).filter(|stem| stem.is_ascii());
        let wrong: Vec<&str> = stems.filter(|stem| here(stem, Locale::UnitedStates).is_some()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn the_list_is_sorted_and_each_word_stands_in_it_once() {
        let lines: Vec<&str> = include_str!("../../../rules/data/locale/variants.txt").lines().collect();
        assert!(lines.is_sorted());
        assert_eq!(PAIRS.len(), lines.len());
        let all: Vec<&str> = Locale::ALL.map(Locale::mark).to_vec();
        for (word, pair) in lines.iter().filter_map(|line| line.split_once(' ')).map(|(word, _)| (word, &PAIRS[word])) {
            assert!(pair.marks.split(' ').all(|mark| all.contains(&mark)), "{word}");
            // A user who follows the advice does not get the opposite advice.
            for locale in Locale::ALL.into_iter().filter(|locale| pair.marks.contains(locale.mark())) {
                assert_eq!(here(pair.here, locale), None, "{word} in {}", locale.as_str());
            }
        }
    }

    #[test]
    fn words_are_offered_in_the_spelling_of_the_locale() {
        let words = ["behaviour".to_owned(), "behavior".to_owned()];
        assert_eq!(spelled_in(Some(Locale::UnitedStates), &words), ["behavior"]);
        assert_eq!(spelled_in(Some(Locale::UnitedKingdom), &words), ["behaviour"]);
        assert_eq!(spelled_in(None, &words), words);
    }
}
