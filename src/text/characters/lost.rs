//! Candidates for lost characters. Where UTF-16 lost bytes, each code unit without its low byte has 128 candidates, and
//! fewer if the text was mojibake before.
//!
//! Knows encodings and the plausibility model; no files and no Markdown.

use super::invisible::varies;
use crate::text::mojibake::{CodePage, Mojibake, implausibility};

/// A code unit of a damaged passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DamagedUnit {
    /// Intact.
    Known(char),
    /// Only the high byte is left; the low byte was 80 or more.
    High(u8),
}

/// The candidates for a damaged passage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restored {
    /// The candidates, likeliest first; incomplete if there are many.
    pub candidates: Vec<String>,
    /// Number of all candidates.
    pub count: usize,
    /// True if the first candidate clearly wins.
    pub is_clear: bool,
    /// Recipe by which the text was damaged.
    pub recipe: &'static str,
}

/// The residue of a lost text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Residue {
    /// Code units, some of them incomplete.
    Units(Vec<DamagedUnit>),
    /// UTF-8 that was decoded in this encoding and lacks bytes.
    Misread(CodePage, String),
    /// Evidence that the text was one of these.
    OneOf(Vec<String>),
    /// This number of U+FFFD.
    Replaced(usize),
}

impl Residue {
    /// Returns the residue that `found`, the text of mojibake that lacks bytes, is.
    #[must_use]
    pub fn of(garble: &Mojibake, found: &str) -> Self {
        match garble.recipe.layers.as_slice() {
            _ if found.chars().all(|c| c == '\u{FFFD}') => Self::Replaced(found.chars().count()),
            [only] if only.written == CodePage::Utf8 && only.read.is_single_byte() => {
                Self::Misread(only.read, found.to_owned())
            }
            _ => Self::OneOf(garble.candidates.clone()),
        }
    }

    /// Returns whether `text` could leave this residue.
    #[must_use]
    pub fn could_be(&self, text: &str) -> bool {
        match self {
            Self::Units(units) => {
                let pages = PAGES.iter().any(|(page, _)| fits_in(units, text, *page));
                pages || fits(units, text.encode_utf16().map(u32::from))
            }
            Self::Misread(page, found) => text != found && lacks(text, *page, found),
            Self::OneOf(all) => all.iter().any(|one| one == text),
            Self::Replaced(count) => {
                // A decoder writes at most one U+FFFD for each byte of a character, and leaves ASCII alone.
                let drawn = text.chars().filter(|c| !matches!(c, '\u{FE0F}' | '\u{200D}')).count();
                text.chars().all(|c| !c.is_ascii() && is_written(c) && c != '\u{FFFD}')
                    && (1..=*count).contains(&drawn)
                    && *count <= text.len()
            }
        }
    }

    /// Returns the maximum length of a text that could leave this residue, in characters.
    #[must_use]
    pub fn longest(&self) -> usize {
        match self {
            Self::Units(units) => units.len(),
            Self::Misread(_, found) => found.chars().count(),
            Self::OneOf(all) => all.iter().map(|one| one.chars().count()).max().unwrap_or(0),
            // A variation selector may follow each character.
            Self::Replaced(count) => 2 * count,
        }
        .min(LONGEST)
    }

    /// Returns whether hardly anything is known of the text.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Replaced(_))
    }
}

/// Returns whether `text`, its UTF-8 decoded in `page`, could leave these code units.
fn fits_in(units: &[DamagedUnit], text: &str, page: CodePage) -> bool {
    let read: Option<Vec<char>> = text.bytes().map(|byte| page.read(byte)).collect();
    read.is_some_and(|read| fits(units, read.into_iter().map(u32::from)))
}

/// Returns whether the code units `whole` could leave these.
fn fits(units: &[DamagedUnit], mut whole: impl Iterator<Item = u32>) -> bool {
    let fits = |unit: &DamagedUnit, whole: u32| match unit {
        DamagedUnit::Known(known) => whole == *known as u32,
        DamagedUnit::High(high) => whole >> 8 == u32::from(*high) && whole & 0x80 != 0,
    };
    units.iter().all(|unit| whole.next().is_some_and(|whole| fits(unit, whole))) && whole.next().is_none()
}

/// Returns whether `text`, its UTF-8 decoded in `page`, is `found` if unassigned bytes are dropped and other bytes may
/// be replaced.
fn lacks(text: &str, page: CodePage, found: &str) -> bool {
    let mut found = found.chars().peekable();
    for byte in text.bytes() {
        let read = page.read(byte);
        let is_undefined = read.is_none_or(|c| ('\u{80}'..='\u{9F}').contains(&c));
        let stands_for = |c: char| match c {
            '\u{FFFD}' => is_undefined,
            '?' => !byte.is_ascii(),
            ' ' if read == Some('\u{A0}') => true,
            c => read == Some(c),
        };
        if found.next_if(|c| stands_for(*c)).is_none() && !is_undefined {
            return false;
        }
    }
    found.next().is_none() && !text.is_ascii()
}

/// Maximum number of candidates that are enumerated for a passage (a guess).
const MOST: usize = 1 << 15;
/// Maximum length of a passage that is searched, in code units (a guess).
const LONGEST: usize = 64;
/// Maximum number of candidates that are kept (a guess).
const KEPT: usize = 64;
/// Margin over the second candidate from which the first one clearly wins, in decinats (a guess).
const AHEAD: u64 = 20;

/// Maximum cost above that of the best candidate for a replaced character, in decinats (a guess).
const MAX_DISTANCE: u64 = 40;

/// The encodings in which text is typically mis-decoded before a console writes it as UTF-16, with the recipes.
const PAGES: [(CodePage, &str); 3] = [
    (CodePage::Ibm437, "utf-8>ibm437|utf-16>utf-8"),
    (CodePage::Ibm850, "utf-8>ibm850|utf-16>utf-8"),
    (CodePage::Windows1252, "utf-8>windows-1252|utf-16>utf-8"),
];

/// Returns the candidates for `units` between `before` and `after`.
pub fn candidates(units: &[DamagedUnit], before: Option<char>, after: Option<char>) -> Restored {
    let rank = |mut texts: Vec<String>, count: usize, recipe| {
        let edge = |c: Option<char>| c.filter(|c| !c.is_control()).map(String::from).unwrap_or_default();
        let (left, right) = (edge(before), edge(after));
        let cost = |text: &String| implausibility(&format!("{left}{text}{right}"));
        texts.sort_by_cached_key(|text| (cost(text), text.clone()));
        let is_clear = match texts.as_slice() {
            [] => false,
            [_] => count == 1,
            // The frequency of an emoji elsewhere is no evidence for this place.
            [first, ..] if first.chars().any(|c| c >= '\u{2190}') => false,
            [first, second, ..] => cost(first) + AHEAD <= cost(second),
        };
        texts.truncate(KEPT);
        Restored { candidates: texts, count, is_clear, recipe }
    };
    if units.len() > LONGEST {
        return Restored::default();
    }
    // If the passage is UTF-8 in a mis-decoding, few bytes fit.
    for (page, recipe) in PAGES {
        if let Some((texts, count)) = as_utf8(units, page) {
            return rank(texts, count, recipe);
        }
    }
    let direct = |unit: &DamagedUnit| match unit {
        DamagedUnit::Known(c) => vec![*c],
        DamagedUnit::High(high) => {
            (0x80..=0xFFu32).filter_map(|low| char::from_u32(u32::from(*high) << 8 | low)).collect()
        }
    };
    let options: Vec<Vec<char>> = units.iter().map(direct).collect();
    let count = options.iter().fold(1usize, |count, some| count.saturating_mul(some.len()));
    if count > MOST {
        return Restored { count, ..Restored::default() };
    }
    let mut texts = vec![String::new()];
    for some in &options {
        texts = texts.iter().flat_map(|text| some.iter().map(move |c| format!("{text}{c}"))).collect();
    }
    rank(texts, count, "utf-16>utf-8")
}

/// Returns the candidates for one character of Windows-1252 that a decoder replaced between `before` and `after`,
/// likeliest first.
pub fn replaced(before: &str, after: &str) -> Vec<String> {
    let all = (0x80..=0xFF).filter_map(|byte| CodePage::Windows1252.read(byte)).filter(|c| *c > '\u{A0}');
    let range = before.ends_with(|c: char| c.is_ascii_digit()) && after.starts_with(|c: char| c.is_ascii_digit());
    let cost = |c: char| match c {
        // The model knows letters better than numbers, and the character between two numbers is a dash.
        '–' if range => 0,
        _ => implausibility(&format!("{before}{c}{after}")),
    };
    let mut ranked: Vec<(u64, char)> = all.map(|c| (cost(c), c)).collect();
    ranked.sort_unstable();
    let least = ranked.first().map_or(0, |(cost, _)| *cost);
    ranked.into_iter().take_while(|(cost, _)| *cost <= least + MAX_DISTANCE).map(|(_, c)| c.to_string()).collect()
}

/// Returns the texts of complete characters whose UTF-8, decoded in `page`, fits the code units, and the number of
/// them.
fn as_utf8(units: &[DamagedUnit], page: CodePage) -> Option<(Vec<String>, usize)> {
    let options: Vec<Vec<u8>> = units.iter().map(|unit| bytes(*unit, page)).collect();
    // The lead byte gives the length of the character; all bytes that fit must agree on it.
    let mut texts: Vec<Vec<u8>> = vec![Vec::new()];
    let mut count = 1usize;
    let mut at = 0;
    while at < options.len() {
        let lead = options[at].iter().map(|&byte| len(byte)).max().filter(|&len| len > 0)?;
        let leads: Vec<u8> = options[at].iter().copied().filter(|&byte| len(byte) == lead).collect();
        let mut here: Vec<Vec<u8>> = leads.into_iter().map(|byte| vec![byte]).collect();
        for next in options.get(at + 1..at + lead)? {
            let next: Vec<u8> = next.iter().copied().filter(|byte| byte & 0xC0 == 0x80).collect();
            here = here.iter().flat_map(|head| next.iter().map(move |byte| [&head[..], &[*byte]].concat())).collect();
            here.truncate(MOST);
        }
        here.retain(|bytes| std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(is_written)));
        if here.is_empty() {
            return None;
        }
        count = count.saturating_mul(here.len());
        texts =
            texts.iter().flat_map(|text| here.iter().map(move |more| [&text[..], more].concat())).take(MOST).collect();
        at += lead;
    }
    let whole = texts.len();
    let mut texts: Vec<String> = texts.into_iter().filter_map(|bytes| String::from_utf8(bytes).ok()).collect();
    texts.retain(|text| !selects_nothing(text));
    let count = if whole < count { count } else { texts.len() };
    (!texts.is_empty()).then_some((texts, count))
}

/// Returns whether a variation selector of emoji follows a character that does not vary.
fn selects_nothing(text: &str) -> bool {
    let after = |c: char| c == '\u{FE0F}';
    let mut before = None;
    text.chars().any(|c| {
        let wrong = after(c) && !before.is_some_and(varies);
        before = Some(c);
        wrong
    })
}

/// Returns the bytes of `page` whose character fits the code unit.
fn bytes(unit: DamagedUnit, page: CodePage) -> Vec<u8> {
    let fits = |c: char| match unit {
        DamagedUnit::Known(known) => c == known,
        DamagedUnit::High(high) => c as u32 >> 8 == u32::from(high) && c as u32 & 0x80 != 0,
    };
    (0x80..=0xFF).filter(|&byte| page.read(byte).is_some_and(fits)).collect()
}

/// Returns the length of a UTF-8 character that starts with `lead`, in bytes; 0 if none does.
fn len(lead: u8) -> usize {
    match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 0,
    }
}

/// Returns whether people write a character: no controls, no private use, and of the other planes only emoji and
/// pictures.
fn is_written(c: char) -> bool {
    !matches!(c, '\u{80}'..='\u{9F}' | '\u{FE00}'..='\u{FE0E}' | '\u{FE10}'..='\u{FE2F}' | '\u{E000}'..='\u{F8FF}' | '\u{2FE0}'..='\u{2FEF}' | '\u{10000}'..='\u{1EFFF}')
        && (c as u32) < 0x1FB00
}

/// First two bytes of most emoji in UTF-8, decoded as Windows-1252. No language writes this.
pub const EMOJI_LEAD: &str = "\u{F0}\u{178}";

/// Returns the candidates for an emoji of which [`EMOJI_LEAD`] and perhaps one more byte are left, and the length in
/// bytes of that byte's character at the start of `rest` (0 if there is none). The lost bytes are those without a
/// character in Windows-1252.
#[must_use]
pub fn emoji(rest: &str) -> (usize, Vec<char>) {
    /// The bytes that Windows-1252 does not assign.
    const LOST: [u8; 5] = [0x81, 0x8D, 0x8F, 0x90, 0x9D];
    let Some(next) = rest.chars().next() else { return (0, Vec::new()) };
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(next.encode_utf8(&mut buffer));
    let &[left @ 0x80..=0xBF] = bytes.as_ref() else { return (0, Vec::new()) };
    if unmappable {
        return (0, Vec::new());
    }
    let read = |[third, fourth]: [u8; 2]| {
        let c = std::str::from_utf8(&[0xF0, 0x9F, third, fourth]).ok()?.chars().next()?;
        matches!(c, '\u{1F300}'..='\u{1F6FF}' | '\u{1F900}'..='\u{1FAFF}').then_some(c)
    };
    let mut candidates: Vec<char> = LOST.iter().filter_map(|&lost| read([left, lost])).collect();
    // The last byte is lost far more often than the one before it.
    if candidates.is_empty() {
        candidates = LOST.iter().filter_map(|&lost| read([lost, left])).collect();
    }
    (next.len_utf8(), candidates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_apostrophe_of_a_dos_console_is_restored() {
        let units = [DamagedUnit::High(3), DamagedUnit::High(0), DamagedUnit::High(0)];
        let restored = candidates(&units, Some('t'), Some('s'));
        assert_eq!(restored.candidates.first().map(String::as_str), Some("’"), "{restored:?}");
        assert!(restored.is_clear, "{restored:?}");
    }

    #[test]
    fn an_emoji_has_many_candidates() {
        let units = [DamagedUnit::Known('≡'), DamagedUnit::High(1), DamagedUnit::High(0), DamagedUnit::High(0)];
        let restored = candidates(&units, Some(' '), Some(' '));
        assert!(restored.count > 40 && !restored.is_clear, "{restored:?}");
        assert!(restored.candidates.iter().all(|text| text.chars().count() == 1));
    }

    #[test]
    fn a_letter_in_utf16_has_those_of_its_row() {
        let restored = candidates(&[DamagedUnit::High(0)], Some('f'), Some(' '));
        assert_eq!((restored.count, restored.recipe), (128, "utf-16>utf-8"));
        assert!(restored.candidates.contains(&"é".to_owned()));
    }

    #[test]
    fn what_is_left_tells_what_it_could_have_been() {
        let units = Residue::Units(vec![
            DamagedUnit::Known('≡'),
            DamagedUnit::High(1),
            DamagedUnit::High(0),
            DamagedUnit::High(0),
        ]);
        assert!(units.could_be("🌐") && !units.could_be("⚓") && !units.could_be("🌐🌐"));
        let misread = Residue::Misread(CodePage::Windows1252, "ðŸŒ".to_owned());
        assert!(misread.could_be("🌐") && !misread.could_be("🔧") && !misread.could_be("ðŸŒ"));
        let misread = Residue::Misread(CodePage::Windows1252, "Ã\u{FFFD}".to_owned());
        assert!(misread.could_be("Á") && !misread.could_be("å"));
        assert!(Residue::Replaced(1).could_be("🛡️") && Residue::Replaced(3).could_be("–"));
        assert!(!Residue::Replaced(1).could_be("-") && !Residue::Replaced(1).could_be("éé"));
        assert!(!Residue::Replaced(1).could_be("\u{FFFD}") && !Residue::Replaced(4).could_be("é"));
    }

    #[test]
    fn an_emoji_without_its_end_could_have_been_a_few() {
        let (len, candidates) = emoji("\u{152} and more");
        assert_eq!((len, String::from_iter(candidates).as_str()), (2, "🌁🌍🌏🌐🌝"));
        assert_eq!(emoji(" and more"), (0, Vec::new()));
        assert_eq!(emoji(""), (0, Vec::new()));
    }
}
