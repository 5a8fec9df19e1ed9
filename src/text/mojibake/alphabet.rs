//! Which languages a text may be in, by the letters it uses beyond ASCII.
//!
//! The alphabets are those of the languages' orthographies (the main exemplar characters of Unicode
//! CLDR, without ASCII). They rank what lost bytes may have been; they never prove anything.

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
    "çğıöşüâîû",                                                           // Turkish
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
        for c in letters.filter(|c| c.is_alphabetic() && !c.is_ascii()) {
            let Some(small) = c.to_lowercase().next() else { continue };
            total += 1;
            for (hit, alphabet) in hits.iter_mut().zip(ALPHABETS) {
                *hit += u32::from(alphabet.contains(small));
            }
        }
        let most = hits.iter().copied().max().unwrap_or(0);
        if most == 0 || most * 10 < total * 8 {
            return Languages::ANY;
        }
        let set = hits.iter().enumerate().filter(|(_, h)| **h == most).fold(0, |set, (i, _)| set | 1 << i);
        Languages(set)
    }

    /// Whether `c` is no letter, or one of these languages; letters of other scripts than the
    /// alphabets know are foreign to all of them.
    pub(crate) fn write(self, c: char) -> bool {
        if self == Languages::ANY || !c.is_alphabetic() || c.is_ascii() {
            return true;
        }
        let small = c.to_lowercase().next().unwrap_or(c);
        ALPHABETS.iter().enumerate().any(|(i, alphabet)| self.0 >> i & 1 == 1 && alphabet.contains(small))
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
