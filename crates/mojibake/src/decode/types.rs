//! The result of decoding a file: its text, its encoding, and an account of how each piece of it is stored.
//!
//! Knows bytes and characters; not how an encoding is found.

use std::ops::Range;

/// The text of a file, and how it was stored.
///
/// ```
/// use recto_mojibake::{DecodingCertainty, FileEncoding, decode};
///
/// let decoded = decode(b"\xFF\xFEa\0b\0");
/// assert_eq!(decoded.text, "ab");
/// assert_eq!(decoded.encoding, FileEncoding::Encoded("UTF-16LE"));
/// assert_eq!(decoded.certainty, DecodingCertainty::Sure);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without the byte-order mark of a file in UTF-8 or UTF-16. Bytes that cannot be decoded are U+FFFD; the
    /// text of a file that is data, or that no encoding makes words of, is empty.
    pub text: String,
    /// The encoding of the file.
    pub encoding: FileEncoding,
    /// True if the whole file is UTF-8 and begins with its byte-order mark. In a mixture the mark is a part of the text.
    pub has_bom: bool,
    /// Certainty of the encoding; of a mixture, that of its least certain piece.
    pub certainty: DecodingCertainty,
    /// The encodings that fit nearly as well, best first, named as in the WHATWG Encoding Standard, or by IANA where it
    /// has none.
    pub candidates: Vec<&'static str>,
    /// The pieces of the text, sorted and without gaps. They cover all bytes except that mark.
    pub pieces: Vec<Piece>,
    /// Reason why nothing of the file should be rewritten, if there is one.
    pub declined: Option<Declined>,
}

/// The encoding of a whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileEncoding {
    /// Valid UTF-8.
    Utf8,
    /// Every byte in another encoding, named as in the WHATWG Encoding Standard (`UTF-16LE`, `windows-1251`).
    Encoded(&'static str),
    /// UTF-8 with parts in other encodings, or with bytes that are not text.
    Mixed,
    /// Data, not text, for the reason given.
    Binary(String),
}

/// A part of the text and the bytes that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Span in the text, in bytes of UTF-8.
    pub text: Range<usize>,
    /// Span in the file, in bytes.
    pub bytes: Range<usize>,
    /// Encoding in the file.
    pub encoding: SegmentEncoding,
    /// Certainty of that encoding.
    pub certainty: DecodingCertainty,
}

/// The encoding of a part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentEncoding {
    /// Stored as the UTF-8 that the text holds: offsets differ by a constant.
    Utf8,
    /// Stored in the named encoding.
    Encoded(&'static str),
    /// Bytes that are text in no encoding, shown as U+FFFD.
    Invalid,
}

/// Reason why a file that is not UTF-8 is left unchanged as a whole: rewriting only a part would make the file a
/// mixture that no program reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// The encoding of the file apart from the flaw; `None` if it is unknown.
    pub encoding: Option<&'static str>,
    /// Offset of the flaw in the file, in bytes.
    pub at: usize,
    /// Kind of the flaw.
    pub flaw: Flaw,
}

/// Flaws that keep a file from being rewritten as UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Half of a surrogate pair, which is not a character.
    HalfPair,
    /// A number above those of characters, in UTF-32.
    NoCharacter,
    /// The file ends within a character.
    CutShort,
    /// From here on each character begins one byte early or late. The byte is a line feed if the cause is a line feed
    /// of one byte instead of two.
    OutOfStep(u8),
    /// The file is in the encoding up to here, or from here on, and the rest is in another one that is not certain.
    OtherEncoding,
    /// A byte that the encoding does not assign.
    Undefined(u8),
    /// An encoding that is recognized but cannot be decoded.
    Foreign,
    /// No known encoding gives words.
    Unknown,
}

/// Certainty that a file, or a piece of one, which is not UTF-8 was decoded in the right encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecodingCertainty {
    /// The bytes fit the encoding, and no other encoding fits nearly as well.
    #[default]
    Sure,
    /// It is the likeliest encoding of several.
    Likely,
}

/// The byte-order mark of UTF-8.
pub const BOM: &[u8] = b"\xEF\xBB\xBF";
