//! Invisible characters: their kinds, the places where they belong, and the harm that they do elsewhere.
//!
//! Knows characters and their neighbours; no Markdown. Names and properties follow the Unicode Standard 16; direction
//! marks, "Trojan Source" (Boucher and Anderson, 2021); tag characters, UTS #51.

use std::ops::Range;

use crate::text::stretch::places;

/// Kind of an invisible character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvisibleKind {
    /// A zero-width space or a similar character.
    ZeroWidth,
    /// A joiner between characters that do not join.
    Joiner,
    /// A byte-order mark inside the text.
    ByteOrderMark,
    /// A soft hyphen.
    SoftHyphen,
    /// An override or embedding of direction.
    BidiOverride,
    /// A direction mark in text of one direction.
    BidiMark,
    /// A control character.
    StrayControl,
    /// A control sequence for a terminal.
    TerminalSequence,
    /// A control character that PowerShell made of a backtick and this letter.
    EatenBacktick(char),
    /// A control character from 80 to 9F.
    C1Control,
    /// A line or paragraph separator.
    LineSeparator,
    /// A letter that exists in the private use area of one font only.
    PrivateUse,
    /// Tag characters outside a flag.
    HiddenTags,
    /// A variation selector after a character that does not vary.
    StraySelector,
    /// A letter without a shape.
    Filler,
    /// A replacement for an embedded object, or an interlinear annotation mark.
    Placeholder,
    /// A code point that is permanently not a character.
    Noncharacter,
}

/// An invisible character, or a run of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Position in the text, in bytes.
    pub span: Range<usize>,
    /// Kind of the characters.
    pub kind: InvisibleKind,
    /// The first character.
    pub first: char,
    /// Number of characters.
    pub count: usize,
}

impl InvisibleKind {
    /// Returns the stable name of the kind.
    pub fn id(self) -> &'static str {
        match self {
            Self::ZeroWidth => "zero-width",
            Self::Joiner => "joiner",
            Self::ByteOrderMark => "byte-order-mark",
            Self::SoftHyphen => "soft-hyphen",
            Self::BidiOverride => "bidi-override",
            Self::BidiMark => "bidi-mark",
            Self::StrayControl => "control",
            Self::TerminalSequence => "terminal-sequence",
            Self::EatenBacktick(_) => "eaten-backtick",
            Self::C1Control => "c1-control",
            Self::LineSeparator => "line-separator",
            Self::PrivateUse => "private-use",
            Self::HiddenTags => "tags",
            Self::StraySelector => "variation-selector",
            Self::Filler => "filler",
            Self::Placeholder => "placeholder",
            Self::Noncharacter => "noncharacter",
        }
    }

    /// Returns the harm that the kind does, in text for users.
    pub fn why(self) -> &'static str {
        match self {
            Self::ZeroWidth => {
                "it makes search and copied code fail, because it counts as a letter and shows as nothing"
            }
            Self::Joiner => "it joins nothing here, and makes search and copied code fail",
            Self::ByteOrderMark => "a byte-order mark inside the text, left where two files were joined",
            Self::SoftHyphen => "left from hyphenation, it divides a word for search",
            Self::BidiOverride => "it reorders the text on screen, so that code can look different from what it does",
            Self::BidiMark => "it changes the direction of text that has only one",
            Self::StrayControl => "it is invisible or shows as a box, and XML and YAML do not allow it",
            Self::TerminalSequence => "left from the output of a terminal",
            Self::EatenBacktick(_) => "PowerShell turned a backtick and a letter into it",
            Self::C1Control => "most likely a byte of Windows-1252 that was decoded as Latin-1",
            Self::LineSeparator => "some programs break the line here, others show nothing",
            Self::PrivateUse => "it shows only in the font that it was made for",
            Self::HiddenTags => "text that readers cannot see, but programs and language models read",
            Self::StraySelector => "the character before it has no variants, so it was left behind or hides data",
            Self::Filler => "it is invisible, but counts as a letter",
            Self::Placeholder => "it replaces an object that was not copied along",
            Self::Noncharacter => "Unicode reserves it for programs, so it cannot be part of a text",
        }
    }

    /// Returns whether somebody may have hidden something with it.
    pub fn is_grave(self) -> bool {
        matches!(self, Self::BidiOverride | Self::HiddenTags)
    }

    /// Returns whether text without it reads equally.
    pub fn is_droppable(self) -> bool {
        matches!(self, Self::ZeroWidth | Self::Joiner | Self::ByteOrderMark | Self::SoftHyphen)
    }
}

impl Mark {
    /// Returns name and code point, in text for users.
    pub fn name(&self) -> String {
        let name = match (self.kind, self.first) {
            (InvisibleKind::HiddenTags, _) => return format!("{} tag characters", self.count),
            (InvisibleKind::TerminalSequence, _) => return "terminal escape sequence".to_owned(),
            (_, '\u{200B}') => "zero-width space",
            (_, '\u{200C}') => "zero-width non-joiner",
            (_, '\u{200D}') => "zero-width joiner",
            (_, '\u{2060}') => "word joiner",
            (_, '\u{FEFF}') => "byte-order mark",
            (_, '\u{AD}') => "soft hyphen",
            (_, '\u{200E}') => "left-to-right mark",
            (_, '\u{200F}') => "right-to-left mark",
            (_, '\u{61C}') => "Arabic letter mark",
            (_, '\u{202A}') => "left-to-right embedding",
            (_, '\u{202B}') => "right-to-left embedding",
            (_, '\u{202C}') => "pop directional formatting",
            (_, '\u{202D}') => "left-to-right override",
            (_, '\u{202E}') => "right-to-left override",
            (_, '\u{2066}') => "left-to-right isolate",
            (_, '\u{2067}') => "right-to-left isolate",
            (_, '\u{2068}') => "first-strong isolate",
            (_, '\u{2069}') => "pop directional isolate",
            (_, '\u{2028}') => "line separator",
            (_, '\u{2029}') => "paragraph separator",
            (_, '\u{FFFC}') => "object replacement character",
            (_, '\0') => "NUL",
            (_, '\u{8}') => "backspace",
            (_, '\u{B}') => "vertical tab",
            (_, '\u{C}') => "form feed",
            (_, '\u{1B}') => "escape",
            (_, '\u{7F}') => "delete",
            (InvisibleKind::StrayControl | InvisibleKind::EatenBacktick(_) | InvisibleKind::C1Control, _) => {
                "control character"
            }
            (InvisibleKind::PrivateUse, _) => "private-use character",
            (InvisibleKind::StraySelector, _) => "variation selector",
            (InvisibleKind::Filler, _) => "filler",
            (InvisibleKind::Noncharacter, _) => "noncharacter",
            (InvisibleKind::Placeholder, _) => "interlinear annotation",
            _ => "invisible character",
        };
        let times = if self.count > 1 { format!(", {} in a row", self.count) } else { String::new() };
        format!("{name} (U+{:04X}{times})", self.first as u32)
    }
}

/// Returns whether a text may hold a mark, by a fast test that has false hits but no false misses.
pub fn may_hold(text: &str) -> bool {
    let bytes = text.as_bytes();
    let control = |found: bool, &byte: &u8| {
        found | (byte < 0x20 && byte != b'\n' && byte != b'\t' && byte != b'\r') | (byte == 0x7F)
    };
    // Chunks allow vectorised code, and the first hit ends the loop.
    bytes.chunks(4096).any(|chunk| chunk.iter().fold(false, control))
        || !bytes.is_ascii() && candidates(text).any(|(_, c)| kind_of(c).is_some())
}

/// Returns the invisible characters in unexpected places, in order. A run of one kind is one mark.
pub fn marks(text: &str) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut skip = 0;
    for (at, c) in candidates(text) {
        if at < skip {
            continue;
        }
        let Some(kind) = kind_of(c) else { continue };
        let mark = match kind {
            InvisibleKind::StrayControl => control(text, at, c),
            _ if is_at_home(text, at, c, kind) => None,
            _ => Some(Mark { span: at..at + c.len_utf8(), kind, first: c, count: 1 }),
        };
        let Some(mark) = mark else { continue };
        skip = mark.span.end;
        match marks.last_mut() {
            Some(last) if last.span.end == mark.span.start && last.kind == kind => {
                last.span.end = mark.span.end;
                last.count += 1;
            }
            _ => marks.push(mark),
        }
    }
    marks
}

/// Returns the characters that may be marks, with their offsets: ASCII controls, and all that start with the same byte as
/// some mark.
fn candidates(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    places(text.as_bytes(), MARK_STARTS).filter_map(|at| Some((at, text.get(at..)?.chars().next()?)))
}

/// First and last bytes of the ranges that marks start with. Most letters of other scripts start with no such byte.
const MARK_STARTS: [(u8, u8); 9] = [
    (0, 0x8),
    (0xB, 0xC),
    (0xE, 0x1F),
    (0x7F, 0x7F),
    (0xC2, 0xC2),
    (0xCD, 0xCD),
    (0xD8, 0xD8),
    (0xE1, 0xE3),
    (0xEE, 0xF4),
];

/// Distance on either side of a character at which letters are evidence of the script around it, in bytes (a guess).
const NEAR: usize = 1000;

/// Returns the kind of a character, if it is invisible.
fn kind_of(c: char) -> Option<InvisibleKind> {
    // Most characters of text are outside all of these ranges.
    Some(match c {
        '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{180E}' | '\u{206A}'..='\u{206F}' | '\u{34F}' => {
            InvisibleKind::ZeroWidth
        }
        '\u{200C}' | '\u{200D}' => InvisibleKind::Joiner,
        '\u{FEFF}' => InvisibleKind::ByteOrderMark,
        '\u{AD}' => InvisibleKind::SoftHyphen,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => InvisibleKind::BidiOverride,
        '\u{200E}' | '\u{200F}' | '\u{61C}' => InvisibleKind::BidiMark,
        '\t' | '\n' | '\r' => return None,
        '\0'..='\u{1F}' | '\u{7F}' => InvisibleKind::StrayControl,
        '\u{80}'..='\u{9F}' => InvisibleKind::C1Control,
        '\u{2028}' | '\u{2029}' => InvisibleKind::LineSeparator,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}' => InvisibleKind::PrivateUse,
        '\u{E0000}'..='\u{E007F}' => InvisibleKind::HiddenTags,
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => InvisibleKind::StraySelector,
        '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => InvisibleKind::Filler,
        '\u{FFF9}'..='\u{FFFC}' => InvisibleKind::Placeholder,
        '\u{FDD0}'..='\u{FDEF}' => InvisibleKind::Noncharacter,
        _ if c as u32 & 0xFFFE == 0xFFFE => InvisibleKind::Noncharacter,
        _ => return None,
    })
}

/// Returns whether the character at `at` has the use for which it was made.
fn is_at_home(text: &str, at: usize, c: char, kind: InvisibleKind) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + c.len_utf8()..].chars().next();
    let either = |test: fn(char) -> bool| before.is_some_and(test) || after.is_some_and(test);
    match kind {
        InvisibleKind::ZeroWidth if c == '\u{200B}' => {
            either(is_written_without_spaces) || line_around(text, at).chars().any(needs_breaks)
        }
        InvisibleKind::ZeroWidth if c == '\u{34F}' || c == '\u{180E}' => either(is_joining_script),
        InvisibleKind::Joiner => {
            let emoji = c == '\u{200D}' && before.is_some_and(is_emoji_part) && after.is_some_and(is_emoji_part);
            // A Persian ending may be joined to a Latin name.
            emoji || either(is_joining_script) || line_around(text, at).chars().any(is_joining_script)
        }
        InvisibleKind::BidiMark => is_mixed_direction(around(text, at)),
        // Embeddings and isolates are needed for quotations of the other direction; overrides are never needed.
        InvisibleKind::BidiOverride => {
            !matches!(c, '\u{202D}' | '\u{202E}') && is_mixed_direction(line_around(text, at))
        }
        InvisibleKind::StraySelector => before.is_some_and(varies),
        InvisibleKind::HiddenTags => is_in_flag(text, at),
        InvisibleKind::Filler => either(|c| matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}')),
        _ => false,
    }
}

/// Returns the mark of a control character, of the sequence that an escape starts, or of an interpreted escape
/// sequence.
fn control(text: &str, at: usize, c: char) -> Option<Mark> {
    let rest = &text[at + c.len_utf8()..];
    let before = text[..at].chars().next_back();
    let starts_line = before.is_none_or(|c| c == '\n' || c == '\r');
    if c == '\u{1B}' && rest.starts_with('[') {
        // Parameters, then one final byte (ECMA-48, 5.4).
        let parameters = &rest[1..];
        let last = parameters.trim_start_matches(|c: char| matches!(c, '0'..='9' | ';' | '?'));
        let ends = last.starts_with(|c: char| matches!(c, '@'..='~'));
        let end = at + c.len_utf8() + rest.len() - last.len() + usize::from(ends);
        return Some(Mark { span: at..end, kind: InvisibleKind::TerminalSequence, first: c, count: 1 });
    }
    // A page break, which plain text has had since the form feed was introduced.
    if c == '\u{C}' && starts_line && (rest.is_empty() || rest.starts_with(['\n', '\r']) || before == Some('\n')) {
        let word = rest.starts_with(|c: char| c.is_ascii_lowercase());
        if !word {
            return None;
        }
    }
    let mut kind = InvisibleKind::StrayControl;
    let letter = match c {
        '\0' => None,
        '\u{7}' => Some('a'),
        '\u{8}' => Some('b'),
        '\u{B}' => Some('v'),
        '\u{C}' => Some('f'),
        '\u{1B}' => Some('e'),
        _ => None,
    };
    let opens = before.is_none_or(|c| !c.is_alphanumeric());
    let goes_on = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '(' | '[' | ' '));
    if let Some(letter) = letter.filter(|_| opens && goes_on) {
        kind = InvisibleKind::EatenBacktick(letter);
    }
    Some(Mark { span: at..at + c.len_utf8(), kind, first: c, count: 1 })
}

/// Returns the line that holds `at`; of a very long line, the part within `NEAR` bytes.
pub fn line_around(text: &str, at: usize) -> &str {
    let near = window(text, at);
    let start =
        memchr::memrchr(b'\n', &text.as_bytes()[near.start..at]).map_or(near.start, |line| near.start + line + 1);
    let end = memchr::memchr(b'\n', &text.as_bytes()[at..near.end]).map_or(near.end, |len| at + len);
    text.get(start..end).unwrap_or_default()
}

/// Returns the text within `NEAR` bytes on either side.
fn around(text: &str, at: usize) -> &str {
    text.get(window(text, at)).unwrap_or_default()
}

fn window(text: &str, at: usize) -> Range<usize> {
    let (mut start, mut end) = (at.saturating_sub(NEAR), (at + NEAR).min(text.len()));
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    start..end
}

/// Returns whether a line has letters that are written from right to left.
fn is_mixed_direction(line: &str) -> bool {
    line.chars().any(|c| {
        matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
            | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
            && c != '\u{61C}'
    })
}

/// Returns whether a character is of Thai, Lao, Tibetan, Myanmar, Khmer and their neighbours, Chinese or Japanese, in
/// which a line break may need a mark.
fn is_written_without_spaces(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{1950}'..='\u{1AAF}' | '\u{1B00}'..='\u{1BFF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AADF}')
}

/// Returns whether a character is of one of these scripts in which programs cannot find the breaks.
fn needs_breaks(c: char) -> bool {
    is_written_without_spaces(c) && c < '\u{3000}'
}

/// Returns whether a character is of a script whose letters join or stack: Arabic, Syriac, the scripts of India and
/// Southeast Asia, Mongolian.
fn is_joining_script(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{109F}' | '\u{1780}'..='\u{18AF}' | '\u{1900}'..='\u{1CFF}' | '\u{A800}'..='\u{ABFF}'
        | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}' | '\u{10A00}'..='\u{11FFF}' | '\u{16B00}'..='\u{16B8F}'
        | '\u{1E900}'..='\u{1E95F}')
}

/// Returns whether a character occurs in emoji sequences.
fn is_emoji_part(c: char) -> bool {
    matches!(c, '\u{FE0F}' | '\u{20E3}' | '\u{2190}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}'
        | '\u{1F000}'..='\u{1FAFF}' | '\u{E0020}'..='\u{E007F}')
}

/// Returns whether a variation selector after this character can have an effect: symbols, digits of keycaps,
/// ideographs, letters of Mongolian, 'Phags-pa and Myanmar.
pub(super) fn varies(c: char) -> bool {
    is_emoji_part(c) && c != '\u{FE0F}'
        || matches!(c, '0'..='9' | '#' | '*' | '©' | '®' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}'
            | '\u{2070}'..='\u{218F}' | '\u{1000}'..='\u{109F}' | '\u{1800}'..='\u{18AF}' | '\u{2E80}'..='\u{9FFF}'
            | '\u{A840}'..='\u{A87F}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{323AF}')
}

/// Returns whether a tag character belongs to a flag: a black flag, tags, and the tag that ends it.
fn is_in_flag(text: &str, at: usize) -> bool {
    let tag = |c: char| ('\u{E0020}'..='\u{E007F}').contains(&c);
    let head = text[..at].trim_end_matches(tag);
    // No flag has more than seven tags, of four bytes each.
    head.ends_with('\u{1F3F4}') && at - head.len() <= 7 * 4
}

/// Returns the ASCII text that tag characters encode.
pub fn tag_text(tags: &str) -> String {
    let ascii = |c: char| (c as u32).checked_sub(0xE0000).and_then(char::from_u32).filter(|c| (' '..='~').contains(c));
    tags.chars().filter_map(ascii).collect()
}

/// Returns the character of Windows-1252 whose byte is this control character.
pub fn as_windows_1252(c: char) -> Option<char> {
    let byte = u8::try_from(c as u32).ok()?;
    crate::text::mojibake::CodePage::Windows1252.read(byte).filter(|other| *other != c)
}

/// Returns whether a text may have been decoded with the wrong encoding, by signs that no language has: control characters
/// of C1, symbols that touch a letter before them, capitals right after small letters, two alphabets in a word. Text in
/// which every sign has its place may show some of them, so that the answer is no proof.
pub fn looks_garbled(text: &str) -> bool {
    let mut before: Option<char> = None;
    text.chars().any(|c| {
        let last = before.replace(c);
        if c.is_ascii() {
            return false;
        }
        let after_letter = last.is_some_and(char::is_alphabetic);
        match c {
            '\u{80}'..='\u{9F}' => true,
            // Superscripts, ordinals, trade marks and closing quotation marks follow letters.
            '¹' | '²' | '³' | 'ª' | 'º' | '®' | '©' | '»' | '«' | '·' | '\u{A0}' | '\u{AD}' => false,
            '\u{A1}'..='\u{BF}' | '\u{2500}'..='\u{259F}' => after_letter,
            c if c.is_uppercase() => last.is_some_and(char::is_lowercase),
            c => last.is_some_and(|last| Alphabet::differ(last, c)),
        }
    })
}

/// Alphabets that no word mixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
}

impl Alphabet {
    fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' if c.is_alphabetic() => Some(Self::Latin),
            '\u{370}'..='\u{3FF}' if c.is_alphabetic() => Some(Self::Greek),
            '\u{400}'..='\u{52F}' => Some(Self::Cyrillic),
            '\u{5D0}'..='\u{5EA}' => Some(Self::Hebrew),
            '\u{620}'..='\u{64A}' => Some(Self::Arabic),
            _ => None,
        }
    }

    fn differ(one: char, other: char) -> bool {
        Self::of(one).zip(Self::of(other)).is_some_and(|(one, other)| one != other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<InvisibleKind> {
        marks(text).iter().map(|mark| mark.kind).collect()
    }

    #[test]
    fn every_mark_starts_with_a_byte_that_is_looked_for() {
        for c in ('\0'..=char::MAX).filter(|c| kind_of(*c).is_some()) {
            assert_eq!(candidates(&c.to_string()).next(), Some((0, c)));
        }
    }

    #[test]
    fn what_is_at_home_is_silent() {
        let texts = [
            "می\u{200C}خواهم",
            "क्\u{200D}ष",
            "👩\u{200D}💻 ❤\u{FE0F}\u{200D}🔥 1\u{FE0F}\u{20E3} 🏳\u{FE0F}\u{200D}🌈",
            "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
            "ភាសា\u{200B}ខ្មែរ (domain\u{200B})",
            "Enter\u{200C} را فشار دهید",
            "שלום\u{200F}, world",
            "葛\u{E0100}城",
            "page one\n\u{C}\npage two\n\u{C}Chapter\n",
        ];
        for text in texts {
            assert_eq!(kinds(text), [], "{text:?}");
            let _ = may_hold(text);
        }
    }

    #[test]
    fn a_terminal_sequence_that_a_wide_character_cuts_short() {
        let found: Vec<_> = marks("\u{1b}[\u{fffd} \u{1b}[31m").into_iter().map(|mark| mark.span).collect();
        assert_eq!(found, [0..2, 6..11]);
    }

    #[test]
    fn what_is_not_is_named() {
        assert_eq!(kinds("zero\u{200B}width\u{200D}"), [InvisibleKind::ZeroWidth, InvisibleKind::Joiner]);
        assert_eq!(kinds("user\u{202E}nimda"), [InvisibleKind::BidiOverride]);
        assert_eq!(kinds("The \u{C}or loop"), [InvisibleKind::EatenBacktick('f')]);
        assert_eq!(
            kinds("a\u{1B}[1;31mred\u{1B}[0m"),
            [InvisibleKind::TerminalSequence, InvisibleKind::TerminalSequence]
        );
        assert_eq!(kinds("it\u{92}s"), [InvisibleKind::C1Control]);
        let hidden: String = "hi".chars().filter_map(|c| char::from_u32(0xE0000 + c as u32)).collect();
        assert_eq!(kinds(&hidden), [InvisibleKind::HiddenTags]);
        assert_eq!(tag_text(&hidden), "hi");
        assert_eq!(marks("a\u{FE01}\u{FE02}").len(), 1);
    }

    #[test]
    fn text_in_the_wrong_encoding_has_signs_that_no_language_has() {
        for text in ["õ\u{AD}õ° ÕõÓÕ", "Ž \u{AD}¦ç¨¤", "do\u{AD}u pjeÜice", "И\u{AD}ґцїЎ", "ab\u{90}", "aб"]
        {
            assert!(looks_garbled(text), "{text:?}");
        }
        for text in
            ["Schiff\u{AD}fahrt in Österreich", "20 °C, 5 µm, §\u{A0}3", "m², 1º, Zażółć", "можно «так»", "ΕΛΛΑΔΑ και"]
        {
            assert!(!looks_garbled(text), "{text:?}");
        }
    }
}
