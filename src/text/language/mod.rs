//! Language identification, as far as rules for English need it.
//!
//! Counts function words, after the idea of Grefenstette (1995), "Comparing two language identification schemes".
pub mod locale_tag;
pub mod profile;

use std::sync::LazyLock;

use crate::text::mojibake::Script;
use crate::text::words::word_table::WordTable;
use crate::text::words::{Shape, is_letter, words};

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, or too short to decide.
    #[default]
    English,
    /// Another language.
    Other,
}

/// Maximum number of words of a text that are counted (a guess).
const SAMPLE: usize = 240;
/// Minimum number of words of a text that may be called anything but English (a guess).
const ENOUGH: usize = 12;
/// A text with a non-ASCII word in fewer than this many is foreign if it has little English (a guess).
const FOREIGN_ONE_IN: usize = 4;
/// Number of words among which one English function word is little: beside many non-ASCII words, and in a long text
/// without them (guesses).
const ENGLISH_ONE_IN: (usize, usize) = (10, 50);

const ENGLISH: &str = "the of and to in is that for it with as are be this by or you not can how what when from your \
    we if have which use has will an at but does they do its into only between one more all than should";

/// Words that are common in other languages and rare in English.
const OTHERS: &str = "der das und ist nicht ein eine einen mit für auf den von zu wird sind wie auch werden oder \
    le les des et est une dans pour pas que qui sur avec vous sont ce \
    el los las y en uno por para con del como está cuando o os um uma não em da na mais \
    il di che per non della sono nel gli een het van niet op voor dat zijn wordt met \
    och att det som inte är og er ikke på av i w na z się nie jest dla że ve bir bu için ile olarak \
    yang dan untuk dengan ini adalah dari tidak és egy hogy nem az \
    и в не на что это для как с по से है के में का को और";

/// For each word of the two lists, whether it is in [`ENGLISH`] and whether it is in [`OTHERS`], as 0 or 1.
static FREQUENT_WORDS: LazyLock<WordTable<[usize; 2]>> = LazyLock::new(|| {
    let words = ENGLISH.split_whitespace().chain(OTHERS.split_whitespace());
    let is_in = |list: &str, word: &str| usize::from(list.split_whitespace().any(|other| other == word));
    WordTable::new(words.map(|word| (word, [is_in(ENGLISH, word), is_in(OTHERS, word)])))
});

/// Returns whether a word in lower case is frequent in English, and too long to be one of another language by chance, as "on",
/// "do" and "in" are.
fn is_frequent_in_english(word: &str) -> bool {
    word.len() > 2 && FREQUENT_WORDS.get(word).is_some_and(|[english, _]| *english > 0)
}

/// Returns the language of `text`, judged by its first few hundred words.
pub fn language_of(text: &str) -> Language {
    let (mut total, mut english, mut other, mut foreign_letters) = (0, 0, 0, 0);
    let words_known = &*FREQUENT_WORDS;
    for word in words(text).take(SAMPLE) {
        total += 1;
        let [in_english, in_others] = words_known.get(word.text).copied().unwrap_or_default();
        english += in_english;
        other += in_others;
        foreign_letters += usize::from(!word.text.is_ascii());
    }
    let foreign = other > english || foreign_letters * FOREIGN_ONE_IN > total && english * ENGLISH_ONE_IN.0 < total;
    let unlike_english = total >= SAMPLE && english * ENGLISH_ONE_IN.1 < total && other > 0;
    if total >= ENOUGH && (foreign || unlike_english) { Language::Other } else { Language::English }
}

/// Words that are frequent in one of these languages and in hardly any other of them, by the code of the language.
const TELLING: [(&str, &str); 17] = [
    ("en", "the and is that for with are this you not can how what when from your which have has will they should"),
    (
        "de",
        "der und ist nicht ein eine einen mit für auf den von zu wird sind wie auch werden oder das bei sie wir man",
    ),
    ("fr", "les des et est une dans pour pas que qui sur avec vous sont nous au aux cette ou il du chaque"),
    ("es", "el los las y una por para con del como está cuando esta pero su más al lo se hay"),
    ("pt", "os uma um não em da na mais do dos das com ao você são está pelo seu isso para"),
    ("it", "il di che per non della sono nel gli una con del alla questo più anche come dei le è"),
    ("nl", "een het van niet op voor dat zijn wordt met je aan ook kan deze naar bij de en"),
    ("sv", "och att det som inte är på för med den till av kan ett har du"),
    ("da", "og det som ikke er på til af kan et har du med jeg vi fra skal"),
    ("pl", "w na z się nie jest dla że do oraz można po jak są przez tego które"),
    ("cs", "se na je že pro jako není také které nebo jsou být po při"),
    ("tr", "ve bir bu için ile olarak daha gibi olan çok en değil her"),
    ("id", "yang dan untuk dengan ini adalah dari tidak pada dalam akan anda atau"),
    ("hu", "és egy hogy nem az ez van meg csak ha kell vagy"),
    ("ro", "și este pentru care cu din pe nu sau sunt mai în"),
    ("vi", "và của là một các cho không được trong với có những bạn"),
    ("bs", "je i se za na su od koji ili kao može samo treba"),
];

/// For each of these words the languages that it is frequent in, as bits by their position in [`TELLING`].
static TELLING_WORDS: LazyLock<WordTable<u32>> = LazyLock::new(|| {
    let all =
        || TELLING.iter().enumerate().flat_map(|(at, (_, list))| list.split(' ').map(move |word| (word, 1 << at)));
    let mut words = WordTable::new(all().map(|(word, _)| (word, 0)));
    for (word, language) in all() {
        words.get_mut(word).into_iter().for_each(|languages| *languages |= language);
    }
    words
});

/// Returns the code of the language of a text: one with a list of frequent words, or the name of the script. `None` if
/// there is too little evidence.
pub fn code_of(text: &str) -> Option<&'static str> {
    /// Minimum number of the frequent words in a text (a guess).
    const LEAST: usize = 3;
    if let Some(script) = script_of(text) {
        return Some(script);
    }
    let mut counts = [0usize; TELLING.len()];
    for word in words(text).take(SAMPLE) {
        let languages = match word.shape {
            Shape::Lower => TELLING_WORDS.get(word.text),
            _ => TELLING_WORDS.get(word.text.to_lowercase().as_str()),
        };
        let Some(mut languages) = languages.copied() else { continue };
        while languages != 0 {
            counts[languages.trailing_zeros() as usize] += 1;
            languages &= languages - 1;
        }
    }
    let best = (0..counts.len()).max_by_key(|&at| (counts[at], std::cmp::Reverse(at)))?;
    let second = (0..counts.len()).filter(|&at| at != best).map(|at| counts[at]).max().unwrap_or(0);
    (counts[best] >= LEAST && counts[best] * 2 >= second * 3).then_some(TELLING[best].0)
}

/// Returns the script of a text that is not mainly in Latin script.
fn script_of(text: &str) -> Option<&'static str> {
    /// One letter in this many is kana in Japanese, and of any other script in its languages, at least (guesses).
    const KANA_ONE_IN: usize = 16;
    const SCRIPT_ONE_IN: usize = 5;
    /// Minimum number of letters of a script (a guess).
    const MIN_SCRIPT_LETTERS: usize = 3;
    let mut counts = [0usize; Script::ALL.len()];
    let mut others = 0;
    for c in text.chars().filter(|c| is_letter(*c)).take(SAMPLE * 8) {
        match Script::of(c) {
            Some(script) => counts[script as usize] += 1,
            None => others += 1,
        }
    }
    let all = others + counts.iter().sum::<usize>();
    // Japanese has Chinese characters as well; names and code are in Latin script in every language.
    let kana = counts[Script::Kana as usize];
    if kana * KANA_ONE_IN >= all && kana > 0 {
        return Some("kana");
    }
    let count = |script: Script| counts[script as usize];
    let most = Script::ALL
        .into_iter()
        .filter(|script| *script != Script::Latin)
        .max_by_key(|script| count(*script))
        .filter(|script| count(*script) * SCRIPT_ONE_IN >= all && count(*script) >= MIN_SCRIPT_LETTERS)?;
    Some(match most {
        Script::Greek => "greek",
        Script::Cyrillic => "cyrillic",
        Script::Semitic => "semitic",
        Script::Indic => "indic",
        Script::Thai => "thai",
        Script::Kana => "kana",
        Script::Han => "han",
        Script::Hangul => "hangul",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_languages_are_told_from_english() {
        let english = "The lamp is lit when the boat is near, and you can see how far it has come from the shore";
        assert_eq!(language_of(english), Language::English);
        for text in [
            "Die Lampe brennt, wenn das Boot nahe ist, und man sieht, wie weit es von der Küste gekommen ist",
            "La lampe est allumée quand le bateau est dans le port et les gens sont sur le quai pour le voir",
            "La lámpara está encendida cuando el barco llega a la costa y los niños esperan en el muelle",
            "Лампа горит, когда лодка рядом, и видно, как далеко она ушла от берега, это не так просто",
        ] {
            assert_eq!(language_of(text), Language::Other, "{text}");
        }
    }

    #[test]
    fn languages_are_told_from_each_other() {
        for (text, code) in [
            ("The lamp is lit when the boat is near, and you can see how far it has come", Some("en")),
            ("Die Lampe brennt, wenn das Boot nahe ist, und man sieht sie von der Küste", Some("de")),
            ("Voici les livres que nous avons lus dans la semaine, et les pages sont en anglais", Some("fr")),
            ("La lámpara está encendida cuando el barco llega y los niños esperan por ella", Some("es")),
            ("A lâmpada é acesa quando o barco não está longe, e os meninos esperam na praia com uma rede", Some("pt")),
            ("Лампа горит, когда лодка рядом", Some("cyrillic")),
            ("灯亮着，船就在附近", Some("han")),
            ("船が近いと灯がつく", Some("kana")),
            ("등대가 켜져 있다", Some("hangul")),
            ("Lamp, boat, harbour", None),
            ("", None),
        ] {
            assert_eq!(code_of(text), code, "{text}");
        }
    }

    #[test]
    fn lists_of_terms_count_as_english() {
        assert_eq!(
            language_of(
                "Channels Goroutines Mutex Select Context Interfaces Structs Maps Slices Arrays Defer Panic Recover"
            ),
            Language::English
        );
        assert_eq!(language_of(""), Language::English);
    }
}
