//! Words that languages have in common: "organisation" and "Organização" begin alike, and so does «организация» in Latin
//! letters.
//!
//! Pure: knows letters only. The key of a word is its beginning in a spelling that leaves out how languages write one
//! sound.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::words::hash;

/// Number of letters of the beginning by which words are compared (a guess, measured on translated guides and handbooks):
/// words that languages share differ in their endings.
const KEY_LETTERS: usize = 5;
/// Minimum number of letters of a word (a guess): short words begin alike by chance.
const MIN_LETTERS: usize = 5;
/// Minimum number of letters of a key: what is left of a word after two spellings of one sound became one.
const MIN_KEY_LETTERS: usize = 4;

/// The letters of the Cyrillic alphabets from `а` to `я`, in Latin letters (ISO 9, simplified to the letters that shared
/// words have).
const CYRILLIC: [&str; 32] = [
    "a", "b", "v", "g", "d", "e", "s", "s", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "s",
    "k", "s", "s", "", "i", "", "e", "u", "a",
];

/// Returns the hashes of the keys of the words of a text, sorted, each once. Words in scripts without a table have none.
pub fn keys(text: &str) -> Vec<u64> {
    let words = text.split(|c: char| !c.is_alphabetic() && !is_combining_mark(c));
    let mut found: Vec<u64> = words.filter_map(key).map(|key| hash(&key)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the key of a word: its first letters without accents, with one letter for the spellings of one sound.
fn key(word: &str) -> Option<String> {
    if word.chars().take(MIN_LETTERS).count() < MIN_LETTERS {
        return None;
    }
    let mut key = String::with_capacity(KEY_LETTERS + 2);
    let letters = word.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    for c in letters {
        match c {
            'a'..='z' => add(&mut key, c),
            'а'..='я' => {
                let latin = CYRILLIC.get((u32::from(c) - u32::from('а')) as usize).copied().unwrap_or("");
                latin.chars().for_each(|c| add(&mut key, c));
            }
            'і' | 'ї' => add(&mut key, 'i'),
            'є' => add(&mut key, 'e'),
            'ґ' => add(&mut key, 'g'),
            'ø' => add(&mut key, 'o'),
            'ł' => add(&mut key, 'l'),
            'ı' => add(&mut key, 'i'),
            'ß' => add(&mut key, 's'),
            _ => return None,
        }
        if key.len() > KEY_LETTERS {
            break;
        }
    }
    key.truncate(KEY_LETTERS);
    (key.len() >= MIN_KEY_LETTERS).then_some(key)
}

/// Adds a letter of the Latin alphabet; a doubled one counts once.
fn add(key: &mut String, c: char) {
    let last = key.chars().next_back();
    let sound = match (last, c) {
        // "ph", "th" and "ch" are "f", "t" and "k" in other languages.
        (Some('p'), 'h') => {
            key.pop();
            'f'
        }
        (Some('t' | 'k'), 'h') => return,
        (_, 'c' | 'q') => 'k',
        (_, 'z') => 's',
        (_, 'y' | 'j') => 'i',
        (_, 'w') => 'v',
        _ => c,
    };
    if !key.ends_with(sound) {
        key.push(sound);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_languages_share_have_one_key() {
        for (a, b) in [
            ("organisation", "Organização"),
            ("organization", "организация"),
            ("Photograph", "Fotografie"),
            ("project", "Projekt"),
            ("catalogue", "Katalog"),
            ("committee", "comité"),
            ("system", "sistema"),
        ] {
            let [a_key, b_key] = [a, b].map(|word| keys(word).first().copied());
            assert!(a_key.is_some() && a_key == b_key, "{a} {b}: {:?} {:?}", key(a), key(b));
        }
    }

    #[test]
    fn other_words_have_other_keys() {
        for (a, b) in [("harbour", "Hafenamt"), ("lantern", "Laternenpfahl"), ("valve", "Ventil")] {
            assert_ne!(key(a), key(b), "{a} {b}");
        }
    }

    #[test]
    fn short_words_and_other_scripts_have_no_key() {
        assert!(keys("the lamp is on 12 αλφάβητο 灯台守 ハーバー").is_empty());
        assert!(keys("").is_empty());
    }
}
