//! Decoding and repair of one text, as the library offers them; `recto repair` uses the same steps.

use std::fmt;
use std::ops::{ControlFlow, Range};
use std::path::Path;

use super::{File, FixLevel};
use crate::fix::splice::splice;
use crate::input::decode::decode as decoded_source;
use crate::model::source::{BOM, DecodingCertainty, Origin, SegmentEncoding, Source};
use crate::model::span::LineIndex;
use crate::settle::fixed_point;
use crate::text::mojibake::{self, Certainty, Mojibake};

/// A file as text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decoded {
    /// The text, without a byte-order mark. Bytes that could not be decoded are U+FFFD.
    pub text: String,
    /// The encoding of the file, named as in the WHATWG Encoding Standard; `None` if parts of it are in different
    /// encodings, or in none.
    pub encoding: Option<&'static str>,
    /// Other encodings that fit nearly as well, best first.
    pub rivals: Vec<&'static str>,
    /// True if no other encoding fits nearly as well.
    pub is_certain: bool,
}

/// A repair that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// The line where it starts in the decoded file; the first is 1.
    pub line: u32,
    /// The column where it starts, in Unicode scalar values; the first is 1.
    pub column: u32,
    /// The text that was found.
    pub found: String,
    /// The text that it became; further repairs may have changed it again.
    pub repair: String,
    /// The mis-decodings that made the found text of it, in words.
    pub recipe: String,
    /// True if the repair, mis-decoded again, gives exactly the text that was found.
    pub is_proved: bool,
}

/// A file without its mojibake.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repaired {
    /// The repaired file in UTF-8. Bytes that could not be decoded are as they were.
    pub bytes: Vec<u8>,
    /// The repairs of the first pass, by position.
    pub repairs: Vec<Repair>,
}

/// The reason why a file has no text to repair.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RepairError {
    /// It is data, not text, for this reason.
    Binary {
        /// The reason.
        reason: String,
    },
    /// It cannot be decoded as a whole, so that a repair would make a mixture of encodings of it.
    Undecodable,
}

impl fmt::Display for RepairError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary { reason } => write!(f, "is not text ({reason})"),
            Self::Undecodable => f.write_str("cannot be decoded as a whole"),
        }
    }
}

impl std::error::Error for RepairError {}

/// Decodes a file in any encoding.
///
/// ```
/// use recto::{File, decode};
///
/// let decoded = decode(&File::new("a.txt", b"\xFF\xFEq\x00u\x00a\x00y\x00".to_vec()))?;
/// assert_eq!((decoded.text.as_str(), decoded.encoding), ("quay", Some("UTF-16LE")));
/// # Ok::<(), recto::RepairError>(())
/// ```
///
/// # Errors
/// If the file is not text.
pub fn decode(file: &File) -> Result<Decoded, RepairError> {
    let source = decoded_source(&file.path, file.bytes.clone());
    let encoding = match source.origin() {
        Origin::Binary(reason) | Origin::Unreadable(reason) => {
            return Err(RepairError::Binary { reason: reason.clone() });
        }
        Origin::Utf8 => Some("UTF-8"),
        Origin::Encoded(name) => Some(*name),
        Origin::Mixed => None,
    };
    Ok(Decoded {
        text: source.text().to_owned(),
        encoding,
        rivals: source.rivals().to_vec(),
        is_certain: source.grounds() == DecodingCertainty::Sure,
    })
}

/// Repairs the mojibake of a file in any encoding, as `recto repair` does, and changes nothing else.
///
/// ```
/// use recto::{File, FixLevel, repair};
///
/// let repaired = repair(&File::new("a.srt", "It doesnâ€™t matter.\r\n"), FixLevel::Likely)?;
/// assert_eq!(repaired.bytes, "It doesn’t matter.\r\n".as_bytes());
/// assert_eq!(repaired.repairs[0].recipe, "UTF-8 read as Windows-1252");
/// # Ok::<(), recto::RepairError>(())
/// ```
///
/// # Errors
/// If the file is not text, or cannot be decoded as a whole.
pub fn repair(file: &File, level: FixLevel) -> Result<Repaired, RepairError> {
    let source = decoded_source(&file.path, file.bytes.clone());
    repairable(&source)?;
    let garbles = mojibake::scan(source.text());
    let lines = LineIndex::new(source.text());
    let made = garbles.iter().filter(|garble| garble.certainty >= level.certainty());
    let made = made.filter_map(|garble| {
        let at = lines.position(source.text(), u32::try_from(garble.span.start).unwrap_or(u32::MAX));
        Some(Repair {
            line: at.line,
            column: at.column,
            found: source.text().get(garble.span.clone())?.to_owned(),
            repair: garble.replacement()?.to_owned(),
            recipe: garble.recipe.to_string(),
            is_proved: garble.certainty == Certainty::Proved,
        })
    });
    let repairs = made.collect();
    Ok(Repaired { bytes: repaired(&source, garbles, level.certainty()), repairs })
}

impl FixLevel {
    fn certainty(self) -> Certainty {
        match self {
            Self::Safe => Certainty::Proved,
            Self::Likely => Certainty::Likely,
        }
    }
}

/// Checks that a file has a text that can be repaired.
pub(crate) fn repairable(source: &Source) -> Result<(), RepairError> {
    if let Origin::Binary(reason) = source.origin() {
        return Err(RepairError::Binary { reason: reason.clone() });
    }
    if source.declined().is_some() { Err(RepairError::Undecodable) } else { Ok(()) }
}

/// Returns the bytes of a file without the mojibake that was found in it.
pub(crate) fn repaired(source: &Source, mut garbles: Vec<Mojibake>, least: Certainty) -> Vec<u8> {
    garbles.retain(|garble| garble.certainty >= least);
    let once = applied(source, &garbles);
    if garbles.is_empty() { once } else { settled(once, least) }
}

/// Repairs until nothing changes, because a repair can expose mojibake that was mis-decoded before it.
fn settled(bytes: Vec<u8>, least: Certainty) -> Vec<u8> {
    let outcome = fixed_point(bytes, |bytes| {
        let source = decoded_source(Path::new(""), bytes.clone());
        let mut garbles = mojibake::scan(source.text());
        garbles.retain(|garble| garble.certainty >= least);
        let next = applied(&source, &garbles);
        if next == bytes { ControlFlow::Break(bytes) } else { ControlFlow::Continue(next) }
    });
    outcome.unwrap_or_else(|last| last)
}

/// Returns the repaired text in UTF-8, with bytes that could not be decoded unchanged.
fn applied(source: &Source, garbles: &[Mojibake]) -> Vec<u8> {
    let text = source.text();
    let mut kept = source.segments().iter().filter(|segment| segment.unit == SegmentEncoding::Invalid).peekable();
    let mut edits: Vec<(Range<usize>, &[u8])> = Vec::new();
    let garbles = garbles.iter().filter_map(|garble| Some((garble.span.clone(), garble.replacement()?)));
    // Both are sorted. A repair that overlaps bytes which could not be decoded is left out.
    for (span, repair) in garbles {
        while let Some(segment) = kept.next_if(|segment| segment.text.range().end <= span.start) {
            edits.push((segment.text.range(), source.bytes_of(segment)));
        }
        if kept.peek().is_none_or(|segment| segment.text.range().start >= span.end) {
            edits.push((span, repair.as_bytes()));
        }
    }
    edits.extend(kept.map(|segment| (segment.text.range(), source.bytes_of(segment))));
    let bom = source.has_bom().then_some((0..0, BOM));
    splice(text.as_bytes(), bom.into_iter().chain(edits))
}
