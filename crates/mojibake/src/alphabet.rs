//! Which languages a text may be in, by the letters it uses beyond ASCII.
//!
//! The alphabets are those of the languages' orthographies (the main exemplar characters of Unicode
//! CLDR, without ASCII), and what their trigrams cost comes from the texts of the plausibility model
//! (`crates/mojibake/data/README.md`). Both rank what lost bytes may have been; they never prove anything.

use std::sync::LazyLock;

/// What each trigram costs in each language, in eighths of a nat, by the hash of the trigram.
static TRIGRAMS: &[u8] = include_bytes!("../data/languages.bin");
const BUCKETS: usize = 1 << 12;

/// The same by bucket, so that what a trigram costs in all languages lies together.
static BY_BUCKET: LazyLock<Vec<[u8; ALPHABETS.len()]>> = LazyLock::new(|| {
    let of = |bucket: usize| std::array::from_fn(|language| TRIGRAMS[language * BUCKETS + bucket]);
    (0..BUCKETS).map(of).collect()
});

/// Small letters beyond ASCII of each alphabet.
const ALPHABETS: [&str; 32] = [
    "àâæçéèêëîïôœùûüÿ",                                                    // French
    "äöüß",                                                                // German
    "áéíñóúü",                                                             // Spanish
    "áâãàçéêíóôõú",                                                        // Portuguese
    "àèéìòù",                                                              // Italian
    "àçéèíïóòúü",                                                          // Catalan
    "áéëïíóöúèê",                                                          // Dutch
    "åäöé",                                                                // Swedish, Finnish
    "æøåéóò",                                                              // Danish, Norwegian
    "áðéíóúýþæö",                                                          // Icelandic
    "ąćęłńóśźż",                                                           // Polish
    "áčďéěíňóřšťúůýž",                                                     // Czech
    "áäčďéíĺľňóôŕšťúýž",                                                   // Slovak
    "áéíóöőúüű",                                                           // Hungarian
    "çğıöşüâîûİ",                                                          // Turkish
    "ăâîșțşţ",                                                             // Romanian
    "ąčęėįšųūž",                                                           // Lithuanian
    "āčēģīķļņšūž",                                                         // Latvian
    "äõöüšž",                                                              // Estonian
    "čćđšž",                                                               // Croatian, Slovene
    "áàâãéèêíìóòôõúùýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", // Vietnamese
    "çë",                                                                  // Albanian
    "ċġħżàèìòù",                                                           // Maltese
    "ĉĝĥĵŝŭ",                                                              // Esperanto
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",                                   // Russian
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",                                   // Ukrainian
    "абвгдеёжзійклмнопрстуўфхцчшыьэюя",                                    // Belarusian
    "абвгдежзийклмнопрстуфхцчшщъьюя",                                      // Bulgarian
    "абвгдђежзијклљмнњопрстћуфхцчџш",                                      // Serbian
    "абвгдѓежзѕијклљмнњопрстќуфхцчџш",                                     // Macedonian
    "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",                                // Greek
    "àáâäçèéêëíïñóôöúü",                                                   // English, in words of other languages
];

/// How quotations are marked in each of them, the pairs of opening and closing marks: Unicode CLDR, delimiters, and what
/// the languages' style guides name beside them.
const QUOTES: [&str; 32] = [
    "«» “” ‹› ‘’", // French
    "„“ ‚‘ »« ›‹", // German
    "«» “” ‘’",    // Spanish
    "“” ‘’ «»",    // Portuguese
    "«» “” ‘’",    // Italian
    "«» “” ‘’",    // Catalan
    "“” ‘’ „”",    // Dutch
    "”” ’’ »»",    // Swedish, Finnish
    "“” »« «» „“", // Danish, Norwegian
    "„“ ‚‘",       // Icelandic
    "„” «» ‚’",    // Polish
    "„“ ‚‘ »«",    // Czech
    "„“ ‚‘ »«",    // Slovak
    "„” »«",       // Hungarian
    "“” ‘’",       // Turkish
    "„” «»",       // Romanian
    "„“ ‚‘",       // Lithuanian
    "“” „” «»",    // Latvian
    "„“ «»",       // Estonian
    "„” „“ »« ‘’", // Croatian, Slovene
    "“” ‘’",       // Vietnamese
    "«» “” „“",    // Albanian
    "“” ‘’",       // Maltese
    "“” ‘’",       // Esperanto
    "«» „“",       // Russian
    "«» „“",       // Ukrainian
    "«» „“",       // Belarusian
    "„“ «» ‚‘",    // Bulgarian
    "„“ „” ‘’",    // Serbian
    "„“ ‚‘",       // Macedonian
    "«» “”",       // Greek
    "“” ‘’",       // English
];

/// Letters below this one are looked up directly.
const DIRECT: usize = 0x2000;

/// For each letter, small or capital, the alphabets that have it, as bits.
static LETTERS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut letters = vec![0u32; DIRECT];
    for (i, alphabet) in ALPHABETS.iter().enumerate() {
        for c in alphabet.chars().flat_map(|c| std::iter::once(c).chain(c.to_uppercase())) {
            if let Some(set) = letters.get_mut(c as usize) {
                *set |= 1 << i;
            }
        }
    }
    letters
});

/// Characters below this one are looked up in `ALPHABETIC`: those of all alphabets, Vietnamese and polytonic Greek too.
const ASKED: u32 = 0x2000;

/// One bit for each character.
static ALPHABETIC: LazyLock<[u64; ASKED as usize / 64]> = LazyLock::new(|| {
    let is_letter = |code: usize| u32::try_from(code).ok().and_then(char::from_u32).is_some_and(char::is_alphabetic);
    std::array::from_fn(|word| (0..64).fold(0, |bits, bit| bits | u64::from(is_letter(64 * word + bit)) << bit))
});

/// The same as `char::is_alphabetic`, which is slow where it is asked most.
#[inline]
pub(crate) fn is_letter(c: char) -> bool {
    match u32::from(c) {
        code @ ..ASKED => ALPHABETIC[code as usize / 64] >> (code % 64) & 1 == 1,
        // Unified ideographs and syllables of Hangul.
        0x4e00..=0x9fff | 0xac00..=0xd7a3 => true,
        _ => c.is_alphabetic(),
    }
}

fn alphabets_with(c: char) -> u32 {
    LETTERS.get(c as usize).copied().unwrap_or(0)
}

/// A set of languages that a text may be in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Languages(u32);

impl Languages {
    /// Every language: nothing is known.
    pub(crate) const ANY: Languages = Languages(u32::MAX);

    /// The languages whose alphabets hold most of the letters beyond ASCII.
    pub(crate) fn of(letters: impl Iterator<Item = char>) -> Languages {
        let mut hits = [0u32; ALPHABETS.len()];
        let mut total = 0;
        for c in letters.filter(|c| !c.is_ascii() && is_letter(*c)) {
            total += 1;
            let mut set = alphabets_with(c);
            while set != 0 {
                hits[set.trailing_zeros() as usize] += 1;
                set &= set - 1;
            }
        }
        let most = hits.iter().copied().max().unwrap_or(0);
        if most == 0 || most * 10 < total * 8 {
            return Languages::ANY;
        }
        let set = hits.iter().enumerate().filter(|(_, h)| **h == most).fold(0u32, |set, (i, _)| set | 1 << i);
        // Vietnamese has nearly every accent, and shows it: hardly a line lacks a letter of its own.
        let vietnamese = alphabets_with('ệ');
        Languages(if set & !vietnamese == 0 { set } else { set & !vietnamese })
    }

    /// The languages whose words `text` may be; all if it is too short to tell.
    pub(crate) fn guess(text: impl Iterator<Item = char>) -> Languages {
        let by_bucket = LazyLock::force(&BY_BUCKET);
        let mut scores = [0u32; ALPHABETS.len()];
        let mut count = 0;
        let mut last = [' '; 2];
        let letters = text.map(|c| if is_letter(c) { c.to_lowercase().next().unwrap_or(c) } else { ' ' });
        for c in letters.chain([' ']) {
            if c == ' ' && last[1] == ' ' {
                continue;
            }
            if last != [' ', ' '] {
                let costs = &by_bucket[bucket([last[0], last[1], c])];
                scores.iter_mut().zip(costs).for_each(|(score, cost)| *score += u32::from(*cost));
                count += 1;
            }
            last = [last[1], c];
        }
        let least = scores.iter().copied().min().unwrap_or(0);
        if count < TELLING {
            return Languages::ANY;
        }
        Languages(scores.iter().enumerate().filter(|(_, s)| **s <= least + CLOSE).fold(0, |set, (i, _)| set | 1 << i))
    }

    /// The languages of both, or those of `self` where they have none in common.
    pub(crate) fn and(self, other: Languages) -> Languages {
        if self.0 & other.0 == 0 { self } else { Languages(self.0 & other.0) }
    }

    /// The languages of both, or of either where they have none in common.
    pub(crate) fn among(self, other: Languages) -> Languages {
        if self.0 & other.0 == 0 { Languages(self.0 | other.0) } else { Languages(self.0 & other.0) }
    }

    /// Whether `c` is a letter of some of these languages, or of some language if nothing is known of them.
    pub(crate) fn spell(self, c: char) -> bool {
        alphabets_with(c) & self.0 != 0
    }

    /// Whether `c` is a letter of all of these languages, of which something must be known.
    pub(crate) fn all_spell(self, c: char) -> bool {
        self != Languages::ANY && alphabets_with(c) & self.0 == self.0
    }

    /// Whether `c` is a letter of all of these languages, or nothing is known of them.
    pub(crate) fn share(self, c: char) -> bool {
        self == Languages::ANY || alphabets_with(c) & self.0 == self.0
    }

    /// Whether words of some of these languages, of which something must be known, end in à: of those that have the
    /// letter, all but Portuguese and English.
    pub(crate) fn end_words_with_grave(self) -> bool {
        if self == Languages::ANY {
            return false;
        }
        let portuguese = alphabets_with('ã') & !alphabets_with('ệ');
        let english = 1 << (ALPHABETS.len() - 1);
        alphabets_with('à') & self.0 & !(portuguese | english) != 0
    }

    /// Whether English is among them.
    pub(crate) fn holds_english(self) -> bool {
        self.0 >> (ALPHABETS.len() - 1) & 1 == 1
    }

    /// Whether `mark` opens quotations in some of the languages.
    pub(crate) fn open_with(self, mark: char) -> bool {
        self.quotes().any(|(open, _)| open == mark)
    }

    /// Whether `mark` closes in some of the languages what `open` opens.
    pub(crate) fn close_with(self, open: char, mark: char) -> bool {
        self.quotes().any(|pair| pair == (open, mark))
    }

    /// The pairs of quotation marks of the languages.
    fn quotes(self) -> impl Iterator<Item = (char, char)> {
        let of = move |i: usize| if self.0 >> i & 1 == 1 { QUOTES[i] } else { "" };
        let pair = |pair: &str| pair.chars().next().zip(pair.chars().next_back());
        (0..QUOTES.len()).flat_map(move |i| of(i).split(' ').filter_map(pair))
    }

    /// Whether `c` is no letter, or one of these languages; letters of other scripts than the
    /// alphabets know are foreign to all of them.
    pub(crate) fn write(self, c: char) -> bool {
        self == Languages::ANY || c.is_ascii() || alphabets_with(c) & self.0 != 0 || !is_letter(c)
    }
}

/// Trigrams that tell a language, and how far behind the best (in eighths of a nat) others may be.
const TELLING: usize = 12;
const CLOSE: u32 = 40;

/// The place of a trigram, as in `crates/mojibake/tools/languages.py`.
fn bucket(gram: [char; 3]) -> usize {
    let hash = gram.iter().fold(0u32, |h, &c| {
        let h = (h ^ u32::from(c)).wrapping_mul(0x9e37_79b1);
        h ^ h >> 15
    });
    hash as usize % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_letters() {
        let lithuanian = Languages::of("ženklą skaičių".chars());
        assert!(lithuanian.write('š') && !lithuanian.write('ş') && lithuanian.write('’'));
        assert!(Languages::of("plain".chars()).write('ş'));
    }

    #[test]
    fn letters_are_those_of_the_standard_library() {
        assert!(('\0'..=char::MAX).all(|c| is_letter(c) == c.is_alphabetic()));
    }

    #[test]
    fn by_words() {
        let czech = Languages::guess("Zobrazit informace o svatbě".chars());
        assert!(czech.write('ň') && !czech.write('ł'));
        let turkish = Languages::guess("Bu sayfada hata var, daha sonra tekrar deneyin".chars());
        assert!(turkish.write('ş') && !turkish.write('ő'));
        assert!(Languages::guess("ab".chars()).write('ő'));
    }
}
