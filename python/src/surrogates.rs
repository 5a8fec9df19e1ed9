//! Lone surrogates, which Python strings may hold and UTF-8 may not.
//!
//! Bytes with surrogates written as UTF-8 would write them (as Python's `surrogatepass` does) become text by putting a
//! noncharacter in the place of each, which has as many bytes, and back.

/// Text with a mark in the place of each lone surrogate.
#[derive(Debug)]
pub(crate) struct Marked {
    /// The text with the marks.
    pub(crate) text: String,
    mark: char,
    /// The surrogates in order, as three bytes each.
    surrogates: Vec<[u8; 3]>,
}

/// Noncharacters that may be marks: never part of a text that is interchanged.
const MARKS: std::ops::RangeInclusive<char> = '\u{FDD0}'..='\u{FDEF}';

impl Marked {
    /// Returns bytes as text. `None` if they are not UTF-8 even without the surrogates, or if the text has all
    /// noncharacters that could mark them.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let is_surrogate = |three: &[u8]| matches!(three, [0xED, 0xA0..=0xBF, 0x80..=0xBF]);
        let mark = MARKS.into_iter().find(|mark| !contains(bytes, mark.encode_utf8(&mut [0; 4]).as_bytes()))?;
        let mut marked = bytes.to_vec();
        let mut surrogates = Vec::new();
        let mut at = 0;
        while at + 3 <= bytes.len() {
            let three = &bytes[at..at + 3];
            if is_surrogate(three) {
                surrogates.push([three[0], three[1], three[2]]);
                mark.encode_utf8(&mut marked[at..at + 3]);
                at += 3;
            } else {
                at += 1;
            }
        }
        Some(Self { text: String::from_utf8(marked).ok()?, mark, surrogates })
    }

    /// Returns `text` with the surrogates in the place of the marks. `None` if it has not all of them.
    pub(crate) fn restored(&self, text: &str) -> Option<Vec<u8>> {
        let mut surrogates = self.surrogates.iter();
        let mut out = Vec::with_capacity(text.len());
        let mut parts = text.split(self.mark);
        out.extend_from_slice(parts.next()?.as_bytes());
        for part in parts {
            out.extend_from_slice(surrogates.next()?);
            out.extend_from_slice(part.as_bytes());
        }
        surrogates.next().is_none().then_some(out)
    }

    /// Returns whether a part of the text has a mark.
    pub(crate) fn is_marked(&self, part: &str) -> bool {
        part.contains(self.mark)
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
