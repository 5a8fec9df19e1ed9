//! Fingerprints of text: normalised lines for exact repeats, winnowed word shingles for near ones.
//!
//! Pure functions of strings; knows no Markdown beyond the marks that normalisation removes, no files and no rules.

use crate::text::words::{EightBytes, is_letter_or_digit};

/// Fingerprint of a normalised line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinePrint {
    /// Hash of the normalised line.
    pub hash: u64,
    /// Length of the normalised line in bytes, without the gaps between words.
    pub size: u32,
}

/// Returns the fingerprint of a line of prose. Case, inline markup, punctuation, list markers and the label of an item
/// (`12.`, `**Q7:`, `Question 3)`) do not count; words, other numbers, operators and symbols do. `None` if nothing is
/// left, as of a thematic break.
pub fn prose_line(line: &str) -> Option<LinePrint> {
    let mut printer = Printer::new(1);
    let mut at = skip_label(line);
    loop {
        at += printer.take_prose(&line.as_bytes()[at..]);
        let mut rest = line.get(at..).unwrap_or("").chars();
        let Some(c) = rest.next() else { break };
        match c {
            '!' if rest.next() == Some('=') => printer.put("!"),
            // Curly apostrophes occur inside words; zero-width characters and variation selectors are invisible.
            '\u{2018}' | '\u{2019}' | '\u{200B}'..='\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' => {}
            '!' | '\u{A0}' | '\u{2000}'..='\u{206F}' | '\u{AB}' | '\u{BB}' => printer.put(" "),
            _ if has_no_case(c) => {
                let run = rest_of_run(&line[at..]);
                printer.put(run);
                at += run.len();
                continue;
            }
            _ => printer.put(c.to_lowercase().next().unwrap_or(c).encode_utf8(&mut [0; 4])),
        }
        at += c.len_utf8();
    }
    printer.finish()
}

/// Returns true for letters that have no lower case, or are in it, of the scripts that whole pages are written in.
fn has_no_case(c: char) -> bool {
    matches!(c, '\u{DF}'..='\u{F6}' | '\u{430}'..='\u{45F}' | '\u{5D0}'..='\u{109F}' | '\u{3040}'..='\u{A63F}' | '\u{AC00}'..='\u{D7A3}')
}

/// Returns the start of a text for whose characters [`has_no_case`] holds.
fn rest_of_run(text: &str) -> &str {
    text.find(|c| !has_no_case(c)).map_or(text, |end| &text[..end])
}

/// Returns the fingerprint of a line of code. Only white space at its ends and the width of gaps do not count. `None`
/// if nothing is left.
pub fn code_line(line: &str) -> Option<LinePrint> {
    let mut printer = Printer::new(2);
    printer.put(line);
    printer.finish()
}

/// Class of a byte that divides words.
const GAP: u8 = b' ';
/// Class of a byte that is left out; not a byte of UTF-8.
const DROP: u8 = 0xFF;
/// Class of a byte that depends on the bytes after it; not a byte of UTF-8 either.
const LOOK: u8 = 0xFE;

/// Normalised form or class of each byte of prose. Markup that occurs inside words is dropped, punctuation divides
/// words, operators and digits stay.
static PROSE: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            letter @ b'A'..=b'Z' => letter | 0x20,
            b'*' | b'_' | b'`' | b'\'' | b'\\' => DROP,
            b'!' | 0x80.. => LOOK,
            0..=b' ' | b'"' | b',' | b'.' | b':' | b';' | b'?' | b'(' | b')' | b'[' | b']' | b'#' | b'|' | b'-' => GAP,
            other => other,
        };
        byte += 1;
    }
    table
};

/// Normalised form or class of each byte of code.
static CODE: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = if byte as u8 == b'\t' { GAP } else { byte as u8 };
        byte += 1;
    }
    table
};

/// Returns the start of the words of a line, after markers of quotes, headings and list items and the label of an item.
fn skip_label(line: &str) -> usize {
    let bytes = line.as_bytes();
    let marks = |from: usize| {
        let mark = |byte: &u8| matches!(byte, b' ' | b'\t' | b'>' | b'#' | b'*' | b'_' | b'-' | b'+');
        from + bytes[from..].iter().take_while(|byte| mark(byte)).count()
    };
    let start = marks(0);
    let mut at = start;
    for word in [&b"question"[..], b"q"] {
        if bytes.get(at..at + word.len()).is_some_and(|have| have.eq_ignore_ascii_case(word)) {
            at += word.len();
            at += bytes[at..].iter().take_while(|&&byte| byte == b' ').count();
            break;
        }
    }
    let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > 6 {
        return start;
    }
    at += digits;
    at += bytes[at..].iter().take_while(|&&byte| byte == b'\\').count();
    let closed = matches!(bytes.get(at), Some(b'.' | b')' | b':'));
    let parted = matches!(bytes.get(at + 1), None | Some(b' ' | b'\t' | b'*' | b'_'));
    if closed && parted { marks(at + 1) } else { start }
}

/// Returns the words of a text as hashes, in order: runs of letters and digits, regardless of case, joined by
/// apostrophes and underscores.
pub fn words(text: &str) -> impl Iterator<Item = u64> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut state = None;
        while let Some(&byte) = bytes.get(at) {
            let (class, len) = match WORD_BYTES[usize::from(byte)] {
                LOOK => wide_class(text, at),
                class => (u32::from(class), 1),
            };
            match (class, state) {
                (BETWEEN, Some(_)) => break,
                (BETWEEN, None) | (JOINING, _) => {}
                (letter, before) => state = Some(fold(before.unwrap_or(0), u64::from(letter) + 1)),
            }
            at += len;
        }
        state
    })
}

/// Reads the words of many texts as [`words`] does. Most of them occur again, so the hashes of short ones are remembered.
#[derive(Debug)]
pub struct WordHashes {
    /// For a place that the letters of a word lead to, the letters that were last there, with their hash.
    seen: Vec<(u64, u64)>,
}

/// Number of short words that are remembered, as a power of two (a guess): the table fits into the fastest cache.
const SEEN_BITS: u32 = 11;

impl WordHashes {
    /// Returns a table that remembers no word yet.
    #[must_use]
    pub fn new() -> Self {
        Self { seen: vec![(0, 0); 1 << SEEN_BITS] }
    }

    /// Replaces `hashes` by those of the words of a text.
    pub fn read(&mut self, text: &str, hashes: &mut Vec<u64>) {
        hashes.clear();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            // The letters of a short word, and the hash of a longer one.
            let (mut letters, mut count) = (0_u64, 0);
            let mut long = None;
            while let Some(&byte) = bytes.get(at) {
                let (class, len) = match WORD_BYTES[usize::from(byte)] {
                    LOOK => wide_class(text, at),
                    class => (u32::from(class), 1),
                };
                at += len;
                match class {
                    BETWEEN if letters != 0 || long.is_some() => break,
                    BETWEEN | JOINING => {}
                    letter if count < 8 && long.is_none() && byte.is_ascii() => {
                        letters |= u64::from(letter) << (8 * count);
                        count += 1;
                    }
                    letter => long = Some(fold(long.unwrap_or_else(|| of_letters(letters)), u64::from(letter) + 1)),
                }
            }
            if let Some(hash) = long {
                hashes.push(hash);
            } else if letters != 0 {
                hashes.push(self.of_short(letters));
            }
        }
    }

    fn of_short(&mut self, letters: u64) -> u64 {
        let place = letters.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - SEEN_BITS);
        let seen = &mut self.seen[place as usize];
        if seen.0 != letters {
            *seen = (letters, of_letters(letters));
        }
        seen.1
    }
}

impl Default for WordHashes {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns the hash of up to eight letters, the first of which is the lowest byte.
fn of_letters(letters: u64) -> u64 {
    let letters = letters.to_le_bytes();
    let letters = letters.iter().take_while(|letter| **letter != 0);
    letters.fold(0, |state, letter| fold(state, u64::from(*letter) + 1))
}

/// Class of characters that divide words, and of those that join their parts. All others are letters and digits, in
/// lower case.
const BETWEEN: u32 = 0;
const JOINING: u32 = 1;

/// The class of each byte of ASCII; [`LOOK`] for all others.
static WORD_BYTES: [u8; 256] = {
    let mut table = [LOOK; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            letter if letter.is_ascii_alphanumeric() => letter.to_ascii_lowercase(),
            b'\'' | b'_' => JOINING as u8,
            _ => BETWEEN as u8,
        };
        byte += 1;
    }
    table
};

/// Returns the class of the non-ASCII character at `at`, and its length in bytes.
fn wide_class(text: &str, at: usize) -> (u32, usize) {
    let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { return (BETWEEN, 1) };
    let class = match c {
        '’' => JOINING,
        c if !is_letter_or_digit(c) => BETWEEN,
        c if has_no_case(c) => c.into(),
        c => c.to_lowercase().next().unwrap_or(c).into(),
    };
    (class, c.len_utf8())
}

/// Returns the hashes of all runs of `length` words, in order; none if there are fewer words.
pub fn shingles(words: &[u64], length: usize) -> impl Iterator<Item = u64> + '_ {
    words.windows(length.max(1)).map(|run| mix(run.iter().fold(0, |state, &word| fold(state, word))))
}

/// Chooses shingles by winnowing: the smallest of each `window` consecutive ones, the last one of several. Any two
/// texts that share `window + length - 1` consecutive words share a chosen shingle; on average two in `window + 1` are
/// chosen. (S. Schleimer, D. S. Wilkerson, A. Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD
/// 2003.)
pub fn winnow(shingles: impl Iterator<Item = u64>, window: usize) -> Vec<u64> {
    let mut chosen = Vec::new();
    // The hashes of the window, each at its position modulo the size of the window.
    let mut recent: Vec<u64> = Vec::with_capacity(window);
    let (mut smallest, mut place) = (u64::MAX, 0);
    let mut last = None;
    for (at, hash) in shingles.enumerate() {
        match recent.get_mut(at % window) {
            Some(oldest) => *oldest = hash,
            None => recent.push(hash),
        }
        if hash <= smallest {
            (smallest, place) = (hash, at);
        } else if place + window <= at {
            let others = (at + 1 - window..=at).map(|at| (recent[at % window], at));
            (smallest, place) = others.min_by_key(|&(hash, at)| (hash, std::cmp::Reverse(at))).unwrap_or((hash, at));
        }
        if at + 1 >= window && last != Some(place) {
            chosen.push(smallest);
            last = Some(place);
        }
    }
    if (1..window).contains(&recent.len()) {
        chosen.push(smallest);
    }
    chosen
}

/// Similarity of two texts by the shingles that they share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// Shared shingles divided by those in either text (the Jaccard coefficient), 0 to 1.
    pub jaccard: f64,
    /// Shared shingles divided by those in the smaller text, 0 to 1.
    pub containment: f64,
}

/// Compares two sets of shingles, each sorted and without repetitions.
pub fn overlap(a: &[u64], b: &[u64]) -> Overlap {
    let (mut at, mut other, mut both) = (0, 0, 0usize);
    while let (Some(x), Some(y)) = (a.get(at), b.get(other)) {
        both += usize::from(x == y);
        (at, other) = (at + usize::from(x <= y), other + usize::from(y <= x));
    }
    let share = |of: usize| if of == 0 { 0.0 } else { both as f64 / of as f64 };
    Overlap { jaccard: share(a.len() + b.len() - both), containment: share(a.len().min(b.len())) }
}

/// Hasher of normalised text, with one separator for each gap between words, eight bytes at a time.
struct Printer {
    state: u64,
    /// Bytes that are not hashed yet. The last gap is kept among them, because it must not count at the end of the
    /// text.
    kept: [u8; HASHED + 16],
    len: usize,
    /// 1 at the start and after a gap, 0 otherwise.
    after_gap: u32,
    size: u32,
}

/// Number of bytes that are hashed at once.
const HASHED: usize = 64;

impl Printer {
    fn new(seed: u64) -> Self {
        Self { state: mix(seed), kept: [0; HASHED + 16], len: 0, after_gap: 1, size: 0 }
    }

    /// Takes bytes, normalised by `table`, up to the first one of class [`LOOK`]. Returns the number of bytes taken.
    fn take(&mut self, bytes: &[u8], table: &[u8; 256]) -> usize {
        let Self { mut len, mut after_gap, mut size, .. } = *self;
        let mut taken = 0;
        for &byte in bytes {
            let byte = table[byte as usize];
            if byte == LOOK {
                break;
            }
            // Sums instead of branches, because the next byte of a text cannot be predicted.
            let (gap, dropped) = (u32::from(byte == GAP), u32::from(byte == DROP));
            let counts = 1 ^ (dropped | gap & after_gap);
            self.kept[len] = byte;
            len += counts as usize;
            size += counts & (gap ^ 1);
            after_gap = gap | dropped & after_gap;
            if len >= HASHED + 8 {
                len = self.hash_kept(len);
            }
            taken += 1;
        }
        (self.len, self.after_gap, self.size) = (len, after_gap, size);
        taken
    }

    /// Takes bytes of prose up to the first one of class [`LOOK`], eight at once where they are words with single spaces
    /// between. Returns the number of bytes taken.
    fn take_prose(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        loop {
            while let Some(eight) = bytes[taken..].first_chunk() {
                let all = u64::from_le_bytes(*eight);
                let classes = EightBytes::of(all);
                let differs = all ^ (u64::from(GAP) * EightBytes::EACH);
                let others = (differs & !EightBytes::HIGHEST) + !EightBytes::HIGHEST;
                let gaps = !(others | differs) & EightBytes::HIGHEST;
                let is_plain = classes.letters | classes.digits | gaps == EightBytes::HIGHEST;
                let after_gaps = gaps << 8 | u64::from(self.after_gap) << 7;
                if !is_plain || gaps & after_gaps != 0 {
                    break;
                }
                let upper = classes.letters & !classes.lower;
                self.kept[self.len..self.len + 8].copy_from_slice(&(all | upper >> 2).to_le_bytes());
                self.len += 8;
                self.size += 8 - gaps.count_ones();
                self.after_gap = (gaps >> 63) as u32;
                if self.len >= HASHED + 8 {
                    self.len = self.hash_kept(self.len);
                }
                taken += 8;
            }
            let next = &bytes[taken..bytes.len().min(taken + 8)];
            let count = self.take(next, &PROSE);
            taken += count;
            if count < 8 {
                return taken;
            }
        }
    }

    /// Hashes the first of `len` bytes that are kept. Returns the number of those that are left.
    fn hash_kept(&mut self, len: usize) -> usize {
        self.state = hashed(self.state, &self.kept[..HASHED]);
        self.kept.copy_within(HASHED.., 0);
        len - HASHED
    }

    /// Takes a text without normalising it.
    fn put(&mut self, text: &str) {
        self.take(text.as_bytes(), &CODE);
    }

    fn finish(mut self) -> Option<LinePrint> {
        let gap = self.len.min(self.after_gap as usize);
        self.state = hashed(self.state, &self.kept[..self.len - gap]);
        let hash = fold(self.state, u64::from(self.size) + 1);
        (self.size > 0).then_some(LinePrint { hash, size: self.size })
    }
}

fn hashed(state: u64, bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(state, |state, eight| {
        let mut word = [0; 8];
        word[..eight.len()].copy_from_slice(eight);
        fold(state, u64::from_le_bytes(word))
    })
}

/// Folds a word into a state: the exclusive or of both halves of their product, as in wyhash.
fn fold(state: u64, word: u64) -> u64 {
    let product = u128::from(state ^ word) * 0x9E37_79B9_7F4A_7C15;
    let folded = (product as u64) ^ ((product >> 64) as u64);
    folded.rotate_left(23) ^ state.wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

/// Mixes the bits of a small number (the finaliser of SplitMix64).
pub fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prose(line: &str) -> u64 {
        prose_line(line).expect("something is left").hash
    }

    #[test]
    fn label_case_markup_and_punctuation_do_not_count() {
        let same = [
            "### 12. What is a *Tide*?",
            "**Q7: What is a tide?**",
            "> 3) what is a `tide`",
            "- What is a tide",
            "Question 14: What is a tide…",
            "12\\. What is a tide?",
        ];
        for line in same {
            assert_eq!(prose(line), prose("What is a tide?"), "{line}");
        }
        assert_eq!(prose("It’s “so”"), prose("It's \"so\""));
    }

    #[test]
    fn characters_that_need_no_table_have_no_other_lower_case() {
        assert!(('\0'..='\u{FFFF}').filter(|c| has_no_case(*c)).all(|c| c.to_lowercase().eq([c])));
    }

    #[test]
    fn words_numbers_and_operators_count() {
        let other =
            ["TLS 1.2", "TLS 1.3", "a == b", "a != b", "a = b", "1.5 metres", "2.5 metres", "12 metres", "metres"];
        for (at, left) in other.iter().enumerate() {
            for right in &other[at + 1..] {
                assert_ne!(prose(left), prose(right), "{left} / {right}");
            }
        }
        assert_ne!(prose("ab c"), prose("a bc"));
        assert_ne!(prose("✅ ❌"), prose("❌ ✅"));
    }

    #[test]
    fn long_lines_are_hashed_to_their_last_letter_and_gaps_at_their_ends_do_not_count() {
        for len in 1..300 {
            let line = format!("{}z", "ab ".repeat(len))[..len].to_owned();
            let gaps = format!("  {line}. !\t\n");
            assert_eq!(prose(&line), prose(&gaps), "{line}");
            assert_eq!(code_line(&line), code_line(&format!("\t {line} \t")), "{line}");
            assert_ne!(prose(&line), prose(&format!("{line}c")), "{line}");
            assert_ne!(prose(&line), prose(&format!("{line} c")), "{line}");
        }
    }

    fn hashes(text: &str) -> Vec<u64> {
        words(text).collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_without_case() {
        assert_eq!(hashes("Don't **stop**, snake_case!"), hashes("don’t stop snakecase"));
        assert_ne!(hashes("a b"), hashes("ab"));
        assert_ne!(hashes("a b"), hashes("b a"));
        assert!(hashes(" … — ").is_empty());
    }

    #[test]
    fn remembered_hashes_are_those_of_the_words() {
        let text =
            "Don't **stop**, snake_case! A tidewater tide, tides’ naïve éclair déjà_vu 12 lamp lamp's ’ extraordinary";
        let mut reader = WordHashes::default();
        for _ in 0..2 {
            let mut read = vec![1];
            reader.read(text, &mut read);
            assert_eq!(read, hashes(text));
        }
    }

    #[test]
    fn texts_that_share_enough_words_in_a_row_share_a_fingerprint() {
        let numbers = |range: std::ops::Range<u64>| range.map(mix).collect::<Vec<_>>();
        let shared = numbers(100..119);
        for seed in 0..200 {
            let a = [numbers(seed..seed + 30), shared.clone()].concat();
            let b = [shared.clone(), numbers(seed + 1000..seed + 1040)].concat();
            let (a, b) = (winnow(shingles(&a, 12), 8), winnow(shingles(&b, 12), 8));
            assert!(a.iter().any(|hash| b.contains(hash)), "seed {seed}");
        }
    }

    #[test]
    fn winnowing_chooses_two_in_window_plus_one() {
        let many: Vec<u64> = (0..9000).map(mix).collect();
        let chosen = winnow(many.iter().copied(), 8).len();
        assert!((1800..2200).contains(&chosen), "{chosen}");
        assert_eq!(winnow(many[..3].iter().copied(), 8).len(), 1);
        assert_eq!(winnow([7; 100].into_iter(), 8).len(), 93);
        assert!(winnow(std::iter::empty(), 8).is_empty());
    }

    #[test]
    fn overlap_counts_what_is_in_both() {
        assert_eq!(overlap(&[1, 2, 3, 4], &[3, 4]), Overlap { jaccard: 0.5, containment: 1.0 });
        assert_eq!(overlap(&[], &[1]), Overlap { jaccard: 0.0, containment: 0.0 });
    }

    #[test]
    fn code_keeps_case_and_punctuation_but_not_indentation() {
        let code = |line| code_line(line).expect("something is left").hash;
        assert_eq!(code("\tx  := f(a)\r"), code("  x := f(a)\r"));
        assert_ne!(code("x := f(a)"), code("x := F(a)"));
        assert_ne!(code("x[0]"), code("x(0)"));
        assert_ne!(code("what"), prose("what"));
        assert_eq!(code_line(" \t"), None);
        assert_eq!(prose_line("* * *"), None);
    }
}
