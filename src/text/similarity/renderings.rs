//! Renderings of a term in a translation: whether two are forms of one, or two words for one thing.
//!
//! For comparison only. Knows letters, no languages: forms of one word begin alike, or one is within the other.

use super::score::trigram_similarity;

/// Minimum share of trigrams from which two renderings are forms of one (a guess).
const SAME_TRIGRAMS: f32 = 0.5;
/// Maximum number of letters of a word that says nothing beside longer ones: an article, a preposition (a guess).
const SHORT_LETTERS: usize = 3;

/// Returns whether two renderings are one: equal but for endings, articles and further words.
#[must_use]
pub fn are_forms_of_one(a: &str, b: &str) -> bool {
    let (a_words, b_words) = (telling(a), telling(b));
    let (fewer, more) = if a_words.len() <= b_words.len() { (&a_words, &b_words) } else { (&b_words, &a_words) };
    let is_within = fewer.iter().all(|word| more.iter().any(|other| is_form_of(word, other)));
    let joined = |words: &[&str]| words.concat();
    let (x, y) = (joined(&a_words), joined(&b_words));
    is_within || x.contains(&y) || y.contains(&x) || trigram_similarity(a, b) >= SAME_TRIGRAMS
}

/// Returns whether a text has a rendering, in any of its forms.
#[must_use]
pub fn occurs_in(rendering: &str, text: &str) -> bool {
    if text.contains(rendering) {
        return true;
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    telling(rendering).iter().all(|word| words.iter().any(|other| is_form_of(word, other)))
}

/// Returns the words of a rendering that say something: the long ones, or all if none is long.
fn telling(text: &str) -> Vec<&str> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_long = |word: &&&str| word.chars().count() > SHORT_LETTERS || word.chars().any(is_ideograph);
    let long: Vec<&str> = words.iter().filter(is_long).copied().collect();
    if long.is_empty() { words } else { long }
}

/// Returns whether a character is one of a script without spaces, so that few of them are a word.
fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x2E80..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF)
}

/// Returns whether two words are forms of one: they begin alike, or one is within the other.
fn is_form_of(a: &str, b: &str) -> bool {
    let (shorter, longer) = if a.chars().count() <= b.chars().count() { (a, b) } else { (b, a) };
    let (short_len, long_len) = (shorter.chars().count(), longer.chars().count());
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let begins_alike = common >= 3 && common * 2 >= short_len && common * 5 >= long_len * 2;
    let is_inside = (short_len > SHORT_LETTERS || shorter.chars().any(is_ideograph)) && longer.contains(shorter);
    a == b || begins_alike || is_inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_are_one_rendering() {
        for (a, b) in [
            ("развёртывание", "развёртывания"),
            ("die pumpe", "pumpen"),
            ("объект deployment", "deployment"),
            ("配置文件", "配置"),
            ("paramètres de chemin", "paramètre de chemin"),
        ] {
            assert!(are_forms_of_one(a, b), "{a} {b}");
        }
        for (a, b) in [("деплоймент", "развёртывание"), ("pumpe", "kolben"), ("配置", "设定")]
        {
            assert!(!are_forms_of_one(a, b), "{a} {b}");
        }
    }

    #[test]
    fn a_rendering_occurs_in_a_text_in_any_form() {
        assert!(occurs_in("путь запроса", "о путях и запросах"));
        assert!(!occurs_in("путь запроса", "о путях"));
    }
}
