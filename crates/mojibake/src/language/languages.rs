//! Identification of the languages that a text may be in, by its non-ASCII letters and by trigrams.
//!
//! The alphabets are those of the languages' orthographies (the main exemplar characters of Unicode CLDR, without
//! ASCII), and the costs of trigrams come from the texts of the plausibility model (`crates/mojibake/data/README.md`).
//! Both rank the candidates for lost bytes; they never prove anything.

use std::sync::LazyLock;

/// Cost of each trigram in each language, in eighths of a nat, by the hash of the trigram.
static TRIGRAMS: &[u8] = include_bytes!("../../data/languages.bin");
const BUCKETS: usize = 1 << 12;

/// The costs by bucket, so that those of a trigram in all languages are adjacent.
static BY_BUCKET: LazyLock<Vec<[u8; ALPHABETS.len()]>> = LazyLock::new(|| {
    let of = |bucket: usize| std::array::from_fn(|language| TRIGRAMS[language * BUCKETS + bucket]);
    (0..BUCKETS).map(of).collect()
});

/// Non-ASCII lower-case letters of each alphabet.
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

/// Quotation marks of each language, as pairs of opening and closing mark: Unicode CLDR, delimiters, and further ones
/// in the languages' style guides.
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

/// First character that is in no alphabet of the table.
const DIRECT: usize = 0x2000;

/// For each letter, lower or upper case, the alphabets that have it, as bits.
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

/// First character that is not in `ALPHABETIC`, which has those of all alphabets, even Vietnamese and polytonic Greek.
const ASKED: u32 = 0x2000;

/// One bit for each character: 1 for a letter.
static ALPHABETIC: LazyLock<[u64; ASKED as usize / 64]> = LazyLock::new(|| {
    let is_letter = |code: usize| u32::try_from(code).ok().and_then(char::from_u32).is_some_and(char::is_alphabetic);
    std::array::from_fn(|word| (0..64).fold(0, |bits, bit| bits | u64::from(is_letter(64 * word + bit)) << bit))
});

/// Returns the result of `char::is_alphabetic`, which is slow for the characters that are tested most.
#[inline]
pub(crate) fn is_letter(c: char) -> bool {
    match u32::from(c) {
        code @ ..ASKED => ALPHABETIC[code as usize / 64] >> (code % 64) & 1 == 1,
        // Kana, unified ideographs and syllables of Hangul.
        0x3041..=0x3096 | 0x30a1..=0x30fa | 0x30fc..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7a3 => {
            true
        }
        // Punctuation, arrows and mathematics; lines, shapes and symbols; CJK punctuation and full-width signs; private
        // use; emoji.
        0x2000..=0x2070 | 0x2190..=0x249b | 0x2500..=0x2bff | 0x3000..=0x3004 | 0x3008..=0x3020 => false,
        0xe000..=0xf8ff | 0xff00..=0xff20 | 0xfffd | 0x1f300..=0x1faff => false,
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
    /// All languages, which means that nothing is known.
    pub(crate) const ANY: Languages = Languages(u32::MAX);

    /// Returns the languages whose alphabets have most of the non-ASCII letters.
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
        // Vietnamese has nearly every accent, but hardly a line of it lacks a letter that no other language has.
        let vietnamese = alphabets_with('ệ');
        Languages(if set & !vietnamese == 0 { set } else { set & !vietnamese })
    }

    /// Returns the languages whose words `text` may be; all if it is too short.
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

    /// Returns the languages of both sets, or those of `self` if they have none in common.
    pub(crate) fn and(self, other: Languages) -> Languages {
        if self.0 & other.0 == 0 { self } else { Languages(self.0 & other.0) }
    }

    /// Returns the languages of both sets, or of either if they have none in common.
    pub(crate) fn among(self, other: Languages) -> Languages {
        if self.0 & other.0 == 0 { Languages(self.0 | other.0) } else { Languages(self.0 & other.0) }
    }

    /// Returns whether the sets have a language in common.
    pub(crate) fn meets(self, other: Languages) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns whether `c` is a letter of some of these languages; of any language if nothing is known.
    pub(crate) fn spell(self, c: char) -> bool {
        alphabets_with(c) & self.0 != 0
    }

    /// Returns whether `c` is a letter of all of these languages; false if nothing is known.
    pub(crate) fn all_spell(self, c: char) -> bool {
        self != Languages::ANY && alphabets_with(c) & self.0 == self.0
    }

    /// Returns whether `c` is a letter of all of these languages; true if nothing is known.
    pub(crate) fn share(self, c: char) -> bool {
        self == Languages::ANY || alphabets_with(c) & self.0 == self.0
    }

    /// Returns whether words of some of these languages end in "à"; false if nothing is known. Of the languages that
    /// have the letter, all do but Portuguese and English.
    pub(crate) fn end_words_with_grave(self) -> bool {
        if self == Languages::ANY {
            return false;
        }
        let portuguese = alphabets_with('ã') & !alphabets_with('ệ');
        let english = 1 << (ALPHABETS.len() - 1);
        alphabets_with('à') & self.0 & !(portuguese | english) != 0
    }

    /// Returns whether English is among them.
    pub(crate) fn holds_english(self) -> bool {
        self.0 >> (ALPHABETS.len() - 1) & 1 == 1
    }

    /// Returns whether `mark` opens quotations in some of the languages.
    pub(crate) fn open_with(self, mark: char) -> bool {
        self.quotes().any(|(open, _)| open == mark)
    }

    /// Returns whether `mark` closes in some of the languages what `open` opens.
    pub(crate) fn close_with(self, open: char, mark: char) -> bool {
        self.quotes().any(|pair| pair == (open, mark))
    }

    /// Returns the pairs of quotation marks of the languages.
    fn quotes(self) -> impl Iterator<Item = (char, char)> {
        let of = move |i: usize| if self.0 >> i & 1 == 1 { QUOTES[i] } else { "" };
        let pair = |pair: &str| pair.chars().next().zip(pair.chars().next_back());
        (0..QUOTES.len()).flat_map(move |i| of(i).split(' ').filter_map(pair))
    }

    /// Returns whether `c` is a letter of some of these languages, or not a letter. Letters of scripts without an
    /// alphabet here are out of all languages.
    pub(crate) fn write(self, c: char) -> bool {
        self == Languages::ANY || c.is_ascii() || alphabets_with(c) & self.0 != 0 || !is_letter(c)
    }
}

/// Minimum number of trigrams that identify a language, and the maximum distance from the best language, in eighths of
/// a nat.
const TELLING: usize = 12;
const CLOSE: u32 = 40;

/// Returns the bucket of a trigram, as in `crates/mojibake/tools/languages.py`.
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
