//! Distance of two spellings, in typing errors.
//!
//! A weighted Damerau–Levenshtein distance (optimal string alignment) after Damerau (1964) and Kernighan, Church and
//! Gale (1990), in which frequent errors cost less. Knows no dictionary.

/// Maximum length of a word that is compared, in characters (a guess). The distance of longer ones is infinite.
const LONGEST: usize = 48;

/// The rows of the English keyboard, for neighbouring keys.
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// Returns the distance of `typed` from `meant`: 0 for equal words, and about 1 for each error, less for a likely one
/// (guesses). Case does not count.
pub fn distance(typed: &str, meant: &str) -> f32 {
    let typed: Vec<char> = typed.chars().flat_map(char::to_lowercase).collect();
    let meant: Vec<char> = meant.chars().flat_map(char::to_lowercase).collect();
    if typed.len() > LONGEST || meant.len() > LONGEST {
        return f32::INFINITY;
    }
    let width = meant.len() + 1;
    let mut rows = vec![0.0f32; (typed.len() + 1) * width];
    for i in 0..=typed.len() {
        for j in 0..=meant.len() {
            let cell = |i: usize, j: usize| rows[i * width + j];
            let mut best = if i == 0 && j == 0 { 0.0 } else { f32::INFINITY };
            if i > 0 {
                best = best.min(cell(i - 1, j) + extra(&typed, i - 1));
            }
            if j > 0 {
                best = best.min(cell(i, j - 1) + missing(&meant, j - 1));
            }
            if i > 0 && j > 0 {
                best = best.min(cell(i - 1, j - 1) + swapped(typed[i - 1], meant[j - 1]));
            }
            if i > 1 && j > 1 && typed[i - 1] == meant[j - 2] && typed[i - 2] == meant[j - 1] {
                best = best.min(cell(i - 2, j - 2) + 0.7);
            }
            // The first letter is seldom missed.
            rows[i * width + j] = if i == 1 && j == 1 && best > 0.0 { best + 0.3 } else { best };
        }
    }
    rows[typed.len() * width + meant.len()]
}

/// Returns the cost of a letter that is too much. A doubled letter is the likeliest.
fn extra(typed: &[char], at: usize) -> f32 {
    let doubled = at > 0 && typed[at] == typed[at - 1] || typed.get(at + 1) == Some(&typed[at]);
    if doubled { 0.6 } else { 1.0 }
}

/// Returns the cost of a letter that is missing.
fn missing(meant: &[char], at: usize) -> f32 {
    let doubled = at > 0 && meant[at] == meant[at - 1] || meant.get(at + 1) == Some(&meant[at]);
    if doubled { 0.6 } else { 0.9 }
}

fn swapped(typed: char, meant: char) -> f32 {
    if typed == meant {
        0.0
    } else if neighbours(typed, meant) || is_vowel(typed) && is_vowel(meant) {
        0.9
    } else {
        1.2
    }
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

fn neighbours(a: char, b: char) -> bool {
    let place = |c: char| ROWS.iter().enumerate().find_map(|(row, keys)| Some((row, keys.find(c)?)));
    match (place(a), place(b)) {
        (Some((row_a, key_a)), Some((row_b, key_b))) => row_a.abs_diff(row_b) <= 1 && key_a.abs_diff(key_b) <= 1,
        _ => false,
    }
}

/// Calls `visit` with every spelling that is one edit away from a word in lower-case ASCII letters: a letter left out,
/// added or replaced, or two neighbours swapped.
pub fn for_each_slip(word: &[u8], visit: &mut impl FnMut(&[u8])) {
    let mut buffer = Vec::with_capacity(word.len() + 1);
    for at in 0..=word.len() {
        for letter in b'a'..=b'z' {
            buffer.clear();
            buffer.extend_from_slice(&word[..at]);
            buffer.push(letter);
            buffer.extend_from_slice(&word[at..]);
            visit(&buffer);
            if at < word.len() && word[at] != letter {
                buffer.remove(at + 1);
                visit(&buffer);
            }
        }
        if at < word.len() {
            buffer.clear();
            buffer.extend_from_slice(&word[..at]);
            buffer.extend_from_slice(&word[at + 1..]);
            visit(&buffer);
        }
        if at + 1 < word.len() && word[at] != word[at + 1] {
            buffer.clear();
            buffer.extend_from_slice(word);
            buffer.swap(at, at + 1);
            visit(&buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_slips_are_nearer_than_unlikely_ones() {
        assert!(distance("harbuor", "harbour") < distance("harbouq", "harbour"));
        assert!(distance("leter", "letter") < distance("leter", "later"));
        assert!(distance("validaton", "validation") < distance("validaton", "validator"));
        assert_eq!(distance("Boat", "boat"), 0.0);
    }

    #[test]
    fn every_single_slip_is_visited() {
        let mut seen = std::collections::BTreeSet::new();
        for_each_slip(b"oar", &mut |slip| {
            seen.insert(String::from_utf8(slip.to_vec()).expect("ASCII"));
        });
        for slip in ["ar", "oarr", "roar", "oat", "aor", "ora"] {
            assert!(seen.contains(slip), "{slip}");
        }
        assert!(!seen.contains("oar"));
    }

    #[test]
    fn very_long_words_are_not_compared() {
        assert_eq!(distance(&"a".repeat(100_000), "b"), f32::INFINITY);
    }
}
