//! Which language a text is written in, as far as rules for English need to know.
//!
//! Counts function words, after the idea of Grefenstette (1995), "Comparing two language identification schemes".

use std::collections::HashSet;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

use super::words::words;

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, or too short to tell.
    #[default]
    English,
    /// Another language.
    Other,
}

/// How many words of a text are looked at.
const SAMPLE: usize = 240;
/// How many words a text needs before it may be called anything but English.
const ENOUGH: usize = 12;

const ENGLISH: &str = "the of and to in is that for it with as are be this by or you not can how what when from your \
    we if have which use has will an at but does they do its into only between one more all than should";

/// Words common in other languages and rare in English.
const OTHERS: &str = "der das und ist nicht ein eine einen mit für auf den von zu wird sind wie auch werden oder \
    le les des et est une dans pour pas que qui sur avec vous sont ce \
    el los las y en uno por para con del como está cuando o os um uma não em da na mais \
    il di che per non della sono nel gli een het van niet op voor dat zijn wordt met \
    och att det som inte är og er ikke på av i w na z się nie jest dla że ve bir bu için ile olarak \
    yang dan untuk dengan ini adalah dari tidak és egy hogy nem az \
    и в не на что это для как с по से है के में का को और";

type Words = HashSet<&'static str, FxBuildHasher>;

static KNOWN_ENGLISH: LazyLock<Words> = LazyLock::new(|| ENGLISH.split_whitespace().collect());
static KNOWN_OTHERS: LazyLock<Words> = LazyLock::new(|| OTHERS.split_whitespace().collect());

/// The language of `text`, judged by its first few hundred words.
pub fn language_of(text: &str) -> Language {
    let (mut total, mut english, mut other, mut foreign_letters) = (0, 0, 0, 0);
    for word in words(text).take(SAMPLE) {
        total += 1;
        english += usize::from(KNOWN_ENGLISH.contains(word.text));
        other += usize::from(KNOWN_OTHERS.contains(word.text));
        foreign_letters += usize::from(!word.text.is_ascii());
    }
    let foreign = other > english || foreign_letters * 4 > total && english * 10 < total;
    let unlike_english = total >= SAMPLE && english * 50 < total && other > 0;
    if total >= ENOUGH && (foreign || unlike_english) { Language::Other } else { Language::English }
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
