//! English words and technical terms.
//!
//! English is the Hunspell dictionary of SCOWL, read by `spellbook`; terms are the technical word lists of cspell. Both
//! are vendored with their licences. Loading the dictionary takes some milliseconds, so it is loaded with the first
//! lookup.

use std::sync::LazyLock;

use spellbook::Dictionary;

use super::lookup;
use super::spelling::{Trigrams, for_each_slip};

static ENGLISH_WORDS: &str = include_str!("../../../rules/data/dictionary/en_US.dic");
/// Words of the British dictionary that the American one lacks. Which of the two spellings to use is not decided here.
static BRITISH_WORDS: &str = include_str!("../../../rules/data/dictionary/en_GB-additions.dic");

/// Affixes and other rules of the American dictionary.
static ENGLISH_RULES: &str = include_str!("../../../rules/data/dictionary/en_US.aff");

/// The dictionary without its rules for numbers ("21st"), the only ones for compounds: they take most of the time in which
/// a word turns out to be none.
static ENGLISH: LazyLock<Option<Dictionary>> = LazyLock::new(|| {
    let is_plain = |line: &&str| !line.starts_with("COMPOUNDRULE");
    let rules: String = ENGLISH_RULES.split_inclusive('\n').filter(is_plain).collect();
    Dictionary::new(&rules, &all_words()).ok()
});

/// The entries with digits alone, with all rules.
static NUMBERS: LazyLock<Option<Dictionary>> = LazyLock::new(|| {
    let numbers: Vec<&str> = ENGLISH_WORDS.lines().skip(1).filter(|line| has_digit(line)).collect();
    Dictionary::new(ENGLISH_RULES, &format!("{}\n{}\n", numbers.len(), numbers.join("\n"))).ok()
});

/// The dictionary with all rules, for compounds of numbers and words.
static WHOLE: LazyLock<Option<Dictionary>> = LazyLock::new(|| Dictionary::new(ENGLISH_RULES, &all_words()).ok());

fn all_words() -> String {
    [ENGLISH_WORDS, BRITISH_WORDS].concat()
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

/// Lines of terms in lower case, sorted.
static TERMS: &str = include_str!("../../../rules/data/dictionary/technical.txt");

/// Returns whether `word`, as written, is in the English dictionary. Capitalised words are also looked up in lower
/// case, as Hunspell does.
pub fn is_english(word: &str) -> bool {
    let dictionary = match has_digit(word) {
        false => &ENGLISH,
        // A hyphen divides a word into those that are looked up.
        true if word.contains('-') => &WHOLE,
        true => &NUMBERS,
    };
    dictionary.as_ref().is_some_and(|dictionary| dictionary.check(word))
}

/// Returns the base form of a verb in -ing: `moor` for `mooring`, `hope` for `hoping`, `hop` for `hopping`. `None` if
/// it is not the form of a verb.
pub fn base_of_ing_form(word: &str) -> Option<String> {
    let word = word.to_lowercase();
    let stem = word.strip_suffix("ing").filter(|stem| stem.len() > 1)?;
    if ["be", "do", "go", "see"].contains(&stem) {
        return Some(stem.to_owned());
    }
    let mut ends = stem.chars().rev();
    let doubled = ends.next() == ends.next();
    let candidates = [format!("{stem}e"), stem.to_owned(), stem[..stem.len() - usize::from(doubled)].to_owned()];
    candidates.into_iter().find(|candidate| is_english(candidate))
}

/// Returns whether `word`, in any case, is a technical term or the name of a product.
pub fn is_term(word: &str) -> bool {
    let small = word.to_lowercase();
    lookup::find(TERMS, &small).is_some()
}

/// Returns whether `word`, in lower case, is in the dictionary or is a term.
pub fn is_known(word: &str) -> bool {
    is_english(word) || is_term(word)
}

/// Prefixes by which new words are formed.
const PREFIXES: [&str; 44] = [
    "anti", "auto", "bi", "co", "counter", "cross", "cyber", "de", "dis", "en", "down", "fore", "hyper", "in", "inter",
    "intra", "macro", "mega", "meta", "micro", "mini", "mis", "mono", "multi", "non", "off", "on", "out", "over",
    "para", "poly", "post", "pre", "pseudo", "re", "semi", "sub", "super", "trans", "tri", "ultra", "un", "under",
    "up",
];

/// Suffixes by which new words are formed.
const SUFFIXES: [&str; 40] = [
    "s", "en", "ens", "dom", "hood", "es", "ed", "er", "ers", "or", "ors", "ing", "ings", "able", "ably", "ability",
    "ible", "ly", "ness", "less", "ful", "ish", "ism", "ist", "ists", "ize", "ized", "izes", "izer", "izing",
    "ization", "ise", "ised", "ising", "isation", "ify", "ment", "wise", "like", "ity",
];

/// Returns whether a word in lower case is formed of a known one with a prefix, a suffix or both.
pub fn is_derived(word: &str) -> bool {
    let has_known_stem = |word: &str| SUFFIXES.iter().any(|suffix| word.strip_suffix(suffix).is_some_and(is_stem));
    has_known_stem(word)
        || is_adjective(word)
        || is_noun_of_ate(word)
        || is_latin_plural(word)
        || PREFIXES.iter().any(|prefix| {
            word.strip_prefix(prefix).is_some_and(|rest| {
                // "subnet", "supernets": three letters are enough after these.
                let is_short = rest.len() == 3 && ["sub", "super"].contains(prefix) && is_english(rest);
                is_short || rest.len() > 3 && (is_known(rest) || has_known_stem(rest))
            })
        })
}

/// Returns whether a word is a known one with -y: `bursty`. `Directy` is not, because it lacks the l of `directly`.
fn is_adjective(word: &str) -> bool {
    let stem = word.strip_suffix('y').filter(|stem| stem.len() > 3);
    stem.is_some_and(|stem| is_known(stem) && !is_known(&format!("{stem}ly")))
}

/// Returns whether a word is the Latin plural of a known one in -ex or -ix: `vortices`.
fn is_latin_plural(word: &str) -> bool {
    word.strip_suffix("ices").is_some_and(|stem| is_known(&format!("{stem}ex")) || is_known(&format!("{stem}ix")))
}

/// Returns whether a word is the noun of a known verb in -ate: `curation`.
fn is_noun_of_ate(word: &str) -> bool {
    let stem = word.strip_suffix('s').unwrap_or(word).strip_suffix("ion").filter(|stem| stem.ends_with("at"));
    stem.is_some_and(|stem| is_known(&format!("{stem}e")))
}

/// Returns whether a known word leaves this stem when it takes a suffix: `moor`, `hop(e)`, `hop(p)`, `carri` for carry.
fn is_stem(stem: &str) -> bool {
    if stem.len() < 3 || !stem.is_ascii() {
        return false;
    }
    let bytes = stem.as_bytes();
    let shorter = &stem[..stem.len() - 1];
    let doubled = bytes[bytes.len() - 1] == bytes[bytes.len() - 2];
    is_known(stem)
        || is_known(&format!("{stem}e"))
        || stem.ends_with('i') && is_known(&format!("{shorter}y"))
        || doubled && shorter.len() > 2 && is_known(shorter)
}

/// Returns whether a word in lower case consists of two known words of at least three letters, one of them of four.
pub fn is_compound(word: &str) -> bool {
    is_compound_of(word, 3)
}

/// Returns whether a word in lower case consists of two known words of at least `shortest` letters, one of them of
/// four.
pub fn is_compound_of(word: &str, shortest: usize) -> bool {
    let word = word.strip_suffix('s').filter(|word| word.len() > 6).unwrap_or(word);
    word.is_ascii()
        && (shortest..(word.len() + 1).saturating_sub(shortest)).any(|at| {
            let (first, second) = word.split_at(at);
            first.len().max(second.len()) > 3 && is_known(first) && is_known(second)
        })
}

/// Returns the two words that were run together, if one of them is a short function word: `ofthe`, `forthat`.
pub fn two_words(word: &str) -> Option<String> {
    let little = ["the", "and", "with", "that", "this", "from", "your", "into", "when", "have"];
    let split = |at: usize| word.split_at_checked(at).filter(|(a, b)| !a.is_empty() && !b.is_empty());
    little.iter().find_map(|little| {
        let at = if word.starts_with(little) { little.len() } else { word.strip_suffix(little)?.len() };
        let (first, second) = split(at)?;
        (first.len() > 1 && second.len() > 2 && is_english(first) && is_english(second))
            .then(|| format!("{first} {second}"))
    })
}

/// Returns the two words of one that a little word was run together with, at either end: `systemis`, `isnecessary`.
pub fn joined_words(word: &str) -> Option<String> {
    const LITTLE: [&str; 16] =
        ["an", "and", "are", "as", "at", "be", "by", "can", "for", "in", "is", "of", "on", "or", "the", "to"];
    /// Minimum length of the other word, in bytes (a guess): shorter ones are endings.
    const MIN_OTHER_BYTES: usize = 4;
    let is_other = |other: &str| other.len() >= MIN_OTHER_BYTES && is_english(other);
    let at_end =
        LITTLE.iter().find_map(|little| Some((word.strip_suffix(little).filter(|other| is_other(other))?, *little)));
    let at_start =
        || LITTLE.iter().find_map(|little| Some((*little, word.strip_prefix(little).filter(|other| is_other(other))?)));
    let (first, second) = at_end.or_else(at_start)?;
    Some(format!("{first} {second}"))
}

/// Trigrams of letters in the stems of the dictionary: a word with any other is not English.
static TRIGRAMS: LazyLock<Trigrams> =
    LazyLock::new(|| Trigrams::of(ENGLISH_WORDS.lines().map(|line| line.split('/').next().unwrap_or("").as_bytes())));

/// Returns the English words that are one edit away from a word in lower case, among those that are wanted.
pub fn neighbours(word: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut near: Vec<String> = Vec::new();
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return near;
    }
    // Where two such runs of the word itself are unknown, no single slip makes it English.
    for_each_slip(word.as_bytes(), &TRIGRAMS, &mut |slip| {
        if TRIGRAMS.hold_all(slip)
            && let Ok(spelling) = std::str::from_utf8(slip)
            && is_wanted(spelling)
            && is_english(spelling)
            && near.iter().all(|known| known != spelling)
        {
            near.push(spelling.to_owned());
        }
    });
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_words_and_terms_are_known() {
        assert!(is_english("harbour") && is_english("harbor"));
        assert!(is_english("Lantern"));
        assert!(!is_english("lantrn"));
        assert!(is_term("Kubernetes"));
        assert!(!is_term("lantrn"));
    }

    #[test]
    fn words_made_of_known_words_are_told_from_others() {
        for word in ["unmoored", "reberthing", "lanternless", "harbours", "vortices"] {
            assert!(is_derived(word), "{word}");
        }
        assert!(is_derived("bursty") && is_derived("curation"));
        for word in ["lantrn", "directy", "optimiation"] {
            assert!(!is_derived(word), "{word}");
        }
        assert!(is_compound("lampboat") && !is_compound("lamqboat"));
        assert_eq!(two_words("ofthe").as_deref(), Some("of the"));
        assert_eq!(two_words("lantern"), None);
        assert_eq!(joined_words("systemis").as_deref(), Some("system is"));
        assert_eq!(joined_words("lantrn"), None);
        assert!(is_derived("subnet") && is_derived("subnets"));
    }

    #[test]
    fn every_word_is_known_by_fewer_rules_as_by_all() {
        let whole = WHOLE.as_ref().expect("valid");
        let numbers =
            ["1st", "2nd", "11th", "12th", "11st", "101st", "1000", "12ths", "0th", "1th", "x2", "2x", "21st-day"];
        let letters =
            ["lantern's", "Harbour", "BOAT", "boAt", "well-lit", "wel-lit", "t", "th", "n", "nm", "st", "n1t"];
        let slips =
            ENGLISH_WORDS.lines().skip(1).step_by(97).filter_map(|line| line.split('/').next()).flat_map(|word| {
                let wrong =
                    [1, 2].map(|at| format!("{}{}", word.get(..at).unwrap_or(""), word.get(at + 1..).unwrap_or("")));
                [word.to_owned(), word.to_uppercase(), format!("{word}s"), format!("{word}ing"), format!("un{word}")]
                    .into_iter()
                    .chain(wrong)
            });
        for word in numbers.into_iter().chain(letters).map(str::to_owned).chain(slips) {
            assert_eq!(is_english(&word), whole.check(&word), "{word}");
        }
        assert!(is_english("21st") && !is_english("21th"));
    }

    #[test]
    fn neighbours_are_one_slip_away() {
        assert_eq!(neighbours("lantrn", |_| true), ["lantern"]);
        assert!(neighbours("qqqqqq", |_| true).is_empty());
    }

    #[test]
    fn the_plain_form_of_a_verb_is_found() {
        for (ing, base) in [("mooring", "moor"), ("hoping", "hope"), ("hopping", "hop"), ("seeing", "see")] {
            assert_eq!(base_of_ing_form(ing).as_deref(), Some(base));
        }
        assert_eq!(base_of_ing_form("ing"), None);
    }

    #[test]
    fn every_term_is_found() {
        let terms: Vec<&str> = TERMS.lines().collect();
        assert!(terms.is_sorted());
        assert!(terms.iter().all(|term| is_term(term)));
    }
}
