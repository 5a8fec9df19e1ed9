//! Which languages a text may be in, by the letters it uses beyond ASCII.
//!
//! The alphabets are those of the languages' orthographies (the main exemplar characters of Unicode
//! CLDR, without ASCII). They rank what lost bytes may have been; they never prove anything.

use std::sync::LazyLock;

/// Small letters beyond ASCII of each alphabet.
const ALPHABETS: &[&str] = &[
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

fn alphabets_with(c: char) -> u32 {
    LETTERS.get(c as usize).copied().unwrap_or(0)
}

/// A set of languages that a text may be in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Languages(u32);

impl Languages {
    /// Every language: nothing is known.
    pub(crate) const ANY: Languages = Languages(u32::MAX);

    /// The languages whose alphabets hold most of the letters beyond ASCII.
    pub(crate) fn of(letters: impl Iterator<Item = char>) -> Languages {
        let mut hits = [0u32; ALPHABETS.len()];
        let mut total = 0;
        for c in letters.filter(|c| !c.is_ascii() && c.is_alphabetic()) {
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

    /// Whether `c` is no letter, or one of these languages; letters of other scripts than the
    /// alphabets know are foreign to all of them.
    pub(crate) fn write(self, c: char) -> bool {
        self == Languages::ANY || c.is_ascii() || alphabets_with(c) & self.0 != 0 || !c.is_alphabetic()
    }
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
}
