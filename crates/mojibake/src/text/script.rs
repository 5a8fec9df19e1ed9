//! Scripts and blocks of Unicode: one table for all who ask whether a character is Latin, Cyrillic, Chinese or the like.
//!
//! Knows characters only; never encodings, languages or texts.

/// The scripts that are told apart. Related ones share a variant where no caller needs the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Script {
    /// Latin.
    Latin,
    /// Greek.
    Greek,
    /// Cyrillic.
    Cyrillic,
    /// Hebrew, Arabic and Syriac.
    Semitic,
    /// Devanagari and the other scripts of India up to Sinhala.
    Indic,
    /// Thai.
    Thai,
    /// Hiragana and katakana.
    Kana,
    /// Chinese characters.
    Han,
    /// Korean letters and syllables.
    Hangul,
}

impl Script {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Latin,
        Self::Greek,
        Self::Cyrillic,
        Self::Semitic,
        Self::Indic,
        Self::Thai,
        Self::Kana,
        Self::Han,
        Self::Hangul,
    ];

    /// Returns the script of a character if it is one of Chinese, Japanese or Korean.
    #[must_use]
    pub fn of_cjk(c: char) -> Option<Self> {
        Self::of(c).filter(|script| matches!(script, Self::Kana | Self::Han | Self::Hangul))
    }

    /// Returns the script of a character, by its block of Unicode 16; `None` if it is in no block of these scripts.
    ///
    /// ```
    /// use recto_mojibake::Script;
    ///
    /// assert_eq!(Script::of('é'), Some(Script::Latin));
    /// assert_eq!(Script::of('仮'), Some(Script::Han));
    /// assert_eq!(Script::of('7'), None);
    /// ```
    #[must_use]
    pub fn of(c: char) -> Option<Self> {
        Some(match u32::from(c) {
            0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x24F | 0x1E00..=0x1EFF => Self::Latin,
            0x370..=0x3FF | 0x1F00..=0x1FFF => Self::Greek,
            0x400..=0x52F => Self::Cyrillic,
            0x590..=0x77F => Self::Semitic,
            0x900..=0xDFF => Self::Indic,
            0xE00..=0xE7F => Self::Thai,
            0x3040..=0x30FF | 0x31F0..=0x31FF => Self::Kana,
            0x2E80..=0x2FFF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF => Self::Han,
            0x1100..=0x11FF | 0xAC00..=0xD7AF => Self::Hangul,
            _ => return None,
        })
    }
}

/// Returns whether a character is in a block of Chinese, Japanese or Korean, with their punctuation and symbols.
#[must_use]
pub fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}')
}

/// Returns whether a character is in a block of the Latin script, ASCII included.
#[must_use]
pub fn is_in_latin_block(c: char) -> bool {
    c < '\u{250}' || ('\u{1E00}'..'\u{1F00}').contains(&c)
}

/// Returns whether a character is a Greek or Cyrillic letter.
pub(crate) fn is_other_script(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{52f}')
}

/// Returns whether people set a character between words or with numbers: it is no letter of any alphabet.
pub(crate) fn is_typography(c: char) -> bool {
    matches!(
        c,
        '\u{a0}'
            | '«'
            | '»'
            | '©'
            | '®'
            | '°'
            | '±'
            | '×'
            | '÷'
            | '·'
            | '§'
            | '¶'
            | '¹'
            | '²'
            | '³'
            | 'º'
            | 'ª'
            | '¼'..='¾' | '™' | '€' | '£'
    ) || matches!(c, '\u{2000}'..='\u{206f}' | '\u{2190}'..='\u{21ff}' | '\u{2500}'..='\u{25ff}')
}

/// Returns whether a character is an accent by itself, which is a letter of no alphabet.
pub(crate) fn is_bare_accent(c: char) -> bool {
    matches!(c, '¯' | '´' | '¨' | '¸' | '\u{2d8}'..='\u{2dd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_the_script_that_unicode_gives_them() {
        let samples = ['z', 'ω', 'я', 'ع', 'क', 'ก', 'ツ', '漢', '한'];
        assert_eq!(samples.map(Script::of), Script::ALL.map(Some));
        assert_eq!(['7', '×', '。', '🙂'].map(Script::of), [None, Some(Script::Latin), None, None]);
    }

    #[test]
    fn cjk_has_punctuation_but_no_private_use() {
        assert!(['。', '漢', '한', 'ツ'].into_iter().all(is_cjk));
        assert!(!['a', 'я', '\u{E000}', '🙂'].into_iter().any(is_cjk));
    }
}
