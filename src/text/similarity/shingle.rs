//! Fingerprints of text: normalised lines for exact repeats, winnowed word shingles for near ones.
//!
//! Pure functions of strings; knows no Markdown beyond the marks that normalisation removes, no files and no rules.

use crate::text::stretch::{ByteStretch, low_bits};
use crate::text::words::is_letter_or_digit;

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
    LinePrinter::default().prose_line(line)
}

/// Returns true for letters that have no lower case, or are in it, of the scripts that whole pages are written in.
fn has_no_case(c: char) -> bool {
    matches!(c, '\u{DF}'..='\u{F6}' | '\u{430}'..='\u{45F}' | '\u{5D0}'..='\u{109F}' | '\u{3040}'..='\u{A63F}' | '\u{AC00}'..='\u{D7A3}')
}

/// Returns the fingerprint of a line of code. Only white space at its ends and the width of gaps do not count. `None`
/// if nothing is left.
pub fn code_line(line: &str) -> Option<LinePrint> {
    LinePrinter::default().code_line(line)
}

/// The byte that a gap between words becomes.
const GAP: u8 = b' ';
/// Class of a byte that depends on the bytes after it; not a byte of UTF-8.
const LOOK: u8 = 0xFE;

/// Bytes of prose that divide words: white space, control characters and most punctuation. Operators and digits do not.
const GAPS: [(u8, u8); 9] = [
    (0, b' '),
    (b'"', b'#'),
    (b'(', b')'),
    (b',', b'.'),
    (b':', b';'),
    (b'?', b'?'),
    (b'[', b'['),
    (b']', b']'),
    (b'|', b'|'),
];

/// Bytes of prose that are left out: markup that occurs inside words, and apostrophes.
const DROPS: [(u8, u8); 4] = [(b'\'', b'\''), (b'*', b'*'), (b'\\', b'\\'), (b'_', b'`')];

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
            let stretch = ByteStretch::of(&bytes[at..]);
            let letters = stretch.within_any([(b'a', b'z'), (b'A', b'Z'), (b'0', b'9')]);
            // Runs of bytes that may belong to one word; most are a short word of ASCII letters.
            let mut runs = letters | stretch.within_any([(b'\'', b'\''), (b'_', b'_')]) | stretch.high();
            let mut next = at + ByteStretch::BYTES;
            while runs != 0 {
                let start = runs.trailing_zeros();
                let length = (!(runs >> start)).trailing_zeros();
                let run = low_bits(length) << start;
                runs &= !run;
                let from = at + start as usize;
                let is_short = length <= 8 && run & !letters == 0 && start + length < ByteStretch::BYTES as u32;
                match bytes[from..].first_chunk() {
                    Some(eight) if is_short => {
                        // Upper-case letters differ from lower-case ones in this bit, and digits have it.
                        let letters = (u64::from_le_bytes(*eight) | 0x2020_2020_2020_2020) & low_bits(8 * length);
                        hashes.push(self.of_short(letters));
                    }
                    _ => {
                        let mut done = from;
                        while done < from + length as usize {
                            done = self.read_word(text, done, hashes);
                        }
                        if done >= next {
                            next = done;
                            break;
                        }
                        runs &= !low_bits((done - at) as u32);
                    }
                }
            }
            at = next;
        }
    }

    /// Adds the hash of the first word at or after `at`, if there is any. Returns the offset of the character behind that
    /// which divides it from the next.
    fn read_word(&mut self, text: &str, mut at: usize, hashes: &mut Vec<u64>) -> usize {
        let bytes = text.as_bytes();
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
        at
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

/// Normalises and hashes lines, one after another, with one separator for each gap between words.
#[derive(Debug, Default)]
pub struct LinePrinter {
    /// The normalised line, up to `len`, with room behind it.
    kept: Vec<u8>,
    len: usize,
    /// 1 at the start and after a gap, 0 otherwise.
    after_gap: u64,
    /// Number of bytes that are no gaps.
    size: u32,
}

impl LinePrinter {
    /// Returns the fingerprint of a line of prose, as the function [`prose_line`] does.
    pub fn prose_line(&mut self, line: &str) -> Option<LinePrint> {
        self.start(line);
        let mut at = skip_label(line);
        loop {
            at += self.take_prose(line, at);
            let mut rest = line.get(at..).unwrap_or("").chars();
            let Some(c) = rest.next() else { break };
            match c {
                '!' if rest.next() == Some('=') => self.put("!"),
                // Curly apostrophes occur inside words; zero-width characters and variation selectors are invisible.
                '\u{2018}' | '\u{2019}' | '\u{200B}'..='\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' => {}
                '!' | '\u{A0}' | '\u{2000}'..='\u{206F}' | '\u{AB}' | '\u{BB}' => self.put_gap(),
                _ => self.put(c.to_lowercase().next().unwrap_or(c).encode_utf8(&mut [0; 4])),
            }
            at += c.len_utf8();
        }
        self.finish(1)
    }

    /// Returns the fingerprint of a line of code, as the function [`code_line`] does.
    pub fn code_line(&mut self, line: &str) -> Option<LinePrint> {
        self.start(line);
        for bytes in line.as_bytes().chunks(ByteStretch::BYTES) {
            let stretch = ByteStretch::of(bytes);
            let gaps = stretch.within_any([(b'\t', b'\t'), (b' ', b' ')]);
            self.take(&stretch, bytes.len() as u32, gaps, 0);
        }
        self.finish(2)
    }

    /// Empties the normalised line, and makes room for that of `line`: at most twice as long, because some letters have
    /// longer lower case.
    fn start(&mut self, line: &str) {
        (self.len, self.after_gap, self.size) = (0, 1, 0);
        let room = 2 * line.len() + 2 * ByteStretch::BYTES;
        if self.kept.len() < room {
            self.kept.resize(room, 0);
        }
    }

    /// Takes bytes of prose from `at` on, up to the first character that needs a look: an exclamation mark, or one that is not
    /// ASCII and may have a lower case. Returns the number of bytes taken.
    fn take_prose(&mut self, line: &str, at: usize) -> usize {
        let mut taken = 0;
        while let Some(rest) = line.as_bytes().get(at + taken..).filter(|rest| !rest.is_empty()) {
            let stretch = ByteStretch::of(rest);
            let all = rest.len().min(ByteStretch::BYTES) as u32;
            let mut count = stretch.equal(b'!').trailing_zeros().min(all);
            let mut ends = count < all;
            let mut high = stretch.high() & low_bits(count);
            while high != 0 {
                let place = high.trailing_zeros();
                let c = line.get(at + taken + place as usize..).and_then(|rest| rest.chars().next());
                let length = c.filter(|c| has_no_case(*c)).map_or(0, |c| c.len_utf8() as u32);
                // A character that goes on in the next stretch is taken with it.
                if length == 0 || place + length > ByteStretch::BYTES as u32 {
                    (count, ends) = (place, length == 0);
                    break;
                }
                high &= !(low_bits(length) << place);
            }
            self.take(&stretch.in_lower_case(), count, stretch.within_any(GAPS), stretch.within_any(DROPS));
            taken += count as usize;
            if ends {
                break;
            }
        }
        taken
    }

    /// Takes the first `count` bytes of a stretch, without those in `drops`, and with one byte for each run of `gaps`.
    #[inline]
    fn take(&mut self, stretch: &ByteStretch, count: u32, gaps: u64, drops: u64) {
        if count == 0 {
            return;
        }
        let taken = low_bits(count);
        let (gaps, drops) = (gaps & taken, drops & taken);
        // The sum carries through the runs of dropped bytes after a gap, and leaves the others.
        let first_drops = (gaps << 1 | self.after_gap) & drops;
        let dropped_after_gap = drops & !drops.wrapping_add(first_drops);
        let open = gaps | dropped_after_gap;
        let kept = taken & !drops & !(gaps & (open << 1 | self.after_gap));
        self.after_gap = open >> (count - 1) & 1;
        self.size += (kept & !gaps).count_ones();
        let mut bytes = [0; 2 * ByteStretch::BYTES];
        bytes[..ByteStretch::BYTES].copy_from_slice(stretch.to_bytes().as_flattened());
        let mut left = gaps & kept & !stretch.equal(GAP);
        while left != 0 {
            bytes[left.trailing_zeros() as usize] = GAP;
            left &= left - 1;
        }
        let mut left = kept;
        while left != 0 {
            let start = left.trailing_zeros();
            let length = (!(left >> start)).trailing_zeros();
            left &= !(low_bits(length) << start);
            // Sixteen bytes each, because a copy of so many takes no call; what is too much is written over.
            for done in (0..length as usize).step_by(16) {
                let (to, from) = (self.len + done, start as usize + done);
                self.kept[to..to + 16].copy_from_slice(&bytes[from..from + 16]);
            }
            self.len += length as usize;
        }
    }

    /// Takes a character that is no gap.
    fn put(&mut self, c: &str) {
        self.kept[self.len..self.len + c.len()].copy_from_slice(c.as_bytes());
        self.len += c.len();
        self.size += c.len() as u32;
        self.after_gap = 0;
    }

    /// Takes a gap.
    fn put_gap(&mut self) {
        if self.after_gap == 0 {
            self.kept[self.len] = GAP;
            self.len += 1;
            self.after_gap = 1;
        }
    }

    /// Returns the fingerprint, which depends on `seed`. A gap at the end does not count.
    fn finish(&self, seed: u64) -> Option<LinePrint> {
        let gap = self.len.min(self.after_gap as usize);
        let state = hashed(mix(seed), &self.kept[..self.len - gap]);
        let hash = fold(state, u64::from(self.size) + 1);
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

    /// Returns texts of up to 300 characters that are all mixtures of what a line may hold.
    fn mixtures() -> impl Iterator<Item = String> {
        let mut seed = 7u32;
        let mut next = move |count: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as usize % count
        };
        let signs: Vec<char> =
            "abcdefgh   ABZ09 -_*`'\\!=.,;:?()[]#|\"+~\t\u{7F}–’“é字к Ж。\u{A0}\u{200B}🟣".chars().collect();
        (0..3000).map(move |_| {
            let kinds = next(signs.len()) + 1;
            (0..next(300)).map(|_| signs[next(kinds)]).collect()
        })
    }

    /// Returns the normalised form of a line, a character at a time.
    fn normalised(line: &str) -> String {
        let mut out = String::from(" ");
        let mut rest = line[skip_label(line)..].chars();
        while let Some(c) = rest.next() {
            match c {
                '*' | '_' | '`' | '\'' | '\\' | '\u{2018}' | '\u{2019}' | '\u{200B}'..='\u{200D}' | '\u{FEFF}' => {}
                '!' if rest.as_str().starts_with('=') => out.push('!'),
                _ if c <= ' ' || "\",.:;?()[]#|-!\u{A0}".contains(c) || matches!(c, '\u{2000}'..='\u{206F}') => {
                    if !out.ends_with(' ') {
                        out.push(' ');
                    }
                }
                _ => out.extend(c.to_lowercase().next()),
            }
        }
        out.trim_matches(' ').to_owned()
    }

    #[test]
    fn sixty_four_bytes_at_once_give_what_one_character_at_a_time_does() {
        for line in mixtures() {
            let form = normalised(&line);
            let size = form.bytes().filter(|byte| *byte != b' ').count() as u32;
            let hash = fold(hashed(mix(1), form.as_bytes()), u64::from(size) + 1);
            let expected = (size > 0).then_some(LinePrint { hash, size });
            assert_eq!(prose_line(&line), expected, "{line:?}");
        }
    }

    #[test]
    fn words_in_stretches_are_those_of_the_whole_text() {
        let (mut reader, mut read) = (WordHashes::default(), Vec::new());
        for text in mixtures() {
            reader.read(&text, &mut read);
            assert_eq!(read, hashes(&text), "{text:?}");
        }
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
