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
/// added or replaced, or two neighbours swapped. Spellings with three letters in a row that `usual` lacks are passed over;
/// those of the word itself are not looked for.
pub fn for_each_slip(word: &[u8], usual: &Trigrams, visit: &mut impl FnMut(&[u8])) {
    let mut buffer = Vec::with_capacity(word.len() + 1);
    let visit = &mut |slip: &[u8], at: usize| {
        // An edit touches the letters at its place and after it, and is seen with two letters on either side.
        let around = slip.get(at.saturating_sub(2)..(at + 4).min(slip.len())).unwrap_or(slip);
        if usual.hold_all(around) {
            visit(slip);
        }
    };
    for at in 0..=word.len() {
        let (before, after) = word.split_at(at);
        let inserted = usual.between(before, after);
        let replacing = after.split_first().map_or(0, |(_, rest)| usual.between(before, rest));
        for letter in b'a'..=b'z' {
            let is_in = |letters: u32| letters >> (letter & 0x1F) & 1 != 0;
            if is_in(inserted) {
                buffer.clear();
                buffer.extend_from_slice(before);
                buffer.push(letter);
                buffer.extend_from_slice(after);
                visit(&buffer, at);
            }
            if is_in(replacing) && after.first() != Some(&letter) {
                buffer.clear();
                buffer.extend_from_slice(before);
                buffer.push(letter);
                buffer.extend_from_slice(&after[1..]);
                visit(&buffer, at);
            }
        }
        if at < word.len() {
            buffer.clear();
            buffer.extend_from_slice(&word[..at]);
            buffer.extend_from_slice(&word[at + 1..]);
            visit(&buffer, at);
        }
        if at + 1 < word.len() && word[at] != word[at + 1] {
            buffer.clear();
            buffer.extend_from_slice(word);
            buffer.swap(at, at + 1);
            visit(&buffer, at);
        }
    }
}

/// Runs of three letters that occur in some words, regardless of case.
#[derive(Debug)]
pub struct Trigrams {
    /// One bit for each run, by the number that it has in [`all_trigrams`].
    seen: Box<[u64]>,
    /// For each two letters, those that occur between them, and those that occur before them, as bits by their numbers.
    middles: Box<[u32]>,
    firsts: Box<[u32]>,
}

impl Trigrams {
    /// Returns the runs in `words`.
    pub fn of<'a>(words: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut seen = vec![0u64; 1 << 15 >> 6].into_boxed_slice();
        for word in words {
            all_trigrams(word, |three| {
                seen[three >> 6] |= 1 << (three & 63);
                true
            });
        }
        let [mut middles, mut firsts] = [0, 0].map(|none| vec![none; 1 << 10].into_boxed_slice());
        for three in (0..1usize << 15).filter(|three| seen[three >> 6] >> (three & 63) & 1 != 0) {
            let [first, middle, last] = [three >> 10, three >> 5 & 31, three & 31];
            middles[first << 5 | last] |= 1 << middle;
            firsts[middle << 5 | last] |= 1 << first;
        }
        Self { seen, middles, firsts }
    }

    /// Returns the letters, as bits by their numbers, with which all runs of three letters occur that a letter between two
    /// texts makes, and the run behind these.
    fn between(&self, before: &[u8], after: &[u8]) -> u32 {
        if !before.iter().rev().take(2).chain(after.iter().take(3)).all(u8::is_ascii_alphabetic) {
            return u32::MAX;
        }
        let pair = |first: u8, second: u8| usize::from(first & 0x1F) << 5 | usize::from(second & 0x1F);
        let mut letters = u32::MAX;
        if let [.., first, second] = before {
            // The third letters of two are side by side.
            let from = pair(*first, *second) << 5;
            letters &= (self.seen[from >> 6] >> (from & 63)) as u32;
        }
        if let ([.., first], [last, ..]) = (before, after) {
            letters &= self.middles[pair(*first, *last)];
        }
        if let [middle, last, ..] = after {
            letters &= self.firsts[pair(*middle, *last)];
        }
        let follows = after.get(..3).is_none_or(|three| self.hold_all(three));
        if follows { letters } else { 0 }
    }

    /// Returns whether all runs of three letters in `text` occur; those with other characters count as if they did.
    pub fn hold_all(&self, text: &[u8]) -> bool {
        all_trigrams(text, |three| self.seen[three >> 6] >> (three & 63) & 1 != 0)
    }
}

/// Returns whether `test` holds for each run of three letters in `text`, as a number of fifteen bits.
fn all_trigrams(text: &[u8], mut test: impl FnMut(usize) -> bool) -> bool {
    let (mut number, mut letters) = (0, 0);
    text.iter().all(|byte| {
        if !byte.is_ascii_alphabetic() {
            letters = 0;
            return true;
        }
        number = (number << 5 | usize::from(byte & 0x1F)) & 0x7FFF;
        letters += 1;
        letters < 3 || test(number)
    })
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
        let letters = || b'a'..=b'z';
        let pairs = || letters().flat_map(move |a| letters().map(move |b| [a, b]));
        let all: Vec<[u8; 3]> = pairs().flat_map(|[a, b]| letters().map(move |c| [a, b, c])).collect();
        for_each_slip(b"oar", &Trigrams::of(all.iter().map(<[u8; 3]>::as_slice)), &mut |slip| {
            seen.insert(String::from_utf8(slip.to_vec()).expect("ASCII"));
        });
        for slip in ["ar", "oarr", "roar", "oat", "aor", "ora"] {
            assert!(seen.contains(slip), "{slip}");
        }
        assert!(!seen.contains("oar"));
    }

    #[test]
    fn letters_that_fit_between_others_are_those_with_which_all_runs_occur() {
        let usual = Trigrams::of(["lantern", "harbour", "boats", "oarlock"].map(str::as_bytes));
        for word in ["", "a", "la", "lan", "lanter", "haour", "boas", "x1b", "oarloc"] {
            for at in 0..=word.len() {
                let (before, after) = word.as_bytes().split_at(at);
                for letter in b'a'..=b'z' {
                    let near = &[before, &[letter], after].concat();
                    let around = &near[at.saturating_sub(2)..(at + 4).min(near.len())];
                    let fits = usual.between(before, after) >> (letter & 0x1F) & 1 != 0;
                    assert!(fits || !usual.hold_all(around), "{word} at {at}: {letter}");
                    assert!(!fits || word.contains('1') || usual.hold_all(around), "{word} at {at}: {letter}");
                }
            }
        }
    }

    #[test]
    fn very_long_words_are_not_compared() {
        assert_eq!(distance(&"a".repeat(100_000), "b"), f32::INFINITY);
    }
}
